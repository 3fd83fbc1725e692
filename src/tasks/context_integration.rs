//! Context-dependent integration, the paper's main task (after Mante, Sussillo, Shenoy & Newsome 2013).
//!
//! Two contexts, each with a two-way choice shown as a one-hot signal: six inputs, the two contexts first. All carry
//! white noise. The network is to integrate the two noisy signals of the context that is on, and to ignore those of the
//! other. Two contexts and two choices in each make eight conditions.
//!
//! As the authors' program: signals of one, noise of standard deviation 0.3 a sample on every input, 50 samples, the
//! target includes the noise of the signals. Different: they take ten Euler steps of 0.1 for each sample, 50 time
//! constants in all, and the target is the plain sum; here one step of [`STEP`] a sample and the sum times that step,
//! which is the integral over time. Fifty steps instead of 500 train ten times as fast, and targets of order one let
//! plain gradient descent at the authors' rate converge.

use std::ops::Range;

use super::task::{Batch, Task};
use super::{Trials, portable_normals};
use crate::network::random::stream;

/// Context-dependent integration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ContextIntegration;

const CONTEXTS: usize = 2;
const CHOICES: usize = 2;
const INPUTS: usize = CONTEXTS + CONTEXTS * CHOICES;
/// Contexts times the choices in both.
const CONDITIONS: usize = CONTEXTS * CHOICES * CHOICES;
const STEPS: usize = 50;
/// Length of a step, in time constants.
const STEP: f64 = 0.1;
/// Standard deviation of the noise of every input at every step.
const NOISE: f64 = 0.3;

impl Task for ContextIntegration {
    fn name(&self) -> &'static str {
        "context-integration"
    }

    fn channels(&self) -> (usize, usize) {
        (INPUTS, CHOICES)
    }

    fn conditions(&self) -> usize {
        CONDITIONS
    }

    fn batch(&self, seed: u64, numbers: Range<usize>) -> Batch {
        let count = numbers.len();
        let mut input = vec![vec![0.0; INPUTS * count]; STEPS];
        let mut targets = vec![vec![0.0; CHOICES * count]; STEPS];
        for (b, number) in numbers.enumerate() {
            let condition = number % CONDITIONS;
            let context = condition / (CHOICES * CHOICES);
            let choices = [condition / CHOICES % CHOICES, condition % CHOICES];
            let noise = portable_normals(&mut stream(seed, number as u64), STEPS * INPUTS, NOISE);
            let mut sums = [0.0; CHOICES];
            for (step, noise) in noise.chunks_exact(INPUTS).enumerate() {
                let mut signals = [0.0; INPUTS];
                signals.copy_from_slice(noise);
                signals[context] += 1.0;
                for (of, choice) in choices.iter().enumerate() {
                    signals[CONTEXTS + of * CHOICES + choice] += 1.0;
                }
                for (k, signal) in signals.iter().enumerate() {
                    input[step][k * count + b] = *signal;
                }
                let chosen = &signals[CONTEXTS + context * CHOICES..][..CHOICES];
                for (o, (sum, signal)) in sums.iter_mut().zip(chosen).enumerate() {
                    *sum += signal;
                    targets[step][o * count + b] = STEP * *sum;
                }
            }
        }
        Batch { trials: Trials { count, input, step: STEP }, targets, scored_from: 0 }
    }
}
