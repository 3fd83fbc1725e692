(** * The neural gradient in binary64: error bounds

    Glossary: see [Statements/float_gradient.v].
    - [fl_add]      a rounded sum of two binary64 numbers has relative error at most u
    - [fl_sum_bound] the recursive sum of nonnegative terms, each with relative error at most E:
                    relative error (1 + u)^m (1 + E) - 1, m the number of terms
    - [gammaE]      (1 + u)^k - 1 <= k u / (1 - k u) *)

From Coq Require Import Reals ZArith Lra Lia.
From Coquelicot Require Rcomplements.
From Flocq Require Import Core Plus_error Relative.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop.
From Synbal Require Import Defs Sums Costs.
From Synbal.Statements Require Import float_gradient.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope R_scope.

Local Instance prec53 : Prec_gt_0 53. Proof. by []. Qed.

Lemma uE : / 2 * bpow radix2 (- 53 + 1) = u.
Proof. by rewrite /u (bpow_plus radix2 (-53) 1) (_ : bpow radix2 1 = 2) //; field. Qed.

Lemma u_gt0 : 0 < u. Proof. exact: bpow_gt_0. Qed.

Lemma binary64_fl x : binary64 (fl x).
Proof. exact: generic_format_round. Qed.

Lemma binary64_0 : binary64 0.
Proof. exact: generic_format_0. Qed.

Lemma fl_ge0 x : 0 <= x -> 0 <= fl x.
Proof.
move=> x0; have H : fl 0 <= fl x by apply: round_le.
by move: H; rewrite {1}/fl round_0.
Qed.

Lemma fl_id x : binary64 x -> fl x = x.
Proof. exact: round_generic. Qed.

Lemma fl_add x y : binary64 x -> binary64 y -> Rabs (fl (x + y) - (x + y)) <= u * Rabs (x + y).
Proof.
move=> bx by_; have [eps [He E]] := FLT_plus_error_N_ex radix2 (-1074) 53 (fun t => negb (Z.even t)) x y bx by_.
have Eu : Rabs eps <= u.
  by apply: Rle_trans He _; rewrite -uE; exact: u_rod1pu_ro_le_u_ro.
rewrite /fl E (_ : _ - _ = (x + y) * eps); last by ring.
by rewrite Rabs_mult Rmult_comm; apply: Rmult_le_compat_r => //; exact: Rabs_pos.
Qed.

Lemma binary64_opp x : binary64 x -> binary64 (- x).
Proof. exact: generic_format_opp. Qed.

Lemma fl_sub x y : binary64 x -> binary64 y -> Rabs (fl (x - y) - (x - y)) <= u * Rabs (x - y).
Proof. by move=> bx /binary64_opp by_; exact: fl_add. Qed.

Lemma fl_normal x : normal x -> Rabs (fl x - x) <= u * Rabs x.
Proof.
case=> [->|N]; first by rewrite fl_id ?Rminus_0_r ?Rabs_R0; [lra | exact: binary64_0].
have [eps [He E]] := relative_error_N_FLT_ex radix2 (-1074) 53 prec53 (fun t => negb (Z.even t)) x N.
rewrite uE in He; rewrite /fl E (_ : _ - _ = x * eps); last by ring.
by rewrite Rabs_mult Rmult_comm; apply: Rmult_le_compat_r => //; exact: Rabs_pos.
Qed.

(** ** Powers of 1 + u *)

Lemma pow_ge1 k : 1 <= (1 + u) ^ k.
Proof. by apply: pow_R1_Rle; have := u_gt0; lra. Qed.

Lemma gammaE k : INR k * u < 1 -> (1 + u) ^ k - 1 <= gamma k.
Proof.
have u0 := u_gt0 => ku.
have B : (1 + u) ^ k * (1 - INR k * u) <= 1.
  elim: k ku => [|k IH]; first by rewrite /=; lra.
  rewrite S_INR => ku; have k0 := pos_INR k; have := IH _; have P := pow_ge1 k.
  have -> : (1 + u) ^ k.+1 = (1 + u) * (1 + u) ^ k by [].
  move=> /(_ ltac:(nra)) H.
  apply: Rle_trans H; rewrite (Rmult_comm (1 + u)) Rmult_assoc; apply: Rmult_le_compat_l; nra.
have D : 0 < 1 - INR k * u by lra.
rewrite /gamma (_ : INR k * u / (1 - INR k * u) = / (1 - INR k * u) - 1); last by field; lra.
suff : (1 + u) ^ k <= / (1 - INR k * u) by lra.
by apply: (Rmult_le_reg_r (1 - INR k * u)) => //; rewrite Rinv_l; lra.
Qed.

