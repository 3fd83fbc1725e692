//! The ends of what can be given: no synapse, one neuron, weights from 1e-300 to 1e300.

use crate::common::config;
use nalgebra::DMatrix;
use proptest::prelude::*;
use rand::Rng;
use synbal::balance::{BalanceError, Criteria, Method, Problem, Run, Scope, Status};
use synbal::cost::{CostError, CostGraph, CostSpec};
use synbal::network::random::{random_network, stream};
use synbal::network::{Activation, Network, NetworkError, Weights, times_power_of_two};
use synbal::scalar::UNIT_ROUNDOFF;

pub(crate) const EXPONENTS: [f64; 4] = [0.5, 1.0, 2.0, 3.0];
/// The robust methods, and the default among them.
pub(crate) const NEWTONS: [Method; 3] = [Method::Newton, Method::NewtonCg, Method::Auto];
pub(crate) const SWEEP_AND_NEWTON: [Method; 4] = [Method::Newton, Method::NewtonCg, Method::Auto, Method::Osborne];

type Triplets = Vec<(usize, usize, f64)>;

pub(crate) fn network(n: usize, triplets: Triplets) -> Network {
    Network::recurrent(Weights::from_triplets(n, triplets).unwrap(), Activation::Relu)
}

pub(crate) fn solve(network: &Network, p: f64, method: Method) -> Result<Run, BalanceError> {
    let stop = Criteria::new(1e-10, 200_000);
    Problem::new(network, &CostSpec::power(p), Scope::Whole).and_then(|problem| problem.solve(method, &stop))
}

/// Incoming and outgoing cost of every neuron, from the weights alone: dense, O(n²), no frame. Each neuron's sums are
/// in units of the p-th power of the largest weight at it, so that nothing leaves the range of f64.
fn naive_sums(weights: &Weights, p: f64) -> Vec<(f64, f64)> {
    let dense = weights.to_dense();
    let n = dense.nrows();
    (0..n)
        .map(|i| {
            let others = || (0..n).filter(move |&j| j != i);
            let unit = others().map(|j| dense[(i, j)].abs().max(dense[(j, i)].abs())).fold(0.0, f64::max);
            if unit == 0.0 {
                return (0.0, 0.0);
            }
            let incoming = others().map(|j| (dense[(i, j)].abs() / unit).powf(p)).sum();
            let outgoing = others().map(|j| (dense[(j, i)].abs() / unit).powf(p)).sum();
            (incoming, outgoing)
        })
        .collect()
}

fn naive_imbalance(weights: &Weights, p: f64) -> f64 {
    naive_sums(weights, p)
        .into_iter()
        .map(|(r, c)| if r + c > 0.0 { (r - c).abs() / (r + c) } else { 0.0 })
        .fold(0.0, f64::max)
}

/// What rounding adds to a relative imbalance: two sums of at most n powers, each power within (p + 3)u here (quotient,
/// power) and (p + 1)u in the program; and both compute a difference and a quotient.
fn imbalance_rounding(n: usize, p: f64) -> f64 {
    4.0 * (n as f64 + p + 8.0) * UNIT_ROUNDOFF
}

/// Everything that holds of any outcome: the status is honest, and the imbalance reported is that of the weights put
/// out.
pub(crate) fn assert_honest(found: &Run, p: f64) {
    let n = found.network.weights.neurons();
    let naive = naive_imbalance(&found.network.weights, p);
    let rounding = imbalance_rounding(n, p);
    assert!(
        (naive - found.imbalance_final).abs() <= rounding,
        "reported {:e}, measured {naive:e}",
        found.imbalance_final
    );
    if found.outcome.status.is_balanced() {
        assert!(naive <= 1e-10 + rounding, "{naive:e}");
    } else {
        assert!(
            matches!(
                found.outcome.status,
                Status::PassLimit { .. }
                    | Status::IterationLimit { .. }
                    | Status::LostToRounding
                    | Status::Stalled
                    | Status::NotPositiveDefinite { .. }
                    | Status::NotFinite { .. }
            ),
            "{:?}",
            found.outcome.status
        );
        assert!(found.imbalance_final > 1e-10 || found.outcome.imbalance > 1e-10);
    }
    assert!(found.log_scales.iter().all(|value| value.is_finite()));
}

