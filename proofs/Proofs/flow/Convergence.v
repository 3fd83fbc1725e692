(** * The flow converges: balanceable networks at an exponential rate, all others to the infimum

    Glossary.
    - [flow_decay]          two flows with equal component sums approach each other like e^{- mu t}
    - [balance_from]        from any start, the balanced point with the same component sums exists: it is the
                            limit of the flow
    - [balanced_on_cycles]  a balanced network has every synapse on a cycle
    - [optimal_cost_exists] the infimum C* exists
    - [off_cycle_cost]      the cost of a synapse on no cycle is at most 2 (C - C* )
    - [flow_cost_limit]     the cost tends to C*, from every start *)

From Coq Require Import Reals Lra Lia FunctionalExtensionality Classical.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop path fingraph.
From Synbal Require Import Defs FlowDefs Sums Costs Calculus Convexity WeightFlow Contraction Graph Existence.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Local Open Scope R_scope.

(** A sequence whose steps shrink geometrically converges. *)
Lemma geometric_limit (u : nat -> R) D q : 0 <= q < 1 ->
  (forall n, Rabs (u n.+1 - u n) <= D * q^n) -> exists l : R, is_lim_seq u l.
Proof.
move=> [q0 q1] H.
have [s Hs] : ex_series (fun n => u n.+1 - u n).
  apply: (@ex_series_le _ R_CompleteNormedModule _ (fun n => D * q^n)); first exact: H.
  have [g Hg] : ex_series (fun n => q^n) by apply: ex_series_geom; rewrite Rabs_pos_eq.
  by exists (D * g); exact: (is_series_scal_l D _ _ Hg).
exists (u 0%nat + s); apply/(is_lim_seq_incr_1 u).
apply: (is_lim_seq_ext (fun n => u 0%nat + sum_n (fun n => u n.+1 - u n) n)).
  elim=> [|n IH]; first by rewrite sum_O; ring.
  by rewrite sum_Sn /plus /= -Rplus_assoc IH; ring.
by apply: is_lim_seq_plus'; [exact: is_lim_seq_const | exact: Hs].
Qed.

Section Convergence.
Variable V : finType.

Lemma is_lim_seq_norm2 (x : nat -> V -> R) :
  (forall i, is_lim_seq (fun n => x n i) 0) -> is_lim_seq (fun n => norm2 (x n)) 0.
Proof.
move=> H; rewrite -sqrt_0; apply: (is_lim_seq_continuous sqrt (fun n => norm2_sq (x n)) 0).
  by apply: continuity_pt_sqrt; exact: Rle_refl.
have -> : 0 = \big[Rplus/0]_(i : V) 0 by rewrite rsum0.
apply: is_lim_seq_rsum => i _; have -> : 0 = 0 * (0 * 1) by ring.
apply: is_lim_seq_mult' => //; apply: is_lim_seq_mult' => //; exact: is_lim_seq_const.
Qed.

Variables (w : V -> V -> R) (p : R).
Hypothesis w0 : nonnegative w.
Hypothesis p0 : 0 < p.
Notation cost_of x := (total (cost_at w p x)).

(** ** Balanceable networks *)

Section OnCycles.
Hypothesis oc : on_cycles w.
Variable m : R.
Hypothesis m0 : 0 < m.
Hypothesis mw : forall i j, 0 < w i j -> m <= w i j.

Lemma flow_decay h k c t : is_flow w p h -> is_flow w p k -> 0 < c ->
  cost_of (h 0) <= c -> cost_of (k 0) <= c ->
  (forall i, component_sum w (h 0) i = component_sum w (k 0) i) -> 0 <= t ->
  norm2 (fun i => h t i - k t i)
  <= norm2 (fun i => h 0 i - k 0 i) * exp (- explicit_rate V p m c * t).
Proof.
move=> Fh Fk c0 hc kc S t0; set mu := explicit_rate V p m c.
have H : norm2_sq (fun i => h t i - k t i)
         <= norm2_sq (fun i => h 0 i - k 0 i) * exp (- (2 * mu) * (t - 0)).
  apply: (@decay_of_derive (fun s => norm2_sq (fun i => h s i - k s i))
    (fun t => 2 * \rsum_(i) ((grad (cost_at w p (h t)) i - grad (cost_at w p (k t)) i) * (h t i - k t i)))) => //.
  - by move=> s [s0 _]; apply: is_derive_dist_sq => i; [exact: Fh | exact: Fk].
  - move=> s [s0 _].
    have := @grad_strongly V w p w0 p0 (h s) (k s) m c oc m0 c0 mw
      (Rle_trans _ _ _ (flow_cost_le p0 Fh (conj (Rle_refl 0) s0)) hc)
      (Rle_trans _ _ _ (flow_cost_le p0 Fk (conj (Rle_refl 0) s0)) kc).
    rewrite -/mu => L; suff : forall i, component_sum w (h s) i = component_sum w (k s) i by move=> /L; lra.
    by move=> i; rewrite (component_sum_flow w0 i Fh s0) (component_sum_flow w0 i Fk s0).
