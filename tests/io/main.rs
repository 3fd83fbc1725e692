//! Readers and writers: every format there and back bit for bit, every kind of bad input, files of each kind written
//! by hand, and arbitrary bytes.

mod bad_input;
mod bad_output;
mod compressed_rows;
mod embedded;
mod fuzz;
mod hand_written;
mod hashed;
mod labelled;
mod layouts;
mod memory;
mod round_trips;
mod said;
mod whole_networks;

use std::path::PathBuf;

use proptest::test_runner::{Config, FileFailurePersistence};
use safetensors::tensor::{Dtype, TensorView};
use synbal::network::Weights;
use tempfile::TempDir;

/// Where proptest keeps the seeds of failures: beside the tests, and committed.
const REGRESSIONS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/io/regressions.txt");

fn config() -> Config {
    Config {
        cases: 128,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(REGRESSIONS))),
        ..Config::default()
    }
}

#[test]
fn the_file_of_regressions_exists_where_proptest_looks_for_it() {
    let text = std::fs::read_to_string(REGRESSIONS).unwrap();
    assert!(text.starts_with("# Seeds for failure cases proptest has generated in the past."));
}

/// A folder that is gone after the test.
fn scratch() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// A file with this content in a fresh folder.
fn file(name: &str, content: impl AsRef<[u8]>) -> (TempDir, PathBuf) {
    let folder = scratch();
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    (folder, path)
}

/// The weights as `(target, source, bits)`: equal only if equal to the last bit.
fn bits(weights: &Weights) -> Vec<(usize, usize, u64)> {
    weights.triplets().map(|(i, j, value)| (i, j, value.to_bits())).collect()
}

/// Dense rows as weights.
fn weights(rows: &[&[f64]]) -> Weights {
    let entries = rows.iter().enumerate().flat_map(|(i, row)| row.iter().enumerate().map(move |(j, &v)| (i, j, v)));
    Weights::from_triplets(rows.len(), entries.collect()).unwrap()
}

/// A `.npy` file of version 1.0.
fn npy(header: &str, data: &[u8]) -> Vec<u8> {
    let text = format!("{header}\n");
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((text.len() as u16).to_le_bytes());
    bytes.extend(text.bytes());
    bytes.extend(data);
    bytes
}

/// The header that NumPy writes.
fn npy_header(descr: &str, fortran_order: bool, shape: &str) -> String {
    let order = if fortran_order { "True" } else { "False" };
    format!("{{'descr': '{descr}', 'fortran_order': {order}, 'shape': {shape}, }}")
}

/// Little-endian doubles.
fn doubles(values: &[f64]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

/// A `.safetensors` file, put together by the library rather than by our writer.
fn tensors(parts: &[(&str, Dtype, &[usize], Vec<u8>)], metadata: &[(&str, &str)]) -> Vec<u8> {
    let views = parts
        .iter()
        .map(|(name, dtype, shape, data)| (name.to_string(), TensorView::new(*dtype, shape.to_vec(), data).unwrap()));
    let metadata = metadata.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect();
    safetensors::serialize(views, Some(metadata)).unwrap()
}
