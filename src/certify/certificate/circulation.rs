//! A circulation below given integer costs: the costs, less a deficit on few synapses.
//!
//! Costs at almost balanced log-scales are almost a circulation. Each component gets two trees from its root, one
//! that leads out to every node and one that leads in from every node, along the strongest synapses. Where x more
//! comes into a node than goes out, the flow along the out-tree from the root to the node is lowered by x; where x
//! more goes out, the flow along the in-tree to the root. The surpluses of a component add up to zero, so the root
//! is even as well. Flows are only lowered, on at most 2(n − 1) synapses.

use std::collections::BinaryHeap;

use num_bigint::{BigInt, BigUint, Sign};

use super::CertifyError;
use super::integers::{CertifiedSynapse, Rounded};
use crate::cost::CostGraph;

/// `deficits[k]` for synapse k, so that `lo − deficit ≥ 0` is a circulation. `place[e]` is the number of the synapse
/// that edge e of the graph is.
///
/// # Errors
/// The first synapse that is too weak for what the tree wants to take from it.
pub fn deficits(
    graph: &CostGraph,
    root: &[usize],
    place: &[usize],
    synapses: &[CertifiedSynapse],
    costs: &[Rounded],
) -> Result<Vec<BigUint>, CertifyError> {
    let mut surplus = vec![BigInt::ZERO; graph.nodes()];
    for (e, i, j) in graph.pattern().iter() {
        let lo = BigInt::from(costs[place[e]].lo.clone());
        surplus[i] += &lo;
        surplus[j] -= lo;
    }
    let mut deficits = vec![BigUint::ZERO; costs.len()];
    for (sign, outward) in [(Sign::Plus, true), (Sign::Minus, false)] {
        let mut load: Vec<BigUint> =
            surplus.iter().map(|x| if x.sign() == sign { x.magnitude().clone() } else { BigUint::ZERO }).collect();
        // From the leaves to the roots: each node passes on what its whole branch needs.
        for &(node, parent, e) in tree(graph, root, place, costs, outward).iter().rev() {
            let all = std::mem::take(&mut load[node]);
            deficits[place[e]] += &all;
            load[parent] += all;
        }
    }
    for (k, (deficit, cost)) in deficits.iter().zip(costs).enumerate() {
        if *deficit > cost.lo {
            return Err(CertifyError::TooWeak { target: synapses[k].target, source_index: synapses[k].source });
        }
    }
    Ok(deficits)
}

/// (node, its parent, the synapse between them), parents first. Always going on by the strongest synapse that leads
/// to a new node makes the weakest synapse on the way to each node as strong as possible.
fn tree(
    graph: &CostGraph,
    root: &[usize],
    place: &[usize],
    costs: &[Rounded],
    outward: bool,
) -> Vec<(usize, usize, usize)> {
    let mut found = Vec::new();
    let mut seen = vec![false; graph.nodes()];
    let mut ahead: BinaryHeap<(&BigUint, usize, usize, usize)> = BinaryHeap::new();
    for start in (0..graph.nodes()).filter(|&node| root[node] == node) {
        let mut here = Some(start);
        seen[start] = true;
        while let Some(node) = here.take() {
            let mut offer = |e: usize, other: usize| {
                if !seen[other] {
                    ahead.push((&costs[place[e]].lo, other, node, e));
                }
            };
            if outward {
                graph.transposed().column(node).for_each(|(e, target)| offer(e, target));
            } else {
                graph.pattern().row(node).for_each(|e| offer(e, graph.pattern().source(e)));
            }
            while let Some((_, next, parent, e)) = ahead.pop() {
                if !std::mem::replace(&mut seen[next], true) {
                    found.push((next, parent, e));
                    here = Some(next);
                    break;
                }
            }
        }
    }
    found
}
