(** * Claim [contraction]: two solutions of the flow never move apart; the a posteriori error bound

    Source: design, section 1 (beyond the paper): the gradient of a convex function is monotone.

    Glossary: [norm2] is the Euclidean norm; [is_flow w p h] is h' = g(h) for t >= 0, see [Defs.v]; [RInt D a b] is
    the integral of [D] from [a] to [b]. *)

From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop path fingraph.
From Synbal Require Import Defs FlowDefs.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope R_scope.

(** The distance |h1(t) - h2(t)| does not increase. *)
Definition S_contraction : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R) (h1 h2 : R -> V -> R),
  nonnegative w -> 0 < p -> is_flow w p h1 -> is_flow w p h2 ->
  forall s t, 0 <= s <= t ->
    norm2 (fun i => h1 t i - h2 t i) <= norm2 (fun i => h1 s i - h2 s i).

(** Let x be any curve on [a, b], for example the interpolant of a numerical solver, whose velocity v misses the
    field by at most D(t), where D is continuous ([curve_with_defect]). Then its distance to the true solution has grown by at most the
    integral of D. (For a curve with corners, apply this between the corners and add up.) *)
Definition S_contraction_defect : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R) (h x v : R -> V -> R) (D : R -> R) (a b : R),
  nonnegative w -> 0 < p -> 0 <= a <= b -> is_flow w p h -> curve_with_defect w p x v D a b ->
  norm2 (fun i => x b i - h b i) <= norm2 (fun i => x a i - h a i) + RInt D a b.

(** The same for a curve made of n pieces x_k on [t_k, t_(k+1)], which may jump at the ends of the pieces (a
    numerical step with rounding): the defects and the jumps add up. *)
Definition S_contraction_pieces : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R) (h : R -> V -> R) (x v : nat -> R -> V -> R) (D : nat -> R -> R)
         (t : nat -> R) (n : nat),
  nonnegative w -> 0 < p -> is_flow w p h -> 0 <= t 0%nat -> (forall k, t k <= t (S k)) ->
  (forall k, curve_with_defect w p (x k) (v k) (D k) (t k) (t (S k))) ->
  norm2 (fun i => x n (t n) i - h (t n) i)
  <= norm2 (fun i => x 0%nat (t 0%nat) i - h (t 0%nat) i)
     + \big[Rplus/0]_(k < n) (RInt (D k) (t k) (t (S k))
                              + norm2 (fun i => x (S k) (t (S k)) i - x k (t (S k)) i)).

(** With a rate. While x has the component sums of the flow and stays within rho of it, and lambda is at most the smallest
    positive eigenvalue of the Laplacian of the costs at every x(t), what was there shrinks at the rate
    kappa = p lambda e^{- sqrt 2 p rho}, and so does what the defect has added: d|e|/dt <= - kappa |e| + D, integrated. *)
Definition S_contraction_rate : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R) (h x v : R -> V -> R) (D : R -> R) (a b lambda rho : R),
  nonnegative w -> 0 < p -> 0 <= a <= b -> is_flow w p h -> 0 <= lambda -> curve_with_defect w p x v D a b ->
  (forall t, a <= t <= b -> same_sums w (x t) (h 0)) ->
  (forall t, a <= t <= b -> norm2 (fun i => x t i - h t i) <= rho) ->
  (forall t, a <= t <= b -> gap_at_least w (cost_at w p (x t)) lambda) ->
  let kappa := p * lambda * exp (- (sqrt 2 * p * rho)) in
  norm2 (fun i => x b i - h b i)
  <= exp (- kappa * (b - a))
     * (norm2 (fun i => x a i - h a i) + RInt (fun t => exp (kappa * (t - a)) * D t) a b).

(** The truncation of a Taylor piece. Let x be a polynomial of degree D in time, with coefficients c, and K > 0. There is a polynomial of
    degree below K that misses g(x(s)) by at most (s/r)^K M for 0 <= s <= r, for every r > 0, where M is the norm of
    sum_j (C_ij + C_ji) (e^{p (m_i + m_j)} - 1): C are the costs at time 0, and m_i is the sum of |c_ik| r^k over k > 0. So over a piece
    of length 1 (r >= 1) what is truncated adds at most M / (r^K (K + 1)) to the integral of the defect. (An error of the order of s^K
    makes the polynomial that of Taylor.) *)
Definition S_contraction_truncation : Prop :=
  forall (V : finType) (w : V -> V -> R) (p : R) (c : V -> nat -> R) (D K : nat) (r : R),
  nonnegative w -> 0 < p -> (0 < K)%N -> 0 < r ->
  let x := fun s i => \big[Rplus/0]_(k < D.+1) (c i k * s ^ k) in
  let C := cost_at w p (x 0) in
  let m := fun i => \big[Rplus/0]_(k < D) (Rabs (c i k.+1) * r ^ k.+1) in
  exists a : V -> nat -> R, forall s, 0 <= s <= r ->
    norm2 (fun i => grad (cost_at w p (x s)) i - \big[Rplus/0]_(k < K) (a i k * s ^ k))
    <= (s / r) ^ K * norm2 (fun i => \rsum_(j | j != i) ((C i j + C j i) * (exp (p * (m i + m j)) - 1))).
