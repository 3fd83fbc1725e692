//! Why a network could not be balanced to as many digits.

use crate::scalar::PrecisionError;

/// The most digits that can be asked for.
pub const MOST_DIGITS: usize = 100_000;

/// Why a network could not be balanced to as many digits.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PreciseError {
    /// `digits` digits were asked for.
    #[error("{digits} digits were asked for; give 1 to {MOST_DIGITS}")]
    DigitsOutOfRange {
        /// Digits asked for.
        digits: usize,
    },
    /// Expected one log-scale for each of the `nodes` nodes to start from, got `given`.
    #[error("expected one log-scale for each of the {nodes} nodes to start from, got {given}")]
    WrongNumberOfScales {
        /// Number of nodes.
        nodes: usize,
        /// Number of log-scales given.
        given: usize,
    },
    /// The log-scale of node `node` to start from is `value`.
    #[error(
        "the log-scale of node {node} (counted from 0, the world last) to start from is {value}; it must be finite"
    )]
    ScaleNotFinite {
        /// The node, counted from 0; the world is the last.
        node: usize,
        /// The value found.
        value: f64,
    },
    /// `count` synapses lie on no directed cycle, so no balanced point exists.
    #[error("{count} synapses lie on no directed cycle, so no balanced point exists; balance inside the components")]
    NotBalanceable {
        /// How many.
        count: usize,
    },
    /// A component has `nodes` nodes, more than the `limit` of a dense elimination `by`.
    #[error(
        "a component has {nodes} nodes, more than the {limit} of a dense elimination {by}; ask for an f64 solution"
    )]
    TooLarge {
        /// Number of nodes.
        nodes: usize,
        /// The most nodes of a component that this is done for.
        limit: usize,
        /// By which means.
        by: &'static str,
    },
    /// There is no memory for so many digits, or for the elimination that they are refined with: `megabytes` megabytes.
    #[error("so many digits want {megabytes} MB of memory, which cannot be had; ask for fewer, or for an f64 solution")]
    OutOfMemory {
        /// How many megabytes it wants.
        megabytes: u64,
    },
    /// The Laplacian of the component of node `node` could not be solved.
    #[error(
        "the Laplacian of the component of node {node} (counted from 0, the world last) could not be solved; its costs are not all finite"
    )]
    Singular {
        /// The node, counted from 0; the world is the last.
        node: usize,
    },
    /// Costs are so far apart that `bits` bits do not tell what holds the neurons together.
    #[error(
        "the costs are so far apart that {bits} bits do not tell what holds the neurons together; ask for an f64 solution"
    )]
    TooFarApart {
        /// Bits of the last attempt.
        bits: u32,
    },
    /// Not balanced to `digits` digits after `steps` Newton steps: the imbalance is 10^`log10_imbalance`.
    #[error(
        "not balanced to {digits} digits after {steps} Newton steps: the imbalance is 10^{log10_imbalance:.1}; the costs may be too far apart for these steps: ask for an f64 solution"
    )]
    NotConverged {
        /// Digits asked for.
        digits: usize,
        /// Steps taken.
        steps: usize,
        /// log10 of the imbalance of the worst neuron.
        log10_imbalance: f64,
    },
    /// A fault found there: [`PrecisionError`].
    #[error(transparent)]
    Precision(#[from] PrecisionError),
}
