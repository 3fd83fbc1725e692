//! Training: gradient descent on a task by back-propagation through time.
//!
//! As the authors': plain gradient descent with a fixed rate, clipped by the global norm of the gradient, on the
//! root-mean-square loss of one batch of fresh trials at a time, and if asked for `rate·Σ J²` on top.

mod backpropagation;
mod gradient;
mod history;
pub mod recipe;

pub use backpropagation::Backpropagation;
pub(in crate::tasks) use backpropagation::{back_through, transposed_weights};
pub use gradient::Gradient;
pub use history::{History, HistoryError, Record};

use nalgebra::DMatrix;

use super::portable_normals;
use super::task::Task;
use crate::balance::ask_for_memory;
use crate::cost::{CostError, CostGraph, CostSpec, DegreeCosts, synaptic_cost};
use crate::flow::{node_costs, norm_squared};
use crate::network::random::stream;
use crate::network::{Activations, Network, NetworkError, Weights};

/// Why a network could not be trained.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TrainingError {
    /// In iteration `iteration` `what` became `value`.
    #[error(
        "in iteration {iteration} {what} became {value:?}; use a smaller rate, or a smaller penalty where there is one"
    )]
    Diverged {
        /// The iteration, counted from 0.
        iteration: usize,
        /// What it is about.
        what: &'static str,
        /// The value found.
        value: f64,
    },
    /// `what` is `value`.
    #[error("{what} is {value}; it must be {expected}")]
    BadSetting {
        /// What it is about.
        what: &'static str,
        /// The value found.
        value: f64,
        /// What was expected.
        expected: &'static str,
    },
    /// `trials` trials a batch do not give each of the `conditions` conditions its turn.
    #[error("{trials} trials a batch do not give each of the {conditions} conditions its turn; use a multiple of them")]
    UnequalConditions {
        /// Number of trials.
        trials: usize,
        /// Number of conditions.
        conditions: usize,
    },
    /// `iterations` batches and one more to measure the result, of `trials` trials each, are more trials than have streams of
    /// their own.
    #[error(
        "{iterations} iterations with {trials} trials each, and as many once more to measure the result, are more than the {limit} trials that have random numbers of their own; use fewer"
    )]
    TooManyTrials {
        /// Number of iterations.
        iterations: usize,
        /// Number of trials a batch.
        trials: usize,
        /// The most trials.
        limit: u64,
    },
    /// There is no memory for a batch of `trials` trials: it would take `megabytes` MB.
    #[error(
        "there is no memory for {trials} trials a batch, which take at least {megabytes} MB with this network; use fewer trials, or fewer neurons"
    )]
    OutOfMemory {
        /// Number of trials a batch.
        trials: usize,
        /// How many megabytes they take.
        megabytes: u64,
    },
    /// There is no gradient for `dynamics`.
    #[error("there is no gradient for {dynamics}; use discrete time or Euler's method")]
    NoGradient {
        /// The name of the dynamics.
        dynamics: &'static str,
    },
    /// The network has `network`, but the task `task`.
    #[error("the network has {network}, but the task {task}")]
    WrongChannels {
        /// What the network has, in words.
        network: String,
        /// What the task has, in words.
        task: String,
    },
    /// A fault found there: [`NetworkError`].
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// A fault found there: [`CostError`].
    #[error(transparent)]
    Cost(#[from] CostError),
}

/// What a penalty on the squares of weights reaches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// The recurrent weights, as in the authors' program: the cost of the paper with p = 2.
    #[default]
    Recurrent,
    /// Input weights, bias and read-out weights too: a neuron's whole input and output, the cost with the world node.
    Whole,
}

/// How to train.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Descent {
    /// Steps of gradient descent.
    pub iterations: usize,
    /// Trials in the batch of each step.
    pub trials: usize,
    /// Length of a step.
    pub rate: f64,
    /// The gradient is shortened to this norm where it is longer.
    pub clip: f64,
    /// The factor of the penalty `Σ w²`; 0 for none.
    pub l2: f64,
    /// What it reaches.
    pub reach: Reach,
    /// Seed of the trials.
    pub seed: u64,
    /// Iterations between two records of the history.
    pub record_every: usize,
}

