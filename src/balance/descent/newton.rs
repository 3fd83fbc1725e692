//! Newton's method with a dense Cholesky factorisation of each component's grounded Laplacian.
//!
//! The step `δ` solves `L pδ = g`, from `p² L δ = p g`. How much of it is taken needs no line search: along the step every exponent
//! `p(h_j − h_i)` moves at a rate of at most `s = max p|δ_j − δ_i|`, so the third derivative of the cost is at most
//! `s` times the second, and the fraction `ln(1 + s)/s` lowers the cost from everywhere (the damped step of
//! generalised self-concordance, Sun & Tran-Dinh 2019) and tends to the full step, hence quadratic convergence.
//! Nothing is compared that rounding could decide.
//!
//! Where Cholesky fails or brings no progress, because costs are too far apart for it, the slower elimination that
//! subtracts nothing takes over ([`Elimination::StarMesh`]).

use super::scaled_costs::ScaledCosts;
use crate::balance::criteria::Criteria;
use crate::balance::end::End;
use crate::balance::memory::{STAR_MESH_MATRICES, room_for_dense};
use crate::balance::outcome::{Attempt, Outcome, Solver};
use crate::balance::trace::{Trace, TracePoint};
use crate::cost::CostGraph;
use crate::flow::node_costs;
use crate::laplacian::{Elimination, GroundedLaplacian};

/// Newton's method.
#[derive(Clone, Copy, Debug)]
pub struct Newton {
    /// Osborne sweeps before the first factorisation: they settle the crude part at the price of passes.
    pub warm_sweeps: usize,
}

impl Default for Newton {
    fn default() -> Self {
        Newton { warm_sweeps: 10 }
    }
}

/// Nodes of a component beyond which a dense factorisation is refused (8192² numbers are half a gigabyte).
const LARGEST_DENSE: usize = 8192;

/// And beyond which the subtraction-free elimination, with more such matrices and slower, is not tried.
const LARGEST_STAR_MESH: usize = 3000;

/// Factorisations after which the method gives up; the damped phase needs about one for each factor e² of the
/// dynamic range of the costs, and 10³⁰⁰ is e⁶⁹¹.
const MAX_FACTORISATIONS: usize = 500;

/// Steps without a lower imbalance, all of them full steps, after which rounding has won.
const PATIENCE: usize = 5;

impl Solver for Newton {
    fn name(&self) -> &'static str {
        "newton"
    }

    fn solve(&self, graph: &CostGraph, criteria: &Criteria) -> Outcome {
        let mut trace = Trace::default();
        let mut warm = ScaledCosts::new(graph);
        let mut passes = 1;
        let start = node_costs(graph.pattern(), graph.initial_costs(), &0.0).imbalance();
        let cost = graph.total(graph.initial_costs());
        trace.push(TracePoint { passes, time: None, cost, imbalance: start.worst });
        for _ in 0..self.warm_sweeps {
            if passes + warm.passes < criteria.max_passes {
                warm.sweep(0..graph.nodes());
            }
        }
        passes += warm.passes;
        let mut h = warm.h();
        let grounded = GroundedLaplacian::of(graph);
        let mut iterations = 0;
        let mut best = (f64::INFINITY, h.clone());
        let mut without_progress = 0;
        let mut elimination = Elimination::Cholesky;
        let end = loop {
            let largest = grounded.largest_component();
            if largest > LARGEST_DENSE {
                break End::TooLargeForDense { nodes: largest, limit: LARGEST_DENSE };
            }
            let costs = graph.costs_at(&h);
            let sums = node_costs(graph.pattern(), &costs, &0.0);
            passes += 1;
            let found = sums.imbalance();
            trace.push(TracePoint { passes, time: None, cost: graph.total(&costs), imbalance: found.worst });
            if found.worst < best.0 {
                best = (found.worst, h.clone());
                without_progress = 0;
            }
            if let Some(end) = criteria.end(found, passes) {
                break end;
            }
            if without_progress >= PATIENCE {
                if elimination == Elimination::StarMesh || largest > LARGEST_STAR_MESH {
                    break End::NoProgress;
                }
                elimination = Elimination::StarMesh;
                without_progress = 0;
            }
            if iterations >= MAX_FACTORISATIONS {
                break End::IterationLimit { limit: MAX_FACTORISATIONS };
            }
            let matrices = match elimination {
                Elimination::Cholesky => 1,
                Elimination::StarMesh => STAR_MESH_MATRICES,
            };
            if let Err(end) = room_for_dense(matrices, largest) {
                break end;
            }
            let direction = match grounded.newton_step(elimination, &costs, &sums) {
                Ok(direction) => direction,
                Err(_) if elimination == Elimination::Cholesky && largest <= LARGEST_STAR_MESH => {
                    elimination = Elimination::StarMesh;
                    continue;
                }
                Err(node) => break End::NotPositiveDefinite { node },
            };
            iterations += 1;
            let rate = graph.pattern().iter().map(|(_, i, j)| (direction[j] - direction[i]).abs()).fold(0.0, f64::max);
            if rate < 1.0 {
                without_progress += 1;
            }
            let fraction = damping(rate);
            for (value, step) in h.iter_mut().zip(&direction) {
                *value += fraction * step / graph.p();
            }
        };
        let h = if end.is_worth_the_best() { best.1 } else { h };
        Outcome::judge(graph, criteria, Attempt { method: self.name(), h, end, iterations, passes, trace })
    }
}

/// The part of a Newton step that is taken, `ln(1 + s)/s`, where exponents move by at most `s`: see the head of this file.
pub(in crate::balance) fn damping(rate: f64) -> f64 {
    if rate > 0.0 { rate.ln_1p() / rate } else { 1.0 }
}
