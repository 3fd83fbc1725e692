//! The network that claims are checked on, with everything that several claims need computed once.

#[cfg(feature = "precise")]
use std::sync::OnceLock;

use super::Evidence;
use crate::balance::{BalanceError, Criteria, DegreeError, Method, Problem, Run, Scope};
#[cfg(feature = "precise")]
use crate::balance::{Precise, PreciseError, balance_to_digits};
#[cfg(feature = "precise")]
use crate::certify::certified_distance;
#[cfg(feature = "precise")]
use crate::certify::{CertifiedDistance, NotCertified};
use crate::conserved::SpectrumError;
use crate::cost::{CostGraph, CostSpec};
use crate::flow::node_costs;
use crate::network::random::{normals, stream};
use crate::network::{Network, NetworkError, exponent, times_power_of_two};
use crate::scalar::{Tracked, largest_or_nan, tracked};

/// Why a claim could not be checked at all: a fault of the input or of the program, never a verdict.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClaimError {
    /// A fault found there: [`BalanceError`].
    #[error(transparent)]
    Balance(#[from] BalanceError),
    /// A fault found there: [`DegreeError`].
    #[error(transparent)]
    Degree(#[from] DegreeError),
    /// A fault found there: [`crate::cost::CostError`].
    #[error(transparent)]
    Cost(#[from] crate::cost::CostError),
    /// A fault found there: [`NetworkError`].
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// A fault found there: [`SpectrumError`].
    #[error(transparent)]
    Spectrum(#[from] SpectrumError),
    /// A fault found there: [`crate::tasks::training::TrainingError`].
    #[error(transparent)]
    Training(#[from] crate::tasks::training::TrainingError),
}

impl ClaimError {
    /// Whether numbers would leave the range of `f64`, which says nothing about the mathematics of the network.
    pub fn is_out_of_range(&self) -> bool {
        match self {
            ClaimError::Balance(error) => error.is_out_of_range(),
            ClaimError::Degree(error) => error.is_out_of_range(),
            ClaimError::Cost(error) => error.is_out_of_range(),
            ClaimError::Network(error) => error.is_out_of_range(),
            ClaimError::Spectrum(_) | ClaimError::Training(_) => false,
        }
    }
}

/// A network under examination.
#[derive(Debug)]
pub struct Subject {
    /// The network as given.
    pub network: Network,
    /// The cost.
    pub spec: CostSpec,
    /// Which synapses are balanced.
    pub scope: Scope,
    /// When solvers stop.
    pub stop: Criteria<'static>,
    /// Seed of all random choices of the checks.
    pub seed: u64,
    /// The reference: balanced by Newton's method (by Osborne's where a component is too large for it).
    pub reference: Run,
    /// The runs of all other solvers that were asked for.
    pub runs: Vec<Run>,
    #[cfg(feature = "precise")]
    precise: OnceLock<Result<Precise, PreciseError>>,
    #[cfg(feature = "precise")]
    certified: OnceLock<Vec<Result<CertifiedDistance, NotCertified>>>,
}

/// Nodes of a graph beyond which checks that factor or diagonalise a dense matrix are left out, and say so.
pub const LARGEST_DENSE: usize = 1500;

impl Subject {
    /// Balances the network with the reference method and with each of `methods`; `progress` hears of every solver
    /// before it starts.
    ///
    /// # Errors
    /// A cost that does not fit the network, or synapses on no cycle when the scope is the whole network.
    pub fn new(
        network: Network,
        spec: CostSpec,
        scope: Scope,
        methods: &[Method],
        stop: Criteria<'static>,
        seed: u64,
        progress: &dyn Fn(&str),
    ) -> Result<Self, ClaimError> {
        let method = if network.weights.neurons() <= LARGEST_DENSE { Method::Newton } else { Method::Osborne };
        progress(method.name());
        let problem = Problem::new(&network, &spec, scope)?;
        let reference = problem.solve(method, &stop)?;
        let mut runs = Vec::new();
        for &other in methods.iter().filter(|&&other| other != method) {
            progress(other.name());
            runs.push(problem.solve(other, &stop)?);
        }
        Ok(Subject {
            network,
            spec,
            scope,
            stop,
            seed,
            reference,
            runs,
            #[cfg(feature = "precise")]
            precise: OnceLock::new(),
            #[cfg(feature = "precise")]
            certified: OnceLock::new(),
        })
    }

    /// The graph of the costs that are balanced.
    pub fn graph(&self) -> &CostGraph {
        &self.reference.graph
    }

    /// Random log-scales for one purpose, one for each node of the graph, standard deviation `scale`.
    pub fn random_scales(&self, purpose: u64, scale: f64) -> Vec<f64> {
        normals(&mut stream(self.seed, purpose), self.graph().nodes(), scale)
    }

    /// When runs stop that show where solvers lead: at the tolerance asked for, but not looser than the default.
    pub fn stop_of_limits(&self) -> Criteria<'static> {
        self.stop.with_tol(self.stop.tol.min(Criteria::default().tol))
    }

    /// Solves for what a claim about limits compares: as near to balance as [`Subject::stop_of_limits`] says, and where the method
    /// does not get there as near as the tolerance asks for.
    ///
    /// # Errors
    /// As [`Problem::solve`].
    pub fn solve_to_limit(&self, problem: &Problem, method: Method) -> Result<Run, BalanceError> {
        let stop = self.stop_of_limits();
        let near = problem.solve(method, &stop)?;
        if near.outcome.status.is_balanced() || stop.tol == self.stop.tol {
            return Ok(near);
        }
        problem.solve(method, &self.stop)
    }

    /// A run of this subject as a claim about limits compares it: another to a smaller tolerance where its own is looser than the
    /// default and the method gets there. `None` where the run is the one to compare.
    ///
    /// # Errors
    /// As [`Problem::solve`].
    pub fn to_limit(&self, run: &Run) -> Result<Option<Run>, BalanceError> {
        let stop = self.stop_of_limits();
        // What did not get to a loose tolerance does not get to a smaller one.
        if stop.tol == self.stop.tol || !run.outcome.status.is_balanced() {
            return Ok(None);
        }
        // Every run of a subject bears the name of a method.
        let Ok(method) = run.outcome.method.parse() else { return Ok(None) };
        let near = Problem::new(&self.network, &self.spec, self.scope)?.solve(method, &stop)?;
        Ok(near.outcome.status.is_balanced().then_some(near))
    }

    /// What a run left, at its log-scales as they stand and of its weights, not on the solver's word.
    pub fn imbalance_left(&self, run: &Run) -> f64 {
        let graph = self.graph();
        let at = graph.node_costs(&graph.costs_at(&run.outcome.h)).imbalance().worst;
        largest_or_nan([run.imbalance_final, at])
    }

    /// Adds what a run that is compared with others left: the bound on a distance is made of it, so a run that is not balanced would be
    /// far away within its bound.
    pub fn add_imbalance(&self, evidence: &mut Evidence, run: &Run, nearer: bool) {
        evidence.balanced(
            format!("imbalance of {}, at its log-scales and of its weights", run.outcome.method),
            self.imbalance_left(run),
            if nearer { self.stop_of_limits().tol } else { self.stop.tol },
            &run.outcome.status,
        );
    }

    /// The reference and all runs.
    pub fn all_runs(&self) -> impl Iterator<Item = &Run> {
        std::iter::once(&self.reference).chain(&self.runs)
    }
}

/// Digits of the solution that answers in `f64` are measured against.
#[cfg(feature = "precise")]
const DIGITS: usize = 40;

#[cfg(feature = "precise")]
impl Subject {
    /// The balanced log-scales and least cost to 40 digits.
    ///
    /// # Errors
    /// Why there are none.
    pub fn precise(&self) -> Result<&Precise, &PreciseError> {
        let solve = || balance_to_digits(self.graph(), &self.reference.outcome.h, DIGITS);
        self.precise.get_or_init(solve).as_ref()
    }

    /// For each of [`Subject::all_runs`], what is proved about it and what is true; empty without
    /// [`Subject::precise`].
    pub fn certified(&self) -> &[Result<CertifiedDistance, NotCertified>] {
        self.certified.get_or_init(|| {
            let Ok(reference) = self.precise() else { return Vec::new() };
            let problem = Problem::new(&self.network, &self.spec, self.scope);
            let distance = |run| match &problem {
                Ok(problem) => certified_distance(problem, run, reference),
                Err(reason) => Err(reason.clone().into()),
            };
            self.all_runs().map(distance).collect()
        })
    }
}

/// The graph in running error analysis: costs and all that follows from them carry bounds on their rounding errors.
pub fn tracked_graph(graph: &CostGraph) -> CostGraph<Tracked> {
    graph.lifted(Tracked::exact)
}

/// Total cost at log-scales `h`, with its error bound.
pub fn tracked_cost(graph: &CostGraph<Tracked>, h: &[Tracked]) -> Tracked {
    graph.total(&graph.costs_at(h))
}

/// Neural gradient at log-scales `h`, with error bounds.
pub fn tracked_gradient(graph: &CostGraph<Tracked>, h: &[Tracked]) -> Vec<Tracked> {
    node_costs(graph.pattern(), &graph.costs_at(h), &Tracked::exact(0.0)).gradient()
}

/// `h + step·direction`, tracked from exact inputs.
pub fn tracked_step(h: &[f64], step: f64, direction: &[f64]) -> Vec<Tracked> {
    let step = Tracked::exact(step);
    tracked(h).into_iter().zip(tracked(direction)).map(|(h, v)| v * &step + &h).collect()
}

/// Weights each in a unit of its own, an exact power of two, so that it is between 1 and 2: the flow's field is linear in every
/// single weight, and a weight of 1e300 times a gradient of 1e300 is beyond f64.
pub fn in_own_units(weights: &[Tracked]) -> Vec<Tracked> {
    let in_unit = |weight: &Tracked| {
        let shift = if weight.value == 0.0 { 0 } else { -exponent(weight.value) };
        Tracked { value: times_power_of_two(weight.value, shift), error: times_power_of_two(weight.error, shift) }
    };
    weights.iter().map(in_unit).collect()
}

/// A sum of tracked numbers.
pub fn tracked_sum(values: impl IntoIterator<Item = Tracked>) -> Tracked {
    let mut sum = Tracked::exact(0.0);
    for value in values {
        sum += &value;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cost::CostError;

    #[test]
    fn a_weight_in_its_own_unit_is_between_one_and_two() {
        let given =
            [(3e300, 1e290), (-5e-200, 1e-220), (0.75, 0.0), (0.0, 0.0)].map(|(value, error)| Tracked { value, error });
        let found = in_own_units(&given);
        for (found, given) in found.iter().zip(&given).take(3) {
            assert!((1.0..2.0).contains(&found.value.abs()), "{found:?}");
            assert_eq!(found.error / found.value, given.error / given.value);
        }
        assert_eq!(found[2].value, 1.5);
        assert_eq!(found[3], given[3]);
    }

    /// In whatever it is wrapped: a claim is open there, not in error.
    #[test]
    fn what_leaves_the_range_is_known_from_every_error_that_carries_it() {
        let network =
            || NetworkError::RescaledOutOfRange { what: "w", row: 0, column: 1, from: 2.0, log_factor: 900.0 };
        let of_cost = [
            CostError::CostOutOfRange { target: 0, source_index: 1, log2_cost: -1100.0 },
            CostError::CostNotNormal { target: 0, source_index: 1, value: 1e-310 },
            CostError::WeightOutOfRange { target: 0, source_index: 1, value: 1e300, limit: 400 },
            CostError::AccumulatedOverflow { target: 0, source_index: 1, steps: 3 },
            network().into(),
        ];
        let wrapped = |cost: CostError| -> [ClaimError; 4] {
            let of_degree = DegreeError::Cost(cost.clone());
            let of_criteria = DegreeError::Criteria(BalanceError::Cost(cost.clone()));
            [cost.clone().into(), BalanceError::Cost(cost).into(), of_degree.into(), of_criteria.into()]
        };
        for cost in of_cost {
            for error in wrapped(cost.clone()) {
                assert!(error.is_out_of_range(), "{error:?}");
            }
        }
        let direct: [ClaimError; 3] =
            [network().into(), BalanceError::Network(network()).into(), DegreeError::Network(network()).into()];
        assert!(direct.iter().all(ClaimError::is_out_of_range));
        // What is wrong with the question is no matter of range.
        for error in wrapped(CostError::NoSteps).into_iter().chain(wrapped(NetworkError::NoNeurons.into())) {
            assert!(!error.is_out_of_range(), "{error:?}");
        }
        let others: [ClaimError; 3] = [
            NetworkError::NoNeurons.into(),
            SpectrumError::NotConverged { limit: 3 }.into(),
            BalanceError::Network(NetworkError::NoNeurons).into(),
        ];
        assert!(!others.iter().any(ClaimError::is_out_of_range));
    }
}
