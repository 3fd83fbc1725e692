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
    // A step is work and memory even where there is no neuron: without this, any number of steps would be free.
    let (n, steps) = (n.max(1) as u128, u128::from(noise.steps));
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Of two neurons.
    fn input(weights: &[(usize, usize, f64)]) -> Input {
        Input { neurons: 2, recurrent: weights.to_vec(), ..Input::default() }
    }

    const HALF: (u64, i64) = (1, -1);

    #[test]
    fn weights_are_integers_in_one_unit() {
        let (weights, unit) = integers(&input(&[(0, 1, 3.0), (1, 0, -0.75), (1, 1, 0.0)])).unwrap();
        assert_eq!((weights, unit), ([0, 12, -3, 0].map(BigInt::from).to_vec(), -2));
        assert_eq!(integers(&input(&[])).unwrap(), (vec![BigInt::ZERO; 4], 0));
        for (target, source, weight) in [(0, 1, f64::NAN), (1, 0, f64::INFINITY), (2, 0, 1.0), (0, 2, 1.0)] {
            let refused = integers(&input(&[(0, 0, 1.0), (target, source, weight)]));
            let Err(Refused::Input { target: i, source_index: j, weight: w }) = refused else {
                panic!("{target} {source} {weight}: {refused:?}")
            };
            assert_eq!((i, j, w.to_bits()), (target, source, weight.to_bits()));
        }
        let twice = integers(&input(&[(0, 1, 1.0), (0, 1, 2.0)]));
        assert!(matches!(twice, Err(Refused::Duplicate { target: 0, source_index: 1 })), "{twice:?}");
    }

    /// The largest cost is below 2^(2·most + of γ) to the power of the steps, times the steps.
    #[test]
    fn bits_of_the_largest_cost_are_reckoned_by_hand() {
        let of = |weights: &[(usize, usize, f64)], discount, steps, unit| {
            largest_cost(&input(weights), &Noise { steps, discount }, unit)
        };
        // 3 < 2^2, two neurons have two bits, a half is below 2^0: 2·4 bits a step, and two for three steps.
        let three = [(0, 1, 3.0), (1, 0, 0.5), (1, 1, 0.0), (0, 0, f64::INFINITY)];
        assert_eq!(of(&three, HALF, 3, 10), 3 * 8 + 2 + 10);
        // 3/2 < 2^1.
        assert_eq!(of(&three, (3, -1), 3, 10), 3 * 9 + 2 + 10);
        // 2^-20 < 2^-19: the first step is the largest.
        let small = [(0, 1, 2.0_f64.powi(-20))];
        assert_eq!(of(&small, HALF, 3, 40), 40 - 2 * 17 + 2);
        assert_eq!(of(&small, HALF, 3, 10), 0);
        assert_eq!(of(&[], HALF, 1, 10), 2 * 2 + 1 + 10);
    }

    #[test]
    fn the_work_of_the_matrix_is_reckoned_by_hand() {
        let of = |weights: &[(usize, usize, f64)], discount, steps, allowed| {
            work(&input(weights), &Noise { steps, discount }, allowed)
        };
        // Mantissas of 53 bits two powers of two apart: 55 bits a weight, 57 a step; 64 + |2·(-53) - 1| = 171 for γ.
        let near = [(0, 1, 3.0), (1, 0, 0.75)];
        assert_eq!(of(&near, HALF, 1, 1000).unwrap(), 8 + 4 * 5 * 5);
        // Products of one word and of 57·steps bits; sums of (2·57 + 171)·steps.
        assert_eq!(of(&near, HALF, 2, 1000).unwrap(), 2 * (8 * 2 + 4 * 9 * 9));
        assert_eq!(of(&near, HALF, 3, 3000).unwrap(), 3 * (8 * 3 + 4 * 14 * 14));
        // Thirteen powers apart: 66 bits, 68 a step, 64 + |2·(-64) - 1| = 193 for γ.
        let apart = [(0, 1, 3.0), (1, 0, 2.0_f64.powi(-12))];
        assert_eq!(of(&apart, HALF, 1, 176).unwrap(), 8 * 2 * 2 + 4 * 6 * 6);
        let refused = of(&apart, HALF, 1, 175);
        assert!(matches!(refused, Err(Refused::TooMuchWork { work: 176, allowed: 175 })), "{refused:?}");
        // Large weights: 53 bits, 55 a step, 64 + |2·8 + 20| = 100 for γ.
        assert_eq!(of(&[(0, 1, 2.0_f64.powi(60))], (1, 20), 1, 1000).unwrap(), 8 + 4 * 4 * 4);
        let of_size = |neurons| {
            let large = Input { neurons, ..Input::default() };
            work(&large, &Noise { steps: 1, discount: HALF }, u128::MAX)
        };
        assert!(of_size(2048).is_ok());
        let refused = of_size(2049);
        assert!(matches!(refused, Err(Refused::TooLargeForDense { neurons: 2049, limit: 2048 })), "{refused:?}");
        // Without neurons as of one: a step has room of its own. 53 bits a weight, and 2·53 + 64 + |2·0 - 1| = 171 for the sum.
        let of_none = |steps| work(&Input::default(), &Noise { steps, discount: HALF }, 1 << 30);
        assert_eq!(of_none(1).unwrap(), 1 + 3 * 3);
        let refused = of_none(u32::MAX);
        assert!(matches!(refused, Err(Refused::TooMuchWork { .. })), "{refused:?}");
    }
}
