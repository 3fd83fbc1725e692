//! When a solver stops.

use super::end::End;
use crate::flow::Imbalance;

/// When to stop.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Criteria {
    /// Balanced means `max_i |g_i|/(r_i + c_i) ≤ tol`.
    pub tol: f64,
    /// Passes over the synapses after which a solver gives up.
    pub max_passes: usize,
}

impl Default for Criteria {
    /// A tolerance of 1e-10 and a million passes.
    fn default() -> Self {
        Criteria::new(1e-10, 1_000_000)
    }
}

impl Criteria {
    /// A tolerance in (0, 1) and an allowance of at least one pass.
    pub const fn new(tol: f64, max_passes: usize) -> Self {
        Criteria { tol, max_passes }
    }

    /// The same with another tolerance, in (0, 1).
    #[must_use]
    pub const fn with_tol(self, tol: f64) -> Self {
        Criteria { tol, ..self }
    }

    /// The same with another allowance of passes, at least 1.
    #[must_use]
    pub const fn with_max_passes(self, max_passes: usize) -> Self {
        Criteria { max_passes, ..self }
    }

    /// What a solver aims for: a hundredth of the tolerance is left for the rounding of the final change of gauge.
    pub fn target(&self) -> f64 {
        0.99 * self.tol
    }

    /// Why an iteration ends at an imbalance found after so many passes, if it does.
    pub(crate) fn end(&self, found: Imbalance, passes: usize) -> Option<End> {
        if found.worst.is_nan() {
            Some(End::NotFinite { node: found.node })
        } else if found.worst <= self.target() {
            Some(End::AtTarget)
        } else if passes >= self.max_passes {
            Some(End::PassLimit { limit: self.max_passes })
        } else {
            None
        }
    }
}
