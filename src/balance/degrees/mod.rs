//! Balancing networks whose neurons have any degrees of homogeneity: `incoming = k · outgoing` at every neuron.
//!
//! The cost is [`DegreeCosts`]; whether it has a minimum is decided before anything is solved (`existence`), and where it has none
//! the error carries a direction in which it falls without end. Networks of degree one are the business of
//! [`super::Problem`], which knows more about them; here they give the same balanced point, by other sums.

mod dyadic;
mod existence;
mod hessian;
#[cfg(feature = "precise")]
mod precise;
mod solvers;

pub use existence::LoweringDirection;

use std::time::Instant;

use super::criteria::Criteria;
use super::method::Method;
use super::outcome::{Outcome, verdict};
use super::problem::{BalanceError, Scope};
use super::status::Status;
use crate::cost::{CostError, CostSpec, DegreeCosts};
use crate::network::{Homogeneity, Network, NetworkError, rescale_network};
use existence::{Minimum, minimum};
use solvers::{Ended, Linear};

/// Neurons up to which the automatic choice is a dense factorisation.
const SMALL: usize = 400;

/// Why a network of any degrees cannot be balanced.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DegreeError {
    /// The cost has no minimum: it falls without end along `direction`.
    #[error(
        "the cost has no minimum: {}, no synapse's cost grows, and that of the synapse from {} to {} falls to nothing (neurons count from 0)",
        moved(direction), node(direction, direction.falling().1), node(direction, direction.falling().0)
    )]
    NoMinimum {
        /// The direction, which proves it.
        direction: Box<LoweringDirection>,
    },
    /// The product of the degrees around a cycle through `neuron` is so near one that rounding hides on which side it lies.
    #[error(
        "the product of the degrees around a cycle through neuron {neuron} (counted from 0) is so near one that rounding hides on which side it lies, and on that it depends whether the cost has a minimum; give degrees whose product is one exactly or differs from it visibly"
    )]
    Undecided {
        /// The neuron, counted from 0.
        neuron: usize,
    },
    /// The method `method` is there for degree one only.
    #[error("the method {} is there for degree one only; for others there are auto, newton, newton-cg, osborne and euler", method.name())]
    NoSuchMethod {
        /// The method that was asked for.
        method: Method,
    },
    /// A fault of the criteria: [`BalanceError`].
    #[error(transparent)]
    Criteria(#[from] BalanceError),
    /// A fault found there: [`CostError`].
    #[error(transparent)]
    Cost(#[from] CostError),
    /// A fault found there: [`NetworkError`].
    #[error(transparent)]
    Network(#[from] NetworkError),
}

impl DegreeError {
    /// Whether numbers would leave the range of `f64`, which says nothing about the mathematics of the network.
    pub fn is_out_of_range(&self) -> bool {
        match self {
            DegreeError::Criteria(error) => error.is_out_of_range(),
            DegreeError::Cost(error) => error.is_out_of_range(),
            DegreeError::Network(error) => error.is_out_of_range(),
            _ => false,
        }
    }
}

/// Neurons named in a message.
const NAMED: usize = 5;

fn moved(direction: &LoweringDirection) -> String {
    let moving: Vec<(usize, f64)> =
        direction.rates().iter().copied().enumerate().filter(|(_, rate)| *rate != 0.0).collect();
    let shown: Vec<String> =
        moving.iter().take(NAMED).map(|(neuron, rate)| format!("h_{neuron} by {rate:.4}")).collect();
    let more = if moving.len() > NAMED { format!(" and {} more", moving.len() - NAMED) } else { String::new() };
    format!("as {}{more} change in step", shown.join(", "))
}

fn node(direction: &LoweringDirection, node: usize) -> String {
    if node == direction.rates().len() { "the world".to_owned() } else { format!("neuron {node}") }
}

/// A network of any degrees and a cost that has a minimum.
#[derive(Clone, Debug)]
pub struct DegreeProblem<'a> {
    network: &'a Network,
    spec: CostSpec,
    scope: Scope,
    costs: DegreeCosts,
    on_no_cycle: Vec<(usize, usize)>,
    /// What the cost does not fix, directions on neurons of their own.
    free: Vec<Vec<(usize, f64)>>,
    components: usize,
    largest_component: usize,
}

/// The costs that take part, and the synapses that do not.
fn costs_in(network: &Network, spec: &CostSpec, scope: Scope) -> Result<(DegreeCosts, Vec<(usize, usize)>), CostError> {
    let costs = DegreeCosts::of_network(network, spec)?;
    Ok(match scope {
        Scope::Whole => (costs, Vec::new()),
        Scope::WithinComponents => costs.within_components(),
    })
}

impl<'a> DegreeProblem<'a> {
    /// Collects the costs, and finds out whether they have a minimum.
    ///
    /// # Errors
    /// A network that is not homogeneous, a cost that does not fit it, or a cost without a minimum.
    pub fn new(network: &'a Network, spec: &CostSpec, scope: Scope) -> Result<Self, DegreeError> {
        let (costs, on_no_cycle) = costs_in(network, spec, scope)?;
        match minimum(&costs) {
            Minimum::Attained { free, components, largest_component } => {
                let spec = spec.clone();
                Ok(DegreeProblem { network, spec, scope, costs, on_no_cycle, free, components, largest_component })
            }
            Minimum::Missing(direction) => Err(DegreeError::NoMinimum { direction }),
            Minimum::Undecided { neuron } => Err(DegreeError::Undecided { neuron }),
        }
    }

    /// The network as given.
    pub fn network(&self) -> &'a Network {
        self.network
    }

    /// What a synapse costs.
    pub fn spec(&self) -> &CostSpec {
        &self.spec
    }

    /// Which synapses take part.
    pub fn scope(&self) -> Scope {
        self.scope
    }

    /// The costs.
    pub fn costs(&self) -> &DegreeCosts {
        &self.costs
    }

    /// Directions in which the log-scales are free, entries by neuron, the largest between 1 and 2. Log-scales are handed out orthogonal to
    /// them, as the flow from `h = 0` keeps them.
    pub fn free(&self) -> &[Vec<(usize, f64)>] {
        &self.free
    }

    /// Strongly connected components of the network, the world included.
    pub fn components(&self) -> usize {
        self.components
    }

    /// Neurons, and the world, in the largest of them.
    pub fn largest_component(&self) -> usize {
        self.largest_component
    }

    /// The synapses on no directed cycle, as (target, source), if they are left out: [`Scope::WithinComponents`].
    pub fn on_no_cycle(&self) -> &[(usize, usize)] {
        &self.on_no_cycle
    }

    /// `x` with `H x = right` (n each), `p² H` the Hessian of the cost where the synapses have these costs; orthogonal to
    /// [`DegreeProblem::free`], as `right` must be.
    ///
    /// # Errors
    /// The neuron at which the elimination of H meets a pivot that is not positive.
    pub fn hessian_solution(&self, costs: &[f64], right: &[f64]) -> Result<Vec<f64>, usize> {
        hessian::dense_step(&self.costs, costs, right, &self.free, &0.0)
    }

    /// The same by conjugate gradients, for networks that are too large for an elimination: the residual is at most `relative`
    /// times the right-hand side, in the norm of entries over the roots of H's diagonal, or what rounding leaves.
    pub fn approximate_hessian_solution(&self, costs: &[f64], right: &[f64], relative: f64) -> Vec<f64> {
        hessian::gradients_step(&self.costs, costs, right, &self.free, relative).0
    }

    /// Solves by a method.
    ///
    /// # Errors
    /// A tolerance outside (0, 1), no passes, or a method that is there for degree one only. A solver that stops early is not
    /// an error here: [`DegreeRun::converged`] makes it one.
    pub fn solve(&self, method: Method, criteria: &Criteria<'_>) -> Result<DegreeRun, DegreeError> {
        if !(criteria.tol > 0.0 && criteria.tol < 1.0) {
            return Err(BalanceError::BadTolerance { value: criteria.tol }.into());
        }
        if criteria.max_passes == 0 {
            return Err(BalanceError::NoPasses.into());
        }
        let started = Instant::now();
        let (graph, free) = (&self.costs, self.free.as_slice());
        let small = graph.neurons() <= SMALL;
        let (name, ended) = match method {
            Method::Newton => ("newton", solvers::newton(graph, criteria, free, Linear::Dense)),
            Method::Auto if small => ("newton", solvers::newton(graph, criteria, free, Linear::Dense)),
            Method::Auto | Method::NewtonCg => {
                ("newton-cg", solvers::newton(graph, criteria, free, Linear::ConjugateGradients))
            }
            Method::Osborne => ("osborne", solvers::osborne(graph, criteria, free)),
            Method::Euler => ("euler", solvers::euler(graph, criteria, free)),
            method => return Err(DegreeError::NoSuchMethod { method }),
        };
        let seconds = started.elapsed().as_secs_f64();
        let mut outcome = self.judge(criteria, name, ended);
        let given = self.costs.initial_costs();
        let cost_initial = self.costs.total(given, &0.0);
        let imbalance_initial = self.costs.pulls(given, &0.0).imbalance().worst;
        let (log_scales, cost_final) = (outcome.h.clone(), outcome.cost);
        let (log_scales, network, cost_final, imbalance_final) = match self.rescaled(&log_scales) {
            Ok((network, imbalance)) => (log_scales, network, cost_final, imbalance),
            // What happened to the rescaled network is no fault of the one given, which stays as it is.
            Err(error) if error.is_out_of_range() => {
                if outcome.status.is_balanced() {
                    outcome.status = status_out_of_range(&error);
                }
                (vec![0.0; log_scales.len()], self.network.clone(), cost_initial, imbalance_initial)
            }
            Err(error) => return Err(error),
        };
        if outcome.status.is_balanced() && (imbalance_final > criteria.tol || imbalance_final.is_nan()) {
            outcome.status = Status::LostToRounding;
        }
        Ok(DegreeRun {
            log_scales,
            cost_initial,
            cost_final,
            imbalance_initial,
            imbalance_final,
            outcome,
            network,
            seconds,
        })
    }

    /// The network rescaled by log-scales, and its imbalance, measured on its weights.
    ///
    /// # Errors
    /// Numbers that leave the range of `f64`.
    pub(crate) fn rescaled(&self, log_scales: &[f64]) -> Result<(Network, f64), DegreeError> {
        let network = rescale_network(self.network, log_scales, Homogeneity::Required)?;
        let (costs, _) = costs_in(&network, &self.spec, self.scope)?;
        let imbalance = costs.pulls(costs.initial_costs(), &0.0).imbalance().worst;
        Ok((network, imbalance))
    }

    /// The only place where a run is called balanced, from the costs at its log-scales.
    fn judge(&self, criteria: &Criteria<'_>, method: &'static str, ended: Ended) -> Outcome {
        let runaway = ended.h.iter().position(|value| !value.is_finite());
        let h = if runaway.is_some() { vec![0.0; self.costs.neurons()] } else { ended.h };
        let end = runaway.map_or(ended.end, |node| super::end::End::NotFinite { node });
        let costs = self.costs.costs_at(&h);
        let found = self.costs.pulls(&costs, &0.0).imbalance();
        let cost = self.costs.total(&costs, &0.0);
        Outcome {
            method,
            status: verdict(criteria, found, cost, end),
            iterations: ended.iterations,
            passes: ended.passes,
            h,
            imbalance: found.worst,
            worst_node: found.node,
            cost,
            trace: ended.trace.into_points(),
        }
    }
}

