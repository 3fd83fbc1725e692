(** * Contraction with a rate: proof

    Glossary: see [Statements/contraction.v]. *)

From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop path fingraph.
From Synbal Require Import Defs FlowDefs Sums Costs Calculus Convexity Graph Contraction Convergence GlobalConvergence.
From Synbal.Statements Require Import contraction.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope R_scope.

Section Rate.
Variables (V : finType) (w : V -> V -> R) (p : R).
Hypothesis w0 : nonnegative w.
Hypothesis p0 : 0 < p.

(** Two coordinates differ by at most sqrt 2 times the norm. *)
Lemma difference_le_norm (e : V -> R) i j : Rabs (e i - e j) <= sqrt 2 * norm2 e.
Proof.
have n0 := norm2_ge0 e; have s0 := sqrt_pos 2; have s2 : sqrt 2 * sqrt 2 = 2 by apply: sqrt_sqrt; lra.
have [->|/eqP ij] := eqVneq i j.
  by rewrite Rminus_diag_eq // Rabs_R0; apply: Rmult_le_pos.
apply: Rsqr_incr_0_var; last exact: Rmult_le_pos.
rewrite -Rsqr_abs /Rsqr (_ : sqrt 2 * norm2 e * (sqrt 2 * norm2 e) = 2 * norm2 e ^ 2); last first.
  by transitivity ((sqrt 2 * sqrt 2) * norm2 e ^ 2); [ring | rewrite s2].
have : e i ^ 2 + e j ^ 2 <= norm2 e ^ 2.
  rewrite norm2_sqr /norm2_sq (rsum_out i (fun k => e k ^ 2)); apply: Rplus_le_compat_l.
  rewrite (rsum_out_cond (i := j) (P := fun k => k != i)); last by apply/eqP => E; apply: ij.
  rewrite -[X in X <= _]Rplus_0_r; apply: Rplus_le_compat_l; apply: rsum_ge0 => k _; exact: pow2_ge_0.
by have := pow2_ge_0 (e i + e j); nra.
Qed.

Lemma grad_near x h rho : norm2 (fun i => x i - h i) <= rho ->
  \rsum_(i) ((grad (cost_at w p x) i - grad (cost_at w p h) i) * (x i - h i))
  <= - (p * exp (- (sqrt 2 * p * rho))) * dirichlet (cost_at w p x) (fun i => x i - h i).
Proof.
move=> near; set E := exp _; have E0 : 0 < E by exact: exp_pos.
have r0 : 0 <= rho by apply: Rle_trans near; exact: norm2_ge0.
have s0 := sqrt_pos 2.
have E1 : E <= 1 by rewrite -exp_0; apply: exp_le; have := Rmult_le_pos _ _ s0 r0; nra.
rewrite grad_diff_parts /dirichlet Ropp_mult_distr_l_reverse; apply: Ropp_le_contravar.
rewrite -rsumZl; apply: rsum_le => i _; rewrite -rsumZl; apply: rsum_le => j _.
have C0 := cost_at_ge0 p x w0 i j.
apply: Rle_trans (@cost_diff_term V w p p0 x h i j (cost_at w p x i j * E) _ _ _).
- by apply: Req_le; ring.
- by apply: Rmult_le_pos => //; lra.
- by rewrite -[X in _ <= X]Rmult_1_r; apply: Rmult_le_compat_l.
- rewrite (cost_at_from w p x h); apply: Rmult_le_compat_l => //; apply: exp_le.
  have D := difference_le_norm (fun i => x i - h i) j i.
  have D2 : Rabs ((x j - h j) - (x i - h i)) <= sqrt 2 * rho.
    by apply: (Rle_trans _ _ _ D); apply: Rmult_le_compat_l.
  have [_ D3] := proj1 (Rabs_le_between _ _) D2; nra.
Qed.

End Rate.

Lemma contraction_rate_proof : S_contraction_rate.
Proof.
move=> V w p h x v D a b lambda rho w0 p0 [a0 ab] F l0 [Hx [Hd Dc]] S near Poin kappa.
have k0 : 0 <= kappa.
  by apply: Rmult_le_pos; [apply: Rmult_le_pos => //; lra | exact/Rlt_le/exp_pos].
pose e t i := x t i - h t i.
pose n t := norm2_sq (e t).
pose n' t := 2 * \rsum_(i) ((v t i - grad (cost_at w p (h t)) i) * (x t i - h t i)).
pose f t := exp (2 * kappa * (t - a)) * n t.
pose f' t := exp (2 * kappa * (t - a)) * (2 * kappa * n t + n' t).
pose Dt s := exp (kappa * (clamp a b s - a)) * D (clamp a b s).
have Dtc s : continuous Dt s.
  apply: (continuous_comp (clamp a b) (fun t => exp (kappa * (t - a)) * D t)); first exact: clamp_continuous.
  apply: (continuous_mult (K := R_AbsRing)); last by apply: Dc; exact: clamp_in.
  by apply: (ex_derive_continuous (V := R_NormedModule)); auto_derive.
