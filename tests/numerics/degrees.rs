//! Networks whose neurons have any degrees: against a library's minimiser of an objective of its own, against the solvers of
//! degree one, and the criterion of existence against what the solvers find.

use argmin::core::{CostFunction, Error, Executor, Gradient, State};
use argmin::solver::linesearch::MoreThuenteLineSearch;
use argmin::solver::quasinewton::LBFGS;
use nalgebra::DMatrix;
use num_bigint::BigUint;
use proptest::prelude::*;
use rand::Rng;
use synbal::balance::{Criteria, DegreeError, DegreeProblem, Method, Problem, Scope};
use synbal::cost::CostSpec;
use synbal::network::random::{normals, random_network, stream};
use synbal::network::{Activation, Homogeneity, Network, Weights, rescale_network};

use crate::common::config;

/// A network of mixed degrees from 0.5 to 3 with self-synapses, inputs, biases and read-outs.
fn mixed(seed: u64, n: usize, density: f64) -> Network {
    let mut random = stream(seed, 0);
    let weights = random_network(&mut random, n, density, 1.0).unwrap();
    let activations: Vec<Activation> = (0..n)
        .map(|_| match random.random_range(0..4) {
            0 => Activation::Relu,
            1 => Activation::RectifiedPower { degree: 2.0 },
            _ => Activation::RectifiedPower { degree: random.random_range(0.5..3.0) },
        })
        .collect();
    Network {
        w_in: Some(DMatrix::from_vec(n, 2, normals(&mut random, n * 2, 1.0))),
        bias: Some(normals(&mut random, n, 1.0)),
        w_out: Some(DMatrix::from_vec(2, n, normals(&mut random, n * 2, 1.0))),
        ..Network::recurrent(weights, activations)
    }
}

/// The cost put together by its definition: every weight alone, rates `k_j e_j − e_i` written out.
struct Terms {
    p: f64,
    costs: Vec<f64>,
    rates: Vec<Vec<(usize, f64)>>,
}

impl Terms {
    fn of(network: &Network, p: f64, lambda: Option<f64>) -> Self {
        let (mut costs, mut rates) = (Vec::new(), Vec::new());
        let mut add = |weight: f64, factor: f64, rate: Vec<(usize, f64)>| {
            if weight != 0.0 {
                costs.push(factor * weight.abs().powf(p));
                rates.push(rate);
            }
        };
        let degree = |j: usize| network.activation.at(j).degree().unwrap();
        for (i, j, weight) in network.weights.triplets() {
            add(*weight, 1.0, vec![(j, degree(j)), (i, -1.0)]);
        }
        if let Some(lambda) = lambda {
            for i in 0..network.weights.neurons() {
                network.w_in.as_ref().unwrap().row(i).iter().for_each(|&weight| add(weight, 1.0, vec![(i, -1.0)]));
                add(network.bias.as_ref().unwrap()[i], 1.0, vec![(i, -1.0)]);
                let column = network.w_out.as_ref().unwrap().column(i);
                column.iter().for_each(|&weight| add(weight, lambda, vec![(i, degree(i))]));
            }
        }
        Terms { p, costs, rates }
    }

    fn exponent(&self, e: usize, h: &[f64]) -> f64 {
        self.p * self.rates[e].iter().map(|&(i, rate)| rate * h[i]).sum::<f64>()
    }

    fn moved(&self, h: &[f64]) -> Terms {
        let costs = (0..self.costs.len()).map(|e| self.costs[e] * self.exponent(e, h).exp()).collect();
        Terms { p: self.p, costs, rates: self.rates.clone() }
    }

    fn gradient(&self, n: usize, factor: impl Fn(usize) -> f64) -> Vec<f64> {
        let mut gradient = vec![0.0; n];
        for (e, rates) in self.rates.iter().enumerate() {
            rates.iter().for_each(|&(i, rate)| gradient[i] += self.p * self.costs[e] * factor(e) * rate);
        }
        gradient
    }
}

/// How far the cost at `scale·u` is above that at 0, as the part of first order and the rest, so that nothing cancels; in
/// units in which the gradient at 0 has length one.
struct Above<'a> {
    terms: &'a Terms,
    first_order: Vec<f64>,
    length: f64,
    scale: f64,
}

impl Above<'_> {
    fn delta(&self, u: &[f64]) -> Vec<f64> {
        u.iter().map(|u| self.scale * u).collect()
    }
}

