//! One named regression test for each fault found in the code published with the paper: what went wrong there must
//! not go wrong here.

use nalgebra::DMatrix;
use synbal::balance::{
    BalanceError, Coordinates, Criteria, Method, OdeFlow, Outcome, Problem, Scope, Status, Stepper, UnknownMethod,
    WeightsReached,
};
use synbal::cost::{Alpha, CostError, CostGraph, CostSpec};
use synbal::flow::node_costs;
use synbal::io::embedded;
use synbal::network::random::{random_network, stream};
use synbal::network::{Activation, Homogeneity, Network, NetworkError, Weights, recover_log_scales, rescale_network};
use synbal::scalar::UNIT_ROUNDOFF;

fn network(n: usize, triplets: Vec<(usize, usize, f64)>) -> Network {
    Network::recurrent(Weights::from_triplets(n, triplets).unwrap(), Activation::Relu)
}

fn random(n: usize, sigma: f64) -> Network {
    Network::recurrent(random_network(&mut stream(3, 0), n, 0.5, sigma).unwrap(), Activation::Relu)
}

fn graph(network: &Network) -> CostGraph {
    CostGraph::of_network(network, &CostSpec::power(2.0)).unwrap()
}

fn solve(method: Method, graph: &CostGraph, max_passes: usize) -> Outcome {
    method.solver().unwrap().solve(graph, &Criteria::new(1e-10, max_passes))
}

/// Theirs: `J` and `h` are integrated side by side and drift apart; `J` ends balanced to 1e-17 and is no rescaling of
/// the given matrix any more. A method of fixed step shows it best.
#[test]
fn weights_that_drifted_from_a_rescaling_are_not_balanced() {
    for seed_network in [random(8, 1.0), random(20, 2.0)] {
        let graph = graph(&seed_network);
        let stop = Criteria::new(1e-10, 200_000);
        let WeightsReached { weights, status } =
            OdeFlow::new(Stepper::Rk4, Coordinates::Weights).follow_weights(&graph, &stop);
        // The integrated weights are balanced by themselves ...
        assert_eq!(status, Status::Balanced);
        let costs = graph.costs_of_weights(&weights);
        assert!(node_costs(graph.pattern(), &costs, &0.0).imbalance().worst <= stop.tol);
        // ... but no log-scales lead to them: the defect is far above the rounding of the logarithms.
        let defect = recover_log_scales(graph.pattern(), graph.weight(), &weights, &0.0).defect;
        assert!(defect > 1e3 * stop.tol, "{defect:e}");
        let outcome = solve(Method::Rk4Weights, &graph, stop.max_passes);
        assert!(
            matches!(outcome.status, Status::Drifted { similarity_defect } if similarity_defect == defect),
            "{:?}",
            outcome.status
        );
        // The same method on the log-scales cannot drift.
        assert_eq!(solve(Method::Rk4, &graph, stop.max_passes).status, Status::Balanced);
    }
}

/// Theirs: the integration ends at T = 1, wherever it is by then, and says nothing.
#[test]
fn stopping_early_is_never_balanced() {
    let cases = [random(12, 1.0), random(40, 3.0), Network::recurrent(embedded::celegans().unwrap(), Activation::Relu)];
    for network in cases {
        let spec = CostSpec::power(2.0);
        for &method in Method::ALL {
            for max_passes in [1, 2, 3, 7, 12] {
                let stop = Criteria::new(1e-10, max_passes);
                let outcome = Problem::new(&network, &spec, Scope::WithinComponents)
                    .unwrap()
                    .solve(method, &stop)
                    .unwrap()
                    .outcome;
                assert!(
                    matches!(outcome.status, Status::PassLimit { .. }),
                    "{method:?} after {max_passes} passes: {:?}",
                    outcome.status
                );
                assert!(outcome.imbalance > stop.tol);
            }
        }
    }
}

/// The converse: whatever says balanced is so on the weights that come out, summed up here from scratch.
#[test]
fn balanced_is_said_of_the_weights_that_come_out() {
    let network = random(30, 1.0);
    let stop = Criteria::new(1e-10, 50_000);
    for &method in Method::ALL {
        let balanced =
            Problem::new(&network, &CostSpec::power(2.0), Scope::Whole).unwrap().solve(method, &stop).unwrap();
        let (mut incoming, mut outgoing) = (vec![0.0; 30], vec![0.0; 30]);
        for (i, j, value) in balanced.network.weights.triplets().filter(|(i, j, _)| i != j) {
            incoming[i] += value * value;
            outgoing[j] += value * value;
        }
        // Sums of 29 squares: relative 30u each, twice; the same again for what the program computed.
        let rounding = 4.0 * 31.0 * UNIT_ROUNDOFF;
        let worst =
            (0..30).map(|i| (incoming[i] - outgoing[i]).abs() / (incoming[i] + outgoing[i])).fold(0.0, f64::max);
        assert!((worst - balanced.imbalance_final).abs() <= rounding, "{method:?}");
        assert_eq!(balanced.outcome.status.is_balanced(), worst <= stop.tol + rounding, "{method:?}: {worst:e}");
    }
}

