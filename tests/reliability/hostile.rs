//! Hostile networks through the library: no panic, no NaN, no "balanced" that 60 digits deny, no wrong certificate, and no
//! refusal that was not necessary.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use nalgebra::DMatrix;
use rand::Rng;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha8Rng;
use rug::Float;
use rug::ops::Pow;
use serde::{Deserialize, Serialize};
use synbal::balance::{BalanceError, Criteria, Method, Problem, Run, Scope, Status, balance_to_digits};
use synbal::certify::certified_distance;
use synbal::cost::{CostError, CostSpec};
use synbal::network::random::{normals, stream};
use synbal::network::{Activation, Network, NetworkError, Weights};

use crate::window::fits_in_a_window;

/// The stream of random numbers that networks are made from.
const PURPOSE: u64 = 9_100;

/// The precision of the second look: 60 digits and the range of `f64` to any power here.
const BITS: u32 = 256;

/// When solvers stop.
const STOP: Criteria = Criteria::new(1e-10, 20_000);

/// By how much the true imbalance may be above the tolerance that `f64` measured it against: a node sums at most 400 costs,
/// each within `4 (p + 1)` roundings, together below 2e-13.
const MEASURED_WITHIN: f64 = 2e-13;

/// Neurons up to which certificates are measured against many digits.
const LARGEST_CERTIFIED: usize = 12;

/// What came of many networks.
#[derive(Default, Serialize, Deserialize)]
pub struct Outcomes {
    pub networks: usize,
    /// Seconds of one core.
    pub seconds: f64,
    pub balanced: usize,
    pub certified: usize,
    /// Runs that ended otherwise, by their status.
    pub unbalanced: BTreeMap<String, usize>,
    /// Refusals, by kind.
    pub refused: BTreeMap<String, usize>,
    /// Refusals as out of range of which no proof was found that they are necessary, each with its seed.
    pub not_shown: Vec<String>,
    /// What must not be, each with its seed.
    pub faults: Vec<String>,
}

/// A network that nobody would build.
pub fn hostile(seed: u64) -> (Network, CostSpec, Scope) {
    let random = &mut stream(seed, PURPOSE);
    let n = match random.random_range(0..10) {
        0 => random.random_range(1..=200),
        1..=3 => random.random_range(1..=30),
        _ => random.random_range(1..=8),
    };
    let decades = *[1.0, 10.0, 60.0, 150.0, 300.0].choose(random).unwrap();
    let centre = if random.random_bool(0.5) { 0.0 } else { random.random_range(-300.0..300.0) };
    let weight = |random: &mut ChaCha8Rng| -> f64 {
        let sign = if random.random_bool(0.5) { 1.0 } else { -1.0 };
        if random.random_bool(0.02) {
            return sign * f64::from_bits(random.random_range(1..1 << 52));
        }
        let exponent: f64 = centre + decades * random.random_range(-0.5..0.5);
        sign * 10.0_f64.powf(exponent.clamp(-323.0, 308.0))
    };
    let density = *[0.02, 0.1, 0.5, 1.0].choose(random).unwrap();
    let mut triplets: Vec<(usize, usize, f64)> = Vec::new();
    let kind = random.random_range(0..6);
    for i in 0..n {
        for j in 0..n {
            let (ring, chain) = (i == (j + 1) % n, i == j + 1);
            let there = match kind {
                0 => chain,
                1 => ring || (j == (i + 1) % n && i != j),
                // Two halves, and a bridge there and back.
                2 => (i < n / 2) == (j < n / 2) && (ring || random.random_bool(density)),
                _ => ring || random.random_bool(density),
            };
            if there {
                triplets.push((i, j, weight(random)));
            }
        }
    }
    if kind == 2 && n >= 2 {
        for (i, j) in [(0, n - 1), (n - 1, 0)] {
            triplets.retain(|&(a, b, _)| (a, b) != (i, j));
            triplets.push((i, j, 1e-150));
        }
    }
    triplets.retain(|(_, _, value)| *value != 0.0);
    let p = match random.random_range(0..4) {
        0 => random.random_range(0.01..1.0),
        1 => random.random_range(1.0..50.0),
        _ => *[0.5, 1.0, 1.5, 2.0, 3.0, 63.0 / 16.0, 8.0].choose(random).unwrap(),
    };
    let mut network = Network::recurrent(Weights::from_triplets(n, triplets).unwrap(), Activation::Relu);
    let mut spec = CostSpec::power(p);
    if random.random_bool(0.3) {
        network.w_in = Some(DMatrix::from_fn(n, 2, |_, _| weight(random)));
        network.w_out = Some(DMatrix::from_fn(2, n, |_, _| weight(random)));
        if random.random_bool(0.5) {
            network.bias = Some(normals(random, n, 1.0));
        }
        spec.world = Some(10.0_f64.powf(random.random_range(-300.0..300.0)));
    }
    let scope = if random.random_bool(0.5) { Scope::Whole } else { Scope::WithinComponents };
    (network, spec, scope)
}

