//! What each target does with its bytes: it reads them, and holds the reader to its limits. No panic, no second of time, no memory
//! beyond 64 MB and eight times the input.

#[path = "../../tests/io/memory.rs"]
mod memory;
mod words;

use std::hint::black_box;
use std::path::Path;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use libfuzzer_sys::arbitrary::Unstructured;
use memory::peak;
use synbal::check::check_input;
use synbal::check::read::read;
use synbal::io::edges::{self, EdgeColumns};
use synbal::io::layouts::{LayoutFile, LayoutOptions, describe};
use synbal::io::{
    ModelFile, ReadOptions, csv, graphml, labelled, matlab, matrix_market, npy, npz, read_gains_csv, read_scales_csv,
    safetensors,
};
use synbal::network::Activation;

/// Bytes that any file may take, and for each byte of it.
const ALWAYS: usize = 64 << 20;
const PER_BYTE: usize = 8;
const LONGEST: Duration = Duration::from_secs(1);

/// Runs a reader on so many bytes. What takes too long is run again: a busy machine is no hang.
fn within_limits<T>(bytes: usize, reader: impl Fn() -> T) {
    let timed = || {
        let begun = Instant::now();
        let (result, used) = peak(|| black_box(reader()));
        drop(result);
        assert!(used <= ALWAYS + PER_BYTE * bytes, "{used} bytes of memory for an input of {bytes}");
        begun.elapsed()
    };
    let too_long = (0..3).all(|_| timed() > LONGEST);
    assert!(!too_long, "over a second for an input of {bytes} bytes");
}

/// An error's message is part of reading: it quotes what was found.
fn said<T, E: std::fmt::Display>(result: Result<T, E>) -> Option<T> {
    result.map_err(|error| black_box(error.to_string())).ok()
}

pub fn matrix_market(bytes: &[u8]) {
    within_limits(bytes.len(), || said(matrix_market::read_with_notices(bytes, bytes.len() as u64)));
}

pub fn csv(bytes: &[u8]) {
    within_limits(bytes.len(), || said(csv::read(bytes)));
    within_limits(bytes.len(), || said(csv::read_matrix(bytes, b' ', true)));
    if let Some(names) = labelled::names_of(bytes, b',', true) {
        within_limits(bytes.len(), || said(labelled::read(bytes, b',', names)));
    }
}

pub fn edges(bytes: &[u8]) {
    let columns = |source: &str, target: &str, weight: Option<&str>| EdgeColumns {
        source: source.to_owned(),
        target: target.to_owned(),
        weight: weight.map(str::to_owned),
    };
    within_limits(bytes.len(), || said(edges::read(bytes, &columns("source", "target", Some("weight")))));
    within_limits(bytes.len(), || said(edges::read(bytes, &columns("1", "2", None))));
}

pub fn graphml(bytes: &[u8]) {
    within_limits(bytes.len(), || said(graphml::read(bytes, None)));
}

pub fn matlab(bytes: &[u8]) {
    within_limits(bytes.len(), || said(matlab::read(bytes, None)));
}

pub fn npy(bytes: &[u8]) {
    within_limits(bytes.len(), || said(npy::read_matrix(bytes)));
    within_limits(bytes.len(), || said(npy::read_vector(bytes)));
}

/// An archive is unpacked: what it may take is counted for each byte of what it unpacks to, which 64 MB hold here.
pub fn npz(bytes: &[u8]) {
    within_limits(bytes.len(), || {
        let file = said(npz::parse(bytes))?;
        said(npz::sparse_matrix(&file));
        said(ModelFile::load(file, &ReadOptions::default()))
    });
}

pub fn safetensors(bytes: &[u8]) {
    within_limits(bytes.len(), || said(safetensors::read(bytes, Activation::Relu)));
    within_limits(bytes.len(), || {
        let file = said(safetensors::parse(bytes.to_vec()))?;
        said(ModelFile::load(file, &ReadOptions::default()))
    });
}

/// Of a network without names, and of one with them.
pub fn gains(bytes: &[u8]) {
    let names = ["a", "b, left", "c"].map(str::to_owned);
    within_limits(bytes.len(), || said(read_gains_csv(bytes, 3, None)));
    within_limits(bytes.len(), || said(read_gains_csv(bytes, 3, Some(&names))));
}

pub fn scales(bytes: &[u8]) {
    within_limits(bytes.len(), || said(read_scales_csv(bytes)));
}

/// The network of the seed's certificate. Whatever is accepted can be put into words.
pub fn certificate(bytes: &[u8]) {
    static NETWORK: OnceLock<(synbal::check::Input, String)> = OnceLock::new();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/vectors/certificate_half.csv");
    let (input, sha256) = NETWORK.get_or_init(|| read(Path::new(path)).expect("a network of the tests"));
    within_limits(bytes.len(), || said(check_input(bytes, sha256, input)).map(|proved| format!("{proved:?}")));
}

/// A layout file, and a file of tensors that it may describe.
pub fn layout(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    static TENSORS: OnceLock<Vec<u8>> = OnceLock::new();
    let tensors = TENSORS.get_or_init(words::model);
    within_limits(bytes.len() + tensors.len(), || {
        let file = said(LayoutFile::parse(text))?;
        let tensors = said(safetensors::parse(tensors.clone()))?;
        said(describe(&tensors, &LayoutOptions::default().with_file(file)))
    });
}

/// The words of a Matrix Market file, most of them where they belong.
pub fn matrix_market_words(bytes: &[u8]) {
    if let Ok(file) = words::matrix_market(&mut Unstructured::new(bytes)) {
        matrix_market(&file);
    }
}

/// A safetensors file whose header is JSON, and mostly true.
pub fn safetensors_parts(bytes: &[u8]) {
    if let Ok(file) = words::safetensors(&mut Unstructured::new(bytes)) {
        safetensors(&file);
    }
}

/// A layout file of the words that layout files have.
pub fn layout_words(bytes: &[u8]) {
    if let Ok(text) = words::layout(&mut Unstructured::new(bytes)) {
        layout(text.as_bytes());
    }
}
