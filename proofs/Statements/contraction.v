(** * Claim [contraction]: two solutions of the flow never move apart; the a posteriori error bound

    Source: design, section 1 (beyond the paper): the gradient of a convex function is monotone.

    Glossary: [norm2] is the Euclidean norm; [is_flow w p h] is h' = g(h) for t >= 0, see [Defs.v]; [RInt D a b] is
    the integral of [D] from [a] to [b]. *)

From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop path fingraph.
From Synbal Require Import Defs FlowDefs.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope R_scope.

(** The distance |h1(t) - h2(t)| does not increase. *)
Definition S_contraction : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R) (h1 h2 : R -> V -> R),
  nonnegative w -> 0 < p -> is_flow w p h1 -> is_flow w p h2 ->
  forall s t, 0 <= s <= t ->
    norm2 (fun i => h1 t i - h2 t i) <= norm2 (fun i => h1 s i - h2 s i).

(** Let x be any curve on [a, b], for example the interpolant of a numerical solver, whose velocity v misses the
    field by at most D(t), where D is continuous. Then its distance to the true solution has grown by at most the
    integral of D. (For a curve with corners, apply this between the corners and add up.) *)
Definition S_contraction_defect : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R) (h x v : R -> V -> R) (D : R -> R) (a b : R),
  nonnegative w -> 0 < p -> 0 <= a <= b -> is_flow w p h ->
  (forall t, a <= t <= b -> forall i, is_derive (fun s => x s i) t (v t i)) ->
  (forall t, a <= t <= b -> norm2 (fun i => v t i - grad (cost_at w p (x t)) i) <= D t) ->
  (forall t, a <= t <= b -> continuous D t) ->
  norm2 (fun i => x b i - h b i) <= norm2 (fun i => x a i - h a i) + RInt D a b.
