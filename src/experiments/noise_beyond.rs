//! Beyond the paper: loss against injected noise on other tasks, other networks and other costs than the authors', every
//! trial's loss and that of the average.
//!
//! The networks integrate for 5 time constants (the authors': 50), do exclusive or by construction, or follow a random
//! teacher. The sizes of noise go up to 1.6 standard deviations of the state, and the given network is also compared with
//! the world node's balance and with the flow run backwards.

use super::backwards::run_backwards;
use super::{
    Axis, Effort, Experiment, ExperimentError, Findings, Mark, MeanInterval, Plot, Progress, Reproduction, Series,
    Table, balanced,
};
use crate::balance::{Method, Scope};
use crate::cost::{Alpha, CostSpec};
use crate::io::embedded::Trained;
use crate::network::{Activation, Homogeneity, Network, rescale_network};
use crate::tasks::training::{Descent, initial_network, train};
use crate::tasks::{
    ContextIntegration, Simulator, StateNoise, Task, Teacher, Weighting, XorIntegration, construct_xor, in_groups,
    robustness_alpha, rounding_of_rescaling,
};

pub(super) const EXPERIMENT: Experiment = Experiment {
    name: "noise-loss-beyond",
    title: "Beyond the paper: loss against noise on other tasks and networks",
    claim: "noise_robustness",
    run,
};

/// Standard deviations of the noise on every neuron's state, in the units of that state.
pub(super) const SIGMAS: [f64; 6] = [0.05, 0.1, 0.15, 0.2, 0.25, 0.3];
/// Fresh trials for each of them, the same for all variants of a network.
pub(super) const TRIALS: usize = 160;
/// The first trial that no training has seen; and the first of those that gains are averaged over.
pub(super) const FRESH: usize = 1 << 24;
const GAIN_TRIALS: std::ops::Range<usize> = (1 << 25)..(1 << 25) + 80;
/// The anti-balanced network has so many times the robustness cost of the given one.
const ANTI: f64 = 2.0;
/// Neurons of the constructed network, and of the teacher and its pupil.
const XOR_NEURONS: usize = 64;
const TEACHER_NEURONS: usize = 16;
const PUPIL_NEURONS: usize = 32;
const PUPIL_ITERATIONS: usize = 1000;

/// A network that does something.
struct TaskNetwork {
    name: &'static str,
    task: Box<dyn Task>,
    network: Network,
}

/// A rescaled copy of it.
struct Variant {
    name: &'static str,
    network: Network,
    /// The largest log-scale in absolute value.
    largest: f64,
}

const GIVEN: &str = "as given";
const ROBUST: &str = "balanced, robustness cost";
const PLAIN: &str = "balanced, p = 2";
const WORLD: &str = "balanced with the world, lambda = 1";
const ANTI_BALANCED: &str = "anti-balanced";

/// What the noise did to one variant: the loss of every trial at every σ, and what else is worth knowing.
struct Measured {
    name: &'static str,
    cost: f64,
    read_out: f64,
    /// Without noise.
    quiet: Losses,
    /// For each of [`SIGMAS`].
    noisy: Vec<Losses>,
}

/// The losses of many trials.
pub(super) struct Losses {
    /// The mean squared error of every trial.
    pub each: Vec<f64>,
    /// For pairs of trials of the same condition under independent noise, the mean product of their errors. Its expectation
    /// is the squared error of the average over infinitely many trials: what averaging does not take away.
    pairs: Vec<f64>,
}

impl Losses {
    /// From the errors of all trials, `steps × outputs` numbers each; the partner of trial k is k + [`PAIRED_WITH`].
    pub fn of(errors: &[Vec<f64>]) -> Self {
        let product = |a: &Vec<f64>, b: &Vec<f64>| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>() / a.len() as f64;
        let firsts =
            (0..errors.len()).filter(|k| (k / PAIRED_WITH).is_multiple_of(2) && k + PAIRED_WITH < errors.len());
        Losses {
            each: errors.iter().map(|errors| product(errors, errors)).collect(),
            pairs: firsts.map(|k| product(&errors[k], &errors[k + PAIRED_WITH])).collect(),
        }
    }
}

