(** * Floating point, down to the bits: the IEEE 754 operations compute what [float_gradient.v] says

    Source: issue "The proofs", point 3. The program adds, subtracts, multiplies and divides in IEEE 754 binary64, rounding
    to nearest, ties to even: Flocq's [binary_float 53 1024] with [mode_NE]. When the result is finite nothing
    overflowed, and the real number that it stands for is the one of the rounded-real model.

    Glossary.
    - [f64]                  an IEEE 754 binary64 datum: a number, a signed zero, an infinity, or a NaN
    - [value x]              the real number that a finite datum stands for
    - [ieee_sum], [ieee_grad], [ieee_cost]  as [fl_sum], [fl_grad], [fl_cost], in IEEE 754 operations *)

From Coq Require Import Reals ZArith.
From Flocq Require Import Core BinarySingleNaN.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop.
From Synbal Require Import Defs.
From Synbal.Statements Require Import float_gradient.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope R_scope.

Definition prec_positive : Prec_gt_0 53 := Logic.eq_refl.
Definition prec_below : Prec_lt_emax 53 1024 := Logic.eq_refl.

Definition f64 := binary_float 53 1024.
Definition value (x : f64) : R := B2R x.

Definition add (x y : f64) : f64 := @Bplus 53 1024 prec_positive prec_below mode_NE x y.
Definition sub (x y : f64) : f64 := @Bminus 53 1024 prec_positive prec_below mode_NE x y.
Definition mul (x y : f64) : f64 := @Bmult 53 1024 prec_positive prec_below mode_NE x y.
Definition div (x y : f64) : f64 := @Bdiv 53 1024 prec_positive prec_below mode_NE x y.

Definition positive_zero : f64 := B754_zero false.

Definition ieee_sum (l : seq f64) : f64 := foldl add positive_zero l.

Section Gradient.
Variable n : nat.
Implicit Types (C w : 'I_n -> 'I_n -> f64) (d : 'I_n -> f64).

Definition ieee_grad C (i : 'I_n) : f64 :=
  sub (ieee_sum [seq C i j | j <- enum 'I_n & j != i]) (ieee_sum [seq C j i | j <- enum 'I_n & j != i]).

Definition ieee_cost w d (i j : 'I_n) : f64 := div (mul (w i j) (d j)) (d i).

End Gradient.

(** The value of every datum is a binary64 number. *)
Definition S_float_ieee_binary64 : Prop := forall x : f64, binary64 (value x).

(** If the computed neural gradient is finite, its value is [fl_grad] of the values of the costs. *)
Definition S_float_ieee_gradient : Prop :=
  forall (n : nat) (C : 'I_n -> 'I_n -> f64) (i : 'I_n),
  is_finite (ieee_grad C i) = true ->
  value (ieee_grad C i) = fl_grad (fun i j => value (C i j)) i.

(** If a computed cost is finite, its value is [fl_cost] of the values of w and d. *)
Definition S_float_ieee_cost : Prop :=
  forall (n : nat) (w : 'I_n -> 'I_n -> f64) (d : 'I_n -> f64) (i j : 'I_n),
  value (d i) <> 0 -> is_finite (ieee_cost w d i j) = true ->
  value (ieee_cost w d i j) = fl_cost (fun i j => value (w i j)) (fun i => value (d i)) i j.

(** So the error bound of [float_gradient.v] holds for the IEEE 754 computation. *)
Definition S_float_ieee_bound : Prop :=
  forall (n : nat) (C : 'I_n -> 'I_n -> f64) (i : 'I_n),
  let c := fun i j => value (C i j) in
  nonnegative c -> is_finite (ieee_grad C i) = true -> INR (terms c i + 1) * u < 1 ->
  Rabs (value (ieee_grad C i) - grad c i) <= gamma (terms c i + 1) * (incoming c i + outgoing c i).

(** All together: the program's gradient from the weights w and the scales d, in IEEE 754 arithmetic, against the gradient of the
    real costs w_ij d_j / d_i. A finite result means that nothing overflowed; underflow is excluded for the
    products and quotients by [no_underflow]. *)
Definition S_float_ieee_scaled : Prop :=
  forall (n : nat) (w : 'I_n -> 'I_n -> f64) (d : 'I_n -> f64) (i : 'I_n),
  let W := fun i j => value (w i j) in
  let D := fun i => value (d i) in
  nonnegative W -> (forall i, 0 < D i) ->
  no_underflow W D ->
  is_finite (ieee_grad (ieee_cost w d) i) = true -> INR (terms W i + 3) * u < 1 ->
  Rabs (value (ieee_grad (ieee_cost w d) i) - grad (real_cost W D) i)
    <= gamma (terms W i + 3) * (incoming (real_cost W D) i + outgoing (real_cost W D) i).