rewrite -(sqrt_pow2 (norm2 (fun i => h t i - k t i))); last exact: norm2_ge0.
rewrite -(sqrt_pow2 (_ * exp _)); last by apply: Rmult_le_pos; [exact: norm2_ge0 | exact/Rlt_le/exp_pos].
apply: sqrt_le_1_alt; rewrite Rpow_mult_distr !norm2_sqr.
have -> : exp (- mu * t) ^ 2 = exp (- (2 * mu) * (t - 0)) by rewrite /= Rmult_1_r -exp_plus; congr exp; ring.
exact: H.
Qed.

Lemma balance_from_nonempty (x0 : V -> R) (r : V) :
  exists x, balanced (cost_at w p x) /\ forall i, component_sum w x i = component_sum w x0 i.
Proof.
have [h [h0 F]] := flow_exists x0 w0 p0.
pose c := cost_of (h 0) + 1.
have c0 : 0 < c by have := total_ge0 (cost_at_ge0 p (h 0) w0); rewrite /c; lra.
pose mu := explicit_rate V p m c; have mu0 : 0 < mu by exact: explicit_rate_gt0 r m0 c0.
have F1 := flow_shift (Rle_0_1) F.
have sums t : 0 <= t -> forall i, component_sum w (h t) i = component_sum w x0 i.
  by move=> t0 i; rewrite (component_sum_flow w0 i F t0) (functional_extensionality _ _ h0).
have dec (n : nat) i : Rabs (h (INR n.+1) i - h (INR n) i) <= norm2 (fun i => h (1 + 0) i - h 0 i) * (exp (- mu))^n.
  have n0 := pos_INR n.
  have := @flow_decay (fun t => h (1 + t)) h c (INR n) F1 F c0 _ _ _ n0.
  have -> : (exp (- mu))^n = exp (- mu * INR n) by rewrite -exp_INR_mul; congr exp; ring.
  move=> D; apply: Rle_trans (D _ _ _).
  - rewrite S_INR Rplus_comm; exact: (coord_le_norm2 (fun i => h (1 + INR n) i - h (INR n) i)).
  - by apply: (Rle_trans _ (cost_of (h 0))); [apply: (flow_cost_le p0 F); lra | rewrite /c; lra].
  - by rewrite /c; lra.
  - by move=> j; rewrite !sums //; lra.
have q : 0 <= exp (- mu) < 1.
  split; first exact/Rlt_le/exp_pos.
  by rewrite -exp_0; apply: exp_increasing; lra.
have lims i : {l : R | is_lim_seq (fun n => h (INR n) i) l}.
  exists (real (Lim_seq (fun n => h (INR n) i))); have [l Hl] := geometric_limit q (fun n => dec n i).
  by rewrite (is_lim_seq_unique _ _ Hl).
pose x i := sval (lims i).
have Lx i : is_lim_seq (fun n => h (INR n) i) (x i) by exact: (svalP (lims i)).
exists x; split; last first.
- move=> i; have L1 : is_lim_seq (fun n => component_sum w (h (INR n)) i) (component_sum w x i).
    by apply: is_lim_seq_rsum => j _; exact: Lx.
  have L2 : is_lim_seq (fun n => component_sum w (h (INR n)) i) (component_sum w x0 i).
    apply: (is_lim_seq_ext (fun _ => component_sum w x0 i)); last exact: is_lim_seq_const.
    by move=> n; rewrite sums //; exact: pos_INR.
  have := is_lim_seq_unique _ _ L2; rewrite (is_lim_seq_unique _ _ L1); congruence.
