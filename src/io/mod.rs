//! Readers and writers: Matrix Market, NumPy, CSV, safetensors; log-scales; the embedded data.
//!
//! A file's extension says what it is. Whatever a file holds, a reader returns a network or an error that names the
//! place at fault and the way out, and reserves no more memory than the file's length accounts for. A writer
//! leaves either the whole new file or the old one.

mod atomic;
pub mod csv;
pub mod embedded;
pub mod matrix_market;
pub mod npy;
pub mod safetensors;
mod scales;
mod sparse_tensors;
mod text;

pub use atomic::WriteError;
pub use scales::{
    ScalesError, read_csv as read_scales_csv, read_scales, write_csv as write_scales_csv, write_decimal_scales,
    write_scales,
};
pub use text::NumberError;

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::sha256::{Hashed, sha256};
use atomic::write_atomically;

use crate::network::{Activation, Network, Weights};

/// Why a file could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    #[error("{path}: the extension does not say what the file is; known are {known}", path = path.display())]
    UnknownExtension { path: PathBuf, known: &'static str },
    #[error("{path}: there is no such file; check the name", path = path.display())]
    NotFound { path: PathBuf },
    #[error("{path}: this is a directory; name a file in it", path = path.display())]
    IsDirectory { path: PathBuf },
    #[error("{path}: this is neither a file nor a link to one; copy the data to a file first", path = path.display())]
    NotAFile { path: PathBuf },
    #[error("{path}: the file is empty; check how it was written", path = path.display())]
    Empty { path: PathBuf },
    #[error("{path}: the file cannot be read: {error}", path = path.display())]
    Unreadable { path: PathBuf, error: io::Error },
    #[error("{path}: {error}", path = path.display())]
    MatrixMarket { path: PathBuf, error: matrix_market::MatrixMarketError },
    #[error("{path}: {error}", path = path.display())]
    Npy { path: PathBuf, error: npy::NpyError },
    #[error("{path}: {error}", path = path.display())]
    Csv { path: PathBuf, error: csv::CsvError },
    #[error("{path}: {error}", path = path.display())]
    Safetensors { path: PathBuf, error: safetensors::SafetensorsError },
    #[error("{path}: {error}", path = path.display())]
    Scales { path: PathBuf, error: ScalesError },
}

/// A network that was read, and what the user should know about the reading of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Loaded {
    /// The network, validated.
    pub network: Network,
    /// One sentence each: what of the file was left out, or taken for granted.
    pub notices: Vec<String>,
}

/// The extensions of [`read_network`] and [`write_network`].
const KNOWN: &str = ".mtx, .npy, .csv and .safetensors";

/// The most bytes of a dense file: 4 GiB, the square matrix of 23,170 neurons in double precision.
const LARGEST_DENSE_FILE: u64 = 1 << 32;

/// The program and its version, for the files that can carry a remark.
const WRITTEN_BY: &str = concat!("synbal ", env!("CARGO_PKG_VERSION"));

/// Reads a network from a `.mtx`, `.npy` or `.csv` matrix of recurrent weights (row = target) or from a
/// `.safetensors` file of a whole network. `activation` is for files that do not say which theirs is.
///
/// # Errors
/// A file that cannot be opened or is not what its extension says; the message names the place at fault.
pub fn read_network(path: &Path, activation: Activation) -> Result<Loaded, ReadError> {
    parse(path, activation, |file| file)
}

/// The same together with the sha256 of the file, in hexadecimal. The file is read once: what is hashed is what was
/// parsed, even if somebody writes to the file meanwhile; and of a matrix that is read as a stream, no copy is held.
///
/// # Errors
/// As [`read_network`].
pub fn read_network_hashed(path: &Path, activation: Activation) -> Result<(Loaded, String), ReadError> {
    let mut hashed = None;
    let loaded = parse(path, activation, |file| hashed.insert(Hashed::new(file)))?;
    let unreadable = |error| ReadError::Unreadable { path: path.to_owned(), error };
    let digest = hashed.map_or_else(|| Ok(sha256(&[])), Hashed::finish).map_err(unreadable)?;
    Ok((loaded, digest))
}

