(** * The theorems about the network: every statement under its name

    The statements are in [Statements/], one file per claim; the proofs are in the files imported
    here. A theorem is named like its statement, without the [S_]. *)

From Synbal Require Import Defs Networks TaskPreservation Matrices LaxForm Conserved ConservedCount ConservedComplete ConservedFlow ClosedForms Heterosynaptic HeterosynapticLasting NoiseRobustness NoiseOverTime
  RegularisedTraining GroundState CertifiedBalance CertifiedRadius CertifiedFile FloatGradient FloatIeee.
From Synbal.Statements Require Import task_preservation lax_form conserved_quantities conserved_count conserved_flow
  closed_forms heterosynaptic
  noise_robustness regularised_training certified_balance float_gradient float_ieee noise_over_time certified_file.

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

Theorem certified_balance_file : S_certified_balance_file.
Proof. exact certified_balance_file_proof. Qed.

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
