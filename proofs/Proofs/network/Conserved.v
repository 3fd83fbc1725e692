(** * The conserved quantities: proofs

    Glossary: see [Matrices.v], [Statements/conserved_quantities.v].
    - [conserved_rescale]  what every transform leaves alone, the flow leaves alone
    - [mmul_rescale]       e^{-H} A e^{H} e^{-H} B e^{H} = e^{-H} A B e^{H} *)

From Coq Require Import Reals Lra FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop finset fingroup perm path fingraph.
From Synbal Require Import Defs Sums Costs Matrices LaxForm.
From Synbal.Statements Require Import conserved_quantities.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope R_scope.

Section Conserved.
Variable V : finType.
Implicit Types (A B J : V -> V -> R) (h x : V -> R).

Lemma conserved_rescale (Q : (V -> V -> R) -> R) : (forall J h, Q (rescale h J) = Q J) -> conserved Q.
Proof.
move=> H; split=> // alpha p J p0 F t t0.
by have [h [_ [_ E]]] := weight_flow_scales p0 F; rewrite E.
Qed.

Lemma conserved_property_rescale (P : (V -> V -> R) -> Prop) :
  (forall J h, P (rescale h J) <-> P J) -> conserved_property P.
Proof.
move=> H; split=> // alpha p J p0 F t t0.
by have [h [_ [_ E]]] := weight_flow_scales p0 F; rewrite E.
Qed.

Lemma rescale_opp h J : rescale (fun i => - h i) (rescale h J) = J.
Proof.
apply: functional_extensionality => i; apply: functional_extensionality => j.
rewrite !rescale_eq Rmult_assoc -exp_plus (_ : _ + _ = 0) ?exp_0; ring.
Qed.

(** An invariant property needs one direction only. *)
Lemma rescale_both (P : (V -> V -> R) -> Prop) :
  (forall J h, P J -> P (rescale h J)) -> forall J h, P (rescale h J) <-> P J.
Proof. by move=> H J h; split=> [/(H _ (fun i => - h i))|/H]; rewrite ?rescale_opp. Qed.

Lemma walk_product_rescale h J (x : V) (s : seq V) :
  walk_product (rescale h J) x s = walk_product J x s * exp (h x - h (last x s)).
Proof.
elim: s x => [|y s IH] x /=; first by rewrite Rminus_diag_eq // exp_0; ring.
rewrite IH rescale_eq (_ : h x - h (last y s) = (h x - h y) + (h y - h (last y s))); last by ring.
by rewrite exp_plus; ring.
Qed.

Lemma mmul_rescale h A B : mmul (rescale h A) (rescale h B) = rescale h (mmul A B).
Proof.
apply: functional_extensionality => i; apply: functional_extensionality => j.
rewrite rescale_eq /mmul -rsumZr; apply: rsum_ext => l _.
rewrite !rescale_eq (_ : h j - h i = (h l - h i) + (h j - h l)); last by ring.
by rewrite exp_plus; ring.
Qed.

Lemma diag_rescale h x : rescale h (diag x) = diag x.
Proof.
apply: functional_extensionality => i; apply: functional_extensionality => j.
rewrite rescale_eq /diag; case: eqP => [->|_]; last by ring.
by rewrite Rminus_diag_eq // exp_0; ring.
Qed.

Lemma mpow_rescale h A m : mpow (rescale h A) m = rescale h (mpow A m).
Proof. by elim: m => [|m IH] /=; [exact: (esym (diag_rescale h (fun=> 1))) | rewrite IH mmul_rescale]. Qed.

Lemma mtrace_rescale h A : mtrace (rescale h A) = mtrace A.
Proof.
by apply: rsum_ext => i _; rewrite rescale_eq Rminus_diag_eq // exp_0; ring.
Qed.

