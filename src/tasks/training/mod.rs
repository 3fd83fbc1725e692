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
use crate::cost::{CostError, CostGraph, CostSpec, DegreeCosts, synaptic_cost};
use crate::flow::{node_costs, norm_squared};
use crate::network::random::stream;
use crate::network::{Activations, Network, NetworkError, Weights};

/// Why a network could not be trained.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TrainingError {
    /// In iteration `iteration` `what` became `value`.
    #[error("in iteration {iteration} {what} became {value:?}; use a smaller rate")]
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

/// A stream of the seed that trials, which have the first 2^32, do not use.
const INITIAL_WEIGHTS: u64 = 1 << 33;

/// A network to start from: `neurons` neurons, all pairs connected, recurrent, input and read-out weights normal with
/// standard deviation `1/√neurons`, no bias yet.
///
/// # Errors
/// No neurons.
pub fn initial_network(
    task: &dyn Task,
    neurons: usize,
    activation: impl Into<Activations>,
    seed: u64,
) -> Result<Network, NetworkError> {
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
/// Settings out of range, a network without the task's channels, or a loss or gradient that stops being finite.
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
    Ok(())
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
