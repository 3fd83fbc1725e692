(** * Examples: networks that satisfy all hypotheses of the statements about the solvers

    [uneven], [level] and the others: see [TwoNeurons.v]. *)

From Coq Require Import Reals Lra FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop path fingraph.
From Synbal Require Import Satisfiable Defs FlowDefs Sums Costs ClosedForms Theorems TwoNeurons FlowExamples BalanceExamples.
From Synbal.Statements Require Import osborne_descent damped_newton any_degree.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope R_scope.

(** ** osborne_descent: the two neurons in turn, [odd] *)

Lemma in_turn : visits_all odd 2.
Proof.
move=> n i; exists (if odd n == i then n else n.+1).
by case: eqP => [<-|]; rewrite ?leqnn ?addn2 ?leqnSn ?ltnS ?leqnSn //=; case: (odd n); case: i.
Qed.

Lemma example_osborne_descent_convergence : ltac:(satisfiable S_osborne_descent_convergence).
Proof.
uneven_costs; exists 1, odd, 2%nat, (fun _ => 0), level; split; first exact: uneven_nonnegative.
by split; [lra | split; [exact: in_turn | exact: level_balances]].
Qed.

Lemma example_osborne_descent_weights : ltac:(satisfiable S_osborne_descent_weights).
Proof.
all_cost_one; exists 1, uneven; split; first exact: uneven_connects.
exists odd, 2%nat, (fun _ => 0), level; split; first exact: ones_nonnegative.
split; first lra; split; first exact: in_turn.
by split; [exact: level_balances_weights | exists true, false; rewrite uneven_cost; exact: uneven_linked].
Qed.

Lemma example_osborne_descent_cost : ltac:(satisfiable S_osborne_descent_cost).
Proof.
uneven_costs; exists 1, odd, 2%nat, (fun _ => 0), 4; split; first exact: uneven_nonnegative.
by split; [lra | split; [exact: in_turn | split; [exact: uneven_on_cycles | exact: uneven_optimal]]].
Qed.

