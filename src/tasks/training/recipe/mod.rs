//! Training by the authors' recipe, in single precision, to the same bits on every machine.
//!
//! Context-dependent integration at its full length: 50 samples, each held over 10 Euler steps of 0.1 time constants; a
//! network of rectified neurons that are all connected; one trial of each condition a step; plain gradient descent on
//! the root of the mean squared error (authors' programs: `train_regularized_networks`, `main`, November 2026).
//!
//! Everything is one thread and sums of one order ([`LeftFactor`](crate::tasks::LeftFactor)). A [`Course`] can be stopped
//! after any step and gone on with from its [checkpoint](Course::to_checkpoint): it ends in the same bits.

mod checkpoint;
mod parameters;
mod passes;

pub use checkpoint::CheckpointError;
pub use parameters::Parameters;
pub use passes::{Passes, Samples};
pub(crate) use passes::{add_times, rectified};

use super::{Descent, History, Reach, Record, TrainingError, check, finite, initial_network};
use crate::network::{Activation, Network};
use crate::tasks::FullIntegration;

/// Steps of training, the rate and the clipping norm that the paper's networks were trained with
/// (`main.py` of the authors' programs).
pub const ITERATIONS: usize = 6000;
/// See [`ITERATIONS`].
pub const RATE: f64 = 5e-3;

/// The authors' settings: one trial of each condition a step, `l2·Σ J²` on top of the loss.
pub fn authors_descent(l2: f64, seed: u64) -> Descent {
    Descent { iterations: ITERATIONS, rate: RATE, l2, seed, ..Descent::default() }
}

/// A training on its way.
#[derive(Clone, Debug, PartialEq)]
pub struct Course {
    descent: Descent,
    /// Steps taken.
    iteration: usize,
    parameters: Parameters<f32>,
    records: Vec<Record>,
}

impl Course {
    /// At its start: the network of [`initial_network`], rounded to single precision.
    ///
    /// # Errors
    /// No neurons, or settings out of range.
    pub fn start(neurons: usize, descent: &Descent) -> Result<Self, TrainingError> {
        let network = initial_network(&FullIntegration, neurons, Activation::Relu, descent.seed)?;
        check(&FullIntegration, &network, descent)?;
        let parameters = Parameters::of_network(&network);
        Ok(Course { descent: *descent, iteration: 0, parameters, records: Vec::new() })
    }

    /// Steps taken.
    pub fn iteration(&self) -> usize {
        self.iteration
    }

    /// All of them taken.
    pub fn is_finished(&self) -> bool {
        self.iteration >= self.descent.iterations
    }

    /// One step of gradient descent; returns the loss before it. Step k sees the trials from `k·trials` on.
    ///
    /// # Errors
    /// A loss or a gradient that stops being finite.
    pub fn step(&mut self, passes: &mut Passes<f32>) -> Result<f64, TrainingError> {
        let Descent { trials, rate, clip, l2, reach, seed, record_every, .. } = self.descent;
        let first = self.iteration * trials;
        let samples = FullIntegration.samples(seed, first..first + trials).held();
        let (loss, mut gradient) = passes.loss_and_gradient(&self.parameters, &samples);
        finite(self.iteration, "the loss", loss)?;
        if self.iteration.is_multiple_of(record_every) {
            self.records.push(Record::of(&self.network()?, self.iteration, loss)?);
        }
        let pulled = if reach == Reach::Recurrent { 1 } else { 4 };
        let pull = (2.0 * l2) as f32;
        for (gradient, weights) in gradient.parts_mut().into_iter().zip(self.parameters.parts()).take(pulled) {
            for (slope, weight) in gradient.iter_mut().zip(weights) {
                *slope += pull * weight;
            }
        }
        let norm = gradient.norm();
        finite(self.iteration, "the norm of the gradient", norm)?;
        let length = (rate * if norm > clip { clip / norm } else { 1.0 }) as f32;
        for (weights, gradient) in self.parameters.parts_mut().into_iter().zip(gradient.parts()) {
            for (weight, slope) in weights.iter_mut().zip(gradient) {
                *weight -= length * slope;
            }
        }
        self.iteration += 1;
        Ok(loss)
    }

    /// The network as it is now; single precision holds it exactly.
    ///
    /// # Errors
    /// A weight that is not finite any more.
    pub fn network(&self) -> Result<Network, TrainingError> {
        Ok(self.parameters.to_network()?)
    }

