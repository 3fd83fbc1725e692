//! Back-propagation through time: the gradient of a loss on a batch of trials, by the chain rule backwards over the steps
//! that [`Simulator`] took.
//!
//! With `x⁺ = x + a (−x + J φ(x) + W_in u + b)`, `a_i = Δt/τ_i` (in discrete time `x⁺ = J φ(x) + W_in u + b`), and the
//! adjoint `λ = ∂F/∂x⁺`, the adjoint of a neuron's total input is `s = a λ`, and
//! `∂F/∂J = Σ s φ(x)ᵀ`, `∂F/∂W_in = Σ s uᵀ`, `∂F/∂b = Σ s`, `∂F/∂x = (1 − a) λ + φ'(x) Jᵀ s`.
//!
//! Every sum has one order, whatever the machine and the number of threads: the same seed gives the same bits.

use nalgebra::DMatrix;
use rayon::prelude::*;

use super::{Gradient, TrainingError};
use crate::network::{Network, NetworkError, Pattern, Weights};
use crate::tasks::task::{Batch, Convention};
use crate::tasks::{Dynamics, ReadOut, Simulator};

/// Back-propagation for networks of one pattern.
pub struct Backpropagation {
    convention: Convention,
    /// `Jᵀ` of the network seen last.
    transposed: Weights,
    /// Where the synapses of `transposed` are in the pattern.
    position: Vec<usize>,
}

impl Backpropagation {
    /// For networks with the synapses of `weights`.
    ///
    /// # Errors
    /// [`TrainingError::NoGradient`] for the Runge–Kutta method, which is not gone back through.
    pub fn new(weights: &Weights, convention: Convention) -> Result<Self, TrainingError> {
        if convention.dynamics == Dynamics::ContinuousRk4 {
            return Err(TrainingError::NoGradient { dynamics: convention.dynamics.name() });
        }
        let (transposed, position) = transposed_weights(weights)?;
        Ok(Backpropagation { convention, transposed, position })
    }

    /// The root-mean-square loss of a network on a batch, and its gradient (zero where the loss is zero, its minimum).
    pub fn loss_and_gradient(&mut self, network: &Network, batch: &Batch) -> (f64, Gradient) {
        let trials = &batch.trials;
        let count = trials.count;
        let simulator = Simulator::new(network, self.convention.dynamics);
        let mut states = vec![simulator.initial_state(trials)];
        simulator.run(trials, |_, _| (), |_, x| states.push(x.to_vec()));
        let outputs: Vec<Vec<f64>> =
            states[1..].iter().map(|x| simulator.read_out(x, count, self.convention.read_out)).collect();
        let loss = batch.root_mean_square(&outputs);

        // ∂F/∂y = (y − y*)/(m F), F the root of the mean of m squares.
        let scale = if loss == 0.0 { 0.0 } else { 1.0 / (batch.scored() as f64 * loss) };
        let mut to_outputs: Vec<Option<Vec<f64>>> = vec![None; outputs.len()];
        for (step, mut errors) in batch.errors(&outputs) {
            errors.iter_mut().for_each(|error| *error *= scale);
            to_outputs[step] = Some(errors);
        }
        (loss, self.backwards(&simulator, batch, &states, &to_outputs))
    }

