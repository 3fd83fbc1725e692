(** * What was written beside what was read: proofs

    Glossary: see [Pairs.v] and [Statements/certified_pair.v].
    - [near_sound]  the integers of one synapse bound the ratio of written and rescaled weight *)

From Coq Require Import Reals ZArith Lra Lia List FMapPositive FunctionalExtensionality.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop path.
From Coquelicot Require Import Rcomplements.
From Synbal Require Import Defs Sums Costs Checker Weights Pairs CertifiedBalance CertifiedRadius CertifiedFile.
From Synbal.Statements Require Import certified_balance certified_file certified_pair.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope R_scope.

Lemma shifted_leP x y k : shifted_le x y k = true -> IZR x <= IZR y * powerRZ 2 k.
Proof.
rewrite /shifted_le; case: Z.leb_spec => k0 /Z.leb_le /IZR_le; first by rewrite mult_IZR powerRZ_2.
rewrite mult_IZR powerRZ_2; last lia.
move=> H; have P := powerRZ_gt0 k; have E : powerRZ 2 (- k) * powerRZ 2 k = 1.
  by rewrite -powerRZ_add; [rewrite Z.add_opp_diag_l | lra].
have := Rmult_le_compat_r _ _ _ (Rlt_le _ _ P) H; rewrite Rmult_assoc E Rmult_1_r; lra.
Qed.

