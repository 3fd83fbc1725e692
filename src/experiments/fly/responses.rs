//! The fly's responses to moving edges, before and after balancing: the same, while the cost falls.
//!
//! Two checks of sameness. Rescaled by powers of two next to the balanced scales, the network must give the same outputs to
//! the last bit: every rounding of the simulation commutes with a power of two. Rescaled by the balanced scales
//! themselves, every weight and every product of a simulation is rounded afresh; what that does to the responses is
//! compared with what one unit in the last place of every weight does to them.

use rand::Rng;

use super::super::{
    Axis, Effort, Experiment, ExperimentError, Findings, Mark, MeanInterval, Plot, Progress, Reproduction, Series,
    Table,
};
use super::{balanced, cells, for_each_model, models, network, record};
use crate::claims::Verdict;
use crate::cost::{CostSpec, cost_of};
use crate::network::random::stream;
use crate::network::{Network, rescale_by_powers_of_two};
use crate::scalar::largest_or_nan;
use crate::tasks::flyvis::{MovingEdges, Outputs};

pub const EXPERIMENT: Experiment = Experiment {
    name: "fly-responses",
    title: "Trained networks of the fly's visual system: responses to moving edges before and after balancing",
    claim: "task_preservation",
    run,
};

/// Extent of all models, and of the one that has the animal's size.
const EXTENT: u32 = 5;
const WHOLE_EYE: u32 = 15;

/// How far the balanced network's responses may be from the given one's, in units of what a change of every weight in its
/// last place does. Rescaling rounds every number of the network four times (an exponential twice, two products), and
/// the simulation rounds every product, sum and step anew: as many roundings again for each step of a synapse; the
/// perturbed run has one for all steps. A random walk of the roundings of one time constant, at most 0.55 s or 110
/// steps, is worth √110 of them.
const UNITS: f64 = 16.0;

/// What was measured on one network.
struct Measured {
    model: usize,
    extent: u32,
    neurons: usize,
    synapses: usize,
    on_no_cycle: usize,
    before: f64,
    after: f64,
    /// What the synapses on no cycle cost, which are scaled along, in units of what they did before.
    left_out: f64,
    /// Largest response.
    largest: f64,
    /// Number of responses, and how many differ after a rescaling by powers of two.
    responses: usize,
    different: usize,
    /// Largest difference of a response after balancing, and after a change of the weights in their last places, both
    /// relative to the largest response.
    difference: f64,
    sensitivity: f64,
    /// Response of a T4 cell, for the figure.
    example: Vec<[f64; 2]>,
}

/// Whether responses stay within their bounds, and the cost falls in every network: `least` is by how much it does where it falls least.
fn is_as_said(responses: Verdict, least: f64) -> bool {
    responses == Verdict::Held && least > 0.0
}

fn run(seed: u64, effort: Effort, progress: Progress) -> Result<Findings, ExperimentError> {
    let whole_eye = {
        progress(0.0, "the whole eye");
        measure(WHOLE_EYE, 0, seed)?
    };
    let all = for_each_model(models(effort), progress, |model| measure(EXTENT, model, seed))?;
    let mut findings = Findings::default();
    let both = || all.iter().chain([&whole_eye]);
    let different: usize = both().map(|measured| measured.different).sum();
    let responses: usize = both().map(|measured| measured.responses).sum();
    findings.evidence.at_most(
        format!("responses that differ after a rescaling by powers of two, of {responses}"),
        different as f64,
        0.0,
        "exact: every rounding commutes with a power of two",
    );
    for measured in both() {
        findings.evidence.at_most(
            format!(
                "model {}, extent {}: largest difference of a response after balancing",
                measured.model, measured.extent
            ),
            measured.difference,
            UNITS * measured.sensitivity,
            format!("{UNITS} times the difference that one unit in the last place of every weight makes"),
        );
    }
    let fell = MeanInterval::of(&all.iter().map(fall).collect::<Vec<_>>());
    let worst = both().map(|measured| measured.difference).fold(0.0, f64::max);
    let least = all.iter().map(fall).fold(f64::INFINITY, f64::min);
    let held = is_as_said(findings.evidence.verdict(), least);
    findings.state(
        Reproduction::Beyond,
        format!(
            "Networks that the paper does not have, trained by others: {} leaves what they compute as it was, and lowers their cost: in all {} trained networks at \
             extent {EXTENT} the cost of the synapses inside components falls, by {:.1} % on average (95 % interval ± {:.1}; least {:.1} %; \
             model 0 by {:.1} %; model 0 at extent {WHOLE_EYE}, {} neurons, from {:.2} to {:.2}, by {:.1} %; the others, which are scaled \
             along, cost {:.2} to {:.2} times what they did), and no response of any T or Tm cell to \
             moving edges changes by more than {worst:.1e} of the largest response; rescaled by powers of two, none of \
             {responses} responses changes at all.",
            if held { "balancing" } else { "it does not hold everywhere that balancing" },
            all.len(),
            fell.mean,
            fell.half_width,
            least,
            fall(&all[0]),
            whole_eye.neurons,
            whole_eye.before,
            whole_eye.after,
            fall(&whole_eye),
            both().map(|measured| measured.left_out).fold(f64::INFINITY, f64::min),
            both().map(|measured| measured.left_out).fold(0.0, f64::max),
        ),
    );
    findings.plots = plots(&all, &whole_eye);
    findings.tables.push(table(&all, &whole_eye));
    Ok(findings)
}

