(** * What cycles do: bounds along paths, the smallest cost, a Poincare inequality

    Glossary.
    - [path_bound]         if x falls by at most d along each edge, it falls by at most n d along a path
    - [cost_lower_bound]   in a balanceable network of total cost <= c no synapse costs less than
                           [smallest_cost m c]
    - [poincare]           |x|^2 <= n^3 (sum of (x_i - x_j)^2 over synapses) if x adds up to zero on every
                           weak component
    - [grad_strongly]      the gradient is strongly monotone with constant [explicit_rate p m c]
    - [component_sum_flow] the sum of h over each weak component is constant along the flow *)

From Coq Require Import Reals Lra Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop path fingraph.
From Synbal Require Import Defs FlowDefs Sums Costs Calculus Convexity WeightFlow Contraction.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Local Open Scope R_scope.

Lemma exp_INR_mul n y : exp (INR n * y) = (exp y)^n.
Proof.
elim: n => [|n IH]; first by rewrite Rmult_0_l exp_0.
by rewrite S_INR Rmult_plus_distr_r Rmult_1_l exp_plus IH /=; ring.
Qed.

Section Paths.
Variable V : finType.

Lemma path_bound (e : rel V) (x : V -> R) d : 0 <= d ->
  (forall a b, e a b -> x a - x b <= d) -> forall a b, connect e a b -> x a - x b <= INR #|V| * d.
