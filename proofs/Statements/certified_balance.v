(** * Claim [certified_balance]: what a passed certificate means

    Source: design, section 2. The checker and the format of a certificate: [Checker.v].

    Glossary. The neurons of a certificate [c] are numbered 1 to n: here the elements of ['I_(size (neurons c))].
    - [fits c w]       the costs w lie between the integers of the certificate: lo <= S w <= hi
    - [scales c p]     the computed log-scales, h_i = ln(E_i) / p
    - [is_root c i]    neuron i is the root of its weak component *)

From Coq Require Import Reals ZArith.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop.
From Synbal Require Import Defs Checker.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope R_scope.

Section Meaning.
Variable c : certificate.
Let V := 'I_(size (neurons c)).

(** Neuron i (counted from 0) has the number i + 1. *)
Definition key (i : V) : positive := Pos.of_succ_nat i.

Definition between (i j : V) (e : edge) : bool := Pos.eqb (target e) (key i) && Pos.eqb (source e) (key j).

(** The sum of a field over the synapses j -> i that the certificate lists. *)
Definition listed (f : edge -> Z) (i j : V) : R :=
  \big[Rplus/0]_(e <- edges c | between i j e) IZR (f e).

Definition fits (w : V -> V -> R) : Prop :=
  forall i j, listed lo i j <= IZR (cost_unit c) * w i j <= listed hi i j.

Definition scales (p : R) (i : V) : R := ln (IZR (scale (nth outside (neurons c) i))) / p.

Definition is_root (i : V) : Prop := component (nth outside (neurons c) i) = key i.

End Meaning.

(** The circulation certificate. The least total cost over all log-scales k is at least the sum of the flows, the
    total cost at the computed log-scales is at most the sum of the rounded-up costs, and they differ by at
    most gap / S. For every real p > 0. *)
Definition S_certified_balance_gap : Prop :=
  forall (c : certificate) (w : 'I_(size (neurons c)) -> 'I_(size (neurons c)) -> R) (p : R),
  0 < p -> fits w -> check_gap c = true ->
  (forall k, IZR (lower_cost c) / IZR (cost_unit c) <= total (cost_at w p k)) /\
  total (cost_at w p (@scales c p)) <= IZR (upper_cost c) / IZR (cost_unit c) /\
  (forall k, total (cost_at w p (@scales c p)) - total (cost_at w p k) <= IZR (gap c) / IZR (cost_unit c)).

(** The ground-state certificate. There is exactly one balanced point k that agrees with the computed log-scales at the
    roots; it lies within radius / (p radius_unit) of them at every neuron; every balanced weight is
    within the factor e^{+- 2 radius / (p radius_unit)} of the computed one; and the total cost is
    at most G2 vmax Q / (2 S (Q - 2 r) lam) above the least. *)
Definition S_certified_balance_radius : Prop :=
  forall (c : certificate) (w : 'I_(size (neurons c)) -> 'I_(size (neurons c)) -> R) (p : R),
  0 < p -> fits w -> check_radius c = true ->
  let h := @scales c p in
  let r := IZR (radius c) / IZR (radius_unit c) in
  exists k,
    (balanced (cost_at w p k) /\ forall i, is_root i -> k i = h i) /\
    (forall l, balanced (cost_at w p l) -> (forall i, is_root i -> l i = h i) -> forall i, l i = k i) /\
    (forall i, Rabs (k i - h i) <= r / p) /\
    (forall J i j, J i j <> 0 ->
       within_factor (2 * r / p) (rescale k J i j) (rescale h J i j)) /\
    (forall l, total (cost_at w p h) - total (cost_at w p l) <=
       IZR (grad_sq c) * IZR (vmax c) * IZR (radius_unit c)
       / (2 * IZR (cost_unit c) * (IZR (radius_unit c) - 2 * IZR (radius c)) * IZR (lam c))).

(** The same about the weights: the transforms of J contain a balanced matrix, every other balanced transform has its
    costs, and its weights are within the factor e^{+- 2 radius / (p radius_unit)} of the computed ones. *)
Definition S_certified_balance_weights : Prop :=
  forall (c : certificate) (alpha J : 'I_(size (neurons c)) -> 'I_(size (neurons c)) -> R) (p : R),
  0 < p -> fits (cost alpha p J) -> check_radius c = true ->
  let r := IZR (radius c) / IZR (radius_unit c) in
  exists k,
    balanced (cost alpha p (rescale k J)) /\
    (forall l, balanced (cost alpha p (rescale l J)) ->
       forall i j, cost alpha p (rescale l J) i j = cost alpha p (rescale k J) i j) /\
    (forall i j, J i j <> 0 ->
       within_factor (2 * r / p) (rescale k J i j) (rescale (@scales c p) J i j)).

(** The same in real numbers. C(h) = w_ij e^{p (h_j - h_i)}; A <= C(h) are lower bounds; lab i is the root of i's weak component; v
    is zero at the roots, 0 < v <= vmax elsewhere, and L v >= lam there, L the Laplacian of A + A^T. If
    |g(h)| < (1/2) e^{-2 rho} (lam / vmax) rho, then one balanced point agrees with h at the roots, it is the
    only one, it is within rho / p of h, and C(h) - C* <= |g(h)|^2 e^{2 rho} vmax / (2 lam). The norm of g leaves the
    roots out, since they do not move. (In the design's units: rho is p times its radius, lam / vmax is
    gamma / p^2, and the gradient of C is - p g.) *)
Definition S_certified_balance_ground_state : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R) (h : V -> R) (A : V -> V -> R) (v : V -> R) (lab : V -> V)
         (lam vmax rho : R),
  nonnegative w -> 0 < p ->
  (forall i j, 0 <= A i j <= cost_at w p h i j) ->
  (forall i j, 0 < w i j -> lab i = lab j) ->
  (forall i, lab i = i -> v i = 0) -> (forall i, lab i <> i -> 0 < v i) -> (forall i, v i <= vmax) ->
  0 < vmax -> 0 < lam -> 0 < rho ->
  (forall i, lab i <> i -> lam <= \rsum_(j) ((A i j + A j i) * (v i - v j))) ->
  let g := fun i => if lab i == i then 0 else grad (cost_at w p h) i in
  norm2 g < / 2 * exp (- (2 * rho)) * (lam / vmax) * rho ->
  exists k,
    (balanced (cost_at w p k) /\ forall i, lab i = i -> k i = h i) /\
    (forall l, balanced (cost_at w p l) -> (forall i, lab i = i -> l i = h i) -> forall i, l i = k i) /\
    (forall i, Rabs (k i - h i) <= rho / p) /\
    (forall l, total (cost_at w p h) - total (cost_at w p l) <=
       norm2 g ^ 2 * exp (2 * rho) * vmax / (2 * lam)).

(** The circulation bound in real numbers: a circulation below the costs at some h bounds the total cost everywhere. *)
Definition S_certified_balance_circulation : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R) (h : V -> R) (F : V -> V -> R),
  circulation F -> (forall i j, F i j <= cost_at w p h i j) ->
  forall k, total F <= total (cost_at w p k).
