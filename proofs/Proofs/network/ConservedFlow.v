(** * What the flow conserves: proof

    Glossary: see [Statements/conserved_flow.v]. *)

From Coq Require Import Reals Lra FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop path fingraph.
From Synbal Require Import Defs FlowDefs Sums Costs Convexity Balance GlobalConvergence.
From Synbal.Statements Require Import conserved_flow.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope R_scope.

Section Conserved.
Variables (V : finType) (alpha : V -> V -> R) (p : R) (Q : (V -> V -> R) -> R).
Hypothesis a0 : nonnegative alpha.
Hypothesis p0 : 0 < p.
Hypothesis Qc : continuous_at_limits Q.
Hypothesis Qf : conserved_by_flow alpha p Q.

(** The quantity has the same value at the balanced network. *)
Lemma conserved_at_balance (J : V -> V -> R) : on_cycles (cost alpha p J) ->
  exists x, balanced (cost alpha p (rescale x J)) /\ Q (rescale x J) = Q J.
Proof.
move=> oc; have [F [F0 FF]] := global_convergence_weights_exists_proof J a0 p0.
have E : F 0 = J by apply: functional_extensionality => i; apply: functional_extensionality => j.
have oc' : on_cycles (cost alpha p (F 0)) by rewrite E.
have [x [B [_ [L _]]]] := global_convergence_weights_proof a0 p0 FF oc'.
rewrite E in B L; exists x; split=> //.
have L1 := Qc L.
have L2 : is_lim (fun t => Q (F t)) p_infty (Q J).
  apply: (is_lim_ext_loc (fun=> Q J)); last exact: is_lim_const.
  by exists 0 => t t0; rewrite (Qf FF) ?E //; lra.
have := is_lim_unique _ _ _ L1; rewrite (is_lim_unique _ _ _ L2) => EQ.
by injection EQ.
Qed.

End Conserved.

Lemma conserved_quantities_flow_proof : S_conserved_quantities_flow.
Proof.
move=> V alpha p Q J h a0 p0 pos oc Qc Qf.
have [x [Bx Qx]] := conserved_at_balance a0 p0 Qc Qf oc.
have och : on_cycles (cost alpha p (rescale h J)) by rewrite cost_rescale; apply/on_cycles_cost_at.
have [y [By Qy]] := conserved_at_balance a0 p0 Qc Qf och.
have Ey : rescale y (rescale h J) = rescale (fun i => y i + h i) J.
  apply: functional_extensionality => i; apply: functional_extensionality => j.
  by rewrite !rescale_eq Rmult_assoc -exp_plus; congr (_ * exp _); ring.
rewrite -Qy -Qx Ey; rewrite Ey in By; congr Q.
apply: functional_extensionality => i; apply: functional_extensionality => j.
exact: (unique_balance_matrix_proof a0 p0 pos By Bx).
Qed.
