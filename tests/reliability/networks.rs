//! Random healthy networks of every kind that `verify` is run on: a seed is a network.

use nalgebra::DMatrix;
use rand::Rng;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha8Rng;
use synbal::balance::Scope;
use synbal::cost::CostSpec;
use synbal::network::random::{normals, random_network, stream};
use synbal::network::{Activation, Network, Weights};

/// A network on which no claim may fall, with the cost and the scope that it is verified under.
pub struct Healthy {
    pub kind: &'static str,
    pub network: Network,
    pub spec: CostSpec,
    pub scope: Scope,
}

/// The largest network.
const LARGEST: usize = 12;

/// The stream of random numbers that networks are made from; claims draw from others.
const PURPOSE: u64 = 9_000;

type Triplets = Vec<(usize, usize, f64)>;

/// The network of a seed.
pub fn healthy(seed: u64) -> Healthy {
    let random = &mut stream(seed, PURPOSE);
    let n = random.random_range(1..=LARGEST);
    let sigma = *[0.0, 0.5, 1.0, 2.0, 4.0].choose(random).unwrap();
    let (kind, n, mut triplets) = pattern(random, n, sigma);
    match random.random_range(0..4) {
        0 => triplets.iter_mut().for_each(|(_, _, value)| *value = -value.abs()),
        1 => triplets.iter_mut().for_each(|(_, _, value)| *value = value.abs()),
        _ => {}
    }
    let p = match random.random_range(0..4) {
        0 => random.random_range(0.05..12.0),
        1 => 2.0,
        _ => *[0.1, 0.5, 1.0, 1.5, 2.0, 3.0, 63.0 / 16.0, 4.0, 8.0].choose(random).unwrap(),
    };
    if random.random_bool(0.15) {
        // Neurons of very different scales: the same network, rescaled.
        let spread = *[3.0, 15.0, 60.0].choose(random).unwrap();
        let h = normals(random, n, spread);
        triplets.iter_mut().for_each(|(i, j, value)| *value *= (h[*j] - h[*i]).exp());
    }
    let scale = unit(random, p);
    triplets.iter_mut().for_each(|(_, _, value)| *value *= scale);
    triplets.retain(|(_, _, value)| *value != 0.0 && value.is_finite());
    let weights = Weights::from_triplets(n, triplets).expect("finite weights between neurons that exist");
    let activation =
        *[Activation::Linear, Activation::Relu, Activation::LeakyRelu { slope: 0.1 }].choose(random).unwrap();
    let mut network = Network::recurrent(weights, activation);
    let mut spec = CostSpec::power(p);
    if random.random_bool(0.35) {
        // In the unit of the weights: networks of one scale, whichever it is.
        let mut dense = |rows: usize, columns: usize, density: f64| {
            let mut values = normals(random, rows * columns, scale);
            values.iter_mut().for_each(|value| {
                if !random.random_bool(density) {
                    *value = 0.0;
                }
            });
            DMatrix::from_vec(rows, columns, values)
        };
        let (w_in, w_out) = (dense(n, 3, 0.6), dense(2, n, 0.6));
        network.w_in = Some(w_in);
        network.w_out = Some(w_out);
        if random.random_bool(0.5) {
            network.bias = Some(normals(random, n, scale));
        }
        if random.random_bool(0.8) {
            spec.world = Some(*[0.1, 1.0, 10.0].choose(random).unwrap());
        }
    }
    if random.random_bool(0.2) {
        network.time_constants = Some((0..n).map(|_| random.random_range(0.5..3.0)).collect());
    }
    if random.random_bool(0.2) {
        network.initial_state = Some(normals(random, n, 1.0));
    }
    // Whole where that has a balanced point and in half of those; a network that has none is refused as a whole.
    let whole = random.random_bool(0.5) && synbal::balance::Problem::new(&network, &spec, Scope::Whole).is_ok();
    Healthy { kind, network, spec, scope: if whole { Scope::Whole } else { Scope::WithinComponents } }
}

/// The unit of all weights: mostly of the size of one, else any power of ten whose costs are numbers of `f64`.
fn unit(random: &mut ChaCha8Rng, p: f64) -> f64 {
    if random.random_bool(0.5) {
        return 1.0;
    }
    let decades = (280.0 / p.max(1.0)).min(280.0);
    let decades = if random.random_bool(0.5) { decades } else { 280.0 };
    10.0_f64.powf(random.random_range(-decades..=decades))
}