/// What a run has come to whose log-scales are balanced, while the network rescaled by them leaves the range of `f64`: a number
/// became infinite, or it lost its digits.
fn status_out_of_range(error: &DegreeError) -> Status {
    match error {
        DegreeError::Cost(CostError::CostNotNormal { target, value, .. }) if !value.is_finite() => {
            Status::NotFinite { node: *target }
        }
        DegreeError::Network(NetworkError::RescaledOutOfRange { row, from, log_factor, .. })
            if from.abs().ln() + log_factor > 0.0 =>
        {
            Status::NotFinite { node: *row }
        }
        _ => Status::LostToRounding,
    }
}

/// A run on a network of any degrees, converged or not.
#[derive(Clone, Debug)]
pub struct DegreeRun {
    /// What the solver did. Its status is settled on the rescaled network, not on the solver's word.
    pub outcome: Outcome,
    /// The log-scales of the neurons (n). Where numbers of the network rescaled by those that the solver found would leave the range
    /// of `f64` they are 0, the network and its figures are those given, and the status says so.
    pub log_scales: Vec<f64>,
    /// The network rescaled by them.
    pub network: Network,
    /// Total cost before.
    pub cost_initial: f64,
    /// Total cost after.
    pub cost_final: f64,
    /// `max_i |r_i − k_i c_i|/(r_i + k_i c_i)` before.
    pub imbalance_initial: f64,
    /// The same of the rescaled network, measured on its weights.
    pub imbalance_final: f64,
    /// Time in the solver.
    pub seconds: f64,
}

