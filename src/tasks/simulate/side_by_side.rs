//! The same trials under many sizes of the same noise, side by side, in the precision asked for.
//!
//! A figure of loss against noise runs a few thousand trials at ten sizes of noise. What they share is done once: the
//! noise is drawn once, the input is multiplied once, and every weight that is read serves all of them.

use super::noise::StateNoise;
use super::{Dynamics, Trials};
use crate::network::{Activation, Network, NetworkError};
use crate::tasks::training::recipe::{Parameters, add_times, rectified};
use crate::tasks::{LeftFactor, Real};

/// A rectified network without time constants, made ready to be run by Euler–Maruyama:
/// `x⁺ = x + Δt (−x + J φ(x) + W_in u + b) + √Δt s ξ`, with a noise size `s_i` for every neuron.
pub struct SideBySide<S> {
    parameters: Parameters<S>,
    recurrent: LeftFactor<S>,
}

/// Noise of many trials, drawn once: for each Euler step `neurons × count` normal numbers of variance one.
pub struct Noise<S> {
    steps: Vec<Vec<S>>,
}

impl<S: Real> Noise<S> {
    /// That of the trials numbered `trials`, as [`StateNoise`] has it.
    pub fn of_trials(seed: u64, trials: std::ops::Range<usize>, neurons: usize, steps: usize) -> Self {
        let width = neurons * trials.len();
        let mut draw = StateNoise { sigma: 1.0, seed }.of_trials(trials, Dynamics::Discrete, 1.0);
        let mut numbers = vec![0.0; width];
        let steps = (0..steps)
            .map(|step| {
                numbers.fill(0.0);
                draw(step, &mut numbers);
                numbers.iter().map(|&xi| S::of(xi)).collect()
            })
            .collect();
        Noise { steps }
    }

    /// None.
    pub fn zero(neurons: usize, count: usize, steps: usize) -> Self {
        Noise { steps: vec![vec![S::ZERO; neurons * count]; steps] }
    }
}

impl<S: Real> SideBySide<S> {
    /// # Errors
    /// An activation other than ReLU; input or read-out weights that are missing, a state to begin in other than zero, and time constants
    /// other than one, none of which is part of these equations.
    pub fn new(network: &Network) -> Result<Self, NetworkError> {
        if network.activation != Activation::Relu {
            return Err(NetworkError::NotHomogeneous { activation: network.activation.name() });
        }
        let other = |values: &Option<Vec<f64>>, only: f64| {
            let values = values.as_deref().unwrap_or_default();
            values.iter().position(|&value| value != only).map(|neuron| (neuron, values[neuron]))
        };
        let what = if network.w_in.is_none() {
            Some("no input weights".to_owned())
        } else if network.w_out.is_none() {
            Some("no read-out weights".to_owned())
        } else if let Some((neuron, value)) = other(&network.initial_state, 0.0) {
            Some(format!("the initial state {value} at neuron {neuron} (counted from 0)"))
        } else {
            let constant = other(&network.time_constants, 1.0);
            constant.map(|(neuron, value)| format!("the time constant {value} at neuron {neuron} (counted from 0)"))
        };
        if let Some(what) = what {
            return Err(NetworkError::NotSideBySide { what });
        }
        let parameters = Parameters::of_network(network);
        let n = parameters.neurons;
        let mut recurrent = LeftFactor::default();
        recurrent.fill(n, n, |i, j| parameters.recurrent[i * n + j]);
        Ok(SideBySide { parameters, recurrent })
    }

    /// Runs the trials from state zero once for each of `sizes` (each one size a neuron). `observe` sees the state
    /// **before** every step, `neurons × (sizes × count)`: trial b under size k is column `k·count + b`.
    pub fn run(&self, trials: &Trials<f64>, sizes: &[Vec<S>], noise: &Noise<S>, mut observe: impl FnMut(usize, &[S])) {
        let (n, count) = (self.parameters.neurons, trials.count);
        let width = count * sizes.len();
        let share = S::of(trials.step);
        let amplitude = S::of(trials.step.sqrt());
        let sizes: Vec<Vec<S>> =
            sizes.iter().map(|sizes| sizes.iter().map(|&size| amplitude * size).collect()).collect();
        let mut x = vec![S::ZERO; n * width];
        let mut activity = x.clone();
        let mut total = x.clone();
        let mut drive = vec![S::ZERO; n * count];
        for (step, input) in trials.input.iter().enumerate() {
            observe(step, &x);
            for (drive, bias) in drive.chunks_exact_mut(count).zip(&self.parameters.bias) {
                drive.fill(*bias);
            }
            let input: Vec<S> = input.iter().map(|&u| S::of(u)).collect();
            add_times(&self.parameters.input, &input, count, &mut drive);
            for (activity, &x) in activity.iter_mut().zip(&x) {
                *activity = rectified(x);
            }
            for (total, drive) in total.chunks_exact_mut(width).zip(drive.chunks_exact(count)) {
                for copy in total.chunks_exact_mut(count) {
                    copy.copy_from_slice(drive);
                }
            }
            self.recurrent.add_times(&activity, width, &mut total);
            let xi = &noise.steps[step];
            for (i, (x, total)) in x.chunks_exact_mut(width).zip(total.chunks_exact(width)).enumerate() {
                let xi = &xi[i * count..(i + 1) * count];
                for ((x, total), sizes) in x.chunks_exact_mut(count).zip(total.chunks_exact(count)).zip(&sizes) {
                    let size = sizes[i];
                    for ((x, &total), &xi) in x.iter_mut().zip(total).zip(xi) {
                        *x = *x + share * (total - *x) + size * xi;
                    }
                }
            }
        }
    }

    /// The read-out of a state `neurons × width`: outputs × width.
    pub fn read_out(&self, x: &[S], width: usize) -> Vec<S> {
        let mut y = vec![S::ZERO; self.parameters.outputs * width];
        add_times(&self.parameters.output, x, width, &mut y);
        y
    }
}

#[cfg(test)]
mod tests {
    use nalgebra::DMatrix;

    use super::*;
    use crate::network::Weights;

    #[test]
    fn what_the_equations_have_no_place_for_is_refused() {
        let weights = Weights::from_triplets(2, vec![(0, 1, 1.0), (1, 0, 0.5)]).unwrap();
        let whole = Network {
            w_in: Some(DMatrix::from_element(2, 1, 1.0)),
            w_out: Some(DMatrix::from_element(1, 2, 1.0)),
            initial_state: Some(vec![0.0; 2]),
            time_constants: Some(vec![1.0; 2]),
            ..Network::recurrent(weights, Activation::Relu)
        };
        assert!(SideBySide::<f64>::new(&whole).is_ok());
        for (network, has) in [
            (Network { w_in: None, ..whole.clone() }, "no input weights"),
            (Network { w_out: None, ..whole.clone() }, "no read-out weights"),
            (Network { initial_state: Some(vec![0.0, -0.5]), ..whole.clone() }, "the initial state -0.5 at neuron 1"),
            (Network { time_constants: Some(vec![2.0, 1.0]), ..whole.clone() }, "the time constant 2 at neuron 0"),
        ] {
            match SideBySide::<f64>::new(&network) {
                Err(NetworkError::NotSideBySide { what }) => assert!(what.starts_with(has), "{what}"),
                other => panic!("{has}: {:?}", other.err()),
            }
        }
    }
}
