//! NumPy arrays (`.npy`): two dimensions for weights, one for log-scales.
//!
//! The numbers are decoded and the files written by `npyz`. Its header parser, though, trusts the header: it allocates what the
//! header announces, multiplies shapes that may overflow, and descends into nested literals. So the header is first read here, by a
//! grammar that has room for nothing but a plain array, and is held against the length of the file.
//!
//! A file is read whole, and the numbers made beside it: for a moment there is memory for both.

use std::io::{self, Cursor, Write};

use npyz::{Deserialize, NpyFile, Order, WriterBuilder};

use crate::network::{NetworkError, Weights};

/// What can be wrong with a NumPy array. Indices count from 0, as in NumPy.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NpyError {
    /// The file cannot be read: see the message.
    #[error("the file cannot be read: {0}")]
    Read(#[from] io::Error),
    /// The file does not begin like a NumPy array.
    #[error("the file does not begin like a NumPy array; save it with numpy.save")]
    NotNpy,
    /// Version `major`.`minor` of the NumPy format is unknown.
    #[error("version {major}.{minor} of the NumPy format is unknown; versions 1.0 to 3.0 are supported")]
    UnknownVersion {
        /// Major version.
        major: u8,
        /// Minor version.
        minor: u8,
    },
    /// The header announces `announced` bytes of text but the file has `bytes`.
    #[error("the header announces {announced} bytes of text but the file has {bytes}; the file is cut off or damaged")]
    HeaderTooLong {
        /// What the header announces.
        announced: u64,
        /// Number of bytes.
        bytes: u64,
    },
    /// The header is damaged at byte `byte`: expected `expected`.
    #[error(
        "the header is damaged at byte {byte} (counted from 0): expected {expected}; save the array again with numpy.save"
    )]
    BadHeader {
        /// The byte of the file, counted from 0.
        byte: usize,
        /// What was expected.
        expected: &'static str,
    },
    /// The array has dtype `dtype`, which is not supported.
    #[error("the array has dtype {dtype}, which is not supported; real and whole numbers and logical values are")]
    UnsupportedDtype {
        /// Its dtype.
        dtype: String,
    },
    /// The array has `found` dimensions, expected `expected`.
    #[error("the array has {found} dimensions, expected {expected}")]
    WrongDimensions {
        /// What was found.
        found: usize,
        /// What was expected.
        expected: usize,
    },
    /// The matrix is `rows` x `columns`, but recurrent weights are square: one row and one column a neuron.
    #[error("the matrix is {rows} x {columns}, but recurrent weights are square: one row and one column a neuron")]
    NotSquare {
        /// Number of rows.
        rows: u64,
        /// Number of columns.
        columns: u64,
    },
    /// The array is empty.
    #[error("the array is empty; give at least one neuron")]
    NoNeurons,
    /// The header declares an array of shape `shape` and dtype `dtype`, which does not fit the `data_bytes` bytes of
    /// data.
    #[error(
        "the header declares an array of shape {shape:?} and dtype {dtype}, which does not fit the {data_bytes} bytes of data; the file is cut off or damaged"
    )]
    WrongLength {
        /// Its shape.
        shape: Vec<u64>,
        /// Its dtype.
        dtype: String,
        /// Bytes of data that are there.
        data_bytes: u64,
    },
    /// Element `index` is `value`.
    #[error("element {index:?} (counted from 0) is {value}; replace it by a finite number")]
    NotFinite {
        /// The index, counted from 0.
        index: Vec<u64>,
        /// The value found.
        value: f64,
    },
    /// Element `index` is `value`, a whole number beyond ±2^53 that f64 cannot hold.
    #[error(
        "element {index:?} (counted from 0) is {value}, a whole number beyond ±2^53 that f64 cannot hold; convert with astype('float64')"
    )]
    IntegerTooLarge {
        /// The index, counted from 0.
        index: Vec<u64>,
        /// The value found.
        value: i128,
    },
    /// A fault found there: [`NetworkError`].
    #[error(transparent)]
    Network(#[from] NetworkError),
}

/// What a header says.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Header {
    dtype: String,
    shape: Vec<u64>,
    first_axis_fastest: bool,
}

