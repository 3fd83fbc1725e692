//! The methods: damped Newton steps, Osborne's iteration and the flow, for neurons of any degrees.
//!
//! **The part of a step that is taken.** Along `h + tδ` the exponent of every synapse moves at a rate of at most
//! `s = max p|k_j δ_j − δ_i|`, so with `φ(t) = C(h + tδ)` no third derivative is above s times the second:
//! `φ(t) ≤ φ(0) + tφ'(0) + φ''(0) (e^{st} − st − 1)/s²`, least at `t = ln(1 − sφ'(0)/φ''(0))/s`. For a Newton step
//! `φ'(0) = −φ''(0)`, and this is `ln(1 + s)/s`: what it was for degree one, with the degrees in s. For a step along the gradient
//! it is the time step of the flow that is sure to lower the cost.
//!
//! **One neuron.** With R and c the costs into and out of it, its turn `x` lowers `R e^{−px} + c e^{pkx} + w e^{p(k−1)x}` to its
//! least. Without a self-synapse w that is at `e^{p(k+1)x} = R/(k c)`, a closed form for every degree. With one it is the zero
//! of a convex function of x with slopes between two bounds, which Newton's method finds from anywhere.

use super::hessian::{Free, dense_step, gradients_step, times, without_free};
use crate::balance::criteria::Criteria;
use crate::balance::descent::damping;
use crate::balance::end::End;
use crate::balance::memory::room_for_dense;
use crate::balance::trace::{Trace, TracePoint};
use crate::cost::{DegreeCosts, DegreeSynapse};
use crate::flow::NodeCosts;

/// Neurons beyond which a dense factorisation is refused.
pub(super) const LARGEST_DENSE: usize = 3000;

/// Steps after which Newton's method gives up, and full steps without a lower imbalance.
const MAX_STEPS: usize = 500;
const PATIENCE: usize = 5;

/// Osborne sweeps before the first Newton step.
const WARM_SWEEPS: usize = 10;

/// Steps of Newton's method for one neuron: from the second one it comes from one side, and doubles its digits.
const ONE_NEURON_STEPS: usize = 64;

/// Where a method ended.
pub(super) struct Ended {
    pub h: Vec<f64>,
    pub end: End,
    pub iterations: usize,
    pub passes: usize,
    pub trace: Trace,
}

/// A run on its way: what all methods have in common.
struct Way<'a> {
    graph: &'a DegreeCosts,
    criteria: &'a Criteria<'a>,
    free: &'a Free,
    h: Vec<f64>,
    time: Option<f64>,
    iterations: usize,
    passes: usize,
    trace: Trace,
}

impl<'a> Way<'a> {
    fn new(graph: &'a DegreeCosts, criteria: &'a Criteria<'a>, free: &'a Free) -> Self {
        let h = vec![0.0; graph.neurons()];
        Way { graph, criteria, free, h, time: None, iterations: 0, passes: 0, trace: Trace::default() }
    }

    /// Costs and pulls where it stands, recorded; and the end, if this is one.
    fn look(&mut self) -> (Vec<f64>, NodeCosts<f64>, f64, Option<End>) {
        let costs = self.graph.costs_at(&self.h);
        let pulls = self.graph.pulls(&costs, &0.0);
        self.passes += 1;
        let found = pulls.imbalance();
        let cost = self.graph.total(&costs, &0.0);
        self.trace.push(TracePoint { passes: self.passes, time: self.time, cost, imbalance: found.worst });
        let end = self.criteria.end(found, self.passes);
        (costs, pulls, found.worst, end)
    }

    /// `max p|k_j δ_j − δ_i|` of a step `pδ`.
    fn rate(&self, step: &[f64]) -> f64 {
        self.graph.synapses().iter().map(|synapse| self.graph.rate(synapse, step).abs()).fold(0.0, f64::max)
    }

    /// Moves by a part of `pδ`.
    fn go(&mut self, step: &[f64], part: f64) {
        self.iterations += 1;
        for (h, step) in self.h.iter_mut().zip(step) {
            *h += part * step / self.graph.p();
        }
    }

