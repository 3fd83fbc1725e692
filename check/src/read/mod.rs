//! Readers of the checker's own: small and strict, for Matrix Market, `.npy`, `.csv` and `.safetensors`.
//!
//! They share no line with the readers of `synbal`. What they do not know, they refuse: such an input is handed over as
//! triplets by whoever can read it.

mod activation;
mod csv;
mod matrix_market;
mod npy;
mod safetensors;

use std::path::Path;

use sha2::{Digest, Sha256};

use crate::Input;

/// Why an input could not be read by the checker's own readers.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// `path` cannot be read: `reason`.
    #[error("{path} cannot be read: {reason}")]
    File {
        /// The file that was to be read.
        path: String,
        /// What is wrong.
        reason: std::io::Error,
    },
    /// `extension` is none of mtx, npy, csv, safetensors, the formats that the checker reads by itself.
    #[error("{extension:?} is none of mtx, npy, csv, safetensors, the formats that the checker reads by itself")]
    UnknownFormat {
        /// The ending of the file's name, in lower case.
        extension: String,
    },
    /// Line `line`: `reason`.
    #[error("line {line}: {reason}")]
    Line {
        /// The line, counted from 1.
        line: usize,
        /// What is wrong there.
        reason: String,
    },
    /// `reason`.
    #[error("{reason}")]
    Malformed {
        /// What is wrong.
        reason: String,
    },
    /// A layout that the checker does not know: not a fault of the file.
    #[error("the checker does not know this layout: {reason}")]
    UnknownLayout {
        /// What the checker does not know of it.
        reason: String,
    },
}

impl ReadError {
    /// True if the file may be in order, but is beyond these readers.
    pub fn is_unknown(&self) -> bool {
        matches!(self, ReadError::UnknownFormat { .. } | ReadError::UnknownLayout { .. })
    }
}

fn malformed(reason: impl Into<String>) -> ReadError {
    ReadError::Malformed { reason: reason.into() }
}

/// Reads a network by the ending of the file's name, in one go; with the sha256 (lower-case hexadecimal) of its bytes.
///
/// # Errors
/// A file that cannot be read, or is not what its name says.
pub fn read(path: &Path) -> Result<(Input, String), ReadError> {
    let file = |reason| ReadError::File { path: path.display().to_string(), reason };
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase()).unwrap_or_default();
    let reader: fn(&[u8]) -> Result<Input, ReadError> = match extension.as_str() {
        "mtx" => matrix_market::read,
        "npy" => npy::read,
        "csv" => csv::read,
        "safetensors" => safetensors::read,
        _ => return Err(ReadError::UnknownFormat { extension }),
    };
    let bytes = std::fs::read(path).map_err(file)?;
    let hash = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    Ok((reader(&bytes)?, hash))
}

/// A square matrix, row = target, as an input without outside; zeros are left out.
fn square(neurons: usize, columns: usize, values: &[f64]) -> Result<Input, ReadError> {
    if neurons != columns {
        return Err(malformed(format!("the matrix is {neurons} x {columns}, but recurrent weights are square")));
    }
    let entries = values.iter().enumerate().filter(|(_, value)| **value != 0.0);
    let recurrent = entries.map(|(at, &value)| (at / columns, at % columns, value)).collect();
    Ok(Input { neurons, recurrent, ..Input::default() })
}
