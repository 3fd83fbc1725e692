(** * The damped Newton step: proofs

    Glossary: see [Statements/damped_newton.v].
    - [exp_quadratic]  e^y <= 1 + y + (y/z)^2 (e^z - 1 - z) for |y| <= z *)

From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop path fingraph.
From Synbal Require Import Defs FlowDefs Sums Costs Calculus Convexity.
From Synbal.Statements Require Import damped_newton.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope R_scope.

(** A function that starts at zero and whose derivative is not negative is not negative. *)
Lemma nonnegative_of_derive (f f' : R -> R) z : 0 <= z -> f 0 = 0 ->
  (forall t, 0 <= t -> is_derive f t (f' t)) -> (forall t, 0 <= t -> 0 <= f' t) -> 0 <= f z.
Proof.
move=> z0 f0 D P; case: (Req_dec z 0) => [->|zn]; first lra.
have [t [E [Ht _]]] := @MVT_cor2 f f' 0 z ltac:(lra) (fun t Ht => proj1 (is_derive_Reals f t (f' t)) (D t (proj1 Ht))).
by have := P t ltac:(lra); rewrite f0 in E; nra.
Qed.

Lemma exp_quadratic_scaled c z : -1 <= c <= 1 -> 0 <= z -> exp (c * z) - 1 - c * z <= c ^ 2 * (exp z - 1 - z).
Proof.
move=> c1 z0; suff : 0 <= c ^ 2 * (exp z - 1 - z) - (exp (c * z) - 1 - c * z) by lra.
apply: (@nonnegative_of_derive (fun z => c ^ 2 * (exp z - 1 - z) - (exp (c * z) - 1 - c * z))
  (fun z => c ^ 2 * (exp z - 1) - c * (exp (c * z) - 1))) => //.
- by rewrite Rmult_0_r exp_0; ring.
- by move=> t _; auto_derive => //; ring.
move=> y y0; apply: (@nonnegative_of_derive (fun z => c ^ 2 * (exp z - 1) - c * (exp (c * z) - 1))
  (fun z => c ^ 2 * (exp z - exp (c * z)))) => //.
- by rewrite Rmult_0_r exp_0; ring.
- by move=> t _; auto_derive => //; ring.
- by move=> t t0; apply: Rmult_le_pos; [exact: pow2_ge_0 | have := @exp_le (c * t) t; nra].
Qed.

Lemma exp_quadratic y z : 0 < z -> Rabs y <= z -> exp y <= 1 + y + (y / z) ^ 2 * (exp z - 1 - z).
Proof.
move=> z0 /Rabs_le_between [y1 y2].
have c1 : -1 <= y / z <= 1.
  by split; apply: (Rmult_le_reg_r z) => //; rewrite /Rdiv Rmult_assoc Rinv_l; lra.
have := exp_quadratic_scaled c1 (Rlt_le _ _ z0).
by rewrite (_ : y / z * z = y); [lra | field; lra].
Qed.

Section Step.
Variables (V : finType) (w : V -> V -> R) (p s : R) (h x : V -> R).
Hypothesis w0 : nonnegative w.
Hypothesis p0 : 0 < p.
Hypothesis s0 : 0 < s.
Hypothesis near : forall i j, 0 < cost_at w p h i j -> Rabs (x j - x i) <= s.
Hypothesis D : dirichlet (cost_at w p h) x = \rsum_(i) (grad (cost_at w p h) i * x i).

Lemma ln_gt0 : 0 < ln (1 + s).
Proof. by rewrite -ln_1; apply: ln_increasing; lra. Qed.

Lemma newton_decrease :
  total (cost_at w p (newton_step p s h x))
  <= total (cost_at w p h) - ((1 + s) * ln (1 + s) - s) / s ^ 2 * dirichlet (cost_at w p h) x.
Proof.
set l := ln (1 + s); have l0 : 0 < l by exact: ln_gt0.
have el : exp l = 1 + s by apply: exp_ln; lra.
have E : dirichlet (cost_at w p h) x = \rsum_(i) \rsum_(j) (cost_at w p h i j * (x i - x j)) by rewrite D grad_parts.
pose q := (s - l) / s ^ 2.
apply: (Rle_trans _ (\rsum_(i) \rsum_(j) (cost_at w p h i j
    + (- (l / s)) * (cost_at w p h i j * (x i - x j)) + q * (cost_at w p h i j * (x i - x j) ^ 2)))).
