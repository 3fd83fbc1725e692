(** * The flow of log-scales for any degrees: it exists, contracts, and converges where there is a balanced point

    - [pull x i]       the velocity: grad at the nodes that move, zero at the others
    - [truncated x i]  c pull(x) / max (c, C(x)): bounded, Lipschitz, and equal to the velocity where C <= c
    - [cluster]        a bounded sequence comes near some point again and again
    - [flow_decay]     the distance to a balanced point decays at a rate that the Hessian there gives
    - [flow_limit]     such a point has least cost; as no solution moves away from a balanced point, it is the limit *)

From Coq Require Import Reals Lra Classical FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop path fingraph.
From Synbal Require Import Defs FlowDefs any_degree Sums Costs Calculus Contraction Picard AnyDegree.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope R_scope.

Section Flow.
Variables (V : finType) (w : V -> V -> R) (p : R) (k : V -> R) (moves : pred V).
Hypotheses (Hw : nonnegative w) (Hp : 0 < p).
Notation C x := (cost_of_degrees w p k x).
Notation cost_of x := (total (cost_of_degrees w p k x)).

Definition pull (D : V -> V -> R) (i : V) : R := if moves i then grad_of_degrees k D i else 0.

Lemma pull_tested D x : held moves x -> \rsum_(i) (pull D i * x i) = \rsum_(i) (grad_of_degrees k D i * x i).
Proof.
move=> Hx; apply: rsum_ext => i _; rewrite /pull; case Hi: (moves i) => //.
by rewrite Hx ?Hi //; ring.
Qed.

Lemma costs_from x y i j : C x i j = C y i j * exp (p * (k j * (x j - y j) - (x i - y i))).
Proof. by rewrite /cost_of_degrees Rmult_assoc -exp_plus; congr (_ * exp _); ring. Qed.

(** ** Existence *)

Section Truncated.
Variable c : R.
Hypotheses (c0 : 0 < c) (Hk : forall i, 0 < k i).

Let K := 1 + \rsum_(i) k i.

Lemma degree_le i : 1 + k i <= K.
Proof. by rewrite /K; have := rsum_term_le i (F := k) (fun j => Rlt_le _ _ (Hk j)); lra. Qed.

Lemma K_ge1 : 1 <= K.
Proof.
have : 0 <= \rsum_(i) k i by apply: rsum_ge0 => i _; exact: Rlt_le.
rewrite /K; lra.
Qed.

Definition portion x i j : R := C x i j / Rmax c (cost_of x).
Definition truncated_pull x i : R := c * pull (portion x) i.

Lemma room_gt0 x : 0 < Rmax c (cost_of x).
Proof. exact: Rlt_le_trans c0 (Rmax_l _ _). Qed.

Lemma portion_bounds x i j : 0 <= portion x i j <= 1.
Proof.
have D := room_gt0 x; have C0 := costs_ge0 p k Hw x i j.
have C1 := Rle_trans _ _ _ (term_le_total i j (costs_ge0 p k Hw x)) (Rmax_r c _).
split; first by apply: Rmult_le_pos => //; exact/Rlt_le/Rinv_0_lt_compat.
by apply: (Rmult_le_reg_r (Rmax c (cost_of x))) => //; rewrite /portion /Rdiv Rmult_assoc Rinv_l; lra.
Qed.

Lemma costs_ratio x y d i j : 0 <= d -> (forall l, Rabs (x l - y l) <= d) -> C x i j <= C y i j * exp (p * K * d).
Proof.
move=> d0 H; rewrite (costs_from x y); apply: Rmult_le_compat_l; first exact: costs_ge0.
apply: exp_le; rewrite Rmult_assoc; apply: Rmult_le_compat_l; first lra.
have [H1 _] := proj1 (Rabs_le_between _ _) (H i); have [_ H2] := proj1 (Rabs_le_between _ _) (H j).
have := degree_le j; have := Hk j; nra.
Qed.

Lemma portion_lipschitz_half x y d i j : 0 <= d -> (forall l, Rabs (x l - y l) <= d) ->
  portion x i j - portion y i j <= 2 * p * K * d.
Proof.
move=> d0 H; have Hs l : Rabs (y l - x l) <= d by rewrite Rabs_minus_sym.
have K1 := K_ge1; have q0 : 0 <= p * K * d by apply: Rmult_le_pos => //; nra.
have E : 1 <= exp (p * K * d) by rewrite -exp_0; apply: exp_le.
have D := room_gt0 x; have D' := room_gt0 y.
have T : cost_of y <= cost_of x * exp (p * K * d).
  by rewrite /total -rsumZr; apply: rsum_le => a _; rewrite -rsumZr; apply: rsum_le => b _; exact: costs_ratio.
