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
    movable: Vec<bool>,
}

#[derive(Clone, Debug)]
struct Block {
    ground: usize,
    nodes: Vec<usize>,
}

impl<'a> Grounded<'a> {
    /// Grounds the node of largest in- and outgoing costs in each component, which conditions the rest best.
    pub fn of(graph: &'a CostGraph) -> Self {
        Self::at(graph, graph.w())
    }

    /// The same for costs other than those at `h = 0`.
    pub fn at(graph: &'a CostGraph, costs: &[f64]) -> Self {
        let sums = node_costs(graph.pattern(), costs, &0.0);
        let degree = |node: usize| sums.incoming[node] + sums.outgoing[node];
        let mut members = vec![Vec::new(); graph.facts().weak_count()];
        for (node, &component) in graph.facts().weak().iter().enumerate() {
            members[component as usize].push(node);
        }
        let mut movable = vec![false; graph.nodes()];
        let mut blocks = Vec::new();
        for nodes in members.into_iter().filter(|nodes| nodes.len() > 1) {
            let ground = nodes.iter().copied().fold(nodes[0], |a, b| if degree(b) > degree(a) { b } else { a });
            let nodes: Vec<usize> = nodes.into_iter().filter(|&node| node != ground).collect();
            for &node in &nodes {
                movable[node] = true;
            }
            blocks.push(Block { ground, nodes });
        }
        Grounded { graph, blocks, movable }
    }

    /// Unknowns of the largest component.
    pub fn largest_block(&self) -> usize {
        self.blocks.iter().map(|block| block.nodes.len()).max().unwrap_or(0)
    }

    /// `x` with `L x = right` (subtraction-free elimination) and `x = 0` at the grounded nodes, `L` the Laplacian of
    /// the given costs.
    ///
    /// # Errors
    /// A node of a component whose costs are too far apart even for that: the solution leaves the range of `f64`.
    pub fn solve(&self, costs: &[f64], right: &[f64]) -> Result<Vec<f64>, usize> {
        self.each_block(|block, position| {
            let couplings = self.couplings(block, costs, position);
            // A source at a node is a flow from the ground.
            let ground = block.nodes.len();
            let mut flows = DMatrix::zeros(ground + 1, ground + 1);
            for (place, &node) in block.nodes.iter().enumerate() {
                flows[(place, ground)] = right[node];
                flows[(ground, place)] = -right[node];
            }
            Some(star_mesh(couplings, flows))
        })
    }

    /// `x` with `L x = g`, the neural gradient of the given costs: Newton's step, up to the exponent p.
    ///
    /// # Errors
    /// A node of a component whose Laplacian is singular to this elimination.
    pub fn newton_step(
        &self,
        elimination: Elimination,
        costs: &[f64],
        sums: &NodeCosts<f64>,
    ) -> Result<Vec<f64>, usize> {
        let g = sums.gradient();
        self.each_block(|block, position| match elimination {
            Elimination::Cholesky => {
                let matrix = laplacian(self.graph.pattern(), costs, sums, &block.nodes, position);
                let right = DVector::from_iterator(block.nodes.len(), block.nodes.iter().map(|&node| g[node]));
                Some(Cholesky::new(matrix)?.solve(&right).as_slice().to_vec())
            }
            Elimination::StarMesh => {
                // The gradient as what flows over each pair of neurons: taken together only node by node, the weak
                // flows between groups of strongly coupled neurons would be lost in the rounding of the strong ones.
                let into = self.between(block, costs, position);
                let flows = &into - into.transpose();
                Some(star_mesh(&into + into.transpose(), flows))
            }
        })
    }

