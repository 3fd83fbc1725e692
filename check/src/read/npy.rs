//! NumPy arrays of two dimensions.

use super::{ReadError, malformed, square};
use crate::Input;

pub fn read(bytes: &[u8]) -> Result<Input, ReadError> {
    let cut_off = || malformed("the file is cut off");
    let version = bytes
        .strip_prefix(b"\x93NUMPY")
        .and_then(|rest| rest.first())
        .ok_or_else(|| malformed("this is no .npy file"))?;
    let (length, start) = match version {
        1 => (bytes.get(8..10).map(|b| usize::from(u16::from_le_bytes([b[0], b[1]]))), 10),
        2 | 3 => (bytes.get(8..12).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]) as usize), 12),
        other => return Err(malformed(format!("version {other} of the format is not known"))),
    };
    let end = start + length.ok_or_else(cut_off)?;
    let header = bytes.get(start..end).ok_or_else(cut_off)?;
    let header = std::str::from_utf8(header).map_err(|_| malformed("the header is not text"))?;
    let value_of = |key: &str| -> Result<&str, ReadError> {
        let missing = || malformed(format!("the header has no {key}"));
        let (_, rest) = header.split_once(&format!("'{key}':")).ok_or_else(missing)?;
        Ok(rest.trim_start())
    };
    let descr = value_of("descr")?.split('\'').nth(1).ok_or_else(|| malformed("the header has no plain dtype"))?;
    let by_columns = value_of("fortran_order")?.starts_with("True");
    let shape = value_of("shape")?.strip_prefix('(').and_then(|rest| rest.split_once(')')).map(|(shape, _)| shape);
    let shape: Option<Vec<usize>> = shape.and_then(|shape| {
        shape.split(',').map(str::trim).filter(|field| !field.is_empty()).map(|field| field.parse().ok()).collect()
    });
    let Some([rows, columns]) = shape.as_deref() else {
        return Err(malformed("the array does not have two dimensions"));
    };
    let count = rows.checked_mul(*columns).ok_or_else(cut_off)?;
    let values = numbers(descr, &bytes[end..])?;
    if values.len() != count {
        return Err(malformed(format!("{rows} x {columns} numbers are announced, {} are there", values.len())));
    }
    if let Some(value) = values.iter().find(|value| !value.is_finite()) {
        return Err(malformed(format!("a weight is {value}")));
    }
    if !by_columns {
        return square(*rows, *columns, &values);
    }
    let by_rows: Vec<f64> = (0..count).map(|at| values[at / columns + at % columns * rows]).collect();
    square(*rows, *columns, &by_rows)
}

/// All numbers of a dtype; those that f64 cannot hold are refused.
fn numbers(descr: &str, data: &[u8]) -> Result<Vec<f64>, ReadError> {
    let unknown = || malformed(format!("the dtype {descr} is not read here"));
    let (order, kind) = descr.split_at_checked(1).ok_or_else(unknown)?;
    let size: usize = kind.get(1..).and_then(|size| size.parse().ok()).ok_or_else(unknown)?;
    if size == 0 || size > 8 || !data.len().is_multiple_of(size) {
        return Err(unknown());
    }
    let number = |bytes: &[u8]| -> Option<f64> {
        let mut wide = [0; 8];
        match order {
            "<" | "|" => wide[..size].copy_from_slice(bytes),
            ">" => wide[..size].iter_mut().zip(bytes.iter().rev()).for_each(|(to, from)| *to = *from),
            _ => return None,
        }
        let bits = u64::from_le_bytes(wide);
        let unused = 64 - 8 * size as u32;
        Some(match kind.as_bytes()[0] {
            b'f' if size == 8 => f64::from_bits(bits),
            b'f' if size == 4 => f64::from(f32::from_bits(bits as u32)),
            b'i' => exact((bits << unused) as i64 >> unused)?,
            b'u' => exact(i64::try_from(bits).ok()?)?,
            b'b' => exact(i64::try_from(bits).ok()?)?,
            _ => return None,
        })
    };
    data.chunks(size).map(|bytes| number(bytes).ok_or_else(unknown)).collect()
}

