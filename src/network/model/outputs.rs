//! Whether two files of one model compute the same: both are run on the same random input.
//!
//! The model is run in discrete time, every population one step after those that it listens to:
//! `a_{t+1} = φ(Σ T a_t + Σ W u_t + b)`, `y = Σ W_out a`, from `a_0 = φ(x_0)` or a given `a_0`. A chain of layers is a
//! pipeline then, and its last outputs are those of the chain. The space of a kernel is a ring. Whether rescaling keeps the
//! function does not depend on strides, padding, pooling or the order of steps, so those of the real model need not be known.

use std::f64::consts::LN_2;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

use super::rescale::log_factor;
use super::{Model, Place, Role};
use crate::network::{Activations, Degrees};
use crate::parallel::both;
use crate::scalar::{Scalar, Tracked, UNIT_ROUNDOFF};

/// Steps of a run, beyond one for each population.
const STEPS: usize = 4;

/// Multiplications of both runs beyond which they are not begun: about a minute.
const MOST_WORK: usize = 4_000_000_000;

/// A random input of each run; any will do, as long as it is the same for both.
const SEED: u64 = 2022;

/// How much of each trial of a batch of initial states is in the one that is run: powers of two, which round nothing.
const SHARES: [f64; 4] = [1.0, 0.5, 0.25, 0.125];

/// How far the outputs of two files are apart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OutputDifference {
    /// The largest difference of an output, relative to the largest output.
    pub largest: f64,
    /// What rounding explains at that output: of the weights to the format of the file, of the log-scales' exponentials,
    /// and of the two runs; relative to the largest output too.
    pub bound: f64,
    /// Whether every difference is explained by rounding.
    pub within_bound: bool,
    /// Numbers that were compared.
    pub outputs: usize,
    /// Whether all of them are zero, before and after: that they are the same shows nothing then.
    pub all_zero: bool,
}

/// How the numbers of a rescaled tensor came about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Precision {
    /// By powers of two: nothing was rounded.
    Exact,
    /// Rounded to a format.
    Rounded {
        /// Its unit roundoff: the largest relative error of a normal number.
        roundoff: f64,
        /// Half of its smallest number: the largest error of a number that is not normal.
        smallest: f64,
    },
}

/// What came of a comparison.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reproduction {
    /// Both were run.
    Compared {
        /// True: the outputs. False: the model has none, and the states of its neurons were compared, rescaled.
        read_out: bool,
        /// What was found.
        difference: OutputDifference,
    },
    /// A number left the range of `f64` in a run: nothing can be said.
    OutOfRange,
    /// It would take this many multiplications.
    TooLarge {
        /// How many.
        multiplications: usize,
    },
}

