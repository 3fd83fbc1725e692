//! A certificate as a Coq file about the weights themselves, which the theorems of `proofs/` turn into a theorem about them.

use num_bigint::BigUint;

use super::integers::{Bundle, Given, bundles};
use super::{Certificate, CertifyError, Power};
use crate::balance::Scope;
use crate::network::Network;
use crate::scalar::odd_dyadic;

impl Certificate {
    /// The text of a Coq file that proves what the certificate claims of the network that it was made for: compile it with
    /// `coqc -Q target/proofs Synbal FILE.v` after `proofs/check` has built the proofs there.
    ///
    /// The weights are in it as mantissa and exponent of each `f64`; Coq computes the costs from them, and the file ends in
    /// a theorem about the matrix of these weights (with a world node, about the costs of all weights).
    ///
    /// # Errors
    /// A certificate of accumulated noise.
    pub fn to_coq(&self, title: &str, network: &Network) -> Result<String, CertifyError> {
        if self.accumulated.is_some() {
            return Err(CertifyError::CoqOfNoise);
        }
        let world = self.world();
        let bundles = bundles(network, self.alpha().as_deref(), world);
        let neurons = self.scale.iter().zip(&self.ground).zip(&self.component);
        let neurons: Vec<String> =
            neurons.map(|((scale, ground), root)| format!("Neuron {scale:#x} {ground:#x} {}", root + 1)).collect();
        let ranks: Vec<String> = ranks(&self.component, &bundles).iter().map(usize::to_string).collect();
        let unit = BigUint::from(1_u32) << self.radius_unit_bits;
        let Power { a, b } = self.power;
        // A comment cannot be left by what a file is called.
        let title: String =
            title.chars().map(|c| if c.is_alphanumeric() || " .-_".contains(c) { c } else { '_' }).collect();
        let theorems = if world.is_some() { WITH_WORLD } else { MATRIX };
        let theorems = theorems
            .replace("POWER", &format!("{a} / {b}"))
            .replace("GAP", &format!("{:#x} / IZR (2 ^ {})", self.gap, self.cost_unit_bits))
            .replace("RADIUS", &format!("{:#x} / {unit:#x}", self.radius));
        Ok(format!(
            "(** * A certificate of balance: {title} *)\n\n{HEAD}\n\
             Definition network : file := File {} {a} {} {} {}\n  [ {} ]\n  [ {} ]%positive\n  [ {} ]\n  \
             {:#x} {:#x} {:#x} {:#x} {unit:#x}.\n{theorems}",
            self.cost_unit_bits,
            b.trailing_zeros(),
            self.scope == Scope::WithinComponents,
            world.is_some(),
            neurons.join(";\n    "),
            ranks.join("; "),
            self.weights(&bundles).join(";\n    "),
            self.gap,
            self.lam,
            self.vmax,
            self.radius,
        ))
    }

    /// Each weight, with the deficit of its pair of nodes at the first of them.
    fn weights(&self, bundles: &[Bundle]) -> Vec<String> {
        let mut synapses = self.synapses.iter().peekable();
        let mut found = Vec::new();
        for Bundle { target, source, given } in bundles {
            let Given::Weights { weights, factor } = given else { continue };
            let own = synapses.next_if(|synapse| (synapse.target, synapse.source) == (*target, *source));
            let mut lowered = own.map_or(BigUint::ZERO, |synapse| synapse.deficit.clone());
            let (factor, of_factor) = if *factor == 0.0 { (0, 0) } else { odd_dyadic(*factor) };
            for &weight in weights {
                let (mantissa, exponent) = whole_dyadic(weight);
                let sign = if weight < 0.0 { "-" } else { "" };
                found.push(format!(
                    "Weight {} {} ({sign}{mantissa}) ({exponent}) {factor:#x} ({of_factor}) {:#x}",
                    target + 1,
                    source + 1,
                    std::mem::take(&mut lowered),
                ));
            }
        }
        found
    }
}

/// `|x| = m·2^e` as the bits of a finite `f64` have it.
fn whole_dyadic(x: f64) -> (u64, i64) {
    let bits = x.to_bits();
    let (fraction, biased) = (bits & ((1 << 52) - 1), (bits >> 52) as i64 & 0x7ff);
    if biased == 0 { (fraction, -1074) } else { (fraction | 1 << 52, biased - 1075) }
}

