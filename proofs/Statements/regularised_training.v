(** * Claim [regularised_training]: training with a power penalty ends balanced

    Source: design, sections 1 and 2b; Baldi et al., A theory of neural synaptic balance (arXiv 2405.09688); Stock et
    al. 2022 (regularisation and balance).

    Glossary. The synapses form an arbitrary finite set [E]: recurrent, input, bias and read-out weights alike.
    - [source e], [target e]  the neurons at the two ends; [None] is the outside world: an input weight has source
                             [None], a read-out weight target [None]
    - [transform_synapses]   w'_e = e^{- h_target} w_e e^{k_source h_source}, with h = 0 for the world
    - [has_gradient L w G]   the loss L is (totally) differentiable at the weights w, with gradient G
    - [objective L c p]      L(w) + c sum_e |w_e|^p
    - [critical]             the partial derivatives of a function vanish, at every weight that is not zero
                             (at a zero weight |w|^p need not be differentiable, and nothing is asked) *)

From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop.
From Synbal Require Import Defs.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope R_scope.

Section Training.
Variables (V E : finType) (source target : E -> option V).

Definition scale_at (h : V -> R) (o : option V) : R := if o is Some i then h i else 0.

Definition transform_synapses (k h : V -> R) (w : E -> R) : E -> R := fun e =>
  exp (- scale_at h (target e)) * w e * exp (scale_at (fun i => k i * h i) (source e)).

Definition has_gradient (L : (E -> R) -> R) (w G : E -> R) : Prop :=
  forall eps, 0 < eps -> exists delta, 0 < delta /\
  forall z, (forall e, Rabs (z e - w e) < delta) ->
  Rabs (L z - L w - \rsum_(e) (G e * (z e - w e))) <= eps * \rsum_(e) Rabs (z e - w e).

Definition objective (L : (E -> R) -> R) (c p : R) (w : E -> R) : R := L w + c * \rsum_(e) abs_pow p (w e).

(** The weights w with the weight of e replaced by s. *)
Definition replace (w : E -> R) (e : E) (s : R) : E -> R := fun d => if d == e then s else w d.

Definition critical (F : (E -> R) -> R) (w : E -> R) : Prop :=
  forall e, w e <> 0 -> is_derive (fun s => F (replace w e s)) (w e) 0.

End Training.

(** A loss that no transform changes, plus c sum |w|^p with c <> 0 and any p > 0: at every critical point each
    neuron's incoming cost is k_i times its outgoing cost, over its whole input and output. For k = 1, this is
    balance. *)
Definition S_regularised_training : Prop :=
  forall (V E : finType) (source target : E -> option V) (k : V -> R) (L : (E -> R) -> R) (c p : R) (w G : E -> R),
  0 < p -> c <> 0 ->
  (forall h, L (transform_synapses source target k h w) = L w) ->
  has_gradient L w G -> critical (objective L c p) w ->
  forall i, \rsum_(e | target e == Some i) abs_pow p (w e) = k i * \rsum_(e | source e == Some i) abs_pow p (w e).

(** The same for a matrix of weights one of whose nodes is the world (h = 0 there): the costs
    |J_ij|^p are balanced, at every neuron and at the world. *)
Definition S_regularised_training_matrix : Prop :=
  forall (V : finType) (world : V) (L : (V -> V -> R) -> R) (c p : R) (J G : V -> V -> R),
  0 < p -> c <> 0 ->
  (forall h, h world = 0 -> L (rescale h J) = L J) ->
  let Lp := fun w : V * V -> R => L (fun i j => w (i, j)) in
  let Jp := fun e : V * V => J e.1 e.2 in
  has_gradient Lp Jp (fun e => G e.1 e.2) -> critical (objective Lp c p) Jp ->
  balanced (cost (fun _ _ => 1) p J).
