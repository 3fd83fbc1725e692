//! Figure 4a: the norm of the neural gradient of J∘J during training with λ = 0, 0.1 and 0.3, and at its end among 10,000 copies
//! with shuffled rows, by the authors' recipe; beside it, other seeds, the neural gradient in units of the cost, and two
//! networks of short trials.

use rand::seq::SliceRandom;

use super::{Axis, Effort, Experiment, ExperimentError, Findings, Mark, Plot, Progress, Reproduction, Series, Table};
use crate::cost::{CostGraph, CostSpec, synaptic_cost};
use crate::flow::{node_costs, norm_squared};
use crate::io::embedded::Trained;
use crate::network::Network;
use crate::network::random::stream;
use crate::tasks::training::{History, Record};

pub(super) const EXPERIMENT: Experiment = Experiment {
    name: "training-imbalance",
    title: "Figure 4a: neural gradient during training with and without L2, and against shuffled copies",
    claim: "regularised_training",
    run,
};

/// Copies of a network with its rows in random order.
const SHUFFLES: usize = 10_000;
/// The level of the permutation test: a network is called closer to balanced than its shuffled copies if fewer than this share of them are as close.
const LEVEL: f64 = 0.05;
/// Seeds' streams below this are taken.
const FIRST_STREAM: u64 = 1 << 36;

/// What a network's imbalance is, and that of shuffled copies.
struct Shuffled {
    norm: f64,
    /// Ascending.
    copies: Vec<f64>,
    /// Correlation of incoming with outgoing costs over the neurons.
    correlation: f64,
}

impl Shuffled {
    /// The share of copies at least as close to balanced as the network, the network counted as one of them: the
    /// p-value of a permutation test.
    fn p_value(&self) -> f64 {
        (1 + self.copies.partition_point(|&copy| copy <= self.norm)) as f64 / (1 + self.copies.len()) as f64
    }

    fn quantile(&self, share: f64) -> f64 {
        self.copies[((self.copies.len() - 1) as f64 * share).round() as usize]
    }
}

fn run(seed: u64, effort: Effort, progress: Progress) -> Result<Findings, ExperimentError> {
    let shuffles = match effort {
        Effort::Full => SHUFFLES,
        Effort::Quick => SHUFFLES / 10,
    };
    let mut findings = Findings::default();
    let mut courses = Vec::new();
    for (number, trained) in Trained::all().enumerate() {
        progress(number as f64 / Trained::all().count() as f64, trained.name);
        let history = History::from_csv(trained.history)?;
        let network = trained.network()?;
        stored_as_in_its_history(&mut findings, trained.name, &network, &history)?;
        let shuffled = shuffle(&network, shuffles, seed, FIRST_STREAM + number as u64)?;
        courses.push(Course { trained, history, shuffled });
    }
    let figure: Vec<&Course> = courses.iter().filter(|course| course.is_of_the_figure()).collect();
    the_papers_statements(&mut findings, &courses);
    further(&mut findings, &courses, shuffles);
    findings.tables.push(table(&courses, shuffles));
    findings.plots.push(Plot {
        title: "Figure 4a: neural gradient during training".to_owned(),
        x: Axis::linear("training iteration"),
        y: Axis::linear("norm of the neural gradient"),
        mark: Mark::Line,
        series: figure.iter().map(|course| course.curve(|record| record.neural_gradient)).collect(),
        diagonal: false,
        caption: "The same initial weights and trials (seed 1), with lambda times the sum of squared recurrent weights added to the loss."
            .to_owned(),
    });
    findings.plots.push(histograms(&figure));
    findings.plots.push(Plot {
        title: "Neural gradient in units of the cost during training (beyond the paper)".to_owned(),
        x: Axis::linear("training iteration"),
        y: Axis::logarithmic("neural gradient over the cost"),
        mark: Mark::Line,
        series: figure.iter().map(|course| course.curve(|record| record.neural_gradient / record.cost)).collect(),
        diagonal: false,
        caption: "The same in units of the recurrent cost, which L2 makes smaller.".to_owned(),
    });
    Ok(findings)
}

