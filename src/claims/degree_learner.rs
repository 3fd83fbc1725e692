//! A learner with hidden neurons of any degrees, on which `regularised_training` is measured: its critical points have
//! incoming = k outgoing at every hidden neuron.

use nalgebra::DMatrix;

use super::degree_subject::DegreeSubject;
use super::{ClaimError, Evidence, WorstRatio};
use crate::network::random::{normals, stream};
use crate::scalar::{UNIT_ROUNDOFF, power};

const INPUTS: usize = 5;
const OUTPUTS: usize = 4;
/// Hidden neurons, at most; they have the degrees of the first neurons of the network under examination.
const HIDDEN: usize = 8;
/// Inputs that the map is to be learnt on.
const SAMPLES: usize = 12;
const LAMBDA: f64 = 0.02;
const STEPS: usize = 2_000;
/// The length of the first step; a step that does not lower the objective is halved.
const STEP: f64 = 0.05;

/// `F = ½‖W_out φ(W_in X) − T‖² + λ Σ|w|^p`, φ the rectified power of each hidden neuron.
struct Learner {
    degrees: Vec<f64>,
    inputs: DMatrix<f64>,
    target: DMatrix<f64>,
    p: f64,
    w_in: DMatrix<f64>,
    w_out: DMatrix<f64>,
}

/// The gradient of F, and what its rounding is measured by.
struct Gradient {
    w_in: DMatrix<f64>,
    w_out: DMatrix<f64>,
    /// For each hidden neuron, the sum of the sizes of all products in the derivative of F along its rescaling.
    sizes: Vec<f64>,
}

pub(super) fn measure(subject: &DegreeSubject) -> Result<Evidence, ClaimError> {
    let mut evidence = Evidence::default();
    let degrees: Vec<f64> = subject.costs.degrees().iter().copied().take(HIDDEN).collect();
    // At p = 1 and below the regulariser has no derivative at zero weights; far above, descent needs tiny steps.
    let p = subject.spec.p.clamp(1.5, 3.0);
    let hidden = degrees.len();
    let mut random = stream(subject.seed, 1_390);
    let mut matrix = |rows, columns| DMatrix::from_vec(rows, columns, normals(&mut random, rows * columns, 0.7));
    let (w_in, w_out) = (matrix(hidden, INPUTS), matrix(OUTPUTS, hidden));
    let (inputs, target) = (matrix(INPUTS, SAMPLES), matrix(OUTPUTS, SAMPLES));
    let mut learner = Learner { degrees, inputs, target, p, w_in, w_out };
    let before = learner.worst_imbalance();
    identity(&mut evidence, &learner, "at random weights");
    let mut step = STEP;
    for _ in 0..STEPS {
        let gradient = learner.gradient();
        let next = Learner {
            w_in: &learner.w_in - &gradient.w_in * step,
            w_out: &learner.w_out - &gradient.w_out * step,
            degrees: learner.degrees.clone(),
            inputs: learner.inputs.clone(),
            target: learner.target.clone(),
            ..learner
        };
        if next.objective() < learner.objective() {
            learner = next;
        } else {
            step /= 2.0;
        }
    }
    identity(&mut evidence, &learner, "after training");
    let gradient = learner.gradient();
    let length = (gradient.w_in.norm_squared() + gradient.w_out.norm_squared()).sqrt();
    let after = learner.worst_imbalance();
    evidence.note(format!(
        "a learner of its own, {INPUTS}-{hidden}-{OUTPUTS} neurons, the hidden ones of the degrees {:?}, p = {p}: (r - k c)/(r + k c) of the worst {before:.1e} before and {after:.1e} after training, |grad F| = {length:.1e}",
        learner.degrees
    ));
    Ok(evidence)
}

