//! Graph facts that decide whether a network can be balanced: components and cycles.

use super::Pattern;
use crate::parallel::both;
use crate::ranks::Spread;

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
        let strong = || Parts::of(&strong_labels(pattern));
        let weak = || Parts::of(&weak_labels(pattern));
        let (strong, weak) = both(pattern.len(), strong, weak);
        Self::of_components(pattern, strong, weak)
    }

    /// The same of a pattern that is spread over ranks, the rows of this one in `pattern`. Components are those of the whole;
    /// the edges on no cycle are those of this rank.
    pub(crate) fn of_part(pattern: &Pattern, spread: &Spread) -> Self {
        let strong = Parts::of(&strong_labels_of_part(pattern, spread));
        Self::of_components(pattern, strong, Parts::of(&weak_labels_of_part(pattern, spread)))
    }

    fn of_components(pattern: &Pattern, strong: Parts, weak: Parts) -> Self {
        let Parts { number: strong, sizes: strong_sizes } = strong;
        let Parts { number: weak, sizes: weak_sizes } = weak;
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

/// Passes over the synapses in which a component is looked for from one of its nodes, along and against them each. Where they
/// are not enough, paths are so long that the edges left are searched on every rank.
const MOST_PASSES: usize = 100;

/// [`strong_labels`] of a pattern that is spread over ranks: what is reached from one node and reaches it is a component, as a
/// rule nearly all; the edges that are not within it are few, and searched on every rank.
fn strong_labels_of_part(pattern: &Pattern, spread: &Spread) -> Vec<u32> {
    let nodes = pattern.nodes();
    // A node of many sources, the first of them.
    let own = spread.own_rows().max_by_key(|&i| (pattern.sources(i).len(), std::cmp::Reverse(i))).unwrap_or(0);
    let candidates = spread.ranks().gather(&[pattern.sources(own).len() as u64, own as u64]);
    let pivot =
        candidates.iter().max_by_key(|found| (found[0], std::cmp::Reverse(found[1]))).map_or(0, |found| found[1]);
    let along = reached(pivot as usize, nodes, spread, |reached, _| {
        for i in spread.own_rows() {
            if reached[i] == 0 && pattern.sources(i).iter().any(|&j| reached[j as usize] != 0) {
                reached[i] = 1;
            }
        }
    });
    let against = reached(pivot as usize, nodes, spread, |reached, done| {
        // As far as own rows lead.
        let mut open: Vec<usize> = spread.own_rows().filter(|&i| reached[i] != 0 && !done[i]).collect();
        while let Some(i) = open.pop() {
            if std::mem::replace(&mut done[i], true) {
                continue;
            }
            for &j in pattern.sources(i) {
                let j = j as usize;
                if reached[j] == 0 {
                    reached[j] = 1;
                    if spread.own_rows().contains(&j) {
                        open.push(j);
                    }
                }
            }
        }
    });
    // Without both, the component is not known, and no edge is left out.
    let within = |i: usize| match (&along, &against) {
        (Some(along), Some(against)) => along[i] != 0 && against[i] != 0,
        _ => i as u64 == pivot,
    };
    let contracted = |i: usize| if within(i) { pivot } else { i as u64 };
    let edges = spread.own_rows().flat_map(|i| pattern.sources(i).iter().map(move |&j| (i, j as usize)));
    let ends = edges.map(|(i, j)| (contracted(i), contracted(j))).filter(|(i, j)| i != j);
    // One word an edge: nodes fit into 32 bits.
    let mut words: Vec<u64> = ends.map(|(i, j)| i << 32 | j).collect();
    let sort = |words: &mut Vec<u64>| {
        words.sort_unstable();
        words.dedup();
    };
    sort(&mut words);
    let mut all = spread.ranks().gather(&words).concat();
    sort(&mut all);
    let pairs = all.iter().map(|word| ((word >> 32) as usize, (word & u64::from(u32::MAX)) as usize));
    let Some(left) = Pattern::from_sorted_pairs(nodes, pairs) else { unreachable!("sorted pairs of nodes") };
    let labels = strong_labels(&left);
    (0..nodes).map(|i| labels[contracted(i) as usize]).collect()
}

/// What is reached from a node by passes of all ranks over their own rows, until nothing new is; `None` if that takes too many.
fn reached(
    from: usize,
    nodes: usize,
    spread: &Spread,
    mut pass: impl FnMut(&mut [i32], &mut [bool]),
) -> Option<Vec<i32>> {
    let (mut reached, mut done) = (vec![0; nodes], vec![false; nodes]);
    reached[from] = 1;
    let mut count = 1;
    for _ in 0..MOST_PASSES {
        pass(&mut reached, &mut done);
        spread.take_largest(&mut reached);
        let before = std::mem::replace(&mut count, reached.iter().filter(|&&reached| reached != 0).count());
        if count == before {
            return Some(reached);
        }
    }
    None
}

/// [`weak_labels`] of a pattern that is spread over ranks: the partitions by the rows of each, joined.
fn weak_labels_of_part(pattern: &Pattern, spread: &Spread) -> Vec<u32> {
    let own: Vec<f64> = weak_labels(pattern).into_iter().map(f64::from).collect();
    let mut parent: Vec<u32> = (0..pattern.nodes() as u32).collect();
    for rank in 0..spread.ranks().count() {
        let mut labels = own.clone();
        spread.ranks().broadcast(rank, &mut labels);
        for (node, label) in labels.into_iter().enumerate() {
            let (here, there) = (root(&mut parent, node as u32), root(&mut parent, label as u32));
            parent[here.max(there) as usize] = here.min(there);
        }
    }
    (0..pattern.nodes() as u32).map(|node| root(&mut parent, node)).collect()
}

fn root(parent: &mut [u32], mut node: u32) -> u32 {
    while parent[node as usize] != node {
        parent[node as usize] = parent[parent[node as usize] as usize];
        node = parent[node as usize];
    }
    node
}

/// A label for each node, the same in each weak component: union by the smaller label, with halved paths.
fn weak_labels(pattern: &Pattern) -> Vec<u32> {
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

/// A partition of the nodes, its parts numbered in the order of their smallest nodes.
struct Parts {
    number: Vec<u32>,
    sizes: Vec<usize>,
}

impl Parts {
    fn of(labels: &[u32]) -> Self {
        let (number, count) = renumbered(labels);
        let sizes = sizes(&number, count);
        Parts { number, sizes }
    }
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

    /// Random graphs from empty to dense, and chains too long for the search from one node, each on several ranks.
    #[test]
    fn the_components_of_a_graph_on_ranks_are_those_of_the_whole() {
        use crate::ranks::threads::on_threads;
        use rand::Rng;

        let mut random = crate::network::random::stream(12, 0);
        for round in 0..300 {
            let nodes = if round < 3 { 500 } else { 1 + round % 29 };
            let density = random.random::<f64>().powi(3);
            let mut pairs: Vec<(usize, usize)> = match round {
                0 => (1..nodes).map(|i| (i - 1, i)).collect(),
                1 => (0..nodes).map(|i| (i, (i + 1) % nodes)).collect(),
                2 => (0..nodes).map(|i| ((i + 1) % nodes, i)).collect(),
                _ => {
                    (0..nodes * nodes).filter(|_| random.random_bool(density)).map(|k| (k / nodes, k % nodes)).collect()
                }
            };
            pairs.sort_unstable();
            let whole = facts(nodes, &pairs);
            let third = nodes / 3;
            let blocks = [0..third, third..2 * third, 2 * third..nodes, nodes..nodes];
            for count in 1..5 {
                let found = on_threads(count, |ranks| {
                    let spread = Spread::over(ranks, &blocks);
                    let own = pairs.iter().copied().filter(|(i, _)| spread.own_rows().contains(i));
                    let pattern = Pattern::from_sorted_pairs(nodes, own).unwrap();
                    let facts = GraphFacts::of_part(&pattern, &spread);
                    let on_no_cycle = facts.on_no_cycle().len();
                    (GraphFacts { on_no_cycle: Vec::new(), ..facts }, on_no_cycle)
                });
                let expected = GraphFacts { on_no_cycle: Vec::new(), ..whole.clone() };
                assert!(found.iter().all(|(facts, _)| *facts == expected), "round {round}, {count} ranks");
                assert_eq!(found.iter().map(|(_, edges)| edges).sum::<usize>(), whole.on_no_cycle().len());
            }
        }
    }

    #[test]
    fn a_chain_of_a_hundred_thousand_neurons_does_not_overflow_the_stack() {
        let pairs: Vec<_> = (1..100_000).map(|i| (i, i - 1)).collect();
        assert_eq!(facts(100_000, &pairs).strong_sizes().len(), 100_000);
    }
}
