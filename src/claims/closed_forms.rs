//! Claim `closed_forms`.

use super::controls::{Control, Formula};
use super::distance::compare;
use super::subject::{tracked_gradient, tracked_graph};
use super::{Claim, ClaimError, Evidence, OtherDegrees, Subject, WorstRatio};
use crate::balance::{Coordinates, Newton, OdeFlow, Solver, Stepper};
use crate::cost::{CostGraph, CostSpec};
use crate::network::{Activation, Network, NetworkError, Weights};
use crate::scalar::{UNIT_ROUNDOFF, largest_or_nan, scale_by_exp, tracked};

pub const CLAIM: Claim = Claim {
    id: "closed_forms",
    statement: "With a and b the costs of the synapses 2 to 1 and 1 to 2, m = sqrt(ab), s = h_2 - h_1, s0 its start and s* = ln(b/a)/(2p): two neurons follow tanh(p(s - s*)/2) = tanh(p(s0 - s*)/2) e^{-4mpt}. With equal alpha, in a directed ring all weights become their geometric mean in modulus, and for u v^T, h = (ln |u| - ln |v|)/2. Weights with symmetric moduli are balanced as they are if alpha is symmetric.",
    source: "Stock et al. 2022, Methods (analytic examples)",
    theorems: &[
        "closed_forms_two_neurons",
        "closed_forms_two_neuron_costs",
        "closed_forms_two_neuron_weights",
        "closed_forms_one_way",
        "closed_forms_ring",
        "closed_forms_symmetric",
        "closed_forms_symmetric_weights",
        "closed_forms_rank_one",
    ],
    check: |subject| measure(subject, Formula::Claimed),
    other_degrees: OtherDegrees::NotClaimed("the solutions in closed form are those of degree one"),
    control: Control {
        broken: "the rate of two neurons halved, e^{-2mpt} for e^{-4mpt}, and the ring's mean arithmetic for geometric",
        check: |subject| measure(subject, Formula::Broken),
    },
};

/// Sizes of the small networks that are cut out of the subject's weights.
const PAIRS: usize = 5;
const RING: usize = 12;
const RANK_ONE: usize = 30;

fn measure(subject: &Subject, formula: Formula) -> Result<Evidence, ClaimError> {
    let mut evidence = Evidence::default();
    for (example, check) in EXAMPLES {
        match check(&mut evidence, subject, formula) {
            // Weights that fit a graph of their own need not fit this one, nor need their sums be numbers.
            Err(reason) if reason.is_out_of_range() || not_finite(&reason) => {
                evidence.note(format!("{example} of the network's weights is left out: {reason}"));
            }
            done => done?,
        }
    }
    Ok(evidence)
}

fn not_finite(reason: &ClaimError) -> bool {
    matches!(reason, ClaimError::Network(NetworkError::WeightNotFinite { .. }))
}

type Check = fn(&mut Evidence, &Subject, Formula) -> Result<(), ClaimError>;

const EXAMPLES: [(&str, Check); 4] = [
    ("the pairs of neurons", two_neurons),
    ("the ring", ring),
    ("the symmetric network", symmetric),
    ("the network of rank one", rank_one),
];

fn graph_of(subject: &Subject, n: usize, triplets: Vec<(usize, usize, f64)>) -> Result<CostGraph, ClaimError> {
    let weights = Weights::from_triplets(n, triplets)?;
    let network = Network::recurrent(weights, Activation::Linear);
    Ok(CostGraph::of_network(&network, &CostSpec::power(subject.spec.p))?)
}

/// The weights of the subject between different neurons, without sign.
fn magnitudes(subject: &Subject) -> impl Iterator<Item = (usize, usize, f64)> {
    subject.network.weights.triplets().filter(|(i, j, _)| i != j).map(|(i, j, value)| (i, j, value.abs()))
}

