(** * Bounds on the optimal cost

    Glossary.
    - [total_split]        the total cost, split into row i, column i and the rest
    - [total_bump]         the total cost after neuron i has moved: C - r - c + r e^{-ps} + c e^{ps}
    - [near_balance r c e] a number s with c e^s + r e^{-s} <= 2 sqrt r sqrt c + e, also when r or c is zero
    - [all_neurons_bound]  C - C* >= 1/2 sum (sqrt r_i - sqrt c_i)^2: e^{p (d_j - d_i)} is at most the mean of
                           e^{2 p d_j} and e^{- 2 p d_i}, and the sum of these means falls apart into neurons
    - [dual_bound]         x - F >= F ln (x / F), summed over a circulation F *)

From Coq Require Import Reals Lra Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop path fingraph.
From Synbal Require Import Defs FlowDefs Sums Costs Calculus Convexity Contraction Graph Convergence Cyclic.
From Synbal.Statements Require Import cost_bounds.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Local Open Scope R_scope.

Lemma sqrt_diff_sq a b : 0 <= a -> 0 <= b -> (sqrt a - sqrt b)^2 = a + b - 2 * (sqrt a * sqrt b).
Proof. by move=> a0 b0; have := sqrt_sqrt a a0; have := sqrt_sqrt b b0; nra. Qed.

(** Nearly the best move of one neuron, as good as we like when it has no best move. *)
Definition near_balance (r c e : R) : R :=
  if Rlt_dec 0 r then if Rlt_dec 0 c then ln (sqrt r / sqrt c) else ln ((r + 1) / e)
  else - ln ((c + 1) / e).

Lemma near_balanceP r c e : 0 <= r -> 0 <= c -> 0 < e ->
  c * exp (near_balance r c e) + r * exp (- near_balance r c e) <= 2 * (sqrt r * sqrt c) + e.
Proof.
move=> r0 c0 e0.
have small a : 0 <= a -> a * exp (- ln ((a + 1) / e)) <= e.
  move=> a0; rewrite exp_Ropp exp_ln; last by apply: Rdiv_lt_0_compat => //; lra.
  apply: (Rmult_le_reg_r (a + 1)); first by lra.
  have -> : a * / ((a + 1) / e) * (a + 1) = a * e by field; lra.
  nra.
rewrite /near_balance; destruct (Rlt_dec 0 r) as [rp|rn]; last first.
  have rz : r = 0 by lra.
  rewrite /= rz sqrt_0; have := small c c0; lra.
destruct (Rlt_dec 0 c) as [cp|cn]; last first.
  have cz : c = 0 by lra.
  rewrite /= cz sqrt_0; have := small r r0; lra.
have sr := sqrt_lt_R0 _ rp; have sc := sqrt_lt_R0 _ cp.
have rr := sqrt_sqrt r r0; have cc := sqrt_sqrt c c0.
rewrite exp_Ropp exp_ln; last by exact: Rdiv_lt_0_compat.
have -> : c * (sqrt r / sqrt c) = sqrt r * sqrt c by rewrite -{1}cc; field; lra.
have -> : r * / (sqrt r / sqrt c) = sqrt r * sqrt c by rewrite -{1}rr; field; lra.
lra.
Qed.

Section Splitting.
Variable V : finType.
Implicit Types (C w F : V -> V -> R) (h x : V -> R).

Lemma sum_off_swap (F : V -> V -> R) :
  \rsum_(i) \rsum_(j | j != i) F i j = \rsum_(i) \rsum_(j | j != i) F j i.
Proof.
transitivity (\rsum_(i) \rsum_(j) (if j != i then F i j else 0)).
  by apply: rsum_ext => i _; rewrite rsum_if.
rewrite rsum_swap; apply: rsum_ext => i _; rewrite [RHS]rsum_if; apply: rsum_ext => j _.
by rewrite eq_sym.
Qed.

