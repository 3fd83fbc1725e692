//! Beyond the paper: noise that accumulates over several steps, and what has to be balanced against it.
//!
//! Balancing the squares of the weights makes the noise of one step as small as a rescaling can. Over T steps a linear network
//! hands on `Σ_t |J^t ξ|²`, the total of `M = Σ_t (J^t)∘(J^t)`, which rescales like a cost: balancing M makes that as small as it can
//! be. How far the one is from the other is measured here.

use super::{
    Axis, Effort, Experiment, ExperimentError, Findings, Mark, Plot, Progress, Reproduction, Series, Table, balanced,
};
use crate::balance::{Method, Scope};
use crate::cost::{AccumulatedNoise, CostSpec};
use crate::io::embedded::{celegans, fly_types};
use crate::network::random::{random_network, stream};
use crate::network::{Activation, GraphFacts, Homogeneity, Network, Weights, rescale_network};

pub(super) const EXPERIMENT: Experiment = Experiment {
    name: "noise-steps",
    title: "Beyond the paper: noise accumulated over several steps, balanced as such and balanced in one step",
    claim: "noise_robustness",
    run,
};

/// Numbers of steps.
const STEPS: [u32; 6] = [1, 2, 3, 5, 10, 20];
/// Neurons of a random network.
const RANDOM_NEURONS: usize = 64;
/// Random networks.
const RANDOM: u64 = 3;
/// The scales of the theorem `noise_robustness_caution`.
const CAUTION: [f64; 3] = [1.0, 0.95, 1.05];

/// Accumulated noise of a network after each number of steps, relative to the least.
struct Course {
    name: String,
    given: Vec<f64>,
    one_step: Vec<f64>,
}

fn run(seed: u64, _: Effort, progress: Progress) -> Result<Findings, ExperimentError> {
    let mut findings = Findings::default();
    let subjects = subjects(seed)?;
    let mut courses = Vec::new();
    for (number, (name, weights)) in subjects.iter().enumerate() {
        progress(number as f64 / subjects.len() as f64, name);
        courses.push(course(name, weights, &mut findings)?);
    }
    findings.tables.push(Table {
        title: "Noise accumulated over T steps, in units of the least that any rescaling has".to_owned(),
        columns: ["network", "balanced in"]
            .into_iter()
            .map(str::to_owned)
            .chain(STEPS.iter().map(|steps| format!("T = {steps}")))
            .collect(),
        rows: courses.iter().flat_map(rows).collect(),
    });
    let one_step = |course: &Course| {
        let points = STEPS.iter().zip(&course.one_step).map(|(&steps, &noise)| (f64::from(steps), noise));
        Series::new(course.name.clone(), points.collect())
    };
    findings.plots.push(Plot {
        title: "Noise accumulated over T steps by networks balanced in one".to_owned(),
        x: Axis::logarithmic("steps T"),
        y: Axis::linear("noise, over the least of any rescaling"),
        mark: Mark::MarkedLine,
        series: courses.iter().map(one_step).collect(),
        diagonal: false,
        caption: "One is reached by the network whose accumulated noise is balanced. The networks are those balanced in the squares of their weights, which have the least noise of one step.".to_owned(),
    });
    findings.state(Reproduction::Beyond, statement(&courses));
    Ok(findings)
}

/// Linear networks, each of them one strong component.
fn subjects(seed: u64) -> Result<Vec<(String, Weights)>, ExperimentError> {
    let ring = [(0, 0), (0, 1), (1, 2), (2, 0)].map(|(i, j): (usize, usize)| (i, j, CAUTION[j] / CAUTION[i]));
    let mut subjects = vec![("three neurons".to_owned(), Weights::from_triplets(3, ring.to_vec())?)];
    for number in 0..RANDOM {
        let weights = random_network(&mut stream(seed, 40 + number), RANDOM_NEURONS, 0.2, 1.0)?;
        subjects.push((format!("random {}", number + 1), weights));
    }
    subjects.push(("fly's cell types".to_owned(), largest_component(&fly_types()?)?));
    subjects.push(("C. elegans".to_owned(), largest_component(&celegans()?)?));
    Ok(subjects)
}

