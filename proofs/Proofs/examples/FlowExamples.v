(** * Examples: networks that satisfy all hypotheses of the statements about the flow

    [uneven], [level] and the others: see [TwoNeurons.v]. *)

From Coq Require Import Reals Lra FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop path fingraph.
From Synbal Require Import Satisfiable Defs FlowDefs Matrices Sums Costs ClosedForms Theorems TwoNeurons.
From Synbal.Statements Require Import monotone_cost global_convergence contraction closed_forms conserved_quantities conserved_flow.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope R_scope.

Ltac costs_of w W := exists bool_finType; split; [exact: bool_has_two | exists w; split; [exact: W |]].
Ltac uneven_costs := costs_of uneven uneven_connects.
Ltac all_cost_one := costs_of ones ones_connects.

(** ** monotone_cost *)

(** Falling from log-scales zero. *)
Lemma example_monotone_cost_strict : ltac:(satisfiable S_monotone_cost_strict).
Proof.
uneven_costs; have [h [h0 F]] := uneven_flow; exists 1, h; split; first exact: uneven_nonnegative.
split; first lra; split=> //; split; first by rewrite h0 cost_at_0; exact: uneven_unbalanced.
by exists 0, 1; lra.
Qed.

(** At rest. *)
Lemma example_monotone_cost_rest : ltac:(satisfiable S_monotone_cost_rest).
Proof.
uneven_costs; exists 1, (fun _ => level); split; first exact: uneven_nonnegative.
split; first lra; split; first exact: level_flow.
by exists 0; split; [lra | split; [exact: level_balances | exists 1; lra]].
Qed.