Lemma total_in C : total C = \rsum_(i) C i i + \rsum_(i) incoming C i.
Proof. by rewrite -rsumD; apply: rsum_ext => i _; rewrite (rsum_out i). Qed.

Lemma sum_in_out C : \rsum_(i) incoming C i = \rsum_(i) outgoing C i.
Proof. exact: sum_off_swap. Qed.

Lemma total_split C i : total C
  = C i i + incoming C i + outgoing C i + \rsum_(a | a != i) \rsum_(b | b != i) C a b.
Proof.
rewrite /total (rsum_out i) (rsum_out i (C i)).
have -> : \rsum_(a | a != i) \rsum_(b) C a b
        = outgoing C i + \rsum_(a | a != i) \rsum_(b | b != i) C a b.
  by rewrite /outgoing -rsumD; apply: rsum_ext => a _; rewrite (rsum_out i).
by rewrite /incoming; ring.
Qed.

Lemma in_out_le_total C i : nonnegative C -> incoming C i + outgoing C i <= total C.
Proof.
move=> C0; rewrite (total_split C i).
have : 0 <= \rsum_(a | a != i) \rsum_(b | b != i) C a b.
  by apply: rsum_ge0 => a _; apply: rsum_ge0 => b _; exact: C0.
have := C0 i i; lra.
Qed.

Section Move.
Variables (w : V -> V -> R) (p : R) (h : V -> R) (i : V) (s : R).
Notation moved := (cost_at w p (fun j => h j + bump i s j)).

Lemma incoming_bump : incoming moved i = incoming (cost_at w p h) i * exp (- (p * s)).
Proof.
rewrite /incoming -rsumZr; apply: rsum_ext => j /negbTE ji.
by rewrite (cost_at_from w p h) /bump ji eqxx; congr (_ * exp _); ring.
Qed.

Lemma outgoing_bump : outgoing moved i = outgoing (cost_at w p h) i * exp (p * s).
Proof.
rewrite /outgoing -rsumZr; apply: rsum_ext => j /negbTE ji.
by rewrite (cost_at_from w p h) /bump ji eqxx; congr (_ * exp _); ring.
Qed.

Lemma total_bump : total moved
  = total (cost_at w p h) - incoming (cost_at w p h) i - outgoing (cost_at w p h) i
    + incoming (cost_at w p h) i * exp (- (p * s)) + outgoing (cost_at w p h) i * exp (p * s).
Proof.
rewrite (total_split moved i) (total_split (cost_at w p h) i) incoming_bump outgoing_bump.
have -> : moved i i = cost_at w p h i i by apply: cost_at_eq; ring.
have -> : \rsum_(a | a != i) \rsum_(b | b != i) moved a b
        = \rsum_(a | a != i) \rsum_(b | b != i) cost_at w p h a b.
  apply: rsum_ext => a /negbTE ai; apply: rsum_ext => b /negbTE bi.
  by apply: cost_at_eq; rewrite /bump ai bi; ring.
ring.
Qed.

End Move.

Variables (w : V -> V -> R) (p : R) (h : V -> R) (L : R).
Hypothesis w0 : nonnegative w.
Notation C := (cost_at w p h).
Notation r := (incoming C).
Notation c := (outgoing C).

Lemma r_ge0 i : 0 <= r i. Proof. by apply: incoming_ge0; exact: cost_at_ge0. Qed.
Lemma c_ge0 i : 0 <= c i. Proof. by apply: outgoing_ge0; exact: cost_at_ge0. Qed.

Section Primal.
Hypothesis p0 : 0 < p.
Hypothesis lb : forall k, L <= total (cost_at w p k).

