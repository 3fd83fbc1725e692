//! The flow by implicit integrators, with the feature `stiff`: it is the flow, it ends with typed reasons, and at the minimum that the
//! other methods find. A test binary of its own, since everything is built anew for the feature.

#[path = "../support/same_point.rs"]
mod same_point;

use same_point::assert_same_point;
use synbal::balance::{
    Coordinates, Criteria, Horizon, Method, Newton, OdeFlow, Outcome, Scheme, Solver, Status, Stepper, StiffFlow,
};
use synbal::certify::trajectory::Tube;
use synbal::cost::{CostGraph, CostSpec};
use synbal::io::embedded;
use synbal::network::random::{random_network, stream};
use synbal::network::{Activation, Network, Weights};

const SCHEMES: [Scheme; 2] = [Scheme::Bdf, Scheme::Esdirk34];

fn graph_with(weights: Weights, p: f64) -> CostGraph {
    let network = Network::recurrent(weights, Activation::Relu);
    CostGraph::of_network(&network, &CostSpec::power(p)).unwrap().within_components()
}

fn graph_of(weights: Weights) -> CostGraph {
    graph_with(weights, 2.0)
}

fn solved(solver: &dyn Solver, graph: &CostGraph, stop: &Criteria) -> Outcome {
    let outcome = solver.solve(graph, stop);
    assert_eq!(outcome.status, Status::Balanced, "{} ended at {:e}", outcome.method, outcome.imbalance);
    outcome
}

/// Steps err by at most about their tolerance (in a root mean square weighted by `1 + |h|`, so the 2-norm by `√n`
/// times that), and errors only add up: solutions do not move apart. An estimate of an error is no bound on it, hence
/// the ten; so are Newton corrections that stop at a fifth of the tolerance.
fn allowance(step_tol: f64, step: usize, states: &[Vec<f64>]) -> f64 {
    let largest = states.iter().flatten().fold(0.0_f64, |largest, h| largest.max(h.abs()));
    10.0 * step_tol * (step + 1) as f64 * (states[0].len() as f64).sqrt() * (1.0 + largest)
}

/// Both are measured against a rigorous enclosure of the one exact solution at their own times.
#[test]
fn its_steps_lie_on_the_flow_as_those_of_an_explicit_integrator_do() {
    let graph = graph_of(random_network(&mut stream(3, 0), 8, 0.5, 0.5).unwrap());
    let horizon = Horizon::new(3.0, 3000);
    let explicit = OdeFlow::new(Stepper::Dopri5, Coordinates::LogScales);
    let mut trajectories = vec![(explicit.step_tol, explicit.trajectory(&graph, &horizon).unwrap())];
    for scheme in SCHEMES {
        for step_tol in [1e-6, 1e-10] {
            trajectories.push((step_tol, StiffFlow { scheme, step_tol }.trajectory(&graph, &horizon).unwrap()));
        }
    }
    let end = trajectories.iter().map(|(_, found)| *found.times.last().unwrap()).fold(0.0, f64::max);
    let tube = Tube::new(&graph, trajectories[0].1.rate, end).unwrap();
    for (index, (step_tol, found)) in trajectories.iter().enumerate() {
        assert!(*found.times.last().unwrap() >= horizon.time, "{index}");
        assert_eq!(found.rate, trajectories[0].1.rate);
        for (step, error) in tube.errors_of(&graph, found).unwrap().iter().enumerate() {
            let allowed = allowance(*step_tol, step, &found.states) + tube.radius();
            assert!(error.most <= allowed, "{index}, step {step}: {:e}, allowed {allowed:e}", error.most);
        }
    }
}