impl Outcomes {
    /// Balances the network of one seed.
    pub fn balance(&mut self, seed: u64) {
        self.networks += 1;
        let (network, spec, scope) = hostile(seed);
        let looked_at = catch_unwind(AssertUnwindSafe(|| {
            let mut found = Outcomes::default();
            found.look(seed, &network, &spec, scope);
            found
        }));
        match looked_at {
            Ok(found) => self.add(found),
            Err(_) => self.faults.push(format!("seed {seed}: panicked")),
        }
    }

    /// Adds what came of others.
    pub fn add(&mut self, other: Outcomes) {
        self.seconds += other.seconds;
        self.networks += other.networks;
        self.balanced += other.balanced;
        self.certified += other.certified;
        other.unbalanced.into_iter().for_each(|(word, count)| *self.unbalanced.entry(word).or_default() += count);
        other.refused.into_iter().for_each(|(word, count)| *self.refused.entry(word).or_default() += count);
        self.not_shown.extend(other.not_shown);
        self.faults.extend(other.faults);
    }

    fn look(&mut self, seed: u64, network: &Network, spec: &CostSpec, scope: Scope) {
        let problem = match Problem::new(network, spec, scope) {
            Ok(problem) => problem,
            Err(refusal) => return self.refusal(seed, network, spec, scope, &refusal),
        };
        let run = match problem.solve(Method::Auto, &STOP) {
            Ok(run) => run,
            Err(refusal) => return self.refusal(seed, network, spec, scope, &refusal),
        };
        // A run that left the range says so, and its cost is then what it is.
        if !matches!(run.outcome.status, Status::NotFinite { .. })
            && let Some(what) = not_a_number(&run)
        {
            self.faults.push(format!("seed {seed}: {what} is NaN or infinite ({})", run.outcome.status));
        }
        if !run.outcome.status.is_balanced() {
            *self.unbalanced.entry(run.outcome.status.word().to_owned()).or_default() += 1;
            return;
        }
        self.balanced += 1;
        let imbalance = true_imbalance(&run, spec);
        if imbalance > STOP.tol + MEASURED_WITHIN {
            self.faults.push(format!("seed {seed}: called balanced at {imbalance:e}"));
        }
        if let Some(apart) = worst_similarity(network, &run)
            && apart > 1e-9
        {
            self.faults.push(format!("seed {seed}: no rescaling, a weight is off by {apart:e}"));
        }
        if network.weights.neurons() <= LARGEST_CERTIFIED
            && let Ok(reference) = balance_to_digits(&run.graph, &run.outcome.h, 60)
            && let Ok(found) = certified_distance(&problem, &run, &reference)
        {
            self.certified += 1;
            if found.distance > found.radius || found.relative_excess > found.relative_gap {
                self.faults.push(format!("seed {seed}: a wrong certificate: {found:?}"));
            }
        }
    }

