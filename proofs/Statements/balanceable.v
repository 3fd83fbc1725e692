(** * Claim [balanceable]: a balanced point exists if and only if every synapse lies on a directed cycle

    Source: design, section 1; for matrices this is the classical condition of Osborne 1960 (and of Stock et al. 2022
    for their connected networks).

    Glossary: [on_cycles w]: every synapse of positive cost lies on a directed cycle of such synapses; [linked w i j]:
    same weak component; [reaches w j i]: a directed path leads from [j] to [i]; see [Defs.v]. *)

From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop path fingraph.
From Synbal Require Import Defs FlowDefs.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope R_scope.

(** There are log-scales at which the network is balanced, if and only if every synapse of positive cost lies on a directed cycle. *)
Definition S_balanceable : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R),
  nonnegative w -> 0 < p ->
  ((exists h, balanced (cost_at w p h)) <-> on_cycles w).

(** The condition in other words: every weak component is strongly connected. *)
Definition S_balanceable_components : Prop :=
  forall (V : finType) (w : V -> V -> R),
  on_cycles w <-> forall i j, linked w i j -> reaches w i j.

(** The same for the weights. *)
Definition S_balanceable_weights : Prop :=
  forall (V : finType) (alpha : V -> V -> R) (p : R) (J : V -> V -> R),
  nonnegative alpha -> 0 < p ->
  ((exists h, balanced (cost alpha p (rescale h J))) <-> on_cycles (cost alpha p J)).

(** In other words again: the infimum of the cost is attained. *)
Definition S_balanceable_attained : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R),
  nonnegative w -> 0 < p ->
  ((exists h, forall k, total (cost_at w p h) <= total (cost_at w p k)) <-> on_cycles w).

(** The sums of h over the weak components can be prescribed; with them, h is unique ([unique_balance]). *)
Definition S_balanceable_sums : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R) (x0 : V -> R),
  nonnegative w -> 0 < p -> on_cycles w ->
  exists h, balanced (cost_at w p h) /\ forall i, component_sum w h i = component_sum w x0 i.
