//! What can be wrong with a Matrix Market file.

use std::io;

use crate::io::text::NumberError;
use crate::network::NetworkError;
use crate::ranks::OnAnotherRank;

/// What can be wrong with a Matrix Market file. Lines, rows and columns count from 1, as in the file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MatrixMarketError {
    /// The file cannot be read: see the message.
    #[error("the file cannot be read: {0}")]
    Read(#[from] io::Error),
    /// Line `line` is not UTF-8.
    #[error("line {line} is not UTF-8; save the file as plain text")]
    NotUtf8 {
        /// The line, counted from 1.
        line: u64,
    },
    /// Line 1 is `text`.
    #[error(
        "line 1 is `{text}`; a Matrix Market file begins with a line like `%%MatrixMarket matrix coordinate real general`"
    )]
    BadHeader {
        /// What stands there.
        text: String,
    },
    /// The header says `word`, which is not supported here.
    #[error("the header says `{word}`, which is not supported here; supported are {supported}")]
    Unsupported {
        /// The word in the header.
        word: String,
        /// The words that are supported there.
        supported: &'static str,
    },
    /// The header combines `first` with `second`, which the format forbids.
    #[error("the header combines `{first}` with `{second}`, which the format forbids; correct line 1")]
    BadCombination {
        /// The one word.
        first: &'static str,
        /// The other word.
        second: &'static str,
    },
    /// Line `line` is `text`, expected the size of the matrix: `expected`.
    #[error("line {line} is `{text}`, expected the size of the matrix: {expected}")]
    BadSize {
        /// The line, counted from 1.
        line: u64,
        /// What stands there.
        text: String,
        /// What was expected.
        expected: &'static str,
    },
    /// The file ends before the line with the size of the matrix.
    #[error("the file ends before the line with the size of the matrix; it seems to be cut off")]
    NoSize,
    /// Line `line`: the matrix is `rows` x `columns`, but recurrent weights are square: one row and one column a
    /// neuron.
    #[error(
        "line {line}: the matrix is {rows} x {columns}, but recurrent weights are square: one row and one column a neuron"
    )]
    NotSquare {
        /// The line, counted from 1.
        line: u64,
        /// Number of rows.
        rows: u64,
        /// Number of columns.
        columns: u64,
    },
    /// Line `line`: the matrix has no rows.
    #[error("line {line}: the matrix has no rows; give one with at least one neuron")]
    NoNeurons {
        /// The line, counted from 1.
        line: u64,
    },
    /// Line `line` declares `neurons` neurons, far more than a file of `bytes` bytes connects.
    #[error(
        "line {line} declares {neurons} neurons, far more than a file of {bytes} bytes connects; leave out those without a synapse"
    )]
    ImplausibleSize {
        /// The line, counted from 1.
        line: u64,
        /// Number of neurons.
        neurons: u64,
        /// Number of bytes.
        bytes: u64,
    },
    /// Line `line` is `text`, expected `expected`.
    #[error("line {line} is `{text}`, expected {expected}")]
    BadEntry {
        /// The line, counted from 1.
        line: u64,
        /// What stands there.
        text: String,
        /// What was expected.
        expected: &'static str,
    },
    /// Line `line`: index 0, but rows and columns count from 1 in a Matrix Market file.
    #[error("line {line}: index 0, but rows and columns count from 1 in a Matrix Market file; add 1 to every index")]
    ZeroIndex {
        /// The line, counted from 1.
        line: u64,
    },
    /// Line `line`: the entry at row `row`, column `column` is outside the `neurons` x `neurons` matrix.
    #[error("line {line}: the entry at row {row}, column {column} is outside the {neurons} x {neurons} matrix")]
    IndexOutOfRange {
        /// The line, counted from 1.
        line: u64,
        /// The row, counted from 1.
        row: u64,
        /// The column, counted from 1.
        column: u64,
        /// Number of neurons.
        neurons: u64,
    },
    /// Line `line`: `error`.
    #[error("line {line}: {error}")]
    BadNumber {
        /// The line, counted from 1.
        line: u64,
        /// What is wrong.
        error: NumberError,
    },
    /// Line `line`: row `row`, column `column` is above the diagonal, but a symmetric or skew-symmetric file lists
    /// only the lower triangle.
    #[error(
        "line {line}: row {row}, column {column} is above the diagonal, but a symmetric or skew-symmetric file lists only the lower triangle"
    )]
    AboveDiagonal {
        /// The line, counted from 1.
        line: u64,
        /// The row, counted from 1.
        row: u64,
        /// The column, counted from 1.
        column: u64,
    },
    /// Line `line` is `text`: the header says `field`, but there is no number.
    #[error(
        "line {line} is `{text}`: the header says `{field}`, but there is no number; the header should say pattern"
    )]
    NoValue {
        /// The line, counted from 1.
        line: u64,
        /// What stands there.
        text: String,
        /// What the header says that each entry is: real or integer.
        field: &'static str,
    },
    /// Line `line`: row `row` has a diagonal entry, but the diagonal of a skew-symmetric matrix is zero.
    #[error("line {line}: row {row} has a diagonal entry, but the diagonal of a skew-symmetric matrix is zero")]
    OnSkewDiagonal {
        /// The line, counted from 1.
        line: u64,
        /// The row, counted from 1.
        row: u64,
    },
    /// Row `row`, column `column` is listed twice.
    #[error("row {row}, column {column} is listed twice; add the two entries or drop one")]
    Duplicate {
        /// The row, counted from 1.
        row: u64,
        /// The column, counted from 1.
        column: u64,
    },
    /// The file ends after `found` of the `declared` entries that its header declares.
    #[error("the file ends after {found} of the {declared} entries that its header declares; it seems to be cut off")]
    TooFewEntries {
        /// What the header declares.
        declared: u64,
        /// What was found.
        found: u64,
    },
    /// Line `line` goes on after the `declared` entries that the header declares.
    #[error("line {line} goes on after the {declared} entries that the header declares; correct the header")]
    TooManyEntries {
        /// The line, counted from 1.
        line: u64,
        /// What the header declares.
        declared: u64,
    },
    /// The entries of an array file are not shared out.
    #[error(
        "this is an array file, and several processes share the lines of a coordinate file only; balance it in one process, or write it as coordinates"
    )]
    ArrayOnRanks,
    /// A fault found there: [`NetworkError`].
    #[error(transparent)]
    Network(NetworkError),
}

impl From<OnAnotherRank> for MatrixMarketError {
    fn from(fault: OnAnotherRank) -> Self {
        MatrixMarketError::Network(fault.into())
    }
}
