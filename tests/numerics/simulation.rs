//! Simulated trials: batches, noise, gains, and the adaptive integrator against closed forms.

use crate::common::{config, tame_recipes};
use nalgebra::DMatrix;
use proptest::prelude::*;
use rand::Rng;
use synbal::cost::{Alpha, CostError};
use synbal::network::random::{normals, random_network, stream};
use synbal::network::{
    Activation, Homogeneity, Network, NetworkError, Weights, rescale_by_powers_of_two, rescale_network,
};
use synbal::scalar::{Tracked, tracked};
use synbal::tasks::{
    Dynamics, Gains, ReadOut, SimulationError, Simulator, StateNoise, Trials, Weighting, in_groups, mean_gains,
    robustness_alpha, simulate, simulate_adaptive,
};

const STEPS: usize = 30;

/// A random network that stays bounded: the infinity-norm of its weights is one half.
fn bounded(seed: u64, n: usize, activation: Activation) -> Network {
    let mut random = stream(seed, 0);
    let weights = random_network(&mut random, n, 0.3, 1.0).unwrap();
    let mut sums = vec![0.0; n];
    for (i, _, value) in weights.triplets() {
        sums[i] += value.abs();
    }
    let largest = sums.iter().fold(0.0_f64, |a, b| a.max(*b));
    let values = weights.values().iter().map(|value| 0.5 * value / largest).collect();
    Network {
        w_in: Some(DMatrix::from_vec(n, 3, normals(&mut random, 3 * n, 1.0))),
        bias: Some(normals(&mut random, n, 0.3)),
        w_out: Some(DMatrix::from_vec(2, n, normals(&mut random, 2 * n, 1.0))),
        initial_state: Some(normals(&mut random, n, 1.0)),
        time_constants: Some(normals(&mut random, n, 1.0).iter().map(|x| 1.0 + x.abs()).collect()),
        ..Network::recurrent(weights.with_values(values), activation)
    }
}

/// Trials with inputs of their own.
fn trials(seed: u64, count: usize) -> Trials {
    let input = (0..STEPS).map(|step| normals(&mut stream(seed, 100 + step as u64), 3 * count, 1.0)).collect();
    Trials { count, input, step: 0.1 }
}

/// Trial b of a batch alone.
fn alone(trials: &Trials, b: usize) -> Trials {
    let pick = |values: &Vec<f64>| values.iter().skip(b).step_by(trials.count).copied().collect();
    Trials { count: 1, input: trials.input.iter().map(pick).collect(), step: trials.step }
}

#[test]
fn a_batch_is_its_trials_one_by_one_to_the_last_bit() {
    let network = bounded(1, 20, Activation::LeakyRelu { slope: 0.2 });
    let batch = trials(1, 19);
    for dynamics in Dynamics::ALL {
        let together = simulate(&network, dynamics, &batch);
        for b in 0..batch.count {
            let single = simulate(&network, dynamics, &alone(&batch, b));
            for (together, single) in together.iter().zip(&single) {
                let picked: Vec<f64> = together.iter().skip(b).step_by(batch.count).copied().collect();
                assert_eq!(&picked, single, "{dynamics:?} trial {b}");
            }
        }
    }
}

#[test]
fn repeated_trials_are_the_same_trial() {
    let network = bounded(2, 10, Activation::Relu);
    let one = alone(&trials(2, 3), 0);
    let many = simulate(&network, Dynamics::ContinuousEuler, &Trials::repeated(&one.input, one.step, 4));
    for (many, one) in many.iter().zip(simulate(&network, Dynamics::ContinuousEuler, &one)) {
        let expected: Vec<f64> = one.iter().flat_map(|&y| [y; 4]).collect();
        assert_eq!(many, &expected);
    }
}

