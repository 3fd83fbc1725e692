//! What the flow and the transform leave unchanged: cycle products, signs and zero pattern, the diagonal, traces of
//! powers, the spectrum, and the sum of the log-scales.

mod cycles;
mod spectrum;

pub use cycles::{CycleBasis, WalkStep, largest_log_product_change};
pub use spectrum::{SpectrumError, eigenvalues, nearest_eigenvector_residual, traces_of_powers};

use crate::network::{GraphFacts, Pattern};

/// The number of independent conserved quantities of the weights, `E − n + (weak components)`: for a full matrix
/// with diagonal `n² − n + 1`.
pub fn independent_count(pattern: &Pattern) -> usize {
    pattern.len() + GraphFacts::of(pattern).weak_count() - pattern.nodes()
}

/// The synapse where two weight lists differ in sign (zero counting as a sign of its own), if there is one.
pub fn first_sign_change(before: &[f64], after: &[f64]) -> Option<usize> {
    let sign = |x: f64| {
        if x == 0.0 {
            0
        } else if x > 0.0 {
            1
        } else {
            -1
        }
    };
    before.iter().zip(after).position(|(&a, &b)| sign(a) != sign(b) || b.is_nan())
}
