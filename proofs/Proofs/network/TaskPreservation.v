(** * The transform preserves the task: proofs

    Glossary: see [Networks.v] and [Statements/task_preservation.v].
    - [homogeneous_exp]   homogeneity for a factor e^a
    - [drive_scaled]      the drive of the transformed network is e^{-H} times the drive *)

From Synbal Require Import Defs Sums Networks.
From Synbal.Statements Require Import task_preservation.
From Coq Require Import Reals Lra FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope R_scope.

Lemma homogeneous_exp k phi : homogeneous k phi -> forall a x, phi (exp a * x) = exp (k * a) * phi x.
Proof. by move=> H a x; rewrite H ?/Rpower ?ln_exp //; exact: exp_pos. Qed.

Lemma exp_cancel a : exp (- a) * exp a = 1.
Proof. by rewrite -exp_plus Rplus_opp_l exp_0. Qed.

Lemma exp_cancel' a : exp a * exp (- a) = 1.
Proof. by rewrite Rmult_comm exp_cancel. Qed.

Section Proofs.
Variables V I O : finType.
Variables (N : network V I O) (k h tau : V -> R) (phi : V -> R -> R).
Hypothesis homog : forall i, homogeneous (k i) (phi i).

Let N' := transform k h N.

Lemma recurrent_drive_scaled z u i :
  recurrent_drive N' (scaled (fun j => k j * h j) z) u i = exp (- h i) * recurrent_drive N z u i.
Proof.
rewrite /recurrent_drive /N' /= /rescale_deg /scaled !Rmult_plus_distr_l -!rsumZl.
congr (_ + _ + _); apply: rsum_ext => j _; last by ring.
transitivity (exp (- h i) * weights N i j * z j * (exp (k j * h j) * exp (- (k j * h j)))); first by ring.
by rewrite exp_cancel'; ring.
Qed.

Lemma phi_scaled (x : V -> R) i : phi i (scaled h x i) = scaled (fun j => k j * h j) (fun j => phi j (x j)) i.
Proof. by rewrite /scaled (homogeneous_exp (homog i)); congr (exp _ * _); ring. Qed.

Lemma drive_scaled (x : V -> R) u i : drive N' phi (scaled h x) u i = exp (- h i) * drive N phi x u i.
Proof.
rewrite /drive -recurrent_drive_scaled /recurrent_drive; congr (_ + _ + _).
by apply: rsum_ext => j _; rewrite phi_scaled.
Qed.

Lemma readout_scaled (z : V -> R) o : readout N' (scaled (fun j => k j * h j) z) o = readout N z o.
Proof.
rewrite /readout /N' /= /scaled; apply: rsum_ext => j _.
transitivity (W_out N o j * z j * (exp (k j * h j) * exp (- (k j * h j)))); first by ring.
by rewrite exp_cancel'; ring.
Qed.

Lemma output_scaled (x : V -> R) o : output N' phi (scaled h x) o = output N phi x o.
Proof.
rewrite /output -[RHS]readout_scaled /readout.
by apply: rsum_ext => j _; rewrite phi_scaled.
Qed.

Lemma is_derive_scaled (x : R -> V -> R) t i v :
  is_derive (fun s => x s i) t v <-> is_derive (fun s => scaled h (x s) i) t (exp (- h i) * v).
Proof.
split=> H; first exact: is_derive_scal.
apply: (is_derive_ext (fun s => exp (h i) * scaled h (x s) i)).
  by move=> s; rewrite /scaled -Rmult_assoc exp_cancel' Rmult_1_l.
have -> : v = exp (h i) * (exp (- h i) * v) by rewrite -Rmult_assoc exp_cancel' Rmult_1_l.
exact: is_derive_scal.
Qed.

Lemma solves_scaled t0 D u x :
  solves tau phi N t0 D u x <-> solves tau phi N' t0 D u (fun t => scaled h (x t)).
Proof.
split=> [[x0 X]|[x0 X]]; split=> [i|t Dt i].
- by rewrite /scaled x0.
- have [v [dv ev]] := X t Dt i; exists (exp (- h i) * v); split; first by apply/is_derive_scaled.
  by rewrite drive_scaled /scaled -[tau i * _]Rmult_comm Rmult_assoc [v * _]Rmult_comm ev; ring.
- have := x0 i; rewrite /N' /= /scaled => E.
  by apply: (Rmult_eq_reg_l (exp (- h i))) => //; have := exp_pos (- h i); lra.
