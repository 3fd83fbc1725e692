(** * A file of weights and a certificate: soundness of the reading of costs

    Glossary: see [Weights.v] and [Statements/certified_file.v].
    - [cost_edge_sound]  the integers of one synapse enclose its cost
    - [ordered_single]   in an ordered list at most one weight belongs to a pair of neurons *)

From Coq Require Import Reals ZArith Lra Lia List FMapPositive FunctionalExtensionality.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop path fingraph.
From Synbal Require Import Defs FlowDefs Sums Costs Convexity Convergence Checker Weights CertifiedBalance CertifiedRadius.
From Synbal.Statements Require Import certified_balance certified_file.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope R_scope.

(** ** One cost *)

Lemma pow_le_inv x y n : 0 <= x -> 0 <= y -> (0 < n)%coq_nat -> x ^ n <= y ^ n -> x <= y.
Proof.
move=> x0 y0 n0 H; apply: Rnot_lt_le => yx.
suff : y ^ n < x ^ n by lra.
elim: n n0 {H} => [|[|n] IH] n0; [lia | by rewrite !pow_1 |].
rewrite -!(tech_pow_Rmult _ n.+1); have p1 : 0 <= y ^ n.+1 by exact: pow_le.
by apply: Rmult_le_0_lt_compat => //; apply: IH; lia.
Qed.

Lemma abs_pow_root (a b : positive) y :
  abs_pow (IZR (Zpos a) / IZR (Zpos b)) y ^ Pos.to_nat b = Rabs y ^ Pos.to_nat a.
Proof.
have b0 : 0 < IZR (Zpos b) by exact: IZR_lt.
have [->|y0] := Req_dec y 0.
  by rewrite abs_pow_0 Rabs_R0 !pow_i //; exact: Pos2Nat.is_pos.
have ay : 0 < Rabs y by exact: Rabs_pos_lt.
rewrite abs_pow_n0 // -(Rpower_pow _ _ ay) /Rpower.
rewrite -(Rpower_pow _ _ (exp_pos _)) /Rpower ln_exp; congr exp.
by rewrite !INR_IZR_INZ !positive_nat_Z; field; lra.
Qed.

Lemma IZR_pow_pos x (a : positive) : IZR (x ^ Zpos a) = IZR x ^ Pos.to_nat a.
Proof. by rewrite -(positive_nat_Z a) -pow_IZR. Qed.

Lemma powerRZ_2 k : (0 <= k)%Z -> IZR (2 ^ k) = powerRZ 2 k.
Proof. by move=> k0; rewrite -(Z2Nat.id k) // -pow_IZR pow_powerRZ. Qed.

Lemma powerRZ_gt0 k : 0 < powerRZ 2 k.
Proof. by apply: powerRZ_lt; lra. Qed.

Lemma powerRZ_pow k (n : positive) : powerRZ 2 k ^ Pos.to_nat n = powerRZ 2 (k * Zpos n).
Proof.
have two : (2 <> 0)%R by lra.
elim/Pos.peano_ind: n => [|n IH]; first by rewrite Pos2Nat.inj_1 pow_1 Z.mul_1_r.
rewrite Pos2Nat.inj_succ -tech_pow_Rmult IH -powerRZ_add //; congr powerRZ; lia.
Qed.

Lemma factor_ge0 w : (0 <= factor w)%Z -> 0 <= factor_of w.
Proof. by move=> f0; apply: Rmult_le_pos; [exact: IZR_le | exact: Rlt_le (powerRZ_gt0 _)]. Qed.

Section OneCost.
Variables (s : Z) (a : positive) (r : nat) (w : weight).
Hypothesis s0 : (0 <= s)%Z.
Hypothesis f0 : (0 <= factor w)%Z.

Let b := two_to r.
Let n := (factor w ^ Zpos b * Z.abs (mantissa w) ^ Zpos a)%Z.
Let k := ((s + factor_exponent w) * Zpos b + exponent w * Zpos a)%Z.
Let x := IZR (2 ^ s) * (factor_of w * abs_pow (IZR (Zpos a) / IZR (Zpos b)) (value w)).

