(** * Noise over time: proofs

    Glossary: see [Statements/noise_over_time.v]. *)

From Coq Require Import Reals Lra FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop path fingraph.
From Synbal Require Import Defs FlowDefs Networks Matrices Sums Costs Convexity TaskPreservation Conserved.
From Synbal Require Import Balance GlobalConvergence NoiseRobustness.
From Synbal.Statements Require Import noise_robustness noise_over_time.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope R_scope.

(** ** Paths *)

Section Paths.
Variables (V I O : finType) (N : network V I O) (h tau sigma : V -> R) (phi : V -> R -> R).
Hypothesis homog : forall i, homogeneous 1 (phi i).

Lemma noise_scaled i y : exp (- h i) * (sigma i * exp (h i) * y) = sigma i * y.
Proof. by transitivity (exp (- h i) * exp (h i) * (sigma i * y)); [ring | rewrite exp_cancel; ring]. Qed.

Lemma euler_paths dt xi u x x' :
  noisy_euler tau phi N dt (fun i => sigma i * exp (h i)) xi u x ->
  noisy_euler tau phi (transform (fun=> 1) h N) dt sigma xi u x' -> forall t, x' t = scaled h (x t).
Proof.
move=> [x0 X] [x0' X']; elim=> [|t IH]; apply: functional_extensionality => i; first by rewrite x0' /scaled x0.
rewrite X' IH (drive_scaled N h homog) /scaled X -(noise_scaled i (xi t i)); ring.
Qed.

Lemma discrete_paths xi u x x' :
  noisy_discrete phi N (fun i => sigma i * exp (h i)) xi u x ->
  noisy_discrete phi (transform (fun=> 1) h N) sigma xi u x' -> forall t, x' t = scaled h (x t).
Proof.
move=> [x0 X] [x0' X']; elim=> [|t IH]; apply: functional_extensionality => i; first by rewrite x0' /scaled x0.
by rewrite X' IH (drive_scaled N h homog) /scaled X -(noise_scaled i (xi t i)); ring.
Qed.

End Paths.

