(** * The theorems: every statement under its name

    The statements are in [Statements/], one file per claim; the proofs are in the files imported here. A theorem is named
    like its statement, without the [S_]. *)

From Synbal Require Import Defs FlowDefs Networks Matrices.
From Synbal Require Import Balance GlobalConvergence SharpRate ContractionRate Truncation DampedNewton NewtonConvergence RateAttained OsborneConvergence Bounds
  AnyDegree AnyDegreeExists AnyDegreeCycles AnyDegreeFlow AnyDegreeNewton.
From Synbal Require Import TaskPreservation LaxForm Conserved ConservedCount ConservedComplete ConservedFlow ClosedForms
  Heterosynaptic HeterosynapticLasting NoiseRobustness NoiseOverTime RegularisedTraining.
From Synbal Require Import GroundState CertifiedBalance CertifiedRadius CertifiedFile CertifiedPair CertifiedAccumulated CertifiedDegrees CertifiedDegreesIntegers FloatGradient FloatIeee.
From Synbal.Statements Require Import monotone_cost convex_cost unique_balance balanceable global_convergence contraction
  osborne_descent damped_newton cost_bounds task_preservation lax_form conserved_quantities conserved_count conserved_flow
  closed_forms heterosynaptic noise_robustness noise_over_time regularised_training certified_balance certified_file
  certified_pair certified_accumulated certified_degrees float_gradient float_ieee any_degree.

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

Theorem global_convergence_attained : S_global_convergence_attained.
Proof. exact global_convergence_attained_proof. Qed.

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

Theorem contraction_truncation : S_contraction_truncation.
Proof. exact contraction_truncation_proof. Qed.

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

Theorem damped_newton_converges : S_damped_newton_converges.
Proof. exact damped_newton_converges_proof. Qed.

Theorem damped_newton_weights : S_damped_newton_weights.
Proof. exact damped_newton_weights_proof. Qed.

Theorem damped_newton_exact : S_damped_newton_exact.
Proof. exact damped_newton_exact_proof. Qed.

Theorem damped_newton_diagonal : S_damped_newton_diagonal.
Proof. exact damped_newton_diagonal_proof. Qed.

(** ** Any degrees *)

Theorem any_degree_weights : S_any_degree_weights.
Proof. exact any_degree_weights_proof. Qed.

Theorem any_degree_one : S_any_degree_one.
Proof. exact any_degree_one_proof. Qed.

Theorem any_degree_convex : S_any_degree_convex.
Proof. exact any_degree_convex_proof. Qed.

Theorem any_degree_gradient : S_any_degree_gradient.
Proof. exact any_degree_gradient_proof. Qed.

Theorem any_degree_minimum : S_any_degree_minimum.
Proof. exact any_degree_minimum_proof. Qed.

Theorem any_degree_unique : S_any_degree_unique.
Proof. exact any_degree_unique_proof. Qed.

Theorem any_degree_lowers : S_any_degree_lowers.
Proof. exact any_degree_lowers_proof. Qed.

Theorem any_degree_coercive : S_any_degree_coercive.
Proof. exact any_degree_coercive_proof. Qed.

Theorem any_degree_exists : S_any_degree_exists.
Proof. exact any_degree_exists_proof. Qed.

Theorem any_degree_newton : S_any_degree_newton.
Proof. exact any_degree_newton_proof. Qed.

Theorem any_degree_monotone : S_any_degree_monotone.
Proof. exact any_degree_monotone_proof. Qed.

Theorem any_degree_stiemke : S_any_degree_stiemke.
Proof. exact any_degree_stiemke_proof. Qed.

Theorem any_degree_circulation : S_any_degree_circulation.
Proof. exact any_degree_circulation_proof. Qed.

Theorem any_degree_cycles : S_any_degree_cycles.
Proof. exact any_degree_cycles_proof. Qed.

Theorem any_degree_scales : S_any_degree_scales.
Proof. exact any_degree_scales_proof. Qed.

Theorem any_degree_flow_exists : S_any_degree_flow_exists.
Proof. exact any_degree_flow_exists_proof. Qed.

