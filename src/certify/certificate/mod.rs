//! Integer certificates: a proof of a balancing that fits in O(neurons) integers.
//!
//! The maker of what [`crate::check`] checks. It may use floating point as it likes: whatever it writes is proved, or
//! refused, by the checker from the integers alone. What they mean: `proofs/Definitions/Checker.v`; the file: [`mod@format`].

mod circulation;
mod coq;
pub mod format;
pub(crate) mod integers;
mod make;
mod noise;
mod solve;

pub use crate::sha256::sha256;
pub(crate) use format::sealed;
pub use integers::{CertifiedSynapse, Power};
pub use make::certify;
pub(crate) use make::factors;

use num_bigint::BigUint;

use crate::balance::Scope;
use crate::cost::CostError;
use crate::network::NetworkError;

/// A certificate with the synapses that it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// The exponent p.
    pub power: Power,
    /// Which synapses were certified.
    pub scope: Scope,
    /// The bits of the cost factor of each source neuron (n); `None` where all are 1.
    alpha_bits: Option<Vec<u64>>,
    /// The steps that noise is accumulated over, and the bits of what each weighs relative to the one before; `None` for the
    /// weights' own costs.
    accumulated: Option<(u32, u64)>,
    /// The bits of λ of the world node; the world is the last node.
    world_bits: Option<u64>,
    /// s: the integer W is the cost `W/2^s`.
    pub cost_unit_bits: u32,
    /// k: the radius is in units of `2^-k/p`.
    pub radius_unit_bits: u32,
    /// The scales `E_i`, one for each node.
    pub scale: Vec<BigUint>,
    /// The ground state `v_i`, 0 at roots.
    pub ground: Vec<BigUint>,
    /// The root of each node's component, counted from 0.
    pub component: Vec<usize>,
    /// All synapses in scope, by (target, source).
    pub synapses: Vec<CertifiedSynapse>,
    /// Cost at the log-scales less the least cost, at most, in units of cost.
    pub gap: BigUint,
    /// `(L v)_i ≥ lam`.
    pub lam: BigUint,
    /// `v_i ≤ vmax`.
    pub vmax: BigUint,
    /// `p|h_i − balanced h_i| ≤ radius/2^k`.
    pub radius: BigUint,
    /// How far the log-scales `ln(E_i)/p` are from the given ones.
    pub distance_to_given: DistanceToGiven,
}

/// How far the differences of the certified log-scales within a component are from those of the given ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DistanceToGiven {
    /// At most `2^-bits/p`.
    Within {
        /// Bits to which they agree.
        bits: u32,
    },
    /// They were improved on.
    Refined,
}

/// What to do with the log-scales that are to be certified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refine {
    /// Improve them by Newton steps in integers, beyond the precision of `f64`.
    Yes,
    /// Certify them as they are.
    No,
}

/// How the costs are rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Costs {
    /// Fine enough that the rounding of the costs does not limit what is proved.
    Rounded,
    /// Exactly, if p is whole and that takes at most [`LARGEST_EXACT_UNIT`] bits.
    ExactIfPossible,
}

/// Bits of the cost unit that exactness is worth.
pub const LARGEST_EXACT_UNIT: u32 = 1024;

