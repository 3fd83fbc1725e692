//! What must fall does fall, on healthy networks: every claim's formula broken, which the claim itself knows how to do, and results
//! tampered with after the solvers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use synbal::balance::Run;
use synbal::claims::{ClaimError, Evidence, REGISTRY, Subject, Verdict};

use crate::healthy::subject;

/// A sickness of the solvers' results: what it is, the claim that must fall, and how a subject gets it. The healthy run comes back;
/// none where there is nothing to tamper with.
pub struct Sickness {
    pub what: &'static str,
    pub claim: &'static str,
    infect: fn(&mut Subject) -> Option<Run>,
}

fn flip_a_sign(subject: &mut Subject) -> Option<Run> {
    let well = subject.reference.clone();
    let mut values = well.network.weights.values().to_vec();
    *values.first_mut()? *= -1.0;
    subject.reference.network.weights = well.network.weights.with_values(values);
    Some(well)
}

fn unbalance(subject: &mut Subject) -> Option<Run> {
    let well = subject.reference.clone();
    subject.reference.imbalance_final = 1e-3;
    well.outcome.status.is_balanced().then_some(well)
}

fn lower_the_cost(subject: &mut Subject) -> Option<Run> {
    let well = subject.reference.clone();
    subject.reference.outcome.cost *= 0.999;
    Some(well)
}

pub const SICKNESSES: [Sickness; 4] = [
    Sickness {
        what: "a synapse of the balanced network has the other sign",
        claim: "conserved_quantities",
        infect: flip_a_sign,
    },
    Sickness { what: "the balanced network is not balanced to the tolerance", claim: "balanceable", infect: unbalance },
    Sickness {
        what: "the balanced network is not balanced to the tolerance",
        claim: "global_convergence",
        infect: unbalance,
    },
    Sickness {
        what: "the cost of the balanced network is given too low",
        claim: "certified_balance",
        infect: lower_the_cost,
    },
];

/// The number of sicknesses: every claim's formula broken, and results tampered with.
pub fn sicknesses() -> usize {
    REGISTRY.len() + SICKNESSES.len()
}

/// What came of giving one network every sickness.
#[derive(Default, Serialize, Deserialize)]
pub struct Sick {
    /// Networks made sick: those that have something to balance.
    pub networks: usize,
    /// Seconds of one core.
    pub seconds: f64,
    /// For each claim and what was broken: fell, and did not fall, of those where the claim held before.
    pub fallen: BTreeMap<String, [usize; 2]>,
    /// What must not be, each with its seed.
    pub faults: Vec<String>,
}

impl Sick {
    /// Adds what came of others.
    pub fn add(&mut self, other: Sick) {
        self.networks += other.networks;
        self.seconds += other.seconds;
        for (sickness, counts) in other.fallen {
            let known = self.fallen.entry(sickness).or_default();
            known.iter_mut().zip(counts).for_each(|(known, count)| *known += count);
        }
        self.faults.extend(other.faults);
    }

    /// Gives the network of a seed every sickness in turn, if it has something to balance.
    pub fn infect(&mut self, seed: u64) {
        let Some(mut subject) = subject(seed).filter(|subject| !subject.graph().pattern().is_empty()) else { return };
        self.networks += 1;
        for claim in REGISTRY {
            if verdict(&(claim.check)(&subject)) != Some(Verdict::Held) {
                continue;
            }
            let broken = (claim.control.check)(&subject);
            let key = format!("{} | {}", claim.id, claim.control.broken);
            self.count(key, verdict(&broken), seed);
        }
        for sickness in &SICKNESSES {
            let claim = REGISTRY.iter().find(|claim| claim.id == sickness.claim).expect("a sickness of a claim");
            if verdict(&(claim.check)(&subject)) != Some(Verdict::Held) {
                continue;
            }
            let Some(well) = (sickness.infect)(&mut subject) else { continue };
            let key = format!("{} | {}", claim.id, sickness.what);
            self.count(key, verdict(&(claim.check)(&subject)), seed);
            subject.reference = well;
        }
    }

    fn count(&mut self, key: String, verdict: Option<Verdict>, seed: u64) {
        if verdict.is_none() {
            self.faults.push(format!("seed {seed}: {key}: could not be checked"));
        }
        let fell = verdict == Some(Verdict::Fell);
        self.fallen.entry(key).or_default()[usize::from(!fell)] += 1;
    }
}

fn verdict(evidence: &Result<Evidence, ClaimError>) -> Option<Verdict> {
    evidence.as_ref().ok().map(Evidence::verdict)
}
