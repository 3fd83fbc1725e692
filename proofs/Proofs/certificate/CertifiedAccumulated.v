(** * Certificates of accumulated noise: proofs

    Glossary: see [Accumulated.v] and [Statements/certified_accumulated.v]. The integers of a step t stand for the power J^t in units of
    2^(t e), e the exponent of the weights, and for the sum in units of 2^(t (2 e + the exponent of gamma)). *)

From Coq Require Import Reals ZArith Lra Lia List FunctionalExtensionality.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop path fingraph.
From Synbal Require Import Defs FlowDefs Matrices Sums Costs Checker Weights Accumulated NoiseOverTime CertifiedBalance CertifiedFile.
From Synbal.Statements Require Import certified_balance certified_file noise_over_time certified_accumulated.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope R_scope.

Lemma list_seq_iota a n : List.seq a n = iota a n.
Proof. by elim: n a => [|n IH] a //=; rewrite IH. Qed.

Lemma list_nth (T : Type) (d : T) l i : List.nth i l d = nth d l i.
Proof. by elim: l i => [|x l IH] [|i] //=. Qed.

Lemma list_map (S T : Type) (f : S -> T) l : List.map f l = map f l.
Proof. by elim: l => [|x l IH] //=; rewrite IH. Qed.

Lemma entry_table n f i j : (i < n)%N -> (j < n)%N -> entry (table n f) i j = f i j.
Proof.
move=> i0 j0; rewrite /entry /table !list_nth list_map list_seq_iota (nth_map 0%N) ?size_iota // list_map (nth_map 0%N) ?size_iota //.
by rewrite !nth_iota.
Qed.

Lemma dotE u v : IZR (dot u v) = \big[Rplus/0]_(k < size v) (IZR (nth 0%Z u k) * IZR (nth 0%Z v k)).
Proof.
elim: v u => [|y v IH] [|x u]; rewrite ?big_ord0 //.
  by rewrite big1 // => k _; rewrite nth_nil; ring.
by rewrite big_ord_recl /= plus_IZR mult_IZR IH.
Qed.

Section Powers.
Variables (n : nat) (A : list (list Z)).

