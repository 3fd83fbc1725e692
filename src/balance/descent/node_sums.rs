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

    /// All nodes at once go half of Osborne's step, `d_i ← d_i (r_i/c_i)^{1/4}`, from the sums measured last.
    ///
    /// The cost falls by at least `½ Σ (√r_i − √c_i)²`, whatever the graph: by `e^{p(δ_j − δ_i)} ≤ ½(e^{2pδ_j} + e^{−2pδ_i})`
    /// it is at most `½ Σ (c_i e^{2pδ_i} + r_i e^{−2pδ_i})`, which these steps minimise (to `Σ √(r_i c_i)`).
    pub fn half_step(&mut self) {
        self.step(|whole| whole.sqrt());
        self.scaled.keep_in_range();
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