    /// The history so far; its last record is the network as it is now, on trials that it was not trained on.
    ///
    /// # Errors
    /// A loss that is not finite.
    pub fn history(&self, passes: &mut Passes<f32>) -> Result<History, TrainingError> {
        let first = self.iteration * self.descent.trials;
        let samples = FullIntegration.samples(self.descent.seed, first..first + self.descent.trials).held();
        let (loss, _) = passes.loss_and_gradient(&self.parameters, &samples);
        finite(self.iteration, "the loss", loss)?;
        let last = Record::of(&self.network()?, self.iteration, loss)?;
        Ok(History { before: self.records.clone(), last })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::random::stream;
    use crate::tasks::portable_normals;

    fn random(count: usize, purpose: u64, scale: f64) -> Vec<f64> {
        portable_normals(&mut stream(5, purpose), count, scale)
    }

    fn small() -> (Parameters<f64>, Samples<f64>) {
        let (n, inputs, outputs, count) = (6, 3, 2, 4);
        let mut parameters = Parameters::zero(n, inputs, outputs);
        for (purpose, part) in parameters.parts_mut().into_iter().enumerate() {
            let values = random(part.len(), purpose as u64, 0.6);
            part.copy_from_slice(&values);
        }
        let rows = |purpose: u64, width: usize| -> Vec<Vec<f64>> {
            random(5 * width * count, purpose, 1.0).chunks_exact(width * count).map(<[f64]>::to_vec).collect()
        };
        (parameters, Samples { count, substeps: 3, input: rows(10, inputs), targets: rows(11, outputs) })
    }

    #[test]
    fn the_gradient_is_that_of_finite_differences() {
        let (parameters, samples) = small();
        let mut passes = Passes::default();
        let (loss, gradient) = passes.loss_and_gradient(&parameters, &samples);
        assert!(loss > 0.5);
        let step = 1e-6;
        for part in 0..4 {
            for k in 0..parameters.parts()[part].len() {
                let mut shifted = |by: f64| {
                    let mut other = parameters.clone();
                    other.parts_mut()[part][k] += by;
                    passes.loss_and_gradient(&other, &samples).0
                };
                let difference = (shifted(step) - shifted(-step)) / (2.0 * step);
                let slope = gradient.parts()[part][k];
                // Truncation is of the order step², rounding of loss·2^-52/step: about 1e-10 each.
                assert!((difference - slope).abs() < 1e-8, "part {part}, {k}: {slope} against {difference}");
            }
        }
    }

    #[test]
    fn a_course_goes_on_from_its_checkpoint_to_the_same_bits() {
        let descent = Descent { iterations: 6, record_every: 2, ..authors_descent(0.3, 2) };
        let mut passes = Passes::default();
        let mut straight = Course::start(9, &descent).unwrap();
        let mut halfway = None;
        while !straight.is_finished() {
            if straight.iteration() == 3 {
                halfway = Some(straight.to_checkpoint());
            }
            straight.step(&mut passes).unwrap();
        }
        let mut resumed = Course::from_checkpoint(&halfway.unwrap(), 9, &descent).unwrap();
        assert_eq!(resumed.iteration(), 3);
        while !resumed.is_finished() {
            resumed.step(&mut Passes::default()).unwrap();
        }
        assert_eq!(resumed, straight);
        assert_eq!(resumed.history(&mut passes).unwrap().before.len(), 3);
    }
    #[test]
    fn weights_are_pulled_to_zero_as_far_as_the_penalty_reaches_and_long_steps_are_cut() {
        let plain = Descent { iterations: 3, rate: 0.5, clip: 1e9, l2: 0.0, ..authors_descent(0.0, 2) };
        let after = |descent: &Descent| {
            let mut course = Course::start(5, descent).unwrap();
            let before = course.parameters.clone();
            course.step(&mut Passes::default()).unwrap();
            (before, course.parameters)
        };
        let (before, unpulled) = after(&plain);
        for (reach, pulled) in [(Reach::Recurrent, 1), (Reach::Whole, 4)] {
            let (_, found) = after(&Descent { l2: 0.25, reach, ..plain });
            for part in 0..4 {
                let parts = found.parts()[part].iter().zip(unpulled.parts()[part]).zip(before.parts()[part]);
                for ((found, unpulled), before) in parts {
                    let pull = if part < pulled { 0.5 * 2.0 * 0.25 * before } else { 0.0 };
                    // Three roundings of numbers below one.
                    assert!(
                        (unpulled - pull - found).abs() <= 3.0 * f32::EPSILON,
                        "part {part}: {found} {unpulled} {before}"
                    );
                }
            }
        }
        let moved = |found: &Parameters<f32>| {
            let squares = found.parts().into_iter().flatten().zip(before.parts().into_iter().flatten());
            squares.map(|(a, b)| f64::from(a - b).powi(2)).sum::<f64>().sqrt()
        };
        let norm = moved(&unpulled) / 0.5;
        assert!(norm > 1e-3);
        let (_, cut) = after(&Descent { clip: norm / 4.0, ..plain });
        // Sums of a hundred rounded numbers below one.
        assert!(
            (moved(&cut) / (0.125 * norm) - 1.0).abs() <= 100.0 * f64::from(f32::EPSILON) / norm,
            "{} {norm}",
            moved(&cut)
        );
    }
}
