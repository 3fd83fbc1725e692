(** * Claim [conserved_quantities], the number of independent ones: E - n + (weak components)

    Source: Stock et al. 2022; design, section 1, row conserved_quantities.

    Glossary.
    - [support J]        the set of the E synapses with a weight that is not zero, as pairs (target, source)
    - [weak_components J] the set of the weak components, each the set of its neurons
    - [log_quantity a J] sum over the support of a_ij ln |J_ij|: the logarithm of the product of the |J_ij|^{a_ij}
    - [joined_by T]      joined by synapses of the set T
    - [conserved_log a J] no transform of J changes it (so that it is constant along the flow) *)

From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop finset path fingraph.
From Synbal Require Import Defs.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope R_scope.

Section Count.
Variable V : finType.
Implicit Types (J a : V -> V -> R) (h : V -> R).

Definition support J : {set V * V} := [set e : V * V | if Req_EM_T (J e.1 e.2) 0 then false else true].

Definition weak_components J : {set {set V}} :=
  [set [set y | linked (fun i j => Rabs (J i j)) x y] | x in V].

Definition log_quantity a J : R := \big[Rplus/0]_(e in support J) (a e.1 e.2 * ln (Rabs (J e.1 e.2))).

Definition conserved_log a J : Prop := forall h, log_quantity a (rescale h J) = log_quantity a J.

(** Joined by synapses of [T], whatever their direction. *)
Definition joined_by (T : {set V * V}) : rel V := connect (fun x y => ((x, y) \in T) || ((y, x) \in T)).

End Count.

(** A log-quantity is conserved exactly when its exponents form a circulation (of any sign) on the support: at every
    neuron the exponents in and out have the same sum. *)
Definition S_conserved_quantities_exponents : Prop :=
  forall (V : finType) (J a : V -> V -> R),
  conserved_log a J <->
  forall i, \big[Rplus/0]_(e in support J | e.1 == i) a e.1 e.2
          = \big[Rplus/0]_(e in support J | e.2 == i) a e.1 e.2.

(** The conserved log-quantities form a space of dimension E - n + (weak components). In coordinates: there is a spanning
    forest T, that is n - c synapses that join whatever the E synapses join, such that the exponents on the E - n + c others can be
    given at will, and then those on T are determined. *)
Definition S_conserved_quantities_count : Prop :=
  forall (V : finType) (J : V -> V -> R),
  exists T : {set V * V},
    T \subset support J /\
    (forall x y, linked (fun i j => Rabs (J i j)) x y = joined_by T x y) /\
    (#|support J :\: T| + #|V| = #|support J| + #|weak_components J|)%N /\
    forall b : V -> V -> R,
      (exists a, conserved_log a J /\ forall i j, (i, j) \in support J :\: T -> a i j = b i j) /\
      (forall a a', conserved_log a J -> conserved_log a' J ->
         (forall i j, (i, j) \in support J :\: T -> a i j = a' i j) ->
         forall i j, (i, j) \in support J -> a i j = a' i j).

(** These invariants of the transform are complete: a network K with the signs of J, and with the same values of the conserved
    log-quantities, is a transform of J. So a function of the signs and weights that no transform changes is a function of
    them. (That says nothing of quantities that the flow alone conserves.) *)
Definition S_conserved_quantities_complete : Prop :=
  forall (V : finType) (J K : V -> V -> R),
  (forall i j, sign (K i j) = sign (J i j)) ->
  (forall a, conserved_log a J -> log_quantity a K = log_quantity a J) ->
  exists h, forall i j, K i j = rescale h J i j.
