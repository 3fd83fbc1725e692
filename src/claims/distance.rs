//! How far two nearly balanced points can be apart: the bound that solvers' answers are compared under.
//!
//! Let `δ = h₂ − h₁`, both grounded. The gradients differ by `∇C(h₂) − ∇C(h₁) = Mδ`, `M` the mean of the Hessian
//! along the segment: a Laplacian, so an M-matrix. A cost grows along the segment as `e^{tx}`, `x = p(δ_j − δ_i)`, so its mean is
//! `(e^x − 1)/x` times that at `h₁` ([`mean_growth`]): M is known but for rounding, however far apart the points are. If some
//! `z ≥ 0` has `(Mz)_i ≥ |∇C(h₁)|_i + |∇C(h₂)|_i`, the comparison principle gives `|δ_i| ≤ z_i`. `z` comes from one solve with M,
//! doubled, by iteration where a component is too large for an elimination; that it is good enough is checked, not assumed.

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

    let mut costs = graph.costs_at(reference);
    // A rescaling by a constant moves no cost: the differences as they stand are as good as the grounded ones, with fewer roundings.
    let moved: Vec<f64> = h.iter().zip(reference).map(|(b, a)| b - a).collect();
    for (e, i, j) in graph.pattern().iter() {
        costs[e] *= mean_growth(p * (moved[j] - moved[i]));
    }
    let mut right: Vec<f64> = residual.iter().map(|value| 2.0 * value / (p * p)).collect();
    let z = if ground.largest_component() <= LARGEST_DENSE {
        let singular =
            |node| format!("no bound on distances: the Laplacian of the component of node {node} is singular");
        ground.solve(&costs, &right).map_err(singular)?
    } else {
        let degrees: Vec<f64> = node_costs(graph.pattern(), &costs, &0.0).degrees().collect();
        raise(&mut right, &degrees, LEAST_PART);
        let solved = SparseLaplacian::new(graph, &costs).solve(&ground, &right, RESIDUAL);
        solved.map_err(|reason| format!("no bound on distances: {reason}"))?
    };

    let (a, b) = (ground.grounded(reference), ground.grounded(h));
    let delta: Vec<f64> = b.iter().zip(&a).map(|(b, a)| b - a).collect();
    let largest = reference.iter().chain(h).fold(0.0_f64, |largest, value| largest.max(value.abs()));
    let slack = rounding(p, largest, graph.most_synapses());
    let mut reached = vec![0.0; graph.nodes()];
    for (e, i, j) in graph.pattern().iter() {
        let flow = costs[e] * (z[i] - z[j]);
        reached[i] += p * p * (flow - slack * flow.abs());
        reached[j] += p * p * (-flow - slack * flow.abs());
    }
    for node in 0..graph.nodes() {
        let enough = reached[node] >= residual[node] && z[node].is_finite();
        if !ground.is_fixed(node) && !enough {
            return Err(format!(
                "no bound on distances: node {node} needs {:.1e} and the comparison vector gives {:.1e}; the costs are too far apart for f64",
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
pub(super) const LEAST_PART: f64 = 1e-3;

/// Raises what is asked of nodes with these degrees to that part, so that what an iteration leaves undone is too little to count at
/// any of them. The bound that comes of it is larger, and no less true.
pub(super) fn raise(right: &mut [f64], degrees: &[f64], part: f64) {
    let costly = |degree: f64| degree > 0.0;
    let of_each = right.iter().zip(degrees).filter(|(_, degree)| costly(**degree));
    let most = of_each.map(|(x, degree)| x / degree.sqrt()).fold(0.0, f64::max);
    for (x, degree) in right.iter_mut().zip(degrees) {
        *x = x.max(part * most * degree.sqrt());
    }
}

/// The mean of `e^{tx}` over t from 0 to 1.
pub(super) fn mean_growth(x: f64) -> f64 {
    if x == 0.0 { 1.0 } else { x.exp_m1() / x }
}

/// What rounding adds to the relative change of a coupling: of the exponents (4p max|h| units at the reference; 12p max|h| of the
/// differences that grow the costs, as the relative change of their mean is at most that of x), of products and quotients (24), and of
/// sums over the synapses of a node.
fn rounding(p: f64, largest_log_scale: f64, synapses: usize) -> f64 {
    UNIT_ROUNDOFF * (16.0 * p * largest_log_scale + 24.0 + synapses as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cost::CostSpec;
    use crate::network::{Activation, Network, Weights};

    #[test]
    fn rounding_is_reckoned_in_units() {
        assert_eq!(rounding(2.0, 3.0, 5) / UNIT_ROUNDOFF, 96.0 + 24.0 + 5.0);
        assert_eq!(rounding(0.5, 0.0, 1) / UNIT_ROUNDOFF, 25.0);
    }

    /// Two neurons that each cost the other 1: at log-scales ±d the costs are `e^{∓2pd}`, and the gradient `2 sinh 2pd` is what the
    /// difference alone explains, so the bound is twice the distance (the doubling), near and far.
    #[test]
    fn points_far_apart_have_a_bound_too() {
        let weights = Weights::from_triplets(2, vec![(0, 1, 1.0), (1, 0, 1.0)]).unwrap();
        let network = Network::recurrent(weights, Activation::Relu);
        let graph = CostGraph::of_network(&network, &CostSpec::power(2.0)).unwrap();
        for apart in [1e-9, 1e-3, 0.7, 20.0] {
            let found = compare(&graph, &[0.0, 0.0], &[apart, -apart], &[0.0, 0.0]).unwrap();
            let (distance, bound) = (found.distance[0].max(found.distance[1]), found.bound[0].max(found.bound[1]));
            assert_eq!(distance, 2.0 * apart);
            assert!((bound / distance - 2.0).abs() < 1e-6, "{apart}: {bound} for {distance}");
        }
        assert_eq!((mean_growth(0.0), mean_growth(1.0)), (1.0, 1.0_f64.exp_m1()));
    }

    #[test]
    fn what_is_asked_of_a_node_is_raised_to_a_part_of_the_most() {
        // Over the roots of the degrees: 4, 2 and nothing; the node without costs is left out.
        let mut right = [8.0, 6.0, 0.0, 9.0];
        raise(&mut right, &[4.0, 9.0, 25.0, 0.0], LEAST_PART);
        assert_eq!(right, [8.0, 6.0, 4.0 * LEAST_PART * 5.0, 9.0]);
    }
}
