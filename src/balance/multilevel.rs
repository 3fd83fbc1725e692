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
        let scaled = |i: usize| {
            let entries = pattern.sources(i).iter().zip(matrix.couplings_of(pattern.row(i)));
            entries.map(|(&j, coupling)| (j as usize, coupling as f32))
        };
        let fine = Aggregates::of(pattern.nodes(), scaled);
        let root = &matrix.root;
        let row = |i: usize| {
            let entries = pattern.sources(i).iter().zip(matrix.couplings_of(pattern.row(i)));
            entries.map(move |(&j, coupling)| (j as usize, coupling * root[i] * root[j as usize]))
        };
        let mut levels = Vec::new();
        let mut graph = fine.quotient(row);
        while levels.len() < MAX_LEVELS && !graph.node.is_empty() {
            let mut level = Level::new(graph);
            let aggregates = level.aggregate();
            graph = aggregates.quotient(|i| level.graph.row(i));
            level.aggregates = Some(aggregates);
            levels.push(level);
        }
        levels.push(Level::new(graph));
        if super::aggregates::knob("SHOW",0.0)>0.0 { for l in &levels { eprintln!("{} {}", l.degree.len(), l.graph.node.len()); } }
        Multilevel { fine, levels }
    }

    /// `z ≈ (scaled Laplacian)⁻¹ r`, up to what the Laplacian does not see.
    pub fn apply(&mut self, root: &[f64], r: &[f64], z: &mut [f64]) {
        z.copy_from_slice(r);
        let Some((first, others)) = self.levels.split_first_mut() else { return };
        self.fine.restrict(r.iter().zip(root).map(|(r, root)| r * root), &mut first.right);
        first.cycle(others);
        let scale = super::aggregates::knob("SCALE", 1.0);
        for ((z, root), correction) in z.iter_mut().zip(root).zip(self.fine.prolong(&first.z)) {
            *z += scale * root * correction;
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
        Aggregates::of(n, |i| {
            let row = self.graph.row(i);
            row.map(move |(j, coupling)| (j, (coupling * inverse_root[i] * inverse_root[j]) as f32))
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
        let over = super::aggregates::knob("OVER", 1.5);
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
                *correction = over * value;
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
