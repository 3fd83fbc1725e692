//! Files of each kind as others write them, with the matrix that they must mean.

use synbal::io::{csv, matrix_market, npy, read_network, read_scales};
use synbal::network::{Activation, Weights};

use crate::{bits, doubles, file, npy as npy_file, npy_header, weights};

fn mtx(text: &str) -> Weights {
    matrix_market::read(text.as_bytes(), text.len() as u64).unwrap()
}

fn assert_same(found: &Weights, expected: &Weights) {
    assert_eq!(found.neurons(), expected.neurons());
    assert_eq!(bits(found), bits(expected));
}

#[test]
fn coordinate_real_general_with_comments_blank_lines_and_any_order() {
    let text = "%%MatrixMarket matrix coordinate real general\n% a comment\n%\n\n 3 3  4 \n3 1 -2.5\n1 2 1e-3\n\n\t2\t3\t4\n1 1 +.5";
    assert_same(&mtx(text), &weights(&[&[0.5, 1e-3, 0.0], &[0.0, 0.0, 4.0], &[-2.5, 0.0, 0.0]]));
}

#[test]
fn coordinate_integer_and_the_unsigned_integer_that_scipy_writes() {
    let expected = weights(&[&[0.0, -7.0], &[3.0, 0.0]]);
    assert_same(&mtx("%%MatrixMarket matrix coordinate integer general\n2 2 2\n1 2 -7\n2 1 3\n"), &expected);
    let expected = weights(&[&[0.0, 7.0], &[0.0, 0.0]]);
    assert_same(&mtx("%%MatrixMarket matrix coordinate unsigned-integer general\n2 2 1\n1 2 7\n"), &expected);
}

#[test]
fn coordinate_pattern_has_weights_of_one() {
    assert_same(
        &mtx("%%MatrixMarket matrix coordinate pattern general\n2 2 2\n1 2\n2 2\n"),
        &weights(&[&[0.0, 1.0], &[0.0, 1.0]]),
    );
}

#[test]
fn symmetric_files_are_mirrored_and_the_diagonal_is_not_doubled() {
    let expected = weights(&[&[5.0, 2.0, 0.0], &[2.0, 0.0, -3.0], &[0.0, -3.0, 0.0]]);
    assert_same(&mtx("%%MatrixMarket matrix coordinate real symmetric\n3 3 3\n1 1 5\n2 1 2\n3 2 -3\n"), &expected);
    let expected = weights(&[&[1.0, 1.0], &[1.0, 0.0]]);
    assert_same(&mtx("%%MatrixMarket matrix coordinate pattern symmetric\n2 2 2\n1 1\n2 1\n"), &expected);
}

#[test]
fn skew_symmetric_files_change_sign_above_the_diagonal() {
    let expected = weights(&[&[0.0, -2.0], &[2.0, 0.0]]);
    assert_same(&mtx("%%MatrixMarket matrix coordinate real skew-symmetric\n2 2 1\n2 1 2\n"), &expected);
    assert_same(&mtx("%%MatrixMarket matrix coordinate integer skew-symmetric\n2 2 1\n2 1 2\n"), &expected);
}

#[test]
fn array_files_run_down_the_columns() {
    let text = "%%MatrixMarket matrix array real general\n2 2\n1\n2\n3\n4\n";
    assert_same(&mtx(text), &weights(&[&[1.0, 3.0], &[2.0, 4.0]]));
    let text = "%%MatrixMarket matrix array integer symmetric\n3 3\n1\n2\n3\n4\n5\n6\n";
    assert_same(&mtx(text), &weights(&[&[1.0, 2.0, 3.0], &[2.0, 4.0, 5.0], &[3.0, 5.0, 6.0]]));
    let text = "%%MatrixMarket matrix array real skew-symmetric\n3 3\n1\n2\n3\n";
    assert_same(&mtx(text), &weights(&[&[0.0, -1.0, -2.0], &[1.0, 0.0, -3.0], &[2.0, 3.0, 0.0]]));
    assert_same(&mtx("%%MatrixMarket matrix array real skew-symmetric\n1 1\n"), &weights(&[&[0.0]]));
}

#[test]
fn the_header_may_be_in_any_case_and_lines_may_end_like_on_windows() {
    let text = "%%matrixmarket MATRIX Coordinate REAL General\r\n% comment\r\n2 2 1\r\n1 2 0.25\r\n";
    assert_same(&mtx(text), &weights(&[&[0.0, 0.25], &[0.0, 0.0]]));
}

