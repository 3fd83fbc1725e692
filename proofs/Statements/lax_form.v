(** * Claim [lax_form]: the flow on the weights is isospectral

    Source: Stock et al. 2022, the balancing dynamics; design, section 1 ("the Lax form J' = [J, diag g]").

    Glossary: [is_flow w p h] is h' = g(h); [is_weight_flow alpha p J] is J_ij' = J_ij (g_j - g_i), both for
    t >= 0, see [Defs.v]; [rescale h J] is e^{-H} J e^{H}; [commutator A B] is A B - B A, see [Matrices.v]. *)

From Synbal Require Import Defs Matrices.
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope R_scope.

(** The weight flow is J' = [J, diag g], a commutator. *)
Definition S_lax_form_commutator : Prop :=
  forall (V : finType) (alpha : V -> V -> R) (p : R) (J : R -> V -> V -> R),
  is_weight_flow alpha p J <->
  forall t, 0 <= t -> forall i j,
    is_derive (fun s => J s i j) t (commutator (J t) (diag (grad (cost alpha p (J t)))) i j).

(** If h solves the flow of the log-scales, then e^{-H(t)} J0 e^{H(t)} solves the weight flow. *)
Definition S_lax_form_from_scales : Prop :=
  forall (V : finType) (alpha : V -> V -> R) (p : R) (J0 : V -> V -> R) (h : R -> V -> R),
  is_flow (cost alpha p J0) p h -> is_weight_flow alpha p (fun t => rescale (h t) J0).

(** Conversely every solution of the weight flow is e^{-H(t)} J(0) e^{H(t)}, where h solves the flow of the
    log-scales from h(0) = 0 (it is the integral of the neural gradient along the solution). *)
Definition S_lax_form : Prop :=
  forall (V : finType) (alpha : V -> V -> R) (p : R) (J : R -> V -> V -> R),
  0 < p -> is_weight_flow alpha p J ->
  exists h : R -> V -> R,
    (forall i, h 0 i = 0) /\ is_flow (cost alpha p (J 0)) p h /\
    forall t, 0 <= t -> forall i j, J t i j = rescale (h t) (J 0) i j.
