//! Noise under rescaling: the exact equivalence, the sensitivities by the adjoint, and the limit of noise against activity.

use nalgebra::{DMatrix, DVector};
use proptest::prelude::*;
use rand::Rng;
use synbal::network::random::{normals, random_network, stream};
use synbal::network::{Activation, Homogeneity, Network, Weights, rescale_by_powers_of_two, rescale_network};
use synbal::scalar::{Scalar, Tracked, tracked};
use synbal::tasks::{
    Adjoint, Convention, Dynamics, Noise, ReadOut, Sensitivity, SideBySide, Simulator, StateNoise, Trials,
};

use crate::common::{config, tame_recipes};

const STEPS: usize = 20;
const SIGMA: f64 = 0.3;

/// A random network that stays bounded, and reads its own state out.
fn network(seed: u64, n: usize, activation: Activation) -> Network {
    let mut random = stream(seed, 0);
    let weights = random_network(&mut random, n, 0.4, 0.5).unwrap();
    let mut sums = vec![0.0; n];
    for (i, _, value) in weights.triplets() {
        sums[i] += value.abs();
    }
    let largest = sums.iter().fold(0.0_f64, |a, b| a.max(*b));
    let values = weights.values().iter().map(|value| 0.9 * value / largest).collect();
    Network {
        w_in: Some(DMatrix::from_vec(n, 3, normals(&mut random, 3 * n, 1.0))),
        bias: Some(normals(&mut random, n, 0.3)),
        w_out: Some(DMatrix::from_vec(2, n, normals(&mut random, 2 * n, 1.0))),
        ..Network::recurrent(weights.with_values(values), activation)
    }
}

fn trials(seed: u64, count: usize) -> Trials {
    let input = (0..STEPS).map(|step| normals(&mut stream(seed, 100 + step as u64), 3 * count, 1.0)).collect();
    Trials { count, input, step: 0.1 }
}

/// Outputs of one trial under noise of size `sizes[i]` on neuron i after every step, the same draws whatever the sizes.
fn under_noise<S: Scalar>(
    network: &Network<S>,
    dynamics: Dynamics,
    trials: &Trials<S>,
    sizes: &[S],
    xi: &[Vec<f64>],
) -> Vec<S> {
    let simulator = Simulator::new(network, dynamics);
    let mut outputs = Vec::new();
    simulator.run(
        trials,
        |step, x| {
            for ((x, size), &xi) in x.iter_mut().zip(sizes).zip(&xi[step]) {
                *x += &(size.clone() * &size.lift(xi));
            }
        },
        |_, x| outputs.extend(simulator.read_out(x, 1, ReadOut::State)),
    );
    outputs
}