impl CostFunction for Above<'_> {
    type Param = Vec<f64>;
    type Output = f64;

    fn cost(&self, u: &Vec<f64>) -> Result<f64, Error> {
        let delta = self.delta(u);
        let linear: f64 = self.first_order.iter().zip(&delta).map(|(g, d)| g * d).sum();
        let rest = |e: usize| {
            let x = self.terms.exponent(e, &delta);
            let tail = if x.abs() < 0.1 {
                // e^x − 1 − x by its series.
                (2..14).rev().fold(0.0, |sum, k| (sum + 1.0) * x / f64::from(k)) * x
            } else {
                x.exp_m1() - x
            };
            self.terms.costs[e] * tail
        };
        Ok((linear + (0..self.terms.costs.len()).map(rest).sum::<f64>()) / (self.length * self.scale))
    }
}

impl Gradient for Above<'_> {
    type Param = Vec<f64>;
    type Gradient = Vec<f64>;

    fn gradient(&self, u: &Vec<f64>) -> Result<Vec<f64>, Error> {
        let delta = self.delta(u);
        let change = self.terms.gradient(delta.len(), |e| self.terms.exponent(e, &delta).exp_m1());
        Ok(change.iter().zip(&self.first_order).map(|(change, first)| (change + first) / self.length).collect())
    }
}

/// The minimum by L-BFGS, started anew where the last run stopped, each run for another six digits, until the gradient is
/// 1e-13 of the cost.
fn l_bfgs(given: &Terms, n: usize) -> Vec<f64> {
    let mut h = vec![0.0; n];
    for _ in 0..8 {
        let terms = given.moved(&h);
        let total = terms.costs.iter().sum::<f64>();
        let first_order = terms.gradient(n, |_| 1.0);
        let length = first_order.iter().map(|g| g * g).sum::<f64>().sqrt();
        if length <= 1e-13 * total {
            break;
        }
        let above = Above { first_order, terms: &terms, length, scale: length / total };
        let solver = LBFGS::new(MoreThuenteLineSearch::new(), 20).with_tolerance_grad(1e-6).unwrap();
        let solver = solver.with_tolerance_cost(0.0).unwrap();
        let run = Executor::new(above, solver).configure(|state| state.param(vec![0.0; n]).max_iters(300)).run();
        let u = run.unwrap().state().get_best_param().unwrap().clone();
        h.iter_mut().zip(&u).for_each(|(h, u)| *h += length / total * u);
    }
    h
}