    fn ended(mut self, end: End) -> Ended {
        without_free(&mut self.h, self.free);
        Ended { h: self.h, end, iterations: self.iterations, passes: self.passes, trace: self.trace }
    }
}

/// How the linear system of a Newton step is solved.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Linear {
    Dense,
    ConjugateGradients,
}

pub(super) fn newton(graph: &DegreeCosts, criteria: &Criteria<'_>, free: &Free, linear: Linear) -> Ended {
    let mut way = Way::new(graph, criteria, free);
    let mut turns = Turns::new(graph);
    let end = loop {
        let (costs, _, _, end) = way.look();
        if end.is_some() || way.iterations >= WARM_SWEEPS {
            break end;
        }
        turns.sweep(&mut way.h, costs);
        way.passes += 1;
        way.iterations += 1;
    };
    if let Some(end) = end {
        return way.ended(end);
    }
    if linear == Linear::Dense && graph.neurons() > LARGEST_DENSE {
        return way.ended(End::TooLargeForDense { nodes: graph.neurons(), limit: LARGEST_DENSE });
    }
    if linear == Linear::Dense
        && let Err(end) = room_for_dense(1, graph.neurons())
    {
        return way.ended(end);
    }
    way.iterations = 0;
    let mut best = (f64::INFINITY, way.h.clone());
    let mut without_progress = 0;
    let end = loop {
        let (costs, pulls, imbalance, end) = way.look();
        if imbalance < best.0 {
            best = (imbalance, way.h.clone());
            without_progress = 0;
        }
        if let Some(end) = end {
            break end;
        }
        if without_progress >= PATIENCE {
            break End::NoProgress;
        }
        if way.iterations >= MAX_STEPS {
            break End::IterationLimit { limit: MAX_STEPS };
        }
        let g = pulls.gradient();
        let step = match linear {
            Linear::Dense => match dense_step(graph, &costs, &g, free, &0.0) {
                Ok(step) => step,
                Err(node) => break End::NotPositiveDefinite { node },
            },
            Linear::ConjugateGradients => {
                let (step, products) = gradients_step(graph, &costs, &g, free, imbalance.clamp(1e-8, 1e-2));
                way.passes += products;
                step
            }
        };
        let rate = way.rate(&step);
        if rate < 1.0 {
            without_progress += 1;
        }
        way.go(&step, damping(rate));
    };
    if end.is_worth_the_best() {
        way.h = best.1;
    }
    way.ended(end)
}

pub(super) fn osborne(graph: &DegreeCosts, criteria: &Criteria<'_>, free: &Free) -> Ended {
    let mut way = Way::new(graph, criteria, free);
    let mut turns = Turns::new(graph);
    let end = loop {
        let (costs, _, _, end) = way.look();
        if let Some(end) = end {
            break end;
        }
        turns.sweep(&mut way.h, costs);
        way.passes += 1;
        way.iterations += 1;
    };
    way.ended(end)
}

/// Forward Euler on `ḣ = g(h) = −∇C/p`, with the longest time step that is sure to lower the cost the most.
pub(super) fn euler(graph: &DegreeCosts, criteria: &Criteria<'_>, free: &Free) -> Ended {
    let mut way = Way::new(graph, criteria, free);
    way.time = Some(0.0);
    let end = loop {
        let (costs, pulls, _, end) = way.look();
        if let Some(end) = end {
            break end;
        }
        let g = pulls.gradient();
        // Along ḣ = g: φ'(0) = −p‖g‖², φ''(0) = p² gᵀHg.
        let (p, product) = (graph.p(), times(graph, &costs, &g));
        way.passes += 1;
        let slope: f64 = g.iter().map(|g| g * g).sum();
        let curvature: f64 = g.iter().zip(&product).map(|(g, x)| g * x).sum();
        let rate = p * way.rate(&g);
        let step = if rate > 0.0 { (rate * slope / (p * curvature)).ln_1p() / rate } else { f64::NAN };
        if !(step.is_finite() && step > 0.0) {
            break End::NoProgress;
        }
        way.go(&g, step * p);
        way.time = way.time.map(|time| time + step);
    };
    way.ended(end)
}