/// The states after all steps of trials 0..count, under noise, for a number of threads.
fn noisy_ends(network: &Network, dynamics: Dynamics, count: usize, threads: usize) -> Vec<Vec<f64>> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let simulator = Simulator::new(network, dynamics);
    let one = alone(&trials(3, 1), 0);
    let noise = StateNoise { sigma: 0.1, seed: 5 };
    let groups = pool.install(|| {
        in_groups(count, |range| {
            let batch = Trials::repeated(&one.input, one.step, range.len());
            let mut last = Vec::new();
            simulator.run_noisy(&batch, &noise, range.start, |_, x| last = x.to_vec());
            (0..range.len()).map(|b| last.iter().skip(b).step_by(range.len()).copied().collect()).collect::<Vec<_>>()
        })
    });
    groups.concat()
}

#[test]
fn noise_belongs_to_the_trial_whatever_batch_and_thread_runs_it() {
    let network = bounded(3, 12, Activation::Relu);
    for dynamics in [Dynamics::Discrete, Dynamics::ContinuousEuler] {
        let many = noisy_ends(&network, dynamics, 21, 1);
        assert_eq!(many, noisy_ends(&network, dynamics, 21, 2), "threads");
        // Twenty-one trials end in a batch of five; three in a batch of three.
        assert_eq!(many[..3], noisy_ends(&network, dynamics, 3, 2), "batches");
        for (trial, end) in many.iter().enumerate() {
            assert!(!many[..trial].contains(end), "every trial has noise of its own: {trial}");
        }
    }
}

#[test]
fn the_noise_has_the_variance_that_the_closed_form_says() {
    // Without weights x ← (1 − Δt)x + √Δt σ ξ: after k steps the variance is Δt σ² (1 − a^{2k})/(1 − a²), a = 1 − Δt; in
    // discrete time x = σ ξ.
    let n = 20_000;
    let network = Network::recurrent(Weights::from_triplets(n, vec![]).unwrap(), Activation::Linear);
    let (step, sigma, steps) = (0.1, 0.3, 25);
    let batch = Trials { count: 1, input: vec![vec![]; steps], step };
    let a: f64 = 1.0 - step;
    let euler = step * sigma * sigma * (1.0 - a.powi(2 * steps as i32)) / (1.0 - a * a);
    for (dynamics, expected) in [(Dynamics::ContinuousEuler, euler), (Dynamics::Discrete, sigma * sigma)] {
        let mut last = Vec::new();
        let noise = StateNoise { sigma, seed: 1 };
        Simulator::new(&network, dynamics).run_noisy(&batch, &noise, 0, |_, x| last = x.to_vec());
        let mean = last.iter().map(|x| x * x).sum::<f64>() / n as f64;
        // The mean square of n normal numbers has the relative standard deviation √(2/n); six of them.
        assert!((mean / expected - 1.0).abs() < 6.0 * (2.0 / n as f64).sqrt(), "{dynamics:?}: {mean} for {expected}");
    }
}

#[test]
fn the_adaptive_integrator_finds_the_closed_form() {
    // τ ẋ = −x + b: x(t) = b + (x0 − b) e^{−t/τ}.
    let (bias, tau, initial) = (vec![0.7, -0.2], vec![1.0, 3.0], vec![-1.0, 2.0]);
    let network = Network {
        bias: Some(bias.clone()),
        time_constants: Some(tau.clone()),
        initial_state: Some(initial.clone()),
        ..Network::recurrent(Weights::from_triplets(2, vec![]).unwrap(), Activation::Linear)
    };
    let trial = Trials { count: 1, input: vec![vec![]; 20], step: 0.25 };
    let tolerance = 1e-10;
    let found = simulate_adaptive(&network, &trial, ReadOut::State, tolerance).unwrap();
    for (step, x) in found.iter().enumerate() {
        let t = 0.25 * (step + 1) as f64;
        for i in 0..2 {
            let exact = bias[i] + (initial[i] - bias[i]) * (-t / tau[i]).exp();
            // Errors of a contracting system do not grow: at most the sum of the steps' errors, each at most
            // tolerance·(1 + |x|), |x| ≤ 2; no sample takes more than ten steps here.
            assert!((x[i] - exact).abs() <= 10.0 * 3.0 * tolerance * (step + 1) as f64, "{step} {i}");
        }
    }
}

