(** * The damped Newton steps converge to balance: proofs

    Glossary: see [Statements/damped_newton.v].
    - [damping_lower]   ((1 + s) ln(1 + s) - s) / s^2 >= 1 / (2 (1 + s))
    - [coupled_square]  Cauchy and Schwarz for the Laplacian: (x^T L z)^2 <= x^T L x z^T L z
    - [downhill]        a step lowers the cost by a part of |g|^2 that does not depend on n *)

From Coq Require Import Reals Lra Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop path fingraph.
From Synbal Require Import Defs FlowDefs Sums Costs Calculus Convexity Contraction Graph Existence Convergence Bounds
  SequenceLimit DampedNewton.
From Synbal.Statements Require Import damped_newton.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope R_scope.

Lemma ln_lower t : 0 <= t -> (t ^ 2 + 2 * t) / (2 * (1 + t) ^ 2) <= ln (1 + t).
Proof.
move=> t0; suff : 0 <= ln (1 + t) - (1 - / (1 + t) ^ 2) / 2.
  have -> : (t ^ 2 + 2 * t) / (2 * (1 + t) ^ 2) = (1 - / (1 + t) ^ 2) / 2 by field; lra.
  lra.
apply: (@nonnegative_of_derive (fun t => ln (1 + t) - (1 - / (1 + t) ^ 2) / 2) (fun t => / (1 + t) - / (1 + t) ^ 3)) => //.
- by rewrite Rplus_0_r ln_1; field.
- move=> y y0; auto_derive; first by split; [lra | split => //; nra].
  by field; lra.
- move=> y y0; have i1 : 0 < / (1 + y) by apply: Rinv_0_lt_compat; lra.
  have i2 : / (1 + y) <= 1 by rewrite -{2}Rinv_1; apply: Rinv_le_contravar; lra.
  have -> : / (1 + y) ^ 3 = / (1 + y) * (/ (1 + y) * / (1 + y)) by field; lra.
  nra.
Qed.

Lemma damping_lower s : 0 < s -> / (2 * (1 + s)) <= ((1 + s) * ln (1 + s) - s) / s ^ 2.
Proof.
move=> s0; have s2 : 0 < s ^ 2 by apply: pow_lt.
suff : 0 <= ((1 + s) * ln (1 + s) - s) - s ^ 2 / (2 * (1 + s)).
  move=> H; apply: (Rmult_le_reg_r (s ^ 2)) => //.
  have -> : ((1 + s) * ln (1 + s) - s) / s ^ 2 * s ^ 2 = (1 + s) * ln (1 + s) - s by field; lra.
  have -> : / (2 * (1 + s)) * s ^ 2 = s ^ 2 / (2 * (1 + s)) by field; lra.
  lra.
apply: (@nonnegative_of_derive (fun s => ((1 + s) * ln (1 + s) - s) - s ^ 2 / (2 * (1 + s)))
  (fun s => ln (1 + s) - (s ^ 2 + 2 * s) / (2 * (1 + s) ^ 2))); first lra.
- by rewrite Rplus_0_r ln_1; field.
- move=> y y0; auto_derive; first by split; lra.
  by field; lra.
- by move=> y y0; have := ln_lower y0; lra.
Qed.

Section Form.
Variables (V : finType) (C : V -> V -> R).
Hypothesis C0 : nonnegative C.

Lemma dirichlet_ge0 x : 0 <= dirichlet C x.
Proof. by apply: rsum_ge0 => i _; apply: rsum_ge0 => j _; apply: Rmult_le_pos => //; exact: pow2_ge_0. Qed.

Lemma dirichlet_sub x z t :
  dirichlet C (fun i => x i - t * z i) = dirichlet C x - 2 * t * coupled C x z + t ^ 2 * dirichlet C z.
Proof.
rewrite /dirichlet /coupled -!rsumZl -rsumB -rsumD; apply: rsum_ext => i _.
by rewrite -!rsumZl -rsumB -rsumD; apply: rsum_ext => j _; ring.
Qed.

Lemma coupled_square x z : 0 < dirichlet C z -> (coupled C x z) ^ 2 <= dirichlet C x * dirichlet C z.
Proof.
move=> d0; have := dirichlet_ge0 (fun i => x i - coupled C x z / dirichlet C z * z i); rewrite dirichlet_sub => H.
have : 0 <= (dirichlet C x - 2 * (coupled C x z / dirichlet C z) * coupled C x z
             + (coupled C x z / dirichlet C z) ^ 2 * dirichlet C z) * dirichlet C z by apply: Rmult_le_pos => //; lra.
suff -> : (dirichlet C x - 2 * (coupled C x z / dirichlet C z) * coupled C x z
             + (coupled C x z / dirichlet C z) ^ 2 * dirichlet C z) * dirichlet C z
        = dirichlet C x * dirichlet C z - (coupled C x z) ^ 2 by lra.
by field; lra.
Qed.

Lemma dirichlet_zero z i j : dirichlet C z = 0 -> C i j * (z i - z j) = 0.
Proof.
move=> d0; have P a b : 0 <= C a b * (z a - z b) ^ 2 by apply: Rmult_le_pos => //; exact: pow2_ge_0.
have L := @rsum_pair_term_le V V i j (fun i j => C i j * (z i - z j) ^ 2) P.
rewrite -/(dirichlet C z) d0 in L; have := P i j => P'.
have : C i j * (z i - z j) ^ 2 = 0 by lra.
move/Rmult_integral => [->|E]; first by rewrite Rmult_0_l.
have -> : z i - z j = 0 by apply: Rsqr_0_uniq; rewrite Rsqr_pow2.
by rewrite Rmult_0_r.
Qed.

(** A direction that points downhill is not constant. *)
Lemma downhill_moves z : 0 < \rsum_(i) (grad C i * z i) -> 0 < dirichlet C z.
Proof.
move=> H; case: (Rle_lt_or_eq_dec _ _ (dirichlet_ge0 z)) => // E; move: H; rewrite grad_parts rsum0; first by lra.
by move=> i _; apply: rsum0 => j _; apply: dirichlet_zero.
Qed.

Lemma degree_le_total i : incoming C i + outgoing C i <= total C.
Proof. exact: in_out_le_total. Qed.

(** x^T L x <= 2 sum_i (r_i + c_i) x_i^2. *)
Lemma dirichlet_le_degree x : dirichlet C x <= 2 * \rsum_(i) ((incoming C i + outgoing C i) * (x i) ^ 2).
Proof.
apply: (Rle_trans _ (\rsum_(i) \rsum_(j | j != i) (2 * (C i j * (x i) ^ 2) + 2 * (C i j * (x j) ^ 2)))).
  apply: rsum_le => i _; rewrite (rsum_out i) Rminus_eq_0 pow_i; last by lia.
  rewrite Rmult_0_r Rplus_0_l; apply: rsum_le => j _.
  by have := C0 i j; have := pow2_ge_0 (x i + x j); nra.
apply: Req_le; transitivity (2 * (\rsum_(i) (incoming C i * (x i) ^ 2) + \rsum_(i) (outgoing C i * (x i) ^ 2))).
  have E1 : \rsum_(i) (incoming C i * (x i) ^ 2) = \rsum_(i) \rsum_(j | j != i) (C i j * (x i) ^ 2).
    by apply: rsum_ext => i _; rewrite -rsumZr.
  have E2 : \rsum_(i) (outgoing C i * (x i) ^ 2) = \rsum_(i) \rsum_(j | j != i) (C i j * (x j) ^ 2).
    by rewrite (sum_off_swap (fun i j => C i j * (x j) ^ 2)); apply: rsum_ext => i _; rewrite -rsumZr.
  rewrite E1 E2 -rsumD -rsumZl; apply: rsum_ext => i _; rewrite -rsumD -rsumZl.
  by apply: rsum_ext => j _; ring.
by rewrite -rsumD; congr (_ * _); apply: rsum_ext => i _; ring.
Qed.

Lemma grad_zero_degree i : incoming C i + outgoing C i = 0 -> grad C i = 0.
Proof. by move=> D; rewrite grad_in_out; have := incoming_ge0 i C0; have := outgoing_ge0 i C0; lra. Qed.

Lemma balanced_or : balanced C \/ exists i, grad C i <> 0.
Proof.
case: (pickP (fun i => if Req_EM_T (grad C i) 0 then false else true)) => [i|Z].
  by case: Req_EM_T => // n _; right; exists i.
by left=> i; have := Z i; case: Req_EM_T.
Qed.

End Form.

Lemma damped_newton_exact_proof : S_damped_newton_exact.
Proof.
move=> V C x C0 E; split; first by rewrite /residual_orthogonal -E; apply: rsum_ext => i _; apply: rsum_ext => j _; ring.
case: (balanced_or C) => [b|[i gi]]; [by left | right].
have g0 : 0 < norm2_sq (grad C).
  by apply: (rsum_gt0 (i := i)) => [j|]; [exact: pow2_ge_0 | exact: pow2_gt_0].
have G : \rsum_(i) (grad C i * grad C i) = norm2_sq (grad C) by apply: rsum_ext => k _; ring.
exists (grad C); rewrite G; split; first by rewrite E.
split=> //; have H : dirichlet C (grad C) <= 2 * (total C * norm2_sq (grad C)).
  apply: Rle_trans (dirichlet_le_degree C0 _) _; apply: Rmult_le_compat_l; first lra.
  rewrite /norm2_sq -rsumZl; apply: rsum_le => k _.
  by apply: Rmult_le_compat_r; [exact: pow2_ge_0 | exact: degree_le_total].
have := Rmult_le_compat_l _ _ _ (Rlt_le _ _ g0) H; nra.
Qed.

Lemma damped_newton_diagonal_proof : S_damped_newton_diagonal.
Proof.
move=> V C x C0 Dx Cz; split=> //; case: (balanced_or C) => [b|[i gi]]; [by left | right].
have D0 k : 0 <= incoming C k + outgoing C k by have := incoming_ge0 k C0; have := outgoing_ge0 k C0; lra.
have term k : 0 <= grad C k * by_degree C k /\ (grad C k) ^ 2 <= total C * (grad C k * by_degree C k)
    /\ (incoming C k + outgoing C k) * (by_degree C k) ^ 2 = grad C k * by_degree C k
    /\ (grad C k <> 0 -> 0 < grad C k * by_degree C k).
  rewrite /by_degree; case: (Rle_lt_or_eq_dec _ _ (D0 k)) => [d|/esym d].
    set g := grad C k; set D := incoming C k + outgoing C k in d *.
    have i0 : 0 < / D by exact: Rinv_0_lt_compat.
    have E : g * (g / D) = g ^ 2 * / D by rewrite /Rdiv; ring.
    have g2 := pow2_ge_0 g; rewrite E; split; first by apply: Rmult_le_pos; lra.
    split.
      have T : D <= total C by exact: degree_le_total.
      apply: (Rle_trans _ (D * (g ^ 2 * / D))); first by apply: Req_le; field; lra.
      by apply: Rmult_le_compat_r => //; apply: Rmult_le_pos; lra.
    split; first by field; lra.
    by move=> gn; apply: Rmult_lt_0_compat => //; exact: pow2_gt_0.
  have g0 := grad_zero_degree C0 d; rewrite g0 d; split; first lra.
  by split; [lra | split=> //; ring].
exists (by_degree C); split=> //; split.
  by apply: (rsum_gt0 (i := i)) => [k|]; [exact: (term k).1 | exact: (term i).2.2.2].
set G := \rsum_(k) (grad C k * by_degree C k).
have G0 : 0 <= G by apply: rsum_ge0 => k _; exact: (term k).1.
have Dz : dirichlet C (by_degree C) <= 2 * G.
  apply: Rle_trans (dirichlet_le_degree C0 _) _; apply: Req_le; congr (_ * _).
  by apply: rsum_ext => k _; exact: (term k).2.2.1.
have N2 : norm2_sq (grad C) <= total C * G by rewrite -rsumZl; apply: rsum_le => k _; exact: (term k).2.1.
have n0 := norm2_sq_ge0 (grad C); have d0 := dirichlet_ge0 C0 (by_degree C).
have := Rmult_le_compat _ _ _ _ n0 d0 N2 Dz; nra.
Qed.

Section Iteration.
Variable V : finType.
Variables (w : V -> V -> R) (p kappa : R) (h x : nat -> V -> R) (s : nat -> R) (b : V -> R).
Hypothesis w0 : nonnegative w.
Hypothesis p0 : 0 < p.
Hypothesis k0 : 0 < kappa.
Hypothesis N : newton_iteration w p kappa h x s.
Hypothesis B : balanced (cost_at w p b).

Notation C n := (cost_at w p (h n)).
Notation T n := (total (C n)).

Lemma Cn0 n : nonnegative (C n). Proof. exact: cost_at_ge0. Qed.

Lemma s_ge0 n : 0 <= s n.
Proof. by have [_ [[_ [->|[i [j [_ <-]]]]] _]] := N n; [lra | exact: Rabs_pos]. Qed.

Lemma next n : C n.+1 = cost_at w p (newton_step p (s n) (h n) (x n)).
Proof. by have [_ [_ E]] := N n; rewrite (functional_extensionality _ _ E). Qed.

(** Without a difference there is no step. *)
Lemma no_step n : s n = 0 -> C n.+1 = C n.
Proof.
move=> E; rewrite next E; congr (cost_at w p _); apply: functional_extensionality => i.
by rewrite /newton_step Rplus_0_r ln_1 /Rdiv !Rmult_0_l Rplus_0_r.
Qed.

Lemma falls n : 0 < s n -> T n.+1 <= T n - ((1 + s n) * ln (1 + s n) - s n) / s n ^ 2 * dirichlet (C n) (x n).
Proof. by move=> sn; have [[D _] [[L _] _]] := N n; rewrite next; exact: (newton_decrease w0 p0 sn L D). Qed.

Lemma T_falls n : T n.+1 <= T n.
Proof.
case: (Rle_lt_or_eq_dec _ _ (s_ge0 n)) => [sn|/esym E]; last by rewrite (no_step E); lra.
have := falls sn; have := damping_lower sn; have := dirichlet_ge0 (@Cn0 n) (x n).
have i0 : 0 < / (2 * (1 + s n)) by apply: Rinv_0_lt_compat; lra.
by move=> d0 L H; have := Rmult_le_pos _ _ (Rle_trans _ _ _ (Rlt_le _ _ i0) L) d0; lra.
Qed.

Let c := T 0 + 1 + total (cost_at w p b).

Lemma c_gt0 : 0 < c.
Proof.
by have := total_ge0 (@Cn0 0); have := total_ge0 (cost_at_ge0 p b w0); rewrite /c; lra.
Qed.

Lemma T_le n : T n <= c.
Proof.
have X := total_ge0 (cost_at_ge0 p b w0).
by apply: (Rle_trans _ (T 0)); [elim: n => [|n IH]; [exact: Rle_refl | exact: Rle_trans (T_falls n) IH] | rewrite /c; lra].
Qed.

Lemma b_le : total (cost_at w p b) <= c.
Proof. by have := total_ge0 (@Cn0 0); rewrite /c; lra. Qed.

(** x^T L x = x^T g is at most the cost. *)
Lemma direction_le n : dirichlet (C n) (x n) <= c.
Proof.
have [[D _] _] := N n; apply: Rle_trans (T_le n).
have : dirichlet (C n) (x n) <= (T n + dirichlet (C n) (x n)) / 2.
  rewrite {1}D grad_parts /total /dirichlet -rsumD /Rdiv -rsumZr; apply: rsum_le => i _.
  rewrite -rsumD -rsumZr; apply: rsum_le => j _; have := Cn0 n i j.
  by have := pow2_ge_0 (x n i - x n j - 1); nra.
lra.
Qed.

Lemma downhill : exists e, 0 < e /\ forall n, e * norm2_sq (grad (C n)) <= T n - T n.+1.
Proof.
have [k [kp [Hk _]]] := smallest w0 p0 B c_gt0 T_le b_le; have cp := c_gt0.
pose top := 1 + c / k; have top0 : 0 < top by rewrite /top; have := Rdiv_lt_0_compat _ _ cp kp; lra.
pose f := / (2 * (1 + top)); have f0 : 0 < f by apply: Rinv_0_lt_compat; lra.
exists (f * (kappa / c)); split; first by apply: Rmult_lt_0_compat => //; exact: Rdiv_lt_0_compat.
move=> n; have [[D G] [[L A] _]] := N n; have d0 := dirichlet_ge0 (@Cn0 n) (x n).
case: G => [bal|[z [Cz [gz K]]]].
  rewrite (_ : norm2_sq (grad (C n)) = 0); first by have := T_falls n; lra.
  by apply: rsum0 => i _; rewrite bal; ring.
have dz := downhill_moves (@Cn0 n) gz; have S := coupled_square (@Cn0 n) (x n) dz; rewrite Cz in S.
have P : kappa * norm2_sq (grad (C n)) <= c * dirichlet (C n) (x n).
  apply: (Rmult_le_reg_r (dirichlet (C n) z)) => //; apply: Rle_trans K _.
  have t0 := total_ge0 (@Cn0 n); rewrite Rmult_assoc; apply: Rmult_le_compat => //; first exact: pow2_ge_0.
  exact: T_le.
have dn : 0 < dirichlet (C n) (x n).
  case: (Rle_lt_or_eq_dec _ _ d0) => // E; move: S (Rmult_lt_0_compat _ _ gz gz).
  by rewrite -E Rmult_0_l /= Rmult_1_r; lra.
have sn : 0 < s n.
  case: (Rle_lt_or_eq_dec _ _ (s_ge0 n)) => [//|/esym E].
  have : dirichlet (C n) (x n) = 0; last by lra.
  apply: rsum0 => i _; apply: rsum0 => j _; case: (Req_dec (C n i j) 0) => [->|Cne]; first by ring.
  have := L i j ltac:(have := Cn0 n i j; lra); rewrite E => A0.
  have -> : x n i - x n j = 0.
    by have := Rle_abs (x n j - x n i); have := Rle_abs (- (x n j - x n i)); rewrite Rabs_Ropp; lra.
  by ring.
have st : s n <= top.
  case: A => [E|[i [j [Cij E]]]]; first by lra.
  have Ck : k <= C n i j by apply: Hk; exact: cost_at_gt0_inv Cij.
  have T1 : C n i j * (x n i - x n j) ^ 2 <= dirichlet (C n) (x n).
    by apply: (rsum_pair_term_le i j (F := fun i j => C n i j * (x n i - x n j) ^ 2)) => a a'; apply: Rmult_le_pos; [exact: Cn0 | exact: pow2_ge_0].
  have E2 : (x n i - x n j) ^ 2 = (s n) ^ 2 by rewrite -E pow2_abs; ring.
  have T2 : k * (s n) ^ 2 <= c.
    apply: Rle_trans (direction_le n); apply: Rle_trans T1; rewrite E2.
    by apply: Rmult_le_compat_r => //; exact: pow2_ge_0.
  have T3 : (s n) ^ 2 <= c / k.
    apply: (Rmult_le_reg_l k) => //; have -> : k * (c / k) = c by field; lra.
    exact: T2.
  by rewrite /top; nra.
have F : f <= ((1 + s n) * ln (1 + s n) - s n) / s n ^ 2.
  by apply: Rle_trans (damping_lower sn); apply: Rinv_le_contravar; lra.
have H := falls sn; have M := Rmult_le_compat_r _ _ _ d0 F.
apply: (Rle_trans _ (f * dirichlet (C n) (x n))); last by lra.
rewrite Rmult_assoc; apply: Rmult_le_compat_l; first lra.
apply: (Rmult_le_reg_l c) => //; have -> : c * (kappa / c * norm2_sq (grad (C n))) = kappa * norm2_sq (grad (C n)) by field; lra.
exact: P.
Qed.

Lemma newton_vanishes a : is_lim_seq (fun n => Rabs (grad (C n) a)) 0.
Proof.
have [e [e0 H]] := downhill.
have [l Hl] : ex_finite_lim_seq (fun n => T n).
  by apply: (ex_finite_lim_seq_decr _ 0) => n; [exact: T_falls | apply: total_ge0; exact: Cn0].
have D : is_lim_seq (fun n => (T n - T n.+1) / e) 0.
  have -> : 0 = (l - l) * / e by ring.
  apply: is_lim_seq_mult'; last exact: is_lim_seq_const.
  by apply: is_lim_seq_minus' => //; apply/(is_lim_seq_incr_1 (fun n => T n)).
have S : is_lim_seq (fun n => sqrt ((T n - T n.+1) / e)) 0.
  rewrite -sqrt_0; apply: (is_lim_seq_continuous sqrt (fun n => (T n - T n.+1) / e) 0) => //.
  by apply: continuity_pt_sqrt; exact: Rle_refl.
apply: (is_lim_seq_le_le (fun _ => 0) _ _ 0 _ (is_lim_seq_const 0) S) => n; split; first exact: Rabs_pos.
apply: Rle_trans (coord_le_norm2 (grad (C n)) a) _; apply: sqrt_le_1_alt.
apply: (Rmult_le_reg_l e) => //; have -> : e * ((T n - T n.+1) / e) = T n - T n.+1 by field; lra.
exact: H.
Qed.

Lemma newton_limit i j : is_lim_seq (fun n => C n i j) (cost_at w p b i j).
Proof. exact: (sequence_limit w0 p0 B c_gt0 T_le b_le newton_vanishes). Qed.

Lemma newton_weight_limit (J : V -> V -> R) i j : linked w i j ->
  is_lim_seq (fun n => rescale (h n) J i j) (rescale b J i j).
Proof. exact: (sequence_weight_limit w0 p0 B c_gt0 T_le b_le newton_vanishes). Qed.

End Iteration.

Lemma damped_newton_converges_proof : S_damped_newton_converges.
Proof. by move=> V w p kappa h x s b w0 p0 k0 N B i j; exact: (newton_limit w0 p0 k0 N B). Qed.

Lemma damped_newton_weights_proof : S_damped_newton_weights.
Proof.
move=> V alpha p kappa J h x s b a0 p0 k0 N; rewrite cost_rescale => B i j L.
exact: (newton_weight_limit (cost_ge0 p J a0) p0 k0 N B L).
Qed.
