//! Figure 4b: the loss of the trained network against injected noise, before and after balancing, by the authors' protocol.
//!
//! See [`authors`](super::authors) for the protocol. The networks are those of the authors' recipe with λ = 0.3, from three seeds.
//! What goes beyond the figure is named as such: every trial's loss, exact balance, equal activity, the gauge.

use super::authors::{FEWER, FEWEST, Integrating, Losses, REPETITIONS, Rules, Under, Variant, measure};
use super::noise_score::{Count, Score};
use super::{
    Axis, Effort, Experiment, ExperimentError, Findings, Mark, MeanInterval, Plot, Progress, Reproduction, Series,
    Table,
};
use crate::io::embedded::Trained;

pub(super) const EXPERIMENT: Experiment = Experiment {
    name: "noise-loss",
    title: "Figure 4b: loss of the trained network against injected noise, before and after balancing",
    claim: "noise_robustness",
    run,
};

/// The authors' end of the flow.
pub(super) const TIME: f64 = 3000.0;
/// The authors' sizes of noise are 0 to 0.27 in steps of this.
const STEP: f64 = 0.03;
const LEVELS: usize = 10;
/// The sizes where less is asked: other seeds, further variants.
const SOME: [f64; 3] = [0.09, 0.18, 0.27];
/// The size of noise for the figure along the gauge, and the common factors e^c.
const ALONG: f64 = 0.15;
const GAUGES: [f64; 5] = [-0.5, -0.25, 0.0, 0.25, 0.5];
/// The gains that exact balance is floored at.
pub(super) const FLOOR: f64 = 0.01;

/// A variant under all its sizes of noise.
struct Curve {
    name: String,
    cost: f64,
    activity: f64,
    read_out: f64,
    sigmas: Vec<f64>,
    losses: Vec<Losses>,
}

fn run(seed: u64, effort: Effort, progress: Progress) -> Result<Findings, ExperimentError> {
    let (many, others_trials, fewer) = match effort {
        Effort::Full => (REPETITIONS, REPETITIONS / 2, FEWER),
        Effort::Quick => (FEWEST, FEWEST, FEWEST),
    };
    let mut findings = Findings::default();
    let mut scores = Vec::new();
    let [of_the_figure, others @ ..] = &Trained::PAPER;

    progress(0.0, "gains of the network of the figure");
    let subject = Integrating::new(of_the_figure.name, of_the_figure.network()?, seed, many)?;
    let levels: Vec<f64> = (0..LEVELS).map(|k| STEP * k as f64).collect();
    progress(0.05, "the figure");
    let curves = under_noise(&subject, of_the_paper(&subject, &levels)?, many, seed)?;
    scores.push(score(&curves));
    the_figure(&mut findings, &subject, &curves);
    findings.tables.extend(tables(&subject, &curves, many));

    progress(0.6, "equal activity, near-silent neurons and the gauge");
    further(&mut findings, &subject, fewer, seed)?;

    for (number, trained) in others.iter().enumerate() {
        progress(0.75 + 0.12 * number as f64, trained.name);
        let subject = Integrating::new(trained.name, trained.network()?, seed, others_trials)?;
        let curves = under_noise(&subject, of_the_paper(&subject, &SOME)?, others_trials, seed)?;
        scores.push(score(&curves));
        findings.tables.extend(tables(&subject, &curves, others_trials));
    }
    conclude(&mut findings, &scores, [many, others_trials]);
    Ok(findings)
}

/// The network as given, where the authors' flow ends, and balanced exactly.
fn of_the_paper(subject: &Integrating, sigmas: &[f64]) -> Result<Vec<(Variant, Vec<f64>)>, ExperimentError> {
    let variants = [subject.given(), subject.flowed(TIME)?, subject.balanced("balanced exactly", 0.0)?];
    Ok(variants.map(|variant| (variant, sigmas.to_vec())).into())
}

fn under_noise(
    subject: &Integrating,
    variants: Vec<(Variant, Vec<f64>)>,
    repetitions: usize,
    seed: u64,
) -> Result<Vec<Curve>, ExperimentError> {
    let runs: Vec<Under> = variants.iter().map(|(variant, sigmas)| Under { variant, sigmas: sigmas.clone() }).collect();
    let losses = measure(&runs, Rules::AUTHORS, repetitions, seed)?;
    let curve = |((variant, sigmas), losses): ((Variant, Vec<f64>), Vec<Losses>)| {
        Ok(Curve {
            cost: subject.cost_of(&variant)?,
            activity: subject.activity(&variant.h),
            read_out: variant.network.w_out.as_ref().map_or(0.0, nalgebra::DMatrix::norm),
            name: variant.name,
            sigmas,
            losses,
        })
    };
    variants.into_iter().zip(losses).map(curve).collect()
}

