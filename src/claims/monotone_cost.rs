//! Claim `monotone_cost`.

use super::controls::{Control, Formula};
use super::subject::{tracked_cost, tracked_gradient, tracked_graph, tracked_step};
use super::{Claim, ClaimError, Evidence, OtherDegrees, Subject, WorstRatio};
use crate::balance::{Run, Status};
use crate::flow::norm_squared;
use crate::scalar::{Tracked, UNIT_ROUNDOFF, tracked};

pub const CLAIM: Claim = Claim {
    id: "monotone_cost",
    statement: "Along the flow dC/dt = -p |g|^2: the cost falls strictly unless the network is balanced.",
    source: "Stock et al. 2022, Methods (cost as Lyapunov function)",
    theorems: &[
        "monotone_cost",
        "monotone_cost_strict",
        "monotone_cost_rest",
        "monotone_cost_weights",
        "monotone_cost_weights_strict",
        "monotone_cost_weights_rest",
    ],
    check: |subject| measure(subject, Formula::Claimed),
    other_degrees: OtherDegrees::NotClaimed(
        "its figures are of differences of log-scales; any_degree measures what holds in its place",
    ),
    control: Control {
        broken: "the sign of the cost's derivative flipped: +p |g|^2 for -p |g|^2",
        check: |subject| measure(subject, Formula::Broken),
    },
};

/// Step of the difference quotient, in units of the inverse of the fastest rate.
const STEP: f64 = 1e-4;

fn measure(subject: &Subject, formula: Formula) -> Result<Evidence, ClaimError> {
    let mut evidence = Evidence::default();
    if subject.graph().pattern().is_empty() {
        evidence.note("no synapse can be balanced: the cost does not depend on the log-scales");
        return Ok(evidence);
    }
    for (purpose, label) in [(None, "at the start"), (Some(500), "at random log-scales")] {
        let h =
            purpose.map_or_else(|| vec![0.0; subject.graph().nodes()], |purpose| subject.random_scales(purpose, 0.5));
        derivative(&mut evidence, subject, &h, label, formula);
    }

    // Sums of E positive numbers, each itself within (p·spread + 8) roundings: costs closer than this are equal.
    let graph = subject.graph();
    let finite = |run: &&Run| !matches!(run.outcome.status, Status::NotFinite { .. });
    for run in subject.all_runs().filter(finite).filter(|run| run.outcome.trace.len() > 1) {
        let trace = &run.outcome.trace;
        let spread = run.outcome.h.iter().fold(0.0_f64, |spread, value| spread.max(value.abs()));
        let relative = UNIT_ROUNDOFF * (graph.pattern().len() as f64 + 4.0 * graph.p() * spread + 16.0);
        let mut worst = WorstRatio::default();
        for pair in trace.windows(2) {
            worst.add_violation(pair[1].cost - pair[0].cost, 2.0 * relative * pair[0].cost);
        }
        evidence.at_most(
            format!(
                "{}: largest rise of the cost between recorded points, in units of its rounding bound",
                run.outcome.method
            ),
            worst.worst(),
            1.0,
            "2u(E + 4p max|h| + 16) C: the sum of E costs, each within its exponentials' rounding",
        );
    }
    Ok(evidence)
}

/// `(C(h + εg) − C(h − εg))/2ε` against `−p‖g‖²`. The third derivative along `g` is at most `p³ Σ C_ij |g_j − g_i|³
/// e^{pε|g_j − g_i|}` on the segment.
fn derivative(evidence: &mut Evidence, subject: &Subject, h: &[f64], label: &str, formula: Formula) {
    let graph = tracked_graph(subject.graph());
    let p = graph.p();
    let costs = graph.costs_at(&tracked(h));
    let gradient = tracked_gradient(&graph, &tracked(h));
    let g: Vec<f64> = gradient.iter().map(|value| value.value).collect();
    let fastest = g.iter().fold(0.0_f64, |fastest, value| fastest.max(value.abs()));
    if fastest == 0.0 {
        evidence.note(format!("{label} the network is balanced: the cost does not move"));
        return;
    }
    let step = STEP / fastest;
    let difference =
        tracked_cost(&graph, &tracked_step(h, step, &g)) - &tracked_cost(&graph, &tracked_step(h, -step, &g));
    let quotient = difference / &Tracked::exact(2.0 * step);
    let predicted = norm_squared(&gradient) * &Tracked::exact(-p * formula.sign());
    let third: f64 = graph
        .pattern()
        .iter()
        .map(|(e, i, j)| {
            // In units of the step: cubes of costs of any size leave the range of f64.
            let a = p * (g[j] - g[i]).abs();
            costs[e].magnitude() * a * (a * step).powi(2) * (a * step).exp()
        })
        .sum();
    // The step is taken along the computed g, which differs from the exact one by its error.
    let direction: f64 = gradient.iter().map(|value| p * value.magnitude() * value.error).sum();
    let bound = quotient.error + predicted.error + third / 6.0 + direction;
    if predicted.value.abs() <= bound {
        evidence.note(format!("{label} the network is balanced to rounding: the cost does not move measurably"));
        return;
    }
    evidence.at_most(
        format!("dC/dt against -p|g|^2 {label}, relative difference"),
        (quotient.value - predicted.value).abs() / predicted.value.abs(),
        bound / predicted.value.abs(),
        "truncation p^3 sum C|g_j - g_i|^3 eps^2/6 of the central difference, plus running error analysis",
    );
    evidence.at_most(format!("dC/dt {label}"), quotient.value, 0.0, "strictly decreasing unless balanced");
}
