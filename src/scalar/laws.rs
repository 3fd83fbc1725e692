//! What holds in every number system alike, and what only some of them can get wrong: tests.

use super::*;

/// Numbers whose sums, products and comparisons are exact in every system; all but the first divide exactly, too.
const NUMBERS: [f64; 8] = [-3.0, -2.0, -0.5, -1.0, 0.25, 1.0, 2.0, 4.0];

/// Every operation gives what `f64` gives, where that is exact.
fn exact_where_f64_is<S: Scalar>(like: &S) {
    let of = |x: f64| like.lift(x);
    let same = |found: S, expected: f64, what: &str| {
        assert_eq!((found.to_f64(), found.upper_f64()), (expected, expected), "{what}: {found:?}");
    };
    let close = |found: S, expected: f64, what: &str| {
        assert!((found.to_f64() - expected).abs() <= 1e-14, "{what} is {expected}: {found:?}");
        assert!(found.upper_f64() >= found.to_f64() && found.upper_f64() <= expected + 1e-14, "{what}: {found:?}");
    };
    for a in NUMBERS.into_iter().chain([0.0]) {
        for b in NUMBERS.into_iter().chain([0.0]) {
            let what = format!("of {a} and {b}");
            same(of(a) + &of(b), a + b, &what);
            same(of(a) - &of(b), a - b, &what);
            same(of(a) * &of(b), a * b, &what);
            if b != 0.0 && b != -3.0 {
                same(of(a) / &of(b), a / b, &what);
            }
            let (mut sum, mut difference) = (of(a), of(a));
            sum += &of(b);
            difference -= &of(b);
            same(sum, a + b, &what);
            same(difference, a - b, &what);
            same(of(a).larger(&of(b)), a.max(b), &what);
            assert_eq!(of(a).partial_cmp(&of(b)), a.partial_cmp(&b), "{what}");
        }
        same(-of(a), -a, "negative");
        same(of(a).abs(), a.abs(), "size");
        same(of(a).positive_part(), a.max(0.0), "positive part");
        same(of(a).step(), if a > 0.0 { 1.0 } else { 0.0 }, "step");
        assert!(of(a).is_finite() && !of(a).is_subnormal());
        assert_eq!(of(a).is_zero(), a == 0.0, "{a}");
        assert!(of(a).zero_like().is_zero());
    }
    close(of(0.0).exp(), 1.0, "e^0");
    close(of(1.0).exp(), std::f64::consts::E, "e");
    close(of(1.0).ln(), 0.0, "ln 1");
    close(of(2.0).ln(), std::f64::consts::LN_2, "ln 2");
    same(of(4.0).sqrt(), 2.0, "root");
    close(of(2.0).sqrt(), std::f64::consts::SQRT_2, "root");
    close(of(2.0).pow(&of(3.0)), 8.0, "cube");
    close(of(4.0).pow(&of(-0.5)), 0.5, "inverse root");
    close(of(0.25).pow(&of(0.5)), 0.5, "root");
    for x in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert!(!of(x).is_finite() && !of(x).is_zero(), "{x}");
    }
    for invalid in [of(-1.0).ln(), of(-1.0).sqrt(), of(f64::NAN).step(), of(f64::NAN).positive_part()] {
        assert!(!invalid.is_finite(), "{invalid:?}");
    }
}

#[test]
fn every_number_system_is_exact_where_f64_is() {
    exact_where_f64_is(&1.0_f64);
    exact_where_f64_is(&Tracked::exact(1.0));
    exact_where_f64_is(&Interval::point(1.0));
    exact_where_f64_is(&TaylorSeries::constant(1.0_f64));
    exact_where_f64_is(&TaylorSeries::constant(Interval::point(1.0)));
    #[cfg(feature = "precise")]
    for bits in [LEAST_BITS, 200] {
        exact_where_f64_is(&Multi::from_f64(bits, 1.0).unwrap());
        exact_where_f64_is(&MultiInterval::point(bits, 1.0).unwrap());
    }
}

/// With `f64`, without rounding: a third of either is not that of the other.
#[cfg(feature = "precise")]
#[test]
fn numbers_of_many_bits_compare_with_f64_exactly() {
    let of = |x: f64| Multi::from_f64(200, x).unwrap();
    for a in NUMBERS {
        for b in NUMBERS {
            assert_eq!((of(a) == b, of(a).partial_cmp(&b)), (a == b, a.partial_cmp(&b)), "{a} and {b}");
        }
    }
    let third = of(1.0) / &of(3.0);
    assert!(third != 1.0 / 3.0 && third > 1.0 / 3.0);
}

