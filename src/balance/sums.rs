//! Node sums of a graph at scales that move: what iterations on large graphs look at, in single passes of the
//! [`Engine`](super::engine::Engine).

use std::borrow::Cow;

use super::TracePoint;
use super::chunks::{CHUNK, each};
use super::conjugate_gradients::Scaled;
use super::engine::{Engine, Stored};
use crate::cost::CostGraph;
use crate::flow::NodeCosts;

/// Scales beyond which the costs are computed afresh at the log-scales reached, so that products stay in range.
const REBASE_BEYOND: f64 = 1e50;

/// Costs `C_ij = base_ij d_j / d_i`, never formed, and their sums.
pub(super) struct Sums<'a> {
    pub graph: &'a CostGraph,
    pub engine: Engine<'a>,
    pub base: Cow<'a, [f64]>,
    base_h: Vec<f64>,
    /// `d_i` relative to the base, and `1/d_i`.
    pub d: Vec<f64>,
    pub inverse: Vec<f64>,
    pub nodes: NodeCosts<f64>,
    /// Passes over the synapses so far.
    pub passes: usize,
}

impl<'a> Sums<'a> {
    /// At `h = 0`; nothing is measured yet.
    pub fn new(graph: &'a CostGraph) -> Self {
        let n = graph.nodes();
        Sums {
            graph,
            engine: Engine::new(graph.pattern()),
            base: Cow::Borrowed(graph.w()),
            base_h: vec![0.0; n],
            d: vec![1.0; n],
            inverse: vec![1.0; n],
            nodes: NodeCosts { incoming: vec![0.0; n], outgoing: vec![0.0; n] },
            passes: 0,
        }
    }

    /// The log-scales of the scales reached.
    pub fn h(&self) -> Vec<f64> {
        let p = self.graph.p();
        self.base_h.iter().zip(&self.d).map(|(base, d)| base + d.ln() / p).collect()
    }

    /// Moves to log-scales `h`.
    pub fn move_to(&mut self, h: &[f64]) {
        let relative: Vec<f64> = h.iter().zip(&self.base_h).map(|(h, base)| h - base).collect();
        self.d = self.graph.scales(&relative);
        if self.out_of_range() {
            self.rebase(h);
        }
        for (inverse, d) in self.inverse.iter_mut().zip(&self.d) {
            *inverse = d.recip();
        }
    }

    /// Incoming and outgoing costs of all nodes, and from them cost and imbalance.
    pub fn measure(&mut self) -> TracePoint {
        let NodeCosts { incoming, outgoing } = &mut self.nodes;
        self.engine.products(&self.base, (&self.d, &self.inverse), (incoming, outgoing));
        self.passes += 1;
        let parts = incoming.chunks_mut(CHUNK).zip(outgoing.chunks_mut(CHUNK));
        let parts = each(parts.zip(self.d.chunks(CHUNK).zip(self.inverse.chunks(CHUNK))), |((r, c), (d, inverse))| {
            let mut cost = 0.0;
            for ((r, c), (d, inverse)) in r.iter_mut().zip(c).zip(d.iter().zip(inverse)) {
                *r *= inverse;
                *c *= d;
                cost += *r;
            }
            cost
        });
        let cost = self.graph.self_cost() + parts.into_iter().sum::<f64>();
        let imbalance = self.nodes.imbalance().worst;
        TracePoint { passes: self.passes, time: None, cost, imbalance }
    }

    /// Renews the matrix of the linear systems from the sums measured last.
    pub fn renew<T: Stored>(&mut self, matrix: &mut Scaled<T>) {
        matrix.renew(&mut self.engine, &self.base, (&self.d, &self.inverse), &self.nodes);
        self.passes += 2;
    }

    /// All nodes at once go half of Osborne's step, `d_i ← d_i (r_i/c_i)^{1/4}`, from the sums measured last.
    ///
    /// The cost falls by at least `½ Σ (√r_i − √c_i)²`, whatever the graph: by `e^{p(δ_j − δ_i)} ≤ ½(e^{2pδ_j} + e^{−2pδ_i})`
    /// it is at most `½ Σ (c_i e^{2pδ_i} + r_i e^{−2pδ_i})`, which these steps minimise (to `Σ √(r_i c_i)`).
    pub fn half_step(&mut self) {
        let sums = self.nodes.incoming.chunks(CHUNK).zip(self.nodes.outgoing.chunks(CHUNK));
        let parts = self.d.chunks_mut(CHUNK).zip(self.inverse.chunks_mut(CHUNK)).zip(sums);
        each(parts, |((d, inverse), (r, c))| {
            for ((d, inverse), (r, c)) in d.iter_mut().zip(inverse).zip(r.iter().zip(c)) {
                if *r > 0.0 && *c > 0.0 {
                    *d *= (r.sqrt() / c.sqrt()).sqrt();
                }
                *inverse = d.recip();
            }
        });
        if self.out_of_range() {
            self.rebase(&self.h());
            self.inverse.fill(1.0);
        }
    }

    fn out_of_range(&self) -> bool {
        self.d.iter().any(|d| !(REBASE_BEYOND.recip()..=REBASE_BEYOND).contains(d))
    }

    fn rebase(&mut self, h: &[f64]) {
        self.base = Cow::Owned(self.graph.costs_at(h));
        self.base_h = h.to_vec();
        self.d.fill(1.0);
        self.passes += 1;
    }
}

/// The hot loop by itself, for measurements: what every iteration on a large graph does once for each evaluation.
pub struct Pass<'a>(Sums<'a>);

impl<'a> Pass<'a> {
    /// At `h = 0`.
    pub fn new(graph: &'a CostGraph) -> Self {
        Pass(Sums::new(graph))
    }

    /// Incoming and outgoing costs of all nodes in one pass over the synapses, the total cost and the imbalance.
    pub fn measure(&mut self) -> TracePoint {
        self.0.measure()
    }
}
