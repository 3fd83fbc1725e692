//! The graph that everything downstream works on.

use std::sync::{Arc, OnceLock};

use super::signed::Signed;
use super::{rescaled_cost, synaptic_cost};
use crate::flow::{NodeCosts, node_costs, node_costs_of, node_costs_of_part};
use crate::network::{GraphFacts, Pattern, Prescaling, Transposed, take_out};
use crate::parallel::{each, parts_with};
use crate::ranks::Spread;
use crate::scalar::{Scalar, power, scale_by_exp};

/// A directed graph of costs: the synapses of positive cost between different nodes.
///
/// Self-synapses do not take part in balancing (the diagonal cancels in the neural gradient); their cost is kept
/// apart so that totals include it.
#[derive(Clone, Debug)]
pub struct CostGraph<S: Scalar = f64> {
    pub(super) pattern: Arc<Pattern>,
    pub(super) transposed: OnceLock<Transposed>,
    pub(super) facts: GraphFacts,
    /// Signed weights (of world edges: the largest of what they stand for), prescaled.
    pub(super) weight: Signed<S>,
    pub(super) factors: Factors<S>,
    /// What the world edges stand for, where that is more than one weight.
    pub(super) bundles: Vec<Bundle>,
    pub(super) w: Vec<S>,
    pub(super) self_cost: S,
    /// Weights (as given) and factors of the self-synapses.
    pub(super) self_synapses: Vec<(f64, f64)>,
    pub(super) p: f64,
    pub(super) neurons: usize,
    pub(super) prescaling: Prescaling,
    /// The same costs as given, not prescaled; `None` where they are the same.
    pub(super) given: Option<Given>,
    /// `Some`: the rows of one rank; those of others are empty here.
    pub(crate) spread: Option<Arc<Spread>>,
}

/// The factors `α_ij`, stored one by one only if they differ.
#[derive(Clone, Debug)]
pub(super) enum Factors<S> {
    Uniform(S),
    Each(Vec<S>),
}

impl<S> Factors<S> {
    fn at(&self, e: usize) -> &S {
        match self {
            Factors::Uniform(alpha) => alpha,
            Factors::Each(alphas) => &alphas[e],
        }
    }
}

/// The cost of self-synapses in a unit of weight of `2^unit`. The diagonal takes no part in balancing: what the number system
/// cannot hold of it is only left out of totals.
pub(super) fn self_cost<S: Scalar>(synapses: &[(f64, f64)], unit: i32, p: f64, lift: impl Fn(f64) -> S) -> S {
    // In two steps: 2^-unit itself may be beyond the range of f64.
    let first = lift(f64::from(-unit / 2).exp2());
    let second = lift(f64::from(-unit - (-unit / 2)).exp2());
    let mut total = lift(0.0);
    for &(weight, alpha) in synapses {
        let cost = synaptic_cost(&lift(alpha), &(lift(weight) * &first * &second), p);
        if cost.is_finite() {
            total += &cost;
        }
    }
    total
}

/// Parallel weights that one edge stands for: they are scaled together, so each is a fixed part of the largest, and what
/// they cost together is the largest's cost times a factor.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Bundle {
    /// The place of the edge in the pattern.
    pub edge: usize,
    /// The factor of each of the costs.
    pub alpha: f64,
    /// The weights as given, none of them zero.
    pub parts: Vec<f64>,
}

impl Bundle {
    /// `α Σ |x_k/x_largest|^p`.
    pub fn factor<S: Scalar>(&self, like: &S, p: f64) -> S {
        let largest = like.lift(largest(&self.parts));
        let mut sum = like.zero_like();
        for part in &self.parts {
            let part = like.lift(part.abs());
            // Below 2^-1074 a part of the largest is nothing to f64, but its power, for a small p, is something.
            sum += &if p <= 0.5 { power(&part, p) / &power(&largest, p) } else { power(&(part / &largest), p) };
        }
        sum * &like.lift(self.alpha)
    }
}

/// The largest absolute value.
pub(super) fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |largest, value| largest.max(value.abs()))
}

