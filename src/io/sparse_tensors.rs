//! Matrices in compressed rows among the tensors of a `.safetensors` file.

use std::collections::{BTreeMap, HashMap};

use nalgebra::DMatrix;
use safetensors::tensor::{Dtype, TensorView};

use super::safetensors::{SafetensorsError, numbers, wrong_shape};
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

/// The most entries of an input or output matrix that is put together densely from compressed rows: 1 GiB, whatever
/// the few bytes of a file may claim.
const LARGEST_UNPACKED: usize = 1 << 27;

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
pub(super) fn find(
    tensors: &BTreeMap<String, TensorView<'_>>,
    metadata: Option<&HashMap<String, String>>,
    matrix: &str,
) -> Result<Option<Csr>, SafetensorsError> {
    let Some(first) = tensors.keys().find(|name| is_part(name, matrix)) else { return Ok(None) };
    if tensors.contains_key(matrix) {
        return Err(SafetensorsError::DenseAndSparse { tensor: matrix.to_owned() });
    }
    let part = |part: &str| {
        let name = format!("{matrix}.{part}");
        match tensors.get(&name) {
            Some(tensor) if tensor.shape().len() == 1 => Ok((name, tensor)),
            Some(tensor) => Err(wrong_shape(&name, tensor, "one dimension".to_owned())),
            None => Err(SafetensorsError::SparsePartMissing { tensor: first.clone(), missing: name }),
        }
    };
    let ((offsets_name, offsets), (indices_name, indices), (data_name, data)) =
        (part("indptr")?, part("indices")?, part("data")?);
    let key = format!("{matrix}.shape");
    let Some(text) = metadata.and_then(|metadata| metadata.get(&key)) else {
        return Err(SafetensorsError::SparsePartMissing { tensor: first.clone(), missing: key });
    };
    let shape = text.split_once(',').and_then(|(rows, columns)| {
        let length = |text: &str| usize::try_from(unsigned(text.trim().as_bytes())?).ok();
        Some((length(rows)?, length(columns)?))
    });
    let Some((rows, columns)) = shape else {
        return Err(SafetensorsError::BadSparseShape { key, text: quoted(text.as_bytes()) });
    };
    // Compared from the side of what is there: a shape that is only claimed may be anything.
    if offsets.shape()[0].checked_sub(1) != Some(rows) {
        return Err(wrong_shape(&offsets_name, offsets, format!("one number more than {rows} rows")));
    }
    if indices.shape() != data.shape() {
        return Err(wrong_shape(&indices_name, indices, format!("{:?} as `{data_name}`", data.shape())));
    }
    let entries = data.shape()[0];
    let mut row_start: Vec<usize> = Vec::with_capacity(rows + 1);
    for (position, value) in integers(&offsets_name, offsets)?.enumerate() {
        let low = row_start.last().copied().unwrap_or(0);
        let high = if position == 0 { 0 } else { entries };
        let low = if position == rows { entries } else { low };
        match usize::try_from(value) {
            Ok(start) if (low..=high).contains(&start) => row_start.push(start),
            _ => {
                let expected = format!("a number from {low} to {high}");
                return Err(SafetensorsError::BadSparseIndex { tensor: offsets_name, position, value, expected });
            }
        }
    }
    let mut column = Vec::with_capacity(entries);
    for (position, value) in integers(&indices_name, indices)?.enumerate() {
        match u32::try_from(value) {
            Ok(index) if (index as usize) < columns => column.push(index),
            _ => {
                let expected = format!("a column from 0, of {columns}");
                return Err(SafetensorsError::BadSparseIndex { tensor: indices_name, position, value, expected });
            }
        }
    }
    for bounds in row_start.windows(2) {
        if let Some(offset) = column[bounds[0]..bounds[1]].windows(2).position(|pair| pair[0] >= pair[1]) {
            let position = bounds[0] + offset + 1;
            let (value, expected) = (i64::from(column[position]), "columns that ascend in every row".to_owned());
            return Err(SafetensorsError::BadSparseIndex { tensor: indices_name, position, value, expected });
        }
    }
    let values = numbers(&data_name, data)?.collect();
    Ok(Some(Csr { rows, columns, row_start, column, values }))
}

fn integers<'d>(name: &str, tensor: &TensorView<'d>) -> Result<Box<dyn Iterator<Item = i64> + 'd>, SafetensorsError> {
    match tensor.dtype() {
        Dtype::I64 => Ok(Box::new(tensor.data().chunks_exact(8).map(|chunk| {
            let mut bytes = [0; 8];
            bytes.copy_from_slice(chunk);
            i64::from_le_bytes(bytes)
        }))),
        Dtype::I32 => Ok(Box::new(tensor.data().chunks_exact(4).map(|chunk| {
            let mut bytes = [0; 4];
            bytes.copy_from_slice(chunk);
            i64::from(i32::from_le_bytes(bytes))
        }))),
        other => Err(SafetensorsError::UnsupportedIndexDtype { tensor: name.to_owned(), dtype: format!("{other:?}") }),
    }
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

    pub fn to_dense(&self, tensor: &str) -> Result<DMatrix<f64>, SafetensorsError> {
        let (rows, columns) = (self.rows, self.columns);
        if rows.checked_mul(columns).is_none_or(|entries| entries > LARGEST_UNPACKED) {
            let (tensor, limit) = (tensor.to_owned(), LARGEST_UNPACKED);
            return Err(SafetensorsError::DenseTooLarge { tensor, rows, columns, limit });
        }
        let mut dense = DMatrix::zeros(rows, columns);
        for i in 0..rows {
            for e in self.row_start[i]..self.row_start[i + 1] {
                dense[(i, self.column[e] as usize)] = self.values[e];
            }
        }
        Ok(dense)
    }
}
