//! Claim `certified_balance`.

use super::{Claim, ClaimError, Evidence, Subject, WorstRatio};
use crate::balance::Grounded;
use crate::rigor::{GroundState, ground_state};

pub const CLAIM: Claim = Claim {
    id: "certified_balance",
    statement: "From the costs at computed log-scales alone: the balanced point is within a radius rho of them, every balanced weight within the factor e^{±2 rho}, and the cost within a gap of the minimum.",
    source: "design, section 2 (no published source)",
    theorems: &[
        "certified_balance_gap",
        "certified_balance_radius",
        "certified_balance_weights",
        "certified_balance_ground_state",
        "certified_balance_circulation",
    ],
    check,
};

fn check(subject: &Subject) -> Result<Evidence, ClaimError> {
    let mut evidence = Evidence::default();
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
    let ground = Grounded::of(graph);
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