/// The place of each node's component, from 1 on, in an order that all synapses between components follow, if they follow one.
fn ranks(component: &[usize], bundles: &[Bundle]) -> Vec<usize> {
    let between = bundles.iter().filter(|bundle| bundle.counts());
    let between: Vec<(usize, usize)> = between
        .map(|bundle| (component[bundle.target], component[bundle.source]))
        .filter(|(target, source)| target != source)
        .collect();
    let (mut leading_in, mut leads_to) = (vec![0_usize; component.len()], vec![Vec::new(); component.len()]);
    for &(target, source) in &between {
        leading_in[target] += 1;
        leads_to[source].push(target);
    }
    let mut rank = vec![1; component.len()];
    let mut free: Vec<usize> = (0..component.len()).filter(|&root| leading_in[root] == 0).collect();
    let mut taken = 0;
    while let Some(root) = free.pop() {
        taken += 1;
        rank[root] = taken;
        for &target in &leads_to[root] {
            leading_in[target] -= 1;
            if leading_in[target] == 0 {
                free.push(target);
            }
        }
    }
    component.iter().map(|&root| rank[root]).collect()
}

const HEAD: &str = "\
From Coq Require Import Reals ZArith List.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop.
From Synbal Require Import Defs Checker Weights.
From Synbal.Statements Require Import certified_balance certified_file.
Require Synbal.Theorems.
Import ListNotations.

Local Open Scope Z_scope.

(** The weights, mantissa 2^exponent each with the factor of its cost, and the numbers of the certificate: see [Weights.v]. *)";

const MATRIX: &str = "
Lemma accepted : accepts network = true.
Proof. vm_cast_no_check (erefl true). Qed.

Local Open Scope R_scope.

(** The integers that Coq computes from the weights enclose the costs alpha_ij |J_ij|^p. *)
Theorem costs_fit :
  forall es, file_edges network = Some es ->
  fits (c := certificate_with network es) (cost (@alpha network) (POWER) (@matrix network)).
Proof.
move=> es found i j; have <- := @Synbal.Theorems.certified_balance_matrix network accepted erefl i j.
exact: (@Synbal.Theorems.certified_balance_fits network es found i j).
Qed.

(** No rescaling of J costs less than that by the log-scales h, but for the gap; there is a balanced one, all balanced ones have its
    costs, and each of its weights is within a factor near one of the weight that h gives. *)
Theorem certified :
  let J := @matrix network in
  let p := POWER in
  let C := fun h => cost (@alpha network) p (rescale h J) in
  let h := @log_scales network in
  (forall k, total (C h) - total (C k) <= GAP) /\\
  exists k,
    balanced (C k) /\\
    (forall l, balanced (C l) -> forall i j, C l i j = C k i j) /\\
    (forall i j, J i j <> 0 ->
       exp (- (2 * (RADIUS) / p)) <= rescale k J i j / rescale h J i j
                                  <= exp (2 * (RADIUS) / p)).
Proof. exact (@Synbal.Theorems.certified_balance_file network accepted erefl). Qed.
";

const WITH_WORLD: &str = "
Lemma accepted : accepts network = true.
Proof. vm_cast_no_check (erefl true). Qed.

Local Open Scope R_scope.

(** The integers that Coq computes from the weights enclose their costs, those of the world's weights added up. *)
Theorem costs_fit :
  forall es, file_edges network = Some es -> fits (c := certificate_with network es) (@file_costs network).
Proof. exact: (@Synbal.Theorems.certified_balance_fits network). Qed.

(** No rescaling of the network, its input weights, biases and read-out weights included, costs less than that by the log-scales h, but
    for the gap; there is a balanced one, all balanced ones have its costs, and each of its weights J_ij is within a factor near one
    of the weight that h gives. *)
Theorem certified :
  let p := POWER in
  let C := fun h => cost_at (@file_costs network) p h in
  let h := @log_scales network in
  (forall k, total (C h) - total (C k) <= GAP) /\\
  exists k,
    balanced (C k) /\\
    (forall l, balanced (C l) -> forall i j, C l i j = C k i j) /\\
    (forall J i j, J i j <> 0 ->
       exp (- (2 * (RADIUS) / p)) <= rescale k J i j / rescale h J i j
                                  <= exp (2 * (RADIUS) / p)).
Proof. exact (@Synbal.Theorems.certified_balance_costs network accepted). Qed.
";
