//! Log-scales that bring all costs of a graph into a window of powers of two, where any do: a system of difference
//! constraints (`U − W ≤ log2 C_ij + x_j − x_i ≤ U`), solved by shortest paths. The last resort where evening out exponents
//! leaves some cost outside the range of `f64`: if there are no such scales either, no rescaling of the network fits.

/// A cost between two nodes, as a power of two.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edge {
    pub target: usize,
    pub source: usize,
    pub log2_cost: f64,
    /// How far below the top and above it (not at all, if that is positive) the cost may be for the sake of its weight: that of
    /// a cost with a large or small factor is far from its cost.
    pub reach: (f64, f64),
}

/// Relaxations that one search may take: some seconds.
const MOST_RELAXATIONS: usize = 300_000_000;

/// Bisections of the top of the window: from 2^20 powers of two to less than one.
const BISECTIONS: usize = 30;

/// Slack that rounding may take in a sum of a few thousand numbers below 2^20.
const SLACK: f64 = 1e-6;

/// `x` and `U`, if there are any (and the graph is small enough to find them).
pub(super) fn scales_within(nodes: usize, edges: &[Edge], window: f64) -> Option<(Vec<f64>, f64)> {
    let (mut low, mut high) =
        edges.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), e| (a.min(e.log2_cost), b.max(e.log2_cost)));
    // A cycle's mean, which no rescaling changes, is between the two; so the window holds it.
    high += window;
    for _ in 0..BISECTIONS {
        let top = 0.5 * (low + high);
        match shortest_paths(nodes, edges, top, window)? {
            Paths::Shortest(x) => return Some((x, top)),
            Paths::NegativeCycle { tops } if tops > 0 => low = top,
            Paths::NegativeCycle { tops } if tops < 0 => high = top,
            // As often up as down: no top changes it.
            Paths::NegativeCycle { .. } => return None,
        }
    }
    None
}

enum Paths {
    Shortest(Vec<f64>),
    /// A cycle of constraints that contradict each other, and how often the top counts in it.
    NegativeCycle {
        tops: i64,
    },
}

/// Bellman and Ford; `None` if the graph is too large for it.
fn shortest_paths(nodes: usize, edges: &[Edge], top: f64, window: f64) -> Option<Paths> {
    if nodes.saturating_mul(2 * edges.len()) > MOST_RELAXATIONS / BISECTIONS {
        return None;
    }
    let mut x = vec![0.0_f64; nodes];
    // The edge that a node was last reached by, and whether by its upper bound.
    let mut by: Vec<Option<(usize, bool)>> = vec![None; nodes];
    for _ in 0..=nodes {
        let mut moved = None;
        for (e, edge) in edges.iter().enumerate() {
            let (i, j) = (edge.target, edge.source);
            let above = top + edge.reach.1.min(0.0) - edge.log2_cost;
            let below = edge.log2_cost - (top + edge.reach.0.max(-window));
            for (from, to, length, upper) in [(i, j, above, true), (j, i, below, false)] {
                if x[from] + length < x[to] - SLACK {
                    x[to] = x[from] + length;
                    by[to] = Some((e, upper));
                    moved = Some(to);
                }
            }
        }
        let Some(mut node) = moved else { return Some(Paths::Shortest(x)) };
        if let Some(tops) = cycle(edges, &by, &mut node) {
            return Some(Paths::NegativeCycle { tops });
        }
    }
    None
}

/// The cycle that the way back from a node leads into, if it leads into one, as how often the top counts in it.
fn cycle(edges: &[Edge], by: &[Option<(usize, bool)>], node: &mut usize) -> Option<i64> {
    let back = |node: usize| {
        let (e, upper) = by[node]?;
        Some(if upper { (edges[e].target, 1) } else { (edges[e].source, -1) })
    };
    for _ in 0..by.len() {
        *node = back(*node)?.0;
    }
    let (start, mut tops) = (*node, 0);
    loop {
        let (previous, sign) = back(*node)?;
        tops += sign;
        *node = previous;
        if *node == start {
            return Some(tops);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_of_alternating_costs_fits_and_two_loops_far_apart_do_not() {
        let edge = |target, source, log2_cost| Edge { target, source, log2_cost, reach: (-5000.0, 5000.0) };
        // 2^3000 there and 2^-3000 back: both can be 1.
        let (x, top) = scales_within(2, &[edge(0, 1, 3000.0), edge(1, 0, -3000.0)], 10.0).unwrap();
        for (cost, up) in [(3000.0, x[1] - x[0]), (-3000.0, x[0] - x[1])] {
            assert!((top - 10.0 - 1e-3..=top + 1e-3).contains(&(cost + up)), "{cost} {up} {top}");
        }
        // The geometric means of two loops are 2^0 and 2^-3000, whatever the scales.
        let apart = [edge(0, 1, 0.0), edge(1, 0, 0.0), edge(1, 2, -3000.0), edge(2, 1, -3000.0)];
        assert!(scales_within(3, &apart, 1000.0).is_none());
        assert!(scales_within(3, &apart, 3001.0).is_some());
    }

    /// Of ten million relaxations for one search.
    #[test]
    fn a_search_that_would_take_too_long_is_not_begun() {
        let edges = |count: usize| vec![Edge { target: 0, source: 1, log2_cost: 0.0, reach: (-5000.0, 5000.0) }; count];
        assert!(scales_within(100_000, &edges(50), 10.0).is_some());
        assert!(scales_within(100_000, &edges(51), 10.0).is_none());
    }

    /// A cost of one whose weight may be no lower than the top: the scales lift it there, and no other.
    #[test]
    fn reach_narrows_the_window_on_its_side() {
        let edge = |target, source, reach| Edge { target, source, log2_cost: 0.0, reach };
        let found = |first: (f64, f64)| {
            let (x, top) = scales_within(2, &[edge(0, 1, first), edge(1, 0, (-5000.0, 5000.0))], 100.0)?;
            Some((x[1] - x[0] - top, x[0] - x[1] - top))
        };
        let (first, second) = found((0.0, 5000.0)).unwrap();
        assert!(first >= -1e-3 && (-100.0 - 1e-3..=1e-3).contains(&second), "{first} {second}");
        let (first, _) = found((-5000.0, -80.0)).unwrap();
        assert!((-100.0 - 1e-3..=-80.0 + 1e-3).contains(&first), "{first}");
        // Below the window, nothing fits.
        assert!(found((-5000.0, -101.0)).is_none());
    }
}
