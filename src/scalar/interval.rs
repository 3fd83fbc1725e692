//! Rigorous intervals of `f64`: every operation encloses the true result, whatever rounding does.
//!
//! Arithmetic rounds to nearest and then looks at the error of that rounding, which a two-sum or a fused
//! multiply-add gives exactly: only the end that rounding moved inwards steps outwards by one number, and an exact
//! result of exact operands stays a point. Where the error cannot be had (near underflow and overflow) both ends step.
//! The processor's rounding mode is never touched. `exp`, `ln` and `pow` are correctly rounded by `core-math`; one step
//! outwards encloses them.
//!
//! Conventions:
//! - `lo ≤ hi`, `lo < ∞`, `hi > −∞`; an infinite end means unbounded on that side, `∞` itself is never contained. A
//!   result that overflows upwards is `[MAX, ∞]`.
//! - [`Interval::INVALID`] (both ends NaN) contains nothing and says that there is no result: a NaN or an infinity was
//!   lifted, or a function was applied wholly outside its domain. It spreads like a NaN.
//! - A function applied partly outside its domain gives the results of the part inside: `ln [−1, e] = [−∞, 1]`.
//! - Division by an interval that contains zero gives [`Interval::WHOLE`], `0/0` included.
//! - Zeros have no sign: `[−0, 0]` equals the point 0.
//! - Comparisons hold only if they hold for all members: `a < b` if `a.hi < b.lo`, `a == b` only for equal points,
//!   and no order (`None`) if the intervals overlap. An interval that is not a point does not equal itself.

use std::cmp::Ordering;
use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub, SubAssign};

use super::Scalar;

/// Products and dividends of at least this size have an error that is a number again: 2⁻⁹⁶⁰, well above 2⁻¹⁰²² 2⁵³.
const ERROR_REPRESENTABLE: f64 = f64::from_bits((1023 - 960) << 52);

/// The smallest positive number.
const TINY: f64 = f64::from_bits(1);

/// All real numbers between two ends.
#[derive(Clone, Copy, Debug)]
pub struct Interval {
    lo: f64,
    hi: f64,
}

/// Ends that make no interval.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error(
    "[{lo}, {hi}] is no interval; give lo ≤ hi, neither of them NaN, lo below infinity and hi above minus infinity"
)]
pub struct IntervalError {
    /// The lower end asked for.
    pub lo: f64,
    /// The upper end asked for.
    pub hi: f64,
}

impl Interval {
    /// Every real number.
    pub const WHOLE: Interval = Interval { lo: f64::NEG_INFINITY, hi: f64::INFINITY };
    /// No result; contains nothing.
    pub const INVALID: Interval = Interval { lo: f64::NAN, hi: f64::NAN };

    /// The number `x` alone; [`Interval::INVALID`] for a NaN or an infinity.
    #[inline]
    pub fn point(x: f64) -> Self {
        if x.is_finite() { Interval { lo: x, hi: x } } else { Interval::INVALID }
    }

    /// All numbers from `lo` to `hi`.
    ///
    /// # Errors
    /// `lo > hi`, a NaN, or an interval without a real number (`lo = ∞` or `hi = −∞`).
    pub fn new(lo: f64, hi: f64) -> Result<Self, IntervalError> {
        if lo <= hi && lo < f64::INFINITY && hi > f64::NEG_INFINITY {
            Ok(Interval { lo, hi })
        } else {
            Err(IntervalError { lo, hi })
        }
    }

    /// The lower end; −∞ if unbounded, NaN if invalid.
    #[inline]
    pub fn lo(&self) -> f64 {
        self.lo
    }

    /// The upper end; ∞ if unbounded, NaN if invalid.
    #[inline]
    pub fn hi(&self) -> f64 {
        self.hi
    }

    /// True for [`Interval::INVALID`].
    #[inline]
    pub fn is_invalid(&self) -> bool {
        self.lo.is_nan()
    }

    /// True if it holds one number only.
    #[inline]
    pub fn is_point(&self) -> bool {
        self.lo == self.hi
    }

    /// True if the number `x` is a member; infinities and NaN never are.
    pub fn contains(&self, x: f64) -> bool {
        x.is_finite() && self.lo <= x && x <= self.hi
    }

