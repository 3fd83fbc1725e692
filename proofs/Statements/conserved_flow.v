(** * Claim [conserved_quantities], of the flow: what it conserves, the transform conserves

    Source: beyond Stock et al. 2022; design, section 1, row conserved_quantities.

    Glossary.
    - [continuous_at_limits Q]  Q is continuous as far as limits of networks over time go
    - [conserved_by_flow alpha p Q]  Q does not change along the flow of the weights, from any network *)

From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop path fingraph.
From Synbal Require Import Defs FlowDefs.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope R_scope.

Definition continuous_at_limits (V : finType) (Q : (V -> V -> R) -> R) : Prop :=
  forall (J : R -> V -> V -> R) (K : V -> V -> R),
  (forall i j, is_lim (fun t => J t i j) p_infty (K i j)) -> is_lim (fun t => Q (J t)) p_infty (Q K).

Definition conserved_by_flow (V : finType) (alpha : V -> V -> R) (p : R) (Q : (V -> V -> R) -> R) : Prop :=
  forall J : R -> V -> V -> R, is_weight_flow alpha p J -> forall t, 0 <= t -> Q (J t) = Q (J 0).

(** A continuous quantity that the flow conserves does not change under any transform of a balanceable network in which every
    synapse between two neurons has a cost: the flows from J and from its transform end in the same balanced
    network. So by [conserved_quantities_complete] it is a function of the signs and of the conserved log-quantities, and
    the flow conserves nothing else that is continuous. *)
Definition S_conserved_quantities_flow : Prop :=
  forall (V : finType) (alpha : V -> V -> R) (p : R) (Q : (V -> V -> R) -> R) (J : V -> V -> R) (h : V -> R),
  nonnegative alpha -> 0 < p -> every_synapse_costs alpha J ->
  on_cycles (cost alpha p J) ->
  continuous_at_limits Q -> conserved_by_flow alpha p Q ->
  Q (rescale h J) = Q J.
