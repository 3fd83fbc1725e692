//! Simulated trials: the equations of a network in time, generic over the scalar, for many trials side by side.
//!
//! A batch of trials is one run: the state is `n × trials`, neuron after neuron, so that a synapse is read once for all
//! trials. Run in [`crate::scalar::Tracked`], a simulation carries a bound on its own rounding error. Noise comes in
//! through [`StateNoise`]; without it a run is deterministic.

mod adaptive;
mod channels;
mod gains;
mod noise;
mod side_by_side;

pub use adaptive::{SimulationError, simulate_adaptive};
pub use gains::{Gains, Weighting, gains_define_a_cost, mean_gains, robustness_alpha};
pub use noise::{StateNoise, in_groups};
pub use side_by_side::{Noise, SideBySide};

use crate::network::Network;
use crate::scalar::Scalar;
use channels::Channels;

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

/// What the read-out weights read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReadOut {
    /// `y = W_out φ(x)`, as in the paper's equation.
    #[default]
    Activity,
    /// `y = W_out x`, as in the authors' programs.
    State,
}

/// A batch of trials: the input at each step, and the length of a step (of no meaning in discrete time).
#[derive(Clone, Debug, PartialEq)]
pub struct Trials<S = f64> {
    /// Number of trials, at least one.
    pub count: usize,
    /// For each step `inputs × count` numbers, input k of trial b at `k·count + b`; empty for a network without input
    /// weights.
    pub input: Vec<Vec<S>>,
    /// Step length Δt.
    pub step: S,
}

impl<S: Scalar> Trials<S> {
    /// One trial; `input` has one number for each input at each step.
    pub fn single(input: Vec<Vec<S>>, step: S) -> Self {
        Trials { count: 1, input, step }
    }

    /// `count` trials with the same input.
    pub fn repeated(input: &[Vec<S>], step: S, count: usize) -> Self {
        let spread =
            |values: &Vec<S>| values.iter().flat_map(|value| std::iter::repeat_n(value.clone(), count)).collect();
        Trials { count, input: input.iter().map(spread).collect(), step }
    }
}

/// A network made ready to be run: its input and read-out weights without their zeros.
pub struct Simulator<'a, S: Scalar = f64> {
    network: &'a Network<S>,
    dynamics: Dynamics,
    inputs: Option<Channels<S>>,
    outputs: Option<Channels<S>>,
}

impl<'a, S: Scalar> Simulator<'a, S> {
    /// Shapes are the network's to guarantee ([`Network::validate`]).
    pub fn new(network: &'a Network<S>, dynamics: Dynamics) -> Self {
        Simulator {
            network,
            dynamics,
            inputs: network.w_in.as_ref().map(Channels::of_rows),
            outputs: network.w_out.as_ref().map(Channels::of_rows),
        }
    }

