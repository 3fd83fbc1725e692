//! What a solver hands in, and what the judge makes of it.

use super::criteria::Criteria;
use super::end::End;
use super::gauge::fix_gauge;
use super::status::Status;
use super::trace::{Trace, TracePoint};
use crate::cost::CostGraph;
use crate::flow::Imbalance;

/// A way of balancing a graph of costs.
pub trait Solver {
    /// The name used on the command line and in reports.
    fn name(&self) -> &'static str;
    /// Looks for balanced log-scales, starting from `h = 0`.
    fn solve(&self, graph: &CostGraph, criteria: &Criteria) -> Outcome;
    /// Whether it takes a graph that is spread over ranks ([`Problem::spread`](super::Problem::spread)).
    fn takes_a_spread_graph(&self) -> bool {
        false
    }
}

/// What every solver returns.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The solver's name.
    pub method: &'static str,
    /// How it ended.
    pub status: Status,
    /// Its own iterations: steps, sweeps or factorisations.
    pub iterations: usize,
    /// Passes over the synapses (gradient evaluations).
    pub passes: usize,
    /// The log-scales, one for each node, relative to the graph's prescaling; gauge as in [`fix_gauge`].
    pub h: Vec<f64>,
    /// The achieved imbalance at `h`.
    pub imbalance: f64,
    /// The node where it is attained.
    pub worst_node: usize,
    /// Total cost at `h`.
    pub cost: f64,
    /// The way there.
    pub trace: Vec<TracePoint>,
}

/// What a solver hands to the judge.
pub(crate) struct Attempt {
    /// The solver's name.
    pub method: &'static str,
    /// Where it ended (nodes).
    pub h: Vec<f64>,
    /// Why it stopped.
    pub end: End,
    /// Steps, sweeps or factorisations.
    pub iterations: usize,
    /// Passes over the synapses.
    pub passes: usize,
    /// The way there.
    pub trace: Trace,
}

/// The one place where a run is called balanced: the imbalance found is within the tolerance, at a finite cost.
pub(super) fn verdict(criteria: &Criteria, found: Imbalance, cost: f64, end: End) -> Status {
    if found.worst <= criteria.tol && cost.is_finite() {
        Status::Balanced
    } else if found.worst.is_nan() || !cost.is_finite() {
        Status::NotFinite { node: found.node }
    } else {
        end.unbalanced()
    }
}

impl Outcome {
    /// Measures the log-scales of an attempt and settles its status.
    pub(crate) fn judge(graph: &CostGraph, criteria: &Criteria, attempt: Attempt) -> Outcome {
        // Log-scales that left the range of f64 are no result: the network stays as given, and the status says why.
        let runaway = attempt.h.iter().position(|value| !value.is_finite());
        let mut h = if runaway.is_some() { vec![0.0; graph.nodes()] } else { attempt.h };
        let end = runaway.map_or(attempt.end, |node| End::NotFinite { node });
        fix_gauge(graph, &mut h);
        let costs = graph.costs_at(&h);
        let found = graph.node_costs(&costs).imbalance();
        let cost = graph.total_cost(&costs);
        Outcome {
            method: attempt.method,
            status: verdict(criteria, found, cost, end),
            iterations: attempt.iterations,
            passes: attempt.passes,
            h,
            imbalance: found.worst,
            worst_node: found.node,
            cost,
            trace: attempt.trace.into_points(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn balanced_is_within_the_tolerance_at_a_finite_cost_and_what_is_no_number_is_said() {
        let criteria = Criteria::new(1e-3, 10);
        let of = |worst, cost| verdict(&criteria, Imbalance { worst, node: 7 }, cost, End::NoProgress);
        assert_eq!(of(1e-3, 1.0), Status::Balanced);
        assert_eq!(of(1.1e-3, 1.0), Status::Stalled);
        for (worst, cost) in
            [(f64::NAN, 1.0), (0.5, f64::NAN), (0.5, f64::INFINITY), (0.0, f64::INFINITY), (f64::NAN, f64::NAN)]
        {
            assert_eq!(of(worst, cost), Status::NotFinite { node: 7 }, "{worst} {cost}");
        }
    }
}
