//! Whether the cost of a network of any degrees has a minimum, and what of it is free.
//!
//! By Stiemke's lemma the minimum is attained exactly if no direction d has `k_j d_j ≤ d_i` on every synapse from j to i and
//! `<` on one: along such a direction no cost grows and one falls for ever. For inequalities of this kind (two unknowns, both
//! with the same sign) the lemma becomes a statement about cycles. With d its parts `max(d, 0)` and `min(d, 0)` are such
//! directions too, or leave every synapse as it is. A part ≥ 0 is positive wherever its synapses lead, so it fills a strong
//! component that no synapse leaves; around a cycle there `d ≥ (Π k) d`. Let the *gain* of a cycle be the product of the
//! degrees of its neurons. Then
//!
//! > the minimum is attained **iff every strong component that no synapse leaves has a cycle of gain above one, and every strong
//! > component that no synapse enters has a cycle of gain below one**, but for components that are cut off from all others
//! > and have gain one around every cycle.
//!
//! The log-scales of the latter are free in one direction each, those of all others unique. The world counts as a node with
//! cycles of either kind, and a synapse from a neuron of degree 0 as one from the world: its cost does not feel its source.
//! For degree one every gain is one, and this is "every weak component is strongly connected".
//!
//! Proved in Coq, for degrees above zero: `any_degree_stiemke`, `any_degree_cycles`, `any_degree_scales`.
//!
//! Either answer is checked in integers: a cycle by the product of its degrees, a direction synapse by synapse.

use num_bigint::BigInt;

use super::dyadic::{Dyadic, compare, product_against_one};
use crate::cost::{DegreeCosts, DegreeSynapse};
use crate::network::{GraphFacts, Pattern};

/// A direction in which the cost falls without end: the certificate that it has no minimum.
#[derive(Clone, Debug, PartialEq)]
pub struct LoweringDirection {
    /// The direction of each neuron, an integer and the power of two that it is to be multiplied with (n).
    rates: Vec<(BigInt, i64)>,
    /// The same, rounded, the largest between 1 and 2 (n).
    approximate: Vec<f64>,
    falling: (usize, usize),
}

impl LoweringDirection {
    /// The rates at which the log-scales move along it, rounded, the largest between 1 and 2 (n).
    pub fn rates(&self) -> &[f64] {
        &self.approximate
    }

    /// A synapse whose cost falls to nothing, as (target, source); the index after the last neuron is the world.
    pub fn falling(&self) -> (usize, usize) {
        self.falling
    }

    /// The integer test: along the direction no synapse's cost grows, and that of [`LoweringDirection::falling`] falls. True
    /// means that the cost has no minimum, whoever found the direction.
    pub fn holds(&self, costs: &DegreeCosts) -> bool {
        if self.rates.len() != costs.neurons() {
            return false;
        }
        let signs = costs.synapses().iter().map(|synapse| (synapse, self.sign(synapse)));
        let mut falls = false;
        for (synapse, sign) in signs {
            if sign > 0 {
                return false;
            }
            falls |= sign < 0 && (synapse.target, synapse.source) == self.falling;
        }
        falls
    }

    /// The sign of `k_j d_j − d_i`, exactly.
    fn sign(&self, synapse: &DegreeSynapse) -> i32 {
        let nothing = || (BigInt::from(0), 0);
        let at = |node: usize| self.rates.get(node).cloned().unwrap_or_else(nothing);
        let (integer, exponent) = at(synapse.source);
        let source = if synapse.degree > 0.0 {
            let (degree, power) = Dyadic::of(synapse.degree).as_integer();
            (integer * degree, exponent + power)
        } else {
            nothing()
        };
        compare(source, at(synapse.target))
    }

    fn new(costs: &DegreeCosts, found: &[(usize, Dyadic)], negative: bool) -> Option<Self> {
        let mut rates = vec![(BigInt::from(0), 0); costs.neurons()];
        let mut approximate = vec![0.0; costs.neurons()];
        let unit = found.iter().map(|(_, rate)| rate.exponent()).max()?;
        for &(neuron, rate) in found {
            let (integer, exponent) = rate.as_integer();
            rates[neuron] = (if negative { -integer } else { integer }, exponent);
            approximate[neuron] = if negative { -rate.in_units_of(unit) } else { rate.in_units_of(unit) };
        }
        let mut direction = LoweringDirection { rates, approximate, falling: (0, 0) };
        let falling = costs.synapses().iter().find(|synapse| direction.sign(synapse) < 0)?;
        direction.falling = (falling.target, falling.source);
        direction.holds(costs).then_some(direction)
    }
}

