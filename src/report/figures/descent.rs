//! How each solver comes down: cost against flow time, imbalance against work.

use crate::balance::Run;
use crate::claims::Subject;
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
pub fn descent(subject: &Subject) -> Descent {
    let lowest = subject.all_runs().map(|run| run.outcome.cost).fold(f64::INFINITY, f64::min);
    // Below this the excess is the rounding of the sum, not a cost.
    let floor = f64::EPSILON * subject.graph().pattern().len() as f64;
    let cost = |run: &Run| {
        let points = run.outcome.trace.iter().filter_map(|point| {
            let excess = (point.cost - lowest) / lowest;
            point.time.filter(|&time| time > 0.0 && excess > floor).map(|time| (time, excess))
        });
        Series::new(run.outcome.method, points.collect())
    };
    let imbalance = |run: &Run| {
        let points = run.outcome.trace.iter().filter(|point| point.imbalance > 0.0);
        Series::new(run.outcome.method, points.map(|point| (point.passes as f64, point.imbalance)).collect())
    };
    Descent {
        cost_against_time: subject.all_runs().map(cost).filter(|series| !series.points.is_empty()).collect(),
        imbalance_against_work: subject.all_runs().map(imbalance).collect(),
    }
}
