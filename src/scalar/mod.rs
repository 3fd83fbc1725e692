//! One set of formulas, many number systems.
//!
//! Every formula of the paper is written once, generic over [`Scalar`], and is evaluated in `f64`, in running error
//! analysis ([`Tracked`]), in rigorous intervals ([`Interval`]), and with the feature `precise` in multiple precision
//! (`Multi`) and in intervals of multiple precision (`MultiInterval`); [`TaylorSeries`] adds Taylor coefficients to any of
//! them. Hence the trait asks for no `Copy` (a
//! multiple-precision number owns memory), no context-free constants (a constant must know the precision it is
//! wanted at, so constants are made [`Scalar::lift`]ed "like" an existing number), and operators that take
//! their right-hand side by reference (so that nothing is cloned that need not be).

mod binary;
mod directed;
mod interval;
mod interval_arithmetic;
mod largest;
#[cfg(test)]
mod laws;
#[cfg(feature = "precise")]
mod multi;
#[cfg(feature = "precise")]
mod multi_interval;
mod series;
mod tracked;

pub use binary::{exponent, odd_dyadic, significand, times_power_of_two};
pub use interval::{Interval, IntervalError};
pub use largest::largest_or_nan;
#[cfg(feature = "precise")]
pub use multi::{LEAST_BITS, MOST_BITS, Multi, PrecisionError};
#[cfg(feature = "precise")]
pub use multi_interval::MultiInterval;
pub use series::TaylorSeries;
pub use tracked::{Tracked, UNIT_ROUNDOFF, tracked};

use std::fmt::Debug;
use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub, SubAssign};

/// A real number as the formulas see it.
pub trait Scalar:
    Clone
    + Debug
    + PartialOrd
    + Send
    + Sync
    + 'static
    + Neg<Output = Self>
    + for<'a> Add<&'a Self, Output = Self>
    + for<'a> Sub<&'a Self, Output = Self>
    + for<'a> Mul<&'a Self, Output = Self>
    + for<'a> Div<&'a Self, Output = Self>
    + for<'a> AddAssign<&'a Self>
    + for<'a> SubAssign<&'a Self>
{
    /// The number `x`, exactly, at the precision of `self`.
    fn lift(&self, x: f64) -> Self;
    /// The nearest `f64` (of an interval: of its midpoint).
    fn to_f64(&self) -> f64;
    /// The nearest `f64`; of an interval one that no member is above.
    fn upper_f64(&self) -> f64 {
        self.to_f64()
    }
    /// `|self|`.
    fn abs(&self) -> Self;
    /// `e^self`.
    fn exp(&self) -> Self;
    /// The natural logarithm; NaN below zero.
    fn ln(&self) -> Self;
    /// The square root; NaN below zero.
    fn sqrt(&self) -> Self;
    /// `self^exponent` for `self > 0`.
    fn pow(&self, exponent: &Self) -> Self;
    /// True for a number that is neither infinite nor NaN.
    fn is_finite(&self) -> bool;

    /// True for a number so small that it has fewer digits than others and does not say so: a subnormal `f64`.
    fn is_subnormal(&self) -> bool {
        false
    }

    /// `max(self, 0)`.
    fn positive_part(&self) -> Self;
    /// 1 for a positive number, else 0.
    fn step(&self) -> Self;

    /// The larger of two; of intervals the interval that the larger of the two members is in.
    fn larger(&self, other: &Self) -> Self {
        if other > self { other.clone() } else { self.clone() }
    }

    /// Zero at the precision of `self`.
    fn zero_like(&self) -> Self {
        self.lift(0.0)
    }

    /// True if `self` is exactly zero.
    fn is_zero(&self) -> bool {
        *self == self.zero_like()
    }
}

impl Scalar for f64 {
    #[inline]
    fn lift(&self, x: f64) -> f64 {
        x
    }
    #[inline]
    fn to_f64(&self) -> f64 {
        *self
    }
    #[inline]
    fn abs(&self) -> f64 {
        f64::abs(*self)
    }
    #[inline]
    fn exp(&self) -> f64 {
        f64::exp(*self)
    }
    #[inline]
    fn ln(&self) -> f64 {
        f64::ln(*self)
    }
    #[inline]
    fn sqrt(&self) -> f64 {
        f64::sqrt(*self)
    }
    #[inline]
    fn pow(&self, exponent: &f64) -> f64 {
        self.powf(*exponent)
    }
    #[inline]
    fn is_finite(&self) -> bool {
        f64::is_finite(*self)
    }
    #[inline]
    fn is_subnormal(&self) -> bool {
        f64::is_subnormal(*self)
    }
    #[inline]
    fn positive_part(&self) -> f64 {
        // Not `max`: that would turn a NaN into 0.
        if *self < 0.0 { 0.0 } else { *self }
    }
    #[inline]
    fn step(&self) -> f64 {
        if *self > 0.0 { 1.0 } else { *self * 0.0 }
    }
}

/// `base^exponent` for `base ≥ 0` and real `exponent > 0`, with `0^exponent = 0`.
///
/// Whole exponents up to 64 are multiplied out, so that the result is a polynomial of the input: exact in
/// rationals, tight in intervals, within `exponent` roundings in floating point.
pub fn power<S: Scalar>(base: &S, exponent: f64) -> S {
    const LARGEST_WHOLE: f64 = 64.0;
    if base.is_zero() {
        return base.clone();
    }
    if exponent.fract() == 0.0 && (1.0..=LARGEST_WHOLE).contains(&exponent) {
        let mut product = base.clone();
        for _ in 1..exponent as u32 {
            product = product * base;
        }
        return product;
    }
    // Correctly rounded in every number system, and many times faster in multiple precision.
    if exponent == 0.5 {
        return base.sqrt();
    }
    base.pow(&base.lift(exponent))
}

/// `x·e^t`, with the exponential split in two so that neither factor over- or underflows when the product
/// does not: `x = 10^{-300}`, `t = 1000` is `10^{134}`, although `e^{1000}` is infinite.
pub fn scale_by_exp<S: Scalar>(x: &S, t: &S) -> S {
    let half = (t.clone() / &t.lift(2.0)).exp();
    x.clone() * &half * &half
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_powers_are_products_and_zero_stays_zero() {
        assert_eq!(power(&3.0, 2.0), 9.0);
        assert_eq!(power(&3.0, 1.0), 3.0);
        assert_eq!(power(&0.0, 0.5), 0.0);
        assert_eq!(power(&2.25, 0.5), 1.5);
    }

    #[test]
    fn split_exponential_survives_where_one_factor_would_overflow() {
        let y = scale_by_exp(&1e-300, &1000.0);
        let log_of_x = 300.0 * std::f64::consts::LN_10;
        let expected = (1000.0 - log_of_x).exp();
        // The constant ln 10 and its product with 300 are each rounded (relative u at 691), the difference once (at
        // 309); the exponentials and products add a dozen u.
        let bound = (2.0 * log_of_x + (1000.0 - log_of_x) + 12.0) * UNIT_ROUNDOFF;
        assert!((y / expected - 1.0).abs() < bound);
    }
}
