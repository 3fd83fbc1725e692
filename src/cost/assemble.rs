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
mod tests {
    use super::*;
    use crate::network::{Activation, Weights};

    /// With p = 1/4 and weights lifted by 2^900, a factor of 2^-100 leaves weights of 2^1000 at a 2^75th of the top.
    #[test]
    fn a_cost_reaches_as_far_as_its_weight_is_normal() {
        let weight = |cost: f64| (cost + 100.0) / 0.25 + 900.0;
        let (low, high) = reach(-100.0, 900.0, 0.25);
        assert_eq!((low, high, weight(low), weight(high)), (-575.0, -75.0, -1000.0, 1000.0));
    }

    /// Weights of 2^600 both ways have costs of 2^1200, which no rescaling changes: in their own unit they fit.
    #[test]
    fn a_window_reaches_as_far_as_the_costs_of_normal_weights() {
        let weights = Weights::from_triplets(2, vec![(0, 1, 600_f64.exp2()), (1, 0, 600_f64.exp2())]).unwrap();
        let network = Network::recurrent(weights, Activation::Linear);
        let spec = CostSpec::power(2.0);
        let found = Synapses::of(&network, &spec).unwrap().prescaling_into_a_window().unwrap().unwrap();
        for shift in [found.shift(0, 1), found.shift(1, 0)] {
            assert!(f64::from(2 * (600 + shift)).abs() <= WINDOWS[0], "{shift}");
        }
    }

    /// Costs of 2^±200 are no matter by themselves. The scales that even them out along a chain of neurons are: of four they span
    /// 2^300, and to the power p 2^600, of five 2^800.
    #[test]
    fn scales_that_leave_the_range_when_raised_to_p_are_taken_out_beforehand() {
        let chain = |neurons: usize| {
            let pairs = (1..neurons).flat_map(|i| [(i, i - 1, 100_f64.exp2()), (i - 1, i, (-100_f64).exp2())]);
            let weights = Weights::from_triplets(neurons, pairs.collect()).unwrap();
            let network = Network::recurrent(weights, Activation::Linear);
            CostGraph::of_network(&network, &CostSpec::power(2.0)).unwrap()
        };
        assert!(chain(4).prescaling().is_identity());
        assert!(!chain(5).prescaling().is_identity());
    }

    /// Costs of 2^±400 are seen through a prescaling where weights stay normal: cubes of costs fit then. Costs of 2^±200 are not.
    #[test]
    fn wide_costs_are_seen_through_a_prescaling_where_one_fits() {
        let pair = |exponent: f64| {
            let weights = vec![(0, 1, exponent.exp2()), (1, 0, (-exponent).exp2()), (1, 2, 1.0), (2, 1, 1.0)];
            let network = Network::recurrent(Weights::from_triplets(3, weights).unwrap(), Activation::Linear);
            CostGraph::of_network(&network, &CostSpec::power(2.0)).unwrap()
        };
        for exponent in [1.0, 100.0, 150.0] {
            assert!(pair(exponent).prescaling().is_identity(), "{exponent}");
        }
        for exponent in [151.0, 200.0, 400.0] {
            let graph = pair(exponent);
            assert!(!graph.prescaling().is_identity(), "{exponent}");
            assert!(
                graph.initial_costs().iter().all(|cost| cost.log2().abs() <= 4.0),
                "{exponent}: {:?}",
                graph.initial_costs()
            );
        }
    }

    /// Evening out costs of 2^±320 lowers another synapse's cost by nearly as much: seen through it, one of 2^-690 would be lost, one of
    /// 2^-670 is not.
    #[test]
    fn a_prescaling_that_would_lose_a_cost_is_not_used_where_it_is_only_welcome() {
        let seen_through = |low: f64| {
            let weights =
                vec![(0, 1, 160_f64.exp2()), (0, 2, 1.0), (1, 0, (-160_f64).exp2()), (2, 0, 1.0), (2, 1, low.exp2())];
            let network = Network::recurrent(Weights::from_triplets(3, weights).unwrap(), Activation::Linear);
            !CostGraph::of_network(&network, &CostSpec::power(2.0)).unwrap().prescaling().is_identity()
        };
        assert!(seen_through(-335.0));
        assert!(!seen_through(-345.0));
    }

    /// A cost below 2^-1000 of the unit is refused with its synapse; where two are as far apart, no rescaling helps.
    #[test]
    fn a_cost_that_is_lost_is_named() {
        let network = |low: f64| {
            let weights = vec![(0, 1, 1.0), (1, 0, 1.0), (1, 2, low.exp2()), (2, 1, low.exp2())];
            Network::recurrent(Weights::from_triplets(3, weights).unwrap(), Activation::Linear)
        };
        assert!(CostGraph::of_network(&network(-240.0), &CostSpec::power(4.0)).is_ok());
        match CostGraph::of_network(&network(-260.0), &CostSpec::power(4.0)) {
            Err(CostError::CostOutOfRange { target, source_index, log2_cost }) => {
                assert_eq!((target, source_index), (1, 2));
                assert!(log2_cost < SMALLEST_LOG2_COST, "{log2_cost}");
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_cost_out_of_range_is_told_on_which_side_of_it() {
        for (log2_cost, side) in [
            (-1001.0, "below the smallest number"),
            (-999.9, "below the smallest number"),
            (-300.0, "with fewer digits"),
            (1024.0, "above the largest number"),
            (1852.0, "above the largest number"),
        ] {
            let said = CostError::CostOutOfRange { target: 0, source_index: 1, log2_cost }.to_string();
            assert!(said.contains(side), "{log2_cost}: {said}");
        }
    }
}
