(** * Soundness of the certificate checker

    Glossary: see [Checker.v], [Statements/certified_balance.v], [GroundState.v].
    - [row_sum], [col_sum]  sums over a row or a column of the matrix of listed synapses, as sums over the list
    - [spreadE]             what [spread] adds up
    - [cost_bounds_listed]  the rounded costs enclose the costs at the computed log-scales *)

From Coq Require Import Reals ZArith Lra Lia List FMapPositive FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop path fingraph.
From Synbal Require Import Defs Sums Calculus Costs Convexity Checker GroundState.
From Synbal.Statements Require Import certified_balance.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope R_scope.

(** ** Sums over lists whose elements satisfy a check *)

Section Lists.
Variable T : Type.
Implicit Types (l : seq T) (F G : T -> R).

Lemma rsum_In_ext l F G : (forall e, List.In e l -> F e = G e) ->
  \big[Rplus/0]_(e <- l) F e = \big[Rplus/0]_(e <- l) G e.
Proof.
elim: l => [|a l IH] H; first by rewrite !big_nil.
by rewrite !big_cons H /=; [rewrite IH // => e He; apply: H; right | left].
Qed.

Lemma rsum_In_le l F G : (forall e, List.In e l -> F e <= G e) ->
  \big[Rplus/0]_(e <- l) F e <= \big[Rplus/0]_(e <- l) G e.
Proof.
elim: l => [|a l IH] H; first by rewrite !big_nil; lra.
rewrite !big_cons; apply: Rplus_le_compat; first by apply: H; left.
by apply: IH => e He; apply: H; right.
Qed.

End Lists.

Lemma all_edgesP f l : all_edges f l = true -> forall e, List.In e l -> f e = true.
Proof. by elim: l => [|a l IH] //=; case E: (f a) => // /IH H e [<-|/H]. Qed.

Lemma all_neuronsP f b l : all_neurons f (Pos.of_succ_nat b) l = true ->
  forall a, leq a.+1 (size l) -> f (Pos.of_succ_nat (b + a)) (nth outside l a) = true.
Proof.
elim: l b => [|x l IH] b //=; case E: (f _ x) => // H [|a] Ha; first by rewrite addn0.
by rewrite addnS -addSn; apply: (IH b.+1).
Qed.

Lemma sum_edgesE f l s : IZR (sum_edges f l s) = IZR s + \big[Rplus/0]_(e <- l) IZR (f e).
Proof.
elim: l s => [|a l IH] s /=; first by rewrite big_nil; ring.
by rewrite IH big_cons plus_IZR; ring.
Qed.

Lemma sum_neuronsE f b l s : IZR (sum_neurons f (Pos.of_succ_nat b) l s)
  = IZR s + \big[Rplus/0]_(a < size l) IZR (f (Pos.of_succ_nat (b + a))).
Proof.
elim: l b s => [|x l IH] b s /=; first by rewrite big_ord0; ring.
rewrite (IH b.+1) big_ord_recl plus_IZR /= addn0.
rewrite -Rplus_assoc [IZR (f _) + _]Rplus_comm; congr (_ + _ + _).
by apply: eq_bigr => i _; rewrite /= /fintype.bump /= add1n addnS -addSn.
Qed.

Lemma get_bump i z m k : get (Checker.bump i z m) k = if Pos.eqb i k then (z + get m k)%Z else get m k.
Proof.
rewrite /get /Checker.bump; case: Pos.eqb_spec => [->|ik]; first by rewrite PositiveMap.gss.
by rewrite PositiveMap.gso //; apply: nesym.
Qed.

Lemma spreadE f g l m k : IZR (get (spread f g l m) k) = IZR (get m k) +
  (\big[Rplus/0]_(e <- l) (if Pos.eqb (target e) k then IZR (f e) else 0)
   + \big[Rplus/0]_(e <- l) (if Pos.eqb (source e) k then IZR (g e) else 0)).
Proof.
elim: l m => [|a l IH] m /=; first by rewrite !big_nil; ring.
rewrite IH !big_cons !get_bump; case: Pos.eqb; case: Pos.eqb; rewrite ?plus_IZR; ring.
Qed.

Lemma spread_emptyE f g l k : IZR (get (spread f g l (PositiveMap.empty _)) k) =
  \big[Rplus/0]_(e <- l) (if Pos.eqb (target e) k then IZR (f e) else 0)
  + \big[Rplus/0]_(e <- l) (if Pos.eqb (source e) k then IZR (g e) else 0).
Proof. by rewrite spreadE /get PositiveMap.gempty Rplus_0_l. Qed.

Lemma of_succ_nat_inj : injective Pos.of_succ_nat.
Proof. by move=> a b /SuccNat2Pos.inj. Qed.

Lemma find_number a b l m : PositiveMap.find (Pos.of_succ_nat a) (number (Pos.of_succ_nat b) l m) =
  if leq b a && leq a.+1 (b + size l) then Some (nth outside l (a - b)) else PositiveMap.find (Pos.of_succ_nat a) m.
Proof.
elim: l b m => [|x l IH] b m /=.
  by rewrite addn0; case: (leqP b a) => //= ba; rewrite ltnNge ba.
rewrite (IH b.+1) addnS addSn; have [ab|ba|ab] := ltngtP a b => /=.
- by rewrite PositiveMap.gso // => /of_succ_nat_inj X; rewrite X ltnn in ab.
- case: ifP => _; first by rewrite -(subnSK ba).
  by rewrite PositiveMap.gso // => /of_succ_nat_inj X; rewrite X ltnn in ba.
- by rewrite ab PositiveMap.gss subnn ltnS leq_addr.
Qed.

(** ** The certificate *)

Section Sound.
Variable c : certificate.
Let n := size (neurons c).
Let V := 'I_n.
Let m := table_of c.
Let node (i : V) := nth outside (neurons c) i.

Lemma key_inj : injective (@key c).
Proof. by move=> i j /of_succ_nat_inj/val_inj. Qed.

Lemma key_eqb i j : Pos.eqb (@key c i) (@key c j) = (i == j).
Proof. by case: Pos.eqb_spec => [/key_inj ->|H]; [rewrite eqxx | apply/esym/eqP => E; apply: H; rewrite E]. Qed.

Lemma look_key i : look m (@key c i) = node i.
Proof. by rewrite /look /m /table_of (find_number i 0) add0n ltn_ord subn0. Qed.

Lemma mem_key t : PositiveMap.mem t m = true -> exists i, t = @key c i.
Proof.
move=> H; have Et : t = Pos.of_succ_nat (Pos.to_nat t).-1.
  rewrite Pos.of_nat_succ prednK ?Pos2Nat.id //; apply/ltP; exact: Pos2Nat.is_pos.
move: H; rewrite PositiveMap.mem_find Et /m /table_of (find_number _ 0) add0n leq0n /=.
case: ifP => [lt _|]; first by exists (Ordinal lt).
by rewrite PositiveMap.gempty.
Qed.

Hypothesis wf : well_formed c m = true.

Let S := IZR (cost_unit c).

Lemma wf_parts : (0 < cost_unit c)%Z /\ (forall i : V, (0 < scale (node i))%Z) /\
  forall e, List.In e (edges c) ->
    (exists i, target e = @key c i) /\ (exists j, source e = @key c j) /\ (0 <= lo e)%Z /\ (0 <= width e)%Z.
Proof.
move: wf; rewrite /well_formed; case: Z.ltb_spec0 => // S0.
case A: all_neurons => // /all_edgesP B; split=> //; split=> [i|e /B].
  by have := all_neuronsP (b := 0) A (ltn_ord i); case: Z.ltb_spec0.
rewrite /edge_ok; case T1: PositiveMap.mem => //; case T2: PositiveMap.mem => //.
by case: Z.leb_spec0 => // l0; case: Z.leb_spec0 => // w0 _; split; [exact: mem_key | split; [exact: mem_key | ]].
Qed.

Lemma S0 : 0 < S. Proof. by apply: IZR_lt; case: wf_parts. Qed.

Let E (t : positive) := IZR (scale (look m t)).

Lemma E0 i : 0 < E (@key c i).
Proof. by rewrite /E look_key; apply: IZR_lt; case: wf_parts => _ []. Qed.

Lemma E_edge e : List.In e (edges c) -> 0 < E (target e) /\ 0 < E (source e).
Proof. by case: wf_parts => _ [_ H] /H [[i ->] [[j ->] _]]; split; exact: E0. Qed.

(** *** Sums over the synapses, as rows and columns of a matrix *)

Lemma row_sum f i (phi : positive -> R) :
  \rsum_(j) (@listed c f i j * phi (key j))
  = \big[Rplus/0]_(e <- edges c) (if Pos.eqb (target e) (key i) then IZR (f e) * phi (source e) else 0).
Proof.
under eq_bigr => j _ do rewrite /listed big_mkcond -rsumZr.
rewrite rsum_swap; apply: rsum_In_ext => e He.
have [_ [_ /(_ e He) [_ [[j0 Ej] _]]]] := wf_parts.
rewrite /between; case: Pos.eqb => /=; last by apply: rsum0 => j _; ring.
rewrite (rsum_single (i := j0)) Ej ?key_eqb ?eqxx //.
by move=> j jj; rewrite key_eqb eq_sym (negbTE jj); ring.
Qed.

Lemma col_sum f i (phi : positive -> R) :
  \rsum_(j) (@listed c f j i * phi (key j))
  = \big[Rplus/0]_(e <- edges c) (if Pos.eqb (source e) (key i) then IZR (f e) * phi (target e) else 0).
Proof.
under eq_bigr => j _ do rewrite /listed big_mkcond -rsumZr.
rewrite rsum_swap; apply: rsum_In_ext => e He.
have [_ [_ /(_ e He) [[j0 Ej] _]]] := wf_parts.
rewrite /between; case: (Pos.eqb (source e)) => /=; last by apply: rsum0 => j _; rewrite andbF; ring.
rewrite (rsum_single (i := j0)) Ej ?key_eqb ?eqxx ?andbT //.
by move=> j jj; rewrite key_eqb eq_sym (negbTE jj) /=; ring.
Qed.

Lemma row_sum1 f i : \rsum_(j) @listed c f i j
  = \big[Rplus/0]_(e <- edges c) (if Pos.eqb (target e) (key i) then IZR (f e) else 0).
Proof.
transitivity (\rsum_(j) (@listed c f i j * (fun=> 1) (key j))); first by apply: rsum_ext => j _; ring.
by apply: (etrans (row_sum f i (fun=> 1))); apply: eq_bigr => e _; case: Pos.eqb; ring.
Qed.

Lemma col_sum1 f i : \rsum_(j) @listed c f j i
  = \big[Rplus/0]_(e <- edges c) (if Pos.eqb (source e) (key i) then IZR (f e) else 0).
Proof.
transitivity (\rsum_(j) (@listed c f j i * (fun=> 1) (key j))); first by apply: rsum_ext => j _; ring.
by apply: (etrans (col_sum f i (fun=> 1))); apply: eq_bigr => e _; case: Pos.eqb; ring.
Qed.

Lemma total_sum f : \rsum_(i) \rsum_(j) @listed c f i j = \big[Rplus/0]_(e <- edges c) IZR (f e).
Proof.
under eq_bigr => i _ do rewrite row_sum1.
rewrite rsum_swap; apply: rsum_In_ext => e He.
have [_ [_ /(_ e He) [[i0 Ei] _]]] := wf_parts.
rewrite (rsum_single (i := i0)) Ei ?key_eqb ?eqxx //.
by move=> i ii; rewrite key_eqb eq_sym (negbTE ii).
Qed.

(** Comparison of two fields, synapse by synapse. *)
Lemma listed_le (f g : edge -> Z) (x y : R) i j :
  (forall e, List.In e (edges c) -> target e = key i -> source e = key j -> IZR (f e) * x <= IZR (g e) * y) ->
  @listed c f i j * x <= @listed c g i j * y.
Proof.
move=> H; rewrite /listed -!rsumZr !(big_mkcond (@between c i j)); apply: rsum_In_le => e He.
rewrite /between; case: Pos.eqb_spec => [Et|_] /=; last by lra.
by case: Pos.eqb_spec => [Es|_]; [exact: H | lra].
Qed.

Lemma listed_ge0 f i j : (forall e, List.In e (edges c) -> (0 <= f e)%Z) -> 0 <= @listed c f i j.
Proof.
move=> H; have := @listed_le f f 0 1 i j; rewrite Rmult_0_r Rmult_1_r; apply=> e He _ _.
by have := IZR_le _ _ (H e He); lra.
Qed.

(** *** The costs *)

Variables (w : V -> V -> R) (p : R).
Hypothesis (p0 : 0 < p) (fit : fits w).
Let h := @scales c p.
Let C := cost_at w p h.

Lemma w_ge0 : nonnegative w.
Proof.
move=> i j; have [L _] := fit i j; have s0 := S0; rewrite -/S in L.
have l0 : 0 <= @listed c lo i j by apply: listed_ge0 => e He; case: wf_parts => _ [_ /(_ e He) [_ [_ []]]].
by apply: (Rmult_le_reg_l S) => //; lra.
Qed.

Lemma C_E i j : C i j * E (key i) = w i j * E (key j).
Proof.
rewrite /C /cost_at /h /scales; have ei := E0 i; have ej := E0 j.
rewrite /E !look_key in ei ej *.
rewrite -/(node i) -/(node j); set a := IZR (scale (node i)) in ei *; set b := IZR (scale (node j)) in ej *.
rewrite (_ : p * (ln b / p - ln a / p) = ln b - ln a); last by field; lra.
by rewrite /Rminus exp_plus exp_Ropp !exp_ln //; field; lra.
Qed.

Definition cost_lo (e : edge) : Z := lo (round_edge m e).
Definition cost_hi (e : edge) : Z := hi (round_edge m e).

(** Rounding down and up. *)
Lemma cost_loE e : List.In e (edges c) -> IZR (cost_lo e) * E (target e) <= IZR (lo e) * E (source e).
Proof.
move=> He; have [t0 _] := E_edge He; rewrite -!mult_IZR; apply: IZR_le; rewrite /cost_lo Z.mul_comm.
by apply: Z.mul_div_le; apply: lt_IZR.
Qed.

Lemma cost_hiE e : List.In e (edges c) -> IZR (hi e) * E (source e) <= IZR (cost_hi e) * E (target e).
Proof.
move=> He; have [t0 _] := E_edge He; rewrite -!mult_IZR; apply: IZR_le; rewrite /cost_hi /hi /round_edge /=.
set es := scale _; set et := scale (look m (target e)); set x := (lo e * es)%Z.
have et0 : (0 < et)%Z by exact: lt_IZR.
have D : x = (et * fst (Z.div_eucl x et) + snd (Z.div_eucl x et))%Z by exact: Z_div_mod_eq_full.
have M := Z.mod_pos_bound x et et0; rewrite /Z.modulo in M.
case: (Z.div_eucl x et) D M => q r /= D M.
rewrite Z.mul_add_distr_r -/x D; case: Z.eqb_spec => [->|_].
  by case: Z.eqb_spec => [->|r0]; [lia | rewrite Z.mul_0_l; nia].
set y := (r + width e * es)%Z; have := Z.div_mod (y + (et - 1)) et ltac:(lia).
by have := Z.mod_pos_bound (y + (et - 1)) et et0; rewrite /y; nia.
Qed.

Lemma cost_lo_ge0 e : List.In e (edges c) -> (0 <= cost_lo e)%Z.
Proof.
move=> He; have [t0 s0] := E_edge He; have [_ [_ /(_ e He) [_ [_ [l0 _]]]]] := wf_parts.
apply: Z.div_pos; last exact: lt_IZR.
by apply: Z.mul_nonneg_nonneg => //; apply: Z.lt_le_incl; exact: lt_IZR.
Qed.

Lemma listed_below f i j :
  (forall e, List.In e (edges c) -> IZR (f e) * E (target e) <= IZR (lo e) * E (source e)) ->
  @listed c f i j <= S * C i j.
Proof.
move=> H; have ei := E0 i; have ej := E0 j; have [L _] := fit i j.
apply: (Rmult_le_reg_r (E (key i))) => //.
have -> : S * C i j * E (key i) = S * w i j * E (key j) by rewrite Rmult_assoc C_E; ring.
apply: (Rle_trans _ (@listed c lo i j * E (key j))).
  by apply: listed_le => e He Et Es; rewrite -Et -Es; exact: H.
by apply: Rmult_le_compat_r => //; lra.
Qed.

Lemma cost_bounds_listed i j : @listed c cost_lo i j <= S * C i j <= @listed c cost_hi i j.
Proof.
split; first by apply: listed_below => e; exact: cost_loE.
have ei := E0 i; have ej := E0 j; have [_ L] := fit i j.
apply: (Rmult_le_reg_r (E (key i))) => //.
have -> : S * C i j * E (key i) = S * w i j * E (key j) by rewrite Rmult_assoc C_E; ring.
apply: (Rle_trans _ (@listed c hi i j * E (key j))); first by apply: Rmult_le_compat_r => //; lra.
by apply: listed_le => e He Et Es; rewrite -Et -Es; exact: cost_hiE.
Qed.

Lemma div_S x y : x <= S * y -> x / S <= y.
Proof. by have s0 := S0 => H; apply/Rle_div_l => //; lra. Qed.

Lemma S_div x y : S * y <= x -> y <= x / S.
Proof. by have s0 := S0 => H; apply/Rle_div_r => //; lra. Qed.

Lemma upper_costE : total C <= IZR (upper_cost c) / S.
Proof.
apply: S_div; rewrite /upper_cost sum_edgesE Rplus_0_l big_map -(total_sum cost_hi) /total -rsumZl.
apply: rsum_le => i _; rewrite -rsumZl; apply: rsum_le => j _.
by case: (cost_bounds_listed i j).
Qed.

(** *** The gap *)

Lemma gap_sound : check_gap c = true ->
  (forall k, IZR (lower_cost c) / S <= total (cost_at w p k)) /\
  IZR (upper_cost c) / S - IZR (lower_cost c) / S <= IZR (gap c) / S.
Proof.
have s0 := S0; rewrite /check_gap -/m wf; case Fl: all_edges => //; case Ne: all_neurons => //.
case: Z.leb_spec0 => // G _; split; last first.
  rewrite /Rdiv -Rmult_minus_distr_r; apply: Rmult_le_compat_r; first exact/Rlt_le/Rinv_0_lt_compat.
  by rewrite -minus_IZR; apply: IZR_le.
pose fl e := flow (round_edge m e).
pose F i j := @listed c fl i j / S.
have flow_in e : List.In e (edges c) -> (0 <= fl e)%Z /\ IZR (fl e) * E (target e) <= IZR (lo e) * E (source e).
  move=> He; have := all_edgesP Fl (List.in_map (round_edge m) _ _ He).
  have := cost_loE He; have [t0 _] := E_edge He.
  rewrite /flow_ok /fl /flow /cost_lo; set q := lo (round_edge m e); set d := deficit (round_edge m e) => Q.
  case: Z.leb_spec0 => // d0; case: Z.leb_spec0 => // d1 _; split; first by lia.
  apply: Rle_trans Q; apply: Rmult_le_compat_r; first lra.
  by apply: IZR_le; lia.
have -> : IZR (lower_cost c) / S = total F.
  rewrite /lower_cost sum_edgesE Rplus_0_l big_map -(total_sum fl) /total /Rdiv -rsumZr.
  by apply: rsum_ext => i _; rewrite -rsumZr.
apply: (circulation_bound (h := h)); last first.
  by move=> i j; apply: div_S; apply: listed_below => e He; case: (flow_in e He).
split=> [i j|i].
  apply: Rmult_le_pos; last exact/Rlt_le/Rinv_0_lt_compat.
  by apply: listed_ge0 => e /flow_in [].
have := all_neuronsP (b := 0) Ne (ltn_ord i); rewrite add0n -/(key i) => /Z.eqb_eq Z0.
rewrite /grad /F /Rdiv !rsumZr -Rmult_minus_distr_r.
have -> : \rsum_(j) @listed c fl i j - \rsum_(j) @listed c fl j i = 0; last by ring.
have := f_equal IZR Z0; rewrite spread_emptyE !big_map => Z1; rewrite -[RHS]Z1.
rewrite row_sum1 col_sum1 /Rminus -rsumN; congr (_ + _); apply: eq_bigr => e _.
by rewrite /fl; case: (Pos.eqb (source e)); rewrite ?opp_IZR; lra.
Qed.

End Sound.

Lemma certified_balance_gap_proof : S_certified_balance_gap.
Proof.
move=> c w p p0 fit ok.
have wf : well_formed c (table_of c) = true by move: ok; rewrite /check_gap; case: well_formed.
have [L G] := gap_sound wf p0 fit ok; have U := upper_costE wf p0 fit.
by split=> //; split=> // k; have := L k; lra.
Qed.

(** When every width is 0, the certificate states its costs exactly. *)
Lemma exact_fits (c : certificate) : (0 < cost_unit c)%Z ->
  all_edges (fun e => Z.eqb (width e) 0) (edges c) = true ->
  fits (fun i j => @listed c lo i j / IZR (cost_unit c)).
Proof.
move=> u0 /all_edgesP same i j; have u1 := IZR_lt _ _ u0.
rewrite (_ : IZR (cost_unit c) * (listed lo i j / IZR (cost_unit c)) = listed lo i j); last by field; lra.
suff -> : listed hi i j = listed lo i j by split; apply: Rle_refl.
rewrite /listed big_mkcond [RHS]big_mkcond; apply: rsum_In_ext => e /same /Z.eqb_eq E.
by rewrite /hi E Z.add_0_r.
Qed.
