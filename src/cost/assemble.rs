//! From a network to its graph of costs.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use super::graph::{Bundle, Factors, Given, self_cost};
use super::signed::Signed;
use super::synapses::{Synapse, Synapses};
use super::{CostError, CostGraph, CostSpec, synaptic_cost, window};
use crate::network::{GraphFacts, Network, NetworkError, Pattern, Prescaling, exponent, times_power_of_two};
use crate::parallel::{each, split_off};
use crate::ranks::Spread;

/// `|log2|` of a cost beyond which the graph is looked at through a [`Prescaling`]: far inside the range of `f64`
/// (2^±1022), so that sums and products of costs and scales stay in it too.
const SAFE_LOG2_COST: f64 = 700.0;

/// And beyond which a prescaling is taken where one fits, so that cubes of costs stay in range as well.
const COMFORTABLE_LOG2_COST: f64 = 300.0;

/// `|log2|` of a cost up to which no prescaling is looked for: the quotient of any two costs is then within the range of `f32`
/// (2^±126), in which the couplings of large Laplacians are kept.
const HARMLESS_LOG2_COST: f64 = 60.0;

/// Powers of two that costs may span, narrow ones first: solvers move costs too.
const WINDOWS: [f64; 4] = [250.0, 500.0, 750.0, 998.0];

/// Powers of two that normal weights span, with some to spare above and below.
const SAFE_LOG2_RANGE: f64 = 1000.0;

/// The largest cost, as a power of two, that solvers are given: its square is a number, too. And the most powers of two that the largest
/// weight is then above one.
const LARGEST_LOG2_COST: f64 = 400.0;
const LARGEST_LIFT: f64 = 900.0;

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
    /// A bad exponent, factor or world weight; an activation whose degree is not one, whose costs are no graph of this
    /// kind but [`super::DegreeCosts`]; a dynamic range that no prescaling fits; what accumulated noise is not defined for.
    pub fn of_network(network: &Network, spec: &CostSpec) -> Result<Self, CostError> {
        Self::of_part(network, spec, None)
    }

    /// The same of a network that may be spread over ranks, the rows of others being empty in `network`.
    ///
    /// # Errors
    /// Those of [`CostGraph::of_network`], on the rank that met them, and on the others that there is one; and costs that take a
    /// prescaling.
    pub(crate) fn of_part(network: &Network, spec: &CostSpec, spread: Option<&Arc<Spread>>) -> Result<Self, CostError> {
        if let Some(accumulated) = &spec.accumulated {
            let roots = accumulated.network(network, spec)?;
            return CostGraph::of_network(&roots, &spec.clone().with_accumulated(None));
        }
        let synapses = Synapses::of(network, spec)?;
        let mut extent = agreed(spread, Extent::of(&synapses))?;
        if let Some(spread) = spread {
            extent.widest_log2_cost = spread.gather_number(extent.widest_log2_cost).fold(HARMLESS_LOG2_COST, f64::max);
        }
        let prescaling = fitted_prescaling(&extent, &synapses, spread)?;
        if spread.is_some() && !prescaling.is_identity() {
            return Err(CostError::TooWideForRanks { log2_cost: extent.widest_log2_cost });
        }
        match Self::seen_through(prescaling, &extent, &synapses, spread) {
            Err(refusal @ CostError::CostOutOfRange { .. }) if spread.is_none() => {
                match synapses.prescaling_into_a_window()? {
                    Some(prescaling) => Self::seen_through(prescaling, &extent, &synapses, None).map_err(|_| refusal),
                    None => Err(refusal),
                }
            }
            done => done,
        }
    }

    fn seen_through(
        prescaling: Prescaling,
        extent: &Extent,
        synapses: &Synapses,
        spread: Option<&Arc<Spread>>,
    ) -> Result<Self, CostError> {
        let (p, plain) = (synapses.p, prescaling.is_identity());
        let uniform = synapses.uniform_factor();
        let own = synapses.network.weights.pattern();
        // The network's own pattern, if all of its synapses are there and no others.
        let is_own = synapses.nodes() == own.nodes() && extent.between_nodes == own.len();
        let count = |wanted: bool| if wanted { extent.between_nodes } else { 0 };
        // The network's own weights, if each synapse is one of them as it is.
        let are_own = plain && synapses.nodes() == own.nodes();
        let mut weight = vec![0.0; count(!are_own)];
        let mut w = vec![0.0; extent.between_nodes];
        let mut alphas = vec![0.0; count(uniform.is_none())];
        let mut log2_cost = vec![0.0; count(!plain)];
        let mut source = vec![0_u32; count(!is_own)];
        let mut row_start = vec![0; synapses.nodes() + 1];

        let mut rest = (&mut weight[..], &mut w[..], &mut alphas[..], &mut log2_cost[..], &mut source[..]);
        let mut rows_left = &mut row_start[1..];
        let mut parts = Vec::with_capacity(extent.parts.len());
        let mut first = 0;
        for (targets, between_nodes) in &extent.parts {
            parts.push(Part {
                targets: targets.clone(),
                first,
                weight: split_off(&mut rest.0, *between_nodes),
                w: split_off(&mut rest.1, *between_nodes),
                alphas: split_off(&mut rest.2, *between_nodes),
                log2_cost: split_off(&mut rest.3, *between_nodes),
                source: split_off(&mut rest.4, *between_nodes),
                row_end: split_off(&mut rows_left, targets.len()),
            });
            first += between_nodes;
        }
        let (mut self_synapses, mut log2_self_cost, mut bundles) = (Vec::new(), Vec::new(), Vec::new());
        let filled = each(parts.into_iter(), |part| part.fill(&prescaling, synapses));
        for beside in agreed(spread, filled.into_iter().collect::<Result<Vec<_>, _>>())? {
            self_synapses.extend(beside.self_synapses);
            log2_self_cost.extend(beside.log2_self_cost);
            bundles.extend(beside.bundles);
        }
        let pattern = match is_own {
            true => Arc::clone(own),
            false if u32::try_from(synapses.nodes()).is_err() => {
                return Err(NetworkError::TooManyNeurons { neurons: synapses.nodes() }.into());
            }
            false => Arc::new(Pattern::from_checked_rows(row_start, source)),
        };
        let facts = match spread {
            None => GraphFacts::of(&pattern),
            Some(spread) => {
                self_synapses = of_all_ranks(spread, &self_synapses);
                GraphFacts::of_part(&pattern, spread)
            }
        };
        Ok(CostGraph {
            pattern,
            transposed: OnceLock::new(),
            facts,
            weight: if are_own { Signed::of_network(synapses.network.weights.clone()) } else { Signed::Own(weight) },
            factors: uniform.map_or(Factors::Each(alphas), Factors::Uniform),
            bundles,
            w,
            self_cost: self_cost(&self_synapses, prescaling.unit(), p, |x| x),
            self_synapses,
            p,
            neurons: synapses.network.weights.neurons(),
            prescaling,
            given: (!plain).then_some(Given { log2_cost, log2_self_cost }),
            spread: spread.map(Arc::clone),
        })
    }
}

