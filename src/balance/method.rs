//! The solvers by name.

use super::descent::{Automatic, Newton, NewtonCg, Order, Osborne};
use super::flow::Euler;
#[cfg(feature = "ode")]
use super::flow::{Coordinates, OdeFlow, Stepper};
#[cfg(feature = "stiff")]
use super::flow::{Scheme, StiffFlow};
use super::outcome::Solver;

/// Every solver there is, as named on the command line and in reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
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

/// A name that is no method's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no method {name:?}")]
pub struct UnknownMethod {
    /// What was asked for.
    pub name: String,
}

impl std::str::FromStr for Method {
    type Err = UnknownMethod;

    fn from_str(name: &str) -> Result<Self, UnknownMethod> {
        let found = Method::NAMED.into_iter().find(|method| method.name() == name);
        found.ok_or_else(|| UnknownMethod { name: name.to_owned() })
    }
}

impl Method {
    /// All methods of this build but the automatic choice among them, in the order of tables.
    pub const ALL: &'static [Method] = &[
        Method::Newton,
        Method::NewtonCg,
        Method::Osborne,
        Method::OsborneShuffled,
        Method::OsborneGreedy,
        Method::Euler,
        #[cfg(feature = "ode")]
        Method::Rk4,
        #[cfg(feature = "ode")]
        Method::Dopri5,
        #[cfg(feature = "ode")]
        Method::Dop853,
        #[cfg(feature = "stiff")]
        Method::Bdf,
        #[cfg(feature = "stiff")]
        Method::Esdirk34,
        #[cfg(feature = "ode")]
        Method::Rk4Weights,
        #[cfg(feature = "ode")]
        Method::Dopri5Weights,
        #[cfg(feature = "ode")]
        Method::Dop853Weights,
    ];

    /// The name on the command line and in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Method::Auto => "auto",
            Method::Newton => "newton",
            Method::NewtonCg => "newton-cg",
            Method::Osborne => "osborne",
            Method::OsborneShuffled => "osborne-shuffled",
            Method::OsborneGreedy => "osborne-greedy",
            Method::Euler => "euler",
            Method::Rk4 => "rk4",
            Method::Dopri5 => "dopri5",
            Method::Dop853 => "dop853",
            Method::Bdf => "bdf",
            Method::Esdirk34 => "esdirk34",
            Method::Rk4Weights => "rk4-weights",
            Method::Dopri5Weights => "dopri5-weights",
            Method::Dop853Weights => "dop853-weights",
        }
    }

    /// What it does, in one line.
    pub const fn summary(self) -> &'static str {
        match self {
            Method::Auto => {
                "Picks Newton's method dense or with conjugate gradients by size; the result names the one taken"
            }
            Method::Newton => {
                "Newton's method, dense Cholesky in each component: fastest and most accurate up to thousands of neurons"
            }
            Method::NewtonCg => "Newton's method, conjugate gradients: fast on large sparse networks",
            Method::Osborne => "Cyclic Osborne iteration: little memory, any size",
            Method::OsborneShuffled => "Osborne iteration, a new random order for every sweep",
            Method::OsborneGreedy => "Osborne iteration, always the neuron whose turn lowers the cost most",
            Method::Euler => "Forward Euler on the log-scales, the paper's own method",
            Method::Rk4 => "The flow of the log-scales, classical Runge-Kutta 4",
            Method::Dopri5 => "The flow of the log-scales, Dormand-Prince 5(4)",
            Method::Dop853 => "The flow of the log-scales, Dormand-Prince 8(5,3)",
            Method::Bdf => {
                "The flow of the log-scales on stiff networks, implicit: backward differentiation of order 1 to 5 (feature `stiff`)"
            }
            Method::Esdirk34 => {
                "The flow of the log-scales on stiff networks, implicit: a Runge-Kutta method of order 3 (feature `stiff`)"
            }
            Method::Rk4Weights => "The flow of the weights, classical Runge-Kutta 4",
            Method::Dopri5Weights => "The flow of the weights, Dormand-Prince 5(4)",
            Method::Dop853Weights => "The flow of the weights, Dormand-Prince 8(5,3)",
        }
    }

    /// Every method that has a name, in the order of the command line's help: also those that this build does not have.
    pub const NAMED: [Method; 15] = [
        Method::Auto,
        Method::Newton,
        Method::NewtonCg,
        Method::Osborne,
        Method::OsborneShuffled,
        Method::OsborneGreedy,
        Method::Euler,
        Method::Rk4,
        Method::Dopri5,
        Method::Dop853,
        Method::Bdf,
        Method::Esdirk34,
        Method::Rk4Weights,
        Method::Dopri5Weights,
        Method::Dop853Weights,
    ];

    /// The solver, with its standard settings.
    ///
    /// # Errors
    /// [`LeftOut`], for a method whose feature this build does not have.
    pub fn solver(self) -> Result<Box<dyn Solver>, LeftOut> {
        Ok(match self {
            Method::Auto => Box::new(Automatic),
            Method::Newton => Box::new(Newton::default()),
            Method::NewtonCg => Box::new(NewtonCg::default()),
            Method::Osborne => Box::new(Osborne { order: Order::Cyclic }),
            Method::OsborneShuffled => Box::new(Osborne { order: Order::Shuffled }),
            Method::OsborneGreedy => Box::new(Osborne { order: Order::Greedy }),
            Method::Euler => Box::new(Euler),
            Method::Bdf | Method::Esdirk34 => return self.implicit(),
            Method::Rk4
            | Method::Dopri5
            | Method::Dop853
            | Method::Rk4Weights
            | Method::Dopri5Weights
            | Method::Dop853Weights => return self.explicit(),
        })
    }

    #[cfg(feature = "ode")]
    fn explicit(self) -> Result<Box<dyn Solver>, LeftOut> {
        let (stepper, coordinates) = match self {
            Method::Dopri5 => (Stepper::Dopri5, Coordinates::LogScales),
            Method::Dop853 => (Stepper::Dop853, Coordinates::LogScales),
            Method::Rk4Weights => (Stepper::Rk4, Coordinates::Weights),
            Method::Dopri5Weights => (Stepper::Dopri5, Coordinates::Weights),
            Method::Dop853Weights => (Stepper::Dop853, Coordinates::Weights),
            _ => (Stepper::Rk4, Coordinates::LogScales),
        };
        Ok(Box::new(OdeFlow::new(stepper, coordinates)))
    }

    #[cfg(not(feature = "ode"))]
    fn explicit(self) -> Result<Box<dyn Solver>, LeftOut> {
        Err(LeftOut { method: self, feature: "ode" })
    }

    #[cfg(feature = "stiff")]
    fn implicit(self) -> Result<Box<dyn Solver>, LeftOut> {
        Ok(Box::new(StiffFlow::new(if self == Method::Bdf { Scheme::Bdf } else { Scheme::Esdirk34 })))
    }

    #[cfg(not(feature = "stiff"))]
    fn implicit(self) -> Result<Box<dyn Solver>, LeftOut> {
        Err(LeftOut { method: self, feature: "stiff" })
    }

    /// True if the method is there for neurons of any degree, and not for degree one only.
    pub fn takes_any_degree(self) -> bool {
        matches!(self, Method::Auto | Method::Newton | Method::NewtonCg | Method::Osborne | Method::Euler)
    }

    /// True if the method follows the flow itself, so that its trace has times.
    pub fn follows_flow(self) -> bool {
        matches!(
            self,
            Method::Euler
                | Method::Rk4
                | Method::Dopri5
                | Method::Dop853
                | Method::Bdf
                | Method::Esdirk34
                | Method::Rk4Weights
                | Method::Dopri5Weights
                | Method::Dop853Weights
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A variant that is missing from a list would be left out of the report and of the tests in silence.
    #[test]
    fn every_method_is_listed() {
        for (at, method) in Method::NAMED.into_iter().enumerate() {
            assert_eq!(method as usize, at, "{} is not where it is declared", method.name());
            let listed = Method::ALL.contains(&method);
            let solver = method.solver();
            assert_eq!(listed, solver.is_ok() && method != Method::Auto, "{} in Method::ALL", method.name());
            if let Ok(solver) = solver {
                assert_eq!(solver.name(), method.name());
            }
        }
    }

    #[test]
    fn those_that_follow_the_flow_have_times_in_their_trace() {
        use crate::balance::{Criteria, Problem, Scope};
        use crate::cost::CostSpec;
        use crate::network::{Activation, Network, Weights};

        let weights = Weights::from_triplets(2, vec![(0, 1, 3.0), (1, 0, 1.0)]).unwrap();
        let network = Network::recurrent(weights, Activation::Relu);
        let problem = Problem::new(&network, &CostSpec::power(2.0), Scope::Whole).unwrap();
        for &method in Method::ALL {
            let run = problem.solve(method, &Criteria::default()).unwrap();
            let timed = run.outcome.trace.iter().filter(|point| point.time.is_some()).count();
            assert_eq!(timed > 1, method.follows_flow(), "{}: {timed} times", method.name());
        }
    }

    #[cfg(not(feature = "stiff"))]
    #[test]
    fn a_build_without_it_names_the_feature_that_has_it() {
        use crate::balance::{BalanceError, Criteria, Problem, Scope};
        use crate::cost::CostSpec;
        use crate::network::{Activation, Network, Weights};

        let weights = Weights::from_triplets(2, vec![(0, 1, 3.0), (1, 0, 1.0)]).unwrap();
        let network = Network::recurrent(weights, Activation::Relu);
        for (method, name) in [(Method::Bdf, "bdf"), (Method::Esdirk34, "esdirk34")] {
            let left_out = LeftOut { method, feature: "stiff" };
            assert_eq!(method.solver().err(), Some(left_out));
            let refused = Problem::new(&network, &CostSpec::power(2.0), Scope::Whole)
                .and_then(|problem| problem.solve(method, &Criteria::default()))
                .unwrap_err();
            assert_eq!(refused, BalanceError::LeftOut(left_out));
            assert!(
                refused.to_string().contains("--features stiff") && refused.to_string().contains(name),
                "{refused}"
            );
            assert!(!Method::ALL.contains(&method));
        }
    }
}
