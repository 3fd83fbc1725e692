(** * Soundness of the certificate checker for any degrees

    - [costs_at_scales]    the scaled costs enclose the costs at the certificate's log-scales
    - [curvatureE], [pull_enclosed]  what the sums of the checker are
    - [small]              the decisive inequality, in real numbers *)

From Coq Require Import Reals ZArith Lra Lia List FMapPositive FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop path fingraph.
From Synbal Require Import Defs Sums Calculus Costs Graph Checker DegreeChecker any_degree AnyDegree CertifiedBalance CertifiedDegrees.
From Synbal.Statements Require Import certified_balance certified_degrees.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope R_scope.

Lemma find_number_all a b l m : PositiveMap.find (Pos.of_succ_nat a) (number_all (Pos.of_succ_nat b) l m) =
  if leq b a && leq a.+1 (b + size l) then Some (nth 0%Z l (a - b)) else PositiveMap.find (Pos.of_succ_nat a) m.
Proof.
elim: l b m => [|x l IH] b m /=.
  by rewrite addn0; case: (leqP b a) => //= ba; rewrite ltnNge ba.
rewrite (IH b.+1) addnS addSn; have [ab|ba|ab] := ltngtP a b => /=.
- by rewrite PositiveMap.gso // => /of_succ_nat_inj X; rewrite X ltnn in ab.
- case: ifP => _; first by rewrite -(subnSK ba).
  by rewrite PositiveMap.gso // => /of_succ_nat_inj X; rewrite X ltnn in ba.
- by rewrite ab PositiveMap.gss subnn ltnS leq_addr.
Qed.

Lemma get_numerators d a : get (numerators_of d) (Pos.of_succ_nat a) = nth 0%Z (numerators d) a.
Proof.
rewrite /get /numerators_of (find_number_all a 0) leq0n add0n subn0 /=.
by case: leqP => // ge; rewrite PositiveMap.gempty nth_default.
Qed.

(** Integer powers. *)
Lemma IZR_pow x n : (0 <= n)%Z -> IZR (x ^ n) = IZR x ^ Z.to_nat n.
Proof. by move=> n0; rewrite pow_IZR Z2Nat.id. Qed.

Lemma exp_pow x n : 0 < x -> (0 <= n)%Z -> exp (IZR n * ln x) = x ^ Z.to_nat n.
Proof.
move=> x0 n0; have -> : IZR n = INR (Z.to_nat n) by rewrite INR_IZR_INZ Z2Nat.id.
by rewrite exp_INR_mul exp_ln.
Qed.

Section Sound.
Variable d : degree_certificate.
Let c := base d.
Let V := 'I_(size (neurons c)).
Let m := table_of c.
Let node (i : V) := nth outside (neurons c) i.
Variables (w : V -> V -> R) (p : R).
Hypothesis (p0 : 0 < p) (fit : fits w).
Hypothesis ok : check_degrees d = true.
Let k := @degree_of d.
Let mv := @moving d.
Let h := @degree_scales d p.
Let C := cost_of_degrees w p k h.
Let c' := at_scales d.
Let es := scaled d.
Let a := numerators_of d.
Let num (i : V) : Z := nth 0%Z (numerators d) i.
Let D := IZR (denominator d).
Let U := IZR (scale_unit d).
Let S := IZR (cost_unit c).
Let G i := IZR (scale (node i)).
Let v i := IZR (ground (node i)).

Lemma parts :
  (0 < denominator d)%Z /\ (0 < scale_unit d)%Z /\ well_formed c' m = true /\
  (forall i : V, node_ok d (curvature d m es) (key i) (node i) = true) /\
  ((0 < lam c)%Z /\ (0 < vmax c)%Z /\ (0 < radius c)%Z) /\
  let q := (denominator d * radius_unit c)%Z in let s := (steepest d * radius c)%Z in
  (s < q)%Z /\
  (4 * pull_sq d * (vmax c * vmax c) * (q * q * (q * q)) < (q - s) * (q - s) * (lam c * lam c) * (radius c * radius c))%Z.
