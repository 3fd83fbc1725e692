//! Second opinions on the solvers for large graphs: a library's L-BFGS on the same cost, the dense Newton method, trees
//! whose balance is known in closed form, and graphs made to be hard.

use crate::common::{config, tame_recipes};
use crate::same_point::assert_same_point;
use crate::second_opinion::{L_BFGS_GRADIENT, cost_difference_bound};
use proptest::prelude::*;
use rand::Rng;
use synbal::balance::{Automatic, Criteria, Newton, NewtonCg, Order, Osborne, Outcome, Solver, Status};
use synbal::cost::{CostGraph, CostSpec};
use synbal::flow::node_costs;
use synbal::io::embedded;
use synbal::laplacian::Preconditioning;
use synbal::network::random::{random_network, stream};
use synbal::network::{Activation, Network, Weights};
use synbal::scalar::UNIT_ROUNDOFF;

const TIGHT: Criteria = Criteria::new(1e-12, 1_000_000);

fn graph_of(weights: Weights, p: f64) -> CostGraph {
    let network = Network::recurrent(weights, Activation::Relu);
    CostGraph::of_network(&network, &CostSpec::power(p)).unwrap().within_components()
}

fn newton_cg(preconditioning: Preconditioning) -> NewtonCg {
    NewtonCg { preconditioning, ..NewtonCg::default() }
}

fn solved(solver: &dyn Solver, graph: &CostGraph, stop: &Criteria) -> Outcome {
    let outcome = solver.solve(graph, stop);
    assert_eq!(outcome.status, Status::Balanced, "{} ended at {:e}", outcome.method, outcome.imbalance);
    outcome
}

// ---- a library's L-BFGS --------------------------------------------------------------------------------------------

/// Where it gets as far as it was asked to.
fn l_bfgs(graph: &CostGraph) -> Vec<f64> {
    let (h, gradient) = crate::second_opinion::l_bfgs(graph, 5000);
    assert!(gradient <= L_BFGS_GRADIENT, "L-BFGS stopped at a gradient of {gradient:e}");
    h
}

#[test]
fn the_l_bfgs_of_a_library_finds_the_same_minimum() {
    let random = |seed, n, density, sigma| random_network(&mut stream(seed, 0), n, density, sigma).unwrap();
    for (name, weights, p) in [
        ("dense", random(1, 80, 1.0, 1.0), 2.0),
        ("sparse", random(2, 200, 0.05, 1.0), 2.0),
        ("sparse, p = 1", random(3, 200, 0.05, 1.0), 1.0),
        ("heavy", random(4, 64, 1.0, 2.0), 1.0),
    ] {
        let graph = graph_of(weights, p);
        let theirs = l_bfgs(&graph);
        for preconditioner in [
            Preconditioning::Diagonal,
            Preconditioning::Multigrid,
            Preconditioning::ApproximateCholesky,
            Preconditioning::AsNeeded,
        ] {
            let ours = solved(&newton_cg(preconditioner), &graph, &TIGHT);
            assert!(assert_same_point(&graph, &ours.h, &theirs), "{name}: too loose to compare weights");
        }
    }
    // C. elegans has two components, so costs only.
    let graph = graph_of(embedded::celegans().unwrap(), 2.0);
    let theirs = graph.total(&graph.costs_at(&l_bfgs(&graph)));
    let ours = solved(&NewtonCg::default(), &graph, &TIGHT).cost;
    assert!((ours - theirs).abs() <= 1e-10 * ours, "C. elegans: {ours} and {theirs}");
}

// ---- the dense method ----------------------------------------------------------------------------------------------

