//! Whether two balanced points are the same, by what strong convexity says of how far apart they can be.

use nalgebra::DMatrix;
use synbal::cost::CostGraph;
use synbal::flow::{laplacian, node_costs, norm_squared};
use synbal::scalar::UNIT_ROUNDOFF;

/// How far apart the log-weights of two points can be that both have small gradients, where the graph is connected.
///
/// With `δ` their difference, orthogonal to the constants, the Hessian along the segment is at least
/// `p² λ₂ e^{−p osc δ}`, λ₂ of the Laplacian at `a`; so `p λ₂ e^{−p osc δ} ‖δ‖ ≤ ‖g_a‖ + ‖g_b‖`, and a log-weight moves by
/// `|δ_j − δ_i| ≤ osc δ ≤ √2‖δ‖`. `e^{p osc δ} ≤ 2` follows if the bound that it gives is below ln 2/p (the directional
/// derivative grows along the segment). A computed gradient is within `(n + 8)u(r + c)` of the exact one.
fn log_weight_bound(graph: &CostGraph, a: &[f64], b: &[f64]) -> f64 {
    let n = graph.nodes();
    let gradient_norm = |h: &[f64]| {
        let sums = node_costs(graph.pattern(), &graph.costs_at(h), &0.0);
        let degrees: Vec<f64> = sums.incoming.iter().zip(&sums.outgoing).map(|(r, c)| r + c).collect();
        norm_squared(&sums.gradient()).sqrt() + (n as f64 + 8.0) * UNIT_ROUNDOFF * norm_squared(&degrees).sqrt()
    };
    // Costs are relative to the middle of the log-scales, which is the same network for both: only differences count.
    let costs = graph.costs_at(a);
    let sums = node_costs(graph.pattern(), &costs, &0.0);
    let nodes: Vec<usize> = (0..n).collect();
    let position: Vec<Option<usize>> = nodes.iter().copied().map(Some).collect();
    let matrix: DMatrix<f64> = laplacian(graph.pattern(), &costs, &sums, &nodes, &position);
    let mut spectrum: Vec<f64> = matrix.symmetric_eigenvalues().iter().copied().collect();
    spectrum.sort_by(f64::total_cmp);
    // A computed eigenvalue may be off by a few n u‖L‖.
    let lambda = spectrum[1] - 10.0 * n as f64 * f64::EPSILON * spectrum[n - 1];
    if lambda <= 0.0 {
        return f64::INFINITY;
    }
    2.0 * std::f64::consts::SQRT_2 * (gradient_norm(a) + gradient_norm(b)) / (graph.p() * lambda)
}

/// Compares costs and weights of two balanced points of a connected graph; false if the graph is too loose to compare
/// weights.
pub fn assert_same_point(graph: &CostGraph, a: &[f64], b: &[f64]) -> bool {
    let (costs_a, costs_b) = (graph.costs_at(a), graph.costs_at(b));
    let (total_a, total_b) = (graph.total(&costs_a), graph.total(&costs_b));
    let bound = log_weight_bound(graph, a, b);
    if graph.p() * bound > std::f64::consts::LN_2 {
        return false;
    }
    // The exponents are computed from log-scales that are rounded: |h| u each, twice over.
    let largest = a.iter().chain(b).fold(0.0_f64, |largest, h| largest.max(h.abs()));
    let bound = graph.p() * bound + graph.p() * UNIT_ROUNDOFF * (8.0 * largest + 32.0);
    for ((e, i, j), (x, y)) in graph.pattern().iter().zip(costs_a.iter().zip(&costs_b)) {
        assert!((x / y).ln().abs() <= bound, "synapse {e} from {j} to {i}: {x} and {y}, bound {bound:e}");
    }
    assert!((total_a - total_b).abs() <= 1e-10 * total_a, "costs {total_a} and {total_b}");
    true
}
