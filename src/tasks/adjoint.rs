//! How much of a kick of each neuron reaches the read-out: the adjoint of a simulation.
//!
//! To first order, independent noise of variance `v_j` on neuron j after every step adds `Σ_j G_j v_j` to the mean squared error
//! of the read-out, `G_j = ⟨Σ_t (∂y_{t'o}/∂x_{tj})²⟩` summed over the times t of the kicks and averaged over the outputs, their
//! times and the trials. Rescaling by `h` makes it `Σ_j G_j e^{2 h_j} v_j`: the rescaled network is the given one under noise
//! of size `e^{h_j}`. For a linear network G is the diagonal of the observability Gramian, over a finite time.
//!
//! One run backwards gives all of them: with random signs `ε` on the outputs, `λ = Σ ε ∂y/∂x` has `E λ_j² = Σ (∂y/∂x_j)²`.

use rand::Rng;
use rand_chacha::ChaCha8Rng;

use super::task::Convention;
use super::training::{TrainingError, back_through, transposed_weights};
use super::{Dynamics, ReadOut, Simulator, Trials};
use crate::network::{Network, Weights};

/// Sensitivities and mean squares, one a neuron.
#[derive(Clone, Debug, PartialEq)]
pub struct Sensitivity {
    /// `G_j`, for noise of variance one after every step.
    pub sensitivity: Vec<f64>,
    /// `P_j`, the mean square of the state `x_j` over time and trials, without noise.
    pub power: Vec<f64>,
}

/// A network whose sensitivities are asked for.
pub struct Adjoint<'a> {
    simulator: Simulator<'a>,
    convention: Convention,
    transposed: Weights,
}

impl<'a> Adjoint<'a> {
    /// Of a network that is run by Euler's method or in discrete time.
    ///
    /// # Errors
    /// [`TrainingError::NoGradient`] for the Runge–Kutta method.
    pub fn new(network: &'a Network, convention: Convention) -> Result<Self, TrainingError> {
        if convention.dynamics == Dynamics::ContinuousRk4 {
            return Err(TrainingError::NoGradient { dynamics: convention.dynamics.name() });
        }
        let (transposed, position) = transposed_weights(&network.weights)?;
        let values = position.iter().map(|&e| network.weights.values()[e]).collect();
        let transposed = transposed.with_values(values);
        Ok(Adjoint { simulator: Simulator::new(network, convention.dynamics), convention, transposed })
    }

    /// The derivatives `∂F/∂x_t` of `F = Σ_t Σ_o ε_{to} y_{to}` for the states after every step: for each step
    /// neurons × trials numbers, and the states themselves. `weights` are the `ε` of every step, outputs × trials.
    pub fn backwards(&self, trials: &Trials, weights: &[Vec<f64>]) -> (Vec<Vec<f64>>, Vec<Vec<f64>>) {
        let (count, steps) = (trials.count, trials.input.len());
        let network = self.simulator.network();
        let share = self.simulator.shares(&trials.step);
        let mut states = Vec::with_capacity(steps);
        self.simulator.run(trials, |_, _| (), |_, x| states.push(x.to_vec()));
        let mut derivatives = vec![Vec::new(); steps];
        let mut later = vec![0.0; network.weights.neurons() * count];
        for step in (0..steps).rev() {
            let x = &states[step];
            let to_read = match &network.w_out {
                Some(w_out) => back_through(w_out, &weights[step], count),
                None => weights[step].clone(),
            };
            for (at, ((later, to_read), x)) in later.iter_mut().zip(to_read).zip(x).enumerate() {
                *later += match self.convention.read_out {
                    ReadOut::State => to_read,
                    ReadOut::Activity => to_read * network.activation.at(at / count).slope(x),
                };
            }
            derivatives[step] = later.clone();
            let Some(before) = step.checked_sub(1).map(|step| &states[step]) else { break };
            let mut to_total = later.clone();
            for (values, share) in to_total.chunks_exact_mut(count).zip(&share) {
                values.iter_mut().for_each(|value| *value *= share);
            }
            let to_activity = self.transposed.times_batch(&to_total, count);
            for (i, share) in share.iter().enumerate() {
                let activation = network.activation.at(i);
                for k in i * count..(i + 1) * count {
                    later[k] = (1.0 - share) * later[k] + activation.slope(&before[k]) * to_activity[k];
                }
            }
        }
        (derivatives, states)
    }

