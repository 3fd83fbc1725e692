(** * The rate p lambda_2 is attained in every network

    Along v, the eigenvector of lambda, the distance e = h - x to balance obeys a' = - p lambda a + O(|e|^2), a = <v, e>; and |e|^2 decays
    faster than a. So a start near enough keeps at least half of its a e^{p lambda t}.

    Glossary.
    - [eigen_coupled]  v^T L y = lambda <v, y> for all y that add up to zero on the components
    - [velocity_along] <v, g(x + e)> >= - p v^T L e - M |e|^2 *)

From Coq Require Import Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop path fingraph.
From Synbal Require Import Defs FlowDefs Sums Costs Calculus Convexity WeightFlow Contraction Graph Existence
  Convergence Balance GlobalConvergence DampedNewton NewtonConvergence.
From Synbal.Statements Require Import global_convergence damped_newton.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Local Open Scope R_scope.

Lemma exp_second_order u : Rabs u <= 1 -> Rabs (exp u - 1 - u) <= u ^ 2.
Proof.
move=> u1; have := exp_quadratic Rlt_0_1 u1; have := exp_ge1x u; have := exp_le_3; rewrite /Rdiv Rinv_1 Rmult_1_r => e3 l up.
rewrite Rabs_pos_eq; last lra.
by have := pow2_ge_0 u; nra.
Qed.

Section Attained.
Variable V : finType.
Variables (w : V -> V -> R) (p : R) (x v : V -> R) (lambda : R).
Hypothesis w0 : nonnegative w.
Hypothesis p0 : 0 < p.
Hypothesis B : balanced (cost_at w p x).
Hypothesis l0 : 0 < lambda.
Hypothesis Poin : forall y, (forall i, component_sum w y i = 0) -> lambda * norm2_sq y <= dirichlet (cost_at w p x) y.
Hypothesis v_sums : forall i, component_sum w v i = 0.
Hypothesis v_eigen : dirichlet (cost_at w p x) v = lambda * norm2_sq v.

Notation C := (cost_at w p x).

Lemma eigen_coupled y : (forall i, component_sum w y i = 0) -> coupled C v y = lambda * \rsum_(i) (v i * y i).
Proof.
move=> y_sums; set q := \rsum_(i) (v i * y i).
have H t : 0 <= - 2 * t * (coupled C v y - lambda * q) + t ^ 2 * (dirichlet C y - lambda * norm2_sq y).
  have Z i : component_sum w (fun i => v i - t * y i) i = 0.
    by rewrite (component_sumB w v (fun i => t * y i)) v_sums /component_sum rsumZl -/(component_sum w y i) y_sums; ring.
  have := Poin Z; rewrite dirichlet_sub v_eigen.
  have -> : norm2_sq (fun i => v i - t * y i) = norm2_sq v - 2 * t * q + t ^ 2 * norm2_sq y.
    rewrite /norm2_sq /q -!rsumZl -rsumB -rsumD; apply: rsum_ext => i _; ring.
  lra.
set a := coupled C v y - lambda * q in H *; set b := dirichlet C y - lambda * norm2_sq y in H *.
have b0 : 0 <= b by have := Poin y_sums; rewrite /b; lra.
suff : a = 0 by rewrite /a; lra.
have := H (a / (b + 1)).
have -> : - 2 * (a / (b + 1)) * a + (a / (b + 1)) ^ 2 * b = - (a ^ 2 * (b + 2) / (b + 1) ^ 2) by field; lra.
move=> N; have b2 : 0 < (b + 2) / (b + 1) ^ 2 by apply: Rdiv_lt_0_compat; [lra | apply: pow_lt; lra].
have : a ^ 2 * (b + 2) / (b + 1) ^ 2 = a ^ 2 * ((b + 2) / (b + 1) ^ 2) by rewrite /Rdiv; ring.
move=> E; rewrite E in N; apply: Rsqr_0_uniq; rewrite Rsqr_pow2.
by have := pow2_ge_0 a; nra.
Qed.

Definition curvature_bound : R := 4 * p ^ 2 * \rsum_(i) \rsum_(j) (C i j * Rabs (v i - v j)).
Notation M := curvature_bound.

Lemma M_ge0 : 0 <= M.
Proof.
apply: Rmult_le_pos; first by have := pow2_ge_0 p; lra.
apply: rsum_ge0 => i _; apply: rsum_ge0 => j _; apply: Rmult_le_pos; [exact: cost_at_ge0 | exact: Rabs_pos].
Qed.

