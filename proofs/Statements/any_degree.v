(** * Networks whose neurons have any degrees of homogeneity

    Source: beyond the paper, whose non-linearities are of degree one. A neuron j of degree [k j] turns a scaling of its
    input by e^{-h_j} into one of its output by e^{-k_j h_j}; the weights that keep the task are e^{-h_i} J_ij e^{k_j h_j}
    ([task_preservation]), and their costs w_ij e^{p (k_j h_j - h_i)}. The Rust: [src/cost/degrees.rs],
    [src/balance/degrees/].

    Glossary.
    - [k j]                    the degree of neuron [j]
    - [moves i]                the log-scale of node [i] may move; the outside world is a node that does not
    - [held moves h]           the log-scales of all nodes that do not move are zero
    - [cost_of_degrees w p k h]  the costs after rescaling by [h]
    - [grad_of_degrees k C i]  incoming minus [k i] times outgoing cost, self-synapse included
    - [balanced_of_degrees moves k C]  that is zero at every node that moves
    - [lowers moves k w d]     along [d] no synapse's cost grows, and one's falls: the certificate that there is no minimum
    - [between_held moves w]   every node lies on a way along synapses from a node that does not move to one that does not
    - [gain k s]               the product of the degrees of the neurons on the cycle [s]
    - [same_component w i j]   [i] and [j] reach each other along synapses: one strong component
    - [cycle_at w i s]         [s] is a cycle of synapses within the strong component of [i], each neuron visited once
    - [none_leaves w i], [none_enters w i]  no synapse leaves, or enters, the strong component of [i]
    - [with_held moves w i]    a node that does not move lies in it
    - [cut_off w k i]          no synapse leaves or enters it, and around every cycle in it the gain is one
    - [held_by_cycles moves w k]  the criterion by cycles, which the program decides
    - [is_degree_flow moves w p k h]  h' = grad at the nodes that move, for t >= 0 *)

From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop path fingraph.
From Synbal Require Import Defs FlowDefs.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope R_scope.

Section Degrees.
Variable V : finType.

Definition held (moves : pred V) (h : V -> R) : Prop := forall i, ~~ moves i -> h i = 0.

Definition cost_of_degrees (w : V -> V -> R) (p : R) (k h : V -> R) : V -> V -> R :=
  fun i j => w i j * exp (p * (k j * h j - h i)).

Definition grad_of_degrees (k : V -> R) (C : V -> V -> R) (i : V) : R :=
  \rsum_(j) C i j - k i * \rsum_(j) C j i.

Definition balanced_of_degrees (moves : pred V) (k : V -> R) (C : V -> V -> R) : Prop :=
  forall i, moves i -> grad_of_degrees k C i = 0.

Definition lowers (moves : pred V) (k : V -> R) (w : V -> V -> R) (d : V -> R) : Prop :=
  held moves d /\ (forall i j, 0 < w i j -> k j * d j <= d i) /\ exists i j, 0 < w i j /\ k j * d j < d i.

Definition between_held (moves : pred V) (w : V -> V -> R) : Prop :=
  forall i, exists a b, ~~ moves a /\ ~~ moves b /\ reaches w a i /\ reaches w i b.

(** ** Cycles *)

Definition gain (k : V -> R) (s : seq V) : R := \rprod_(j in s) k j.

Definition same_component (w : V -> V -> R) (i j : V) : Prop := reaches w i j /\ reaches w j i.

Definition cycle_at (w : V -> V -> R) (i : V) (s : seq V) : Prop :=
  ucycle (synapse w) s /\ forall j, j \in s -> same_component w i j.

Definition none_leaves (w : V -> V -> R) (i : V) : Prop := forall j, reaches w i j -> reaches w j i.

Definition none_enters (w : V -> V -> R) (i : V) : Prop := forall j, reaches w j i -> reaches w i j.

Definition with_held (moves : pred V) (w : V -> V -> R) (i : V) : Prop := exists j, ~~ moves j /\ same_component w i j.

Definition cut_off (w : V -> V -> R) (k : V -> R) (i : V) : Prop :=
  none_leaves w i /\ none_enters w i /\ forall s, cycle_at w i s -> gain k s = 1.

(** Every strong component has a node that does not move, or is cut off with gain one around every cycle, or else: if no synapse
    leaves it, it has a cycle of gain above one, and if no synapse enters it, one of gain below one. *)
Definition held_by_cycles (moves : pred V) (w : V -> V -> R) (k : V -> R) : Prop :=
  forall i, with_held moves w i \/ cut_off w k i \/
    ((none_leaves w i -> exists s, cycle_at w i s /\ 1 < gain k s) /\
     (none_enters w i -> exists s, cycle_at w i s /\ gain k s < 1)).

(** ** The flow *)

Definition is_degree_flow (moves : pred V) (w : V -> V -> R) (p : R) (k : V -> R) (h : R -> V -> R) : Prop :=
  forall t, 0 <= t -> forall i,
    is_derive (fun s => h s i) t (if moves i then grad_of_degrees k (cost_of_degrees w p k (h t)) i else 0).

End Degrees.

(** The costs are those of the rescaled weights. *)
Definition S_any_degree_weights : Prop :=
  forall (V : finType) (alpha : V -> V -> R) (p : R) (k h : V -> R) (J : V -> V -> R) (i j : V),
  0 < p ->
  cost alpha p (rescale_deg k h J) i j = cost_of_degrees (cost alpha p J) p k h i j.

(** For degree one they are the paper's, and so are the gradient and balance. *)
Definition S_any_degree_one : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R) (h : V -> R),
  cost_of_degrees w p (fun _ => 1) h = cost_at w p h
  /\ (forall C i, grad_of_degrees (fun _ : V => 1) C i = grad C i)
  /\ (forall C, balanced_of_degrees predT (fun _ : V => 1) C <-> balanced C).

(** The cost is convex in the log-scales. *)
Definition S_any_degree_convex : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R) (k : V -> R),
  nonnegative w ->
  forall (g h : V -> R) (l : R), 0 <= l <= 1 ->
    total (cost_of_degrees w p k (fun i => (1 - l) * g i + l * h i))
    <= (1 - l) * total (cost_of_degrees w p k g) + l * total (cost_of_degrees w p k h).