    fn refusal(&mut self, seed: u64, network: &Network, spec: &CostSpec, scope: Scope, refusal: &BalanceError) {
        let kind = match refusal {
            BalanceError::NotBalanceable { .. } => "a synapse on no cycle",
            BalanceError::Cost(CostError::CostOutOfRange { .. }) => {
                if fits_in_a_window(network, spec, scope) {
                    self.not_shown.push(format!("seed {seed}: {refusal}"));
                }
                "costs that no rescaling brings into the range of f64"
            }
            BalanceError::Network(NetworkError::RescaledOutOfRange { from, log_factor, .. }) => {
                // In natural logarithms; the last digits of the log-factor are rounded.
                let log = Float::with_val(BITS, from.abs()).ln() + log_factor;
                let slack = 1e-12 * (1.0 + log_factor.abs());
                if log > Float::with_val(BITS, f64::MIN_POSITIVE).ln() + slack
                    && log < Float::with_val(BITS, f64::MAX).ln() - slack
                {
                    self.faults.push(format!("seed {seed}: refused although in range: {refusal}"));
                }
                "a balanced weight outside the normal range of f64"
            }
            _ => {
                self.faults.push(format!("seed {seed}: refused: {refusal}"));
                "other"
            }
        };
        *self.refused.entry(kind.to_owned()).or_default() += 1;
    }
}

/// A number of the run that is none.
fn not_a_number(run: &Run) -> Option<&'static str> {
    let infinite = |values: &[f64]| values.iter().any(|value| !value.is_finite());
    if infinite(run.network.weights.values()) {
        return Some("a weight");
    }
    if infinite(&run.log_scales) {
        return Some("a log-scale");
    }
    // Costs may be beyond the range of f64, which has its own words for that.
    let numbers = [run.cost_initial, run.cost_final, run.imbalance_initial, run.imbalance_final, run.outcome.imbalance];
    numbers.iter().any(|number| number.is_nan()).then_some("a cost or an imbalance")
}

/// `max_i |g_i|/(r_i + c_i)` of a rescaled network as it stands, over the synapses that were balanced.
fn true_imbalance(run: &Run, spec: &CostSpec) -> f64 {
    let (network, pattern) = (&run.network, run.graph.pattern());
    let n = network.weights.neurons();
    let zero = || Float::with_val(BITS, 0);
    let (mut into, mut out_of) = (vec![zero(); n + 1], vec![zero(); n + 1]);
    let mut add = |target: usize, source: usize, weight: f64, factor: f64| {
        if target != source && weight != 0.0 && pattern.find(target, source).is_some() {
            let cost = Float::with_val(BITS, weight.abs()).pow(Float::with_val(BITS, spec.p)) * factor;
            into[target] += &cost;
            out_of[source] += cost;
        }
    };
    for (i, j, &weight) in network.weights.triplets() {
        add(i, j, weight, 1.0);
    }
    if let Some(lambda) = spec.world {
        for neuron in 0..n {
            network.w_in.iter().for_each(|w_in| w_in.row(neuron).iter().for_each(|&w| add(neuron, n, w, 1.0)));
            network.bias.iter().for_each(|bias| add(neuron, n, bias[neuron], 1.0));
            network.w_out.iter().for_each(|w_out| w_out.column(neuron).iter().for_each(|&w| add(n, neuron, w, lambda)));
        }
    }
    let relative = |(r, c): (&Float, &Float)| {
        let sum = Float::with_val(BITS, r + c);
        if sum.is_zero() { 0.0 } else { (Float::with_val(BITS, r - c).abs() / sum).to_f64() }
    };
    into.iter().zip(&out_of).map(relative).fold(0.0, f64::max)
}

/// How far the worst weight is from the given one rescaled by the log-scales, relative.
fn worst_similarity(given: &Network, run: &Run) -> Option<f64> {
    let h = &run.log_scales;
    let values = given.weights.triplets().zip(run.network.weights.values());
    let off = values.map(|((i, j, from), to)| {
        let log = Float::with_val(BITS, h[j]) - h[i];
        let wanted = log.exp() * *from;
        (Float::with_val(BITS, *to) / wanted - 1.0_f64).to_f64().abs()
    });
    off.reduce(f64::max)
}
