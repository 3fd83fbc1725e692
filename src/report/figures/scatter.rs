//! The network before and after: its weights, and what every neuron takes in and gives out.

use crate::experiments::Series;
use crate::flow::NodeCosts;
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
pub fn weights_before_and_after(network: &Network, balanced: &Network) -> Scatter {
    let (before, after) = (network.weights.values(), balanced.weights.values());
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
pub fn costs_per_neuron(before: &NodeCosts<f64>, after: &NodeCosts<f64>) -> Scatter {
    let cloud = |name, sums: &NodeCosts<f64>| {
        let points = sums.incoming.iter().zip(&sums.outgoing).filter(|&(&r, &c)| r > 0.0 && c > 0.0);
        Series::new(name, points.map(|(&r, &c)| (r, c)).collect())
    };
    Scatter { clouds: vec![cloud("before", before), cloud("after", after)], thinned_from: None }
}
