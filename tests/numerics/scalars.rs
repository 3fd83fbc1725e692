//! Intervals against exact rationals and multiple precision: nothing is ever left out, and little is added.

use crate::common::{Recipe, config, recipes};
use proptest::prelude::*;
use rug::ops::Pow;
use rug::{Float, Rational};
use synbal::cost::CostGraph;
use synbal::flow::node_costs;
use synbal::network::random::{normals, stream};
use synbal::network::{Homogeneity, rescale_network};
use synbal::scalar::{Interval, Multi, MultiInterval, PrecisionError, Scalar, Tracked, power};

/// The smallest positive number.
const TINY: f64 = f64::from_bits(1);

/// Four times the precision of `f64`.
const FOURFOLD: u32 = 212;

/// Any finite number: special ones often, every exponent of the range alike, and everyday ones.
fn numbers() -> impl Strategy<Value = f64> {
    let special = [
        0.0,
        -0.0,
        1.0,
        -1.0,
        2.0,
        0.5,
        TINY,
        -TINY,
        f64::MIN_POSITIVE,
        f64::MIN_POSITIVE - TINY,
        f64::MAX,
        f64::MIN,
        f64::MAX / 2.0,
        f64::EPSILON,
        1.0 + f64::EPSILON,
        1.0 - f64::EPSILON / 2.0,
        // Next to where exp over- and underflows, and to where roundings errors stop being numbers (2^±480 squared).
        709.782712893384,
        -745.1332191019411,
        -708.3964185322641,
        3.2e144,
        3.2e-145,
    ];
    prop_oneof![
        2 => prop::sample::select(special.to_vec()),
        // All bit patterns; without the top bit of the exponent an infinity or NaN becomes a number below 2.
        4 => any::<u64>().prop_map(|bits| {
            let x = f64::from_bits(bits);
            if x.is_finite() { x } else { f64::from_bits(bits & !(1 << 62)) }
        }),
        2 => -10.0_f64..10.0,
        1 => (-20_i32..20).prop_map(f64::from),
    ]
}

/// Points, intervals of one step, of any width, half-lines and the line.
fn intervals() -> impl Strategy<Value = Interval> {
    let ends = |a: f64, b: f64| Interval::new(a.min(b), a.max(b)).unwrap();
    prop_oneof![
        3 => numbers().prop_map(Interval::point),
        2 => (numbers(), 1_u32..5).prop_map(move |(a, steps)| ends(a, (0..steps).fold(a, |x, _| x.next_up()))),
        4 => (numbers(), numbers()).prop_map(move |(a, b)| ends(a, b)),
        1 => numbers().prop_map(|a| Interval::new(a, f64::INFINITY).unwrap()),
        1 => numbers().prop_map(|a| Interval::new(f64::NEG_INFINITY, a).unwrap()),
        1 => Just(Interval::WHOLE),
    ]
}

/// An interval and a member of it: an end where it is finite, the middle, or any.
fn with_member() -> impl Strategy<Value = (Interval, f64)> {
    (intervals(), numbers(), 0..4).prop_map(|(interval, any, which)| {
        let member = match which {
            0 if interval.lo().is_finite() => interval.lo(),
            1 if interval.hi().is_finite() => interval.hi(),
            2 => interval.midpoint(),
            _ => any.clamp(interval.lo(), interval.hi()),
        };
        (interval, member)
    })
}

/// An interval and a part of it.
fn with_part() -> impl Strategy<Value = (Interval, Interval)> {
    (intervals(), intervals(), any::<bool>()).prop_map(|(a, b, common)| match a.intersect(&b) {
        Some(part) if common => (a, part),
        _ => (a.hull(&b), b),
    })
}

fn rational(x: f64) -> Rational {
    Rational::from_f64(x).unwrap()
}

fn holds_rational(interval: &Interval, x: &Rational) -> bool {
    (interval.lo() == f64::NEG_INFINITY || rational(interval.lo()) <= *x)
        && (interval.hi() == f64::INFINITY || *x <= rational(interval.hi()))
}

