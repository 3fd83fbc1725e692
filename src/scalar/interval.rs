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

use super::Scalar;
use super::directed::{add_up, sqrt_down, sqrt_up};

/// All real numbers between two ends.
#[derive(Clone, Copy, Debug)]
pub struct Interval {
    pub(super) lo: f64,
    pub(super) hi: f64,
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
    use super::super::directed::TINY;
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
