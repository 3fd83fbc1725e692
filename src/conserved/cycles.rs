//! A cycle basis of the network, and the products of weights along its cycles.
//!
//! The cycles are those of the graph without directions: each synapse outside a spanning forest closes one with the
//! forest. A synapse walked against its direction counts with its inverse. Their products, `E − n + (weak
//! components)` many, are independent, and every other quantity of the weights that the transform conserves is a
//! function of them; the products along directed closed walks are whole-number combinations of them.

use crate::network::{Pattern, recover_log_scales};
use crate::scalar::Scalar;

/// One synapse of a cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WalkStep {
    /// Its number in the pattern, counted from 0.
    pub synapse: usize,
    /// True if it is walked from source to target.
    pub forward: bool,
}

/// A basis of the cycles of a network.
#[derive(Clone, Debug)]
pub struct CycleBasis {
    /// For every node, its parent in the forest and the step from the parent to it.
    parent: Vec<Option<(usize, WalkStep)>>,
    depth: Vec<usize>,
    /// The synapses outside the forest as (number, target, source): one for each cycle.
    closing: Vec<(usize, usize, usize)>,
}

impl CycleBasis {
    /// The basis that belongs to a breadth-first forest.
    pub fn of(pattern: &Pattern) -> Self {
        let transposed = pattern.transpose();
        let nodes = pattern.nodes();
        let mut parent: Vec<Option<(usize, WalkStep)>> = vec![None; nodes];
        let mut depth = vec![usize::MAX; nodes];
        let mut in_forest = vec![false; pattern.len()];
        let mut queue = std::collections::VecDeque::new();
        for root in 0..nodes {
            if depth[root] != usize::MAX {
                continue;
            }
            depth[root] = 0;
            queue.push_back(root);
            while let Some(node) = queue.pop_front() {
                let against = pattern.row(node).map(|e| (e, pattern.source(e), false));
                let along = transposed.column(node).map(|(e, target)| (e, target, true));
                for (synapse, other, forward) in against.chain(along) {
                    if depth[other] == usize::MAX {
                        depth[other] = depth[node] + 1;
                        parent[other] = Some((node, WalkStep { synapse, forward }));
                        in_forest[synapse] = true;
                        queue.push_back(other);
                    }
                }
            }
        }
        let closing = pattern.iter().filter(|&(e, _, _)| !in_forest[e]).collect();
        CycleBasis { parent, depth, closing }
    }

    /// Number of cycles: `E − n + (weak components)`.
    pub fn len(&self) -> usize {
        self.closing.len()
    }

    /// True if the network has no cycle, not even without directions.
    pub fn is_empty(&self) -> bool {
        self.closing.is_empty()
    }

    /// Cycle number `k`: its closing synapse, then the way back through the forest.
    pub fn cycle(&self, k: usize) -> Vec<WalkStep> {
        let (synapse, target, source) = self.closing[k];
        let mut steps = vec![WalkStep { synapse, forward: true }];
        let (mut from_target, mut from_source) = (target, source);
        let mut down = Vec::new();
        while from_target != from_source {
            // Climb from the deeper end until both meet.
            let climb_target = self.depth[from_target] >= self.depth[from_source];
            let node = if climb_target { &mut from_target } else { &mut from_source };
            let Some((above, step)) = self.parent[*node] else { break };
            *node = above;
            if climb_target {
                steps.push(WalkStep { synapse: step.synapse, forward: !step.forward });
            } else {
                down.push(step);
            }
        }
        steps.extend(down.into_iter().rev());
        steps
    }

    /// `Σ ±ln|J_ij|` along cycle `k`: the logarithm of its product.
    pub fn log_product<S: Scalar>(&self, k: usize, weights: &[S], zero: &S) -> S {
        let mut sum = zero.clone();
        for step in self.cycle(k) {
            let log = weights[step.synapse].abs().ln();
            if step.forward {
                sum += &log;
            } else {
                sum -= &log;
            }
        }
        sum
    }

    /// True if the product of the signs along cycle `k` is negative.
    pub fn is_negative(&self, k: usize, weights: &[f64]) -> bool {
        self.cycle(k).iter().filter(|step| weights[step.synapse] < 0.0).count() % 2 == 1
    }
}

/// The largest change of any log cycle product between two weight lists on the same pattern, over all basis cycles
/// at once in O(synapses): the change of a cycle's log product is the disagreement of its closing synapse with the
/// forest's log-scales.
pub fn largest_log_product_change<S: Scalar>(pattern: &Pattern, before: &[S], after: &[S], zero: &S) -> S {
    recover_log_scales(pattern, before, after, zero).defect
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(n: usize) -> Pattern {
        let mut pairs: Vec<_> = (0..n).map(|i| ((i + 1) % n, i)).collect();
        pairs.sort_unstable();
        Pattern::from_sorted_pairs(n, pairs.into_iter()).unwrap()
    }

    #[test]
    fn the_product_of_a_ring_is_the_product_of_all_its_weights() {
        let pattern = ring(5);
        let basis = CycleBasis::of(&pattern);
        assert_eq!(basis.len(), 1);
        let weights = [2.0, 3.0, 5.0, 7.0, 11.0];
        let log = basis.log_product(0, &weights, &0.0);
        assert!((log.abs() - 2310.0_f64.ln()).abs() < 1e-14 * 2310.0_f64.ln() * 10.0);
        assert_eq!(basis.cycle(0).len(), 5);
    }

    #[test]
    fn every_basis_cycle_closes() {
        // Every pair of 6 neurons, both directions, and self-synapses: 36 - 6 + 1 cycles.
        let pairs = (0..6).flat_map(|i| (0..6).map(move |j| (i, j)));
        let pattern = Pattern::from_sorted_pairs(6, pairs).unwrap();
        let basis = CycleBasis::of(&pattern);
        assert_eq!(basis.len(), 31);
        let ends: Vec<(usize, usize)> = pattern.iter().map(|(_, i, j)| (j, i)).collect();
        for k in 0..basis.len() {
            let walk: Vec<(usize, usize)> = basis
                .cycle(k)
                .iter()
                .map(|step| {
                    let (from, to) = ends[step.synapse];
                    if step.forward { (from, to) } else { (to, from) }
                })
                .collect();
            for (step, next) in walk.iter().zip(walk.iter().cycle().skip(1)) {
                assert_eq!(step.1, next.0, "cycle {k}: {walk:?}");
            }
        }
    }

    #[test]
    fn the_sign_of_a_cycle_is_that_of_the_product_of_its_weights() {
        let basis = CycleBasis::of(&ring(4));
        let negative = |weights: [f64; 4]| basis.is_negative(0, &weights);
        assert!(!negative([1.0, 2.0, 3.0, 4.0]));
        assert!(negative([1.0, -2.0, 3.0, 4.0]));
        assert!(!negative([-1.0, -2.0, 3.0, 4.0]));
        assert!(negative([-1.0, -2.0, 3.0, -4.0]));
        assert!(!negative([-1.0; 4]));
        // A zero has no sign to count.
        assert!(negative([0.0, -2.0, 3.0, 4.0]));
    }
}
