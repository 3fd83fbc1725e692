(** * Proofs about networks of any degrees of homogeneity

    - [tested]       sum_i grad_i x_i, synapse by synapse: sum_ij C_ij (x_i - k_j x_j)
    - [tangent]      the cost lies above its tangent
    - [term_tangent] one synapse, with equality only where its exponent stays *)

From Coq Require Import Reals Lra Psatz FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop path fingraph.
From Synbal Require Import Defs FlowDefs any_degree Sums Costs Calculus.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope R_scope.

Section Degrees.
Variable V : finType.
Implicit Types (w C : V -> V -> R) (k g h x d : V -> R) (moves : pred V).

Lemma tested k C x : \rsum_(i) (grad_of_degrees k C i * x i)
  = \rsum_(i) \rsum_(j) (C i j * (x i - k j * x j)).
Proof.
have -> : \rsum_(i) \rsum_(j) (C i j * (x i - k j * x j))
  = \rsum_(i) (\rsum_(j) C i j * x i) - \rsum_(i) \rsum_(j) (C i j * (k j * x j)).
  rewrite -rsumB; apply: rsum_ext => i _; rewrite -rsumZr -rsumB.
  by apply: rsum_ext => j _; ring.
rewrite (rsum_swap (index_enum V) (index_enum V) (fun i j => C i j * (k j * x j))) -rsumB.
apply: rsum_ext => i _; rewrite /grad_of_degrees.
rewrite rsumZr; ring.
Qed.

Lemma total_le C (D : V -> V -> R) : (forall i j, C i j <= D i j) -> total C <= total D.
Proof. by move=> H; apply: rsum_le => i _; apply: rsum_le => j _. Qed.

