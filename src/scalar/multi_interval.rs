//! Intervals with ends of any precision and directed rounding in MPFR: the reference that [`Interval`] is held
//! against. Conventions as there.

use std::cmp::Ordering;
use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub, SubAssign};

use rug::Float;
use rug::float::Round::{self, Down, Up};
use rug::ops::Pow;

use super::interval_arithmetic::sure_order;
use super::multi::check_bits;
use super::{Interval, Multi, PrecisionError, Scalar};

/// All real numbers between two ends.
#[derive(Clone, Debug)]
pub struct MultiInterval {
    lo: Float,
    hi: Float,
}

impl MultiInterval {
    /// The number `x` alone, with ends of `bits`; invalid for a NaN or an infinity.
    ///
    /// # Errors
    /// A precision out of the range of [`Multi`].
    pub fn point(bits: u32, x: f64) -> Result<Self, PrecisionError> {
        check_bits(bits)?;
        Ok(Self::lifted(bits, x))
    }

    /// The members of an interval of `f64`, with ends of `bits`.
    ///
    /// # Errors
    /// A precision out of the range of [`Multi`].
    pub fn from_interval(bits: u32, interval: &Interval) -> Result<Self, PrecisionError> {
        check_bits(bits)?;
        Ok(MultiInterval { lo: Float::with_val(bits, interval.lo()), hi: Float::with_val(bits, interval.hi()) })
    }

    fn lifted(bits: u32, x: f64) -> Self {
        let end = Float::with_val(bits, if x.is_finite() { x } else { f64::NAN });
        MultiInterval { lo: end.clone(), hi: end }
    }

    fn invalid(bits: u32) -> Self {
        Self::lifted(bits, f64::NAN)
    }

    fn whole(bits: u32) -> Self {
        MultiInterval { lo: Float::with_val(bits, f64::NEG_INFINITY), hi: Float::with_val(bits, f64::INFINITY) }
    }

    /// The lower end.
    pub fn lo(&self) -> &Float {
        &self.lo
    }

    /// The upper end.
    pub fn hi(&self) -> &Float {
        &self.hi
    }

    /// The precision of the ends in bits.
    pub fn bits(&self) -> u32 {
        self.lo.prec()
    }

    /// True if there is no result; see [`Interval::INVALID`].
    pub fn is_invalid(&self) -> bool {
        self.lo.is_nan()
    }

    /// True if the number is a member.
    pub fn contains(&self, x: &Multi) -> bool {
        x.is_finite() && self.lo <= *x.as_float() && *x.as_float() <= self.hi
    }

    /// The smallest interval of `f64` that encloses this one.
    pub fn outwards(&self) -> Interval {
        // A lower end beyond MAX rounds down to MAX and an upper one to ∞, so the ends make an interval.
        Interval::new(self.lo.to_f64_round(Down), self.hi.to_f64_round(Up)).unwrap_or(Interval::INVALID)
    }

    fn contains_zero(&self) -> bool {
        self.lo <= 0 && self.hi >= 0
    }

    /// Least and greatest of the four values at the corners.
    fn corners(&self, other: &Self, at: impl Fn(u32, &Float, &Float, Round) -> Float) -> Self {
        let bits = self.bits().max(other.bits());
        let pairs = [(&self.lo, &other.lo), (&self.lo, &other.hi), (&self.hi, &other.lo), (&self.hi, &other.hi)];
        let values = |round: Round| pairs.map(|(a, b)| at(bits, a, b, round));
        let [a, b, c, d] = values(Down);
        let lo = a.min(&b).min(&c).min(&d);
        let [a, b, c, d] = values(Up);
        MultiInterval { lo, hi: a.max(&b).max(&c).max(&d) }
    }

    /// An increasing function, applied to both ends.
    fn increasing(&self, at: impl Fn(&mut Float, Round)) -> Self {
        let (mut lo, mut hi) = (self.lo.clone(), self.hi.clone());
        at(&mut lo, Down);
        at(&mut hi, Up);
        MultiInterval { lo, hi }
    }
}

impl PartialEq for MultiInterval {
    fn eq(&self, other: &Self) -> bool {
        self.partial_cmp(other) == Some(Ordering::Equal)
    }
}

impl PartialOrd for MultiInterval {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        sure_order((&self.lo, &self.hi), (&other.lo, &other.hi))
    }
}

impl Neg for MultiInterval {
    type Output = Self;
    fn neg(self) -> Self {
        MultiInterval { lo: -self.hi, hi: -self.lo }
    }
}

impl Add<&MultiInterval> for MultiInterval {
    type Output = Self;
    fn add(self, other: &Self) -> Self {
        let bits = self.bits().max(other.bits());
        MultiInterval {
            lo: Float::with_val_round(bits, &self.lo + &other.lo, Down).0,
            hi: Float::with_val_round(bits, &self.hi + &other.hi, Up).0,
        }
    }
}

impl Sub<&MultiInterval> for MultiInterval {
    type Output = Self;
    fn sub(self, other: &Self) -> Self {
        let bits = self.bits().max(other.bits());
        MultiInterval {
            lo: Float::with_val_round(bits, &self.lo - &other.hi, Down).0,
            hi: Float::with_val_round(bits, &self.hi - &other.lo, Up).0,
        }
    }
}