/// A training and how it ended.
struct Course {
    trained: Trained,
    history: History,
    shuffled: Shuffled,
}

impl Course {
    /// By the authors' recipe.
    fn is_full(&self) -> bool {
        Trained::PAPER.iter().chain(&Trained::LESS_REGULARISED).any(|full| full.name == self.trained.name)
    }

    /// By the authors' recipe, and from the first seed.
    fn is_of_the_figure(&self) -> bool {
        self.is_full() && self.trained.seed == 1
    }

    fn label(&self) -> String {
        format!("lambda = {}", self.trained.l2)
    }

    fn curve(&self, value: fn(&Record) -> f64) -> Series {
        let points = self.history.records().map(|record| (record.iteration as f64, value(record)));
        Series::new(self.label(), points.collect())
    }

    /// The norm at the end over that at the start.
    fn fell_to(&self) -> f64 {
        self.history.last.neural_gradient / self.history.first().neural_gradient
    }

    /// The same in units of the cost.
    fn relatively(&self) -> f64 {
        let relative = |record: &Record| record.neural_gradient / record.cost;
        relative(&self.history.last) / relative(self.history.first())
    }
}

/// Whether the norm falls with L2, the more the larger λ, and does not without, by what is left of it at the end of the trainings
/// with the largest λ (`most`), the smaller and none. Under conditions: the largest λ leaves less than none does.
fn falls_with_l2(most: &[f64], some: &[f64], none: &[f64]) -> Reproduction {
    let largest = |ends: &[f64]| ends.iter().copied().reduce(f64::max);
    let least = |ends: &[f64]| ends.iter().copied().reduce(f64::min);
    match (largest(most), least(some), largest(some), least(none)) {
        (Some(most), Some(low), Some(high), Some(none)) if most < low && high < 1.0 && none >= 1.0 => {
            Reproduction::Reproduced
        }
        (Some(most), .., Some(none)) if most < none => Reproduction::Conditional,
        _ => Reproduction::NotReproduced,
    }
}

/// Of the trainings by the authors' recipe: the norm falls with L2, the more the larger λ, and does not fall without; and with L2
/// the trained network is closer to balanced than its shuffled copies.
fn the_papers_statements(findings: &mut Findings, courses: &[Course]) {
    let full = || courses.iter().filter(|course| course.is_full());
    let of = |l2: f64| full().filter(|course| course.trained.l2 == l2).map(Course::fell_to).collect::<Vec<_>>();
    let words = full()
        .map(|course| format!("{} (seed {}) ends at {:.3}", course.label(), course.trained.seed, course.fell_to()));
    findings.state(
        falls_with_l2(&of(0.3), &of(0.1), &of(0.0)),
        format!(
            "figure 4a: the norm of the neural gradient falls in training with L2, the more the larger lambda, and does not fall without. In units of its initial value: {}.",
            words.collect::<Vec<_>>().join(", ")
        ),
    );
    let closer = |course: &&Course| course.shuffled.p_value() < LEVEL;
    let with = full().filter(|course| course.trained.l2 > 0.0);
    let (held, all) = (with.clone().filter(closer).count(), with.count());
    let words = full().map(|course| {
        let Shuffled { norm, correlation, .. } = &course.shuffled;
        format!(
            "{} (seed {}): {norm:.4} against {:.4} in the median, p = {:.4}, correlation of incoming with outgoing costs {correlation:+.3}",
            course.label(),
            course.trained.seed,
            course.shuffled.quantile(0.5),
            course.shuffled.p_value()
        )
    });
    findings.state(
        Reproduction::of_networks(held, all),
        format!(
            "figure 4a: trained with L2, the network's neural gradient is smaller than that of copies with shuffled rows, in {held} of {all} networks at the level of {LEVEL}. {}.",
            words.collect::<Vec<_>>().join("; ")
        ),
    );
}

