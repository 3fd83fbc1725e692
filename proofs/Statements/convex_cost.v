(** * Claim [convex_cost]: the cost is convex in the log-scales; balanced = critical = global minimiser

    Source: Stock et al. 2022, convexity of the synaptic cost; design, section 1 (the gradient of C is - p g, the
    Hessian p^2 L, with L the graph Laplacian of C + C^T without its diagonal).

    Glossary: [dirichlet C x] is the quadratic form sum_ij C_ij (x_i - x_j)^2 = x^T L x, [bump i s] the log-scale
    [s] at neuron [i] and zero elsewhere, see [FlowDefs.v]; all else is in [Defs.v]. *)

From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop path fingraph.
From Synbal Require Import Defs FlowDefs.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope R_scope.

(** C is convex. *)
Definition S_convex_cost : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R),
  nonnegative w ->
  forall (h k : V -> R) (l : R), 0 <= l <= 1 ->
    total (cost_at w p (fun i => (1 - l) * h i + l * k i))
    <= (1 - l) * total (cost_at w p h) + l * total (cost_at w p k).

(** Its partial derivatives are - p g_i. *)
Definition S_convex_cost_gradient : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R) (h : V -> R) (i : V),
    is_derive (fun s => total (cost_at w p (fun j => h j + bump i s j))) 0 (- p * grad (cost_at w p h) i).

(** Its derivative in any direction x is - p g.x, and the second one is p^2 x^T L x, at every point of the line. *)
Definition S_convex_cost_hessian : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R) (h x : V -> R) (s : R),
    let line := fun r i => h i + r * x i in
    is_derive (fun r => total (cost_at w p (line r))) s
      (- p * \rsum_(i) (grad (cost_at w p (line s)) i * x i))
    /\ is_derive (fun r => - p * \rsum_(i) (grad (cost_at w p (line r)) i * x i)) s
      (p^2 * dirichlet (cost_at w p (line s)) x).

(** Balanced = critical. *)
Definition S_convex_cost_balanced_critical : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R) (h : V -> R),
  0 < p ->
  (balanced (cost_at w p h) <->
   forall i, is_derive (fun s => total (cost_at w p (fun j => h j + bump i s j))) 0 0).

(** Balanced = global minimiser. *)
Definition S_convex_cost_balanced_minimum : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R) (h : V -> R),
  nonnegative w -> 0 < p ->
  (balanced (cost_at w p h) <-> forall k, total (cost_at w p h) <= total (cost_at w p k)).

(** In terms of the weights: J is balanced if and only if no rescaling has a smaller cost. *)
Definition S_convex_cost_weights : Prop :=
  forall (V : finType) (alpha : V -> V -> R) (p : R) (J : V -> V -> R),
  nonnegative alpha -> 0 < p ->
  (balanced (cost alpha p J) <->
   forall h, total (cost alpha p J) <= total (cost alpha p (rescale h J))).