fn holds_float(interval: &Interval, x: &Float) -> bool {
    interval.lo() <= *x && *x <= interval.hi()
}

fn fourfold(x: f64) -> Float {
    Float::with_val(FOURFOLD, x)
}

/// Steps from one `f64` to another.
fn steps(from: f64, to: f64) -> i128 {
    // The bit patterns of positive numbers are in order, those of negative ones in the reverse order.
    let place = |x: f64| {
        let magnitude = i128::from(x.abs().to_bits());
        if x < 0.0 { -magnitude } else { magnitude }
    };
    (place(to) - place(from)).abs()
}

type Binary<S> = (&'static str, fn(&S, &S) -> S);
type Unary<S> = (&'static str, fn(&S) -> S);

fn binary<S: Scalar>() -> [Binary<S>; 6] {
    [
        ("add", |a, b| a.clone() + b),
        ("subtract", |a, b| a.clone() - b),
        ("multiply", |a, b| a.clone() * b),
        ("divide", |a, b| a.clone() / b),
        ("pow", |a, b| a.pow(b)),
        ("larger", |a, b| a.larger(b)),
    ]
}

fn unary<S: Scalar>() -> [Unary<S>; 10] {
    [
        ("negate", |a| -a.clone()),
        ("abs", |a| a.abs()),
        ("exp", |a| a.exp()),
        ("ln", |a| a.ln()),
        ("sqrt", |a| a.sqrt()),
        ("square", |a| power(a, 2.0)),
        ("cube", |a| power(a, 3.0)),
        ("power 0.7", |a| power(a, 0.7)),
        ("positive part", |a| a.positive_part()),
        ("step", |a| a.step()),
    ]
}

/// That the interval of `f64` encloses the one of 53 bits and is at most `allowed` steps wider at each end.
fn close_to_reference(
    name: &str,
    found: &Interval,
    reference: &MultiInterval,
    allowed: i128,
) -> Result<(), TestCaseError> {
    let reference = reference.outwards();
    if reference.is_invalid() || found.is_invalid() {
        prop_assert!(reference.is_invalid() && found.is_invalid(), "{name}: {found:?} against {reference:?}");
        return Ok(());
    }
    prop_assert!(found.encloses(&reference), "{name}: {found:?} leaves out of {reference:?}");
    let wider = steps(found.lo(), reference.lo()).max(steps(found.hi(), reference.hi()));
    prop_assert!(wider <= allowed, "{name}: {found:?} is {wider} steps wider than {reference:?}");
    Ok(())
}

proptest! {
    #![proptest_config(config(20_000, "tests/regressions/scalars.txt"))]

    #[test]
    fn arithmetic_holds_the_exact_result((a, x) in with_member(), (b, y) in with_member()) {
        let (exact_x, exact_y) = (rational(x), rational(y));
        prop_assert!(holds_rational(&(a + &b), &(exact_x.clone() + &exact_y)), "{a:?} + {b:?}: {x:e}, {y:e}");
        prop_assert!(holds_rational(&(a - &b), &(exact_x.clone() - &exact_y)), "{a:?} - {b:?}: {x:e}, {y:e}");
        prop_assert!(holds_rational(&(a * &b), &(exact_x.clone() * &exact_y)), "{a:?} * {b:?}: {x:e}, {y:e}");
        if y != 0.0 {
            prop_assert!(holds_rational(&(a / &b), &(exact_x.clone() / &exact_y)), "{a:?} / {b:?}: {x:e}, {y:e}");
        }
        let larger = if exact_x > exact_y { exact_x.clone() } else { exact_y };
        prop_assert!(holds_rational(&a.larger(&b), &larger));
        prop_assert!(holds_rational(&a.abs(), &exact_x.clone().abs()));
        prop_assert!(holds_rational(&-a, &-exact_x.clone()));
        let positive = if exact_x > 0 { exact_x } else { Rational::new() };
        prop_assert!(holds_rational(&a.positive_part(), &positive));
        let step = f64::from(u8::from(x > 0.0));
        prop_assert!(a.step().contains(step));
    }

    #[test]
    fn whole_powers_hold_the_exact_power((a, x) in with_member(), whole in 1_u32..10) {
        let exact = rational(x).pow(whole);
        let found = power(&a, f64::from(whole));
        prop_assert!(holds_rational(&found, &exact), "{a:?}^{whole} = {found:?}: {x:e}");
    }

    #[test]
    fn functions_hold_the_result_of_four_times_the_precision((a, x) in with_member(), (b, y) in with_member()) {
        prop_assert!(holds_float(&a.exp(), &fourfold(x).exp()), "exp {a:?} = {:?}: {x:e}", a.exp());
        if x > 0.0 {
            prop_assert!(holds_float(&a.ln(), &fourfold(x).ln()), "ln {a:?} = {:?}: {x:e}", a.ln());
            let value = fourfold(x).pow(&fourfold(y));
            prop_assert!(holds_float(&a.pow(&b), &value), "{a:?}^{b:?} = {:?}: {x:e}, {y:e}", a.pow(&b));
        }
        if x >= 0.0 {
            prop_assert!(holds_float(&a.sqrt(), &fourfold(x).sqrt()), "sqrt {a:?} = {:?}: {x:e}", a.sqrt());
        }
    }

    #[test]
    fn a_part_gives_a_part((a, a_part) in with_part(), (b, b_part) in with_part()) {
        for (name, f) in binary() {
            let (of_all, of_part) = (f(&a, &b), f(&a_part, &b_part));
            // A part wholly outside the domain has no result, and then there is nothing to hold.
            prop_assert!(of_part.is_invalid() || of_all.encloses(&of_part), "{name} {a:?} {b:?}: {of_all:?}, {of_part:?}");
        }
        for (name, f) in unary() {
            let (of_all, of_part) = (f(&a), f(&a_part));
            prop_assert!(of_part.is_invalid() || of_all.encloses(&of_part), "{name} {a:?}: {of_all:?}, {of_part:?}");
        }
    }

    /// Ends of 53 bits with directed rounding are the best there are. Where the error of a rounding is known the ends
    /// are those; next to underflow, and for correctly rounded functions, at most one step further out.
    #[test]
    fn little_is_added_to_directed_rounding(a in intervals(), b in intervals()) {
        let lifted = |x: &Interval| MultiInterval::from_interval(53, x).unwrap();
        for ((name, f), (_, reference)) in binary().into_iter().zip(binary()) {
            close_to_reference(name, &f(&a, &b), &reference(&lifted(&a), &lifted(&b)), 1)?;
        }
        for ((name, f), (_, reference)) in unary().into_iter().zip(unary()) {
            // The first of a cube's two products can leave the range of f64 where that of the reference does not.
            if name == "cube" && !(a.magnitude() < 1e100 && a.mignitude() > 1e-100) {
                continue;
            }
            // A step of a square is two of its cube, and the cube adds its own.
            let allowed = match name { "cube" => 3, "negate" | "abs" | "positive part" | "step" => 0, _ => 1 };
            close_to_reference(name, &f(&a), &reference(&lifted(&a)), allowed)?;
        }
    }

    #[test]
    fn away_from_underflow_arithmetic_is_the_best_possible(a in prop::array::uniform4(1e-100_f64..1e100), signs in 0..16) {
        let sign = |bit: i32, x: f64| if signs & (1 << bit) == 0 { x } else { -x };
        let ends = |x: f64, y: f64| Interval::new(x.min(y), x.max(y)).unwrap();
        let (x, y) = (ends(sign(0, a[0]), sign(1, a[1])), ends(sign(2, a[2]), sign(3, a[3])));
        let lifted = |x: &Interval| MultiInterval::from_interval(53, x).unwrap();
        for ((name, f), (_, reference)) in binary().into_iter().zip(binary()).take(4) {
            close_to_reference(name, &f(&x, &y), &reference(&lifted(&x), &lifted(&y)), 0)?;
        }
        close_to_reference("sqrt", &x.sqrt(), &lifted(&x).sqrt(), 0)?;
    }

    #[test]
    fn exact_results_of_points_are_points(a in -1_000_000_i32..1_000_000, b in -1_000_000_i32..1_000_000) {
        let (x, y) = (Interval::point(f64::from(a)), Interval::point(f64::from(b)));
        for result in [x + &y, x - &y, x * &y, (x * &x).sqrt()] {
            prop_assert!(result.is_point());
        }
        if b != 0 {
            prop_assert_eq!(x * &y / &y, x);
        }
    }

    #[test]
    fn comparisons_hold_for_all_members_or_not_at_all((a, x) in with_member(), (b, y) in with_member()) {
        if let Some(order) = a.partial_cmp(&b) {
            prop_assert_eq!(x.partial_cmp(&y), Some(order), "{:?} and {:?}", a, b);
        }
        prop_assert!(a.mignitude() <= x.abs() && x.abs() <= a.magnitude());
        prop_assert!(a.contains(a.midpoint()) && a.encloses(&a.intersect(&a.hull(&b)).unwrap()));
        prop_assert!(a.is_point() || rational_width(&a).is_none_or(|width| rational(a.width().min(f64::MAX)) >= width));
    }

    #[test]
    fn decimals_of_multiple_precision_come_back(x in numbers(), bits in 53_u32..400) {
        let third = Multi::from_f64(bits, x).unwrap() / &Multi::from_f64(bits, 3.0).unwrap();
        // 10^digits > 2^(bits + 1) tells neighbours apart.
        let digits = (f64::from(bits + 2) * std::f64::consts::LOG10_2).ceil() as usize + 1;
        prop_assert_eq!(Multi::from_decimal(bits, &third.to_decimal(digits)).unwrap(), third);
    }
}

/// The exact width, if it is finite.
fn rational_width(a: &Interval) -> Option<Rational> {
    a.is_finite().then(|| rational(a.hi()) - rational(a.lo())).filter(|width| *width <= rational(f64::MAX))
}

/// Everything the core computes of one network at one h.
struct Computed<S> {
    costs: Vec<S>,
    gradient: Vec<S>,
    total: S,
    degree: S,
    imbalance: f64,
    weights: Vec<S>,
}

fn computed<S: Scalar>(recipe: &Recipe, h: &[f64], lift: impl Fn(f64) -> S + Copy) -> Computed<S> {
    let graph = CostGraph::of_network(&recipe.network(), &recipe.spec()).unwrap().lifted(lift);
    let h: Vec<S> = h[..graph.nodes()].iter().map(|&value| lift(value)).collect();
    let costs = graph.costs_at(&h);
    let sums = node_costs(graph.pattern(), &costs, &lift(0.0));
    let network = recipe.network().lifted(lift);
    let moved = rescale_network(&network, &h[..recipe.n], Homogeneity::Required).unwrap();
    Computed {
        gradient: sums.gradient(),
        total: graph.total(&costs),
        degree: sums.largest_degree(),
        imbalance: sums.imbalance().worst,
        weights: moved.weights.values().to_vec(),
        costs,
    }
}

impl<S: Scalar> Computed<S> {
    /// All that does not cancel.
    fn sizeable(&self) -> impl Iterator<Item = &S> {
        self.costs.iter().chain(&self.weights).chain([&self.total, &self.degree])
    }

    fn numbers(&self) -> impl Iterator<Item = &S> {
        self.sizeable().chain(&self.gradient)
    }
}

proptest! {
    #![proptest_config(config(200, "tests/regressions/scalars.txt"))]

    /// The same formulas in every number system: intervals and tracked errors hold the result of 200 bits, whose own
    /// error (bounded by its own directed rounding) is 2¹⁴⁰ times smaller.
    #[test]
    fn the_core_formulas_are_enclosed(recipe in recipes(), spread in prop_oneof![Just(0.0), Just(1.0), Just(10.0)]) {
        let h = normals(&mut stream(recipe.seed, 20), recipe.n + 1, spread);
        let reference = computed(&recipe, &h, |x| MultiInterval::point(200, x).unwrap());
        let multi = computed(&recipe, &h, |x| Multi::from_f64(200, x).unwrap());
        let interval = computed(&recipe, &h, Interval::point);
        let tracked = computed(&recipe, &h, Tracked::exact);
        for (k, (inner, value)) in reference.numbers().zip(multi.numbers()).enumerate() {
            prop_assert!(inner.contains(value), "200 bits, number {k}");
        }
        for (k, (inner, outer)) in reference.numbers().zip(interval.numbers()).enumerate() {
            prop_assert!(holds_float(outer, inner.lo()) && holds_float(outer, inner.hi()), "number {k}: {outer:?}");
        }
        for (k, (inner, outer)) in reference.numbers().zip(tracked.numbers()).enumerate() {
            for end in [inner.lo(), inner.hi()] {
                prop_assert!(Float::with_val(400, end - outer.value).abs() <= outer.error, "number {k}: {outer:?}");
            }
        }
        prop_assert!(interval.imbalance >= multi.imbalance, "{} against {}", interval.imbalance, multi.imbalance);
        prop_assert!(reference.imbalance >= multi.imbalance);
        // And they are of use. An exponent p(h − m) takes 4 roundings at its own size, an exponential widens by as much
        // and 2 more, a power or product by 2 for each factor, a sum by one for each term; each rounding counts 2u, and u is half an epsilon. Of
        // the gradient, relative to the terms that cancel.
        let plain = computed(&recipe, &h, |x: f64| x);
        let largest = h.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
        let exponents = 2.0 * (4.0 * (recipe.p + 1.0) * 2.0 * largest + 2.0);
        let relative = (exponents + 2.0 * recipe.p + 8.0 + plain.costs.len() as f64) * f64::EPSILON;
        for (outer, value) in interval.sizeable().zip(plain.sizeable()) {
            prop_assert!(outer.width() <= relative * value.abs(), "{outer:?} around {value}");
        }
        for outer in &interval.gradient {
            prop_assert!(outer.width() <= 2.0 * relative * plain.degree, "{outer:?}");
        }
    }
}

#[test]
fn precisions_and_texts_out_of_range_are_refused() {
    assert_eq!(Multi::from_f64(52, 1.0), Err(PrecisionError::BadPrecision { bits: 52 }));
    assert_eq!(MultiInterval::point(0, 1.0).unwrap_err(), PrecisionError::BadPrecision { bits: 0 });
    for text in ["", "one", "nan", "inf", "1e", "1 2", "--1"] {
        assert_eq!(Multi::from_decimal(60, text), Err(PrecisionError::NotANumber { text: text.to_owned() }), "{text}");
    }
}

#[test]
fn multiple_precision_keeps_the_larger_precision_and_prints_what_was_asked_for() {
    let fine = Multi::from_f64(300, 2.0).unwrap();
    let coarse = Multi::from_f64(60, 3.0).unwrap();
    for result in [fine.clone() + &coarse, coarse.clone() + &fine, coarse.clone() * &fine, coarse.pow(&fine)] {
        assert_eq!(result.bits(), 300);
    }
    assert_eq!(fine.sqrt().to_decimal(50), "1.4142135623730950488016887242096980785696718753769");
    let two_thirds = fine.clone() / &coarse;
    assert_eq!((-two_thirds.clone()).to_fixed(20), "-0.66666666666666666667");
    assert_eq!(two_thirds.clone().times_power_of_two(-10).to_fixed(5), "0.00065");
    assert_eq!(two_thirds.to_fixed(0), "1");
    // More places than the width of a format has.
    let many = two_thirds.clone().times_power_of_two(-10).to_fixed(65_536);
    assert_eq!((many.len(), many.starts_with("0.00065104166")), (65_538, true));
    assert_eq!(Multi::from_f64(60, -1e-9).unwrap().to_fixed(3), "0.000");
    assert_eq!(Multi::from_f64(60, 1234.5).unwrap().to_fixed(3), "1234.500");
}
