//! Claim `certified_balance`.

use super::controls::{Control, Formula};
use super::{Claim, ClaimError, Evidence, OtherDegrees, Subject, WorstRatio};
#[cfg(feature = "precise")]
use crate::certify::NotCertified;
use crate::certify::{GroundState, ground_state};
use crate::laplacian::GroundedLaplacian;

pub const CLAIM: Claim = Claim {
    id: "certified_balance",
    statement: "From the costs at computed log-scales alone: the balanced point is within a radius rho of them, every balanced weight within the factor e^{±2 rho}, and the cost within a gap of the minimum.",
    source: "design, section 2 (no published source)",
    theorems: &[
        "certified_balance_gap",
        "certified_balance_radius",
        "certified_balance_weights",
        "certified_balance_fits",
        "certified_balance_matrix",
        "certified_balance_costs",
        "certified_balance_file",
        "certified_balance_left_out",
        "certified_balance_pair_weights",
        "certified_balance_pair",
        "certified_balance_as_written",
        "certified_balance_as_written_costs",
        "certified_balance_accumulated_costs",
        "certified_balance_accumulated",
        "certified_balance_ground_state",
        "certified_balance_circulation",
        "certified_balance_degrees",
        "certified_balance_degrees_integers",
    ],
    check: |subject| measure(subject, Formula::Claimed),
    other_degrees: OtherDegrees::Checked(super::degree_certificates::measure),
    control: Control {
        broken: "log-scales a thousandth away from those that were certified",
        check: |subject| measure(subject, Formula::Broken),
    },
};

fn measure(subject: &Subject, formula: Formula) -> Result<Evidence, ClaimError> {
    let mut evidence = Evidence::default();
    let away = if subject.graph().pattern().is_empty() { 0.0 } else { formula.choose(0.0, AWAY) };
    integers(&mut evidence, subject, away);
    let graph = subject.graph();
    let reference = match ground_state(graph, &subject.reference.outcome.h) {
        Ok(certificate) => certificate,
        Err(reason) => {
            evidence.note(format!("{}: no certificate: {reason}", subject.reference.outcome.method));
            return Ok(evidence);
        }
    };
    evidence.note(format!(
        "{}: radius {:.1e}, curvature {:.1e}, cost gap {:.1e}",
        subject.reference.outcome.method, reference.radius, reference.curvature, reference.cost_gap
    ));
    let ground = GroundedLaplacian::of(graph);
    let at_reference = ground.grounded(&subject.reference.outcome.h);
    let mut overlap = WorstRatio::default();
    for run in &subject.runs {
        // Both balls hold the one balanced point, so they meet; and neither cost is below the other's lower bound.
        let Ok(other) = ground_state(graph, &run.outcome.h) else { continue };
        let at_other = ground.grounded(&run.outcome.h);
        for (a, b) in at_reference.iter().zip(&at_other) {
            overlap.add(a - b, reference.radius + other.radius + 4.0 * f64::EPSILON * (a.abs() + b.abs()));
        }
        costs(&mut evidence, subject, &reference, (run.outcome.method, run.outcome.cost, &other));
    }
    if overlap.seen() > 0 {
        evidence.at_most(
            "distance of two certified solvers' log-scales, in units of the sum of their radii, worst node",
            overlap.worst(),
            1.0,
            "both balls hold the one balanced point",
        );
    }
    // At a point that is not balanced the certificate must be refused or own up to the distance.
    let start = vec![0.0; graph.nodes()];
    let distance = ground.grounded(&subject.reference.outcome.h).iter().fold(0.0_f64, |far, x| far.max(x.abs()));
    let claimed = ground_state(graph, &start).map_or(f64::INFINITY, |certificate| certificate.radius);
    evidence.at_least(
        "radius certified for the unbalanced start (infinite: refused), against its true distance",
        claimed,
        distance - reference.radius,
        "the distance to the reference, less its radius",
    );
    Ok(evidence)
}

/// How far the control's log-scales are from those that were certified.
const AWAY: f64 = 1e-3;

/// Certificates in integers, for every solver's log-scales as they are, against a solution of 40 digits.
#[cfg(feature = "precise")]
fn integers(evidence: &mut Evidence, subject: &Subject, away: f64) {
    if let Err(reason) = subject.precise() {
        evidence.note(format!("no solution to measure certificates against: {reason}"));
        return;
    }
    let (mut distance, mut excess) = (WorstRatio::default(), WorstRatio::default());
    for (run, certified) in subject.all_runs().zip(subject.certified()) {
        match certified {
            Ok(certified) => {
                distance.add(certified.distance + away, certified.radius);
                // To the nearest f64, twice.
                if certified.relative_gap.is_finite() {
                    excess.add(certified.relative_excess, certified.relative_gap * (1.0 + 4.0 * f64::EPSILON));
                } else {
                    evidence.note(format!(
                        "{}: the certified gap is no part of the certified least cost, which is 0",
                        run.outcome.method
                    ));
                }
                evidence.note(format!(
                    "{}: certified in integers, radius {:.1e} (true distance {:.1e}), relative cost gap {:.1e} (true excess {:.1e})",
                    run.outcome.method,
                    certified.radius,
                    certified.distance,
                    certified.relative_gap,
                    certified.relative_excess
                ));
            }
            Err(NotCertified::Refused(reason)) => {
                evidence.undecided(format!("{}: the checker refused the certificate: {reason}", run.outcome.method));
            }
            Err(reason) => evidence.note(format!("{}: no certificate in integers: {reason}", run.outcome.method)),
        }
    }
    if distance.seen() > 0 {
        evidence.at_most(
            "true distance of the log-scales from balanced, in units of the certified radius, worst solver",
            distance.worst(),
            1.0,
            "the certificate, accepted by the checker in integers; the distance to a solution of 40 digits",
        );
    }
    if excess.seen() > 0 {
        evidence.at_most(
            "true excess of the cost over the least, in units of the certified gap, worst solver",
            excess.worst(),
            1.0,
            "likewise; both relative to the least cost",
        );
    }
}

#[cfg(not(feature = "precise"))]
fn integers(evidence: &mut Evidence, _: &Subject, _: f64) {
    evidence
        .note("built without the feature `precise`: certificates were not measured against a solution of many digits");
}

fn costs(evidence: &mut Evidence, subject: &Subject, reference: &GroundState, other: (&str, f64, &GroundState)) {
    let (method, cost, certificate) = other;
    let terms = subject.graph().pattern().len() as f64;
    evidence.at_most(
        format!("{method}: difference of its cost from the reference's"),
        (cost - subject.reference.outcome.cost).abs(),
        reference.cost_gap.max(certificate.cost_gap) + 2.0 * f64::EPSILON * (terms + 16.0) * cost,
        "the larger of the two certified gaps, and the rounding of both sums",
    );
}
