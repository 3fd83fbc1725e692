(** * The heterosynaptic changes last: proofs

    Glossary: see [Statements/heterosynaptic.v].
    - [levelled]  a function of the log-scales that cannot tell the two neurons of the raised synapse apart where the flow
                  must push them apart is constant along every synapse of the network *)

From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop path fingraph.
From Synbal Require Import Defs FlowDefs Sums Costs Calculus Convexity Heterosynaptic.
From Synbal.Statements Require Import heterosynaptic.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope R_scope.

Section Lasting.
Variables (V : finType) (w w' : V -> V -> R) (p : R) (a b : V) (h : V -> R).
Hypothesis w0 : nonnegative w.
Hypothesis p0 : 0 < p.
Hypothesis before : balanced w.
Hypothesis same : forall i j, (i, j) <> (a, b) -> w' i j = w i j.
Hypothesis raised : w a b <= w' a b.
Hypothesis after : balanced (cost_at w' p h).

Section Level.
Variable x : V -> R.
Hypothesis mono : forall i j, h i <= h j -> x i <= x j.
Hypothesis level : h b <= h a -> x a = x b.

Let F i j := (cost_at w' p h i j - w i j) * (x j - x i).

Lemma level_term i j : 0 <= w i j * (exp (p * (h j - h i)) - 1) * (x j - x i).
Proof.
case: (Rle_lt_dec (h i) (h j)) => H.
- have X := mono H; have : 1 <= exp (p * (h j - h i)) by rewrite -exp_0; apply: exp_le; nra.
  by move=> E; apply: Rmult_le_pos; [apply: Rmult_le_pos; [exact: w0 | lra] | lra].
- have X := mono (Rlt_le _ _ H); have : exp (p * (h j - h i)) <= 1 by rewrite -exp_0; apply: exp_le; nra.
  move=> E; have -> : w i j * (exp (p * (h j - h i)) - 1) * (x j - x i)
    = w i j * (1 - exp (p * (h j - h i))) * (x i - x j) by ring.
  by apply: Rmult_le_pos; [apply: Rmult_le_pos; [exact: w0 | lra] | lra].
Qed.

Lemma F_ge i j : w i j * (exp (p * (h j - h i)) - 1) * (x j - x i) <= F i j.
Proof.
rewrite /F /cost_at; have [[ia jb]|N] := (altP (@eqP _ (i, j) (a, b))).
- rewrite ia jb; case: (Rle_lt_dec (h b) (h a)) => H; first by rewrite (level H); lra.
  have X := mono (Rlt_le _ _ H); have E := exp_pos (p * (h b - h a)).
  suff : 0 <= (w' a b - w a b) * exp (p * (h b - h a)) * (x b - x a) by lra.
  by apply: Rmult_le_pos; [apply: Rmult_le_pos; lra | lra].
- by rewrite same; [lra | move/eqP: N].
Qed.

Lemma F_ge0 i j : 0 <= F i j.
Proof. exact: Rle_trans (level_term i j) (F_ge i j). Qed.

Lemma F_sum : \rsum_(i) \rsum_(j) F i j = 0.
Proof.
have P C : balanced C -> \rsum_(i) \rsum_(j) (C i j * (x i - x j)) = 0.
  by move=> B; rewrite -grad_parts; apply: rsum0 => i _; rewrite B; ring.
have -> : \rsum_(i) \rsum_(j) F i j
  = \rsum_(i) \rsum_(j) (w i j * (x i - x j)) - \rsum_(i) \rsum_(j) (cost_at w' p h i j * (x i - x j)).
  rewrite -rsumB; apply: rsum_ext => i _; rewrite -rsumB; apply: rsum_ext => j _; rewrite /F; ring.
by rewrite !P //; ring.
Qed.

Lemma levelled i j : 0 < w i j -> x i = x j.
Proof.
move=> wij; have Z : w i j * (exp (p * (h j - h i)) - 1) * (x j - x i) = 0.
  have := Rle_trans _ _ _ (F_ge i j) (rsum_pair_term_le i j F_ge0).
  by rewrite F_sum; have := level_term i j; lra.
have [H|H] := Req_dec (h i) (h j).
  by apply: Rle_antisym; apply: mono; lra.
have E : exp (p * (h j - h i)) - 1 <> 0.
  move=> E; have : exp (p * (h j - h i)) = exp 0 by rewrite exp_0; lra.
  by move/exp_inv => E0; apply: H; nra.
have : w i j * (exp (p * (h j - h i)) - 1) <> 0 by apply: Rmult_integral_contrapositive; split; lra.
by move=> N; case/Rmult_integral: Z => // Z; lra.
Qed.

Lemma levelled_linked i j : linked w i j -> x i = x j.
Proof. exact: (linked_const levelled). Qed.

End Level.

Lemma lasting_upper i : linked w a i -> h i <= h a.
Proof.
move=> L; pose x k := Rmax 0 (h k - h a).
have M k l : h k <= h l -> x k <= x l by move=> H; rewrite /x; apply: Rmax_le_compat; lra.
have N : h b <= h a -> x a = x b by move=> H; rewrite /x !Rmax_left; lra.
have := levelled_linked M N L; rewrite /x Rmax_left; last by lra.
by move=> E; have := Rmax_r 0 (h i - h a); lra.
Qed.

Lemma lasting_lower i : linked w b i -> h b <= h i.
Proof.
move=> L; pose x k := Rmin 0 (h k - h b).
have M k l : h k <= h l -> x k <= x l.
  by move=> H; rewrite /x /Rmin; do 2 case: Rle_dec => *; lra.
have N : h b <= h a -> x a = x b by move=> H; rewrite /x !Rmin_left; lra.
have := levelled_linked M N L; rewrite /x Rmin_left; last by lra.
by move=> E; have := Rmin_r 0 (h i - h b); lra.
Qed.

Lemma lasting_strict : a <> b -> w a b < w' a b -> linked w a b -> h b < h a.
Proof.
move=> ab lt L; have := lasting_upper L; case=> // E.
(* Equal log-scales at both ends: then they are equal all over the component, and the raised cost is out of balance. *)
have up i (Li : linked w a i) := lasting_upper Li.
have low i (Li : linked w a i) : h b <= h i.
  by apply: lasting_lower; apply: connect_trans Li; rewrite -/(linked w b a) linked_sym.
have const i : linked w a i -> h i = h a by move=> Li; have := up i Li; have := low i Li; lra.
have C : grad (cost_at w' p h) a = grad w' a.
  rewrite /grad /cost_at; congr (_ - _); apply: rsum_ext => j _.
  - have [jb|jb] := eqVneq j b; first by rewrite jb E Rminus_eq_0 Rmult_0_r exp_0; ring.
    have Ew : w' a j = w a j by apply: same => -[X]; rewrite X eqxx in jb.
    rewrite Ew; case: (Rle_lt_or_eq_dec _ _ (w0 a j)) => [waj|<-]; last by ring.
    by rewrite const ?Rminus_eq_0 ?Rmult_0_r ?exp_0; [ring | exact: linked_edge].
  - have Ew : w' j a = w j a by apply: same => -[_ X]; apply: ab.
    rewrite Ew; case: (Rle_lt_or_eq_dec _ _ (w0 j a)) => [wja|<-]; last by ring.
    by rewrite const ?Rminus_eq_0 ?Rmult_0_r ?exp_0; [ring | rewrite linked_sym; exact: linked_edge].
have := grad_raised ab same a; rewrite eqxx before -C after; lra.
Qed.

End Lasting.

Lemma heterosynaptic_lasting_proof : S_heterosynaptic_lasting.
Proof.
move=> V w w' p a b h w0 p0 B S R A; split; last by move=> i L; exact: (lasting_upper w0 p0 B S R A).
by move=> i L; exact: (lasting_lower w0 p0 B S R A).
Qed.

Lemma heterosynaptic_lasting_strict_proof : S_heterosynaptic_lasting_strict.
Proof.
move=> V w w' p a b h w0 p0 ab B S R A L.
exact: (lasting_strict w0 p0 B S (Rlt_le _ _ R) A ab R L).
Qed.
