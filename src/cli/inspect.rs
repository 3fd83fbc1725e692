//! `synbal inspect`.

use serde::Serialize;
use synbal::cost::{CostGraph, CostSpec};
use synbal::flow::node_costs;
use synbal::network::{GraphFacts, Network};

use super::arguments::InspectOptions;
use super::balance::cost_text;
use super::console::{print, print_json, read};
use super::{CliError, Ending};

/// The facts of a network.
#[derive(Debug, Serialize)]
struct Facts {
    neurons: usize,
    synapses: usize,
    self_synapses: usize,
    negative_synapses: usize,
    activation: &'static str,
    inputs: usize,
    outputs: usize,
    /// Strongly connected components; their largest; weak components.
    components: usize,
    largest_component: usize,
    weak_components: usize,
    synapses_on_no_cycle: usize,
    balanceable: bool,
    independent_conserved_quantities: usize,
    smallest_weight: Option<f64>,
    largest_weight: Option<f64>,
    dynamic_range_log10: Option<f64>,
    p: f64,
    /// null where f64 cannot hold it.
    cost: Option<f64>,
    cost_log10: Option<f64>,
    max_node_imbalance: f64,
}

pub fn run(options: &InspectOptions) -> Result<Ending, CliError> {
    let network = read(&options.input)?;
    let facts = facts(&network, &options.input.spec())?;
    if options.json {
        print_json(&facts)?;
    } else {
        print(&text(&facts))?;
    }
    Ok(Ending::Good)
}

fn facts(network: &Network, spec: &CostSpec) -> Result<Facts, CliError> {
    let weights = &network.weights;
    let graph = CostGraph::of_network(network, spec)?;
    let structure: &GraphFacts = graph.facts();
    let sums = node_costs(graph.pattern(), graph.initial_costs(), &0.0);
    let imbalance = sums.imbalance();
    let plain = graph.prescaling().is_identity();
    let log2_cost = graph.given_log2_total();
    let cost = if plain { graph.total(graph.initial_costs()) } else { log2_cost.exp2() };
    let sizes = weights.values().iter().map(|value| value.abs());
    let smallest = sizes.clone().reduce(f64::min);
    let largest = sizes.reduce(f64::max);
    Ok(Facts {
        neurons: weights.neurons(),
        synapses: weights.synapses(),
        self_synapses: weights.triplets().filter(|(i, j, _)| i == j).count(),
        negative_synapses: weights.values().iter().filter(|&&value| value < 0.0).count(),
        activation: network.activation.name(),
        inputs: network.w_in.as_ref().map_or(0, |w_in| w_in.ncols()),
        outputs: network.w_out.as_ref().map_or(0, |w_out| w_out.nrows()),
        components: structure.strong_sizes().len(),
        largest_component: structure.strong_sizes().iter().copied().max().unwrap_or(0),
        weak_components: structure.weak_count(),
        synapses_on_no_cycle: structure.on_no_cycle().len(),
        balanceable: structure.is_balanceable(),
        independent_conserved_quantities: synbal::conserved::independent_count(weights.pattern()),
        smallest_weight: smallest,
        largest_weight: largest,
        dynamic_range_log10: smallest.zip(largest).map(|(low, high)| high.log10() - low.log10()),
        p: spec.p,
        cost: cost.is_finite().then_some(cost).filter(|&cost| cost > 0.0 || log2_cost == f64::NEG_INFINITY),
        cost_log10: log2_cost.is_finite().then_some(log2_cost * std::f64::consts::LOG10_2),
        max_node_imbalance: if plain { imbalance.worst } else { graph.given_imbalance() },
    })
}

fn text(facts: &Facts) -> String {
    let range = match (facts.smallest_weight, facts.largest_weight, facts.dynamic_range_log10) {
        (Some(low), Some(high), Some(decades)) => format!("|J| from {low:e} to {high:e} ({decades:.1} decades)"),
        _ => "no synapse".to_owned(),
    };
    let verdict = if facts.balanceable {
        "balanceable: every synapse lies on a directed cycle".to_owned()
    } else {
        format!(
            "not balanceable as a whole: {} synapses lie on no directed cycle (balance it with --within-components)",
            facts.synapses_on_no_cycle
        )
    };
    format!(
        "{} neurons ({}), {} synapses: {} negative, {} self-synapses; {} inputs, {} outputs\n\
         {} strong components, the largest of {} neurons; {} weak components\n\
         {verdict}\n\
         weights: {range}\n\
         cost (p = {}): {}; imbalance of the worst neuron: {:.3e}\n\
         {} independent conserved quantities\n",
        facts.neurons,
        facts.activation,
        facts.synapses,
        facts.negative_synapses,
        facts.self_synapses,
        facts.inputs,
        facts.outputs,
        facts.components,
        facts.largest_component,
        facts.weak_components,
        facts.p,
        cost_text(facts.cost, facts.cost_log10),
        facts.max_node_imbalance,
        facts.independent_conserved_quantities,
    )
}