Lemma neuron_bound i : (sqrt (r i) - sqrt (c i))^2 <= total C - L.
Proof.
rewrite (sqrt_diff_sq (r_ge0 i) (c_ge0 i)); apply: Rnot_lt_le => N.
set e := r i + c i - 2 * (sqrt (r i) * sqrt (c i)) - (total C - L).
have e0 : 0 < e / 2 by rewrite /e; lra.
set s := near_balance (r i) (c i) (e / 2).
have := near_balanceP (r_ge0 i) (c_ge0 i) e0; rewrite -/s => H.
have := lb (fun j => h j + bump i (s / p) j); rewrite total_bump.
have -> : p * (s / p) = s by field; lra.
move: H e0; rewrite /e; lra.
Qed.

Lemma all_neurons_bound : \rsum_(i) ((sqrt (r i) - sqrt (c i))^2 / 2) <= total C - L.
Proof.
have -> : \rsum_(i) ((sqrt (r i) - sqrt (c i))^2 / 2)
        = \rsum_(i) r i / 2 + \rsum_(i) c i / 2 - \rsum_(i) (sqrt (r i) * sqrt (c i)).
  rewrite /Rdiv -!rsumZr -rsumD -rsumB; apply: rsum_ext => i _.
  by rewrite (sqrt_diff_sq (r_ge0 i) (c_ge0 i)); field.
