//! Log-scales `h`, one number a neuron in the order of the input: CSV with the header line `h`, or a
//! one-dimensional NumPy array.

use std::io::{self, Read, Write};
use std::path::Path;

use super::text::{Lines, NumberError, number};
use super::{ReadError, WriteError, csv::BYTE_ORDER_MARK, npy};

/// What can be wrong with a CSV file of log-scales. Lines count from 1.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ScalesError {
    #[error("the file cannot be read: {0}")]
    Read(#[from] io::Error),
    #[error("line 1 is `{text}`, expected the header `h`")]
    NoHeader { text: String },
    #[error("line {line}: {error}")]
    BadNumber { line: u64, error: NumberError },
    #[error("there are no log-scales below the header; give one a neuron")]
    NoNeurons,
}

pub(super) const KNOWN: &str = ".csv and .npy";

/// Reads log-scales from a `.csv` or `.npy` file.
///
/// # Errors
/// A file that cannot be read, another extension, or the first line or element that is not a finite number.
pub fn read_scales(path: &Path) -> Result<Vec<f64>, ReadError> {
    match super::extension(path).as_str() {
        "csv" => {
            let (file, _) = super::open(path)?;
            read_csv(file).map_err(|error| ReadError::Scales { path: path.to_owned(), error })
        }
        "npy" => {
            let bytes = super::read_all(path)?;
            npy::read_vector(&bytes).map_err(|error| ReadError::Npy { path: path.to_owned(), error })
        }
        _ => Err(ReadError::UnknownExtension { path: path.to_owned(), known: KNOWN }),
    }
}

/// Writes log-scales to a `.csv` or `.npy` file, the whole file or nothing.
///
/// # Errors
/// Another extension, a log-scale that is not finite, or a place that cannot be written to.
pub fn write_scales(path: &Path, h: &[f64]) -> Result<(), WriteError> {
    if let Some(neuron) = h.iter().position(|value| !value.is_finite()) {
        return Err(WriteError::ScaleNotFinite { path: path.to_owned(), neuron, value: h[neuron] });
    }
    match super::extension(path).as_str() {
        "csv" => super::write_atomically(path, |writer| write_csv(h, writer)),
        "npy" => super::write_atomically(path, |writer| npy::write_vector(h, writer)),
        _ => Err(WriteError::UnknownExtension { path: path.to_owned(), known: KNOWN }),
    }
}

/// Writes log-scales given as decimal numbers of any length to a `.csv` file, the whole file or nothing.
/// [`read_scales`] reads them, to the precision of `f64`.
///
/// # Errors
/// Another extension, a text that is no finite number, or a place that cannot be written to.
pub fn write_decimal_scales(path: &Path, h: &[String]) -> Result<(), WriteError> {
    for (neuron, text) in h.iter().enumerate() {
        number(text.as_bytes()).map_err(|error| WriteError::ScaleNotANumber {
            path: path.to_owned(),
            neuron,
            error,
        })?;
    }
    if super::extension(path) != "csv" {
        return Err(WriteError::DecimalsNeedCsv { path: path.to_owned() });
    }
    super::write_atomically(path, |writer| {
        writeln!(writer, "h")?;
        h.iter().try_for_each(|text| writeln!(writer, "{text}"))
    })
}

/// Reads the CSV form.
///
/// # Errors
/// A missing header, or the first line that is not one finite number.
pub fn read_csv(reader: impl Read) -> Result<Vec<f64>, ScalesError> {
    let mut lines = Lines::new(reader);
    match lines.next_line()? {
        Some(line) if line.bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line.bytes).trim_ascii() == b"h" => {}
        line => return Err(ScalesError::NoHeader { text: line.map(|line| line.quoted()).unwrap_or_default() }),
    }
    let mut h = Vec::new();
    while let Some(line) = lines.next_filled_line()? {
        let value = number(line.bytes.trim_ascii());
        h.push(value.map_err(|error| ScalesError::BadNumber { line: line.number, error })?);
    }
    if h.is_empty() { Err(ScalesError::NoNeurons) } else { Ok(h) }
}

/// Writes the CSV form: 17 significant digits, which every reader turns into the same bits.
///
/// # Errors
/// Whatever the writer reports.
pub fn write_csv(h: &[f64], writer: &mut impl Write) -> io::Result<()> {
    writeln!(writer, "h")?;
    for value in h {
        writeln!(writer, "{value:.16e}")?;
    }
    Ok(())
}