(** ** The recursive sum *)

Definition sum_list (l : seq R) : R := \big[Rplus/0]_(x <- l) x.

Lemma foldl_binary64 l s : binary64 s -> binary64 (foldl (fun s x => fl (s + x)) s l).
Proof. by elim: l s => [|x l IH] s //= _; apply: IH; exact: binary64_fl. Qed.

Lemma fl_sum_binary64 l : binary64 (fl_sum l).
Proof. exact: foldl_binary64 binary64_0. Qed.

(** From any start s: the error is at most ((1 + u)^m - 1) (s + sum). *)
Lemma foldl_bound l s : binary64 s -> 0 <= s -> (forall x, List.In x l -> binary64 x /\ 0 <= x) ->
  Rabs (foldl (fun s x => fl (s + x)) s l - (s + sum_list l)) <= ((1 + u) ^ size l - 1) * (s + sum_list l).
Proof.
have u0 := u_gt0; rewrite /sum_list.
elim: l s => [|x l IH] s bs s0 H.
  by rewrite /= big_nil Rplus_0_r Rminus_diag_eq // Rabs_R0; lra.
have [bx x0] := H x (or_introl erefl).
have H' y : List.In y l -> binary64 y /\ 0 <= y by move=> Hy; apply: H; right.
have A := fl_add bs bx; rewrite [Rabs (s + x)]Rabs_pos_eq in A; last lra.
have f0 : 0 <= fl (s + x).
  by apply: fl_ge0; lra.
have sum0 : 0 <= \big[Rplus/0]_(y <- l) y.
  elim: l H' {IH H} => [|y l IHl] H; first by rewrite big_nil; lra.
  rewrite big_cons; have [_ y0] := H y (or_introl erefl).
  by apply: Rplus_le_le_0_compat => //; apply: IHl => z Hz; apply: H; right.
have := IH (fl (s + x)) (binary64_fl _) f0 H'; rewrite big_cons /= -/(foldl _ _ _).
set t := foldl _ _ _; set b := \big[Rplus/0]_(y <- l) y in sum0 *.
set P := (1 + u) ^ size l; have P1 : 1 <= P by exact: pow_ge1.
move=> B; have [A1 A2] := Rabs_le_inv _ _ A; have [B1 B2] := Rabs_le_inv _ _ B.
have fu : fl (s + x) <= (s + x) * (1 + u) by lra.
have fl_ : (s + x) * (1 - u) <= fl (s + x) by lra.
have Pb : 0 <= P * b by apply: Rmult_le_pos; lra.
apply: Rabs_le; split; last first.
  have X : P * fl (s + x) <= P * ((s + x) * (1 + u)) by apply: Rmult_le_compat_l; lra.
  have Y : P * b <= P * b * (1 + u) by nra.
  lra.
have X : (P - 1) * fl (s + x) <= (P - 1) * ((s + x) * (1 + u)) by apply: Rmult_le_compat_l; lra.
have Y : (P - 1) * b <= ((1 + u) * P - 1) * b by apply: Rmult_le_compat_r => //; nra.
lra.
Qed.

Lemma nonzeroP x : reflect (x <> 0) (nonzero x).
Proof. by rewrite /nonzero; case: Req_EM_T => H; constructor. Qed.

(** Zeros change nothing. *)
Lemma foldl_zeros l s : binary64 s -> (forall x, List.In x l -> binary64 x) ->
  foldl (fun s x => fl (s + x)) s [seq x <- l | nonzero x] = foldl (fun s x => fl (s + x)) s l.
Proof.
elim: l s => [|x l IH] s bs H //=.
have H' y : List.In y l -> binary64 y by move=> Hy; apply: H; right.
case: nonzeroP => [_|x0] /=; first by apply: IH => //; exact: binary64_fl.
have -> : x = 0 by case: (Req_dec x 0).
by rewrite Rplus_0_r fl_id //; exact: IH.
Qed.

Lemma In_filter (P : pred R) l x : List.In x [seq y <- l | P y] -> List.In x l.
Proof. by elim: l => [|y l IH] //=; case: (P y) => /=; [case=> [->|/IH]; [left | right] | move/IH; right]. Qed.

