//! Newton's method to any number of digits: the formulas of `f64` in multiple precision, from the solution of `f64`.
//!
//! The full step doubles the digits that are right. The step from where the log-scales stand is their error to first
//! order, so they are done when it is below half a unit of the last digit wanted, with [`SPARE_DIGITS`] to spare. Guard bits: a
//! step is off by the rounding of the gradient times the condition of the Hessian, of which `f64` has seen at most 2^53
//! before it refused to factor; [`GUARD_BITS`] is that and as much again. The step is found for `p·h`; for p below one the error of
//! the log-scales is `1/p` times as large, which asks for `⌈−log2 p⌉` bits more.

use super::DegreeProblem;
use super::hessian::dense_step;
use crate::balance::memory::{numbers_on_the_way, room_for_digits};
use crate::balance::precise::{LinearSolver, Precise, PreciseStep, lost_bits};
use crate::balance::precise_error::{MOST_DIGITS, PreciseError};
use crate::balance::{Criteria, Method};
use crate::scalar::{Multi, Scalar};

/// Bits beyond those of the digits wanted.
const GUARD_BITS: u32 = 128;

/// Digits by which the last step is smaller than what is claimed.
const SPARE_DIGITS: usize = 2;

/// Newton steps after which the method gives up.
const MAX_STEPS: usize = 60;

/// Neurons beyond which a factorisation in multiple precision is refused.
const LARGEST: usize = 1000;

