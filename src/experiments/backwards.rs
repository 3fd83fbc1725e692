//! The flow run backwards, `ḣ = −g(h)`: the control of experiments that balance.

use super::ExperimentError;
use crate::cost::CostGraph;
use crate::flow::node_costs;

/// Where the flow run backwards from `h = 0` first has so many times the cost.
#[derive(Clone, Debug, PartialEq)]
pub struct Backwards {
    /// The log-scales, one for each node.
    pub h: Vec<f64>,
    /// The cost there.
    pub cost: f64,
    /// Flow time.
    pub time: f64,
}

/// Steps of the flow after which it is given up: from a network that is balanced already it leads nowhere.
const MOST_STEPS: usize = 100_000;
/// Share of the inverse of the fastest rate, `2p` times the largest degree, that a step takes: the cost then grows by a few
/// per cent at most, so that it ends near where it was to end.
const SHARE: f64 = 0.05;

/// Runs the flow of a graph of costs backwards, by Euler's method, until the cost is `factor` times that at the start.
///
/// # Errors
/// A cost that does not get there.
pub fn run_backwards(graph: &CostGraph, factor: f64, what: &str) -> Result<Backwards, ExperimentError> {
    let mut h = vec![0.0; graph.nodes()];
    let goal = factor * graph.total(graph.initial_costs());
    let mut time = 0.0;
    for _ in 0..MOST_STEPS {
        let costs = graph.costs_at(&h);
        let cost = graph.total(&costs);
        if !cost.is_finite() {
            return Err(ExperimentError::NotFinite { what: format!("the cost of {what}, run backwards"), value: cost });
        }
        if cost >= goal {
            return Ok(Backwards { h, cost, time });
        }
        let sums = node_costs(graph.pattern(), &costs, &0.0);
        let step = SHARE / (2.0 * graph.p() * sums.largest_degree());
        for (h, g) in h.iter_mut().zip(sums.gradient()) {
            *h -= step * g;
        }
        time += step;
    }
    Err(ExperimentError::NoWayBack { what: what.to_owned(), factor, steps: MOST_STEPS })
}
