(** * Osborne's iteration converges to the balanced network

    Glossary.
    - [step n]             the n-th step
    - [travel m n]         the sum of the sizes of the steps n, ..., n + m - 1
    - [steps_vanish]       the cost falls by a total of at most C(0), so the steps tend to 0
    - [grad_vanishes]      within any N steps each neuron is balanced once, so all gradients tend to 0
    - [osborne_limit]      hence the costs converge ([SequenceLimit.v]) *)

From Coq Require Import Reals Lra Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq div fintype bigop path fingraph.
From Synbal Require Import Defs FlowDefs Sums Costs Calculus Convexity WeightFlow Contraction Graph Existence
  Convergence SequenceLimit Bounds Osborne GlobalConvergence.
From Synbal.Statements Require Import osborne_descent.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Local Open Scope R_scope.

Section Iteration.
Variable V : finType.
Variables (w : V -> V -> R) (p : R) (pick : nat -> V) (h0 x : V -> R).
Hypothesis w0 : nonnegative w.
Hypothesis p0 : 0 < p.
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

Lemma smallest_along : exists k, 0 < k /\ (forall n i j, 0 < w i j -> k <= C n i j)
  /\ (forall i j, 0 < w i j -> k <= cost_at w p x i j).
Proof. exact: (smallest w0 p0 B c_gt0 T_le_c x_le_c). Qed.

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
have [k [k0 [Hk _]]] := smallest_along.
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

(** *** Orders in which every neuron comes up within N steps *)

Section Often.
Variable N : nat.
Hypothesis often : forall n i, exists k, (n <= k < n + N)%N /\ pick k = i.

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

End Often.

(** *** The greedy order *)

Section Greedy.
Hypothesis greedy : forall n i,
  (sqrt (incoming (C n) i) - sqrt (outgoing (C n) i)) ^ 2
  <= (sqrt (incoming (C n) (pick n)) - sqrt (outgoing (C n) (pick n))) ^ 2.

Lemma incoming_le_total n i : incoming (C n) i <= c.
Proof.
have C0 := cost_at_ge0 p (u n) w0; apply: Rle_trans (T_le_c n).
apply: (Rle_trans _ (\rsum_(j) C n i j)); first by rewrite (rsum_out i (C n i)) /incoming; have := C0 i i; lra.
by apply: (rsum_term_le i (F := fun i => \rsum_(j) C n i j)) => a; apply: rsum_ge0.
Qed.

Lemma outgoing_le_total n i : outgoing (C n) i <= c.
Proof.
have C0 := cost_at_ge0 p (u n) w0; apply: Rle_trans (T_le_c n).
apply: (Rle_trans _ (\rsum_(j) C n j i)).
  by rewrite (rsum_out i (fun j => C n j i)) /outgoing; have := C0 i i; lra.
rewrite /total rsum_swap.
by apply: (rsum_term_le i (F := fun i => \rsum_(j) C n j i)) => a; apply: rsum_ge0.
Qed.

Lemma greedy_decrease n i : (sqrt (incoming (C n) i) - sqrt (outgoing (C n) i)) ^ 2 <= T n - T n.+1.
Proof.
apply: Rle_trans (greedy n i) _; case: (Rlt_le_dec 0 (incoming (C n) (pick n))) => [r0|r0].
- have c0 := (incoming_outgoing (u n) (pick n)).1 r0.
  by rewrite [total (cost_at w p (u n.+1))]/= osborne_decrease //; lra.
- have r1 := r_ge0 p (u n) w0 (pick n); have c1 := c_ge0 p (u n) w0 (pick n).
  have N0 : ~ 0 < outgoing (C n) (pick n) by move/(incoming_outgoing (u n) (pick n)).2; lra.
  rewrite (_ : incoming (C n) (pick n) = 0); last lra.
  rewrite (_ : outgoing (C n) (pick n) = 0); last lra.
  by have := T_decreasing n; rewrite sqrt_0; lra.
Qed.

Lemma greedy_vanishes a : is_lim_seq (fun n => Rabs (grad (C n) a)) 0.
Proof.
have [l Hl] : ex_finite_lim_seq (fun n => T n).
  by apply: (ex_finite_lim_seq_decr _ 0) => n; [exact: T_decreasing | apply: total_ge0; exact: cost_at_ge0].
have D : is_lim_seq (fun n => T n - T n.+1) 0.
  have -> : 0 = l - l by ring.
  by apply: is_lim_seq_minus' => //; apply/(is_lim_seq_incr_1 (fun n => T n)).
have S : is_lim_seq (fun n => sqrt (T n - T n.+1)) 0.
  rewrite -sqrt_0; apply: (is_lim_seq_continuous sqrt (fun n => T n - T n.+1) 0) => //.
  by apply: continuity_pt_sqrt; exact: Rle_refl.
have S2 : is_lim_seq (fun n => 2 * sqrt c * sqrt (T n - T n.+1)) 0.
  rewrite -[X in is_lim_seq _ (Finite X)](Rmult_0_r (2 * sqrt c)).
  by apply: is_lim_seq_mult' => //; exact: is_lim_seq_const.
