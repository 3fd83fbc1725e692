//! What a method made of a network, of degree one or of any degrees: the way in for programs that take either.

use std::sync::Arc;

use super::criteria::Criteria;
use super::degrees::{DegreeError, DegreeProblem, DegreeRun};
use super::method::Method;
use super::outcome::Outcome;
use super::problem::{BalanceError, Problem, Scope};
use super::run::Run;
use crate::cost::{CostGraph, CostSpec};
use crate::network::{Network, NetworkError};

/// Why a network cannot be balanced, whatever its degrees.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SolveError {
    /// One of degree one: [`BalanceError`].
    #[error(transparent)]
    Balance(#[from] BalanceError),
    /// One of other degrees: [`DegreeError`].
    #[error(transparent)]
    Degree(#[from] DegreeError),
    /// A network that is not homogeneous: [`NetworkError`].
    #[error(transparent)]
    Network(#[from] NetworkError),
}

/// A network that a method has been through, converged or not.
#[derive(Clone, Debug)]
pub struct Solved {
    /// What the solver did. Its status is settled on the rescaled network, not on the solver's word.
    pub outcome: Outcome,
    /// The log-scales of the neurons (n).
    pub log_scales: Vec<f64>,
    /// The network rescaled by them.
    pub network: Network,
    /// Total cost before and after.
    pub cost_initial: f64,
    /// See [`Solved::cost_initial`].
    pub cost_final: f64,
    /// Their `log2`, also where they leave the range of `f64`.
    pub log2_cost_initial: f64,
    /// See [`Solved::log2_cost_initial`].
    pub log2_cost_final: f64,
    /// `max_i |r_i − k_i c_i|/(r_i + k_i c_i)` before.
    pub imbalance_initial: f64,
    /// The same of the rescaled network, measured on its weights.
    pub imbalance_final: f64,
    /// Time in the solver.
    pub seconds: f64,
    /// The exponent of the cost.
    pub p: f64,
    /// Strongly connected components.
    pub components: usize,
    /// Synapses on no directed cycle, as (target, source), which were left out.
    pub on_no_cycle: Arc<[(usize, usize)]>,
    /// Every synapse was left out: there is not even a self-synapse.
    pub nothing: bool,
    /// The graph that more digits are found on; `None` for other degrees than one.
    pub graph: Option<Arc<CostGraph>>,
}

impl Solved {
    /// Solves by a method, whatever the degrees.
    ///
    /// # Errors
    /// A network that is not homogeneous, a cost that does not fit it or has no minimum, or a method that is not there for these
    /// degrees.
    pub fn of(
        network: &Network,
        spec: &CostSpec,
        scope: Scope,
        method: Method,
        criteria: &Criteria<'_>,
    ) -> Result<Self, SolveError> {
        if network.activation.homogeneous_degrees()?.are_one() {
            return Ok(Problem::new(network, spec, scope)?.solve(method, criteria)?.into());
        }
        let problem = DegreeProblem::new(network, spec, scope)?;
        let run = problem.solve(method, criteria)?;
        Ok(Solved::of_degrees(&problem, run))
    }

    /// From a run on a network of any degrees.
    pub fn of_degrees(problem: &DegreeProblem<'_>, run: DegreeRun) -> Self {
        let on_no_cycle: Arc<[(usize, usize)]> = problem.on_no_cycle().into();
        Solved {
            log2_cost_initial: run.cost_initial.log2(),
            log2_cost_final: run.cost_final.log2(),
            outcome: run.outcome,
            log_scales: run.log_scales,
            network: run.network,
            cost_initial: run.cost_initial,
            cost_final: run.cost_final,
            imbalance_initial: run.imbalance_initial,
            imbalance_final: run.imbalance_final,
            seconds: run.seconds,
            p: problem.costs().p(),
            components: problem.components(),
            // Where every synapse is left out, there was nothing to do: no success.
            nothing: problem.costs().synapses().is_empty() && !on_no_cycle.is_empty(),
            on_no_cycle,
            graph: None,
        }
    }
}

impl From<Run> for Solved {
    fn from(run: Run) -> Self {
        Solved {
            // Every node alone: there is no synapse between different ones on any rank. Self-synapses are cycles, balanced as they
            // are.
            nothing: run.graph.facts().weak_count() == run.graph.nodes()
                && !run.on_no_cycle.is_empty()
                && run.network.weights.self_synapses() == 0,
            p: run.graph.p(),
            components: run.components,
            on_no_cycle: run.on_no_cycle,
            outcome: run.outcome,
            log_scales: run.log_scales,
            network: run.network,
            cost_initial: run.cost_initial,
            cost_final: run.cost_final,
            log2_cost_initial: run.log2_cost_initial,
            log2_cost_final: run.log2_cost_final,
            imbalance_initial: run.imbalance_initial,
            imbalance_final: run.imbalance_final,
            seconds: run.seconds,
            graph: Some(run.graph),
        }
    }
}
