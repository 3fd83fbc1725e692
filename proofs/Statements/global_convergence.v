(** * Claim [global_convergence]: the flow exists for all time, is unique, and converges

    Source: Stock et al. 2022, convergence of the balancing dynamics; design, section 1. The rates and the behaviour of
    networks that cannot be balanced go beyond the paper.

    Glossary: [is_flow w p h] is h' = g(h) for t >= 0; [cost_at w p h] are the costs at h; [on_cycles w] says that the
    network is balanceable; [same_sums w x y]: x and y have the same sum over every weak component, [sums_zero w x]: x has the
    sum zero there; [gap_at_least w C lambda]: lambda |y|^2 <= y^T L y for the y of sums zero, L the Laplacian of C + C^T;
    [dirichlet C x] = sum_ij C_ij (x_i - x_j)^2 = x^T L x; [optimal_cost w p L] says that L is the infimum C*;
    [cyclic_part w] are the costs of the synapses on cycles, zero elsewhere;
    [explicit_rate V p m c] = p m (m/c)^n / n^3 for n neurons; see [Defs.v] and [FlowDefs.v]. *)

From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop path fingraph.
From Synbal Require Import Defs FlowDefs.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope R_scope.

(** ** Existence and uniqueness, from every start *)

Definition S_global_convergence_exists : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R) (x0 : V -> R),
  nonnegative w -> 0 < p ->
  exists h, (forall i, h 0 i = x0 i) /\ is_flow w p h.

(** Two solutions that agree at one time agree at all times, before and after. *)
Definition S_global_convergence_unique : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R) (h k : R -> V -> R),
  nonnegative w -> 0 < p -> is_flow w p h -> is_flow w p k ->
  forall s t, 0 <= s -> 0 <= t -> (forall i, h s i = k s i) -> forall i, h t i = k t i.

(** The flow of the weights exists for all time from every start. *)
Definition S_global_convergence_weights_exists : Prop :=
  forall (V : finType) (alpha : V -> V -> R) (p : R) (J0 : V -> V -> R),
  nonnegative alpha -> 0 < p ->
  exists J, (forall i j, J 0 i j = J0 i j) /\ is_weight_flow alpha p J.

(** Two flows of the weights with the same start are the same. *)
Definition S_global_convergence_weights_unique : Prop :=
  forall (V : finType) (alpha : V -> V -> R) (p : R) (J K : R -> V -> V -> R),
  nonnegative alpha -> 0 < p -> is_weight_flow alpha p J -> is_weight_flow alpha p K ->
  (forall i j, J 0 i j = K 0 i j) -> forall t, 0 <= t -> forall i j, J t i j = K t i j.

(** ** Balanceable networks *)

(** The sum of h over each weak component is conserved, and h tends exponentially to the one balanced point that has
    these sums. Here m is any positive bound below the positive costs w_ij, and c any bound above the initial cost. *)
Definition S_global_convergence : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R) (h : R -> V -> R),
  nonnegative w -> 0 < p -> on_cycles w -> is_flow w p h ->
  (forall t, 0 <= t -> same_sums w (h t) (h 0)) /\
  exists x, balanced (cost_at w p x)
    /\ same_sums w x (h 0)
    /\ (forall i, is_lim (fun t => h t i) p_infty (x i))
    /\ forall m c, 0 < m -> costs_at_least m w ->
         0 < c -> total (cost_at w p (h 0)) <= c ->
         forall t, 0 <= t ->
           norm2 (fun i => h t i - x i)
           <= norm2 (fun i => h 0 i - x i) * exp (- explicit_rate V p m c * t).

(** The rate is positive (in a network that has a neuron), and such an m exists. So does the number lambda > 0 of the
    statements below: y^T L y is positive definite on the y that add up to zero on every weak component. *)
Definition S_global_convergence_rate : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R),
  0 < p -> V ->
  (forall m c, 0 < m -> 0 < c -> 0 < explicit_rate V p m c) /\
  (exists m, 0 < m /\ costs_at_least m w) /\
  (nonnegative w -> forall x, exists lambda, 0 < lambda /\ gap_at_least w (cost_at w p x) lambda).

