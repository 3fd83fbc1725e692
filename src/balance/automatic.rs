//! The default: picks a method by size, and a slower one where that is not enough. The outcome names the one it took.

use super::{Grounded, Newton, NewtonCg, Outcome, Solver, Status, Stop};
use crate::cost::CostGraph;

/// Newton's method, dense or with conjugate gradients.
#[derive(Clone, Copy, Debug, Default)]
pub struct Automatic;

/// Unknowns of a component up to which a dense factorisation is faster (bench `solvers`).
const SMALL: usize = 48;

/// And up to which the dense method, with its subtraction-free elimination, gets a try where conjugate gradients stall.
const LARGEST_RETRIED: usize = 3000;

impl Solver for Automatic {
    fn name(&self) -> &'static str {
        "auto"
    }

    fn solve(&self, graph: &CostGraph, stop: &Stop) -> Outcome {
        let largest = Grounded::of(graph).largest_block();
        if largest <= SMALL {
            return Newton::default().solve(graph, stop);
        }
        let first = NewtonCg::default().solve(graph, stop);
        let worth_a_try = matches!(first.status, Status::Stalled | Status::NotFinite { .. });
        if !worth_a_try || largest > LARGEST_RETRIED || first.passes >= stop.max_passes {
            return first;
        }
        let rest = Stop { max_passes: stop.max_passes - first.passes, ..*stop };
        let second = Newton::default().solve(graph, &rest);
        Outcome { passes: first.passes + second.passes, ..second }
    }
}
