//! Certified trajectories: the bound is never below the true error, and is not much above it.

#[cfg(feature = "precise")]
use proptest::prelude::*;
#[cfg(feature = "precise")]
use synbal::balance::Euler;
use synbal::balance::{Coordinates, Horizon, OdeFlow, Stepper, Trajectory};
use synbal::certify::trajectory::{TrajectoryError, Tube, certify, compare_solvers};
use synbal::cost::{CostGraph, CostSpec};
use synbal::network::random::{random_network, stream};
use synbal::network::{Activation, Network, Weights};

const HORIZON: Horizon = Horizon::new(3.0, 200);

fn random_graph(seed: u64, n: usize, density: f64, sigma: f64, p: f64) -> CostGraph {
    let weights = random_network(&mut stream(seed, 0), n, density, sigma).unwrap();
    CostGraph::of_network(&Network::recurrent(weights, Activation::Linear), &CostSpec::power(p)).unwrap()
}

/// Two neurons with costs `a` (from 1 to 0) and 1 (back), p = 2.
fn two_neurons(a: f64) -> CostGraph {
    let weights = Weights::from_triplets(2, vec![(0, 1, a.sqrt()), (1, 0, 1.0)]).unwrap();
    CostGraph::of_network(&Network::recurrent(weights, Activation::Linear), &CostSpec::power(2.0)).unwrap()
}

fn dopri5(step_tol: f64) -> OdeFlow {
    OdeFlow { step_tol, ..OdeFlow::new(Stepper::Dopri5, Coordinates::LogScales) }
}

/// Every solver, at several tolerances.
#[cfg(feature = "precise")]
fn trajectories(graph: &CostGraph, horizon: &Horizon) -> Vec<(String, Trajectory)> {
    let mut all = vec![("euler".to_owned(), Euler.trajectory(graph, horizon).unwrap())];
    for stepper in [Stepper::Rk4, Stepper::Dopri5, Stepper::Dop853] {
        let tolerances: &[f64] = if stepper == Stepper::Rk4 { &[0.0] } else { &[1e-5, 1e-8, 1e-12] };
        for &step_tol in tolerances {
            let flow = OdeFlow { coordinates: Coordinates::LogScales, stepper, step_tol };
            all.push((format!("{stepper:?} {step_tol:e}"), flow.trajectory(graph, horizon).unwrap()));
        }
    }
    #[cfg(feature = "stiff")]
    for scheme in [synbal::balance::Scheme::Bdf, synbal::balance::Scheme::Esdirk34] {
        for step_tol in [1e-5, 1e-10] {
            let flow = synbal::balance::StiffFlow { scheme, step_tol };
            all.push((format!("{scheme:?} {step_tol:e}"), flow.trajectory(graph, horizon).unwrap()));
        }
    }
    all
}

#[cfg(feature = "precise")]
fn longest(all: &[(String, Trajectory)]) -> f64 {
    all.iter().flat_map(|(_, trajectory)| trajectory.times.last().copied()).fold(0.0, f64::max)
}

/// All errors of a trajectory lie within the tube's range of them, and below the bounds.
#[cfg(feature = "precise")]
fn assert_covered(
    name: &str,
    graph: &CostGraph,
    trajectory: &Trajectory,
    tube: &Tube,
    reference: &synbal::certify::trajectory::Reference,
    reference_error: f64,
) {
    let certified = certify(graph, trajectory).unwrap();
    let ranges = tube.errors_of(graph, trajectory).unwrap();
    for (step, exact) in reference.errors(&trajectory.states).into_iter().enumerate() {
        // The reference's own error, and its rounding to f64 when it is read off.
        let slack = reference_error + f64::EPSILON * exact;
        assert!(exact <= certified.bounds[step] + slack, "{name} {step}: {exact:e} {:e}", certified.bounds[step]);
        let range = ranges[step];
        assert!(range.least <= exact + slack && exact <= range.most + slack, "{name} {step}: {exact:e} {range:?}");
    }
}

#[cfg(feature = "precise")]
proptest! {
    #![proptest_config(crate::common::config(12, "tests/regressions/certified_trajectories.txt"))]
    #[test]
    fn no_bound_is_below_the_error_against_sixty_digits(
        seed in any::<u64>(), n in 2_usize..5, sigma in prop_oneof![Just(0.0), Just(0.7)],
        p in prop_oneof![Just(1.0), Just(2.0), Just(0.5)]
    ) {
        use synbal::certify::trajectory::reference;
        let graph = random_graph(seed, n, 0.5, sigma, p);
        let all = trajectories(&graph, &HORIZON);
        let tube = Tube::new(&graph, all[0].1.rate, longest(&all)).unwrap();
        let mut times: Vec<f64> = all.iter().flat_map(|(_, trajectory)| trajectory.times.clone()).collect();
        times.sort_by(f64::total_cmp);
        // 64 powers and 240 bits against 54 and 220: what they differ by is more than the better one misses.
        let exact = reference(&graph, all[0].1.rate, &times, 64, 240).unwrap();
        let reference_error = exact.largest_difference(&reference(&graph, all[0].1.rate, &times, 54, 220).unwrap());
        prop_assert!(reference_error < 1e-40, "{reference_error:e}");
        for (name, trajectory) in &all {
            let own = exact.at(&times, &trajectory.times);
            assert_covered(name, &graph, trajectory, &tube, &own, reference_error);
        }
    }
}