/// How far the logarithms of two balanced rescalings of one matrix can be apart. With `δ` the difference of the
/// log-scales, orthogonal to the constants, `δ·(∇C₂ − ∇C₁) ≥ p² λ₂ e^{−p osc δ} ‖δ‖²` (the Hessian along the segment is
/// p² times a Laplacian with couplings within `e^{±p osc δ}`), so `‖δ‖₂ ≤ (‖∇C₁‖ + ‖∇C₂‖) e^{p osc δ}/(p² λ₂)`, and a
/// log-weight moves by at most `2‖δ‖`. `‖∇C‖ ≤ p t ‖r + c‖₂` for an imbalance t.
fn log_weight_bound(balanced: &Weights, p: f64, imbalance: f64) -> f64 {
    let dense = balanced.to_dense();
    let n = dense.nrows();
    let largest = dense.amax();
    let cost = |i: usize, j: usize| (dense[(i, j)].abs() / largest).powf(p);
    let coupling = DMatrix::from_fn(n, n, |i, j| if i == j { 0.0 } else { cost(i, j) + cost(j, i) });
    let degrees = DMatrix::from_diagonal(&coupling.column_sum());
    let gradient = p * imbalance * degrees.norm();
    let mut spectrum: Vec<f64> = (degrees - coupling).symmetric_eigenvalues().iter().copied().collect();
    spectrum.sort_by(f64::total_cmp);
    // The computed eigenvalue may be off by a few n u‖L‖.
    let lambda = spectrum[1] - 10.0 * n as f64 * f64::EPSILON * spectrum[n - 1];
    assert!(lambda > 0.0, "too weakly connected for this bound");
    // e^{p osc δ} ≤ 2 is checked below by the result being small.
    let bound = 2.0 * 2.0 * (2.0 * gradient) / (p * p * lambda);
    assert!(p * bound <= std::f64::consts::LN_2, "{bound}");
    bound
}

fn assert_same_weights(a: &Run, b: &Run, p: f64, unit_shift: i32) {
    let n = a.network.weights.neurons();
    let imbalance = a.imbalance_final.max(b.imbalance_final) + imbalance_rounding(n, p);
    let largest = a.log_scales.iter().chain(&b.log_scales).fold(0.0_f64, |largest, h| largest.max(h.abs()));
    // Both transforms round: exponents |t|u with t a difference of scales that are rounded sums themselves.
    let bound = log_weight_bound(&a.network.weights, p, imbalance) + UNIT_ROUNDOFF * (16.0 * largest + 32.0);
    for ((i, j, x), y) in a.network.weights.triplets().zip(b.network.weights.values()) {
        let ratio = times_power_of_two(*y, -unit_shift) / x;
        assert!((ratio - 1.0).abs() <= bound.exp_m1(), "from {j} to {i}: {x} and {y}, bound {bound:e}");
    }
}

/// Convexity bounds the difference of two costs: `C₁ − C₂ ≤ ∇C₁·(h₁ − h₂) ≤ p t₁ Σ(r + c) max|δ| = 2 p t₁ C₁ max|δ|`,
/// whatever the network.
pub(crate) fn assert_costs_agree(a: &Run, b: &Run, p: f64) {
    let apart = a.outcome.h.iter().zip(&b.outcome.h).map(|(x, y)| (x - y).abs()).fold(0.0, f64::max);
    let spread = a.outcome.h.iter().chain(&b.outcome.h).fold(0.0_f64, |spread, h| spread.max(h.abs()));
    let rounding = UNIT_ROUNDOFF * (a.graph.pattern().len() as f64 + 8.0 * p * spread + 32.0);
    let cost = a.outcome.cost.max(b.outcome.cost);
    let t = a.outcome.imbalance.max(b.outcome.imbalance) + imbalance_rounding(a.graph.nodes(), p);
    let bound = cost * (2.0 * p * t * apart + 2.0 * rounding);
    assert!((a.outcome.cost - b.outcome.cost).abs() <= bound, "{} and {}", a.outcome.cost, b.outcome.cost);
}