Proof.
move: ok; rewrite /check_degrees -/c -/m -/es -/c'.
case: Z.ltb_spec0 => // D0; case: Z.ltb_spec0 => // U0; case wf: well_formed => //; case Ne: all_neurons => //.
case: Z.ltb_spec0 => // l0; case: Z.ltb_spec0 => // v0; case: Z.ltb_spec0 => // r0; case: Z.ltb_spec0 => // sq.
case: Z.ltb_spec0 => // main _; split=> //; split=> //; split=> //; split=> [i|]; last by split.
by have := all_neuronsP (b := 0) Ne (ltn_ord i); rewrite add0n.
Qed.

Lemma wf' : well_formed c' m = true.
Proof. by case: parts => _ [_ []]. Qed.

Lemma D0 : 0 < D. Proof. by apply: IZR_lt; case: parts. Qed.
Lemma U0 : 0 < U. Proof. by apply: IZR_lt; case: parts => _ []. Qed.
Lemma S_gt0 : 0 < S. Proof. exact: (S0 wf'). Qed.
Lemma G0 i : 0 < G i.
Proof. by apply: IZR_lt; have [_ [H _]] := wf_parts wf'; exact: H. Qed.

Lemma aE i : get a (key i) = num i.
Proof. exact: get_numerators. Qed.

Lemma node_parts i : (0 < num i)%Z /\ (denominator d + num i <= steepest d)%Z /\ (ground (node i) <= vmax c)%Z /\
  ((ground (node i) = 0%Z /\ scale (node i) = scale_unit d) \/
   ((0 < ground (node i))%Z /\ (lam c <= get (curvature d m es) (key i))%Z)).
Proof.
have [_ [_ [_ [/(_ i) H _]]]] := parts; move: H; rewrite /node_ok aE.
case: Z.ltb_spec0 => // n0; case: Z.leb_spec0 => // st; case: Z.leb_spec0 => // vm.
case: Z.eqb_spec => [g0|_]; first by move/Z.eqb_eq => E; do 3!split=> //; left.
by case: Z.ltb_spec0 => // g0; case: Z.leb_spec0 => // L _; do 3!split=> //; right.
Qed.

Lemma kE i : k i = IZR (num i) / D.
Proof. by []. Qed.

Lemma num0 i : 0 < IZR (num i).
Proof. by apply: IZR_lt; case: (node_parts i). Qed.

Lemma k0 i : 0 < k i.
Proof. by rewrite kE; apply: Rdiv_lt_0_compat; [exact: num0 | exact: D0]. Qed.

Lemma moveP i : mv i -> (0 < ground (node i))%Z /\ (lam c <= get (curvature d m es) (key i))%Z.
Proof.
rewrite /mv /moving => /Z.ltb_lt g0; have [_ [_ [_ [[g1 _]|//]]]] := node_parts i.
by move: g0; rewrite -/c -/(node i) g1.
Qed.

Lemma heldP i : ~~ mv i -> ground (node i) = 0%Z /\ scale (node i) = scale_unit d.
Proof.
rewrite /mv /moving; have [_ [_ [_ [//|[g0 _]]]]] := node_parts i.
by move/negP; case; apply/Z.ltb_lt.
Qed.

Lemma held_h i : ~~ mv i -> h i = 0.
Proof.
move=> /heldP [_ E]; have u0 := U0; rewrite /h /degree_scales -/c -/(node i) E -/U.
have -> : U / U = 1 by field; lra.
by rewrite ln_1; field; lra.
Qed.

(** ** The scaled costs *)

Let X j := G j ^ Z.to_nat (num j) * U ^ Z.to_nat (denominator d).
Let Y i j := G i ^ Z.to_nat (denominator d) * U ^ Z.to_nat (num j).

Lemma X0 j : 0 < X j.
Proof. by apply: Rmult_lt_0_compat; apply: pow_lt; [exact: G0 | exact: U0]. Qed.

Lemma Y0 i j : 0 < Y i j.
Proof. by apply: Rmult_lt_0_compat; apply: pow_lt; [exact: G0 | exact: U0]. Qed.

Lemma aboveE e (i j : V) : target e = key i -> source e = key j -> IZR (factor_above d m a e) = X j.
Proof.
move=> _ Es; rewrite /factor_above Es aE look_key mult_IZR !IZR_pow //.
- by have [D1 _] := parts; lia.
- by have [n1 _] := node_parts j; lia.
Qed.

Lemma belowE e (i j : V) : target e = key i -> source e = key j -> IZR (factor_below d m a e) = Y i j.
Proof.
move=> Et Es; rewrite /factor_below Et Es aE look_key mult_IZR !IZR_pow //.
- by have [n1 _] := node_parts j; lia.
- by have [D1 _] := parts; lia.
Qed.

Lemma C_XY i j : C i j * Y i j = w i j * X j.
Proof.
have d0 := D0; have u0 := U0; have gi := G0 i; have gj := G0 j.
have [D1 _] := parts; have [n1 _] := node_parts j.
rewrite /C /cost_of_degrees /h /degree_scales -/c -/(node i) -/(node j) -/(G i) -/(G j) -/D -/U.
rewrite kE (_ : p * _ = IZR (num j) * ln (G j / U) + - (D * ln (G i / U))); last by field; lra.
have gu x : 0 < x -> 0 < x / U by move=> x0; apply: Rdiv_lt_0_compat.
rewrite exp_plus exp_Ropp (exp_pow (gu _ gj)); last by lia.
rewrite /D (exp_pow (gu _ gi)); last by lia.
rewrite /X /Y /Rdiv !Rpow_mult_distr !pow_inv.
have A1 := pow_lt _ (Z.to_nat (denominator d)) gi; have A2 := pow_lt _ (Z.to_nat (denominator d)) u0.
have A3 := pow_lt _ (Z.to_nat (num j)) u0.
by field; lra.
Qed.

Lemma below_gt0 e (i j : V) : target e = key i -> source e = key j -> (0 < factor_below d m a e)%Z.
Proof. by move=> Et Es; apply: lt_IZR; rewrite (belowE Et Es); exact: Y0. Qed.

Lemma listed_scaled (f : edge -> Z) i j : @listed c' f i j = @listed c (fun e => f (scale_edge d m a e)) i j.
Proof. by rewrite /listed /= /scaled big_map. Qed.

Lemma costs_at_scales i j : @listed c' lo i j <= S * C i j <= @listed c' hi i j.
Proof.
have y0 := Y0 i j; have x0 := X0 j; have [L R] := fit i j; rewrite -/S in L R.
have E : S * C i j * Y i j = S * w i j * X j by rewrite Rmult_assoc C_XY; ring.
rewrite !listed_scaled; split; apply: (Rmult_le_reg_r (Y i j)) => //; rewrite E.
- apply: (Rle_trans _ (@listed c lo i j * X j)); last by apply: Rmult_le_compat_r => //; lra.
  apply: listed_le => e He Et Es; rewrite -(aboveE Et Es) -(belowE Et Es) -!mult_IZR; apply: IZR_le.
  by rewrite /= Z.mul_comm; apply: Z.mul_div_le; exact: below_gt0 Et Es.
- apply: (Rle_trans _ (@listed c hi i j * X j)); first by apply: Rmult_le_compat_r => //; lra.
  apply: listed_le => e He Et Es; rewrite -(aboveE Et Es) -(belowE Et Es) -!mult_IZR; apply: IZR_le.
  have y1 := below_gt0 Et Es; rewrite /hi /=.
  have := Z.mul_div_le (- (hi e * factor_above d m a e)) _ y1; rewrite /hi; lia.
Qed.

Let A i j := @listed c' lo i j / S.

Lemma A_bounds i j : 0 <= A i j <= C i j.
Proof.
have s0 := S_gt0; have [L _] := costs_at_scales i j; split; last by apply: (div_S wf').
apply: Rmult_le_pos; last exact/Rlt_le/Rinv_0_lt_compat.
by apply: listed_ge0 => e He; have [_ [_ /(_ e He) [_ [_ []]]]] := wf_parts wf'.
Qed.

Lemma w_nonnegative : nonnegative w.
Proof.
move=> i j; have [a0 aC] := A_bounds i j; have C0 : 0 <= C i j by lra.
have x0 := X0 j; have y0 := Y0 i j; apply: (Rmult_le_reg_r (X j)) => //.
by rewrite Rmult_0_l -C_XY; apply: Rmult_le_pos => //; lra.
Qed.

(** ** The sums *)

Lemma curvatureE i : IZR (get (curvature d m es) (key i)) = D ^ 2 * S * curvature_of_degrees k A v i.
Proof.
have s0 := S_gt0; have d0 := D0; pose g t := IZR (ground (look m t)); pose n t := IZR (get a t).
have gk j : g (key j) = v j by rewrite /g look_key.
have nk j : n (key j) = IZR (num j) by rewrite /n aE.
rewrite spread_emptyE /curvature_of_degrees.
transitivity (\rsum_(j) (@listed c' lo i j * (fun t => D * (D * v i - n t * g t)) (key j))
            + \rsum_(j) (@listed c' lo j i * (fun t => n (key i) * (n (key i) * v i - D * g t)) (key j))).
- congr (_ + _); apply: esym.
  + apply: (etrans (row_sum wf' lo i (fun t => D * (D * v i - n t * g t)))); apply: eq_bigr => e _.
    case: Pos.eqb_spec => // Et; rewrite /stretch !mult_IZR minus_IZR !mult_IZR Et -/(g (key i)) gk -/(n (source e)) -/(g (source e)) -/D.
    ring.
  + apply: (etrans (col_sum wf' lo i (fun t => n (key i) * (n (key i) * v i - D * g t)))); apply: eq_bigr => e _.
    case: Pos.eqb_spec => // Es; rewrite opp_IZR /stretch !mult_IZR minus_IZR !mult_IZR Es -/(g (key i)) gk -/(n (key i)) -/(g (target e)) -/D.
    ring.
- have E1 x y z t : x * (D * (D * y - t * z)) = D ^ 2 * S * (x / S * (y - t / D * z)) by field; lra.
  have E2 x y z t : x * (t * (t * y - D * z)) = D ^ 2 * S * (t / D * (x / S * (t / D * y - z))) by field; lra.
  rewrite Rmult_plus_distr_l -!rsumZl; congr (_ + _); apply: rsum_ext => j _; rewrite !nk gk; [exact: E1 | exact: E2].
Qed.

Lemma pull_enclosed i : IZR (get (pull_lo d es) (key i)) <= D * S * grad_of_degrees k C i <= IZR (get (pull_hi d es) (key i)).
Proof.
have d0 := D0; have n0 := num0 i.
have -> : D * S * grad_of_degrees k C i = D * \rsum_(j) (S * C i j) - IZR (num i) * \rsum_(j) (S * C j i).
  have E1 x y t : D * S * (x - t / D * y) = D * (S * x) - t * (S * y) by field; lra.
  by rewrite !rsumZl; exact: E1.
have E f g : IZR (get (spread (fun e => denominator d * f e)%Z (fun e => - (get a (source e) * g e))%Z es (PositiveMap.empty _)) (key i))
  = D * \rsum_(j) @listed c' f i j - IZR (num i) * \rsum_(j) @listed c' g j i.
  rewrite spread_emptyE (row_sum1 wf') (col_sum1 wf') /Rminus Ropp_mult_distr_r -!rsumN -!rsumZl; congr (_ + _); apply: eq_bigr => e _.
  + by case: Pos.eqb; rewrite ?mult_IZR -/D; ring.
  + by case: Pos.eqb_spec => [->|_]; rewrite ?aE ?opp_IZR ?mult_IZR; ring.
rewrite /pull_lo /pull_hi !E; split; apply: Rplus_le_compat; try apply: Ropp_le_contravar; apply: Rmult_le_compat_l;
  try (by lra); apply: rsum_le => j _; first [by case: (costs_at_scales i j) | by case: (costs_at_scales j i)].
Qed.

Let g := free_grad_of_degrees mv k C.

Lemma pull_sqE : (D * S) ^ 2 * norm2_sq g <= IZR (pull_sq d).
Proof.
rewrite /pull_sq (sum_neuronsE _ 0) Rplus_0_l /norm2_sq -rsumZl; apply: rsum_le => i _.
rewrite add0n -/c -/m -/es -/(key i) /is_moving look_key -/(mv i) /g /free_grad_of_degrees.
have -> : (0 <? ground (nth outside (neurons c) i))%Z = mv i by [].
case: (mv i); last by apply: Req_le; ring.
have [L H] := pull_enclosed i; rewrite mult_IZR.
set x := D * S * grad_of_degrees k C i in L H; rewrite (_ : (D * S) ^ 2 * grad_of_degrees k C i ^ 2 = x ^ 2); last by rewrite /x; ring.
set M := Z.max _ _.
have ML : (- M <= get (pull_lo d es) (key i))%Z by rewrite /M; lia.
have MU : (get (pull_hi d es) (key i) <= M)%Z by rewrite /M; lia.
have := IZR_le _ _ ML; have := IZR_le _ _ MU; rewrite opp_IZR; nra.
Qed.

Let Q := IZR (radius_unit c).
Let r := IZR (radius c).
Let la := IZR (lam c).
Let vm := IZR (vmax c).
Let M := IZR (steepest d).
Let K := M / D.
Let q := D * Q.
Let s := M * r.
Let la' := la / (D ^ 2 * S).

Lemma numbers : 0 < la /\ 0 < vm /\ 0 < r /\ 0 < s /\ s < q /\ 0 < Q /\ 0 < M
  \/ (forall i : V, False) /\ 0 < la /\ 0 < vm /\ 0 < r /\ s < q.
Proof.
have [D1 [_ [_ [_ [[l0 [v1 r0]] [sq _]]]]]] := parts.
have l1 : 0 < la by apply: IZR_lt. have v2 : 0 < vm by apply: IZR_lt.
have r1 : 0 < r by apply: IZR_lt.
have sq1 : s < q by rewrite /s /q /M /r /D /Q -!mult_IZR; apply: IZR_lt.
case: (pickP (fun _ : V => true)) => [i _|N]; last by right; split=> // i; have := N i.
left; have [n0 [st _]] := node_parts i.
have M0 : 0 < M by apply: IZR_lt; lia.
have s1 : 0 < s by exact: Rmult_lt_0_compat.
have d0 := D0; do 5!split=> //; split=> //.
by apply: (Rmult_lt_reg_l D) => //; rewrite Rmult_0_r -/q; lra.
Qed.

Lemma g2 : norm2 g ^ 2 = norm2_sq g.
Proof. exact: norm2_sqr. Qed.

Lemma small : 0 < la -> 0 < vm -> 0 < r -> 0 < s -> s < q -> 0 < Q ->
  norm2 g < / 2 * exp (- (K * (r / Q))) * (la' / vm) * (r / Q).
Proof.
move=> l1 v1 r1 s1 sq Q1; have d0 := D0; have s0 := S_gt0; have [_ [_ [_ [_ [_ [_ main]]]]]] := parts.
move/IZR_lt: main; rewrite !mult_IZR !minus_IZR !mult_IZR -/D -/Q -/q -/M -/r -/s -/la -/vm => main.
have G2 := pull_sqE; set P := IZR (pull_sq d) in main G2.
have Krq : K * (r / Q) = s / q by rewrite /K /s /q; field; lra.
have la0 : 0 < la' by apply: Rdiv_lt_0_compat => //; apply: Rmult_lt_0_compat => //; apply: pow_lt.
have T1 : 0 < la' / vm * (r / Q) by apply: Rmult_lt_0_compat; apply: Rdiv_lt_0_compat.
apply: (Rlt_le_trans _ (/ 2 * ((q - s) / q) * (la' / vm * (r / Q)))); last first.
  have e1 : (q - s) / q <= exp (- (K * (r / Q))).
    rewrite Krq; have := exp_ge1x (- (s / q)); have -> : (q - s) / q = 1 + - (s / q) by field; lra.
    by [].
  have := Rmult_le_compat_r _ _ _ (Rlt_le _ _ T1) e1; lra.
set T := / 2 * _ * _.
have T0 : 0 < T by apply: Rmult_lt_0_compat => //; apply: Rmult_lt_0_compat; [lra | apply: Rdiv_lt_0_compat; lra].
rewrite /norm2 -(sqrt_Rsqr T (Rlt_le _ _ T0)); apply: sqrt_lt_1_alt; split; first exact: norm2_sq_ge0.
have DS : 0 < (D * S) ^ 2 by apply: pow_lt; exact: Rmult_lt_0_compat.
apply: (Rmult_lt_reg_l ((D * S) ^ 2)) => //.
apply: (Rle_lt_trans _ P) => //.
have E0 : 0 < 4 * (vm * vm) * (q * q * (q * q)) by repeat apply: Rmult_lt_0_compat; lra.
apply: (Rmult_lt_reg_r _ _ _ E0).
have -> : (D * S) ^ 2 * Rsqr T * (4 * (vm * vm) * (q * q * (q * q))) = (q - s) * (q - s) * (la * la) * (r * r).
  rewrite /Rsqr /T /la'; have -> : r / Q = r * D / q by rewrite /q; field; lra.
  by field; lra.
lra.
Qed.

Lemma integers_sound :
  exists x, (held mv x /\ balanced_of_degrees mv k (cost_of_degrees w p k x)) /\
    (forall l, held mv l -> balanced_of_degrees mv k (cost_of_degrees w p k l) -> forall i, l i = x i) /\
    (forall i, Rabs (x i - h i) <= r / Q / p) /\
    (forall J i j, J i j <> 0 ->
       within_factor ((1 + k j) * (r / Q) / p) (rescale_deg k x J i j) (rescale_deg k h J i j)) /\
    (forall l, held mv l -> total (cost_of_degrees w p k h) - total (cost_of_degrees w p k l) <=
       IZR (pull_sq d) * vm * (D * Q) / (2 * S * (D * Q - M * r) * la)).
Proof.
have s0 := S_gt0; have d0 := D0.
have agreesE l : held mv l -> agrees mv h l by move=> H i Hi; rewrite H // held_h.
case: numbers => [[l1 [v1 [r1 [s1 [sq [Q1 M1]]]]]]|[none [l1 [v1 [r1 sq]]]]]; last first.
  have e (x y : V -> R) : x = y by apply: functional_extensionality => i; case: (none i).
  exists h; split; first by split=> i; case: (none i).
  split; first by move=> l _ _ i; case: (none i).
  split; first by move=> i; case: (none i).
  split; first by move=> J i; case: (none i).
  move=> l _; rewrite (e l h) Rminus_eq_0; apply: Rmult_le_pos; last first.
    by apply/Rlt_le/Rinv_0_lt_compat; rewrite -/q -/s; repeat apply: Rmult_lt_0_compat; lra.
  have P0 : 0 <= IZR (pull_sq d).
    by apply: Rle_trans pull_sqE; apply: Rmult_le_pos; [exact: pow2_ge_0 | exact: norm2_sq_ge0].
  case: (Rle_lt_dec 0 q) => Hq; first by rewrite -/q; apply: Rmult_le_pos => //; apply: Rmult_le_pos => //; lra.
  (* Without nodes the sum of squares is zero. *)
  have -> : IZR (pull_sq d) = 0.
    rewrite /pull_sq (sum_neuronsE _ 0) Rplus_0_l; apply: big1 => i _; by case: (none i).
  by rewrite !Rmult_0_l; exact: Rle_refl.
have la0 : 0 < la' by apply: Rdiv_lt_0_compat => //; apply: Rmult_lt_0_compat => //; apply: pow_lt.
have rQ : 0 < r / Q by exact: Rdiv_lt_0_compat.
have Kk i : 1 + k i <= K.
  have [_ [st _]] := node_parts i; have := IZR_le _ _ st; rewrite plus_IZR -/D -/M => H.
  rewrite kE /K; apply: (Rmult_le_reg_r D) => //.
  have -> : (1 + IZR (num i) / D) * D = D + IZR (num i) by field; lra.
  by have -> : M / D * D = M by field; lra.
have v0 i : ~~ mv i -> v i = 0 by move=> /heldP [E _]; rewrite /v E.
have vp i : mv i -> 0 < v i by move=> /moveP [E _]; apply: IZR_lt.
have vmx i : v i <= vm by apply: IZR_le; have [_ [_ []]] := node_parts i.
have HL i : mv i -> la' <= curvature_of_degrees k A v i.
  move=> /moveP [_ L]; have DS : 0 < D ^ 2 * S by apply: Rmult_lt_0_compat => //; apply: pow_lt.
  apply: (Rmult_le_reg_l (D ^ 2 * S)) => //; rewrite -curvatureE /la'.
  have -> : D ^ 2 * S * (la / (D ^ 2 * S)) = la by field; lra.
  exact: IZR_le.
have [x [Ag [B [Un [near cst]]]]] := certified_balance_degrees_proof w_nonnegative p0 k0 Kk A_bounds v0 vp vmx v1 la0 rQ HL
  (small l1 v1 r1 s1 sq Q1).
exists x; split; first by split=> // i Hi; rewrite (Ag i Hi) held_h.
split; first by move=> l Hl Bl; apply: Un => //; exact: agreesE.
split=> //; split=> [J i j J0|l Hl].
- rewrite /within_factor /rescale_deg.
  have -> : exp (- x i) * J i j * exp (k j * x j) / (exp (- h i) * J i j * exp (k j * h j))
          = exp (k j * (x j - h j) - (x i - h i)).
    have e1 := exp_pos (- h i); have e2 := exp_pos (k j * h j).
    rewrite (_ : k j * (x j - h j) - (x i - h i) = (- x i + k j * x j) + (- (- h i) + - (k j * h j))); last by ring.
    by rewrite !exp_plus !(exp_Ropp (- h i)) !(exp_Ropp (k j * h j)); field; lra.
  have /Rabs_le_between Bi := near i; have /Rabs_le_between Bj := near j; have kj := k0 j.
  have -> : (1 + k j) * (r / Q) / p = r / Q / p + k j * (r / Q / p) by field; lra.
  by split; apply: exp_le; nra.
- apply: Rle_trans (cst l (agreesE l Hl)) _.
  have Krq : K * (r / Q) = s / q by rewrite /K /s /q; field; lra.
  have e1 : exp (K * (r / Q)) <= q / (q - s).
    rewrite Krq; have := exp_ge1x (- (s / q)); rewrite exp_Ropp => Z; have e0 := exp_pos (s / q).
    have W : (1 + - (s / q)) * exp (s / q) <= 1.
      by apply: (Rle_trans _ (/ exp (s / q) * exp (s / q))); [apply: Rmult_le_compat_r; lra | right; field; lra].
    apply/Rle_div_r; first lra.
    have -> : exp (s / q) * (q - s) = q * ((1 + - (s / q)) * exp (s / q)) by field; lra.
    by rewrite -[X in _ <= X]Rmult_1_r; apply: Rmult_le_compat_l; lra.
  rewrite -/g g2; have n0 := norm2_sq_ge0 g; have G2 := pull_sqE.
  apply: (Rle_trans _ (norm2_sq g * (q / (q - s)) * vm / (2 * la'))).
    apply: Rmult_le_compat_r; first by apply/Rlt_le/Rinv_0_lt_compat; lra.
    by apply: Rmult_le_compat_r; [lra | apply: Rmult_le_compat_l].
  have -> : norm2_sq g * (q / (q - s)) * vm / (2 * la') = (D * S) ^ 2 * norm2_sq g * (vm * q / (2 * S * (q - s) * la)).
    by rewrite /la'; field; lra.
  rewrite -/q -/s (_ : IZR (pull_sq d) * vm * q / (2 * S * (q - s) * la) = IZR (pull_sq d) * (vm * q / (2 * S * (q - s) * la))); last by field; lra.
  apply: Rmult_le_compat_r => //; apply: Rmult_le_pos; first by apply: Rmult_le_pos; lra.
  by apply/Rlt_le/Rinv_0_lt_compat; repeat apply: Rmult_lt_0_compat; lra.
Qed.

End Sound.

Lemma certified_balance_degrees_integers_proof : S_certified_balance_degrees_integers.
Proof. by move=> d w p p0 fit ok; exact: integers_sound. Qed.