/// With `a = C_12`, `b = C_21` at the start, `m = √(ab)` and `s = h_1 − h_2`: `ṡ = −4m sinh(p(s − s*))`,
/// `s* = ln(a/b)/(2p)`, and the cost is `2m cosh(p(s − s*))`.
fn two_neurons(evidence: &mut Evidence, subject: &Subject, formula: Formula) -> Result<(), ClaimError> {
    let weights: Vec<f64> = magnitudes(subject).map(|(_, _, value)| value).take(2 * PAIRS).collect();
    let solver = OdeFlow::new(Stepper::Dopri5, Coordinates::LogScales);
    let mut worst = WorstRatio::default();
    let mut points = 0;
    for (k, pair) in weights.chunks_exact(2).enumerate() {
        // Numbers of one size make a dull pair: stretch the second by 2, 3, …
        let stretched = pair[1] / (k + 2) as f64;
        if stretched == 0.0 {
            evidence.note(format!(
                "the pair of {:e} and {:e} is left out: the second over {} is zero in f64",
                pair[0],
                pair[1],
                k + 2
            ));
            continue;
        }
        let graph = graph_of(subject, 2, vec![(0, 1, pair[0]), (1, 0, stretched)])?;
        let outcome = solver.solve(&graph, &subject.stop);
        let p = graph.p();
        let (a, b) = (graph.initial_costs()[0], graph.initial_costs()[1]);
        let m = (a * b).sqrt();
        let s_end = (a / b).ln() / (2.0 * p);
        // T = tanh(x/2), x = p|s − s*|; at the start 1 − T = 2/(1 + e^x), which is not lost in rounding for large x.
        let x_start = p * s_end.abs();
        let (t_start, short_start) = ((x_start / 2.0).tanh(), 2.0 / (1.0 + x_start.exp()));
        for (step, point) in outcome.trace.iter().enumerate() {
            let Some(time) = point.time else { continue };
            // x at that time, from T and 1 − T; the cost's slope there is 2m sinh x, per unit of p·s.
            let decay = -formula.choose(4.0, 2.0) * m * p * time;
            let (t, short) = (t_start * decay.exp(), short_start - t_start * decay.exp_m1());
            let x = ((1.0 + t) / short).ln();
            let expected = 2.0 * m * x.cosh();
            // Each step errs by at most its tolerance (relative and absolute) in the weighted norm, errors do not grow
            // (contraction), and s is a difference of two scales. Strides of the trace are at most a power of two of
            // recorded steps: `passes` counts 7 a step.
            let steps = (point.passes / 7 + step + 1) as f64;
            let in_s = 2.0 * steps * solver.step_tol * (1.0 + s_end.abs());
            let rounding = 32.0 * UNIT_ROUNDOFF * (1.0 + p * s_end.abs() + 4.0 * m * p * time);
            worst.add(
                point.cost - expected,
                2.0 * m * (x.sinh() * p * in_s + x.cosh() * (p * in_s).powi(2)) + rounding * expected,
            );
            points += 1;
        }
    }
    if points == 0 {
        evidence.note("fewer than two synapses, or none that can be paired: no two-neuron network to follow");
        return Ok(());
    }
    evidence.at_most(
        format!("two neurons: cost along the integrated flow against the explicit solution, in units of its bound, {points} points"),
        worst.worst(),
        1.0,
        "steps so far times the tolerance of a step (errors do not grow, by contraction), carried to the cost",
    );
    Ok(())
}

fn ring(evidence: &mut Evidence, subject: &Subject, formula: Formula) -> Result<(), ClaimError> {
    let weights: Vec<f64> = magnitudes(subject).map(|(_, _, value)| value).take(RING).collect();
    let n = weights.len();
    if n < 3 {
        evidence.note("fewer than three synapses: no ring to balance");
        return Ok(());
    }
    let graph = graph_of(subject, n, (0..n).map(|i| ((i + 1) % n, i, weights[i])).collect())?;
    let outcome = Newton::default().solve(&graph, &subject.stop);
    let geometric = weights.iter().map(|value| value.ln()).sum::<f64>() / n as f64;
    let arithmetic = (weights.iter().sum::<f64>() / n as f64).ln();
    let mean = formula.choose(geometric, arithmetic);
    let spread = weights.iter().fold(0.0_f64, |spread, value| spread.max(value.ln().abs()));
    let worst = largest_or_nan(graph.pattern().iter().map(|(e, i, j)| {
        let log = scale_by_exp(&graph.weight()[e], &(outcome.h[j] - outcome.h[i])).ln();
        (log + f64::from(graph.prescaling().unit()) * std::f64::consts::LN_2 - mean).abs()
    }));
    // Neighbouring costs differ by at most the factor (1 + tol)/(1 − tol); from any weight to the mean it is at most
    // n steps, each a p-th of that in the logarithm of the weight.
    let allowed = n as f64 * ((1.0 + outcome.imbalance) / (1.0 - outcome.imbalance)).ln() / graph.p();
    evidence.at_most(
        format!("ring of {n}: largest |ln J - mean of ln J| after balancing"),
        worst,
        allowed + UNIT_ROUNDOFF * (8.0 * spread + 16.0) * n as f64,
        "n ln((1+t)/(1-t))/p for the achieved imbalance t, plus the rounding of n logarithms",
    );
    Ok(())
}

