(** * Claim [certified_balance], of a file: what the extracted checker's answer says about the weights

    Source: design, section 2. The format: [Weights.v].

    Glossary.
    - [value w]        the weight mantissa * 2^exponent
    - [factor_of w]    what its cost is multiplied by, factor * 2^factor_exponent
    - [matrix f]       the matrix J of the weights that the file lists
    - [alpha f]        alpha: the factors of the synapses that count, 0 for those left out; for the robustness cost, alpha_ij is
                       the mean squared gain of j
    - [power_of f]     the exponent p = numerator / 2^roots of the cost
    - [listed_costs f] the costs of the weights that the file lists, those of the same two nodes added up
    - [file_costs f]   the same for the synapses that count, 0 for those left out
    - [unit_of f]      S = 2^bits
    - [log_scales f]   h_i = ln(E_i) / p *)

From Coq Require Import Reals ZArith.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop.
From Synbal Require Import Defs FlowDefs Checker Weights.
From Synbal.Statements Require Import certified_balance.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope R_scope.

Definition value (w : weight) : R := IZR (mantissa w) * powerRZ 2 (exponent w).

Definition factor_of (w : weight) : R := IZR (factor w) * powerRZ 2 (factor_exponent w).

Section Meaning.
Variable f : file.
Let V := 'I_(size (nodes f)).

Definition joins (i j : V) (w : weight) : bool :=
  Pos.eqb (post w) (Pos.of_succ_nat i) && Pos.eqb (pre w) (Pos.of_succ_nat j).

Definition matrix (i j : V) : R := \big[Rplus/0]_(w <- weights f | joins i j w) value w.

Definition power_of : R := IZR (Zpos (numerator f)) / IZR (Zpos (two_to (roots f))).

Definition same_label (i j : V) : bool :=
  Pos.eqb (component (nth outside (nodes f) i)) (component (nth outside (nodes f) j)).

Definition counted (i j : V) : R := if within f then if same_label i j then 1 else 0 else 1.

Definition alpha (i j : V) : R := counted i j * \big[Rplus/0]_(w <- weights f | joins i j w) factor_of w.

Definition listed_costs (i j : V) : R :=
  \big[Rplus/0]_(w <- weights f | joins i j w) (factor_of w * abs_pow power_of (value w)).

Definition file_costs (i j : V) : R := counted i j * listed_costs i j.

Definition unit_of : R := IZR (2 ^ bits f).

Definition log_scales (i : V) : R := ln (IZR (scale (nth outside (nodes f) i))) / power_of.

End Meaning.

(** The integers of the certificate enclose the costs of the weights. *)
Definition S_certified_balance_fits : Prop :=
  forall (f : file) (es : seq edge), file_edges f = Some es -> fits (c := certificate_with f es) (@file_costs f).

(** Without a world node, these are the costs of the matrix J. *)
Definition S_certified_balance_matrix : Prop :=
  forall f : file, accepts f = true -> world f = false ->
  forall i j, file_costs i j = cost (@alpha f) (power_of f) (@matrix f) i j.

(** An accepted file, with or without a world node. No rescaling of its network costs less than that by the file's log-scales, by more
    than gap / S; and there is a balanced rescaling, all balanced ones have its costs, and every weight of it is within the factor
    e^{+- 2 r / p} of the weight that the log-scales of the file give. *)
Definition S_certified_balance_costs : Prop :=
  forall f : file, accepts f = true ->
  let C := fun h => cost_at (@file_costs f) (power_of f) h in
  let h := @log_scales f in
  let r := IZR (claim_radius f) / IZR (claim_radius_unit f) in
  (forall k, total (C h) - total (C k) <= IZR (claim_gap f) / unit_of f) /\
  exists k,
    balanced (C k) /\
    (forall l, balanced (C l) -> forall i j, C l i j = C k i j) /\
    (forall J i j, J i j <> 0 -> within_factor (2 * r / power_of f) (rescale k J i j) (rescale h J i j)).

(** The same about the matrix J of an accepted file without a world node. *)
Definition S_certified_balance_file : Prop :=
  forall f : file, accepts f = true -> world f = false ->
  let J := @matrix f in
  let C := fun h => cost (@alpha f) (power_of f) (rescale h J) in
  let h := @log_scales f in
  let r := IZR (claim_radius f) / IZR (claim_radius_unit f) in
  (forall k, total (C h) - total (C k) <= IZR (claim_gap f) / unit_of f) /\
  exists k,
    balanced (C k) /\
    (forall l, balanced (C l) -> forall i j, C l i j = C k i j) /\
    (forall i j, J i j <> 0 -> within_factor (2 * r / power_of f) (rescale k J i j) (rescale h J i j)).

(** What an accepted file within components leaves out are exactly the synapses that lie on no cycle of the network: the costs that it
    is about are those of the part on cycles, whose least total is the infimum of the whole network's
    ([global_convergence_infimum]). *)
Definition S_certified_balance_left_out : Prop :=
  forall f : file, accepts f = true -> within f = true ->
  forall i j, @file_costs f i j = cyclic_part (@listed_costs f) i j.
