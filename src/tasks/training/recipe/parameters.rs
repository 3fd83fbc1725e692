//! What is trained: the weights of a network in which all pairs may be connected.

use nalgebra::DMatrix;

use crate::network::{Activation, Network, NetworkError, Weights};
use crate::tasks::Real;

/// Dense weights, or a gradient in their shape.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameters<S> {
    /// Neurons, inputs and outputs.
    pub neurons: usize,
    /// Input channels.
    pub inputs: usize,
    /// Output channels.
    pub outputs: usize,
    /// `J`, row after row (neurons × neurons).
    pub recurrent: Vec<S>,
    /// `W_in`, row after row (neurons × inputs).
    pub input: Vec<S>,
    /// `b` (neurons).
    pub bias: Vec<S>,
    /// `W_out`, row after row (outputs × neurons).
    pub output: Vec<S>,
}

impl<S: Real> Parameters<S> {
    /// All zero.
    pub fn zero(neurons: usize, inputs: usize, outputs: usize) -> Self {
        let zeros = |count| vec![S::ZERO; count];
        Parameters {
            neurons,
            inputs,
            outputs,
            recurrent: zeros(neurons * neurons),
            input: zeros(neurons * inputs),
            bias: zeros(neurons),
            output: zeros(outputs * neurons),
        }
    }

    /// Those of a network, each rounded to `S`; what the network does not have is zero.
    pub fn of_network(network: &Network) -> Self {
        let rows = |matrix: &Option<DMatrix<f64>>| -> Vec<S> {
            let transposed = matrix.as_ref().map(DMatrix::transpose);
            transposed.iter().flat_map(|matrix| matrix.iter().map(|&value| S::of(value))).collect()
        };
        let mut parameters = Parameters::zero(
            network.weights.neurons(),
            network.w_in.as_ref().map_or(0, DMatrix::ncols),
            network.w_out.as_ref().map_or(0, DMatrix::nrows),
        );
        for (i, j, &value) in network.weights.triplets() {
            parameters.recurrent[i * parameters.neurons + j] = S::of(value);
        }
        parameters.input = rows(&network.w_in);
        parameters.output = rows(&network.w_out);
        if let Some(bias) = &network.bias {
            parameters.bias = bias.iter().map(|&value| S::of(value)).collect();
        }
        parameters
    }

    /// The network with these weights and rectified neurons.
    ///
    /// # Errors
    /// A weight that is not finite.
    pub fn to_network(&self) -> Result<Network, NetworkError> {
        let (n, wide) = (self.neurons, |values: &[S]| values.iter().map(|x| x.to_f64()).collect::<Vec<f64>>());
        let triplets = self.recurrent.iter().enumerate().map(|(k, x)| (k / n, k % n, x.to_f64())).collect();
        Ok(Network {
            w_in: Some(DMatrix::from_row_slice(n, self.inputs, &wide(&self.input))),
            w_out: Some(DMatrix::from_row_slice(self.outputs, n, &wide(&self.output))),
            bias: Some(wide(&self.bias)),
            ..Network::recurrent(Weights::from_triplets(n, triplets)?, Activation::Relu)
        })
    }

    /// Part after part: recurrent, input, bias, output.
    pub fn parts(&self) -> [&[S]; 4] {
        [&self.recurrent, &self.input, &self.bias, &self.output]
    }

    /// The same, to be changed.
    pub fn parts_mut(&mut self) -> [&mut [S]; 4] {
        [&mut self.recurrent, &mut self.input, &mut self.bias, &mut self.output]
    }

    /// The Euclidean norm of all numbers together, summed in double precision.
    pub fn norm(&self) -> f64 {
        let squares = self.parts().into_iter().flatten().map(|value| value.to_f64() * value.to_f64());
        squares.sum::<f64>().sqrt()
    }
}
