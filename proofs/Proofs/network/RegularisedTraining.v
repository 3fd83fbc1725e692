(** * Training with a power penalty: proofs

    Glossary: see [Statements/regularised_training.v].
    - [chain_rule]  a totally differentiable loss along a differentiable curve of weights *)

From Coq Require Import Reals Lra FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop.
From Synbal Require Import Defs Sums Costs.
From Synbal.Statements Require Import regularised_training.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope R_scope.

(** Finitely many properties that hold near t hold together near t. *)
Lemma locally_all (E : finType) (P : E -> R -> Prop) (t : R) :
  (forall e, locally t (P e)) -> locally t (fun s => forall e, P e s).
Proof.
move=> H; suff : locally t (fun s => forall e, e \in enum E -> P e s).
  by apply: filter_imp => s Hs e; apply: Hs; rewrite mem_enum.
elim: (enum E) => [|a l IH]; first by apply: filter_forall.
apply: filter_imp (filter_and _ _ (H a) IH) => s [Ha Hl] e.
by rewrite inE => /orP[/eqP->|/Hl].
Qed.

Lemma derive_locally (f : R -> R) (t l eps : R) : 0 < eps -> is_derive f t l ->
  locally t (fun s => Rabs (f s - f t - l * (s - t)) <= eps * Rabs (s - t)).
Proof.
move=> e0 [_ D]; have := D t (fun P HP => HP) (mkposreal eps e0).
apply: filter_imp => s; rewrite /norm /= /abs /minus /plus /opp /scal /= /mult /=.
by rewrite /Rminus [l * _]Rmult_comm.
Qed.

Lemma locally_derive (f : R -> R) (t l : R) :
  (forall eps, 0 < eps -> locally t (fun s => Rabs (f s - f t - l * (s - t)) <= eps * Rabs (s - t))) ->
  is_derive f t l.
Proof.
move=> H; split; first exact: is_linear_scal_l.
move=> x Hx; have <- : t = x by apply: is_filter_lim_locally_unique.
move=> eps; apply: filter_imp (H eps (cond_pos eps)) => s.
rewrite /norm /= /abs /minus /plus /opp /scal /= /mult /=.
by rewrite /Rminus [l * _]Rmult_comm.
Qed.

Lemma chain_rule (E : finType) (L : (E -> R) -> R) (w G : E -> R) (c : R -> E -> R) (dc : E -> R) (t : R) :
  has_gradient L w G -> (forall e, c t e = w e) -> (forall e, is_derive (fun s => c s e) t (dc e)) ->
  is_derive (fun s => L (c s)) t (\rsum_(e) (G e * dc e)).
Proof.
move=> HG ct Hc; pose S := \rsum_(e) (Rabs (dc e) + 1).
have Ew : c t = w by apply: functional_extensionality.
have S0 : 0 <= S by apply: rsum_ge0 => e _; have := Rabs_pos (dc e); lra.
have X s : (L (c s) - L w - \rsum_(e) (G e * (c s e - w e))) + (L w + \rsum_(e) (G e * (c s e - w e))) = L (c s).
  by ring.
apply: (is_derive_ext _ _ _ _ X).
have -> : \rsum_(e) (G e * dc e) = 0 + (0 + \rsum_(e) (G e * dc e)) by ring.
apply: is_derive_plus; last first.
  apply: is_derive_plus; first exact: is_derive_const.
  apply: is_derive_rsum => e _; apply: is_derive_scal.
  rewrite -[dc e]Rminus_0_r; apply: is_derive_minus => //; exact: is_derive_const.
apply: locally_derive => eps e0.
have e1 : 0 < eps / (S + 1) by apply: Rdiv_lt_0_compat; lra.
have [d [d0 Hd]] := HG _ e1.
have N : locally t (fun s => forall e, Rabs (c s e - w e) < d).
  apply: locally_all => e; rewrite -ct.
  have C : continuous (fun s => c s e) t by apply: ex_derive_continuous; exists (dc e).
  exact: (C (fun y => Rabs (y - c t e) < d) (locally_ball (c t e) (mkposreal d d0))).
have B : locally t (fun s => forall e, Rabs (c s e - c t e - dc e * (s - t)) <= 1 * Rabs (s - t)).
  by apply: locally_all => e; apply: derive_locally => //; lra.
apply: filter_imp (filter_and _ _ N B) => s [Ns Bs].
rewrite Ew (@rsum0 _ _ _ (fun e => G e * (w e - w e))); last by move=> e _; ring.
rewrite (_ : _ - _ - _ = L (c s) - L w - \rsum_(e) (G e * (c s e - w e))); last by ring.
apply: Rle_trans (Hd _ Ns) _.
have T : \rsum_(e) Rabs (c s e - w e) <= S * Rabs (s - t).
  rewrite /S -rsumZr; apply: rsum_le => e _; have := Bs e; rewrite ct.
  have := Rabs_triang (c s e - w e - dc e * (s - t)) (dc e * (s - t)).
  rewrite Rabs_mult (_ : _ + dc e * (s - t) = c s e - w e); last by ring.
  lra.
