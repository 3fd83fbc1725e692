//! Whatever bytes a reader gets, it returns; and its memory stays within a constant times their number.

use std::path::Path;

use ::safetensors::tensor::Dtype;
use proptest::prelude::*;
use synbal::check::{check_input, read::read};
use synbal::io::layouts::{LayoutFile, LayoutOptions, describe};
use synbal::io::{csv, labelled, matrix_market, npy, read_gains_csv, read_scales_csv, safetensors};
use synbal::network::Activation;

use crate::memory::peak;
use crate::{config, doubles, npy as npy_file, npy_header, tensors};

/// A certificate, and the network that it is about.
const CERTIFICATE: &[u8] = include_bytes!("../vectors/certificate_half.json");
const CERTIFIED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/certificate_half.csv");

/// Bytes of memory for each byte of a file. The dearest file is a NumPy array of one-byte numbers: each becomes a
/// triplet of 24 bytes, in a vector that may just be doubling (old and new together three times its content).
const PER_BYTE: usize = 96;

/// Bytes of memory that are fine for any file: buffers, and 2^20 neurons without a synapse, twice 8 bytes each.
const ALWAYS: usize = 20 << 20;

fn read_as_everything(bytes: &[u8]) -> Result<(), TestCaseError> {
    let readers: [(&str, &dyn Fn()); 10] = [
        ("matrix_market", &|| drop(matrix_market::read(bytes, bytes.len() as u64))),
        ("csv", &|| drop(csv::read(bytes))),
        ("blanks", &|| drop(csv::read_matrix(bytes, b' ', true))),
        ("labelled", &|| {
            let names = labelled::names_of(bytes, b',', true);
            drop(names.map(|names| labelled::read(bytes, b',', names)));
        }),
        ("npy matrix", &|| drop(npy::read_matrix(bytes))),
        ("npy vector", &|| drop(npy::read_vector(bytes))),
        ("safetensors", &|| drop(safetensors::read(bytes, Activation::Relu))),
        ("scales", &|| drop(read_scales_csv(bytes))),
        ("gains", &|| drop(read_gains_csv(bytes, 2, None))),
        // Messages are part of reading: they quote what was found.
        ("message", &|| drop(matrix_market::read(bytes, bytes.len() as u64).map_err(|error| error.to_string()))),
    ];
    for (name, reader) in readers {
        let ((), used) = peak(reader);
        prop_assert!(used <= ALWAYS + PER_BYTE * bytes.len(), "{name}: {used} bytes for a file of {}", bytes.len());
    }
    Ok(())
}

/// A whole file of each format.
fn valid_files() -> Vec<Vec<u8>> {
    let mut files: Vec<Vec<u8>> = [
        "%%MatrixMarket matrix coordinate real general\n% remark\n3 3 4\n1 2 0.5\n2 3 -1e-3\n3 1 2\n3 3 7\n",
        "%%MatrixMarket matrix coordinate integer symmetric\n3 3 2\n1 1 5\n3 2 -2\n",
        "%%MatrixMarket matrix coordinate pattern general\n2 2 2\n1 2\n2 1\n",
        "%%MatrixMarket matrix array real skew-symmetric\n3 3\n1\n2\n3\n",
        "1,2.5\n-3e4,0\n",
        "  1  2.5\n  -3e4  0\n",
        ",a,b\na,1,2.5\nb,-3e4,0\n",
        "i,r\n1,0.5\n2,2e-3\n",
        "h\n1.0000000000000000e0\n-2.5000000000000000e-1\n",
    ]
    .iter()
    .map(|text| text.as_bytes().to_vec())
    .collect();
    files.push(npy_file(&npy_header("<f8", true, "(2, 2)"), &doubles(&[1.0, 2.0, 3.0, 4.0])));
    files.push(npy_file(&npy_header(">i2", false, "(2,)"), &[0, 1, 0, 2]));
    files.push(tensors(
        &[("w_rec", Dtype::F64, &[1, 1], doubles(&[2.0])), ("b", Dtype::F64, &[1], doubles(&[3.0]))],
        &[("activation", "leaky-relu"), ("slope", "0.1")],
    ));
    files
}

