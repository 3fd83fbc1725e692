//! Multiple precision through MPFR: each number carries its own precision, results are rounded to nearest.

use std::cmp::Ordering;
use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub, SubAssign};

use rug::Float;
use rug::float::Round;
use rug::ops::{Pow, PowAssign};

use super::Scalar;

/// The smallest precision allowed: every `f64` is exact at it.
pub const LEAST_BITS: u32 = 53;

/// The largest: a number of 16 MB.
pub const MOST_BITS: u32 = 1 << 27;

/// What can be wrong with a number of any precision.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PrecisionError {
    /// A precision of `bits` bits was asked for.
    #[error("a precision of {bits} bits was asked for; give {LEAST_BITS} to {MOST_BITS}")]
    BadPrecision {
        /// Bits needed.
        bits: u32,
    },
    /// `text` is no finite decimal number.
    #[error("`{text}` is no finite decimal number; write it like -1.25e-3")]
    NotANumber {
        /// What stands there.
        text: String,
    },
}

/// Refuses a precision out of range.
pub(super) fn check_bits(bits: u32) -> Result<(), PrecisionError> {
    if (LEAST_BITS..=MOST_BITS).contains(&bits) { Ok(()) } else { Err(PrecisionError::BadPrecision { bits }) }
}

/// A floating-point number of any precision from [`LEAST_BITS`] bits; of two operands the larger precision counts.
#[derive(Clone, Debug, PartialEq, PartialOrd)]
pub struct Multi(Float);

impl Multi {
    /// The number `x`, exactly, at a precision of `bits`.
    ///
    /// # Errors
    /// A precision below [`LEAST_BITS`] or above [`MOST_BITS`].
    pub fn from_f64(bits: u32, x: f64) -> Result<Self, PrecisionError> {
        check_bits(bits)?;
        Ok(Multi(Float::with_val(bits, x)))
    }

    /// The number nearest to a decimal one like `-1.25e-3`, at a precision of `bits`.
    ///
    /// # Errors
    /// A precision out of range, or a text that is no finite decimal number.
    pub fn from_decimal(bits: u32, text: &str) -> Result<Self, PrecisionError> {
        check_bits(bits)?;
        let not_a_number = || PrecisionError::NotANumber { text: text.to_owned() };
        // The parser would skip blanks and underscores: `1 2` is not 12.
        if !text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte)) {
            return Err(not_a_number());
        }
        let parsed = Float::parse(text).map_err(|_| not_a_number())?;
        let value = Float::with_val(bits, parsed);
        if value.is_finite() { Ok(Multi(value)) } else { Err(not_a_number()) }
    }

    /// `ln 2` at the precision of `self`.
    pub fn ln_2_like(&self) -> Self {
        Multi(Float::with_val(self.bits(), rug::float::Constant::Log2))
    }

    /// The precision in bits.
    pub fn bits(&self) -> u32 {
        self.0.prec()
    }

    /// The same number rounded to another precision.
    ///
    /// # Errors
    /// A precision out of range.
    pub fn at_bits(&self, bits: u32) -> Result<Self, PrecisionError> {
        check_bits(bits)?;
        Ok(Multi(Float::with_val(bits, &self.0)))
    }

    /// The decimal number of `digits` significant digits (at least one) nearest to `self`.
    pub fn to_decimal(&self, digits: usize) -> String {
        self.0.to_string_radix(10, Some(digits.max(1)))
    }

    /// The decimal number with `places` digits after the point nearest to `self`; `NaN` or `inf` if it is not finite.
    pub fn to_fixed(&self, places: u32) -> String {
        // One rounding only: the product with a power of ten is exact at the sum of the two precisions, and the
        // whole number nearest to it is taken.
        let power = Float::with_val(LEAST_BITS + 3 * places.max(1), rug::Integer::from(10).pow(places));
        let scaled = Float::with_val(self.bits().saturating_add(power.prec()), &self.0 * &power);
        let Some((whole, _)) = scaled.to_integer_round(Round::Nearest) else {
            return self.0.to_string();
        };
        let found = whole.clone().abs().to_string();
        // Not by the width of a format, which is sixteen bits only.
        let digits = "0".repeat((places as usize + 1).saturating_sub(found.len())) + &found;
        let (before, after) = digits.split_at(digits.len() - places as usize);
        let sign = if whole < 0 { "-" } else { "" };
        if places == 0 { format!("{sign}{before}") } else { format!("{sign}{before}.{after}") }
    }

    /// `log₂|self|`, rounded up to a whole number; `i32::MIN` for zero, `None` for an infinity or NaN. Numbers far
    /// outside the range of `f64` have one.
    pub fn log2_ceiling(&self) -> Option<i32> {
        if self.0.is_zero() { Some(i32::MIN) } else { self.0.get_exp() }
    }

    /// `log₁₀|self|` as an `f64`; −∞ for zero.
    pub fn log10(&self) -> f64 {
        Float::with_val(64, self.0.abs_ref()).log10().to_f64()
    }

    /// `self·2^shift`, exactly.
    pub fn times_power_of_two(self, shift: i32) -> Self {
        Multi(self.0 << shift)
    }

    /// The number as rug has it.
    pub fn as_float(&self) -> &Float {
        &self.0
    }

    fn widened(mut self, other: &Multi) -> Float {
        if other.0.prec() > self.0.prec() {
            self.0.set_prec(other.0.prec());
        }
        self.0
    }
}

