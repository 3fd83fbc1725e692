(** * From log-scales to weights: the statements about J

    The proofs about h are in [Convexity.v] and [Contraction.v]; here they are carried to the weights through
    [cost_rescale] and [weight_flow_flow], and put into the form of the statements. *)

From Coq Require Import Reals Lra Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop path fingraph.
From Synbal Require Import Defs FlowDefs Sums Costs Calculus Convexity WeightFlow Contraction.
From Synbal.Statements Require Import monotone_cost convex_cost unique_balance contraction.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Local Open Scope R_scope.

Section WeightCost.
Variable V : finType.
Variables (alpha : V -> V -> R) (p : R) (J : R -> V -> V -> R).
Hypothesis p0 : 0 < p.
Hypothesis F : is_weight_flow alpha p J.

(** Weights and log-scales side by side. *)
Lemma weight_flow_costs : exists h, (forall i, h 0 i = 0) /\ is_flow (cost alpha p (J 0)) p h
  /\ (forall t, 0 <= t -> J t = rescale (h t) (J 0))
  /\ (forall t, 0 <= t -> cost alpha p (J t) = cost_at (cost alpha p (J 0)) p (h t)).
Proof.
have [h [h0 [Fh EJ]]] := weight_flow_flow p0 F.
exists h; split=> //; split=> //; split=> // t t0; by rewrite EJ // cost_rescale.
Qed.

Lemma weight_cost_derive t : 0 < t ->
  is_derive (fun s => total (cost alpha p (J s))) t (- p * norm2_sq (grad (cost alpha p (J t)))).
Proof.
move=> t0; have [h [h0 [Fh [EJ EC]]]] := weight_flow_costs.
rewrite (EC t); last by lra.
apply: (is_derive_ext_loc (fun s => total (cost_at (cost alpha p (J 0)) p (h s)))).
  exists (mkposreal t t0) => s; rewrite /ball /= /AbsRing_ball /abs /minus /plus /opp /= => Hs.
  by have := Rabs_def2 _ _ Hs => -[_ Hs2]; rewrite (EC s) //; lra.
by apply: flow_cost_derive => //; lra.
Qed.

Lemma weight_cost_derive_right :
  filterlim (fun s => (total (cost alpha p (J s)) - total (cost alpha p (J 0))) / s)
    (at_right 0) (locally (- p * norm2_sq (grad (cost alpha p (J 0))))).
Proof.
have [h [h0 [Fh [EJ EC]]]] := weight_flow_costs.
have /is_derive_Reals D := flow_cost_derive Fh (Rle_refl 0).
rewrite (EC 0); last exact: Rle_refl.
apply/filterlim_locally => e; have [d Hd] := D e (cond_pos e).
exists d => s; rewrite /ball /= /AbsRing_ball /abs /minus /plus /opp /= Ropp_0 Rplus_0_r => Hs s0.
have := Hd s ltac:(lra) Hs; rewrite Rplus_0_l (EC s) //; lra.
Qed.

Hypothesis a0 : nonnegative alpha.

Lemma weight_cost_strict s t : ~ balanced (cost alpha p (J 0)) -> 0 <= s < t ->
  total (cost alpha p (J t)) < total (cost alpha p (J s)).
Proof.
move=> NB [s0 st]; have [h [h0 [Fh [EJ EC]]]] := weight_flow_costs.
rewrite (EC s) ?(EC t); try lra; apply: flow_cost_strict => //; first exact: cost_ge0.
by rewrite -(EC 0) //; lra.
Qed.

Lemma weight_rest s : 0 <= s -> balanced (cost alpha p (J s)) -> forall t, 0 <= t -> J t = J s.
Proof.
move=> s0 B t t0; have [h [h0 [Fh [EJ EC]]]] := weight_flow_costs.
rewrite (EJ t) // (EJ s) // (@flow_balanced_constant V (cost alpha p (J 0)) p _ p0 h s) //; first exact: cost_ge0.
by rewrite -(EC s).
Qed.

End WeightCost.

