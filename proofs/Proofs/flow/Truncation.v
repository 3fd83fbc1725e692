(** * The truncation of Taylor series: proof

    Glossary. A polynomial is here a list of monomials (coefficient, power), in any order.
    - [ev P s]   its value at s
    - [nm r P]   the sum of |coefficient| r^power, which bounds it on the disc of radius r and is multiplicative
    - [er q N]   the monomials of the powers 1 to N of q in the exponential series of q
    - [low K P], [high K P]   the monomials of powers below K, and the others *)

From Coq Require Import Reals Lra.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop.
From Synbal Require Import Defs Sums Costs Calculus.
From Synbal.Statements Require Import contraction.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope R_scope.

Definition ev (P : seq (R * nat)) (s : R) : R := \big[Rplus/0]_(x <- P) (x.1 * s ^ x.2).
Definition nm (r : R) (P : seq (R * nat)) : R := \big[Rplus/0]_(x <- P) (Rabs x.1 * r ^ x.2).
Definition scaled_by (a : R) (P : seq (R * nat)) := [seq (a * x.1, x.2) | x <- P].
Definition mul (P Q : seq (R * nat)) := [seq (x.1 * y.1, (x.2 + y.2)%N) | x <- P, y <- Q].
Definition low (K : nat) (P : seq (R * nat)) := [seq x <- P | (x.2 < K)%N].
Definition high (K : nat) (P : seq (R * nat)) := [seq x <- P | ~~ (x.2 < K)%N].

Fixpoint pw (q : seq (R * nat)) (n : nat) : seq (R * nat) := if n is m.+1 then mul q (pw q m) else [:: (1, 0%N)].
Fixpoint er (q : seq (R * nat)) (N : nat) : seq (R * nat) :=
  if N is M.+1 then er q M ++ scaled_by (/ INR (fact M.+1)) (pw q M.+1) else [::].

Lemma ev_cat P Q s : ev (P ++ Q) s = ev P s + ev Q s.
Proof. by rewrite /ev big_cat. Qed.

Lemma nm_cat r P Q : nm r (P ++ Q) = nm r P + nm r Q.
Proof. by rewrite /nm big_cat. Qed.

Lemma pow_addn (s : R) m n : s ^ (m + n)%N = s ^ m * s ^ n.
Proof. exact: pow_add. Qed.

Lemma ev_mul P Q s : ev (mul P Q) s = ev P s * ev Q s.
Proof.
rewrite /ev /mul; elim: P => [|x P IH]; first by rewrite !big_nil Rmult_0_l.
rewrite /= big_cat IH big_cons Rmult_plus_distr_r; congr (_ + _).
elim: Q {IH} => [|y Q IH]; first by rewrite !big_nil Rmult_0_r.
by rewrite /= !big_cons IH /= pow_addn; ring.
Qed.

Lemma nm_mul r P Q : nm r (mul P Q) = nm r P * nm r Q.
Proof.
rewrite /nm /mul; elim: P => [|x P IH]; first by rewrite !big_nil Rmult_0_l.
rewrite /= big_cat IH big_cons Rmult_plus_distr_r; congr (_ + _).
elim: Q {IH} => [|y Q IH]; first by rewrite !big_nil Rmult_0_r.
by rewrite /= !big_cons IH /= pow_addn Rabs_mult; ring.
Qed.

Lemma ev_scaled a P s : ev (scaled_by a P) s = a * ev P s.
Proof. by rewrite /ev; elim: P => [|x P IH]; rewrite ?big_nil ?Rmult_0_r //= !big_cons IH /=; ring. Qed.

Lemma nm_scaled r a P : 0 <= a -> nm r (scaled_by a P) = a * nm r P.
Proof.
move=> a0; rewrite /nm; elim: P => [|x P IH]; rewrite ?big_nil ?Rmult_0_r //= !big_cons IH /=.
by rewrite Rabs_mult (Rabs_pos_eq a) //; ring.
Qed.

Lemma ev_pw q n s : ev (pw q n) s = ev q s ^ n.
Proof. by elim: n => [|n IH]; [rewrite /ev /= big_seq1 /=; ring | rewrite /= ev_mul IH]. Qed.

Lemma nm_pw r q n : nm r (pw q n) = nm r q ^ n.
Proof. by elim: n => [|n IH]; [rewrite /nm /= big_seq1 /= Rabs_R1; ring | rewrite /= nm_mul IH]. Qed.

