//! Newton's method to many digits, against closed forms, other starts and other eliminations.

use crate::common::{Recipe, config, recipes};
use proptest::prelude::*;
use rug::Float;
use rug::ops::Pow;
use synbal::balance::{
    LinearSolver, Precise, PreciseError, balance_to_digits, balance_to_digits_by, fix_gauge, reference_to_digits,
};
use synbal::cost::{CostGraph, CostSpec};
use synbal::flow::node_costs;
use synbal::io::embedded::celegans;
use synbal::network::random::{normals, random_network, stream};
use synbal::network::{Activation, Homogeneity, Network, NetworkError, Weights, rescale_network};
use synbal::scalar::{Multi, Scalar};

fn graph_of(n: usize, triplets: Vec<(usize, usize, f64)>, p: f64) -> CostGraph {
    let network = Network::recurrent(Weights::from_triplets(n, triplets).unwrap(), Activation::Relu);
    CostGraph::of_network(&network, &CostSpec::power(p)).unwrap()
}

/// 10^-digits.
fn unit(digits: usize) -> Float {
    Float::with_val(64, 10).pow(-(digits as i32))
}

/// `|a/b − 1|`.
fn relative_difference(a: &Multi, b: &Multi) -> Float {
    let bits = a.bits().max(b.bits()) + 64;
    let quotient = Float::with_val(bits, a.as_float() / b.as_float());
    Float::with_val(bits, quotient - 1u32).abs()
}

/// That two numbers agree to `digits` places.
fn assert_agree(found: &Multi, expected: &Float, digits: usize, what: &str) {
    let bits = found.bits().max(expected.prec()) + 64;
    let difference = Float::with_val(bits, found.as_float() - expected).abs();
    assert!(difference <= unit(digits), "{what}: off by {:.3}", Float::with_val(64, difference));
}

/// Imbalance at the log-scales printed, measured afresh from their decimals at a precision of its own: log-scales off by
/// half a unit of the last place move each cost by at most a relative p·10^-digits, and so the imbalance.
fn assert_balanced_as_printed(graph: &CostGraph, found: &Precise) {
    assert!(graph.prescaling().is_identity());
    let bits = (found.digits as f64 * std::f64::consts::LOG2_10) as u32 + 200;
    let h: Vec<Multi> =
        found.log_scales_decimal().iter().map(|text| Multi::from_decimal(bits, text).unwrap()).collect();
    let lifted = graph.lifted(|x| Multi::from_f64(bits, x).unwrap());
    let costs = lifted.costs_at(&h);
    let sums = node_costs(lifted.pattern(), &costs, &h[0].lift(0.0));
    let allowed = unit(found.digits) * (1.0 + graph.p());
    assert!(*sums.largest_relative_imbalance().as_float() <= allowed);
    // The cost to all digits: its own change is of second order.
    assert!(relative_difference(&lifted.total(&costs), &found.cost) <= unit(found.digits), "the cost");
    let printed = Multi::from_decimal(bits, &found.cost_decimal()).unwrap();
    // Half a unit of the last of so many digits, relative to a first digit of 1.
    assert!(
        relative_difference(&printed, &found.cost) <= Float::with_val(64, unit(found.digits) * 5u32),
        "the printed cost"
    );
}

/// The next digits from the last ones: at least `factor` times as many each full step, and never fewer.
fn assert_quadratic(found: &Precise) {
    let digits: Vec<f64> = found.trace.iter().map(|step| -step.log10_imbalance).collect();
    assert!(digits.len() > 3, "{digits:?}");
    for pair in digits.windows(2) {
        // Up to the end, where precision and not the step decides.
        assert!(pair[1] >= 1.8 * pair[0] || pair[1] >= found.digits as f64, "{digits:?}");
    }
    for pair in found.trace.windows(2) {
        assert!(pair[1].bits >= pair[0].bits, "{:?}", found.trace);
    }
}

