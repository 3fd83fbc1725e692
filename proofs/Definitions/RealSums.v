(** * Finite sums and products of reals: the one file with notations

    [\rsum_(i) F i] is the sum of [F i] over all elements of a finite type, [\rsum_(i | P i)] over those with [P],
    [\rsum_(i in r)] and [\rprod_(i in r)] go over a list. *)

From Coq Require Import Reals Lra.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Local Open Scope R_scope.

(** Finite sums and products of reals: addition and multiplication are declared to the big-operator library. *)
Lemma Rplus_assoc' : associative Rplus. Proof. by move=> x y z; ring. Qed.
Lemma Rmult_assoc' : associative Rmult. Proof. by move=> x y z; ring. Qed.
Lemma Rplus_left_id : left_id 0 Rplus. Proof. by move=> x; ring. Qed.
Lemma Rplus_right_id : right_id 0 Rplus. Proof. by move=> x; ring. Qed.
Lemma Rmult_left_id : left_id 1 Rmult. Proof. by move=> x; ring. Qed.
Lemma Rmult_right_id : right_id 1 Rmult. Proof. by move=> x; ring. Qed.
Lemma Rmult_left_zero : left_zero 0 Rmult. Proof. by move=> x; ring. Qed.
Lemma Rmult_right_zero : right_zero 0 Rmult. Proof. by move=> x; ring. Qed.
Lemma Rplus_comm' : commutative Rplus. Proof. by move=> x y; ring. Qed.
Lemma Rmult_comm' : commutative Rmult. Proof. by move=> x y; ring. Qed.
Lemma Rmult_left_distr : left_distributive Rmult Rplus. Proof. by move=> x y z; ring. Qed.
Lemma Rmult_right_distr : right_distributive Rmult Rplus. Proof. by move=> x y z; ring. Qed.

Canonical Rplus_monoid := Monoid.Law Rplus_assoc' Rplus_left_id Rplus_right_id.
Canonical Rplus_comoid := Monoid.ComLaw Rplus_comm'.
Canonical Rmult_monoid := Monoid.Law Rmult_assoc' Rmult_left_id Rmult_right_id.
Canonical Rmult_comoid := Monoid.ComLaw Rmult_comm'.
Canonical Rmult_muloid := Monoid.MulLaw Rmult_left_zero Rmult_right_zero.
Canonical Rplus_addoid := Monoid.AddLaw Rmult_left_distr Rmult_right_distr.

Notation "'\rsum_' ( i ) F" := (\big[Rplus/0]_i F%R)
  (at level 34, F at level 36, i at level 50, format "'[' '\rsum_' ( i ) '/  '  F ']'") : R_scope.
Notation "'\rsum_' ( i 'in' r ) F" := (\big[Rplus/0]_(i <- r) F%R)
  (at level 34, F at level 36, i, r at level 50) : R_scope.
Notation "'\rsum_' ( i | P ) F" := (\big[Rplus/0]_(i | P%B) F%R)
  (at level 34, F at level 36, i at level 50) : R_scope.
Notation "'\rprod_' ( i 'in' r ) F" := (\big[Rmult/1]_(i <- r) F%R)
  (at level 34, F at level 36, i, r at level 50) : R_scope.
