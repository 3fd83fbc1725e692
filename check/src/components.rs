//! Strong components, decided by two searches and a count; no library is asked, and nothing of the maker's is used.

use crate::Refused;

/// Synapses by one of their ends: those of node i are `other[start[i]..start[i + 1]]`.
struct Adjacency {
    start: Vec<usize>,
    other: Vec<usize>,
}

impl Adjacency {
    fn of(nodes: usize, pairs: impl Iterator<Item = (usize, usize)> + Clone) -> Self {
        let mut start = vec![0; nodes + 1];
        for (from, _) in pairs.clone() {
            start[from + 1] += 1;
        }
        for node in 0..nodes {
            start[node + 1] += start[node];
        }
        let mut next = start.clone();
        let mut other = vec![0; start[nodes]];
        for (from, to) in pairs {
            other[next[from]] = to;
            next[from] += 1;
        }
        Adjacency { start, other }
    }

    fn of_node(&self, node: usize) -> &[usize] {
        &self.other[self.start[node]..self.start[node + 1]]
    }

    /// Which nodes a breadth-first search finds from the roots, each search staying inside the component of its root.
    fn reached(&self, component: &[usize]) -> Vec<bool> {
        let mut reached = vec![false; component.len()];
        let mut queue: Vec<usize> = (0..component.len()).filter(|&node| component[node] == node).collect();
        for &root in &queue {
            reached[root] = true;
        }
        let mut at = 0;
        while at < queue.len() {
            let node = queue[at];
            at += 1;
            for &next in self.of_node(node) {
                if component[next] == component[node] && !reached[next] {
                    reached[next] = true;
                    queue.push(next);
                }
            }
        }
        reached
    }
}

/// `component` (the root of each node) must be the strong components of the synapses given as (target, source): within each,
/// every node is reached from the root and reaches it, and between them the synapses have an order, hence lie on no cycle.
/// Returns how many have more than one node.
///
/// # Errors
/// [`Refused::Component`], with a node that contradicts it.
pub(crate) fn check_components(
    component: &[usize],
    synapses: impl Iterator<Item = (usize, usize)> + Clone,
) -> Result<usize, Refused> {
    let nodes = component.len();
    let refused = |neuron: usize| Err(Refused::Component { neuron, root: component[neuron] });
    // Every root is a node, and its own root.
    if let Some(neuron) = (0..nodes).find(|&node| component.get(component[node]) != Some(&component[node])) {
        return refused(neuron);
    }
    let outgoing = Adjacency::of(nodes, synapses.clone().map(|(target, source)| (source, target)));
    let incoming = Adjacency::of(nodes, synapses.clone());
    for reached in [outgoing.reached(component), incoming.reached(component)] {
        if let Some(neuron) = reached.iter().position(|&reached| !reached) {
            return refused(neuron);
        }
    }
    // Components are taken away as long as one is left into which nothing leads: if all go, no cycle joins two of them.
    let mut members = vec![Vec::new(); nodes];
    for (node, &root) in component.iter().enumerate() {
        members[root].push(node);
    }
    let mut leading_in = vec![0_usize; nodes];
    for (target, source) in synapses {
        if component[target] != component[source] {
            leading_in[component[target]] += 1;
        }
    }
    let mut free: Vec<usize> = (0..nodes).filter(|&node| component[node] == node && leading_in[node] == 0).collect();
    let mut taken = vec![false; nodes];
    while let Some(root) = free.pop() {
        taken[root] = true;
        for &source in &members[root] {
            for &target in outgoing.of_node(source) {
                let other = component[target];
                if other != root {
                    leading_in[other] -= 1;
                    if leading_in[other] == 0 {
                        free.push(other);
                    }
                }
            }
        }
    }
    match (0..nodes).find(|&node| component[node] == node && !taken[node]) {
        Some(neuron) => refused(neuron),
        None => Ok(members.iter().filter(|members| members.len() > 1).count()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A ring of three, a synapse out of it into a ring of two, and a node by itself.
    const SYNAPSES: [(usize, usize); 6] = [(1, 0), (2, 1), (0, 2), (3, 2), (4, 3), (3, 4)];

    fn verdict(component: &[usize], synapses: &[(usize, usize)]) -> Result<usize, usize> {
        check_components(component, synapses.iter().copied()).map_err(|refused| match refused {
            Refused::Component { neuron, .. } => neuron,
            other => panic!("{other}"),
        })
    }

    #[test]
    fn the_strong_components_are_accepted_whatever_their_roots() {
        assert_eq!(verdict(&[0, 0, 0, 3, 3, 5], &SYNAPSES), Ok(2));
        assert_eq!(verdict(&[2, 2, 2, 4, 4, 5], &SYNAPSES), Ok(2));
    }

    #[test]
    fn too_large_too_small_and_malformed_components_are_refused() {
        // One component of all: node 2 leads to 3, but nothing leads back.
        assert!(verdict(&[0, 0, 0, 0, 0, 5], &SYNAPSES).is_err());
        // A ring cut in two: what is left between the parts is a cycle.
        assert!(verdict(&[0, 0, 2, 3, 3, 5], &SYNAPSES).is_err());
        assert!(verdict(&[0, 1, 2, 3, 4, 5], &SYNAPSES).is_err());
        // Nodes that do not hang together.
        assert!(verdict(&[0, 0, 0, 3, 3, 3], &SYNAPSES).is_err());
        // A root that is not its own, and one that is no node.
        assert_eq!(verdict(&[1, 0, 0, 3, 3, 5], &SYNAPSES), Err(0));
        assert_eq!(verdict(&[0, 0, 0, 3, 3, 9], &SYNAPSES), Err(5));
    }
}