have a0 := Rabs_pos (s - t).
have U : eps / (S + 1) * (S * Rabs (s - t)) <= eps * Rabs (s - t).
  rewrite (_ : eps / (S + 1) * (S * Rabs (s - t)) = eps * Rabs (s - t) * (S / (S + 1))); last by field; lra.
  rewrite -[X in _ <= X]Rmult_1_r; apply: Rmult_le_compat_l; first by apply: Rmult_le_pos; lra.
  by apply/Rle_div_l; lra.
by apply: Rle_trans U; apply: Rmult_le_compat_l => //; lra.
Qed.

Lemma is_derive_abs_pow p x : x <> 0 -> is_derive (abs_pow p) x (p * abs_pow p x / x).
Proof.
move=> x0.
have D : is_derive (fun s => exp (p * ln (Rabs s))) x (p * abs_pow p x / x).
  have A := is_derive_Rabs (fun s => s) x 1 (is_derive_id x) x0.
  have L := is_derive_comp ln Rabs x _ _ (is_derive_ln _ (Rabs_pos_lt _ x0)) A.
  have := is_derive_comp exp _ x _ _ (is_derive_exp _) (is_derive_scal _ _ p _ L).
  rewrite abs_pow_n0 // /scal /= /mult /=.
  set d := (X in is_derive _ _ X -> _) => H; set l := (X in is_derive _ _ X); suff <- : d = l by [].
  rewrite /d /l; have [lt|gt] := Rtotal_order x 0; last case: gt => // gt.
    by rewrite sign_eq_m1 // Rabs_left //; field.
  by rewrite sign_eq_1 // Rabs_right; [field | lra].
apply: is_derive_ext_loc D.
have p0 : 0 < Rabs x by exact: Rabs_pos_lt.
exists (mkposreal _ p0) => y; rewrite /ball /= /AbsRing_ball /= /abs /minus /plus /opp /= => By.
rewrite abs_pow_n0 // => y0; move: By; rewrite y0 Rplus_0_l Rabs_Ropp; lra.
Qed.

Lemma is_derive_exp_line a b c : is_derive (fun s => a * exp (1 * (b * s - c * s))) 0 (a * (b - c)).
Proof.
have D := is_derive_exp_scaled 1 a (f := fun s => b * s) (g := fun s => c * s) (t := 0) (f' := b) (g' := c).
have <- : 1 * (a * exp (1 * (b * 0 - c * 0))) * (b - c) = a * (b - c).
  by rewrite !Rmult_0_r Rminus_0_r Rmult_0_r exp_0; ring.
by apply: D; auto_derive => //; ring.
Qed.

Section Training.
Variables (V E : finType) (source target : E -> option V).
Variables (k : V -> R) (L : (E -> R) -> R) (c p : R) (w G : E -> R).
Hypothesis (p0 : 0 < p) (c0 : c <> 0).
Hypothesis L_inv : forall h, L (transform_synapses source target k h w) = L w.
Hypothesis HG : has_gradient L w G.
Hypothesis crit : critical (objective L c p) w.

Lemma critical_gradient e : w e <> 0 -> G e * w e = - (c * p * abs_pow p (w e)).
Proof.
move=> we; have D := crit we.
have DR d : is_derive (fun s => replace w e s d) (w e) (if d == e then 1 else 0).
  rewrite /replace; case: eqP => _; [exact: is_derive_id | exact: is_derive_const].
have DL := chain_rule (t := w e) HG _ DR.
have {}DL : is_derive (fun s => L (replace w e s)) (w e) (G e).
  have <- : \rsum_(d) (G d * (if d == e then 1 else 0)) = G e.
    by rewrite (rsum_single (i := e)) ?eqxx ?Rmult_1_r // => d /negbTE ->; ring.
  by apply: DL => d; rewrite /replace; case: eqP => // ->.
have DP : is_derive (fun s => \rsum_(d) abs_pow p (replace w e s d)) (w e) (p * abs_pow p (w e) / w e).
  have <- : \rsum_(d) (if d == e then p * abs_pow p (w e) / w e else 0) = p * abs_pow p (w e) / w e.
    by rewrite (rsum_single (i := e)) ?eqxx // => d /negbTE ->.
  apply: (@is_derive_rsum _ _ _ (fun d s => abs_pow p (replace w e s d))) => d _.
  rewrite /replace; case: eqP => _; [exact: is_derive_abs_pow | exact: is_derive_const].
have := is_derive_plus _ _ _ _ _ DL (is_derive_scal _ _ c _ DP).
move/is_derive_unique; have /is_derive_unique := D; rewrite /objective => -> /esym.
rewrite /plus /= => H.
have -> : G e = - (c * (p * abs_pow p (w e) / w e)) by lra.
by field.
Qed.

(** The derivative of the loss along the transform of neuron i alone. *)
Lemma regularised_balance i :
  \rsum_(e | target e == Some i) abs_pow p (w e) = k i * \rsum_(e | source e == Some i) abs_pow p (w e).
