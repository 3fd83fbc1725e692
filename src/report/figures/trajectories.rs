//! The same input into the network before and after: the outputs lie on each other.

use nalgebra::DMatrix;

use super::Drawn;
use crate::claims::ClaimError;
use crate::experiments::Series;
use crate::network::random::{normals, stream};
use crate::network::{Homogeneity, Network, rescale_network};
use crate::tasks::{Dynamics, Trials, simulate};

/// Output of one unit before and after balancing, and the difference.
#[derive(Clone, Debug, PartialEq)]
pub struct Trajectories {
    /// Output against step, before and after.
    pub outputs: Vec<Series>,
    /// `|difference|`, relative to the largest output, against step.
    pub difference: Series,
}

const STEPS: usize = 200;
const STEP: f64 = 0.1;
/// Infinity-norm that the recurrent weights are scaled to.
const GAIN: f64 = 0.9;

/// Drives the network (its gain turned down so that nothing blows up) through random input weights with a sum of
/// sines and reads it out through random weights, in continuous time.
///
/// # Errors
/// If the transform leaves the range of `f64`.
pub fn trajectories(subject: &Drawn) -> Result<Trajectories, ClaimError> {
    let n = subject.network.weights.neurons();
    let mut random = stream(subject.seed, 900);
    let mut row_sums = vec![0.0; n];
    for (i, _, value) in subject.network.weights.triplets() {
        row_sums[i] += value.abs();
    }
    let norm = row_sums.iter().fold(f64::MIN_POSITIVE, |norm, &sum| norm.max(sum));
    let weights = subject.network.weights.values().iter().map(|value| value / norm * GAIN).collect();
    let network = Network {
        weights: subject.network.weights.with_values(weights),
        w_in: Some(DMatrix::from_vec(n, 1, normals(&mut random, n, 1.0))),
        bias: Some(normals(&mut random, n, 0.1)),
        w_out: Some(DMatrix::from_vec(1, n, normals(&mut random, n, 1.0 / (n as f64).sqrt()))),
        ..Network::recurrent(subject.network.weights.clone(), subject.network.activation.clone())
    };
    let balanced = rescale_network(&network, subject.log_scales, Homogeneity::Required)?;
    let input = (0..STEPS).map(|k| vec![(k as f64 * 0.08).sin() + 0.5 * (k as f64 * 0.23).sin()]).collect();
    let trial = Trials::single(input, STEP);
    let run = |network: &Network| -> Vec<f64> {
        simulate(network, Dynamics::ContinuousRk4, &trial).into_iter().map(|output| output[0]).collect()
    };
    let (before, after) = (run(&network), run(&balanced));
    let size = before.iter().fold(f64::MIN_POSITIVE, |size, value| size.max(value.abs()));
    let curve = |values: &[f64]| values.iter().enumerate().map(|(k, &y)| (k as f64 * STEP, y)).collect();
    let difference: Vec<(f64, f64)> =
        before.iter().zip(&after).enumerate().map(|(k, (a, b))| (k as f64 * STEP, (a - b).abs() / size)).collect();
    Ok(Trajectories {
        outputs: vec![Series::new("before", curve(&before)), Series::new("after", curve(&after))],
        difference: Series::new("difference", difference),
    })
}