fn score(curves: &[Curve]) -> Score {
    let [given, flowed, exact] = curves else { return Score::default() };
    Score::of(&given.sigmas, &given.losses, &flowed.losses, &exact.losses)
}

/// `trials` of each condition: in the network of the figure, and in the others.
fn conclude(findings: &mut Findings, scores: &[Score], trials: [usize; 2]) {
    let total = |of: fn(&Score) -> Count| scores.iter().map(of).fold(Count::default(), Count::plus);
    let flow = total(|score| score.flow_average);
    let outcome = match flow {
        // The paper's figure is of curves: one lies below the other. That every point is separated by its interval is not asked
        // (at the smallest noise both are the loss without noise), but none may be separated the other way.
        Count { estimated_lower, higher: 0, of, .. } if estimated_lower == of && of > 0 => Reproduction::Reproduced,
        Count { lower, higher, .. } if lower > higher => Reproduction::Conditional,
        _ => Reproduction::NotReproduced,
    };
    let networks = scores.len();
    // Of the paper's statements this is the one; it goes first.
    findings.statements.insert(
        0,
        super::Statement {
            outcome,
            text: format!(
                "figure 4b: the loss of the network trained with lambda = 0.3, of the average over trials, is lower under noise once the flow of its robustness cost was followed to T = {TIME}. In {networks} networks from as many seeds it is {}{}.",
                flow.words(),
                match scores {
                    [figure, other, ..] => format!(
                        ": at {} sizes in the network of the figure, by {} trials of each condition, and at {} in each of the others, by {}",
                        figure.flow_average.of, trials[0], other.flow_average.of, trials[1]
                    ),
                    _ => String::new(),
                }
            ),
        },
    );
    for (of, text) in [
        (
            (|score| score.flow_trials) as fn(&Score) -> Count,
            "every trial's loss, which the paper does not show, after the flow to T = 3000",
        ),
        (|score| score.exact_average, "the loss of the average, balanced exactly inside components"),
        (|score| score.exact_trials, "every trial's loss, balanced exactly"),
    ] {
        findings.state(Reproduction::Beyond, format!("{text}: {} in {networks} networks.", total(of).words()));
    }
}

/// The figure as the paper has it, and what it compares: the loss over that of the given network.
fn the_figure(findings: &mut Findings, subject: &Integrating, curves: &[Curve]) {
    let Some((given, others)) = curves.split_first() else { return };
    let noise = Axis::linear("noise, over the spread of the states");
    let caption = format!(
        "{}: 256 rectified neurons, lambda = 0.3. Noise of the same draws for all, with 95 % intervals. The standard deviation of all states without noise is {:.3}; noise is in units of it.",
        subject.name, subject.deviation
    );
    let in_units = |sigma: &f64| sigma / subject.deviation;
    type Loss = fn(&Losses) -> MeanInterval;
    type Ratio = fn(&Losses, &Losses) -> MeanInterval;
    let figures: [(&str, Loss, &str, Ratio); 2] = [
        (
            "Figure 4b: loss of the average over trials",
            Losses::of_average,
            "Figure 4b as a ratio: loss of the average over that of the given network",
            Losses::ratio_of_averages,
        ),
        (
            "Figure 4b, every trial's loss (beyond the paper)",
            Losses::of_trials,
            "Every trial's loss over that of the given network (beyond the paper)",
            Losses::ratio_of_trials,
        ),
    ];
    for (title, loss, of_ratios, ratio) in figures {
        let absolute = curves.iter().map(|curve| {
            let points = curve.sigmas.iter().zip(&curve.losses);
            Series::of_means(&curve.name, points.map(|(sigma, losses)| (in_units(sigma), loss(losses))))
        });
        // Of two networks with the same output the ratio without noise says nothing: it begins with the first noise.
        let relative = others.iter().map(|curve| {
            let points = curve.sigmas.iter().zip(curve.losses.iter().zip(&given.losses));
            let under_noise = points.filter(|(sigma, _)| **sigma > 0.0);
            Series::of_means(&curve.name, under_noise.map(|(sigma, (a, b))| (in_units(sigma), ratio(a, b))))
        });
        let level = Series::new("as given", given.sigmas.iter().skip(1).map(|sigma| (in_units(sigma), 1.0)).collect());
        for (title, y, series) in [
            (of_ratios, "loss, over that as given", std::iter::once(level).chain(relative).collect()),
            (title, "mean squared error", absolute.collect::<Vec<_>>()),
        ] {
            findings.plots.push(Plot {
                title: title.to_owned(),
                x: noise.clone(),
                y: Axis::linear(y),
                mark: Mark::MarkedLine,
                series,
                diagonal: false,
                caption: caption.clone(),
            });
        }
    }
    let bars = curves.iter().enumerate().map(|(k, curve)| {
        let x = k as f64 + 1.0;
        Series::new(&curve.name, vec![(x, 0.0), (x, curve.cost)])
    });
    findings.plots.push(Plot {
        title: "Figure 4b, inset: total cost before and after".to_owned(),
        x: Axis::linear("network, by its seed"),
        y: Axis::linear("robustness cost"),
        mark: Mark::Bar,
        series: bars.collect(),
        diagonal: false,
        caption: "The cost r_j J_ij^2 with every source neuron's mean gain, over all synapses.".to_owned(),
    });
}

