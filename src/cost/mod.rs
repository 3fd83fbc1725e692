//! The synaptic cost `C_ij = α_ij |J_ij|^p`, on a directed graph of costs with an optional world node.
//!
//! The graph is what everything downstream works on: the flow, the solvers, the certificates. Its nodes are the
//! neurons and, if asked for, **the world** as one more node (the last): every read-out weight is then a synapse
//! onto the world and every input weight and bias a synapse from it.

mod accumulated;
mod assemble;
mod degrees;
mod graph;
mod signed;
mod synapses;
mod whole;
mod window;

pub use accumulated::AccumulatedNoise;
pub use degrees::{DegreeCosts, DegreeSynapse};
pub use graph::CostGraph;
pub(crate) use whole::{of_all_ranks, whole_pattern};

use std::borrow::Cow;

use nalgebra::DMatrix;

use crate::network::{NetworkError, Weights};
use crate::ranks::OnAnotherRank;
use crate::scalar::{Scalar, power};

/// What can be wrong with a cost.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CostError {
    /// The exponent p of the cost is `value`.
    #[error("the exponent p of the cost is {value}; it must be a finite number greater than 0")]
    BadExponent {
        /// The value found.
        value: f64,
    },
    /// The cost factor alpha at (`target`, `source_index`) is `value`.
    #[error(
        "the cost factor alpha at ({target}, {source_index}), counted from 0, is {value}; it must be finite and ≥ 0"
    )]
    BadFactor {
        /// The synapse's target, counted from 0.
        target: usize,
        /// The synapse's source, counted from 0.
        source_index: usize,
        /// The value found.
        value: f64,
    },
    /// The floor under the gains is `value`.
    #[error("the floor under the gains is {value}; it must be a finite number of at least 0")]
    BadFloor {
        /// The value found.
        value: f64,
    },
    /// The cost factor alpha at (`target`, `source_index`) is given twice.
    #[error("the cost factor alpha at ({target}, {source_index}), counted from 0, is given twice; keep one")]
    DuplicateFactor {
        /// The synapse's target, counted from 0.
        target: usize,
        /// The synapse's source, counted from 0.
        source_index: usize,
    },
    /// Alpha has `given`, but the network has `neurons` neurons.
    #[error("alpha has {given}, but the network has {neurons} neurons")]
    WrongShape {
        /// What alpha has, in words.
        given: String,
        /// Number of neurons.
        neurons: usize,
    },
    /// The weight lambda of the world node is `value`.
    #[error("the weight lambda of the world node is {value}; it must be a finite number greater than 0")]
    BadWorldWeight {
        /// The value found.
        value: f64,
    },
    /// The world node needs input weights (or a bias) and read-out weights, but the network has no `missing`.
    #[error(
        "the world node needs input weights (or a bias) and read-out weights, but the network has no {missing}; give a whole network, or leave the world out"
    )]
    NoWorld {
        /// What is missing.
        missing: &'static str,
    },
    /// The cost of the synapse from `source_index` to `target` is 2^`log2_cost` in the unit in which all costs would be held: below the
    /// smallest number that f64 holds, above the largest, or one whose weight f64 holds with fewer digits there.
    #[error(
        "the cost of the synapse from {source_index} to {target} (counted from 0, the world last) is 2^{log2_cost:.0} {}", out_of_range(*log2_cost)
    )]
    CostOutOfRange {
        /// The synapse's target, counted from 0; the world is the last.
        target: usize,
        /// The synapse's source, counted from 0; the world is the last.
        source_index: usize,
        /// log2 of the cost, in units of the largest where there is such a unit, else as the weights are given.
        log2_cost: f64,
    },
    /// The activation of neuron `neuron`, `activation`, is of degree `degree`: what is asked for is defined for degree one;
    /// `balance::DegreeProblem` balances networks of any.
    #[error(
        "the activation of neuron {neuron} (counted from 0), {activation}, is of degree {degree}, and what is asked for is defined for degree one (linear, relu, leaky-relu)"
    )]
    OtherDegree {
        /// The neuron, counted from 0.
        neuron: usize,
        /// The activation's name.
        activation: &'static str,
        /// Its degree of homogeneity.
        degree: f64,
    },
    /// The gains of `activation` (degree `degree`) change when the network is rescaled, so they define no cost.
    #[error(
        "the gains of {activation} (degree {degree}) change when the network is rescaled, so they define no cost; give a fixed alpha, or use an activation of degree one (linear, relu, leaky-relu)"
    )]
    GainsNotInvariant {
        /// The activation's name.
        activation: &'static str,
        /// Its degree of homogeneity.
        degree: f64,
    },
    /// Accumulated noise is defined for the plain cost only, and `reason`.
    #[error("accumulated noise is a cost of the recurrent weights alone, with p = 2 and no factors, and here {reason}")]
    AccumulatedOnly {
        /// What is different here.
        reason: Cow<'static, str>,
    },
    /// At h = 0 the cost of the synapse from `source_index` to `target` is `value`, which `f64` holds with fewer digits or not
    /// at all.
    #[error(
        "the cost of the synapse from {source_index} to {target} (counted from 0, the world last) is {value:?}, outside the range in which f64 has all its digits (2e-308 to 2e308); use a smaller p, or another unit of weight"
    )]
    CostNotNormal {
        /// The synapse's target, counted from 0; the world is the last.
        target: usize,
        /// The synapse's source, counted from 0; the world is the last.
        source_index: usize,
        /// The synapse's cost at h = 0.
        value: f64,
    },
    /// Noise is to be accumulated over no step.
    #[error("noise accumulates over at least one step, and 0 were asked for")]
    NoSteps,
    /// The discount is `value`.
    #[error("the discount from one step to the next is {value}; it must be a finite number greater than 0")]
    BadDiscount {
        /// The value found.
        value: f64,
    },
    /// The matrix of accumulated noise is dense, and `neurons` neurons are more than `limit`.
    #[error(
        "the matrix of accumulated noise is dense: {neurons} neurons are more than the {limit} that it is formed for"
    )]
    TooLargeForDense {
        /// Number of neurons.
        neurons: usize,
        /// The most neurons that the matrix is formed for.
        limit: usize,
    },
    /// The weight at (`target`, `source_index`) is `value`: powers of the weights would leave the range of f64.
    #[error(
        "the weight at ({target}, {source_index}), counted from 0, is {value:e}; squares of products of such weights are outside the range of f64 (weights between 2^-{limit} and 2^{limit} are not): choose another unit of weight"
    )]
    WeightOutOfRange {
        /// The synapse's target, counted from 0.
        target: usize,
        /// The synapse's source, counted from 0.
        source_index: usize,
        /// The synapse's weight.
        value: f64,
        /// The largest |log2| of a weight that is allowed.
        limit: i32,
    },
    /// The noise from `source_index` to `target` over `steps` steps is beyond the largest number of f64.
    #[error(
        "over {steps} steps the noise from {source_index} to {target} (counted from 0) grows beyond the largest number that f64 holds; take fewer steps, or a smaller discount"
    )]
    AccumulatedOverflow {
        /// The neuron that the noise reaches, counted from 0.
        target: usize,
        /// The neuron that the noise comes from, counted from 0.
        source_index: usize,
        /// Steps asked for.
        steps: u32,
    },
    /// The costs of a network that is spread over ranks are 2^±`log2_cost`, and balancing them takes a prescaling.
    #[error(
        "some cost is 2^±{log2_cost:.0}, too far from one for a network that is spread over several processes; balance it in one process, or choose another unit of weight"
    )]
    TooWideForRanks {
        /// The largest |log2| of a cost.
        log2_cost: f64,
    },
    /// A fault found there: [`NetworkError`].
    #[error(transparent)]
    Network(#[from] NetworkError),
}

