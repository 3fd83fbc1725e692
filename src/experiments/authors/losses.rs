//! The loss of rescaled copies under the same noise: of the average over trials, and of every trial.

use std::ops::Range;

use rayon::prelude::*;

use super::{CONDITIONS, Variant, loss_trials};
use crate::experiments::{ExperimentError, MeanInterval};
use crate::tasks::{Batch, ContextIntegration, FullIntegration, Noise, SideBySide, Task};

/// Where the protocol can differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::experiments) struct Rules {
    /// Inputs and targets are smoothed.
    pub smoothed: bool,
    /// The target belongs to the read-out after the step of its number, not before.
    pub after_the_step: bool,
    /// Trials of 5 time constants, one step a sample, instead of 50.
    pub short: bool,
}

impl Rules {
    /// The authors'.
    pub const AUTHORS: Rules = Rules { smoothed: true, after_the_step: false, short: false };
    /// Those of the short trials.
    pub const SHORT: Rules = Rules { smoothed: false, after_the_step: true, short: true };

    /// The trials with these numbers.
    pub fn batch(self, seed: u64, numbers: Range<usize>) -> Batch {
        match self {
            Rules { short: true, .. } => ContextIntegration.batch(seed, numbers),
            Rules { smoothed: true, .. } => FullIntegration.samples(seed, numbers).resampled(),
            Rules { smoothed: false, .. } => FullIntegration.samples(seed, numbers).repeated(),
        }
    }
}

/// A copy and the sizes of noise that it is run under.
pub(in crate::experiments) struct Under<'a> {
    /// The copy.
    pub variant: &'a Variant,
    /// The σ's.
    pub sigmas: Vec<f64>,
}

/// Blocks of repetitions, each a unit of work and of the jackknife.
const BLOCKS: usize = 30;

/// The losses of one copy under one size of noise.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::experiments) struct Losses {
    /// The mean squared error of every repetition, one trial of each condition.
    pub each: Vec<f64>,
    /// For each block the mean over its repetitions of the errors, `steps × outputs × conditions` numbers.
    pub blocks: Vec<Vec<f64>>,
}

impl Losses {
    /// The loss of every trial, with its 95 % interval.
    pub fn of_trials(&self) -> MeanInterval {
        MeanInterval::of(&self.each)
    }

    /// The loss of the average over all trials of a condition, with the 95 % interval of the jackknife over blocks.
    pub fn of_average(&self) -> MeanInterval {
        self.about_the_value(&self.pseudo_values())
    }

    /// The values whose mean is the estimate and whose spread is its uncertainty (Tukey's): `B θ − (B − 1) θ₍₋b₎`.
    fn pseudo_values(&self) -> Vec<f64> {
        let count = self.blocks.len() as f64;
        let whole = self.average_without(None);
        (0..self.blocks.len()).map(|b| count * whole - (count - 1.0) * self.average_without(Some(b))).collect()
    }

    /// The mean square of the mean of all blocks' errors but those of one.
    fn average_without(&self, left_out: Option<usize>) -> f64 {
        let count = (self.blocks.len() - usize::from(left_out.is_some())) as f64;
        let numbers = self.blocks.first().map_or(0, Vec::len);
        let mean = |k: usize| {
            let kept = self.blocks.iter().enumerate().filter(|&(b, _)| Some(b) != left_out);
            kept.map(|(_, errors)| errors[k]).sum::<f64>() / count
        };
        (0..numbers).map(|k| mean(k) * mean(k)).sum::<f64>() / numbers as f64
    }

    /// The interval about the estimate itself, not about the mean of the pseudo-values: as the authors have it, the small
    /// share of a single trial's loss that averaging leaves is not taken off.
    fn about_the_value(&self, pseudo: &[f64]) -> MeanInterval {
        MeanInterval { mean: self.average_without(None), ..MeanInterval::of(pseudo) }
    }

    /// `self` minus `other` under the same noise, every trial's loss.
    pub fn difference_of_trials(&self, other: &Losses) -> MeanInterval {
        MeanInterval::of(&self.each.iter().zip(&other.each).map(|(a, b)| a - b).collect::<Vec<f64>>())
    }

    /// `self` over `other` under the same noise, every trial's loss.
    pub fn ratio_of_trials(&self, other: &Losses) -> MeanInterval {
        MeanInterval::of_ratio(&self.each, &other.each)
    }

    /// The same, of the loss of the average: about the estimates themselves.
    pub fn ratio_of_averages(&self, other: &Losses) -> MeanInterval {
        let ratio = self.average_without(None) / other.average_without(None);
        MeanInterval { mean: ratio, ..MeanInterval::of_ratio(&self.pseudo_values(), &other.pseudo_values()) }
    }

