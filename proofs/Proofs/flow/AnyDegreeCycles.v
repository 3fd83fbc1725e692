(** * When there is a balanced point, for any degrees: Stiemke's alternative and the criterion by cycles

    The proof goes around: where there is a balanced point no direction lowers the cost ([any_degree_lowers]); where none does,
    [held_by_cycles] holds ([criterion_of_none]); and where that holds, log-scales of bounded cost are bounded once the free
    directions are held ([criterion_coercive]), so there is a minimum.

    - [steps]        the factor of a step from [x] is the degree of [x]
    - [upper i], [lower i]  [h i] is bounded above, below, for all log-scales of bounded cost
    - [cut i]        the component of [i] is cut off and has no node that is held; [cutb] the same, as a boolean
    - [root i]       one neuron of the component of [i], the same for all of it
    - [moves']       the roots of such components are held too
    - [shift g]      [g] moved in the free directions so that it is zero at the roots *)

From Coq Require Import Reals Lra Classical FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop path fingraph.
From Synbal Require Import Defs FlowDefs any_degree Sums Costs Calculus AnyDegree AnyDegreeExists Cycles.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope R_scope.

Definition decide (P : Prop) : bool := if ClassicalDedekindReals.sig_not_dec (~ P) is left _ then false else true.

Lemma decideP (P : Prop) : decide P <-> P.
Proof.
rewrite /decide; case: ClassicalDedekindReals.sig_not_dec => H; split=> //.
- by move=> HP; case: H.
- by move=> _; exact: NNPP.
Qed.

Section Gain.
Variables (V : finType) (w : V -> V -> R) (k : V -> R).
Hypothesis Hk : forall i, 0 < k i.
Notation e := (synapse w).

Definition steps (x _ : V) : R := k x.

Lemma steps_gt0 x y : 0 < steps x y.
Proof. exact: Hk. Qed.

Lemma walk_rcons x s z : walk steps x (rcons s z) = gain k (x :: s).
Proof.
elim: s x => [|y s IH] x; rewrite /gain big_cons.
  by rewrite big_nil /= /steps.
by rewrite /= IH.
Qed.

Lemma gain_rot n (s : seq V) : gain k (rot n s) = gain k s.
Proof. by rewrite /gain; apply: perm_big; rewrite perm_rot. Qed.

Lemma gain_gt0 (s : seq V) : 0 < gain k s.
Proof. by rewrite /gain; elim: s => [|x s IH]; rewrite ?big_nil ?big_cons; [lra | apply: Rmult_lt_0_compat]. Qed.

Lemma cycle_path x s : cycle e (x :: s) -> path e x (rcons s x).
Proof. by []. Qed.

(** Values that grow by the degree at every synapse do so along walks. *)
Lemma walk_equal (D : V -> R) : (forall j i, e j i -> k j * D j = D i) ->
  forall s x, path e x s -> walk steps x s * D x = D (last x s).
Proof.
move=> H; elim=> [|y s IH] x /=; first by move=> _; ring.
by move=> /andP [exy Hs]; rewrite -(IH y Hs) -(H x y exy) /steps; ring.
Qed.

Lemma cycle_equal (D : V -> R) x s : (forall j i, e j i -> k j * D j = D i) ->
  cycle e (x :: s) -> gain k (x :: s) * D x = D x.
Proof. by move=> H c; have := walk_equal H (cycle_path c); rewrite walk_rcons last_rcons. Qed.

Lemma same_of_cycle i x s : cycle_at w i (x :: s) -> same_component w i x.
Proof. by move=> [_]; apply; rewrite inE eqxx. Qed.

Lemma cycle_at_self x s : ucycle e (x :: s) -> cycle_at w x (x :: s).
Proof.
move=> c; split=> // j Hj; have [C _] := andP c.
by split; apply: (connect_cycle C) => //; rewrite inE eqxx.
Qed.

Lemma same_sym i j : same_component w i j -> same_component w j i.
Proof. by case. Qed.

Lemma same_trans i j l : same_component w i j -> same_component w j l -> same_component w i l.
Proof. by move=> [a b] [c d]; split; [exact: connect_trans c | exact: connect_trans b]. Qed.

Lemma cycle_at_same i j s : same_component w i j -> cycle_at w i s -> cycle_at w j s.
Proof. by move=> S [c H]; split=> // l Hl; exact: same_trans (same_sym S) (H l Hl). Qed.

Lemma cut_off_same i j : same_component w i j -> cut_off w k i -> cut_off w k j.
Proof.
move=> [ij ji] [L [E G]]; split; last split.
- by move=> l jl; apply: connect_trans (L l (connect_trans ij jl)) ij.
- by move=> l lj; apply: connect_trans ji (E l (connect_trans lj ji)).
- by move=> s c; apply: G; apply: cycle_at_same c; split.
Qed.

Lemma with_held_same moves i j : same_component w i j -> with_held moves w i -> with_held moves w j.
Proof. by move=> S [l [Hl il]]; exists l; split=> //; exact: same_trans (same_sym S) il. Qed.

Lemma synapseE j i : e j i -> 0 < w i j.
Proof. by rewrite /synapse; case: Rlt_dec. Qed.

Lemma synapse_of j i : 0 < w i j -> e j i.
Proof. by rewrite /synapse; case: Rlt_dec. Qed.

End Gain.

(** ** What the criterion bounds *)

Section Bounds.
Variables (V : finType) (w : V -> V -> R) (p c : R) (k : V -> R) (moves : pred V).
Hypotheses (Hw : nonnegative w) (Hp : 0 < p) (Hk : forall i, 0 < k i).
Notation e := (synapse w).

Let low (h : V -> R) := held moves h /\ total (cost_of_degrees w p k h) <= c.
Definition upper i := exists U, forall h, low h -> h i <= U.
Definition lower i := exists L, forall h, low h -> L <= h i.

Lemma along s x : path e x s -> exists K, forall h, low h -> walk (steps k) x s * h x - K <= h (last x s).
Proof.
elim: s x => [|y s IH] x /=; first by move=> _; exists 0 => h _; lra.
move=> /andP [/synapseE wyx Hs]; have [K HK] := IH y Hs.
exists (walk (steps k) y s * (ln (c / w y x) / p) + K) => h Hh.
have := HK h Hh; have := exponent_le Hw Hp Hh wyx; have := walk_gt0 (steps_gt0 Hk) y s.
rewrite /steps; nra.
Qed.

Lemma upper_back i j : reaches w i j -> upper j -> upper i.
Proof.
move=> /connectP [s Hs ->] [U HU]; have [K HK] := along Hs.
exists ((U + K) / walk (steps k) i s) => h Hh.
have W := walk_gt0 (steps_gt0 Hk) i s.
apply: (Rmult_le_reg_l (walk (steps k) i s)) => //.
have -> : walk (steps k) i s * ((U + K) / walk (steps k) i s) = U + K by field; lra.
have := HK h Hh; have := HU h Hh; lra.
Qed.

Lemma lower_forth i j : reaches w j i -> lower j -> lower i.
Proof.
move=> /connectP [s Hs ->] [L HL]; have [K HK] := along Hs.
exists (walk (steps k) j s * L - K) => h Hh.
have := HK h Hh; have := HL h Hh; have := walk_gt0 (steps_gt0 Hk) j s; nra.
Qed.

Lemma held_bounded i : ~~ moves i -> upper i /\ lower i.
Proof. by move=> Hi; split; exists 0 => h [Hh _]; rewrite Hh //; lra. Qed.

Lemma cycle_bounds x s : cycle e (x :: s) -> exists K, forall h, low h -> (gain k (x :: s) - 1) * h x <= K.
Proof.
move=> Hc; have [K HK] := along (cycle_path Hc); exists K => h Hh.
have := HK h Hh; rewrite walk_rcons last_rcons; lra.
Qed.

Lemma upper_of_cycle x s : cycle e (x :: s) -> 1 < gain k (x :: s) -> upper x.
Proof.
move=> Hc G; have [K HK] := cycle_bounds Hc; exists (K / (gain k (x :: s) - 1)) => h Hh.
apply: (Rmult_le_reg_l (gain k (x :: s) - 1)); first lra.
have -> : (gain k (x :: s) - 1) * (K / (gain k (x :: s) - 1)) = K by field; lra.
exact: HK.
Qed.

Lemma lower_of_cycle x s : cycle e (x :: s) -> gain k (x :: s) < 1 -> lower x.
Proof.
move=> Hc G; have [K HK] := cycle_bounds Hc; exists (- (K / (1 - gain k (x :: s)))) => h Hh.
apply: (Rmult_le_reg_l (1 - gain k (x :: s))); first lra.
have -> : (1 - gain k (x :: s)) * - (K / (1 - gain k (x :: s))) = - K by field; lra.
have := HK h Hh; lra.
Qed.

Lemma bounded_of_both : (forall i, upper i) -> (forall i, lower i) ->
  exists B, forall h, held moves h -> total (cost_of_degrees w p k h) <= c -> forall i, Rabs (h i) <= B.
Proof.
move=> HU HL.
have [B HB] : exists B, forall i h, low h -> Rabs (h i) <= B.
  apply: (bounds_of_all (P := fun i B => forall h, low h -> Rabs (h i) <= B)).
    by move=> i a b Ha ab h Hh; have := Ha h Hh; lra.
  move=> i; have [U HUi] := HU i; have [L HLi] := HL i.
  exists (Rmax U (- L)) => h Hh; have := HUi h Hh; have := HLi h Hh.
  have := Rmax_l U (- L); have := Rmax_r U (- L).
  by rewrite /Rabs; case: Rcase_abs; lra.
by exists B => h Hh Hc i; apply: HB.
Qed.

End Bounds.

(** ** The criterion gives a balanced point *)

Section Attained.
Variables (V : finType) (w : V -> V -> R) (p : R) (k : V -> R) (moves : pred V).
Hypotheses (Hw : nonnegative w) (Hp : 0 < p) (Hk : forall i, 0 < k i).
Hypothesis criterion : held_by_cycles moves w k.
Notation e := (synapse w).

Let cut i : Prop := cut_off w k i /\ ~ with_held moves w i.
Let cutb i : bool := decide (cut i).

Lemma cutP i : cutb i <-> cut i.
Proof. exact: decideP. Qed.

Lemma cut_same i j : same_component w i j -> cut i -> cut j.
Proof.
move=> S [C H]; split; first exact: cut_off_same C.
by move=> W; apply: H; apply: with_held_same W; exact: same_sym.
Qed.

Lemma cutb_same i j : same_component w i j -> cutb i = cutb j.
Proof.
move=> S; apply/idP/idP => /cutP C; apply/cutP; first exact: cut_same C.
by apply: cut_same C; exact: same_sym.
Qed.

Lemma synapse_same j i : e j i -> cutb j || cutb i -> same_component w j i.
Proof.
move=> eji /orP [] /cutP [[L [E _]] _].
- by split; [exact: connect1 | apply: L; exact: connect1].
- by split; [exact: connect1 | apply: E; exact: connect1].
Qed.

Let root i : V := odflt i [pick j | reaches w i j && reaches w j i].

Lemma root_in i : same_component w i (root i).
Proof.
rewrite /root; case: pickP => [j /andP [a b]|H] /=; first by split.
by split; exact: connect0.
Qed.

Lemma root_same i j : same_component w i j -> root i = root j.
Proof.
move=> S; rewrite /root.
have E : (fun l => reaches w i l && reaches w l i) =1 (fun l => reaches w j l && reaches w l j).
  move=> l; apply/idP/idP => /andP [a b].
  - by have [c d] := same_trans (same_sym S) (conj a b); rewrite c d.
  - by have [c d] := same_trans S (conj a b); rewrite c d.
rewrite (eq_pick E); case: pickP => [//|H].
by have := H j; rewrite {1 2}/reaches connect0.
Qed.

Let moves' i : bool := moves i && ~~ (cutb i && (root i == i)).

Lemma held_more h : held moves' h -> held moves h.
Proof. by move=> H i Hi; apply: H; rewrite /moves' (negbTE Hi). Qed.

Lemma root_held i : cutb i -> ~~ moves' (root i).
Proof.
move=> Hi; have S := root_in i.
by rewrite /moves' -(cutb_same S) Hi -(root_same S) eqxx andbF.
Qed.

Lemma uppers c i : upper w p c k moves' i.
Proof.
have [j [ij L]] := last_of e i.
apply: (upper_back Hw Hp Hk (j := j)) => //.
case: (criterion j) => [[l [Hl [jl _]]]|].
  apply: (upper_back Hw Hp Hk jl); apply: (proj1 (held_bounded w p c k _)).
  by rewrite /moves' (negbTE Hl).
case=> [C|[H _]].
  case: (classic (with_held moves w j)) => [[l [Hl [jl _]]]|N].
    apply: (upper_back Hw Hp Hk jl); apply: (proj1 (held_bounded w p c k _)).
    by rewrite /moves' (negbTE Hl).
  have Hj : cutb j by apply/cutP.
  apply: (upper_back Hw Hp Hk (proj1 (root_in j))).
  by apply: (proj1 (held_bounded w p c k _)); exact: root_held.
have [[|x s] [Hs G]] := H L; first by rewrite /gain big_nil in G; lra.
apply: (upper_back Hw Hp Hk (proj1 (same_of_cycle Hs))).
have [cyc _] := andP (proj1 Hs); exact: upper_of_cycle cyc G.
Qed.

Lemma lowers_bounded c i : lower w p c k moves' i.
Proof.
have [j [ij E]] := last_of (fun x y => e y x) i.
have R x y : connect (fun x y => e y x) x y = reaches w y x by rewrite connect_rev.
rewrite R in ij; have E' : none_enters w j by move=> l lj; have := E l; rewrite !R; apply.
apply: (lower_forth Hw Hp Hk (j := j)) => //.
case: (criterion j) => [[l [Hl [_ lj]]]|].
  apply: (lower_forth Hw Hp Hk lj); apply: (proj2 (held_bounded w p c k _)).
  by rewrite /moves' (negbTE Hl).
case=> [C|[_ H]].
  case: (classic (with_held moves w j)) => [[l [Hl [_ lj]]]|N].
    apply: (lower_forth Hw Hp Hk lj); apply: (proj2 (held_bounded w p c k _)).
    by rewrite /moves' (negbTE Hl).
  have Hj : cutb j by apply/cutP.
  apply: (lower_forth Hw Hp Hk (proj2 (root_in j))).
  by apply: (proj2 (held_bounded w p c k _)); exact: root_held.
have [[|x s] [Hs G]] := H E'; first by rewrite /gain big_nil in G; lra.
apply: (lower_forth Hw Hp Hk (proj2 (same_of_cycle Hs))).
have [cyc _] := andP (proj1 Hs); exact: lower_of_cycle cyc G.
Qed.

Lemma criterion_coercive c :
  exists B, forall h, held moves' h -> total (cost_of_degrees w p k h) <= c -> forall i, Rabs (h i) <= B.
Proof. by apply: bounded_of_both => i; [exact: uppers | exact: lowers_bounded]. Qed.

(** The free directions: d > 0 with k_j d_j = d_i at every synapse of these components. *)
Lemma free_direction : exists d, (forall i, 0 < d i) /\ forall j i, e j i -> cutb j -> k j * d j = d i.
Proof.
pose e' x y := e x y && cutb x.
have sub : subrel e' e by move=> x y /andP [].
have small x s : ucycle e' (x :: s) -> around (steps k) x s <= 1.
  move=> /andP [c U]; have cx : cutb x by move: c; case: (s) => [|y t] /= /andP [/andP [_ ->]].
  rewrite /around walk_rcons; have [[_ [_ G]] _] := (proj1 (cutP x) cx).
  rewrite G; first exact: Rle_refl.
  by apply: cycle_at_self; rewrite /ucycle U andbT; exact: sub_cycle c.
have [d [d1 Hd]] := potential (steps_gt0 Hk) small.
have d0 i : 0 < d i by have := d1 i; lra.
have le s x : cutb x -> path e x s -> walk (steps k) x s * d x <= d (last x s).
  elim: s x => [|y s IH] x cx /=; first by move=> _; lra.
  move=> /andP [exy Hs]; have S := synapse_same exy (introT orP (or_introl cx)).
  have cy : cutb y by rewrite -(cutb_same S).
  have H : k x * d x <= d y by apply: Hd; rewrite /e' exy cx.
  rewrite -[steps k x y]/(k x); have := IH y cy Hs; have := walk_gt0 (steps_gt0 Hk) y s; nra.
exists d; split=> // j i eji cj.
have S := synapse_same eji (introT orP (or_introl cj)).
have ci : cutb i by rewrite -(cutb_same S).
apply: Rle_antisym; first by apply: Hd; rewrite /e' eji cj.
have /connectP [s0 Hs0 E] : reaches w i j := proj2 S.
case: (shortenP Hs0) E => s Hs U _ E.
have c : ucycle e (i :: s) by rewrite /ucycle U andbT /= rcons_path Hs -E eji.
have G : gain k (i :: s) = 1.
  by have [[_ [_ G]] _] := proj1 (cutP i) ci; apply: G; exact: cycle_at_self.
have W : walk (steps k) i s * k j = 1.
  by rewrite -G -(walk_rcons k i s i) -cats1 walk_cat -E /= /steps; ring.
have := le _ _ ci Hs; rewrite -E => H.
have -> : d i = k j * (walk (steps k) i s * d i) by rewrite -Rmult_assoc (Rmult_comm (k j)) W; ring.
by apply: Rmult_le_compat_l => //; exact/Rlt_le.
Qed.

Lemma shift g : held moves g -> exists f, held moves' f /\ cost_of_degrees w p k f = cost_of_degrees w p k g.
Proof.
move=> Hg; have [d [d0 Hd]] := free_direction.
exists (fun i => g i - (if cutb i then g (root i) / d (root i) * d i else 0)); split.
- move=> i; rewrite /moves' negb_and negbK => /orP [Hi|/andP [ci /eqP Ei]].
    have -> : cutb i = false.
      apply/negP => /cutP [_ N]; apply: N; exists i; split=> //; split; exact: connect0.
    by rewrite Hg //; ring.
  by rewrite ci Ei; field; have := d0 i; lra.
- apply: functional_extensionality => i; apply: functional_extensionality => j; rewrite /cost_of_degrees.
  case: (Rle_lt_or_eq_dec _ _ (Hw i j)) => [wij|<-]; last by rewrite !Rmult_0_l.
  congr (_ * exp (_ * _)); have eji := synapse_of wij.
  case Hcut: (cutb j || cutb i).
    have S := synapse_same eji Hcut; rewrite -(cutb_same S) -(root_same S).
    have cj : cutb j by move: Hcut; rewrite -(cutb_same S) orbb.
    rewrite cj -(Hd j i eji cj); ring.
  by move/negbT: Hcut; rewrite negb_or => /andP [/negbTE -> /negbTE ->]; ring.
Qed.

Lemma criterion_balanced : exists h, held moves h /\ balanced_of_degrees moves k (cost_of_degrees w p k h).
Proof.
have [h [Hh Hmin]] := coercive_min Hw Hp Hk criterion_coercive.
have Hm := held_more Hh; exists h; split=> //.
apply (proj2 (any_degree_minimum_proof k Hw Hp Hm)) => g Hg.
have [f [Hf <-]] := shift Hg; exact: Hmin.
Qed.

End Attained.

(** ** Where no direction lowers the cost, the criterion holds *)

Lemma last_part (V : finType) (w : V -> V -> R) (k : V -> R) (moves : pred V) :
  (forall i, 0 < k i) -> ~ (exists d, lowers moves k w d) ->
  forall i, ~ with_held moves w i -> none_leaves w i ->
  (exists s, cycle_at w i s /\ 1 < gain k s) \/ cut_off w k i.
Proof.
move=> Hk none i noheld L.
case: (classic (exists s, cycle_at w i s /\ 1 < gain k s)) => [|N]; [by left | right].
pose A x := reaches w i x; pose e' x y := synapse w x y && A x.
have A_step x y : synapse w x y -> A x -> A y by move=> exy Ax; apply: connect_trans Ax (connect1 exy).
have small x s : ucycle e' (x :: s) -> around (steps k) x s <= 1.
  move=> /andP [c U]; rewrite /around walk_rcons; apply: Rnot_lt_le => G; apply: N; exists (x :: s); split=> //.
  have Ax : A x by move: c; case: (s) => [|y t] /= /andP [/andP [_ ->]].
  apply: (@cycle_at_same _ _ x); first by split; [exact: L | exact: Ax].
  apply: cycle_at_self; rewrite /ucycle U andbT; apply: sub_cycle c; by move=> a b /andP [].
have [d [d1 Hd]] := potential (steps_gt0 Hk) small.
pose D x := if A x then d x else 0.
have D0 x : 0 <= D x by rewrite /D; case: ifP => _; [have := d1 x|]; lra.
have le j l : synapse w j l -> k j * D j <= D l.
  move=> ejl; case Aj: (A j); last by rewrite {1}/D Aj Rmult_0_r.
  by rewrite /D Aj (A_step j l ejl Aj); apply: Hd; rewrite /e' ejl Aj.
have eq j l : synapse w j l -> k j * D j = D l.
  move=> ejl; case: (Rle_lt_or_eq_dec _ _ (le j l ejl)) => // lt; case: none; exists D; split; last split.
  - move=> x Hx; rewrite /D; case: ifP => // Ax; case: noheld; exists x; split=> //.
    by split=> //; exact: L.
  - by move=> a b wab; apply: le; exact: synapse_of.
  - by exists l, j; split=> //; exact: synapseE.
have Dpos x : A x -> 0 < D x by rewrite /D => ->; have := d1 x; lra.
have back s x : path (synapse w) x s -> A (last x s) -> A x.
  elim: s x => [|y s IH] x //= /andP [exy Hs] /(IH y Hs) /Dpos; rewrite -(eq x y exy).
  by rewrite /D; case: ifP => // _; rewrite Rmult_0_r; lra.
split=> //; split.
- by move=> j /connectP [s Hs E]; apply: (back s j Hs); rewrite -E; exact: connect0.
- case=> [|x s] Hs; first by rewrite /gain big_nil.
  have [c _] := andP (proj1 Hs); have := cycle_equal eq c.
  have := Dpos x (proj1 (same_of_cycle Hs)); nra.
Qed.

Section Dual.
Variables (V : finType) (w : V -> V -> R) (k : V -> R) (moves : pred V).
Hypothesis Hk : forall i, 0 < k i.

(** The network with all synapses turned around and all degrees inverted. *)
Let w' i j := w j i.
Let k' j := / k j.

Lemma k'_gt0 i : 0 < k' i.
Proof. exact: Rinv_0_lt_compat. Qed.

Lemma reaches_dual a b : reaches w' a b = reaches w b a.
Proof. by rewrite /reaches -[LHS]/(connect (fun x y => synapse w y x) a b) connect_rev. Qed.

Lemma same_dual a b : same_component w' a b <-> same_component w a b.
Proof. by rewrite /same_component !reaches_dual; split=> [] []. Qed.

Lemma gain_dual (s : seq V) : gain k' s = / gain k (rev s).
Proof.
have -> : gain k (rev s) = gain k s by rewrite /gain; apply: perm_big; rewrite perm_rev.
rewrite /gain; elim: s => [|x s IH]; rewrite ?big_nil ?big_cons; first by rewrite Rinv_1.
by rewrite IH Rinv_mult.
Qed.

Lemma cycle_dual i s : cycle_at w' i s <-> cycle_at w i (rev s).
Proof.
rewrite /cycle_at /ucycle rev_uniq rev_cycle; split=> -[H1 H2]; split=> // j Hj.
- by apply/same_dual; apply: H2; rewrite mem_rev in Hj.
- by apply/same_dual; apply: H2; rewrite mem_rev.
Qed.

Lemma lowers_dual d : lowers moves k' w' d -> lowers moves k w (fun i => - (d i / k i)).
Proof.
move=> [Hd [Hle [i [j [Hij Hlt]]]]].
have S a : k a * - (d a / k a) = - d a by field; have := Hk a; lra.
split; last split.
- by move=> a Ha; rewrite Hd //; field; have := Hk a; lra.
- move=> a b Hab; rewrite S; have := Hle b a Hab; rewrite /k' /Rdiv Rmult_comm; lra.
- exists j, i; split=> //; rewrite S; move: Hlt; rewrite /k' /Rdiv Rmult_comm; lra.
Qed.

Lemma criterion_of_none : ~ (exists d, lowers moves k w d) -> held_by_cycles moves w k.
Proof.
move=> none i; case: (classic (with_held moves w i)) => [|H]; [by left | right].
case: (classic (cut_off w k i)) => [|C]; [by left | right]; split=> [L|E].
  by case: (last_part Hk none H L).
have none' : ~ (exists d, lowers moves k' w' d) by move=> [d Hd]; apply: none; eexists; exact: lowers_dual Hd.
have H' : ~ with_held moves w' i by move=> [l [Hl S]]; apply: H; exists l; split=> //; exact/same_dual.
have L' : none_leaves w' i by move=> l; rewrite !reaches_dual; exact: E.
case: (last_part k'_gt0 none' H' L') => [[s [Hs G]]|[L2 [E2 G]]].
  exists (rev s); split; first exact/cycle_dual.
  move: G; rewrite gain_dual; have := gain_gt0 Hk (rev s) => G0 G.
  have := Rmult_lt_compat_l _ _ _ G0 G; rewrite Rinv_r; lra.
case: C; split; last split=> //.
  by move=> l il; have := E2 l; rewrite !reaches_dual; apply.
move=> s Hs; have := G (rev s); rewrite gain_dual revK => /(_ _) H1.
have : / gain k s = 1 by apply: H1; apply/cycle_dual; rewrite revK.
by move=> Hi; rewrite -(Rinv_inv (gain k s)) Hi Rinv_1.
Qed.

End Dual.

(** ** The statements *)

Lemma any_degree_stiemke_proof : S_any_degree_stiemke.
Proof.
move=> V w p k moves Hw Hp Hk; split=> [[h [Hh B]] [d Hd]|none].
  by case: (any_degree_lowers_proof Hw Hp Hd Hh).
exact: criterion_balanced (criterion_of_none Hk none).
Qed.

Lemma any_degree_cycles_proof : S_any_degree_cycles.
Proof.
move=> V w p k moves Hw Hp Hk; split=> [H|]; last exact: criterion_balanced.
by apply: criterion_of_none => //; apply: (proj1 (any_degree_stiemke_proof moves Hw Hp Hk)).
Qed.

Lemma any_degree_circulation_proof : S_any_degree_circulation.
Proof.
move=> V w p k moves Hw Hp Hk; split=> [[h [Hh B]]|[F [F0 [FW B]]]].
  exists (cost_of_degrees w p k h); split; first by move=> i j; exact: costs_ge0.
  split=> // i j; have E := exp_pos (p * (k j * h j - h i)); rewrite /cost_of_degrees; split=> H; last nra.
  by apply: (Rmult_lt_reg_r _ _ _ E); rewrite Rmult_0_l.
apply/any_degree_stiemke_proof => // -[d [Hd [Hle [i [j [Hij Hlt]]]]]].
have Z : \rsum_(i) (grad_of_degrees k F i * d i) = 0.
  apply: rsum0 => a _; case Ha: (moves a); first by rewrite B //; ring.
  by rewrite Hd ?Ha //; ring.
rewrite tested in Z.
have nn a b : 0 <= F a b * (d a - k b * d b).
  case: (Rle_lt_or_eq_dec _ _ (F0 a b)) => [Fab|<-]; last lra.
  by apply: Rmult_le_pos => //; have := Hle a b (proj1 (FW a b) Fab); lra.
have := rsum_pair_term_le i j nn; rewrite Z.
have := proj2 (FW i j) Hij; nra.
Qed.

Lemma any_degree_scales_proof : S_any_degree_scales.
Proof.
move=> V w p k moves g h Hw Hp Hk Hg Hh Bg Bh i Hi.
pose D x := g x - h x.
have eq j l : synapse w j l -> k j * D j = D l.
  by move=> /synapseE H; have := balanced_unique Hw Hp Hg Hh Bg Bh H; rewrite /D; lra.
have back a b : reaches w a b -> D b = 0 -> D a = 0.
  move=> /connectP [s Hs ->]; rewrite -(walk_equal eq Hs) => Z.
  have := walk_gt0 (steps_gt0 Hk) a s; nra.
have heldD a : ~~ moves a -> D a = 0 by move=> Ha; rewrite /D Hg // Hh //; ring.
suff : D i = 0 by rewrite /D; lra.
case: Hi => [[l [Hl [il _]]]|C]; first exact: back il (heldD l Hl).
have crit : held_by_cycles moves w k by apply/(any_degree_cycles_proof moves Hw Hp Hk); exists g.
have [j [ij L]] := last_of (synapse w) i; apply: (back i j ij).
case: (crit j) => [[l [Hl [jl _]]]|]; first exact: back jl (heldD l Hl).
case=> [Cj|[H _]].
  case: C; apply: (cut_off_same _ Cj); split=> //.
  by have [_ [E _]] := Cj; exact: E.
have [[|x s] [Hs G]] := H L; first by rewrite /gain big_nil in G; lra.
apply: (back j x (proj1 (same_of_cycle Hs))).
have [c _] := andP (proj1 Hs); have := cycle_equal eq c; nra.
Qed.
