//! Forward Euler on the log-scales: the method of the paper's published experiments, with an honest stop.

use super::trajectory::{Horizon, Trajectory};
use crate::balance::criteria::Criteria;
use crate::balance::outcome::{Attempt, Outcome, Solver};
use crate::balance::status::Status;
use crate::balance::trace::{Trace, TracePoint};
use crate::cost::CostGraph;
use crate::flow::{NodeCosts, node_costs};

/// `h ← h + η g(h)` with `η = 1/(2p·max_i(r_i + c_i))`, renewed at every step.
///
/// The linearised flow decays with rates up to `p·λ_max(L) ≤ 2p·max_i(r_i + c_i)`, so `η` is half of what linear
/// stability allows.
#[derive(Clone, Copy, Debug, Default)]
pub struct Euler;

/// One step; its length.
fn take_step(p: f64, sums: &NodeCosts<f64>, h: &mut [f64]) -> f64 {
    let step = 0.5 / (p * sums.largest_degree());
    for (value, g) in h.iter_mut().zip(sums.gradient()) {
        *value += step * g;
    }
    step
}

impl Euler {
    /// All steps from `h = 0` to a horizon.
    ///
    /// # Errors
    /// [`Status::NotFinite`] where a log-scale or a cost is not finite.
    pub fn trajectory(&self, graph: &CostGraph, horizon: &Horizon) -> Result<Trajectory, Status> {
        let start = node_costs(graph.pattern(), graph.initial_costs(), &0.0);
        let degree = start.largest_degree();
        let rate = if degree > 0.0 { degree } else { 1.0 };
        let mut h = vec![0.0; graph.nodes()];
        let mut trajectory = Trajectory::start(rate, graph.nodes());
        let mut time = 0.0;
        while degree > 0.0 && !trajectory.is_over(horizon) {
            let sums = node_costs(graph.pattern(), &graph.costs_at(&h), &0.0);
            time += take_step(graph.p(), &sums, &mut h) * rate;
            if let Some(node) = h.iter().position(|value| !value.is_finite()) {
                return Err(Status::NotFinite { node });
            }
            trajectory.push(time, &h);
        }
        Ok(trajectory)
    }
}

impl Solver for Euler {
    fn name(&self) -> &'static str {
        "euler"
    }

    fn solve(&self, graph: &CostGraph, criteria: &Criteria) -> Outcome {
        let mut h = vec![0.0; graph.nodes()];
        let mut trace = Trace::default();
        let (mut passes, mut time) = (0, 0.0);
        let end = loop {
            let costs = graph.costs_at(&h);
            let sums = node_costs(graph.pattern(), &costs, &0.0);
            passes += 1;
            let found = sums.imbalance();
            trace.push(TracePoint { passes, time: Some(time), cost: graph.total(&costs), imbalance: found.worst });
            if let Some(end) = criteria.end(found, passes) {
                break end;
            }
            time += take_step(graph.p(), &sums, &mut h);
        };
        Outcome::judge(graph, criteria, Attempt { method: self.name(), h, end, iterations: passes, passes, trace })
    }
}