    /// The same, of the loss of the average.
    pub fn difference_of_averages(&self, other: &Losses) -> MeanInterval {
        let pseudo = self.pseudo_values().iter().zip(other.pseudo_values()).map(|(a, b)| a - b).collect::<Vec<f64>>();
        let value = self.average_without(None) - other.average_without(None);
        MeanInterval { mean: value, ..MeanInterval::of(&pseudo) }
    }
}

/// Runs copies of one network, all under the same noise: for each of them and each of its σ's the losses of
/// `repetitions` (a multiple of 30). The bits do not depend on the number of threads.
///
/// # Errors
/// A network that is not rectified, or a loss that is not finite.
pub(in crate::experiments) fn measure(
    runs: &[Under],
    rules: Rules,
    repetitions: usize,
    seed: u64,
) -> Result<Vec<Vec<Losses>>, ExperimentError> {
    let networks: Vec<SideBySide<f32>> =
        runs.iter().map(|run| SideBySide::new(&run.variant.network)).collect::<Result<_, _>>()?;
    let in_block = repetitions / BLOCKS;
    let blocks: Vec<Vec<Vec<Losses>>> = (0..BLOCKS)
        .into_par_iter()
        .map(|block| of_block(runs, &networks, rules, block * in_block..(block + 1) * in_block, seed))
        .collect();
    let mut all: Vec<Vec<Losses>> = runs.iter().map(|run| vec![Losses::default(); run.sigmas.len()]).collect();
    for block in blocks {
        for (all, block) in all.iter_mut().flatten().zip(block.into_iter().flatten()) {
            all.each.extend(block.each);
            all.blocks.extend(block.blocks);
        }
    }
    for (run, losses) in runs.iter().zip(&all) {
        for (sigma, losses) in run.sigmas.iter().zip(losses) {
            if let Some(&value) = losses.each.iter().find(|loss| !loss.is_finite()) {
                let what = format!("the loss of `{}` at sigma = {sigma}", run.variant.name);
                return Err(ExperimentError::NotFinite { what, value });
            }
        }
    }
    Ok(all)
}

fn of_block(
    runs: &[Under],
    networks: &[SideBySide<f32>],
    rules: Rules,
    repetitions: Range<usize>,
    seed: u64,
) -> Vec<Vec<Losses>> {
    let share = 1.0 / repetitions.len() as f64;
    let mut found: Vec<Vec<Losses>> = runs.iter().map(|run| vec![Losses::default(); run.sigmas.len()]).collect();
    for repetition in repetitions {
        let numbers = loss_trials(repetition..repetition + 1);
        let batch = rules.batch(seed, numbers.clone());
        let Some(first) = runs.first() else { break };
        let n = first.variant.h.len();
        let noise = Noise::of_trials(seed, numbers, n, batch.trials.input.len());
        for ((run, network), found) in runs.iter().zip(networks).zip(&mut found) {
            let sizes: Vec<Vec<f32>> = run.sigmas.iter().map(|&sigma| vec![sigma as f32; n]).collect();
            let width = sizes.len() * CONDITIONS;
            let mut errors = vec![Vec::new(); sizes.len()];
            network.run(&batch.trials, &sizes, &noise, |step, x| {
                let Some(step) = step.checked_sub(usize::from(rules.after_the_step)) else { return };
                let y = network.read_out(x, width);
                for (y, target) in y.chunks_exact(width).zip(batch.targets[step].chunks_exact(CONDITIONS)) {
                    for (y, errors) in y.chunks_exact(CONDITIONS).zip(&mut errors) {
                        errors.extend(y.iter().zip(target).map(|(&y, &target)| f64::from(y) - target));
                    }
                }
            });
            for (losses, errors) in found.iter_mut().zip(errors) {
                let squares: f64 = errors.iter().map(|error| error * error).sum();
                losses.each.push(squares / errors.len() as f64);
                if losses.blocks.is_empty() {
                    losses.blocks.push(vec![0.0; errors.len()]);
                }
                for (sum, error) in losses.blocks[0].iter_mut().zip(errors) {
                    *sum += share * error;
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loss_of_the_average_is_that_of_the_mean_error() {
        let losses = Losses { each: vec![1.0; 3], blocks: vec![vec![1.0, -1.0], vec![3.0, 0.0], vec![2.0, 4.0]] };
        // The mean error is (2, 1).
        assert_eq!(losses.of_average().mean, 2.5);
        // Without the first block (2.5, 2), the second (1.5, 1.5), the third (2, -0.5).
        let without = [5.125, 2.25, 2.125];
        for (value, without) in losses.pseudo_values().iter().zip(without) {
            assert_eq!(*value, 3.0 * 2.5 - 2.0 * without);
        }
        let twice = Losses { each: vec![2.0; 3], ..losses.clone() };
        assert_eq!(twice.difference_of_trials(&losses).mean, 1.0);
        assert_eq!(twice.difference_of_averages(&losses), MeanInterval { mean: 0.0, half_width: 0.0, count: 3 });
    }
}