/// A matrix that balances well: all pairs, weights within a few decades, some of them negative.
fn well_behaved(seed: u64, n: usize) -> Network {
    Network::recurrent(random_network(&mut stream(seed, 0), n, 1.0, 1.0).unwrap(), Activation::Relu)
}

#[test]
fn one_neuron_with_and_without_a_synapse_onto_itself() {
    for p in EXPONENTS {
        for &method in Method::ALL {
            for (triplets, cost) in [(vec![], 0.0), (vec![(0, 0, -1.0)], 1.0)] {
                let found = solve(&network(1, triplets.clone()), p, method).unwrap();
                assert_eq!(found.outcome.status, Status::Balanced, "{method:?}");
                assert_eq!(found.log_scales, [0.0]);
                assert_eq!((found.cost_initial, found.outcome.cost), (cost, cost));
                assert_eq!(found.network, network(1, triplets));
            }
        }
    }
    assert_eq!(solve(&network(1, vec![(0, 0, 1e300)]), 2.0, Method::Newton).unwrap().outcome.status, Status::Balanced);
}

#[test]
fn no_synapse_at_all_is_balanced_and_no_neuron_is_an_error() {
    for &method in Method::ALL {
        let found = solve(&network(5, vec![]), 2.0, method).unwrap();
        assert_eq!(found.outcome.status, Status::Balanced);
        assert_eq!(found.outcome.cost, 0.0);
        // Zeros given explicitly are no synapses either.
        let zeros = Weights::from_dense(&DMatrix::from_element(5, 5, -0.0)).unwrap();
        assert_eq!(zeros.synapses(), 0);
        let found = solve(&Network::recurrent(zeros, Activation::Linear), 2.0, method).unwrap();
        assert_eq!(found.log_scales, [0.0; 5]);
    }
    assert_eq!(Weights::from_triplets(0, vec![]), Err(NetworkError::NoNeurons));
    assert_eq!(Weights::from_dense(&DMatrix::zeros(0, 0)), Err(NetworkError::NoNeurons));
    assert_eq!(Weights::from_dense(&DMatrix::zeros(0, 3)), Err(NetworkError::NotSquare { rows: 0, columns: 3 }));
}

#[test]
fn a_unit_of_weight_of_1e300_or_1e_minus_300_changes_nothing() {
    for p in EXPONENTS {
        for (seed, shift) in [(1, 990), (2, -990)] {
            let plain = well_behaved(seed, 12);
            let values = plain.weights.values().iter().map(|&value| times_power_of_two(value, shift)).collect();
            let moved = Network { weights: plain.weights.with_values(values), ..plain.clone() };
            for method in SWEEP_AND_NEWTON {
                let (a, b) = (solve(&plain, p, method).unwrap(), solve(&moved, p, method).unwrap());
                assert_eq!(a.outcome.status, Status::Balanced);
                assert_eq!(b.outcome.status, Status::Balanced, "2^{shift}, p = {p}, {method:?}");
                assert_honest(&b, p);
                assert_same_weights(&a, &b, p, shift);
            }
        }
    }
}

