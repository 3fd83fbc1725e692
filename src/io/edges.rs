//! Lists of edges with names, as tables: one synapse a line, the delimiter found out.

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Read};

use super::records::{RecordError, Records};
use super::text::{NumberError, delimiter_of, number, quoted};
use crate::network::{NetworkError, Weights};

/// What can be wrong with a list of edges. Lines count from 1.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EdgesError {
    /// The file cannot be read: see the message.
    #[error("the file cannot be read: {0}")]
    Read(#[from] io::Error),
    /// A fault found there: [`RecordError`].
    #[error(transparent)]
    Record(#[from] RecordError),
    /// There is no column `column`.
    #[error("there is no column `{column}`; the header has {found}")]
    NoSuchColumn {
        /// The column's name, as it was given.
        column: String,
        /// What was found.
        found: String,
    },
    /// The header has the column `column` more than once.
    #[error("the header has the column `{column}` more than once; rename one of them, or drop it")]
    ColumnTwice {
        /// The column's name, as it was given.
        column: String,
    },
    /// Line `line` has `found` columns, so there is no column `column`.
    #[error("line {line} has {found} columns, so there is no column {column}")]
    TooFewColumns {
        /// The line, counted from 1.
        line: u64,
        /// What was found.
        found: usize,
        /// The column, counted from 1.
        column: usize,
    },
    /// Line `line` names no `what`.
    #[error("line {line} names no {what}")]
    NoName {
        /// The line, counted from 1.
        line: u64,
        /// What it is about.
        what: &'static str,
    },
    /// Line `line`, column `column`: `error`.
    #[error("line {line}, column `{column}`: {error}")]
    BadWeight {
        /// The line, counted from 1.
        line: u64,
        /// The column, as it was given: a name, or a number counted from 1.
        column: String,
        /// What is wrong.
        error: NumberError,
    },
    /// There are no edges below the header.
    #[error("there are no edges below the header")]
    NoEdges,
    /// The synapse from `source_name` to `target_name` is listed twice.
    #[error("the synapse from `{source_name}` to `{target_name}` is listed twice; add the two weights or drop one")]
    Duplicate {
        /// The source's name.
        source_name: String,
        /// The target's name.
        target_name: String,
    },
    /// A fault found there: [`NetworkError`].
    #[error(transparent)]
    Network(#[from] NetworkError),
}

/// Which columns of a table hold the source, the target and the weight: names of the header, or numbers from 1 in a table
/// without one. Without a weight every synapse has weight one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EdgeColumns {
    /// Where synapses come from.
    pub source: String,
    /// Where they lead.
    pub target: String,
    /// Their weights.
    pub weight: Option<String>,
}

impl std::str::FromStr for EdgeColumns {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let words: Vec<String> = text.split(',').map(|word| word.trim().to_owned()).collect();
        match &words[..] {
            [source, target, weight @ ..] if weight.len() < 2 && words.iter().all(|word| !word.is_empty()) => {
                let (source, target, weight) = (source.clone(), target.clone(), weight.first().cloned());
                Ok(EdgeColumns { source, target, weight })
            }
            _ => Err("give two or three columns, as SOURCE,TARGET or SOURCE,TARGET,WEIGHT".to_owned()),
        }
    }
}

/// Weights whose neurons have names.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedEdges {
    /// The weights, row = target.
    pub weights: Weights,
    /// The names of the neurons, in the order in which they appear in the file.
    pub names: Vec<String>,
    /// What was found out or taken for granted.
    pub notices: Vec<String>,
}

/// Delimiters that are looked for.
const DELIMITERS: [(u8, &str); 5] =
    [(b',', "a comma"), (b'\t', "a tab"), (b';', "a semicolon"), (b'|', "a bar"), (b' ', "a space")];

/// A delimiter in words.
pub(super) fn name_of_delimiter(delimiter: u8) -> &'static str {
    DELIMITERS.iter().find(|(known, _)| *known == delimiter).map_or("another", |&(_, name)| name)
}

