(** * An example of a certificate, checked by computation

    A random network of six neurons with all 36 synapses; the weights are thousandths, the cost is |J|^2 (p = 2), and S is
    10^6 2^64. The numbers were computed in floating point and rounded as [Checker.v] says; nothing about that
    computation has to be trusted. *)

From Coq Require Import Reals ZArith List.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop.
From Synbal Require Import Defs Checker CertifiedBalance CertifiedRadius.
From Synbal.Statements Require Import certified_balance.
Import ListNotations.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope Z_scope.

Definition example : certificate := Certificate
  0xf42400000000000000000
  [ Neuron 0x10000000000000000 0 1;
    Neuron 0x220d265473d7f6000 0x106bfe0f0d200f001 1;
    Neuron 0x3a28bc057d1162000 0x10adce5a858282001 1;
    Neuron 0x12877b94beffcc000 0x10f6a2d83da038001 1;
    Neuron 0x1bfb4be83c035e000 0xfd2a352abee26001 1;
    Neuron 0x123ac5bddab001000 0x12614fd90b948b001 1 ]
  [ Edge 1 1 0x100000000000000000000 0 0;
    Edge 1 2 0x3fc010000000000000000 0 0;
    Edge 1 3 0xc7840000000000000000 0 0x261337122;
    Edge 1 4 0x183990000000000000000 0 0x20ee7f157;
    Edge 1 5 0xd32840000000000000000 0 0;
    Edge 1 6 0xb1390000000000000000 0 0xef5f3db9;
    Edge 2 1 0x12de400000000000000000 0 0x16fb55179;
    Edge 2 2 0x2be400000000000000000 0 0;
    Edge 2 3 0x1068a90000000000000000 0 0;
    Edge 2 4 0xf2310000000000000000 0 0;
    Edge 2 5 0x261790000000000000000 0 0;
    Edge 2 6 0x85b10000000000000000 0 0;
    Edge 3 1 0x2a5a040000000000000000 0 0;
    Edge 3 2 0xb27910000000000000000 0 0;
    Edge 3 3 0x3e8240000000000000000 0 0;
    Edge 3 4 0x3cca90000000000000000 0 0;
    Edge 3 5 0x2ba1d90000000000000000 0 0;
    Edge 3 6 0x2e69000000000000000000 0 0;
    Edge 4 1 0xc16240000000000000000 0 0;
    Edge 4 2 0x357900000000000000000 0 0;
    Edge 4 3 0x16b610000000000000000 0 0;
    Edge 4 4 0x8440000000000000000 0 0;
    Edge 4 5 0x424510000000000000000 0 0;
    Edge 4 6 0x64a040000000000000000 0 0;
    Edge 5 1 0x174f90000000000000000 0 0x27dda04cd;
    Edge 5 2 0x25e640000000000000000 0 0;
    Edge 5 3 0x6aab90000000000000000 0 0;
    Edge 5 4 0x2d09640000000000000000 0 0;
    Edge 5 5 0x4bbe90000000000000000 0 0;
    Edge 5 6 0x15dce90000000000000000 0 0;
    Edge 6 1 0x5dd900000000000000000 0 0;
    Edge 6 2 0x85b100000000000000000 0 0;
    Edge 6 3 0x1ce400000000000000000 0 0;
    Edge 6 4 0x2be40000000000000000 0 0;
    Edge 6 5 0x618400000000000000000 0 0;
    Edge 6 6 0xf0400000000000000000 0 0 ]
  0x94d09f691 0xf423ffffffffd3c32323370e56cfbf362c886 0x12614fd90b948b001 0xb1327b72a9a6d 0x10000000000000000000000000.

Lemma example_gap : check_gap example = true.
Proof. vm_cast_no_check (erefl true). Qed.

Lemma example_radius : check_radius example = true.
Proof. vm_cast_no_check (erefl true). Qed.

(** The claims of the example are the sharpest that the checker grants: one unit less and it refuses. *)
Definition claims (c : certificate) (g r : Z) : certificate :=
  Certificate (cost_unit c) (neurons c) (edges c) g (lam c) (vmax c) r (radius_unit c).

Lemma example_gap_refused : check_gap (claims example (gap example - 1) (radius example)) = false.
Proof. vm_cast_no_check (erefl false). Qed.

Lemma example_radius_refused : check_radius (claims example (gap example) (radius example - 1)) = false.
Proof. vm_cast_no_check (erefl false). Qed.

Local Open Scope R_scope.

(** The costs of the example, exactly: the integers divided by S. *)
Definition example_w (i j : 'I_(size (neurons example))) : R := listed lo i j / IZR (cost_unit example).

Lemma example_fits : fits example_w.
Proof. by apply: exact_fits; [| vm_cast_no_check (erefl true)]. Qed.

(** So its least total cost is known up to gap / S, and its balanced point up to radius / (2 radius_unit). *)
Definition example_certified :=
  (@certified_balance_gap_proof example example_w 2 Rlt_0_2 example_fits example_gap,
   @certified_balance_radius_proof example example_w 2 Rlt_0_2 example_fits example_radius).
