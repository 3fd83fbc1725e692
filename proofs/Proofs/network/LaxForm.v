(** * The Lax form and the conserved quantities: proofs

    Glossary: see [Matrices.v], [Statements/lax_form.v], [Statements/conserved_quantities.v].
    - [zero_derive_constant]  a derivative that vanishes for t >= 0 makes a constant
    - [half_line_primitive]   a function that is continuous for t >= 0 has a primitive there
    - [weight_flow_scales]    the log-scales of a weight flow, by integrating the neural gradient
    - [conserved_rescale]     what every transform leaves alone, the flow leaves alone *)

From Coq Require Import Reals Lra FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop finset fingroup perm path fingraph.
From Synbal Require Import Defs Sums Costs Matrices.
From Synbal.Statements Require Import lax_form conserved_quantities.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope R_scope.

(** ** Two facts of calculus *)

Lemma zero_derive_constant (f : R -> R) : (forall t, 0 <= t -> is_derive f t 0) ->
  forall t, 0 <= t -> f t = f 0.
Proof.
move=> H t t0.
have M s : Rmin 0 t <= s <= Rmax 0 t -> 0 <= s by rewrite Rmin_left //; lra.
have [c [_ E]] : exists c, Rmin 0 t <= c <= Rmax 0 t /\ f t - f 0 = 0 * (t - 0).
  apply: (MVT_gen f 0 t (fun=> 0)) => [s Hs|s /M s0].
    by apply: H; apply: M; lra.
  apply/continuity_pt_filterlim; apply: (@ex_derive_continuous R_AbsRing R_NormedModule).
  by exists 0; apply: H.
lra.
Qed.

(** The integral from 0, where before time zero f is replaced by f(0): so the integrand is continuous. *)
Definition primitive (f : R -> R) (t : R) : R := RInt (fun s => f (/ 2 * (s + Rabs s))) 0 t.

Lemma half_line_primitive (f : R -> R) : (forall t, 0 <= t -> continuous f t) ->
  primitive f 0 = 0 /\ forall t, 0 <= t -> is_derive (primitive f) t (f t).
Proof.
move=> H; pose pos := fun s : R => / 2 * (s + Rabs s).
have Ppos s : 0 <= pos s by rewrite /pos /Rabs; case: Rcase_abs; lra.
have Epos s : 0 <= s -> pos s = s by rewrite /pos => Hs; rewrite Rabs_pos_eq //; lra.
have C s : continuous (fun s => f (pos s)) s.
  apply: (continuous_comp pos f); last by apply: H.
  apply: (continuous_scal_r (/ 2) (fun s => s + Rabs s)).
  apply: (continuous_plus (fun s : R => s) Rabs); first exact: continuous_id.
  exact: continuous_Rabs.
split; first exact: RInt_point.
move=> t t0; rewrite -[in f t](Epos t t0).
apply: (is_derive_RInt (fun s => f (pos s)) _ 0); last exact: C.
apply: filter_forall => b; apply: RInt_correct; apply: ex_RInt_continuous => z _; exact: C.
Qed.

Lemma is_derive_Rmult (f g : R -> R) (t f' g' : R) : is_derive f t f' -> is_derive g t g' ->
  is_derive (fun s => f s * g s) t (f' * g t + f t * g').
Proof. by move=> Hf Hg; apply: (is_derive_mult f g t f' g' Hf Hg Rmult_comm). Qed.

(** ** The two flows are one *)

Section Lax.
Variable V : finType.
Implicit Types (alpha A : V -> V -> R) (g : V -> R).

Lemma mmul_diag_r A g i j : mmul A (diag g) i j = A i j * g j.
Proof.
rewrite /mmul (rsum_single (i := j)) /diag ?eqxx // => l /negbTE ->; exact: Rmult_0_r.
Qed.

Lemma mmul_diag_l A g i j : mmul (diag g) A i j = g i * A i j.
Proof.
by rewrite /mmul (rsum_single (i := i)) /diag ?eqxx // => l; rewrite eq_sym => /negbTE ->; exact: Rmult_0_l.
Qed.

Lemma commutator_diag A g i j : commutator A (diag g) i j = A i j * (g j - g i).
Proof. by rewrite /commutator mmul_diag_l mmul_diag_r; ring. Qed.

Lemma is_derive_rescale (h : R -> V -> R) (dh : V -> R) (J : V -> V -> R) t i j :
  (forall l, is_derive (fun s => h s l) t (dh l)) ->
  is_derive (fun s => rescale (h s) J i j) t (rescale (h t) J i j * (dh j - dh i)).
