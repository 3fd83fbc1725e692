//! What training looked like: a few numbers every so many iterations, as CSV.

use serde::{Deserialize, Serialize};

/// One moment of a training.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Steps taken before.
    pub iteration: usize,
    /// Root-mean-square error on the batch of the next step.
    pub loss: f64,
    /// The recurrent cost `C = Σ J²`, self-synapses included.
    pub cost: f64,
    /// `‖g‖₂` of that cost: how far from balanced.
    pub neural_gradient: f64,
}

/// The records, in the order of the iterations: at least the last one, of the trained network.
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    /// Those of the way.
    pub before: Vec<Record>,
    /// That of the trained network, on trials that it was not trained on.
    pub last: Record,
}

/// What can be wrong with a history in CSV. Lines count from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HistoryError {
    /// Line 1 is `found`, expected the header `HEADER`.
    #[error("line 1 is `{found}`, expected the header `{HEADER}`")]
    NoHeader {
        /// What was found.
        found: String,
    },
    /// Line `line` is `text`, expected an iteration and three numbers.
    #[error("line {line} is `{text}`, expected an iteration and three numbers")]
    BadLine {
        /// The line, counted from 1.
        line: usize,
        /// What stands there.
        text: String,
    },
    /// The history could not be written as CSV: `reason`.
    #[error("the history could not be written as CSV: {reason}")]
    NotWritten {
        /// What the writer says.
        reason: String,
    },
    /// There are no records below the header.
    #[error("there are no records below the header")]
    NoRecords,
}

/// The names of the fields of [`Record`], in their order.
const HEADER: &str = "iteration,loss,cost,neural_gradient";
const COLUMNS: usize = 4;

impl History {
    /// The first record.
    pub fn first(&self) -> &Record {
        self.before.first().unwrap_or(&self.last)
    }

    /// All records.
    pub fn records(&self) -> impl Iterator<Item = &Record> {
        self.before.iter().chain(std::iter::once(&self.last))
    }

    /// As CSV, every number in as few digits as give it back.
    ///
    /// # Errors
    /// None that is known: memory can be written to, and numbers are text.
    pub fn to_csv(&self) -> Result<String, HistoryError> {
        let unwritten = |reason: String| HistoryError::NotWritten { reason };
        let mut rows = csv::Writer::from_writer(Vec::new());
        for record in self.records() {
            rows.serialize(record).map_err(|error| unwritten(error.to_string()))?;
        }
        let bytes = rows.into_inner().map_err(|error| unwritten(error.to_string()))?;
        String::from_utf8(bytes).map_err(|error| unwritten(error.to_string()))
    }

    /// From CSV.
    ///
    /// # Errors
    /// Another header, or the first line that is no record.
    pub fn from_csv(text: &str) -> Result<Self, HistoryError> {
        let mut rows = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
        let header = text.lines().next().unwrap_or_default();
        if header != HEADER {
            return Err(HistoryError::NoHeader { found: header.to_owned() });
        }
        let mut before = Vec::new();
        for row in rows.records() {
            let row = row.map_err(|error| HistoryError::BadLine {
                line: error.position().map_or(0, |position| position.line() as usize),
                text: error.to_string(),
            })?;
            let bad = || {
                let line = row.position().map_or(0, |position| position.line() as usize);
                HistoryError::BadLine { line, text: row.iter().collect::<Vec<_>>().join(",") }
            };
            if row.len() != COLUMNS {
                return Err(bad());
            }
            before.push(row.deserialize(None).map_err(|_| bad())?);
        }
        let last = before.pop().ok_or(HistoryError::NoRecords)?;
        Ok(History { before, last })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back_to_the_last_bit_and_the_rest_is_refused() {
        let record = |iteration, loss| Record { iteration, loss, cost: 1.0 / 3.0, neural_gradient: 1e-300 };
        let history = History { before: vec![record(0, 0.1)], last: record(10, 2.0) };
        assert_eq!(History::from_csv(&history.to_csv().unwrap()), Ok(history));
        let refused = |text: &str| History::from_csv(text).unwrap_err();
        assert_eq!(refused("a,b\n"), HistoryError::NoHeader { found: "a,b".to_owned() });
        assert_eq!(refused(&format!("{HEADER}\n")), HistoryError::NoRecords);
        for line in ["1,2,3", "1,2,3,x", "-1,2,3,4", "1,2,3,4,5"] {
            let expected = HistoryError::BadLine { line: 2, text: line.to_owned() };
            assert_eq!(refused(&format!("{HEADER}\n{line}\n")), expected);
        }
    }
}
