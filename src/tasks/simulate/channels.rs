//! Input and read-out weights without their zeros: one photoreceptor's input does not cost a column of the eye.

use nalgebra::DMatrix;

use crate::scalar::Scalar;

/// The entries of a matrix, row by row.
pub(super) struct Channels<S> {
    rows: Vec<Vec<(usize, S)>>,
}

impl<S: Scalar> Channels<S> {
    /// All entries but exact zeros, in ascending order of the column.
    pub fn of_rows(matrix: &DMatrix<S>) -> Self {
        let mut rows = vec![Vec::new(); matrix.nrows()];
        // Column by column, as the matrix is stored.
        for (j, column) in matrix.column_iter().enumerate() {
            for (row, value) in rows.iter_mut().zip(column.iter()) {
                if !value.is_zero() {
                    row.push((j, value.clone()));
                }
            }
        }
        Channels { rows }
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows.len()
    }

    /// `y += M x` for a batch: `x` is `columns × count`, `y` is `rows × count`.
    pub fn add_times(&self, x: &[S], count: usize, y: &mut [S]) {
        for (row, sums) in self.rows.iter().zip(y.chunks_exact_mut(count)) {
            for (j, weight) in row {
                for (sum, x) in sums.iter_mut().zip(&x[j * count..(j + 1) * count]) {
                    *sum += &(weight.clone() * x);
                }
            }
        }
    }
}
