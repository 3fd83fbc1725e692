//! The synapses of a network that cost something, with those of the world, one after another; never listed.

use std::borrow::Cow;
use std::ops::Range;

use nalgebra::DMatrix;

use super::graph::{Bundle, largest};
use super::{Alpha, CostError, CostSpec};
use crate::network::{Network, Weights};
use crate::parallel::parts_of_rows;

/// One synapse on the way into a graph.
#[derive(Clone, Copy)]
pub(super) struct Synapse {
    pub target: usize,
    pub source: usize,
    pub weight: f64,
    pub alpha: f64,
}

impl Synapse {
    pub(super) fn log2_cost(&self, p: f64) -> f64 {
        self.alpha.log2() + p * self.weight.abs().log2()
    }
}

/// The synapses that cost something, in the order of a pattern; gone through several times, never listed.
pub(super) struct Synapses<'a> {
    pub(super) network: &'a Network,
    factor: FactorTable<'a>,
    pub(super) p: f64,
    world: Option<World>,
}

/// The world's synapses: each stands for all weights between a neuron and the world.
struct World {
    lambda: f64,
    /// From the world to each neuron: its input weights and bias.
    into: Vec<Edge>,
    /// From each neuron to the world: its read-out weights.
    out_of: Vec<Edge>,
}

/// An edge to or from the world: the largest weight, and the factor that makes its cost that of all.
struct Edge {
    weight: f64,
    alpha: f64,
    /// The weights, if there are several.
    parts: Vec<f64>,
}

impl Edge {
    fn of(weights: impl Iterator<Item = f64>, alpha: f64, p: f64) -> Self {
        let parts: Vec<f64> = weights.filter(|&weight| weight != 0.0).collect();
        let weight = largest(&parts);
        if parts.len() < 2 {
            return Edge { weight, alpha, parts: Vec::new() };
        }
        let bundle = Bundle { edge: 0, alpha, parts };
        Edge { weight, alpha: bundle.factor(&0.0, p), parts: bundle.parts }
    }
}

impl<'a> Synapses<'a> {
    pub(super) fn of(network: &'a Network, spec: &'a CostSpec) -> Result<Self, CostError> {
        if let Some((neuron, degree)) = network.activation.homogeneous_degrees()?.first_not_one() {
            return Err(CostError::OtherDegree { neuron, activation: network.activation.at(neuron).name(), degree });
        }
        Self::of_any_degree(network, spec)
    }

    /// The same whatever the degrees of the neurons: costs at `h = 0` do not depend on them.
    pub(super) fn of_any_degree(network: &'a Network, spec: &'a CostSpec) -> Result<Self, CostError> {
        if !(spec.p.is_finite() && spec.p > 0.0) {
            return Err(CostError::BadExponent { value: spec.p });
        }
        let factor = FactorTable::new(&spec.alpha, network.weights.neurons())?;
        let world = spec.world.map(|lambda| World::of(network, spec.p, lambda)).transpose()?;
        Ok(Synapses { network, factor, p: spec.p, world })
    }

    pub(super) fn nodes(&self) -> usize {
        self.network.weights.neurons() + usize::from(self.world.is_some())
    }

    /// Every synapse of positive cost, self-synapses included, ascending by target, then source.
    pub(super) fn for_each(&self, take: impl FnMut(Synapse) -> Result<(), CostError>) -> Result<(), CostError> {
        self.for_each_into(0..self.nodes(), take)
    }

    /// Those into some of the nodes.
    pub(super) fn for_each_into(
        &self,
        targets: Range<usize>,
        mut take: impl FnMut(Synapse) -> Result<(), CostError>,
    ) -> Result<(), CostError> {
        let weights = &self.network.weights;
        let (pattern, n) = (weights.pattern(), weights.neurons());
        for target in targets {
            if target == n {
                let into_the_world = self.world.iter().flat_map(|world| world.out_of.iter().enumerate());
                for (source, edge) in into_the_world.filter(|(_, edge)| edge.weight > 0.0) {
                    take(Synapse { target, source, weight: edge.weight, alpha: edge.alpha })?;
                }
                continue;
            }
            for (&weight, &source) in weights.values()[pattern.row(target)].iter().zip(pattern.sources(target)) {
                let source = source as usize;
                let alpha = self.factor.at(target, source);
                if !(alpha.is_finite() && alpha >= 0.0) {
                    return Err(CostError::BadFactor { target, source_index: source, value: alpha });
                }
                if alpha > 0.0 {
                    take(Synapse { target, source, weight, alpha })?;
                }
            }
            if let Some(world) = &self.world
                && world.into[target].weight > 0.0
            {
                let Edge { weight, alpha, .. } = world.into[target];
                take(Synapse { target, source: n, weight, alpha })?;
            }
        }
        Ok(())
    }

    /// The nodes in parts that are worth a thread each, ascending.
    pub(super) fn parts(&self) -> Vec<Range<usize>> {
        let mut parts = parts_of_rows(self.network.weights.pattern().row_starts());
        if self.world.is_some() {
            let neurons = self.network.weights.neurons();
            // With the neurons where these are few.
            match parts.as_mut_slice() {
                [alone] => alone.end += 1,
                _ => parts.push(neurons..neurons + 1),
            }
        }
        parts
    }

