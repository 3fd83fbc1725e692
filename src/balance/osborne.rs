//! Osborne's iteration: balance one neuron after the other, exactly (Osborne 1960; claim `osborne_descent`: each step
//! lowers the cost by `(√r_i − √c_i)²`).

use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use super::{Outcome, Run, Solver, Status, Stop, Trace, TracePoint};
use crate::cost::CostGraph;
use crate::flow::node_costs;

/// The order in which the neurons take their turns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// 0, 1, 2, ... in every sweep.
    #[default]
    Cyclic,
    /// A new random order for every sweep, the same in every run.
    Shuffled,
    /// Always the neuron whose turn lowers the cost most.
    Greedy,
}

/// Osborne's iteration.
#[derive(Clone, Copy, Debug, Default)]
pub struct Osborne {
    /// The order of turns.
    pub order: Order,
}

/// Scales beyond which the costs are computed afresh at the log-scales reached, so that products stay in range.
const REBASE_BEYOND: f64 = 1e60;

/// Seed of the random orders.
const SEED: u64 = 0x05b0_12e5;

impl Solver for Osborne {
    fn name(&self) -> &'static str {
        match self.order {
            Order::Cyclic => "osborne",
            Order::Shuffled => "osborne-shuffled",
            Order::Greedy => "osborne-greedy",
        }
    }

    fn solve(&self, graph: &CostGraph, stop: &Stop) -> Outcome {
        if self.order == Order::Greedy {
            return super::greedy::solve(graph, stop, self.name());
        }
        let mut state = Sweeper::new(graph);
        let mut order: Vec<u32> = (0..graph.nodes() as u32).collect();
        let mut random = ChaCha8Rng::seed_from_u64(SEED);
        let mut trace = Trace::default();
        let reason = loop {
            let point = state.measure();
            trace.push(point);
            if point.imbalance.is_nan() {
                break Status::NotFinite { node: 0 };
            }
            if point.imbalance <= stop.target() {
                break Status::Stalled;
            }
            if state.passes >= stop.max_passes {
                break Status::PassLimit { limit: stop.max_passes };
            }
            if self.order == Order::Shuffled {
                order.shuffle(&mut random);
            }
            state.sweep(order.iter().map(|&node| node as usize));
        };
        let (iterations, passes) = (state.sweeps, state.passes);
        Outcome::judge(graph, stop, Run { method: self.name(), h: state.h, reason, iterations, passes, trace })
    }
}

/// Sweeps over a graph; also the warm start of Newton's method.
pub(super) struct Sweeper<'a> {
    graph: &'a CostGraph,
    /// Log-scales, complete at the end of every sweep.
    pub h: Vec<f64>,
    /// Sweeps done.
    pub sweeps: usize,
    /// Passes over the synapses: one a sweep, one a measurement.
    pub passes: usize,
    /// Costs at the base, and the scales relative to it: `C_ij = base_ij d_j / d_i`.
    base: Vec<f64>,
    base_h: Vec<f64>,
    d: Vec<f64>,
    inverse: Vec<f64>,
}

impl<'a> Sweeper<'a> {
    pub fn new(graph: &'a CostGraph) -> Self {
        let nodes = graph.nodes();
        Sweeper {
            graph,
            h: vec![0.0; nodes],
            sweeps: 0,
            passes: 0,
            base: graph.w().to_vec(),
            base_h: vec![0.0; nodes],
            d: vec![1.0; nodes],
            inverse: vec![1.0; nodes],
        }
    }

    /// Cost and imbalance at the log-scales reached, through the same formulas as everything else.
    pub fn measure(&mut self) -> TracePoint {
        let costs = self.graph.costs_at(&self.h);
        self.passes += 1;
        let imbalance = node_costs(self.graph.pattern(), &costs, &0.0).imbalance().worst;
        TracePoint { passes: self.passes, time: None, cost: self.graph.total(&costs), imbalance }
    }

    /// Balances the nodes once each, in the given order. A node without incoming or without outgoing costs stays where it is: no
    /// scale balances it.
    pub fn sweep(&mut self, order: impl Iterator<Item = usize>) {
        let (pattern, transposed) = (self.graph.pattern(), self.graph.transposed());
        for i in order {
            let incoming: f64 = pattern.row(i).map(|e| self.base[e] * self.d[pattern.source(e)]).sum();
            let outgoing: f64 = transposed.column(i).map(|(e, target)| self.base[e] * self.inverse[target]).sum();
            if incoming > 0.0 && outgoing > 0.0 {
                // r_i = incoming/d_i and c_i = outgoing·d_i agree at d_i = √(incoming/outgoing), the quotient of the
                // roots: that of the sums can leave the range of f64.
                self.d[i] = incoming.sqrt() / outgoing.sqrt();
                self.inverse[i] = self.d[i].recip();
                // At once, not after the sweep: the next neurons multiply by this one's scale.
                if !(REBASE_BEYOND.recip()..=REBASE_BEYOND).contains(&self.d[i]) {
                    self.rebase();
                }
            }
        }
        self.settle();
        self.sweeps += 1;
        self.passes += 1;
    }

    /// The log-scales reached, from the base and the scales relative to it.
    fn settle(&mut self) {
        for (value, (base, d)) in self.h.iter_mut().zip(self.base_h.iter().zip(&self.d)) {
            *value = base + d.ln() / self.graph.p();
        }
    }

    fn rebase(&mut self) {
        self.settle();
        self.base = self.graph.costs_at(&self.h);
        self.base_h.clone_from(&self.h);
        self.d.fill(1.0);
        self.inverse.fill(1.0);
        self.passes += 1;
    }
}
