//! Algebraic multigrid, a preconditioner for large graphs whose imbalances reach far: the degrees at every node, and beside them the graphs
//! of ever larger aggregates.
//!
//! Within an aggregate the slow directions are constant, so that they are directions of the graph between the
//! aggregates, whose couplings are sums of couplings: its Laplacian is a Laplacian again. On the graph itself and on the
//! first of aggregates nothing is swept, `z = D⁻¹ r + P (D₁⁻¹ + P₁ V P₁ᵀ) Pᵀ r`: so the preconditioner costs no pass over
//! the synapses, and of the first graph of aggregates, the largest, only the degrees are kept; that takes a few products more.
//! V, for the next graph, which is several times smaller, is a V-cycle: Gauss-Seidel up through the nodes, the residual to the
//! next coarser graph, its answer back, Gauss-Seidel down. On the fly's networks this takes a seventh of the products that the
//! degrees alone take at E = 40, and hardly more than at E = 5.

use super::aggregates::{Aggregates, InUnits};
use super::coarser::{Rows, degrees};
use super::on_ranks::first_level;
use super::preconditioner::Preconditioner;
use super::products::Stored;
use super::scaled::ScaledLaplacian;
use crate::network::Pattern;
use crate::parallel::{blocks_of_rows, shares};
use crate::ranks::Spread;

/// Directions that are constant on aggregates are stiffer than those they stand for: the correction is made larger.
/// Below 2 the cycle stays positive definite.
const OVERCORRECTION: f64 = 1.5;

/// Levels at most: each has at most half the nodes of the one before, so that there are never more.
const MAX_LEVELS: usize = 40;

/// The levels of one graph.
pub(super) struct Multigrid {
    fine: Aggregates,
    levels: Vec<Level>,
}

/// A graph of aggregates.
struct Level {
    /// Each pair once, in the row of the later node; the first graph has no rows any more.
    graph: Rows,
    /// Sums of the couplings; 0 for a node that is a whole component.
    degree: Vec<f64>,
    /// The aggregates of the next level; none in the last one, whose nodes are whole components.
    aggregates: Option<Aggregates>,
    right: Vec<f64>,
    z: Vec<f64>,
    /// What the nodes after it add to a node, and the correction of the coarser graphs.
    later: Vec<f64>,
    correction: Vec<f64>,
}

impl Multigrid {
    /// Of the Laplacian kept in `matrix`. O(synapses).
    pub fn of<T: Stored>(pattern: &Pattern, matrix: &ScaledLaplacian<T>) -> Self {
        let scaled = |i: usize| {
            let entries = pattern.sources(i).iter().zip(matrix.couplings_of(pattern.row(i)));
            entries.map(|(&j, coupling)| (j as usize, coupling as f32))
        };
        let fine = Aggregates::of(&blocks_of_rows(pattern.row_starts()), scaled);
        let graph = InUnits::of(&fine, &matrix.root, |factor| fine.quotient(|i| matrix.row(pattern, i, factor)));
        Self::above(fine, graph)
    }

    /// The same of couplings that may be spread over ranks, the rows of this one in `pattern`: all levels everywhere.
    pub fn of_part<T: Stored>(pattern: &Pattern, matrix: &ScaledLaplacian<T>, spread: Option<&Spread>) -> Self {
        let Some(spread) = spread else { return Self::of(pattern, matrix) };
        let (fine, graph) = first_level(pattern, matrix, spread);
        Self::above(fine, graph)
    }

    /// Levels above the first aggregates and the graph between them.
    fn above(fine: Aggregates, first: InUnits) -> Self {
        let nodes = first.rows.count();
        let mut level = Level::new(degrees(nodes, |i| first.row(i)), Rows::default());
        let mut levels = Vec::new();
        if !first.rows.are_empty() {
            let (aggregates, next) = coarser(&level.degree, |i| first.row(i));
            // The largest of all these graphs, before more is asked for.
            drop(first);
            level.aggregates = Some(aggregates);
            levels.push(std::mem::replace(&mut level, Level::of_pairs(next.pairs())));
        }
        while levels.len() < MAX_LEVELS && !level.graph.are_empty() {
            let (aggregates, next) = coarser(&level.degree, |i| level.graph.row(i));
            level.aggregates = Some(aggregates);
            levels.push(std::mem::replace(&mut level, Level::of_pairs(next.pairs())));
        }
        levels.push(level);
        Multigrid { fine, levels }
    }
}