fn apart(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

proptest! {
    #![proptest_config(config(24, "tests/regressions/degrees.txt"))]

    /// Every method, a library's L-BFGS on an objective of its own, and 60 digits.
    #[test]
    fn mixed_degrees_agree_with_an_independent_solver(
        seed in any::<u64>(), n in 1_usize..=16, density in prop_oneof![Just(0.1), Just(0.5)],
        p in prop_oneof![Just(0.5), Just(1.0), Just(2.0)], lambda in prop_oneof![Just(0.1), Just(1.0), Just(10.0)],
    ) {
        let network = mixed(seed, n, density);
        let problem = DegreeProblem::new(&network, &CostSpec::power(p).with_world(lambda), Scope::Whole).unwrap();
        prop_assert!(problem.free().is_empty());
        // A tolerance of 1e-13 leaves an error of that times the condition of these networks, below 1e4.
        let run = problem.solve(Method::Newton, &Criteria::default().with_tol(1e-13)).unwrap().converged().unwrap();
        let independent = l_bfgs(&Terms::of(&network, p, Some(lambda)), n);
        prop_assert!(apart(&run.log_scales, &independent) <= 1e-9, "{}", apart(&run.log_scales, &independent));
        for method in [Method::Auto, Method::NewtonCg, Method::Osborne] {
            let other = problem.solve(method, &Criteria::default().with_tol(1e-12)).unwrap().converged().unwrap();
            prop_assert!(apart(&run.log_scales, &other.log_scales) <= 1e-8, "{}", method.name());
        }
        #[cfg(feature = "precise")]
        {
            use synbal::scalar::Scalar;
            let precise = problem.to_digits(60).unwrap();
            let rounded: Vec<f64> = precise.log_scales.iter().map(Scalar::to_f64).collect();
            prop_assert!(apart(&run.log_scales, &rounded) <= 1e-9);
            prop_assert!(precise.log10_imbalance <= -60.0);
            // More digits start with the same ones: those of 60 were right.
            let more = problem.to_digits(90).unwrap();
            for (a, b) in precise.log_scales.iter().zip(&more.log_scales) {
                let difference = (b.clone() - &b.lift(0.0)) - &a.at_bits(b.bits()).unwrap();
                prop_assert!(difference.abs().log10() <= -60.0);
            }
        }
    }

    /// Without the world some networks have a minimum and some have none: either way the answer is checked.
    #[test]
    fn a_minimum_is_found_or_a_direction_is_shown(
        seed in any::<u64>(), n in 1_usize..=6, density in 0.0..0.5_f64, whole_powers in any::<bool>(),
    ) {
        let mut random = stream(seed, 3);
        let degree = |random: &mut rand_chacha::ChaCha8Rng| {
            let powers = [0.0, 0.5, 0.5, 1.0, 1.0, 1.0, 2.0, 2.0];
            if whole_powers { powers[random.random_range(0..powers.len())] } else { random.random_range(0.5..3.0) }
        };
        let activations: Vec<Activation> =
            (0..n).map(|_| Activation::RectifiedPower { degree: degree(&mut random) }).collect();
        let mut triplets = Vec::new();
        for i in 0..n {
            for j in 0..n {
                if random.random_bool(density) {
                    triplets.push((i, j, random.random_range(0.2..5.0)));
                }
            }
        }
        let network = Network::recurrent(Weights::from_triplets(n, triplets).unwrap(), activations);
        match DegreeProblem::new(&network, &CostSpec::power(2.0), Scope::Whole) {
            Ok(problem) => {
                let run = problem.solve(Method::Newton, &Criteria::default()).unwrap().converged().unwrap();
                // Stiemke: the balanced costs are the positive solution that no lowering direction lets be.
                prop_assert!(problem.costs().costs_at(&run.log_scales).iter().all(|&cost| cost > 0.0));
                // What is free leaves every cost as it is.
                for free in problem.free() {
                    let mut h = vec![0.0; n];
                    free.iter().for_each(|&(i, v)| h[i] = v);
                    prop_assert_eq!(problem.costs().costs_at(&h), problem.costs().initial_costs().to_vec());
                }
            }
            Err(DegreeError::NoMinimum { direction }) => {
                let costs = synbal::cost::DegreeCosts::of_network(&network, &CostSpec::power(2.0)).unwrap();
                prop_assert!(direction.holds(&costs));
                // In f64: farther and farther along it, the cost falls.
                let at = |t: f64| {
                    let h: Vec<f64> = direction.rates().iter().map(|rate| t * rate).collect();
                    costs.total(&costs.costs_at(&h), &0.0)
                };
                prop_assert!(at(1.0) < at(0.0));
            }
            Err(error) => prop_assert!(false, "{error}"),
        }
    }
}

/// For degree one the formulas of any degree give the balanced point of the paper, with and without the world.
#[test]
fn degree_one_is_the_paper_s() {
    for seed in 0..8 {
        let network = Network { activation: Activation::Relu.into(), ..mixed(seed, 12, 0.3) };
        for world in [None, Some(1.0)] {
            let spec = CostSpec::power(2.0).with_world(world);
            let criteria = Criteria::default().with_tol(1e-13);
            let known = Problem::new(&network, &spec, Scope::Whole).unwrap();
            let known = known.solve(Method::Newton, &criteria).unwrap().converged().unwrap();
            let problem = DegreeProblem::new(&network, &spec, Scope::Whole).unwrap();
            assert_eq!(problem.free().len(), usize::from(world.is_none()));
            for method in [Method::Newton, Method::NewtonCg, Method::Osborne] {
                let run = problem.solve(method, &criteria).unwrap().converged().unwrap();
                let difference = apart(&run.log_scales, &known.log_scales);
                assert!(difference <= 1e-11, "{seed} {world:?} {}: {difference}", method.name());
            }
        }
    }
}

/// The flow reaches the same point; each of its steps lowers the cost.
#[test]
fn the_flow_of_mixed_degrees_lowers_the_cost_and_gets_there() {
    let network = mixed(5, 10, 0.3);
    let problem = DegreeProblem::new(&network, &CostSpec::power(1.0).with_world(1.0), Scope::Whole).unwrap();
    let newton = problem.solve(Method::Newton, &Criteria::default()).unwrap().converged().unwrap();
    let flow = problem.solve(Method::Euler, &Criteria::default()).unwrap().converged().unwrap();
    assert!(apart(&newton.log_scales, &flow.log_scales) < 1e-7);
    let costs: Vec<f64> = flow.outcome.trace.iter().map(|point| point.cost).collect();
    let terms = problem.costs().synapses().len() as f64;
    for pair in costs.windows(2) {
        assert!(pair[1] <= pair[0] * (1.0 + terms * f64::EPSILON), "{pair:?}");
    }
    assert!(flow.outcome.trace.iter().all(|point| point.time.is_some()));
}

/// Balance is `incoming = k · outgoing`, and no rescaling at all costs less.
#[test]
fn the_balanced_network_costs_least() {
    let network = mixed(3, 8, 0.4);
    let spec = CostSpec::power(2.0).with_world(1.0);
    let run =
        DegreeProblem::new(&network, &spec, Scope::Whole).unwrap().solve(Method::Auto, &Criteria::default()).unwrap();
    let run = run.converged().unwrap();
    let least: f64 = Terms::of(&run.network, 2.0, Some(1.0)).costs.iter().sum();
    assert!((least / run.cost_final - 1.0).abs() < 1e-12);
    let mut random = stream(9, 9);
    for _ in 0..100 {
        let h = normals(&mut random, 8, 0.1);
        let other = rescale_network(&run.network, &h, Homogeneity::Required).unwrap();
        let cost: f64 = Terms::of(&other, 2.0, Some(1.0)).costs.iter().sum();
        assert!(cost > least, "{cost} {least}");
    }
}

/// A method of degree one is refused by name, and certificates say what they are for.
/// The one cycle of a ring of three has the gain a b c, c the f64 nearest to 1/(a b): a hair beside one. Then there is no minimum,
/// on whichever side of one it lies; rounding may hide the side, but must not find a minimum.
#[test]
fn a_gain_a_hair_beside_one_is_not_one() {
    let power = |degree| Activation::RectifiedPower { degree };
    let integer = |x: f64| BigUint::from((x * 2.0_f64.powi(60)) as u64);
    let mut random = stream(19, 0);
    let mut undecided = 0;
    for _ in 0..5000 {
        let (a, b) = (random.random_range(1.0..2.0), random.random_range(1.0..2.0));
        let c = 1.0 / (a * b);
        let is_one = integer(a) * integer(b) * integer(c) == BigUint::from(1_u8) << 180_u8;
        let weights = Weights::from_triplets(3, vec![(1, 0, 2.0), (2, 1, 3.0), (0, 2, 1.0)]).unwrap();
        let network = Network::recurrent(weights, vec![power(a), power(b), power(c)]);
        match DegreeProblem::new(&network, &CostSpec::power(2.0), Scope::Whole) {
            Ok(_) => assert!(is_one, "{a} {b} {c}: a minimum where there is none"),
            Err(DegreeError::NoMinimum { .. }) => assert!(!is_one),
            Err(DegreeError::Undecided { .. }) => undecided += 1,
            Err(error) => panic!("{a} {b} {c}: {error}"),
        }
    }
    assert!(undecided > 0, "no gain was so near one that its side is hidden");
}

#[test]
fn what_is_there_for_degree_one_only_is_refused() {
    let network = mixed(1, 3, 0.5);
    let spec = CostSpec::power(2.0).with_world(1.0);
    let problem = DegreeProblem::new(&network, &spec, Scope::Whole).unwrap();
    let error = problem.solve(Method::OsborneGreedy, &Criteria::default()).unwrap_err();
    assert_eq!(error, DegreeError::NoSuchMethod { method: Method::OsborneGreedy });
    assert!(Problem::new(&network, &spec, Scope::Whole).is_err());
    assert!(problem.solve(Method::Auto, &Criteria::default().with_tol(2.0)).is_err());
    assert!(problem.solve(Method::Auto, &Criteria::default().with_max_passes(0)).is_err());
    let stopped = problem.solve(Method::Newton, &Criteria::default().with_max_passes(1)).unwrap();
    assert_eq!(stopped.converged().unwrap_err().run.outcome.status.word(), "pass-limit");
}
