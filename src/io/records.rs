//! Records of a delimited table, each with the line that it begins in. (The `csv` library counts lines otherwise where some are
//! blank or end with two bytes.)

use std::collections::VecDeque;
use std::io::{self, Chain, Cursor, Read};
use std::mem::take;

use ::csv::{Reader, ReaderBuilder, StringRecord};

use super::csv::BYTE_ORDER_MARK;

/// What can be wrong with a record, whatever it is about. Lines and columns count from 1.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// The table cannot be read: see the message.
    #[error("the table cannot be read: {0}")]
    Unreadable(#[from] ::csv::Error),
    /// Line `line`, column `column`: the text is not UTF-8.
    #[error("line {line}, column {column}: the text is not UTF-8; save the table as UTF-8")]
    NotUtf8 {
        /// The line, counted from 1.
        line: u64,
        /// The column, counted from 1.
        column: usize,
    },
}

impl From<io::Error> for RecordError {
    fn from(error: io::Error) -> Self {
        RecordError::Unreadable(error.into())
    }
}

/// The records that are left of a table.
pub(super) struct Records<R>(Reader<Newlines<Chain<Cursor<Vec<u8>>, R>>>);

impl<R: Read> Records<R> {
    /// Those of a whole table; a byte order mark is none of its first field.
    pub fn new(mut reader: R, delimiter: u8) -> io::Result<Self> {
        let mut start = Vec::new();
        reader.by_ref().take(BYTE_ORDER_MARK.len() as u64).read_to_end(&mut start)?;
        if start == BYTE_ORDER_MARK {
            start.clear();
        }
        let bytes = Newlines { reader: Cursor::new(start).chain(reader), read: 0, ahead: VecDeque::new(), behind: 0 };
        let mut table = ReaderBuilder::new();
        Ok(Records(table.delimiter(delimiter).has_headers(false).flexible(true).from_reader(bytes)))
    }

    /// The line in which the next record begins, counted from 1; its fields are in `record`, without the blanks around them.
    /// `None` after the last. Blank lines are no records.
    pub fn next(&mut self, record: &mut StringRecord) -> Result<Option<u64>, RecordError> {
        let mut bytes = take(record).into_byte_record();
        if !self.0.read_byte_record(&mut bytes)? {
            return Ok(None);
        }
        let end = self.0.position().byte();
        let within = bytes.iter().flatten().filter(|&&byte| byte == b'\n').count() as u64;
        let line = self.0.get_mut().line_of(end.saturating_sub(1)) - within;
        let not_utf8 = |error: ::csv::FromUtf8Error| {
            let column = error.utf8_error().field() + 1;
            RecordError::NotUtf8 { line, column }
        };
        *record = StringRecord::from_byte_record(bytes).map_err(not_utf8)?;
        record.trim();
        Ok(Some(line))
    }
}

/// Bytes on their way, and where lines end among those that are still ahead.
struct Newlines<R> {
    reader: R,
    read: u64,
    ahead: VecDeque<u64>,
    behind: u64,
}

impl<R> Newlines<R> {
    /// The line of a byte, counted from 1; asked of bytes in their order.
    fn line_of(&mut self, byte: u64) -> u64 {
        while self.ahead.front().is_some_and(|&newline| newline < byte) {
            self.ahead.pop_front();
            self.behind += 1;
        }
        self.behind + 1
    }
}

impl<R: Read> Read for Newlines<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        let newlines = buffer[..count].iter().zip(self.read..).filter(|(byte, _)| **byte == b'\n');
        self.ahead.extend(newlines.map(|(_, at)| at));
        self.read += count as u64;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<(u64, Vec<String>)> {
        let mut records = Records::new(text.as_bytes(), b',').unwrap();
        let mut record = StringRecord::new();
        let mut found = Vec::new();
        while let Some(line) = records.next(&mut record).unwrap() {
            found.push((line, record.iter().map(str::to_owned).collect()));
        }
        found
    }

    #[test]
    fn each_record_has_the_line_that_an_editor_shows() {
        let record = |line, fields: &[&str]| (line, fields.iter().map(|&field| field.to_owned()).collect());
        let expected = [
            record(1, &["a", "b"]),
            record(2, &["c", "d, e"]),
            record(5, &["f"]),
            record(7, &["g\nh", "i"]),
            record(9, &["j"]),
        ];
        let text = "a, b\nc,\"d, e\"\n\n\nf\n\n\"g\nh\",i\nj";
        for text in [text.to_owned(), format!("{text}\n"), format!("{text}\n\n"), format!("\u{feff}{text}")] {
            assert_eq!(lines(&text), expected, "{text:?}");
        }
        let wide: Vec<_> = lines(&text.replace("\ng", "\r\ng").replace('\n', "\r\n"));
        assert_eq!(wide.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [1, 2, 5, 7, 9]);
        assert_eq!(lines(&format!("{}x", "\n".repeat(100_000))), [record(100_001, &["x"])]);
        assert_eq!(lines(&"x\n\n".repeat(50_000)).last().unwrap().0, 99_999);
        assert_eq!(lines(""), []);
        assert_eq!(lines("\n\r\n"), []);
    }

    #[test]
    fn what_is_not_utf8_is_placed() {
        let mut records = Records::new(&b"a,b\n\nc,d,\xffe\n"[..], b',').unwrap();
        let mut record = StringRecord::new();
        assert_eq!(records.next(&mut record).unwrap(), Some(1));
        let error = records.next(&mut record).unwrap_err();
        assert!(matches!(error, RecordError::NotUtf8 { line: 3, column: 3 }), "{error}");
    }
}
