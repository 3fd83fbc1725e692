//! No claim falls on a healthy network, and none is left open without a reason.

use std::collections::BTreeMap;
use std::time::Instant;

use serde::{Deserialize, Serialize};
use synbal::balance::{Criteria, Method};
use synbal::claims::{REGISTRY, Subject, Verdict};

use crate::networks::{Healthy, healthy};

/// What came of verifying many networks.
#[derive(Default, Serialize, Deserialize)]
pub struct Tally {
    /// Networks tried.
    pub networks: usize,
    /// Seconds of one core.
    pub seconds: f64,
    /// Seconds in each claim.
    pub spent: BTreeMap<String, f64>,
    /// Networks on which every claim was checked.
    pub verified: usize,
    /// Networks that were refused, by the kind of refusal.
    pub refused: BTreeMap<String, usize>,
    /// For each claim: held, fell, open, not applicable.
    pub verdicts: BTreeMap<String, [usize; 4]>,
    /// Reasons why a claim was left open, numbers left out.
    pub reasons: BTreeMap<String, usize>,
    /// What must not be, each with its seed.
    pub faults: Vec<String>,
}

/// The settings of `synbal verify` as it is called without options.
const STOP: Criteria = Criteria::new(1e-10, 100_000);
const METHODS: [Method; 2] = [Method::Osborne, Method::Dopri5];

/// The network of a seed with the runs of all solvers, if it is not refused.
pub fn subject(seed: u64) -> Option<Subject> {
    let Healthy { network, spec, scope, .. } = healthy(seed);
    Subject::new(network, spec, scope, &METHODS, STOP, seed, &|_| ()).ok()
}

impl Tally {
    /// Verifies the network of one seed.
    pub fn verify(&mut self, seed: u64) {
        self.networks += 1;
        let Healthy { kind, network, spec, scope } = healthy(seed);
        let subject = match Subject::new(network, spec, scope, &METHODS, STOP, seed, &|_| ()) {
            Ok(subject) => subject,
            Err(refusal) => {
                *self.refused.entry(without_numbers(&refusal.to_string())).or_default() += 1;
                return;
            }
        };
        self.verified += 1;
        for claim in REGISTRY {
            let started = Instant::now();
            let checked = (claim.check)(&subject);
            *self.spent.entry(claim.id.to_owned()).or_default() += started.elapsed().as_secs_f64();
            let evidence = match checked {
                Ok(evidence) => evidence,
                Err(error) => {
                    self.faults.push(format!("seed {seed} ({kind}): {} could not be checked: {error}", claim.id));
                    continue;
                }
            };
            let verdict = evidence.verdict();
            self.verdicts.entry(claim.id.to_owned()).or_default()[verdict as usize] += 1;
            match verdict {
                Verdict::Fell => {
                    for figure in evidence.measurements.iter().filter(|figure| !figure.holds()) {
                        self.faults.push(format!(
                            "seed {seed} ({kind}): {} FELL: {}: {:e}, bound {:e}",
                            claim.id, figure.what, figure.value, figure.bound
                        ));
                    }
                }
                Verdict::Open if evidence.notes.is_empty() => {
                    self.faults.push(format!("seed {seed} ({kind}): {} is open without a reason", claim.id));
                }
                Verdict::Open => {
                    for note in &evidence.open {
                        *self.reasons.entry(format!("{}: {}", claim.id, without_numbers(note))).or_default() += 1;
                    }
                }
                Verdict::NotApplicable if evidence.notes.is_empty() => {
                    self.faults.push(format!("seed {seed} ({kind}): {} does not apply, without a reason", claim.id));
                }
                Verdict::Held | Verdict::NotApplicable => {}
            }
        }
    }
}

impl Tally {
    /// Adds what came of others.
    pub fn add(&mut self, other: Tally) {
        self.networks += other.networks;
        self.seconds += other.seconds;
        self.verified += other.verified;
        other.spent.into_iter().for_each(|(claim, seconds)| *self.spent.entry(claim).or_default() += seconds);
        other.refused.into_iter().for_each(|(kind, count)| *self.refused.entry(kind).or_default() += count);
        other.reasons.into_iter().for_each(|(kind, count)| *self.reasons.entry(kind).or_default() += count);
        for (claim, counts) in other.verdicts {
            let known = self.verdicts.entry(claim).or_default();
            known.iter_mut().zip(counts).for_each(|(known, count)| *known += count);
        }
        self.faults.extend(other.faults);
    }
}

/// A message with every number replaced by `#`, so that messages of one kind are one.
fn without_numbers(message: &str) -> String {
    let mut text = String::new();
    for word in message.split(' ') {
        let numeric = word.chars().any(|letter| letter.is_ascii_digit());
        let word = if numeric { "#" } else { word };
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(word);
    }
    text
}
