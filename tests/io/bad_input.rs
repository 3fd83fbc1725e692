//! Every kind of bad input gives its typed error, with the place at fault.

use synbal::io::csv::{self, CsvError};
use synbal::io::matrix_market::{self, MatrixMarketError as Mtx};
use synbal::io::npy::{self, NpyError};
use synbal::io::{NumberError, ReadError, ScalesError, read_network, read_scales, read_scales_csv};
use synbal::network::{Activation, NetworkError};

use crate::{doubles, file, npy as npy_file, npy_header, scratch};

macro_rules! assert_error {
    ($found:expr, $pattern:pat $(if $guard:expr)?) => {
        match $found {
            Err($pattern) $(if $guard)? => {}
            other => panic!("expected {}, found {other:?}", stringify!($pattern)),
        }
    };
}
pub(crate) use assert_error;

const REAL: &str = "%%MatrixMarket matrix coordinate real general\n";

fn mtx(text: &str) -> Result<(), Mtx> {
    matrix_market::read(text.as_bytes(), text.len() as u64).map(drop)
}

fn matrix(header: &str, data: &[u8]) -> Result<(), NpyError> {
    npy::read_matrix(&npy_file(header, data)).map(drop)
}

fn network(name: &str, content: impl AsRef<[u8]>) -> Result<(), ReadError> {
    let (_folder, path) = file(name, content);
    read_network(&path, Activation::Relu).map(drop)
}

#[test]
fn a_matrix_that_is_not_square() {
    assert_error!(mtx(&format!("{REAL}2 3 1\n1 3 1\n")), Mtx::NotSquare { line: 2, rows: 2, columns: 3 });
    assert_error!(csv::read(&b"1,2,3\n4,5,6\n"[..]), CsvError::NotSquare { rows: 2, columns: 3 });
    let header = npy_header("<f8", false, "(1, 2)");
    assert_error!(matrix(&header, &doubles(&[1.0, 2.0])), NpyError::NotSquare { rows: 1, columns: 2 });
}

#[test]
fn nan_and_infinity() {
    for text in ["nan", "NaN", "inf", "-Infinity", "1e400"] {
        assert_error!(
            mtx(&format!("{REAL}2 2 2\n1 1 1\n2 1 {text}\n")),
            Mtx::BadNumber { line: 4, error: NumberError::NotFinite { text: ref found } } if found == text
        );
        assert_error!(
            mtx(&format!("%%MatrixMarket matrix array real general\n1 1\n{text}\n")),
            Mtx::BadNumber { line: 3, error: NumberError::NotFinite { .. } }
        );
        assert_error!(
            csv::read(format!("1,2\n3,{text}\n").as_bytes()),
            CsvError::BadNumber { line: 2, column: 2, error: NumberError::NotFinite { .. } }
        );
        assert_error!(
            read_scales_csv(format!("h\n1\n{text}\n").as_bytes()),
            ScalesError::BadNumber { line: 3, error: NumberError::NotFinite { .. } }
        );
    }
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let header = npy_header("<f8", false, "(2, 2)");
        assert_error!(
            matrix(&header, &doubles(&[1.0, 2.0, value, 3.0])),
            NpyError::NotFinite { ref index, .. } if *index == [1, 0]
        );
        let header = npy_header("<f8", true, "(2, 2)");
        assert_error!(
            matrix(&header, &doubles(&[1.0, 2.0, value, 3.0])),
            NpyError::NotFinite { ref index, .. } if *index == [0, 1]
        );
    }
}

#[test]
fn a_number_that_would_vanish_or_be_rounded_to_another() {
    assert_error!(
        mtx(&format!("{REAL}1 1 1\n1 1 1e-400\n")),
        Mtx::BadNumber { line: 3, error: NumberError::Vanishes { .. } }
    );
    let integer = "%%MatrixMarket matrix coordinate integer general\n1 1 1\n";
    assert_error!(
        mtx(&format!("{integer}1 1 9007199254740993\n")),
        Mtx::BadNumber { line: 3, error: NumberError::IntegerTooLarge { .. } }
    );
    assert_error!(
        mtx(&format!("{integer}1 1 1.5\n")),
        Mtx::BadNumber { line: 3, error: NumberError::NotAnInteger { .. } }
    );
    let header = npy_header("<i8", false, "(1, 1)");
    assert_error!(
        matrix(&header, &9_007_199_254_740_993_i64.to_le_bytes()),
        NpyError::IntegerTooLarge { value: 9_007_199_254_740_993, .. }
    );
}

