//! Noise in the fly's visual system: what reaches the motion detectors T4 and T5, for the paper's recurrent cost and along
//! the weight λ of the world node.
//!
//! The paper's cost counts recurrent synapses only. Read-out weights then follow the transform, and noise can reach the
//! read-out stronger than before although less of it circulates. With the world as one more neuron, read-out and input
//! weights have a price too, and λ chooses between recurrent cost and read-out.

use super::super::{
    Axis, Effort, Experiment, ExperimentError, Findings, Mark, MeanInterval, Plot, Progress, Reproduction, Series,
    Table,
};
use super::{activities, balanced, cells, for_each_model, models, network, recurrent_cost};
use crate::cost::{CostSpec, synaptic_cost};
use crate::network::Network;
use crate::scalar::largest_or_nan;
use crate::tasks::flyvis::{MovingEdges, Neuron, Outputs};
use crate::tasks::{Dynamics, Simulator, StateNoise, Trials};

pub const EXPERIMENT: Experiment = Experiment {
    name: "fly-noise",
    title: "Noise that reaches the motion detectors of the fly's networks: the recurrent cost alone, and the world node",
    claim: "noise_robustness",
    run,
};

const EXTENT: u32 = 3;
/// Standard deviation σ of the noise on every neuron's state.
const SIGMA: f64 = 0.1;
/// Times that the eight edges are shown with noise: sixteen trials for each network.
const REPEATS: usize = 2;
/// Weights λ of the read-out.
const LAMBDAS: [f64; 5] = [0.01, 0.1, 1.0, 10.0, 100.0];

/// A cost to balance, or none.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Variant {
    Given,
    RecurrentOnly,
    World(f64),
}

impl Variant {
    fn all() -> Vec<Variant> {
        let worlds = LAMBDAS.iter().map(|&lambda| Variant::World(lambda));
        [Variant::Given, Variant::RecurrentOnly].into_iter().chain(worlds).collect()
    }

    fn name(self) -> String {
        match self {
            Variant::Given => "as given".to_owned(),
            Variant::RecurrentOnly => "recurrent cost only".to_owned(),
            Variant::World(lambda) => format!("world node, lambda = {lambda}"),
        }
    }
}

/// What noise does in one network.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Measured {
    /// `Σ J_ij²` over all recurrent synapses.
    cost: f64,
    /// `Σ (W_out)_ij²`.
    read_out_cost: f64,
    /// Mean squared activity of all neurons, without noise.
    activity: f64,
    /// Mean squared deviation of the states.
    state_noise: f64,
    /// Mean squared deviation of what is read out of T4 and T5.
    read_out_noise: MeanInterval,
}

fn run(seed: u64, effort: Effort, progress: Progress) -> Result<Findings, ExperimentError> {
    let variants = Variant::all();
    let all = for_each_model(models(effort), progress, |model| measure_model(model, &variants, seed))?;
    let mut findings = Findings::default();
    // ratio[variant][model] of a quantity to that of the network as given.
    let ratios = |of: fn(&Measured) -> f64, variant: usize| -> Vec<f64> {
        all.iter().map(|measured| of(&measured[variant]) / of(&measured[0])).collect()
    };
    let cost = |measured: &Measured| measured.cost;
    let activity = |measured: &Measured| measured.activity;
    let state = |measured: &Measured| measured.state_noise;
    let read_out = |measured: &Measured| measured.read_out_noise.mean;

    let worlds: Vec<usize> = (0..variants.len()).filter(|&k| matches!(variants[k], Variant::World(_))).collect();
    let steps = all.iter().flat_map(|measured| {
        worlds.windows(2).map(|step| measured[step[1]].read_out_cost / measured[step[0]].read_out_cost)
    });
    findings.evidence.at_most(
        "cost of the read-out weights at one lambda, in units of that at the next smaller one, largest of all models",
        largest_or_nan(steps),
        1.0,
        "of two minima of A + lambda B, that of the larger lambda has the smaller B",
    );

    let mut rows = Vec::new();
    for (number, variant) in variants.iter().enumerate().skip(1) {
        let lower = below_one(&ratios(read_out, number));
        let mut row = vec![variant.name(), format!("{lower} of {}", all.len())];
        row.extend([cost, activity, state, read_out].map(|of| geometric_text(&ratios(of, number))));
        rows.push(row);
    }
    findings.tables.push(Table {
        title: format!(
            "After balancing, in units of the network as given: geometric mean over {} models with its 95 % interval",
            all.len()
        ),
        columns: ["balanced", "read-out noise lower in", "recurrent cost", "activity", "state noise", "read-out noise"]
            .map(str::to_owned)
            .to_vec(),
        rows,
    });
    findings.tables.push(model_table(&variants, &all));
    state_outcomes(&mut findings, &variants, &|number| ratios(state, number), &|number| ratios(read_out, number));
    findings.plots = plots(&variants, &|number| {
        [ratios(cost, number), ratios(activity, number), ratios(state, number), ratios(read_out, number)]
    });
    Ok(findings)
}

