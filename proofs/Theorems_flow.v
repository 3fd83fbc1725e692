(** * The theorems about the flow: every statement under its name

    The statements are in [Statements/], one file per claim; the proofs are in the files imported
    here. A theorem is named like its statement, without the [S_]. *)

From Synbal Require Import Defs FlowDefs Balance GlobalConvergence SharpRate ContractionRate DampedNewton OsborneConvergence Bounds.
From Synbal.Statements Require Import monotone_cost convex_cost unique_balance balanceable global_convergence contraction osborne_descent damped_newton cost_bounds.

(** ** monotone_cost *)

Theorem monotone_cost : S_monotone_cost.
Proof. exact monotone_cost_proof. Qed.

Theorem monotone_cost_strict : S_monotone_cost_strict.
Proof. exact monotone_cost_strict_proof. Qed.

Theorem monotone_cost_rest : S_monotone_cost_rest.
Proof. exact monotone_cost_rest_proof. Qed.

Theorem monotone_cost_weights : S_monotone_cost_weights.
Proof. exact monotone_cost_weights_proof. Qed.

Theorem monotone_cost_weights_strict : S_monotone_cost_weights_strict.
Proof. exact monotone_cost_weights_strict_proof. Qed.

Theorem monotone_cost_weights_rest : S_monotone_cost_weights_rest.
Proof. exact monotone_cost_weights_rest_proof. Qed.

(** ** convex_cost *)

Theorem convex_cost : S_convex_cost.
Proof. exact convex_cost_proof. Qed.

Theorem convex_cost_gradient : S_convex_cost_gradient.
Proof. exact convex_cost_gradient_proof. Qed.

Theorem convex_cost_hessian : S_convex_cost_hessian.
Proof. exact convex_cost_hessian_proof. Qed.

Theorem convex_cost_balanced_critical : S_convex_cost_balanced_critical.
Proof. exact convex_cost_balanced_critical_proof. Qed.

Theorem convex_cost_balanced_minimum : S_convex_cost_balanced_minimum.
Proof. exact convex_cost_balanced_minimum_proof. Qed.

Theorem convex_cost_weights : S_convex_cost_weights.
Proof. exact convex_cost_weights_proof. Qed.

(** ** unique_balance *)

Theorem unique_balance : S_unique_balance.
Proof. exact unique_balance_proof. Qed.

Theorem unique_balance_converse : S_unique_balance_converse.
Proof. exact unique_balance_converse_proof. Qed.

Theorem unique_balance_connected : S_unique_balance_connected.
Proof. exact unique_balance_connected_proof. Qed.

Theorem unique_balance_costs : S_unique_balance_costs.
Proof. exact unique_balance_costs_proof. Qed.

Theorem unique_balance_weights : S_unique_balance_weights.
Proof. exact unique_balance_weights_proof. Qed.

Theorem unique_balance_matrix : S_unique_balance_matrix.
Proof. exact unique_balance_matrix_proof. Qed.

Theorem unique_balance_free_synapse : S_unique_balance_free_synapse.
Proof. exact unique_balance_free_synapse_proof. Qed.

(** ** balanceable *)

Theorem balanceable : S_balanceable.
Proof. exact balanceable_proof. Qed.

Theorem balanceable_components : S_balanceable_components.
Proof. exact balanceable_components_proof. Qed.

Theorem balanceable_weights : S_balanceable_weights.
Proof. exact balanceable_weights_proof. Qed.

Theorem balanceable_attained : S_balanceable_attained.
Proof. exact balanceable_attained_proof. Qed.

Theorem balanceable_sums : S_balanceable_sums.
Proof. exact balanceable_sums_proof. Qed.

(** ** global_convergence *)

Theorem global_convergence_exists : S_global_convergence_exists.
Proof. exact global_convergence_exists_proof. Qed.

Theorem global_convergence_unique : S_global_convergence_unique.
Proof. exact global_convergence_unique_proof. Qed.

Theorem global_convergence_weights_exists : S_global_convergence_weights_exists.
Proof. exact global_convergence_weights_exists_proof. Qed.

Theorem global_convergence_weights_unique : S_global_convergence_weights_unique.
Proof. exact global_convergence_weights_unique_proof. Qed.

Theorem global_convergence : S_global_convergence.
Proof. exact global_convergence_proof. Qed.

Theorem global_convergence_rate : S_global_convergence_rate.
Proof. exact global_convergence_rate_proof. Qed.

Theorem global_convergence_asymptotic : S_global_convergence_asymptotic.
Proof. exact global_convergence_asymptotic_proof. Qed.

Theorem global_convergence_asymptotic_lower : S_global_convergence_asymptotic_lower.
Proof. exact global_convergence_asymptotic_lower_proof. Qed.