Lemma total_lt C (D : V -> V -> R) i j : (forall i j, C i j <= D i j) -> C i j < D i j -> total C < total D.
Proof.
move=> H Hij; apply: (rsum_lt (i := i)) => [i'|].
  by apply: rsum_le => j' _.
by apply: (rsum_lt (i := j)) => // j'.
Qed.

Lemma exp_tangent_lt (x y : R) : x <> y -> exp x + exp x * (y - x) < exp y.
Proof.
move=> Hxy; have Hy : y - x <> 0 by lra.
have := exp_ineq1 (y - x) Hy => H.
have -> : exp y = exp x * exp (y - x) by rewrite -exp_plus; congr exp; ring.
have := exp_pos x; nra.
Qed.

Section Cost.
Variables (w : V -> V -> R) (p : R) (k : V -> R) (moves : pred V).
Hypotheses (Hw : nonnegative w) (Hp : 0 < p).
Let C := cost_of_degrees w p k.

Lemma costs_ge0 h i j : 0 <= C h i j.
Proof. by apply: Rmult_le_pos; [exact: Hw | left; exact: exp_pos]. Qed.

Lemma term_tangent g h i j :
  C h i j + p * (C h i j * ((k j * g j - g i) - (k j * h j - h i))) <= C g i j.
Proof.
rewrite /C /cost_of_degrees.
have := exp_tangent (p * (k j * h j - h i)) (p * (k j * g j - g i)) => H.
have := Hw i j => Hwij; nra.
Qed.

Lemma term_tangent_lt g h i j : 0 < w i j -> k j * g j - g i <> k j * h j - h i ->
  C h i j + p * (C h i j * ((k j * g j - g i) - (k j * h j - h i))) < C g i j.
Proof.
move=> Hwij Hgh; rewrite /C /cost_of_degrees.
have Hne : p * (k j * h j - h i) <> p * (k j * g j - g i) by nra.
have := exp_tangent_lt Hne => H; nra.
Qed.

(** The tangent at [h], as a matrix of costs. *)
Let T g h i j := C h i j + p * (C h i j * ((k j * g j - g i) - (k j * h j - h i))).

Lemma total_tangent g h :
  total (T g h) = total (C h) - p * \rsum_(i) (grad_of_degrees k (C h) i * (g i - h i)).
Proof.
rewrite (tested k (C h) (fun i => g i - h i)) /total -rsumZl -rsumB.
apply: rsum_ext => i _; rewrite -rsumZl -rsumB.
by apply: rsum_ext => j _; rewrite /T; ring.
Qed.

Lemma balanced_tested g h : held moves g -> held moves h -> balanced_of_degrees moves k (C h) ->
  \rsum_(i) (grad_of_degrees k (C h) i * (g i - h i)) = 0.
Proof.
move=> Hg Hh Hb; apply: rsum0 => i _; case Hi: (moves i).
  by rewrite (Hb i Hi); ring.
by rewrite (Hg i) ?Hi // (Hh i) ?Hi //; ring.
Qed.

Lemma balanced_least g h : held moves g -> held moves h -> balanced_of_degrees moves k (C h) ->
  total (C h) <= total (C g).
Proof.
move=> Hg Hh Hb.
have -> : total (C h) = total (T g h) by rewrite total_tangent balanced_tested //; ring.
by apply: total_le => i j; exact: term_tangent.
Qed.

Lemma balanced_unique g h i j : held moves g -> held moves h ->
  balanced_of_degrees moves k (C g) -> balanced_of_degrees moves k (C h) -> 0 < w i j ->
  k j * g j - g i = k j * h j - h i.
Proof.
move=> Hg Hh Hbg Hbh Hwij; case: (Req_dec (k j * g j - g i) (k j * h j - h i)) => // Hne.
have : total (T g h) < total (C g).
  apply: (total_lt (i := i) (j := j)) => [i' j'|]; first exact: term_tangent.
  exact: term_tangent_lt.
rewrite total_tangent balanced_tested // Rmult_0_r Rminus_0_r.
have := balanced_least Hh Hg Hbg; lra.
Qed.

End Cost.

Lemma cost_derive w p k (h' : V -> R) (H : R -> V -> R) t :
  (forall i, is_derive (fun s => H s i) t (h' i)) ->
  is_derive (fun s => total (cost_of_degrees w p k (H s))) t
    (- p * \rsum_(i) (grad_of_degrees k (cost_of_degrees w p k (H t)) i * h' i)).
Proof.
move=> Hd; rewrite tested -rsumZl.
apply: is_derive_rsum => i _; rewrite -rsumZl; apply: is_derive_rsum => j _.
have -> : - p * (cost_of_degrees w p k (H t) i j * (h' i - k j * h' j))
  = w i j * (p * (k j * h' j - h' i) * exp (p * (k j * H t j - H t i))) by rewrite /cost_of_degrees; ring.
apply: is_deriveZ; apply: is_derive_exp_comp; apply: is_deriveZ; apply: is_deriveB => //.
by apply: is_deriveZ; exact: Hd.
Qed.

End Degrees.

(** At a minimum of a function the derivative is zero. *)
Lemma is_derive_unique_min (f : R -> R) a : (forall r, f 0 <= f r) -> is_derive f 0 a -> a = 0.
Proof.
move=> Hmin /is_derive_Reals Hf.
have pr : derivable_pt f 0 by exists a.
have <- : derive_pt f 0 pr = a by apply/derive_pt_eq.
apply: (deriv_minimum f (-1) 1 0 pr) => //; try lra.
Qed.

Lemma any_degree_weights_proof : S_any_degree_weights.
Proof.
move=> V alpha p k h J i j Hp.
rewrite /cost /rescale_deg /cost_of_degrees abs_pow_exp Rmult_assoc; congr (_ * (_ * exp _)); ring.
Qed.

Lemma any_degree_one_proof : S_any_degree_one.
Proof.
move=> V w p h.
have Hgrad C i : grad_of_degrees (fun _ : V => 1) C i = grad C i.
  by rewrite /grad_of_degrees /grad Rmult_1_l.
split; last split=> //.
- apply: functional_extensionality => i; apply: functional_extensionality => j.
  by rewrite /cost_of_degrees /cost_at Rmult_1_l.
- move=> C; split=> H i; first by rewrite -Hgrad; exact: H.
  by move=> _; rewrite Hgrad.
Qed.

Lemma any_degree_convex_proof : S_any_degree_convex.
Proof.
move=> V w p k Hw g h l Hl.
rewrite /total -!rsumZl -rsumD; apply: rsum_le => i _.
rewrite -!rsumZl -rsumD; apply: rsum_le => j _.
rewrite /cost_of_degrees.
set a := p * (k j * g j - g i); set b := p * (k j * h j - h i).
have -> : p * (k j * ((1 - l) * g j + l * h j) - ((1 - l) * g i + l * h i)) = (1 - l) * a + l * b by rewrite /a /b; ring.
set m := (1 - l) * a + l * b.
have H1 := exp_tangent m a; have H2 := exp_tangent m b.
have Hwij := Hw i j.
have H : exp m <= (1 - l) * exp a + l * exp b.
  have -> : exp m = (1 - l) * (exp m + exp m * (a - m)) + l * (exp m + exp m * (b - m)) by rewrite /m; ring.
  by apply: Rplus_le_compat; apply: Rmult_le_compat_l => //; lra.
nra.
Qed.

Lemma any_degree_gradient_proof : S_any_degree_gradient.
Proof.
move=> V w p k h x s line.
apply: (@cost_derive _ w p k x line s) => i.
have -> : x i = 0 + (1 * x i + s * 0) by ring.
rewrite /line; apply: is_deriveD; first exact: is_derive_const.
by apply: is_deriveM; [exact: is_derive_id | exact: is_derive_const].
Qed.

Lemma any_degree_minimum_proof : S_any_degree_minimum.
Proof.
move=> V w p k moves h Hw Hp Hh; split=> [Hb g Hg|Hmin i Hi].
  exact: (balanced_least Hw Hg Hh Hb).
(* A step along the gradient of one node would lower the cost. *)
pose x : V -> R := fun j => if j == i then 1 else 0.
have Hd := any_degree_gradient_proof w p k h x 0.
set gr := grad_of_degrees k (cost_of_degrees w p k h) i.
have Hsum : \rsum_(j) (grad_of_degrees k (cost_of_degrees w p k (fun i => h i + 0 * x i)) j * x j) = gr.
  have -> : (fun i => h i + 0 * x i) = h.
    by apply: functional_extensionality => j; rewrite Rmult_0_l Rplus_0_r.
  rewrite (rsum_single (i := i)) => [|j Hj]; first by rewrite /x eqxx Rmult_1_r.
  by rewrite /x (negbTE Hj) Rmult_0_r.
move: Hd => /=; rewrite Hsum => Hd.
have H0 : - p * gr = 0.
  apply: (is_derive_unique_min (f := fun r => total (cost_of_degrees w p k (fun i => h i + r * x i)))) Hd => r.
  have -> : (fun i => h i + 0 * x i) = h.
    by apply: functional_extensionality => j; rewrite Rmult_0_l Rplus_0_r.
  apply: Hmin => j Hj; rewrite Hh // /x.
  case: eqP Hj => [->|_ _]; first by rewrite Hi.
  ring.
have : gr = 0 by nra.
by [].
Qed.

Lemma any_degree_unique_proof : S_any_degree_unique.
Proof.
move=> V w p k moves g h Hw Hp Hg Hh Hbg Hbh i j Hij.
have H := balanced_unique Hw Hp Hg Hh Hbg Hbh Hij; split=> //.
by rewrite /cost_of_degrees H.
Qed.

Lemma any_degree_lowers_proof : S_any_degree_lowers.
Proof.
move=> V w p k moves d Hw Hp [Hd [Hle [i [j [Hij Hlt]]]]] h Hh.
have Hfall : total (cost_of_degrees w p k (fun i => h i + d i)) < total (cost_of_degrees w p k h).
  apply: (total_lt (i := i) (j := j)) => [i' j'|].
    rewrite /cost_of_degrees; case: (Rle_lt_or_eq_dec _ _ (Hw i' j')) => [Hpos|<-]; last lra.
    apply: Rmult_le_compat_l; first exact: Hw.
    by apply: exp_le; apply: Rmult_le_compat_l; [lra | have := Hle _ _ Hpos; lra].
  rewrite /cost_of_degrees; apply: Rmult_lt_compat_l => //.
  by apply: exp_increasing; apply: Rmult_lt_compat_l => //; lra.
split=> // Hb.
have Hhd : held moves (fun i => h i + d i) by move=> l Hl; rewrite Hh // Hd //; ring.
have := balanced_least Hw Hhd Hh Hb; lra.
Qed.

Lemma any_degree_monotone_proof : S_any_degree_monotone.
Proof.
move=> V w p k moves h t Hd.
apply: is_derive_eq; first exact: (@cost_derive _ w p k (fun i => if moves i then grad_of_degrees k (cost_of_degrees w p k (h t)) i else 0) h t Hd).
congr (_ * _); rewrite [RHS]rsum_if; apply: rsum_ext => i _.
by case: (moves i); ring.
Qed.

(** ** Coercivity *)

Section Coercive.
Variables (V : finType) (w : V -> V -> R) (p c : R) (k : V -> R) (moves : pred V).
Hypotheses (Hw : nonnegative w) (Hp : 0 < p) (Hk : forall i, 0 < k i).

Let low (h : V -> R) := held moves h /\ total (cost_of_degrees w p k h) <= c.

Lemma exponent_le h i j : low h -> 0 < w i j -> k j * h j - h i <= ln (c / w i j) / p.
Proof.
move=> [_ Hc] Hij.
have H : cost_of_degrees w p k h i j <= c.
  apply: Rle_trans Hc.
  apply: (rsum_pair_term_le i j (F := cost_of_degrees w p k h)) => a b.
  exact: costs_ge0.
have Hpos := exp_pos (p * (k j * h j - h i)).
have Hexp : exp (p * (k j * h j - h i)) <= c / w i j.
  apply: (Rmult_le_reg_l (w i j)) => //.
  have -> : w i j * (c / w i j) = c by field; lra.
  exact: H.
have Hq : p * (k j * h j - h i) <= ln (c / w i j).
  by rewrite -[X in X <= _]ln_exp; apply: ln_le.
apply: (Rmult_le_reg_l p) => //.
by have -> : p * (ln (c / w i j) / p) = ln (c / w i j) by field; lra.
Qed.

Lemma synapseP (j i : V) : synapse w j i -> 0 < w i j.
Proof. by rewrite /synapse; case: Rlt_dec. Qed.

Lemma below s a : path (synapse w) a s -> (exists L, forall h, low h -> L <= h a) ->
  exists L, forall h, low h -> L <= h (last a s).
Proof.
elim: s a => [|y s IH] a //= /andP [/synapseP Hya Hs] [L HL].
apply: IH Hs _; exists (k a * L - ln (c / w y a) / p) => h Hh.
have := exponent_le Hh Hya; have := HL h Hh; have := Hk a; nra.
Qed.

Lemma above s a : path (synapse w) a s -> ~~ moves (last a s) -> exists U, forall h, low h -> h a <= U.
Proof.
elim: s a => [|y s IH] a /=.
  by move=> _ Ha; exists 0 => h [Hh _]; rewrite Hh //; lra.
move=> /andP [/synapseP Hya Hs] Hlast; have [U HU] := IH y Hs Hlast.
exists ((U + ln (c / w y a) / p) / k a) => h Hh.
apply: (Rmult_le_reg_l (k a)) => //.
have -> : k a * ((U + ln (c / w y a) / p) / k a) = U + ln (c / w y a) / p by field; have := Hk a; lra.
have := exponent_le Hh Hya; have := HU h Hh; lra.
Qed.

Lemma bounded i : (exists a b, ~~ moves a /\ ~~ moves b /\ reaches w a i /\ reaches w i b) ->
  exists B, forall h, low h -> Rabs (h i) <= B.
Proof.
move=> [a [b [Ha [Hb [/connectP [s Hs Hi] /connectP [t Ht Hbt]]]]]].
have [L HL] : exists L, forall h, low h -> L <= h i.
  by rewrite Hi; apply: below Hs _; exists 0 => h [Hh _]; rewrite Hh //; lra.
have [U HU] : exists U, forall h, low h -> h i <= U by apply: above Ht _; rewrite -Hbt.
exists (Rmax U (- L)) => h Hh; have := HL h Hh; have := HU h Hh.
have := Rmax_l U (- L); have := Rmax_r U (- L).
by rewrite /Rabs; case: Rcase_abs; lra.
Qed.

End Coercive.

Lemma bounds_of_all (V : finType) (P : V -> R -> Prop) :
  (forall i a b, P i a -> a <= b -> P i b) -> (forall i, exists B, P i B) -> exists B, forall i, P i B.
Proof.
move=> Hmono Hall.
have H (s : seq V) : exists B, forall i, i \in s -> P i B.
  elim: s => [|a s [B HB]]; first by exists 0.
  have [A HA] := Hall a; exists (Rmax A B) => i; rewrite inE => /orP [/eqP ->|Hi].
    by apply: Hmono HA _; exact: Rmax_l.
  by apply: Hmono (HB i Hi) _; exact: Rmax_r.
have [B HB] := H (enum V); exists B => i; apply: HB; exact: mem_enum.
Qed.

Lemma any_degree_coercive_proof : S_any_degree_coercive.
Proof.
move=> V w p c k moves Hw Hp Hk Hall.
have [B HB] : exists B, forall i h, held moves h /\ total (cost_of_degrees w p k h) <= c -> Rabs (h i) <= B.
  apply: (bounds_of_all (P := fun i B => forall h, held moves h /\ total (cost_of_degrees w p k h) <= c -> Rabs (h i) <= B)).
    by move=> i a b Ha Hab h Hh; have := Ha h Hh; lra.
  by move=> i; exact: bounded.
by exists B => h Hh Hc i; apply: HB.
Qed.
