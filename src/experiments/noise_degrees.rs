//! Beyond the paper: loss against injected noise of a trained network whose neurons have two degrees of homogeneity.
//!
//! A pupil of a random rectified teacher, half of whose neurons are rectified quadratic (degree 2), the others rectified
//! (degree 1). Its outputs are read from the neurons' activity, which is what the transform of any degree keeps: a read-out of
//! the state would need another factor on its weights. Balanced means `incoming = k outgoing`, the world included: without it
//! the cost has no minimum, since no cycle of these neurons has a gain below one.

use super::noise_beyond::{FRESH, Losses, SIGMAS, Score, TRIALS};
use super::{
    Axis, Effort, Experiment, ExperimentError, Findings, Mark, MeanInterval, Plot, Progress, Reproduction, Series,
    Table,
};
use crate::balance::{Criteria, DegreeError, DegreeProblem, Method, Scope};
use crate::claims::WorstRatio;
use crate::cost::{CostSpec, DegreeCosts};
use crate::network::{Activation, Homogeneity, Network, rescale_network};
use crate::scalar::{Tracked, tracked};
use crate::tasks::training::{Descent, initial_network, train};
use crate::tasks::{Batch, Convention, ReadOut, Simulator, StateNoise, Task, Teacher, Trials, in_groups, simulate};

pub(super) const EXPERIMENT: Experiment = Experiment {
    name: "noise-loss-degrees",
    title: "Beyond the paper: loss against noise of a trained network with neurons of degrees one and two",
    claim: "any_degree",
    run,
};

/// Neurons of the teacher and of its pupil; the pupil's first half is quadratic.
const TEACHER_NEURONS: usize = 16;
const PUPIL_NEURONS: usize = 32;
/// Training: steps, their length, and the part of the loss at the start that may be left at the end.
const ITERATIONS: usize = 2000;
const RATE: f64 = 3e-2;
const LEARNT: f64 = 0.5;
/// Weights of the world in the costs that are balanced.
const LAMBDAS: [f64; 2] = [1.0, 10.0];
/// Fresh trials whose outputs without noise are compared.
const COMPARED: usize = 4;

/// The teacher's task for networks whose outputs are read from their activity.
struct ReadFromActivity(Teacher);

impl Task for ReadFromActivity {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn channels(&self) -> (usize, usize) {
        self.0.channels()
    }

    fn convention(&self) -> Convention {
        Convention { read_out: ReadOut::Activity, ..self.0.convention() }
    }

    fn conditions(&self) -> usize {
        self.0.conditions()
    }

    fn batch(&self, seed: u64, numbers: std::ops::Range<usize>) -> Batch {
        self.0.batch(seed, numbers)
    }
}

/// The pupil, as given or rescaled.
struct Variant {
    name: String,
    network: Network,
    /// Cost with the world, for each of [`LAMBDAS`].
    costs: Vec<f64>,
    noisy: Vec<Losses>,
}

fn run(seed: u64, _: Effort, progress: Progress) -> Result<Findings, ExperimentError> {
    let task = ReadFromActivity(Teacher::new(TEACHER_NEURONS, Activation::Relu, seed)?);
    let mut findings = Findings::default();
    progress(0.0, "training");
    let pupil = pupil(&mut findings, &task, seed)?;
    without_the_world(&mut findings, &pupil)?;
    let mut variants = Vec::new();
    let of = |lambda: f64| CostSpec::power(2.0).with_world(lambda);
    let mut add = |name: String, network: Network| -> Result<(), ExperimentError> {
        progress(0.4 + 0.2 * variants.len() as f64, &name);
        let costs = LAMBDAS.map(|lambda| {
            let costs = DegreeCosts::of_network(&network, &of(lambda))?;
            Ok(costs.total(costs.initial_costs(), &0.0))
        });
        let costs = costs.into_iter().collect::<Result<_, ExperimentError>>()?;
        let noisy = SIGMAS.iter().map(|&sigma| under_noise(&task, &network, &name, sigma, seed));
        let noisy = noisy.collect::<Result<_, _>>()?;
        variants.push(Variant { name, network, costs, noisy });
        Ok(())
    };
    add("as given".to_owned(), pupil.clone())?;
    for lambda in LAMBDAS {
        let name = format!("balanced, lambda = {lambda}");
        let problem = DegreeProblem::new(&pupil, &of(lambda), Scope::Whole)?;
        let found = problem.solve(Method::Newton, &Criteria::default())?;
        let balanced = found.converged().map_err(|not| ExperimentError::NotBalanced {
            what: format!("the pupil, {name}"),
            status: not.run.outcome.status,
        })?;
        same_outputs(&mut findings, &task, &pupil, &balanced.log_scales, &name, seed)?;
        add(name, balanced.network)?;
    }
    conclude(&mut findings, &variants);
    show(&mut findings, &variants);
    Ok(findings)
}