/// `h = (u, −u)`, `u' = a e^{−4u} − e^{4u}`, so `e^{4u} = s tanh(4 s t + artanh(1/s))`, `s = √a`.
#[test]
fn its_trace_has_the_costs_of_the_closed_form_at_flow_times() {
    let a = 9.0_f64;
    let graph = graph_of(Weights::from_triplets(2, vec![(0, 1, a.sqrt()), (1, 0, 1.0)]).unwrap());
    let s = a.sqrt();
    for scheme in SCHEMES {
        let flow = StiffFlow::new(scheme);
        let outcome = flow.solve(&graph, &Criteria::default());
        assert_eq!(outcome.status, Status::Balanced);
        assert!(outcome.trace.len() > 20);
        for (step, point) in outcome.trace.iter().enumerate() {
            let y = s * (4.0 * s * point.time.unwrap() + (1.0 / s).atanh()).tanh();
            let expected = a / y + y;
            // Passes are at least one a step, and |dC/du| ≤ 4 (a + 1).
            let allowed =
                4.0 * (a + 1.0) * allowance(flow.step_tol, point.passes.max(step), std::slice::from_ref(&outcome.h));
            assert!((point.cost - expected).abs() <= allowed, "{scheme:?}, step {step}: {} {expected}", point.cost);
        }
    }
}

#[test]
fn it_stops_at_its_allowance_and_refuses_what_is_too_large_for_a_dense_matrix() {
    let heavy = graph_of(random_network(&mut stream(1, 0), 40, 1.0, 3.0).unwrap());
    let n = 2049;
    let ring = graph_of(Weights::from_triplets(n, (0..n).map(|i| ((i + 1) % n, i, (i + 1) as f64)).collect()).unwrap());
    for scheme in SCHEMES {
        let flow = StiffFlow::new(scheme);
        for max_passes in [1, 10, 100] {
            let outcome = flow.solve(&heavy, &Criteria::new(1e-10, max_passes));
            assert_eq!(outcome.status, Status::PassLimit { limit: max_passes });
            // An attempted step is at most forty corrections, each tried at most forty times before it is given up.
            assert!(outcome.passes <= max_passes + 1600, "{} passes", outcome.passes);
        }
        let outcome = flow.solve(&ring, &Criteria::default());
        assert_eq!(outcome.status, Status::TooLargeForDense { nodes: n, limit: n - 1 });
    }
}

#[test]
fn the_flow_by_implicit_integrators_ends_at_the_same_minimum() {
    let stop = Criteria::new(1e-10, 40_000);
    let random = |seed, n, density, sigma| random_network(&mut stream(seed, 0), n, density, sigma).unwrap();
    let fly = embedded::fly_types().unwrap();
    for (name, weights, p) in [
        ("dense", random(1, 80, 1.0, 1.0), 2.0),
        ("sparse, p = 1", random(3, 200, 0.05, 1.0), 1.0),
        ("log-normal, sigma = 3", random(6, 64, 1.0, 3.0), 2.0),
        ("C. elegans", embedded::celegans().unwrap(), 2.0),
        ("the fly's cell types", fly, 2.0),
    ] {
        let graph = graph_with(weights, p);
        let newton = solved(&Newton::default(), &graph, &Criteria::new(1e-12, 1_000_000));
        for method in [Method::Bdf, Method::Esdirk34] {
            let flow = solved(&*method.solver().unwrap(), &graph, &stop);
            assert!((flow.cost - newton.cost).abs() <= 1e-10 * newton.cost, "{name}: {} {}", flow.cost, newton.cost);
            let connected = graph.facts().weak_count() == 1;
            assert!(
                !connected || assert_same_point(&graph, &flow.h, &newton.h),
                "{name}: too loose to compare weights"
            );
            // From the start Σh = 0 to the end, and where it stops is no accident: the time of the trace only grows.
            let times: Vec<f64> = flow.trace.iter().map(|point| point.time.unwrap()).collect();
            assert!(times.windows(2).all(|pair| pair[0] < pair[1]), "{name}: {method:?}");
        }
        // Where rates are this far apart no explicit integrator gets there.
        if name.contains("fly") {
            for method in [Method::Euler, Method::Rk4, Method::Dopri5, Method::Dop853] {
                let explicit = method.solver().unwrap().solve(&graph, &stop);
                assert!(
                    matches!(explicit.status, Status::PassLimit { .. }),
                    "{name}: {method:?} {:?}",
                    explicit.status
                );
            }
        }
    }
}
