//! Running error analysis: an `f64` that knows how wrong it can be (Wilkinson; Higham, *Accuracy and Stability of
//! Numerical Algorithms*, section 3.3).
//!
//! Evaluating a formula in [`Tracked`] instead of `f64` gives the same value (up to the last place of exponentials, logarithms and
//! powers, which are rounded correctly here) and, beside it, a bound on its distance from the exact result. Every tolerance that a claim is held against comes from here: derived from the
//! data and the precision, never picked.

use std::cmp::Ordering;
use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub, SubAssign};

use super::Scalar;

/// The unit roundoff of `f64`, 2⁻⁵³.
pub const UNIT_ROUNDOFF: f64 = f64::EPSILON / 2.0;

/// Relative error of an exponential, a logarithm or a power of core-math, which rounds correctly. (The standard library promises
/// nothing about its own.)
const CORRECTLY_ROUNDED: f64 = UNIT_ROUNDOFF;

/// Errors below the smallest normal number are absolute, half the spacing 2⁻¹⁰⁷⁴ for each operation; an operation here
/// and its bound are at most eight.
const UNDERFLOW: f64 = 8.0 * (f64::MIN_POSITIVE * f64::EPSILON);

/// A value and a bound on its error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tracked {
    /// The value, as `f64` arithmetic computes it, with correctly rounded exponentials, logarithms and powers.
    pub value: f64,
    /// A bound on its distance from the exact result.
    pub error: f64,
}

impl Tracked {
    /// A number that is exactly what it says.
    pub fn exact(value: f64) -> Self {
        Tracked { value, error: 0.0 }
    }

    /// A computed value: `inherited` error from its operands and one rounding, `relative` to its size. The bound
    /// itself is rounded too, hence the small factor.
    fn rounded(value: f64, inherited: f64, relative: f64) -> Self {
        let error = (inherited + relative * value.abs()) * (1.0 + 8.0 * f64::EPSILON) + UNDERFLOW;
        Tracked { value, error }
    }

    /// The largest the exact result can be in absolute value.
    pub fn magnitude(&self) -> f64 {
        self.value.abs() + self.error
    }

    /// True if zero cannot be told from this number.
    pub fn may_be_zero(&self) -> bool {
        self.value.abs() <= self.error
    }
}

/// Tracked copies of exact numbers.
pub fn tracked(values: &[f64]) -> Vec<Tracked> {
    values.iter().map(|&value| Tracked::exact(value)).collect()
}

impl PartialOrd for Tracked {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.value.partial_cmp(&other.value)
    }
}

impl Neg for Tracked {
    type Output = Tracked;
    fn neg(self) -> Tracked {
        Tracked { value: -self.value, error: self.error }
    }
}

impl Add<&Tracked> for Tracked {
    type Output = Tracked;
    fn add(self, other: &Tracked) -> Tracked {
        // A sum of two floats is exact when one is zero and never suffers from underflow.
        let value = self.value + other.value;
        if self.value == 0.0 || other.value == 0.0 {
            return Tracked { value, error: (self.error + other.error) * (1.0 + f64::EPSILON) };
        }
        Tracked::rounded(value, self.error + other.error, UNIT_ROUNDOFF)
    }
}

impl Sub<&Tracked> for Tracked {
    type Output = Tracked;
    fn sub(self, other: &Tracked) -> Tracked {
        self + &-*other
    }
}

impl Mul<&Tracked> for Tracked {
    type Output = Tracked;
    fn mul(self, other: &Tracked) -> Tracked {
        let inherited = self.value.abs() * other.error + other.value.abs() * self.error + self.error * other.error;
        Tracked::rounded(self.value * other.value, inherited, UNIT_ROUNDOFF)
    }
}

impl Div<&Tracked> for Tracked {
    type Output = Tracked;
    fn div(self, other: &Tracked) -> Tracked {
        let value = self.value / other.value;
        if other.may_be_zero() {
            return Tracked { value, error: f64::INFINITY };
        }
        // Quotients first: the product of two small errors could underflow before the division.
        let least = other.value.abs() - other.error;
        let inherited = self.error / least + value.abs() * (other.error / least);
        Tracked::rounded(value, inherited, 2.0 * UNIT_ROUNDOFF)
    }
}

impl AddAssign<&Tracked> for Tracked {
    fn add_assign(&mut self, other: &Tracked) {
        *self = *self + other;
    }
}

impl SubAssign<&Tracked> for Tracked {
    fn sub_assign(&mut self, other: &Tracked) {
        *self = *self - other;
    }
}

impl Scalar for Tracked {
    fn lift(&self, x: f64) -> Tracked {
        Tracked::exact(x)
    }

    fn to_f64(&self) -> f64 {
        self.value
    }

    fn abs(&self) -> Tracked {
        Tracked { value: self.value.abs(), error: self.error }
    }

    fn exp(&self) -> Tracked {
        let value = core_math::exp(self.value);
        if value < f64::MIN_POSITIVE {
            // Underflow: all that is known is an upper bound.
            return Tracked {
                value,
                error: core_math::exp(self.value + self.error) * (1.0 + 4.0 * f64::EPSILON) + UNDERFLOW,
            };
        }
        Tracked::rounded(value, value * core_math::expm1(self.error), CORRECTLY_ROUNDED * core_math::exp(self.error))
    }

