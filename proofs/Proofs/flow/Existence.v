(** * The flow exists for all time, from every start

    Glossary.
    - [truncated c x]       the field c g(x) / max (c, C(x)): bounded, Lipschitz, and equal to g where C <= c
    - [flow_exists]         the flow exists: along the truncated flow the cost falls too, hence C <= c throughout,
                            and the truncation is never felt
    - [weight_flow_exists]  so does the flow of the weights *)

From Coq Require Import Reals Lra Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop path fingraph.
From Synbal Require Import Defs FlowDefs Sums Costs Calculus Convexity WeightFlow Contraction Picard.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Local Open Scope R_scope.

Section Existence.
Variable V : finType.
Variables (w : V -> V -> R) (p c : R).
Hypothesis w0 : nonnegative w.
Hypothesis p0 : 0 < p.
Hypothesis c0 : 0 < c.
Implicit Types x y : V -> R.

Notation cost_of x := (total (cost_at w p x)).

Definition share x i j : R := cost_at w p x i j / Rmax c (cost_of x).
Definition truncated x i : R := c * grad (share x) i.

Lemma denominator_gt0 x : 0 < Rmax c (cost_of x).
Proof. exact: Rlt_le_trans c0 (Rmax_l _ _). Qed.

Lemma share_bounds x i j : 0 <= share x i j <= 1.
Proof.
have D := denominator_gt0 x; have C0 := cost_at_ge0 p x w0 i j.
have C1 := Rle_trans _ _ _ (term_le_total i j (cost_at_ge0 p x w0)) (Rmax_r c _).
split; first by apply: Rmult_le_pos => //; exact/Rlt_le/Rinv_0_lt_compat.
by apply: (Rmult_le_reg_r (Rmax c (cost_of x))) => //; rewrite /share /Rdiv Rmult_assoc Rinv_l; lra.
Qed.

Lemma cost_ratio x y d i j : (forall l, Rabs (x l - y l) <= d) ->
  cost_at w p x i j <= cost_at w p y i j * exp (2 * p * d).
Proof.
move=> H; rewrite (cost_at_from w p y x); apply: Rmult_le_compat_l; first exact: cost_at_ge0.
apply: exp_le; have [H1 _] := proj1 (Rabs_le_between _ _) (H i).
have [_ H2] := proj1 (Rabs_le_between _ _) (H j); nra.
Qed.

Lemma share_lipschitz_half x y d i j : 0 <= d -> (forall l, Rabs (x l - y l) <= d) ->
  share x i j - share y i j <= 4 * p * d.
Proof.
move=> d0 H; have Hs l : Rabs (y l - x l) <= d by rewrite Rabs_minus_sym.
have E : 1 <= exp (2 * p * d) by rewrite -exp_0; apply: exp_le; nra.
have D := denominator_gt0 x; have D' := denominator_gt0 y.
have T : cost_of y <= cost_of x * exp (2 * p * d).
  by rewrite /total -rsumZr; apply: rsum_le => a _; rewrite -rsumZr; apply: rsum_le => b _; exact: cost_ratio.
have M : Rmax c (cost_of y) <= Rmax c (cost_of x) * exp (2 * p * d).
  apply: Rmax_lub; first by have := Rmax_l c (cost_of x); nra.
  by apply: Rle_trans T _; apply: Rmult_le_compat_r; [lra | exact: Rmax_r].
have C := cost_ratio i j H.
have [s0 s1] := share_bounds x i j; have [t0 t1] := share_bounds y i j.
have K : share x i j <= share y i j * exp (2 * p * d) * exp (2 * p * d).
  apply: (Rmult_le_reg_r (Rmax c (cost_of x))) => //.
  rewrite {1}/share /Rdiv Rmult_assoc Rinv_l; last by lra.
  rewrite Rmult_1_r; apply: Rle_trans C _.
  have -> : cost_at w p y i j = share y i j * Rmax c (cost_of y) by rewrite /share; field; lra.
  have Q : 0 <= share y i j * exp (2 * p * d) by apply: Rmult_le_pos; lra.
  have := Rmult_le_compat_l _ _ _ Q M; lra.
have EE : exp (- (4 * p * d)) * (exp (2 * p * d) * exp (2 * p * d)) = 1.
  by rewrite -!exp_plus -exp_0; congr exp; ring.
have L : share x i j * exp (- (4 * p * d)) <= share y i j.
  have := Rmult_le_compat_r _ _ _ (Rlt_le _ _ (exp_pos (- (4 * p * d)))) K.
  have -> : share y i j * exp (2 * p * d) * exp (2 * p * d) * exp (- (4 * p * d))
    = share y i j * (exp (- (4 * p * d)) * (exp (2 * p * d) * exp (2 * p * d))) by ring.
  by rewrite EE Rmult_1_r.
have := exp_ge1x (- (4 * p * d)) => X.
have : 0 <= 4 * p * d by apply: Rmult_le_pos => //; lra.
nra.
Qed.

Lemma share_lipschitz x y d i j : 0 <= d -> (forall l, Rabs (x l - y l) <= d) ->
  Rabs (share x i j - share y i j) <= 4 * p * d.
Proof.
move=> d0 H; apply: Rabs_le; split; last exact: share_lipschitz_half.
have := @share_lipschitz_half y x d i j d0; suff : forall l, Rabs (y l - x l) <= d by move=> Hs /(_ Hs); lra.
by move=> l; rewrite Rabs_minus_sym.
Qed.