/// A multiple of all tasks' numbers of conditions.
const PAIRED_WITH: usize = 8;

fn run(seed: u64, _: Effort, progress: Progress) -> Result<Findings, ExperimentError> {
    let subjects = subjects(seed)?;
    let mut findings = Findings::default();
    let mut compared = Vec::new();
    for (number, subject) in subjects.iter().enumerate() {
        let variants = variants(subject, seed)?;
        zero_noise(&mut findings, subject, &variants, seed);
        let mut measured = Vec::new();
        for (k, variant) in variants.iter().enumerate() {
            let done = (number as f64 + k as f64 / variants.len() as f64) / subjects.len() as f64;
            progress(done, &format!("{}, {}", subject.name, variant.name));
            measured.push(measure(subject, variant, seed)?);
        }
        compared.extend(measured[1..].iter().map(|variant| Compared {
            subject: subject.name,
            variant: variant.name,
            each: Score::of(&measured[0], variant, |losses| &losses.each),
            pairs: Score::of(&measured[0], variant, |losses| &losses.pairs),
        }));
        show(&mut findings, subject, &measured);
    }
    conclude(&mut findings, &compared);
    Ok(findings)
}

fn subjects(seed: u64) -> Result<Vec<TaskNetwork>, ExperimentError> {
    let teacher = Teacher::new(TEACHER_NEURONS, Activation::Relu, seed)?;
    let start = initial_network(&teacher, PUPIL_NEURONS, Activation::Relu, seed)?;
    let descent = Descent { iterations: PUPIL_ITERATIONS, seed, ..Descent::default() };
    let (pupil, _) = train(&teacher, start, &descent, &mut |_, _| ())?;
    let integration = |name, network| TaskNetwork { name, task: Box::new(ContextIntegration), network };
    Ok(vec![
        integration("context integration", Trained::SHORT[0].network()?),
        integration("context integration, trained with L2", Trained::SHORT[1].network()?),
        TaskNetwork {
            name: "XOR, constructed",
            task: Box::new(XorIntegration),
            network: construct_xor(XOR_NEURONS, Activation::Relu, seed)?.network,
        },
        TaskNetwork { name: "pupil of a random teacher", task: Box::new(teacher), network: pupil },
    ])
}

/// The robustness cost: p = 2 and each source neuron's mean squared gain over trials without noise.
fn robustness_cost(subject: &TaskNetwork, seed: u64) -> Result<CostSpec, ExperimentError> {
    let simulator = Simulator::new(&subject.network, subject.task.convention().dynamics);
    let trials = subject.task.batch(seed, GAIN_TRIALS).trials;
    let alpha: Alpha = robustness_alpha(&simulator, &trials, Weighting::Uniform)?;
    Ok(CostSpec::power(2.0).with_alpha(alpha))
}

fn variants(subject: &TaskNetwork, seed: u64) -> Result<Vec<Variant>, ExperimentError> {
    let robust = robustness_cost(subject, seed)?;
    let plain = CostSpec::power(2.0);
    let world = plain.clone().with_world(1.0);
    let mut variants = vec![Variant { name: GIVEN, network: subject.network.clone(), largest: 0.0 }];
    let mut add = |name, network, h: &[f64]| {
        variants.push(Variant { name, network, largest: h.iter().fold(0.0, |largest, h| h.abs().max(largest)) });
    };
    let mut anti = None;
    for (name, spec) in [(ROBUST, &robust), (PLAIN, &plain), (WORLD, &world)] {
        let what = || format!("{}, {name}", subject.name);
        let balanced = balanced(&subject.network, spec, Scope::WithinComponents, Method::Newton, what)?.into_run();
        add(name, balanced.network, &balanced.log_scales);
        anti.get_or_insert(balanced.graph);
    }
    if let Some(graph) = anti {
        let back = run_backwards(&graph, ANTI, subject.name)?;
        let h = &back.h[..graph.neurons()];
        add(ANTI_BALANCED, rescale_network(&subject.network, h, Homogeneity::Required)?, h);
    }
    Ok(variants)
}