Lemma x_ge0 : 0 <= x.
Proof.
apply: Rmult_le_pos; first by rewrite powerRZ_2 //; exact: Rlt_le (powerRZ_gt0 _).
by apply: Rmult_le_pos; [exact: factor_ge0 | exact: abs_pow_ge0].
Qed.

Lemma x_power : x ^ Pos.to_nat b = IZR n * powerRZ 2 k.
Proof.
have two : (2 <> 0)%R by lra.
rewrite /x !Rpow_mult_distr abs_pow_root powerRZ_2 // powerRZ_pow /value /factor_of Rabs_mult !Rpow_mult_distr.
rewrite (Rabs_pos_eq (powerRZ 2 _)); last exact: Rlt_le (powerRZ_gt0 _).
by rewrite !powerRZ_pow /n mult_IZR !IZR_pow_pos abs_IZR /k Z.mul_add_distr_r !powerRZ_add //; ring.
Qed.

Lemma scaled_power k' : IZR n * powerRZ 2 k' * powerRZ 2 (- k') = IZR n.
Proof. by rewrite Rmult_assoc -powerRZ_add; [rewrite Z.add_opp_diag_r /=; ring | lra]. Qed.

Lemma at_most_sound y : (0 <= y)%Z -> power_at_most y (Zpos b) n k = true -> IZR y <= x.
Proof.
move=> y0 H; apply: (pow_le_inv (n := Pos.to_nat b)); [exact: IZR_le | exact: x_ge0 | exact: Pos2Nat.is_pos |].
rewrite x_power -IZR_pow_pos; move: H; rewrite /power_at_most; case: Z.leb_spec => k0 /Z.leb_le /IZR_le.
  by rewrite mult_IZR powerRZ_2.
rewrite mult_IZR powerRZ_2; last lia.
move=> H; apply: (Rmult_le_reg_r (powerRZ 2 (- k))); first exact: powerRZ_gt0.
by rewrite scaled_power.
Qed.

Lemma at_least_sound y : (0 <= y)%Z -> power_at_least y (Zpos b) n k = true -> x <= IZR y.
Proof.
move=> y0 H; apply: (pow_le_inv (n := Pos.to_nat b)); [exact: x_ge0 | exact: IZR_le | exact: Pos2Nat.is_pos |].
rewrite x_power -IZR_pow_pos; move: H; rewrite /power_at_least; case: Z.leb_spec => k0 /Z.leb_le /IZR_le.
  by rewrite mult_IZR powerRZ_2.
rewrite mult_IZR powerRZ_2; last lia.
move=> H; apply: (Rmult_le_reg_r (powerRZ 2 (- k))); first exact: powerRZ_gt0.
by rewrite scaled_power.
Qed.

Lemma cost_edge_sound e : cost_edge s a r w = Some e ->
  target e = post w /\ source e = pre w /\ IZR (lo e) <= x <= IZR (hi e).
Proof.
rewrite /cost_edge -/b -/n -/k; set y := root r _; set wd := if power_at_least y _ _ _ then _ else _.
have wd0 : (0 <= wd)%Z by rewrite /wd; case: (power_at_least _ _ _ _).
case: Z.leb_spec => // y0; case L: (power_at_most _ _ _ _) => //; case U: (power_at_least _ _ _ _) => // -[<-] /=.
split=> //; split=> //; split; first exact: at_most_sound.
by apply: at_least_sound => //=; rewrite /hi /=; lia.
Qed.

End OneCost.

(** ** The list *)

Definition matches (t u : positive) (w : weight) : bool := Pos.eqb (post w) t && Pos.eqb (pre w) u.

Lemma beforeP u v : before u v = true <->
  (post u < post v)%positive \/ post u = post v /\ (pre u < pre v)%positive.
Proof. by rewrite /before; case: Pos.eqb_spec => E; rewrite Pos.ltb_lt; lia. Qed.

Lemma before_trans : transitive before.
Proof. by move=> y x z /beforeP A /beforeP B; apply/beforeP; lia. Qed.

Lemma ordered_sorted l : in_order (fun _ => false) l = sorted before l.
Proof. by elim: l => [|u [|v l] IH] //; move: IH => /= ->; case: (before u v) => //; case: (same_pair u v). Qed.

Lemma before_matches t u v w : matches t u v -> before v w -> matches t u w = false.
Proof.
move=> /andP [/Pos.eqb_eq <- /Pos.eqb_eq <-] /beforeP B; apply/negP => /andP [/Pos.eqb_eq P /Pos.eqb_eq Q].
by move: B; rewrite P Q; lia.
Qed.

Lemma none_matches t u v l : matches t u v -> sorted before (v :: l) -> filter (matches t u) l = [::].
Proof.
move=> M S; have := order_path_min before_trans S.
elim: l {S} => [|w l IH] //= /andP [B /IH ->].
by rewrite (before_matches M B).
Qed.

(** At most one weight belongs to a pair. *)
Lemma ordered_single t u l : in_order (fun _ => false) l = true ->
  filter (matches t u) l = [::] \/ exists w, List.In w l /\ filter (matches t u) l = [:: w].
Proof.
rewrite ordered_sorted; elim: l => [|v l IH] S; first by left.
have /= := IH (path_sorted S).
case M: (matches t u v); last first.
  by case=> [->|[w [I ->]]]; [left | right; exists w; split=> //; right].
by move=> _; right; exists v; split; [left | rewrite (none_matches M S)].
Qed.

Section Edges.
Variables (s : Z) (a : positive) (r : nat) (keep : weight -> bool).

Definition edge_or_none (w : weight) : edge :=
  match cost_edge s a r w with Some e => e | None => Edge 1 1 0 0 0 end.

Section Additive.
Variable F : edge -> Z.
Hypothesis F_add : forall d e, F (Edge (target d) (source d) (lo d + lo e) (width d + width e) (deficit d + deficit e)) = (F d + F e)%Z.

Lemma pushE e l t u :
  \big[Rplus/0]_(d <- push e l | Pos.eqb (target d) t && Pos.eqb (source d) u) IZR (F d)
  = (if Pos.eqb (target e) t && Pos.eqb (source e) u then IZR (F e) else 0)
    + \big[Rplus/0]_(d <- l | Pos.eqb (target d) t && Pos.eqb (source d) u) IZR (F d).
Proof.
case: l => [|d l] /=; first by rewrite big_cons !big_nil; case: ifP => _ //; rewrite Rplus_0_r.
case T: (Pos.eqb (target e) (target d)); last by rewrite big_cons; case: ifP => _; rewrite ?Rplus_0_l.
case S: (Pos.eqb (source e) (source d)); last by rewrite big_cons; case: ifP => _; rewrite ?Rplus_0_l.
move/Pos.eqb_eq: T => ->; move/Pos.eqb_eq: S => ->; rewrite !big_cons /= F_add plus_IZR.
by case: ifP => _; ring.
Qed.

Lemma edges_ofE l found es t u : edges_of s a r keep l found = Some es ->
  (forall w, List.In w l -> keep w -> exists e, cost_edge s a r w = Some e) /\
  \big[Rplus/0]_(e <- es | Pos.eqb (target e) t && Pos.eqb (source e) u) IZR (F e)
  = \big[Rplus/0]_(e <- found | Pos.eqb (target e) t && Pos.eqb (source e) u) IZR (F e)
    + \big[Rplus/0]_(w <- filter (matches t u) l) (if keep w then IZR (F (edge_or_none w)) else 0).
Proof.
elim: l found => [|w l IH] found /=; first by move=> [<-]; split=> //; rewrite big_nil Rplus_0_r.
case K: (keep w); last first.
  move=> /IH [A ->]; split=> [v [<-|/A//]|]; first by rewrite K.
  by congr (_ + _); case: (matches t u w) => //; rewrite big_cons K Rplus_0_l.
case E: (cost_edge s a r w) => [e|//] /IH [A ->]; split=> [v [<-|/A//] _|]; first by exists e.
have [T U] : target e = post w /\ source e = pre w.
  move: E; rewrite /cost_edge; set y := root _ _; case: (Z.leb 0 y) => //; case: (power_at_most _ _ _ _) => //.
  by case: (power_at_least (y + _) _ _ _) => // -[<-].
rewrite pushE T U -/(matches t u w); case M: (matches t u w); last by rewrite Rplus_0_l.
by rewrite big_cons K /edge_or_none E; ring.
Qed.

End Additive.

End Edges.

(** ** The file *)

Lemma nodes_look (f : file) (i : 'I_(size (nodes f))) :
  look (nodes_table f) (Pos.of_succ_nat i) = nth outside (nodes f) i.
Proof.
by rewrite /look /nodes_table (find_number i 0 (nodes f)) /= add0n ltn_ord subn0.
Qed.

Lemma sum_list_le (l : seq weight) (F G : weight -> R) : (forall w, List.In w l -> F w <= G w) ->
  \big[Rplus/0]_(w <- l) F w <= \big[Rplus/0]_(w <- l) G w.
Proof.
elim: l => [|w l IH] H; first by rewrite !big_nil; lra.
by rewrite !big_cons; apply: Rplus_le_compat; [apply: H; left | apply: IH => v I; apply: H; right].
Qed.

Lemma sum_list_scale (l : seq weight) (F : weight -> R) x :
  \big[Rplus/0]_(w <- l) (x * F w) = x * \big[Rplus/0]_(w <- l) F w.
Proof. by elim: l => [|w l IH]; rewrite ?big_nil ?Rmult_0_r // !big_cons IH; ring. Qed.

Lemma in_filter t u l w : List.In w (filter (matches t u) l) -> List.In w l /\ matches t u w.
Proof.
elim: l => [|v l IH] //=; case M: (matches t u v); last by move/IH => [I N]; split=> //; right.
by move=> /= [<-|/IH [I N]]; split=> //; [left | right].
Qed.

Lemma all_weights_in P l w : all_weights P l = true -> List.In w l -> P w = true.
Proof. by elim: l => [|v l IH] //=; case E: (P v) => // /IH {}IH [<-|/IH]. Qed.

Lemma file_edgesP f es : file_edges f = Some es ->
  (0 <= bits f)%Z /\ ordered f = true /\ (forall w, List.In w (weights f) -> (0 <= factor w)%Z) /\
  edges_of (bits f) (numerator f) (roots f) (counts (within f) (nodes_table f)) (weights f) [::] = Some es.
Proof.
rewrite /file_edges; case: Z.leb_spec => // s0; case: (ordered f) => //; case A: (all_weights _ _) => // E.
by split=> //; split=> //; split=> // w I; apply/Z.leb_le; exact: (all_weights_in A I).
Qed.

Lemma certified_balance_fits_proof : S_certified_balance_fits.
Proof.
move=> f es /file_edgesP [s0 [_ [F0 E]]] i j.
set t := Pos.of_succ_nat i; set u := Pos.of_succ_nat j.
rewrite /listed /between /key -/t -/u /=.
have hi_add d e : hi (Edge (target d) (source d) (lo d + lo e) (width d + width e) (deficit d + deficit e)) = (hi d + hi e)%Z.
  by rewrite /hi /=; lia.
have [A ->] := edges_ofE (F := lo) (fun d e => erefl) t u E; have [_ ->] := edges_ofE (F := hi) hi_add t u E.
rewrite !big_nil !Rplus_0_l /file_costs /listed_costs.
have -> : \big[Rplus/0]_(w <- weights f | joins i j w) (factor_of w * abs_pow (power_of f) (value w))
        = \big[Rplus/0]_(w <- filter (matches t u) (weights f)) (factor_of w * abs_pow (power_of f) (value w)) by rewrite big_filter.
rewrite -!sum_list_scale.
have K w : matches t u w -> counts (within f) (nodes_table f) w =
    if (factor w =? 0)%Z then false else if within f then same_label i j else true.
  rewrite /counts => /andP [/Pos.eqb_eq -> /Pos.eqb_eq ->]; case: (factor w =? 0)%Z => //.
  by case: (within f) => //; rewrite /t /u !nodes_look.
have out w : matches t u w -> counts (within f) (nodes_table f) w = false ->
    IZR (2 ^ bits f) * (@counted f i j * (factor_of w * abs_pow (power_of f) (value w))) = 0.
  move=> /K ->; case: Z.eqb_spec => [f0 _|_]; first by rewrite /factor_of f0; ring.
  by rewrite /counted; case: (within f) => //; case: (same_label i j) => // _; ring.
have inside w : matches t u w -> counts (within f) (nodes_table f) w = true -> @counted f i j = 1.
  by move=> /K ->; case: (_ =? _)%Z => //; rewrite /counted; case: (within f) => //; case: (same_label i j).
have bound w : List.In w (weights f) -> counts (within f) (nodes_table f) w ->
    IZR (lo (edge_or_none (bits f) (numerator f) (roots f) w))
    <= IZR (2 ^ bits f) * (1 * (factor_of w * abs_pow (power_of f) (value w)))
    <= IZR (hi (edge_or_none (bits f) (numerator f) (roots f) w)).
  by move=> I C; have [e Ee] := A w I C; rewrite /edge_or_none Ee Rmult_1_l; have [_ []] := cost_edge_sound s0 (F0 w I) Ee.
split; apply: sum_list_le => w /in_filter [I M].
all: case C: (counts _ _ w); last by rewrite (out w M C); lra.
all: by rewrite (inside w M C); have := bound w I C; lra.
Qed.

Lemma certified_balance_matrix_proof : S_certified_balance_matrix.
Proof.
move=> f ok wf i j; set t := Pos.of_succ_nat i; set u := Pos.of_succ_nat j.
have O : in_order (fun _ => false) (weights f) = true.
  move: ok; rewrite /accepts; case: (order_ok f) => //; case E: (file_edges f) => [es|//] _.
  by have [_ [+ _]] := file_edgesP E; rewrite /ordered wf.
have sumE G : \big[Rplus/0]_(w <- weights f | joins i j w) G w = \big[Rplus/0]_(w <- filter (matches t u) (weights f)) G w.
  by rewrite big_filter.
rewrite /file_costs /cost /alpha /listed_costs /matrix !sumE.
have [->|[w [I ->]]] := ordered_single t u O; first by rewrite !big_nil abs_pow_0; ring.
by rewrite !big_seq1; ring.
Qed.

Lemma power_of_gt0 f : 0 < power_of f.
Proof. by apply: Rdiv_lt_0_compat; exact: IZR_lt. Qed.

Lemma certified_balance_costs_proof : S_certified_balance_costs.
Proof.
move=> f ok C h r; move: ok; rewrite /accepts; case: (order_ok f) => //; case E: (file_edges f) => [es|//].
case G: (check_gap _) => //; case R: (check_radius _) => // _; have fit := certified_balance_fits_proof E.
have p0 := power_of_gt0 f; split.
  by move=> k; have [_ [_ H]] := certified_balance_gap_proof p0 fit G; exact: (H k).
have [k [[B _] [_ [_ [near _]]]]] := radius_sound p0 fit R.
exists k; split=> //; split=> [l Bl i j|J i j J0]; last exact: near.
have w0 : nonnegative (@file_costs f) by exact: (w_ge0 (radius_wf R) fit).
rewrite /C (cost_at_linked (power_of f) w0 (h := l) (k := k)) // => a b ab.
exact: (balanced_diff w0 p0 Bl B ab).
Qed.

Lemma certified_balance_file_proof : S_certified_balance_file.
Proof.
move=> f ok wf J C h r; have [G [k [B [U N]]]] := certified_balance_costs_proof ok.
have E : @file_costs f = cost (@alpha f) (power_of f) J.
  by apply: functional_extensionality => i; apply: functional_extensionality => j; exact: certified_balance_matrix_proof.
have CE l : C l = cost_at (@file_costs f) (power_of f) l by rewrite /C cost_rescale E.
split=> [l|]; first by rewrite !CE; exact: (G l).
by exists k; rewrite CE; split=> //; split=> [l|i j]; [rewrite CE; exact: U | exact: N].
Qed.

(** ** What is left out *)

Section LeftOut.
Variable f : file.
Notation V := 'I_(size (nodes f)).
Notation rank_of i := (rank (ranks_table f) (Pos.of_succ_nat i)).

Hypothesis within_f : within f = true.
Hypothesis order : order_ok f = true.

Lemma listedE (i j : V) : listed_costs i j =
  \big[Rplus/0]_(w <- filter (matches (Pos.of_succ_nat i) (Pos.of_succ_nat j)) (weights f))
    (factor_of w * abs_pow (power_of f) (value w)).
Proof. by rewrite big_filter. Qed.

Lemma some_weight (i j : V) : listed_costs i j <> 0 -> exists w,
  List.In w (weights f) /\ matches (Pos.of_succ_nat i) (Pos.of_succ_nat j) w /\ factor w <> 0%Z.
Proof.
rewrite listedE; have H := @in_filter (Pos.of_succ_nat i) (Pos.of_succ_nat j) (weights f); move: H.
elim: (filter _ _) => [|w l IH] H; first by rewrite big_nil.
rewrite big_cons; case: (Z.eq_dec (factor w) 0) => [Z|N].
  rewrite {1}/factor_of Z !Rmult_0_l Rplus_0_l; apply: IH => v I; apply: H; by right.
by move=> _; exists w; have [I M] := H w (or_introl erefl).
Qed.

Lemma ranked (i j : V) : listed_costs i j <> 0 ->
  if same_label i j then rank_of i = rank_of j else (rank_of j < rank_of i)%positive.
Proof.
move=> /some_weight [w [I [mw f0]]].
have := all_weights_in (P := follows (nodes_table f) (ranks_table f)) _ I.
move: order; rewrite /order_ok within_f => O /(_ O); rewrite /follows; case: Z.eqb_spec => // _.
move: mw => /andP [/Pos.eqb_eq -> /Pos.eqb_eq ->]; rewrite !nodes_look -/(same_label i j).
by case: (same_label i j); [move/Pos.eqb_eq | move/Pos.ltb_lt].
Qed.

Lemma reach_ranked (i j : V) : reaches (@listed_costs f) i j -> (rank_of i <= rank_of j)%positive.
Proof.
case/connectP => q; elim: q i => [|k q IH] i /=; first by move=> _ ->; lia.
case/andP => /synapseP P; have /ranked S : listed_costs k i <> 0 by lra.
by move=> /IH H /H; move: S; case: (same_label k i) => [->|]; lia.
Qed.

End LeftOut.

Lemma certified_balance_left_out_proof : S_certified_balance_left_out.
Proof.
move=> f ok within_f i j; have [_ [k [B _]]] := certified_balance_costs_proof ok.
move: ok; rewrite /accepts; case O: (order_ok f) => //; case E: (file_edges f) => [es|//] _.
have [_ [_ [F0 _]]] := file_edgesP E.
have listed0 a b : 0 <= @listed_costs f a b.
  rewrite listedE; have H := @in_filter (Pos.of_succ_nat a) (Pos.of_succ_nat b) (weights f); move: H.
  elim: (filter _ _) => [|w l IH] H; first by rewrite big_nil; lra.
  rewrite big_cons; apply: Rplus_le_le_0_compat; last by apply: IH => v I; apply: H; right.
  apply: Rmult_le_pos; last exact: abs_pow_ge0.
  by apply: factor_ge0; apply: F0; have [] := H w (or_introl erefl).
have c0 : nonnegative (@file_costs f).
  move=> a b; apply: Rmult_le_pos => //; rewrite /counted within_f; case: (same_label a b); lra.
rewrite /cyclic_part; case: (Req_dec (listed_costs i j) 0) => [Z|N].
  by rewrite /file_costs Z Rmult_0_r; case: ifP.
have H := ranked within_f O N; rewrite {1}/file_costs /counted within_f.
case L: (same_label i j) H => H; last first.
  by case: ifP => [/(reach_ranked within_f O)|_]; [lia | rewrite Rmult_0_l].
have pos : 0 < file_costs i j.
  by rewrite /file_costs /counted within_f L Rmult_1_l; have := listed0 i j; lra.
have R := balanced_on_cycles c0 B pos.
suff -> : reaches (@listed_costs f) i j by rewrite Rmult_1_l.
apply: connect_sub R => a b /synapseP P; apply: connect1; apply/synapseP.
move: P; rewrite /file_costs; case: (Rle_lt_or_eq_dec _ _ (listed0 b a)) => [//|<-]; rewrite Rmult_0_r; lra.
Qed.
