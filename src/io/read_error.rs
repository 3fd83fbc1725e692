//! What stands in the way of reading a file.

use std::io;
use std::path::PathBuf;

use crate::ranks::OnAnotherRank;

use super::{TensorError, csv, edges, graphml, labelled, matlab, matrix_market, npy};

/// Why a file could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// `path`: the extension does not say what the file is.
    #[error("{path}: the extension does not say what the file is; known are {known}", path = path.display())]
    UnknownExtension {
        /// The file that was to be read.
        path: PathBuf,
        /// The endings that are known.
        known: &'static str,
    },
    /// `path`: `what` files cannot be read here.
    #[error("{path}: {what} files cannot be read here; convert it in Python:\n{recipe}", path = path.display())]
    Convert {
        /// The file that was to be read.
        path: PathBuf,
        /// What it is about.
        what: &'static str,
        /// The Python code that converts it.
        recipe: &'static str,
    },
    /// `path`: there is no such file.
    #[error("{path}: there is no such file; check the name", path = path.display())]
    NotFound {
        /// The file that was to be read.
        path: PathBuf,
    },
    /// `path`: this is a directory.
    #[error("{path}: this is a directory; name a file in it", path = path.display())]
    IsDirectory {
        /// The file that was to be read.
        path: PathBuf,
    },
    /// `path`: this is neither a file nor a link to one.
    #[error("{path}: this is neither a file nor a link to one; copy the data to a file first", path = path.display())]
    NotAFile {
        /// The file that was to be read.
        path: PathBuf,
    },
    /// `path`: the file is empty.
    #[error("{path}: the file is empty; check how it was written", path = path.display())]
    Empty {
        /// The file that was to be read.
        path: PathBuf,
    },
    /// `path`: the file cannot be read: `error`.
    #[error("{path}: the file cannot be read: {error}", path = path.display())]
    Unreadable {
        /// The file that was to be read.
        path: PathBuf,
        /// What is wrong.
        error: io::Error,
    },
    /// `path`: `what` is said of it, but it holds `holds`.
    #[error("{path}: {what} was given, but the file holds {holds}, to which that does not apply: leave it out", path = path.display())]
    DoesNotApply {
        /// The file that was to be read.
        path: PathBuf,
        /// What is said of the file.
        what: &'static str,
        /// What the file holds.
        holds: &'static str,
    },
    /// `path`: there is a zero byte among the first ones, so this is no text.
    #[error("{path}: there is a zero byte among the first ones, so this is no text; check how it was written", path = path.display())]
    ZeroByte {
        /// The file that was to be read.
        path: PathBuf,
    },
    /// `path`: the file unpacks to more than `limit` bytes.
    #[error("{path}: the file unpacks to more than {limit} bytes", path = path.display())]
    UnpacksTooLarge {
        /// The file that was to be read.
        path: PathBuf,
        /// The most bytes that a file of its size can unpack to.
        limit: u64,
    },
    /// `path`: `error`.
    #[error("{path}: {error}", path = path.display())]
    MatrixMarket {
        /// The file that was to be read.
        path: PathBuf,
        /// What is wrong.
        error: matrix_market::MatrixMarketError,
    },
    /// `path`: `error`.
    #[error("{path}: {error}", path = path.display())]
    Npy {
        /// The file that was to be read.
        path: PathBuf,
        /// What is wrong.
        error: npy::NpyError,
    },
    /// `path`: `error`.
    #[error("{path}: {error}", path = path.display())]
    Csv {
        /// The file that was to be read.
        path: PathBuf,
        /// What is wrong.
        error: csv::CsvError,
    },
    /// `path`: `error`.
    #[error("{path}: {error}", path = path.display())]
    Edges {
        /// The file that was to be read.
        path: PathBuf,
        /// What is wrong.
        error: edges::EdgesError,
    },
    /// `path`: `error`.
    #[error("{path}: {error}", path = path.display())]
    Labelled {
        /// The file that was to be read.
        path: PathBuf,
        /// What is wrong.
        error: labelled::LabelledError,
    },
    /// `path`: `error`.
    #[error("{path}: {error}", path = path.display())]
    GraphMl {
        /// The file that was to be read.
        path: PathBuf,
        /// What is wrong.
        error: graphml::GraphMlError,
    },
    /// `path`: `error`.
    #[error("{path}: {error}", path = path.display())]
    Matlab {
        /// The file that was to be read.
        path: PathBuf,
        /// What is wrong.
        error: matlab::MatlabError,
    },
    /// `path`: `error`.
    #[error("{path}: {error}", path = path.display())]
    Tensors {
        /// The file that was to be read.
        path: PathBuf,
        /// What is wrong.
        error: Box<TensorError>,
    },
    /// `path`: several processes read the lines of a `.mtx` file only.
    #[error("{path}: several processes read the lines of a .mtx file of coordinates only; convert it, or use one process", path = path.display())]
    OnlyCoordinatesOnRanks {
        /// The file that was to be read.
        path: PathBuf,
    },
    /// A file that is read by several ranks could not be by another one: [`OnAnotherRank`].
    #[error(transparent)]
    OnAnotherRank(#[from] OnAnotherRank),
    /// `path`: `error`.
    #[error("{path}: {error}", path = path.display())]
    Gains {
        /// The file that was to be read.
        path: PathBuf,
        /// What is wrong.
        error: super::GainsError,
    },
    /// `path`: `error`.
    #[error("{path}: {error}", path = path.display())]
    Scales {
        /// The file that was to be read.
        path: PathBuf,
        /// What is wrong.
        error: super::ScalesError,
    },
}