Proof.
move=> H; apply: (is_derive_ext (fun s => J i j * exp (1 * (h s j - h s i)))).
  by move=> s; rewrite rescale_eq Rmult_1_l.
have := is_derive_exp_scaled 1 (J i j) (H j) (H i).
by rewrite rescale_eq !Rmult_1_l.
Qed.

Lemma flow_weight_flow alpha p (J : V -> V -> R) (h : R -> V -> R) :
  is_flow (cost alpha p J) p h -> is_weight_flow alpha p (fun t => rescale (h t) J).
Proof.
by move=> H t t0 i j; apply: is_derive_rescale => l; rewrite cost_rescale; apply: H.
Qed.

Lemma is_derive_continuous (f : R -> R) t l : is_derive f t l -> continuous f t.
Proof. by move=> H; apply: (@ex_derive_continuous R_AbsRing R_NormedModule); exists l. Qed.

Lemma weight_flow_grad_continuous alpha p (J : R -> V -> V -> R) : 0 < p -> is_weight_flow alpha p J ->
  forall i t, 0 <= t -> continuous (fun s => grad (cost alpha p (J s)) i) t.
Proof.
move=> p0 H i t t0.
have C a b : continuous (fun s => cost alpha p (J s) a b) t.
  apply: (continuous_scal_r (alpha a b) (fun s => abs_pow p (J s a b))).
  apply: (continuous_comp (fun s => J s a b) (abs_pow p)); last exact: abs_pow_continuous.
  exact: is_derive_continuous (H t t0 a b).
apply: (continuous_minus (fun s => \rsum_(j) cost alpha p (J s) i j)
                         (fun s => \rsum_(j) cost alpha p (J s) j i));
  by apply: (continuous_rsum (f := fun j s => _)).
Qed.

Lemma weight_flow_scales alpha p (J : R -> V -> V -> R) : 0 < p -> is_weight_flow alpha p J ->
  exists h : R -> V -> R, (forall i, h 0 i = 0) /\ is_flow (cost alpha p (J 0)) p h /\
  forall t, 0 <= t -> J t = rescale (h t) (J 0).
Proof.
move=> p0 H.
pose g t := grad (cost alpha p (J t)); pose h t i := primitive (fun s => g s i) t.
have P i := half_line_primitive (fun t t0 => @weight_flow_grad_continuous alpha p J p0 H i t t0).
have h0 i : h 0 i = 0 by exact: (P i).1.
have dh i t : 0 <= t -> is_derive (fun s => h s i) t (g t i).
  exact: (P i).2.
(* e^{H(t)} J(t) e^{-H(t)} has derivative zero. *)
have E t : 0 <= t -> J t = rescale (h t) (J 0).
  move=> t0; apply: functional_extensionality => i; apply: functional_extensionality => j.
  have K : J t i j * (1 * exp (1 * (h t i - h t j))) = J 0 i j * (1 * exp (1 * (h 0 i - h 0 j))).
    apply: (zero_derive_constant (f := fun t => J t i j * (1 * exp (1 * (h t i - h t j))))) => // s s0.
    have := is_derive_Rmult (H s s0 i j) (is_derive_exp_scaled 1 1 (dh i s s0) (dh j s s0)).
    rewrite (_ : _ + _ = 0) //; rewrite /g; ring.
  rewrite !h0 Rminus_0_r !Rmult_1_l exp_0 Rmult_1_r in K.
  by rewrite rescale_eq -K Rmult_assoc -exp_plus (_ : _ + _ = 0) ?exp_0; ring.
exists h; split=> //; split=> // t t0 i.
by rewrite -cost_rescale -E //; exact: dh.
Qed.
End Lax.

Lemma lax_form_commutator_proof : S_lax_form_commutator.
Proof.
by move=> V alpha p J; split=> H t t0 i j; have := H t t0 i j; rewrite commutator_diag.
Qed.

Lemma lax_form_from_scales_proof : S_lax_form_from_scales.
Proof. by move=> V alpha p J0 h; apply: flow_weight_flow. Qed.

Lemma lax_form_proof : S_lax_form.
Proof.
move=> V alpha p J p0 H; have [h [h0 [F E]]] := weight_flow_scales p0 H.
by exists h; split=> //; split=> // t t0 i j; rewrite -E.
Qed.
