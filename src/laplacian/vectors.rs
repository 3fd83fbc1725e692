//! Vector operations in chunks of a fixed size, on as many threads as there are: partial sums are added up in the order
//! of the chunks, so that the same bits come out for any number of threads.

use rayon::prelude::*;

/// Entries of a chunk: enough to be worth a thread's while.
pub(crate) const CHUNK: usize = 1 << 13;

/// Does the work for all chunks, and returns what came out in their order.
pub(crate) fn each<Chunk: Send, Part: Send>(
    chunks: impl Iterator<Item = Chunk>,
    work: impl Fn(Chunk) -> Part + Send + Sync,
) -> Vec<Part> {
    let mut chunks: Vec<Chunk> = chunks.collect();
    match chunks.len() {
        // Waking the others would take longer.
        0 | 1 => chunks.pop().map(work).into_iter().collect(),
        _ => chunks.into_par_iter().map(work).collect(),
    }
}

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