Lemma noise_robustness_paths_euler_proof : S_noise_robustness_paths_euler.
Proof.
move=> V I O N h tau sigma phi H dt xi u x x' X X' t.
by rewrite (euler_paths H X X' t); split=> // o; exact: output_scaled.
Qed.

Lemma noise_robustness_paths_discrete_proof : S_noise_robustness_paths_discrete.
Proof.
move=> V I O N h sigma phi H xi u x x' X X' t.
rewrite (discrete_paths H X X' t); split=> //; split=> o; last exact: output_scaled.
have -> : scaled h (x t) = scaled (fun j => 1 * h j) (x t).
  by apply: functional_extensionality => j; rewrite /scaled Rmult_1_l.
exact: readout_scaled.
Qed.

(** A noisy path from its recursion. *)
Fixpoint noisy_path (V I O : finType) (tau : V -> R) (phi : V -> R -> R) (N : network V I O) (dt : R)
    (sigma : V -> R) (xi : nat -> V -> R) (u : nat -> I -> R) (t : nat) : V -> R :=
  if t is t'.+1 then
    let x := noisy_path tau phi N dt sigma xi u t' in
    fun i => x i + dt / tau i * (- x i + drive N phi x (u t') i) + sigma i * xi t' i
  else start N.

Lemma noise_robustness_loss_proof : S_noise_robustness_loss.
Proof.
move=> V I O Trial N tau phi dt xi u loss H ext.
exists (fun sizes => loss (fun b t => output N phi (noisy_path tau phi N dt sizes (xi b) (u b) t))).
move=> h s x X; apply: ext => b t o.
have P : noisy_euler tau phi N dt (fun i => s * exp (h i)) (xi b) (u b)
    (noisy_path tau phi N dt (noise_sizes s h) (xi b) (u b)) by [].
by have [_] := noise_robustness_paths_euler_proof H P (X b) t; apply.
Qed.

Lemma noise_robustness_gauge_proof : S_noise_robustness_gauge.
Proof.
move=> V h c s; split=> [J i j|i]; last by rewrite /noise_sizes exp_plus; ring.
by rewrite !rescale_eq; congr (_ * exp _); ring.
Qed.

(** ** The limit *)

Section Limit.
Variables (V : finType) (P G : V -> R).
Hypothesis P0 : forall j, 0 <= P j.
Hypothesis G0 : forall j, 0 <= G j.

Let a h j := sqrt (G j * exp (2 * h j)).
Let b h j := sqrt (P j * exp (- (2 * h j))).

Lemma sqrt_term h j : sqrt (P j * G j) = a h j * b h j.
Proof.
have E := exp_pos; rewrite /a /b -sqrt_mult; try by apply: Rmult_le_pos => //; exact: Rlt_le.
congr sqrt; transitivity (P j * G j * (exp (2 * h j) * exp (- (2 * h j)))); last by ring.
by rewrite exp_cancel'; ring.
Qed.

Lemma noise_squares h : noise_of G h = \rsum_(j) (a h j) ^ 2.
Proof.
apply: rsum_ext => j _; rewrite /a pow2_sqrt //; apply: Rmult_le_pos => //; exact: Rlt_le (exp_pos _).
Qed.

Lemma activity_squares h : activity_of P h = \rsum_(j) (b h j) ^ 2.
Proof.
apply: rsum_ext => j _; rewrite /b pow2_sqrt //; apply: Rmult_le_pos => //; exact: Rlt_le (exp_pos _).
Qed.

Lemma limit h : (\rsum_(j) sqrt (P j * G j)) ^ 2 <= noise_of G h * activity_of P h.
Proof.
rewrite noise_squares activity_squares.
have -> : \rsum_(j) sqrt (P j * G j) = \rsum_(j) (a h j * b h j) by apply: rsum_ext => j _; exact: sqrt_term.
exact: rsum_CauchySchwarz.
Qed.

(** Equality in the inequality of Cauchy and Schwarz. *)
Lemma equal_proportional h : 0 < noise_of G h -> 0 < activity_of P h ->
  noise_of G h * activity_of P h = (\rsum_(j) sqrt (P j * G j)) ^ 2 ->
  exists c, 0 < c /\ forall j, G j * exp (2 * h j) = c * (P j * exp (- (2 * h j))).
Proof.
have [n En] : exists n, n = noise_of G h by exists (noise_of G h).
have [v Ev] : exists v, v = activity_of P h by exists (activity_of P h).
rewrite -En -Ev => n0 v0 E.
have [s Es] : exists s, s = \rsum_(j) sqrt (P j * G j) by exists (\rsum_(j) sqrt (P j * G j)).
rewrite -Es in E; have s0 : 0 <= s by rewrite Es; apply: rsum_ge0 => j _; exact: sqrt_pos.
have s2 : 0 < s ^ 2 by rewrite -E; exact: Rmult_lt_0_compat.
have sp : 0 < s by case: s0 s2 => [//|<-] /=; lra.
have a0 j : 0 <= a h j by exact: sqrt_pos.
have b0 j : 0 <= b h j by exact: sqrt_pos.
(* sum (v a_j - s b_j)^2 = v^2 n - 2 v s s + s^2 v = 0 *)
have Z : \rsum_(j) (v * a h j - s * b h j) ^ 2 = 0.
  transitivity (v ^ 2 * \rsum_(j) (a h j) ^ 2 - 2 * v * s * \rsum_(j) (a h j * b h j) + s ^ 2 * \rsum_(j) (b h j) ^ 2).
    by rewrite -!rsumZl -rsumB -rsumD; apply: rsum_ext => j _; ring.
  rewrite -noise_squares -activity_squares -En -Ev.
  have -> : \rsum_(j) (a h j * b h j) = s by rewrite Es; apply: rsum_ext => j _; rewrite -sqrt_term.
  by transitivity (v * (n * v - s ^ 2)); [ring | rewrite E; ring].
have Zj j : v * a h j = s * b h j.
  have W := @rsum_eq0 V (fun l => (v * a h l - s * b h l) ^ 2) (fun l => pow2_ge_0 (v * a h l - s * b h l)) Z j.
  by rewrite /= Rmult_1_r in W; have := Rsqr_0_uniq _ W; lra.
exists ((s / v) ^ 2); split; first by apply: pow_lt; apply: Rdiv_lt_0_compat.
move=> j; have E1 : G j * exp (2 * h j) = (a h j) ^ 2.
  by rewrite /a pow2_sqrt //; apply: Rmult_le_pos => //; exact: Rlt_le (exp_pos _).
have E2 : P j * exp (- (2 * h j)) = (b h j) ^ 2.
  by rewrite /b pow2_sqrt //; apply: Rmult_le_pos => //; exact: Rlt_le (exp_pos _).
rewrite E1 E2 (_ : a h j = s / v * b h j); first by ring.
by apply: (Rmult_eq_reg_l v); [rewrite Zj; field; lra | lra].
Qed.

Lemma proportional_equal h c : 0 < c ->
  (forall j, G j * exp (2 * h j) = c * (P j * exp (- (2 * h j)))) ->
  noise_of G h * activity_of P h = (\rsum_(j) sqrt (P j * G j)) ^ 2.
Proof.
move=> c0 E; have c0' := Rlt_le _ _ c0.
have Q j : 0 <= P j * exp (- (2 * h j)) by apply: Rmult_le_pos => //; exact: Rlt_le (exp_pos _).
have -> : noise_of G h = c * activity_of P h by rewrite -rsumZl; apply: rsum_ext.
have -> : \rsum_(j) sqrt (P j * G j) = sqrt c * activity_of P h.
  rewrite -rsumZl; apply: rsum_ext => j _; rewrite (sqrt_term h) /a /b E.
  by rewrite sqrt_mult // Rmult_assoc sqrt_sqrt.
by rewrite /= !Rmult_1_r; transitivity (sqrt c * sqrt c * (activity_of P h * activity_of P h));
  [rewrite sqrt_sqrt //; ring | ring].
Qed.

End Limit.

Lemma noise_robustness_limit_proof : S_noise_robustness_limit.
Proof. by move=> V P G h P0 G0; exact: limit. Qed.

Lemma noise_robustness_limit_equality_proof : S_noise_robustness_limit_equality.
Proof.
move=> V P G h P0 G0 n0 v0; split=> [|[c [c0 E]]]; first exact: equal_proportional.
exact: (proportional_equal P0 G0 c0).
Qed.

Lemma proportional_scales p g x c : 0 < p -> 0 < g -> 0 < c ->
  g * exp (2 * x) = c * (p * exp (- (2 * x))) <-> exp (2 * x) = sqrt c * sqrt (p / g).
Proof.
move=> p0 g0 c0; have E := exp_pos (2 * x); have F := exp_cancel' (2 * x).
have pg : 0 < p / g by apply: Rdiv_lt_0_compat.
rewrite -sqrt_mult; try exact: Rlt_le.
have S : sqrt (exp (2 * x) * exp (2 * x)) = exp (2 * x) by apply: sqrt_square; exact: Rlt_le.
split=> H.
- rewrite -[LHS]S; congr sqrt; apply: (Rmult_eq_reg_l g); last lra.
  transitivity (g * exp (2 * x) * exp (2 * x)); first by ring.
  by rewrite H; transitivity (c * p * (exp (2 * x) * exp (- (2 * x)))); [ring | rewrite F; field; lra].
- have H2 : exp (2 * x) * exp (2 * x) = c * (p / g).
    by rewrite {1 2}H sqrt_sqrt //; apply: Rmult_le_pos; exact: Rlt_le.
  transitivity (g * (exp (2 * x) * exp (2 * x)) * exp (- (2 * x))).
    by transitivity (g * exp (2 * x) * (exp (2 * x) * exp (- (2 * x)))); [rewrite F; ring | ring].
  by rewrite H2; field; lra.
Qed.

Lemma noise_robustness_limit_attained_proof : S_noise_robustness_limit_attained.
Proof.
move=> V P G h P0 G0.
have P0' j := Rlt_le _ _ (P0 j); have G0' j := Rlt_le _ _ (G0 j).
case: (pickP V) => [i0 _|none]; last first.
  split=> _; first by exists 1; split=> [|j]; [lra | have := none j].
  by rewrite /noise_of /activity_of !big_pred0 //; ring.
have pos (F : V -> R) : (forall j, 0 < F j) -> 0 < \rsum_(j) F j.
  by move=> F0; apply: (rsum_gt0 (i := i0)) => // j; exact: Rlt_le.
have n0 : 0 < noise_of G h by apply: pos => j; apply: Rmult_lt_0_compat => //; exact: exp_pos.
have v0 : 0 < activity_of P h by apply: pos => j; apply: Rmult_lt_0_compat => //; exact: exp_pos.
rewrite noise_robustness_limit_equality_proof //; split=> -[c [c0 E]].
- exists (sqrt c); split=> [|j]; first exact: sqrt_lt_R0.
  by apply/proportional_scales.
- exists (c ^ 2); have c2 : 0 < c ^ 2 by exact: pow_lt.
  by split=> // j; apply/proportional_scales => //; rewrite sqrt_pow2 //; exact: Rlt_le.
Qed.

Lemma noise_robustness_limit_infimum_proof : S_noise_robustness_limit_infimum.
Proof.
move=> V P G P0 G0 e e0.
(* With P + d and G + d for P and G it is attained, and the bound is continuous in d. *)
pose B d := (\rsum_(j) sqrt ((P j + d) * (G j + d))) ^ 2.
have C : continuous B 0.
  have CS : continuous (fun d => \rsum_(j) sqrt ((P j + d) * (G j + d))) 0.
    apply: continuous_rsum => j _; apply: continuous_comp; last exact: continuous_sqrt.
    by apply: (ex_derive_continuous (V := R_NormedModule)); auto_derive.
  rewrite /B; apply: (continuous_ext (fun d => (\rsum_(j) sqrt ((P j + d) * (G j + d)))
                                              * (\rsum_(j) sqrt ((P j + d) * (G j + d))))).
    by move=> d; rewrite /= Rmult_1_r.
  exact: (continuous_mult (K := R_AbsRing)).
have [d near] := proj1 (filterlim_locally B (B 0)) C (mkposreal e e0).
pose t := d / 2; have t0 : 0 < t by rewrite /t; have := cond_pos d; lra.
have := near t; rewrite /ball /= /AbsRing_ball /abs /minus /plus /opp /= => near_t.
have {near near_t} : B t < B 0 + e.
  have : Rabs (B t + - B 0) < e by apply: near_t; rewrite Rabs_pos_eq /t; have := cond_pos d; lra.
  by move/Rabs_def2 => [? _]; lra.
have -> : B 0 = (\rsum_(j) sqrt (P j * G j)) ^ 2.
  by rewrite /B; congr (_ ^ 2); apply: rsum_ext => j _; rewrite !Rplus_0_r.
have Pt j : 0 < P j + t by have := P0 j; lra.
have Gt j : 0 < G j + t by have := G0 j; lra.
pose h j := / 2 * ln (sqrt ((P j + t) / (G j + t))).
have eh j : exp (2 * h j) = 1 * sqrt ((P j + t) / (G j + t)).
  rewrite Rmult_1_l /h (_ : 2 * _ = ln (sqrt ((P j + t) / (G j + t)))); last by field.
  by apply: exp_ln; apply: sqrt_lt_R0; apply: Rdiv_lt_0_compat.
have A : noise_of (fun j => G j + t) h * activity_of (fun j => P j + t) h = B t.
  by apply/noise_robustness_limit_attained_proof => //; exists 1; split; [lra | ].
move=> Bt; exists h; apply: Rle_lt_trans Bt; rewrite -A.
have le (F : V -> R) (x : V -> R) : (forall j, 0 <= F j) ->
    0 <= \rsum_(j) (F j * exp (x j)) <= \rsum_(j) ((F j + t) * exp (x j)).
  move=> F0; split; first by apply: rsum_ge0 => j _; apply: Rmult_le_pos => //; exact: Rlt_le (exp_pos _).
  by apply: rsum_le => j _; apply: Rmult_le_compat_r; [exact: Rlt_le (exp_pos _) | lra].
have [g0 g1] := le G (fun j => 2 * h j) G0; have [p0 p1] := le P (fun j => - (2 * h j)) P0.
exact: Rmult_le_compat.
Qed.

(** ** Several steps *)

Lemma accumulated_at (V : finType) steps a (J : V -> V -> R) h :
  accumulated steps a (rescale h J) = cost_at (accumulated steps a J) 2 h.
Proof.
apply: functional_extensionality => i; apply: functional_extensionality => j.
rewrite /cost_at /accumulated -rsumZr; apply: rsum_ext => m _.
rewrite mpow_rescale rescale_eq (_ : 2 * (h j - h i) = (h j - h i) + (h j - h i)); last by ring.
by rewrite exp_plus; ring.
Qed.

Lemma accumulated_ge0 (V : finType) steps a (J : V -> V -> R) :
  (forall m, 0 <= a m) -> nonnegative (accumulated steps a J).
Proof. by move=> a0 i j; apply: rsum_ge0 => m _; apply: Rmult_le_pos => //; exact: pow2_ge_0. Qed.

Lemma noise_robustness_accumulated_proof : S_noise_robustness_accumulated.
Proof. by move=> V steps a J a0; split=> [|h i j]; [exact: accumulated_ge0 | rewrite accumulated_at]. Qed.

Lemma two_gt0 : 0 < 2. Proof. lra. Qed.

Lemma noise_robustness_accumulated_minimum_proof : S_noise_robustness_accumulated_minimum.
Proof.
move=> V steps a J h a0; rewrite accumulated_at.
rewrite (convex_cost_balanced_minimum_proof h (accumulated_ge0 steps J a0) two_gt0).
by split=> H k; have := H k; rewrite accumulated_at.
Qed.

Lemma noise_robustness_accumulated_unique_proof : S_noise_robustness_accumulated_unique.
Proof.
move=> V steps a J a0; have w0 := accumulated_ge0 steps J a0; split.
  rewrite -(balanceable_proof w0 two_gt0).
  by split=> -[h B]; exists h; move: B; rewrite accumulated_at.
move=> h k; rewrite !accumulated_at => Bh Bk; split.
- exact: (unique_balance_costs_proof w0 two_gt0).
- exact: (unique_balance_proof w0 two_gt0).
Qed.

Lemma noise_robustness_accumulated_noise_proof : S_noise_robustness_accumulated_noise.
Proof.
move=> Omega V q xi steps a J U; rewrite /total /accumulated.
transitivity (\rsum_(m in steps) \rsum_(i) \rsum_(j) (a m * (mpow J m i j) ^ 2)).
  apply: rsum_ext => m _; rewrite /expectation.
  transitivity (a m * \rsum_(i) \rsum_(j) (mpow J m i j) ^ 2).
    congr (_ * _); under rsum_ext => o _ do rewrite /norm2_sq -rsumZl.
    by rewrite rsum_swap; apply: rsum_ext => i _; exact: (noise_row (mpow J m i) U).
  by rewrite -rsumZl; apply: rsum_ext => i _; rewrite -rsumZl.
by rewrite rsum_swap; apply: rsum_ext => i _; rewrite rsum_swap.
Qed.

(** *** The caution: J = [[1,1,0],[0,0,1],[1,0,0]], rescaled by d = (1, 19/20, 21/20) *)

Definition caution_weights (i j : 'I_3) : R :=
  match nat_of_ord i, nat_of_ord j with 0, 0 => 1 | 0, 1 => 1 | 1, 2 => 1 | 2, 0 => 1 | _, _ => 0 end.

Definition caution_scale (i : 'I_3) : R := match nat_of_ord i with 0 => 1 | 1 => 19 / 20 | _ => 21 / 20 end.

Lemma sum3 (F : 'I_3 -> R) :
  \rsum_(i) F i = F ord0 + (F (lift ord0 ord0) + F (lift ord0 (lift ord0 ord0))).
Proof. by rewrite !big_ord_recl big_ord0 Rplus_0_r. Qed.

Lemma mmul_one (V : finType) (A : V -> V -> R) : mmul A (@mone V) = A.
Proof.
apply: functional_extensionality => i; apply: functional_extensionality => j.
rewrite /mmul /mone (rsum_single (i := j)) ?eqxx ?Rmult_1_r // => l /negbTE ->; ring.
Qed.

Lemma noise_robustness_caution_proof : S_noise_robustness_caution.
Proof.
exists caution_weights, (fun i => ln (caution_scale i)).
have c0 i : 0 < caution_scale i by rewrite /caution_scale; case: (nat_of_ord i) => [|[|_]]; lra.
split.
  have E i j : cost (fun _ _ => 1) 2 caution_weights i j = caution_weights i j.
    rewrite /cost abs_pow_2 /caution_weights.
    by case: (nat_of_ord i) => [|[|[|?]]]; case: (nat_of_ord j) => [|[|[|?]]] /=; ring.
  move=> i; rewrite (grad_ext E) /grad !sum3.
  by case: i => -[|[|[|//]]] ?; rewrite /caution_weights /=; ring.
have R i j : rescale (fun i => ln (caution_scale i)) caution_weights i j
    = / caution_scale i * caution_weights i j * caution_scale j.
  by rewrite /rescale exp_Ropp !exp_ln.
have M K i j : accumulated [:: 1%nat; 2%nat] (fun=> 1) K i j = (K i j) ^ 2 + (\rsum_(l) (K i l * K l j)) ^ 2.
  by rewrite /accumulated !big_cons big_nil /= mmul_one /mmul; ring.
rewrite /total !sum3 !M !sum3 !R /caution_scale /caution_weights /=; lra.
Qed.

(** ** Any expectation *)

Section AnyExpectation.
Variables (Omega : Type) (D : (Omega -> R) -> Prop) (E : (Omega -> R) -> R).
Hypothesis linear : linear_on D E.

Lemma expectation_sum (I : Type) (r : seq I) (c : I -> R) (F : I -> Omega -> R) : (forall i, D (F i)) ->
  D (fun o => \rsum_(i in r) (c i * F i o)) /\
  E (fun o => \rsum_(i in r) (c i * F i o)) = \rsum_(i in r) (c i * E (F i)).
Proof.
move=> DF; have [D0 L] := linear; elim: r => [|i r [Dr Er]].
  have -> : (fun o => \rsum_(i in [::]) (c i * F i o)) = (fun=> 0).
    by apply: functional_extensionality => o; rewrite big_nil.
  split=> //; rewrite big_nil; have [_] := L 0 0 _ _ D0 D0.
  by rewrite (_ : (fun=> _) = (fun=> 0)); [move=> ->; ring | apply: functional_extensionality => o; ring].
have [Di Ei] := L (c i) 1 _ _ (DF i) Dr.
have S : (fun o => \rsum_(i in (i :: r)) (c i * F i o)) = (fun o => c i * F i o + 1 * \rsum_(i in r) (c i * F i o)).
  by apply: functional_extensionality => o; rewrite big_cons Rmult_1_l.
by rewrite S Ei Er big_cons Rmult_1_l.
Qed.

End AnyExpectation.

Lemma noise_robustness_expectation_proof : S_noise_robustness_expectation.
Proof.
move=> Omega V D E xi s r J L U; set power := fun o => _; cbv zeta.
pose c (e : V * (V * V)) := s ^ 2 * (J e.1 e.2.1 * r e.2.1 * (J e.1 e.2.2 * r e.2.2)).
pose F (e : V * (V * V)) o := xi o e.2.1 * xi o e.2.2.
have triple (f : V * (V * V) -> R) :
    \rsum_(e in index_enum [finType of V * (V * V)]) f e = \rsum_(i) \rsum_(j) \rsum_(l) f (i, (j, l)).
  transitivity (\big[Rplus/0]_(i : V) \big[Rplus/0]_(e : V * V) f (i, e)).
    by rewrite pair_big /=; apply: eq_bigr => -[].
  by apply: eq_bigr => i _; rewrite pair_big /=; apply: eq_bigr => -[].
have -> : power = (fun o => \rsum_(e in index_enum [finType of V * (V * V)]) (c e * F e o)).
  apply: functional_extensionality => o; rewrite triple /power; apply: rsum_ext => i _.
  rewrite rsum_square; apply: rsum_ext => j _; apply: rsum_ext => l _; rewrite /c /F /=; ring.
have [DS ->] := expectation_sum L (index_enum [finType of V * (V * V)]) c (F := F) (fun e => proj1 (U e.2.1 e.2.2)).
split=> //; rewrite triple -noise_cost -rsumZl; apply: rsum_ext => i _; rewrite -rsumZl; apply: rsum_ext => j _.
rewrite (rsum_single (i := j)) /c /F /= => [|l lj]; rewrite (proj2 (U _ _)); first by rewrite eqxx; ring.
by rewrite eq_sym (negbTE lj); ring.
Qed.

Lemma noise_robustness_gains_proof : S_noise_robustness_gains.
Proof.
move=> phi h x d H Dx; set l := exp (- h); have l0 : 0 < l by exact: exp_pos.
have S y : l * phi (/ l * y) = phi y.
  have -> : phi y = phi (l * (/ l * y)) by congr phi; field; lra.
  by rewrite (H l _ l0) Rpower_1.
apply: (is_derive_ext (fun y => l * phi (/ l * y))) => //.
have -> : d = l * (/ l * d) by field; lra.
apply: is_derive_scal; apply: (is_derive_comp phi (fun y => / l * y)).
- by rewrite (_ : / l * (l * x) = x) //; field; lra.
- by auto_derive => //; ring.
Qed.