/// Where the numbers of an array are in its file, whatever their dtype.
pub(super) struct Frame {
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
pub(super) fn frame(bytes: &[u8]) -> Result<Frame, NpyError> {
    let (text, data) = split(bytes)?;
    let Header { dtype, shape, first_axis_fastest } = parse_header(text, bytes.len() - text.len() - data.len())?;
    let lengths: Option<Vec<usize>> = shape.iter().map(|&length| usize::try_from(length).ok()).collect();
    let counted = |lengths: &Vec<usize>| lengths.iter().try_fold(1_usize, |n, &k| n.checked_mul(k.max(1))).is_some();
    match lengths.filter(counted) {
        Some(shape) => Ok(Frame { dtype, shape, first_axis_fastest, data: bytes.len() - data.len() }),
        None => Err(NpyError::WrongLength { shape, dtype, data_bytes: data.len() as u64 }),
    }
}

/// An array of plain numbers whose header fits the length of its file.
struct Checked<'a> {
    file: NpyFile<Cursor<&'a [u8]>>,
    dtype: String,
    shape: Vec<u64>,
}

/// Reads recurrent weights from a two-dimensional array, row = target.
///
/// # Errors
/// A header that is damaged or does not fit the file, a dtype that is not a real number, a matrix that is not
/// square, or an element that is not finite.
pub fn read_matrix(bytes: &[u8]) -> Result<Weights, NpyError> {
    let array = check(bytes)?;
    let (rows, columns) = match array.shape[..] {
        [rows, columns] => (rows, columns),
        _ => return Err(NpyError::WrongDimensions { found: array.shape.len(), expected: 2 }),
    };
    if rows != columns {
        return Err(NpyError::NotSquare { rows, columns });
    }
    if rows == 0 {
        return Err(NpyError::NoNeurons);
    }
    let transposed = array.file.order() == Order::Fortran;
    let index = move |position: u64| {
        let (slow, fast) = (position / rows, position % rows);
        if transposed { vec![fast, slow] } else { vec![slow, fast] }
    };
    let mut triplets = Vec::new();
    decode(array, index, |position, value| {
        if value != 0.0 {
            let (slow, fast) = ((position / rows) as usize, (position % rows) as usize);
            triplets.push(if transposed { (fast, slow, value) } else { (slow, fast, value) });
        }
    })?;
    Ok(Weights::from_triplets(rows as usize, triplets)?)
}

/// Reads a vector from a one-dimensional array.
///
/// # Errors
/// A header that is damaged or does not fit the file, a dtype that is not a real number, another number of
/// dimensions, or an element that is not finite.
pub fn read_vector(bytes: &[u8]) -> Result<Vec<f64>, NpyError> {
    let array = check(bytes)?;
    match array.shape[..] {
        [0] => return Err(NpyError::NoNeurons),
        [_] => {}
        _ => return Err(NpyError::WrongDimensions { found: array.shape.len(), expected: 1 }),
    }
    let mut values = Vec::new();
    decode(array, |position| vec![position], |_, value| values.push(value))?;
    Ok(values)
}

/// Writes recurrent weights as a C-ordered array of little-endian doubles.
///
/// # Errors
/// Whatever the writer reports.
pub fn write_matrix(weights: &Weights, writer: &mut impl Write) -> io::Result<()> {
    let neurons = weights.neurons() as u64;
    let mut array = npyz::WriteOptions::<f64>::new()
        .dtype(npyz::DType::Plain(little_endian_double()?))
        .shape(&[neurons, neurons])
        .writer(writer)
        .begin_nd()?;
    super::for_each_row(weights, |row| array.extend(row.iter().copied()))?;
    array.finish()
}

/// Writes a vector as an array of little-endian doubles.
///
/// # Errors
/// Whatever the writer reports.
pub fn write_vector(values: &[f64], writer: &mut impl Write) -> io::Result<()> {
    let mut array = npyz::WriteOptions::<f64>::new()
        .dtype(npyz::DType::Plain(little_endian_double()?))
        .shape(&[values.len() as u64])
        .writer(writer)
        .begin_nd()?;
    array.extend(values.iter().copied())?;
    array.finish()
}

