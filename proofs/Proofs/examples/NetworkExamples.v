(** * Examples: what satisfies all hypotheses of the statements about noise and training

    [uneven], [level] and the others: see [TwoNeurons.v]. *)

From Coq Require Import Reals Lra FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop path fingraph.
From Synbal Require Import Satisfiable Defs FlowDefs Matrices Sums Costs ClosedForms NoiseRobustness Theorems TwoNeurons.
From Synbal.Statements Require Import noise_robustness noise_over_time regularised_training closed_forms.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope R_scope.

(** ** noise_robustness: two fair coins, one for each neuron, that show 1 or -1 *)

Definition face (b : bool) : R := if b then 1 else -1.

Definition coins (o : bool * bool) (i : bool) : R := face (if i then o.1 else o.2).

Definition fair : bool * bool -> R := fun _ => 1 / 4.

Lemma two_coins : has_two [finType of bool * bool].
Proof. by exists (true, true), (false, false). Qed.

Lemma rsum_coins (F : bool * bool -> R) :
  \rsum_(o) F o = F (true, true) + F (true, false) + (F (false, true) + F (false, false)).
Proof.
have -> : \rsum_(o) F o = \rsum_(x) \rsum_(y) F (x, y) by rewrite pair_bigA; apply: rsum_ext => -[].
by rewrite !rsum_bool.
Qed.

Lemma example_noise_robustness_independent : ltac:(satisfiable S_noise_robustness_independent).
Proof.
exists [finType of bool * bool]; split; first exact: two_coins.
exists bool_finType; split; first exact: bool_has_two.
exists fair, coins; split; first by split=> [o|]; [rewrite /fair; lra | rewrite rsum_coins /fair; field].
split; first by case=> [] [] // _ f g; rewrite /expectation !rsum_coins /fair /coins /face /=; field.
by split; case; rewrite /expectation rsum_coins /fair /coins /face /=; field.
Qed.

Lemma coins_are_unit_noise : unit_noise fair coins.
Proof. by case=> [] []; rewrite /expectation rsum_coins /fair /coins /face /=; field. Qed.

(** With gains 1. As cost, J^2: 16 and 1, and after rescaling 4 and 4. *)
Lemma example_noise_robustness_lower : ltac:(satisfiable S_noise_robustness_lower).
Proof.
exists [finType of bool * bool]; split; first exact: two_coins.
exists bool_finType; split; first exact: bool_has_two.
exists fair, coins, 1, (fun _ => 1), uneven; split; first exact: uneven_connects.
have A : robustness_alpha (fun _ : bool => 1) = ones.
  by apply: functional_extensionality => i; apply: functional_extensionality => j; rewrite /robustness_alpha /ones; ring.
exists level; split; first exact: coins_are_unit_noise.
rewrite A uneven_rescaled !pair_cost ?abs_pow_2; try lra.
by split; [lra | split; [apply: pair_unbalanced; lra | exact: pair_balanced]].
Qed.

(** ** noise_robustness, over time *)

Lemma example_noise_robustness_limit_equality : ltac:(satisfiable S_noise_robustness_limit_equality).
Proof.
exists bool_finType; split; first exact: bool_has_two.
exists (fun i : bool => if i then 1 else 2), (fun i : bool => if i then 3 else 1), level.
have e x : 0 < exp x by exact: exp_pos.
split; first by case; lra.
split; first by case; lra.
rewrite /noise_of /activity_of !rsum_bool.
by split; apply: Rplus_lt_0_compat; apply: Rmult_lt_0_compat => //; lra.
Qed.

(** Steps one and two of a network with the weights 4 and 1: rescaled by [level], its powers are symmetric. *)
Lemma example_noise_robustness_accumulated_unique : ltac:(satisfiable S_noise_robustness_accumulated_unique).
Proof.
exists bool_finType; split; first exact: bool_has_two.
exists [:: 1%nat; 2%nat], (fun _ => 1), uneven; split; first exact: uneven_connects.
split; first by move=> _; lra.
have B : balanced (accumulated [:: 1%nat; 2%nat] (fun _ => 1) (rescale level uneven)).
  rewrite uneven_rescaled; apply: (closed_forms_symmetric _ _) => i j.
  rewrite /accumulated !big_cons !big_nil /= /mmul /mone !rsum_bool /even /pair.
  by case: i; case: j => /=; ring.