fn tables(subject: &Integrating, curves: &[Curve], repetitions: usize) -> Vec<Table> {
    let losses = [
        ("loss of the average over trials", Losses::of_average as fn(&Losses) -> MeanInterval),
        ("every trial's loss", Losses::of_trials),
    ];
    let Some(first) = curves.first() else { return Vec::new() };
    losses
        .into_iter()
        .map(|(what, loss)| {
            let mut columns = ["network", "cost", "activity", "norm of W_out"].map(str::to_owned).to_vec();
            columns.extend(first.sigmas.iter().map(|sigma| format!("{sigma:.2} ({:.3})", sigma / subject.deviation)));
            let row = |curve: &Curve| {
                let mut row = vec![
                    curve.name.clone(),
                    format!("{:.4}", curve.cost),
                    format!("{:.3}", curve.activity),
                    format!("{:.3}", curve.read_out),
                ];
                row.extend(curve.losses.iter().map(|losses| {
                    let MeanInterval { mean, half_width, .. } = loss(losses);
                    format!("{mean:.3} ± {half_width:.3}")
                }));
                row
            };
            Table {
                title: format!(
                    "{}: {what}, {repetitions} trials of each condition, against sigma (over {:.3}, the standard deviation of the states)",
                    subject.name, subject.deviation
                ),
                columns,
                rows: curves.iter().map(row).collect(),
            }
        })
        .collect()
}

