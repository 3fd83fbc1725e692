(** * The default solver: its damped Newton step lowers the cost

    Source: design, section 1; the step of [src/balance/descent/newton_cg.rs].

    With L the Laplacian of C + C^T and g the neural gradient, the solver takes some x with x^T L x = x^T g: the solution
    of L x = g, or what conjugate gradients have found of it when they stop. With s at least |x_j - x_i| over all
    synapses, it moves to h + (ln(1 + s) / s) x / p.

    Glossary.
    - [dirichlet C x]         x^T L x = sum_ij C_ij (x_i - x_j)^2; see [FlowDefs.v]
    - [residual_orthogonal C x]  x^T L x = x^T g: the residual g - L x is orthogonal to x
    - [differences_at_most C x s]  |x_j - x_i| <= s over all synapses
    - [coupled C x y]         x^T L y
    - [newton_direction kappa C x]  x is what conjugate gradients from zero have found of L x = g after at least one step
    - [largest_difference C x s]    s is the largest |x_j - x_i| over all synapses
    - [by_degree C i]         the direction g_i / (r_i + c_i) that the diagonal preconditioner makes of g *)

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

Definition residual_orthogonal (V : finType) (C : V -> V -> R) (x : V -> R) : Prop :=
  dirichlet C x = \rsum_(i) (grad C i * x i).

Definition differences_at_most (V : finType) (C : V -> V -> R) (x : V -> R) (s : R) : Prop :=
  forall i j, 0 < C i j -> Rabs (x j - x i) <= s.

(** From every h, the cost falls by at least ((1 + s) ln(1 + s) - s) / s^2 times x^T L x (which is about half of it
    for small s). *)
Definition S_damped_newton : Prop :=
  forall (V : finType) (w : V -> V -> R) (p s : R) (h x : V -> R),
  nonnegative w -> 0 < p -> 0 < s ->
  let C := cost_at w p h in
  differences_at_most C x s -> residual_orthogonal C x ->
  total (cost_at w p (newton_step p s h x)) <= total C - ((1 + s) * ln (1 + s) - s) / s ^ 2 * dirichlet C x.

(** That factor is positive, so the cost falls strictly unless x is constant on every weak component. *)
Definition S_damped_newton_strict : Prop :=
  forall (V : finType) (w : V -> V -> R) (p s : R) (h x : V -> R),
  nonnegative w -> 0 < p -> 0 < s ->
  let C := cost_at w p h in
  differences_at_most C x s -> residual_orthogonal C x ->
  0 < (1 + s) * ln (1 + s) - s /\
  ((exists i j, 0 < w i j /\ x i <> x j) -> total (cost_at w p (newton_step p s h x)) < total C).

(** ** Convergence *)

Definition coupled (V : finType) (C : V -> V -> R) (x y : V -> R) : R :=
  \rsum_(i) \rsum_(j) (C i j * ((x i - x j) * (y i - y j))).

(** Conjugate gradients from zero return the x of a space of directions whose residual g - L x is orthogonal to that space: to
    x itself, and to the first of the directions, z, which is the preconditioned gradient. It points downhill, and not along the
    stiffest directions only: (z^T g)^2 >= kappa |g|^2 z^T L z / C. *)
Definition newton_direction (V : finType) (kappa : R) (C : V -> V -> R) (x : V -> R) : Prop :=
  residual_orthogonal C x /\
  (balanced C \/ exists z,
     coupled C x z = \rsum_(i) (grad C i * z i) /\
     0 < \rsum_(i) (grad C i * z i) /\
     kappa * norm2_sq (grad C) * dirichlet C z <= total C * (\rsum_(i) (grad C i * z i)) ^ 2).

Definition largest_difference (V : finType) (C : V -> V -> R) (x : V -> R) (s : R) : Prop :=
  differences_at_most C x s /\
  (s = 0 \/ exists i j, 0 < C i j /\ Rabs (x j - x i) = s).

Definition newton_iteration (V : finType) (w : V -> V -> R) (p kappa : R) (h x : nat -> V -> R) (s : nat -> R) : Prop :=
  forall n,
    newton_direction kappa (cost_at w p (h n)) (x n) /\
    largest_difference (cost_at w p (h n)) (x n) (s n) /\
    forall i, h (S n) i = newton_step p (s n) (h n) (x n) i.

(** From every start, however early the conjugate gradients stop, the costs converge to the balanced ones. *)
Definition S_damped_newton_converges : Prop :=
  forall (V : finType) (w : V -> V -> R) (p kappa : R) (h x : nat -> V -> R) (s : nat -> R) (b : V -> R),
  nonnegative w -> 0 < p -> 0 < kappa ->
  newton_iteration w p kappa h x s ->
  balanced (cost_at w p b) ->
  forall i j, is_lim_seq (fun n => cost_at w p (h n) i j) (cost_at w p b i j).

(** And the weights to the balanced ones, within each weak component. *)
Definition S_damped_newton_weights : Prop :=
  forall (V : finType) (alpha : V -> V -> R) (p kappa : R) (J : V -> V -> R) (h x : nat -> V -> R) (s : nat -> R) (b : V -> R),
  nonnegative alpha -> 0 < p -> 0 < kappa ->
  newton_iteration (cost alpha p J) p kappa h x s ->
  balanced (cost alpha p (rescale b J)) ->
  forall i j, linked (cost alpha p J) i j ->
    is_lim_seq (fun n => rescale (h n) J i j) (rescale b J i j).

(** Every solution of L x = g is such a direction, with kappa = 1/2: the dense method converges from every start. *)
Definition S_damped_newton_exact : Prop :=
  forall (V : finType) (C : V -> V -> R) (x : V -> R),
  nonnegative C ->
  (forall y, coupled C x y = \rsum_(i) (grad C i * y i)) ->
  newton_direction (1 / 2) C x.

Definition by_degree (V : finType) (C : V -> V -> R) (i : V) : R := grad C i / (incoming C i + outgoing C i).

(** So is what conjugate gradients find with the diagonal preconditioner, whatever the network: kappa = 1/2 again, after one step or
    more. *)
Definition S_damped_newton_diagonal : Prop :=
  forall (V : finType) (C : V -> V -> R) (x : V -> R),
  nonnegative C ->
  residual_orthogonal C x ->
  coupled C x (by_degree C) = \rsum_(i) (grad C i * by_degree C i) ->
  newton_direction (1 / 2) C x.
