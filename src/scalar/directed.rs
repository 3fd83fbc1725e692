//! Sums, products, quotients and roots of `f64`, rounded down or up.

/// Products and dividends of at least this size have an error that is a number again: 2⁻⁹⁶⁰, well above 2⁻¹⁰²² 2⁵³.
const ERROR_REPRESENTABLE: f64 = f64::from_bits((1023 - 960) << 52);

/// The smallest positive number.
pub(super) const TINY: f64 = f64::from_bits(1);

/// A lower bound on `a + b`, the sum itself if it is a number: ends of intervals, so never `∞ − ∞`.
#[inline]
pub(super) fn add_down(a: f64, b: f64) -> f64 {
    let (sum, error) = two_sum(a, b);
    // A NaN error (overflow) steps as well.
    if error >= 0.0 { sum } else { sum.next_down() }
}

/// An upper bound on `a + b`.
#[inline]
pub(super) fn add_up(a: f64, b: f64) -> f64 {
    let (sum, error) = two_sum(a, b);
    if error <= 0.0 { sum } else { sum.next_up() }
}

/// Knuth's two-sum: the rounded sum and its exact error, NaN if something overflowed.
#[inline]
fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let b_part = sum - a;
    (sum, (a - (sum - b_part)) + (b - b_part))
}

/// A lower bound on `ab`; `0·∞` is 0, as it is for ends of intervals.
#[inline]
pub(super) fn mul_down(a: f64, b: f64) -> f64 {
    let product = a * b;
    if product.abs() >= ERROR_REPRESENTABLE {
        return if a.mul_add(b, -product) >= 0.0 { product } else { product.next_down() };
    }
    small_down(product, a == 0.0 || b == 0.0, (a > 0.0) == (b > 0.0))
}

/// An upper bound on `ab`.
#[inline]
pub(super) fn mul_up(a: f64, b: f64) -> f64 {
    -mul_down(-a, b)
}

/// A lower bound on `a/b`, `b ≠ 0`.
#[inline]
pub(super) fn div_down(a: f64, b: f64) -> f64 {
    let quotient = a / b;
    let exact_remainder = a.abs() >= ERROR_REPRESENTABLE && quotient.abs() >= f64::MIN_POSITIVE;
    if exact_remainder && quotient.is_finite() && b.is_finite() {
        // a/b − q has the sign of (a − qb)/b.
        let remainder = (-quotient).mul_add(b, a);
        let below = if b > 0.0 { remainder < 0.0 } else { remainder > 0.0 };
        return if below { quotient.next_down() } else { quotient };
    }
    if quotient.abs() == f64::INFINITY {
        return quotient.next_down();
    }
    // The limit as the divisor grows; `∞/∞` included, whose other limits the other ends give.
    small_down(quotient, a == 0.0 || b.is_infinite(), (a > 0.0) == (b > 0.0))
}

/// An upper bound on `a/b`, `b ≠ 0`.
#[inline]
pub(super) fn div_up(a: f64, b: f64) -> f64 {
    -div_down(-a, b)
}

/// A step down from a rounded result whose error cannot be had, but not past zero if the result is known to be positive.
#[inline]
fn small_down(rounded: f64, is_zero: bool, positive: bool) -> f64 {
    if is_zero {
        0.0
    } else if rounded == 0.0 {
        if positive { 0.0 } else { -TINY }
    } else {
        rounded.next_down()
    }
}

/// A lower bound on `√x` for `x ≥ 0`.
#[inline]
pub(super) fn sqrt_down(x: f64) -> f64 {
    let root = x.sqrt();
    if x >= ERROR_REPRESENTABLE && root.is_finite() {
        return if (-root).mul_add(root, x) < 0.0 { root.next_down() } else { root };
    }
    // Next to underflow the root is far from it, and never below zero.
    if x == 0.0 { 0.0 } else { root.next_down() }
}

/// An upper bound on `√x` for `x ≥ 0`.
#[inline]
pub(super) fn sqrt_up(x: f64) -> f64 {
    let root = x.sqrt();
    if x >= ERROR_REPRESENTABLE && root.is_finite() {
        return if (-root).mul_add(root, x) > 0.0 { root.next_up() } else { root };
    }
    if x == 0.0 { 0.0 } else { root.next_up() }
}
