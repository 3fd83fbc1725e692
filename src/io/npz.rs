//! NumPy archives (`.npz`): named arrays of a model, or one matrix of `scipy.sparse`.

use std::io::{Cursor, Read, Write};
use std::ops::Range;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::npy;
use super::tensors::{Container, Dtype, Float, Tensor, TensorError, TensorFile};
use crate::network::Weights;

/// The most bytes that an archive is unpacked to, for each byte of it: deflate packs no tighter.
const LARGEST_RATIO: u64 = 1100;

fn damaged(reason: impl ToString) -> TensorError {
    TensorError::DamagedArchive { reason: reason.to_string() }
}

/// The arrays of an archive.
///
/// # Errors
/// An archive or an array that is damaged.
pub fn parse(archive: &[u8]) -> Result<TensorFile, TensorError> {
    let mut zip = ZipArchive::new(Cursor::new(archive)).map_err(damaged)?;
    let (mut bytes, mut members, mut tensors) = (Vec::new(), Vec::new(), Vec::new());
    let limit = (archive.len() as u64).saturating_mul(LARGEST_RATIO);
    for index in 0..zip.len() {
        let mut member = zip.by_index(index).map_err(damaged)?;
        let file_name = member.name().map_err(damaged)?.into_owned();
        let start = bytes.len();
        // The announced size is not believed.
        let room = limit.saturating_sub(start as u64);
        let read = (&mut member).take(room + 1).read_to_end(&mut bytes).map_err(damaged)?;
        if read as u64 > room {
            return Err(damaged(format!("{file_name} unpacks to more than a zip archive can hold")));
        }
        members.push((file_name.clone(), start..bytes.len()));
        let Some(name) = file_name.strip_suffix(".npy") else { continue };
        let in_array = |error| TensorError::DamagedArray { tensor: name.to_owned(), error };
        let npy::Frame { dtype, shape, first_axis_fastest, data } = npy::frame(&bytes[start..]).map_err(in_array)?;
        let count: usize = shape.iter().product();
        let width = dtype.get(2..).and_then(|digits| digits.parse::<usize>().ok());
        let range = start + data..bytes.len();
        let known = match dtype.as_str() {
            "<f8" => Dtype::Float(Float::F64),
            "<f4" => Dtype::Float(Float::F32),
            "<f2" => Dtype::Float(Float::F16),
            "<i4" => Dtype::I32,
            "<i8" => Dtype::I64,
            other => Dtype::Other(other.to_owned()),
        };
        if !matches!(known, Dtype::Other(_)) && width.and_then(|width| width.checked_mul(count)) != Some(range.len()) {
            let shape = shape.iter().map(|&length| length as u64).collect();
            return Err(in_array(npy::NpyError::WrongLength { shape, dtype, data_bytes: range.len() as u64 }));
        }
        // One axis or none has one order.
        let first_axis_fastest = first_axis_fastest && shape.len() > 1;
        tensors.push(Tensor { name: name.to_owned(), dtype: known, shape, first_axis_fastest, range });
    }
    Ok(TensorFile { container: Container::Npz { members }, bytes, tensors, metadata: Default::default() })
}

