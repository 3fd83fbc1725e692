(** * Finite sums of reals

    Glossary.
    - [\rsum_(i) F i]       the sum over a finite set (from [Defs])
    - [rsum_le], [rsum_ge0] comparison term by term
    - [rsumD], [rsumB], [rsumZl], [rsumZr]  linearity
    - [rsum_swap]           exchange of two sums
    - [rsum_CauchySchwarz]  (sum x y)^2 <= (sum x^2) (sum y^2)
    - [is_derive_rsum], [continuous_rsum], [is_lim_seq_rsum], [is_lim_rsum]
                            sums commute with derivatives and limits

    The big-operator library proves these once its neutral element is [0 : R];
    we restate them so that no proof has to meet the monoid structure. *)

From Coq Require Import Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop path fingraph.
From Synbal Require Import Defs.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Local Open Scope R_scope.

Section Basic.
Variables (I : Type) (r : seq I) (P : pred I).
Implicit Types F G : I -> R.

Lemma rsum_ext F G : (forall i, P i -> F i = G i) ->
  \big[Rplus/0]_(i <- r | P i) F i = \big[Rplus/0]_(i <- r | P i) G i.
Proof. by move=> H; apply: eq_bigr. Qed.

Lemma rsum_le F G : (forall i, P i -> F i <= G i) ->
  \big[Rplus/0]_(i <- r | P i) F i <= \big[Rplus/0]_(i <- r | P i) G i.
Proof.
move=> H; apply: (big_ind2 Rle) => //; first exact: Rle_refl.
by move=> *; apply: Rplus_le_compat.
Qed.

Lemma rsum_ge0 F : (forall i, P i -> 0 <= F i) -> 0 <= \big[Rplus/0]_(i <- r | P i) F i.
Proof.
move=> H; apply: (big_ind (Rle 0)) => //; first exact: Rle_refl.
by move=> *; apply: Rplus_le_le_0_compat.
Qed.

Lemma rsum0 F : (forall i, P i -> F i = 0) -> \big[Rplus/0]_(i <- r | P i) F i = 0.
Proof. by move=> H; apply: big1. Qed.

Lemma rsumD F G : \big[Rplus/0]_(i <- r | P i) (F i + G i)
  = \big[Rplus/0]_(i <- r | P i) F i + \big[Rplus/0]_(i <- r | P i) G i.
Proof. exact: big_split. Qed.

Lemma rsumZl c F : \big[Rplus/0]_(i <- r | P i) (c * F i) = c * \big[Rplus/0]_(i <- r | P i) F i.
Proof. by rewrite big_distrr. Qed.

Lemma rsumZr c F : \big[Rplus/0]_(i <- r | P i) (F i * c) = \big[Rplus/0]_(i <- r | P i) F i * c.
Proof. by rewrite big_distrl. Qed.

Lemma rsumN F : \big[Rplus/0]_(i <- r | P i) (- F i) = - \big[Rplus/0]_(i <- r | P i) F i.
Proof.
have E : forall x, - x = (-1) * x by move=> x; ring.
by rewrite [RHS]E -rsumZl; apply: rsum_ext => i _; rewrite E.
Qed.

Lemma rsumB F G : \big[Rplus/0]_(i <- r | P i) (F i - G i)
  = \big[Rplus/0]_(i <- r | P i) F i - \big[Rplus/0]_(i <- r | P i) G i.
Proof. by rewrite /Rminus rsumD rsumN. Qed.

Lemma rsum_abs F : Rabs (\big[Rplus/0]_(i <- r | P i) F i) <= \big[Rplus/0]_(i <- r | P i) Rabs (F i).
Proof.
apply: (big_ind2 (fun a b => Rabs a <= b)).
- by rewrite Rabs_R0; exact: Rle_refl.
- by move=> a b c d Ha Hb; apply: Rle_trans (Rabs_triang _ _) _; apply: Rplus_le_compat.
- by move=> *; exact: Rle_refl.
Qed.