have M : Rmax c (cost_of y) <= Rmax c (cost_of x) * exp (p * K * d).
  apply: Rmax_lub; first by have := Rmax_l c (cost_of x); nra.
  by apply: Rle_trans T _; apply: Rmult_le_compat_r; [lra | exact: Rmax_r].
have Hc := costs_ratio i j d0 H.
have [s0 s1] := portion_bounds x i j; have [t0 t1] := portion_bounds y i j.
have L : portion x i j <= portion y i j * exp (p * K * d) * exp (p * K * d).
  apply: (Rmult_le_reg_r (Rmax c (cost_of x))) => //.
  rewrite {1}/portion /Rdiv Rmult_assoc Rinv_l; last by lra.
  rewrite Rmult_1_r; apply: Rle_trans Hc _.
  have -> : C y i j = portion y i j * Rmax c (cost_of y) by rewrite /portion; field; lra.
  have Q : 0 <= portion y i j * exp (p * K * d) by apply: Rmult_le_pos; lra.
  have := Rmult_le_compat_l _ _ _ Q M; lra.
have EE : exp (- (2 * p * K * d)) * (exp (p * K * d) * exp (p * K * d)) = 1.
  by rewrite -!exp_plus -exp_0; congr exp; ring.
have L' : portion x i j * exp (- (2 * p * K * d)) <= portion y i j.
  have := Rmult_le_compat_r _ _ _ (Rlt_le _ _ (exp_pos (- (2 * p * K * d)))) L.
  have -> : portion y i j * exp (p * K * d) * exp (p * K * d) * exp (- (2 * p * K * d))
    = portion y i j * (exp (- (2 * p * K * d)) * (exp (p * K * d) * exp (p * K * d))) by ring.
  by rewrite EE Rmult_1_r.
have := exp_ge1x (- (2 * p * K * d)) => X; nra.
Qed.

Lemma portion_lipschitz x y d i j : 0 <= d -> (forall l, Rabs (x l - y l) <= d) ->
  Rabs (portion x i j - portion y i j) <= 2 * p * K * d.
Proof.
move=> d0 H; apply: Rabs_le; split; last exact: portion_lipschitz_half.
have Hs l : Rabs (y l - x l) <= d by rewrite Rabs_minus_sym.
have := @portion_lipschitz_half y x d i j d0 Hs; lra.
Qed.

Lemma pull_abs_le (D : V -> V -> R) M i : (forall a b, Rabs (D a b) <= M) -> Rabs (pull D i) <= K * INR #|V| * M.
Proof.
move=> H; have M0 : 0 <= M := Rle_trans _ _ _ (Rabs_pos _) (H i i).
have n0 := pos_INR #|V|; have K1 := K_ge1.
have nM : 0 <= INR #|V| * M by exact: Rmult_le_pos.
rewrite /pull; case: (moves i); last by rewrite Rabs_R0 Rmult_assoc; apply: Rmult_le_pos => //; lra.
rewrite /grad_of_degrees; apply: Rle_trans (Rabs_triang _ _) _; rewrite Rabs_Ropp Rabs_mult (Rabs_pos_eq (k i)); last exact: Rlt_le.
have S (f : V -> R) : (forall j, Rabs (f j) <= M) -> Rabs (\rsum_(j) f j) <= INR #|V| * M.
  by move=> Hf; rewrite -rsum_const; apply: Rle_trans (rsum_abs _ _ _) _; apply: rsum_le.
have S1 := S (fun j => D i j) (fun j => H i j); have S2 := S (fun j => D j i) (fun j => H j i).
have := degree_le i; have := Hk i => k0 k1.
have := Rmult_le_compat_l _ _ _ (Rlt_le _ _ k0) S2.
have := Rmult_le_compat_r _ _ _ nM k1; lra.
Qed.

