//! Claim `cost_bounds`.

use super::controls::{Control, Formula};
use super::subject::{tracked_cost, tracked_graph, tracked_sum};
use super::{Claim, ClaimError, Evidence, OtherDegrees, Subject, WorstRatio};
use crate::certify::ground_state;
use crate::flow::{node_costs, norm_squared};
use crate::scalar::{Scalar, Tracked, tracked};

pub const CLAIM: Claim = Claim {
    id: "cost_bounds",
    statement: "Before balancing: C - C* is at least max_i (sqrt r_i - sqrt c_i)^2, at least half the sum of all these squares, and at least |g|^2/(2M), M twice the largest node degree, and |g|^2/(4 C). C* is at least the sum of sqrt(C_ij C_ji), and at least sum F (1 + ln(C/F)) for every circulation F, a nonnegative number for each synapse, as much into each neuron as out of it; equality at the optimum.",
    source: "Stock et al. 2022, Methods (bounds on the cost); convex duality",
    theorems: &[
        "cost_bounds_neuron",
        "cost_bounds_all_neurons",
        "cost_bounds_degree",
        "cost_bounds_gradient",
        "cost_bounds_pairs",
        "cost_bounds_dual",
        "cost_bounds_circulation",
        "cost_bounds_tight",
        "cost_bounds_strong_duality",
        "cost_bounds_distance",
        "cost_bounds_optimum",
    ],
    check: |subject| measure(subject, Formula::Claimed),
    other_degrees: OtherDegrees::NotClaimed(
        "the bounds are about incoming against outgoing cost, which is no balance for other degrees",
    ),
    control: Control {
        broken: "the constant of the dual value wrong: F (2 + ln(C/F)) for F (1 + ln(C/F))",
        check: |subject| measure(subject, Formula::Broken),
    },
};

