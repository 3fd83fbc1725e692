//! One network that several processes share: each has its rows.

use std::sync::Arc;

use synbal::balance::{Method, working_memory};
use synbal::io::{Loaded, read_part};
use synbal::network::{Activation, Network};
use synbal::ranks::{Ranks, Spread, agree};

use super::CliError;
use super::console::{READING, ask_for_memory};
use super::input_arguments::InputOptions;

/// Bytes of memory for each neuron, whatever the synapses: the vectors of the solver.
const A_NEURON: u64 = 256;
/// And for each synapse, beside what balancing takes: what processes tell each other. Counted in docs/beyond-one-machine.md.
const ON_THE_WAY: u64 = 52;

/// What a process has of a network.
pub struct Shared {
    /// The network, in which the rows of the other processes are empty.
    pub loaded: Loaded,
    /// Which rows each process has.
    pub spread: Arc<Spread>,
    /// The synapses of all.
    pub synapses: usize,
}

/// Reads the rows of this process, and asks for the memory that balancing them takes.
pub fn read(input: &InputOptions, within_components: bool, ranks: &Arc<dyn Ranks>) -> Result<Shared, CliError> {
    let bytes = std::fs::metadata(&input.input).map_or(0, |file| file.len());
    agree(&**ranks, ask_for_memory((bytes / ranks.count() as u64).saturating_mul(READING)))?;
    let part = read_part(&input.input, ranks)?;
    let part = if within_components { part.within_components()? } else { part };
    let activation = match input.read_options()?.activation {
        None => Activation::Relu.into(),
        Some(given) => given.of(None, part.weights.neurons())?,
    };
    let network = Network::recurrent(part.weights, activation);
    if !network.activation.homogeneous_degrees()?.are_one() {
        return Err(CliError::NotOnRanks { option: "an activation whose degree is not one" });
    }
    let beside = A_NEURON * network.weights.neurons() as u64 + ON_THE_WAY * network.weights.synapses() as u64;
    agree(&**ranks, ask_for_memory(working_memory(&network, Method::Auto).saturating_add(beside)))?;
    let loaded = Loaded { network, notices: part.notices, names: None, model: None };
    Ok(Shared { loaded, spread: part.spread, synapses: part.synapses })
}

/// Refuses options that one process takes and several do not: those about the input, and others that are given or not.
pub fn refuse(input: &InputOptions, others: &[(bool, &'static str)]) -> Result<(), CliError> {
    let of_problem = [(input.world.is_some(), "--world"), (input.gains.is_some(), "--gains")];
    match others.iter().chain(&of_problem).chain(&input.form.given()).find(|(given, _)| *given) {
        Some((_, option)) => Err(CliError::NotOnRanks { option }),
        None => Ok(()),
    }
}