(** The asymptotic rate is p lambda_2: let lambda be at most the smallest positive eigenvalue of L at the balanced
    point, that is lambda |y|^2 <= y^T L y for all y that add up to zero on every weak component. Then the rate
    p lambda is reached (and with it every smaller one). *)
Definition S_global_convergence_asymptotic : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R) (h : R -> V -> R) (x : V -> R) (lambda nu : R),
  nonnegative w -> 0 < p -> is_flow w p h -> balanced (cost_at w p x) ->
  same_sums w x (h 0) ->
  0 < lambda ->
  gap_at_least w (cost_at w p x) lambda ->
  nu <= p * lambda ->
  exists K, forall t, 0 <= t -> norm2 (fun i => h t i - x i) <= K * exp (- nu * t).

(** Nor is convergence faster than p Lambda, with Lambda at least the largest eigenvalue of L, from any start but the
    balanced point itself. For two neurons, or equal costs between all pairs, the positive eigenvalues coincide:
    the distance then lies between two multiples of e^{- p lambda_2 t}. *)
Definition S_global_convergence_asymptotic_lower : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R) (h : R -> V -> R) (x : V -> R) (Lambda nu : R),
  nonnegative w -> 0 < p -> is_flow w p h -> balanced (cost_at w p x) ->
  same_sums w x (h 0) -> (exists i, h 0 i <> x i) ->
  0 < Lambda ->
  (forall y, sums_zero w y -> dirichlet (cost_at w p x) y <= Lambda * norm2_sq y) ->
  p * Lambda <= nu ->
  exists K, 0 < K /\ forall t, 0 <= t -> K * exp (- nu * t) <= norm2 (fun i => h t i - x i).

(** In every network, some flow is no faster: where lambda is the smallest positive eigenvalue, and v belongs to it, the flow from a
    point on the ray from balance along v (near enough) stays above a multiple of e^{- p lambda t}. So p lambda_2 is the rate, and no
    larger one holds for all starts. *)
Definition S_global_convergence_attained : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R) (x v : V -> R) (lambda : R),
  nonnegative w -> 0 < p -> balanced (cost_at w p x) -> 0 < lambda ->
  gap_at_least w (cost_at w p x) lambda ->
  sums_zero w v -> (exists i, v i <> 0) ->
  dirichlet (cost_at w p x) v = lambda * norm2_sq v ->
  exists (h : R -> V -> R) (e K : R),
    is_flow w p h /\ 0 < e /\ (forall i, h 0 i = x i + e * v i) /\
    0 < K /\ forall t, 0 <= t -> K * exp (- (p * lambda) * t) <= norm2 (fun i => h t i - x i).

(** From the start on, the rate is at least p lambda e^{- 2 p d}, where d is the initial distance to balance. *)
Definition S_global_convergence_lambda : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R) (h : R -> V -> R) (x : V -> R) (lambda : R),
  nonnegative w -> 0 < p -> is_flow w p h -> balanced (cost_at w p x) ->
  same_sums w x (h 0) ->
  gap_at_least w (cost_at w p x) lambda ->
  let d := norm2 (fun i => h 0 i - x i) in
  forall t, 0 <= t ->
    norm2 (fun i => h t i - x i) <= d * exp (- (p * lambda * exp (- (2 * p * d))) * t).

