//! Linear systems with the Laplacian of a graph of costs, one node of each component grounded.
//!
//! Two ways of elimination. Cholesky is fast, but subtracts, and where costs span too many orders of magnitude the
//! weak couplings drown in the rounding of the strong ones. The star-mesh elimination removes a node and joins its
//! neighbours directly, `c_ij += c_ki c_kj / Σ_j c_kj`: only sums, products and quotients of positive numbers, so
//! that every coupling stays accurate to a few roundings however far apart they are (the idea of Grassmann, Taksar &
//! Heyman for Markov chains; Alfa, Xue & Ye 2002 for M-matrices).

use nalgebra::{Cholesky, DMatrix, DVector};

use crate::cost::CostGraph;
use crate::flow::{NodeCosts, laplacian, node_costs};

/// How a linear system is solved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Elimination {
    /// Cholesky factorisation.
    Cholesky,
    /// Subtraction-free elimination of one node after the other; some times slower.
    StarMesh,
}

/// The weak components of a graph, each without the one node that is grounded.
#[derive(Clone, Debug)]
pub struct Grounded<'a> {
    graph: &'a CostGraph,
    blocks: Vec<Block>,
}

#[derive(Clone, Debug)]
struct Block {
    ground: usize,
    nodes: Vec<usize>,
}

impl<'a> Grounded<'a> {
    /// Grounds the node of largest in- and outgoing costs in each component, which conditions the rest best.
    pub fn of(graph: &'a CostGraph) -> Self {
        let sums = node_costs(graph.pattern(), graph.w(), &0.0);
        let degree = |node: usize| sums.incoming[node] + sums.outgoing[node];
        let mut members = vec![Vec::new(); graph.facts().weak_count()];
        for (node, &component) in graph.facts().weak().iter().enumerate() {
            members[component as usize].push(node);
        }
        let blocks = members
            .into_iter()
            .filter(|nodes| nodes.len() > 1)
            .map(|nodes| {
                let ground = nodes.iter().copied().fold(nodes[0], |a, b| if degree(b) > degree(a) { b } else { a });
                Block { ground, nodes: nodes.into_iter().filter(|&node| node != ground).collect() }
            })
            .collect();
        Grounded { graph, blocks }
    }

    /// Unknowns of the largest component.
    pub fn largest_block(&self) -> usize {
        self.blocks.iter().map(|block| block.nodes.len()).max().unwrap_or(0)
    }

    /// `x` with `L x = right` and `x = 0` at the grounded nodes, `L` the Laplacian of the given costs; or a node of
    /// a component whose Laplacian is not numerically positive definite.
    ///
    /// # Errors
    /// That node.
    pub fn solve(
        &self,
        elimination: Elimination,
        costs: &[f64],
        sums: &NodeCosts<f64>,
        right: &[f64],
    ) -> Result<Vec<f64>, usize> {
        let mut x = vec![0.0; self.graph.nodes()];
        let mut position = vec![None; self.graph.nodes()];
        for block in &self.blocks {
            for (place, &node) in block.nodes.iter().enumerate() {
                position[node] = Some(place);
            }
            let values: Vec<f64> = block.nodes.iter().map(|&node| right[node]).collect();
            let solution = match elimination {
                Elimination::Cholesky => {
                    let matrix = laplacian(self.graph.pattern(), costs, sums, &block.nodes, &position);
                    Cholesky::new(matrix).ok_or(block.ground)?.solve(&DVector::from_vec(values)).as_slice().to_vec()
                }
                Elimination::StarMesh => star_mesh(self.couplings(block, costs, &position), values),
            };
            if solution.iter().any(|value| !value.is_finite()) {
                return Err(block.ground);
            }
            for (place, &node) in block.nodes.iter().enumerate() {
                x[node] = solution[place];
                position[node] = None;
            }
        }
        Ok(x)
    }

    /// The symmetric couplings `C_ij + C_ji` of a component, row by row; the ground is the last node.
    fn couplings(&self, block: &Block, costs: &[f64], position: &[Option<usize>]) -> DMatrix<f64> {
        let ground = block.nodes.len();
        let mut matrix = DMatrix::zeros(ground + 1, ground + 1);
        let all = block.nodes.iter().copied().chain([block.ground]);
        for (row, node) in all.enumerate() {
            for e in self.graph.pattern().row(node) {
                let column = position[self.graph.pattern().source(e)].unwrap_or(ground);
                matrix[(row, column)] += costs[e];
                matrix[(column, row)] += costs[e];
            }
        }
        matrix
    }

    /// `h` shifted so that it vanishes at the grounded node of each component.
    pub fn grounded(&self, h: &[f64]) -> Vec<f64> {
        let mut shifted = vec![0.0; h.len()];
        for block in &self.blocks {
            for &node in &block.nodes {
                shifted[node] = h[node] - h[block.ground];
            }
        }
        shifted
    }

    /// True for a node that is grounded or has no costs.
    pub fn is_fixed(&self, node: usize) -> bool {
        !self.blocks.iter().any(|block| block.ground != node && block.nodes.binary_search(&node).is_ok())
    }
}

/// Solves `Σ_j c_ij (x_i − x_j) = right_i` with `x = 0` at the last node, for symmetric couplings `c`.
fn star_mesh(mut couplings: DMatrix<f64>, mut right: Vec<f64>) -> Vec<f64> {
    let unknowns = right.len();
    let mut totals = vec![0.0; unknowns];
    // Node k joins the nodes after it; column k below the diagonal keeps its couplings for the way back.
    for k in 0..unknowns {
        let star: Vec<f64> = couplings.view((k + 1, k), (unknowns - k, 1)).iter().copied().collect();
        let total: f64 = star.iter().sum();
        totals[k] = total;
        for (offset, coupling) in star.iter().enumerate().filter(|(_, coupling)| **coupling > 0.0) {
            let column = k + 1 + offset;
            let share = coupling / total;
            if column < unknowns {
                right[column] += share * right[k];
            }
            let mut mesh = couplings.view_mut((k + 1, column), (unknowns - k, 1));
            for (entry, other) in mesh.iter_mut().zip(&star) {
                *entry += share * other;
            }
        }
    }
    let mut x = vec![0.0; unknowns + 1];
    for k in (0..unknowns).rev() {
        let neighbours: f64 = (k + 1..unknowns).map(|j| couplings[(j, k)] * x[j]).sum();
        x[k] = (right[k] + neighbours) / totals[k];
    }
    x.truncate(unknowns);
    x
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn star_mesh_keeps_a_coupling_that_cholesky_loses() {
        // 0 and 1 joined by 1, 1 and the ground by 1e-20: pushing 1 into node 0 lifts both by 1e20, and node 0 by 1
        // more. In f64 the Laplacian has equal entries 1 and 1 + 1e-20, and is singular.
        let couplings = DMatrix::from_row_slice(3, 3, &[0.0, 1.0, 0.0, 1.0, 0.0, 1e-20, 0.0, 1e-20, 0.0]);
        let x = star_mesh(couplings, vec![1.0, 0.0]);
        assert!((x[1] / 1e20 - 1.0).abs() < 4.0 * f64::EPSILON);
        assert!((x[0] / 1e20 - 1.0).abs() < 4.0 * f64::EPSILON);
        assert!(Cholesky::new(DMatrix::from_row_slice(2, 2, &[1.0, -1.0, -1.0, 1.0 + 1e-20])).is_none());
    }
}