Lemma fact_inv_ge0 n : 0 <= / INR (fact n).
Proof. by apply/Rlt_le/Rinv_0_lt_compat/INR_fact_lt_0. Qed.

Lemma ev_er q N s : 1 + ev (er q N) s = sum_f_R0 (fun n => / INR (fact n) * ev q s ^ n) N.
Proof.
elim: N => [|N IH]; first by rewrite /ev big_nil /= Rinv_1; ring.
by rewrite [er _ _]/(er q N ++ _) ev_cat ev_scaled ev_pw tech5 -IH; ring.
Qed.

Lemma nm_er r q N : 1 + nm r (er q N) = sum_f_R0 (fun n => / INR (fact n) * nm r q ^ n) N.
Proof.
elim: N => [|N IH]; first by rewrite /nm big_nil /= Rinv_1; ring.
by rewrite [er _ _]/(er q N ++ _) nm_cat nm_scaled ?nm_pw ?tech5 -?IH; [ring | exact: fact_inv_ge0].
Qed.

Lemma nm_ge0 r P : 0 <= r -> 0 <= nm r P.
Proof.
move=> r0; rewrite /nm; elim: P => [|x P IH]; rewrite ?big_nil ?big_cons; first lra.
by apply: Rplus_le_le_0_compat => //; apply: Rmult_le_pos; [exact: Rabs_pos | exact: pow_le].
Qed.

Lemma exp_series x : Un_cv (fun N => sum_f_R0 (fun n => / INR (fact n) * x ^ n) N) (exp x).
Proof. by rewrite /exp; case: (exist_exp x) => l H /=; exact: H. Qed.

Lemma exp_partial_le x N : 0 <= x -> sum_f_R0 (fun n => / INR (fact n) * x ^ n) N <= exp x.
Proof.
move=> x0; apply: (growing_ineq _ _ _ (exp_series x)) => n.
rewrite tech5 -[X in X <= _]Rplus_0_r; apply: Rplus_le_compat_l.
by apply: Rmult_le_pos; [exact: fact_inv_ge0 | exact: pow_le].
Qed.

Lemma split_ev K P s : ev P s = ev (low K P) s + ev (high K P) s.
Proof.
rewrite /ev /low /high; elim: P => [|x P IH] /=; first by rewrite !big_nil Rplus_0_r.
by rewrite big_cons IH; case: ifP => _ /=; rewrite big_cons; ring.
Qed.

Lemma high_le r K P : 0 <= r -> nm r (high K P) <= nm r P.
Proof.
move=> r0; rewrite /nm /high; elim: P => [|x P IH] /=; first lra.
rewrite [X in _ <= X]big_cons; case: ifP => _; rewrite ?big_cons; first lra.
by have := Rmult_le_pos _ _ (Rabs_pos x.1) (pow_le _ x.2 r0); lra.
Qed.

Lemma high_bound r K P s : 0 < r -> 0 <= s <= r -> Rabs (ev (high K P) s) <= (s / r) ^ K * nm r (high K P).
Proof.
move=> r0 [s0 sr]; rewrite /ev /nm /high.
have q0 : 0 <= s / r by apply: Rmult_le_pos => //; apply/Rlt_le/Rinv_0_lt_compat.
have q1 : s / r <= 1 by apply: (Rmult_le_reg_r r) => //; rewrite /Rdiv Rmult_assoc Rinv_l; lra.
elim: P => [|x P IH] /=; first by rewrite !big_nil Rabs_R0; lra.
case: ifP => // kx.
rewrite !big_cons Rmult_plus_distr_l; apply: (Rle_trans _ _ _ (Rabs_triang _ _)); apply: Rplus_le_compat => //.
rewrite Rabs_mult (Rabs_pos_eq (s ^ _)); last exact: pow_le.
have -> : s ^ x.2 = (s / r) ^ x.2 * r ^ x.2 by rewrite -Rpow_mult_distr; congr (_ ^ _); field; lra.
have : (s / r) ^ x.2 <= (s / r) ^ K.
  move: kx; rewrite -leqNgt => kx; rewrite -(subnKC kx) pow_addn -[X in _ <= X]Rmult_1_r.
  apply: Rmult_le_compat_l; first exact: pow_le.
  by rewrite -[X in _ <= X](pow1 (x.2 - K)); apply: pow_incr.
