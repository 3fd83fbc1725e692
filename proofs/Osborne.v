(** * Osborne's iteration: exact decrease and convergence

    Glossary.
    - [osborne_decrease]   a step lowers the cost by exactly (sqrt r - sqrt c)^2
    - [step n], [drop n]   the n-th step and the n-th decrease of the cost
    - [grad_at_distance]   the distance to balance is at most a constant times the gradient
    - [osborne_limit]      the costs converge: the drops tend to 0, hence the steps, hence (within any N
                           steps each neuron is balanced once) all gradients, hence the distance *)

From Coq Require Import Reals Lra Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq div fintype bigop path fingraph.
From Synbal Require Import Defs FlowDefs Sums Costs Calculus Convexity WeightFlow Contraction Graph Existence
  Convergence Bounds.
From Synbal.Statements Require Import osborne_descent.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Local Open Scope R_scope.

(** |ln a - ln b| <= |a - b| / k when both are at least k. *)
Lemma ln_lipschitz a b k : 0 < k -> k <= a -> k <= b -> Rabs (ln a - ln b) <= Rabs (a - b) / k.
Proof.
move=> k0 ka kb.
have half x y : k <= x -> k <= y -> ln x - ln y <= Rabs (x - y) / k.
  move=> kx ky; rewrite -Rcomplements.ln_div; try lra.
  have H : ln (x / y) <= x / y - 1.
    have := exp_ge1x (ln (x / y)); rewrite exp_ln; last by apply: Rdiv_lt_0_compat; lra.
    lra.
  apply: Rle_trans H _; apply: (Rmult_le_reg_r y); first by lra.
  have -> : (x / y - 1) * y = x - y by field; lra.
  apply: Rle_trans (Rle_abs _) _.
  have -> : Rabs (x - y) / k * y = Rabs (x - y) * (y / k) by field; lra.
  rewrite -[X in X <= _]Rmult_1_r; apply: Rmult_le_compat_l; first exact: Rabs_pos.
  by apply: (Rmult_le_reg_r k) => //; rewrite /Rdiv Rmult_assoc Rinv_l; lra.
apply: Rabs_le; split; last exact: half.
have := half b a kb ka; rewrite Rabs_minus_sym; lra.
Qed.

Section Step.
Variable V : finType.
Variables (w : V -> V -> R) (p : R) (h : V -> R) (i : V).
Hypothesis p0 : 0 < p.
Notation C := (cost_at w p h).
Notation r := (incoming C i).
Notation c := (outgoing C i).
Hypothesis r0 : 0 < r.
Hypothesis c0 : 0 < c.

Lemma osborne_move_exp : exp (p * osborne_move p r c) = sqrt r / sqrt c.
Proof.
have sr := sqrt_lt_R0 _ r0; have sc := sqrt_lt_R0 _ c0.
rewrite /osborne_move; destruct (Rlt_dec 0 r) as [A1|A1]; last by case: A1.
destruct (Rlt_dec 0 c) as [A2|A2]; last by case: A2.
rewrite -(exp_ln (sqrt r / sqrt c)); last by exact: Rdiv_lt_0_compat.
congr exp.
have -> : r / c = (sqrt r / sqrt c) * (sqrt r / sqrt c).
  rewrite -{1}(sqrt_sqrt r (Rlt_le _ _ r0)) -{1}(sqrt_sqrt c (Rlt_le _ _ c0)); field; lra.
rewrite ln_mult; try exact: Rdiv_lt_0_compat.
by rewrite /=; field; lra.
Qed.

Lemma osborne_row : incoming (cost_at w p (osborne_step w p h i)) i = sqrt r * sqrt c.
Proof.
have sr := sqrt_lt_R0 _ r0; have sc := sqrt_lt_R0 _ c0.
rewrite incoming_bump exp_Ropp osborne_move_exp -{1}(sqrt_sqrt r (Rlt_le _ _ r0)); field; lra.
Qed.

