//! Every solver of the flow beside its bound.

use super::{ErrorRange, TrajectoryError, Tube, certify};
use crate::balance::{Coordinates, Euler, Horizon, OdeFlow, Solver, Status, Stepper, Trajectory};
use crate::cost::CostGraph;

/// One solver's trajectory: bounds and errors at its times.
#[derive(Clone, Debug, PartialEq)]
pub struct Compared {
    /// The solver's name.
    pub solver: &'static str,
    /// Flow times.
    pub times: Vec<f64>,
    /// Bounds on the error, from the trajectory's own steps.
    pub bounds: Vec<f64>,
    /// The error itself, enclosed.
    pub errors: Vec<ErrorRange>,
}

/// Follows the flow from `h = 0` with every solver on the log-scales, in its standard setting; bounds the error of each
/// and measures it.
///
/// # Errors
/// A solver that fails, or a network whose costs are too far apart.
pub fn compare_solvers(graph: &CostGraph, horizon: &Horizon) -> Result<Vec<Compared>, TrajectoryError> {
    let mut all: Vec<(&'static str, Result<Trajectory, Status>)> =
        vec![(Euler.name(), Euler.trajectory(graph, horizon))];
    for stepper in [Stepper::Rk4, Stepper::Dopri5, Stepper::Dop853] {
        let flow = OdeFlow::new(stepper, Coordinates::LogScales);
        all.push((flow.name(), flow.trajectory(graph, horizon)));
    }
    let mut trajectories = Vec::new();
    for (solver, found) in all {
        let trajectory = found.map_err(|status| TrajectoryError::Solver { solver, reason: status.to_string() })?;
        trajectories.push((solver, trajectory));
    }
    let end = trajectories.iter().filter_map(|(_, t)| t.times.last().copied()).fold(0.0, f64::max);
    let Some(rate) = trajectories.first().map(|(_, t)| t.rate) else { return Ok(Vec::new()) };
    let tube = Tube::new(graph, rate, end)?;
    let compare = |(solver, trajectory): &(&'static str, Trajectory)| {
        Ok(Compared {
            solver,
            times: trajectory.times.iter().map(|time| time / trajectory.rate).collect(),
            bounds: certify(graph, trajectory)?.bounds,
            errors: tube.errors_of(graph, trajectory)?,
        })
    };
    trajectories.iter().map(compare).collect()
}

impl Compared {
    /// The median of bound over error at the times after the start where the error is known to a factor of two, and
    /// how many these are; `None` if there is no such time: all errors are as small as the rounding of the tube.
    pub fn median_ratio(&self) -> Option<(f64, usize)> {
        let known = |error: &ErrorRange| error.least > 0.0 && error.most <= 2.0 * error.least;
        let pairs = self.bounds.iter().zip(&self.errors).skip(1);
        let mut ratios: Vec<f64> =
            pairs.filter(|(_, error)| known(error)).map(|(bound, error)| bound / error.least).collect();
        ratios.sort_by(f64::total_cmp);
        ratios.get(ratios.len() / 2).map(|&median| (median, ratios.len()))
    }
}
