//! Osborne's iteration in greedy order: always the neuron whose turn lowers the cost most, by `(√r_i − √c_i)²`.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::balance::criteria::Criteria;
use crate::balance::outcome::{Attempt, Outcome};
use crate::balance::trace::{Trace, TracePoint};
use crate::cost::CostGraph;
use crate::flow::{NodeCosts, node_costs};

/// A non-negative number in its natural order (the bits of such numbers ascend with them), and its node.
type Gain = (u64, Reverse<u32>);

/// Runs it. A round of as many turns as there are nodes counts as a sweep; then all costs are computed afresh, so that
/// the rounding of the running sums does not build up.
pub(super) fn solve(graph: &CostGraph, criteria: &Criteria, method: &'static str) -> Outcome {
    let nodes = graph.nodes();
    let mut h = vec![0.0; nodes];
    let mut trace = Trace::default();
    let (mut passes, mut iterations) = (0, 0);
    let end = loop {
        let costs = graph.costs_at(&h);
        let sums = node_costs(graph.pattern(), &costs, &0.0);
        passes += 1;
        let found = sums.imbalance();
        trace.push(TracePoint { passes, time: None, cost: graph.total(&costs), imbalance: found.worst });
        if let Some(end) = criteria.end(found, passes) {
            break end;
        }
        Round::new(graph, costs, sums).run(nodes, &mut h);
        iterations += 1;
        passes += 1;
    };
    Outcome::judge(graph, criteria, Attempt { method, h, end, iterations, passes, trace })
}

/// Costs and sums that follow every turn.
struct Round<'a> {
    graph: &'a CostGraph,
    costs: Vec<f64>,
    sums: NodeCosts<f64>,
    /// May hold gains that are out of date; what a node's gain is now is looked up.
    queue: BinaryHeap<Gain>,
}

impl<'a> Round<'a> {
    fn new(graph: &'a CostGraph, costs: Vec<f64>, sums: NodeCosts<f64>) -> Self {
        let mut round = Round { graph, costs, sums, queue: BinaryHeap::new() };
        round.queue = (0..graph.nodes()).map(|node| (round.gain(node), Reverse(node as u32))).collect();
        round
    }

    /// What the turn of a node would lower the cost by; nothing for a node that no scale balances.
    fn gain(&self, node: usize) -> u64 {
        let (r, c) = (self.sums.incoming[node], self.sums.outgoing[node]);
        if !(r > 0.0 && c > 0.0) {
            return 0;
        }
        let root = r.sqrt() - c.sqrt();
        (root * root).to_bits()
    }

    fn run(mut self, turns: usize, h: &mut [f64]) {
        let mut taken = 0;
        while let Some((gain, Reverse(node))) = self.queue.pop() {
            let node = node as usize;
            if gain != self.gain(node) {
                continue;
            }
            if gain == 0 || taken == turns {
                break;
            }
            self.turn(node, h);
            taken += 1;
        }
    }

    fn turn(&mut self, node: usize, h: &mut [f64]) {
        let (pattern, transposed) = (self.graph.pattern(), self.graph.transposed());
        // d = e^{pδ} = √(r/c), the quotient of the roots: that of the sums can leave the range of f64.
        let d = self.sums.incoming[node].sqrt() / self.sums.outgoing[node].sqrt();
        h[node] += d.ln() / self.graph.p();
        let (mut incoming, mut outgoing) = (0.0, 0.0);
        for e in pattern.row(node) {
            let new = self.costs[e] / d;
            let source = pattern.source(e);
            self.sums.outgoing[source] = (self.sums.outgoing[source] + (new - self.costs[e])).max(0.0);
            self.costs[e] = new;
            incoming += new;
            self.queue.push((self.gain(source), Reverse(source as u32)));
        }
        for (e, target) in transposed.column(node) {
            let new = self.costs[e] * d;
            self.sums.incoming[target] = (self.sums.incoming[target] + (new - self.costs[e])).max(0.0);
            self.costs[e] = new;
            outgoing += new;
            self.queue.push((self.gain(target), Reverse(target as u32)));
        }
        self.sums.incoming[node] = incoming;
        self.sums.outgoing[node] = outgoing;
        self.queue.push((self.gain(node), Reverse(node as u32)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cost::CostSpec;
    use crate::network::{Activation, Network, Weights};

    #[test]
    fn a_node_that_no_scale_balances_gains_nothing() {
        let weights = Weights::from_triplets(3, vec![(0, 1, 1.0), (1, 2, 1.0), (2, 0, 1.0)]).unwrap();
        let network = Network::recurrent(weights, Activation::Linear);
        let graph = CostGraph::of_network(&network, &CostSpec::power(2.0)).unwrap();
        let sums = NodeCosts { incoming: vec![0.0, 9.0, 4.0], outgoing: vec![9.0, 0.0, 9.0] };
        let round = Round::new(&graph, vec![1.0; 3], sums);
        assert_eq!([0, 1, 2].map(|node| round.gain(node)), [0, 0, 1.0_f64.to_bits()]);
    }
}
