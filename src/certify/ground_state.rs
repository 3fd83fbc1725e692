//! The ground-state certificate: how far the balanced point can be from computed log-scales.
//!
//! Ground one node of each component. `A = p² L(h)`, grounded, is a symmetric M-matrix. If `v > 0` has `A v ≥ 1`,
//! then `δᵀAδ ≥ γ‖δ‖²` with `γ = 1/max v`; with `e^x ≥ 1 + x + ½e^{−|x|}x²` this gives
//! `C(h + δ) ≥ C(h) + ∇C·δ + ½e^{−2pρ}γ‖δ‖²` for `‖δ‖_∞ ≤ ρ`. So if `‖∇C(h)‖₂ < ½e^{−2pρ}γρ`, the one balanced point
//! lies within `ρ` of `h`, and `C(h) − C* ≤ ‖∇C‖² e^{2pρ}/(2γ)`.
//!
//! Checked here in running error analysis: rounding is accounted for, exponentials are core-math's, which are rounded correctly.

use crate::cost::CostGraph;
use crate::flow::node_costs;
use crate::laplacian::GroundedLaplacian;
use crate::scalar::{Scalar, Tracked, exponent, times_power_of_two, tracked};

/// What the certificate shows.
#[derive(Clone, Debug, PartialEq)]
pub struct GroundState {
    /// The balanced log-scales are within this of the computed ones, node by node, grounded.
    pub radius: f64,
    /// The lower bound `γ` on the curvature of the cost.
    pub curvature: f64,
    /// `C(h) − C*` is at most this.
    pub cost_gap: f64,
    /// `v` itself: zero at the grounded nodes.
    pub vector: Vec<f64>,
}

/// Why there is no certificate.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum NoCertificate {
    /// A component has `nodes` nodes, more than the `limit` that are factored densely.
    #[error(
        "a component has {nodes} nodes, more than the {limit} that are factored densely; certify a smaller network"
    )]
    TooLarge {
        /// Number of nodes.
        nodes: usize,
        /// The most nodes of a component that are factored densely.
        limit: usize,
    },
    /// The Laplacian of the component of node `node` is singular: its costs are too far apart.
    #[error(
        "the Laplacian of the component of node {node} (counted from 0, the world last) is singular: its costs are too far apart"
    )]
    Singular {
        /// The node, counted from 0; the world is the last.
        node: usize,
    },
    /// (A v) at node `node` is `value`, not surely positive: the costs are too far apart for this precision.
    #[error(
        "(A v) at node {node} (counted from 0, the world last) is sure to be at least {value:e} only, not positive: the costs are too far apart for this precision"
    )]
    NotPositive {
        /// The node, counted from 0; the world is the last.
        node: usize,
        /// The least that (A v) can be there, with the rounding.
        value: f64,
    },
    /// The gradient `gradient` is too large for the curvature `curvature`: no radius fits.
    #[error(
        "the gradient {gradient:e} is too large for the curvature {curvature:e}: no radius fits; balance to a smaller tolerance"
    )]
    NotBalancedEnough {
        /// The largest that the norm of the cost's gradient can be.
        gradient: f64,
        /// The least that the curvature can be.
        curvature: f64,
    },
}

/// Nodes of a component beyond which no dense system is solved.
const LARGEST: usize = 1500;

/// Factors for the rounding of a few operations on normal numbers.
const DOWN: f64 = 1.0 - 8.0 * f64::EPSILON;
const UP: f64 = 1.0 + 8.0 * f64::EPSILON;

/// Certifies log-scales `h` of a graph of costs.
///
/// # Errors
/// [`NoCertificate`], with what stands in the way. Never a wrong certificate.
pub fn ground_state(graph: &CostGraph, h: &[f64]) -> Result<GroundState, NoCertificate> {
    let ground = GroundedLaplacian::of(graph);
    let nodes = ground.largest_component();
    if nodes > LARGEST {
        return Err(NoCertificate::TooLarge { nodes, limit: LARGEST });
    }
    let p = graph.p();
    let ones = vec![(p * p).recip(); graph.nodes()];
    let v = ground.solve(&graph.costs_at(h), &ones).map_err(|node| NoCertificate::Singular { node })?;

    // (A v) and ∇C from the same tracked costs.
    let exact = graph.lifted(Tracked::exact);
    let costs = exact.costs_at(&tracked(h));
    let mut product = vec![Tracked::exact(0.0); graph.nodes()];
    for (e, i, j) in graph.pattern().iter() {
        let flow = costs[e] * &(Tracked::exact(v[i]) - &Tracked::exact(v[j])) * &Tracked::exact(p * p);
        product[i] += &flow;
        product[j] -= &flow;
    }
    let mut smallest = f64::INFINITY;
    for (node, value) in product.iter().enumerate().filter(|&(node, _)| !ground.is_fixed(node)) {
        let surely = value.value - value.error;
        if surely <= 0.0 || surely.is_nan() || v[node] <= 0.0 {
            return Err(NoCertificate::NotPositive { node, value: surely });
        }
        smallest = smallest.min(surely);
    }
    let largest = v.iter().fold(0.0_f64, |largest, &value| largest.max(value));
    if largest == 0.0 {
        // No node that could move: the point is the only one.
        return Ok(GroundState { radius: 0.0, curvature: f64::INFINITY, cost_gap: 0.0, vector: v });
    }
    // v/smallest has A v ≥ 1.
    let curvature = smallest / largest * DOWN;
    // A subnormal quotient has fewer digits than that factor is for: it counts as none, and no radius fits.
    let curvature = if curvature < 2.0 * f64::MIN_POSITIVE { 0.0 } else { curvature };

    // The gradient restricted to the nodes that can move.
    let g = node_costs(graph.pattern(), &costs, &Tracked::exact(0.0)).gradient();
    let mut squared = Tracked::exact(0.0);
    for (node, value) in g.iter().enumerate() {
        if !ground.is_fixed(node) {
            squared += &(*value * value);
        }
    }
    let gradient = p * squared.sqrt().magnitude() * UP;
    let radius = fitting_radius(gradient, curvature, p)?;
    let cost_gap = gap(gradient, curvature, 2.0 * p * radius);
    Ok(GroundState { radius, curvature, cost_gap, vector: v })
}

