//! The ground-state vector: `v` with `L v ≈ 1` at every node but the grounded ones, where `v = 0`.
//!
//! It bounds the curvature of the cost from below (see `rigor`), and need not be exact: whoever uses it checks `L v`.

use super::conjugate_gradients::{Scaled, Unit, Until, solve};
use super::grounded::Grounded;
use super::sampled_elimination::Factor;
use super::sums::Sums;
use crate::cost::CostGraph;

/// Unknowns of a component up to which the elimination that subtracts nothing, cubic in them, is used.
const LARGEST_ELIMINATED: usize = 400;

/// `L v` may miss 1 by this at a node: the bound on the curvature loses as much.
const SLACK: f64 = 0.02;

/// Products with the diagonal preconditioner, after which sampled elimination takes over; and with that.
const PATIENT_PRODUCTS: usize = 1000;
const MAX_PRODUCTS: usize = 10_000;

/// `v` at log-scales `h`, one number a node.
///
/// # Errors
/// A node where `L v` could not be brought near 1: the costs are too far apart for `f64`.
pub fn ground_vector(graph: &CostGraph, ground: &Grounded, h: &[f64]) -> Result<Vec<f64>, usize> {
    if ground.largest_block() <= LARGEST_ELIMINATED {
        return ground.solve(&graph.costs_at(h), &vec![1.0; graph.nodes()]);
    }
    // What is pushed into the free nodes of a component comes out at its ground; then the grounded system is the whole
    // one, up to a constant in each component.
    let right = ground.outflow_at_ground();
    let mut sums = Sums::new(graph);
    sums.move_to(h);
    sums.measure();
    let mut matrix = Scaled::new(graph.pattern().len());
    matrix.renew(&mut sums);
    let mut until = Until { relative: 0.0, every_node: SLACK, of: Unit::One, products: PATIENT_PRODUCTS };
    let mut solved = solve(&mut sums.engine, &matrix, None, &right, &until, &mut sums.passes);
    if !solved.reached {
        let factor = Factor::of(graph.pattern(), &matrix);
        until.products = MAX_PRODUCTS;
        solved = solve(&mut sums.engine, &matrix, Some(&factor), &right, &until, &mut sums.passes);
    }
    let v = ground.grounded(&solved.x);
    match (0..v.len()).find(|&node| !ground.is_fixed(node) && (v[node] <= 0.0 || !v[node].is_finite())) {
        Some(node) => Err(node),
        None => Ok(v),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cost::CostSpec;
    use crate::network::{Activation, Network};
    use crate::tasks::{normals, random_network, stream};

    #[test]
    fn the_iteration_finds_what_the_elimination_finds() {
        let mut random = stream(3, 0);
        let weights = random_network(&mut random, LARGEST_ELIMINATED + 2, 0.01, 1.0).unwrap();
        let network = Network::recurrent(weights, Activation::Linear);
        let graph = CostGraph::of_network(&network, &CostSpec::power(2.0)).unwrap();
        let h = normals(&mut random, graph.nodes(), 0.3);
        let ground = Grounded::of(&graph);
        let exact = ground.solve(&graph.costs_at(&h), &vec![1.0; graph.nodes()]).unwrap();
        let found = ground_vector(&graph, &ground, &h).unwrap();
        // L(found − exact) is within the slack of 0 at every free node, and L⁻¹ has no negative entry: so the two differ by
        // at most slack·exact, and the rounding of couplings to f32 adds 2⁻²³ of the whole range.
        for (found, exact) in found.iter().zip(&exact) {
            assert!((found - exact).abs() <= (SLACK + f64::from(f32::EPSILON)) * exact * 1.0001, "{found} {exact}");
        }
    }
}