/// Costs of the network as given, as powers of two: they may be outside the range of `f64`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Given {
    pub log2_cost: Vec<f64>,
    pub log2_self_cost: Vec<f64>,
}

/// A scale of a node below which, or above the inverse of which, its product with a cost could leave the range of `f64`.
const SMALLEST_SCALE: f64 = 1e-150;

impl CostGraph<f64> {
    /// The same graph in another number system; `lift` turns an `f64` into it exactly. Costs are recomputed from
    /// the weights there, not converted.
    pub fn lifted<S: Scalar>(&self, lift: impl Fn(f64) -> S) -> CostGraph<S> {
        let weight: Vec<S> = self.weight().iter().map(|&value| lift(value)).collect();
        let mut factors = match &self.factors {
            Factors::Uniform(alpha) => Factors::Uniform(lift(*alpha)),
            Factors::Each(alphas) => Factors::Each(alphas.iter().map(|&alpha| lift(alpha)).collect()),
        };
        // Of bundles, from what they stand for: the factor in f64 is rounded.
        if let Factors::Each(alphas) = &mut factors {
            for bundle in &self.bundles {
                alphas[bundle.edge] = bundle.factor(&lift(0.0), self.p);
            }
        }
        let cost = |(e, weight)| synaptic_cost(factors.at(e), weight, self.p);
        let w = weight.iter().enumerate().map(cost).collect();
        let self_cost = self_cost(&self.self_synapses, self.prescaling.unit(), self.p, &lift);
        CostGraph {
            pattern: Arc::clone(&self.pattern),
            transposed: self.transposed.clone(),
            facts: self.facts.clone(),
            weight: Signed::Own(weight),
            factors,
            bundles: self.bundles.clone(),
            w,
            self_cost,
            self_synapses: self.self_synapses.clone(),
            p: self.p,
            neurons: self.neurons,
            prescaling: self.prescaling.clone(),
            given: self.given.clone(),
            spread: self.spread.clone(),
        }
    }

    /// The graph without the synapses that lie on no cycle: every component of it can be balanced.
    #[must_use]
    pub fn within_components(mut self) -> Self {
        let on_no_cycle = self.facts.on_no_cycle();
        // Other ranks may have some.
        if on_no_cycle.is_empty() && self.spread.is_none() {
            return self;
        }
        self.pattern = Arc::new(Arc::unwrap_or_clone(self.pattern).without(on_no_cycle));
        match &mut self.weight {
            Signed::Own(weight) => take_out(weight, on_no_cycle),
            Signed::OfNetwork { picked, .. } => *picked = OnceLock::new(),
        }
        take_out(&mut self.w, on_no_cycle);
        if let Factors::Each(alphas) = &mut self.factors {
            take_out(alphas, on_no_cycle);
        }
        if let Some(given) = &mut self.given {
            take_out(&mut given.log2_cost, on_no_cycle);
        }
        self.bundles.retain(|bundle| on_no_cycle.binary_search(&bundle.edge).is_err());
        for bundle in &mut self.bundles {
            bundle.edge -= on_no_cycle.partition_point(|&e| e < bundle.edge);
        }
        // It was of the larger graph.
        self.transposed = OnceLock::new();
        self.facts = self.facts.within_components();
        self
    }

    /// The total cost of the network as given; infinite or zero where `f64` cannot hold it.
    pub fn given_total(&self) -> f64 {
        match &self.given {
            None => self.in_given_unit(self.total_cost(&self.w)).0,
            Some(_) => self.given_log2_total().exp2(),
        }
    }

    /// `log2` of the total cost of the network as given; `−∞` without any cost.
    pub fn given_log2_total(&self) -> f64 {
        match &self.given {
            None => self.in_given_unit(self.total_cost(&self.w)).1,
            Some(given) => log2_sum(given.log2_cost.iter().chain(&given.log2_self_cost).copied()),
        }
    }

    /// `log2` of the cost of self-synapses that no total in the unit of the prescaling has room for; `−∞` without any.
    fn log2_left_out(&self) -> f64 {
        let unit = self.prescaling.unit();
        let left_out = self.self_synapses.iter().filter(|&&synapse| self_cost(&[synapse], unit, self.p, |x| x) == 0.0);
        log2_sum(left_out.map(|&(weight, alpha)| alpha.log2() + self.p * weight.abs().log2()))
    }

