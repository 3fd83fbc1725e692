(** * Picard's iteration for a bounded Lipschitz field on [t >= 0]

    Glossary.
    - [picard n t i]        the n-th iterate
    - [picard_solution]     the limit solves the differential equation for all t >= 0

    Steps of the iteration shrink like 2^-n e^{2Kt}: the weight e^{2Kt} spares us the usual factorials.
    The integrand at s < 0 is the one at 0, so that the solution has a two-sided derivative at 0. *)

From Coq Require Import Reals Lra Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop path fingraph.
From Synbal Require Import Defs FlowDefs Sums Costs Calculus Convexity WeightFlow Contraction.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Local Open Scope R_scope.

Lemma lipschitz_of_derive (f f' : R -> R) B s t :
  (forall x, is_derive f x (f' x)) -> (forall x, Rabs (f' x) <= B) -> Rabs (f t - f s) <= B * Rabs (t - s).
Proof.
move=> H N; have [c [_ ->]] : exists c, Rmin s t <= c <= Rmax s t /\ f t - f s = f' c * (t - s).
  apply: MVT_gen => x _; first exact: H.
  by apply: derivable_continuous_pt; exists (f' x); apply/is_derive_Reals; exact: H.
by rewrite Rabs_mult; apply: Rmult_le_compat_r => //; exact: Rabs_pos.
Qed.

Lemma continuous_of_lipschitz (f : R -> R) L t :
  (forall s, Rabs (f s - f t) <= L * Rabs (s - t)) -> continuous f t.
Proof.
move=> H; apply/filterlim_locally => -[eps e0].
have d0 : 0 < eps / (Rabs L + 1) by apply: Rdiv_lt_0_compat => //; have := Rabs_pos L; lra.
exists (mkposreal _ d0) => s; rewrite /ball /= /AbsRing_ball /abs /minus /plus /opp /= => Hs.
apply: Rle_lt_trans (H s) _; have L0 := Rabs_pos L; have L1 := Rle_abs L.
apply: (Rle_lt_trans _ ((Rabs L + 1) * Rabs (s - t))).
  by apply: Rmult_le_compat_r; [exact: Rabs_pos | lra].
have := Rmult_lt_compat_l (Rabs L + 1) _ _ ltac:(lra) Hs.
by have -> : (Rabs L + 1) * (eps / (Rabs L + 1)) = eps by field; lra.
Qed.

Lemma abs_le_of_derive (f g f' g' : R -> R) t : 0 <= t ->
  (forall x, 0 <= x <= t -> is_derive f x (f' x)) ->
  (forall x, 0 <= x <= t -> is_derive g x (g' x)) ->
  (forall x, 0 <= x <= t -> Rabs (f' x) <= g' x) -> f 0 = 0 -> Rabs (f t) <= g t - g 0.
Proof.
move=> t0 Hf Hg H f0; apply: Rabs_le; split.
- have := @le_of_derive 0 t (fun x => - f x) g (fun x => - f' x) g' 0 t (Rle_refl 0) t0 (Rle_refl t).
  rewrite f0 => K; suff : - f t - - 0 <= g t - g 0 by lra.
  apply: K => // x Hx; first by apply: is_deriveN; exact: Hf.
  by have := H x Hx; have := Rle_abs (- f' x); rewrite Rabs_Ropp; lra.
- have := @le_of_derive 0 t f g f' g' 0 t (Rle_refl 0) t0 (Rle_refl t) Hf Hg; rewrite f0 Rminus_0_r; apply=> x Hx.
  by have := H x Hx; have := Rle_abs (f' x); lra.
Qed.

Section Picard.
Variable V : finType.
Variables (F : (V -> R) -> V -> R) (K B : R) (x0 : V -> R).
Hypothesis K0 : 0 < K.
Hypothesis lip : forall x y d, 0 <= d -> (forall j, Rabs (x j - y j) <= d) ->
  forall i, Rabs (F x i - F y i) <= K * d.
Hypothesis bnd : forall x i, Rabs (F x i) <= B.

Fixpoint picard (n : nat) (t : R) (i : V) : R :=
  match n with
  | 0%nat => x0 i
  | S m => x0 i + RInt (fun s => F (picard m (Rmax 0 s)) i) 0 t
  end.

(** Integrals of the field along any curve that is Lipschitz for t >= 0. *)
Lemma field_continuous (y : R -> V -> R) :
  (forall s t i, 0 <= s -> 0 <= t -> Rabs (y s i - y t i) <= B * Rabs (s - t)) ->
  forall i t, continuous (fun s => F (y (Rmax 0 s)) i) t.
Proof.
move=> Hy i t; apply: (@continuous_of_lipschitz _ (K * B)) => s; rewrite Rmult_assoc.
have B0 : 0 <= B by apply: Rle_trans (bnd x0 i); exact: Rabs_pos.
apply: lip => [|j]; first by apply: Rmult_le_pos => //; exact: Rabs_pos.
apply: Rle_trans (Hy _ _ _ (Rmax_l _ _) (Rmax_l _ _)) _.
by apply: Rmult_le_compat_l => //; exact: Rmax_lip.
Qed.

Lemma is_derive_integral (f : R -> R) c t : (forall s, continuous f s) ->
  is_derive (fun s => c + RInt f 0 s) t (f t).
Proof.
move=> H; apply: is_derive_eq (is_deriveD (is_derive_const _ _) (is_derive_RInt0 0 t H)) _.
by rewrite /zero /=; ring.
Qed.

Lemma picard_lipschitz n s t i : Rabs (picard n s i - picard n t i) <= B * Rabs (s - t).
Proof.
elim: n s t i => [|n IH] s t i /=.
- rewrite Rminus_eq_0 Rabs_R0; apply: Rmult_le_pos; last exact: Rabs_pos.
  by apply: Rle_trans (bnd x0 i); exact: Rabs_pos.
- apply: (@lipschitz_of_derive (fun s => x0 i + RInt (fun s => F (picard n (Rmax 0 s)) i) 0 s)
           (fun s => F (picard n (Rmax 0 s)) i) B t s) => x; last exact: bnd.
  by apply: is_derive_integral; apply: field_continuous.
Qed.

Lemma picard_derive n t i :
  is_derive (fun s => picard n.+1 s i) t (F (picard n (Rmax 0 t)) i).
Proof. by apply: is_derive_integral; apply: field_continuous => *; exact: picard_lipschitz. Qed.

Lemma picard_start n i : picard n 0 i = x0 i.
Proof. by case: n => [|n] //=; rewrite RInt_point /zero /= Rplus_0_r. Qed.

Let A := B / (2 * K).

Lemma weight_derive c t : is_derive (fun s => c * exp (2 * K * s)) t (2 * K * c * exp (2 * K * t)).
Proof.
apply: is_derive_eq (is_deriveZ c (is_derive_exp_comp (is_deriveZ (2 * K) (is_derive_id t)))) _.
by rewrite /one /=; ring.
Qed.

Lemma picard_step n t i : 0 <= t ->
  Rabs (picard n.+1 t i - picard n t i) <= A * (/2)^n * exp (2 * K * t).
Proof.
have B0 : 0 <= B by apply: Rle_trans (bnd x0 i); exact: Rabs_pos.
have A0 : 0 <= A by apply: Rmult_le_pos => //; apply/Rlt_le/Rinv_0_lt_compat; lra.
have half m : 0 < (/2)^m by apply: pow_lt; lra.
elim: n t i => [|n IH] t i t0.
- have := @abs_le_of_derive (fun s => picard 1 s i - picard 0 s i) (fun s => A * exp (2 * K * s))
    (fun s => F (picard 0 (Rmax 0 s)) i - 0) (fun s => 2 * K * A * exp (2 * K * s)) t t0.
  move=> H; have : Rabs (picard 1 t i - picard 0 t i) <= A * exp (2 * K * t) - A * exp (2 * K * 0).
    apply: H.
    + by move=> x _; apply: is_deriveB; [exact: picard_derive | exact: is_derive_const].
    + by move=> x _; exact: weight_derive.
    + move=> x [xp _]; rewrite Rminus_0_r; apply: Rle_trans (bnd _ _) _.
      have -> : 2 * K * A = B by rewrite /A; field; lra.
      have := exp_ge1x (2 * K * x); have : 0 <= 2 * K * x by apply: Rmult_le_pos; lra.
      nra.
    + by rewrite !picard_start; ring.
  rewrite Rmult_0_r exp_0 pow_O; lra.
- have := @abs_le_of_derive (fun s => picard n.+2 s i - picard n.+1 s i) (fun s => A * (/2)^n.+1 * exp (2 * K * s))
    (fun s => F (picard n.+1 (Rmax 0 s)) i - F (picard n (Rmax 0 s)) i)
    (fun s => 2 * K * (A * (/2)^n.+1) * exp (2 * K * s)) t t0.
  move=> H; have : Rabs (picard n.+2 t i - picard n.+1 t i)
                   <= A * (/2)^n.+1 * exp (2 * K * t) - A * (/2)^n.+1 * exp (2 * K * 0).
    apply: H.
    + by move=> x _; apply: is_deriveB; exact: picard_derive.
    + by move=> x _; exact: weight_derive.
    + move=> x [xp _]; rewrite Rmax_right //.
      have -> : 2 * K * (A * (/2)^n.+1) * exp (2 * K * x) = K * (A * (/2)^n * exp (2 * K * x)).
        by rewrite -tech_pow_Rmult; field.
      apply: lip => [|j]; last exact: IH.
      by apply: Rmult_le_pos; [apply: Rmult_le_pos => //; exact: Rlt_le | exact/Rlt_le/exp_pos].
    + by rewrite !picard_start; ring.
  rewrite Rmult_0_r exp_0; have := Rmult_le_pos _ _ A0 (Rlt_le _ _ (half n.+1)); lra.
Qed.

Lemma picard_cauchy n m t i : 0 <= t ->
  Rabs (picard (n + m) t i - picard n t i) <= 2 * A * (/2)^n * exp (2 * K * t) * (1 - (/2)^m).
Proof.
move=> t0; elim: m => [|m IH].
- by rewrite addn0 Rminus_eq_0 Rabs_R0 pow_O; apply: Req_le; ring.
- have -> : picard (n + m.+1) t i - picard n t i
          = (picard (n + m).+1 t i - picard (n + m) t i) + (picard (n + m) t i - picard n t i).
    by rewrite addnS; ring.
  apply: Rle_trans (Rabs_triang _ _) _.
  have := picard_step (n + m) i t0; rewrite pow_add -tech_pow_Rmult; lra.
Qed.

Definition limit_curve (t : R) (i : V) : R := real (Lim_seq (fun n => picard n t i)).

Lemma picard_limit t i : 0 <= t -> is_lim_seq (fun n => picard n t i) (limit_curve t i).
Proof.
move=> t0; apply: Lim_seq_correct'; apply/ex_lim_seq_cauchy_corr => -[eps e0] /=.
have B0 : 0 <= B by apply: Rle_trans (bnd x0 i); exact: Rabs_pos.
have A0 : 0 <= A by apply: Rmult_le_pos => //; apply/Rlt_le/Rinv_0_lt_compat; lra.
set M := 2 * A * exp (2 * K * t) + 1.
have M1 : 0 < M by rewrite /M; have := exp_pos (2 * K * t); nra.
have [N HN] := pow_lt_1_zero (/2) ltac:(rewrite Rabs_pos_eq; lra) (eps / (2 * M)) ltac:(apply: Rdiv_lt_0_compat; lra).
have half m : 0 < (/2)^m by apply: pow_lt; lra.
have far n : (N <= n)%coq_nat -> Rabs (picard n t i - picard N t i) < eps / 2.
  move=> /leP Nn; rewrite -(subnKC Nn); apply: Rle_lt_trans (picard_cauchy _ _ _ t0) _.
  have := HN N (Nat.le_refl N); rewrite Rabs_pos_eq; last exact: Rlt_le.
  move=> H; have h1 := half (n - N)%N; have h2 := half N; have ep := exp_pos (2 * K * t).
  have Q : 0 <= 2 * A * exp (2 * K * t) by apply: Rmult_le_pos; lra.
  apply: (Rle_lt_trans _ (M * (/2)^N)).
    have -> : 2 * A * (/2)^N * exp (2 * K * t) * (1 - (/2)^(n - N))
            = (2 * A * exp (2 * K * t)) * (/2)^N * (1 - (/2)^(n - N)) by ring.
    have : (2 * A * exp (2 * K * t)) * (/2)^N * (1 - (/2)^(n - N)) <= (2 * A * exp (2 * K * t)) * (/2)^N * 1.
      by apply: Rmult_le_compat_l; [apply: Rmult_le_pos; lra | lra].
    rewrite /M; lra.
  have := Rmult_lt_compat_l M _ _ M1 H.
  by have -> : M * (eps / (2 * M)) = eps / 2 by field; lra.
exists N => n m Hn Hm.
have -> : picard n t i - picard m t i = (picard n t i - picard N t i) - (picard m t i - picard N t i) by ring.
apply: Rle_lt_trans (Rabs_triang _ _) _; rewrite Rabs_Ropp; have := far n Hn; have := far m Hm; lra.
Qed.

Lemma limit_lipschitz s t i : 0 <= s -> 0 <= t ->
  Rabs (limit_curve s i - limit_curve t i) <= B * Rabs (s - t).
Proof.
move=> s0 t0.
have H : is_lim_seq (fun n => Rabs (picard n s i - picard n t i)) (Rabs (limit_curve s i - limit_curve t i)).
  by apply: (is_lim_seq_abs _ (Finite _)); apply: is_lim_seq_minus'; exact: picard_limit.
exact: (is_lim_seq_le _ _ _ _ (fun n => picard_lipschitz n s t i) H (is_lim_seq_const _)).
Qed.

Lemma limit_close n t i : 0 <= t ->
  Rabs (picard n t i - limit_curve t i) <= 2 * A * (/2)^n * exp (2 * K * t).
Proof.
move=> t0.
have H : is_lim_seq (fun m => Rabs (picard (n + m)%N t i - picard n t i)) (Rabs (limit_curve t i - picard n t i)).
  apply: (is_lim_seq_abs _ (Finite _)); apply: is_lim_seq_minus'; last exact: is_lim_seq_const.
  apply: (is_lim_seq_ext (fun m => picard (m + n)%coq_nat t i)); first by move=> m; rewrite addnC.
  by apply/(is_lim_seq_incr_n (fun m => picard m t i)); exact: picard_limit.
rewrite Rabs_minus_sym; apply: (is_lim_seq_le _ _ _ _ _ H (is_lim_seq_const _)) => m.
apply: Rle_trans (picard_cauchy _ _ _ t0) _.
have B0 : 0 <= B by apply: Rle_trans (bnd x0 i); exact: Rabs_pos.
have A0 : 0 <= A by apply: Rmult_le_pos => //; apply/Rlt_le/Rinv_0_lt_compat; lra.
have half k : 0 < (/2)^k by apply: pow_lt; lra.
rewrite -[X in _ <= X]Rmult_1_r; apply: Rmult_le_compat_l; last by have := half m; lra.
apply: Rmult_le_pos; last exact/Rlt_le/exp_pos.
by apply: Rmult_le_pos; [lra | exact: Rlt_le].
Qed.

Definition solution (t : R) (i : V) : R := x0 i + RInt (fun s => F (limit_curve (Rmax 0 s)) i) 0 t.

Lemma solution_derive t i : is_derive (fun s => solution s i) t (F (limit_curve (Rmax 0 t)) i).
Proof. by apply: is_derive_integral; apply: field_continuous => *; exact: limit_lipschitz. Qed.

Lemma solution_start i : solution 0 i = x0 i.
Proof. by rewrite /solution RInt_point /zero /= Rplus_0_r. Qed.

Lemma solution_limit t i : 0 <= t -> solution t i = limit_curve t i.
Proof.
move=> t0; have B0 : 0 <= B by apply: Rle_trans (bnd x0 i); exact: Rabs_pos.
have A0 : 0 <= A by apply: Rmult_le_pos => //; apply/Rlt_le/Rinv_0_lt_compat; lra.
have half k : 0 < (/2)^k by apply: pow_lt; lra.
have close n : Rabs (picard n.+1 t i - solution t i) <= A * exp (2 * K * t) * (/2)^n.
  have : Rabs (picard n.+1 t i - solution t i)
         <= A * (/2)^n * exp (2 * K * t) - A * (/2)^n * exp (2 * K * 0).
    apply: (@abs_le_of_derive (fun s => picard n.+1 s i - solution s i) (fun s => A * (/2)^n * exp (2 * K * s))
      (fun s => F (picard n (Rmax 0 s)) i - F (limit_curve (Rmax 0 s)) i)
      (fun s => 2 * K * (A * (/2)^n) * exp (2 * K * s))) => //.
    + by move=> x _; apply: is_deriveB; [exact: picard_derive | exact: solution_derive].
    + by move=> x _; exact: weight_derive.
    + move=> x [xp _]; rewrite Rmax_right //.
      have -> : 2 * K * (A * (/2)^n) * exp (2 * K * x) = K * (2 * A * (/2)^n * exp (2 * K * x)) by ring.
      apply: lip => [|j]; last exact: limit_close.
      apply: Rmult_le_pos; last exact/Rlt_le/exp_pos.
      by apply: Rmult_le_pos; [lra | exact: Rlt_le].
    + by rewrite picard_start solution_start; ring.
  have := Rmult_le_pos _ _ A0 (Rlt_le _ _ (half n)); rewrite Rmult_0_r exp_0; lra.
have L1 : is_lim_seq (fun n => A * exp (2 * K * t) * (/2)^n) 0.
  have -> : (0 : Rbar) = Finite (A * exp (2 * K * t) * 0) by rewrite Rmult_0_r.
  by apply: is_lim_seq_mult'; [exact: is_lim_seq_const | apply: is_lim_seq_geom; rewrite Rabs_pos_eq; lra].
have L2 : is_lim_seq (fun n => Rabs (picard n.+1 t i - solution t i)) (Rabs (limit_curve t i - solution t i)).
  apply: (is_lim_seq_abs _ (Finite _)); apply: is_lim_seq_minus'; last exact: is_lim_seq_const.
  by apply/(is_lim_seq_incr_1 (fun m => picard m t i)); exact: picard_limit.
have := is_lim_seq_le _ _ _ _ close L2 L1 => /= H.
apply: Rminus_diag_uniq_sym.
have Z : Rabs (limit_curve t i - solution t i) = 0 by apply: Rle_antisym => //; exact: Rabs_pos.
exact: Rabs_eq_0.
Qed.

Lemma picard_solution : exists h : R -> V -> R, (forall i, h 0 i = x0 i) /\
  forall t, 0 <= t -> forall i, is_derive (fun s => h s i) t (F (h t) i).
Proof.
exists solution; split; first exact: solution_start.
move=> t t0 i; have -> : solution t = limit_curve (Rmax 0 t).
  by apply: functional_extensionality => j; rewrite Rmax_right //; exact: solution_limit.
exact: solution_derive.
Qed.

End Picard.
