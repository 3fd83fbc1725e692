(** * Real analysis used by the flow: comparison of functions through their derivatives

    Glossary.
    - [nonincreasing_of_derive]  a function with derivative <= 0 does not increase
    - [decreasing_of_derive]     with derivative < 0 it decreases
    - [le_of_derive]             if f' <= g' then f grows at most as much as g
    - [exp_mul_sq]               (c e^y - c) y >= m y^2 as soon as m <= c and m <= c e^y
    - [exp_mul_sq_le]            the same from above, with M >= both
    - [clamp]                    projection on an interval: a function that is only known to be
                                 continuous on [a, b] becomes continuous everywhere

    [is_derive] is two-sided, so the hypotheses hold at both ends of the interval as well. *)

From Coq Require Import Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Local Open Scope R_scope.

(** ** The exponential *)

Lemma exp_ge1x x : 1 + x <= exp x.
Proof. exact: exp_ineq1_le. Qed.

Lemma exp_le x y : x <= y -> exp x <= exp y.
Proof. by case=> [/exp_increasing/Rlt_le|->] //; exact: Rle_refl. Qed.

(** The exponential lies above each of its tangents. *)
Lemma exp_tangent x y : exp x + exp x * (y - x) <= exp y.
Proof.
have -> : exp y = exp x * exp (y - x) by rewrite -exp_plus; congr exp; ring.
have := exp_ge1x (y - x); have := exp_pos x; nra.
Qed.

Lemma exp_mul_sq c y m : 0 <= m -> m <= c -> m <= c * exp y -> m * y^2 <= (c * exp y - c) * y.
Proof.
move=> m0 mc me; have H1 := exp_ge1x y; have H2 := exp_ge1x (- y).
have ey := exp_pos y; have eq1 : exp y * exp (- y) = 1 by rewrite -exp_plus Rplus_opp_r exp_0.
case: (Rle_lt_dec 0 y) => Hy.
- have : m * y <= c * (exp y - 1) by nra.
  nra.
- have : c * (exp y - 1) <= m * y.
    have H : c * exp y * (1 - exp (- y)) <= m * y by nra.
    have E : c * exp y * (1 - exp (- y)) = c * (exp y - exp y * exp (- y)) by ring.
    by rewrite E eq1 in H.
  nra.
Qed.

Lemma exp_mul_ge0 c y : 0 <= c -> 0 <= (c * exp y - c) * y.
Proof.
move=> c0; have := @exp_mul_sq c y 0 (Rle_refl 0) c0; rewrite Rmult_0_l; apply.
by apply: Rmult_le_pos => //; exact/Rlt_le/exp_pos.
Qed.

(** The same estimate from above. *)
Lemma exp_mul_sq_le c y m : 0 <= c -> c <= m -> c * exp y <= m -> (c * exp y - c) * y <= m * y^2.
Proof.
move=> c0 cm cem; have H1 := exp_ge1x y; have H2 := exp_ge1x (- y).
have ey := exp_pos y; have eq1 : exp y * exp (- y) = 1 by rewrite -exp_plus Rplus_opp_r exp_0.
have A : c * exp y - c <= c * exp y * y.
  have E : c * exp y * (1 - exp (- y)) = c * (exp y - exp y * exp (- y)) by ring.
  rewrite eq1 in E; have : c * exp y * (1 - exp (- y)) <= c * exp y * y.
    by apply: Rmult_le_compat_l; [nra | lra].
  lra.
have B : c * y <= c * exp y - c by nra.
have y2 := pow2_ge_0 y.
case: (Rle_lt_dec 0 y) => Hy.
- have H3 := Rmult_le_compat_r y _ _ Hy A; have H4 := Rmult_le_compat_r _ _ _ y2 cem; lra.
- have Hy' : 0 <= - y by lra.
  have H3 := Rmult_le_compat_r (- y) _ _ Hy' B; have H4 := Rmult_le_compat_r _ _ _ y2 cm; lra.
Qed.

(** |e^y - 1| <= |y| e^|y| *)
Lemma exp_m1_abs y : Rabs (exp y - 1) <= Rabs y * exp (Rabs y).
Proof.
have H1 := exp_ge1x y; have H2 := exp_ge1x (- y).
have ey := exp_pos y; have eq1 : exp y * exp (- y) = 1 by rewrite -exp_plus Rplus_opp_r exp_0.
case: (Rle_lt_dec 0 y) => Hy.
- rewrite (Rabs_pos_eq y) // Rabs_pos_eq; last by lra.
  nra.
- rewrite (Rabs_left y) // Rabs_left1; last by have := exp_increasing y 0 Hy; rewrite exp_0; lra.
  nra.
Qed.

(** ** The rules of differentiation, for real functions *)

