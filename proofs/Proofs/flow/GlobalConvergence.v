(** * Convergence in the form of the statements; rates near balance; the weights

    Glossary.
    - [is_lim_exp_bound]   |f(t) - l| <= K e^{-mu t} implies f(t) -> l
    - [flow_lambda]        the rate p lambda_2 e^{- 2 p d}, d the initial distance to balance
    - [flow_asymptotic]    every rate below p lambda_2 is reached (p lambda_2 itself: [SharpRate.v])
    - [grad_near_balance], [grad_near_balance_lower]  the gradient near balance, between two multiples of L
    - [weights_close]      from the distance of the log-scales to the distance of the weights *)

From Coq Require Import Reals Lra Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop path fingraph.
From Synbal Require Import Defs FlowDefs Sums Costs Calculus Convexity WeightFlow Contraction Graph Existence
  Convergence Balance Cyclic.
From Synbal.Statements Require Import balanceable global_convergence.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Local Open Scope R_scope.

Lemma is_lim_exp_bound (f : R -> R) l K mu : 0 < mu ->
  (forall t, 0 <= t -> Rabs (f t - l) <= K * exp (- mu * t)) -> is_lim f p_infty l.
Proof.
move=> mu0 H; apply/is_lim_spec => -[eps e0] /=.
have K1 : 0 < Rabs K + 1 by have := Rabs_pos K; lra.
exists (Rmax 0 (- ln (eps / (Rabs K + 1)) / mu)) => t Ht.
have t0 : 0 < t by apply: Rle_lt_trans Ht; exact: Rmax_l.
have Ht2 : - ln (eps / (Rabs K + 1)) / mu < t by apply: Rle_lt_trans Ht; exact: Rmax_r.
apply: Rle_lt_trans (H t (Rlt_le _ _ t0)) _.
have E : exp (- mu * t) < eps / (Rabs K + 1).
  rewrite -(exp_ln (eps / (Rabs K + 1))); last by exact: Rdiv_lt_0_compat.
  apply: exp_increasing; have := Rmult_lt_compat_r mu _ _ mu0 Ht2.
  have -> : - ln (eps / (Rabs K + 1)) / mu * mu = - ln (eps / (Rabs K + 1)) by field; lra.
  lra.
have := Rmult_lt_compat_l _ _ _ K1 E.
have -> : (Rabs K + 1) * (eps / (Rabs K + 1)) = eps by field; lra.
have := Rle_abs K; have := exp_pos (- mu * t); nra.
Qed.

Section Asymptotic.
Variable V : finType.
Variables (w : V -> V -> R) (p : R).
Hypothesis w0 : nonnegative w.
Hypothesis p0 : 0 < p.

(** Near the balanced point [x] the gradient is as strongly monotone as its linearisation, up to e^{- 2 p e}. *)
Lemma grad_near_balance h x e : balanced (cost_at w p x) ->
  (forall i, Rabs (h i - x i) <= e) ->
  \rsum_(i) ((grad (cost_at w p h) i - 0) * (h i - x i))
  <= - (p * exp (- (2 * p * e)) * dirichlet (cost_at w p x) (fun i => h i - x i)).
Proof.
move=> B near.
have -> : \rsum_(i) ((grad (cost_at w p h) i - 0) * (h i - x i))
  = \rsum_(i) ((grad (cost_at w p h) i - grad (cost_at w p x) i) * (h i - x i)).
  by apply: rsum_ext => i _; rewrite B.
rewrite grad_diff_parts; apply: Ropp_le_contravar; rewrite /dirichlet -rsumZl.
apply: rsum_le => i _; rewrite -rsumZl; apply: rsum_le => j _.
have C0 := cost_at_ge0 p x w0 i j.
have e0 : 0 <= e by apply: Rle_trans (near i); exact: Rabs_pos.
have E1 : exp (- (2 * p * e)) <= 1 by rewrite -exp_0; apply: exp_le; nra.
have E0 := exp_pos (- (2 * p * e)).
have := @cost_diff_term V w p p0 h x i j (cost_at w p x i j * exp (- (2 * p * e))).
move=> H; apply: Rle_trans (H _ _ _).
- by apply: Req_le; ring.
- by apply: Rmult_le_pos => //; lra.
- rewrite (cost_at_from w p x h); apply: Rmult_le_compat_l => //; apply: exp_le.
  have [H1 _] := proj1 (Rabs_le_between _ _) (near j).
  have [_ H2] := proj1 (Rabs_le_between _ _) (near i); nra.