/// An upper bound on `gradient² e^rate/(2 curvature)`.
fn gap(gradient: f64, curvature: f64, rate: f64) -> f64 {
    if gradient == 0.0 {
        return 0.0;
    }
    // In units of powers of two: the square of a small gradient has fewer digits than `UP` is for, or none.
    let (of_gradient, of_curvature) = (exponent(gradient), exponent(curvature));
    let gradient = times_power_of_two(gradient, -of_gradient);
    let curvature = times_power_of_two(curvature, -of_curvature);
    let scaled = gradient * gradient * core_math::exp(rate) / (2.0 * curvature) * UP * UP;
    let gap = times_power_of_two(scaled, 2 * of_gradient - of_curvature);
    // So has the gap itself, rounded once or twice on its way down: the second number above it is no less.
    if gap < 2.0 * f64::MIN_POSITIVE { gap.next_up().next_up() } else { gap }
}

/// A `ρ` with `gradient < ½ e^{−2pρ} γ ρ`. The right side is largest at `ρ = 1/(2p)`; a fitting `ρ` below is found
/// by iterating the equation and then checked.
fn fitting_radius(gradient: f64, curvature: f64, p: f64) -> Result<f64, NoCertificate> {
    let reach = |radius: f64| 0.5 * core_math::exp(-2.0 * p * radius) * curvature * radius * (1.0 - 8.0 * f64::EPSILON);
    let mut radius = f64::MIN_POSITIVE;
    for _ in 0..60 {
        if gradient < reach(radius) {
            return Ok(radius);
        }
        radius = (2.0 * gradient / curvature * (2.0 * p * radius).exp() * (1.0 + 1e-6)).max(f64::MIN_POSITIVE);
        if radius > 1.0 / p || radius.is_nan() {
            break;
        }
    }
    Err(NoCertificate::NotBalancedEnough { gradient, curvature })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cost::CostSpec;
    use crate::network::{Activation, Network, Weights};

    fn two_neurons(a: f64, b: f64) -> CostGraph {
        let weights = Weights::from_triplets(2, vec![(0, 1, a), (1, 0, b)]).unwrap();
        CostGraph::of_network(&Network::recurrent(weights, Activation::Linear), &CostSpec::power(2.0)).unwrap()
    }

    #[test]
    fn the_radius_covers_the_known_distance_of_two_neurons_and_is_not_wasteful() {
        // w = 9 and 1: balanced at h_0 − h_1 = ln(9)/4. Off by 1e-6, the certificate must say at least that.
        let graph = two_neurons(3.0, 1.0);
        let exact = 9.0_f64.ln() / 4.0;
        let found = ground_state(&graph, &[exact + 1e-6, 0.0]).unwrap();
        // ‖∇C‖ = p²(C_01 + C_10)·1e-6 and γ = p²(C_01 + C_10): ρ = 2·1e-6 to first order.
        assert!(found.radius >= 1e-6 && found.radius < 2.1e-6, "{}", found.radius);
    }

    /// Against the same gradient and curvature in units of powers of two, in which nothing underflows.
    #[test]
    fn the_gap_is_an_upper_bound_where_the_square_of_the_gradient_underflows() {
        for step in 0..200 {
            let (gradient, curvature) = (1.0 + f64::from(step) / 211.0, 1.0 + f64::from(step) / 307.0);
            let exact = gradient * gradient * core_math::exp(0.5) / (2.0 * curvature);
            for (down, of_curvature) in [(510, 0), (520, 0), (535, 0), (538, 0), (600, 0), (700, -400), (300, 900)] {
                let of_gradient = times_power_of_two(gradient, -down);
                let found = gap(of_gradient, times_power_of_two(curvature, of_curvature), 0.5);
                // Numbers grow on their way up, so this is exact unless it overflows, which is no less either.
                let found = times_power_of_two(found, 2 * down + of_curvature);
                assert!(found >= exact, "{step} {down} {of_curvature}: {found} {exact}");
            }
        }
        assert_eq!(gap(0.0, 1.0, 0.5), 0.0);
    }

    #[test]
    fn far_from_balance_there_is_no_certificate() {
        let found = ground_state(&two_neurons(3.0, 1.0), &[0.0, 0.0]);
        assert!(matches!(found, Err(NoCertificate::NotBalancedEnough { .. })), "{found:?}");
    }
}
