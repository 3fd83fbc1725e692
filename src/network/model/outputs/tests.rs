//! Runs against sums written out, and what is explained by rounding.

use super::super::{Axis, Neurons, Population, dense_weights};
use super::*;
use crate::network::Activation;

fn model() -> Model {
    let (target, source) = (Axis::Target(Neurons::of(0)), Axis::Source(Neurons::of(0)));
    let tensors = vec![
        dense_weights("w", &[2, 2], &[target.clone(), source.clone()]),
        dense_weights("w_in", &[2, 1], &[target, Axis::Outside]),
        dense_weights("w_out", &[1, 2], &[Axis::Outside, source]),
    ];
    Model::new(vec![Population { name: "a".to_owned(), size: 2 }], tensors).unwrap()
}

#[test]
fn a_rescaled_model_agrees_and_one_factor_left_out_does_not() {
    let model = model();
    let given = vec![vec![0.3, -1.25, 0.7, 0.9], vec![1.0, -0.5], vec![0.6, 0.8]];
    let h = [0.4, -1.1];
    let mut rescaled: Vec<Vec<f64>> = model
        .tensors()
        .iter()
        .zip(&given)
        .map(|(tensor, numbers)| model.rescale(tensor, numbers, &h, &Degrees::Same(1.0)).unwrap())
        .collect();
    let precision = [Precision::Rounded { roundoff: UNIT_ROUNDOFF, smallest: f64::from_bits(1) }; 3];
    let compare = |rescaled: &[Vec<f64>]| match compare_outputs(
        &model,
        &Activation::Relu.into(),
        &given,
        rescaled,
        &h,
        &precision,
    ) {
        Reproduction::Compared { read_out: true, difference } => difference,
        other => panic!("{other:?}"),
    };
    let difference = compare(&rescaled);
    assert!(difference.within_bound && difference.largest < 1e-14, "{difference:?}");
    for tensor in 0..3 {
        let kept = std::mem::replace(&mut rescaled[tensor], given[tensor].clone());
        let difference = compare(&rescaled);
        assert!(!difference.within_bound && difference.largest > 1e-3, "{tensor}: {difference:?}");
        rescaled[tensor] = kept;
    }
}

/// Channels on a ring of three places that feed themselves by a kernel, two neurons that see all of them flattened, and a state
/// that those begin in; read out from both.
fn with_space() -> (Model, Vec<Vec<f64>>) {
    let (c, r) = (Neurons::of(0), Neurons::of(1));
    let flattened = Axis::Source(Neurons { populations: vec![0], repeat: 3 });
    let mut start = dense_weights("start", &[2, 2], &[Axis::Neither, Axis::Target(r.clone())]);
    start.role = Role::InitialState;
    let mut tau = dense_weights("tau", &[2], &[Axis::Target(r.clone())]);
    tau.role = Role::TimeConstants;
    let tensors = vec![
        dense_weights("bias", &[2], &[Axis::Target(c.clone())]),
        dense_weights("kernel", &[2, 2, 3], &[Axis::Target(c.clone()), Axis::Source(c.clone()), Axis::Neither]),
        dense_weights("flat", &[2, 6], &[Axis::Target(r.clone()), flattened]),
        dense_weights("rnn", &[2, 2], &[Axis::Target(r.clone()), Axis::Source(r.clone())]),
        dense_weights("out", &[1, 2], &[Axis::Outside, Axis::Source(r)]),
        dense_weights("look", &[2, 2, 3], &[Axis::Outside, Axis::Source(c), Axis::Neither]),
        dense_weights("shift", &[1], &[Axis::Outside]),
        start,
        tau,
    ];
    let population = |name: &str| Population { name: name.to_owned(), size: 2 };
    let model = Model::new(vec![population("c"), population("r")], tensors).unwrap();
    let whole = |numbers: &[i32]| numbers.iter().map(|&number| f64::from(number)).collect();
    let numbers = vec![
        whole(&[1, -2]),
        whole(&[1, 0, -1, 2, 1, 0, 0, -1, 1, 1, 0, 2]),
        whole(&[1, 2, 3, 0, -1, 1, 2, 0, 1, -2, 1, 1]),
        whole(&[1, -1, 2, 0]),
        whole(&[3, -1]),
        whole(&[1, 2, 0, 0, 1, -1, 2, 0, 1, 1, 1, 1]),
        whole(&[7]),
        whole(&[5, -3, 11, 13]),
        whole(&[10, 20]),
    ];
    (model, numbers)
}