fn parse<R: Read>(path: &Path, activation: Activation, through: impl FnOnce(File) -> R) -> Result<Loaded, ReadError> {
    let recurrent = |weights: Weights| Loaded { network: Network::recurrent(weights, activation), notices: Vec::new() };
    match extension(path).as_str() {
        "mtx" => {
            let (file, bytes) = open(path)?;
            let weights = matrix_market::read(through(file), bytes);
            weights.map(recurrent).map_err(|error| ReadError::MatrixMarket { path: path.to_owned(), error })
        }
        "npy" => {
            let weights = npy::read_matrix(&read_all_through(path, through)?);
            weights.map(recurrent).map_err(|error| ReadError::Npy { path: path.to_owned(), error })
        }
        "csv" => {
            let (file, _) = open(path)?;
            csv::read(through(file)).map(recurrent).map_err(|error| ReadError::Csv { path: path.to_owned(), error })
        }
        "safetensors" => {
            let loaded = safetensors::read(&read_all_through(path, through)?, activation);
            loaded.map_err(|error| ReadError::Safetensors { path: path.to_owned(), error })
        }
        _ => Err(ReadError::UnknownExtension { path: path.to_owned(), known: KNOWN }),
    }
}

/// Writes a network to a `.mtx`, `.npy`, `.csv` or `.safetensors` file, the whole file or nothing. Returns notices
/// for the user: a matrix format holds the recurrent weights only, and what it leaves out is named.
///
/// # Errors
/// Another extension, a network that is not valid, or a place that cannot be written to.
pub fn write_network(path: &Path, network: &Network) -> Result<Vec<String>, WriteError> {
    let invalid = |error| WriteError::InvalidNetwork { path: path.to_owned(), error };
    network.validate().map_err(invalid)?;
    if let Some((target, source_index, &value)) = network.weights.triplets().find(|(_, _, value)| !value.is_finite()) {
        return Err(invalid(crate::network::NetworkError::WeightNotFinite { target, source_index, value }));
    }
    let weights = &network.weights;
    let kind = extension(path);
    // Bytes a weight: a double, or in text a zero and a comma.
    let width = match kind.as_str() {
        "npy" => 8,
        "csv" => 2,
        _ => 0,
    };
    let neurons = weights.neurons();
    let bytes = (neurons as u64).saturating_mul(neurons as u64).saturating_mul(width);
    if bytes > LARGEST_DENSE_FILE {
        return Err(WriteError::DenseTooLarge { path: path.to_owned(), neurons, bytes, limit: LARGEST_DENSE_FILE });
    }
    match kind.as_str() {
        "mtx" => write_atomically(path, |writer| matrix_market::write(weights, writer))?,
        "npy" => write_atomically(path, |writer| npy::write_matrix(weights, writer))?,
        "csv" => write_atomically(path, |writer| csv::write(weights, writer))?,
        "safetensors" => {
            write_atomically(path, |writer| safetensors::write(network, safetensors::Precision::Double, writer))?;
            return Ok(Vec::new());
        }
        _ => return Err(WriteError::UnknownExtension { path: path.to_owned(), known: KNOWN }),
    }
    Ok(left_out_of_a_matrix(path, network))
}

/// Writes a `.safetensors` file in single precision, the whole file or nothing; what is read back is the network that was
/// given if that is one of [`Network::in_single_precision`].
///
/// # Errors
/// Another extension, a network that is not valid in single precision, or a place that cannot be written to.
pub fn write_network_in_single_precision(path: &Path, network: &Network) -> Result<(), WriteError> {
    let invalid = |error| WriteError::InvalidNetwork { path: path.to_owned(), error };
    network.validate().map_err(invalid)?;
    let rounded = network.in_single_precision().map_err(invalid)?;
    if extension(path) != "safetensors" {
        return Err(WriteError::UnknownExtension { path: path.to_owned(), known: ".safetensors" });
    }
    write_atomically(path, |writer| safetensors::write(&rounded, safetensors::Precision::Single, writer))
}

