//! Claim `osborne_descent`.

use super::controls::{Control, Formula};
use super::global_convergence::largest_weight_difference;
use super::subject::{tracked_cost, tracked_graph};
use super::{Claim, ClaimError, Evidence, OtherDegrees, Subject, WorstRatio};
use crate::flow::node_costs;
use crate::scalar::{Scalar, Tracked, tracked};

pub const CLAIM: Claim = Claim {
    id: "osborne_descent",
    statement: "Balancing neuron i exactly lowers the cost by (sqrt r_i - sqrt c_i)^2, and no other step of that neuron lowers it more; cyclic Osborne converges to the balanced matrix of the flow.",
    source: "Osborne 1960; Altschuler & Parrilo 2022",
    theorems: &[
        "osborne_descent",
        "osborne_descent_balances",
        "osborne_descent_optimal",
        "osborne_descent_convergence",
        "osborne_descent_weights",
        "osborne_descent_cyclic",
        "osborne_descent_cost",
        "osborne_descent_same_limit",
        "osborne_descent_greedy",
    ],
    check: |subject| measure(subject, Formula::Claimed),
    other_degrees: OtherDegrees::NotClaimed(
        "the gain (sqrt r - sqrt c)^2 of a turn is that of degree one; any_degree measures that no turn raises the cost",
    ),
    control: Control {
        broken: "the square root forgotten: a step of ln(r/c)/p for ln(r/c)/(2p)",
        check: |subject| measure(subject, Formula::Broken),
    },
};

/// Neurons whose step is checked.
const NEURONS: usize = 40;

fn measure(subject: &Subject, formula: Formula) -> Result<Evidence, ClaimError> {
    let mut evidence = Evidence::default();
    let graph = tracked_graph(subject.graph());
    let p = Tracked::exact(graph.p());
    let h = tracked(&subject.random_scales(700, 0.5));
    let sums = node_costs(graph.pattern(), &graph.costs_at(&h), &Tracked::exact(0.0));
    let before = tracked_cost(&graph, &h);
    let (mut exact, mut optimal) = (WorstRatio::default(), WorstRatio::default());
    let candidates = (0..graph.nodes()).filter(|&i| sums.incoming[i].value > 0.0 && sums.outgoing[i].value > 0.0);
    for i in candidates.take(NEURONS) {
        let (r, c) = (sums.incoming[i], sums.outgoing[i]);
        // e^{pδ} = √(r/c)
        let step = (r / &c).ln() / &(p * &Tracked::exact(formula.choose(2.0, 1.0)));
        let cost_after = |delta: Tracked| {
            let mut moved = h.clone();
            moved[i] += &delta;
            tracked_cost(&graph, &moved)
        };
        let after = cost_after(step);
        let drop = before - &after;
        let root = r.sqrt() - &c.sqrt();
        let predicted = root * &root;
        exact.add(drop.value - predicted.value, drop.error + predicted.error);
        for other in [-0.1, 0.1] {
            let other = cost_after(step + &Tracked::exact(other));
            optimal.add_violation(after.value - other.value, after.error + other.error);
        }
    }
    if exact.seen() == 0 {
        evidence.note("no neuron has both incoming and outgoing costs: nothing to balance");
        return Ok(evidence);
    }
    evidence.at_most(
        format!(
            "fall of the cost against (sqrt r - sqrt c)^2, in units of its rounding bound, worst of {} neurons",
            exact.seen()
        ),
        exact.worst(),
        1.0,
        "running error analysis",
    );
    evidence.at_most(
        "cost after the exact step above the cost after a step longer or shorter by 0.1, in units of the rounding bound",
        optimal.worst(),
        1.0,
        "running error analysis",
    );
    match subject.all_runs().find(|run| run.outcome.method == "osborne") {
        Some(run) if run.outcome.status.is_balanced() => {
            evidence.note(format!(
                "cyclic Osborne: {} sweeps; largest relative difference of a weight from {}: {:.1e} (bounded under global_convergence)",
                run.outcome.iterations,
                subject.reference.outcome.method,
                largest_weight_difference(&subject.reference, run)
            ));
            evidence.at_most(
                "imbalance where cyclic Osborne ends",
                run.imbalance_final,
                subject.stop.tol,
                "the tolerance asked for",
            );
        }
        Some(run) => evidence.note(format!("cyclic Osborne did not finish: {}", run.outcome.status)),
        None => evidence.note("cyclic Osborne was not run on this network"),
    }
    Ok(evidence)
}