/// The synapses within the largest strong component, its neurons numbered anew.
fn largest_component(weights: &Weights) -> Result<Weights, ExperimentError> {
    let facts = GraphFacts::of(weights.pattern());
    let sizes = facts.strong_sizes();
    let largest = (0..sizes.len()).max_by_key(|&component| (sizes[component], usize::MAX - component));
    let mut number = vec![None; weights.neurons()];
    let mut kept = 0;
    for (neuron, &component) in facts.strong().iter().enumerate() {
        if Some(component as usize) == largest {
            number[neuron] = Some(kept);
            kept += 1;
        }
    }
    let within = |(i, j, &weight): (usize, usize, &f64)| Some((number[i]?, number[j]?, weight));
    Ok(Weights::from_triplets(kept, weights.triplets().filter_map(within).collect())?)
}

/// Balances a network in one step, takes as unit of weight what makes that step hand on as much noise as there was, and balances the
/// accumulated noise of each number of steps.
fn course(name: &str, weights: &Weights, findings: &mut Findings) -> Result<Course, ExperimentError> {
    let linear = |weights: Weights| Network::recurrent(weights, Activation::Linear);
    let one_step = |network: &Network| {
        balanced(network, &CostSpec::power(2.0), Scope::Whole, Method::Newton, || format!("{name}, in one step"))
    };
    let first = one_step(&linear(weights.clone()))?;
    let unit = (first.cost_final / weights.neurons() as f64).sqrt();
    let given = linear(weights.with_values(weights.values().iter().map(|weight| weight / unit).collect()));
    let squares = rescale_network(&given, &first.log_scales, Homogeneity::Required)?;
    let mut course = Course { name: name.to_owned(), given: Vec::new(), one_step: Vec::new() };
    for steps in STEPS {
        let noise = AccumulatedNoise::new(steps, 1.0)?;
        let spec = CostSpec { accumulated: Some(noise), ..CostSpec::power(2.0) };
        let least = balanced(&given, &spec, Scope::Whole, Method::Newton, || format!("{name}, over {steps} steps"))?;
        let total = |network: &Network| noise.matrix(&network.weights).iter().sum::<f64>();
        let least = total(&least.network);
        let (before, after) = (total(&given) / least, total(&squares) / least);
        for (what, ratio) in [("as given", before), ("balanced in one step", after)] {
            findings.evidence.at_least(
                format!("{name}, {steps} steps: accumulated noise {what} over that balanced as such"),
                ratio,
                1.0 - TOLERANCE,
                "the least of any rescaling, up to the tolerance of balance and the rounding of sums of products",
            );
        }
        course.given.push(before);
        course.one_step.push(after);
    }
    Ok(course)
}

/// Balance to 1e-10 per neuron, whose effect on the total is of second order; the sums have at most 280² terms of 20 factors.
const TOLERANCE: f64 = 1e-9;

fn rows(course: &Course) -> [Vec<String>; 2] {
    let row = |what: &str, noise: &[f64]| {
        let numbers = noise.iter().map(|noise| format!("{noise:.4}"));
        [course.name.clone(), what.to_owned()].into_iter().chain(numbers).collect()
    };
    [row("nothing (as given)", &course.given), row("one step", &course.one_step)]
}

fn statement(courses: &[Course]) -> String {
    let last = STEPS.len() - 1;
    let excess = |course: &Course| 100.0 * (course.one_step[last] - 1.0);
    let worst = courses.iter().map(excess).fold(0.0, f64::max);
    let raised: Vec<String> = courses
        .iter()
        .flat_map(|course| {
            let raised = (0..STEPS.len()).filter(|&k| course.one_step[k] > course.given[k] * (1.0 + TOLERANCE));
            raised.map(|k| format!("{} over {} steps", course.name, STEPS[k]))
        })
        .collect();
    format!(
        "balancing the squares of the weights makes the noise of one step as small as a rescaling can, not that of several: over {} steps the {} networks have up to {worst:.2} % more than when the accumulated noise is balanced, and one-step balance raised the accumulated noise of {}.",
        STEPS[last],
        courses.len(),
        if raised.is_empty() { "none".to_owned() } else { raised.join(", ") },
    )
}
