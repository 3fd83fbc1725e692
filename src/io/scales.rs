//! Log-scales `h`, one number a neuron in the order of the input: CSV with one header line, which says what they mean
//! ([`SIGN`]) and may be `h` alone, and with the neurons' names in a column before them where they have any; or a
//! one-dimensional NumPy array.

use std::io::{self, Read, Write};
use std::path::Path;

use super::text::{Lines, NumberError, number};
use super::{ReadError, WriteError, csv::BYTE_ORDER_MARK, npy};

/// What can be wrong with a CSV file of log-scales. Lines count from 1.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ScalesError {
    /// The file cannot be read: see the message.
    #[error("the file cannot be read: {0}")]
    Read(#[from] io::Error),
    /// Line 1 is `text`, expected the header `h`, or `neuron,h`.
    #[error("line 1 is `{text}`, expected the header `h`, or `neuron,h`")]
    NoHeader {
        /// What stands there.
        text: String,
    },
    /// Line `line`: `error`.
    #[error("line {line}: {error}")]
    BadNumber {
        /// The line, counted from 1.
        line: u64,
        /// What is wrong.
        error: NumberError,
    },
    /// The quoted name that begins in line `line` does not end.
    #[error(
        "line {line}: the quoted name that begins here does not end; close its quotes, and double quotes within it"
    )]
    UnclosedName {
        /// The line, counted from 1.
        line: u64,
    },
    /// There are no log-scales below the header.
    #[error("there are no log-scales below the header; give one a neuron")]
    NoNeurons,
}

/// What log-scales do to the weights.
pub const SIGN: &str = "J' = e^(h_source - h_target) J";

/// The extensions of files of log-scales.
pub const KNOWN: &str = ".csv and .npy";

/// Reads log-scales from a `.csv` or `.npy` file.
///
/// # Errors
/// A file that cannot be read, another extension, or the first line or element that is not a finite number.
pub fn read_scales(path: &Path) -> Result<Vec<f64>, ReadError> {
    match super::extension(path).as_str() {
        "csv" => {
            let (file, _) = super::open(path)?;
            read_csv(file).map_err(|error| ReadError::Scales { path: path.to_owned(), error })
        }
        "npy" => {
            let bytes = super::read_all(path)?;
            npy::read_vector(&bytes).map_err(|error| ReadError::Npy { path: path.to_owned(), error })
        }
        _ => Err(ReadError::UnknownExtension { path: path.to_owned(), known: KNOWN }),
    }
}

/// Writes log-scales to a `.csv` or `.npy` file, the whole file or nothing.
///
/// # Errors
/// Another extension, a log-scale that is not finite, or a place that cannot be written to.
pub fn write_scales(path: &Path, h: &[f64]) -> Result<(), WriteError> {
    if let Some(neuron) = h.iter().position(|value| !value.is_finite()) {
        return Err(WriteError::ScaleNotFinite { path: path.to_owned(), neuron, value: h[neuron] });
    }
    match super::extension(path).as_str() {
        "csv" => super::write_atomically(path, |writer| write_csv(h, writer)),
        "npy" => super::write_atomically(path, |writer| npy::write_vector(h, writer)),
        _ => Err(WriteError::UnknownExtension { path: path.to_owned(), known: KNOWN }),
    }
}

/// Writes log-scales given as decimal numbers of any length to a `.csv` file, the whole file or nothing.
/// [`read_scales`] reads them, to the precision of `f64`.
///
/// # Errors
/// Another extension, a text that is no finite number, or a place that cannot be written to.
pub fn write_decimal_scales(path: &Path, h: &[String]) -> Result<(), WriteError> {
    for (neuron, text) in h.iter().enumerate() {
        number(text.as_bytes()).map_err(|error| WriteError::ScaleNotANumber {
            path: path.to_owned(),
            neuron,
            error,
        })?;
    }
    if super::extension(path) != "csv" {
        return Err(WriteError::DecimalsNeedCsv { path: path.to_owned() });
    }
    super::write_atomically(path, |writer| write_lines(h, None, writer))
}