/// A bound that is the least possible, but for the rounding of the result and of the bound itself.
#[test]
fn running_errors_are_neither_too_small_nor_too_large() {
    // Powers of two as errors, far above rounding: the least bound is what the ends of the operands give.
    let a = Tracked { value: 3.0, error: 2.0_f64.powi(-20) };
    let b = Tracked { value: -5.0, error: 2.0_f64.powi(-22) };
    let hi = a.value + a.error;
    let tight = |found: Tracked, value: f64, least: f64, what: &str| {
        assert!((found.value - value).abs() <= 4.0 * UNIT_ROUNDOFF * value.abs(), "{what}: {found:?}, not {value}");
        let most = least * (1.0 + 1e-5) + 8.0 * UNIT_ROUNDOFF * value.abs();
        assert!((least * (1.0 - 1e-12)..=most).contains(&found.error), "{what}: {found:?}, not {least:e}");
    };
    tight(a + &b, -2.0, a.error + b.error, "sum");
    tight(a - &b, 8.0, a.error + b.error, "difference");
    tight(a * &b, -15.0, hi * (5.0 + b.error) - 15.0, "product");
    tight(a / &b, -0.6, hi / (5.0 - b.error) - 0.6, "quotient");
    tight(a.exp(), 3.0_f64.exp(), hi.exp() - 3.0_f64.exp(), "exponential");
    tight(a.ln(), 3.0_f64.ln(), -(1.0 - a.error / 3.0).ln(), "logarithm");
    tight(a.sqrt(), 3.0_f64.sqrt(), a.error / 3.0_f64.sqrt(), "root");
    let (cube, exponent) = (27.0, Tracked { value: 3.0, error: 2.0_f64.powi(-30) });
    // Twice what a power moves by, to first order in its base and its exponent.
    let moved = cube * (3.0 * a.error / 3.0 + exponent.error * 3.0_f64.ln());
    tight(a.pow(&exponent), cube, 2.0 * moved, "power");
    tight(a.abs(), 3.0, a.error, "size");
    tight(b.abs(), 5.0, b.error, "size");
    tight(-a, -3.0, a.error, "negative");
    tight(b.positive_part(), 0.0, b.error, "positive part");
    tight(a.larger(&b), 3.0, a.error, "larger");
    tight(b.larger(&a), 3.0, a.error, "larger");
    // Without errors of the operands there is the rounding of the result alone, and of a sum with zero none.
    let exact = Tracked::exact;
    for (found, roundings) in [
        (exact(1.0) + &exact(3.0), 1.0),
        (exact(1.0) * &exact(3.0), 1.0),
        (exact(1.0) / &exact(3.0), 2.0),
        (exact(3.0).sqrt(), 1.0),
        (exact(3.0).exp(), 1.0),
        (exact(3.0).ln(), 1.0),
        (exact(3.0).pow(&exact(2.0)), 1.0),
    ] {
        let least = roundings * UNIT_ROUNDOFF * found.value;
        assert!((least..=least * (1.0 + 1e-12)).contains(&found.error), "{found:?}");
    }
    for sum in [exact(3.0) + &exact(0.0), exact(0.0) + &exact(3.0), exact(0.0) - &exact(0.0)] {
        assert_eq!(sum.error, 0.0);
    }
    let uncertain = Tracked { value: 0.0, error: 0.5 };
    tight(a + &uncertain, 3.0, a.error + 0.5, "sum with what is nearly zero");
    // What cannot be told from zero divides nothing, has no logarithm, and a root of the root of its error.
    assert!(uncertain.may_be_zero() && Tracked { value: -0.5, error: 0.5 }.may_be_zero());
    assert!(!Tracked { value: 0.5, error: 0.25 }.may_be_zero());
    assert_eq!(uncertain.magnitude(), 0.5);
    assert_eq!((b.magnitude(), (a / &uncertain).error), (5.0 + b.error, f64::INFINITY));
    assert_eq!(Tracked { value: 0.5, error: 0.5 }.ln().error, f64::INFINITY);
    assert!(Tracked { value: 0.5, error: 0.49 }.ln().error.is_finite());
    tight(Tracked { value: 0.25, error: 0.75 }.sqrt(), 0.5, 1.0, "root of nearly zero");
    tight(Tracked { value: 0.25, error: 0.75 }.pow(&exact(2.0)), 0.0625, 1.0, "square of nearly zero");
    assert_eq!(Tracked { value: -0.25, error: 0.75 }.pow(&exact(2.0)).value, 0.0);
    // An exponential that underflows is bounded from above only.
    let below = Tracked { value: -740.0, error: 2.0 }.exp();
    assert!(below.error >= (-738.0_f64).exp() && below.error <= 1.1 * (-738.0_f64).exp() + 1e-322, "{below:?}");
    assert_eq!(Tracked { value: 2.0, error: 1.0 }.step(), exact(1.0));
    assert_eq!(Tracked { value: -2.0, error: 1.0 }.step(), exact(0.0));
    assert_eq!(Tracked { value: 2.0, error: 2.0 }.step(), Tracked { value: 1.0, error: 1.0 });
    assert!(!uncertain.is_zero() && !a.is_zero() && exact(0.0).is_zero());
    assert!(!Tracked { value: 1.0, error: f64::INFINITY }.is_finite());
}

