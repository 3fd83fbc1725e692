(** * The networks of the examples: two neurons

    Every statement with more than three hypotheses has an example that satisfies them all ([gate/Satisfiable.v]). Most of them are
    about these networks of two neurons, called [false] and [true]:
    - [pair a b]   the synapse true -> false costs a, false -> true costs b
    - [uneven]     they cost 4 and 1
    - [level]      the log-scales with sum zero that balance it: both cost 2 then, for p = 1
    - [even]       they cost 2 both; these are also the weights e^{-level} uneven e^{level}
    - [one_way]    one costs 4, the other nothing: this network cannot be balanced *)

From Coq Require Import Reals Lra FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop path fingraph.
From Synbal Require Import Satisfiable Defs FlowDefs Sums Costs ClosedForms Theorems.
From Synbal.Statements Require Import global_convergence balanceable.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope R_scope.

Lemma bool_has_two : has_two bool.
Proof. by exists true, false. Qed.

Definition pair (a b : R) : bool -> bool -> R := fun i j => if i == j then 0 else if j then a else b.

Definition uneven : bool -> bool -> R := pair 4 1.
Definition even : bool -> bool -> R := pair 2 2.
Definition one_way : bool -> bool -> R := pair 4 0.
Definition ones : bool -> bool -> R := fun _ _ => 1.

Definition level : bool -> R := fun i => if i then - (ln 2 / 2) else ln 2 / 2.

(** ** Any pair *)

Section Pair.
Variables a b : R.
Hypotheses (a0 : 0 <= a) (b0 : 0 <= b).

Lemma pair_connects : 0 < a -> connects bool (pair a b).
Proof. by move=> A; exists false, true; split=> //=; rewrite /pair /=; lra. Qed.

Lemma pair_nonnegative : nonnegative (pair a b).
Proof. by move=> [] []; rewrite /pair /=; lra. Qed.

Lemma pair_cost p : 0 < p -> cost ones p (pair a b) = pair (abs_pow p a) (abs_pow p b).
Proof.
move=> p0; apply: functional_extensionality => i; apply: functional_extensionality => j.
by rewrite /cost /ones /pair; case: ifP => _; [rewrite abs_pow_0 | case: j]; ring.
Qed.

Lemma pair_cost_at p h :
  cost_at (pair a b) p h = pair (a * exp (p * (h true - h false))) (b * exp (p * (h false - h true))).
Proof.
apply: functional_extensionality => i; apply: functional_extensionality => j.
by rewrite /cost_at /pair; case: i; case: j => /=; ring.
Qed.

Lemma pair_rescale h :
  rescale h (pair a b) = pair (a * exp (h true - h false)) (b * exp (h false - h true)).
Proof.
apply: functional_extensionality => i; apply: functional_extensionality => j.
by rewrite rescale_eq /pair; case: i; case: j => /=; ring.
Qed.

Lemma pair_grad i : grad (pair a b) i = if i then b - a else a - b.
Proof. by rewrite grad_bool /pair; case: i. Qed.

Lemma pair_balanced : a = b -> balanced (pair a b).
Proof. by move=> e i; rewrite pair_grad; case: i; lra. Qed.

Lemma pair_unbalanced : a <> b -> ~ balanced (pair a b).
Proof. by move=> n B; have := B true; rewrite pair_grad; lra. Qed.

Lemma pair_total : total (pair a b) = a + b.
Proof. by rewrite /total !rsum_bool /pair /=; ring. Qed.

Lemma pair_incoming i : incoming (pair a b) i = if i then b else a.
Proof. by rewrite /incoming rsum_if rsum_bool /pair; case: i => /=; ring. Qed.

Lemma pair_outgoing i : outgoing (pair a b) i = if i then a else b.
Proof. by rewrite /outgoing rsum_if rsum_bool /pair; case: i => /=; ring. Qed.

Lemma pair_dirichlet x : dirichlet (pair a b) x = (a + b) * (x true - x false) ^ 2.
Proof. by rewrite /dirichlet !rsum_bool /pair /=; ring. Qed.

Lemma pair_linked i j : 0 < a -> linked (pair a b) i j.
Proof.
move=> A; have S : synapse (pair a b) true false by rewrite /synapse /pair /=; case: Rlt_dec.
by case: i; case: j; rewrite /linked ?connect0 //; apply: connect1; rewrite S ?orbT.
Qed.

Lemma pair_component_sum x i : 0 < a -> component_sum (pair a b) x i = x true + x false.
Proof. by move=> A; rewrite /component_sum rsum_if rsum_bool !pair_linked. Qed.

End Pair.

Lemma bool_norm2_sq x : norm2_sq x = x true ^ 2 + x false ^ 2.
Proof. by rewrite /norm2_sq rsum_bool. Qed.

(** ** The uneven pair *)

Lemma uneven_connects : connects bool uneven.
Proof. by apply: pair_connects; lra. Qed.

Lemma even_connects : connects bool even.
Proof. by apply: pair_connects; lra. Qed.

Lemma one_way_connects : connects bool one_way.
Proof. by apply: pair_connects; lra. Qed.

Lemma ones_connects : connects bool ones.
Proof. by exists true, false; split=> //; rewrite /ones; lra. Qed.

Lemma uneven_nonnegative : nonnegative uneven.
Proof. by apply: pair_nonnegative; lra. Qed.

Lemma even_nonnegative : nonnegative even.
Proof. by apply: pair_nonnegative; lra. Qed.

Lemma one_way_nonnegative : nonnegative one_way.
Proof. by apply: pair_nonnegative; lra. Qed.

