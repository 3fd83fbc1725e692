//! Claim `convex_cost`.

use super::controls::{Control, Formula};
use super::subject::{tracked_gradient, tracked_graph, tracked_step, tracked_sum};
use super::{Claim, ClaimError, Evidence, OtherDegrees, Subject, WorstRatio};
use crate::cost::CostGraph;
use crate::scalar::{Tracked, tracked};

pub const CLAIM: Claim = Claim {
    id: "convex_cost",
    statement: "The cost is a convex function of the log-scales; balanced, critical and globally minimal are the same.",
    source: "Stock et al. 2022, Methods (convexity); Altschuler & Parrilo 2022",
    theorems: &[
        "convex_cost",
        "convex_cost_gradient",
        "convex_cost_hessian",
        "convex_cost_balanced_critical",
        "convex_cost_balanced_minimum",
        "convex_cost_weights",
    ],
    check: |subject| measure(subject, Formula::Claimed),
    other_degrees: OtherDegrees::NotClaimed(
        "its figures are of differences of log-scales; any_degree measures what holds in its place",
    ),
    control: Control {
        broken: "the gradient of the cost with its sign flipped: +p g for -p g",
        check: |subject| measure(subject, Formula::Broken),
    },
};

/// What of the cost depends on log-scales `h`, with its error bound. Self-synapses cost the same everywhere, and where they cost
/// most of all, the total has lost the rest in rounding.
fn varying_cost(graph: &CostGraph<Tracked>, h: &[Tracked]) -> Tracked {
    tracked_sum(graph.costs_at(h))
}

/// Pairs of random points.
const PAIRS: u64 = 8;

fn measure(subject: &Subject, formula: Formula) -> Result<Evidence, ClaimError> {
    let mut evidence = Evidence::default();
    if subject.graph().pattern().is_empty() {
        evidence.note("no synapse can be balanced: the cost is constant");
        return Ok(evidence);
    }
    let graph = tracked_graph(subject.graph());
    let minus_p = Tracked::exact(-graph.p() * formula.sign());
    let balanced = &subject.reference.outcome.h;
    let minimum = varying_cost(&graph, &tracked(balanced));

    let (mut midpoints, mut tangents, mut strict) = (WorstRatio::default(), WorstRatio::default(), 0_usize);
    let (mut minimal, mut critical) = (WorstRatio::default(), WorstRatio::default());
    for pair in 0..PAIRS {
        let a = subject.random_scales(600 + 2 * pair, 1.0);
        let b = subject.random_scales(601 + 2 * pair, 1.0);
        let middle: Vec<f64> = a.iter().zip(&b).map(|(a, b)| 0.5 * a + 0.5 * b).collect();
        let (at_a, at_b) = (varying_cost(&graph, &tracked(&a)), varying_cost(&graph, &tracked(&b)));
        // The midpoint itself is rounded; an error of u|h| in it moves the cost by at most its gradient times that,
        // covered by evaluating it as a tracked step from a.
        let half: Vec<f64> = middle.iter().zip(&a).map(|(m, a)| m - a).collect();
        let at_middle = varying_cost(&graph, &tracked_step(&a, 1.0, &half));
        let mean = (at_a + &at_b) / &Tracked::exact(2.0);
        midpoints.add_violation(at_middle.value - mean.value, at_middle.error + mean.error);
        strict += usize::from(at_middle.magnitude() < mean.value - mean.error);

        // C(b) ≥ C(a) + ∇C(a)·(b − a) with ∇C = −p g.
        let gradient = tracked_gradient(&graph, &tracked(&a));
        let slope = tracked_sum(
            gradient.iter().zip(a.iter().zip(&b)).map(|(g, (a, b))| *g * &(Tracked::exact(*b) - &Tracked::exact(*a))),
        ) * &minus_p;
        let tangent = at_a + &slope;
        tangents.add_violation(tangent.value - at_b.value, tangent.error + at_b.error);

        // The balanced point costs no more than any other point: up to the residual gradient times the distance.
        let at_balanced = tracked_gradient(&graph, &tracked(balanced));
        let leftover: f64 = at_balanced
            .iter()
            .zip(a.iter().zip(balanced))
            .map(|(g, (a, h))| graph.p() * g.magnitude() * (a - h).abs())
            .sum();
        minimal.add_violation(minimum.value - at_a.value, minimum.error + at_a.error + leftover);

        // Where it is not balanced it is not minimal: a short step along g lowers the cost.
        let g: Vec<f64> = gradient.iter().map(|value| value.value).collect();
        let degree: f64 = {
            let sums = crate::flow::node_costs(graph.pattern(), &graph.costs_at(&tracked(&a)), &Tracked::exact(0.0));
            sums.largest_degree().value
        };
        // Along g the cost is below C − tp|g|² + t²p²·degree·|g|²·e^{small}; half of 1/(2p·degree) is well inside.
        let lower = varying_cost(&graph, &tracked_step(&a, 0.25 / (graph.p() * degree), &g));
        critical.add_violation(lower.value - at_a.value, lower.error + at_a.error);
    }
    evidence.at_most(
        "C((a+b)/2) above (C(a)+C(b))/2, in units of the rounding bound, worst of random pairs",
        midpoints.worst(),
        1.0,
        "running error analysis",
    );
    evidence.some_beyond_rounding("pairs where the inequality is strict beyond rounding", strict);
    evidence.at_most(
        "C(b) below its tangent C(a) - p g(a).(b - a), in units of the rounding bound, worst of random pairs",
        tangents.worst(),
        1.0,
        "running error analysis",
    );
    evidence.at_most(
        "balanced cost above the cost at random points, in units of its bound",
        minimal.worst(),
        1.0,
        "running error analysis, plus the residual gradient times the distance",
    );
    evidence.at_most(
        "rise of the cost by a short step along g from random points, in units of the rounding bound",
        critical.worst(),
        1.0,
        "running error analysis",
    );
    hessian(&mut evidence, subject, formula);
    Ok(evidence)
}