Lemma is_deriveD (f g : R -> R) t a b :
  is_derive f t a -> is_derive g t b -> is_derive (fun s => f s + g s) t (a + b).
Proof. exact: (@is_derive_plus R_AbsRing R_NormedModule). Qed.

Lemma is_deriveB (f g : R -> R) t a b :
  is_derive f t a -> is_derive g t b -> is_derive (fun s => f s - g s) t (a - b).
Proof. exact: (@is_derive_minus R_AbsRing R_NormedModule). Qed.

Lemma is_deriveN (f : R -> R) t a : is_derive f t a -> is_derive (fun s => - f s) t (- a).
Proof. exact: (@is_derive_opp R_AbsRing R_NormedModule). Qed.

Lemma is_deriveM (f g : R -> R) t a b :
  is_derive f t a -> is_derive g t b -> is_derive (fun s => f s * g s) t (a * g t + f t * b).
Proof. exact: Derive.is_derive_mult. Qed.

Lemma is_deriveZ (f : R -> R) t a c : is_derive f t a -> is_derive (fun s => c * f s) t (c * a).
Proof. exact: is_derive_scal. Qed.

Lemma is_derive_exp_comp (f : R -> R) t a :
  is_derive f t a -> is_derive (fun s => exp (f s)) t (a * exp (f t)).
Proof. by move=> H; apply: (is_derive_comp exp f) => //; exact: is_derive_exp. Qed.

Lemma is_derive_sqr (f : R -> R) t a :
  is_derive f t a -> is_derive (fun s => (f s)^2) t (2 * (f t * a)).
Proof.
move=> H; have -> : 2 * (f t * a) = a * f t + f t * a by ring.
have E : forall s, f s * f s = (f s)^2 by move=> s; ring.
exact: is_derive_ext E (is_deriveM H H).
Qed.

Lemma is_derive_eq (f : R -> R) t a b : is_derive f t a -> a = b -> is_derive f t b.
Proof. by move=> H <-. Qed.

(** ** Comparison through derivatives *)

Section Comparison.
Variables (a b : R).
Implicit Types f g : R -> R.

