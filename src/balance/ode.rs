//! The flow followed by ode_solvers' integrators: Rk4, Dopri5 and Dop853, each on the log-scales (`ḣ = g(h)`) and on
//! the weights themselves (`J̇ = [J, diag g]`).
//!
//! Known traps of ode_solvers 0.6, guarded here: `Rk4` takes `⌈(end − start)/step⌉` steps and can overshoot the
//! end; all of them return `Ok` on a field that is NaN; every accepted step is stored, so memory grows with the
//! state. Hence the integration runs in legs of bounded length, and every leg is checked for its end time and for
//! numbers that are not finite. The stiffness test of the library is switched off: near equilibrium every explicit
//! method runs at its stability limit, and the allowance of passes bounds what that can cost.
//!
//! Time inside is measured in units of `1/max_i(r_i + c_i)` at the start, so that rates are of order one whatever
//! the unit of cost; the trace reports flow time.

use std::cell::RefCell;

use ode_solvers::dop_shared::{IntegrationError, OutputType, Stats};
use ode_solvers::{DVector, Dop853, Dopri5, Rk4, System};

use super::{Horizon, Outcome, Run, Solver, Status, Stop, Trace, TracePoint, Trajectory};
use crate::cost::CostGraph;
use crate::flow::{lax_field, node_costs};
use crate::network::recover_log_scales;

type State = DVector<f64>;

/// Which unknowns are integrated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// The log-scales `h`: exactly similar to the given network by construction.
    LogScales,
    /// The weights `J`: as the paper writes the rule. Similarity holds only to the accuracy of the integration.
    Weights,
}

/// Which integrator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stepper {
    /// Classical Runge–Kutta of order 4, fixed step within a leg.
    Rk4,
    /// Dormand–Prince 5(4).
    Dopri5,
    /// Dormand–Prince 8(5,3).
    Dop853,
}

/// The flow under one integrator in one form.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OdeFlow {
    /// Which unknowns.
    pub form: Form,
    /// Which integrator.
    pub stepper: Stepper,
    /// Relative tolerance of a step (and absolute one, on the log-scales). Rk4 has none.
    pub step_tol: f64,
}

impl OdeFlow {
    /// With the step tolerance that balancing to 1e-10 needs.
    pub fn new(stepper: Stepper, form: Form) -> Self {
        OdeFlow { form, stepper, step_tol: 1e-12 }
    }
}

/// Accepted steps in one leg; bounds the memory that the library holds.
const STEPS_PER_LEG: usize = 200;

/// The longest leg, in inner time: far beyond it nothing changes within one leg anyway.
const LONGEST_LEG: f64 = 1e12;

/// Attempted steps in one leg after which the library itself gives up (it rejects at most some hundreds in a row
/// before its step underflows).
const MAX_ATTEMPTS: u32 = 100_000;

impl Solver for OdeFlow {
    fn name(&self) -> &'static str {
        match (self.stepper, self.form) {
            (Stepper::Rk4, Form::LogScales) => "rk4",
            (Stepper::Dopri5, Form::LogScales) => "dopri5",
            (Stepper::Dop853, Form::LogScales) => "dop853",
            (Stepper::Rk4, Form::Weights) => "rk4-weights",
            (Stepper::Dopri5, Form::Weights) => "dopri5-weights",
            (Stepper::Dop853, Form::Weights) => "dop853-weights",
        }
    }

    fn solve(&self, graph: &CostGraph, stop: &Stop) -> Outcome {
        let (state, reason, monitor) = self.follow(graph, stop);
        let (h, reason) = match self.form {
            Form::LogScales => (state.as_slice().to_vec(), reason),
            Form::Weights => {
                let recovered = recover_log_scales(graph.pattern(), graph.weight(), state.as_slice(), &0.0);
                let reason = match reason {
                    Status::Stalled => Status::Drifted { similarity_defect: recovered.defect },
                    other => other,
                };
                (recovered.h, reason)
            }
        };
        let run = Run {
            method: self.name(),
            h,
            reason,
            iterations: monitor.steps,
            passes: monitor.passes,
            trace: monitor.trace,
        };
        Outcome::judge(graph, stop, run)
    }
}

impl OdeFlow {
    /// The weights (in the order of the graph's pattern) where the flow on the weights ends, just as integrated: not
    /// corrected by any log-scales. With them, why it ended; [`Status::Stalled`] means that the weights themselves
    /// are balanced.
    pub fn follow_weights(&self, graph: &CostGraph, stop: &Stop) -> (Vec<f64>, Status) {
        let (state, reason, _) = OdeFlow { form: Form::Weights, ..*self }.follow(graph, stop);
        (state.as_slice().to_vec(), reason)
    }

