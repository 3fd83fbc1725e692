//! Claim `task_preservation`.

use nalgebra::DMatrix;

use super::controls::{Control, Formula};
use super::{Claim, ClaimError, DegreeSubject, Evidence, OtherDegrees, Subject, WorstRatio};
use crate::network::random::{normals, stream};
use crate::network::{Activation, Activations, Homogeneity, Network, exponent, rescale_network, times_power_of_two};
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
    check: |subject| measure(&Examined::of(subject), Formula::Claimed),
    other_degrees: OtherDegrees::Checked(|subject| measure(&Examined::of_other_degrees(subject), Formula::Claimed)),
    control: Control {
        broken: "tanh in the place of the homogeneous activations",
        check: |subject| measure(&Examined::of(subject), Formula::Broken),
    },
};

const STEPS: usize = 40;
const INPUTS: usize = 3;
const OUTPUTS: usize = 2;
/// Step in continuous time, in units of the shortest time constant.
const STEP: f64 = 0.1;
/// The network's gain is turned down or up to this ∞-norm, so that trajectories of any network stay bounded, and far from
/// where `f64` ends.
const GAIN: f64 = 0.5;
/// And its input weights, biases and initial state to this: the rectified square then stays below one.
const INPUT_GAIN: f64 = 0.2;
/// And its read-out weights to this.
const READ_OUT_GAIN: f64 = 2.0;
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

/// What is simulated: a network, and the log-scales that it is rescaled by.
struct Examined<'a> {
    network: &'a Network,
    seed: u64,
    random: Vec<f64>,
    balancing: &'a [f64],
}

impl<'a> Examined<'a> {
    fn of(subject: &'a Subject) -> Self {
        let mut random = subject.random_scales(200, 1.0);
        random.truncate(subject.network.weights.neurons());
        let balancing = &subject.reference.log_scales;
        Examined { network: &subject.network, seed: subject.seed, random, balancing }
    }

    fn of_other_degrees(subject: &'a DegreeSubject) -> Self {
        // What is simulated has gains of its own, so costs at these log-scales do not matter.
        let random = normals(&mut stream(subject.seed, 200), subject.network.weights.neurons(), 1.0);
        let balancing = &subject.reference.log_scales;
        Examined { network: &subject.network, seed: subject.seed, random, balancing }
    }
}

fn measure(examined: &Examined, formula: Formula) -> Result<Evidence, ClaimError> {
    let mut evidence = Evidence::default();
    let network = runnable(examined);
    let n = network.weights.neurons();
    let random_h = examined.random.as_slice();
    let homogeneity = formula.choose(Homogeneity::Required, Homogeneity::NegativeControl);
    let trial = random_trial(examined, network.w_in.as_ref().map_or(0, DMatrix::ncols));
    // Each activation for all neurons, all of them side by side, and what neurons have of other kinds.
    let mixed: Vec<Activation> = (0..n).map(|neuron| HOMOGENEOUS[neuron % HOMOGENEOUS.len()]).collect();
    let mut healthy: Vec<Activations> = HOMOGENEOUS.map(Activations::Same).into_iter().chain([mixed.into()]).collect();
    if !examined.network.activation.homogeneous_degrees()?.are_one() {
        healthy.push(examined.network.activation.clone());
    }
    let sick = vec![Activations::Same(Activation::Tanh)];
    for (label, h) in [("random h", random_h), ("balancing h", examined.balancing)] {
        let mut worst = WorstRatio::default();
        let mut largest = 0.0_f64;
        let mut left_the_range = false;
        for activation in formula.choose(&healthy, &sick) {
            let activation = activation.clone();
            let network = Network { activation, ..network.clone() };
            let transformed = match rescale_network(&network, &tracked(h), homogeneity) {
                Err(reason) if reason.is_out_of_range() => {
                    evidence.undecided(format!("{label}: {reason}"));
                    continue;
                }
                transformed => transformed?,
            };
            for dynamics in Dynamics::ALL {
                match compare_outputs(&network, &transformed, dynamics, &trial, &mut worst) {
                    Some(difference) => largest = largest.max(difference),
                    None => left_the_range = true,
                }
            }
        }
        if left_the_range {
            evidence.undecided(format!("{label}: numbers of a run left the range of f64, so its outputs show nothing"));
        }
        if worst.seen() == 0 {
            continue;
        }
        evidence.at_most(
            format!("difference of the outputs under {label}, in units of its rounding bound, worst of all"),
            worst.worst(),
            1.0,
            "running error analysis of both simulations, the transform included",
        );
        evidence.note(format!(
            "{label}: {} outputs compared ({} activations and all of them side by side, {} kinds of time, {STEPS} steps), largest relative difference {largest:.1e}",
            worst.seen(),
            HOMOGENEOUS.len(),
            Dynamics::ALL.len(),
        ));
    }

    // The control needs a start that sets something in motion, and a read-out that reads it out.
    let mut random = stream(examined.seed, 203);
    let w_out = normals(&mut random, n * OUTPUTS, 1.0);
    let w_out = Some(DMatrix::from_vec(OUTPUTS, n, w_out).map(Tracked::exact));
    let initial_state = Some(tracked(&normals(&mut random, n, 1.0)));
    let control = Network { activation: Activation::Tanh.into(), w_out, initial_state, ..network };
    match rescale_network(&control, &tracked(random_h), Homogeneity::NegativeControl) {
        Err(reason) if reason.is_out_of_range() => evidence.undecided(format!("negative control: {reason}")),
        transformed => {
            let mut worst = WorstRatio::default();
            match compare_outputs(&control, &transformed?, Dynamics::Discrete, &trial, &mut worst) {
                Some(_) => evidence.at_least(
                    "negative control (tanh, random h): difference in units of its rounding bound",
                    worst.worst(),
                    VISIBLE,
                    "far outside rounding",
                ),
                None => evidence.undecided("negative control: numbers of a run left the range of f64"),
            }
        }
    }
    evidence.note(format!(
        "for these runs weights are turned to an infinity-norm of {GAIN}, and inputs to {INPUT_GAIN}, so that the trajectories of any network stay bounded"
    ));
    Ok(evidence)
}