Proof.
pose one (o : option V) : R := if o == Some i then 1 else 0.
pose r e := k i * one (source e) - one (target e).
pose cv s e := w e * exp (1 * (k i * one (source e) * s - one (target e) * s)).
have inv s : L (cv s) = L w.
  rewrite -(L_inv (fun j => if j == i then s else 0)); congr L; apply: functional_extensionality => e.
  have O (f : V -> R) o : scale_at (fun j => f j * (if j == i then s else 0)) o = f i * one o * s.
    rewrite /one; case: o => [j|] /=; last by ring.
    rewrite -[Some j == Some i]/(j == i); case: eqP => [->|_]; ring.
  have O1 o : scale_at (fun j => if j == i then s else 0) o = one o * s.
    rewrite -[one o]Rmult_1_l -(O (fun=> 1)); case: o => //= j; ring.
  rewrite /cv /transform_synapses O O1 Rmult_1_l /Rminus exp_plus; ring.
have D e : is_derive (fun s => cv s e) 0 (w e * r e).
  exact: is_derive_exp_line.
have cv0 e : cv 0 e = w e by rewrite /cv !Rmult_0_r Rminus_0_r Rmult_0_r exp_0 Rmult_1_r.
have /is_derive_unique Z1 := chain_rule HG cv0 D.
have Z : \rsum_(e) (G e * (w e * r e)) = 0.
  by rewrite -Z1; under Derive_ext => s do rewrite inv; exact: Derive_const.
have {}Z : \rsum_(e) (abs_pow p (w e) * r e) = 0.
  apply: (Rmult_eq_reg_l (- (c * p))); last first.
    by apply: Ropp_neq_0_compat; apply: Rmult_integral_contrapositive_currified => //; lra.
  rewrite Rmult_0_r -[RHS]Z -rsumZl; apply: rsum_ext => e _.
  have [we|we] := Req_dec (w e) 0; first by rewrite we abs_pow_0; ring.
  by rewrite -[RHS]Rmult_assoc critical_gradient //; ring.
rewrite !(rsum_if (fun e => _ == _)) -rsumZl; apply: Rminus_diag_uniq.
rewrite -rsumB -[RHS]Ropp_0 -[in RHS]Z -rsumN; apply: rsum_ext => e _.
by rewrite /r /one; case: eqP => _; case: eqP => _; ring.
Qed.

End Training.

Lemma regularised_training_proof : S_regularised_training.
Proof. by move=> V E source target k L c p w G p0 c0 I HG C i; apply: (regularised_balance p0 c0 I HG C). Qed.

Lemma rsum_pair (V : finType) (F : V * V -> R) : \rsum_(e) F e = \rsum_(i) \rsum_(j) F (i, j).
Proof. by rewrite pair_bigA; apply: eq_bigr => -[a b] _. Qed.

Lemma regularised_training_matrix_proof : S_regularised_training_matrix.
Proof.
move=> V world L c p J G p0 c0 I Lp Jp HG C.
pose node (i : V) := if i == world then None else Some i.
have K : forall i, i != world -> grad (cost (fun _ _ => 1) p J) i = 0.
  move=> i iw.
  have Linv h : Lp (transform_synapses (fun e => node e.2) (fun e => node e.1) (fun=> 1) h Jp) = Lp Jp.
    rewrite /Lp -(I (fun j => if j == world then 0 else h j)) ?eqxx //.
    congr L; apply: functional_extensionality => a; apply: functional_extensionality => b.
    by rewrite /transform_synapses /rescale /Jp /node /=; case: eqP => _; case: eqP => _ /=; rewrite ?Rmult_1_l.
  have := @regularised_balance V _ (fun e => node e.2) (fun e => node e.1) (fun=> 1) Lp c p Jp _ p0 c0 Linv HG C i.
  have N j : (node j == Some i) = (j == i).
    rewrite /node; case: (j =P world) => [->|_] //.
    by apply/esym/negbTE; rewrite eq_sym.
  under eq_bigl => e do rewrite N.
  under [X in _ = _ * X]eq_bigl => e do rewrite N.
  rewrite (rsum_if (fun e : V * V => e.1 == i)) (rsum_if (fun e : V * V => e.2 == i)) !rsum_pair /= => E.
  rewrite /grad; apply: Rminus_diag_eq.
  transitivity (\rsum_(i0) \rsum_(j) (if i0 == i then abs_pow p (Jp (i0, j)) else 0)).
    rewrite [RHS](rsum_single (i := i)); first by apply: rsum_ext => j _; rewrite eqxx /cost /Jp /=; ring.
    by move=> a /negbTE ->; apply: rsum0.
  rewrite E Rmult_1_l; apply: rsum_ext => a _.
  by rewrite (rsum_single (i := i)) ?eqxx /cost /Jp /=; [ring | move=> b /negbTE ->].
move=> i; have [iw|] := eqVneq i world; last exact: K.
have := sum_grad (cost (fun _ _ => 1) p J).
by rewrite (rsum_single (i := world)) ?iw.
Qed.
