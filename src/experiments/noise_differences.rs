//! What each departure from the authors' protocol does to their figure: ten that an earlier version of this experiment had.
//!
//! One at a time, on the network of the figure: the loss after the flow over the loss before, at one size of noise. Below one
//! is the paper's statement.

use super::authors::{FEWER, FEWEST, Integrating, Losses, Rules, Under, Variant, measure};
use super::noise_loss::TIME;
use super::{
    Axis, Effort, Experiment, ExperimentError, Findings, Mark, MeanInterval, Plot, Progress, Reproduction, Series,
    Table,
};
use crate::io::embedded::Trained;

pub(super) const EXPERIMENT: Experiment = Experiment {
    name: "noise-differences",
    title: "Beyond the paper: figure 4b with one thing of the protocol changed at a time",
    claim: "noise_robustness",
    run,
};

/// The size of noise, in standard deviations of the states of each network as given: about the middle of the authors' axis.
const SIZE: f64 = 0.15;
/// Beyond the end of their axis, where an earlier version of this experiment ended.
const FAR: f64 = 1.6;
/// Repetitions that gains are averaged over in one row, and losses in another.
const FEW_FOR_GAINS: usize = 10;

/// One row: the loss of a network after over before.
struct Row {
    changed: String,
    average: MeanInterval,
    trials: MeanInterval,
}

/// Losses of a network as given and rescaled, under the same noise.
struct Pair {
    before: Losses,
    after: Losses,
}

impl Pair {
    fn row(&self, changed: &str) -> Row {
        let ratio = |difference: MeanInterval, before: MeanInterval| MeanInterval {
            mean: 1.0 + difference.mean / before.mean,
            half_width: difference.half_width / before.mean,
            count: difference.count,
        };
        Row {
            changed: changed.to_owned(),
            average: ratio(self.after.difference_of_averages(&self.before), self.before.of_average()),
            trials: ratio(self.after.difference_of_trials(&self.before), self.before.of_trials()),
        }
    }
}

/// The losses of `subject` as given and as `variant`, at a size of noise in units of its own states.
fn pair(
    subject: &Integrating,
    variant: &Variant,
    size: f64,
    rules: Rules,
    repetitions: usize,
    seed: u64,
) -> Result<Pair, ExperimentError> {
    let given = subject.given();
    let sigmas = vec![size * subject.deviation];
    let runs = [&given, variant].map(|variant| Under { variant, sigmas: sigmas.clone() });
    let losses: Vec<Losses> = measure(&runs, rules, repetitions, seed)?.into_iter().flatten().collect();
    let [before, after] = <[Losses; 2]>::try_from(losses).unwrap_or_default();
    Ok(Pair { before, after })
}