Lemma example_osborne_descent_same_limit : ltac:(satisfiable S_osborne_descent_same_limit).
Proof.
all_cost_one; have [J [J0 F]] := uneven_weight_flow; exists 1, J; rewrite J0; split; first exact: uneven_connects.
exists odd, 2%nat; split; first exact: ones_nonnegative.
by split; [lra | split; [exact: in_turn | split=> //; rewrite uneven_cost; exact: uneven_on_cycles]].
Qed.

(** With two neurons both turns lower the cost by the same. *)
Lemma example_osborne_descent_greedy : ltac:(satisfiable S_osborne_descent_greedy).
Proof.
uneven_costs; exists 1, odd, (fun _ => 0), level; split; first exact: uneven_nonnegative.
split; first lra; split; last exact: level_balances.
move=> n i; set h := osborne _ _ _ _ _; rewrite /uneven pair_cost_at !pair_incoming !pair_outgoing.
by apply: Req_le; case: i; case: (odd n); ring.
Qed.

(** ** damped_newton: the solutions of L x = g from log-scales zero on *)

(** L = (a + b) [[1, -1], [-1, 1]] and g = (a - b) (-1, 1), for the costs a and b. *)
Definition half_step (C : bool -> bool -> R) : bool -> R := fun i =>
  (if i then -1 else 1) * (C false true - C true false) / (2 * (C false true + C true false)).

Lemma half_step_solves a b y : 0 < a + b ->
  coupled (pair a b) (half_step (pair a b)) y = \rsum_(i) (grad (pair a b) i * y i).
Proof. by move=> s0; rewrite /coupled /half_step !rsum_bool !pair_grad /pair /=; field; lra. Qed.

Lemma half_step_orthogonal a b : 0 < a + b -> residual_orthogonal (pair a b) (half_step (pair a b)).
Proof. by move=> s0; rewrite /residual_orthogonal pair_dirichlet /half_step rsum_bool !pair_grad /pair /=; field; lra. Qed.

Definition apart (x : bool -> R) : R := Rabs (x true - x false).

Fixpoint newton_scales (n : nat) : bool -> R :=
  if n is m.+1 then
    let x := half_step (cost_at uneven 1 (newton_scales m)) in newton_step 1 (apart x) (newton_scales m) x
  else fun _ => 0.

Definition newton_solutions (n : nat) : bool -> R := half_step (cost_at uneven 1 (newton_scales n)).

Lemma pair_largest_difference a b x : 0 < a -> 0 < b -> largest_difference (pair a b) x (apart x).
Proof.
move=> a0 b0; split; last by right; exists false, true.
by case=> [] []; rewrite /pair /apart /=; try lra; move=> _; rewrite ?(Rabs_minus_sym (x false)); lra.
Qed.

Lemma newton_on_uneven :
  newton_iteration uneven 1 (1 / 2) newton_scales newton_solutions (fun n => apart (newton_solutions n)).
Proof.
move=> n; rewrite /newton_solutions; set C := cost_at _ _ _.
have [a [b [a0 [b0 e]]]] : exists a b, 0 < a /\ 0 < b /\ C = pair a b.
  rewrite /C /uneven pair_cost_at; set a := 4 * _; set b := 1 * _; exists a, b.
  by split; [|split=> //]; apply: Rmult_lt_0_compat; try lra; exact: exp_pos.
have C0 : nonnegative C by rewrite e; apply: pair_nonnegative; lra.
split; first by apply: (damped_newton_exact _ _ _ C0) => y; rewrite e; apply: half_step_solves; lra.
by split=> //; rewrite e; exact: pair_largest_difference.
Qed.

Lemma example_damped_newton : ltac:(satisfiable S_damped_newton).
Proof.
uneven_costs; exists 1, 1, (fun _ => 0), (half_step uneven); split; first exact: uneven_nonnegative.
split; first lra; split; first lra; rewrite cost_at_0; split; last by apply: half_step_orthogonal; lra.
by case=> [] []; rewrite /uneven /half_step /pair /= => _; apply: Rabs_le; lra.
Qed.

Lemma example_damped_newton_strict : ltac:(satisfiable S_damped_newton_strict).
Proof.
uneven_costs; exists 1, 1, (fun _ => 0), (half_step uneven); split; first exact: uneven_nonnegative.
split; first lra; split; first lra; rewrite cost_at_0; split.
  by case=> [] []; rewrite /uneven /half_step /pair /= => _; apply: Rabs_le; lra.
split; first by apply: half_step_orthogonal; lra.
by exists false, true; rewrite /uneven /half_step /pair /=; lra.
Qed.

Lemma example_damped_newton_converges : ltac:(satisfiable S_damped_newton_converges).
Proof.
uneven_costs; exists 1, (1 / 2), newton_scales, newton_solutions, (fun n => apart (newton_solutions n)), level.
split; first exact: uneven_nonnegative.
by split; [lra | split; [lra | split; [exact: newton_on_uneven | exact: level_balances]]].
Qed.

Lemma example_damped_newton_weights : ltac:(satisfiable S_damped_newton_weights).
Proof.
all_cost_one; exists 1, (1 / 2), uneven; split; first exact: uneven_connects.
exists newton_scales, newton_solutions, (fun n => apart (newton_solutions n)), level.
split; first exact: ones_nonnegative.
split; first lra; split; first lra; rewrite uneven_cost; split; first exact: newton_on_uneven.
by split; [exact: level_balances_weights | exists true, false; exact: uneven_linked].
Qed.

(** ** any degrees: neurons of degree two, the first of which is held *)

Definition twos : bool -> R := fun _ => 2.

Lemma twos_positive i : 0 < twos i.
Proof. by rewrite /twos; lra. Qed.

Lemma uneven_between : between_held (fun i => ~~ i) uneven.
Proof.
have S i j : reaches uneven i j.
  by apply: (proj1 (balanceable_components _ _)); [exact: uneven_on_cycles | exact: uneven_linked].
by move=> i; exists true, true.
Qed.

Lemma example_any_degree_coercive : ltac:(satisfiable S_any_degree_coercive).
Proof.
uneven_costs; exists 1, 10, twos, (fun i => ~~ i); split; first exact: uneven_nonnegative.
by split; [lra | split; [exact: twos_positive | exact: uneven_between]].
Qed.

Lemma example_any_degree_exists : ltac:(satisfiable S_any_degree_exists).
Proof.
uneven_costs; exists 1, twos, (fun i => ~~ i); split; first exact: uneven_nonnegative.
by split; [lra | split; [exact: twos_positive | exact: uneven_between]].
Qed.

(** The balanced point that [any_degree_exists] grants this network. *)
Lemma example_any_degree_unique : ltac:(satisfiable S_any_degree_unique).
Proof.
uneven_costs; have [h [H B]] := any_degree_exists _ _ _ _ _ uneven_nonnegative Rlt_0_1 twos_positive uneven_between.
exists 1, twos, (fun i => ~~ i), h, h; split; first exact: uneven_nonnegative.
split; first lra; do 4!split=> //.
by exists false, true; rewrite /uneven /pair /=; lra.
Qed.

(** Neither neuron's component is cut off: one of them is held. *)
Lemma example_any_degree_scales : ltac:(satisfiable S_any_degree_scales).
Proof.
uneven_costs; have [h [H B]] := any_degree_exists _ _ _ _ _ uneven_nonnegative Rlt_0_1 twos_positive uneven_between.
exists 1, twos, (fun i => ~~ i), h, h; split; first exact: uneven_nonnegative.
split; first lra; split; first exact: twos_positive.
do 4!split=> //; exists false; left; exists true; split=> //.
by split; apply: (proj1 (balanceable_components _ _)); [exact: uneven_on_cycles | exact: uneven_linked | exact: uneven_on_cycles | exact: uneven_linked].
Qed.

(** The flow from log-scales zero. *)
Lemma uneven_degree_flow : exists h, h 0 = (fun _ => 0) /\ is_degree_flow (fun i => ~~ i) uneven 1 twos h.
Proof.
have [h [h0 F]] := any_degree_flow_exists _ _ _ _ (fun i => ~~ i) (fun _ => 0) uneven_nonnegative Rlt_0_1 twos_positive.
by exists h; split=> //; apply: functional_extensionality.
Qed.

Lemma example_any_degree_flow_contracts : ltac:(satisfiable S_any_degree_flow_contracts).
Proof.
uneven_costs; have [h [h0 F]] := uneven_degree_flow; exists 1, twos, (fun i => ~~ i), h, h.
split; first exact: uneven_nonnegative.
split; first lra; rewrite h0; do 4!split=> //; exists 0, 1; lra.
Qed.

Lemma example_any_degree_flow_cost : ltac:(satisfiable S_any_degree_flow_cost).
Proof.
uneven_costs; have [h [h0 F]] := uneven_degree_flow; exists 1, twos, (fun i => ~~ i), h, (fun _ => 0).
split; first exact: uneven_nonnegative.
split; first lra; rewrite h0; do 3!split=> //; exists 1; lra.
Qed.

(** lambda = C_ft + 4 C_tf at the balanced point: with y = 0 at [true], y^T H y is that times y^2. *)
Lemma example_any_degree_flow_rate : ltac:(satisfiable S_any_degree_flow_rate).
Proof.
uneven_costs; have [h [h0 F]] := uneven_degree_flow.
have [x [Hx B]] := any_degree_exists _ _ _ _ _ uneven_nonnegative Rlt_0_1 twos_positive uneven_between.
pose C := cost_of_degrees uneven 1 twos x.
exists 1, twos, (fun i => ~~ i), h, x, 3, (C false true + 4 * C true false); split; first exact: uneven_nonnegative.
split; first lra; split; first exact: twos_positive.
split; first by move=> i; rewrite /twos; lra.
split; first by rewrite h0.
split=> //; split=> //; split=> //; split; last by exists 1; lra.
move=> y Hy; have y0 : y true = 0 by exact: Hy.
rewrite /norm2_sq !rsum_bool y0 /C /cost_of_degrees /uneven /twos /pair /=; lra.
Qed.

Lemma example_any_degree_flow_converges : ltac:(satisfiable S_any_degree_flow_converges).
Proof.
uneven_costs; have [h [h0 F]] := uneven_degree_flow; exists 1, twos, (fun i => ~~ i), h.
split; first exact: uneven_nonnegative.
split; first lra; rewrite h0; do 2!split=> //.
exact: (any_degree_exists _ _ _ _ _ uneven_nonnegative Rlt_0_1 twos_positive uneven_between).
Qed.

(** One synapse, out of the neuron that is held: the cost falls without end as the other one is scaled up. *)
Lemma example_any_degree_lowers : ltac:(satisfiable S_any_degree_lowers).
Proof.
costs_of one_way one_way_connects; exists 1, twos, (fun i => ~~ i), (fun i : bool => if i then 0 else 1).
split; first exact: one_way_nonnegative.
split; first lra; split; last by exists (fun _ => 0).
split; first by case.
split; first by case=> [] []; rewrite /one_way /twos /pair /=; lra.
by exists false, true; rewrite /one_way /twos /pair /=; lra.
Qed.

Lemma example_any_degree_newton : ltac:(satisfiable S_any_degree_newton).
Proof.
uneven_costs; exists 1, 1, twos, (fun _ => 0), (fun i : bool => if i then 0 else 1 / 4).
have C0 : cost_of_degrees uneven 1 twos (fun _ => 0) = uneven.
  apply: functional_extensionality => i; apply: functional_extensionality => j; rewrite /cost_of_degrees.
  by have -> : 1 * (twos j * 0 - 0) = 0 by [ring]; rewrite exp_0 Rmult_1_r.
rewrite C0; split; first exact: uneven_nonnegative.
split; first lra; split; first lra; split.
  by case=> [] []; rewrite /uneven /twos /pair /= => _; apply: Rabs_le; lra.
by rewrite /grad_of_degrees !rsum_bool /uneven /twos /pair /=; field.
Qed.
