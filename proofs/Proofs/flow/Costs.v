(** * Algebra and first derivatives of the synaptic cost

    Glossary.
    - [grad_parts]      summation by parts: sum g_i x_i = sum C_ij (x_i - x_j)
    - [sum_grad]        the gradients of all neurons add up to zero
    - [grad_in_out]     gradient = incoming - outgoing (the self-synapse cancels)
    - [cost_rescale]    the cost of a rescaled network is [cost_at]
    - [cost_at_add]     rescaling twice adds the log-scales
    - [is_derive_total] derivative of the total cost along any differentiable curve of log-scales
    - [abs_pow_*]       the power |x|^p, zero included *)

From Coq Require Import Reals Lra Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop path fingraph.
From Synbal Require Import Defs Sums.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Local Open Scope R_scope.

(** ** The power |x|^p *)

Lemma abs_pow_0 p : abs_pow p 0 = 0.
Proof. rewrite /abs_pow; destruct (Req_EM_T 0 0) as [e|n]; [reflexivity | by case: n]. Qed.

Lemma abs_pow_n0 p x : x <> 0 -> abs_pow p x = exp (p * ln (Rabs x)).
Proof. by move=> H; rewrite /abs_pow; destruct (Req_EM_T x 0). Qed.

Lemma abs_pow_ge0 p x : 0 <= abs_pow p x.
Proof.
rewrite /abs_pow; destruct (Req_EM_T x 0); first exact: Rle_refl.
exact/Rlt_le/exp_pos.
Qed.

Lemma abs_pow_gt0 p x : x <> 0 -> 0 < abs_pow p x.
Proof. by move=> H; rewrite abs_pow_n0 //; exact: exp_pos. Qed.

Lemma abs_pow_exp p a b x : abs_pow p (exp a * x * exp b) = abs_pow p x * exp (p * (a + b)).
Proof.
case: (Req_dec x 0) => [->|x0].
  by rewrite Rmult_0_r Rmult_0_l abs_pow_0 Rmult_0_l.
have ea := exp_pos a; have eb := exp_pos b.
have n0 : exp a * x * exp b <> 0.
  by apply: Rmult_integral_contrapositive_currified; [apply: Rmult_integral_contrapositive_currified|]; lra.
rewrite !abs_pow_n0 // -exp_plus; congr exp.
rewrite !Rabs_mult (Rabs_pos_eq (exp a)); last by lra.
rewrite (Rabs_pos_eq (exp b)); last by lra.
have ax := Rabs_pos_lt _ x0.
rewrite !ln_mult ?ln_exp //; first by ring.
by apply: Rmult_lt_0_compat.
Qed.

(** |x|^p is continuous for p > 0, at zero too. *)
Lemma abs_pow_continuous p x : 0 < p -> continuous (abs_pow p) x.
Proof.
move=> p0; case: (Req_dec x 0) => [->|x0].
- apply/filterlim_locally => -[eps e0] /=; rewrite abs_pow_0.
  have d0 : 0 < exp (ln eps / p) by exact: exp_pos.
  exists (mkposreal _ d0) => y /=.
  rewrite /ball /= /AbsRing_ball /abs /minus /plus /opp /= => Hy.
  rewrite Ropp_0 Rplus_0_r Rabs_pos_eq; last exact: abs_pow_ge0.
  case: (Req_dec y 0) => [->|y0]; first by rewrite abs_pow_0.
  rewrite abs_pow_n0 // -(exp_ln eps e0); apply: exp_increasing.
  move: Hy; rewrite Ropp_0 Rplus_0_r => Hy.
  have : ln (Rabs y) < ln (exp (ln eps / p)) by apply: ln_increasing => //; exact: Rabs_pos_lt.
  rewrite ln_exp => H; have := Rmult_lt_compat_l p _ _ p0 H.
  by have -> : p * (ln eps / p) = ln eps by field; lra.
- apply: (continuous_ext_loc _ (fun y => exp (p * ln (Rabs y)))).
    have ax := Rabs_pos_lt _ x0.
    exists (mkposreal _ ax) => y; rewrite /ball /= /AbsRing_ball /abs /minus /plus /opp /= => Hy.
    rewrite abs_pow_n0 // => y0; move: Hy; rewrite y0 Rplus_0_l Rabs_Ropp; lra.
  apply: continuous_comp; last first.
    by apply: ex_derive_continuous; eexists; apply: is_derive_exp.
  apply: (@continuous_scal_r _ R_AbsRing R_NormedModule p).
  apply: continuous_comp; first exact: continuous_Rabs.
  by apply: ex_derive_continuous; eexists; apply: is_derive_ln; exact: Rabs_pos_lt.
Qed.

Section Costs.
Variable V : finType.
Implicit Types (C D w alpha J : V -> V -> R) (h k x y : V -> R).

(** ** Sums of the gradient *)