have EI : RInt (fun t => exp (kappa * (t - a)) * D t) a b = RInt Dt a b.
  by apply: RInt_ext => s; rewrite Rmin_left // Rmax_right // => Hs; rewrite /Dt clamp_id //; lra.
have n0 t : 0 <= n t by exact: norm2_sq_ge0.
have root t : sqrt (f t) = exp (kappa * (t - a)) * norm2 (e t).
  rewrite /f (_ : 2 * kappa * (t - a) = kappa * (t - a) + kappa * (t - a)); last by ring.
  rewrite exp_plus sqrt_mult //; last by apply: Rmult_le_pos; exact/Rlt_le/exp_pos.
  by rewrite sqrt_square //; exact/Rlt_le/exp_pos.
have D0 t : a <= t <= b -> 0 <= D t by move=> Ht; apply: Rle_trans (Hd t Ht); exact: norm2_ge0.
have growth : sqrt (f b) <= sqrt (f a) + RInt Dt a b.
  apply: (@root_growth f f' Dt) => //.
  - move=> t Ht; have dn : is_derive n t (n' t).
      by apply: is_derive_dist_sq => i; [apply: Hx | apply: F; lra].
    have de : is_derive (fun t => exp (2 * kappa * (t - a))) t (2 * kappa * exp (2 * kappa * (t - a))).
      by auto_derive => //; rewrite /Rminus; ring.
    apply: is_derive_eq (is_derive_mult _ _ t _ _ de dn _) _; first by move=> *; exact: Rmult_comm.
    by rewrite /f' /plus /mult /=; ring.
  - by move=> t; apply: Rmult_le_pos => //; exact/Rlt_le/exp_pos.
  - move=> t Ht; rewrite root /Dt clamp_id // /f'.
    have X0 := exp_pos (kappa * (t - a)).
    rewrite (_ : 2 * kappa * (t - a) = kappa * (t - a) + kappa * (t - a)); last by ring.
    rewrite exp_plus; set X := exp (kappa * (t - a)) in X0 *.
    suff : 2 * kappa * n t + n' t <= 2 * (D t * norm2 (e t)).
      move=> H; apply: (Rle_trans _ (X * X * (2 * (D t * norm2 (e t))))); last by apply: Req_le; ring.
      by apply: Rmult_le_compat_l => //; apply: Rmult_le_pos; exact: Rlt_le.
    have sums i : component_sum w (e t) i = 0.
      by rewrite component_sumB S // (component_sum_flow w0 i F _); [ring | lra].
    have P := Poin t Ht (e t) sums.
    have G := grad_near w0 p0 (near t Ht).
    have I := inner_le_norms (fun i => v t i - grad (cost_at w p (x t)) i) (e t).
    have J : norm2 (fun i => v t i - grad (cost_at w p (x t)) i) * norm2 (e t) <= D t * norm2 (e t).
      by apply: Rmult_le_compat_r; [exact: norm2_ge0 | exact: Hd].
    have split : n' t = 2 * (\rsum_(i) ((v t i - grad (cost_at w p (x t)) i) * e t i)
        + \rsum_(i) ((grad (cost_at w p (x t)) i - grad (cost_at w p (h t)) i) * (x t i - h t i))).
      by rewrite /n' -rsumD; congr (2 * _); apply: rsum_ext => i _; rewrite /e; ring.
    have pe : 0 <= p * exp (- (sqrt 2 * p * rho)) by apply: Rmult_le_pos; [lra | exact/Rlt_le/exp_pos].
    have Q := Rmult_le_compat_l _ _ _ pe P.
    have K : kappa * n t = p * exp (- (sqrt 2 * p * rho)) * (lambda * norm2_sq (e t)) by rewrite /kappa /n; ring.
    rewrite split; move: G Q; rewrite -/(e t) => G Q; lra.
  - move=> t Ht; rewrite /Dt clamp_id //; apply: Rmult_le_pos; [exact/Rlt_le/exp_pos | exact: D0].
have ra : exp (kappa * (a - a)) = 1 by rewrite (_ : kappa * (a - a) = 0) ?exp_0 //; ring.
move: growth; rewrite EI !root ra Rmult_1_l => H.
have Y0 := exp_pos (- kappa * (b - a)).
apply: Rle_trans (Rmult_le_compat_l _ _ _ (Rlt_le _ _ Y0) H); apply: Req_le.
rewrite -Rmult_assoc -exp_plus (_ : - kappa * (b - a) + kappa * (b - a) = 0); last by ring.
by rewrite exp_0 Rmult_1_l.
Qed.