/// What is known of the minimum.
pub(super) enum Minimum {
    /// It is attained; unique up to these directions (entries by neuron, the largest between 1 and 2), on
    /// neurons of their own; and how many strong components there are, and nodes in the largest.
    Attained { free: Vec<Vec<(usize, f64)>>, components: usize, largest_component: usize },
    /// It is not.
    Missing(Box<LoweringDirection>),
    /// The gain of a cycle through this neuron is so near one that rounding hides on which side it lies.
    Undecided { neuron: usize },
}

/// Which way to look: along the synapses for components that none leaves, against them for those that none enters.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    Along,
    Against,
}

/// A synapse inside a component, by places in it.
#[derive(Clone, Copy)]
struct Inner {
    from: usize,
    to: usize,
    degree: f64,
}

/// What a component has: a cycle whose gain drives its log-scales apart, or rates that none contradicts.
enum Cycles {
    Driving,
    None(Vec<Dyadic>),
    Undecided(usize),
}

pub(super) fn minimum(costs: &DegreeCosts) -> Minimum {
    let n = costs.neurons();
    let source_of = |synapse: &DegreeSynapse| if synapse.degree > 0.0 { synapse.source } else { n };
    let mut pairs: Vec<(usize, usize)> = costs.synapses().iter().map(|s| (s.target.min(n), source_of(s))).collect();
    pairs.retain(|(target, source)| target != source);
    pairs.sort_unstable();
    pairs.dedup();
    let Some(pattern) = Pattern::from_sorted_pairs(n + 1, pairs.iter().copied()) else {
        // More neurons than an index holds: no network has them.
        return Minimum::Undecided { neuron: 0 };
    };
    let facts = GraphFacts::of(&pattern);
    let strong = facts.strong();
    let count = facts.strong_sizes().len();
    let (mut entered, mut left) = (vec![false; count], vec![false; count]);
    for &(target, source) in &pairs {
        if strong[target] != strong[source] {
            entered[strong[target] as usize] = true;
            left[strong[source] as usize] = true;
        }
    }
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); count];
    let mut place = vec![0; n + 1];
    for (node, place) in place.iter_mut().enumerate() {
        let component = &mut members[strong[node] as usize];
        *place = component.len();
        component.push(node);
    }
    let mut inner: Vec<Vec<Inner>> = vec![Vec::new(); count];
    for synapse in costs.synapses() {
        let (target, source) = (synapse.target.min(n), source_of(synapse));
        if strong[target] == strong[source] && target < n && source < n {
            let (from, to) = (place[source], place[target]);
            inner[strong[target] as usize].push(Inner { from, to, degree: synapse.degree });
        }
    }
    let mut free = Vec::new();
    for (component, neurons) in members.iter().enumerate() {
        if neurons.contains(&n) {
            continue;
        }
        for (way, closed) in [(Way::Along, !left[component]), (Way::Against, !entered[component])] {
            if !closed {
                continue;
            }
            let rates = match cycles(neurons.len(), &inner[component], way) {
                Cycles::Driving => continue,
                Cycles::Undecided(at) => return Minimum::Undecided { neuron: neurons[at] },
                Cycles::None(rates) => rates,
            };
            let found: Vec<(usize, Dyadic)> = neurons.iter().copied().zip(rates).collect();
            if let Some(direction) = LoweringDirection::new(costs, &found, way == Way::Against) {
                return Minimum::Missing(Box::new(direction));
            }
            // Every synapse stays as it is along these rates: they are free, seen from either side.
            free.push(in_units(&found));
            break;
        }
    }
    // Without a synapse from or to it the outside is no component of the network.
    let outside = members[strong[n] as usize].len() == 1 && !costs.has_world();
    let largest_component = facts.strong_sizes().iter().copied().max().unwrap_or(0);
    Minimum::Attained { free, components: count - usize::from(outside), largest_component }
}

/// The rates in units of the largest's power of two: exactly, for they are powers of two themselves where every gain is one.
fn in_units(found: &[(usize, Dyadic)]) -> Vec<(usize, f64)> {
    let unit = found.iter().map(|(_, rate)| rate.exponent()).max().unwrap_or(0);
    found.iter().map(|&(neuron, rate)| (neuron, rate.in_units_of(unit))).collect()
}

