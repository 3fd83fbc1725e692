//! Linear systems with a Laplacian, in `f64`: what a certificate needs of a solver, behind one door.
//!
//! Nothing here has to be right: a poor solution makes a poor certificate or none, never a wrong one.

use std::cell::RefCell;

use nalgebra::{Cholesky, DVector, Dyn};

use super::CertifyError;
use crate::cost::CostGraph;
use crate::flow::{NodeCosts, laplacian, node_costs};
use crate::laplacian::{GroundedLaplacian, SparseLaplacian};

/// Unknowns of a component up to which it is factored densely.
const LARGEST_DENSE: usize = 500;

/// Conjugate gradients end at this residual relative to the start; what is left is refined in integers.
const RESIDUAL: f64 = 1e-9;

/// A component: its nodes but for the root.
struct GroundedPart {
    root: usize,
    nodes: Vec<usize>,
}

/// The Laplacian of given costs, one node of each component grounded.
pub struct Laplacian<'a> {
    graph: &'a CostGraph,
    grounded: &'a GroundedLaplacian<'a>,
    costs: Vec<f64>,
    sums: NodeCosts<f64>,
    parts: Vec<GroundedPart>,
    /// One for each part; `None` where elimination without subtraction or iteration takes its place.
    factors: Option<Vec<Cholesky<f64, Dyn>>>,
    /// For components too large for that; made when first needed.
    sparse: RefCell<Option<SparseLaplacian<'a>>>,
}

/// The root of each node's component: the node that `grounded` holds still.
pub fn roots(graph: &CostGraph, grounded: &GroundedLaplacian) -> Vec<usize> {
    let weak = graph.facts().weak();
    let mut root = vec![0; graph.facts().weak_count()];
    for node in (0..graph.nodes()).filter(|&node| grounded.is_fixed(node)) {
        root[weak[node] as usize] = node;
    }
    weak.iter().map(|&component| root[component as usize]).collect()
}

impl<'a> Laplacian<'a> {
    /// Factors what is small enough for it.
    pub fn of(graph: &'a CostGraph, grounded: &'a GroundedLaplacian<'a>, root: &[usize], costs: Vec<f64>) -> Self {
        let mut members = vec![Vec::new(); graph.nodes()];
        for (node, &root) in root.iter().enumerate().filter(|&(node, &root)| node != root) {
            members[root].push(node);
        }
        let parts = members.into_iter().enumerate().filter(|(_, nodes)| !nodes.is_empty());
        let parts: Vec<GroundedPart> = parts.map(|(root, nodes)| GroundedPart { root, nodes }).collect();
        let sums = node_costs(graph.pattern(), &costs, &0.0);
        let mut found = Laplacian { graph, grounded, costs, sums, parts, factors: None, sparse: RefCell::default() };
        if found.largest() <= LARGEST_DENSE {
            found.factors = found.parts.iter().map(|part| found.factor(part)).collect();
        }
        found
    }

    fn largest(&self) -> usize {
        self.parts.iter().map(|part| part.nodes.len()).max().unwrap_or(0)
    }

    fn factor(&self, part: &GroundedPart) -> Option<Cholesky<f64, Dyn>> {
        let mut position = vec![None; self.graph.nodes()];
        for (place, &node) in part.nodes.iter().enumerate() {
            position[node] = Some(place);
        }
        Cholesky::new(laplacian(self.graph.pattern(), &self.costs, &self.sums, &part.nodes, &position))
    }

    /// Gives up the factorisation for the slower elimination that subtracts nothing; false if that was in use.
    pub fn use_star_mesh(&mut self) -> bool {
        self.factors.take().is_some()
    }

    /// The largest `r_i + c_i`.
    pub fn largest_degree(&self) -> f64 {
        self.sums.largest_degree()
    }

    /// `x` with `L x = right` and `x = 0` at the roots.
    ///
    /// # Errors
    /// A component whose costs are too far apart for `f64`, or on which the iteration makes no progress.
    pub fn solve(&self, right: &[f64]) -> Result<Vec<f64>, CertifyError> {
        if self.largest() > LARGEST_DENSE {
            return self.iterate(right);
        }
        let Some(factors) = &self.factors else {
            return self.grounded.solve(&self.costs, right).map_err(|node| CertifyError::Singular { node });
        };
        let mut x = vec![0.0; self.graph.nodes()];
        for (part, factor) in self.parts.iter().zip(factors) {
            let given = DVector::from_iterator(part.nodes.len(), part.nodes.iter().map(|&node| right[node]));
            let solution = factor.solve(&given);
            for (&node, &value) in part.nodes.iter().zip(solution.iter()) {
                if !value.is_finite() {
                    return Err(CertifyError::Singular { node: part.root });
                }
                x[node] = value;
            }
        }
        Ok(x)
    }

    /// By conjugate gradients, all components at once.
    fn iterate(&self, right: &[f64]) -> Result<Vec<f64>, CertifyError> {
        let mut sparse = self.sparse.borrow_mut();
        let sparse = sparse.get_or_insert_with(|| SparseLaplacian::new(self.graph, &self.costs));
        Ok(sparse.solve(self.grounded, right, RESIDUAL)?)
    }
}
