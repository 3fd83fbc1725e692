(** * Claim [heterosynaptic]: what the flow does to a balanced network just after one synapse is potentiated

    Source: Stock et al. 2022 (heterosynaptic plasticity as a prediction of synaptic balancing); design, section 1.

    Glossary: the potentiated synapse runs from neuron [b] to neuron [a]. [response a b i j] is the initial
    relative rate of change of |J_ij|, in units of the added cost. *)

From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop.
From Synbal Require Import Defs FlowDefs.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope R_scope.

(** The table of signs, for every synapse j -> i of the network:
    - the potentiated synapse b -> a relaxes back, with factor 2;
    - the synapse a -> b strengthens, with factor 2;
    - all other synapses into a weaken, all other synapses out of a strengthen;
    - all other synapses into b strengthen, all other synapses out of b weaken;
    - nothing else changes, self-synapses included. *)
Definition response (V : finType) (a b i j : V) : R :=
  if (i == a) && (j == b) then -2
  else if (i == b) && (j == a) then 2
  else if i == j then 0
  else if i == a then -1
  else if j == a then 1
  else if i == b then 1
  else if j == b then -1
  else 0.

(** Start the weight flow at a network J that is balanced except that |J_ab| was raised. Then
    d|J_ij|/dt = response * (the cost that was added) * |J_ij| at time 0, for every synapse. *)
Definition S_heterosynaptic : Prop :=
  forall (V : finType) (alpha J0 : V -> V -> R) (p : R) (a b : V) (J : R -> V -> V -> R),
  0 < p -> a <> b ->
  balanced (cost alpha p J0) ->
  same_but_at a b J0 (J 0) ->
  is_weight_flow alpha p J ->
  let added := cost alpha p (J 0) a b - cost alpha p J0 a b in
  forall i j, is_derive (fun t => Rabs (J t i j)) 0 (response a b i j * added * Rabs (J 0 i j)).

(** The added cost is positive when the synapse was strengthened and its cost counts. *)
Definition S_heterosynaptic_added : Prop :=
  forall (V : finType) (alpha J0 J1 : V -> V -> R) (p : R) (a b : V),
  0 < p -> 0 < alpha a b -> Rabs (J0 a b) < Rabs (J1 a b) ->
  0 < cost alpha p J1 a b - cost alpha p J0 a b.

(** Beyond the paper: the changes last. Let the network be balanced at costs w, raise the one cost w_ab, and let h be the
    log-scales at which it is balanced again. Then neuron a has the largest log-scale of its weak component and b the
    smallest: since d ln|J_ij| = h_j - h_i, every synapse that the table above moves has moved in that direction, or not at
    all, when balance is reached again. *)
Definition S_heterosynaptic_lasting : Prop :=
  forall (V : finType) (w w' : V -> V -> R) (p : R) (a b : V) (h : V -> R),
  nonnegative w -> 0 < p ->
  balanced w ->
  same_but_at a b w w' -> w a b <= w' a b ->
  balanced (cost_at w' p h) ->
  (forall i, linked w b i -> h b <= h i) /\ (forall i, linked w a i -> h i <= h a).

(** If the cost was truly raised and the two neurons belong together, the potentiated synapse itself has truly weakened. *)
Definition S_heterosynaptic_lasting_strict : Prop :=
  forall (V : finType) (w w' : V -> V -> R) (p : R) (a b : V) (h : V -> R),
  nonnegative w -> 0 < p -> a <> b ->
  balanced w ->
  same_but_at a b w w' -> w a b < w' a b ->
  balanced (cost_at w' p h) ->
  linked w a b -> h b < h a.