#[test]
fn a_wild_change_of_scale_is_undone_exactly() {
    for p in EXPONENTS {
        for seed in 1..=4 {
            let n = 10;
            let plain = well_behaved(seed, n);
            let mut random = stream(seed, 1);
            // ±500 at the two ends, anything between for the others.
            let exponents: Vec<i32> = (0..n)
                .map(|i| match i {
                    0 => 500,
                    1 => -500,
                    _ => random.random_range(-500..=500),
                })
                .collect();
            let triplets = plain
                .weights
                .triplets()
                .map(|(i, j, &value)| (i, j, times_power_of_two(value, exponents[j] - exponents[i])))
                .collect();
            let wild = network(n, triplets);
            for method in SWEEP_AND_NEWTON {
                let (a, b) = (solve(&plain, p, method).unwrap(), solve(&wild, p, method).unwrap());
                assert_eq!(b.outcome.status, Status::Balanced, "seed {seed}, p = {p}, {method:?}");
                assert!(b.log_scales.iter().any(|h| h.abs() > 300.0), "the scales really are wild");
                assert_honest(&b, p);
                assert_same_weights(&a, &b, p, 0);
            }
        }
    }
}

#[test]
fn a_range_that_no_frame_fits_is_refused_with_the_synapse() {
    // The products of the two cycles, 1e600 and 1e-600, are the same in every frame.
    let triplets = vec![(0, 1, 1e300), (1, 0, 1e300), (0, 2, 1e-300), (2, 0, -1e-300)];
    for p in [1.0, 2.0, 3.0] {
        for &method in Method::ALL {
            let refused = solve(&network(3, triplets.clone()), p, method);
            assert!(
                matches!(
                    refused,
                    Err(BalanceError::Cost(CostError::CostOutOfRange { target: 0, source_index: 2, log2_cost }))
                        if log2_cost < -1000.0
                ),
                "p = {p}: {refused:?}"
            );
        }
    }
    // With p = 1/2 the costs are 1e±150: they fit.
    for method in SWEEP_AND_NEWTON {
        let found = solve(&network(3, triplets.clone()), 0.5, method).unwrap();
        assert_honest(&found, 0.5);
    }
}

#[test]
fn a_ring_of_1e150_and_1e_minus_150_becomes_its_geometric_mean() {
    for p in EXPONENTS {
        // A hundred are beyond what the default solves densely at once.
        for n in [2, 3, 10, 40, 100] {
            let mut random = stream(n as u64, 2);
            let decades: Vec<f64> = (0..n).map(|_| random.random_range(-150.0..150.0)).collect();
            let triplets: Triplets = (0..n).map(|i| ((i + 1) % n, i, 10.0_f64.powf(decades[i]))).collect();
            let mean = triplets.iter().map(|(_, _, value)| value.ln()).sum::<f64>() / n as f64;
            for method in NEWTONS {
                let found = solve(&network(n, triplets.clone()), p, method).unwrap();
                assert_honest(&found, p);
                // Scales walk at random round a ring, hundreds of decades far in a long one: conjugate gradients may stall,
                // and say so; the default must not, short of cubes in the longest, where even the elimination that
                // subtracts nothing leaves the range of f64.
                let stalled = method == Method::NewtonCg && n >= 40 && found.outcome.status == Status::Stalled;
                let beyond = n == 100 && p == 3.0;
                if stalled || (beyond && !found.outcome.status.is_balanced()) {
                    continue;
                }
                assert_eq!(found.outcome.status, Status::Balanced, "n = {n}, p = {p}, {method:?}");
                // Neighbouring costs agree to the factor (1 + t)/(1 − t); from any to the mean it is at most n of them,
                // a p-th of that in a log-weight. Logarithms below 346, their sum and the scales: rounding.
                let t = found.imbalance_final;
                let rounding = UNIT_ROUNDOFF * (16.0 * 346.0 + 32.0) * n as f64;
                let bound = n as f64 * ((1.0 + t) / (1.0 - t)).ln() / p + rounding;
                for value in found.network.weights.values() {
                    assert!((value.ln() - mean).abs() <= bound, "n = {n}, p = {p}, {method:?}: {}", value.ln() - mean);
                }
            }
        }
    }
}

