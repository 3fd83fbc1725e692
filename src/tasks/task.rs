//! What every task has: trials with targets, made from a seed and their numbers, and a loss.

use std::ops::Range;

use super::{Dynamics, ReadOut, Simulator, Trials};

/// How the networks of a task move in time, and what their read-out weights read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Convention {
    /// The equations.
    pub dynamics: Dynamics,
    /// The read-out.
    pub read_out: ReadOut,
}

impl Convention {
    /// The authors': forward Euler of `ẋ = −x + J φ(x) + W_in u + b`, and the read-out of the state.
    pub const AUTHORS: Convention = Convention { dynamics: Dynamics::ContinuousEuler, read_out: ReadOut::State };
}

/// Trials, and what a network should answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    /// The inputs.
    pub trials: Trials,
    /// For each step `outputs × count` numbers, laid out like the inputs: the read-out after that step.
    pub targets: Vec<Vec<f64>>,
    /// The first step that counts in the loss.
    pub scored_from: usize,
}

/// A task: an endless supply of numbered trials.
pub trait Task: Sync {
    /// Its name on the command line.
    fn name(&self) -> &'static str;

    /// Number of input and of output channels.
    fn channels(&self) -> (usize, usize);

    /// How its networks are run.
    fn convention(&self) -> Convention {
        Convention::AUTHORS
    }

    /// Trials of which each has its turn equally often: batches are multiples of this.
    fn conditions(&self) -> usize;

    /// The trials with these numbers: each the same whatever batch it is in. Trial k has condition
    /// `k mod conditions()`.
    fn batch(&self, seed: u64, numbers: Range<usize>) -> Batch;
}

impl Batch {
    /// The errors `y − y*` of the steps that count, with the step's number, given the read-out after every step:
    /// `(step, outputs × count)`.
    pub fn errors<'a>(&'a self, outputs: &'a [Vec<f64>]) -> impl Iterator<Item = (usize, Vec<f64>)> + 'a {
        let steps = self.targets.iter().zip(outputs).enumerate().skip(self.scored_from);
        steps.map(|(step, (target, output))| (step, output.iter().zip(target).map(|(y, t)| y - t).collect()))
    }

    /// The same trial by trial: all errors of a trial that count.
    pub fn errors_of_trials(&self, outputs: &[Vec<f64>]) -> Vec<Vec<f64>> {
        let count = self.trials.count;
        let mut errors = vec![Vec::with_capacity(self.scored() / count); count];
        for (_, of_step) in self.errors(outputs) {
            for of_output in of_step.chunks_exact(count) {
                for (errors, error) in errors.iter_mut().zip(of_output) {
                    errors.push(*error);
                }
            }
        }
        errors
    }

    /// How many numbers the loss of the whole batch averages over.
    pub fn scored(&self) -> usize {
        self.targets.iter().skip(self.scored_from).map(Vec::len).sum()
    }

    /// The mean squared error of each trial.
    pub fn losses(&self, outputs: &[Vec<f64>]) -> Vec<f64> {
        let mean_square = |errors: &Vec<f64>| errors.iter().map(|e| e * e).sum::<f64>() / errors.len() as f64;
        self.errors_of_trials(outputs).iter().map(mean_square).collect()
    }

    /// The root of the mean squared error of the whole batch: the authors' loss in training.
    pub fn root_mean_square(&self, outputs: &[Vec<f64>]) -> f64 {
        (self.losses(outputs).iter().sum::<f64>() / self.trials.count as f64).sqrt()
    }
}

impl Simulator<'_, f64> {
    /// The read-out after every step of a batch; `disturb` as for [`Simulator::run`].
    pub fn outputs(&self, trials: &Trials, read_out: ReadOut, disturb: impl FnMut(usize, &mut [f64])) -> Vec<Vec<f64>> {
        let mut outputs = Vec::with_capacity(trials.input.len());
        self.run(trials, disturb, |_, x| outputs.push(self.read_out(x, trials.count, read_out)));
        outputs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two trials of two outputs, of which the first of three steps does not count.
    #[test]
    fn losses_are_reckoned_by_hand() {
        let trials = Trials { count: 2, input: vec![Vec::new(); 3], step: 0.1 };
        let batch = Batch { trials, targets: vec![vec![1.0; 4]; 3], scored_from: 1 };
        // Output by output, and in it trial by trial.
        let outputs = [vec![9.0; 4], vec![2.0, 1.0, 1.0, 4.0], vec![1.0, 1.0, 3.0, 0.0]];
        assert_eq!(batch.scored(), 8);
        assert_eq!(batch.errors_of_trials(&outputs), [[1.0, 0.0, 0.0, 2.0], [0.0, 3.0, 0.0, -1.0]]);
        assert_eq!(batch.losses(&outputs), [5.0 / 4.0, 10.0 / 4.0]);
        assert_eq!(batch.root_mean_square(&outputs), (15.0_f64 / 8.0).sqrt());
    }
}