- by rewrite -[X in _ <= X]Rmult_1_r; apply: Rmult_le_compat_l.
Qed.

(** Once the distance to balance stays below [e], it decays at any rate nu <= p lambda e^{- 2 p e}. *)
Lemma decay_near h x lambda nu T e t : is_flow w p h -> balanced (cost_at w p x) ->
  (forall i, component_sum w x i = component_sum w (h 0) i) ->
  (forall y, (forall i, component_sum w y i = 0) -> lambda * norm2_sq y <= dirichlet (cost_at w p x) y) ->
  0 <= T -> (forall t, T <= t -> norm2 (fun i => h t i - x i) <= e) ->
  nu <= p * exp (- (2 * p * e)) * lambda -> T <= t ->
  norm2 (fun i => h t i - x i) <= norm2 (fun i => h T i - x i) * exp (- nu * (t - T)).
Proof.
move=> F B S Poin T0 HT rate Tt.
have H : norm2_sq (fun i => h t i - x i) <= norm2_sq (fun i => h T i - x i) * exp (- (2 * nu) * (t - T)).
  apply: (@decay_of_derive (fun s => norm2_sq (fun i => h s i - x i))
    (fun s => 2 * \rsum_(i) ((grad (cost_at w p (h s)) i - 0) * (h s i - x i)))) => //.
  - move=> s [Ts _]; apply: (@is_derive_dist_sq V h (fun _ => x)) => i; last exact: is_derive_const.
    by apply: F; lra.
  - move=> s [Ts _]; have s0 : 0 <= s by lra.
    have near i : Rabs (h s i - x i) <= e.
      exact: Rle_trans (coord_le_norm2 (fun i => h s i - x i) i) (HT s Ts).
    have G := grad_near_balance B near.
    have P : lambda * norm2_sq (fun i => h s i - x i) <= dirichlet (cost_at w p x) (fun i => h s i - x i).
      by apply: Poin => i; rewrite component_sumB S (component_sum_flow w0 i F s0); ring.
    have E0 := exp_pos (- (2 * p * e)); have Nn := norm2_sq_ge0 (fun i => h s i - x i).
    have pe : 0 <= p * exp (- (2 * p * e)) by apply: Rmult_le_pos; lra.
    have H1 := Rmult_le_compat_l _ _ _ pe P; have H2 := Rmult_le_compat_r _ _ _ Nn rate; lra.
rewrite -(sqrt_pow2 (norm2 (fun i => h t i - x i))); last exact: norm2_ge0.
rewrite -(sqrt_pow2 (_ * exp _)); last by apply: Rmult_le_pos; [exact: norm2_ge0 | exact/Rlt_le/exp_pos].
apply: sqrt_le_1_alt; rewrite Rpow_mult_distr !norm2_sqr.
have -> : exp (- nu * (t - T)) ^ 2 = exp (- (2 * nu) * (t - T)) by rewrite /= Rmult_1_r -exp_plus; congr exp; ring.
exact: H.
Qed.

(** The distance never exceeds the initial one: a rate from the start. *)
Lemma flow_lambda h x lambda t : is_flow w p h -> balanced (cost_at w p x) ->
  (forall i, component_sum w x i = component_sum w (h 0) i) ->
  (forall y, (forall i, component_sum w y i = 0) -> lambda * norm2_sq y <= dirichlet (cost_at w p x) y) ->
  0 <= t -> let d := norm2 (fun i => h 0 i - x i) in
  norm2 (fun i => h t i - x i) <= d * exp (- (p * lambda * exp (- (2 * p * d))) * t).
Proof.
move=> F B S Poin t0 d.
have := @decay_near h x lambda (p * lambda * exp (- (2 * p * d))) 0 d t F B S Poin (Rle_refl 0).
rewrite Rminus_0_r; apply=> // [s s0|].
- exact: (flow_contraction w0 p0 F (balanced_flow B) (conj (Rle_refl 0) s0)).
- by apply: Req_le; ring.
Qed.

