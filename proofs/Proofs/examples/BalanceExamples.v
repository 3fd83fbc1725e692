(** * Examples: networks that satisfy all hypotheses of the statements about balance, its bounds and its certificates

    [uneven], [level] and the others: see [TwoNeurons.v]. *)

From Coq Require Import Reals Lra FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop path fingraph.
From Synbal Require Import Satisfiable Defs FlowDefs Sums Costs ClosedForms Theorems TwoNeurons FlowExamples.
From Synbal.Statements Require Import unique_balance cost_bounds heterosynaptic global_convergence certified_balance any_degree certified_degrees.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope R_scope.

(** ** unique_balance: the log-scales [level], and the same shifted by 1 *)

Definition shifted : bool -> R := fun i => level i + 1.

Lemma shifted_balances : balanced (cost_at uneven 1 shifted).
Proof.
have -> : cost_at uneven 1 shifted = cost_at uneven 1 level; last exact: level_balances.
apply: functional_extensionality => i; apply: functional_extensionality => j.
by rewrite /cost_at /shifted; congr (_ * exp _); ring.
Qed.

Lemma level_balances_weights : balanced (cost ones 1 (rescale level uneven)).
Proof. by rewrite cost_rescale uneven_cost; exact: level_balances. Qed.

Lemma shifted_balances_weights : balanced (cost ones 1 (rescale shifted uneven)).
Proof. by rewrite cost_rescale uneven_cost; exact: shifted_balances. Qed.

Lemma example_unique_balance : ltac:(satisfiable S_unique_balance).
Proof.
uneven_costs; exists 1, level, shifted; split; first exact: uneven_nonnegative.
split; first lra; split; first exact: level_balances.
by split; [exact: shifted_balances | exists true, false; exact: uneven_linked].
Qed.

Lemma example_unique_balance_connected : ltac:(satisfiable S_unique_balance_connected).
Proof.
uneven_costs; exists 1, level, shifted; split; first exact: uneven_nonnegative.
split; first lra; split; first exact: uneven_linked.
by split; [exact: level_balances | exact: shifted_balances].
Qed.

Lemma example_unique_balance_costs : ltac:(satisfiable S_unique_balance_costs).
Proof.
uneven_costs; exists 1, level, shifted; split; first exact: uneven_nonnegative.
by split; [lra | split; [exact: level_balances | exact: shifted_balances]].
Qed.

Lemma example_unique_balance_weights : ltac:(satisfiable S_unique_balance_weights).
Proof.
all_cost_one; exists 1, uneven; split; first exact: uneven_connects.
exists level, shifted; split; first exact: ones_nonnegative.
split; first lra; split; first exact: level_balances_weights.
by split; [exact: shifted_balances_weights | exists true, false; rewrite uneven_cost; exact: uneven_linked].
Qed.

Lemma example_unique_balance_matrix : ltac:(satisfiable S_unique_balance_matrix).
Proof.
all_cost_one; exists 1, uneven; split; first exact: uneven_connects.
exists level, shifted; split; first exact: ones_nonnegative.
split; first lra; split; first by move=> i j _ _; rewrite /ones; lra.
by split; [exact: level_balances_weights | exact: shifted_balances_weights].
Qed.

(** ** cost_bounds: C* = 4, and the circulation of 1 both ways below the costs 4 and 1 *)

Lemma example_cost_bounds_degree : ltac:(satisfiable S_cost_bounds_degree).
Proof.
uneven_costs; exists 1, (fun _ => 0), 4, 10; split; first exact: uneven_nonnegative.
split; first lra; split; first exact: uneven_optimal.
split; first lra.
by move=> i; rewrite cost_at_0 pair_incoming pair_outgoing; case: i; lra.
Qed.

Lemma example_cost_bounds_gradient : ltac:(satisfiable S_cost_bounds_gradient).
Proof.
uneven_costs; exists 1, (fun _ => 0), 4; split; first exact: uneven_nonnegative.
by split; [lra | split; [exact: uneven_optimal | rewrite cost_at_0 pair_total; lra]].
Qed.

Lemma one_around : circulation (pair 1 1).
Proof. by split; [apply: pair_nonnegative; lra | exact: pair_balanced]. Qed.

Lemma one_around_connects : connects bool (pair 1 1).
Proof. by apply: pair_connects; lra. Qed.

Lemma example_cost_bounds_dual : ltac:(satisfiable S_cost_bounds_dual).
Proof.
uneven_costs; exists (pair 1 1); split; first exact: one_around_connects.
exists 1, (fun _ => 0), 4; split; first exact: uneven_nonnegative.
split; first exact: uneven_optimal.
by split; [exact: one_around | case=> [] []; rewrite /uneven /pair /=; lra].
Qed.

Lemma example_cost_bounds_circulation : ltac:(satisfiable S_cost_bounds_circulation).
Proof.
uneven_costs; exists (pair 1 1); split; first exact: one_around_connects.
exists 1, (fun _ => 0), 4; split; first exact: uneven_nonnegative.
split; first exact: uneven_optimal.
by split; [exact: one_around | rewrite cost_at_0; case=> [] []; rewrite /uneven /pair /=; lra].
Qed.

(** ** heterosynaptic: the costs 1 and 1 are balanced, and the first is raised to 4 *)