    /// A total of this graph, which is in the unit of the prescaling, in that of the network as given: itself and its `log2`, with
    /// the self-synapses that such a total has no room for.
    pub(crate) fn in_given_unit(&self, total: f64) -> (f64, f64) {
        let (unit, left_out) = (f64::from(self.prescaling.unit()) * self.p, self.log2_left_out());
        let log2 = log2_sum([total.log2() + unit, left_out].into_iter());
        let value = if left_out != f64::NEG_INFINITY {
            log2.exp2()
        } else if total == 0.0 {
            // Without any cost there is none in any unit, be it beyond f64.
            0.0
        } else {
            total * unit.exp2()
        };
        (value, log2)
    }

    /// `max_i |g_i|/(r_i + c_i)` of the network as given, whatever the range of its costs.
    pub fn given_imbalance(&self) -> f64 {
        if self.given.is_none() {
            return self.node_costs(&self.w).imbalance().worst;
        }
        // The prescaling undone synapse by synapse, by powers of two, in units of the largest cost at the node.
        let undo = |e: usize, i: usize, j: usize| (self.w[e], -self.p * f64::from(self.prescaling.shift(i, j)));
        let node = |i: usize| {
            let into = self.pattern.row(i).map(|e| undo(e, i, self.pattern.source(e)));
            let out_of = self.transposed().column(i).map(|(e, target)| undo(e, target, i));
            let largest =
                into.clone().chain(out_of.clone()).map(|(w, t)| w.log2() + t).fold(f64::NEG_INFINITY, f64::max);
            let unit = largest.floor();
            let sum = |terms: &mut dyn Iterator<Item = (f64, f64)>| -> f64 {
                terms.map(|(w, t)| w * (t - unit).exp2()).sum()
            };
            let (r, c) = (sum(&mut into.clone()), sum(&mut out_of.clone()));
            if r + c > 0.0 { (r - c).abs() / (r + c) } else { 0.0 }
        };
        (0..self.nodes()).map(node).fold(0.0, f64::max)
    }

    /// The ranks that the synapses are spread over, if they are; the rows of others are empty here.
    pub fn spread(&self) -> Option<&Spread> {
        self.spread.as_deref()
    }

    /// The sums of costs (in the order of the pattern) at every node, over the synapses of all ranks.
    pub fn node_costs(&self, costs: &[f64]) -> NodeCosts<f64> {
        match self.spread() {
            None => node_costs(&self.pattern, costs, &0.0),
            Some(spread) => node_costs_of_part(&self.pattern, costs, spread),
        }
    }