(** The distance to balance falls below every positive number, and stays there. *)
Lemma eventually_near h x e : is_flow w p h -> balanced (cost_at w p x) ->
  (forall i, component_sum w x i = component_sum w (h 0) i) -> 0 < e ->
  exists T, 0 <= T /\ forall t, T <= t -> norm2 (fun i => h t i - x i) <= e.
Proof.
move=> F B S e0; have [m [m0 mw]] := positive_costs_bounded_below w.
case: (pickP (fun _ : V => true)) => [r _|N]; last first.
  exists 0; split=> [|t _]; first exact: Rle_refl.
  suff -> : norm2 (fun i => h t i - x i) = 0 by lra.
  by rewrite /norm2 -sqrt_0; congr sqrt; apply: big1 => i; have := N i.
pose c := total (cost_at w p (h 0)) + 1.
have c0 : 0 < c by have := total_ge0 (cost_at_ge0 p (h 0) w0); rewrite /c; lra.
have hc : total (cost_at w p (h 0)) <= c by rewrite /c; lra.
have oc := balanced_on_cycles w0 B.
have D t (t0 : 0 <= t) := @flow_to_balance V w p w0 p0 oc m m0 mw h x c t F B S c0 hc t0.
have L : is_lim (fun t => norm2 (fun i => h t i - x i)) p_infty 0.
  apply: (@is_lim_exp_bound _ 0 (norm2 (fun i => h 0 i - x i)) _ (explicit_rate_gt0 p0 r m0 c0)) => t t0.
  by rewrite Rminus_0_r Rabs_pos_eq; [exact: D | exact: norm2_ge0].
move/is_lim_spec: L => /(_ (mkposreal e e0)) [M HM].
exists (Rmax 0 (M + 1)); split=> [|t Ht]; first exact: Rmax_l.
have Mt := Rle_trans _ _ _ (Rmax_r 0 (M + 1)) Ht.
have := HM t ltac:(lra); rewrite Rminus_0_r Rabs_pos_eq /=; last exact: norm2_ge0.
exact: Rlt_le.
Qed.

Lemma flow_asymptotic h x lambda nu : is_flow w p h -> balanced (cost_at w p x) ->
  (forall i, component_sum w x i = component_sum w (h 0) i) ->
  0 < lambda ->
  (forall y, (forall i, component_sum w y i = 0) -> lambda * norm2_sq y <= dirichlet (cost_at w p x) y) ->
  nu < p * lambda ->
  exists K, forall t, 0 <= t -> norm2 (fun i => h t i - x i) <= K * exp (- nu * t).
Proof.
move=> F B S l0 Poin nul.
set N0 := norm2 (fun i => h 0 i - x i); have N00 : 0 <= N0 by exact: norm2_ge0.
pose e := (1 - nu / (p * lambda)) / (2 * p).
have pl : 0 < p * lambda by apply: Rmult_lt_0_compat.
have e0 : 0 < e.
  apply: Rdiv_lt_0_compat; last lra.
  suff : nu / (p * lambda) < 1 by lra.
  by apply: (Rmult_lt_reg_r (p * lambda)) => //; rewrite /Rdiv Rmult_assoc Rinv_l; lra.
have [T [T0 HT]] := eventually_near F B S e0.
have rate : nu <= p * exp (- (2 * p * e)) * lambda.
  have := exp_ge1x (- (2 * p * e)); have -> : - (2 * p * e) = - (1 - nu / (p * lambda)) by rewrite /e; field; lra.
  set q := exp _; have -> : 1 + - (1 - nu / (p * lambda)) = nu / (p * lambda) by ring.
  move=> H; have := Rmult_le_compat_r _ _ _ (Rlt_le _ _ pl) H.
  by rewrite /Rdiv Rmult_assoc Rinv_l; lra.
have late t : T <= t -> norm2 (fun i => h t i - x i) <= N0 * exp (- nu * (t - T)).
  move=> Tt; apply: Rle_trans (decay_near F B S Poin T0 HT rate Tt) _.
  apply: Rmult_le_compat_r; first exact/Rlt_le/exp_pos.
  exact: (flow_contraction w0 p0 F (balanced_flow B) (conj (Rle_refl 0) T0)).
