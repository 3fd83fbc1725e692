//! What the text formats share: lines of any length without a copy of the file, and strict numbers.

use std::io::{self, Read};
use std::ops::Range;

/// Bytes asked for at a time: large enough that the calls cost nothing, small enough to stay in the cache.
const CHUNK: usize = 1 << 17;

/// The most of an offending text that a message repeats.
const QUOTED: usize = 40;

/// One line, without its line feed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line<'a> {
    /// Counted from 1.
    pub number: u64,
    pub bytes: &'a [u8],
}

impl<'a> Line<'a> {
    /// True if there is nothing but white space.
    pub fn is_blank(&self) -> bool {
        self.bytes.iter().all(u8::is_ascii_whitespace)
    }

    /// The words of the line.
    pub fn words(&self) -> Words<'a> {
        Words(self.bytes)
    }

    /// The line for a message: its beginning, readable whatever it holds.
    pub fn quoted(&self) -> String {
        quoted(self.bytes)
    }
}

/// The words of a line, split at ASCII white space (a carriage return is white space, so CRLF files just work).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Words<'a>(&'a [u8]);

impl<'a> Iterator for Words<'a> {
    type Item = &'a [u8];

    #[inline]
    fn next(&mut self) -> Option<&'a [u8]> {
        let start = self.0.iter().position(|byte| !byte.is_ascii_whitespace())?;
        let rest = &self.0[start..];
        let length = rest.iter().position(u8::is_ascii_whitespace).unwrap_or(rest.len());
        let (word, after) = rest.split_at(length);
        self.0 = after;
        Some(word)
    }
}

/// Reads lines through one buffer, which grows only if a single line does not fit.
#[derive(Debug)]
pub(crate) struct Lines<R> {
    reader: R,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    number: u64,
    /// Bytes of the lines handed out.
    bytes: u64,
    at_end_of_file: bool,
    /// Met behind lines that are handed out first.
    failure: Option<io::Error>,
}

impl<R: Read> Lines<R> {
    pub fn new(reader: R) -> Self {
        Self::after(reader, 0)
    }

    /// The lines of a part of a file, after the first `number` of them.
    pub fn after(reader: R, number: u64) -> Self {
        Lines {
            reader,
            buffer: vec![0; CHUNK],
            start: 0,
            end: 0,
            number,
            bytes: 0,
            at_end_of_file: false,
            failure: None,
        }
    }

    /// Lines read so far, those of blocks not counted.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Where in the reader the next line begins, those of blocks not counted.
    pub fn position(&self) -> u64 {
        self.bytes
    }

    /// Fills `block` with the whole lines that follow: at least `size` bytes with what was read before, unless a single
    /// line is longer or the file ends. False after the last. Its lines are not counted.
    pub fn next_block(&mut self, block: &mut Vec<u8>, size: usize) -> io::Result<bool> {
        if let Some(error) = self.failure.take() {
            return Err(error);
        }
        block.clear();
        block.extend_from_slice(&self.buffer[self.start..self.end]);
        (self.start, self.end) = (0, 0);
        let mut searched = 0;
        while !self.at_end_of_file {
            let wanted = size.saturating_sub(block.len()).max(CHUNK);
            block.reserve(wanted);
            match self.reader.by_ref().take(wanted as u64).read_to_end(block) {
                Ok(count) => self.at_end_of_file = count < wanted,
                // The lines before it come first.
                Err(error) => self.failure = Some(error),
            }
            if self.at_end_of_file {
                break;
            }
            let line_feed = memchr::memrchr(b'\n', &block[searched..]).map(|offset| searched + offset);
            searched = block.len();
            if let Some(line_feed) = line_feed {
                let rest = block.split_off(line_feed + 1);
                self.end = rest.len();
                self.buffer = rest;
                return Ok(true);
            }
            if let Some(error) = self.failure.take() {
                return Err(error);
            }
        }
        Ok(!block.is_empty())
    }

