(** * Example: a file that satisfies all hypotheses of the statement about what was written

    One neuron, with one input weight of 3 and one of 0, and the world: by the log-scales 0 and ln 2, 3 becomes 6. *)

From Coq Require Import Reals ZArith List Lra.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop.
From Synbal Require Import Satisfiable Defs Checker Weights Pairs.
From Synbal.Statements Require Import certified_balance certified_file certified_pair.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Definition input (mantissa : Z) : weight := Weight 1 2 mantissa 0 1 0 0.

Definition one_neuron : file :=
  File 0 1 0 false true [:: Neuron 1 0 1; Neuron 2 0 1] [:: 1%positive; 1%positive] [:: input 3; input 0] 0 1 1 1 4.

Lemma example_certified_balance_pair_weights : ltac:(satisfiable S_certified_balance_pair_weights).
Proof.
exists one_neuron, [:: input 6; input 0], 0%Z, 1%Z, (input 0); split; first by vm_compute.
by exists 0%nat; split=> //; exists ord0, ord_max; split=> //; rewrite /value /=; lra.
Qed.
