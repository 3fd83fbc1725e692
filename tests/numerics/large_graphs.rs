//! The solver for large graphs on a trained fly network: what threads change (nothing), how passes grow (hardly), and
//! what stopping at a weak criterion is called (not balanced).

use synbal::balance::{Criteria, Method, NewtonCg, Outcome, Problem, Scope, Solver, Status};
use synbal::cost::{CostGraph, CostSpec};
use synbal::flow::node_costs;
use synbal::laplacian::Preconditioning;
use synbal::network::{Activation, Network, Weights};
use synbal::tasks::flyvis::{FlyvisNetwork, Inputs, Outputs};

const STOP: Criteria = Criteria::new(1e-8, 100_000);

fn fly(extent: u32, model: usize) -> CostGraph {
    let plan = FlyvisNetwork { extent, model, inputs: Inputs::None, outputs: Outputs::None };
    CostGraph::of_network(&plan.build().unwrap(), &CostSpec::power(2.0)).unwrap().within_components()
}

fn balanced(solver: &dyn Solver, graph: &CostGraph) -> Outcome {
    let outcome = solver.solve(graph, &STOP);
    assert_eq!(outcome.status, Status::Balanced, "{} ended at {:e}", outcome.method, outcome.imbalance);
    outcome
}

#[test]
fn the_bits_do_not_depend_on_the_number_of_threads() {
    // Large enough for blocks, aggregates and all.
    let graph = fly(6, 0);
    assert!(graph.pattern().len() > 1 << 17);
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| balanced(&NewtonCg::default(), &graph))
    };
    let one = run(1);
    assert_eq!(one, run(2));
    assert_eq!(one, run(5));
}

#[test]
fn passes_grow_neither_with_the_size_nor_with_the_model() {
    let passes = |extent: u32, model: usize| balanced(&NewtonCg::default(), &fly(extent, model)).passes;
    let small = passes(3, 0);
    let large = passes(12, 0);
    // 4 times the extent; with the degrees alone, 3 times the passes.
    assert!(2 * large <= 3 * small, "{small} passes, then {large}");
    let diagonal = NewtonCg { preconditioning: Preconditioning::Diagonal, ..NewtonCg::default() };
    let without = balanced(&diagonal, &fly(12, 0)).passes;
    assert!(2 * large <= without, "{large} passes, with the degrees alone {without}");
    for model in [7, 42, 49] {
        assert!(passes(3, model) <= 3 * small, "model {model}");
    }
}

#[test]
fn what_stops_at_a_weak_criterion_is_not_called_balanced() {
    let graph = fly(3, 0);
    let strict = balanced(&NewtonCg::default(), &graph);
    let solver = NewtonCg { stop_at_gradient: Some(1e-6), ..NewtonCg::default() };
    let weak = solver.solve(&graph, &STOP);
    let Status::GradientReached { largest } = weak.status else { panic!("{:?}", weak.status) };
    assert!(!weak.status.is_balanced() && weak.imbalance > STOP.tol);
    assert!(weak.passes < strict.passes);
    let at = |h: &[f64]| node_costs(graph.pattern(), &graph.costs_at(h), &0.0);
    let gradient = at(&weak.h).gradient().iter().fold(0.0_f64, |most, g| most.max(g.abs()));
    let start: f64 = graph.initial_costs().iter().sum();
    assert!(gradient <= 1.000_001e-6 * start && largest <= 1.000_001e-6 * start, "{gradient} {largest} of {start}");
    // It is called so where every neuron is balanced all the same.
    let loose = STOP.with_tol(0.5);
    assert_eq!(solver.solve(&graph, &loose).status, Status::Balanced);
    // And a criterion that is never met changes nothing.
    let never = NewtonCg { stop_at_gradient: Some(1e-300), ..NewtonCg::default() };
    assert_eq!(never.solve(&graph, &STOP), Method::NewtonCg.solver().unwrap().solve(&graph, &STOP));
}

/// Along a chain of pairs 1e4 and 1e-4 the scales multiply up to 1e±1600, while no cost is far from one: each pair balances by
/// itself, at one and one.
#[test]
fn log_scales_of_which_f64_has_no_exponentials() {
    let n = 400;
    let pairs = (1..n).flat_map(|i| [(i, i - 1, 1e4), (i - 1, i, 1e-4)]);
    let network = Network::recurrent(Weights::from_triplets(n, pairs.collect()).unwrap(), Activation::Relu);
    for method in [Method::Newton, Method::NewtonCg, Method::Auto] {
        let problem = Problem::new(&network, &CostSpec::power(2.0), Scope::Whole).unwrap();
        assert!(problem.graph().prescaling().is_identity(), "no cost asks for a prescaling");
        let criteria = Criteria::default();
        let run = problem.solve(method, &criteria).unwrap().converged().unwrap();
        let spread = run.log_scales[n - 1] - run.log_scales[0];
        let exact = (n - 1) as f64 * 1e4_f64.ln();
        assert!((spread / exact - 1.0).abs() < 1e-6, "{method:?}: {spread} for {exact}");
        // The flow over a cut, C_ij − C_ji, is the sum of the gradients of one side.
        let slack = 2.0 * criteria.tol * (2 * n) as f64;
        for weight in run.network.weights.values() {
            assert!((weight.powi(2) - 1.0).abs() <= slack, "{method:?}: {weight}");
        }
    }
}
