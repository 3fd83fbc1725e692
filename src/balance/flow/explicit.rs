//! The flow followed by ode_solvers' integrators: Rk4, Dopri5 and Dop853, each on the log-scales (`ḣ = g(h)`) and on
//! the weights themselves (`J̇ = [J, diag g]`).
//!
//! Known traps of ode_solvers 0.6, guarded here: `Rk4` takes `⌈(end − start)/step⌉` steps and can overshoot the
//! end; all of them return `Ok` on a field that is NaN; every accepted step is stored, so memory grows with the
//! state. Hence the integration runs in legs of bounded length, and every leg is checked for its end time and for
//! numbers that are not finite. The stiffness test of the library is switched off: near equilibrium every explicit
//! method runs at its stability limit, and the allowance of passes bounds what that can cost.

use std::cell::Cell;

use ode_solvers::dop_shared::{IntegrationError, OutputType, Stats};
use ode_solvers::{DVector, Dop853, Dopri5, Rk4, System};

use super::driver::{Coordinates, Follow, Followed};
use super::trajectory::{Horizon, Trajectory};
use crate::balance::criteria::Criteria;
use crate::balance::end::End;
use crate::balance::outcome::{Attempt, Outcome, Solver, verdict};
use crate::balance::status::Status;
use crate::cost::CostGraph;
use crate::flow::node_costs;
use crate::network::recover_log_scales;

type State = DVector<f64>;

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
    pub coordinates: Coordinates,
    /// Which integrator.
    pub stepper: Stepper,
    /// Relative tolerance of a step (and absolute one, on the log-scales). Rk4 has none.
    pub step_tol: f64,
}

impl OdeFlow {
    /// With the step tolerance that balancing to 1e-10 needs.
    pub fn new(stepper: Stepper, coordinates: Coordinates) -> Self {
        OdeFlow { coordinates, stepper, step_tol: 1e-12 }
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
        match (self.stepper, self.coordinates) {
            (Stepper::Rk4, Coordinates::LogScales) => "rk4",
            (Stepper::Dopri5, Coordinates::LogScales) => "dopri5",
            (Stepper::Dop853, Coordinates::LogScales) => "dop853",
            (Stepper::Rk4, Coordinates::Weights) => "rk4-weights",
            (Stepper::Dopri5, Coordinates::Weights) => "dopri5-weights",
            (Stepper::Dop853, Coordinates::Weights) => "dop853-weights",
        }
    }

    fn solve(&self, graph: &CostGraph, criteria: &Criteria) -> Outcome {
        let Followed { state, end, monitor, .. } = self.run(Follow::new(graph, self.coordinates, criteria));
        let (h, end) = match self.coordinates {
            Coordinates::LogScales => (state, end),
            Coordinates::Weights => {
                let recovered = recover_log_scales(graph.pattern(), graph.weight(), &state, &0.0);
                let end = match end {
                    End::AtTarget => End::Drifted { similarity_defect: recovered.defect },
                    other => other,
                };
                (recovered.h, end)
            }
        };
        let attempt = Attempt {
            method: self.name(),
            h,
            end,
            iterations: monitor.steps,
            passes: monitor.passes,
            trace: monitor.trace,
        };
        Outcome::judge(graph, criteria, attempt)
    }
}

/// Where the flow on the weights ended.
#[derive(Clone, Debug, PartialEq)]
pub struct WeightsReached {
    /// The weights as integrated, in the order of the graph's pattern.
    pub weights: Vec<f64>,
    /// Whether these weights are balanced; it says nothing of whether they are a rescaling of the given ones.
    pub status: Status,
}

impl OdeFlow {
    /// Follows the flow on the weights, and returns them just as integrated: not corrected by any log-scales.
    pub fn follow_weights(&self, graph: &CostGraph, criteria: &Criteria) -> WeightsReached {
        let Followed { state, end, .. } = self.run(Follow::new(graph, Coordinates::Weights, criteria));
        let costs = graph.costs_of_weights(&state);
        let found = node_costs(graph.pattern(), &costs, &0.0).imbalance();
        let status = verdict(criteria, found, graph.total(&costs), end);
        WeightsReached { weights: state, status }
    }

    /// All accepted steps of the flow on the log-scales, from `h = 0` to a horizon.
    ///
    /// # Errors
    /// Why the integrator failed before.
    pub fn trajectory(&self, graph: &CostGraph, horizon: &Horizon) -> Result<Trajectory, Status> {
        self.run(Follow::recorded(graph, horizon)).into_trajectory()
    }

    /// Leg after leg until there is a reason to stop.
    fn run(&self, follow: Follow) -> Followed {
        let flow = Flow { follow, steps_in_leg: Cell::new(0) };
        let mut state = State::from_vec(flow.follow.start());
        let mut end = flow.follow.check(0.0, state.as_slice());
        let mut time = 0.0;
        let mut step = 0.0;
        let end = loop {
            if let Some(end) = end {
                break end;
            }
            let leg = self.leg(&flow, &state, step);
            time += leg.elapsed;
            step = leg.last_step;
            state = leg.state;
            let mut monitor = flow.follow.monitor.borrow_mut();
            monitor.leg_start = time;
            end = leg.failure.or_else(|| monitor.end.clone());
        };
        flow.follow.finish(state.as_slice().to_vec(), end)
    }
}

