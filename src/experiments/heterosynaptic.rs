//! Potentiate one synapse of a balanced network and watch all others: the paper's prediction for experiments.
//!
//! `d ln|J_kl|/dt = g_l − g_k`, and only the two neurons of the potentiated synapse are out of balance at first: the theorem
//! gives the sign of every synapse's first move. Another one (`heterosynaptic_lasting`, beyond the paper) says that no synapse
//! has moved against it when the network is balanced again; it may have come back to where it was.

use super::balanced::balanced;
use super::{Axis, Effort, Experiment, ExperimentError, Findings, Mark, Plot, Progress, Reproduction, Series, Table};
use crate::balance::{Balanced, Coordinates, Horizon, Method, OdeFlow, Scope, Stepper};
use crate::certify::ground_state;
use crate::claims::WorstRatio;
use crate::claims::heterosynaptic::effect;
use crate::cost::{CostGraph, CostSpec};
use crate::flow::node_costs;
use crate::network::{Network, Weights};
use crate::tasks::{Case, embedded_cases};

pub(super) const EXPERIMENT: Experiment = Experiment {
    name: "heterosynaptic-course",
    title: "One synapse of a balanced network potentiated: first signs and time course of all others",
    claim: "heterosynaptic",
    run,
};

/// Real networks of the report: a connectome, and the cell types of a trained network.
const NETWORKS: [&str; 2] = ["celegans", "fly-types"];
/// Synapses that are potentiated one after the other, spread evenly over the network, and by how much.
const SYNAPSES: usize = 25;
const FACTOR: f64 = 1.5;
/// The flow is followed to this many times the largest rate of relaxation, in at most so many steps.
const HORIZON: Horizon = Horizon::new(1e4, 20_000);
/// The curves have a point for every such factor of time.
const STRIDE: f64 = 1.01;
/// Predictions weaker than this many times the leftover imbalance are not judged.
const CLEAR: f64 = 2.0;

/// The groups of the prediction, and the sign of each; the last may not move at first.
const GROUPS: [(&str, f64); 7] = [
    ("the potentiated synapse", -1.0),
    ("the reverse synapse", 1.0),
    ("others into the target", -1.0),
    ("others out of the target", 1.0),
    ("others into the source", 1.0),
    ("others out of the source", -1.0),
    ("all others", 0.0),
];

/// The group of the synapse `source → target` when `from → onto` is potentiated; the most specific one.
fn group(target: usize, source: usize, onto: usize, from: usize) -> usize {
    match (target == onto, source == onto, target == from, source == from) {
        (true, _, _, true) => 0,
        (_, true, true, _) => 1,
        (true, ..) => 2,
        (_, true, ..) => 3,
        (_, _, true, _) => 4,
        (_, _, _, true) => 5,
        _ => 6,
    }
}

/// For each group: predictions judged, right at first, surely so at the new balance, and surely not so there.
type Counts = [[usize; 4]; GROUPS.len()];

/// What became of the predictions.
#[derive(Default)]
struct Score {
    counts: Counts,
    /// First moves against the prediction, in units of what blurs it.
    first: WorstRatio,
    /// The same at the new balance.
    last: WorstRatio,
}

fn run(_seed: u64, _: Effort, progress: Progress) -> Result<Findings, ExperimentError> {
    let mut findings = Findings::default();
    let cases: Vec<Case> =
        embedded_cases(1)?.into_iter().filter(|case| NETWORKS.contains(&case.name.as_str())).collect();
    for (number, case) in cases.iter().enumerate() {
        let at = |part: f64| progress((number as f64 + part) / cases.len() as f64, &case.name);
        at(0.0);
        let rest = rest_of(&case.network, &case.name)?;
        let mut score = Score::default();
        let pattern = rest.graph.pattern();
        let stride = (pattern.len() / SYNAPSES).max(1);
        let potentiated: Vec<(usize, usize, usize)> = pattern.iter().step_by(stride).take(SYNAPSES).collect();
        for (k, &(_, onto, from)) in potentiated.iter().enumerate() {
            at(k as f64 / potentiated.len() as f64);
            judge(&rest, onto, from, &case.name, &mut score)?;
        }
        report(&mut findings, &case.name, potentiated.len(), &score);
        // For the figure, one with a reverse synapse if there is one.
        let reciprocal = |&&(_, onto, from): &&(usize, usize, usize)| pattern.sources(from).contains(&(onto as u32));
        if let Some(&(_, onto, from)) = potentiated.iter().find(reciprocal).or(potentiated.first()) {
            findings.plots.push(course(&rest, onto, from, &case.name)?);
        }
    }
    Ok(findings)
}

