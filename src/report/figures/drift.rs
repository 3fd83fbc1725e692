//! Drift of the conserved quantities against the tolerance of a step: the flow on the weights against the flow on the
//! log-scales.
//!
//! The cycle products are what the weights conserve. Integrated as weights they drift with the error of the
//! integration; integrated as log-scales they cannot drift at all, beyond the rounding of the transform.

use crate::balance::{Coordinates, Criteria, OdeFlow, Solver, Stepper};
use crate::conserved::largest_log_product_change;
use crate::cost::CostGraph;
use crate::experiments::Series;
use crate::scalar::{largest_or_nan, scale_by_exp};

/// The largest change of a log cycle product, for each integrator and form, against the step tolerance.
#[derive(Clone, Debug, PartialEq)]
pub struct Drift {
    /// One curve for each integrator and form.
    pub change_against_tolerance: Vec<Series>,
}

/// Step tolerances, from crude to the solvers' standard.
const TOLERANCES: [f64; 5] = [1e-4, 1e-6, 1e-8, 1e-10, 1e-12];

/// Runs both adaptive integrators in both forms at every tolerance.
pub fn drift(graph: &CostGraph, stop: &Criteria) -> Drift {
    let mut curves = Vec::new();
    for stepper in [Stepper::Dopri5, Stepper::Dop853] {
        for coordinates in [Coordinates::Weights, Coordinates::LogScales] {
            let points = TOLERANCES
                .iter()
                .map(|&step_tol| {
                    let solver = OdeFlow { coordinates, stepper, step_tol };
                    (step_tol, largest_or_nan([change(graph, &solver, stop), f64::EPSILON]))
                })
                .collect();
            curves.push(Series::new(OdeFlow::new(stepper, coordinates).name(), points));
        }
    }
    Drift { change_against_tolerance: curves }
}

fn change(graph: &CostGraph, solver: &OdeFlow, stop: &Criteria) -> f64 {
    match solver.coordinates {
        Coordinates::Weights => {
            let weights = solver.follow_weights(graph, stop).weights;
            largest_log_product_change(graph.pattern(), graph.weight(), &weights, &0.0)
        }
        Coordinates::LogScales => {
            let h = solver.solve(graph, stop).h;
            let weights: Vec<f64> =
                graph.pattern().iter().map(|(e, i, j)| scale_by_exp(&graph.weight()[e], &(h[j] - h[i]))).collect();
            largest_log_product_change(graph.pattern(), graph.weight(), &weights, &0.0)
        }
    }
}