/// A result that all ranks have, if there are several.
fn agreed<T>(spread: Option<&Arc<Spread>>, result: Result<T, CostError>) -> Result<T, CostError> {
    match spread {
        None => result,
        Some(spread) => spread.agree(result),
    }
}

/// The pairs of all ranks, in their order.
fn of_all_ranks(spread: &Spread, own: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let words: Vec<u64> = own.iter().flat_map(|(a, b)| [a.to_bits(), b.to_bits()]).collect();
    let all = spread.ranks().gather(&words).concat();
    all.chunks_exact(2).map(|pair| (f64::from_bits(pair[0]), f64::from_bits(pair[1]))).collect()
}

/// A part of the graph that is filled in by one thread: the synapses into some nodes, the first of which has number `first`.
/// What is not wanted is empty.
struct Part<'a> {
    targets: Range<usize>,
    first: usize,
    weight: &'a mut [f64],
    w: &'a mut [f64],
    alphas: &'a mut [f64],
    log2_cost: &'a mut [f64],
    source: &'a mut [u32],
    /// Where the row of each target ends.
    row_end: &'a mut [usize],
}

/// What belongs to no synapse between nodes, or to few.
#[derive(Default)]
struct Beside {
    self_synapses: Vec<(f64, f64)>,
    log2_self_cost: Vec<f64>,
    bundles: Vec<Bundle>,
}

impl Part<'_> {
    fn fill(self, prescaling: &Prescaling, synapses: &Synapses) -> Result<Beside, CostError> {
        let (p, plain) = (synapses.p, prescaling.is_identity());
        let mut beside = Beside::default();
        let mut e = 0;
        for (target, row_end) in self.targets.zip(self.row_end) {
            synapses.for_each_into(target..target + 1, |synapse| {
                let log2_cost = || synapse.log2_cost(p);
                if synapse.target == synapse.source {
                    beside.self_synapses.push((synapse.weight, synapse.alpha));
                    if !plain {
                        beside.log2_self_cost.push(log2_cost());
                    }
                    return Ok(());
                }
                let shift = prescaling.shift(synapse.target, synapse.source);
                let prescaled = if plain { synapse.weight } else { times_power_of_two(synapse.weight, shift) };
                let cost = synaptic_cost(&synapse.alpha, &prescaled, p);
                let exact = plain || times_power_of_two(prescaled, -shift) == synapse.weight;
                if cost < SMALLEST_LOG2_COST.exp2() || !exact || !cost.is_finite() {
                    let log2_cost = log2_cost() + p * f64::from(shift);
                    let (target, source_index) = (synapse.target, synapse.source);
                    return Err(CostError::CostOutOfRange { target, source_index, log2_cost });
                }
                if let Some(bundle) = synapses.bundle(&synapse) {
                    beside.bundles.push(Bundle { edge: self.first + e, ..bundle });
                }
                self.w[e] = cost;
                if let Some(weight) = self.weight.get_mut(e) {
                    *weight = prescaled;
                }
                if let Some(alpha) = self.alphas.get_mut(e) {
                    *alpha = synapse.alpha;
                }
                if !plain {
                    self.log2_cost[e] = log2_cost();
                }
                if let Some(source) = self.source.get_mut(e) {
                    *source = synapse.source as u32;
                }
                e += 1;
                Ok(())
            })?;
            *row_end = self.first + e;
        }
        Ok(beside)
    }
}

