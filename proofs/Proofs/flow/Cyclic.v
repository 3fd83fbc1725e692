(** * Networks that cannot be balanced: the cyclic part is balanced, the rest vanishes

    Glossary.
    - [hellinger]           sum (sqrt C_ij(h) - sqrt C_ij(x))^2 <= C(h) - C(x) for every balanced x:
                            the gap of the cost bounds the distance of the costs
    - [on_cycles_cyclic]    the cyclic part is balanceable
    - [height]              the number of neurons that reach a given one: it grows along synapses, strictly along
                            those on no cycle
    - [cyclic_optimal]      C* is the balanced cost of the cyclic part
    - [flow_cyclic_limit]   along the flow every cost tends to the balanced cost of the cyclic part *)

From Coq Require Import Reals Lra Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop path fingraph.
From Synbal Require Import Defs FlowDefs Sums Costs Calculus Convexity WeightFlow Contraction Graph Existence
  Convergence Balance.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Local Open Scope R_scope.

Lemma sqrt_exp u : sqrt (exp u) = exp (u / 2).
Proof.
have -> : exp u = exp (u / 2) * exp (u / 2) by rewrite -exp_plus; congr exp; field.
by apply: sqrt_square; exact/Rlt_le/exp_pos.
Qed.

(** (e^{u/2} - 1)^2 <= e^u - 1 - u *)
Lemma exp_half_bound u : (exp (u / 2) - 1)^2 <= exp u - 1 - u.
Proof.
have -> : exp u = exp (u / 2) * exp (u / 2) by rewrite -exp_plus; congr exp; field.
have := exp_ge1x (u / 2); nra.
Qed.

Section Hellinger.
Variable V : finType.
Variables (w : V -> V -> R) (p : R).
Hypothesis w0 : nonnegative w.

Lemma hellinger h x : balanced (cost_at w p x) ->
  \rsum_(i) \rsum_(j) (sqrt (cost_at w p h i j) - sqrt (cost_at w p x i j))^2
  <= total (cost_at w p h) - total (cost_at w p x).
Proof.
move=> B; pose y i := p * (h i - x i).
have O : \rsum_(i) \rsum_(j) (cost_at w p x i j * (y i - y j)) = 0.
  by rewrite -grad_parts; apply: rsum0 => i _; rewrite B; ring.
have -> : total (cost_at w p h) - total (cost_at w p x)
  = \rsum_(i) \rsum_(j) (cost_at w p h i j - cost_at w p x i j + cost_at w p x i j * (y i - y j)).
  transitivity (\rsum_(i) \rsum_(j) (cost_at w p h i j - cost_at w p x i j)
                + \rsum_(i) \rsum_(j) (cost_at w p x i j * (y i - y j))).
    by rewrite O Rplus_0_r /total -rsumB; apply: rsum_ext => i _; rewrite rsumB.
  by rewrite -rsumD; apply: rsum_ext => i _; rewrite -rsumD.
apply: rsum_le => i _; apply: rsum_le => j _.
have C0 := cost_at_ge0 p x w0 i j; rewrite (cost_at_from w p x h).
have -> : p * (h j - x j - (h i - x i)) = y j - y i by rewrite /y; ring.
rewrite sqrt_mult //; last exact/Rlt_le/exp_pos.
rewrite sqrt_exp; set u := y j - y i; set c := cost_at w p x i j in C0 *.
have -> : (sqrt c * exp (u / 2) - sqrt c)^2 = (sqrt c * sqrt c) * (exp (u / 2) - 1)^2 by ring.
rewrite sqrt_sqrt //; have := Rmult_le_compat_l _ _ _ C0 (exp_half_bound u); rewrite /u; lra.
Qed.

End Hellinger.

(** Limits at infinity. *)

Lemma is_lim_squeeze0 (f g : R -> R) : (forall t, 0 <= t -> 0 <= f t <= g t) ->
  is_lim g p_infty 0 -> is_lim f p_infty 0.
Proof.
move=> H /is_lim_spec G; apply/is_lim_spec => eps; have [M HM] := G eps.
exists (Rmax 0 M) => t Ht.
have t0 : 0 <= t by apply: Rlt_le; apply: Rle_lt_trans Ht; exact: Rmax_l.
have tM : M < t by apply: Rle_lt_trans Ht; exact: Rmax_r.
have [f0 fg] := H t t0; have := HM t tM; rewrite !Rminus_0_r !Rabs_pos_eq; lra.
Qed.