impl Default for Descent {
    /// The authors' settings, without a penalty.
    fn default() -> Self {
        Descent {
            iterations: 3000,
            trials: 8,
            rate: 1e-2,
            clip: 10.0,
            l2: 0.0,
            reach: Reach::Recurrent,
            seed: 1,
            record_every: 10,
        }
    }
}

/// Each trial has a stream of the seed, and trials have the first so many.
const MOST_TRIALS: u64 = 1 << 32;
/// A stream of the seed that trials do not use.
const INITIAL_WEIGHTS: u64 = 1 << 33;

/// Bytes for each synapse of a network that is made and trained: matrix, pattern and weights, all once more transposed, and a gradient.
const A_SYNAPSE: u64 = 56;

/// Asks whether there is memory for synapses between all pairs of so many neurons, before any is taken.
///
/// # Errors
/// [`NetworkError::TooManyNeurons`] and [`NetworkError::NoRoomForAllPairs`].
pub(in crate::tasks) fn room_for_all_pairs(neurons: usize) -> Result<(), NetworkError> {
    let Ok(count) = u32::try_from(neurons) else { return Err(NetworkError::TooManyNeurons { neurons }) };
    let bytes = u64::from(count).pow(2).saturating_mul(A_SYNAPSE);
    ask_for_memory(bytes).map_err(|megabytes| NetworkError::NoRoomForAllPairs { neurons, megabytes })
}

/// A network to start from: `neurons` neurons, all pairs connected, recurrent, input and read-out weights normal with
/// standard deviation `1/√neurons`, no bias yet.
///
/// # Errors
/// No neurons, or more than there is memory for.
pub fn initial_network(
    task: &dyn Task,
    neurons: usize,
    activation: impl Into<Activations>,
    seed: u64,
) -> Result<Network, NetworkError> {
    room_for_all_pairs(neurons)?;
    let mut random = stream(seed, INITIAL_WEIGHTS);
    let scale = (neurons as f64).sqrt().recip();
    let (inputs, outputs) = task.channels();
    let mut matrix =
        |rows, columns| DMatrix::from_vec(rows, columns, portable_normals(&mut random, rows * columns, scale));
    let weights = Weights::from_dense(&matrix(neurons, neurons))?;
    Ok(Network {
        w_in: Some(matrix(neurons, inputs)),
        w_out: Some(matrix(outputs, neurons)),
        bias: Some(vec![0.0; neurons]),
        ..Network::recurrent(weights, activation)
    })
}

/// Trains a network on a task; `progress` hears of every iteration (from 0) and its loss. Iteration k sees the trials from
/// `k·trials` on.
///
/// # Errors
/// Settings out of range, more trials than there are or than there is memory for, a network without the task's channels, or a
/// loss or gradient that stops being finite.
pub fn train(
    task: &dyn Task,
    mut network: Network,
    descent: &Descent,
    progress: &mut dyn FnMut(usize, f64),
) -> Result<(Network, History), TrainingError> {
    check(task, &network, descent)?;
    let mut backpropagation = Backpropagation::new(&network.weights, task.convention())?;
    let mut before = Vec::new();
    for iteration in 0..descent.iterations {
        let first = iteration * descent.trials;
        let batch = task.batch(descent.seed, first..first + descent.trials);
        let (loss, mut gradient) = backpropagation.loss_and_gradient(&network, &batch);
        finite(iteration, "the loss", loss)?;
        if iteration % descent.record_every == 0 {
            before.push(Record::of(&network, iteration, loss)?);
        }
        progress(iteration, loss);
        add_penalty(&mut gradient, &network, descent.l2, descent.reach);
        let norm = gradient.norm();
        finite(iteration, "the norm of the gradient", norm)?;
        let shortened = if norm > descent.clip { descent.clip / norm } else { 1.0 };
        gradient.descend(&mut network, descent.rate * shortened);
    }
    // How the network that is handed out fares: on trials that it was not trained on.
    let first = descent.iterations * descent.trials;
    let batch = task.batch(descent.seed, first..first + descent.trials);
    let (loss, _) = backpropagation.loss_and_gradient(&network, &batch);
    finite(descent.iterations, "the loss", loss)?;
    let last = Record::of(&network, descent.iterations, loss)?;
    Ok((network, History { before, last }))
}