Lemma grad_ext C D : (forall i j, C i j = D i j) -> grad C =1 grad D.
Proof. by move=> H i; rewrite /grad; congr (_ - _); apply: rsum_ext => j _; rewrite H. Qed.

Lemma total_ext C D : (forall i j, C i j = D i j) -> total C = total D.
Proof. by move=> H; apply: rsum_ext => i _; apply: rsum_ext => j _. Qed.

Lemma grad_in_out C i : grad C i = incoming C i - outgoing C i.
Proof. by rewrite /grad /incoming /outgoing !(rsum_out i); ring. Qed.

Lemma grad_parts C x : \rsum_(i) (grad C i * x i) = \rsum_(i) \rsum_(j) (C i j * (x i - x j)).
Proof.
transitivity (\rsum_(i) \rsum_(j) (C i j * x i) - \rsum_(i) \rsum_(j) (C i j * x j)).
  rewrite [X in _ - X]rsum_swap -rsumB; apply: rsum_ext => i _.
  by rewrite /grad !rsumZr; ring.
by rewrite -rsumB; apply: rsum_ext => i _; rewrite -rsumB; apply: rsum_ext => j _; ring.
Qed.

Lemma sum_grad C : \rsum_(i) grad C i = 0.
Proof.
rewrite -[LHS](_ : \rsum_(i) (grad C i * 1) = _); last by apply: rsum_ext => i _; ring.
by rewrite grad_parts rsum0 // => i _; apply: rsum0 => j _; ring.
Qed.

Lemma gradB C D i : grad (fun i j => C i j - D i j) i = grad C i - grad D i.
Proof. by rewrite /grad !rsumB; ring. Qed.

Lemma total_ge0 C : nonnegative C -> 0 <= total C.
Proof. by move=> H; apply: rsum_ge0 => i _; apply: rsum_ge0 => j _; exact: H. Qed.

Lemma term_le_total C i j : nonnegative C -> C i j <= total C.
Proof. move=> H; exact: (rsum_pair_term_le i j H). Qed.

Lemma incoming_ge0 C i : nonnegative C -> 0 <= incoming C i.
Proof. by move=> H; apply: rsum_ge0 => j _; exact: H. Qed.

Lemma outgoing_ge0 C i : nonnegative C -> 0 <= outgoing C i.
Proof. by move=> H; apply: rsum_ge0 => j _; exact: H. Qed.

(** ** The cost after rescaling *)

Lemma cost_at_ge0 w p h : nonnegative w -> nonnegative (cost_at w p h).
Proof. by move=> H i j; apply: Rmult_le_pos => //; exact/Rlt_le/exp_pos. Qed.

Lemma cost_at_gt0 w p h i j : 0 < w i j -> 0 < cost_at w p h i j.
Proof. by move=> H; apply: Rmult_lt_0_compat => //; exact: exp_pos. Qed.

Lemma cost_at_gt0_inv w p h i j : 0 < cost_at w p h i j -> 0 < w i j.
Proof.
have e := exp_pos (p * (h j - h i)); rewrite /cost_at => H.
by apply: (Rmult_lt_reg_r (exp (p * (h j - h i)))) => //; rewrite Rmult_0_l.
Qed.

Lemma cost_at_0 w p : cost_at w p (fun _ => 0) = w.
Proof.
apply: functional_extensionality => i; apply: functional_extensionality => j.
by rewrite /cost_at Rminus_0_r Rmult_0_r exp_0 Rmult_1_r.
Qed.

Lemma cost_at_add w p h k :
  cost_at (cost_at w p h) p k = cost_at w p (fun i => h i + k i).
Proof.
apply: functional_extensionality => i; apply: functional_extensionality => j.
by rewrite /cost_at Rmult_assoc -exp_plus; congr (_ * exp _); ring.
Qed.

(** The cost at [k] from the cost at [h]. *)
Lemma cost_at_from w p h k i j :
  cost_at w p k i j = cost_at w p h i j * exp (p * ((k j - h j) - (k i - h i))).
Proof. by rewrite /cost_at Rmult_assoc -exp_plus; congr (_ * exp _); ring. Qed.

Lemma cost_at_eq w p h k i j : h j - h i = k j - k i -> cost_at w p h i j = cost_at w p k i j.
Proof. by rewrite /cost_at => ->. Qed.

Lemma cost_ge0 alpha p J : nonnegative alpha -> nonnegative (cost alpha p J).
Proof. by move=> H i j; apply: Rmult_le_pos => //; exact: abs_pow_ge0. Qed.

Lemma cost_rescale alpha p J h : cost alpha p (rescale h J) = cost_at (cost alpha p J) p h.
Proof.
apply: functional_extensionality => i; apply: functional_extensionality => j.
rewrite /cost /rescale /cost_at abs_pow_exp Rmult_assoc; congr (_ * (_ * exp _)); ring.
Qed.

Lemma rescale_0 J : rescale (fun _ => 0) J = J.
Proof.
apply: functional_extensionality => i; apply: functional_extensionality => j.
by rewrite /rescale Ropp_0 exp_0; ring.
Qed.