/// On a chain every pair of neighbours is cut off by itself, so `C_ij = C_ji`: both become the geometric mean.
#[test]
fn a_chain_balances_pair_by_pair() {
    for (p, method) in EXPONENTS.into_iter().flat_map(|p| NEWTONS.map(|method| (p, method))) {
        for n in [2, 5, 30] {
            for decades in [0.5, 12.0, 150.0] {
                let mut random = stream(n as u64, 3);
                let mut triplets = Vec::new();
                for i in 1..n {
                    // Reciprocal pairs of wild ratio whose products stay near 1.
                    let e = random.random_range(-decades..decades);
                    triplets.push((i, i - 1, 10.0_f64.powf(e)));
                    triplets.push((i - 1, i, -10.0_f64.powf(random.random_range(-0.5..0.5) - e)));
                }
                let given = network(n, triplets);
                let found = solve(&given, p, method).unwrap();
                // Costs of 1e±450 that are even at each neuron's largest, not at each pair, are beyond the frame.
                let within_reach = p * decades <= 300.0;
                assert!(
                    found.outcome.status.is_balanced() || !within_reach,
                    "n = {n}, p = {p}, {decades} decades, {method:?}: {:?}",
                    found.outcome.status
                );
                assert_honest(&found, p);
                let (before, after) = (&given.weights, &found.network.weights);
                let find = |weights: &Weights, i, j| weights.values()[weights.pattern().find(i, j).unwrap()].abs();
                // The flow over a cut is the sum of the imbalances of one side: at most t Σ(r + c), all costs.
                let total: f64 = after.values().iter().map(|value| value.abs().powf(p)).sum();
                let t = found.imbalance_final + imbalance_rounding(n, p);
                let largest = found.log_scales.iter().fold(0.0_f64, |largest, h| largest.max(h.abs()));
                for i in 1..n {
                    let mean = (find(before, i, i - 1).ln() + find(before, i - 1, i).ln()) / 2.0;
                    let least = find(after, i, i - 1).min(find(after, i - 1, i)).powf(p);
                    let bound = 2.0 * t * total / least / p + UNIT_ROUNDOFF * (16.0 * largest + 16.0 * 346.0 + 32.0);
                    for value in [find(after, i, i - 1), find(after, i - 1, i)] {
                        assert!((value.ln() - mean).abs() <= bound, "n = {n}, p = {p}, {decades} decades, pair {i}");
                    }
                }
            }
        }
    }
}

/// The frame of a graph is exact: the weights seen through it are those given times the stated powers of two.
#[test]
fn the_frame_of_a_graph_is_exact() {
    let triplets = vec![(0, 1, 3e250), (1, 2, -7e-130), (2, 0, 5e-120), (1, 1, 1e-20), (0, 2, 1e90)];
    let given = network(3, triplets);
    let graph = CostGraph::of_network(&given, &CostSpec::power(2.0)).unwrap();
    assert!(!graph.prescaling().is_identity());
    for (e, i, j) in graph.pattern().iter() {
        let weight = given.weights.values()[given.weights.pattern().find(i, j).unwrap()];
        assert_eq!(times_power_of_two(graph.weight()[e], -graph.prescaling().shift(i, j)), weight);
        let lifted = graph.prescaling().log_scale(j) - graph.prescaling().log_scale(i);
        let shift = f64::from(graph.prescaling().shift(i, j) + graph.prescaling().unit()) * std::f64::consts::LN_2;
        assert!((lifted - shift).abs() <= 4.0 * UNIT_ROUNDOFF * (shift.abs() + 1000.0));
    }
}

