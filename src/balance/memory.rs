//! How much memory balancing takes, known before it begins.

use super::Method;
use crate::network::Network;

/// Bytes for each synapse: 46, measured with ten million.
const A_SYNAPSE: u64 = 48;
/// Bytes that are needed whatever the size of the network.
const BESIDE: u64 = 64 << 20;

/// Bytes of memory that balancing a network takes, about: the network, its costs and what the solvers hold.
pub fn working_memory(network: &Network, method: Method) -> u64 {
    let a_synapse = A_SYNAPSE + (size_of::<f64>() * numbers_of_the_flow(method)) as u64;
    (network.weights.synapses() as u64).saturating_mul(a_synapse).saturating_add(BESIDE)
}

/// Numbers for each synapse that a method holds which follows the weights themselves: its stages and what is made of them.
/// Measured with one and a half million.
fn numbers_of_the_flow(method: Method) -> usize {
    match method {
        Method::Rk4Weights => 11,
        Method::Dopri5Weights => 16,
        Method::Dop853Weights => 23,
        _ => 0,
    }
}
