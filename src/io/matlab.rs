//! MATLAB `.mat` files of version 5 to 7 (reading): one full or sparse matrix of real numbers, row = target.
//!
//! The format is that of MathWorks, *MAT-File Format*: after 128 bytes of text, elements of a tag (type, bytes) and data;
//! an element may be packed with zlib. Version 7.3 is HDF5, another format.

use std::io::Read;

use flate2::read::ZlibDecoder;

use crate::network::{NetworkError, Weights};

/// What can be wrong with a `.mat` file. Rows and columns count from 1, as in MATLAB.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MatlabError {
    /// This is no MATLAB file of version 5 to 7.
    #[error("this is no MATLAB file of version 5 to 7; save it with save(..., '-v7')")]
    NotVersionFive,
    /// The file is cut off or damaged in the element at byte `byte`: `reason`.
    #[error("the file is cut off or damaged in the element at byte {byte} (counted from 0): {reason}")]
    Damaged {
        /// The byte of the file where it begins, counted from 0; of what is compressed, where the compressed element begins.
        byte: usize,
        /// What is wrong.
        reason: &'static str,
    },
    /// There is no matrix of real numbers (`found`).
    #[error("there is no matrix of real numbers ({found}); only full and sparse matrices are read")]
    NoMatrix {
        /// What was found.
        found: String,
    },
    /// Several variables could be the weights (`found`).
    #[error("several variables could be the weights ({found}); say which")]
    SeveralMatrices {
        /// What was found.
        found: String,
    },
    /// There is no variable `name` that is a matrix of real numbers.
    #[error("there is no variable `{name}` that is a matrix of real numbers; there are {found}")]
    NoSuchVariable {
        /// The name that was asked for.
        name: String,
        /// What was found.
        found: String,
    },
    /// `name` is `rows` x `columns`, but recurrent weights are square: one row and one column a neuron.
    #[error("`{name}` is {rows} x {columns}, but recurrent weights are square: one row and one column a neuron")]
    NotSquare {
        /// The variable's name.
        name: String,
        /// Number of rows.
        rows: usize,
        /// Number of columns.
        columns: usize,
    },
    /// `name`(`row`, `column`) is outside the `neurons` x `neurons` matrix.
    #[error("`{name}`({row}, {column}) is outside the {neurons} x {neurons} matrix; the file is damaged")]
    IndexOutOfRange {
        /// The variable's name.
        name: String,
        /// The row, counted from 1.
        row: usize,
        /// The column, counted from 1.
        column: usize,
        /// Number of neurons.
        neurons: usize,
    },
    /// `name` has a whole number of 2^53 or more, of which `f64` loses digits.
    #[error("`{name}` has a whole number of 2^53 or more, of which f64 loses digits; save it as double")]
    IntegerTooLarge {
        /// The variable's name.
        name: String,
    },
    /// A fault found there: [`NetworkError`].
    #[error(transparent)]
    Network(#[from] NetworkError),
}

const HEADER: usize = 128;
const PACKED: u32 = 15;
const MATRIX: u32 = 14;
const SPARSE: u8 = 5;
const FULL: std::ops::RangeInclusive<u8> = 6..=15;
const COMPLEX: u8 = 0x08;

/// Zlib packs no tighter.
const LARGEST_RATIO: u64 = 1100;

/// A matrix as (row, column, value), counted from 0.
struct Matrix {
    name: String,
    rows: usize,
    columns: usize,
    entries: Vec<(usize, usize, f64)>,
}

/// Reads recurrent weights: those of the variable `name`, or of the only square matrix in the file.
///
/// # Errors
/// A file that is damaged or of another version, no such variable, or several that it could be.
pub fn read(bytes: &[u8], name: Option<&str>) -> Result<(Weights, Vec<String>), MatlabError> {
    let little = match bytes.get(HEADER - 4..HEADER) {
        Some([0, 1, b'I', b'M']) => true,
        Some([1, 0, b'M', b'I']) => false,
        _ => return Err(MatlabError::NotVersionFive),
    };
    let mut matrices = Vec::new();
    let mut others = Vec::new();
    let mut elements = Elements { bytes, at: HEADER, little, origin: Origin::Before(0) };
    while let Some(mut element) = elements.next()? {
        let unpacked;
        if element.kind == PACKED {
            unpacked = inflate(element.data, element.byte)?;
            let mut inner = Elements { bytes: &unpacked, at: 0, little, origin: Origin::Packed(element.byte) };
            match inner.next()? {
                Some(inner) => element = inner,
                None => continue,
            }
        }
        if element.kind == MATRIX {
            match matrix(&element, little)? {
                Ok(matrix) => matrices.push(matrix),
                Err(name) => others.push(name),
            }
        }
    }
    let names = |matrices: &[Matrix]| {
        let list = matrices.iter().map(|m| format!("`{}` {} x {}", m.name, m.rows, m.columns));
        list.chain(others.iter().map(|name| format!("`{name}`"))).collect::<Vec<_>>().join(", ")
    };
    let found = match name {
        Some(name) => match matrices.iter().position(|matrix| matrix.name == name) {
            Some(index) => matrices.swap_remove(index),
            None => return Err(MatlabError::NoSuchVariable { name: name.to_owned(), found: names(&matrices) }),
        },
        None => {
            let square: Vec<usize> = (0..matrices.len())
                .filter(|&k| matrices[k].rows == matrices[k].columns && matrices[k].rows > 1)
                .collect();
            match (&square[..], matrices.len()) {
                ([only], _) => matrices.swap_remove(*only),
                ([], 1) => matrices.swap_remove(0),
                ([], _) => return Err(MatlabError::NoMatrix { found: names(&matrices) }),
                _ => return Err(MatlabError::SeveralMatrices { found: names(&matrices) }),
            }
        }
    };
    let Matrix { name, rows, columns, mut entries } = found;
    if rows != columns {
        return Err(MatlabError::NotSquare { name, rows, columns });
    }
    entries.retain(|&(_, _, value)| value != 0.0);
    let notices = vec![format!("the weights are the variable `{name}`, row = target")];
    Ok((Weights::from_triplets(rows, entries)?, notices))
}

