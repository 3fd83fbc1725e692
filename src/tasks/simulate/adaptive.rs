//! Noise-free trials in continuous time by an adaptive integrator, to a tolerance: the reference for fixed steps.

use ode_solvers::dop_shared::OutputType;
use ode_solvers::{DVector, Dopri5, System};

use super::{Dynamics, ReadOut, Simulator, Trials};
use crate::network::Network;

type State = DVector<f64>;

/// Why a trial could not be integrated.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SimulationError {
    /// In step `step` the state of neuron `neuron` became `value`.
    #[error(
        "in step {step} the state of neuron {neuron} (both counted from 0) became {value:?}; turn down the recurrent weights"
    )]
    NotFinite {
        /// The step, counted from 0.
        step: usize,
        /// The neuron, counted from 0.
        neuron: usize,
        /// The value found.
        value: f64,
    },
    /// In step `step` the integrator stopped: `reason`.
    #[error("in step {step} the integrator stopped: {reason}; use a shorter step or a looser tolerance")]
    IntegratorFailed {
        /// The step, counted from 0.
        step: usize,
        /// What it said.
        reason: String,
    },
    /// In step `step` the integrator was asked for time `wanted` and returned at `reached`.
    #[error("in step {step} the integrator was asked for time {wanted} and returned at {reached}")]
    WrongEndTime {
        /// The step, counted from 0.
        step: usize,
        /// The time asked for, from the beginning of the step.
        wanted: f64,
        /// The time it returned at, likewise.
        reached: f64,
    },
}

/// Attempted steps between two samples after which the integrator gives up.
const MAX_ATTEMPTS: u32 = 100_000;

/// The flow of a batch between two samples, its input held.
struct Held<'a> {
    simulator: &'a Simulator<'a, f64>,
    drive: Vec<f64>,
    count: usize,
}

impl System<f64, State> for &Held<'_> {
    fn system(&self, _time: f64, x: &State, derivative: &mut State) {
        derivative.copy_from_slice(&self.simulator.velocity(x.as_slice(), &self.drive, self.count));
    }
}

/// The read-out at the end of every step of `τ ẋ = −x + J φ(x) + W_in u + b`, the input held over each step, by
/// Dormand–Prince 5(4) with relative and absolute tolerance `tolerance` (`steps`, each `outputs × trials`).
///
/// # Errors
/// A state that stops being finite, or an integrator that gives up or returns at another time than it was asked for.
pub fn simulate_adaptive(
    network: &Network,
    trials: &Trials,
    read_out: ReadOut,
    tolerance: f64,
) -> Result<Vec<Vec<f64>>, SimulationError> {
    let simulator = Simulator::new(network, Dynamics::ContinuousEuler);
    let mut x = State::from_vec(simulator.initial_state(trials));
    let mut outputs = Vec::with_capacity(trials.input.len());
    for (step, input) in trials.input.iter().enumerate() {
        let drive = simulator.drive(input, trials.count, &trials.step);
        let held = Held { simulator: &simulator, drive, count: trials.count };
        x = integrate(&held, step, x, trials.step, tolerance)?;
        outputs.push(simulator.read_out(x.as_slice(), trials.count, read_out));
    }
    Ok(outputs)
}

/// The state after `duration`. The library returns `Ok` on NaN, so what it returns is looked at.
fn integrate(held: &Held, step: usize, x: State, duration: f64, tolerance: f64) -> Result<State, SimulationError> {
    let (safety, beta, least, most, automatic) = (0.9, 0.04, 0.2, 10.0, 0.0);
    let mut solver = Dopri5::from_param(
        held,
        0.0,
        duration,
        duration,
        x,
        tolerance,
        tolerance,
        safety,
        beta,
        least,
        most,
        duration,
        automatic,
        MAX_ATTEMPTS,
        u32::MAX,
        OutputType::Sparse,
    );
    let result = solver.integrate();
    let (Some(&reached), Some(state)) = (solver.x_out().last(), solver.y_out().last()) else {
        return Err(SimulationError::IntegratorFailed { step, reason: "it returned no state at all".to_owned() });
    };
    if let Some(place) = state.iter().position(|value| !value.is_finite()) {
        return Err(SimulationError::NotFinite { step, neuron: place / held.count, value: state[place] });
    }
    if let Err(error) = result {
        return Err(SimulationError::IntegratorFailed { step, reason: error.to_string() });
    }
    // Times are sums of accepted steps, each rounded.
    if (reached - duration).abs() > f64::EPSILON * duration * solver.x_out().len() as f64 {
        return Err(SimulationError::WrongEndTime { step, wanted: duration, reached });
    }
    Ok(state.clone())
}