have a0 := Rmult_le_pos _ _ (Rabs_pos x.1) (pow_le _ x.2 (Rlt_le _ _ r0)).
by move=> H; have := Rmult_le_compat_r _ _ _ a0 H; lra.
Qed.

Definition from (n : nat) (P : seq (R * nat)) : bool := all (fun x => (n <= x.2)%N) P.

Lemma from_mul m n P Q : from m P -> from n Q -> from (m + n) (mul P Q).
Proof.
rewrite /from /mul; elim: P => [|x P IH] //= /andP [mx /IH {}IH] nQ; rewrite all_cat IH // andbT all_map.
by apply: sub_all nQ => y ny /=; exact: leq_add.
Qed.

Lemma from_pw q n : from 1 q -> from n (pw q n).
Proof. by move=> q1; elim: n => [|n IH] //=; rewrite -add1n; exact: from_mul. Qed.

Lemma from_low K n P : (K <= n)%N -> from n P -> low K P = [::].
Proof.
move=> Kn; rewrite /from /low; elim: P => [|x P IH] //= /andP [nx /IH ->].
by rewrite ltnNge (leq_trans Kn nx).
Qed.

Lemma low_er q K N : from 1 q -> (K <= N)%N -> low K (er q N) = low K (er q K).
Proof.
move=> q1 /subnKC <-; elim: (N - K)%N => [|m IH]; first by rewrite addn0.
rewrite addnS [er _ _]/(er q (K + m) ++ _) /low filter_cat -/(low K (er q (K + m))) IH.
have none : low K (scaled_by (/ INR (fact (K + m).+1)) (pw q (K + m).+1)) = [::].
  apply: (from_low (n := (K + m).+1)); first by rewrite ltnW // ltnS leq_addr.
  by rewrite /from all_map; exact: (from_pw (K + m).+1 q1).
by move: none; rewrite /low => ->; rewrite cats0.
Qed.

Lemma exp_truncated q r K s : from 1 q -> 0 < r -> 0 <= s <= r ->
  Rabs (exp (ev q s) - (1 + ev (low K (er q K)) s)) <= (s / r) ^ K * (exp (nm r q) - 1).
Proof.
move=> q1 r0 sr; apply: le_epsilon => eps eps0.
have [N0 H] := exp_series (ev q s) eps0; pose N := maxn N0 K.
have := H N (elimT leP (leq_maxl N0 K)); rewrite -ev_er /R_dist => A.
have B : Rabs (ev (high K (er q N)) s) <= (s / r) ^ K * (exp (nm r q) - 1).
  apply: (Rle_trans _ _ _ (high_bound K _ r0 sr)); apply: Rmult_le_compat_l.
    by apply: pow_le; apply: Rmult_le_pos; [lra | apply/Rlt_le/Rinv_0_lt_compat].
  apply: (Rle_trans _ _ _ (high_le _ _ (Rlt_le _ _ r0))).
  by have := exp_partial_le N (nm_ge0 q (Rlt_le _ _ r0)); rewrite -nm_er; lra.
move: A; rewrite (split_ev K (er q N)) (low_er q1 (leq_maxr N0 K)).
set lo := ev (low _ _) s; set hi := ev (high _ _) s in B *; set e := exp _.
move=> A; have -> : e - (1 + lo) = - (1 + (lo + hi) - e) + hi by ring.
by apply: (Rle_trans _ _ _ (Rabs_triang _ _)); rewrite Rabs_Ropp; lra.
Qed.

(** The coefficient of a power. *)
Definition coefficient (P : seq (R * nat)) (k : nat) : R := \big[Rplus/0]_(x <- P | x.2 == k) x.1.

Lemma ev_low K P s : ev (low K P) s = \big[Rplus/0]_(k < K) (coefficient P k * s ^ k).
Proof.
rewrite /ev /low /coefficient; elim: P => [|x P IH].
  by rewrite !big_nil big1 // => k _; rewrite big_nil Rmult_0_l.
have -> : \big[Rplus/0]_(k < K) ((\big[Rplus/0]_(y <- x :: P | y.2 == k) y.1) * s ^ k)
        = \big[Rplus/0]_(k < K) ((if x.2 == k then x.1 * s ^ x.2 else 0) + (\big[Rplus/0]_(y <- P | y.2 == k) y.1) * s ^ k).
  by apply: eq_bigr => k _; rewrite big_cons; case: eqP => [->|_]; ring.