- have [k [k0 Fk]] := flow_exists x w0 p0.
  have Ek : k 0 = x by exact: functional_extensionality.
  apply: NNPP => NB; rewrite -Ek in NB.
  have := flow_cost_strict w0 p0 Fk NB (Rle_refl 0) Rlt_0_1.
  suff -> : k 1 = k 0 by lra.
  apply: functional_extensionality => i; rewrite k0.
  have near n : Rabs (k 1 i - h (INR n.+1) i) <= norm2 (fun i => x i - h (INR n) i).
    have Fn := flow_shift (pos_INR n) F.
    have := flow_contraction w0 p0 Fk Fn (conj (Rle_refl 0) Rle_0_1).
    rewrite Ek Rplus_0_r => H; apply: Rle_trans H.
    rewrite S_INR; exact: (coord_le_norm2 (fun i => k 1 i - h (INR n + 1) i)).
  have N0 : is_lim_seq (fun n => norm2 (fun i => x i - h (INR n) i)) 0.
    apply: is_lim_seq_norm2 => j; have -> : 0 = x j - x j by ring.
    by apply: is_lim_seq_minus'; [exact: is_lim_seq_const | exact: Lx].
  have N1 : is_lim_seq (fun n => Rabs (k 1 i - h (INR n.+1) i)) (Rabs (k 1 i - x i)).
    apply: (is_lim_seq_abs _ (Finite _)); apply: is_lim_seq_minus'; first exact: is_lim_seq_const.
    by apply/(is_lim_seq_incr_1 (fun n => h (INR n) i)); exact: Lx.
  have Z := is_lim_seq_le _ _ _ _ near N1 N0; rewrite /= in Z.
  have : Rabs (k 1 i - x i) = 0 by apply: Rle_antisym => //; exact: Rabs_pos.
  by move/Rabs_eq_0; lra.
Qed.

Lemma flow_to_balance h x c t : is_flow w p h -> balanced (cost_at w p x) ->
  (forall i, component_sum w x i = component_sum w (h 0) i) -> 0 < c -> cost_of (h 0) <= c -> 0 <= t ->
  norm2 (fun i => h t i - x i) <= norm2 (fun i => h 0 i - x i) * exp (- explicit_rate V p m c * t).
Proof.
move=> F B S c0 hc t0.
apply: (@flow_decay h (fun _ => x) c t F (balanced_flow B) c0 hc _ _ t0) => [|i]; last by rewrite S.
exact: Rle_trans (balanced_min w0 (h 0) B) hc.
Qed.

End OnCycles.

Lemma balance_from (x0 : V -> R) : on_cycles w ->
  exists x, balanced (cost_at w p x) /\ forall i, component_sum w x i = component_sum w x0 i.
Proof.
move=> oc; have [m [m0 mw]] := positive_costs_bounded_below w.
case: (pickP (fun _ : V => true)) => [r _|N]; first exact: (balance_from_nonempty oc m0 mw x0 r).
by exists x0; split=> i //; have := N i.
Qed.

(** ** The set that can be reached from [i] *)

Section Reach.
Variable i : V.
Definition reach_indicator : V -> R := fun v => if reaches w i v then 1 else 0.

Lemma reach_closed a b : 0 < w a b -> reaches w i b -> reaches w i a.
Proof. by move=> /synapseP H /connect_trans; apply; apply: connect1. Qed.

Lemma reach_step a b : 0 < w a b -> 0 <= reach_indicator a - reach_indicator b.
Proof.
move=> H; rewrite /reach_indicator; case Eb: (reaches w i b); last by case: ifP => _; lra.
by rewrite (reach_closed H Eb); lra.
Qed.

End Reach.

Lemma balanced_on_cycles x : balanced (cost_at w p x) -> on_cycles w.
Proof.
move=> B i j wij; apply/negPn/negP => N.
have S := grad_parts (cost_at w p x) (reach_indicator i).
rewrite rsum0 in S; last by move=> a _; rewrite B; ring.
have nn a b : 0 <= cost_at w p x a b * (reach_indicator i a - reach_indicator i b).
  case: (Rle_lt_or_eq_dec _ _ (w0 a b)) => [wab|E]; last by rewrite /cost_at -E; lra.
  by apply: Rmult_le_pos; [exact: cost_at_ge0 | exact: reach_step].
have := rsum_pair_term_le i j nn; rewrite -S /reach_indicator (negbTE N).
rewrite {1}/reaches connect0; have := cost_at_gt0 p x wij; lra.
Qed.

(** ** The infimum of the cost *)

Lemma optimal_cost_exists : exists L, optimal_cost w p L.
Proof.
pose E l := forall h, l <= cost_of h.
have [L [ub least]] : {L | is_lub E L}.
  apply: completeness; first by exists (cost_of (fun _ => 0)) => l; apply.
  by exists 0 => h; apply: total_ge0; exact: cost_at_ge0.
exists L; split=> [h|e e0]; first by apply: least => l; apply.
apply: NNPP => N.
have : L + e <= L; last by lra.
by apply: ub => h; apply: Rnot_lt_le => H; apply: N; exists h.
Qed.