    /// The next line; `None` after the last. An empty rest after the last line feed is not a line.
    pub fn next_line(&mut self) -> io::Result<Option<Line<'_>>> {
        let range = self.advance()?;
        Ok(range.map(|range| Line { number: self.number, bytes: &self.buffer[range] }))
    }

    /// The next line that is not blank.
    pub fn next_filled_line(&mut self) -> io::Result<Option<Line<'_>>> {
        while let Some(range) = self.advance()? {
            if !self.buffer[range.clone()].iter().all(u8::is_ascii_whitespace) {
                return Ok(Some(Line { number: self.number, bytes: &self.buffer[range] }));
            }
        }
        Ok(None)
    }

    /// Steps over one line and says where it is in the buffer.
    fn advance(&mut self) -> io::Result<Option<Range<usize>>> {
        let mut searched = self.start;
        loop {
            let line = match memchr::memchr(b'\n', &self.buffer[searched..self.end]) {
                Some(offset) => {
                    let end = searched + offset;
                    std::mem::replace(&mut self.start, end + 1)..end
                }
                None if !self.at_end_of_file => {
                    let unread = self.end - self.start;
                    self.refill()?;
                    searched = self.start + unread;
                    continue;
                }
                None if self.start == self.end => return Ok(None),
                None => std::mem::replace(&mut self.start, self.end)..self.end,
            };
            self.number += 1;
            self.bytes += (self.start - line.start) as u64;
            return Ok(Some(line));
        }
    }

    fn refill(&mut self) -> io::Result<()> {
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        if self.end == self.buffer.len() {
            self.buffer.resize((2 * self.buffer.len()).max(CHUNK), 0);
        }
        loop {
            match self.reader.read(&mut self.buffer[self.end..]) {
                Ok(0) => self.at_end_of_file = true,
                Ok(count) => self.end += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            }
            return Ok(());
        }
    }
}

/// Why a text is not a number that can be a weight.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NumberError {
    /// The bytes are not UTF-8.
    #[error("the bytes are not UTF-8; save the file as plain text")]
    NotUtf8,
    /// There is no number where one is expected.
    #[error("there is no number where one is expected")]
    Absent,
    /// `text` is not a number.
    #[error("`{text}` is not a number; write it like -1.5 or 2e-3")]
    NotANumber {
        /// What stands there.
        text: String,
    },
    /// `text` is not a whole number, although the file says that its numbers are.
    #[error("`{text}` is not a whole number, although the file says that its numbers are")]
    NotAnInteger {
        /// What stands there.
        text: String,
    },
    /// `text` is not finite or is beyond the range of f64 (about 1.8e308).
    #[error("`{text}` is not finite or is beyond the range of f64 (about 1.8e308); replace it by a finite number")]
    NotFinite {
        /// What stands there.
        text: String,
    },
    /// `text` is not zero but below the range of f64 (about 4.9e-324).
    #[error("`{text}` is not zero but below the range of f64 (about 4.9e-324); write 0 or rescale the weights")]
    Vanishes {
        /// What stands there.
        text: String,
    },
    /// `text` is beyond ±2^53 and f64 cannot hold it exactly.
    #[error("`{text}` is beyond ±2^53 and f64 cannot hold it exactly; write it as a real number")]
    IntegerTooLarge {
        /// What stands there.
        text: String,
    },
}

/// A finite real number. A text that would silently turn into infinity, or from something into zero, is refused.
#[inline]
pub(crate) fn number(text: &[u8]) -> Result<f64, NumberError> {
    match fast_float2::parse::<f64, _>(text) {
        Ok(value) if !value.is_finite() => Err(NumberError::NotFinite { text: quoted(text) }),
        Ok(value) if value == 0.0 && has_nonzero_digit(text) => Err(NumberError::Vanishes { text: quoted(text) }),
        Ok(value) => Ok(value),
        Err(_) if text.is_empty() => Err(NumberError::Absent),
        Err(_) if std::str::from_utf8(text).is_err() => Err(NumberError::NotUtf8),
        Err(_) => Err(NumberError::NotANumber { text: quoted(text) }),
    }
}