/// In whole numbers, so that nothing is rounded: sums written out as the description has them.
#[test]
fn a_run_is_what_its_sums_say() {
    let (model, numbers) = with_space();
    let (places, steps) = (3, 6);
    let run = |steps: usize| {
        let weight = |_: usize, value: f64, _: Place| Tracked::exact(value);
        Run {
            model: &model,
            activation: &Activation::Linear.into(),
            numbers: &numbers,
            positions: places,
            steps,
            weight: &weight,
            unit: &|_| Tracked::exact(1.0),
        }
        .run()
    };
    let [bias, kernel, flat, rnn, out, look, ..] = &numbers[..] else { unreachable!() };
    // Of the two trials that it may begin in, the first and half of the second.
    let (mut c, mut r) = ([[0.0; 3]; 2], [5.0 + 11.0 / 2.0, -3.0 + 13.0 / 2.0]);
    let mut outputs = Vec::new();
    for done in 0..steps {
        let values = |tracked: Vec<Tracked>| tracked.iter().map(|x| x.value).collect::<Vec<f64>>();
        let ran = run(done);
        let states: Vec<f64> = c.iter().flatten().copied().chain([[r[0]; 3], [r[1]; 3]].concat()).collect();
        // In the first step only the state that is given is there at every place.
        assert_eq!(values(ran.states), states, "after {done} steps");
        assert_eq!(values(ran.outputs), outputs, "after {done} steps");
        outputs.push(out[0] * r[0] + out[1] * r[1]);
        for o in 0..2 {
            outputs.push(
                (0..2).flat_map(|j| (0..3).map(move |k| (j, k))).map(|(j, k)| look[6 * o + 3 * j + k] * c[j][k]).sum(),
            );
        }
        // A read-out's own bias is no neuron's, and neither run has it.
        let (before, states) = (c, r);
        for i in 0..2 {
            for p in 0..places {
                let around = (0..2).flat_map(|j| (0..3).map(move |k| (j, k)));
                c[i][p] =
                    bias[i] + around.map(|(j, k)| kernel[6 * i + 3 * j + k] * before[j][(p + k) % 3]).sum::<f64>();
            }
            let all = (0..2).flat_map(|j| (0..3).map(move |k| (j, k)));
            r[i] = all.map(|(j, k)| flat[6 * i + 3 * j + k] * before[j][k]).sum::<f64>()
                + (0..2).map(|j| rnn[2 * i + j] * states[j]).sum::<f64>();
        }
    }
}

#[test]
fn of_a_model_with_space_every_output_of_every_step_is_compared() {
    let (model, numbers) = with_space();
    let compare = |h: &[f64], rescaled: &[Vec<f64>]| {
        compare_outputs(&model, &Activation::Linear.into(), &numbers, rescaled, h, &[Precision::Exact; 9])
    };
    let same = OutputDifference { largest: 0.0, bound: 0.0, within_bound: true, outputs: 6 * 3, all_zero: false };
    match compare(&[0.0; 4], &numbers) {
        Reproduction::Compared { read_out: true, difference } => {
            assert_eq!(OutputDifference { bound: 0.0, ..difference }, same);
            assert!(difference.bound > 0.0 && difference.bound < 1e-13, "{difference:?}");
        }
        other => panic!("{other:?}"),
    }
    let mut infinite = numbers.clone();
    infinite[3] = vec![1e200; 4];
    assert_eq!(compare(&[0.0; 4], &infinite), Reproduction::OutOfRange);
}

/// One neuron that a bias holds at one, and a read-out weight of two: at first nothing is read, and then two, four times.
fn held(degree: f64, precision: Precision, h: f64, read_out: f64) -> OutputDifference {
    let tensors = vec![
        dense_weights("b", &[1], &[Axis::Target(Neurons::of(0))]),
        dense_weights("w_out", &[1, 1], &[Axis::Outside, Axis::Source(Neurons::of(0))]),
    ];
    let model = Model::new(vec![Population { name: "a".to_owned(), size: 1 }], tensors).unwrap();
    let activation = if degree == 1.0 { Activation::Relu } else { Activation::RectifiedPower { degree } };
    let (given, rescaled) = ([vec![1.0], vec![2.0]], [vec![1.0], vec![read_out]]);
    let of_weights = [Precision::Exact, precision];
    match compare_outputs(&model, &activation.into(), &given, &rescaled, &[h], &of_weights) {
        Reproduction::Compared { read_out: true, difference } => difference,
        other => panic!("{other:?}"),
    }
}