Lemma monotone_cost_proof : S_monotone_cost.
Proof. by move=> V w p h F t t0; exact: flow_cost_derive. Qed.

Lemma monotone_cost_strict_proof : S_monotone_cost_strict.
Proof. by move=> V w p h w0 p0 F NB s t [s0 st]; exact: flow_cost_strict. Qed.

Lemma monotone_cost_rest_proof : S_monotone_cost_rest.
Proof. by move=> V w p h w0 p0 F s s0 B t t0 i; rewrite (flow_balanced_constant w0 p0 F s0 B t0). Qed.

Lemma monotone_cost_weights_proof : S_monotone_cost_weights.
Proof. by move=> V alpha p J p0 F; split; [exact: weight_cost_derive | exact: weight_cost_derive_right]. Qed.

Lemma monotone_cost_weights_strict_proof : S_monotone_cost_weights_strict.
Proof. by move=> V alpha p J a0 p0 F NB s t st; exact: weight_cost_strict. Qed.

Lemma monotone_cost_weights_rest_proof : S_monotone_cost_weights_rest.
Proof. by move=> V alpha p J a0 p0 F s s0 B t t0 i j; rewrite (weight_rest p0 F a0 s0 B t0). Qed.

Lemma convex_cost_proof : S_convex_cost.
Proof. by move=> V w p w0 h k l; exact: cost_convex. Qed.

Lemma convex_cost_gradient_proof : S_convex_cost_gradient.
Proof. by move=> V w p h i; exact: partial_derivative. Qed.

Lemma convex_cost_hessian_proof : S_convex_cost_hessian.
Proof. by move=> V w p h x s; split; [exact: cost_first_derivative | exact: cost_second_derivative]. Qed.

Lemma convex_cost_balanced_critical_proof : S_convex_cost_balanced_critical.
Proof.
move=> V w p h p0; split=> [B i|]; last exact: critical_balanced.
by apply: is_derive_eq (partial_derivative w p h i) _; rewrite B Rmult_0_r.
Qed.

Lemma convex_cost_balanced_minimum_proof : S_convex_cost_balanced_minimum.
Proof.
move=> V w p h w0 p0; split=> [B k|M]; first exact: balanced_min.
by apply: (critical_balanced p0) => i; exact: min_critical.
Qed.

Lemma convex_cost_weights_proof : S_convex_cost_weights.
Proof.
move=> V alpha p J a0 p0.
have := @convex_cost_balanced_minimum_proof V (cost alpha p J) p (fun _ => 0) (@cost_ge0 V alpha p J a0) p0.
by rewrite cost_at_0 => ->; split=> H h; have := H h; rewrite cost_rescale.
Qed.

Lemma unique_balance_proof : S_unique_balance.
Proof. by move=> V w p h k w0 p0 Bh Bk; exact: (balanced_diff w0 p0 Bh Bk). Qed.

Lemma unique_balance_converse_proof : S_unique_balance_converse.
Proof. by move=> V w p h k w0 H i j; rewrite (cost_at_linked p w0 H). Qed.

Lemma unique_balance_connected_proof : S_unique_balance_connected.
Proof.
move=> V w p h k w0 p0 L Bh Bk; case: (pickP (fun _ : V => true)) => [r _|N].
- exists (h r - k r) => i; have := balanced_diff w0 p0 Bh Bk (L i r); lra.
- by exists 0 => i; have := N i.
Qed.

Lemma unique_balance_costs_proof : S_unique_balance_costs.
Proof. by move=> V w p h k w0 p0 Bh Bk i j; rewrite (cost_at_linked p w0 (balanced_diff w0 p0 Bh Bk)). Qed.

Lemma unique_balance_weights_proof : S_unique_balance_weights.
Proof.
move=> V alpha p J h k a0 p0; rewrite !cost_rescale => Bh Bk i j L.
have := balanced_diff (cost_ge0 p J a0) p0 Bh Bk L; rewrite !rescale_eq => E.
by congr (_ * exp _); lra.
Qed.

