//! A batch of trials forwards through a rectified network, and the gradient of its loss backwards.
//!
//! `x⁺ = x + a (−x + J φ(x) + W_in u + b)` with `a = 1/substeps`, the input `u` of a sample held over its `substeps` Euler
//! steps, from state zero; `y = W_out x` after the last step of every sample; the loss is the root of the mean
//! squared error. With the adjoint `λ = ∂F/∂x⁺` and `s = a λ`: `∂F/∂J = Σ s φ(x)ᵀ`, `∂F/∂W_in = Σ s uᵀ`, `∂F/∂b = Σ s`,
//! `∂F/∂x = (1 − a) λ + φ'(x) Jᵀ s`.

use super::parameters::Parameters;
use crate::tasks::{LeftFactor, Real};

/// Trials as the network sees them, in the precision that it is trained in.
#[derive(Clone, Debug, PartialEq)]
pub struct Samples<S> {
    /// Number of trials.
    pub count: usize,
    /// Euler steps for each sample.
    pub substeps: usize,
    /// For each sample `inputs × count` numbers.
    pub input: Vec<Vec<S>>,
    /// For each sample `outputs × count` numbers: the read-out at its end.
    pub targets: Vec<Vec<S>>,
}

/// Scratch space and the products' left factors, kept from step to step.
#[derive(Clone, Debug, Default)]
pub struct Passes<S> {
    recurrent: LeftFactor<S>,
    transposed: LeftFactor<S>,
    adjoints: LeftFactor<S>,
    /// The state before every Euler step, and after the last (each neurons × count).
    states: Vec<Vec<S>>,
}

impl<S: Real> Passes<S> {
    /// The loss on a batch and its gradient (zero where the loss is zero, its minimum).
    pub fn loss_and_gradient(&mut self, parameters: &Parameters<S>, samples: &Samples<S>) -> (f64, Parameters<S>) {
        let n = parameters.neurons;
        self.recurrent.fill(n, n, |i, j| parameters.recurrent[i * n + j]);
        let mut errors = self.forwards(parameters, samples);
        let (mut squares, mut scored) = (0.0, 0);
        for error in errors.iter().flatten() {
            squares += error.to_f64() * error.to_f64();
            scored += 1;
        }
        let loss = (squares / scored as f64).sqrt();
        // ∂F/∂y = (y − y*)/(m F), F the root of the mean of m squares.
        let scale = S::of(if loss == 0.0 { 0.0 } else { 1.0 / (scored as f64 * loss) });
        errors.iter_mut().flatten().for_each(|error| *error = *error * scale);
        self.transposed.fill(n, n, |i, j| parameters.recurrent[j * n + i]);
        (loss, self.backwards(parameters, samples, &errors))
    }

    /// The errors `y − y*` at the end of every sample; keeps the states.
    fn forwards(&mut self, parameters: &Parameters<S>, samples: &Samples<S>) -> Vec<Vec<S>> {
        let (n, count) = (parameters.neurons, samples.count);
        let share = S::of(1.0 / samples.substeps as f64);
        self.states.resize(samples.input.len() * samples.substeps + 1, Vec::new());
        self.states[0] = vec![S::ZERO; n * count];
        let mut drive = vec![S::ZERO; n * count];
        let mut total = vec![S::ZERO; n * count];
        let mut errors = Vec::with_capacity(samples.targets.len());
        for (k, (input, target)) in samples.input.iter().zip(&samples.targets).enumerate() {
            for (drive, bias) in drive.chunks_exact_mut(count).zip(&parameters.bias) {
                drive.fill(*bias);
            }
            add_times(&parameters.input, input, count, &mut drive);
            for step in k * samples.substeps..(k + 1) * samples.substeps {
                let activity: Vec<S> = self.states[step].iter().map(|&x| rectified(x)).collect();
                total.copy_from_slice(&drive);
                self.recurrent.add_times(&activity, count, &mut total);
                let (before, after) = self.states.split_at_mut(step + 1);
                after[0].clear();
                after[0].extend(before[step].iter().zip(&total).map(|(&x, &total)| x + share * (total - x)));
            }
            let mut error: Vec<S> = target.iter().map(|&target| -target).collect();
            add_times(&parameters.output, &self.states[(k + 1) * samples.substeps], count, &mut error);
            errors.push(error);
        }
        errors
    }