Lemma example_monotone_cost_weights_strict : ltac:(satisfiable S_monotone_cost_weights_strict).
Proof.
all_cost_one; have [J [J0 F]] := uneven_weight_flow; exists 1, J; rewrite J0 uneven_cost.
split; first exact: uneven_connects.
split; first exact: ones_nonnegative.
by split; [lra | split=> //; split; [exact: uneven_unbalanced | exists 0, 1; lra]].
Qed.

Lemma example_monotone_cost_weights_rest : ltac:(satisfiable S_monotone_cost_weights_rest).
Proof.
all_cost_one; exists 1, (fun _ => even); split; first exact: even_connects.
split; first exact: ones_nonnegative.
split; first lra; split; first exact: even_weight_flow.
by exists 0; split; [lra | rewrite even_cost; split; [exact: even_balanced | exists 1; lra]].
Qed.

(** ** global_convergence *)

Lemma example_global_convergence_unique : ltac:(satisfiable S_global_convergence_unique).
Proof.
uneven_costs; have [h [h0 F]] := uneven_flow; exists 1, h, h; split; first exact: uneven_nonnegative.
by split; [lra | do 2!split=> //; exists 1, 2; split; [lra | split; [lra |]]].
Qed.

Lemma example_global_convergence_weights_unique : ltac:(satisfiable S_global_convergence_weights_unique).
Proof.
all_cost_one; have [J [J0 F]] := uneven_weight_flow; exists 1, J; rewrite J0; split; first exact: uneven_connects.
exists J; rewrite J0; split; first exact: uneven_connects.
split; first exact: ones_nonnegative.
by split; [lra | do 3!split=> //; exists 1; lra].
Qed.

Lemma example_global_convergence : ltac:(satisfiable S_global_convergence).
Proof.
uneven_costs; have [h [h0 F]] := uneven_flow; exists 1, h; split; first exact: uneven_nonnegative.
by split; [lra | split; [exact: uneven_on_cycles | split=> //; exists 1; lra]].
Qed.

(** The gap at balance is 8. *)
Lemma example_global_convergence_asymptotic : ltac:(satisfiable S_global_convergence_asymptotic).
Proof.
uneven_costs; have [h [h0 F]] := uneven_flow; exists 1, h, level, 8, 8; rewrite h0; split; first exact: uneven_nonnegative.
split; first lra; split=> //; split; first exact: level_balances.
by split; [exact: level_same_sums | split; [lra | split; [exact: uneven_gap | lra]]].
Qed.

(** And no eigenvalue is larger. *)
Lemma example_global_convergence_asymptotic_lower : ltac:(satisfiable S_global_convergence_asymptotic_lower).
Proof.
uneven_costs; have [h [h0 F]] := uneven_flow; exists 1, h, level, 8, 8; rewrite h0; split; first exact: uneven_nonnegative.
split; first lra; split=> //; split; first exact: level_balances.
split; first exact: level_same_sums.
split; first by exists false => /=; have := ln_lt_2; rewrite /level; lra.
split; first lra; split; last lra.
move=> y /(_ true); rewrite pair_component_sum; last lra.
move=> zero; rewrite uneven_at_level pair_dirichlet bool_norm2_sq.
by have -> : y false = - y true; [lra | apply: Req_le; ring].
Qed.

Lemma example_global_convergence_attained : ltac:(satisfiable S_global_convergence_attained).
Proof.
uneven_costs; exists 1, level, (fun i : bool => if i then 1 else -1), 8; split; first exact: uneven_nonnegative.
split; first lra; split; first exact: level_balances.
split; first lra; split; first exact: uneven_gap.
split; first by move=> i; rewrite pair_component_sum; lra.
split; first by exists true; lra.
by rewrite uneven_at_level pair_dirichlet bool_norm2_sq; ring.
Qed.

Lemma example_global_convergence_lambda : ltac:(satisfiable S_global_convergence_lambda).
Proof.
uneven_costs; have [h [h0 F]] := uneven_flow; exists 1, h, level, 8; rewrite h0; split; first exact: uneven_nonnegative.
split; first lra; split=> //; split; first exact: level_balances.
by split; [exact: level_same_sums | split; [exact: uneven_gap | exists 1; lra]].
Qed.

Lemma example_global_convergence_weights : ltac:(satisfiable S_global_convergence_weights).
Proof.
all_cost_one; have [J [J0 F]] := uneven_weight_flow; exists 1, J; rewrite J0; split; first exact: uneven_connects.
split; first exact: ones_nonnegative.
by split; [lra | split=> //; rewrite uneven_cost; exact: uneven_on_cycles].
Qed.

Lemma example_global_convergence_cost_bound : ltac:(satisfiable S_global_convergence_cost_bound).
Proof.
uneven_costs; have [h [h0 F]] := uneven_flow; exists 1, h, level; split; first exact: uneven_nonnegative.
by split; [lra | split=> //; exists 1; lra].
Qed.

(** The one synapse lies on no cycle. *)
Lemma example_global_convergence_off_cycle : ltac:(satisfiable S_global_convergence_off_cycle).
Proof.
costs_of one_way one_way_connects; have [h [h0 F]] := one_way_flow; exists 1, h; split; first exact: one_way_nonnegative.
by split; [lra | split=> //; exists false, true; exact: one_way_no_return].
Qed.

Lemma example_global_convergence_drift : ltac:(satisfiable S_global_convergence_drift).
Proof.
costs_of one_way one_way_connects; have [h [h0 F]] := one_way_flow; exists 1, h; split; first exact: one_way_nonnegative.
split; first lra; split=> //; exists false, true; split; last exact: one_way_no_return.
by rewrite /one_way /pair /=; lra.
Qed.

(** ** contraction *)

(** Away from balance, and at rest. *)
Lemma example_contraction : ltac:(satisfiable S_contraction).
Proof.
uneven_costs; have [h [h0 F]] := uneven_flow; exists 1, h, (fun _ => level); split; first exact: uneven_nonnegative.
by split; [lra | split=> //; split; [exact: level_flow | exists 1, 2; lra]].
Qed.

(** A curve that stays at zero misses the flow's velocity by the norm of the gradient. *)
Lemma stays_with_defect a b :
  curve_with_defect uneven 1 (fun _ _ => 0) (fun _ _ => 0) (fun _ => norm2 (fun i => 0 - grad uneven i)) a b.
Proof.
split; first by move=> t _ i; exact: is_derive_const.
by split=> t _; [rewrite cost_at_0; exact: Rle_refl | exact: continuous_const].
Qed.

Lemma example_contraction_defect : ltac:(satisfiable S_contraction_defect).
Proof.
uneven_costs; have [h [h0 F]] := uneven_flow.
exists 1, h, (fun _ _ => 0), (fun _ _ => 0), (fun _ => norm2 (fun i => 0 - grad uneven i)), 0, 1.
split; first exact: uneven_nonnegative.
by split; [lra | split; [lra | split=> //; exact: stays_with_defect]].
Qed.

Lemma example_contraction_pieces : ltac:(satisfiable S_contraction_pieces).
Proof.
uneven_costs; have [h [h0 F]] := uneven_flow.
exists 1, h, (fun _ _ _ => 0), (fun _ _ _ => 0), (fun _ _ => norm2 (fun i => 0 - grad uneven i)), INR, 3%nat.
split; first exact: uneven_nonnegative.
split; first lra; split=> //; split; first exact: Rle_refl.
by split=> k; [rewrite S_INR; lra | exact: stays_with_defect].
Qed.

(** The flow itself, and the largest rate that there can be. *)
Lemma example_contraction_rate : ltac:(satisfiable S_contraction_rate).
Proof.
uneven_costs; have [h [h0 F]] := uneven_flow.
exists 1, h, h, (fun t => grad (cost_at uneven 1 (h t))), (fun _ => 0), 0, 1, 8, 0.
have norm0 : norm2 (fun _ : bool => 0) <= 0 by rewrite /norm2 bool_norm2_sq; have -> : 0 ^ 2 + 0 ^ 2 = 0 by [ring]; rewrite sqrt_0; lra.
split; first exact: uneven_nonnegative.
split; first lra; split; first lra; split=> //; split; first lra.
split.
  split; first by move=> t [t0 _] i; exact: F.
  split=> t _; last exact: continuous_const.
  by have -> : (fun i => grad (cost_at uneven 1 (h t)) i - grad (cost_at uneven 1 (h t)) i) = (fun _ : bool => 0);
    [apply: functional_extensionality => i; ring |].
split; first by move=> t [t0 _]; apply: (proj1 (global_convergence _ _ _ _ uneven_nonnegative Rlt_0_1 uneven_on_cycles F)).
split=> t [t0 _]; last exact: uneven_gap.
by have -> : (fun i => h t i - h t i) = (fun _ : bool => 0); [apply: functional_extensionality => i; ring |].
Qed.

(** A curve that bends. *)
Lemma example_contraction_truncation : ltac:(satisfiable S_contraction_truncation).
Proof.
uneven_costs; exists 1, (fun (_ : bool) k => INR k), 5%nat, 8%nat, 2; split; first exact: uneven_nonnegative.
by split; [lra | split=> //; lra].
Qed.

(** ** closed_forms *)

Lemma uneven_both : 0 < uneven false true /\ 0 < uneven true false.
Proof. by rewrite /uneven /pair /=; lra. Qed.

Lemma example_closed_forms_two_neurons : ltac:(satisfiable S_closed_forms_two_neurons).
Proof.
exists uneven; split; first exact: uneven_connects.
have [h [h0 F]] := uneven_flow; have [f b] := uneven_both; exists 1; split; first lra; do 2!split=> //.
by exists h; split=> //; split; [rewrite h0 | exists 1, true; lra].
Qed.

Lemma example_closed_forms_two_neuron_costs : ltac:(satisfiable S_closed_forms_two_neuron_costs).
Proof.
exists uneven; split; first exact: uneven_connects.
have [h [h0 F]] := uneven_flow; have [f b] := uneven_both; exists 1, h; split; first lra; do 3!split=> //.
by split; [rewrite h0 | exists 1; lra].
Qed.

Lemma example_closed_forms_two_neuron_weights : ltac:(satisfiable S_closed_forms_two_neuron_weights).
Proof.
exists ones; split; first exact: ones_connects.
have [J [J0 F]] := uneven_weight_flow; have [f b] := uneven_both; exists 1, J; rewrite J0 uneven_cost.
by split; [exact: uneven_connects | split; [lra | do 3!split=> //; exists 1; lra]].
Qed.

Lemma example_closed_forms_one_way : ltac:(satisfiable S_closed_forms_one_way).
Proof.
exists one_way; split; first exact: one_way_connects.
have [h [h0 F]] := one_way_flow; exists 1, h; rewrite /one_way /pair /=.
by split; [lra | split; [lra | do 3!split=> //; exists 1; lra]].
Qed.

(** ** conserved_quantities, of the flow: the product of the two weights *)

Lemma example_conserved_quantities_flow : ltac:(satisfiable S_conserved_quantities_flow).
Proof.
all_cost_one; exists 1, (fun J => walk_product J true [:: false; true]), uneven; split; first exact: uneven_connects.
exists level; split; first exact: ones_nonnegative.
split; first lra; split; first by move=> i j _ _; rewrite /ones; lra.
split; first by rewrite uneven_cost; exact: uneven_on_cycles.
split=> [J K L|J F].
  have L1 := is_lim_mult _ _ _ _ _ (L true false) (is_lim_const 1 p_infty) I.
  exact: (is_lim_mult _ _ _ _ _ (L false true) L1 I).
have W : last true [:: false; true] = true by [].
by have [_ C] := conserved_quantities_closed_walks _ _ _ W; exact: (C _ _ _ Rlt_0_1 F).
Qed.
