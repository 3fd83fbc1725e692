//! How far from balanced a network is while it is trained, with and without L2, and the trained network against copies
//! with shuffled rows: the paper's figure about regularised training.

use rand::seq::SliceRandom;

use super::{Axis, Experiment, ExperimentError, Findings, Mark, Plot, Progress, Reproduction, Series, Table};
use crate::cost::{CostGraph, CostSpec, synaptic_cost};
use crate::flow::{node_costs, norm_squared};
use crate::io::embedded::Trained;
use crate::network::Network;
use crate::network::random::stream;
use crate::tasks::training::History;

pub(super) const EXPERIMENT: Experiment = Experiment {
    name: "training-imbalance",
    title: "Neural gradient during training with and without L2, and against shuffled copies",
    claim: "regularised_training",
    run,
};

/// Copies of a network with its rows in random order.
const SHUFFLES: usize = 1000;
/// A network is called closer to balanced than its shuffled copies if fewer than this share of them are as close.
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

fn run(seed: u64, progress: Progress) -> Result<Findings, ExperimentError> {
    let mut findings = Findings::default();
    let (mut norms, mut relative, mut rows) = (Vec::new(), Vec::new(), Vec::new());
    let mut ends = Vec::new();
    for (number, trained) in Trained::ALL.into_iter().enumerate() {
        let name = trained.name();
        progress(number as f64 / Trained::ALL.len() as f64, name);
        let history = History::from_csv(trained.history())?;
        let curve = |value: &dyn Fn(&crate::tasks::training::Record) -> f64| {
            Series::new(name, history.records().map(|record| (record.iteration as f64, value(record))).collect())
        };
        norms.push(curve(&|record| record.neural_gradient));
        relative.push(curve(&|record| record.neural_gradient / record.cost));
        let network = trained.network()?;
        stored_as_in_its_history(&mut findings, name, &network, &history)?;
        let shuffled = shuffle(&network, seed, FIRST_STREAM + number as u64)?;
        let (first, last) = (history.first(), &history.last);
        rows.push(vec![
            name.to_owned(),
            format!("{:.4} -> {:.4}", first.loss, last.loss),
            format!("{:.4} -> {:.4}", first.cost, last.cost),
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
        ]);
        ends.push((*first, *last, shuffled));
    }
    let [plain, regularised] = &ends[..] else { return Ok(findings) };
    let fell = |ends: &(crate::tasks::training::Record, crate::tasks::training::Record, Shuffled)| {
        ends.1.neural_gradient / ends.0.neural_gradient
    };
    let falls_with = fell(regularised) < 1.0 && fell(regularised) < fell(plain);
    let relative_to_cost = |record: &crate::tasks::training::Record| record.neural_gradient / record.cost;
    let relatively = relative_to_cost(&regularised.1) / relative_to_cost(&regularised.0);
    let outcome = match (falls_with, relatively < 1.0) {
        (true, true) => Reproduction::Reproduced,
        (true, false) => Reproduction::Conditional,
        (false, _) => Reproduction::NotReproduced,
    };
    findings.state(
        outcome,
        format!(
            "the norm of the neural gradient falls in training with L2, and does not without. With L2 it ends at {:.3} of its initial value, without at {:.3}. In units of the cost, which L2 makes smaller too, it ends with L2 at {relatively:.2} times its initial value: {}.",
            fell(regularised),
            fell(plain),
            if relatively < 1.0 {
                "the network is closer to balanced in its own measure as well"
            } else {
                "the norm falls because the weights do, not because the network comes closer to balanced in its own measure"
            },
        ),
    );
    for (name, (_, _, shuffled)) in Trained::ALL.map(Trained::name).into_iter().zip(&ends) {
        let p_value = shuffled.p_value();
        let closer = p_value < LEVEL;
        let expected = name == Trained::Regularised.name();
        findings.state(
            if closer == expected { Reproduction::Reproduced } else { Reproduction::NotReproduced },
            format!(
                "{name}: {} by training, compared with {SHUFFLES} copies with shuffled rows. Its neural gradient is {:.4}; theirs {:.4} in the median, 95 % between {:.4} and {:.4}; permutation test p = {p_value:.4}; the correlation of incoming with outgoing costs is {:+.3}.",
                if expected { "L2 brings the network closer to balanced" } else { "without L2 the network is not brought closer to balanced" },
                shuffled.norm,
                shuffled.quantile(0.5),
                shuffled.quantile(0.025),
                shuffled.quantile(0.975),
                shuffled.correlation,
            ),
        );
    }
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
    findings.tables.push(Table {
        title: format!("Context-dependent integration before and after training, {SHUFFLES} shuffles"),
        columns: columns.map(str::to_owned).to_vec(),
        rows,
    });
    let plot = |title: &str, label: &str, series, caption: &str| Plot {
        title: title.to_owned(),
        x: Axis::linear("iteration"),
        y: Axis::logarithmic(label),
        mark: Mark::Line,
        series,
        diagonal: false,
        caption: caption.to_owned(),
    };
    findings.plots.push(plot(
        "Neural gradient during training",
        "norm of the neural gradient",
        norms,
        "The same initial weights and trials, without L2 and with 0.1 times the sum of squared recurrent weights.",
    ));
    findings.plots.push(plot(
        "Neural gradient in units of the cost during training",
        "norm of the neural gradient over the cost",
        relative,
        "The same in units of the recurrent cost, which L2 makes smaller.",
    ));
    for (name, (_, _, shuffled)) in Trained::ALL.map(Trained::name).into_iter().zip(&ends) {
        let share = |k: usize| (k + 1) as f64 / shuffled.copies.len() as f64;
        let copies = shuffled.copies.iter().enumerate().map(|(k, &norm)| (norm, share(k))).collect();
        findings.plots.push(Plot {
            title: format!("Against shuffled copies: {name}"),
            x: Axis::linear("norm of the neural gradient"),
            y: Axis::linear("share of copies at most as large"),
            mark: Mark::Line,
            series: vec![
                Series::new("copies with shuffled rows", copies),
                Series::new("the trained network", vec![(shuffled.norm, 0.0), (shuffled.norm, 1.0)]),
            ],
            diagonal: false,
            caption: "Where the trained network lies in the distribution of its copies.".to_owned(),
        });
    }
    Ok(findings)
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

fn shuffle(network: &Network, seed: u64, purpose: u64) -> Result<Shuffled, ExperimentError> {
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
    let mut copies: Vec<f64> = (0..SHUFFLES)
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
