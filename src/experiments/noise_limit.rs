//! Beyond the paper: noise at the read-out against activity, and the line that no rescaling gets below.
//!
//! To first order, noise of size σ on every state of a network rescaled by `h` adds `σ² Δt Σ G_j e^{2h_j}` to the squared error of its
//! read-out, and its activity is `Σ P_j e^{−2h_j}`. Their product is at least `(Σ √(P_j G_j))²`, and is that at `e^{2h_j} ∝ √(P_j/G_j)`
//! alone. So a rescaling lowers noise in two ways: it goes along the hyperbola, which is more activity, or it comes closer to
//! it, which is robustness.

use rayon::prelude::*;

use super::authors::{Integrating, gain_trials};
use super::noise_loss::TIME;
use super::{
    Axis, Effort, Experiment, ExperimentError, Findings, Mark, Plot, Progress, Reproduction, Series, Table, balanced,
};
use crate::balance::{Method, Scope};
use crate::cost::{Alpha, CostGraph, CostSpec};
use crate::io::embedded::Trained;
use crate::network::random::stream;
use crate::network::{Activation, Network};
use crate::tasks::flyvis::{FlyvisNetwork, Inputs, MovingEdges, Outputs};
use crate::tasks::{
    Adjoint, ContextIntegration, Convention, Dynamics, FullIntegration, ReadOut, Sensitivity, Simulator, Task, Trials,
    Weighting, XorIntegration, construct_xor, robustness_alpha,
};

pub(super) const EXPERIMENT: Experiment = Experiment {
    name: "noise-limit",
    title: "Beyond the paper: noise at the read-out against activity, and the limit of any rescaling",
    claim: "noise_robustness",
    run,
};

/// The world node's weights.
const LAMBDAS: [f64; 4] = [0.1, 1.0, 10.0, 100.0];
/// Batches of one trial of each condition that G and P are averaged over.
const BATCHES: usize = 12;
const QUICK_BATCHES: usize = 4;
/// Trials in a batch.
const TRIALS: usize = 8;
/// Fly models and their extent.
const MODELS: usize = 4;
const EXTENT: u32 = 3;
const XOR_NEURONS: usize = 64;
/// Streams of the seed for the random signs.
const FIRST_STREAM: u64 = 1 << 37;

/// A network, how it is run, and its trials by number.
struct DrivenNetwork {
    name: String,
    network: Network,
    convention: Convention,
    batch: Box<dyn Fn(usize) -> Trials + Sync>,
    /// The paper's cost with the network's own gains.
    cost: CostSpec,
    /// The flow means something: the whole network can be balanced, up to neurons that are never active.
    flows: bool,
}

/// What the names of rescalings with the world node begin with.
const WORLD: &str = "world, lambda = ";

/// A rescaling on the map: noise and activity in units of the given network.
struct Place {
    name: String,
    noise: f64,
    activity: f64,
    /// Noise × activity over its least value.
    excess: f64,
}

