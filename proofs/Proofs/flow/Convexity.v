(** * The cost is convex; balance is the minimum, and is unique

    Glossary.
    - [cost_first_order]   C(k) >= C(h) - p g(h).(k - h): the tangent lies below
    - [cost_convex]        C is convex in the log-scales
    - [cost_second_derivative]  the Hessian is p^2 times the Laplacian of the symmetrised costs
    - [balanced_min], [min_critical], [critical_balanced]  balanced = global minimiser = critical
    - [grad_monotone]      (g(h) - g(k)).(h - k) <= 0
    - [edge_energy w x]    the sum of (x_i - x_j)^2 over all synapses
    - [grad_strongly_monotone]  the same with - p m edge_energy on the right, when every synapse
                           costs at least m at h and at k
    - [balanced_diff]      two balanced log-scales differ by a constant on each weak component *)

From Coq Require Import Reals Lra Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop path fingraph.
From Synbal Require Import Defs FlowDefs Sums Costs Calculus.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Local Open Scope R_scope.

Section Convexity.
Variable V : finType.
Implicit Types (C w alpha J : V -> V -> R) (h k x : V -> R).

Lemma synapseP C (i j : V) : reflect (0 < C i j) (synapse C j i).
Proof. by rewrite /synapse; destruct (Rlt_dec 0 (C i j)); constructor. Qed.

Definition edge_energy w x : R :=
  \rsum_(i) \rsum_(j) (if synapse w j i then (x i - x j)^2 else 0).

Lemma edge_energy_term w x i j : 0 < w i j -> (x i - x j)^2 <= edge_energy w x.
Proof.
move=> H; have := @rsum_pair_term_le V V i j (fun i j => if synapse w j i then (x i - x j)^2 else 0).
move/synapseP: H => /= ->; apply=> a b; case: ifP => _; [exact: pow2_ge_0 | exact: Rle_refl].
Qed.

Lemma edge_energy_ge0 w x : 0 <= edge_energy w x.
Proof.
apply: rsum_ge0 => a _; apply: rsum_ge0 => b _.
by case: ifP => _; [exact: pow2_ge_0 | exact: Rle_refl].
Qed.

Section Positive.
Variables (w : V -> V -> R) (p : R).
Hypothesis w0 : nonnegative w.
Hypothesis p0 : 0 < p.

Lemma cost_first_order h k :
  total (cost_at w p h) - p * \rsum_(i) (grad (cost_at w p h) i * (k i - h i))
  <= total (cost_at w p k).
Proof.
rewrite grad_parts -rsumZl -rsumB; apply: rsum_le => i _; rewrite -rsumZl -rsumB.
apply: rsum_le => j _; rewrite (cost_at_from w p h k).
have c0 := cost_at_ge0 p h w0 i j.
have := exp_ge1x (p * (k j - h j - (k i - h i))); nra.
Qed.

Lemma cost_convex h k l : 0 <= l <= 1 ->
  total (cost_at w p (fun i => (1 - l) * h i + l * k i))
  <= (1 - l) * total (cost_at w p h) + l * total (cost_at w p k).
Proof.
move=> l01; set m := fun i => _.
have Hh := cost_first_order m h; have Hk := cost_first_order m k.
have E1 : \rsum_(i) (grad (cost_at w p m) i * (h i - m i))
        = l * \rsum_(i) (grad (cost_at w p m) i * (h i - k i)).
  by rewrite -rsumZl; apply: rsum_ext => i _; rewrite /m; ring.
have E2 : \rsum_(i) (grad (cost_at w p m) i * (k i - m i))
        = - (1 - l) * \rsum_(i) (grad (cost_at w p m) i * (h i - k i)).
  by rewrite -rsumZl; apply: rsum_ext => i _; rewrite /m; ring.
rewrite E1 in Hh; rewrite E2 in Hk; nra.
Qed.

