(** * Claim [task_preservation]: the transform does not change what the network computes

    Source: Stock, Harvey, Ocko, Ganguli, Synaptic balancing, PLoS Comput Biol 18(9):e1010418 (2022),
    "the task-preserving transformations"; design, section 1, table of claims.

    Glossary: see [Networks.v]. Every statement is for an arbitrary finite set of neurons, inputs
    and outputs, an activation and a degree k_i of its own for each neuron, and every h. *)

From Synbal Require Import Defs Networks.
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope R_scope.

(** Continuous time. x solves the network if and only if e^{-H} x solves the transformed network, under
    the same input; and the two have the same output. *)
Definition S_task_preservation : Prop :=
  forall (V I O : finType) (N : network V I O) (k h tau : V -> R) (phi : V -> R -> R),
  (forall i, homogeneous (k i) (phi i)) ->
  forall (t0 : R) (D : R -> Prop) (u : R -> I -> R) (x : R -> V -> R),
  (solves tau phi N t0 D u x <-> solves tau phi (transform k h N) t0 D u (fun t => scaled h (x t))) /\
  (forall t o, output (transform k h N) phi (scaled h (x t)) o = output N phi (x t) o).

(** The same without naming the states: a signal y is an output of the network under the input u
    if and only if it is an output of the transformed network under the same input. *)
Definition S_task_preservation_input_output : Prop :=
  forall (V I O : finType) (N : network V I O) (k h tau : V -> R) (phi : V -> R -> R),
  (forall i, homogeneous (k i) (phi i)) ->
  forall (t0 : R) (D : R -> Prop) (u : R -> I -> R) (y : R -> O -> R),
  (exists x, solves tau phi N t0 D u x /\ forall t o, y t o = output N phi (x t) o) <->
  (exists x, solves tau phi (transform k h N) t0 D u x /\
             forall t o, y t o = output (transform k h N) phi (x t) o).

(** Euler-discretised time. *)
Definition S_task_preservation_euler : Prop :=
  forall (V I O : finType) (N : network V I O) (k h tau : V -> R) (phi : V -> R -> R),
  (forall i, homogeneous (k i) (phi i)) ->
  forall (dt : R) (u : nat -> I -> R) (x x' : nat -> V -> R),
  solves_euler tau phi N dt u x -> solves_euler tau phi (transform k h N) dt u x' ->
  forall t, (forall i, x' t i = scaled h (x t) i) /\
            (forall o, output (transform k h N) phi (x' t) o = output N phi (x t) o).

(** Plain discrete time, x_{t+1} = phi (J x_t + W_in u_t + b), read-out W_out x. A neuron of degree k
    hands on e^{-k h} times its old activity; for k = 1 this is e^{-H} x once more. *)
Definition S_task_preservation_discrete : Prop :=
  forall (V I O : finType) (N : network V I O) (k h : V -> R) (phi : V -> R -> R),
  (forall i, homogeneous (k i) (phi i)) ->
  forall (u : nat -> I -> R) (x x' : nat -> V -> R),
  solves_discrete phi N u x -> solves_discrete phi (transform_discrete k h N) u x' ->
  forall t, (forall i, x' t i = scaled (fun j => k j * h j) (x t) i) /\
            (forall o, readout (transform_discrete k h N) (x' t) o = readout N (x t) o).

(** Plain discrete time, degree one, with the read-out W_out phi(x) and the transform J' = e^{-H} J e^{H}. *)
Definition S_task_preservation_discrete_degree_one : Prop :=
  forall (V I O : finType) (N : network V I O) (h : V -> R) (phi : V -> R -> R),
  (forall i, homogeneous 1 (phi i)) ->
  forall (u : nat -> I -> R) (x x' : nat -> V -> R),
  solves_discrete phi N u x -> solves_discrete phi (transform (fun=> 1) h N) u x' ->
  forall t, (forall i, x' t i = scaled h (x t) i) /\
            (forall o, output (transform (fun=> 1) h N) phi (x' t) o = output N phi (x t) o).

(** Caution: for a degree k <> 1 the plain discrete-time network with the state x' = e^{-H} x and the read-out
    W_out phi(x) is NOT preserved: here is a network of one neuron with phi(x) = max(x,0)^2 (degree 2). This
    is why [transform_discrete] and the read-out W_out x are used above. *)
Definition rectified_square (x : R) : R := Rmax x 0 * Rmax x 0.

(** A network of one neuron, of degree 2, whose output changes if its state is scaled by e^{-h}. *)
Definition S_task_preservation_discrete_caution : Prop :=
  homogeneous 2 rectified_square /\
  exists (N : network unit_finType unit_finType unit_finType) (h : unit -> R) (x x' : nat -> unit -> R),
  let u := fun _ _ => 0 in
  let phi := fun _ : unit => rectified_square in
  solves_discrete phi N u x /\ solves_discrete phi (transform (fun=> 2) h N) u x' /\
  output (transform (fun=> 2) h N) phi (x' 1%N) tt <> output N phi (x 1%N) tt.

(** The converse: homogeneity of degree k is exactly what makes the task invariant. If an activation keeps the
    output of every one-neuron network under every transform (zero initial state, discrete time, one
    input), then it is homogeneous of degree k. *)
Definition S_task_preservation_converse : Prop :=
  forall (k : R) (phi : R -> R),
  (forall (N : network unit_finType unit_finType unit_finType) (h : unit -> R) (u : nat -> unit -> R)
          (x x' : nat -> unit -> R),
     (forall i, start N i = 0) ->
     solves_discrete (fun=> phi) N u x -> solves_discrete (fun=> phi) (transform_discrete (fun=> k) h N) u x' ->
     forall t, readout (transform_discrete (fun=> k) h N) (x' t) tt = readout N (x t) tt) <->
  homogeneous k phi.

(** The negative control: tanh. It is homogeneous of no degree, and for every degree k that one may
    pretend it has there is a network of one neuron at rest (in continuous time, under constant input)
    and a transform such that the transformed network is at rest too, with another output. *)
Definition S_task_preservation_tanh : Prop :=
  forall k : R, ~ homogeneous k tanh /\
  exists (N : network unit_finType unit_finType unit_finType) (h : unit -> R) (x x' : R -> unit -> R),
  let u := fun _ _ => 1 in
  let phi := fun _ : unit => tanh in
  solves (fun=> 1) phi N 0 (fun=> True) u x /\
  solves (fun=> 1) phi (transform (fun=> k) h N) 0 (fun=> True) u x' /\
  forall t, output (transform (fun=> k) h N) phi (x' t) tt <> output N phi (x t) tt.