    /// True if every member of `other` is a member; nothing is known of an invalid interval, so it is in none.
    pub fn encloses(&self, other: &Interval) -> bool {
        self.lo <= other.lo && other.hi <= self.hi
    }

    /// The smallest interval that encloses both; invalid if one of them is.
    pub fn hull(&self, other: &Interval) -> Interval {
        if self.is_invalid() || other.is_invalid() {
            return Interval::INVALID;
        }
        Interval { lo: self.lo.min(other.lo), hi: self.hi.max(other.hi) }
    }

    /// The common members; `None` if there are none, or one of the two is invalid.
    pub fn intersect(&self, other: &Interval) -> Option<Interval> {
        if self.is_invalid() || other.is_invalid() {
            return None;
        }
        Interval::new(self.lo.max(other.lo), self.hi.min(other.hi)).ok()
    }

    /// An upper bound on `hi − lo`; NaN if invalid.
    pub fn width(&self) -> f64 {
        if self.is_point() { 0.0 } else { add_up(self.hi, -self.lo) }
    }

    /// A member near the middle: the rounded midpoint, the largest finite number of that side for a half-line, 0 for
    /// the whole line, NaN if invalid.
    pub fn midpoint(&self) -> f64 {
        match (self.lo == f64::NEG_INFINITY, self.hi == f64::INFINITY) {
            (true, true) => 0.0,
            (true, false) => -f64::MAX,
            (false, true) => f64::MAX,
            (false, false) => f64::midpoint(self.lo, self.hi),
        }
    }

    /// The largest absolute value of a member; NaN if invalid.
    pub fn magnitude(&self) -> f64 {
        if self.is_invalid() { f64::NAN } else { self.lo.abs().max(self.hi.abs()) }
    }

    /// The smallest absolute value of a member; NaN if invalid.
    pub fn mignitude(&self) -> f64 {
        if self.is_invalid() {
            f64::NAN
        } else if self.contains(0.0) {
            0.0
        } else {
            self.lo.abs().min(self.hi.abs())
        }
    }

    /// Encloses a function whose correctly rounded values at the ends are `lo` and `hi`.
    #[inline]
    fn stepped_out(lo: f64, hi: f64) -> Interval {
        Interval { lo: lo.next_down(), hi: hi.next_up() }
    }
}

/// A lower bound on `a + b`, the sum itself if it is a number: ends of intervals, so never `∞ − ∞`.
#[inline]
fn add_down(a: f64, b: f64) -> f64 {
    let (sum, error) = two_sum(a, b);
    // A NaN error (overflow) steps as well.
    if error >= 0.0 { sum } else { sum.next_down() }
}

