//! Claim `regularised_training`.

use nalgebra::DMatrix;

use super::controls::{Control, Formula};
use super::{Claim, ClaimError, Evidence, OtherDegrees, Subject, WorstRatio};
use crate::cost::{CostGraph, CostSpec};
use crate::flow::node_costs;
use crate::network::random::{normals, stream};
use crate::network::{Activation, Network};
use crate::scalar::{UNIT_ROUNDOFF, power};
use crate::tasks::training::{Backpropagation, Descent, Gradient, Reach, add_penalty, initial_network, train};
use crate::tasks::{Batch, ContextIntegration, Task, Trials, absolute_network};

pub const CLAIM: Claim = Claim {
    id: "regularised_training",
    statement: "Every critical point of (task loss + lambda sum |w|^p over a neuron's whole input and output) is balanced, because the loss is constant along the transform; for neurons of degree k, incoming = k outgoing.",
    source: "Stock et al. 2022, Discussion (regularised training); Baldi et al. 2024",
    theorems: &["regularised_training", "regularised_training_matrix"],
    check: |subject| measure(subject, Formula::Claimed),
    other_degrees: OtherDegrees::Checked(super::degree_learner::measure),
    control: Control {
        broken: "the penalty on a neuron's input only, its output left free",
        check: |subject| measure(subject, Formula::Broken),
    },
};

const INPUTS: usize = 5;
const HIDDEN: usize = 8;
const OUTPUTS: usize = 4;
const LAMBDA: f64 = 0.02;
/// Steps of gradient descent, and their length.
const STEPS: usize = 4000;
const STEP: f64 = 0.05;

/// A linear network with one hidden layer, and the map it is to learn.
struct Learner {
    w_in: DMatrix<f64>,
    w_out: DMatrix<f64>,
    target: DMatrix<f64>,
    p: f64,
    /// Factor on the penalty of the output weights: 1, or 0 where they go free.
    outward: f64,
}

fn measure(subject: &Subject, formula: Formula) -> Result<Evidence, ClaimError> {
    let mut evidence = Evidence::default();
    // At p = 1 and below the regulariser has no derivative at zero weights; far above, descent needs tiny steps.
    let p = subject.spec.p.clamp(1.5, 3.0);
    evidence.note(format!(
        "a learner of its own, not the network under examination; its exponent is {p}, the subject's {}",
        subject.spec.p
    ));
    let mut random = stream(subject.seed, 1100);
    let mut matrix = |rows, columns| DMatrix::from_vec(rows, columns, normals(&mut random, rows * columns, 0.7));
    let mut learner = Learner {
        w_in: matrix(HIDDEN, INPUTS),
        w_out: matrix(OUTPUTS, HIDDEN),
        target: matrix(OUTPUTS, INPUTS),
        p,
        outward: formula.choose(1.0, 0.0),
    };

    let before = learner.worst_imbalance();
    identity(&mut evidence, &learner, "at random weights");
    for _ in 0..STEPS {
        let (to_in, to_out) = learner.gradient();
        learner.w_in -= to_in * STEP;
        learner.w_out -= to_out * STEP;
    }
    identity(&mut evidence, &learner, "after training");

    // At a nearly critical point g is as small as the gradient says: pλ|g_i| = |∇F·t_i| ≤ ‖∇F‖ ‖t_i‖, with t_i the
    // direction in which rescaling neuron i moves its weights.
    let (to_in, to_out) = learner.gradient();
    let gradient = (to_in.norm_squared() + to_out.norm_squared()).sqrt();
    let mut worst = WorstRatio::default();
    for i in 0..HIDDEN {
        let (r, c) = learner.node_costs(i);
        let direction = (learner.w_in.row(i).norm_squared() + learner.w_out.column(i).norm_squared()).sqrt();
        worst.add(r - c, gradient * direction / (p * LAMBDA) + rounding() * (r + c));
    }
    evidence.at_most(
        "neural gradient of a hidden neuron after training, in units of |grad F| |direction| / (p lambda), worst neuron",
        worst.worst(),
        1.0,
        "the loss is constant along the transform, so only the regulariser pulls",
    );
    evidence.note(format!(
        "a linear network of {INPUTS}-{HIDDEN}-{OUTPUTS} neurons, p = {p}: imbalance of the worst neuron {before:.1e} before and {:.1e} after training, |grad F| = {gradient:.1e}",
        learner.worst_imbalance()
    ));
    recurrent(&mut evidence, subject.seed)?;
    Ok(evidence)
}

