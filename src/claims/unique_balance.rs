//! Claim `unique_balance`.

use super::controls::{Control, Formula};
use super::distance::compare;
use super::subject::LARGEST_DENSE;
use super::{Claim, ClaimError, Evidence, OtherDegrees, Subject, WorstRatio};
use crate::balance::{BalanceError, Method, Problem};
use crate::flow::node_costs;
use crate::network::{Homogeneity, rescale_network};
use crate::scalar::UNIT_ROUNDOFF;

pub const CLAIM: Claim = Claim {
    id: "unique_balance",
    statement: "Balanced log-scales are unique up to one constant for each weak component of the synapses that cost something (alpha > 0). Each of these synapses has one balanced weight; the balanced matrix is unique where every synapse costs something, or none that is free leads from one such component to another.",
    source: "Stock et al. 2022, Methods (uniqueness of the balanced state)",
    theorems: &[
        "unique_balance",
        "unique_balance_converse",
        "unique_balance_connected",
        "unique_balance_costs",
        "unique_balance_weights",
        "unique_balance_matrix",
        "unique_balance_free_synapse",
    ],
    check: |subject| measure(subject, Formula::Claimed),
    other_degrees: OtherDegrees::NotClaimed(
        "its figures are of differences of log-scales; any_degree measures what holds in its place",
    ),
    control: Control {
        broken: "a second balanced point: log-scales of other starts moved by a thousandth, up and down in turn",
        check: |subject| measure(subject, Formula::Broken),
    },
};

/// Starts, each another member of the same orbit.
const STARTS: u64 = 3;

/// How far away the second balanced point of the control is, in log-scales, to either side in turn.
const ELSEWHERE: f64 = 1e-3;

fn measure(subject: &Subject, formula: Formula) -> Result<Evidence, ClaimError> {
    let mut evidence = Evidence::default();
    let graph = subject.graph();
    let reference = &subject.reference;
    if graph.pattern().is_empty() {
        evidence.note("no synapse can be balanced: nothing to be unique");
        return Ok(evidence);
    }
    let nearer = subject.to_limit(reference)?;
    let reference = nearer.as_ref().unwrap_or(reference);
    subject.add_imbalance(&mut evidence, reference, nearer.is_some());
    if subject.stop_of_limits().tol < subject.stop.tol {
        evidence.note(format!(
            "the tolerance asked for, {:e}, is looser than limits can be compared at: they are compared at {:e} where the method gets there",
            subject.stop.tol,
            subject.stop_of_limits().tol
        ));
    }
    let (mut worst, mut largest) = (WorstRatio::default(), 0.0_f64);
    for start in 0..STARTS {
        let h0 = subject.random_scales(100 + start, 1.0);
        // The world keeps h = 0, as in every transform of a network.
        let world = graph.world().map_or(0.0, |world| h0[world]);
        let h0: Vec<f64> = h0.iter().map(|value| value - world).collect();
        let method = if graph.nodes() <= LARGEST_DENSE { Method::Newton } else { Method::Osborne };
        let again = rescale_network(&subject.network, &h0[..graph.neurons()], Homogeneity::Required)
            .map_err(BalanceError::from)
            .and_then(|moved| subject.solve_to_limit(&Problem::new(&moved, &subject.spec, subject.scope)?, method));
        let again = match again {
            Ok(again) => again,
            Err(reason) if reason.is_out_of_range() => {
                evidence.undecided(format!("start {}: {reason}", start + 1));
                continue;
            }
            Err(fault) => return Err(fault.into()),
        };
        evidence.balanced(
            format!("imbalance from start {}", start + 1),
            again.outcome.imbalance,
            subject.stop.tol,
            &again.outcome.status,
        );
        // Both answers as log-scales of the given network, in the given network's prescaling.
        let prescaled = graph.prescaled(&again.graph.unprescaled(&again.outcome.h));
        let h: Vec<f64> = prescaled.iter().zip(&h0).map(|(found, start)| found + start).collect();
        // The weights of the new start are rounded: |t| + 8 units of roundoff each, t the log-factor, hence p times
        // that for the costs, and the sum over a node's synapses for its gradient. The log-scales are sums of rounded
        // numbers themselves: 4u|h| each.
        let spread = h0.iter().chain(&h).fold(0.0_f64, |spread, value| spread.max(value.abs()));
        let relative = graph.p() * UNIT_ROUNDOFF * (8.0 * spread + 16.0);
        let sums = node_costs(graph.pattern(), &graph.costs_at(&reference.outcome.h), &0.0);
        let extra: Vec<f64> =
            sums.incoming.iter().zip(&sums.outgoing).map(|(r, c)| graph.p() * relative * (r + c)).collect();
        match compare(graph, &reference.outcome.h, &h, &extra) {
            Ok(comparison) => {
                for (node, (&distance, bound)) in comparison.distance.iter().zip(&comparison.bound).enumerate() {
                    let elsewhere = if node % 2 == 0 { ELSEWHERE } else { -ELSEWHERE };
                    let distance = formula.choose(distance, distance + elsewhere).abs();
                    worst.add(distance, bound + 4.0 * UNIT_ROUNDOFF * spread);
                    largest = largest.max(distance);
                }
            }
            Err(reason) => evidence.undecided(format!("start {}: {reason}", start + 1)),
        }
    }
    if worst.seen() > 0 {
        evidence.at_most(
            "distance between the balanced log-scales of different starts, in units of its bound, worst node",
            worst.worst(),
            1.0,
            "comparison principle for the mean Hessian, with the residual gradients of both answers",
        );
        evidence.note(format!("largest distance of a log-scale: {largest:.1e}, over {STARTS} random starts"));
    }
    Ok(evidence)
}