#[cfg(feature = "precise")]
#[test]
fn of_two_precisions_the_larger_counts() {
    let (short, long) = (Multi::from_f64(60, 3.0).unwrap(), Multi::from_f64(100, 2.0).unwrap());
    for (a, b) in [(&short, &long), (&long, &short)] {
        let results = [a.clone() + b, a.clone() - b, a.clone() * b, a.clone() / b, a.pow(b)];
        let (mut sum, mut difference) = (a.clone(), a.clone());
        sum += b;
        difference -= b;
        for result in results.into_iter().chain([sum, difference]) {
            assert_eq!(result.bits(), 100);
        }
        let of = |x: &Multi| MultiInterval::point(x.bits(), x.to_f64()).unwrap();
        let (a, b) = (of(a), of(b));
        for result in [a.clone() + &b, a.clone() - &b, a.clone() * &b, a.clone() / &b, a.pow(&b)] {
            assert_eq!(result.bits(), 100);
        }
    }
    assert_eq!((short.lift(1.0).bits(), short.ln_2_like().bits(), short.zero_like().bits()), (60, 60, 60));
}

#[cfg(feature = "precise")]
#[test]
fn intervals_of_any_precision_at_their_ends() {
    const INFINITY: f64 = f64::INFINITY;
    let of = |lo: f64, hi: f64| MultiInterval::from_interval(80, &Interval::new(lo, hi).unwrap()).unwrap();
    let ends = |found: &MultiInterval| (found.lo().to_f64(), found.hi().to_f64());
    let is = |found: MultiInterval, lo: f64, hi: f64| assert_eq!(ends(&found), (lo, hi), "{found:?}");
    let line = || of(f64::NEG_INFINITY, INFINITY);
    // The number that stands for an interval.
    let middles =
        [(line(), 0.0), (of(f64::NEG_INFINITY, 3.0), -f64::MAX), (of(3.0, INFINITY), f64::MAX), (of(1.0, 4.0), 2.5)];
    for (interval, middle) in middles {
        assert_eq!(interval.to_f64(), middle, "{interval:?}");
    }
    assert_eq!((of(1.0, 4.0).upper_f64(), of(3.0, INFINITY).upper_f64()), (4.0, INFINITY));
    is(of(1.0, 4.0) + &of(-3.0, 2.0), -2.0, 6.0);
    is(of(1.0, 4.0) - &of(-3.0, 2.0), -1.0, 7.0);
    is(-of(1.0, 4.0), -4.0, -1.0);
    is(of(-1.0, 4.0) * &of(-3.0, 2.0), -12.0, 8.0);
    is(of(0.0, 4.0) * &line(), f64::NEG_INFINITY, INFINITY);
    is(of(0.0, 0.0) * &line(), 0.0, 0.0);
    is(line() * &of(0.0, 0.0), 0.0, 0.0);
    is(of(1.0, 4.0) / &of(-4.0, -2.0), -2.0, -0.25);
    is(of(1.0, 4.0) / &of(2.0, INFINITY), 0.0, 2.0);
    for divisor in [of(0.0, 2.0), of(-2.0, 0.0), of(-1.0, 1.0)] {
        is(of(1.0, 4.0) / &divisor, f64::NEG_INFINITY, INFINITY);
    }
    is(of(1.0, 4.0).abs(), 1.0, 4.0);
    is(of(0.0, 4.0).abs(), 0.0, 4.0);
    is(of(-4.0, -1.0).abs(), 1.0, 4.0);
    is(of(-4.0, 0.0).abs(), 0.0, 4.0);
    is(of(-4.0, 1.0).abs(), 0.0, 4.0);
    is(of(-1.0, 4.0).abs(), 0.0, 4.0);
    is(of(-4.0, 4.0).sqrt(), 0.0, 2.0);
    is(of(0.0, 4.0).sqrt(), 0.0, 2.0);
    is(of(-4.0, 0.0).sqrt(), 0.0, 0.0);
    is(of(-1.0, 1.0).ln(), f64::NEG_INFINITY, 0.0);
    is(of(-1.0, 4.0).positive_part(), 0.0, 4.0);
    is(of(-4.0, -1.0).positive_part(), 0.0, 0.0);
    is(of(0.0, 4.0).step(), 0.0, 1.0);
    is(of(1.0, 4.0).step(), 1.0, 1.0);
    is(of(1.0, 4.0).larger(&of(2.0, 3.0)), 2.0, 4.0);
    is(of(2.0, 4.0).pow(&of(2.0, 2.0)), 4.0, 16.0);
    is(of(-2.0, 4.0).pow(&of(2.0, 2.0)), 0.0, 16.0);
    is(of(0.0, 4.0).pow(&of(-2.0, -2.0)), 0.0625, INFINITY);
    is(of(1.0, 4.0).pow(&line()), 0.0, INFINITY);
    is(of(-1.0, 0.0).pow(&of(2.0, 2.0)), 0.0, 0.0);
    let invalid = || MultiInterval::point(80, f64::NAN).unwrap();
    assert!(invalid().is_invalid() && !line().is_invalid());
    for found in [
        of(-4.0, -1.0).ln(),
        of(-4.0, 0.0).ln(),
        of(-4.0, -1.0).sqrt(),
        of(-4.0, -1.0).pow(&of(2.0, 2.0)),
        of(-4.0, 0.0).pow(&of(-2.0, -1.0)),
        of(1.0, 2.0).pow(&invalid()),
        invalid().pow(&of(1.0, 2.0)),
        invalid() * &of(1.0, 2.0),
        of(1.0, 2.0) * &invalid(),
        invalid() / &of(1.0, 2.0),
        of(1.0, 2.0) / &invalid(),
        invalid().larger(&of(1.0, 2.0)),
        of(1.0, 2.0).larger(&invalid()),
        invalid().abs(),
        invalid().ln(),
        invalid().sqrt(),
        invalid().step(),
    ] {
        assert!(found.is_invalid(), "{found:?}");
    }
    assert!(!line().is_finite() && !of(1.0, INFINITY).is_finite() && !of(f64::NEG_INFINITY, 1.0).is_finite());
    assert!(!of(0.0, 1.0).is_zero() && !of(-1.0, 0.0).is_zero());
    let number = |x: f64| Multi::from_f64(80, x).unwrap();
    for (x, inside) in [(0.5, false), (1.0, true), (4.0, true), (4.5, false), (f64::NAN, false)] {
        assert_eq!(of(1.0, 4.0).contains(&number(x)), inside, "{x}");
    }
    assert!(!line().contains(&number(INFINITY)));
    let outwards = of(1.0, 4.0).outwards();
    assert_eq!((outwards.lo(), outwards.hi()), (1.0, 4.0));
    // Points are equal if they are the same; of wide intervals nothing is sure.
    assert!(of(1.0, 1.0) == of(1.0, 1.0) && of(1.0, 1.0) != of(2.0, 2.0) && of(1.0, 4.0) != of(1.0, 4.0));
}

#[test]
fn a_series_is_as_its_constant_term() {
    let series = |first: f64| TaylorSeries::new(first, [2.0, 3.0], 4);
    assert_eq!((series(-5.0).to_f64(), series(-5.0).upper_f64()), (-5.0, -5.0));
    let wide = TaylorSeries::constant(Interval::new(1.0, 4.0).unwrap());
    assert_eq!((wide.to_f64(), wide.upper_f64()), (2.5, 4.0));
    let second = |found: TaylorSeries<f64>| found.coefficient(1).unwrap();
    assert_eq!((second(series(5.0).abs()), second(series(-5.0).abs())), (2.0, -2.0));
    assert!(!series(0.0).abs().is_finite());
}
