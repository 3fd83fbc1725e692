(** * The certificate checker: integers only

    A certificate is data in [Z] and [positive] that the program writes and that Coq re-checks by computation.
    Nothing about reals is in this file; [CertifiedBalance.v] proves what a passed check means.

    ** The format

    [Certificate cost_unit neurons edges gap lam vmax radius radius_unit], where

    - [cost_unit] S > 0, the scale of all costs: the integer W stands for the cost W / S.
    - [neurons]   one [Neuron scale ground component] per neuron, in order; neurons are numbered 1, 2, 3, ...
        - [scale]      E_i > 0. The computed log-scale is h_i = ln(E_i) / p, up to a constant of no importance: so
                       E_i = round(2^64 e^{p h_i}), say, after a shift that keeps all E_i positive. p does not
                       appear in the check.
        - [ground]     v_i: 0 for the root of a weak component, positive elsewhere (any common scale, e.g. 2^64):
                       v = solution of (Laplacian of C + C^T, roots removed) v = 1, inflated a little.
                       (Radius only; write 0 when only the gap is wanted.)
        - [component]  the number of the root of the neuron's weak component; a root names itself.
                       (Radius only; write 1 when only the gap is wanted.)
    - [edges]     one [Edge target source lo width deficit] per synapse source -> target, in any order (repeated synapses
                  add up). The first two are numbers of neurons, the others integers >= 0:
        - [lo], [width]  lo <= S w <= lo + width, the floor of S times the unscaled cost w = alpha |J|^p, and
                       0 when S w is an integer, else 1 (or whatever error w has)
        - [deficit]    the circulation certificate is F = floor(lo * E_source / E_target) - deficit, the
                       rounded-down scaled cost less a small amount, with 0 <= F and equal sums into and
                       out of every neuron. (Gap only; else 0.) Recipe: lower all costs by a little more than
                       the imbalance that is left, then send the imbalance along a spanning tree of each
                       component; so a synapse of the tree can be corrected either way.
    - [gap]       the claim total cost - least total cost <= gap / S.
    - [lam], [vmax]    integers > 0: (L v)_i >= lam at every neuron that is no root, L being the Laplacian of
                       the rounded-down scaled costs floor(lo * E_source / E_target), and v_i <= vmax.
                       (0 when only the gap is wanted.)
    - [radius], [radius_unit]   the claim p |h_i - balanced h_i| <= radius / radius_unit, with
                       0 < 2 radius < radius_unit.

    [check_gap] needs the fields of the gap, [check_radius] those of the radius. With G2 the sum of the squares of the
    largest possible |g_i| (scaled by S), Q = [radius_unit] and r = [radius], the decisive inequality is
    4 G2 vmax^2 Q^4 < (Q - 2 r)^2 lam^2 r^2, which is |g| < (1/2) (1 - 2 r/Q) gamma r/Q with
    gamma = lam / (S vmax). Both checks take time O(E log n).

    Write long integers in hexadecimal ([0x...]): Coq reads them about three times faster than decimals.
    To use: [Lemma ok : check_gap c = true. Proof. vm_cast_no_check (erefl true). Qed.]
    (see [Certificate_example.v]). *)

From Coq Require Import ZArith List FMapPositive.
Import ListNotations.

Local Open Scope Z_scope.

Record neuron := Neuron { scale : Z; ground : Z; component : positive }.

Record edge := Edge { target : positive; source : positive; lo : Z; width : Z; deficit : Z }.

Definition hi (e : edge) : Z := lo e + width e.

Definition flow (e : edge) : Z := lo e - deficit e.

Record certificate := Certificate {
  cost_unit : Z;
  neurons : list neuron;
  edges : list edge;
  gap : Z;
  lam : Z;
  vmax : Z;
  radius : Z;
  radius_unit : Z
}.

Definition table := PositiveMap.t neuron.

(** The neurons by number. *)
Fixpoint number (i : positive) (l : list neuron) (m : table) : table :=
  match l with
  | [] => m
  | x :: l' => number (Pos.succ i) l' (PositiveMap.add i x m)
  end.

Definition table_of (c : certificate) : table := number 1 (neurons c) (PositiveMap.empty _).

Definition outside : neuron := Neuron 0 0 1.

Definition look (m : table) (i : positive) : neuron :=
  match PositiveMap.find i m with Some x => x | None => outside end.

(** Sums per neuron: [f e] is added at the target of every synapse e, [g e] at its source. *)
Definition get (m : PositiveMap.t Z) (i : positive) : Z :=
  match PositiveMap.find i m with Some z => z | None => 0 end.

Definition bump (i : positive) (z : Z) (m : PositiveMap.t Z) : PositiveMap.t Z :=
  PositiveMap.add i (z + get m i) m.

Fixpoint spread (f g : edge -> Z) (l : list edge) (m : PositiveMap.t Z) : PositiveMap.t Z :=
  match l with
  | [] => m
  | e :: l' => spread f g l' (bump (source e) (g e) (bump (target e) (f e) m))
  end.

Fixpoint all_edges (f : edge -> bool) (l : list edge) : bool :=
  match l with [] => true | e :: l' => if f e then all_edges f l' else false end.

