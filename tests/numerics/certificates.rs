//! Certificates of valid networks are made, are accepted, and say the truth.

use crate::certificate::{INPUT, certified, coq_opinion, opened, resealed};
use crate::common::{AlphaKind, Recipe, config, recipes};
use num_bigint::{BigInt, BigUint};
use proptest::prelude::*;
use rand::Rng;
use synbal::balance::{BalanceError, Criteria, Method, Problem, Scope};
use synbal::certify::certificate::{Certificate, CertifyError, Costs, Refine, certify};
use synbal::check::{Proved, check};
use synbal::cost::{Alpha, CostSpec};
use synbal::network::random::stream;
use synbal::network::{Activation, Network, Weights};
use synbal::tasks::{Case, embedded_cases};

/// The largest radius of a refined certificate: rounding alone would give 2^-64, which the certificate's constants
/// (a node's whole imbalance against the curvature; largest against least `L v`) worsen, but never by a factor of 2^9.
/// Doubles end at 2^-53.
const REFINED: u32 = 55;

fn accepted(certificate: &Certificate, network: &Network) -> Proved {
    let text = certificate.to_text(INPUT);
    let proved = check(text.as_bytes(), INPUT, network).unwrap();
    assert_eq!(coq_opinion(&opened(&text), network), (true, true), "the second opinion");
    proved
}

fn assert_refined(proved: &Proved, what: &str) {
    let most = BigUint::from(1_u32) << (proved.radius_unit_bits - REFINED);
    assert!(proved.radius <= most, "{what}: radius {} in units of 2^-{}", proved.radius, proved.radius_unit_bits);
    // The same of the cost: the gap is second order in the imbalance, or rounding.
    assert!(&proved.gap << REFINED <= proved.lower_cost, "{what}: gap {} of {}", proved.gap, proved.lower_cost);
}

/// `p|h_i − k_i|` for two certificates' log-scales, roots held, from the exact quotient of their scales.
fn distance(a: &Certificate, b: &Certificate, node: usize) -> f64 {
    let root = a.component[node];
    let top: BigUint = (&a.scale[node] * &b.scale[root]) << 128;
    let bottom: BigUint = &a.scale[root] * &b.scale[node];
    let excess: BigInt = BigInt::from(top / bottom) - (BigInt::from(1) << 128);
    let sign: f64 = if excess < BigInt::ZERO { -1.0 } else { 1.0 };
    let shift = excess.magnitude().bits().saturating_sub(60);
    let size = u64::try_from(excess.magnitude() >> shift).unwrap() as f64 * 2.0_f64.powi(shift as i32 - 128);
    (sign * size).ln_1p().abs()
}

fn radius(proved: &Proved) -> f64 {
    let shift = proved.radius.bits().saturating_sub(60);
    // One unit more, for what the shift cuts off.
    (u64::try_from(&proved.radius >> shift).unwrap() + 1) as f64
        * 2.0_f64.powi(shift as i32 - proved.radius_unit_bits as i32)
}

#[test]
fn every_embedded_network_is_certified_beyond_double_precision() {
    // Certificates are made of differences of log-scales: of degree one.
    let one = |case: &Case| case.network.activation.homogeneous_degrees().unwrap().are_one();
    for case in embedded_cases(1).unwrap().into_iter().filter(one) {
        let certificate = certified(&case.network, &case.spec, case.scope);
        assert_refined(&accepted(&certificate, &case.network), &case.name);
    }
}

#[test]
fn two_neurons_of_known_balance() {
    // Costs 16 and 1 (p = 1): balanced where E_0/E_1 = √16. Certified, and the truth is inside.
    let weights = Weights::from_triplets(2, vec![(0, 1, -16.0), (1, 0, 1.0)]).unwrap();
    let network = Network::recurrent(weights, Activation::Relu);
    let spec = CostSpec::power(1.0);
    let certificate = certified(&network, &spec, Scope::Whole);
    let proved = accepted(&certificate, &network);
    assert_refined(&proved, "two neurons");
    let least = BigUint::from(8_u32) << proved.cost_unit_bits;
    assert!(proved.lower_cost <= least && least <= proved.upper_cost, "the least cost is 4 + 4");
    // Off by 1e-6: the radius covers that, and is not twice as large but for the second order.
    let h = [16.0_f64.ln() / 2.0 + 1e-6, 0.0];
    let off = certify(&Problem::new(&network, &spec, Scope::Whole).unwrap(), &h, Refine::No, Costs::Rounded).unwrap();
    let claimed = radius(&accepted(&off, &network));
    // G = √2·g, g = (C_01 + C_10)·1e-6, over the curvature C_01 + C_10: 2√2·1e-6 to first order.
    assert!((1e-6..2.9e-6).contains(&claimed), "{claimed:e}");
    // Far off there is none.
    let far = certify(&Problem::new(&network, &spec, Scope::Whole).unwrap(), &[0.0, 0.0], Refine::No, Costs::Rounded);
    assert!(matches!(far, Err(CertifyError::NotBalancedEnough { .. })), "{far:?}");
}

