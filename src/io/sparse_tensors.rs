//! Matrices in compressed rows among the tensors of a file.

use nalgebra::DMatrix;

use super::tensors::{Tensor, TensorError, TensorFile};
use super::text::{quoted, unsigned};

/// A matrix in compressed rows.
pub(super) struct Csr {
    pub rows: usize,
    pub columns: usize,
    pub row_start: Vec<usize>,
    pub column: Vec<u32>,
    pub values: Vec<f64>,
}

/// Beyond so many entries a matrix is written in compressed rows.
const LARGEST_DENSE: usize = 1 << 24;

/// Whether a matrix of this shape is written in compressed rows.
pub(super) fn is_large(rows: usize, columns: usize) -> bool {
    rows.checked_mul(columns).is_none_or(|entries| entries > LARGEST_DENSE)
}

const PARTS: [&str; 3] = ["indptr", "indices", "data"];

/// Whether `name` is a part of the matrix `matrix` in compressed rows.
pub(super) fn is_part(name: &str, matrix: &str) -> bool {
    name.strip_prefix(matrix).and_then(|rest| rest.strip_prefix('.')).is_some_and(|part| PARTS.contains(&part))
}

/// The matrix called `matrix`, if the file has it in compressed rows.
pub(super) fn find(file: &TensorFile, matrix: &str) -> Result<Option<Rows>, TensorError> {
    let Some(first) = file.tensors.iter().find(|tensor| is_part(&tensor.name, matrix)) else { return Ok(None) };
    if file.find(matrix).is_some() {
        return Err(TensorError::DenseAndSparse { tensor: matrix.to_owned() });
    }
    let part = |part: &str| {
        let name = format!("{matrix}.{part}");
        match file.find(&name) {
            Some(tensor) if tensor.shape.len() == 1 => Ok((name, tensor)),
            Some(tensor) => Err(wrong_shape(tensor, "one dimension".to_owned())),
            None => Err(TensorError::SparsePartMissing { tensor: first.name.clone(), missing: name }),
        }
    };
    let ((offsets_name, offsets), (indices_name, indices), (data_name, data)) =
        (part("indptr")?, part("indices")?, part("data")?);
    let key = format!("{matrix}.shape");
    let Some(text) = file.metadata.get(&key) else {
        return Err(TensorError::SparsePartMissing { tensor: first.name.clone(), missing: key });
    };
    let shape = text.split_once(',').and_then(|(rows, columns)| {
        let length = |text: &str| usize::try_from(unsigned(text.trim().as_bytes())?).ok();
        Some((length(rows)?, length(columns)?))
    });
    let Some((rows, columns)) = shape else {
        return Err(TensorError::BadSparseShape { key, text: quoted(text.as_bytes()) });
    };
    // Compared from the side of what is there: a shape that is only claimed may be anything.
    if offsets.shape[0].checked_sub(1) != Some(rows) {
        return Err(wrong_shape(offsets, format!("one number more than {rows} rows")));
    }
    if indices.shape != data.shape {
        return Err(wrong_shape(indices, format!("{:?} as `{data_name}`", data.shape)));
    }
    let entries = data.shape[0];
    let mut row_start: Vec<usize> = Vec::with_capacity(rows + 1);
    for (position, value) in file.integers(offsets)?.into_iter().enumerate() {
        let low = row_start.last().copied().unwrap_or(0);
        let high = if position == 0 { 0 } else { entries };
        let low = if position == rows { entries } else { low };
        match usize::try_from(value) {
            Ok(start) if (low..=high).contains(&start) => row_start.push(start),
            _ => {
                let expected = format!("a number from {low} to {high}");
                return Err(TensorError::BadSparseIndex { tensor: offsets_name, position, value, expected });
            }
        }
    }
    let mut column = Vec::with_capacity(entries);
    for (position, value) in file.integers(indices)?.into_iter().enumerate() {
        match u32::try_from(value) {
            Ok(index) if (index as usize) < columns => column.push(index),
            _ => {
                let expected = format!("a column from 0, of {columns}");
                return Err(TensorError::BadSparseIndex { tensor: indices_name, position, value, expected });
            }
        }
    }
    for bounds in row_start.windows(2) {
        if let Some(offset) = column[bounds[0]..bounds[1]].windows(2).position(|pair| pair[0] >= pair[1]) {
            let position = bounds[0] + offset + 1;
            let (value, expected) = (i64::from(column[position]), "columns that ascend in every row".to_owned());
            return Err(TensorError::BadSparseIndex { tensor: indices_name, position, value, expected });
        }
    }
    Ok(Some(Rows { columns, row_start, column }))
}

/// The places of the entries of a matrix in compressed rows.
pub(super) struct Rows {
    pub columns: usize,
    pub row_start: Vec<usize>,
    pub column: Vec<u32>,
}

/// The error of a tensor that has another shape than `expected`.
pub(super) fn wrong_shape(tensor: &Tensor, expected: String) -> TensorError {
    TensorError::WrongShape { tensor: tensor.name.clone(), shape: tensor.shape.clone(), expected }
}

impl Csr {
    pub fn of_dense(matrix: &DMatrix<f64>) -> Self {
        let (rows, columns) = matrix.shape();
        // Down the columns, as the matrix is stored: first how many to a row, then each to its place.
        let mut row_start = vec![0; rows + 1];
        for column in matrix.column_iter() {
            for (i, _) in column.iter().enumerate().filter(|(_, value)| **value != 0.0) {
                row_start[i + 1] += 1;
            }
        }
        for i in 0..rows {
            row_start[i + 1] += row_start[i];
        }
        let mut next = row_start.clone();
        let (mut column, mut values) = (vec![0; row_start[rows]], vec![0.0; row_start[rows]]);
        for (j, entries) in matrix.column_iter().enumerate() {
            for (i, &value) in entries.iter().enumerate().filter(|(_, value)| **value != 0.0) {
                (column[next[i]], values[next[i]]) = (j as u32, value);
                next[i] += 1;
            }
        }
        Csr { rows, columns, row_start, column, values }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dense_matrix_in_compressed_rows() {
        let matrix = DMatrix::from_row_slice(4, 3, &[0.0, 2.0, 3.0, 0.0, 0.0, 0.0, 4.0, 0.0, -5.0, 0.0, 6.0, 0.0]);
        let found = Csr::of_dense(&matrix);
        assert_eq!((found.rows, found.columns), (4, 3));
        assert_eq!(found.row_start, [0, 2, 2, 4, 5]);
        assert_eq!(found.column, [1, 2, 0, 2, 1]);
        assert_eq!(found.values, [2.0, 3.0, 4.0, -5.0, 6.0]);
    }
}
