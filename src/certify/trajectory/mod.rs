//! Certified trajectories: how far computed solutions of the flow are from the true one.
//!
//! The flow does not expand distances (claim `contraction`), so the global error of ANY curve is at most its initial
//! error plus the integral of its defect plus its jumps. The curve that goes with a computed trajectory is made of
//! Taylor polynomials of the flow, started anew at every state: their defect is tiny, and the jumps are the local errors
//! of the steps. Everything is bounded in intervals, rounding included; see [`certify`].
//!
//! The same bound for a curve that never restarts gives a [`Tube`] so thin that the error of every other trajectory can
//! be read off as its distance to it, from above and from below.

#[cfg(feature = "ode")]
mod compare;
mod piece;
mod rate;
#[cfg(feature = "precise")]
mod reference;
mod taylor;
mod tube;
mod walk;

#[cfg(feature = "ode")]
pub use compare::{Compared, compare_solvers};
#[cfg(feature = "precise")]
pub use reference::{Reference, reference};
pub use tube::{ErrorRange, Tube};

use crate::balance::Trajectory;
use crate::cost::CostGraph;
use walk::Walk;

/// Why there is no bound.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TrajectoryError {
    /// The trajectory has `states` states at `times` times.
    #[error("the trajectory has {states} states at {times} times; give one state for each time, and at least one")]
    WrongLength {
        /// Number of times.
        times: usize,
        /// Number of states.
        states: usize,
    },
    /// State `step` has `found` log-scales, but the graph has `nodes` nodes.
    #[error("state {step} (counted from 0) has {found} log-scales, but the graph has {nodes} nodes")]
    WrongState {
        /// The state's number, counted from 0.
        step: usize,
        /// What was found.
        found: usize,
        /// Number of nodes.
        nodes: usize,
    },
    /// The log-scale of node `node` at step `step` is `value`.
    #[error(
        "the log-scale of node {node} at step {step} (both counted from 0, the world last) is {value}; give finite numbers"
    )]
    NotFinite {
        /// The state's number, counted from 0.
        step: usize,
        /// The node, counted from 0; the world is the last.
        node: usize,
        /// The value found.
        value: f64,
    },
    /// Time `step` of the trajectory is `time`.
    #[error("time {step} (counted from 0) of the trajectory is {time}; give finite times that increase from 0")]
    BadTime {
        /// The number of the time, counted from 0.
        step: usize,
        /// The time found there.
        time: f64,
    },
    /// The unit of time is `rate`.
    #[error("the unit of time is {rate}; give a finite number greater than 0")]
    BadRate {
        /// The unit of time found.
        rate: f64,
    },
    /// No step from time `time` on is short enough for a bound: the costs there are too far apart.
    #[error("no step from time {time} on is short enough for a bound: the costs there are too far apart")]
    NoBound {
        /// The inner time from which on there is no bound.
        time: f64,
    },
    /// Time `time` is beyond the end `end` of the tube.
    #[error("time {time} is beyond the end {end} of the tube; make the tube longer")]
    BeyondTube {
        /// The inner time asked for.
        time: f64,
        /// The inner time at which the tube ends.
        end: f64,
    },
    /// `solver` could not follow the flow: `reason`.
    #[error("{solver} could not follow the flow: {reason}")]
    Solver {
        /// The solver's name.
        solver: &'static str,
        /// How the run ended.
        reason: String,
    },
    #[cfg(feature = "precise")]
    /// A fault found there: [`crate::scalar::PrecisionError`].
    #[error(transparent)]
    Precision(#[from] crate::scalar::PrecisionError),
}

/// A trajectory's error, bounded.
#[derive(Clone, Debug, PartialEq)]
pub struct Certified {
    /// At each time of the trajectory at most this is `‖ĥ(t) − h(t)‖₂`, `h` the true solution from `h = 0`.
    pub bounds: Vec<f64>,
    /// Pieces that were needed.
    pub pieces: usize,
}

/// Bounds the global error of a computed trajectory (of log-scales, from `h = 0`) at each of its times, by what its
/// own steps miss.
///
/// # Errors
/// A trajectory that does not fit the graph, or [`TrajectoryError::NoBound`]. Never a wrong bound.
pub fn certify(graph: &CostGraph, trajectory: &Trajectory) -> Result<Certified, TrajectoryError> {
    check(graph, trajectory)?;
    let mut walk = Walk::new(graph, trajectory.rate, trajectory.states[0].clone());
    let mut bounds = vec![walk.distance().hi()];
    let mut pieces = 0;
    for (&end, state) in trajectory.times.iter().zip(&trajectory.states).skip(1) {
        loop {
            let walked = walk.go(end.min(walk.reach()))?;
            pieces += 1;
            if walk.time() == end {
                walk.jump(&walked, state.clone());
                break;
            }
            walk.go_on(&walked);
        }
        let bound = walk.distance().hi();
        if !bound.is_finite() {
            return Err(TrajectoryError::NoBound { time: end });
        }
        bounds.push(bound);
    }
    Ok(Certified { bounds, pieces })
}

fn check(graph: &CostGraph, trajectory: &Trajectory) -> Result<(), TrajectoryError> {
    let Trajectory { rate, times, states } = trajectory;
    if times.len() != states.len() || times.is_empty() {
        return Err(TrajectoryError::WrongLength { times: times.len(), states: states.len() });
    }
    if !(rate.is_finite() && *rate > 0.0) {
        return Err(TrajectoryError::BadRate { rate: *rate });
    }
    for (step, (&time, state)) in times.iter().zip(states).enumerate() {
        let follows = if step == 0 { time == 0.0 } else { time > times[step - 1] };
        if !follows || !time.is_finite() {
            return Err(TrajectoryError::BadTime { step, time });
        }
        if state.len() != graph.nodes() {
            return Err(TrajectoryError::WrongState { step, found: state.len(), nodes: graph.nodes() });
        }
        if let Some((node, &value)) = state.iter().enumerate().find(|(_, value)| !value.is_finite()) {
            return Err(TrajectoryError::NotFinite { step, node, value });
        }
    }
    Ok(())
}