proptest! {
    #![proptest_config(config(64, "tests/regressions/noise.txt"))]

    /// Path by path: the rescaled network under noise of size σ is the given one under noise of size σ e^{h_i} on neuron i.
    #[test]
    fn a_rescaled_network_under_noise_is_the_given_one_under_rescaled_noise(recipe in tame_recipes(), slope in 0.0..0.5_f64) {
        let given = network(recipe.seed, recipe.n, Activation::LeakyRelu { slope }).lifted(Tracked::exact);
        let h = tracked(&normals(&mut stream(recipe.seed, 9), recipe.n, 0.7));
        let rescaled = rescale_network(&given, &h, Homogeneity::Required).unwrap();
        let one = trials(recipe.seed, 1);
        let one = Trials::single(one.input.iter().map(|input| tracked(input)).collect(), Tracked::exact(one.step));
        let xi: Vec<Vec<f64>> =
            (0..STEPS).map(|step| normals(&mut stream(recipe.seed, 200 + step as u64), recipe.n, 1.0)).collect();
        let sigma = Tracked::exact(SIGMA);
        let even = vec![sigma; recipe.n];
        let scaled: Vec<Tracked> = h.iter().map(|h| sigma * &h.exp()).collect();
        for dynamics in Dynamics::ALL {
            let left = under_noise(&rescaled, dynamics, &one, &even, &xi);
            let right = under_noise(&given, dynamics, &one, &scaled, &xi);
            for (y, z) in left.iter().zip(&right) {
                prop_assert!((y.value - z.value).abs() <= y.error + z.error, "{dynamics:?}: {y:?} {z:?}");
            }
        }
    }

    /// With powers of two nothing is rounded: the same bits, in both precisions, by both simulations.
    #[test]
    fn with_powers_of_two_the_equivalence_holds_to_the_last_bit(recipe in tame_recipes()) {
        let n = recipe.n;
        let given = network(recipe.seed, n, Activation::Relu);
        let mut random = stream(recipe.seed, 10);
        let exponents: Vec<i32> = (0..n).map(|_| random.random_range(-12..=12)).collect();
        let rescaled = rescale_by_powers_of_two(&given, &exponents).unwrap();
        let sizes: Vec<f64> = exponents.iter().map(|&k| SIGMA * f64::from(k).exp2()).collect();
        let one = trials(recipe.seed, 1);
        let xi: Vec<Vec<f64>> =
            (0..STEPS).map(|step| normals(&mut stream(recipe.seed, 200 + step as u64), n, 1.0)).collect();
        for dynamics in Dynamics::ALL {
            prop_assert_eq!(
                under_noise(&rescaled, dynamics, &one, &vec![SIGMA; n], &xi),
                under_noise(&given, dynamics, &one, &sizes, &xi)
            );
        }
        let noise = Noise::<f32>::of_trials(recipe.seed, 0..1, n, STEPS);
        let outputs = |network: &Network, sizes: Vec<f32>| {
            let run = SideBySide::<f32>::new(network).unwrap();
            let mut outputs = Vec::new();
            run.run(&one, &[sizes], &noise, |_, x| outputs.extend(run.read_out(x, 1)));
            outputs
        };
        let scaled = exponents.iter().map(|&k| SIGMA as f32 * (k as f32).exp2()).collect();
        prop_assert_eq!(outputs(&rescaled, vec![SIGMA as f32; n]), outputs(&given, scaled));
    }

    /// No rescaling is below the limit, and the one that attains it has the activity of the given network.
    #[test]
    fn noise_times_activity_is_at_least_the_limit(recipe in tame_recipes()) {
        let positive = |purpose: u64| -> Vec<f64> {
            normals(&mut stream(recipe.seed, purpose), recipe.n, 2.0).iter().map(|x| x.exp()).collect()
        };
        let sizes = Sensitivity { sensitivity: positive(1), power: positive(2) };
        // Sums of n products of three rounded factors.
        let slack = 1.0 + 8.0 * (recipe.n as f64 + 8.0) * f64::EPSILON;
        for purpose in 3..7 {
            let h = normals(&mut stream(recipe.seed, purpose), recipe.n, 1.0);
            prop_assert!(sizes.noise(&h) * sizes.activity(&h) * slack >= sizes.limit());
        }
        let best = sizes.least_noise();
        let attained = sizes.noise(&best) * sizes.activity(&best) / sizes.limit();
        prop_assert!((attained - 1.0).abs() <= 20.0 * slack - 20.0 + 1e-13, "{attained}");
        let activity = sizes.activity(&best) / sizes.power.iter().sum::<f64>();
        prop_assert!((activity - 1.0).abs() <= 1e-12, "{activity}");
    }
}

#[test]
fn side_by_side_is_the_simulation_of_every_size_alone() {
    let (n, count) = (9, 3);
    let network = network(4, n, Activation::Relu);
    let batch = trials(4, count);
    let sizes = [0.0, 0.2, 0.7];
    let run = SideBySide::<f64>::new(&network).unwrap();
    let noise = Noise::of_trials(5, 20..20 + count, n, STEPS);
    let mut together = Vec::new();
    let vectors: Vec<Vec<f64>> = sizes.iter().map(|&size| vec![size; n]).collect();
    run.run(&batch, &vectors, &noise, |_, x| together.push(x.to_vec()));
    let simulator = Simulator::new(&network, Dynamics::ContinuousEuler);
    for (k, &sigma) in sizes.iter().enumerate() {
        let mut states = Vec::new();
        simulator.run_noisy(&batch, &StateNoise { sigma, seed: 5 }, 20, |_, x| states.push(x.to_vec()));
        // The state before a step is the one after the step before it.
        for (before, after) in together[1..].iter().zip(&states) {
            for i in 0..n {
                for b in 0..count {
                    let (x, y) = (before[(i * sizes.len() + k) * count + b], after[i * count + b]);
                    // Sums in another order: at most 20 steps of a dozen roundings of numbers of order one.
                    assert!((x - y).abs() < 1e-13, "{x} against {y}");
                }
            }
        }
        assert!(together[0].iter().all(|&x| x == 0.0));
    }
}

const CONVENTIONS: [Convention; 4] = [
    Convention { dynamics: Dynamics::ContinuousEuler, read_out: ReadOut::State },
    Convention { dynamics: Dynamics::ContinuousEuler, read_out: ReadOut::Activity },
    Convention { dynamics: Dynamics::Discrete, read_out: ReadOut::State },
    Convention { dynamics: Dynamics::Discrete, read_out: ReadOut::Activity },
];