rewrite big_split /= -IH; case: ltnP => H; last first.
  rewrite [X in _ = X + _]big1 ?Rplus_0_l // => k _; case: eqP => // E; by move: (ltn_ord k); rewrite -E ltnNge H.
rewrite big_cons; congr (_ + _); rewrite (bigD1 (Ordinal H)) //= eqxx [X in _ = _ + X]big1 ?Rplus_0_r // => k ne.
by case: eqP => // E; move: ne; rewrite -val_eqE /= E eqxx.
Qed.

Section Field.
Variables (V : finType) (w : V -> V -> R) (p : R) (c : V -> nat -> R) (D K : nat) (r : R).
Hypothesis w0 : nonnegative w.
Hypothesis p0 : 0 < p.
Hypothesis K0 : (0 < K)%N.
Hypothesis r0 : 0 < r.

Let x (s : R) (i : V) := \big[Rplus/0]_(k < D.+1) (c i k * s ^ k).
Let C := cost_at w p (x 0).
Let m (i : V) := \big[Rplus/0]_(k < D) (Rabs (c i k.+1) * r ^ k.+1).

Lemma start_value s i : x s i = c i 0%N + \big[Rplus/0]_(k < D) (c i k.+1 * s ^ k.+1).
Proof. by rewrite /x big_ord_recl /= Rmult_1_r. Qed.

