//! The identity behind the robustness cost: noise of variance σ² on every neuron, passed once through the weights with
//! the gains, has the power `E‖J R ξ‖² = σ² Σ r_j² J_ij²`.

use super::{
    Axis, Effort, Experiment, ExperimentError, Findings, Mark, MeanInterval, Plot, Progress, Reproduction, Series,
    Table,
};
use crate::claims::Verdict;
use crate::network::random::{normals, stream};
use crate::tasks::{Case, embedded_cases, in_groups};

pub(super) const EXPERIMENT: Experiment = Experiment {
    name: "robustness-identity",
    title: "Noise power passed on by the weights, by sampling, against the robustness cost",
    claim: "noise_robustness",
    run,
};

/// Samples of the noise for each network.
const SAMPLES: usize = 4000;
const SIGMA: f64 = 0.1;
/// Standard errors that a mean may be off in a test: with normal errors once in 10⁹ runs, and the seed is fixed.
const STANDARD_ERRORS: f64 = 6.0;

fn run(seed: u64, _: Effort, progress: Progress) -> Result<Findings, ExperimentError> {
    let cases = embedded_cases(seed)?;
    let mut findings = Findings::default();
    let (mut rows, mut points, mut within) = (Vec::new(), Vec::new(), 0);
    for (number, case) in cases.iter().enumerate() {
        progress(number as f64 / cases.len() as f64, &case.name);
        let (expected, sampled) = sample(case, seed);
        within += usize::from((sampled.low()..=sampled.high()).contains(&expected));
        rows.push(vec![
            case.name.clone(),
            format!("{expected:.6e}"),
            format!("{:.6e}", sampled.mean),
            format!("{:.1e}", sampled.half_width),
            format!("{:+.2} %", 100.0 * (sampled.mean / expected - 1.0)),
        ]);
        points.push((expected, sampled));
        findings.evidence.at_most(
            format!("{}: sampled power against sigma^2 sum r_j^2 J_ij^2, relative difference", case.name),
            (sampled.mean / expected - 1.0).abs(),
            STANDARD_ERRORS * (2.0 / SAMPLES as f64).sqrt(),
            "6 standard errors; the variance of |M xi|^2 is 2 tr((M^T M)^2), at most 2 (tr M^T M)^2",
        );
    }
    let outcome = if findings.evidence.verdict() == Verdict::Held {
        Reproduction::Reproduced
    } else {
        Reproduction::NotReproduced
    };
    findings.state(
        outcome,
        format!(
            "E|J R xi|^2 = sigma^2 sum r_j^2 J_ij^2: the formula lies within the 95 % interval of {SAMPLES} samples in {within} of {} networks, and within six standard errors of the mean in all that are called reproduced.",
            cases.len()
        ),
    );
    findings.tables.push(Table {
        title: format!("Noise power passed on once, sigma = {SIGMA}, {SAMPLES} samples"),
        columns: ["network", "formula", "sampled", "95 % half-width", "difference"].map(str::to_owned).to_vec(),
        rows,
    });
    findings.plots.push(Plot {
        title: "Noise power sampled and by the formula".to_owned(),
        x: Axis::logarithmic("sigma^2 sum r_j^2 J_ij^2"),
        y: Axis::logarithmic("mean of |J R xi|^2"),
        mark: Mark::Dot,
        series: vec![Series::of_means("networks of the report", points)],
        diagonal: true,
        caption: "One point a network, with its 95 % interval; the identity is the grey line.".to_owned(),
    });
    Ok(findings)
}

/// The formula, and the sampled mean.
fn sample(case: &Case, seed: u64) -> (f64, MeanInterval) {
    let weights = &case.network.weights;
    let n = weights.neurons();
    // Gains between 0.2 and 1, as of neurons that are active part of the time.
    let gains: Vec<f64> = normals(&mut stream(seed, 1000), n, 1.0).iter().map(|x| 0.2 + 0.8 * x.sin().abs()).collect();
    let expected = SIGMA * SIGMA * weights.triplets().map(|(_, j, value)| (gains[j] * value).powi(2)).sum::<f64>();
    let samples = in_groups(SAMPLES, |samples| {
        let count = samples.len();
        let mut noise = vec![0.0; n * count];
        for (b, sample) in samples.enumerate() {
            let xi = normals(&mut stream(seed, FIRST_STREAM + sample as u64), n, SIGMA);
            for (j, (xi, gain)) in xi.iter().zip(&gains).enumerate() {
                noise[j * count + b] = gain * xi;
            }
        }
        let passed_on = weights.times_batch(&noise, count);
        (0..count).map(|b| passed_on.iter().skip(b).step_by(count).map(|y| y * y).sum()).collect::<Vec<f64>>()
    });
    (expected, MeanInterval::of(&samples.concat()))
}

/// Streams below this are taken by other purposes of the seed.
const FIRST_STREAM: u64 = 1 << 33;
