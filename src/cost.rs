//! The synaptic cost `C_ij = α_ij |J_ij|^p`, on a directed graph of costs with an optional world node.
//!
//! The graph is what everything downstream works on: the flow, the solvers, the certificates. Its nodes are the
//! neurons and, if asked for, **the world** as one more node (the last): every read-out weight is then a synapse
//! onto the world and every input weight and bias a synapse from it (DESIGN section 2b).

use std::sync::Arc;

use nalgebra::DMatrix;

use crate::network::{Frame, GraphFacts, Network, NetworkError, Pattern, Transposed, exponent, times_power_of_two};
use crate::scalar::{Scalar, power};

/// What can be wrong with a cost.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CostError {
    #[error("the exponent p of the cost is {value}; it must be a finite number greater than 0")]
    BadExponent { value: f64 },
    #[error("the cost factor alpha at ({target}, {source_index}) is {value}; it must be finite and ≥ 0")]
    BadFactor { target: usize, source_index: usize, value: f64 },
    #[error("alpha has {given}, but the network has {neurons} neurons")]
    WrongShape { given: String, neurons: usize },
    #[error("the weight lambda of the world node is {value}; it must be a finite number greater than 0")]
    BadWorldWeight { value: f64 },
    #[error(
        "the world node needs input weights (or a bias) and read-out weights, but the network has no {missing}; give a whole network as .safetensors, or balance without --world"
    )]
    NoWorld { missing: &'static str },
    #[error(
        "the cost of the synapse from {source_index} to {target} is 2^{log2_cost:.0} of the largest, below the smallest number that f64 holds; use a smaller p, or drop the synapse"
    )]
    CostOutOfRange { target: usize, source_index: usize, log2_cost: f64 },
    #[error(
        "the activation {activation} has degree {degree}, but balancing is defined here for degree one (linear, relu, leaky-relu)"
    )]
    DegreeNotOne { activation: &'static str, degree: f64 },
    #[error(transparent)]
    Network(#[from] NetworkError),
}

/// Where the factors `α_ij ≥ 0` come from.
#[derive(Clone, Debug, PartialEq)]
pub enum Alpha {
    /// One factor for all synapses.
    Uniform(f64),
    /// One factor for each source neuron: the robustness cost has its mean squared gain `r_j` here (n).
    PerSource(Vec<f64>),
    /// A factor for each pair (n × n, row = target).
    Dense(DMatrix<f64>),
    /// Factors by `(target, source)` for the synapses listed; all others cost nothing.
    Sparse(Vec<(usize, usize, f64)>),
}

/// Which cost to balance: `C_ij = α_ij |J_ij|^p`, and the weight λ of the world node if there is one.
#[derive(Clone, Debug, PartialEq)]
pub struct CostSpec {
    /// The exponent `p > 0`.
    pub p: f64,
    /// The factors.
    pub alpha: Alpha,
    /// `Some(λ)`: read-out weights cost `λ|W_out|^p`, input weights and biases `|W_in|^p`, `|b|^p`.
    pub world: Option<f64>,
}

impl CostSpec {
    /// `C_ij = |J_ij|^p` over the recurrent synapses.
    pub fn power(p: f64) -> Self {
        CostSpec { p, alpha: Alpha::Uniform(1.0), world: None }
    }
}

/// `α |J|^p`: the synaptic cost, in its one place.
pub fn synaptic_cost<S: Scalar>(alpha: &S, weight: &S, p: f64) -> S {
    alpha.clone() * &power(&weight.abs(), p)
}

/// `C_ij(h) = w_ij d_j / d_i` with `d_i = e^{p h_i}`: the cost after rescaling, in its one place.
///
/// The order of operations (product, then quotient) is the one of the rounding theorem in `proofs/`.
#[inline]
pub fn rescaled_cost<S: Scalar>(w: &S, d_source: &S, d_target: &S) -> S {
    w.clone() * d_source / d_target
}

/// A directed graph of costs: the synapses of positive cost between different nodes.
///
/// Self-synapses do not take part in balancing (the diagonal cancels in the neural gradient); their cost is kept
/// apart so that totals include it.
#[derive(Clone, Debug)]
pub struct CostGraph<S: Scalar = f64> {
    pattern: Arc<Pattern>,
    transposed: Transposed,
    facts: GraphFacts,
    /// Signed weights (of world edges: the p-norm of what they stand for), through the frame.
    weight: Vec<S>,
    alpha: Vec<S>,
    w: Vec<S>,
    self_cost: S,
    p: f64,
    neurons: usize,
    frame: Frame,
    /// The same costs as given, not through the frame, as powers of two: they may be outside the range of `f64`.
    given: Given,
}

/// Costs of the network as given, as powers of two.
#[derive(Clone, Debug, PartialEq)]
struct Given {
    log2_cost: Vec<f64>,
    log2_self_cost: Vec<f64>,
    /// Weights (through the frame) and factors of the self-synapses.
    self_synapses: Vec<(f64, f64)>,
}

/// `|log2|` of a cost beyond which the graph is looked at through a [`Frame`]: far inside the range of `f64`
/// (2^±1022), so that sums and products of costs and scales stay in it too.
const SAFE_LOG2_COST: f64 = 700.0;

/// And beyond which a frame is taken where one fits, so that cubes of costs stay in range as well.
const COMFORTABLE_LOG2_COST: f64 = 300.0;

/// `|log2|` of a cost up to which no frame is looked for: a path would have to lead in one direction for a hundred
/// synapses before the scales along it multiply up to the limits of `f64`.
const HARMLESS_LOG2_COST: f64 = 20.0;

/// A cost, as a power of two relative to the unit, below which `f64` would lose it.
const SMALLEST_LOG2_COST: f64 = -1000.0;

impl CostGraph<f64> {
    /// The graph of costs of a network.
    ///
    /// Costs that would leave the range of `f64` are computed through an exact [`Frame`] of powers of two.
    ///
    /// # Errors
    /// A bad exponent, factor or world weight; an activation whose degree is not one (for a network that is more
    /// than its weights the transform then differs); a dynamic range that no frame fits.
    pub fn of_network(network: &Network, spec: &CostSpec) -> Result<Self, CostError> {
        let degree = network.activation.homogeneous_degree()?;
        if degree != 1.0 {
            return Err(CostError::DegreeNotOne { activation: network.activation.name(), degree });
        }
        if !(spec.p.is_finite() && spec.p > 0.0) {
            return Err(CostError::BadExponent { value: spec.p });
        }
        let neurons = network.weights.neurons();
        let factor = FactorTable::new(&spec.alpha, neurons)?;
        let mut synapses = Vec::with_capacity(network.weights.synapses());
        for (target, source_index, &weight) in network.weights.triplets() {
            let alpha = factor.at(target, source_index);
            if !(alpha.is_finite() && alpha >= 0.0) {
                return Err(CostError::BadFactor { target, source_index, value: alpha });
            }
            if alpha > 0.0 {
                synapses.push(Synapse { target, source: source_index, weight, alpha });
            }
        }
        let nodes = match spec.world {
            None => neurons,
            Some(lambda) => {
                append_world(network, spec.p, lambda, &mut synapses)?;
                neurons + 1
            }
        };
        Self::assemble(neurons, nodes, spec.p, synapses)
    }

    /// The same graph in another number system; `lift` turns an `f64` into it exactly. Costs are recomputed from
    /// the weights there, not converted.
    pub fn lifted<S: Scalar>(&self, lift: impl Fn(f64) -> S) -> CostGraph<S> {
        let weight: Vec<S> = self.weight.iter().map(|&value| lift(value)).collect();
        let alpha: Vec<S> = self.alpha.iter().map(|&value| lift(value)).collect();
        let w = weight.iter().zip(&alpha).map(|(weight, alpha)| synaptic_cost(alpha, weight, self.p)).collect();
        let mut self_cost = lift(0.0);
        for &(weight, alpha) in &self.given.self_synapses {
            self_cost += &synaptic_cost(&lift(alpha), &lift(weight), self.p);
        }
        CostGraph {
            pattern: Arc::clone(&self.pattern),
            transposed: self.transposed.clone(),
            facts: self.facts.clone(),
            weight,
            alpha,
            w,
            self_cost,
            p: self.p,
            neurons: self.neurons,
            frame: self.frame.clone(),
            given: self.given.clone(),
        }
    }

    fn assemble(neurons: usize, nodes: usize, p: f64, mut synapses: Vec<Synapse>) -> Result<Self, CostError> {
        synapses.sort_unstable_by_key(|synapse| (synapse.target, synapse.source));
        let frame = fitted_frame(nodes, p, &synapses)?;

        let mut self_cost = 0.0;
        let mut given = Given { log2_cost: Vec::new(), log2_self_cost: Vec::new(), self_synapses: Vec::new() };
        let (mut weight, mut alpha, mut w, mut pairs) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for synapse in &synapses {
            let shift = frame.shift(synapse.target, synapse.source);
            let log2_cost = synapse.log2_cost(p) + p * f64::from(shift);
            let framed = times_power_of_two(synapse.weight, shift);
            let cost = synaptic_cost(&synapse.alpha, &framed, p);
            let lost = cost < f64::MIN_POSITIVE || framed.abs() < f64::MIN_POSITIVE;
            if log2_cost < SMALLEST_LOG2_COST || lost || !cost.is_finite() {
                let (target, source_index) = (synapse.target, synapse.source);
                return Err(CostError::CostOutOfRange { target, source_index, log2_cost });
            }
            if synapse.target == synapse.source {
                self_cost += cost;
                given.log2_self_cost.push(synapse.log2_cost(p));
                given.self_synapses.push((framed, synapse.alpha));
            } else {
                pairs.push((synapse.target, synapse.source));
                weight.push(framed);
                alpha.push(synapse.alpha);
                w.push(cost);
                given.log2_cost.push(synapse.log2_cost(p));
            }
        }
        let pattern = Pattern::from_sorted_pairs(nodes, pairs.into_iter())
            .ok_or(CostError::Network(NetworkError::TooManyNeurons { neurons: nodes }))?;
        let transposed = pattern.transpose();
        let facts = GraphFacts::of(&pattern);
        Ok(CostGraph {
            pattern: Arc::new(pattern),
            transposed,
            facts,
            weight,
            alpha,
            w,
            self_cost,
            p,
            neurons,
            frame,
            given,
        })
    }

    /// The graph without the synapses that lie on no cycle: every component of it can be balanced.
    ///
    /// # Errors
    /// Only what a smaller graph can still run into: a dynamic range that no frame fits.
    pub fn within_components(&self) -> Result<Self, CostError> {
        let strong = self.facts.strong();
        let mut keep = Vec::with_capacity(self.pattern.len());
        for (e, i, j) in self.pattern.iter() {
            if strong[i] == strong[j] {
                keep.push((e, i, j));
            }
        }
        let pattern = Pattern::from_sorted_pairs(self.nodes(), keep.iter().map(|&(_, i, j)| (i, j)))
            .ok_or(CostError::Network(NetworkError::TooManyNeurons { neurons: self.nodes() }))?;
        let chosen = |values: &[f64]| keep.iter().map(|&(e, _, _)| values[e]).collect::<Vec<_>>();
        Ok(CostGraph {
            transposed: pattern.transpose(),
            facts: GraphFacts::of(&pattern),
            pattern: Arc::new(pattern),
            weight: chosen(&self.weight),
            alpha: chosen(&self.alpha),
            w: chosen(&self.w),
            given: Given { log2_cost: chosen(&self.given.log2_cost), ..self.given.clone() },
            ..self.clone()
        })
    }
}

impl<S: Scalar> CostGraph<S> {
    /// Number of nodes: the neurons, and the world if it is one.
    pub fn nodes(&self) -> usize {
        self.pattern.nodes()
    }

    /// Number of neurons.
    pub fn neurons(&self) -> usize {
        self.neurons
    }

    /// The world node, if there is one.
    pub fn world(&self) -> Option<usize> {
        (self.nodes() > self.neurons).then_some(self.neurons)
    }

    /// The exponent p.
    pub fn p(&self) -> f64 {
        self.p
    }

    /// The synapses of positive cost between different nodes.
    pub fn pattern(&self) -> &Arc<Pattern> {
        &self.pattern
    }

    /// The same synapses by source.
    pub fn transposed(&self) -> &Transposed {
        &self.transposed
    }

    /// Components and cycles of the graph.
    pub fn facts(&self) -> &GraphFacts {
        &self.facts
    }

    /// The costs `w_ij = α_ij |J_ij|^p` at `h = 0`.
    pub fn w(&self) -> &[S] {
        &self.w
    }

    /// The factors `α_ij`.
    pub fn alpha(&self) -> &[S] {
        &self.alpha
    }

    /// The weights `J_ij`.
    pub fn weight(&self) -> &[S] {
        &self.weight
    }

    /// The cost of all self-synapses, which no rescaling changes.
    pub fn self_cost(&self) -> &S {
        &self.self_cost
    }

    /// The frame that weights and costs are seen through; the identity unless the dynamic range is extreme. Solvers
    /// and flows then start from the network in the frame, another member of the same orbit.
    pub fn frame(&self) -> &Frame {
        &self.frame
    }

    /// The costs `C_ij(h) = w_ij e^{p(h_j − h_i)}` at log-scales `h` (one for each node).
    ///
    /// One exponential for each node, none for each synapse; `h` is centred first, since only differences count.
    pub fn costs_at(&self, h: &[S]) -> Vec<S> {
        let d = self.scales(h);
        let mut costs = Vec::with_capacity(self.w.len());
        for (i, d_target) in d.iter().enumerate() {
            for e in self.pattern.row(i) {
                costs.push(rescaled_cost(&self.w[e], &d[self.pattern.source(e)], d_target));
            }
        }
        costs
    }

    /// `d_i = e^{p (h_i − m)}`, `m` half-way between the smallest and the largest `h`.
    pub fn scales(&self, h: &[S]) -> Vec<S> {
        let (mut low, mut high) = (&h[0], &h[0]);
        for value in h {
            if value < low {
                low = value;
            }
            if value > high {
                high = value;
            }
        }
        let middle = (low.clone() + high) / &low.lift(2.0);
        let p = middle.lift(self.p);
        h.iter().map(|value| ((value.clone() - &middle) * &p).exp()).collect()
    }

    /// The costs `α_ij |J_ij|^p` of other weights on the same graph (in the order of the pattern).
    pub fn costs_of_weights(&self, weights: &[S]) -> Vec<S> {
        weights.iter().zip(&self.alpha).map(|(weight, alpha)| synaptic_cost(alpha, weight, self.p)).collect()
    }

    /// `log2` of the total cost of the network as given; `−∞` without any cost.
    pub fn given_log2_total(&self) -> f64 {
        log2_sum(self.given.log2_cost.iter().chain(&self.given.log2_self_cost).copied())
    }

    /// `max_i |g_i|/(r_i + c_i)` of the network as given, whatever the range of its costs.
    pub fn given_imbalance(&self) -> f64 {
        let log2_cost = &self.given.log2_cost;
        let node = |i: usize| {
            let into = log2_sum(self.pattern.row(i).map(|e| log2_cost[e]));
            let out_of = log2_sum(self.transposed.column(i).map(|(e, _)| log2_cost[e]));
            // (r − c)/(r + c) from the ratio of the smaller to the larger.
            if into == out_of {
                0.0
            } else {
                (1.0 - (-(into - out_of).abs()).exp2()) / (1.0 + (-(into - out_of).abs()).exp2())
            }
        };
        (0..self.nodes()).map(node).fold(0.0, f64::max)
    }

    /// `C = Σ C_ij`, self-synapses included.
    pub fn total(&self, costs: &[S]) -> S {
        let mut total = self.self_cost.clone();
        for cost in costs {
            total += cost;
        }
        total
    }
}

/// `log2 Σ 2^x`, relative to the largest term; `−∞` for no term.
fn log2_sum(terms: impl Iterator<Item = f64> + Clone) -> f64 {
    let largest = terms.clone().fold(f64::NEG_INFINITY, f64::max);
    if largest == f64::NEG_INFINITY {
        return largest;
    }
    largest + terms.map(|term| (term - largest).exp2()).sum::<f64>().log2()
}

/// One synapse on the way into a graph.
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

/// The frame that costs are seen through: the identity, unless costs are extreme or the scales that even them out are.
fn fitted_frame(nodes: usize, p: f64, synapses: &[Synapse]) -> Result<Frame, CostError> {
    let widest = synapses.iter().map(|synapse| synapse.log2_cost(p).abs()).fold(0.0, f64::max);
    if widest <= HARMLESS_LOG2_COST {
        return Ok(Frame::identity(nodes));
    }
    let triplets = synapses.iter().map(|synapse| (synapse.target, synapse.source, synapse.weight)).collect();
    let frame = Frame::evening_out(&crate::network::Weights::from_triplets(nodes, triplets)?);
    let needed = widest > SAFE_LOG2_COST || p * f64::from(frame.spread()) > SAFE_LOG2_COST;
    let fits = |synapse: &Synapse| {
        let shift = frame.shift(synapse.target, synapse.source);
        let stays_normal = exponent(synapse.weight) + shift > -1000;
        stays_normal && synapse.log2_cost(p) + p * f64::from(shift) > SMALLEST_LOG2_COST
    };
    let welcome = widest > COMFORTABLE_LOG2_COST && synapses.iter().all(fits);
    Ok(if needed || welcome { frame } else { Frame::identity(nodes) })
}

/// Adds the world's synapses: one from the world to each neuron that has input or bias, and one to the world from
/// each neuron that is read out, each standing for all weights between the two.
fn append_world(network: &Network, p: f64, lambda: f64, synapses: &mut Vec<Synapse>) -> Result<(), CostError> {
    if !(lambda.is_finite() && lambda > 0.0) {
        return Err(CostError::BadWorldWeight { value: lambda });
    }
    let world = network.weights.neurons();
    let Some(w_out) = &network.w_out else {
        return Err(CostError::NoWorld { missing: "read-out weights" });
    };
    if network.w_in.is_none() && network.bias.is_none() {
        return Err(CostError::NoWorld { missing: "input weights or bias" });
    }
    for neuron in 0..world {
        let inputs = network.w_in.iter().flat_map(|w_in| w_in.row(neuron).iter().copied().collect::<Vec<_>>());
        let biases = network.bias.iter().map(|bias| bias[neuron]);
        let weight = p_norm(&inputs.chain(biases).collect::<Vec<_>>(), p);
        if weight > 0.0 {
            synapses.push(Synapse { target: neuron, source: world, weight, alpha: 1.0 });
        }
        let weight = p_norm(w_out.column(neuron).as_slice(), p);
        if weight > 0.0 {
            synapses.push(Synapse { target: world, source: neuron, weight, alpha: lambda });
        }
    }
    Ok(())
}

/// `(Σ|x|^p)^{1/p}`, relative to the largest entry so that no power overflows.
fn p_norm(values: &[f64], p: f64) -> f64 {
    let largest = values.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
    if largest == 0.0 {
        return 0.0;
    }
    let sum: f64 = values.iter().map(|value| power(&(value.abs() / largest), p)).sum();
    largest * sum.powf(p.recip())
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
                Ok(FactorTable::Sparse(entries.iter().map(|&(i, j, value)| ((i, j), value)).collect()))
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
