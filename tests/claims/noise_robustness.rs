//! Claim `noise_robustness`.

use crate::common::{assert_measured, assert_not_fallen, config, recipes};
use nalgebra::DMatrix;
use proptest::prelude::*;
use synbal::balance::{Criteria, Method, Problem, Scope};
use synbal::cost::{AccumulatedNoise, CostSpec};
use synbal::network::random::{random_network, stream};
use synbal::network::{Activation, Network, Weights};

fn accumulating(steps: u32, discount: f64) -> CostSpec {
    CostSpec::power(2.0).with_accumulated(AccumulatedNoise::new(steps, discount).unwrap())
}

/// `Σ_t γ^t (J^t)∘(J^t)`, by products of dense matrices.
fn accumulated(weights: &Weights, steps: u32, discount: f64) -> DMatrix<f64> {
    let given = weights.to_dense();
    let (mut power, mut sum) = (given.clone(), DMatrix::zeros(given.nrows(), given.ncols()));
    for step in 1..=steps {
        sum += power.component_mul(&power) * discount.powi(step as i32);
        power = &given * &power;
    }
    sum
}

/// The network of the theorem `noise_robustness_caution`, rescaled by its d: its squares are not balanced, and it has less noise over
/// two steps than the network of its orbit whose squares are.
fn caution() -> Network {
    let d = [1.0, 0.95, 1.05];
    let triplets = [(0, 0), (0, 1), (1, 2), (2, 0)].map(|(i, j): (usize, usize)| (i, j, d[j] / d[i]));
    Network::recurrent(Weights::from_triplets(3, triplets.to_vec()).unwrap(), Activation::Linear)
}

#[test]
fn balancing_the_squares_can_raise_the_noise_of_two_steps_and_balancing_the_accumulated_noise_lowers_it() {
    let given = caution();
    let balanced = |spec: &CostSpec| {
        Problem::new(&given, spec, Scope::Whole).unwrap().solve(Method::Newton, &Criteria::default()).unwrap()
    };
    let noise = |network: &Network| accumulated(&network.weights, 2, 1.0).sum();
    let (one_step, two_steps) = (balanced(&CostSpec::power(2.0)), balanced(&accumulating(2, 1.0)));
    assert!(noise(&one_step.network) > noise(&given) * 1.0005);
    assert!(noise(&two_steps.network) < noise(&given) * 0.9995);
    // The run's own figures are about the accumulated noise.
    assert!((two_steps.cost_initial / noise(&given) - 1.0).abs() < 1e-13);
    assert!((two_steps.cost_final / noise(&two_steps.network) - 1.0).abs() < 1e-13);
}

proptest! {
    #![proptest_config(config(64, "tests/regressions/noise_robustness.txt"))]

    #[test]
    fn noise_robustness_holds_on_random_networks(recipe in recipes()) {
        let evidence = assert_not_fallen("noise_robustness", &recipe.subject());
        if recipe.n > 1 && recipe.sigma < 3.0 {
            assert_measured(&evidence, "accumulated noise, balanced");
        }
    }

    #[test]
    fn the_written_weights_are_balanced_in_their_accumulated_noise(
        seed in any::<u64>(), n in 2_usize..=20, density in 0.0..1.0, steps in 1_u32..=6, discount in 0.2..1.5,
    ) {
        let weights = random_network(&mut stream(seed, 0), n, density, 1.0).unwrap();
        let network = Network::recurrent(weights, Activation::Linear);
        let problem = Problem::new(&network, &accumulating(steps, discount), Scope::Whole).unwrap();
        let run = problem.solve(Method::Auto, &Criteria::default()).unwrap().converged().unwrap();
        let matrix = accumulated(&run.network.weights, steps, discount);
        for i in 0..n {
            let own = matrix[(i, i)];
            let (into, out_of) = (matrix.row(i).sum() - own, matrix.column(i).sum() - own);
            // The tolerance of the run, and the rounding of weights, of sums of n products in each power, and of sums of n entries.
            let rounding = f64::from(steps) * (4.0 * n as f64 + 20.0) * f64::EPSILON;
            // Signs cancel in the powers, whose rounding is that of the sums of absolute values.
            let sizes = accumulated(&absolute(&run.network.weights), steps, discount);
            let size = sizes.row(i).sum() + sizes.column(i).sum();
            prop_assert!((into - out_of).abs() <= 1e-10 * (into + out_of) + rounding * size, "neuron {}", i);
        }
    }
}

fn absolute(weights: &Weights) -> Weights {
    weights.with_values(weights.values().iter().map(|weight| weight.abs()).collect())
}