/// Adds the gradient of `l2·Σ w²`.
pub fn add_penalty(gradient: &mut Gradient, network: &Network, l2: f64, reach: Reach) {
    let pull = |gradient: &mut [f64], weights: &[f64]| {
        for (slope, weight) in gradient.iter_mut().zip(weights) {
            *slope += 2.0 * l2 * weight;
        }
    };
    pull(&mut gradient.weights, network.weights.values());
    if reach == Reach::Recurrent {
        return;
    }
    for (gradient, matrix) in [(&mut gradient.w_in, &network.w_in), (&mut gradient.w_out, &network.w_out)] {
        if let (Some(gradient), Some(matrix)) = (gradient, matrix) {
            pull(gradient.as_mut_slice(), matrix.as_slice());
        }
    }
    if let (Some(gradient), Some(bias)) = (&mut gradient.bias, &network.bias) {
        pull(gradient, bias);
    }
}

fn finite(iteration: usize, what: &'static str, value: f64) -> Result<(), TrainingError> {
    if value.is_finite() { Ok(()) } else { Err(TrainingError::Diverged { iteration, what, value }) }
}

fn check(task: &dyn Task, network: &Network, descent: &Descent) -> Result<(), TrainingError> {
    network.validate()?;
    let settings = [
        ("the rate", descent.rate, descent.rate > 0.0, "greater than 0"),
        ("the clipping norm", descent.clip, descent.clip > 0.0, "greater than 0"),
        ("the factor of the penalty", descent.l2, descent.l2 >= 0.0, "at least 0"),
    ];
    for (what, value, fits, expected) in settings {
        if !(value.is_finite() && fits) {
            return Err(TrainingError::BadSetting { what, value, expected });
        }
    }
    if descent.record_every == 0 {
        let (what, expected) = ("the number of iterations between two records", "at least 1");
        return Err(TrainingError::BadSetting { what, value: 0.0, expected });
    }
    if descent.trials == 0 || !descent.trials.is_multiple_of(task.conditions()) {
        return Err(TrainingError::UnequalConditions { trials: descent.trials, conditions: task.conditions() });
    }
    let shape = |(inputs, outputs): (usize, usize)| format!("{inputs} inputs and {outputs} outputs");
    let has = (network.w_in.as_ref().map_or(0, DMatrix::ncols), network.w_out.as_ref().map_or(0, DMatrix::nrows));
    if has != task.channels() {
        return Err(TrainingError::WrongChannels { network: shape(has), task: shape(task.channels()) });
    }
    let Descent { iterations, trials, .. } = *descent;
    if (iterations as u128 + 1) * trials as u128 > u128::from(MOST_TRIALS) {
        return Err(TrainingError::TooManyTrials { iterations, trials, limit: MOST_TRIALS });
    }
    let bytes = bytes_of_a_batch(task, network.weights.neurons(), trials);
    ask_for_memory(bytes).map_err(|megabytes| TrainingError::OutOfMemory { trials, megabytes })
}

/// Bytes that the gradient on a batch takes, from those of the smallest batch: inputs and targets, what is read out and its errors, and
/// for each neuron at each step its state, its activity and its adjoint.
fn bytes_of_a_batch(task: &dyn Task, neurons: usize, trials: usize) -> u64 {
    let batch = task.batch(0, 0..task.conditions());
    let numbers = |rows: &[Vec<f64>]| rows.iter().map(Vec::len).sum::<usize>() as u64;
    let of_neurons = (neurons as u64).saturating_mul((batch.trials.input.len() * batch.trials.count) as u64);
    let of_few =
        (numbers(&batch.trials.input) + 4 * numbers(&batch.targets)).saturating_add(of_neurons.saturating_mul(3));
    let batches = (trials / task.conditions()) as u64;
    of_few.saturating_mul(batches).saturating_mul(size_of::<f64>() as u64)
}

