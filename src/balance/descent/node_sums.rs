//! Incoming and outgoing costs of all nodes at scales that move, in single passes over the synapses: what iterations on
//! large graphs look at.

use super::scaled_costs::ScaledCosts;
use crate::balance::trace::TracePoint;
use crate::cost::CostGraph;
use crate::flow::NodeCosts;
use crate::laplacian::products::{SparseProducts, Stored};
use crate::laplacian::scaled::ScaledLaplacian;
use crate::parallel::{CHUNK, each};

/// Scaled costs and the sums at each node.
pub(super) struct NodeSums<'a> {
    pub scaled: ScaledCosts<'a>,
    pub products: SparseProducts<'a>,
    pub nodes: NodeCosts<f64>,
}

impl<'a> NodeSums<'a> {
    /// At `h = 0`; nothing is measured yet.
    pub fn new(graph: &'a CostGraph) -> Self {
        let n = graph.nodes();
        NodeSums {
            scaled: ScaledCosts::new(graph),
            products: SparseProducts::of_part(graph.pattern(), graph.spread()),
            nodes: NodeCosts { incoming: vec![0.0; n], outgoing: vec![0.0; n] },
        }
    }

    /// Incoming and outgoing costs of all nodes, and from them cost and imbalance.
    pub fn measure(&mut self) -> TracePoint {
        let NodeCosts { incoming, outgoing } = &mut self.nodes;
        let ScaledCosts { graph, base, d, inverse, passes, .. } = &mut self.scaled;
        self.products.products(base, (d, inverse), (incoming, outgoing));
        *passes += 1;
        let parts = incoming.chunks_mut(CHUNK).zip(outgoing.chunks_mut(CHUNK));
        let parts = each(parts.zip(d.chunks(CHUNK).zip(inverse.chunks(CHUNK))), |((r, c), (d, inverse))| {
            let mut cost = 0.0;
            for ((r, c), (d, inverse)) in r.iter_mut().zip(c).zip(d.iter().zip(inverse)) {
                *r *= inverse;
                *c *= d;
                cost += *r;
            }
            cost
        });
        let cost = graph.self_cost() + parts.into_iter().sum::<f64>();
        TracePoint { passes: *passes, time: None, cost, imbalance: self.nodes.imbalance().worst }
    }

    /// Renews the matrix of the linear systems from the sums measured last.
    pub fn renew<T: Stored>(&mut self, matrix: &mut ScaledLaplacian<T>) {
        let ScaledCosts { base, d, inverse, passes, .. } = &mut self.scaled;
        matrix.renew(&mut self.products, base, (d, inverse), &self.nodes);
        *passes += 2;
    }

    /// All nodes at once go half of Osborne's step, `d_i ← d_i (r_i/c_i)^{1/4}`, from the sums measured last; and from the second such
    /// step in a row on, three quarters of the way from where the last one led to where this one does further (Nesterov 1983).
    ///
    /// By half a step alone the cost falls by at least `½ Σ (√r_i − √c_i)²`, whatever the graph: by
    /// `e^{p(δ_j − δ_i)} ≤ ½(e^{2pδ_j} + e^{−2pδ_i})` it is at most `½ Σ (c_i e^{2pδ_i} + r_i e^{−2pδ_i})`, which these steps minimise
    /// (to `Σ √(r_i c_i)`). Nothing says so of the momentum: whoever sees the cost rise may [`stop`](Self::stop_at_half) where the
    /// half step led.
    pub fn half_step(&mut self, momentum: &mut Momentum) {
        self.step(|whole| whole.sqrt());
        let reached = self.scaled.d.clone();
        if let Some(last) = &momentum.last {
            for (d, last) in self.scaled.d.iter_mut().zip(last) {
                *d *= three_quarters(*d / last);
            }
            if self.scaled.is_in_range() {
                self.scaled.invert();
            } else {
                self.scaled.d.copy_from_slice(&reached);
            }
        }
        // Where the costs are computed afresh, scales of before say nothing.
        momentum.last = (!self.scaled.keep_in_range()).then_some(reached);
    }

    /// Where the last half step led without momentum, and the next one has none; false if it had none.
    pub fn stop_at_half(&mut self, momentum: &mut Momentum) -> bool {
        let Some(reached) = momentum.last.take().filter(|reached| *reached != self.scaled.d) else { return false };
        self.scaled.d = reached;
        self.scaled.invert();
        true
    }

    /// All nodes at once go a whole step, `d_i ← d_i √(r_i/c_i)`: each would be balanced if the others stood still. Nothing says
    /// that the cost falls; whoever tries it looks, and may [`return_to`](Self::return_to) where it was. False if scales have left
    /// their range.
    pub fn whole_step(&mut self) -> bool {
        self.step(|whole| whole);
        self.scaled.is_in_range()
    }

    /// `d_i ← d_i f(√(r_i/c_i))`, from the sums measured last.
    fn step(&mut self, factor: impl Fn(f64) -> f64 + Sync) {
        let sums = self.nodes.incoming.chunks(CHUNK).zip(self.nodes.outgoing.chunks(CHUNK));
        let ScaledCosts { d, inverse, .. } = &mut self.scaled;
        let parts = d.chunks_mut(CHUNK).zip(inverse.chunks_mut(CHUNK)).zip(sums);
        each(parts, |((d, inverse), (r, c))| {
            for ((d, inverse), (r, c)) in d.iter_mut().zip(inverse).zip(r.iter().zip(c)) {
                if *r > 0.0 && *c > 0.0 {
                    *d *= factor(r.sqrt() / c.sqrt());
                }
                *inverse = d.recip();
            }
        });
    }