fn symmetric(evidence: &mut Evidence, subject: &Subject, _: Formula) -> Result<(), ClaimError> {
    let mut both = std::collections::BTreeMap::new();
    for (i, j, value) in magnitudes(subject) {
        *both.entry((i.min(j), i.max(j))).or_insert(0.0) += value;
    }
    let triplets = both.into_iter().flat_map(|((i, j), value)| [(i, j, value), (j, i, value)]).collect();
    let graph = graph_of(subject, subject.network.weights.neurons(), triplets)?;
    let gradient = crate::flow::node_costs(graph.pattern(), graph.initial_costs(), &0.0).gradient();
    let worst = largest_or_nan(gradient.iter().map(|g| g.abs()));
    evidence.at_most(
        "symmetric weights |J| + |J|^T: largest neural gradient as they are",
        worst,
        0.0,
        "exact: both sums add the same numbers in the same order",
    );
    Ok(())
}

fn rank_one(evidence: &mut Evidence, subject: &Subject, _: Formula) -> Result<(), ClaimError> {
    let n = subject.network.weights.neurons();
    let (mut into, mut out_of) = (vec![0.0; n], vec![0.0; n]);
    for (i, j, value) in magnitudes(subject) {
        into[i] += value;
        out_of[j] += value;
    }
    let factors: Vec<(f64, f64)> =
        into.into_iter().zip(out_of).filter(|&(u, v)| u > 0.0 && v > 0.0).take(RANK_ONE).collect();
    let k = factors.len();
    if k < 2 {
        evidence.note("fewer than two neurons with both in- and outgoing synapses: no rank-one network");
        return Ok(());
    }
    let outer = (0..k).flat_map(|i| (0..k).map(move |j| (i, j)));
    let graph = graph_of(subject, k, outer.map(|(i, j)| (i, j, factors[i].0.sqrt() * factors[j].1.sqrt())).collect())?;
    // Square roots, so that weights stay of the size of the subject's: h = (ln √u − ln √v)/2.
    let explicit: Vec<f64> =
        (0..k).map(|i| (factors[i].0.ln() - factors[i].1.ln()) / 4.0 - graph.prescaling().log_scale(i)).collect();
    // Explicit scales and rounded weights: each exponent off by a few roundings of the logarithms.
    let size = factors.iter().fold(1.0_f64, |size, (u, v)| size.max(u.ln().abs()).max(v.ln().abs()));
    let relative = graph.p() * UNIT_ROUNDOFF * (4.0 * size + 16.0);
    let sums = crate::flow::node_costs(graph.pattern(), &graph.costs_at(&explicit), &0.0);
    let exact = tracked_gradient(&tracked_graph(&graph), &tracked(&explicit));
    let mut worst = WorstRatio::default();
    let mut extra = Vec::new();
    for (i, g) in exact.iter().enumerate() {
        let blur = relative * (sums.incoming[i] + sums.outgoing[i]);
        worst.add(g.value, g.error + blur);
        extra.push(graph.p() * blur);
    }
    evidence.at_most(
        format!("rank one, {k} neurons: neural gradient at the explicit log-scales, in units of its rounding bound"),
        worst.worst(),
        1.0,
        "running error analysis, and p u (4 max|ln| + 16) for the rounding of the explicit logarithms and weights",
    );
    let outcome = Newton::default().solve(&graph, &subject.stop);
    if !outcome.status.is_balanced() {
        evidence.undecided(format!("rank one: Newton's method: {}", outcome.status));
        return Ok(());
    }
    match compare(&graph, &outcome.h, &explicit, &extra) {
        Ok(comparison) => {
            let mut worst = WorstRatio::default();
            for (distance, bound) in comparison.distance.iter().zip(&comparison.bound) {
                worst.add(*distance, bound + UNIT_ROUNDOFF * 4.0 * size);
            }
            evidence.at_most(
                "rank one: Newton's log-scales against the explicit ones, in units of the bound",
                worst.worst(),
                1.0,
                "comparison principle for the mean Hessian, with both residual gradients",
            );
        }
        Err(reason) => evidence.undecided(format!("rank one: {reason}")),
    }
    Ok(())
}
