//! Sums, products, quotients and roots of `f64`, rounded down or up.

/// Products and dividends of at least this size have an error that is a number again: 2⁻⁹⁶⁰, well above 2⁻¹⁰²² 2⁵³.
const ERROR_REPRESENTABLE: f64 = f64::from_bits((1023 - 960) << 52);

/// The smallest positive number.
pub(super) const TINY: f64 = f64::from_bits(1);

/// `x.next_down()` if `inexact`, else `x`; zero must be exact. Whether a result was rounded up is as good as random, so a branch
/// on it would be predicted wrongly half of the time: this has none.
#[inline]
fn stepped_down(x: f64, inexact: bool) -> f64 {
    // Nothing is below −∞, and a NaN stays what it is: neither compares greater.
    let steps = i64::from(inexact & (x > f64::NEG_INFINITY));
    let towards = if x > 0.0 { -steps } else { steps };
    f64::from_bits(x.to_bits().wrapping_add_signed(towards))
}

/// A lower bound on `a + b`, the sum itself if it is a number: ends of intervals, so never `∞ − ∞`.
#[inline]
pub(super) fn add_down(a: f64, b: f64) -> f64 {
    let (sum, error) = two_sum(a, b);
    // A NaN error (overflow) steps as well; a sum that is zero is exact.
    let exact_or_below = error >= 0.0;
    stepped_down(sum, !exact_or_below)
}

/// An upper bound on `a + b`.
#[inline]
pub(super) fn add_up(a: f64, b: f64) -> f64 {
    let (sum, error) = two_sum(a, b);
    let exact_or_above = error <= 0.0;
    -stepped_down(-sum, !exact_or_above)
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
        let exact_or_below = a.mul_add(b, -product) >= 0.0;
        return stepped_down(product, !exact_or_below);
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
        return stepped_down(quotient, below);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_without_a_branch_is_that_of_the_standard_library() {
        let edges = [f64::MIN_POSITIVE, TINY, 1.0, f64::MAX, f64::INFINITY, 2.0_f64.powi(-960), 0.1];
        for x in edges.into_iter().flat_map(|x| [x, -x]) {
            assert_eq!(stepped_down(x, true).to_bits(), x.next_down().to_bits(), "{x:e}");
            assert_eq!(stepped_down(x, false).to_bits(), x.to_bits(), "{x:e}");
        }
        assert!(stepped_down(f64::NAN, true).is_nan() && stepped_down(f64::NAN, false).is_nan());
        // What is exact is not stepped, zeros keep their sign, and what overflows stays a bound on its side.
        assert_eq!((add_down(1.0, -1.0).to_bits(), add_up(1.0, -1.0).to_bits()), (0, 0));
        assert_eq!((add_down(f64::MAX, f64::MAX), add_up(f64::MAX, f64::MAX)), (f64::MAX, f64::INFINITY));
        assert_eq!((add_down(f64::MIN, f64::MIN), add_up(f64::MIN, f64::MIN)), (f64::NEG_INFINITY, f64::MIN));
        assert_eq!((add_down(1.0, TINY), add_up(1.0, TINY)), (1.0, 1.0_f64.next_up()));
        assert_eq!((add_down(-1.0, TINY), add_up(-1.0, TINY)), (-1.0, (-1.0_f64).next_up()));
        assert_eq!((mul_down(f64::MAX, 2.0), mul_up(f64::MAX, 2.0)), (f64::MAX, f64::INFINITY));
    }
}
