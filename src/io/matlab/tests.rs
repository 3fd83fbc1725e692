//! Files made by hand, byte by byte.

use std::io::Write;

use flate2::{Compression, write::ZlibEncoder};

use super::*;

fn element(kind: u32, data: &[u8]) -> Vec<u8> {
    [&kind.to_le_bytes()[..], &(data.len() as u32).to_le_bytes(), data].concat()
}

fn file(elements: &[u8]) -> Vec<u8> {
    [&[b' '; HEADER - 4][..], &[0, 1], b"IM", elements].concat()
}

fn damage(elements: &[u8]) -> (usize, &'static str) {
    match read(&file(elements), None) {
        Err(MatlabError::Damaged { byte, reason }) => (byte, reason),
        other => panic!("{other:?}"),
    }
}

/// An element as it is written: padded to eight bytes.
fn padded(kind: u32, data: &[u8]) -> Vec<u8> {
    let mut bytes = element(kind, data);
    bytes.resize(bytes.len().next_multiple_of(8), 0);
    bytes
}

fn words(numbers: &[i32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

fn doubles(numbers: &[f64]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

/// A variable of a class with flags: its size, its name, and what else it has.
fn variable(class: u8, flags: u8, size: &[i32], name: &str, parts: &[Vec<u8>]) -> Vec<u8> {
    let flags = padded(6, &[class, flags, 0, 0, 0, 0, 0, 0]);
    element(MATRIX, &[flags, padded(5, &words(size)), padded(1, name.as_bytes()), parts.concat()].concat())
}

/// A full matrix of doubles, column after column.
fn full(name: &str, size: &[i32], numbers: &[f64]) -> Vec<u8> {
    variable(6, 0, size, name, &[padded(9, &doubles(numbers))])
}

fn sparse(size: i32, row: &[i32], start: &[i32], numbers: &[f64]) -> Vec<u8> {
    let parts = [padded(5, &words(row)), padded(5, &words(start)), padded(9, &doubles(numbers))];
    variable(SPARSE, 0, &[size, size], "S", &parts)
}

fn triplets(bytes: &[u8], name: Option<&str>) -> Result<Vec<(usize, usize, f64)>, String> {
    let read = read(bytes, name).map_err(|error| error.to_string())?;
    Ok(read.0.triplets().map(|(i, j, &weight)| (i, j, weight)).collect())
}

#[test]
fn full_and_sparse_matrices_are_read_column_after_column() {
    let expected = Ok(vec![(0, 1, 2.0), (1, 0, -3.0), (1, 1, 0.5)]);
    let square = full("J", &[2, 2], &[0.0, -3.0, 2.0, 0.5]);
    assert_eq!(triplets(&file(&square), None), expected);
    assert_eq!(triplets(&file(&sparse(2, &[1, 0, 1], &[0, 1, 3], &[-3.0, 2.0, 0.5])), None), expected);
    // Room for more numbers than there are.
    assert_eq!(triplets(&file(&sparse(2, &[1, 0, 1, 9], &[0, 1, 3], &[-3.0, 2.0, 0.5, 7.0])), None), expected);
    let mut packer = ZlibEncoder::new(Vec::new(), Compression::default());
    packer.write_all(&square).unwrap();
    let packed = element(PACKED, &packer.finish().unwrap());
    assert_eq!(triplets(&file(&[packed.clone(), element(1, b"12345678")].concat()), None), expected);
    let (_, notices) = read(&file(&packed), None).unwrap();
    assert_eq!(notices, ["the weights are the variable `J`, row = target"]);
    // A short name lies in its own tag.
    let small = [&[1, 0, 1, 0], &b"J\0\0\0"[..]].concat();
    let flags = padded(6, &[6, 0, 0, 0, 0, 0, 0, 0]);
    let parts = [flags, padded(5, &words(&[2, 2])), small, padded(9, &doubles(&[0.0, -3.0, 2.0, 0.5]))].concat();
    assert_eq!(triplets(&file(&element(MATRIX, &parts)), Some("J")), expected);
}

#[test]
fn numbers_of_every_type_and_byte_order() {
    let stored: [(u32, Vec<u8>); 10] = [
        (1, vec![0xfd, 2]),
        (2, vec![3, 2]),
        (3, [-3_i16, 2].iter().flat_map(|x| x.to_le_bytes()).collect()),
        (4, [3_u16, 2].iter().flat_map(|x| x.to_le_bytes()).collect()),
        (5, words(&[-3, 2])),
        (6, words(&[3, 2])),
        (7, [-3_f32, 2.0].iter().flat_map(|x| x.to_le_bytes()).collect()),
        (9, doubles(&[-3.0, 2.0])),
        (12, [-3_i64, 2].iter().flat_map(|x| x.to_le_bytes()).collect()),
        (13, [3_u64, 2].iter().flat_map(|x| x.to_le_bytes()).collect()),
    ];
    for (kind, bytes) in stored {
        let first = if matches!(kind, 2 | 4 | 6 | 13) { 3.0 } else { -3.0 };
        assert_eq!(numbers(kind, &bytes, true), Ok(vec![first, 2.0]), "{kind}");
        let width = bytes.len() / 2;
        let turned: Vec<u8> = bytes.chunks(width).flat_map(|chunk| chunk.iter().rev().copied()).collect();
        assert_eq!(numbers(kind, &turned, false), Ok(vec![first, 2.0]), "{kind}");
    }
    assert_eq!(numbers(8, &[0; 8], true), Err(NumbersFault::UnknownType));
    let largest = (1_u64 << 53) - 1;
    assert_eq!(numbers(13, &largest.to_le_bytes(), true), Ok(vec![largest as f64]));
    for beyond in [largest + 1, largest + 2, u64::MAX] {
        assert_eq!(numbers(13, &beyond.to_le_bytes(), true), Err(NumbersFault::Inexact), "{beyond}");
    }
    assert!(numbers(12, &(-(1_i64 << 53)).to_le_bytes(), true).is_err());
    let beyond = variable(14, 0, &[1, 1], "J", &[padded(12, &(1_i64 << 53).to_le_bytes())]);
    let said = triplets(&file(&beyond), None).unwrap_err();
    assert_eq!(said, "`J` has a whole number of 2^53 or more, of which f64 loses digits; save it as double");
    let unknown = variable(6, 0, &[1, 1], "J", &[padded(8, &[0; 8])]);
    assert_eq!(damage(&unknown).1, "its numbers are of no known type");
}

#[test]
fn the_only_square_matrix_or_the_one_that_is_named() {
    let (square, other) = (full("J", &[2, 2], &[0.0, 1.0, 2.0, 0.0]), full("K", &[2, 2], &[0.0, 3.0, 4.0, 0.0]));
    let (one, oblong) = (full("one", &[1, 1], &[5.0]), full("b", &[2, 1], &[1.0, 2.0]));
    let complex = variable(6, COMPLEX, &[2, 2], "z", &[]);
    let text = variable(4, 0, &[1, 2], "words", &[]);
    let cube = variable(6, 0, &[2, 2, 2], "cube", &[]);
    let of = |variables: &[&Vec<u8>], name| {
        triplets(&file(&variables.iter().flat_map(|bytes| bytes.iter().copied()).collect::<Vec<_>>()), name)
    };
    let expected = Ok(vec![(0, 1, 2.0), (1, 0, 1.0)]);
    assert_eq!(of(&[&one, &oblong, &complex, &square, &text, &cube], None), expected);
    assert_eq!(of(&[&square, &other], Some("J")), expected);
    assert_eq!(of(&[&square, &other], Some("K")), Ok(vec![(0, 1, 4.0), (1, 0, 3.0)]));
    assert_eq!(of(&[&text, &one], None), Ok(vec![(0, 0, 5.0)]));
    let refused = |variables: &[&Vec<u8>], name, expected: &str| assert_eq!(of(variables, name).unwrap_err(), expected);
    refused(
        &[&square, &text, &other],
        None,
        "several variables could be the weights (`J` 2 x 2, `K` 2 x 2, `words`); say which",
    );
    refused(&[&oblong], None, "`b` is 2 x 1, but recurrent weights are square: one row and one column a neuron");
    refused(
        &[&square, &oblong],
        Some("b"),
        "`b` is 2 x 1, but recurrent weights are square: one row and one column a neuron",
    );
    refused(
        &[&oblong, &one],
        None,
        "there is no matrix of real numbers (`b` 2 x 1, `one` 1 x 1); only full and sparse matrices are read",
    );
    refused(
        &[&complex, &cube],
        None,
        "there is no matrix of real numbers (`z`, `cube`); only full and sparse matrices are read",
    );
    refused(
        &[&square, &complex],
        Some("z"),
        "there is no variable `z` that is a matrix of real numbers; there are `J` 2 x 2, `z`",
    );
    for class in [4, 16] {
        assert!(of(&[&variable(class, 0, &[1, 1], "x", &[padded(9, &doubles(&[1.0]))])], None).is_err(), "{class}");
    }
    for class in [6, 15] {
        assert!(of(&[&variable(class, 0, &[1, 1], "x", &[padded(9, &doubles(&[1.0]))])], None).is_ok(), "{class}");
    }
}

#[test]
fn sizes_and_indices_that_do_not_fit() {
    assert_eq!(damage(&full("J", &[2, 2], &[1.0; 3])).1, "its numbers do not fit its size");
    assert_eq!(damage(&full("J", &[2, 2], &[1.0; 5])).1, "its numbers do not fit its size");
    for (row, start, numbers) in [
        (&[1, 0, 1][..], &[0, 1][..], &[1.0; 3][..]),
        (&[1, 0, 1], &[0, 1, 3, 3], &[1.0; 3]),
        (&[1, 0, 1], &[0, 2, 1], &[1.0; 3]),
        (&[1, 0, 1], &[1, 1, 3], &[1.0; 3]),
        (&[1, 0], &[0, 1, 3], &[1.0; 3]),
        (&[1, 0, 1], &[0, 1, 3], &[1.0; 2]),
    ] {
        assert_eq!(damage(&sparse(2, row, start, numbers)).1, "its columns do not fit", "{row:?} {start:?}");
    }
    let outside = triplets(&file(&sparse(2, &[1, 2, 1], &[0, 1, 3], &[1.0; 3])), None);
    assert_eq!(outside.unwrap_err(), "`S`(3, 2) is outside the 2 x 2 matrix; the file is damaged");
    // Found by fuzzing: an index near 2^64 overflowed where it was to be told, and a negative one was read as 0.
    let no_index = "a length or an index is no whole number from 0 up";
    let with_rows = |rows: Vec<u8>| {
        variable(SPARSE, 0, &[2, 2], "S", &[rows, padded(5, &words(&[0, 1, 3])), padded(9, &doubles(&[1.0; 3]))])
    };
    for rows in [[1.0, -7.0, 1.0], [1.0, 0.5, 1.0], [1.0, 1.8e19, 1.0], [1.0, f64::NAN, 1.0], [1.0, f64::INFINITY, 1.0]]
    {
        assert_eq!(damage(&with_rows(padded(9, &doubles(&rows)))).1, no_index, "{rows:?}");
    }
    assert_eq!(damage(&sparse(2, &[1, -7, 1], &[0, 1, 3], &[1.0; 3])).1, no_index);
    assert_eq!(damage(&sparse(2, &[1, 0, 1], &[0, -1, 3], &[1.0; 3])).1, no_index);
    assert_eq!(damage(&full("J", &[-2, 2], &[1.0; 4])).1, no_index);
    // Room beyond the entries holds anything.
    assert!(triplets(&file(&sparse(2, &[1, 0, 1, -7], &[0, 1, 3], &[1.0; 3])), None).is_ok());
    assert_eq!(damage(&[14, 0, 0]).1, "it has no tag");
    assert_eq!(damage(&[14, 0, 0, 0, 8]).1, "it has no length");
    assert_eq!(damage(&[14, 0, 0, 0, 8, 0, 0, 0, 1]).1, "it is longer than the file");
    assert_eq!(damage(&element(MATRIX, &padded(6, &[6, 0]))).1, "its flags are cut off");
    assert_eq!(damage(&element(PACKED, b"no zlib")).1, "it cannot be unpacked");
    for header in [&b"MATLAB 5.0"[..], &[b' '; 200]] {
        assert!(matches!(read(header, None), Err(MatlabError::NotVersionFive)));
    }
}

/// Everything the other way round, but for texts.
#[test]
fn a_file_of_the_other_byte_order() {
    let word = |number: u32| number.to_be_bytes();
    let element = |kind: u32, data: &[u8]| [&word(kind)[..], &word(data.len() as u32), data].concat();
    let flags = element(6, &[0, 0, 0, 6, 0, 0, 0, 0]);
    let size = element(5, &[word(2), word(2)].concat());
    let name = element(1, b"J       ");
    let numbers = element(9, &[0.0, -3.0, 2.0, 0.5_f64].map(f64::to_be_bytes).concat());
    let header = [&[b' '; HEADER - 4][..], &[1, 0], b"MI"].concat();
    let bytes = [header, element(MATRIX, &[flags, size, name, numbers].concat())].concat();
    assert_eq!(triplets(&bytes, None), Ok(vec![(0, 1, 2.0), (1, 0, -3.0), (1, 1, 0.5)]));
}

/// The place is one of the file, wherever the element lies; of what is compressed, the compressed element's.
#[test]
fn damage_is_found_where_it_is_in_the_file() {
    let flags = element(6, &[6, 0, 0, 0, 0, 0, 0, 0]);
    let lacking = element(MATRIX, &flags);
    let cut = [&flags[..], &[5, 0, 0]].concat();
    let dimensions_cut = element(MATRIX, &cut);
    assert_eq!(damage(&lacking), (HEADER + lacking.len(), "it lacks whole numbers"));
    assert_eq!(damage(&dimensions_cut), (HEADER + 8 + flags.len(), "it has no tag"));
    let mut packer = ZlibEncoder::new(Vec::new(), Compression::default());
    packer.write_all(&dimensions_cut).unwrap();
    let packed = element(PACKED, &packer.finish().unwrap());
    assert_eq!(damage(&packed), (HEADER, "it has no tag"));
    // Behind an element that is whole.
    let before = element(1, &[0; 8]);
    assert_eq!(damage(&[before.clone(), packed].concat()), (HEADER + before.len(), "it has no tag"));
}