impl Mul<&MultiInterval> for MultiInterval {
    type Output = Self;
    fn mul(self, other: &Self) -> Self {
        if self.is_invalid() || other.is_invalid() {
            return Self::invalid(self.bits().max(other.bits()));
        }
        self.corners(other, |bits, a, b, round| {
            // 0·∞ is 0 for ends of intervals.
            if a.is_zero() || b.is_zero() {
                return Float::new(bits);
            }
            Float::with_val_round(bits, a * b, round).0
        })
    }
}

impl Div<&MultiInterval> for MultiInterval {
    type Output = Self;
    fn div(self, other: &Self) -> Self {
        let bits = self.bits().max(other.bits());
        if self.is_invalid() || other.is_invalid() {
            return Self::invalid(bits);
        }
        if other.contains_zero() {
            return Self::whole(bits);
        }
        self.corners(other, |bits, a, b, round| {
            if b.is_infinite() {
                return Float::new(bits);
            }
            Float::with_val_round(bits, a / b, round).0
        })
    }
}

impl AddAssign<&MultiInterval> for MultiInterval {
    fn add_assign(&mut self, other: &Self) {
        *self = self.clone() + other;
    }
}

impl SubAssign<&MultiInterval> for MultiInterval {
    fn sub_assign(&mut self, other: &Self) {
        *self = self.clone() - other;
    }
}

impl Scalar for MultiInterval {
    fn lift(&self, x: f64) -> Self {
        Self::lifted(self.bits(), x)
    }

    fn to_f64(&self) -> f64 {
        match (self.lo.is_infinite(), self.hi.is_infinite()) {
            (true, true) => 0.0,
            (true, false) => -f64::MAX,
            (false, true) => f64::MAX,
            // One bit more keeps the sum exact enough to stay between the ends.
            (false, false) => Float::with_val(self.bits() + 1, &self.lo + &self.hi).to_f64() / 2.0,
        }
    }

    fn upper_f64(&self) -> f64 {
        self.hi.to_f64_round(Up)
    }

    fn abs(&self) -> Self {
        if self.lo >= 0 || self.is_invalid() {
            self.clone()
        } else if self.hi <= 0 {
            -self.clone()
        } else {
            MultiInterval { lo: Float::new(self.bits()), hi: (-self.lo.clone()).max(&self.hi) }
        }
    }

    fn exp(&self) -> Self {
        self.increasing(|end, round| {
            end.exp_round(round);
        })
    }

    fn ln(&self) -> Self {
        if self.is_invalid() || self.hi <= 0 {
            return Self::invalid(self.bits());
        }
        let inside = MultiInterval { lo: self.lo.clone().max(&Float::new(self.bits())), hi: self.hi.clone() };
        inside.increasing(|end, round| {
            end.ln_round(round);
        })
    }

    fn sqrt(&self) -> Self {
        if self.is_invalid() || self.hi < 0 {
            return Self::invalid(self.bits());
        }
        let inside = MultiInterval { lo: self.lo.clone().max(&Float::new(self.bits())), hi: self.hi.clone() };
        inside.increasing(|end, round| {
            end.sqrt_round(round);
        })
    }

    fn pow(&self, exponent: &Self) -> Self {
        let bits = self.bits().max(exponent.bits());
        if self.is_invalid() || exponent.is_invalid() || self.hi < 0 || (self.hi == 0 && exponent.hi < 0) {
            return Self::invalid(bits);
        }
        if !exponent.is_finite() {
            return MultiInterval { lo: Float::new(bits), hi: Float::with_val(bits, f64::INFINITY) };
        }
        // Plus zero, or an odd negative power of −0 would be −∞.
        let positive = |end: &Float| if *end <= 0 { Float::new(bits) } else { end.clone() };
        let inside = MultiInterval { lo: positive(&self.lo), hi: positive(&self.hi) };
        inside.corners(exponent, |bits, base, exponent, round| Float::with_val_round(bits, base.pow(exponent), round).0)
    }

    fn is_finite(&self) -> bool {
        self.lo.is_finite() && self.hi.is_finite()
    }

    fn is_zero(&self) -> bool {
        self.lo.is_zero() && self.hi.is_zero()
    }

    fn positive_part(&self) -> Self {
        let part = |end: &Float| if *end < 0 { Float::new(end.prec()) } else { end.clone() };
        MultiInterval { lo: part(&self.lo), hi: part(&self.hi) }
    }

    fn step(&self) -> Self {
        if self.is_invalid() {
            return self.clone();
        }
        let step = |end: &Float| Float::with_val(end.prec(), u8::from(*end > 0));
        MultiInterval { lo: step(&self.lo), hi: step(&self.hi) }
    }

    fn larger(&self, other: &Self) -> Self {
        if self.is_invalid() || other.is_invalid() {
            return Self::invalid(self.bits().max(other.bits()));
        }
        MultiInterval { lo: self.lo.clone().max(&other.lo), hi: self.hi.clone().max(&other.hi) }
    }
}
