//! A preconditioner for large graphs whose imbalances reach far: the degrees at every node, and beside them the graphs
//! of ever larger aggregates.
//!
//! Within an aggregate the slow directions are constant, so that they are directions of the graph between the
//! aggregates, whose couplings are sums of couplings: its Laplacian is a Laplacian again. That one is solved by one
//! V-cycle: Gauss-Seidel down through the nodes, the residual to the next coarser graph, its answer back, Gauss-Seidel up.
//! On the graph itself nothing is swept, `z = D⁻¹ r + P (V-cycle) Pᵀ r`: a preconditioner that costs no pass over the
//! synapses.

use super::aggregates::{Aggregates, Lower};
use super::conjugate_gradients::Scaled;
use super::engine::Stored;
use crate::network::Pattern;

/// Directions that are constant on aggregates are stiffer than those they stand for: the correction is made larger.
/// Below 2 the cycle stays positive definite.
const OVERCORRECTION: f64 = 1.5;

/// Levels at most: each has at most half the nodes of the one before, so that there are never more.
const MAX_LEVELS: usize = 40;

/// The levels of one graph.
pub(super) struct Multilevel {
    fine: Aggregates,
    levels: Vec<Level>,
    root: Vec<f64>,
}

/// A graph of aggregates.
struct Level {
    graph: Lower,
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

impl Multilevel {
    /// Of the Laplacian kept in `matrix`. O(synapses).
    pub fn of<T: Stored>(pattern: &Pattern, matrix: &Scaled<T>) -> Self {
        let couplings =
            || pattern.iter().zip(matrix.couplings()).map(|((_, i, j), coupling)| (i, j, coupling as f32));
        let fine = Aggregates::of(pattern.nodes(), couplings);
        let mut all = Multilevel { fine, levels: Vec::new(), root: Vec::new() };
        all.renew(pattern, matrix);
        all
    }

    /// The same aggregates of nodes with the couplings of another moment.
    pub fn renew<T: Stored>(&mut self, pattern: &Pattern, matrix: &Scaled<T>) {
        self.root.clone_from(&matrix.root);
        let root = &self.root;
        let row = |i: usize| {
            let entries = pattern.sources(i).iter().zip(matrix.couplings_of(pattern.row(i)));
            entries.map(move |(&j, coupling)| (j as usize, coupling * root[i] * root[j as usize]))
        };
        self.levels.clear();
        let mut graph = self.fine.quotient(row);
        while self.levels.len() < MAX_LEVELS {
            let mut level = Level::new(graph);
            let last = level.graph.node.is_empty();
            if last {
                self.levels.push(level);
                break;
            }
            let aggregates = level.aggregate();
            graph = aggregates.quotient(|i| level.graph.row(i));
            level.aggregates = Some(aggregates);
            self.levels.push(level);
        }
    }

    /// `z ≈ (scaled Laplacian)⁻¹ r`, up to what the Laplacian does not see.
    pub fn apply(&mut self, r: &[f64], z: &mut [f64]) {
        z.copy_from_slice(r);
        let Some((first, others)) = self.levels.split_first_mut() else { return };
        self.fine.restrict(r.iter().zip(&self.root).map(|(r, root)| r * root), &mut first.right);
        first.cycle(others);
        for ((z, root), correction) in z.iter_mut().zip(&self.root).zip(self.fine.prolong(&first.z)) {
            *z += root * correction;
        }
    }
}

impl Level {
    fn new(graph: Lower) -> Self {
        let n = graph.start.len() - 1;
        let mut degree = vec![0.0; n];
        for i in 0..n {
            for (j, coupling) in graph.row(i) {
                degree[i] += coupling;
                degree[j] += coupling;
            }
        }
        let zero = || vec![0.0; n];
        let (right, z, later, correction) = (zero(), zero(), zero(), zero());
        Level { graph, degree, aggregates: None, right, z, later, correction }
    }

    fn aggregate(&self) -> Aggregates {
        let n = self.degree.len();
        let inverse_root: Vec<f64> =
            self.degree.iter().map(|&degree| if degree > 0.0 { degree.sqrt().recip() } else { 0.0 }).collect();
        let inverse_root = &inverse_root;
        Aggregates::of(n, || {
            (0..n).flat_map(move |i| {
                let scaled = move |j: usize, coupling: f64| (coupling * inverse_root[i] * inverse_root[j]) as f32;
                self.graph.row(i).map(move |(j, coupling)| (i, j, scaled(j, coupling)))
            })
        })
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
                let earlier: f64 = graph.row(i).map(|(j, coupling)| coupling * z[j]).sum();
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
                let earlier: f64 = graph.row(i).map(|(j, coupling)| coupling * correction[j]).sum();
                let value = z[i] + (earlier + later[i]) / degree[i];
                z[i] = value;
                for (j, coupling) in graph.row(i) {
                    later[j] += coupling * value;
                }
            }
        }
    }
}