Theorem any_degree_flow_contracts : S_any_degree_flow_contracts.
Proof. exact any_degree_flow_contracts_proof. Qed.

Theorem any_degree_flow_cost : S_any_degree_flow_cost.
Proof. exact any_degree_flow_cost_proof. Qed.

Theorem any_degree_flow_rate : S_any_degree_flow_rate.
Proof. exact any_degree_flow_rate_proof. Qed.

Theorem any_degree_flow_converges : S_any_degree_flow_converges.
Proof. exact any_degree_flow_converges_proof. Qed.

(** ** task_preservation *)

Theorem task_preservation : S_task_preservation.
Proof. exact task_preservation_continuous. Qed.

Theorem task_preservation_input_output : S_task_preservation_input_output.
Proof. exact task_preservation_io. Qed.

Theorem task_preservation_euler : S_task_preservation_euler.
Proof. exact task_preservation_euler_proof. Qed.

Theorem task_preservation_discrete : S_task_preservation_discrete.
Proof. exact task_preservation_discrete_proof. Qed.

Theorem task_preservation_discrete_degree_one : S_task_preservation_discrete_degree_one.
Proof. exact task_preservation_discrete_degree_one_proof. Qed.

Theorem task_preservation_discrete_caution : S_task_preservation_discrete_caution.
Proof. exact task_preservation_caution_proof. Qed.

Theorem task_preservation_converse : S_task_preservation_converse.
Proof. exact task_preservation_converse_proof. Qed.

Theorem task_preservation_tanh : S_task_preservation_tanh.
Proof. exact task_preservation_tanh_proof. Qed.

(** ** lax_form *)

Theorem lax_form : S_lax_form.
Proof. exact lax_form_proof. Qed.

Theorem lax_form_commutator : S_lax_form_commutator.
Proof. exact lax_form_commutator_proof. Qed.

Theorem lax_form_from_scales : S_lax_form_from_scales.
Proof. exact lax_form_from_scales_proof. Qed.

(** ** conserved_quantities *)

Theorem conserved_quantities_closed_walks : S_conserved_quantities_closed_walks.
Proof. exact conserved_closed_walks. Qed.

Theorem conserved_quantities_signs : S_conserved_quantities_signs.
Proof. exact conserved_signs. Qed.

Theorem conserved_quantities_diagonal : S_conserved_quantities_diagonal.
Proof. exact conserved_diagonal. Qed.

Theorem conserved_quantities_traces : S_conserved_quantities_traces.
Proof. exact conserved_traces. Qed.

Theorem conserved_quantities_char_poly : S_conserved_quantities_char_poly.
Proof. exact conserved_char_poly. Qed.

Theorem conserved_quantities_spectrum : S_conserved_quantities_spectrum.
Proof. exact conserved_spectrum. Qed.

Theorem conserved_quantities_log_scales : S_conserved_quantities_log_scales.
Proof. exact conserved_log_scales. Qed.

Theorem conserved_quantities_exponents : S_conserved_quantities_exponents.
Proof. exact conserved_exponents_proof. Qed.

Theorem conserved_quantities_count : S_conserved_quantities_count.
Proof. exact conserved_count_proof. Qed.

Theorem conserved_quantities_complete : S_conserved_quantities_complete.
Proof. exact conserved_complete_proof. Qed.

Theorem conserved_quantities_flow : S_conserved_quantities_flow.
Proof. exact conserved_quantities_flow_proof. Qed.

(** ** closed_forms *)

Theorem closed_forms_two_neurons : S_closed_forms_two_neurons.
Proof. exact closed_forms_two_neurons_proof. Qed.

Theorem closed_forms_two_neuron_costs : S_closed_forms_two_neuron_costs.
Proof. exact closed_forms_two_neuron_costs_proof. Qed.

Theorem closed_forms_two_neuron_weights : S_closed_forms_two_neuron_weights.
Proof. exact closed_forms_two_neuron_weights_proof. Qed.

