//! Certified bounds and true errors of the solvers of the flow.

use crate::balance::Horizon;
use crate::certify::trajectory::{TrajectoryError, compare_solvers};
use crate::cost::CostGraph;
use crate::experiments::Series;

/// Inner time (units of one over the largest degree) and steps that are shown.
const HORIZON: Horizon = Horizon::new(5.0, 60);

/// For every solver two curves against flow time: its bound, and its error (the lower end of the enclosure).
///
/// # Errors
/// See [`compare_solvers`].
pub fn certified_errors(graph: &CostGraph) -> Result<Vec<Series>, TrajectoryError> {
    let mut series = Vec::new();
    for solver in compare_solvers(graph, &HORIZON)? {
        let bounds = solver.times.iter().copied().zip(solver.bounds.iter().copied());
        let errors = solver.times.iter().copied().zip(solver.errors.iter().map(|error| error.least));
        let positive = |points: Vec<(f64, f64)>| points.into_iter().filter(|&(_, y)| y > 0.0).collect();
        series.push(Series::new(format!("{}: bound", solver.solver), positive(bounds.collect())));
        series.push(Series::new(format!("{}: error", solver.solver), positive(errors.collect())));
    }
    Ok(series)
}
