(** * Soundness of the radius check

    Glossary: see [Checker.v], [Statements/certified_balance.v], [GroundState.v].
    - [lab]   the root of a neuron's weak component, as the certificate names it
    - [A]     the rounded-down scaled costs, divided by S *)

From Coq Require Import Reals ZArith Lra Lia List FMapPositive FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop path fingraph.
From Synbal Require Import Defs Sums Calculus Costs Convexity Checker GroundState CertifiedBalance GlobalConvergence.
From Synbal.Statements Require Import certified_balance balanceable.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope R_scope.

Lemma certified_balance_ground_state_proof : S_certified_balance_ground_state.
Proof.
move=> V w p h A v lab lam vmax rho w0 p0 HA He Hr Hp Hm vm0 l0 r0 HL g HG.
have ex : on_cycles w -> exists k, balanced (cost_at w p k) by move/(balanceable_proof w0 p0).
have [k [B Gk]] := radius_exists w0 p0 HA He Hr Hp Hm vm0 l0 r0 HL HG ex.
have [near cost] := radius_near w0 p0 HA Hr Hp Hm vm0 l0 r0 HL HG B Gk.
exists k; split=> //; split; [|split=> //] => [l Bl Gl i|l].
  exact: (radius_unique w0 p0 HA Hr Hp Hm vm0 l0 HL Bl B Gl Gk).
have M : total (cost_at w p k) <= total (cost_at w p l) by apply: balanced_min.
have -> : norm2 g ^ 2 * exp (2 * rho) * vmax / (2 * lam) =
       norm2 g ^ 2 / (2 * exp (- (2 * rho)) * (lam / vmax)).
  by rewrite exp_Ropp; have e0 := exp_pos (2 * rho); field; lra.
by apply: Rle_trans cost; lra.
Qed.

Lemma free_grad_le (V : finType) (w : V -> V -> R) p h (lab : V -> V) :
  norm2_sq (free_grad w p h lab) <= norm2_sq (grad (cost_at w p h)).
Proof.
apply: rsum_le => i _; rewrite /free_grad; case: ifP => _; last exact: Rle_refl.
by rewrite /= Rmult_0_l; have := pow2_ge_0 (grad (cost_at w p h) i); rewrite /=.
Qed.

Section Radius.
Variable c : certificate.
Let n := size (neurons c).
Let V := 'I_n.
Let m := table_of c.
Let node (i : V) := nth outside (neurons c) i.
Variables (w : V -> V -> R) (p : R).
Hypothesis (p0 : 0 < p) (fit : fits w).
Hypothesis ok : check_radius c = true.
Let h := @scales c p.
Let C := cost_at w p h.
Let S := IZR (cost_unit c).
Let es := rounded c m.
Let lap := laplacian m es.

Lemma radius_wf : well_formed c m = true.
Proof. by move: ok; rewrite /check_radius -/m; case: well_formed. Qed.

Lemma radius_parts :
  (forall e, List.In e (edges c) -> same_component m e = true) /\
  (forall i : V, neuron_ok c m lap (key i) (node i) = true) /\
  ((0 < lam c)%Z /\ (0 < vmax c)%Z /\ (0 < radius c)%Z /\ (2 * radius c < radius_unit c)%Z) /\
  let q := radius_unit c in let r := radius c in
  (4 * grad_sq c * (vmax c * vmax c) * (q * q * (q * q)) < (q - 2 * r) * (q - 2 * r) * (lam c * lam c) * (r * r))%Z.
