//! The solvers by name.

use super::{Automatic, Euler, Form, Newton, NewtonCg, OdeFlow, Order, Osborne, Solver, Stepper};

/// Every solver there is, as named on the command line and in reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// Picks Newton's method dense or with conjugate gradients by size; the result names the one taken
    Auto,
    /// Newton's method, dense Cholesky in each component: fastest and most accurate up to thousands of neurons
    Newton,
    /// Newton's method, conjugate gradients: fast on large sparse networks
    NewtonCg,
    /// Cyclic Osborne iteration: little memory, any size
    Osborne,
    /// Osborne iteration, a new random order for every sweep
    OsborneShuffled,
    /// Osborne iteration, always the neuron whose turn lowers the cost most
    OsborneGreedy,
    /// Forward Euler on the log-scales, the paper's own method
    Euler,
    /// The flow of the log-scales, classical Runge-Kutta 4
    Rk4,
    /// The flow of the log-scales, Dormand-Prince 5(4)
    Dopri5,
    /// The flow of the log-scales, Dormand-Prince 8(5,3)
    Dop853,
    /// The flow of the weights, classical Runge-Kutta 4
    Rk4Weights,
    /// The flow of the weights, Dormand-Prince 5(4)
    Dopri5Weights,
    /// The flow of the weights, Dormand-Prince 8(5,3)
    Dop853Weights,
}

impl Method {
    /// All methods but the automatic choice among them, in the order of tables.
    pub const ALL: [Method; 12] = [
        Method::Newton,
        Method::NewtonCg,
        Method::Osborne,
        Method::OsborneShuffled,
        Method::OsborneGreedy,
        Method::Euler,
        Method::Rk4,
        Method::Dopri5,
        Method::Dop853,
        Method::Rk4Weights,
        Method::Dopri5Weights,
        Method::Dop853Weights,
    ];

    /// The solver, with its standard settings.
    pub fn solver(self) -> Box<dyn Solver> {
        let flow = |stepper, form| Box::new(OdeFlow::new(stepper, form)) as Box<dyn Solver>;
        let osborne = |order| Box::new(Osborne { order }) as Box<dyn Solver>;
        match self {
            Method::Auto => Box::new(Automatic),
            Method::Newton => Box::new(Newton::default()),
            Method::NewtonCg => Box::new(NewtonCg::default()),
            Method::Osborne => osborne(Order::Cyclic),
            Method::OsborneShuffled => osborne(Order::Shuffled),
            Method::OsborneGreedy => osborne(Order::Greedy),
            Method::Euler => Box::new(Euler),
            Method::Rk4 => flow(Stepper::Rk4, Form::LogScales),
            Method::Dopri5 => flow(Stepper::Dopri5, Form::LogScales),
            Method::Dop853 => flow(Stepper::Dop853, Form::LogScales),
            Method::Rk4Weights => flow(Stepper::Rk4, Form::Weights),
            Method::Dopri5Weights => flow(Stepper::Dopri5, Form::Weights),
            Method::Dop853Weights => flow(Stepper::Dop853, Form::Weights),
        }
    }

    /// True if the method follows the flow itself, so that its trace has times.
    pub fn follows_flow(self) -> bool {
        !matches!(
            self,
            Method::Newton | Method::NewtonCg | Method::Osborne | Method::OsborneShuffled | Method::OsborneGreedy
        )
    }
}
