(** * The IEEE 754 operations and the rounded-real model: proofs

    Glossary: see [Statements/float_ieee.v]. Each lemma says: a finite result had finite operands, did not
    overflow, and is the correctly rounded one. *)

From Coq Require Import Reals ZArith Lra.
From Flocq Require Import Core BinarySingleNaN.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop.
From Synbal Require Import Defs FloatGradient.
From Synbal.Statements Require Import float_gradient float_ieee.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope R_scope.

Lemma value_binary64 x : binary64 (value x).
Proof. exact: generic_format_B2R. Qed.

(** An overflow gives an infinity. *)
Lemma overflow_not_finite (z : f64) s : B2SF z = binary_overflow 53 1024 mode_NE s -> is_finite z = true -> False.
Proof. by case: z. Qed.

Lemma add_finite x y : is_finite (add x y) = true -> is_finite x = true /\ is_finite y = true.
Proof. by case: x => [sx|sx||sx mx ex hx]; case: y => [sy|sy||sy my ey hy] //=; rewrite /add /=; case: Bool.eqb. Qed.

Lemma sub_finite x y : is_finite (sub x y) = true -> is_finite x = true /\ is_finite y = true.
Proof. by case: x => [sx|sx||sx mx ex hx]; case: y => [sy|sy||sy my ey hy] //=; rewrite /sub /=; case: sx; case: sy. Qed.

Lemma add_value x y : is_finite (add x y) = true -> value (add x y) = fl (value x + value y).
Proof.
move=> F; have [fx fy] := add_finite F.
have := Bplus_correct 53 1024 prec_positive prec_below mode_NE x y fx fy.
by case: Rlt_bool => [[]//|[O _]]; case: (overflow_not_finite O F).
Qed.

Lemma sub_value x y : is_finite (sub x y) = true -> value (sub x y) = fl (value x - value y).
Proof.
move=> F; have [fx fy] := sub_finite F.
have := Bminus_correct 53 1024 prec_positive prec_below mode_NE x y fx fy.
by case: Rlt_bool => [[]//|[O _]]; case: (overflow_not_finite O F).
Qed.

Lemma mul_value x y : is_finite (mul x y) = true -> value (mul x y) = fl (value x * value y).
Proof.
move=> F; have := Bmult_correct 53 1024 prec_positive prec_below mode_NE x y.
by case: Rlt_bool => [[]//|O]; case: (overflow_not_finite O F).
Qed.

Lemma div_value x y : value y <> 0 -> is_finite (div x y) = true ->
  is_finite x = true /\ value (div x y) = fl (value x / value y).
Proof.
move=> y0 F; have := Bdiv_correct 53 1024 prec_positive prec_below mode_NE x y y0.
case: Rlt_bool => [[E [Fx _]]|O]; last by case: (overflow_not_finite O F).
by split=> //; rewrite -Fx.
Qed.

Lemma sum_value l s : is_finite (foldl add s l) = true ->
  is_finite s = true /\ value (foldl add s l) = foldl (fun s x => fl (s + x)) (value s) [seq value x | x <- l].
Proof.
elim: l s => [|x l IH] s //= F.
have [Fs E] := IH _ F; have [fs _] := add_finite Fs.
by rewrite E add_value.
Qed.

Lemma float_ieee_binary64_proof : S_float_ieee_binary64.
Proof. exact: value_binary64. Qed.

Lemma float_ieee_gradient_proof : S_float_ieee_gradient.
Proof.
move=> n C i F; rewrite /ieee_grad sub_value //; have [Fr Fc] := sub_finite F.
have [_ Er] := sum_value Fr; have [_ Ec] := sum_value Fc.
by rewrite /ieee_sum Er Ec -!map_comp.
Qed.

Lemma float_ieee_cost_proof : S_float_ieee_cost.
Proof.
move=> n w d i j d0 F; have [Fm E] := div_value d0 F.
by rewrite /ieee_cost E mul_value.
Qed.

Lemma float_ieee_bound_proof : S_float_ieee_bound.
Proof.
move=> n C i c c0 F m1; rewrite float_ieee_gradient_proof //.
by apply: float_gradient_proof => // a b; exact: value_binary64.
Qed.

(** ** All together *)

Lemma sum_all_finite (T : eqType) (F : T -> f64) (l : seq T) s :
  is_finite (foldl add s [seq F j | j <- l]) = true -> {in l, forall j, is_finite (F j) = true}.
Proof.
elim: l s => [|x l IH] s //= Fin j; rewrite inE => /orP[/eqP ->|]; last exact: (IH _ Fin).
by have [Fs _] := sum_value Fin; have [_ ->] := add_finite Fs.
Qed.

Lemma float_ieee_scaled_proof : S_float_ieee_scaled.
Proof.
move=> n w d i W D W0 D0 N F m1.
have D1 j : value (d j) <> 0 by have := D0 j; rewrite /D; lra.
suff -> : value (ieee_grad (ieee_cost w d) i) = fl_grad (fl_cost W D) i.
  by apply: float_gradient_scaled_proof => // *; exact: value_binary64.
have [Fr Fc] := sub_finite F.
rewrite float_ieee_gradient_proof // /fl_grad /fl_incoming /fl_outgoing; congr (fl (fl_sum _ - fl_sum _)).
- by apply/eq_in_map => j Hj; apply: float_ieee_cost_proof => //; exact: (sum_all_finite Fr).
- by apply/eq_in_map => j Hj; apply: float_ieee_cost_proof => //; exact: (sum_all_finite Fc).
Qed.