fn inflate(data: &[u8], byte: usize) -> Result<Vec<u8>, MatlabError> {
    let mut unpacked = Vec::new();
    let limit = (data.len() as u64).saturating_mul(LARGEST_RATIO);
    let read = ZlibDecoder::new(data).take(limit).read_to_end(&mut unpacked);
    read.map_err(|_| MatlabError::Damaged { byte, reason: "it cannot be unpacked" })?;
    Ok(unpacked)
}

/// Where some bytes lie in the file.
#[derive(Clone, Copy)]
enum Origin {
    /// Behind so many others.
    Before(usize),
    /// Compressed, in the element that begins at this byte.
    Packed(usize),
}

impl Origin {
    /// The byte of the file that is `at` of these.
    fn byte(self, at: usize) -> usize {
        match self {
            Origin::Before(bytes) => bytes + at,
            Origin::Packed(byte) => byte,
        }
    }
}

/// Elements one after the other.
struct Elements<'a> {
    bytes: &'a [u8],
    at: usize,
    little: bool,
    origin: Origin,
}

/// One of them.
struct Element<'a> {
    kind: u32,
    data: &'a [u8],
    /// The byte of the file where it begins.
    byte: usize,
    /// Where its data lie.
    origin: Origin,
}

impl<'a> Elements<'a> {
    fn word(&self, at: usize) -> Option<u32> {
        let bytes: [u8; 4] = self.bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
        Some(if self.little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) })
    }

    /// The next element; `None` at the end.
    fn next(&mut self) -> Result<Option<Element<'a>>, MatlabError> {
        let at = self.at;
        if at >= self.bytes.len() {
            return Ok(None);
        }
        let byte = self.origin.byte(at);
        let cut = |reason| MatlabError::Damaged { byte, reason };
        let first = self.word(at).ok_or_else(|| cut("it has no tag"))?;
        // A small element has its length in the upper half of its type, and four bytes of data in the tag.
        let (kind, start, length, advance) = if first >> 16 != 0 {
            (first & 0xffff, at + 4, (first >> 16) as usize, 8)
        } else {
            let length = self.word(at + 4).ok_or_else(|| cut("it has no length"))? as usize;
            let padded = if first == PACKED { length } else { length.next_multiple_of(8) };
            (first, at + 8, length, 8 + padded)
        };
        let end = start.checked_add(length).ok_or_else(|| cut("its length is impossible"))?;
        let data = self.bytes.get(start..end).ok_or_else(|| cut("it is longer than the file"))?;
        self.at = at + advance;
        let origin = match self.origin {
            Origin::Before(bytes) => Origin::Before(bytes + start),
            packed => packed,
        };
        Ok(Some(Element { kind, data, byte, origin }))
    }

    fn required(&mut self, kind: &'static str) -> Result<(u32, &'a [u8]), MatlabError> {
        let byte = self.origin.byte(self.at);
        let next = self.next()?;
        next.map(|element| (element.kind, element.data)).ok_or(MatlabError::Damaged { byte, reason: kind })
    }

    /// The numbers of the next element, and where it begins.
    fn numbers(&mut self) -> Result<(usize, Vec<f64>), MatlabError> {
        let byte = self.origin.byte(self.at);
        let (kind, data) = self.required("it lacks whole numbers")?;
        match numbers(kind, data, self.little) {
            Ok(numbers) => Ok((byte, numbers)),
            Err(fault) => Err(MatlabError::Damaged { byte, reason: fault.reason() }),
        }
    }

    fn whole(&mut self) -> Result<Vec<usize>, MatlabError> {
        let (byte, numbers) = self.numbers()?;
        numbers.into_iter().map(|value| length_or_index(value, byte)).collect()
    }
}

/// A whole number from 0 up, of an element that begins at a byte of the file.
fn length_or_index(value: f64, byte: usize) -> Result<usize, MatlabError> {
    let fits = (0.0..LARGEST_EXACT).contains(&value) && value.fract() == 0.0;
    let reason = "a length or an index is no whole number from 0 up";
    if fits { Ok(value as usize) } else { Err(MatlabError::Damaged { byte, reason }) }
}

