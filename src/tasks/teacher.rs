//! A random recurrent teacher: the task is to answer white noise as another network does.

use std::ops::Range;

use nalgebra::DMatrix;

use super::task::{Batch, Task};
use super::training::room_for_all_pairs;
use super::{Simulator, Trials, portable_normals};
use crate::network::random::stream;
use crate::network::{Activation, Network, NetworkError, Weights};

/// A teacher.
#[derive(Clone, Debug, PartialEq)]
pub struct Teacher {
    network: Network,
}

const INPUTS: usize = 2;
const OUTPUTS: usize = 2;
const STEPS: usize = 50;
/// Length of a step, in time constants.
const STEP: f64 = 0.1;
/// Recurrent weights have the standard deviation `GAIN/√neurons`: the teacher's activity dies out without input.
const GAIN: f64 = 0.8;
/// Trials that are as good as one "all conditions": every trial is of the one kind there is.
const CONDITIONS: usize = 1;
/// A stream of the seed for the weights; trials have the first 2^32.
const RANDOM_WEIGHTS: u64 = 1 << 35;

impl Teacher {
    /// Of so many neurons, its weights drawn from a seed: recurrent ones of variance `0.64/neurons`, input weights of variance one,
    /// and read-out weights of variance `1/neurons`.
    ///
    /// # Errors
    /// No neurons, or more than there is memory for.
    pub fn new(neurons: usize, activation: Activation, seed: u64) -> Result<Self, NetworkError> {
        room_for_all_pairs(neurons)?;
        let mut random = stream(seed, RANDOM_WEIGHTS);
        let mut matrix = |rows: usize, columns: usize, scale: f64| {
            DMatrix::from_vec(rows, columns, portable_normals(&mut random, rows * columns, scale))
        };
        let scale = (neurons as f64).sqrt().recip();
        let weights = Weights::from_dense(&matrix(neurons, neurons, GAIN * scale))?;
        let network = Network {
            w_in: Some(matrix(neurons, INPUTS, 1.0)),
            w_out: Some(matrix(OUTPUTS, neurons, scale)),
            ..Network::recurrent(weights, activation)
        };
        Ok(Teacher { network })
    }

    /// The teacher's network, whose loss is zero.
    pub fn network(&self) -> &Network {
        &self.network
    }
}

impl Task for Teacher {
    fn name(&self) -> &'static str {
        "teacher"
    }

    fn channels(&self) -> (usize, usize) {
        (INPUTS, OUTPUTS)
    }

    fn conditions(&self) -> usize {
        CONDITIONS
    }

    fn batch(&self, seed: u64, numbers: Range<usize>) -> Batch {
        let count = numbers.len();
        let mut input = vec![vec![0.0; INPUTS * count]; STEPS];
        for (b, number) in numbers.enumerate() {
            let noise = portable_normals(&mut stream(seed, number as u64), STEPS * INPUTS, 1.0);
            for (step, signals) in noise.chunks_exact(INPUTS).enumerate() {
                for (k, signal) in signals.iter().enumerate() {
                    input[step][k * count + b] = *signal;
                }
            }
        }
        let trials = Trials { count, input, step: STEP };
        let convention = self.convention();
        let targets =
            Simulator::new(&self.network, convention.dynamics).outputs(&trials, convention.read_out, |_, _| ());
        Batch { trials, targets, scored_from: 0 }
    }
}