    /// All accepted steps of the flow on the log-scales, from `h = 0` to a horizon.
    ///
    /// # Errors
    /// Why the integrator failed before.
    pub fn trajectory(&self, graph: &CostGraph, horizon: &Horizon) -> Result<Trajectory, Status> {
        // No tolerance: only the horizon ends it, or an imbalance of exactly zero, where nothing moves any more.
        let stop = Stop { tol: 0.0, max_passes: usize::MAX };
        let mut flow = Flow::new(graph, Form::LogScales, &stop);
        let recording = Recording { horizon: *horizon, trajectory: Trajectory::start(flow.rate, graph.nodes()) };
        flow.recording = Some(RefCell::new(recording));
        let (_, reason, _, trajectory) = OdeFlow { form: Form::LogScales, ..*self }.run(flow);
        match (reason, trajectory) {
            (Status::Stalled, Some(trajectory)) => Ok(trajectory),
            (reason, _) => Err(reason),
        }
    }

    fn follow(&self, graph: &CostGraph, stop: &Stop) -> (State, Status, Monitor) {
        let (state, reason, monitor, _) = self.run(Flow::new(graph, self.form, stop));
        (state, reason, monitor)
    }

    /// Leg after leg until there is a reason to stop.
    fn run(&self, flow: Flow) -> (State, Status, Monitor, Option<Trajectory>) {
        let mut state = flow.start();
        let mut reason = flow.check(0.0, &state);
        let mut time = 0.0;
        let mut step = 0.0;
        let reason = loop {
            if let Some(reason) = reason {
                break reason;
            }
            let leg = self.leg(&flow, &state, step);
            time += leg.elapsed;
            step = leg.last_step;
            state = leg.state;
            flow.monitor.borrow_mut().leg_start = time;
            reason = leg.failure.or_else(|| flow.monitor.borrow().verdict.clone());
        };
        let trajectory = flow.recording.map(|recording| recording.into_inner().trajectory);
        (state, reason, flow.monitor.into_inner(), trajectory)
    }
}

/// What one call of the library did.
struct Leg {
    state: State,
    elapsed: f64,
    last_step: f64,
    failure: Option<Status>,
}

impl OdeFlow {
    fn leg(&self, flow: &Flow, state: &State, step: f64) -> Leg {
        flow.monitor.borrow_mut().steps_in_leg = 0;
        let absolute = match self.form {
            Form::LogScales => self.step_tol,
            // A weight never becomes zero and never changes sign: a purely relative tolerance suits all of them.
            Form::Weights => 0.0,
        };
        match self.stepper {
            Stepper::Rk4 => {
                // λ_max·step ≤ 2, inside the real stability interval (2.78) of the method. A power of two, so that
                // the end of the leg is hit exactly.
                let degree = flow.largest_degree(state);
                let step = (1.0 / (flow.graph.p() * degree)).log2().floor().exp2();
                let end = step * STEPS_PER_LEG as f64;
                let mut solver = Rk4::new(flow, 0.0, state.clone(), end, step);
                let result = solver.integrate();
                finish(flow, result, solver.x_out(), solver.y_out(), end)
            }
            Stepper::Dopri5 => {
                let mut solver = Dopri5::from_param(
                    flow,
                    0.0,
                    LONGEST_LEG,
                    LONGEST_LEG,
                    state.clone(),
                    self.step_tol,
                    absolute,
                    0.9,
                    0.04,
                    0.2,
                    10.0,
                    LONGEST_LEG,
                    step,
                    MAX_ATTEMPTS,
                    u32::MAX,
                    OutputType::Sparse,
                );
                let result = solver.integrate();
                finish(flow, result, solver.x_out(), solver.y_out(), LONGEST_LEG)
            }
            Stepper::Dop853 => {
                let mut solver = Dop853::from_param(
                    flow,
                    0.0,
                    LONGEST_LEG,
                    LONGEST_LEG,
                    state.clone(),
                    self.step_tol,
                    absolute,
                    0.9,
                    0.0,
                    0.333,
                    6.0,
                    LONGEST_LEG,
                    step,
                    MAX_ATTEMPTS,
                    u32::MAX,
                    OutputType::Sparse,
                );
                let result = solver.integrate();
                finish(flow, result, solver.x_out(), solver.y_out(), LONGEST_LEG)
            }
        }
    }
}

/// Turns what the library returned into a leg, and distrusts it: the end time and the state are looked at.
fn finish(
    flow: &Flow,
    result: Result<Stats, IntegrationError>,
    times: &[f64],
    states: &[State],
    asked_for: f64,
) -> Leg {
    let (Some(&elapsed), Some(state)) = (times.last(), states.last()) else {
        let reason = "it returned no state at all".to_owned();
        return Leg {
            state: State::zeros(0),
            elapsed: 0.0,
            last_step: 0.0,
            failure: Some(Status::IntegratorFailed { reason }),
        };
    };
    let last_step = times.len().checked_sub(2).map_or(0.0, |before| elapsed - times[before]);
    let monitor = flow.monitor.borrow();
    let stopped_by_us = monitor.verdict.is_some() || monitor.steps_in_leg >= STEPS_PER_LEG;
    let failure = if let Some(node) = state.iter().position(|value| !value.is_finite()) {
        Some(Status::NotFinite { node })
    } else if let Err(error) = result {
        Some(Status::IntegratorFailed { reason: error.to_string() })
    } else if elapsed > asked_for || (elapsed < asked_for && !stopped_by_us) {
        Some(Status::WrongEndTime { wanted: asked_for, reached: elapsed })
    } else {
        None
    };
    Leg { state: state.clone(), elapsed, last_step, failure }
}

