//! Solvers that balance a graph of costs: one trait, one typed outcome, one judge.
//!
//! A solver returns log-scales; whether they are balanced is decided by [`Outcome::judge`] alone, from the costs at
//! those log-scales: `max_i |g_i|/(r_i + c_i) ≤ tol`. Nothing that stopped early is ever reported as balanced.

mod aggregates;
mod automatic;
mod chunks;
mod conjugate_gradients;
mod engine;
mod euler;
mod follow;
mod greedy;
mod grounded;
mod inverses;
mod method;
mod multilevel;
mod newton;
mod newton_cg;
mod ode;
mod osborne;
#[cfg(feature = "precise")]
mod precise;
mod sampled_elimination;
mod sparse_laplacian;
#[cfg(feature = "stiff")]
mod stiff;
mod sums;
mod trajectory;
mod whole;

pub use automatic::Automatic;
pub use euler::Euler;
pub use follow::Form;
pub use grounded::{Elimination, Grounded};
pub use method::{LeftOut, Method};
pub use newton::Newton;
pub use newton_cg::{NewtonCg, Preconditioner};
pub use ode::{OdeFlow, Stepper};
pub use osborne::{Order, Osborne};
#[cfg(feature = "precise")]
pub use precise::{
    LinearSolver, MOST_DIGITS, Precise, PreciseError, PreciseStep, balance_to_digits, balance_to_digits_by,
    reference_to_digits,
};
pub use sparse_laplacian::{NotSolved, SparseLaplacian};
#[cfg(feature = "stiff")]
pub use stiff::{Scheme, StiffFlow};
pub use sums::Pass;
pub use trajectory::{Horizon, Trajectory};
pub(crate) use whole::synapses_on_no_cycle;
pub use whole::{BalanceError, Balanced, Scope, balance, balance_by};

use crate::cost::CostGraph;
use crate::flow::{Imbalance, node_costs};
use crate::scalar::Scalar;

/// When to stop.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stop {
    /// Balanced means `max_i |g_i|/(r_i + c_i) ≤ tol`.
    pub tol: f64,
    /// Passes over the synapses after which a solver gives up.
    pub max_passes: usize,
}

impl Default for Stop {
    fn default() -> Self {
        Stop { tol: 1e-10, max_passes: 1_000_000 }
    }
}

impl Stop {
    /// What a solver aims for: a hundredth of the tolerance is left for the rounding of the final change of gauge.
    pub fn target(&self) -> f64 {
        0.99 * self.tol
    }

    /// Why an iteration ends at an imbalance found after so many passes, if it does. [`Status::Stalled`] stands for "the
    /// imbalance is within the target": the judge then has the last word.
    fn reason(&self, found: Imbalance, passes: usize) -> Option<Status> {
        if found.worst.is_nan() {
            Some(Status::NotFinite { node: found.node })
        } else if found.worst <= self.target() {
            Some(Status::Stalled)
        } else if passes >= self.max_passes {
            Some(Status::PassLimit { limit: self.max_passes })
        } else {
            None
        }
    }
}

/// How a solver ended.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Status {
    /// Every neuron's incoming and outgoing costs agree to the tolerance.
    Balanced,
    /// The allowance of passes ran out first.
    PassLimit {
        /// The allowance.
        limit: usize,
    },
    /// No further progress is possible at this precision: the tolerance is below what rounding allows.
    Stalled,
    /// The gradient is as small as was asked for ([`NewtonCg::stop_at_gradient`]), but not every neuron is balanced.
    GradientReached {
        /// `max_i |g_i|`, in the frame.
        largest: f64,
    },
    /// A cost or scale became infinite or NaN.
    NotFinite {
        /// The first node where it was seen.
        node: usize,
    },
    /// The integrator gave up, with its own reason.
    IntegratorFailed {
        /// What it said.
        reason: String,
    },
    /// The integrator returned at another time than it was asked for.
    WrongEndTime {
        /// The time asked for.
        wanted: f64,
        /// The time it returned at.
        reached: f64,
    },
    /// The weights became balanced, but they are no longer a rescaling of the given network to the tolerance.
    Drifted {
        /// The largest disagreement of a log-weight with the best log-scales.
        similarity_defect: f64,
    },
    /// The Laplacian of a component could not be factored: its costs span too many orders of magnitude.
    NotPositiveDefinite {
        /// A node of that component.
        node: usize,
    },
    /// A component (for an implicit integrator: the network) is too large for a dense factorisation.
    TooLargeForDense {
        /// Its number of nodes.
        nodes: usize,
        /// The largest number allowed.
        limit: usize,
    },
}

