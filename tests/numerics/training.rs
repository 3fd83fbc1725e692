//! Training: the gradient against finite differences, the same bits on any number of threads, typed errors.

use nalgebra::DMatrix;
use synbal::network::random::{normals, stream};
use synbal::network::{Activation, Network, Weights};
use synbal::scalar::{Scalar, Tracked, UNIT_ROUNDOFF};
use synbal::tasks::training::{
    Backpropagation, Descent, Gradient, Reach, TrainingError, add_penalty, initial_network, train,
};
use synbal::tasks::{
    Batch, Constructed, ConstructionError, ContextIntegration, Convention, Dynamics, ReadOut, Simulator, Task, Teacher,
    Trials, XorIntegration, construct_xor,
};

const NEURONS: usize = 6;
const INPUTS: usize = 2;
const STEPS: usize = 5;
const STEP: f64 = 0.3;

/// A network with every part that a network can have, not all pairs connected.
fn network(activation: Activation, seed: u64) -> Network {
    let mut random = stream(seed, 0);
    let mut weights = Vec::new();
    // Squares grow doubly exponentially where they grow at all.
    let gain = if matches!(activation, Activation::RectifiedPower { .. }) { 0.3 } else { 0.6 };
    for (k, value) in normals(&mut random, NEURONS * NEURONS, gain).into_iter().enumerate() {
        if k % 5 != 3 {
            weights.push((k / NEURONS, k % NEURONS, value));
        }
    }
    Network {
        weights: Weights::from_triplets(NEURONS, weights).unwrap(),
        activation: activation.into(),
        w_in: Some(DMatrix::from_vec(NEURONS, INPUTS, normals(&mut random, NEURONS * INPUTS, 0.8))),
        bias: Some(normals(&mut random, NEURONS, 0.5)),
        w_out: Some(DMatrix::from_vec(2, NEURONS, normals(&mut random, 2 * NEURONS, 0.7))),
        initial_state: Some(normals(&mut random, NEURONS, 0.5)),
        time_constants: Some(normals(&mut random, NEURONS, 0.2).iter().map(|x| 1.0 + x.abs()).collect()),
    }
}

/// Trials of noise with targets of noise; 11 trials are more than one block, and no multiple of it.
fn batch(outputs: usize, count: usize, seed: u64) -> Batch {
    let mut random = stream(seed, 1);
    let mut rows = |width: usize| (0..STEPS).map(|_| normals(&mut random, width * count, 0.7)).collect();
    let trials = Trials { count, input: rows(INPUTS), step: STEP };
    Batch { trials, targets: rows(outputs), scored_from: 2 }
}

/// The parts of a network that are trained, and the initial state.
const PARTS: [&str; 5] = ["J", "W_in", "b", "W_out", "x0"];

fn part_of(gradient: &Gradient, part: &str) -> Vec<f64> {
    match part {
        "J" => gradient.weights.clone(),
        "W_in" => gradient.w_in.as_ref().unwrap().as_slice().to_vec(),
        "b" => gradient.bias.clone().unwrap(),
        "W_out" => gradient.w_out.as_ref().map(|w_out| w_out.as_slice().to_vec()).unwrap_or_default(),
        _ => gradient.initial_state.clone().unwrap(),
    }
}

fn moved(network: &Network, part: &str, k: usize, by: f64) -> Network {
    let mut moved = network.clone();
    match part {
        "J" => {
            let mut values = network.weights.values().to_vec();
            values[k] += by;
            moved.weights = network.weights.with_values(values);
        }
        "W_in" => moved.w_in.as_mut().unwrap()[k] += by,
        "b" => moved.bias.as_mut().unwrap()[k] += by,
        "W_out" => moved.w_out.as_mut().unwrap()[k] += by,
        _ => moved.initial_state.as_mut().unwrap()[k] += by,
    }
    moved
}