Lemma In_nth (T : Type) (x0 : T) (l : seq T) (i : 'I_(size l)) : List.In (nth x0 l i) l.
Proof. by case: i => i /=; elim: l i => [|y l IH] [|i] //= H; [left | right; exact: IH]. Qed.

Lemma abs_value_pow w (a : positive) :
  Rabs (value w) ^ Pos.to_nat a = IZR (Z.abs (mantissa w) ^ Zpos a) * powerRZ 2 (exponent w * Zpos a).
Proof.
rewrite /value Rabs_mult (Rabs_pos_eq (powerRZ _ _)); last exact: Rlt_le (powerRZ_gt0 _).
by rewrite Rpow_mult_distr powerRZ_pow -abs_IZR IZR_pow_pos.
Qed.

Lemma value_zero w : value w = 0 <-> mantissa w = 0%Z.
Proof.
rewrite /value; split=> [/Rmult_integral [/eq_IZR //|]|->]; last by rewrite Rmult_0_l.
by have := powerRZ_gt0 (exponent w); lra.
Qed.

Section Pair.
Variables (f : file) (q u : Z).
Notation V := 'I_(size (nodes f)).
Notation a := (numerator f).
Notation b := (two_to (roots f)).
Notation E i := (IZR (scale (nth outside (nodes f) i))).
Hypothesis q0 : (0 <= q)%Z.
Hypothesis qu : (q < u)%Z.
Hypothesis positive_scales : forall i : V, (0 < scale (nth outside (nodes f) i))%Z.

Lemma exp_scales (i : V) : exp (@log_scales f i) ^ Pos.to_nat a = E i ^ Pos.to_nat b.
Proof.
have e0 : 0 < E i by apply: IZR_lt; exact: positive_scales.
have a0 : 0 < IZR (Zpos a) by exact: IZR_lt. have b0 : 0 < IZR (Zpos b) by exact: IZR_lt.
have expn x n : exp x ^ n = exp (INR n * x).
  by elim: n => [|n IH]; [rewrite Rmult_0_l exp_0 | rewrite S_INR -tech_pow_Rmult IH -exp_plus; congr exp; ring].
rewrite -[in RHS](exp_ln _ e0) !expn; congr exp.
by rewrite /log_scales /power_of !INR_IZR_INZ !positive_nat_Z; field; split; lra.
Qed.

Lemma near_sound (i j : V) v w :
  matches (Pos.of_succ_nat i) (Pos.of_succ_nat j) v ->
  near_rescaled f (nodes_table f) q u v w = true ->
  (value w = 0 <-> value v = 0) /\
  (value v <> 0 -> Rabs (value w / (exp (- @log_scales f i) * value v * exp (@log_scales f j)) - 1) <= IZR q / IZR u).
Proof.
have u0 : 0 < IZR u by apply: IZR_lt; lia.
have uq0 : 0 <= IZR (u - q) by apply: IZR_le; lia.
have uq1 : 0 <= IZR (u + q) by apply: IZR_le; lia.
move=> /andP [/Pos.eqb_eq pv /Pos.eqb_eq rv]; rewrite /near_rescaled pv rv !nodes_look.
case: Z.eqb_spec => [/value_zero z /Z.eqb_eq /value_zero|_]; first by rewrite z.
case: Z.ltb_spec => // mm; case L: (shifted_le _ _ _) => // U.
have mv : mantissa v <> 0%Z by move=> Z; move: mm; rewrite Z => /Z.lt_irrefl.
have mw : mantissa w <> 0%Z by move=> Z; move: mm; rewrite Z Z.mul_0_r => /Z.lt_irrefl.
have v0 : value v <> 0 by move/value_zero. have w0 : value w <> 0 by move/value_zero.
split=> [|_]; first by split=> e; [case: w0 | case: v0].
set hi := @log_scales f i; set hj := @log_scales f j.
have ei := exp_pos hi; have ej := exp_pos hj.
have sign : 0 < value w / value v.
  have -> : value w / value v = (value v * value w) * / (value v) ^ 2 by field.
  apply: Rmult_lt_0_compat; last by apply: Rinv_0_lt_compat; by have := Rsqr_pos_lt _ v0; rewrite Rsqr_pow2.
  rewrite /value (_ : _ * _ * (_ * _) = IZR (mantissa v) * IZR (mantissa w) * (powerRZ 2 (exponent v) * powerRZ 2 (exponent w))); last ring.
  rewrite -mult_IZR; apply: Rmult_lt_0_compat; first exact: IZR_lt.
  by apply: Rmult_lt_0_compat; exact: powerRZ_gt0.
set rho := value w / _.
have rhoE : rho = value w / value v * (exp hi / exp hj).
  by rewrite /rho exp_Ropp; field; lra.
have rho0 : 0 < rho by rewrite rhoE; apply: Rmult_lt_0_compat => //; exact: Rdiv_lt_0_compat.
have n0 := Pos2Nat.is_pos a.
have Ei : 0 < E i by apply: IZR_lt; exact: positive_scales.
have Ej : 0 < E j by apply: IZR_lt; exact: positive_scales.
(* rho^a |v|^a E_j^b = |w|^a E_i^b *)
have key : rho ^ Pos.to_nat a * (Rabs (value v) ^ Pos.to_nat a * E j ^ Pos.to_nat b)
         = Rabs (value w) ^ Pos.to_nat a * E i ^ Pos.to_nat b.
  rewrite -!exp_scales -/hi -/hj -!Rpow_mult_distr; congr (_ ^ _).
  have -> : Rabs (value w) = value w / value v * Rabs (value v).
    by rewrite -{1}(Rabs_pos_eq (value w / value v)) -?Rabs_mult; [congr Rabs; field | lra].
  by rewrite rhoE; field; lra.
have two : (2 <> 0)%R by lra.
have scaleP : powerRZ 2 (Zpos a * (exponent w - exponent v)) * powerRZ 2 (exponent v * Zpos a) = powerRZ 2 (exponent w * Zpos a).
  by rewrite -powerRZ_add //; congr (powerRZ 2 _); ring.
have pv0 := powerRZ_gt0 (exponent v * Zpos a).
have vp : 0 < Rabs (value v) ^ Pos.to_nat a * E j ^ Pos.to_nat b.
  by apply: Rmult_lt_0_compat; apply: pow_lt => //; exact: Rabs_pos_lt.
have lower : IZR (u - q) <= IZR u * rho.
  apply: (pow_le_inv (n := Pos.to_nat a)) => //; [by apply: Rmult_le_pos; lra |].
  apply: (Rmult_le_reg_r _ _ _ vp); rewrite Rpow_mult_distr Rmult_assoc key !abs_value_pow.
  have := Rmult_le_compat_r _ _ _ (Rlt_le _ _ pv0) (shifted_leP L).
  rewrite [X in _ <= X]Rmult_assoc scaleP !mult_IZR !IZR_pow_pos => H; lra.
have upper : IZR u * rho <= IZR (u + q).
  apply: (pow_le_inv (n := Pos.to_nat a)) => //; [by apply: Rmult_le_pos; lra |].
  apply: (Rmult_le_reg_r _ _ _ vp); rewrite Rpow_mult_distr Rmult_assoc key !abs_value_pow.
  have := Rmult_le_compat_r _ _ _ (Rlt_le _ _ pv0) (shifted_leP U).
  rewrite [X in _ <= X]Rmult_assoc scaleP !opp_IZR !mult_IZR !IZR_pow_pos => H; lra.
rewrite minus_IZR in lower; rewrite plus_IZR in upper.
have quotient : IZR u * (IZR q / IZR u) = IZR q by field; lra.
apply/Rabs_le_between; split; apply: (Rmult_le_reg_l (IZR u)) => //; last by rewrite quotient; lra.
by rewrite Ropp_mult_distr_r_reverse quotient; lra.
Qed.

Lemma near_all_filter t r l m : near_all f (nodes_table f) q u l m = true ->
  near_all f (nodes_table f) q u (filter (matches t r) l) (filter (matches t r) m) = true.
Proof.
elim: l m => [|v l IH] [|w m] //=; case P: (Pos.eqb (post v) (post w)) => //; case Q: (Pos.eqb (pre v) (pre w)) => //.
case N: (near_rescaled f (nodes_table f) q u v w) => // /IH H.
have -> : matches t r w = matches t r v.
  by move/Pos.eqb_eq: P => P; move/Pos.eqb_eq: Q => Q; rewrite /matches P Q.
by case: (matches t r v) => //=; rewrite P Q N H.
Qed.

End Pair.

Lemma weights_okP f written q u : weights_ok f written q u = true ->
  (0 <= q)%Z /\ (q < u)%Z /\ (forall k : 'I_(size (nodes f)), (0 < scale (nth outside (nodes f) k))%Z) /\
  near_all f (nodes_table f) q u (weights f) written = true.
Proof.
rewrite /weights_ok; case: Z.leb_spec => // q0; case: Z.ltb_spec => // qu; case S: (all_neurons _ _ _) => // NA.
by do 3!split=> //; move=> k; have /Z.ltb_lt := all_neuronsP (b := 0) S (ltn_ord k).
Qed.

Lemma near_all_nth f q u none l m : near_all f (nodes_table f) q u l m = true ->
  size m = size l /\ forall n, (n < size l)%N ->
  [/\ post (nth none m n) = post (nth none l n), pre (nth none m n) = pre (nth none l n)
    & near_rescaled f (nodes_table f) q u (nth none l n) (nth none m n) = true].
Proof.
elim: l m => [|v l IH] [|w m] //=; case P: (Pos.eqb (post v) (post w)) => //; case Q: (Pos.eqb (pre v) (pre w)) => //.
case N: (near_rescaled f (nodes_table f) q u v w) => // /IH [-> H]; split=> // -[|n] /=; last exact: H.
by move/Pos.eqb_eq: P; move/Pos.eqb_eq: Q.
Qed.

Lemma certified_balance_pair_weights_proof : S_certified_balance_pair_weights.
Proof.
move=> f written q u none /weights_okP [q0 [qu [pos NA]]]; have [sizes H] := near_all_nth none NA.
split=> // n n0 v w; have [P Q N] := H n n0; do 2!split=> //.
have zeros : value w = 0 <-> value v = 0.
  rewrite !value_zero; move: N; rewrite -/v -/w /near_rescaled; case: Z.eqb_spec => [-> /Z.eqb_eq|m0] //.
  by case: Z.ltb_spec => // mm _; split=> // z; move: mm; rewrite z Z.mul_0_r => /Z.lt_irrefl.
by split=> // i j matches_v v0; have [_] := near_sound q0 qu pos matches_v N; exact.
Qed.

Lemma certified_balance_pair_proof : S_certified_balance_pair.
Proof.
move=> f written q u ok J K h i j; move: ok; rewrite /pair_ok; case O: (in_order _ _) => // /weights_okP [q0 [qu [pos NA]]].
set t := Pos.of_succ_nat i; set r := Pos.of_succ_nat j.
have JE : J i j = \big[Rplus/0]_(w <- filter (matches t r) (weights f)) value w by rewrite big_filter.
have KE : K i j = \big[Rplus/0]_(w <- filter (matches t r) written) value w by rewrite big_filter.
have F := near_all_filter t r NA.
rewrite JE KE; have [E|[v [_ E]]] := ordered_single t r O.
  by move: F; rewrite E; case: (filter _ written) => //; rewrite !big_nil.
have mv : matches t r v by move: (filter_all (matches t r) (weights f)); rewrite E /= andbT.
move: F; rewrite E /=; case W: (filter _ written) => [|w m] //.
case: (Pos.eqb _ _) => //; case: (Pos.eqb _ _) => //; case N: (near_rescaled f (nodes_table f) q u v w) => //; case: m W => // W _.
have [Z H] := near_sound q0 qu pos mv N.
rewrite !big_seq1; split; first exact: Z.
by move=> v0; rewrite /rescale JE E big_seq1; exact: H.
Qed.

Lemma same_scales f : as_written f = true ->
  accepts f = true /\ forall x y, List.In x (nodes f) -> List.In y (nodes f) -> scale x = scale y.
Proof.
rewrite /as_written; case: (accepts f) => // H; split=> //.
case: (nodes f) H => [|z l] H //.
have tail (m : seq neuron) k x : all_neurons (fun _ y => scale y =? scale z)%Z k m = true -> List.In x m -> scale x = scale z.
  by elim: m k => [|y m IH] k //=; case E: (scale y =? scale z)%Z => // /IH {}IH [<-|/IH //]; exact/Z.eqb_eq.
have head x : List.In x (z :: l) -> scale x = scale z by case=> [<- //|]; exact: tail H.
by move=> x y /head -> /head ->.
Qed.

Lemma certified_balance_as_written_proof : S_certified_balance_as_written.
Proof.
move=> f /same_scales [ok same] wf K C r; have [G [k [B [_ Rd]]]] := certified_balance_file_proof ok wf.
case: (pickP (fun _ : 'I_(size (nodes f)) => true)) => [i0 _|empty].
  pose s := @log_scales f i0.
  have hE i : @log_scales f i = s.
    by rewrite /s /log_scales (same (nth outside (nodes f) i) (nth outside (nodes f) i0)) //; apply: In_nth.
  have resc i j : rescale (@log_scales f) K i j = K i j.
    by rewrite /rescale !hE Rmult_comm -Rmult_assoc -exp_plus Rplus_opp_r exp_0 Rmult_1_l.
  have totE : total (C (rescale (@log_scales f) K)) = total (C K).
    by apply: total_ext => i j; rewrite /C /cost resc.
  split; first by move=> l; rewrite -totE; exact: G.
  by exists k; split=> // i j N; have := Rd i j N; rewrite resc.
split.
  move=> l; have := G l; suff E M M' : total (C M) = total (C M') by rewrite (E K (rescale (@log_scales f) K)).
  by apply: total_ext => i; have := empty i.
by exists k; split=> // i; have := empty i.
Qed.

Lemma certified_balance_as_written_costs_proof : S_certified_balance_as_written_costs.
Proof.
move=> f /same_scales [ok same] p r; have [G [k [B [_ Rd]]]] := certified_balance_costs_proof ok.
have apart (i j : 'I_(size (nodes f))) : @log_scales f j - @log_scales f i = 0.
  by rewrite /log_scales (same (nth outside (nodes f) i) (nth outside (nodes f) j)); [ring | exact: In_nth..].
have resc J i j : rescale (@log_scales f) J i j = J i j by rewrite rescale_eq apart exp_0 Rmult_1_r.
have costE : cost_at (@file_costs f) (power_of f) (@log_scales f) = @file_costs f.
  by apply: functional_extensionality => i; apply: functional_extensionality => j; rewrite /cost_at apart Rmult_0_r exp_0 Rmult_1_r.
split; first by move=> l; have := G l; rewrite costE.
by exists k; split=> // J i j N; have := Rd J i j N; rewrite resc.
Qed.
