(** * The conserved quantities determine the network up to the transform

    Let K have the signs of J and the same conserved log-quantities. With d_ij = ln |K_ij / J_ij|, the network with the cost
    e^{d_ij} from j to i and e^{- d_ij} from i to j, for every synapse of J, is balanceable, since every synapse has one back.
    At its balanced point h let y_ij = d_ij + h_j - h_i; the balance says that the exponents a_ij = e^{y_ij} - e^{- y_ij} are
    conserved. So sum a_ij d_ij = 0, hence sum (e^{y_ij} - e^{- y_ij}) y_ij = 0, and every y_ij is zero.

    Glossary: see [Statements/conserved_count.v]. *)

From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop finset path fingraph.
From Synbal Require Import Defs Sums Costs Calculus Convexity GlobalConvergence ConservedCount.
From Synbal.Statements Require Import conserved_count.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope R_scope.

Lemma sign_abs x : x = sign x * Rabs x.
Proof.
case: (Rtotal_order x 0) => [x0|[->|x0]]; first by rewrite sign_eq_m1 // Rabs_left //; ring.
  by rewrite Rabs_R0; ring.
by rewrite sign_eq_1 // Rabs_pos_eq; lra.
Qed.

(** (e^y - e^{-y}) y is positive unless y = 0. *)
Lemma sinh_mul_ge0 y : 0 <= (exp y - exp (- y)) * y.
Proof. have := exp_tangent (- y) y; have := exp_tangent y (- y); nra. Qed.

