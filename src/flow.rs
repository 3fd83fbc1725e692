//! The flow: neural gradient, Lax field, Laplacian.
//!
//! `g_i = Σ_j C_ij − Σ_j C_ji` (incoming minus outgoing cost), `ḣ = g(h)`, `J̇_ij = J_ij (g_j − g_i)`,
//! `∇C = −p g`, `dC/dt = −p‖g‖²`, Hessian `p² L` with `L` the graph Laplacian of `C + Cᵀ`.

use nalgebra::DMatrix;

use crate::network::Pattern;
use crate::parallel::both;
use crate::ranks::Spread;
use crate::scalar::Scalar;

/// Sums of the costs into and out of every node, self-synapses excluded.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeCosts<S> {
    /// `r_i = Σ_{j≠i} C_ij`.
    pub incoming: Vec<S>,
    /// `c_i = Σ_{j≠i} C_ji`.
    pub outgoing: Vec<S>,
}

/// How far a graph of costs is from balanced: the worst node, each measured against its own costs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Imbalance {
    /// `max_i |g_i| / (r_i + c_i)`; 0 for a node without costs. NaN if any cost is.
    pub worst: f64,
    /// The node where it is attained, counted from 0; the world is the last.
    pub node: usize,
}

/// Row and column sums of the costs, in one pass; every sum runs in ascending order of the other neuron (the order
/// of the rounding theorem).
pub fn node_costs<S: Scalar>(pattern: &Pattern, costs: &[S], zero: &S) -> NodeCosts<S> {
    let zeros = || vec![zero.clone(); pattern.nodes()];
    let (mut incoming, mut outgoing) = (zeros(), zeros());
    both(pattern.len(), || add_incoming(pattern, costs, &mut incoming), || add_outgoing(pattern, costs, &mut outgoing));
    NodeCosts { incoming, outgoing }
}

/// The same of costs that come one after the other, in the order of the pattern, and are not kept.
pub(crate) fn node_costs_of(pattern: &Pattern, mut costs: impl Iterator<Item = f64>) -> NodeCosts<f64> {
    let (mut incoming, mut outgoing) = (vec![0.0; pattern.nodes()], vec![0.0; pattern.nodes()]);
    for (i, sum) in incoming.iter_mut().enumerate() {
        for (&j, cost) in pattern.sources(i).iter().zip(&mut costs) {
            *sum += cost;
            outgoing[j as usize] += cost;
        }
    }
    NodeCosts { incoming, outgoing }
}

/// The same of costs that are spread over ranks, the rows of this one in `pattern`: all sums everywhere, to the same bits.
pub(crate) fn node_costs_of_part(pattern: &Pattern, costs: &[f64], spread: &Spread) -> NodeCosts<f64> {
    let zeros = || vec![0.0; pattern.nodes()];
    let (mut incoming, mut outgoing) = (zeros(), zeros());
    add_incoming(pattern, costs, &mut incoming);
    spread.complete(&mut incoming);
    spread.add_in_order(&mut outgoing, |outgoing| add_outgoing(pattern, costs, outgoing));
    NodeCosts { incoming, outgoing }
}

fn add_incoming<S: Scalar>(pattern: &Pattern, costs: &[S], incoming: &mut [S]) {
    for (i, sum) in incoming.iter_mut().enumerate() {
        costs[pattern.row(i)].iter().for_each(|cost| *sum += cost);
    }
}

fn add_outgoing<S: Scalar>(pattern: &Pattern, costs: &[S], outgoing: &mut [S]) {
    for (&j, cost) in pattern.all_sources().iter().zip(costs) {
        outgoing[j as usize] += cost;
    }
}

impl<S: Scalar> NodeCosts<S> {
    /// The neural gradient `g = r − c`, in its one place.
    pub fn gradient(&self) -> Vec<S> {
        self.incoming.iter().zip(&self.outgoing).map(|(r, c)| r.clone() - c).collect()
    }

