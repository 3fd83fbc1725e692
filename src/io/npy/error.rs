//! What can be wrong with a NumPy array.

use std::io;

use crate::network::NetworkError;

/// What can be wrong with a NumPy array. Indices count from 0, as in NumPy.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NpyError {
    /// The file cannot be read: see the message.
    #[error("the file cannot be read: {0}")]
    Read(#[from] io::Error),
    /// The file does not begin like a NumPy array.
    #[error("the file does not begin like a NumPy array; save it with numpy.save")]
    NotNpy,
    /// Version `major`.`minor` of the NumPy format is unknown.
    #[error("version {major}.{minor} of the NumPy format is unknown; versions 1.0 to 3.0 are supported")]
    UnknownVersion {
        /// Major version.
        major: u8,
        /// Minor version.
        minor: u8,
    },
    /// The header announces `announced` bytes of text but the file has `bytes`.
    #[error("the header announces {announced} bytes of text but the file has {bytes}; the file is cut off or damaged")]
    HeaderTooLong {
        /// What the header announces.
        announced: u64,
        /// Number of bytes.
        bytes: u64,
    },
    /// The header is damaged at byte `byte`: expected `expected`.
    #[error(
        "the header is damaged at byte {byte} (counted from 0): expected {expected}; save the array again with numpy.save"
    )]
    BadHeader {
        /// The byte of the file, counted from 0.
        byte: usize,
        /// What was expected.
        expected: &'static str,
    },
    /// The array has dtype `dtype`, which is not supported.
    #[error("the array has dtype {dtype}, which is not supported; real and whole numbers and logical values are")]
    UnsupportedDtype {
        /// Its dtype.
        dtype: String,
    },
    /// The array has `found` dimensions, expected `expected`.
    #[error("the array has {found} dimensions, expected {expected}")]
    WrongDimensions {
        /// What was found.
        found: usize,
        /// What was expected.
        expected: usize,
    },
    /// The matrix is `rows` x `columns`, but recurrent weights are square: one row and one column a neuron.
    #[error("the matrix is {rows} x {columns}, but recurrent weights are square: one row and one column a neuron")]
    NotSquare {
        /// Number of rows.
        rows: u64,
        /// Number of columns.
        columns: u64,
    },
    /// The array is empty.
    #[error("the array is empty; give at least one neuron")]
    NoNeurons,
    /// The header declares an array of shape `shape` and dtype `dtype`, which does not fit the `data_bytes` bytes of
    /// data.
    #[error(
        "the header declares an array of shape {shape:?} and dtype {dtype}, which does not fit the {data_bytes} bytes of data; the file is cut off or damaged"
    )]
    WrongLength {
        /// Its shape.
        shape: Vec<u64>,
        /// Its dtype.
        dtype: String,
        /// Bytes of data that are there.
        data_bytes: u64,
    },
    /// Element `index` is `value`.
    #[error("element {index:?} (counted from 0) is {value}; replace it by a finite number")]
    NotFinite {
        /// The index, counted from 0.
        index: Vec<u64>,
        /// The value found.
        value: f64,
    },
    /// Element `index` is `value`, a whole number beyond ±2^53 that f64 cannot hold.
    #[error(
        "element {index:?} (counted from 0) is {value}, a whole number beyond ±2^53 that f64 cannot hold; convert with astype('float64')"
    )]
    IntegerTooLarge {
        /// The index, counted from 0.
        index: Vec<u64>,
        /// The value found.
        value: i128,
    },
    /// A fault found there: [`NetworkError`].
    #[error(transparent)]
    Network(#[from] NetworkError),
}
