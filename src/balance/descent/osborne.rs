//! Osborne's iteration: balance one neuron after the other, exactly (Osborne 1960; claim `osborne_descent`: each step
//! lowers the cost by `(√r_i − √c_i)²`).

use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use super::scaled_costs::ScaledCosts;
use crate::balance::criteria::Criteria;
use crate::balance::outcome::{Attempt, Outcome, Solver};
use crate::balance::trace::{Trace, TracePoint};
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

    fn solve(&self, graph: &CostGraph, criteria: &Criteria) -> Outcome {
        if self.order == Order::Greedy {
            return super::greedy::solve(graph, criteria, self.name());
        }
        let mut scaled = ScaledCosts::new(graph);
        let mut order: Vec<u32> = (0..graph.nodes() as u32).collect();
        let mut random = ChaCha8Rng::seed_from_u64(SEED);
        let mut trace = Trace::default();
        let mut sweeps = 0;
        let end = loop {
            // Afresh at the log-scales, through the same formulas as everything else.
            let costs = graph.costs_at(&scaled.h());
            scaled.passes += 1;
            let found = node_costs(graph.pattern(), &costs, &0.0).imbalance();
            let passes = scaled.passes;
            trace.push(TracePoint { passes, time: None, cost: graph.total(&costs), imbalance: found.worst });
            if let Some(end) = criteria.end(found, passes) {
                break end;
            }
            if self.order == Order::Shuffled {
                order.shuffle(&mut random);
            }
            scaled.sweep(order.iter().map(|&node| node as usize));
            sweeps += 1;
        };
        let (h, passes) = (scaled.h(), scaled.passes);
        Outcome::judge(graph, criteria, Attempt { method: self.name(), h, end, iterations: sweeps, passes, trace })
    }
}