/// Aggregates of a graph with these degrees, and the graph between them.
fn coarser<I: ExactSizeIterator<Item = (usize, f64)>>(
    degree: &[f64],
    row: impl Fn(usize) -> I + Sync,
) -> (Aggregates, Rows) {
    let inverse_root: Vec<f64> =
        degree.iter().map(|&degree| if degree > 0.0 { degree.sqrt().recip() } else { 0.0 }).collect();
    let inverse_root = &inverse_root;
    let aggregates = Aggregates::of(&shares(degree.len()).collect::<Vec<_>>(), |i| {
        row(i).map(move |(j, coupling)| (j, (coupling * inverse_root[i] * inverse_root[j]) as f32))
    });
    let between = aggregates.quotient(row);
    (aggregates, between)
}

impl Preconditioner for Multigrid {
    fn apply(&mut self, root: &[f64], r: &[f64], z: &mut [f64]) {
        z.copy_from_slice(r);
        let Some((first, others)) = self.levels.split_first_mut() else { return };
        self.fine.restrict(r.iter().zip(root).map(|(r, root)| r * root), &mut first.right);
        first.without_a_sweep(others);
        for ((z, root), correction) in z.iter_mut().zip(root).zip(self.fine.prolong(&first.z)) {
            *z += root * correction;
        }
    }
}

impl Level {
    fn new(degree: Vec<f64>, graph: Rows) -> Self {
        let (nodes, swept) = (degree.len(), graph.count());
        let (right, z) = (vec![0.0; nodes], vec![0.0; nodes]);
        let (later, correction) = (vec![0.0; swept], vec![0.0; swept]);
        Level { graph, degree, aggregates: None, right, z, later, correction }
    }

    fn of_pairs(graph: Rows) -> Self {
        Level::new(degrees(graph.count(), |i| graph.row(i)), graph)
    }

    /// `z ≈ L⁻¹ right`: by the degrees and, beside them, the coarser graphs.
    fn without_a_sweep(&mut self, coarser: &mut [Level]) {
        let Level { degree, right, z, .. } = self;
        for ((z, right), degree) in z.iter_mut().zip(right.iter()).zip(degree.iter()) {
            *z = if *degree > 0.0 { right / degree } else { 0.0 };
        }
        if let (Some(aggregates), Some((next, others))) = (&self.aggregates, coarser.split_first_mut()) {
            aggregates.restrict(right.iter().copied(), &mut next.right);
            next.cycle(others);
            for (z, value) in z.iter_mut().zip(aggregates.prolong(&next.z)) {
                *z += value;
            }
        }
    }

