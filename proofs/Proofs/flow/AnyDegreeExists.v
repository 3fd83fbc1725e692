(** * A continuous cost has a minimum on a box: existence of balance for any degrees

    - [put h a x]  [h] with the value [x] at node [a]
    - [near e h g] nowhere further apart than [e]
    - [lip L F]    the Lipschitz bound of a function of log-scales
    - [inner F a h] the least value over the coordinate [a] *)

From Coq Require Import Reals Lra Psatz FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop path fingraph.
From Synbal Require Import Defs FlowDefs any_degree Sums Costs Calculus AnyDegree.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope R_scope.

Section Box.
Variables (V : finType) (B : R).
Hypothesis HB : 0 <= B.
Implicit Types (h g : V -> R) (F : (V -> R) -> R).

Definition put h (a : V) (x : R) : V -> R := fun i => if i == a then x else h i.
Definition near e h g : Prop := forall i, Rabs (h i - g i) <= e.
Definition lip L F : Prop := forall e h g, near e h g -> F h - F g <= L * e.
Definition inbox h : Prop := forall i, - B <= h i <= B.

Lemma near_put e h g a x : 0 <= e -> near e h g -> near e (put h a x) (put g a x).
Proof.
move=> He H i; rewrite /put; case: eqP => // _.
by rewrite Rminus_eq_0 Rabs_R0.
Qed.

Lemma near_ge0 e h g (a : V) : near e h g -> 0 <= e.
Proof. by move=> H; have := H a; have := Rabs_pos (h a - g a); lra. Qed.

Definition inner F (a : V) h : R :=
  real (Glb_Rbar (fun y => exists x, - B <= x <= B /\ y = F (put h a x))).

Lemma inner_min L F a h : 0 <= L -> lip L F ->
  exists x, - B <= x <= B /\ inner F a h = F (put h a x)
    /\ forall y, - B <= y <= B -> inner F a h <= F (put h a y).
Proof.
move=> HL HF.
have [x [Hmin Hx]] : exists x, (forall y, - B <= y <= B -> F (put h a x) <= F (put h a y)) /\ - B <= x <= B.
  apply: (continuity_ab_min (fun x => F (put h a x))); first lra.
  move=> y _ eps Heps; exists (eps / (L + 1)); split.
    by apply: Rdiv_lt_0_compat => //; lra.
  move=> z [_ Hz]; rewrite /= /R_dist in Hz *.
  have Hzy : near (Rabs (z - y)) (put h a z) (put h a y).
    move=> i; rewrite /put; case: eqP => _; first exact: Rle_refl.
    by rewrite Rminus_eq_0 Rabs_R0; exact: Rabs_pos.
  have Hyz : near (Rabs (z - y)) (put h a y) (put h a z).
    by move=> i; rewrite Rabs_minus_sym; exact: Hzy.
  have H1 := HF _ _ _ Hzy; have H2 := HF _ _ _ Hyz.
  have Hlt : L * Rabs (z - y) < eps.
    have Hp := Rabs_pos (z - y).
    have : (L + 1) * Rabs (z - y) < (L + 1) * (eps / (L + 1)) by apply: Rmult_lt_compat_l => //; lra.
    have -> : (L + 1) * (eps / (L + 1)) = eps by field; lra.
    lra.
  by apply: Rabs_def1; lra.
have Hglb : Glb_Rbar (fun y => exists x, - B <= x <= B /\ y = F (put h a x)) = Finite (F (put h a x)).
  apply: is_glb_Rbar_unique; split.
    by move=> y [z [Hz ->]]; exact: Hmin.
  by move=> b Hb; apply: (Hb (F (put h a x))); exists x.
have E : inner F a h = F (put h a x) by rewrite /inner Hglb.
by exists x; split=> //; split=> // y Hy; rewrite E; exact: Hmin.
Qed.