#[test]
fn differences_and_bounds_are_relative_to_the_largest_output() {
    let apart = held(1.0, Precision::Exact, 0.0, 2.0 + 2.0_f64.powi(-9));
    assert_eq!((apart.largest, apart.within_bound, apart.outputs), (2.0_f64.powi(-10), false, 5));
    assert!(apart.bound > 0.0 && apart.bound <= 8.0 * UNIT_ROUNDOFF, "{apart:?}");
    // What the format, its smallest number, and the exponential of the log-scale explain.
    let within = |found: OutputDifference, expected: f64| {
        assert!(found.largest == 0.0 && found.within_bound, "{found:?}");
        let most = expected * (1.0 + 1e-9) + 24.0 * UNIT_ROUNDOFF;
        assert!((expected..=most).contains(&found.bound), "{found:?}, not {expected:e}");
    };
    let rounded = |roundoff: f64, smallest: f64| Precision::Rounded { roundoff, smallest };
    within(held(1.0, rounded(2.0_f64.powi(-12), 0.0), 0.0, 2.0), 2.0_f64.powi(-12));
    within(held(1.0, rounded(0.0, 2.0_f64.powi(-20)), 0.0, 2.0), 2.0_f64.powi(-21));
    within(held(1.0, rounded(0.0, 0.0), -1000.0, 2.0), 1012.0 * UNIT_ROUNDOFF);
    // Of degree three the product with the log-scale is rounded, too.
    within(held(3.0, rounded(0.0, 0.0), 1000.0, 2.0), 6012.0 * UNIT_ROUNDOFF);
    assert!(held(1.0, rounded(2.0_f64.powi(-9), 0.0), 0.0, 2.0 + 2.0_f64.powi(-9)).within_bound);
}

#[test]
fn states_are_compared_where_nothing_is_read_out() {
    let model = |shapes: [usize; 2]| {
        let axes = [Axis::Target(Neurons::of(0)), Axis::Source(Neurons::of(0))];
        let bias = dense_weights("b", &[shapes[0]], &axes[..1]);
        let tensors = vec![dense_weights("w", &shapes, &axes), bias];
        Model::new(vec![Population { name: "a".to_owned(), size: shapes[0] }], tensors).unwrap()
    };
    let (given, h) = (vec![vec![0.5, -0.25, 0.125, 0.5], vec![1.0, 2.0]], [0.5, -1.0]);
    let two = model([2, 2]);
    let relu: Activations = Activation::Relu.into();
    let degree = Degrees::Same(1.0);
    let rescale = |t: usize| two.rescale(&two.tensors()[t], &given[t], &h, &degree).unwrap();
    let rescaled = [rescale(0), rescale(1)];
    let precision = [Precision::Rounded { roundoff: UNIT_ROUNDOFF, smallest: 0.0 }; 2];
    match compare_outputs(&two, &relu, &given, &rescaled, &h, &precision) {
        Reproduction::Compared { read_out: false, difference } => {
            assert!(difference.within_bound && difference.largest < 1e-15 && difference.outputs == 2, "{difference:?}");
        }
        other => panic!("{other:?}"),
    }
    match compare_outputs(&two, &relu, &given, &given, &h, &precision) {
        Reproduction::Compared { difference, .. } => assert!(!difference.within_bound, "{difference:?}"),
        other => panic!("{other:?}"),
    }
    // Nothing at all: differences are relative to one.
    let none = vec![vec![0.0; 4], vec![0.0; 2]];
    match compare_outputs(&two, &relu, &none, &none, &[0.0; 2], &[Precision::Exact; 2]) {
        Reproduction::Compared { difference, .. } => assert!(difference.all_zero && difference.largest == 0.0),
        other => panic!("{other:?}"),
    }
    match compare_outputs(&two, &relu, &none, &[none[0].clone(), vec![0.0, 0.5]], &[0.0; 2], &[Precision::Exact; 2]) {
        Reproduction::Compared { difference, .. } => {
            assert_eq!((difference.largest, difference.within_bound, difference.all_zero), (0.5, false, false))
        }
        other => panic!("{other:?}"),
    }
    // Two runs of five steps, with 20001 weights and a bias into each of as many neurons.
    let large = model([20001, 20001]);
    let found = compare_outputs(&large, &relu, &[], &[], &[], &[]);
    assert_eq!(found, Reproduction::TooLarge { multiplications: 20001 * 20002 * 10 });
}