exists (N0 * exp (Rabs nu * T)) => t t0; rewrite Rmult_assoc -exp_plus.
have A1 := Rle_abs nu; have A2 := Rle_abs (- nu); rewrite Rabs_Ropp in A2.
case: (Rle_lt_dec T t) => Tt.
- by apply: Rle_trans (late t Tt) _; apply: Rmult_le_compat_l => //; apply: exp_le; nra.
- apply: (Rle_trans _ N0).
    exact: (flow_contraction w0 p0 F (balanced_flow B) (conj (Rle_refl 0) t0)).
  rewrite -[X in X <= _]Rmult_1_r; apply: Rmult_le_compat_l => //.
  by rewrite -exp_0; apply: exp_le; nra.
Qed.

(** The same from below. *)
Lemma grad_near_balance_lower h x e : balanced (cost_at w p x) ->
  (forall i, Rabs (h i - x i) <= e) ->
  - (p * exp (2 * p * e) * dirichlet (cost_at w p x) (fun i => h i - x i))
  <= \rsum_(i) ((grad (cost_at w p h) i - 0) * (h i - x i)).
Proof.
move=> B near.
have -> : \rsum_(i) ((grad (cost_at w p h) i - 0) * (h i - x i))
  = \rsum_(i) ((grad (cost_at w p h) i - grad (cost_at w p x) i) * (h i - x i)).
  by apply: rsum_ext => i _; rewrite B.
rewrite grad_diff_parts; apply: Ropp_le_contravar; rewrite /dirichlet -rsumZl.
apply: rsum_le => i _; rewrite -rsumZl; apply: rsum_le => j _.
have C0 := cost_at_ge0 p x w0 i j.
have e0 : 0 <= e by apply: Rle_trans (near i); exact: Rabs_pos.
have E1 : 1 <= exp (2 * p * e) by rewrite -exp_0; apply: exp_le; nra.
rewrite (cost_at_from w p x h); set y := h j - x j - (h i - x i); set C := cost_at w p x i j in C0 *.
have H : (C * exp (p * y) - C) * (p * y) <= C * exp (2 * p * e) * (p * y)^2.
  apply: exp_mul_sq_le => //.
  - by rewrite -[X in X <= _]Rmult_1_r; apply: Rmult_le_compat_l.
  - apply: Rmult_le_compat_l => //; apply: exp_le; rewrite /y.
    have [_ H1] := proj1 (Rabs_le_between _ _) (near j).
    have [H2 _] := proj1 (Rabs_le_between _ _) (near i); nra.
have -> : h i - x i - (h j - x j) = - y by rewrite /y; ring.
apply: (Rmult_le_reg_l p) => //.
have -> : p * (p * exp (2 * p * e) * (C * (- y)^2)) = C * exp (2 * p * e) * (p * y)^2 by ring.
lra.
Qed.

End Asymptotic.

Lemma balanceable_proof : S_balanceable.
Proof.
move=> V w p w0 p0; split=> [[h B]|oc]; first exact: balanced_on_cycles B.
by have [x [B _]] := balance_from w0 p0 (fun _ => 0) oc; exists x.
Qed.

Lemma balanceable_components_proof : S_balanceable_components.
Proof.
move=> V w; split=> [oc i j|H i j wij]; last by apply: H; exact: linked_edge.
apply: connect_sub => a b /orP [] /synapseP H; first by apply: connect1; apply/synapseP.
exact: oc.
Qed.

Lemma balanceable_weights_proof : S_balanceable_weights.
Proof.
move=> V alpha p J a0 p0; rewrite -(balanceable_proof (cost_ge0 p J a0) p0).
by split=> -[h B]; exists h; move: B; rewrite cost_rescale.
Qed.

Lemma balanceable_attained_proof : S_balanceable_attained.
Proof.
move=> V w p w0 p0; rewrite -(balanceable_proof w0 p0).
by split=> -[h H]; exists h; apply/(convex_cost_balanced_minimum_proof _ w0 p0).
Qed.

Lemma balanceable_sums_proof : S_balanceable_sums.
Proof. by move=> V w p x0 w0 p0 oc; exact: balance_from. Qed.

Lemma global_convergence_exists_proof : S_global_convergence_exists.
Proof. by move=> V w p x0 w0 p0; exact: flow_exists. Qed.

Lemma global_convergence_unique_proof : S_global_convergence_unique.
Proof. by move=> V w p h k w0 p0 Fh Fk s t s0 t0 E; exact: (flow_unique w0 p0 Fh Fk s0 t0 E). Qed.