fn measure(subject: &Subject, formula: Formula) -> Result<Evidence, ClaimError> {
    let mut evidence = Evidence::default();
    let graph = tracked_graph(subject.graph());
    let pattern = graph.pattern();
    if pattern.is_empty() {
        evidence.note("no synapse can be balanced: all bounds are zero");
        return Ok(evidence);
    }
    let zero = Tracked::exact(0.0);
    let start = node_costs(pattern, graph.initial_costs(), &zero);
    let initial = graph.total(graph.initial_costs());
    let balanced = tracked_cost(&graph, &tracked(&subject.reference.outcome.h));
    let fall = initial - &balanced;
    // The reference is a little above C*, so the true fall is a little larger than the measured one.
    let gap =
        ground_state(subject.graph(), &subject.reference.outcome.h).map_or(0.0, |certificate| certificate.cost_gap);
    // The balanced costs as a circulation, against the costs as given: they know nothing of the log-scales.
    let circulation = circulation_below(subject);
    let terms = circulation.iter().zip(graph.initial_costs());
    let dual = tracked_sum(terms.map(|(f, c)| entropy_term(f, c, formula))) + graph.self_cost();

    // Of a solver that was ended before its time the cost has not fallen as far as it can.
    let is_balanced = subject.reference.outcome.status.is_balanced();
    let mut holds = |what: &str, bound: Tracked| {
        if !is_balanced {
            return;
        }
        evidence.at_least(
            what,
            fall.value,
            bound.value - bound.error - fall.error - gap,
            "running error analysis of both sides, and the gap of the reference",
        )
    };
    let best = (0..graph.nodes())
        .map(|i| {
            let root = start.incoming[i].sqrt() - &start.outgoing[i].sqrt();
            root * &root
        })
        .fold(zero, |best, value| if value.value > best.value { value } else { best });
    holds("fall of the cost, against max_i (sqrt r_i - sqrt c_i)^2", best);
    let g_squared = norm_squared(&start.gradient());
    holds("fall of the cost, against |g|^2/(16 C)", g_squared / &(initial * &Tracked::exact(16.0)));
    holds("fall of the cost, against |g|^2/(4 C)", g_squared / &(initial * &Tracked::exact(4.0)));
    let squares = (0..graph.nodes()).map(|i| {
        let root = start.incoming[i].sqrt() - &start.outgoing[i].sqrt();
        root * &root
    });
    holds(
        "fall of the cost, against half the sum of (sqrt r_i - sqrt c_i)^2",
        tracked_sum(squares) / &Tracked::exact(2.0),
    );
    // The authors' bound: M is twice the largest degree of C + C^T.
    let degree = start.largest_degree();
    holds(
        "fall of the cost, against |g|^2/(2M), M twice the largest degree",
        g_squared / &(degree * &Tracked::exact(4.0)),
    );

    // Pairs: C* ≥ Σ_{ij} √(C_ij C_ji), the ordered sum, self-synapses included.
    let pairs = pattern.iter().filter_map(|(e, i, j)| pattern.find(j, i).map(|back| (e, back)));
    let pair_bound =
        tracked_sum(pairs.map(|(e, back)| (graph.initial_costs()[e] * &graph.initial_costs()[back]).sqrt()))
            + graph.self_cost();
    evidence.at_least(
        "balanced cost, against sum sqrt(C_ij C_ji)",
        balanced.value,
        pair_bound.value - pair_bound.error - balanced.error,
        "running error analysis of both sides",
    );

    // A circulation that is one exactly, whatever rounding did: the smaller cost of each reciprocal pair, both ways.
    let symmetric: Vec<Tracked> = pattern
        .iter()
        .map(|(e, i, j)| {
            pattern.find(j, i).map_or(zero, |back| {
                if graph.initial_costs()[e].value <= graph.initial_costs()[back].value {
                    graph.initial_costs()[e]
                } else {
                    graph.initial_costs()[back]
                }
            })
        })
        .collect();
    let dual_bound = tracked_sum(symmetric.iter().zip(graph.initial_costs()).map(|(f, c)| entropy_term(f, c, formula)))
        + graph.self_cost();
    evidence.at_least(
        "balanced cost, against sum F(1 + ln(C/F)) for the circulation F = min(C_ij, C_ji)",
        balanced.value,
        dual_bound.value - dual_bound.error - balanced.error,
        "running error analysis of both sides",
    );

    if !is_balanced {
        evidence.undecided(format!(
            "how far the cost falls, and whether the dual value reaches the balanced cost: {}",
            subject.reference.outcome.status
        ));
        return Ok(evidence);
    }
    // Tight: with the balanced costs themselves (made a circulation to rounding) the dual value is the cost.
    let sums = node_costs(pattern, &circulation, &zero);
    let mut conservation = WorstRatio::default();
    for (g, (r, c)) in sums.gradient().iter().zip(sums.incoming.iter().zip(&sums.outgoing)) {
        conservation.add(g.value, subject.stop.tol * (r.value + c.value) + g.error);
    }
    // The dual value is ΣF + p h·g(F): what is left of g counts once for each log-scale.
    let leftover: f64 = sums
        .incoming
        .iter()
        .zip(&sums.outgoing)
        .zip(&subject.reference.outcome.h)
        .map(|((r, c), h)| graph.p() * h.abs() * subject.stop.tol * (r.value + c.value))
        .sum();
    evidence.at_most(
        "relative gap between the balanced cost and the dual value sum F(1 + ln(C/F)), F the balanced costs, C the given ones",
        ((balanced - &dual).value / balanced.value).abs(),
        (balanced.error + dual.error + leftover) / balanced.value,
        "running error analysis, and p |h| times the imbalance that the tolerance allows",
    );
    evidence.at_most(
        "imbalance of F in units of the tolerance",
        conservation.worst(),
        1.0,
        "the tolerance asked for, plus rounding",
    );
    Ok(evidence)
}

/// The costs at the reference: a circulation as far as the reference is balanced.
fn circulation_below(subject: &Subject) -> Vec<Tracked> {
    tracked(&subject.graph().costs_at(&subject.reference.outcome.h))
}

/// `F (1 + ln(C/F))`, 0 for `F = 0`.
fn entropy_term(f: &Tracked, c: &Tracked, formula: Formula) -> Tracked {
    if f.value == 0.0 {
        return Tracked::exact(0.0);
    }
    let ratio = *c / f;
    // A cost that balancing lowers by more than f64 spans has a logarithm all the same.
    let log = if ratio.value.is_finite() { ratio.ln() } else { c.ln() - &f.ln() };
    *f * &(log + &Tracked::exact(formula.choose(1.0, 2.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_term_of_a_cost_is_that_of_the_formula_also_where_a_ratio_leaves_the_range() {
        let term = |f: f64, c: f64| entropy_term(&Tracked::exact(f), &Tracked::exact(c), Formula::Claimed);
        assert_eq!(term(0.0, 3.0).value, 0.0);
        for (f, c, logarithm) in [(2.0, 6.0, 3.0_f64.ln()), (1e-200, 1e200, 400.0 * 10.0_f64.ln())] {
            let expected = f * (1.0 + logarithm);
            let found = term(f, c);
            // Logarithms, their difference, sum and product: some roundings of numbers below a thousand.
            assert!((found.value - expected).abs() <= 8.0 * f64::EPSILON * expected, "{found:?} {expected}");
            assert!(found.error > 0.0 && found.error <= 16.0 * f64::EPSILON * expected, "{found:?}");
        }
    }
}