/// Without noise all variants have the outputs of the given network, up to rounding.
fn zero_noise(findings: &mut Findings, subject: &TaskNetwork, variants: &[Variant], seed: u64) {
    let convention = subject.task.convention();
    let trials = subject.task.batch(seed, FRESH..FRESH + 8).trials;
    let outputs = |network: &Network| {
        Simulator::new(network, convention.dynamics).outputs(&trials, convention.read_out, |_, _| ())
    };
    let given = outputs(&subject.network);
    for variant in &variants[1..] {
        let bounds = rounding_of_rescaling(&subject.network, convention, &trials, variant.largest);
        let mut worst = crate::claims::WorstRatio::default();
        let others = outputs(&variant.network);
        for ((y, z), bound) in given.iter().flatten().zip(others.iter().flatten()).zip(bounds.iter().flatten()) {
            worst.add(y - z, *bound);
        }
        findings.evidence.at_most(
            format!(
                "{}, {}: outputs without noise against those of the given network, in units of the rounding bound",
                subject.name, variant.name
            ),
            worst.worst(),
            1.0,
            "rounding of every step, grown by the Lipschitz constant |1 - dt| + dt |J|_2 of a step",
        );
    }
}

fn measure(subject: &TaskNetwork, variant: &Variant, seed: u64) -> Result<Measured, ExperimentError> {
    let convention = subject.task.convention();
    let simulator = Simulator::new(&variant.network, convention.dynamics);
    let losses = |sigma: f64| {
        let groups = in_groups(TRIALS, |trials| {
            let numbers = FRESH + trials.start..FRESH + trials.end;
            let batch = subject.task.batch(seed, numbers.clone());
            let noise = StateNoise { sigma, seed };
            let disturb = noise.of_trials(numbers, convention.dynamics, batch.trials.step);
            batch.errors_of_trials(&simulator.outputs(&batch.trials, convention.read_out, disturb))
        });
        let losses = Losses::of(&groups.concat());
        match losses.each.iter().find(|loss| !loss.is_finite()) {
            None => Ok(losses),
            Some(&value) => {
                let what = format!("the loss of {}, {}, at sigma = {sigma}", subject.name, variant.name);
                Err(ExperimentError::NotFinite { what, value })
            }
        }
    };
    // The measured cost is always the robustness cost: of degree one, it has the same gains after rescaling.
    let gains = robustness_cost(subject, seed)?;
    let graph = crate::cost::CostGraph::of_network(&variant.network, &gains)?;
    Ok(Measured {
        name: variant.name,
        cost: graph.total(graph.initial_costs()),
        read_out: variant.network.w_out.as_ref().map_or(0.0, nalgebra::DMatrix::norm),
        quiet: losses(0.0)?,
        noisy: SIGMAS.iter().map(|&sigma| losses(sigma)).collect::<Result<_, _>>()?,
    })
}

/// At how many noise levels a variant is better than the given network, and at how many worse: there the 95 % interval of
/// the differences, trial by trial or pair by pair under the same noise, does not hold zero.
#[derive(Clone, Copy)]
pub(super) struct Score {
    pub better: usize,
    pub worse: usize,
}

impl Score {
    fn of(given: &Measured, variant: &Measured, values: fn(&Losses) -> &Vec<f64>) -> Self {
        Score::of_losses(&given.noisy, &variant.noisy, values)
    }

    /// From the losses at every noise level.
    pub fn of_losses(given: &[Losses], variant: &[Losses], values: fn(&Losses) -> &Vec<f64>) -> Self {
        let mut score = Score { better: 0, worse: 0 };
        for (given, variant) in given.iter().zip(variant) {
            let differences = values(variant).iter().zip(values(given)).map(|(after, before)| after - before);
            let interval = MeanInterval::of(&differences.collect::<Vec<f64>>());
            score.better += usize::from(interval.high() < 0.0);
            score.worse += usize::from(interval.low() > 0.0);
        }
        score
    }
}

/// The scores of one variant of one network.
struct Compared {
    subject: &'static str,
    variant: &'static str,
    each: Score,
    pairs: Score,
}

