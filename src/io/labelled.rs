//! Square tables whose columns have the neurons' names, and mostly their rows too: as data frames and spreadsheets are written.

use std::io::{self, BufRead, Read, Write};

use super::csv::{REMARK, write_number};
use super::edges::{NamedEdges, from_named_triplets};
use super::records::{RecordError, Records};
use super::scales::field;
use super::text::{NumberError, delimiter_of, is_name, number};
use crate::network::Weights;

/// What can be wrong with a table of named rows and columns. Lines and columns count from 1, as in the file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LabelledError {
    /// A fault found there: [`RecordError`].
    #[error(transparent)]
    Record(#[from] RecordError),
    /// Column `column` of line 1 has no name.
    #[error("line 1, column {column}: the neuron has no name")]
    NoName {
        /// The column, counted from 1.
        column: usize,
    },
    /// Two columns have the name `name`.
    #[error("two columns have the name `{name}`; rename one")]
    Duplicate {
        /// The name.
        name: String,
    },
    /// Neuron `neuron` is called `name`, which would be read as `read`.
    #[error("neuron {neuron} (counted from 0) is called {name:?}, which would be read as {read:?}; rename it")]
    NotReadBack {
        /// The neuron, counted from 0.
        neuron: usize,
        /// Its name.
        name: String,
        /// What a reader makes of it.
        read: String,
    },
    /// The table would not be taken for one with names.
    #[error("it would not be taken for a table with names; leave line breaks out of them")]
    NotRecognised,
    /// Line `line` has `found` columns, expected `expected`.
    #[error("line {line} has {found} columns, expected {expected}: one number for each name of line 1")]
    UnequalRows {
        /// The line, counted from 1.
        line: u64,
        /// What was found.
        found: usize,
        /// What was expected.
        expected: usize,
    },
    /// Line `line` is about neuron `row`, but the column of the same number about `column`.
    #[error(
        "line {line} has the name `{row}`, but the column of the same number has `{column}`; bring rows and columns into the same order (row = target, column = source)"
    )]
    OtherName {
        /// The line, counted from 1.
        line: u64,
        /// The row's name.
        row: String,
        /// The column's name.
        column: String,
    },
    /// Line `line`, column `column`: `error`.
    #[error("line {line}, column {column}: {error}")]
    BadNumber {
        /// The line, counted from 1.
        line: u64,
        /// The column, counted from 1.
        column: usize,
        /// What is wrong.
        error: NumberError,
    },
    /// There are `rows` rows for `columns` names.
    #[error("there are {rows} rows for {columns} names; recurrent weights have one row and one column a neuron")]
    NotSquare {
        /// Number of rows.
        rows: usize,
        /// Number of names.
        columns: usize,
    },
    /// A fault found there: [`super::edges::EdgesError`].
    #[error(transparent)]
    Edges(#[from] super::edges::EdgesError),
}

/// Where the names of a table are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Names {
    /// In the first line, behind a field of another meaning, and in the first column.
    Both,
    /// The same, but the first line has no such field, as R writes it.
    BothWithoutCorner,
    /// In the first line only.
    Columns,
}

/// How a table begins.
pub(super) struct Start {
    /// Lines of remarks before it.
    pub remarks: Vec<u8>,
    /// Its first two lines.
    pub lines: Vec<u8>,
    pub delimiter: u8,
}

impl Start {
    /// Reads so far; `kind` is the ending of its file.
    pub fn of(reader: &mut impl BufRead, kind: &str) -> io::Result<Self> {
        let (mut remarks, mut lines) = (Vec::new(), Vec::new());
        reader.read_until(b'\n', &mut lines)?;
        while lines.starts_with(REMARK) {
            remarks.append(&mut lines);
            reader.read_until(b'\n', &mut lines)?;
        }
        reader.read_until(b'\n', &mut lines)?;
        let delimiter = match kind {
            "tsv" => b'\t',
            "txt" => delimiter_of(&lines, b",;\t").unwrap_or(b' '),
            // Spreadsheets write a semicolon where a comma is the decimal point.
            _ => delimiter_of(&lines, b";").unwrap_or(b','),
        };
        Ok(Start { remarks, lines, delimiter })
    }

    /// See [`names_of`].
    pub fn names(&self, told: bool) -> Option<Names> {
        names_of(&self.lines, self.delimiter, told)
    }
}

/// Where the names are, from the first two lines of a table; `None` if it is one of numbers alone, or no matrix.
/// `told` that it is a matrix, names that only columns have are believed: a list of edges may begin like that.
/// Between numbers that spaces align there are none.
pub fn names_of(start: &[u8], delimiter: u8, told: bool) -> Option<Names> {
    if delimiter == b' ' {
        return None;
    }
    let mut table = Records::new(start, delimiter).ok()?;
    let (mut header, mut row) = (::csv::StringRecord::new(), ::csv::StringRecord::new());
    table.next(&mut header).ok()??;
    table.next(&mut row).ok()??;
    let (corner, label) = (header.get(0)?, row.get(0)?);
    if !(corner.is_empty() && header.len() > 1 || is_name(corner.as_bytes())) {
        return None;
    }
    if row.len() == header.len() + 1 && label == corner {
        return Some(Names::BothWithoutCorner);
    }
    // A list of edges has other words above its columns than in them.
    if header.iter().skip(1).any(|name| name == label) || told && corner.is_empty() {
        return Some(Names::Both);
    }
    (told && row.len() == header.len() && !is_name(label.as_bytes())).then_some(Names::Columns)
}

