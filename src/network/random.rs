//! Random numbers and random networks that are the same in every run, for cases and tests.

use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

use super::{NetworkError, Weights};

/// A reproducible stream of random numbers for one purpose: the same for the same seed, whatever else is drawn.
pub fn stream(seed: u64, purpose: u64) -> ChaCha8Rng {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    random.set_stream(purpose);
    random
}

/// `count` standard normal numbers times `scale`.
pub fn normals(random: &mut ChaCha8Rng, count: usize, scale: f64) -> Vec<f64> {
    (0..count).map(|_| scale * Distribution::<f64>::sample(&StandardNormal, random)).collect()
}

/// A strongly connected random network: a ring through all neurons in random order, and every other synapse
/// (self-synapses included) with probability `density`. Weights are `sign·e^{σ·normal}`, the sign one of the source
/// neuron (Dale's law).
///
/// # Errors
/// No neurons, or a weight that leaves the range of `f64`.
pub fn random_network(random: &mut ChaCha8Rng, n: usize, density: f64, sigma: f64) -> Result<Weights, NetworkError> {
    let mut order: Vec<usize> = (0..n).collect();
    order.shuffle(random);
    let mut next = vec![0; n];
    for k in 0..n {
        next[order[k]] = order[(k + 1) % n];
    }
    let mut triplets = Vec::new();
    for (source, &along_the_ring) in next.iter().enumerate() {
        let sign = if random.random_bool(0.8) { 1.0 } else { -1.0 };
        for target in 0..n {
            if along_the_ring == target || random.random_bool(density) {
                let log_weight: f64 = StandardNormal.sample(random);
                triplets.push((target, source, sign * (sigma * log_weight).exp()));
            }
        }
    }
    Weights::from_triplets(n, triplets)
}
