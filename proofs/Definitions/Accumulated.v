(** * The matrix of accumulated noise, exactly: integers only

    A certificate of accumulated noise is about the matrix M = sum over the steps t = 1, ..., T of gamma^t (J^t)o(J^t), o the product entry by
    entry. The weights and gamma are dyadic numbers, so M is one too, and is computed here without rounding; then it is checked as any
    costs are ([Weights.v]). [Statements/certified_accumulated.v] says what that means.

    Glossary.
    - [Noise rows rows_exponent steps discount discount_exponent lowered frame]  J_ij = rows_ij * 2^rows_exponent,
                              gamma = discount * 2^discount_exponent, T = steps; lowered_ij as in [Weights.v]; of the file [frame]
                              everything counts but its weights, its exponent of the cost and its world
    - [entry A i j]           the entry of a matrix as a list of rows, 0 outside
    - [table n f]             the matrix of n rows with the entries f i j
    - [dot u v]               the sum of u_k v_k
    - [noise_sum g]           the matrix M / 2^(steps * noise_exponent g)
    - [noise_file g]          a file with the entries of M as costs: one weight 1 with the factor M_ij for every pair of neurons
    - [accepts_noise g]       that file is accepted *)

From Coq Require Import ZArith List.
From Synbal Require Import Checker Weights.
Import ListNotations.

Local Open Scope Z_scope.

Record noise := Noise {
  rows : list (list Z);
  rows_exponent : Z;
  steps : nat;
  discount : Z;
  discount_exponent : Z;
  lowered_by : list (list Z);
  frame : file
}.

Definition entry (A : list (list Z)) (i j : nat) : Z := nth j (nth i A []) 0.

Definition table (n : nat) (f : nat -> nat -> Z) : list (list Z) := map (fun i => map (f i) (seq 0 n)) (seq 0 n).

Fixpoint dot (u v : list Z) : Z :=
  match u, v with
  | x :: u', y :: v' => x * y + dot u' v'
  | _, _ => 0
  end.

Definition product (n : nat) (A B : list (list Z)) : list (list Z) :=
  let columns := table n (fun j k => entry B k j) in
  table n (fun i j => dot (nth i A []) (nth j columns [])).

(** One step more: the power of J, the weight of its square, and the sum, in units that are 2^shift times smaller. *)
Fixpoint accumulate (k n : nat) (J : list (list Z)) (gamma shift : Z) (power sum : list (list Z)) (weight : Z) : list (list Z) :=
  match k with
  | O => sum
  | S k' =>
    let power' := product n J power in
    let weight' := weight * gamma in
    accumulate k' n J gamma shift power' (table n (fun i j => entry sum i j * 2 ^ shift + weight' * entry power' i j ^ 2)) weight'
  end.

Definition size_of (g : noise) : nat := length (nodes (frame g)).

(** Of one step: the square of a weight, times gamma. *)
Definition noise_exponent (g : noise) : Z := 2 * rows_exponent g + discount_exponent g.

Definition noise_sum (g : noise) : list (list Z) :=
  let n := size_of g in
  accumulate (steps g) n (rows g) (discount g) (- noise_exponent g)
    (table n (fun i j => if Nat.eqb i j then 1 else 0)) (table n (fun _ _ => 0)) 1.

Definition noise_weights (g : noise) : list weight :=
  let n := size_of g in
  let sum := noise_sum g in
  let e := noise_exponent g * Z.of_nat (steps g) in
  flat_map (fun i => map (fun j =>
    Weight (Pos.of_succ_nat i) (Pos.of_succ_nat j) 1 0 (entry sum i j) e (entry (lowered_by g) i j)) (seq 0 n)) (seq 0 n).

Definition noise_file (g : noise) : file := let f := frame g in
  File (bits f) 2 0 (within f) false (nodes f) (ranks f) (noise_weights g)
    (claim_gap f) (claim_lam f) (claim_vmax f) (claim_radius f) (claim_radius_unit f).

Definition accepts_noise (g : noise) : bool :=
  if 0 <=? discount g then
  if noise_exponent g <=? 0 then accepts (noise_file g) else false else false.
