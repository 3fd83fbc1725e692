//! `synbal balance`.

use serde::Serialize;
use synbal::balance::{Balanced, balance};
use synbal::io::{write_network, write_scales};

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
    /// Over the synapses that were balanced, times 2^cost_unit_log2.
    cost_initial: f64,
    cost_final: f64,
    /// Zero unless the costs themselves are outside the range of f64.
    cost_unit_log2: f64,
    max_node_imbalance_initial: f64,
    /// Measured on the rescaled weights.
    max_node_imbalance: f64,
    worst_node: usize,
    iterations: usize,
    passes: usize,
    seconds: f64,
}

pub fn run(options: &BalanceOptions) -> Result<Ending, CliError> {
    let network = read(&options.input)?;
    let progress = Progress::new();
    progress.say("balancing");
    let stop = stop(options.tol, options.max_passes);
    let balanced = balance(&network, &options.input.spec(), scope(options.within_components), options.method, &stop)?;
    drop(progress);
    let summary = summary(&balanced, network.weights.synapses(), options);
    let good = balanced.outcome.status.is_balanced();
    if good {
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
    if !balanced.on_no_cycle.is_empty() {
        eprintln!(
            "synbal: note: {} synapses lie on no directed cycle; the others were balanced inside their components, these were scaled along",
            balanced.on_no_cycle.len()
        );
    }
    if !good {
        let kept = if options.output.is_some() || options.scales.is_some() { "; no file was written" } else { "" };
        eprintln!("synbal: {}{kept}", balanced.outcome.status);
    }
    Ok(if good { Ending::Good } else { Ending::Bad })
}

fn summary(balanced: &Balanced, synapses: usize, options: &BalanceOptions) -> Summary {
    let outcome = &balanced.outcome;
    let unit = balanced.graph.p() * f64::from(balanced.graph.frame().unit());
    let in_plain_units = |cost: f64| cost * unit.exp2();
    let fits = |cost: f64| in_plain_units(cost).is_finite() && (cost == 0.0 || in_plain_units(cost).is_normal());
    let plain = fits(balanced.cost_initial) && fits(outcome.cost);
    let cost = |cost: f64| if plain { in_plain_units(cost) } else { cost };
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
        cost_initial: cost(balanced.cost_initial),
        cost_final: cost(outcome.cost),
        cost_unit_log2: if plain { 0.0 } else { unit },
        max_node_imbalance_initial: balanced.imbalance_initial,
        max_node_imbalance: balanced.imbalance_final,
        worst_node: outcome.worst_node,
        iterations: outcome.iterations,
        passes: outcome.passes,
        seconds: balanced.seconds,
    }
}

fn text(summary: &Summary) -> String {
    let unit =
        if summary.cost_unit_log2 == 0.0 { String::new() } else { format!(" (times 2^{})", summary.cost_unit_log2) };
    format!(
        "{} by {}: {} neurons, {} synapses, {} strong components, {} synapses on no cycle\n\
         cost (p = {}): {} -> {}{unit}\n\
         imbalance of the worst neuron: {:.3e} -> {:.3e} (tolerance {:e})\n\
         {} iterations, {} passes over the synapses, {:.4} s\n",
        summary.status,
        summary.method,
        summary.neurons,
        summary.synapses,
        summary.components,
        summary.synapses_on_no_cycle,
        summary.p,
        summary.cost_initial,
        summary.cost_final,
        summary.max_node_imbalance_initial,
        summary.max_node_imbalance,
        summary.tol,
        summary.iterations,
        summary.passes,
        summary.seconds,
    )
}
