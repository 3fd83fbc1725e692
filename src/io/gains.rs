//! A measured gain of each neuron: one number a line, with or without a header, with or without the neurons' names before the
//! numbers; or a one-dimensional NumPy array.

use std::io::{BufRead, BufReader, Cursor, Read};
use std::path::Path;

use super::records::{RecordError, Records};
use super::text::{NumberError, delimiter_of, number};
use super::{ReadError, npy};

/// What can be wrong with gains. Lines count from 1, neurons from 0.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GainsError {
    /// A fault found there: [`RecordError`].
    #[error(transparent)]
    Record(#[from] RecordError),
    /// Line `line` has `found` fields.
    #[error("line {line} has {found} fields; give one gain a line, or a neuron's name and its gain")]
    Fields {
        /// The line, counted from 1.
        line: u64,
        /// What was found.
        found: usize,
    },
    /// Line `line` has a name, and those before it have none, or the other way round.
    #[error("line {line} and the lines before it are not of one kind; give a name in every line or in none")]
    Mixed {
        /// The line, counted from 1.
        line: u64,
    },
    /// Line `line`: `error`.
    #[error("line {line}: {error}")]
    BadNumber {
        /// The line, counted from 1.
        line: u64,
        /// What is wrong.
        error: NumberError,
    },
    /// The gain of `neuron` is `value`.
    #[error("the gain of neuron {neuron}, counted from 0, is {value}; a mean squared gain is a number from 0 up")]
    Negative {
        /// The neuron, counted from 0.
        neuron: usize,
        /// The value found.
        value: f64,
    },
    /// Line `line` is about `name`, where `expected` is next.
    #[error(
        "line {line} is about `{name}`, but neuron {neuron}, counted from 0, is `{expected}`; bring the gains into the order of the network"
    )]
    OtherName {
        /// The line, counted from 1.
        line: u64,
        /// The name there.
        name: String,
        /// The neuron that is next, counted from 0.
        neuron: usize,
        /// The name of that neuron.
        expected: String,
    },
    /// Line `line` is about `name`, but the neurons of the network have no names.
    #[error(
        "line {line} is about `{name}`, but the neurons of the network have no names; leave the names out, or number the neurons"
    )]
    Unnamed {
        /// The line, counted from 1.
        line: u64,
        /// The name there.
        name: String,
    },
    /// There are `found` gains, and `neurons` neurons.
    #[error("there are {found} gains, but the network has {neurons} neurons{}", if *.header { "; the first line was taken for a header" } else { "" })]
    Count {
        /// Number of gains.
        found: usize,
        /// Number of neurons.
        neurons: usize,
        /// Whether the first line was not counted.
        header: bool,
    },
}

/// The extensions of files of gains.
const KNOWN: &str = ".csv, .tsv, .txt and .npy";

/// Reads the gains of `neurons` neurons. Names beside them are those of the network, `names`, in its order; where its neurons
/// have none they are the neurons' numbers, from 0 or from 1 on.
///
/// # Errors
/// A file that cannot be read or has another extension, and what [`read_gains_csv`] refuses.
pub fn read_gains(path: &Path, neurons: usize, names: Option<&[String]>) -> Result<Vec<f64>, ReadError> {
    let gains = match super::extension(path).as_str() {
        "npy" => {
            let bytes = super::read_all(path)?;
            let gains = npy::read_vector(&bytes).map_err(|error| ReadError::Npy { path: path.to_owned(), error })?;
            of_neurons(gains, neurons, false)
        }
        "tsv" => table(super::open(path)?.0, b"\t", neurons, names),
        "csv" => read_gains_csv(super::open(path)?.0, neurons, names),
        // As numpy.savetxt has them.
        "txt" => table(super::open(path)?.0, b",;\t ", neurons, names),
        _ => return Err(ReadError::UnknownExtension { path: path.to_owned(), known: KNOWN }),
    };
    gains.map_err(|error| ReadError::Gains { path: path.to_owned(), error })
}

/// The same from a table, in whose first line a comma, a semicolon or a tab is between a name and a number.
///
/// # Errors
/// The first line that is no finite number from 0 up or about another neuron, and too many or too few.
pub fn read_gains_csv(reader: impl Read, neurons: usize, names: Option<&[String]>) -> Result<Vec<f64>, GainsError> {
    table(reader, b",;\t", neurons, names)
}

fn of_neurons(gains: Vec<f64>, neurons: usize, header: bool) -> Result<Vec<f64>, GainsError> {
    if let Some(neuron) = gains.iter().position(|&gain| gain < 0.0) {
        return Err(GainsError::Negative { neuron, value: gains[neuron] });
    }
    if gains.len() != neurons {
        return Err(GainsError::Count { found: gains.len(), neurons, header });
    }
    Ok(gains)
}

