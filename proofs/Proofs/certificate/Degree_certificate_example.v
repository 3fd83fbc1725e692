(** * An example of a certificate for neurons of degrees 2, 1/2, 3/4 and 1, checked by computation

    The weights are those of [tests/vectors/certificate_p2.csv], the cost is |J|^2 (p = 2). The integers are those of
    [tests/vectors/degree_certificate_mixed.json]; nothing about how they were found has to be trusted. *)

From Coq Require Import Reals ZArith List.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop.
From Synbal Require Import Defs Checker DegreeChecker any_degree CertifiedBalance CertifiedDegreesIntegers.
From Synbal.Statements Require Import certified_balance certified_degrees.
Import ListNotations.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope Z_scope.

Definition degree_example : degree_certificate := DegreeCertificate
  (Certificate 0x4000000000000000000000000000000000
  [ Neuron 0x1c81fa838bb9e7950100363447914ae52 0x64bb9ab76fb0f 1;
    Neuron 0x32f8c97bd6ef195b7161557e959bf97df 0xdd598504de4bf 1;
    Neuron 0x24872288a51c0ddfebcb4a3c2a9c72c0e 0x1059f376a74ac9 1;
    Neuron 0x1b4849242938dde7b08a2feb7773ac78c 0xdee7d01ac14ae 1 ]
  [ Edge 1 1 0x1000000000000000000000000000000000 0 0;
    Edge 1 2 0x10000000000000000000000000000000000 0 0;
    Edge 1 4 0x4000000000000000000000000000000000 0 0;
    Edge 2 1 0x4000000000000000000000000000000000 0 0;
    Edge 2 3 0x24000000000000000000000000000000000 0 0;
    Edge 3 2 0x400000000000000000000000000000000 0 0;
    Edge 3 4 0x40000000000000000000000000000000000 0 0;
    Edge 4 1 0x100000000000000000000000000000000 0 0;
    Edge 4 3 0x10000000000000000000000000000000000 0 0 ]
  0 0xfffffffffffebf17d4210189969e735220273b706a6a5e0 0x1059f376a74ac9 0x8c03ecd1d8e6cd59e6 0x1000000000000000000000000000000000000000000000000)
  4 [8; 2; 3; 4] 12 0x100000000000000000000000000000000.

Lemma degree_example_passes : check_degrees degree_example = true.
Proof. vm_cast_no_check (eq_refl true). Qed.

(** The costs as the certificate states them, exactly. *)
Definition degree_example_costs (i j : 'I_(size (neurons (base degree_example)))) : R :=
  (@listed (base degree_example) lo i j / IZR (cost_unit (base degree_example)))%R.

Lemma degree_example_fits : fits degree_example_costs.
Proof. by apply: exact_fits => //; vm_compute. Qed.

(** So this network has a balanced point. *)
Lemma degree_example_balanced : exists x,
  balanced_of_degrees (@moving degree_example) (@degree_of degree_example)
    (cost_of_degrees degree_example_costs 2 (@degree_of degree_example) x).
Proof.
have [x [[_ B] _]] := certified_balance_degrees_integers_proof Rlt_0_2 degree_example_fits degree_example_passes.
by exists x.
Qed.