Lemma velocity_along k : 2 * p * norm2 (fun i => k i - x i) <= 1 ->
  - p * coupled C v (fun i => k i - x i) - M * norm2_sq (fun i => k i - x i)
  <= \rsum_(i) (grad (cost_at w p k) i * v i).
Proof.
set e := fun i => k i - x i; move=> small; have n0 := norm2_ge0 e.
have Z : \rsum_(i) \rsum_(j) (C i j * (v i - v j)) = 0.
  by rewrite -grad_parts; apply: rsum0 => i _; rewrite B; ring.
have -> : \rsum_(i) (grad (cost_at w p k) i * v i)
    = \rsum_(i) \rsum_(j) (C i j * (v i - v j) * (exp (p * (e j - e i)) - 1)).
  rewrite grad_parts; transitivity (\rsum_(i) \rsum_(j) (cost_at w p k i j * (v i - v j))
    - \rsum_(i) \rsum_(j) (C i j * (v i - v j))); first by rewrite Z Rminus_0_r.
  rewrite -rsumB; apply: rsum_ext => i _; rewrite -rsumB; apply: rsum_ext => j _.
  by rewrite (cost_at_from w p x k) -/(e i) -/(e j); ring.
have -> : - p * coupled C v e - M * norm2_sq e
    = \rsum_(i) \rsum_(j) (C i j * (v i - v j) * (p * (e j - e i)) - C i j * Rabs (v i - v j) * (4 * p ^ 2 * norm2_sq e)).
  have -> : - p * coupled C v e = \rsum_(i) \rsum_(j) (C i j * (v i - v j) * (p * (e j - e i))).
    rewrite /coupled -rsumZl; apply: rsum_ext => i _; rewrite -rsumZl; apply: rsum_ext => j _; ring.
  have -> : M * norm2_sq e = \rsum_(i) \rsum_(j) (C i j * Rabs (v i - v j) * (4 * p ^ 2 * norm2_sq e)).
    have -> : M * norm2_sq e = \rsum_(i) \rsum_(j) (C i j * Rabs (v i - v j)) * (4 * p ^ 2 * norm2_sq e) by rewrite /M; ring.
    by rewrite -rsumZr; apply: rsum_ext => i _; rewrite -rsumZr.
  by rewrite -rsumB; apply: rsum_ext => i _; rewrite -rsumB.
apply: rsum_le => i _; apply: rsum_le => j _; have C0 := cost_at_ge0 p x w0 i j.
have ei := coord_le_norm2 e i; have ej := coord_le_norm2 e j.
have d1 : Rabs (e j - e i) <= 2 * norm2 e by have := Rabs_triang (e j) (- e i); rewrite Rabs_Ropp /Rminus; lra.
have u1 : Rabs (p * (e j - e i)) <= 2 * p * norm2 e by rewrite Rabs_mult Rabs_pos_eq; [nra | lra].
have S := exp_second_order (Rle_trans _ _ _ u1 small).
have u2 : (p * (e j - e i)) ^ 2 <= 4 * p ^ 2 * norm2_sq e.
  rewrite -norm2_sqr -pow2_abs (_ : 4 * p ^ 2 * norm2 e ^ 2 = (2 * p * norm2 e) ^ 2); last by ring.
  by apply: pow_incr; split=> //; exact: Rabs_pos.
set u := p * (e j - e i) in S u2 *.
have T : Rabs ((v i - v j) * (exp u - 1 - u)) <= Rabs (v i - v j) * (4 * p ^ 2 * norm2_sq e).
  by rewrite Rabs_mult; apply: Rmult_le_compat_l; [exact: Rabs_pos | lra].
have L : - (Rabs (v i - v j) * (4 * p ^ 2 * norm2_sq e)) <= (v i - v j) * (exp u - 1 - u).
  by have := Rle_abs (- ((v i - v j) * (exp u - 1 - u))); rewrite Rabs_Ropp; lra.
have := Rmult_le_compat_l _ _ _ C0 L; lra.
Qed.

Hypothesis v_moves : exists i, v i <> 0.

Lemma norm_v_gt0 : 0 < norm2_sq v.
Proof.
have [i vi] := v_moves; apply: (rsum_gt0 (i := i)) => [j|]; [exact: pow2_ge_0 | exact: pow2_gt_0].
Qed.

Lemma rate_attained : exists (h : R -> V -> R) (e K : R),
  is_flow w p h /\ 0 < e /\ (forall i, h 0 i = x i + e * v i) /\
  0 < K /\ forall t, 0 <= t -> K * exp (- (p * lambda) * t) <= norm2 (fun i => h t i - x i).
