//! Newton's method to any number of digits: the formulas of `f64` in multiple precision, from the solution of `f64`.
//!
//! The full step doubles the digits that are right. How far the log-scales are off is bounded by what can be seen at them. The
//! inverse of H has no negative entry, so with a gradient that is at most `ε (r + k c)` at every neuron, and is known within
//! `2^{−bits} t (r + k c)`, they are off by at most `(ε + 2^{−bits} t) κ`, `κ = max H⁻¹(r + k c)`. Nothing is taken from the factorisation on
//! trust here: its solution z counts only if `H z`, synapse by synapse and less what rounding can make of that, is at least half of
//! `r + k c` at every neuron, which shows that H is what it should be and `κ ≤ 2 max z`. Where it is not, or where `2^{−bits} t κ` is
//! too much for the digits wanted, bits are added: groups of neurons that hold on to each other by the weakest of links are told
//! apart then. The bound is one of `p·h`; for p below one the error of the log-scales is `1/p` times as large.

use super::DegreeProblem;
use super::hessian::{Factored, Free, diagonal, held, times, without_free};
use crate::balance::memory::{numbers_on_the_way, room_for_digits};
use crate::balance::precise::{LinearSolver, Precise, PreciseStep, bits_of_digits, lost_bits};
use crate::balance::precise_error::{MOST_DIGITS, PreciseError};
use crate::balance::{Criteria, Method};
use crate::cost::DegreeCosts;
use crate::scalar::{Multi, Scalar};

/// Bits beyond those of the digits wanted to begin with.
const GUARD_BITS: u32 = 128;

/// And beyond which costs are too far apart: as they are given they are at most 2^2046 apart, but degrees can multiply that.
const MOST_GUARD_BITS: u32 = 1 << 14;

/// Bits beyond what the bound on rounding asks for.
const SPARE_BITS: u32 = 16;

/// Digits by which the last step is smaller than what is claimed.
const SPARE_DIGITS: usize = 2;

/// Newton steps after which the method gives up.
const MAX_STEPS: usize = 200;

/// Neurons beyond which a factorisation in multiple precision is refused.
const LARGEST: usize = 1000;

impl DegreeProblem<'_> {
    /// The balanced log-scales and the cost to `digits` digits.
    ///
    /// # Errors
    /// Digits out of range, a network that is too large, costs that are too far apart, or digits that are not reached.
    pub fn to_digits(&self, digits: usize) -> Result<Precise, PreciseError> {
        if !(1..=MOST_DIGITS).contains(&digits) {
            return Err(PreciseError::DigitsOutOfRange { digits });
        }
        let n = self.costs.neurons();
        if n > LARGEST {
            return Err(PreciseError::TooLarge { nodes: n, limit: LARGEST, by: "in multiple precision" });
        }
        let wanted = Wanted { digits, bits: bits_of_digits(digits + SPARE_DIGITS) + lost_bits(self.costs.p()) };
        // Whatever f64 reached is a start; it is judged by what comes out here.
        let start = self.solve(Method::Newton, &Criteria::default()).map(|run| run.log_scales).unwrap_or(vec![0.0; n]);
        let mut lifted = self.lifted(wanted.bits + GUARD_BITS)?;
        let mut h: Vec<Multi> = start.iter().map(|&value| lifted.zero.lift(value)).collect();
        let mut trace = Vec::new();
        while trace.len() < MAX_STEPS {
            let here = match lifted.place(&h, &wanted) {
                Ok(here) => here,
                Err(bits) => {
                    if bits > wanted.bits + MOST_GUARD_BITS {
                        return Err(PreciseError::TooFarApart { bits: lifted.bits });
                    }
                    lifted = self.lifted(bits)?;
                    h = h.iter().map(|value| value.at_bits(bits)).collect::<Result<_, _>>()?;
                    continue;
                }
            };
            let graph = &lifted.graph;
            trace.push(here.seen);
            if here.is_there {
                let cost = graph.total(&here.costs, &lifted.zero);
                return Ok(Precise { digits, log_scales: h, cost, log10_imbalance: here.seen.log10_imbalance, trace });
            }
            let rates = graph.synapses().iter().map(|synapse| graph.rate(synapse, &here.step).abs().to_f64());
            let rate = rates.fold(0.0, f64::max);
            // Within the last tenth the full step doubles the digits; farther off it is damped.
            let part = lifted.zero.lift(if rate <= 0.1 { 1.0 } else { crate::balance::descent::damping(rate) });
            let p = lifted.zero.lift(graph.p());
            for (h, step) in h.iter_mut().zip(here.step) {
                *h += &(step * &part / &p);
            }
        }
        let log10_imbalance = trace.last().map_or(f64::NAN, |step: &PreciseStep| step.log10_imbalance);
        Err(PreciseError::NotConverged { digits, steps: trace.len(), log10_imbalance })
    }

    /// The costs with so many bits.
    fn lifted(&self, bits: u32) -> Result<Lifted<'_>, PreciseError> {
        let n = self.costs.neurons();
        room_for_digits(numbers_on_the_way(self.costs.synapses().len(), n).saturating_add(n * n), bits)?;
        let zero = Multi::from_f64(bits, 0.0)?;
        Ok(Lifted { graph: self.costs.lifted(|value| zero.lift(value)), free: &self.free, bits, zero })
    }
}

