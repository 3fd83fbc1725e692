(** * The default solver: its damped Newton step lowers the cost

    Source: design, section 1; the step of [src/balance/descent/newton_cg.rs].

    With L the Laplacian of C + C^T and g the neural gradient, the solver takes some x with x^T L x = x^T g: the solution
    of L x = g, or what conjugate gradients have found of it when they stop. With s at least |x_j - x_i| over all
    synapses, it moves to h + (ln(1 + s) / s) x / p.

    Glossary: [dirichlet C x] = x^T L x = sum_ij C_ij (x_i - x_j)^2; see [FlowDefs.v]. *)

From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop path fingraph.
From Synbal Require Import Defs FlowDefs.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope R_scope.

Definition newton_step (V : finType) (p s : R) (h x : V -> R) : V -> R :=
  fun i => h i + ln (1 + s) / s * (x i / p).

(** From every h, the cost falls by at least ((1 + s) ln(1 + s) - s) / s^2 times x^T L x (which is about half of it
    for small s). *)
Definition S_damped_newton : Prop :=
  forall (V : finType) (w : V -> V -> R) (p s : R) (h x : V -> R),
  nonnegative w -> 0 < p -> 0 < s ->
  let C := cost_at w p h in
  (forall i j, 0 < C i j -> Rabs (x j - x i) <= s) ->
  dirichlet C x = \rsum_(i) (grad C i * x i) ->
  total (cost_at w p (newton_step p s h x)) <= total C - ((1 + s) * ln (1 + s) - s) / s ^ 2 * dirichlet C x.

(** That factor is positive, so the cost falls strictly unless x is constant on every weak component. *)
Definition S_damped_newton_strict : Prop :=
  forall (V : finType) (w : V -> V -> R) (p s : R) (h x : V -> R),
  nonnegative w -> 0 < p -> 0 < s ->
  let C := cost_at w p h in
  (forall i j, 0 < C i j -> Rabs (x j - x i) <= s) ->
  dirichlet C x = \rsum_(i) (grad C i * x i) ->
  0 < (1 + s) * ln (1 + s) - s /\
  ((exists i j, 0 < w i j /\ x i <> x j) -> total (cost_at w p (newton_step p s h x)) < total C).