#[test]
fn an_empty_file() {
    for name in ["a.mtx", "a.npy", "a.csv", "a.safetensors"] {
        assert_error!(network(name, ""), ReadError::Empty { .. });
    }
    for name in ["h.csv", "h.npy"] {
        let (_folder, path) = file(name, "");
        assert_error!(read_scales(&path), ReadError::Empty { .. });
    }
    assert_error!(mtx(REAL), Mtx::NoSize);
    assert_error!(mtx(&format!("{REAL}% only a comment\n\n")), Mtx::NoSize);
    assert_error!(csv::read(&b"\n \n"[..]), CsvError::NoNumbers);
    assert_error!(read_scales_csv(&b"h\n\n"[..]), ScalesError::NoNeurons);
}

#[test]
fn no_neurons() {
    assert_error!(mtx(&format!("{REAL}0 0 0\n")), Mtx::NoNeurons { line: 2 });
    assert_error!(mtx("%%MatrixMarket matrix array real general\n0 0\n"), Mtx::NoNeurons { line: 2 });
    assert_error!(matrix(&npy_header("<f8", false, "(0, 0)"), &[]), NpyError::NoNeurons);
    assert_error!(npy::read_vector(&npy_file(&npy_header("<f8", false, "(0,)"), &[])), NpyError::NoNeurons);
}

#[test]
fn a_header_that_is_none_or_asks_for_what_there_is_not() {
    for text in ["1 2 3\n", "%%MatrixMarket\n", "%%MatrixMarkt matrix coordinate real general\n1 1 0\n"] {
        assert_error!(mtx(text), Mtx::BadHeader { .. });
    }
    for (header, wrong) in [
        ("vector coordinate real general", "vector"),
        ("matrix sparse real general", "sparse"),
        ("matrix coordinate complex general", "complex"),
        ("matrix coordinate real hermitian", "hermitian"),
    ] {
        assert_error!(
            mtx(&format!("%%MatrixMarket {header}\n1 1 0\n")),
            Mtx::Unsupported { ref word, .. } if word == wrong
        );
    }
    for header in ["array pattern general", "coordinate pattern skew-symmetric"] {
        assert_error!(mtx(&format!("%%MatrixMarket matrix {header}\n1 1 0\n")), Mtx::BadCombination { .. });
    }
    for size in ["2 2", "2 2 x", "2 -2 1", "2 2 1 1"] {
        assert_error!(mtx(&format!("{REAL}{size}\n")), Mtx::BadSize { line: 2, .. });
    }
    assert_error!(read_scales_csv(&b"1\n2\n"[..]), ScalesError::NoHeader { .. });
}

#[test]
fn a_header_that_lies() {
    assert_error!(mtx(&format!("{REAL}2 2 3\n1 1 1\n1 2 1\n")), Mtx::TooFewEntries { declared: 3, found: 2 });
    assert_error!(mtx(&format!("{REAL}2 2 1\n1 1 1\n\n1 2 1\n")), Mtx::TooManyEntries { line: 5, declared: 1 });
    let array = "%%MatrixMarket matrix array real general\n2 2\n1\n2\n3\n";
    assert_error!(mtx(array), Mtx::TooFewEntries { declared: 4, found: 3 });
    assert_error!(mtx(&format!("{array}4\n5\n")), Mtx::TooManyEntries { line: 7, declared: 4 });
    let header = npy_header("<f8", false, "(2, 2)");
    assert_error!(matrix(&header, &doubles(&[1.0; 3])), NpyError::WrongLength { data_bytes: 24, .. });
    assert_error!(matrix(&header, &doubles(&[1.0; 5])), NpyError::WrongLength { data_bytes: 40, .. });
    assert_error!(csv::read(&b"1,2\n3\n"[..]), CsvError::UnequalRows { line: 2, found: 1, expected: 2 });
}

