//! Newton's method for large sparse graphs: the step `L pδ = g` by conjugate gradients, only as exactly as it pays.
//!
//! The damped step of the dense method stays right for any truncation: after any number of conjugate gradient steps
//! from zero, `δᵀLδ = δᵀg/p`, which is all that its proof of descent uses (see [`super::newton`]). So the fraction
//! `ln(1 + s)/s` globalises without a line search, from every start.

use super::conjugate_gradients::{Scaled, Unit, Until};
use super::inverses::Inverses;
use super::sums::Sums;
use super::{Outcome, Run, Solver, Status, Stop, Trace};
use crate::cost::CostGraph;
use crate::flow::NodeCosts;

/// How the inner iteration is preconditioned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Preconditioner {
    /// By the degrees alone.
    Diagonal,
    /// By the degrees and graphs of ever larger aggregates.
    Multilevel,
    /// By a sampled elimination, a new one for each system.
    Elimination,
    /// By the degrees, until a system takes more than some products; from then on by aggregates, until one takes more
    /// than some hundreds; from then on by elimination.
    #[default]
    AsNeeded,
}

/// Newton's method with conjugate gradients.
#[derive(Clone, Copy, Debug)]
pub struct NewtonCg {
    /// How the inner iteration is preconditioned.
    pub preconditioner: Preconditioner,
    /// Simultaneous half-steps of Osborne's iteration before the first system.
    pub warm_steps: usize,
    /// Stop already at `max_i |g_i| ≤ x C(0)`, `C(0)` the cost of the graph at `h = 0` without self-synapses: the
    /// criterion of other programs, under which a node of small costs may be as unbalanced as it likes. What stops here
    /// is called balanced only if it happens to be; else its status is [`Status::GradientReached`].
    pub stop_at_gradient: Option<f64>,
}

impl Default for NewtonCg {
    fn default() -> Self {
        NewtonCg { preconditioner: Preconditioner::default(), warm_steps: 20, stop_at_gradient: None }
    }
}

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
        match self.preconditioner {
            Preconditioner::AsNeeded => "newton-cg",
            Preconditioner::Diagonal => "newton-cg-diagonal",
            Preconditioner::Multilevel => "newton-cg-multilevel",
            Preconditioner::Elimination => "newton-cg-elimination",
        }
    }

    fn solve(&self, graph: &CostGraph, stop: &Stop) -> Outcome {
        let mut trace = Trace::default();
        let mut sums = Sums::new(graph);
        let mut point = sums.measure();
        trace.push(point);
        // A gradient of this size is enough.
        let enough = self.stop_at_gradient.map(|part| part * (point.cost - graph.self_cost()));
        let is_enough = |sums: &Sums| enough.is_some_and(|enough| largest(&sums.nodes) <= enough);
        for _ in 0..self.warm_steps {
            if point.imbalance <= stop.target() || sums.passes >= stop.max_passes || is_enough(&sums) {
                break;
            }
            sums.half_step();
            point = sums.measure();
            trace.push(point);
        }
        let mut h = sums.h();
        let mut best = (point.imbalance, h.clone());
        let mut matrix = Scaled::<f32>::new(graph.pattern().len());
        let mut inverses = Inverses::new(self.preconditioner);
        let (mut iterations, mut without_progress) = (0, 0);
        let mut last_norm = 0.0;
        let reason = loop {
            if point.imbalance.is_nan() {
                break Status::NotFinite { node: sums.nodes.imbalance().node };
            }
            if point.imbalance <= stop.target() || without_progress >= PATIENCE || iterations >= MAX_SYSTEMS {
                break Status::Stalled;
            }
            if is_enough(&sums) {
                break Status::GradientReached { largest: largest(&sums.nodes) };
            }
            if sums.passes >= stop.max_passes {
                break Status::PassLimit { limit: stop.max_passes };
            }
            sums.renew(&mut matrix);
            let g = sums.nodes.gradient();
            let norm = g.iter().zip(&matrix.inverse_root).map(|(g, r)| (g * r) * (g * r)).sum::<f64>().sqrt();
            let until = Until {
                relative: if last_norm > 0.0 { (norm / last_norm).powf(FORCING_POWER).min(LOOSEST) } else { LOOSEST },
                every_node: PART_OF_TOLERANCE * stop.tol,
                of: Unit::Degree,
                products: MAX_PRODUCTS,
            };
            last_norm = norm;
            let solved = inverses.solve(&mut sums.engine, &matrix, &g, &until, &mut sums.passes);
            iterations += 1;
            let rate = sums.engine.largest_difference(&solved.x);
            sums.passes += 1;
            let fraction = if rate > 0.0 { rate.ln_1p() / rate } else { 1.0 };
            if rate < 1.0 {
                without_progress += 1;
            }
            for (value, step) in h.iter_mut().zip(&solved.x) {
                *value += fraction * step / graph.p();
            }
            sums.move_to(&h);
            point = sums.measure();
            trace.push(point);
            if point.imbalance < best.0 {
                best = (point.imbalance, h.clone());
                without_progress = 0;
            }
        };
        let h = if matches!(reason, Status::Stalled) { best.1 } else { h };
        Outcome::judge(graph, stop, Run { method: self.name(), h, reason, iterations, passes: sums.passes, trace })
    }
}

/// `max_i |g_i|`.
fn largest(nodes: &NodeCosts<f64>) -> f64 {
    nodes.incoming.iter().zip(&nodes.outgoing).map(|(r, c)| (r - c).abs()).fold(0.0, f64::max)
}