    /// The sums of the costs of other weights on the same graph (in the order of the pattern), over the synapses of all ranks;
    /// `None` if one of these costs is not a normal number.
    pub(crate) fn node_costs_of_weights<'a>(&self, weights: impl Iterator<Item = &'a f64>) -> Option<NodeCosts<f64>> {
        let mut lost = 0;
        let costs = weights.enumerate().map(|(e, weight)| {
            let cost = synaptic_cost(self.factors.at(e), weight, self.p);
            lost += usize::from(!cost.is_normal());
            cost
        });
        let (sums, lost) = match self.spread() {
            None => (node_costs_of(&self.pattern, costs), lost),
            Some(spread) => {
                let costs: Vec<f64> = costs.collect();
                (node_costs_of_part(&self.pattern, &costs, spread), spread.total(lost))
            }
        };
        (lost == 0).then_some(sums)
    }

    /// [`CostGraph::total`] over the synapses of all ranks.
    pub fn total_cost(&self, costs: &[f64]) -> f64 {
        let Some(spread) = self.spread() else { return self.total(costs) };
        let mut total = [self.self_cost];
        spread.add_in_order(&mut total, |total| costs.iter().for_each(|cost| total[0] += cost));
        total[0]
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

    /// The same synapses by source; made when first asked for.
    pub fn transposed(&self) -> &Transposed {
        self.transposed.get_or_init(|| self.pattern.transpose())
    }

    /// The most synapses that lead into and out of one node.
    pub fn most_synapses(&self) -> usize {
        let synapses = |node: usize| self.pattern.row(node).len() + self.transposed().column(node).count();
        (0..self.nodes()).map(synapses).max().unwrap_or(0)
    }

    /// Components and cycles of the graph.
    pub fn facts(&self) -> &GraphFacts {
        &self.facts
    }

    /// The synapses that lie on no directed cycle, as (target, source), in the order of the pattern.
    pub fn synapses_on_no_cycle(&self) -> Vec<(usize, usize)> {
        let mut target = 0;
        let place = |&e: &usize| {
            while self.pattern.row(target).end <= e {
                target += 1;
            }
            (target, self.pattern.source(e))
        };
        self.facts.on_no_cycle().iter().map(place).collect()
    }

    /// The costs `w_ij = α_ij |J_ij|^p` at `h = 0`.
    pub fn initial_costs(&self) -> &[S] {
        &self.w
    }

    /// The weights `J_ij`, prescaled; of an edge to or from the world the largest of those that it stands for.
    pub fn weight(&self) -> &[S] {
        self.weight.on(&self.pattern)
    }

    /// The cost of all self-synapses, which no rescaling changes.
    pub fn self_cost(&self) -> &S {
        &self.self_cost
    }

    /// The scaling by powers of two that weights and costs are seen through; the identity unless the dynamic range is
    /// extreme. Solvers and flows then start from the prescaled network, another member of the same orbit.
    pub fn prescaling(&self) -> &Prescaling {
        &self.prescaling
    }

    /// Log-scales relative to the network as given, as log-scales relative to the prescaled one; one for each node.
    pub fn prescaled(&self, h: &[f64]) -> Vec<f64> {
        h.iter().enumerate().map(|(node, value)| value - self.prescaling.log_scale(node)).collect()
    }

    /// And back: log-scales relative to the prescaled network, as log-scales relative to the given one.
    pub fn unprescaled(&self, h: &[f64]) -> Vec<f64> {
        h.iter().enumerate().map(|(node, value)| value + self.prescaling.log_scale(node)).collect()
    }

    /// The costs `C_ij(h) = w_ij e^{p(h_j − h_i)}` at log-scales `h` (one for each node).
    ///
    /// One exponential for each node, none for each synapse; `h` is centred first, since only differences count. Where log-scales
    /// are so far apart that those exponentials leave the range of `f64`, one for each synapse.
    pub fn costs_at(&self, h: &[S]) -> Vec<S> {
        let d = self.scales(h);
        if d.iter().any(|d| !(SMALLEST_SCALE..=SMALLEST_SCALE.recip()).contains(&d.to_f64())) {
            let p = h[0].lift(self.p);
            return self.costs_by(|w, i, j| scale_by_exp(w, &((h[j].clone() - &h[i]) * &p)));
        }
        self.costs_by(|w, i, j| rescaled_cost(w, &d[j], &d[i]))
    }

    /// A cost for each synapse, made of its cost at `h = 0`, its target and its source.
    fn costs_by(&self, cost: impl Fn(&S, usize, usize) -> S + Sync) -> Vec<S> {
        let mut costs = self.w.clone();
        let starts = self.pattern.row_starts();
        each(parts_with(starts, &mut costs).into_iter(), |(rows, costs)| {
            let first = starts[rows.start];
            for i in rows {
                let row = self.pattern.row(i);
                let of_row = &mut costs[row.start - first..row.end - first];
                for (entry, &j) in of_row.iter_mut().zip(self.pattern.sources(i)) {
                    *entry = cost(entry, i, j as usize);
                }
            }
        });
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
    pub fn costs_of_weights<'a>(&self, weights: impl IntoIterator<Item = &'a S>) -> Vec<S> {
        let mut costs = Vec::with_capacity(self.pattern.len());
        costs.extend(
            weights.into_iter().enumerate().map(|(e, weight)| synaptic_cost(self.factors.at(e), weight, self.p)),
        );
        costs
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