/// Trains the pupil; a training that does not learn is no subject, and is an outcome of this experiment.
fn pupil(findings: &mut Findings, task: &dyn Task, seed: u64) -> Result<Network, ExperimentError> {
    let degree =
        |i: usize| if 2 * i < PUPIL_NEURONS { Activation::RectifiedPower { degree: 2.0 } } else { Activation::Relu };
    let activations: Vec<Activation> = (0..PUPIL_NEURONS).map(degree).collect();
    let start = initial_network(task, PUPIL_NEURONS, activations, seed)?;
    let descent = Descent { iterations: ITERATIONS, rate: RATE, seed, ..Descent::default() };
    let (pupil, history) = train(task, start, &descent, &mut |_, _| ())?;
    let first = history.before.first().map_or(f64::NAN, |record| record.loss);
    findings.evidence.at_most(
        format!("loss of the pupil after {ITERATIONS} steps of training, over that at the start"),
        history.last.loss / first,
        LEARNT,
        "a network that has learnt nothing shows nothing under noise",
    );
    Ok(pupil)
}

/// The recurrent cost alone: the direction in which it falls without end.
fn without_the_world(findings: &mut Findings, pupil: &Network) -> Result<(), ExperimentError> {
    let recurrent = CostSpec::power(2.0);
    let shown = match DegreeProblem::new(pupil, &recurrent, Scope::Whole) {
        Err(DegreeError::NoMinimum { direction }) => direction.holds(&DegreeCosts::of_network(pupil, &recurrent)?),
        Ok(_) => false,
        Err(fault) => return Err(fault.into()),
    };
    findings.evidence.at_least(
        "directions in which the recurrent cost alone falls without end, by the integer test",
        f64::from(u8::from(shown)),
        1.0,
        "every neuron is joined to every other, and no cycle has a gain below one",
    );
    Ok(())
}

/// Without noise the balanced network has the given one's outputs: both simulated in running error analysis.
fn same_outputs(
    findings: &mut Findings,
    task: &dyn Task,
    pupil: &Network,
    h: &[f64],
    name: &str,
    seed: u64,
) -> Result<(), ExperimentError> {
    let given = pupil.lifted(Tracked::exact);
    let rescaled = rescale_network(&given, &tracked(h), Homogeneity::Required)?;
    let Trials { count, input, step } = task.batch(seed, FRESH..FRESH + COMPARED).trials;
    let input: Vec<Vec<Tracked>> = input.iter().map(|values| tracked(values)).collect();
    let trials = Trials { count, input, step: Tracked::exact(step) };
    let dynamics = task.convention().dynamics;
    let mut worst = WorstRatio::default();
    let (before, after) = (simulate(&given, dynamics, &trials), simulate(&rescaled, dynamics, &trials));
    for (y, z) in before.iter().flatten().zip(after.iter().flatten()) {
        worst.add(y.value - z.value, y.error + z.error);
    }
    findings.evidence.at_most(
        format!("{name}: outputs without noise against those of the given network, in units of the rounding bound"),
        worst.worst(),
        1.0,
        "running error analysis of both simulations, the transform included",
    );
    Ok(())
}