/// The unit that the smallest of costs from 1e-36 to 1e36 asks for holds every cost exactly; the coarser one that the balanced costs, all
/// within a few decades, are content with does not, and its roundings count.
#[test]
fn costs_that_only_a_finer_unit_holds_exactly_are_certified() {
    let triplets = vec![(0, 1, 0.01), (0, 2, 0.001), (1, 0, 1e4), (1, 2, 0.001), (2, 0, 1e-9), (2, 1, 1e9)];
    let network = Network::recurrent(Weights::from_triplets(3, triplets).unwrap(), Activation::Relu);
    let spec = CostSpec::power(4.0);
    let certificate = certified(&network, &spec, Scope::Whole);
    assert_refined(&accepted(&certificate, &network), "a cycle of three");
    let problem = Problem::new(&network, &spec, Scope::Whole).unwrap();
    let balanced = problem.solve(Method::Newton, &Criteria::default()).unwrap();
    let given = certify(&problem, &balanced.log_scales, Refine::No, Costs::Rounded).unwrap();
    assert!(radius(&accepted(&given, &network)) < 1e-9);
}

proptest! {
    #![proptest_config(config(48, "tests/regressions/certificates.txt"))]

    #[test]
    fn random_networks_are_certified(recipe in recipes()) {
        let recipe = Recipe { alpha: AlphaKind::One, ..recipe };
        let (network, spec) = (recipe.network(), recipe.spec());
        let certificate = certified(&network, &spec, Scope::Whole);
        accepted(&certificate, &network);
    }

    /// Log-scales with a known error: the claimed radius covers the distance to a far better certificate, the claimed
    /// bounds hold of its cost.
    #[test]
    fn the_claims_about_worse_log_scales_are_true(recipe in crate::common::tame_recipes(), size in -12.0..-4.0_f64) {
        let recipe = Recipe { alpha: AlphaKind::One, ..recipe };
        let (network, spec) = (recipe.network(), recipe.spec());
        let fine = certified(&network, &spec, Scope::Whole);
        let fine_proved = accepted(&fine, &network);
        let mut random = stream(recipe.seed, 3);
        let mut h = Problem::new(&network, &spec, Scope::Whole).unwrap().solve(Method::Newton, &Criteria::default()).unwrap().log_scales;
        for value in &mut h {
            *value += 10.0_f64.powf(size) * random.random_range(-1.0..1.0);
        }
        match certify(&Problem::new(&network, &spec, Scope::Whole).unwrap(), &h, Refine::No, Costs::Rounded) {
            Ok(rough) => {
                let rough_proved = accepted(&rough, &network);
                // The quotients of scales are exact to 2^-128, their logarithms to two roundings.
                let reach = (radius(&rough_proved) + radius(&fine_proved)) * (1.0 + 4.0 * f64::EPSILON) + 2.0_f64.powi(-120);
                for node in 0..fine.scale.len() {
                    let distance = distance(&rough, &fine, node);
                    prop_assert!(distance <= reach, "node {node}: {distance:e} against {reach:e}");
                }
                // Both in the finer of the two units of cost.
                let (a, b) = (&rough_proved, &fine_proved);
                let (to_a, to_b) = (b.cost_unit_bits.saturating_sub(a.cost_unit_bits), a.cost_unit_bits.saturating_sub(b.cost_unit_bits));
                prop_assert!(&a.lower_cost << to_a <= &b.upper_cost << to_b, "a least cost above a cost");
                prop_assert!(&b.lower_cost << to_b <= &a.upper_cost << to_a, "a least cost above a cost");
            }
            // The first two kinds of failure say that the error is too large, and only there may they come.
            Err(CertifyError::NotBalancedEnough { .. } | CertifyError::TooWeak { .. }) if size > -9.0 => {}
            Err(reason) => prop_assert!(false, "{reason}"),
        }
    }
}