proptest! {
    #![proptest_config(config(64, "tests/regressions/cross_check.txt"))]

    #[test]
    fn newton_cg_agrees_with_dense_newton(recipe in tame_recipes()) {
        let graph = CostGraph::of_network(&recipe.network(), &recipe.spec()).unwrap();
        let dense = solved(&Newton::default(), &graph, &TIGHT);
        for preconditioner in [Preconditioning::Diagonal, Preconditioning::Multigrid, Preconditioning::ApproximateCholesky] {
            let ours = solved(&newton_cg(preconditioner), &graph, &TIGHT);
            if graph.facts().weak_count() == 1 {
                prop_assert!(assert_same_point(&graph, &ours.h, &dense.h), "too loose to compare weights");
            }
            // Conjugate gradients end after as many products as there are nodes, in exact arithmetic; twice that where
            // they round. Beside them a system costs two passes for its couplings, one for the rates, one to measure.
            let products = 2 * graph.nodes() + 4;
            prop_assert!(
                ours.passes <= 2 * NewtonCg::default().warm_steps + 2 + ours.iterations * products,
                "{} passes in {} systems of {} nodes", ours.passes, ours.iterations, graph.nodes()
            );
        }
    }
}

// ---- trees: the balance in closed form -----------------------------------------------------------------------------

/// A tree with a synapse each way on every edge, in a random order of neurons: costs `s e^{±a}`, `s` the geometric mean.
struct Tree {
    graph: CostGraph,
    /// (child, parent, log of the geometric mean of the two costs), children last to first.
    edges: Vec<(usize, usize, f64)>,
}

fn tree(
    seed: u64,
    n: usize,
    parent: impl Fn(usize, &mut dyn FnMut(usize) -> usize) -> usize,
    skew: f64,
    spread: f64,
) -> Tree {
    let mut random = stream(seed, 3);
    let mut draw_random = stream(seed, 4);
    let mut draw = |below: usize| draw_random.random_range(0..below);
    let (mut triplets, mut edges) = (Vec::new(), Vec::new());
    for child in 1..n {
        let parent = parent(child, &mut draw);
        let (middle, half) = (spread * random.random_range(-1.0..=1.0), skew * random.random_range(-1.0..=1.0));
        triplets.push((child, parent, (middle + half).exp()));
        triplets.push((parent, child, (middle - half).exp()));
        edges.push((child, parent, middle));
    }
    edges.reverse();
    Tree { graph: graph_of(Weights::from_triplets(n, triplets).unwrap(), 1.0), edges }
}

impl Tree {
    /// In a tree the imbalance through an edge is the sum of the gradients behind it: with costs `s e^{x}`, `s e^{−x}` on
    /// its two synapses, `2 s sinh x = Σ g`, at most `t Σ (r + c)` at an imbalance t. Rounding adds to t.
    fn assert_closed_form(&self, outcome: &Outcome) {
        let graph = &self.graph;
        let costs = graph.costs_at(&outcome.h);
        let sums = node_costs(graph.pattern(), &costs, &0.0);
        let t = outcome.imbalance + (graph.nodes() as f64 + 8.0) * UNIT_ROUNDOFF;
        let mut behind: Vec<f64> = sums.incoming.iter().zip(&sums.outgoing).map(|(r, c)| t * (r + c)).collect();
        for &(child, parent, _) in &self.edges {
            let into = costs[graph.pattern().find(child, parent).unwrap()];
            let back = costs[graph.pattern().find(parent, child).unwrap()];
            let mean = into.sqrt() * back.sqrt();
            let x = 0.5 * (into / back).ln();
            let bound = (behind[child] / (2.0 * mean)).asinh() + 16.0 * UNIT_ROUNDOFF;
            assert!(x.abs() <= bound, "edge {child} - {parent}: half log-ratio {x:e}, bound {bound:e}");
            behind[parent] += behind[child];
        }
    }
}

