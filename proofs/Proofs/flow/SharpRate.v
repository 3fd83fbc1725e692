(** * The asymptotic rate p lambda_2 itself is reached, and no faster rate than p times the largest eigenvalue

    Near balance the distance N = |h - x|^2 obeys N' <= - 2 p lambda e^{- 2 p sqrt N} N, and sqrt N is already known to decay
    like K e^{- nu t} for some nu > 0. So the defect of the rate has a finite integral, which only costs a constant.

    Glossary:
    - [poincare_constant] a positive lambda with lambda |y|^2 <= y^T L y exists: there is a smallest positive eigenvalue
    - [flow_sharp]        |h(t) - x| <= K e^{- p lambda t}
    - [flow_sharp_lower]  |h(t) - x| >= K e^{- p Lambda t}, K > 0 *)

From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop path fingraph.
From Synbal Require Import Defs FlowDefs Sums Costs Calculus Convexity WeightFlow Contraction Graph Existence
  Convergence Balance GlobalConvergence.
From Synbal.Statements Require Import global_convergence.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Local Open Scope R_scope.

Section Sharp.
Variable V : finType.
Variables (w : V -> V -> R) (p : R).
Hypothesis w0 : nonnegative w.
Hypothesis p0 : 0 < p.

Lemma component_sum_cost_at x y i : component_sum (cost_at w p x) y i = component_sum w y i.
Proof. by apply: eq_bigl => j; rewrite linked_cost_at. Qed.

(** The smallest cost over n^3 is such a lambda. *)
Lemma poincare_constant x : V -> exists lambda, 0 < lambda /\
  forall y, (forall i, component_sum w y i = 0) -> lambda * norm2_sq y <= dirichlet (cost_at w p x) y.