- apply: rsum_le => i _; apply: rsum_le => j _; rewrite (cost_at_from w p h (newton_step p s h x)).
  have C0 := cost_at_ge0 p h w0 i j.
  case: (Req_dec (cost_at w p h i j) 0) => [->|Cn]; first by rewrite !Rmult_0_l; lra.
  set c := cost_at w p h i j in C0 Cn *; set y := l / s * (x j - x i).
  have -> : exp (p * (newton_step p s h x j - h j - (newton_step p s h x i - h i))) = exp y.
    by congr exp; rewrite /newton_step /y /l; field; lra.
  have Y : Rabs y <= l.
    rewrite /y Rabs_mult Rabs_pos_eq; last by apply: Rlt_le; apply: Rdiv_lt_0_compat.
    have N := near (i := i) (j := j) ltac:(rewrite -/c; lra).
    apply: (Rle_trans _ (l / s * s)); last by apply: Req_le; field; lra.
    by apply: Rmult_le_compat_l => //; apply: Rlt_le; apply: Rdiv_lt_0_compat.
  have := exp_quadratic l0 Y; rewrite el => H.
  have := Rmult_le_compat_l _ _ _ C0 H => H2; apply: Rle_trans H2 _; apply: Req_le.
  by rewrite /y /q; field; lra.
- apply: Req_le; transitivity (total (cost_at w p h) + (- (l / s)) * dirichlet (cost_at w p h) x
      + q * dirichlet (cost_at w p h) x); last by rewrite /q; field; lra.
  rewrite {1}E /total /dirichlet -!rsumZl -!rsumD; apply: rsum_ext => i _.
  by rewrite -!rsumZl -!rsumD.
Qed.

Lemma factor_gt0 : 0 < (1 + s) * ln (1 + s) - s.
Proof.
set f := fun t => (1 + t) * ln (1 + t) - t.
have [t [E [Ht _]]] : exists t, f s - f 0 = ln (1 + t) * (s - 0) /\ 0 < t < s /\ True.
  have [t [E Ht]] := @MVT_cor2 f (fun t => ln (1 + t)) 0 s s0 (fun t Ht => proj1 (is_derive_Reals f t (ln (1 + t)))
    ltac:(rewrite /f; auto_derive; [lra | field; lra])).
  by exists t.
have f0 : f 0 = 0 by rewrite /f Rplus_0_r ln_1; ring.
have lt : 0 < ln (1 + t) by rewrite -ln_1; apply: ln_increasing; lra.
by have := Rmult_lt_0_compat _ _ lt s0; rewrite /f in E f0 *; lra.
Qed.

End Step.

Lemma damped_newton_proof : S_damped_newton.
Proof. by move=> V w p s h x w0 p0 s0 C near D; exact: newton_decrease. Qed.

Lemma damped_newton_strict_proof : S_damped_newton_strict.
Proof.
move=> V w p s h x w0 p0 s0 C near D; split; first exact: factor_gt0.
move=> [i [j [wij xij]]]; apply: Rle_lt_trans (newton_decrease w0 p0 s0 near D) _.
have C0 := cost_at_ge0 p h w0.
have d0 : 0 < dirichlet C x.
  apply: (@Rlt_le_trans _ (C i j * (x i - x j) ^ 2)).
    by apply: Rmult_lt_0_compat; [exact: cost_at_gt0 | apply: pow2_gt_0; lra].
  by apply: (rsum_pair_term_le i j (F := fun i j => C i j * (x i - x j) ^ 2)) => a b; apply: Rmult_le_pos => //; exact: pow2_ge_0.
have f0 := factor_gt0 s0; have s2 : 0 < s ^ 2 by apply: pow_lt.
by have := Rmult_lt_0_compat _ _ (Rdiv_lt_0_compat _ _ f0 s2) d0; rewrite -/C; lra.
Qed.
