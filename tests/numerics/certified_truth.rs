//! Certificates against the truth: ten thousand networks, each balanced to 200 digits.

use crate::certificate::INPUT;
use nalgebra::DMatrix;
use num_bigint::BigUint;
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use rug::integer::Order;
use rug::{Float, Integer};
use synbal::balance::{Criteria, Method, Precise, Problem, Run, Scope, balance_to_digits};
use synbal::certify::certificate::{Certificate, CertifyError, Costs, DistanceToGiven, Refine, certify};
use synbal::check::{Proved, check};
use synbal::cost::{CostGraph, CostSpec};
use synbal::network::random::{random_network, stream};
use synbal::network::{Activation, Network, Weights};
use synbal::scalar::Multi;

const NETWORKS: u64 = 10_000;
const DIGITS: usize = 200;

/// Bits of the comparisons. Radii are multiples of 2^-128, and costs of 10^±9 are told apart to 2^-320 of them.
const BITS: u32 = 384;

struct Case {
    network: Network,
    spec: CostSpec,
    scope: Scope,
}

/// `±10^u`, u uniform in [-3, 3]: six orders of magnitude.
fn weight(random: &mut ChaCha8Rng) -> f64 {
    let size = 10.0_f64.powf(random.random_range(-3.0..3.0));
    if random.random_bool(0.7) { size } else { -size }
}

/// A strongly connected network of `n` neurons from `first` on.
fn connected(random: &mut ChaCha8Rng, first: usize, n: usize, density: f64) -> Vec<(usize, usize, f64)> {
    let pattern = random_network(random, n, density, 0.0).unwrap();
    pattern.triplets().map(|(i, j, _)| (first + i, first + j, weight(random))).collect()
}

/// The k-th network: sizes, exponents and kinds in all combinations.
fn case(k: u64) -> Case {
    let mut random = stream(k, 40);
    let n = 1 + (k % 30) as usize;
    let p = [0.5, 1.0, 2.0, 3.0][(k / 30 % 4) as usize];
    let density = [0.0, 0.1, 0.3, 1.0][(k / 120 % 4) as usize];
    let plain = |triplets| Network::recurrent(Weights::from_triplets(n, triplets).unwrap(), Activation::Relu);
    let (network, world, scope) = match k / 480 % 4 {
        0 | 1 => (plain(connected(&mut random, 0, n, density)), None, Scope::Whole),
        2 => (plain(reducible(&mut random, n, density)), None, Scope::WithinComponents),
        _ => {
            let recurrent = if random.random_bool(0.5) {
                connected(&mut random, 0, n, density)
            } else {
                feed_forward(&mut random, n, density)
            };
            let lambda = [0.1, 1.0, 30.0][random.random_range(0..3)];
            (with_world(&mut random, plain(recurrent)), Some(lambda), Scope::Whole)
        }
    };
    Case { network, spec: CostSpec::power(p).with_world(world), scope }
}

/// Strongly connected groups, and synapses from earlier to later ones.
fn reducible(random: &mut ChaCha8Rng, n: usize, density: f64) -> Vec<(usize, usize, f64)> {
    let (mut triplets, mut first) = (Vec::new(), 0);
    while first < n {
        let size = random.random_range(1..=n - first);
        triplets.extend(connected(random, first, size, density));
        for target in first..first + size {
            for source in 0..first {
                if random.random_bool(0.1) {
                    triplets.push((target, source, weight(random)));
                }
            }
        }
        first += size;
    }
    triplets
}

fn feed_forward(random: &mut ChaCha8Rng, n: usize, density: f64) -> Vec<(usize, usize, f64)> {
    let pairs = (0..n).flat_map(|target| (0..target).map(move |source| (target, source)));
    pairs
        .filter(|_| random.random_bool(density))
        .collect::<Vec<_>>()
        .into_iter()
        .map(|(i, j)| (i, j, weight(random)))
        .collect()
}

/// Inputs and a bias into all neurons, read-outs from all: several weights to and from the world for each.
fn with_world(random: &mut ChaCha8Rng, mut network: Network) -> Network {
    let n = network.weights.neurons();
    network.w_in = Some(DMatrix::from_fn(n, 2, |_, _| weight(random)));
    network.bias = Some((0..n).map(|_| weight(random)).collect());
    network.w_out = Some(DMatrix::from_fn(3, n, |_, _| weight(random)));
    network
}

