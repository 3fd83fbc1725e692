//! The network before and after: its weights, and what every neuron takes in and gives out.

use crate::balance::Run;
use crate::experiments::Series;
use crate::flow::node_costs;
use crate::network::Network;

/// Two clouds of points, before and after.
#[derive(Clone, Debug, PartialEq)]
pub struct Scatter {
    /// The clouds.
    pub clouds: Vec<Series>,
    /// How many points there were before thinning, if any were left out.
    pub thinned_from: Option<usize>,
}

/// Points in one cloud; more are thinned evenly.
const LARGEST_CLOUD: usize = 600;

/// `|J|` after against `|J|` before, one point a synapse, excitatory and inhibitory apart.
pub fn weights_before_and_after(network: &Network, balanced: &Run) -> Scatter {
    let (before, after) = (network.weights.values(), balanced.network.weights.values());
    let stride = before.len().div_ceil(LARGEST_CLOUD).max(1);
    let cloud = |name, keep: fn(f64) -> bool| {
        let points = before.iter().zip(after).step_by(stride).filter(|(x, _)| keep(**x));
        Series::new(name, points.map(|(x, y)| (x.abs(), y.abs())).collect())
    };
    Scatter {
        clouds: vec![cloud("positive weights", |x| x > 0.0), cloud("negative weights", |x| x < 0.0)],
        thinned_from: (stride > 1).then_some(before.len()),
    }
}

/// Outgoing against incoming cost, one point a neuron, before and after; neurons without either are left out.
pub fn costs_per_neuron(balanced: &Run) -> Scatter {
    let graph = &balanced.graph;
    let cloud = |name, h: &[f64]| {
        let sums = node_costs(graph.pattern(), &graph.costs_at(h), &0.0);
        let points = sums.incoming.iter().zip(&sums.outgoing).filter(|&(&r, &c)| r > 0.0 && c > 0.0);
        Series::new(name, points.map(|(&r, &c)| (r, c)).collect())
    };
    // The network as given, also where the graph sees it prescaled.
    let start = graph.prescaled(&vec![0.0; graph.nodes()]);
    Scatter { clouds: vec![cloud("before", &start), cloud("after", &balanced.outcome.h)], thinned_from: None }
}
