//! From a network to its graph of costs.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use nalgebra::DMatrix;

use super::graph::{Bundle, Factors, Given, largest, self_cost};
use super::{Alpha, CostError, CostGraph, CostSpec, synaptic_cost, window};
use crate::network::{GraphFacts, Network, NetworkError, Pattern, Prescaling, Weights, exponent, times_power_of_two};

/// `|log2|` of a cost beyond which the graph is looked at through a [`Prescaling`]: far inside the range of `f64`
/// (2^±1022), so that sums and products of costs and scales stay in it too.
const SAFE_LOG2_COST: f64 = 700.0;

/// And beyond which a prescaling is taken where one fits, so that cubes of costs stay in range as well.
const COMFORTABLE_LOG2_COST: f64 = 300.0;

/// `|log2|` of a cost up to which no prescaling is looked for: a path would have to lead in one direction for a hundred
/// synapses before the scales along it multiply up to the limits of `f64`.
const HARMLESS_LOG2_COST: f64 = 20.0;

/// Powers of two that costs may span, narrow ones first: solvers move costs too.
const WINDOWS: [f64; 4] = [250.0, 500.0, 750.0, 998.0];

/// Powers of two that normal weights span, with some to spare above and below.
const SAFE_LOG2_RANGE: f64 = 1000.0;

/// A cost, as a power of two relative to the unit, below which `f64` would lose it.
const SMALLEST_LOG2_COST: f64 = -1000.0;

impl CostGraph<f64> {
    /// The graph of costs of a network.
    ///
    /// Costs that would leave the range of `f64` are computed through an exact [`Prescaling`] of powers of two.
    ///
    /// Of accumulated noise ([`CostSpec::accumulated`]) it is the graph of the roots of the accumulated squares, which rescale as
    /// the weights do.
    ///
    /// # Errors
    /// A bad exponent, factor or world weight; an activation whose degree is not one, for which the recurrent cost alone
    /// is ill posed; a dynamic range that no prescaling fits; what accumulated noise is not defined for.
    pub fn of_network(network: &Network, spec: &CostSpec) -> Result<Self, CostError> {
        if let Some(accumulated) = &spec.accumulated {
            let roots = accumulated.network(network, spec)?;
            return CostGraph::of_network(&roots, &spec.clone().with_accumulated(None));
        }
        let synapses = Synapses::of(network, spec)?;
        let extent = synapses.extent()?;
        let prescaling = fitted_prescaling(&extent, &synapses)?;
        match Self::seen_through(prescaling, &extent, &synapses) {
            Err(refusal @ CostError::CostOutOfRange { .. }) => match synapses.prescaling_into_a_window()? {
                Some(prescaling) => Self::seen_through(prescaling, &extent, &synapses).map_err(|_| refusal),
                None => Err(refusal),
            },
            done => done,
        }
    }

    fn seen_through(prescaling: Prescaling, extent: &Extent, synapses: &Synapses) -> Result<Self, CostError> {
        let p = synapses.p;
        let plain = prescaling.is_identity();

        let mut self_synapses = Vec::new();
        let mut given = Given { log2_cost: Vec::new(), log2_self_cost: Vec::new() };
        let uniform = synapses.uniform_factor();
        let mut each = Vec::with_capacity(if uniform.is_none() { extent.between_nodes } else { 0 });
        let mut weight = Vec::with_capacity(extent.between_nodes);
        let mut w = Vec::with_capacity(extent.between_nodes);
        let mut bundles = Vec::new();
        synapses.for_each(|synapse| {
            let shift = prescaling.shift(synapse.target, synapse.source);
            let prescaled = if plain { synapse.weight } else { times_power_of_two(synapse.weight, shift) };
            let cost = synaptic_cost(&synapse.alpha, &prescaled, p);
            let log2_cost = || synapse.log2_cost(p);
            if synapse.target == synapse.source {
                self_synapses.push((synapse.weight, synapse.alpha));
                if !plain {
                    given.log2_self_cost.push(log2_cost());
                }
                return Ok(());
            }
            let exact = plain || times_power_of_two(prescaled, -shift) == synapse.weight;
            if cost < SMALLEST_LOG2_COST.exp2() || !exact || !cost.is_finite() {
                let log2_cost = log2_cost() + p * f64::from(shift);
                let (target, source_index) = (synapse.target, synapse.source);
                return Err(CostError::CostOutOfRange { target, source_index, log2_cost });
            }
            if !plain {
                given.log2_cost.push(log2_cost());
            }
            if let Some(bundle) = synapses.bundle(&synapse) {
                bundles.push(Bundle { edge: weight.len(), ..bundle });
            }
            weight.push(prescaled);
            w.push(cost);
            if uniform.is_none() {
                each.push(synapse.alpha);
            }
            Ok(())
        })?;
        let pattern = synapses.pattern(extent.between_nodes)?;
        let facts = GraphFacts::of(&pattern);
        Ok(CostGraph {
            pattern,
            transposed: OnceLock::new(),
            facts,
            weight,
            factors: uniform.map_or(Factors::Each(each), Factors::Uniform),
            bundles,
            w,
            self_cost: self_cost(&self_synapses, prescaling.unit(), p, |x| x),
            self_synapses,
            p,
            neurons: synapses.network.weights.neurons(),
            prescaling,
            given: (!plain).then_some(given),
        })
    }
}