#[test]
fn the_adaptive_integrator_agrees_with_runge_kutta_on_a_network() {
    // tanh is smooth, so the fixed step's error falls with the fourth power: from two steps the error of the finer one
    // is a fifteenth of their difference (Richardson).
    let network = bounded(4, 15, Activation::Tanh);
    let batch = trials(4, 5);
    let refined = |factor: usize| {
        let step = batch.step / factor as f64;
        let input = batch.input.iter().flat_map(|input| vec![input.clone(); factor]).collect();
        simulate(&network, Dynamics::ContinuousRk4, &Trials { count: 5, input, step })
            .into_iter()
            .skip(factor - 1)
            .step_by(factor)
            .collect::<Vec<_>>()
    };
    let (coarse, fine) = (refined(4), refined(8));
    let tolerance = 1e-11;
    let adaptive = simulate_adaptive(&network, &batch, ReadOut::Activity, tolerance).unwrap();
    // The read-out sums 15 activities with weights of a few units.
    let slack = 1e3 * tolerance * STEPS as f64;
    for ((coarse, fine), adaptive) in coarse.iter().flatten().zip(fine.iter().flatten()).zip(adaptive.iter().flatten())
    {
        assert!((fine - adaptive).abs() <= (coarse - fine).abs() / 7.0 + slack, "{coarse} {fine} {adaptive}");
    }
}

#[test]
fn a_state_that_blows_up_is_an_error_with_its_place() {
    let network = Network {
        initial_state: Some(vec![1.0, 1.0]),
        ..Network::recurrent(
            Weights::from_triplets(2, vec![(1, 1, 1e3)]).unwrap(),
            Activation::RectifiedPower { degree: 2.0 },
        )
    };
    let trial = Trials { count: 1, input: vec![vec![]; 3], step: 1.0 };
    let error = simulate_adaptive(&network, &trial, ReadOut::State, 1e-6).unwrap_err();
    assert!(
        matches!(
            error,
            SimulationError::NotFinite { step: 0, neuron: 1, .. } | SimulationError::IntegratorFailed { step: 0, .. }
        ),
        "{error}"
    );
}

#[test]
fn gains_need_an_activation_of_degree_one() {
    let batch = trials(5, 2);
    let alpha = |activation| {
        let network = bounded(5, 6, activation);
        robustness_alpha(&Simulator::new(&network, Dynamics::ContinuousEuler), &batch, Weighting::Uniform)
    };
    assert_eq!(alpha(Activation::Linear), Ok(Alpha::PerSource(vec![1.0; 6])));
    let tanh = CostError::Network(NetworkError::NotHomogeneous { activation: "tanh" });
    assert_eq!(alpha(Activation::Tanh), Err(tanh));
    let power = CostError::GainsNotInvariant { activation: "rectified-power", degree: 2.0 };
    assert_eq!(alpha(Activation::RectifiedPower { degree: 2.0 }), Err(power));
}