fn measure_model(model: usize, variants: &[Variant], seed: u64) -> Result<Vec<Measured>, ExperimentError> {
    let (given, neurons) = network(EXTENT, model, Outputs::PerNeuron)?;
    let trials = MovingEdges::standard(EXTENT).trials();
    let noise = StateNoise { sigma: SIGMA, seed: seed + model as u64 };
    let measure_variant = |&variant: &Variant| {
        let spec = match variant {
            Variant::Given => {
                return Ok(measure(&given, &vec![0.0; neurons.len()], &neurons, &trials, &noise));
            }
            Variant::RecurrentOnly => CostSpec::power(2.0),
            Variant::World(lambda) => CostSpec::power(2.0).with_world(lambda),
        };
        let found = balanced(&given, &spec, &format!("model {model}, {}", variant.name()))?;
        Ok(measure(&found.network, &found.log_scales, &neurons, &trials, &noise))
    };
    variants.iter().map(measure_variant).collect()
}

/// Runs the trials without noise, then with; the same noise for all variants of a model.
fn measure(network: &Network, h: &[f64], neurons: &[Neuron], trials: &Trials, noise: &StateNoise) -> Measured {
    let detectors = cells(neurons, |name| name.starts_with("T4") || name.starts_with("T5"));
    let factors: Vec<f64> = detectors.iter().map(|&cell| h[cell].exp()).collect();
    let simulator = Simulator::new(network, Dynamics::ContinuousEuler);
    let count = trials.count;
    let mut clean: Vec<Vec<f64>> = Vec::with_capacity(trials.input.len());
    simulator.run(trials, |_, _| (), |_, x| clean.push(x.to_vec()));
    let states = (clean.len() * neurons.len() * count) as f64;
    let activity = clean.iter().flat_map(|x| simulator.activity(x)).map(|y| y.powi(2)).sum::<f64>() / states;

    let mut state_noise = 0.0;
    let mut read_out_noise = vec![0.0; REPEATS * count];
    for repeat in 0..REPEATS {
        let sums = &mut read_out_noise[repeat * count..(repeat + 1) * count];
        simulator.run_noisy(trials, noise, repeat * count, |step, x| {
            state_noise += x.iter().zip(&clean[step]).map(|(x, clean)| (x - clean).powi(2)).sum::<f64>();
            let read = |x: &[f64]| activities(network, x, count, &detectors, &factors);
            for (k, (noisy, clean)) in read(x).iter().zip(read(&clean[step])).enumerate() {
                sums[k % count] += (noisy - clean).powi(2);
            }
        });
    }
    let per_trial = (clean.len() * detectors.len()) as f64;
    let per_trial: Vec<f64> = read_out_noise.iter().map(|sum| sum / per_trial).collect();
    Measured {
        cost: recurrent_cost(network),
        read_out_cost: network.w_out.iter().flat_map(|w_out| w_out.iter()).map(|w| synaptic_cost(&1.0, w, 2.0)).sum(),
        activity,
        state_noise: state_noise / (states * REPEATS as f64),
        read_out_noise: MeanInterval::of(&per_trial),
    }
}

/// Geometric mean of ratios with its interval, as a mean of logarithms.
fn geometric(ratios: &[f64]) -> MeanInterval {
    MeanInterval::of(&ratios.iter().map(|ratio| ratio.ln()).collect::<Vec<_>>())
}

fn geometric_text(ratios: &[f64]) -> String {
    let logarithm = geometric(ratios);
    format!("{:.3} ({:.3} to {:.3})", logarithm.mean.exp(), logarithm.low().exp(), logarithm.high().exp())
}

fn below_one(ratios: &[f64]) -> usize {
    ratios.iter().filter(|&&ratio| ratio < 1.0).count()
}