Lemma optimal_cost_unique L L' : optimal_cost w p L -> optimal_cost w p L' -> L = L'.
Proof.
move=> [lb ap] [lb' ap']; apply: Rle_antisym; apply: Rnot_lt_le => H.
- have [h Hh] := ap' (L - L') ltac:(lra); have := lb h; lra.
- have [h Hh] := ap (L' - L) ltac:(lra); have := lb' h; lra.
Qed.

Lemma optimal_cost_balanced x : balanced (cost_at w p x) -> optimal_cost w p (cost_of x).
Proof.
by move=> B; split=> [h|e e0]; [exact: balanced_min | exists x; lra].
Qed.

(** Scaling up all that can be reached from [i] removes cost from a synapse j -> i on no cycle, and adds none. *)
Lemma off_cycle_cost L x i j : (forall h, L <= cost_of h) -> ~ reaches w i j ->
  cost_at w p x i j <= 2 * (cost_of x - L).
Proof.
move=> lb /negP N.
pose y a := x a + ln 2 / p * reach_indicator i a.
have y_le a b : 0 <= cost_at w p x a b - cost_at w p y a b.
  rewrite (cost_at_from w p x y).
  case: (Rle_lt_or_eq_dec _ _ (w0 a b)) => [wab|E]; last by rewrite /cost_at -E; lra.
  have C0 := cost_at_ge0 p x w0 a b.
  have : exp (p * (y b - x b - (y a - x a))) <= 1.
    rewrite -exp_0; apply: exp_le; rewrite /y.
    have -> : p * (x b + ln 2 / p * reach_indicator i b - x b - (x a + ln 2 / p * reach_indicator i a - x a))
            = - (ln 2 * (reach_indicator i a - reach_indicator i b)) by field; lra.
    have := reach_step i wab; have := ln_lt_2; nra.
  nra.
have half : cost_at w p y i j = cost_at w p x i j / 2.
  rewrite (cost_at_from w p x y); congr (_ * _).
  have -> : p * (y j - x j - (y i - x i)) = - ln 2.
    rewrite /y /reach_indicator (negbTE N) {1}/reaches connect0; field; lra.
  by rewrite exp_Ropp exp_ln //; lra.
have T : total (fun a b => cost_at w p x a b - cost_at w p y a b) = cost_of x - cost_of y.
  by rewrite /total -rsumB; apply: rsum_ext => a _; rewrite rsumB.
have := @term_le_total V (fun a b => cost_at w p x a b - cost_at w p y a b) i j y_le.
rewrite T half; have := lb y; lra.
Qed.

Lemma flow_cost_limit h L : is_flow w p h -> optimal_cost w p L ->
  is_lim (fun t => cost_of (h t)) p_infty L.
Proof.
move=> F [lb ap]; apply/is_lim_spec => -[eps e0] /=.
have [k Hk] := ap (eps / 2) ltac:(lra).
set D := p * norm2_sq (fun i => h 0 i - k i).
have D0 : 0 <= D by apply: Rmult_le_pos; [lra | exact: norm2_sq_ge0].
exists (D / eps) => t Ht.
have t0 : 0 < t by apply: Rle_lt_trans Ht; apply: Rmult_le_pos => //; exact/Rlt_le/Rinv_0_lt_compat.
have := flow_distance_to w0 p0 k F t0; rewrite -/D => H.
have : D / (2 * t) < eps / 2.
  apply: (Rmult_lt_reg_r (2 * t)); first by lra.
  have -> : D / (2 * t) * (2 * t) = D by field; lra.
  have := Rmult_lt_compat_r eps _ _ e0 Ht.
  have -> : D / eps * eps = D by field; lra.
  lra.
by rewrite Rabs_pos_eq; have := lb (h t); lra.
Qed.

Lemma flow_off_cycle h i j : is_flow w p h -> ~ reaches w i j ->
  is_lim (fun t => cost_at w p (h t) i j) p_infty 0.
Proof.
move=> F N; have [L HL] := optimal_cost_exists.
have := flow_cost_limit F HL => /is_lim_spec Lim.
apply/is_lim_spec => -[eps e0]; have [M HM] := Lim (mkposreal (eps / 2) ltac:(lra)).
exists M => t Ht; have := HM t Ht; rewrite /= => H.
have [H1 _] := Rabs_def2 _ _ H.
have := off_cycle_cost (h t) HL.1 N; have := cost_at_ge0 p (h t) w0 i j.
by rewrite Rminus_0_r => C0 H2; rewrite Rabs_pos_eq; lra.
Qed.

End Convergence.