/// The loss with a bound on its rounding error: written here a second time, from its definition.
fn tracked_loss(network: &Network, convention: Convention, batch: &Batch) -> Tracked {
    let network = network.lifted(Tracked::exact);
    let lift = |rows: &[Vec<f64>]| rows.iter().map(|row| row.iter().map(|&x| Tracked::exact(x)).collect()).collect();
    let trials =
        Trials { count: batch.trials.count, input: lift(&batch.trials.input), step: Tracked::exact(batch.trials.step) };
    let simulator = Simulator::new(&network, convention.dynamics);
    let (mut sum, mut terms) = (Tracked::exact(0.0), 0.0);
    simulator.run(
        &trials,
        |_, _| (),
        |step, x| {
            if step >= batch.scored_from {
                let outputs = simulator.read_out(x, trials.count, convention.read_out);
                for (y, target) in outputs.into_iter().zip(&batch.targets[step]) {
                    let error = y - &Tracked::exact(*target);
                    sum += &(error * &error);
                    terms += 1.0;
                }
            }
        },
    );
    (sum / &Tracked::exact(terms)).sqrt()
}

/// All states, the first included.
fn states(network: &Network, convention: Convention, batch: &Batch) -> Vec<f64> {
    let simulator = Simulator::new(network, convention.dynamics);
    let mut states = simulator.initial_state(&batch.trials);
    simulator.run(&batch.trials, |_, _| (), |_, x| states.extend(x));
    states
}

/// Every entry of the gradient against the central difference of half-width `h`.
///
/// The difference is off by `h² f'''/6` and higher orders, which the difference of half-width 2h shows three times over,
/// and by the rounding of the loss, which running error analysis bounds, over h. The bound is far above the rounding of
/// the gradient itself (a few thousand u), and must be below 1e-6 of the largest entry of its part.
fn check_gradient(network: &Network, convention: Convention, batch: &Batch) {
    let mut backpropagation = Backpropagation::new(&network.weights, convention).unwrap();
    let (loss, gradient) = backpropagation.loss_and_gradient(network, batch);
    let tracked = tracked_loss(network, convention, batch);
    assert!((loss - tracked.value).abs() <= 2.0 * tracked.error, "{loss} and {}", tracked.value);
    for part in PARTS {
        let found = part_of(&gradient, part);
        let largest = found.iter().fold(0.0_f64, |largest, slope| largest.max(slope.abs()));
        for (k, slope) in found.iter().enumerate() {
            let loss = |by: f64| tracked_loss(&moved(network, part, k, by), convention, batch);
            let difference = |h: f64| (loss(h).value - loss(-h).value) / (2.0 * h);
            let near = difference(H);
            let bound = (difference(2.0 * H) - near).abs() + 2.0 * tracked.error / H;
            assert!(bound <= 1e-6 * largest, "{part}[{k}]: the difference is only good to {bound:e} of {largest}");
            let miss = (slope - near).abs();
            assert!(miss <= bound, "{part}[{k}]: {slope} against {near}, {miss:e} > {bound:e}, {convention:?}");
        }
    }
}

/// Half the width of the differences.
const H: f64 = 3e-5;

/// True if no state can cross the kink at zero within the differences: each is further from it than ten times what it
/// moves to either end of the widest.
fn clear_of_the_kink(network: &Network, convention: Convention, batch: &Batch) -> bool {
    let at_rest = states(network, convention, batch);
    let (_, gradient) = Backpropagation::new(&network.weights, convention).unwrap().loss_and_gradient(network, batch);
    let moves = PARTS.into_iter().flat_map(|part| {
        (0..part_of(&gradient, part).len()).flat_map(move |k| [2.0 * H, -2.0 * H].map(|by| (part, k, by)))
    });
    let mut moved_states = moves.map(|(part, k, by)| states(&moved(network, part, k, by), convention, batch));
    moved_states.all(|ends| at_rest.iter().zip(ends).all(|(x, y)| x.abs() > 10.0 * (y - x).abs()))
}

fn conventions() -> impl Iterator<Item = Convention> {
    let read_outs = [ReadOut::Activity, ReadOut::State];
    let all = [Dynamics::ContinuousEuler, Dynamics::Discrete];
    all.into_iter().flat_map(move |dynamics| read_outs.map(|read_out| Convention { dynamics, read_out }))
}

