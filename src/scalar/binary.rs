//! An `f64` taken apart: its power of two, and its digits as an integer.

/// The `e` of `|x| = m·2^e`, `1 ≤ m < 2`, for finite `x ≠ 0`, subnormal numbers included.
pub fn exponent(x: f64) -> i32 {
    const BIAS: i32 = 1023;
    let biased = ((x.to_bits() >> 52) & 0x7ff) as i32;
    if biased == 0 {
        // 2^64 is exact and lifts every subnormal number into the normal range.
        return (((x * 2.0_f64.powi(64)).to_bits() >> 52) & 0x7ff) as i32 - BIAS - 64;
    }
    biased - BIAS
}

/// `x·2^shift`, in steps that stay in range; overflows to infinity and underflows like a product.
pub fn times_power_of_two(mut x: f64, mut shift: i32) -> f64 {
    const STEP: i32 = 900;
    while shift > STEP {
        x *= 2.0_f64.powi(STEP);
        shift -= STEP;
    }
    while shift < -STEP {
        x *= 2.0_f64.powi(-STEP);
        shift += STEP;
    }
    x * 2.0_f64.powi(shift)
}

/// `|x| = m·2^e` with `2^52 ≤ m < 2^53`, exactly, for finite `x ≠ 0`, subnormal numbers included.
pub fn significand(x: f64) -> (u64, i64) {
    let e = exponent(x);
    // In two exact steps for the sake of subnormal numbers.
    (times_power_of_two(x.abs(), 52 - e) as u64, i64::from(e) - 52)
}

/// `|x| = m·2^e` with m odd, exactly, for finite `x ≠ 0`.
pub fn odd_dyadic(x: f64) -> (u64, i64) {
    let (m, e) = significand(x);
    let zeros = m.trailing_zeros();
    (m >> zeros, e + i64::from(zeros))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exponents_of_normal_and_subnormal_numbers() {
        assert_eq!(exponent(1.0), 0);
        assert_eq!(exponent(-1.999), 0);
        assert_eq!(exponent(0.5), -1);
        assert_eq!(exponent(f64::MIN_POSITIVE), -1022);
        assert_eq!(exponent(f64::from_bits(1)), -1074);
        assert_eq!(exponent(f64::MAX), 1023);
    }

    #[test]
    fn scaling_by_powers_of_two_is_exact_across_the_whole_range() {
        assert_eq!(times_power_of_two(f64::from_bits(1), 1074), 1.0);
        assert_eq!(times_power_of_two(1.5, 1023), 1.5 * 2.0_f64.powi(1023));
        assert_eq!(times_power_of_two(1.0, 2000), f64::INFINITY);
    }

    #[test]
    fn numbers_taken_apart_are_exact_over_the_whole_range() {
        for x in [1.0, -0.75, 1e308, f64::MAX, 1e-310, f64::from_bits(1), f64::MIN_POSITIVE] {
            let (m, e) = significand(x);
            assert!((1 << 52..1 << 53).contains(&m), "{x:e}");
            assert_eq!(times_power_of_two(m as f64, e as i32), x.abs(), "{x:e}");
            let (m, e) = odd_dyadic(x);
            assert_eq!(m % 2, 1, "{x:e}");
            assert_eq!(times_power_of_two(m as f64, e as i32), x.abs(), "{x:e}");
        }
        assert_eq!(odd_dyadic(12.0), (3, 2));
    }
}