Lemma osborne_column : outgoing (cost_at w p (osborne_step w p h i)) i = sqrt r * sqrt c.
Proof.
have sr := sqrt_lt_R0 _ r0; have sc := sqrt_lt_R0 _ c0.
rewrite outgoing_bump osborne_move_exp -{1}(sqrt_sqrt c (Rlt_le _ _ c0)); field; lra.
Qed.

Lemma osborne_balances : grad (cost_at w p (osborne_step w p h i)) i = 0.
Proof. by rewrite grad_in_out osborne_row osborne_column; ring. Qed.

Lemma osborne_decrease : total (cost_at w p (osborne_step w p h i)) = total C - (sqrt r - sqrt c)^2.
Proof.
have := total_bump w p h i (osborne_move p r c); rewrite -/(osborne_step w p h i) => ->.
rewrite -(incoming_bump w p h i (osborne_move p r c)) -(outgoing_bump w p h i (osborne_move p r c)).
rewrite -/(osborne_step w p h i) osborne_row osborne_column sqrt_diff_sq; [ring | lra | lra].
Qed.

Lemma osborne_optimal s :
  total (cost_at w p (osborne_step w p h i)) <= total (cost_at w p (fun j => h j + bump i s j)).
Proof.
rewrite osborne_decrease total_bump sqrt_diff_sq; [|lra|lra].
have rr := sqrt_sqrt r (Rlt_le _ _ r0); have cc := sqrt_sqrt c (Rlt_le _ _ c0).
set u := exp (- (p * s) / 2); set v := exp (p * s / 2).
have uv : u * v = 1 by rewrite /u /v -exp_plus -exp_0; congr exp; field.
have -> : exp (- (p * s)) = u * u by rewrite /u -exp_plus; congr exp; field.
have -> : exp (p * s) = v * v by rewrite /v -exp_plus; congr exp; field.
have := Rle_0_sqr (sqrt r * u - sqrt c * v); rewrite /Rsqr => Q.
have : (sqrt r * u - sqrt c * v) * (sqrt r * u - sqrt c * v)
   = (sqrt r * sqrt r) * (u * u) + (sqrt c * sqrt c) * (v * v) - 2 * (sqrt r * sqrt c) * (u * v) by ring.
rewrite rr cc uv; lra.
Qed.

End Step.

(** ** The distance to balance is bounded by the gradient *)

Section ErrorBound.
Variable V : finType.
Variables (w : V -> V -> R) (p : R).
Hypothesis w0 : nonnegative w.
Hypothesis p0 : 0 < p.

(** The gradient is orthogonal to functions that are constant on weak components. *)
Lemma grad_orthogonal h (f : V -> R) : (forall i j, 0 < w i j -> f i = f j) ->
  \rsum_(i) (grad (cost_at w p h) i * f i) = 0.
Proof.
move=> H; rewrite grad_parts; apply: rsum0 => i _; apply: rsum0 => j _.
case: (Rle_lt_or_eq_dec _ _ (w0 i j)) => [wij|E]; last by rewrite /cost_at -E; ring.
by rewrite (H i j wij); ring.
Qed.

Lemma grad_at_distance h x k : 0 < k -> balanced (cost_at w p x) ->
  (forall i j, 0 < w i j -> k <= cost_at w p h i j) ->
  (forall i j, 0 < w i j -> k <= cost_at w p x i j) ->
  p * k * sqrt (edge_energy w (fun i => h i - x i)) <= INR #|V| * \rsum_(i) Rabs (grad (cost_at w p h) i).
Proof.
move=> k0 B hk xk; set y := fun i => h i - x i.
have := grad_strongly_monotone w0 p0 (Rlt_le _ _ k0) hk xk.
have E0 := edge_energy_ge0 w y; set E := edge_energy w y in E0 *.
have -> : \rsum_(i) ((grad (cost_at w p h) i - grad (cost_at w p x) i) * (h i - x i))
  = \rsum_(i) (grad (cost_at w p h) i * y i) by apply: rsum_ext => i _; rewrite B /y; ring.
pose e := (fun i j => synapse w i j || synapse w j i) : rel V.
have sym : connect_sym e by exact: linked_sym.
pose f i := y (root e i).
have O := @grad_orthogonal h f.
have {}O : \rsum_(i) (grad (cost_at w p h) i * f i) = 0.
  apply: O => i j wij; rewrite /f; congr (y _); apply/(rootP sym); exact: linked_edge.