fn further(findings: &mut Findings, courses: &[Course], shuffles: usize) {
    let words = courses
        .iter()
        .filter(|course| course.is_full())
        .map(|course| format!("{} (seed {}) {:.2}", course.label(), course.trained.seed, course.relatively()));
    findings.state(
        Reproduction::Beyond,
        format!(
            "in units of the cost, |g|/C, which L2 makes smaller too, the neural gradient ends at these multiples of its initial value: {}. The norm falls because the weights do; the shuffled copies, which have the same weights, are the fair comparison.",
            words.collect::<Vec<_>>().join(", ")
        ),
    );
    for course in courses.iter().filter(|course| !course.is_full()) {
        findings.state(
            Reproduction::Beyond,
            format!(
                "{}: the norm of the neural gradient ends at {:.3} of its initial value; among {shuffles} copies with shuffled rows p = {:.4}.",
                course.trained.name,
                course.fell_to(),
                course.shuffled.p_value()
            ),
        );
    }
}

fn table(courses: &[Course], shuffles: usize) -> Table {
    let row = |course: &Course| {
        let (first, last) = (course.history.first(), &course.history.last);
        let shuffled = &course.shuffled;
        vec![
            course.trained.name.to_owned(),
            format!("{:.3} -> {:.3}", first.loss, last.loss),
            format!("{:.3} -> {:.3}", first.cost, last.cost),
            format!("{:.4} -> {:.4}", first.neural_gradient, last.neural_gradient),
            format!("{:.5} -> {:.5}", first.neural_gradient / first.cost, last.neural_gradient / last.cost),
            format!(
                "{:.4} ({:.4} to {:.4})",
                shuffled.quantile(0.5),
                shuffled.quantile(0.025),
                shuffled.quantile(0.975)
            ),
            format!("{:.4}", shuffled.p_value()),
            format!("{:+.3}", shuffled.correlation),
        ]
    };
    let columns = [
        "network",
        "root-mean-square error",
        "cost",
        "|g|",
        "|g|/C",
        "|g| of shuffled copies: median (95 %)",
        "p",
        "correlation of r and c",
    ];
    Table {
        title: format!("Context-dependent integration before and after training, {shuffles} shuffles"),
        columns: columns.map(str::to_owned).to_vec(),
        rows: courses.iter().map(row).collect(),
    }
}

/// Bins of a histogram, as many as NumPy's default.
const BINS: usize = 10;

/// The distributions of the copies' norms and the trained networks' own.
fn histograms(figure: &[&Course]) -> Plot {
    let mut series = Vec::new();
    for course in figure {
        let copies = &course.shuffled.copies;
        let (low, high) = (course.shuffled.quantile(0.0), course.shuffled.quantile(1.0));
        let width = (high - low) / BINS as f64;
        let mut points = vec![(low, 0.0)];
        for bin in 0..BINS {
            let (from, to) = (low + width * bin as f64, low + width * (bin + 1) as f64);
            let upper = if bin + 1 == BINS { copies.len() } else { copies.partition_point(|&copy| copy < to) };
            let inside = upper - copies.partition_point(|&copy| copy < from);
            let share = inside as f64 / copies.len() as f64;
            points.extend([(from, share), (to, share)]);
        }
        points.push((high, 0.0));
        series.push(Series::new(format!("{}, shuffled", course.label()), points));
        let own = course.shuffled.norm;
        series.push(Series::new(format!("{}, trained", course.label()), vec![(own, 0.0), (own, 0.3)]));
    }
    Plot {
        title: "Figure 4a, margin: trained networks among copies with shuffled rows".to_owned(),
        x: Axis::logarithmic("norm of the neural gradient"),
        y: Axis::linear("share of the copies in a bin"),
        mark: Mark::Line,
        series,
        diagonal: false,
        caption: "Left of its histogram, a network is closer to balanced than its copies, which have the same weights."
            .to_owned(),
    }
}

