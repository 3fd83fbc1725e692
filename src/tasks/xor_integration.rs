//! XOR integration, and networks that are constructed to do it: the authors' pseudo-inverse rule.
//!
//! Two bits, each shown as a constant one-hot signal: four inputs. The network is to show their exclusive or, one-hot too,
//! and to hold it. The first two thirds of a trial, in which the network settles, do not count.

use std::ops::Range;

use nalgebra::DMatrix;

use super::task::{Batch, Task};
use super::{Trials, portable_normals};
use crate::network::random::stream;
use crate::network::{Activation, Network, NetworkError, Weights};

/// XOR integration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct XorIntegration;

const INPUTS: usize = 4;
const OUTPUTS: usize = 2;
const CONDITIONS: usize = 4;
const STEPS: usize = 300;
/// Length of a step, in time constants; the authors' is 0.05 too.
const STEP: f64 = 0.05;

/// The one-hot input and the one-hot target of a condition.
fn condition(number: usize) -> ([f64; INPUTS], [f64; OUTPUTS]) {
    let (first, second) = (number / 2 % 2, number % 2);
    let (mut input, mut target) = ([0.0; INPUTS], [0.0; OUTPUTS]);
    input[first] = 1.0;
    input[2 + second] = 1.0;
    target[first ^ second] = 1.0;
    (input, target)
}

impl Task for XorIntegration {
    fn name(&self) -> &'static str {
        "xor-integration"
    }

    fn channels(&self) -> (usize, usize) {
        (INPUTS, OUTPUTS)
    }

    fn conditions(&self) -> usize {
        CONDITIONS
    }

    /// The seed has no say: inputs carry no noise.
    fn batch(&self, _seed: u64, numbers: Range<usize>) -> Batch {
        let count = numbers.len();
        let (mut input, mut target) = (vec![0.0; INPUTS * count], vec![0.0; OUTPUTS * count]);
        for (b, number) in numbers.enumerate() {
            let (signals, answers) = condition(number % CONDITIONS);
            for (k, signal) in signals.into_iter().enumerate() {
                input[k * count + b] = signal;
            }
            for (o, answer) in answers.into_iter().enumerate() {
                target[o * count + b] = answer;
            }
        }
        let trials = Trials { count, input: vec![input; STEPS], step: STEP };
        Batch { trials, targets: vec![target; STEPS], scored_from: 2 * STEPS / 3 }
    }
}

/// Why a network could not be constructed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ConstructionError {
    /// `neurons` neurons cannot hold the fixed points of `conditions` conditions.
    #[error("{neurons} neurons cannot hold the fixed points of {conditions} conditions; take at least as many")]
    TooFewNeurons {
        /// Number of neurons.
        neurons: usize,
        /// Number of conditions.
        conditions: usize,
    },
    /// The activities at the fixed points are linearly dependent (singular values from `largest` to `smallest`).
    #[error(
        "the activities at the fixed points are linearly dependent (singular values from {largest} to {smallest}); take another seed, or more neurons"
    )]
    Dependent {
        /// The largest singular value.
        largest: f64,
        /// The smallest singular value.
        smallest: f64,
    },
    /// A fault found there: [`NetworkError`].
    #[error(transparent)]
    Network(#[from] NetworkError),
}

/// A constructed network, and the fixed points that it was constructed for (neurons × conditions).
#[derive(Clone, Debug, PartialEq)]
pub struct Constructed {
    /// The network.
    pub network: Network,
    /// One fixed point `X = J φ(X) + U` in each column.
    pub fixed_points: DMatrix<f64>,
}

/// The authors' construction. Input and read-out weights are normal, their standard deviation one over the root of their
/// number of columns; the inputs alone drive the neurons by `U = W_in ·` inputs; `X = B + U` with `B` of least norm and `W_out X = Y` are to be the fixed points;
/// and `J` is the matrix of least norm with `J φ(X) + U = X`.
///
/// The authors ask for `W_out B = Y` and read out `W_out X`, which misses the targets by `W_out U`, random and of the size
/// of the targets; here the read-out at the fixed points is the target. Nothing in the rule makes the fixed points stable:
/// with input weights as small as `1/√neurons` they often are not, with these they were in all that were tried.
///
/// # Errors
/// Fewer neurons than conditions, or fixed points that no matrix tells apart.
pub fn construct_xor(neurons: usize, activation: Activation, seed: u64) -> Result<Constructed, ConstructionError> {
    if neurons < CONDITIONS {
        return Err(ConstructionError::TooFewNeurons { neurons, conditions: CONDITIONS });
    }
    let mut random = stream(seed, RANDOM_WEIGHTS);
    let mut matrix = |rows: usize, columns: usize| {
        DMatrix::from_vec(rows, columns, portable_normals(&mut random, rows * columns, (columns as f64).sqrt().recip()))
    };
    let (w_in, w_out) = (matrix(neurons, INPUTS), matrix(OUTPUTS, neurons));
    let inputs = DMatrix::from_fn(INPUTS, CONDITIONS, |k, number| condition(number).0[k]);
    let targets = DMatrix::from_fn(OUTPUTS, CONDITIONS, |o, number| condition(number).1[o]);
    let drive = &w_in * inputs;
    let beyond_drive = least_norm_inverse(&w_out)? * (targets - &w_out * &drive);
    let fixed_points = &beyond_drive + drive;
    let activities = fixed_points.map(|x| activation.apply(&x));
    let weights = Weights::from_dense(&(beyond_drive * least_norm_inverse(&activities)?))?;
    let network = Network { w_in: Some(w_in), w_out: Some(w_out), ..Network::recurrent(weights, activation) };
    Ok(Constructed { network, fixed_points })
}

/// A stream of the seed for the weights; trials have the first 2^32, which this task does not use.
const RANDOM_WEIGHTS: u64 = 1 << 34;

/// The Moore–Penrose inverse of a matrix of full rank.
fn least_norm_inverse(matrix: &DMatrix<f64>) -> Result<DMatrix<f64>, ConstructionError> {
    let svd = matrix.clone().svd(true, true);
    let (largest, smallest) = (svd.singular_values.max(), svd.singular_values.min());
    // The usual limit of numerical rank: the rounding of the decomposition itself.
    let limit = largest * f64::EPSILON * matrix.nrows().max(matrix.ncols()) as f64;
    let dependent = ConstructionError::Dependent { largest, smallest };
    if smallest.is_nan() || smallest <= limit {
        return Err(dependent);
    }
    svd.pseudo_inverse(limit).map_err(|_| dependent)
}