/// By how many percent the cost falls.
fn fall(measured: &Measured) -> f64 {
    100.0 * (1.0 - measured.after / measured.before)
}

fn measure(extent: u32, model: usize, seed: u64) -> Result<Measured, ExperimentError> {
    let (given, neurons) = network(extent, model, Outputs::None)?;
    let found = balanced(&given, &CostSpec::power(2.0), &format!("model {model} at extent {extent}"))?;
    let edges = MovingEdges::standard(extent);
    let trials = edges.trials();
    let cells = cells(&neurons, |name| name.starts_with('T'));
    let ones = vec![1.0; cells.len()];
    let responses = record(&given, &trials, &cells, &ones);

    let factors = |h: &dyn Fn(usize) -> f64| -> Vec<f64> { cells.iter().map(|&cell| h(cell)).collect() };
    let h = &found.log_scales;
    let after = record(&found.network, &trials, &cells, &factors(&|cell| h[cell].exp()));
    let exponents: Vec<i32> = h.iter().map(|h| (h / std::f64::consts::LN_2).round() as i32).collect();
    let exact = rescale_by_powers_of_two(&given, &exponents)?;
    let exact = record(&exact, &trials, &cells, &factors(&|cell| 2.0_f64.powi(exponents[cell])));
    let perturbed = record(&in_the_last_place(&given, seed + model as u64), &trials, &cells, &ones);

    let all = || responses.iter().flatten();
    let largest = all().fold(0.0_f64, |largest, response| largest.max(response.abs()));
    if !(largest.is_finite() && largest > 0.0) {
        let what = format!("the largest response of model {model} at extent {extent}");
        return Err(ExperimentError::NotFinite { what, value: largest });
    }
    let distance =
        |other: &[Vec<f64>]| largest_or_nan(all().zip(other.iter().flatten()).map(|(a, b)| (a - b).abs())) / largest;
    let left_out = |network: &Network| {
        let cost = cost_of(&found.on_no_cycle, &network.weights, &CostSpec::power(2.0));
        cost.filter(|cost| *cost > 0.0).unwrap_or(f64::NAN)
    };
    let example =
        cells.iter().position(|&cell| neurons[cell].cell_type == "T4a" && (neurons[cell].u, neurons[cell].v) == (0, 0));
    let place = example.unwrap_or(0) * trials.count;
    Ok(Measured {
        model,
        extent,
        neurons: neurons.len(),
        synapses: given.weights.synapses(),
        on_no_cycle: found.on_no_cycle.len(),
        before: found.cost_initial,
        after: found.cost_final,
        left_out: left_out(&found.network) / left_out(&given),
        largest,
        responses: responses.iter().map(Vec::len).sum(),
        different: all().zip(exact.iter().flatten()).filter(|(a, b)| a != b).count(),
        difference: distance(&after),
        sensitivity: distance(&perturbed),
        example: responses.iter().zip(&after).map(|(before, after)| [before[place], after[place]]).collect(),
    })
}