    /// The degrees `r_i + c_i`, in their one place.
    pub fn degrees(&self) -> impl Iterator<Item = S> + '_ {
        self.incoming.iter().zip(&self.outgoing).map(|(r, c)| r.clone() + c)
    }

    /// The largest degree `max_i (r_i + c_i)`: no eigenvalue of the Laplacian of `C + Cᵀ` is above twice this. Of
    /// intervals, an interval that holds it.
    pub fn largest_degree(&self) -> S {
        let mut largest = self.incoming[0].zero_like();
        for degree in self.degrees() {
            largest = largest.larger(&degree);
        }
        largest
    }

    /// `|g_i|/(r_i + c_i)` of one node, in its one place; `None` for a node without costs.
    pub(crate) fn relative_imbalance(&self, node: usize) -> Option<S> {
        let (r, c) = (&self.incoming[node], &self.outgoing[node]);
        let size = r.clone() + c;
        if !size.is_finite() && r.is_finite() && c.is_finite() {
            // The sum of the halves is in range where that of the costs is not.
            let half = r.lift(0.5);
            let (r, c) = (r.clone() * &half, c.clone() * &half);
            return Some((r.clone() - &c).abs() / &(r + &c));
        }
        (!size.is_zero()).then(|| (r.clone() - c).abs() / &size)
    }

    /// The imbalance as a number of its own kind, which can be far below the range of `f64`. A NaN is not found: test
    /// the costs for it.
    pub fn largest_relative_imbalance(&self) -> S {
        let zero = self.incoming[0].zero_like();
        (0..self.incoming.len())
            .filter_map(|node| self.relative_imbalance(node))
            .fold(zero, |largest, value| largest.larger(&value))
    }

    /// The imbalance `max_i |g_i|/(r_i + c_i)` that every solver is judged by. Of intervals, an upper bound on it.
    pub fn imbalance(&self) -> Imbalance {
        let mut found = Imbalance { worst: 0.0, node: 0 };
        for node in 0..self.incoming.len() {
            let Some(relative) = self.relative_imbalance(node) else { continue };
            let relative = relative.upper_f64();
            // A NaN must win over every number, or a broken network would pass as balanced.
            if relative.is_nan() {
                return Imbalance { worst: f64::NAN, node };
            }
            if relative > found.worst {
                found = Imbalance { worst: relative, node };
            }
        }
        found
    }
}

/// The Lax field `[J, diag g]`: `J̇_ij = J_ij (g_j − g_i)` for weights in the order of `pattern`.
pub fn lax_field<S: Scalar>(pattern: &Pattern, weights: &[S], g: &[S]) -> Vec<S> {
    let mut field = Vec::with_capacity(weights.len());
    for (i, g_target) in g.iter().enumerate() {
        for e in pattern.row(i) {
            field.push(weights[e].clone() * &(g[pattern.source(e)].clone() - g_target));
        }
    }
    field
}

/// `‖g‖₂²`.
pub fn norm_squared<S: Scalar>(g: &[S]) -> S {
    let mut sum = g[0].zero_like();
    for value in g {
        sum += &(value.clone() * value);
    }
    sum
}

/// `L x`, `L` the Laplacian of `C + Cᵀ`, synapse by synapse: `C_ij (x_i − x_j)` counts at `i` and, negative, at `j`.
pub fn laplacian_times<S: Scalar>(pattern: &Pattern, costs: &[S], x: &[S]) -> Vec<S> {
    let mut product: Vec<S> = x.iter().map(S::zero_like).collect();
    for (e, i, j) in pattern.iter() {
        let flow = (x[i].clone() - &x[j]) * &costs[e];
        product[i] += &flow;
        product[j] -= &flow;
    }
    product
}

/// The Laplacian of `C + Cᵀ` restricted to `nodes` (dense, `nodes.len()` square): the Hessian of the cost is
/// `p² L`. A node's degree counts all its synapses, also those to nodes left out, so leaving one node of each
/// component out ("grounding" it) makes the matrix positive definite.
///
/// `position[i]` is the place of node `i` in `nodes`, or `None` if it is left out.
pub fn laplacian(
    pattern: &Pattern,
    costs: &[f64],
    node_costs: &NodeCosts<f64>,
    nodes: &[usize],
    position: &[Option<usize>],
) -> DMatrix<f64> {
    let mut matrix = DMatrix::zeros(nodes.len(), nodes.len());
    for (row, &i) in nodes.iter().enumerate() {
        matrix[(row, row)] = node_costs.incoming[i] + node_costs.outgoing[i];
        for e in pattern.row(i) {
            if let Some(column) = position[pattern.source(e)] {
                matrix[(row, column)] -= costs[e];
                matrix[(column, row)] -= costs[e];
            }
        }
    }
    matrix
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Costs whose sum leaves `f64` are not balanced for that, and what is infinite or NaN never passes for a number.
    #[test]
    fn the_imbalance_of_costs_near_the_end_of_the_numbers() {
        let of = |incoming: f64, outgoing: f64| {
            NodeCosts { incoming: vec![incoming], outgoing: vec![outgoing] }.imbalance().worst
        };
        assert_eq!(of(1.5e308, 0.5e308), 0.5);
        assert_eq!(of(1.5e308, 1.5e308), 0.0);
        assert_eq!(of(5e-324, 0.0), 1.0);
        for (r, c) in [(f64::INFINITY, 1.0), (f64::INFINITY, f64::INFINITY), (f64::NAN, 1.0)] {
            assert!(of(r, c).is_nan(), "{r} {c}");
        }
    }
}
