//! Balanced networks for experiments: what does not converge is an error, never a result.

use super::ExperimentError;
use crate::balance::{Balanced, Method, Scope, Stop, balance};
use crate::cost::CostSpec;
use crate::network::Network;

/// Balances, to the standard tolerance; `what` names the network in the error.
pub(super) fn balanced(
    network: &Network,
    spec: &CostSpec,
    scope: Scope,
    method: Method,
    what: impl Fn() -> String,
) -> Result<Balanced, ExperimentError> {
    let found = balance(network, spec, scope, method, &Stop::default())?;
    if found.outcome.status.is_balanced() {
        return Ok(found);
    }
    Err(ExperimentError::NotBalanced { what: what(), status: found.outcome.status })
}