impl DegreeProblem<'_> {
    /// The balanced log-scales and the cost to `digits` digits.
    ///
    /// # Errors
    /// Digits out of range, a network that is too large, a Hessian that cannot be factored, or digits that are not reached.
    pub fn to_digits(&self, digits: usize) -> Result<Precise, PreciseError> {
        if !(1..=MOST_DIGITS).contains(&digits) {
            return Err(PreciseError::DigitsOutOfRange { digits });
        }
        let n = self.costs.neurons();
        if n > LARGEST {
            return Err(PreciseError::TooLarge { nodes: n, limit: LARGEST, by: "in multiple precision" });
        }
        // At most MOST_DIGITS and some: far inside u32.
        let bits = ((digits + SPARE_DIGITS) as f64 * std::f64::consts::LOG2_10).ceil() as u32
            + GUARD_BITS
            + lost_bits(self.costs.p());
        room_for_digits(numbers_on_the_way(self.costs.synapses().len(), n).saturating_add(n * n), bits)?;
        // Whatever f64 reached is a start; it is judged by what comes out here.
        let start = self.solve(Method::Newton, &Criteria::default()).map(|run| run.log_scales).unwrap_or(vec![0.0; n]);
        let zero = Multi::from_f64(bits, 0.0)?;
        let graph = self.costs.lifted(|value| zero.lift(value));
        let mut h: Vec<Multi> = start.iter().map(|&value| zero.lift(value)).collect();
        let mut trace = Vec::new();
        for _ in 0..MAX_STEPS {
            let costs = graph.costs_at(&h);
            let pulls = graph.pulls(&costs, &zero);
            let log10_imbalance = pulls.largest_relative_imbalance().log10();
            let g = pulls.gradient();
            let step =
                dense_step(&graph, &costs, &g, &self.free, &zero).map_err(|node| PreciseError::Singular { node })?;
            let log10_step = step.iter().map(|value| value.abs().log10()).fold(f64::NEG_INFINITY, f64::max)
                - graph.p().min(1.0).log10();
            let linear_solver = LinearSolver::Factorisation;
            trace.push(PreciseStep { bits, log10_imbalance, digits: -log10_step, corrections: 0, linear_solver });
            let wanted = -((digits + SPARE_DIGITS) as f64);
            if log10_step <= wanted && log10_imbalance <= -(digits as f64) {
                let cost = graph.total(&costs, &zero);
                return Ok(Precise { digits, log_scales: h, cost, log10_imbalance, trace });
            }
            let rates = graph.synapses().iter().map(|synapse| graph.rate(synapse, &step).abs().to_f64());
            let rate = rates.fold(0.0, f64::max);
            // Within the last tenth the full step doubles the digits; farther off it is damped.
            let part = zero.lift(if rate <= 0.1 { 1.0 } else { crate::balance::descent::damping(rate) });
            let p = zero.lift(graph.p());
            for (h, step) in h.iter_mut().zip(step) {
                *h += &(step * &part / &p);
            }
        }
        let log10_imbalance = trace.last().map_or(f64::NAN, |step: &PreciseStep| step.log10_imbalance);
        Err(PreciseError::NotConverged { digits, steps: trace.len(), log10_imbalance })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::balance::Scope;
    use crate::cost::CostSpec;
    use crate::network::{Activation, Network, Weights};

    /// The error of `p·h` was taken for that of h: at p = 1/1000 some log-scales were off by 1.8 units of the last place.
    #[test]
    fn log_scales_are_right_to_the_places_asked_for_where_p_is_small() {
        let weights = vec![(0, 1, 1.0), (0, 2, 0.5), (1, 0, 2.0), (1, 2, 1.0), (2, 0, 0.3), (2, 1, 4.0)];
        let network = Network::recurrent(Weights::from_triplets(3, weights).unwrap(), Activation::Relu);
        let spec = CostSpec::power(1e-3);
        let (graph, degrees) = (
            crate::cost::CostGraph::of_network(&network, &spec).unwrap(),
            DegreeProblem::new(&network, &spec, Scope::Whole).unwrap(),
        );
        let of_degree_one = |digits| crate::balance::balance_to_digits(&graph, &[0.0; 3], digits).unwrap();
        let of_any_degree = |digits| degrees.to_digits(digits).unwrap();
        for of in [&of_degree_one as &dyn Fn(usize) -> Precise, &of_any_degree] {
            let exact = of(120).log_scales;
            for digits in 17..60 {
                for (found, exact) in of(digits).log_scales.iter().zip(&exact) {
                    // Half a unit of the last place is the last rounding's, when they are written.
                    let off = (exact.clone() - &found.at_bits(600).unwrap()).abs().log10() + digits as f64;
                    assert!(off < -1.0, "{digits} digits: off by 10^{off:.2} units of the last place");
                }
            }
        }
    }

    /// Neither a small imbalance nor a small step is enough by itself: iterations double the digits, and one of so many numbers of
    /// digits asked for lies between the two.
    #[test]
    fn it_ends_where_step_and_imbalance_are_both_as_small_as_asked_for() {
        let weights = vec![(0, 1, 1.0), (0, 2, 0.5), (1, 0, 2.0), (1, 2, 1.0), (2, 0, 3.0), (2, 1, 4.0)];
        let network = Network::recurrent(Weights::from_triplets(3, weights).unwrap(), Activation::Relu);
        let small = 2.0_f64.powi(-40);
        for spec in [CostSpec::power(2.0), CostSpec::power(small), CostSpec::power(40.0)] {
            let problem = DegreeProblem::new(&network, &spec, Scope::Whole).unwrap();
            for digits in 17..80 {
                let found = problem.to_digits(digits).unwrap();
                let last = found.trace.last().unwrap();
                assert!(last.digits >= (digits + SPARE_DIGITS) as f64, "{digits} digits: a step of 1e-{}", last.digits);
                assert!(found.log10_imbalance <= -(digits as f64), "{digits}: imbalance 1e{}", found.log10_imbalance);
            }
        }
    }

    #[test]
    fn a_network_that_is_too_large_for_a_factorisation_is_refused() {
        let n = LARGEST + 1;
        let ring = (0..n).map(|i| (i, (i + 1) % n, 1.0)).collect();
        let network = Network::recurrent(Weights::from_triplets(n, ring).unwrap(), Activation::Relu);
        let problem = DegreeProblem::new(&network, &CostSpec::power(2.0), Scope::Whole).unwrap();
        let refused = problem.to_digits(20);
        assert!(
            matches!(refused, Err(PreciseError::TooLarge { nodes, limit: LARGEST, .. }) if nodes == n),
            "{refused:?}"
        );
    }
}
