(** * The theorems about the network: every statement under its name

    The statements are in [Statements/], one file per claim; the proofs are in the files imported
    here. A theorem is named like its statement, without the [S_]. *)

From Synbal Require Import Defs Networks TaskPreservation.
From Synbal.Statements Require Import task_preservation.

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