fn run(seed: u64, effort: Effort, progress: Progress) -> Result<Findings, ExperimentError> {
    let mut findings = Findings::default();
    let batches = match effort {
        Effort::Full => BATCHES,
        Effort::Quick => QUICK_BATCHES,
    };
    let subjects = subjects(seed)?;
    let mut rows = Vec::new();
    let mut closer = [(0, 0, 0); NAMED.len()];
    for (number, subject) in subjects.iter().enumerate() {
        progress(number as f64 / subjects.len() as f64, &subject.name);
        let sensitivity = sensitivity(subject, batches, seed)?;
        let places = places(subject, &sensitivity)?;
        for place in &places {
            rows.push(vec![
                subject.name.clone(),
                place.name.clone(),
                format!("{:.3}", place.noise),
                format!("{:.3}", place.activity),
                format!("{:.3}", place.noise * place.activity),
                format!("{:.3}", place.excess),
            ]);
            findings.evidence.at_most(
                format!("{}, {}: least noise x activity over noise x activity", subject.name, place.name),
                1.0 / place.excess,
                1.0 + 1e-9,
                "Cauchy and Schwarz; rounding of sums of as many squares as there are neurons",
            );
            if place.name == LEAST {
                findings.evidence.at_most(
                    format!("{}, {}: noise x activity over its least value", subject.name, place.name),
                    place.excess,
                    sensitivity.most_at_least_noise() / sensitivity.limit() + 1e-9,
                    "1, and what neurons add whose P or G counts as more than it is; rounding as above",
                );
            }
        }
        for (name, closer) in NAMED.into_iter().zip(&mut closer) {
            if let Some(place) = places.iter().find(|place| place.name == name) {
                closer.0 += usize::from(place.excess < places[0].excess);
                closer.1 += usize::from(place.noise < 1.0);
                closer.2 += 1;
            }
        }
        findings.plots.push(plot(&subject.name, &sensitivity, &places));
    }
    let words = NAMED.into_iter().zip(closer).map(|(name, (closer, less, of))| {
        format!("{name}: less noise at the read-out in {less} of {of} networks, closer to the limit in {closer}")
    });
    findings.state(
        Reproduction::Beyond,
        format!(
            "noise x activity is at least (sum sqrt(P_j G_j))^2 whatever the rescaling, and e^(2h_j) proportional to sqrt(P_j/G_j) attains it. {}. Less noise without coming closer to the limit is larger activity, which a common factor on all scales gives as well.",
            words.collect::<Vec<_>>().join("; ")
        ),
    );
    findings.tables.push(Table {
        title: format!(
            "Noise at the read-out and activity in units of the network as given, to first order; G from {batches} batches of {TRIALS} trials"
        ),
        columns: ["network", "rescaling", "noise", "activity", "noise x activity", "over the limit"]
            .map(str::to_owned)
            .to_vec(),
        rows,
    });
    Ok(findings)
}

const GIVEN: &str = "as given";
const FLOWED: &str = "flow to T = 3000";
const EXACT: &str = "balanced exactly";
/// The rescalings that are counted.
const NAMED: [&str; 5] = [FLOWED, EXACT, "world, lambda = 1", "world, lambda = 10", "world, lambda = 100"];
const LEAST: &str = "least noise at the activity given";

fn subjects(seed: u64) -> Result<Vec<DrivenNetwork>, ExperimentError> {
    let mut subjects = Vec::new();
    for trained in Trained::PAPER.into_iter().chain(Trained::LESS_REGULARISED) {
        let of_gains = Integrating::new(trained.name, trained.network()?, seed, BATCHES)?;
        subjects.push(DrivenNetwork {
            name: trained.name.to_owned(),
            cost: of_gains.cost(0.0)?,
            network: of_gains.network,
            convention: FullIntegration.convention(),
            batch: Box::new(move |k| FullIntegration.samples(seed, gain_trials(k..k + 1)).resampled().trials),
            flows: true,
        });
    }
    for trained in Trained::SHORT {
        subjects.push(of_task(trained.name.to_owned(), ContextIntegration, trained.network()?, seed)?);
    }
    let xor = construct_xor(XOR_NEURONS, Activation::Relu, seed)?.network;
    subjects.push(of_task("xor, constructed".to_owned(), XorIntegration, xor, seed)?);
    for model in 0..MODELS {
        let plan = FlyvisNetwork { extent: EXTENT, model, inputs: Inputs::PerColumn, outputs: Outputs::PerType };
        let trials = MovingEdges::standard(EXTENT).trials();
        subjects.push(DrivenNetwork {
            name: format!("fly, model {model}"),
            network: plan.build()?,
            convention: Convention { dynamics: Dynamics::ContinuousEuler, read_out: ReadOut::Activity },
            batch: Box::new(move |_| trials.clone()),
            cost: CostSpec::power(2.0),
            flows: false,
        });
    }
    Ok(subjects)
}

fn of_task(
    name: String,
    task: impl Task + 'static,
    network: Network,
    seed: u64,
) -> Result<DrivenNetwork, ExperimentError> {
    let convention = task.convention();
    let simulator = Simulator::new(&network, convention.dynamics);
    let trials = task.batch(seed, gain_trials(0..BATCHES)).trials;
    let alpha: Alpha = robustness_alpha(&simulator, &trials, Weighting::Uniform)?;
    Ok(DrivenNetwork {
        name,
        cost: CostSpec::power(2.0).with_alpha(alpha),
        network,
        convention,
        batch: Box::new(move |k| task.batch(seed, gain_trials(k..k + 1)).trials),
        flows: true,
    })
}