/// Layout files of all tables and words, for the model below.
const LAYOUTS: [&str; 2] = [
    "activation = \"relu\"\nuntouched = [\"other\"]\n[tensors]\n\"cell.U\" = [\"target a\", \"source a\"]\n\"cell.V\" = [\"target a\", \"outside\"]\n",
    "activation = { a = \"relu\", b = \"linear\" }\n[tensors]\n\"cell.V\" = [\"target b\", \"source a x 2\"]\n[initial_states]\n\"other\" = [\"neither\", \"target a\"]\n",
];

fn model() -> Vec<u8> {
    let numbers = doubles(&[1.0, 2.0, 3.0, 4.0]);
    let names = ["cell.U", "cell.V", "other"];
    tensors(&names.map(|name| (name, Dtype::F64, &[2, 2][..], numbers.clone())), &[])
}

/// How many inputs each test makes up: `make fuzz` asks for many more than fit among the other tests.
fn cases() -> u32 {
    std::env::var("FUZZ_CASES").map_or(512, |number| number.parse().expect("FUZZ_CASES is a number"))
}

/// A valid file with bytes changed, put in, or taken out: gets past the first check, unlike noise.
fn damaged_files() -> impl Strategy<Value = Vec<u8>> {
    damaged(valid_files())
}

fn damaged(files: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let position = any::<prop::sample::Index>();
    let piece = prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..4),
        prop::sample::select(vec![
            "0",
            "9",
            "-",
            ".",
            "e",
            "\n",
            " ",
            ",",
            "(",
            "[",
            "{",
            "'",
            "\"",
            "99999999999",
            "nan"
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
    ];
    let edits = proptest::collection::vec((position, 0_usize..6, piece), 1..6);
    (prop::sample::select(files), edits).prop_map(|(mut bytes, edits)| {
        for (position, removed, piece) in edits {
            let start = position.index(bytes.len() + 1);
            let end = (start + removed).min(bytes.len());
            bytes.splice(start..end, piece);
        }
        bytes
    })
}

/// Text from the words of Matrix Market files, in any order.
fn matrix_market_like() -> impl Strategy<Value = Vec<u8>> {
    let layout = prop::sample::select(vec!["coordinate", "array"]);
    let field = prop::sample::select(vec!["real", "integer", "pattern"]);
    let symmetry = prop::sample::select(vec!["general", "symmetric", "skew-symmetric"]);
    let number = prop_oneof![
        4 => (0_u64..6).prop_map(|number| number.to_string()),
        1 => any::<u64>().prop_map(|number| number.to_string()),
        1 => any::<f64>().prop_map(|number| format!("{number:?}")),
    ];
    let line = proptest::collection::vec(number, 0..5).prop_map(|words| words.join(" "));
    (layout, field, symmetry, proptest::collection::vec(line, 0..8)).prop_map(|(layout, field, symmetry, lines)| {
        format!("%%MatrixMarket matrix {layout} {field} {symmetry}\n{}\n", lines.join("\n")).into_bytes()
    })
}

