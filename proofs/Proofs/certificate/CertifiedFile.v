(** * A file of weights and a certificate: soundness of the reading of costs

    Glossary: see [Weights.v] and [Statements/certified_file.v].
    - [cost_edge_sound]  the integers of one synapse enclose its cost
    - [ordered_single]   in an ordered list at most one weight belongs to a pair of neurons *)

From Coq Require Import Reals ZArith Lra Lia List FMapPositive.
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

Section OneCost.
Variables (s : Z) (a : positive) (r : nat) (w : weight).
Hypothesis s0 : (0 <= s)%Z.

Let b := two_to r.
Let n := (Z.abs (mantissa w) ^ Zpos a)%Z.
Let k := (s * Zpos b + exponent w * Zpos a)%Z.
Let x := IZR (2 ^ s) * abs_pow (IZR (Zpos a) / IZR (Zpos b)) (value w).

Lemma x_ge0 : 0 <= x.
Proof. by apply: Rmult_le_pos; [rewrite powerRZ_2 //; exact: Rlt_le (powerRZ_gt0 _) | exact: abs_pow_ge0]. Qed.

Lemma x_power : x ^ Pos.to_nat b = IZR n * powerRZ 2 k.
Proof.
have two : (2 <> 0)%R by lra.
rewrite /x Rpow_mult_distr abs_pow_root powerRZ_2 // powerRZ_pow /value Rabs_mult Rpow_mult_distr.
rewrite (Rabs_pos_eq (powerRZ 2 _)); last exact: Rlt_le (powerRZ_gt0 _).
by rewrite powerRZ_pow /n IZR_pow_pos abs_IZR /k powerRZ_add //; ring.
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

Lemma ordered_sorted l : ordered l = sorted before l.
Proof. by elim: l => [|u [|v l] IH] //; move: IH => /= ->; case: (before u v). Qed.

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
Lemma ordered_single t u l : ordered l = true ->
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

Lemma edges_ofE l found es t u (F : edge -> Z) : edges_of s a r keep l found = Some es ->
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
have [T [U]] : target e = post w /\ source e = pre w.
  move: E; rewrite /cost_edge; set y := root _ _; case: (Z.leb 0 y) => //; case: (power_at_most _ _ _ _) => //.
  by case: (power_at_least (y + _) _ _ _) => // -[<-].
rewrite big_cons T U -/(matches t u w); case M: (matches t u w) => //.
by rewrite big_cons K /edge_or_none E; ring.
Qed.

End Edges.

(** ** The file *)

Lemma nodes_look (f : file) (i : 'I_(size (nodes f))) :
  look (nodes_table f) (Pos.of_succ_nat i) = nth outside (nodes f) i.
Proof.
by rewrite /look /nodes_table (find_number i 0 (nodes f)) /= add0n ltn_ord subn0.
Qed.

Lemma certified_balance_fits_proof : S_certified_balance_fits.
Proof.
move=> f es; rewrite /file_edges; case: Z.leb_spec => // s0; case O: (ordered _) => // E i j.
set t := Pos.of_succ_nat i; set u := Pos.of_succ_nat j.
rewrite /listed /between /key -/t -/u /=.
have [A ->] := edges_ofE t u lo E; have [_ ->] := edges_ofE t u hi E.
rewrite !big_nil !Rplus_0_l.
have M : matrix i j = \big[Rplus/0]_(w <- filter (matches t u) (weights f)) value w by rewrite big_filter.
rewrite /cost M; have [->|[w [I W]]] := ordered_single t u O.
  by rewrite !big_nil abs_pow_0 !Rmult_0_r; lra.
have mw : matches t u w by move: (filter_all (matches t u) (weights f)); rewrite W /= andbT.
rewrite W !big_seq1.
have K : counts (within f) (nodes_table f) w = if within f then same_label i j else true.
  rewrite /counts; case: (within f) => //; move: mw => /andP [/Pos.eqb_eq -> /Pos.eqb_eq ->].
  by rewrite /t /u !nodes_look.
rewrite K /counted; have := A w I; rewrite K.
have bound : (exists e, cost_edge (bits f) (numerator f) (roots f) w = Some e) ->
    IZR (lo (edge_or_none (bits f) (numerator f) (roots f) w))
    <= IZR (2 ^ bits f) * (1 * abs_pow (power_of f) (value w))
    <= IZR (hi (edge_or_none (bits f) (numerator f) (roots f) w)).
  by case=> e Ee; rewrite /edge_or_none Ee Rmult_1_l; have [_ []] := cost_edge_sound s0 Ee.
case: (within f); last by move/(_ isT)/bound.
by case: (same_label i j) => [/(_ isT)/bound //|_]; rewrite Rmult_0_l Rmult_0_r; lra.
Qed.

Lemma power_of_gt0 f : 0 < power_of f.
Proof. by apply: Rdiv_lt_0_compat; exact: IZR_lt. Qed.

Lemma certified_balance_file_proof : S_certified_balance_file.
Proof.
move=> f ok J C h r; move: ok; rewrite /accepts; case: (order_ok f) => //; case E: (file_edges f) => [es|//].
case G: (check_gap _) => //; case R: (check_radius _) => // _; have fit := certified_balance_fits_proof E.
have p0 := power_of_gt0 f; split.
  move=> k; have [_ [_ H]] := certified_balance_gap_proof p0 fit G.
  by rewrite /C !cost_rescale; exact: (H k).
have [k [B [U N]]] := certified_balance_weights_proof p0 fit R.
by exists k; split.
Qed.

(** ** What is left out *)

Section LeftOut.
Variable f : file.
Notation V := 'I_(size (nodes f)).
Notation rank_of i := (rank (ranks_table f) (Pos.of_succ_nat i)).

Lemma all_weights_in P l w : all_weights P l = true -> List.In w l -> P w = true.
Proof. by elim: l => [|v l IH] //=; case E: (P v) => // /IH {}IH [<-|/IH]. Qed.

Hypothesis within_f : within f = true.
Hypothesis order : order_ok f = true.
Hypothesis sorted_f : ordered (weights f) = true.

Lemma ranked (i j : V) : matrix i j <> 0 ->
  if same_label i j then rank_of i = rank_of j else (rank_of j < rank_of i)%positive.
Proof.
set t := Pos.of_succ_nat i; set u := Pos.of_succ_nat j.
have M : matrix i j = \big[Rplus/0]_(w <- filter (matches t u) (weights f)) value w by rewrite big_filter.
rewrite M; have [->|[w [I W]]] := ordered_single t u sorted_f; first by rewrite big_nil.
move=> _; have mw : matches t u w by move: (filter_all (matches t u) (weights f)); rewrite W /= andbT.
have := all_weights_in (P := follows (nodes_table f) (ranks_table f)) _ I.
move: order; rewrite /order_ok within_f => O /(_ O); rewrite /follows.
move: mw => /andP [/Pos.eqb_eq -> /Pos.eqb_eq ->]; rewrite /t /u !nodes_look -/(same_label i j).
by case: (same_label i j); [move/Pos.eqb_eq | move/Pos.ltb_lt].
Qed.

Lemma cost_positive (alpha : V -> V -> R) i j : 0 < cost alpha (power_of f) (@matrix f) i j -> matrix i j <> 0.
Proof. by rewrite /cost => + E; rewrite E abs_pow_0 Rmult_0_r; lra. Qed.

Lemma reach_ranked (i j : V) : reaches (cost (fun _ _ => 1) (power_of f) (@matrix f)) i j -> (rank_of i <= rank_of j)%positive.
Proof.
case/connectP => q; elim: q i => [|k q IH] i /=; first by move=> _ ->; lia.
case/andP => /synapseP /cost_positive /ranked S /IH H /H.
by move: S; case: (same_label k i) => [->|]; lia.
Qed.

End LeftOut.

Lemma certified_balance_left_out_proof : S_certified_balance_left_out.
Proof.
move=> f ok within_f J i j; have [_ [k [bal _]]] := certified_balance_file_proof ok.
move: ok; rewrite /accepts; case O: (order_ok f) => //; case E: (file_edges f) => [es|//] _.
have S : ordered (weights f) = true.
  by move: E; rewrite /file_edges; case: Z.leb => //; case: (ordered _).
set w := cost (fun _ _ => 1) (power_of f) J; rewrite /cyclic_part.
case: (Req_dec (J i j) 0) => [Z|N].
  by rewrite /w /cost Z abs_pow_0 !Rmult_0_r; case: ifP.
have H := ranked within_f O S N; rewrite {1}/cost /counted within_f.
case L: (same_label i j) H => H; last first.
  by case: ifP => [/(reach_ranked within_f O S)|_]; [lia | rewrite Rmult_0_l].
have pos : 0 < cost (@counted f) (power_of f) J i j.
  by rewrite /cost /counted within_f L Rmult_1_l; exact: abs_pow_gt0.
have c0 : nonnegative (cost (@counted f) (power_of f) J).
  apply: cost_ge0 => a b; rewrite /counted within_f; case: (same_label a b); lra.
have B : balanced (cost_at (cost (@counted f) (power_of f) J) (power_of f) k) by rewrite -cost_rescale.
have R := balanced_on_cycles c0 B pos.
suff -> : reaches w i j by [].
apply: connect_sub R => a b /synapseP P; apply: connect1; apply/synapseP.
rewrite /w /cost Rmult_1_l; apply: abs_pow_gt0; exact: cost_positive P.
Qed.