/// Bellman and Ford: rates ≥ 1 with `k_j d_j ≤ d_i` (along) or `d_i / k_j ≤ d_j` (against) on every inner synapse, every
/// product rounded up so that it holds exactly; or a cycle that makes them grow without end.
fn cycles(nodes: usize, inner: &[Inner], way: Way) -> Cycles {
    let mut rates = vec![Dyadic::ONE; nodes];
    let mut last: Vec<Option<Inner>> = vec![None; nodes];
    let mut look = 1;
    for round in 1..=nodes + 1 {
        let mut changed = None;
        for synapse in inner {
            let (raised, asked) = match way {
                Way::Along => (synapse.to, rates[synapse.from].times_up(synapse.degree)),
                Way::Against => (synapse.from, rates[synapse.to].divided_up(synapse.degree)),
            };
            if asked.exceeds(rates[raised]) {
                rates[raised] = asked;
                last[raised] = Some(*synapse);
                changed = Some(raised);
            }
        }
        let Some(changed) = changed else { return Cycles::None(rates) };
        if round == look || round > nodes {
            look *= 2;
            if let Some(cycle) = cycle_of(&last, changed, way) {
                let sign = product_against_one(cycle.iter().map(|synapse| synapse.degree));
                if sign == if way == Way::Along { 1 } else { -1 } {
                    return Cycles::Driving;
                }
            }
            if round > nodes {
                return Cycles::Undecided(changed);
            }
        }
    }
    Cycles::Undecided(0)
}

/// The cycle that the last raises of rates lead back along, if they lead along one.
fn cycle_of(last: &[Option<Inner>], start: usize, way: Way) -> Option<Vec<Inner>> {
    let before = |node: usize| last[node].map(|synapse| if way == Way::Along { synapse.from } else { synapse.to });
    let mut at = start;
    for _ in 0..last.len() {
        at = before(at)?;
    }
    let mut cycle = Vec::new();
    let first = at;
    loop {
        cycle.extend(last[at]);
        at = before(at)?;
        if at == first {
            return Some(cycle);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cost::CostSpec;
    use crate::network::{Activation, Network, Weights};

    fn costs(neurons: usize, weights: &[(usize, usize, f64)], degrees: &[f64]) -> DegreeCosts {
        let activations: Vec<Activation> =
            degrees.iter().map(|&degree| Activation::RectifiedPower { degree }).collect();
        let weights = Weights::from_triplets(neurons, weights.to_vec()).unwrap();
        let mut network = Network::recurrent(weights, Activation::Relu);
        network.activation = activations.into();
        DegreeCosts::of_network(&network, &CostSpec::power(2.0)).unwrap()
    }

    /// Neuron 0 leads to a pair that never leads back: its synapse costs ever less as it goes down, or as both of the pair go up.
    #[test]
    fn a_direction_holds_if_no_cost_grows_along_it_and_the_one_that_it_names_falls() {
        let chain = costs(3, &[(1, 0, 2.0), (2, 1, 3.0), (1, 2, 5.0)], &[2.0, 1.0, 1.0]);
        let Minimum::Missing(found) = minimum(&chain) else { panic!("a chain has no minimum") };
        assert!(found.holds(&chain));
        assert_eq!(found.falling(), (1, 0));
        let moved = |rates: [i32; 3], falling: (usize, usize)| LoweringDirection {
            rates: rates.map(|rate| (BigInt::from(rate), 0)).to_vec(),
            approximate: vec![0.0; 3],
            falling,
        };
        assert!(moved([-1, 0, 0], (1, 0)).holds(&chain));
        // Twice the rate of neuron 0, for its degree: as much as the others rise.
        assert!(moved([1, 3, 3], (1, 0)).holds(&chain));
        assert!(!moved([1, 2, 2], (1, 0)).holds(&chain));
        assert!(!moved([1, 0, 0], (1, 0)).holds(&chain));
        // Another synapse than the one that is named falls, or one grows beside it.
        assert!(!moved([-1, 0, 0], (2, 1)).holds(&chain));
        assert!(!moved([-1, 0, 1], (1, 0)).holds(&chain));
        assert!(!moved([0, 0, 0], (1, 0)).holds(&chain));
        let of_two = costs(2, &[(1, 0, 2.0), (0, 1, 3.0)], &[1.0, 1.0]);
        assert!(!moved([-1, 0, 0], (1, 0)).holds(&of_two));
    }
}