#[test]
fn huge_declared_sizes() {
    assert_error!(
        mtx(&format!("{REAL}4000000000 4000000000 0\n")),
        Mtx::ImplausibleSize { line: 2, neurons: 4_000_000_000, .. }
    );
    assert_error!(
        mtx(&format!("{REAL}18446744073709551615 18446744073709551615 1\n1 1 1\n")),
        Mtx::ImplausibleSize { line: 2, .. }
    );
    assert_error!(mtx(&format!("{REAL}99999999999999999999 1 1\n")), Mtx::BadSize { line: 2, .. });
    assert_error!(
        mtx(&format!("{REAL}2 2 18446744073709551615\n1 1 1\n")),
        Mtx::TooFewEntries { declared: u64::MAX, found: 1 }
    );
    assert_error!(
        mtx("%%MatrixMarket matrix array real general\n1000000 1000000\n1\n"),
        Mtx::TooFewEntries { declared: 1_000_000_000_000, found: 1 }
    );
    for shape in [
        "(4294967296, 4294967296)",
        "(9223372036854775808, 4)",
        "(1000000, 1000000)",
        "(0, 4294967295, 4294967295, 4294967295)",
    ] {
        assert_error!(matrix(&npy_header("<f8", false, shape), &doubles(&[1.0])), NpyError::WrongLength { .. });
    }
    // The strides of an empty array overflow as well.
    let header = npy_header("<f8", false, "(0, 4294967295, 4294967295, 4294967295)");
    assert_error!(matrix(&header, &[]), NpyError::WrongLength { .. });
    let mut long_header = b"\x93NUMPY\x02\x00".to_vec();
    long_header.extend(u32::MAX.to_le_bytes());
    long_header.extend(b"{'descr'");
    assert_error!(npy::read_matrix(&long_header), NpyError::HeaderTooLong { announced: 4_294_967_295, .. });
}

#[test]
fn truncated_files() {
    let whole = format!("{REAL}2 2 2\n1 1 1.5\n2 2 2.5");
    for end in 1..whole.len() {
        // Cut within the last number, what is left can be a number again: nobody can see that.
        let cut_in_last_number = end > whole.len() - "2.5".len();
        assert_eq!(mtx(&whole[..end]).is_err(), !cut_in_last_number, "{:?}", &whole[..end]);
    }
    let whole = npy_file(&npy_header("<f8", false, "(2, 2)"), &doubles(&[1.0; 4]));
    for end in 0..whole.len() {
        assert!(npy::read_matrix(&whole[..end]).is_err());
    }
    assert_error!(npy::read_matrix(&whole[..5]), NpyError::NotNpy);
    assert_error!(npy::read_matrix(&whole[..30]), NpyError::HeaderTooLong { .. });
    assert_error!(npy::read_matrix(&whole[..whole.len() - 1]), NpyError::WrongLength { .. });
}

#[test]
fn text_that_is_not_utf_8() {
    assert_error!(network("a.mtx", b"\xff\xfe%\0%\0"), ReadError::MatrixMarket { error: Mtx::NotUtf8 { line: 1 }, .. });
    let with = |line: &[u8]| [REAL.as_bytes(), line].concat();
    assert_error!(
        network("a.mtx", with(b"2 2 \xff\n")),
        ReadError::MatrixMarket { error: Mtx::NotUtf8 { line: 2 }, .. }
    );
    assert_error!(
        network("a.mtx", with(b"2 2 1\n1 \xc0 1\n")),
        ReadError::MatrixMarket { error: Mtx::NotUtf8 { line: 3 }, .. }
    );
    assert_error!(
        network("a.mtx", with(b"2 2 1\n1 1 \xc0\n")),
        ReadError::MatrixMarket { error: Mtx::BadNumber { line: 3, error: NumberError::NotUtf8 }, .. }
    );
    assert_error!(
        network("a.csv", b"1,2\n3,\xff\n"),
        ReadError::Csv { error: CsvError::BadNumber { line: 2, column: 2, error: NumberError::NotUtf8 }, .. }
    );
}

#[test]
fn a_directory_as_input() {
    let folder = scratch();
    for name in ["a.mtx", "a.npy", "a.csv", "a.safetensors"] {
        let path = folder.path().join(name);
        std::fs::create_dir(&path).unwrap();
        assert_error!(read_network(&path, Activation::Relu), ReadError::IsDirectory { path: ref named } if *named == path);
    }
    assert_error!(read_scales(&folder.path().join("a.csv")), ReadError::IsDirectory { .. });
}

#[test]
fn a_file_that_is_not_there_or_not_of_a_known_kind() {
    let folder = scratch();
    assert_error!(read_network(&folder.path().join("none.mtx"), Activation::Relu), ReadError::NotFound { .. });
    for name in ["a.dat", "a", ".mtx"] {
        let error = network(name, "1");
        assert_error!(error, ReadError::UnknownExtension { .. });
        let message = error.unwrap_err().to_string();
        assert!([".mtx", ".npy", ".csv", ".safetensors"].iter().all(|known| message.contains(known)), "{message}");
    }
    let (_folder, path) = file("h.mtx", "h\n1\n");
    assert_error!(read_scales(&path), ReadError::UnknownExtension { known: ".csv and .npy", .. });
}