/// The subject's network, with random input, read-out, bias and initial state where it has none, its gains turned to those above.
fn runnable(examined: &Examined) -> Network<Tracked> {
    let mut network = examined.network.clone();
    let n = network.weights.neurons();
    let mut random = stream(examined.seed, 201);
    let w_in = normals(&mut random, n * INPUTS, 0.2);
    let w_out = normals(&mut random, n * OUTPUTS, 1.0);
    let bias = normals(&mut random, n, 0.1);
    let initial = normals(&mut random, n, 0.3);
    network.w_in.get_or_insert_with(|| DMatrix::from_vec(n, INPUTS, w_in));
    network.w_out.get_or_insert_with(|| DMatrix::from_vec(OUTPUTS, n, w_out));
    network.bias.get_or_insert(bias);
    network.initial_state.get_or_insert(initial);
    let triplets: Vec<(usize, usize)> = network.weights.triplets().map(|(i, j, _)| (i, j)).collect();
    let row_norm = |values: &[f64]| {
        let mut sums = vec![0.0; n];
        triplets.iter().zip(values).for_each(|(&(i, _), value)| sums[i] += value.abs());
        largest(&sums)
    };
    let mut values = network.weights.values().to_vec();
    turn_to(&mut values, row_norm, GAIN);
    network.weights = network.weights.with_values(values);
    if let Some(w_in) = &mut network.w_in {
        // Column by column: the entries of a row are n apart.
        let norm = |values: &[f64]| {
            largest(&(0..n).map(|i| values.iter().skip(i).step_by(n).map(|x| x.abs()).sum()).collect::<Vec<f64>>())
        };
        turn_to(w_in.as_mut_slice(), norm, INPUT_GAIN);
    }
    for vector in [&mut network.bias, &mut network.initial_state].into_iter().flatten() {
        turn_to(vector, largest, INPUT_GAIN);
    }
    if let Some(w_out) = &mut network.w_out {
        turn_to(w_out.as_mut_slice(), largest, READ_OUT_GAIN);
    }
    network.lifted(Tracked::exact)
}

fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |largest, value| largest.max(value.abs()))
}

/// Multiplies values by a power of two so that their norm is below `limit`, by a factor of four at most; zeros stay.
fn turn_to(values: &mut [f64], norm: impl Fn(&[f64]) -> f64, limit: f64) {
    // First the largest to one: the norm could be beyond the range of f64.
    for size in [&largest as &dyn Fn(&[f64]) -> f64, &norm] {
        let size = size(values);
        if size > 0.0 {
            let shift = exponent(limit) - 1 - exponent(size);
            values.iter_mut().for_each(|value| *value = times_power_of_two(*value, shift));
        }
    }
}

