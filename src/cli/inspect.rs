//! `synbal inspect`.

use serde::Serialize;
use synbal::cost::{CostGraph, CostSpec};
use synbal::flow::node_costs;
use synbal::io::Loaded;
use synbal::network::GraphFacts;

use super::advice::reducible;
use super::arguments::InspectOptions;
use super::console::{cost_text, counted, notify, print, print_json, read, short};
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
    let (loaded, _) = read(&options.input)?;
    let (spec, notices) = options.input.spec(&loaded)?;
    notify(&notices);
    let facts = facts(&loaded, &spec)?;
    if options.json {
        print_json(&facts)?;
    } else {
        let some_cycles = facts.synapses_on_no_cycle < facts.synapses - facts.self_synapses;
        print(&text(&facts, reducible(&loaded, some_cycles)))?;
    }
    Ok(Ending::Good)
}

fn facts(loaded: &Loaded, spec: &CostSpec) -> Result<Facts, CliError> {
    let network = &loaded.network;
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

fn text(facts: &Facts, advice: &str) -> String {
    let range = match (facts.smallest_weight, facts.largest_weight, facts.dynamic_range_log10) {
        (Some(low), Some(high), Some(decades)) => format!("|J| from {low:e} to {high:e} ({decades:.1} decades)"),
        _ => "no synapse".to_owned(),
    };
    let verdict = if facts.balanceable {
        "balanceable: every synapse lies on a directed cycle".to_owned()
    } else {
        let on_none = counted(facts.synapses_on_no_cycle, "synapse");
        let lie = if facts.synapses_on_no_cycle == 1 { "lies" } else { "lie" };
        format!("not balanceable as a whole: {on_none} {lie} on no directed cycle; {advice}")
    };
    format!(
        "{} ({}), {}: {} negative, {}; {}, {}\n\
         {}, the largest of {}; {}\n\
         {verdict}\n\
         weights: {range}\n\
         cost (p = {}): {}; imbalance of the worst neuron: {:.3e}\n\
         {} independent conserved quantities\n",
        counted(facts.neurons, "neuron"),
        facts.activation,
        counted(facts.synapses, "synapse"),
        facts.negative_synapses,
        counted(facts.self_synapses, "self-synapse"),
        counted(facts.inputs, "input"),
        counted(facts.outputs, "output"),
        counted(facts.components, "strong component"),
        counted(facts.largest_component, "neuron"),
        counted(facts.weak_components, "weak component"),
        short(facts.p),
        cost_text(facts.cost, facts.cost_log10),
        facts.max_node_imbalance,
        facts.independent_conserved_quantities,
    )
}