(** Its derivative in any direction x is - p grad.x, so its partial derivatives are - p (incoming - k outgoing). *)
Definition S_any_degree_gradient : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R) (k h x : V -> R) (s : R),
    let line := fun r i => h i + r * x i in
    is_derive (fun r => total (cost_of_degrees w p k (line r))) s
      (- p * \rsum_(i) (grad_of_degrees k (cost_of_degrees w p k (line s)) i * x i)).

(** Balanced, incoming = k outgoing at every neuron, is the same as globally minimal. *)
Definition S_any_degree_minimum : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R) (k : V -> R) (moves : pred V) (h : V -> R),
  nonnegative w -> 0 < p -> held moves h ->
  (balanced_of_degrees moves k (cost_of_degrees w p k h) <->
   forall g, held moves g -> total (cost_of_degrees w p k h) <= total (cost_of_degrees w p k g)).

(** Balanced log-scales are unique up to what changes no synapse: so every balanced cost is unique. *)
Definition S_any_degree_unique : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R) (k : V -> R) (moves : pred V) (g h : V -> R),
  nonnegative w -> 0 < p -> held moves g -> held moves h ->
  balanced_of_degrees moves k (cost_of_degrees w p k g) ->
  balanced_of_degrees moves k (cost_of_degrees w p k h) ->
  forall i j, 0 < w i j ->
    k j * g j - g i = k j * h j - h i /\ cost_of_degrees w p k g i j = cost_of_degrees w p k h i j.

(** The certificate of infeasibility: where a direction lowers the cost without end, nothing is balanced, and from
    everywhere the cost falls along it. *)