/// The field of the flow, and the observer of its integration.
struct Flow<'a> {
    graph: &'a CostGraph,
    form: Form,
    stop: Stop,
    /// Inner time is flow time times this.
    rate: f64,
    monitor: RefCell<Monitor>,
    /// Accepted steps, if they are wanted.
    recording: Option<RefCell<Recording>>,
}

struct Recording {
    horizon: Horizon,
    trajectory: Trajectory,
}

#[derive(Default)]
struct Monitor {
    passes: usize,
    steps: usize,
    steps_in_leg: usize,
    leg_start: f64,
    trace: Trace,
    /// Why to stop, once there is a reason. [`Status::Stalled`] stands for "the imbalance is within tolerance" and
    /// for "the horizon is reached".
    verdict: Option<Status>,
}

impl<'a> Flow<'a> {
    fn new(graph: &'a CostGraph, form: Form, stop: &Stop) -> Self {
        let degree = node_costs(graph.pattern(), graph.w(), &0.0).largest_degree();
        let rate = if degree > 0.0 { degree } else { 1.0 };
        Flow { graph, form, stop: *stop, rate, monitor: RefCell::default(), recording: None }
    }

    fn start(&self) -> State {
        match self.form {
            Form::LogScales => State::zeros(self.graph.nodes()),
            Form::Weights => State::from_column_slice(self.graph.weight()),
        }
    }

    fn costs(&self, state: &State) -> Vec<f64> {
        match self.form {
            Form::LogScales => self.graph.costs_at(state.as_slice()),
            Form::Weights => self.graph.costs_of_weights(state.as_slice()),
        }
    }

    /// The largest degree in inner units of rate.
    fn largest_degree(&self, state: &State) -> f64 {
        node_costs(self.graph.pattern(), &self.costs(state), &0.0).largest_degree() / self.rate
    }

    /// Looks at a state after an accepted step; the reason to stop, if there is one.
    fn check(&self, inner_time: f64, state: &State) -> Option<Status> {
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
        monitor.verdict = self.stop.reason(found, monitor.passes);
        monitor.verdict.clone()
    }
}

impl System<f64, State> for &Flow<'_> {
    fn system(&self, _time: f64, state: &State, derivative: &mut State) {
        let costs = self.costs(state);
        let g = node_costs(self.graph.pattern(), &costs, &0.0).gradient();
        self.monitor.borrow_mut().passes += 1;
        match self.form {
            Form::LogScales => derivative.copy_from_slice(&g),
            Form::Weights => derivative.copy_from_slice(&lax_field(self.graph.pattern(), state.as_slice(), &g)),
        }
        *derivative /= self.rate;
    }

    fn solout(&mut self, time: f64, state: &State, _derivative: &State) -> bool {
        let mut verdict = self.check(time, state);
        let mut monitor = self.monitor.borrow_mut();
        if let Some(recording) = &self.recording {
            let Recording { horizon, trajectory } = &mut *recording.borrow_mut();
            trajectory.push(monitor.leg_start + time, state.as_slice());
            if verdict.is_none() && trajectory.is_over(horizon) {
                verdict = Some(Status::Stalled);
                monitor.verdict.clone_from(&verdict);
            }
        }
        monitor.steps += 1;
        monitor.steps_in_leg += 1;
        verdict.is_some() || monitor.steps_in_leg >= STEPS_PER_LEG
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cost::CostSpec;
    use crate::network::{Activation, Network, Weights};

    fn two_neurons() -> CostGraph {
        let weights = Weights::from_triplets(2, vec![(0, 1, 3.0), (1, 0, 1.0)]).unwrap();
        CostGraph::of_network(&Network::recurrent(weights, Activation::Linear), &CostSpec::power(2.0)).unwrap()
    }

    #[test]
    fn the_library_still_overshoots_and_the_guard_sees_it() {
        let graph = two_neurons();
        let flow = Flow::new(&graph, Form::LogScales, &Stop { tol: 1e-300, max_passes: usize::MAX });
        let mut solver = Rk4::new(&flow, 0.0, flow.start(), 1.0, 0.3);
        let result = solver.integrate();
        let leg = finish(&flow, result, solver.x_out(), solver.y_out(), 1.0);
        assert!(matches!(leg.failure, Some(Status::WrongEndTime { wanted: 1.0, reached }) if reached > 1.1));
    }

    #[test]
    fn a_field_that_is_nan_is_not_taken_for_a_result() {
        let graph = two_neurons();
        let flow = Flow::new(&graph, Form::LogScales, &Stop::default());
        let broken = State::from_vec(vec![f64::NAN, 0.0]);
        let mut solver = Rk4::new(&flow, 0.0, broken, 1.0, 0.5);
        let result = solver.integrate();
        assert!(result.is_ok(), "the library reports success on NaN");
        let leg = finish(&flow, result, solver.x_out(), solver.y_out(), 1.0);
        assert!(matches!(leg.failure, Some(Status::NotFinite { .. })));
    }
}