/// The Hessian is `p² L`: the change of `∇C = −p g` along a random direction against `p² L x`.
fn hessian(evidence: &mut Evidence, subject: &Subject, formula: Formula) {
    const STEP: f64 = 1e-4;
    let graph = tracked_graph(subject.graph());
    let p = graph.p();
    let h = subject.random_scales(650, 0.3);
    let x: Vec<f64> = subject.random_scales(651, 1.0);
    let forward = tracked_gradient(&graph, &tracked_step(&h, STEP, &x));
    let backward = tracked_gradient(&graph, &tracked_step(&h, -STEP, &x));
    let costs = graph.costs_at(&tracked(&h));
    let mut product = vec![Tracked::exact(0.0); graph.nodes()];
    let mut truncation = vec![0.0; graph.nodes()];
    for (e, i, j) in graph.pattern().iter() {
        let difference = Tracked::exact(x[i]) - &Tracked::exact(x[j]);
        let flow = costs[e] * &difference;
        product[i] += &flow;
        product[j] -= &flow;
        // The third-order term of C_ij e^{pε(x_j − x_i)}, a = p(x_j − x_i): C|a|³ε²/6 e^{ε|a|}, over p.
        let a = p * difference.magnitude();
        let rest = costs[e].magnitude() * a.powi(3) * STEP * STEP / 6.0 * (a * STEP).exp();
        truncation[i] += rest;
        truncation[j] += rest;
    }
    let double = Tracked::exact(2.0 * STEP);
    let mut worst = WorstRatio::default();
    for i in 0..graph.nodes() {
        // −p(g⁺ − g⁻)/2ε = p² (Lx)_i
        let quotient = (forward[i] - &backward[i]) / &double * &Tracked::exact(-p * formula.sign());
        let predicted = product[i] * &Tracked::exact(p * p);
        worst.add(quotient.value - predicted.value, quotient.error + predicted.error + p * truncation[i]);
    }
    evidence.at_most(
        "derivative of the gradient along a random direction against p^2 L x, in units of its bound, worst node",
        worst.worst(),
        1.0,
        "truncation of the central difference (third order of each exponential), plus running error analysis",
    );
}
