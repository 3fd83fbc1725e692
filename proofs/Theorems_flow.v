(** * The theorems about the flow: every statement under its name

    The statements are in [Statements/], one file per claim; the proofs are in the files imported
    here. A theorem is named like its statement, without the [S_]. *)

From Synbal Require Import Defs FlowDefs Balance.
From Synbal.Statements Require Import monotone_cost convex_cost unique_balance contraction.

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

(** ** contraction *)

Theorem contraction : S_contraction.
Proof. exact contraction_proof. Qed.

Theorem contraction_defect : S_contraction_defect.
Proof. exact contraction_defect_proof. Qed.