Lemma sinh_mul_eq0 y : (exp y - exp (- y)) * y = 0 -> y = 0.
Proof.
move=> E; case: (Rtotal_order y 0) => [y0|[//|y0]]; exfalso.
- by have := exp_increasing y (- y) ltac:(lra); nra.
- by have := exp_increasing (- y) y ltac:(lra); nra.
Qed.

Section Complete.
Variable V : finType.
Variables J K : V -> V -> R.

Lemma log_quantity_sums (a L : V -> V -> R) : (forall i j, (L i j = 0) <-> (J i j = 0)) ->
  (forall i j, J i j = 0 -> a i j = 0) ->
  log_quantity a L = \rsum_(i) \rsum_(j) (a i j * ln (Rabs (L i j))).
Proof.
move=> LJ aJ; rewrite /log_quantity pair_big /= [RHS](bigID (mem (support L))) /=.
rewrite [X in _ + X]rsum0 ?Rplus_0_r // => e /negP N.
have Z : L e.1 e.2 = 0.
  by move: N; rewrite inE; case: Req_EM_T => // _ [].
by rewrite aJ ?Rmult_0_l //; apply/LJ.
Qed.

Hypothesis same_sign : forall i j, sign (K i j) = sign (J i j).
Hypothesis same_value : forall a, conserved_log a J -> log_quantity a K = log_quantity a J.

Lemma same_zero i j : K i j = 0 <-> J i j = 0.
Proof.
split=> Z.
- by rewrite (sign_abs (J i j)) -same_sign Z sign_0 Rmult_0_l.
- by rewrite (sign_abs (K i j)) same_sign Z sign_0 Rmult_0_l.
Qed.

Let d i j := ln (Rabs (K i j)) - ln (Rabs (J i j)).
Let on i j (x : R) := if Req_EM_T (J i j) 0 then 0 else x.
Let W i j := on i j (exp (d i j)) + on j i (exp (- d j i)).

Lemma on_ge0 i j x : 0 <= x -> 0 <= on i j x.
Proof. by rewrite /on; case: Req_EM_T => //= ? _; exact: Rle_refl. Qed.

Lemma W_ge0 : nonnegative W.
Proof. by move=> i j; apply: Rplus_le_le_0_compat; apply: on_ge0; exact/Rlt_le/exp_pos. Qed.

Lemma W_back i j : 0 < W i j -> 0 < W j i.
Proof.
rewrite /W /on; have := exp_pos (d i j); have := exp_pos (- d i j); have := exp_pos (d j i); have := exp_pos (- d j i).
by case: Req_EM_T => /= ?; case: Req_EM_T => /= ?; lra.
Qed.

Lemma W_on_cycles : on_cycles W.
Proof. by move=> i j /W_back H; apply: connect1; apply/synapseP. Qed.

Lemma complete : exists h, forall i j, K i j = rescale h J i j.
Proof.
have [h B] := (balanceable_proof W_ge0 Rlt_0_1).2 W_on_cycles.
pose y i j := d i j + (h j - h i).
pose a i j := on i j (exp (y i j) - exp (- y i j)).
have aJ i j : J i j = 0 -> a i j = 0 by rewrite /a /on; case: Req_EM_T.
have bal i : grad a i = 0.
  rewrite -(B i) /grad -!rsumB; apply: rsum_ext => j _.
  have E1 u v : exp (y u v) = exp (d u v) * exp (1 * (h v - h u)) by rewrite -exp_plus; congr exp; rewrite /y; ring.
  have E2 u v : exp (- y u v) = exp (- d u v) * exp (1 * (h u - h v)) by rewrite -exp_plus; congr exp; rewrite /y; ring.
  by rewrite /a !E1 !E2 /cost_at /W /on; case: Req_EM_T => /= ?; case: Req_EM_T => /= ?; ring.
have sum0 x : \rsum_(i) \rsum_(j) (a i j * (x i - x j)) = 0.
  by rewrite -grad_parts; apply: rsum0 => i _; rewrite bal; ring.
have cons : conserved_log a J.
  move=> x; rewrite !log_quantity_sums // => [|i j]; last first.
    rewrite rescale_eq; split=> [/Rmult_integral [//|E]|->]; last by ring.
    by have := exp_pos (x j - x i); lra.
  apply: Rminus_diag_uniq; rewrite -rsumB -[RHS](sum0 (fun i => - x i)); apply: rsum_ext => i _.
  rewrite -rsumB; apply: rsum_ext => j _; rewrite rescale_eq.
  case: (Req_dec (J i j) 0) => [/aJ ->|N]; first by ring.
  rewrite Rabs_mult (Rabs_pos_eq (exp _)); last exact/Rlt_le/exp_pos.
  rewrite ln_mult; [rewrite ln_exp; ring | exact: Rabs_pos_lt | exact: exp_pos].
have ad : \rsum_(i) \rsum_(j) (a i j * d i j) = 0.
  have := same_value cons; rewrite !log_quantity_sums //; last exact: same_zero.
  move=> E; apply: (etrans _ (Rminus_diag_eq _ _ E)); rewrite -rsumB; apply: rsum_ext => i _.
  by rewrite -rsumB; apply: rsum_ext => j _; rewrite /d; ring.
have ay : \rsum_(i) \rsum_(j) (a i j * y i j) = 0.
  transitivity (\rsum_(i) \rsum_(j) (a i j * d i j) + \rsum_(i) \rsum_(j) (a i j * (- h i - - h j))).
    rewrite -rsumD; apply: rsum_ext => i _.
    by rewrite -rsumD; apply: rsum_ext => j _; rewrite /y; ring.
  by rewrite ad (sum0 (fun i => - h i)); ring.
have t0 i j : 0 <= a i j * y i j.
  rewrite /a /on; case: Req_EM_T => /= ?; last exact: sinh_mul_ge0.
  by rewrite Rmult_0_l; exact: Rle_refl.
have y0 i j : J i j <> 0 -> y i j = 0.
  move=> N; have R0 u : 0 <= \rsum_(v) (a u v * y u v) by apply: rsum_ge0 => v _; exact: t0.
  have := rsum_eq0 (fun v => t0 i v) (rsum_eq0 R0 ay i) j.
  by rewrite /a /on; case: Req_EM_T => //= ?; exact: sinh_mul_eq0.
exists (fun i => - h i) => i j; rewrite rescale_eq.
case: (Req_dec (J i j) 0) => [Z|N]; first by rewrite Z Rmult_0_l; apply/same_zero.
have KN : K i j <> 0 by move/same_zero.
have E : ln (Rabs (K i j)) = ln (Rabs (J i j)) + (- h j - - h i) by have := y0 i j N; rewrite /y /d; lra.
have A : Rabs (K i j) = Rabs (J i j) * exp (- h j - - h i).
  rewrite -[LHS]exp_ln; last exact: Rabs_pos_lt.
  by rewrite E exp_plus exp_ln //; exact: Rabs_pos_lt.
by rewrite (sign_abs (K i j)) A same_sign {3}(sign_abs (J i j)); ring.
Qed.

End Complete.

Lemma conserved_complete_proof : S_conserved_quantities_complete.
Proof. by move=> V J K s v; exact: complete. Qed.