/// One synapse on the way into a graph.
#[derive(Clone, Copy)]
struct Synapse {
    target: usize,
    source: usize,
    weight: f64,
    alpha: f64,
}

impl Synapse {
    fn log2_cost(&self, p: f64) -> f64 {
        self.alpha.log2() + p * self.weight.abs().log2()
    }
}

/// The synapses that cost something, in the order of a pattern; gone through several times, never listed.
struct Synapses<'a> {
    network: &'a Network,
    factor: FactorTable<'a>,
    p: f64,
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

/// What has to be known before anything is allocated.
struct Extent {
    between_nodes: usize,
    /// The largest `|log2|` of a cost; harmless ones are not computed exactly.
    widest_log2_cost: f64,
}

impl<'a> Synapses<'a> {
    fn of(network: &'a Network, spec: &'a CostSpec) -> Result<Self, CostError> {
        let degree = network.activation.homogeneous_degree()?;
        if degree != 1.0 {
            let activation = network.activation.name();
            return Err(match spec.world {
                None => CostError::IllPosed { activation, degree },
                Some(_) => CostError::DegreeNotOne { activation, degree },
            });
        }
        if !(spec.p.is_finite() && spec.p > 0.0) {
            return Err(CostError::BadExponent { value: spec.p });
        }
        let factor = FactorTable::new(&spec.alpha, network.weights.neurons())?;
        let world = spec.world.map(|lambda| World::of(network, spec.p, lambda)).transpose()?;
        Ok(Synapses { network, factor, p: spec.p, world })
    }

    fn nodes(&self) -> usize {
        self.network.weights.neurons() + usize::from(self.world.is_some())
    }