- have [v [dv ev]] := X t Dt i; exists (exp (h i) * v); split.
    by apply/is_derive_scaled; rewrite -Rmult_assoc exp_cancel Rmult_1_l.
  rewrite drive_scaled /scaled in ev.
  have -> : tau i * (exp (h i) * v) = exp (h i) * (tau i * v) by ring.
  rewrite ev; transitivity ((exp (h i) * exp (- h i)) * (- x t i + drive N phi (x t) (u t) i)); first by ring.
  by rewrite exp_cancel' Rmult_1_l.
Qed.

Lemma unscale (x' : V -> R) : scaled h (scaled (fun j => - h j) x') = x'.
Proof.
apply: functional_extensionality => i; rewrite /scaled Ropp_involutive.
by rewrite -Rmult_assoc exp_cancel Rmult_1_l.
Qed.

End Proofs.

Lemma task_preservation_continuous : S_task_preservation.
Proof.
move=> V I O N k h tau phi H t0 D u x; split; first exact: (solves_scaled N h tau H).
by move=> t o; apply: output_scaled.
Qed.

Lemma task_preservation_io : S_task_preservation_input_output.
Proof.
move=> V I O N k h tau phi H t0 D u y; split=> [[x [X Y]]|[x' [X Y]]].
- exists (fun t => scaled h (x t)); split; first exact: (proj1 (solves_scaled N h tau H t0 D u x)).
  by move=> t o; rewrite output_scaled.
- exists (fun t => scaled (fun j => - h j) (x' t)).
  have E : (fun t => scaled h (scaled (fun j => - h j) (x' t))) = x'.
    by apply: functional_extensionality => t; apply: unscale.
  split; first by apply: (proj2 (solves_scaled N h tau H t0 D u _)); rewrite E.
  by move=> t o; rewrite Y -[in LHS](unscale h (x' t)) output_scaled.
Qed.

Lemma task_preservation_euler_proof : S_task_preservation_euler.
Proof.
move=> V I O N k h tau phi H dt u x x' [x0 X] [x0' X'].
have E : forall t i, x' t i = scaled h (x t) i.
  elim=> [|t IH] i; first by rewrite x0' /scaled x0.
  have E : x' t = scaled h (x t) by apply: functional_extensionality.
  by rewrite X' E drive_scaled // /scaled X; ring.
move=> t; split=> [i|o]; first exact: E.
have -> : x' t = scaled h (x t) by apply: functional_extensionality.
exact: output_scaled.
Qed.

Lemma task_preservation_discrete_proof : S_task_preservation_discrete.
Proof.
move=> V I O N k h phi H u x x' [x0 X] [x0' X'].
have E : forall t, x' t = scaled (fun j => k j * h j) (x t).
  elim=> [|t IH]; apply: functional_extensionality => i; first by rewrite x0' /scaled x0.
  have -> : x' t.+1 i = phi i (exp (- h i) * recurrent_drive N (x t) (u t) i).
    by rewrite X' IH -(recurrent_drive_scaled N k h).
  by rewrite (homogeneous_exp (H i)) -X /scaled; congr (exp _ * _); ring.
move=> t; split=> [i|o]; first by rewrite E.
by rewrite E -[RHS](readout_scaled N k h).
Qed.

Lemma task_preservation_discrete_degree_one_proof : S_task_preservation_discrete_degree_one.
Proof.
move=> V I O N h phi H u x x' [x0 X] [x0' X'].
have E : forall t, x' t = scaled h (x t).
  elim=> [|t IH]; apply: functional_extensionality => i; first by rewrite x0' /scaled x0.
  rewrite X' IH.
  have -> : scaled h (x t) = scaled (fun j => 1 * h j) (x t).
    by apply: functional_extensionality => j; rewrite /scaled Rmult_1_l.
  rewrite (recurrent_drive_scaled N (fun=> 1) h) (homogeneous_exp (H i)) /scaled X.
  by congr (exp _ * _); ring.
move=> t; split=> [i|o]; first by rewrite E.
by rewrite E (output_scaled N h H).
Qed.

(** ** One neuron *)

Lemma rsum_unit (F : unit -> R) : \rsum_(i) F i = F tt.
Proof. by rewrite (rsum_single (i := tt)) // => -[]. Qed.

Definition one_neuron (j a b w s : R) : network unit_finType unit_finType unit_finType :=
  {| weights := fun _ _ => j; W_in := fun _ _ => a; bias := fun _ => b; W_out := fun _ _ => w; start := fun _ => s |}.

(** The state of a discrete-time network, by recursion. *)
Fixpoint run (V I O : finType) (phi : V -> R -> R) (N : network V I O) (u : nat -> I -> R) (t : nat) : V -> R :=
  if t is s.+1 then fun i => phi i (recurrent_drive N (run phi N u s) (u s) i) else start N.

Lemma run_solves V I O phi (N : network V I O) u : solves_discrete phi N u (run phi N u).
Proof. by split. Qed.

Lemma Rpower_2 l : 0 < l -> Rpower l 2 = l * l.
Proof. by move=> Hl; rewrite (_ : 2 = INR 2) // Rpower_pow //=; ring. Qed.

Lemma rectified_square_homogeneous : homogeneous 2 rectified_square.
Proof.
move=> l x Hl; rewrite /rectified_square Rpower_2 //.
have -> : Rmax (l * x) 0 = l * Rmax x 0.
  rewrite -(Rmult_0_r l) {1}RmaxRmult; last lra.
  by rewrite Rmult_0_r.
by ring.
Qed.

Lemma task_preservation_caution_proof : S_task_preservation_discrete_caution.
Proof.
split; first exact: rectified_square_homogeneous.
pose N := one_neuron 1 0 0 1 1; pose h := fun _ : unit => ln 2.
pose u := fun (_ : nat) (_ : unit) => 0; pose phi := fun _ : unit => rectified_square.
exists N, h, (run phi N u), (run phi (transform (fun=> 2) h N) u) => /=.
split; first exact: run_solves.
split; first exact: run_solves.
rewrite /output /readout !rsum_unit /= /recurrent_drive !rsum_unit /= /rescale_deg /h /u.
have -> : exp (- ln 2) = / 2 by rewrite exp_Ropp exp_ln; lra.
have -> : exp (2 * ln 2) = 4.
  by rewrite (_ : 2 * ln 2 = ln 2 + ln 2); [rewrite exp_plus exp_ln; lra | ring].
rewrite /phi /rectified_square.
have -> : 1 * 1 + 0 * 0 + 0 = 1 by ring.
have -> : / 2 * 1 * 4 * (/ 2 * 1) + / 2 * 0 * 0 + / 2 * 0 = 1 by field.
have -> : Rmax 1 0 = 1 by rewrite Rmax_left; lra.
rewrite !Rmult_1_r Rmax_left; lra.
Qed.

Lemma task_preservation_converse_proof : S_task_preservation_converse.
Proof.
move=> k phi; split=> [H l x Hl|H N h u x x' _ X X' t]; last first.
  by have [_ ->] := task_preservation_discrete_proof (fun=> H) X X' t.
(* One neuron, no recurrent synapse, driven to x by the input. *)
pose N := one_neuron 0 1 0 1 0; pose h := fun _ : unit => - ln l; pose u := fun (_ : nat) (_ : unit) => x.
have := H N h u _ _ (fun=> erefl) (run_solves (fun=> phi) N u)
          (run_solves (fun=> phi) (transform_discrete (fun=> k) h N) u) 1%N.
rewrite /readout !rsum_unit /= /recurrent_drive !rsum_unit /= /rescale_deg /h /u.
rewrite Ropp_involutive exp_ln //.
have -> : l * 0 * exp (k * - ln l) * (exp (- (k * - ln l)) * 0) + l * 1 * x + l * 0 = l * x by ring.
have -> : 0 * 0 + 1 * x + 0 = x by ring.
rewrite !Rmult_1_l => <-.
rewrite -Rmult_assoc /Rpower (_ : k * - ln l = - (k * ln l)); last by ring.
by rewrite exp_cancel' Rmult_1_l.
Qed.

Lemma tanh_double x : tanh (2 * x) * (1 + tanh x * tanh x) = 2 * tanh x.
Proof.
rewrite /tanh /sinh /cosh.
have -> : 2 * x = x + x by ring.
rewrite Ropp_plus_distr !exp_plus exp_Ropp.
have e := exp_pos x.
field; repeat split; nra.
Qed.

Lemma tanh_pos x : 0 < x -> 0 < tanh x.
Proof.
move=> Hx; rewrite /tanh /sinh /cosh.
have H : exp (- x) < exp x by apply: exp_increasing; lra.
have := exp_pos (- x) => e; apply: Rdiv_lt_0_compat; lra.
Qed.

Lemma tanh_lt x : 0 < x -> tanh x < tanh (2 * x).
Proof.
move=> Hx; have a0 := tanh_pos Hx; have D := tanh_double x.
have a1 : tanh x < 1.
  have := exp_pos x; have := exp_pos (- x) => e1 e2.
  rewrite /tanh /sinh /cosh; apply/Rlt_div_l; lra.
nra.
Qed.

Lemma tanh_not_homogeneous k : ~ homogeneous k tanh.
Proof.
move=> H.
have H2 : 0 < 2 by lra.
have A := H 2 1 H2; have B := H 2 2 H2.
have D1 := tanh_double 1; have D2 := tanh_double 2.
have a0 : 0 < tanh 1 by apply: tanh_pos; lra.
have lt : tanh 1 < tanh (2 * 1) by apply: tanh_lt; lra.
rewrite Rmult_1_r in A D1 lt.
set a := tanh 1 in A B D1 D2 a0 lt; set b := tanh 2 in A B D1 D2 lt; set c := tanh (2 * 2) in B D2.
set r := Rpower 2 k in A B.
have r0 : 0 < r by exact: exp_pos.
have E1 : r * (1 + a * a) = 2.
  apply: (Rmult_eq_reg_l a); last lra. by rewrite A in D1; lra.
have E2 : r * (1 + b * b) = 2.
  apply: (Rmult_eq_reg_l b); last lra. by rewrite B in D2; lra.
nra.
Qed.

Lemma task_preservation_tanh_proof : S_task_preservation_tanh.
Proof.
move=> k; split; first exact: tanh_not_homogeneous.
(* Homogeneity fails already at x = 1 for some factor e^{-a}: take the neuron that rests at 1. *)
have [a Ha] : exists a, exp (k * a) * tanh (exp (- a)) <> tanh 1.
  have [E1|] := Req_dec (exp (k * ln 2) * tanh (exp (- ln 2))) (tanh 1); last by exists (ln 2).
  have [E2|] := Req_dec (exp (k * - ln 2) * tanh (exp (- - ln 2))) (tanh 1); last by exists (- ln 2).
  exfalso; move: E1 E2; rewrite Ropp_involutive exp_Ropp exp_ln; last lra.
  rewrite (_ : k * - ln 2 = - (k * ln 2)); last by ring.
  rewrite exp_Ropp => E1 E2.
  have r0 := exp_pos (k * ln 2); set r := exp (k * ln 2) in E1 E2 r0.
  have D1 := tanh_double (/ 2); have D2 := tanh_double 1.
  have lt : tanh (/ 2) < tanh 1 by have := @tanh_lt (/ 2); rewrite (_ : 2 * / 2 = 1); [apply; lra | field].
  have c0 : 0 < tanh (/ 2) by apply: tanh_pos; lra.
  rewrite (_ : 2 * / 2 = 1) in D1; last by field.
  rewrite Rmult_1_r in D2.
  have E3 : tanh 2 = r * tanh 1 by rewrite -E2; field; lra.
  set c := tanh (/ 2) in E1 D1 lt c0; set b := tanh 1 in E1 E3 D1 D2 lt.
  rewrite E3 in D2.
  have F1 : r * (1 + b * b) = 2 by apply: (Rmult_eq_reg_l b); lra.
  have F2 : r * (1 + c * c) = 2 by apply: (Rmult_eq_reg_l c); [rewrite -E1 in D1; lra | lra].
  nra.
pose N := one_neuron 0 1 0 1 1; pose h := fun _ : unit => a.
exists N, h, (fun _ _ => 1), (fun _ _ => exp (- a)) => /=.
split; [|split].
- split=> [//|t _ i]; exists 0; split; first exact: is_derive_const.
  by rewrite /drive /recurrent_drive !rsum_unit /=; ring.
- split=> [i /=|t _ i]; first by rewrite Rmult_1_r.
  exists 0; split; first exact: is_derive_const.
  by rewrite /drive /recurrent_drive !rsum_unit /= /rescale_deg /h; ring.
- move=> _; rewrite /output /readout !rsum_unit /= /h !Rmult_1_l; exact: Ha.
Qed.
