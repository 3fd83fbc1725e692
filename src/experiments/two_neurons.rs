//! Figures 2 and 3: the local rule on two neurons, with a synapse one way and with synapses both ways, against closed forms.
//!
//! With p = 2 and a synapse of cost `C` from neuron 1 to neuron 2 alone, `Ċ = −4C²`: it fades like `1/t` and never comes to
//! rest. With costs `a` and `b` both ways their product `m²` is conserved, and with `a = m e^s`, `b = m e^{−s}` the asymmetry
//! dies out: `tanh(s/2) = tanh(s₀/2) e^{−8mt}`; both weights end at their geometric mean.

use super::authors::follow_the_flow;
use super::{Axis, Effort, Experiment, ExperimentError, Findings, Mark, Plot, Progress, Reproduction, Series};
use crate::claims::Verdict;
use crate::cost::{CostGraph, CostSpec};
use crate::network::{Activation, Homogeneity, Network, Weights, rescale_network};
use crate::scalar::largest_or_nan;

pub(super) const EXPERIMENT: Experiment = Experiment {
    name: "two-neurons",
    title: "Figures 2 and 3: the local rule on two neurons, one way and both ways",
    claim: "closed_forms",
    run,
};

const FORTH: f64 = 2.0;
const BACK: f64 = 0.5;
const END: f64 = 1.0;
const POINTS: usize = 60;
/// The flow is followed with steps of relative tolerance 1e-8; an error that they leave is not blown up, the flow
/// contracts. The bound allows for the hundreds of steps taken.
const TOLERANCE: f64 = 1e-6;

/// The weights of two neurons along the flow, in the order of the triplets.
fn along(triplets: &[(usize, usize, f64)], what: &str) -> Result<Vec<(f64, Vec<f64>)>, ExperimentError> {
    let network = Network::recurrent(Weights::from_triplets(2, triplets.to_vec())?, Activation::Relu);
    let graph = CostGraph::of_network(&network, &CostSpec::power(2.0))?;
    (0..=POINTS)
        .map(|k| {
            let time = END * k as f64 / POINTS as f64;
            let h = if k == 0 { vec![0.0; 2] } else { follow_the_flow(&graph, time, what)? };
            let weights = rescale_network(&network, &h, Homogeneity::Required)?.weights;
            Ok((time, triplets.iter().map(|&(i, j, _)| weights.to_dense()[(i, j)]).collect()))
        })
        .collect()
}

fn run(_: u64, _: Effort, progress: Progress) -> Result<Findings, ExperimentError> {
    let mut findings = Findings::default();
    progress(0.0, "one way");
    let one_way = along(&[(1, 0, FORTH)], "one way")?;
    let expected = |time: f64| FORTH / (1.0 + 4.0 * FORTH * FORTH * time).sqrt();
    compare(&mut findings, "one way", &one_way, |time| vec![expected(time)]);
    progress(0.5, "both ways");
    let both = along(&[(1, 0, FORTH), (0, 1, BACK)], "both ways")?;
    let mean = (FORTH * BACK).sqrt();
    let asymmetry = |time: f64| {
        let (m, start) = (mean * mean, 2.0 * (FORTH / mean).ln());
        2.0 * ((start / 2.0).tanh() * (-8.0 * m * time).exp()).atanh()
    };
    let closed = |time: f64| {
        let factor = (asymmetry(time) / 2.0).exp();
        vec![mean * factor, mean / factor]
    };
    compare(&mut findings, "both ways", &both, closed);
    let held = findings.evidence.verdict() == Verdict::Held;
    findings.state(
        if held { Reproduction::Reproduced } else { Reproduction::NotReproduced },
        format!(
            "figures 2 and 3: by the local rule a synapse that goes one way fades, its cost like 1/t, and two that go both ways become equal in cost at their geometric mean, here {mean}; the flow follows the closed forms to {TOLERANCE:e}."
        ),
    );
    let plot = |title: &str, way: &[(f64, Vec<f64>)], names: &[&str], caption: &str| Plot {
        title: title.to_owned(),
        x: Axis::linear("flow time"),
        y: Axis::linear("weight"),
        mark: Mark::Line,
        series: names
            .iter()
            .enumerate()
            .map(|(k, name)| Series::new(*name, way.iter().map(|(time, weights)| (*time, weights[k])).collect()))
            .collect(),
        diagonal: false,
        caption: caption.to_owned(),
    };
    findings.plots.push(plot(
        "Figure 2: the local rule, a synapse one way",
        &one_way,
        &["from neuron 1 to neuron 2"],
        "The sender gives out more than it takes in and turns its outgoing synapse down; the receiver turns the same synapse down. Nothing comes back, and it fades.",
    ));
    findings.plots.push(plot(
        "Figure 3: the local rule, synapses both ways",
        &both,
        &["from neuron 1 to neuron 2", "from neuron 2 to neuron 1"],
        "The product of the two weights is conserved; they meet at their geometric mean.",
    ));
    Ok(findings)
}

fn compare(findings: &mut Findings, what: &str, way: &[(f64, Vec<f64>)], closed: impl Fn(f64) -> Vec<f64>) {
    let of_time = |(time, weights): &(f64, Vec<f64>)| {
        largest_or_nan(weights.iter().zip(closed(*time)).map(|(weight, closed)| (weight / closed - 1.0).abs()))
    };
    let worst = largest_or_nan(way.iter().map(of_time));
    findings.evidence.at_most(
        format!("{what}: weights along the flow against the closed form, largest relative difference"),
        worst,
        TOLERANCE,
        "step tolerance 1e-8 times the steps taken, a hundred at most",
    );
}