/// The network with every weight moved by one unit in its last place, up or down by chance.
fn in_the_last_place(given: &Network, seed: u64) -> Network {
    let mut random = stream(seed, 2000);
    let mut moved = |value: &f64| if random.random_bool(0.5) { value.next_up() } else { value.next_down() };
    let values = given.weights.values().iter().map(&mut moved).collect();
    Network { weights: given.weights.with_values(values), ..given.clone() }
}

fn plots(all: &[Measured], whole_eye: &Measured) -> Vec<Plot> {
    let step = MovingEdges::standard(EXTENT).step;
    let curve = |which: usize| {
        whole_eye.example.iter().enumerate().map(|(k, pair)| ((k + 1) as f64 * step, pair[which])).collect::<Vec<_>>()
    };
    let costs = |list: &[Measured]| list.iter().map(|measured| (measured.before, measured.after)).collect::<Vec<_>>();
    let differences =
        |of: fn(&Measured) -> f64| all.iter().map(|measured| (measured.model as f64, of(measured))).collect::<Vec<_>>();
    vec![
        Plot {
            title: "Cost of the fly networks before and after".to_owned(),
            x: Axis::logarithmic("cost before"),
            y: Axis::logarithmic("cost after"),
            mark: Mark::Dot,
            series: vec![
                Series::new(format!("{} models, extent {EXTENT}", all.len()), costs(all)),
                Series::new(format!("model 0, extent {WHOLE_EYE}"), vec![(whole_eye.before, whole_eye.after)]),
            ],
            diagonal: true,
            caption: "Synapses inside strong components; on the grey line nothing would be gained.".to_owned(),
        },
        Plot {
            title: "Response of a T4a cell in the whole eye".to_owned(),
            x: Axis::linear("time (s)"),
            y: Axis::linear("activity"),
            mark: Mark::Overlaid,
            series: vec![Series::new("before", curve(0)), Series::new("after, scaled back", curve(1))],
            diagonal: false,
            caption: format!(
                "Model 0 at extent {WHOLE_EYE}, the cell in the centre, a bright edge in direction 0: one curve hides the other."
            ),
        },
        Plot {
            title: "Change of the responses after balancing".to_owned(),
            x: Axis::linear("model"),
            y: Axis::logarithmic("largest change / largest response"),
            mark: Mark::Dot,
            series: vec![
                Series::new("balanced", differences(|measured| measured.difference)),
                Series::new("weights moved in their last place", differences(|measured| measured.sensitivity)),
            ],
            diagonal: false,
            caption: "All T and Tm cells, all steps, eight moving edges: balancing changes responses about as much as rounding does."
                .to_owned(),
        },
    ]
}

fn table(all: &[Measured], whole_eye: &Measured) -> Table {
    let row = |measured: &Measured| {
        vec![
            measured.model.to_string(),
            measured.extent.to_string(),
            measured.neurons.to_string(),
            measured.synapses.to_string(),
            measured.on_no_cycle.to_string(),
            format!("{:.2}", measured.before),
            format!("{:.2}", measured.after),
            format!("{:.1} %", fall(measured)),
            format!("{:.2}", measured.left_out),
            format!("{:.3}", measured.largest),
            format!("{:.1e}", measured.difference),
            format!("{:.1e}", measured.sensitivity),
        ]
    };
    let columns = [
        "model",
        "extent",
        "neurons",
        "synapses",
        "on no cycle",
        "cost before",
        "after",
        "falls by",
        "others, over before",
        "largest response",
        "change",
        "change by last places",
    ];
    Table {
        title: "The fly networks: cost inside components, and change of the responses relative to the largest"
            .to_owned(),
        columns: columns.map(str::to_owned).to_vec(),
        rows: [whole_eye].into_iter().chain(all).map(row).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cost_that_stays_as_it_was_has_not_fallen() {
        assert!(is_as_said(Verdict::Held, 0.01));
        assert!(
            !is_as_said(Verdict::Held, 0.0) && !is_as_said(Verdict::Held, -0.01) && !is_as_said(Verdict::Fell, 0.01)
        );
    }
}
