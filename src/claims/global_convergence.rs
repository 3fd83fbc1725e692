//! Claim `global_convergence`.

use super::controls::{Control, Formula};
use super::distance::compare;
use super::{Claim, ClaimError, Evidence, OtherDegrees, Subject, WorstRatio};
use crate::balance::Run;

pub const CLAIM: Claim = Claim {
    id: "global_convergence",
    statement: "The flow exists for all time, is unique, and converges to a balanced matrix from every balanceable start, exponentially; where every synapse costs something that is the one balanced matrix, and solvers that arrive agree on it.",
    source: "Stock et al. 2022, Methods (convergence of synaptic balancing)",
    theorems: &[
        "global_convergence_exists",
        "global_convergence_unique",
        "global_convergence_weights_exists",
        "global_convergence_weights_unique",
        "global_convergence",
        "global_convergence_rate",
        "global_convergence_asymptotic",
        "global_convergence_asymptotic_lower",
        "global_convergence_attained",
        "global_convergence_lambda",
        "global_convergence_weights",
        "global_convergence_cost_bound",
        "global_convergence_infimum",
        "global_convergence_off_cycle",
        "global_convergence_drift",
        "global_convergence_weights_infimum",
        "global_convergence_cyclic",
        "global_convergence_weights_cyclic",
    ],
    check: |subject| measure(subject, Formula::Claimed),
    other_degrees: OtherDegrees::NotClaimed(
        "its rates are those of degree one (that the flow converges for others: any_degree_flow_converges); any_degree measures that every solver gets to the same point",
    ),
    control: Control {
        broken: "a flow that stands still: the network as given taken for its limit",
        check: |subject| measure(subject, Formula::Broken),
    },
};

fn measure(subject: &Subject, formula: Formula) -> Result<Evidence, ClaimError> {
    let mut evidence = Evidence::default();
    let reference = &subject.reference;
    let graph = subject.graph();
    evidence.balanced(
        format!("imbalance reached by {}", reference.outcome.method),
        formula.choose(subject.imbalance_left(reference), reference.imbalance_initial),
        subject.stop.tol,
        &reference.outcome.status,
    );
    if graph.pattern().is_empty() {
        evidence.note("no synapse can be balanced: every solver is done at once");
        return Ok(evidence);
    }
    let loose = subject.stop_of_limits().tol < subject.stop.tol;
    if loose {
        evidence.note(format!(
            "the tolerance asked for, {:e}, is looser than limits can be compared at: methods ran again to {:e} for the comparison",
            subject.stop.tol,
            subject.stop_of_limits().tol
        ));
    }
    let nearer = subject.to_limit(reference)?;
    let reference = nearer.as_ref().unwrap_or(reference);
    for run in &subject.runs {
        let nearer = subject.to_limit(run)?;
        let run = nearer.as_ref().unwrap_or(run);
        let outcome = &run.outcome;
        if !outcome.status.is_balanced() {
            evidence.note(format!(
                "{} did not finish: {} (imbalance {:.1e})",
                outcome.method, outcome.status, outcome.imbalance
            ));
            contraction(&mut evidence, reference, run);
            continue;
        }
        if loose && nearer.is_none() {
            evidence.note(format!(
                "{} does not get there: compared where it reached the tolerance asked for, within what that allows",
                outcome.method
            ));
        }
        subject.add_imbalance(&mut evidence, run, nearer.is_some());
        match compare(graph, &reference.outcome.h, &outcome.h, &vec![0.0; graph.nodes()]) {
            Ok(comparison) => {
                let mut worst = WorstRatio::default();
                for (distance, bound) in comparison.distance.iter().zip(&comparison.bound) {
                    worst.add(*distance, *bound);
                }
                evidence.at_most(
                    format!("{}: distance from the reference in units of its bound, worst node", outcome.method),
                    worst.worst(),
                    1.0,
                    "comparison principle for the mean Hessian, with the residual gradients of both answers",
                );
                // A weight moves by e^{δ_j − δ_i}: with grounded δ by at most the sum of two bounds.
                let allowed = graph
                    .pattern()
                    .iter()
                    .map(|(_, i, j)| (comparison.bound[i] + comparison.bound[j]).exp_m1())
                    .fold(0.0, f64::max);
                if !allowed.is_finite() {
                    evidence.undecided(format!(
                        "{}: the costs are so far apart that its imbalance of {:.1e} allows any difference of weights; they differ by up to {:.1e}",
                        outcome.method,
                        outcome.imbalance,
                        largest_weight_difference(reference, run)
                    ));
                    continue;
                }
                evidence.at_most(
                    format!("{}: largest relative difference of a balanced weight from the reference", outcome.method),
                    largest_weight_difference(reference, run),
                    // The transforms of both round each weight: 8 units each, and the log-factors.
                    allowed + weight_rounding(reference) + weight_rounding(run),
                    "e^{z_i + z_j} − 1 with the bounds z of the log-scales, plus the rounding of the transform",
                );
            }
            Err(reason) => evidence.undecided(format!(
                "{}: {reason}; its weights differ by up to {:.1e}",
                outcome.method,
                largest_weight_difference(reference, run)
            )),
        }
    }
    Ok(evidence)
}

/// A method that follows the flow and did not reach the tolerance must at least have come closer: two solutions of
/// the flow never move apart, and the balanced point is one.
fn contraction(evidence: &mut Evidence, reference: &Run, run: &Run) {
    let target = &reference.outcome.h;
    let distance = |h: &[f64]| target.iter().zip(h).map(|(a, b)| (a - b) * (a - b)).sum::<f64>().sqrt();
    let before = distance(&vec![0.0; target.len()]);
    // Both are in the gauge of the flow from 0 unless there is a world node, whose gauge is not the flow's.
    let follows_closely =
        matches!(run.outcome.method, "dopri5" | "dop853" | "bdf" | "esdirk34") && run.outcome.imbalance.is_finite();
    if reference.graph.world().is_none() && follows_closely {
        evidence.at_most(
            format!("{}: distance from the reference where it stopped", run.outcome.method),
            distance(&run.outcome.h),
            before,
            "the distance at the start (claim contraction)",
        );
    }
}

/// `max |J_a − J_b|/|J_a|` over the synapses that were balanced.
pub fn largest_weight_difference(a: &Run, b: &Run) -> f64 {
    let strong = a.graph.facts().strong();
    a.network
        .weights
        .triplets()
        .zip(b.network.weights.values())
        .filter(|((i, j, _), _)| strong[*i] == strong[*j])
        .map(|((_, _, x), y)| ((x - y) / x).abs())
        .fold(0.0, |largest, value| if value <= largest { largest } else { value })
}

/// What rounding can do to a transformed weight, relative: `x·e^{t/2}·e^{t/2}`.
fn weight_rounding(run: &Run) -> f64 {
    let spread = run.log_scales.iter().fold(0.0_f64, |spread, value| spread.max(value.abs()));
    crate::scalar::UNIT_ROUNDOFF * (2.0 * spread + 12.0) * 2.0
}