/// That the graph is of the network as given.
fn assert_exact(graph: &CostGraph) {
    assert!(graph.prescaling().is_identity());
}

fn float(x: &BigUint) -> Float {
    let x = Integer::from_digits(&x.to_u64_digits(), Order::Lsf);
    // All its bits.
    Float::with_val(x.significant_bits().max(BITS), x)
}

fn multi(x: f64) -> Multi {
    Multi::from_f64(BITS, x).unwrap()
}

/// What one certificate claims, against the truth.
struct Compared {
    /// The claimed radius of the log-scales, and the largest true distance over it.
    radius: f64,
    used_of_radius: f64,
    /// The claimed relative gap, and the true one over it.
    gap: f64,
    used_of_gap: f64,
}

/// Checks a certificate and holds its claims against 200 digits; says what is false.
fn compared(
    case: &Case,
    graph: &CostGraph<Multi>,
    truth: &Precise,
    made: &Certificate,
    given: &[f64],
) -> Result<Compared, String> {
    let proved: Proved =
        check(made.to_text(INPUT).as_bytes(), INPUT, &case.network).map_err(|refused| refused.to_string())?;
    // Rounding of the comparison: fewer than 2^24 operations, each off by 2^-384 of numbers below 2^8; the truth itself is
    // within 10^-200. The radius is a multiple of 2^-128: what is not covered shows.
    let own_error = Float::with_val(BITS, 1) >> (BITS - 32);
    let p = case.spec.p;
    let radius = Float::with_val(BITS, float(&proved.radius) >> proved.radius_unit_bits);
    let (mut h, mut furthest) = (Vec::new(), Float::new(BITS));
    for (node, &root) in made.component.iter().enumerate() {
        let quotient = Float::with_val(BITS, float(&made.scale[node]) / float(&made.scale[root]));
        let certified = quotient.ln();
        let balanced = Float::with_val(BITS, truth.log_scales[node].as_float() - truth.log_scales[root].as_float()) * p;
        let distance = Float::with_val(BITS, &certified - &balanced).abs();
        if distance > Float::with_val(BITS, &radius + &own_error) {
            return Err(format!("node {node} is {:.4e} away, radius {:.4e}", distance.to_f64(), radius.to_f64()));
        }
        // And of the log-scales that were given: the world's is 0.
        if let DistanceToGiven::Within { bits } = made.distance_to_given {
            let given = |node: usize| Float::with_val(BITS, given.get(node).copied().unwrap_or(0.0));
            let from_given = Float::with_val(BITS, (given(node) - given(root)) * p - &balanced).abs();
            let reach = Float::with_val(BITS, &radius + Float::with_val(BITS, 1) / (Float::with_val(BITS, 1) << bits));
            if from_given > reach {
                return Err(format!("given node {node} is {:.4e} away", from_given.to_f64()));
            }
        }
        furthest = furthest.max(&distance);
        h.push(Multi::from(certified / p));
    }
    let at_h = graph.total(&graph.costs_at(&h));
    let in_units = |cost: &Multi| Float::with_val(BITS, cost.as_float() << proved.cost_unit_bits);
    let (cost, least) = (in_units(&at_h), in_units(&truth.cost));
    let slack = Float::with_val(BITS, &cost * &own_error);
    let (lower, upper, gap) = (float(&proved.lower_cost), float(&proved.upper_cost), float(&proved.gap));
    let above = |x: &Float| Float::with_val(BITS, x + &slack);
    if lower > above(&least) || cost > above(&upper) {
        return Err(format!("cost {cost:.30} or least {least:.30} outside of {lower:.30} to {upper:.30}"));
    }
    let excess = Float::with_val(BITS, &cost - &least);
    // The gap is what lies between the two bounds, no less: they are true, so it is.
    if excess > above(&gap) || Float::with_val(BITS, &upper - &lower) > gap {
        return Err(format!("{:.4e} above the least cost, gap {:.4e}", excess.to_f64(), gap.to_f64()));
    }
    let share =
        |part: &Float, whole: &Float| if whole.is_zero() { 0.0 } else { Float::with_val(BITS, part / whole).to_f64() };
    Ok(Compared {
        radius: Float::with_val(BITS, &radius / p).to_f64(),
        used_of_radius: share(&furthest, &radius),
        gap: share(&gap, &cost),
        used_of_gap: share(&excess, &gap),
    })
}

