(** * Walks, cycles and their gains

    - [walk m x s]       the product of the factors [m] of the steps of the walk [x :: s]
    - [simple_walk]      where no simple cycle has a product above one, a walk without repetitions has at least the product of any walk
    - [potential]        there are then [d >= 1] with m d_j <= d_i at every step from j to i: what Bellman and Ford find
    - [last_of]          from every node one comes to a strong component that nothing leaves *)

From Coq Require Import Reals Lra.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop path fingraph.
From Synbal Require Import Defs FlowDefs any_degree Sums Costs Calculus.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope R_scope.

Section Walks.
Variables (V : finType) (e : rel V) (m : V -> V -> R).
Hypothesis Hm : forall x y, 0 < m x y.

Fixpoint walk (x : V) (s : seq V) : R := if s is y :: t then m x y * walk y t else 1.

Lemma walk_cat x s t : walk x (s ++ t) = walk x s * walk (last x s) t.
Proof. by elim: s x => [|y s IH] x /=; [ring | rewrite IH; ring]. Qed.

Lemma walk_gt0 x s : 0 < walk x s.
Proof. by elim: s x => [|y s IH] x /=; [lra | apply: Rmult_lt_0_compat]. Qed.

(** Once around the cycle [x :: s]. *)
Definition around (x : V) (s : seq V) : R := walk x (rcons s x).

Hypothesis small : forall x s, ucycle e (x :: s) -> around x s <= 1.

Lemma simple_walk x s : path e x s ->
  exists t, path e x t /\ uniq (x :: t) /\ last x t = last x s /\ walk x s <= walk x t.
Proof.
elim: s x => [|y s IH] x /=; first by move=> _; exists [::]; do 3!split=> //; exact: Rle_refl.
move=> /andP [exy Hs]; have [t [Ht [Ut [Lt Wt]]]] := IH y Hs.
have Wm : m x y * walk y s <= walk x (y :: t) by rewrite /=; apply: Rmult_le_compat_l => //; exact/Rlt_le.
case Hx: (x \in y :: t); last first.
  exists (y :: t); split; first by rewrite /= exy Ht.
  by split=> //; rewrite cons_uniq Hx.
have [a [b E]] : exists a b, y :: t = rcons a x ++ b.
  by case/splitPr: Hx => a b; exists a, b; rewrite cat_rcons.
have : path e x (y :: t) by rewrite /= exy Ht.
rewrite E cat_path last_rcons => /andP [Pa Pb].
have : uniq (y :: t) := Ut.
rewrite E cat_uniq rcons_uniq => /and3P [/andP [xa Ua] ab Ub].
exists b; split=> //; split; last split.
- rewrite /= Ub andbT; apply: contra ab => xb; apply/hasP; exists x => //.
  by rewrite /= mem_rcons inE eqxx.
- have -> : last x b = last x (y :: t) by rewrite E last_cat last_rcons.
  by rewrite /= Lt.
- apply: (Rle_trans _ _ _ Wm); rewrite E walk_cat last_rcons.
  have c : ucycle e (x :: a) by rewrite /ucycle /= Pa xa Ua.
  have := small c; rewrite /around; have := walk_gt0 x b; nra.
Qed.

(** Bounded products: a step has at most the factor M >= 1. *)
Lemma walk_le M x s : 1 <= M -> (forall x y, m x y <= M) -> (size s <= #|V|)%N -> walk x s <= M ^ #|V|.
Proof.
move=> M1 HM Hs; apply: (Rle_trans _ (M ^ size s)).
  elim: s x {Hs} => [|y s IH] x /=; first lra.
  by apply: Rmult_le_compat => //; [exact/Rlt_le | exact/Rlt_le/walk_gt0].
by apply: Rle_pow => //; apply/leP.
Qed.

Lemma factors_bounded : exists M, 1 <= M /\ forall x y, m x y <= M.
Proof.
exists (1 + \rsum_(x) \rsum_(y) m x y); split=> [|x y].
  suff : 0 <= \rsum_(x) \rsum_(y) m x y by lra.
  by apply: rsum_ge0 => x _; apply: rsum_ge0 => y _; exact/Rlt_le.
have := rsum_pair_term_le x y (F := m) (fun a b => Rlt_le _ _ (Hm a b)); lra.
Qed.

Lemma potential : exists d, (forall i, 1 <= d i) /\ forall i j, e j i -> m j i * d j <= d i.
Proof.
have [M [M1 HM]] := factors_bounded.
pose E i y := exists x s, path e x s /\ last x s = i /\ y = walk x s.
have bound i : bound (E i).
  exists (M ^ #|V|) => y [x [s [Hs [_ ->]]]].
  have [t [_ [Ut [_ W]]]] := simple_walk Hs; apply: (Rle_trans _ _ _ W).
  apply: walk_le => //; apply: (leq_trans (leqnSn _)).
  by have := card_uniqP Ut; rewrite /= => <-; exact: max_card.
have one i : E i 1 by exists i, [::].
pose d i := sval (completeness (E i) (bound i) (ex_intro _ 1 (one i))).
have lub i : is_lub (E i) (d i) := svalP (completeness (E i) (bound i) (ex_intro _ 1 (one i))).
exists d; split=> [i|i j eji]; first by apply: (proj1 (lub i)).
have mji := Hm j i.
suff : d j <= d i / m j i.
  move=> H; have := Rmult_le_compat_l _ _ _ (Rlt_le _ _ mji) H.
  by have -> : m j i * (d i / m j i) = d i by field; lra.
apply: (proj2 (lub j)) => y [x [s [Hs [Ls ->]]]].
apply: (Rmult_le_reg_l (m j i)) => //.
have -> : m j i * (d i / m j i) = d i by field; lra.
apply: (proj1 (lub i)); exists x, (rcons s i); rewrite rcons_path Hs Ls eji last_rcons; split=> //; split=> //.
by rewrite -cats1 walk_cat Ls /=; ring.
Qed.

End Walks.

(** From every node one comes to a strong component that nothing leaves. *)
Lemma last_of (V : finType) (e : rel V) i :
  exists j, connect e i j /\ forall l, connect e j l -> connect e l j.
Proof.
pose f (j : V) := #|connect e j|.
have Pi : connect e i i by exact: connect0.
case: (arg_minnP f Pi) => j ij Hmin; exists j; split=> // l jl.
have sub : connect e l \subset connect e j by apply/subsetP => x; exact: connect_trans jl.
have le := Hmin l (connect_trans ij jl).
have : connect e l =i connect e j.
  by apply/subset_cardP => //; apply/eqP; rewrite eqn_leq (subset_leq_card sub) le.
by move/(_ j); rewrite -!topredE /= connect0.
Qed.
