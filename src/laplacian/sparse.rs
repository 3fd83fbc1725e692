//! Linear systems with the Laplacian of a large sparse graph, to the accuracy of `f64`, for whoever can check the answer.

use super::approximate_cholesky::ApproximateCholesky;
use super::conjugate_gradients::{Unit, Until, solve};
use super::grounded::GroundedLaplacian;
use super::preconditioner::{Degrees, Preconditioner};
use super::products::SparseProducts;
use super::scaled::ScaledLaplacian;
use crate::cost::CostGraph;
use crate::flow::{NodeCosts, node_costs};
use crate::scalar::{exponent, largest_or_nan, times_power_of_two};

/// The Laplacian of given costs.
pub struct SparseLaplacian<'a> {
    products: SparseProducts<'a>,
    matrix: ScaledLaplacian<f64>,
    graph: &'a CostGraph,
    factor: Option<ApproximateCholesky>,
}

/// The iteration did not reach the accuracy asked for: the costs are too far apart for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the iteration on the Laplacian of {nodes} nodes did not get there in {products} products")]
pub struct NotSolved {
    /// Nodes of the graph.
    pub nodes: usize,
    /// Products with the matrix that were allowed.
    pub products: usize,
}

/// Products with the diagonal preconditioner, after which sampled elimination takes over; and with that.
const PATIENT_PRODUCTS: usize = 1000;
const MAX_PRODUCTS: usize = 10_000;

impl<'a> SparseLaplacian<'a> {
    /// Of costs in the order of the graph's pattern.
    pub fn new(graph: &'a CostGraph, costs: &[f64]) -> Self {
        let nodes: NodeCosts<f64> = node_costs(graph.pattern(), costs, &0.0);
        let mut products = SparseProducts::new(graph.pattern());
        let mut matrix = ScaledLaplacian::new(costs.len());
        let ones = vec![1.0; graph.nodes()];
        matrix.renew(&mut products, costs, (&ones, &ones), &nodes);
        SparseLaplacian { products, matrix, graph, factor: None }
    }

    /// `x` with `L x = right` at every free node and `x = 0` at the grounded ones; what `right` says there is ignored.
    /// The residual is at most `relative` times the right-hand side, in the norm scaled by the degrees and at the worst
    /// node.
    ///
    /// # Errors
    /// [`NotSolved`].
    pub fn solve(&mut self, ground: &GroundedLaplacian, right: &[f64], relative: f64) -> Result<Vec<f64>, NotSolved> {
        // What goes into the free nodes of a component comes out at its ground: the grounded system is the whole one, up
        // to a constant in each component.
        let mut right = ground.drained(right);
        // In units of the power of two of its largest entry: its squares are then within the range of f64. That is exact, for
        // the system is linear.
        let largest = largest_or_nan(right.iter().map(|value| value.abs()));
        let unit = if largest > 0.0 && largest.is_finite() { exponent(largest) } else { 0 };
        right.iter_mut().for_each(|value| *value = times_power_of_two(*value, -unit));
        let until = Until { relative, every_node: 0.0, of: Unit::One, products: PATIENT_PRODUCTS };
        let mut passes = 0;
        let preconditioner: &mut dyn Preconditioner = match &mut self.factor {
            Some(factor) => factor,
            None => &mut Degrees,
        };
        let mut solved = solve(&mut self.products, &self.matrix, preconditioner, &right, &until, &mut passes);
        if !solved.reached {
            let mut factor = ApproximateCholesky::of(self.graph.pattern(), &self.matrix);
            let until = Until { products: MAX_PRODUCTS, ..until };
            solved = solve(&mut self.products, &self.matrix, &mut factor, &right, &until, &mut passes);
            self.factor = Some(factor);
        }
        let x: Vec<f64> = solved.x.iter().map(|value| times_power_of_two(*value, unit)).collect();
        if !(solved.reached && x.iter().all(|value| value.is_finite())) {
            return Err(NotSolved { nodes: self.graph.nodes(), products: MAX_PRODUCTS });
        }
        Ok(ground.grounded(&x))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cost::CostSpec;
    use crate::network::random::{normals, random_network, stream};
    use crate::network::{Activation, Network};

    /// Squares of the right-hand side leave the range of `f64` where it does not; what is no number has no solution.
    #[test]
    fn a_right_hand_side_of_any_size_is_solved_for_or_refused() {
        let weights = vec![(0, 1, 1.0), (1, 2, 2.0), (2, 0, 3.0), (1, 0, 0.5)];
        let weights = crate::network::Weights::from_triplets(3, weights).unwrap();
        let network = Network::recurrent(weights, Activation::Linear);
        let graph = CostGraph::of_network(&network, &CostSpec::power(2.0)).unwrap();
        let ground = GroundedLaplacian::of(&graph);
        let mut laplacian = SparseLaplacian::new(&graph, graph.initial_costs());
        let mut of = |right: [f64; 3]| laplacian.solve(&ground, &right, 1e-12);
        let one = of([1.0, -0.25, 0.5]).unwrap();
        for unit in [600, -600] {
            let right = [1.0, -0.25, 0.5].map(|value| times_power_of_two(value, unit));
            let wanted: Vec<f64> = one.iter().map(|value| times_power_of_two(*value, unit)).collect();
            assert_eq!(of(right).unwrap(), wanted, "{unit}");
        }
        for value in [f64::NAN, f64::INFINITY] {
            let found = of([value, 1.0, -1.0]);
            assert!(found.is_err(), "{value}: {found:?}");
        }
        assert_eq!(of([0.0; 3]).unwrap(), [0.0; 3]);
    }

    #[test]
    fn the_iteration_finds_what_the_elimination_finds() {
        let mut random = stream(3, 0);
        let weights = random_network(&mut random, 300, 0.01, 1.0).unwrap();
        let network = Network::recurrent(weights, Activation::Linear);
        let graph = CostGraph::of_network(&network, &CostSpec::power(2.0)).unwrap();
        let costs = graph.costs_at(&normals(&mut random, graph.nodes(), 0.3));
        let ground = GroundedLaplacian::of(&graph);
        let ones = vec![1.0; graph.nodes()];
        let exact = ground.solve(&costs, &ones).unwrap();
        // The residual is at most relative·(nodes − 1) at any free node, one is what is asked for there, and L⁻¹ has no
        // negative entry: so both differ by at most that part of the exact solution.
        let slack = 1e-6;
        let relative = slack / graph.nodes() as f64;
        let mut laplacian = SparseLaplacian::new(&graph, &costs);
        for factor in [None, Some(ApproximateCholesky::of(graph.pattern(), &laplacian.matrix))] {
            laplacian.factor = factor;
            let found = laplacian.solve(&ground, &ones, relative).unwrap();
            for (found, exact) in found.iter().zip(&exact) {
                assert!((found - exact).abs() <= slack * exact, "{found} {exact}");
            }
        }
    }
}
