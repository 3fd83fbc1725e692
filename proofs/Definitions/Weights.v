(** * From the weights to a certificate: integers only

    A certificate is about a network: what the program extracted from this file reads are the weights themselves, each a
    64-bit floating-point number m 2^e, and the costs are computed here. Nothing about reals is in this file;
    [Statements/certified_file.v] says what an accepted file means, [CertifiedFile.v] proves it.

    Glossary.
    - [Weight post pre mantissa exponent factor factor_exponent lowered]  the weight mantissa * 2^exponent of the synapse pre -> post,
                            whose cost is factor * 2^factor_exponent times |weight|^p; [lowered] is by how much the circulation is
                            below the cost there (see [Checker.v]; any number is safe)
    - [File bits numerator roots ...]  the cost unit is S = 2^bits and the exponent of the cost is
                            p = numerator / 2^roots; [within] leaves out the synapses between two components
    - [world]               the last node is the outside world: input weights and biases lead from it, read-out weights to it. As many
                            as there are may lead between it and one neuron; their costs add up
    - [ranks]               of each neuron, the place of its component in an order that all synapses between components
                            follow: it shows that these lie on no cycle. Only looked at if [within]
    - [ordered f]           the weights come in the order of (post, pre), each pair once, but for those of the world
    - [cost_edge s a r w]   the synapse with lo <= S factor |w|^p <= lo + width, both ends checked by their 2^r-th powers
    - [push e l]            e in front of l, added to the first of l if it joins the same neurons
    - [sharp c]             the claims are the sharpest that the integers grant, so that no digit is free (which no
                            theorem needs) *)

From Coq Require Import ZArith List FMapPositive.
From Synbal Require Import Checker.
Import ListNotations.

Local Open Scope Z_scope.

Record weight := Weight {
  post : positive;
  pre : positive;
  mantissa : Z;
  exponent : Z;
  factor : Z;
  factor_exponent : Z;
  lowered : Z
}.

Record file := File {
  bits : Z;
  numerator : positive;
  roots : nat;
  within : bool;
  world : bool;
  nodes : list neuron;
  ranks : list positive;
  weights : list weight;
  claim_gap : Z;
  claim_lam : Z;
  claim_vmax : Z;
  claim_radius : Z;
  claim_radius_unit : Z
}.

Definition before (u v : weight) : bool :=
  if (post u =? post v)%positive then (pre u <? pre v)%positive else (post u <? post v)%positive.

Definition same_pair (u v : weight) : bool := if (post u =? post v)%positive then (pre u =? pre v)%positive else false.

(** In order, and only weights that are [many] may be of the pair of the one before. *)
Fixpoint in_order (many : weight -> bool) (l : list weight) : bool :=
  match l with
  | [] => true
  | u :: l' =>
    match l' with
    | [] => true
    | v :: _ => if (if before u v then true else if same_pair u v then many u else false) then in_order many l' else false
    end
  end.

(** The number of the last node. *)
Definition last_node (f : file) : positive := Pos.of_nat (length (nodes f)).

Definition ordered (f : file) : bool := let n := last_node f in
  in_order (fun w => if world f then if (post w =? n)%positive then true else (pre w =? n)%positive else false) (weights f).

(** ** One cost: x = S l 2^f |m 2^e|^(a/b), so that x^b = l^b |m|^a 2^((s + f) b + e a) is a dyadic number *)

(** x^b <= n 2^k, and x^b >= n 2^k. *)
Definition power_at_most (x b n k : Z) : bool :=
  if 0 <=? k then x ^ b <=? n * 2 ^ k else x ^ b * 2 ^ (- k) <=? n.

Definition power_at_least (x b n k : Z) : bool :=
  if 0 <=? k then n * 2 ^ k <=? x ^ b else n <=? x ^ b * 2 ^ (- k).

Fixpoint two_to (r : nat) : positive := match r with O => 1%positive | S r' => xO (two_to r') end.

(** The whole part of the root of order 2^r. (That it is, is checked.) *)
Fixpoint root (r : nat) (x : Z) : Z := match r with O => x | S r' => root r' (Z.sqrt x) end.

Definition cost_edge (s : Z) (a : positive) (r : nat) (w : weight) : option edge :=
  let b := Zpos (two_to r) in
  let n := factor w ^ b * Z.abs (mantissa w) ^ Zpos a in
  let k := (s + factor_exponent w) * b + exponent w * Zpos a in
  let low := root r (Z.shiftl n k) in
  let wide := if power_at_least low b n k then 0 else 1 in
  if 0 <=? low then
  if power_at_most low b n k then
  if power_at_least (low + wide) b n k then Some (Edge (post w) (pre w) low wide (lowered w))
  else None else None else None.