Lemma grad_abs_le (D : V -> V -> R) M i : (forall a b, Rabs (D a b) <= M) -> Rabs (grad D i) <= 2 * INR #|V| * M.
Proof.
move=> H; apply: Rle_trans (Rabs_triang _ _) _; rewrite Rabs_Ropp.
have -> : 2 * INR #|V| * M = INR #|V| * M + INR #|V| * M by ring.
by apply: Rplus_le_compat; rewrite -rsum_const; apply: Rle_trans (rsum_abs _ _ _) _; apply: rsum_le.
Qed.

Lemma truncated_bounded x i : Rabs (truncated x i) <= c * (2 * INR #|V| * 1).
Proof.
rewrite /truncated Rabs_mult (Rabs_pos_eq c); last by lra.
apply: Rmult_le_compat_l; first by lra.
by apply: grad_abs_le => a b; have [s0 s1] := share_bounds x a b; rewrite Rabs_pos_eq.
Qed.

Lemma truncated_lipschitz x y d : 0 <= d -> (forall l, Rabs (x l - y l) <= d) ->
  forall i, Rabs (truncated x i - truncated y i) <= (8 * p * c * INR #|V| + 1) * d.
Proof.
move=> d0 H i; rewrite /truncated -Rmult_minus_distr_l -gradB Rabs_mult (Rabs_pos_eq c); last by lra.
apply: (Rle_trans _ (c * (2 * INR #|V| * (4 * p * d)))); last by lra.
apply: Rmult_le_compat_l; first by lra.
by apply: grad_abs_le => a b; exact: share_lipschitz.
Qed.

Lemma truncated_eq x i : truncated x i = c / Rmax c (cost_of x) * grad (cost_at w p x) i.
Proof. by rewrite /truncated /share /grad /Rdiv !rsumZr; ring. Qed.

Lemma truncated_inside x i : cost_of x <= c -> truncated x i = grad (cost_at w p x) i.
Proof. by move=> H; rewrite truncated_eq Rmax_left //; field; lra. Qed.

Lemma flow_exists_inside x0 : cost_of x0 <= c -> exists h, (forall i, h 0 i = x0 i) /\ is_flow w p h.
Proof.
move=> Hx0; have n0 := pos_INR #|V|.
have K0 : 0 < 8 * p * c * INR #|V| + 1.
  suff : 0 <= 8 * p * c * INR #|V| by lra.
  by apply: Rmult_le_pos => //; nra.
have [h [h0 H]] := @picard_solution V truncated _ _ x0 K0 truncated_lipschitz truncated_bounded.
exists h; split=> // t t0 i.
rewrite -truncated_inside; first exact: H.
have E0 : h 0 = x0 by apply: functional_extensionality.
apply: Rle_trans Hx0; rewrite -E0.
apply: (@nonincreasing_of_derive 0 t (fun s => cost_of (h s))
  (fun s => - p * \rsum_(i) (grad (cost_at w p (h s)) i * truncated (h s) i)) 0 t) => //; try lra.
- by move=> s [s0 _]; apply: is_derive_total => j; exact: H.
- move=> s _; suff : 0 <= \rsum_(i) (grad (cost_at w p (h s)) i * truncated (h s) i) by nra.
  apply: rsum_ge0 => j _; rewrite truncated_eq.
  have : 0 < c / Rmax c (cost_of (h s)) by apply: Rdiv_lt_0_compat => //; exact: denominator_gt0.
  have := Rle_0_sqr (grad (cost_at w p (h s)) j); rewrite /Rsqr; nra.
Qed.

End Existence.

Lemma flow_exists (V : finType) (w : V -> V -> R) p (x0 : V -> R) : nonnegative w -> 0 < p ->
  exists h, (forall i, h 0 i = x0 i) /\ is_flow w p h.
Proof.
move=> w0 p0; apply: (@flow_exists_inside V w p (total (cost_at w p x0) + 1)) => //; last by lra.
by have := total_ge0 (cost_at_ge0 p x0 w0); lra.
Qed.

Lemma weight_flow_exists (V : finType) (alpha : V -> V -> R) p (J0 : V -> V -> R) : nonnegative alpha -> 0 < p ->
  exists J, (forall i j, J 0 i j = J0 i j) /\ is_weight_flow alpha p J.
Proof.
move=> a0 p0; have [h [h0 F]] := flow_exists (fun _ => 0) (cost_ge0 p J0 a0) p0.
exists (fun t => rescale (h t) J0); split; last exact: flow_weight_flow.
by move=> i j; rewrite rescale_eq !h0 Rminus_0_r exp_0 Rmult_1_r.
Qed.

Lemma weight_flow_unique (V : finType) (alpha : V -> V -> R) p (J K : R -> V -> V -> R) :
  nonnegative alpha -> 0 < p -> is_weight_flow alpha p J -> is_weight_flow alpha p K ->
  (forall i j, J 0 i j = K 0 i j) -> forall t, 0 <= t -> forall i j, J t i j = K t i j.
Proof.
move=> a0 p0 FJ FK E t t0 i j.
have [h [h0 [Fh EJ]]] := weight_flow_flow p0 FJ.
have [k [k0 [Fk EK]]] := weight_flow_flow p0 FK.
have E0 : K 0 = J 0.
  by apply: functional_extensionality => a; apply: functional_extensionality => b; rewrite E.
rewrite E0 in Fk EK.
have U := @flow_unique V (cost alpha p (J 0)) p (cost_ge0 p (J 0) a0) p0 h k 0 t Fh Fk (Rle_refl 0) t0.
by rewrite EJ // EK // !rescale_eq !U // => l; rewrite h0 k0.
Qed.