/// The stored network is the one that its history ends with, up to the rounding to single precision.
fn stored_as_in_its_history(
    findings: &mut Findings,
    name: &str,
    network: &Network,
    history: &History,
) -> Result<(), ExperimentError> {
    let graph = CostGraph::of_network(network, &CostSpec::power(2.0))?;
    let sums = node_costs(graph.pattern(), graph.initial_costs(), &0.0);
    let norm = norm_squared(&sums.gradient()).sqrt();
    // A weight is off by 2^-24 of itself, its square by twice that, and ‖Δg‖ ≤ 2^-23 ‖r + c‖; a tenth on top for squares of
    // the error and the rounding in f64.
    let size = sums.incoming.iter().zip(&sums.outgoing).map(|(r, c)| (r + c) * (r + c)).sum::<f64>().sqrt();
    findings.evidence.at_most(
        format!("{name}: neural gradient of the stored network against the last line of its history"),
        (norm - history.last.neural_gradient).abs(),
        1.1 * f64::from(f32::EPSILON) * size,
        "rounding of the weights to single precision",
    );
    Ok(())
}

fn shuffle(network: &Network, shuffles: usize, seed: u64, purpose: u64) -> Result<Shuffled, ExperimentError> {
    let n = network.weights.neurons();
    // Self-synapses count on both sides here: in a copy they land elsewhere, and in the network itself they cancel.
    let (mut incoming, mut outgoing) = (vec![0.0; n], vec![0.0; n]);
    for (i, j, weight) in network.weights.triplets() {
        let cost = synaptic_cost(&1.0, weight, 2.0);
        incoming[i] += cost;
        outgoing[j] += cost;
    }
    let norm = |incoming: &[f64]| {
        let sums = crate::flow::NodeCosts { incoming: incoming.to_vec(), outgoing: outgoing.clone() };
        norm_squared(&sums.gradient()).sqrt()
    };
    let own = norm(&incoming);
    let correlation = correlation(&incoming, &outgoing);
    let mut random = stream(seed, purpose);
    let mut copies: Vec<f64> = (0..shuffles)
        .map(|_| {
            incoming.shuffle(&mut random);
            norm(&incoming)
        })
        .collect();
    copies.sort_by(f64::total_cmp);
    Ok(Shuffled { norm: own, copies, correlation })
}

/// Pearson's correlation.
fn correlation(x: &[f64], y: &[f64]) -> f64 {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (mean_x, mean_y) = (mean(x), mean(y));
    let (mut xy, mut xx, mut yy) = (0.0, 0.0, 0.0);
    for (x, y) in x.iter().zip(y) {
        xy += (x - mean_x) * (y - mean_y);
        xx += (x - mean_x) * (x - mean_x);
        yy += (y - mean_y) * (y - mean_y);
    }
    xy / (xx * yy).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_norm_must_fall_the_more_the_larger_lambda() {
        assert_eq!(falls_with_l2(&[0.1, 0.2], &[0.5, 0.3], &[1.2, 1.0]), Reproduction::Reproduced);
        // The largest leaves as much as the smaller; the smaller leaves all; without, it falls too.
        assert_eq!(falls_with_l2(&[0.1, 0.3], &[0.5, 0.3], &[1.2, 1.0]), Reproduction::Conditional);
        assert_eq!(falls_with_l2(&[0.1, 0.2], &[1.0, 0.3], &[1.2, 1.0]), Reproduction::Conditional);
        assert_eq!(falls_with_l2(&[0.1, 0.2], &[0.5, 0.3], &[1.2, 0.9]), Reproduction::Conditional);
        // It does not fall more than without.
        assert_eq!(falls_with_l2(&[0.1, 1.2], &[0.5, 0.3], &[1.2, 1.3]), Reproduction::NotReproduced);
        // Trainings are missing.
        assert_eq!(falls_with_l2(&[], &[0.5], &[1.2]), Reproduction::NotReproduced);
        assert_eq!(falls_with_l2(&[0.1], &[], &[1.2]), Reproduction::Conditional);
        assert_eq!(falls_with_l2(&[0.1], &[0.5], &[]), Reproduction::NotReproduced);
    }

    #[test]
    fn the_p_value_counts_the_network_among_its_copies() {
        let of = |norm| Shuffled { norm, copies: vec![1.0, 2.0, 3.0], correlation: 0.0 }.p_value();
        assert_eq!([of(0.5), of(1.0), of(2.5), of(4.0)], [0.25, 0.5, 0.75, 1.0]);
    }
}
