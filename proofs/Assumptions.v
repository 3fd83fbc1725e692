From Synbal Require Theorems_flow.
From Synbal Require Theorems_network.
From Synbal.Statements Require balanceable.
From Synbal.Statements Require certified_balance.
From Synbal.Statements Require closed_forms.
From Synbal.Statements Require conserved_count.
From Synbal.Statements Require conserved_quantities.
From Synbal.Statements Require contraction.
From Synbal.Statements Require convex_cost.
From Synbal.Statements Require cost_bounds.
From Synbal.Statements Require float_gradient.
From Synbal.Statements Require float_ieee.
From Synbal.Statements Require global_convergence.
From Synbal.Statements Require heterosynaptic.
From Synbal.Statements Require lax_form.
From Synbal.Statements Require monotone_cost.
From Synbal.Statements Require noise_robustness.
From Synbal.Statements Require osborne_descent.
From Synbal.Statements Require regularised_training.
From Synbal.Statements Require task_preservation.
From Synbal.Statements Require unique_balance.
Goal True. idtac "theorem balanceable". exact I. Qed.
Goal Synbal.Statements.balanceable.S_balanceable. exact Synbal.Theorems_flow.balanceable. Qed.
Print Assumptions Synbal.Theorems_flow.balanceable.
Goal True. idtac "theorem balanceable_attained". exact I. Qed.
Goal Synbal.Statements.balanceable.S_balanceable_attained. exact Synbal.Theorems_flow.balanceable_attained. Qed.
Print Assumptions Synbal.Theorems_flow.balanceable_attained.
Goal True. idtac "theorem balanceable_components". exact I. Qed.
Goal Synbal.Statements.balanceable.S_balanceable_components. exact Synbal.Theorems_flow.balanceable_components. Qed.
Print Assumptions Synbal.Theorems_flow.balanceable_components.
Goal True. idtac "theorem balanceable_sums". exact I. Qed.
Goal Synbal.Statements.balanceable.S_balanceable_sums. exact Synbal.Theorems_flow.balanceable_sums. Qed.
Print Assumptions Synbal.Theorems_flow.balanceable_sums.
Goal True. idtac "theorem balanceable_weights". exact I. Qed.
Goal Synbal.Statements.balanceable.S_balanceable_weights. exact Synbal.Theorems_flow.balanceable_weights. Qed.
Print Assumptions Synbal.Theorems_flow.balanceable_weights.
Goal True. idtac "theorem certified_balance_circulation". exact I. Qed.
Goal Synbal.Statements.certified_balance.S_certified_balance_circulation. exact Synbal.Theorems_network.certified_balance_circulation. Qed.
Print Assumptions Synbal.Theorems_network.certified_balance_circulation.
Goal True. idtac "theorem certified_balance_gap". exact I. Qed.
Goal Synbal.Statements.certified_balance.S_certified_balance_gap. exact Synbal.Theorems_network.certified_balance_gap. Qed.
Print Assumptions Synbal.Theorems_network.certified_balance_gap.
Goal True. idtac "theorem certified_balance_ground_state". exact I. Qed.
Goal Synbal.Statements.certified_balance.S_certified_balance_ground_state. exact Synbal.Theorems_network.certified_balance_ground_state. Qed.
Print Assumptions Synbal.Theorems_network.certified_balance_ground_state.
Goal True. idtac "theorem certified_balance_radius". exact I. Qed.
Goal Synbal.Statements.certified_balance.S_certified_balance_radius. exact Synbal.Theorems_network.certified_balance_radius. Qed.
Print Assumptions Synbal.Theorems_network.certified_balance_radius.
Goal True. idtac "theorem certified_balance_weights". exact I. Qed.
Goal Synbal.Statements.certified_balance.S_certified_balance_weights. exact Synbal.Theorems_network.certified_balance_weights. Qed.
Print Assumptions Synbal.Theorems_network.certified_balance_weights.
Goal True. idtac "theorem closed_forms_one_way". exact I. Qed.
Goal Synbal.Statements.closed_forms.S_closed_forms_one_way. exact Synbal.Theorems_network.closed_forms_one_way. Qed.
Print Assumptions Synbal.Theorems_network.closed_forms_one_way.
Goal True. idtac "theorem closed_forms_rank_one". exact I. Qed.
Goal Synbal.Statements.closed_forms.S_closed_forms_rank_one. exact Synbal.Theorems_network.closed_forms_rank_one. Qed.
Print Assumptions Synbal.Theorems_network.closed_forms_rank_one.
Goal True. idtac "theorem closed_forms_ring". exact I. Qed.
Goal Synbal.Statements.closed_forms.S_closed_forms_ring. exact Synbal.Theorems_network.closed_forms_ring. Qed.
Print Assumptions Synbal.Theorems_network.closed_forms_ring.
Goal True. idtac "theorem closed_forms_symmetric". exact I. Qed.
Goal Synbal.Statements.closed_forms.S_closed_forms_symmetric. exact Synbal.Theorems_network.closed_forms_symmetric. Qed.
Print Assumptions Synbal.Theorems_network.closed_forms_symmetric.
Goal True. idtac "theorem closed_forms_symmetric_weights". exact I. Qed.
Goal Synbal.Statements.closed_forms.S_closed_forms_symmetric_weights. exact Synbal.Theorems_network.closed_forms_symmetric_weights. Qed.
Print Assumptions Synbal.Theorems_network.closed_forms_symmetric_weights.
Goal True. idtac "theorem closed_forms_two_neuron_costs". exact I. Qed.
Goal Synbal.Statements.closed_forms.S_closed_forms_two_neuron_costs. exact Synbal.Theorems_network.closed_forms_two_neuron_costs. Qed.
Print Assumptions Synbal.Theorems_network.closed_forms_two_neuron_costs.
Goal True. idtac "theorem closed_forms_two_neuron_weights". exact I. Qed.
Goal Synbal.Statements.closed_forms.S_closed_forms_two_neuron_weights. exact Synbal.Theorems_network.closed_forms_two_neuron_weights. Qed.
Print Assumptions Synbal.Theorems_network.closed_forms_two_neuron_weights.
Goal True. idtac "theorem closed_forms_two_neurons". exact I. Qed.
Goal Synbal.Statements.closed_forms.S_closed_forms_two_neurons. exact Synbal.Theorems_network.closed_forms_two_neurons. Qed.
Print Assumptions Synbal.Theorems_network.closed_forms_two_neurons.
Goal True. idtac "theorem conserved_quantities_char_poly". exact I. Qed.
Goal Synbal.Statements.conserved_quantities.S_conserved_quantities_char_poly. exact Synbal.Theorems_network.conserved_quantities_char_poly. Qed.
Print Assumptions Synbal.Theorems_network.conserved_quantities_char_poly.
Goal True. idtac "theorem conserved_quantities_closed_walks". exact I. Qed.
Goal Synbal.Statements.conserved_quantities.S_conserved_quantities_closed_walks. exact Synbal.Theorems_network.conserved_quantities_closed_walks. Qed.
Print Assumptions Synbal.Theorems_network.conserved_quantities_closed_walks.
Goal True. idtac "theorem conserved_quantities_complete". exact I. Qed.
Goal Synbal.Statements.conserved_count.S_conserved_quantities_complete. exact Synbal.Theorems_network.conserved_quantities_complete. Qed.
Print Assumptions Synbal.Theorems_network.conserved_quantities_complete.
Goal True. idtac "theorem conserved_quantities_count". exact I. Qed.
Goal Synbal.Statements.conserved_count.S_conserved_quantities_count. exact Synbal.Theorems_network.conserved_quantities_count. Qed.
Print Assumptions Synbal.Theorems_network.conserved_quantities_count.
Goal True. idtac "theorem conserved_quantities_diagonal". exact I. Qed.
Goal Synbal.Statements.conserved_quantities.S_conserved_quantities_diagonal. exact Synbal.Theorems_network.conserved_quantities_diagonal. Qed.
Print Assumptions Synbal.Theorems_network.conserved_quantities_diagonal.
Goal True. idtac "theorem conserved_quantities_exponents". exact I. Qed.
Goal Synbal.Statements.conserved_count.S_conserved_quantities_exponents. exact Synbal.Theorems_network.conserved_quantities_exponents. Qed.
Print Assumptions Synbal.Theorems_network.conserved_quantities_exponents.
Goal True. idtac "theorem conserved_quantities_log_scales". exact I. Qed.
Goal Synbal.Statements.conserved_quantities.S_conserved_quantities_log_scales. exact Synbal.Theorems_network.conserved_quantities_log_scales. Qed.
Print Assumptions Synbal.Theorems_network.conserved_quantities_log_scales.
Goal True. idtac "theorem conserved_quantities_signs". exact I. Qed.
Goal Synbal.Statements.conserved_quantities.S_conserved_quantities_signs. exact Synbal.Theorems_network.conserved_quantities_signs. Qed.
Print Assumptions Synbal.Theorems_network.conserved_quantities_signs.
Goal True. idtac "theorem conserved_quantities_spectrum". exact I. Qed.
Goal Synbal.Statements.conserved_quantities.S_conserved_quantities_spectrum. exact Synbal.Theorems_network.conserved_quantities_spectrum. Qed.
Print Assumptions Synbal.Theorems_network.conserved_quantities_spectrum.
Goal True. idtac "theorem conserved_quantities_traces". exact I. Qed.
Goal Synbal.Statements.conserved_quantities.S_conserved_quantities_traces. exact Synbal.Theorems_network.conserved_quantities_traces. Qed.
Print Assumptions Synbal.Theorems_network.conserved_quantities_traces.
Goal True. idtac "theorem contraction". exact I. Qed.
Goal Synbal.Statements.contraction.S_contraction. exact Synbal.Theorems_flow.contraction. Qed.
Print Assumptions Synbal.Theorems_flow.contraction.
Goal True. idtac "theorem contraction_defect". exact I. Qed.
Goal Synbal.Statements.contraction.S_contraction_defect. exact Synbal.Theorems_flow.contraction_defect. Qed.
Print Assumptions Synbal.Theorems_flow.contraction_defect.
Goal True. idtac "theorem contraction_pieces". exact I. Qed.
Goal Synbal.Statements.contraction.S_contraction_pieces. exact Synbal.Theorems_flow.contraction_pieces. Qed.
Print Assumptions Synbal.Theorems_flow.contraction_pieces.
Goal True. idtac "theorem convex_cost". exact I. Qed.
Goal Synbal.Statements.convex_cost.S_convex_cost. exact Synbal.Theorems_flow.convex_cost. Qed.
Print Assumptions Synbal.Theorems_flow.convex_cost.
Goal True. idtac "theorem convex_cost_balanced_critical". exact I. Qed.
Goal Synbal.Statements.convex_cost.S_convex_cost_balanced_critical. exact Synbal.Theorems_flow.convex_cost_balanced_critical. Qed.
Print Assumptions Synbal.Theorems_flow.convex_cost_balanced_critical.
Goal True. idtac "theorem convex_cost_balanced_minimum". exact I. Qed.
Goal Synbal.Statements.convex_cost.S_convex_cost_balanced_minimum. exact Synbal.Theorems_flow.convex_cost_balanced_minimum. Qed.
Print Assumptions Synbal.Theorems_flow.convex_cost_balanced_minimum.
Goal True. idtac "theorem convex_cost_gradient". exact I. Qed.
Goal Synbal.Statements.convex_cost.S_convex_cost_gradient. exact Synbal.Theorems_flow.convex_cost_gradient. Qed.
Print Assumptions Synbal.Theorems_flow.convex_cost_gradient.
Goal True. idtac "theorem convex_cost_hessian". exact I. Qed.
Goal Synbal.Statements.convex_cost.S_convex_cost_hessian. exact Synbal.Theorems_flow.convex_cost_hessian. Qed.
Print Assumptions Synbal.Theorems_flow.convex_cost_hessian.
Goal True. idtac "theorem convex_cost_weights". exact I. Qed.
Goal Synbal.Statements.convex_cost.S_convex_cost_weights. exact Synbal.Theorems_flow.convex_cost_weights. Qed.
Print Assumptions Synbal.Theorems_flow.convex_cost_weights.
Goal True. idtac "theorem cost_bounds_all_neurons". exact I. Qed.
Goal Synbal.Statements.cost_bounds.S_cost_bounds_all_neurons. exact Synbal.Theorems_flow.cost_bounds_all_neurons. Qed.
Print Assumptions Synbal.Theorems_flow.cost_bounds_all_neurons.
Goal True. idtac "theorem cost_bounds_circulation". exact I. Qed.
Goal Synbal.Statements.cost_bounds.S_cost_bounds_circulation. exact Synbal.Theorems_flow.cost_bounds_circulation. Qed.
Print Assumptions Synbal.Theorems_flow.cost_bounds_circulation.
Goal True. idtac "theorem cost_bounds_degree". exact I. Qed.
Goal Synbal.Statements.cost_bounds.S_cost_bounds_degree. exact Synbal.Theorems_flow.cost_bounds_degree. Qed.
Print Assumptions Synbal.Theorems_flow.cost_bounds_degree.
Goal True. idtac "theorem cost_bounds_distance". exact I. Qed.
Goal Synbal.Statements.cost_bounds.S_cost_bounds_distance. exact Synbal.Theorems_flow.cost_bounds_distance. Qed.
Print Assumptions Synbal.Theorems_flow.cost_bounds_distance.
Goal True. idtac "theorem cost_bounds_dual". exact I. Qed.
Goal Synbal.Statements.cost_bounds.S_cost_bounds_dual. exact Synbal.Theorems_flow.cost_bounds_dual. Qed.
Print Assumptions Synbal.Theorems_flow.cost_bounds_dual.
Goal True. idtac "theorem cost_bounds_gradient". exact I. Qed.
Goal Synbal.Statements.cost_bounds.S_cost_bounds_gradient. exact Synbal.Theorems_flow.cost_bounds_gradient. Qed.
Print Assumptions Synbal.Theorems_flow.cost_bounds_gradient.
Goal True. idtac "theorem cost_bounds_neuron". exact I. Qed.
Goal Synbal.Statements.cost_bounds.S_cost_bounds_neuron. exact Synbal.Theorems_flow.cost_bounds_neuron. Qed.
Print Assumptions Synbal.Theorems_flow.cost_bounds_neuron.
Goal True. idtac "theorem cost_bounds_optimum". exact I. Qed.
Goal Synbal.Statements.cost_bounds.S_cost_bounds_optimum. exact Synbal.Theorems_flow.cost_bounds_optimum. Qed.
Print Assumptions Synbal.Theorems_flow.cost_bounds_optimum.
Goal True. idtac "theorem cost_bounds_pairs". exact I. Qed.
Goal Synbal.Statements.cost_bounds.S_cost_bounds_pairs. exact Synbal.Theorems_flow.cost_bounds_pairs. Qed.
Print Assumptions Synbal.Theorems_flow.cost_bounds_pairs.
Goal True. idtac "theorem cost_bounds_strong_duality". exact I. Qed.
Goal Synbal.Statements.cost_bounds.S_cost_bounds_strong_duality. exact Synbal.Theorems_flow.cost_bounds_strong_duality. Qed.
Print Assumptions Synbal.Theorems_flow.cost_bounds_strong_duality.
Goal True. idtac "theorem cost_bounds_tight". exact I. Qed.
Goal Synbal.Statements.cost_bounds.S_cost_bounds_tight. exact Synbal.Theorems_flow.cost_bounds_tight. Qed.
Print Assumptions Synbal.Theorems_flow.cost_bounds_tight.
Goal True. idtac "theorem float_gradient". exact I. Qed.
Goal Synbal.Statements.float_gradient.S_float_gradient. exact Synbal.Theorems_network.float_gradient. Qed.
Print Assumptions Synbal.Theorems_network.float_gradient.
Goal True. idtac "theorem float_gradient_all". exact I. Qed.
Goal Synbal.Statements.float_gradient.S_float_gradient_all. exact Synbal.Theorems_network.float_gradient_all. Qed.
Print Assumptions Synbal.Theorems_network.float_gradient_all.
Goal True. idtac "theorem float_gradient_cost". exact I. Qed.
Goal Synbal.Statements.float_gradient.S_float_gradient_cost. exact Synbal.Theorems_network.float_gradient_cost. Qed.
Print Assumptions Synbal.Theorems_network.float_gradient_cost.
Goal True. idtac "theorem float_gradient_scaled". exact I. Qed.
Goal Synbal.Statements.float_gradient.S_float_gradient_scaled. exact Synbal.Theorems_network.float_gradient_scaled. Qed.
Print Assumptions Synbal.Theorems_network.float_gradient_scaled.
Goal True. idtac "theorem float_gradient_zeros". exact I. Qed.
Goal Synbal.Statements.float_gradient.S_float_gradient_zeros. exact Synbal.Theorems_network.float_gradient_zeros. Qed.
Print Assumptions Synbal.Theorems_network.float_gradient_zeros.
Goal True. idtac "theorem float_ieee_binary64". exact I. Qed.
Goal Synbal.Statements.float_ieee.S_float_ieee_binary64. exact Synbal.Theorems_network.float_ieee_binary64. Qed.
Print Assumptions Synbal.Theorems_network.float_ieee_binary64.
Goal True. idtac "theorem float_ieee_bound". exact I. Qed.
Goal Synbal.Statements.float_ieee.S_float_ieee_bound. exact Synbal.Theorems_network.float_ieee_bound. Qed.
Print Assumptions Synbal.Theorems_network.float_ieee_bound.
Goal True. idtac "theorem float_ieee_cost". exact I. Qed.
Goal Synbal.Statements.float_ieee.S_float_ieee_cost. exact Synbal.Theorems_network.float_ieee_cost. Qed.
Print Assumptions Synbal.Theorems_network.float_ieee_cost.
Goal True. idtac "theorem float_ieee_gradient". exact I. Qed.
Goal Synbal.Statements.float_ieee.S_float_ieee_gradient. exact Synbal.Theorems_network.float_ieee_gradient. Qed.
Print Assumptions Synbal.Theorems_network.float_ieee_gradient.
Goal True. idtac "theorem float_ieee_scaled". exact I. Qed.
Goal Synbal.Statements.float_ieee.S_float_ieee_scaled. exact Synbal.Theorems_network.float_ieee_scaled. Qed.
Print Assumptions Synbal.Theorems_network.float_ieee_scaled.
Goal True. idtac "theorem global_convergence". exact I. Qed.
Goal Synbal.Statements.global_convergence.S_global_convergence. exact Synbal.Theorems_flow.global_convergence. Qed.
Print Assumptions Synbal.Theorems_flow.global_convergence.
Goal True. idtac "theorem global_convergence_asymptotic". exact I. Qed.
Goal Synbal.Statements.global_convergence.S_global_convergence_asymptotic. exact Synbal.Theorems_flow.global_convergence_asymptotic. Qed.
Print Assumptions Synbal.Theorems_flow.global_convergence_asymptotic.
Goal True. idtac "theorem global_convergence_asymptotic_lower". exact I. Qed.
Goal Synbal.Statements.global_convergence.S_global_convergence_asymptotic_lower. exact Synbal.Theorems_flow.global_convergence_asymptotic_lower. Qed.
Print Assumptions Synbal.Theorems_flow.global_convergence_asymptotic_lower.
Goal True. idtac "theorem global_convergence_cost_bound". exact I. Qed.
Goal Synbal.Statements.global_convergence.S_global_convergence_cost_bound. exact Synbal.Theorems_flow.global_convergence_cost_bound. Qed.
Print Assumptions Synbal.Theorems_flow.global_convergence_cost_bound.
Goal True. idtac "theorem global_convergence_cyclic". exact I. Qed.
Goal Synbal.Statements.global_convergence.S_global_convergence_cyclic. exact Synbal.Theorems_flow.global_convergence_cyclic. Qed.
Print Assumptions Synbal.Theorems_flow.global_convergence_cyclic.
Goal True. idtac "theorem global_convergence_drift". exact I. Qed.
Goal Synbal.Statements.global_convergence.S_global_convergence_drift. exact Synbal.Theorems_flow.global_convergence_drift. Qed.
Print Assumptions Synbal.Theorems_flow.global_convergence_drift.
Goal True. idtac "theorem global_convergence_exists". exact I. Qed.
Goal Synbal.Statements.global_convergence.S_global_convergence_exists. exact Synbal.Theorems_flow.global_convergence_exists. Qed.
Print Assumptions Synbal.Theorems_flow.global_convergence_exists.
Goal True. idtac "theorem global_convergence_infimum". exact I. Qed.
Goal Synbal.Statements.global_convergence.S_global_convergence_infimum. exact Synbal.Theorems_flow.global_convergence_infimum. Qed.
Print Assumptions Synbal.Theorems_flow.global_convergence_infimum.
Goal True. idtac "theorem global_convergence_lambda". exact I. Qed.
Goal Synbal.Statements.global_convergence.S_global_convergence_lambda. exact Synbal.Theorems_flow.global_convergence_lambda. Qed.
Print Assumptions Synbal.Theorems_flow.global_convergence_lambda.
Goal True. idtac "theorem global_convergence_off_cycle". exact I. Qed.
Goal Synbal.Statements.global_convergence.S_global_convergence_off_cycle. exact Synbal.Theorems_flow.global_convergence_off_cycle. Qed.
Print Assumptions Synbal.Theorems_flow.global_convergence_off_cycle.
Goal True. idtac "theorem global_convergence_rate". exact I. Qed.
Goal Synbal.Statements.global_convergence.S_global_convergence_rate. exact Synbal.Theorems_flow.global_convergence_rate. Qed.
Print Assumptions Synbal.Theorems_flow.global_convergence_rate.
Goal True. idtac "theorem global_convergence_unique". exact I. Qed.
Goal Synbal.Statements.global_convergence.S_global_convergence_unique. exact Synbal.Theorems_flow.global_convergence_unique. Qed.
Print Assumptions Synbal.Theorems_flow.global_convergence_unique.
Goal True. idtac "theorem global_convergence_weights". exact I. Qed.
Goal Synbal.Statements.global_convergence.S_global_convergence_weights. exact Synbal.Theorems_flow.global_convergence_weights. Qed.
Print Assumptions Synbal.Theorems_flow.global_convergence_weights.
Goal True. idtac "theorem global_convergence_weights_cyclic". exact I. Qed.
Goal Synbal.Statements.global_convergence.S_global_convergence_weights_cyclic. exact Synbal.Theorems_flow.global_convergence_weights_cyclic. Qed.
Print Assumptions Synbal.Theorems_flow.global_convergence_weights_cyclic.
Goal True. idtac "theorem global_convergence_weights_exists". exact I. Qed.
Goal Synbal.Statements.global_convergence.S_global_convergence_weights_exists. exact Synbal.Theorems_flow.global_convergence_weights_exists. Qed.
Print Assumptions Synbal.Theorems_flow.global_convergence_weights_exists.
Goal True. idtac "theorem global_convergence_weights_infimum". exact I. Qed.
Goal Synbal.Statements.global_convergence.S_global_convergence_weights_infimum. exact Synbal.Theorems_flow.global_convergence_weights_infimum. Qed.
Print Assumptions Synbal.Theorems_flow.global_convergence_weights_infimum.
Goal True. idtac "theorem global_convergence_weights_unique". exact I. Qed.
Goal Synbal.Statements.global_convergence.S_global_convergence_weights_unique. exact Synbal.Theorems_flow.global_convergence_weights_unique. Qed.
Print Assumptions Synbal.Theorems_flow.global_convergence_weights_unique.
Goal True. idtac "theorem heterosynaptic". exact I. Qed.
Goal Synbal.Statements.heterosynaptic.S_heterosynaptic. exact Synbal.Theorems_network.heterosynaptic. Qed.
Print Assumptions Synbal.Theorems_network.heterosynaptic.
Goal True. idtac "theorem heterosynaptic_added". exact I. Qed.
Goal Synbal.Statements.heterosynaptic.S_heterosynaptic_added. exact Synbal.Theorems_network.heterosynaptic_added. Qed.
Print Assumptions Synbal.Theorems_network.heterosynaptic_added.
Goal True. idtac "theorem heterosynaptic_lasting". exact I. Qed.
Goal Synbal.Statements.heterosynaptic.S_heterosynaptic_lasting. exact Synbal.Theorems_network.heterosynaptic_lasting. Qed.
Print Assumptions Synbal.Theorems_network.heterosynaptic_lasting.
Goal True. idtac "theorem heterosynaptic_lasting_strict". exact I. Qed.
Goal Synbal.Statements.heterosynaptic.S_heterosynaptic_lasting_strict. exact Synbal.Theorems_network.heterosynaptic_lasting_strict. Qed.
Print Assumptions Synbal.Theorems_network.heterosynaptic_lasting_strict.
Goal True. idtac "theorem lax_form". exact I. Qed.
Goal Synbal.Statements.lax_form.S_lax_form. exact Synbal.Theorems_network.lax_form. Qed.
Print Assumptions Synbal.Theorems_network.lax_form.
Goal True. idtac "theorem lax_form_commutator". exact I. Qed.
Goal Synbal.Statements.lax_form.S_lax_form_commutator. exact Synbal.Theorems_network.lax_form_commutator. Qed.
Print Assumptions Synbal.Theorems_network.lax_form_commutator.
Goal True. idtac "theorem lax_form_from_scales". exact I. Qed.
Goal Synbal.Statements.lax_form.S_lax_form_from_scales. exact Synbal.Theorems_network.lax_form_from_scales. Qed.
Print Assumptions Synbal.Theorems_network.lax_form_from_scales.
Goal True. idtac "theorem monotone_cost". exact I. Qed.
Goal Synbal.Statements.monotone_cost.S_monotone_cost. exact Synbal.Theorems_flow.monotone_cost. Qed.
Print Assumptions Synbal.Theorems_flow.monotone_cost.
Goal True. idtac "theorem monotone_cost_rest". exact I. Qed.
Goal Synbal.Statements.monotone_cost.S_monotone_cost_rest. exact Synbal.Theorems_flow.monotone_cost_rest. Qed.
Print Assumptions Synbal.Theorems_flow.monotone_cost_rest.
Goal True. idtac "theorem monotone_cost_strict". exact I. Qed.
Goal Synbal.Statements.monotone_cost.S_monotone_cost_strict. exact Synbal.Theorems_flow.monotone_cost_strict. Qed.
Print Assumptions Synbal.Theorems_flow.monotone_cost_strict.
Goal True. idtac "theorem monotone_cost_weights". exact I. Qed.
Goal Synbal.Statements.monotone_cost.S_monotone_cost_weights. exact Synbal.Theorems_flow.monotone_cost_weights. Qed.
Print Assumptions Synbal.Theorems_flow.monotone_cost_weights.
Goal True. idtac "theorem monotone_cost_weights_rest". exact I. Qed.
Goal Synbal.Statements.monotone_cost.S_monotone_cost_weights_rest. exact Synbal.Theorems_flow.monotone_cost_weights_rest. Qed.
Print Assumptions Synbal.Theorems_flow.monotone_cost_weights_rest.
Goal True. idtac "theorem monotone_cost_weights_strict". exact I. Qed.
Goal Synbal.Statements.monotone_cost.S_monotone_cost_weights_strict. exact Synbal.Theorems_flow.monotone_cost_weights_strict. Qed.
Print Assumptions Synbal.Theorems_flow.monotone_cost_weights_strict.
Goal True. idtac "theorem noise_robustness". exact I. Qed.
Goal Synbal.Statements.noise_robustness.S_noise_robustness. exact Synbal.Theorems_network.noise_robustness. Qed.
Print Assumptions Synbal.Theorems_network.noise_robustness.
Goal True. idtac "theorem noise_robustness_balanced". exact I. Qed.
Goal Synbal.Statements.noise_robustness.S_noise_robustness_balanced. exact Synbal.Theorems_network.noise_robustness_balanced. Qed.
Print Assumptions Synbal.Theorems_network.noise_robustness_balanced.
Goal True. idtac "theorem noise_robustness_independent". exact I. Qed.
Goal Synbal.Statements.noise_robustness.S_noise_robustness_independent. exact Synbal.Theorems_network.noise_robustness_independent. Qed.
Print Assumptions Synbal.Theorems_network.noise_robustness_independent.
Goal True. idtac "theorem noise_robustness_lower". exact I. Qed.
Goal Synbal.Statements.noise_robustness.S_noise_robustness_lower. exact Synbal.Theorems_network.noise_robustness_lower. Qed.
Print Assumptions Synbal.Theorems_network.noise_robustness_lower.
Goal True. idtac "theorem osborne_descent". exact I. Qed.
Goal Synbal.Statements.osborne_descent.S_osborne_descent. exact Synbal.Theorems_flow.osborne_descent. Qed.
Print Assumptions Synbal.Theorems_flow.osborne_descent.
Goal True. idtac "theorem osborne_descent_balances". exact I. Qed.
Goal Synbal.Statements.osborne_descent.S_osborne_descent_balances. exact Synbal.Theorems_flow.osborne_descent_balances. Qed.
Print Assumptions Synbal.Theorems_flow.osborne_descent_balances.
Goal True. idtac "theorem osborne_descent_convergence". exact I. Qed.
Goal Synbal.Statements.osborne_descent.S_osborne_descent_convergence. exact Synbal.Theorems_flow.osborne_descent_convergence. Qed.
Print Assumptions Synbal.Theorems_flow.osborne_descent_convergence.
Goal True. idtac "theorem osborne_descent_cost". exact I. Qed.
Goal Synbal.Statements.osborne_descent.S_osborne_descent_cost. exact Synbal.Theorems_flow.osborne_descent_cost. Qed.
Print Assumptions Synbal.Theorems_flow.osborne_descent_cost.
Goal True. idtac "theorem osborne_descent_cyclic". exact I. Qed.
Goal Synbal.Statements.osborne_descent.S_osborne_descent_cyclic. exact Synbal.Theorems_flow.osborne_descent_cyclic. Qed.
Print Assumptions Synbal.Theorems_flow.osborne_descent_cyclic.
Goal True. idtac "theorem osborne_descent_optimal". exact I. Qed.
Goal Synbal.Statements.osborne_descent.S_osborne_descent_optimal. exact Synbal.Theorems_flow.osborne_descent_optimal. Qed.
Print Assumptions Synbal.Theorems_flow.osborne_descent_optimal.
Goal True. idtac "theorem osborne_descent_same_limit". exact I. Qed.
Goal Synbal.Statements.osborne_descent.S_osborne_descent_same_limit. exact Synbal.Theorems_flow.osborne_descent_same_limit. Qed.
Print Assumptions Synbal.Theorems_flow.osborne_descent_same_limit.
Goal True. idtac "theorem osborne_descent_weights". exact I. Qed.
Goal Synbal.Statements.osborne_descent.S_osborne_descent_weights. exact Synbal.Theorems_flow.osborne_descent_weights. Qed.
Print Assumptions Synbal.Theorems_flow.osborne_descent_weights.
Goal True. idtac "theorem regularised_training". exact I. Qed.
Goal Synbal.Statements.regularised_training.S_regularised_training. exact Synbal.Theorems_network.regularised_training. Qed.
Print Assumptions Synbal.Theorems_network.regularised_training.
Goal True. idtac "theorem regularised_training_matrix". exact I. Qed.
Goal Synbal.Statements.regularised_training.S_regularised_training_matrix. exact Synbal.Theorems_network.regularised_training_matrix. Qed.
Print Assumptions Synbal.Theorems_network.regularised_training_matrix.
Goal True. idtac "theorem task_preservation". exact I. Qed.
Goal Synbal.Statements.task_preservation.S_task_preservation. exact Synbal.Theorems_network.task_preservation. Qed.
Print Assumptions Synbal.Theorems_network.task_preservation.
Goal True. idtac "theorem task_preservation_converse". exact I. Qed.
Goal Synbal.Statements.task_preservation.S_task_preservation_converse. exact Synbal.Theorems_network.task_preservation_converse. Qed.
Print Assumptions Synbal.Theorems_network.task_preservation_converse.
Goal True. idtac "theorem task_preservation_discrete". exact I. Qed.
Goal Synbal.Statements.task_preservation.S_task_preservation_discrete. exact Synbal.Theorems_network.task_preservation_discrete. Qed.
Print Assumptions Synbal.Theorems_network.task_preservation_discrete.
Goal True. idtac "theorem task_preservation_discrete_caution". exact I. Qed.
Goal Synbal.Statements.task_preservation.S_task_preservation_discrete_caution. exact Synbal.Theorems_network.task_preservation_discrete_caution. Qed.
Print Assumptions Synbal.Theorems_network.task_preservation_discrete_caution.
Goal True. idtac "theorem task_preservation_discrete_degree_one". exact I. Qed.
Goal Synbal.Statements.task_preservation.S_task_preservation_discrete_degree_one. exact Synbal.Theorems_network.task_preservation_discrete_degree_one. Qed.
Print Assumptions Synbal.Theorems_network.task_preservation_discrete_degree_one.
Goal True. idtac "theorem task_preservation_euler". exact I. Qed.
Goal Synbal.Statements.task_preservation.S_task_preservation_euler. exact Synbal.Theorems_network.task_preservation_euler. Qed.
Print Assumptions Synbal.Theorems_network.task_preservation_euler.
Goal True. idtac "theorem task_preservation_input_output". exact I. Qed.
Goal Synbal.Statements.task_preservation.S_task_preservation_input_output. exact Synbal.Theorems_network.task_preservation_input_output. Qed.
Print Assumptions Synbal.Theorems_network.task_preservation_input_output.
Goal True. idtac "theorem task_preservation_tanh". exact I. Qed.
Goal Synbal.Statements.task_preservation.S_task_preservation_tanh. exact Synbal.Theorems_network.task_preservation_tanh. Qed.
Print Assumptions Synbal.Theorems_network.task_preservation_tanh.
Goal True. idtac "theorem unique_balance". exact I. Qed.
Goal Synbal.Statements.unique_balance.S_unique_balance. exact Synbal.Theorems_flow.unique_balance. Qed.
Print Assumptions Synbal.Theorems_flow.unique_balance.
Goal True. idtac "theorem unique_balance_connected". exact I. Qed.
Goal Synbal.Statements.unique_balance.S_unique_balance_connected. exact Synbal.Theorems_flow.unique_balance_connected. Qed.
Print Assumptions Synbal.Theorems_flow.unique_balance_connected.
Goal True. idtac "theorem unique_balance_converse". exact I. Qed.
Goal Synbal.Statements.unique_balance.S_unique_balance_converse. exact Synbal.Theorems_flow.unique_balance_converse. Qed.
Print Assumptions Synbal.Theorems_flow.unique_balance_converse.
Goal True. idtac "theorem unique_balance_costs". exact I. Qed.
Goal Synbal.Statements.unique_balance.S_unique_balance_costs. exact Synbal.Theorems_flow.unique_balance_costs. Qed.
Print Assumptions Synbal.Theorems_flow.unique_balance_costs.
Goal True. idtac "theorem unique_balance_free_synapse". exact I. Qed.
Goal Synbal.Statements.unique_balance.S_unique_balance_free_synapse. exact Synbal.Theorems_flow.unique_balance_free_synapse. Qed.
Print Assumptions Synbal.Theorems_flow.unique_balance_free_synapse.
Goal True. idtac "theorem unique_balance_matrix". exact I. Qed.
Goal Synbal.Statements.unique_balance.S_unique_balance_matrix. exact Synbal.Theorems_flow.unique_balance_matrix. Qed.
Print Assumptions Synbal.Theorems_flow.unique_balance_matrix.
Goal True. idtac "theorem unique_balance_weights". exact I. Qed.
Goal Synbal.Statements.unique_balance.S_unique_balance_weights. exact Synbal.Theorems_flow.unique_balance_weights. Qed.
Print Assumptions Synbal.Theorems_flow.unique_balance_weights.