/// Theirs: an unknown solver name silently runs another solver.
#[test]
fn an_unknown_solver_name_is_an_error() {
    for name in ["", "ode", "cvx", "rank-one", "rank_one", "Newton", "newton ", "rk", "dopri"] {
        assert_eq!(name.parse::<Method>(), Err(UnknownMethod { name: name.to_owned() }));
    }
    for &method in Method::ALL {
        assert_eq!(method.name().parse(), Ok(method));
        assert_eq!(method.solver().unwrap().name(), method.name());
    }
}

/// Theirs: the rank-one solver takes any matrix and returns its formula for it. Here the formula is no solver: it
/// appears in a claim, on matrices built as products. Off rank one, it is wrong, and no solver returns it.
#[test]
fn the_rank_one_formula_is_applied_to_nothing_else() {
    let n = 6;
    let (u, v): (Vec<f64>, Vec<f64>) = ((1..=n).map(|i| i as f64).collect(), (1..=n).map(|i| (7 - i) as f64).collect());
    let mut matrix = DMatrix::from_fn(n, n, |i, j| u[i] * v[j]);
    let formula: Vec<f64> = (0..n).map(|i| (u[i] / v[i]).ln() / 2.0).collect();
    let at_formula = |matrix: &DMatrix<f64>| {
        let graph = graph(&Network::recurrent(Weights::from_dense(matrix).unwrap(), Activation::Linear));
        node_costs(graph.pattern(), &graph.costs_at(&formula), &0.0).imbalance().worst
    };
    // On rank one: sums of n costs, each through two exponentials of numbers below ln 6.
    assert!(at_formula(&matrix) <= 2.0 * (n as f64 + 16.0) * UNIT_ROUNDOFF);
    matrix[(0, 1)] *= 3.0;
    let wrong = at_formula(&matrix);
    assert!(wrong > 0.1, "{wrong}");
    let network = Network::recurrent(Weights::from_dense(&matrix).unwrap(), Activation::Linear);
    for &method in Method::ALL {
        let stop = Criteria::new(1e-10, 100_000);
        let found = Problem::new(&network, &CostSpec::power(2.0), Scope::Whole).unwrap().solve(method, &stop).unwrap();
        let away = found.log_scales.iter().zip(&formula).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(away > 0.01, "{method:?} returned the formula");
    }
}

/// Theirs: a tanh network is transformed without a warning, and computes something else afterwards.
#[test]
fn tanh_is_refused_unless_as_a_negative_control() {
    let network = Network { activation: Activation::Tanh.into(), ..random(5, 1.0) };
    let not_homogeneous = NetworkError::NotHomogeneous { activation: "tanh" };
    let h = [0.5, -0.5, 0.0, 1.0, 0.25];
    assert_eq!(rescale_network(&network, &h, Homogeneity::Required), Err(not_homogeneous.clone()));
    assert!(rescale_network(&network, &h, Homogeneity::NegativeControl).is_ok());
    assert_eq!(Activation::Tanh.degree(), None);
    for &method in Method::ALL {
        let error = Problem::new(&network, &CostSpec::power(2.0), Scope::Whole)
            .and_then(|problem| problem.solve(method, &Criteria::default()))
            .unwrap_err();
        assert_eq!(error, BalanceError::Cost(CostError::Network(not_homogeneous.clone())), "{method:?}");
    }
}

/// Theirs: synapses on no cycle are never reported, and h drifts off along them for as long as it is integrated.
#[test]
fn synapses_on_no_cycle_are_named_and_h_does_not_run_off() {
    // 0 ⇄ 1 → 2 ⇄ 3 → 4, and a self-synapse on 4: two synapses, (target, source), on no cycle.
    let triplets = vec![(0, 1, 1.0), (1, 0, 5.0), (2, 1, 2.0), (2, 3, -3.0), (3, 2, 0.5), (4, 3, 1.0), (4, 4, 2.0)];
    let network = network(5, triplets);
    let spec = CostSpec::power(2.0);
    for &method in Method::ALL {
        let stop = |max_passes| Criteria::new(1e-10, max_passes);
        let refused =
            Problem::new(&network, &spec, Scope::Whole).and_then(|problem| problem.solve(method, &stop(1000)));
        assert!(
            matches!(
                &refused,
                Err(BalanceError::NotBalanceable { count: 2, synapses: 7, on_no_cycle, .. })
                    if *on_no_cycle == [(2, 1), (4, 3)]
            ),
            "{method:?}: {refused:?}"
        );
        // A solver let loose on the whole graph all the same never calls it balanced: 4 has costs in and none out.
        let loose = solve(method, &graph(&network), 2000);
        assert!(!loose.status.is_balanced(), "{method:?}");

        // Inside components: no cost exceeds the total C, so p(h_j − h_i) ≤ ln(C/w_ij) along each synapse; with Σh = 0
        // in a pair, |h| is at most half of that for its smaller weight.
        let balanced =
            Problem::new(&network, &spec, Scope::WithinComponents).unwrap().solve(method, &stop(100_000)).unwrap();
        assert_eq!(*balanced.on_no_cycle, [(2, 1), (4, 3)]);
        let h = &balanced.log_scales;
        for (pair, total, least) in [([0, 1], 26.0_f64, 1.0), ([2, 3], 9.25, 0.25)] {
            for node in pair {
                assert!(h[node].abs() <= (total / least).ln() / 4.0 + 1e-9, "{method:?}: {h:?}");
            }
        }
        assert_eq!(h[4], 0.0, "{method:?}: a component of one stays where it is");
        // More time does not take it anywhere else.
        if balanced.outcome.status.is_balanced() {
            let longer =
                Problem::new(&network, &spec, Scope::WithinComponents).unwrap().solve(method, &stop(200_000)).unwrap();
            assert_eq!(&longer.log_scales, h, "{method:?}");
        }
    }
}

