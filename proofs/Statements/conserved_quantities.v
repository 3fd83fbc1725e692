(** * Claim [conserved_quantities]: what the flow cannot change

    Source: Stock et al. 2022 (Dale's law and the conserved quantities of the transform); design, section 1.

    Glossary. A quantity Q of the weights is [conserved] when no transform changes it and it is constant along
    every solution of the weight flow. [walk_product], [mpow], [mtrace], [char_poly], [eigenvalue]: see
    [Matrices.v]; [linked C] is membership in the same weak component, see [Defs.v]. *)

From Synbal Require Import Defs Matrices.
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop path fingraph.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope R_scope.

Definition conserved (V : finType) (Q : (V -> V -> R) -> R) : Prop :=
  (forall J h, Q (rescale h J) = Q J) /\
  (forall alpha p J, 0 < p -> is_weight_flow alpha p J -> forall t, 0 <= t -> Q (J t) = Q (J 0)).

(** The same for a property of the weights. *)
Definition conserved_property (V : finType) (P : (V -> V -> R) -> Prop) : Prop :=
  (forall J h, P (rescale h J) <-> P J) /\
  (forall alpha p J, 0 < p -> is_weight_flow alpha p J -> forall t, 0 <= t -> (P (J t) <-> P (J 0))).

(** The product of the weights along every closed walk. *)
Definition S_conserved_quantities_closed_walks : Prop :=
  forall (V : finType) (x : V) (s : seq V), last x s = x -> conserved (fun J => walk_product J x s).

(** The sign of every weight (Dale's law), and which weights are zero. *)
Definition S_conserved_quantities_signs : Prop :=
  forall (V : finType) (i j : V),
  conserved (fun J => sign (J i j)) /\ conserved_property (fun J => J i j = 0).

(** The self-synapses. *)
Definition S_conserved_quantities_diagonal : Prop :=
  forall (V : finType) (i : V), conserved (fun J => J i i).

(** The trace of every power. *)
Definition S_conserved_quantities_traces : Prop :=
  forall (V : finType) (m : nat), conserved (fun J : V -> V -> R => mtrace (mpow J m)).

(** The characteristic polynomial. *)
Definition S_conserved_quantities_char_poly : Prop :=
  forall (V : finType) (x : R), conserved (fun J : V -> V -> R => char_poly J x).

(** Every eigenvalue, real or complex. *)
Definition S_conserved_quantities_spectrum : Prop :=
  forall (V : finType) (a b : R), conserved_property (fun J : V -> V -> R => eigenvalue J a b).

(** The sum of the log-scales over each weak component of the graph of costs, and their total. *)
Definition S_conserved_quantities_log_scales : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R) (h : R -> V -> R),
  nonnegative w -> is_flow w p h ->
  forall t, 0 <= t ->
  (forall x, \rsum_(i | linked w x i) h t i = \rsum_(i | linked w x i) h 0 i) /\
  \rsum_(i) h t i = \rsum_(i) h 0 i.