    /// Scales and sums as they are now.
    pub fn mark(&self) -> Mark {
        Mark { d: self.scaled.d.clone(), inverse: self.scaled.inverse.clone(), nodes: self.nodes.clone() }
    }

    /// Back to a mark; the costs must not have been computed afresh since.
    pub fn return_to(&mut self, Mark { d, inverse, nodes }: Mark) {
        (self.scaled.d, self.scaled.inverse, self.nodes) = (d, inverse, nodes);
    }
}

/// Where the last half step led, if there was one and costs have not been computed afresh since.
#[derive(Default)]
pub(super) struct Momentum {
    last: Option<Vec<f64>>,
}

/// `x^{3/4}`, by square roots alone, which are the same on every machine.
fn three_quarters(x: f64) -> f64 {
    let root = x.sqrt();
    root * root.sqrt()
}

/// Scales and sums that can be returned to.
pub(super) struct Mark {
    d: Vec<f64>,
    inverse: Vec<f64>,
    nodes: NodeCosts<f64>,
}

/// The hot loop by itself, for measurements: what every iteration on a large graph does once for each evaluation.
pub struct Pass<'a>(NodeSums<'a>);

impl<'a> Pass<'a> {
    /// At `h = 0`.
    pub fn new(graph: &'a CostGraph) -> Self {
        Pass(NodeSums::new(graph))
    }

    /// Incoming and outgoing costs of all nodes in one pass over the synapses, the total cost and the imbalance.
    pub fn measure(&mut self) -> TracePoint {
        self.0.measure()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cost::CostSpec;
    use crate::network::random::{random_network, stream};
    use crate::network::{Activation, Network, Weights};

    fn graph_of(weights: Weights) -> CostGraph {
        CostGraph::of_network(&Network::recurrent(weights, Activation::Relu), &CostSpec::power(2.0)).unwrap()
    }

    #[test]
    fn momentum_goes_three_quarters_further_and_is_taken_back() {
        let graph = graph_of(random_network(&mut stream(1, 0), 30, 0.3, 2.0).unwrap());
        let (mut plain, mut pushed) = (NodeSums::new(&graph), NodeSums::new(&graph));
        let mut momentum = Momentum::default();
        plain.measure();
        pushed.measure();
        // The first step has no momentum.
        plain.half_step(&mut Momentum::default());
        pushed.half_step(&mut momentum);
        assert_eq!(plain.scaled.d, pushed.scaled.d);
        let first = plain.scaled.d.clone();
        plain.measure();
        pushed.measure();
        plain.half_step(&mut Momentum::default());
        pushed.half_step(&mut momentum);
        let ahead = pushed.scaled.d.iter().zip(&plain.scaled.d).zip(&first);
        for (node, ((pushed, plain), first)) in ahead.enumerate() {
            let (further, wanted) = ((pushed / plain).ln(), 0.75 * (plain / first).ln());
            // Some roundings of numbers near one.
            assert!((further - wanted).abs() <= 1e-14, "node {node}: {further} for {wanted}");
        }
        assert!(pushed.scaled.d != plain.scaled.d);
        assert!(pushed.stop_at_half(&mut momentum));
        assert_eq!((&pushed.scaled.d, &pushed.scaled.inverse), (&plain.scaled.d, &plain.scaled.inverse));
        // There is nothing to take back twice, and the next step has no momentum.
        assert!(!pushed.stop_at_half(&mut momentum));
        plain.measure();
        pushed.measure();
        plain.half_step(&mut Momentum::default());
        pushed.half_step(&mut momentum);
        assert_eq!(pushed.scaled.d, plain.scaled.d);
    }

    /// No scale balances a node that has incoming costs alone, or outgoing ones; it stays where it is.
    #[test]
    fn a_node_on_no_cycle_does_not_move() {
        let chain = [(1, 0, 1.0), (2, 1, 2.0), (1, 2, 1.0), (3, 2, 5.0)];
        let graph = graph_of(Weights::from_triplets(4, chain.into()).unwrap());
        let mut sums = NodeSums::new(&graph);
        sums.measure();
        assert!(sums.whole_step());
        let d = &sums.scaled.d;
        assert_eq!((d[0], d[3]), (1.0, 1.0));
        assert!(d[1] != 1.0 && d[2] != 1.0, "{d:?}");
    }

    /// Three neurons in a row whose scales must go 10^180 apart, further than scales may.
    #[test]
    fn where_costs_are_computed_afresh_momentum_ends() {
        let (up, down) = (1e44, 1e-44);
        let graph =
            graph_of(Weights::from_triplets(3, vec![(0, 1, up), (1, 0, down), (1, 2, up), (2, 1, down)]).unwrap());
        assert!(graph.prescaling().is_identity());
        let mut sums = NodeSums::new(&graph);
        let mut momentum = Momentum::default();
        let (mut afresh, mut cost) = (0, sums.measure().cost);
        for step in 0..100 {
            sums.half_step(&mut momentum);
            assert!(sums.scaled.is_in_range());
            let is_afresh = sums.scaled.d == [1.0; 3];
            afresh += usize::from(is_afresh && step < 50);
            assert_eq!(momentum.last.is_none(), is_afresh, "{:?}", sums.scaled.d);
            let mut reached = sums.measure().cost;
            if reached > cost && sums.stop_at_half(&mut momentum) {
                reached = sums.measure().cost;
            }
            // Each of the costs is within a few roundings.
            assert!(reached <= cost * (1.0 + 1e-15), "step {step}: {reached} after {cost}");
            cost = reached;
        }
        assert!(afresh > 0 && (cost - 4.0).abs() < 1e-6, "{afresh} {cost}");
    }
}
