//! The header of a NumPy array, read by a grammar that has room for nothing but a plain array, and written.

use super::error::NpyError;
use crate::io::text::{quoted, unsigned};

/// What a header says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// As it stands there.
    pub dtype: String,
    /// Lengths of the axes.
    pub shape: Vec<u64>,
    /// Fortran order.
    pub first_axis_fastest: bool,
}

/// Reads the header, and finds the data after it.
///
/// # Errors
/// A header that is damaged, or of a version that is not known.
pub(super) fn read(bytes: &[u8]) -> Result<(Header, &[u8]), NpyError> {
    let (text, data) = split(bytes)?;
    Ok((parse_header(text, bytes.len() - text.len() - data.len())?, data))
}

/// Where the numbers of an array are in its file, whatever their dtype.
pub(in crate::io) struct Frame {
    /// As the header has it.
    pub dtype: String,
    /// Lengths of the axes.
    pub shape: Vec<usize>,
    /// Fortran order.
    pub first_axis_fastest: bool,
    /// The first byte of data.
    pub data: usize,
}

/// Reads the header of an array of any dtype.
///
/// # Errors
/// A header that is damaged, or a shape beyond what can be counted.
pub(in crate::io) fn frame(bytes: &[u8]) -> Result<Frame, NpyError> {
    let (Header { dtype, shape, first_axis_fastest }, data) = read(bytes)?;
    let lengths: Option<Vec<usize>> = shape.iter().map(|&length| usize::try_from(length).ok()).collect();
    let counted = |lengths: &Vec<usize>| lengths.iter().try_fold(1_usize, |n, &k| n.checked_mul(k.max(1))).is_some();
    match lengths.filter(counted) {
        Some(shape) => Ok(Frame { dtype, shape, first_axis_fastest, data: bytes.len() - data.len() }),
        None => Err(NpyError::WrongLength { shape, dtype, data_bytes: data.len() as u64 }),
    }
}

/// The text of the header, and the data after it.
fn split(bytes: &[u8]) -> Result<(&[u8], &[u8]), NpyError> {
    let Some(rest) = bytes.strip_prefix(b"\x93NUMPY") else { return Err(NpyError::NotNpy) };
    let (length, rest) = match *rest {
        [1, 0, a, b, ref rest @ ..] => (u64::from(u16::from_le_bytes([a, b])), rest),
        [2 | 3, 0, a, b, c, d, ref rest @ ..] => (u64::from(u32::from_le_bytes([a, b, c, d])), rest),
        [1..=3, 0, ..] => return Err(NpyError::HeaderTooLong { announced: 0, bytes: bytes.len() as u64 }),
        [major, minor, ..] => return Err(NpyError::UnknownVersion { major, minor }),
        _ => return Err(NpyError::NotNpy),
    };
    match usize::try_from(length).ok().and_then(|length| rest.split_at_checked(length)) {
        Some((text, data)) => Ok((text, data)),
        None => Err(NpyError::HeaderTooLong { announced: length, bytes: rest.len() as u64 }),
    }
}

/// Reads `{'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }`, keys in any order; `before` it the file has so many bytes.
fn parse_header(text: &[u8], before: usize) -> Result<Header, NpyError> {
    let mut cursor = HeaderText { text, at: 0, before };
    let (mut dtype, mut order, mut shape) = (None, None, None);
    cursor.token(b'{', "`{`")?;
    while !cursor.skip(b'}') {
        let key = cursor.string()?;
        cursor.token(b':', "`:`")?;
        match key {
            b"descr" if dtype.is_none() => dtype = Some(cursor.dtype()?),
            b"fortran_order" if order.is_none() => order = Some(cursor.boolean()?),
            b"shape" if shape.is_none() => shape = Some(cursor.shape()?),
            _ => return cursor.expected("each of the keys descr, fortran_order and shape once"),
        }
        if !cursor.skip(b',') {
            cursor.token(b'}', "`,` or `}`")?;
            break;
        }
    }
    cursor.skip_spaces();
    if cursor.at < text.len() {
        return cursor.expected("nothing more");
    }
    match (dtype, order, shape) {
        (Some(dtype), Some(first_axis_fastest), Some(shape)) => Ok(Header { dtype, shape, first_axis_fastest }),
        _ => cursor.expected("the keys descr, fortran_order and shape"),
    }
}

