(** * Log-scales whose gradients vanish converge to balance

    Any sequence of log-scales [u n] of bounded cost in a balanceable network: once the gradients tend to zero, the costs tend to the
    balanced ones. Osborne's iteration and Newton's method end here.

    Glossary.
    - [smallest]             a common lower bound of all costs along the sequence
    - [difference_vanishes]  along a weak component the difference to the balanced log-scales becomes constant
    - [sequence_limit], [sequence_weight_limit]  so costs and weights converge *)

From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop path fingraph.
From Synbal Require Import Defs FlowDefs Sums Costs Calculus Convexity Contraction Graph Existence Convergence Bounds Osborne.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Local Open Scope R_scope.

Section Sequence.
Variable V : finType.
Variables (w : V -> V -> R) (p c : R) (u : nat -> V -> R) (x : V -> R).
Hypothesis w0 : nonnegative w.
Hypothesis p0 : 0 < p.
Hypothesis B : balanced (cost_at w p x).
Hypothesis c0 : 0 < c.
Hypothesis u_le : forall n, total (cost_at w p (u n)) <= c.
Hypothesis x_le : total (cost_at w p x) <= c.

Notation C n := (cost_at w p (u n)).

Lemma smallest : exists k, 0 < k /\ (forall n i j, 0 < w i j -> k <= C n i j)
  /\ (forall i j, 0 < w i j -> k <= cost_at w p x i j).
Proof.
have oc := balanced_on_cycles w0 B; have [m [m0 mw]] := positive_costs_bounded_below w.
exists (smallest_cost V m c); split; first exact: (smallest_cost_gt0 V m0 c0).
split=> [n|] i j; first exact: (cost_lower_bound w0 p0 oc m0 mw (u_le n)).
exact: (cost_lower_bound w0 p0 oc m0 mw x_le).
Qed.

Hypothesis vanish : forall a, is_lim_seq (fun n => Rabs (grad (C n) a)) 0.

Lemma energy_vanishes : is_lim_seq (fun n => sqrt (edge_energy w (fun i => u n i - x i))) 0.
Proof.
have [k [k0 [Hk Hx]]] := smallest; have pk : 0 < p * k by exact: Rmult_lt_0_compat.
have S0 : is_lim_seq (fun n => \rsum_(i) Rabs (grad (C n) i)) 0.
  have := @is_lim_seq_rsum V (index_enum V) xpredT (fun i n => Rabs (grad (C n) i)) (fun _ => 0)
    (fun i _ => vanish i).
  by rewrite [X in is_lim_seq _ (Finite X)]rsum0.
have G : is_lim_seq (fun n => INR #|V| / (p * k) * \rsum_(i) Rabs (grad (C n) i)) 0.
  rewrite -[X in is_lim_seq _ (Finite X)](Rmult_0_r (INR #|V| / (p * k))).
  by apply: is_lim_seq_mult' => //; exact: is_lim_seq_const.
apply: (is_lim_seq_le_le (fun _ => 0) _ _ 0 _ (is_lim_seq_const 0) G) => n; split; first exact: sqrt_pos.
have := grad_at_distance w0 p0 k0 B (Hk n) Hx => H.
apply: (Rmult_le_reg_l (p * k)) => //.
have -> : p * k * (INR #|V| / (p * k) * \rsum_(i) Rabs (grad (C n) i)) = INR #|V| * \rsum_(i) Rabs (grad (C n) i).
  by field; lra.
exact: H.
Qed.

Lemma difference_vanishes i j : linked w i j ->
  is_lim_seq (fun n => (u n j - x j) - (u n i - x i)) 0.
Proof.
move=> L; apply/is_lim_seq_abs_0.
have V0 : is_lim_seq (fun n => INR #|V| * sqrt (edge_energy w (fun i => u n i - x i))) 0.
  have -> : 0 = INR #|V| * 0 by ring.
  by apply: is_lim_seq_mult'; [exact: is_lim_seq_const | exact: energy_vanishes].
apply: (is_lim_seq_le_le (fun _ => 0) _ _ 0 _ (is_lim_seq_const 0) V0) => n; split; first exact: Rabs_pos.
by rewrite linked_sym in L; exact: (linked_diff (fun i => u n i - x i) L).
Qed.

Lemma exp_limit (f : nat -> R) (a b : R) : is_lim_seq f 0 -> is_lim_seq (fun n => a * exp (b * f n)) a.
Proof.
move=> H; have E : a = a * exp (b * 0) by rewrite Rmult_0_r exp_0; ring.
rewrite [X in is_lim_seq _ (Finite X)]E.
apply: is_lim_seq_mult'; first exact: is_lim_seq_const.
apply: (is_lim_seq_continuous exp (fun n => b * f n)).
  by apply: derivable_continuous_pt; exact: derivable_pt_exp.
by apply: is_lim_seq_mult' => //; exact: is_lim_seq_const.
Qed.

Lemma sequence_limit i j : is_lim_seq (fun n => C n i j) (cost_at w p x i j).
Proof.
case: (Rle_lt_or_eq_dec _ _ (w0 i j)) => [wij|E]; last first.
  apply: (is_lim_seq_ext (fun _ => cost_at w p x i j)); last exact: is_lim_seq_const.
  by move=> n; rewrite /cost_at -E !Rmult_0_l.
apply: (is_lim_seq_ext (fun n => cost_at w p x i j * exp (p * ((u n j - x j) - (u n i - x i))))).
  by move=> n; rewrite -cost_at_from.
exact: exp_limit (difference_vanishes (linked_edge wij)).
Qed.

Lemma sequence_weight_limit (J : V -> V -> R) i j : linked w i j ->
  is_lim_seq (fun n => rescale (u n) J i j) (rescale x J i j).
Proof.
move=> L.
apply: (is_lim_seq_ext (fun n => rescale x J i j * exp (1 * ((u n j - x j) - (u n i - x i))))).
  move=> n; rewrite !rescale_eq Rmult_assoc -exp_plus; congr (_ * exp _); ring.
exact: exp_limit (difference_vanishes L).
Qed.

End Sequence.
