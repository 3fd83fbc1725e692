(** * Heterosynaptic response: proofs

    Glossary: see [Statements/heterosynaptic.v].
    - [is_derive_abs_rate]  if f' = f r at t, then |f|' = |f| r at t, also where f = 0 *)

From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop.
From Synbal Require Import Defs Sums Costs.
From Synbal.Statements Require Import heterosynaptic.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope R_scope.

Lemma is_derive_abs_0 (f : R -> R) t : f t = 0 -> is_derive f t 0 -> is_derive (fun s => Rabs (f s)) t 0.
Proof.
move=> f0 D; apply/is_derive_Reals => eps e0.
have /is_derive_Reals/(_ eps e0) [d Hd] := D.
exists d => x x0 xd; have := Hd x x0 xd.
rewrite f0 Rabs_R0 !Rminus_0_r !Rabs_div // Rabs_Rabsolu //.
Qed.

Lemma is_derive_abs_rate (f : R -> R) t r : is_derive f t (f t * r) ->
  is_derive (fun s => Rabs (f s)) t (Rabs (f t) * r).
Proof.
move=> D; have [f0|f0] := Req_dec (f t) 0.
  rewrite f0 Rabs_R0 Rmult_0_l; apply: is_derive_abs_0 => //.
  by move: D; rewrite f0 Rmult_0_l.
have := is_derive_Rabs f t _ D f0.
suff -> : sign (f t) * (f t * r) = Rabs (f t) * r by [].
rewrite -Rmult_assoc; congr (_ * _); rewrite /Rabs; case: Rcase_abs => H; first by rewrite sign_eq_m1 //; ring.
by rewrite sign_eq_1; lra.
Qed.

(** Raising one cost by e moves the neural gradient of its two ends, and of nobody else. *)
Lemma grad_raised (V : finType) (C D : V -> V -> R) (a b : V) : a <> b ->
  (forall i j, (i, j) <> (a, b) -> D i j = C i j) ->
  forall i, grad D i = grad C i + (if i == a then 1 else if i == b then -1 else 0) * (D a b - C a b).
Proof.
move=> ab E i; have -> : grad D i = grad C i + grad (fun i j => D i j - C i j) i by rewrite gradB; ring.
congr (_ + _); rewrite /grad.
have Z k l : (k, l) <> (a, b) -> D k l - C k l = 0 by move=> /E ->; ring.
have [ia|ia] := eqVneq i a.
  rewrite ia (rsum_single (i := b)); last by move=> l /eqP lb; apply: Z => -[].
  by rewrite rsum0; [ring | move=> l _; apply: Z => -[]].
rewrite rsum0; last by move=> l _; apply: Z => -[X _]; rewrite X eqxx in ia.
have [ib|ib] := eqVneq i b.
  rewrite ib (rsum_single (i := a)); last by move=> l /eqP la; apply: Z => -[].
  by ring.
rewrite rsum0; first by ring.
by move=> l _; apply: Z => -[_ X]; rewrite X eqxx in ib.
Qed.

Lemma heterosynaptic_proof : S_heterosynaptic.
Proof.
move=> V alpha J0 p a b J p0 ab B E F added i j.
have D := is_derive_abs_rate (F 0 (Rle_refl 0) i j).
suff R : grad (cost alpha p (J 0)) j - grad (cost alpha p (J 0)) i = response a b i j * added.
  by rewrite -R Rmult_comm.
have G k : grad (cost alpha p (J 0)) k = (if k == a then 1 else if k == b then -1 else 0) * added.
  rewrite (@grad_raised _ (cost alpha p J0) _ a b ab) ?B ?Rplus_0_l // => k' l' N.
  by rewrite /cost E.
have nab : (a == b) = false by apply/eqP.
have nba : (b == a) = false by rewrite eq_sym.
rewrite !G /response.
have [->|ia] := eqVneq i a.
  have [->|jb] := eqVneq j b; first by rewrite nba /=; ring.
  by case: (eqVneq j a) => [_|_]; rewrite ?nab /=; ring.
have [->|ib] := eqVneq i b.
  have [_|ja] := eqVneq j a; first by rewrite /=; ring.
  by case: (eqVneq j b) => _; rewrite /=; ring.
have [ij|ij] := eqVneq i j.
  by rewrite -ij (negbTE ia) (negbTE ib) /=; ring.
have [_|ja] := eqVneq j a; first by rewrite /=; ring.
by have [_|jb] := eqVneq j b; rewrite /=; ring.
Qed.

Lemma abs_pow_lt p x y : 0 < p -> Rabs x < Rabs y -> abs_pow p x < abs_pow p y.
Proof.
move=> p0 xy; have y0 : y <> 0 by move=> y0; have := Rabs_pos x; rewrite y0 Rabs_R0 in xy; lra.
have [->|x0] := Req_dec x 0; first by rewrite abs_pow_0; exact: abs_pow_gt0.
rewrite !abs_pow_n0 //; apply: exp_increasing; apply: Rmult_lt_compat_l => //.
by apply: ln_increasing => //; exact: Rabs_pos_lt.
Qed.

Lemma heterosynaptic_added_proof : S_heterosynaptic_added.
Proof.
move=> V alpha J0 J1 p a b p0 al0 lt; rewrite /cost -Rmult_minus_distr_l.
by apply: Rmult_lt_0_compat => //; have := abs_pow_lt p0 lt; lra.
Qed.