/// The losses of fresh trials under noise on every neuron's state, the same draws for every variant.
fn under_noise(
    task: &dyn Task,
    network: &Network,
    name: &str,
    sigma: f64,
    seed: u64,
) -> Result<Losses, ExperimentError> {
    let convention = task.convention();
    let simulator = Simulator::new(network, convention.dynamics);
    let groups = in_groups(TRIALS, |trials| {
        let numbers = FRESH + trials.start..FRESH + trials.end;
        let batch = task.batch(seed, numbers.clone());
        let noise = StateNoise { sigma, seed };
        let disturb = noise.of_trials(numbers, convention.dynamics, batch.trials.step);
        batch.errors_of_trials(&simulator.outputs(&batch.trials, convention.read_out, disturb))
    });
    let losses = Losses::of(&groups.concat());
    match losses.each.iter().find(|loss| !loss.is_finite()) {
        None => Ok(losses),
        Some(&value) => {
            let what = format!("the loss of the pupil, {name}, at sigma = {sigma}");
            Err(ExperimentError::NotFinite { what, value })
        }
    }
}

fn conclude(findings: &mut Findings, variants: &[Variant]) {
    let Some((given, others)) = variants.split_first() else { return };
    for (k, variant) in others.iter().enumerate() {
        let score = Score::of_losses(&given.noisy, &variant.noisy, |losses| &losses.each);
        findings.state(
            Reproduction::Beyond,
            format!(
                "a pupil of {PUPIL_NEURONS} neurons, half of them of degree two, {}: cost {:.4} of the given network's. Every trial's loss under noise is lower at {} and higher at {} of {} noise levels (by 95 % intervals of paired differences).",
                variant.name,
                variant.costs[k] / given.costs[k],
                score.better,
                score.worse,
                SIGMAS.len(),
            ),
        );
    }
}

fn show(findings: &mut Findings, variants: &[Variant]) {
    let mut columns = vec!["variant".to_owned()];
    columns.extend(LAMBDAS.iter().map(|lambda| format!("cost, lambda = {lambda}")));
    columns.push("norm of W_out".to_owned());
    columns.extend(SIGMAS.iter().map(|sigma| format!("{sigma}")));
    let row = |variant: &Variant| {
        let mut row = vec![variant.name.clone()];
        row.extend(variant.costs.iter().map(|cost| format!("{cost:.4}")));
        row.push(format!("{:.3}", variant.network.w_out.as_ref().map_or(0.0, nalgebra::DMatrix::norm)));
        row.extend(variant.noisy.iter().map(|losses| {
            let interval = MeanInterval::of(&losses.each);
            format!("{:.3e} ± {:.1e}", interval.mean, interval.half_width)
        }));
        row
    };
    findings.tables.push(Table {
        title: format!("mean squared error against sigma, {TRIALS} fresh trials, with 95 % intervals"),
        columns,
        rows: variants.iter().map(row).collect(),
    });
    let Some((given, others)) = variants.split_first() else { return };
    let curve = |variant: &Variant| {
        let pairs = variant.noisy.iter().zip(&given.noisy);
        let ratios = pairs.map(|(losses, of_given)| MeanInterval::of_ratio(&losses.each, &of_given.each));
        Series::of_means(&variant.name, SIGMAS.into_iter().zip(ratios))
    };
    let level = Series::new(&given.name, SIGMAS.iter().map(|&sigma| (sigma, 1.0)).collect());
    findings.plots.push(Plot {
        title: "Loss against noise: neurons of degrees one and two".to_owned(),
        x: Axis::linear("standard deviation of the noise, sigma"),
        y: Axis::logarithmic("loss, over that as given"),
        mark: Mark::MarkedLine,
        series: std::iter::once(level).chain(others.iter().map(curve)).collect(),
        diagonal: false,
        caption: format!(
            "Mean squared error over that of the given network, {TRIALS} fresh trials, the same noise for all, with 95 % intervals. Half of the {PUPIL_NEURONS} neurons are rectified quadratic; balanced is incoming = k outgoing with the world node."
        ),
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_task_is_the_teachers_but_for_what_is_read() {
        let task = ReadFromActivity(Teacher::new(4, Activation::Relu, 1).unwrap());
        assert_eq!(task.convention(), Convention { read_out: ReadOut::Activity, ..Convention::AUTHORS });
        assert_ne!(Convention::AUTHORS.read_out, ReadOut::Activity);
        assert_eq!((task.channels(), task.conditions()), (task.0.channels(), task.0.conditions()));
        assert_eq!(task.batch(3, 2..4), task.0.batch(3, 2..4));
    }
}
