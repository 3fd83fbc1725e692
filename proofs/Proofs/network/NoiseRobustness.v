(** * Noise robustness: proofs

    Glossary: see [Statements/noise_robustness.v]. *)

From Coq Require Import Reals Lra FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop.
From Synbal Require Import Defs Sums Costs Convexity.
From Synbal.Statements Require Import noise_robustness.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope R_scope.

Lemma abs_pow_2 x : abs_pow 2 x = x ^ 2.
Proof.
have [->|x0] := Req_dec x 0; first by rewrite abs_pow_0; ring.
rewrite abs_pow_n0 // (_ : 2 * ln (Rabs x) = ln (Rabs x) + ln (Rabs x)); last by ring.
by rewrite exp_plus exp_ln ?RPow_abs -?Rabs_mult; [rewrite Rabs_pos_eq; [ring | nra] | exact: Rabs_pos_lt].
Qed.

Lemma rsum_square (V : finType) (a : V -> R) :
  (\rsum_(j) a j)^2 = \rsum_(j) \rsum_(l) (a j * a l).
Proof.
rewrite /= Rmult_1_r -rsumZr; apply: rsum_ext => j _; by rewrite -rsumZl.
Qed.

(** Only the diagonal of E[xi xi^T] is left. *)
Lemma noise_row (Omega V : finType) (q : Omega -> R) (xi : Omega -> V -> R) (c : V -> R) : unit_noise q xi ->
  expectation q (fun o => (\rsum_(j) (c j * xi o j))^2) = \rsum_(j) c j ^ 2.
Proof.
move=> U.
transitivity (\rsum_(j) \rsum_(l) (c j * c l * expectation q (fun o => xi o j * xi o l))).
  rewrite /expectation; under rsum_ext => o _ do rewrite rsum_square -rsumZl.
  rewrite rsum_swap; apply: rsum_ext => j _.
  under rsum_ext => o _ do rewrite -rsumZl.
  rewrite rsum_swap; apply: rsum_ext => l _.
  by rewrite -rsumZl; apply: rsum_ext => o _; ring.
apply: rsum_ext => j _; rewrite (rsum_single (i := j)); first by rewrite U eqxx; ring.
by move=> l lj; rewrite U eq_sym (negbTE lj); ring.
Qed.

Lemma noise_robustness_identity (Omega V : finType) (q : Omega -> R) (xi : Omega -> V -> R) s (r : V -> R)
  (J : V -> V -> R) : unit_noise q xi ->
  noise_power q xi s r J = s ^ 2 * \rsum_(i) \rsum_(j) (r j ^ 2 * J i j ^ 2).
Proof.
move=> U; rewrite /noise_power /expectation.
transitivity (\rsum_(i) expectation q (fun o => (\rsum_(j) (J i j * r j * s * xi o j))^2)).
  under rsum_ext => o _ do rewrite -rsumZl.
  rewrite rsum_swap; apply: rsum_ext => i _; apply: rsum_ext => o _.
  by congr (_ * _^2); apply: rsum_ext => j _; ring.
rewrite -rsumZl; apply: rsum_ext => i _; rewrite noise_row // -rsumZl.
by apply: rsum_ext => j _; ring.
Qed.

Lemma noise_cost (V : finType) s (r : V -> R) (J : V -> V -> R) :
  s ^ 2 * \rsum_(i) \rsum_(j) (r j ^ 2 * J i j ^ 2) = s ^ 2 * total (cost (robustness_alpha r) 2 J).
Proof.
by congr (_ * _); apply: rsum_ext => i _; apply: rsum_ext => j _; rewrite /cost abs_pow_2.
Qed.

Lemma noise_robustness_proof : S_noise_robustness.
Proof.
move=> Omega V q xi s r J U; split; first exact: noise_robustness_identity.
by rewrite -noise_cost; exact: noise_robustness_identity.
Qed.

Lemma robustness_cost_ge0 (V : finType) (r : V -> R) (J : V -> V -> R) :
  nonnegative (cost (robustness_alpha r) 2 J).
Proof. by apply: cost_ge0 => i j; exact: pow2_ge_0. Qed.

(** As low as a balanced transform is balanced. *)
Lemma equal_cost_balanced (V : finType) (w : V -> V -> R) (p : R) (h k : V -> R) : nonnegative w -> 0 < p ->
  balanced (cost_at w p h) -> total (cost_at w p k) = total (cost_at w p h) -> balanced (cost_at w p k).
Proof.
move=> w0 p0 B E; apply: (critical_balanced p0); apply: min_critical => // l.
by rewrite E; exact: balanced_min.
Qed.

Lemma noise_robustness_balanced_proof : S_noise_robustness_balanced.
Proof.
move=> Omega V q xi s r J U s0 B h.
have s2 : 0 < s ^ 2 by have := Rsqr_pos_lt _ s0; rewrite /Rsqr /=; lra.
rewrite !(proj2 (noise_robustness_proof s r _ U)) cost_rescale.
set w := cost _ 2 J; have w0 : nonnegative w by exact: robustness_cost_ge0.
have B0 : balanced (cost_at w 2 (fun=> 0)) by rewrite cost_at_0.
have L k l : balanced (cost_at w 2 k) -> total (cost_at w 2 k) <= total (cost_at w 2 l).
  by move=> Bk; apply: balanced_min.
have := L _ h B0; rewrite cost_at_0 => Lh.
split; first by apply: Rmult_le_compat_l; lra.
split=> [/Rmult_eq_reg_l E|Bh].
  apply: (equal_cost_balanced w0 _ B0); first lra.
  by rewrite cost_at_0; apply: E; lra.
by have := L _ (fun=> 0) Bh; rewrite cost_at_0 => L0; congr (_ * _); lra.
Qed.

Lemma noise_robustness_lower_proof : S_noise_robustness_lower.
Proof.
move=> Omega V q xi s r J h U s0 N; rewrite cost_rescale => B.
have s2 : 0 < s ^ 2 by have := Rsqr_pos_lt _ s0; rewrite /Rsqr /=; lra.
rewrite !(proj2 (noise_robustness_proof s r _ U)) cost_rescale.
set w := cost _ 2 J in N B *; have w0 : nonnegative w by exact: robustness_cost_ge0.
apply: Rmult_lt_compat_l => //.
have := @balanced_min V w 2 w0 h (fun=> 0) B; rewrite cost_at_0 => -[//|E].
case: N; rewrite -(cost_at_0 w 2); apply: (equal_cost_balanced w0 _ B); first lra.
by rewrite cost_at_0.
Qed.

Lemma noise_robustness_independent_proof : S_noise_robustness_independent.
Proof.
move=> Omega V q xi _ Ind mean var i j; have [->|/eqP ij] := eqVneq i j.
  by rewrite -(var j); apply: rsum_ext => o _; ring.
by rewrite (Ind i j ij id id) !mean; ring.
Qed.
