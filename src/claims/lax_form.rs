//! Claim `lax_form`.

use nalgebra::DMatrix;

use super::controls::{Control, Formula};
use super::subject::{LARGEST_DENSE, in_own_units, tracked_graph, tracked_step};
use super::{Claim, ClaimError, Evidence, OtherDegrees, Subject, WorstRatio};
use crate::flow::{lax_field, node_costs};
use crate::scalar::{Scalar, Tracked, scale_by_exp, tracked};

pub const CLAIM: Claim = Claim {
    id: "lax_form",
    statement: "The flow on the weights is J' = [J, diag g]: isospectral, and solved by e^{-H(t)} J e^{H(t)} with h' = g.",
    source: "Stock et al. 2022, Methods (Lax form)",
    theorems: &["lax_form", "lax_form_commutator", "lax_form_from_scales"],
    check: |subject| measure(subject, Formula::Claimed),
    other_degrees: OtherDegrees::NotClaimed("the flow is a similarity for degree one only"),
    control: Control {
        broken: "the commutator with its sign flipped: [diag g, J] for [J, diag g]",
        check: |subject| measure(subject, Formula::Broken),
    },
};

/// Step of the difference quotients, in units of the inverse of the fastest rate.
const STEP: f64 = 1e-4;

fn measure(subject: &Subject, formula: Formula) -> Result<Evidence, ClaimError> {
    let mut evidence = Evidence::default();
    let graph = tracked_graph(subject.graph());
    let pattern = graph.pattern();
    if pattern.is_empty() {
        evidence.note("no synapse between different neurons can be balanced: the flow stands still");
        return Ok(evidence);
    }
    let zero = Tracked::exact(0.0);
    let h = subject.random_scales(400, 0.3);
    let moved = |weights: &[Tracked], h: &[Tracked]| -> Vec<Tracked> {
        pattern.iter().map(|(e, i, j)| scale_by_exp(&weights[e], &(h[j] - &h[i]))).collect()
    };
    let weights = moved(graph.weight(), &tracked(&h));
    let g = node_costs(pattern, &graph.costs_of_weights(&weights), &zero).gradient();
    let own_units = in_own_units(graph.weight());
    let moved = |h: &[Tracked]| moved(&own_units, h);
    let weights = moved(&tracked(&h));
    let sign = Tracked::exact(formula.sign());
    let field: Vec<Tracked> = lax_field(pattern, &weights, &g).into_iter().map(|rate| rate * &sign).collect();

    // The gradient of the weights must be the gradient at the log-scales.
    let from_scales = node_costs(pattern, &graph.costs_at(&tracked(&h)), &zero).gradient();
    let mut worst = WorstRatio::default();
    for (a, b) in g.iter().zip(&from_scales) {
        worst.add(a.value - b.value, a.error + b.error);
    }
    evidence.at_most(
        "neural gradient from the weights against that from the log-scales, in units of the rounding bound",
        worst.worst(),
        1.0,
        "running error analysis of both",
    );

    if graph.nodes() <= LARGEST_DENSE {
        commutator(&mut evidence, subject, &weights, &g, &field);
    } else {
        evidence.note(format!("the dense commutator is left out: more than {LARGEST_DENSE} nodes"));
    }
    let rates: Vec<f64> = pattern.iter().map(|(_, i, j)| (g[j] - &g[i]).magnitude()).collect();
    solution(&mut evidence, &h, (&g, &rates), &field, moved);
    Ok(evidence)
}

/// `[J, D] = J D − D J` as a product of dense matrices, against the field.
fn commutator(evidence: &mut Evidence, subject: &Subject, weights: &[Tracked], g: &[Tracked], field: &[Tracked]) {
    let pattern = subject.graph().pattern();
    let n = pattern.nodes();
    let mut j = DMatrix::zeros(n, n);
    for (e, row, column) in pattern.iter() {
        j[(row, column)] = weights[e].value;
    }
    let d = DMatrix::from_fn(n, n, |row, column| if row == column { g[row].value } else { 0.0 });
    let product = &j * &d - &d * &j;
    let mut worst = WorstRatio::default();
    let mut outside = product.clone();
    for (e, row, column) in pattern.iter() {
        // Two products and a difference; the other terms of the sums are exact zeros.
        let size = weights[e].value.abs() * (g[row].value.abs() + g[column].value.abs());
        worst.add(product[(row, column)] - field[e].value, field[e].error + 4.0 * f64::EPSILON * size);
        outside[(row, column)] = 0.0;
    }
    worst.add(outside.amax(), f64::MIN_POSITIVE);
    evidence.at_most(
        "[J, diag g] as a dense commutator against the Lax field, in units of the rounding bound",
        worst.worst(),
        1.0,
        "running error analysis, and two products and a difference for the commutator",
    );
}

/// `d/dt e^{−H} J e^{H}` along `ḣ = g`, by a central difference, against the field. With `a = g_j − g_i` the
/// difference quotient of `J e^{at}` is `J sinh(aε)/ε`, off by at most `|J||a|³ε² cosh(aε)/6`.
fn solution(
    evidence: &mut Evidence,
    h: &[f64],
    (g, rates): (&[Tracked], &[f64]),
    field: &[Tracked],
    moved: impl Fn(&[Tracked]) -> Vec<Tracked>,
) {
    let direction: Vec<f64> = g.iter().map(|value| value.value).collect();
    let fastest = direction.iter().fold(0.0_f64, |fastest, value| fastest.max(value.abs()));
    if fastest == 0.0 {
        evidence.note("already balanced: the flow stands still");
        return;
    }
    let step = STEP / fastest;
    let forward = moved(&tracked_step(h, step, &direction));
    let backward = moved(&tracked_step(h, -step, &direction));
    let double = Tracked::exact(2.0 * step);
    let mut worst = WorstRatio::default();
    for (e, value) in field.iter().enumerate() {
        let quotient = (forward[e] - &backward[e]) / &double;
        // With |J| between the two moved weights.
        let weight = forward[e].abs().magnitude().max(backward[e].abs().magnitude());
        let a = rates[e];
        // In units of the step: cubes of rates of any size leave the range of f64.
        let truncation = weight * a * (a * step).powi(2) * (a * step).cosh() / 6.0;
        worst.add(quotient.value - value.value, quotient.error + value.error + truncation);
    }
    evidence.at_most(
        "derivative of e^{-H} J e^{H} along h' = g against the Lax field, in units of its bound",
        worst.worst(),
        1.0,
        "truncation |J||a|^3 eps^2 cosh(a eps)/6 of the central difference, plus running error analysis",
    );
}
