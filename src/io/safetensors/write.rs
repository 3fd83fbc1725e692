//! The writer of whole networks.

use std::io::{self, Write};

use nalgebra::DMatrix;
use serde_json::json;

use super::ALIGNMENT;
use crate::io::metadata::entries;
use crate::io::sparse_tensors::{self as sparse, Csr};
use crate::io::{WRITTEN_BY, for_each_row};
use crate::network::{Network, Weights};

/// How numbers are stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Precision {
    /// As F64, exactly.
    #[default]
    Double,
    /// As F32: exactly, if the network is one of [`Network::in_single_precision`].
    Single,
}

impl Precision {
    fn dtype(self) -> &'static str {
        match self {
            Precision::Double => "F64",
            Precision::Single => "F32",
        }
    }
}

/// Writes a whole network, its numbers in the given precision.
///
/// The header is put together here, because the library's own writer takes the metadata as a hash table, whose
/// order changes from run to run: the same network shall give the same bytes. The dense recurrent weights are
/// written row by row, never held.
///
/// # Errors
/// Whatever the writer reports.
pub fn write(network: &Network, precision: Precision, writer: &mut impl Write) -> io::Result<()> {
    let dtype = precision.dtype();
    let mut metadata = json!({ "written_by": WRITTEN_BY });
    for (key, value) in entries(&network.activation) {
        metadata[key] = json!(value);
    }
    let pattern = network.weights.pattern();
    let n = pattern.nodes();
    let mut parts: Vec<Part<'_>> = Vec::new();
    if sparse::is_large(n, n) {
        metadata["w_rec.shape"] = json!(format!("{n},{n}"));
        parts.push(Part::numbers("w_rec.data", dtype, network.weights.values()));
        parts.push(Part::offsets("w_rec.indptr", pattern.row_starts(), pattern.len().max(n)));
        parts.push(Part::indices("w_rec.indices", pattern.all_sources(), pattern.len().max(n)));
    } else {
        parts.push(Part { name: "w_rec".to_owned(), dtype, shape: vec![n, n], bytes: Bytes::Rows(&network.weights) });
    }
    let compressed: Vec<(&str, Csr)> = [("w_in", &network.w_in), ("w_out", &network.w_out)]
        .into_iter()
        .filter_map(|(name, matrix)| Some((name, matrix.as_ref().filter(|m| sparse::is_large(m.nrows(), m.ncols()))?)))
        .map(|(name, matrix)| (name, Csr::of_dense(matrix)))
        .collect();
    for (name, csr) in &compressed {
        metadata[format!("{name}.shape")] = json!(format!("{},{}", csr.rows, csr.columns));
        let largest = csr.column.len().max(csr.rows).max(csr.columns);
        parts.push(Part::numbers(&format!("{name}.data"), dtype, &csr.values));
        parts.push(Part::offsets(&format!("{name}.indptr"), &csr.row_start, largest));
        parts.push(Part::indices(&format!("{name}.indices"), &csr.column, largest));
    }
    for (name, matrix) in [("w_in", &network.w_in), ("w_out", &network.w_out)] {
        if let Some(matrix) = matrix.as_ref().filter(|matrix| !sparse::is_large(matrix.nrows(), matrix.ncols())) {
            let shape = vec![matrix.nrows(), matrix.ncols()];
            parts.push(Part { name: name.to_owned(), dtype, shape, bytes: Bytes::Matrix(matrix) });
        }
    }
    for (name, vector) in [("b", &network.bias), ("x0", &network.initial_state), ("tau", &network.time_constants)] {
        if let Some(vector) = vector {
            parts.push(Part::numbers(name, dtype, vector));
        }
    }

    // Tensors are to be aligned to their numbers: those of eight bytes come first. The order is otherwise kept.
    parts.sort_by_key(|part| part.width() == 4);
    let mut header = json!({ "__metadata__": metadata });
    let mut offset = 0_u64;
    for part in &parts {
        let end = offset + part.width() * part.shape.iter().map(|&length| length as u64).product::<u64>();
        header[&part.name] = json!({ "dtype": part.dtype, "shape": part.shape, "data_offsets": [offset, end] });
        offset = end;
    }
    let mut header = header.to_string().into_bytes();
    header.resize(header.len().next_multiple_of(ALIGNMENT), b' ');
    writer.write_all(&(header.len() as u64).to_le_bytes())?;
    writer.write_all(&header)?;
    for part in &parts {
        part.write(writer)?;
    }
    Ok(())
}

/// One tensor of a file.
struct Part<'a> {
    name: String,
    dtype: &'static str,
    shape: Vec<usize>,
    bytes: Bytes<'a>,
}

enum Bytes<'a> {
    Numbers(&'a [f64]),
    /// Dense, row by row, never held.
    Rows(&'a Weights),
    Matrix(&'a DMatrix<f64>),
    Offsets(&'a [usize]),
    Indices(&'a [u32]),
}

/// The type of indices up to `largest`; PyTorch wants one for offsets and indices.
fn index_dtype(largest: usize) -> &'static str {
    if i32::try_from(largest).is_ok() { "I32" } else { "I64" }
}

impl<'a> Part<'a> {
    /// Bytes of one number.
    fn width(&self) -> u64 {
        if self.dtype.ends_with("32") { 4 } else { 8 }
    }

    fn numbers(name: &str, dtype: &'static str, values: &'a [f64]) -> Self {
        Part { name: name.to_owned(), dtype, shape: vec![values.len()], bytes: Bytes::Numbers(values) }
    }

    fn offsets(name: &str, offsets: &'a [usize], largest: usize) -> Self {
        let dtype = index_dtype(largest);
        Part { name: name.to_owned(), dtype, shape: vec![offsets.len()], bytes: Bytes::Offsets(offsets) }
    }

    fn indices(name: &str, indices: &'a [u32], largest: usize) -> Self {
        let dtype = index_dtype(largest);
        Part { name: name.to_owned(), dtype, shape: vec![indices.len()], bytes: Bytes::Indices(indices) }
    }

    fn write(&self, writer: &mut impl Write) -> io::Result<()> {
        let narrow = self.width() == 4;
        let mut index = |index: u64| {
            if narrow {
                writer.write_all(&(index as u32).to_le_bytes())
            } else {
                writer.write_all(&index.to_le_bytes())
            }
        };
        match self.bytes {
            Bytes::Offsets(offsets) => offsets.iter().try_for_each(|&offset| index(offset as u64)),
            Bytes::Indices(indices) => indices.iter().try_for_each(|&column| index(u64::from(column))),
            Bytes::Numbers(values) => write_numbers(writer, narrow, values.iter()),
            Bytes::Rows(weights) => for_each_row(weights, |row| write_numbers(writer, narrow, row.iter())),
            // The rows of a matrix that is stored by columns are the columns of its transpose.
            Bytes::Matrix(matrix) => write_numbers(writer, narrow, matrix.transpose().iter()),
        }
    }
}

fn write_numbers<'a>(writer: &mut impl Write, narrow: bool, values: impl Iterator<Item = &'a f64>) -> io::Result<()> {
    for value in values {
        if narrow {
            writer.write_all(&(*value as f32).to_le_bytes())?;
        } else {
            writer.write_all(&value.to_le_bytes())?;
        }
    }
    Ok(())
}