Theorem global_convergence_lambda : S_global_convergence_lambda.
Proof. exact global_convergence_lambda_proof. Qed.

Theorem global_convergence_weights : S_global_convergence_weights.
Proof. exact global_convergence_weights_proof. Qed.

Theorem global_convergence_cost_bound : S_global_convergence_cost_bound.
Proof. exact global_convergence_cost_bound_proof. Qed.

Theorem global_convergence_infimum : S_global_convergence_infimum.
Proof. exact global_convergence_infimum_proof. Qed.

Theorem global_convergence_off_cycle : S_global_convergence_off_cycle.
Proof. exact global_convergence_off_cycle_proof. Qed.

Theorem global_convergence_drift : S_global_convergence_drift.
Proof. exact global_convergence_drift_proof. Qed.

Theorem global_convergence_weights_infimum : S_global_convergence_weights_infimum.
Proof. exact global_convergence_weights_infimum_proof. Qed.

Theorem global_convergence_cyclic : S_global_convergence_cyclic.
Proof. exact global_convergence_cyclic_proof. Qed.

Theorem global_convergence_weights_cyclic : S_global_convergence_weights_cyclic.
Proof. exact global_convergence_weights_cyclic_proof. Qed.

(** ** contraction *)

Theorem contraction : S_contraction.
Proof. exact contraction_proof. Qed.

Theorem contraction_defect : S_contraction_defect.
Proof. exact contraction_defect_proof. Qed.

Theorem contraction_pieces : S_contraction_pieces.
Proof. exact contraction_pieces_proof. Qed.

Theorem contraction_rate : S_contraction_rate.
Proof. exact contraction_rate_proof. Qed.

(** ** osborne_descent *)

Theorem osborne_descent : S_osborne_descent.
Proof. exact osborne_descent_proof. Qed.

Theorem osborne_descent_balances : S_osborne_descent_balances.
Proof. exact osborne_descent_balances_proof. Qed.

Theorem osborne_descent_optimal : S_osborne_descent_optimal.
Proof. exact osborne_descent_optimal_proof. Qed.

Theorem osborne_descent_convergence : S_osborne_descent_convergence.
Proof. exact osborne_descent_convergence_proof. Qed.

Theorem osborne_descent_weights : S_osborne_descent_weights.
Proof. exact osborne_descent_weights_proof. Qed.

Theorem osborne_descent_cyclic : S_osborne_descent_cyclic.
Proof. exact osborne_descent_cyclic_proof. Qed.

Theorem osborne_descent_cost : S_osborne_descent_cost.
Proof. exact osborne_descent_cost_proof. Qed.

Theorem osborne_descent_greedy : S_osborne_descent_greedy.
Proof. exact osborne_descent_greedy_proof. Qed.

Theorem osborne_descent_same_limit : S_osborne_descent_same_limit.
Proof. exact osborne_descent_same_limit_proof. Qed.

(** ** cost_bounds *)

Theorem cost_bounds_neuron : S_cost_bounds_neuron.
Proof. exact cost_bounds_neuron_proof. Qed.

Theorem cost_bounds_all_neurons : S_cost_bounds_all_neurons.
Proof. exact cost_bounds_all_neurons_proof. Qed.

Theorem cost_bounds_degree : S_cost_bounds_degree.
Proof. exact cost_bounds_degree_proof. Qed.

Theorem cost_bounds_gradient : S_cost_bounds_gradient.
Proof. exact cost_bounds_gradient_proof. Qed.

Theorem cost_bounds_pairs : S_cost_bounds_pairs.
Proof. exact cost_bounds_pairs_proof. Qed.

Theorem cost_bounds_dual : S_cost_bounds_dual.
Proof. exact cost_bounds_dual_proof. Qed.

Theorem cost_bounds_circulation : S_cost_bounds_circulation.
Proof. exact cost_bounds_circulation_proof. Qed.

Theorem cost_bounds_tight : S_cost_bounds_tight.
Proof. exact cost_bounds_tight_proof. Qed.

Theorem cost_bounds_strong_duality : S_cost_bounds_strong_duality.
Proof. exact cost_bounds_strong_duality_proof. Qed.

Theorem cost_bounds_distance : S_cost_bounds_distance.
Proof. exact cost_bounds_distance_proof. Qed.

Theorem cost_bounds_optimum : S_cost_bounds_optimum.
Proof. exact cost_bounds_optimum_proof. Qed.

(** ** The default solver *)

Theorem damped_newton : S_damped_newton.
Proof. exact damped_newton_proof. Qed.

Theorem damped_newton_strict : S_damped_newton_strict.
Proof. exact damped_newton_strict_proof. Qed.
