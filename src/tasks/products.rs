//! Dense matrix products whose every sum has one order, the order of its index.
//!
//! Neighbouring entries of the result share a vector register, of whatever width the machine has: each of them is still
//! the same sum of the same rounded products, added up one after the other. So the bits are those of three nested
//! loops, on every machine and with every set of instructions (a product and a sum are never contracted into one rounding).
//! That is why this is not a library's product.

use std::ops::{Add, AddAssign, Mul, Neg, Sub};

use pulp::{Arch, Simd, WithSimd};

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
    /// As many of them as a register of the machine holds.
    type Lanes<M: Simd>: Copy;
    /// Zero.
    const ZERO: Self;
    /// The nearest number.
    fn of(value: f64) -> Self;
    /// The same number.
    fn to_f64(self) -> f64;
    /// The number in every lane.
    fn in_every_lane<M: Simd>(self, machine: M) -> Self::Lanes<M>;
    /// `sum + a b` in every lane, rounded twice.
    fn plus_product<M: Simd>(machine: M, sum: Self::Lanes<M>, a: Self::Lanes<M>, b: Self::Lanes<M>) -> Self::Lanes<M>;
    /// `a + b` in every lane.
    fn plus<M: Simd>(machine: M, a: Self::Lanes<M>, b: Self::Lanes<M>) -> Self::Lanes<M>;
    /// The numbers in lanes; zero in the lanes beyond them.
    fn load<M: Simd>(machine: M, numbers: &[Self]) -> Self::Lanes<M>;
    /// Puts the first lanes into the numbers.
    fn store<M: Simd>(machine: M, numbers: &mut [Self], lanes: Self::Lanes<M>);
}

macro_rules! real {
    ($number:ty, $lanes:ident, $splat:ident, $mul:ident, $add:ident, $load:ident, $store:ident) => {
        impl Real for $number {
            type Lanes<M: Simd> = M::$lanes;

            const ZERO: Self = 0.0;

            fn of(value: f64) -> Self {
                value as Self
            }

            fn to_f64(self) -> f64 {
                f64::from(self)
            }

            #[inline(always)]
            fn in_every_lane<M: Simd>(self, machine: M) -> M::$lanes {
                machine.$splat(self)
            }

            #[inline(always)]
            fn plus_product<M: Simd>(machine: M, sum: M::$lanes, a: M::$lanes, b: M::$lanes) -> M::$lanes {
                machine.$add(sum, machine.$mul(a, b))
            }

            #[inline(always)]
            fn plus<M: Simd>(machine: M, a: M::$lanes, b: M::$lanes) -> M::$lanes {
                machine.$add(a, b)
            }

            #[inline(always)]
            fn load<M: Simd>(machine: M, numbers: &[Self]) -> M::$lanes {
                machine.$load(numbers)
            }

            #[inline(always)]
            fn store<M: Simd>(machine: M, numbers: &mut [Self], lanes: M::$lanes) {
                machine.$store(numbers, lanes);
            }
        }
    };
}

real!(f32, f32s, splat_f32s, mul_f32s, add_f32s, partial_load_f32s, partial_store_f32s);
real!(f64, f64s, splat_f64s, mul_f64s, add_f64s, partial_load_f64s, partial_store_f64s);

/// Rows of the left factor that are worked on together.
const ROWS: usize = 4;

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
        Arch::new().dispatch(AddProduct { left: self, right, width, result });
    }
}

/// `result += left · right`.
struct AddProduct<'a, S> {
    left: &'a LeftFactor<S>,
    right: &'a [S],
    width: usize,
    result: &'a mut [S],
}

impl<S: Real> WithSimd for AddProduct<'_, S> {
    type Output = ();

    #[inline(always)]
    fn with_simd<M: Simd>(self, machine: M) {
        let AddProduct { left, right, width, result } = self;
        let lanes = size_of::<S::Lanes<M>>() / size_of::<S>();
        let groups = left.groups.chunks_exact((left.depth * ROWS).max(1));
        for (group, rows) in groups.zip(result.chunks_mut((ROWS * width).max(1))) {
            let mut first = 0;
            while first < width {
                // Three registers a row leave enough of the sixteen for the factors.
                let strip = match (width - first).div_ceil(lanes) {
                    3.. => add_strip::<S, M, 3>(machine, group, right, width, first, rows),
                    2 => add_strip::<S, M, 2>(machine, group, right, width, first, rows),
                    _ => add_strip::<S, M, 1>(machine, group, right, width, first, rows),
                };
                first += strip;
            }
        }
    }
}

/// Adds `COUNT` registers' columns of the product, from column `first` on (as far as there are any), to a group of rows; returns
/// how many.
#[inline(always)]
fn add_strip<S: Real, M: Simd, const COUNT: usize>(
    machine: M,
    group: &[S],
    right: &[S],
    width: usize,
    first: usize,
    rows: &mut [S],
) -> usize {
    let lanes = size_of::<S::Lanes<M>>() / size_of::<S>();
    let strip = (COUNT * lanes).min(width - first);
    let place = |number: usize| (first + number * lanes).min(width)..(first + (number + 1) * lanes).min(width);
    let mut sums = [[S::ZERO.in_every_lane(machine); COUNT]; ROWS];
    for (left, right) in group.chunks_exact(ROWS).zip(right.chunks_exact(width)) {
        let right: [S::Lanes<M>; COUNT] = std::array::from_fn(|number| S::load(machine, &right[place(number)]));
        for (sums, &left) in sums.iter_mut().zip(left) {
            let left = left.in_every_lane(machine);
            for (sum, &right) in sums.iter_mut().zip(&right) {
                *sum = S::plus_product(machine, *sum, left, right);
            }
        }
    }
    for (row, sums) in rows.chunks_exact_mut(width).zip(&sums) {
        for (number, &sum) in sums.iter().enumerate() {
            let entries = &mut row[place(number)];
            let before = S::load(machine, entries);
            S::store(machine, entries, S::plus(machine, before, sum));
        }
    }
    strip
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