(** The weights J(t) = e^{-H(t)} J(0) e^{H(t)} tend exponentially to the balanced matrix e^{-X} J(0) e^{X}. *)
Definition S_global_convergence_weights : Prop :=
  forall (V : finType) (alpha : V -> V -> R) (p : R) (J : R -> V -> V -> R),
  nonnegative alpha -> 0 < p -> is_weight_flow alpha p J -> on_cycles (cost alpha p (J 0)) ->
  exists x, balanced (cost alpha p (rescale x (J 0)))
    /\ sums_zero (cost alpha p (J 0)) x
    /\ (forall i j, is_lim (fun t => J t i j) p_infty (rescale x (J 0) i j))
    /\ forall m c, 0 < m -> costs_at_least m (cost alpha p (J 0)) ->
         0 < c -> total (cost alpha p (J 0)) <= c ->
         forall t, 0 <= t -> forall i j,
           Rabs (J t i j - rescale x (J 0) i j)
           <= Rabs (rescale x (J 0) i j) * (2 * norm2 x * exp (2 * norm2 x))
              * exp (- explicit_rate V p m c * t).

(** ** Every network, balanceable or not *)

(** The cost comes as close to the cost of any other point k as p |h(0) - k|^2 / (2t). *)
Definition S_global_convergence_cost_bound : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R) (h : R -> V -> R) (k : V -> R),
  nonnegative w -> 0 < p -> is_flow w p h ->
  forall t, 0 < t ->
    total (cost_at w p (h t)) - total (cost_at w p k) <= p * norm2_sq (fun i => h 0 i - k i) / (2 * t).

(** Hence the cost tends to the infimum C* over all log-scales, which exists. *)
Definition S_global_convergence_infimum : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R),
  nonnegative w -> 0 < p ->
  exists L, optimal_cost w p L /\
    forall h, is_flow w p h -> is_lim (fun t => total (cost_at w p (h t))) p_infty L.

(** The cost of every synapse j -> i on no cycle (i does not reach j) tends to zero. *)
Definition S_global_convergence_off_cycle : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R) (h : R -> V -> R),
  nonnegative w -> 0 < p -> is_flow w p h ->
  forall i j, ~ reaches w i j -> is_lim (fun t => cost_at w p (h t) i j) p_infty 0.

(** There the log-scales themselves drift apart without bound: h_i - h_j tends to infinity. *)
Definition S_global_convergence_drift : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R) (h : R -> V -> R),
  nonnegative w -> 0 < p -> is_flow w p h ->
  forall i j, 0 < w i j -> ~ reaches w i j -> is_lim (fun t => h t i - h t j) p_infty p_infty.

(** Infimum and vanishing costs, for the weights. *)
Definition S_global_convergence_weights_infimum : Prop :=
  forall (V : finType) (alpha : V -> V -> R) (p : R) (J : R -> V -> V -> R),
  nonnegative alpha -> 0 < p -> is_weight_flow alpha p J ->
  exists L, optimal_cost (cost alpha p (J 0)) p L
    /\ is_lim (fun t => total (cost alpha p (J t))) p_infty L
    /\ forall i j, ~ reaches (cost alpha p (J 0)) i j -> is_lim (fun t => cost alpha p (J t) i j) p_infty 0.

(** In full: the costs tend to the balanced costs of the cyclic part of the network (the synapses j -> i such that i
    reaches j), which can be balanced, and whose balanced cost is the infimum C* of the whole. *)
Definition S_global_convergence_cyclic : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R),
  nonnegative w -> 0 < p ->
  exists x, balanced (cost_at (cyclic_part w) p x)
    /\ optimal_cost w p (total (cost_at (cyclic_part w) p x))
    /\ forall h, is_flow w p h ->
         forall i j, is_lim (fun t => cost_at w p (h t) i j) p_infty (cost_at (cyclic_part w) p x i j).

(** Hence every weight that has a cost converges: to its balanced value on cycles, to zero elsewhere. *)
Definition S_global_convergence_weights_cyclic : Prop :=
  forall (V : finType) (alpha : V -> V -> R) (p : R) (J : R -> V -> V -> R),
  nonnegative alpha -> 0 < p -> is_weight_flow alpha p J ->
  let w := cost alpha p (J 0) in
  exists x, balanced (cost_at (cyclic_part w) p x)
    /\ forall i j, 0 < w i j ->
         is_lim (fun t => J t i j) p_infty (if reaches w i j then rescale x (J 0) i j else 0).
