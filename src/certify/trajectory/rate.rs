//! How fast solutions approach each other: a proved lower bound on the second eigenvalue of the Laplacian.

use crate::cost::CostGraph;
use crate::flow::{NodeCosts, laplacian, node_costs};
use crate::scalar::{Interval, Scalar};

/// Nodes of a weak component beyond which no rate is looked for.
pub const LARGEST: usize = 200;

/// A new eigenvalue is worth its price once the old bound has lost this part.
const RENEW_BELOW: f64 = 0.9;

/// Parts of the computed eigenvalue that are tried to be proved, one after the other.
const PARTS: [f64; 4] = [0.99, 0.9, 0.5, 0.1];

/// A lower bound on `xᵀL(h)x/‖x‖²` over all `x` that sum to zero on every weak component, carried along a trajectory.
pub struct Rate {
    given: CostGraph,
    enclosed: CostGraph<Interval>,
    /// The weak components of more than one node; `None` if one of them is too large.
    components: Option<Vec<Vec<usize>>>,
    /// Where the bound was proved, and the bound.
    proved: Option<(Vec<f64>, f64)>,
}

impl Rate {
    pub fn new(graph: &CostGraph) -> Self {
        let mut components = vec![Vec::new(); graph.facts().weak_count()];
        for (node, &component) in graph.facts().weak().iter().enumerate() {
            components[component as usize].push(node);
        }
        components.retain(|nodes| nodes.len() > 1);
        let fit = components.iter().all(|nodes| nodes.len() <= LARGEST);
        Rate {
            given: graph.clone(),
            enclosed: graph.lifted(Interval::point),
            components: fit.then_some(components),
            proved: None,
        }
    }

    /// The bound at all points `x + m` with the differences `m_i − m_j` within the width of `moved`: a cost is at
    /// least `e^{−p·width}` of what it is at `x`. Zero if nothing better is known.
    pub fn around(&mut self, x: &[f64], moved: &Interval) -> Interval {
        let p = Interval::point(self.given.p());
        let kept = |anchor: &[f64]| {
            let shifts = anchor.iter().zip(x).map(|(&a, &x)| Interval::point(x) - &Interval::point(a));
            let hull = shifts.reduce(|hull, shift| hull.hull(&shift)).unwrap_or(Interval::INVALID);
            (-(p * &Interval::point(hull.width()))).exp()
        };
        let stale = self.proved.as_ref().is_none_or(|(anchor, _)| kept(anchor).lo() < RENEW_BELOW);
        if stale && let Some(components) = &self.components {
            let bound = prove(&self.given, &self.enclosed, components, x);
            self.proved = Some((x.to_vec(), bound));
        }
        let Some((anchor, bound)) = &self.proved else { return Interval::point(0.0) };
        Interval::point(*bound) * &kept(anchor) * &(-(p * &Interval::point(moved.width()))).exp()
    }
}

/// The smallest of the components' bounds at `h`.
fn prove(given: &CostGraph, enclosed: &CostGraph<Interval>, components: &[Vec<usize>], h: &[f64]) -> f64 {
    let costs = given.costs_at(h);
    let sums = node_costs(given.pattern(), &costs, &0.0);
    let point: Vec<Interval> = h.iter().map(|&x| Interval::point(x)).collect();
    let exact_costs = enclosed.costs_at(&point);
    let exact_sums = node_costs(enclosed.pattern(), &exact_costs, &Interval::point(0.0));
    let mut smallest = f64::INFINITY;
    for nodes in components {
        let mut position = vec![None; given.nodes()];
        for (place, &node) in nodes.iter().enumerate() {
            position[node] = Some(place);
        }
        let mut eigenvalues: Vec<f64> = laplacian(given.pattern(), &costs, &sums, nodes, &position)
            .symmetric_eigenvalues()
            .iter()
            .copied()
            .collect();
        eigenvalues.sort_by(f64::total_cmp);
        let matrix = enclosed_laplacian(enclosed, &exact_costs, &exact_sums, nodes, &position);
        let proved = PARTS.iter().map(|part| part * eigenvalues[1]).find(|&bound| is_below(&matrix, bound));
        smallest = smallest.min(proved.unwrap_or(0.0));
    }
    if smallest.is_finite() { smallest } else { 0.0 }
}