fn show(findings: &mut Findings, subject: &TaskNetwork, measured: &[Measured]) {
    for (title, values) in [
        ("mean squared error", (|losses: &Losses| losses.each.clone()) as fn(&Losses) -> Vec<f64>),
        ("squared error of the average over trials", |losses: &Losses| losses.pairs.clone()),
    ] {
        let mut columns = ["variant", "robustness cost", "norm of W_out", "sigma = 0"].map(str::to_owned).to_vec();
        columns.extend(SIGMAS.iter().map(|sigma| format!("{sigma}")));
        let rows = measured.iter().map(|variant| {
            let quiet = MeanInterval::of(&values(&variant.quiet)).mean;
            let mut row = vec![
                variant.name.to_owned(),
                format!("{:.4}", variant.cost),
                format!("{:.3}", variant.read_out),
                format!("{quiet:.3e}"),
            ];
            row.extend(variant.noisy.iter().map(|losses| {
                let interval = MeanInterval::of(&values(losses));
                format!("{:.3e} ± {:.1e}", interval.mean, interval.half_width)
            }));
            row
        });
        findings.tables.push(Table {
            title: format!("{}: {title}, {TRIALS} fresh trials, with 95 % intervals", subject.name),
            columns,
            rows: rows.collect(),
        });
    }
    let Some((given, others)) = measured.split_first() else { return };
    let curve = |variant: &Measured| {
        let pairs = variant.noisy.iter().zip(&given.noisy);
        let ratios = pairs.map(|(losses, of_given)| MeanInterval::of_ratio(&losses.each, &of_given.each));
        Series::of_means(variant.name, SIGMAS.into_iter().zip(ratios))
    };
    let level = Series::new(given.name, SIGMAS.iter().map(|&sigma| (sigma, 1.0)).collect());
    findings.plots.push(Plot {
        title: format!("Loss against noise: {}", subject.name),
        x: Axis::linear("standard deviation of the noise, sigma"),
        y: Axis::logarithmic("loss, over that as given"),
        mark: Mark::MarkedLine,
        series: std::iter::once(level).chain(others.iter().map(curve)).collect(),
        diagonal: false,
        caption: format!(
            "Mean squared error over that of the given network, {TRIALS} fresh trials, the same noise for all variants, with 95 % intervals. Without noise all variants are the same network; anti-balanced is the flow run backwards to {ANTI} times the robustness cost."
        ),
    });
}

/// What became of the paper's statement, by the numbers alone.
fn conclude(findings: &mut Findings, compared: &[Compared]) {
    let lower = |score: Score| (score.better, "lower");
    let higher = |score: Score| (score.worse, "higher");
    let each = |compared: &Compared| compared.each;
    let pairs = |compared: &Compared| compared.pairs;
    type Of = fn(&Compared) -> Score;
    type Wanted = fn(Score) -> (usize, &'static str);
    let statements: [(&str, &str, Of, Wanted); 5] = [
        (ROBUST, "every trial's loss under noise is lower after balancing the robustness cost exactly", each, lower),
        (ROBUST, "the same, of the average over trials without what a finite number of them leaves", pairs, lower),
        (PLAIN, "the loss under noise is lower after balancing the plain cost, p = 2", each, lower),
        (WORLD, "the loss under noise is lower after balancing with the world node, lambda = 1", each, lower),
        (
            ANTI_BALANCED,
            "control: the loss under noise is higher after the flow is run backwards to twice the robustness cost",
            each,
            higher,
        ),
    ];
    for (variant, statement, of, wanted) in statements {
        let (mut as_stated, mut subjects, mut words) = (0, 0, Vec::new());
        for entry in compared.iter().filter(|entry| entry.variant == variant) {
            let score = of(entry);
            as_stated += usize::from(wanted(score).0 == SIGMAS.len());
            subjects += 1;
            words.push(format!("{}: lower at {}, higher at {}", entry.subject, score.better, score.worse));
        }
        let direction = wanted(Score { better: 0, worse: 0 }).1;
        findings.state(
            Reproduction::Beyond,
            format!(
                "{statement}. It is {direction} at all of {} noise levels in {as_stated} of {subjects} networks ({}; by 95 % intervals of paired differences).",
                SIGMAS.len(),
                words.join("; ")
            ),
        );
    }
}