/// Neurons and iterations of the recurrent learner.
const RECURRENT: usize = 8;
const ITERATIONS: usize = 60;

/// The same identity on a recurrent ReLU network that back-propagation through time trains on the paper's main task, the
/// penalty on all its weights: its neurons' costs are those of the graph with the world node.
fn recurrent(evidence: &mut Evidence, seed: u64) -> Result<(), ClaimError> {
    let task = ContextIntegration;
    let start = initial_network(&task, RECURRENT, Activation::Relu, seed)?;
    let descent = Descent {
        iterations: ITERATIONS,
        l2: LAMBDA,
        reach: Reach::Whole,
        seed,
        record_every: ITERATIONS,
        ..Descent::default()
    };
    let (network, history) = train(&task, start, &descent, &mut |_, _| ())?;
    let batch = task.batch(seed, 0..task.conditions());
    let mut backpropagation = Backpropagation::new(&network.weights, task.convention())?;
    let (loss, mut gradient) = backpropagation.loss_and_gradient(&network, &batch);
    add_penalty(&mut gradient, &network, LAMBDA, Reach::Whole);

    // A product along every path through the steps, each of at most so many factors and sums: the error of the gradient is at
    // most that many u of the same gradient of absolute values, whose loss differs.
    let absolute = absolute_network(&network);
    let (absolute_loss, sizes) = backpropagation.loss_and_gradient(&absolute, &batch_of_absolute_values(&batch));
    let (steps, inputs) = (batch.trials.input.len(), task.channels().0);
    let roundings = 2 * steps * (RECURRENT + inputs + 8) + steps * batch.trials.count + 64;
    let unit = roundings as f64 * UNIT_ROUNDOFF;

    let graph = CostGraph::of_network(&network, &CostSpec::power(2.0).with_world(1.0))?;
    let sums = node_costs(graph.pattern(), graph.initial_costs(), &0.0);
    let mut worst = WorstRatio::default();
    for (i, g) in sums.gradient()[..RECURRENT].iter().enumerate() {
        let (along, _) = along_the_rescaling(&network, &gradient, i);
        let (_, size) = along_the_rescaling(&absolute, &sizes, i);
        let costs = 2.0 * LAMBDA * (sums.incoming[i] + sums.outgoing[i]);
        worst.add(along + 2.0 * LAMBDA * g, unit * (size * absolute_loss / loss + costs));
    }
    evidence.at_most(
        "grad F of a trained recurrent network along the rescaling of a neuron against -p lambda g, in units of the rounding bound",
        worst.worst(),
        1.0,
        "roundings along a path through all steps, forwards and backwards, times the gradient of absolute values",
    );
    let imbalance = sums.imbalance();
    evidence.note(format!(
        "a recurrent network of {RECURRENT} ReLU neurons, {ITERATIONS} iterations on {}, p = 2, lambda = {LAMBDA}: root-mean-square error {:.2} -> {:.2}, imbalance of the worst node {:.1e}",
        task.name(),
        history.first().loss,
        history.last.loss,
        imbalance.worst
    ));
    Ok(())
}