impl Status {
    /// True only for [`Status::Balanced`].
    pub fn is_balanced(&self) -> bool {
        *self == Status::Balanced
    }

    /// One word for tables and JSON.
    pub fn word(&self) -> &'static str {
        match self {
            Status::Balanced => "balanced",
            Status::PassLimit { .. } => "pass-limit",
            Status::Stalled => "stalled",
            Status::GradientReached { .. } => "gradient-reached",
            Status::NotFinite { .. } => "not-finite",
            Status::IntegratorFailed { .. } => "integrator-failed",
            Status::WrongEndTime { .. } => "wrong-end-time",
            Status::Drifted { .. } => "drifted",
            Status::NotPositiveDefinite { .. } => "not-positive-definite",
            Status::TooLargeForDense { .. } => "too-large-for-dense",
        }
    }
}

impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Status::Balanced => write!(f, "balanced"),
            Status::PassLimit { limit } => {
                write!(
                    f,
                    "not balanced after {limit} passes over the synapses; raise --max-passes or use --method newton"
                )
            }
            Status::Stalled => {
                write!(f, "no further progress at this precision; use a tolerance above the rounding error")
            }
            Status::GradientReached { largest } => write!(
                f,
                "stopped as asked at a gradient of {largest:.1e}, which says nothing of neurons with small costs: not balanced"
            ),
            Status::NotFinite { node } => {
                write!(f, "the costs of node {node} became infinite or NaN; use --method newton or osborne")
            }
            Status::IntegratorFailed { reason } => write!(f, "the integrator stopped: {reason}; use --method newton"),
            Status::WrongEndTime { wanted, reached } => {
                write!(f, "the integrator was asked for time {wanted} and returned at {reached}")
            }
            Status::Drifted { similarity_defect } => write!(
                f,
                "the weights are balanced but have drifted by e^{similarity_defect:.1e} from a rescaling of the network; use a method on the log-scales"
            ),
            Status::NotPositiveDefinite { node } => write!(
                f,
                "the Laplacian of the component of node {node} is numerically singular: costs too far apart; use --method osborne"
            ),
            Status::TooLargeForDense { nodes, limit } => {
                write!(f, "{nodes} nodes are more than the {limit} of a dense factorisation; use --method osborne")
            }
        }
    }
}

/// One moment of a solver's run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TracePoint {
    /// Passes over the synapses so far.
    pub passes: usize,
    /// Flow time, for methods that follow the flow.
    pub time: Option<f64>,
    /// Total cost.
    pub cost: f64,
    /// `max_i |g_i|/(r_i + c_i)`.
    pub imbalance: f64,
}

/// What every solver returns.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The solver's name.
    pub method: &'static str,
    /// How it ended.
    pub status: Status,
    /// Its own iterations: steps, sweeps or factorisations.
    pub iterations: usize,
    /// Passes over the synapses (gradient evaluations).
    pub passes: usize,
    /// The log-scales, one for each node, relative to the graph's frame; gauge as in [`fix_gauge`].
    pub h: Vec<f64>,
    /// The achieved imbalance at `h`.
    pub imbalance: f64,
    /// The node where it is attained.
    pub worst_node: usize,
    /// Total cost at `h`.
    pub cost: f64,
    /// The way there.
    pub trace: Vec<TracePoint>,
}