/// What a bare matrix of recurrent weights does not say about `network`.
fn left_out_of_a_matrix(path: &Path, network: &Network) -> Vec<String> {
    let parts = [
        (network.activation != Activation::Relu, "activation"),
        (network.w_in.is_some(), "w_in"),
        (network.w_out.is_some(), "w_out"),
        (network.bias.is_some(), "b"),
        (network.initial_state.is_some(), "x0"),
        (network.time_constants.is_some(), "tau"),
    ];
    let left_out: Vec<&str> = parts.iter().filter(|(there, _)| *there).map(|&(_, name)| name).collect();
    if left_out.is_empty() {
        return Vec::new();
    }
    vec![format!(
        "{}: this format holds the recurrent weights only, so {} not written; write a .safetensors file to keep the whole network",
        path.display(),
        if left_out.len() == 1 { format!("{} was", left_out[0]) } else { format!("{} were", left_out.join(", ")) }
    )]
}

/// The extension in lower case, empty if there is none.
fn extension(path: &Path) -> String {
    path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase()).unwrap_or_default()
}

/// Opens a file that is not empty, with its length.
fn open(path: &Path) -> Result<(File, u64), ReadError> {
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => ReadError::NotFound { path: path.to_owned() },
        _ => ReadError::Unreadable { path: path.to_owned(), error },
    };
    // Looked at before it is opened: to open a pipe would wait for whoever writes to it.
    let metadata = fs::metadata(path).map_err(failed)?;
    if metadata.is_dir() {
        return Err(ReadError::IsDirectory { path: path.to_owned() });
    }
    if !metadata.is_file() {
        return Err(ReadError::NotAFile { path: path.to_owned() });
    }
    if metadata.len() == 0 {
        return Err(ReadError::Empty { path: path.to_owned() });
    }
    Ok((File::open(path).map_err(failed)?, metadata.len()))
}

/// The bytes of a file that is not empty.
fn read_all(path: &Path) -> Result<Vec<u8>, ReadError> {
    read_all_through(path, |file| file)
}

fn read_all_through<R: Read>(path: &Path, through: impl FnOnce(File) -> R) -> Result<Vec<u8>, ReadError> {
    let (file, bytes) = open(path)?;
    let mut content = Vec::new();
    let unreadable = |error| ReadError::Unreadable { path: path.to_owned(), error };
    content.try_reserve_exact(bytes as usize).map_err(|_| unreadable(io::ErrorKind::OutOfMemory.into()))?;
    through(file).read_to_end(&mut content).map_err(unreadable)?;
    Ok(content)
}

/// Hands out the dense rows of `weights` one after the other, holding one at a time.
fn for_each_row(weights: &Weights, mut take: impl FnMut(&[f64]) -> io::Result<()>) -> io::Result<()> {
    let pattern = weights.pattern();
    let mut row = vec![0.0; weights.neurons()];
    for i in 0..weights.neurons() {
        for e in pattern.row(i) {
            row[pattern.source(e)] = weights.values()[e];
        }
        take(&row)?;
        for e in pattern.row(i) {
            row[pattern.source(e)] = 0.0;
        }
    }
    Ok(())
}

/// What a file is to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// A network, as [`write_network`] writes it.
    Network,
    /// Log-scales, as [`write_scales`] writes them.
    Scales,
    /// Anything, as [`write_bytes`] writes it.
    Bytes,
}

/// Looks whether files could be written to these paths, before the work that fills them. Nothing is touched.
///
/// # Errors
/// An extension that does not go with the content, a folder that is not there, a file that may not be replaced, or one
/// file for two results.
pub fn check_outputs(outputs: &[(&Path, Content)]) -> Result<(), WriteError> {
    let mut taken = Vec::new();
    for &(path, content) in outputs {
        let (fits, known) = match content {
            Content::Network => (matches!(extension(path).as_str(), "mtx" | "npy" | "csv" | "safetensors"), KNOWN),
            Content::Scales => (matches!(extension(path).as_str(), "csv" | "npy"), scales::KNOWN),
            Content::Bytes => (true, ""),
        };
        if !fits {
            return Err(WriteError::UnknownExtension { path: path.to_owned(), known });
        }
        let file = atomic::destination(path)?.identity();
        if taken.contains(&file) {
            return Err(WriteError::SameFile { path: path.to_owned() });
        }
        taken.push(file);
    }
    Ok(())
}

/// Writes bytes to a file, whole or not at all: a page or a JSON document.
///
/// # Errors
/// A place that cannot be written; whatever was there before still is.
pub fn write_bytes(path: &Path, bytes: &[u8]) -> Result<(), WriteError> {
    write_atomically(path, |writer| io::Write::write_all(writer, bytes))
}
