//! What all integrators of the flow have in common: the field, the clock, the observer of accepted steps.
//!
//! Time inside is measured in units of `1/max_i(r_i + c_i)` at the start, so that rates are of order one whatever
//! the unit of cost; the trace reports flow time.

use std::cell::RefCell;

use super::trajectory::{Horizon, Trajectory};
use crate::balance::criteria::Criteria;
use crate::balance::end::End;
use crate::balance::status::Status;
use crate::balance::trace::{Trace, TracePoint};
use crate::cost::CostGraph;
use crate::flow::{lax_field, node_costs};

/// Which unknowns are integrated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coordinates {
    /// The log-scales `h`: exactly similar to the given network by construction.
    LogScales,
    /// The weights `J`: as the paper writes the rule. Similarity holds only to the accuracy of the integration.
    Weights,
}

/// The field of the flow, and the observer of its integration.
pub(super) struct Follow<'a> {
    pub graph: &'a CostGraph,
    pub coordinates: Coordinates,
    criteria: Criteria<'a>,
    /// Inner time is flow time times this.
    pub rate: f64,
    pub monitor: RefCell<Monitor>,
    /// Accepted steps, if they are wanted.
    recording: Option<RefCell<Recording>>,
}

struct Recording {
    horizon: Horizon,
    trajectory: Trajectory,
}

/// What has been seen so far.
#[derive(Default)]
pub(super) struct Monitor {
    pub passes: usize,
    pub steps: usize,
    /// Inner time at which the integrator's own clock was last started.
    pub leg_start: f64,
    pub trace: Trace,
    /// Why to stop, once there is a reason.
    pub end: Option<End>,
}

/// Where an integration ended.
pub(super) struct Followed {
    pub state: Vec<f64>,
    pub end: End,
    pub monitor: Monitor,
    trajectory: Option<Trajectory>,
}

impl<'a> Follow<'a> {
    pub fn new(graph: &'a CostGraph, coordinates: Coordinates, criteria: &Criteria<'a>) -> Self {
        let degree = node_costs(graph.pattern(), graph.initial_costs(), &0.0).largest_degree();
        let rate = if degree > 0.0 { degree } else { 1.0 };
        Follow { graph, coordinates, criteria: *criteria, rate, monitor: RefCell::default(), recording: None }
    }

    /// The log-scales, recorded at every step until a horizon. No tolerance: only the horizon ends it, or an imbalance
    /// of exactly zero, where nothing moves any more.
    pub fn recorded(graph: &'a CostGraph, horizon: &Horizon) -> Self {
        let follow = Self::new(graph, Coordinates::LogScales, &Criteria::new(0.0, usize::MAX));
        let trajectory = Trajectory::start(follow.rate, graph.nodes());
        Follow { recording: Some(RefCell::new(Recording { horizon: *horizon, trajectory })), ..follow }
    }

    pub fn start(&self) -> Vec<f64> {
        match self.coordinates {
            Coordinates::LogScales => vec![0.0; self.graph.nodes()],
            Coordinates::Weights => self.graph.weight().to_vec(),
        }
    }

    /// The node that the number at this place of a state is about: of a weight, its target.
    pub fn node_at(&self, place: usize) -> usize {
        match self.coordinates {
            Coordinates::LogScales => place,
            Coordinates::Weights => self.graph.pattern().row_starts().partition_point(|&start| start <= place) - 1,
        }
    }

    /// The costs at a state. The caller counts the pass.
    pub fn costs(&self, state: &[f64]) -> Vec<f64> {
        match self.coordinates {
            Coordinates::LogScales => self.graph.costs_at(state),
            Coordinates::Weights => self.graph.costs_of_weights(state),
        }
    }

    /// The right-hand side, in inner time: one pass.
    pub fn field(&self, state: &[f64], derivative: &mut [f64]) {
        self.monitor.borrow_mut().passes += 1;
        let g = node_costs(self.graph.pattern(), &self.costs(state), &0.0).gradient();
        match self.coordinates {
            Coordinates::LogScales => derivative.copy_from_slice(&g),
            Coordinates::Weights => derivative.copy_from_slice(&lax_field(self.graph.pattern(), state, &g)),
        }
        for value in derivative {
            *value /= self.rate;
        }
    }

    /// Looks at a state, the integrator's clock at `inner_time`; why to stop, if there is a reason. One pass.
    pub fn check(&self, inner_time: f64, state: &[f64]) -> Option<End> {
        let costs = self.costs(state);
        let found = node_costs(self.graph.pattern(), &costs, &0.0).imbalance();
        let mut monitor = self.monitor.borrow_mut();
        monitor.passes += 1;
        let point = TracePoint {
            passes: monitor.passes,
            time: Some((monitor.leg_start + inner_time) / self.rate),
            cost: self.graph.total(&costs),
            imbalance: found.worst,
        };
        monitor.trace.push(point);
        monitor.end = self.criteria.end(found, monitor.passes);
        monitor.end.clone()
    }

    /// The same for an accepted step, which is recorded if steps are wanted.
    pub fn accept(&self, inner_time: f64, state: &[f64]) -> Option<End> {
        let mut end = self.check(inner_time, state);
        let mut monitor = self.monitor.borrow_mut();
        if let Some(recording) = &self.recording {
            let Recording { horizon, trajectory } = &mut *recording.borrow_mut();
            trajectory.push(monitor.leg_start + inner_time, state);
            if end.is_none() && trajectory.is_over(horizon) {
                end = Some(End::AtHorizon);
                monitor.end.clone_from(&end);
            }
        }
        monitor.steps += 1;
        end
    }

    /// The end of the integration.
    pub fn finish(self, state: Vec<f64>, end: End) -> Followed {
        let trajectory = self.recording.map(|recording| recording.into_inner().trajectory);
        Followed { state, end, monitor: self.monitor.into_inner(), trajectory }
    }
}

impl Followed {
    /// What was recorded.
    ///
    /// # Errors
    /// Why the integrator failed before the horizon.
    pub fn into_trajectory(self) -> Result<Trajectory, Status> {
        match (self.end, self.trajectory) {
            // Balanced exactly, nothing moves any more: the rest of the way is known.
            (End::AtHorizon | End::AtTarget, Some(trajectory)) => Ok(trajectory),
            (end, _) => Err(end.unbalanced()),
        }
    }
}
