//! Positive numbers `m 2^e` of any size, multiplied with directed rounding and compared exactly.

use num_bigint::BigInt;

use crate::scalar::{significand, times_power_of_two};

/// `m 2^e` with `1 ≤ m < 2`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Dyadic {
    mantissa: f64,
    exponent: i64,
}

/// Bits of the fraction of an `f64`.
const FRACTION: i64 = 52;

impl Dyadic {
    pub const ONE: Dyadic = Dyadic { mantissa: 1.0, exponent: 0 };

    /// A positive, finite number, exactly.
    pub fn of(x: f64) -> Self {
        let (digits, exponent) = significand(x);
        Dyadic { mantissa: digits as f64 / (1_u64 << FRACTION) as f64, exponent: exponent + FRACTION }
    }

    /// The product, rounded up.
    pub fn times_up(self, factor: f64) -> Self {
        let factor = Dyadic::of(factor);
        let product = self.mantissa * factor.mantissa;
        let below = self.mantissa.mul_add(factor.mantissa, -product) > 0.0;
        Dyadic::normal(if below { product.next_up() } else { product }, self.exponent + factor.exponent)
    }

    /// The quotient, rounded up.
    pub fn divided_up(self, divisor: f64) -> Self {
        let divisor = Dyadic::of(divisor);
        let quotient = self.mantissa / divisor.mantissa;
        let below = quotient.mul_add(divisor.mantissa, -self.mantissa) < 0.0;
        Dyadic::normal(if below { quotient.next_up() } else { quotient }, self.exponent - divisor.exponent)
    }

    fn normal(x: f64, exponent: i64) -> Self {
        let Dyadic { mantissa, exponent: more } = Dyadic::of(x);
        Dyadic { mantissa, exponent: exponent + more }
    }

    pub fn exceeds(self, other: Self) -> bool {
        (self.exponent, self.mantissa) > (other.exponent, other.mantissa)
    }

    /// The number as a fraction of `2^unit`, rounded to `f64`; 0 where that is too small.
    pub fn in_units_of(self, unit: i64) -> f64 {
        let shift = i32::try_from(self.exponent - unit).unwrap_or(i32::MIN / 2);
        times_power_of_two(self.mantissa, shift)
    }

    /// `log2`, rounded down.
    pub fn exponent(self) -> i64 {
        self.exponent
    }

    /// The integer `m 2^52`, and the power of two that it is to be multiplied with.
    pub fn as_integer(self) -> (BigInt, i64) {
        let (digits, exponent) = significand(self.mantissa);
        (BigInt::from(digits), self.exponent + exponent)
    }
}

/// Whether `Π factors` is above (`1`), below (`-1`) or exactly one (`0`), in integers.
pub(super) fn product_against_one(factors: impl Iterator<Item = f64>) -> i32 {
    let (mut product, mut exponent) = (BigInt::from(1), 0_i64);
    for factor in factors {
        let (integer, power) = Dyadic::of(factor).as_integer();
        product *= integer;
        exponent += power;
    }
    compare((product, exponent), (BigInt::from(1), 0))
}

/// The sign of `a − b`, both an integer times a power of two.
pub(super) fn compare(a: (BigInt, i64), b: (BigInt, i64)) -> i32 {
    let least = a.1.min(b.1);
    let shifted = |(integer, exponent): (BigInt, i64)| integer << ((exponent - least).unsigned_abs());
    match shifted(a).cmp(&shifted(b)) {
        std::cmp::Ordering::Less => -1,
        std::cmp::Ordering::Equal => 0,
        std::cmp::Ordering::Greater => 1,
    }
}