fn run(seed: u64, effort: Effort, progress: Progress) -> Result<Findings, ExperimentError> {
    let repetitions = match effort {
        Effort::Full => FEWER,
        Effort::Quick => FEWEST,
    };
    let rules = Rules::AUTHORS;
    let trained = &Trained::PAPER[0];
    let subject = Integrating::new(trained.name, trained.network()?, seed, repetitions)?;
    let flowed = subject.flowed(TIME)?;
    let of = |variant: &Variant, size: f64, rules: Rules, repetitions: usize| {
        pair(&subject, variant, size, rules, repetitions, seed)
    };

    let whole = of(&flowed, SIZE, rules, repetitions)?;
    let mut rows = vec![whole.row(&format!("nothing: the authors' protocol, {repetitions} x 8 trials"))];
    for (k, trained) in Trained::LESS_REGULARISED.iter().filter(|trained| trained.seed == 1).enumerate() {
        progress(0.2 + 0.1 * k as f64, trained.name);
        let other = Integrating::new(trained.name, trained.network()?, seed, repetitions)?;
        let pair = pair(&other, &other.flowed(TIME)?, SIZE, rules, repetitions, seed)?;
        rows.push(pair.row(&format!("1. trained with lambda = {}", trained.l2)));
    }
    for trained in &Trained::SHORT {
        progress(0.4, trained.name);
        let rules = Rules::SHORT;
        let other = Integrating::under(rules, trained.name, trained.network()?, seed, repetitions)?;
        let pair = pair(&other, &other.flowed(TIME)?, SIZE, rules, repetitions, seed)?;
        rows.push(
            pair.row(&format!("2. 5 time constants, one step a sample, trained so with lambda = {}", trained.l2)),
        );
    }
    rows.push(Row { average: rows[0].trials, ..whole.row("3. every trial's loss as the headline") });
    progress(0.5, "exact balance");
    let exact = subject.balanced("balanced exactly", 0.0)?;
    rows.push(of(&exact, SIZE, rules, repetitions)?.row("4. balanced exactly"));
    progress(0.6, "strong noise");
    rows.push(of(&flowed, FAR, rules, repetitions)?.row(&format!("5. noise of {FAR} standard deviations")));
    rows.push(of(&flowed, SIZE, rules, FEWEST)?.row(&format!("6. {FEWEST} trials of each condition")));
    progress(0.7, "the older training");
    let older = Integrating::new(Trained::OLDER.name, Trained::OLDER.network()?, seed, repetitions)?;
    let older = pair(&older, &older.flowed(TIME)?, SIZE, rules, repetitions, seed)?;
    rows.push(older.row("7. trained for 3,000 steps at a rate of 0.01"));
    progress(0.8, "gains of few trials");
    let few = Integrating::new(trained.name, trained.network()?, seed, FEW_FOR_GAINS)?.flowed(TIME)?;
    rows.push(of(&few, SIZE, rules, repetitions)?.row(&format!("8. gains from {} trials", 8 * FEW_FOR_GAINS)));
    progress(0.9, "rules");
    let rough = Rules { smoothed: false, ..rules };
    rows.push(of(&flowed, SIZE, rough, repetitions)?.row("9. inputs and targets not smoothed"));
    let after = Rules { after_the_step: true, ..rules };
    rows.push(of(&flowed, SIZE, after, repetitions)?.row("10. the read-out after the step"));
    Ok(findings(rows, repetitions))
}

fn findings(rows: Vec<Row>, repetitions: usize) -> Findings {
    let mut findings = Findings::default();
    let turned: Vec<&str> =
        rows.iter().skip(1).filter(|row| row.average.high() >= 1.0).map(|row| row.changed.as_str()).collect();
    findings.state(
        Reproduction::Beyond,
        format!(
            "one change at a time, the loss of the average after the flow stays below that before, by 95 % intervals, in all but {} of {} changes{}{}.",
            turned.len(),
            rows.len() - 1,
            if turned.is_empty() { "" } else { ": " },
            turned.join("; "),
        ),
    );
    let words = |interval: &MeanInterval| format!("{:.3} ± {:.3}", interval.mean, interval.half_width);
    findings.tables.push(Table {
        title: format!(
            "Loss after the flow over before at sigma = {SIZE} standard deviations of the states, {repetitions} trials of each condition"
        ),
        columns: ["changed", "loss of the average", "every trial's loss"].map(str::to_owned).to_vec(),
        rows: rows.iter().map(|row| vec![row.changed.clone(), words(&row.average), words(&row.trials)]).collect(),
    });
    let series = |name: &str, of: fn(&Row) -> MeanInterval| {
        Series::of_means(name, rows.iter().enumerate().map(|(k, row)| (k as f64, of(row))))
    };
    findings.plots.push(Plot {
        title: "Figure 4b with one thing changed at a time".to_owned(),
        x: Axis::linear("row of the table (0: the protocol)"),
        y: Axis::linear("loss after the flow, over before"),
        mark: Mark::Dot,
        series: vec![series("loss of the average", |row| row.average), series("every trial's loss", |row| row.trials)],
        diagonal: false,
        caption: "Below one is the paper's statement. With 95 % intervals of paired differences.".to_owned(),
    });
    findings
}
