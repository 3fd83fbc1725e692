//! The way that a solver took along the flow, step by step.

/// Accepted steps of a solver of the flow on the log-scales.
#[derive(Clone, Debug, PartialEq)]
pub struct Trajectory {
    /// Inner time is flow time times this: the largest degree at the start, so that rates are of order one.
    pub rate: f64,
    /// Inner times, increasing, from 0.
    pub times: Vec<f64>,
    /// The log-scales at those times, one for each node.
    pub states: Vec<Vec<f64>>,
}

/// How far to follow the flow.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Horizon {
    /// Inner time; the last step is the first one that ends there or later.
    pub time: f64,
    /// Steps after which the trajectory ends, wherever it is.
    pub most_steps: usize,
}

impl Horizon {
    /// So much inner time, in so many steps at most.
    pub const fn new(time: f64, most_steps: usize) -> Self {
        Horizon { time, most_steps }
    }
}

impl Trajectory {
    /// At rest at time zero.
    pub(super) fn start(rate: f64, nodes: usize) -> Self {
        Trajectory { rate, times: vec![0.0], states: vec![vec![0.0; nodes]] }
    }

    /// One more step.
    pub(super) fn push(&mut self, time: f64, state: &[f64]) {
        self.times.push(time);
        self.states.push(state.to_vec());
    }

    /// True if it ends at the horizon, or has as many steps as were allowed.
    pub(super) fn is_over(&self, horizon: &Horizon) -> bool {
        self.times.last().is_some_and(|&time| time >= horizon.time) || self.times.len() > horizon.most_steps
    }
}
