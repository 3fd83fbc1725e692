//! How much memory balancing takes, known before it begins.

use crate::network::Network;

/// Bytes for each synapse: 48 to 64, measured with nine million.
const A_SYNAPSE: u64 = 64;
/// Bytes that are needed whatever the size of the network.
const BESIDE: u64 = 64 << 20;

/// Bytes of memory that balancing a network takes, about: the network, its costs and what the solvers hold.
pub fn working_memory(network: &Network) -> u64 {
    (network.weights.synapses() as u64).saturating_mul(A_SYNAPSE).saturating_add(BESIDE)
}