/// The neurons' turns: which synapses are whose.
struct Turns<'a> {
    graph: &'a DegreeCosts,
    into: Vec<Vec<u32>>,
    out_of: Vec<Vec<u32>>,
}

impl<'a> Turns<'a> {
    fn new(graph: &'a DegreeCosts) -> Self {
        let n = graph.neurons();
        let (mut into, mut out_of) = (vec![Vec::new(); n], vec![Vec::new(); n]);
        for (e, synapse) in graph.synapses().iter().enumerate() {
            if synapse.target < n {
                into[synapse.target].push(e as u32);
            }
            if synapse.source < n && synapse.source != synapse.target {
                out_of[synapse.source].push(e as u32);
            }
        }
        Turns { graph, into, out_of }
    }

    /// Balances the neurons once each, starting from the costs at `h`.
    fn sweep(&mut self, h: &mut [f64], mut costs: Vec<f64>) {
        let p = self.graph.p();
        for (i, h) in h.iter_mut().enumerate() {
            let degree = self.graph.degrees()[i];
            let is_self = |e: &&u32| self.graph.synapses()[**e as usize].source == i;
            let sum = |of: &mut dyn Iterator<Item = &u32>| -> f64 { of.map(|&e| costs[e as usize]).sum() };
            let own = sum(&mut self.into[i].iter().filter(is_self));
            let incoming = sum(&mut self.into[i].iter().filter(|e| !is_self(e)));
            let outgoing = sum(&mut self.out_of[i].iter());
            let Some(turn) = turn(incoming, outgoing, own, degree) else { continue };
            *h += turn / p;
            for &e in &self.into[i] {
                let DegreeSynapse { source, .. } = self.graph.synapses()[e as usize];
                costs[e as usize] *= (if source == i { (degree - 1.0) * turn } else { -turn }).exp();
            }
            for &e in &self.out_of[i] {
                costs[e as usize] *= (degree * turn).exp();
            }
        }
    }
}

/// `ln(e^a + e^b)`, and the share of the first.
fn log_sum(a: f64, b: f64) -> (f64, f64) {
    let largest = a.max(b);
    if largest == f64::NEG_INFINITY {
        return (largest, 0.5);
    }
    let (x, y) = ((a - largest).exp(), (b - largest).exp());
    (largest + (x + y).ln(), x / (x + y))
}

/// The `u = p x` that balances one neuron: `R e^{−u} = k c e^{ku} + (k − 1) w e^{(k−1)u}`. `None` where nothing does: a neuron
/// that is pulled in one direction only.
pub(super) fn turn(incoming: f64, outgoing: f64, own: f64, degree: f64) -> Option<f64> {
    let down = (degree * outgoing).ln();
    let up = incoming.ln();
    // The self-synapse pulls down above degree one, up below.
    let (own_down, own_up) = (((degree - 1.0).max(0.0) * own).ln(), ((1.0 - degree).max(0.0) * own).ln());
    let pulled = |a: f64, b: f64| a > f64::NEG_INFINITY || b > f64::NEG_INFINITY;
    if !pulled(down, own_down) || !pulled(up, own_up) {
        return None;
    }
    // f(u) = ln of what pulls down minus ln of what pulls up: rises with a slope from min(k, 1) to k + 1.
    let balance = |u: f64| {
        let (d, share_down) = log_sum(down + degree * u, own_down + (degree - 1.0) * u);
        let (r, share_up) = log_sum(up - u, own_up + (degree - 1.0) * u);
        let slope_down = share_down * degree + (1.0 - share_down) * (degree - 1.0);
        let slope_up = -share_up + (1.0 - share_up) * (degree - 1.0);
        (d - r, slope_down - slope_up)
    };
    let mut u = 0.0;
    for _ in 0..ONE_NEURON_STEPS {
        let (value, slope) = balance(u);
        let next = u - value / slope;
        if !next.is_finite() || (next - u).abs() <= f64::EPSILON * (1.0 + u.abs()) {
            return next.is_finite().then_some(next);
        }
        u = next;
    }
    Some(u)
}
