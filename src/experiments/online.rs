//! Balancing as a local rule that works while the network runs: every neuron estimates its gain from its own activity by a
//! decaying average, and rescales its synapses a little by what it has estimated so far.

use super::balanced::balanced;
use super::{Axis, Effort, Experiment, ExperimentError, Findings, Mark, Plot, Progress, Reproduction, Series};
use crate::balance::{Method, Scope};
use crate::claims::distance::compare;
use crate::cost::{Alpha, CostGraph, CostSpec};
use crate::flow::node_costs;
use crate::network::random::{normals, random_network, stream};
use crate::network::{Activation, Homogeneity, Network, Weights, rescale_network};
use crate::tasks::{Dynamics, Gains, Simulator, Trials, Weighting};
use nalgebra::DMatrix;

pub(super) const EXPERIMENT: Experiment = Experiment {
    name: "online-balancing",
    title: "Balancing while the network runs, the gains estimated from its own activity",
    claim: "noise_robustness",
    run,
};

const NEURONS: usize = 64;
const INPUTS: usize = 4;
/// The input is new in every block of so many steps.
const STEPS: usize = 50;
const BLOCKS: usize = 4000;
const STEP: f64 = 0.1;
/// A step of the flow in a block, in units of the largest that is stable.
const RATE: f64 = 0.5;
/// Blocks after which the gains that balancing is compared with are measured, in a run of its own.
const REFERENCE_BLOCKS: usize = 20_000;
/// The weight of a block in the average decays as `1/k^DECAY`: above one half and below one, so that the start is
/// forgotten and the fluctuations still die out.
const DECAY: f64 = 0.8;

fn run(seed: u64, _: Effort, progress: Progress) -> Result<Findings, ExperimentError> {
    let given = driven_network(seed)?;
    // Where the rule should go: the gains of a long run of the network as given, which rescaling does not change.
    let gains = long_run_gains(&given, seed, progress);
    let target = offline(&given, &gains)?;
    let mut curve = Vec::new();
    let mut moving = Moving { h: vec![0.0; NEURONS], gains: vec![1.0; NEURONS], state: vec![0.0; NEURONS] };
    let start = distance(&given, &moving.h, &target)?;
    let mut estimate_end = start;
    for block in 1..=BLOCKS {
        moving.block(&given, seed, block)?;
        // Points evenly spaced on a logarithmic axis.
        if block.is_power_of_two() || (block % (1 << block.ilog2().saturating_sub(2))) == 0 || block == BLOCKS {
            progress(0.5 + 0.5 * block as f64 / BLOCKS as f64, "running and balancing");
            estimate_end = distance(&given, &moving.h, &target)?;
            curve.push((block as f64, estimate_end));
        }
    }
    // What the estimate itself asks for: the flow has followed it if it is close to this.
    let asked_for = offline(&given, &moving.gains)?;
    let lag = distance(&given, &moving.h, &asked_for)?;

    let mut findings = Findings::default();
    let spread = moving.gains.iter().zip(&gains).map(|(a, b)| (a / b).ln().abs()).fold(0.0, f64::max);
    // At the balanced point of the true gains, the estimated ones leave a gradient; a comparison vector says how far that can move
    // the balanced point, at each end of a synapse.
    let graph = CostGraph::of_network(&given, &spec(&moving.gains))?;
    let [from, to] = [&asked_for, &target].map(|h| graph.prescaled(h));
    let moved = compare(&graph, &from, &to, &[0.0; NEURONS]).map_err(|reason| ExperimentError::NoBound { reason })?;
    let by_gains = 2.0 * moved.bound.iter().copied().fold(0.0, f64::max);
    findings.evidence.at_most(
        "largest difference of a log-weight from the matrix balanced offline, at the end",
        estimate_end,
        lag + by_gains,
        "the lag behind what the estimated gains ask for, and how far their errors can move the balanced point: a comparison vector of the Laplacian, for both ends of a synapse",
    );
    findings.state(
        Reproduction::Beyond,
        format!(
            "Gains that are estimated while the network runs: with gains that every neuron estimates from its own activity, \
             the largest difference of a log-weight from the matrix balanced offline falls from {start:.3} to {estimate_end:.2e} in \
             {BLOCKS} blocks of {STEPS} steps; the largest error of a log-gain is {spread:.2e} by then, and the weights lag \
             {lag:.2e} behind what the estimates ask for."
        ),
    );
    findings.plots.push(Plot {
        title: "Balancing while the network runs".to_owned(),
        x: Axis::logarithmic("blocks of activity"),
        y: Axis::logarithmic("difference of ln |J| from offline"),
        mark: Mark::MarkedLine,
        series: vec![Series::new("gains estimated online", curve)],
        diagonal: false,
        caption: format!(
            "{NEURONS} ReLU neurons driven by random input; the state runs on through all changes of the weights."
        ),
    });
    Ok(findings)
}