/// Beyond the paper: how much is larger activity, what near-silent neurons do, and what the gauge does.
fn further(
    findings: &mut Findings,
    subject: &Integrating,
    repetitions: usize,
    seed: u64,
) -> Result<(), ExperimentError> {
    let (flowed, exact) = (subject.flowed(TIME)?, subject.balanced("balanced exactly", 0.0)?);
    let floored = subject.balanced(&format!("balanced exactly, gains of at least {FLOOR}"), FLOOR)?;
    let mut variants = vec![subject.given()];
    for variant in [flowed, exact, floored] {
        let equal = subject.at_equal_activity(&variant)?;
        variants.extend([variant, equal]);
    }
    let silent = Silent::of(subject, &variants[3]);
    let h = variants[1].h.clone();
    let runs = variants.into_iter().map(|variant| (variant, SOME.to_vec())).collect();
    let curves = under_noise(subject, runs, repetitions, seed)?;
    let last = SOME.len() - 1;
    let ratio = |k: usize| curves[k].losses[last].of_average().mean / curves[0].losses[last].of_average().mean;
    findings.state(
        Reproduction::Beyond,
        format!(
            "equal activity: a common factor on all scales changes no cost and every size of noise. At sigma = {}, the loss of the average over that of the given network is {:.3} after the flow to T = {TIME} and {:.3} once its activity is set back to the given network's; balanced exactly {:.3} and {:.3}.",
            SOME[last],
            ratio(1),
            ratio(2),
            ratio(3),
            ratio(4),
        ),
    );
    findings.state(
        Reproduction::Beyond,
        format!(
            "near-silent neurons: {} of {} neurons have a mean gain below {FLOOR} ({}). They carry {:.2} % of the cost and, balanced exactly, {:.1} % of |W_out|^2; with the gains floored at {FLOOR} the loss of the average at sigma = {} is {:.3} of the given network's (without the floor {:.3}).",
            silent.neurons.len(),
            subject.gains.len(),
            silent.neurons.iter().map(usize::to_string).collect::<Vec<_>>().join(", "),
            100.0 * silent.cost,
            100.0 * silent.read_out,
            SOME[last],
            ratio(5),
            ratio(3),
        ),
    );
    findings.tables.extend(tables(subject, &curves, repetitions));

    let along = GAUGES.map(|c| subject.rescaled(&format!("{c:+}"), h.iter().map(|h| h + c).collect()));
    let along = along.into_iter().map(|variant| Ok((variant?, vec![ALONG]))).collect::<Result<_, ExperimentError>>()?;
    let curves = under_noise(subject, along, repetitions, seed)?;
    let series = |name: &str, loss: fn(&Losses) -> MeanInterval| {
        Series::of_means(name, GAUGES.iter().zip(&curves).map(|(&c, curve)| (c, loss(&curve.losses[0]))))
    };
    findings.plots.push(Plot {
        title: "Loss along the gauge, which no cost of the paper sees (beyond the paper)".to_owned(),
        x: Axis::linear("c, added to all log-scales"),
        y: Axis::linear("mean squared error"),
        mark: Mark::MarkedLine,
        series: vec![
            series("loss of the average", Losses::of_average),
            series("every trial's loss", Losses::of_trials),
        ],
        diagonal: false,
        caption: format!(
            "sigma = {ALONG}. All these networks have the cost {:.4}; the flow keeps c = 0.",
            curves.first().map_or(f64::NAN, |curve| curve.cost)
        ),
    });
    Ok(())
}

/// Neurons that are almost never active.
struct Silent {
    neurons: Vec<usize>,
    /// Their share of the cost out of all neurons, as given.
    cost: f64,
    /// Their share of the squares of the read-out weights, balanced exactly.
    read_out: f64,
}

impl Silent {
    fn of(subject: &Integrating, exact: &Variant) -> Silent {
        let is_silent = |j: usize| subject.gains[j] < FLOOR;
        let (mut silent_cost, mut cost) = (0.0, 0.0);
        for (_, j, weight) in subject.network.weights.triplets() {
            let of_synapse = crate::cost::synaptic_cost(&subject.gains[j], weight, 2.0);
            cost += of_synapse;
            silent_cost += if is_silent(j) { of_synapse } else { 0.0 };
        }
        let (mut silent_squares, mut squares) = (0.0, 0.0);
        for (j, column) in exact.network.w_out.iter().flat_map(|w_out| w_out.column_iter().enumerate()) {
            squares += column.norm_squared();
            silent_squares += if is_silent(j) { column.norm_squared() } else { 0.0 };
        }
        Silent {
            neurons: (0..subject.gains.len()).filter(|&j| is_silent(j)).collect(),
            cost: silent_cost / cost,
            read_out: silent_squares / squares,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figure_is_reproduced_if_no_size_of_noise_speaks_against_it() {
        let outcome_of = |of, estimated_lower, lower, higher| {
            let mut findings = Findings::default();
            let count = Count { estimated_lower, lower, higher, of };
            conclude(&mut findings, &[Score { flow_average: count, ..Score::default() }], [1, 1]);
            findings.statements[0].outcome
        };
        // Where nothing was measured, nothing is reproduced.
        assert_eq!(outcome_of(0, 0, 0, 0), Reproduction::NotReproduced);
        let outcome = |estimated_lower, lower, higher| outcome_of(5, estimated_lower, lower, higher);
        assert_eq!(outcome(5, 0, 0), Reproduction::Reproduced);
        assert_eq!(outcome(5, 4, 1), Reproduction::Conditional);
        assert_eq!(outcome(4, 1, 0), Reproduction::Conditional);
        assert_eq!(outcome(4, 0, 0), Reproduction::NotReproduced);
        assert_eq!(outcome(3, 2, 2), Reproduction::NotReproduced);
    }
}