Lemma rprod_exp (F : V -> R) : \big[Rmult/1]_(i : V) exp (F i) = exp (\rsum_(i) F i).
Proof. by apply: (big_ind2 (fun a b => a = exp b)) => [|? ? ? ? -> ->|//]; rewrite ?exp_0 ?exp_plus. Qed.

Lemma determinant_rescale h A : determinant (rescale h A) = determinant A.
Proof.
apply: eq_bigr => s _; congr (_ * _).
under eq_bigr => i _ do rewrite rescale_eq.
rewrite big_split /= rprod_exp rsumB.
have -> : \rsum_(i) h (s i) = \rsum_(i) h i by rewrite [RHS](reindex_inj (@perm_inj _ s)).
by rewrite Rminus_diag_eq // exp_0; exact: Rmult_1_r.
Qed.

Lemma char_poly_rescale h A (x : R) : char_poly (rescale h A) x = char_poly A x.
Proof.
rewrite /char_poly -[RHS](determinant_rescale h); congr determinant.
apply: functional_extensionality => i; apply: functional_extensionality => j.
by rewrite -[X in X i j - _](diag_rescale h) !rescale_eq; lra.
Qed.

Lemma mvec_rescale h A x i : mvec (rescale h A) (fun j => exp (- h j) * x j) i = exp (- h i) * mvec A x i.
Proof.
rewrite /mvec -rsumZl; apply: rsum_ext => j _.
rewrite rescale_eq /Rminus exp_plus !exp_Ropp; have e := exp_pos (h j); have e2 := exp_pos (h i); field; lra.
Qed.

Lemma eigenvalue_rescale a b A h : eigenvalue A a b -> eigenvalue (rescale h A) a b.
Proof.
move=> [u [v [n0 E]]].
exists (fun j => exp (- h j) * u j), (fun j => exp (- h j) * v j); split.
  move=> Z; apply: n0 => i; have [Zu Zv] := Z i; have := exp_pos (- h i).
  by split; nra.
by move=> i; rewrite !mvec_rescale (E i).1 (E i).2; split; ring.
Qed.

End Conserved.

Lemma conserved_closed_walks : S_conserved_quantities_closed_walks.
Proof.
move=> V x s L; apply: conserved_rescale => J h.
by rewrite walk_product_rescale L Rminus_diag_eq // exp_0 Rmult_1_r.
Qed.

Lemma sign_mult_pos x c : 0 < c -> sign (x * c) = sign x.
Proof. by move=> c0; rewrite sign_mult [sign c]sign_eq_1 // Rmult_1_r. Qed.

Lemma conserved_signs : S_conserved_quantities_signs.
Proof.
move=> V i j; split.
  by apply: conserved_rescale => J h; rewrite rescale_eq sign_mult_pos //; exact: exp_pos.
apply: conserved_property_rescale => J h; rewrite rescale_eq.
by have := exp_pos (h j - h i); split=> [|->]; [nra | ring].
Qed.

Lemma conserved_diagonal : S_conserved_quantities_diagonal.
Proof.
by move=> V i; apply: conserved_rescale => J h; rewrite rescale_eq Rminus_diag_eq // exp_0; ring.
Qed.

Lemma conserved_traces : S_conserved_quantities_traces.
Proof.
by move=> V m; apply: conserved_rescale => J h; rewrite mpow_rescale mtrace_rescale.
Qed.

Lemma conserved_char_poly : S_conserved_quantities_char_poly.
Proof. by move=> V x; apply: conserved_rescale => J h; exact: char_poly_rescale. Qed.

Lemma conserved_spectrum : S_conserved_quantities_spectrum.
Proof.
move=> V a b; apply: conserved_property_rescale; apply: rescale_both => J h.
exact: eigenvalue_rescale.
Qed.

(** ** The log-scales *)

Lemma linked_same (V : finType) (w : V -> V -> R) x i j :
  0 < w i j -> linked w x i = linked w x j.
Proof.
move=> H.
have S : connect_sym (fun i j => synapse w i j || synapse w j i).
  by apply: sym_connect_sym => a b /=; rewrite orbC.
apply: (same_connect_r S); apply: connect1.
have E : synapse w j i = true by rewrite /synapse; case: (Rlt_dec 0 (w i j)).
by rewrite E orbT.
Qed.

(** The neural gradients of a weak component sum to zero. *)
Lemma sum_grad_component (V : finType) (w : V -> V -> R) p (h : V -> R) x : nonnegative w ->
  \rsum_(i | linked w x i) grad (cost_at w p h) i = 0.
Proof.
move=> w0; rewrite rsum_if.
transitivity (\rsum_(i) (grad (cost_at w p h) i * (if linked w x i then 1 else 0))).
  by apply: rsum_ext => i _; case: ifP => _; ring.
rewrite grad_parts; apply: rsum0 => i _; apply: rsum0 => j _.
case: (Rle_lt_or_eq_dec _ _ (w0 i j)) => [H|H].
  by rewrite (linked_same x H); ring.
by rewrite /cost_at -H; ring.
Qed.

Lemma conserved_log_scales : S_conserved_quantities_log_scales.
Proof.
move=> V w p h w0 F t t0; split=> [x|].
- apply: (zero_derive_constant (f := fun t => \rsum_(i | linked w x i) h t i)) => // s s0.
  rewrite -[X in is_derive _ _ X](sum_grad_component p (h s) x w0).
  by apply: (@is_derive_rsum _ _ _ (fun i s => h s i)) => i _; exact: F.
- apply: (zero_derive_constant (f := fun t => \rsum_(i) h t i)) => // s s0.
  rewrite -[X in is_derive _ _ X](sum_grad (cost_at w p (h s))).
  by apply: (@is_derive_rsum _ _ _ (fun i s => h s i)) => i _; exact: F.
Qed.