Definition S_any_degree_lowers : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R) (k : V -> R) (moves : pred V) (d : V -> R),
  nonnegative w -> 0 < p -> lowers moves k w d ->
  forall h, held moves h ->
    ~ balanced_of_degrees moves k (cost_of_degrees w p k h)
    /\ total (cost_of_degrees w p k (fun i => h i + d i)) < total (cost_of_degrees w p k h).

(** Where every neuron lies on a way from nodes that are held to nodes that are held (from the world to the world), log-scales
    of bounded cost are bounded: the cost grows beyond all bounds in every direction, whatever the degrees. *)
Definition S_any_degree_coercive : Prop :=
  forall (V : finType) (w : V -> V -> R) (p c : R) (k : V -> R) (moves : pred V),
  nonnegative w -> 0 < p -> (forall i, 0 < k i) ->
  between_held moves w ->
  exists B, forall h, held moves h -> total (cost_of_degrees w p k h) <= c -> forall i, Rabs (h i) <= B.

(** So such a network has a balanced point, whatever its degrees; it is the only one up to what changes no synapse
    ([S_any_degree_unique]). *)
Definition S_any_degree_exists : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R) (k : V -> R) (moves : pred V),
  nonnegative w -> 0 < p -> (forall i, 0 < k i) ->
  between_held moves w ->
  exists h, held moves h /\ balanced_of_degrees moves k (cost_of_degrees w p k h).

(** ** When there is a balanced point *)

(** Stiemke's alternative: there is a balanced point, or there is a direction that lowers the cost without end, never both. *)
Definition S_any_degree_stiemke : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R) (k : V -> R) (moves : pred V),
  nonnegative w -> 0 < p -> (forall i, 0 < k i) ->
  ((exists h, held moves h /\ balanced_of_degrees moves k (cost_of_degrees w p k h)) <->
   ~ exists d, lowers moves k w d).

(** The same from the other side: there is a balanced point if and only if some costs F, positive exactly at the synapses that
    cost something, have incoming = k outgoing at every neuron. *)
Definition S_any_degree_circulation : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R) (k : V -> R) (moves : pred V),
  nonnegative w -> 0 < p -> (forall i, 0 < k i) ->
  ((exists h, held moves h /\ balanced_of_degrees moves k (cost_of_degrees w p k h)) <->
   exists F, nonnegative F /\ (forall i j, 0 < F i j <-> 0 < w i j) /\ balanced_of_degrees moves k F).

(** The criterion by cycles decides it. *)
Definition S_any_degree_cycles : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R) (k : V -> R) (moves : pred V),
  nonnegative w -> 0 < p -> (forall i, 0 < k i) ->
  ((exists h, held moves h /\ balanced_of_degrees moves k (cost_of_degrees w p k h)) <->
   held_by_cycles moves w k).

(** The log-scales themselves are unique but in the components that are cut off. *)
Definition S_any_degree_scales : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R) (k : V -> R) (moves : pred V) (g h : V -> R),
  nonnegative w -> 0 < p -> (forall i, 0 < k i) -> held moves g -> held moves h ->
  balanced_of_degrees moves k (cost_of_degrees w p k g) ->
  balanced_of_degrees moves k (cost_of_degrees w p k h) ->
  forall i, with_held moves w i \/ ~ cut_off w k i -> g i = h i.

(** ** The flow *)

(** Along the flow h' = grad, the cost falls at the rate p |grad|^2. *)
Definition S_any_degree_monotone : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R) (k : V -> R) (moves : pred V) (h : R -> V -> R) (t : R),
  (forall i, is_derive (fun s => h s i) t
     (if moves i then grad_of_degrees k (cost_of_degrees w p k (h t)) i else 0)) ->
  is_derive (fun s => total (cost_of_degrees w p k (h s))) t
    (- p * \rsum_(i | moves i) (grad_of_degrees k (cost_of_degrees w p k (h t)) i)^2).