Lemma global_convergence_weights_exists_proof : S_global_convergence_weights_exists.
Proof. by move=> V alpha p J0 a0 p0; exact: weight_flow_exists. Qed.

Lemma global_convergence_weights_unique_proof : S_global_convergence_weights_unique.
Proof. by move=> V alpha p J K a0 p0 FJ FK E t t0; exact: (weight_flow_unique a0 p0 FJ FK E t0). Qed.

Lemma global_convergence_proof : S_global_convergence.
Proof.
move=> V w p h w0 p0 oc F; split; first by move=> t t0 i; exact: (component_sum_flow w0 i F t0).
have [x [B S]] := balance_from w0 p0 (h 0) oc.
have bound m c : 0 < m -> (forall i j, 0 < w i j -> m <= w i j) -> 0 < c -> total (cost_at w p (h 0)) <= c ->
  forall t, 0 <= t -> norm2 (fun i => h t i - x i)
  <= norm2 (fun i => h 0 i - x i) * exp (- explicit_rate V p m c * t).
  by move=> m0 mw c0 hc t t0; apply: flow_to_balance.
exists x; split=> //; split=> //; split=> // i.
have [m [m0 mw]] := positive_costs_bounded_below w.
have c0 : 0 < total (cost_at w p (h 0)) + 1 by have := total_ge0 (cost_at_ge0 p (h 0) w0); lra.
have hc : total (cost_at w p (h 0)) <= total (cost_at w p (h 0)) + 1 by lra.
apply: (is_lim_exp_bound (explicit_rate_gt0 p0 i m0 c0)) => t t0.
exact: Rle_trans (coord_le_norm2 (fun i => h t i - x i) i) (bound _ _ m0 mw c0 hc t t0).
Qed.

Lemma weights_close (V : finType) (J0 : V -> V -> R) (h x : V -> R) N d i j :
  (forall i, Rabs (h i - x i) <= N * d) -> 0 <= N -> 0 <= d <= 1 ->
  Rabs (rescale h J0 i j - rescale x J0 i j) <= Rabs (rescale x J0 i j) * (2 * N * exp (2 * N)) * d.
Proof.
move=> H N0 [d0 d1].
have -> : rescale h J0 i j - rescale x J0 i j = rescale x J0 i j * (exp ((h j - x j) - (h i - x i)) - 1).
  rewrite !rescale_eq Rmult_minus_distr_l Rmult_assoc -exp_plus Rmult_1_r; congr (_ * exp _ - _); ring.
rewrite Rabs_mult Rmult_assoc; apply: Rmult_le_compat_l; first exact: Rabs_pos.
apply: Rle_trans (exp_m1_abs _) _; set y := _ - _.
have Y : Rabs y <= 2 * N * d.
  apply: Rle_trans (Rabs_triang _ _) _; rewrite Rabs_Ropp; have := H i; have := H j; lra.
have Y2 : Rabs y <= 2 * N by nra.
have -> : 2 * N * exp (2 * N) * d = (2 * N * d) * exp (2 * N) by ring.
apply: Rmult_le_compat => //; [exact: Rabs_pos | exact/Rlt_le/exp_pos | exact: exp_le].
Qed.

Lemma global_convergence_weights_proof : S_global_convergence_weights.
Proof.
move=> V alpha p J a0 p0 FJ oc.
have [h [h0 [F [EJ EC]]]] := weight_flow_costs p0 FJ.
have w0 := cost_ge0 p (J 0) a0; set w := cost alpha p (J 0) in w0 oc F EC *.
have Eh0 : h 0 = fun _ => 0 by exact: functional_extensionality.
have [_ [x [B [S [_ bound]]]]] := global_convergence_proof w0 p0 oc F.
rewrite Eh0 cost_at_0 in bound.
have wb m c : 0 < m -> (forall i j, 0 < w i j -> m <= w i j) -> 0 < c -> total w <= c ->
  forall t, 0 <= t -> forall i j, Rabs (J t i j - rescale x (J 0) i j)
  <= Rabs (rescale x (J 0) i j) * (2 * norm2 x * exp (2 * norm2 x)) * exp (- explicit_rate V p m c * t).
  move=> m0 mw c0 hc t t0 i j; rewrite (EJ t) //.
  have EN : norm2 (fun i => 0 - x i) = norm2 x.
    by rewrite /norm2; congr sqrt; apply: rsum_ext => l _; ring.
  apply: weights_close.
  - move=> l; rewrite -EN; exact: Rle_trans (coord_le_norm2 (fun i => h t i - x i) l) (bound m c m0 mw c0 hc t t0).
  - exact: norm2_ge0.
  - split; first exact/Rlt_le/exp_pos.
    by rewrite -exp_0; apply: exp_le; have := explicit_rate_gt0 p0 i m0 c0; nra.
