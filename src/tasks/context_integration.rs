//! Context-dependent integration, the paper's main task (after Mante, Sussillo, Shenoy & Newsome 2013).
//!
//! Two contexts, each with a two-way choice shown as a one-hot signal: six inputs, the two contexts first. All carry
//! white noise. The network is to integrate the two noisy signals of the context that is on, and to ignore those of the
//! other. Two contexts and two choices in each make eight conditions.
//!
//! As the authors' programs: signals of one, noise of standard deviation 0.3 a sample on every input, 50 samples, the
//! target includes the noise of the signals.
//!
//! Two time scales. [`FullIntegration`] is the authors': ten Euler steps of 0.1 for each sample, 50 time constants in
//! all, and the target is the plain sum. [`ContextIntegration`] takes one step of [`STEP`] a sample, and the target is the
//! sum times that step, the integral over time: fifty steps instead of 500 train ten times as fast, and targets
//! of order one let plain gradient descent converge at a higher rate. It is beyond the paper.

use std::ops::Range;

use super::task::{Batch, Task};
use super::training::recipe::Samples;
use super::{Real, Trials, portable_normals};
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
/// Euler steps that a sample is held for at the authors' time scale.
const SUBSTEPS: usize = 10;
/// Standard deviation of the Gaussian that inputs and targets are smoothed by when noise is injected, in Euler steps.
const SMOOTHING: f64 = 5.0;
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
        let Drawn { count, input, mut targets } = Drawn::new(seed, numbers);
        targets.iter_mut().flatten().for_each(|target| *target *= STEP);
        Batch { trials: Trials { count, input, step: STEP }, targets, scored_from: 0 }
    }
}

/// Trials sample by sample, before anything is said about time.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawn {
    /// Number of trials.
    pub count: usize,
    /// For each sample `inputs × count` numbers.
    pub input: Vec<Vec<f64>>,
    /// For each sample `outputs × count` numbers: the sum of the chosen signals up to and with this sample.
    pub targets: Vec<Vec<f64>>,
}

impl Drawn {
    /// The trials with these numbers.
    fn new(seed: u64, numbers: Range<usize>) -> Self {
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
                    targets[step][o * count + b] = *sum;
                }
            }
        }
        Drawn { count, input, targets }
    }

    /// As the authors test on them: each sample repeated `SUBSTEPS` times, and inputs and targets then smoothed in time by a
    /// Gaussian of `SMOOTHING` Euler steps. A target belongs to the read-out **before** the step of its number.
    pub fn resampled(&self) -> Batch {
        let smooth = |rows: &[Vec<f64>]| smoothed(&repeated(rows), SMOOTHING);
        let trials = Trials { count: self.count, input: smooth(&self.input), step: STEP };
        Batch { trials, targets: smooth(&self.targets), scored_from: 0 }
    }

    /// The same without the smoothing.
    pub fn repeated(&self) -> Batch {
        let trials = Trials { count: self.count, input: repeated(&self.input), step: STEP };
        Batch { trials, targets: repeated(&self.targets), scored_from: 0 }
    }

    /// As the authors train on them: each sample held over `SUBSTEPS` Euler steps, scored at its end.
    pub fn held<S: Real>(&self) -> Samples<S> {
        let rounded = |rows: &Vec<Vec<f64>>| -> Vec<Vec<S>> {
            rows.iter().map(|row| row.iter().map(|&value| S::of(value)).collect()).collect()
        };
        Samples { count: self.count, substeps: SUBSTEPS, input: rounded(&self.input), targets: rounded(&self.targets) }
    }
}

/// Context-dependent integration at the authors' time scale: 50 time constants, 500 Euler steps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FullIntegration;

impl FullIntegration {
    /// The trials with these numbers, sample by sample: the same signals as those of [`ContextIntegration`].
    pub fn samples(self, seed: u64, numbers: Range<usize>) -> Drawn {
        Drawn::new(seed, numbers)
    }
}

impl Task for FullIntegration {
    fn name(&self) -> &'static str {
        "full-integration"
    }

    fn channels(&self) -> (usize, usize) {
        (INPUTS, CHOICES)
    }

    fn conditions(&self) -> usize {
        CONDITIONS
    }

    /// Samples held, targets at every Euler step those of its sample.
    fn batch(&self, seed: u64, numbers: Range<usize>) -> Batch {
        Drawn::new(seed, numbers).repeated()
    }
}

/// Every row [`SUBSTEPS`] times.
fn repeated(rows: &[Vec<f64>]) -> Vec<Vec<f64>> {
    rows.iter().flat_map(|row| std::iter::repeat_n(row.clone(), SUBSTEPS)).collect()
}

/// Every column smoothed over the rows by a Gaussian of standard deviation `sigma` rows, cut off at four of them and normalised;
/// beyond an end the rows go on in reverse, the end row twice (`scipy.ndimage.gaussian_filter1d`, its defaults).
pub fn smoothed(rows: &[Vec<f64>], sigma: f64) -> Vec<Vec<f64>> {
    let radius = (4.0 * sigma + 0.5) as usize;
    let weight = |k: usize| (-0.5 * (k as f64 / sigma).powi(2)).exp();
    let total = weight(0) + 2.0 * (1..=radius).map(weight).sum::<f64>();
    let count = rows.len() as isize;
    let reflected = |k: isize| {
        let k = k.rem_euclid(2 * count);
        (if k < count { k } else { 2 * count - 1 - k }) as usize
    };
    let at = |step: usize| {
        let mut sum = vec![0.0; rows[step].len()];
        for offset in -(radius as isize)..=radius as isize {
            let weight = weight(offset.unsigned_abs()) / total;
            for (sum, value) in sum.iter_mut().zip(&rows[reflected(step as isize + offset)]) {
                *sum += weight * value;
            }
        }
        sum
    };
    (0..rows.len()).map(at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn smoothing_is_that_of_scipy() {
        // scipy.ndimage.gaussian_filter1d([0, 0, 0, 1, 0, 0, 5], sigma=1).
        let rows: Vec<Vec<f64>> = [0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 5.0].iter().map(|&x| vec![x]).collect();
        for (found, expected) in smoothed(&rows, 1.0).iter().zip(SCIPY) {
            // Sums of nine terms of at most 5.
            assert!((found[0] - expected).abs() < 1e-14, "{} against {expected}", found[0]);
        }
        // A row of ones stays; a radius beyond both ends is folded back.
        for row in smoothed(&vec![vec![1.0]; 3], 5.0) {
            assert!((row[0] - 1.0).abs() < 1e-14);
        }
    }

    const SCIPY: [f64; 7] = [
        0.004565692244646007,
        0.05399112742070441,
        0.24264059877967442,
        0.42177193057932777,
        0.5340863908602791,
        1.53380399280723,
        3.2091402673081384,
    ];
}