#[test]
fn chains_and_trees_reach_their_closed_form_and_elimination_is_exact_on_them() {
    let n = 3000;
    // The range of scales of a chain is a random walk, so with 150 decades an edge 30 neurons are as many as f64 holds.
    for (name, tree) in [
        ("chain", tree(1, n, |child, _| child - 1, 3.0, 1.0)),
        ("chain of 150 decades each way", tree(2, 30, |child, _| child - 1, 345.0, 1.0)),
        ("random tree", tree(3, n, |child, draw| draw(child), 3.0, 3.0)),
        ("star", tree(4, n, |_, _| 0, 3.0, 1.0)),
        (
            "caterpillar",
            tree(5, n, |child, _| if child % 2 == 0 { child - 1 } else { child.saturating_sub(2) }, 3.0, 2.0),
        ),
    ] {
        let stop = Criteria::new(1e-10, 100_000);
        let ours = solved(&newton_cg(Preconditioning::ApproximateCholesky), &tree.graph, &stop);
        tree.assert_closed_form(&ours);
        // Nothing is left to chance where no elimination has a choice: a chain or a star, whose factor is exact. A
        // product and one for rounding then solve a system; its couplings, rates and sums take four passes.
        if ours.iterations > 0 && (name.starts_with("chain") || name == "star") {
            let warm = 2 * NewtonCg::default().warm_steps + 2;
            assert!(
                ours.passes <= warm + 6 * ours.iterations,
                "{name}: {} passes in {} systems",
                ours.passes,
                ours.iterations
            );
        }
        tree.assert_closed_form(&solved(&NewtonCg::default(), &tree.graph, &stop));
    }
}

// ---- made to be hard -----------------------------------------------------------------------------------------------

/// Groups of random networks; every group reaches the next by synapses of weight `forward`, the last the first by
/// weight `back`.
fn groups(seed: u64, count: usize, size: usize, forward: f64, back: f64) -> Weights {
    let mut random = stream(seed, 5);
    let mut triplets = Vec::new();
    for group in 0..count {
        let inner = random_network(&mut random, size, 0.2, 1.0).unwrap();
        triplets.extend(inner.triplets().map(|(i, j, &value)| (i + group * size, j + group * size, value)));
        let (next, weight) = if group + 1 < count { (group + 1, forward) } else { (0, back) };
        for _ in 0..3 {
            let (i, j) = (next * size + random.random_range(0..size), group * size + random.random_range(0..size));
            if !triplets.iter().any(|&(a, b, _)| (a, b) == (i, j)) {
                triplets.push((i, j, weight));
            }
        }
    }
    Weights::from_triplets(count * size, triplets).unwrap()
}

#[test]
fn hard_graphs_are_balanced_by_conjugate_gradients_and_the_default_and_as_by_the_dense_method() {
    let stop = Criteria::new(1e-10, 1_000_000);
    for (name, weights) in [
        ("bridges of 1e-12", groups(1, 2, 60, 1e-12, 1e-12)),
        ("nearly reducible", groups(2, 5, 40, 1.0, 1e-8)),
        ("nearly reducible, far", groups(3, 8, 25, 10.0, 1e-20)),
    ] {
        let graph = graph_of(weights, 1.0);
        let ours = solved(&NewtonCg::default(), &graph, &stop);
        assert_eq!(solved(&Automatic, &graph, &stop), ours, "{name}: what the default takes");
        let dense = solved(&Newton::default(), &graph, &stop);
        let bound = cost_difference_bound(&graph, &ours.h, &dense.h);
        assert!(bound <= 1e-8 * ours.cost, "{name}: a bound of {bound:e} says nothing");
        assert!((ours.cost - dense.cost).abs() <= bound, "{name}: {} and {}", ours.cost, dense.cost);
    }
}

// ---- greedy Osborne ------------------------------------------------------------------------------------------------

#[test]
fn greedy_needs_one_turn_for_a_pair_and_never_turns_its_partner() {
    // Pairs of neurons: the turn of one balances both, and the running sums must say so. A round has as many turns as
    // there are neurons; one neuron in two needs one, so one round does for all.
    let mut random = stream(1, 6);
    let pairs = 50;
    let triplets: Vec<(usize, usize, f64)> = (0..pairs)
        .flat_map(|k| [(2 * k, 2 * k + 1), (2 * k + 1, 2 * k)])
        .map(|(i, j)| (i, j, random.random_range(-20.0_f64..20.0).exp()))
        .collect();
    let graph = graph_of(Weights::from_triplets(2 * pairs, triplets).unwrap(), 1.0);
    let found = solved(&Osborne { order: Order::Greedy }, &graph, &TIGHT);
    assert_eq!(found.iterations, 1);
}
