(** * Along the flow the cost falls, and two solutions never move apart

    Glossary.
    - [flow_cost_derive]   dC/dt = - p |g|^2
    - [flow_contraction]   |h1(t) - h2(t)| does not increase
    - [flow_separation]    nor does it shrink faster than exponentially (uniqueness backwards in time)
    - [flow_unique]        two flows that agree at one time agree at all times
    - [flow_cost_strict]   the cost decreases strictly unless the start is balanced
    - [defect_bound]       a curve whose velocity misses the field by at most D(t) is off by at most
                           its initial error plus the integral of D
    - [flow_distance_to]   C(h(t)) - C(k) <= p |h(0) - k|^2 / (2 t) for every k *)

From Coq Require Import Reals Lra Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop path fingraph.
From Synbal Require Import Defs FlowDefs Sums Costs Calculus Convexity WeightFlow.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Local Open Scope R_scope.

Section Contraction.
Variable V : finType.
Variables (w : V -> V -> R) (p : R).
Implicit Types (h k : R -> V -> R) (x : V -> R).

Notation cost_of x := (total (cost_at w p x)).
Notation g x := (grad (cost_at w p x)).

Lemma is_derive_dist_sq h k t (h' k' : V -> R) :
  (forall i, is_derive (fun s => h s i) t (h' i)) ->
  (forall i, is_derive (fun s => k s i) t (k' i)) ->
  is_derive (fun s => norm2_sq (fun i => h s i - k s i)) t
            (2 * \rsum_(i) ((h' i - k' i) * (h t i - k t i))).
Proof.
move=> Hh Hk; have -> : 2 * \rsum_(i) ((h' i - k' i) * (h t i - k t i))
        = \rsum_(i) (2 * ((h t i - k t i) * (h' i - k' i))).
  by rewrite -rsumZl; apply: rsum_ext => i _; ring.
by apply: is_derive_rsum => i _; apply: is_derive_sqr; exact: is_deriveB.
Qed.

Lemma flow_cost_derive h t : is_flow w p h -> 0 <= t ->
  is_derive (fun s => cost_of (h s)) t (- p * norm2_sq (g (h t))).
Proof.
move=> F t0; apply: is_derive_eq (is_derive_total w p (F t t0)) _.
by congr (_ * _); apply: rsum_ext => i _; ring.
Qed.

Hypothesis w0 : nonnegative w.
Hypothesis p0 : 0 < p.

Lemma flow_cost_le h s t : is_flow w p h -> 0 <= s <= t -> cost_of (h t) <= cost_of (h s).
Proof.
move=> F [s0 st].
apply: (@nonincreasing_of_derive s t (fun s => cost_of (h s)) (fun t => - p * norm2_sq (g (h t))) s t) => //; try lra.
- by move=> x Hx; apply: flow_cost_derive => //; lra.
- by move=> x _; have := norm2_sq_ge0 (g (h x)); nra.
Qed.

Lemma flow_contraction h k s t : is_flow w p h -> is_flow w p k -> 0 <= s <= t ->
  norm2 (fun i => h t i - k t i) <= norm2 (fun i => h s i - k s i).
Proof.
move=> Fh Fk [s0 st]; apply: norm2_le.
apply: (@nonincreasing_of_derive s t (fun s => norm2_sq (fun i => h s i - k s i))
  (fun t => 2 * \rsum_(i) ((g (h t) i - g (k t) i) * (h t i - k t i))) s t) => //; try lra.
- by move=> x Hx; apply: is_derive_dist_sq => i; [apply: Fh | apply: Fk]; lra.
- by move=> x _; have := grad_monotone w0 p0 (h x) (k x); lra.
Qed.

(** ** Uniqueness in both directions of time *)

(** While no total exceeds [M], the gradient is Lipschitz with constant 4 p M n. *)
Lemma grad_lower x y M : cost_of x <= M -> cost_of y <= M ->
  - (4 * p * M * INR #|V|) * norm2_sq (fun i => x i - y i)
  <= \rsum_(i) ((g x i - g y i) * (x i - y i)).
Proof.
move=> xM yM; rewrite grad_diff_parts.
have M0 : 0 <= M by apply: Rle_trans xM; apply: total_ge0; exact: cost_at_ge0.
suff : \rsum_(i) \rsum_(j) ((cost_at w p x i j - cost_at w p y i j) * ((x j - y j) - (x i - y i)))
       <= 4 * p * M * INR #|V| * norm2_sq (fun i => x i - y i) by lra.
apply: (Rle_trans _ (\rsum_(i) \rsum_(j) (p * M * (2 * (x i - y i)^2 + 2 * (x j - y j)^2)))).
- apply: rsum_le => i _; apply: rsum_le => j _; rewrite (cost_at_from w p y x).
  have cy := cost_at_ge0 p y w0 i j.
  have cyM := Rle_trans _ _ _ (term_le_total i j (cost_at_ge0 p y w0)) yM.
  have := Rle_trans _ _ _ (term_le_total i j (cost_at_ge0 p x w0)) xM.
  rewrite (cost_at_from w p y x) => cxM.
  have := exp_mul_sq_le cy cyM cxM; set a := x i - y i; set b := x j - y j => H.
  have : p * M * (b - a)^2 <= p * M * (2 * a^2 + 2 * b^2).
    by apply: Rmult_le_compat_l; [nra | have := pow2_ge_0 (a + b); nra].
  nra.
- apply: Req_le.
  have -> : 4 * p * M * INR #|V| * norm2_sq (fun i => x i - y i)
     = INR #|V| * (2 * p * M * norm2_sq (fun i => x i - y i)) + (2 * p * M) * (INR #|V| * norm2_sq (fun i => x i - y i)) by ring.
  rewrite /norm2_sq.
  transitivity (\rsum_(i) \rsum_(j) (2 * p * M * (x i - y i)^2 + 2 * p * M * (x j - y j)^2)).
    by apply: rsum_ext => i _; apply: rsum_ext => j _; ring.
  transitivity (\rsum_(i) (\big[Rplus/0]_(j : V) (2 * p * M * (x i - y i)^2))
                + \big[Rplus/0]_(i : V) \rsum_(j) (2 * p * M * (x j - y j)^2)).
    by rewrite -rsumD; apply: rsum_ext => i _; rewrite -rsumD.
  congr (_ + _).
  - rewrite -!rsumZl; apply: rsum_ext => i _; rewrite rsum_const; ring.
  - rewrite rsum_const rsumZl; ring.
Qed.

Lemma flow_separation h k t : is_flow w p h -> is_flow w p k -> 0 <= t ->
  norm2_sq (fun i => h 0 i - k 0 i)
    * exp (- (8 * p * Rmax (cost_of (h 0)) (cost_of (k 0)) * INR #|V|) * (t - 0))
  <= norm2_sq (fun i => h t i - k t i).
Proof.
move=> Fh Fk t0; set M := Rmax _ _.
apply: (@growth_of_derive (fun s => norm2_sq (fun i => h s i - k s i))
  (fun t => 2 * \rsum_(i) ((g (h t) i - g (k t) i) * (h t i - k t i)))) => // s [s0 st].
- by apply: is_derive_dist_sq => i; [apply: Fh | apply: Fk].
- have := @grad_lower (h s) (k s) M
    (Rle_trans _ _ _ (flow_cost_le Fh (conj (Rle_refl 0) s0)) (Rmax_l _ _))
    (Rle_trans _ _ _ (flow_cost_le Fk (conj (Rle_refl 0) s0)) (Rmax_r _ _)).
  lra.
Qed.

Lemma flow_unique h k s t : is_flow w p h -> is_flow w p k -> 0 <= s -> 0 <= t ->
  (forall i, h s i = k s i) -> forall i, h t i = k t i.
Proof.
move=> Fh Fk s0 t0 E.
have Es : norm2_sq (fun i => h s i - k s i) = 0.
  by apply: rsum0 => i _; rewrite E; ring.
have E0 : norm2_sq (fun i => h 0 i - k 0 i) = 0.
  have := flow_separation Fh Fk s0; rewrite Es.
  set e := exp _; have e0 : 0 < e by exact: exp_pos.
  have := norm2_sq_ge0 (fun i => h 0 i - k 0 i); nra.
have := flow_contraction Fh Fk (conj (Rle_refl 0) t0).
rewrite /norm2 E0 sqrt_0 => H i.
have Z : norm2 (fun i => h t i - k t i) = 0 by apply: Rle_antisym => //; exact: norm2_ge0.
by have := norm2_eq0 Z i; lra.
Qed.

Lemma balanced_flow x : balanced (cost_at w p x) -> is_flow w p (fun _ => x).
Proof. by move=> B t _ i; rewrite B; exact: is_derive_const. Qed.

Lemma flow_balanced_constant h s : is_flow w p h -> 0 <= s -> balanced (cost_at w p (h s)) ->
  forall t, 0 <= t -> h t = h s.
Proof.
move=> F s0 B t t0; apply: functional_extensionality.
exact: (@flow_unique h (fun _ => h s) s t F (balanced_flow B) s0 t0).
Qed.

Lemma flow_cost_strict h s t : is_flow w p h -> ~ balanced (cost_at w p (h 0)) -> 0 <= s -> s < t ->
  cost_of (h t) < cost_of (h s).
Proof.
move=> F NB s0 st.
apply: (@decreasing_of_derive s t (fun s => cost_of (h s)) (fun t => - p * norm2_sq (g (h t))) s t) => //; try lra.
- by move=> r Hr; apply: flow_cost_derive => //; lra.
- move=> r [sr rt]; have r0 : 0 <= r by lra.
  have : norm2_sq (g (h r)) <> 0.
    move=> Z; apply: NB; rewrite (flow_balanced_constant F r0 _ (Rle_refl 0)); exact: norm2_sq_eq0.
  have := norm2_sq_ge0 (g (h r)) => A B; have : 0 < norm2_sq (g (h r)) by lra.
  nra.
Qed.

(** ** The a posteriori bound *)

(** A function f >= 0 with f' <= 2 D sqrt f: its root grows by at most the integral of D. (The root itself is not
    differentiable where f = 0: take sqrt (f + e^2) and let e tend to 0.) *)
Lemma root_growth (f f' Dt : R -> R) a b : a <= b -> (forall s, continuous Dt s) ->
  (forall t, a <= t <= b -> is_derive f t (f' t)) -> (forall t, 0 <= f t) ->
  (forall t, a <= t <= b -> f' t <= 2 * (Dt t * sqrt (f t))) -> (forall t, a <= t <= b -> 0 <= Dt t) ->
  sqrt (f b) <= sqrt (f a) + RInt Dt a b.
Proof.
move=> ab Dtc df f0 bf D0.
have K e : 0 < e -> sqrt (f b) <= sqrt (f a) + RInt Dt a b + e.
  move=> e0; have e2 : 0 < e^2 by nra.
  pose q t := sqrt (f t + e^2).
  have q0 t : 0 < q t by apply: sqrt_lt_R0; have := f0 t; lra.
  have qs t : sqrt (f t) <= q t by apply: sqrt_le_1_alt; lra.
  have dq t : a <= t <= b -> is_derive q t (f' t / (2 * q t)).
    move=> Ht; have dfe : is_derive (fun t => f t + e^2) t (f' t).
      by apply: is_derive_eq (is_deriveD (df t Ht) (is_derive_const _ _)) _; rewrite /zero /=; ring.
    apply: is_derive_eq (is_derive_comp sqrt (fun t => f t + e^2) t _ _ _ dfe) _.
    - by apply/is_derive_Reals; apply: derivable_pt_lim_sqrt; have := f0 t; lra.
    - rewrite /scal /= /mult /= -/(q t); have := q0 t => q0t.
      by rewrite /q /=; field; have := q0t; rewrite /q /=; lra.
  have L : q b - q a <= RInt Dt a b - RInt Dt a a.
    apply: (@le_of_derive a b q (fun t => RInt Dt a t) (fun t => f' t / (2 * q t)) Dt a b) => //; try lra.
    - by move=> t _; exact: is_derive_RInt0.
    - move=> t Ht; apply: (Rmult_le_reg_r (2 * q t)); first by have := q0 t; lra.
      have -> : f' t / (2 * q t) * (2 * q t) = f' t by field; have := q0 t; lra.
      have := bf t Ht; have := D0 t Ht; have := qs t; nra.
  have qa : q a <= sqrt (f a) + e.
    rewrite -(sqrt_pow2 e); last by lra.
    rewrite /q; set u := sqrt (f a); set z := sqrt (e^2).
    have u0 : 0 <= u by exact: sqrt_pos.
    have z0 : 0 <= z by exact: sqrt_pos.
    rewrite -(sqrt_pow2 (u + z)); last by lra.
    apply: sqrt_le_1_alt.
    have uu : u * u = f a by apply: sqrt_sqrt.
    have zz : z * z = e^2 by apply: sqrt_sqrt; lra.
    nra.
  move: L; rewrite RInt_point /zero /= => L; have := qs b; lra.
apply: Rnot_lt_le => N.
by have := K ((sqrt (f b) - (sqrt (f a) + RInt Dt a b)) / 2); lra.
Qed.

Lemma defect_bound h k (v : R -> V -> R) (D : R -> R) a b :
  0 <= a <= b -> is_flow w p h ->
  (forall t, a <= t <= b -> forall i, is_derive (fun s => k s i) t (v t i)) ->
  (forall t, a <= t <= b -> norm2 (fun i => v t i - g (k t) i) <= D t) ->
  (forall t, a <= t <= b -> continuous D t) ->
  norm2 (fun i => k b i - h b i) <= norm2 (fun i => k a i - h a i) + RInt D a b.
Proof.
move=> [a0 ab] F Hk Hd Dc.
pose Dt s := D (clamp a b s).
have Dtc s : continuous Dt s.
  apply: (continuous_comp (clamp a b) D); first exact: clamp_continuous.
  by apply: Dc; exact: clamp_in.
have EI : RInt D a b = RInt Dt a b.
  by apply: RInt_ext => s; rewrite Rmin_left // Rmax_right // => Hs; rewrite /Dt clamp_id //; lra.
pose f t := norm2_sq (fun i => k t i - h t i).
pose f' t := 2 * \rsum_(i) ((v t i - g (h t) i) * (k t i - h t i)).
have df t : a <= t <= b -> is_derive f t (f' t).
  by move=> Ht; apply: is_derive_dist_sq => i; [apply: Hk | apply: F; lra].
have f0 t : 0 <= f t by exact: norm2_sq_ge0.
have bf t : a <= t <= b -> f' t <= 2 * (Dt t * sqrt (f t)).
  move=> Ht; rewrite /f' /Dt clamp_id //.
  have -> : \rsum_(i) ((v t i - g (h t) i) * (k t i - h t i))
     = \rsum_(i) ((v t i - g (k t) i) * (k t i - h t i)) + \rsum_(i) ((g (k t) i - g (h t) i) * (k t i - h t i)).
    by rewrite -rsumD; apply: rsum_ext => i _; ring.
  have H1 := grad_monotone w0 p0 (k t) (h t).
  have H2 := inner_le_norms (fun i => v t i - g (k t) i) (fun i => k t i - h t i).
  have H3 := Hd t Ht; have s0 := norm2_ge0 (fun i => k t i - h t i).
  rewrite -/(norm2 (fun i => k t i - h t i)); nra.
have D0 t : a <= t <= b -> 0 <= Dt t.
  by move=> Ht; rewrite /Dt clamp_id //; apply: Rle_trans (Hd t Ht); exact: norm2_ge0.
rewrite EI; exact: (@root_growth f f' Dt).
Qed.

(** ** The cost tends to the cost of any other point at rate 1/t *)

Lemma flow_distance_to h (k : V -> R) t : is_flow w p h -> 0 < t ->
  cost_of (h t) - cost_of k <= p * norm2_sq (fun i => h 0 i - k i) / (2 * t).
Proof.
move=> F t0.
have H : p / 2 * norm2_sq (fun i => h t i - k i) - p / 2 * norm2_sq (fun i => h 0 i - k i)
         <= (cost_of k - cost_of (h t)) * t - (cost_of k - cost_of (h t)) * 0.
  apply: (@le_of_derive 0 t (fun s => p / 2 * norm2_sq (fun i => h s i - k i))
    (fun s => (cost_of k - cost_of (h t)) * s)
    (fun s => p / 2 * (2 * \rsum_(i) ((g (h s) i - 0) * (h s i - k i))))
    (fun s => (cost_of k - cost_of (h t)) * 1) 0 t) => //; try lra.
  - move=> s [s0 _]; apply: is_deriveZ.
    apply: (@is_derive_dist_sq h (fun _ => k)) => i; [exact: F | exact: is_derive_const].
  - by move=> s _; apply: is_deriveZ; exact: is_derive_id.
  - move=> s [s0 st].
    have C1 := cost_first_order p w0 (h s) k.
    have E : \rsum_(i) ((g (h s) i - 0) * (h s i - k i)) = - \rsum_(i) (g (h s) i * (k i - h s i)).
      by rewrite -rsumN; apply: rsum_ext => i _; ring.
    have C2 := flow_cost_le F (conj s0 st).
    rewrite E; lra.
have := norm2_sq_ge0 (fun i => h t i - k i) => N.
apply: (Rmult_le_reg_r (2 * t)); first by lra.
have -> : p * norm2_sq (fun i => h 0 i - k i) / (2 * t) * (2 * t) = p * norm2_sq (fun i => h 0 i - k i).
  by field; lra.
have : 0 <= p / 2 * norm2_sq (fun i => h t i - k i) by apply: Rmult_le_pos => //; lra.
lra.
Qed.

End Contraction.
