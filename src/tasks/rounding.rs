//! How far apart the outputs of a network and of a rescaled copy can be by rounding alone.
//!
//! In exact arithmetic they are the same. Seen in the coordinates of the given network, a step of either is
//! `x⁺ = (1 − a) x + a (J φ(x) + W_in u + b)` with a rounding error of at most `γ` times the same step taken of absolute
//! values, `s_i = |x_i| + a (|x_i| + Σ_j |J_ij φ(x_j)| + Σ_k |W_in u|_i + |b_i|)`, where `γ = m u` counts the roundings of a sum of
//! `n + inputs` products and those of the rescaled weights. An error that is there already grows at most by the Lipschitz
//! constant of the step, `ρ = max|1 − a| + max a ‖J‖₂` (the slope of φ is at most one). So the distance of the two states
//! is bounded by `E⁺ = ρ E + 2γ‖s‖₂`, and that of the outputs by `‖w‖₂ E + 2γ Σ_j |w_j x_j|` for a row w of `W_out`.
//!
//! The bound holds whatever the order of the sums: it is as good for another program that runs the same network.

use super::task::Convention;
use super::{Simulator, Trials};
use crate::network::Network;
use crate::scalar::UNIT_ROUNDOFF;

/// The bound, for every number of [`Simulator::outputs`]: the network was rescaled by log-scales of at most
/// `largest_log_scale` in absolute value. For activations of slope at most one (linear, ReLU, leaky ReLU), in Euler's
/// method or discrete time.
pub fn rounding_of_rescaling(
    network: &Network,
    convention: Convention,
    trials: &Trials,
    largest_log_scale: f64,
) -> Vec<Vec<f64>> {
    let (n, count) = (network.weights.neurons(), trials.count);
    let absolute = absolute_network(network);
    let (simulator, sizes) =
        (Simulator::new(network, convention.dynamics), Simulator::new(&absolute, convention.dynamics));
    let shares = simulator.shares(&trials.step);
    let most = |f: &dyn Fn(f64) -> f64| shares.iter().map(|&a| f(a)).fold(0.0, f64::max);
    let spectral_norm = network.weights.to_dense().singular_values().max();
    let growth = most(&|a| (1.0 - a).abs()) + most(&|a| a) * spectral_norm;
    // Two exponentials a weight, each of an argument of at most the spread of log-scales, rounded: 2·max|h| and a dozen.
    let roundings = (n + network.w_in.as_ref().map_or(0, |w_in| w_in.ncols()) + 20) as f64 + 4.0 * largest_log_scale;
    let gamma = roundings * UNIT_ROUNDOFF;

    let mut before = simulator.initial_state(trials);
    let mut errors: Vec<f64> = norms(&before, count).iter().map(|norm| 2.0 * gamma * norm).collect();
    let mut bounds = Vec::with_capacity(trials.input.len());
    simulator.run(
        trials,
        |_, _| (),
        |step, after| {
            let magnitude: Vec<f64> = before.iter().map(|x| x.abs()).collect();
            let input: Vec<f64> = trials.input[step].iter().map(|u| u.abs()).collect();
            let drive = sizes.drive(&input, count, &trials.step);
            let mut size = sizes.total_input(&magnitude, &drive, count);
            for (k, size) in size.iter_mut().enumerate() {
                let a = shares[k / count];
                *size = magnitude[k] + a * (magnitude[k] + *size);
            }
            for (error, norm) in errors.iter_mut().zip(norms(&size, count)) {
                *error = growth * *error + 2.0 * gamma * norm;
            }
            let magnitude: Vec<f64> = after.iter().map(|x| x.abs()).collect();
            let mut bound = sizes.read_out(&magnitude, count, convention.read_out);
            for (k, bound) in bound.iter_mut().enumerate() {
                let row = network.w_out.as_ref().map_or(1.0, |w_out| w_out.row(k / count).norm());
                *bound = row * errors[k % count] + 2.0 * gamma * *bound;
            }
            bounds.push(bound);
            before.copy_from_slice(after);
        },
    );
    bounds
}

/// The network of absolute values, its activation linear: what comes out of it bounds the size of all terms that add up in
/// a network of slope at most one, and so, a few thousand units of roundoff of it, their rounding.
pub fn absolute_network(network: &Network) -> Network {
    let matrix = |entries: &nalgebra::DMatrix<f64>| entries.abs();
    let vector = |values: &Vec<f64>| values.iter().map(|x| x.abs()).collect();
    Network {
        weights: network.weights.with_values(network.weights.values().iter().map(|x| x.abs()).collect()),
        activation: crate::network::Activation::Linear.into(),
        w_in: network.w_in.as_ref().map(matrix),
        bias: network.bias.as_ref().map(vector),
        w_out: network.w_out.as_ref().map(matrix),
        initial_state: network.initial_state.as_ref().map(vector),
        time_constants: network.time_constants.clone(),
    }
}

/// The norm of each trial's state.
fn norms(x: &[f64], count: usize) -> Vec<f64> {
    let mut squares = vec![0.0; count];
    for values in x.chunks_exact(count) {
        for (sum, x) in squares.iter_mut().zip(values) {
            *sum += x * x;
        }
    }
    squares.into_iter().map(f64::sqrt).collect()
}

#[cfg(test)]
mod tests {
    use nalgebra::DMatrix;

    use super::*;
    use crate::network::{Activation, Weights};

    #[test]
    fn the_bound_is_reckoned_by_hand_for_two_steps_of_one_neuron() {
        let weights = Weights::from_triplets(1, vec![(0, 0, -0.5)]).unwrap();
        let network = Network {
            w_in: Some(DMatrix::from_element(1, 1, 1.0)),
            bias: Some(vec![-0.25]),
            w_out: Some(DMatrix::from_element(1, 1, -3.0)),
            initial_state: Some(vec![2.0]),
            ..Network::recurrent(weights, Activation::Relu)
        };
        let trials = Trials::single(vec![vec![-1.0], vec![0.5]], 0.125);
        let found = rounding_of_rescaling(&network, Convention::AUTHORS, &trials, 0.5);
        // One neuron, one input, twenty, and four times the largest log-scale.
        let gamma = 24.0 * UNIT_ROUNDOFF;
        let growth = 0.875 + 0.125 * 0.5;
        let (mut state, mut error) = (2.0_f64, 2.0 * gamma * 2.0);
        for (bounds, input) in found.iter().zip([-1.0_f64, 0.5]) {
            let terms = 0.5 * state.abs() + input.abs() + 0.25;
            error = growth * error + 2.0 * gamma * (state.abs() + 0.125 * (state.abs() + terms));
            state += 0.125 * (-state - 0.5 * state.max(0.0) + input - 0.25);
            let bound = 3.0 * error + 2.0 * gamma * 3.0 * state.abs();
            // Some dozen roundings of terms that are not negative.
            assert!((bounds[0] - bound).abs() <= 40.0 * UNIT_ROUNDOFF * bound, "{} {bound}", bounds[0]);
        }
        assert_eq!((found.len(), found[0].len()), (2, 1));
    }
}
