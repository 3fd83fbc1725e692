(** * Claim [noise_robustness]: the cost is the power of the noise that the synapses pass on

    Source: Stock et al. 2022 (the robustness cost); design, section 1.

    Glossary. The noise is a random vector on a finite probability space: outcomes [Omega], probabilities [q].
    - [expectation q X]        sum of q_omega X_omega
    - [unit_noise q xi]        E[xi_i xi_j] = 1 if i = j, else 0 (the mean plays no part)
    - [noise_power q xi s r J] E |J R (s xi)|^2: the power of the noise s xi_j that neuron j emits
                               with gain r_j and that the synapses J pass on
    - [robustness_alpha r]     the weight factor alpha_ij = r_j^2 of the cost (power p = 2) *)

From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop.
From Synbal Require Import Defs.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope R_scope.

Definition probability (Omega : finType) (q : Omega -> R) : Prop :=
  (forall o, 0 <= q o) /\ \rsum_(o) q o = 1.

Definition expectation (Omega : finType) (q X : Omega -> R) : R := \rsum_(o) (q o * X o).

Definition unit_noise (Omega V : finType) (q : Omega -> R) (xi : Omega -> V -> R) : Prop :=
  forall i j, expectation q (fun o => xi o i * xi o j) = if i == j then 1 else 0.

Definition noise_power (Omega V : finType) (q : Omega -> R) (xi : Omega -> V -> R) (s : R) (r : V -> R)
    (J : V -> V -> R) : R :=
  expectation q (fun o => \rsum_(i) (\rsum_(j) (J i j * (r j * (s * xi o j))))^2).

Definition robustness_alpha (V : finType) (r : V -> R) : V -> V -> R := fun _ j => r j ^ 2.

(** Two noises of different neurons are independent. *)
Definition pairwise_independent (Omega V : finType) (q : Omega -> R) (xi : Omega -> V -> R) : Prop :=
  forall i j, i <> j -> forall f g : R -> R,
  expectation q (fun o => f (xi o i) * g (xi o j)) =
  expectation q (fun o => f (xi o i)) * expectation q (fun o => g (xi o j)).

(** Independent noises of mean zero and variance one are unit noises: all that the other statements ask of them. *)
Definition S_noise_robustness_independent : Prop :=
  forall (Omega V : finType) (q : Omega -> R) (xi : Omega -> V -> R),
  probability q -> pairwise_independent q xi ->
  (forall i, expectation q (fun o => xi o i) = 0) -> (forall i, expectation q (fun o => xi o i ^ 2) = 1) ->
  unit_noise q xi.

(** The variance identity: E |J R xi|^2 = sigma^2 sum_ij r_j^2 J_ij^2, the cost with p = 2, alpha_ij = r_j^2. *)
Definition S_noise_robustness : Prop :=
  forall (Omega V : finType) (q : Omega -> R) (xi : Omega -> V -> R) (s : R) (r : V -> R) (J : V -> V -> R),
  unit_noise q xi ->
  noise_power q xi s r J = s ^ 2 * \rsum_(i) \rsum_(j) (r j ^ 2 * J i j ^ 2) /\
  noise_power q xi s r J = s ^ 2 * total (cost (robustness_alpha r) 2 J).

(** A balanced network passes on the least noise of all its transforms, and a transform that passes on as little
    is balanced. *)
Definition S_noise_robustness_balanced : Prop :=
  forall (Omega V : finType) (q : Omega -> R) (xi : Omega -> V -> R) (s : R) (r : V -> R) (J : V -> V -> R),
  unit_noise q xi -> s <> 0 ->
  balanced (cost (robustness_alpha r) 2 J) ->
  forall h, noise_power q xi s r J <= noise_power q xi s r (rescale h J) /\
            (noise_power q xi s r (rescale h J) = noise_power q xi s r J <->
             balanced (cost (robustness_alpha r) 2 (rescale h J))).

(** Balancing lowers the noise strictly, unless the network was balanced already. *)
Definition S_noise_robustness_lower : Prop :=
  forall (Omega V : finType) (q : Omega -> R) (xi : Omega -> V -> R) (s : R) (r : V -> R) (J : V -> V -> R) (h : V -> R),
  unit_noise q xi -> s <> 0 ->
  ~ balanced (cost (robustness_alpha r) 2 J) -> balanced (cost (robustness_alpha r) 2 (rescale h J)) ->
  noise_power q xi s r (rescale h J) < noise_power q xi s r J.