#[test]
fn the_adjoint_is_the_derivative_by_finite_differences() {
    let n = 7;
    let mut network = network(3, n, Activation::LeakyRelu { slope: 0.3 });
    network.time_constants = Some((0..n).map(|i| 1.0 + 0.2 * i as f64).collect());
    let one = trials(3, 1);
    for convention in CONVENTIONS {
        let weights: Vec<Vec<f64>> =
            (0..STEPS).map(|step| normals(&mut stream(3, 300 + step as u64), 2, 1.0)).collect();
        let (derivatives, _) = Adjoint::new(&network, convention).unwrap().backwards(&one, &weights);
        let simulator = Simulator::new(&network, convention.dynamics);
        let value = |kicked: usize, neuron: usize, by: f64| -> f64 {
            let outputs = simulator.outputs(&one, convention.read_out, |step, x| {
                if step == kicked {
                    x[neuron] += by;
                }
            });
            outputs.iter().flatten().zip(weights.iter().flatten()).map(|(y, w)| y * w).sum()
        };
        let mut largest = 0.0_f64;
        for (step, derivatives) in derivatives.iter().enumerate().take(STEPS) {
            for (neuron, &derivative) in derivatives.iter().enumerate().take(n) {
                let by = 1e-7;
                let difference = (value(step, neuron, by) - value(step, neuron, -by)) / (2.0 * by);
                largest = largest.max(derivative.abs());
                // Piecewise linear: there is no truncation, only the rounding of a sum of order ten over 1e-7.
                assert!(
                    (difference - derivative).abs() < 1e-6,
                    "{convention:?} {step} {neuron}: {derivative} {difference}"
                );
            }
        }
        assert!(largest > 0.5, "nothing was tested: {largest}");
    }
}

#[test]
fn of_a_linear_network_the_sensitivity_is_the_observability_gramian() {
    let n = 6;
    let given = network(8, n, Activation::Linear);
    let one = trials(8, 1);
    let convention = CONVENTIONS[0];
    // x⁺ = A x + …, A = (1 − Δt) + Δt J; kicks at steps 0..STEPS, each seen from its own step on.
    let a = DMatrix::identity(n, n) * 0.9 + given.weights.to_dense() * 0.1;
    let c = given.w_out.clone().unwrap();
    let mut expected: DVector<f64> = DVector::zeros(n);
    let mut power = c.clone();
    for after in 0..STEPS {
        // A kick has `after` steps to go in all but `after` of the steps.
        for j in 0..n {
            expected[j] += (STEPS - after) as f64 * power.column(j).norm_squared() / (STEPS * 2) as f64;
        }
        power *= &a;
    }
    let adjoint = Adjoint::new(&given, convention).unwrap();
    let draws: Vec<Sensitivity> = (0..400).map(|k| adjoint.sensitivity(&one, &mut stream(8, 400 + k))).collect();
    let mean = Sensitivity::mean(&draws).unwrap();
    for j in 0..n {
        let values: Vec<f64> = draws.iter().map(|draw| draw.sensitivity[j]).collect();
        let variance = values.iter().map(|x| (x - mean.sensitivity[j]).powi(2)).sum::<f64>() / 399.0;
        let error = (variance / 400.0).sqrt();
        let off = (mean.sensitivity[j] - expected[j]).abs();
        // Six standard errors, and they are small.
        assert!(off <= 6.0 * error && error < 0.1 * expected[j], "{j}: {off} {error} {}", expected[j]);
    }
    // And that is what noise adds to the squared error of a linear network, at any size.
    let sigma = 0.4;
    let h = normals(&mut stream(8, 50), n, 0.5);
    let rescaled = rescale_network(&given, &h, Homogeneity::Required).unwrap();
    let simulator = Simulator::new(&rescaled, convention.dynamics);
    let quiet: Vec<f64> = simulator.outputs(&one, convention.read_out, |_, _| ()).concat();
    let noisy: Vec<f64> = (0..4000)
        .map(|trial| {
            let disturb = StateNoise { sigma, seed: 8 }.of_trials(trial..trial + 1, convention.dynamics, one.step);
            let y = simulator.outputs(&one, convention.read_out, disturb).concat();
            y.iter().zip(&quiet).map(|(y, quiet)| (y - quiet).powi(2)).sum::<f64>() / y.len() as f64
        })
        .collect();
    let found = noisy.iter().sum::<f64>() / 4000.0;
    let error = (noisy.iter().map(|x| (x - found).powi(2)).sum::<f64>() / 3999.0 / 4000.0).sqrt();
    let exact = Sensitivity { sensitivity: expected.as_slice().to_vec(), power: vec![1.0; n] };
    let predicted = sigma * sigma * one.step * exact.noise(&h);
    assert!((found - predicted).abs() <= 6.0 * error && error < 0.05 * predicted, "{found} {predicted} {error}");
}

#[test]
fn the_runge_kutta_method_has_no_adjoint_here() {
    let network = Network::recurrent(Weights::from_triplets(2, vec![(0, 1, 1.0)]).unwrap(), Activation::Relu);
    let convention = Convention { dynamics: Dynamics::ContinuousRk4, read_out: ReadOut::State };
    assert!(Adjoint::new(&network, convention).is_err());
}
