//! The robustness cost from activity: how much of its noise a neuron passes on, averaged over trials.
//!
//! `r_j = ⟨φ'(x_j)²⟩` over time and trials makes `C_ij = r_j J_ij²` the noise power that one step passes on. For degree
//! one the slope is the same at `x` and at `e^{-h} x`, so the gains do not change when the network is rescaled.

use super::{Simulator, Trials};
use crate::cost::{Alpha, CostError};
use crate::network::Activations;

/// How moments are weighed in the mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Weighting {
    /// All alike.
    #[default]
    Uniform,
    /// By the speed `‖x(t + Δt) − x(t)‖` of the whole state, as the authors offer. **Not** invariant under the
    /// transform: rescaling changes which neurons dominate the norm.
    Velocity,
    /// Each neuron by its own speed `|x_j(t + Δt) − x_j(t)|`, whose scale cancels in the mean: invariant.
    OwnVelocity,
}

/// A mean of squared gains that is being taken.
#[derive(Clone, Debug, PartialEq)]
pub struct Gains {
    activation: Activations,
    sum: Vec<f64>,
    weight: Vec<f64>,
}

impl Gains {
    /// Of `neurons` neurons, over nothing yet.
    pub fn new(activation: impl Into<Activations>, neurons: usize) -> Self {
        Gains { activation: activation.into(), sum: vec![0.0; neurons], weight: vec![0.0; neurons] }
    }

    /// Takes in the states before and after a step (each `n × trials`): the gains are those before it.
    pub fn add(&mut self, before: &[f64], after: &[f64], weighting: Weighting) {
        let count = before.len() / self.sum.len();
        let mut speed = vec![1.0; count];
        if weighting == Weighting::Velocity {
            speed.fill(0.0);
            for (before, after) in before.chunks_exact(count).zip(after.chunks_exact(count)) {
                for (speed, (x, y)) in speed.iter_mut().zip(before.iter().zip(after)) {
                    *speed += (y - x) * (y - x);
                }
            }
            speed.iter_mut().for_each(|speed| *speed = speed.sqrt());
        }
        let neurons = before.chunks_exact(count).zip(after.chunks_exact(count));
        for (neuron, ((sum, total), (before, after))) in
            self.sum.iter_mut().zip(&mut self.weight).zip(neurons).enumerate()
        {
            let activation = self.activation.at(neuron);
            for ((x, y), speed) in before.iter().zip(after).zip(&speed) {
                let weight = if weighting == Weighting::OwnVelocity { (y - x).abs() } else { *speed };
                let slope = activation.slope(x);
                *sum += weight * slope * slope;
                *total += weight;
            }
        }
    }

    /// Adds what another mean has taken in.
    pub fn merge(&mut self, other: &Gains) {
        for (mine, others) in self.sum.iter_mut().zip(&other.sum).chain(self.weight.iter_mut().zip(&other.weight)) {
            *mine += others;
        }
    }

    /// `r_j`, one a neuron; 0 for a neuron that no weight was given.
    pub fn mean(&self) -> Vec<f64> {
        self.sum.iter().zip(&self.weight).map(|(sum, weight)| if *weight > 0.0 { sum / weight } else { 0.0 }).collect()
    }
}

/// The mean squared gains over the trials, without noise (n).
pub fn mean_gains(simulator: &Simulator<'_, f64>, trials: &Trials<f64>, weighting: Weighting) -> Vec<f64> {
    let network = simulator.network();
    let mut gains = Gains::new(network.activation.clone(), network.weights.neurons());
    let mut before = simulator.initial_state(trials);
    simulator.run(
        trials,
        |_, _| (),
        |_, after| {
            gains.add(&before, after, weighting);
            before.copy_from_slice(after);
        },
    );
    gains.mean()
}

/// The factors of the robustness cost `α_ij = r_j`, to be used with p = 2.
///
/// # Errors
/// An activation that is not homogeneous of degree one: its gains change when the network is rescaled, so they define no
/// cost.
pub fn robustness_alpha(
    simulator: &Simulator<'_, f64>,
    trials: &Trials<f64>,
    weighting: Weighting,
) -> Result<Alpha, CostError> {
    gains_define_a_cost(&simulator.network().activation)?;
    Ok(Alpha::PerSource(mean_gains(simulator, trials, weighting)))
}

/// Whether the gains of an activation stay what they are when a network is rescaled.
///
/// # Errors
/// An activation that is not homogeneous of degree one.
pub fn gains_define_a_cost(activation: &Activations) -> Result<(), CostError> {
    match activation.homogeneous_degrees()?.first_not_one() {
        None => Ok(()),
        Some((neuron, degree)) => {
            Err(CostError::GainsNotInvariant { activation: activation.at(neuron).name(), degree })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::Activation;

    #[test]
    fn means_are_weighed_as_was_asked_and_a_neuron_without_weight_has_no_gain() {
        // Two trials: neuron 0 moves by 3 and 0 and is active in the first; neuron 1 moves by 4 and 2 and is active in the second;
        // neuron 2 is active and stands still.
        let before = [1.0, -1.0, -1.0, 1.0, 1.0, 1.0];
        let after = [4.0, -1.0, 3.0, 3.0, 1.0, 1.0];
        for (weighting, expected) in [
            (Weighting::Uniform, [0.5, 0.5, 1.0]),
            (Weighting::Velocity, [5.0 / 7.0, 2.0 / 7.0, 1.0]),
            (Weighting::OwnVelocity, [1.0, 1.0 / 3.0, 0.0]),
        ] {
            let mut gains = Gains::new(Activation::Relu, 3);
            gains.add(&before, &after, weighting);
            assert_eq!(gains.mean(), expected, "{weighting:?}");
            let mut merged = Gains::new(Activation::Relu, 3);
            merged.merge(&gains);
            merged.merge(&gains);
            assert_eq!(merged.mean(), expected, "{weighting:?}");
        }
    }
}
