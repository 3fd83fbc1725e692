//! Figure 1: two networks that compute the same, one of them more robust: the same outputs without noise, and clouds of
//! outputs under noise.

use super::authors::{CONDITIONS, FEWER, FEWEST, Integrating, Rules, Variant, loss_trials};
use super::noise_loss::TIME;
use super::{
    Axis, Effort, Experiment, ExperimentError, Findings, Mark, MeanInterval, Plot, Progress, Reproduction, Series,
    Table,
};
use crate::claims::Verdict;
use crate::io::embedded::Trained;
use crate::network::Network;
use crate::scalar::largest_or_nan;
use crate::tasks::{Noise, SideBySide};

pub(super) const EXPERIMENT: Experiment = Experiment {
    name: "noise-clouds",
    title: "Figure 1: two networks with the same output without noise, and clouds of noisy trials",
    claim: "noise_robustness",
    run,
};

const SIGMA: f64 = 0.21;
/// Unit roundoff of single precision, and how far the outputs (of up to about 60) may be apart by it: the trial has 500
/// steps of sums of 256 products.
const SINGLE: f64 = f32::EPSILON as f64 / 2.0;

/// The read-out at the end of one trial of each condition: outputs × conditions, for each repetition of the noise.
fn ends(network: &Network, sigma: f64, repetitions: usize, seed: u64) -> Result<Vec<Vec<f64>>, ExperimentError> {
    let batch = Rules::AUTHORS.batch(seed, loss_trials(0..1));
    let run = SideBySide::<f32>::new(network)?;
    let n = network.weights.neurons();
    let one = |repetition: usize| {
        let noise = Noise::of_trials(seed, loss_trials(repetition..repetition + 1), n, batch.trials.input.len());
        let mut end = Vec::new();
        run.run(&batch.trials, &[vec![sigma as f32; n]], &noise, |step, x| {
            if step + 1 == batch.trials.input.len() {
                end = run.read_out(x, CONDITIONS).into_iter().map(f64::from).collect();
            }
        });
        end
    };
    Ok((0..repetitions).map(one).collect())
}

fn run(seed: u64, effort: Effort, progress: Progress) -> Result<Findings, ExperimentError> {
    let repetitions = match effort {
        Effort::Full => FEWER,
        Effort::Quick => FEWEST,
    };
    progress(0.0, "gains");
    let trained = &Trained::PAPER[0];
    let subject = Integrating::new(trained.name, trained.network()?, seed, repetitions)?;
    let (given, balanced) = (subject.given(), subject.flowed(TIME)?);
    let mut findings = Findings::default();
    let without_noise = |variant: &Variant| ends(&variant.network, 0.0, 1, seed).map(|ends| ends.concat());
    let quiet = without_noise(&given)?;
    let size = largest_or_nan(quiet.iter().map(|y| y.abs()));
    let apart = largest_or_nan(quiet.iter().zip(&without_noise(&balanced)?).map(|(a, b)| (a - b).abs()));
    findings.evidence.at_most(
        "outputs without noise of the balanced network against those of the given one",
        apart,
        SINGLE * 500.0 * 256.0 * size,
        "unit roundoff of single precision x steps x neurons x the largest output",
    );
    let mut clouds = Vec::new();
    let mut rows = Vec::new();
    let mut spread_of = |variant: &Variant, done: f64| {
        progress(done, &variant.name);
        let ends = ends(&variant.network, SIGMA, repetitions, seed)?;
        let points = ends.iter().flat_map(|end| (0..CONDITIONS).map(|b| (end[b], end[CONDITIONS + b])));
        clouds.push(Series::new(&variant.name, points.collect()));
        let spread = |end: &Vec<f64>| {
            end.iter().zip(&quiet).map(|(y, quiet)| (y - quiet).powi(2)).sum::<f64>() / end.len() as f64
        };
        let spread: Vec<f64> = ends.iter().map(spread).collect();
        rows.push(vec![variant.name.clone(), MeanInterval::of(&spread).to_string()]);
        Ok::<_, ExperimentError>(spread)
    };
    let (before, after) = (spread_of(&given, 0.3)?, spread_of(&balanced, 0.6)?);
    let at_rest = (0..CONDITIONS).map(|b| (quiet[b], quiet[CONDITIONS + b]));
    clouds.push(Series::new("both, without noise", at_rest.collect()));
    let difference = MeanInterval::of(&after.iter().zip(&before).map(|(a, b)| a - b).collect::<Vec<_>>());
    let same_without_noise = findings.evidence.verdict() == Verdict::Held;
    findings.state(
        if same_without_noise { Reproduction::of_lower(difference) } else { Reproduction::NotReproduced },
        format!(
            "figure 1: two networks with the same output without noise can differ in what noise does to them. At sigma = {SIGMA} the mean square of what noise adds to the outputs at the end of a trial is {} as given and {} after the flow to T = {TIME}; the difference is {difference} (95 % interval).",
            MeanInterval::of(&before),
            MeanInterval::of(&after),
        ),
    );
    findings.tables.push(Table {
        title: format!("What noise of sigma = {SIGMA} adds to the outputs, mean square over {repetitions} draws"),
        columns: ["network", "mean square"].map(str::to_owned).to_vec(),
        rows,
    });
    findings.plots.push(Plot {
        title: "Figure 1: outputs at the end of noisy trials".to_owned(),
        x: Axis::linear("first output"),
        y: Axis::linear("second output"),
        mark: Mark::Dot,
        series: clouds,
        diagonal: false,
        caption: format!(
            "One trial of each of the 8 conditions under {repetitions} draws of noise, sigma = {SIGMA}: the network as given and after the flow to T = {TIME}."
        ),
    });
    Ok(findings)
}