fn sensitivity(subject: &DrivenNetwork, batches: usize, seed: u64) -> Result<Sensitivity, ExperimentError> {
    let adjoint = Adjoint::new(&subject.network, subject.convention)?;
    let one = |k: usize| adjoint.sensitivity(&(subject.batch)(k), &mut stream(seed, FIRST_STREAM + k as u64));
    let batches: Vec<Sensitivity> = (0..batches).into_par_iter().map(one).collect();
    let nothing = || ExperimentError::NotFinite { what: format!("G of {}", subject.name), value: f64::NAN };
    Sensitivity::mean(&batches).filter(|mean| mean.limit().is_finite()).ok_or_else(nothing)
}

fn places(subject: &DrivenNetwork, sensitivity: &Sensitivity) -> Result<Vec<Place>, ExperimentError> {
    let n = subject.network.weights.neurons();
    let still = vec![0.0; n];
    let place = |name: &str, h: &[f64]| Place {
        name: name.to_owned(),
        noise: sensitivity.noise(h) / sensitivity.noise(&still),
        activity: sensitivity.activity(h) / sensitivity.activity(&still),
        excess: sensitivity.noise(h) * sensitivity.activity(h) / sensitivity.limit(),
    };
    let exact = |spec: &CostSpec, name: &str| {
        let what = || format!("{}, {name}", subject.name);
        balanced(&subject.network, spec, Scope::WithinComponents, Method::Auto, what)
    };
    let mut places = vec![place(GIVEN, &still)];
    if subject.flows {
        let graph = CostGraph::of_network(&subject.network, &subject.cost)?;
        places.push(place(FLOWED, &super::authors::follow_the_flow(&graph, TIME, &subject.name)?));
    }
    places.push(place(EXACT, &exact(&subject.cost, EXACT)?.into_run().log_scales));
    for lambda in LAMBDAS {
        let name = format!("{WORLD}{lambda}");
        let spec = subject.cost.clone().with_world(lambda);
        places.push(place(&name, &exact(&spec, &name)?.into_run().log_scales));
    }
    places.push(place(LEAST, &sensitivity.least_noise()));
    Ok(places)
}

fn plot(name: &str, sensitivity: &Sensitivity, places: &[Place]) -> Plot {
    let still = vec![0.0; sensitivity.power.len()];
    let limit = sensitivity.limit() / (sensitivity.noise(&still) * sensitivity.activity(&still));
    let activities = || places.iter().map(|place| place.activity);
    let (low, high) = (activities().fold(f64::INFINITY, f64::min) / 1.5, activities().fold(0.0, f64::max) * 1.5);
    // A hyperbola is a straight line between logarithmic axes.
    let frontier = [low, high].map(|activity| (activity, limit / activity));
    let mut series = vec![Series::new("limit of any rescaling", frontier.to_vec())];
    let at = |place: &Place| (place.activity, place.noise);
    let (worlds, others): (Vec<&Place>, Vec<&Place>) = places.iter().partition(|place| place.name.starts_with(WORLD));
    series.extend(others.into_iter().map(|place| Series::new(&place.name, vec![at(place)])));
    // One curve: the price of the world is what changes along it.
    let prices = format!("world node, lambda = {} to {}", LAMBDAS[0], LAMBDAS[LAMBDAS.len() - 1]);
    series.push(Series::new(prices, worlds.into_iter().map(at).collect()));
    Plot {
        title: format!("Noise against activity: {name}"),
        x: Axis::logarithmic("activity, over that as given"),
        y: Axis::logarithmic("noise of the outputs, over that as given"),
        mark: Mark::MarkedLine,
        series,
        diagonal: false,
        caption: format!(
            "Activity is sum P_j e^(-2h_j), noise sum G_j e^(2h_j), to first order in the noise. A common factor on all scales moves a network parallel to the line; as given it is {:.2} times above it.",
            places.first().map_or(f64::NAN, |place| place.excess)
        ),
    }
}