Lemma truncated_pull_bounded x i : Rabs (truncated_pull x i) <= c * (K * INR #|V| * 1).
Proof.
rewrite /truncated_pull Rabs_mult (Rabs_pos_eq c); last by lra.
apply: Rmult_le_compat_l; first by lra.
by apply: pull_abs_le => a b; have [s0 s1] := portion_bounds x a b; rewrite Rabs_pos_eq.
Qed.

Lemma pullB D E i : pull (fun a b => D a b - E a b) i = pull D i - pull E i.
Proof. by rewrite /pull /grad_of_degrees; case: (moves i); rewrite ?rsumB; ring. Qed.

Lemma truncated_pull_lipschitz x y d : 0 <= d -> (forall l, Rabs (x l - y l) <= d) ->
  forall i, Rabs (truncated_pull x i - truncated_pull y i) <= (c * (K * INR #|V| * (2 * p * K)) + 1) * d.
Proof.
move=> d0 H i; rewrite /truncated_pull -Rmult_minus_distr_l -pullB Rabs_mult (Rabs_pos_eq c); last by lra.
apply: (Rle_trans _ (c * (K * INR #|V| * (2 * p * K * d)))); last by lra.
apply: Rmult_le_compat_l; first by lra.
by apply: pull_abs_le => a b; exact: portion_lipschitz.
Qed.

Lemma truncated_pull_eq x i : truncated_pull x i = c / Rmax c (cost_of x) * pull (C x) i.
Proof.
rewrite /truncated_pull /pull; case: (moves i); last ring.
by rewrite /portion /grad_of_degrees /Rdiv !rsumZr; ring.
Qed.

Lemma truncated_pull_inside x i : cost_of x <= c -> truncated_pull x i = pull (C x) i.
Proof. by move=> H; rewrite truncated_pull_eq Rmax_left //; field; lra. Qed.

Lemma degree_flow_inside x0 : cost_of x0 <= c -> exists h, (forall i, h 0 i = x0 i) /\ is_degree_flow moves w p k h.
Proof.
move=> Hx0; have n0 := pos_INR #|V|; have K1 := K_ge1.
have L0 : 0 < c * (K * INR #|V| * (2 * p * K)) + 1.
  suff : 0 <= c * (K * INR #|V| * (2 * p * K)) by lra.
  apply: Rmult_le_pos; first lra.
  by apply: Rmult_le_pos; [apply: Rmult_le_pos; lra | apply: Rmult_le_pos; lra].
have [h [h0 H]] := @picard_solution V truncated_pull _ _ x0 L0 truncated_pull_lipschitz truncated_pull_bounded.
exists h; split=> // t t0 i.
rewrite -/(pull (C (h t)) i) -truncated_pull_inside; first exact: H.
have E0 : h 0 = x0 by apply: functional_extensionality.
apply: Rle_trans Hx0; rewrite -E0.
apply: (@nonincreasing_of_derive 0 t (fun s => cost_of (h s))
  (fun s => - p * \rsum_(i) (grad_of_degrees k (C (h s)) i * truncated_pull (h s) i)) 0 t) => //; try lra.
- by move=> s [s0 _]; apply: (@cost_derive _ w p k (truncated_pull (h s)) h s) => j; exact: H.
- move=> s _; suff : 0 <= \rsum_(i) (grad_of_degrees k (C (h s)) i * truncated_pull (h s) i) by nra.
  apply: rsum_ge0 => j _; rewrite truncated_pull_eq /pull.
  have R0 : 0 < c / Rmax c (cost_of (h s)) by apply: Rdiv_lt_0_compat => //; exact: room_gt0.
  case: (moves j); last by rewrite !Rmult_0_r; exact: Rle_refl.
  have := Rle_0_sqr (grad_of_degrees k (C (h s)) j); rewrite /Rsqr; nra.
Qed.

End Truncated.

(** ** Contraction *)

Lemma pull_monotone x y : held moves x -> held moves y ->
  \rsum_(i) ((pull (C x) i - pull (C y) i) * (x i - y i)) <= 0.
Proof.
move=> Hx Hy; have HD : held moves (fun i => x i - y i) by move=> i Hi; rewrite Hx // Hy //; ring.
have -> : \rsum_(i) ((pull (C x) i - pull (C y) i) * (x i - y i))
  = \rsum_(i) \rsum_(j) ((C x i j - C y i j) * ((x i - y i) - k j * (x j - y j))).
  transitivity (\rsum_(i) (pull (C x) i * (x i - y i)) - \rsum_(i) (pull (C y) i * (x i - y i))).
    by rewrite -rsumB; apply: rsum_ext => i _; ring.
  rewrite !(pull_tested _ HD) !tested -rsumB; apply: rsum_ext => i _.
  by rewrite -rsumB; apply: rsum_ext => j _; ring.
suff H : 0 <= \rsum_(i) \rsum_(j) (- ((C x i j - C y i j) * ((x i - y i) - k j * (x j - y j)))).
  move: H; rewrite (_ : \rsum_(i) \rsum_(j) - _
    = - \rsum_(i) \rsum_(j) ((C x i j - C y i j) * ((x i - y i) - k j * (x j - y j)))); first lra.
  by rewrite -rsumN; apply: rsum_ext => i _; rewrite -rsumN.
apply: rsum_ge0 => i _; apply: rsum_ge0 => j _; rewrite (costs_from x y).
have := @exp_mul_ge0 (C y i j) (p * (k j * (x j - y j) - (x i - y i))) (costs_ge0 p k Hw y i j).
set u := k j * _ - _; have -> : x i - y i - k j * (x j - y j) = - u by rewrite /u; ring.
by set d := C y i j * _ - _ => H; apply: (Rmult_le_reg_l p) => //; lra.
Qed.

Implicit Types (g h : R -> V -> R).

Lemma flow_held h t : held moves (h 0) -> is_degree_flow moves w p k h -> 0 <= t -> held moves (h t).
Proof.
move=> H0 F t0 i Hi; rewrite -(H0 i Hi).
apply: (@constant_of_derive 0 t (fun s => h s i)) => //; try lra.
by move=> s [s0 _]; have := F s s0 i; rewrite (negbTE Hi).
Qed.

Lemma flow_contracts g h s t : held moves (g 0) -> held moves (h 0) ->
  is_degree_flow moves w p k g -> is_degree_flow moves w p k h -> 0 <= s <= t ->
  norm2 (fun i => g t i - h t i) <= norm2 (fun i => g s i - h s i).
Proof.
move=> Hg Hh Fg Fh [s0 st]; apply: norm2_le.
apply: (@nonincreasing_of_derive s t (fun s => norm2_sq (fun i => g s i - h s i))
  (fun t => 2 * \rsum_(i) ((pull (C (g t)) i - pull (C (h t)) i) * (g t i - h t i))) s t) => //; try lra.
- by move=> x Hx; apply: is_derive_dist_sq => i; [apply: Fg | apply: Fh]; lra.
- move=> x Hx; have x0 : 0 <= x by lra.
  have := pull_monotone (flow_held Hg Fg x0) (flow_held Hh Fh x0); lra.
Qed.

Lemma balanced_stays x : balanced_of_degrees moves k (C x) -> is_degree_flow moves w p k (fun _ => x).
Proof.
move=> B t _ i; case Hi: (moves i); last exact: is_derive_const.
by rewrite B //; exact: is_derive_const.
Qed.

Lemma flow_cost_falls h s t : is_degree_flow moves w p k h -> 0 <= s <= t -> cost_of (h t) <= cost_of (h s).
Proof.
move=> F [s0 st].
apply: (@nonincreasing_of_derive s t (fun s => cost_of (h s))
  (fun t => - p * \rsum_(i) (grad_of_degrees k (C (h t)) i * pull (C (h t)) i)) s t) => //; try lra.
- by move=> x Hx; apply: (@cost_derive _ w p k (pull (C (h x))) h x) => j; apply: F; lra.
- move=> x _; suff : 0 <= \rsum_(i) (grad_of_degrees k (C (h x)) i * pull (C (h x)) i) by nra.
  apply: rsum_ge0 => j _; rewrite /pull; case: (moves j); last by rewrite Rmult_0_r; exact: Rle_refl.
  have := Rle_0_sqr (grad_of_degrees k (C (h x)) j); rewrite /Rsqr; lra.
Qed.

(** The cost lies above its tangents. *)
Lemma above_tangent x y : cost_of x - p * \rsum_(i) (grad_of_degrees k (C x) i * (y i - x i)) <= cost_of y.
Proof. by rewrite -total_tangent; apply: total_le => i j; exact: term_tangent. Qed.

Lemma flow_cost h (x : V -> R) t : held moves (h 0) -> held moves x -> is_degree_flow moves w p k h -> 0 < t ->
  cost_of (h t) - cost_of x <= p * norm2_sq (fun i => h 0 i - x i) / (2 * t).
Proof.
move=> H0 Hx F t0.
have H : p / 2 * norm2_sq (fun i => h t i - x i) - p / 2 * norm2_sq (fun i => h 0 i - x i)
         <= (cost_of x - cost_of (h t)) * t - (cost_of x - cost_of (h t)) * 0.
  apply: (@le_of_derive 0 t (fun s => p / 2 * norm2_sq (fun i => h s i - x i))
    (fun s => (cost_of x - cost_of (h t)) * s)
    (fun s => p / 2 * (2 * \rsum_(i) ((pull (C (h s)) i - 0) * (h s i - x i))))
    (fun s => (cost_of x - cost_of (h t)) * 1) 0 t) => //; try lra.
  - move=> s [s0 _]; apply: is_deriveZ.
    apply: (@is_derive_dist_sq V h (fun _ => x)) => i; [exact: F | exact: is_derive_const].
  - by move=> s _; apply: is_deriveZ; exact: is_derive_id.
  - move=> s [s0 st]; have Hs := flow_held H0 F s0.
    have T := above_tangent (h s) x.
    have HD : held moves (fun i => x i - h s i) by move=> i Hi; rewrite Hx // Hs //; ring.
    have E : \rsum_(i) ((pull (C (h s)) i - 0) * (h s i - x i)) = - \rsum_(i) (grad_of_degrees k (C (h s)) i * (x i - h s i)).
      by rewrite -(pull_tested _ HD) -rsumN; apply: rsum_ext => i _; ring.
    have D := flow_cost_falls F (conj s0 st).
    rewrite E; lra.
have := norm2_sq_ge0 (fun i => h t i - x i) => N.
apply: (Rmult_le_reg_r (2 * t)); first by lra.
have -> : p * norm2_sq (fun i => h 0 i - x i) / (2 * t) * (2 * t) = p * norm2_sq (fun i => h 0 i - x i) by field; lra.
have : 0 <= p / 2 * norm2_sq (fun i => h t i - x i) by apply: Rmult_le_pos => //; lra.
lra.
Qed.

Lemma pull_difference x y : held moves x -> held moves y ->
  \rsum_(i) ((pull (C x) i - pull (C y) i) * (x i - y i))
  = \rsum_(i) \rsum_(j) ((C x i j - C y i j) * ((x i - y i) - k j * (x j - y j))).
Proof.
move=> Hx Hy; have HD : held moves (fun i => x i - y i) by move=> i Hi; rewrite Hx // Hy //; ring.
transitivity (\rsum_(i) (pull (C x) i * (x i - y i)) - \rsum_(i) (pull (C y) i * (x i - y i))).
  by rewrite -rsumB; apply: rsum_ext => i _; ring.
rewrite !(pull_tested _ HD) !tested -rsumB; apply: rsum_ext => i _.
by rewrite -rsumB; apply: rsum_ext => j _; ring.
Qed.

Lemma flow_decay h (x : V -> R) K lambda : (forall i, 0 < k i) -> (forall i, 1 + k i <= K) ->
  held moves (h 0) -> is_degree_flow moves w p k h -> held moves x -> balanced_of_degrees moves k (C x) ->
  (forall y, held moves y -> lambda * norm2_sq y <= \rsum_(i) \rsum_(j) (C x i j * (k j * y j - y i) ^ 2)) ->
  let d := norm2 (fun i => h 0 i - x i) in
  forall t, 0 <= t -> norm2 (fun i => h t i - x i) <= d * exp (- (p * lambda * exp (- (p * K * d))) * t).
Proof.
move=> Hk HK H0 F Hx B gap d t t0.
have d0 : 0 <= d by exact: norm2_ge0.
set e := exp (- (p * K * d)); have e0 : 0 < e by exact: exp_pos.
set mu := p * lambda * e.
have H : norm2_sq (fun i => h t i - x i) <= norm2_sq (fun i => h 0 i - x i) * exp (- (2 * mu) * (t - 0)).
  apply: (@decay_of_derive (fun s => norm2_sq (fun i => h s i - x i))
    (fun s => 2 * \rsum_(i) ((pull (C (h s)) i - pull (C x) i) * (h s i - x i)))) => //.
  - move=> s [s0 _]; apply: (@is_derive_dist_sq V h (fun _ => x)) => i; first exact: F.
    have -> : pull (C x) i = 0 by rewrite /pull; case Hi: (moves i) => //; exact: B.
    exact: is_derive_const.
  - move=> s [s0 _]; have Hs := flow_held H0 F s0; rewrite (pull_difference Hs Hx).
    pose D i := h s i - x i.
    have near : norm2 D <= d.
      by apply: (flow_contracts (g := h) (h := fun _ => x)) => //; [exact: balanced_stays | lra].
    have Dd i : Rabs (D i) <= d := Rle_trans _ _ _ (coord_le_norm2 D i) near.
    have HD : held moves D by move=> i Hi; rewrite /D Hs // Hx //; ring.
    have := gap D HD => G.
    suff S : p * e * \rsum_(i) \rsum_(j) (C x i j * (k j * D j - D i) ^ 2)
      <= - \rsum_(i) \rsum_(j) ((C (h s) i j - C x i j) * (h s i - x i - k j * (h s j - x j))).
      have pe : 0 <= p * e by apply: Rmult_le_pos; lra.
      have := Rmult_le_compat_l _ _ _ pe G; rewrite /mu /D in S *; lra.
    rewrite -rsumN -rsumZl; apply: rsum_le => i _; rewrite -rsumN -rsumZl; apply: rsum_le => j _.
    rewrite -/(D i) -/(D j) (costs_from (h s) x) -/(D i) -/(D j).
    set u := p * (k j * D j - D i); have c0 := costs_ge0 p k Hw x i j.
    have ub : - (p * K * d) <= u <= p * K * d.
      have /Rabs_le_between Bi := Dd i; have /Rabs_le_between Bj := Dd j; have := HK j; have := Hk j => k0 k1.
      have Kd : (1 + k j) * d <= K * d by apply: Rmult_le_compat_r.
      have L : - (K * d) <= k j * D j - D i <= K * d by split; nra.
      by rewrite /u; split; [have := Rmult_le_compat_l p _ _ ltac:(lra) (proj1 L) | have := Rmult_le_compat_l p _ _ ltac:(lra) (proj2 L)]; lra.
    have m1 : C x i j * e <= C x i j.
      rewrite -[X in _ <= X]Rmult_1_r; apply: Rmult_le_compat_l => //.
      by rewrite /e -exp_0; apply: exp_le; lra.
    have m2 : C x i j * e <= C x i j * exp u by apply: Rmult_le_compat_l => //; apply: exp_le; lra.
    have m0 : 0 <= C x i j * e by apply: Rmult_le_pos => //; lra.
    have := exp_mul_sq m0 m1 m2 => Q.
    apply: (Rmult_le_reg_l p) => //.
    have -> : p * (p * e * (C x i j * (k j * D j - D i) ^ 2)) = C x i j * e * u ^ 2 by rewrite /u; ring.
    have -> : p * - ((C x i j * exp u - C x i j) * (D i - k j * D j)) = (C x i j * exp u - C x i j) * u by rewrite /u; ring.
    exact: Q.
rewrite -(sqrt_pow2 (norm2 (fun i => h t i - x i))); last exact: norm2_ge0.
rewrite -(sqrt_pow2 (_ * exp _)); last by apply: Rmult_le_pos => //; exact/Rlt_le/exp_pos.
apply: sqrt_le_1_alt; rewrite Rpow_mult_distr !norm2_sqr.
have -> : exp (- mu * t) ^ 2 = exp (- (2 * mu) * (t - 0)) by rewrite /= Rmult_1_r -exp_plus; congr exp; ring.
exact: H.
Qed.

(** ** Convergence *)

(** Among the times at which [Q] holds again and again, those at which the coordinates [s] are near some point too. *)
Lemma cluster (u : nat -> V -> R) B (s : seq V) : (forall n i, Rabs (u n i) <= B) ->
  forall Q : R -> nat -> Prop,
  (forall a b n, a <= b -> Q a n -> Q b n) -> (forall e N, 0 < e -> exists n, (N <= n)%N /\ Q e n) ->
  exists y, forall e N, 0 < e -> exists n, (N <= n)%N /\ Q e n /\ forall i, i \in s -> Rabs (u n i - y i) < e.
Proof.
move=> HB; elim: s => [|a s IH] Q mono often.
  by exists (fun _ => 0) => e N e0; have [n [Nn Qn]] := often e N e0; exists n.
pose E y := forall e N, 0 < e -> exists n, (N <= n)%N /\ Q e n /\ y <= u n a.
have [l [ub least]] : {l | is_lub E l}.
  apply: completeness.
    exists B => y Ey; have [n [_ [_ H]]] := Ey 1 0%N Rlt_0_1.
    by have := HB n a => /Rabs_le_between; lra.
  exists (- B) => e N e0; have [n [Nn Qn]] := often e N e0; exists n; split=> //; split=> //.
  by have := HB n a => /Rabs_le_between; lra.
have near e N : 0 < e -> exists n, (N <= n)%N /\ Q e n /\ Rabs (u n a - l) < e.
  move=> e0.
  have [y [Ey ly]] : exists y, E y /\ l - e / 2 < y.
    apply: NNPP => H; suff : l <= l - e / 2 by lra.
    by apply: least => y Ey; apply: Rnot_lt_le => H1; apply: H; exists y.
  have : ~ E (l + e / 2) by move=> H; have := ub _ H; lra.
  move=> /not_all_ex_not [e1 /not_all_ex_not [N1 H1]].
  have e10 : 0 < e1 by apply: NNPP => H; apply: H1 => H2; lra.
  have above n : (N1 <= n)%N -> Q e1 n -> u n a < l + e / 2.
    by move=> Nn Qn; apply: Rnot_le_lt => H; apply: H1 => _; exists n.
  have m0 : 0 < Rmin e e1 by exact: Rmin_pos.
  have [n [Nn [Qn yn]]] := Ey (Rmin e e1) (maxn N N1) m0.
  have [Nn0 Nn1] : (N <= n)%N /\ (N1 <= n)%N by move: Nn; rewrite geq_max => /andP.
  have := above n Nn1 (mono _ _ _ (Rmin_r _ _) Qn) => un.
  exists n; split=> //; split; first exact: mono (Rmin_l _ _) Qn.
  by apply: Rabs_def1; lra.
have [y Hy] := IH (fun e n => Q e n /\ Rabs (u n a - l) < e)
  (fun b c n bc H => conj (mono b c n bc (proj1 H)) (Rlt_le_trans _ _ _ (proj2 H) bc)) near.
exists (fun i => if i == a then l else y i) => e N e0.
have [n [Nn [[Qn Hl] Hn]]] := Hy e N e0; exists n; split=> //; split=> // i.
by rewrite inE; case: eqP => [-> _|_ /= Hi] //; exact: Hn.
Qed.

Lemma norm2_le_all (x : V -> R) d : 0 <= d -> (forall i, Rabs (x i) <= d) -> norm2 x <= (INR #|V| + 1) * d.
Proof.
move=> d0 H; have n0 := pos_INR #|V|.
have D0 : 0 <= (INR #|V| + 1) * d by apply: Rmult_le_pos => //; lra.
rewrite -(sqrt_pow2 _ D0); apply: sqrt_le_1_alt; apply: (Rle_trans _ (INR #|V| * d ^ 2)).
  rewrite -rsum_const; apply: rsum_le => i _; rewrite -!Rsqr_pow2.
  by apply: Rsqr_le_abs_1; rewrite (Rabs_pos_eq d).
have := pow2_ge_0 d; nra.
Qed.

Lemma flow_limit h (x : V -> R) : held moves (h 0) -> is_degree_flow moves w p k h ->
  held moves x -> balanced_of_degrees moves k (C x) ->
  exists y, held moves y /\ balanced_of_degrees moves k (C y) /\ forall i, is_lim (fun t => h t i) p_infty (y i).
Proof.
move=> H0 F Hx B.
pose u n i := h (INR n) i.
have from t : 0 <= t -> norm2 (fun i => h t i - x i) <= norm2 (fun i => h 0 i - x i).
  by move=> t0; apply: (flow_contracts (g := h) (h := fun _ => x)) => //; [exact: balanced_stays | lra].
pose M := norm2 (fun i => h 0 i - x i) + norm2 x.
have HM n i : Rabs (u n i) <= M.
  have := coord_le_norm2 (fun i => u n i - x i) i; have := coord_le_norm2 x i; have := from (INR n) (pos_INR n).
  have := Rabs_triang (u n i - x i) (x i); rewrite (_ : u n i - x i + x i = u n i); last ring.
  rewrite /M /u; lra.
have [y Hy] := cluster (enum V) HM (Q := fun _ _ => True) (fun _ _ _ _ H => H) (fun _ N _ => ex_intro _ N (conj (leqnn N) I)).
have near e N : 0 < e -> exists n, (N <= n)%N /\ forall i, Rabs (u n i - y i) < e.
  by move=> e0; have [n [Nn [_ H]]] := Hy e N e0; exists n; split=> // i; apply: H; rewrite mem_enum.
have Yheld : held moves y.
  move=> i Hi; apply: Rle_antisym; apply: le_epsilon => e e0; have [n [_ H]] := near e 0%N e0;
  have := H i; rewrite /u (flow_held H0 F (pos_INR n)) // => /Rabs_def2; lra.
have least : cost_of y <= cost_of x.
  apply: le_epsilon => e e0.
  pose G := \rsum_(i) Rabs (grad_of_degrees k (C y) i).
  have G0 : 0 <= G by apply: rsum_ge0 => i _; exact: Rabs_pos.
  pose d := e / (2 * (p * G + 1)).
  have pG : 0 <= p * G by apply: Rmult_le_pos => //; lra.
  have d0 : 0 < d by apply: Rdiv_lt_0_compat => //; lra.
  pose A := p * norm2_sq (fun i => h 0 i - x i).
  have A0 : 0 <= A by apply: Rmult_le_pos; [lra | exact: norm2_sq_ge0].
  have [N HN] := nfloor_ex (A / e) ltac:(apply: Rmult_le_pos => //; exact/Rlt_le/Rinv_0_lt_compat).
  have [n [Nn Hn]] := near d N.+1 d0.
  have n1 : A / e < INR n.
    apply: (Rlt_le_trans _ (INR N + 1)); first lra.
    by rewrite -S_INR; apply: le_INR; apply/leP.
  have npos : 0 < INR n.
    by apply: Rle_lt_trans n1; apply: Rmult_le_pos => //; exact/Rlt_le/Rinv_0_lt_compat.
  have := flow_cost H0 Hx F npos; rewrite -/A => Hc.
  have Ae : A / (2 * INR n) <= e / 2.
    apply: (Rmult_le_reg_r (2 * INR n)); first lra.
    have -> : A / (2 * INR n) * (2 * INR n) = A by field; lra.
    have := Rmult_lt_compat_r e _ _ e0 n1.
    have -> : A / e * e = A by field; lra.
    lra.
  have T := above_tangent y (h (INR n)).
  have S : p * \rsum_(i) (grad_of_degrees k (C y) i * (h (INR n) i - y i)) <= e / 2.
    apply: (Rle_trans _ (p * (G * d))).
      apply: Rmult_le_compat_l; first lra.
      apply: Rle_trans (Rle_abs _) _; apply: Rle_trans (rsum_abs _ _ _) _.
      rewrite /G -rsumZr; apply: rsum_le => i _; rewrite Rabs_mult.
      by apply: Rmult_le_compat_l; [exact: Rabs_pos | exact/Rlt_le/Hn].
    have E : (p * G + 1) * d = e / 2 by rewrite /d; field; lra.
    lra.
  lra.
have By : balanced_of_degrees moves k (C y).
  apply/any_degree_minimum_proof => // z Hz.
  by apply: Rle_trans least _; exact: (balanced_least Hw Hz Hx B).
exists y; split=> //; split=> // i; apply/is_lim_spec => -[e e0] /=.
have n0 := pos_INR #|V|.
have d0 : 0 < e / (2 * (INR #|V| + 1)) by apply: Rdiv_lt_0_compat => //; lra.
have [n [_ Hn]] := near _ 0%N d0; exists (INR n) => t Ht.
have tn : 0 <= INR n <= t by split; [exact: pos_INR | lra].
have := flow_contracts H0 (h := fun _ => y) Yheld F (balanced_stays By) tn => /= Hc.
have := norm2_le_all (Rlt_le _ _ d0) (fun i => Rlt_le _ _ (Hn i)); rewrite /u.
have -> : (INR #|V| + 1) * (e / (2 * (INR #|V| + 1))) = e / 2 by field; lra.
have := coord_le_norm2 (fun i => h t i - y i) i; lra.
Qed.

End Flow.

Lemma any_degree_flow_exists_proof : S_any_degree_flow_exists.
Proof.
move=> V w p k moves x0 Hw Hp Hk.
have T0 := total_ge0 (costs_ge0 p k Hw x0).
apply: (@degree_flow_inside V w p k moves Hw Hp (total (cost_of_degrees w p k x0) + 1) _ Hk); lra.
Qed.

Lemma any_degree_flow_contracts_proof : S_any_degree_flow_contracts.
Proof. by move=> V w p k moves g h Hw Hp Hg Hh Fg Fh s t st; exact: (flow_contracts Hw Hp Hg Hh Fg Fh st). Qed.

Lemma any_degree_flow_cost_proof : S_any_degree_flow_cost.
Proof. by move=> V w p k moves h x Hw Hp H0 Hx F t t0; exact: (flow_cost Hw Hp H0 Hx F t0). Qed.

Lemma any_degree_flow_rate_proof : S_any_degree_flow_rate.
Proof.
move=> V w p k moves h x K lambda Hw Hp Hk HK H0 F Hx B gap d t t0.
exact: (flow_decay Hw Hp Hk HK H0 F Hx B gap t0).
Qed.

Lemma any_degree_flow_converges_proof : S_any_degree_flow_converges.
Proof. by move=> V w p k moves h Hw Hp H0 F [x [Hx B]]; exact: flow_limit Hx B. Qed.
