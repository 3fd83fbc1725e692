//! Readers and writers: matrices, lists of edges, whole models; log-scales; the embedded data.
//!
//! A file's extension says what it is. Whatever a file holds, a reader returns a network or an error that names the
//! place at fault and the way out, and reserves no more memory than the file's length accounts for. A writer
//! leaves either the whole new file or the old one.

mod activations;
mod atomic;
mod containers;
pub mod csv;
pub mod edges;
pub mod embedded;
mod gains;
pub mod graphml;
pub mod labelled;
pub mod layouts;
pub mod matlab;
pub mod matrix_market;
mod metadata;
mod models;
mod new_file;
pub mod npy;
pub mod npz;
mod parts;
mod read;
mod read_error;
mod records;
pub mod safetensors;
mod said;
mod scales;
mod sparse_tensors;
pub mod tensors;
mod text;
mod write_error;

pub use activations::{BadActivations, GivenActivations};
pub use atomic::remove_unfinished_files;
pub use edges::write as write_edges;
pub use gains::{GainsError, read_gains, read_gains_csv};
pub use matrix_market::Part;
pub use models::{ModelFile, ReadOptions};
pub use new_file::write_new_bytes;
pub use parts::{read_part, write_part};
pub use read::{read_network, read_network_as, read_network_hashed};
pub use read_error::ReadError;
pub use records::RecordError;
pub use scales::{
    KNOWN as SCALES_FORMATS, SIGN, ScalesError, read_csv as read_scales_csv, read_scales,
    write_csv as write_scales_csv, write_decimal_scales, write_named_scales, write_scales,
};
pub use tensors::{Float, TensorError};
pub use text::NumberError;
pub use write_error::WriteError;

use std::io;
use std::path::{Path, PathBuf};

use atomic::{write_all_atomically, write_atomically};
use read::{open, read_all};

use crate::network::{Activation, Network, NetworkError, Weights};

/// A network that was read, and what the user should know about the reading of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Loaded {
    /// The network, validated.
    pub network: Network,
    /// One sentence each: what was taken for granted.
    pub notices: Vec<String>,
    /// The names of the neurons, where the file has any.
    pub names: Option<Vec<String>>,
    /// The file itself, where it holds a whole model.
    pub model: Option<ModelFile>,
}

/// How a file is to be understood where its format leaves that open. What does not apply to a file is an error of reading it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Form {
    /// A table is a list of edges, with these columns.
    pub edges: Option<edges::EdgeColumns>,
    /// A table is a matrix, even if it could be a list of edges.
    pub matrix: bool,
    /// Rows of a matrix are sources.
    pub transpose: bool,
    /// The variable of a `.mat` file, the array of an `.npz` file, or the attribute of a `.graphml` file, that holds the weights.
    pub variable: Option<String>,
}

impl Form {
    /// The same for a list of edges with these columns.
    #[must_use]
    pub fn with_edges(self, edges: impl Into<Option<edges::EdgeColumns>>) -> Self {
        Form { edges: edges.into(), ..self }
    }

    /// The same for a table that is a matrix.
    #[must_use]
    pub fn with_matrix(self, matrix: bool) -> Self {
        Form { matrix, ..self }
    }

    /// The same for a matrix whose rows are sources.
    #[must_use]
    pub fn with_transpose(self, transpose: bool) -> Self {
        Form { transpose, ..self }
    }

    /// The same for weights in this variable or attribute.
    #[must_use]
    pub fn with_variable(self, variable: impl Into<Option<String>>) -> Self {
        Form { variable: variable.into(), ..self }
    }
}

/// The extensions of [`write_network`].
const KNOWN: &str = ".mtx, .npy, .csv, .tsv and .safetensors";

/// What is said where a format has no place for the names of neurons.
pub const NAMES_LEFT_OUT: &str = "the neurons' names have no place in this format; .csv and .tsv have one";

/// The most bytes of a dense file: 4 GiB, the square matrix of 23,170 neurons in double precision.
const LARGEST_DENSE_FILE: u64 = 1 << 32;

/// The program and its version, for the files that can carry a remark.
const WRITTEN_BY: &str = concat!("synbal ", env!("CARGO_PKG_VERSION"));