#[test]
fn two_neurons_to_a_thousand_digits() {
    // 9 e^{2(h_1 - h_0)} = e^{2(h_0 - h_1)}: h_0 - h_1 = ln(9)/4, and both costs are 3.
    let graph = graph_of(2, vec![(0, 1, 3.0), (1, 0, 1.0)], 2.0);
    let found = reference_to_digits(&graph, 1000).unwrap();
    let half = Float::with_val(4000, 9).ln() / 8;
    assert_agree(&found.log_scales[0], &half, 1000, "h_0");
    assert_agree(&found.log_scales[1], &-half, 1000, "h_1");
    assert_agree(&found.cost, &Float::with_val(4000, 6), 999, "the cost");
    assert_eq!(found.cost_decimal().trim_end_matches('0'), "6.");
    assert_quadratic(&found);
    assert_balanced_as_printed(&graph, &found);
    assert!(!found.used_star_mesh());
}

#[test]
fn a_ring_to_three_hundred_digits_for_all_exponents() {
    // All weights become the geometric mean G: ln J_ij + h_j - h_i = ln G.
    let values = [3.0, 0.5, 7.0, 1e-3, 11.0];
    let n = values.len();
    for p in [0.5, 1.0, 1.5, 2.0, 3.0] {
        let triplets = values.iter().enumerate().map(|(j, &value)| ((j + 1) % n, j, value)).collect();
        let graph = graph_of(n, triplets, p);
        let found = reference_to_digits(&graph, 300).unwrap();
        let logs = values.map(|value: f64| Float::with_val(1200, value).ln());
        let mut mean = Float::new(1200);
        for log in &logs {
            mean += log;
        }
        mean /= n as u32;
        let mut h = vec![Float::new(1200)];
        for log in &logs[..n - 1] {
            let next = Float::with_val(1200, h.last().unwrap() + log) - &mean;
            h.push(next);
        }
        let sum = Float::with_val(1200, Float::sum(h.iter()));
        for (i, expected) in h.iter().enumerate() {
            let expected = Float::with_val(1200, expected - Float::with_val(1200, &sum / n as u32));
            assert_agree(&found.log_scales[i], &expected, 300, &format!("p = {p}, h_{i}"));
        }
        let cost = Float::with_val(1200, mean * p).exp() * n as u32;
        assert_agree(&found.cost, &cost, 298, "the cost");
        assert_balanced_as_printed(&graph, &found);
    }
}

#[test]
fn the_worm_to_a_thousand_digits() {
    let network = Network::recurrent(celegans().unwrap(), Activation::Relu);
    let graph = CostGraph::of_network(&network, &CostSpec::power(2.0)).unwrap().within_components();
    let started = std::time::Instant::now();
    let found = reference_to_digits(&graph, 1000).unwrap();
    eprintln!("{:.3} s, {:#?}", started.elapsed().as_secs_f64(), found.trace);
    assert!(found.log10_imbalance <= -1000.0);
    assert!(!found.used_star_mesh());
    assert_quadratic(&found);
    assert_balanced_as_printed(&graph, &found);

    // From another start, so far away that the first steps are damped.
    let start = normals(&mut stream(5, 0), graph.nodes(), 1.0);
    let other = balance_to_digits(&graph, &start, 1000).unwrap();
    for (i, (a, b)) in found.log_scales.iter().zip(&other.log_scales).enumerate() {
        assert_agree(a, b.as_float(), 1000, &format!("h_{i}"));
    }
    assert_eq!(found.cost_decimal(), other.cost_decimal());
}

#[test]
fn both_linear_solvers_give_the_same_digits() {
    for (n, p) in [(8, 0.5), (12, 1.5), (5, 3.0)] {
        let weights = random_network(&mut stream(n as u64, 3), n, 0.4, 1.0).unwrap();
        let graph = CostGraph::of_network(&Network::recurrent(weights, Activation::Relu), &CostSpec::power(p)).unwrap();
        let start = vec![0.0; n];
        let by = |solver| balance_to_digits_by(&graph, &start, 400, solver).unwrap();
        let (refined, eliminated) = (by(LinearSolver::Refinement), by(LinearSolver::StarMesh));
        assert!(!refined.used_star_mesh() && eliminated.used_star_mesh());
        for (a, b) in refined.log_scales.iter().zip(&eliminated.log_scales) {
            assert_agree(a, b.as_float(), 400, "h");
        }
        assert_quadratic(&eliminated);
        assert_balanced_as_printed(&graph, &refined);
    }
}

