//! `synbal inspect`.

use synbal::balance::Method;
use synbal::report::{Facts, facts};

use super::advice::reducible;
use super::arguments::InspectOptions;
use super::console::{cost_text, counted, memory_of, notify, print, print_json, read, short};
use super::{CliError, Ending};

pub fn run(options: &InspectOptions) -> Result<Ending, CliError> {
    let (loaded, _) = read(&options.input)?;
    let (spec, notices) = options.input.spec(&loaded)?;
    notify(&notices);
    let mut facts = facts(&loaded.network, &spec)?;
    facts.memory_bytes = memory_of(&loaded, Method::Auto);
    if options.json {
        print_json(&facts)?;
    } else {
        let some_cycles = facts.synapses_on_no_cycle < facts.synapses - facts.self_synapses;
        print(&text(&facts, reducible(&loaded, options.input.world.is_some(), some_cycles)))?;
    }
    Ok(Ending::Good)
}

fn text(facts: &Facts, advice: &str) -> String {
    let range = match (facts.smallest_weight, facts.largest_weight, facts.dynamic_range_log10) {
        (Some(low), Some(high), Some(decades)) => format!("|J| from {low:e} to {high:e} ({decades:.1} decades)"),
        _ => "no synapse".to_owned(),
    };
    let verdict = if let Some(reason) = &facts.falls_without_end {
        format!("not balanceable: {reason}")
    } else if facts.balanceable && facts.degrees != [1.0] {
        let degrees: Vec<String> = facts.degrees.iter().map(|degree| short(*degree)).collect();
        format!("balanceable (incoming = k outgoing, degrees k = {}): the cost has a minimum", degrees.join(", "))
    } else if facts.balanceable {
        "balanceable: every synapse lies on a directed cycle".to_owned()
    } else {
        let on_none = counted(facts.synapses_on_no_cycle, "synapse");
        let lie = if facts.synapses_on_no_cycle == 1 { "lies" } else { "lie" };
        format!("not balanceable as a whole: {on_none} {lie} on no directed cycle; {advice}")
    };
    let conserved = facts.independent_conserved_quantities;
    let conserved = conserved.map_or(String::new(), |count| {
        format!("{count} independent conserved {}\n", if count == 1 { "quantity" } else { "quantities" })
    });
    format!(
        "{} ({}), {}: {} negative, {}; {}, {}\n\
         {}, the largest of {}; {}\n\
         {verdict}\n\
         weights: {range}\n\
         cost (p = {}): {}; imbalance of the worst neuron: {:.3e}\n\
         {conserved}\
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
        facts.memory_bytes.div_ceil(1 << 20),
    )
}
