//! Linear systems with the Laplacian of a graph of costs, one node of each component grounded.

use nalgebra::{Cholesky, DVector};

use crate::cost::CostGraph;
use crate::flow::{NodeCosts, laplacian, node_costs};

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
    pub fn solve(&self, costs: &[f64], sums: &NodeCosts<f64>, right: &[f64]) -> Result<Vec<f64>, usize> {
        let mut x = vec![0.0; self.graph.nodes()];
        let mut position = vec![None; self.graph.nodes()];
        for block in &self.blocks {
            for (place, &node) in block.nodes.iter().enumerate() {
                position[node] = Some(place);
            }
            let matrix = laplacian(self.graph.pattern(), costs, sums, &block.nodes, &position);
            let right = DVector::from_iterator(block.nodes.len(), block.nodes.iter().map(|&node| right[node]));
            let solution = Cholesky::new(matrix).ok_or(block.ground)?.solve(&right);
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