exists level, level; split=> //; split=> //; exists true, true; exact: connect0.
Qed.

(** ** regularised_training: the loss -2 a b of two weights a and b around a loop, whose minimum with a^2 + b^2 is at a = b = 1 *)

Lemma product_is_flat x y eps : 0 < eps -> Rabs x < eps / 2 -> Rabs (-2 * (x * y)) <= eps * Rabs y.
Proof.
move=> e0 X; rewrite !Rabs_mult (Rabs_left (-2)); last lra.
by have := Rabs_pos y; nra.
Qed.

(** The synapse true -> false is called [true]; the other one leads back. *)
Lemma example_regularised_training : ltac:(satisfiable S_regularised_training).
Proof.
exists bool_finType; split; first exact: bool_has_two.
exists bool_finType; split; first exact: bool_has_two.
exists (fun e => Some e), (fun e => Some (~~ e)), (fun _ => 1), (fun w => -2 * (w true * w false)), 1, 2, (fun _ => 1), (fun _ => -2).
split; first lra; split; first lra; split.
  move=> h; rewrite /transform_synapses /scale_at /= !Rmult_1_l !Rmult_1_r.
  have -> : exp (- h false) * exp (h true) * (exp (- h true) * exp (h false))
    = (exp (- h false) * exp (h false)) * (exp (- h true) * exp (h true)) by ring.
  by rewrite -!exp_plus; have -> : - h false + h false + (- h true + h true) = 0; [ring | rewrite exp_0; ring].
split.
  move=> eps e0; exists (eps / 2); split=> [|z Z]; first lra.
  have -> : -2 * (z true * z false) - -2 * (1 * 1) - \rsum_(e) (-2 * (z e - 1)) = -2 * ((z true - 1) * (z false - 1)).
    by rewrite rsum_bool; ring.
  apply: Rle_trans (product_is_flat _ e0 (Z true)) _; rewrite rsum_bool.
  by have := Rabs_pos (z true - 1); nra.
move=> e _; apply: (is_derive_ext (fun s => -2 * s + (s ^ 2 + 1))).
  by move=> s; rewrite /objective rsum_bool !abs_pow_2 /replace; case: e => /=; ring.
by auto_derive => //; ring.
Qed.

(** The same network as a matrix, with the world as one of the two nodes. *)
Lemma example_regularised_training_matrix : ltac:(satisfiable S_regularised_training_matrix).
Proof.
exists bool_finType; split; first exact: bool_has_two.
exists true, (fun J => -2 * (J false true * J true false)), 1, 2, (pair 1 1).
split; first by apply: pair_connects; lra.
exists (pair (-2) (-2)); split; first by exists true, false; split=> //; rewrite /pair /=; lra.
split; first lra; split; first lra; split.
  move=> h _; rewrite !rescale_eq.
  have E : exp (h true - h false) * exp (h false - h true) = 1.
    by rewrite -exp_plus; have -> : h true - h false + (h false - h true) = 0 by [ring]; exact: exp_0.
  have -> : forall a b c d : R, a * c * (b * d) = a * b * (c * d) by move=> *; ring.
  by rewrite E Rmult_1_r.
split.
  move=> eps e0; exists (eps / 2); split=> [|z Z]; first lra.
  have -> : -2 * (z (false, true) * z (true, false)) - -2 * (pair 1 1 false true * pair 1 1 true false)
      - \rsum_(e) (pair (-2) (-2) e.1 e.2 * (z e - pair 1 1 e.1 e.2)) = -2 * ((z (false, true) - 1) * (z (true, false) - 1)).
    by rewrite rsum_coins /pair /=; ring.
  apply: Rle_trans (product_is_flat _ e0 (Z (false, true))) _; apply: Rmult_le_compat_l; first lra.
  rewrite rsum_coins /pair /=.
  by have := (Rabs_pos (z (true, true) - 0), Rabs_pos (z (false, true) - 1), Rabs_pos (z (false, false) - 0)) => -[[]]; lra.
case=> [] [] []; rewrite /pair /= => N; try (by case: N);
  apply: (is_derive_ext (fun s => -2 * s + (s ^ 2 + 1))); try (by auto_derive => //; ring);
  by move=> s; rewrite /objective rsum_coins !abs_pow_2 /replace /=; ring.
Qed.
