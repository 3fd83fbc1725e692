//! The interval arithmetic on ITF1788, the public test suite of IEEE 1788 (`tests/vectors/itf1788.txt`): no result of it is missed,
//! and none is wider than the documentation of [`Interval`] says.

use synbal::scalar::{Interval, Scalar};

/// `None` for the empty interval.
type Set = Option<(f64, f64)>;

fn set(text: &str) -> Set {
    let mut ends = text.trim().split(' ');
    let first = ends.next().unwrap();
    let number = |text: &str| text.parse::<f64>().unwrap_or_else(|_| panic!("{text} is no number"));
    (first != "empty").then(|| (number(first), number(ends.next().unwrap())))
}

fn interval(set: Set) -> Interval {
    set.map_or(Interval::INVALID, |(lo, hi)| Interval::new(lo, hi).unwrap())
}

fn result(operation: &str, operands: &[Interval]) -> Interval {
    let (a, b) = (operands[0], operands.last().unwrap());
    match operation {
        "add" => a + b,
        "sub" => a - b,
        "mul" => a * b,
        "div" => a / b,
        "pow" => a.pow(b),
        "larger" => a.larger(b),
        "hull" => a.hull(b),
        "intersect" => a.intersect(b).unwrap_or(Interval::INVALID),
        "neg" => -a,
        "exp" => a.exp(),
        "ln" => a.ln(),
        "sqrt" => a.sqrt(),
        "abs" => a.abs(),
        _ => panic!("{operation} is not known"),
    }
}

/// Whether a result may be wider than the tightest by the documented conventions: a quotient by what contains zero is the whole line;
/// a power with an unbounded exponent is all that is not negative; and `0^0 = 1`, which the standard leaves undefined.
fn by_convention(operation: &str, operands: &[Set]) -> bool {
    let (Some(Some((_, base))), Some(Some((lo, hi)))) = (operands.first().copied(), operands.get(1).copied()) else {
        return false;
    };
    match operation {
        "div" => lo <= 0.0 && hi >= 0.0,
        "pow" => lo.is_infinite() || hi.is_infinite() || (base == 0.0 && lo <= 0.0),
        _ => false,
    }
}

#[test]
fn the_test_suite_of_ieee_1788_is_enclosed_and_no_more_than_a_number_wider() {
    let lines = include_str!("../vectors/itf1788.txt").lines().filter(|line| !line.starts_with('#'));
    let (mut seen, mut wider, mut faults) = (0, 0, Vec::new());
    for line in lines {
        let fields: Vec<&str> = line.split(" | ").collect();
        let sets: Vec<Set> = fields[1..].iter().map(|field| set(field)).collect();
        let (expected, operands) = sets.split_last().unwrap();
        // The hull with nothing is the other operand; here what has no result spreads.
        if fields[0] == "hull" && operands.contains(&None) {
            continue;
        }
        let found = result(fields[0], &operands.iter().copied().map(interval).collect::<Vec<_>>());
        seen += 1;
        let Some((lo, hi)) = *expected else {
            if !found.is_invalid() && !by_convention(fields[0], operands) {
                faults.push(format!("{line}: {found:?} for nothing"));
            }
            continue;
        };
        if !(found.lo() <= lo && found.hi() >= hi) {
            faults.push(format!("{line}: {found:?} misses some"));
        }
        if by_convention(fields[0], operands) {
            continue;
        }
        if found.lo() < lo.next_down() || found.hi() > hi.next_up() {
            faults.push(format!("{line}: {found:?} is too wide"));
        }
        wider += usize::from(found.lo() < lo || found.hi() > hi);
    }
    assert!(faults.is_empty(), "{faults:#?}");
    assert!(seen > 1500, "{seen}");
    println!("{seen} of the suite, {wider} wider by a number at one end or both");
}