/// The derivative along the rescaling of neuron i, `Σ θ ∂F/∂θ` over its outgoing weights less that over its incoming ones
/// (its self-synapse is both), and the sum of all terms' sizes.
fn along_the_rescaling(network: &Network, gradient: &Gradient, i: usize) -> (f64, f64) {
    let (mut along, mut size) = (0.0, 0.0);
    let mut add = |sign: f64, weight: f64, slope: f64| {
        along += sign * weight * slope;
        size += (weight * slope).abs();
    };
    for ((target, source, weight), slope) in network.weights.triplets().zip(&gradient.weights) {
        if source == i {
            add(1.0, *weight, *slope);
        }
        if target == i {
            add(-1.0, *weight, *slope);
        }
    }
    if let (Some(w_in), Some(slopes)) = (&network.w_in, &gradient.w_in) {
        w_in.row(i).iter().zip(slopes.row(i).iter()).for_each(|(weight, slope)| add(-1.0, *weight, *slope));
    }
    if let (Some(bias), Some(slopes)) = (&network.bias, &gradient.bias) {
        add(-1.0, bias[i], slopes[i]);
    }
    if let (Some(w_out), Some(slopes)) = (&network.w_out, &gradient.w_out) {
        w_out.column(i).iter().zip(slopes.column(i).iter()).for_each(|(weight, slope)| add(1.0, *weight, *slope));
    }
    (along, size)
}

/// Inputs of absolute values, and targets whose signs make every error the sum of two sizes.
fn batch_of_absolute_values(batch: &Batch) -> Batch {
    let each =
        |rows: &[Vec<f64>], sign: f64| rows.iter().map(|row| row.iter().map(|x| sign * x.abs()).collect()).collect();
    Batch {
        trials: Trials { input: each(&batch.trials.input, 1.0), ..batch.trials.clone() },
        targets: each(&batch.targets, -1.0),
        scored_from: batch.scored_from,
    }
}

/// At any weights, `∇F·t_i = −pλ g_i`, where `t_i` moves along the transform: the loss contributes nothing.
fn identity(evidence: &mut Evidence, learner: &Learner, label: &str) {
    let (to_in, to_out) = learner.gradient();
    let mut worst = WorstRatio::default();
    for i in 0..HIDDEN {
        let (inward, outward) =
            (to_in.row(i).dot(&learner.w_in.row(i)), to_out.column(i).dot(&learner.w_out.column(i)));
        let (r, c) = learner.node_costs(i);
        // Products of up to 8 terms of the size of the loss and of the costs: the two halves cancel.
        let size =
            to_in.row(i).norm() * learner.w_in.row(i).norm() + to_out.column(i).norm() * learner.w_out.column(i).norm();
        let size = size + learner.loss_size(i) + learner.p * LAMBDA * (r + c);
        worst.add((outward - inward) + learner.p * LAMBDA * (r - c), rounding() * size);
    }
    evidence.at_most(
        format!("grad F along the rescaling of a neuron against -p lambda g {label}, in units of the rounding bound"),
        worst.worst(),
        1.0,
        "64 u times the sizes of the sums that cancel",
    );
}

/// Sums and products of at most 8 terms, in sequence: fewer than 64 roundings each.
fn rounding() -> f64 {
    64.0 * UNIT_ROUNDOFF
}

impl Learner {
    /// The gradient of `F = ½‖W_out W_in − T‖² + λ Σ|w|^p`.
    fn gradient(&self) -> (DMatrix<f64>, DMatrix<f64>) {
        let miss = &self.w_out * &self.w_in - &self.target;
        let pull = |w: f64| LAMBDA * self.p * w.signum() * power(&w.abs(), self.p - 1.0);
        (
            self.w_out.transpose() * &miss + self.w_in.map(pull),
            &miss * self.w_in.transpose() + self.w_out.map(pull) * self.outward,
        )
    }

    /// Incoming and outgoing cost of a hidden neuron.
    fn node_costs(&self, i: usize) -> (f64, f64) {
        let cost = |w: &f64| power(&w.abs(), self.p);
        (self.w_in.row(i).iter().map(cost).sum(), self.w_out.column(i).iter().map(cost).sum())
    }

    /// The size of the products in the loss's gradient along the rescaling of neuron i, signs left out.
    fn loss_size(&self, i: usize) -> f64 {
        let miss = (&self.w_out * &self.w_in).abs() + self.target.abs();
        let (into, out_of) = (self.w_in.row(i).abs(), self.w_out.column(i).abs());
        2.0 * (out_of.transpose() * miss * into.transpose())[(0, 0)]
    }

    fn worst_imbalance(&self) -> f64 {
        (0..HIDDEN).map(|i| self.node_costs(i)).map(|(r, c)| (r - c).abs() / (r + c)).fold(0.0, f64::max)
    }
}