/// Runs the model with `given` and with `rescaled` numbers (in the order of [`Model::tensors`]) on the same input.
///
/// `h` are the log-scales that lead from one to the other, and `precision` is how each rescaled tensor was rounded. A
/// rescaled weight w is taken to be known to `|w| (roundoff + (|k h_j − h_i| + 12) u) + smallest`, u the unit roundoff of
/// `f64`: one rounding to the format; the exponential of a rounded exponent; and a dozen operations on the way. From
/// there on, running error analysis bounds both runs.
pub fn compare_outputs(
    model: &Model,
    activation: &Activations,
    given: &[Vec<f64>],
    rescaled: &[Vec<f64>],
    h: &[f64],
    precision: &[Precision],
) -> Reproduction {
    let positions =
        model.tensors().iter().map(|tensor| tensor.neither_in_space().max(tensor.repeat())).max().unwrap_or(1);
    let steps = STEPS + model.populations().len();
    let per_step: usize = model.tensors().iter().map(|tensor| tensor.count() * tensor.positions(positions)).sum();
    let multiplications = per_step.saturating_mul(2 * steps);
    if multiplications > MOST_WORK {
        return Reproduction::TooLarge { multiplications };
    }
    // Without a degree the tensors were rescaled as if it were one.
    let degrees = activation.homogeneous_degrees().unwrap_or(Degrees::Same(1.0));
    // The product k h is rounded, relative to itself and not to the difference; for degree one there is none.
    let product = |j: usize| if degrees.at(j) == 1.0 { 0.0 } else { degrees.times(j, &h[j]).abs() };
    let exact = |_: usize, value: f64, _: Place| Tracked::exact(value);
    let rounded = |tensor: usize, value: f64, place: Place| {
        let role = model.tensors()[tensor].role;
        let Some(t) = log_factor(role, place, h, &degrees) else { return Tracked::exact(value) };
        let Precision::Rounded { roundoff, smallest } = precision[tensor] else { return Tracked::exact(value) };
        let exponent =
            t.abs() + if role == Role::InitialActivity { place.target } else { place.source }.map_or(0.0, product);
        Tracked { value, error: value.abs() * (roundoff + (exponent + 12.0) * UNIT_ROUNDOFF) + smallest }
    };
    // Activities of neuron i go with e^{-k h_i}; by powers of two where all weights do.
    let is_exact = precision.iter().all(|precision| *precision == Precision::Exact);
    let of_activity = |i: usize| {
        let log = -degrees.times(i, &Tracked::exact(h[i]));
        if is_exact { Tracked::exact((log.value / LN_2).round().exp2()) } else { log.exp() }
    };
    let of_given = |_: usize| Tracked::exact(1.0);
    let before = Run { model, activation, numbers: given, positions, steps, weight: &exact, unit: &of_given };
    let after = Run { model, activation, numbers: rescaled, positions, steps, weight: &rounded, unit: &of_activity };
    let (before, after) = both(multiplications, || before.run(), || after.run());
    let read_out = !before.outputs.is_empty();
    let pairs: Vec<(Tracked, Tracked)> = if read_out {
        before.outputs.into_iter().zip(after.outputs).collect()
    } else {
        let per_neuron = before.states.iter().zip(&after.states).enumerate();
        per_neuron
            .map(|(k, (&x, &y))| {
                let i = k / positions;
                (x, y / &of_activity(i))
            })
            .collect()
    };
    let largest_output = pairs.iter().map(|(x, _)| x.value.abs()).fold(0.0, f64::max);
    let finite = |x: &Tracked| x.value.is_finite() && x.error.is_finite();
    if !pairs.iter().all(|(x, y)| finite(x) && finite(y)) {
        return Reproduction::OutOfRange;
    }
    let unit = if largest_output > 0.0 { largest_output } else { 1.0 };
    let all_zero = pairs.iter().all(|(x, y)| x.value == 0.0 && y.value == 0.0);
    let mut difference =
        OutputDifference { largest: 0.0, bound: 0.0, within_bound: true, outputs: pairs.len(), all_zero };
    for (x, y) in &pairs {
        let apart = (x.value - y.value).abs();
        let bound = x.error + y.error;
        difference.within_bound &= apart <= bound;
        if apart / unit >= difference.largest {
            difference.largest = apart / unit;
            difference.bound = bound / unit;
        }
    }
    Reproduction::Compared { read_out, difference }
}

impl super::Described {
    fn count(&self) -> usize {
        match &self.storage {
            super::Storage::Dense(_) => self.shape.iter().product(),
            super::Storage::CompressedRows { column, .. } => column.len(),
        }
    }

    /// Positions of the kernel, for weights; the trials of a batch of initial states are none.
    fn neither_in_space(&self) -> usize {
        if self.role == Role::Weights { self.neither() } else { 1 }
    }

    /// How often every weight is used in a step: once where it looks at all positions of its source anyway.
    fn positions(&self, positions: usize) -> usize {
        if self.repeat() > 1 { 1 } else { positions }
    }
}

struct Run<'a> {
    model: &'a Model,
    activation: &'a Activations,
    numbers: &'a [Vec<f64>],
    positions: usize,
    steps: usize,
    weight: &'a (dyn Fn(usize, f64, Place) -> Tracked + Sync),
    /// What an activity of a neuron is counted in.
    unit: &'a (dyn Fn(usize) -> Tracked + Sync),
}

struct Ran {
    /// Neurons × positions, after the last step.
    states: Vec<Tracked>,
    /// Every output at every step.
    outputs: Vec<Tracked>,
}