/// A strongly connected network that is bounded and driven hard enough for every neuron to be active at times.
fn driven_network(seed: u64) -> Result<Network, ExperimentError> {
    let mut random = stream(seed, 3000);
    let weights: Weights = random_network(&mut random, NEURONS, 0.2, 1.0)?;
    let mut sums = vec![0.0; NEURONS];
    for (target, _, weight) in weights.triplets() {
        sums[target] += weight.abs();
    }
    let largest = sums.iter().fold(0.0_f64, |a, b| a.max(*b));
    let values = weights.values().iter().map(|weight| 0.9 * weight / largest).collect();
    Ok(Network {
        w_in: Some(DMatrix::from_vec(NEURONS, INPUTS, normals(&mut random, NEURONS * INPUTS, 1.0))),
        bias: Some(normals(&mut random, NEURONS, 0.2)),
        ..Network::recurrent(weights.with_values(values), Activation::Relu)
    })
}

/// The input of a block, held for ten steps at a time.
fn input(seed: u64, block: usize) -> Trials {
    let mut random = stream(seed, FIRST_STREAM + block as u64);
    let values: Vec<Vec<f64>> = (0..STEPS / 10).map(|_| normals(&mut random, INPUTS, 1.0)).collect();
    Trials::single((0..STEPS).map(|step| values[step / 10].clone()).collect(), STEP)
}

/// Streams below this are taken by other purposes of the seed.
const FIRST_STREAM: u64 = 1 << 34;

/// Mean squared gains over one block from a state, and the state after it.
fn run_block(network: &Network, state: &[f64], trials: &Trials) -> (Vec<f64>, Vec<f64>) {
    let network = Network { initial_state: Some(state.to_vec()), ..network.clone() };
    let simulator = Simulator::new(&network, Dynamics::ContinuousEuler);
    let mut gains = Gains::new(network.activation.clone(), NEURONS);
    let mut last = state.to_vec();
    simulator.run(
        trials,
        |_, _| (),
        |_, x| {
            gains.add(&last, x, Weighting::Uniform);
            last.copy_from_slice(x);
        },
    );
    (gains.mean(), last)
}

fn long_run_gains(network: &Network, seed: u64, progress: Progress) -> Vec<f64> {
    let mut state = vec![0.0; NEURONS];
    let mut sum = vec![0.0; NEURONS];
    for block in 0..REFERENCE_BLOCKS {
        if block % 1000 == 0 {
            progress(0.5 * block as f64 / REFERENCE_BLOCKS as f64, "the gains of a long run");
        }
        let (gains, last) = run_block(network, &state, &input(seed, BLOCKS + 1 + block));
        sum.iter_mut().zip(&gains).for_each(|(sum, gain)| *sum += gain);
        state = last;
    }
    sum.iter().map(|sum| sum / REFERENCE_BLOCKS as f64).collect()
}

fn spec(gains: &[f64]) -> CostSpec {
    CostSpec::power(2.0).with_alpha(Alpha::PerSource(gains.to_vec()))
}

/// Balanced log-scales for given gains.
fn offline(network: &Network, gains: &[f64]) -> Result<Vec<f64>, ExperimentError> {
    let what = || "the driven network".to_owned();
    Ok(balanced(network, &spec(gains), Scope::Whole, Method::Auto, what)?.into_run().log_scales)
}

/// The largest difference of a log-weight between two rescalings.
fn distance(network: &Network, h: &[f64], other: &[f64]) -> Result<f64, ExperimentError> {
    let difference = |(i, j, _): (usize, usize, &f64)| ((h[j] - h[i]) - (other[j] - other[i])).abs();
    let worst = network.weights.triplets().map(difference).fold(0.0, f64::max);
    if worst.is_finite() {
        Ok(worst)
    } else {
        Err(ExperimentError::NotFinite { what: "a log-weight".to_owned(), value: worst })
    }
}

/// The network on its way.
struct Moving {
    h: Vec<f64>,
    gains: Vec<f64>,
    state: Vec<f64>,
}

impl Moving {
    /// One block of activity, then one step of the flow with the gains known by now.
    fn block(&mut self, given: &Network, seed: u64, block: usize) -> Result<(), ExperimentError> {
        let network = rescale_network(given, &self.h, Homogeneity::Required)?;
        let (gains, last) = run_block(&network, &self.state, &input(seed, block));
        self.state = last;
        let weight = (block as f64).powf(-DECAY);
        for (mine, gain) in self.gains.iter_mut().zip(&gains) {
            *mine += weight * (gain - *mine);
        }
        let graph = CostGraph::of_network(&network, &spec(&self.gains))?;
        let sums = node_costs(graph.pattern(), graph.initial_costs(), &0.0);
        let stable = RATE / (graph.p() * sums.largest_degree());
        for (h, g) in self.h.iter_mut().zip(sums.gradient()) {
            *h += stable * g;
        }
        Ok(())
    }
}