#[test]
fn comments_in_latin_1_are_passed_over() {
    let text = b"%%MatrixMarket matrix coordinate real general\n% K\xf6tter\n1 1 1\n1 1 2\n";
    assert_same(&matrix_market::read(&text[..], text.len() as u64).unwrap(), &weights(&[&[2.0]]));
}

#[test]
fn one_neuron_and_no_synapses_are_networks_too() {
    assert_same(&mtx("%%MatrixMarket matrix coordinate real general\n1 1 1\n1 1 -3\n"), &weights(&[&[-3.0]]));
    let zeros = weights(&[&[0.0, 0.0], &[0.0, 0.0]]);
    assert_same(&mtx("%%MatrixMarket matrix coordinate real general\n2 2 0\n"), &zeros);
    assert_same(&mtx("%%MatrixMarket matrix coordinate real general\n2 2 2\n1 2 0\n2 1 -0.0\n"), &zeros);
    assert_same(&mtx("%%MatrixMarket matrix array real general\n2 2\n0\n0\n0\n0\n"), &zeros);
    assert_same(&csv::read(&b"0,0\n0,0\n"[..]).unwrap(), &zeros);
    assert_same(&csv::read(&b"4"[..]).unwrap(), &weights(&[&[4.0]]));
    let header = npy_header("<f8", false, "(2, 2)");
    assert_same(&npy::read_matrix(&npy_file(&header, &doubles(&[0.0, 0.0, -0.0, 0.0]))).unwrap(), &zeros);
}

#[test]
fn weights_from_1e_minus_300_to_1e300_are_read_as_they_are() {
    let expected = weights(&[&[1e-300, 1e300], &[-1e300, -1e-300]]);
    let text = "%%MatrixMarket matrix coordinate real general\n2 2 4\n1 1 1e-300\n1 2 1e300\n2 1 -1e300\n2 2 -1e-300\n";
    assert_same(&mtx(text), &expected);
    assert_same(&csv::read(&b"1e-300,1e300\n-1e300,-1e-300\n"[..]).unwrap(), &expected);
}

#[test]
fn csv_allows_spaces_a_byte_order_mark_windows_lines_and_blank_lines_at_the_end() {
    let expected = weights(&[&[1.0, -2.0], &[0.0, 3.5]]);
    assert_same(&csv::read(&b"1,-2\n0,3.5"[..]).unwrap(), &expected);
    assert_same(&csv::read(&b"\xef\xbb\xbf1 , -2\r\n0,\t3.5\r\n\r\n"[..]).unwrap(), &expected);
}

#[test]
fn npy_of_every_dtype_in_both_orders_of_bytes() {
    let expected = weights(&[&[1.0, 2.0], &[0.0, 4.0]]);
    macro_rules! check {
        ($($kind:literal $number:ty),*) => {$(
            let values: [$number; 4] = [1 as $number, 2 as $number, 0 as $number, 4 as $number];
            let little: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
            let big: Vec<u8> = values.iter().flat_map(|value| value.to_be_bytes()).collect();
            for (order, data) in [("<", little), (">", big)] {
                let order = if $kind.ends_with('1') { "|" } else { order };
                let header = npy_header(&format!("{order}{}", $kind), false, "(2, 2)");
                assert_same(&npy::read_matrix(&npy_file(&header, &data)).unwrap(), &expected);
            }
        )*};
    }
    check!("f8" f64, "f4" f32, "i8" i64, "i4" i32, "i2" i16, "i1" i8, "u8" u64, "u4" u32, "u2" u16, "u1" u8);
    let header = npy_header("|b1", false, "(2, 2)");
    let ones = weights(&[&[1.0, 1.0], &[0.0, 1.0]]);
    assert_same(&npy::read_matrix(&npy_file(&header, &[1, 1, 0, 1])).unwrap(), &ones);
}

#[test]
fn npy_in_fortran_order_is_not_transposed() {
    let header = npy_header("<f8", true, "(2, 2)");
    let found = npy::read_matrix(&npy_file(&header, &doubles(&[1.0, 2.0, 0.0, 4.0]))).unwrap();
    assert_same(&found, &weights(&[&[1.0, 0.0], &[2.0, 4.0]]));
}