Lemma inner_lip L F a : 0 <= L -> lip L F -> lip L (inner F a).
Proof.
move=> HL HF e h g Hhg.
have [x [Hx [Ex _]]] := inner_min a g HL HF.
have [_ [_ [_ Hy]]] := inner_min a h HL HF.
have := Hy x Hx; rewrite Ex.
have := HF e _ _ (near_put a x (near_ge0 a Hhg) Hhg); lra.
Qed.

Lemma box_min (s : seq V) L F h0 : 0 <= L -> lip L F -> inbox h0 ->
  exists h, inbox h /\ (forall i, i \notin s -> h i = h0 i)
    /\ forall g, inbox g -> (forall i, i \notin s -> g i = h0 i) -> F h <= F g.
Proof.
move=> HL; elim: s F => [|a s IH] F HF Hh0.
  exists h0; split=> //; split=> // g _ Hg.
  have -> : g = h0 by apply: functional_extensionality => i; exact: Hg.
  exact: Rle_refl.
have [h [Hh [Hoff Hmin]]] := IH (inner F a) (inner_lip a HL HF) Hh0.
have [x [Hx [Ex _]]] := inner_min a h HL HF.
exists (put h a x); split; last split.
- by move=> i; rewrite /put; case: eqP.
- move=> i; rewrite inE negb_or => /andP [Hia His].
  by rewrite /put (negbTE Hia); exact: Hoff.
move=> g Hg Hgoff; rewrite -Ex.
set g' := put g a (h0 a).
have Hg' : inner F a h <= inner F a g'.
  apply: Hmin => i.
    by rewrite /g' /put; case: eqP => // _; exact: Hh0.
  move=> His; rewrite /g' /put; case: eqP => [->|/eqP Hia] //.
  by apply: Hgoff; rewrite inE negb_or Hia His.
have [_ [_ [_ Hy]]] := inner_min a g' HL HF.
have := Hy (g a) (Hg a).
have -> : put g' a (g a) = g.
  apply: functional_extensionality => i; rewrite /g' /put.
  by case: eqP => [->|].
lra.
Qed.

End Box.

Section Exists.
Variables (V : finType) (w : V -> V -> R) (p : R) (k : V -> R) (moves : pred V) (B : R).
Hypotheses (Hw : nonnegative w) (Hp : 0 < p) (Hk : forall i, 0 < k i) (HB : 0 <= B).

Let m (h : V -> R) : V -> R := fun i => if moves i then clamp (- B) B (h i) else 0.
Let F (h : V -> R) := total (cost_of_degrees w p k (m h)).
Let X (j : V) := p * ((k j + 1) * B).
Let L := \rsum_(i) \rsum_(j) (w i j * (exp (X j) * (p * (k j + 1)))).

Lemma m_in h i : - B <= m h i <= B.
Proof. by rewrite /m; case: (moves i); [apply: clamp_in; lra | lra]. Qed.

Lemma m_near e h g : near e h g -> near e (m h) (m g).
Proof.
move=> H i; rewrite /m; case: (moves i); first by apply: Rle_trans (clamp_lip _ _ _ _) (H i).
by rewrite Rminus_eq_0 Rabs_R0; exact: (near_ge0 i H).
Qed.

Lemma cost_lip : lip L F.
Proof.
move=> e h g Hhg; have Hn := m_near Hhg.
rewrite /F /total /L -rsumB -rsumZr; apply: rsum_le => i _.
rewrite -rsumB -rsumZr; apply: rsum_le => j _.
rewrite /cost_of_degrees.
set x := p * (k j * m h j - m h i); set y := p * (k j * m g j - m g i).
have Hx : x <= X j.
  rewrite /x /X; apply: Rmult_le_compat_l; first lra.
  have [_ H1] := m_in h j; have [H2 _] := m_in h i; have := Hk j; nra.
have Hxy : x - y <= p * (k j + 1) * e.
  have := Hn j; have := Hn i => /Rabs_le_between [H1 H2] /Rabs_le_between [H3 H4].
  have -> : x - y = p * (k j * (m h j - m g j) - (m h i - m g i)) by rewrite /x /y; ring.
  rewrite Rmult_assoc; apply: Rmult_le_compat_l; first lra.
  have := Hk j; nra.