/// The header of an array, padded so that its numbers are aligned.
pub(super) fn header(descr: &str, shape: &[usize], first_axis_fastest: bool) -> Vec<u8> {
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

/// The dtype of every array that is written, whatever the machine: the same network gives the same bytes.
fn little_endian_double() -> io::Result<npyz::TypeStr> {
    "<f8".parse().map_err(io::Error::other)
}

/// Reads the header and holds it against the length of the file; only then is the file opened by `npyz`.
fn check(bytes: &[u8]) -> Result<Checked<'_>, NpyError> {
    let (text, data) = split(bytes)?;
    let Header { dtype, shape, .. } = parse_header(text, bytes.len() - text.len() - data.len())?;
    let Some(size) = element_size(&dtype) else { return Err(NpyError::UnsupportedDtype { dtype }) };
    let times = |product: u64, length: u64| product.checked_mul(length);
    let needed = shape.iter().try_fold(size, |product, &length| times(product, length));
    // The strides of an empty array overflow all the same, so its other lengths are multiplied too.
    let strides = shape.iter().try_fold(size, |product, &length| times(product, length.max(1)));
    if needed != Some(data.len() as u64) || strides.is_none() {
        return Err(NpyError::WrongLength { shape, dtype, data_bytes: data.len() as u64 });
    }
    Ok(Checked { file: NpyFile::new(Cursor::new(bytes))?, dtype, shape })
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

/// Bytes an element, of the dtypes that can be read: real and whole numbers, in either order of bytes.
fn element_size(dtype: &str) -> Option<u64> {
    let (order, kind) = dtype.split_at_checked(1)?;
    match (order, kind) {
        ("<" | ">", "f8" | "i8" | "u8") => Some(8),
        ("<" | ">", "f4" | "i4" | "u4") => Some(4),
        ("<" | ">", "i2" | "u2") => Some(2),
        ("<" | ">" | "|", "i1" | "u1") | ("|", "b1") => Some(1),
        _ => None,
    }
}

/// Hands every element to `take`, with its position in the file.
fn decode(array: Checked<'_>, index: impl Fn(u64) -> Vec<u64>, take: impl FnMut(u64, f64)) -> Result<(), NpyError> {
    let Checked { file, dtype, .. } = array;
    let real = |value: f64| Some(value);
    match &dtype[1..] {
        "f8" => each(file, index, real, |value| value as i128, take),
        "f4" => each(file, index, |value: f32| Some(f64::from(value)), |value| value as i128, take),
        "i8" => each(file, index, |value: i64| exact(i128::from(value)), i128::from, take),
        "u8" => each(file, index, |value: u64| exact(i128::from(value)), i128::from, take),
        "i4" => each(file, index, |value: i32| Some(f64::from(value)), i128::from, take),
        "u4" => each(file, index, |value: u32| Some(f64::from(value)), i128::from, take),
        "i2" => each(file, index, |value: i16| Some(f64::from(value)), i128::from, take),
        "u2" => each(file, index, |value: u16| Some(f64::from(value)), i128::from, take),
        "i1" => each(file, index, |value: i8| Some(f64::from(value)), i128::from, take),
        "u1" => each(file, index, |value: u8| Some(f64::from(value)), i128::from, take),
        "b1" => each(file, index, |value: bool| Some(f64::from(u8::from(value))), i128::from, take),
        _ => Err(NpyError::UnsupportedDtype { dtype }),
    }
}

fn each<T: Deserialize + Copy>(
    file: NpyFile<Cursor<&[u8]>>,
    index: impl Fn(u64) -> Vec<u64>,
    convert: impl Fn(T) -> Option<f64>,
    whole: impl Fn(T) -> i128,
    mut take: impl FnMut(u64, f64),
) -> Result<(), NpyError> {
    let elements = file.data::<T>().map_err(|error| NpyError::UnsupportedDtype { dtype: error.to_string() })?;
    for (position, element) in (0_u64..).zip(elements) {
        let element = element?;
        let Some(value) = convert(element) else {
            return Err(NpyError::IntegerTooLarge { index: index(position), value: whole(element) });
        };
        if !value.is_finite() {
            return Err(NpyError::NotFinite { index: index(position), value });
        }
        take(position, value);
    }
    Ok(())
}

/// The number as `f64` if that is exact.
fn exact(value: i128) -> Option<f64> {
    const LARGEST_EXACT: u128 = 1 << 53;
    (value.unsigned_abs() <= LARGEST_EXACT).then_some(value as f64)
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
            _ => self.string().map(super::text::quoted),
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
            let Some(length) = super::text::unsigned(&self.text[self.at..self.at + digits]) else {
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