    /// Every synapse of positive cost, self-synapses included, ascending by target, then source.
    fn for_each(&self, mut take: impl FnMut(Synapse) -> Result<(), CostError>) -> Result<(), CostError> {
        let weights = &self.network.weights;
        let (pattern, n) = (weights.pattern(), weights.neurons());
        for target in 0..n {
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
        if let Some(world) = &self.world {
            for (source, edge) in world.out_of.iter().enumerate().filter(|(_, edge)| edge.weight > 0.0) {
                take(Synapse { target: n, source, weight: edge.weight, alpha: edge.alpha })?;
            }
        }
        Ok(())
    }

    /// What an edge to or from the world stands for, if that is more than one weight.
    fn bundle(&self, synapse: &Synapse) -> Option<Bundle> {
        let (world, n) = (self.world.as_ref()?, self.network.weights.neurons());
        let (edge, alpha) = match (synapse.target == n, synapse.source == n) {
            (true, _) => (&world.out_of[synapse.source], world.lambda),
            (_, true) => (&world.into[synapse.target], 1.0),
            _ => return None,
        };
        (!edge.parts.is_empty()).then(|| Bundle { edge: 0, alpha, parts: edge.parts.clone() })
    }

    fn extent(&self) -> Result<Extent, CostError> {
        let mut extent = Extent { between_nodes: 0, widest_log2_cost: HARMLESS_LOG2_COST };
        let harmless = (-HARMLESS_LOG2_COST).exp2()..=HARMLESS_LOG2_COST.exp2();
        self.for_each(|synapse| {
            if synapse.target == synapse.source {
                return Ok(());
            }
            extent.between_nodes += 1;
            if !harmless.contains(&synaptic_cost(&synapse.alpha, &synapse.weight, self.p)) {
                extent.widest_log2_cost = extent.widest_log2_cost.max(synapse.log2_cost(self.p).abs());
            }
            Ok(())
        })?;
        Ok(extent)
    }

    /// The one factor of all synapses, if that is how they were given.
    fn uniform_factor(&self) -> Option<f64> {
        match (&self.factor, &self.world) {
            (FactorTable::Uniform(alpha), None) => Some(*alpha),
            _ => None,
        }
    }

    /// The pattern of the synapses between different nodes: the network's own if they are all of its.
    fn pattern(&self, between_nodes: usize) -> Result<Arc<Pattern>, CostError> {
        let own = self.network.weights.pattern();
        if self.world.is_none() {
            if between_nodes == own.len() {
                return Ok(Arc::clone(own));
            }
            return Ok(Arc::new(own.filtered(|_, i, j| i != j && self.factor.at(i, j) > 0.0)));
        }
        let mut pairs = Vec::with_capacity(between_nodes);
        self.for_each(|synapse| {
            if synapse.target != synapse.source {
                pairs.push((synapse.target, synapse.source));
            }
            Ok(())
        })?;
        let pattern = Pattern::from_sorted_pairs(self.nodes(), pairs.into_iter());
        pattern.map(Arc::new).ok_or(CostError::Network(NetworkError::TooManyNeurons { neurons: self.nodes() }))
    }

    /// A prescaling that brings all costs into the range of `f64`, where evening out exponents does not and any does.
    fn prescaling_into_a_window(&self) -> Result<Option<Prescaling>, CostError> {
        let (mut edges, mut finite) = (Vec::new(), true);
        self.for_each(|synapse| {
            let Synapse { target, source, .. } = synapse;
            if target != source {
                let (normal, factor) = (SAFE_LOG2_RANGE * self.p, synapse.alpha.log2());
                let reach = (factor - normal, factor + normal);
                let log2_cost = synapse.log2_cost(self.p);
                finite &= log2_cost.is_finite();
                edges.push(window::Edge { target, source, log2_cost, reach });
            }
            Ok(())
        })?;
        if !finite {
            // No rescaling makes an infinite weight, or one that is not a number, finite.
            return Ok(None);
        }
        // Exponents are rounded to whole ones: that moves a cost by p at most, and its unit by p.
        let found =
            WINDOWS.iter().find_map(|window| window::scales_within(self.nodes(), &edges, window - 2.0 * self.p));
        Ok(found.map(|(x, top)| {
            let exponents = x.iter().map(|x| (x / self.p).round() as i32).collect();
            Prescaling::of(exponents, (top / self.p).ceil() as i32)
        }))
    }

    /// The weights of all of them: the network's own, or those that cost something, with the world's.
    fn weights(&self) -> Result<Cow<'a, Weights>, CostError> {
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

/// The prescaling that costs are seen through: the identity, unless costs are extreme or the scales that even them out are.
fn fitted_prescaling(extent: &Extent, synapses: &Synapses) -> Result<Prescaling, CostError> {
    let (nodes, p, widest) = (synapses.nodes(), synapses.p, extent.widest_log2_cost);
    if widest <= HARMLESS_LOG2_COST {
        return Ok(Prescaling::identity(nodes));
    }
    let prescaling = Prescaling::evening_out(&*synapses.weights()?);
    let needed = widest > SAFE_LOG2_COST || p * f64::from(prescaling.spread()) > SAFE_LOG2_COST;
    let mut welcome = widest > COMFORTABLE_LOG2_COST;
    if !needed && welcome {
        synapses.for_each(|synapse| {
            if synapse.target == synapse.source {
                return Ok(());
            }
            let shift = prescaling.shift(synapse.target, synapse.source);
            let stays_normal = exponent(synapse.weight) + shift > -1000;
            welcome &= stays_normal && synapse.log2_cost(p) + p * f64::from(shift) > SMALLEST_LOG2_COST;
            Ok(())
        })?;
    }
    Ok(if needed || welcome { prescaling } else { Prescaling::identity(nodes) })
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