proptest! {
    #![proptest_config(proptest::test_runner::Config { cases: cases(), ..config() })]

    #[test]
    fn arbitrary_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        read_as_everything(&bytes)?;
    }

    #[test]
    fn arbitrary_bytes_after_the_right_beginning(
        beginning in prop::sample::select(vec![
            &b"\x93NUMPY\x01\x00"[..],
            b"\x93NUMPY\x02\x00",
            b"\x93NUMPY\x01\x00\x40\x00{'descr': '<f8', 'fortran_order': False, 'shape': (",
            b"%%MatrixMarket matrix coordinate real general\n2 2 ",
            b"\x40\x00\x00\x00\x00\x00\x00\x00{\"w_rec\":{\"dtype\":\"F64\",\"shape\":[",
            b"h\n",
        ]),
        rest in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        read_as_everything(&[beginning, &rest].concat())?;
    }

    #[test]
    fn damaged_valid_files(bytes in damaged_files()) {
        read_as_everything(&bytes)?;
    }

    /// The checker answers in well under a second and within the memory of any reader; what it
    /// accepts although bytes were changed (a gap given larger, say) it can also put into words.
    #[test]
    fn damaged_certificates(bytes in damaged(vec![CERTIFICATE.to_vec()])) {
        let (input, sha256) = read(Path::new(CERTIFIED)).unwrap();
        prop_assert!(check_input(CERTIFICATE, &sha256, &input).is_ok());
        let begun = std::time::Instant::now();
        let (answer, used) = peak(|| check_input(&bytes, &sha256, &input));
        prop_assert!(begun.elapsed().as_secs_f64() < 1.0 && used <= ALWAYS + PER_BYTE * bytes.len());
        if let Ok(proved) = answer {
            let words = format!("{proved:?}").len();
            prop_assert!(words < 10_000);
        }
    }

    /// A layout file is refused with a sentence, or describes a model.
    #[test]
    fn damaged_layout_files(bytes in damaged(LAYOUTS.map(|text| text.as_bytes().to_vec()).to_vec())) {
        let model = model();
        let Ok(text) = std::str::from_utf8(&bytes) else { return Ok(()) };
        let (said, used) = peak(|| -> Result<(), String> {
            let file = LayoutFile::parse(text).map_err(|error| error.to_string())?;
            let tensors = safetensors::parse(model.clone()).map_err(|error| error.to_string())?;
            let layout = describe(&tensors, &LayoutOptions::default().with_file(file));
            layout.map(drop).map_err(|error| error.to_string())
        });
        prop_assert!(said != Err(String::new()) && used <= ALWAYS, "{said:?}, {used} bytes");
    }

    #[test]
    fn words_of_matrix_market_in_any_order(bytes in matrix_market_like()) {
        read_as_everything(&bytes)?;
    }
}

#[test]
fn a_header_that_promises_much_reserves_little() {
    for text in [
        "%%MatrixMarket matrix coordinate real general\n1000000 1000000 18446744073709551615\n1 1 1\n",
        "%%MatrixMarket matrix coordinate real general\n4294967295 4294967295 0\n",
        "%%MatrixMarket matrix array real symmetric\n1000000 1000000\n1\n",
    ] {
        read_as_everything(text.as_bytes()).unwrap();
    }
    for shape in ["(4294967295, 4294967295)", "(1000000000, 1)", "(1000000000000,)"] {
        read_as_everything(&npy_file(&npy_header("|i1", false, shape), &[1; 8])).unwrap();
    }
    // Deep nesting must not overflow the stack.
    for nested in ["(".repeat(60_000), "[".repeat(60_000), "{".repeat(60_000)] {
        read_as_everything(&npy_file(&format!("{{'shape': {nested}"), &[])).unwrap();
    }
}

#[test]
fn a_large_file_of_rows_takes_twelve_bytes_an_entry() {
    let n = 2000;
    let mut text = format!("%%MatrixMarket matrix coordinate pattern general\n{n} {n} {}\n", n * n);
    for row in 1..=n {
        for column in 1..=n {
            text.push_str(&format!("{row} {column}\n"));
        }
    }
    // Three blocks of 2 MiB, of which one is cut, and the buffer of the lines before: less than another 4 bytes an entry.
    const BUFFERS: usize = 9 << 20;
    let (weights, used) = peak(|| matrix_market::read(text.as_bytes(), text.len() as u64).unwrap());
    assert_eq!(weights.synapses(), n * n);
    assert!(used <= 12 * n * n + 8 * (n + 1) + BUFFERS, "{used} bytes");
}

#[test]
fn the_dearest_large_files_stay_within_the_constant() {
    let n = 1000;
    read_as_everything(&npy_file(&npy_header("|i1", false, "(1000, 1000)"), &vec![1; n * n])).unwrap();
    let row = vec!["1"; n].join(",") + "\n";
    read_as_everything(row.repeat(n).as_bytes()).unwrap();
    // Symmetric without weights, columns first: mirrored, then put in order.
    let mut text = format!("%%MatrixMarket matrix coordinate pattern symmetric\n{n} {n} {}\n", n * (n - 1) / 2);
    for column in 1..=n {
        for row in column + 1..=n {
            text.push_str(&format!("{row} {column}\n"));
        }
    }
    read_as_everything(text.as_bytes()).unwrap();
    // One line without an end.
    read_as_everything(&vec![b'1'; 3_000_000]).unwrap();
}