exists x; rewrite cost_rescale; split=> //; split.
  move=> i; rewrite S Eh0; exact: rsum0.
split=> // i j; have [m [m0 mw]] := positive_costs_bounded_below w.
have c0 : 0 < total w + 1 by have := total_ge0 w0; lra.
apply: (is_lim_exp_bound (explicit_rate_gt0 p0 i m0 c0)) => t t0; apply: wb => //; lra.
Qed.

Lemma global_convergence_cost_bound_proof : S_global_convergence_cost_bound.
Proof. by move=> V w p h k w0 p0 F t; exact: flow_distance_to. Qed.

Lemma global_convergence_infimum_proof : S_global_convergence_infimum.
Proof.
move=> V w p w0 p0; have [L HL] := @optimal_cost_exists V w p w0; exists L; split=> // h F.
exact: (flow_cost_limit w0 p0 F HL).
Qed.

Lemma global_convergence_off_cycle_proof : S_global_convergence_off_cycle.
Proof. by move=> V w p h w0 p0 F i j; exact: (flow_off_cycle w0 p0 F). Qed.

Lemma global_convergence_weights_infimum_proof : S_global_convergence_weights_infimum.
Proof.
move=> V alpha p J a0 p0 FJ.
have [h [h0 [F [EJ EC]]]] := weight_flow_costs p0 FJ.
have w0 := cost_ge0 p (J 0) a0; have [L HL] := @optimal_cost_exists V _ p w0.
exists L; split=> //; split.
- apply: (is_lim_ext_loc (fun t => total (cost_at (cost alpha p (J 0)) p (h t)))).
    by exists 0 => t t0; rewrite (EC t) //; lra.
  exact: (flow_cost_limit w0 p0 F HL).
- move=> i j N; apply: (is_lim_ext_loc (fun t => cost_at (cost alpha p (J 0)) p (h t) i j)).
    by exists 0 => t t0; rewrite (EC t) //; lra.
  exact: (flow_off_cycle w0 p0 F N).
Qed.

Lemma global_convergence_lambda_proof : S_global_convergence_lambda.
Proof. by move=> V w p h x lambda w0 p0 F B S Poin d t t0; exact: flow_lambda. Qed.

Lemma global_convergence_cyclic_proof : S_global_convergence_cyclic.
Proof.
move=> V w p w0 p0; have [x B] := cyclic_balance_exists w0 p0.
exists x; split=> //; split; first exact: (cyclic_optimal w0 p0 B).
by move=> h F i j; exact: (@flow_cyclic_limit V w p w0 p0 h x i j F B).
Qed.

Lemma global_convergence_weights_cyclic_proof : S_global_convergence_weights_cyclic.
Proof.
move=> V alpha p J a0 p0 FJ; have [x B] := cyclic_balance_exists (cost_ge0 p (J 0) a0) p0.
by exists x; split=> // i j c0; exact: (weight_flow_cyclic_limit a0 p0 FJ B c0).
Qed.

Lemma global_convergence_drift_proof : S_global_convergence_drift.
Proof.
move=> V w p h w0 p0 F i j wij N.
have /is_lim_spec Lim := flow_off_cycle w0 p0 F N; apply/is_lim_spec => M.
have e0 : 0 < w i j * exp (- (p * M)) by apply: Rmult_lt_0_compat => //; exact: exp_pos.
have [T HT] := Lim (mkposreal _ e0); exists T => t /HT.
rewrite Rminus_0_r Rabs_pos_eq /=; last exact: cost_at_ge0.
rewrite /cost_at => H; apply: Rnot_le_lt => L.
have : exp (- (p * M)) <= exp (p * (h t j - h t i)) by apply: exp_le; nra.
nra.
Qed.