Proof.
have m0 := M_ge0; have nv := norm_v_gt0; have n0 : 0 < norm2 v by exact: sqrt_lt_R0.
pose nu := p * lambda; have nu0 : 0 < nu by exact: Rmult_lt_0_compat.
pose e := Rmin (/ (8 * p * norm2 v)) (nu / (4 * (M + 1))).
have pn : 0 < p * norm2 v by exact: Rmult_lt_0_compat.
have e0 : 0 < e by apply: Rmin_pos; [apply: Rinv_0_lt_compat; lra | apply: Rdiv_lt_0_compat; lra].
have e1 : 8 * p * norm2 v * e <= 1.
  have := Rmin_l (/ (8 * p * norm2 v)) (nu / (4 * (M + 1))); rewrite -/e => L.
  have := Rmult_le_compat_l (8 * p * norm2 v) _ _ ltac:(lra) L; rewrite Rinv_r; lra.
have e2 : 4 * M * e <= nu.
  have := Rmin_r (/ (8 * p * norm2 v)) (nu / (4 * (M + 1))); rewrite -/e => L.
  have := Rmult_le_compat_l (4 * (M + 1)) _ _ ltac:(lra) L.
  have -> : 4 * (M + 1) * (nu / (4 * (M + 1))) = nu by field; lra.
  nra.
have [h [h0 F]] := flow_exists (fun i => x i + e * v i) w0 p0.
have start i : h 0 i - x i = e * v i by rewrite h0; ring.
have S i : component_sum w x i = component_sum w (h 0) i.
  apply: Rminus_diag_uniq; rewrite -component_sumB.
  transitivity (- e * component_sum w v i); last by rewrite v_sums; ring.
  by rewrite /component_sum -rsumZl; apply: rsum_ext => j _; have := start j; lra.