Lemma mean_value f (f' : R -> R) s t : a <= s -> s <= t -> t <= b ->
  (forall x, a <= x <= b -> is_derive f x (f' x)) ->
  exists c, s <= c <= t /\ f t - f s = f' c * (t - s).
Proof.
move=> as_ st tb H.
have [c [Hc E]] : exists c, Rmin s t <= c <= Rmax s t /\ f t - f s = f' c * (t - s).
  apply: MVT_gen => x; rewrite Rmin_left // Rmax_right // => Hx.
  - by apply: H; lra.
  - by apply: derivable_continuous_pt; exists (f' x); apply/is_derive_Reals; apply: H; lra.
by exists c; move: Hc; rewrite Rmin_left // Rmax_right.
Qed.

Lemma nonincreasing_of_derive f (f' : R -> R) s t : a <= s -> s <= t -> t <= b ->
  (forall x, a <= x <= b -> is_derive f x (f' x)) ->
  (forall x, a <= x <= b -> f' x <= 0) -> f t <= f s.
Proof.
move=> as_ st tb H N; have [c [Hc E]] := mean_value as_ st tb H.
have := N c; nra.
Qed.

Lemma decreasing_of_derive f (f' : R -> R) s t : a <= s -> s < t -> t <= b ->
  (forall x, a <= x <= b -> is_derive f x (f' x)) ->
  (forall x, a <= x <= b -> f' x < 0) -> f t < f s.
Proof.
move=> as_ st tb H N; have [c [Hc E]] := mean_value as_ (Rlt_le _ _ st) tb H.
have := N c; nra.
Qed.

Lemma le_of_derive f g (f' g' : R -> R) s t : a <= s -> s <= t -> t <= b ->
  (forall x, a <= x <= b -> is_derive f x (f' x)) ->
  (forall x, a <= x <= b -> is_derive g x (g' x)) ->
  (forall x, a <= x <= b -> f' x <= g' x) -> f t - f s <= g t - g s.
Proof.
move=> as_ st tb Hf Hg L.
have : f t - g t <= f s - g s.
  apply: (@nonincreasing_of_derive (fun x => f x - g x) (fun x => f' x - g' x)) => // x Hx.
  - by apply: (@is_derive_minus R_AbsRing R_NormedModule); [apply: Hf | apply: Hg].
  - by have := L x Hx; lra.
lra.
Qed.

Lemma constant_of_derive f s t : a <= s -> s <= t -> t <= b ->
  (forall x, a <= x <= b -> is_derive f x 0) -> f t = f s.
Proof.
move=> as_ st tb H; have [c [Hc E]] := @mean_value f (fun _ => 0) s t as_ st tb H; lra.
Qed.

End Comparison.

(** Exponential decay: if f' <= - mu f then f(t) <= f(a) e^{- mu (t - a)}. *)
Lemma decay_of_derive (f f' : R -> R) (a t mu : R) : a <= t ->
  (forall x, a <= x <= t -> is_derive f x (f' x)) ->
  (forall x, a <= x <= t -> f' x <= - mu * f x) -> f t <= f a * exp (- mu * (t - a)).
Proof.
move=> at_ H D.
have : exp (mu * (t - a)) * f t <= exp (mu * (a - a)) * f a.
  apply: (@nonincreasing_of_derive a t (fun x => exp (mu * (x - a)) * f x)
           (fun x => exp (mu * (x - a)) * (mu * f x + f' x)) a t (Rle_refl _) at_ (Rle_refl _)) => x Hx.
  - have -> : exp (mu * (x - a)) * (mu * f x + f' x)
            = (mu * exp (mu * (x - a))) * f x + exp (mu * (x - a)) * f' x by ring.
    apply: is_deriveM.
      apply: is_derive_eq (is_derive_exp_comp (is_deriveZ mu (is_deriveB (is_derive_id x) (is_derive_const a x)))) _.
      by rewrite /one /zero /=; ring.
    + exact: H.
  - have := D x Hx; have := exp_pos (mu * (x - a)); nra.
have -> : mu * (a - a) = 0 by ring.
rewrite exp_0 => L.
have ep := exp_pos (- mu * (t - a)).
have E : exp (- mu * (t - a)) * exp (mu * (t - a)) = 1.
  by rewrite -exp_plus -exp_0; congr exp; ring.
have -> : f t = exp (- mu * (t - a)) * (exp (mu * (t - a)) * f t) by rewrite -Rmult_assoc E; ring.
nra.
Qed.

(** Growth backwards: if f' >= - mu f then f(t) >= f(a) e^{- mu (t - a)}. *)
Lemma growth_of_derive (f f' : R -> R) (a t mu : R) : a <= t ->
  (forall x, a <= x <= t -> is_derive f x (f' x)) ->
  (forall x, a <= x <= t -> - mu * f x <= f' x) -> f a * exp (- mu * (t - a)) <= f t.
Proof.
move=> at_ H D.
have : - f t <= - f a * exp (- mu * (t - a)).
  apply: (@decay_of_derive (fun x => - f x) (fun x => - f' x)) => // x Hx; first by apply: is_derive_opp; exact: H.
  by have := D x Hx; lra.
lra.
Qed.

(** ** Clamping *)

Definition clamp (a b x : R) : R := Rmax a (Rmin b x).

Lemma clamp_in a b x : a <= b -> a <= clamp a b x <= b.
Proof.
move=> ab; rewrite /clamp; split; first exact: Rmax_l.
by apply: Rmax_lub => //; exact: Rmin_l.
Qed.

Lemma clamp_id a b x : a <= x <= b -> clamp a b x = x.
Proof. by move=> [ax xb]; rewrite /clamp Rmin_right // Rmax_right. Qed.

Lemma Rmax_lip a x y : Rabs (Rmax a x - Rmax a y) <= Rabs (x - y).
Proof.
rewrite /Rmax; destruct (Rle_dec a x); destruct (Rle_dec a y);
  rewrite /Rabs; repeat destruct Rcase_abs; lra.
Qed.

Lemma Rmin_lip a x y : Rabs (Rmin a x - Rmin a y) <= Rabs (x - y).
Proof.
rewrite /Rmin; destruct (Rle_dec a x); destruct (Rle_dec a y);
  rewrite /Rabs; repeat destruct Rcase_abs; lra.
Qed.

Lemma clamp_lip a b x y : Rabs (clamp a b x - clamp a b y) <= Rabs (x - y).
Proof. exact: Rle_trans (Rmax_lip _ _ _) (Rmin_lip _ _ _). Qed.

Lemma clamp_continuous a b x : continuous (clamp a b) x.
Proof.
apply/filterlim_locally => eps; exists eps => y.
rewrite /ball /= /AbsRing_ball /abs /minus /plus /opp /= => H.
exact: Rle_lt_trans (clamp_lip _ _ _ _) H.
Qed.

(** Right half-line: x |-> max 0 x. *)
Lemma Rmax0_continuous x : continuous (Rmax 0) x.
Proof.
apply/filterlim_locally => eps; exists eps => y.
rewrite /ball /= /AbsRing_ball /abs /minus /plus /opp /= => H.
exact: Rle_lt_trans (Rmax_lip _ _ _) H.
Qed.

Lemma derive_continuous (f : R -> R) t l : is_derive f t l -> continuous f t.
Proof. by move=> H; apply: ex_derive_continuous; exists l. Qed.