(** The synapses that count: those that cost something, all or those within a component. *)
Definition counts (within : bool) (m : table) (w : weight) : bool :=
  if factor w =? 0 then false
  else if within then (component (look m (post w)) =? component (look m (pre w)))%positive else true.

Definition push (e : edge) (l : list edge) : list edge :=
  match l with
  | [] => [e]
  | d :: l' =>
    if (if (target e =? target d)%positive then (source e =? source d)%positive else false)
    then Edge (target d) (source d) (lo d + lo e) (width d + width e) (deficit d + deficit e) :: l'
    else e :: l
  end.

Fixpoint edges_of (s : Z) (a : positive) (r : nat) (keep : weight -> bool) (l : list weight) (found : list edge)
    : option (list edge) :=
  match l with
  | [] => Some found
  | w :: l' =>
    if keep w then
      match cost_edge s a r w with Some e => edges_of s a r keep l' (push e found) | None => None end
    else edges_of s a r keep l' found
  end.

Definition nodes_table (f : file) : table := number 1 (nodes f) (PositiveMap.empty _).

(** ** What is left out lies on no cycle *)

Fixpoint number_ranks (i : positive) (l : list positive) (m : PositiveMap.t positive) : PositiveMap.t positive :=
  match l with
  | [] => m
  | x :: l' => number_ranks (Pos.succ i) l' (PositiveMap.add i x m)
  end.

Definition ranks_table (f : file) : PositiveMap.t positive := number_ranks 1 (ranks f) (PositiveMap.empty _).

Definition rank (m : PositiveMap.t positive) (i : positive) : positive :=
  match PositiveMap.find i m with Some r => r | None => 1%positive end.

Definition follows (m : table) (r : PositiveMap.t positive) (w : weight) : bool :=
  if factor w =? 0 then true
  else if (component (look m (post w)) =? component (look m (pre w)))%positive
  then (rank r (post w) =? rank r (pre w))%positive
  else (rank r (pre w) <? rank r (post w))%positive.

Fixpoint all_weights (p : weight -> bool) (l : list weight) : bool :=
  match l with [] => true | w :: l' => if p w then all_weights p l' else false end.

Definition order_ok (f : file) : bool :=
  if within f then all_weights (follows (nodes_table f) (ranks_table f)) (weights f) else true.

(** The costs, if the weights are in order and no factor is negative. *)
Definition file_edges (f : file) : option (list edge) :=
  if 0 <=? bits f then if ordered f then if all_weights (fun w => 0 <=? factor w) (weights f) then
  edges_of (bits f) (numerator f) (roots f) (counts (within f) (nodes_table f)) (weights f) []
  else None else None else None.

Definition certificate_with (f : file) (es : list edge) : certificate :=
  Certificate (2 ^ bits f) (nodes f) es (claim_gap f) (claim_lam f) (claim_vmax f) (claim_radius f) (claim_radius_unit f).

(** ** Sharpness *)

Fixpoint extremes (i : positive) (lap : PositiveMap.t Z) (l : list neuron) (found : option (Z * Z)) : option (Z * Z) :=
  match l with
  | [] => found
  | x :: l' =>
    let found' := if (component x =? i)%positive then found else
      match found with
      | None => Some (get lap i, ground x)
      | Some lv => Some (Z.min (fst lv) (get lap i), Z.max (snd lv) (ground x))
      end in
    extremes (Pos.succ i) lap l' found'
  end.

Definition sharp (c : certificate) : bool :=
  let m := table_of c in
  let es := rounded c m in
  let q := radius_unit c in
  let r := radius c - 1 in
  let lv := match extremes 1 (laplacian m es) (neurons c) None with Some lv => lv | None => (1, 1) end in
  if sum_edges hi es 0 - sum_edges flow es 0 =? gap c then
  if fst lv =? lam c then if Z.max 1 (snd lv) =? vmax c then
  if 4 * radius c <=? q then
  negb (4 * grad_sq_of (neurons c) es * (vmax c * vmax c) * (q * q * (q * q))
        <? (q - 2 * r) * (q - 2 * r) * (lam c * lam c) * (r * r))
  else false else false else false else false.

(** What the extracted program decides. *)
Definition accepts (f : file) : bool :=
  if order_ok f then
  match file_edges f with
  | Some es =>
    let c := certificate_with f es in
    if check_gap c then if check_radius c then sharp c else false else false
  | None => false
  end else false.