#[cfg(unix)]
#[test]
fn a_special_file_as_input() {
    let folder = scratch();
    let path = folder.path().join("socket.mtx");
    let _socket = std::os::unix::net::UnixListener::bind(&path).unwrap();
    assert_error!(read_network(&path, Activation::Relu), ReadError::NotAFile { .. });
}

#[test]
fn indices_of_zero_or_out_of_range() {
    assert_error!(mtx(&format!("{REAL}2 2 2\n1 1 1\n0 1 1\n")), Mtx::ZeroIndex { line: 4 });
    assert_error!(mtx(&format!("{REAL}2 2 1\n1 0 1\n")), Mtx::ZeroIndex { line: 3 });
    assert_error!(
        mtx(&format!("{REAL}2 2 2\n1 1 1\n1 3 1\n")),
        Mtx::IndexOutOfRange { line: 4, row: 1, column: 3, neurons: 2 }
    );
    assert_error!(mtx(&format!("{REAL}2 2 1\n3 1 1\n")), Mtx::IndexOutOfRange { line: 3, row: 3, .. });
}

#[test]
fn an_entry_that_is_none() {
    for entry in ["1", "-1 1 1", "1.0 1 1", "1 1 1 1", "x", "1 1 1 % remark", "% remark"] {
        assert_error!(mtx(&format!("{REAL}2 2 1\n{entry}\n")), Mtx::BadEntry { line: 3, .. });
    }
    assert_error!(mtx(&format!("{REAL}2 2 1\n1 1\n")), Mtx::NoValue { line: 3, .. });
    assert_error!(
        mtx(&format!("{REAL}2 2 1\n1 1 one\n")),
        Mtx::BadNumber { line: 3, error: NumberError::NotANumber { .. } }
    );
    assert_error!(
        mtx("%%MatrixMarket matrix coordinate pattern general\n2 2 1\n1 1 1\n"),
        Mtx::BadEntry { line: 3, .. }
    );
    assert_error!(mtx("%%MatrixMarket matrix array real general\n1 1\n1 2\n"), Mtx::BadEntry { line: 3, .. });
    assert_error!(
        csv::read(&b"w1,w2\n1,2\n"[..]),
        CsvError::BadNumber { line: 1, column: 1, error: NumberError::NotANumber { .. } }
    );
    assert_error!(csv::read(&b"1,\n3,4\n"[..]), CsvError::BadNumber { line: 1, column: 2, error: NumberError::Absent });
    assert_error!(csv::read(&b"1,2\n\n3,4\n"[..]), CsvError::BlankLine { line: 2 });
}

#[test]
fn entries_listed_twice() {
    assert_error!(mtx(&format!("{REAL}2 2 2\n2 1 1\n2 1 1\n")), Mtx::Duplicate { row: 2, column: 1 });
    assert_error!(mtx(&format!("{REAL}2 2 3\n2 1 0\n1 1 1\n2 1 1\n")), Mtx::Duplicate { row: 2, column: 1 });
    let symmetric = "%%MatrixMarket matrix coordinate real symmetric\n3 3 2\n3 2 1\n3 2 1\n";
    assert_error!(mtx(symmetric), Mtx::Duplicate { row: 3, column: 2 });
}

#[test]
fn entries_outside_the_lower_triangle() {
    for symmetry in ["symmetric", "skew-symmetric"] {
        let text = format!("%%MatrixMarket matrix coordinate real {symmetry}\n3 3 1\n1 2 1\n");
        assert_error!(mtx(&text), Mtx::AboveDiagonal { line: 3, row: 1, column: 2 });
    }
    let text = "%%MatrixMarket matrix coordinate real skew-symmetric\n3 3 2\n2 1 1\n2 2 5\n";
    assert_error!(mtx(text), Mtx::OnSkewDiagonal { line: 4, row: 2 });
}

