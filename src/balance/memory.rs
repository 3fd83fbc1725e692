//! How much memory balancing takes, known before it begins; and whether it can be had.

use super::Method;
use super::end::End;
#[cfg(feature = "precise")]
use super::precise_error::PreciseError;
use crate::network::Network;

/// Bytes for each synapse: 46, measured with ten million.
const A_SYNAPSE: u64 = 48;
/// Bytes that are needed whatever the size of the network.
const BESIDE: u64 = 64 << 20;

/// Matrices that the subtraction-free elimination holds: costs both ways, couplings, flows.
pub(super) const STAR_MESH_MATRICES: usize = 4;
/// Bytes of a number of many bits beside these.
#[cfg(feature = "precise")]
const BESIDE_THE_BITS: u64 = 64;

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

/// Asks whether so many bytes of memory can be had, at this moment. Nothing is kept. It is asked before work that would otherwise
/// end the process in its middle, without a sentence: an allocation that fails cannot be caught.
///
/// # Errors
/// The megabytes that these bytes are, where they cannot be had.
pub fn ask_for_memory(bytes: u64) -> Result<(), u64> {
    let had = usize::try_from(bytes).is_ok_and(|bytes| Vec::<u8>::new().try_reserve_exact(bytes).is_ok());
    if had { Ok(()) } else { Err(bytes.div_ceil(1 << 20)) }
}

/// Asks for so many dense matrices of so many rows and columns of `f64`.
pub(super) fn room_for_dense(matrices: usize, nodes: usize) -> Result<(), End> {
    let bytes = (nodes as u64).saturating_pow(2).saturating_mul((matrices * size_of::<f64>()) as u64);
    ask_for_memory(bytes).map_err(|megabytes| End::OutOfMemory { megabytes })
}

/// Asks for so many numbers of so many bits.
#[cfg(feature = "precise")]
pub(super) fn room_for_digits(numbers: usize, bits: u32) -> Result<(), PreciseError> {
    let bytes = (numbers as u64).saturating_mul(u64::from(bits / 8) + BESIDE_THE_BITS);
    ask_for_memory(bytes).map_err(|megabytes| PreciseError::OutOfMemory { megabytes })
}

/// Numbers of so many digits that are held for each synapse and for each node on the way to a balanced point. Measured with the
/// 2194 synapses of C. elegans and 5000 digits: four for each synapse.
#[cfg(feature = "precise")]
pub(super) const fn numbers_on_the_way(synapses: usize, nodes: usize) -> usize {
    synapses.saturating_mul(5).saturating_add(nodes.saturating_mul(10))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(feature = "precise")]
    #[test]
    fn digits_are_asked_for_before_they_are_computed() {
        assert_eq!(room_for_digits(numbers_on_the_way(2, 2), 8000), Ok(()));
        // 2^50 numbers of 1024 bytes.
        assert_eq!(
            room_for_digits(1 << 50, 8 * (1024 - BESIDE_THE_BITS as u32)),
            Err(PreciseError::OutOfMemory { megabytes: 1 << 40 })
        );
    }

    #[test]
    fn what_no_machine_has_cannot_be_had() {
        assert_eq!(ask_for_memory(1 << 20), Ok(()));
        assert_eq!(ask_for_memory(u64::MAX), Err(1 << 44));
        assert_eq!(room_for_dense(2, 100), Ok(()));
        // 2^60 bytes, more than a processor can address.
        assert_eq!(room_for_dense(2, 1 << 28), Err(End::OutOfMemory { megabytes: 1 << 40 }));
    }
}