impl From<Float> for Multi {
    /// The same number; at [`LEAST_BITS`] bits if it has fewer, which is exact.
    fn from(mut value: Float) -> Self {
        if value.prec() < LEAST_BITS {
            value.set_prec(LEAST_BITS);
        }
        Multi(value)
    }
}

impl PartialEq<f64> for Multi {
    fn eq(&self, other: &f64) -> bool {
        self.0 == *other
    }
}

impl PartialOrd<f64> for Multi {
    fn partial_cmp(&self, other: &f64) -> Option<Ordering> {
        self.0.partial_cmp(other)
    }
}

impl Neg for Multi {
    type Output = Multi;
    fn neg(self) -> Multi {
        Multi(-self.0)
    }
}

impl Add<&Multi> for Multi {
    type Output = Multi;
    fn add(self, other: &Multi) -> Multi {
        Multi(self.widened(other) + &other.0)
    }
}

impl Sub<&Multi> for Multi {
    type Output = Multi;
    fn sub(self, other: &Multi) -> Multi {
        Multi(self.widened(other) - &other.0)
    }
}

impl Mul<&Multi> for Multi {
    type Output = Multi;
    fn mul(self, other: &Multi) -> Multi {
        Multi(self.widened(other) * &other.0)
    }
}

impl Div<&Multi> for Multi {
    type Output = Multi;
    fn div(self, other: &Multi) -> Multi {
        Multi(self.widened(other) / &other.0)
    }
}

impl AddAssign<&Multi> for Multi {
    fn add_assign(&mut self, other: &Multi) {
        if other.0.prec() > self.0.prec() {
            self.0.set_prec(other.0.prec());
        }
        self.0 += &other.0;
    }
}

impl SubAssign<&Multi> for Multi {
    fn sub_assign(&mut self, other: &Multi) {
        if other.0.prec() > self.0.prec() {
            self.0.set_prec(other.0.prec());
        }
        self.0 -= &other.0;
    }
}

impl Scalar for Multi {
    fn lift(&self, x: f64) -> Multi {
        Multi(Float::with_val(self.bits(), x))
    }

    fn to_f64(&self) -> f64 {
        self.0.to_f64()
    }

    fn abs(&self) -> Multi {
        Multi(self.0.clone().abs())
    }

    fn exp(&self) -> Multi {
        Multi(self.0.clone().exp())
    }

    fn ln(&self) -> Multi {
        Multi(self.0.clone().ln())
    }

    fn sqrt(&self) -> Multi {
        Multi(self.0.clone().sqrt())
    }

    fn pow(&self, exponent: &Multi) -> Multi {
        let mut result = self.clone().widened(exponent);
        result.pow_assign(&exponent.0);
        Multi(result)
    }

    fn is_finite(&self) -> bool {
        self.0.is_finite()
    }

    fn is_zero(&self) -> bool {
        self.0.is_zero()
    }

    fn positive_part(&self) -> Multi {
        if self.0 < 0 { self.zero_like() } else { self.clone() }
    }

    fn step(&self) -> Multi {
        if self.0.is_nan() {
            self.clone()
        } else if self.0 > 0 {
            self.lift(1.0)
        } else {
            self.zero_like()
        }
    }
}