    /// Solves block by block and puts the parts together.
    fn each_block(&self, solve: impl Fn(&Block, &[Option<usize>]) -> Option<Vec<f64>>) -> Result<Vec<f64>, usize> {
        let mut x = vec![0.0; self.graph.nodes()];
        let mut position = vec![None; self.graph.nodes()];
        for block in &self.blocks {
            for (place, &node) in block.nodes.iter().enumerate() {
                position[node] = Some(place);
            }
            let solution = solve(block, &position).ok_or(block.ground)?;
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

    /// The costs of a component as a dense matrix, row = target; the ground is the last node.
    fn between(&self, block: &Block, costs: &[f64], position: &[Option<usize>]) -> DMatrix<f64> {
        let ground = block.nodes.len();
        let mut matrix = DMatrix::zeros(ground + 1, ground + 1);
        for (row, node) in block.nodes.iter().copied().chain([block.ground]).enumerate() {
            for e in self.graph.pattern().row(node) {
                let column = position[self.graph.pattern().source(e)].unwrap_or(ground);
                matrix[(row, column)] = costs[e];
            }
        }
        matrix
    }

    /// The symmetric couplings `C_ij + C_ji` of a component.
    fn couplings(&self, block: &Block, costs: &[f64], position: &[Option<usize>]) -> DMatrix<f64> {
        let into = self.between(block, costs, position);
        &into + into.transpose()
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
        !self.movable[node]
    }
}

/// Solves `Σ_j c_ij (x_i − x_j) = Σ_j f_ij` with `x = 0` at the last node, for symmetric couplings `c ≥ 0` and
/// antisymmetric flows `f`.
///
/// Eliminating node k joins its neighbours: with the shares `s_j = c_kj/Σ_j c_kj`, `c_ij += c_ik s_j` and
/// `f_ij += f_ik s_j − f_jk s_i`. What a neighbour would send through k to itself cancels before it is computed.
fn star_mesh(mut couplings: DMatrix<f64>, mut flows: DMatrix<f64>) -> Vec<f64> {
    let unknowns = couplings.nrows() - 1;
    let mut totals = vec![0.0; unknowns];
    for (k, total_of_k) in totals.iter_mut().enumerate() {
        let rest = unknowns - k;
        // Columns k below the diagonal keep the couplings of k, and minus its flows, for the way back.
        let star: Vec<f64> = couplings.view((k + 1, k), (rest, 1)).iter().copied().collect();
        let sent: Vec<f64> = flows.view((k + 1, k), (rest, 1)).iter().copied().collect();
        let total: f64 = star.iter().sum();
        *total_of_k = total;
        let shares: Vec<f64> = star.iter().map(|coupling| coupling / total).collect();
        for column in 0..rest {
            let (share, sent_here) = (shares[column], sent[column]);
            if share == 0.0 && sent_here == 0.0 {
                continue;
            }
            let mut mesh = couplings.view_mut((k + 1, k + 1 + column), (rest, 1));
            for (entry, other) in mesh.iter_mut().zip(&star) {
                *entry += other * share;
            }
            let mut mesh = flows.view_mut((k + 1, k + 1 + column), (rest, 1));
            for (entry, (other_sent, other_share)) in mesh.iter_mut().zip(sent.iter().zip(&shares)) {
                *entry += other_sent * share - sent_here * other_share;
            }
        }
    }
    let mut x = vec![0.0; unknowns + 1];
    for k in (0..unknowns).rev() {
        let sum: f64 = (k + 1..=unknowns).map(|j| couplings[(j, k)] * x[j] - flows[(j, k)]).sum();
        x[k] = sum / totals[k];
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
        let flows = DMatrix::from_row_slice(3, 3, &[0.0, 0.0, 1.0, 0.0, 0.0, 0.0, -1.0, 0.0, 0.0]);
        let x = star_mesh(couplings, flows);
        assert!((x[1] / 1e20 - 1.0).abs() < 4.0 * f64::EPSILON);
        assert!((x[0] / 1e20 - 1.0).abs() < 4.0 * f64::EPSILON);
        assert!(Cholesky::new(DMatrix::from_row_slice(2, 2, &[1.0, -1.0, -1.0, 1.0 + 1e-20])).is_none());
    }
}
