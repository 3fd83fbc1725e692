//! Graph facts that decide whether a network can be balanced: components and cycles.

use super::Pattern;
use crate::parallel::both;

/// Components of a directed graph, and its edges that lie on no directed cycle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GraphFacts {
    strong: Vec<u32>,
    strong_sizes: Vec<usize>,
    weak: Vec<u32>,
    weak_sizes: Vec<usize>,
    on_no_cycle: Vec<usize>,
}

impl GraphFacts {
    /// Finds the components of `pattern` in O(nodes + edges), without recursion (a chain of a million neurons is
    /// no deeper than any other network).
    pub fn of(pattern: &Pattern) -> Self {
        let strong_part = || {
            let (strong, count) = renumbered(&strong_labels(pattern));
            let sizes = sizes(&strong, count);
            (strong, sizes)
        };
        let weak_part = || {
            let (weak, count) = renumbered(&weak_labels(pattern));
            let sizes = sizes(&weak, count);
            (weak, sizes)
        };
        let ((strong, strong_sizes), (weak, weak_sizes)) = both(pattern.len(), strong_part, weak_part);
        let mut on_no_cycle = Vec::new();
        if strong_sizes.len() > 1 {
            for i in 0..pattern.nodes() {
                let others = pattern.row(i).zip(pattern.sources(i));
                on_no_cycle.extend(others.filter(|(_, j)| strong[**j as usize] != strong[i]).map(|(e, _)| e));
            }
        }
        GraphFacts { strong, strong_sizes, weak, weak_sizes, on_no_cycle }
    }

    /// The facts of the same graph without its edges on no cycle: nothing else joins two strongly connected components.
    #[must_use]
    pub(crate) fn within_components(self) -> Self {
        let (weak, weak_sizes) = (self.strong.clone(), self.strong_sizes.clone());
        GraphFacts { weak, weak_sizes, on_no_cycle: Vec::new(), ..self }
    }

    /// The strongly connected component of each node, numbered from 0 in the order of their smallest nodes.
    pub fn strong(&self) -> &[u32] {
        &self.strong
    }

    /// The number of nodes of each strongly connected component.
    pub fn strong_sizes(&self) -> &[usize] {
        &self.strong_sizes
    }

    /// The weak component of each node (joined by edges of either direction), numbered likewise.
    pub fn weak(&self) -> &[u32] {
        &self.weak
    }

    /// The number of weak components.
    pub fn weak_count(&self) -> usize {
        self.weak_sizes.len()
    }

    /// The number of nodes of each weak component.
    pub fn weak_sizes(&self) -> &[usize] {
        &self.weak_sizes
    }

    /// The edges on no directed cycle, as numbers into the pattern. An edge lies on a cycle exactly if both its
    /// ends are in one strongly connected component.
    pub fn on_no_cycle(&self) -> &[usize] {
        &self.on_no_cycle
    }

    /// True if every edge lies on a directed cycle: a balanced point exists (claim `balanceable`).
    pub fn is_balanceable(&self) -> bool {
        self.on_no_cycle.is_empty()
    }
}

/// A node that no search has met yet.
const NEW: u32 = u32::MAX;

/// A label for each node, the same in each strongly connected component (Tarjan 1972; Nuutila & Soisalon-Soininen 1994: a
/// root counts as closed). Along sources instead of targets the components are the same, so that no transpose is made.
fn strong_labels(pattern: &Pattern) -> Vec<u32> {
    let nodes = pattern.nodes();
    // The number of a node in the order of the search, lowered to that of the first open node it is known to reach.
    let mut low = vec![NEW; nodes];
    let mut label = vec![NEW; nodes];
    let (mut open, mut path): (Vec<u32>, Vec<(u32, u32, usize)>) = (Vec::new(), Vec::new());
    let (mut met, mut components) = (0, 0);
    for start in 0..nodes {
        if low[start] != NEW {
            continue;
        }
        path.push((start as u32, met, 0));
        low[start] = met;
        met += 1;
        while let Some((node, number, next)) = path.last_mut() {
            let at = *node as usize;
            if let Some(&source) = pattern.sources(at).get(*next) {
                *next += 1;
                let source = source as usize;
                if low[source] == NEW {
                    low[source] = met;
                    path.push((source as u32, met, 0));
                    met += 1;
                } else if label[source] == NEW {
                    low[at] = low[at].min(low[source]);
                }
                continue;
            }
            let is_root = low[at] == *number;
            path.pop();
            if is_root {
                // What was opened since reaches this node, and is reached from it.
                label[at] = components;
                while let Some(&last) = open.last().filter(|&&last| low[last as usize] >= low[at]) {
                    label[last as usize] = components;
                    open.pop();
                }
                components += 1;
            } else {
                open.push(at as u32);
            }
            if let Some(&(above, ..)) = path.last()
                && label[at] == NEW
            {
                low[above as usize] = low[above as usize].min(low[at]);
            }
        }
    }
    label
}