/// Theirs: NaN in, NaN out.
#[test]
fn what_is_not_finite_is_refused_with_its_place() {
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let same = move |value: f64| value.to_bits() == bad.to_bits();
        let error = Weights::from_triplets(3, vec![(0, 1, 1.0), (2, 1, bad)]).unwrap_err();
        assert!(matches!(error, NetworkError::WeightNotFinite { target: 2, source_index: 1, value } if same(value)));
        let mut matrix = DMatrix::from_element(3, 3, 1.0);
        matrix[(1, 1)] = bad;
        let error = Weights::from_dense(&matrix).unwrap_err();
        assert!(matches!(error, NetworkError::WeightNotFinite { target: 1, source_index: 1, value } if same(value)));

        let whole =
            Network { bias: Some(vec![0.0, bad, 0.0]), ..network(3, vec![(0, 1, 1.0), (1, 2, 1.0), (2, 0, 1.0)]) };
        let error = whole.validate().unwrap_err();
        assert!(matches!(error, NetworkError::NotFinite { what: "b", ref index, .. } if *index == [1]), "{error:?}");
        let whole =
            Network { bias: None, w_in: Some(DMatrix::from_row_slice(3, 2, &[1.0, 1.0, 1.0, 1.0, bad, 1.0])), ..whole };
        let error = whole.validate().unwrap_err();
        assert!(
            matches!(error, NetworkError::NotFinite { what: "w_in", ref index, .. } if *index == [2, 0]),
            "{error:?}"
        );

        let sound = random(3, 0.0);
        let error = rescale_network(&sound, &[0.0, 0.0, bad], Homogeneity::Required).unwrap_err();
        assert!(matches!(error, NetworkError::ScaleNotFinite { neuron: 2, .. }), "{error:?}");
        let spec = CostSpec::power(2.0).with_alpha(Alpha::PerSource(vec![1.0, bad, 1.0]));
        let error = CostGraph::of_network(&sound, &spec).unwrap_err();
        assert!(matches!(error, CostError::BadFactor { source_index: 1, .. }), "{error:?}");
        assert!(matches!(
            CostGraph::of_network(&sound, &CostSpec::power(bad)).unwrap_err(),
            CostError::BadExponent { .. }
        ));

        // Even weights smuggled past the constructor are caught before a solver sees them.
        let ring = network(3, vec![(0, 1, 1.0), (1, 2, 1.0), (2, 0, 1.0)]);
        let smuggled = Network { weights: ring.weights.with_values(vec![1.0, bad, 1.0]), ..ring };
        for &method in Method::ALL {
            let error = Problem::new(&smuggled, &CostSpec::power(2.0), Scope::Whole)
                .and_then(|problem| problem.solve(method, &Criteria::default()))
                .unwrap_err();
            assert!(
                matches!(
                    error,
                    BalanceError::Cost(
                        CostError::CostOutOfRange { target: 1, source_index: 2, .. }
                            | CostError::Network(NetworkError::WeightNotFinite { target: 1, source_index: 2, .. })
                    )
                ),
                "{method:?}: {error:?}"
            );
        }
    }
}

/// Theirs: Euler's method returns NaN on heavy-tailed weights. Here its step follows the costs.
#[test]
fn heavy_tails_do_not_make_euler_return_nan() {
    let graph = graph(&random(30, 3.0));
    let outcome = solve(Method::Euler, &graph, 20_000);
    assert!(outcome.h.iter().all(|value| value.is_finite()));
    assert!(outcome.cost.is_finite() && outcome.cost <= graph.total(graph.initial_costs()));
    assert!(matches!(outcome.status, Status::Balanced | Status::PassLimit { .. }), "{:?}", outcome.status);
    assert_eq!(outcome.status.is_balanced(), outcome.imbalance <= 1e-10);
}
