//! The solvers by name.

use clap::ValueEnum;

use super::descent::{Automatic, Newton, NewtonCg, Order, Osborne};
use super::flow::{Coordinates, Euler, OdeFlow, Stepper};
#[cfg(feature = "stiff")]
use super::flow::{Scheme, StiffFlow};
use super::outcome::Solver;

/// Every solver there is, as named on the command line and in reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, serde::Serialize)]
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
    /// The flow of the log-scales on stiff networks, implicit: backward differentiation of order 1 to 5 (feature `stiff`)
    Bdf,
    /// The flow of the log-scales on stiff networks, implicit: a Runge-Kutta method of order 3 (feature `stiff`)
    Esdirk34,
    /// The flow of the weights, classical Runge-Kutta 4
    Rk4Weights,
    /// The flow of the weights, Dormand-Prince 5(4)
    Dopri5Weights,
    /// The flow of the weights, Dormand-Prince 8(5,3)
    Dop853Weights,
}

/// A method that was left out when the program was built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "this program was built without the feature `{feature}`, so there is no {}; build it with `cargo build --release --features {feature}`",
    method.name()
)]
pub struct LeftOut {
    /// The method.
    pub method: Method,
    /// The feature that has it.
    pub feature: &'static str,
}

impl Method {
    /// All methods of this build but the automatic choice among them, in the order of tables.
    pub const ALL: [Method; if cfg!(feature = "stiff") { 14 } else { 12 }] = [
        Method::Newton,
        Method::NewtonCg,
        Method::Osborne,
        Method::OsborneShuffled,
        Method::OsborneGreedy,
        Method::Euler,
        Method::Rk4,
        Method::Dopri5,
        Method::Dop853,
        #[cfg(feature = "stiff")]
        Method::Bdf,
        #[cfg(feature = "stiff")]
        Method::Esdirk34,
        Method::Rk4Weights,
        Method::Dopri5Weights,
        Method::Dop853Weights,
    ];

    /// The name on the command line and in reports.
    pub fn name(self) -> String {
        self.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
    }

    /// The solver, with its standard settings.
    ///
    /// # Errors
    /// [`LeftOut`], for a method whose feature this build does not have.
    pub fn solver(self) -> Result<Box<dyn Solver>, LeftOut> {
        let flow = |stepper, form| Box::new(OdeFlow::new(stepper, form)) as Box<dyn Solver>;
        let osborne = |order| Box::new(Osborne { order }) as Box<dyn Solver>;
        #[cfg(feature = "stiff")]
        let stiff = |scheme| Box::new(StiffFlow::new(scheme)) as Box<dyn Solver>;
        Ok(match self {
            Method::Auto => Box::new(Automatic),
            Method::Newton => Box::new(Newton::default()),
            Method::NewtonCg => Box::new(NewtonCg::default()),
            Method::Osborne => osborne(Order::Cyclic),
            Method::OsborneShuffled => osborne(Order::Shuffled),
            Method::OsborneGreedy => osborne(Order::Greedy),
            Method::Euler => Box::new(Euler),
            Method::Rk4 => flow(Stepper::Rk4, Coordinates::LogScales),
            Method::Dopri5 => flow(Stepper::Dopri5, Coordinates::LogScales),
            Method::Dop853 => flow(Stepper::Dop853, Coordinates::LogScales),
            #[cfg(feature = "stiff")]
            Method::Bdf => stiff(Scheme::Bdf),
            #[cfg(feature = "stiff")]
            Method::Esdirk34 => stiff(Scheme::Esdirk34),
            #[cfg(not(feature = "stiff"))]
            Method::Bdf | Method::Esdirk34 => return Err(LeftOut { method: self, feature: "stiff" }),
            Method::Rk4Weights => flow(Stepper::Rk4, Coordinates::Weights),
            Method::Dopri5Weights => flow(Stepper::Dopri5, Coordinates::Weights),
            Method::Dop853Weights => flow(Stepper::Dop853, Coordinates::Weights),
        })
    }

    /// True if the method follows the flow itself, so that its trace has times.
    pub fn follows_flow(self) -> bool {
        !matches!(
            self,
            Method::Newton | Method::NewtonCg | Method::Osborne | Method::OsborneShuffled | Method::OsborneGreedy
        )
    }
}