#[test]
fn every_gradient_is_that_of_finite_differences() {
    let activations = [
        Activation::Linear,
        Activation::Relu,
        Activation::LeakyRelu { slope: 0.1 },
        Activation::RectifiedPower { degree: 2.0 },
        Activation::Tanh,
    ];
    for convention in conventions() {
        for activation in activations {
            for outputs in [2, NEURONS] {
                // Without read-out weights every neuron is read out.
                let network = |seed| match (outputs, network(activation, seed)) {
                    (NEURONS, whole) => Network { w_out: None, ..whole },
                    (_, whole) => whole,
                };
                // The first seed that keeps all states clear of the kink: of some dozen there is always one.
                let seed = (1..=100)
                    .find(|&seed| clear_of_the_kink(&network(seed), convention, &batch(outputs, COUNT, seed)))
                    .unwrap();
                check_gradient(&network(seed), convention, &batch(outputs, COUNT, seed));
            }
        }
    }
}

#[test]
fn neurons_of_activations_of_their_own_have_the_gradient_of_finite_differences() {
    let in_turn = [
        Activation::RectifiedPower { degree: 2.0 },
        Activation::Linear,
        Activation::Tanh,
        Activation::LeakyRelu { slope: 0.3 },
        Activation::Relu,
    ];
    let own: Vec<Activation> = (0..NEURONS).map(|neuron| in_turn[neuron % in_turn.len()]).collect();
    let network = |seed| Network { activation: own.clone().into(), ..network(Activation::Linear, seed) };
    for convention in conventions() {
        let clear = |seed: &u64| clear_of_the_kink(&network(*seed), convention, &batch(2, COUNT, *seed));
        let seed = (1..=100).find(clear).unwrap();
        check_gradient(&network(seed), convention, &batch(2, COUNT, seed));
    }
}

/// Trials of a batch in the checks of the gradient.
const COUNT: usize = 2;

/// What trial `b` of `count` has in rows of all trials.
fn trial_of(rows: &[Vec<f64>], b: usize, count: usize) -> Vec<Vec<f64>> {
    rows.iter().map(|row| row.iter().skip(b).step_by(count).copied().collect()).collect()
}

#[test]
fn a_batch_has_the_mean_of_the_gradients_of_its_squares() {
    // More than one block of trials, and no multiple of it: `F ∇F` of the batch is the mean of `F_b ∇F_b`.
    let (convention, count) = (Convention::AUTHORS, 11);
    let (network, all) = (network(Activation::Relu, 5), batch(2, 11, 5));
    let mut backpropagation = Backpropagation::new(&network.weights, convention).unwrap();
    let (loss, gradient) = backpropagation.loss_and_gradient(&network, &all);
    let mut sums = vec![(0.0, 0.0); gradient.values().count()];
    for b in 0..count {
        let trials = Trials { count: 1, input: trial_of(&all.trials.input, b, count), step: STEP };
        let alone = Batch { trials, targets: trial_of(&all.targets, b, count), scored_from: all.scored_from };
        let (loss, gradient) = backpropagation.loss_and_gradient(&network, &alone);
        for ((sum, size), slope) in sums.iter_mut().zip(gradient.values()) {
            *sum += loss * slope / count as f64;
            *size += (loss * slope).abs() / count as f64;
        }
    }
    // Sums of 11 trials × 5 steps, through 5 products of 6 terms each way: some hundreds of roundings, of which all but
    // the last sums are the same. Sizes are those of the trials' own gradients, 1 at most in what cancels inside them.
    let bound = |size: f64| 1000.0 * UNIT_ROUNDOFF * (size + 1.0);
    for (slope, (sum, size)) in gradient.values().zip(sums) {
        assert!((loss * slope - sum).abs() <= bound(size), "{} and {sum}", loss * slope);
    }
}