/// Writes a network to a `.mtx`, `.npy`, `.csv`, `.tsv` or `.safetensors` file, the whole file or nothing. Returns notices
/// for the user: a matrix format holds the recurrent weights only, and what it leaves out is named.
///
/// # Errors
/// Another extension, a network that is not valid, or a place that cannot be written to.
pub fn write_network(path: &Path, network: &Network) -> Result<Vec<String>, WriteError> {
    let weights = &network.weights;
    let kind = extension(path);
    check_network(path, &kind, network)?;
    match kind.as_str() {
        "mtx" => write_atomically(path, |writer| matrix_market::write(weights, writer))?,
        "npy" => write_atomically(path, |writer| npy::write_matrix(weights, writer))?,
        "csv" => write_atomically(path, |writer| csv::write(weights, b',', writer))?,
        "tsv" => write_atomically(path, |writer| csv::write(weights, b'\t', writer))?,
        "safetensors" => {
            write_atomically(path, |writer| safetensors::write(network, safetensors::Precision::Double, writer))?;
            return Ok(Vec::new());
        }
        _ => return Err(WriteError::UnknownExtension { path: path.to_owned(), known: KNOWN }),
    }
    Ok(left_out_of_a_matrix(path, network))
}

/// Writes a network as [`write_network`] does, and to a `.csv` or `.tsv` file the neurons' names, where they have any, with its rows
/// and columns. That other formats have no place for names is one of the notices.
///
/// # Errors
/// As [`write_network`]; another number of names than of neurons, or names that could not be read back.
pub fn write_named_network(
    path: &Path,
    network: &Network,
    names: Option<&[String]>,
) -> Result<Vec<String>, WriteError> {
    let Some(names) = names else { return write_network(path, network) };
    let kind = extension(path);
    let delimiter = match kind.as_str() {
        "csv" => b',',
        "tsv" => b'\t',
        _ => {
            let mut notices = write_network(path, network)?;
            notices.push(NAMES_LEFT_OUT.to_owned());
            return Ok(notices);
        }
    };
    check_network(path, &kind, network)?;
    let neurons = network.weights.neurons();
    if names.len() != neurons {
        let expected = format!("{neurons}, one a neuron");
        let error = NetworkError::WrongShape { what: "the names", rows: names.len(), columns: 1, expected };
        return Err(WriteError::InvalidNetwork { path: path.to_owned(), error });
    }
    let bad_names = |error| WriteError::BadNames { path: path.to_owned(), error };
    labelled::check_names(names, &kind, delimiter).map_err(bad_names)?;
    write_atomically(path, |writer| labelled::write(&network.weights, names, delimiter, writer))?;
    Ok(left_out_of_a_matrix(path, network))
}

/// Refuses a network that is not valid, and a dense file beyond all use, by the least that it would hold.
fn check_network(path: &Path, kind: &str, network: &Network) -> Result<(), WriteError> {
    let invalid = |error| WriteError::InvalidNetwork { path: path.to_owned(), error };
    network.validate().map_err(invalid)?;
    if let Some((target, source_index, &value)) = network.weights.triplets().find(|(_, _, value)| !value.is_finite()) {
        return Err(invalid(NetworkError::WeightNotFinite { target, source_index, value }));
    }
    // Bytes a weight: a double, or in text a zero and a comma.
    let width = match kind {
        "npy" => 8,
        "csv" | "tsv" => 2,
        _ => 0,
    };
    let neurons = network.weights.neurons();
    let bytes = (neurons as u64).saturating_mul(neurons as u64).saturating_mul(width);
    if bytes > LARGEST_DENSE_FILE {
        return Err(WriteError::DenseTooLarge { path: path.to_owned(), neurons, bytes, limit: LARGEST_DENSE_FILE });
    }
    Ok(())
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
/// An extension that does not go with the content, a folder that is not there, a file that may not be replaced, one
/// file for two results, or a file that is also one of `inputs`.
pub fn check_outputs(outputs: &[(&Path, Content)], inputs: &[&Path]) -> Result<(), WriteError> {
    let mut taken = Vec::new();
    for &(path, content) in outputs {
        let (fits, known) = match content {
            Content::Network => {
                (matches!(extension(path).as_str(), "mtx" | "npy" | "csv" | "tsv" | "safetensors"), KNOWN)
            }
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
        let is_file = |input: &&&Path| input.canonicalize().is_ok_and(|input| input == file);
        if let Some(input) = inputs.iter().find(is_file) {
            return Err(WriteError::IsInput { path: path.to_owned(), input: input.to_path_buf() });
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

/// Writes several files, each the whole file or nothing. They are put in their places together, when every one of them is on the
/// disk: whatever stands in the way of one before leaves all old files where they were.
///
/// # Errors
/// The first that cannot be written.
pub fn write_files(files: &[(PathBuf, Vec<u8>)]) -> Result<(), WriteError> {
    write_all_atomically(files)
}
