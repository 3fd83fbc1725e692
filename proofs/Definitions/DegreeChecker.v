(** * The certificate checker for networks of any degrees: integers only

    As [Checker.v], for costs w_ij e^{p (k_j h_j - h_i)} with degrees that are fractions of one denominator: k_j = a_j / D. A passed
    check shows how far the one balanced point is from the log-scales of the certificate ([certified_balance_degrees_integers]).

    ** The format

    [DegreeCertificate base denominator numerators steepest scale_unit], where

    - [base]        a [Certificate] with its cost_unit S, neurons, edges, lam, vmax, radius and radius_unit:
        - [scale]      G_i > 0. The log-scale is h_i = D ln(G_i / U) / p, so that e^{p h_i} = (G_i / U)^D and
                       e^{p k_i h_i} = (G_i / U)^{a_i} are fractions. U at nodes that do not move.
        - [ground]     v_i: 0 for a node that does not move (the world), positive elsewhere
        - [lo], [width]  lo <= S w <= lo + width for the unscaled cost w
        - [lam], [vmax]  D^2 (H v)_i >= lam at every node that moves, H made of the rounded-down scaled costs; v_i <= vmax
        - [radius], [radius_unit]  the claim p |h_i - balanced h_i| <= radius / radius_unit
        - [component], [deficit], [gap]  not used: write 1, 0, 0
    - [denominator]  D > 0
    - [numerators]   a_i > 0, one for each neuron in order (the world, whose log-scale is zero, can have any: write D)
    - [steepest]     M, at least D + a_i for all i
    - [scale_unit]   U > 0

    The synapse from j to i costs, scaled, w (G_j / U)^{a_j} / (G_i / U)^D. With G2 the sum, over nodes that move, of the squares of the
    largest possible |D incoming - a_i outgoing| (scaled by S), Q = [radius_unit], r = [radius], the decisive inequality is
    4 G2 vmax^2 D^4 Q^4 < (D Q - M r)^2 lam^2 r^2; for D = 1 and M = 2 it is that of [Checker.v]. *)

From Coq Require Import ZArith List FMapPositive.
From Synbal Require Import Checker.
Import ListNotations.

Local Open Scope Z_scope.

Record degree_certificate := DegreeCertificate {
  base : certificate;
  denominator : Z;
  numerators : list Z;
  steepest : Z;
  scale_unit : Z
}.

(** The numerators by number. *)
Fixpoint number_all (i : positive) (l : list Z) (m : PositiveMap.t Z) : PositiveMap.t Z :=
  match l with
  | [] => m
  | x :: l' => number_all (Pos.succ i) l' (PositiveMap.add i x m)
  end.

Definition numerators_of (d : degree_certificate) : PositiveMap.t Z := number_all 1 (numerators d) (PositiveMap.empty _).

(** A scaled cost is lo or hi times [factor_above] over [factor_below]. *)
Definition factor_above (d : degree_certificate) (m : table) (a : PositiveMap.t Z) (e : edge) : Z :=
  scale (look m (source e)) ^ get a (source e) * scale_unit d ^ denominator d.

Definition factor_below (d : degree_certificate) (m : table) (a : PositiveMap.t Z) (e : edge) : Z :=
  scale (look m (target e)) ^ denominator d * scale_unit d ^ get a (source e).

(** A synapse with its scaled costs, rounded down and up. *)
Definition scale_edge (d : degree_certificate) (m : table) (a : PositiveMap.t Z) (e : edge) : edge :=
  let x := factor_above d m a e in
  let y := factor_below d m a e in
  let low := lo e * x / y in
  Edge (target e) (source e) low (- (- (hi e * x) / y) - low) 0.

Definition scaled (d : degree_certificate) : list edge :=
  map (scale_edge d (table_of (base d)) (numerators_of d)) (edges (base d)).

(** The same nodes with the scaled synapses. *)
Definition at_scales (d : degree_certificate) : certificate :=
  let c := base d in
  Certificate (cost_unit c) (neurons c) (scaled d) 0 (lam c) (vmax c) (radius c) (radius_unit c).

(** Lower and upper bounds of D incoming - a_i outgoing. *)
Definition pull_lo (d : degree_certificate) (es : list edge) : PositiveMap.t Z :=
  let a := numerators_of d in
  spread (fun e => denominator d * lo e) (fun e => - (get a (source e) * hi e)) es (PositiveMap.empty _).

Definition pull_hi (d : degree_certificate) (es : list edge) : PositiveMap.t Z :=
  let a := numerators_of d in
  spread (fun e => denominator d * hi e) (fun e => - (get a (source e) * lo e)) es (PositiveMap.empty _).

(** A node moves if its ground is not zero. *)
Definition is_moving (m : table) (i : positive) : bool := 0 <? ground (look m i).

Definition pull_sq (d : degree_certificate) : Z :=
  let m := table_of (base d) in
  let es := scaled d in
  let gl := pull_lo d es in
  let gu := pull_hi d es in
  sum_neurons (fun i => if is_moving m i then let g := Z.max (Z.abs (get gl i)) (Z.abs (get gu i)) in g * g else 0)
    1 (neurons (base d)) 0.

(** D^2 (H v)_i: a synapse pulls with D (D v_target - a v_source) at its target, and a (a v_source - D v_target) at its source. *)
Definition stretch (d : degree_certificate) (m : table) (a : PositiveMap.t Z) (e : edge) : Z :=
  denominator d * ground (look m (target e)) - get a (source e) * ground (look m (source e)).

Definition curvature (d : degree_certificate) (m : table) (es : list edge) : PositiveMap.t Z :=
  let a := numerators_of d in
  spread (fun e => lo e * (denominator d * stretch d m a e)) (fun e => - (lo e * (get a (source e) * stretch d m a e)))
    es (PositiveMap.empty _).

Definition node_ok (d : degree_certificate) (curved : PositiveMap.t Z) (i : positive) (x : neuron) : bool :=
  let a := get (numerators_of d) i in
  if 0 <? a then if denominator d + a <=? steepest d then
  if ground x <=? vmax (base d) then
  if ground x =? 0 then scale x =? scale_unit d
  else if 0 <? ground x then lam (base d) <=? get curved i else false
  else false else false else false.

Definition check_degrees (d : degree_certificate) : bool :=
  let c := base d in
  let m := table_of c in
  if 0 <? denominator d then if 0 <? scale_unit d then
  if well_formed (at_scales d) m then
  let es := scaled d in
  if all_neurons (node_ok d (curvature d m es)) 1 (neurons c) then
  if 0 <? lam c then if 0 <? vmax c then if 0 <? radius c then
  let q := denominator d * radius_unit c in
  let s := steepest d * radius c in
  if s <? q then
  4 * pull_sq d * (vmax c * vmax c) * (q * q * (q * q)) <? (q - s) * (q - s) * (lam c * lam c) * (radius c * radius c)
  else false else false else false else false else false else false else false else false.
