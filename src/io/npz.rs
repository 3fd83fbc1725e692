//! NumPy archives (`.npz`): named arrays of a model, or one matrix of `scipy.sparse`.

use std::io::{Cursor, Read, Write};
use std::ops::Range;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::tensors::{Container, Dtype, Float, Tensor, TensorError, TensorFile};
use super::{layouts, npy};
use crate::network::Weights;

/// The most bytes that an archive is unpacked to, for each byte of it: deflate packs no tighter.
const LARGEST_RATIO: u64 = 1100;

fn damaged(reason: impl ToString) -> TensorError {
    TensorError::DamagedArchive { reason: reason.to_string() }
}

/// The arrays of an archive.
///
/// # Errors
/// An archive or an array that is damaged.
pub fn parse(archive: &[u8]) -> Result<TensorFile, TensorError> {
    let mut zip = ZipArchive::new(Cursor::new(archive)).map_err(damaged)?;
    let (mut bytes, mut members, mut tensors) = (Vec::new(), Vec::new(), Vec::new());
    let limit = (archive.len() as u64).saturating_mul(LARGEST_RATIO);
    for index in 0..zip.len() {
        let mut member = zip.by_index(index).map_err(damaged)?;
        let file_name = member.name().map_err(damaged)?.into_owned();
        let start = bytes.len();
        // The announced size is not believed.
        let room = limit.saturating_sub(start as u64);
        let read = (&mut member).take(room + 1).read_to_end(&mut bytes).map_err(damaged)?;
        if read as u64 > room {
            return Err(damaged(format!("{file_name} unpacks to more than a zip archive can hold")));
        }
        members.push((file_name.clone(), start..bytes.len()));
        let Some(name) = file_name.strip_suffix(".npy") else { continue };
        let in_array = |error| TensorError::DamagedArray { tensor: name.to_owned(), error };
        let npy::Frame { dtype, shape, first_axis_fastest, data } = npy::frame(&bytes[start..]).map_err(in_array)?;
        let count: usize = shape.iter().product();
        let width = dtype.get(2..).and_then(|digits| digits.parse::<usize>().ok());
        let range = start + data..bytes.len();
        let known = match dtype.as_str() {
            "<f8" => Dtype::Float(Float::F64),
            "<f4" => Dtype::Float(Float::F32),
            "<f2" => Dtype::Float(Float::F16),
            "<i4" => Dtype::I32,
            "<i8" => Dtype::I64,
            other => Dtype::Other(other.to_owned()),
        };
        if !matches!(known, Dtype::Other(_)) && width.and_then(|width| width.checked_mul(count)) != Some(range.len()) {
            let shape = shape.iter().map(|&length| length as u64).collect();
            return Err(in_array(npy::NpyError::WrongLength { shape, dtype, data_bytes: range.len() as u64 }));
        }
        // One axis or none has one order.
        let first_axis_fastest = first_axis_fastest && shape.len() > 1;
        tensors.push(Tensor { name: name.to_owned(), dtype: known, shape, first_axis_fastest, range });
    }
    Ok(TensorFile { container: Container::Npz { members }, bytes, tensors, metadata: Default::default() })
}