/// Reads a list of edges.
///
/// # Errors
/// Columns that are not there, the first line that lacks a name or has no number as its weight, a synapse twice.
pub fn read(reader: impl Read, columns: &EdgeColumns) -> Result<NamedEdges, EdgesError> {
    let mut reader = BufReader::new(reader);
    let mut first = Vec::new();
    reader.read_until(b'\n', &mut first)?;
    let delimiter = delimiter_of(&first, &DELIMITERS.map(|(delimiter, _)| delimiter)).unwrap_or(DELIMITERS[0].0);
    let mut table = Records::new(io::Cursor::new(first).chain(reader), delimiter)?;
    let wanted: Vec<&String> =
        [Some(&columns.source), Some(&columns.target), columns.weight.as_ref()].into_iter().flatten().collect();
    let positions: Option<Vec<usize>> =
        wanted.iter().map(|name| name.parse::<usize>().ok().filter(|&k| k > 0).map(|k| k - 1)).collect();
    let mut record = ::csv::StringRecord::new();
    let mut beside = Vec::new();
    let (positions, header) = match positions {
        Some(positions) => (positions, false),
        None => {
            table.next(&mut record)?;
            let position = |name: &&String| {
                let column = (*name).clone();
                let mut places = record.iter().enumerate().filter(|(_, field)| *field == name.as_str());
                match (places.next(), places.next()) {
                    (Some((place, _)), None) => Ok(place),
                    (Some(_), Some(_)) => Err(EdgesError::ColumnTwice { column }),
                    (None, _) => {
                        let found = record.iter().map(|field| format!("`{}`", quoted(field.as_bytes())));
                        Err(EdgesError::NoSuchColumn { column, found: found.collect::<Vec<_>>().join(", ") })
                    }
                }
            };
            let positions = wanted.iter().map(position).collect::<Result<Vec<_>, _>>()?;
            let others = record.iter().enumerate().filter(|(at, _)| !positions.contains(at));
            beside.extend(others.map(|(_, field)| format!("`{}`", quoted(field.as_bytes()))));
            (positions, true)
        }
    };
    let (mut names, mut numbers): (Vec<String>, HashMap<String, usize>) = (Vec::new(), HashMap::new());
    let mut triplets = Vec::new();
    while let Some(line) = table.next(&mut record)? {
        if record.iter().all(str::is_empty) {
            continue;
        }
        let field = |k: usize| {
            let missing = EdgesError::TooFewColumns { line, found: record.len(), column: positions[k] + 1 };
            record.get(positions[k]).ok_or(missing)
        };
        let mut neuron = |name: &str, what| {
            if name.is_empty() {
                return Err(EdgesError::NoName { line, what });
            }
            if let Some(&known) = numbers.get(name) {
                return Ok(known);
            }
            names.push(name.to_owned());
            numbers.insert(name.to_owned(), names.len() - 1);
            Ok(names.len() - 1)
        };
        let source = neuron(field(0)?, "source")?;
        let target = neuron(field(1)?, "target")?;
        let weight = match &columns.weight {
            None => 1.0,
            Some(column) => number(field(2)?.as_bytes()).map_err(|error| EdgesError::BadWeight {
                line,
                column: column.clone(),
                error,
            })?,
        };
        triplets.push((target, source, weight));
    }
    if triplets.is_empty() {
        return Err(EdgesError::NoEdges);
    }
    let weights = from_named_triplets(&names, triplets)?;
    let mut notices = vec![format!(
        "read as {} synapses between {} named neurons, from column `{}` to column `{}`; the delimiter is {}",
        weights.synapses(),
        names.len(),
        columns.source,
        columns.target,
        name_of_delimiter(delimiter),
    )];
    if !header {
        notices.push(
            "columns are given by number, so the first line was taken for a synapse, not for a header".to_owned(),
        );
    }
    if !beside.is_empty() {
        notices.push(format!("not read, and not in what is written: the columns {}", beside.join(", ")));
    }
    if columns.weight.is_none() {
        notices.push("no column of weights was named: every synapse has weight 1".to_owned());
    }
    Ok(NamedEdges { weights, names, notices })
}

/// Weights of synapses between named neurons; those of weight zero are none.
pub(super) fn from_named_triplets(
    names: &[String],
    mut triplets: Vec<(usize, usize, f64)>,
) -> Result<Weights, EdgesError> {
    triplets.sort_by_key(|&(i, j, _)| (i, j));
    if let Some(pair) = triplets.windows(2).find(|pair| (pair[0].0, pair[0].1) == (pair[1].0, pair[1].1)) {
        let (target_name, source_name) = (names[pair[0].0].clone(), names[pair[0].1].clone());
        return Err(EdgesError::Duplicate { source_name, target_name });
    }
    triplets.retain(|&(_, _, value)| value != 0.0);
    Ok(Weights::from_triplets(names.len(), triplets)?)
}