#[test]
fn costs_over_three_hundred_decades() {
    // Two neurons and back: 1e150 and 1e-150 (p = 2), through a frame; the closed form as above.
    let (a, b) = (1e150, 1e-150);
    let graph = graph_of(2, vec![(0, 1, a), (1, 0, b)], 2.0);
    let found = reference_to_digits(&graph, 400).unwrap();
    let ratio = Float::with_val(2000, a) / b;
    let half = ratio.ln() / 4;
    assert_agree(&found.log_scales[0], &half, 400, "h_0");
    let cost = Float::with_val(2000, Float::with_val(2000, a) * b) * 2;
    assert_agree(&found.cost, &cost, 399, "the cost");

    // A triangle of strong couplings to a weak outside: 1e75 against 1e-75 in the weights, 1e300 in the costs.
    let strong = [(0, 1, 1e75), (1, 0, 2e75)];
    let weak = [(2, 1, 3e-75), (0, 2, 5e-75), (3, 2, 1.0), (2, 3, 7.0)];
    let triplets: Vec<_> = strong.into_iter().chain(weak).collect();
    let graph = graph_of(4, triplets.clone(), 2.0);
    let found = reference_to_digits(&graph, 300).unwrap();
    assert!(found.log10_imbalance <= -300.0);
    let mut start = vec![0.0, 1.0, -2.0, 3.0];
    fix_gauge(&graph, &mut start);
    let other = balance_to_digits_by(&graph, &start, 300, LinearSolver::StarMesh).unwrap();
    for (a, b) in found.log_scales.iter().zip(&other.log_scales) {
        assert_agree(a, b.as_float(), 300, "h");
    }
    // The balance of each neuron, written out from the weights as given.
    let bits = 3000;
    let mut net = vec![Float::new(bits); 4];
    let mut size = vec![Float::new(bits); 4];
    for (i, j, weight) in triplets {
        let difference = Float::with_val(bits, found.log_scales[j].as_float() - found.log_scales[i].as_float());
        let cost = Float::with_val(bits, weight).square() * Float::with_val(bits, difference * 2u32).exp();
        net[i] += &cost;
        net[j] -= &cost;
        size[i] += &cost;
        size[j] += &cost;
    }
    for (net, size) in net.into_iter().zip(size) {
        assert!(net.abs() / size <= unit(298));
    }
}

#[test]
fn self_synapses_count_in_full_precision() {
    // 0.1^3 is no f64: the cost of the self-synapse must not be rounded to one.
    let graph = graph_of(2, vec![(0, 0, 0.1), (0, 1, 1.0), (1, 0, 1.0)], 3.0);
    let found = reference_to_digits(&graph, 200).unwrap();
    let expected = Float::with_val(900, 0.1).pow(3) + 2;
    assert_agree(&found.cost, &Float::with_val(900, expected), 199, "the cost");
}

#[test]
fn bad_requests_are_refused() {
    let graph = graph_of(2, vec![(0, 1, 3.0), (1, 0, 1.0)], 2.0);
    for digits in [0, 100_001, usize::MAX] {
        assert_eq!(balance_to_digits(&graph, &[0.0; 2], digits), Err(PreciseError::DigitsOutOfRange { digits }));
    }
    let wrong = PreciseError::WrongNumberOfScales { nodes: 2, given: 3 };
    assert_eq!(balance_to_digits(&graph, &[0.0; 3], 50), Err(wrong));
    let found = balance_to_digits(&graph, &[0.0, f64::INFINITY], 50);
    assert_eq!(found, Err(PreciseError::ScaleNotFinite { node: 1, value: f64::INFINITY }));
    let chain = graph_of(2, vec![(0, 1, 3.0)], 2.0);
    assert_eq!(balance_to_digits(&chain, &[0.0; 2], 50), Err(PreciseError::NotBalanceable { count: 1 }));
}