(** From every start the flow exists for all time. *)
Definition S_any_degree_flow_exists : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R) (k : V -> R) (moves : pred V) (x0 : V -> R),
  nonnegative w -> 0 < p -> (forall i, 0 < k i) ->
  exists h, (forall i, h 0 i = x0 i) /\ is_degree_flow moves w p k h.

(** Two solutions never move apart; so two of the same start are the same. *)
Definition S_any_degree_flow_contracts : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R) (k : V -> R) (moves : pred V) (g h : R -> V -> R),
  nonnegative w -> 0 < p -> held moves (g 0) -> held moves (h 0) ->
  is_degree_flow moves w p k g -> is_degree_flow moves w p k h ->
  forall s t, 0 <= s <= t -> norm2 (fun i => g t i - h t i) <= norm2 (fun i => g s i - h s i).

(** The cost comes within p |h(0) - x|^2 / (2t) of that of any other point x: it tends to its infimum, attained or not. *)
Definition S_any_degree_flow_cost : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R) (k : V -> R) (moves : pred V) (h : R -> V -> R) (x : V -> R),
  nonnegative w -> 0 < p -> held moves (h 0) -> held moves x -> is_degree_flow moves w p k h ->
  forall t, 0 < t ->
    total (cost_of_degrees w p k (h t)) - total (cost_of_degrees w p k x) <= p * norm2_sq (fun i => h 0 i - x i) / (2 * t).

(** Where there is a balanced point, the flow converges to one, from every start. *)
Definition S_any_degree_flow_converges : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R) (k : V -> R) (moves : pred V) (h : R -> V -> R),
  nonnegative w -> 0 < p -> held moves (h 0) -> is_degree_flow moves w p k h ->
  (exists x, held moves x /\ balanced_of_degrees moves k (cost_of_degrees w p k x)) ->
  exists x, held moves x /\ balanced_of_degrees moves k (cost_of_degrees w p k x)
    /\ forall i, is_lim (fun t => h t i) p_infty (x i).

(** From the start on, it does so at least at the rate p lambda e^{- p K d}, where d is the initial distance, K >= 1 + k_j for all degrees,
    and lambda |y|^2 <= y^T H y at the balanced point for all y that are zero at the nodes that do not move (so nothing is free). *)
Definition S_any_degree_flow_rate : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R) (k : V -> R) (moves : pred V) (h : R -> V -> R) (x : V -> R) (K lambda : R),
  nonnegative w -> 0 < p -> (forall i, 0 < k i) -> (forall i, 1 + k i <= K) ->
  held moves (h 0) -> is_degree_flow moves w p k h ->
  held moves x -> balanced_of_degrees moves k (cost_of_degrees w p k x) ->
  (forall y, held moves y ->
     lambda * norm2_sq y <= \rsum_(i) \rsum_(j) (cost_of_degrees w p k x i j * (k j * y j - y i)^2)) ->
  let d := norm2 (fun i => h 0 i - x i) in
  forall t, 0 <= t -> norm2 (fun i => h t i - x i) <= d * exp (- (p * lambda * exp (- (p * K * d))) * t).

(** ** Newton's step *)

(** The damped Newton step: with x what the solver has found of H x = grad, x^T H x = x^T grad, and s at least |k_j x_j - x_i|
    over all synapses, the part ln(1 + s)/s of the step x / p lowers the cost from everywhere. *)
Definition S_any_degree_newton : Prop :=
  forall (V : finType) (w : V -> V -> R) (p s : R) (k h x : V -> R),
  nonnegative w -> 0 < p -> 0 < s ->
  let C := cost_of_degrees w p k h in
  let curvature := \rsum_(i) \rsum_(j) (C i j * (k j * x j - x i)^2) in
  (forall i j, 0 < C i j -> Rabs (k j * x j - x i) <= s) ->
  curvature = \rsum_(i) (grad_of_degrees k C i * x i) ->
  total (cost_of_degrees w p k (fun i => h i + ln (1 + s) / s * (x i / p)))
  <= total C - ((1 + s) * ln (1 + s) - s) / s ^ 2 * curvature.
