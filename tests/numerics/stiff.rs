//! The flow by implicit integrators: it is the flow, it ends with typed reasons, and a build without it says so.

#[cfg(not(feature = "stiff"))]
#[test]
fn a_build_without_it_names_the_feature_that_has_it() {
    use synbal::balance::{BalanceError, Criteria, LeftOut, Method, Problem, Scope};
    use synbal::cost::CostSpec;
    use synbal::network::{Activation, Network, Weights};

    let weights = Weights::from_triplets(2, vec![(0, 1, 3.0), (1, 0, 1.0)]).unwrap();
    let network = Network::recurrent(weights, Activation::Relu);
    for (method, name) in [(Method::Bdf, "bdf"), (Method::Esdirk34, "esdirk34")] {
        let left_out = LeftOut { method, feature: "stiff" };
        assert_eq!(method.solver().err(), Some(left_out));
        let refused = Problem::new(&network, &CostSpec::power(2.0), Scope::Whole)
            .and_then(|problem| problem.solve(method, &Criteria::default()))
            .unwrap_err();
        assert_eq!(refused, BalanceError::LeftOut(left_out));
        assert!(refused.to_string().contains("--features stiff") && refused.to_string().contains(name), "{refused}");
        assert!(!Method::ALL.contains(&method));
    }
}

#[cfg(feature = "stiff")]
mod built {
    use synbal::balance::{Coordinates, Criteria, Horizon, OdeFlow, Scheme, Solver, Status, Stepper, StiffFlow};
    use synbal::certify::trajectory::Tube;
    use synbal::cost::{CostGraph, CostSpec};
    use synbal::network::random::{random_network, stream};
    use synbal::network::{Activation, Network, Weights};

    const SCHEMES: [Scheme; 2] = [Scheme::Bdf, Scheme::Esdirk34];

    fn graph_of(weights: Weights) -> CostGraph {
        CostGraph::of_network(&Network::recurrent(weights, Activation::Relu), &CostSpec::power(2.0)).unwrap()
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
                let allowed = 4.0
                    * (a + 1.0)
                    * allowance(flow.step_tol, point.passes.max(step), std::slice::from_ref(&outcome.h));
                assert!((point.cost - expected).abs() <= allowed, "{scheme:?}, step {step}: {} {expected}", point.cost);
            }
        }
    }

    #[test]
    fn it_stops_at_its_allowance_and_refuses_what_is_too_large_for_a_dense_matrix() {
        let heavy = graph_of(random_network(&mut stream(1, 0), 40, 1.0, 3.0).unwrap());
        let n = 2049;
        let ring =
            graph_of(Weights::from_triplets(n, (0..n).map(|i| ((i + 1) % n, i, (i + 1) as f64)).collect()).unwrap());
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
}