/// Why there is no certificate.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CertifyError {
    /// Certificates need an exponent p that is a/b with b one of 1, 2, 4, 8, 16 and a from 1 to 64, but p is `p`.
    #[error(
        "certificates need an exponent p that is a/b with b one of 1, 2, 4, 8, 16 and a from 1 to 64, but p is {p}; choose the nearest such p"
    )]
    Exponent {
        /// The exponent p of the cost.
        p: f64,
    },
    /// Certificates are for cost factors alpha that depend on the source neuron alone.
    #[error("certificates are for cost factors alpha that depend on the source neuron alone; give one for each neuron")]
    Alpha,
    /// An entry of the matrix of accumulated noise is zero exactly but not as it was computed in f64, or the reverse.
    #[error(
        "the matrix of accumulated noise, computed in f64, has not the entries that it has exactly: sums cancel; change a weight in its last digit"
    )]
    Cancelled,
    /// Coq files of certificates are about the costs of weights, not about accumulated noise.
    #[error(
        "Coq files of certificates are about the costs of weights; the certificate of accumulated noise itself is checked by the checker extracted from the proofs"
    )]
    CoqOfNoise,
    /// The log-scale of neuron `neuron` is `value`, too far from zero or from those of its component.
    #[error(
        "the log-scale of node {neuron} (counted from 0, the world last) is {value}, too far from zero or from those of its component; balance the network again"
    )]
    ScaleOutOfRange {
        /// The node, counted from 0; the world is the last.
        neuron: usize,
        /// The value found.
        value: f64,
    },
    /// The costs would need `bits` bits, more than `limit`.
    #[error("the costs would need {bits} bits, more than {limit}; they span too many orders of magnitude")]
    TooManyBits {
        /// Bits needed.
        bits: f64,
        /// The most bits that they may have.
        limit: u32,
    },
    /// The Laplacian of the component of node `node` is singular: its costs are too far apart for f64.
    #[error(
        "the Laplacian of the component of node {node} (counted from 0, the world last) is singular: its costs are too far apart for f64"
    )]
    Singular {
        /// The node, counted from 0; the world is the last.
        node: usize,
    },
    /// See the message.
    #[error("{0}; its costs are too far apart")]
    NotSolved(#[from] crate::laplacian::NotSolved),
    /// The ground state at node `node` proves nothing: (L v) or v is not positive.
    #[error(
        "the ground state at node {node} (counted from 0, the world last) proves nothing: (L v) or v is not positive; the costs are too far apart"
    )]
    NotPositive {
        /// The node, counted from 0; the world is the last.
        node: usize,
    },
    /// The log-scales are too far from balanced to prove anything about the balanced point (the worst neuron is
    /// `node`).
    #[error(
        "the log-scales are too far from balanced to prove anything about the balanced point (the worst node, counted from 0 and the world last, is {node}); balance to a smaller tolerance"
    )]
    NotBalancedEnough {
        /// The node, counted from 0; the world is the last.
        node: usize,
    },
    /// The synapse from `source_index` to `target` is too weak to even out the imbalance that is left.
    #[error(
        "the synapse from {source_index} to {target} (counted from 0, the world last) is too weak to even out the imbalance that is left; balance to a smaller tolerance"
    )]
    TooWeak {
        /// The synapse's target, counted from 0; the world is the last.
        target: usize,
        /// The synapse's source, counted from 0; the world is the last.
        source_index: usize,
    },
    /// A fault found there: [`CostError`].
    #[error(transparent)]
    Cost(#[from] CostError),
    /// A fault found there: [`NetworkError`].
    #[error(transparent)]
    Network(#[from] NetworkError),
}

impl Certificate {
    /// The cost factor of each source neuron (n), `None` where all are 1.
    pub fn alpha(&self) -> Option<Vec<f64>> {
        self.alpha_bits.as_ref().map(|alpha| alpha.iter().map(|&bits| f64::from_bits(bits)).collect())
    }

    /// The steps that noise is accumulated over and what each weighs relative to the one before, if the costs are those of
    /// accumulated noise.
    pub fn accumulated(&self) -> Option<(u32, f64)> {
        self.accumulated.map(|(steps, bits)| (steps, f64::from_bits(bits)))
    }

    /// λ of the world node, if there is one.
    pub fn world(&self) -> Option<f64> {
        self.world_bits.map(f64::from_bits)
    }
}

impl CertifyError {
    /// True where the request is at fault, not the log-scales: nothing can be certified whatever they are.
    pub fn is_bad_request(&self) -> bool {
        matches!(
            self,
            CertifyError::Exponent { .. }
                | CertifyError::Alpha
                | CertifyError::Cancelled
                | CertifyError::CoqOfNoise
                | CertifyError::Cost(_)
                | CertifyError::Network(_)
        )
    }
}
