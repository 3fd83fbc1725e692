(** * Osborne's step: exact decrease; the distance to balance

    Glossary.
    - [osborne_decrease]   a step lowers the cost by exactly (sqrt r - sqrt c)^2
    - [osborne_balances], [osborne_optimal]  it balances its neuron, and no other move of it does better
    - [grad_at_distance]   the distance to balance is at most a constant times the gradient
    - [grad_bump]          how much the gradient can change in one step *)

From Coq Require Import Reals Lra Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq div fintype bigop path fingraph.
From Synbal Require Import Defs FlowDefs Sums Costs Calculus Convexity WeightFlow Contraction Graph Existence
  Convergence Bounds.

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
