(** * Networks with inputs and a read-out: definitions

    Glossary.
    - [network V I O]  the weights of a network: neurons [V], input channels [I], output channels [O]
    - [transform k h]  the same network with every neuron [i] rescaled by e^{-h_i};
                       [k i] is the degree of homogeneity of the activation of neuron [i]
    - [scaled h x]     the state x' = e^{-H} x
    - [homogeneous k phi]  phi (l x) = l^k phi x for every l > 0
    - [drive]          what a neuron receives: sum_j J_ij phi_j(x_j) + (W_in u + b)_i
    - [readout]        y = W_out phi(x)
    - [solves]         x is a trajectory of tau_i x_i' = - x_i + drive, on a set of times D
    - [solves_euler]   the same, Euler-discretised with step dt
    - [solves_discrete] the plain discrete-time network x_{t+1} = phi (J x_t + W_in u_t + b)

    The Rust code: [src/network/transform.rs], [src/network/activation.rs]. *)

From Synbal Require Import Defs.
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop path fingraph.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Local Open Scope R_scope.

(** The weights of a network. *)
Record network (V I O : finType) := Network {
  weights : V -> V -> R;   (* [weights N i j]: from neuron j to neuron i *)
  W_in : V -> I -> R;
  bias : V -> R;
  W_out : O -> V -> R;
  start : V -> R           (* the initial state *)
}.

(** Positive homogeneity of degree k. *)
Definition homogeneous (k : R) (phi : R -> R) : Prop :=
  forall l x, 0 < l -> phi (l * x) = Rpower l k * phi x.

Section Networks.
Variables V I O : finType.
Implicit Types (N : network V I O) (k h tau : V -> R) (phi : V -> R -> R).

(** The transform: J' = e^{-H} J e^{kH}, W_in' = e^{-H} W_in, b' = e^{-H} b, W_out' = W_out e^{kH},
    and the initial state e^{-H} x(0). *)
Definition transform k h N : network V I O :=
  {| weights := rescale_deg k h (weights N);
     W_in := fun i a => exp (- h i) * W_in N i a;
     bias := fun i => exp (- h i) * bias N i;
     W_out := fun o j => W_out N o j * exp (k j * h j);
     start := fun i => exp (- h i) * start N i |}.

Definition scaled h (x : V -> R) : V -> R := fun i => exp (- h i) * x i.

Definition recurrent_drive N (z : V -> R) (u : I -> R) : V -> R := fun i =>
  \rsum_(j) (weights N i j * z j) + \rsum_(a) (W_in N i a * u a) + bias N i.

Definition drive N phi (x : V -> R) (u : I -> R) : V -> R :=
  recurrent_drive N (fun j => phi j (x j)) u.

Definition readout N (z : V -> R) : O -> R := fun o => \rsum_(j) (W_out N o j * z j).

(** The output of the network in state x: y = W_out phi(x). *)
Definition output N phi (x : V -> R) : O -> R := readout N (fun j => phi j (x j)).

(** Continuous time: tau_i x_i' = - x_i + sum_j J_ij phi_j(x_j) + (W_in u + b)_i at every time of [D], from
    the initial state at time [t0]. The time constants may be anything, also zero. *)
Definition solves tau phi N (t0 : R) (D : R -> Prop) (u : R -> I -> R) (x : R -> V -> R) : Prop :=
  (forall i, x t0 i = start N i) /\
  forall t, D t -> forall i, exists v,
    is_derive (fun s => x s i) t v /\ tau i * v = - x t i + drive N phi (x t) (u t) i.

(** Euler's method with step [dt]: tau_i (x_{t+1} - x_t)_i = dt (- x_t + drive)_i. *)
Definition solves_euler tau phi N (dt : R) (u : nat -> I -> R) (x : nat -> V -> R) : Prop :=
  (forall i, x 0%N i = start N i) /\
  forall t i, x t.+1 i = x t i + dt / tau i * (- x t i + drive N phi (x t) (u t) i).

(** The plain discrete-time network; its state is what the neurons hand on, x = phi(...), and
    its read-out is W_out x. *)
Definition solves_discrete phi N (u : nat -> I -> R) (x : nat -> V -> R) : Prop :=
  (forall i, x 0%N i = start N i) /\
  forall t i, x t.+1 i = phi i (recurrent_drive N (x t) (u t) i).

(** In the plain discrete-time network the state of a neuron of degree k is scaled by e^{- k h}: so is
    its initial value. (For k = 1 this is [transform].) *)
Definition transform_discrete k h N : network V I O :=
  {| weights := rescale_deg k h (weights N);
     W_in := fun i a => exp (- h i) * W_in N i a;
     bias := fun i => exp (- h i) * bias N i;
     W_out := fun o j => W_out N o j * exp (k j * h j);
     start := fun i => exp (- (k i * h i)) * start N i |}.

End Networks.
