//! Balancing: one [`Problem`], many solvers, one judge.
//!
//! A solver returns log-scales; whether they are balanced is decided by the judge alone, from the costs at those
//! log-scales: `max_i |g_i|/(r_i + c_i) ≤ tol`. Nothing that stopped early is ever reported as balanced, and
//! [`Run::converged`] is what stands between a run and a [`Balanced`] network.
//!
//! `descent` holds the methods that lower the cost (Osborne, Newton), `flow` those that follow the flow of the paper,
//! `precise` Newton's method to any number of digits.

mod criteria;
mod degrees;
pub mod descent;
mod end;
pub mod flow;
mod gauge;
mod memory;
mod method;
mod outcome;
#[cfg(feature = "precise")]
mod precise;
#[cfg(feature = "precise")]
mod precise_error;
mod problem;
mod run;
mod solved;
mod status;
mod trace;

pub use criteria::{Criteria, Observer};
pub use degrees::{DegreeError, DegreeNotConverged, DegreeProblem, DegreeRun, LoweringDirection};
pub use descent::{Automatic, Newton, NewtonCg, Order, Osborne, Pass};
#[cfg(any(feature = "ode", feature = "stiff"))]
pub use flow::Coordinates;
pub use flow::{Euler, Horizon, Trajectory};
#[cfg(feature = "ode")]
pub use flow::{OdeFlow, Stepper, WeightsReached};
#[cfg(feature = "stiff")]
pub use flow::{Scheme, StiffFlow};
pub use gauge::fix_gauge;
pub use memory::{ask_for_memory, working_memory};
pub use method::{LeftOut, Method, UnknownMethod};
pub use outcome::{Outcome, Solver};
#[cfg(feature = "precise")]
pub use precise::{LinearSolver, Precise, PreciseStep, balance_to_digits, balance_to_digits_by, reference_to_digits};
#[cfg(feature = "precise")]
pub use precise_error::{MOST_DIGITS, PreciseError};
pub use problem::{BalanceError, Problem, Scope, named_synapses};
pub use run::{Balanced, NotConverged, Run};
pub use solved::{SolveError, Solved};
pub use status::Status;
pub use trace::TracePoint;