    /// The network.
    pub fn network(&self) -> &'a Network<S> {
        self.network
    }

    /// How it moves in time.
    pub fn dynamics(&self) -> Dynamics {
        self.dynamics
    }

    /// Runs a batch from the network's initial state, or zero. After every step `disturb` may change the state
    /// (`n × trials`), and `observe` sees it; both are told the number of the step, from 0.
    pub fn run(
        &self,
        trials: &Trials<S>,
        mut disturb: impl FnMut(usize, &mut [S]),
        mut observe: impl FnMut(usize, &[S]),
    ) {
        let mut x = self.initial_state(trials);
        for (step, input) in trials.input.iter().enumerate() {
            let drive = self.drive(input, trials.count, &trials.step);
            x = self.advance(&x, &drive, trials);
            disturb(step, &mut x);
            observe(step, &x);
        }
    }

    /// The state before the first step, `n × trials`.
    pub fn initial_state(&self, trials: &Trials<S>) -> Vec<S> {
        let n = self.network.weights.neurons();
        match &self.network.initial_state {
            Some(initial) => initial.iter().flat_map(|x| std::iter::repeat_n(x.clone(), trials.count)).collect(),
            None => vec![trials.step.zero_like(); n * trials.count],
        }
    }

    /// What a step of Euler's method takes of each neuron's total input, and drops of its state: `Δt/τ_i`; all of it in
    /// discrete time.
    pub(super) fn shares(&self, step: &S) -> Vec<S> {
        let n = self.network.weights.neurons();
        match (self.dynamics, &self.network.time_constants) {
            (Dynamics::Discrete, _) => vec![step.lift(1.0); n],
            (_, Some(tau)) => tau.iter().map(|tau| step.clone() / tau).collect(),
            (_, None) => vec![step.clone(); n],
        }
    }

    /// The state one step later, without noise.
    fn advance(&self, x: &[S], drive: &[S], trials: &Trials<S>) -> Vec<S> {
        match self.dynamics {
            Dynamics::Discrete => self.total_input(x, drive, trials.count),
            Dynamics::ContinuousEuler => axpy(x, &trials.step, &self.velocity(x, drive, trials.count)),
            Dynamics::ContinuousRk4 => self.rk4_step(x, drive, trials),
        }
    }

    /// `φ(x)`, entrywise, of the states of all neurons (`n × trials`).
    pub fn activity(&self, x: &[S]) -> Vec<S> {
        let count = (x.len() / self.network.weights.neurons()).max(1);
        let mut activity = Vec::with_capacity(x.len());
        for (neuron, states) in x.chunks(count).enumerate() {
            let activation = self.network.activation.at(neuron);
            activity.extend(states.iter().map(|value| activation.apply(value)));
        }
        activity
    }

    /// `W_in u + b`, for each of `count` trials.
    pub(super) fn drive(&self, input: &[S], count: usize, like: &S) -> Vec<S> {
        let n = self.network.weights.neurons();
        let mut drive = match &self.network.bias {
            Some(bias) => bias.iter().flat_map(|value| std::iter::repeat_n(value.clone(), count)).collect(),
            None => vec![like.zero_like(); n * count],
        };
        if let Some(inputs) = &self.inputs {
            inputs.add_times(input, count, &mut drive);
        }
        drive
    }

    /// `J φ(x) + W_in u + b`.
    pub(super) fn total_input(&self, x: &[S], drive: &[S], count: usize) -> Vec<S> {
        let mut total = self.network.weights.times_batch(&self.activity(x), count);
        for (total, drive) in total.iter_mut().zip(drive) {
            *total += drive;
        }
        total
    }

    /// `(−x + J φ(x) + W_in u + b)/τ`.
    pub(super) fn velocity(&self, x: &[S], drive: &[S], count: usize) -> Vec<S> {
        let mut field = self.total_input(x, drive, count);
        for (value, x) in field.iter_mut().zip(x) {
            *value -= x;
        }
        if let Some(tau) = &self.network.time_constants {
            for (values, tau) in field.chunks_exact_mut(count).zip(tau) {
                for value in values {
                    *value = value.clone() / tau;
                }
            }
        }
        field
    }

    fn rk4_step(&self, x: &[S], drive: &[S], trials: &Trials<S>) -> Vec<S> {
        let step = &trials.step;
        let half = step.clone() / &step.lift(2.0);
        let sixth = step.clone() / &step.lift(6.0);
        let two = step.lift(2.0);
        let velocity = |x: &[S]| self.velocity(x, drive, trials.count);
        let k1 = velocity(x);
        let k2 = velocity(&axpy(x, &half, &k1));
        let k3 = velocity(&axpy(x, &half, &k2));
        let k4 = velocity(&axpy(x, step, &k3));
        (0..x.len())
            .map(|i| {
                let middle = (k2[i].clone() + &k3[i]) * &two;
                (k1[i].clone() + &middle + &k4[i]) * &sixth + &x[i]
            })
            .collect()
    }

    /// The read-out of a state (`outputs × trials`); without read-out weights, what would be read out of every neuron.
    pub fn read_out(&self, x: &[S], count: usize, read_out: ReadOut) -> Vec<S> {
        let read = match read_out {
            ReadOut::Activity => self.activity(x),
            ReadOut::State => x.to_vec(),
        };
        let Some(outputs) = &self.outputs else { return read };
        let mut y = vec![x[0].zero_like(); outputs.rows() * count];
        outputs.add_times(&read, count, &mut y);
        y
    }
}

/// The read-out `y = W_out φ(x)` after every step (`steps`, each `outputs × trials`), without noise; without read-out
/// weights, all activities.
pub fn simulate<S: Scalar>(network: &Network<S>, dynamics: Dynamics, trials: &Trials<S>) -> Vec<Vec<S>> {
    let simulator = Simulator::new(network, dynamics);
    let mut outputs = Vec::with_capacity(trials.input.len());
    simulator.run(trials, |_, _| (), |_, x| outputs.push(simulator.read_out(x, trials.count, ReadOut::Activity)));
    outputs
}

/// `x + a·v`.
fn axpy<S: Scalar>(x: &[S], a: &S, v: &[S]) -> Vec<S> {
    x.iter().zip(v).map(|(x, v)| v.clone() * a + x).collect()
}