/// Weights that only the wider number system holds are refused, not rounded to infinity or to no synapse.
#[test]
fn what_f64_cannot_hold_is_not_rounded() {
    let weights = Weights::from_triplets(2, vec![(0, 1, 3.0), (1, 0, 1.0)]).unwrap();
    let multi = |x| Multi::from_f64(100, x).unwrap();
    let lifted = Network::recurrent(weights, Activation::Relu).lifted(multi);
    let rounded = |h: f64| rescale_network(&lifted, &[multi(h), multi(0.0)], Homogeneity::Required).unwrap().rounded();
    assert_eq!(rounded(0.0).unwrap().weights.values(), [3.0, 1.0]);
    // The first is 3 e^-800, the other e^800; the other way round for -800.
    let refused = |row, column, rounded| NetworkError::RoundedOutOfRange { what: "the weights", row, column, rounded };
    assert_eq!(rounded(800.0), Err(refused(0, 1, 0.0)));
    assert_eq!(rounded(-800.0), Err(refused(0, 1, f64::INFINITY)));
}

fn ring(n: usize) -> CostGraph {
    graph_of(n, (0..n).map(|i| ((i + 1) % n, i, 1.0)).collect(), 2.0)
}

#[test]
fn what_stops_the_search_is_named() {
    // Neuron 0 has no synapses; e^{10^300} is beyond any number system, at the other two.
    let graph = graph_of(3, vec![(1, 2, 3.0), (2, 1, 1.0)], 2.0);
    let found = balance_to_digits(&graph, &[0.0, 0.0, 1e300], 50);
    assert!(matches!(found, Err(PreciseError::Singular { node: 1 | 2 })), "{found:?}");
    // A damped step goes ln(1 + 1)/p at most here: 200 of them do not reach a million.
    let graph = graph_of(2, vec![(0, 1, 3.0), (1, 0, 1.0)], 2.0);
    let found = balance_to_digits(&graph, &[0.0, 1e6], 50);
    let Err(PreciseError::NotConverged { digits: 50, steps: 200, log10_imbalance }) = found else {
        panic!("{found:?}")
    };
    // Still all one-sided: |g| = r + c to many digits.
    assert_eq!(log10_imbalance, 0.0);
    let found = balance_to_digits(&ring(8194), &[0.0; 8194], 20);
    assert_eq!(found, Err(PreciseError::TooLarge { nodes: 8193, limit: 8192, by: "in f64" }));
    let found = balance_to_digits_by(&ring(1002), &[0.0; 1002], 20, LinearSolver::StarMesh);
    assert_eq!(found, Err(PreciseError::TooLarge { nodes: 1001, limit: 1000, by: "in multiple precision" }));
}

/// Damped steps bring no digit for a while, however few are wanted: that is no reason to give up.
#[test]
fn few_digits_are_reached_from_far_away() {
    let graph = graph_of(2, vec![(0, 1, 3.0), (1, 0, 1.0)], 2.0);
    // 9 e^{2h} = e^{-2h}, h the difference.
    let quarter = Float::with_val(2000, 3).ln() / 4;
    for digits in [1, 5, 10] {
        let found = balance_to_digits(&graph, &[0.0, 20.0], digits).unwrap();
        assert!(found.trace.iter().filter(|step| step.digits < 0.1).count() > 20, "{:?}", found.trace);
        assert_agree(&found.log_scales[0], &quarter, digits, "h_0");
    }
}