#[test]
fn arrays_of_another_dtype_or_dimension() {
    for descr in ["<f16", "<c16", "<U8", "|S3", "|O", "<M8[s]", "nonsense", ""] {
        assert_error!(
            matrix(&npy_header(descr, false, "(1, 1)"), &[0; 8]),
            NpyError::UnsupportedDtype { ref dtype } if dtype == descr
        );
    }
    let record = "{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1, 1), }";
    assert_error!(matrix(record, &[0; 8]), NpyError::UnsupportedDtype { .. });
    for (shape, dimensions, elements) in [("()", 0, 1), ("(1,)", 1, 1), ("(1, 2, 3)", 3, 6)] {
        assert_error!(
            matrix(&npy_header("<f8", false, shape), &doubles(&vec![1.0; elements])),
            NpyError::WrongDimensions { found, expected: 2 } if found == dimensions
        );
    }
    let two_dimensions = npy_file(&npy_header("<f8", false, "(1, 1)"), &doubles(&[1.0]));
    assert_error!(npy::read_vector(&two_dimensions), NpyError::WrongDimensions { found: 2, expected: 1 });
}

#[test]
fn damaged_array_headers() {
    for header in [
        "",
        "{}",
        "{'descr': '<f8', 'shape': (1, 1), }",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (1, 1), 'shape': (1, 1), }",
        "{'descr': '<f8', 'fortran_order': Maybe, 'shape': (1, 1), }",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (-1, 1), }",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999, 1), }",
        "{'descr': '<f8', 'fortran_order': False, 'shape': ((((((1, 1)))))), }",
        "{'descr': '<f8, 'fortran_order': False, 'shape': (1, 1), }",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (1, 1), } more",
        "{'d\\x65scr': '<f8', 'fortran_order': False, 'shape': (1, 1), }",
    ] {
        assert_error!(matrix(header, &doubles(&[1.0])), NpyError::BadHeader { .. });
    }
    // The place is the file's: behind six bytes of magic, two of the version, and two of the header's length.
    let header = "{'descr': '<f8', 'fortran_order': Maybe, 'shape': (1, 1), }";
    let place = 10 + header.find("Maybe").unwrap();
    assert_error!(matrix(header, &doubles(&[1.0])), NpyError::BadHeader { byte, .. } if byte == place);
    assert_error!(npy::read_matrix(b"\x93NUMPY\x09\x00\x01\x00{"), NpyError::UnknownVersion { major: 9, minor: 0 });
    assert_error!(npy::read_matrix(b"\x93NUMPY\x01\x00\x01"), NpyError::HeaderTooLong { .. });
    assert_error!(npy::read_matrix(b"1 2 3 4 5 6"), NpyError::NotNpy);
}

#[test]
fn the_message_is_one_line_with_the_place_and_the_way_out() {
    let (_folder, path) = file("a.mtx", format!("{REAL}2 2 1\n0 1 1\n"));
    let message = read_network(&path, Activation::Relu).unwrap_err().to_string();
    let expected = "line 3: index 0, but rows and columns count from 1 in a Matrix Market file; add 1 to every index";
    assert_eq!(message, format!("{}: {expected}", path.display()));
    // What a message repeats of a file is short and free of control characters.
    let (_folder, path) = file("b.csv", format!("\x1b[31m{}\n", "x".repeat(10_000)));
    let message = read_network(&path, Activation::Relu).unwrap_err().to_string();
    assert!(message.len() < path.display().to_string().len() + 150 && !message.contains('\x1b'), "{message}");
    // A weight that the network itself refuses.
    let error = ReadError::Csv { path: path.clone(), error: CsvError::Network(NetworkError::NoNeurons) };
    assert!(error.to_string().contains("no neurons"));
}

#[test]
fn a_name_without_an_ending_says_nothing() {
    for name in ["network", "network.dat", "gz"] {
        assert_error!(network(name, "0,1\n1,0\n"), ReadError::UnknownExtension { .. });
    }
    assert!(network("network.csv", "0,1\n1,0\n").is_ok());
}

#[test]
fn keys_of_an_array_that_are_there_twice() {
    let whole = [("descr", "'<f8'"), ("fortran_order", "False"), ("shape", "(1, 1)")];
    let header = |keys: &[(&str, &str)]| {
        let text: String = keys.iter().map(|(key, value)| format!("'{key}': {value}, ")).collect();
        matrix(&format!("{{{text}}}"), &[0; 8])
    };
    assert!(header(&whole).is_ok());
    for k in 0..3 {
        assert_error!(header(&[&whole[..], &whole[k..=k]].concat()), NpyError::BadHeader { .. });
        let left = [&whole[..k], &whole[k + 1..]].concat();
        assert_error!(header(&left), NpyError::BadHeader { .. });
    }
}
