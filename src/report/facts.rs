//! What is known of a network before anything is balanced.

use serde::Serialize;

use crate::balance::{DegreeError, DegreeProblem, Method, Scope, working_memory};
use crate::conserved::independent_count;
use crate::cost::{CostGraph, CostSpec, DegreeCosts};
use crate::network::{GraphFacts, Network};

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
    /// The degrees of homogeneity that its neurons have, each once, ascending.
    pub degrees: Vec<f64>,
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
    /// Whether a balanced point exists: for degree one, whether there are none of those.
    pub balanceable: bool,
    /// Why there is none, for other degrees: the direction in which the cost falls without end.
    pub falls_without_end: Option<String>,
    /// Conserved quantities of the flow that do not depend on each other: `E − n + (weak components)`; none for other degrees,
    /// whose cycles' products are not conserved.
    pub independent_conserved_quantities: Option<usize>,
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
    /// `max |r_i − k_i c_i|/(r_i + k_i c_i)`.
    pub max_node_imbalance: f64,
    /// Bytes of memory that balancing takes, about.
    pub memory_bytes: u64,
}

/// What depends on the degrees.
struct Balance {
    structure: GraphFacts,
    falls_without_end: Option<String>,
    cost: f64,
    log2_cost: f64,
    imbalance: f64,
}

impl Balance {
    fn of_degree_one(network: &Network, spec: &CostSpec) -> Result<Self, DegreeError> {
        let graph = CostGraph::of_network(network, spec)?;
        Ok(Balance {
            structure: graph.facts().clone(),
            falls_without_end: None,
            cost: graph.given_total(),
            log2_cost: graph.given_log2_total(),
            imbalance: graph.given_imbalance(),
        })
    }

    fn of_other_degrees(network: &Network, spec: &CostSpec) -> Result<Self, DegreeError> {
        let costs = DegreeCosts::of_network(network, spec)?;
        let falls_without_end = match DegreeProblem::new(network, spec, Scope::Whole) {
            Ok(_) => None,
            Err(reason @ DegreeError::NoMinimum { .. }) => Some(reason.to_string()),
            Err(fault) => return Err(fault),
        };
        let cost = costs.total(costs.initial_costs(), &0.0);
        // More nodes than an index holds: no network has them.
        let structure = costs.graph_facts().ok_or(DegreeError::Undecided { neuron: 0 })?;
        let imbalance = costs.pulls(costs.initial_costs(), &0.0).imbalance().worst;
        Ok(Balance { structure, falls_without_end, cost, log2_cost: cost.log2(), imbalance })
    }
}

/// Collects the facts.
///
/// # Errors
/// A cost that does not fit the network; or a cycle whose degrees have a product so near one that rounding hides whether there is
/// a balanced point.
pub fn facts(network: &Network, spec: &CostSpec) -> Result<Facts, DegreeError> {
    let weights = &network.weights;
    let of = network.activation.homogeneous_degrees()?;
    let one = of.are_one();
    let balance = if one { Balance::of_degree_one(network, spec)? } else { Balance::of_other_degrees(network, spec)? };
    let mut degrees: Vec<f64> = (0..weights.neurons()).map(|neuron| of.at(neuron)).collect();
    degrees.sort_by(f64::total_cmp);
    degrees.dedup();
    let Balance { structure, falls_without_end, cost, log2_cost, imbalance } = balance;
    let sizes = weights.values().iter().map(|value| value.abs());
    let smallest = sizes.clone().reduce(f64::min);
    let largest = sizes.reduce(f64::max);
    Ok(Facts {
        neurons: weights.neurons(),
        synapses: weights.synapses(),
        self_synapses: weights.self_synapses(),
        negative_synapses: weights.values().iter().filter(|&&value| value < 0.0).count(),
        activation: network.activation.name(),
        degrees,
        inputs: network.w_in.as_ref().map_or(0, |w_in| w_in.ncols()),
        outputs: network.w_out.as_ref().map_or(0, |w_out| w_out.nrows()),
        components: structure.strong_sizes().len(),
        largest_component: structure.strong_sizes().iter().copied().max().unwrap_or(0),
        weak_components: structure.weak_count(),
        synapses_on_no_cycle: structure.on_no_cycle().len(),
        balanceable: if one { structure.is_balanceable() } else { falls_without_end.is_none() },
        falls_without_end,
        independent_conserved_quantities: one.then(|| independent_count(weights.pattern())),
        smallest_weight: smallest,
        largest_weight: largest,
        dynamic_range_log10: smallest.zip(largest).map(|(low, high)| high.log10() - low.log10()),
        p: spec.p,
        cost: cost.is_finite().then_some(cost).filter(|&cost| cost > 0.0 || log2_cost == f64::NEG_INFINITY),
        cost_log10: log2_cost.is_finite().then_some(log2_cost * std::f64::consts::LOG10_2),
        max_node_imbalance: imbalance,
        memory_bytes: working_memory(network, Method::Auto),
    })
}