#[test]
fn what_cannot_be_certified_is_refused_by_name() {
    let ring = |weights: [f64; 2]| {
        let weights = Weights::from_triplets(2, vec![(0, 1, weights[0]), (1, 0, weights[1])]).unwrap();
        Network::recurrent(weights, Activation::Relu)
    };
    let network = ring([1.0, 1.0]);
    let attempt = |network: &Network, spec: &CostSpec, h: &[f64]| {
        certify(&Problem::new(network, spec, Scope::Whole).unwrap(), h, Refine::Yes, Costs::Rounded).unwrap_err()
    };
    for p in [0.3, 65.0, 0.03125] {
        assert_eq!(attempt(&network, &CostSpec::power(p), &[0.0, 0.0]), CertifyError::Exponent { p });
    }
    let alpha = CostSpec::power(2.0).with_alpha(Alpha::Sparse(vec![(0, 1, 2.0), (1, 0, 3.0)]));
    assert_eq!(attempt(&network, &alpha, &[0.0, 0.0]), CertifyError::Alpha);
    assert!(attempt(&network, &CostSpec::power(2.0), &[0.0]).is_bad_request(), "one log-scale for two neurons");
    assert!(attempt(&network, &CostSpec::power(2.0), &[0.0, f64::NAN]).is_bad_request());
    let far = attempt(&network, &CostSpec::power(2.0), &[0.0, 1e9]);
    assert!(!far.is_bad_request(), "{far:?}");
    let chain = Network::recurrent(Weights::from_triplets(2, vec![(0, 1, 1.0)]).unwrap(), Activation::Relu);
    let refused = Problem::new(&chain, &CostSpec::power(2.0), Scope::Whole).unwrap_err();
    assert!(matches!(refused, BalanceError::NotBalanceable { count: 1, .. }), "{refused}");
}

#[test]
fn robustness_costs_are_certified_with_the_gains_that_the_certificate_names() {
    let mut random = stream(14, 0);
    for (case, p) in [2.0, 1.0, 1.5, 0.5].into_iter().enumerate() {
        let ring = (0..7).map(|i| (i, (i + 1) % 7)).chain([(3, 0), (0, 4), (5, 2), (6, 6)]);
        let triplets = ring.map(|(i, j)| (i, j, random.random_range(-2.0..2.0))).collect();
        let network = Network::recurrent(Weights::from_triplets(7, triplets).unwrap(), Activation::Relu);
        let mut gains: Vec<f64> = (0..7).map(|_| random.random_range(0.01..1.0)).collect();
        let spec = |gains: &[f64]| CostSpec::power(p).with_alpha(Alpha::PerSource(gains.to_vec()));
        let certificate = certified(&network, &spec(&gains), Scope::Whole);
        let proved = accepted(&certificate, &network);
        assert_refined(&proved, "with gains");
        // The cost of the balanced network, by its definition.
        let problem = Problem::new(&network, &spec(&gains), Scope::Whole).unwrap();
        let h = problem.solve(Method::Newton, &Criteria::default()).unwrap().log_scales;
        let of = |(i, j, weight): (usize, usize, &f64)| gains[j] * (weight.abs() * (h[j] - h[i]).exp()).powf(p);
        let cost: f64 = network.weights.triplets().map(of).sum();
        let shift = proved.upper_cost.bits() - 53;
        let proved_cost = u64::try_from(&proved.upper_cost >> shift).unwrap() as f64
            * 2.0_f64.powi(shift as i32 - proved.cost_unit_bits as i32);
        // Second order in a balance of 1e-8, and roundings of a dozen terms.
        assert!((proved_cost / cost - 1.0).abs() < 1e-12, "{case}: {proved_cost:e} {cost:e}");
        // Another gain is another cost.
        gains[case] *= 1.5;
        let other = opened(&certified(&network, &spec(&gains), Scope::Whole).to_text(INPUT));
        let mut swapped = opened(&certificate.to_text(INPUT));
        swapped["alpha"] = other["alpha"].clone();
        check(resealed(&swapped).as_bytes(), INPUT, &network).unwrap_err();
        swapped.as_object_mut().unwrap().remove("alpha");
        check(resealed(&swapped).as_bytes(), INPUT, &network).unwrap_err();
        // Gains of 1 are the plain cost, and a certificate without gains is about it.
        let plain = certified(&network, &CostSpec::power(p), Scope::Whole);
        assert_eq!(plain, certified(&network, &spec(&[1.0; 7]), Scope::Whole));
        assert!(opened(&plain.to_text(INPUT)).get("alpha").is_none());
    }
}

#[test]
fn networks_without_anything_to_balance_have_certificates() {
    for triplets in [vec![], vec![(0, 0, 3.0), (1, 1, 0.1)]] {
        let network = Network::recurrent(Weights::from_triplets(3, triplets).unwrap(), Activation::Relu);
        for p in [0.5, 2.0] {
            let certificate = certified(&network, &CostSpec::power(p), Scope::Whole);
            let proved = accepted(&certificate, &network);
            assert_eq!(proved.components, 0);
        }
    }
}

#[test]
fn costs_beyond_double_precision_are_certified() {
    // The square of 1e-200 is no f64, that of 1e180 neither; in a ring they even out.
    let triplets = vec![(0, 1, 1e180), (1, 2, -1e-200), (2, 0, 1e10), (0, 2, 1e170)];
    let network = Network::recurrent(Weights::from_triplets(3, triplets).unwrap(), Activation::Relu);
    let certificate = certified(&network, &CostSpec::power(2.0), Scope::Whole);
    assert_refined(&accepted(&certificate, &network), "a wide ring");
}