have -> : \rsum_(i) (grad (cost_at w p h) i * y i) = \rsum_(i) (grad (cost_at w p h) i * (y i - f i)).
  rewrite -[LHS]Rminus_0_r -[X in _ - X]O -rsumB; apply: rsum_ext => i _; ring.
have s0 : 0 <= sqrt E by exact: sqrt_pos.
have ss := sqrt_sqrt E E0.
have G : - \rsum_(i) (grad (cost_at w p h) i * (y i - f i))
    <= INR #|V| * \rsum_(i) Rabs (grad (cost_at w p h) i) * sqrt E.
  apply: Rle_trans (Rle_abs _) _; rewrite Rabs_Ropp; apply: Rle_trans (rsum_abs _ _ _) _.
  rewrite -rsumZl -rsumZr; apply: rsum_le => i _; rewrite Rabs_mult.
  have -> : INR #|V| * Rabs (grad (cost_at w p h) i) * sqrt E
    = Rabs (grad (cost_at w p h) i) * (INR #|V| * sqrt E) by ring.
  apply: Rmult_le_compat_l; first exact: Rabs_pos.
  by apply: linked_diff; exact: connect_root.
move=> M; have {}M : p * k * E <= INR #|V| * \rsum_(i) Rabs (grad (cost_at w p h) i) * sqrt E by lra.
case: (Rle_lt_or_eq_dec _ _ s0) => [sp|<-].
- apply: (Rmult_le_reg_r (sqrt E)) => //; by rewrite Rmult_assoc ss.
- rewrite Rmult_0_r; apply: Rmult_le_pos; first exact: pos_INR.
  by apply: rsum_ge0 => i _; exact: Rabs_pos.
Qed.

(** How far the gradient can change when one neuron moves by [s] and no total exceeds [M]. *)
Lemma grad_bump h i s M a : total (cost_at w p h) <= M -> total (cost_at w p (fun j => h j + bump i s j)) <= M ->
  Rabs (grad (cost_at w p (fun j => h j + bump i s j)) a - grad (cost_at w p h) a)
  <= 2 * INR #|V| * (M * (p * Rabs s)).
Proof.
move=> H1 H2; rewrite -gradB; apply: grad_abs_le => u v.
have C1 := Rle_trans _ _ _ (term_le_total u v (cost_at_ge0 p h w0)) H1.
have C2 := Rle_trans _ _ _ (term_le_total u v (cost_at_ge0 p _ w0)) H2.
have P1 := cost_at_ge0 p h w0 u v; have P2 := cost_at_ge0 p (fun j => h j + bump i s j) w0 u v.
have F1 := cost_at_from w p h (fun j => h j + bump i s j) u v.
set D := cost_at w p (fun j => h j + bump i s j) u v in C2 P2 F1 *; set C := cost_at w p h u v in C1 P1 F1 *.
set y := p * _ in F1.
have Y : Rabs y <= p * Rabs s.
  rewrite /y Rabs_mult (Rabs_pos_eq p); last by lra.
  apply: Rmult_le_compat_l; first by lra.
  have -> : h v + bump i s v - h v - (h u + bump i s u - h u) = bump i s v - bump i s u by ring.
  rewrite /bump; have s0 := Rabs_pos s.
  case: (v == i); case: (u == i); rewrite ?Rminus_0_r ?Rminus_0_l ?Rabs_Ropp ?Rminus_eq_0 ?Rabs_R0; lra.
have E1 := exp_ge1x y; have E2 := exp_ge1x (- y).
have EE : exp y * exp (- y) = 1 by rewrite -exp_plus -exp_0; congr exp; ring.
have ep := exp_pos y.
have U : D - C <= D * y.
  have : D * (1 - exp (- y)) <= D * y by apply: Rmult_le_compat_l; lra.
  have -> : D * (1 - exp (- y)) = D - C * (exp y * exp (- y)) by rewrite F1; ring.
  by rewrite EE Rmult_1_r.
have L : C * y <= D - C by rewrite F1; nra.
have y1 := Rle_abs y; have y2 := Rle_abs (- y); rewrite Rabs_Ropp in y2.
have yp := Rabs_pos y.
have MY : M * Rabs y <= M * (p * Rabs s) by apply: Rmult_le_compat_l; lra.
apply: Rle_trans MY; apply: Rabs_le; split; nra.
Qed.

End ErrorBound.

(** ** Convergence *)

Section Iteration.
Variable V : finType.
Variables (w : V -> V -> R) (p : R) (pick : nat -> V) (N : nat) (h0 x : V -> R).
Hypothesis w0 : nonnegative w.
Hypothesis p0 : 0 < p.
Hypothesis often : forall n i, exists k, (n <= k < n + N)%N /\ pick k = i.
Hypothesis B : balanced (cost_at w p x).

Notation u n := (osborne w p pick h0 n).
Notation C n := (cost_at w p (u n)).
Notation T n := (total (C n)).

(** The size of the n-th step. *)
Definition step (n : nat) : R := osborne_move p (incoming (C n) (pick n)) (outgoing (C n) (pick n)).

Lemma osborneS n : u n.+1 = fun j => u n j + bump (pick n) (step n) j.
Proof. by []. Qed.

(** In a balanceable network a neuron has incoming cost if and only if it has outgoing cost. *)
Lemma incoming_outgoing h i : 0 < incoming (cost_at w p h) i <-> 0 < outgoing (cost_at w p h) i.
Proof.
have pos (F G : V -> V -> R) (H : forall a b, 0 < F a b -> 0 < G a b) (G0 : nonnegative G) (Fn : nonnegative F) :
  0 < incoming F i -> 0 < incoming G i.
  move=> S; case: (pickP (fun j => (j != i) && synapse F j i)) => [j /andP [ji /synapseP Fp]|Z].
  - rewrite /incoming (rsum_out_cond (i := j)) //; apply: Rplus_lt_le_0_compat; first exact: H.
    by apply: rsum_ge0 => b _; exact: G0.
  - move: S; rewrite /incoming rsum0; first by lra.
    move=> j ji; have := Z j; rewrite ji /= => /synapseP; have := Fn i j; lra.
have pos' (F G : V -> V -> R) (H : forall a b, 0 < F a b -> 0 < G a b) (G0 : nonnegative G) (Fn : nonnegative F) :
  0 < outgoing F i -> 0 < outgoing G i.
  exact: (pos (fun a b => F b a) (fun a b => G b a) (fun a b => H b a) (fun a b => G0 b a) (fun a b => Fn b a)).
have Hx := B i; rewrite grad_in_out in Hx.
have to h1 h2 a b : 0 < cost_at w p h1 a b -> 0 < cost_at w p h2 a b.
  by move/cost_at_gt0_inv; exact: cost_at_gt0.
have c1 := cost_at_ge0 p h w0; have c2 := cost_at_ge0 p x w0.
split=> S.
- have := pos _ _ (to h x) c2 c1 S => Sx; apply: (pos' _ _ (to x h) c1 c2); lra.
- have := pos' _ _ (to h x) c2 c1 S => Sx; apply: (pos _ _ (to x h) c1 c2); lra.
Qed.

Lemma step_zero n : ~ 0 < incoming (C n) (pick n) -> step n = 0.
Proof. by rewrite /step /osborne_move => H; destruct (Rlt_dec 0 (incoming (C n) (pick n))). Qed.

Lemma still n : step n = 0 -> u n.+1 = u n.
Proof.
move=> H; rewrite osborneS; apply: functional_extensionality => j.
by rewrite H /bump; case: (j == pick n); ring.
Qed.

Lemma T_decreasing n : T n.+1 <= T n.
Proof.
case: (Rlt_le_dec 0 (incoming (C n) (pick n))) => [r0|r0].
- have c0 := (incoming_outgoing (u n) (pick n)).1 r0.
  rewrite /= osborne_decrease //; have := pow2_ge_0 (sqrt (incoming (C n) (pick n)) - sqrt (outgoing (C n) (pick n))); lra.
- by rewrite (still (step_zero (Rle_not_lt _ _ r0))); exact: Rle_refl.
Qed.

Let c := T 0 + 1 + total (cost_at w p x).

Lemma T_le_c n : T n <= c.
Proof.
have X := total_ge0 (cost_at_ge0 p x w0).
by apply: (Rle_trans _ (T 0)); [elim: n => [|n IH]; [exact: Rle_refl | exact: Rle_trans (T_decreasing n) IH] | rewrite /c; lra].
Qed.

Lemma c_gt0 : 0 < c.
Proof.
have X := total_ge0 (cost_at_ge0 p x w0); have Y := total_ge0 (cost_at_ge0 p (u 0) w0); rewrite /c; lra.
Qed.

Lemma x_le_c : total (cost_at w p x) <= c.
Proof. have Y := total_ge0 (cost_at_ge0 p (u 0) w0); rewrite /c; lra. Qed.

Lemma smallest : exists k, 0 < k /\ (forall n i j, 0 < w i j -> k <= C n i j)
  /\ (forall i j, 0 < w i j -> k <= cost_at w p x i j).
Proof.
have oc := balanced_on_cycles w0 B; have [m [m0 mw]] := positive_costs_bounded_below w.
exists (smallest_cost V m c); split; first exact: (smallest_cost_gt0 V m0 c_gt0).
split=> [n|] i j; first exact: (cost_lower_bound w0 p0 oc m0 mw (T_le_c n)).
exact: (cost_lower_bound w0 p0 oc m0 mw x_le_c).
Qed.

(** A step is small when it lowers the cost little. *)
Lemma step_small k n : 0 < k -> (forall n i j, 0 < w i j -> k <= C n i j) ->
  (step n)^2 <= (T n - T n.+1) / (p^2 * k).
Proof.
move=> k0 Hk; have pk : 0 < p^2 * k by apply: Rmult_lt_0_compat => //; apply: pow_lt.
apply: (Rmult_le_reg_r (p^2 * k)) => //.
have -> : (T n - T n.+1) / (p^2 * k) * (p^2 * k) = T n - T n.+1 by field; lra.
case: (Rlt_le_dec 0 (incoming (C n) (pick n))) => [r0|r0]; last first.
  by rewrite (step_zero (Rle_not_lt _ _ r0)); have := T_decreasing n; lra.
have c0 := (incoming_outgoing (u n) (pick n)).1 r0.
rewrite [total (cost_at w p (u n.+1))]/= osborne_decrease //.
set r := incoming (C n) (pick n) in r0 *; set q := outgoing (C n) (pick n) in c0 *.
have big (F : V -> R) : (forall j, F j = 0 \/ k <= F j) -> 0 < \rsum_(j | j != pick n) F j ->
  k <= \rsum_(j | j != pick n) F j.
  move=> HF S; have F0 j : 0 <= F j by case: (HF j); lra.
  apply: Rnot_lt_le => Lt; suff Z : \rsum_(j | j != pick n) F j = 0 by lra.
  apply: rsum0 => j ji; case: (HF j) => // kF.
  have := rsum_out_cond F ji (P := fun j => j != pick n).
  have : 0 <= \rsum_(l | (l != pick n) && (l != j)) F l by apply: rsum_ge0.
  lra.
have dich a b : C n a b = 0 \/ k <= C n a b.
  case: (Rle_lt_or_eq_dec _ _ (w0 a b)) => [wab|E]; first by right; exact: Hk.
  by left; rewrite /cost_at -E; ring.
have kr : k <= r by apply: big r0 => j; exact: dich.
have kq : k <= q by apply: (big (fun j => C n j (pick n))) c0 => j; exact: dich.
have sk := sqrt_lt_R0 _ k0; have kk := sqrt_sqrt k (Rlt_le _ _ k0).
have Lip := ln_lipschitz sk (sqrt_le_1_alt _ _ kr) (sqrt_le_1_alt _ _ kq).
have Es : p * step n = ln (sqrt r) - ln (sqrt q).
  rewrite -Rcomplements.ln_div; try exact: sqrt_lt_R0.
  by rewrite -(osborne_move_exp p0 r0 c0) ln_exp.
have -> : step n ^ 2 * (p^2 * k) = (Rabs (p * step n))^2 * k by rewrite pow2_abs; ring.
rewrite Es.
have P := pow_incr _ _ 2 (conj (Rabs_pos _) Lip).
apply: (Rle_trans _ ((Rabs (sqrt r - sqrt q) / sqrt k)^2 * k)); first by apply: Rmult_le_compat_r; lra.
rewrite /Rdiv Rpow_mult_distr pow2_abs; apply: Req_le.
have -> : (/ sqrt k)^2 = / k by rewrite -{2}kk /= Rmult_1_r Rinv_mult.
by field; lra.
Qed.

Lemma steps_vanish : is_lim_seq (fun n => Rabs (step n)) 0.
Proof.
have [k [k0 [Hk _]]] := smallest.
have [l Hl] : ex_finite_lim_seq (fun n => T n).
  by apply: (ex_finite_lim_seq_decr _ 0) => n; [exact: T_decreasing | apply: total_ge0; exact: cost_at_ge0].
have D : is_lim_seq (fun n => (T n - T n.+1) / (p^2 * k)) 0.
  have -> : 0 = (l - l) * / (p^2 * k) by ring.
  apply: is_lim_seq_mult'; last exact: is_lim_seq_const.
  by apply: is_lim_seq_minus' => //; apply/(is_lim_seq_incr_1 (fun n => T n)).
have S : is_lim_seq (fun n => sqrt ((step n)^2)) 0.
  rewrite -sqrt_0; apply: (is_lim_seq_continuous sqrt (fun n => (step n)^2) 0).
    by apply: continuity_pt_sqrt; exact: Rle_refl.
  apply: (is_lim_seq_le_le (fun _ => 0) _ _ 0 _ _ D); last exact: is_lim_seq_const.
  by move=> n; split; [exact: pow2_ge_0 | exact: step_small].
apply: is_lim_seq_ext S => n; by rewrite -Rsqr_pow2 sqrt_Rsqr_abs.
Qed.

(** The sum of the sizes of the steps n, ..., n + m - 1. *)
Fixpoint travel (m n : nat) : R :=
  match m with 0%nat => 0 | m'.+1 => Rabs (step n) + travel m' n.+1 end.

Lemma travel_ge0 m n : 0 <= travel m n.
Proof. by elim: m n => [|m IH] n /=; [exact: Rle_refl | have := IH n.+1; have := Rabs_pos (step n); lra]. Qed.

Lemma travel_mono m d n : travel m n <= travel (m + d) n.
Proof.
elim: m n => [|m IH] n; first by rewrite add0n; exact: travel_ge0.
by rewrite addSn /=; have := IH n.+1; lra.
Qed.

Lemma travel_vanishes m : is_lim_seq (travel m) 0.
Proof.
elim: m => [|m IH]; first exact: is_lim_seq_const.
have -> : 0 = 0 + 0 by ring.
by apply: is_lim_seq_plus'; [exact: steps_vanish | apply/(is_lim_seq_incr_1 (travel m))].
Qed.

Let K := 2 * INR #|V| * (c * p).

Lemma grad_travel m n a : Rabs (grad (C (n + m)) a - grad (C n) a) <= K * travel m n.
Proof.
elim: m n => [|m IH] n; first by rewrite addn0 Rminus_eq_0 Rabs_R0 Rmult_0_r; lra.
have -> : grad (C (n + m.+1)) a - grad (C n) a
        = (grad (C (n.+1 + m)) a - grad (C n.+1) a) + (grad (C n.+1) a - grad (C n) a).
  by rewrite addnS addSn; ring.
apply: Rle_trans (Rabs_triang _ _) _; have H := IH n.+1.
have := @grad_bump V w p w0 p0 (u n) (pick n) (step n) c a (T_le_c n) (T_le_c n.+1).
rewrite -osborneS => G; have E : 2 * INR #|V| * (c * (p * Rabs (step n))) = K * Rabs (step n) by rewrite /K; ring.
rewrite E in G; rewrite [travel m.+1 n]/= Rmult_plus_distr_l; lra.
Qed.

Lemma grad_balanced_neuron n : grad (C n.+1) (pick n) = 0.
Proof.
case: (Rlt_le_dec 0 (incoming (C n) (pick n))) => [r0|r0].
- by apply: (osborne_balances p0 r0); exact: (incoming_outgoing (u n) (pick n)).1.
- rewrite (still (step_zero (Rle_not_lt _ _ r0))) grad_in_out.
  have r1 := r_ge0 p (u n) w0 (pick n); have c1 := c_ge0 p (u n) w0 (pick n).
  have : ~ 0 < outgoing (C n) (pick n) by move/(incoming_outgoing (u n) (pick n)).2; lra.
  lra.
Qed.

Lemma grad_vanishes a : is_lim_seq (fun n => Rabs (grad (C n) a)) 0.
Proof.
have V0 : is_lim_seq (fun n => K * travel N n) 0.
  have -> : 0 = K * 0 by ring.
  by apply: is_lim_seq_mult'; [exact: is_lim_seq_const | exact: travel_vanishes].
apply: (is_lim_seq_le_le (fun _ => 0) _ _ 0 _ (is_lim_seq_const 0) V0) => n; split; first exact: Rabs_pos.
have [k [/andP [nk kN] pk]] := often n a.
have E : (k.+1 = n + (k.+1 - n))%N by rewrite subnKC // ltnW.
have := grad_travel (k.+1 - n) n a; rewrite -E -pk grad_balanced_neuron Rminus_0_l Rabs_Ropp pk.
move=> H; apply: Rle_trans H _; apply: Rmult_le_compat_l.
  rewrite /K; have := c_gt0; have := pos_INR #|V| => n0 cp.
  by apply: Rmult_le_pos; [lra | apply: Rmult_le_pos; lra].
have -> : N = ((k.+1 - n) + (N - (k.+1 - n)))%N by rewrite subnKC // leq_subLR.
exact: travel_mono.
Qed.

Lemma energy_vanishes : is_lim_seq (fun n => sqrt (edge_energy w (fun i => u n i - x i))) 0.
Proof.
have [k [k0 [Hk Hx]]] := smallest; have pk : 0 < p * k by exact: Rmult_lt_0_compat.
have S0 : is_lim_seq (fun n => \rsum_(i) Rabs (grad (C n) i)) 0.
  have := @is_lim_seq_rsum V (index_enum V) xpredT (fun i n => Rabs (grad (C n) i)) (fun _ => 0)
    (fun i _ => grad_vanishes i).
  by rewrite [X in is_lim_seq _ (Finite X)]rsum0.
have G : is_lim_seq (fun n => INR #|V| / (p * k) * \rsum_(i) Rabs (grad (C n) i)) 0.
  rewrite -[X in is_lim_seq _ (Finite X)](Rmult_0_r (INR #|V| / (p * k))).
  by apply: is_lim_seq_mult' => //; exact: is_lim_seq_const.
apply: (is_lim_seq_le_le (fun _ => 0) _ _ 0 _ (is_lim_seq_const 0) G) => n; split; first exact: sqrt_pos.
have := grad_at_distance w0 p0 k0 B (Hk n) Hx => H.
apply: (Rmult_le_reg_l (p * k)) => //.
have -> : p * k * (INR #|V| / (p * k) * \rsum_(i) Rabs (grad (C n) i)) = INR #|V| * \rsum_(i) Rabs (grad (C n) i).
  by field; lra.
exact: H.
Qed.

(** Along a weak component the difference to the balanced log-scales becomes constant. *)
Lemma difference_vanishes i j : linked w i j ->
  is_lim_seq (fun n => (u n j - x j) - (u n i - x i)) 0.
Proof.
move=> L; apply/is_lim_seq_abs_0.
have V0 : is_lim_seq (fun n => INR #|V| * sqrt (edge_energy w (fun i => u n i - x i))) 0.
  have -> : 0 = INR #|V| * 0 by ring.
  by apply: is_lim_seq_mult'; [exact: is_lim_seq_const | exact: energy_vanishes].
apply: (is_lim_seq_le_le (fun _ => 0) _ _ 0 _ (is_lim_seq_const 0) V0) => n; split; first exact: Rabs_pos.
by rewrite linked_sym in L; exact: (linked_diff (fun i => u n i - x i) L).
Qed.

Lemma exp_limit (f : nat -> R) (a b : R) : is_lim_seq f 0 -> is_lim_seq (fun n => a * exp (b * f n)) a.
Proof.
move=> H; have E : a = a * exp (b * 0) by rewrite Rmult_0_r exp_0; ring.
rewrite [X in is_lim_seq _ (Finite X)]E.
apply: is_lim_seq_mult'; first exact: is_lim_seq_const.
apply: (is_lim_seq_continuous exp (fun n => b * f n)).
  by apply: derivable_continuous_pt; exact: derivable_pt_exp.
by apply: is_lim_seq_mult' => //; exact: is_lim_seq_const.
Qed.

Lemma osborne_limit i j : is_lim_seq (fun n => C n i j) (cost_at w p x i j).
Proof.
case: (Rle_lt_or_eq_dec _ _ (w0 i j)) => [wij|E]; last first.
  apply: (is_lim_seq_ext (fun _ => cost_at w p x i j)); last exact: is_lim_seq_const.
  by move=> n; rewrite /cost_at -E !Rmult_0_l.
apply: (is_lim_seq_ext (fun n => cost_at w p x i j * exp (p * ((u n j - x j) - (u n i - x i))))).
  by move=> n; rewrite -cost_at_from.
exact: exp_limit (difference_vanishes (linked_edge wij)).
Qed.

Lemma osborne_weight_limit (J : V -> V -> R) i j : linked w i j ->
  is_lim_seq (fun n => rescale (u n) J i j) (rescale x J i j).
Proof.
move=> L.
apply: (is_lim_seq_ext (fun n => rescale x J i j * exp (1 * ((u n j - x j) - (u n i - x i))))).
  move=> n; rewrite !rescale_eq Rmult_assoc -exp_plus; congr (_ * exp _); ring.
exact: exp_limit (difference_vanishes L).
Qed.

End Iteration.

Lemma osborne_descent_proof : S_osborne_descent.
Proof. by move=> V w p h i p0 C r0 c0; exact: osborne_decrease. Qed.

Lemma osborne_descent_balances_proof : S_osborne_descent_balances.
Proof. by move=> V w p h i p0 C r0 c0; exact: osborne_balances. Qed.

Lemma osborne_descent_optimal_proof : S_osborne_descent_optimal.
Proof. by move=> V w p h i s p0 C r0 c0; exact: osborne_optimal. Qed.

Lemma osborne_descent_convergence_proof : S_osborne_descent_convergence.
Proof. by move=> V w p pick N h0 x w0 p0 often B i j; exact: (osborne_limit h0 w0 p0 often B). Qed.

Lemma osborne_descent_weights_proof : S_osborne_descent_weights.
Proof.
move=> V alpha p J pick N h0 x a0 p0 often; rewrite cost_rescale => B i j L.
exact: (osborne_weight_limit h0 (cost_ge0 p J a0) p0 often B L).
Qed.

Lemma osborne_descent_cyclic_proof : S_osborne_descent_cyclic.
Proof.
move=> n w p h0 x w0 p0 B i j.
apply: (@osborne_limit _ w p (fun k => inord (k %% n.+1)%N) n.+1 h0 x w0 p0 _ B) => m a.
(* the first k >= m with k = a modulo n + 1 *)
pose d := ((a + (n.+1 - m %% n.+1)) %% n.+1)%N.
exists (m + d)%N; split.
  by rewrite leq_addr ltn_add2l /d ltn_mod.
have lt : (m %% n.+1 < n.+1)%N by rewrite ltn_mod.
have E : ((m + d) %% n.+1 = a)%N.
  rewrite /d modnDmr addnCA -modnDmr -(modnDml m) subnKC; last exact: ltnW.
  by rewrite modnn addn0 modn_small.
by rewrite E inord_val.
Qed.