/// Gains from a table with one of some delimiters.
fn table(
    reader: impl Read,
    delimiters: &[u8],
    neurons: usize,
    names: Option<&[String]>,
) -> Result<Vec<f64>, GainsError> {
    let mut reader = BufReader::new(reader);
    let mut start = Vec::new();
    reader.read_until(b'\n', &mut start).map_err(RecordError::from)?;
    let delimiter = delimiter_of(&start, delimiters).unwrap_or(delimiters[0]);
    let mut lines = Records::new(Cursor::new(start).chain(reader), delimiter).map_err(RecordError::from)?;
    let mut record = ::csv::StringRecord::new();
    let (mut gains, mut header, mut fields, mut first) = (Vec::new(), false, 0, None);
    while let Some(line) = lines.next(&mut record)? {
        let (name, text) = match (record.get(0), record.get(1), record.len()) {
            (Some(text), None, 1) => (None, text),
            (Some(name), Some(text), 2) => (Some(name), text),
            (.., found) => return Err(GainsError::Fields { line, found }),
        };
        let value = number(text.as_bytes());
        if fields == 0 {
            fields = record.len();
            // A word above the numbers, or nothing above the names.
            header = matches!(value, Err(NumberError::NotANumber { .. })) || name == Some("");
            if header {
                continue;
            }
        }
        if record.len() != fields {
            return Err(GainsError::Mixed { line });
        }
        let value = value.map_err(|error| GainsError::BadNumber { line, error })?;
        if let Some(name) = name {
            let neuron = gains.len();
            // Numbers instead of names begin with 0, or with 1.
            if names.is_none() && name.parse::<usize>().is_err() {
                return Err(GainsError::Unnamed { line, name: name.to_owned() });
            }
            let from = *first.get_or_insert(usize::from(name == "1"));
            let number = (neuron + from).to_string();
            let expected = names.map_or(Some(&number), |names| names.get(neuron));
            if let Some(expected) = expected.filter(|&expected| expected != name) {
                let (name, expected) = (name.to_owned(), expected.clone());
                return Err(GainsError::OtherName { line, name, neuron, expected });
            }
        }
        gains.push(value);
    }
    of_neurons(gains, neurons, header)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, neurons: usize, names: Option<&[&str]>) -> Result<Vec<f64>, String> {
        let names: Option<Vec<String>> = names.map(|names| names.iter().map(|&name| name.to_owned()).collect());
        read_gains_csv(text.as_bytes(), neurons, names.as_deref()).map_err(|error| error.to_string())
    }

    #[test]
    fn one_number_a_line_with_or_without_a_header_and_names() {
        let gains = vec![0.5, 0.0, 2.0];
        let names = Some(&["a", "b, left", "c"][..]);
        for (text, names) in [
            ("0.5\n0\n2\n", None),
            ("0.5\n0\n2\n", names),
            ("gain\n0.5\n0\n2", None),
            ("\u{feff}gain\r\n0.5\r\n0\r\n2\r\n", None),
            ("neuron,gain\na,0.5\n\"b, left\",0\nc,2\n", names),
            ("a;0.5\nb, left;0\nc;2\n", names),
            (",0\n0,0.5\n1,0\n2,2\n", None),
            ("i,r\n1,0.5\n2,0\n3,2\n", None),
        ] {
            assert_eq!(read(text, 3, names), Ok(gains.clone()), "{text:?}");
        }
    }

    #[test]
    fn nothing_else_is_taken_for_gains() {
        let names = Some(&["a", "b"][..]);
        for (text, names, said) in [
            ("0.5\nx\n", None, "line 2: `x` is not a number"),
            ("gain\n0.5\n\n1e999\n", None, "line 4: `1e999`"),
            ("NaN\n0.5\n", None, "line 1: `NaN`"),
            ("1,2,3\n", None, "line 1 has 3 fields"),
            ("gain\n0.5\na,1\n", names, "line 3 and the lines before it"),
            ("a,1\n2\n", names, "line 2 and the lines before it"),
            ("n,gain\nb,1\na,2\n", names, "line 2 is about `b`, but neuron 0, counted from 0, is `a`"),
            ("n,gain\na,1\na,2\n", names, "line 3 is about `a`, but neuron 1, counted from 0, is `b`"),
            ("n,gain\na,1\nb,2\n", None, "line 2 is about `a`, but the neurons of the network have no names"),
            ("n,gain\n1,1\n3,2\n", None, "line 3 is about `3`, but neuron 1, counted from 0, is `2`"),
        ] {
            let error = read(text, 2, names).unwrap_err();
            assert!(error.contains(said), "{text:?}: {error}");
        }
    }

    #[test]
    fn there_is_one_for_each_neuron_and_none_is_negative() {
        let folder = tempfile::tempdir().unwrap();
        let read = |name: &str, text: &str, neurons| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            read_gains(&path, neurons, None).map_err(|error| error.to_string().split_once(name).unwrap().1.to_owned())
        };
        assert_eq!(read("r.csv", "r\n1\n2\n", 2).unwrap(), [1.0, 2.0]);
        assert_eq!(read("r.tsv", "0\t1\n1\t2\n", 2).unwrap(), [1.0, 2.0]);
        assert_eq!(read("r.txt", "0 1\n1 2\n", 2).unwrap(), [1.0, 2.0]);
        let header = ": there are 2 gains, but the network has 3 neurons; the first line was taken for a header";
        assert_eq!(read("r.csv", "r\n1\n2\n", 3).unwrap_err(), header);
        assert_eq!(read("r.txt", "5\n1\n2\n", 2).unwrap_err(), ": there are 3 gains, but the network has 2 neurons");
        assert!(read("r.csv", "1\n-0.5\n", 2).unwrap_err().contains("neuron 1, counted from 0, is -0.5"));
        assert!(read("r.dat", "1\n", 1).unwrap_err().contains(KNOWN));
        let array = folder.path().join("r.npy");
        super::super::write_scales(&array, &[0.25, -1.0]).unwrap();
        let error = read_gains(&array, 2, None).unwrap_err().to_string();
        assert!(
            error.ends_with("neuron 1, counted from 0, is -1; a mean squared gain is a number from 0 up"),
            "{error}"
        );
    }
}
