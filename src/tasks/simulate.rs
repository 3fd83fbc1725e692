//! Noise-free trajectories of a network, generic over the scalar: run in [`crate::scalar::Tracked`], a simulation
//! carries a bound on its own rounding error.

use crate::network::Network;
use crate::scalar::Scalar;

/// How a network moves in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dynamics {
    /// `x ← J φ(x) + W_in u + b`, `y = W_out φ(x)`: the map `s ← φ(J s + W_in u + b)` of the activities
    /// `s = φ(x)`.
    Discrete,
    /// `τ ẋ = −x + J φ(x) + W_in u + b` by forward Euler.
    ContinuousEuler,
    /// The same by the classical Runge–Kutta method of order 4, the input held over a step.
    ContinuousRk4,
}

impl Dynamics {
    /// All of them.
    pub const ALL: [Dynamics; 3] = [Dynamics::Discrete, Dynamics::ContinuousEuler, Dynamics::ContinuousRk4];

    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Dynamics::Discrete => "discrete time",
            Dynamics::ContinuousEuler => "continuous time (Euler)",
            Dynamics::ContinuousRk4 => "continuous time (Runge-Kutta 4)",
        }
    }
}

/// One trial: the input at each step, and the length of a step (of no meaning in discrete time).
#[derive(Clone, Debug, PartialEq)]
pub struct Trial<S> {
    /// `steps × inputs`; empty rows for a network without input weights.
    pub input: Vec<Vec<S>>,
    /// Step length Δt.
    pub step: S,
}

/// The read-out `y = W_out φ(x)` after every step (`steps × outputs`); without read-out weights, all activities.
///
/// The initial state is the network's own, or zero. Shapes are the network's to guarantee
/// ([`Network::validate`]); each row of the input has one number for each column of `w_in`.
pub fn simulate<S: Scalar>(network: &Network<S>, dynamics: Dynamics, trial: &Trial<S>) -> Vec<Vec<S>> {
    let n = network.weights.neurons();
    let zero = trial.step.zero_like();
    let mut x = network.initial_state.clone().unwrap_or_else(|| vec![zero.clone(); n]);
    let mut outputs = Vec::with_capacity(trial.input.len());
    for input in &trial.input {
        let drive = drive(network, input, &zero);
        x = match dynamics {
            Dynamics::Discrete => total_input(network, &x, &drive),
            Dynamics::ContinuousEuler => axpy(&x, &trial.step, &velocity(network, &x, &drive)),
            Dynamics::ContinuousRk4 => rk4_step(network, &x, &drive, &trial.step),
        };
        outputs.push(read_out(network, &x, &zero));
    }
    outputs
}

/// `φ(x)`, entrywise.
fn activity<S: Scalar>(network: &Network<S>, x: &[S]) -> Vec<S> {
    x.iter().map(|value| network.activation.apply(value)).collect()
}

/// `W_in u + b`.
fn drive<S: Scalar>(network: &Network<S>, input: &[S], zero: &S) -> Vec<S> {
    (0..network.weights.neurons())
        .map(|i| {
            let mut sum = network.bias.as_ref().map_or_else(|| zero.clone(), |bias| bias[i].clone());
            if let Some(w_in) = &network.w_in {
                for (k, value) in input.iter().enumerate() {
                    sum += &(w_in[(i, k)].clone() * value);
                }
            }
            sum
        })
        .collect()
}

/// `J φ(x) + W_in u + b`.
fn total_input<S: Scalar>(network: &Network<S>, x: &[S], drive: &[S]) -> Vec<S> {
    let recurrent = network.weights.times(&activity(network, x));
    recurrent.into_iter().zip(drive).map(|(sum, drive)| sum + drive).collect()
}

/// `(−x + J φ(x) + W_in u + b)/τ`.
fn velocity<S: Scalar>(network: &Network<S>, x: &[S], drive: &[S]) -> Vec<S> {
    let mut field = total_input(network, x, drive);
    for (i, value) in field.iter_mut().enumerate() {
        *value -= &x[i];
        if let Some(tau) = &network.time_constants {
            *value = value.clone() / &tau[i];
        }
    }
    field
}

/// `x + a·v`.
fn axpy<S: Scalar>(x: &[S], a: &S, v: &[S]) -> Vec<S> {
    x.iter().zip(v).map(|(x, v)| v.clone() * a + x).collect()
}

fn rk4_step<S: Scalar>(network: &Network<S>, x: &[S], drive: &[S], step: &S) -> Vec<S> {
    let half = step.clone() / &step.lift(2.0);
    let sixth = step.clone() / &step.lift(6.0);
    let two = step.lift(2.0);
    let k1 = velocity(network, x, drive);
    let k2 = velocity(network, &axpy(x, &half, &k1), drive);
    let k3 = velocity(network, &axpy(x, &half, &k2), drive);
    let k4 = velocity(network, &axpy(x, step, &k3), drive);
    (0..x.len())
        .map(|i| {
            let middle = (k2[i].clone() + &k3[i]) * &two;
            (k1[i].clone() + &middle + &k4[i]) * &sixth + &x[i]
        })
        .collect()
}

/// `W_out φ(x)`.
fn read_out<S: Scalar>(network: &Network<S>, x: &[S], zero: &S) -> Vec<S> {
    let activity = activity(network, x);
    let Some(w_out) = &network.w_out else {
        return activity;
    };
    (0..w_out.nrows())
        .map(|o| {
            let mut sum = zero.clone();
            for (j, value) in activity.iter().enumerate() {
                sum += &(w_out[(o, j)].clone() * value);
            }
            sum
        })
        .collect()
}