(** First and second derivative along a straight line. *)
Lemma cost_first_derivative h x s :
  is_derive (fun s => total (cost_at w p (fun i => h i + s * x i))) s
    (- p * \rsum_(i) (grad (cost_at w p (fun i => h i + s * x i)) i * x i)).
Proof. by apply: is_derive_total => i; exact: is_derive_line. Qed.

Lemma cost_second_derivative h x s :
  is_derive (fun s => - p * \rsum_(i) (grad (cost_at w p (fun i => h i + s * x i)) i * x i)) s
    (p^2 * \rsum_(i) \rsum_(j) (cost_at w p (fun i => h i + s * x i) i j * (x i - x j)^2)).
Proof.
apply: (is_derive_ext (fun s => - p * \rsum_(i) \rsum_(j)
         (cost_at w p (fun i => h i + s * x i) i j * (x i - x j)))).
  by move=> r; rewrite -grad_parts.
have -> : p^2 * \rsum_(i) \rsum_(j) (cost_at w p (fun i => h i + s * x i) i j * (x i - x j)^2)
        = - p * \rsum_(i) \rsum_(j) (p * cost_at w p (fun i => h i + s * x i) i j * (x j - x i)
                                     * (x i - x j)).
  rewrite -!rsumZl; apply: rsum_ext => i _; rewrite -!rsumZl; apply: rsum_ext => j _; ring.
apply: is_deriveZ; apply: is_derive_rsum => i _; apply: is_derive_rsum => j _.
apply: is_derive_eq (is_deriveM (is_derive_cost_at w p i j _) (is_derive_const _ _)) _.
- by move=> l; exact: is_derive_line.
- by rewrite /zero /=; ring.
Qed.

(** ** Balanced = critical = global minimiser *)

Lemma balanced_min h k : balanced (cost_at w p h) ->
  total (cost_at w p h) <= total (cost_at w p k).
Proof.
move=> B; have := cost_first_order h k.
rewrite rsum0; last by move=> i _; rewrite B; ring.
lra.
Qed.

Lemma partial_derivative h i :
  is_derive (fun s => total (cost_at w p (fun j => h j + bump i s j))) 0
    (- p * grad (cost_at w p h) i).
Proof.
have -> : grad (cost_at w p h) i
        = \rsum_(j) (grad (cost_at w p (fun j => h j + bump i 0 j)) j * bump i 1 j).
  rewrite (rsum_single (i := i)); last by move=> j /negbTE H; rewrite /bump H; ring.
  rewrite /bump eqxx Rmult_1_r; apply: grad_ext => a b; apply: cost_at_eq.
  by case: (a == i); case: (b == i); ring.
apply: is_derive_total => j; rewrite /bump; case: (j == i).
- by apply: is_derive_eq (is_deriveD (is_derive_const _ _) (is_derive_id _)) _; rewrite /zero /one /=; ring.
- by apply: is_derive_eq (is_deriveD (is_derive_const _ _) (is_derive_const _ _)) _; rewrite /zero /=; ring.
Qed.

Lemma min_critical h : (forall k, total (cost_at w p h) <= total (cost_at w p k)) ->
  forall i, is_derive (fun s => total (cost_at w p (fun j => h j + bump i s j))) 0 0.
Proof.
move=> M i; have H := partial_derivative h i.
move: H; set l := - p * _ => H; suff E0 : l = 0 by rewrite -[X in is_derive _ _ X]E0.
have E : cost_at w p (fun j => h j + bump i 0 j) = cost_at w p h.
  apply: functional_extensionality => a; apply: functional_extensionality => b.
  by apply: cost_at_eq; rewrite /bump; case: (a == i); case: (b == i); ring.
have D : derivable_pt_lim (fun s => total (cost_at w p (fun j => h j + bump i s j))) 0 l.
  by apply/is_derive_Reals.
have := @deriv_minimum (fun s => total (cost_at w p (fun j => h j + bump i s j))) (-1) 1 0
          (exist _ l D) ltac:(lra) ltac:(lra).
