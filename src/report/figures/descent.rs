//! How each solver comes down: cost against flow time, imbalance against work.

use super::Drawn;
use crate::balance::Outcome;
use crate::experiments::Series;

/// The runs of all solvers on one network.
#[derive(Clone, Debug, PartialEq)]
pub struct Descent {
    /// Excess cost over the balanced cost, relative to it, against flow time; methods that follow the flow.
    pub cost_against_time: Vec<Series>,
    /// `max_i |g_i|/(r_i + c_i)` against passes over the synapses; all methods.
    pub imbalance_against_work: Vec<Series>,
}

/// Reads the curves off the solvers' traces.
pub fn descent(drawn: &Drawn) -> Descent {
    let lowest = drawn.outcomes.iter().map(|outcome| outcome.cost).fold(f64::INFINITY, f64::min);
    // Below this the excess is the rounding of the sum, not a cost.
    let floor = f64::EPSILON * drawn.synapses as f64;
    let cost = |outcome: &&Outcome| {
        let points = outcome.trace.iter().filter_map(|point| {
            let excess = (point.cost - lowest) / lowest;
            point.time.filter(|&time| time > 0.0 && excess > floor).map(|time| (time, excess))
        });
        Series::new(outcome.method, points.collect())
    };
    let imbalance = |outcome: &&Outcome| {
        let points = outcome.trace.iter().filter(|point| point.imbalance > 0.0);
        Series::new(outcome.method, points.map(|point| (point.passes as f64, point.imbalance)).collect())
    };
    Descent {
        cost_against_time: drawn.outcomes.iter().map(cost).filter(|series| !series.points.is_empty()).collect(),
        imbalance_against_work: drawn.outcomes.iter().map(imbalance).collect(),
    }
}