/// An upper bound on `a + b`.
#[inline]
fn add_up(a: f64, b: f64) -> f64 {
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
fn mul_down(a: f64, b: f64) -> f64 {
    let product = a * b;
    if product.abs() >= ERROR_REPRESENTABLE {
        return if a.mul_add(b, -product) >= 0.0 { product } else { product.next_down() };
    }
    small_down(product, a == 0.0 || b == 0.0, (a > 0.0) == (b > 0.0))
}

/// An upper bound on `ab`.
#[inline]
fn mul_up(a: f64, b: f64) -> f64 {
    -mul_down(-a, b)
}

/// A lower bound on `a/b`, `b ≠ 0`.
#[inline]
fn div_down(a: f64, b: f64) -> f64 {
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
fn div_up(a: f64, b: f64) -> f64 {
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
fn sqrt_down(x: f64) -> f64 {
    let root = x.sqrt();
    if x >= ERROR_REPRESENTABLE && root.is_finite() {
        return if (-root).mul_add(root, x) < 0.0 { root.next_down() } else { root };
    }
    // Next to underflow the root is far from it, and never below zero.
    if x == 0.0 { 0.0 } else { root.next_down() }
}

/// An upper bound on `√x` for `x ≥ 0`.
#[inline]
fn sqrt_up(x: f64) -> f64 {
    let root = x.sqrt();
    if x >= ERROR_REPRESENTABLE && root.is_finite() {
        return if (-root).mul_add(root, x) > 0.0 { root.next_up() } else { root };
    }
    if x == 0.0 { 0.0 } else { root.next_up() }
}

/// Least and greatest of the four values at the corners.
#[inline]
fn corners(a: Interval, b: &Interval, down: fn(f64, f64) -> f64, up: fn(f64, f64) -> f64) -> Interval {
    let least = |f: fn(f64, f64) -> f64| f(a.lo, b.lo).min(f(a.lo, b.hi)).min(f(a.hi, b.lo).min(f(a.hi, b.hi)));
    let greatest = |f: fn(f64, f64) -> f64| f(a.lo, b.lo).max(f(a.lo, b.hi)).max(f(a.hi, b.lo).max(f(a.hi, b.hi)));
    Interval { lo: least(down), hi: greatest(up) }
}

/// The order of two unknown numbers, if it is the same wherever they lie in their intervals, given as (lo, hi). Equal
/// are equal points only: two unknown numbers of the same interval need not be.
#[inline]
pub(super) fn sure_order<T: PartialOrd>(a: (&T, &T), b: (&T, &T)) -> Option<Ordering> {
    if a.1 < b.0 {
        Some(Ordering::Less)
    } else if a.0 > b.1 {
        Some(Ordering::Greater)
    } else if a.0 == a.1 && b.0 == b.1 && a.0 == b.0 {
        Some(Ordering::Equal)
    } else {
        None
    }
}

impl PartialEq for Interval {
    #[inline]
    fn eq(&self, other: &Interval) -> bool {
        self.partial_cmp(other) == Some(Ordering::Equal)
    }
}

impl PartialOrd for Interval {
    #[inline]
    fn partial_cmp(&self, other: &Interval) -> Option<Ordering> {
        sure_order((&self.lo, &self.hi), (&other.lo, &other.hi))
    }
}

impl Neg for Interval {
    type Output = Interval;
    #[inline]
    fn neg(self) -> Interval {
        Interval { lo: -self.hi, hi: -self.lo }
    }
}

impl Add<&Interval> for Interval {
    type Output = Interval;
    #[inline]
    fn add(self, other: &Interval) -> Interval {
        Interval { lo: add_down(self.lo, other.lo), hi: add_up(self.hi, other.hi) }
    }
}

impl Sub<&Interval> for Interval {
    type Output = Interval;
    #[inline]
    fn sub(self, other: &Interval) -> Interval {
        self + &-*other
    }
}

impl Mul<&Interval> for Interval {
    type Output = Interval;
    #[inline]
    fn mul(self, other: &Interval) -> Interval {
        if self.lo >= 0.0 && other.lo >= 0.0 {
            return Interval { lo: mul_down(self.lo, other.lo), hi: mul_up(self.hi, other.hi) };
        }
        // Two products instead of eight where no sign changes within an operand.
        if self.hi <= 0.0 && self.lo < 0.0 {
            return -(-self * other);
        }
        if other.hi <= 0.0 && other.lo < 0.0 {
            return -(self * &-*other);
        }
        if self.is_invalid() || other.is_invalid() {
            return Interval::INVALID;
        }
        corners(self, other, mul_down, mul_up)
    }
}

impl Div<&Interval> for Interval {
    type Output = Interval;
    #[inline]
    fn div(self, other: &Interval) -> Interval {
        if self.lo >= 0.0 && other.lo > 0.0 {
            return Interval { lo: div_down(self.lo, other.hi), hi: div_up(self.hi, other.lo) };
        }
        if self.is_invalid() || other.is_invalid() {
            return Interval::INVALID;
        }
        if other.contains(0.0) {
            return Interval::WHOLE;
        }
        corners(self, other, div_down, div_up)
    }
}

impl AddAssign<&Interval> for Interval {
    #[inline]
    fn add_assign(&mut self, other: &Interval) {
        *self = *self + other;
    }
}

impl SubAssign<&Interval> for Interval {
    #[inline]
    fn sub_assign(&mut self, other: &Interval) {
        *self = *self - other;
    }
}

impl Scalar for Interval {
    /// The point `x`; [`Interval::INVALID`] for a NaN or an infinity.
    #[inline]
    fn lift(&self, x: f64) -> Interval {
        Interval::point(x)
    }

    /// The midpoint: see [`Interval::midpoint`].
    #[inline]
    fn to_f64(&self) -> f64 {
        self.midpoint()
    }

    #[inline]
    fn upper_f64(&self) -> f64 {
        self.hi
    }

    fn abs(&self) -> Interval {
        Interval { lo: self.mignitude(), hi: self.magnitude() }
    }

    fn exp(&self) -> Interval {
        if self.lo == 0.0 && self.hi == 0.0 {
            return Interval::point(1.0);
        }
        if self.is_invalid() {
            return Interval::INVALID;
        }
        let value = core_math::exp(self.lo);
        let out = Interval::stepped_out(value, if self.is_point() { value } else { core_math::exp(self.hi) });
        Interval { lo: out.lo.max(0.0), hi: out.hi }
    }

    fn ln(&self) -> Interval {
        if self.lo == 1.0 && self.hi == 1.0 {
            return Interval::point(0.0);
        }
        // Zero alone has no logarithm either.
        if self.is_invalid() || self.hi <= 0.0 {
            return Interval::INVALID;
        }
        let hi = core_math::log(self.hi);
        let lo = if self.is_point() { hi } else { core_math::log(self.lo.max(0.0)) };
        Interval::stepped_out(lo, hi)
    }

    fn sqrt(&self) -> Interval {
        if self.is_invalid() || self.hi < 0.0 {
            return Interval::INVALID;
        }
        Interval { lo: sqrt_down(self.lo.max(0.0)), hi: sqrt_up(self.hi) }
    }

    /// The power is monotone in the base for every exponent and in the exponent for every base, so its extremes are at
    /// corners. The base is taken as its part ≥ 0; `0^0 = 1`.
    fn pow(&self, exponent: &Interval) -> Interval {
        if self.is_invalid() || exponent.is_invalid() || self.hi < 0.0 {
            return Interval::INVALID;
        }
        if self.hi == 0.0 && exponent.hi < 0.0 {
            return Interval::INVALID;
        }
        if !(exponent.lo.is_finite() && exponent.hi.is_finite()) {
            return Interval { lo: 0.0, hi: f64::INFINITY };
        }
        // Plus zero, or an odd negative power of −0 would be −∞.
        let (a, b) = (self.lo.max(0.0) + 0.0, self.hi + 0.0);
        let at = core_math::pow;
        let (lo, hi) = if a == b && exponent.is_point() {
            let value = at(a, exponent.lo);
            (value, value)
        } else {
            let values = [at(a, exponent.lo), at(a, exponent.hi), at(b, exponent.lo), at(b, exponent.hi)];
            (values.into_iter().fold(f64::INFINITY, f64::min), values.into_iter().fold(0.0, f64::max))
        };
        let out = Interval::stepped_out(lo, hi);
        Interval { lo: out.lo.max(0.0), hi: out.hi }
    }

    /// True if both ends are finite.
    #[inline]
    fn is_finite(&self) -> bool {
        self.lo.is_finite() && self.hi.is_finite()
    }

    #[inline]
    fn is_zero(&self) -> bool {
        self.lo == 0.0 && self.hi == 0.0
    }

    fn positive_part(&self) -> Interval {
        Interval { lo: self.lo.positive_part(), hi: self.hi.positive_part() }
    }

    fn step(&self) -> Interval {
        if self.is_invalid() {
            return Interval::INVALID;
        }
        Interval { lo: if self.lo > 0.0 { 1.0 } else { 0.0 }, hi: if self.hi > 0.0 { 1.0 } else { 0.0 } }
    }

    fn larger(&self, other: &Interval) -> Interval {
        if self.is_invalid() || other.is_invalid() {
            return Interval::INVALID;
        }
        Interval { lo: self.lo.max(other.lo), hi: self.hi.max(other.hi) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(lo: f64, hi: f64) -> Interval {
        Interval::new(lo, hi).unwrap()
    }

    /// The same ends, invalid intervals included.
    fn same(a: Interval, b: Interval) -> bool {
        (a.lo == b.lo && a.hi == b.hi) || (a.is_invalid() && b.is_invalid())
    }

    #[test]
    fn ends_that_make_no_interval_are_refused() {
        let infinity = f64::INFINITY;
        for (lo, hi) in [(1.0, 0.0), (f64::NAN, 1.0), (0.0, f64::NAN), (infinity, infinity), (-infinity, -infinity)] {
            assert!(Interval::new(lo, hi).is_err(), "[{lo}, {hi}]");
        }
        for x in [f64::NAN, infinity, -infinity] {
            assert!(Interval::point(x).is_invalid(), "{x}");
        }
    }

    #[test]
    fn overflow_underflow_and_signed_zeros() {
        let max = Interval::point(f64::MAX);
        let tiny = Interval::point(TINY);
        assert!(same(max + &max, new(f64::MAX, f64::INFINITY)));
        assert!(same(-max - &max, new(f64::NEG_INFINITY, f64::MIN)));
        assert!(same(max * &-max, new(f64::NEG_INFINITY, f64::MIN)));
        assert!(same(max / &tiny, new(f64::MAX, f64::INFINITY)));
        assert!(same(tiny * &tiny, new(0.0, TINY)));
        assert!(same(tiny * &-tiny, new(-TINY, 0.0)));
        assert!(same(tiny / &max, new(0.0, TINY)));
        assert!(same(Interval::point(-1e6).exp(), new(0.0, TINY)));
        assert!(same(Interval::point(1e6).exp(), new(f64::MAX, f64::INFINITY)));
        assert_eq!(Interval::point(-0.0), Interval::point(0.0));
        assert!(Interval::point(-0.0).is_zero());
        assert!(same(Interval::point(1.0) / &Interval::point(-0.0), Interval::WHOLE));
        assert!(same(new(-0.0, 1.0).pow(&Interval::point(-1.0)), new(1.0_f64.next_down(), f64::INFINITY)));
    }

    #[test]
    fn outside_the_domain() {
        let one = Interval::point(1.0);
        assert!(Interval::point(-1.0).ln().is_invalid() && Interval::point(0.0).ln().is_invalid());
        assert!(Interval::point(-1.0).sqrt().is_invalid() && new(-2.0, -1.0).pow(&one).is_invalid());
        assert!(Interval::point(0.0).pow(&-one).is_invalid());
        assert!(same(new(-1.0, 4.0).sqrt(), new(0.0, 2.0)));
        assert_eq!(new(-1.0, 1.0).ln().lo(), f64::NEG_INFINITY);
        assert!(same(new(0.0, 0.0) / &new(-1.0, 1.0), Interval::WHOLE));
        assert!(same(one / &new(0.0, 1.0), Interval::WHOLE));
        for invalid in
            [Interval::INVALID + &one, one * &Interval::INVALID, one / &Interval::INVALID, -Interval::INVALID]
        {
            assert!(
                invalid.is_invalid() && !invalid.is_finite() && !invalid.contains(0.0) && invalid.to_f64().is_nan()
            );
        }
        for invalid in [Interval::INVALID.exp(), Interval::INVALID.abs(), Interval::INVALID.step()] {
            assert!(invalid.is_invalid());
        }
        assert!(one.larger(&Interval::INVALID).is_invalid() && Interval::INVALID.larger(&one).is_invalid());
        assert_eq!(one.partial_cmp(&Interval::INVALID), None);
    }

    #[test]
    fn unbounded_ends() {
        let above = new(2.0, f64::INFINITY);
        assert!(same(above * &Interval::point(0.0), new(0.0, 0.0)));
        assert!(same(above * &-above, new(f64::NEG_INFINITY, -4.0)));
        assert!(same(Interval::point(1.0) / &above, new(0.0, 0.5)));
        assert!(same(above / &above, new(0.0, f64::INFINITY)));
        assert!(same(Interval::WHOLE - &Interval::WHOLE, Interval::WHOLE));
        assert!(same(Interval::WHOLE.exp(), new(0.0, f64::INFINITY)));
        assert_eq!((above.midpoint(), Interval::WHOLE.midpoint()), (f64::MAX, 0.0));
        assert_eq!((above.width(), above.magnitude(), above.mignitude()), (f64::INFINITY, f64::INFINITY, 2.0));
    }

    #[test]
    fn overlapping_intervals_have_no_order() {
        let (a, b) = (new(0.0, 2.0), new(1.0, 3.0));
        assert_eq!(a.partial_cmp(&b), None);
        assert_ne!(a, a);
        assert!(a < new(2.5, 3.0) && new(2.5, 3.0) > a);
        assert!(same(a.larger(&b), new(1.0, 3.0)) && same(a.intersect(&b).unwrap(), new(1.0, 2.0)));
        assert!(same(a.hull(&b), new(0.0, 3.0)) && a.intersect(&new(5.0, 6.0)).is_none());
    }
}
