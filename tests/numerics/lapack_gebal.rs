//! LAPACK's own test matrices of DGEBAL (`tests/vectors/gebal.txt`): balanced here to the full, the spectrum kept, and
//! never worse balanced or of higher cost than what DGEBAL is expected to return.
//!
//! The diagonal takes no part (LAPACK issue 42: DGEBAL once counted it), and the exponent of the stop rule is named:
//! p = 1 is the norm of DGEBAL before LAPACK 3.5.0, p = 2 its norm since.

use nalgebra::DMatrix;
use synbal::balance::{Criteria, Method, Problem, Scope, Status};
use synbal::conserved::traces_of_powers;
use synbal::cost::CostSpec;
use synbal::network::{Activation, GraphFacts, Network, Prescaling, Weights, times_power_of_two};
use synbal::scalar::{Tracked, UNIT_ROUNDOFF};

struct Example {
    name: String,
    given: DMatrix<f64>,
    expected: DMatrix<f64>,
}

fn examples() -> Vec<Example> {
    let mut lines =
        include_str!("../vectors/gebal.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut examples = Vec::new();
    while let Some(name) = lines.next() {
        let n: usize = name.rsplit(' ').next().unwrap().parse().unwrap();
        let mut matrix = |title: &str| {
            assert_eq!(lines.next(), Some(title), "{name}");
            let rows = lines.by_ref().take(n).flat_map(str::split_whitespace);
            DMatrix::from_row_iterator(n, n, rows.map(|number| number.parse().unwrap()))
        };
        examples.push(Example { name: name.to_owned(), given: matrix("given"), expected: matrix("expected") });
    }
    examples
}

/// `(max_i |g_i|/(r_i + c_i), cost)` over the entries off the diagonal and inside strongly connected components: from
/// scratch and dense. Both are the same for a matrix and its permutations.
fn measure(matrix: &DMatrix<f64>, p: f64) -> (f64, f64) {
    let n = matrix.nrows();
    let strong = GraphFacts::of(Weights::from_dense(matrix).unwrap().pattern()).strong().to_vec();
    let cost = |i: usize, j: usize| if i != j && strong[i] == strong[j] { matrix[(i, j)].abs().powf(p) } else { 0.0 };
    let (mut worst, mut total) = (0.0_f64, 0.0);
    for i in 0..n {
        let incoming: f64 = (0..n).map(|j| cost(i, j)).sum();
        let outgoing: f64 = (0..n).map(|j| cost(j, i)).sum();
        total += incoming;
        if incoming + outgoing > 0.0 {
            worst = worst.max((incoming - outgoing).abs() / (incoming + outgoing));
        }
    }
    (worst, total)
}

fn network(matrix: &DMatrix<f64>) -> Network {
    Network::recurrent(Weights::from_dense(matrix).unwrap(), Activation::Linear)
}

#[test]
fn every_example_is_read() {
    let examples = examples();
    assert_eq!(examples.len(), 13);
    for Example { name, given, expected } in &examples {
        let count = |matrix: &DMatrix<f64>| matrix.iter().filter(|value| **value != 0.0).count();
        assert_eq!(count(given), count(expected), "{name}: a permutation and a scaling keep the number of entries");
        let diagonal = |matrix: &DMatrix<f64>| {
            let mut values: Vec<f64> = matrix.diagonal().iter().copied().collect();
            values.sort_by(f64::total_cmp);
            values
        };
        assert_eq!(diagonal(given), diagonal(expected), "{name}: the diagonal is only permuted");
    }
}

#[test]
fn balanced_to_the_full_and_never_worse_than_gebal() {
    for Example { name, given, expected } in examples() {
        for p in [1.0, 2.0] {
            let (gebal, gebal_cost) = measure(&expected, p);
            for method in [Method::Newton, Method::Osborne] {
                let stop = Criteria::new(1e-10, 1_000_000);
                let found = Problem::new(&network(&given), &CostSpec::power(p), Scope::WithinComponents)
                    .unwrap()
                    .solve(method, &stop)
                    .unwrap();
                assert_eq!(found.outcome.status, Status::Balanced, "{name}, p = {p}, {method:?}");
                let after = found.network.weights.to_dense();
                let (ours, our_cost) = measure(&after, p);
                // Sums of up to n powers, each of p + 2 roundings, here and in the program.
                let rounding = 4.0 * (given.nrows() as f64 + p + 2.0) * UNIT_ROUNDOFF;
                assert!(ours <= stop.tol + rounding, "{name}, p = {p}, {method:?}: {ours:e}");
                assert!(ours <= gebal + stop.tol + rounding, "{name}, p = {p}, {method:?}: {ours:e} above {gebal:e}");
                // The least cost of all rescalings; ours is above it by at most p t Σ(r + c) max|h − h*| = 2 p t C max|δ|
                // (convexity), where max|δ| ≤ 1 since the solvers agree.
                let slack = 2.0 * p * stop.tol + rounding;
                assert!(our_cost <= gebal_cost * (1.0 + slack), "{name}, p = {p}: {our_cost} above {gebal_cost}");
                // The diagonal takes no part and is not touched.
                assert_eq!(after.diagonal(), given.diagonal(), "{name}");
            }
        }
    }
}

#[test]
fn the_spectrum_is_kept() {
    for Example { name, given, .. } in examples() {
        let n = given.nrows();
        for p in [1.0, 2.0] {
            let found = Problem::new(&network(&given), &CostSpec::power(p), Scope::WithinComponents)
                .unwrap()
                .solve(Method::Newton, &Criteria::default())
                .unwrap();
            // The coefficients of the characteristic polynomial are polynomials of the first n traces of powers. The
            // running error analysis bounds the rounding of the powers; the weights put out carry that of the
            // transform, |t|u for the exponent t = ln(after/before) and 12u for exponentials and products.
            // Powers of entries 1e120 leave the range of f64: of the same matrix through a frame, they do not. That
            // is a similarity by powers of two, exact.
            let (before, after) = (framed(network(&given).weights), &found.network.weights);
            let given = network(&given).weights;
            let blurred = given
                .values()
                .iter()
                .zip(after.values())
                .map(|(a, &b)| Tracked { value: b, error: b.abs() * UNIT_ROUNDOFF * (4.0 * (b / a).ln().abs() + 16.0) })
                .collect();
            let zero = Tracked::exact(0.0);
            let lifted = before.lifted(Tracked::exact);
            let traces = traces_of_powers(&lifted, n, &zero);
            for (k, (a, b)) in traces.iter().zip(traces_of_powers(&lifted.with_values(blurred), n, &zero)).enumerate() {
                let difference = (a.value - b.value).abs();
                assert!(difference <= a.error + b.error, "{name}, p = {p}, power {}: {difference:e}", k + 1);
            }
        }
    }
}

/// The matrix through the frame that evens it out, in the unit of the matrix: similar to it.
fn framed(weights: Weights) -> Weights {
    let frame = Prescaling::evening_out(&weights);
    let values =
        weights.triplets().map(|(i, j, &value)| times_power_of_two(value, frame.shift(i, j) + frame.unit())).collect();
    weights.with_values(values)
}

/// The last example has entries 1e±120 off the diagonal, which DGEBAL leaves up to 6345 times too large. All products
/// of reciprocal pairs are 1, so balanced means 1 everywhere.
#[test]
fn the_last_example_is_balanced_exactly() {
    let last = examples().pop().unwrap();
    let (gebal, _) = measure(&last.expected, 1.0);
    assert!(gebal > 0.99, "{gebal}");
    for p in [1.0, 2.0] {
        for method in [Method::Newton, Method::Osborne] {
            let network = network(&last.given);
            let found = Problem::new(&network, &CostSpec::power(p), Scope::Whole)
                .unwrap()
                .solve(method, &Criteria::default())
                .unwrap();
            for (i, j, value) in found.network.weights.triplets() {
                // A cut between neighbours carries the sum of the imbalances on one side, at most t·Σ(r + c) = 4nt
                // against a cost of 1 each way: ln J is off by at most half of that over p; and each exponent is a
                // rounded sum of numbers up to max|h|.
                let largest = found.log_scales.iter().fold(0.0_f64, |largest, h| largest.max(h.abs()));
                let bound = 2.0 * 6.0 * found.imbalance_final / p + UNIT_ROUNDOFF * (8.0 * largest + 16.0);
                assert!((value - 1.0).abs() <= 1.01 * bound, "p = {p}, {method:?}, from {j} to {i}: {value}");
            }
        }
    }
}