Lemma is_lim_continuous (f g : R -> R) (l : R) :
  is_lim f p_infty l -> continuous g l -> is_lim (fun t => g (f t)) p_infty (g l).
Proof. by move=> F G; exact: (filterlim_comp _ _ _ f g _ _ _ F G). Qed.

Lemma is_lim_mult_real (f g : R -> R) (a b : R) : is_lim f p_infty a -> is_lim g p_infty b ->
  is_lim (fun t => f t * g t) p_infty (a * b).
Proof. by move=> F G; exact: (is_lim_mult f g p_infty a b F G I). Qed.

Lemma is_lim_sqr_diff (f : R -> R) (l : R) : is_lim (fun t => (f t - l)^2) p_infty 0 -> is_lim f p_infty l.
Proof.
move=> /is_lim_spec H; apply/is_lim_spec => -[eps e0].
have e2 : 0 < eps^2 by apply: pow_lt.
have [M HM] := H (mkposreal _ e2); exists M => t /HM /=.
rewrite Rminus_0_r Rabs_pos_eq; last by have := pow2_ge_0 (f t - l); rewrite /=.
move=> L; apply: Rnot_le_lt => N; have := Rabs_pos (f t - l).
have : (f t - l) * (f t - l) = Rabs (f t - l) * Rabs (f t - l).
  by rewrite -Rabs_mult Rabs_pos_eq //; exact: Rle_0_sqr.
nra.
Qed.

Section Cyclic.
Variable V : finType.
Variables (w : V -> V -> R) (p : R).
Hypothesis w0 : nonnegative w.
Hypothesis p0 : 0 < p.
Notation w' := (cyclic_part w).

Lemma cyclic_ge0 : nonnegative w'.
Proof. by move=> i j; rewrite /cyclic_part; case: ifP => _; [exact: w0 | exact: Rle_refl]. Qed.

Lemma cyclic_le i j : w' i j <= w i j.
Proof. by rewrite /cyclic_part; case: ifP => _; [exact: Rle_refl | exact: w0]. Qed.

Lemma cost_cyclic_le h i j : cost_at w' p h i j <= cost_at w p h i j.
Proof. by apply: Rmult_le_compat_r; [exact/Rlt_le/exp_pos | exact: cyclic_le]. Qed.