/// A matrix that `scipy.sparse.save_npz` has written, row = target; `None` if the archive is none.
///
/// # Errors
/// A sparse format that is not read, or parts that do not fit.
pub fn sparse_matrix(file: &TensorFile) -> Result<Option<Weights>, TensorError> {
    let (Some(format), Some(shape), Some(data)) = (file.find("format"), file.find("shape"), file.find("data")) else {
        return Ok(None);
    };
    let text: String = file.bytes[format.range.clone()]
        .iter()
        .filter(|byte| byte.is_ascii_lowercase())
        .map(|&b| char::from(b))
        .collect();
    let lengths = file.integers(shape)?;
    let [rows, columns] = lengths[..] else {
        return Err(super::sparse_tensors::wrong_shape(shape, "two numbers, rows and columns".to_owned()));
    };
    if rows != columns {
        let length = |k: i64| usize::try_from(k).unwrap_or(0);
        return Err(crate::network::NetworkError::NotSquare { rows: length(rows), columns: length(columns) }.into());
    }
    let n = usize::try_from(rows).map_err(|_| damaged("a negative number of rows"))?;
    let values = file.numbers(data)?;
    let part = |name: &str| -> Result<Vec<i64>, TensorError> {
        let missing = || TensorError::SparsePartMissing { tensor: "data".to_owned(), missing: name.to_owned() };
        file.integers(file.find(name).ok_or_else(missing)?)
    };
    let node = |name: &str, position: usize, value: i64| -> Result<usize, TensorError> {
        usize::try_from(value).ok().filter(|&index| index < n).ok_or_else(|| TensorError::BadSparseIndex {
            tensor: name.to_owned(),
            position,
            value,
            expected: format!("a number from 0 to {}", n.saturating_sub(1)),
        })
    };
    let pairs: Vec<(usize, usize)> = match text.as_str() {
        "coo" => {
            let (row, column) = (part("row")?, part("col")?);
            if row.len() != values.len() || column.len() != values.len() {
                return Err(super::sparse_tensors::wrong_shape(data, format!("[{}] as `row`", row.len())));
            }
            let both = row.iter().zip(&column).enumerate();
            both.map(|(e, (&i, &j))| Ok((node("row", e, i)?, node("col", e, j)?)))
                .collect::<Result<_, TensorError>>()?
        }
        "csr" | "csc" => {
            let (starts, indices) = (part("indptr")?, part("indices")?);
            if indices.len() != values.len() || starts.len() != n + 1 {
                return Err(super::sparse_tensors::wrong_shape(data, format!("[{}] as `indices`", indices.len())));
            }
            let mut pairs = Vec::with_capacity(values.len());
            for (major, bounds) in starts.windows(2).enumerate() {
                let next = pairs.len() as i64;
                if bounds[0] != next || bounds[1] < next || bounds[1] > values.len() as i64 {
                    let expected = format!("a number from {next} to {}", values.len());
                    let tensor = "indptr".to_owned();
                    return Err(TensorError::BadSparseIndex { tensor, position: major, value: bounds[0], expected });
                }
                let row = bounds[0] as usize..bounds[1] as usize;
                for (position, &index) in row.clone().zip(&indices[row]) {
                    let minor = node("indices", position, index)?;
                    pairs.push(if text == "csr" { (major, minor) } else { (minor, major) });
                }
            }
            pairs
        }
        _ => {
            let expected = format!("csr, csc or coo, but it is {text}; convert it with .tocsr()");
            return Err(super::sparse_tensors::wrong_shape(format, expected));
        }
    };
    let triplets =
        pairs.into_iter().zip(values).filter(|&(_, value)| value != 0.0).map(|((i, j), value)| (i, j, value));
    Ok(Some(Weights::from_triplets(n, triplets.collect())?))
}

/// An archive of these arrays, as it would be unpacked.
pub(super) fn assembled(parts: &[(Tensor, Vec<u8>)]) -> Result<TensorFile, TensorError> {
    let (mut bytes, mut members, mut tensors) = (Vec::new(), Vec::new(), Vec::new());
    for (tensor, data) in parts {
        let descr = match &tensor.dtype {
            Dtype::Float(Float::F64) => "<f8",
            Dtype::Float(Float::F32) => "<f4",
            Dtype::Float(Float::F16) => "<f2",
            Dtype::Float(Float::Bf16) => return Err(TensorError::NoSuchDtypeThere { format: ".npz", dtype: "BF16" }),
            Dtype::I32 => "<i4",
            Dtype::I64 => "<i8",
            Dtype::Other(name) if name.starts_with(['<', '>', '|', '=']) => name,
            Dtype::Other(name) => {
                return Err(TensorError::UnsupportedDtype { tensor: tensor.name.clone(), dtype: name.clone() });
            }
        };
        let start = bytes.len();
        bytes.extend(npy::header(descr, &tensor.shape, tensor.first_axis_fastest));
        let first = bytes.len();
        bytes.extend(data);
        members.push((format!("{}.npy", tensor.name), start..bytes.len()));
        tensors.push(Tensor { range: first..bytes.len(), ..tensor.clone() });
    }
    Ok(TensorFile { container: Container::Npz { members }, bytes, tensors, metadata: Default::default() })
}

/// The archive of these members, compressed, without dates: the same arrays give the same bytes.
pub(super) fn packed(bytes: &[u8], members: &[(String, Range<usize>)]) -> Result<Vec<u8>, TensorError> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(zip::DateTime::default())
        .large_file(bytes.len() > u32::MAX as usize);
    for (name, range) in members {
        zip.start_file(name, options).map_err(damaged)?;
        zip.write_all(&bytes[range.clone()]).map_err(damaged)?;
    }
    Ok(zip.finish().map_err(damaged)?.into_inner())
}
