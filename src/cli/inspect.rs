//! `synbal inspect`.

use synbal::report::{Facts, facts};

use super::advice::reducible;
use super::arguments::InspectOptions;
use super::console::{cost_text, counted, notify, print, print_json, read, short};
use super::{CliError, Ending};

pub fn run(options: &InspectOptions) -> Result<Ending, CliError> {
    let (loaded, _) = read(&options.input)?;
    let (spec, notices) = options.input.spec(&loaded)?;
    notify(&notices);
    let facts = facts(&loaded.network, &spec)?;
    if options.json {
        print_json(&facts)?;
    } else {
        let some_cycles = facts.synapses_on_no_cycle < facts.synapses - facts.self_synapses;
        print(&text(&facts, reducible(&loaded, some_cycles)))?;
    }
    Ok(Ending::Good)
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
         {} independent conserved quantities\n\
         balancing takes about {} MB of memory\n",
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
        facts.memory_bytes.div_ceil(1 << 20),
    )
}