#[test]
fn gains_are_the_weighed_means_of_squared_slopes() {
    // Two neurons without synapses, two trials of two steps: x0 falls through zero, x1 stays below.
    let fresh = || Gains::new(Activation::LeakyRelu { slope: 0.5 }, 2);
    let states = [vec![2.0, 3.0, -1.0, -1.0], vec![1.0, -1.0, -1.0, -2.0], vec![-3.0, -1.0, -1.0, -4.0]];
    for weighting in [Weighting::Uniform, Weighting::Velocity, Weighting::OwnVelocity] {
        let mut gains = fresh();
        for pair in states.windows(2) {
            gains.add(&pair[0], &pair[1], weighting);
        }
        // Slopes squared before each step: neuron 0 has 1, 1 and then 1, 1/4 in the two trials; neuron 1 has 1/4 always.
        // Speeds: of neuron 0: 1, 4 and then 4, 0; of neuron 1: 0, 1 and then 0, 2; of the state the root of both squared.
        let expected = match weighting {
            Weighting::Uniform => [(1.0 + 1.0 + 1.0 + 0.25) / 4.0, 0.25],
            Weighting::OwnVelocity => [(1.0 + 4.0 + 4.0 + 0.25 * 0.0) / 9.0, 0.25],
            Weighting::Velocity => {
                let root = 17.0_f64.sqrt();
                [(1.0 + root + 4.0 + 0.25 * 2.0) / (1.0 + root + 4.0 + 2.0), 0.25]
            }
        };
        for (found, expected) in gains.mean().iter().zip(expected) {
            assert!((found - expected).abs() <= 8.0 * f64::EPSILON, "{weighting:?}: {found} {expected}");
        }
    }
    // Means merge: two halves make the whole.
    let (mut whole, mut first, mut second) = (fresh(), fresh(), fresh());
    whole.add(&states[0], &states[1], Weighting::Uniform);
    whole.add(&states[1], &states[2], Weighting::Uniform);
    first.add(&states[0], &states[1], Weighting::Uniform);
    second.add(&states[1], &states[2], Weighting::Uniform);
    first.merge(&second);
    assert_eq!(first, whole);
}

/// The gains of a network before and after a transform; and for each neuron the part of its states that are so close to
/// the kink that rounding decides their side.
fn gains_before_and_after(network: &Network, h: &[f64], batch: &Trials, weighting: Weighting) -> [Vec<f64>; 3] {
    let transformed = rescale_network(network, h, Homogeneity::Required).unwrap();
    let gains = |network: &Network| mean_gains(&Simulator::new(network, Dynamics::ContinuousEuler), batch, weighting);
    // Both simulations with their own rounding bounds.
    let lifted = network.lifted(Tracked::exact);
    let lifted = Simulator::new(&lifted, Dynamics::ContinuousEuler);
    let tracked_batch = Trials {
        count: batch.count,
        input: batch.input.iter().map(|input| tracked(input)).collect(),
        step: Tracked::exact(batch.step),
    };
    let n = network.weights.neurons();
    let mut close = vec![0.0; n];
    let mut states = 0.0;
    lifted.run(
        &tracked_batch,
        |_, _| (),
        |_, x| {
            states += batch.count as f64;
            for (close, values) in close.iter_mut().zip(x.chunks_exact(batch.count)) {
                *close += values.iter().filter(|x| x.value.abs() <= 1e3 * x.error && x.value != 0.0).count() as f64;
            }
        },
    );
    [gains(network), gains(&transformed), close.iter().map(|close| close / states).collect()]
}

