//! What is known of a network before anything is balanced.

use serde::Serialize;

use crate::balance::working_memory;
use crate::conserved::independent_count;
use crate::cost::{CostError, CostGraph, CostSpec};
use crate::flow::node_costs;
use crate::network::Network;

/// The facts of a network under a cost.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Facts {
    /// Number of neurons.
    pub neurons: usize,
    /// Number of synapses, self-synapses included.
    pub synapses: usize,
    /// Synapses of a neuron onto itself.
    pub self_synapses: usize,
    /// Synapses of negative weight.
    pub negative_synapses: usize,
    /// The name of the activation.
    pub activation: &'static str,
    /// Columns of the input weights.
    pub inputs: usize,
    /// Rows of the read-out weights.
    pub outputs: usize,
    /// Strongly connected components of the graph of costs.
    pub components: usize,
    /// Nodes in the largest of them.
    pub largest_component: usize,
    /// Weakly connected components.
    pub weak_components: usize,
    /// Synapses on no directed cycle.
    pub synapses_on_no_cycle: usize,
    /// Whether there are none of those, so that a balanced point exists.
    pub balanceable: bool,
    /// Conserved quantities of the flow that do not depend on each other: `E − n + (weak components)`.
    pub independent_conserved_quantities: usize,
    /// The smallest `|J|` that is not zero; none without synapses.
    pub smallest_weight: Option<f64>,
    /// The largest `|J|`.
    pub largest_weight: Option<f64>,
    /// `log10` of the largest over the smallest.
    pub dynamic_range_log10: Option<f64>,
    /// Exponent of the cost.
    pub p: f64,
    /// Total cost; none where `f64` cannot hold it.
    pub cost: Option<f64>,
    /// `log10` of the total cost; none without any cost.
    pub cost_log10: Option<f64>,
    /// `max |g_i|/(r_i + c_i)`.
    pub max_node_imbalance: f64,
    /// Bytes of memory that balancing takes, about.
    pub memory_bytes: u64,
}

/// Collects the facts.
///
/// # Errors
/// A cost that does not fit the network.
pub fn facts(network: &Network, spec: &CostSpec) -> Result<Facts, CostError> {
    let weights = &network.weights;
    let graph = CostGraph::of_network(network, spec)?;
    let structure = graph.facts();
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
        independent_conserved_quantities: independent_count(weights.pattern()),
        smallest_weight: smallest,
        largest_weight: largest,
        dynamic_range_log10: smallest.zip(largest).map(|(low, high)| high.log10() - low.log10()),
        p: spec.p,
        cost: cost.is_finite().then_some(cost).filter(|&cost| cost > 0.0 || log2_cost == f64::NEG_INFINITY),
        cost_log10: log2_cost.is_finite().then_some(log2_cost * std::f64::consts::LOG10_2),
        max_node_imbalance: if plain { imbalance.worst } else { graph.given_imbalance() },
        memory_bytes: working_memory(network),
    })
}
