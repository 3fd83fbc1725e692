//! How far two nearly balanced points can be apart: the bound that solvers' answers are compared under.
//!
//! Let `δ = h₂ − h₁`, both grounded. The gradients differ by `∇C(h₂) − ∇C(h₁) = Mδ`, `M` the mean of the Hessian
//! along the segment: a Laplacian whose couplings are within the factors `e^{±p·osc(δ)}` of `p² C(h₁)`, so an
//! M-matrix. If some `z ≥ 0` has `(Mz)_i ≥ |∇C(h₁)|_i + |∇C(h₂)|_i` for every such `M`, the comparison principle
//! gives `|δ_i| ≤ z_i`. `z` comes from one solve with the Laplacian at `h₁`, doubled, by iteration where a component is too
//! large for an elimination; that it is good enough is checked, not assumed.

use super::subject::{LARGEST_DENSE, tracked_gradient, tracked_graph};
use crate::cost::CostGraph;
use crate::flow::node_costs;
use crate::laplacian::{GroundedLaplacian, SparseLaplacian};
use crate::scalar::{UNIT_ROUNDOFF, tracked};

/// Two points compared.
pub struct Comparison {
    /// `|δ_i|`, grounded.
    pub distance: Vec<f64>,
    /// The bound `z_i` on it.
    pub bound: Vec<f64>,
}

/// Compares `h` with the nearly balanced point `reference`; `extra` is added to the residual of each node (the
/// rounding of weights that `h` belongs to, say). `Err` with the reason where no bound can be had.
pub fn compare(graph: &CostGraph, reference: &[f64], h: &[f64], extra: &[f64]) -> Result<Comparison, String> {
    let ground = GroundedLaplacian::of(graph);
    let exact = tracked_graph(graph);
    let (at_reference, at_h) = (tracked_gradient(&exact, &tracked(reference)), tracked_gradient(&exact, &tracked(h)));
    let p = graph.p();
    let residual: Vec<f64> = at_reference
        .iter()
        .zip(&at_h)
        .zip(extra)
        .map(|((a, b), extra)| p * (a.magnitude() + b.magnitude()) + extra)
        .collect();

    let costs = graph.costs_at(reference);
    let mut right: Vec<f64> = residual.iter().map(|value| 2.0 * value / (p * p)).collect();
    let z = if ground.largest_component() <= LARGEST_DENSE {
        let singular =
            |node| format!("no bound on distances: the Laplacian of the component of node {node} is singular");
        ground.solve(&costs, &right).map_err(singular)?
    } else {
        let degrees: Vec<f64> = node_costs(graph.pattern(), &costs, &0.0).degrees().collect();
        raise(&mut right, &degrees);
        let solved = SparseLaplacian::new(graph, &costs).solve(&ground, &right, RESIDUAL);
        solved.map_err(|reason| format!("no bound on distances: {reason}"))?
    };

    let (a, b) = (ground.grounded(reference), ground.grounded(h));
    let delta: Vec<f64> = b.iter().zip(&a).map(|(b, a)| b - a).collect();
    let (low, high) = delta.iter().fold((0.0_f64, 0.0_f64), |(low, high), &value| (low.min(value), high.max(value)));
    // The couplings may differ by this relative amount, and a little more for rounding.
    let largest = reference.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
    let slack = (p * (high - low)).exp_m1() + rounding(p, largest, graph.most_synapses());
    let mut reached = vec![0.0; graph.nodes()];
    for (e, i, j) in graph.pattern().iter() {
        let flow = costs[e] * (z[i] - z[j]);
        reached[i] += p * p * (flow - slack * flow.abs());
        reached[j] += p * p * (-flow - slack * flow.abs());
    }
    for node in 0..graph.nodes() {
        if !ground.is_fixed(node) && (reached[node] < residual[node] || reached[node].is_nan()) {
            return Err(format!(
                "no bound on distances: node {node} needs {:.1e} and the comparison vector gives {:.1e}; the points are not close enough",
                residual[node], reached[node]
            ));
        }
    }
    let distance = delta.iter().map(|value| value.abs()).collect();
    Ok(Comparison { distance, bound: z })
}

/// Conjugate gradients end at this residual relative to the right-hand side, in the norm of entries over the roots of the degrees.
pub(super) const RESIDUAL: f64 = 1e-11;

/// What is asked of every node, as a part of the most that is asked of one, in that norm: a thousand times the residual of a hundred
/// thousand nodes.
const LEAST_PART: f64 = 1e-3;

/// Raises what is asked of nodes with these degrees to that part, so that what an iteration leaves undone is too little to count at
/// any of them. The bound that comes of it is larger, and no less true.
pub(super) fn raise(right: &mut [f64], degrees: &[f64]) {
    let costly = |degree: f64| degree > 0.0;
    let of_each = right.iter().zip(degrees).filter(|(_, degree)| costly(**degree));
    let most = of_each.map(|(x, degree)| x / degree.sqrt()).fold(0.0, f64::max);
    for (x, degree) in right.iter_mut().zip(degrees) {
        *x = x.max(LEAST_PART * most * degree.sqrt());
    }
}

/// What rounding adds to the relative change of a coupling: of the exponents (4p max|h| units), of products and quotients (16), and
/// of sums over the synapses of a node.
fn rounding(p: f64, largest_log_scale: f64, synapses: usize) -> f64 {
    UNIT_ROUNDOFF * (4.0 * p * largest_log_scale + 16.0 + synapses as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_is_reckoned_in_units() {
        assert_eq!(rounding(2.0, 3.0, 5) / UNIT_ROUNDOFF, 24.0 + 16.0 + 5.0);
        assert_eq!(rounding(0.5, 0.0, 1) / UNIT_ROUNDOFF, 17.0);
    }

    #[test]
    fn what_is_asked_of_a_node_is_raised_to_a_part_of_the_most() {
        // Over the roots of the degrees: 4, 2 and nothing; the node without costs is left out.
        let mut right = [8.0, 6.0, 0.0, 9.0];
        raise(&mut right, &[4.0, 9.0, 25.0, 0.0]);
        assert_eq!(right, [8.0, 6.0, 4.0 * LEAST_PART * 5.0, 9.0]);
    }
}
