//! Forward Euler on the log-scales: the method of the paper's published experiments, with an honest stop.

use super::{Outcome, Run, Solver, Status, Stop, Trace, TracePoint};
use crate::cost::CostGraph;
use crate::flow::node_costs;

/// `h ← h + η g(h)` with `η = 1/(2p·max_i(r_i + c_i))`, renewed at every step.
///
/// The linearised flow decays with rates up to `p·λ_max(L) ≤ 2p·max_i(r_i + c_i)`, so `η` is half of what linear
/// stability allows.
#[derive(Clone, Copy, Debug, Default)]
pub struct Euler;

impl Solver for Euler {
    fn name(&self) -> &'static str {
        "euler"
    }

    fn solve(&self, graph: &CostGraph, stop: &Stop) -> Outcome {
        let mut h = vec![0.0; graph.nodes()];
        let mut trace = Trace::default();
        let (mut passes, mut time) = (0, 0.0);
        let reason = loop {
            let costs = graph.costs_at(&h);
            let sums = node_costs(graph.pattern(), &costs, &0.0);
            passes += 1;
            let found = sums.imbalance();
            trace.push(TracePoint { passes, time: Some(time), cost: graph.total(&costs), imbalance: found.worst });
            if found.worst.is_nan() {
                break Status::NotFinite { node: found.node };
            }
            if found.worst <= stop.target() {
                break Status::Stalled;
            }
            if passes >= stop.max_passes {
                break Status::PassLimit { limit: stop.max_passes };
            }
            let step = 0.5 / (graph.p() * sums.largest_degree());
            for (value, g) in h.iter_mut().zip(sums.gradient()) {
                *value += step * g;
            }
            time += step;
        };
        Outcome::judge(graph, stop, Run { method: self.name(), h, reason, iterations: passes, passes, trace })
    }
}