/// A matrix that `scipy.sparse.save_npz` has written, row = target; `None` if the archive is none.
///
/// # Errors
/// A sparse format that is not read, or parts that do not fit.
pub fn sparse_matrix(file: &TensorFile) -> Result<Option<Weights>, TensorError> {
    let (Some(format), Some(shape), Some(data)) = (file.find("format"), file.find("shape"), file.find("data")) else {
        return Ok(None);
    };
    let text: String = file.bytes[format.range.clone()]
        .iter()
        .filter(|byte| byte.is_ascii_lowercase())
        .map(|&b| char::from(b))
        .collect();
    let lengths = file.integers(shape)?;
    let [rows, columns] = lengths[..] else {
        return Err(super::sparse_tensors::wrong_shape(shape, "two numbers, rows and columns".to_owned()));
    };
    if rows != columns {
        let length = |k: i64| usize::try_from(k).unwrap_or(0);
        return Err(crate::network::NetworkError::NotSquare { rows: length(rows), columns: length(columns) }.into());
    }
    let n = usize::try_from(rows).map_err(|_| damaged("a negative number of rows"))?;
    let values = file.numbers(data)?;
    let part = |name: &str| -> Result<Vec<i64>, TensorError> {
        let missing = || TensorError::SparsePartMissing { tensor: "data".to_owned(), missing: name.to_owned() };
        file.integers(file.find(name).ok_or_else(missing)?)
    };
    let node = |name: &str, position: usize, value: i64| -> Result<usize, TensorError> {
        usize::try_from(value).ok().filter(|&index| index < n).ok_or_else(|| TensorError::BadSparseIndex {
            tensor: name.to_owned(),
            position,
            value,
            expected: format!("a number from 0 to {}", n.saturating_sub(1)),
        })
    };
    let pairs: Vec<(usize, usize)> = match text.as_str() {
        "coo" => {
            let (row, column) = (part("row")?, part("col")?);
            if row.len() != values.len() || column.len() != values.len() {
                return Err(super::sparse_tensors::wrong_shape(data, format!("[{}] as `row`", row.len())));
            }
            let both = row.iter().zip(&column).enumerate();
            both.map(|(e, (&i, &j))| Ok((node("row", e, i)?, node("col", e, j)?)))
                .collect::<Result<_, TensorError>>()?
        }
        "csr" | "csc" => {
            let (starts, indices) = (part("indptr")?, part("indices")?);
            if indices.len() != values.len() || starts.len() != n + 1 {
                return Err(super::sparse_tensors::wrong_shape(data, format!("[{}] as `indices`", indices.len())));
            }
            let mut pairs = Vec::with_capacity(values.len());
            for (major, bounds) in starts.windows(2).enumerate() {
                let next = pairs.len() as i64;
                if bounds[0] != next || bounds[1] < next || bounds[1] > values.len() as i64 {
                    let expected = format!("a number from {next} to {}", values.len());
                    let tensor = "indptr".to_owned();
                    return Err(TensorError::BadSparseIndex { tensor, position: major, value: bounds[0], expected });
                }
                let row = bounds[0] as usize..bounds[1] as usize;
                for (position, &index) in row.clone().zip(&indices[row]) {
                    let minor = node("indices", position, index)?;
                    pairs.push(if text == "csr" { (major, minor) } else { (minor, major) });
                }
            }
            pairs
        }
        _ => {
            let expected = format!("csr, csc or coo, but it is {text}; convert it with .tocsr()");
            return Err(super::sparse_tensors::wrong_shape(format, expected));
        }
    };
    let triplets =
        pairs.into_iter().zip(values).filter(|&(_, value)| value != 0.0).map(|((i, j), value)| (i, j, value));
    Ok(Some(Weights::from_triplets(n, triplets.collect())?))
}

/// Whether an archive is one matrix of no known layout, as `numpy.savez` writes it.
pub(super) fn is_only_a_matrix(file: &TensorFile) -> bool {
    matches!(&file.tensors[..], [only] if only.shape.len() == 2) && !layouts::is_known(file)
}

/// The weights of the array `name`, or of the first one, row = target; and what was taken for granted.
///
/// # Errors
/// No such array, or one that is no matrix of recurrent weights.
pub(super) fn named_matrix(file: &TensorFile, name: Option<&str>) -> Result<(Weights, Vec<String>), TensorError> {
    let wanted = |tensor: &&Tensor| name.is_none_or(|name| tensor.name == name);
    let Some(Tensor { name, .. }) = file.tensors.iter().find(wanted) else {
        return Err(TensorError::NoSuchArray { name: name.unwrap_or_default().to_owned(), found: file.some_names() });
    };
    // The member is a `.npy` file: its header lies before the numbers.
    let Container::Npz { members } = &file.container else { return Err(damaged("it is no archive")) };
    let member = members.iter().find(|(file_name, _)| file_name.strip_suffix(".npy") == Some(name));
    let bytes = member.map_or(&[][..], |(_, range)| &file.bytes[range.clone()]);
    let weights = npy::read_matrix(bytes).map_err(|error| TensorError::DamagedArray { tensor: name.clone(), error })?;
    let mut notices = vec![format!("the weights are the array `{name}`, row = target")];
    if file.tensors.len() > 1 {
        notices.push(format!("other arrays are left out, of {}", file.some_names()));
    }
    Ok((weights, notices))
}

