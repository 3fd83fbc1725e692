//! Why a file could not be written.

use std::io;
use std::path::PathBuf;

use super::labelled::LabelledError;
use super::text::NumberError;
use crate::network::NetworkError;
use crate::ranks::OnAnotherRank;

/// Why a file could not be written. Whatever was at the path before is still there.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// `path`: the extension does not say which format to write.
    #[error("{path}: the extension does not say which format to write; known are {known}", path = path.display())]
    UnknownExtension {
        /// The file that was to be written.
        path: PathBuf,
        /// The endings that are known.
        known: &'static str,
    },
    /// `path`: this is a directory.
    #[error("{path}: this is a directory; name a file in it", path = path.display())]
    IsDirectory {
        /// The file that was to be written.
        path: PathBuf,
    },
    /// `path`: this is neither a file nor a link to one, and would be replaced by a file.
    #[error("{path}: this is neither a file nor a link to one, and would be replaced by a file; choose another name", path = path.display())]
    NotAFile {
        /// The file that was to be written.
        path: PathBuf,
    },
    /// `path`: the file is read-only.
    #[error("{path}: the file is read-only; make it writable or choose another name", path = path.display())]
    ReadOnly {
        /// The file that was to be written.
        path: PathBuf,
    },
    /// `path`: the folder `folder` does not exist.
    #[error("{path}: the folder {folder} does not exist; create it first", path = path.display(), folder = folder.display())]
    NoSuchFolder {
        /// The file that was to be written.
        path: PathBuf,
        /// The folder that is missing.
        folder: PathBuf,
    },
    /// `path`: `folder` is not a folder.
    #[error("{path}: {folder} is not a folder; choose another place", path = path.display(), folder = folder.display())]
    NotAFolder {
        /// The file that was to be written.
        path: PathBuf,
        /// What stands in the folder's place.
        folder: PathBuf,
    },
    /// `path`: the file cannot be written: `error`.
    #[error("{path}: the file cannot be written: {error}; free the place or choose another", path = path.display())]
    Unwritable {
        /// The file that was to be written, or its folder.
        path: PathBuf,
        /// What is wrong.
        error: io::Error,
    },
    /// `path`: the dense matrix of `neurons` neurons would fill `bytes` bytes or more, and the limit is `limit`.
    #[error("{path}: the dense matrix of {neurons} neurons would fill {bytes} bytes or more, and the limit is {limit}; write a .mtx or .safetensors file, which are sparse", path = path.display())]
    DenseTooLarge {
        /// The file that was to be written.
        path: PathBuf,
        /// Number of neurons.
        neurons: usize,
        /// Number of bytes.
        bytes: u64,
        /// The most bytes that a dense file may have.
        limit: u64,
    },
    /// `path`: two results are to go to this one file.
    #[error("{path}: two results are to go to this one file; name another for one of them", path = path.display())]
    SameFile {
        /// The file that was to be written.
        path: PathBuf,
    },
    /// `path`: this is the file that `input` was read from, and would be replaced by something else.
    #[error("{path}: this is the file that {input} was read from, and would be replaced by something else; name another", path = path.display(), input = input.display())]
    IsInput {
        /// The file that was to be written.
        path: PathBuf,
        /// The input, as it was named.
        input: PathBuf,
    },
    /// `path`: the links there lead in a circle, or through more than `limit` others.
    #[error("{path}: the links there lead in a circle, or through more than {limit} others; name a file", path = path.display())]
    LinksWithoutEnd {
        /// The file that was to be written.
        path: PathBuf,
        /// The most links that are followed.
        limit: usize,
    },
    /// `path`: not written, because `error`.
    #[error("{path}: not written, because {error}", path = path.display())]
    InvalidNetwork {
        /// The file that was to be written.
        path: PathBuf,
        /// What is wrong.
        error: NetworkError,
    },
    /// `path`: not written, because a table with these names could not be read back: `error`.
    #[error("{path}: not written, because a table with these names could not be read back: {error}", path = path.display())]
    BadNames {
        /// The file that was to be written.
        path: PathBuf,
        /// What is wrong.
        error: LabelledError,
    },
    /// `path`: not written, because the log-scale of neuron `neuron` is `value`.
    #[error("{path}: not written, because the log-scale of neuron {neuron} (counted from 0) is {value}; it must be finite", path = path.display())]
    ScaleNotFinite {
        /// The file that was to be written.
        path: PathBuf,
        /// The neuron, counted from 0.
        neuron: usize,
        /// The value found.
        value: f64,
    },
    /// `path`: not written, because the log-scale of neuron `neuron` cannot be read back: `error`.
    #[error("{path}: not written, because the log-scale of neuron {neuron} (counted from 0) cannot be read back: {error}", path = path.display())]
    ScaleNotANumber {
        /// The file that was to be written.
        path: PathBuf,
        /// The neuron, counted from 0.
        neuron: usize,
        /// What is wrong.
        error: NumberError,
    },
    /// A file that is written by several ranks could not be by another one: [`OnAnotherRank`].
    #[error(transparent)]
    OnAnotherRank(#[from] OnAnotherRank),
    /// `path`: a file is there already, which was not to be replaced.
    #[error("{path}: a file is there already, which was not to be replaced; choose another name", path = path.display())]
    Exists {
        /// The file that was to be written.
        path: PathBuf,
    },
    /// `path`: decimals of any length are written to .csv files only.
    #[error("{path}: decimals of any length are written to .csv files only; give a name that ends in .csv", path = path.display())]
    DecimalsNeedCsv {
        /// The file that was to be written.
        path: PathBuf,
    },
}
