//! The neurons that are furthest from balance.

use super::WorstNeuron;
use crate::flow::NodeCosts;

/// So many neurons are named.
const WORST: usize = 10;

/// The neurons that are furthest from balance by the costs into and out of every neuron, and the log-scales that balance them (n);
/// equals in the order of their numbers.
pub(super) fn worst_neurons_of(sums: &NodeCosts<f64>, log_scales: &[f64]) -> Vec<WorstNeuron> {
    let mut neurons: Vec<WorstNeuron> = log_scales
        .iter()
        .enumerate()
        .filter_map(|(neuron, &log_scale)| {
            let (incoming, outgoing) = (sums.incoming[neuron], sums.outgoing[neuron]);
            let imbalance = sums.relative_imbalance(neuron)?;
            Some(WorstNeuron { neuron, name: None, incoming, outgoing, imbalance, log_scale })
        })
        .filter(|neuron| neuron.imbalance > 0.0)
        .collect();
    neurons.sort_by(|a, b| b.imbalance.total_cmp(&a.imbalance).then(a.neuron.cmp(&b.neuron)));
    neurons.truncate(WORST);
    neurons
}