    /// From `∂F/∂y` at the end of every sample to the gradient.
    fn backwards(&mut self, parameters: &Parameters<S>, samples: &Samples<S>, to_outputs: &[Vec<S>]) -> Parameters<S> {
        let (n, count, substeps) = (parameters.neurons, samples.count, samples.substeps);
        let share = S::of(1.0 / substeps as f64);
        let keep = S::of(1.0) - share;
        let mut gradient = Parameters::zero(n, parameters.inputs, parameters.outputs);
        let mut later = vec![S::ZERO; n * count];
        let mut to_activity = vec![S::ZERO; n * count];
        let mut to_drive = vec![S::ZERO; n * count];
        // Of all steps of a sample: the adjoints of the total inputs, and the activities, a row for each step and trial.
        let mut adjoints = vec![S::ZERO; substeps * n * count];
        let mut activities = vec![S::ZERO; substeps * count * n];
        for (k, to_output) in to_outputs.iter().enumerate().rev() {
            add_outer(&mut gradient.output, to_output, &self.states[(k + 1) * substeps], count);
            add_transposed_times(&parameters.output, to_output, count, &mut later);
            to_drive.fill(S::ZERO);
            for substep in (0..substeps).rev() {
                let x = &self.states[k * substeps + substep];
                let adjoint = &mut adjoints[substep * n * count..(substep + 1) * n * count];
                for (adjoint, &later) in adjoint.iter_mut().zip(&later) {
                    *adjoint = share * later;
                }
                for (sum, &adjoint) in to_drive.iter_mut().zip(adjoint.iter()) {
                    *sum += adjoint;
                }
                for (b, row) in activities[substep * count * n..].chunks_exact_mut(n).take(count).enumerate() {
                    for (activity, x) in row.iter_mut().zip(x.chunks_exact(count)) {
                        *activity = rectified(x[b]);
                    }
                }
                to_activity.fill(S::ZERO);
                self.transposed.add_times(adjoint, count, &mut to_activity);
                for ((later, &x), &to_activity) in later.iter_mut().zip(x).zip(&to_activity) {
                    *later = keep * *later + if x > S::ZERO { to_activity } else { S::ZERO };
                }
            }
            // The input is held over the sample, so the adjoints of its steps are added up first.
            for (bias, adjoint) in gradient.bias.iter_mut().zip(to_drive.chunks_exact(count)) {
                adjoint.iter().for_each(|&adjoint| *bias += adjoint);
            }
            add_outer(&mut gradient.input, &to_drive, &samples.input[k], count);
            let entry = |i: usize, row: usize| adjoints[(row / count) * n * count + i * count + row % count];
            self.adjoints.fill(n, substeps * count, entry);
            self.adjoints.add_times(&activities, n, &mut gradient.recurrent);
        }
        gradient
    }
}

pub(crate) fn rectified<S: Real>(x: S) -> S {
    if x > S::ZERO { x } else { S::ZERO }
}

/// `y += M x` for a batch, `M` row after row; for few columns or few rows.
pub(crate) fn add_times<S: Real>(matrix: &[S], x: &[S], count: usize, y: &mut [S]) {
    let columns = x.len() / count;
    for (row, y) in matrix.chunks_exact(columns).zip(y.chunks_exact_mut(count)) {
        for (&weight, x) in row.iter().zip(x.chunks_exact(count)) {
            for (y, &x) in y.iter_mut().zip(x) {
                *y += weight * x;
            }
        }
    }
}

/// `x += Mᵀ y` for a batch.
fn add_transposed_times<S: Real>(matrix: &[S], y: &[S], count: usize, x: &mut [S]) {
    let columns = x.len() / count;
    for (row, y) in matrix.chunks_exact(columns).zip(y.chunks_exact(count)) {
        for (&weight, x) in row.iter().zip(x.chunks_exact_mut(count)) {
            for (x, &y) in x.iter_mut().zip(y) {
                *x += weight * y;
            }
        }
    }
}

/// `M += Σ_b y_b x_bᵀ`.
fn add_outer<S: Real>(matrix: &mut [S], y: &[S], x: &[S], count: usize) {
    let columns = x.len() / count;
    for (row, y) in matrix.chunks_exact_mut(columns).zip(y.chunks_exact(count)) {
        for (entry, x) in row.iter_mut().zip(x.chunks_exact(count)) {
            for (&y, &x) in y.iter().zip(x) {
                *entry += y * x;
            }
        }
    }
}
