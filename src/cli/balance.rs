//! `synbal balance`.

use serde::Serialize;
use synbal::balance::{BalanceError, NewtonCg, Problem, Run, Status};
use synbal::io::{Content, check_outputs, write_network, write_scales};

use super::advice;
use super::arguments::{BalanceOptions, scope, stop};
use super::console::{Progress, notify, print, print_json, read};
use super::{CliError, Ending};

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct Summary {
    status: &'static str,
    explanation: String,
    method: &'static str,
    p: f64,
    tol: f64,
    neurons: usize,
    synapses: usize,
    /// Strongly connected components of the given network.
    components: usize,
    synapses_on_no_cycle: usize,
    /// Over the synapses that were balanced; null where f64 cannot hold it.
    cost_initial: Option<f64>,
    cost_final: Option<f64>,
    /// null without any cost.
    cost_initial_log10: Option<f64>,
    cost_final_log10: Option<f64>,
    max_node_imbalance_initial: f64,
    /// Measured on the rescaled weights.
    max_node_imbalance: f64,
    worst_node: usize,
    iterations: usize,
    passes: usize,
    seconds: f64,
}

pub fn run(options: &BalanceOptions) -> Result<Ending, CliError> {
    let network_file = options.output.iter().map(|path| (path.as_path(), Content::Network));
    let scales_file = options.scales.iter().map(|path| (path.as_path(), Content::Scales));
    check_outputs(&network_file.chain(scales_file).collect::<Vec<_>>())?;
    if let Some(digits) = options.digits {
        return to_digits(options, digits);
    }
    let network = read(&options.input)?;
    let progress = Progress::new();
    progress.say("balancing");
    let stop = stop(options.tol, options.max_passes);
    let solver = match options.stop_at_gradient {
        None => options.method.solver().map_err(BalanceError::from)?,
        part => Box::new(NewtonCg { stop_at_gradient: part, ..NewtonCg::default() }),
    };
    let balanced =
        Problem::new(&network, &options.input.spec(), scope(options.within_components))?.solve_by(&*solver, &stop)?;
    drop(progress);
    let summary = summary(&balanced, network.weights.synapses(), options);
    let good = balanced.outcome.status.is_balanced();
    let as_asked = good || matches!(balanced.outcome.status, Status::GradientReached { .. });
    if as_asked {
        if let Some(path) = &options.output {
            notify(&write_network(path, &balanced.network)?);
        }
        if let Some(path) = &options.scales {
            write_scales(path, &balanced.log_scales)?;
        }
    }
    if options.json {
        print_json(&summary)?;
    } else {
        print(&text(&summary))?;
    }
    note_on_no_cycle(&balanced);
    if !good {
        let kept = if !as_asked && (options.output.is_some() || options.scales.is_some()) {
            "; no file was written"
        } else {
            ""
        };
        let status = &balanced.outcome.status;
        eprintln!("synbal: {status}{}{kept}", advice::on_status(status));
    }
    Ok(if good { Ending::Good } else { Ending::Bad })
}

#[cfg(feature = "precise")]
fn to_digits(options: &BalanceOptions, digits: usize) -> Result<Ending, CliError> {
    super::digits::run(options, digits)
}

#[cfg(not(feature = "precise"))]
fn to_digits(_: &BalanceOptions, digits: usize) -> Result<Ending, CliError> {
    Err(CliError::WithoutPrecision { digits })
}

/// Says on standard error what was left out.
pub(super) fn note_on_no_cycle(balanced: &Run) {
    if !balanced.on_no_cycle.is_empty() {
        eprintln!(
            "synbal: note: {} synapses lie on no directed cycle; the others were balanced inside their components, these were scaled along",
            balanced.on_no_cycle.len()
        );
    }
}

fn summary(balanced: &Run, synapses: usize, options: &BalanceOptions) -> Summary {
    let outcome = &balanced.outcome;
    let in_range =
        |cost: f64, log2: f64| (cost.is_finite() && (cost > 0.0 || log2 == f64::NEG_INFINITY)).then_some(cost);
    let log10 = |log2: f64| log2.is_finite().then_some(log2 * std::f64::consts::LOG10_2);
    Summary {
        status: outcome.status.word(),
        explanation: outcome.status.to_string(),
        method: outcome.method,
        p: balanced.graph.p(),
        tol: options.tol,
        neurons: balanced.graph.neurons(),
        synapses,
        components: balanced.components,
        synapses_on_no_cycle: balanced.on_no_cycle.len(),
        cost_initial: in_range(balanced.cost_initial, balanced.log2_cost_initial),
        cost_final: in_range(balanced.cost_final, balanced.log2_cost_final),
        cost_initial_log10: log10(balanced.log2_cost_initial),
        cost_final_log10: log10(balanced.log2_cost_final),
        max_node_imbalance_initial: balanced.imbalance_initial,
        max_node_imbalance: balanced.imbalance_final,
        worst_node: outcome.worst_node,
        iterations: outcome.iterations,
        passes: outcome.passes,
        seconds: balanced.seconds,
    }
}

fn text(summary: &Summary) -> String {
    format!(
        "{} by {}: {} neurons, {} synapses, {} strong components, {} synapses on no cycle\n\
         cost (p = {}): {} -> {}\n\
         imbalance of the worst neuron: {:.3e} -> {:.3e} (tolerance {:e})\n\
         {} iterations, {} passes over the synapses, {:.4} s\n",
        summary.status,
        summary.method,
        summary.neurons,
        summary.synapses,
        summary.components,
        summary.synapses_on_no_cycle,
        summary.p,
        cost_text(summary.cost_initial, summary.cost_initial_log10),
        cost_text(summary.cost_final, summary.cost_final_log10),
        summary.max_node_imbalance_initial,
        summary.max_node_imbalance,
        summary.tol,
        summary.iterations,
        summary.passes,
        summary.seconds,
    )
}

/// A cost in as few digits as give it back, or as a power of ten where `f64` cannot hold it.
pub(super) fn cost_text(cost: Option<f64>, log10: Option<f64>) -> String {
    match (cost, log10) {
        (Some(cost), _) if cost == 0.0 || (1e-4..1e15).contains(&cost) => cost.to_string(),
        (Some(cost), _) => format!("{cost:e}"),
        (None, Some(log10)) => format!("10^{log10:.6}"),
        (None, None) => "unknown".to_owned(),
    }
}