Proof.
move: ok; rewrite /check_radius -/m radius_wf -/es -/lap; case Ed: all_edges => //; case Ne: all_neurons => //.
case: Z.ltb_spec0 => // l0; case: Z.ltb_spec0 => // v0; case: Z.ltb_spec0 => // r0; case: Z.ltb_spec0 => // q0.
case: Z.ltb_spec0 => // main _; split; first by exact: all_edgesP.
split=> [i|//]; have := all_neuronsP (b := 0) Ne (ltn_ord i); by rewrite add0n.
Qed.

Lemma neuron_parts i :
  (exists r : V, component (node i) = key r /\ component (node r) = key r) /\
  (ground (node i) <= vmax c)%Z /\
  ((component (node i) = key i /\ ground (node i) = 0%Z) \/
   (component (node i) <> key i /\ (0 < ground (node i))%Z /\ (lam c <= get lap (key i))%Z)).
Proof.
have [_ [/(_ i) H _]] := radius_parts; move: H; rewrite /neuron_ok.
case M: PositiveMap.mem => //; have [r Er] := mem_key M; rewrite Er look_key -/(node r).
case: Pos.eqb_spec => // Rr; case: Z.leb_spec0 => // vm.
case: Pos.eqb_spec => [Ei|Ni].
  by move/Z.eqb_eq => g0; split; [exists r | split=> //; left].
by case: Z.ltb_spec0 => // g0; case: Z.leb_spec0 => // L _; split; [exists r | split=> //; right].
Qed.

(** The root of i's component, as a neuron. *)
Definition lab (i : V) : V := odflt i [pick r : V | Pos.eqb (key r) (component (node i))].

Lemma labE i : key (lab i) = component (node i).
Proof.
have [[r [Er _]] _] := neuron_parts i.
by rewrite /lab; case: pickP => [x /Pos.eqb_eq //|no]; have := no r; rewrite Er Pos.eqb_refl.
Qed.

Lemma lab_rootE i : lab i = i <-> component (node i) = key i.
Proof. by rewrite -labE; split=> [->|/key_inj]. Qed.

Lemma lab_edge_proof i j : 0 < w i j -> lab i = lab j.
Proof.
move=> wij; apply: key_inj; rewrite !labE.
have s0 := S0 radius_wf; have [_ U] := fit i j; rewrite -/S in U s0.
have pos : 0 < @listed c hi i j by have : 0 < S * w i j by [apply: Rmult_lt_0_compat]; lra.
have [e [He [Et Es]]] : exists e, List.In e (edges c) /\ target e = key i /\ source e = key j.
  move: pos; rewrite /listed; elim: (edges c) => [|a l IH]; first by rewrite big_nil; lra.
  rewrite big_cons /between; case: Pos.eqb_spec => [Et|_] /=; last by case/IH => e [He ?]; exists e; split=> //; right.
  case: Pos.eqb_spec => [Es _|_] /=; first by exists a; split; [left|].
  by case/IH => e [He ?]; exists e; split=> //; right.
have [/(_ e He) + _] := radius_parts.
by rewrite /same_component Et Es !look_key => /Pos.eqb_eq.
Qed.

Let A i j := @listed c (@cost_lo c) i j / S.
Let v i := IZR (ground (node i)).

Lemma A_boundsE i j : 0 <= A i j <= C i j.
Proof.
have s0 := S0 radius_wf; split.
  apply: Rmult_le_pos; last exact/Rlt_le/Rinv_0_lt_compat.
  by apply: listed_ge0 => e; apply: (cost_lo_ge0 radius_wf).
by apply: (div_S radius_wf); case: (cost_bounds_listed radius_wf p0 fit i j).
Qed.

Lemma laplacianE i : IZR (get lap (key i)) = S * \rsum_(j) ((A i j + A j i) * (v i - v j)).
Proof.
have s0 := S0 radius_wf; rewrite -/S in s0.
pose g t := IZR (ground (look m t)).
have gk j : g (key j) = v j by rewrite /g look_key.
rewrite spread_emptyE !big_map -rsumZl.
transitivity (\rsum_(j) (@listed c (@cost_lo c) i j * (fun t => v i - g t) (key j))
            + \rsum_(j) (@listed c (@cost_lo c) j i * (fun t => v i - g t) (key j))); last first.
  rewrite -rsumD; apply: rsum_ext => j _; rewrite gk /A; field; lra.
congr (_ + _); apply: esym.
- apply: (etrans (row_sum radius_wf (@cost_lo c) i (fun t => v i - g t))); apply: eq_bigr => e _.
  rewrite -[drop m (round_edge m e)]/(drop m e) -[lo (round_edge m e)]/(@cost_lo c e).
  rewrite -[target (round_edge m e)]/(target e); case: Pos.eqb_spec => // Et; rewrite /drop mult_IZR minus_IZR Et.
  by rewrite -/(g (key i)) -/(g (source e)) gk.
- apply: (etrans (col_sum radius_wf (@cost_lo c) i (fun t => v i - g t))); apply: eq_bigr => e _.
  rewrite -[drop m (round_edge m e)]/(drop m e) -[lo (round_edge m e)]/(@cost_lo c e).
  rewrite -[source (round_edge m e)]/(source e); case: Pos.eqb_spec => // Es; rewrite /drop opp_IZR mult_IZR minus_IZR Es.
  by rewrite -/(g (key i)) -/(g (target e)) gk; ring.
Qed.

Lemma listed_no_self f i j : @listed c (no_self f) i j = if i == j then 0 else @listed c f i j.
Proof.
rewrite /listed; case: (eqVneq i j) => [<-|ij].
  rewrite big_mkcond; apply: big1 => e _; rewrite /between /no_self.
  by case: Pos.eqb_spec => //= ->; case: Pos.eqb_spec => //= ->; rewrite Pos.eqb_refl.
rewrite big_mkcond [RHS]big_mkcond; apply: eq_bigr => e _; rewrite /between /no_self.
case: Pos.eqb_spec => //= ->; case: Pos.eqb_spec => //= ->.
by rewrite key_eqb (negbTE ij).
Qed.

Lemma grad_off i : S * grad C i =
  \rsum_(j) (if i == j then 0 else S * C i j) - \rsum_(j) (if j == i then 0 else S * C j i).
Proof.
rewrite /grad Rmult_minus_distr_l -!rsumZl !(rsum_out i) eqxx.
under [X in _ = _ + X - _]rsum_ext => j ji do rewrite eq_sym (negbTE ji).
under [X in _ = _ - (_ + X)]rsum_ext => j ji do rewrite (negbTE ji).
ring.
Qed.

Lemma spread_no_self f g i : IZR (get (spread (no_self f) (no_self (fun e => - g e)%Z) es (PositiveMap.empty _)) (key i))
  = \rsum_(j) @listed c (no_self (fun e => f (round_edge m e))) i j
    - \rsum_(j) @listed c (no_self (fun e => g (round_edge m e))) j i.
Proof.
rewrite spread_emptyE !big_map (row_sum1 radius_wf) (col_sum1 radius_wf) /Rminus -rsumN; congr (_ + _).
apply: eq_bigr => e _; rewrite /no_self /=; case: Pos.eqb; last by ring.
by case: Pos.eqb; rewrite ?opp_IZR; ring.
Qed.

Lemma grad_enclosed i :
  IZR (get (grad_lo es) (key i)) <= S * grad C i <= IZR (get (grad_hi es) (key i)).
Proof.
have B := cost_bounds_listed radius_wf p0 fit.
rewrite /grad_lo /grad_hi !spread_no_self grad_off; split; apply: Rplus_le_compat;
  try (apply: Ropp_le_contravar); apply: rsum_le => j _; rewrite listed_no_self; case: (_ == _);
  try lra; first [by case: (B i j) | by case: (B j i)].
Qed.

Lemma grad_sqE : S ^ 2 * norm2_sq (grad C) <= IZR (grad_sq c).
Proof.
rewrite /grad_sq /grad_sq_of (sum_neuronsE _ 0) Rplus_0_l /norm2_sq -rsumZl; apply: rsum_le => i _.
rewrite add0n -/m -/es -/(key i) mult_IZR; have [L U] := grad_enclosed i.
set x := S * grad C i in L U; rewrite (_ : S ^ 2 * grad C i ^ 2 = x ^ 2); last by rewrite /x; ring.
set M := Z.max _ _.
have ML : (- M <= get (grad_lo es) (key i))%Z by rewrite /M; lia.
have MU : (get (grad_hi es) (key i) <= M)%Z by rewrite /M; lia.
have := IZR_le _ _ ML; have := IZR_le _ _ MU; rewrite opp_IZR; nra.
Qed.

Let q := IZR (radius_unit c).
Let r := IZR (radius c).
Let la := IZR (lam c).
Let vm := IZR (vmax c).

Lemma small : norm2 (grad C) < / 2 * exp (- (2 * (r / q))) * (la / S / vm) * (r / q).
Proof.
have s0 := S0 radius_wf; rewrite -/S in s0.
have [_ [_ [[l0 [v0 [r0 q0]]] main]]] := radius_parts.
have l1 : 0 < la by apply: IZR_lt. have v1 : 0 < vm by apply: IZR_lt.
have r1 : 0 < r by apply: IZR_lt.
have q1 : 2 * r < q by rewrite -mult_IZR; apply: IZR_lt.
move/IZR_lt: main; rewrite !mult_IZR !minus_IZR !mult_IZR -/q -/r -/la -/vm => main.
have G2 := grad_sqE; set g2 := IZR (grad_sq c) in main G2.
apply: (Rlt_le_trans _ (/ 2 * (1 - 2 * (r / q)) * (la / S / vm) * (r / q))); last first.
  have e1 : 1 - 2 * (r / q) <= exp (- (2 * (r / q))) by have := exp_ge1x (- (2 * (r / q))); lra.
  have P : 0 <= la / S / vm * (r / q).
    by apply: Rmult_le_pos; [apply: Rmult_le_pos; [apply: Rmult_le_pos|] |]; try lra; try apply/Rlt_le/Rinv_0_lt_compat; try lra; apply: Rmult_le_pos; try lra; apply/Rlt_le/Rinv_0_lt_compat; lra.
  nra.
set T := / 2 * _ * _ * _.
have T0 : 0 <= T.
  rewrite /T (_ : / 2 * (1 - 2 * (r / q)) * (la / S / vm) * (r / q) = (q - 2 * r) * la * r / (2 * q * q * S * vm)); last by field; lra.
  apply: Rmult_le_pos; first by apply: Rmult_le_pos; [apply: Rmult_le_pos; lra | lra].
  by apply/Rlt_le/Rinv_0_lt_compat; repeat apply: Rmult_lt_0_compat; lra.
rewrite /norm2 -(sqrt_Rsqr T T0); apply: sqrt_lt_1_alt; split; first exact: norm2_sq_ge0.
apply: (Rmult_lt_reg_l (S ^ 2)); first by nra.
apply: (Rle_lt_trans _ g2) => //.
have D0 : 0 < 4 * (vm * vm) * (q * q * (q * q)) by repeat apply: Rmult_lt_0_compat; lra.
apply: (Rmult_lt_reg_r (4 * (vm * vm) * (q * q * (q * q)))) => //.
rewrite (_ : S ^ 2 * Rsqr T * _ = (q - 2 * r) * (q - 2 * r) * (la * la) * (r * r)); first by lra.
by rewrite /Rsqr /T; field; lra.
Qed.

Lemma radius_sound : exists k,
    (balanced (cost_at w p k) /\ forall i, is_root i -> k i = h i) /\
    (forall l, balanced (cost_at w p l) -> (forall i, is_root i -> l i = h i) -> forall i, l i = k i) /\
    (forall i, Rabs (k i - h i) <= r / q / p) /\
    (forall J i j, J i j <> 0 ->
       exp (- (2 * (r / q) / p)) <= rescale k J i j / rescale h J i j <= exp (2 * (r / q) / p)) /\
    (forall l, total (cost_at w p h) - total (cost_at w p l) <=
       IZR (grad_sq c) * vm * q / (2 * S * (q - 2 * r) * la)).
Proof.
have s0 := S0 radius_wf; rewrite -/S in s0.
have [_ [_ [[l0 [v0 [r0 q0]]] _]]] := radius_parts.
have l1 : 0 < la by apply: IZR_lt. have v1 : 0 < vm by apply: IZR_lt.
have r1 : 0 < r by apply: IZR_lt.
have q1 : 2 * r < q by rewrite -mult_IZR; apply: IZR_lt.
have rq0 : 0 < r / q by apply: Rdiv_lt_0_compat; lra.
have w0 := w_ge0 radius_wf fit.
have NR i : lab i <> i -> component (node i) <> key i by move=> H /lab_rootE.
have vr i : lab i = i -> v i = 0.
  by move/lab_rootE => E; have [_ [_ [[_ g0]|[]]]] := neuron_parts i; rewrite // /v g0.
have vp i : lab i <> i -> 0 < v i.
  by move/NR => E; have [_ [_ [[]|[_ [g0 _]]]]] := neuron_parts i => //; apply: IZR_lt.
have vmx i : v i <= vm by apply: IZR_le; have [_ []] := neuron_parts i.
have Lv i : lab i <> i -> la / S <= \rsum_(j) ((A i j + A j i) * (v i - v j)).
  move/NR => E; have [_ [_ [[]|[_ [_ L]]]]] := neuron_parts i => //.
  by apply: (div_S radius_wf); rewrite -laplacianE; apply: IZR_le.
have la0 : 0 < la / S by apply: Rdiv_lt_0_compat.
have [k [[B Gk] [U [near cst]]]] := certified_balance_ground_state_proof w0 p0 A_boundsE lab_edge_proof
  vr vp vmx v1 la0 rq0 Lv (Rle_lt_trans _ _ _ (sqrt_le_1_alt _ _ (free_grad_le w p h lab)) small).
have root i : is_root i <-> lab i = i by symmetry; exact: lab_rootE.
exists k; split; [|split; [|split; [|split]]] => //.
- by split=> // i /root; exact: Gk.
- by move=> l Bl Gl; apply: U => // i /root; exact: Gl.
- move=> J i j J0; rewrite !rescale_eq.
  have -> : J i j * exp (k j - k i) / (J i j * exp (h j - h i)) = exp ((k j - h j) - (k i - h i)).
    have e0 := exp_pos (h j - h i).
    rewrite (_ : k j - h j - (k i - h i) = (k j - k i) + - (h j - h i)); last by ring.
    by rewrite exp_plus exp_Ropp; field; split=> //; lra.
  have ni := Rabs_le_between _ _; have [Li Ui] := (Rabs_le_between _ _).1 (near i).
  have [Lj Uj] := (Rabs_le_between _ _).1 (near j).
  have -> : 2 * (r / q) / p = r / q / p + r / q / p by field; lra.
  by split; apply: exp_le; lra.
- move=> l; apply: Rle_trans (cst l) _.
  have e1 : exp (2 * (r / q)) <= q / (q - 2 * r).
    have := exp_ge1x (- (2 * (r / q))); rewrite exp_Ropp => X.
    have e0 := exp_pos (2 * (r / q)).
    have Y : (1 + - (2 * (r / q))) * exp (2 * (r / q)) <= 1.
      by apply: (Rle_trans _ (/ exp (2 * (r / q)) * exp (2 * (r / q)))); [apply: Rmult_le_compat_r; lra | right; field; lra].
    apply/Rle_div_r; first lra.
    have -> : exp (2 * (r / q)) * (q - 2 * r) = q * ((1 + - (2 * (r / q))) * exp (2 * (r / q))) by field; lra.
    by rewrite -[X in _ <= X]Rmult_1_r; apply: Rmult_le_compat_l; lra.
  have G2 := grad_sqE.
  have N : norm2 (free_grad w p h lab) ^ 2 = norm2_sq (free_grad w p h lab).
    by rewrite /= Rmult_1_r sqrt_sqrt //; exact: norm2_sq_ge0.
  rewrite -/(free_grad w p h lab) N; have n0 := norm2_sq_ge0 (free_grad w p h lab).
  have n1 := free_grad_le w p h lab; rewrite -/C in n1.
  apply: (Rle_trans _ (norm2_sq (grad C) * (q / (q - 2 * r)) * vm / (2 * (la / S)))).
    apply: Rmult_le_compat_r; first by apply/Rlt_le/Rinv_0_lt_compat; lra.
    apply: Rmult_le_compat_r; first lra.
    by apply: Rmult_le_compat => //; exact/Rlt_le/exp_pos.
  rewrite (_ : _ / (2 * (la / S)) = (S ^ 2 * norm2_sq (grad C)) * (vm * q / (2 * S * (q - 2 * r) * la))); last by field; lra.
  rewrite (_ : IZR (grad_sq c) * vm * q / (2 * S * (q - 2 * r) * la) = IZR (grad_sq c) * (vm * q / (2 * S * (q - 2 * r) * la))); last by field; lra.
  apply: Rmult_le_compat_r => //; apply: Rmult_le_pos; first by apply: Rmult_le_pos; lra.
  by apply/Rlt_le/Rinv_0_lt_compat; repeat apply: Rmult_lt_0_compat; lra.
Qed.

End Radius.

Lemma certified_balance_radius_proof : S_certified_balance_radius.
Proof. by move=> c w p p0 fit ok; exact: radius_sound. Qed.

Lemma certified_balance_weights_proof : S_certified_balance_weights.
Proof.
move=> c alpha J p p0 fit ok r.
have [k [[B _] [_ [_ [near _]]]]] := radius_sound p0 fit ok.
exists k; rewrite cost_rescale; split=> //; split=> [l|i j J0]; last exact: near.
have w0 : nonnegative (cost alpha p J) by exact: (w_ge0 (radius_wf ok) fit).
rewrite !cost_rescale => Bl i j.
rewrite (cost_at_linked p w0 (h := l) (k := k)) // => a b ab.
exact: (balanced_diff w0 p0 Bl B ab).
Qed.
