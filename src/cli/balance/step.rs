//! One step on the way to many digits, as `--json` shows it.

use serde::Serialize;

/// A Newton step.
#[derive(Debug, Serialize)]
pub struct RefinementStep {
    pub bits: u32,
    pub max_node_imbalance: String,
    /// The largest Newton step from here: what the log-scales are off by.
    pub newton_step: String,
    pub corrections: usize,
    pub linear_solver: &'static str,
}