/// The finite real number that a text begins with, and its length; `None` where [`number`] has to look closer.
#[inline]
pub(crate) fn leading_number(text: &[u8]) -> Option<(f64, usize)> {
    let (value, length) = fast_float2::parse_partial::<f64, _>(text).ok()?;
    (value.is_finite() && (value != 0.0 || !has_nonzero_digit(&text[..length]))).then_some((value, length))
}

/// True if the digits before the exponent are not all 0.
fn has_nonzero_digit(text: &[u8]) -> bool {
    text.iter().take_while(|byte| !matches!(byte, b'e' | b'E')).any(|byte| matches!(byte, b'1'..=b'9'))
}

/// Whether a field is a word: no number, well-formed or not, and with a letter in it.
pub(crate) fn is_name(field: &[u8]) -> bool {
    let field = field.trim_ascii();
    let has_letter = || std::str::from_utf8(field).is_ok_and(|text| text.chars().any(char::is_alphabetic));
    matches!(number(field), Err(NumberError::NotANumber { .. })) && has_letter()
}

/// The delimiter that cuts a line into most fields, outside of names in quotes; of several the first. `None` if none does.
pub(crate) fn delimiter_of(line: &[u8], delimiters: &[u8]) -> Option<u8> {
    let line = line.split(|&byte| byte == b'\n').next()?;
    let outside: Vec<u8> = line.split(|&byte| byte == b'"').step_by(2).flatten().copied().collect();
    let count = |delimiter: u8| outside.iter().filter(|&&byte| byte == delimiter).count();
    let first_of_most = |best: Option<u8>, &next: &u8| match best {
        Some(best) if count(best) >= count(next) => Some(best),
        _ => (count(next) > 0).then_some(next).or(best),
    };
    delimiters.iter().fold(None, first_of_most)
}

/// A whole number, exactly.
#[inline]
pub(crate) fn integer(text: &[u8]) -> Result<f64, NumberError> {
    const LARGEST_EXACT: u64 = 1 << 53;
    let digits = text.strip_prefix(b"-").or(text.strip_prefix(b"+")).unwrap_or(text);
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        // A real number or none at all: say which.
        return Err(match number(text) {
            Ok(_) => NumberError::NotAnInteger { text: quoted(text) },
            Err(error) => error,
        });
    }
    match unsigned(digits) {
        Some(magnitude) if magnitude <= LARGEST_EXACT => {
            Ok(if text[0] == b'-' { -(magnitude as f64) } else { magnitude as f64 })
        }
        _ => Err(NumberError::IntegerTooLarge { text: quoted(text) }),
    }
}

/// An unsigned whole number; `None` if it is not one or does not fit.
#[inline]
pub(crate) fn unsigned(text: &[u8]) -> Option<u64> {
    if text.is_empty() {
        return None;
    }
    text.iter().try_fold(0_u64, |value, byte| {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 { None } else { value.checked_mul(10)?.checked_add(u64::from(digit)) }
    })
}