#[test]
fn npy_headers_of_other_writers_and_versions() {
    let header = "{\"shape\":(1,1),\"fortran_order\":False,\"descr\":\"<f8\"}";
    assert_same(&npy::read_matrix(&npy_file(header, &doubles(&[2.0]))).unwrap(), &weights(&[&[2.0]]));
    let mut version_2 = b"\x93NUMPY\x02\x00".to_vec();
    version_2.extend((header.len() as u32).to_le_bytes());
    version_2.extend(header.bytes());
    version_2.extend(doubles(&[2.0]));
    assert_same(&npy::read_matrix(&version_2).unwrap(), &weights(&[&[2.0]]));
}

#[test]
fn the_matrix_formats_take_the_activation_that_they_are_given() {
    let (_folder, path) = file("a.csv", "1,2\n3,4\n");
    assert_eq!(read_network(&path, Activation::Tanh).unwrap().network.activation, Activation::Tanh);
}

#[test]
fn log_scales_written_by_hand() {
    let (_folder, path) = file("h.csv", "h\r\n1\r\n-0.5\r\n");
    assert_eq!(read_scales(&path).unwrap(), [1.0, -0.5]);
    let (_folder, path) = file("h.npy", npy_file(&npy_header(">i4", false, "(2,)"), &[0, 0, 0, 1, 0, 0, 0, 2]));
    assert_eq!(read_scales(&path).unwrap(), [1.0, 2.0]);
}

/// The numbers below the diagonal, or those of the diagonal too, which are zero.
#[test]
fn skew_arrays_with_and_without_their_diagonal() {
    const SKEW: &str = "%%MatrixMarket matrix array real skew-symmetric\n";
    let expected = weights(&[&[0.0, -1.0, -2.0], &[1.0, 0.0, 0.0], &[2.0, 0.0, 0.0]]);
    assert_same(&mtx(&format!("{SKEW}3 3\n1\n2\n0\n")), &expected);
    assert_same(&mtx(&format!("{SKEW}3 3\n0\n1\n2\n0\n0\n0\n")), &expected);
    assert_same(&mtx(&format!("{SKEW}1 1\n0\n")), &weights(&[&[0.0]]));
    let said = |text: &str| {
        let text = format!("{SKEW}{text}");
        matrix_market::read(text.as_bytes(), text.len() as u64).unwrap_err().to_string()
    };
    for (text, start) in [
        ("3 3\n0\n1\n2\n5\n0\n0\n", "line 6: row 2 has a diagonal entry"),
        ("1 1\n5\n", "line 3: row 1 has a diagonal entry"),
        ("3 3\n1\n2\n3\n4\n", "line 6 goes on after the 3 entries"),
        ("3 3\n0\n1\n2\n0\n0\n0\n7\n", "line 9 goes on after the 3 entries"),
        ("3 3\n1\n2\n", "the file ends after 2 of the 3 entries"),
    ] {
        assert!(said(text).starts_with(start), "{text:?}: {}", said(text));
    }
}

/// An entry is one number of an array, two indices and a number of coordinates.
#[test]
fn entries_with_more_or_fewer_words() {
    let said = |text: &str| {
        let text = format!("%%MatrixMarket matrix {text}");
        matrix_market::read(text.as_bytes(), text.len() as u64).unwrap_err().to_string()
    };
    for text in [
        "array real general\n1 1\n1 2\n",
        "array real skew-symmetric\n2 2\n1 2\n",
        "coordinate real general\n2 2 1\n1 2\n",
        "coordinate real general\n2 2 1\n1 2 3 4\n",
        "coordinate pattern general\n2 2 1\n1 2 3\n",
        "coordinate pattern general\n2 2 1\n1\n",
        "coordinate real general\n2 2 1\n0 2 3\n",
        "coordinate real general\n2 2 1\n1 3 3\n",
        "coordinate real general\n2 2 1\n3 1 3\n",
    ] {
        assert!(said(text).starts_with("line 3"), "{text:?}: {}", said(text));
    }
}

#[test]
fn log_scales_with_names_that_hold_commas() {
    let read = |text: &str| synbal::io::read_scales_csv(text.as_bytes()).map_err(|error| error.to_string());
    assert_eq!(read("neuron,h\nAVAL,1.5\n\"b,c\",-2\n"), Ok(vec![1.5, -2.0]));
    assert_eq!(read("neuron,h: the sign\n1,3\n"), Ok(vec![3.0]));
    assert_eq!(read("h\n1.5\n\n-2\n"), Ok(vec![1.5, -2.0]));
    assert!(read("h\n1,5\n").unwrap_err().starts_with("line 2: "));
    for header in ["neuron,x", "g", "neuron", "1.5", ""] {
        assert!(read(&format!("{header}\n1\n")).unwrap_err().starts_with("line 1 is "), "{header}");
    }
}
