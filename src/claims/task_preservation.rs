//! Claim `task_preservation`.

use nalgebra::DMatrix;

use super::{Claim, ClaimError, Evidence, Subject, WorstRatio};
use crate::network::random::{normals, stream};
use crate::network::{Activation, Homogeneity, Network, rescale_network};
use crate::scalar::{Tracked, tracked};
use crate::tasks::{Dynamics, Trials, simulate};

pub const CLAIM: Claim = Claim {
    id: "task_preservation",
    statement: "The whole input-to-output trajectory map is exactly invariant under the transform, for every h, every input, every degree of homogeneity, in continuous and discrete time; tanh is the negative control and visibly fails.",
    source: "Stock et al. 2022, eq. 1-4 and Methods (task-preserving transformation)",
    theorems: &[
        "task_preservation",
        "task_preservation_input_output",
        "task_preservation_euler",
        "task_preservation_discrete",
        "task_preservation_discrete_degree_one",
        "task_preservation_discrete_caution",
        "task_preservation_converse",
        "task_preservation_tanh",
    ],
    check,
};

const STEPS: usize = 40;
const INPUTS: usize = 3;
const OUTPUTS: usize = 2;
/// Step in continuous time, in units of the shortest time constant.
const STEP: f64 = 0.1;
/// The network's gain is turned down to this ∞-norm, so that trajectories of any network stay bounded.
const GAIN: f64 = 0.5;
/// And its input weights, biases and initial state to this: the rectified square then stays below one.
const INPUT_GAIN: f64 = 0.2;
/// The negative control must miss by at least this many of its rounding bounds.
const VISIBLE: f64 = 1e3;

/// Activations that are homogeneous, one of every kind.
pub(super) const HOMOGENEOUS: [Activation; 5] = [
    Activation::Linear,
    Activation::Relu,
    Activation::LeakyRelu { slope: 0.1 },
    Activation::RectifiedPower { degree: 2.0 },
    Activation::RectifiedPower { degree: 1.5 },
];

fn check(subject: &Subject) -> Result<Evidence, ClaimError> {
    let mut evidence = Evidence::default();
    let network = runnable(subject);
    let n = network.weights.neurons();
    let random_h = &subject.random_scales(200, 1.0)[..n];
    let trial = random_trial(subject, network.w_in.as_ref().map_or(0, DMatrix::ncols));
    for (label, h) in [("random h", random_h), ("balancing h", subject.reference.log_scales.as_slice())] {
        let mut worst = WorstRatio::default();
        let mut largest = 0.0_f64;
        for activation in HOMOGENEOUS {
            let network = Network { activation, ..network.clone() };
            let transformed = rescale_network(&network, &tracked(h), Homogeneity::Required)?;
            for dynamics in Dynamics::ALL {
                largest = largest.max(compare_outputs(&network, &transformed, dynamics, &trial, &mut worst));
            }
        }
        evidence.at_most(
            format!("difference of the outputs under {label}, in units of its rounding bound, worst of all"),
            worst.worst(),
            1.0,
            "running error analysis of both simulations, the transform included",
        );
        evidence.note(format!(
            "{label}: {} outputs compared ({} activations, {} kinds of time, {STEPS} steps), largest relative difference {largest:.1e}",
            worst.seen(),
            HOMOGENEOUS.len(),
            Dynamics::ALL.len(),
        ));
    }

    // The control needs a read-out that reads something out.
    let w_out = normals(&mut stream(subject.seed, 203), n * OUTPUTS, 1.0);
    let w_out = Some(DMatrix::from_vec(OUTPUTS, n, w_out).map(Tracked::exact));
    let control = Network { activation: Activation::Tanh, w_out, ..network };
    let transformed = rescale_network(&control, &tracked(random_h), Homogeneity::NegativeControl)?;
    let mut worst = WorstRatio::default();
    compare_outputs(&control, &transformed, Dynamics::Discrete, &trial, &mut worst);
    evidence.at_least(
        "negative control (tanh, random h): difference in units of its rounding bound",
        worst.worst(),
        VISIBLE,
        "far outside rounding",
    );
    evidence.note(format!(
        "for these runs weights are turned down to an infinity-norm of {GAIN}, and inputs to {INPUT_GAIN}, so that the trajectories of any network stay bounded"
    ));
    Ok(evidence)
}

/// The subject's network, with random input, read-out, bias and initial state where it has none, its gain turned down.
fn runnable(subject: &Subject) -> Network<Tracked> {
    let mut network = subject.network.clone();
    let n = network.weights.neurons();
    let mut random = stream(subject.seed, 201);
    let w_in = normals(&mut random, n * INPUTS, 0.2);
    let w_out = normals(&mut random, n * OUTPUTS, 1.0);
    let bias = normals(&mut random, n, 0.1);
    let initial = normals(&mut random, n, 0.3);
    network.w_in.get_or_insert_with(|| DMatrix::from_vec(n, INPUTS, w_in));
    network.w_out.get_or_insert_with(|| DMatrix::from_vec(OUTPUTS, n, w_out));
    network.bias.get_or_insert(bias);
    network.initial_state.get_or_insert(initial);
    let mut row_sums = vec![0.0; n];
    for (i, _, value) in network.weights.triplets() {
        row_sums[i] += value.abs();
    }
    let factor = turn_down(&row_sums, GAIN);
    let scaled = network.weights.values().iter().map(|value| value * factor).collect();
    network.weights = network.weights.with_values(scaled);
    if let Some(w_in) = &mut network.w_in {
        let row_sums: Vec<f64> = w_in.row_iter().map(|row| row.iter().map(|value| value.abs()).sum()).collect();
        *w_in *= turn_down(&row_sums, INPUT_GAIN);
    }
    for vector in [&mut network.bias, &mut network.initial_state].into_iter().flatten() {
        let factor = turn_down(vector, INPUT_GAIN);
        vector.iter_mut().for_each(|value| *value *= factor);
    }
    network.lifted(Tracked::exact)
}

/// The factor that brings the largest of `sizes` down to `limit`, or 1 where it is smaller already.
fn turn_down(sizes: &[f64], limit: f64) -> f64 {
    let largest = sizes.iter().fold(0.0_f64, |largest, size| largest.max(size.abs()));
    if largest > limit { limit / largest } else { 1.0 }
}

fn random_trial(subject: &Subject, inputs: usize) -> Trials<Tracked> {
    let mut random = stream(subject.seed, 202);
    let input = (0..STEPS).map(|_| tracked(&normals(&mut random, inputs, 0.5))).collect();
    let shortest = subject.network.time_constants.iter().flatten().copied().fold(f64::INFINITY, f64::min);
    let step = STEP * if shortest.is_finite() { shortest } else { 1.0 };
    Trials::single(input, Tracked::exact(step))
}

/// Takes in every output's difference against its bound; returns the largest difference relative to the largest
/// output.
fn compare_outputs(
    network: &Network<Tracked>,
    transformed: &Network<Tracked>,
    dynamics: Dynamics,
    trials: &Trials<Tracked>,
    worst: &mut WorstRatio,
) -> f64 {
    let before = simulate(network, dynamics, trials);
    let after = simulate(transformed, dynamics, trials);
    let (mut difference, mut size) = (0.0_f64, f64::MIN_POSITIVE);
    for (y, z) in before.iter().flatten().zip(after.iter().flatten()) {
        worst.add(y.value - z.value, y.error + z.error);
        difference = difference.max((y.value - z.value).abs());
        size = size.max(y.value.abs());
    }
    difference / size
}
