(** * Claim [certified_balance], of accumulated noise: what the extracted checker's answer says about it

    Source: design, section 2c (beyond the paper). The check: [Accumulated.v].

    Glossary.
    - [weights_of g]   the matrix J of the weights
    - [gamma_of g]     gamma, what a step weighs relative to the one before
    - [noise_matrix g J]  M = sum over the steps t = 1, ..., T of gamma^t (J^t)o(J^t); see [noise_over_time.v]
    - [noise_log_scales g]  the log-scales of the certificate *)

From Coq Require Import Reals ZArith.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop.
From Synbal Require Import Defs FlowDefs Checker Weights Accumulated.
From Synbal.Statements Require Import certified_balance certified_file noise_over_time.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope R_scope.

Section Meaning.
Variable g : noise.
Let V := 'I_(size (nodes (noise_file g))).

Definition weights_of (i j : V) : R := IZR (entry (rows g) i j) * powerRZ 2 (rows_exponent g).

Definition gamma_of : R := IZR (discount g) * powerRZ 2 (discount_exponent g).

Definition noise_matrix (J : V -> V -> R) : V -> V -> R := accumulated (iota 1 (steps g)) (fun m => gamma_of ^ m) J.

Definition noise_log_scales (i : V) : R := @log_scales (noise_file g) i.

End Meaning.

(** The costs that an accepted certificate is about are the matrix of accumulated noise; within components, its part on cycles. *)
Definition S_certified_balance_accumulated_costs : Prop :=
  forall g : noise, accepts_noise g = true ->
  let M := @noise_matrix g (@weights_of g) in
  forall i j, @file_costs (noise_file g) i j = if within (frame g) then cyclic_part M i j else M i j.

(** An accepted certificate of the whole network. No rescaling accumulates less noise than that by the certificate's log-scales, by more
    than gap / S; and there is one whose matrix of accumulated noise is balanced, all such have this matrix, and every weight of
    it is within the factor e^{+- r} of the weight that the log-scales of the certificate give. *)
Definition S_certified_balance_accumulated : Prop :=
  forall g : noise, accepts_noise g = true -> within (frame g) = false ->
  let J := @weights_of g in
  let M := fun h => @noise_matrix g (rescale h J) in
  let h := @noise_log_scales g in
  let r := IZR (claim_radius (frame g)) / IZR (claim_radius_unit (frame g)) in
  (forall k, total (M h) - total (M k) <= IZR (claim_gap (frame g)) / IZR (2 ^ bits (frame g))) /\
  exists k,
    balanced (M k) /\
    (forall l, balanced (M l) -> forall i j, M l i j = M k i j) /\
    (forall i j, J i j <> 0 -> within_factor r (rescale k J i j) (rescale h J i j)).
