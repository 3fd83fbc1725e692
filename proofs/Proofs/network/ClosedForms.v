(** * The closed forms: proofs

    Glossary: see [Statements/closed_forms.v]. For two neurons E = e^{p (h_false - h_true)} solves
    E' = 2 p (a - b E^2), and (sqrt a - sqrt b E) / (sqrt a + sqrt b E) decays like e^{- 4 p sqrt(ab) t}. *)

From Coq Require Import Reals Lra FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop path fingraph.
From Synbal Require Import Defs Sums Costs LaxForm.
From Synbal.Statements Require Import closed_forms.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope R_scope.

Lemma rsum_bool (F : bool -> R) : \rsum_(i) F i = F true + F false.
Proof. by rewrite big_bool. Qed.

Lemma grad_bool (C : bool -> bool -> R) i :
  grad C i = if i then C true false - C false true else C false true - C true false.
Proof. by rewrite /grad !rsum_bool; case: i; ring. Qed.

Lemma cosh_sinh_sq x : cosh x * cosh x - sinh x * sinh x = 1.
Proof.
rewrite /cosh /sinh exp_Ropp; have e := exp_pos x; field; lra.
Qed.

Lemma cosh_pos x : 0 < cosh x.
Proof. by rewrite /cosh; have := exp_pos x; have := exp_pos (- x); lra. Qed.

Lemma sinh_ge0 x : 0 <= x -> 0 <= sinh x.
Proof.
move=> [x0|<-]; rewrite /sinh; last by rewrite Ropp_0; lra.
have : exp (- x) < exp x by apply: exp_increasing; lra.
lra.
Qed.

Lemma is_derive_cosh x : is_derive cosh x (sinh x).
Proof. by rewrite /cosh /sinh; auto_derive => //; field. Qed.

Lemma is_derive_sinh x : is_derive sinh x (cosh x).
Proof. by rewrite /cosh /sinh; auto_derive => //; field. Qed.

Section TwoNeurons.
Variables (al be p : R).
Hypothesis (al0 : 0 < al) (be0 : 0 < be) (p0 : 0 < p).

Let th t := 2 * p * (al * be) * t.
Let N t := cosh (th t) + al / be * sinh (th t).
Let D t := cosh (th t) + be / al * sinh (th t).
Let x t := ln (N t / D t) / (2 * p).

Lemma is_derive_combination c t :
  is_derive (fun t => cosh (th t) + c * sinh (th t)) t
    (2 * p * (al * be) * (sinh (th t) + c * cosh (th t))).
Proof.
have T : is_derive th t (2 * p * (al * be)) by rewrite /th; auto_derive => //; ring.
have := is_derive_plus _ _ _ _ _ (is_derive_comp _ _ _ _ _ (is_derive_cosh (th t)) T)
  (is_derive_scal _ _ c _ (is_derive_comp _ _ _ _ _ (is_derive_sinh (th t)) T)).
rewrite /plus /scal /= /mult /=.
rewrite (_ : _ + _ = 2 * p * (al * be) * (sinh (th t) + c * cosh (th t))) //; ring.
Qed.

(** N and D are positive for all t, also a little before zero. *)
Lemma ND_pos t : 0 <= t -> 0 < N t /\ 0 < D t.
Proof.
move=> t0; have s0 : 0 <= sinh (th t).
  have ab0 : 0 < al * be by apply: Rmult_lt_0_compat.
  by apply: sinh_ge0; rewrite /th; apply: Rmult_le_pos => //; nra.
have c0 := cosh_pos (th t).
have r1 : 0 < al / be by apply: Rdiv_lt_0_compat.
have r2 : 0 < be / al by apply: Rdiv_lt_0_compat.
by rewrite /N /D; split; nra.
Qed.

Lemma is_derive_x t : 0 <= t -> is_derive x t ((al * al - be * be) / (N t * D t)).
Proof.
move=> t0; have [n0 d0] := ND_pos t0.
have Q : is_derive (fun s => N s / D s) t _ :=
  is_derive_div _ _ _ _ _ (is_derive_combination (al / be) t) (is_derive_combination (be / al) t) (Rgt_not_eq _ _ d0).
have q0 : 0 < N t / D t by apply: Rdiv_lt_0_compat.
have L := is_derive_comp ln (fun s => N s / D s) t _ _ (is_derive_ln _ q0) Q.
have := is_derive_scal _ _ (/ (2 * p)) _ L.
rewrite /scal /= /mult /= => H.
apply: (is_derive_ext (fun s => / (2 * p) * ln (N s / D s))).
  by move=> s; rewrite /x /Rdiv Rmult_comm.
move: H; rewrite -/(N t) -/(D t).
set d := / (2 * p) * _; suff -> : d = (al * al - be * be) / (N t * D t) by [].
rewrite /d /x.
have E := cosh_sinh_sq (th t).
have F : (sinh (th t) + al / be * cosh (th t)) * D t - (sinh (th t) + be / al * cosh (th t)) * N t
  = (al / be - be / al) by rewrite -[RHS]Rmult_1_r -E /N /D; ring.
transitivity (al * be * ((sinh (th t) + al / be * cosh (th t)) * D t - (sinh (th t) + be / al * cosh (th t)) * N t) / (N t * D t)).
  by field; repeat split; lra.
by rewrite F; field; repeat split; lra.
Qed.

Lemma exp_x t : 0 <= t -> exp (p * (- x t - x t)) = D t / N t /\ exp (p * (x t - - x t)) = N t / D t.
Proof.
move=> t0; have [n0 d0] := ND_pos t0.
have q0 : 0 < N t / D t by apply: Rdiv_lt_0_compat.
have e1 : p * (x t - - x t) = ln (N t / D t) by rewrite /x; field; lra.
have e2 : p * (- x t - x t) = - ln (N t / D t) by rewrite -e1; ring.
by rewrite e1 e2 exp_Ropp !exp_ln //; split=> //; field; lra.
Qed.

Lemma x0 : x 0 = 0.
Proof.
have T : th 0 = 0 by rewrite /th Rmult_0_r.
have c : cosh 0 = 1 by rewrite /cosh Ropp_0 exp_0; field.
have z : sinh 0 = 0 by rewrite /sinh Ropp_0 /Rminus Rplus_opp_r /Rdiv Rmult_0_l.
have E : N 0 / D 0 = 1 by rewrite /N /D T c z !Rmult_0_r Rplus_0_r /Rdiv Rinv_1 Rmult_1_r.
by rewrite /x E ln_1 /Rdiv Rmult_0_l.
Qed.

Variable w : bool -> bool -> R.
Hypothesis (wa : w false true = al * al) (wb : w true false = be * be).

Let flow (t : R) (i : bool) := if i then - x t else x t.

Lemma flow_grad t : 0 <= t -> grad (cost_at w p (flow t)) false = (al * al - be * be) / (N t * D t).
Proof.
move=> t0; have [n0 d0] := ND_pos t0; have [e1 e2] := exp_x t0.
rewrite grad_bool /cost_at /flow e1 e2 wa wb.
have E := cosh_sinh_sq (th t).
transitivity ((al * D t * (al * D t) - be * N t * (be * N t)) / (N t * D t)).
  by field; lra.
congr (_ / _); rewrite -[RHS]Rmult_1_r -E /N /D; field; lra.
Qed.

Lemma grad_bool_opp (C : bool -> bool -> R) : grad C true = - grad C false.
Proof. by rewrite !grad_bool; ring. Qed.

Lemma flow_is_flow : is_flow w p flow.
Proof.
move=> t t0; case; rewrite ?grad_bool_opp flow_grad //; last exact: is_derive_x.
exact: is_derive_opp (is_derive_x t0).
Qed.

(** Along any flow the quantity (al - be E) / (al + be E) e^{4 p al be t} is constant. *)
Let E (h : R -> bool -> R) t := 1 * exp (p * (h t false - h t true)).

Lemma E_pos h t : 0 < E h t.
Proof. by rewrite /E Rmult_1_l; exact: exp_pos. Qed.

Lemma E_derive h t : is_flow w p h -> 0 <= t ->
  is_derive (E h) t (2 * p * (al * al - be * be * (E h t * E h t))).
Proof.
move=> F t0.
have := is_derive_exp_scaled p 1 (F t t0 false) (F t t0 true).
rewrite -/(E h t) grad_bool_opp grad_bool /cost_at wa wb.
have i0 := E_pos h t.
have -> : exp (p * (h t true - h t false)) = / E h t.
  by rewrite /E Rmult_1_l -exp_Ropp; congr exp; ring.
have -> : exp (p * (h t false - h t true)) = E h t by rewrite /E Rmult_1_l.
rewrite (_ : p * E h t * _ = 2 * p * (al * al - be * be * (E h t * E h t))) //.
by field; lra.
Qed.

Lemma E_conserved h t : is_flow w p h -> 0 <= t ->
  (al - be * E h t) / (al + be * E h t) * exp (4 * p * al * be * t)
  = (al - be * E h 0) / (al + be * E h 0) * exp (4 * p * al * be * 0).
Proof.
move=> F; move: t.
apply: (zero_derive_constant
  (f := fun t => (al - be * E h t) / (al + be * E h t) * exp (4 * p * al * be * t))) => t t0.
have e0 := E_pos h t.
have s0 : al + be * E h t <> 0 by nra.
have A c : is_derive (fun s => al + c * E h s) t (c * (2 * p * (al * al - be * be * (E h t * E h t)))).
  have := is_derive_plus _ _ _ _ _ (is_derive_const al t) (is_derive_scal _ _ c _ (E_derive F t0)).
  by rewrite /plus /zero /= Rplus_0_l.
have B : is_derive (fun s => exp (4 * p * al * be * s)) t (4 * p * al * be * exp (4 * p * al * be * t)).
  by auto_derive => //; ring.
have Q := is_derive_div _ _ _ _ _ (A (- be)) (A be) s0.
have := is_derive_Rmult Q B.
set d := _ + _; have -> : d = 0 by rewrite /d; field.
by apply: is_derive_ext => s; rewrite /Rdiv; congr (_ * _ * _); ring.
Qed.

Lemma flow_unique (h k : R -> bool -> R) : is_flow w p h -> is_flow w p k ->
  (forall i, h 0 i = k 0 i) -> forall t i, 0 <= t -> h t i = k t i.
Proof.
move=> Fh Fk e0 t i t0.
have EE : E h t = E k t.
  have := E_conserved Fh t0; have -> : E h 0 = E k 0 by rewrite /E !e0.
  rewrite -(E_conserved Fk t0).
  have := exp_pos (4 * p * al * be * t) => x0 /Rmult_eq_reg_r H.
  have {}H := H (Rgt_not_eq _ _ x0).
  have h0 := E_pos h t; have k0 := E_pos k t.
  have sh : 0 < al + be * E h t by nra.
  have sk : 0 < al + be * E k t by nra.
  have : (al - be * E h t) * (al + be * E k t) = (al - be * E k t) * (al + be * E h t).
    transitivity ((al - be * E h t) / (al + be * E h t) * ((al + be * E h t) * (al + be * E k t))).
      by field; lra.
    by rewrite H; field; lra.
  move=> X; have : (al * be) * (E h t - E k t) = 0 by lra.
  by move/Rmult_integral => -[]; nra.
have DD : h t false - h t true = k t false - k t true.
  move: EE; rewrite /E !Rmult_1_l => /exp_inv X.
  by apply: (Rmult_eq_reg_l p) => //; lra.
have S f : is_flow w p f -> f t false + f t true = f 0 false + f 0 true.
  move=> F; apply: (zero_derive_constant (f := fun t => f t false + f t true)) => // s s0.
  have := is_derive_plus _ _ _ _ _ (F s s0 false) (F s s0 true).
  by rewrite grad_bool_opp /plus /= Rplus_opp_r.
have := S h Fh; have := S k Fk; rewrite !e0; case: i; lra.
Qed.

End TwoNeurons.

Lemma closed_forms_two_neurons_proof : S_closed_forms_two_neurons.
Proof.
move=> w p p0 a0 b0 x flow.
have al0 := sqrt_lt_R0 _ a0; have be0 := sqrt_lt_R0 _ b0.
have wa : w false true = sqrt (w false true) * sqrt (w false true) by rewrite sqrt_sqrt //; lra.
have wb : w true false = sqrt (w true false) * sqrt (w true false) by rewrite sqrt_sqrt //; lra.
have F : is_flow w p flow by exact: (flow_is_flow al0 be0 p0 wa wb).
have Z i : flow 0 i = 0.
  have X : x 0 = 0 by apply: x0.
  by rewrite /flow X; case: i; rewrite ?Ropp_0.
split=> // h Fh h0 t i t0.
by apply: (flow_unique al0 be0 p0 wa wb Fh F) => // l; rewrite h0 Z.
Qed.

Lemma closed_forms_two_neuron_costs_proof : S_closed_forms_two_neuron_costs.
Proof.
move=> w p h p0 a0 b0 F h0 al be t t0 theta.
have al0 : 0 < al by exact: sqrt_lt_R0.
have be0 : 0 < be by exact: sqrt_lt_R0.
have wa : w false true = al * al by rewrite sqrt_sqrt //; lra.
have wb : w true false = be * be by rewrite sqrt_sqrt //; lra.
have [_ U] := closed_forms_two_neurons_proof p0 a0 b0.
have [e1 e2] := exp_x al0 be0 p0 t0.
have [n0 d0] := ND_pos al0 be0 p0 t0.
rewrite /cost_at !(U h F h0 _ _ t0) wa wb.
move: e1 e2; rewrite -/(two_neuron_scale _ _ p t) => e1 e2.
rewrite /two_neuron_scale -wa -wb -/al -/be e1 e2 -/theta.
rewrite -/theta in n0 d0.
have n1 : 0 < be * cosh theta + al * sinh theta.
  have -> : be * cosh theta + al * sinh theta = be * (cosh theta + al / be * sinh theta) by field; lra.
  by apply: Rmult_lt_0_compat.
have d1 : 0 < al * cosh theta + be * sinh theta.
  have -> : al * cosh theta + be * sinh theta = al * (cosh theta + be / al * sinh theta) by field; lra.
  by apply: Rmult_lt_0_compat.
by rewrite wa wb; split; field; repeat split; lra.
Qed.

Lemma closed_forms_one_way_proof : S_closed_forms_one_way.
Proof.
move=> w p h p0 a0 b0 F h0 t t0; set a := w false true in a0 *.
pose E t := 1 * exp (p * (h t false - h t true)).
(* E grows at the constant rate 2 p a. *)
have K : E t + (- (2 * p * a)) * t = E 0 + (- (2 * p * a)) * 0.
  apply: (zero_derive_constant (f := fun t => E t + (- (2 * p * a)) * t)) => // s s0.
  have DE := is_derive_exp_scaled p 1 (F s s0 false) (F s s0 true).
  have L : is_derive (fun s => - (2 * p * a) * s) s (- (2 * p * a)) by auto_derive => //; ring.
  have := is_derive_plus _ _ _ _ _ DE L.
  rewrite /plus /= grad_bool_opp grad_bool /cost_at b0 -/a.
  have e : exp (p * (h s false - h s true)) * exp (p * (h s true - h s false)) = 1.
    by rewrite -exp_plus (_ : _ + _ = 0) ?exp_0 //; ring.
  set d := _ + _; have -> // : d = 0.
  rewrite /d; transitivity (2 * p * a * (exp (p * (h s false - h s true)) * exp (p * (h s true - h s false))) - 2 * p * a).
    by ring.
  by rewrite e; ring.
have E0 : E 0 = 1 by rewrite /E !h0 Rminus_0_r Rmult_0_r exp_0; ring.
have Et : exp (p * (h t false - h t true)) = 1 + 2 * p * a * t.
  by rewrite E0 /E in K; lra.
have pos := exp_pos (p * (h t false - h t true)).
rewrite /cost_at -/a (_ : p * (h t true - h t false) = - (p * (h t false - h t true))); last by ring.
by rewrite exp_Ropp Et.
Qed.

Lemma closed_forms_symmetric_proof : S_closed_forms_symmetric.
Proof.
by move=> V C S i; rewrite /grad -[X in _ - X](_ : \rsum_(j) C i j = _) ?Rminus_diag_eq //; apply: rsum_ext => j _.
Qed.

Lemma rank_one_left a b : a <> 0 -> b <> 0 ->
  exp (- (/ 2 * ln (Rabs (a / b)))) * Rabs a = sqrt (Rabs (a * b)) /\
  Rabs b * exp (/ 2 * ln (Rabs (a / b))) = sqrt (Rabs (a * b)).
Proof.
move=> a0 b0; have pa := Rabs_pos_lt _ a0; have pb := Rabs_pos_lt _ b0.
rewrite Rabs_div // Rabs_mult -Rpower_sqrt; last by apply: Rmult_lt_0_compat.
set A := Rabs a in pa *; set B := Rabs b in pb *.
rewrite /Rpower ln_mult // ln_div //; split.
- by rewrite -[X in _ * X = _](exp_ln A pa) -exp_plus; congr exp; field.
- by rewrite -[X in X * _ = _](exp_ln B pb) -exp_plus; congr exp; field.
Qed.

Lemma abs_pow_Rabs p x y : Rabs x = Rabs y -> abs_pow p x = abs_pow p y.
Proof.
have [->|x0] := Req_dec x 0; first by rewrite Rabs_R0 => /esym/Rabs_eq_0 ->.
have [->|y0] := Req_dec y 0; first by rewrite Rabs_R0 => /Rabs_eq_0 ->.
by rewrite !abs_pow_n0 // => ->.
Qed.

Lemma closed_forms_rank_one_proof : S_closed_forms_rank_one.
Proof.
move=> V u v p u0 v0 J h.
have E i j : Rabs (rescale h J i j) = sqrt (Rabs (u i * v i)) * sqrt (Rabs (u j * v j)).
  rewrite -(rank_one_left (u0 i) (v0 i)).1 -(rank_one_left (u0 j) (v0 j)).2 /rescale /J /h !Rabs_mult.
  rewrite !(Rabs_pos_eq (exp _)); try exact/Rlt_le/exp_pos.
  by ring.
split=> //; apply: closed_forms_symmetric_proof => i j.
by rewrite /cost (abs_pow_Rabs p (y := rescale h J j i)) // !E; ring.
Qed.

(** ** The ring *)

Section Ring.
Variables (V : finType) (s : V -> V) (J : V -> V -> R) (p : R).
Hypothesis (p0 : 0 < p) (Rg : ring s J).

Let s_inj : injective s. Proof. by case: Rg. Qed.

Lemma ring_grad h j : grad (cost (fun _ _ => 1) p (rescale h J)) (s j)
  = abs_pow p (rescale h J (s j) j) - abs_pow p (rescale h J (s (s j)) (s j)).
Proof.
have [_ [_ [_ Z]]] := Rg.
have Z' a b : a <> s b -> cost (fun _ _ => 1) p (rescale h J) a b = 0.
  by move=> /Z E; rewrite /cost rescale_eq E Rmult_0_l abs_pow_0; ring.
rewrite /grad (rsum_single (i := j)); last first.
  by move=> b /eqP nb; apply: Z' => /s_inj; apply: nesym.
rewrite (rsum_single (i := s (s j))); last by move=> a /eqP na; apply: Z'.
by rewrite /cost; ring.
Qed.

Lemma ring_constant (f : V -> R) : (forall j, f j = f (s j)) -> forall i j, f i = f j.
Proof.
move=> H i j; have [_ [O _]] := Rg.
have /iter_findex <- := O i j.
by elim: (findex _ _ _) => [|n IH] //=; rewrite -H.
Qed.

Lemma ring_product h : \big[Rmult/1]_(j : V) Rabs (rescale h J (s j) j) = \big[Rmult/1]_(j : V) Rabs (J (s j) j).
Proof.
under eq_bigr => j _ do rewrite rescale_eq Rabs_mult (Rabs_pos_eq _ (Rlt_le _ _ (exp_pos _))).
rewrite big_split /=.
have -> : \big[Rmult/1]_(j : V) exp (h j - h (s j)) = exp (\rsum_(j) (h j - h (s j))).
  by apply: (big_ind2 (fun a b => a = exp b)) => [|? ? ? ? -> ->|//]; rewrite ?exp_0 ?exp_plus.
have E : \rsum_(j) h (s j) = \rsum_(j) h j by rewrite [RHS](reindex_inj s_inj).
rewrite rsumB E Rminus_diag_eq // exp_0; exact: Rmult_1_r.
Qed.

Lemma abs_pow_inj x y : x <> 0 -> y <> 0 -> abs_pow p x = abs_pow p y -> Rabs x = Rabs y.
Proof.
move=> x0 y0; rewrite !abs_pow_n0 // => /exp_inv E.
by apply: ln_inv; [exact: Rabs_pos_lt | exact: Rabs_pos_lt | apply: (Rmult_eq_reg_l p) => //; lra].
Qed.

Lemma ring_n0 h j : rescale h J (s j) j <> 0.
Proof.
have [_ [_ [N _]]] := Rg; rewrite rescale_eq.
by apply: Rmult_integral_contrapositive_currified => //; have := exp_pos (h j - h (s j)); lra.
Qed.

Lemma root_of_power (n : nat) x y : 0 < INR n -> 0 < x -> x ^ n = y -> x = Rpower y (/ INR n).
Proof.
move=> m0 x0 <-; by rewrite -Rpower_pow // Rpower_mult Rinv_r ?Rpower_1 //; lra.
Qed.

Lemma ring_balanced h : balanced (cost (fun _ _ => 1) p (rescale h J)) <->
  forall j, Rabs (rescale h J (s j) j) = geometric_mean s J.
Proof.
split=> [B|E i].
- have same : forall i j, Rabs (rescale h J (s i) i) = Rabs (rescale h J (s j) j).
    apply: ring_constant => j; apply: abs_pow_inj; try exact: ring_n0.
    by have := B (s j); rewrite ring_grad; lra.
  move=> j; apply: root_of_power; first by apply: lt_0_INR; apply/ltP/card_gt0P; exists j.
    exact: Rabs_pos_lt (@ring_n0 h j).
  rewrite -(ring_product h) (eq_bigr (fun=> Rabs (rescale h J (s j) j))); last by move=> i _; exact: same.
  by rewrite big_const; elim: #|V| => //= n ->.
- have [_ [O _]] := Rg.
  have <- : s (finv s i) = i by exact: f_finv.
  by rewrite ring_grad (abs_pow_Rabs p (y := rescale h J (s (s (finv s i))) (s (finv s i)))) ?E //; ring.
Qed.

(** The explicit log-scales: from a root x, add up the logarithms of geometric mean over weight. *)
Lemma ring_balanceable : exists h, balanced (cost (fun _ _ => 1) p (rescale h J)).
Proof.
have [_ [O [N0 _]]] := Rg.
case: (pickP (@predT V)) => [x _|no]; last by exists (fun=> 0) => i; have := no i.
set G := geometric_mean s J; pose d j := ln (Rabs (J (s j) j)) - ln G.
pose h j := \big[Rplus/0]_(0 <= l < findex s x j) d (iter l s x).
have G0 : 0 < G by exact: exp_pos.
have n0 : 0 < INR #|V| by apply: lt_0_INR; apply/ltP/card_gt0P; exists x.
have total0 : \rsum_(j) d j = 0.
  rewrite /d rsumB rsum_const /G /geometric_mean /Rpower ln_exp -Rmult_assoc Rinv_r ?Rmult_1_l; last lra.
  suff -> : \rsum_(j) ln (Rabs (J (s j) j)) = ln (\big[Rmult/1]_(j : V) Rabs (J (s j) j)).
    by rewrite Rminus_diag_eq.
  suff [_ ->] : 0 < \big[Rmult/1]_(j : V) Rabs (J (s j) j) /\
                ln (\big[Rmult/1]_(j : V) Rabs (J (s j) j)) = \rsum_(j) ln (Rabs (J (s j) j)) by [].
  apply: (big_ind2 (fun a b => 0 < a /\ ln a = b)) => [|a a' b b' [a0 Ea] [b0 Eb]|j _].
  - by split; [lra | exact: ln_1].
  - by split; [apply: Rmult_lt_0_compat | rewrite ln_mult // Ea Eb].
  - by split=> //; exact: Rabs_pos_lt.
(* Around the ring once is the sum over all neurons. *)
have around : \big[Rplus/0]_(0 <= l < order s x) d (iter l s x) = 0.
  transitivity (\rsum_(j in orbit s x) d j).
    rewrite (big_nth x) size_orbit; apply: eq_big_nat => l /andP[_ l_lt].
    by rewrite nth_traject.
  rewrite big_uniq ?orbit_uniq //= -[RHS]total0; apply: eq_bigl => j.
  by rewrite -fconnect_orbit O.
exists h; apply/ring_balanced => j.
have Eh : h (s j) = h j + d j.
  have k_lt : leq (findex s x j).+1 (order s x) by exact: findex_max.
  have Ej : iter (findex s x j) s x = j by exact: iter_findex.
  have last_term : h j + d j = \big[Rplus/0]_(0 <= l < (findex s x j).+1) d (iter l s x).
    by rewrite big_nat_recr //= Ej.
  rewrite last_term {1}/h; move: k_lt; rewrite leq_eqVlt => /orP[/eqP k1|k_lt].
    have -> : s j = x by rewrite -{1}Ej -iterS k1; exact: iter_order.
    by rewrite k1 findex0 around big_geq.
  by rewrite -{1}Ej -iterS findex_iter.
rewrite rescale_eq Rabs_mult (Rabs_pos_eq (exp _)); last exact/Rlt_le/exp_pos.
rewrite Eh (_ : h j - (h j + d j) = ln G - ln (Rabs (J (s j) j))); last by rewrite /d; ring.
have W := Rabs_pos_lt _ (N0 j).
by rewrite /Rminus exp_plus exp_Ropp !exp_ln // -/G; field; lra.
Qed.

End Ring.

Lemma closed_forms_ring_proof : S_closed_forms_ring.
Proof.
move=> V s J p p0 Rg; split=> [h|]; first exact: (ring_balanced p0 Rg h).
exact: (ring_balanceable p0 Rg).
Qed.

(** ** The weights *)

Lemma closed_forms_two_neuron_weights_proof : S_closed_forms_two_neuron_weights.
Proof.
move=> alpha p J p0 F a b a0 b0 t t0.
have [h [h0 [Fh E]]] := weight_flow_scales p0 F.
have [_ U] := closed_forms_two_neurons_proof p0 a0 b0.
rewrite E //; split; [|split=> [|i]]; rewrite rescale_eq !(U h Fh h0 _ _ t0) -/a -/b.
- by congr (_ * exp _); ring.
- by congr (_ * exp _); ring.
- by rewrite Rminus_diag_eq // exp_0 Rmult_1_r.
Qed.

Lemma closed_forms_symmetric_weights_proof : S_closed_forms_symmetric_weights.
Proof.
move=> V alpha J p A E; apply: closed_forms_symmetric_proof => i j.
by rewrite /cost A (abs_pow_Rabs p (E i j)).
Qed.