impl Outcome {
    /// Measures `h` and settles the status: [`Status::Balanced`] if and only if the imbalance at `h` is within the
    /// tolerance; otherwise `reason`, the solver's own account of why it stopped.
    pub fn judge(graph: &CostGraph, stop: &Stop, run: Run) -> Outcome {
        // Log-scales that left the range of f64 are no result: the network stays as given, and the status says why.
        let runaway = run.h.iter().position(|value| !value.is_finite());
        let mut h = if runaway.is_some() { vec![0.0; graph.nodes()] } else { run.h };
        let reason = runaway.map_or(run.reason, |node| Status::NotFinite { node });
        fix_gauge(graph, &mut h);
        let costs = graph.costs_at(&h);
        let found = node_costs(graph.pattern(), &costs, &0.0).imbalance();
        let cost = graph.total(&costs);
        let status = if found.worst <= stop.tol && cost.is_finite() {
            Status::Balanced
        } else if found.worst.is_nan() || !cost.is_finite() {
            Status::NotFinite { node: found.node }
        } else {
            reason
        };
        Outcome {
            method: run.method,
            status,
            iterations: run.iterations,
            passes: run.passes,
            h,
            imbalance: found.worst,
            worst_node: found.node,
            cost,
            trace: run.trace.points,
        }
    }
}

/// What a solver hands to the judge.
pub struct Run {
    /// The solver's name.
    pub method: &'static str,
    /// Where it ended.
    pub h: Vec<f64>,
    /// Why it stopped, should the judge find `h` not balanced. Never [`Status::Balanced`].
    pub reason: Status,
    /// Steps, sweeps or factorisations.
    pub iterations: usize,
    /// Passes over the synapses.
    pub passes: usize,
    /// The way there.
    pub trace: Trace,
}

/// A way of balancing a graph of costs.
pub trait Solver {
    /// The name used on the command line and in reports.
    fn name(&self) -> &'static str;
    /// Looks for balanced log-scales, starting from `h = 0`.
    fn solve(&self, graph: &CostGraph, stop: &Stop) -> Outcome;
}

/// A trace of bounded length: when it is full, every other point goes and the stride doubles.
#[derive(Clone, Debug)]
pub struct Trace {
    points: Vec<TracePoint>,
    stride: usize,
    seen: usize,
}

impl Default for Trace {
    fn default() -> Self {
        Trace { points: Vec::new(), stride: 1, seen: 0 }
    }
}

impl Trace {
    const CAPACITY: usize = 512;

    /// Records a point, or leaves it out if the trace has grown too fine.
    pub fn push(&mut self, point: TracePoint) {
        if self.seen.is_multiple_of(self.stride) {
            if self.points.len() == Self::CAPACITY {
                let mut index = 0;
                self.points.retain(|_| {
                    index += 1;
                    index % 2 == 1
                });
                self.stride *= 2;
            }
            self.points.push(point);
        }
        self.seen += 1;
    }
}

/// Fixes what balancing leaves free: in each weak component `Σh = 0` (as the flow from `h = 0` keeps it), and in
/// the component of the world node `h_world = 0`.
pub fn fix_gauge<S: Scalar>(graph: &CostGraph, h: &mut [S]) {
    let Some(zero) = h.first().map(S::zero_like) else { return };
    let weak = graph.facts().weak();
    let count = graph.facts().weak_count();
    let (mut sum, mut size) = (vec![zero.clone(); count], vec![0.0; count]);
    for (value, &component) in h.iter().zip(weak) {
        sum[component as usize] += value;
        size[component as usize] += 1.0;
    }
    let mut shift: Vec<S> = sum.into_iter().zip(size).map(|(sum, size)| sum / &zero.lift(size)).collect();
    if let Some(world) = graph.world() {
        shift[weak[world] as usize] = h[world].clone();
    }
    for (value, &component) in h.iter_mut().zip(weak) {
        *value -= &shift[component as usize];
    }
}
