//! What came of solving a problem: a run, and the balanced network that a converged run is.

use std::sync::Arc;
use std::time::Instant;

use super::criteria::Criteria;
use super::method::Method;
use super::outcome::{Outcome, Solver};
use super::problem::{BalanceError, Problem, Scope};
use super::status::Status;
use crate::cost::CostGraph;
use crate::network::{Homogeneity, Network, rescale_network};
use crate::parallel::both;

impl Problem<'_> {
    /// Solves by a method with its standard settings.
    ///
    /// # Errors
    /// A tolerance outside (0, 1), no passes, a method that this build does not have. A solver that stops early is not an
    /// error here: [`Run::converged`] makes it one.
    pub fn solve(&self, method: Method, criteria: &Criteria) -> Result<Run, BalanceError> {
        self.solve_by(&*method.solver()?, criteria)
    }

    /// Solves by a solver with settings of its own.
    ///
    /// # Errors
    /// Those of [`Problem::solve`].
    pub fn solve_by(&self, solver: &dyn Solver, criteria: &Criteria) -> Result<Run, BalanceError> {
        if !(criteria.tol > 0.0 && criteria.tol < 1.0) {
            return Err(BalanceError::BadTolerance { value: criteria.tol });
        }
        if criteria.max_passes == 0 {
            return Err(BalanceError::NoPasses);
        }
        Run::of(self, solver, criteria)
    }
}

/// A solver's run on a problem, converged or not.
#[derive(Clone, Debug)]
pub struct Run {
    /// The graph of the costs that were balanced.
    pub graph: Arc<CostGraph>,
    /// Strongly connected components of the whole graph.
    pub components: usize,
    /// The synapses on no cycle, as (target, source); empty unless the scope leaves them out.
    pub on_no_cycle: Arc<[(usize, usize)]>,
    /// What the solver did. Its status is settled on the rescaled network, not on the solver's word.
    pub outcome: Outcome,
    /// The log-scales of the neurons (n).
    pub log_scales: Vec<f64>,
    /// The network rescaled by them.
    pub network: Network,
    /// Total cost before; infinite or zero if it is outside the range of `f64`, see `log2_cost_initial`.
    pub cost_initial: f64,
    /// Total cost after, likewise.
    pub cost_final: f64,
    /// `log2` of the total cost before; `−∞` without costs.
    pub log2_cost_initial: f64,
    /// `log2` of the total cost after.
    pub log2_cost_final: f64,
    /// The imbalance before.
    pub imbalance_initial: f64,
    /// `max_i |g_i|/(r_i + c_i)` of the rescaled network, measured on its weights.
    pub imbalance_final: f64,
    /// Time in the solver.
    pub seconds: f64,
}

/// A run that converged: its network is balanced to the tolerance.
#[derive(Clone, Debug)]
pub struct Balanced(Run);

/// A run that did not converge, with all that is known of it.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{} (worst imbalance {:.3e}, after {} passes of {})", run.outcome.status, run.imbalance_final, run.outcome.passes, run.outcome.method)]
pub struct NotConverged {
    /// The run.
    pub run: Box<Run>,
}

impl std::ops::Deref for Balanced {
    type Target = Run;

    fn deref(&self) -> &Run {
        &self.0
    }
}

impl Balanced {
    /// The run itself, to take it apart.
    pub fn into_run(self) -> Run {
        self.0
    }
}

impl Run {
    /// The balanced network, if it is one.
    ///
    /// # Errors
    /// [`NotConverged`], which carries the run.
    pub fn converged(self) -> Result<Balanced, NotConverged> {
        if self.outcome.status.is_balanced() { Ok(Balanced(self)) } else { Err(NotConverged { run: Box::new(self) }) }
    }

    fn of(problem: &Problem, solver: &dyn Solver, criteria: &Criteria) -> Result<Self, BalanceError> {
        let (graph, network) = (problem.graph(), problem.network());
        if graph.spread().is_some() && !solver.takes_a_spread_graph() {
            return Err(BalanceError::MethodOnRanks { method: solver.name() });
        }
        let started = Instant::now();
        let mut outcome = solver.solve(graph, criteria);
        let seconds = started.elapsed().as_secs_f64();
        if graph.spread().is_some_and(|spread| !spread.is_same(&outcome.h)) {
            return Err(BalanceError::RanksDiffer);
        }

        let h = total_log_scales(graph, &outcome.h);
        let log_scales = h[..network.weights.neurons()].to_vec();
        let rescaled = rescale_network(network, &log_scales, Homogeneity::Required);
        let rescaled = match graph.spread() {
            None => rescaled?,
            Some(spread) => spread.agree(rescaled)?,
        };
        let final_part = || measured_imbalance(&rescaled, problem);
        let initial_part = || (graph.given_total(), graph.given_imbalance());
        let (imbalance_final, (cost_initial, imbalance_initial)) = match graph.spread() {
            None => both(graph.pattern().len(), final_part, initial_part),
            // What ranks say to one another is said in one order.
            Some(_) => (final_part(), initial_part()),
        };
        let imbalance_final = imbalance_final?;
        if outcome.status.is_balanced() && (imbalance_final > criteria.tol || imbalance_final.is_nan()) {
            outcome.status = Status::LostToRounding;
        }
        // Prescaled costs at h = 0 are not those of the network as given; and their unit may be beyond f64.
        let (cost_final, log2_cost_final) = graph.in_given_unit(outcome.cost);
        Ok(Run {
            cost_initial,
            cost_final,
            log2_cost_initial: graph.given_log2_total(),
            log2_cost_final,
            imbalance_initial,
            graph: Arc::clone(graph),
            components: problem.components(),
            on_no_cycle: Arc::clone(problem.on_no_cycle()),
            outcome,
            log_scales,
            network: rescaled,
            imbalance_final,
            seconds,
        })
    }
}

/// The log-scales of all nodes relative to the network as given: those found and the prescaling's own, in the gauge of
/// [`super::fix_gauge`].
fn total_log_scales(graph: &CostGraph, h: &[f64]) -> Vec<f64> {
    let mut total = graph.unprescaled(h);
    if !graph.prescaling().is_identity() {
        super::gauge::fix_gauge(graph, &mut total);
    }
    total
}

/// The imbalance of a rescaled network as it stands, over the synapses of the graph that was balanced.
fn measured_imbalance(network: &Network, problem: &Problem) -> Result<f64, BalanceError> {
    let graph = problem.graph();
    if graph.world().is_none() && graph.prescaling().is_identity() && problem.spec().accumulated.is_none() {
        // A solver that went astray can leave costs that f64 loses; then they are looked at through a prescaling of their own.
        if let Some(sums) = graph.node_costs_of_weights(network.weights.on(graph.pattern())) {
            return Ok(sums.imbalance().worst);
        }
    }
    let mut graph = CostGraph::of_part(network, problem.spec(), graph.spread.as_ref())?;
    if problem.scope() == Scope::WithinComponents {
        graph = graph.within_components();
    }
    // As given, not prescaled: that would be another network.
    Ok(graph.given_imbalance())
}
