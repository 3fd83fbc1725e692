//! Dense matrix products whose every sum has one order, the order of its index.
//!
//! The compiler may put neighbouring entries of the result into one vector register, of any width: each of them is still
//! the same sum of the same rounded products, added up one after the other. So the bits are those of three nested
//! loops, on every machine and with every set of instructions (Rust never contracts a product and a sum into one rounding).

use std::ops::{Add, AddAssign, Mul, Neg, Sub};

/// The numbers that are trained with: `f32` as in the authors' programs, `f64` to check the gradient.
pub trait Real:
    Copy
    + Default
    + PartialOrd
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + Send
    + Sync
{
    /// Zero.
    const ZERO: Self;
    /// The nearest number.
    fn of(value: f64) -> Self;
    /// The same number.
    fn to_f64(self) -> f64;
}

impl Real for f32 {
    const ZERO: f32 = 0.0;

    fn of(value: f64) -> f32 {
        value as f32
    }

    fn to_f64(self) -> f64 {
        f64::from(self)
    }
}

impl Real for f64 {
    const ZERO: f64 = 0.0;

    fn of(value: f64) -> f64 {
        value
    }

    fn to_f64(self) -> f64 {
        self
    }
}

/// Rows of the left factor that are worked on together.
const ROWS: usize = 4;
/// Columns of the result that are worked on together: wide where there are many.
const WIDE: usize = 16;
const NARROW: usize = 8;

/// The left factor of a product, laid out as the product reads it: four rows at a time, column after column.
#[derive(Clone, Debug, Default)]
pub struct LeftFactor<S> {
    rows: usize,
    depth: usize,
    /// For each group of rows `depth × ROWS` numbers; rows that are missing in the last group are zero.
    groups: Vec<S>,
}

impl<S: Real> LeftFactor<S> {
    /// Of `rows × depth` numbers `entry(row, column)`; storage of an earlier factor is used again.
    pub fn fill(&mut self, rows: usize, depth: usize, entry: impl Fn(usize, usize) -> S) {
        (self.rows, self.depth) = (rows, depth);
        self.groups.clear();
        for first in (0..rows).step_by(ROWS) {
            for k in 0..depth {
                let value = |row| if row < rows { entry(row, k) } else { S::ZERO };
                self.groups.extend((first..first + ROWS).map(value));
            }
        }
    }

    /// `result += self · right`: `right` is `depth × width`, the result `rows × width`, both row after row.
    pub fn add_times(&self, right: &[S], width: usize, result: &mut [S]) {
        let groups = self.groups.chunks_exact((self.depth * ROWS).max(1));
        for (group, rows) in groups.zip(result.chunks_mut(ROWS * width)) {
            let mut first = 0;
            while first < width {
                first += match width - first {
                    WIDE.. => add_strip::<S, WIDE>(group, right, width, first, rows),
                    NARROW.. => add_strip::<S, NARROW>(group, right, width, first, rows),
                    _ => add_strip::<S, 1>(group, right, width, first, rows),
                };
            }
        }
    }
}

/// Adds `LANES` columns of the product, from column `first` on, to a group of rows; returns `LANES`.
fn add_strip<S: Real, const LANES: usize>(
    group: &[S],
    right: &[S],
    width: usize,
    first: usize,
    rows: &mut [S],
) -> usize {
    let mut sums = [[S::ZERO; LANES]; ROWS];
    for (left, right) in group.chunks_exact(ROWS).zip(right.chunks_exact(width)) {
        let Some(right) = right[first..].first_chunk::<LANES>() else { break };
        for (sums, &left) in sums.iter_mut().zip(left) {
            for (sum, &right) in sums.iter_mut().zip(right) {
                *sum += left * right;
            }
        }
    }
    for (row, sums) in rows.chunks_exact_mut(width).zip(&sums) {
        for (entry, &sum) in row[first..].iter_mut().zip(sums) {
            *entry += sum;
        }
    }
    LANES
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::random::stream;
    use crate::tasks::portable_normals;

    #[test]
    fn every_entry_is_the_plain_sum_to_the_last_bit() {
        for (rows, depth, width) in [(4, 3, 16), (7, 5, 8), (1, 9, 3), (10, 33, 27), (5, 1, 40)] {
            let numbers = |purpose, count| -> Vec<f32> {
                portable_normals(&mut stream(3, purpose), count, 1.0).into_iter().map(f32::of).collect()
            };
            let (left, right, start) = (numbers(0, rows * depth), numbers(1, depth * width), numbers(2, rows * width));
            let mut factor = LeftFactor::default();
            factor.fill(rows, depth, |i, k| left[i * depth + k]);
            let mut result = start.clone();
            factor.add_times(&right, width, &mut result);
            for i in 0..rows {
                for j in 0..width {
                    let mut sum = 0.0_f32;
                    for k in 0..depth {
                        sum += left[i * depth + k] * right[k * width + j];
                    }
                    let expected = start[i * width + j] + sum;
                    assert_eq!(result[i * width + j].to_bits(), expected.to_bits(), "{rows}x{depth}x{width}: {i},{j}");
                }
            }
        }
    }
}