#[test]
fn the_closed_form_of_two_neurons_is_in_the_tube() {
    // h = (u, −u), u' = a e^{−4u} − e^{4u}; with y = e^{4u}: y' = 4 (a − y²), y = s tanh(4 s t + artanh(1/s)), s = √a.
    let a = 9.0_f64;
    let graph = two_neurons(a);
    let s = a.sqrt();
    let rate = a + 1.0;
    let times: Vec<f64> = (0..20).map(|k| 0.1 * f64::from(k)).collect();
    let closed = |time: &f64| {
        let u = (s * (4.0 * s * time / rate + (1.0 / s).atanh()).tanh()).ln() / 4.0;
        vec![u, -u]
    };
    let states: Vec<Vec<f64>> = times.iter().map(closed).collect();
    let exact = Trajectory { rate, times, states };
    let tube = Tube::new(&graph, rate, 2.0).unwrap();
    for range in tube.errors_of(&graph, &exact).unwrap() {
        // Some dozen roundings of numbers below 10 in the closed form.
        assert!(range.least <= 30.0 * 10.0 * f64::EPSILON, "{range:?}");
        assert!(range.most <= 60.0 * 10.0 * f64::EPSILON, "{range:?}");
    }
    let wrong = Trajectory { states: exact.states.iter().map(|h| vec![h[0] + 1e-9, h[1] - 1e-9]).collect(), ..exact };
    // The 2-norm of the move is √2·10⁻⁹.
    assert!(tube.errors_of(&graph, &wrong).unwrap().iter().all(|range| range.least > 1.4e-9 && range.most < 1.5e-9));
}

#[test]
fn the_bound_is_within_ten_times_the_error() {
    // Not a theorem but what the bound is for: a rate that was lost, or truncation that was not, would show.
    let graph = random_graph(7, 8, 0.5, 1.0, 2.0);
    for solver in compare_solvers(&graph, &HORIZON).unwrap() {
        let (median, times) = solver.median_ratio().unwrap();
        assert!(times >= solver.times.len() / 2, "{}: {times} times", solver.solver);
        assert!((1.0 - 1e-6..10.0).contains(&median), "{}: {median}", solver.solver);
    }
}

#[test]
fn a_state_that_was_moved_is_seen_in_the_bound() {
    let graph = random_graph(3, 6, 0.5, 0.5, 2.0);
    let honest = dopri5(1e-9).trajectory(&graph, &HORIZON).unwrap();
    let before = certify(&graph, &honest).unwrap().bounds;
    let step = honest.states.len() / 2;
    let moves = 1e-4;
    let mut tampered = honest.clone();
    tampered.states[step][2] += moves;
    let after = certify(&graph, &tampered).unwrap().bounds;
    assert_eq!(after[..step], before[..step]);
    // The step's own jump is part of `before`, and could point the other way.
    assert!(after[step] >= moves - before[step], "{:e}", after[step]);
    assert!(after[step + 1] > 100.0 * before[step + 1]);
}

#[test]
fn a_shift_of_all_log_scales_is_never_forgotten() {
    let graph = random_graph(3, 6, 0.5, 0.5, 2.0);
    let mut shifted = dopri5(1e-9).trajectory(&graph, &HORIZON).unwrap();
    let before = certify(&graph, &shifted).unwrap().bounds;
    let (step, shift) = (3, 1e-4);
    for state in &mut shifted.states[step..] {
        state.iter_mut().for_each(|value| *value += shift / 6.0_f64.sqrt());
    }
    // No cost changes, so all later steps are as good as before; but the true solution keeps its sum.
    for (after, before) in certify(&graph, &shifted).unwrap().bounds.iter().zip(&before).skip(step) {
        assert!(*after >= shift - before, "{after:e}");
    }
}

#[test]
fn what_is_no_trajectory_of_the_graph_is_refused() {
    let graph = two_neurons(9.0);
    let good = dopri5(1e-6).trajectory(&graph, &HORIZON).unwrap();
    let refused = |change: &dyn Fn(&mut Trajectory)| {
        let mut bad = good.clone();
        change(&mut bad);
        certify(&graph, &bad).unwrap_err()
    };
    let nan = refused(&|t| t.states[2][1] = f64::NAN);
    assert!(matches!(nan, TrajectoryError::NotFinite { step: 2, node: 1, .. }));
    let still = refused(&|t| t.times[3] = t.times[2]);
    assert!(matches!(still, TrajectoryError::BadTime { step: 3, .. }));
    let late = refused(&|t| t.times[0] = -1.0);
    assert!(matches!(late, TrajectoryError::BadTime { step: 0, .. }));
    let short = refused(&|t| t.states[1].truncate(1));
    assert!(matches!(short, TrajectoryError::WrongState { step: 1, found: 1, nodes: 2 }));
    let missing = refused(&|t| t.states.truncate(2));
    assert!(matches!(missing, TrajectoryError::WrongLength { states: 2, .. }));
    let unit = refused(&|t| t.rate = 0.0);
    assert!(matches!(unit, TrajectoryError::BadRate { .. }));
    let tube = Tube::new(&graph, good.rate, 0.5).unwrap();
    let beyond = tube.errors_of(&graph, &good).unwrap_err();
    assert!(matches!(beyond, TrajectoryError::BeyondTube { .. }));
}
