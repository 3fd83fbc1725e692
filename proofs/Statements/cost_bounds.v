(** * Claim [cost_bounds]: how far the cost can fall

    Source: Stock et al. 2022, bounds on the cost reduction; design, section 1; for matrices compare Altschuler and
    Parrilo 2022. The authors' lower bound with the largest node degree was stated without a proof known to us; it is
    proved here, with any p > 0, as a consequence of the sharper [S_cost_bounds_all_neurons].

    Glossary: [optimal_cost w p L] says that L = C*, the infimum of the total cost over all log-scales (attained exactly
    at balanced points); r_i = [incoming C i] and c_i = [outgoing C i] are the off-diagonal row and column sums; the
    node degree of C + C^T at i is r_i + c_i; [circulation F]: F >= 0, with inflow = outflow at every neuron. All
    bounds hold at every h; the design's C0 is the case h = 0. *)

From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop path fingraph.
From Synbal Require Import Defs FlowDefs.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope R_scope.

(** C - C* >= (sqrt r_i - sqrt c_i)^2 for every neuron i, hence for the maximum. *)
Definition S_cost_bounds_neuron : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R) (h : V -> R) (L : R),
  nonnegative w -> 0 < p -> optimal_cost w p L ->
  let C := cost_at w p h in
  forall i, (sqrt (incoming C i) - sqrt (outgoing C i))^2 <= total C - L.

(** C - C* >= 1/2 sum_i (sqrt r_i - sqrt c_i)^2: half of what all neurons promise can be had at once. *)
Definition S_cost_bounds_all_neurons : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R) (h : V -> R) (L : R),
  nonnegative w -> 0 < p -> optimal_cost w p L ->
  let C := cost_at w p h in
  (\rsum_(i) (sqrt (incoming C i) - sqrt (outgoing C i))^2) / 2 <= total C - L.

(** The authors' bound: C - C* >= |g|^2 / (2 M), M twice the largest node degree (or any larger number). *)
Definition S_cost_bounds_degree : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R) (h : V -> R) (L M : R),
  nonnegative w -> 0 < p -> optimal_cost w p L ->
  let C := cost_at w p h in
  0 < M -> (forall i, 2 * (incoming C i + outgoing C i) <= M) ->
  norm2_sq (grad C) / (2 * M) <= total C - L.

(** C - C* >= |g|^2 / (16 C), and even |g|^2 / (4 C). *)
Definition S_cost_bounds_gradient : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R) (h : V -> R) (L : R),
  nonnegative w -> 0 < p -> optimal_cost w p L ->
  let C := cost_at w p h in
  0 < total C ->
  norm2_sq (grad C) / (16 * total C) <= total C - L /\
  norm2_sq (grad C) / (4 * total C) <= total C - L.

(** C* >= sum over all ordered pairs (i, j), the pairs i = j included, of sqrt (C_ij C_ji). *)
Definition S_cost_bounds_pairs : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R) (L : R),
  nonnegative w -> optimal_cost w p L ->
  \rsum_(i) \rsum_(j) sqrt (w i j * w j i) <= L.

(** Duality: every circulation F on the support of w gives C* >= sum F (1 + ln (C / F)), with C the costs at any h
    (a term with F = 0 is zero). *)
Definition S_cost_bounds_dual : Prop :=
  forall (V : finType) (w F : V -> V -> R) (p : R) (h : V -> R) (L : R),
  nonnegative w -> optimal_cost w p L ->
  circulation F -> (forall i j, 0 < F i j -> 0 < w i j) ->
  \rsum_(i) \rsum_(j) (F i j * (1 + ln (cost_at w p h i j / F i j))) <= L.

(** In particular C* >= sum F for every circulation F <= C(h). *)
Definition S_cost_bounds_circulation : Prop :=
  forall (V : finType) (w F : V -> V -> R) (p : R) (h : V -> R) (L : R),
  nonnegative w -> optimal_cost w p L ->
  circulation F -> (forall i j, F i j <= cost_at w p h i j) -> total F <= L.

(** Both are tight: at a balanced h the costs themselves are a circulation, whose sum is C*. *)
Definition S_cost_bounds_tight : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R) (h : V -> R) (L : R),
  nonnegative w -> optimal_cost w p L -> balanced (cost_at w p h) ->
  let F := cost_at w p h in
  circulation F /\ total F = L /\
  \rsum_(i) \rsum_(j) (F i j * (1 + ln (F i j / F i j))) = L.

(** There is never a duality gap, balanceable or not: some circulation F below the costs at some x has sum C*, and its
    dual value is C* as well. (F are the balanced costs of the cyclic part of the network.) *)
Definition S_cost_bounds_strong_duality : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R),
  nonnegative w -> 0 < p ->
  exists (x : V -> R) (F : V -> V -> R) (L : R),
    optimal_cost w p L /\ circulation F /\ (forall i j, F i j <= cost_at w p x i j) /\ total F = L /\
    \rsum_(i) \rsum_(j) (F i j * (1 + ln (cost_at w p x i j / F i j))) = L.

(** The gap of the cost bounds the distance of the costs: at every balanced x,
    sum_ij (sqrt C_ij(h) - sqrt C_ij(x))^2 <= C(h) - C*. *)
Definition S_cost_bounds_distance : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R) (h x : V -> R) (L : R),
  nonnegative w -> optimal_cost w p L -> balanced (cost_at w p x) ->
  \rsum_(i) \rsum_(j) (sqrt (cost_at w p h i j) - sqrt (cost_at w p x i j))^2
  <= total (cost_at w p h) - L.

(** C* exists, and is unique. *)
Definition S_cost_bounds_optimum : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R),
  nonnegative w ->
  exists L, optimal_cost w p L /\ forall L', optimal_cost w p L' -> L' = L.