impl Run<'_> {
    fn run(&self) -> Ran {
        let (neurons, positions) = (self.model.neurons(), self.positions);
        let zero = Tracked::exact(0.0);
        let mut states = self.start();
        let mut random = ChaCha8Rng::seed_from_u64(SEED);
        let mut outputs = Vec::new();
        for _ in 0..self.steps {
            let mut drive = vec![zero; neurons * positions];
            for (t, tensor) in self.model.tensors().iter().enumerate() {
                if tensor.role != Role::Weights {
                    continue;
                }
                let (targets, sources) = (tensor.has_target(), tensor.has_source());
                // Drawn for every tensor and step whatever the model holds, so that both runs see the same.
                let bias = targets && !sources && tensor.shape.len() == 1;
                let input: Vec<f64> = if targets && !sources && !bias {
                    (0..tensor.outside()).map(|_| StandardNormal.sample(&mut random)).collect()
                } else {
                    vec![1.0]
                };
                let first = outputs.len();
                if sources && !targets {
                    outputs.resize(first + tensor.outside(), zero);
                }
                let flattened = tensor.repeat() > 1;
                self.model.for_each_place(tensor, |entry, place| {
                    let weight = (self.weight)(t, self.numbers[t][entry], place);
                    if weight.value == 0.0 && weight.error == 0.0 {
                        return;
                    }
                    let seen = |position: usize| {
                        let at = if flattened { place.repeat } else { (position + place.neither) % positions };
                        place.source.map(|j| states[j * positions + at])
                    };
                    match (place.target, place.source) {
                        (Some(i), Some(_)) if flattened => {
                            let term = seen(0).map_or(zero, |activity| weight * &activity);
                            drive[i * positions..(i + 1) * positions].iter_mut().for_each(|sum| *sum += &term);
                        }
                        (Some(i), _) => {
                            for position in 0..positions {
                                let from = seen(position).unwrap_or(Tracked::exact(input[place.outside % input.len()]));
                                drive[i * positions + position] += &(weight * &from);
                            }
                        }
                        (None, Some(_)) => {
                            let term = seen(0).map_or(zero, |activity| weight * &activity);
                            outputs[first + place.outside] += &term;
                        }
                        (None, None) => {}
                    }
                });
            }
            states = drive.iter().enumerate().map(|(at, sum)| self.activation.at(at / positions).apply(sum)).collect();
        }
        Ran { states, outputs }
    }

    /// The activities before the first step: those that the model has, or, where nothing would ever be active, random ones.
    fn start(&self) -> Vec<Tracked> {
        let (count, positions) = (self.model.neurons() * self.positions, self.positions);
        let (mut inputs, mut activities) = (vec![Tracked::exact(0.0); count], vec![Tracked::exact(0.0); count]);
        let mut is_driven = false;
        for (t, tensor) in self.model.tensors().iter().enumerate() {
            let list = match tensor.role {
                Role::InitialState => &mut inputs,
                Role::InitialActivity => &mut activities,
                Role::Weights | Role::TimeConstants => {
                    is_driven |= tensor.role == Role::Weights && tensor.has_target() && !tensor.has_source();
                    continue;
                }
            };
            is_driven = true;
            self.model.for_each_place(tensor, |entry, place| {
                if let Some(i) = place.target {
                    // The trials of a batch are mixed into one, so that each has a say.
                    let share = Tracked::exact(SHARES[place.neither % SHARES.len()]);
                    let value = (self.weight)(t, self.numbers[t][entry], place) * &share;
                    list[i * positions..(i + 1) * positions].iter_mut().for_each(|sum| *sum += &value);
                }
            });
        }
        if !is_driven {
            let mut random = ChaCha8Rng::seed_from_u64(SEED);
            for (i, of_neuron) in activities.chunks_exact_mut(positions).enumerate() {
                let activity: f64 = StandardNormal.sample(&mut random);
                of_neuron.fill(Tracked::exact(activity.abs()) * &(self.unit)(i));
            }
        }
        let active = |(at, input): (usize, &Tracked)| self.activation.at(at / positions).apply(input);
        inputs.iter().enumerate().map(active).zip(&activities).map(|(sum, activity)| sum + activity).collect()
    }
}

#[cfg(test)]
mod tests;
