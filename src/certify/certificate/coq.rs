//! A certificate as a Coq file, which the theorems of `proofs/` turn into a statement about the network.

use num_bigint::BigUint;

use super::{Certificate, Power};

impl Certificate {
    /// The text of a Coq file that proves what the certificate claims: compile it with
    /// `coqc -Q target/proofs Synbal FILE.v` after `proofs/check` has built the proofs there.
    ///
    /// Where all costs are exact, the theorems are about these costs; else about all costs between the integers.
    pub fn to_coq(&self, title: &str) -> String {
        let exact = self.synapses.iter().all(|synapse| synapse.width == 0);
        let unit = BigUint::from(1_u32) << self.cost_unit_bits;
        let neurons = self.scale.iter().zip(&self.ground).zip(&self.component);
        let neurons: Vec<String> =
            neurons.map(|((scale, ground), root)| format!("Neuron {scale:#x} {ground:#x} {}", root + 1)).collect();
        let synapse = |s: &super::CertifiedSynapse| {
            format!("Edge {} {} {:#x} {} {:#x}", s.target + 1, s.source + 1, s.lo, s.width, s.deficit)
        };
        let synapses: Vec<String> = self.synapses.iter().map(synapse).collect();
        let radius_unit = BigUint::from(1_u32) << self.radius_unit_bits;
        let Power { a, b } = self.power;
        let p = if b == 1 { a.to_string() } else { format!("({a} / {b})") };
        // A comment cannot be left by what a file is called.
        let title: String =
            title.chars().map(|c| if c.is_alphanumeric() || " .-_".contains(c) { c } else { '_' }).collect();
        let costs = if exact { EXACT } else { BOUNDED };
        format!(
            "(** * A certificate of balance: {title} *)\n\n{HEAD}\n\
             Definition certified : certificate := Certificate\n  {unit:#x}\n  [ {} ]\n  [ {} ]\n  \
             {:#x} {:#x} {:#x} {:#x} {radius_unit:#x}.\n{CHECKS}\nLemma p_positive : 0 < {p}.\nProof. lra. Qed.\n{}",
            neurons.join(";\n    "),
            synapses.join(";\n    "),
            self.gap,
            self.lam,
            self.vmax,
            self.radius,
            costs.replace("POWER", &p),
        )
    }
}

const HEAD: &str = "\
From Coq Require Import Reals ZArith List Lra.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop.
From Synbal Require Import Defs Checker CertifiedBalance Theorems.
From Synbal.Statements Require Import certified_balance.
Import ListNotations.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope Z_scope.
";

const CHECKS: &str = "
Lemma gap_checked : check_gap certified = true.
Proof. vm_cast_no_check (erefl true). Qed.

Lemma radius_checked : check_radius certified = true.
Proof. vm_cast_no_check (erefl true). Qed.

Local Open Scope R_scope.
";

const EXACT: &str = "
(** The costs, exactly: the integers divided by S. *)
Definition costs (i j : 'I_(size (neurons certified))) : R := listed lo i j / IZR (cost_unit certified).

Lemma costs_fit : fits costs.
Proof. by apply: exact_fits; [| vm_cast_no_check (erefl true)]. Qed.

Definition certified_gap := @certified_balance_gap certified costs POWER p_positive costs_fit gap_checked.
Definition certified_radius := @certified_balance_radius certified costs POWER p_positive costs_fit radius_checked.
";

const BOUNDED: &str = "
(** For all costs between the integers: those of the network are, being rounded down by at most the width. *)
Definition certified_gap costs (fit : fits costs) :=
  @certified_balance_gap certified costs POWER p_positive fit gap_checked.
Definition certified_radius costs (fit : fits costs) :=
  @certified_balance_radius certified costs POWER p_positive fit radius_checked.
";
