//! Graph facts that decide whether a network can be balanced: components and cycles.

use petgraph::Direction;
use petgraph::algo::kosaraju_scc;
use petgraph::unionfind::UnionFind;
use petgraph::visit::{
    GraphBase, GraphRef, IntoNeighbors, IntoNeighborsDirected, IntoNodeIdentifiers, NodeCount, VisitMap, Visitable,
};

use super::{Pattern, Transposed};

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
        let nodes = pattern.nodes();
        let mut joined = UnionFind::<u32>::new(nodes);
        for (_, target, source) in pattern.iter() {
            joined.union(source as u32, target as u32);
        }

        // Components are numbered by their smallest neuron, whatever order the search found them in.
        let mut found = vec![0; nodes];
        let transposed = pattern.transpose();
        for (label, members) in kosaraju_scc(View { pattern, transposed: &transposed }).iter().enumerate() {
            for &node in members {
                found[node as usize] = label as u32;
            }
        }
        let (strong, strong_count) = renumbered(&found);
        let (weak, weak_count) = renumbered(&joined.into_labeling());

        let (strong_sizes, weak_sizes) = (sizes(&strong, strong_count), sizes(&weak, weak_count));
        let on_no_cycle = pattern.iter().filter(|&(_, i, j)| strong[i] != strong[j]).map(|(e, _, _)| e).collect();
        GraphFacts { strong, strong_sizes, weak, weak_sizes, on_no_cycle }
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

/// A pattern as petgraph sees it: edges lead from source to target. Nothing is copied.
#[derive(Clone, Copy)]
struct View<'a> {
    pattern: &'a Pattern,
    transposed: &'a Transposed,
}

impl GraphBase for View<'_> {
    type NodeId = u32;
    type EdgeId = u32;
}

impl GraphRef for View<'_> {}

impl NodeCount for View<'_> {
    fn node_count(&self) -> usize {
        self.pattern.nodes()
    }
}

impl IntoNodeIdentifiers for View<'_> {
    type NodeIdentifiers = std::ops::Range<u32>;
    fn node_identifiers(self) -> Self::NodeIdentifiers {
        0..self.pattern.nodes() as u32
    }
}

impl<'a> IntoNeighbors for View<'a> {
    type Neighbors = Neighbours<'a>;
    fn neighbors(self, node: u32) -> Neighbours<'a> {
        self.neighbors_directed(node, Direction::Outgoing)
    }
}

impl<'a> IntoNeighborsDirected for View<'a> {
    type NeighborsDirected = Neighbours<'a>;
    fn neighbors_directed(self, node: u32, direction: Direction) -> Neighbours<'a> {
        match direction {
            Direction::Outgoing => Neighbours::Targets(self.transposed.entries(node as usize).iter()),
            Direction::Incoming => Neighbours::Sources(self.pattern.sources(node as usize).iter()),
        }
    }
}

/// The neighbours of one node in one direction.
enum Neighbours<'a> {
    Targets(std::slice::Iter<'a, (u32, u32)>),
    Sources(std::slice::Iter<'a, u32>),
}

impl Iterator for Neighbours<'_> {
    type Item = u32;
    fn next(&mut self) -> Option<u32> {
        match self {
            Neighbours::Targets(entries) => entries.next().map(|&(_, target)| target),
            Neighbours::Sources(sources) => sources.next().copied(),
        }
    }
}

/// The nodes visited so far.
struct Seen(Vec<bool>);

impl VisitMap<u32> for Seen {
    fn visit(&mut self, node: u32) -> bool {
        !std::mem::replace(&mut self.0[node as usize], true)
    }
    fn is_visited(&self, node: &u32) -> bool {
        self.0[*node as usize]
    }
    fn unvisit(&mut self, node: u32) -> bool {
        std::mem::replace(&mut self.0[node as usize], false)
    }
}

impl Visitable for View<'_> {
    type Map = Seen;
    fn visit_map(&self) -> Seen {
        Seen(vec![false; self.pattern.nodes()])
    }
    fn reset_map(&self, map: &mut Seen) {
        map.0.clear();
        map.0.resize(self.pattern.nodes(), false);
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

    #[test]
    fn a_chain_of_a_hundred_thousand_neurons_does_not_overflow_the_stack() {
        let pairs: Vec<_> = (1..100_000).map(|i| (i, i - 1)).collect();
        assert_eq!(facts(100_000, &pairs).strong_sizes().len(), 100_000);
    }
}