/// A strongly connected network whose weights are `±10^e`, e uniform within ±decades.
fn wild(n: usize, density: f64, decades: f64, seed: u64) -> Network {
    let mut random = stream(seed, 6);
    let mut triplets = Vec::new();
    for i in 0..n {
        for j in 0..n {
            if (j + 1) % n == i || random.random_bool(density) {
                let sign = if random.random_bool(0.5) { 1.0 } else { -1.0 };
                triplets.push((i, j, sign * 10.0_f64.powf(random.random_range(-decades..=decades))));
            }
        }
    }
    network(n, triplets)
}

/// The imbalance put out was once measured through a frame, which is another network.
#[test]
fn imbalance_is_that_of_the_weights_not_of_their_frame() {
    let given = wild(18, 0.1, 50.0, 1_296_144_261_724_992_021);
    for method in SWEEP_AND_NEWTON {
        let stop = Criteria::new(1e-10, 20_000);
        let found = Problem::new(&given, &CostSpec::power(2.0), Scope::Whole).unwrap().solve(method, &stop).unwrap();
        assert_honest(&found, 2.0);
    }
}

proptest! {
    #![proptest_config(config(600, "tests/regressions/extremes.txt"))]

    #[test]
    fn wild_networks_are_balanced_or_honestly_not(
        n in 1_usize..25,
        density in prop_oneof![Just(0.0), Just(0.1), Just(0.5), Just(1.0)],
        decades in prop_oneof![Just(0.0), Just(3.0), Just(6.0), Just(50.0), Just(100.0), Just(150.0)],
        p in prop_oneof![Just(0.5), Just(1.0), Just(2.0), Just(3.0)],
        seed in any::<u64>(),
    ) {
        let given = wild(n, density, decades, seed);
        let stop = Criteria::new(1e-10, 20_000);
        let mut balanced = Vec::new();
        for method in SWEEP_AND_NEWTON {
            match Problem::new(&given, &CostSpec::power(p), Scope::Whole).and_then(|problem| problem.solve(method, &stop)) {
                Ok(found) => {
                    assert_honest(&found, p);
                    // Six decades are no excuse for Newton.
                    let moderate = decades * p <= 12.0 && method == Method::Newton;
                    prop_assert!(!moderate || found.outcome.status.is_balanced(), "{:?}", found.outcome.status);
                    if found.outcome.status.is_balanced() {
                        balanced.push(found);
                    }
                }
                Err(error) => {
                    let out_of_range = matches!(
                        error,
                        BalanceError::Cost(CostError::CostOutOfRange { .. })
                            | BalanceError::Network(NetworkError::RescaledOutOfRange { .. })
                    );
                    prop_assert!(out_of_range && decades * p >= 50.0, "{method:?}: {error:?}");
                }
            }
        }
        for pair in balanced.windows(2) {
            assert_costs_agree(&pair[0], &pair[1], p);
        }
    }
}

/// A self-synapse costs the same before and after. Beside costs of 2^-1060 of it, in whose unit `f64` does not hold it, it was left out.
#[test]
fn self_synapses_are_in_every_total_however_large() {
    for (own, other, log2) in
        [(1.0, 1e-160, 0.0), (1e200, 1.0, 400.0 * 10_f64.log2()), (1e155, 1.0, 310.0 * 10_f64.log2())]
    {
        let weights = vec![(0, 0, own), (0, 1, other), (1, 0, other)];
        let network = Network::recurrent(Weights::from_triplets(2, weights).unwrap(), Activation::Relu);
        let problem = Problem::new(&network, &CostSpec::power(2.0), Scope::Whole).unwrap();
        let run = problem.solve(Method::Newton, &Criteria::default()).unwrap();
        for found in [run.log2_cost_initial, run.log2_cost_final] {
            assert!((found - log2).abs() <= 1e-12 * (1.0 + log2), "{own:e}: 2^{found}, expected 2^{log2}");
        }
        let cost = if log2 < 1000.0 { 1.0 } else { f64::INFINITY };
        assert_eq!((run.cost_initial, run.cost_final), (cost, cost), "{own:e}");
    }
}