impl CostError {
    /// Whether numbers would leave the range of `f64`, which says nothing about the mathematics of the network.
    pub fn is_out_of_range(&self) -> bool {
        match self {
            CostError::CostOutOfRange { .. }
            | CostError::CostNotNormal { .. }
            | CostError::WeightOutOfRange { .. }
            | CostError::AccumulatedOverflow { .. } => true,
            CostError::Network(error) => error.is_out_of_range(),
            _ => false,
        }
    }
}

/// On which side of the range of `f64` a cost of 2 to this power lies, and what to do about it.
fn out_of_range(log2_cost: f64) -> &'static str {
    if log2_cost < ABOVE_THE_LEAST {
        "of the largest, too little for f64 to hold both with all their digits; use a smaller p, or drop the synapse"
    } else if log2_cost > BELOW_THE_MOST {
        "in the unit that suits the others, above the largest number that f64 holds, and no unit brings all costs into its range; use a smaller p, or drop the synapse"
    } else {
        "in the unit in which all costs are numbers, and there f64 holds its weight with fewer digits; use a larger p, or drop the synapse"
    }
}

/// Powers of two between which costs are kept, less than one rounding of a logarithm inside.
const ABOVE_THE_LEAST: f64 = -999.0;
const BELOW_THE_MOST: f64 = 1023.0;

