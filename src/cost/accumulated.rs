//! The noise that a linear network passes on over several steps, as a cost.
//!
//! Noise ξ of unit variance on every state is `J^t ξ` after t steps, of mean square `Σ_ij ((J^t)_ij)²`. Summed over the steps
//! `t = 1, …, T`, each with its weight `γ^t`, that is the total of the matrix
//!
//! `M = Σ_t γ^t (J^t)∘(J^t)`, ∘ the product entry by entry.
//!
//! A rescaling by `h` makes `M_ij e^{2(h_j − h_i)}` of it, as it does of a cost with p = 2; so balancing M makes the accumulated
//! noise as small as any rescaling can, which balancing `J∘J`, the first of its terms, does not. Statements and proofs:
//! `accumulated` in `proofs/Statements/noise_over_time.v`.

use std::borrow::Cow;

use super::{Alpha, CostError, CostSpec};
use crate::network::{Network, Weights, exponent};
use crate::scalar::Scalar;

/// Over which steps noise is accumulated: `M = Σ_{t=1..T} γ^t (J^t)∘(J^t)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AccumulatedNoise {
    steps: u32,
    discount: f64,
}

/// Neurons beyond which the matrix M, which is dense whatever J is, is not formed.
const MOST_NEURONS: usize = 2048;

/// `|log2|` of a weight beyond which squares of products of weights could leave the range of `f64`, or vanish beside those
/// that balance is about: a weight's own square is at least 2^-800, what underflows is below 2^-1022.
const WIDEST_LOG2_WEIGHT: i32 = 400;

impl AccumulatedNoise {
    /// The steps from 1 to `steps`, each weighing `discount` times what the one before does.
    ///
    /// # Errors
    /// No step; a discount that is not a number greater than 0.
    pub fn new(steps: u32, discount: f64) -> Result<Self, CostError> {
        if steps == 0 {
            return Err(CostError::NoSteps);
        }
        if !(discount.is_finite() && discount > 0.0) {
            return Err(CostError::BadDiscount { value: discount });
        }
        Ok(AccumulatedNoise { steps, discount })
    }

    /// T, the number of steps.
    pub fn steps(&self) -> u32 {
        self.steps
    }

    /// γ, the weight of a step relative to the one before.
    pub fn discount(&self) -> f64 {
        self.discount
    }

    /// The matrix M of a matrix of weights, row by row (n × n).
    pub fn matrix<S: Scalar>(&self, weights: &Weights<S>) -> Vec<S> {
        let n = weights.neurons();
        let Some(first) = weights.values().first() else { return Vec::new() };
        let (zero, gamma) = (first.zero_like(), first.lift(self.discount));
        let mut power = vec![zero.clone(); n * n];
        for (i, j, weight) in weights.triplets() {
            power[i * n + j] = weight.clone();
        }
        let mut sum = vec![zero; n * n];
        let mut factor = gamma.clone();
        for step in 1..=self.steps {
            if step > 1 {
                power = weights.times_batch(&power, n);
                factor = factor * &gamma;
            }
            for (sum, entry) in sum.iter_mut().zip(&power) {
                *sum += &(factor.clone() * &(entry.clone() * entry));
            }
        }
        sum
    }

