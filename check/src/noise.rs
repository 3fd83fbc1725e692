//! The matrix of accumulated noise, exactly: `M = Σ_{t=1..T} γ^t (J^t)∘(J^t)`, ∘ the product entry by entry. Weights and γ are dyadic
//! numbers, so M is one; after `proofs/Definitions/Accumulated.v`.

use num_bigint::{BigInt, BigUint};

use crate::dyadic;
use crate::format::{Claims, Noise, Refused};
use crate::input::Input;

/// Neurons beyond which M, which is dense whatever J is, is not formed.
const MOST_NEURONS: usize = 2048;

/// `M_ij = sum[i n + j]·2^exponent`.
pub(crate) struct Matrix {
    pub sum: Vec<BigUint>,
    pub exponent: i64,
}

/// The weights as integers (n × n, row = target), in units of 2 to the second of the pair.
fn integers(input: &Input) -> Result<(Vec<BigInt>, i64), Refused> {
    let n = input.neurons;
    let mut found = Vec::with_capacity(input.recurrent.len());
    for &(target, source, weight) in input.recurrent.iter().filter(|triplet| triplet.2 != 0.0) {
        if !weight.is_finite() || target >= n || source >= n {
            return Err(Refused::Input { target, source_index: source, weight });
        }
        let (mantissa, exponent) = dyadic(weight);
        let zeros = mantissa.trailing_zeros();
        let mantissa = BigInt::from(mantissa >> zeros);
        found.push((target, source, if weight < 0.0 { -mantissa } else { mantissa }, exponent + i64::from(zeros)));
    }
    let unit = found.iter().map(|weight| weight.3).min().unwrap_or(0);
    let mut weights = vec![BigInt::ZERO; n * n];
    for (target, source_index, mantissa, exponent) in found {
        let entry = &mut weights[target * n + source_index];
        if *entry != BigInt::ZERO {
            return Err(Refused::Duplicate { target, source_index });
        }
        *entry = mantissa << (exponent - unit);
    }
    Ok((weights, unit))
}

/// The least and the largest binary exponent of the weights, `|J_ij| < 2^(e + 53)` with e the latter; `None` without any.
fn exponents(input: &Input) -> Option<(i64, i64)> {
    let weights = input.recurrent.iter().filter(|weight| weight.2 != 0.0 && weight.2.is_finite());
    weights.map(|weight| dyadic(weight.2).1).fold(None, |found, e| match found {
        None => Some((e, e)),
        Some((least, most)) => Some((e.min(least), e.max(most))),
    })
}

/// Bits of the number of neurons.
fn bits_of_size(input: &Input) -> u32 {
    usize::BITS - input.neurons.leading_zeros()
}

/// How many products of words it takes to make the matrix.
///
/// # Errors
/// More than `allowed`, or too many neurons.
pub(crate) fn work(input: &Input, noise: &Noise, allowed: u128) -> Result<u128, Refused> {
    let n = input.neurons;
    if n > MOST_NEURONS {
        return Err(Refused::TooLargeForDense { neurons: n, limit: MOST_NEURONS });
    }
    let (least, most) = exponents(input).unwrap_or((0, 0));
    // What a weight has, and what each step adds to an entry of a power; to the sum, twice that and what γ has.
    let bits = (most - least) as u128 + 53;
    let growth = bits + u128::from(bits_of_size(input));
    let of_gamma = 64 + (2 * least + noise.discount.1).unsigned_abs() as u128;
    let (n, steps) = (n as u128, u128::from(noise.steps));
    let words = |bits: u128| bits / 64 + 1;
    let products = n.pow(3).saturating_mul(words(bits)).saturating_mul(words(growth.saturating_mul(steps)));
    let of_sum = words((2 * growth + of_gamma).saturating_mul(steps));
    let sums = n.pow(2).saturating_mul(of_sum.saturating_mul(of_sum));
    let work = steps.saturating_mul(products.saturating_add(sums));
    if work > allowed { Err(Refused::TooMuchWork { work, allowed }) } else { Ok(work) }
}

/// Bits that no entry of M exceeds, in units of `2^-cost_unit_bits`.
pub(crate) fn largest_cost(input: &Input, noise: &Noise, cost_unit_bits: u32) -> u128 {
    let most = exponents(input).map_or(0, |exponents| exponents.1 + 53) + i64::from(bits_of_size(input));
    let of_gamma = noise.discount.1 + i64::from(64 - noise.discount.0.leading_zeros());
    // The entry of a step grows or falls with its number: the first or the last is the largest.
    let step = 2 * most + of_gamma;
    let steps = i64::from(noise.steps);
    let sum = step.max(step * steps) + i64::from(32 - noise.steps.leading_zeros());
    (sum + i64::from(cost_unit_bits)).max(0) as u128
}

impl Matrix {
    /// Of an input whose work was found acceptable.
    pub fn of(input: &Input, noise: &Noise) -> Result<Matrix, Refused> {
        let n = input.neurons;
        let (weights, unit) = integers(input)?;
        let sources: Vec<Vec<usize>> =
            (0..n).map(|i| (0..n).filter(|&j| weights[i * n + j] != BigInt::ZERO).collect()).collect();
        let (gamma, of_gamma) = noise.discount;
        // Of one step: the square of a weight, times γ.
        let step_exponent = 2 * unit + of_gamma;
        let mut power = weights.clone();
        let mut factor = BigUint::from(gamma);
        let mut terms = Vec::with_capacity(noise.steps as usize);
        for step in 1..=noise.steps {
            if step > 1 {
                let mut next = vec![BigInt::ZERO; n * n];
                for i in 0..n {
                    for &k in &sources[i] {
                        for j in 0..n {
                            next[i * n + j] += &weights[i * n + k] * &power[k * n + j];
                        }
                    }
                }
                power = next;
                factor *= gamma;
            }
            terms.push(power.iter().map(|entry| entry.magnitude().pow(2) * &factor).collect::<Vec<BigUint>>());
        }
        // Every term in units of the finest: that of the last step if each is finer than the one before.
        let exponent = step_exponent.min(0) * i64::from(noise.steps);
        let mut sum = vec![BigUint::ZERO; n * n];
        for (step, term) in (1..).zip(terms) {
            for (sum, entry) in sum.iter_mut().zip(term) {
                *sum += entry << (step_exponent * step - exponent);
            }
        }
        Ok(Matrix { sum, exponent })
    }

    /// `floor(2^s M_ij)`, and 0 if that is exact, else 1.
    pub fn cost(&self, place: usize, claims: &Claims) -> (BigUint, u32) {
        let shift = self.exponent + i64::from(claims.cost_unit_bits);
        let entry = &self.sum[place];
        if shift >= 0 {
            return (entry << shift, 0);
        }
        let cut = entry.trailing_zeros().is_some_and(|zeros| zeros < shift.unsigned_abs());
        (entry >> shift.unsigned_abs(), u32::from(cut))
    }
}