/// One neuron of degree two, with a synapse on itself and what it begins in: two trials, of which the first is silent.
fn begun(role: Role, read_out: bool, factors: [f64; 3]) -> (bool, OutputDifference) {
    let (target, source) = (Axis::Target(Neurons::of(0)), Axis::Source(Neurons::of(0)));
    let mut start = dense_weights("start", &[2, 1], &[Axis::Neither, target.clone()]);
    start.role = role;
    let mut tensors = vec![dense_weights("w", &[1, 1], &[target, source.clone()]), start];
    if read_out {
        tensors.push(dense_weights("w_out", &[1, 1], &[Axis::Outside, source]));
    }
    let model = Model::new(vec![Population { name: "a".to_owned(), size: 1 }], tensors).unwrap();
    let given = [vec![0.5], vec![0.0, 3.0], vec![1.0]];
    let rescaled: Vec<Vec<f64>> =
        given.iter().zip(factors).map(|(numbers, factor)| numbers.iter().map(|x| x * factor).collect()).collect();
    let square = Activation::RectifiedPower { degree: 2.0 }.into();
    let used = model.tensors().len();
    let precision = vec![Precision::Rounded { roundoff: UNIT_ROUNDOFF, smallest: 0.0 }; used];
    match compare_outputs(&model, &square, &given[..used], &rescaled[..used], &[1.5], &precision) {
        Reproduction::Compared { read_out: found, difference } => {
            assert_eq!(found, read_out);
            (difference.within_bound, difference)
        }
        other => panic!("{other:?}"),
    }
}

/// Of degree two, a state before the activation goes with `e^{-h}`, an activity after it with `e^{-2h}`; neither with the other's.
#[test]
fn states_and_activities_that_a_model_begins_in_go_by_their_own_factors() {
    let (once, twice) = ((-1.5_f64).exp(), (-3.0_f64).exp());
    let (synapse, outward) = (1.5_f64.exp(), 3.0_f64.exp());
    for read_out in [true, false] {
        for (role, right, wrong) in [(Role::InitialState, once, twice), (Role::InitialActivity, twice, once)] {
            let (held, difference) = begun(role, read_out, [synapse, right, outward]);
            assert!(held && difference.largest < 1e-14 && difference.bound < 1e-12, "{role:?} {difference:?}");
            let (held, difference) = begun(role, read_out, [synapse, wrong, outward]);
            assert!(!held && difference.largest > 0.1, "{role:?}, though its second trial differs: {difference:?}");
        }
    }
}

/// Without inputs, biases and states every neuron would be silent, and any two models the same.
#[test]
fn a_model_that_nothing_drives_is_run_from_random_activities() {
    let axes = [Axis::Target(Neurons::of(0)), Axis::Source(Neurons::of(0))];
    let model =
        Model::new(vec![Population { name: "a".to_owned(), size: 2 }], vec![dense_weights("w", &[2, 2], &axes)])
            .unwrap();
    let given = [vec![0.5, 2.0, 0.25, 1.0]];
    let relu: Activations = Activation::Relu.into();
    let h = [LN_2, -2.0 * LN_2];
    let compared = |rescaled: &[Vec<f64>], precision: Precision| match compare_outputs(
        &model,
        &relu,
        &given,
        rescaled,
        &h,
        &[precision],
    ) {
        Reproduction::Compared { read_out: false, difference } => difference,
        other => panic!("{other:?}"),
    };
    let rounded = Precision::Rounded { roundoff: UNIT_ROUNDOFF, smallest: 0.0 };
    let right = [vec![0.5, 2.0 / 8.0, 0.25 * 8.0, 1.0]];
    let difference = compared(&right, Precision::Exact);
    assert!(difference.largest == 0.0 && difference.within_bound, "{difference:?}");
    let difference = compared(&right, rounded);
    assert!(difference.largest < 1e-14 && difference.within_bound, "{difference:?}");
    for precision in [Precision::Exact, rounded] {
        let difference = compared(&given, precision);
        assert!(difference.largest > 0.1 && !difference.within_bound, "{difference:?}");
    }
}

/// Kernels are used at every place, flattened weights once.
#[test]
fn the_work_of_a_model_with_space() {
    let (c, r) = (Axis::Target(Neurons::of(0)), Axis::Target(Neurons::of(1)));
    let tensors = vec![
        dense_weights("kernel", &[5400, 5400, 3], &[c, Axis::Source(Neurons::of(0)), Axis::Neither]),
        dense_weights("flat", &[5400, 16200], &[r, Axis::Source(Neurons { populations: vec![0], repeat: 3 })]),
    ];
    let population = |name: &str| Population { name: name.to_owned(), size: 5400 };
    let model = Model::new(vec![population("c"), population("r")], tensors).unwrap();
    let found = compare_outputs(&model, &Activation::Relu.into(), &[], &[], &[], &[]);
    assert_eq!(found, Reproduction::TooLarge { multiplications: 5400 * 5400 * 3 * (3 + 1) * 2 * 6 });
}
