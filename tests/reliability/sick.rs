//! What must fall does fall: results tampered with after the solvers, on healthy networks.

use synbal::claims::{Evidence, REGISTRY, Subject, Verdict};

/// A sickness: what it is, the claim that must fall, and how a subject gets it (false where it cannot).
pub struct Sickness {
    pub what: &'static str,
    pub claim: &'static str,
    pub infect: fn(&mut Subject) -> bool,
}

fn with_changed_weight(subject: &mut Subject, factor: f64) -> bool {
    let weights = &subject.reference.network.weights;
    let mut values = weights.values().to_vec();
    let Some(first) = values.first_mut() else { return false };
    *first *= factor;
    subject.reference.network.weights = weights.with_values(values);
    true
}

pub const SICKNESSES: [Sickness; 4] = [
    Sickness {
        what: "a synapse of the balanced network has the other sign",
        claim: "conserved_quantities",
        infect: |subject| with_changed_weight(subject, -1.0),
    },
    Sickness {
        what: "the balanced network is not balanced to the tolerance",
        claim: "balanceable",
        infect: |subject| {
            subject.reference.imbalance_final = 1e-3;
            subject.reference.outcome.status.is_balanced()
        },
    },
    Sickness {
        what: "the balanced network is not balanced to the tolerance",
        claim: "global_convergence",
        infect: |subject| {
            subject.reference.imbalance_final = 1e-3;
            subject.reference.outcome.status.is_balanced()
        },
    },
    Sickness {
        what: "the cost of the balanced network is given too low",
        claim: "certified_balance",
        infect: |subject| {
            subject.reference.outcome.cost *= 0.999;
            !subject.graph().pattern().is_empty()
        },
    },
];

/// The evidence of a claim.
pub fn evidence(claim: &str, subject: &Subject) -> Option<Evidence> {
    let claim = REGISTRY.iter().find(|known| known.id == claim)?;
    (claim.check)(subject).ok()
}

/// True if the claim held before and fell after; `None` where the sickness does not apply.
pub fn falls(sickness: &Sickness, mut subject: Subject) -> Option<bool> {
    let held = evidence(sickness.claim, &subject)?.verdict() == Verdict::Held;
    if !held || !(sickness.infect)(&mut subject) {
        return None;
    }
    Some(evidence(sickness.claim, &subject)?.verdict() == Verdict::Fell)
}