impl Record {
    /// Measures a network; the loss is that of its batch.
    fn of(network: &Network, iteration: usize, loss: f64) -> Result<Self, TrainingError> {
        let spec = CostSpec::power(2.0);
        let gradient = if network.activation.homogeneous_degrees().is_ok_and(|degrees| !degrees.are_one()) {
            let costs = DegreeCosts::of_network(network, &spec)?;
            costs.pulls(costs.initial_costs(), &0.0).gradient()
        } else {
            let graph = CostGraph::of_network(network, &spec)?;
            node_costs(graph.pattern(), graph.initial_costs(), &0.0).gradient()
        };
        let cost = network.weights.values().iter().map(|weight| synaptic_cost(&1.0, weight, 2.0)).sum();
        Ok(Record { iteration, loss, cost, neural_gradient: norm_squared(&gradient).sqrt() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::Activation;
    use crate::tasks::{Teacher, XorIntegration};

    fn trained(descent: &Descent) -> Result<(Network, History), TrainingError> {
        let teacher = Teacher::new(4, Activation::Relu, 1)?;
        train(&teacher, initial_network(&teacher, 3, Activation::Relu, 1)?, descent, &mut |_, _| ())
    }

    #[test]
    fn batches_that_no_machine_holds_are_refused_before_any_is_drawn() {
        let of = |iterations, trials| trained(&Descent { iterations, trials, ..Descent::default() });
        for (iterations, trials) in [(2, usize::MAX), (2, 99_999_999_999), (usize::MAX, 1), (1, 1 << 32)] {
            let refused = of(iterations, trials);
            let Err(TrainingError::TooManyTrials { iterations: i, trials: t, limit: MOST_TRIALS }) = refused else {
                panic!("{iterations} {trials}: {refused:?}")
            };
            assert_eq!((i, t), (iterations, trials));
        }
        assert!(of(1, 2).is_ok());
        // 50 steps of two inputs, two targets four times, and three numbers for each of three neurons.
        let teacher = Teacher::new(4, Activation::Relu, 1).unwrap();
        assert_eq!(bytes_of_a_batch(&teacher, 3, 10), 8 * 10 * 50 * (2 + 4 * 2 + 3 * 3));
        assert_eq!(bytes_of_a_batch(&teacher, usize::MAX, 1 << 32), u64::MAX);
    }

    #[test]
    fn neurons_that_no_machine_holds_are_refused_before_any_is_drawn() {
        for neurons in [4_000_000_000, 100_000_000] {
            let network = initial_network(&XorIntegration, neurons, Activation::Relu, 1);
            assert!(matches!(network, Err(NetworkError::NoRoomForAllPairs { neurons: n, .. }) if n == neurons));
            let teacher = Teacher::new(neurons, Activation::Relu, 1);
            assert!(matches!(teacher, Err(NetworkError::NoRoomForAllPairs { neurons: n, .. }) if n == neurons));
        }
        let network = initial_network(&XorIntegration, 1 << 33, Activation::Relu, 1);
        assert_eq!(network, Err(NetworkError::TooManyNeurons { neurons: 1 << 33 }));
    }

    /// Of a penalty of 1e300 it is not the rate that is too large.
    #[test]
    fn what_diverged_may_be_the_penalty_and_its_message_says_so() {
        let refused = trained(&Descent { iterations: 2, l2: 1e300, ..Descent::default() }).unwrap_err();
        assert!(matches!(refused, TrainingError::Diverged { iteration: 0, .. }), "{refused:?}");
        assert!(refused.to_string().contains("smaller penalty"), "{refused}");
    }
}