/// An archive of these arrays, as it would be unpacked.
pub(super) fn assembled(parts: &[(Tensor, Vec<u8>)]) -> Result<TensorFile, TensorError> {
    let (mut bytes, mut members, mut tensors) = (Vec::new(), Vec::new(), Vec::new());
    for (tensor, data) in parts {
        let descr = match &tensor.dtype {
            Dtype::Float(Float::F64) => "<f8",
            Dtype::Float(Float::F32) => "<f4",
            Dtype::Float(Float::F16) => "<f2",
            Dtype::Float(Float::Bf16) => return Err(TensorError::NoSuchDtypeThere { format: ".npz", dtype: "BF16" }),
            Dtype::I32 => "<i4",
            Dtype::I64 => "<i8",
            Dtype::Other(name) if name.starts_with(['<', '>', '|', '=']) => name,
            Dtype::Other(name) => {
                return Err(TensorError::UnsupportedDtype { tensor: tensor.name.clone(), dtype: name.clone() });
            }
        };
        let start = bytes.len();
        bytes.extend(npy::written(descr, &tensor.shape, tensor.first_axis_fastest));
        let first = bytes.len();
        bytes.extend(data);
        members.push((format!("{}.npy", tensor.name), start..bytes.len()));
        tensors.push(Tensor { range: first..bytes.len(), ..tensor.clone() });
    }
    Ok(TensorFile { container: Container::Npz { members }, bytes, tensors, metadata: Default::default() })
}

