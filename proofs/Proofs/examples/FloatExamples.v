(** * Examples: networks that satisfy all hypotheses of the statements about floating point

    Two neurons, 0 and 1, with the costs 4 (into 0) and 1 (into 1), at the log-scales that balance them for p = 1: 0 and - ln 2. All
    that is computed is a power of two. *)

From Coq Require Import Reals ZArith Lra.
From Flocq Require Import Core BinarySingleNaN.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop.
From Synbal Require Import Satisfiable Defs FloatGradient FloatIeee.
From Synbal.Statements Require Import float_gradient float_ieee.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope R_scope.

(** The binary64 data 4, 2, 1 and 1/2: 2^52 times a power of two. *)
Definition four : f64 := @B754_finite 53 1024 false 4503599627370496 (-50) Logic.eq_refl.
Definition two : f64 := @B754_finite 53 1024 false 4503599627370496 (-51) Logic.eq_refl.
Definition one : f64 := @B754_finite 53 1024 false 4503599627370496 (-52) Logic.eq_refl.
Definition half : f64 := @B754_finite 53 1024 false 4503599627370496 (-53) Logic.eq_refl.

Lemma value_four : value four = 4.
Proof. by rewrite /value /four /B2R /F2R /=; lra. Qed.

Lemma value_two : value two = 2.
Proof. by rewrite /value /two /B2R /F2R /=; lra. Qed.

Lemma value_one : value one = 1.
Proof. by rewrite /value /one /B2R /F2R /=; lra. Qed.

Lemma value_half : value half = / 2.
Proof. by rewrite /value /half /B2R /F2R /=; lra. Qed.

Definition data (i j : 'I_2) : f64 := if i == j then positive_zero else if i == ord0 then four else one.
Definition scale_data (i : 'I_2) : f64 := if i == ord0 then one else half.

Definition uneven_costs (i j : 'I_2) : R := if i == j then 0 else if i == ord0 then 4 else 1.
Definition scales_of (i : 'I_2) : R := if i == ord0 then 1 else / 2.

Lemma data_values i j : value (data i j) = uneven_costs i j.
Proof. by rewrite /data /uneven_costs; case: eqP => // _; case: eqP => _; [exact: value_four | exact: value_one]. Qed.

Lemma scale_values i : value (scale_data i) = scales_of i.
Proof. by rewrite /scale_data /scales_of; case: eqP => _; [exact: value_one | exact: value_half]. Qed.

Lemma costs_binary64 i j : binary64 (uneven_costs i j).
Proof. by rewrite -data_values; exact: value_binary64. Qed.

Lemma scales_binary64 i : binary64 (scales_of i).
Proof. by rewrite -scale_values; exact: value_binary64. Qed.

Lemma costs_nonnegative : nonnegative uneven_costs.
Proof. by move=> i j; rewrite /uneven_costs; case: eqP => _; [lra | case: eqP => _; lra]. Qed.

Lemma scales_positive i : 0 < scales_of i.
Proof. by rewrite /scales_of; case: eqP => _; lra. Qed.

Lemma costs_connect : connects 'I_2 uneven_costs.
Proof. by exists ord0, ord_max; split=> //; rewrite /uneven_costs /=; lra. Qed.

(** Products and quotients are 0, 1 or 2. *)
Lemma at_least_one_normal x : 1 <= x -> normal x.
Proof.
move=> x1; right; apply: Rle_trans (Rle_abs x); apply: Rle_trans x1.
by have -> : 1 = bpow radix2 0 by []; apply: bpow_le.
Qed.

Lemma none_underflows : no_underflow uneven_costs scales_of.
Proof.
move=> i j; have fl1 : fl 1 = 1 by rewrite -value_one; apply: fl_id; exact: value_binary64.
have fl2 : fl 2 = 2 by rewrite -value_two; apply: fl_id; exact: value_binary64.
have fl0 : fl 0 = 0 by apply: fl_id; exact: binary64_0.
rewrite /uneven_costs /scales_of -!val_eqE; case: i => -[|[|]] // ?; case: j => -[|[|]] // ? /=.
- by rewrite Rmult_0_l fl0 /Rdiv Rmult_0_l; split; left.
- have -> : 4 * / 2 = 2 by field.
  by rewrite fl2; split; apply: at_least_one_normal; lra.
- rewrite Rmult_1_l fl1; have -> : 1 / / 2 = 2 by field.
  by split; apply: at_least_one_normal; lra.
by rewrite Rmult_0_l fl0 /Rdiv Rmult_0_l; split; left.
Qed.

Lemma few_terms (C : 'I_2 -> 'I_2 -> R) i : INR (terms C i + 3) * u < 1.
Proof.
have T := terms_lt C i; have : INR (terms C i + 3) <= INR 4.
  by apply: le_INR; apply/leP; move: T; rewrite -(leq_add2r 2) -addnA.
by have := u_gt0; rewrite /u /=; lra.
Qed.

Lemma example_float_gradient_scaled : ltac:(satisfiable S_float_gradient_scaled).
Proof.
exists 2%nat, uneven_costs; split; first exact: costs_connect.
exists scales_of, ord0; split; first exact: costs_binary64.
split; first exact: costs_nonnegative.
split; first exact: scales_binary64.
by split; [exact: scales_positive | split; [exact: none_underflows | exact: few_terms]].
Qed.

Lemma example_float_gradient_cost : ltac:(satisfiable S_float_gradient_cost).
Proof.
exists 2%nat, uneven_costs; split; first exact: costs_connect.
exists scales_of, ord0, ord_max; split; first exact: costs_nonnegative.
by split; [exact: scales_positive | exact: none_underflows].
Qed.

(** The scales are the exponentials, exactly. *)
Lemma example_float_gradient_exponentials : ltac:(satisfiable S_float_gradient_exponentials).
Proof.
exists 2%nat, uneven_costs; split; first exact: costs_connect.
exists 1, u, (fun i => if i == ord0 then 0 else - ln 2), scales_of, ord0; split; first exact: costs_binary64.
split; first exact: costs_nonnegative.
split; first exact: scales_binary64.
split; first exact: scales_positive.
split; first exact: none_underflows.
split; first exact: few_terms.
split; first by have := u_gt0; rewrite /u /=; lra.
move=> i; rewrite Rmult_1_l /scales_of; have := u_gt0.
case: eqP => _; rewrite ?exp_0 ?exp_Ropp ?exp_ln; try lra.
  by have -> : 1 / 1 - 1 = 0 by [field]; rewrite Rabs_R0; lra.
by have -> : / 2 / / 2 - 1 = 0 by [field]; rewrite Rabs_R0; lra.
Qed.

Lemma two_neurons_in_order : enum 'I_2 = [:: ord0; ord_max].
Proof. by apply: (inj_map val_inj); rewrite val_enum_ord. Qed.

(** In IEEE 754 arithmetic: 2 - 2. *)
Lemma example_float_ieee_scaled : ltac:(satisfiable S_float_ieee_scaled).
Proof.
exists 2%nat, data, scale_data, ord0; split; first by move=> i j; rewrite data_values; exact: costs_nonnegative.
split; first by move=> i; rewrite scale_values; exact: scales_positive.
split; first by move=> i j; rewrite !data_values !scale_values; exact: none_underflows.
split; last exact: few_terms.
rewrite /ieee_grad two_neurons_in_order; by vm_compute.
Qed.