/// At any weights, `∇F·t_i = −pλ (r_i − k_i c_i)`, where `t_i` moves along the transform, k_i times outgoing weights up and incoming
/// ones down: the loss contributes nothing. So at a critical point r_i = k_i c_i.
fn identity(evidence: &mut Evidence, learner: &Learner, label: &str) {
    let gradient = learner.gradient();
    let mut worst = WorstRatio::default();
    for (i, &degree) in learner.degrees.iter().enumerate() {
        let inward = gradient.w_in.row(i).dot(&learner.w_in.row(i));
        let outward = degree * gradient.w_out.column(i).dot(&learner.w_out.column(i));
        let (r, c) = learner.node_costs(i);
        worst.add((outward - inward) + learner.p * LAMBDA * (r - degree * c), roundings() * gradient.sizes[i]);
    }
    evidence.at_most(
        format!("grad F along the rescaling of a neuron of degree k against -p lambda (r - k c) {label}, in units of the rounding bound"),
        worst.worst(),
        1.0,
        "roundings of sums over inputs, hidden neurons, outputs and samples, and of two powers, times the sizes of what cancels",
    );
}

/// A weight's part of the sum passes through sums over inputs, hidden neurons, outputs and samples, and through a dozen products and
/// powers, each an ulp at most.
fn roundings() -> f64 {
    (2 * (INPUTS + HIDDEN + OUTPUTS + SAMPLES) + 24) as f64 * UNIT_ROUNDOFF
}

impl Learner {
    /// `max(z, 0)^k` of each hidden neuron and sample, and the derivative; `|z|` stands for `z` where sizes are asked for.
    fn activity(&self, z: &DMatrix<f64>, derivative: bool) -> DMatrix<f64> {
        DMatrix::from_fn(z.nrows(), z.ncols(), |i, s| match (z[(i, s)], self.degrees[i]) {
            (z, _) if z <= 0.0 => 0.0,
            (z, k) if derivative => k * power(&z, k - 1.0),
            (z, k) => power(&z, k),
        })
    }

    fn objective(&self) -> f64 {
        let miss = &self.w_out * self.activity(&(&self.w_in * &self.inputs), false) - &self.target;
        let costs: f64 = (0..self.degrees.len()).map(|i| self.node_costs(i)).map(|(r, c)| r + c).sum();
        0.5 * miss.norm_squared() + LAMBDA * costs
    }

    fn gradient(&self) -> Gradient {
        let z = &self.w_in * &self.inputs;
        let (active, slope) = (self.activity(&z, false), self.activity(&z, true));
        let miss = &self.w_out * &active - &self.target;
        let back = (self.w_out.transpose() * &miss).component_mul(&slope);
        let pull = |w: f64| LAMBDA * self.p * w.signum() * power(&w.abs(), self.p - 1.0);
        // The same of absolute values; z is what it is in both factors, so its own rounding cancels, but not that of its products.
        let miss_size = self.w_out.abs() * &active + self.target.abs();
        let back_size = (self.w_out.abs().transpose() * &miss_size).component_mul(&slope);
        let z_size = self.w_in.abs() * self.inputs.abs();
        let sizes = self.degrees.iter().enumerate().map(|(i, &degree)| {
            let outward: f64 =
                (0..SAMPLES).map(|s| active[(i, s)] * self.w_out.column(i).abs().dot(&miss_size.column(s))).sum();
            let (r, c) = self.node_costs(i);
            let costs = self.p * LAMBDA * (r + degree * c);
            degree * outward + back_size.row(i).dot(&z_size.row(i)) + 2.0 * costs
        });
        Gradient {
            sizes: sizes.collect(),
            w_in: &back * self.inputs.transpose() + self.w_in.map(pull),
            w_out: &miss * active.transpose() + self.w_out.map(pull),
        }
    }

    /// Incoming and outgoing cost of a hidden neuron.
    fn node_costs(&self, i: usize) -> (f64, f64) {
        let cost = |w: &f64| power(&w.abs(), self.p);
        (self.w_in.row(i).iter().map(cost).sum(), self.w_out.column(i).iter().map(cost).sum())
    }

