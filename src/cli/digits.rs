//! `synbal balance --digits N`: Newton's method in multiple precision.

use std::time::Instant;

use serde::Serialize;
use synbal::balance::{Criteria, LinearSolver, MOST_DIGITS, Method, Precise, Problem, Run, balance_to_digits};
use synbal::io::{write_decimal_scales, write_network};
use synbal::network::{Homogeneity, Network, rescale_network};
use synbal::scalar::Multi;

use super::arguments::{BalanceOptions, scope};
use super::balance::{cost_text, note_on_no_cycle};
use super::console::{Progress, notify, print, print_json, read};
use super::{CliError, Ending};

/// As many digits an `f64` has already.
const LEAST_DIGITS: usize = 17;

/// Bits that a rescaled weight is computed with before it is rounded to the 53 of `f64`, at most.
const WEIGHT_BITS: u32 = 256;

/// What `--json` prints. Numbers beyond `f64` are strings.
#[derive(Debug, Serialize)]
struct Summary {
    status: &'static str,
    method: &'static str,
    digits: usize,
    p: f64,
    neurons: usize,
    synapses: usize,
    components: usize,
    synapses_on_no_cycle: usize,
    /// Null where `f64` cannot hold it.
    cost_initial: Option<f64>,
    cost_initial_log10: Option<f64>,
    cost_final: String,
    max_node_imbalance: String,
    log_scales: Vec<String>,
    trace: Vec<Step>,
    seconds: f64,
}

#[derive(Debug, Serialize)]
struct Step {
    bits: u32,
    max_node_imbalance: String,
    /// The largest Newton step from here: what the log-scales are off by.
    newton_step: String,
    corrections: usize,
    linear_solver: &'static str,
}

pub fn run(options: &BalanceOptions, digits: usize) -> Result<Ending, CliError> {
    if !(LEAST_DIGITS..=MOST_DIGITS).contains(&digits) {
        return Err(CliError::DigitsOutOfRange { digits, least: LEAST_DIGITS, most: MOST_DIGITS });
    }
    let network = read(&options.input)?;
    let progress = Progress::new();
    progress.say("balancing");
    let started = Instant::now();
    let scope = scope(options.within_components);
    // A start: how near it is, does not matter here.
    let balanced = Problem::new(&network, &options.input.spec(), scope)?.solve(Method::Auto, &Criteria::default())?;
    progress.say("balancing in multiple precision");
    let found = match balance_to_digits(&balanced.graph, &balanced.outcome.h, digits) {
        Ok(found) => found,
        Err(reason) => {
            drop(progress);
            let kept = if options.output.is_some() || options.scales.is_some() { "; no file was written" } else { "" };
            eprintln!("synbal: {reason}{kept}");
            return Ok(Ending::Bad);
        }
    };
    let seconds = started.elapsed().as_secs_f64();
    let mut log_scales = found.log_scales_decimal();
    log_scales.truncate(network.weights.neurons());
    // Before anything is written, so that it is all or nothing.
    let rescaled = options.output.as_ref().map(|_| rescaled(&network, &found)).transpose()?;
    drop(progress);
    if let Some(path) = &options.scales {
        write_decimal_scales(path, &log_scales)?;
    }
    if let (Some(path), Some(rescaled)) = (&options.output, rescaled) {
        notify(&write_network(path, &rescaled)?);
        eprintln!("synbal: note: {}: the weights are those of {digits} digits, rounded once to f64", path.display());
    }
    if balanced.graph.world().is_some() {
        eprintln!("synbal: note: all weights between a neuron and the world count as one, their p-norm in f64");
    }
    note_on_no_cycle(&balanced);
    let summary = summary(&balanced, &found, log_scales, network.weights.synapses(), seconds);
    if options.json {
        print_json(&summary)?;
    } else {
        print(&text(&summary))?;
    }
    Ok(Ending::Good)
}

/// The network rescaled by the precise log-scales, each number rounded once.
fn rescaled(network: &Network, found: &Precise) -> Result<Network, CliError> {
    let neurons = network.weights.neurons();
    let bits = found.cost.bits().min(WEIGHT_BITS);
    let h = found.log_scales[..neurons].iter().map(|value| value.at_bits(bits)).collect::<Result<Vec<_>, _>>()?;
    let zero = Multi::from_f64(bits, 0.0)?;
    let lifted = network.lifted(|value| synbal::scalar::Scalar::lift(&zero, value));
    Ok(rescale_network(&lifted, &h, Homogeneity::Required)?.rounded()?)
}

fn summary(balanced: &Run, found: &Precise, log_scales: Vec<String>, synapses: usize, seconds: f64) -> Summary {
    let initial = balanced.cost_initial;
    let in_range = initial.is_finite() && (initial > 0.0 || balanced.log2_cost_initial == f64::NEG_INFINITY);
    let log10 = balanced.log2_cost_initial * std::f64::consts::LOG10_2;
    let step = |step: &synbal::balance::PreciseStep| Step {
        bits: step.bits,
        max_node_imbalance: power_of_ten(step.log10_imbalance),
        newton_step: power_of_ten(-step.digits),
        corrections: step.corrections,
        linear_solver: match step.linear_solver {
            LinearSolver::Refinement => "refinement",
            LinearSolver::StarMesh => "star-mesh",
        },
    };
    Summary {
        status: "balanced",
        method: "newton",
        digits: found.digits,
        p: balanced.graph.p(),
        neurons: balanced.graph.neurons(),
        synapses,
        components: balanced.components,
        synapses_on_no_cycle: balanced.on_no_cycle.len(),
        cost_initial: in_range.then_some(initial),
        cost_initial_log10: log10.is_finite().then_some(log10),
        cost_final: found.cost_decimal(),
        max_node_imbalance: power_of_ten(found.log10_imbalance),
        log_scales,
        trace: found.trace.iter().map(step).collect(),
        seconds,
    }
}

/// `10^log10` in three digits.
fn power_of_ten(log10: f64) -> String {
    if log10 == f64::NEG_INFINITY {
        return "0".to_owned();
    }
    let (mut mantissa, mut exponent) = (10.0_f64.powf(log10 - log10.floor()), log10.floor());
    // What would be printed as 10.00.
    if mantissa >= 9.995 {
        (mantissa, exponent) = (1.0, exponent + 1.0);
    }
    format!("{mantissa:.2}e{exponent}")
}

fn text(summary: &Summary) -> String {
    let mut text = format!(
        "{} by {} to {} digits: {} neurons, {} synapses, {} strong components, {} synapses on no cycle\n\
         cost (p = {}): {} -> {}\n\
         imbalance of the worst neuron: {}\n\
         {:>8} {:>14} {:>14} {:>12}\n",
        summary.status,
        summary.method,
        summary.digits,
        summary.neurons,
        summary.synapses,
        summary.components,
        summary.synapses_on_no_cycle,
        summary.p,
        cost_text(summary.cost_initial, summary.cost_initial_log10),
        summary.cost_final,
        summary.max_node_imbalance,
        "bits",
        "imbalance",
        "Newton step",
        "corrections",
    );
    for step in &summary.trace {
        text += &format!(
            "{:>8} {:>14} {:>14} {:>12}{}\n",
            step.bits,
            step.max_node_imbalance,
            step.newton_step,
            step.corrections,
            if step.linear_solver == "star-mesh" { " (star-mesh)" } else { "" }
        );
    }
    text + &format!("{:.4} s\n", summary.seconds)
}
