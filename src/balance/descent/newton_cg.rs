//! Newton's method for large sparse graphs: the step `L pδ = g` by conjugate gradients, only as exactly as it pays.
//!
//! The damped step of the dense method stays right for any truncation: after any number of conjugate gradient steps
//! from zero, `δᵀLδ = δᵀg/p`, which is all that its proof of descent uses (see [`super::newton`]). So the fraction
//! `ln(1 + s)/s` globalises without a line search, from every start. It is for the worst synapse, which may be a negligible one:
//! so the whole step is looked at first, and kept where it is seen to do better.

use super::newton::damping;
use super::node_sums::{Momentum, NodeSums};
use crate::balance::criteria::Criteria;
use crate::balance::end::End;
use crate::balance::outcome::{Attempt, Outcome, Solver};
use crate::balance::trace::{Trace, TracePoint};
use crate::cost::CostGraph;
use crate::flow::NodeCosts;
use crate::laplacian::conjugate_gradients::{Unit, Until};
use crate::laplacian::scaled::ScaledLaplacian;
use crate::laplacian::{Preconditioners, Preconditioning};

/// Newton's method with conjugate gradients.
#[derive(Clone, Copy, Debug)]
pub struct NewtonCg {
    /// How the inner iteration is preconditioned.
    pub preconditioning: Preconditioning,
    /// Simultaneous steps of Osborne's iteration before the first system: whole ones as long as they pay, then half ones with
    /// momentum, at most 10 of these.
    pub warm_steps: usize,
    /// Stop already at `max_i |g_i| ≤ x C(0)`, `C(0)` the cost of the graph at `h = 0` without self-synapses: the
    /// criterion of other programs, under which a node of small costs may be as unbalanced as it likes. What stops here
    /// is called balanced only if it happens to be; else its status is `Status::GradientReached`.
    pub stop_at_gradient: Option<f64>,
}

impl Default for NewtonCg {
    fn default() -> Self {
        NewtonCg { preconditioning: Preconditioning::default(), warm_steps: 20, stop_at_gradient: None }
    }
}

/// Whole steps of all nodes at once are taken, where each leaves at most this part of the imbalance: about what half a step
/// leaves at best. In a network where everybody is joined to everybody they leave far less; elsewhere they may even raise it.
const WHOLE_STEPS_PAY: f64 = 0.5;

/// Half steps with momentum at most: on the fly's networks and C. elegans fewer or more take more passes in all.
const HALF_STEPS: usize = 10;

/// Where exponents move by at most this much, a whole Newton step and the damped one are nearly the same.
const NEARLY_WHOLE: f64 = 0.1;

/// And a whole step that raises no cost and leaves at most this part of the imbalance is kept.
const KEPT: f64 = 0.9;

/// Products for one system with the last preconditioner tried, after which the direction found so far is taken.
const MAX_PRODUCTS: usize = 2000;

/// Systems after which the method gives up, as for the dense method.
const MAX_SYSTEMS: usize = 500;

/// Steps without a lower imbalance, all of them full steps, after which rounding has won.
const PATIENCE: usize = 5;

/// Forcing terms (Eisenstat & Walker 1996, choice 2): the residual asked for is a power of the progress made last.
const LOOSEST: f64 = 0.1;
const FORCING_POWER: f64 = 1.6;

/// The inner iteration may stop once every node's linear residual is this part of the tolerance: the step then
/// balances within it, and the rest is for the curvature of the flow.
const PART_OF_TOLERANCE: f64 = 0.25;

