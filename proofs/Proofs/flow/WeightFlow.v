(** * The flow on the weights is the flow on the log-scales

    Glossary.
    - [flow_weight_flow]   a flow h with h(0) = 0 gives the weight flow J(t) = e^{-H(t)} J0 e^{H(t)}
    - [weight_flow_flow]   every weight flow arises in this way: h(t) is the integral of the gradient

    So every theorem about h is a theorem about J. No lower bound on p other than p > 0 is needed:
    |x|^p is continuous at 0, and a weight that is zero once is zero for ever. *)

From Coq Require Import Reals Lra Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop path fingraph.
From Synbal Require Import Defs FlowDefs Sums Costs Calculus Convexity.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Local Open Scope R_scope.

(** An integral of an everywhere continuous function. *)
Lemma is_derive_RInt0 (f : R -> R) (a t : R) : (forall s, continuous f s) ->
  is_derive (fun s => RInt f a s) t (f t).
Proof.
move=> H; apply: (is_derive_RInt f (fun s => RInt f a s) a t); last exact: H.
apply: filter_forall => s; apply: RInt_correct; apply: ex_RInt_continuous => z _; exact: H.
Qed.

Section WeightFlow.
Variable V : finType.
Implicit Types (J : R -> V -> V -> R) (h : R -> V -> R) (alpha : V -> V -> R).

Lemma flow_weight_flow alpha p (J0 : V -> V -> R) h :
  is_flow (cost alpha p J0) p h -> is_weight_flow alpha p (fun t => rescale (h t) J0).
Proof.
move=> F t t0 i j; rewrite cost_rescale.
apply: (is_derive_ext (fun s => J0 i j * exp (1 * (h s j - h s i)))).
  by move=> s; rewrite rescale_eq Rmult_1_l.
apply: is_derive_eq (@is_derive_exp_scaled 1 (fun s => h s j) (fun s => h s i) t _ _ (J0 i j) (F t t0 j) (F t t0 i)) _.
by rewrite rescale_eq !Rmult_1_l.
Qed.

Lemma weight_flow_flow alpha p J : 0 < p -> is_weight_flow alpha p J ->
  exists h, (forall i, h 0 i = 0) /\ is_flow (cost alpha p (J 0)) p h
            /\ forall t, 0 <= t -> J t = rescale (h t) (J 0).
Proof.
move=> p0 F.
pose a (i : V) s := grad (cost alpha p (J (Rmax 0 s))) i.
have contJ s i j : continuous (fun s => J (Rmax 0 s) i j) s.
  apply: (continuous_comp (Rmax 0) (fun s => J s i j)); first exact: Rmax0_continuous.
  by apply: derive_continuous (F _ _ i j); exact: Rmax_l.
have contC s i j : continuous (fun s => cost alpha p (J (Rmax 0 s)) i j) s.
  apply: (@continuous_scal_r _ R_AbsRing R_NormedModule (alpha i j) (fun s => abs_pow p (J (Rmax 0 s) i j))).
  apply: (continuous_comp (fun s => J (Rmax 0 s) i j) (abs_pow p)) => //; exact: abs_pow_continuous.
have conta i s : continuous (a i) s.
  by apply: (@continuous_minus _ R_AbsRing R_NormedModule); apply: continuous_rsum => j _; exact: contC.
pose h t (i : V) := RInt (a i) 0 t.
have dh t i : 0 <= t -> is_derive (fun s => h s i) t (grad (cost alpha p (J t)) i).
  move=> t0; have -> : grad (cost alpha p (J t)) i = a i t by rewrite /a Rmax_right.
  exact: is_derive_RInt0.
have h00 i : h 0 i = 0 by rewrite /h RInt_point.
have EJ t : 0 <= t -> J t = rescale (h t) (J 0).
  move=> t0; apply: functional_extensionality => i; apply: functional_extensionality => j.
  have E : J t i j * exp (h t i - h t j) = J 0 i j * exp (h 0 i - h 0 j).
    apply: (@constant_of_derive 0 t (fun s => J s i j * exp (h s i - h s j))) => // [||s [s0 _]]; try lra.
    apply: is_derive_eq (is_deriveM (F s s0 i j) (is_derive_exp_comp (is_deriveB (dh s i s0) (dh s j s0)))) _.
    by rewrite /=; ring.
  rewrite rescale_eq; move: E; rewrite !h00 Rminus_0_r exp_0 Rmult_1_r => <-.
  rewrite Rmult_assoc -exp_plus; have -> : h t i - h t j + (h t j - h t i) = 0 by ring.
  by rewrite exp_0 Rmult_1_r.
exists h; split=> //; split=> // t t0 i.
by rewrite -cost_rescale -EJ //; exact: dh.
Qed.

(** The flow below 0 does not matter. *)
Lemma flow_cost_at (w : V -> V -> R) p h : is_flow w p h ->
  is_flow (cost_at w p (h 0)) p (fun t i => h t i - h 0 i).
Proof.
move=> F t t0 i; rewrite cost_at_add.
have -> : (fun i => h 0 i + (h t i - h 0 i)) = h t by apply: functional_extensionality => j; ring.
apply: is_derive_eq (is_deriveB (F t t0 i) (is_derive_const _ _)) _.
by rewrite /zero /=; ring.
Qed.

(** A shifted flow is a flow. *)
Lemma flow_shift (w : V -> V -> R) p h a : 0 <= a -> is_flow w p h -> is_flow w p (fun t => h (a + t)).
Proof.
move=> a0 F t t0 i.
have H := F (a + t) (Rplus_le_le_0_compat _ _ a0 t0) i.
apply: is_derive_eq (is_derive_comp (fun s => h s i) (fun s => a + s) t _ _ H _) _.
- by auto_derive.
- by rewrite /scal /= /mult /=; ring.
Qed.

End WeightFlow.