have He : 0 <= e := near_ge0 i Hhg.
have H := exp_tangent x y.
have Hd : exp x - exp y <= exp (X j) * (p * (k j + 1) * e).
  have Hex := exp_pos x; have HeX := exp_le Hx.
  have Hpk : 0 <= p * (k j + 1) * e by apply: Rmult_le_pos => //; have := Hk j; nra.
  have H1 : exp x - exp y <= exp x * (x - y) by nra.
  have H2 : exp x * (x - y) <= exp x * (p * (k j + 1) * e) by apply: Rmult_le_compat_l => //; lra.
  have H3 : exp x * (p * (k j + 1) * e) <= exp (X j) * (p * (k j + 1) * e) by apply: Rmult_le_compat_r.
  lra.
have := Rmult_le_compat_l (w i j) _ _ (Hw i j) Hd; nra.
Qed.

Lemma L_ge0 : 0 <= L.
Proof.
apply: rsum_ge0 => i _; apply: rsum_ge0 => j _.
apply: Rmult_le_pos; first exact: Hw.
by apply: Rmult_le_pos; [left; exact: exp_pos | have := Hk j; nra].
Qed.

Lemma min_in_box : exists h, held moves h /\ inbox B h /\
  forall g, held moves g -> inbox B g -> total (cost_of_degrees w p k h) <= total (cost_of_degrees w p k g).
Proof.
have H0 : inbox B (fun _ : V => 0) by move=> i; lra.
have [h [_ [_ Hmin]]] := box_min HB (enum V) L_ge0 cost_lip H0.
exists (m h); split=> [i Hi|]; first by rewrite /m (negbTE Hi).
split=> [i|g Hg Hin]; first exact: m_in.
have -> : g = m g.
  apply: functional_extensionality => i; rewrite /m; case Hi: (moves i).
    by rewrite clamp_id.
  by rewrite Hg ?Hi.
by apply: Hmin => // i; rewrite mem_enum.
Qed.

End Exists.

(** Where the cost grows beyond all bounds, there is a minimum. *)
Lemma coercive_min (V : finType) (w : V -> V -> R) (p : R) (k : V -> R) (moves : pred V) :
  nonnegative w -> 0 < p -> (forall i, 0 < k i) ->
  (forall c, exists B, forall h, held moves h -> total (cost_of_degrees w p k h) <= c -> forall i, Rabs (h i) <= B) ->
  exists h, held moves h /\ forall g, held moves g -> total (cost_of_degrees w p k h) <= total (cost_of_degrees w p k g).
Proof.
move=> Hw Hp Hk coercive.
pose c := total (cost_of_degrees w p k (fun _ => 0)).
have [B0 HB0] := coercive c.
pose B := Rmax 0 B0.
have HB : 0 <= B by exact: Rmax_l.
have [h [Hh [_ Hmin]]] := @min_in_box V w p k moves B Hw Hp Hk HB.
have H0 : held moves (fun _ : V => 0) by [].
exists h; split=> // g Hg.
case: (Rle_lt_dec (total (cost_of_degrees w p k g)) c) => Hc.
  apply: Hmin => // i; have := HB0 g Hg Hc i => /Rabs_le_between.
  have := Rmax_r 0 B0; rewrite -/B; lra.
have Hz : total (cost_of_degrees w p k h) <= c by apply: Hmin => // i; lra.
lra.
Qed.

Lemma any_degree_exists_proof : S_any_degree_exists.
Proof.
move=> V w p k moves Hw Hp Hk Hall.
have [h [Hh Hmin]] := coercive_min Hw Hp Hk (fun c => any_degree_coercive_proof c Hw Hp Hk Hall).
by exists h; split=> //; apply (proj2 (any_degree_minimum_proof k Hw Hp Hh)).
Qed.
