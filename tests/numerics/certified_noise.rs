//! Certificates of accumulated noise: its matrix is a dyadic number, so nothing of it is rounded.

use crate::certificate::{INPUT, opened, resealed};
use num_bigint::BigUint;
use serde_json::json;
use synbal::balance::{Criteria, Method, Problem, Scope};
use synbal::certify::certificate::{Certificate, CertifyError, Costs, Refine, certify};
use synbal::check::{Refused, check};
use synbal::cost::{AccumulatedNoise, CostSpec};
use synbal::network::random::stream;
use synbal::network::{Activation, Network, Weights};

use rand::Rng;

fn spec(steps: u32, discount: f64) -> CostSpec {
    CostSpec::power(2.0).with_accumulated(AccumulatedNoise::new(steps, discount).unwrap())
}

fn linear(n: usize, triplets: Vec<(usize, usize, f64)>) -> Network {
    Network::recurrent(Weights::from_triplets(n, triplets).unwrap(), Activation::Linear)
}

fn balanced(network: &Network, spec: &CostSpec) -> (Certificate, Vec<f64>) {
    let problem = Problem::new(network, spec, Scope::Whole).unwrap();
    let h = problem.solve(Method::Newton, &Criteria::default()).unwrap().log_scales;
    (certify(&problem, &h, Refine::Yes, Costs::Rounded).unwrap(), h)
}

/// The total of `Σ_t γ^t (J^t)∘(J^t)` of the weights rescaled by `h`, by its definition.
fn noise(network: &Network, h: &[f64], steps: u32, discount: f64) -> f64 {
    let n = h.len();
    let mut rescaled = nalgebra::DMatrix::<f64>::zeros(n, n);
    for (i, j, weight) in network.weights.triplets() {
        rescaled[(i, j)] = weight * (h[j] - h[i]).exp();
    }
    let mut power = nalgebra::DMatrix::<f64>::identity(n, n);
    let mut sum = 0.0;
    for step in 1..=steps {
        power = &rescaled * power;
        sum += discount.powi(step as i32) * power.norm_squared();
    }
    sum
}

#[test]
fn accumulated_noise_is_certified_for_the_steps_that_the_certificate_names() {
    let mut random = stream(14, 1);
    for (steps, discount) in [(1, 1.0), (2, 1.0), (3, 0.3), (4, 1.7)] {
        let ring = (0..7).map(|i| (i, (i + 1) % 7)).chain([(3, 0), (0, 4), (5, 2), (6, 6)]);
        let network = linear(7, ring.map(|(i, j)| (i, j, random.random_range(-2.0..2.0))).collect());
        let (certificate, h) = balanced(&network, &spec(steps, discount));
        let text = certificate.to_text(INPUT);
        let proved = check(text.as_bytes(), INPUT, &network).unwrap();
        assert!(&proved.gap << 55 <= proved.lower_cost, "gap {} of {}", proved.gap, proved.lower_cost);
        let shift = proved.upper_cost.bits() - 53;
        let cost = u64::try_from(&proved.upper_cost >> shift).unwrap() as f64
            * 2.0_f64.powi(shift as i32 - proved.cost_unit_bits as i32);
        let expected = noise(&network, &h, steps, discount);
        // Second order in a balance of 1e-8, and roundings of a few hundred terms.
        assert!((cost / expected - 1.0).abs() < 1e-12, "{steps} {discount}: {cost:e} {expected:e}");
        // Other steps, another weight of theirs, and the weights' own costs are other costs.
        for other in [json!([steps + 1, ["0x1", 0]]), json!([steps, ["0x5", -1]])] {
            let mut swapped = opened(&text);
            swapped["accumulated"] = other;
            check(resealed(&swapped).as_bytes(), INPUT, &network).unwrap_err();
        }
        let mut plain = opened(&text);
        plain.as_object_mut().unwrap().remove("accumulated");
        let plain = check(resealed(&plain).as_bytes(), INPUT, &network);
        assert_eq!(plain.is_ok(), steps == 1 && discount == 1.0, "{plain:?}");
    }
}

#[test]
fn the_matrix_is_exact() {
    // 1/2 both ways: a quarter and a quarter in the first step, a sixteenth and a sixteenth in the second, which weighs 9/4
    // where the first weighs 3/2. Balanced as it is, with the total 3/2 · 1/2 + 9/4 · 1/8 = 33/32.
    let network = linear(2, vec![(0, 1, 0.5), (1, 0, -0.5)]);
    let problem = Problem::new(&network, &spec(2, 1.5), Scope::Whole).unwrap();
    let certificate = certify(&problem, &[0.0, 0.0], Refine::No, Costs::Rounded).unwrap();
    let proved = check(certificate.to_text(INPUT).as_bytes(), INPUT, &network).unwrap();
    assert_eq!(proved.upper_cost, BigUint::from(33_u32) << (proved.cost_unit_bits - 5));
    assert_eq!(proved.accumulated, Some((2, (3, -1))));
}

#[test]
fn what_stands_against_a_certificate_of_noise_is_said() {
    let network = linear(2, vec![(0, 1, 0.5), (1, 0, -0.5)]);
    let (certificate, _) = balanced(&network, &spec(2, 1.0));
    assert_eq!(certificate.to_coq("two", &network), Err(CertifyError::CoqOfNoise));
    let refusal = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut changed = opened(&certificate.to_text(INPUT));
        change(&mut changed);
        check(resealed(&changed).as_bytes(), INPUT, &network).unwrap_err()
    };
    for change in [
        (&|c: &mut serde_json::Value| c["accumulated"][0] = json!(0)) as &dyn Fn(&mut serde_json::Value),
        &|c| c["p"] = json!([1, 1]),
        &|c| c["alpha"] = json!([["0x1", 0], ["0x1", 0]]),
        &|c| c["world"] = json!(["0x1", 0]),
    ] {
        let refused = refusal(change);
        assert!(
            matches!(refused, Refused::Field { what: "accumulated", .. } | Refused::WrongLength { .. }),
            "{refused}"
        );
    }
    let refused = refusal(&|c| c["accumulated"][0] = json!(4_000_000_000_u32));
    assert!(matches!(refused, Refused::TooMuchWork { .. }), "{refused}");

    // The product of 1 + u and 1 - u is 1 in f64, and 1 - u² exactly: whether the neurons 0 and 1 are joined in two steps depends on it.
    let u = f64::EPSILON;
    let triplets = vec![(0, 2, 1.0 + u), (2, 1, 1.0 - u), (0, 3, 1.0), (3, 1, -1.0), (1, 0, 1.0)];
    let network = linear(4, triplets);
    let problem = Problem::new(&network, &spec(2, 1.0), Scope::Whole).unwrap();
    let refused = certify(&problem, &[0.0; 4], Refine::Yes, Costs::Rounded).unwrap_err();
    assert_eq!(refused, CertifyError::Cancelled);
    assert!(refused.is_bad_request());
}