Lemma on_cycles_cyclic : on_cycles w'.
Proof.
move=> i j; rewrite /cyclic_part; case: ifP => [ij wij|_]; last by lra.
have ji : reaches w j i by apply: connect1; exact/synapseP.
have [q Hq Ej] := connectP ij.
suff walk : forall q a, path (synapse w) a q -> reaches w i a -> j = last a q -> connect (synapse w') a j.
  by apply: (walk q i Hq) => //; exact: connect0.
elim=> [|b r IH] a /=; first by move=> _ _ ->; exact: connect0.
move=> /andP [ab Hr] ia Ej'.
have bj : reaches w b j by apply/connectP; exists r.
have ib : reaches w i b by apply: connect_trans ia _; exact: connect1.
apply: (connect_trans (y := b)); last exact: IH.
apply: connect1; apply/synapseP; rewrite /cyclic_part.
have -> : reaches w b a by apply: connect_trans bj _; apply: connect_trans ji ia.
exact/synapseP.
Qed.

(** The height of a neuron. *)
Definition height (a : V) : R := INR #|[pred v | reaches w v a]|.

Lemma height_off_cycle i j : 0 < w i j -> ~~ reaches w i j -> height j + 1 <= height i.
Proof.
move=> wij N; rewrite /height -S_INR; apply: le_INR; apply/leP; apply: proper_card; apply/properP; split.
- apply/subsetP => v; rewrite !inE => vj; apply: connect_trans vj _; apply: connect1; exact/synapseP.
- by exists i; rewrite !inE //; exact: connect0.
Qed.

Lemma height_cycle i j : 0 < w i j -> reaches w i j -> height j = height i.
Proof.
move=> wij ij; rewrite /height; congr INR; apply: eq_card => v; rewrite !inE.
apply/idP/idP => H; last exact: connect_trans H ij.
by apply: connect_trans H _; apply: connect1; exact/synapseP.
Qed.

(** Lifting every neuron by a multiple of its height leaves the cyclic part alone and shrinks the rest. *)
Lemma lift_cost h s : 0 <= s ->
  total (cost_at w p (fun i => h i + s * height i))
  <= total (cost_at w' p h) + exp (- (p * s)) * total (cost_at w p h).
Proof.
move=> s0; rewrite /total -rsumZl -rsumD; apply: rsum_le => i _; rewrite -rsumZl -rsumD; apply: rsum_le => j _.
have e0 := exp_pos (- (p * s)); have C0 := cost_at_ge0 p h w0 i j.
case: (Rle_lt_or_eq_dec _ _ (w0 i j)) => [wij|E]; last first.
  by rewrite /cost_at /cyclic_part -E; case: ifP => _; rewrite !Rmult_0_l; lra.
rewrite (cost_at_from w p h).
have -> : p * (h j + s * height j - h j - (h i + s * height i - h i)) = p * s * (height j - height i) by ring.
case ij: (reaches w i j).
- rewrite (height_cycle wij ij) Rminus_eq_0 Rmult_0_r exp_0 Rmult_1_r.
  have -> : cost_at w' p h i j = cost_at w p h i j by rewrite /cost_at /cyclic_part ij.
  nra.
- have -> : cost_at w' p h i j = 0 by rewrite /cost_at /cyclic_part ij Rmult_0_l.
  have H := height_off_cycle wij (negbT ij).
  rewrite Rplus_0_l Rmult_comm; apply: Rmult_le_compat_r => //; apply: exp_le.
  have ps : 0 <= p * s by apply: Rmult_le_pos; lra.
  nra.
Qed.

Lemma cyclic_optimal x : balanced (cost_at w' p x) -> optimal_cost w p (total (cost_at w' p x)).
Proof.
move=> B; split=> [h|e e0].
- apply: Rle_trans (balanced_min cyclic_ge0 h B) _.
  by apply: rsum_le => i _; apply: rsum_le => j _; exact: cost_cyclic_le.
- set T := total (cost_at w p x); have T0 : 0 <= T by apply: total_ge0; exact: cost_at_ge0.
  pose s := Rmax 0 (ln ((T + 1) / e) / p).
  have s0 : 0 <= s by exact: Rmax_l.
  exists (fun i => x i + s * height i); apply: Rle_lt_trans (lift_cost x s0) _; rewrite -/T.
  suff : exp (- (p * s)) * T < e by lra.
  have H : exp (- (p * s)) <= e / (T + 1).
    rewrite -(exp_ln (e / (T + 1))); last by apply: Rdiv_lt_0_compat; lra.
    apply: exp_le; have -> : ln (e / (T + 1)) = - ln ((T + 1) / e).
      by rewrite -ln_Rinv; [congr ln; field; lra | apply: Rdiv_lt_0_compat; lra].
    have := Rmult_le_compat_l _ _ _ (Rlt_le _ _ p0) (Rmax_r 0 (ln ((T + 1) / e) / p)); rewrite -/s.
    have -> : p * (ln ((T + 1) / e) / p) = ln ((T + 1) / e) by field; lra.
    lra.
  apply: (Rle_lt_trans _ (e / (T + 1) * T)); first exact: Rmult_le_compat_r.
  apply: (Rmult_lt_reg_r (T + 1)); first by lra.
  have -> : e / (T + 1) * T * (T + 1) = e * T by field; lra.
  nra.
Qed.

Lemma cyclic_balance_exists : exists x, balanced (cost_at w' p x).
Proof. by have [x [B _]] := balance_from cyclic_ge0 p0 (fun _ => 0) on_cycles_cyclic; exists x. Qed.

Lemma flow_cyclic_limit h x i j : is_flow w p h -> balanced (cost_at w' p x) ->
  is_lim (fun t => cost_at w p (h t) i j) p_infty (cost_at w' p x i j).
Proof.
move=> F B; case ij: (reaches w i j); last first.
  rewrite {2}/cost_at /cyclic_part ij Rmult_0_l.
  by apply: (flow_off_cycle w0 p0 F); rewrite ij.
apply: (is_lim_ext (fun t => cost_at w' p (h t) i j)).
  by move=> t; rewrite /cost_at /cyclic_part ij.
have G : is_lim (fun t => total (cost_at w p (h t)) - total (cost_at w' p x)) p_infty 0.
  rewrite -(Rminus_eq_0 (total (cost_at w' p x))); apply: is_lim_minus'; last exact: is_lim_const.
  exact: (flow_cost_limit w0 p0 F (cyclic_optimal B)).
have S : is_lim (fun t => sqrt (cost_at w' p (h t) i j)) p_infty (sqrt (cost_at w' p x i j)).
  apply: is_lim_sqr_diff; apply: is_lim_squeeze0 G => t t0; split; first exact: pow2_ge_0.
  have H := hellinger cyclic_ge0 (h t) B.
  have := @rsum_pair_term_le V V i j
    (fun i j => (sqrt (cost_at w' p (h t) i j) - sqrt (cost_at w' p x i j))^2) (fun _ _ => pow2_ge_0 _).
  have : total (cost_at w' p (h t)) <= total (cost_at w p (h t)).
    by apply: rsum_le => a _; apply: rsum_le => b _; exact: cost_cyclic_le.
  lra.
have := is_lim_mult_real S S; rewrite sqrt_sqrt; last exact: (cost_at_ge0 p x cyclic_ge0).
by apply: is_lim_ext => t; apply: sqrt_sqrt; exact: (cost_at_ge0 p (h t) cyclic_ge0).
Qed.

End Cyclic.

(** ** The weights *)

Lemma weights_from_costs (V : finType) alpha p (J0 : V -> V -> R) h i j : 0 < p -> 0 < cost alpha p J0 i j ->
  rescale h J0 i j = J0 i j * abs_pow (/ p) (cost_at (cost alpha p J0) p h i j / cost alpha p J0 i j).
Proof.
move=> p0 c0; rewrite rescale_eq; congr (_ * _).
have -> : cost_at (cost alpha p J0) p h i j / cost alpha p J0 i j = exp (p * (h j - h i)).
  by rewrite /cost_at; field; lra.
have e0 := exp_pos (p * (h j - h i)); rewrite abs_pow_n0; last by lra.
by rewrite Rabs_pos_eq ?ln_exp; [congr exp; field; lra | lra].
Qed.

Lemma weight_flow_cyclic_limit (V : finType) alpha p (J : R -> V -> V -> R) x i j :
  nonnegative alpha -> 0 < p -> is_weight_flow alpha p J ->
  balanced (cost_at (cyclic_part (cost alpha p (J 0))) p x) ->
  0 < cost alpha p (J 0) i j ->
  is_lim (fun t => J t i j) p_infty
    (if reaches (cost alpha p (J 0)) i j then rescale x (J 0) i j else 0).
Proof.
move=> a0 p0 FJ B c0; have [h [h0 [F [EJ EC]]]] := weight_flow_costs p0 FJ.
have L := @flow_cyclic_limit V _ p (cost_ge0 p (J 0) a0) p0 h x i j F B.
set w := cost alpha p (J 0) in c0 B L F *.
apply: (is_lim_ext_loc (fun t => J 0 i j * abs_pow (/ p) (cost_at w p (h t) i j / w i j))).
  by exists 0 => t t0; rewrite (EJ t); [rewrite (weights_from_costs (h t) p0 c0) | lra].
have -> : (if reaches w i j then rescale x (J 0) i j else 0)
  = J 0 i j * abs_pow (/ p) (cost_at (cyclic_part w) p x i j * / w i j).
  rewrite /cost_at /cyclic_part; case: (reaches w i j).
  - by rewrite (weights_from_costs x p0 c0).
  - by rewrite !Rmult_0_l abs_pow_0 Rmult_0_r.
apply: is_lim_mult_real; first exact: is_lim_const.
apply: (is_lim_continuous (f := fun t => cost_at w p (h t) i j / w i j)).
- by apply: is_lim_mult_real => //; exact: is_lim_const.
- by apply: abs_pow_continuous; exact: Rinv_0_lt_compat.
Qed.
