//! What is to be balanced: a network under a cost, its graph built once.

use std::sync::Arc;

use super::method::LeftOut;
use crate::cost::{CostError, CostGraph, CostSpec};
use crate::network::{Network, NetworkError};

/// Which synapses are to be balanced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All of them; an error if some lie on no cycle.
    Whole,
    /// Those inside strongly connected components; the rest is scaled along.
    WithinComponents,
}

/// Why a network cannot be balanced at all.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum BalanceError {
    /// `count` of `synapses` synapses lie on no directed cycle, so no balanced point exists: `examples`.
    #[error("{count} of {synapses} synapses lie on no directed cycle, so no balanced point exists: {examples}")]
    NotBalanceable {
        /// How many.
        count: usize,
        /// Number of synapses.
        synapses: usize,
        /// The first of them.
        examples: String,
        /// All of them, as (target, source).
        on_no_cycle: Vec<(usize, usize)>,
    },
    /// The tolerance is `value`.
    #[error("the tolerance is {value}; it must lie between 0 and 1")]
    BadTolerance {
        /// The value found.
        value: f64,
    },
    /// The allowance of passes is 0.
    #[error("the allowance of passes is 0; it must be at least 1")]
    NoPasses,
    /// A fault found there: [`LeftOut`].
    #[error(transparent)]
    LeftOut(#[from] LeftOut),
    /// A fault found there: [`CostError`].
    #[error(transparent)]
    Cost(#[from] CostError),
    /// A fault found there: [`NetworkError`].
    #[error(transparent)]
    Network(#[from] NetworkError),
}

/// A network, a cost and the synapses that are to be balanced, with the graph of their costs: built once, for solving by
/// any number of methods and for certifying what they find.
#[derive(Clone, Debug)]
pub struct Problem<'a> {
    network: &'a Network,
    spec: CostSpec,
    scope: Scope,
    graph: Arc<CostGraph>,
    components: usize,
    on_no_cycle: Arc<[(usize, usize)]>,
}

/// Synapses named in a message before it ends in "…".
const EXAMPLES: usize = 5;

impl<'a> Problem<'a> {
    /// Builds the graph of the costs.
    ///
    /// # Errors
    /// A cost that does not fit the network, or (for [`Scope::Whole`]) synapses on no cycle.
    pub fn new(network: &'a Network, spec: &CostSpec, scope: Scope) -> Result<Self, BalanceError> {
        let all = CostGraph::of_network(network, spec)?;
        let on_no_cycle = all.synapses_on_no_cycle();
        let components = all.facts().strong_sizes().len();
        let graph = match (on_no_cycle.is_empty(), scope) {
            (true, _) => all,
            (false, Scope::WithinComponents) => all.within_components(),
            (false, Scope::Whole) => {
                return Err(BalanceError::NotBalanceable {
                    count: on_no_cycle.len(),
                    // Accumulated noise has synapses of its own, one wherever some path leads.
                    synapses: match spec.accumulated {
                        None => network.weights.synapses(),
                        Some(_) => all.pattern().len(),
                    },
                    examples: examples(&on_no_cycle, all.world()),
                    on_no_cycle,
                });
            }
        };
        let (graph, on_no_cycle) = (Arc::new(graph), on_no_cycle.into());
        Ok(Problem { network, spec: spec.clone(), scope, graph, components, on_no_cycle })
    }

    /// The network as given.
    pub fn network(&self) -> &'a Network {
        self.network
    }

    /// The cost.
    pub fn spec(&self) -> &CostSpec {
        &self.spec
    }

    /// Which synapses are to be balanced.
    pub fn scope(&self) -> Scope {
        self.scope
    }

    /// The graph of the costs that are to be balanced.
    pub fn graph(&self) -> &Arc<CostGraph> {
        &self.graph
    }

    /// Strongly connected components of the whole graph.
    pub fn components(&self) -> usize {
        self.components
    }

    /// The synapses on no cycle, as (target, source); empty unless the scope leaves them out.
    pub fn on_no_cycle(&self) -> &Arc<[(usize, usize)]> {
        &self.on_no_cycle
    }
}

fn examples(pairs: &[(usize, usize)], world: Option<usize>) -> String {
    let name = |node: usize| if Some(node) == world { "world".to_owned() } else { node.to_string() };
    let mut text: Vec<String> =
        pairs.iter().take(EXAMPLES).map(|&(i, j)| format!("{} -> {}", name(j), name(i))).collect();
    if pairs.len() > EXAMPLES {
        text.push("...".to_owned());
    }
    format!("{} (source -> target, neurons count from 0)", text.join(", "))
}