have d0 : norm2 (fun i => h 0 i - x i) = e * norm2 v.
  have -> : norm2 (fun i => h 0 i - x i) = sqrt (e ^ 2 * norm2_sq v).
    congr sqrt; rewrite /norm2_sq -rsumZl; apply: rsum_ext => i _; rewrite start; ring.
  by rewrite sqrt_mult; [rewrite sqrt_pow2 //; lra | exact: pow2_ge_0 | lra].
pose d := e * norm2 v; have dp : 0 < d by exact: Rmult_lt_0_compat.
have near t : 0 <= t -> norm2 (fun i => h t i - x i) <= d * exp (- (3 / 4 * nu) * t).
  move=> t0; apply: Rle_trans (global_convergence_lambda_proof w0 p0 F B S Poin t0) _; rewrite d0 -/d.
  apply: Rmult_le_compat_l; first lra.
  apply: exp_le; have q := exp_ge1x (- (2 * p * d)).
  have q34 : 3 / 4 <= exp (- (2 * p * d)) by rewrite /d in q *; lra.
  by have := Rmult_le_compat_l _ _ _ (Rmult_le_pos _ _ (Rlt_le _ _ nu0) t0) q34; rewrite /nu; lra.
pose a t := \rsum_(i) ((h t i - x i) * v i).
pose a' t := \rsum_(i) (grad (cost_at w p (h t)) i * v i).
have Da t : 0 <= t -> is_derive a t (a' t).
  move=> t0; apply: is_derive_rsum => i _.
  have := F t t0 i; set f := fun s => h s i; set g := grad _ i => Df.
  apply: (is_derive_ext (fun s => v i * (f s - x i))); first by move=> s; exact: Rmult_comm.
  apply: is_derive_eq (is_deriveZ (v i) (is_deriveB Df (is_derive_const (x i) t))) _.
  by rewrite /zero /=; ring.
pose m := M * d ^ 2; have mp : 0 <= m by apply: Rmult_le_pos => //; exact: pow2_ge_0.
have slow t : 0 <= t -> 0 <= (a' t + nu * a t) + m * exp (- (3 / 2 * nu) * t).
  move=> t0; have N := near t t0; have nn := norm2_ge0 (fun i => h t i - x i).
  have E1 : exp (- (3 / 4 * nu) * t) <= 1 by rewrite -exp_0; apply: exp_le; nra.
  have small : 2 * p * norm2 (fun i => h t i - x i) <= 1.
    apply: (Rle_trans _ (2 * p * d)); last by rewrite /d; lra.
    apply: Rmult_le_compat_l; first lra.
    by apply: Rle_trans N _; nra.
  have := velocity_along small; rewrite eigen_coupled; last first.
    by move=> i; rewrite component_sumB S (component_sum_flow w0 i F t0); ring.
  have -> : \rsum_(i) (v i * (h t i - x i)) = a t by apply: rsum_ext => i _; ring.
  rewrite -/(a' t) => Vel.
  have sq : norm2_sq (fun i => h t i - x i) <= d ^ 2 * exp (- (3 / 2 * nu) * t).
    rewrite -norm2_sqr; apply: (Rle_trans _ ((d * exp (- (3 / 4 * nu) * t)) ^ 2)); first by apply: pow_incr.
    apply: Req_le; rewrite Rpow_mult_distr; congr (_ * _).
    by rewrite /= Rmult_1_r -exp_plus; congr exp; field.
  have := Rmult_le_compat_l _ _ _ m0 sq; rewrite /m /nu; lra.
have gain t : 0 <= t -> a 0 - 2 * m / nu <= a t * exp (nu * t).
  move=> t0; suff : 0 <= a t * exp (nu * t) - 2 * m / nu * exp (- (nu / 2) * t) - (a 0 - 2 * m / nu).
    have : 0 <= 2 * m / nu * exp (- (nu / 2) * t).
      by apply: Rmult_le_pos; [apply: Rmult_le_pos; [lra | exact/Rlt_le/Rinv_0_lt_compat] | exact/Rlt_le/exp_pos].
    lra.
  apply: (@nonnegative_of_derive (fun t => a t * exp (nu * t) - 2 * m / nu * exp (- (nu / 2) * t) - (a 0 - 2 * m / nu))
    (fun t => (a' t + nu * a t) * exp (nu * t) + m * exp (- (nu / 2) * t))) => //.
  - by rewrite !Rmult_0_r exp_0; ring.
  - move=> s s0; have Es : is_derive (fun s => exp (nu * s)) s (nu * exp (nu * s)) by auto_derive => //; ring.
    have Ef : is_derive (fun s => 2 * m / nu * exp (- (nu / 2) * s) + (a 0 - 2 * m / nu)) s (- (m * exp (- (nu / 2) * s))).
      by auto_derive => //; field; lra.
    apply: (is_derive_ext (fun s => a s * exp (nu * s) - (2 * m / nu * exp (- (nu / 2) * s) + (a 0 - 2 * m / nu)))).
      by move=> r; rewrite /Rminus Ropp_plus_distr Rplus_assoc.
    apply: is_derive_eq (is_deriveB (is_deriveM (Da s s0) Es) Ef) _.
    by match goal with |- ?l = ?r => change (@eq R l r) end; ring.
  - move=> s s0; have H := Rmult_le_pos _ _ (slow s s0) (Rlt_le _ _ (exp_pos (nu * s))).
    have E : exp (- (3 / 2 * nu) * s) * exp (nu * s) = exp (- (nu / 2) * s) by rewrite -exp_plus; congr exp; field.
    rewrite Rmult_plus_distr_r Rmult_assoc E in H; exact: H.
exists h, e, (e * norm2 v / 2); split=> //; split=> //; split=> //; split; first by rewrite -/d; lra.
move=> t t0; have G := gain t t0.
have A0 : a 0 = e * (norm2 v) ^ 2.
  rewrite norm2_sqr /a /norm2_sq -rsumZl; apply: rsum_ext => i _; rewrite start; ring.
have half : e * (norm2 v) ^ 2 / 2 <= a 0 - 2 * m / nu.
  rewrite A0 /m /d; suff : 2 * (M * (e * norm2 v) ^ 2) / nu <= e * (norm2 v) ^ 2 / 2 by lra.
  apply: (Rmult_le_reg_r nu) => //.
  have -> : 2 * (M * (e * norm2 v) ^ 2) / nu * nu = 4 * M * e * (e * (norm2 v) ^ 2 / 2) by field; lra.
  have P : 0 <= e * (norm2 v) ^ 2 / 2 by have := pow2_ge_0 (norm2 v); nra.
  by have := Rmult_le_compat_r _ _ _ P e2; lra.
have I : a t <= norm2 (fun i => h t i - x i) * norm2 v by exact: inner_le_norms.
have ex := exp_pos (- (p * lambda) * t).
have E : exp (nu * t) * exp (- (p * lambda) * t) = 1.
  by rewrite -exp_plus -exp_0; congr exp; rewrite /nu; ring.
apply: (Rmult_le_reg_r (norm2 v)) => //; apply: Rle_trans I.
have := Rmult_le_compat_r _ _ _ (Rlt_le _ _ ex) (Rle_trans _ _ _ half G).
rewrite Rmult_assoc E Rmult_1_r; apply: Rle_trans; apply: Req_le; field.
Qed.

End Attained.

Lemma global_convergence_attained_proof : S_global_convergence_attained.
Proof. by move=> V w p x v lambda w0 p0 B l0 Poin vs vm ve; exact: rate_attained. Qed.
