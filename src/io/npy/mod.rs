//! NumPy arrays (`.npy`): two dimensions for weights, one for log-scales.
//!
//! The numbers are decoded and the files written by `npyz`. Its header parser, though, trusts the header: it allocates what the
//! header announces, multiplies shapes that may overflow, and descends into nested literals. So the header is first read here, by a
//! grammar that has room for nothing but a plain array, and is held against the length of the file.
//!
//! A file is read whole, and the numbers made beside it: for a moment there is memory for both.

mod error;
mod header;

use std::io::{self, Cursor, Write};

use npyz::{Deserialize, NpyFile, Order, WriterBuilder};

pub use error::NpyError;
use header::Header;
pub(super) use header::{Frame, frame, written};

use crate::network::Weights;

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

/// The dtype of every array that is written, whatever the machine: the same network gives the same bytes.
fn little_endian_double() -> io::Result<npyz::TypeStr> {
    "<f8".parse().map_err(io::Error::other)
}

/// Reads the header and holds it against the length of the file; only then is the file opened by `npyz`.
fn check(bytes: &[u8]) -> Result<Checked<'_>, NpyError> {
    let (Header { dtype, shape, .. }, data) = header::read(bytes)?;
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

/// Bytes an element, of the dtypes that can be read: real and whole numbers, in either order of bytes.
fn element_size(dtype: &str) -> Option<u64> {
    let (order, kind) = dtype.split_at_checked(1)?;
    match (order, kind) {
        ("<" | ">", "f8" | "i8" | "u8") => Some(8),
        ("<" | ">", "f4" | "i4" | "u4") => Some(4),
        ("<" | ">", "f2" | "i2" | "u2") => Some(2),
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
        "f2" => each(file, index, |value: half::f16| Some(value.to_f64()), |value| value.to_f64() as i128, take),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_precision_is_read_in_either_order_of_bytes() {
        let numbers = [0.5, -0.0, 65504.0, 2.0_f64.powi(-24)];
        let halves = numbers.map(half::f16::from_f64);
        for (dtype, bytes) in [("<f2", halves.map(half::f16::to_le_bytes)), (">f2", halves.map(half::f16::to_be_bytes))]
        {
            let file = [written(dtype, &[4], false), bytes.concat()].concat();
            let read = read_vector(&file).unwrap();
            assert_eq!(read.iter().map(|x| x.to_bits()).collect::<Vec<_>>(), numbers.map(f64::to_bits), "{dtype}");
        }
        let infinite = [written("<f2", &[1], false), half::f16::INFINITY.to_le_bytes().to_vec()].concat();
        assert!(matches!(read_vector(&infinite), Err(NpyError::NotFinite { value, .. }) if value == f64::INFINITY));
    }
}