struct Wanted {
    digits: usize,
    /// Bits that `p·h` has right after the point when its log-scales have the digits.
    bits: u32,
}

/// The costs in multiple precision.
struct Lifted<'a> {
    graph: DegreeCosts<Multi>,
    free: &'a Free,
    bits: u32,
    zero: Multi,
}

/// What is seen at some log-scales.
struct Place {
    costs: Vec<Multi>,
    /// Newton's step of `p·h`.
    step: Vec<Multi>,
    seen: PreciseStep,
    /// Whether these are the log-scales that were wanted.
    is_there: bool,
}

impl Lifted<'_> {
    /// What is seen at log-scales; or with how many bits to look again, where these do not show it.
    fn place(&self, h: &[Multi], wanted: &Wanted) -> Result<Place, u32> {
        let (graph, zero, bits) = (&self.graph, &self.zero, self.bits);
        let costs = graph.costs_at(h);
        let pulls = graph.pulls(&costs, zero);
        let log10_imbalance = pulls.largest_relative_imbalance().log10();
        let roundings = self.roundings(h);
        let factored = Factored::of(graph, &costs, self.free, zero).map_err(|_| bits.saturating_mul(2))?;
        let degrees: Vec<Multi> = pulls.degrees().collect();
        let condition = self.condition(&factored, &costs, &degrees, roundings).ok_or(bits.saturating_mul(2))?;
        // log2 of the condition is below 2^31, as its exponent is.
        let guard =
            (condition.log10() * std::f64::consts::LOG2_10 + roundings.log2()).ceil().max(0.0) as u32 + SPARE_BITS;
        if guard.saturating_add(wanted.bits) > bits {
            return Err(guard.saturating_add(wanted.bits));
        }
        let mut step = factored.solve(&pulls.gradient());
        without_free(&mut step, self.free);
        let log10_step = step.iter().map(|value| value.abs().log10()).fold(f64::NEG_INFINITY, f64::max);
        let digits = graph.p().min(1.0).log10() - log10_step;
        let linear_solver = LinearSolver::Factorisation;
        let seen = PreciseStep { bits, log10_imbalance, digits, corrections: 0, linear_solver };
        let off = log10_imbalance + condition.log10();
        let is_there =
            off <= -f64::from(wanted.bits) * std::f64::consts::LOG10_2 && log10_imbalance <= -(wanted.digits as f64);
        Ok(Place { costs, step, seen, is_there })
    }

    /// Roundings that a cost, a sum of costs of a neuron and a product with H have, each of them `2^{−bits}` of what it is made of.
    fn roundings(&self, h: &[Multi]) -> f64 {
        let graph = &self.graph;
        let mut synapses = vec![0_usize; graph.neurons() + 1];
        for synapse in graph.synapses() {
            synapses[synapse.target] += 1;
            synapses[synapse.source] += 1;
        }
        // The last is the world's, which is no neuron.
        let terms = synapses[..graph.neurons()].iter().copied().max().unwrap_or(0) as f64;
        let largest = h.iter().fold(0.0_f64, |largest, value| largest.max(value.to_f64().abs()));
        let degree = graph.degrees().iter().copied().fold(1.0, f64::max);
        terms + 16.0 + 8.0 * graph.p() * (1.0 + degree) * (largest + 1.0)
    }

    /// `max H⁻¹(r + k c)` from above; `None` where these bits do not show it.
    fn condition(
        &self,
        factored: &Factored<Multi>,
        costs: &[Multi],
        degrees: &[Multi],
        roundings: f64,
    ) -> Option<Multi> {
        let z = factored.solve(degrees);
        if z.iter().any(|value| !value.is_finite() || *value < 0.0) {
            return None;
        }
        let diagonal = diagonal(&self.graph, costs, &self.zero);
        let held = held(self.free, &diagonal);
        let mut product = times(&self.graph, costs, &z);
        for &i in &held {
            product[i] += &(diagonal[i].clone() * &z[i]);
        }
        // Where H z ≥ 0 and z ≥ 0, what the product is made of is at most twice its part on the diagonal.
        let rounding = self.zero.lift(4.0 * roundings).times_power_of_two(-i32::try_from(self.bits).ok()?);
        let half = self.zero.lift(0.5);
        let shown = (0..z.len()).all(|i| {
            let off = diagonal[i].clone() * &z[i] * &rounding;
            product[i].clone() - &off >= degrees[i].clone() * &half
        });
        let largest = z.iter().fold(self.zero.lift(1.0), |largest, value| largest.larger(value));
        // Taking out what is free can make an error larger.
        let part = |direction: &Vec<(usize, f64)>| {
            let largest = direction.iter().map(|(_, v)| v.abs()).fold(0.0, f64::max);
            let (sum, squares) =
                direction.iter().fold((0.0, 0.0), |(sum, squares), (_, v)| (sum + v.abs(), squares + v * v));
            largest * sum / squares
        };
        let free = self.free.iter().map(part).fold(0.0, f64::max);
        shown.then(|| largest * &self.zero.lift(2.0 * (1.0 + free)))
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

    /// Two pairs that hold on to each other by links far below what the first bits tell from nothing: the digits of more bits.
    #[test]
    fn weak_links_between_groups_are_balanced_too() {
        for (there, back, digits) in
            [(1e-40, 1e-40, 30), (1e-40, 3e-43, 30), (1e-100, 1e-102, 100), (1e-150, 1e-148, 10)]
        {
            let weights = vec![(0, 1, 1.0), (1, 0, 2.0), (2, 3, 0.5), (3, 2, 3.0), (2, 1, there), (0, 3, back)];
            let weights = Weights::from_triplets(4, weights).unwrap();
            let square = |neuron| Activation::RectifiedPower { degree: if neuron == 1 { 2.0 } else { 0.5 } };
            let kinds =
                [vec![Activation::Relu; 4], (0..4).map(|i| if i < 2 { square(i) } else { Activation::Relu }).collect()];
            for kinds in kinds {
                let network = Network::recurrent(weights.clone(), kinds);
                let problem = DegreeProblem::new(&network, &CostSpec::power(2.0), Scope::Whole).unwrap();
                let (found, exact) = (problem.to_digits(digits).unwrap(), problem.to_digits(600).unwrap());
                for (neuron, (found, exact)) in found.log_scales.iter().zip(&exact.log_scales).enumerate() {
                    let off = (exact.clone() - &found.at_bits(4000).unwrap()).abs().log10() + digits as f64;
                    assert!(
                        off < -1.0,
                        "links {there:e}, {back:e}: neuron {neuron} off by 10^{off:.2} units of the last place"
                    );
                }
            }
        }
    }

    /// The solution of another matrix is no bound for this one.
    #[test]
    fn a_condition_counts_only_if_the_product_shows_it() {
        let weights = vec![(0, 1, 1.0), (1, 0, 2.0), (2, 3, 0.5), (3, 2, 3.0), (2, 1, 0.1), (0, 3, 0.1)];
        let network = Network::recurrent(Weights::from_triplets(4, weights).unwrap(), Activation::Relu);
        let problem = DegreeProblem::new(&network, &CostSpec::power(2.0), Scope::Whole).unwrap();
        let lifted = problem.lifted(128).unwrap();
        let Lifted { graph, free, zero, .. } = &lifted;
        let costs = graph.costs_at(&vec![zero.clone(); 4]);
        let degrees: Vec<Multi> = graph.pulls(&costs, zero).degrees().collect();
        let condition = |costs: &[Multi], factored: &[Multi], roundings| {
            lifted.condition(&Factored::of(graph, factored, free, zero).unwrap(), costs, &degrees, roundings)
        };
        assert!(condition(&costs, &costs, 100.0).is_some());
        let mut weaker = costs.clone();
        for link in [1, 4] {
            weaker[link] = weaker[link].clone() * &zero.lift(1e-3);
        }
        assert_eq!(condition(&weaker, &costs, 100.0), None);
        // Roundings so many that they hide the product.
        assert_eq!(condition(&costs, &costs, 2.0_f64.powi(126)), None);
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
