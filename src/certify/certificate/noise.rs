//! The matrix of accumulated noise in integers.

use num_bigint::{BigInt, BigUint};

use super::integers::{Bundle, Given};
use crate::cost::AccumulatedNoise;
use crate::network::Weights;
use crate::scalar::odd_dyadic;

/// The entries of `M = Σ_{t=1..T} γ^t (J^t)∘(J^t)` that are not 0, exactly, by (target, source).
///
/// What [`AccumulatedNoise::matrix`] computes in any number system, here in integers: weights are `integer·2^e` with one e for
/// all, so the powers `J^t` are in units of `2^{te}`.
pub fn noise_bundles(weights: &Weights, noise: &AccumulatedNoise) -> Vec<Bundle> {
    let n = weights.neurons();
    let dyadics: Vec<_> = weights.triplets().map(|(i, j, &x)| (i, j, odd_dyadic(x), x < 0.0)).collect();
    let unit = dyadics.iter().map(|entry| entry.2.1).min().unwrap_or(0);
    let mut power = vec![BigInt::ZERO; n * n];
    let mut rows = vec![Vec::new(); n];
    for (i, j, (mantissa, exponent), negative) in dyadics {
        let size = BigInt::from(mantissa) << (exponent - unit);
        power[i * n + j] = if negative { -size } else { size };
        rows[i].push((j, power[i * n + j].clone()));
    }
    let (gamma, of_gamma) = odd_dyadic(noise.discount());
    let of_step = 2 * unit + of_gamma;
    let (mut sum, mut exponent, mut factor) = (vec![BigUint::ZERO; n * n], 0_i64, BigUint::from(1_u32));
    for step in 1..=noise.steps() {
        if step > 1 {
            let mut next = vec![BigInt::ZERO; n * n];
            for (row, synapses) in rows.iter().enumerate() {
                for (source, weight) in synapses {
                    for j in 0..n {
                        next[row * n + j] += weight * &power[source * n + j];
                    }
                }
            }
            power = next;
        }
        factor *= gamma;
        // In the finer of the units of the sum so far and of this step.
        let of_term = of_step * i64::from(step);
        let finer = exponent.min(of_term);
        for (sum, entry) in sum.iter_mut().zip(&power) {
            let term: BigUint = (entry.magnitude().pow(2) * &factor) << (of_term - finer);
            *sum = (std::mem::take(sum) << (exponent - finer)) + term;
        }
        exponent = finer;
    }
    let entries = sum.into_iter().enumerate().filter(|(_, mantissa)| mantissa.bits() > 0);
    entries
        .map(|(place, mantissa)| Bundle {
            target: place / n,
            source: place % n,
            given: Given::Exact { mantissa, exponent },
        })
        .collect()
}