Lemma unique_balance_matrix_proof : S_unique_balance_matrix.
Proof.
move=> V alpha p J h k a0 p0 Ha Bh Bk i j.
case: (Req_dec (J i j) 0) => [E|N]; first by rewrite !rescale_eq E !Rmult_0_l.
apply: (unique_balance_weights_proof a0 p0 Bh Bk).
case: (eqVneq i j) => [->|ij]; first by rewrite /linked connect0.
apply: linked_edge; apply: Rmult_lt_0_compat; last exact: abs_pow_gt0.
by apply: Ha => //; apply/eqP.
Qed.

Lemma contraction_proof : S_contraction.
Proof. by move=> V w p h1 h2 w0 p0 F1 F2 s t st; exact: (flow_contraction w0 p0 F1 F2 st). Qed.

Lemma contraction_defect_proof : S_contraction_defect.
Proof. by move=> V w p h x v D a b w0 p0 ab F [Hx [Hd Dc]]; exact: (defect_bound w0 p0 ab F Hx Hd Dc). Qed.

Lemma unique_balance_free_synapse_proof : S_unique_balance_free_synapse.
Proof.
pose free : bool -> bool -> R := fun _ _ => 0.
have B J : balanced (cost free 1 J).
  by move=> i; rewrite /grad /cost /free !rsum0 => [|j _|j _]; ring.
exists [finType of bool], free, 1, (fun _ _ => 1), (bump true 1), (fun _ => 0).
split; first by move=> i j; exact: Rle_refl.
split; first by lra.
split; first exact: B.
split; first exact: B.
exists true, false; rewrite !rescale_eq /bump /= Rminus_0_r exp_0.
have := exp_increasing (0 - 1) 0 ltac:(lra); rewrite exp_0.
lra.
Qed.

(** The triangle inequality for the Euclidean norm. *)
Lemma norm2_triangle (V : finType) (x y : V -> R) : norm2 (fun i => x i + y i) <= norm2 x + norm2 y.
Proof.
have x0 := norm2_ge0 x; have y0 := norm2_ge0 y.
rewrite -(sqrt_pow2 (norm2 x + norm2 y)); last by lra.
apply: sqrt_le_1_alt.
have -> : (norm2 x + norm2 y)^2 = (norm2 x)^2 + (norm2 y)^2 + 2 * (norm2 x * norm2 y) by ring.
rewrite !norm2_sqr; have := inner_le_norms x y.
have -> : norm2_sq (fun i => x i + y i) = norm2_sq x + norm2_sq y + 2 * \rsum_(i) (x i * y i).
  by rewrite /norm2_sq -rsumZl -!rsumD; apply: rsum_ext => i _; ring.
lra.
Qed.

Lemma contraction_pieces_proof : S_contraction_pieces.
Proof.
move=> V w p h x v D t n w0 p0 F t0 inc curve.
have tk k : 0 <= t k by elim: k => [|k IH] //; apply: Rle_trans IH (inc k).
elim: n => [|n IH]; first by rewrite big_ord0; lra.
set S := \big[Rplus/0]_(k < n) _ in IH.
have -> : \big[Rplus/0]_(k < n.+1) (RInt (D k) (t k) (t k.+1) + norm2 (fun i => x k.+1 (t k.+1) i - x k (t k.+1) i))
  = S + (RInt (D n) (t n) (t n.+1) + norm2 (fun i => x n.+1 (t n.+1) i - x n (t n.+1) i)).
  by rewrite big_ord_recr.
have [Hx [Hd Dc]] := curve n.
have := defect_bound w0 p0 (conj (tk n) (inc n)) F Hx Hd Dc.
have := norm2_triangle (fun i => x n.+1 (t n.+1) i - x n (t n.+1) i) (fun i => x n (t n.+1) i - h (t n.+1) i).
have -> : (fun i => x n.+1 (t n.+1) i - x n (t n.+1) i + (x n (t n.+1) i - h (t n.+1) i))
  = (fun i => x n.+1 (t n.+1) i - h (t n.+1) i) by apply: functional_extensionality => i; ring.
lra.
Qed.