/// Writes a list of edges with the header source, target, weight, each weight as short as reads back to the same bits.
///
/// A reader numbers neurons in the order in which it meets them, so edges are written in an order that keeps it: by the later of
/// their two neurons. A neuron whose turn has come and that no edge brings has a synapse of weight zero on itself.
///
/// # Errors
/// Whatever the writer reports.
pub fn write(weights: &Weights, names: &[String], delimiter: u8, writer: &mut impl io::Write) -> io::Result<()> {
    let delimiter = char::from(delimiter);
    writeln!(writer, "source{delimiter}target{delimiter}weight")?;
    let name = |k: usize| super::scales::field(&names[k], delimiter);
    let mut line = |target: usize, source: usize, value: f64| {
        writeln!(writer, "{}{delimiter}{}{delimiter}{value:?}", name(source), name(target))
    };
    let mut edges: Vec<(usize, usize, f64)> = weights.triplets().map(|(i, j, &value)| (i, j, value)).collect();
    // From the neuron before to this one comes first of all: such an edge brings both, in their order.
    edges.sort_by_key(|&(i, j, _)| (i.max(j), (i, j) != (j + 1, j), i, j));
    let mut left = edges.chunk_by(|a, b| a.0.max(a.1) == b.0.max(b.1)).peekable();
    let mut met = 0;
    for neuron in 0..names.len() {
        let Some(group) = left.next_if(|group| group[0].0.max(group[0].1) == neuron) else {
            // The next one may bring it along.
            if met < neuron {
                line(met, met, 0.0)?;
                met += 1;
            }
            continue;
        };
        if met < neuron && (group[0].0, group[0].1) != (neuron, neuron - 1) {
            line(met, met, 0.0)?;
        }
        group.iter().try_for_each(|&(i, j, value)| line(i, j, value))?;
        met = neuron + 1;
    }
    (met..names.len()).try_for_each(|neuron| line(neuron, neuron, 0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(columns: &str, text: &str) -> String {
        read(text.as_bytes(), &columns.parse().unwrap()).unwrap_err().to_string()
    }

    /// Neurons are met in the order that they had, whatever their synapses: a balanced list of edges is read with the same gains.
    #[test]
    fn what_is_written_keeps_the_order_of_the_neurons() {
        let columns = "source,target,weight".parse().unwrap();
        for text in [
            "b,a,2\na,b,8\nb,c,1\nc,b,3\n",
            "a,b,1\nc,d,2\nb,c,1\nd,a,3\n",
            "b,a,1\n",
            "a,a,1\nb,c,2\nc,b,2\n",
            "a,b,1\nb,a,2\nc,a,0\nd,b,0\n",
            "z,y,0\nx,w,0\nw,z,4\n",
            "a,b,0\nc,d,0\nd,c,1\ne,e,0\n",
        ] {
            let given = read(format!("source,target,weight\n{text}").as_bytes(), &columns).unwrap();
            let mut bytes = Vec::new();
            write(&given.weights, &given.names, b',', &mut bytes).unwrap();
            let again = read(&bytes[..], &columns).unwrap();
            let written = String::from_utf8(bytes).unwrap();
            assert_eq!((&again.names, &again.weights), (&given.names, &given.weights), "{text:?} as {written:?}");
        }
    }

    #[test]
    fn columns_that_are_left_out_are_named() {
        let notices = |text: &str| read(text.as_bytes(), &"s,t".parse().unwrap()).unwrap().notices;
        let said = "not read, and not in what is written: the columns `delay`, `type`";
        assert!(notices("s,delay,t,type\na,1,b,x\nb,2,a,y\n").iter().any(|notice| notice == said));
        assert!(!notices("s,t\na,b\nb,a\n").iter().any(|notice| notice.starts_with("not read")));
    }

    #[test]
    fn faults_are_placed_where_an_editor_shows_them() {
        let by_name = "pre,post,weight";
        for (columns, text, said) in [
            (by_name, "pre,post,weight\na,b,1\n\n\nb,a,x\n", "line 5, column `weight`: `x`"),
            (by_name, "pre;post;weight\r\na;b;1\r\n\r\nb;a\r\n", "line 4 has 2 columns, so there is no column 3"),
            (by_name, "pre\tpost\tweight\n\t\t\na\t\t1\n", "line 3 names no target"),
            ("1,2,3", "\n\n, b, 2\n", "line 3 names no source"),
            ("2,1", "a,b\nb,a\na,b\n", "from `b` to `a` is listed twice"),
            (by_name, "pre,post,weight\n", "there are no edges"),
            (by_name, "pre,post,weight,weight\na,b,1,2\n", "the header has the column `weight` more than once"),
            (by_name, "pre,pre,weight\na,b,1\n", "the header has the column `pre` more than once"),
        ] {
            let error = refused(columns, text);
            assert!(error.contains(said), "{text:?}: {error}");
        }
    }
}
