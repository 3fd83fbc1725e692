//! When a solver stops.

use std::ops::ControlFlow;

use super::end::End;
use crate::flow::Imbalance;

/// Sees a run whenever its solver looks whether it is done, between two steps, and may stop it there: a display of the
/// progress, a user who loses patience. What it sees changes no number.
pub trait Observer: Sync {
    /// After so many passes over the synapses the worst node is off by so much, `max_i |g_i|/(r_i + c_i)`. `Break` ends the
    /// run with the status [`super::Status::Stopped`].
    fn see(&self, passes: usize, imbalance: f64) -> ControlFlow<()>;
}

/// When to stop.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Criteria<'a> {
    /// Balanced means `max_i |g_i|/(r_i + c_i) ≤ tol`.
    pub tol: f64,
    /// Passes over the synapses after which a solver gives up.
    pub max_passes: usize,
    /// Who may stop it before.
    pub observer: Option<&'a dyn Observer>,
}

impl std::fmt::Debug for Criteria<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Criteria")
            .field("tol", &self.tol)
            .field("max_passes", &self.max_passes)
            .field("observed", &self.observer.is_some())
            .finish()
    }
}

impl Default for Criteria<'_> {
    /// A tolerance of 1e-10 and a million passes.
    fn default() -> Self {
        Criteria::new(1e-10, 1_000_000)
    }
}

impl<'a> Criteria<'a> {
    /// A tolerance in (0, 1) and an allowance of at least one pass.
    pub const fn new(tol: f64, max_passes: usize) -> Self {
        Criteria { tol, max_passes, observer: None }
    }

    /// The same under the eyes of an observer.
    #[must_use]
    pub const fn observed_by(self, observer: &'a dyn Observer) -> Self {
        Criteria { observer: Some(observer), ..self }
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
            let seen = self.observer.map_or(ControlFlow::Continue(()), |observer| observer.see(passes, found.worst));
            seen.is_break().then_some(End::Stopped)
        }
    }
}