fn rest_of(network: &Network, name: &str) -> Result<Balanced, ExperimentError> {
    balanced(network, &CostSpec::power(2.0), Scope::WithinComponents, Method::Auto, || name.to_owned())
}

/// The balanced network with one synapse potentiated.
fn potentiated(rest: &Balanced, onto: usize, from: usize) -> Network {
    let weights: &Weights = &rest.network.weights;
    let stronger = |(target, source, weight): (usize, usize, &f64)| {
        if (target, source) == (onto, from) { FACTOR * weight } else { *weight }
    };
    let values = weights.triplets().map(stronger).collect();
    Network { weights: weights.with_values(values), ..rest.network.clone() }
}

/// Signs of all synapses at first, and of their changes when the network is balanced again.
fn judge(rest: &Balanced, onto: usize, from: usize, name: &str, score: &mut Score) -> Result<(), ExperimentError> {
    let network = potentiated(rest, onto, from);
    let again = rest_of(&network, name)?;
    let graph = &again.graph;
    // Both balanced points are known to a certified radius: a difference of log-scales to twice their sum.
    let unsure = 2.0 * (radius(rest, name)? + radius(&again, name)?);
    let sums = node_costs(graph.pattern(), graph.initial_costs(), &0.0);
    let g = sums.gradient();
    let excess = g[onto];
    // What was left of the imbalance before, at each node: the potentiation adds ±excess at two of them. The excess itself
    // is known to the leftover of its node.
    let before = node_costs(rest.graph.pattern(), &rest.graph.costs_at(&rest.outcome.h), &0.0);
    let leftover = before.gradient();
    for (_, target, source) in graph.pattern().iter() {
        let (first, last) = (g[source] - g[target], again.log_scales[source] - again.log_scales[target]);
        let predicted = f64::from(effect(source, onto, from) - effect(target, onto, from));
        let blur = CLEAR * (leftover[source].abs() + leftover[target].abs())
            + CLEAR * f64::EPSILON * graph.pattern().len() as f64 * (sums.incoming[source] + sums.incoming[target]);
        let [judged, right, lasting, reversed] = &mut score.counts[group(target, source, onto, from)];
        if predicted == 0.0 {
            *judged += 1;
            score.first.add(first, blur);
            *right += usize::from(first.abs() <= blur);
        } else if excess.abs() > blur {
            *judged += 1;
            score.first.add_violation(-first * predicted, blur);
            score.last.add_violation(-last * predicted, unsure);
            *right += usize::from(first * predicted > 0.0);
            *lasting += usize::from(last * predicted > unsure);
            *reversed += usize::from(last * predicted < -unsure);
        }
    }
    Ok(())
}

/// No log-scale is further from balanced, in running error analysis.
fn radius(found: &Balanced, name: &str) -> Result<f64, ExperimentError> {
    let certified = ground_state(&found.graph, &found.outcome.h);
    let wrong = |source| ExperimentError::NotCertified { what: name.to_owned(), source };
    Ok(certified.map_err(wrong)?.radius)
}

