(** * The ground-state certificate for any degrees: proof

    - [moved theta]   the log-scales h + theta / p
    - [ground_term]   synapse by synapse: C (k_j x_j - x_i)^2 is at least its part of sum_i (H v)_i x_i^2 / v_i
    - [ground_form]   so the quadratic form is at least (lam / vmax) |x|^2
    - [cost_above]    the cost at [moved theta], within rho, against the tangent and this curvature
    - [inside]        so the least cost within rho is attained well inside, and is the least of all *)

From Coq Require Import Reals Lra FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop path fingraph.
From Synbal Require Import Defs FlowDefs any_degree certified_degrees Sums Costs Calculus AnyDegree AnyDegreeExists GroundState.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope R_scope.

Section Certified.
Variables (V : finType) (w : V -> V -> R) (p : R) (k : V -> R) (moves : pred V) (h : V -> R) (A : V -> V -> R) (v : V -> R).
Variables (K lam vmax rho : R).
Hypotheses (Hw : nonnegative w) (Hp : 0 < p) (Hk : forall i, 0 < k i) (HK : forall i, 1 + k i <= K).
Let C := cost_of_degrees w p k h.
Hypothesis HA : forall i j, 0 <= A i j <= C i j.
Hypotheses (v0 : forall i, ~~ moves i -> v i = 0) (vpos : forall i, moves i -> 0 < v i) (vm : forall i, v i <= vmax).
Hypotheses (vm0 : 0 < vmax) (lam0 : 0 < lam) (rho0 : 0 < rho).
Hypothesis HL : forall i, moves i -> lam <= curvature_of_degrees k A v i.
Let g := free_grad_of_degrees moves k C.
Let G := norm2 g.
Let gam := lam / vmax.
Let e2 := exp (- (K * rho)).
Hypothesis small : G < / 2 * e2 * gam * rho.

Definition moved (theta : V -> R) : V -> R := fun i => h i + theta i / p.

Lemma moved_cost theta i j : cost_of_degrees w p k (moved theta) i j = C i j * exp (k j * theta j - theta i).
Proof.
rewrite /C /cost_of_degrees Rmult_assoc -exp_plus; congr (_ * exp _); rewrite /moved; field; lra.
Qed.

Lemma moved_total theta : total (cost_of_degrees w p k (moved theta)) = total (cost_of_degrees C 1 k theta).
Proof.
apply: total_ext => i j; rewrite moved_cost /cost_of_degrees; congr (_ * exp _); ring.
Qed.

Lemma moved_0 : moved (fun _ => 0) = h.
Proof. by apply: functional_extensionality => i; rewrite /moved; field; lra. Qed.

Lemma C_ge0 : nonnegative C.
Proof. by move=> i j; exact: costs_ge0. Qed.

Lemma gam_gt0 : 0 < gam. Proof. exact: Rdiv_lt_0_compat. Qed.
Lemma e2_gt0 : 0 < e2. Proof. exact: exp_pos. Qed.

Lemma ground_term a vi vj ti tj kj : 0 <= a -> 0 < kj -> 0 <= vi -> 0 <= vj ->
  a * ((vi - kj * vj) * (vi * ti ^ 2) + kj * (kj * vj - vi) * (vj * tj ^ 2)) <= a * (kj * (vj * tj) - vi * ti) ^ 2.
Proof.
move=> a0 k0 vi0 vj0; apply: Rmult_le_compat_l => //.
have -> : (kj * (vj * tj) - vi * ti) ^ 2 =
  (vi - kj * vj) * (vi * ti ^ 2) + kj * (kj * vj - vi) * (vj * tj ^ 2) + kj * vi * vj * (ti - tj) ^ 2 by ring.
have : 0 <= kj * vi * vj * (ti - tj) ^ 2.
  by apply: Rmult_le_pos; [repeat apply: Rmult_le_pos; lra | exact: pow2_ge_0].
lra.
Qed.

Lemma ground_form theta : held moves theta ->
  gam * norm2_sq theta <= \rsum_(i) \rsum_(j) (A i j * (k j * theta j - theta i) ^ 2).
Proof.
move=> Ht; pose t i := if moves i then theta i / v i else 0.
have E i : theta i = v i * t i.
  rewrite /t; case Hi: (moves i); first by field; have := vpos Hi; lra.
  by rewrite Ht ?Hi //; ring.
