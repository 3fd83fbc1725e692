(** * The number of independent conserved quantities: proofs

    Glossary: see [Statements/conserved_count.v].
    - [div s a x]   the exponents a on the synapses of the list s: sum into x minus sum out of x
    - [lab x]       a representative of the weak component of x
    - [forest]      the statement that is proved by adding one synapse at a time *)

From Coq Require Import Reals Lra.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop finset path fingraph.
From Synbal Require Import Defs Sums Costs Convexity.
From Synbal.Statements Require Import conserved_count.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope R_scope.

Section Forest.
Variable V : finType.
Implicit Types (s : seq (V * V)) (a b : V * V -> R) (d : V -> R) (lab : V -> V).

Definition div s a (x : V) : R :=
  \big[Rplus/0]_(e <- s | e.1 == x) a e - \big[Rplus/0]_(e <- s | e.2 == x) a e.

Definition delta (i : V) (t : R) (x : V) : R := if x == i then t else 0.

Lemma div_cons e s a x : div (e :: s) a x = delta e.1 (a e) x - delta e.2 (a e) x + div s a x.
Proof.
rewrite /div !big_cons /delta ![x == _]eq_sym; case: (e.1 == x); case: (e.2 == x); ring.
Qed.

Lemma div_ext s a a' x : {in s, a =1 a'} -> div s a x = div s a' x.
Proof.
move=> H; rewrite /div !(big_seq_cond (fun e => _ == x)).
by congr (_ - _); apply: eq_bigr => e /andP[/H].
Qed.

Lemma divB s a a' x : div s (fun e => a e - a' e) x = div s a x - div s a' x.
Proof.
elim: s => [|e s IH]; first by rewrite /div !big_nil; ring.
by rewrite !div_cons IH /delta; case: (x == e.1); case: (x == e.2); ring.
Qed.

Lemma sum_delta (P : pred V) i t : \rsum_(x | P x) delta i t x = if P i then t else 0.
Proof.
rewrite rsum_if (rsum_single (i := i)) /delta ?eqxx // => j /negbTE ->.
by case: (P j).
Qed.

Definition wire s : rel V := fun x y => ((x, y) \in s) || ((y, x) \in s).

Lemma wire_sym s : connect_sym (wire s).
Proof. by apply: sym_connect_sym => x y; rewrite /wire orbC. Qed.

Lemma wire_cons e s x y : connect (wire s) x y -> connect (wire (e :: s)) x y.
Proof.
by apply: connect_sub => a b H; apply: connect1; move: H; rewrite /wire !inE => /orP[]->; rewrite !orbT.
Qed.

