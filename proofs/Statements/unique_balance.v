(** * Claim [unique_balance]: the balanced network is unique

    Source: Stock et al. 2022, uniqueness of the balanced state; design, section 1. No connectivity is assumed:
    the log-scales are unique up to one constant per weak component, the balanced costs and weights are unique.

    Glossary: [linked w i j] says that [i] and [j] lie in the same weak component, see [Defs.v]. *)

From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop path fingraph.
From Synbal Require Import Defs FlowDefs.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope R_scope.

(** Two balanced log-scales differ by a constant on each weak component. *)
Definition S_unique_balance : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R) (h k : V -> R),
  nonnegative w -> 0 < p -> balanced (cost_at w p h) -> balanced (cost_at w p k) ->
  forall i j, linked w i j -> h i - k i = h j - k j.

(** Such constants do not matter: then the costs are the same. So the log-scales are unique exactly up to them. *)
Definition S_unique_balance_converse : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R) (h k : V -> R),
  nonnegative w -> (forall i j, linked w i j -> h i - k i = h j - k j) ->
  forall i j, cost_at w p h i j = cost_at w p k i j.

(** In a connected network the constant is one number. *)
Definition S_unique_balance_connected : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R) (h k : V -> R),
  nonnegative w -> 0 < p -> (forall i j, linked w i j) ->
  balanced (cost_at w p h) -> balanced (cost_at w p k) ->
  exists c, forall i, h i = k i + c.

(** The balanced costs are unique. *)
Definition S_unique_balance_costs : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R) (h k : V -> R),
  nonnegative w -> 0 < p -> balanced (cost_at w p h) -> balanced (cost_at w p k) ->
  forall i j, cost_at w p h i j = cost_at w p k i j.

(** The balanced weights are unique, within each weak component. (A synapse that costs nothing although its weight
    is not zero does not link its neurons.) *)
Definition S_unique_balance_weights : Prop :=
  forall (V : finType) (alpha : V -> V -> R) (p : R) (J : V -> V -> R) (h k : V -> R),
  nonnegative alpha -> 0 < p ->
  balanced (cost alpha p (rescale h J)) -> balanced (cost alpha p (rescale k J)) ->
  forall i j, linked (cost alpha p J) i j -> rescale h J i j = rescale k J i j.

(** If every synapse between two neurons has a cost, the whole balanced matrix is unique. *)
Definition S_unique_balance_matrix : Prop :=
  forall (V : finType) (alpha : V -> V -> R) (p : R) (J : V -> V -> R) (h k : V -> R),
  nonnegative alpha -> 0 < p -> every_synapse_costs alpha J ->
  balanced (cost alpha p (rescale h J)) -> balanced (cost alpha p (rescale k J)) ->
  forall i j, rescale h J i j = rescale k J i j.

(** Without that hypothesis it is not: a synapse that costs nothing (alpha_ij = 0) can have any weight. *)
Definition S_unique_balance_free_synapse : Prop :=
  exists (V : finType) (alpha : V -> V -> R) (p : R) (J : V -> V -> R) (h k : V -> R),
  nonnegative alpha /\ 0 < p /\
  balanced (cost alpha p (rescale h J)) /\ balanced (cost alpha p (rescale k J)) /\
  exists i j, rescale h J i j <> rescale k J i j.
