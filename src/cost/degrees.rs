//! The costs of a network whose neurons have degrees of homogeneity of their own.
//!
//! `C(h) = Σ w_ij e^{p(k_j h_j − h_i)}`, `w_ij = α_ij |J_ij|^p`: a sum of exponentials of linear functions of the log-scales,
//! hence convex. The world, if it is one, has `h = 0`: a read-out weight costs `w e^{p k_j h_j}`, an input weight `w e^{−p h_i}`.
//! `∂C/∂h_i = p (k_i c_i − r_i)`, with r and c the sums of the costs into and out of neuron i; **balanced** means
//! `r_i = k_i c_i`. A self-synapse costs `w e^{p(k_i − 1) h_i}`: for `k_i ≠ 1` it takes part, unlike for degree one.
//!
//! Where every degree is one this is the cost of [`super::CostGraph`], which knows more (only differences of h count) and
//! is what networks of degree one are balanced on.

use std::sync::Arc;

use super::graph::Bundle;
use super::synapses::Synapses;
use super::{CostError, CostSpec, synaptic_cost};
use crate::flow::NodeCosts;
use crate::network::{GraphFacts, Network, Pattern};
use crate::scalar::{Scalar, scale_by_exp};

/// One synapse of positive cost.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DegreeSynapse {
    /// The neuron that it leads to; [`DegreeCosts::neurons`] for the world.
    pub target: usize,
    /// The neuron that it comes from, likewise.
    pub source: usize,
    /// The degree `k_j` of its source; 0 for the world, whose log-scale is 0.
    pub degree: f64,
}

/// The costs of a network of any degrees.
#[derive(Clone, Debug)]
pub struct DegreeCosts<S: Scalar = f64> {
    neurons: usize,
    world: bool,
    p: f64,
    degrees: Arc<[f64]>,
    synapses: Arc<[DegreeSynapse]>,
    /// What the costs are computed from, in every number system anew.
    given: Arc<[Given]>,
    w: Vec<S>,
}

#[derive(Clone, Debug)]
struct Given {
    weight: f64,
    alpha: f64,
    bundle: Option<Bundle>,
}

impl Given {
    fn cost<S: Scalar>(&self, like: &S, p: f64) -> S {
        let alpha = match &self.bundle {
            None => like.lift(self.alpha),
            Some(bundle) => bundle.factor(like, p),
        };
        synaptic_cost(&alpha, &like.lift(self.weight), p)
    }
}

impl DegreeCosts<f64> {
    /// The costs of a network, whatever the degrees of its neurons.
    ///
    /// # Errors
    /// A network that is not valid, or not homogeneous; a bad exponent, factor or world weight; accumulated noise, which
    /// is defined for linear networks; a cost at `h = 0` outside the range of normal numbers.
    pub fn of_network(network: &Network, spec: &CostSpec) -> Result<Self, CostError> {
        network.validate()?;
        let degrees = network.activation.homogeneous_degrees()?;
        if spec.accumulated.is_some() {
            let reason = "the degrees of the neurons are not all one".into();
            return Err(CostError::AccumulatedOnly { reason });
        }
        let neurons = network.weights.neurons();
        let from = Synapses::of_any_degree(network, spec)?;
        let (mut synapses, mut given, mut w) = (Vec::new(), Vec::new(), Vec::new());
        from.for_each(|synapse| {
            let bundle = from.bundle(&synapse);
            let (target, source) = (synapse.target, synapse.source);
            let one = Given { weight: synapse.weight, alpha: synapse.alpha, bundle };
            let cost = one.cost(&0.0, spec.p);
            if !cost.is_normal() {
                return Err(CostError::CostNotNormal { target, source_index: source, value: cost });
            }
            let degree = if source < neurons { degrees.at(source) } else { 0.0 };
            synapses.push(DegreeSynapse { target, source, degree });
            given.push(one);
            w.push(cost);
            Ok(())
        })?;
        let degrees = (0..neurons).map(|neuron| degrees.at(neuron)).collect();
        let (synapses, given) = (synapses.into(), given.into());
        Ok(DegreeCosts { neurons, world: spec.world.is_some(), p: spec.p, degrees, synapses, given, w })
    }

    /// The facts of their graph, the world being its last node; `None` for more nodes than an index holds.
    pub fn graph_facts(&self) -> Option<GraphFacts> {
        let nodes = self.neurons + usize::from(self.world);
        let mut pairs: Vec<(usize, usize)> = self.synapses.iter().map(|s| (s.target, s.source)).collect();
        pairs.dedup();
        Pattern::from_sorted_pairs(nodes, pairs.iter().copied()).as_ref().map(GraphFacts::of)
    }

