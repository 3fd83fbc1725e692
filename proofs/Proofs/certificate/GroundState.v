(** * The ground-state radius and the circulation bound, over the reals

    Glossary (design, section 2; everything is in the variables theta = p (k - h)).
    - [h]        the computed log-scales, [C] the costs there, [A] lower bounds of these costs
    - [lab i]    the root of the weak component of neuron [i]; the root is grounded
    - [grounded theta]  theta vanishes at every root
    - [v]        the ground state: zero at the roots, 0 < v <= vmax elsewhere, and
                 (L v)_i >= lam > 0 there, L the Laplacian of A + A^T
    - [gam]      lam / vmax, a lower bound of theta^T L theta / |theta|^2 over the grounded theta
    - [moved theta]     the log-scales h + theta / p *)

From Coq Require Import Reals Lra FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop path fingraph.
From Synbal Require Import Defs Sums Calculus Costs Convexity.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope R_scope.

(** ** The exponential *)

Lemma increasing_from_0 (f f' : R -> R) : (forall x, is_derive f x (f' x)) ->
  (forall x, 0 <= x -> 0 <= f' x) -> forall x, 0 <= x -> f 0 <= f x.
Proof.
move=> D P x x0.
have [c [Hc E]] : exists c, Rmin 0 x <= c <= Rmax 0 x /\ f x - f 0 = f' c * (x - 0).
  apply: (MVT_gen f 0 x f') => [y _|y _]; first exact: D.
  apply/continuity_pt_filterlim; apply: (@ex_derive_continuous R_AbsRing R_NormedModule).
  by exists (f' y).
rewrite Rmin_left // in Hc.
have := P c (proj1 Hc); nra.
Qed.

(** e^x >= 1 + x + e^{-|x|} x^2 / 2. *)
Lemma exp_quadratic x : 1 + x + / 2 * exp (- Rabs x) * x ^ 2 <= exp x.
Proof.
have [x0|x0] := Rle_or_lt 0 x.
- have e1 : exp (- Rabs x) <= 1 by rewrite -exp_0; apply: exp_le; have := Rabs_pos x; lra.
  have : 0 <= exp x - 1 - x - / 2 * x ^ 2.
    have -> : 0 = exp 0 - 1 - 0 - / 2 * 0 ^ 2 by rewrite exp_0; ring.
    apply: (increasing_from_0 (f := fun x => exp x - 1 - x - / 2 * x ^ 2) (f' := fun x => exp x - 1 - x)) => //.
      by move=> y; auto_derive => //; field.
    by move=> y _; have := exp_ge1x y; lra.
  by have := pow2_ge_0 x; nra.
- rewrite Rabs_left // Ropp_involutive.
  pose G y := 1 + (y - 1) * exp y - / 2 * y ^ 2.
  have G0 : 0 <= G (- x).
    have -> : 0 = G 0 by rewrite /G exp_0; ring.
    apply: (increasing_from_0 (f := G) (f' := fun y => y * (exp y - 1))); last by lra.
      by move=> y; rewrite /G; auto_derive => //; field.
    by move=> y y0; apply: Rmult_le_pos => //; have := exp_ge1x y; lra.
  have e0 := exp_pos x; rewrite /G exp_Ropp in G0.
  have : 0 <= (1 + (- x - 1) * / exp x - / 2 * (- x) ^ 2) * exp x by apply: Rmult_le_pos; lra.
  rewrite (_ : _ * exp x = exp x - 1 - x - / 2 * exp x * x ^ 2); last by field; lra.
  lra.
Qed.

(** ** The ground-state identity, one synapse at a time *)

Lemma ground_edge vi vj ti tj : 0 <= vi -> 0 <= vj -> (vi = 0 -> ti = 0) -> (vj = 0 -> tj = 0) ->
  (vi - vj) * (ti ^ 2 / vi - tj ^ 2 / vj) <= (ti - tj) ^ 2.
Proof.
move=> [vi0|<-] [vj0|<-] Hi Hj.
- set X := ti ^ 2 / vi; set Y := tj ^ 2 / vj.
  have EX : vi * X = ti ^ 2 by rewrite /X; field; lra.
  have EY : vj * Y = tj ^ 2 by rewrite /Y; field; lra.
  have : 0 <= vj * X + vi * Y - 2 * ti * tj.
    have -> : vj * X + vi * Y - 2 * ti * tj = (vj * ti - vi * tj) ^ 2 / (vi * vj) by rewrite /X /Y; field; lra.
    apply: Rmult_le_pos; first exact: pow2_ge_0.
    by apply/Rlt_le/Rinv_0_lt_compat/Rmult_lt_0_compat.
  nra.
- rewrite (Hj erefl) (_ : 0 ^ 2 / 0 = 0); last by rewrite /Rdiv; ring.
  rewrite (_ : (vi - 0) * (ti ^ 2 / vi - 0) = ti ^ 2); [nra | field; lra].
- rewrite (Hi erefl) (_ : 0 ^ 2 / 0 = 0); last by rewrite /Rdiv; ring.
  rewrite (_ : (0 - vj) * (0 - tj ^ 2 / vj) = tj ^ 2); [nra | field; lra].
- by rewrite (Hi erefl) (Hj erefl); nra.
Qed.

(** ** A circulation below the costs bounds the least total cost from below *)

Lemma circulation_bound (V : finType) (w : V -> V -> R) (p : R) (h : V -> R) (F : V -> V -> R) :
  circulation F -> (forall i j, F i j <= cost_at w p h i j) ->
  forall k, total F <= total (cost_at w p k).
Proof.
move=> [F0 B] Fle k.
have -> : total F = total F - p * \rsum_(i) (grad F i * (k i - h i)).
  by rewrite (@rsum0 _ _ _ (fun i => grad F i * (k i - h i))) => [|i _]; [ring | rewrite B; ring].
rewrite grad_parts -rsumZl -rsumB; apply: rsum_le => i _; rewrite -rsumZl -rsumB.
apply: rsum_le => j _; rewrite (cost_at_from w p h k).
have := exp_ge1x (p * (k j - h j - (k i - h i))); have := exp_pos (p * (k j - h j - (k i - h i))).
by have := F0 i j; have := Fle i j; nra.
Qed.

(** ** The radius *)

Section Radius.
Variables (V : finType) (w : V -> V -> R) (p : R) (h : V -> R).
Hypothesis (w0 : nonnegative w) (p0 : 0 < p).
Let C := cost_at w p h.
Variables (A : V -> V -> R) (v : V -> R) (lab : V -> V) (lam vmax rho : R).
Hypothesis A_bounds : forall i j, 0 <= A i j <= C i j.
Hypothesis lab_edge : forall i j, 0 < w i j -> lab i = lab j.
Hypothesis v_root : forall i, lab i = i -> v i = 0.
Hypothesis v_pos : forall i, lab i <> i -> 0 < v i.
Hypothesis v_max : forall i, v i <= vmax.
Hypothesis (vmax0 : 0 < vmax) (lam0 : 0 < lam) (rho0 : 0 < rho).
Hypothesis Lv : forall i, lab i <> i -> lam <= \rsum_(j) ((A i j + A j i) * (v i - v j)).

Definition grounded (theta : V -> R) : Prop := forall i, lab i = i -> theta i = 0.
Definition moved (theta : V -> R) : V -> R := fun i => h i + theta i / p.

Let gam := lam / vmax.
Let e2 := exp (- (2 * rho)).
(** The gradient at the neurons that are no roots. *)
Definition free_grad : V -> R := fun i => if lab i == i then 0 else grad C i.
Let G := norm2 free_grad.

Hypothesis small_gradient : G < / 2 * e2 * gam * rho.

Lemma gam0 : 0 < gam. Proof. exact: Rdiv_lt_0_compat. Qed.
Lemma e20 : 0 < e2. Proof. exact: exp_pos. Qed.

Lemma ground_state (theta : V -> R) : grounded theta ->
  gam * norm2_sq theta <= \rsum_(i) \rsum_(j) (C i j * (theta i - theta j) ^ 2).
Proof.
move=> Gr.
have v0 i : 0 <= v i.
  by have [/eqP/v_root ->|/eqP/v_pos] := boolP (lab i == i); lra.
have vt i : v i = 0 -> theta i = 0.
  by have [/eqP/Gr ->|/eqP/v_pos] := boolP (lab i == i); lra.
apply: (Rle_trans _ (\rsum_(i) (theta i ^ 2 / v i * \rsum_(j) ((A i j + A j i) * (v i - v j))))).
  rewrite /norm2_sq -rsumZl; apply: rsum_le => i _.
  have [/eqP R|/eqP R] := boolP (lab i == i).
    by rewrite (Gr i R) /Rdiv; right; ring.
  have vi := v_pos R; have vm := v_max i; have L := Lv R; have t2 := pow2_ge_0 (theta i).
  rewrite /gam (_ : lam / vmax * theta i ^ 2 = theta i ^ 2 / vmax * lam); last by field; lra.
  apply: Rmult_le_compat => //; [|lra|].
    by apply: Rmult_le_pos => //; apply/Rlt_le/Rinv_0_lt_compat.
  by apply: Rmult_le_compat_l => //; apply: Rinv_le_contravar.
apply: (Rle_trans _ (\rsum_(i) \rsum_(j) (A i j * ((v i - v j) * (theta i ^ 2 / v i - theta j ^ 2 / v j))))).
  right; pose s i := theta i ^ 2 / v i.
  transitivity (\rsum_(i) \rsum_(j) (A i j * (v i - v j) * s i) + \rsum_(i) \rsum_(j) (A j i * (v i - v j) * s i)).
    rewrite -rsumD; apply: rsum_ext => i _; rewrite -rsumD -rsumZl; apply: rsum_ext => j _.
    by rewrite /s; ring.
  rewrite [X in _ + X]rsum_swap -rsumD; apply: rsum_ext => i _; rewrite -rsumD; apply: rsum_ext => j _.
  by rewrite /s; ring.
apply: rsum_le => i _; apply: rsum_le => j _.
have E := ground_edge (v0 i) (v0 j) (vt i) (vt j); have [a0 a1] := A_bounds i j.
apply: (Rle_trans _ (A i j * (theta i - theta j) ^ 2)); first exact: Rmult_le_compat_l.
by apply: Rmult_le_compat_r => //; exact: pow2_ge_0.
Qed.

(** The cost inside the box |theta_i| <= rho. *)
Lemma cost_lower theta : grounded theta -> (forall i, Rabs (theta i) <= rho) ->
  total C - G * norm2 theta + / 2 * e2 * gam * norm2_sq theta <= total (cost_at w p (moved theta)).
Proof.
move=> Gr Box.
have CS : \rsum_(i) (grad C i * theta i) <= G * norm2 theta.
  have -> : \rsum_(i) (grad C i * theta i) = \rsum_(i) (free_grad i * theta i).
    apply: rsum_ext => i _; rewrite /free_grad; have [/eqP/Gr ->|_ //] := boolP (lab i == i); ring.
  have S := rsum_CauchySchwarz free_grad theta.
  apply: (Rle_trans _ (Rabs (\rsum_(i) (free_grad i * theta i)))); first exact: Rle_abs.
  rewrite -sqrt_Rsqr_abs /Rsqr /G /norm2 -sqrt_mult; [|exact: norm2_sq_ge0|exact: norm2_sq_ge0].
  by apply: sqrt_le_1_alt; move: S; rewrite /= Rmult_1_r.
have Q := ground_state Gr.
have T : total C - \rsum_(i) (grad C i * theta i) + / 2 * e2 * \rsum_(i) \rsum_(j) (C i j * (theta i - theta j) ^ 2)
   <= total (cost_at w p (moved theta)).
  rewrite grad_parts -!rsumZl /total -rsumB -rsumD; apply: rsum_le => i _.
  rewrite -rsumZl -rsumB -rsumD; apply: rsum_le => j _.
  rewrite (cost_at_from w p h) -/C /moved.
  set x := p * _; have Ex : x = theta j - theta i by rewrite /x; field; lra.
  have c0 : 0 <= C i j by apply: cost_at_ge0.
  have X := exp_quadratic x.
  have Rx : Rabs x <= 2 * rho.
    rewrite Ex; have := Rabs_triang (theta j) (- theta i); rewrite Rabs_Ropp.
    by have := Box i; have := Box j; rewrite /Rminus; lra.
  have ex : e2 <= exp (- Rabs x) by apply: exp_le; lra.
  have x2 := pow2_ge_0 x.
  have Y : 1 + x + / 2 * e2 * x ^ 2 <= exp x by nra.
  rewrite (_ : _ - _ + _ = C i j * (1 + x + / 2 * e2 * x ^ 2)); last by rewrite Ex; ring.
  exact: Rmult_le_compat_l.
have e0 := e20; have : / 2 * e2 * (gam * norm2_sq theta) <= / 2 * e2 * \rsum_(i) \rsum_(j) (C i j * (theta i - theta j) ^ 2).
  by apply: Rmult_le_compat_l => //; lra.
lra.
Qed.

Lemma norm2_sqr (theta : V -> R) : norm2_sq theta = norm2 theta * norm2 theta.
Proof. by rewrite /norm2 sqrt_sqrt //; exact: norm2_sq_ge0. Qed.

Lemma sup_le_norm2 (theta : V -> R) i : Rabs (theta i) <= norm2 theta.
Proof.
rewrite -sqrt_Rsqr_abs; apply: sqrt_le_1_alt; rewrite /Rsqr.
have := @rsum_term_le V i (fun i => theta i ^ 2) (fun j => pow2_ge_0 _).
by rewrite /norm2_sq /= Rmult_1_r.
Qed.

(** At distance rho or more, but inside the box, the cost is higher than at h. *)
Lemma cost_outside theta : grounded theta -> (forall i, Rabs (theta i) <= rho) -> rho <= norm2 theta ->
  total C < total (cost_at w p (moved theta)).
Proof.
move=> Gr Box far; have L := cost_lower Gr Box; rewrite norm2_sqr in L.
have N0 : 0 < norm2 theta by lra.
have e0 := e20; have g0 := gam0; have X : / 2 * e2 * gam * rho <= / 2 * e2 * gam * norm2 theta.
  by apply: Rmult_le_compat_l => //; apply: Rmult_le_pos; lra.
have Y : 0 < norm2 theta * (/ 2 * e2 * gam * norm2 theta - G) by apply: Rmult_lt_0_compat; lra.
lra.
Qed.

(** Every synapse lies on a cycle: else one side could be moved away for ever, at less and less cost. *)
Lemma radius_on_cycles : on_cycles w.
Proof.
move=> i j wij; apply: contraT => nr; exfalso.
pose U x := reaches w i x.
have Ui : U i by exact: connect0.
have Uj : ~~ U j by [].
have Uedge a b : 0 < w a b -> U b -> U a.
  by move=> wab Ub; apply: connect_trans Ub _; apply: connect1; apply/synapseP.
set l := lab i; have lj : lab j = l by rewrite /l (lab_edge wij).
pose theta x := if lab x != l then 0 else if U l then (if U x then 0 else - rho) else (if U x then rho else 0).
have Gr : grounded theta.
  move=> x rx; rewrite /theta; case: eqP => //= E; rewrite rx in E; rewrite E.
  by case: (U l).
have Box x : Rabs (theta x) <= rho.
  rewrite /theta; case: ifP => _; first by rewrite Rabs_R0; lra.
  by case: (U l); case: (U x); rewrite ?Rabs_R0 ?Rabs_Ropp ?Rabs_pos_eq; lra.
have far : rho <= norm2 theta.
  case Ul : (U l).
    have := sup_le_norm2 theta j; rewrite /theta lj eqxx /= Ul (negbTE Uj) Rabs_Ropp Rabs_pos_eq //; lra.
  have := sup_le_norm2 theta i; rewrite /theta -/l eqxx /= Ul Ui Rabs_pos_eq //; lra.
have := cost_outside Gr Box far; apply: Rle_not_lt.
apply: rsum_le => a _; apply: rsum_le => b _.
have [wab|wab] := Rle_lt_or_eq_dec _ _ (w0 a b); last by rewrite /cost_at /C /cost_at -wab; lra.
rewrite (cost_at_from w p h) -/C -[X in _ <= X]Rmult_1_r.
apply: Rmult_le_compat_l; first exact: cost_at_ge0.
rewrite -exp_0; apply: exp_le.
rewrite /moved (_ : p * _ = theta b - theta a); last by field; lra.
rewrite /theta (lab_edge wab); case: ifP => _; first by lra.
have := Uedge a b wab; case: (U l); case: (U a); case: (U b) => // H; try lra.
- by have := H isT.
- by have := H isT.
Qed.

(** Shift each component so that its root is grounded: the costs stay. *)
Definition shift (k : V -> R) : V -> R := fun i => k i - (k (lab i) - h (lab i)).

Lemma cost_at_shift k : cost_at w p (shift k) = cost_at w p k.
Proof.
apply: functional_extensionality => i; apply: functional_extensionality => j.
have [wij|wij] := Rle_lt_or_eq_dec _ _ (w0 i j); last by rewrite /cost_at -wij; ring.
by apply: cost_at_eq; rewrite /shift (lab_edge wij); ring.
Qed.

Lemma cost_convex_ray theta s : 0 <= s <= 1 ->
  total (cost_at w p (moved (fun i => s * theta i))) <= (1 - s) * total C + s * total (cost_at w p (moved theta)).
Proof.
move=> s01; have := @cost_convex V w p w0 h (moved theta) s s01.
have -> // : (fun i => (1 - s) * h i + s * moved theta i) = moved (fun i => s * theta i).
by apply: functional_extensionality => i; rewrite /moved; field; lra.
Qed.

(** A balanced point, grounded, lies within rho in every coordinate; and its cost is not much lower. *)
Lemma radius_near k : balanced (cost_at w p k) -> (forall i, lab i = i -> k i = h i) ->
  (forall i, Rabs (k i - h i) <= rho / p) /\
  total C - total (cost_at w p k) <= G ^ 2 / (2 * e2 * gam).
Proof.
move=> B Gk; pose theta i := p * (k i - h i).
have Ek : moved theta = k.
  by apply: functional_extensionality => i; rewrite /moved /theta; field; lra.
have Gr : grounded theta by move=> i /Gk E; rewrite /theta E; ring.
have near : norm2 theta <= rho.
  apply: Rnot_lt_le => far; pose s := rho / norm2 theta.
  have N0 : 0 < norm2 theta by lra.
  have s01 : 0 <= s <= 1.
    by split; [apply/Rlt_le/Rdiv_lt_0_compat; lra | apply/Rle_div_l; lra].
  have Es : s * norm2 theta = rho by rewrite /s; field; lra.
  have Box i : Rabs (s * theta i) <= rho.
    rewrite Rabs_mult Rabs_pos_eq; last by lra.
    rewrite -[X in _ <= X]Es; apply: Rmult_le_compat_l; [lra | exact: sup_le_norm2].
  have Gs : grounded (fun i => s * theta i) by move=> i /Gr ->; ring.
  have Ns : norm2 (fun i => s * theta i) = rho.
    have -> : norm2 (fun i => s * theta i) = sqrt (s ^ 2 * norm2_sq theta).
      by congr sqrt; rewrite /norm2_sq -rsumZl; apply: rsum_ext => i _; ring.
    rewrite norm2_sqr -[RHS]Es (_ : s ^ 2 * _ = Rsqr (s * norm2 theta)); last by rewrite /Rsqr; ring.
    by rewrite sqrt_Rsqr //; apply: Rmult_le_pos; lra.
  have O := cost_outside Gs Box (Req_le _ _ (esym Ns)).
  have Cx := cost_convex_ray theta s01; rewrite Ek in Cx.
  have M : total (cost_at w p k) <= total C by apply: balanced_min.
  have Y : s * total (cost_at w p k) <= s * total C by apply: Rmult_le_compat_l; lra.
  lra.
split=> [i|].
  apply/Rle_div_r => //; rewrite -{1}(Rabs_pos_eq p); last by lra.
  rewrite -Rabs_mult Rmult_comm; exact: Rle_trans (sup_le_norm2 theta i) near.
have Box i : Rabs (theta i) <= rho by exact: Rle_trans (sup_le_norm2 theta i) near.
have L := cost_lower Gr Box; rewrite Ek norm2_sqr in L.
have e0 := e20; have g0 := gam0; have a0 : 0 < e2 * gam by apply: Rmult_lt_0_compat.
set N := norm2 theta in L; apply: (Rle_trans _ (G * N - / 2 * (e2 * gam) * (N * N))); first by lra.
apply/Rle_div_r; first by lra.
have := pow2_ge_0 (e2 * gam * N - G); rewrite /=; lra.
Qed.

(** The theorem: existence comes from [on_cycles] (claim [balanceable]). *)
Lemma radius_exists : (on_cycles w -> exists k, balanced (cost_at w p k)) ->
  exists k, balanced (cost_at w p k) /\ (forall i, lab i = i -> k i = h i).
Proof.
move=> /(_ radius_on_cycles) [k B]; exists (shift k); split; first by rewrite cost_at_shift.
by move=> i ri; rewrite /shift ri; ring.
Qed.

(** Two grounded balanced points are the same. *)
Lemma radius_unique k l : balanced (cost_at w p k) -> balanced (cost_at w p l) ->
  (forall i, lab i = i -> k i = h i) -> (forall i, lab i = i -> l i = h i) -> forall i, k i = l i.
Proof.
move=> Bk Bl Gk Gl.
have cost_same : cost_at w p k = cost_at w p l.
  apply: cost_at_linked => // i j ij; exact: (balanced_diff w0 p0 Bk Bl ij).
(* On the difference theta = k - l, which is grounded, the ground-state form vanishes. *)
pose theta i := k i - l i.
have Gr : grounded theta by move=> i ri; rewrite /theta Gk // Gl //; ring.
have E i j : 0 < w i j -> theta i = theta j.
  by move=> wij; apply: (balanced_diff w0 p0 Bk Bl); apply: linked_edge.
have := ground_state Gr.
rewrite [X in _ <= X]rsum0; last first.
  move=> i _; apply: rsum0 => j _.
  have [wij|wij] := Rle_lt_or_eq_dec _ _ (w0 i j); last by rewrite /C /cost_at -wij; ring.
  by rewrite (E i j wij); ring.
move=> H i; have g0 := gam0; have n0 := norm2_sq_ge0 theta.
have /rsum_eq0 Z : norm2_sq theta = 0 by nra.
have : theta i ^ 2 = 0 by apply: Z => j; exact: pow2_ge_0.
by rewrite /theta => H2; nra.
Qed.

End Radius.