#[test]
fn the_penalty_has_its_own_derivative_and_nothing_else() {
    let network = network(Activation::Relu, 3);
    let mut backpropagation = Backpropagation::new(&network.weights, Convention::AUTHORS).unwrap();
    let (_, plain) = backpropagation.loss_and_gradient(&network, &batch(2, 3, 3));
    for (reach, reached) in [(Reach::Recurrent, &PARTS[..1]), (Reach::Whole, &PARTS[..4])] {
        let mut with = plain.clone();
        add_penalty(&mut with, &network, 0.25, reach);
        for part in PARTS {
            let weights: Vec<f64> = match part {
                "J" => network.weights.values().to_vec(),
                "W_in" => network.w_in.as_ref().unwrap().as_slice().to_vec(),
                "b" => network.bias.clone().unwrap(),
                "W_out" => network.w_out.as_ref().unwrap().as_slice().to_vec(),
                _ => vec![0.0; NEURONS],
            };
            for ((with, without), weight) in part_of(&with, part).iter().zip(part_of(&plain, part)).zip(weights) {
                // d(w²/4) = w/2, exactly, and one addition.
                let pull = if reached.contains(&part) { 0.5 * weight } else { 0.0 };
                assert_eq!(*with, without + pull, "{part}");
            }
        }
    }
}

#[test]
fn the_same_bits_on_one_thread_and_on_two() {
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let start = initial_network(&ContextIntegration, 24, Activation::Relu, 3).unwrap();
            let descent = Descent { iterations: 20, l2: 0.01, ..Descent::default() };
            train(&ContextIntegration, start, &descent, &mut |_, _| ()).unwrap()
        })
    };
    assert_eq!(run(1), run(2));
}

#[test]
fn a_small_network_learns_and_a_longer_run_goes_on_where_a_shorter_one_ended() {
    let task = Teacher::new(16, Activation::Relu, 1).unwrap();
    let start = initial_network(&task, 16, Activation::Relu, 1).unwrap();
    let descent = Descent { iterations: 800, ..Descent::default() };
    let (_, history) = train(&task, start.clone(), &descent, &mut |_, _| ()).unwrap();
    assert!(history.last.loss < 0.3 * history.first().loss, "{:?}", history.last);
    assert_eq!(history.before.len(), 80);
    let (_, shorter) = train(&task, start, &Descent { iterations: 100, ..descent }, &mut |_, _| ()).unwrap();
    assert_eq!(shorter.last, history.before[10]);
}

#[test]
fn the_teacher_knows_its_answers_and_has_no_gradient() {
    let teacher = Teacher::new(5, Activation::Relu, 1).unwrap();
    let network = teacher.network();
    let mut backpropagation = Backpropagation::new(&network.weights, teacher.convention()).unwrap();
    let (loss, gradient) = backpropagation.loss_and_gradient(network, &teacher.batch(1, 0..8));
    assert_eq!(loss, 0.0);
    assert!(gradient.values().all(|&slope| slope == 0.0));
}

#[test]
fn trials_are_the_same_in_any_batch() {
    let check = |task: &dyn Task| {
        let all = task.batch(4, 3..9);
        for (b, number) in (3..9).enumerate() {
            let alone = task.batch(4, number..number + 1);
            assert_eq!(alone.trials.input, trial_of(&all.trials.input, b, 6), "{}", task.name());
            assert_eq!(alone.targets, trial_of(&all.targets, b, 6), "{}", task.name());
        }
    };
    check(&ContextIntegration);
    check(&XorIntegration);
    check(&Teacher::new(5, Activation::Relu, 1).unwrap());
}

#[test]
fn targets_integrate_the_signals_of_the_chosen_context() {
    // Trial 5 of context integration: context 1, choices 0 and 1; its channels are the last two of six.
    let batch = ContextIntegration.batch(1, 5..6);
    let (mut sums, mut means) = ([0.0; 2], [0.0; 6]);
    for (input, target) in batch.trials.input.iter().zip(&batch.targets) {
        for (sum, signal) in sums.iter_mut().zip(&input[4..]) {
            *sum += signal * batch.trials.step;
        }
        for (mean, signal) in means.iter_mut().zip(input) {
            *mean += signal / 50.0;
        }
        for (sum, target) in sums.iter().zip(target) {
            // Two sums of at most 50 terms up to about 8.
            assert!((sum - target).abs() <= 100.0 * UNIT_ROUNDOFF * 8.0, "{sum} and {target}");
        }
    }
    // Six standard errors of a mean of 50 samples of noise 0.3.
    let bound = 6.0 * 0.3 / 50.0_f64.sqrt();
    for (mean, expected) in means.iter().zip([0.0, 1.0, 1.0, 0.0, 0.0, 1.0]) {
        assert!((mean - expected).abs() <= bound, "{means:?}");
    }
}