rewrite /derive_pt /=; apply=> s _ _; rewrite E; exact: M.
Qed.

Lemma critical_balanced h :
  (forall i, is_derive (fun s => total (cost_at w p (fun j => h j + bump i s j))) 0 0) ->
  balanced (cost_at w p h).
Proof.
move=> H i; have H1 := is_derive_unique _ _ _ (H i).
have := is_derive_unique _ _ _ (partial_derivative h i); rewrite H1 => E; nra.
Qed.

(** ** Monotonicity of the gradient *)

Lemma grad_diff_parts h k :
  \rsum_(i) ((grad (cost_at w p h) i - grad (cost_at w p k) i) * (h i - k i))
  = - \rsum_(i) \rsum_(j) ((cost_at w p h i j - cost_at w p k i j)
                           * ((h j - k j) - (h i - k i))).
Proof.
transitivity (\rsum_(i) (grad (fun i j => cost_at w p h i j - cost_at w p k i j) i * (h i - k i))).
  by apply: rsum_ext => i _; rewrite gradB.
by rewrite grad_parts -rsumN; apply: rsum_ext => i _; rewrite -rsumN; apply: rsum_ext => j _; ring.
Qed.

Lemma cost_diff_term h k i j m : 0 <= m -> m <= cost_at w p h i j -> m <= cost_at w p k i j ->
  p * m * ((h i - k i) - (h j - k j))^2
  <= (cost_at w p h i j - cost_at w p k i j) * ((h j - k j) - (h i - k i)).
Proof.
move=> m0 mh mk; move: mh; rewrite (cost_at_from w p k h) => mh.
have := exp_mul_sq m0 mk mh; set y := _ - _; move=> H.
have -> : (h i - k i - (h j - k j)) = - y by rewrite /y; ring.
nra.
Qed.

Lemma cost_diff_term_ge0 h k i j :
  0 <= (cost_at w p h i j - cost_at w p k i j) * ((h j - k j) - (h i - k i)).
Proof.
have := @cost_diff_term h k i j 0 (Rle_refl 0) (cost_at_ge0 p h w0 i j) (cost_at_ge0 p k w0 i j).
by rewrite Rmult_0_r Rmult_0_l.
Qed.

Lemma grad_monotone h k :
  \rsum_(i) ((grad (cost_at w p h) i - grad (cost_at w p k) i) * (h i - k i)) <= 0.
Proof.
rewrite grad_diff_parts; have := @rsum_ge0 V (index_enum V) xpredT
  (fun i => \rsum_(j) ((cost_at w p h i j - cost_at w p k i j) * ((h j - k j) - (h i - k i))))
  (fun i _ => @rsum_ge0 V (index_enum V) xpredT _ (fun j _ => cost_diff_term_ge0 h k i j)).
lra.
Qed.

Lemma grad_strongly_monotone h k m : 0 <= m ->
  (forall i j, 0 < w i j -> m <= cost_at w p h i j) ->
  (forall i j, 0 < w i j -> m <= cost_at w p k i j) ->
  \rsum_(i) ((grad (cost_at w p h) i - grad (cost_at w p k) i) * (h i - k i))
  <= - (p * m * edge_energy w (fun i => h i - k i)).
Proof.
move=> m0 mh mk; rewrite grad_diff_parts; apply: Ropp_le_contravar.
rewrite /edge_energy -rsumZl; apply: rsum_le => i _; rewrite -rsumZl; apply: rsum_le => j _.
case: synapseP => H; last by rewrite Rmult_0_r; exact: cost_diff_term_ge0.
by apply: cost_diff_term => //; [apply: mh | apply: mk].
Qed.

(** ** Uniqueness *)

(** If the gradients at h and k agree, h - k is constant along every synapse. *)
Lemma grad_eq_edge h k : (forall i, grad (cost_at w p h) i = grad (cost_at w p k) i) ->
  forall i j, 0 < w i j -> h i - k i = h j - k j.