    /// What an edge to or from the world stands for, if that is more than one weight.
    pub(super) fn bundle(&self, synapse: &Synapse) -> Option<Bundle> {
        let (world, n) = (self.world.as_ref()?, self.network.weights.neurons());
        let (edge, alpha) = match (synapse.target == n, synapse.source == n) {
            (true, _) => (&world.out_of[synapse.source], world.lambda),
            (_, true) => (&world.into[synapse.target], 1.0),
            _ => return None,
        };
        (!edge.parts.is_empty()).then(|| Bundle { edge: 0, alpha, parts: edge.parts.clone() })
    }

    /// The one factor of all synapses, if that is how they were given.
    pub(super) fn uniform_factor(&self) -> Option<f64> {
        match (&self.factor, &self.world) {
            (FactorTable::Uniform(alpha), None) => Some(*alpha),
            _ => None,
        }
    }

    /// The weights of all of them: the network's own, or those that cost something, with the world's.
    pub(super) fn weights(&self) -> Result<Cow<'a, Weights>, CostError> {
        if self.uniform_factor().is_some_and(|alpha| alpha > 0.0) {
            return Ok(Cow::Borrowed(&self.network.weights));
        }
        let mut row_start = vec![0; self.nodes() + 1];
        let (mut source, mut values) = (Vec::new(), Vec::new());
        self.for_each(|synapse| {
            row_start[synapse.target + 1] += 1;
            source.push(synapse.source as u32);
            values.push(synapse.weight);
            Ok(())
        })?;
        for i in 0..self.nodes() {
            row_start[i + 1] += row_start[i];
        }
        Ok(Cow::Owned(Weights::from_rows(row_start, source, values)?))
    }
}

impl World {
    fn of(network: &Network, p: f64, lambda: f64) -> Result<Self, CostError> {
        if !(lambda.is_finite() && lambda > 0.0) {
            return Err(CostError::BadWorldWeight { value: lambda });
        }
        let Some(w_out) = &network.w_out else {
            return Err(CostError::NoWorld { missing: "read-out weights" });
        };
        if network.w_in.is_none() && network.bias.is_none() {
            return Err(CostError::NoWorld { missing: "input weights or bias" });
        }
        let neurons = 0..network.weights.neurons();
        let into = neurons.clone().map(|neuron| {
            let inputs = network.w_in.iter().flat_map(|w_in| (0..w_in.ncols()).map(move |k| w_in[(neuron, k)]));
            Edge::of(inputs.chain(network.bias.iter().map(|bias| bias[neuron])), 1.0, p)
        });
        let out_of = neurons.map(|neuron| Edge::of(w_out.column(neuron).iter().copied(), lambda, p));
        Ok(World { lambda, into: into.collect(), out_of: out_of.collect() })
    }
}

/// α, ready to be looked up.
enum FactorTable<'a> {
    Uniform(f64),
    PerSource(&'a [f64]),
    Dense(&'a DMatrix<f64>),
    Sparse(std::collections::HashMap<(usize, usize), f64>),
}

impl<'a> FactorTable<'a> {
    fn new(alpha: &'a Alpha, neurons: usize) -> Result<Self, CostError> {
        match alpha {
            Alpha::Uniform(value) => Ok(FactorTable::Uniform(*value)),
            Alpha::PerSource(values) if values.len() == neurons => Ok(FactorTable::PerSource(values)),
            Alpha::PerSource(values) => {
                Err(CostError::WrongShape { given: format!("{} entries", values.len()), neurons })
            }
            Alpha::Dense(matrix) if matrix.shape() == (neurons, neurons) => Ok(FactorTable::Dense(matrix)),
            Alpha::Dense(matrix) => Err(CostError::WrongShape {
                given: format!("{} x {} entries", matrix.nrows(), matrix.ncols()),
                neurons,
            }),
            Alpha::Sparse(entries) => {
                if let Some(&(i, j, _)) = entries.iter().find(|&&(i, j, _)| i >= neurons || j >= neurons) {
                    return Err(CostError::WrongShape { given: format!("an entry at ({i}, {j})"), neurons });
                }
                let mut table = std::collections::HashMap::with_capacity(entries.len());
                for &(target, source_index, value) in entries {
                    if table.insert((target, source_index), value).is_some() {
                        return Err(CostError::DuplicateFactor { target, source_index });
                    }
                }
                Ok(FactorTable::Sparse(table))
            }
        }
    }

    fn at(&self, target: usize, source: usize) -> f64 {
        match self {
            FactorTable::Uniform(value) => *value,
            FactorTable::PerSource(values) => values[source],
            FactorTable::Dense(matrix) => matrix[(target, source)],
            FactorTable::Sparse(entries) => entries.get(&(target, source)).copied().unwrap_or(0.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::{Activation, Weights};

    /// Parts of 65,536 synapses: the world is with the neurons where these are one part, else alone.
    #[test]
    fn the_world_has_a_part_of_its_own_where_there_are_several() {
        let alone = std::iter::once(0..201).collect();
        for (neurons, expected) in [(200, alone), (300, vec![0..218, 218..300, 300..301])] {
            let dense = (0..neurons).flat_map(|i| (0..neurons).map(move |j| (i, j, 1.0))).collect();
            let mut network = Network::recurrent(Weights::from_triplets(neurons, dense).unwrap(), Activation::Relu);
            network.w_in = Some(nalgebra::DMatrix::from_element(neurons, 1, 1.0));
            network.w_out = Some(nalgebra::DMatrix::from_element(1, neurons, 1.0));
            let spec = CostSpec::power(2.0).with_world(1.0);
            assert_eq!(Synapses::of(&network, &spec).unwrap().parts(), expected);
        }
    }
}