/// A run that did not converge, with all that is known of it.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{} (worst imbalance {:.3e}, after {} passes of {})", run.outcome.status, run.imbalance_final, run.outcome.passes, run.outcome.method)]
pub struct DegreeNotConverged {
    /// The run.
    pub run: Box<DegreeRun>,
}

impl DegreeRun {
    /// The run, if it is balanced.
    ///
    /// # Errors
    /// [`DegreeNotConverged`], which carries the run.
    pub fn converged(self) -> Result<DegreeRun, DegreeNotConverged> {
        if self.outcome.status.is_balanced() { Ok(self) } else { Err(DegreeNotConverged { run: Box::new(self) }) }
    }
}

#[cfg(test)]
mod tests {
    use nalgebra::DMatrix;

    use super::*;
    use crate::network::{Activation, Activations, Weights};

    /// A cost of the rescaled network is lost where degrees are 600 powers of ten apart: that was reported as a fault of the network
    /// given, with a cost that it does not have.
    #[test]
    fn a_rescaled_network_out_of_range_is_told_by_the_status_of_the_run() {
        let weights = DMatrix::from_row_slice(3, 3, &[0.5, 1.2, 0.0, 0.3, 0.0, 2.0, 1.0, 0.7, 0.1]);
        let degrees = [1e300, 1.0, 1e-300].map(|degree| Activation::RectifiedPower { degree });
        let network = Network {
            w_in: Some(DMatrix::from_element(3, 1, 1.0)),
            w_out: Some(DMatrix::from_element(1, 3, 1.0)),
            ..Network::recurrent(Weights::from_dense(&weights).unwrap(), Activations::Each(degrees.to_vec()))
        };
        let problem = DegreeProblem::new(&network, &CostSpec::power(2.0).with_world(1.0), Scope::Whole).unwrap();
        let run = problem.solve(Method::Auto, &Criteria::default()).unwrap();
        assert_eq!(run.outcome.status, Status::LostToRounding);
        assert_eq!((run.network.clone(), run.log_scales.clone()), (network.clone(), vec![0.0; 3]));
        assert_eq!((run.cost_final, run.imbalance_final), (run.cost_initial, run.imbalance_initial));
    }

    #[test]
    fn what_grows_beyond_the_range_is_not_finite_and_what_shrinks_is_lost() {
        let cost = |value| CostError::CostNotNormal { target: 2, source_index: 0, value }.into();
        let weight = |log_factor| {
            NetworkError::RescaledOutOfRange { what: "J", row: 2, column: 0, from: 2.0, log_factor }.into()
        };
        for (error, status) in [
            (cost(f64::INFINITY), Status::NotFinite { node: 2 }),
            (cost(0.0), Status::LostToRounding),
            (cost(1e-310), Status::LostToRounding),
            (weight(800.0), Status::NotFinite { node: 2 }),
            (weight(-800.0), Status::LostToRounding),
        ] {
            assert_eq!(status_out_of_range(&error), status, "{error}");
        }
    }
}
