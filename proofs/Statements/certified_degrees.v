(** * A certificate for networks of any degrees: how far the balanced point is from computed log-scales

    Source: beyond the paper; degree one: [certified_balance], design, section 2. The Rust: [src/certify/degrees/].

    Glossary.
    - [A i j]          a lower bound of the cost of the synapse j -> i at the computed log-scales h
    - [curvature_of_degrees k A v i]  (H v)_i, H the matrix of the quadratic form sum_ij A_ij (k_j x_j - x_i)^2: the Hessian is p^2 H
                       where A are the costs
    - [free_grad_of_degrees moves k C i]  the gradient at the nodes that move, zero at the others
    - [agrees moves h x]  x is h at all nodes that do not move
    - [degree_of], [moving], [degree_scales p]  the degrees, the nodes that move, and the log-scales of a certificate [d]; its format and
                       the checker: [DegreeChecker.v] *)

From Coq Require Import Reals ZArith.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop.
From Synbal Require Import Defs Checker DegreeChecker.
From Synbal.Statements Require Import certified_balance any_degree.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope R_scope.

Section Certified.
Variable V : finType.

Definition curvature_of_degrees (k : V -> R) (A : V -> V -> R) (v : V -> R) (i : V) : R :=
  \rsum_(j) (A i j * (v i - k j * v j)) + k i * \rsum_(j) (A j i * (k i * v i - v j)).

Definition free_grad_of_degrees (moves : pred V) (k : V -> R) (C : V -> V -> R) (i : V) : R :=
  if moves i then grad_of_degrees k C i else 0.

Definition agrees (moves : pred V) (h x : V -> R) : Prop := forall i, ~~ moves i -> x i = h i.

End Certified.

(** Let v be zero at the nodes that do not move, and 0 < v <= vmax and H v >= lam > 0 at those that do, H made of lower bounds A of the
    costs at h; and K >= 1 + k_j for all degrees. If |g(h)| < (1/2) e^{-K rho} (lam / vmax) rho, then there is a balanced point that agrees
    with h at the nodes that do not move, it is the only one, it is within rho / p of h at every neuron, and the cost at h is above that at
    any other log-scales l by no more than |g(h)|^2 e^{K rho} vmax / (2 lam). Nothing is asked about cycles. *)
Definition S_certified_balance_degrees : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R) (k : V -> R) (moves : pred V) (h : V -> R) (A : V -> V -> R) (v : V -> R)
         (K lam vmax rho : R),
  nonnegative w -> 0 < p -> (forall i, 0 < k i) -> (forall i, 1 + k i <= K) ->
  (forall i j, 0 <= A i j <= cost_of_degrees w p k h i j) ->
  (forall i, ~~ moves i -> v i = 0) -> (forall i, moves i -> 0 < v i) -> (forall i, v i <= vmax) ->
  0 < vmax -> 0 < lam -> 0 < rho ->
  (forall i, moves i -> lam <= curvature_of_degrees k A v i) ->
  let g := free_grad_of_degrees moves k (cost_of_degrees w p k h) in
  norm2 g < / 2 * exp (- (K * rho)) * (lam / vmax) * rho ->
  exists x, agrees moves h x /\ balanced_of_degrees moves k (cost_of_degrees w p k x) /\
    (forall l, agrees moves h l -> balanced_of_degrees moves k (cost_of_degrees w p k l) -> forall i, l i = x i) /\
    (forall i, Rabs (x i - h i) <= rho / p) /\
    (forall l, agrees moves h l -> total (cost_of_degrees w p k h) - total (cost_of_degrees w p k l)
       <= norm2 g ^ 2 * exp (K * rho) * vmax / (2 * lam)).

(** ** The integers *)

Section Meaning.
Variable d : degree_certificate.
Let V := 'I_(size (neurons (base d))).

(** The degree of neuron i, a_i / D. *)
Definition degree_of (i : V) : R := IZR (nth 0%Z (numerators d) i) / IZR (denominator d).

(** A node moves if its ground is positive. *)
Definition moving (i : V) : bool := (0 <? ground (nth outside (neurons (base d)) i))%Z.

(** h_i = D ln(G_i / U) / p. *)
Definition degree_scales (p : R) (i : V) : R :=
  IZR (denominator d) * ln (IZR (scale (nth outside (neurons (base d)) i)) / IZR (scale_unit d)) / p.

End Meaning.

(** What a passed certificate means, for all costs w that its integers enclose and every real p > 0: there is a balanced point,
    incoming = k outgoing, with log-scale zero at the nodes that do not move; it is the only one; every log-scale is within radius / (p
    radius_unit) of the certificate's; every balanced weight is within the factor e^{+-(1 + k_j) radius / (p radius_unit)} of that by the
    certificate's log-scales; and the cost at these is at most G2 vmax D Q / (2 S (D Q - M r) lam) above the least. *)
Definition S_certified_balance_degrees_integers : Prop :=
  forall (d : degree_certificate) (w : 'I_(size (neurons (base d))) -> 'I_(size (neurons (base d))) -> R) (p : R),
  0 < p -> fits w -> check_degrees d = true ->
  let c := base d in
  let k := @degree_of d in
  let h := @degree_scales d p in
  let r := IZR (radius c) / IZR (radius_unit c) in
  exists x,
    (held (@moving d) x /\ balanced_of_degrees (@moving d) k (cost_of_degrees w p k x)) /\
    (forall l, held (@moving d) l -> balanced_of_degrees (@moving d) k (cost_of_degrees w p k l) -> forall i, l i = x i) /\
    (forall i, Rabs (x i - h i) <= r / p) /\
    (forall J i j, J i j <> 0 ->
       within_factor ((1 + k j) * r / p) (rescale_deg k x J i j) (rescale_deg k h J i j)) /\
    (forall l, held (@moving d) l -> total (cost_of_degrees w p k h) - total (cost_of_degrees w p k l) <=
       IZR (pull_sq d) * IZR (vmax c) * (IZR (denominator d) * IZR (radius_unit c))
       / (2 * IZR (cost_unit c) * (IZR (denominator d) * IZR (radius_unit c) - IZR (steepest d) * IZR (radius c)) * IZR (lam c))).