proptest! {
    #![proptest_config(config(64, "tests/regressions/simulation.txt"))]

    #[test]
    fn gains_do_not_change_when_the_network_is_rescaled(
        recipe in tame_recipes(), slope in prop_oneof![Just(0.0), Just(0.25)]
    ) {
        let network = bounded(recipe.seed, recipe.n, Activation::LeakyRelu { slope });
        let h = normals(&mut stream(recipe.seed, 9), recipe.n, 1.0);
        let batch = trials(recipe.seed, 3);
        for weighting in [Weighting::Uniform, Weighting::OwnVelocity] {
            let [before, after, close] = gains_before_and_after(&network, &h, &batch, weighting);
            for ((before, after), close) in before.iter().zip(&after).zip(&close) {
                // Gains are at most one. The weights of own velocities are differences, known to their rounding.
                let slack = if weighting == Weighting::Uniform { 1e-14 } else { 1e-9 };
                let decided = if weighting == Weighting::Uniform || *close == 0.0 { *close } else { 1.0 };
                prop_assert!((before - after).abs() <= decided + slack, "{weighting:?}: {before} {after}");
            }
        }
    }

    #[test]
    fn rescaled_by_powers_of_two_a_network_gives_the_same_bits(recipe in tame_recipes(), slope in 0.0..0.5_f64) {
        let network = bounded(recipe.seed, recipe.n, Activation::LeakyRelu { slope });
        let mut random = stream(recipe.seed, 10);
        let exponents: Vec<i32> = (0..recipe.n).map(|_| random.random_range(-40..=40)).collect();
        let transformed = rescale_by_powers_of_two(&network, &exponents).unwrap();
        let batch = trials(recipe.seed, 3);
        for dynamics in Dynamics::ALL {
            prop_assert_eq!(simulate(&network, dynamics, &batch), simulate(&transformed, dynamics, &batch));
        }
        // Not the same network: some weight has another size.
        let moved = network.weights.values() != transformed.weights.values();
        prop_assert!(moved || exponents.windows(2).all(|pair| pair[0] == pair[1]) || network.weights.synapses() < 2);
    }

    #[test]
    fn the_state_can_be_read_out_before_and_after(recipe in tame_recipes()) {
        let network = bounded(recipe.seed, recipe.n, Activation::Relu).lifted(Tracked::exact);
        let h = tracked(&normals(&mut stream(recipe.seed, 9), recipe.n, 1.0));
        let transformed = rescale_network(&network, &h, Homogeneity::Required).unwrap();
        let one = alone(&trials(recipe.seed, 1), 0);
        let batch = Trials::single(one.input.iter().map(|input| tracked(input)).collect(), Tracked::exact(one.step));
        let outputs = |network: &Network<Tracked>| {
            let simulator = Simulator::new(network, Dynamics::ContinuousEuler);
            let mut outputs = Vec::new();
            simulator.run(&batch, |_, _| (), |_, x| outputs.extend(simulator.read_out(x, 1, ReadOut::State)));
            outputs
        };
        for (y, z) in outputs(&network).iter().zip(&outputs(&transformed)) {
            prop_assert!((y.value - z.value).abs() <= y.error + z.error, "{y:?} {z:?}");
        }
    }
}

#[test]
fn powers_of_two_that_would_round_are_refused() {
    let weights = Weights::from_triplets(2, vec![(0, 1, 1e-300), (1, 0, 1.0)]).unwrap();
    let network = Network::recurrent(weights, Activation::Relu);
    let error = rescale_by_powers_of_two(&network, &[60, 0]).unwrap_err();
    let factor = -60.0 * std::f64::consts::LN_2;
    assert!(
        matches!(error, NetworkError::RescaledOutOfRange { row: 0, column: 1, log_factor, .. } if log_factor == factor),
        "{error}"
    );
    assert_eq!(
        rescale_by_powers_of_two(&network, &[1]),
        Err(NetworkError::WrongNumberOfScales { neurons: 2, given: 1 })
    );
    let square = Network { activation: Activation::RectifiedPower { degree: 2.0 }.into(), ..network };
    assert_eq!(rescale_by_powers_of_two(&square, &[0, 0]), Err(NetworkError::ExactOnlyForDegreeOne { degree: 2.0 }));
}

#[test]
fn gains_weighed_by_the_speed_of_the_whole_state_do_change() {
    // The negative control: the authors' weighting is not invariant, and the difference is far outside rounding.
    let network = bounded(6, 20, Activation::Relu);
    let h = normals(&mut stream(6, 9), 20, 1.0);
    let [before, after, _] = gains_before_and_after(&network, &h, &trials(6, 3), Weighting::Velocity);
    let worst = before.iter().zip(&after).fold(0.0_f64, |worst, (a, b)| worst.max((a - b).abs()));
    assert!(worst > 1e-3, "{worst}");
}
