(** * Claim [monotone_cost]: along the flow the total cost falls, dC/dt = - p |g|^2

    Source: Stock et al. 2022, the balancing dynamics as gradient descent; design, section 1.

    Glossary: [is_flow w p h] is h' = g(h) and [is_weight_flow alpha p J] is J_ij' = J_ij (g_j - g_i), both for
    t >= 0; [cost_at w p h] are the costs w_ij e^{p (h_j - h_i)}; [total] is their sum, [grad] the neural
    gradient, [norm2_sq] the square of the Euclidean norm; see [Defs.v]. *)

From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop path fingraph.
From Synbal Require Import Defs FlowDefs.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope R_scope.

(** dC/dt = - p |g|^2 along every solution, at every time. *)
Definition S_monotone_cost : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R) (h : R -> V -> R),
  is_flow w p h ->
  forall t, 0 <= t ->
    is_derive (fun s => total (cost_at w p (h s))) t (- p * norm2_sq (grad (cost_at w p (h t)))).

(** From a start that is not balanced the cost decreases strictly, for ever. *)
Definition S_monotone_cost_strict : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R) (h : R -> V -> R),
  nonnegative w -> 0 < p -> is_flow w p h -> ~ balanced (cost_at w p (h 0)) ->
  forall s t, 0 <= s < t -> total (cost_at w p (h t)) < total (cost_at w p (h s)).

(** A solution that is balanced at one time rests there at all times: balance is never reached in finite time,
    unless it was there from the start. *)
Definition S_monotone_cost_rest : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R) (h : R -> V -> R),
  nonnegative w -> 0 < p -> is_flow w p h ->
  forall s, 0 <= s -> balanced (cost_at w p (h s)) -> forall t, 0 <= t -> forall i, h t i = h s i.

(** The same for the weights. At t = 0 it is the derivative from the right: a solution may be continued below zero at
    will, and |x|^p with p < 1 has no derivative at x = 0. *)
Definition S_monotone_cost_weights : Prop :=
  forall (V : finType) (alpha : V -> V -> R) (p : R) (J : R -> V -> V -> R),
  0 < p -> is_weight_flow alpha p J ->
  (forall t, 0 < t ->
    is_derive (fun s => total (cost alpha p (J s))) t (- p * norm2_sq (grad (cost alpha p (J t))))) /\
  filterlim (fun s => (total (cost alpha p (J s)) - total (cost alpha p (J 0))) / s)
    (at_right 0) (locally (- p * norm2_sq (grad (cost alpha p (J 0))))).

(** The cost of the weights falls strictly, unless they are balanced at the start. *)
Definition S_monotone_cost_weights_strict : Prop :=
  forall (V : finType) (alpha : V -> V -> R) (p : R) (J : R -> V -> V -> R),
  nonnegative alpha -> 0 < p -> is_weight_flow alpha p J -> ~ balanced (cost alpha p (J 0)) ->
  forall s t, 0 <= s < t -> total (cost alpha p (J t)) < total (cost alpha p (J s)).

(** Weights that are balanced at some time were, and remain, the same at all times. *)
Definition S_monotone_cost_weights_rest : Prop :=
  forall (V : finType) (alpha : V -> V -> R) (p : R) (J : R -> V -> V -> R),
  nonnegative alpha -> 0 < p -> is_weight_flow alpha p J ->
  forall s, 0 <= s -> balanced (cost alpha p (J s)) -> forall t, 0 <= t -> forall i j, J t i j = J s i j.
