//! Scalar products, in chunks of a fixed size.

use crate::parallel::{CHUNK, each};

/// A scalar product.
pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    each(a.chunks(CHUNK).zip(b.chunks(CHUNK)), |(a, b)| dot_of_chunk(a, b)).into_iter().sum()
}

/// A scalar product in a fixed order, in four partial sums.
pub(crate) fn dot_of_chunk(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = [0.0; 4];
    let (mut fours, mut others) = (a.chunks_exact(4), b.chunks_exact(4));
    for (a, b) in (&mut fours).zip(&mut others) {
        for lane in 0..4 {
            sums[lane] += a[lane] * b[lane];
        }
    }
    let rest: f64 = fours.remainder().iter().zip(others.remainder()).map(|(a, b)| a * b).sum();
    (sums[0] + sums[1]) + (sums[2] + sums[3]) + rest
}