Lemma ones_nonnegative : nonnegative ones.
Proof. by move=> i j; rewrite /ones; lra. Qed.

Lemma level_apart : exp (level true - level false) = / 2 /\ exp (level false - level true) = 2.
Proof.
rewrite /level; have -> : - (ln 2 / 2) - ln 2 / 2 = - ln 2 by field.
have -> : ln 2 / 2 - - (ln 2 / 2) = ln 2 by field.
by rewrite exp_Ropp exp_ln //; lra.
Qed.

Lemma uneven_at_level : cost_at uneven 1 level = even.
Proof. by rewrite /uneven pair_cost_at !Rmult_1_l; case: level_apart => -> ->; congr pair; field. Qed.

Lemma uneven_rescaled : rescale level uneven = even.
Proof. by rewrite /uneven pair_rescale; case: level_apart => -> ->; congr pair; field. Qed.

Lemma even_balanced : balanced even.
Proof. exact: pair_balanced. Qed.

Lemma uneven_unbalanced : ~ balanced uneven.
Proof. by apply: pair_unbalanced; lra. Qed.

Lemma level_balances : balanced (cost_at uneven 1 level).
Proof. by rewrite uneven_at_level; exact: even_balanced. Qed.

Lemma uneven_on_cycles : on_cycles uneven.
Proof. by apply: (proj1 (balanceable _ _ _ uneven_nonnegative Rlt_0_1)); exists level; exact: level_balances. Qed.

Lemma uneven_linked i j : linked uneven i j.
Proof. by apply: pair_linked; lra. Qed.

(** As costs, |J|. *)
Lemma abs_pow_1 x : 0 <= x -> abs_pow 1 x = x.
Proof.
move=> [x0|<-]; last exact: abs_pow_0.
by rewrite abs_pow_n0 ?Rabs_pos_eq ?Rmult_1_l ?exp_ln //; lra.
Qed.

Lemma uneven_cost : cost ones 1 uneven = uneven.
Proof. by rewrite pair_cost ?abs_pow_1 //; lra. Qed.

Lemma even_cost : cost ones 1 even = even.
Proof. by rewrite pair_cost ?abs_pow_1 //; lra. Qed.

Lemma level_same_sums : same_sums uneven level (fun _ => 0).
Proof. by move=> i; rewrite !pair_component_sum /level; lra. Qed.

(** The gap is 8, whatever the log-scales: the two costs have the product 4, and so a sum of at least 4. *)
Lemma uneven_gap h : gap_at_least uneven (cost_at uneven 1 h) 8.
Proof.
move=> x Z; have := Z true; rewrite pair_component_sum; last lra.
move=> zero; rewrite pair_cost_at !Rmult_1_l pair_dirichlet bool_norm2_sq.
have -> : x false = - x true by lra.
set e := exp (h false - h true); have e0 : 0 < e by apply: exp_pos.
have -> : exp (h true - h false) = / e by rewrite /e -exp_Ropp; congr exp; ring.
have S : 4 <= 4 * / e + 1 * e.
  apply: (Rmult_le_reg_r e) => //; have -> : (4 * / e + 1 * e) * e = 4 + e * e by field; lra.
  by have := pow2_ge_0 (e - 2); lra.
have -> : (x true - - x true) ^ 2 = 4 * x true ^ 2 by ring.
have -> : 8 * (x true ^ 2 + (- x true) ^ 2) = 4 * (4 * x true ^ 2) by ring.
by apply: Rmult_le_compat_r => //; have := pow2_ge_0 (x true); lra.
Qed.

(** Its optimal cost is 4. *)
Lemma uneven_optimal : optimal_cost uneven 1 4.
Proof.
have T : total (cost_at uneven 1 level) = 4 by rewrite uneven_at_level pair_total; lra.
split=> [h|e e0]; last by exists level; lra.
by rewrite -T; apply: (proj1 (convex_cost_balanced_minimum _ _ _ level uneven_nonnegative Rlt_0_1) level_balances).
Qed.

(** Its flow, from log-scales zero, and the flow of these weights. *)
Lemma uneven_flow : exists h, h 0 = (fun _ => 0) /\ is_flow uneven 1 h.
Proof.
have [h [h0 F]] := global_convergence_exists _ _ _ (fun _ => 0) uneven_nonnegative Rlt_0_1.
by exists h; split=> //; apply: functional_extensionality.
Qed.

Lemma uneven_weight_flow : exists J, J 0 = uneven /\ is_weight_flow ones 1 J.
Proof.
have [J [J0 F]] := global_convergence_weights_exists _ _ _ uneven ones_nonnegative Rlt_0_1.
by exists J; split=> //; apply: functional_extensionality => i; apply: functional_extensionality => j.
Qed.

Lemma level_flow : is_flow uneven 1 (fun _ => level).
Proof. by move=> t _ i; rewrite (level_balances i); exact: is_derive_const. Qed.

Lemma even_weight_flow : is_weight_flow ones 1 (fun _ => even).
Proof.
move=> t _ i j; rewrite even_cost !(even_balanced _) Rminus_0_r Rmult_0_r; exact: is_derive_const.
Qed.

(** ** The pair with one synapse *)

Lemma one_way_flow : exists h, (forall i, h 0 i = 0) /\ is_flow one_way 1 h.
Proof. exact: (global_convergence_exists _ _ _ (fun _ => 0) one_way_nonnegative Rlt_0_1). Qed.

Lemma one_way_no_return : ~ reaches one_way false true.
Proof.
case/connectP => -[|y s] //= /andP [S _] _; move: S; rewrite /synapse /one_way /pair.
by case: y => /=; case: Rlt_dec => [r|n] // _; exfalso; lra.
Qed.