Proof.
move=> E i j wij.
have S0 : \rsum_(i) \rsum_(j) ((cost_at w p h i j - cost_at w p k i j) * ((h j - k j) - (h i - k i))) = 0.
  have := grad_diff_parts h k; rewrite rsum0; first by lra.
  by move=> a _; rewrite E; ring.
have S1 := rsum_eq0 (fun a => @rsum_ge0 V (index_enum V) xpredT _ (fun b _ => cost_diff_term_ge0 h k a b)) S0 i.
have S2 := rsum_eq0 (fun b => cost_diff_term_ge0 h k i b) S1 j.
set m := Rmin (cost_at w p h i j) (cost_at w p k i j).
have m0 : 0 < m by apply: Rmin_glb_lt; exact: cost_at_gt0.
have := @cost_diff_term h k i j m (Rlt_le _ _ m0) (Rmin_l _ _) (Rmin_r _ _).
rewrite S2 => H.
have : (h i - k i - (h j - k j))^2 <= 0.
  have := Rmult_lt_0_compat _ _ p0 m0; have := pow2_ge_0 (h i - k i - (h j - k j)); nra.
nra.
Qed.

End Positive.

(** A function that is constant along synapses is constant on weak components. *)
Lemma linked_const w (x : V -> R) : (forall i j, 0 < w i j -> x i = x j) ->
  forall i j, linked w i j -> x i = x j.
Proof.
move=> H i j /connectP [q]; elim: q i => [|a q IH] i /=; first by move=> _ ->.
move=> /andP [/orP [] /synapseP Hs] Hq Ej; rewrite -(IH a Hq Ej); by [rewrite (H _ _ Hs)|rewrite -(H _ _ Hs)].
Qed.

Lemma linked_sym w : symmetric (linked w).
Proof. by apply: sym_connect_sym => i j; rewrite orbC. Qed.

Lemma linked_edge w i j : 0 < w i j -> linked w i j.
Proof. by move/synapseP => H; apply: connect1; rewrite H orbT. Qed.

Lemma synapse_cost_at w p h : synapse (cost_at w p h) =2 synapse w.
Proof.
move=> j i; apply/synapseP/synapseP; first exact: cost_at_gt0_inv.
exact: cost_at_gt0.
Qed.

Lemma linked_cost_at w p h : linked (cost_at w p h) =2 linked w.
Proof. by apply: eq_connect => i j; rewrite !synapse_cost_at. Qed.

Lemma reaches_cost_at w p h : reaches (cost_at w p h) =2 reaches w.
Proof. by apply: eq_connect => i j; rewrite synapse_cost_at. Qed.

Lemma on_cycles_cost_at w p h : on_cycles (cost_at w p h) <-> on_cycles w.
Proof.
split=> H i j; first by move/(@cost_at_gt0 V w p h i j)/H; rewrite reaches_cost_at.
by move/cost_at_gt0_inv/H; rewrite reaches_cost_at.
Qed.

Lemma balanced_diff w p h k : nonnegative w -> 0 < p ->
  balanced (cost_at w p h) -> balanced (cost_at w p k) ->
  forall i j, linked w i j -> h i - k i = h j - k j.
Proof.
move=> w0 p0 Bh Bk; apply: (linked_const (x := fun i => h i - k i)) => i j.
by apply: (grad_eq_edge w0 p0) => l; rewrite Bh Bk.
Qed.

(** Log-scales that differ by constants on weak components give the same costs. *)
Lemma cost_at_linked w p h k : nonnegative w ->
  (forall i j, linked w i j -> h i - k i = h j - k j) -> cost_at w p h = cost_at w p k.
Proof.
move=> w0 H; apply: functional_extensionality => i; apply: functional_extensionality => j.
case: (Rle_lt_or_eq_dec _ _ (w0 i j)) => [wij|E]; last by rewrite /cost_at -E !Rmult_0_l.
by apply: cost_at_eq; have := H i j (linked_edge wij); lra.
Qed.

End Convexity.
