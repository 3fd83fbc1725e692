(** * Floating point: how far the computed neural gradient is from the real one

    Source: issue "The proofs", point 3; the program's order of operations is that of [src/flow.rs].

    Glossary.
    - [fl x]      x rounded to the nearest binary64 number, ties to even, with gradual underflow and without
                  overflow (Flocq's FLT format, precision 53, least exponent -1074)
    - [binary64 x]  x is a binary64 number
    - [u]         2^-53, the unit roundoff
    - [fl_sum l]  the sum from 0, left to right, rounded after each addition
    - [fl_incoming C i], [fl_outgoing C i]  the sums r_i and c_i of the costs into and out of neuron i, in ascending order
                  of the neurons, self-synapse skipped. (A zero cost changes nothing, so the sum over the
                  synapses that exist is the same number.)
    - [fl_grad C i]  fl (r_i - c_i)
    - [terms C i]  the larger of the numbers of nonzero costs into and out of neuron i
    - [gamma k]   k u / (1 - k u) *)

From Coq Require Import Reals ZArith.
From Flocq Require Import Core.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop.
From Synbal Require Import Defs.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope R_scope.

Definition fl (x : R) : R := round radix2 (FLT_exp (-1074) 53) ZnearestE x.

Definition binary64 (x : R) : Prop := generic_format radix2 (FLT_exp (-1074) 53) x.

Definition u : R := bpow radix2 (-53).

Definition gamma (k : nat) : R := INR k * u / (1 - INR k * u).

Definition fl_sum (l : seq R) : R := foldl (fun s x => fl (s + x)) 0 l.

Section Gradient.
Variable n : nat.
Implicit Types (C w : 'I_n -> 'I_n -> R) (d : 'I_n -> R).

Definition fl_incoming C (i : 'I_n) : R := fl_sum [seq C i j | j <- enum 'I_n & j != i].
Definition fl_outgoing C (i : 'I_n) : R := fl_sum [seq C j i | j <- enum 'I_n & j != i].
Definition fl_grad C (i : 'I_n) : R := fl (fl_incoming C i - fl_outgoing C i).

Definition nonzero (x : R) : bool := if Req_EM_T x 0 then false else true.

Definition terms C (i : 'I_n) : nat :=
  maxn (count (fun j => (j != i) && nonzero (C i j)) (enum 'I_n))
       (count (fun j => (j != i) && nonzero (C j i)) (enum 'I_n)).

(** A cost at the log-scales whose exponentials are d: w_ij d_j / d_i, as the program computes it. *)
Definition fl_cost w d : 'I_n -> 'I_n -> R := fun i j => fl (fl (w i j * d j) / d i).
Definition real_cost w d : 'I_n -> 'I_n -> R := fun i j => w i j * d j / d i.

(** No underflow: what is rounded is zero or at least 2^-1022, the least normal number. *)
Definition normal (x : R) : Prop := x = 0 \/ bpow radix2 (-1022) <= Rabs x.

(** Nor does any product or quotient in the costs underflow. *)
Definition no_underflow w d : Prop := forall i j, normal (w i j * d j) /\ normal (fl (w i j * d j) / d i).

End Gradient.

(** For given binary64 costs the computed neural gradient is within
      (m + 1) u / (1 - (m + 1) u) (r_i + c_i)
    of the real one, m the larger number of terms. Underflow is harmless: additions have none. (m <= n - 1, so that
    n u / (1 - n u) (r_i + c_i) is always enough.) *)
Definition S_float_gradient : Prop :=
  forall (n : nat) (C : 'I_n -> 'I_n -> R) (i : 'I_n),
  (forall i j, binary64 (C i j)) -> nonnegative C ->
  INR (terms C i + 1) * u < 1 ->
  Rabs (fl_grad C i - grad C i) <= gamma (terms C i + 1) * (incoming C i + outgoing C i).

(** In terms of the number n of neurons alone. *)
Definition S_float_gradient_all : Prop :=
  forall (n : nat) (C : 'I_n -> 'I_n -> R) (i : 'I_n),
  (forall i j, binary64 (C i j)) -> nonnegative C ->
  INR n * u < 1 ->
  Rabs (fl_grad C i - grad C i) <= gamma n * (incoming C i + outgoing C i).

(** With costs computed as fl (fl (w_ij * d_j) / d_i), absent underflow there, the computed gradient is within
      (m + 3) u / (1 - (m + 3) u) (r_i + c_i)
    of the gradient of the real costs w_ij d_j / d_i, whose sums are r_i and c_i. *)
Definition S_float_gradient_scaled : Prop :=
  forall (n : nat) (w : 'I_n -> 'I_n -> R) (d : 'I_n -> R) (i : 'I_n),
  (forall i j, binary64 (w i j)) -> nonnegative w -> (forall i, binary64 (d i)) -> (forall i, 0 < d i) ->
  no_underflow w d ->
  INR (terms w i + 3) * u < 1 ->
  Rabs (fl_grad (fl_cost w d) i - grad (real_cost w d) i)
    <= gamma (terms w i + 3) * (incoming (real_cost w d) i + outgoing (real_cost w d) i).

(** One computed cost: relative error 2 u + u^2. *)
Definition S_float_gradient_cost : Prop :=
  forall (n : nat) (w : 'I_n -> 'I_n -> R) (d : 'I_n -> R) (i j : 'I_n),
  nonnegative w -> (forall i, 0 < d i) ->
  normal (w i j * d j) -> normal (fl (w i j * d j) / d i) ->
  Rabs (fl_cost w d i j - real_cost w d i j) <= (2 * u + u ^ 2) * real_cost w d i j.

(** The sum over the synapses that exist is the sum over all neurons: zeros change nothing. *)
Definition S_float_gradient_zeros : Prop :=
  forall l : seq R, (forall x, List.In x l -> binary64 x) -> fl_sum [seq x <- l | nonzero x] = fl_sum l.

(** From the log-scales themselves: the d that a library's exponential makes of p h, each within the relative error eps (for a correctly
    rounded one, absent over- and underflow, eps = u), against the gradient at h. The exponentials add 2 eps / (1 - eps)
    to the relative error of every cost. *)
Definition S_float_gradient_exponentials : Prop :=
  forall (n : nat) (w : 'I_n -> 'I_n -> R) (p eps : R) (h d : 'I_n -> R) (i : 'I_n),
  (forall i j, binary64 (w i j)) -> nonnegative w -> (forall i, binary64 (d i)) -> (forall i, 0 < d i) ->
  no_underflow w d ->
  INR (terms w i + 3) * u < 1 ->
  0 <= eps < 1 -> (forall i, Rabs (d i / exp (p * h i) - 1) <= eps) ->
  let C := cost_at w p h in
  let delta := 2 * eps / (1 - eps) in
  Rabs (fl_grad (fl_cost w d) i - grad C i)
    <= (gamma (terms w i + 3) * (1 + delta) + delta) * (incoming C i + outgoing C i).