fn exact(value: i64) -> Option<f64> {
    (value.unsigned_abs() <= 1 << 53).then_some(value as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file of version 1, 2 or 3.
    fn file(version: u8, header: &str, data: &[u8]) -> Vec<u8> {
        let mut bytes = b"\x93NUMPY".to_vec();
        bytes.extend([version, 0]);
        match version {
            1 => bytes.extend((header.len() as u16).to_le_bytes()),
            _ => bytes.extend((header.len() as u32).to_le_bytes()),
        }
        bytes.extend(header.bytes());
        bytes.extend(data);
        bytes
    }

    fn header(descr: &str, fortran: &str, shape: &str) -> String {
        format!("{{'descr': '{descr}', 'fortran_order': {fortran}, 'shape': {shape}, }}\n")
    }

    fn doubles(values: &[f64]) -> Vec<u8> {
        values.iter().flat_map(|value| value.to_le_bytes()).collect()
    }

    /// From neuron 1 to neuron 0 it is 2, back it is 3.
    fn expected() -> Vec<(usize, usize, f64)> {
        vec![(0, 1, 2.0), (1, 0, 3.0)]
    }

    fn synapses(input: &Input) -> Vec<(usize, usize, f64)> {
        let mut synapses = input.recurrent.clone();
        synapses.retain(|&(_, _, weight)| weight != 0.0);
        synapses
    }

    #[test]
    fn rows_come_first_or_columns_and_every_version_is_read() {
        for version in [1, 2, 3] {
            let by_rows = file(version, &header("<f8", "False", "(2, 2)"), &doubles(&[0.0, 2.0, 3.0, 0.0]));
            assert_eq!(synapses(&read(&by_rows).unwrap()), expected());
            let by_columns = file(version, &header("<f8", "True", "(2, 2)"), &doubles(&[0.0, 3.0, 2.0, 0.0]));
            assert_eq!(synapses(&read(&by_columns).unwrap()), expected());
        }
        let backwards: Vec<u8> = [0.0_f32, 2.0, 3.0, 0.0].iter().flat_map(|value| value.to_be_bytes()).collect();
        assert_eq!(synapses(&read(&file(1, &header(">f4", "False", "(2, 2)"), &backwards)).unwrap()), expected());
        let small: Vec<u8> = [0_i16, 2, 3, 0].iter().flat_map(|value| value.to_le_bytes()).collect();
        assert_eq!(synapses(&read(&file(1, &header("<i2", "False", "(2, 2)"), &small)).unwrap()), expected());
    }

    #[test]
    fn what_is_not_a_square_matrix_of_finite_numbers_is_refused() {
        let four = doubles(&[0.0, 2.0, 3.0, 0.0]);
        let plain = |shape| header("<f8", "False", shape);
        let refused = [
            (b"\x93NUMPX\x01\x00".to_vec(), "no .npy file"),
            (file(9, &plain("(2, 2)"), &four), "version 9"),
            (file(1, &plain("(2, 2)"), &four)[..20].to_vec(), "cut off"),
            (file(1, &plain("(4,)"), &four), "two dimensions"),
            (file(1, &plain("(2, 2)"), &four[..24]), "2 x 2 numbers are announced, 3 are there"),
            (file(1, &plain("(2, 2)"), &doubles(&[0.0; 5])), "2 x 2 numbers are announced, 5 are there"),
            (file(1, &plain("(2, 2)"), &doubles(&[0.0, f64::NAN, 1.0, 0.0])), "NaN"),
            (file(1, &header("<c16", "False", "(2, 2)"), &four), "<c16"),
            (file(1, &header("<i8", "False", "(1, 1)"), &((1_i64 << 53) + 1).to_le_bytes()), "<i8"),
            (file(1, "{'descr': '<f8', 'shape': (2, 2), }", &four), "fortran_order"),
        ];
        for (bytes, said) in refused {
            let error = read(&bytes).unwrap_err().to_string();
            assert!(error.contains(said), "`{said}` is not in `{error}`");
        }
        assert!(read(&file(1, &plain("(1, 4)"), &four)).is_err(), "not square");
    }
}