/// A matrix of real numbers; of another variable only the name.
fn matrix(element: &Element<'_>, little: bool) -> Result<Result<Matrix, String>, MatlabError> {
    let damaged = |reason| MatlabError::Damaged { byte: element.byte, reason };
    let mut parts = Elements { bytes: element.data, at: 0, little, origin: element.origin };
    let (_, flags) = parts.required("it lacks flags")?;
    let [a, b, c, d, ..] = *flags else { return Err(damaged("its flags are cut off")) };
    let (class, flags) = if little { (a, b) } else { (d, c) };
    let lengths = parts.whole()?;
    let (_, name) = parts.required("it lacks a name")?;
    let name = String::from_utf8_lossy(name).into_owned();
    if flags & COMPLEX != 0 || lengths.len() != 2 || !(class == SPARSE || FULL.contains(&class)) {
        return Ok(Err(name));
    }
    let unreadable = |fault: NumbersFault| match fault {
        NumbersFault::Inexact => MatlabError::IntegerTooLarge { name: name.clone() },
        NumbersFault::UnknownType => damaged(fault.reason()),
    };
    let [rows, columns] = [lengths[0], lengths[1]];
    let entries = if class == SPARSE {
        let ((byte_of_rows, row), start) = (parts.numbers()?, parts.whole()?);
        let (kind, data) = parts.required("it lacks numbers")?;
        let values = numbers(kind, data, little).map_err(unreadable)?;
        if start.len() != columns.saturating_add(1) || start.windows(2).any(|pair| pair[0] > pair[1]) {
            return Err(damaged("its columns do not fit"));
        }
        let count = start[columns];
        if start[0] != 0 || count > row.len() || count > values.len() {
            return Err(damaged("its columns do not fit"));
        }
        let mut entries = Vec::with_capacity(count);
        for column in 0..columns {
            for e in start[column]..start[column + 1] {
                // What lies beyond the entries is room that was never filled.
                let row = length_or_index(row[e], byte_of_rows)?;
                if row >= rows {
                    let (row, column) = (row + 1, column + 1);
                    return Err(MatlabError::IndexOutOfRange { name, row, column, neurons: rows });
                }
                entries.push((row, column, values[e]));
            }
        }
        entries
    } else {
        let (kind, data) = parts.required("it lacks numbers")?;
        let values = numbers(kind, data, little).map_err(unreadable)?;
        if rows.checked_mul(columns) != Some(values.len()) {
            return Err(damaged("its numbers do not fit its size"));
        }
        // Column after column.
        values.into_iter().enumerate().map(|(k, value)| (k % rows, k / rows, value)).collect()
    };
    Ok(Ok(Matrix { name, rows, columns, entries }))
}

/// Below it every whole number is an `f64`.
const LARGEST_EXACT: f64 = (1_u64 << 53) as f64;

/// Why numbers are none that can be weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum NumbersFault {
    UnknownType,
    Inexact,
}

impl NumbersFault {
    fn reason(self) -> &'static str {
        match self {
            NumbersFault::UnknownType => "its numbers are of no known type",
            NumbersFault::Inexact => "it has a whole number of 2^53 or more",
        }
    }
}

/// Numbers of any type that a matrix can be stored in.
fn numbers(kind: u32, data: &[u8], little: bool) -> Result<Vec<f64>, NumbersFault> {
    fn each<const N: usize>(data: &[u8], little: bool, decode: impl Fn([u8; N]) -> f64) -> Vec<f64> {
        let chunks = data.chunks_exact(N).map(|chunk| {
            let mut bytes = [0; N];
            bytes.copy_from_slice(chunk);
            if !little {
                bytes.reverse();
            }
            decode(bytes)
        });
        chunks.collect()
    }
    let whole = |decode: fn([u8; 8]) -> f64| {
        let each = each(data, little, decode);
        // Whole numbers beyond are rounded, at the least to this one.
        let exact = each.iter().all(|value| value.abs() < LARGEST_EXACT);
        if exact { Ok(each) } else { Err(NumbersFault::Inexact) }
    };
    Ok(match kind {
        1 => each(data, little, |b: [u8; 1]| f64::from(b[0] as i8)),
        2 => each(data, little, |b: [u8; 1]| f64::from(b[0])),
        3 => each(data, little, |b| f64::from(i16::from_le_bytes(b))),
        4 => each(data, little, |b| f64::from(u16::from_le_bytes(b))),
        5 => each(data, little, |b| f64::from(i32::from_le_bytes(b))),
        6 => each(data, little, |b| f64::from(u32::from_le_bytes(b))),
        7 => each(data, little, |b| f64::from(f32::from_le_bytes(b))),
        9 => each(data, little, f64::from_le_bytes),
        12 => whole(|b| i64::from_le_bytes(b) as f64)?,
        13 => whole(|b| u64::from_le_bytes(b) as f64)?,
        _ => return Err(NumbersFault::UnknownType),
    })
}

#[cfg(test)]
mod tests;