apply: (is_lim_seq_le_le (fun _ => 0) _ _ 0 _ (is_lim_seq_const 0) S2) => n; split; first exact: Rabs_pos.
have r1 := r_ge0 p (u n) w0 a; have c1 := c_ge0 p (u n) w0 a.
set r := incoming (C n) a in r1 *; set q := outgoing (C n) a in c1 *.
have -> : grad (C n) a = (sqrt r - sqrt q) * (sqrt r + sqrt q).
  rewrite grad_in_out -/r -/q; have := sqrt_sqrt r r1; have := sqrt_sqrt q c1 => Eq Er.
  by rewrite -[LHS]/(r - q) -{1}Er -{1}Eq; ring.
have A : Rabs (sqrt r - sqrt q) <= sqrt (T n - T n.+1).
  by rewrite -sqrt_Rsqr_abs Rsqr_pow2; apply: sqrt_le_1_alt; exact: greedy_decrease.
have sr : sqrt r <= sqrt c by apply: sqrt_le_1_alt; exact: incoming_le_total.
have sq : sqrt q <= sqrt c by apply: sqrt_le_1_alt; exact: outgoing_le_total.
have r2 := sqrt_pos r; have q2 := sqrt_pos q.
rewrite Rabs_mult (Rabs_pos_eq (sqrt r + sqrt q)); last lra.
rewrite [X in _ <= X]Rmult_comm; apply: Rmult_le_compat; [exact: Rabs_pos | lra | exact: A | lra].
Qed.

End Greedy.

(** *** Whatever the order, if the gradients vanish *)

Section Limit.
Hypothesis vanish : forall a, is_lim_seq (fun n => Rabs (grad (C n) a)) 0.

Lemma osborne_limit i j : is_lim_seq (fun n => C n i j) (cost_at w p x i j).
Proof. exact: (sequence_limit w0 p0 B c_gt0 T_le_c x_le_c vanish). Qed.

Lemma osborne_weight_limit (J : V -> V -> R) i j : linked w i j ->
  is_lim_seq (fun n => rescale (u n) J i j) (rescale x J i j).
Proof. exact: (sequence_weight_limit w0 p0 B c_gt0 T_le_c x_le_c vanish). Qed.

End Limit.

End Iteration.

Section Orders.
Variables (V : finType) (w : V -> V -> R) (p : R) (pick : nat -> V) (N : nat) (h0 x : V -> R).
Hypothesis w0 : nonnegative w.
Hypothesis p0 : 0 < p.
Hypothesis often : forall n i, exists k, (n <= k < n + N)%N /\ pick k = i.
Hypothesis B : balanced (cost_at w p x).

Lemma often_limit i j : is_lim_seq (fun n => cost_at w p (osborne w p pick h0 n) i j) (cost_at w p x i j).
Proof. by apply: osborne_limit => // a; exact: (grad_vanishes h0 w0 p0 B often). Qed.

Lemma often_weight_limit (J : V -> V -> R) i j : linked w i j ->
  is_lim_seq (fun n => rescale (osborne w p pick h0 n) J i j) (rescale x J i j).
Proof. by apply: osborne_weight_limit => // a; exact: (grad_vanishes h0 w0 p0 B often). Qed.

End Orders.

Lemma osborne_descent_greedy_proof : S_osborne_descent_greedy.
Proof.
move=> V w p pick h0 x w0 p0 greedy B i j; apply: osborne_limit => // a.
exact: (greedy_vanishes w0 p0 B greedy).
Qed.

Lemma osborne_descent_proof : S_osborne_descent.
Proof. by move=> V w p h i p0 C r0 c0; exact: osborne_decrease. Qed.

Lemma osborne_descent_balances_proof : S_osborne_descent_balances.
Proof. by move=> V w p h i p0 C r0 c0; exact: osborne_balances. Qed.

Lemma osborne_descent_optimal_proof : S_osborne_descent_optimal.
Proof. by move=> V w p h i s p0 C r0 c0; exact: osborne_optimal. Qed.

Lemma osborne_descent_convergence_proof : S_osborne_descent_convergence.
Proof. by move=> V w p pick N h0 x w0 p0 often B i j; exact: (often_limit h0 w0 p0 often B). Qed.

Lemma osborne_descent_weights_proof : S_osborne_descent_weights.
Proof.
move=> V alpha p J pick N h0 x a0 p0 often; rewrite cost_rescale => B i j L.
exact: (often_weight_limit h0 (cost_ge0 p J a0) p0 often B L).
Qed.

Lemma osborne_descent_cyclic_proof : S_osborne_descent_cyclic.
Proof.
move=> n w p h0 x w0 p0 B i j.
apply: (@often_limit _ w p (fun k => inord (k %% n.+1)%N) n.+1 h0 x w0 p0 _ B) => m a.
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

Lemma osborne_descent_cost_proof : S_osborne_descent_cost.
Proof.
move=> V w p pick N h0 L w0 p0 often oc O; have [x [B _]] := balance_from w0 p0 h0 oc.
rewrite (optimal_cost_unique O (optimal_cost_balanced w0 B)).
by do 2 (apply: is_lim_seq_rsum => ? _); exact: (often_limit h0 w0 p0 often B).
Qed.

Lemma osborne_descent_same_limit_proof : S_osborne_descent_same_limit.
Proof.
move=> V alpha p J pick N a0 p0 often FJ oc w.
have [x [B [_ [Lim _]]]] := global_convergence_weights_proof a0 p0 FJ oc.
exists (rescale x (J 0)); split=> //; split=> // i j L.
by apply: (osborne_descent_weights_proof (fun _ => 0) a0 p0 often B).
Qed.