/// What has to be known before anything is allocated.
struct Extent {
    /// The nodes, and how many synapses between different nodes lead into each part of them.
    parts: Vec<(Range<usize>, usize)>,
    between_nodes: usize,
    /// The largest `|log2|` of a cost; harmless ones are not computed exactly.
    widest_log2_cost: f64,
}

impl Extent {
    fn of(synapses: &Synapses) -> Result<Self, CostError> {
        let harmless = (-HARMLESS_LOG2_COST).exp2()..=HARMLESS_LOG2_COST.exp2();
        let of_part = |targets: Range<usize>| {
            let (mut between_nodes, mut widest) = (0, HARMLESS_LOG2_COST);
            synapses.for_each_into(targets.clone(), |synapse| {
                if synapse.target == synapse.source {
                    return Ok(());
                }
                between_nodes += 1;
                if !harmless.contains(&synaptic_cost(&synapse.alpha, &synapse.weight, synapses.p)) {
                    widest = widest.max(synapse.log2_cost(synapses.p).abs());
                }
                Ok(())
            })?;
            Ok::<_, CostError>((targets, between_nodes, widest))
        };
        let mut extent = Extent { parts: Vec::new(), between_nodes: 0, widest_log2_cost: HARMLESS_LOG2_COST };
        for part in each(synapses.parts().into_iter(), of_part) {
            let (targets, between_nodes, widest) = part?;
            extent.parts.push((targets, between_nodes));
            extent.between_nodes += between_nodes;
            extent.widest_log2_cost = extent.widest_log2_cost.max(widest);
        }
        Ok(extent)
    }
}

/// How far from the top a cost may be for its weight to be normal, both as powers of two: its factor is 2^`factor`, and the weight of
/// a cost at the top without a factor 2^`lift`.
fn reach(factor: f64, lift: f64, p: f64) -> (f64, f64) {
    (factor - (SAFE_LOG2_RANGE + lift) * p, factor + (SAFE_LOG2_RANGE - lift) * p)
}

impl Synapses<'_> {
    /// A prescaling that brings all costs into the range of `f64`, where evening out exponents does not and any does.
    fn prescaling_into_a_window(&self) -> Result<Option<Prescaling>, CostError> {
        // With p below one, weights leave the range before their costs do: the largest is then lifted above one.
        let lift = (LARGEST_LOG2_COST / self.p).min(LARGEST_LIFT).floor();
        let lifts = if self.p < 1.0 { &[0.0, lift][..] } else { &[0.0] };
        for &lift in lifts {
            let (mut edges, mut finite) = (Vec::new(), true);
            self.for_each(|synapse| {
                let Synapse { target, source, .. } = synapse;
                if target != source {
                    let reach = reach(synapse.alpha.log2(), lift, self.p);
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
            if let Some((x, top)) = found {
                let exponents = x.iter().map(|x| (x / self.p).round() as i32).collect();
                return Ok(Some(Prescaling::of(exponents, (top / self.p).ceil() as i32 - lift as i32)));
            }
        }
        Ok(None)
    }
}

/// The prescaling that costs are seen through: the identity, unless costs are extreme or the scales that even them out are.
fn fitted_prescaling(
    extent: &Extent,
    synapses: &Synapses,
    spread: Option<&Arc<Spread>>,
) -> Result<Prescaling, CostError> {
    let (nodes, p, widest) = (synapses.nodes(), synapses.p, extent.widest_log2_cost);
    if widest <= HARMLESS_LOG2_COST {
        return Ok(Prescaling::identity(nodes));
    }
    let prescaling = Prescaling::evening_out_part(&*synapses.weights()?, spread.map(Arc::as_ref));
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
    welcome = spread.map_or(welcome, |spread| spread.total(usize::from(!welcome)) == 0);
    Ok(if needed || welcome { prescaling } else { Prescaling::identity(nodes) })
}

#[cfg(test)]
mod tests;