/// The archive of these members, compressed, without dates: the same arrays give the same bytes.
pub(super) fn packed(bytes: &[u8], members: &[(String, Range<usize>)]) -> Result<Vec<u8>, TensorError> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(zip::DateTime::default())
        .large_file(bytes.len() > u32::MAX as usize);
    for (name, range) in members {
        zip.start_file(name, options).map_err(damaged)?;
        zip.write_all(&bytes[range.clone()]).map_err(damaged)?;
    }
    Ok(zip.finish().map_err(damaged)?.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(name: &str, text: &str) -> (Tensor, Vec<u8>) {
        tensor(name, Dtype::Other(format!("|S{}", text.len())), &[], text.as_bytes().to_vec())
    }

    fn whole(name: &str, numbers: &[i64]) -> (Tensor, Vec<u8>) {
        tensor(name, Dtype::I64, &[numbers.len()], numbers.iter().flat_map(|number| number.to_le_bytes()).collect())
    }

    fn real(name: &str, shape: &[usize], numbers: &[f64]) -> (Tensor, Vec<u8>) {
        let bytes = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
        tensor(name, Dtype::Float(Float::F64), shape, bytes)
    }

    fn tensor(name: &str, dtype: Dtype, shape: &[usize], bytes: Vec<u8>) -> (Tensor, Vec<u8>) {
        (Tensor { name: name.to_owned(), dtype, shape: shape.to_vec(), first_axis_fastest: false, range: 0..0 }, bytes)
    }

    /// The arrays as they come back from an archive.
    fn archived(parts: &[(Tensor, Vec<u8>)]) -> TensorFile {
        let file = assembled(parts).unwrap();
        let Container::Npz { members } = &file.container else { unreachable!() };
        let read = parse(&packed(&file.bytes, members).unwrap()).unwrap();
        assert_eq!(read, file);
        read
    }

    fn read(parts: &[(Tensor, Vec<u8>)]) -> Result<Option<Weights>, TensorError> {
        sparse_matrix(&archived(parts))
    }

    /// What `scipy.sparse.save_npz` writes of [[0, 2, 0], [0, 0, 3], [5, 7, 0]] in compressed rows, with one part replaced.
    fn rows_with(replaced: (Tensor, Vec<u8>)) -> Vec<(Tensor, Vec<u8>)> {
        let mut parts = vec![
            whole("indices", &[1, 2, 0, 1]),
            whole("indptr", &[0, 1, 2, 4]),
            text("format", "csr"),
            whole("shape", &[3, 3]),
            real("data", &[4], &[2.0, 3.0, 5.0, 7.0]),
        ];
        for part in &mut parts {
            if part.0.name == replaced.0.name {
                *part = replaced.clone();
            }
        }
        parts
    }

    #[test]
    fn sparse_matrices_in_rows_columns_and_coordinates_are_the_same() {
        let expected = Weights::from_triplets(3, vec![(0, 1, 2.0), (1, 2, 3.0), (2, 0, 5.0), (2, 1, 7.0)]).unwrap();
        assert_eq!(read(&rows_with(text("format", "csr"))).unwrap(), Some(expected.clone()));
        let columns = [
            whole("indices", &[2, 0, 2, 1]),
            whole("indptr", &[0, 1, 3, 4]),
            text("format", "csc"),
            whole("shape", &[3, 3]),
            real("data", &[4], &[5.0, 2.0, 7.0, 3.0]),
        ];
        assert_eq!(read(&columns).unwrap(), Some(expected.clone()));
        // A zero that is stored is no synapse.
        let coordinates = [
            whole("row", &[2, 0, 2, 1, 0]),
            whole("col", &[1, 1, 0, 2, 2]),
            text("format", "coo"),
            whole("shape", &[3, 3]),
            real("data", &[5], &[7.0, 2.0, 5.0, 3.0, 0.0]),
        ];
        assert_eq!(read(&coordinates).unwrap(), Some(expected));
        assert_eq!(read(&[real("w_rec", &[1, 1], &[2.0])]).unwrap(), None);
    }

    #[test]
    fn parts_of_sparse_matrices_that_do_not_fit_are_named() {
        let said = |replaced: (Tensor, Vec<u8>)| read(&rows_with(replaced)).unwrap_err().to_string();
        for (replaced, expected) in [
            (text("format", "bsr"), "csr, csc or coo, but it is bsr"),
            (whole("shape", &[3, 3, 1]), "`shape` has shape [3], expected two numbers"),
            (whole("shape", &[3, 4]), "3 x 4"),
            (whole("shape", &[-3, -3]), "a negative number of rows"),
            (whole("shape", &[2, 2]), "`data` has shape [4], expected [4] as `indices`"),
            (whole("indices", &[1, 2, 0]), "`data` has shape [4], expected [3] as `indices`"),
            (whole("indices", &[1, 2, 3, 1]), "`indices`[2] (counted from 0) is 3, expected a number from 0 to 2"),
            (whole("indices", &[1, 2, 0, -1]), "`indices`[3] (counted from 0) is -1"),
            (whole("indptr", &[1, 1, 2, 4]), "`indptr`[0] (counted from 0) is 1, expected a number from 0 to 4"),
            (whole("indptr", &[0, 2, 1, 4]), "`indptr`[1] (counted from 0) is 2, expected a number from 2 to 4"),
            (whole("indptr", &[0, 1, 2, 5]), "`indptr`[2] (counted from 0) is 2, expected a number from 2 to 4"),
            (real("data", &[3], &[2.0, 3.0, 5.0]), "`data` has shape [3], expected [4] as `indices`"),
            (real("indptr", &[4], &[0.0, 1.0, 2.0, 4.0]), "`indptr` has dtype F64, which is not supported for indices"),
        ] {
            let name = replaced.0.name.clone();
            let said = said(replaced);
            assert!(said.contains(expected), "{name}: {said}");
        }
        let mut missing = rows_with(text("format", "csr"));
        missing.remove(1);
        assert!(read(&missing).unwrap_err().to_string().contains("`indptr` is missing"));
        let coordinates = |rows: &[i64], columns: &[i64]| {
            let parts = [
                whole("row", rows),
                whole("col", columns),
                text("format", "coo"),
                whole("shape", &[2, 2]),
                real("data", &[2], &[7.0, 2.0]),
            ];
            read(&parts).unwrap_err().to_string()
        };
        assert!(coordinates(&[0, 1, 1], &[0, 1]).contains("`data` has shape [2], expected [3] as `row`"));
        assert!(coordinates(&[0, 1], &[0, 1, 1]).contains("`data` has shape [2], expected [2] as `row`"));
        assert!(coordinates(&[0, 2], &[0, 1]).contains("`row`[1] (counted from 0) is 2"));
        assert!(coordinates(&[0, 1], &[2, 1]).contains("`col`[0] (counted from 0) is 2"));
    }

    #[test]
    fn one_matrix_among_arrays() {
        let square = real("arr_0", &[2, 2], &[0.0, 2.0, 3.0, 0.0]);
        let weights = Weights::from_triplets(2, vec![(0, 1, 2.0), (1, 0, 3.0)]).unwrap();
        let alone = archived(std::slice::from_ref(&square));
        assert!(is_only_a_matrix(&alone));
        assert_eq!(
            named_matrix(&alone, None).unwrap(),
            (weights.clone(), vec!["the weights are the array `arr_0`, row = target".to_owned()])
        );
        let several = archived(&[real("b", &[2], &[1.0, 2.0]), square]);
        assert!(!is_only_a_matrix(&several));
        let (found, notices) = named_matrix(&several, Some("arr_0")).unwrap();
        assert_eq!((found, &notices[1][..]), (weights, "other arrays are left out, of `arr_0`, `b`"));
        let said = |name: &str| named_matrix(&several, Some(name)).unwrap_err().to_string();
        assert_eq!(said("c"), "there is no array `c`; there are `arr_0`, `b`");
        assert!(said("b").starts_with("the array `b`: "), "{}", said("b"));
        // A name that a layout knows, and an array that is no matrix.
        assert!(!is_only_a_matrix(&archived(&[real("w_rec", &[2, 2], &[1.0; 4])])));
        assert!(!is_only_a_matrix(&archived(&[real("arr_0", &[4], &[1.0; 4])])));
        // One that is not square is said to be no recurrent weights.
        let oblong = archived(&[real("arr_0", &[2, 3], &[1.0; 6])]);
        assert!(is_only_a_matrix(&oblong));
        assert!(named_matrix(&oblong, None).unwrap_err().to_string().contains("2 x 3"));
    }

    /// Whatever its length, with its line feed and the twelve bytes before it: NumPy maps such arrays into memory.
    #[test]
    fn headers_end_where_numbers_are_aligned() {
        for axes in 0..64 {
            let bytes = npy::written("<f8", &vec![1; axes], axes % 2 == 1);
            assert!(bytes.len().is_multiple_of(64) && bytes.ends_with(b"\n"), "{axes}: {}", bytes.len());
            let frame = npy::frame(&[&bytes[..], &[0; 8]].concat()).unwrap();
            assert_eq!(
                (frame.shape, frame.data, frame.first_axis_fastest),
                (vec![1; axes], bytes.len(), axes % 2 == 1)
            );
            // No more blanks than it takes.
            let blanks = bytes.iter().rev().skip(1).take_while(|&&byte| byte == b' ').count();
            assert!(blanks < 64, "{axes}");
        }
    }

    #[test]
    fn arrays_whose_length_is_not_that_of_their_shape() {
        let parsed = |part: (Tensor, Vec<u8>)| {
            let file = assembled(&[part]).unwrap();
            let Container::Npz { members } = &file.container else { unreachable!() };
            parse(&packed(&file.bytes, members).unwrap()).map(|_| ()).map_err(|error| error.to_string())
        };
        assert_eq!(parsed(real("a", &[2], &[1.0, 2.0])), Ok(()));
        for shape in [&[3][..], &[1], &[2, 2], &[]] {
            let said = parsed(real("a", shape, &[1.0, 2.0])).unwrap_err();
            assert!(said.starts_with("the array `a`: "), "{shape:?}: {said}");
        }
        // Of a type that is not known the length says nothing; lengths beyond counting are none.
        assert_eq!(parsed(tensor("a", Dtype::Other("<U1".to_owned()), &[], vec![0; 4])), Ok(()));
        let beyond = parsed(tensor("a", Dtype::Other("<U1".to_owned()), &[1 << 40, 1 << 40], Vec::new())).unwrap_err();
        assert!(beyond.starts_with("the array `a`: "), "{beyond}");
        let header = npy::written("<f8", &[1 << 40, 0, 1 << 40], false);
        let npy::NpyError::WrongLength { data_bytes: 8, .. } =
            npy::frame(&[&header[..], &[0; 8]].concat()).err().unwrap()
        else {
            panic!()
        };
    }
}