    /// The estimate of a batch of trials, with random signs: unbiased, its spread that of the signs and of the trials.
    pub fn sensitivity(&self, trials: &Trials, random: &mut ChaCha8Rng) -> Sensitivity {
        let (count, steps) = (trials.count, trials.input.len());
        let n = self.simulator.network().weights.neurons();
        let outputs = self.simulator.network().w_out.as_ref().map_or(n, nalgebra::DMatrix::nrows);
        let mut sign = || if random.random::<bool>() { 1.0 } else { -1.0 };
        let signs: Vec<Vec<f64>> = (0..steps).map(|_| (0..outputs * count).map(|_| sign()).collect()).collect();
        let (derivatives, states) = self.backwards(trials, &signs);
        let mean_squares = |rows: &[Vec<f64>], over: usize| {
            let mut sums = vec![0.0; n];
            for row in rows {
                for (sum, values) in sums.iter_mut().zip(row.chunks_exact(count)) {
                    *sum += values.iter().map(|value| value * value).sum::<f64>();
                }
            }
            sums.iter().map(|sum| sum / (over * count) as f64).collect()
        };
        Sensitivity { sensitivity: mean_squares(&derivatives, steps * outputs), power: mean_squares(&states, steps) }
    }
}

/// See [`Sensitivity::least_noise`].
const SILENT: f64 = 1e-15;

impl Sensitivity {
    /// The mean of the estimates of several batches, each of as many trials.
    pub fn mean(batches: &[Sensitivity]) -> Option<Sensitivity> {
        let mut mean = batches.first()?.clone();
        let share = 1.0 / batches.len() as f64;
        let average = |of: fn(&Sensitivity) -> &Vec<f64>, values: &mut Vec<f64>| {
            for (j, value) in values.iter_mut().enumerate() {
                *value = share * batches.iter().map(|batch| of(batch)[j]).sum::<f64>();
            }
        };
        average(|batch| &batch.sensitivity, &mut mean.sensitivity);
        average(|batch| &batch.power, &mut mean.power);
        Some(mean)
    }

    /// Noise at the read-out of the network rescaled by `h`, `Σ G_j e^{2h_j}`, for noise of variance one after every step.
    pub fn noise(&self, h: &[f64]) -> f64 {
        self.sensitivity.iter().zip(h).map(|(g, h)| g * (2.0 * h).exp()).sum()
    }

    /// Activity of the network rescaled by `h`, `Σ P_j e^{−2h_j}`.
    pub fn activity(&self, h: &[f64]) -> f64 {
        self.power.iter().zip(h).map(|(p, h)| p * (-2.0 * h).exp()).sum()
    }

    /// `(Σ √(P_j G_j))²`: noise × activity of no rescaling is less (Cauchy and Schwarz).
    pub fn limit(&self) -> f64 {
        self.power.iter().zip(&self.sensitivity).map(|(p, g)| (p * g).sqrt()).sum::<f64>().powi(2)
    }

    /// The log-scales that attain the limit at the activity of the given network: `e^{2h_j} ∝ √(P_j/G_j)`. A neuron without
    /// activity, or without effect, would ask for an infinite scale, and the limit is then approached only: it counts here as if
    /// it had `SILENT` of the largest of all neurons.
    pub fn least_noise(&self) -> Vec<f64> {
        let h: Vec<f64> = self.not_silent().map(|(p, g)| 0.25 * (p / g).ln()).collect();
        let shift = 0.5 * (self.activity(&h) / self.power.iter().sum::<f64>()).ln();
        h.iter().map(|h| h + shift).collect()
    }

    /// `(Σ √(P̃_j G̃_j))²`, with what neurons without activity or effect count as: noise × activity at [`Sensitivity::least_noise`] is
    /// no more, `Σ G √(P̃/G̃) · Σ P √(G̃/P̃)` with `G ≤ G̃` and `P ≤ P̃`. Where no neuron is silent it is the limit.
    pub fn most_at_least_noise(&self) -> f64 {
        self.not_silent().map(|(p, g)| (p * g).sqrt()).sum::<f64>().powi(2)
    }

    /// `P̃` and `G̃`: those of every neuron, at least `SILENT` of the largest.
    fn not_silent(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        let least =
            |values: &[f64]| SILENT * values.iter().fold(f64::MIN_POSITIVE, |largest, &value| largest.max(value));
        let (least_power, least_sensitivity) = (least(&self.power), least(&self.sensitivity));
        let both = self.power.iter().zip(&self.sensitivity);
        both.map(move |(p, g)| (p.max(least_power), g.max(least_sensitivity)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Silent neurons are what keeps it from the limit, and by no more than is said.
    #[test]
    fn least_noise_attains_the_limit_up_to_what_silent_neurons_add() {
        for (power, sensitivity, silent) in [
            (vec![1.0, 4.0, 0.25], vec![3.0, 0.5, 2.0], false),
            (vec![1.0, 0.0, 4.0], vec![3.0, 0.5, 1e-30], true),
            (vec![0.0, 2.0], vec![5.0, 0.0], true),
        ] {
            let of = Sensitivity { sensitivity, power };
            let h = of.least_noise();
            let (reached, most) = (of.noise(&h) * of.activity(&h), of.most_at_least_noise());
            // Some dozen roundings, those of exponents among them, which are below 40.
            let slack = 1.0 + 400.0 * f64::EPSILON;
            assert!(reached <= most * slack, "{reached} {most}");
            assert_eq!(most > of.limit(), silent, "{most} {}", of.limit());
        }
    }
}
