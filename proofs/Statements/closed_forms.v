(** * Claim [closed_forms]: networks that can be balanced by hand

    Source: design, section 1 (two neurons, directed ring, symmetric, rank one); Stock et al. 2022 for the
    symmetric and the rank-one case.

    Glossary: [cost_at w p h] are the costs w_ij e^{p (h_j - h_i)}, see [Defs.v]. *)

From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop path fingraph.
From Synbal Require Import Defs.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope R_scope.

(** ** Two neurons, called [false] and [true]: the cost a of the synapse true -> false, b of false -> true *)

(** With theta = 2 p sqrt(ab) t, neuron [false] has the log-scale
      (1/2p) ln ((cosh theta + sqrt(a/b) sinh theta) / (cosh theta + sqrt(b/a) sinh theta)),
    and neuron [true] the opposite. *)
Definition two_neuron_scale (a b p t : R) : R :=
  let theta := 2 * p * (sqrt a * sqrt b) * t in
  ln ((cosh theta + sqrt a / sqrt b * sinh theta) / (cosh theta + sqrt b / sqrt a * sinh theta)) / (2 * p).

(** This is the flow that starts at zero, and the only one. *)
Definition S_closed_forms_two_neurons : Prop :=
  forall (w : bool -> bool -> R) (p : R), 0 < p -> 0 < w false true -> 0 < w true false ->
  let x := two_neuron_scale (w false true) (w true false) p in
  let flow := fun (t : R) (i : bool) => if i then - x t else x t in
  (is_flow w p flow /\ forall i, flow 0 i = 0) /\
  (forall h : R -> bool -> R, is_flow w p h -> (forall i, h 0 i = 0) ->
     forall t i, 0 <= t -> h t i = flow t i).

(** Its two costs; they tend to sqrt(ab) both, and their product is ab at every time. *)
Definition S_closed_forms_two_neuron_costs : Prop :=
  forall (w : bool -> bool -> R) (p : R) (h : R -> bool -> R),
  0 < p -> 0 < w false true -> 0 < w true false ->
  is_flow w p h -> (forall i, h 0 i = 0) ->
  let alpha := sqrt (w false true) in
  let beta := sqrt (w true false) in
  forall t, 0 <= t ->
  let theta := 2 * p * (alpha * beta) * t in
  cost_at w p (h t) false true =
    alpha * beta * ((alpha * cosh theta + beta * sinh theta) / (beta * cosh theta + alpha * sinh theta)) /\
  cost_at w p (h t) true false =
    alpha * beta * ((beta * cosh theta + alpha * sinh theta) / (alpha * cosh theta + beta * sinh theta)).

(** Its weights. *)
Definition S_closed_forms_two_neuron_weights : Prop :=
  forall (alpha : bool -> bool -> R) (p : R) (J : R -> bool -> bool -> R),
  0 < p -> is_weight_flow alpha p J ->
  let a := cost alpha p (J 0) false true in
  let b := cost alpha p (J 0) true false in
  0 < a -> 0 < b ->
  forall t, 0 <= t ->
  J t false true = J 0 false true * exp (- (2 * two_neuron_scale a b p t)) /\
  J t true false = J 0 true false * exp (2 * two_neuron_scale a b p t) /\
  (forall i, J t i i = J 0 i i).

(** With one synapse only (b = 0) there is nothing to balance: its cost decays like a / (1 + 2 p a t). *)
Definition S_closed_forms_one_way : Prop :=
  forall (w : bool -> bool -> R) (p : R) (h : R -> bool -> R),
  0 < p -> 0 < w false true -> w true false = 0 ->
  is_flow w p h -> (forall i, h 0 i = 0) ->
  forall t, 0 <= t ->
  cost_at w p (h t) false true = w false true / (1 + 2 * p * w false true * t).

(** ** The directed ring: the neuron after j is s j, every neuron is on the one ring, and the synapses
    j -> s j are the only ones *)

Definition ring (V : finType) (s : V -> V) (J : V -> V -> R) : Prop :=
  injective s /\ (forall x y, fconnect s x y) /\
  (forall j, J (s j) j <> 0) /\ (forall i j, i <> s j -> J i j = 0).

(** The geometric mean of the weights' absolute values. *)
Definition geometric_mean (V : finType) (s : V -> V) (J : V -> V -> R) : R :=
  Rpower (\big[Rmult/1]_(j : V) Rabs (J (s j) j)) (/ INR #|V|).

(** It is balanced exactly when all weights have one absolute value, the geometric mean. *)
Definition S_closed_forms_ring : Prop :=
  forall (V : finType) (s : V -> V) (J : V -> V -> R) (p : R), 0 < p -> ring s J ->
  (forall h, balanced (cost (fun _ _ => 1) p (rescale h J)) <->
             forall j, Rabs (rescale h J (s j) j) = geometric_mean s J) /\
  (exists h, balanced (cost (fun _ _ => 1) p (rescale h J))).

(** ** Symmetric costs are balanced *)
Definition S_closed_forms_symmetric : Prop :=
  forall (V : finType) (C : V -> V -> R), (forall i j, C i j = C j i) -> balanced C.

(** Weights of equal absolute value in both directions, with equal alpha, are balanced. *)
Definition S_closed_forms_symmetric_weights : Prop :=
  forall (V : finType) (alpha J : V -> V -> R) (p : R),
  (forall i j, alpha i j = alpha j i) -> (forall i j, Rabs (J i j) = Rabs (J j i)) -> balanced (cost alpha p J).

(** ** Rank one: J = u v^T is balanced by h_i = (1/2) ln |u_i / v_i|, whatever p, and then
    |J_ij| = sqrt |u_i v_i| sqrt |u_j v_j| *)
Definition S_closed_forms_rank_one : Prop :=
  forall (V : finType) (u v : V -> R) (p : R),
  (forall i, u i <> 0) -> (forall i, v i <> 0) ->
  let J := fun i j => u i * v j in
  let h := fun i => / 2 * ln (Rabs (u i / v i)) in
  balanced (cost (fun _ _ => 1) p (rescale h J)) /\
  forall i j, Rabs (rescale h J i j) = sqrt (Rabs (u i * v i)) * sqrt (Rabs (u j * v j)).