/// The beginning of a text for a message, readable whatever it holds, with no control characters.
pub(crate) fn quoted(bytes: &[u8]) -> String {
    let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(4 * QUOTED)]);
    let mut text: String = shown.trim().chars().flat_map(char::escape_debug).take(QUOTED).collect();
    if shown.trim().chars().count() > QUOTED || bytes.len() > 4 * QUOTED {
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A reader that hands out one byte at a time: every refill path is taken.
    struct Dripping<'a>(&'a [u8]);

    impl Read for Dripping<'_> {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            let count = self.0.len().min(out.len()).min(1);
            out[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    fn all_lines(reader: impl Read, filled: bool) -> Vec<(u64, Vec<u8>)> {
        let mut lines = Lines::new(reader);
        let mut found = Vec::new();
        while let Some(line) = if filled { lines.next_filled_line() } else { lines.next_line() }.unwrap() {
            found.push((line.number, line.bytes.to_vec()));
        }
        found
    }

    #[test]
    fn lines_keep_their_numbers_and_a_missing_last_line_feed_is_fine() {
        let text = b"a\n\nlonger line\r\nlast";
        let expected = vec![(1, b"a".to_vec()), (2, vec![]), (3, b"longer line\r".to_vec()), (4, b"last".to_vec())];
        assert_eq!(all_lines(&text[..], false), expected);
        assert_eq!(all_lines(Dripping(text), false), expected);
        let filled: Vec<_> = expected.into_iter().filter(|(number, _)| *number != 2).collect();
        assert_eq!(all_lines(&text[..], true), filled);
        assert_eq!(all_lines(Dripping(text), true), filled);
        assert_eq!(all_lines(&b"a\n"[..], true), vec![(1, b"a".to_vec())]);
        assert_eq!(all_lines(&b""[..], false), vec![]);
    }

    #[test]
    fn a_line_longer_than_the_buffer_comes_in_one_piece() {
        let mut text = vec![b'x'; 3 * CHUNK + 7];
        text.extend(b"\ny");
        let found = all_lines(&text[..], true);
        assert_eq!(found[0].1.len(), 3 * CHUNK + 7);
        assert_eq!(found[1], (2, b"y".to_vec()));
    }

    #[test]
    fn numbers_that_would_change_silently_are_refused() {
        assert_eq!(number(b"-1.5e-3"), Ok(-1.5e-3));
        assert_eq!(number(b"0.000e-999"), Ok(0.0));
        assert_eq!(number(b"5e-324"), Ok(5e-324));
        assert!(matches!(number(b"1e-400"), Err(NumberError::Vanishes { .. })));
        assert!(matches!(number(b"1e400"), Err(NumberError::NotFinite { .. })));
        assert!(matches!(number(b"NaN"), Err(NumberError::NotFinite { .. })));
        assert!(matches!(number(b"1.5x"), Err(NumberError::NotANumber { .. })));
        assert_eq!(number(b"\xff"), Err(NumberError::NotUtf8));
        assert_eq!(number(b""), Err(NumberError::Absent));
        assert_eq!(integer(b"9007199254740992"), Ok(9_007_199_254_740_992.0));
        assert!(matches!(integer(b"9007199254740993"), Err(NumberError::IntegerTooLarge { .. })));
        assert!(matches!(integer(b"1.0"), Err(NumberError::NotAnInteger { .. })));
        assert_eq!(unsigned(b"18446744073709551615"), Some(u64::MAX));
        assert_eq!(unsigned(b"18446744073709551616"), None);
        assert_eq!(unsigned(b"-1"), None);
    }

    #[test]
    fn names_have_letters_and_are_no_numbers() {
        for name in ["AVAL", " n1 ", "α", "1e5x", "0x1p3"] {
            assert!(is_name(name.as_bytes()), "{name}");
        }
        for field in ["1e5", "nan", "inf", "", " ", "1.2.3", "--", "1,5"] {
            assert!(!is_name(field.as_bytes()), "{field}");
        }
        assert!(!is_name(b"a\xff"));
    }

    #[test]
    fn the_delimiter_is_the_most_frequent_one_outside_of_quotes() {
        let found = |line: &str| delimiter_of(line.as_bytes(), b",;\t").map(char::from);
        assert_eq!(found("a;b;c\n1,2,3,4"), Some(';'));
        assert_eq!(found("a,b;c;d"), Some(';'));
        assert_eq!(found("a,b;c"), Some(','));
        assert_eq!(found("\"a,b,c\";d"), Some(';'));
        assert_eq!(found("a b c\n1,2"), None);
        assert_eq!(found(""), None);
    }

    #[test]
    fn what_is_quoted_is_short_and_readable() {
        let letters = |count: usize| "a".repeat(count);
        assert_eq!(quoted(b"  a\tb\xff  "), "a\\tb\u{fffd}");
        assert_eq!(quoted(letters(QUOTED).as_bytes()), letters(QUOTED));
        assert_eq!(quoted(letters(QUOTED + 1).as_bytes()), letters(QUOTED) + "…");
        // More than is looked at, even if that is nearly all blank.
        let blanks = |count: usize| [&b"a"[..], &vec![b' '; count - 1]].concat();
        assert_eq!(quoted(&blanks(4 * QUOTED)), "a");
        assert_eq!(quoted(&blanks(4 * QUOTED + 1)), "a…");
    }
}