Lemma product_entry B (i j : 'I_n) :
  IZR (entry (product n A B) i j) = \big[Rplus/0]_(k < n) (IZR (entry A i k) * IZR (entry B k j)).
Proof.
rewrite entry_table // dotE.
set c := List.nth j _ _; have sc : size c = n by rewrite /c list_nth /table list_map list_seq_iota (nth_map 0%N) ?size_iota // list_map size_map size_iota.
rewrite sc; apply: rsum_ext => k _; congr (IZR _ * IZR _); first by rewrite /entry !list_nth.
by have := @entry_table n (fun j k => entry B k j) j k (ltn_ord j) (ltn_ord k); rewrite /entry !list_nth /c !list_nth.
Qed.

End Powers.

Section Noise.
Variable g : noise.
Hypothesis e0 : (noise_exponent g <= 0)%Z.
Notation n := (size_of g).
Notation J := (@weights_of g).
Notation e := (rows_exponent g).

Lemma two_nonzero : 2 <> 0. Proof. by lra. Qed.

Lemma weightsE (i j : 'I_n) : J i j = IZR (entry (rows g) i j) * powerRZ 2 e. Proof. by []. Qed.

Definition power_right t (power : list (list Z)) : Prop :=
  forall i j : 'I_n, IZR (entry power i j) * powerRZ 2 (e * Z.of_nat t) = mpow J t i j.

Definition sum_right t (sum : list (list Z)) : Prop :=
  forall i j : 'I_n, IZR (entry sum i j) * powerRZ 2 (noise_exponent g * Z.of_nat t)
    = accumulated (iota 1 t) (fun m => gamma_of g ^ m) J i j.

Lemma power_step t power : power_right t power -> power_right t.+1 (product n (rows g) power).
Proof.
move=> P i j; rewrite product_entry -rsumZr /= /mmul; apply: rsum_ext => k _; rewrite -P weightsE.
have -> : (e * Z.pos (Pos.of_succ_nat t) = e + e * Z.of_nat t)%Z by lia.
by rewrite powerRZ_add; [ring | exact: two_nonzero].
Qed.

Lemma gamma_pow t : gamma_of g ^ t = IZR (discount g ^ Z.of_nat t) * powerRZ 2 (discount_exponent g * Z.of_nat t).
Proof.
elim: t => [|t IH]; first by rewrite Z.mul_0_r Z.pow_0_r /= Rmult_1_r.
rewrite -tech_pow_Rmult IH Nat2Z.inj_succ Z.pow_succ_r; last exact: Nat2Z.is_nonneg.
have -> : (discount_exponent g * Z.succ (Z.of_nat t) = discount_exponent g + discount_exponent g * Z.of_nat t)%Z by lia.
by rewrite mult_IZR powerRZ_add; [rewrite /gamma_of; ring | exact: two_nonzero].
Qed.

Lemma iota_last t : iota 1 t.+1 = iota 1 t ++ [:: t.+1].
Proof. by have := iotaD 1 t 1; rewrite addn1 add1n. Qed.

Lemma sum_step t power sum : power_right t.+1 power -> sum_right t sum ->
  sum_right t.+1 (table n (fun i j => entry sum i j * 2 ^ (- noise_exponent g)
                                      + discount g ^ Z.of_nat t.+1 * entry power i j ^ 2)%Z).
Proof.
move=> P S i j; rewrite entry_table // /accumulated iota_last big_cat /= big_cons big_nil Rplus_0_r.
have := S i j; rewrite /accumulated => <-; rewrite -(P i j) gamma_pow.
rewrite plus_IZR !mult_IZR.
have -> : IZR (2 ^ (- noise_exponent g)) = powerRZ 2 (- noise_exponent g).
  by apply: powerRZ_2; lia.
have -> : (noise_exponent g * Z.of_nat t.+1 = noise_exponent g + noise_exponent g * Z.of_nat t)%Z by lia.
have E : powerRZ 2 (- noise_exponent g) * powerRZ 2 (noise_exponent g) = 1.
  by rewrite -powerRZ_add; [rewrite Z.add_opp_diag_l | exact: two_nonzero].
rewrite Rmult_plus_distr_r; congr (_ + _).
  rewrite powerRZ_add; last exact: two_nonzero.
  by rewrite -[RHS]Rmult_1_r -E; ring.
have -> : (noise_exponent g + noise_exponent g * Z.of_nat t
  = discount_exponent g * Z.of_nat t.+1 + (e * Z.of_nat t.+1 + e * Z.of_nat t.+1))%Z by rewrite /noise_exponent; lia.
rewrite !powerRZ_add; try exact: two_nonzero.
by rewrite -[Z.pow_pos _ _]/(discount g ^ Z.of_nat t.+1)%Z; ring.
Qed.

Lemma accumulate_right k t power sum : power_right t power -> sum_right t sum ->
  sum_right (t + k) (accumulate k n (rows g) (discount g) (- noise_exponent g) power sum (discount g ^ Z.of_nat t)).
Proof.
elim: k t power sum => [|k IH] t power sum P S; first by rewrite addn0.
rewrite addnS -addSn /=; have -> : (discount g ^ Z.of_nat t * discount g = discount g ^ Z.of_nat t.+1)%Z.
  by rewrite Nat2Z.inj_succ Z.pow_succ_r; [ring | exact: Nat2Z.is_nonneg].
by apply: IH; [exact: power_step | apply: sum_step => //; exact: power_step].
Qed.

Lemma noise_sum_right : sum_right (steps g) (noise_sum g).
Proof.
rewrite -[X in sum_right X _]add0n; apply: (@accumulate_right _ 0) => i j; rewrite entry_table // Z.mul_0_r /= Rmult_1_r.
  rewrite /mone; case: Nat.eqb_spec => [/ord_inj ->|N]; first by rewrite eqxx.
  by case: eqP => // E; case: N; rewrite E.
by rewrite /accumulated big_nil.
Qed.

Lemma big_flat_map (S T : Type) (F : S -> list T) (l : list S) (P : pred T) (G : T -> R) :
  \big[Rplus/0]_(w <- List.flat_map F l | P w) G w = \big[Rplus/0]_(x <- l) \big[Rplus/0]_(w <- F x | P w) G w.
Proof. by elim: l => [|x l IH]; rewrite ?big_nil //= big_cat big_cons IH. Qed.

Lemma rsum_at (i : 'I_n) (F : nat -> R) : \big[Rplus/0]_(k <- iota 0 n) (if k == i then F k else 0) = F i.
Proof.
have -> : iota 0 n = index_iota 0 n by rewrite /index_iota subn0.
by rewrite big_mkord -[RHS](rsum_delta i (fun k : 'I_n => F k)).
Qed.

Lemma succ_nat_eqb k (i : nat) : Pos.eqb (Pos.of_succ_nat k) (Pos.of_succ_nat i) = (k == i).
Proof. by apply/idP/eqP => [/Pos.eqb_eq /SuccNat2Pos.inj //|->]; exact: Pos.eqb_refl. Qed.

Lemma abs_pow_at_one p : abs_pow p 1 = 1.
Proof. by rewrite abs_pow_n0; [rewrite Rabs_R1 ln_1 Rmult_0_r exp_0 | lra]. Qed.

Lemma noise_listed i j : @listed_costs (noise_file g) i j = @noise_matrix g J i j.
Proof.
rewrite /listed_costs /noise_file /= /noise_weights big_flat_map list_seq_iota.
rewrite -[RHS](noise_sum_right i j).
pose M a b := IZR (entry (noise_sum g) a b) * powerRZ 2 (noise_exponent g * Z.of_nat (steps g)).
rewrite -[RHS]/(M i j) -(rsum_at i (fun a => M a j)).
apply: rsum_ext => a _; rewrite list_map big_map.
case: (a =P i :> nat) => [->|N].
  rewrite -[RHS](rsum_at j (fun b => M i b)) [LHS]big_mkcond; apply: rsum_ext => b _; rewrite /joins /= !succ_nat_eqb eqxx /=.
  by case: eqP => // _; rewrite /value /= Rmult_1_r abs_pow_at_one Rmult_1_r.
by rewrite big1 // => b; rewrite /joins /= succ_nat_eqb; case: eqP.
Qed.

End Noise.

Lemma accepts_noiseP g : accepts_noise g = true ->
  0 <= gamma_of g /\ (noise_exponent g <= 0)%Z /\ accepts (noise_file g) = true.
Proof.
rewrite /accepts_noise; case: Z.leb_spec => // d; case: Z.leb_spec => // e ok; split=> //.
by apply: Rmult_le_pos; [exact: IZR_le | exact: Rlt_le (powerRZ_gt0 _)].
Qed.

Lemma certified_balance_accumulated_costs_proof : S_certified_balance_accumulated_costs.
Proof.
move=> g /accepts_noiseP [_ [e0 ok]] M i j.
have L : @listed_costs (noise_file g) = M.
  by apply: functional_extensionality => k; apply: functional_extensionality => l; exact: noise_listed.
case W: (within (frame g)); first by rewrite (certified_balance_left_out_proof ok W) L.
by rewrite /file_costs /counted /= W L Rmult_1_l.
Qed.

Lemma certified_balance_accumulated_proof : S_certified_balance_accumulated.
Proof.
move=> g accepted W J M h r; have [gamma0 [e0 ok]] := accepts_noiseP accepted.
have a0 m : 0 <= gamma_of g ^ m by exact: pow_le.
have C : @file_costs (noise_file g) = @noise_matrix g J.
  apply: functional_extensionality => i; apply: functional_extensionality => j.
  by rewrite (certified_balance_accumulated_costs_proof accepted) W.
have two : power_of (noise_file g) = 2 by rewrite /power_of /=; lra.
have ME k : M k = cost_at (@file_costs (noise_file g)) (power_of (noise_file g)) k.
  apply: functional_extensionality => i; apply: functional_extensionality => j; rewrite C two.
  exact: (proj2 (noise_robustness_accumulated_proof (iota 1 (steps g)) J a0)).
have [G [k [B [U Rd]]]] := certified_balance_costs_proof ok.
split; first by move=> l; rewrite !ME; exact: G.
exists k; rewrite ME; split=> //; split; first by move=> l; rewrite ME; exact: U.
move=> i j N; have := Rd J i j N; rewrite two.
by have -> : forall x, 2 * x / 2 = x by [move=> x; field].
Qed.