fn state_outcomes(
    findings: &mut Findings,
    variants: &[Variant],
    state: &dyn Fn(usize) -> Vec<f64>,
    read_out: &dyn Fn(usize) -> Vec<f64>,
) {
    let shown =
        |variant: &Variant| matches!(variant, Variant::RecurrentOnly | Variant::World(1.0) | Variant::World(100.0));
    for (number, variant) in variants.iter().enumerate().filter(|(_, variant)| shown(variant)) {
        for (where_to, ratios) in [("in the states", state(number)), ("that reaches T4 and T5", read_out(number))] {
            let least = ratios.iter().copied().fold(f64::INFINITY, f64::min);
            let most = ratios.iter().copied().fold(0.0, f64::max);
            findings.state(
                Reproduction::Beyond,
                format!(
                    "{}: the noise {where_to} is lower in {} of {} trained networks; on average it is {} \
                     times that of the network as given, from {least:.2e} to {most:.2e} times.",
                    variant.name(),
                    below_one(&ratios),
                    ratios.len(),
                    geometric_text(&ratios),
                ),
            );
        }
    }
}

fn plots(variants: &[Variant], ratios: &dyn Fn(usize) -> [Vec<f64>; 4]) -> Vec<Plot> {
    let names = ["recurrent cost", "mean squared activity", "noise of the states", "noise read out of T4 and T5"];
    let worlds = || {
        variants.iter().enumerate().filter_map(|(number, variant)| match variant {
            Variant::World(lambda) => Some((number, *lambda)),
            _ => None,
        })
    };
    let curve = |which: usize| {
        worlds().map(|(number, lambda)| (lambda, geometric(&ratios(number)[which]).mean.exp())).collect::<Vec<_>>()
    };
    let read_out =
        |number: usize| ratios(number)[3].iter().enumerate().map(|(model, &ratio)| (model as f64, ratio)).collect();
    let shown = [Variant::RecurrentOnly, Variant::World(1.0), Variant::World(100.0)];
    let clouds = variants.iter().enumerate().filter(|(_, variant)| shown.contains(variant));
    vec![
        Plot {
            title: "The price of the read-out".to_owned(),
            x: Axis::logarithmic("lambda"),
            y: Axis::logarithmic("after / as given, geometric mean"),
            mark: Mark::MarkedLine,
            series: names.iter().enumerate().map(|(which, name)| Series::new(*name, curve(which))).collect(),
            diagonal: false,
            caption: format!(
                "Balanced with the world node, over {} models: what a larger lambda buys in read-out noise, it pays in \
                 recurrent cost and activity. The intervals are in the table.",
                ratios(0)[0].len()
            ),
        },
        Plot {
            title: "Noise read out of T4 and T5".to_owned(),
            x: Axis::linear("model"),
            y: Axis::logarithmic("after / as given"),
            mark: Mark::Dot,
            series: clouds.map(|(number, variant)| Series::new(variant.name(), read_out(number))).collect(),
            diagonal: false,
            caption: "One point a trained network: above one, balancing made the read-out noisier.".to_owned(),
        },
    ]
}

fn model_table(variants: &[Variant], all: &[Vec<Measured>]) -> Table {
    let shown = |variant: &Variant| {
        matches!(variant, Variant::Given | Variant::RecurrentOnly | Variant::World(1.0) | Variant::World(100.0))
    };
    let short = |variant: &Variant| match variant {
        Variant::Given => "given".to_owned(),
        Variant::RecurrentOnly => "recurrent".to_owned(),
        Variant::World(lambda) => format!("{lambda}"),
    };
    let mut columns = vec!["model".to_owned()];
    for variant in variants.iter().filter(|variant| shown(variant)) {
        columns.extend(["cost", "activity", "noise"].map(|what| format!("{what} {}", short(variant))));
    }
    let row = |(model, measured): (usize, &Vec<Measured>)| {
        let of_variant = |(measured, _): (&Measured, &Variant)| {
            let noise = measured.read_out_noise;
            [
                format!("{:.1}", measured.cost),
                format!("{:.2e}", measured.activity),
                format!("{:.2e} ± {:.0} %", noise.mean, 100.0 * noise.half_width / noise.mean),
            ]
        };
        let cells = measured.iter().zip(variants).filter(|(_, variant)| shown(variant)).flat_map(of_variant);
        std::iter::once(model.to_string()).chain(cells).collect()
    };
    Table {
        title: format!(
            "Every model as given, balanced for the recurrent cost only, and with the world node at lambda 1 and 100: recurrent \
             cost, mean squared activity, and noise read out of T4 and T5 with its 95 % interval ({} noisy trials each, extent \
             {EXTENT}, sigma = {SIGMA})",
            REPEATS * 8
        ),
        columns,
        rows: all.iter().enumerate().map(row).collect(),
    }
}