Proof.
move=> r; have C0 := cost_at_ge0 p x w0.
have [m [m0 mC]] := positive_costs_bounded_below (cost_at w p x).
have n0 : 0 < INR #|V| by apply: lt_0_INR; apply/ltP/card_gt0P; exists r.
have n3 : 0 < (INR #|V|)^3 by apply: pow_lt.
exists (m / (INR #|V|)^3); split=> [|y Z]; first exact: Rdiv_lt_0_compat.
have P : norm2_sq y <= (INR #|V|)^3 * edge_energy (cost_at w p x) y.
  by apply: poincare => // i; rewrite component_sum_cost_at.
have D : m * edge_energy (cost_at w p x) y <= dirichlet (cost_at w p x) y.
  rewrite /edge_energy /dirichlet -rsumZl; apply: rsum_le => i _; rewrite -rsumZl; apply: rsum_le => j _.
  have Q := pow2_ge_0 (y i - y j).
  case: synapseP => S; first by apply: Rmult_le_compat_r => //; exact: mC.
  by rewrite Rmult_0_r; apply: Rmult_le_pos.
apply: Rle_trans D; have := Rmult_le_compat_l _ _ _ (Rlt_le _ _ (Rdiv_lt_0_compat _ _ m0 n3)) P.
have -> : m / INR #|V| ^ 3 * (INR #|V| ^ 3 * edge_energy (cost_at w p x) y) = m * edge_energy (cost_at w p x) y.
  by field; lra.
done.
Qed.

(** x e^{psi} with psi' = - a e^{- nu t}: the correction psi = (a / nu) e^{- nu t}. *)
Lemma correction_derive (a nu t : R) : nu <> 0 ->
  is_derive (fun s => a / nu * exp (- nu * s)) t (- (a * exp (- nu * t))).
Proof.
move=> nu0; apply: is_derive_eq (is_deriveZ _ (is_derive_exp_comp (is_deriveZ (- nu) (is_derive_id t)))) _.
by rewrite /one /=; field.
Qed.

Variables (h : R -> V -> R) (x : V -> R).
Hypothesis F : is_flow w p h.
Hypothesis B : balanced (cost_at w p x).
Hypothesis S : forall i, component_sum w x i = component_sum w (h 0) i.

Let N t := norm2_sq (fun i => h t i - x i).
Let N' t := 2 * \rsum_(i) ((grad (cost_at w p (h t)) i - 0) * (h t i - x i)).

Lemma N_derive t : 0 <= t -> is_derive N t (N' t).
Proof.
move=> t0; apply: (@is_derive_dist_sq V h (fun _ => x)) => i; last exact: is_derive_const.
exact: F.
Qed.

Lemma sums_vanish t : 0 <= t -> forall i, component_sum w (fun i => h t i - x i) i = 0.
Proof. by move=> t0 i; rewrite component_sumB S (component_sum_flow w0 i F t0); ring. Qed.

Lemma flow_sharp lambda : 0 < lambda ->
  (forall y, (forall i, component_sum w y i = 0) -> lambda * norm2_sq y <= dirichlet (cost_at w p x) y) ->
  exists K, 0 <= K /\ forall t, 0 <= t -> norm2 (fun i => h t i - x i) <= K * exp (- (p * lambda) * t).
Proof.
move=> l0 Poin; have pl : 0 < p * lambda by apply: Rmult_lt_0_compat.
pose nu := p * lambda / 2; have nu0 : 0 < nu by rewrite /nu; lra.
have [K HK] := flow_asymptotic w0 p0 F B S l0 Poin (nu := nu) ltac:(rewrite /nu; lra).
pose a := 2 * (p * lambda) * (2 * p * K); pose psi t := a / nu * exp (- nu * t).
have K0 : 0 <= K.
  have := HK 0 (Rle_refl 0); rewrite Rmult_0_r exp_0 Rmult_1_r; apply: Rle_trans; exact: norm2_ge0.
have a0 : 0 <= a by rewrite /a; repeat apply: Rmult_le_pos; lra.
have psi0 t : 0 <= psi t.
  apply: Rmult_le_pos; last exact/Rlt_le/exp_pos.
  by apply: Rmult_le_pos => //; exact/Rlt_le/Rinv_0_lt_compat.
have H t : 0 <= t -> exp (psi t) * N t <= exp (psi 0) * N 0 * exp (- (2 * (p * lambda)) * (t - 0)).
  move=> t0; apply: (@decay_of_derive (fun s => exp (psi s) * N s)
    (fun s => - (a * exp (- nu * s)) * exp (psi s) * N s + exp (psi s) * N' s)) => // s [s0 _].
  - apply: is_deriveM; last exact: N_derive.
    by apply: is_derive_exp_comp; apply: correction_derive; lra.
  - have near i : Rabs (h s i - x i) <= norm2 (fun i => h s i - x i).
      exact: (coord_le_norm2 (fun i => h s i - x i) i).
    have G := grad_near_balance w0 p0 B near.
    have P := Poin _ (sums_vanish s0); rewrite -/(N s) in P.
    have Nn : 0 <= N s by exact: norm2_sq_ge0.
    set q := exp (- (2 * p * norm2 (fun i => h s i - x i))) in G.
    have q1 : 1 - 2 * p * (K * exp (- nu * s)) <= q.
      have := exp_ge1x (- (2 * p * norm2 (fun i => h s i - x i))); rewrite -/q.
      have := Rmult_le_compat_l (2 * p) _ _ ltac:(lra) (HK s s0); lra.
    have q0 : 0 < q by exact: exp_pos.
    have E : N' s <= - (2 * (p * lambda)) * N s + a * exp (- nu * s) * N s.
      have H1 : p * q * (lambda * N s) <= p * q * dirichlet (cost_at w p x) (fun i => h s i - x i).
        by apply: Rmult_le_compat_l => //; apply: Rmult_le_pos; lra.
      have H2 := Rmult_le_compat_r _ _ _ (Rmult_le_pos _ _ (Rlt_le _ _ pl) Nn) q1.
      rewrite /N' /a; lra.
    have := Rmult_le_compat_l _ _ _ (Rlt_le _ _ (exp_pos (psi s))) E; lra.
exists (sqrt (exp (psi 0) * N 0)); split=> [|t t0]; first exact: sqrt_pos.
have C0 : 0 <= exp (psi 0) * N 0 by apply: Rmult_le_pos; [exact/Rlt_le/exp_pos | exact: norm2_sq_ge0].
have -> : exp (- (p * lambda) * t) = sqrt (exp (- (2 * (p * lambda)) * (t - 0))).
  have -> : - (2 * (p * lambda)) * (t - 0) = - (p * lambda) * t + - (p * lambda) * t by ring.
  by rewrite exp_plus sqrt_square //; exact/Rlt_le/exp_pos.
rewrite -sqrt_mult //; last exact/Rlt_le/exp_pos.
apply: sqrt_le_1_alt; apply: Rle_trans (H t t0).
rewrite -[X in X <= _]Rmult_1_l; apply: Rmult_le_compat_r; first exact: norm2_sq_ge0.
by rewrite -exp_0; apply: exp_le.
Qed.

Lemma flow_sharp_lower Lambda : (exists i, h 0 i <> x i) -> 0 < Lambda ->
  (forall y, (forall i, component_sum w y i = 0) -> dirichlet (cost_at w p x) y <= Lambda * norm2_sq y) ->
  exists K, 0 < K /\ forall t, 0 <= t -> K * exp (- (p * Lambda) * t) <= norm2 (fun i => h t i - x i).
Proof.
move=> [r Hr] l0 Up; have pl : 0 < p * Lambda by apply: Rmult_lt_0_compat.
have [mu [mu0 Poin]] := poincare_constant x r.
have [K [K0 HK]] := flow_sharp mu0 Poin.
pose nu := p * mu; have nu0 : 0 < nu by apply: Rmult_lt_0_compat.
pose q0 := exp (2 * p * K).
pose a := 2 * (p * Lambda) * (2 * p * K) * q0; pose psi t := a / nu * exp (- nu * t).
have Q0 : 0 < q0 by exact: exp_pos.
have a0 : 0 <= a by rewrite /a; repeat apply: Rmult_le_pos; lra.
have psi0 t : 0 <= psi t.
  apply: Rmult_le_pos; last exact/Rlt_le/exp_pos.
  by apply: Rmult_le_pos => //; exact/Rlt_le/Rinv_0_lt_compat.
have H t : 0 <= t -> exp (- psi 0) * N 0 * exp (- (2 * (p * Lambda)) * (t - 0)) <= exp (- psi t) * N t.
  move=> t0; apply: (@growth_of_derive (fun s => exp (- psi s) * N s)
    (fun s => - - (a * exp (- nu * s)) * exp (- psi s) * N s + exp (- psi s) * N' s)) => // s [s0 _].
  - apply: is_deriveM; last exact: N_derive.
    by apply: is_derive_exp_comp; apply: is_deriveN; apply: correction_derive; lra.
  - set d := norm2 (fun i => h s i - x i).
    have near i : Rabs (h s i - x i) <= d by exact: (coord_le_norm2 (fun i => h s i - x i) i).
    have G := grad_near_balance_lower w0 p0 B near.
    have P := Up _ (sums_vanish s0); rewrite -/(N s) in P.
    have Nn : 0 <= N s by exact: norm2_sq_ge0.
    have d0 : 0 <= d by exact: norm2_ge0.
    have dK : d <= K * exp (- nu * s) by exact: HK.
    have E1 : exp (- nu * s) <= 1 by rewrite -exp_0; apply: exp_le; nra.
    have E0 := exp_pos (- nu * s).
    have z0 : 0 <= 2 * p * d by repeat apply: Rmult_le_pos; lra.
    have zq : exp (2 * p * d) <= q0.
      apply: exp_le; apply: Rmult_le_compat_l; first lra.
      by apply: Rle_trans dK _; rewrite -[X in _ <= X]Rmult_1_r; apply: Rmult_le_compat_l.
    have q1 : exp (2 * p * d) <= 1 + 2 * p * (K * exp (- nu * s)) * q0.
      have T := exp_tangent (2 * p * d) 0; rewrite exp_0 in T.
      have T1 : 2 * p * d * exp (2 * p * d) <= 2 * p * (K * exp (- nu * s)) * q0.
        apply: Rmult_le_compat => //; first exact/Rlt_le/exp_pos.
        by apply: Rmult_le_compat_l; lra.
      lra.
    have E : - (2 * (p * Lambda)) * N s - a * exp (- nu * s) * N s <= N' s.
      have H1 : p * exp (2 * p * d) * dirichlet (cost_at w p x) (fun i => h s i - x i)
                <= p * exp (2 * p * d) * (Lambda * N s).
        by apply: Rmult_le_compat_l => //; apply: Rmult_le_pos; [lra | exact/Rlt_le/exp_pos].
      have H2 := Rmult_le_compat_r _ _ _ (Rmult_le_pos _ _ (Rlt_le _ _ pl) Nn) q1.
      rewrite /N' /a; lra.
    have := Rmult_le_compat_l _ _ _ (Rlt_le _ _ (exp_pos (- psi s))) E; lra.
have N00 : 0 < N 0.
  case: (Rle_lt_or_eq_dec _ _ (norm2_sq_ge0 (fun i => h 0 i - x i))) => // Z; exfalso; apply: Hr.
  by have := norm2_sq_eq0 (esym Z) r; lra.
have C0 : 0 < exp (- psi 0) * N 0 by apply: Rmult_lt_0_compat => //; exact: exp_pos.
exists (sqrt (exp (- psi 0) * N 0)); split=> [|t t0]; first exact: sqrt_lt_R0.
have -> : exp (- (p * Lambda) * t) = sqrt (exp (- (2 * (p * Lambda)) * (t - 0))).
  have -> : - (2 * (p * Lambda)) * (t - 0) = - (p * Lambda) * t + - (p * Lambda) * t by ring.
  by rewrite exp_plus sqrt_square //; exact/Rlt_le/exp_pos.
rewrite -sqrt_mult; [| lra | exact/Rlt_le/exp_pos].
apply: sqrt_le_1_alt; apply: Rle_trans (H t t0) _.
rewrite -[X in _ <= X]Rmult_1_l; apply: Rmult_le_compat_r; first exact: norm2_sq_ge0.
by rewrite -exp_0; apply: exp_le; have := psi0 t; lra.
Qed.

End Sharp.

Lemma global_convergence_rate_proof : S_global_convergence_rate.
Proof.
move=> V w p p0 r; split; first by move=> m c m0 c0; exact: explicit_rate_gt0.
split; first exact: positive_costs_bounded_below.
by move=> w0 x; exact: poincare_constant.
Qed.

Lemma global_convergence_asymptotic_proof : S_global_convergence_asymptotic.
Proof.
move=> V w p h x lambda nu w0 p0 F B S l0 Poin nul.
have [K [K0 HK]] := flow_sharp w0 p0 F B S l0 Poin.
exists K => t t0; apply: Rle_trans (HK t t0) _.
by apply: Rmult_le_compat_l => //; apply: exp_le; nra.
Qed.

Lemma global_convergence_asymptotic_lower_proof : S_global_convergence_asymptotic_lower.
Proof.
move=> V w p h x Lambda nu w0 p0 F B S Ne l0 Up nul.
have [K [K0 HK]] := flow_sharp_lower w0 p0 F B S Ne l0 Up.
exists K; split=> // t t0; apply: Rle_trans (HK t t0).
by apply: Rmult_le_compat_l; [lra | apply: exp_le; nra].
Qed.
