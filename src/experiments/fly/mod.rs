//! Experiments on the trained networks of the fly's visual system: 50 of them, with thousands of neurons each; a first look takes ten.

mod noise;
mod responses;

pub(super) use noise::EXPERIMENT as NOISE;
pub(super) use responses::EXPERIMENT as RESPONSES;

use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use super::{Effort, ExperimentError, Progress};
use crate::balance::{Balanced, Method, Scope};
use crate::cost::CostSpec;
use crate::io::embedded::MODELS;
use crate::network::Network;
use crate::tasks::flyvis::{FlyvisNetwork, Inputs, Neuron, Outputs};
use crate::tasks::{Dynamics, Simulator, Trials};

/// Models that a first look takes.
const FIRST_MODELS: usize = 10;

/// The trained models that are run, from the first: all of them, or some for a first look.
fn models(effort: Effort) -> usize {
    match effort {
        Effort::Full => MODELS,
        Effort::Quick => FIRST_MODELS,
    }
}

/// A fly network with one input a column.
fn network(extent: u32, model: usize, outputs: Outputs) -> Result<(Network, Vec<Neuron>), ExperimentError> {
    let plan = FlyvisNetwork { extent, model, inputs: Inputs::PerColumn, outputs };
    Ok((plan.build()?, plan.neurons()?))
}

/// Balances inside components.
fn balanced(network: &Network, spec: &CostSpec, what: &str) -> Result<Balanced, ExperimentError> {
    super::balanced::balanced(network, spec, Scope::WithinComponents, Method::Auto, || what.to_owned())
}

/// The neurons of the types that `wanted` names.
fn cells(neurons: &[Neuron], wanted: impl Fn(&str) -> bool) -> Vec<usize> {
    neurons.iter().enumerate().filter(|(_, neuron)| wanted(&neuron.cell_type)).map(|(number, _)| number).collect()
}

/// Does a job for each model, on all threads, and brings the results back in the order of the models.
fn for_each_model<T: Send>(
    models: usize,
    progress: Progress,
    job: impl Fn(usize) -> Result<T, ExperimentError> + Sync,
) -> Result<Vec<T>, ExperimentError> {
    let done = AtomicUsize::new(0);
    let run = |model| {
        let result = job(model);
        let done = done.fetch_add(1, Ordering::Relaxed) + 1;
        progress(done as f64 / models as f64, &format!("{done} of {models} models"));
        result
    };
    (0..models).into_par_iter().map(run).collect()
}

/// Activities of chosen neurons over a run: for each step `cells × trials`, each times its factor.
fn record(network: &Network, trials: &Trials, cells: &[usize], factors: &[f64]) -> Vec<Vec<f64>> {
    let simulator = Simulator::new(network, Dynamics::ContinuousEuler);
    let mut recorded = Vec::with_capacity(trials.input.len());
    simulator.run(trials, |_, _| (), |_, x| recorded.push(activities(network, x, trials.count, cells, factors)));
    recorded
}

/// `factor·φ(x)` of chosen neurons, `cells × count`.
fn activities(network: &Network, x: &[f64], count: usize, cells: &[usize], factors: &[f64]) -> Vec<f64> {
    let of_cell = |(&cell, &factor): (&usize, &f64)| {
        let activation = network.activation.at(cell);
        let states = x[cell * count..(cell + 1) * count].iter();
        states.map(move |x| factor * activation.apply(x))
    };
    cells.iter().zip(factors).flat_map(of_cell).collect()
}

/// `Σ J_ij²` over all recurrent synapses of a network, as they stand.
fn recurrent_cost(network: &Network) -> f64 {
    network.weights.values().iter().map(|&weight| crate::cost::synaptic_cost(&1.0, &weight, 2.0)).sum()
}