impl From<OnAnotherRank> for CostError {
    fn from(fault: OnAnotherRank) -> Self {
        CostError::Network(fault.into())
    }
}

/// Where the factors `α_ij ≥ 0` come from.
#[derive(Clone, Debug, PartialEq)]
pub enum Alpha {
    /// One factor for all synapses.
    Uniform(f64),
    /// One factor for each source neuron: the robustness cost has its mean squared gain `r_j` here (n).
    ///
    /// A neuron that is almost never active has almost no outgoing cost there. Balanced exactly, it gets a large log-scale and
    /// a large read-out weight, from the few moments in which it was active; if the state itself is read out, its noise
    /// then reaches the output however silent it is. The flow to a finite time goes most of that way.
    /// [`Alpha::at_least`] puts a floor under the gains (experiment `noise-loss`).
    PerSource(Vec<f64>),
    /// A factor for each pair (n × n, row = target).
    Dense(DMatrix<f64>),
    /// Factors by `(target, source)` for the synapses listed; all others cost nothing.
    Sparse(Vec<(usize, usize, f64)>),
}

impl Alpha {
    /// One factor for each source neuron, none below `floor`.
    ///
    /// # Errors
    /// A floor that is not a number of at least 0.
    pub fn at_least(gains: &[f64], floor: f64) -> Result<Self, CostError> {
        if !(floor.is_finite() && floor >= 0.0) {
            return Err(CostError::BadFloor { value: floor });
        }
        Ok(Alpha::PerSource(gains.iter().map(|gain| gain.max(floor)).collect()))
    }
}

/// Which cost to balance: `C_ij = α_ij |J_ij|^p`, and the weight λ of the world node if there is one.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct CostSpec {
    /// The exponent `p > 0`.
    pub p: f64,
    /// The factors.
    pub alpha: Alpha,
    /// `Some(λ)`: read-out weights cost `λ|W_out|^p`, input weights and biases `|W_in|^p`, `|b|^p`.
    pub world: Option<f64>,
    /// `Some`: not the squares of the weights are balanced, but those of all their powers up to some step (p = 2, no other
    /// factors, no world).
    pub accumulated: Option<AccumulatedNoise>,
}

impl CostSpec {
    /// `C_ij = |J_ij|^p` over the recurrent synapses.
    pub fn power(p: f64) -> Self {
        CostSpec { p, alpha: Alpha::Uniform(1.0), world: None, accumulated: None }
    }

    /// The same with these factors `α_ij`.
    #[must_use]
    pub fn with_alpha(self, alpha: Alpha) -> Self {
        CostSpec { alpha, ..self }
    }

    /// The same with a world node of weight `λ`, or without one.
    #[must_use]
    pub fn with_world(self, world: impl Into<Option<f64>>) -> Self {
        CostSpec { world: world.into(), ..self }
    }

    /// The same of the noise that is accumulated over several steps, or of that of one step.
    #[must_use]
    pub fn with_accumulated(self, accumulated: impl Into<Option<AccumulatedNoise>>) -> Self {
        CostSpec { accumulated: accumulated.into(), ..self }
    }
}

/// `α |J|^p`: the synaptic cost, in its one place.
pub fn synaptic_cost<S: Scalar>(alpha: &S, weight: &S, p: f64) -> S {
    alpha.clone() * &power(&weight.abs(), p)
}

/// What these synapses cost, as (target, source), with weights as they stand; `None` where factors are not one for all or one a
/// source, or a synapse is not among the weights.
pub fn cost_of(synapses: &[(usize, usize)], weights: &Weights, spec: &CostSpec) -> Option<f64> {
    let cost = |&(target, source): &(usize, usize)| {
        let factor = match &spec.alpha {
            Alpha::Uniform(factor) => *factor,
            Alpha::PerSource(factors) => *factors.get(source)?,
            _ => return None,
        };
        let weight = weights.values()[weights.pattern().find(target, source)?];
        Some(synaptic_cost(&factor, &weight, spec.p))
    };
    synapses.iter().map(cost).sum()
}

/// `C_ij(h) = w_ij d_j / d_i` with `d_i = e^{p h_i}`: the cost after rescaling, in its one place.
///
/// The order of operations (product, then quotient) is the one of the rounding theorem in `proofs/`.
#[inline]
pub fn rescaled_cost<S: Scalar>(w: &S, d_source: &S, d_target: &S) -> S {
    w.clone() * d_source / d_target
}