/// What one call of the library did.
struct Leg {
    state: State,
    elapsed: f64,
    last_step: f64,
    failure: Option<End>,
}

impl OdeFlow {
    fn leg(&self, flow: &Flow, state: &State, step: f64) -> Leg {
        flow.steps_in_leg.set(0);
        let absolute = match flow.follow.coordinates {
            Coordinates::LogScales => self.step_tol,
            // A weight never becomes zero and never changes sign: a purely relative tolerance suits all of them.
            Coordinates::Weights => 0.0,
        };
        match self.stepper {
            Stepper::Rk4 => {
                // λ_max·step ≤ 2, inside the real stability interval (2.78) of the method. A power of two, so that
                // the end of the leg is hit exactly.
                let degree = flow.largest_degree(state);
                let step = (1.0 / (flow.follow.graph.p() * degree)).log2().floor().exp2();
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
            failure: Some(End::IntegratorFailed { reason }),
        };
    };
    let last_step = times.len().checked_sub(2).map_or(0.0, |before| elapsed - times[before]);
    let stopped_by_us = flow.follow.monitor.borrow().end.is_some() || flow.steps_in_leg.get() >= STEPS_PER_LEG;
    let failure = if let Some(place) = state.iter().position(|value| !value.is_finite()) {
        Some(End::NotFinite { node: flow.follow.node_at(place) })
    } else if let Err(error) = result {
        Some(End::IntegratorFailed { reason: error.to_string() })
    } else if elapsed > asked_for || (elapsed < asked_for && !stopped_by_us) {
        Some(End::WrongEndTime { wanted: asked_for, reached: elapsed })
    } else {
        None
    };
    Leg { state: state.clone(), elapsed, last_step, failure }
}

/// The flow as the library wants it, and the steps of the present leg.
struct Flow<'a> {
    follow: Follow<'a>,
    steps_in_leg: Cell<usize>,
}

impl Flow<'_> {
    /// The largest degree in inner units of rate.
    fn largest_degree(&self, state: &State) -> f64 {
        let costs = self.follow.costs(state.as_slice());
        node_costs(self.follow.graph.pattern(), &costs, &0.0).largest_degree() / self.follow.rate
    }
}

impl System<f64, State> for &Flow<'_> {
    fn system(&self, _time: f64, state: &State, derivative: &mut State) {
        self.follow.field(state.as_slice(), derivative.as_mut_slice());
    }

    fn solout(&mut self, time: f64, state: &State, _derivative: &State) -> bool {
        self.steps_in_leg.set(self.steps_in_leg.get() + 1);
        self.follow.accept(time, state.as_slice()).is_some() || self.steps_in_leg.get() >= STEPS_PER_LEG
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

    fn flow_of<'a>(graph: &'a CostGraph, coordinates: Coordinates, criteria: &Criteria<'a>) -> Flow<'a> {
        Flow { follow: Follow::new(graph, coordinates, criteria), steps_in_leg: Cell::new(0) }
    }

    #[test]
    fn the_library_still_overshoots_and_the_guard_sees_it() {
        let graph = two_neurons();
        let flow = flow_of(&graph, Coordinates::LogScales, &Criteria::new(1e-300, usize::MAX));
        let mut solver = Rk4::new(&flow, 0.0, State::from_vec(flow.follow.start()), 1.0, 0.3);
        let result = solver.integrate();
        let leg = finish(&flow, result, solver.x_out(), solver.y_out(), 1.0);
        assert!(matches!(leg.failure, Some(End::WrongEndTime { wanted: 1.0, reached }) if reached > 1.1));
    }

    #[test]
    fn a_field_that_is_nan_is_not_taken_for_a_result() {
        let graph = two_neurons();
        let flow = flow_of(&graph, Coordinates::LogScales, &Criteria::default());
        let broken = State::from_vec(vec![f64::NAN, 0.0]);
        let mut solver = Rk4::new(&flow, 0.0, broken, 1.0, 0.5);
        let result = solver.integrate();
        assert!(result.is_ok(), "the library reports success on NaN");
        let leg = finish(&flow, result, solver.x_out(), solver.y_out(), 1.0);
        assert!(matches!(leg.failure, Some(End::NotFinite { node: 0 })));
    }

    /// Four weights between three neurons: the last is into the last neuron.
    #[test]
    fn a_weight_that_is_nan_is_said_by_its_target() {
        let triplets = vec![(0, 1, 3.0), (0, 2, 1.0), (1, 0, 1.0), (2, 0, 1.0)];
        let network = Network::recurrent(Weights::from_triplets(3, triplets).unwrap(), Activation::Linear);
        let graph = CostGraph::of_network(&network, &CostSpec::power(2.0)).unwrap();
        let flow = flow_of(&graph, Coordinates::Weights, &Criteria::default());
        for (place, node) in [(0, 0), (1, 0), (2, 1), (3, 2)] {
            let mut state = State::from_vec(flow.follow.start());
            state[place] = f64::NAN;
            let done = Rk4::new(&flow, 0.0, state.clone(), 0.0, 0.5).integrate();
            let leg = finish(&flow, done, &[0.0], &[state], 1.0);
            assert!(matches!(leg.failure, Some(End::NotFinite { node: found }) if found == node), "{:?}", leg.failure);
        }
    }
}