Fixpoint all_neurons (f : positive -> neuron -> bool) (i : positive) (l : list neuron) : bool :=
  match l with [] => true | x :: l' => if f i x then all_neurons f (Pos.succ i) l' else false end.

Fixpoint sum_edges (f : edge -> Z) (l : list edge) (s : Z) : Z :=
  match l with [] => s | e :: l' => sum_edges f l' (f e + s) end.

Fixpoint sum_neurons (f : positive -> Z) (i : positive) (l : list neuron) (s : Z) : Z :=
  match l with [] => s | _ :: l' => sum_neurons f (Pos.succ i) l' (f i + s) end.

(** A synapse with its scaled costs: lo * E_source / E_target rounded down, hi * E_source / E_target rounded up. (One
    division does for both when the width is 0.) *)
Definition round_edge (m : table) (e : edge) : edge :=
  let es := scale (look m (source e)) in
  let et := scale (look m (target e)) in
  let qr := Z.div_eucl (lo e * es) et in
  Edge (target e) (source e) (fst qr)
    (if width e =? 0 then if snd qr =? 0 then 0 else 1
     else (snd qr + width e * es + (et - 1)) / et)
    (deficit e).

Definition rounded (c : certificate) (m : table) : list edge := map (round_edge m) (edges c).

(** Scales are positive, the ends of every synapse are neurons, costs are not negative. *)
Definition edge_ok (m : table) (e : edge) : bool :=
  if PositiveMap.mem (target e) m then
  if PositiveMap.mem (source e) m then
  if 0 <=? lo e then 0 <=? width e else false else false else false.

Definition well_formed (c : certificate) (m : table) : bool :=
  if 0 <? cost_unit c then
  if all_neurons (fun _ x => 0 <? scale x) 1 (neurons c) then
  all_edges (edge_ok m) (edges c) else false else false.

(** ** The gap *)

(** The sums of the rounded-up costs, and of the circulation. *)
Definition upper_cost (c : certificate) : Z := sum_edges hi (rounded c (table_of c)) 0.
Definition lower_cost (c : certificate) : Z := sum_edges flow (rounded c (table_of c)) 0.

Definition flow_ok (e : edge) : bool := if 0 <=? deficit e then deficit e <=? lo e else false.

Definition check_gap (c : certificate) : bool :=
  let m := table_of c in
  if well_formed c m then
  let es := rounded c m in
  if all_edges flow_ok es then
  let net := spread flow (fun e => - flow e) es (PositiveMap.empty _) in
  if all_neurons (fun i _ => get net i =? 0) 1 (neurons c) then
  sum_edges hi es 0 - sum_edges flow es 0 <=? gap c else false else false else false.

(** ** The radius *)

Definition no_self (f : edge -> Z) (e : edge) : Z := if (target e =? source e)%positive then 0 else f e.

(** Lower and upper bounds of every neural gradient, from the rounded synapses. *)
Definition grad_lo (es : list edge) : PositiveMap.t Z :=
  spread (no_self lo) (no_self (fun e => - hi e)) es (PositiveMap.empty _).

Definition grad_hi (es : list edge) : PositiveMap.t Z :=
  spread (no_self hi) (no_self (fun e => - lo e)) es (PositiveMap.empty _).

(** G2: the sum of the squares of the largest possible |g_i|. *)
Definition grad_sq_of (l : list neuron) (es : list edge) : Z :=
  let gl := grad_lo es in
  let gu := grad_hi es in
  sum_neurons (fun i => let a := Z.max (Z.abs (get gl i)) (Z.abs (get gu i)) in a * a) 1 l 0.

Definition grad_sq (c : certificate) : Z := grad_sq_of (neurons c) (rounded c (table_of c)).

(** The Laplacian of the rounded-down costs, applied to v. *)
Definition drop (m : table) (e : edge) : Z := ground (look m (target e)) - ground (look m (source e)).

Definition laplacian (m : table) (es : list edge) : PositiveMap.t Z :=
  spread (fun e => lo e * drop m e) (fun e => - (lo e * drop m e)) es (PositiveMap.empty _).

Definition same_component (m : table) (e : edge) : bool :=
  (component (look m (target e)) =? component (look m (source e)))%positive.

Definition neuron_ok (c : certificate) (m : table) (lap : PositiveMap.t Z) (i : positive) (x : neuron) : bool :=
  if PositiveMap.mem (component x) m then
  if (component (look m (component x)) =? component x)%positive then
  if ground x <=? vmax c then
  if (component x =? i)%positive then ground x =? 0
  else if 0 <? ground x then lam c <=? get lap i else false
  else false else false else false.

Definition check_radius (c : certificate) : bool :=
  let m := table_of c in
  if well_formed c m then
  if all_edges (same_component m) (edges c) then
  let es := rounded c m in
  let lap := laplacian m es in
  if all_neurons (neuron_ok c m lap) 1 (neurons c) then
  if 0 <? lam c then if 0 <? vmax c then if 0 <? radius c then if 2 * radius c <? radius_unit c then
  let q := radius_unit c in
  let r := radius c in
  4 * grad_sq_of (neurons c) es * (vmax c * vmax c) * (q * q * (q * q)) <? (q - 2 * r) * (q - 2 * r) * (lam c * lam c) * (r * r)
  else false else false else false else false else false else false else false.
