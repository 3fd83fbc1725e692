//! Dense square matrices as comma-separated text, one row a line, no header line.

use std::io::{self, Read, Write};

use super::text::{Lines, NumberError, is_name, number};
use crate::network::{NetworkError, Weights};

/// What can be wrong with a CSV matrix. Lines and columns count from 1, as in the file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CsvError {
    /// The file cannot be read: see the message.
    #[error("the file cannot be read: {0}")]
    Read(#[from] io::Error),
    /// The file holds no numbers.
    #[error("the file holds no numbers; give one row of comma-separated numbers a neuron")]
    NoNumbers,
    /// Line `line`, column `column`: `error`.
    #[error("line {line}, column {column}: {error}")]
    BadNumber {
        /// The line, counted from 1.
        line: u64,
        /// The column, counted from 1.
        column: u64,
        /// What is wrong.
        error: NumberError,
    },
    /// Line `line` is blank.
    #[error("line {line} is blank; remove it")]
    BlankLine {
        /// The line, counted from 1.
        line: u64,
    },
    /// Line `line` has `found` columns, but line 1 has `expected`.
    #[error("line {line} has {found} columns, but line 1 has {expected}; every row needs one number a neuron")]
    UnequalRows {
        /// The line, counted from 1.
        line: u64,
        /// What was found.
        found: u64,
        /// What was expected.
        expected: u64,
    },
    /// The matrix is `rows` x `columns`, but recurrent weights are square: one row and one column a neuron (and no
    /// header line).
    #[error(
        "the matrix is {rows} x {columns}, but recurrent weights are square: one row and one column a neuron (and no header line)"
    )]
    NotSquare {
        /// Number of rows.
        rows: u64,
        /// Number of columns.
        columns: u64,
    },
    /// Three lines of three columns may be a matrix of three neurons or a list of three edges (source, target,
    /// weight).
    #[error(
        "three lines of three columns may be a matrix of three neurons or a list of three edges (source, target, weight); say which"
    )]
    MatrixOrEdges,
    /// Line 1 is `text`: names, not numbers, as in a list of edges.
    #[error(
        "line 1 is `{text}`: names, not numbers, as in a list of edges, or above the columns of a matrix; say which"
    )]
    LooksLikeEdges {
        /// What stands there.
        text: String,
    },
    /// `rows` lines of three columns are no square matrix, but may be a list of edges.
    #[error(
        "{rows} lines of three columns are no square matrix, but may be a list of edges; say which columns they are"
    )]
    MaybeEdges {
        /// Number of lines.
        rows: u64,
    },
    /// A fault found there: [`NetworkError`].
    #[error(transparent)]
    Network(#[from] NetworkError),
}

/// What spreadsheets put before UTF-8 text.
pub(super) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// What NumPy's `savetxt` puts before a header, and other programs before remarks.
pub(super) const REMARK: &[u8] = b"#";

/// Reads recurrent weights from comma-separated text, row = target. Remarks may come before the first row, blank lines after the last.
///
/// # Errors
/// The first field that is not a finite number, or rows that do not make a square matrix.
pub fn read(reader: impl Read) -> Result<Weights, CsvError> {
    read_matrix(reader, b',', true)
}

/// The columns of a list of edges.
const EDGE_COLUMNS: u64 = 3;

/// The same with another delimiter (a space stands for any blanks between numbers, and before them); unless `told` that the file is
/// a matrix, refuses what could be a list of edges.
///
/// # Errors
/// Those of [`read`]; three columns, unless told; names where numbers should be.
pub fn read_matrix(reader: impl Read, delimiter: u8, told: bool) -> Result<Weights, CsvError> {
    let mut lines = Lines::new(reader);
    let mut triplets = Vec::new();
    let (mut rows, mut columns) = (0_u64, 0_u64);
    let mut blank = None;
    let blanks = delimiter == b' ';
    while let Some(line) = lines.next_line()? {
        if line.is_blank() {
            blank.get_or_insert(line.number);
            continue;
        }
        if let Some(line) = blank {
            return Err(CsvError::BlankLine { line });
        }
        if rows == 0 && line.bytes.starts_with(REMARK) {
            continue;
        }
        let text = if line.number == 1 { line.bytes.strip_prefix(BYTE_ORDER_MARK) } else { None };
        let mut found = 0;
        let fields = || {
            let parts = text
                .unwrap_or(line.bytes)
                .split(move |&byte| byte == delimiter || blanks && byte.is_ascii_whitespace());
            parts.filter(move |part| !(blanks && part.is_empty()))
        };
        for field in fields() {
            found += 1;
            let value = number(field.trim_ascii()).map_err(|error| {
                if line.number == 1 && !told && fields().any(is_name) {
                    CsvError::LooksLikeEdges { text: line.quoted() }
                } else {
                    CsvError::BadNumber { line: line.number, column: found, error }
                }
            })?;
            if value != 0.0 {
                triplets.push((rows as usize, found as usize - 1, value));
            }
        }
        if rows == 0 {
            columns = found;
        } else if found != columns {
            return Err(CsvError::UnequalRows { line: line.number, found, expected: columns });
        }
        rows += 1;
    }
    if rows == 0 {
        return Err(CsvError::NoNumbers);
    }
    if columns == EDGE_COLUMNS && !told {
        return Err(if rows == columns { CsvError::MatrixOrEdges } else { CsvError::MaybeEdges { rows } });
    }
    if rows != columns {
        return Err(CsvError::NotSquare { rows, columns });
    }
    Ok(Weights::from_triplets(rows as usize, triplets)?)
}

/// Writes recurrent weights as text with a delimiter between numbers, each as short as reads back to the same bits.
///
/// # Errors
/// Whatever the writer reports.
pub fn write(weights: &Weights, delimiter: u8, writer: &mut impl Write) -> io::Result<()> {
    let delimiter = char::from(delimiter);
    super::for_each_row(weights, |row| {
        for (j, value) in row.iter().enumerate() {
            if j > 0 {
                write!(writer, "{delimiter}")?;
            }
            write_number(*value, writer)?;
        }
        writeln!(writer)
    })
}

/// Zeros, of which most tables have many, are one character.
pub(super) fn write_number(value: f64, writer: &mut impl Write) -> io::Result<()> {
    if value == 0.0 { write!(writer, "0") } else { write!(writer, "{value:?}") }
}