    /// A network whose weights are the roots of M: with p = 2 its costs are M, and it is rescaled as the network is.
    ///
    /// # Errors
    /// A cost of other factors, of another exponent or with a world node, for which accumulated noise is not defined; a
    /// network too large for a dense matrix; weights or sums that leave the range of `f64`.
    pub(super) fn network(&self, network: &Network, spec: &CostSpec) -> Result<Network, CostError> {
        let weights = &network.weights;
        if spec.p != 2.0 {
            return Err(CostError::AccumulatedOnly { reason: Cow::Owned(format!("p is {}, not 2", spec.p)) });
        }
        if spec.alpha != Alpha::Uniform(1.0) {
            return Err(CostError::AccumulatedOnly { reason: Cow::Borrowed("the synapses have factors alpha") });
        }
        if spec.world.is_some() {
            return Err(CostError::AccumulatedOnly { reason: Cow::Borrowed("the network has a world node") });
        }
        let n = weights.neurons();
        if n > MOST_NEURONS {
            return Err(CostError::TooLargeForDense { neurons: n, limit: MOST_NEURONS });
        }
        for (target, source_index, &value) in weights.triplets() {
            if exponent(value).abs() > WIDEST_LOG2_WEIGHT {
                return Err(CostError::WeightOutOfRange { target, source_index, value, limit: WIDEST_LOG2_WEIGHT });
            }
        }
        let matrix = self.matrix(weights);
        let mut roots = Vec::new();
        for (place, entry) in matrix.into_iter().enumerate() {
            if !entry.is_finite() {
                let (target, source_index) = (place / n, place % n);
                return Err(CostError::AccumulatedOverflow { target, source_index, steps: self.steps });
            }
            if entry > 0.0 {
                roots.push((place / n, place % n, entry.sqrt()));
            }
        }
        Ok(Network::recurrent(Weights::from_triplets(n, roots)?, network.activation.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cost::CostGraph;
    use crate::network::Activation;

    /// The network of the theorem `noise_robustness_caution`: its squares are balanced.
    fn caution() -> Network {
        let triplets = vec![(0, 0, 1.0), (0, 1, 1.0), (1, 2, 1.0), (2, 0, 1.0)];
        Network::recurrent(Weights::from_triplets(3, triplets).unwrap(), Activation::Linear)
    }

    fn spec(steps: u32, discount: f64) -> CostSpec {
        CostSpec::power(2.0).with_accumulated(AccumulatedNoise::new(steps, discount).unwrap())
    }

    #[test]
    fn the_matrix_is_the_sum_of_the_squares_of_the_powers() {
        // J^2 = [[1, 1, 1], [1, 0, 0], [1, 1, 0]], by hand; J has ones where it has weights.
        let matrix = AccumulatedNoise::new(2, 0.5).unwrap().matrix(&caution().weights);
        assert_eq!(matrix, [0.75, 0.75, 0.25, 0.25, 0.0, 0.5, 0.75, 0.25, 0.0]);
        let signed = Weights::from_triplets(2, vec![(0, 0, 1.0), (0, 1, 2.0), (1, 0, -3.0)]).unwrap();
        // J^2 = [[-5, 2], [-3, -6]]: signs count in the powers, and cancel.
        assert_eq!(AccumulatedNoise::new(2, 1.0).unwrap().matrix(&signed), [26.0, 8.0, 18.0, 36.0]);
    }

    #[test]
    fn one_step_is_the_plain_cost() {
        let (network, plain) = (caution(), CostSpec::power(2.0));
        let (one, given) = (CostGraph::of_network(&network, &spec(1, 1.0)), CostGraph::of_network(&network, &plain));
        let (one, given) = (one.unwrap(), given.unwrap());
        assert_eq!(one.pattern(), given.pattern());
        assert_eq!((one.initial_costs(), one.self_cost()), (given.initial_costs(), given.self_cost()));
    }

    #[test]
    fn what_is_not_defined_is_refused() {
        let network = caution();
        let refused = |spec: &CostSpec| CostGraph::of_network(&network, spec).unwrap_err();
        assert!(matches!(refused(&CostSpec { p: 1.0, ..spec(2, 1.0) }), CostError::AccumulatedOnly { .. }));
        assert!(matches!(refused(&CostSpec { world: Some(1.0), ..spec(2, 1.0) }), CostError::AccumulatedOnly { .. }));
        let alpha = Alpha::PerSource(vec![1.0, 0.5, 1.0]);
        assert!(matches!(refused(&CostSpec { alpha, ..spec(2, 1.0) }), CostError::AccumulatedOnly { .. }));
        assert_eq!(AccumulatedNoise::new(0, 1.0), Err(CostError::NoSteps));
        assert_eq!(AccumulatedNoise::new(2, 0.0), Err(CostError::BadDiscount { value: 0.0 }));
        assert!(matches!(AccumulatedNoise::new(2, f64::NAN), Err(CostError::BadDiscount { .. })));

        let ring = |weight: f64| {
            let weights = Weights::from_triplets(2, vec![(0, 1, weight), (1, 0, 1.0)]).unwrap();
            Network::recurrent(weights, Activation::Linear)
        };
        let wide = CostGraph::of_network(&ring(1e-200), &spec(2, 1.0)).unwrap_err();
        assert_eq!(wide, CostError::WeightOutOfRange { target: 0, source_index: 1, value: 1e-200, limit: 400 });
        // Twenty steps round the ring: (1e20)^20 for the square.
        let far = CostGraph::of_network(&ring(1e20), &spec(40, 1.0)).unwrap_err();
        assert!(matches!(far, CostError::AccumulatedOverflow { steps: 40, .. }));
        let large = Weights::from_triplets(MOST_NEURONS + 1, vec![(0, 1, 1.0), (1, 0, 1.0)]).unwrap();
        let large = Network::recurrent(large, Activation::Linear);
        let error = CostGraph::of_network(&large, &spec(2, 1.0)).unwrap_err();
        assert_eq!(error, CostError::TooLargeForDense { neurons: MOST_NEURONS + 1, limit: MOST_NEURONS });
    }

    /// The square of two weights of 2^390 in a row is 2^1560: the pair between which such a way leads is named.
    #[test]
    fn what_leaves_the_range_is_named() {
        let large = 390_f64.exp2();
        let network = |triplets: Vec<(usize, usize, f64)>| {
            Network::recurrent(Weights::from_triplets(3, triplets).unwrap(), Activation::Linear)
        };
        let overflow = |network: &Network, steps: u32| match CostGraph::of_network(network, &spec(steps, 1.0)) {
            Err(CostError::AccumulatedOverflow { target, source_index, steps: of }) => Some((target, source_index, of)),
            other => other.map(|_| None).unwrap(),
        };
        let chain = network(vec![(0, 1, 1.0), (1, 0, 1.0), (2, 2, 1.0), (1, 2, large), (2, 1, large)]);
        assert_eq!(overflow(&chain, 1), None);
        // From 1 to 2 and back.
        assert_eq!(overflow(&chain, 2), Some((1, 1, 2)));
        let from_two = network(vec![(0, 2, 1.0), (2, 0, 1.0), (1, 1, 1.0), (2, 1, large), (1, 2, large)]);
        assert_eq!(overflow(&from_two, 2), Some((1, 1, 2)));
        let last = network(vec![(1, 0, 1.0), (0, 1, 1.0), (2, 2, large), (2, 0, 1.0), (0, 2, 1.0)]);
        assert_eq!(overflow(&last, 2), Some((2, 2, 2)));
        let across = network(vec![(1, 0, large), (2, 1, large), (0, 2, 1.0)]);
        assert_eq!(overflow(&across, 2), Some((2, 0, 2)));
        for value in [401_f64.exp2(), -(-402_f64).exp2()] {
            let found = CostGraph::of_network(&network(vec![(2, 1, value), (1, 2, 1.0)]), &spec(2, 1.0));
            let Err(CostError::WeightOutOfRange { target: 2, source_index: 1, value: named, limit: 400 }) = found
            else {
                panic!("{found:?}")
            };
            assert_eq!(named, value);
        }
        for value in [400_f64.exp2(), (-400_f64).exp2()] {
            assert!(CostGraph::of_network(&network(vec![(2, 1, value), (1, 2, 1.0)]), &spec(1, 1.0)).is_ok());
        }
    }
}
