(** * The damped Newton step for any degrees: [exp_quadratic] synapse by synapse, as for degree one *)

From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop path fingraph.
From Synbal Require Import Defs FlowDefs any_degree Sums Costs Calculus AnyDegree DampedNewton.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope R_scope.

Lemma any_degree_newton_proof : S_any_degree_newton.
Proof.
move=> V w p s k h x w0 p0 s0 C D near HD.
set l := ln (1 + s); have l0 : 0 < l by exact: ln_gt0.
have el : exp l = 1 + s by apply: exp_ln; lra.
have E : D = \rsum_(i) \rsum_(j) (C i j * (x i - k j * x j)) by rewrite HD tested.
pose q := (s - l) / s ^ 2.
apply: (Rle_trans _ (\rsum_(i) \rsum_(j) (C i j
    + (- (l / s)) * (C i j * (x i - k j * x j)) + q * (C i j * (k j * x j - x i) ^ 2)))).
- apply: rsum_le => i _; apply: rsum_le => j _.
  have C0 : 0 <= C i j by exact: costs_ge0.
  set y := l / s * (k j * x j - x i).
  have -> : cost_of_degrees w p k (fun i => h i + l / s * (x i / p)) i j = C i j * exp y.
    rewrite /C /cost_of_degrees Rmult_assoc -exp_plus; congr (_ * exp _).
    by rewrite /y; field; lra.
  case: (Req_dec (C i j) 0) => [->|Cn]; first by rewrite !Rmult_0_l; lra.
  have Y : Rabs y <= l.
    rewrite /y Rabs_mult Rabs_pos_eq; last by apply: Rlt_le; apply: Rdiv_lt_0_compat.
    have N := near i j ltac:(lra).
    apply: (Rle_trans _ (l / s * s)); last by apply: Req_le; field; lra.
    by apply: Rmult_le_compat_l => //; apply: Rlt_le; apply: Rdiv_lt_0_compat.
  have := exp_quadratic l0 Y; rewrite el => H.
  have H2 := Rmult_le_compat_l _ _ _ C0 H; apply: Rle_trans H2 _; apply: Req_le.
  by rewrite /y /q; field; lra.
- apply: Req_le; transitivity (total C + (- (l / s)) * D + q * D); last by rewrite /q; field; lra.
  rewrite {1}E /total /D -!rsumZl -!rsumD; apply: rsum_ext => i _.
  by rewrite -!rsumZl -!rsumD.
Qed.