/// The Laplacian of one component, row by row.
fn enclosed_laplacian(
    graph: &CostGraph<Interval>,
    costs: &[Interval],
    sums: &NodeCosts<Interval>,
    nodes: &[usize],
    position: &[Option<usize>],
) -> Vec<Vec<Interval>> {
    let mut matrix = vec![vec![Interval::point(0.0); nodes.len()]; nodes.len()];
    for (row, &i) in nodes.iter().enumerate() {
        matrix[row][row] = sums.incoming[i] + &sums.outgoing[i];
        for e in graph.pattern().row(i) {
            if let Some(column) = position[graph.pattern().source(e)] {
                matrix[row][column] -= &costs[e];
                matrix[column][row] -= &costs[e];
            }
        }
    }
    matrix
}

/// Proves `xᵀLx > bound·‖x‖²` for all `x ≠ 0` that sum to zero: `L + s·11ᵀ/n − bound·I` is positive definite, as all
/// pivots of its elimination are surely positive. `s` only matters on the constants, which `L` takes to zero.
fn is_below(laplacian: &[Vec<Interval>], bound: f64) -> bool {
    let n = laplacian.len();
    let trace = (0..n).map(|i| laplacian[i][i].midpoint()).sum::<f64>();
    // Twice the mean eigenvalue, so above the smallest of those that are not 0.
    let lift = Interval::point(2.0 * trace / (n * n) as f64);
    let mut a: Vec<Vec<Interval>> =
        laplacian.iter().map(|row| row.iter().map(|entry| *entry + &lift).collect()).collect();
    for (i, row) in a.iter_mut().enumerate() {
        row[i] -= &Interval::point(bound);
    }
    for k in 0..n {
        let pivot = a[k][k];
        // Not `lo <= 0`: an invalid pivot proves nothing.
        let surely_positive = pivot.lo() > 0.0;
        if !surely_positive {
            return false;
        }
        let (done, rest) = a.split_at_mut(k + 1);
        let pivot_row = &done[k];
        for (below, row) in rest.iter_mut().enumerate() {
            // The matrix is symmetric: the upper triangle is enough.
            let i = k + 1 + below;
            let factor = pivot_row[i] / &pivot;
            for j in i..n {
                row[j] -= &(factor * &pivot_row[j]);
            }
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_eigenvalue_of_a_complete_graph_is_found_and_nothing_above_it() {
        // L = n I − 11ᵀ: every vector that sums to zero has eigenvalue n.
        let n = 7;
        let entry = |i: usize, j: usize| Interval::point(if i == j { n as f64 - 1.0 } else { -1.0 });
        let matrix: Vec<Vec<Interval>> = (0..n).map(|i| (0..n).map(|j| entry(i, j)).collect()).collect();
        assert!(is_below(&matrix, 7.0 * (1.0 - 1e-9)));
        assert!(!is_below(&matrix, 7.0 * (1.0 + 1e-9)));
    }

    #[test]
    fn a_path_has_the_eigenvalue_of_the_books() {
        // Path of n nodes: λ₂ = 2 − 2 cos(π/n).
        let n = 6;
        let entry = |i: usize, j: usize| match i.abs_diff(j) {
            0 if i == 0 || i == n - 1 => 1.0,
            0 => 2.0,
            1 => -1.0,
            _ => 0.0,
        };
        let matrix: Vec<Vec<Interval>> =
            (0..n).map(|i| (0..n).map(|j| Interval::point(entry(i, j))).collect()).collect();
        let second = 2.0 - 2.0 * (std::f64::consts::PI / n as f64).cos();
        assert!(is_below(&matrix, second * (1.0 - 1e-9)));
        assert!(!is_below(&matrix, second * (1.0 + 1e-9)));
    }
}
