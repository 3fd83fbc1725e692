//! The signed weights behind the costs of a graph.

use std::sync::{Arc, OnceLock};

use crate::network::{Pattern, Weights};
use crate::scalar::Scalar;

/// The signed weights of the synapses of a graph, in its order.
#[derive(Clone, Debug)]
pub(super) enum Signed<S> {
    /// Its own.
    Own(Vec<S>),
    /// Those of the network, which shares them; some of its synapses may not be in the graph.
    OfNetwork {
        weights: Weights<S>,
        /// Without those; made when first asked for.
        picked: OnceLock<Vec<S>>,
    },
}

impl<S: Scalar> Signed<S> {
    /// Those of a network.
    pub fn of_network(weights: Weights<S>) -> Self {
        Signed::OfNetwork { weights, picked: OnceLock::new() }
    }

    /// Of the synapses of a pattern: that of the graph.
    pub fn on(&self, pattern: &Arc<Pattern>) -> &[S] {
        match self {
            Signed::Own(values) => values,
            Signed::OfNetwork { weights, .. } if Arc::ptr_eq(weights.pattern(), pattern) => weights.values(),
            Signed::OfNetwork { weights, picked } => picked.get_or_init(|| weights.on(pattern).cloned().collect()),
        }
    }
}