/// Reads such a table, row = target.
///
/// # Errors
/// A column without a name or two with one; rows of other names or in another order; the first field that is not a finite number.
pub fn read(reader: impl Read, delimiter: u8, found: Names) -> Result<NamedEdges, LabelledError> {
    let mut table = Records::new(reader, delimiter).map_err(RecordError::from)?;
    let mut record = ::csv::StringRecord::new();
    table.next(&mut record)?;
    let names = names_in(&record, usize::from(found == Names::Both))?;
    let labels = usize::from(found != Names::Columns);
    let (mut triplets, mut rows) = (Vec::new(), 0);
    while let Some(line) = table.next(&mut record)? {
        if record.len() != names.len() + labels {
            return Err(LabelledError::UnequalRows { line, found: record.len(), expected: names.len() + labels });
        }
        if let (1, Some(column), Some(row)) = (labels, names.get(rows), record.get(0))
            && row != column
        {
            return Err(LabelledError::OtherName { line, row: row.to_owned(), column: column.clone() });
        }
        for (source, field) in record.iter().skip(labels).enumerate() {
            let column = source + labels + 1;
            let value = number(field.as_bytes()).map_err(|error| LabelledError::BadNumber { line, column, error })?;
            if value != 0.0 {
                triplets.push((rows, source, value));
            }
        }
        rows += 1;
    }
    if rows != names.len() {
        return Err(LabelledError::NotSquare { rows, columns: names.len() });
    }
    let weights = from_named_triplets(&names, triplets)?;
    let of = if labels == 1 { "rows and columns" } else { "columns, and rows in the same order" };
    let notices = vec![format!("read as a table of {rows} named neurons: names of {of}, row = target")];
    Ok(NamedEdges { weights, names, notices })
}

/// The names in the first line of a table, behind `before` fields of another meaning.
fn names_in(header: &::csv::StringRecord, before: usize) -> Result<Vec<String>, LabelledError> {
    let names: Vec<String> = header.iter().skip(before).map(str::to_owned).collect();
    if let Some(column) = names.iter().position(String::is_empty) {
        return Err(LabelledError::NoName { column: column + before + 1 });
    }
    let mut sorted: Vec<&String> = names.iter().collect();
    sorted.sort_unstable();
    match sorted.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(LabelledError::Duplicate { name: pair[0].clone() }),
        None => Ok(names),
    }
}

/// Whether the names of a table of this ending are found again in what [`write`] makes of them.
///
/// # Errors
/// The first name that is empty, there twice, or read as another one; or the table would not be taken for one with names.
pub(super) fn check_names(names: &[String], kind: &str, delimiter: u8) -> Result<(), LabelledError> {
    let table = beginning(names, delimiter).map_err(RecordError::from)?;
    let start = Start::of(&mut &table[..], kind).map_err(RecordError::from)?;
    if start.names(false) != Some(Names::Both) {
        return Err(LabelledError::NotRecognised);
    }
    let mut record = ::csv::StringRecord::new();
    Records::new(&start.lines[..], start.delimiter).map_err(RecordError::from)?.next(&mut record)?;
    let found = names_in(&record, 1)?;
    match names.iter().zip(found).enumerate().find(|(_, (name, read))| *name != read) {
        Some((neuron, (name, read))) => Err(LabelledError::NotReadBack { neuron, name: name.clone(), read }),
        None => Ok(()),
    }
}

/// The first two lines of a table without a synapse.
fn beginning(names: &[String], delimiter: u8) -> io::Result<Vec<u8>> {
    let mut table = Vec::new();
    write_header(names, delimiter, &mut table)?;
    let label = names.first().map(|name| field(name, delimiter.into())).unwrap_or_default();
    let zeros = format!("{}0", char::from(delimiter)).repeat(names.len());
    writeln!(table, "{label}{zeros}")?;
    Ok(table)
}

/// Writes a table with names of rows and columns, as data frames are, each number as short as reads back to the same bits.
///
/// # Errors
/// Whatever the writer reports.
pub fn write(weights: &Weights, names: &[String], delimiter: u8, writer: &mut impl Write) -> io::Result<()> {
    write_header(names, delimiter, writer)?;
    let delimiter = char::from(delimiter);
    let mut names = names.iter();
    super::for_each_row(weights, |row| {
        write!(writer, "{}", names.next().map(|name| field(name, delimiter)).unwrap_or_default())?;
        for value in row {
            write!(writer, "{delimiter}")?;
            write_number(*value, writer)?;
        }
        writeln!(writer)
    })
}

/// The first line: a field for the column of names, and the names.
fn write_header(names: &[String], delimiter: u8, writer: &mut impl Write) -> io::Result<()> {
    let delimiter = char::from(delimiter);
    for name in names {
        write!(writer, "{delimiter}{}", field(name, delimiter))?;
    }
    writeln!(writer)
}