    /// From `∂F/∂y` at every step to the gradient.
    fn backwards(
        &mut self,
        simulator: &Simulator,
        batch: &Batch,
        states: &[Vec<f64>],
        to_outputs: &[Option<Vec<f64>>],
    ) -> Gradient {
        let network = simulator.network();
        let (n, count, steps) = (network.weights.neurons(), batch.trials.count, batch.trials.input.len());
        let values = self.position.iter().map(|&e| network.weights.values()[e]).collect();
        self.transposed = self.transposed.with_values(values);
        let share = simulator.shares(&batch.trials.step);

        let mut w_in = network.w_in.as_ref().map(|w_in| DMatrix::zeros(n, w_in.ncols()));
        let mut w_out = network.w_out.as_ref().map(|w_out| DMatrix::zeros(w_out.nrows(), n));
        // Rows of all steps side by side: the gradient of J is one product of the two.
        let mut adjoints = vec![0.0; n * steps * count];
        let mut activities = vec![0.0; n * steps * count];
        let mut later = vec![0.0; n * count];
        for step in (0..steps).rev() {
            let (x, next) = (&states[step], &states[step + 1]);
            if let Some(to_output) = &to_outputs[step] {
                let to_read = match &network.w_out {
                    Some(weights) => back_through(weights, to_output, count),
                    None => to_output.clone(),
                };
                let read = match self.convention.read_out {
                    ReadOut::State => next.clone(),
                    ReadOut::Activity => simulator.activity(next),
                };
                if let Some(gradient) = &mut w_out {
                    add_outer(gradient, to_output, &read, count);
                }
                for (at, ((later, to_read), x)) in later.iter_mut().zip(to_read).zip(next).enumerate() {
                    *later += match self.convention.read_out {
                        ReadOut::State => to_read,
                        ReadOut::Activity => to_read * network.activation.at(at / count).slope(x),
                    };
                }
            }
            let mut to_total = later.clone();
            for (values, share) in to_total.chunks_exact_mut(count).zip(&share) {
                values.iter_mut().for_each(|value| *value *= share);
            }
            if let Some(gradient) = &mut w_in {
                add_outer(gradient, &to_total, &batch.trials.input[step], count);
            }
            let activity = simulator.activity(x);
            for i in 0..n {
                let row = (i * steps + step) * count..(i * steps + step + 1) * count;
                adjoints[row.clone()].copy_from_slice(&to_total[i * count..(i + 1) * count]);
                activities[row].copy_from_slice(&activity[i * count..(i + 1) * count]);
            }
            let to_activity = self.transposed.times_batch(&to_total, count);
            for (i, share) in share.iter().enumerate() {
                let activation = network.activation.at(i);
                for k in i * count..(i + 1) * count {
                    later[k] = (1.0 - share) * later[k] + activation.slope(&x[k]) * to_activity[k];
                }
            }
        }
        let row_sums = |values: &[f64], width: usize| values.chunks_exact(width).map(|row| row.iter().sum()).collect();
        Gradient {
            weights: products_of_rows(network.weights.pattern(), &adjoints, &activities, steps * count),
            w_in,
            bias: network.bias.as_ref().map(|_| row_sums(&adjoints, steps * count)),
            w_out,
            initial_state: network.initial_state.as_ref().map(|_| row_sums(&later, count)),
        }
    }
}

/// The transpose of a pattern, its values not set yet, and where in the pattern each synapse of it is.
pub(in crate::tasks) fn transposed_weights(weights: &Weights) -> Result<(Weights, Vec<usize>), NetworkError> {
    let columns = weights.pattern().transpose();
    let (mut row_start, mut source, mut position) = (vec![0], Vec::new(), Vec::new());
    for j in 0..weights.neurons() {
        for (e, target) in columns.column(j) {
            source.push(target as u32);
            position.push(e);
        }
        row_start.push(source.len());
    }
    // Any value but zero will do: they are renewed from the network at hand.
    Ok((Weights::from_rows(row_start, source, vec![1.0; position.len()])?, position))
}

/// `Mᵀ y` for a batch.
pub(in crate::tasks) fn back_through(matrix: &DMatrix<f64>, y: &[f64], count: usize) -> Vec<f64> {
    let mut x = vec![0.0; matrix.ncols() * count];
    for (column, x) in matrix.column_iter().zip(x.chunks_exact_mut(count)) {
        for (weight, y) in column.iter().zip(y.chunks_exact(count)) {
            for (x, y) in x.iter_mut().zip(y) {
                *x += weight * y;
            }
        }
    }
    x
}

/// `M += Σ_b y_b x_bᵀ`.
fn add_outer(matrix: &mut DMatrix<f64>, y: &[f64], x: &[f64], count: usize) {
    for (mut column, x) in matrix.column_iter_mut().zip(x.chunks_exact(count)) {
        for (entry, y) in column.iter_mut().zip(y.chunks_exact(count)) {
            *entry += y.iter().zip(x).map(|(y, x)| y * x).sum::<f64>();
        }
    }
}

/// `Σ_k y_ik x_jk` for every synapse from j to i: rows of `width` numbers. Threads work on rows of their own.
fn products_of_rows(pattern: &Pattern, y: &[f64], x: &[f64], width: usize) -> Vec<f64> {
    let row = |i: usize| {
        let y = &y[i * width..(i + 1) * width];
        let product = |&j: &u32| inner_product(y, &x[j as usize * width..(j as usize + 1) * width]);
        pattern.sources(i).iter().map(product).collect::<Vec<f64>>()
    };
    (0..pattern.nodes()).into_par_iter().map(row).collect::<Vec<_>>().concat()
}

/// Partial sums of an inner product: they stay in registers, and say in which order it is added up.
const LANES: usize = 8;

fn inner_product(y: &[f64], x: &[f64]) -> f64 {
    let mut sums = [0.0; LANES];
    let (mut ys, mut xs) = (y.chunks_exact(LANES), x.chunks_exact(LANES));
    for (y, x) in (&mut ys).zip(&mut xs) {
        for lane in 0..LANES {
            sums[lane] += y[lane] * x[lane];
        }
    }
    let rest: f64 = ys.remainder().iter().zip(xs.remainder()).map(|(y, x)| y * x).sum();
    sums.iter().sum::<f64>() + rest
}
