//! Quotients of integers as decimals for the reader, rounded to the safe side, in integers.

use num_bigint::BigUint;

/// `numerator/denominator` as `d.ddde±x` with `digits` significant digits, rounded up.
///
/// The denominator must not be 0; a quotient by 0 is written `infinity`.
pub fn scientific_up(numerator: &BigUint, denominator: &BigUint, digits: u32) -> String {
    scientific(numerator, denominator, digits, true)
}

/// The same, rounded down.
pub fn scientific_down(numerator: &BigUint, denominator: &BigUint, digits: u32) -> String {
    scientific(numerator, denominator, digits, false)
}

fn scientific(numerator: &BigUint, denominator: &BigUint, digits: u32, up: bool) -> String {
    if denominator.bits() == 0 {
        return "infinity".to_owned();
    }
    if numerator.bits() == 0 {
        return "0".to_owned();
    }
    let ten = |power: i64| BigUint::from(10_u32).pow(power.unsigned_abs() as u32);
    let digits = i64::from(digits.max(1));
    // numerator/denominator·10^-exponent, as another quotient.
    let scaled = |exponent: i64| match exponent >= 0 {
        true => (numerator.clone(), denominator * ten(exponent)),
        false => (numerator * ten(exponent), denominator.clone()),
    };
    // Within 1 of the logarithm to base 10, from above: then down to the exponent of the first digit.
    let bits = numerator.bits() as i64 - denominator.bits() as i64;
    let mut exponent = (bits + 1) * 30103 / 100_000 + 1;
    while {
        let (n, d) = scaled(exponent);
        n < d
    } {
        exponent -= 1;
    }
    let (n, d) = scaled(exponent - (digits - 1));
    let mut mantissa = &n / &d;
    if up && &mantissa * &d != n {
        mantissa += 1_u32;
    }
    let mut text = mantissa.to_string();
    if text.len() as i64 > digits {
        // Rounded up to the next power of ten.
        text.pop();
        exponent += 1;
    }
    let (first, rest) = text.split_at(1);
    let point = if rest.is_empty() { "" } else { "." };
    format!("{first}{point}{rest}e{exponent}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_on_the_safe_side() {
        let show = |n: u64, d: u64| {
            let (n, d) = (BigUint::from(n), BigUint::from(d));
            (scientific_down(&n, &d, 3), scientific_up(&n, &d, 3))
        };
        let both = |down: &str, up: &str| (down.to_owned(), up.to_owned());
        assert_eq!(show(1, 3), both("3.33e-1", "3.34e-1"));
        assert_eq!(show(1, 8), both("1.25e-1", "1.25e-1"));
        assert_eq!(show(99_999, 1), both("9.99e4", "1.00e5"));
        assert_eq!(show(0, 5), both("0", "0"));
        assert_eq!(show(u64::MAX, 1), both("1.84e19", "1.85e19"));
        assert_eq!(show(1, u64::MAX), both("5.42e-20", "5.43e-20"));
        for power in 0..19 {
            let n = 10_u64.pow(power);
            assert_eq!(show(n, 1).0, format!("1.00e{power}"));
            assert_eq!(show(1, n).1, if power == 0 { "1.00e0".to_owned() } else { format!("1.00e-{power}") });
        }
        assert_eq!(scientific_up(&BigUint::from(7_u32), &BigUint::from(2_u32), 1), "4e0");
    }
}