Proof.
move=> d0 H a b /connectP [q0 Hq0 ->]; case: (shortenP Hq0) => q Hq U _.
have L : (size q <= #|V|)%N.
  have -> : #|V| = size (enum V) by rewrite -cardE.
  apply: uniq_leq_size; first by case/andP: U.
  by move=> z _; rewrite mem_enum.
apply: (Rle_trans _ (INR (size q) * d)).
- elim: q a Hq {Hq0 U L} => [|z q IH] a /=; first by move=> _; lra.
  move=> /andP [Haz Hq]; have := IH z Hq; have := H a z Haz.
  by case: (size q) => [|n] /=; lra.
- by apply: Rmult_le_compat_r => //; apply: le_INR; apply/leP.
Qed.

Variables (w : V -> V -> R) (p : R).
Hypothesis w0 : nonnegative w.
Hypothesis p0 : 0 < p.

(** There is a smallest positive cost (or at least a positive bound below all of them). *)
Lemma positive_costs_bounded_below : exists m, 0 < m /\ forall i j, 0 < w i j -> m <= w i j.
Proof.
pose f i j := if synapse w j i then / w i j else 0.
have f0 i j : 0 <= f i j.
  by rewrite /f; case: synapseP => H; [exact/Rlt_le/Rinv_0_lt_compat | exact: Rle_refl].
have S0 : 0 <= \rsum_(i) \rsum_(j) f i j by apply: rsum_ge0 => i _; apply: rsum_ge0.
exists (/ (1 + \rsum_(i) \rsum_(j) f i j)); split; first by apply: Rinv_0_lt_compat; lra.
move=> i j wij; rewrite -[X in _ <= X]Rinv_inv; apply: Rinv_le_contravar; first exact: Rinv_0_lt_compat.
have := rsum_pair_term_le i j f0; rewrite {1}/f; move/synapseP: (wij) => ->; lra.
Qed.

Section Smallest.
Variables (h : V -> R) (m c : R).
Hypothesis oc : on_cycles w.
Hypothesis m0 : 0 < m.
Hypothesis mw : forall i j, 0 < w i j -> m <= w i j.
Hypothesis hc : total (cost_at w p h) <= c.

Lemma smallest_le_total i j : 0 < w i j -> m <= c.
Proof.
move=> wij; apply: Rnot_lt_le => cm.
have neg a b : 0 < w a b -> h b - h a < 0.
  move=> wab; have := Rle_trans _ _ _ (term_le_total a b (cost_at_ge0 p h w0)) hc.
  have := mw wab; rewrite /cost_at => H1 H2; apply: Rnot_le_lt => N.
  have : 1 <= exp (p * (h b - h a)) by rewrite -exp_0; apply: exp_le; nra.
  nra.
have := @path_bound (synapse w) h 0 (Rle_refl 0) _ i j (oc wij).
have := neg i j wij => N1 N2.
suff : h i - h j <= INR #|V| * 0 by lra.
by apply: N2 => a b /synapseP /neg; lra.
Qed.

Lemma cost_lower_bound i j : 0 < w i j -> smallest_cost V m c <= cost_at w p h i j.
Proof.
move=> wij; have mc := smallest_le_total wij; have c0 : 0 < c by lra.
pose d := ln (c / m) / p.
have cm1 : 1 <= c / m by apply: (Rmult_le_reg_r m) => //; rewrite /Rdiv Rmult_assoc Rinv_l; lra.
have d0 : 0 <= d.
  apply: Rmult_le_pos; last exact/Rlt_le/Rinv_0_lt_compat.
  by rewrite -ln_1; case: cm1 => [/ln_increasing H|<-]; [apply: Rlt_le; apply: H; lra | exact: Rle_refl].
have step a b : synapse w a b -> h a - h b <= d.
  move=> /synapseP wba; have := Rle_trans _ _ _ (term_le_total b a (cost_at_ge0 p h w0)) hc.
  have := mw wba; rewrite /cost_at => H1 H2.
  apply: (Rmult_le_reg_l p) => //; have -> : p * d = ln (c / m) by rewrite /d; field; lra.
  rewrite -(ln_exp (p * (h a - h b))); apply: Rcomplements.ln_le; first exact: exp_pos.
  apply: (Rmult_le_reg_l m) => //; have -> : m * (c / m) = c by field; lra.
  have := exp_pos (p * (h a - h b)); nra.
have := path_bound d0 step (oc wij) => PB.
rewrite /smallest_cost /cost_at.
have -> : (m / c) ^ #|V| = exp (p * - (INR #|V| * d)).
  have -> : p * - (INR #|V| * d) = INR #|V| * (- ln (c / m)) by rewrite /d; field; lra.
  rewrite exp_INR_mul; congr (_ ^ _).
  by rewrite exp_Ropp exp_ln; [field; lra | lra].
apply: Rmult_le_compat => //; try lra; first exact/Rlt_le/exp_pos; first exact: mw.
by apply: exp_le; apply: Rmult_le_compat_l; lra.
Qed.

Lemma smallest_cost_gt0 : 0 < c -> 0 < smallest_cost V m c.
Proof. by move=> c0; apply: Rmult_lt_0_compat => //; apply: pow_lt; exact: Rdiv_lt_0_compat. Qed.

End Smallest.

(** ** Differences along synapses control everything, component by component *)

Lemma linked_diff x i j : linked w i j -> Rabs (x i - x j) <= INR #|V| * sqrt (edge_energy w x).
Proof.
move=> L; set d := sqrt _; have d0 : 0 <= d by exact: sqrt_pos.
have edge a b : 0 < w a b -> Rabs (x a - x b) <= d.
  move=> wab; rewrite -sqrt_Rsqr_abs; apply: sqrt_le_1_alt; rewrite Rsqr_pow2.
  exact: edge_energy_term.
have step a b : synapse w a b || synapse w b a -> Rabs (x a - x b) <= d.
  by case/orP => /synapseP; [rewrite Rabs_minus_sym; exact: edge | exact: edge].
have H y z : linked w y z -> x y - x z <= INR #|V| * d.
  by apply: path_bound => // a b /step H1; apply: Rle_trans (Rle_abs _) H1.
apply: Rabs_le; split; last exact: H.
have := H j i; rewrite linked_sym => /(_ L); lra.
Qed.

Lemma poincare x : (forall i, component_sum w x i = 0) ->
  norm2_sq x <= (INR #|V|)^3 * edge_energy w x.
Proof.
move=> Z; set n := INR #|V|; set E := edge_energy w x.
have E0 : 0 <= E by exact: edge_energy_ge0.
have n0 : 0 <= n by exact: pos_INR.
have H i : (x i)^2 <= n^2 * E.
  pose c := \rsum_(j | linked w i j) 1.
  have c1 : 0 < c.
    rewrite /c (rsum_out_cond (i := i)); last by rewrite /linked connect0.
    have : 0 <= \rsum_(j | linked w i j && (j != i)) 1 by apply: rsum_ge0 => *; lra.
    lra.
  have B : Rabs (x i) * c <= (n * sqrt E) * c.
    have -> : Rabs (x i) * c = Rabs (\rsum_(j | linked w i j) (x i - x j)).
      rewrite rsumB -/(component_sum w x i) Z Rminus_0_r.
      have -> : \rsum_(j | linked w i j) x i = x i * c.
        by rewrite /c -rsumZl; apply: rsum_ext => j _; ring.
      by rewrite Rabs_mult (Rabs_pos_eq c) //; lra.
    apply: Rle_trans (rsum_abs _ _ _) _.
    have -> : n * sqrt E * c = \rsum_(j | linked w i j) (n * sqrt E).
      by rewrite /c -rsumZl; apply: rsum_ext => j _; ring.
    by apply: rsum_le => j; exact: linked_diff.
  have {}B := Rmult_le_reg_r _ _ _ c1 B.
  have -> : (x i)^2 = (Rabs (x i))^2 by rewrite pow2_abs.
  have -> : n^2 * E = (n * sqrt E)^2 by rewrite Rpow_mult_distr pow2_sqrt.
  by apply: pow_incr; split => //; exact: Rabs_pos.
apply: (Rle_trans _ (\big[Rplus/0]_(i : V) (n^2 * E))); first by apply: rsum_le => i _; exact: H.
by rewrite rsum_const -/n; apply: Req_le; ring.
Qed.

Lemma component_sumB x y i :
  component_sum w (fun i => x i - y i) i = component_sum w x i - component_sum w y i.
Proof. exact: rsumB. Qed.

(** Strong monotonicity, all constants explicit. *)
Lemma grad_strongly h k m c : on_cycles w -> 0 < m -> 0 < c -> (forall i j, 0 < w i j -> m <= w i j) ->
  total (cost_at w p h) <= c -> total (cost_at w p k) <= c ->
  (forall i, component_sum w h i = component_sum w k i) ->
  \rsum_(i) ((grad (cost_at w p h) i - grad (cost_at w p k) i) * (h i - k i))
  <= - (explicit_rate V p m c * norm2_sq (fun i => h i - k i)).
Proof.
move=> oc m0 c0 mw hc kc S.
have s0 := smallest_cost_gt0 m0 c0.
have H1 := grad_strongly_monotone w0 p0 (Rlt_le _ _ s0)
  (fun i j => cost_lower_bound oc m0 mw hc (i := i) (j := j))
  (fun i j => cost_lower_bound oc m0 mw kc (i := i) (j := j)).
have H2 : norm2_sq (fun i => h i - k i) <= (INR #|V|)^3 * edge_energy w (fun i => h i - k i).
  by apply: poincare => i; rewrite component_sumB S; ring.
apply: Rle_trans H1 _; apply: Ropp_le_contravar; rewrite /explicit_rate.
have E0 := edge_energy_ge0 w (fun i => h i - k i); have N0 := norm2_sq_ge0 (fun i => h i - k i).
have ps : 0 < p * smallest_cost V m c by apply: Rmult_lt_0_compat.
case: (Req_dec (INR #|V|) 0) => [n0|n0].
- have : norm2_sq (fun i => h i - k i) = 0 by rewrite n0 in H2; lra.
  by move=> ->; rewrite Rmult_0_r; apply: Rmult_le_pos => //; lra.
- have n3 : 0 < (INR #|V|)^3 by apply: pow_lt; have := pos_INR #|V|; lra.
  apply: (Rmult_le_reg_r ((INR #|V|)^3)) => //.
  have -> : p * smallest_cost V m c / INR #|V| ^ 3 * norm2_sq (fun i => h i - k i) * INR #|V| ^ 3
          = p * smallest_cost V m c * norm2_sq (fun i => h i - k i) by field.
  by have := Rmult_le_compat_l _ _ _ (Rlt_le _ _ ps) H2; lra.
Qed.

Lemma explicit_rate_gt0 m c (i : V) : 0 < m -> 0 < c -> 0 < explicit_rate V p m c.
Proof.
move=> m0 c0; apply: Rdiv_lt_0_compat; first by apply: Rmult_lt_0_compat => //; exact: smallest_cost_gt0.
by apply: pow_lt; apply: lt_0_INR; apply/ltP/card_gt0P; exists i.
Qed.

(** ** Sums over weak components *)

Lemma component_sum_grad h i : \rsum_(j | linked w i j) grad (cost_at w p h) j = 0.
Proof.
rewrite rsum_if.
transitivity (\rsum_(j) (grad (cost_at w p h) j * (if linked w i j then 1 else 0))).
  by apply: rsum_ext => j _; case: ifP => _; ring.
rewrite grad_parts; apply: rsum0 => a _; apply: rsum0 => b _.
case: (Rle_lt_or_eq_dec _ _ (w0 a b)) => [wab|E]; last by rewrite /cost_at -E; ring.
have -> : linked w i a = linked w i b.
  apply: same_connect_r; first exact: linked_sym.
  exact: linked_edge.
ring.
Qed.

Lemma component_sum_flow h t i : is_flow w p h -> 0 <= t ->
  component_sum w (h t) i = component_sum w (h 0) i.
Proof.
move=> F t0; apply: (@constant_of_derive 0 t (fun s => component_sum w (h s) i)) => // [||s [s0 _]]; try lra.
rewrite -(component_sum_grad (h s) i); apply: is_derive_rsum => j _; exact: F.
Qed.

End Paths.