    fn worst_imbalance(&self) -> f64 {
        let imbalance = |(i, degree): (usize, &f64)| {
            let (r, c) = self.node_costs(i);
            (r - degree * c).abs() / (r + degree * c)
        };
        self.degrees.iter().enumerate().map(imbalance).fold(0.0, f64::max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn learner(p: f64) -> Learner {
        let mut random = stream(3, 7);
        let mut matrix = |rows, columns| DMatrix::from_vec(rows, columns, normals(&mut random, rows * columns, 0.7));
        let (w_in, w_out) = (matrix(3, INPUTS), matrix(OUTPUTS, 3));
        Learner {
            degrees: vec![1.0, 2.0, 1.5],
            inputs: matrix(INPUTS, SAMPLES),
            target: matrix(OUTPUTS, SAMPLES),
            p,
            w_in,
            w_out,
        }
    }

    /// Central differences of the objective, whose own error is of the order of the step squared.
    #[test]
    fn the_gradient_is_that_of_the_objective() {
        const STEP: f64 = 1e-5;
        for p in [1.5, 2.0, 3.0] {
            let at = learner(p);
            let gradient = at.gradient();
            let slope = |change: &dyn Fn(&mut Learner, f64)| {
                let moved = |by: f64| {
                    let mut moved = learner(p);
                    change(&mut moved, by);
                    moved.objective()
                };
                (moved(STEP) - moved(-STEP)) / (2.0 * STEP)
            };
            for i in 0..3 {
                for j in 0..INPUTS {
                    let found = slope(&|learner, by| learner.w_in[(i, j)] += by);
                    assert!((found - gradient.w_in[(i, j)]).abs() < 1e-6, "{p}: {found} {}", gradient.w_in[(i, j)]);
                }
                for o in 0..OUTPUTS {
                    let found = slope(&|learner, by| learner.w_out[(o, i)] += by);
                    assert!((found - gradient.w_out[(o, i)]).abs() < 1e-6, "{p}: {found} {}", gradient.w_out[(o, i)]);
                }
            }
        }
    }

    /// The sum of the sizes of all products, written out for every sample, output and input.
    #[test]
    fn sizes_are_those_of_what_cancels() {
        let at = learner(2.0);
        let gradient = at.gradient();
        for (i, &degree) in at.degrees.iter().enumerate() {
            let z = &at.w_in * &at.inputs;
            let activity = |i: usize, s: usize| z[(i, s)].max(0.0).powf(at.degrees[i]);
            let (mut size, (r, c)) = (0.0, at.node_costs(i));
            for s in 0..SAMPLES {
                for o in 0..OUTPUTS {
                    let miss =
                        (0..3).map(|j| at.w_out[(o, j)].abs() * activity(j, s)).sum::<f64>() + at.target[(o, s)].abs();
                    let slope = if z[(i, s)] > 0.0 { degree * z[(i, s)].powf(degree - 1.0) } else { 0.0 };
                    let inputs = (0..INPUTS).map(|j| at.w_in[(i, j)].abs() * at.inputs[(j, s)].abs()).sum::<f64>();
                    size += at.w_out[(o, i)].abs() * miss * (degree * activity(i, s) + slope * inputs);
                }
            }
            size += 2.0 * 2.0 * LAMBDA * (r + degree * c);
            assert!((gradient.sizes[i] / size - 1.0).abs() < 1e-12, "{i}: {} {size}", gradient.sizes[i]);
            let by_hand = (at.w_in.row(i).norm_squared(), at.w_out.column(i).norm_squared());
            assert!((r - by_hand.0).abs() < 1e-14 && (c - by_hand.1).abs() < 1e-14);
        }
        let worst = (0..3).map(|i| {
            let (r, c) = at.node_costs(i);
            ((r - at.degrees[i] * c) / (r + at.degrees[i] * c)).abs()
        });
        assert_eq!(at.worst_imbalance(), worst.fold(0.0, f64::max));
    }
}
