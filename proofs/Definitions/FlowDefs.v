(** * Further objects: the words used in the statements about flow, balance and Osborne's iteration

    Glossary.
    - [bump i s]            the log-scale [s] at neuron [i], zero elsewhere
    - [dirichlet C x]       sum_ij C_ij (x_i - x_j)^2 = x^T L x, L the graph Laplacian of C + C^T
                            without its diagonal
    - [component_sum w x i] the sum of [x] over the weak component of [i]
    - [sums_zero w x]       these sums are zero, for every component
    - [same_sums w x y]     [x] and [y] have the same sums
    - [gap_at_least w C l]  every positive eigenvalue of L is at least [l], if C has the weak components of [w]
    - [costs_at_least m w]  no synapse that costs something costs less than [m]
    - [every_synapse_costs alpha J]  every synapse between two neurons costs something
    - [same_but_at a b w w'] w' differs from w at the synapse b -> a at most
    - [optimal_cost w p L]  [L] is C*, the infimum of the total cost over all log-scales
    - [cyclic_part w]       the costs of the synapses that lie on cycles, zero for the others
    - [osborne_move p r c]  the log-step that balances a neuron with incoming cost [r] and outgoing cost [c]
    - [osborne_step w p h i] the log-scales after neuron [i] has been balanced exactly
    - [osborne w p pick h0] the iteration: at step [n] neuron [pick n] is balanced
    - [visits_all pick N]   every neuron is picked at least once in any [N] consecutive steps
    - [curve_with_defect w p x v D a b]  a curve on [a, b] whose velocity misses the flow's by at most D
    - [smallest_cost m c], [explicit_rate p m c]  constants of the rate of convergence *)

From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop path fingraph.
From Synbal Require Import Defs.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Local Open Scope R_scope.

Section FlowDefs.
Variable V : finType.
Implicit Types (C w : V -> V -> R) (h x : V -> R).

(** A log-scale that differs from zero at neuron [i] only. *)
Definition bump (i : V) (s : R) : V -> R := fun j => if j == i then s else 0.

(** The quadratic form of the Laplacian of C + C^T. *)
Definition dirichlet C x : R := \rsum_(i) \rsum_(j) (C i j * (x i - x j)^2).

(** The sum over a weak component. *)
Definition component_sum w x (i : V) : R := \rsum_(j | linked w i j) x j.

(** It is zero, for every weak component. *)
Definition sums_zero w x : Prop := forall i, component_sum w x i = 0.

(** It is the same for x and y, in every weak component. *)
Definition same_sums w x y : Prop := forall i, component_sum w x i = component_sum w y i.

(** The spectral gap: lambda |x|^2 <= x^T L x for every x that adds up to zero on every weak component of w. *)
Definition gap_at_least w C (lambda : R) : Prop := forall x, sums_zero w x -> lambda * norm2_sq x <= dirichlet C x.

(** Every synapse that costs something costs at least m. *)
Definition costs_at_least (m : R) w : Prop := forall i j, 0 < w i j -> m <= w i j.

(** Every synapse between two neurons costs something: the factor of its cost is not zero. *)
Definition every_synapse_costs (alpha J : V -> V -> R) : Prop := forall i j, i <> j -> J i j <> 0 -> 0 < alpha i j.

(** The costs (or weights) w' are w, except perhaps at the synapse b -> a. *)
Definition same_but_at (a b : V) w (w' : V -> V -> R) : Prop := forall i j, (i, j) <> (a, b) -> w' i j = w i j.

(** C*, the infimum of the cost over all log-scales. It is attained if and only if the network is
    balanceable. *)
Definition optimal_cost w (p L : R) : Prop :=
  (forall h, L <= total (cost_at w p h)) /\
  (forall e, 0 < e -> exists h, total (cost_at w p h) < L + e).

(** The part of the network that lies on cycles: the synapse j -> i is kept if i reaches j. *)
Definition cyclic_part w : V -> V -> R := fun i j => if reaches w i j then w i j else 0.

(** Balancing a neuron: r e^{-ps} = c e^{ps} at s = ln (r/c) / (2p). A neuron without incoming or
    without outgoing cost cannot be balanced and is left alone. *)
Definition osborne_move (p r c : R) : R :=
  if Rlt_dec 0 r then if Rlt_dec 0 c then ln (r / c) / (2 * p) else 0 else 0.

Definition osborne_step w (p : R) h (i : V) : V -> R :=
  fun j => h j + bump i (osborne_move p (incoming (cost_at w p h) i) (outgoing (cost_at w p h) i)) j.

Fixpoint osborne w (p : R) (pick : nat -> V) (h0 : V -> R) (n : nat) : V -> R :=
  match n with
  | 0%nat => h0
  | S m => osborne_step w p (osborne w p pick h0 m) (pick m)
  end.

(** Every neuron is picked at least once in any N consecutive steps. *)
Definition visits_all (pick : nat -> V) (N : nat) : Prop := forall n i, exists k, (n <= k < n + N)%N /\ pick k = i.

(** A curve x on [a, b], for example the interpolant of a numerical solver, whose velocity v misses the field of the flow by at
    most D(t), where D is continuous. *)
Definition curve_with_defect w (p : R) (x v : R -> V -> R) (D : R -> R) (a b : R) : Prop :=
  (forall t, a <= t <= b -> forall i, is_derive (fun s => x s i) t (v t i)) /\
  (forall t, a <= t <= b -> norm2 (fun i => v t i - grad (cost_at w p (x t)) i) <= D t) /\
  (forall t, a <= t <= b -> continuous D t).

(** The smallest cost that a synapse can have in a balanceable network of [n] neurons, when no
    synapse costs more than [c] and none had an original cost below [m] (a synapse lies on a cycle,
    and the product of the costs along a cycle does not change). *)
Definition smallest_cost (m c : R) : R := m * (m / c) ^ #|V|.

(** An explicit rate of convergence: p times the smallest cost, over n^3. *)
Definition explicit_rate (p m c : R) : R := p * smallest_cost m c / (INR #|V|)^3.

End FlowDefs.