#[test]
fn a_constructed_network_rests_at_its_fixed_points_and_does_xor() {
    for neurons in [64, 128] {
        let Constructed { network, fixed_points } = construct_xor(neurons, Activation::Relu, 1).unwrap();
        let batch = XorIntegration.batch(0, 0..4);
        // One Euler step from a fixed point leads nowhere: `‖x⁺ − x‖` is what J φ(X) + U misses X by, times the step. The
        // least-squares solution of a condition number κ is good to κ n u relative to its terms.
        let simulator = Simulator::new(&network, Dynamics::ContinuousEuler);
        let mut at_rest = network.clone();
        let condition = fixed_points.map(|x| x.max(0.0)).svd(false, false).singular_values;
        let kappa = condition.max() / condition.min();
        for number in 0..4 {
            at_rest.initial_state = Some(fixed_points.column(number).iter().copied().collect());
            let trials = XorIntegration.batch(0, number..number + 1).trials;
            let one_step = Trials { input: trials.input[..1].to_vec(), ..trials };
            let size = fixed_points.norm();
            Simulator::new(&at_rest, Dynamics::ContinuousEuler).run(
                &one_step,
                |_, _| (),
                |_, x| {
                    for (i, x) in x.iter().enumerate() {
                        let miss = (x - fixed_points[(i, number)]).abs();
                        assert!(miss <= 8.0 * kappa * neurons as f64 * UNIT_ROUNDOFF * size, "{miss:e}");
                    }
                },
            );
        }
        let loss = batch.root_mean_square(&simulator.outputs(&batch.trials, ReadOut::State, |_, _| ()));
        // An answer of one half everywhere has 0.5.
        assert!(loss < 0.01, "{neurons} neurons: {loss}");
    }
    let too_few = construct_xor(3, Activation::Relu, 1).unwrap_err();
    assert_eq!(too_few, ConstructionError::TooFewNeurons { neurons: 3, conditions: 4 });
}

#[test]
fn what_cannot_be_trained_is_refused_with_the_reason() {
    let task = ContextIntegration;
    let start = initial_network(&task, 8, Activation::Relu, 1).unwrap();
    let refused = |network: &Network, descent: Descent| {
        train(&task, network.clone(), &Descent { iterations: 50, ..descent }, &mut |_, _| ()).unwrap_err()
    };
    let base = Descent::default();
    // A thousandfold rate and no clipping: the weights run away, and the message says when.
    let diverged = refused(&start, Descent { rate: 1e3, clip: f64::MAX, ..base });
    assert!(matches!(diverged, TrainingError::Diverged { iteration: 1.., .. }), "{diverged:?}");
    for (descent, what) in [
        (Descent { rate: 0.0, ..base }, "rate"),
        (Descent { rate: f64::NAN, ..base }, "rate"),
        (Descent { clip: -1.0, ..base }, "clipping"),
        (Descent { l2: -0.1, ..base }, "penalty"),
        (Descent { record_every: 0, ..base }, "records"),
    ] {
        assert!(refused(&start, descent).to_string().contains(what), "{what}");
    }
    for trials in [0, 12] {
        let unequal = TrainingError::UnequalConditions { trials, conditions: 8 };
        assert_eq!(refused(&start, Descent { trials, ..base }), unequal);
    }
    let deaf = Network { w_in: None, ..start.clone() };
    assert!(matches!(refused(&deaf, base), TrainingError::WrongChannels { .. }));
    let rk4 = Convention { dynamics: Dynamics::ContinuousRk4, read_out: ReadOut::State };
    let error = Backpropagation::new(&start.weights, rk4).err();
    assert!(matches!(error, Some(TrainingError::NoGradient { .. })), "{error:?}");
}
