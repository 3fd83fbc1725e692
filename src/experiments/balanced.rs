//! Balanced networks for experiments: what does not converge is an error, never a result.

use super::ExperimentError;
use crate::balance::{Balanced, Criteria, Method, Problem, Scope};
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
    let found = Problem::new(network, spec, scope)?.solve(method, &Criteria::default())?;
    found.converged().map_err(|not| ExperimentError::NotBalanced { what: what(), status: not.run.outcome.status })
}