Theorem closed_forms_one_way : S_closed_forms_one_way.
Proof. exact closed_forms_one_way_proof. Qed.

Theorem closed_forms_ring : S_closed_forms_ring.
Proof. exact closed_forms_ring_proof. Qed.

Theorem closed_forms_symmetric : S_closed_forms_symmetric.
Proof. exact closed_forms_symmetric_proof. Qed.

Theorem closed_forms_symmetric_weights : S_closed_forms_symmetric_weights.
Proof. exact closed_forms_symmetric_weights_proof. Qed.

Theorem closed_forms_rank_one : S_closed_forms_rank_one.
Proof. exact closed_forms_rank_one_proof. Qed.

(** ** heterosynaptic *)

Theorem heterosynaptic : S_heterosynaptic.
Proof. exact heterosynaptic_proof. Qed.

Theorem heterosynaptic_added : S_heterosynaptic_added.
Proof. exact heterosynaptic_added_proof. Qed.

Theorem heterosynaptic_lasting : S_heterosynaptic_lasting.
Proof. exact heterosynaptic_lasting_proof. Qed.

Theorem heterosynaptic_lasting_strict : S_heterosynaptic_lasting_strict.
Proof. exact heterosynaptic_lasting_strict_proof. Qed.

(** ** noise_robustness *)

Theorem noise_robustness : S_noise_robustness.
Proof. exact noise_robustness_proof. Qed.

Theorem noise_robustness_independent : S_noise_robustness_independent.
Proof. exact noise_robustness_independent_proof. Qed.

Theorem noise_robustness_balanced : S_noise_robustness_balanced.
Proof. exact noise_robustness_balanced_proof. Qed.

Theorem noise_robustness_lower : S_noise_robustness_lower.
Proof. exact noise_robustness_lower_proof. Qed.

(** ** noise_robustness, over time *)

Theorem noise_robustness_paths_euler : S_noise_robustness_paths_euler.
Proof. exact noise_robustness_paths_euler_proof. Qed.

Theorem noise_robustness_paths_discrete : S_noise_robustness_paths_discrete.
Proof. exact noise_robustness_paths_discrete_proof. Qed.

Theorem noise_robustness_loss : S_noise_robustness_loss.
Proof. exact noise_robustness_loss_proof. Qed.

Theorem noise_robustness_gauge : S_noise_robustness_gauge.
Proof. exact noise_robustness_gauge_proof. Qed.

Theorem noise_robustness_limit : S_noise_robustness_limit.
Proof. exact noise_robustness_limit_proof. Qed.

Theorem noise_robustness_limit_attained : S_noise_robustness_limit_attained.
Proof. exact noise_robustness_limit_attained_proof. Qed.

Theorem noise_robustness_limit_equality : S_noise_robustness_limit_equality.
Proof. exact noise_robustness_limit_equality_proof. Qed.

Theorem noise_robustness_limit_infimum : S_noise_robustness_limit_infimum.
Proof. exact noise_robustness_limit_infimum_proof. Qed.

Theorem noise_robustness_caution : S_noise_robustness_caution.
Proof. exact noise_robustness_caution_proof. Qed.

Theorem noise_robustness_accumulated : S_noise_robustness_accumulated.
Proof. exact noise_robustness_accumulated_proof. Qed.

Theorem noise_robustness_accumulated_minimum : S_noise_robustness_accumulated_minimum.
Proof. exact noise_robustness_accumulated_minimum_proof. Qed.

Theorem noise_robustness_accumulated_unique : S_noise_robustness_accumulated_unique.
Proof. exact noise_robustness_accumulated_unique_proof. Qed.

Theorem noise_robustness_accumulated_noise : S_noise_robustness_accumulated_noise.
Proof. exact noise_robustness_accumulated_noise_proof. Qed.

Theorem noise_robustness_expectation : S_noise_robustness_expectation.
Proof. exact noise_robustness_expectation_proof. Qed.

Theorem noise_robustness_gains : S_noise_robustness_gains.
Proof. exact noise_robustness_gains_proof. Qed.

