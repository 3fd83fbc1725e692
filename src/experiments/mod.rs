//! The data behind the figures: one file for each experiment.

mod certified;
mod descent;
mod drift;
mod scatter;
mod trajectories;

pub use certified::certified_errors;
pub use descent::{Descent, descent};
pub use drift::{Drift, drift};
pub use scatter::{Scatter, costs_per_neuron, weights_before_and_after};
pub use trajectories::{Trajectories, trajectories};

/// A named curve or cloud of points.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Series {
    /// Its name in the legend.
    pub name: String,
    /// The points.
    pub points: Vec<(f64, f64)>,
}

impl Series {
    /// A named series.
    pub fn new(name: impl Into<String>, points: Vec<(f64, f64)>) -> Self {
        Series { name: name.into(), points }
    }
}