fn report(findings: &mut Findings, name: &str, synapses: usize, score: &Score) {
    let counts = &score.counts;
    let total = |which: usize| counts.iter().map(|counts| counts[which]).sum::<usize>();
    let (judged, right, against) = (total(0), total(1), total(3));
    let moving = &counts[..GROUPS.len() - 1];
    let (moved, lasting) =
        moving.iter().fold((0, 0), |(moved, lasting), counts| (moved + counts[0], lasting + counts[2]));
    findings.evidence.at_most(
        format!("{name}: synapses whose first move has the wrong sign, of {judged} judged"),
        (judged - right) as f64,
        0.0,
        "exact: signs; a prediction is judged where it is twice the imbalance that was left before",
    );
    // Most synapses are predicted to stay, and say nothing about signs.
    findings.evidence.at_least(
        format!("{name}: synapses judged that are predicted to move"),
        moved as f64,
        1.0,
        "at least one",
    );
    findings.evidence.at_most(
        format!("{name}: synapses that have moved against the prediction at the new balance"),
        against as f64,
        0.0,
        "theorem heterosynaptic_lasting; both balanced points are known to a certified radius",
    );
    for (when, worst, derivation) in [
        ("first move", &score.first, "twice the imbalance that was left before, and rounding"),
        ("move to the new balance", &score.last, "twice the sum of the certified radii of both balanced points"),
    ] {
        findings.evidence.at_most(
            format!("{name}: {when} against the prediction, in units of its bound, worst synapse"),
            worst.worst(),
            1.0,
            derivation,
        );
    }
    findings.state(
        // Where nothing could be judged, nothing is reproduced.
        if moved > 0 && judged == right { Reproduction::Reproduced } else { Reproduction::NotReproduced },
        format!(
            "{name}: after a potentiation by {FACTOR}, the first move of all synapses, the potentiated one among them, has the predicted \
             sign in {right} of {judged} cases ({synapses} potentiated synapses); of the {moved} that are predicted to move, {lasting} \
             have changed in the predicted direction when the network is balanced again, and {against} against it, by more than both \
             balanced points are uncertain."
        ),
    );
    let row = |((group, sign), [judged, right, lasting, _]): (&(&str, f64), &[usize; 4])| {
        let direction = if *sign > 0.0 {
            "strengthen"
        } else if *sign < 0.0 {
            "weaken"
        } else {
            "stay at first"
        };
        let lasting = if *sign == 0.0 { "-".to_owned() } else { lasting.to_string() };
        vec![(*group).to_owned(), direction.to_owned(), judged.to_string(), right.to_string(), lasting]
    };
    findings.tables.push(Table {
        title: format!("{name}: synapses by group, {synapses} potentiations"),
        columns: ["synapses", "predicted", "judged", "right at first", "so at the new balance"]
            .map(str::to_owned)
            .to_vec(),
        rows: GROUPS.iter().zip(counts).map(row).collect(),
    });
}

/// Mean change of the log-weights of each group along the flow.
fn course(rest: &Balanced, onto: usize, from: usize, name: &str) -> Result<Plot, ExperimentError> {
    let network = potentiated(rest, onto, from);
    let graph = CostGraph::of_network(&network, &CostSpec::power(2.0))?.within_components();
    let flow = OdeFlow { coordinates: Coordinates::LogScales, stepper: Stepper::Dopri5, step_tol: 1e-8 };
    let trajectory = flow
        .trajectory(&graph, &HORIZON)
        .map_err(|status| ExperimentError::NotBalanced { what: format!("{name}, along the flow"), status })?;
    let mut points = vec![Vec::new(); GROUPS.len()];
    let mut next = 0.0;
    for (time, h) in trajectory.times.iter().zip(&trajectory.states) {
        // As dense as the axis shows: the flow takes thousands of steps in its last decade.
        if *time < next && Some(time) != trajectory.times.last() {
            continue;
        }
        next = time * STRIDE;
        let (mut sum, mut count) = ([0.0; GROUPS.len()], [0.0; GROUPS.len()]);
        for (_, target, source) in graph.pattern().iter() {
            let group = group(target, source, onto, from);
            // Of the others the size: they move in all directions.
            let change = h[source] - h[target];
            sum[group] += if GROUPS[group].1 == 0.0 { change.abs() } else { change };
            count[group] += 1.0;
        }
        for ((points, sum), count) in points.iter_mut().zip(sum).zip(count) {
            if count > 0.0 {
                points.push((*time, sum / count));
            }
        }
    }
    let series = GROUPS.iter().zip(points).filter(|(_, points)| !points.is_empty());
    Ok(Plot {
        title: format!("After a potentiation, {name}"),
        x: Axis::logarithmic("flow time, in fastest relaxations"),
        y: Axis::linear("change of ln |J|, mean of the group"),
        mark: Mark::Line,
        series: series.map(|((group, _), points)| Series::new(*group, points)).collect(),
        diagonal: false,
        caption: format!(
            "The synapse from neuron {from} to neuron {onto} was made {FACTOR} times stronger at time 0. Of all others, which may not move at \
             first, the mean size of the change is shown."
        ),
    })
}