impl Solver for NewtonCg {
    fn name(&self) -> &'static str {
        match self.preconditioning {
            Preconditioning::AsNeeded => "newton-cg",
            Preconditioning::Diagonal => "newton-cg-diagonal",
            Preconditioning::Multigrid => "newton-cg-multigrid",
            Preconditioning::ApproximateCholesky => "newton-cg-approximate-cholesky",
        }
    }

    fn takes_a_spread_graph(&self) -> bool {
        true
    }

    fn solve(&self, graph: &CostGraph, criteria: &Criteria) -> Outcome {
        let mut trace = Trace::default();
        let mut sums = NodeSums::new(graph);
        let mut point = sums.measure();
        trace.push(point);
        // A gradient of this size is enough.
        let enough = self.stop_at_gradient.map(|part| part * (point.cost - graph.self_cost()));
        let is_enough = |sums: &NodeSums| enough.is_some_and(|enough| largest(&sums.nodes) <= enough);
        let (mut whole_steps, mut half_steps, mut momentum) = (true, 0, Momentum::default());
        for _ in 0..self.warm_steps {
            if point.imbalance <= criteria.target() || sums.scaled.passes >= criteria.max_passes || is_enough(&sums) {
                break;
            }
            if whole_steps {
                let before = sums.mark();
                if sums.whole_step() {
                    let reached = sums.measure();
                    if reached.cost <= point.cost && reached.imbalance <= WHOLE_STEPS_PAY * point.imbalance {
                        point = reached;
                        trace.push(point);
                        continue;
                    }
                }
                sums.return_to(before);
                whole_steps = false;
            }
            if half_steps == HALF_STEPS {
                break;
            }
            half_steps += 1;
            sums.half_step(&mut momentum);
            let mut reached = sums.measure();
            if (reached.cost > point.cost || reached.cost.is_nan()) && sums.stop_at_half(&mut momentum) {
                reached = sums.measure();
            }
            point = reached;
            trace.push(point);
        }
        let mut h = sums.scaled.h();
        let mut best = (point.imbalance, h.clone());
        let mut matrix = ScaledLaplacian::<f32>::new(graph.pattern().len());
        let mut preconditioners = Preconditioners::new(self.preconditioning);
        let (mut iterations, mut without_progress) = (0, 0);
        let mut last_norm = 0.0;
        let end = loop {
            let end = criteria.end(sums.nodes.imbalance(), sums.scaled.passes);
            // A limit of passes has the last word; what is decided by the numbers comes first.
            if let Some(end @ (End::NotFinite { .. } | End::AtTarget)) = end {
                break end;
            }
            if without_progress >= PATIENCE {
                break End::NoProgress;
            }
            if iterations >= MAX_SYSTEMS {
                break End::IterationLimit { limit: MAX_SYSTEMS };
            }
            if is_enough(&sums) {
                break End::GradientReached { largest: largest(&sums.nodes) };
            }
            if let Some(end) = end {
                break end;
            }
            sums.renew(&mut matrix);
            let g = sums.nodes.gradient();
            let norm = g.iter().zip(&matrix.inverse_root).map(|(g, r)| (g * r) * (g * r)).sum::<f64>().sqrt();
            let until = Until {
                relative: if last_norm > 0.0 { (norm / last_norm).powf(FORCING_POWER).min(LOOSEST) } else { LOOSEST },
                every_node: PART_OF_TOLERANCE * criteria.tol,
                of: Unit::Degree,
                products: MAX_PRODUCTS,
            };
            last_norm = norm;
            let solved = preconditioners.solve(&mut sums.products, &matrix, &g, &until, &mut sums.scaled.passes);
            iterations += 1;
            let rate = sums.products.largest_difference(&solved.x);
            sums.scaled.passes += 1;
            if rate < 1.0 {
                without_progress += 1;
            }
            let mut go = |fraction: f64| {
                let there: Vec<f64> =
                    h.iter().zip(&solved.x).map(|(h, step)| h + fraction * step / graph.p()).collect();
                sums.scaled.move_to(&there);
                (there, sums.measure())
            };
            let whole = (rate > NEARLY_WHOLE).then(|| go(1.0));
            let is_better =
                |reached: &TracePoint| reached.cost <= point.cost && reached.imbalance <= KEPT * point.imbalance;
            (h, point) = whole.filter(|(_, reached)| is_better(reached)).unwrap_or_else(|| go(damping(rate)));
            trace.push(point);
            if point.imbalance < best.0 {
                best = (point.imbalance, h.clone());
                without_progress = 0;
            }
        };
        let h = if end.is_worth_the_best() { best.1 } else { h };
        let passes = sums.scaled.passes;
        Outcome::judge(graph, criteria, Attempt { method: self.name(), h, end, iterations, passes, trace })
    }
}

/// `max_i |g_i|`.
fn largest(nodes: &NodeCosts<f64>) -> f64 {
    nodes.incoming.iter().zip(&nodes.outgoing).map(|(r, c)| (r - c).abs()).fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cost::CostSpec;
    use crate::network::random::{random_network, stream};
    use crate::network::{Activation, Network};

    #[test]
    fn steps_before_the_first_system_end_at_the_limit_of_passes_and_where_the_gradient_is_small_enough() {
        let weights = random_network(&mut stream(3, 0), 30, 0.2, 1.0).unwrap();
        let network = Network::recurrent(weights, Activation::Relu);
        let graph = CostGraph::of_network(&network, &CostSpec::power(2.0)).unwrap().within_components();
        let passes = |solver: NewtonCg, limit| solver.solve(&graph, &Criteria::new(1e-12, limit)).passes;
        assert!(passes(NewtonCg::default(), 1_000) > 20);
        // One more step of two passes, and the look at what it led to.
        assert!((4..=7).contains(&passes(NewtonCg::default(), 4)));
        // No gradient is larger than the cost.
        let at_once = NewtonCg { stop_at_gradient: Some(1.0), ..NewtonCg::default() };
        assert!(passes(at_once, 1_000) <= 2);
    }
}