Lemma raised : same_but_at false true (pair 1 1) uneven.
Proof. by case=> [] [] // N; case: N. Qed.

Lemma example_heterosynaptic : ltac:(satisfiable S_heterosynaptic).
Proof.
all_cost_one; exists (pair 1 1); split; first exact: one_around_connects.
have [J [J0 F]] := uneven_weight_flow; exists 1, false, true, J; rewrite J0; split; first exact: uneven_connects.
split; first lra; split=> //; split; last by split; [exact: raised |].
by rewrite pair_cost; [rewrite abs_pow_1; [exact: pair_balanced | lra] | lra].
Qed.

Lemma one_linked i j : linked (pair 1 1) i j.
Proof. by apply: pair_linked; lra. Qed.

Lemma example_heterosynaptic_lasting : ltac:(satisfiable S_heterosynaptic_lasting).
Proof.
costs_of (pair 1 1) one_around_connects; exists uneven; split; first exact: uneven_connects.
exists 1, false, true, level; split; first exact: (proj1 one_around).
split; first lra; split; first exact: (proj2 one_around).
split; first exact: raised.
split; first by rewrite /uneven /pair /=; lra.
by split; [exact: level_balances | split; [exists false | exists true]; exact: one_linked].
Qed.

Lemma example_heterosynaptic_lasting_strict : ltac:(satisfiable S_heterosynaptic_lasting_strict).
Proof.
costs_of (pair 1 1) one_around_connects; exists uneven; split; first exact: uneven_connects.
exists 1, false, true, level; split; first exact: (proj1 one_around).
split; first lra; split=> //; split; first exact: (proj2 one_around).
split; first exact: raised.
split; first by rewrite /uneven /pair /=; lra.
by split; [exact: level_balances | exact: one_linked].
Qed.

(** ** certified_balance: costs of 2.1 and 2, not quite in balance, lower bounds 2 and 2; neuron [true] is the root *)

Lemma example_certified_balance_ground_state : ltac:(satisfiable S_certified_balance_ground_state).
Proof.
pose w := pair (21 / 10) 2; pose v (i : bool) := if i then 0 else 1.
have W : connects bool w by apply: pair_connects; lra.
costs_of w W; exists 1, (fun _ => 0), even; split; first exact: even_connects.
exists v, (fun _ => true), 4, 1, (1 / 4); split; first by apply: pair_nonnegative; lra.
split; first lra; split; first by rewrite cost_at_0; case=> [] []; rewrite /w /even /pair /=; lra.
split=> //; split; first by case.
split; first by case=> //= _; rewrite /v; lra.
split; first by case; rewrite /v /=; lra.
do 3!(split; first lra); split; first by case=> // _; rewrite rsum_bool /even /pair /v /=; lra.
have -> : norm2 (fun i => if true == i then 0 else grad (cost_at w 1 (fun _ => 0)) i) = 1 / 10.
  rewrite cost_at_0 /norm2 bool_norm2_sq /= pair_grad -(sqrt_Rsqr (1 / 10)); last lra.
  by congr sqrt; rewrite /Rsqr; field.
have : 1 + - (2 * (1 / 4)) < exp (- (2 * (1 / 4))) by apply: exp_ineq1; lra.
lra.
Qed.

(** ** certified_degrees: neuron [false] of degree two, the other held; 2.1 comes in and 2 times 1 goes out *)

Lemma example_certified_balance_degrees : ltac:(satisfiable S_certified_balance_degrees).
Proof.
pose w := pair (21 / 10) 1; pose v (i : bool) := if i then 0 else 1; pose A := pair 2 1.
have W : connects bool w by apply: pair_connects; lra.
have C0 : cost_of_degrees w 1 (fun _ => 2) (fun _ => 0) = w.
  apply: functional_extensionality => i; apply: functional_extensionality => j; rewrite /cost_of_degrees.
  by have -> : 1 * (2 * 0 - 0) = 0 by [ring]; rewrite exp_0 Rmult_1_r.
costs_of w W; exists 1, (fun _ => 2), (fun i => ~~ i), (fun _ => 0), A; split; first by apply: pair_connects; lra.
exists v, 3, 6, 1, (1 / 6); rewrite C0; split; first by apply: pair_nonnegative; lra.
split; first lra; split; first by move=> _; lra.
split; first by move=> _; lra.
split; first by case=> [] []; rewrite /w /A /pair /=; lra.
split; first by case.
split; first by case=> //= _; rewrite /v; lra.
split; first by case; rewrite /v /=; lra.
do 3!(split; first lra); split.
  by case=> // _; rewrite /curvature_of_degrees !rsum_bool /A /pair /v /=; lra.
have -> : norm2 (free_grad_of_degrees (fun i => ~~ i) (fun _ => 2) w) = 1 / 10.
  rewrite /norm2 bool_norm2_sq /free_grad_of_degrees /grad_of_degrees /= !rsum_bool /w /pair /= -(sqrt_Rsqr (1 / 10)); last lra.
  by congr sqrt; rewrite /Rsqr; field.
have : 1 + - (3 * (1 / 6)) < exp (- (3 * (1 / 6))) by apply: exp_ineq1; lra.
lra.
Qed.