(** The exponent of the cost of j -> i, less its value at the start. *)
Definition exponent_of (i j : V) : seq (R * nat) :=
  [seq (p * (c j (val k).+1 - c i (val k).+1), (val k).+1) | k <- index_enum [finType of 'I_D]].

Lemma exponent_from i j : from 1 (exponent_of i j).
Proof. by rewrite /from all_map; elim: (index_enum _) => //= k l ->. Qed.

Lemma exponent_value i j s : ev (exponent_of i j) s = p * ((x s j - x 0 j) - (x s i - x 0 i)).
Proof.
rewrite /ev /exponent_of big_map /= !start_value.
have zero l : \big[Rplus/0]_(k < D) (c l k.+1 * 0 ^ k.+1) = 0 by apply: big1 => k _; rewrite /=; ring.
rewrite !zero; rewrite (_ : _ - _ - _ = \big[Rplus/0]_(k < D) (c j k.+1 * s ^ k.+1) - \big[Rplus/0]_(k < D) (c i k.+1 * s ^ k.+1)); last ring.
by rewrite -rsumB -rsumZl; apply: rsum_ext => k _; rewrite /=; ring.
Qed.

Lemma exponent_norm i j : nm r (exponent_of i j) <= p * (m i + m j).
Proof.
rewrite /nm /exponent_of big_map /= /m -rsumD -rsumZl; apply: rsum_le => k _ /=.
rewrite Rabs_mult (Rabs_pos_eq p); last lra.
have := Rabs_triang (c j k.+1) (- c i k.+1); rewrite Rabs_Ropp => T.
have q0 : 0 <= p * (r * r ^ k) by apply: Rmult_le_pos; [lra | apply: Rmult_le_pos; [lra | apply: pow_le; lra]].
by have := Rmult_le_compat_r _ _ _ q0 T; rewrite /Rminus; lra.
Qed.

(** The coefficients of e^{exponent}. *)
Definition series_of (i j : V) (k : nat) : R := (if k == 0%N then 1 else 0) + coefficient (er (exponent_of i j) K) k.

Lemma series_value i j s : \big[Rplus/0]_(k < K) (series_of i j k * s ^ k) = 1 + ev (low K (er (exponent_of i j) K)) s.
Proof.
rewrite ev_low; transitivity (\big[Rplus/0]_(k < K) ((if val k == 0%N then 1 else 0) + coefficient (er (exponent_of i j) K) k * s ^ k)).
  by apply: rsum_ext => k _; rewrite /series_of /=; case: eqP => [->|_] /=; ring.
rewrite rsumD; congr (_ + _); rewrite (bigD1 (Ordinal K0)) //= big1 ?Rplus_0_r // => k ne.
by case: eqP => // E; move: ne; rewrite -val_eqE /= E.
Qed.

Lemma cost_truncated i j s : 0 <= s <= r ->
  Rabs (cost_at w p (x s) i j - C i j * \big[Rplus/0]_(k < K) (series_of i j k * s ^ k))
  <= (s / r) ^ K * (C i j * (exp (p * (m i + m j)) - 1)).
Proof.
move=> sr; rewrite (cost_at_from w p (x 0)) -/C -exponent_value series_value -Rmult_minus_distr_l Rabs_mult.
have C0 : 0 <= C i j by exact: cost_at_ge0.
rewrite (Rabs_pos_eq _ C0) (_ : (s / r) ^ K * _ = C i j * ((s / r) ^ K * (exp (p * (m i + m j)) - 1))); last ring.
apply: Rmult_le_compat_l => //; apply: (Rle_trans _ _ _ (exp_truncated K (exponent_from i j) r0 sr)).
apply: Rmult_le_compat_l; first by apply: pow_le; apply: Rmult_le_pos; [lra | apply/Rlt_le/Rinv_0_lt_compat].
by have := exp_le (exponent_norm i j); lra.
Qed.

Definition field_of (i : V) (k : nat) : R :=
  \rsum_(j | j != i) (C i j * series_of i j k - C j i * series_of j i k).

Lemma field_truncated i s : 0 <= s <= r ->
  Rabs (grad (cost_at w p (x s)) i - \big[Rplus/0]_(k < K) (field_of i k * s ^ k))
  <= (s / r) ^ K * \rsum_(j | j != i) ((C i j + C j i) * (exp (p * (m i + m j)) - 1)).
Proof.
move=> sr.
have -> : \big[Rplus/0]_(k < K) (field_of i k * s ^ k)
  = \rsum_(j | j != i) (C i j * \big[Rplus/0]_(k < K) (series_of i j k * s ^ k) - C j i * \big[Rplus/0]_(k < K) (series_of j i k * s ^ k)).
  rewrite (eq_bigr (fun k : 'I_K => \rsum_(j | j != i) (C i j * (series_of i j k * s ^ k) - C j i * (series_of j i k * s ^ k)))).
    by rewrite exchange_big; apply: eq_bigr => j _; rewrite rsumB !rsumZl.
  by move=> k _; rewrite /field_of -rsumZr; apply: rsum_ext => j _; ring.
rewrite grad_in_out /incoming /outgoing -!rsumB -rsumZl.
apply: (Rle_trans _ _ _ (rsum_abs _ _ _)); apply: rsum_le => j _.
have A := cost_truncated i j sr; have B := cost_truncated j i sr.
set a := cost_at _ _ _ i j in A *; set b := cost_at _ _ _ j i in B *.
set u := C i j * \big[Rplus/0]_(k < K) _ in A *; set v := C j i * \big[Rplus/0]_(k < K) _ in B *.
rewrite (_ : a - b - (u - v) = (a - u) + - (b - v)); last ring.
apply: (Rle_trans _ _ _ (Rabs_triang _ _)); rewrite Rabs_Ropp.
by rewrite (Rplus_comm (m j)) in B; lra.
Qed.

End Field.

Lemma norm2_scaled (V : finType) (y : V -> R) t : 0 <= t -> norm2 (fun i => t * y i) = t * norm2 y.
Proof.
move=> t0; rewrite /norm2 (_ : norm2_sq (fun i => t * y i) = t ^ 2 * norm2_sq y); last first.
  by rewrite /norm2_sq -rsumZl; apply: rsum_ext => i _; ring.
rewrite sqrt_mult; [by rewrite sqrt_pow2 | exact: pow2_ge_0 | exact: norm2_sq_ge0].
Qed.

Lemma contraction_truncation_proof : S_contraction_truncation.
Proof.
move=> V w p c D K r w0 p0 K0 r0 x C m; exists (field_of w p c D K) => s sr.
have q0 : 0 <= (s / r) ^ K by apply: pow_le; apply: Rmult_le_pos; [lra | apply/Rlt_le/Rinv_0_lt_compat].
rewrite -norm2_scaled //; apply: norm2_le; apply: rsum_le => i _.
by rewrite -!Rsqr_pow2; apply: Rsqr_le_abs_1; apply: (Rle_trans _ _ _ _ (Rle_abs _)); exact: field_truncated.
Qed.