/// The claims of one way to certify, over all networks.
#[derive(Default)]
struct Tally {
    compared: Vec<Compared>,
    refused: usize,
    wrong: Vec<String>,
}

impl Tally {
    fn merge(mut self, other: Tally) -> Tally {
        self.compared.extend(other.compared);
        self.wrong.extend(other.wrong);
        self.refused += other.refused;
        self
    }

    fn sorted(&self, what: impl Fn(&Compared) -> f64) -> Vec<f64> {
        let mut values: Vec<f64> = self.compared.iter().map(what).collect();
        values.sort_by(f64::total_cmp);
        values
    }

    fn median_radius(&self) -> f64 {
        self.sorted(|one| one.radius)[self.compared.len() / 2]
    }

    fn say(&self, name: &str) {
        eprintln!("{name}: {} certified, {} refused", self.compared.len(), self.refused);
        let figures = [
            ("radius", self.sorted(|one| one.radius)),
            ("distance/radius", self.sorted(|one| one.used_of_radius)),
            ("relative gap", self.sorted(|one| one.gap)),
            ("excess/gap", self.sorted(|one| one.used_of_gap)),
        ];
        for (what, values) in figures {
            let at = |share: f64| values[((values.len() - 1) as f64 * share) as usize];
            eprintln!("  {what}: median {:.2e}, 99 % {:.2e}, largest {:.2e}", at(0.5), at(0.99), at(1.0));
        }
    }
}

/// Certifies by the integers' own Newton steps, from the log-scales of `f64`, and from log-scales that are far off.
fn three_ways(k: u64) -> [Tally; 3] {
    let case = case(k);
    let stop = Criteria::default();
    let balanced: Run =
        Problem::new(&case.network, &case.spec, case.scope).unwrap().solve(Method::Newton, &stop).unwrap();
    let graph = &balanced.graph;
    assert_exact(graph);
    let truth = balance_to_digits(graph, &balanced.outcome.h, DIGITS).unwrap();
    assert!(truth.log10_imbalance <= -(DIGITS as f64));
    let lifted = graph.lifted(multi);
    let mut random = stream(k, 41);
    let size = 10.0_f64.powf(random.random_range(-8.0..-1.0));
    let off: Vec<f64> = balanced.log_scales.iter().map(|value| value + size * random.random_range(-1.0..1.0)).collect();
    [(&balanced.log_scales, Refine::Yes), (&balanced.log_scales, Refine::No), (&off, Refine::No)].map(|(h, refine)| {
        let mut tally = Tally::default();
        match certify(&Problem::new(&case.network, &case.spec, case.scope).unwrap(), h, refine, Costs::Rounded) {
            Ok(made) => match compared(&case, &lifted, &truth, &made, h) {
                Ok(compared) => tally.compared.push(compared),
                Err(wrong) => tally.wrong.push(format!("network {k}: {wrong}")),
            },
            // What is too far from balanced is refused, never certified wrongly.
            Err(CertifyError::NotBalancedEnough { .. } | CertifyError::TooWeak { .. }) => tally.refused += 1,
            Err(reason) => tally.wrong.push(format!("network {k}: {reason}")),
        }
        tally
    })
}

#[test]
#[ignore = "minutes; `make test` and CI run it"]
fn ten_thousand_certificates_tell_the_truth() {
    let none = || [Tally::default(), Tally::default(), Tally::default()];
    let [refined, plain, off] = (0..NETWORKS)
        .into_par_iter()
        .map(three_ways)
        .reduce(none, |[a, b, c], [d, e, f]| [a.merge(d), b.merge(e), c.merge(f)]);
    for (name, tally) in [("refined", &refined), ("plain", &plain), ("off", &off)] {
        assert!(
            tally.wrong.is_empty(),
            "{name}: {} are wrong: {:#?}",
            tally.wrong.len(),
            &tally.wrong[..tally.wrong.len().min(5)]
        );
        assert_eq!(tally.compared.len() + tally.refused, NETWORKS as usize);
        tally.say(name);
    }
    assert_eq!(refined.refused, 0);
    assert!(refined.median_radius() < 1e-9 && plain.median_radius() < 1e-9);
    // Not a test of nothing.
    assert!(2 * plain.compared.len() > NETWORKS as usize && 10 * off.compared.len() > NETWORKS as usize);
}
