(** * A network and what was written of its rescaling: integers only

    A program rescales weights and rounds them. What it wrote is compared here with what it read: every written weight is the
    rescaled one, by the log-scales of the certificate, up to a factor near one. [Statements/certified_pair.v] says what that means.

    Glossary.
    - [shifted_le x y k]      x <= y 2^k
    - [near_rescaled f m q u] of two weights v (read) and w (written) of one synapse, m the table of neurons: both are zero, or they have
                              the same sign, and |w| e^{h_i - h_j} / |v| is within 1 +- q / u; both sides are taken to the power numerator f
    - [weights_ok f written q u] so are all, in order: the n-th weight written is the n-th weight read
    - [pair_ok f written q u] the same of a matrix, without a world node: no two weights join the same neurons
    - [as_written f]          an accepted file whose scales are all the same: it is about its network as it is *)

From Coq Require Import ZArith List FMapPositive.
From Synbal Require Import Checker Weights.
Import ListNotations.

Local Open Scope Z_scope.

Definition shifted_le (x y k : Z) : bool := if 0 <=? k then x <=? y * 2 ^ k else x * 2 ^ (- k) <=? y.

Definition near_rescaled (f : file) (m : table) (q u : Z) (v w : weight) : bool :=
  let a := Zpos (numerator f) in
  let b := Zpos (two_to (roots f)) in
  let k := a * (exponent w - exponent v) in
  let read := Z.abs (mantissa v) ^ a * scale (look m (pre v)) ^ b in
  let written := u ^ a * Z.abs (mantissa w) ^ a * scale (look m (post v)) ^ b in
  if mantissa v =? 0 then mantissa w =? 0 else
  if 0 <? mantissa v * mantissa w then
  if shifted_le ((u - q) ^ a * read) written k then
  shifted_le (- ((u + q) ^ a * read)) (- written) k else false else false.

Fixpoint near_all (f : file) (m : table) (q u : Z) (l written : list weight) : bool :=
  match l, written with
  | [], [] => true
  | v :: l', w :: written' =>
    if (post v =? post w)%positive then
    if (pre v =? pre w)%positive then
    if near_rescaled f m q u v w then near_all f m q u l' written' else false else false else false
  | _, _ => false
  end.

Definition weights_ok (f : file) (written : list weight) (q u : Z) : bool :=
  if 0 <=? q then if q <? u then
  if all_neurons (fun _ x => 0 <? scale x) 1 (nodes f) then near_all f (nodes_table f) q u (weights f) written
  else false else false else false.

Definition pair_ok (f : file) (written : list weight) (q u : Z) : bool :=
  if in_order (fun _ => false) (weights f) then weights_ok f written q u else false.

Definition as_written (f : file) : bool :=
  if accepts f then
  match nodes f with [] => true | x :: l => all_neurons (fun _ y => scale y =? scale x) 1 l end else false.
