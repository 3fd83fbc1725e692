//! The gradient of a loss: one number for every parameter of a network, in the shapes of the network.

use nalgebra::DMatrix;

use crate::network::Network;

/// A gradient. Synapses that are not there have none: training never makes new ones.
#[derive(Clone, Debug, PartialEq)]
pub struct Gradient {
    /// For the recurrent weights, in the order of their pattern.
    pub weights: Vec<f64>,
    /// For the input weights, n × inputs.
    pub w_in: Option<DMatrix<f64>>,
    /// For the bias, n.
    pub bias: Option<Vec<f64>>,
    /// For the read-out weights, outputs × n.
    pub w_out: Option<DMatrix<f64>>,
    /// For the initial state, n.
    pub initial_state: Option<Vec<f64>>,
}

impl Gradient {
    /// All numbers, part after part.
    pub fn values(&self) -> impl Iterator<Item = &f64> {
        let matrices = [&self.w_in, &self.w_out].map(|matrix| matrix.as_ref().map_or(&[][..], DMatrix::as_slice));
        let vectors = [&self.bias, &self.initial_state].map(|vector| vector.as_deref().unwrap_or_default());
        self.weights.iter().chain(matrices.into_iter().flatten()).chain(vectors.into_iter().flatten())
    }

    /// The Euclidean norm of all numbers together.
    pub fn norm(&self) -> f64 {
        self.values().map(|value| value * value).sum::<f64>().sqrt()
    }

    /// `θ ← θ − rate·∇`, for every parameter of a network of the same shape but its initial state, which is no weight.
    pub fn descend(&self, network: &mut Network, rate: f64) {
        let step = |values: &mut [f64], gradient: &[f64]| {
            for (value, slope) in values.iter_mut().zip(gradient) {
                *value -= rate * slope;
            }
        };
        let mut weights = network.weights.values().to_vec();
        step(&mut weights, &self.weights);
        network.weights = network.weights.with_values(weights);
        for (matrix, gradient) in [(&mut network.w_in, &self.w_in), (&mut network.w_out, &self.w_out)] {
            if let (Some(matrix), Some(gradient)) = (matrix, gradient) {
                step(matrix.as_mut_slice(), gradient.as_slice());
            }
        }
        if let (Some(bias), Some(gradient)) = (&mut network.bias, &self.bias) {
            step(bias, gradient);
        }
    }
}