have vge i : 0 <= v i.
  by case Hi: (moves i); [exact/Rlt_le/vpos | rewrite v0 ?Hi //; lra].
apply: (Rle_trans _ (\rsum_(i) (curvature_of_degrees k A v i * (v i * t i ^ 2)))).
  rewrite /norm2_sq -rsumZl; apply: rsum_le => i _.
  case Hi: (moves i); last by rewrite E v0 ?Hi //; lra.
  have vi := vpos Hi; apply: (Rle_trans _ (lam * (v i * t i ^ 2))).
    rewrite E /gam; have -> : lam / vmax * (v i * t i) ^ 2 = lam * (v i * t i ^ 2) * (v i / vmax) by field; lra.
    rewrite -[X in _ <= X]Rmult_1_r; apply: Rmult_le_compat_l.
      by apply: Rmult_le_pos; [lra | apply: Rmult_le_pos; [lra | exact: pow2_ge_0]].
    apply: (Rmult_le_reg_r vmax) => //; have -> : v i / vmax * vmax = v i by field; lra.
    by rewrite Rmult_1_l.
  by apply: Rmult_le_compat_r; [apply: Rmult_le_pos; [lra | exact: pow2_ge_0] | exact: HL].
have -> : \rsum_(i) (curvature_of_degrees k A v i * (v i * t i ^ 2))
  = \rsum_(i) \rsum_(j) (A i j * ((v i - k j * v j) * (v i * t i ^ 2) + k j * (k j * v j - v i) * (v j * t j ^ 2))).
  transitivity (\rsum_(i) \rsum_(j) (A i j * ((v i - k j * v j) * (v i * t i ^ 2)))
              + \rsum_(j) \rsum_(i) (A i j * (k j * (k j * v j - v i) * (v j * t j ^ 2)))).
    rewrite -rsumD; apply: rsum_ext => i _; rewrite /curvature_of_degrees Rmult_plus_distr_r -rsumZr; congr (_ + _).
      by apply: rsum_ext => j _; ring.
    by rewrite -rsumZl -rsumZr; apply: rsum_ext => j _; ring.
  rewrite [X in _ + X]rsum_swap -rsumD; apply: rsum_ext => i _; rewrite -rsumD; apply: rsum_ext => j _; ring.
apply: rsum_le => i _; apply: rsum_le => j _; rewrite (E i) (E j).
by apply: ground_term => //; case: (HA i j).
Qed.

Lemma cost_above theta : held moves theta -> (forall i, Rabs (theta i) <= rho) ->
  total C - G * norm2 theta + / 2 * e2 * gam * norm2_sq theta <= total (cost_of_degrees w p k (moved theta)).
Proof.
move=> Ht Box.
pose u i j := k j * theta j - theta i.
have ub i j : Rabs (u i j) <= K * rho.
  have /Rabs_le_between Bi := Box i; have /Rabs_le_between Bj := Box j; have := HK j; have := Hk j => k0 k1.
  apply: Rabs_le; rewrite /u; split; nra.
have S : \rsum_(i) \rsum_(j) (C i j * u i j) = - \rsum_(i) (g i * theta i).
  have -> : \rsum_(i) (g i * theta i) = \rsum_(i) (grad_of_degrees k C i * theta i).
    apply: rsum_ext => i _; rewrite /g /free_grad_of_degrees; case Hi: (moves i) => //.
    by rewrite Ht ?Hi //; ring.
  rewrite tested -rsumN; apply: rsum_ext => i _; rewrite -rsumN; apply: rsum_ext => j _; rewrite /u; ring.
have IN := inner_le_norms g theta.
have GF := ground_form Ht.
have L : total C + \rsum_(i) \rsum_(j) (C i j * u i j) + / 2 * e2 * \rsum_(i) \rsum_(j) (A i j * u i j ^ 2)
         <= total (cost_of_degrees w p k (moved theta)).
  rewrite /total -rsumZl -!rsumD; apply: rsum_le => i _; rewrite -rsumZl -!rsumD; apply: rsum_le => j _.
  rewrite moved_cost -/(u i j); have Q := exp_quadratic (u i j).
  have E : e2 <= exp (- Rabs (u i j)) by apply: exp_le; have := ub i j; lra.
  have [a0 aC] := HA i j; have e0 := e2_gt0; have u2 := pow2_ge_0 (u i j).
  have c0 : 0 <= C i j by exact: C_ge0.
  have Q' : 1 + u i j + / 2 * e2 * u i j ^ 2 <= exp (u i j).
    have := Rmult_le_compat_r _ _ _ u2 E; lra.
  have := Rmult_le_compat_l _ _ _ c0 Q'.
  have : A i j * (/ 2 * e2 * u i j ^ 2) <= C i j * (/ 2 * e2 * u i j ^ 2).
    by apply: Rmult_le_compat_r => //; apply: Rmult_le_pos => //; lra.
  lra.
have M : / 2 * e2 * (gam * norm2_sq theta) <= / 2 * e2 * \rsum_(i) \rsum_(j) (A i j * u i j ^ 2).
  by apply: Rmult_le_compat_l => //; have := e2_gt0; lra.
move: L; rewrite S -/G in IN *; lra.
Qed.

Lemma least_inside : exists theta, held moves theta /\ (forall i, Rabs (theta i) <= rho) /\ norm2 theta < rho /\
  forall l, agrees moves h l -> total (cost_of_degrees w p k (moved theta)) <= total (cost_of_degrees w p k l).
Proof.
have [theta [Ht [Bt Hmin]]] := @min_in_box V C 1 k moves rho C_ge0 Rlt_0_1 Hk (Rlt_le _ _ rho0).
have Box i : Rabs (theta i) <= rho by apply: Rabs_le; exact: Bt.
have H0 : total (cost_of_degrees w p k (moved theta)) <= total C.
  rewrite -[C]/(cost_of_degrees w p k h) -[in X in _ <= X]moved_0 !moved_total; apply: Hmin => // i; lra.
have gam0 := gam_gt0; have e20 := e2_gt0.
have near : norm2 theta < rho.
  apply: Rnot_le_lt => far; have := cost_above Ht Box.
  have -> : norm2_sq theta = norm2 theta * norm2 theta by rewrite -norm2_sqr; ring.
  set x := norm2 theta in far *; pose q := / 2 * e2 * gam; rewrite -/q.
  have small' : G < q * rho := small.
  have q0 : 0 < q by rewrite /q; apply: Rmult_lt_0_compat => //; lra.
  have : G * x < q * x * x.
    apply: Rmult_lt_compat_r; first lra.
    by apply: (Rlt_le_trans _ _ _ small'); apply: Rmult_le_compat_l; lra.
  rewrite -Rmult_assoc; lra.
exists theta; split=> //; split=> //; split=> // l Hl.
(* A short way towards l stays within rho. *)
pose eta i := p * (l i - h i).
have El : l = moved eta by apply: functional_extensionality => i; rewrite /moved /eta; field; lra.
have He : held moves eta by move=> i Hi; rewrite /eta (Hl i Hi); ring.
pose M := norm2 (fun i => eta i - theta i).
have M0 : 0 <= M by exact: norm2_ge0.
pose s := Rmin 1 ((rho - norm2 theta) / (M + 1)).
have s0 : 0 < s by apply: Rmin_pos; [lra | apply: Rdiv_lt_0_compat; lra].
have s1 : s <= 1 by exact: Rmin_l.
have sM : s * M <= rho - norm2 theta.
  have : s * (M + 1) <= (rho - norm2 theta) / (M + 1) * (M + 1).
    by apply: Rmult_le_compat_r; [lra | exact: Rmin_r].
  have -> : (rho - norm2 theta) / (M + 1) * (M + 1) = rho - norm2 theta by field; lra.
  nra.
have Hc : total (cost_of_degrees w p k (moved theta)) <= total (cost_of_degrees C 1 k (fun i => (1 - s) * theta i + s * eta i)).
  rewrite moved_total; apply: Hmin.
    by move=> i Hi; rewrite Ht // He //; ring.
  move=> i; apply/Rabs_le_between.
  have -> : (1 - s) * theta i + s * eta i = theta i + s * (eta i - theta i) by ring.
  apply: Rle_trans (Rabs_triang _ _) _; rewrite Rabs_mult (Rabs_pos_eq s); last lra.
  have := coord_le_norm2 theta i; have := coord_le_norm2 (fun i => eta i - theta i) i; rewrite -/M => H1 H2.
  have := Rmult_le_compat_l s _ _ (Rlt_le _ _ s0) H1; lra.
have cv := any_degree_convex_proof 1 k C_ge0 theta eta (conj (Rlt_le _ _ s0) s1).
rewrite El (moved_total eta); move: Hc; rewrite moved_total => Hc.
apply: (Rmult_le_reg_l s) => //; lra.
Qed.

Lemma certified_sound : exists x, agrees moves h x /\ balanced_of_degrees moves k (cost_of_degrees w p k x) /\
    (forall l, agrees moves h l -> balanced_of_degrees moves k (cost_of_degrees w p k l) -> forall i, l i = x i) /\
    (forall i, Rabs (x i - h i) <= rho / p) /\
    (forall l, agrees moves h l -> total C - total (cost_of_degrees w p k l) <= G ^ 2 * exp (K * rho) * vmax / (2 * lam)).
Proof.
have [theta [Ht [Box [near least]]]] := least_inside.
have Eh (x : V -> R) : cost_of_degrees C 1 k (fun i => p * (x i - h i)) = cost_of_degrees w p k x.
  apply: functional_extensionality => i; apply: functional_extensionality => j.
  rewrite /C /cost_of_degrees Rmult_assoc -exp_plus; congr (_ * exp _); ring.
have heldE x : agrees moves h x -> held moves (fun i => p * (x i - h i)).
  by move=> Hx i Hi; rewrite Hx //; ring.
have Et : (fun i => p * (moved theta i - h i)) = theta.
  by apply: functional_extensionality => i; rewrite /moved; field; lra.
have Ag : agrees moves h (moved theta) by move=> i Hi; rewrite /moved Ht //; field; lra.
have Bal : balanced_of_degrees moves k (cost_of_degrees w p k (moved theta)).
  rewrite -Eh Et; apply/(any_degree_minimum_proof k C_ge0 Rlt_0_1 Ht) => eta He.
  rewrite -!moved_total; apply: least => i Hi; rewrite /moved He //; field; lra.
exists (moved theta); split=> //; split=> //; split; last split.
- move=> l Hl Bl.
  pose D i := p * (l i - h i) - theta i.
  have HD : held moves D by move=> i Hi; rewrite /D (heldE l Hl i Hi) Ht //; ring.
  have Z : \rsum_(i) \rsum_(j) (A i j * (k j * D j - D i) ^ 2) = 0.
    apply: rsum0 => i _; apply: rsum0 => j _; have [a0 aC] := HA i j.
    case: (Rle_lt_or_eq_dec _ _ a0) => [Aij|<-]; last ring.
    have Cij : 0 < C i j by lra.
    have Bl' : balanced_of_degrees moves k (cost_of_degrees C 1 k (fun i => p * (l i - h i))) by rewrite Eh.
    have Bt' : balanced_of_degrees moves k (cost_of_degrees C 1 k theta) by rewrite -Et Eh.
    have := balanced_unique C_ge0 Rlt_0_1 (heldE l Hl) Ht Bl' Bt' Cij => E.
    have -> : k j * D j - D i = 0 by rewrite /D; lra.
    ring.
  have := ground_form HD; rewrite Z => N.
  have D0 : norm2_sq D = 0.
    by have := norm2_sq_ge0 D; have := gam_gt0; nra.
  move=> i; have := norm2_sq_eq0 D0 i; rewrite /D /moved => E.
  have : p * (l i - h i) = theta i by lra.
  by move=> <-; field; lra.
- move=> i; have -> : moved theta i - h i = theta i * / p by rewrite /moved; field; lra.
  rewrite Rabs_mult (Rabs_pos_eq (/ p)); last exact/Rlt_le/Rinv_0_lt_compat.
  by apply: Rmult_le_compat_r => //; exact/Rlt_le/Rinv_0_lt_compat.
- move=> l Hl; have := least l Hl; have := cost_above Ht Box.
  have -> : norm2_sq theta = norm2 theta * norm2 theta by rewrite -norm2_sqr; ring.
  set x := norm2 theta; pose q := / 2 * e2 * gam; rewrite -/q.
  have gam0 := gam_gt0; have e20 := e2_gt0.
  have q0 : 0 < q by rewrite /q; apply: Rmult_lt_0_compat => //; lra.
  have -> : G ^ 2 * exp (K * rho) * vmax / (2 * lam) = G ^ 2 / (4 * q).
    have ee : e2 * exp (K * rho) = 1 by rewrite /e2 -exp_plus Rplus_opp_l exp_0.
    have eK := exp_pos (K * rho); rewrite /q /gam.
    have -> : e2 = / exp (K * rho) by rewrite /e2 exp_Ropp.
    field; lra.
  have : G * x - q * (x * x) <= G ^ 2 / (4 * q).
    apply: (Rmult_le_reg_r (4 * q)); first lra.
    have -> : G ^ 2 / (4 * q) * (4 * q) = G ^ 2 by field; lra.
    have := pow2_ge_0 (2 * q * x - G); nra.
  lra.
Qed.

End Certified.

Lemma certified_balance_degrees_proof : S_certified_balance_degrees.
Proof.
move=> V w p k moves h A v K lam vmax rho Hw Hp Hk HK HA v0 vpos vm vm0 lam0 rho0 HL g small.
exact: (certified_sound Hw Hp Hk HK HA v0 vpos vm vm0 lam0 rho0 HL small).
Qed.