Lemma is_derive_rsum (f : I -> R -> R) (f' : I -> R) (t : R) :
  (forall i, P i -> is_derive (f i) t (f' i)) ->
  is_derive (fun s => \big[Rplus/0]_(i <- r | P i) f i s) t (\big[Rplus/0]_(i <- r | P i) f' i).
Proof.
move=> H; elim: r => [|a l IH].
- rewrite big_nil; apply: (is_derive_ext (fun _ => 0)); last exact: is_derive_const.
  by move=> s; rewrite big_nil.
- rewrite big_cons; case Pa: (P a).
  + apply: (is_derive_ext (fun s => f a s + \big[Rplus/0]_(i <- l | P i) f i s)).
      by move=> s; rewrite big_cons Pa.
    by apply: is_derive_plus => //; apply: H.
  + apply: (is_derive_ext (fun s => \big[Rplus/0]_(i <- l | P i) f i s)) => //.
    by move=> s; rewrite big_cons Pa.
Qed.

Lemma continuous_rsum (U : UniformSpace) (f : I -> U -> R) (t : U) :
  (forall i, P i -> continuous (f i) t) ->
  continuous (fun s => \big[Rplus/0]_(i <- r | P i) f i s) t.
Proof.
move=> H; elim: r => [|a l IH].
- apply: (continuous_ext (fun _ => 0)); last exact: continuous_const.
  by move=> s; rewrite big_nil.
- case Pa: (P a).
  + apply: (continuous_ext (fun s => f a s + \big[Rplus/0]_(i <- l | P i) f i s)).
      by move=> s; rewrite big_cons Pa.
    by apply: (@continuous_plus U R_AbsRing R_NormedModule) => //; apply: H.
  + apply: (continuous_ext (fun s => \big[Rplus/0]_(i <- l | P i) f i s)) => //.
    by move=> s; rewrite big_cons Pa.
Qed.

Lemma is_lim_seq_rsum (f : I -> nat -> R) (f' : I -> R) :
  (forall i, P i -> is_lim_seq (f i) (f' i)) ->
  is_lim_seq (fun n => \big[Rplus/0]_(i <- r | P i) f i n) (\big[Rplus/0]_(i <- r | P i) f' i).
Proof.
move=> H; elim: r => [|a l IH].
- rewrite big_nil; apply: (is_lim_seq_ext (fun _ => 0)); last exact: is_lim_seq_const.
  by move=> s; rewrite big_nil.
- rewrite big_cons; case Pa: (P a).
  + apply: (is_lim_seq_ext (fun s => f a s + \big[Rplus/0]_(i <- l | P i) f i s)).
      by move=> s; rewrite big_cons Pa.
    by apply: is_lim_seq_plus' => //; apply: H.
  + apply: (is_lim_seq_ext (fun s => \big[Rplus/0]_(i <- l | P i) f i s)) => //.
    by move=> s; rewrite big_cons Pa.
Qed.

Lemma is_lim_rsum (x : Rbar) (f : I -> R -> R) (f' : I -> R) :
  (forall i, P i -> is_lim (f i) x (f' i)) ->
  is_lim (fun s => \big[Rplus/0]_(i <- r | P i) f i s) x (\big[Rplus/0]_(i <- r | P i) f' i).
Proof.
move=> H; elim: r => [|a l IH].
- rewrite big_nil; apply: (is_lim_ext (fun _ => 0)); last exact: is_lim_const.
  by move=> s; rewrite big_nil.
- rewrite big_cons; case Pa: (P a).
  + apply: (is_lim_ext (fun s => f a s + \big[Rplus/0]_(i <- l | P i) f i s)).
      by move=> s; rewrite big_cons Pa.
    by apply: is_lim_plus' => //; apply: H.
  + apply: (is_lim_ext (fun s => \big[Rplus/0]_(i <- l | P i) f i s)) => //.
    by move=> s; rewrite big_cons Pa.
Qed.

End Basic.

Lemma rsum_swap (I J : Type) (r : seq I) (s : seq J) (F : I -> J -> R) :
  \big[Rplus/0]_(i <- r) \big[Rplus/0]_(j <- s) F i j
  = \big[Rplus/0]_(j <- s) \big[Rplus/0]_(i <- r) F i j.
Proof. exact: exchange_big. Qed.

Section Finite.
Variable I : finType.
Implicit Types F G x y : I -> R.

Lemma rsum_const (c : R) : \big[Rplus/0]_(i : I) c = INR #|I| * c.
Proof.
rewrite big_const; elim: #|I| => [|n IH] /=; first by ring.
by rewrite IH; case: n {IH} => [|n]; rewrite /=; ring.
Qed.

(** Take one term out. *)
Lemma rsum_out (i : I) F : \rsum_(j) F j = F i + \rsum_(j | j != i) F j.
Proof. by rewrite (bigD1 i). Qed.

Lemma rsum_out_cond (P : pred I) (i : I) F : P i ->
  \rsum_(j | P j) F j = F i + \rsum_(j | P j && (j != i)) F j.
Proof. by move=> Pi; rewrite (bigD1 i). Qed.

Lemma rsum_term_le (i : I) F : (forall j, 0 <= F j) -> F i <= \rsum_(j) F j.
Proof.
move=> H; rewrite (rsum_out i).
have := @rsum_ge0 _ (index_enum I) (fun j => j != i) F (fun j _ => H j); lra.
Qed.

Lemma rsum_eq0 F : (forall j, 0 <= F j) -> \rsum_(j) F j = 0 -> forall i, F i = 0.
Proof. by move=> H S i; apply: Rle_antisym => //; rewrite -S; exact: rsum_term_le. Qed.

Lemma rsum_lt (i : I) F G : (forall j, F j <= G j) -> F i < G i -> \rsum_(j) F j < \rsum_(j) G j.
Proof.
move=> H Hi; rewrite (rsum_out i F) (rsum_out i G).
by apply: Rplus_lt_le_compat => //; apply: rsum_le.
Qed.

Lemma rsum_gt0 (i : I) F : (forall j, 0 <= F j) -> 0 < F i -> 0 < \rsum_(j) F j.
Proof. by move=> H Hi; apply: Rlt_le_trans Hi (rsum_term_le i H). Qed.

(** A function that is zero except at [i]. *)
Lemma rsum_single (i : I) F : (forall j, j != i -> F j = 0) -> \rsum_(j) F j = F i.
Proof. by move=> H; rewrite (rsum_out i) rsum0 //; ring. Qed.

Lemma rsum_delta (i : I) F : \rsum_(j) (if j == i then F j else 0) = F i.
Proof. by rewrite (rsum_single (i := i)) ?eqxx // => j /negbTE->. Qed.

(** Restricting the range is multiplying by the indicator. *)
Lemma rsum_if (P : pred I) F : \rsum_(i | P i) F i = \rsum_(i) (if P i then F i else 0).
Proof. by rewrite big_mkcond. Qed.

Lemma rsum_sq_ge0 x : 0 <= \rsum_(i) (x i)^2.
Proof. by apply: rsum_ge0 => i _; exact: pow2_ge_0. Qed.

Lemma rsum_CauchySchwarz x y :
  (\rsum_(i) (x i * y i))^2 <= \rsum_(i) (x i)^2 * \rsum_(i) (y i)^2.
Proof.
set a := \rsum_(i) (x i)^2; set b := \rsum_(i) (x i * y i); set c := \rsum_(i) (y i)^2.
have Q : forall s t, 0 <= s^2 * a + 2 * (s * t) * b + t^2 * c.
  move=> s t; have -> : s^2 * a + 2 * (s * t) * b + t^2 * c = \rsum_(i) (s * x i + t * y i)^2.
    by rewrite /a /b /c -!rsumZl -!rsumD; apply: rsum_ext => i _; ring.
  exact: rsum_sq_ge0.
have c0 : 0 <= c by exact: rsum_sq_ge0.
have a0 : 0 <= a by exact: rsum_sq_ge0.
case: (Req_dec c 0) => [cz|cz].
- have H1 := Q b (- (a + 1)).
  rewrite cz in H1 *. nra.
- have H1 := Q c (- b). nra.
Qed.

End Finite.

Lemma rsum_pair_term_le (I K : finType) (i : I) (k : K) (F : I -> K -> R) :
  (forall j l, 0 <= F j l) -> F i k <= \rsum_(j) \rsum_(l) F j l.
Proof.
move=> H; apply: (Rle_trans _ (\rsum_(l) F i l)).
- by apply: (rsum_term_le k (F := F i)) => l; exact: H.
- by apply: (rsum_term_le i (F := fun j => \rsum_(l) F j l)) => j; apply: rsum_ge0.
Qed.