    /// One symmetric V-cycle from zero: `z ≈ L⁻¹ right`.
    ///
    /// With L = D − E − Eᵀ, E the couplings to earlier nodes: after `(D − E) z = right` the residual is `Eᵀz`, and after
    /// the correction e of the coarser graphs the last sweep is `(D − Eᵀ) z' = D z + E e`. So each half of the cycle reads
    /// every pair once.
    fn cycle(&mut self, coarser: &mut [Level]) {
        let n = self.degree.len();
        let Level { graph, degree, right, z, later, correction, .. } = self;
        later.fill(0.0);
        for i in 0..n {
            if degree[i] > 0.0 {
                let earlier = graph.product(i, z);
                let value = (right[i] + earlier) / degree[i];
                z[i] = value;
                for (j, coupling) in graph.row(i) {
                    later[j] += coupling * value;
                }
            } else {
                z[i] = 0.0;
            }
        }
        if let (Some(aggregates), Some((next, others))) = (&self.aggregates, coarser.split_first_mut()) {
            aggregates.restrict(later.iter().copied(), &mut next.right);
            next.cycle(others);
            for (correction, value) in correction.iter_mut().zip(aggregates.prolong(&next.z)) {
                *correction = OVERCORRECTION * value;
            }
        }
        later.fill(0.0);
        for i in (0..n).rev() {
            if degree[i] > 0.0 {
                let earlier = graph.product(i, correction);
                let value = z[i] + (earlier + later[i]) / degree[i];
                z[i] = value;
                for (j, coupling) in graph.row(i) {
                    later[j] += coupling * value;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::conjugate_gradients::{Unit, Until, solve};
    use super::super::grounded::GroundedLaplacian;
    use super::super::preconditioner::Degrees;
    use super::super::products::SparseProducts;
    use super::*;
    use crate::cost::{CostGraph, CostSpec};
    use crate::flow::node_costs;
    use crate::network::random::{normals, random_network, stream};
    use crate::network::{Activation, Network, Weights};

    fn graph_of(weights: Weights) -> CostGraph {
        CostGraph::of_network(&Network::recurrent(weights, Activation::Linear), &CostSpec::power(2.0)).unwrap()
    }

    fn scaled<'a>(graph: &'a CostGraph, costs: &[f64]) -> (SparseProducts<'a>, ScaledLaplacian<f64>) {
        let mut products = SparseProducts::new(graph.pattern());
        let mut matrix = ScaledLaplacian::new(costs.len());
        let ones = vec![1.0; graph.nodes()];
        let nodes = node_costs(graph.pattern(), costs, &0.0);
        matrix.renew(&mut products, costs, (&ones, &ones), &nodes);
        (products, matrix)
    }

    /// A square lattice of side `side` on a torus, both directions of each edge.
    fn lattice(side: usize) -> CostGraph {
        let at = |u: usize, v: usize| (u % side) * side + v % side;
        let mut triplets = Vec::new();
        for (u, v) in (0..side).flat_map(|u| (0..side).map(move |v| (u, v))) {
            for other in [at(u + 1, v), at(u, v + 1)] {
                triplets.extend([(at(u, v), other, 1.0), (other, at(u, v), 1.0)]);
            }
        }
        graph_of(Weights::from_triplets(side * side, triplets).unwrap())
    }

    fn until(relative: f64) -> Until {
        Until { relative, every_node: 0.0, of: Unit::Degree, products: 1000 }
    }

    #[test]
    fn it_is_symmetric_and_positive_definite() {
        for graph in [graph_of(random_network(&mut stream(5, 0), 4000, 0.001, 2.0).unwrap()), lattice(60)] {
            let n = graph.nodes();
            let (_, matrix) = scaled(&graph, graph.initial_costs());
            let mut levels = Multigrid::of(graph.pattern(), &matrix);
            // The coarsest graph may be one node, which corrects nothing.
            assert!(levels.levels.len() > 3, "a V-cycle with a correction is part of it");
            let mut apply = |x: &[f64]| {
                let mut z = vec![0.0; n];
                levels.apply(&matrix.root, x, &mut z);
                z
            };
            let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
            for round in 0..20 {
                let (x, y) = (normals(&mut stream(5, 1 + round), n, 1.0), normals(&mut stream(6, round), n, 1.0));
                let (mx, my) = (apply(&x), apply(&y));
                let size = (dot(&mx, &mx) * dot(&y, &y)).sqrt();
                assert!((dot(&mx, &y) - dot(&x, &my)).abs() <= 1e-12 * size, "{} {}", dot(&mx, &y), dot(&x, &my));
                assert!(dot(&mx, &x) >= dot(&x, &x), "it is at least the degrees alone");
            }
        }
    }

    #[test]
    fn the_iteration_finds_what_the_elimination_finds() {
        let graph = graph_of(random_network(&mut stream(3, 0), 300, 0.01, 1.0).unwrap());
        let costs = graph.costs_at(&normals(&mut stream(3, 1), graph.nodes(), 0.3));
        let ground = GroundedLaplacian::of(&graph);
        let ones = vec![1.0; graph.nodes()];
        let exact = ground.solve(&costs, &ones).unwrap();
        let (mut products, matrix) = scaled(&graph, &costs);
        let mut levels = Multigrid::of(graph.pattern(), &matrix);
        // The residual is at most relative·(nodes − 1) at any free node: see the same test of `SparseLaplacian`.
        let slack = 1e-6;
        let until = Until { of: Unit::One, ..until(slack / graph.nodes() as f64) };
        let solved = solve(&mut products, &matrix, &mut levels, &ground.drained(&ones), &until, &mut 0);
        assert!(solved.reached);
        for (found, exact) in ground.grounded(&solved.x).iter().zip(&exact) {
            assert!((found - exact).abs() <= slack * exact, "{found} {exact}");
        }
    }

    /// What it is for: with the degrees alone products grow as the side.
    #[test]
    fn products_hardly_grow_with_the_size_of_a_lattice() {
        let products = |side: usize, aggregated: bool| {
            let graph = lattice(side);
            let (mut products, matrix) = scaled(&graph, graph.initial_costs());
            let mut levels = Multigrid::of(graph.pattern(), &matrix);
            let preconditioner: &mut dyn Preconditioner = if aggregated { &mut levels } else { &mut Degrees };
            let mut right = normals(&mut stream(7, 0), side * side, 1.0);
            let mean = right.iter().sum::<f64>() / right.len() as f64;
            right.iter_mut().for_each(|value| *value -= mean);
            let mut passes = 0;
            assert!(solve(&mut products, &matrix, preconditioner, &right, &until(1e-8), &mut passes).reached);
            passes
        };
        let (small, large) = (products(20, true), products(100, true));
        // Five times the side: the degrees alone need five times the products.
        assert!(large <= 2 * small, "{small} products, then {large}");
        let (small_alone, large_alone) = (products(20, false), products(100, false));
        assert!(large_alone >= 4 * small_alone && 2 * large <= large_alone, "{large_alone} after {small_alone}");
    }
}