Lemma rescale_eq J h i j : rescale h J i j = J i j * exp (h j - h i).
Proof. by rewrite /rescale /Rminus exp_plus; ring. Qed.

(** ** Derivatives along a curve of log-scales *)

Lemma is_derive_exp_scaled (p : R) (f g : R -> R) (t f' g' c : R) :
  is_derive f t f' -> is_derive g t g' ->
  is_derive (fun s => c * exp (p * (f s - g s))) t (p * (c * exp (p * (f t - g t))) * (f' - g')).
Proof.
move=> Hf Hg.
have -> : p * (c * exp (p * (f t - g t))) * (f' - g')
        = c * (p * (f' - g') * exp (p * (f t - g t))) by ring.
apply: is_derive_scal; apply: is_derive_comp; first exact: is_derive_exp.
by apply: is_derive_scal; apply: (@is_derive_minus R_AbsRing R_NormedModule).
Qed.

Lemma is_derive_cost_at w p (h : R -> V -> R) (h' : V -> R) t i j :
  (forall i, is_derive (fun s => h s i) t (h' i)) ->
  is_derive (fun s => cost_at w p (h s) i j) t (p * cost_at w p (h t) i j * (h' j - h' i)).
Proof. move=> H; exact: (@is_derive_exp_scaled p (fun s => h s j) (fun s => h s i) t _ _ (w i j) (H j) (H i)). Qed.

Lemma is_derive_total w p (h : R -> V -> R) (h' : V -> R) t :
  (forall i, is_derive (fun s => h s i) t (h' i)) ->
  is_derive (fun s => total (cost_at w p (h s))) t
            (- p * \rsum_(i) (grad (cost_at w p (h t)) i * h' i)).
Proof.
move=> H; rewrite grad_parts.
have -> : - p * \rsum_(i) \rsum_(j) (cost_at w p (h t) i j * (h' i - h' j))
        = \rsum_(i) \rsum_(j) (p * cost_at w p (h t) i j * (h' j - h' i)).
  rewrite -rsumZl; apply: rsum_ext => i _; rewrite -rsumZl; apply: rsum_ext => j _; ring.
by do 2 (apply: is_derive_rsum => ? _); exact: is_derive_cost_at.
Qed.

Lemma is_derive_grad w p (h : R -> V -> R) (h' : V -> R) t i :
  (forall i, is_derive (fun s => h s i) t (h' i)) ->
  is_derive (fun s => grad (cost_at w p (h s)) i) t
    (grad (fun i j => p * cost_at w p (h t) i j * (h' j - h' i)) i).
Proof.
move=> H; apply: (@is_derive_minus R_AbsRing R_NormedModule);
  by apply: is_derive_rsum => j _; exact: is_derive_cost_at.
Qed.

(** The straight line through [h] in direction [x]. *)
Lemma is_derive_line h x t i : is_derive (fun s => h i + s * x i) t (x i).
Proof.
by auto_derive; [|ring].
Qed.

(** ** Norms *)

Lemma norm2_sq_ge0 x : 0 <= norm2_sq x.
Proof. exact: rsum_sq_ge0. Qed.

Lemma norm2_ge0 x : 0 <= norm2 x.
Proof. exact: sqrt_pos. Qed.

Lemma norm2_sqr x : (norm2 x)^2 = norm2_sq x.
Proof. by rewrite /norm2 /= Rmult_1_r sqrt_sqrt //; exact: norm2_sq_ge0. Qed.

Lemma coord_le_norm2 x i : Rabs (x i) <= norm2 x.
Proof.
rewrite -(sqrt_Rsqr_abs (x i)); apply: sqrt_le_1_alt; rewrite Rsqr_pow2.
exact: (rsum_term_le i (F := fun i => (x i)^2) (fun j => pow2_ge_0 (x j))).
Qed.

Lemma norm2_sq_eq0 x : norm2_sq x = 0 -> forall i, x i = 0.
Proof.
move=> H i; have := rsum_eq0 (fun j => pow2_ge_0 (x j)) H i; nra.
Qed.

Lemma norm2_eq0 x : norm2 x = 0 -> forall i, x i = 0.
Proof. by move=> H; apply: norm2_sq_eq0; rewrite -norm2_sqr H; ring. Qed.

Lemma norm2_le x y : norm2_sq x <= norm2_sq y -> norm2 x <= norm2 y.
Proof. exact: sqrt_le_1_alt. Qed.

Lemma inner_le_norms x y : \rsum_(i) (x i * y i) <= norm2 x * norm2 y.
Proof.
rewrite /norm2 -sqrt_mult; try exact: norm2_sq_ge0.
apply: Rle_trans (Rle_abs _) _; rewrite -sqrt_Rsqr_abs.
by apply: sqrt_le_1_alt; rewrite Rsqr_pow2; exact: rsum_CauchySchwarz.
Qed.

End Costs.
