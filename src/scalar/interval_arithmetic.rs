//! Order and arithmetic of intervals, rounded outwards.

use std::cmp::Ordering;
use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub, SubAssign};

use super::directed::{add_down, add_up, div_down, div_up, mul_down, mul_up};
use super::interval::Interval;

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
        // Two products instead of eight where no sign changes within an operand.
        let (positive, other_positive) = (self.lo >= 0.0, other.lo >= 0.0);
        let (negative, other_negative) = (self.hi <= 0.0, other.hi <= 0.0);
        let (lo, hi) = if positive && other_positive {
            ((self.lo, other.lo), (self.hi, other.hi))
        } else if negative && other_positive {
            ((self.lo, other.hi), (self.hi, other.lo))
        } else if positive && other_negative {
            ((self.hi, other.lo), (self.lo, other.hi))
        } else if negative && other_negative {
            ((self.hi, other.hi), (self.lo, other.lo))
        } else {
            return product_across_zero(self, other);
        };
        Interval { lo: mul_down(lo.0, lo.1), hi: mul_up(hi.0, hi.1) }
    }
}

/// The product if zero is inside of one of the two, or one is invalid.
#[inline(never)]
fn product_across_zero(a: Interval, b: &Interval) -> Interval {
    if a.is_invalid() || b.is_invalid() { Interval::INVALID } else { corners(a, b, mul_down, mul_up) }
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