/// A cost at the start that `f64` cannot hold: there is nothing to refine, and the elimination runs in the working
/// precision, unasked.
#[test]
fn the_star_mesh_takes_over_by_itself() {
    // Two pairs of neurons, joined by costs of 1e-290 (p = 2): one of them is 1e-290 e^-50 at the start.
    let (there, back) = (1e-145, 3e-145);
    let pairs = [(0, 1, 1.0), (1, 0, 1.0), (2, 3, 1.0), (3, 2, 1.0)];
    let graph = graph_of(4, pairs.into_iter().chain([(0, 2, there), (2, 0, back)]).collect(), 2.0);
    let found = balance_to_digits(&graph, &[0.0, 0.0, 25.0, 25.0], 100).unwrap();
    assert!(found.used_star_mesh());
    // The two weak costs are equal: h_2 - h_0 = ln(back/there)/2, and the mean of all is 0.
    let quarter = (Float::with_val(2000, back) / there).ln() / 4;
    for (i, sign) in [-1, -1, 1, 1].into_iter().enumerate() {
        assert_agree(&found.log_scales[i], &Float::with_val(2000, &quarter * sign), 100, &format!("h_{i}"));
    }
    // From a start whose costs f64 holds, refinement reaches the same.
    let refined = balance_to_digits(&graph, &[0.0; 4], 100).unwrap();
    assert!(!refined.used_star_mesh());
    assert_eq!(refined.log_scales_decimal(), found.log_scales_decimal());
}

#[test]
fn a_network_without_synapses_is_balanced() {
    let found = reference_to_digits(&graph_of(2, vec![(0, 0, 2.0)], 2.0), 30).unwrap();
    assert_eq!(found.cost_decimal().parse::<f64>().unwrap(), 4.0);
    assert!(found.log_scales.iter().all(|h| h.is_zero()));
}

proptest! {
    #![proptest_config(config(60, "tests/regressions/high_precision.txt"))]

    /// Any network: fifty digits hold against a hundred and ten, with either linear solver.
    #[test]
    fn digits_claimed_are_digits_held(recipe in recipes()) {
        let recipe = Recipe { n: recipe.n.min(25), ..recipe };
        let graph = CostGraph::of_network(&recipe.network(), &recipe.spec()).unwrap();
        let coarse = reference_to_digits(&graph, 50).unwrap();
        let fine = balance_to_digits_by(&graph, &vec![0.0; graph.nodes()], 110, LinearSolver::StarMesh).unwrap();
        prop_assert!(coarse.log10_imbalance <= -50.0 && fine.log10_imbalance <= -110.0);
        for (a, b) in coarse.log_scales.iter().zip(&fine.log_scales) {
            prop_assert!(Float::with_val(500, a.as_float() - b.as_float()).abs() <= unit(50));
        }
        prop_assert!(relative_difference(&coarse.cost, &fine.cost) <= unit(50));
    }
}

/// Two pairs of neurons with a weak pair of synapses between them, whose cost is far below what rounding leaves of the others': the
/// step between the pairs is lost in `f64`, and every imbalance is tiny without it.
#[test]
fn weak_bridges_are_balanced_to_the_digits_asked_for() {
    for (to, back) in [(1e-8, 1e-9), (1e-40, 1e-42), (1e-60, 1e-61), (1e-80, 1e-100), (1e-100, 1e-102)] {
        let weights = vec![(0, 1, 1.0), (1, 0, 2.0), (1, 2, to), (2, 1, back), (2, 3, 3.0), (3, 2, 4.0)];
        let network = Network::recurrent(Weights::from_triplets(4, weights).unwrap(), Activation::Relu);
        let spec = CostSpec::power(2.0);
        let graph = CostGraph::of_network(&network, &spec).unwrap();
        for digits in [17, 30, 60, 100] {
            let h = balance_to_digits(&graph, &[0.0; 4], digits).unwrap().log_scales;
            // J_12 e^{h_2 - h_1} = J_21 e^{h_1 - h_2}.
            let like = Multi::from_f64(1000, 1.0).unwrap();
            let exact = (like.lift(back) / &like.lift(to)).ln() / &like.lift(2.0);
            let off = (h[2].at_bits(1000).unwrap() - &h[1].at_bits(1000).unwrap() - &exact).abs().log10();
            assert!(off <= -(digits as f64), "{to:e} and {back:e}, {digits} digits: off by 10^{off:.1}");
        }
    }
}
