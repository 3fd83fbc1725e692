(** * Claim [certified_balance], of what was written: the rounded output beside its input

    Source: design, section 2 (beyond the paper). The check: [Pairs.v].

    Glossary.
    - [matrix_of f l]  the matrix of the weights in the list l, over the neurons of f; [matrix f] is that of the file's own list *)

From Coq Require Import Reals ZArith.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop.
From Synbal Require Import Defs Checker Weights Pairs.
From Synbal.Statements Require Import certified_balance certified_file.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope R_scope.

Definition matrix_of (f : file) (l : seq weight) (i j : 'I_(size (nodes f))) : R :=
  \big[Rplus/0]_(w <- l | @joins f i j w) value w.

(** Weight by weight, world or not: the n-th weight written joins the neurons of the n-th weight read; it is zero exactly if that was;
    and if not, it is e^{-h_i} v e^{h_j} with the log-scales h of the certificate, up to the relative error q / u. (As many weights as there
    are may lead between a neuron and the world: which input or output each belongs to, is its place in the list.) *)
Definition S_certified_balance_pair_weights : Prop :=
  forall (f : file) (written : seq weight) (q u : Z) (none : weight),
  weights_ok f written q u = true ->
  size written = size (weights f) /\
  forall n, (n < size (weights f))%N ->
  let v := nth none (weights f) n in
  let w := nth none written n in
  post w = post v /\ pre w = pre v /\ (value w = 0 <-> value v = 0) /\
  forall i j : 'I_(size (nodes f)), joins i j v -> value v <> 0 ->
    Rabs (value w / (exp (- @log_scales f i) * value v * exp (@log_scales f j)) - 1) <= IZR q / IZR u.

(** The same of the matrices of a network without a world node: a synapse is written exactly where one was read, with its sign, and its
    weight is e^{-h_i} J_ij e^{h_j} with the log-scales h of the certificate, up to the relative error q / u. *)
Definition S_certified_balance_pair : Prop :=
  forall (f : file) (written : seq weight) (q u : Z),
  pair_ok f written q u = true ->
  let J := @matrix f in
  let K := @matrix_of f written in
  let h := @log_scales f in
  forall i j,
    (K i j = 0 <-> J i j = 0) /\
    (J i j <> 0 -> Rabs (K i j / rescale h J i j - 1) <= IZR q / IZR u).

(** The balance of what was written, without a world node: a certificate of the output itself, with all its scales equal, is about the
    output as it is. It costs at most gap / S more than the least that any rescaling of it costs, and a balanced one has all its weights
    within e^{+- 2 r / p} of those written. *)
Definition S_certified_balance_as_written : Prop :=
  forall f : file, as_written f = true -> world f = false ->
  let K := @matrix f in
  let C := cost (@alpha f) (power_of f) in
  let r := IZR (claim_radius f) / IZR (claim_radius_unit f) in
  (forall k, total (C K) - total (C (rescale k K)) <= IZR (claim_gap f) / unit_of f) /\
  exists k,
    balanced (C (rescale k K)) /\
    (forall i j, K i j <> 0 -> within_factor (2 * r / power_of f) (rescale k K i j) (K i j)).

(** With or without a world node: the costs of the output as it is are at most gap / S above the least, and a balanced rescaling changes no
    weight by more than a factor e^{+- 2 r / p}. *)
Definition S_certified_balance_as_written_costs : Prop :=
  forall f : file, as_written f = true ->
  let p := power_of f in
  let r := IZR (claim_radius f) / IZR (claim_radius_unit f) in
  (forall k, total (@file_costs f) - total (cost_at (@file_costs f) p k) <= IZR (claim_gap f) / unit_of f) /\
  exists k,
    balanced (cost_at (@file_costs f) p k) /\
    (forall K i j, K i j <> 0 -> within_factor (2 * r / p) (rescale k K i j) (K i j)).