Lemma wire_sub s s' x y : {subset s <= s'} -> connect (wire s) x y -> connect (wire s') x y.
Proof.
move=> H; apply: connect_sub => a b ab; apply: connect1; move: ab; rewrite /wire => /orP[] /H ->; last by rewrite orbT.
by [].
Qed.

Definition class_sum lab d (r : V) : R := \rsum_(x | lab x == r) d x.

Definition forest s lab (T : seq (V * V)) : Prop :=
  [/\ forall x, lab (lab x) = lab x,
      {in s, forall e, lab e.1 = lab e.2},
      forall x, connect (wire T) x (lab x),
      {subset T <= s} /\ uniq T &
      (size T + #|[pred x | lab x == x]| = #|V|)%N] /\
  (forall d, (forall r, class_sum lab d r = 0) -> forall b, exists a,
     {in s, forall e, e \notin T -> a e = b e} /\ forall x, div s a x = d x) /\
  (forall a, {in s, forall e, e \notin T -> a e = 0} -> (forall x, div s a x = 0) -> {in s, forall e, a e = 0}).

Lemma class_sum_div s lab a r : {in s, forall e, lab e.1 = lab e.2} -> class_sum lab (div s a) r = 0.
Proof.
elim: s => [|e s IH] H; first by apply: rsum0 => x _; rewrite /div !big_nil; ring.
rewrite /class_sum; under rsum_ext => x _ do rewrite div_cons.
rewrite rsumD rsumB !sum_delta (H e) ?mem_head // -/(class_sum lab (div s a) r) IH; first by ring.
by move=> f fs; apply: H; rewrite inE fs orbT.
Qed.

Lemma class_sum_shift lab d i j t r :
  class_sum lab (fun x => d x - delta i t x + delta j t x) r
  = class_sum lab d r - (if lab i == r then t else 0) + (if lab j == r then t else 0).
Proof. by rewrite /class_sum rsumD rsumB !sum_delta. Qed.

Lemma forest_exists s : uniq s -> exists lab T, forest s lab T.
Proof.
elim: s => [|e s IH] /=.
  move=> _; exists id, [::]; split; first split=> //.
  - by rewrite /= add0n; apply: eq_card => x; rewrite !inE eqxx.
  split=> // d H b; exists (fun=> 0); split=> // x.
  have := H x; rewrite /class_sum (big_pred1 x) // => ->.
  by rewrite /div !big_nil; ring.
case/andP => es /IH [lab [T [[L1 L2 L3 [L4 L5] L6] [Ex Un]]]]; case: e es => i j es.
have eT : (i, j) \notin T by apply: contra es => /L4.
pose upd a t f := if f == (i, j) then t else a f : R.
have upd_in a t : {in s, upd a t =1 a}.
  by move=> f fs; rewrite /upd; case: eqP => // E; rewrite -E fs in es.
have upd_e a t : upd a t (i, j) = t by rewrite /upd eqxx.
have [lij|lij] := eqVneq (lab i) (lab j).
(* The new synapse closes a cycle: its exponent is free. *)
- exists lab, T; split; first split=> //.
  + by move=> f; rewrite inE => /orP[/eqP ->|/L2].
  + by split=> // f /L4 fs; rewrite inE fs orbT.
  split=> [d H b|a H D].
    pose t := b (i, j).
    have [|a [A1 A2]] := Ex (fun x => d x - delta i t x + delta j t x) _ b.
      by move=> r; rewrite class_sum_shift H lij; case: (_ == _); ring.
    exists (upd a t); split=> [f|x].
      rewrite inE => /orP[/eqP -> _|fs fT]; first by rewrite upd_e.
      by rewrite upd_in // A1.
    by rewrite div_cons upd_e (div_ext x (upd_in a t)) A2 /=; ring.
  have a0 : a (i, j) = 0 by apply: H => //; rewrite inE eqxx.
  have {}Un := Un a _ _; move=> f; rewrite inE => /orP[/eqP -> //|]; apply: Un => [g gs gT|x].
    by apply: H => //; rewrite inE gs orbT.
  by have := D x; rewrite div_cons a0 /delta /=; case: (x == i); case: (x == j); lra.
(* The new synapse joins two components: its exponent is determined. *)
pose lab' x := if lab x == lab i then lab j else lab x.
have lji : (lab j == lab i) = false by rewrite eq_sym; exact/negbTE.
have lab'i : lab' i = lab j by rewrite /lab' eqxx.
have lab'j : lab' j = lab j by rewrite /lab' lji.
exists lab', ((i, j) :: T); split; first split=> //.
- by move=> x; rewrite /lab'; case: (boolP (lab x == lab i)) => H; rewrite L1 ?lji // (negbTE H).
- move=> f; rewrite inE => /orP[/eqP -> /=|/L2 E]; first by rewrite lab'i lab'j.
  by rewrite /lab' E.
- move=> x; rewrite /lab'; case: eqP => [E|_]; last exact: wire_cons.
  apply: connect_trans (wire_cons _ (L3 x)) _; rewrite E.
  apply: (@connect_trans _ _ i); first by rewrite wire_sym; exact: wire_cons.
  apply: (@connect_trans _ _ j); last exact: wire_cons.
  by apply: connect1; rewrite /wire inE eqxx.
- split; last by rewrite /= eT.
  by move=> f; rewrite !inE => /orP[->//|/L4 ->]; rewrite orbT.
- rewrite -L6 /= addSnnS; congr (_ + _)%N.
  rewrite [RHS](cardD1 (lab i)) inE L1 eqxx add1n; congr _.+1; apply: eq_card => x.
  rewrite !inE /lab'; have [E|E] := eqVneq (lab x) (lab i).
    have -> : (lab j == x) = false.
      by apply/eqP => H; move: lji; rewrite -E -H L1 eqxx.
    by have [->|H] := eqVneq x (lab i) => //=; apply/esym/negbTE; rewrite E eq_sym.
  case: (eqVneq x (lab i)) => //= H; by rewrite H L1 eqxx in E.
split=> [d H b|a H D].
  pose t := class_sum lab d (lab i).
  have [|a [A1 A2]] := Ex (fun x => d x - delta i t x + delta j t x) _ b.
    move=> r; rewrite class_sum_shift; have [<-|ri] := eqVneq (lab i) r.
      by rewrite lji -/t; ring.
    have [jr|rj] := eqVneq (lab j) r.
      have := H (lab j); rewrite -jr.
      have -> : class_sum lab' d (lab j) = class_sum lab d (lab i) + class_sum lab d (lab j).
        rewrite /class_sum (rsum_if (fun x => lab' x == lab j)) (rsum_if (fun x => lab x == lab i)).
        rewrite (rsum_if (fun x => lab x == lab j)) -rsumD; apply: rsum_ext => x _; rewrite /lab'.
        have [E|E] := eqVneq (lab x) (lab i); first by rewrite eqxx E (negbTE lij); ring.
        by ring.
      by rewrite -/t; lra.
    have := H r; have -> : class_sum lab' d r = class_sum lab d r; last by move=> ->; ring.
    apply: eq_bigl => x; rewrite /lab'; have [E|//] := eqVneq (lab x) (lab i).
    by rewrite E (negbTE ri) (negbTE rj).
  exists (upd a t); split=> [f|x].
    rewrite !inE => /orP[/eqP -> |fs]; first by rewrite eqxx.
    by rewrite negb_or => /andP[_ fT]; rewrite upd_in // A1.
  by rewrite div_cons upd_e (div_ext x (upd_in a t)) A2 /=; ring.
have a0 : a (i, j) = 0.
  have : class_sum lab (div ((i, j) :: s) a) (lab i) = 0 by apply: rsum0 => x _; exact: D.
  rewrite /class_sum; under rsum_ext => x _ do rewrite div_cons.
  rewrite rsumD rsumB !sum_delta -/(class_sum lab (div s a) (lab i)) (class_sum_div _ _ L2) /= eqxx lji.
  lra.
have {}Un := Un a _ _; move=> f; rewrite inE => /orP[/eqP -> //|]; apply: Un => [g gs gT|x].
  apply: H; first by rewrite inE gs orbT.
  by rewrite inE negb_or gT andbT; apply: contra es => /eqP <-.
by have := D x; rewrite div_cons a0 /delta /=; case: (x == i); case: (x == j); lra.
Qed.

End Forest.

(** ** From exponents to circulations *)

Section Exponents.
Variables (V : finType) (J : V -> V -> R).
Implicit Types (a : V -> V -> R) (h : V -> R).

Let S := support J.

Lemma supportP e : reflect (J e.1 e.2 <> 0) (e \in S).
Proof. by rewrite inE; case: Req_EM_T => H; constructor. Qed.

Lemma support_rescale h : support (rescale h J) = S.
Proof.
apply/setP => e; apply/idP/idP => /[!inE]; case: Req_EM_T => // n _; case: Req_EM_T => // z; case: n.
- by rewrite rescale_eq z Rmult_0_l.
- move: z; rewrite rescale_eq => /Rmult_integral [//|z].
  by have := exp_pos (h e.2 - h e.1); lra.
Qed.

Lemma sum_by_end (p : V * V -> V) (f : V * V -> R) h :
  \rsum_(x) (h x * \big[Rplus/0]_(e in S | p e == x) f e) = \big[Rplus/0]_(e in S) (f e * h (p e)).
Proof.
rewrite [RHS](partition_big p predT) //; apply: eq_bigr => x _.
by rewrite -rsumZl; apply: eq_bigr => e /andP[_ /eqP ->]; ring.
Qed.

Lemma log_quantity_rescale a h : log_quantity a (rescale h J) = log_quantity a J +
  (\rsum_(x) (h x * \big[Rplus/0]_(e in S | e.2 == x) a e.1 e.2)
   - \rsum_(x) (h x * \big[Rplus/0]_(e in S | e.1 == x) a e.1 e.2)).
Proof.
rewrite /log_quantity support_rescale -/S !sum_by_end -rsumB -rsumD; apply: eq_bigr => e /supportP n.
have e0 := exp_pos (h e.2 - h e.1).
rewrite rescale_eq Rabs_mult (Rabs_pos_eq (exp _)); last by lra.
by rewrite ln_mult ?ln_exp //; [ring | exact: Rabs_pos_lt].
Qed.

Lemma conserved_log_div a : conserved_log a J <-> forall x, div (enum S) (fun e => a e.1 e.2) x = 0.
Proof.
have D x : div (enum S) (fun e => a e.1 e.2) x =
  \big[Rplus/0]_(e in S | e.1 == x) a e.1 e.2 - \big[Rplus/0]_(e in S | e.2 == x) a e.1 e.2.
  by rewrite /div !big_enum_cond.
split=> [H x|H h].
  have := H (delta x 1); rewrite log_quantity_rescale.
  have E F : \rsum_(y) (delta x 1 y * F y) = F x.
    rewrite (rsum_single (i := x)) /delta ?eqxx; first by ring.
    by move=> y /negbTE ->; ring.
  by rewrite !E D; lra.
rewrite log_quantity_rescale -rsumB (_ : \rsum_(x) _ = 0); first by ring.
by apply: rsum0 => x _; have := H x; rewrite D; nra.
Qed.

End Exponents.

Lemma conserved_exponents_proof : S_conserved_quantities_exponents.
Proof.
move=> V J a; rewrite conserved_log_div; split=> H i; have := H i; rewrite /div !big_enum_cond /=; lra.
Qed.

(** ** The count *)

Lemma lab_connect (V : finType) (s : seq (V * V)) (lab : V -> V) x y :
  {in s, forall e, lab e.1 = lab e.2} -> connect (wire s) x y -> lab x = lab y.
Proof.
move=> H /connectP [q]; elim: q x => [|z q IH] x /=; first by move=> _ ->.
by case/andP => /orP[] /H /= E /IH X /X <-.
Qed.

Lemma linked_wire (V : finType) (J : V -> V -> R) x y :
  linked (fun i j => Rabs (J i j)) x y = connect (wire (enum (support J))) x y.
Proof.
apply: eq_connect => i j; rewrite /wire !mem_enum orbC.
have E a b : synapse (fun i j => Rabs (J i j)) b a = ((a, b) \in support J).
  apply/synapseP/supportP => /= H; last exact: Rabs_pos_lt.
  by move=> z; rewrite z Rabs_R0 in H; lra.
by rewrite !E.
Qed.

Lemma card_weak_components (V : finType) (J : V -> V -> R) (lab : V -> V) :
  (forall x, lab (lab x) = lab x) -> {in enum (support J), forall e, lab e.1 = lab e.2} ->
  (forall x, connect (wire (enum (support J))) x (lab x)) ->
  #|weak_components J| = #|[pred x | lab x == x]|.
Proof.
move=> L1 L2 L3; pose f x := [set y | linked (fun i j => Rabs (J i j)) x y].
have same x y : connect (wire (enum (support J))) x y -> f x = f y.
  move=> xy; apply/setP => z; rewrite !inE !linked_wire.
  exact: (same_connect (@wire_sym _ _) xy).
have -> : weak_components J = [set f x | x in [pred x | lab x == x]].
  apply/setP => A; apply/imsetP/imsetP => -[x Hx ->]; last by exists x.
  by exists (lab x); [rewrite inE L1 | exact: same].
apply: card_in_imset => x y /[!inE] /eqP rx /eqP ry E.
have : y \in f y by rewrite inE linked_wire connect0.
by rewrite -E inE linked_wire => /(lab_connect L2); rewrite rx ry.
Qed.

Lemma conserved_count_proof : S_conserved_quantities_count.
Proof.
move=> V J; have [lab [T [[L1 L2 L3 [L4 L5] L6] [Ex Un]]]] := forest_exists (enum_uniq (mem (support J))).
have TS : [set e in T] \subset support J.
  by apply/subsetP => e; rewrite inE => /L4; rewrite mem_enum.
have L3' x : connect (wire (enum (support J))) x (lab x) by exact: wire_sub L4 (L3 x).
exists [set e in T]; split=> //; split.
  move=> x y; rewrite linked_wire; have -> : joined_by [set e in T] x y = connect (wire T) x y.
    by apply: eq_connect => a b; rewrite !inE.
  apply/idP/idP => [/(lab_connect L2) E|]; last exact: wire_sub.
  by apply: connect_trans (L3 x) _; rewrite E wire_sym.
split.
  have cT : #|[set e in T]| = size T by rewrite cardsE; exact/card_uniqP.
  rewrite (card_weak_components L1 L2 L3') -L6 addnA -cT; congr (_ + _)%N.
  by rewrite -[RHS](cardsID [set e in T]) (setIidPr TS) addnC.
have out e : (e \in support J :\: [set e in T]) = (e \in enum (support J)) && (e \notin T).
  by rewrite !inE mem_enum inE andbC.
move=> b; split.
  have [r|a [A1 A2]] := Ex (fun=> 0) _ (fun e => b e.1 e.2); first by apply: rsum0.
  exists (fun i j => a (i, j)); split; last by move=> i j; rewrite out => /andP[] /A1 H /H.
  apply/conserved_log_div => x; rewrite -(A2 x).
  by apply: div_ext => -[].
move=> a a' /conserved_log_div C /conserved_log_div C' E i j ij.
apply: Rminus_diag_uniq.
apply: (Un (fun e => a e.1 e.2 - a' e.1 e.2) _ _ (i, j)); last by rewrite mem_enum.
- by move=> -[k l] ks kT; rewrite (E k l) /=; [ring | rewrite out ks].
- move=> x; transitivity (div (enum (support J)) (fun e => a e.1 e.2) x - div (enum (support J)) (fun e => a' e.1 e.2) x).
    exact: (divB _ (fun e => a e.1 e.2) (fun e => a' e.1 e.2)).
  by rewrite C C'; ring.
Qed.