    fn ln(&self) -> Tracked {
        let value = core_math::log(self.value);
        // So close to zero that the rounding of the quotient below would count: nothing is known.
        if self.value <= self.error * (1.0 + 1e-8) {
            return Tracked { value, error: f64::INFINITY };
        }
        let inherited = -core_math::log1p(-self.error / self.value);
        Tracked::rounded(value, inherited * (1.0 + 4.0 * f64::EPSILON), CORRECTLY_ROUNDED)
    }

    fn sqrt(&self) -> Tracked {
        let value = self.value.sqrt();
        // |√a − √b| ≤ min(√|a − b|, |a − b|/√a).
        let inherited =
            if self.value > self.error { self.error / value } else { (self.value.abs() + self.error).sqrt() };
        Tracked::rounded(value, inherited, UNIT_ROUNDOFF)
    }

    fn pow(&self, exponent: &Tracked) -> Tracked {
        if self.may_be_zero() {
            let value = if self.value > 0.0 { core_math::pow(self.value, exponent.value) } else { 0.0 };
            let largest = core_math::pow(self.magnitude(), exponent.value);
            return Tracked { value, error: largest * (1.0 + 4.0 * f64::EPSILON) };
        }
        let value = core_math::pow(self.value, exponent.value);
        // The exact base is (1 + t) times ours with |t| ≤ error/value; t enters as |(1 + t)^p − 1|.
        let t = self.error / self.value;
        let spread = core_math::expm1(exponent.magnitude() * -core_math::log1p(-t))
            + core_math::expm1(exponent.error * core_math::log(self.value).abs());
        Tracked::rounded(value, value * spread * 2.0, CORRECTLY_ROUNDED)
    }

    fn is_finite(&self) -> bool {
        self.value.is_finite() && self.error.is_finite()
    }

    fn is_zero(&self) -> bool {
        self.value == 0.0 && self.error == 0.0
    }

    fn larger(&self, other: &Tracked) -> Tracked {
        // |max(a, b) − max(c, d)| ≤ max(|a − c|, |b − d|).
        Tracked { value: self.value.larger(&other.value), error: self.error.larger(&other.error) }
    }

    fn positive_part(&self) -> Tracked {
        Tracked { value: Scalar::positive_part(&self.value), error: self.error }
    }

    fn step(&self) -> Tracked {
        Tracked { value: Scalar::step(&self.value), error: if self.may_be_zero() { 1.0 } else { 0.0 } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// An exact sum of products as a check that knows nothing of [`Tracked`]: all in 128-bit integers.
    fn exact_dot(pairs: &[(i32, i32)]) -> i128 {
        pairs.iter().map(|&(a, b)| i128::from(a) * i128::from(b)).sum()
    }

    /// Close to zero the quotient of error and value cannot be told from one, and the logarithm has no bound.
    #[test]
    fn a_number_that_its_error_takes_to_zero_has_no_logarithm() {
        let error_of = |value: f64, part: f64| Tracked { value, error: part * value }.ln().error;
        for value in [1e-3, 1.0, 1e3] {
            for part in [1.0 - 1e-9, 1.0, 1.5] {
                assert_eq!(error_of(value, part), f64::INFINITY, "{value} {part}");
            }
            // -ln(1 - part), and half a unit of the logarithm itself.
            let found = error_of(value, 1.0 - 1e-6);
            assert!((found / 1e6_f64.ln() - 1.0).abs() <= 1e-6, "{found}");
        }
    }

    proptest! {
        #[test]
        fn the_bound_covers_the_exact_error_of_a_scaled_dot_product(
            pairs in prop::collection::vec((any::<i32>(), any::<i32>()), 1..40)
        ) {
            // a/3 is rounded, and both factors of 3 are put back at the end, so every step has an error.
            let third = Tracked::exact(3.0);
            let mut sum = Tracked::exact(0.0);
            for &(a, b) in &pairs {
                sum += &(Tracked::exact(f64::from(a)) / &third * &Tracked::exact(f64::from(b)));
            }
            let scaled = sum * &third;
            let exact = exact_dot(&pairs) as f64;
            prop_assert!((scaled.value - exact).abs() <= scaled.error + exact.abs() * UNIT_ROUNDOFF);
        }

        #[test]
        fn exponential_and_logarithm_undo_each_other_within_the_bound(x in -300.0_f64..300.0) {
            let back = Tracked::exact(x).exp().ln();
            prop_assert!((back.value - x).abs() <= back.error);
            prop_assert!(back.error < 1e-12 * (1.0 + x.abs()));
        }

        #[test]
        fn powers_agree_with_their_products_within_the_bounds(x in 1e-3_f64..1e3, whole in 1_u32..9) {
            let base = Tracked::exact(x) / &Tracked::exact(7.0);
            let by_product = super::super::power(&base, f64::from(whole));
            let by_pow = base.pow(&Tracked::exact(f64::from(whole)));
            prop_assert!((by_product.value - by_pow.value).abs() <= by_product.error + by_pow.error);
        }
    }
}