(** ** regularised_training *)

Theorem regularised_training : S_regularised_training.
Proof. exact regularised_training_proof. Qed.

Theorem regularised_training_matrix : S_regularised_training_matrix.
Proof. exact regularised_training_matrix_proof. Qed.

(** ** certified_balance *)

Theorem certified_balance_gap : S_certified_balance_gap.
Proof. exact certified_balance_gap_proof. Qed.

Theorem certified_balance_radius : S_certified_balance_radius.
Proof. exact certified_balance_radius_proof. Qed.

Theorem certified_balance_weights : S_certified_balance_weights.
Proof. exact certified_balance_weights_proof. Qed.

Theorem certified_balance_fits : S_certified_balance_fits.
Proof. exact certified_balance_fits_proof. Qed.

Theorem certified_balance_matrix : S_certified_balance_matrix.
Proof. exact certified_balance_matrix_proof. Qed.

Theorem certified_balance_costs : S_certified_balance_costs.
Proof. exact certified_balance_costs_proof. Qed.

Theorem certified_balance_file : S_certified_balance_file.
Proof. exact certified_balance_file_proof. Qed.

Theorem certified_balance_left_out : S_certified_balance_left_out.
Proof. exact certified_balance_left_out_proof. Qed.

Theorem certified_balance_pair : S_certified_balance_pair.
Proof. exact certified_balance_pair_proof. Qed.

Theorem certified_balance_as_written_costs : S_certified_balance_as_written_costs.
Proof. exact certified_balance_as_written_costs_proof. Qed.

Theorem certified_balance_pair_weights : S_certified_balance_pair_weights.
Proof. exact certified_balance_pair_weights_proof. Qed.

Theorem certified_balance_accumulated_costs : S_certified_balance_accumulated_costs.
Proof. exact certified_balance_accumulated_costs_proof. Qed.

Theorem certified_balance_accumulated : S_certified_balance_accumulated.
Proof. exact certified_balance_accumulated_proof. Qed.

Theorem certified_balance_as_written : S_certified_balance_as_written.
Proof. exact certified_balance_as_written_proof. Qed.

Theorem certified_balance_ground_state : S_certified_balance_ground_state.
Proof. exact certified_balance_ground_state_proof. Qed.

Theorem certified_balance_circulation : S_certified_balance_circulation.
Proof. exact circulation_bound. Qed.

(** ** Floating point *)

Theorem float_gradient : S_float_gradient.
Proof. exact float_gradient_proof. Qed.

Theorem float_gradient_all : S_float_gradient_all.
Proof. exact float_gradient_all_proof. Qed.

Theorem float_gradient_scaled : S_float_gradient_scaled.
Proof. exact float_gradient_scaled_proof. Qed.

Theorem float_gradient_exponentials : S_float_gradient_exponentials.
Proof. exact float_exponentials_proof. Qed.

Theorem float_gradient_cost : S_float_gradient_cost.
Proof. exact float_cost_proof. Qed.

Theorem float_gradient_zeros : S_float_gradient_zeros.
Proof. exact float_zeros_proof. Qed.

Theorem float_ieee_binary64 : S_float_ieee_binary64.
Proof. exact float_ieee_binary64_proof. Qed.

Theorem float_ieee_gradient : S_float_ieee_gradient.
Proof. exact float_ieee_gradient_proof. Qed.

Theorem float_ieee_cost : S_float_ieee_cost.
Proof. exact float_ieee_cost_proof. Qed.

Theorem float_ieee_bound : S_float_ieee_bound.
Proof. exact float_ieee_bound_proof. Qed.

Theorem float_ieee_scaled : S_float_ieee_scaled.
Proof. exact float_ieee_scaled_proof. Qed.

(** ** certified_degrees *)

Theorem certified_balance_degrees : S_certified_balance_degrees.
Proof. exact certified_balance_degrees_proof. Qed.

Theorem certified_balance_degrees_integers : S_certified_balance_degrees_integers.
Proof. exact certified_balance_degrees_integers_proof. Qed.