    /// The synapses inside strong components of the network, the world being one node of it, at the same costs; and those that
    /// are left out, as (target, source), in their order.
    pub fn within_components(&self) -> (Self, Vec<(usize, usize)>) {
        let facts = self.graph_facts();
        // Without a pattern there are more nodes than an index holds, which no network has: nothing is left out then.
        let inside = |s: &DegreeSynapse| facts.as_ref().is_none_or(|f| f.strong()[s.target] == f.strong()[s.source]);
        let kept: Vec<bool> = self.synapses.iter().map(inside).collect();
        let out = self.synapses.iter().zip(&kept).filter(|(_, kept)| !**kept);
        let mut left_out: Vec<(usize, usize)> = out.map(|(s, _)| (s.target, s.source)).collect();
        left_out.dedup();
        let within = DegreeCosts {
            synapses: those(&self.synapses, &kept).into(),
            given: those(&self.given, &kept).into(),
            w: those(&self.w, &kept),
            degrees: Arc::clone(&self.degrees),
            ..*self
        };
        (within, left_out)
    }

    /// The same in another number system; `lift` turns an `f64` into it exactly. Costs are computed anew from the weights.
    pub fn lifted<S: Scalar>(&self, lift: impl Fn(f64) -> S) -> DegreeCosts<S> {
        let like = lift(0.0);
        DegreeCosts {
            neurons: self.neurons,
            world: self.world,
            p: self.p,
            degrees: Arc::clone(&self.degrees),
            synapses: Arc::clone(&self.synapses),
            given: Arc::clone(&self.given),
            w: self.given.iter().map(|given| given.cost(&like, self.p)).collect(),
        }
    }
}

/// The entries that are kept.
fn those<T: Clone>(of: &[T], kept: &[bool]) -> Vec<T> {
    of.iter().zip(kept).filter(|(_, kept)| **kept).map(|(one, _)| one.clone()).collect()
}

impl<S: Scalar> DegreeCosts<S> {
    /// Number of neurons.
    pub fn neurons(&self) -> usize {
        self.neurons
    }

    /// Whether the outside world takes part.
    pub fn has_world(&self) -> bool {
        self.world
    }

    /// The exponent p.
    pub fn p(&self) -> f64 {
        self.p
    }

    /// The degrees `k_i` of the neurons (n).
    pub fn degrees(&self) -> &[f64] {
        &self.degrees
    }

    /// The synapses of positive cost, self-synapses and those of the world included, ascending by target, then source.
    pub fn synapses(&self) -> &[DegreeSynapse] {
        &self.synapses
    }

    /// The costs `w_ij` at `h = 0`, in the order of the synapses.
    pub fn initial_costs(&self) -> &[S] {
        &self.w
    }

    /// `k_j x_j − x_i` of a synapse: the rate of its exponent along `x` (n).
    pub fn rate(&self, synapse: &DegreeSynapse, x: &[S]) -> S {
        let source = (synapse.source < self.neurons).then(|| {
            if synapse.degree == 1.0 {
                x[synapse.source].clone()
            } else {
                x[synapse.source].clone() * &x[0].lift(synapse.degree)
            }
        });
        match (source, synapse.target < self.neurons) {
            (Some(source), true) => source - &x[synapse.target],
            (Some(source), false) => source,
            (None, true) => -x[synapse.target].clone(),
            (None, false) => x[0].zero_like(),
        }
    }

    /// The costs at log-scales `h` (n).
    pub fn costs_at(&self, h: &[S]) -> Vec<S> {
        let cost = |(synapse, w): (&DegreeSynapse, &S)| {
            let exponent = self.rate(synapse, h);
            scale_by_exp(w, &(exponent.clone() * &exponent.lift(self.p)))
        };
        self.synapses.iter().zip(&self.w).map(cost).collect()
    }

    /// What pulls the log-scale of each neuron up (`incoming`: the costs into it) and down (`outgoing`: k times those out of
    /// it), their difference being the neural gradient `g = r − k c`. Of a self-synapse only `|k − 1|` parts count, on the
    /// side where they pull; so for degree one none does.
    pub fn pulls(&self, costs: &[S], zero: &S) -> NodeCosts<S> {
        let mut pulls =
            NodeCosts { incoming: vec![zero.clone(); self.neurons], outgoing: vec![zero.clone(); self.neurons] };
        for (synapse, cost) in self.synapses.iter().zip(costs) {
            let DegreeSynapse { target, source, degree } = *synapse;
            if target == source {
                let part = cost.clone() * &zero.lift((degree - 1.0).abs());
                if degree > 1.0 {
                    pulls.outgoing[target] += &part
                } else {
                    pulls.incoming[target] += &part
                }
                continue;
            }
            if target < self.neurons {
                pulls.incoming[target] += cost;
            }
            if source < self.neurons {
                pulls.outgoing[source] += &(cost.clone() * &zero.lift(degree));
            }
        }
        pulls
    }

    /// `C = Σ C_ij`.
    pub fn total(&self, costs: &[S], zero: &S) -> S {
        costs.iter().fold(zero.clone(), |total, cost| total + cost)
    }
}
