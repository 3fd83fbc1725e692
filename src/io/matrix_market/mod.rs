//! Matrix Market files (`.mtx`): a strict reader that streams, and a writer that loses no bit.
//!
//! The format is that of <https://math.nist.gov/MatrixMarket/formats.html>. Strict means that a file which is not
//! what its header says is refused with the line at fault, never read as something near it.

mod entries;
mod error;
mod part;
mod rows;
mod write;

pub use error::MatrixMarketError;
pub use part::Part;
pub(super) use part::read_part;
pub use write::write;
pub(super) use write::{format_part, head};

use std::io::Read;

use rows::Rows;

use super::text::{Line, Lines, quoted, unsigned};
use crate::network::{NetworkError, Weights};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layout {
    Coordinate,
    Array,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Real,
    Integer,
    Pattern,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Symmetry {
    General,
    Symmetric,
    SkewSymmetric,
}

#[derive(Clone, Copy, Debug)]
struct Header {
    layout: Layout,
    field: Field,
    symmetry: Symmetry,
}

/// Neurons that a file may declare however short it is; beyond this, no more neurons than the file has bytes.
const ALWAYS_PLAUSIBLE: u64 = 1 << 20;

/// The shortest entry of a coordinate file, `1 1` and a line feed.
const SHORTEST_ENTRY: u64 = 4;

/// Reads recurrent weights from a Matrix Market file of `bytes` bytes, row = target.
///
/// `bytes` bounds what is reserved ahead: a header that promises more than the file can hold costs nothing.
///
/// # Errors
/// The first thing in the file that is not as the format or its own header says, with its line.
pub fn read(reader: impl Read, bytes: u64) -> Result<Weights, MatrixMarketError> {
    read_with_notices(reader, bytes).map(|(weights, _)| weights)
}

/// The same, with what of the file is not as the format has it and was read all the same, one sentence each.
///
/// # Errors
/// Those of [`read`].
pub fn read_with_notices(reader: impl Read, bytes: u64) -> Result<(Weights, Vec<String>), MatrixMarketError> {
    let mut lines = Lines::new(reader);
    let mut notices = Vec::new();
    let header = read_header(&mut lines, &mut notices)?;
    let (neurons, entries) = read_size(&mut lines, header.layout, bytes)?;
    let mirrored = if header.symmetry == Symmetry::General { 1 } else { 2 };
    let expected = entries.min(bytes / SHORTEST_ENTRY + 1) as usize * mirrored;
    let mut rows = Rows::new(neurons as usize, expected);
    let rules = Rules { header, neurons, declared: entries };
    match header.layout {
        Layout::Coordinate => entries::read(&mut lines, rules, &mut rows)?,
        Layout::Array => read_array(&mut lines, header, neurons, &mut rows)?,
    };
    Ok((rows.finish().map_err(|error| rules.in_the_file(error))?, notices))
}

/// What the entries of a coordinate file must keep to.
#[derive(Clone, Copy, Debug)]
struct Rules {
    header: Header,
    neurons: u64,
    declared: u64,
}

impl Rules {
    /// Whether there were as many entries as declared.
    fn all_found(self, found: u64) -> Result<(), MatrixMarketError> {
        if found < self.declared {
            return Err(MatrixMarketError::TooFewEntries { declared: self.declared, found });
        }
        Ok(())
    }

    /// What is wrong with the weights, where the file has it.
    fn in_the_file(self, error: NetworkError) -> MatrixMarketError {
        match error {
            NetworkError::DuplicateSynapse { target, source_index } => {
                // A mirrored entry is reported where the file has it, in the lower triangle.
                let (row, column) = match self.header.symmetry {
                    Symmetry::General => (target, source_index),
                    _ => (target.max(source_index), target.min(source_index)),
                };
                MatrixMarketError::Duplicate { row: row as u64 + 1, column: column as u64 + 1 }
            }
            other => MatrixMarketError::Network(other),
        }
    }
}

fn read_header<R: Read>(lines: &mut Lines<R>, notices: &mut Vec<String>) -> Result<Header, MatrixMarketError> {
    let bad = |text| Err(MatrixMarketError::BadHeader { text });
    let Some(line) = lines.next_line()? else { return bad(String::new()) };
    let Ok(text) = std::str::from_utf8(line.bytes) else { return Err(MatrixMarketError::NotUtf8 { line: 1 }) };
    let words: Vec<String> = text.split_ascii_whitespace().map(str::to_ascii_lowercase).collect();
    let [banner, object, layout, field, symmetry] = words.as_slice() else { return bad(line.quoted()) };
    match banner.as_str() {
        "%%matrixmarket" => {}
        "%matrixmarket" => {
            notices.push("line 1 begins with one percent sign instead of two; read all the same".to_owned())
        }
        _ => return bad(line.quoted()),
    }
    let unsupported =
        |word: &str, supported| MatrixMarketError::Unsupported { word: quoted(word.as_bytes()), supported };
    if object != "matrix" {
        return Err(unsupported(object, "matrix"));
    }
    let layout = match layout.as_str() {
        "coordinate" => Layout::Coordinate,
        "array" => Layout::Array,
        other => return Err(unsupported(other, "coordinate and array")),
    };
    let field = match field.as_str() {
        "real" => Field::Real,
        // The second is what scipy writes for matrices of unsigned numbers.
        "integer" | "unsigned-integer" => Field::Integer,
        "pattern" => Field::Pattern,
        other => return Err(unsupported(other, "real, integer and pattern")),
    };
    let symmetry = match symmetry.as_str() {
        "general" => Symmetry::General,
        "symmetric" => Symmetry::Symmetric,
        "skew-symmetric" => Symmetry::SkewSymmetric,
        other => return Err(unsupported(other, "general, symmetric and skew-symmetric")),
    };
    match (layout, field, symmetry) {
        (Layout::Array, Field::Pattern, _) => {
            Err(MatrixMarketError::BadCombination { first: "array", second: "pattern" })
        }
        (_, Field::Pattern, Symmetry::SkewSymmetric) => {
            Err(MatrixMarketError::BadCombination { first: "pattern", second: "skew-symmetric" })
        }
        _ => Ok(Header { layout, field, symmetry }),
    }
}

/// The number of neurons, and for coordinate files of entries.
fn read_size<R: Read>(lines: &mut Lines<R>, layout: Layout, bytes: u64) -> Result<(u64, u64), MatrixMarketError> {
    let Size { line, rows, columns, entries } = loop {
        match lines.next_filled_line()? {
            None => return Err(MatrixMarketError::NoSize),
            // Comments are passed over as bytes: many published files have names in Latin-1 there.
            Some(line) if line.bytes.trim_ascii_start().starts_with(b"%") => {}
            Some(line) => break parse_size(&line, layout)?,
        }
    };
    if rows != columns {
        return Err(MatrixMarketError::NotSquare { line, rows, columns });
    }
    if rows == 0 {
        return Err(MatrixMarketError::NoNeurons { line });
    }
    if u32::try_from(rows).is_err() || rows > bytes.max(ALWAYS_PLAUSIBLE) {
        return Err(MatrixMarketError::ImplausibleSize { line, neurons: rows, bytes });
    }
    Ok((rows, entries))
}

struct Size {
    line: u64,
    rows: u64,
    columns: u64,
    entries: u64,
}

fn parse_size(line: &Line<'_>, layout: Layout) -> Result<Size, MatrixMarketError> {
    let numbers: Option<Vec<u64>> = line.words().map(unsigned).collect();
    let (number, text) = (line.number, line.quoted());
    match (layout, numbers.as_deref()) {
        (Layout::Coordinate, Some(&[rows, columns, entries])) => Ok(Size { line: number, rows, columns, entries }),
        (Layout::Array, Some(&[rows, columns])) => Ok(Size { line: number, rows, columns, entries: 0 }),
        _ if std::str::from_utf8(line.bytes).is_err() => Err(MatrixMarketError::NotUtf8 { line: number }),
        (Layout::Coordinate, _) => {
            let expected = "three whole numbers (rows, columns, entries)";
            Err(MatrixMarketError::BadSize { line: number, text, expected })
        }
        (Layout::Array, _) => {
            let expected = "two whole numbers (rows, columns)";
            Err(MatrixMarketError::BadSize { line: number, text, expected })
        }
    }
}

/// Column after column; of a symmetric matrix from the diagonal down, of a skew-symmetric one from below it. Some programs
/// list the diagonal of a skew-symmetric matrix too, as zeros: the number of lines tells.
fn read_array<R: Read>(
    lines: &mut Lines<R>,
    header: Header,
    neurons: u64,
    rows: &mut Rows,
) -> Result<(), MatrixMarketError> {
    let declared = match header.symmetry {
        Symmetry::General => neurons * neurons,
        Symmetry::Symmetric => neurons * (neurons + 1) / 2,
        Symmetry::SkewSymmetric => neurons * (neurons - 1) / 2,
    };
    let first_row = |column: usize| match header.symmetry {
        Symmetry::General => 0,
        Symmetry::Symmetric => column,
        Symmetry::SkewSymmetric => column + 1,
    };
    let (mut i, mut j) = (first_row(0), 0);
    let mut found = 0;
    if header.symmetry == Symmetry::SkewSymmetric {
        return read_skew_array(lines, header, neurons, declared, rows);
    }
    while let Some(line) = lines.next_filled_line()? {
        if found == declared {
            return Err(MatrixMarketError::TooManyEntries { line: line.number, declared });
        }
        found += 1;
        let value = array_value(&line, header.field)?;
        if value != 0.0 {
            rows::push(rows, header.symmetry, (i as u32, j as u32, value));
        }
        i += 1;
        if i as u64 == neurons {
            j += 1;
            i = first_row(j);
        }
    }
    if found < declared {
        return Err(MatrixMarketError::TooFewEntries { declared, found });
    }
    Ok(())
}

fn array_value(line: &Line<'_>, field: Field) -> Result<f64, MatrixMarketError> {
    let mut words = line.words();
    let value = entries::parse_value(line, &mut words, field)?;
    if words.next().is_some() {
        let expected = "one number, as in every line of an array file";
        return Err(MatrixMarketError::BadEntry { line: line.number, text: line.quoted(), expected });
    }
    Ok(value)
}

fn read_skew_array<R: Read>(
    lines: &mut Lines<R>,
    header: Header,
    neurons: u64,
    declared: u64,
    rows: &mut Rows,
) -> Result<(), MatrixMarketError> {
    let with_diagonal = declared + neurons;
    let mut values: Vec<(u64, f64)> = Vec::new();
    while let Some(line) = lines.next_filled_line()? {
        if values.len() as u64 == with_diagonal {
            return Err(MatrixMarketError::TooManyEntries { line: line.number, declared });
        }
        values.push((line.number, array_value(&line, header.field)?));
    }
    let found = values.len() as u64;
    if found < declared {
        return Err(MatrixMarketError::TooFewEntries { declared, found });
    }
    let lists_diagonal = found == with_diagonal && neurons > 0;
    if !lists_diagonal && found > declared {
        let (line, _) = values[declared as usize];
        return Err(MatrixMarketError::TooManyEntries { line, declared });
    }
    let mut values = values.into_iter();
    for j in 0..neurons {
        for i in if lists_diagonal { j } else { j + 1 }..neurons {
            let Some((line, value)) = values.next() else { break };
            if i == j && value != 0.0 {
                return Err(MatrixMarketError::OnSkewDiagonal { line, row: i + 1 });
            }
            if value != 0.0 {
                rows::push(rows, header.symmetry, (i as u32, j as u32, value));
            }
        }
    }
    Ok(())
}