struct HeaderText<'a> {
    text: &'a [u8],
    at: usize,
    before: usize,
}

impl<'a> HeaderText<'a> {
    fn expected<T>(&self, expected: &'static str) -> Result<T, NpyError> {
        Err(NpyError::BadHeader { byte: self.before + self.at, expected })
    }

    fn skip_spaces(&mut self) {
        self.at += self.text[self.at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    }

    fn skip(&mut self, byte: u8) -> bool {
        self.skip_spaces();
        let there = self.text.get(self.at) == Some(&byte);
        self.at += usize::from(there);
        there
    }

    fn token(&mut self, byte: u8, expected: &'static str) -> Result<(), NpyError> {
        if self.skip(byte) { Ok(()) } else { self.expected(expected) }
    }

    /// A string in either kind of quotes, without escapes (no dtype or key needs one).
    fn string(&mut self) -> Result<&'a [u8], NpyError> {
        let quote = if self.skip(b'"') { b'"' } else { b'\'' };
        if quote == b'\'' && !self.skip(quote) {
            return self.expected("a string in quotes");
        }
        let rest = &self.text[self.at..];
        match rest.iter().position(|&byte| byte == quote || byte == b'\\') {
            Some(length) if rest[length] == quote => {
                self.at += length + 1;
                Ok(&rest[..length])
            }
            _ => self.expected("a string that ends and has no escapes"),
        }
    }

    fn dtype(&mut self) -> Result<String, NpyError> {
        self.skip_spaces();
        match self.text.get(self.at) {
            Some(b'[' | b'(' | b'{') => Err(NpyError::UnsupportedDtype { dtype: "record (structured)".to_owned() }),
            _ => self.string().map(quoted),
        }
    }

    fn boolean(&mut self) -> Result<bool, NpyError> {
        self.skip_spaces();
        for (word, value) in [(&b"True"[..], true), (&b"False"[..], false)] {
            if self.text[self.at..].starts_with(word) {
                self.at += word.len();
                return Ok(value);
            }
        }
        self.expected("True or False")
    }

    fn shape(&mut self) -> Result<Vec<u64>, NpyError> {
        let mut shape = Vec::new();
        self.token(b'(', "`(`")?;
        while !self.skip(b')') {
            let digits = self.text[self.at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            let Some(length) = unsigned(&self.text[self.at..self.at + digits]) else {
                return self.expected("a length below 2^64");
            };
            shape.push(length);
            self.at += digits;
            if !self.skip(b',') {
                self.token(b')', "`,` or `)`")?;
                break;
            }
        }
        Ok(shape)
    }
}

/// The header of an array as it is written, padded so that its numbers are aligned.
pub(in crate::io) fn written(descr: &str, shape: &[usize], first_axis_fastest: bool) -> Vec<u8> {
    let lengths: Vec<String> = shape.iter().map(|length| format!("{length},")).collect();
    let order = if first_axis_fastest { "True" } else { "False" };
    let mut text = format!("{{'descr': '{descr}', 'fortran_order': {order}, 'shape': ({}), }}", lengths.join(" "));
    const PREFIX: usize = 12;
    const ALIGNMENT: usize = 64;
    let padded = (PREFIX + text.len() + 1).next_multiple_of(ALIGNMENT);
    text.push_str(&" ".repeat(padded - PREFIX - text.len() - 1));
    text.push('\n');
    let mut bytes = b"\x93NUMPY\x02\x00".to_vec();
    bytes.extend((text.len() as u32).to_le_bytes());
    bytes.extend(text.bytes());
    bytes
}