Lemma sum_list_filter l : sum_list [seq x <- l | nonzero x] = sum_list l.
Proof.
rewrite /sum_list; elim: l => [|x l IH] //=; rewrite big_cons.
case: nonzeroP => [_|x0]; first by rewrite big_cons IH.
by rewrite IH (_ : x = 0); [ring | case: (Req_dec x 0)].
Qed.

Lemma fl_sum_bound l : (forall x, List.In x l -> binary64 x /\ 0 <= x) ->
  Rabs (fl_sum l - sum_list l) <= ((1 + u) ^ count nonzero l - 1) * sum_list l.
Proof.
move=> H; rewrite -size_filter -sum_list_filter /fl_sum -foldl_zeros; [|exact: binary64_0|by move=> x /H []].
have := @foldl_bound [seq x <- l | nonzero x] 0 binary64_0 (Rle_refl 0).
by rewrite !Rplus_0_l; apply=> x /In_filter /H.
Qed.

(** ** Rows and columns *)

Section Rows.
Variables (n : nat) (i : 'I_n).
Implicit Types F G : 'I_n -> R.

Let others := [seq j <- enum 'I_n | j != i].

Lemma sum_list_map F : sum_list (map F others) = \rsum_(j | j != i) F j.
Proof. by rewrite /sum_list big_map big_filter big_enum_cond. Qed.

Lemma In_map F x : List.In x (map F others) -> exists j, x = F j.
Proof. by elim: others => [|a l IH] //= [<-|/IH]; [exists a|]. Qed.

Lemma count_terms F : count nonzero (map F others) = count (fun j => (j != i) && nonzero (F j)) (enum 'I_n).
Proof. by rewrite count_map count_filter; apply: eq_count => j /=; rewrite andbC. Qed.

(** The computed sum of computed terms F, each within relative error E of the real term G. *)
Lemma row_bound F G E m : 0 <= E -> (forall j, binary64 (F j)) -> (forall j, 0 <= F j) ->
  (forall j, Rabs (F j - G j) <= E * G j) ->
  leq (count (fun j => (j != i) && nonzero (F j)) (enum 'I_n)) m ->
  Rabs (fl_sum (map F others) - \rsum_(j | j != i) G j) <= ((1 + u) ^ m * (1 + E) - 1) * \rsum_(j | j != i) G j.
Proof.
move=> E0 bF F0 FG cm.
have G0 j : 0 <= G j by have := F0 j; have := Rabs_le_inv _ _ (FG j); have := Rabs_pos (F j - G j); nra.
have g0 : 0 <= \rsum_(j | j != i) G j by apply: rsum_ge0.
have f0 : 0 <= \rsum_(j | j != i) F j by apply: rsum_ge0.
have D : Rabs (\rsum_(j | j != i) F j - \rsum_(j | j != i) G j) <= E * \rsum_(j | j != i) G j.
  by rewrite -rsumB -rsumZl; apply: Rle_trans (rsum_abs _ _ _) _; apply: rsum_le.
have B := @fl_sum_bound (map F others).
have {}B : Rabs (fl_sum (map F others) - \rsum_(j | j != i) F j) <= ((1 + u) ^ m - 1) * \rsum_(j | j != i) F j.
  apply: Rle_trans (_ : _ <= ((1 + u) ^ count nonzero (map F others) - 1) * \rsum_(j | j != i) F j) _.
    by rewrite -sum_list_map; apply: B => x /In_map [j ->].
  apply: Rmult_le_compat_r => //; rewrite count_terms.
  have := @Rle_pow (1 + u) _ m; move=> /(_ (count (fun j => (j != i) && nonzero (F j)) (enum 'I_n))).
  by have u0 := u_gt0; move=> H; have := H ltac:(lra) ltac:(exact/leP); lra.
have P := pow_ge1 m; set f := \rsum_(j | j != i) F j in f0 D B; set g := \rsum_(j | j != i) G j in g0 D *.
set t := fl_sum _ in B *.
have := Rabs_le_inv _ _ B; have := Rabs_le_inv _ _ D => -[D1 D2] [B1 B2].
have X : ((1 + u) ^ m - 1) * f <= ((1 + u) ^ m - 1) * ((1 + E) * g) by apply: Rmult_le_compat_l; lra.
by apply: Rabs_le; split; lra.
Qed.

End Rows.

(** The final subtraction. *)
Lemma final_bound r c fr fc Q : 1 <= Q -> 0 <= r -> 0 <= c -> binary64 fr -> binary64 fc ->
  Rabs (fr - r) <= (Q - 1) * r -> Rabs (fc - c) <= (Q - 1) * c ->
  Rabs (fl (fr - fc) - (r - c)) <= ((1 + u) * Q - 1) * (r + c).
Proof.
move=> Q1 r0 c0 br bc Hr Hc; have u0 := u_gt0.
have := Rabs_le_inv _ _ Hr; have := Rabs_le_inv _ _ Hc => -[C1 C2] [R1 R2].
have A := fl_sub br bc.
have M : Rabs (fr - fc) <= Q * (r + c).
  have Qr : 0 <= (Q - 1) * r by nra. have Qc : 0 <= (Q - 1) * c by nra.
  by apply: Rabs_le; split; nra.
have UM : u * Rabs (fr - fc) <= u * (Q * (r + c)) by apply: Rmult_le_compat_l; lra.
have := Rabs_le_inv _ _ A => -[A1 A2].
by apply: Rabs_le; split; lra.
Qed.

Lemma final_gamma r c Q k : 0 <= r + c -> (1 + u) * Q = (1 + u) ^ k -> INR k * u < 1 ->
  ((1 + u) * Q - 1) * (r + c) <= gamma k * (r + c).
Proof. by move=> rc -> ku; apply: Rmult_le_compat_r => //; exact: gammaE. Qed.

Lemma float_gradient_proof : S_float_gradient.
Proof.
move=> n C i bC C0 mu; set m := terms C i in mu *.
have R : Rabs (fl_incoming C i - incoming C i) <= ((1 + u) ^ m * (1 + 0) - 1) * incoming C i.
  apply: (@row_bound n i (C i) (C i)) => //; first lra.
    by move=> j; rewrite Rminus_diag_eq // Rabs_R0; have := C0 i j; lra.
  exact: leq_maxl.
have K : Rabs (fl_outgoing C i - outgoing C i) <= ((1 + u) ^ m * (1 + 0) - 1) * outgoing C i.
  apply: (@row_bound n i (fun j => C j i) (fun j => C j i)) => //; first lra.
    by move=> j; rewrite Rminus_diag_eq // Rabs_R0; have := C0 j i; lra.
  exact: leq_maxr.
rewrite Rplus_0_r Rmult_1_r in R K.
have r0 := incoming_ge0 i C0; have c0 := outgoing_ge0 i C0.
rewrite grad_in_out.
apply: Rle_trans (final_bound (pow_ge1 m) r0 c0 (fl_sum_binary64 _) (fl_sum_binary64 _) R K) _.
by apply: final_gamma => //; [lra | rewrite addn1].
Qed.

(** There are at most n - 1 terms. *)
Lemma terms_lt n (C : 'I_n -> 'I_n -> R) i : leq (terms C i + 1) n.
Proof.
have other (P : pred 'I_n) : leq (count (fun j => (j != i) && P j) (enum 'I_n)).+1 n.
  rewrite -[X in leq _ X](size_enum_ord n) -(count_predC (fun j => (j != i) && P j)) -addn1 leq_add2l.
  by rewrite -has_count; apply/hasP; exists i; rewrite ?mem_enum //= eqxx.
rewrite addn1 /terms gtn_max; apply/andP; split; first exact: (other (fun j => nonzero (C i j))).
exact: (other (fun j => nonzero (C j i))).
Qed.

Lemma gamma_mono k l : leq k l -> INR l * u < 1 -> gamma k <= gamma l.
Proof.
move=> /leP /le_INR kl lu; have u0 := u_gt0; rewrite /gamma.
have ku : INR k * u <= INR l * u by apply: Rmult_le_compat_r; lra.
have k0 : 0 <= INR k * u by apply: Rmult_le_pos; [exact: pos_INR | lra].
apply: Rmult_le_compat => //; first by apply/Rlt_le/Rinv_0_lt_compat; lra.
by apply: Rinv_le_contravar; lra.
Qed.

Lemma float_gradient_all_proof : S_float_gradient_all.
Proof.
move=> n C i bC C0 nu; have T := terms_lt C i; have u0 := u_gt0.
have tu : INR (terms C i + 1) * u < 1.
  by apply: Rle_lt_trans nu; apply: Rmult_le_compat_r; [lra | apply/le_INR/leP].
apply: Rle_trans (float_gradient_proof bC C0 tu) _.
apply: Rmult_le_compat_r; last exact: gamma_mono.
by have := incoming_ge0 i C0; have := outgoing_ge0 i C0; lra.
Qed.

Lemma real_cost_ge0 n (w : 'I_n -> 'I_n -> R) d : nonnegative w -> (forall i, 0 < d i) -> nonnegative (real_cost w d).
Proof.
move=> w0 d0 i j; have di := d0 i; have dj := d0 j; apply: Rmult_le_pos; last exact/Rlt_le/Rinv_0_lt_compat.
by apply: Rmult_le_pos => //; lra.
Qed.

Lemma float_cost_proof : S_float_gradient_cost.
Proof.
move=> n w d i j w0 d0 N1 N2; have u0 := u_gt0.
have c0 := real_cost_ge0 w0 d0 i j; have di := d0 i; have dj := d0 j.
have A1 := fl_normal N1; have A2 := fl_normal N2; rewrite /fl_cost.
set a := w i j * d j in N1 A1 N2 A2 *; set f := fl a in N2 A2 A1 *.
have a0 : 0 <= a by apply: Rmult_le_pos => //; lra.
have i0 : 0 < / d i by exact: Rinv_0_lt_compat.
rewrite (Rabs_pos_eq a a0) in A1.
have := Rabs_le_inv _ _ A1 => -[L1 U1].
have f0 : 0 <= f.
  exact: fl_ge0.
have q0 : 0 <= f / d i by apply: Rmult_le_pos; lra.
rewrite (Rabs_pos_eq _ q0) in A2.
have := Rabs_le_inv _ _ A2 => -[L2 U2].
have Ec : real_cost w d i j = a / d i by [].
rewrite Ec in c0 *; set c := a / d i in c0 *.
have F1 : f / d i <= c * (1 + u).
  by rewrite /c /Rdiv Rmult_assoc [/ d i * _]Rmult_comm -Rmult_assoc; apply: Rmult_le_compat_r; lra.
have F2 : c * (1 - u) <= f / d i.
  by rewrite /c /Rdiv Rmult_assoc [/ d i * _]Rmult_comm -Rmult_assoc; apply: Rmult_le_compat_r; lra.
have X : u * (f / d i) <= u * (c * (1 + u)) by apply: Rmult_le_compat_l; lra.
apply: Rabs_le; split; rewrite /=; lra.
Qed.

Lemma float_gradient_scaled_proof : S_float_gradient_scaled.
Proof.
move=> n w d i bw w0 bd d0 N mu; set m := terms w i in mu *; have u0 := u_gt0.
have E0 : 0 <= 2 * u + u ^ 2 by nra.
have C0 := real_cost_ge0 w0 d0.
have err a b : Rabs (fl_cost w d a b - real_cost w d a b) <= (2 * u + u ^ 2) * real_cost w d a b.
  by apply: float_cost_proof => //; case: (N a b).
have bF a b : binary64 (fl_cost w d a b) by exact: binary64_fl.
have F0 a b : 0 <= fl_cost w d a b.
  have di := d0 a; have dj := d0 b; have i0 : 0 < / d a by exact: Rinv_0_lt_compat.
  by apply: fl_ge0; apply: Rmult_le_pos; [apply: fl_ge0; apply: Rmult_le_pos => //; lra | lra].
have nz a b : nonzero (fl_cost w d a b) -> nonzero (w a b).
  move/nonzeroP => nf; apply/nonzeroP => wz; apply: nf.
  rewrite /fl_cost wz Rmult_0_l (fl_id binary64_0) /Rdiv Rmult_0_l; exact: fl_id binary64_0.
have R : Rabs (fl_incoming (fl_cost w d) i - incoming (real_cost w d) i)
   <= ((1 + u) ^ m * (1 + (2 * u + u ^ 2)) - 1) * incoming (real_cost w d) i.
  apply: (@row_bound n i (fl_cost w d i) (real_cost w d i)) => //.
  apply: leq_trans (leq_maxl _ _); apply: sub_count => j /andP[-> /nz]; exact.
have K : Rabs (fl_outgoing (fl_cost w d) i - outgoing (real_cost w d) i)
   <= ((1 + u) ^ m * (1 + (2 * u + u ^ 2)) - 1) * outgoing (real_cost w d) i.
  apply: (@row_bound n i (fun j => fl_cost w d j i) (fun j => real_cost w d j i)) => //.
  apply: leq_trans (leq_maxr _ _); apply: sub_count => j /andP[-> /nz]; exact.
have r0 := incoming_ge0 i C0; have c0 := outgoing_ge0 i C0.
have P := pow_ge1 m; have Q1 : 1 <= (1 + u) ^ m * (1 + (2 * u + u ^ 2)) by nra.
rewrite grad_in_out.
apply: Rle_trans (final_bound Q1 r0 c0 (fl_sum_binary64 _) (fl_sum_binary64 _) R K) _.
apply: final_gamma => //; first lra.
by rewrite addn3 /=; ring.
Qed.

Lemma float_zeros_proof : S_float_gradient_zeros.
Proof. by move=> l H; apply: foldl_zeros => //; exact: binary64_0. Qed.

(** ** From the log-scales *)

Lemma quotient_error a b eps : 0 <= eps < 1 -> Rabs (a - 1) <= eps -> Rabs (b - 1) <= eps ->
  Rabs (a / b - 1) <= 2 * eps / (1 - eps).
Proof.
move=> [e0 e1] /Rcomplements.Rabs_le_between A /Rcomplements.Rabs_le_between Bd.
have b0 : 0 < b by lra.
have ib : 0 < / b by exact: Rinv_0_lt_compat.
have E : a / b - 1 = (a - b) / b by field; lra.
have D : Rabs (a - b) <= 2 * eps by apply/Rcomplements.Rabs_le_between; lra.
rewrite E Rabs_mult (Rabs_pos_eq (/ b)); last lra.
rewrite /Rdiv; apply: Rmult_le_compat => //; [exact: Rabs_pos | lra |].
by apply: Rinv_le_contravar; lra.
Qed.

Lemma float_exponentials_proof : S_float_gradient_exponentials.
Proof.
move=> n w p eps h d i bw w0 bd d0 N mu [e0 e1] near C delta.
have delta0 : 0 <= delta by apply: Rmult_le_pos; [lra | apply/Rlt_le/Rinv_0_lt_compat; lra].
have C0 : nonnegative C by move=> a b; apply: Rmult_le_pos => //; exact/Rlt_le/exp_pos.
have rel a b : Rabs (real_cost w d a b - C a b) <= delta * C a b.
  have ea := exp_pos (p * h a); have eb := exp_pos (p * h b).
  have Q := quotient_error (conj e0 e1) (near b) (near a).
  have E : real_cost w d a b - C a b = C a b * (d b / exp (p * h b) / (d a / exp (p * h a)) - 1).
    rewrite /C /cost_at /real_cost (_ : p * (h b - h a) = p * h b + - (p * h a)); last ring.
    rewrite exp_plus exp_Ropp; field; have := d0 a; repeat split; lra.
  rewrite E Rabs_mult (Rabs_pos_eq (C a b)) // Rmult_comm; exact: Rmult_le_compat_r.
have side (P : pred 'I_n) (F G : 'I_n -> R) : (forall j, 0 <= G j) -> (forall j, Rabs (F j - G j) <= delta * G j) ->
    Rabs (\rsum_(j | P j) F j - \rsum_(j | P j) G j) <= delta * \rsum_(j | P j) G j.
  by move=> G0 H; rewrite -rsumB -rsumZl; apply: Rle_trans (rsum_abs _ _ _) _; apply: rsum_le => j _.
have I := side (fun j => j != i) (fun j => real_cost w d i j) (fun j => C i j) (C0 i) (rel i).
have O := side (fun j => j != i) (fun j => real_cost w d j i) (fun j => C j i) (C0^~ i) (rel^~ i).
rewrite -/(incoming (real_cost w d) i) -/(incoming C i) in I.
rewrite -/(outgoing (real_cost w d) i) -/(outgoing C i) in O.
have S := float_gradient_scaled_proof bw w0 bd d0 N mu; rewrite grad_in_out in S.
have r0 := incoming_ge0 i C0; have c0 := outgoing_ge0 i C0.
have g0 : 0 <= gamma (terms w i + 3).
  rewrite /gamma; apply: Rmult_le_pos; last by apply/Rlt_le/Rinv_0_lt_compat; lra.
  by apply: Rmult_le_pos; [exact: pos_INR | exact: Rlt_le u_gt0].
have T1 : incoming (real_cost w d) i + outgoing (real_cost w d) i <= (1 + delta) * (incoming C i + outgoing C i).
  by move/Rcomplements.Rabs_le_between: I; move/Rcomplements.Rabs_le_between: O; lra.
have T2 := Rmult_le_compat_l _ _ _ g0 T1.
rewrite grad_in_out.
move/Rcomplements.Rabs_le_between: I => I; move/Rcomplements.Rabs_le_between: O => O; move/Rcomplements.Rabs_le_between: S => S.
apply/Rcomplements.Rabs_le_between; lra.
Qed.