fn pattern(random: &mut ChaCha8Rng, n: usize, sigma: f64) -> (&'static str, usize, Triplets) {
    let weight = |random: &mut ChaCha8Rng| {
        let normal = normals(random, 1, sigma)[0];
        if random.random_bool(0.5) { normal.exp() } else { -normal.exp() }
    };
    let of = |random: &mut ChaCha8Rng, pairs: Vec<(usize, usize)>| -> Triplets {
        pairs.into_iter().map(|(i, j)| (i, j, weight(random))).collect()
    };
    let pairs = |n: usize| (0..n).flat_map(move |i| (0..n).map(move |j| (i, j)));
    let density = *[0.05, 0.15, 0.3, 0.6, 1.0].choose(random).unwrap();
    match random.random_range(0..14) {
        0 => ("zeros", n, Vec::new()),
        1 => {
            let chain = (1..n).map(|i| (i, i - 1)).collect();
            ("chain", n, of(random, chain))
        }
        2 => {
            let below = pairs(n).filter(|&(i, j)| i > j).filter(|_| random.random_bool(density)).collect::<Vec<_>>();
            ("feed-forward", n, of(random, below))
        }
        3 => {
            let ring = (0..n).map(|i| ((i + 1) % n, i)).collect();
            ("ring", n, of(random, ring))
        }
        4 => {
            let upper = pairs(n).filter(|&(i, j)| i <= j).filter(|_| random.random_bool(density)).collect::<Vec<_>>();
            let half = of(random, upper);
            let mirrored = half.iter().filter(|(i, j, _)| i != j).map(|&(i, j, value)| (j, i, value));
            ("symmetric", n, half.iter().copied().chain(mirrored).collect())
        }
        5 => {
            let diagonal = (0..n).map(|i| (i, i)).collect();
            ("self-synapses", n, of(random, diagonal))
        }
        6 => {
            let (u, v) = (of(random, (0..n).map(|i| (i, 0)).collect()), of(random, (0..n).map(|i| (i, 0)).collect()));
            ("rank one", n, pairs(n).map(|(i, j)| (i, j, u[i].2 * v[j].2)).collect())
        }
        7 => {
            // The same component twice, or three times, one after the other: all numbers occur more than once.
            let part = n.div_ceil(3).max(1);
            let copies = if part * 3 <= LARGEST { 3 } else { 2 };
            let chosen = pairs(part).filter(|_| random.random_bool(density)).collect::<Vec<_>>();
            let one = of(random, chosen);
            let all = (0..copies).flat_map(|k| one.iter().map(move |&(i, j, x)| (k * part + i, k * part + j, x)));
            ("copies", part * copies, all.collect())
        }
        8 => {
            // N = 1 - v w^T with small integers: nilpotent although no entry need be zero.
            let size = n.max(2);
            let whole: Vec<f64> = (0..size).map(|_| f64::from(random.random_range(-3_i32..=3))).collect();
            let other: Vec<f64> = (0..size).map(|_| f64::from(random.random_range(-3_i32..=3))).collect();
            // u v^T with u·v = 0 exactly: v is made orthogonal by its last two entries.
            let (mut u, mut v) = (whole, other);
            let rest: f64 = u[..size - 2].iter().zip(&v).map(|(a, b)| a * b).sum();
            (u[size - 1], u[size - 2]) = (1.0, 0.0);
            v[size - 1] = -rest;
            let product = pairs(size).map(|(i, j)| (i, j, u[i] * v[j])).filter(|(_, _, x)| *x != 0.0).collect();
            ("nilpotent", size, product)
        }
        9 => {
            // Blocks behind one another: reducible, with synapses on no cycle between them.
            let cut = n / 2;
            let chosen = pairs(n)
                .filter(|&(i, j)| i >= cut || j < cut)
                .filter(|_| random.random_bool(density))
                .collect::<Vec<_>>();
            ("reducible", n, of(random, chosen))
        }
        10 | 11 => {
            let weights = random_network(random, n, density, sigma).expect("finite weights");
            ("strongly connected", n, weights.triplets().map(|(i, j, &value)| (i, j, value)).collect())
        }
        _ => {
            let chosen = pairs(n).filter(|_| random.random_bool(density)).collect::<Vec<_>>();
            ("random", n, of(random, chosen))
        }
    }
}