/// A label for each node, the same in each weak component: union by the smaller label, with halved paths.
fn weak_labels(pattern: &Pattern) -> Vec<u32> {
    fn root(parent: &mut [u32], mut node: u32) -> u32 {
        while parent[node as usize] != node {
            parent[node as usize] = parent[parent[node as usize] as usize];
            node = parent[node as usize];
        }
        node
    }
    let mut parent: Vec<u32> = (0..pattern.nodes() as u32).collect();
    for i in 0..pattern.nodes() {
        let mut here = root(&mut parent, i as u32);
        for &source in pattern.sources(i) {
            let there = root(&mut parent, source);
            let (low, high) = (here.min(there), here.max(there));
            parent[high as usize] = low;
            here = low;
        }
    }
    (0..pattern.nodes() as u32).map(|node| root(&mut parent, node)).collect()
}

/// How often each label occurs.
fn sizes(labels: &[u32], count: usize) -> Vec<usize> {
    let mut sizes = vec![0; count];
    for &label in labels {
        sizes[label as usize] += 1;
    }
    sizes
}

/// The same partition with labels in the order of first appearance, and their number.
fn renumbered(labels: &[u32]) -> (Vec<u32>, usize) {
    let mut names = vec![u32::MAX; labels.len()];
    let mut count = 0;
    let renamed = labels
        .iter()
        .map(|&label| {
            let name = &mut names[label as usize];
            if *name == u32::MAX {
                *name = count;
                count += 1;
            }
            *name
        })
        .collect();
    (renamed, count as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(nodes: usize, pairs: &[(usize, usize)]) -> GraphFacts {
        let mut sorted = pairs.to_vec();
        sorted.sort_unstable();
        GraphFacts::of(&Pattern::from_sorted_pairs(nodes, sorted.into_iter()).unwrap())
    }

    #[test]
    fn a_bridge_between_two_rings_lies_on_no_cycle() {
        // (target, source): 0 ⇄ 1, 2 ⇄ 3, and 1 → 2; neuron 4 stands alone with a self-synapse.
        let graph = facts(5, &[(0, 1), (1, 0), (2, 3), (3, 2), (2, 1), (4, 4)]);
        assert_eq!(graph.strong(), [0, 0, 1, 1, 2]);
        assert_eq!(graph.strong_sizes(), [2, 2, 1]);
        assert_eq!(graph.weak(), [0, 0, 0, 0, 1]);
        assert_eq!(graph.weak_count(), 2);
        assert_eq!(graph.weak_sizes(), [4, 1]);
        assert_eq!(graph.on_no_cycle().len(), 1);
        assert!(!graph.is_balanceable());
    }

    /// Against petgraph, on random graphs from empty to dense.
    #[test]
    fn the_components_are_those_of_a_library() {
        use petgraph::graph::{DiGraph, NodeIndex};
        use rand::Rng;

        let mut random = crate::network::random::stream(11, 0);
        for round in 0..2000 {
            let nodes = 1 + round % 23;
            let density = random.random::<f64>().powi(3);
            let pairs: Vec<(usize, usize)> = (0..nodes * nodes)
                .filter(|_| random.random_bool(density))
                .map(|pair| (pair / nodes, pair % nodes))
                .collect();
            let found = facts(nodes, &pairs);
            let mut graph = DiGraph::<(), ()>::new();
            (0..nodes).for_each(|_| {
                graph.add_node(());
            });
            graph.extend_with_edges(pairs.iter().map(|&(i, j)| (j as u32, i as u32)));
            let components = petgraph::algo::kosaraju_scc(&graph);
            assert_eq!(found.strong_sizes().len(), components.len());
            for members in &components {
                let same = |node: &NodeIndex| found.strong()[node.index()] == found.strong()[members[0].index()];
                assert!(members.iter().all(same), "{pairs:?}");
            }
            assert_eq!(found.weak_count(), petgraph::algo::connected_components(&graph));
            assert!(pairs.iter().all(|&(i, j)| found.weak()[i] == found.weak()[j]));
            let on_cycles: Vec<_> =
                pairs.iter().copied().filter(|&(i, j)| found.strong()[i] == found.strong()[j]).collect();
            assert_eq!(found.within_components(), facts(nodes, &on_cycles));
        }
    }

    #[test]
    fn a_chain_of_a_hundred_thousand_neurons_does_not_overflow_the_stack() {
        let pairs: Vec<_> = (1..100_000).map(|i| (i, i - 1)).collect();
        assert_eq!(facts(100_000, &pairs).strong_sizes().len(), 100_000);
    }
}