/// Writes log-scales given as decimal numbers to a `.csv` file with the neurons' names beside them, the whole file or
/// nothing.
///
/// # Errors
/// Those of [`write_decimal_scales`].
pub fn write_named_scales(path: &Path, names: &[String], h: &[String]) -> Result<(), WriteError> {
    if super::extension(path) != "csv" {
        return write_decimal_scales(path, h);
    }
    super::write_atomically(path, |writer| write_lines(h, Some(names), writer))
}

fn write_lines(h: &[String], names: Option<&[String]>, writer: &mut impl Write) -> io::Result<()> {
    match names {
        None => {
            writeln!(writer, "h: {SIGN}")?;
            h.iter().try_for_each(|text| writeln!(writer, "{text}"))
        }
        Some(names) => {
            writeln!(writer, "neuron,h: {SIGN}")?;
            h.iter().zip(names).try_for_each(|(text, name)| writeln!(writer, "{},{text}", field(name, ',')))
        }
    }
}

/// A name as a field of a table, in quotes where it needs them; a semicolon, too, may be taken for a delimiter.
pub(super) fn field(name: &str, delimiter: char) -> String {
    if name.contains([delimiter, ';', '"', '\n', '\r']) {
        format!("\"{}\"", name.replace('"', "\"\""))
    } else {
        name.to_owned()
    }
}

/// Reads the CSV form.
///
/// # Errors
/// A missing header, or the first line that is not one finite number.
pub fn read_csv(reader: impl Read) -> Result<Vec<f64>, ScalesError> {
    let mut lines = Lines::new(reader);
    let is_h = |header: &[u8]| header == b"h" || header.starts_with(b"h:");
    let named = match lines.next_line()? {
        Some(line) => {
            let header = line.bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line.bytes).trim_ascii();
            match header.strip_prefix(b"neuron,") {
                Some(rest) if is_h(rest) => true,
                None if is_h(header) => false,
                _ => return Err(ScalesError::NoHeader { text: line.quoted() }),
            }
        }
        None => return Err(ScalesError::NoHeader { text: String::new() }),
    };
    let mut h = Vec::new();
    // The line in which a quoted name began that has not ended yet: names may hold ends of lines.
    let mut open = None;
    while let Some(line) = lines.next_filled_line()? {
        if named {
            let odd = line.bytes.iter().filter(|&&byte| byte == b'"').count() % 2 == 1;
            open = match open {
                Some(began) if !odd => Some(began),
                None if odd && line.bytes.trim_ascii_start().starts_with(b"\"") => Some(line.number),
                _ => None,
            };
            if open.is_some() {
                continue;
            }
        }
        // A name may hold commas, a number does not.
        let last = if named { line.bytes.rsplit(|&byte| byte == b',').next().unwrap_or_default() } else { line.bytes };
        let value = number(last.trim_ascii());
        h.push(value.map_err(|error| ScalesError::BadNumber { line: line.number, error })?);
    }
    if let Some(line) = open {
        return Err(ScalesError::UnclosedName { line });
    }
    if h.is_empty() { Err(ScalesError::NoNeurons) } else { Ok(h) }
}

/// Writes the CSV form: 17 significant digits, which every reader turns into the same bits.
///
/// # Errors
/// Whatever the writer reports.
pub fn write_csv(h: &[f64], writer: &mut impl Write) -> io::Result<()> {
    writeln!(writer, "h: {SIGN}")?;
    for value in h {
        writeln!(writer, "{value:.16e}")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_hold_ends_of_lines_are_read_back() {
        let names = ["plain", "two\nlines", "a \"b\",\n\n\"c\"", "comma, name", "\"\n\"", "\n"].map(str::to_owned);
        let h = ["0.5", "-1", "2", "3", "4", "5"].map(str::to_owned);
        let mut written = Vec::new();
        write_lines(&h, Some(&names), &mut written).unwrap();
        assert_eq!(read_csv(&written[..]).unwrap(), [0.5, -1.0, 2.0, 3.0, 4.0, 5.0]);
        // A lone quote within a name that is not quoted means nothing.
        assert_eq!(read_csv(&b"neuron,h\n5\" pipe,1\n\"a\",2\n"[..]).unwrap(), [1.0, 2.0]);
        let open = read_csv(&b"neuron,h\nx,1\n\"a,2\nb,3\n"[..]);
        assert!(matches!(open, Err(ScalesError::UnclosedName { line: 3 })), "{open:?}");
    }
}