apply: Rnot_lt_le; set S := \rsum_(i) (sqrt (r i) * sqrt (c i)) => N.
have n0 := pos_INR #|V|.
pose e := (\rsum_(i) r i / 2 + \rsum_(i) c i / 2 - S - (total C - L)) / (INR #|V| + 1).
have e0 : 0 < e by apply: Rdiv_lt_0_compat; lra.
pose s i := near_balance (r i) (c i) e.
have key : total (cost_at w p (fun i => h i + s i / (2 * p))) <= \rsum_(i) C i i + S + INR #|V| * e / 2.
  rewrite total_in.
  have -> : \rsum_(i) cost_at w p (fun i => h i + s i / (2 * p)) i i = \rsum_(i) C i i.
    by apply: rsum_ext => i _; apply: cost_at_eq; ring.
  have B : \rsum_(i) incoming (cost_at w p (fun i => h i + s i / (2 * p))) i
      <= \rsum_(i) \rsum_(j | j != i) (C i j * exp (- s i) / 2 + C i j * exp (s j) / 2).
    apply: rsum_le => i _; apply: rsum_le => j _; rewrite (cost_at_from w p h).
    have C0 := cost_at_ge0 p h w0 i j.
    have -> : p * (h j + s j / (2 * p) - h j - (h i + s i / (2 * p) - h i)) = - s i / 2 + s j / 2 by field; lra.
    rewrite exp_plus; set u := exp (- s i / 2); set v := exp (s j / 2).
    have -> : exp (- s i) = u * u by rewrite /u -exp_plus; congr exp; field.
    have -> : exp (s j) = v * v by rewrite /v -exp_plus; congr exp; field.
    have := Rle_0_sqr (u - v); rewrite /Rsqr => Q; nra.
  have E : \rsum_(i) \rsum_(j | j != i) (C i j * exp (- s i) / 2 + C i j * exp (s j) / 2)
      = \rsum_(i) ((c i * exp (s i) + r i * exp (- s i)) / 2).
    transitivity (\rsum_(i) \rsum_(j | j != i) (C i j * exp (- s i) / 2)
                  + \rsum_(i) \rsum_(j | j != i) (C i j * exp (s j) / 2)).
      by rewrite -rsumD; apply: rsum_ext => i _; rewrite -rsumD.
    rewrite [X in _ + X]sum_off_swap -rsumD; apply: rsum_ext => i _.
    by rewrite /incoming /outgoing /Rdiv !rsumZr; ring.
  have T : \rsum_(i) ((c i * exp (s i) + r i * exp (- s i)) / 2) <= S + INR #|V| * e / 2.
    have -> : S + INR #|V| * e / 2 = \rsum_(i) (sqrt (r i) * sqrt (c i) + e / 2).
      by rewrite rsumD rsum_const -/S /Rdiv; ring.
    apply: rsum_le => i _; have := near_balanceP (r_ge0 i) (c_ge0 i) e0; rewrite -/(s i); lra.
  rewrite E in B; lra.
have := lb (fun i => h i + s i / (2 * p)) => LB.
have TC := total_in C; have IO := sum_in_out C.
have ne : (INR #|V| + 1) * e = \rsum_(i) r i / 2 + \rsum_(i) c i / 2 - S - (total C - L).
  by rewrite /e; field; lra.
nra.
Qed.

Lemma degree_bound M : 0 < M -> (forall i, 2 * (r i + c i) <= M) ->
  norm2_sq (grad C) / (2 * M) <= total C - L.
Proof.
move=> M0 HM; apply: Rle_trans all_neurons_bound.
rewrite /norm2_sq /Rdiv -rsumZr; apply: rsum_le => i _; rewrite grad_in_out.
apply: (Rmult_le_reg_r (2 * M)); first by lra.
have -> : (r i - c i)^2 * / (2 * M) * (2 * M) = (r i - c i)^2 by field; lra.
have rr := sqrt_sqrt _ (r_ge0 i); have cc := sqrt_sqrt _ (c_ge0 i); have HMi := HM i.
set a := sqrt (r i) in rr *; set b := sqrt (c i) in cc *.
have E : (r i - c i)^2 = (a - b)^2 * (a + b)^2 by rewrite -rr -cc; ring.
rewrite E; have -> : (a - b)^2 * / 2 * (2 * M) = (a - b)^2 * M by field.
apply: Rmult_le_compat_l; first exact: pow2_ge_0.
have := pow2_ge_0 (a - b); nra.
Qed.

Lemma gradient_bound : 0 < total C -> norm2_sq (grad C) / (4 * total C) <= total C - L.
Proof.
move=> C0; have -> : 4 * total C = 2 * (2 * total C) by ring.
apply: degree_bound; first by lra.
move=> i; have := in_out_le_total i (cost_at_ge0 p h w0); lra.
Qed.

End Primal.

(** Lower bounds on the cost anywhere, hence on the infimum. *)

Lemma pairs_bound k : \rsum_(i) \rsum_(j) sqrt (w i j * w j i) <= total (cost_at w p k).
Proof.
have E : total (cost_at w p k) = \rsum_(i) \rsum_(j) ((cost_at w p k i j + cost_at w p k j i) / 2).
  transitivity (\rsum_(i) \rsum_(j) (cost_at w p k i j / 2) + \rsum_(i) \rsum_(j) (cost_at w p k j i / 2)).
    rewrite [X in _ + X]rsum_swap /total -rsumD; apply: rsum_ext => i _; rewrite -rsumD.
    by apply: rsum_ext => j _; field.
  by rewrite -rsumD; apply: rsum_ext => i _; rewrite -rsumD; apply: rsum_ext => j _; field.
rewrite E; apply: rsum_le => i _; apply: rsum_le => j _.
have a0 := cost_at_ge0 p k w0 i j; have b0 := cost_at_ge0 p k w0 j i.
have -> : w i j * w j i = cost_at w p k i j * cost_at w p k j i.
  rewrite /cost_at; have E1 : exp (p * (k j - k i)) * exp (p * (k i - k j)) = 1.
    by rewrite -exp_plus -exp_0; congr exp; ring.
  rewrite -[LHS]Rmult_1_r -E1; ring.
rewrite sqrt_mult //; have := sqrt_sqrt _ a0; have := sqrt_sqrt _ b0.
set u := sqrt _; set v := sqrt _; have := pow2_ge_0 (v - u); nra.
Qed.

Lemma dual_term (x F : R) : 0 < x -> 0 < F -> F * (1 + ln (x / F)) <= x.
Proof.
move=> x0 F0; have H : 1 + ln (x / F) <= x / F.
  by have := exp_ge1x (ln (x / F)); rewrite exp_ln //; exact: Rdiv_lt_0_compat.
have := Rmult_le_compat_l _ _ _ (Rlt_le _ _ F0) H.
by have -> : F * (x / F) = x by field; lra.
Qed.

Lemma dual_bound F k : circulation F -> (forall i j, 0 < F i j -> 0 < w i j) ->
  \rsum_(i) \rsum_(j) (F i j * (1 + ln (C i j / F i j))) <= total (cost_at w p k).
Proof.
move=> [F0 FB] supp.
(* the value of the dual does not depend on h: a circulation is orthogonal to differences *)
have orth (y : V -> R) : \rsum_(i) \rsum_(j) (F i j * (y i - y j)) = 0.
  by rewrite -grad_parts; apply: rsum0 => i _; rewrite FB; ring.
have -> : \rsum_(i) \rsum_(j) (F i j * (1 + ln (C i j / F i j)))
  = \rsum_(i) \rsum_(j) (F i j * (1 + ln (cost_at w p k i j / F i j))).
  have := orth (fun i => p * (k i - h i)) => O.
  transitivity (\rsum_(i) \rsum_(j) (F i j * (1 + ln (cost_at w p k i j / F i j)))
                + \rsum_(i) \rsum_(j) (F i j * (p * (k i - h i) - p * (k j - h j)))); last by rewrite O Rplus_0_r.
  rewrite -rsumD; apply: rsum_ext => i _; rewrite -rsumD; apply: rsum_ext => j _.
  case: (Rle_lt_or_eq_dec _ _ (F0 i j)) => [Fp|<-]; last by ring.
  have wp := supp i j Fp; have Cp := cost_at_gt0 p h wp.
  rewrite (cost_at_from w p h k) /Rdiv.
  have -> : C i j * exp (p * (k j - h j - (k i - h i))) * / F i j
          = (C i j * / F i j) * exp (p * (k j - h j - (k i - h i))) by ring.
  rewrite (ln_mult (C i j * / F i j)); first by rewrite ln_exp; ring.
  - by apply: Rmult_lt_0_compat => //; exact: Rinv_0_lt_compat.
  - exact: exp_pos.
apply: rsum_le => i _; apply: rsum_le => j _.
case: (Rle_lt_or_eq_dec _ _ (F0 i j)) => [Fp|<-]; last by rewrite Rmult_0_l; exact: cost_at_ge0.
by apply: dual_term => //; apply: cost_at_gt0; exact: supp.
Qed.

Lemma circulation_bound F k : circulation F -> (forall i j, F i j <= C i j) -> total F <= total (cost_at w p k).
Proof.
move=> cF FC; have supp i j : 0 < F i j -> 0 < w i j.
  by move=> Fp; apply: (@cost_at_gt0_inv V w p h); have := FC i j; lra.
apply: Rle_trans (dual_bound k cF supp); case: cF => F0 FB.
apply: rsum_le => i _; apply: rsum_le => j _.
case: (Rle_lt_or_eq_dec _ _ (F0 i j)) => [Fp|<-]; last by rewrite Rmult_0_l; exact: Rle_refl.
suff : 0 <= ln (C i j / F i j) by nra.
rewrite -ln_1; apply: Rcomplements.ln_le; first by lra.
by apply: (Rmult_le_reg_r (F i j)) => //; rewrite /Rdiv Rmult_assoc Rinv_l; have := FC i j; lra.
Qed.

End Splitting.

(** A bound that holds for the cost at every point holds for the infimum. *)
Lemma le_optimal (V : finType) (w : V -> V -> R) p L B : optimal_cost w p L ->
  (forall k, B <= total (cost_at w p k)) -> B <= L.
Proof.
move=> [_ ap] H; apply: Rnot_lt_le => N.
have [k Hk] := ap (B - L) ltac:(lra); have := H k; lra.
Qed.

Lemma cost_bounds_neuron_proof : S_cost_bounds_neuron.
Proof. by move=> V w p h L w0 p0 [lb _] C i; exact: neuron_bound. Qed.

Lemma cost_bounds_all_neurons_proof : S_cost_bounds_all_neurons.
Proof. by move=> V w p h L w0 p0 [lb _] C; rewrite /Rdiv -rsumZr; exact: all_neurons_bound. Qed.

Lemma cost_bounds_degree_proof : S_cost_bounds_degree.
Proof. by move=> V w p h L M w0 p0 [lb _] C; exact: degree_bound. Qed.

Lemma cost_bounds_gradient_proof : S_cost_bounds_gradient.
Proof.
move=> V w p h L w0 p0 [lb _] C C0; have H := gradient_bound w0 p0 lb C0; split=> //.
apply: Rle_trans H; apply: Rmult_le_compat_l; first exact: norm2_sq_ge0.
by apply: Rinv_le_contravar; rewrite -/C; lra.
Qed.

Lemma cost_bounds_pairs_proof : S_cost_bounds_pairs.
Proof. by move=> V w p L w0 O; apply: (le_optimal O) => k; exact: pairs_bound. Qed.

Lemma cost_bounds_dual_proof : S_cost_bounds_dual.
Proof. by move=> V w F p h L w0 O cF supp; apply: (le_optimal O) => k; exact: dual_bound. Qed.

Lemma cost_bounds_circulation_proof : S_cost_bounds_circulation.
Proof. by move=> V w F p h L w0 O cF FC; apply: (le_optimal O) => k; exact: (circulation_bound w0 k cF FC). Qed.

Lemma cost_bounds_tight_proof : S_cost_bounds_tight.
Proof.
move=> V w p h L w0 O B F.
have T : total F = L by exact: optimal_cost_unique (optimal_cost_balanced w0 B) O.
split; first by split=> //; exact: cost_at_ge0.
split=> //; rewrite -T; apply: rsum_ext => i _; apply: rsum_ext => j _.
case: (Rle_lt_or_eq_dec _ _ (cost_at_ge0 p h w0 i j)) => [Fp|E]; last by rewrite /F -E; ring.
have -> : F i j / F i j = 1 by rewrite /Rdiv Rinv_r // /F; lra.
by rewrite ln_1 Rplus_0_r Rmult_1_r.
Qed.

Lemma cost_bounds_optimum_proof : S_cost_bounds_optimum.
Proof.
move=> V w p w0; have [L HL] := optimal_cost_exists p w0; exists L; split=> // L' HL'.
exact: optimal_cost_unique HL' HL.
Qed.

Lemma cost_bounds_distance_proof : S_cost_bounds_distance.
Proof.
move=> V w p h x L w0 O B.
rewrite (optimal_cost_unique O (optimal_cost_balanced w0 B)); exact: hellinger.
Qed.

Lemma cost_bounds_strong_duality_proof : S_cost_bounds_strong_duality.
Proof.
move=> V w p w0 p0; have [x B] := cyclic_balance_exists w0 p0.
pose F := cost_at (cyclic_part w) p x.
exists x, F, (total F); split; first exact: (cyclic_optimal w0 p0 B).
split; first by split=> //; exact: (cost_at_ge0 p x (cyclic_ge0 w0)).
split; first by move=> i j; exact: (cost_cyclic_le p w0).
split=> //; apply: rsum_ext => i _; apply: rsum_ext => j _.
case: (Rle_lt_or_eq_dec _ _ (cost_at_ge0 p x (cyclic_ge0 w0) i j)) => [Fp|E]; last by rewrite /F -E; ring.
have E : cost_at w p x i j = F i j.
  have := cost_at_gt0_inv Fp; rewrite /F /cost_at /cyclic_part; case: ifP => // _; lra.
have -> : cost_at w p x i j / F i j = 1 by rewrite E /Rdiv Rinv_r // /F; lra.
by rewrite ln_1 Rplus_0_r Rmult_1_r.
Qed.