fn random_trial(examined: &Examined, inputs: usize) -> Trials<Tracked> {
    let mut random = stream(examined.seed, 202);
    let input = (0..STEPS).map(|_| tracked(&normals(&mut random, inputs, 0.5))).collect();
    let shortest = examined.network.time_constants.iter().flatten().copied().fold(f64::INFINITY, f64::min);
    let step = STEP * if shortest.is_finite() { shortest } else { 1.0 };
    Trials::single(input, Tracked::exact(step))
}

/// Takes in every output's difference against its bound; returns the largest difference relative to the largest
/// output. `None`, and nothing taken in, where a number of a run has left the range of `f64`: no theorem is about infinity.
fn compare_outputs(
    network: &Network<Tracked>,
    transformed: &Network<Tracked>,
    dynamics: Dynamics,
    trials: &Trials<Tracked>,
    worst: &mut WorstRatio,
) -> Option<f64> {
    let before = simulate(network, dynamics, trials);
    let after = simulate(transformed, dynamics, trials);
    let in_range = |run: &[Vec<Tracked>]| run.iter().flatten().all(|y| y.value.is_finite() && y.error.is_finite());
    if !in_range(&before) || !in_range(&after) {
        return None;
    }
    let (mut difference, mut size) = (0.0_f64, f64::MIN_POSITIVE);
    for (y, z) in before.iter().flatten().zip(after.iter().flatten()) {
        worst.add(y.value - z.value, y.error + z.error);
        difference = difference.max((y.value - z.value).abs());
        size = size.max(y.value.abs());
    }
    Some(difference / size)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::Weights;

    /// What is simulated has the gains that are promised, within a factor of four, whatever those of the network.
    #[test]
    fn gains_are_turned_to_their_limits_and_steps_are_parts_of_the_shortest_time_constant() {
        for size in [1e-200, 0.3, 1e200] {
            let triplets = vec![(0, 1, 3.0 * size), (1, 0, -size), (1, 1, 5.0 * size), (2, 0, -0.5 * size)];
            let network = Network {
                w_in: Some(DMatrix::from_row_slice(3, 2, &[size, 2.0 * size, 0.0, -size, 4.0 * size, 5.0 * size])),
                bias: Some(vec![0.0, -7.0 * size, size]),
                time_constants: Some(vec![2.0, 0.5, 3.0]),
                ..Network::recurrent(Weights::from_triplets(3, triplets).unwrap(), Activation::Relu)
            };
            let examined = Examined { network: &network, seed: 1, random: vec![0.0; 3], balancing: &[0.0; 3] };
            let found = runnable(&examined);
            let values: Vec<f64> = found.weights.values().iter().map(|value| value.value).collect();
            // Rows add up to 3, 6 and 0.5 in absolute value; rows of inputs to 3, 1 and 9; the largest bias is 7.
            for (what, part, of_largest, gain) in [
                ("weights", values[0], 3.0 / 6.0, GAIN),
                ("inputs", found.w_in.as_ref().unwrap()[(2, 1)].value, 5.0 / 9.0, INPUT_GAIN),
                ("bias", found.bias.as_ref().unwrap()[1].value.abs(), 1.0, INPUT_GAIN),
            ] {
                let norm = part / of_largest;
                assert!(gain / 4.0 <= norm && norm < gain, "{what} of size {size}: {norm}");
            }
            let read_out =
                found.w_out.as_ref().unwrap().iter().fold(0.0_f64, |most, value| most.max(value.value.abs()));
            assert!((READ_OUT_GAIN / 4.0..READ_OUT_GAIN).contains(&read_out), "{read_out}");
            let trial = random_trial(&examined, 2);
            assert_eq!((trial.step.value, trial.input.len(), trial.input[0].len()), (STEP * 0.5, STEPS, 2));
        }
        let plain = Network::recurrent(Weights::from_triplets(1, vec![(0, 0, 1.0)]).unwrap(), Activation::Relu);
        let examined = Examined { network: &plain, seed: 1, random: vec![0.0], balancing: &[0.0] };
        assert_eq!(random_trial(&examined, 1).step.value, STEP);
    }
}
