(** * Claim [osborne_descent]: balancing one neuron after the other

    Source: Osborne 1960; Stock et al. 2022 for the link to the flow; design, section 1. Convergence of the cyclic
    iteration is proved for every order in which each neuron comes up at least once in any N consecutive steps.

    Glossary: [osborne_step w p h i] are the log-scales after neuron i has been balanced, h_i + ln (r_i / c_i) / (2p);
    a neuron without incoming or without outgoing cost is left alone; [osborne w p pick h0 n] is the result of n steps,
    where step k balances neuron [pick k]; [visits_all pick N]: every neuron comes up in any N consecutive steps; [bump i s] is s at neuron i and zero elsewhere; see [FlowDefs.v]. *)

From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq div fintype bigop path fingraph.
From Synbal Require Import Defs FlowDefs.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope R_scope.

(** The exact decrease: (sqrt r_i - sqrt c_i)^2. *)
Definition S_osborne_descent : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R) (h : V -> R) (i : V),
  0 < p ->
  let C := cost_at w p h in
  0 < incoming C i -> 0 < outgoing C i ->
  total (cost_at w p (osborne_step w p h i))
  = total C - (sqrt (incoming C i) - sqrt (outgoing C i))^2.

(** The step balances its neuron. *)
Definition S_osborne_descent_balances : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R) (h : V -> R) (i : V),
  0 < p ->
  let C := cost_at w p h in
  0 < incoming C i -> 0 < outgoing C i ->
  grad (cost_at w p (osborne_step w p h i)) i = 0.

(** No other move of that neuron lowers the cost further. *)
Definition S_osborne_descent_optimal : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R) (h : V -> R) (i : V) (s : R),
  0 < p ->
  let C := cost_at w p h in
  0 < incoming C i -> 0 < outgoing C i ->
  total (cost_at w p (osborne_step w p h i)) <= total (cost_at w p (fun j => h j + bump i s j)).

(** In a balanceable network the costs converge to the balanced costs, the same as those of the flow. *)
Definition S_osborne_descent_convergence : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R) (pick : nat -> V) (N : nat) (h0 x : V -> R),
  nonnegative w -> 0 < p ->
  visits_all pick N ->
  balanced (cost_at w p x) ->
  forall i j, is_lim_seq (fun n => cost_at w p (osborne w p pick h0 n) i j) (cost_at w p x i j).

(** So do the weights, within each weak component. *)
Definition S_osborne_descent_weights : Prop :=
  forall (V : finType) (alpha : V -> V -> R) (p : R) (J : V -> V -> R) (pick : nat -> V) (N : nat) (h0 x : V -> R),
  nonnegative alpha -> 0 < p ->
  visits_all pick N ->
  balanced (cost alpha p (rescale x J)) ->
  forall i j, linked (cost alpha p J) i j ->
    is_lim_seq (fun n => rescale (osborne (cost alpha p J) p pick h0 n) J i j) (rescale x J i j).

(** Cyclic order: neurons 0, 1, ..., n, 0, 1, ... in turn. *)
Definition S_osborne_descent_cyclic : Prop :=
  forall (n : nat) (w : 'I_n.+1 -> 'I_n.+1 -> R) (p : R) (h0 x : 'I_n.+1 -> R),
  nonnegative w -> 0 < p -> balanced (cost_at w p x) ->
  forall i j, is_lim_seq (fun k => cost_at w p (osborne w p (fun k => inord (k %% n.+1)%N) h0 k) i j)
                         (cost_at w p x i j).

(** The cost tends to the infimum C*. *)
Definition S_osborne_descent_cost : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R) (pick : nat -> V) (N : nat) (h0 : V -> R) (L : R),
  nonnegative w -> 0 < p ->
  visits_all pick N ->
  on_cycles w -> optimal_cost w p L ->
  is_lim_seq (fun n => total (cost_at w p (osborne w p pick h0 n))) L.

(** The flow and the iteration have the same limit, the balanced matrix K. *)
Definition S_osborne_descent_same_limit : Prop :=
  forall (V : finType) (alpha : V -> V -> R) (p : R) (J : R -> V -> V -> R) (pick : nat -> V) (N : nat),
  nonnegative alpha -> 0 < p ->
  visits_all pick N ->
  is_weight_flow alpha p J -> on_cycles (cost alpha p (J 0)) ->
  let w := cost alpha p (J 0) in
  exists K : V -> V -> R, balanced (cost alpha p K) /\
    (forall i j, is_lim (fun t => J t i j) p_infty (K i j)) /\
    (forall i j, linked w i j ->
       is_lim_seq (fun n => rescale (osborne w p pick (fun _ => 0) n) (J 0) i j) (K i j)).

(** Greedy order: at every step the neuron whose turn lowers the cost most, by (sqrt r_i - sqrt c_i)^2. It need not come to every
    neuron within any number of steps; the costs converge to the same limit all the same. *)
Definition S_osborne_descent_greedy : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R) (pick : nat -> V) (h0 x : V -> R),
  nonnegative w -> 0 < p ->
  (forall n i, let C := cost_at w p (osborne w p pick h0 n) in
     (sqrt (incoming C i) - sqrt (outgoing C i)) ^ 2
     <= (sqrt (incoming C (pick n)) - sqrt (outgoing C (pick n))) ^ 2) ->
  balanced (cost_at w p x) ->
  forall i j, is_lim_seq (fun n => cost_at w p (osborne w p pick h0 n) i j) (cost_at w p x i j).
