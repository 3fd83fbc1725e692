//! From a path to a network: which format, which bytes, what was taken for granted.

use std::fs::{self, File};
use std::io::{self, BufReader, Cursor, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;

use super::read_error::ReadError;
use super::said::Holds;
use super::tensors::TensorFile;
use super::{Form, Loaded, ModelFile, ReadOptions};
use super::{csv, edges, graphml, labelled, matlab, matrix_market, npy, npz, safetensors};
use crate::network::{Activation, Network, Weights};
use crate::sha256::{Hashed, sha256};

/// The extensions of [`read_network`].
const READABLE: &str = ".mtx, .npy, .npz, .csv, .tsv, .txt, .safetensors, .mat, .graphml, each also as .gz";

/// Deflate packs at most 1,032 bytes into one.
const LARGEST_RATIO: u64 = 1100;

/// What the first bytes of a file say, where its name says nothing.
const MAGIC: [(&[u8], &str); 6] = [
    (b"PK\x03\x04", "npz"),
    (b"\x93NUMPY", "npy"),
    (b"%", "mtx"),
    (b"MATLAB 5.0", "mat"),
    (b"<?xml", "graphml"),
    (b"<graphml", "graphml"),
];

/// Reads a network from a `.mtx`, `.npy`, `.csv` or `.txt` matrix of recurrent weights (row = target), from a list of edges, or
/// from a file of a whole model. `activation` is for files that do not say which theirs is.
///
/// # Errors
/// A file that cannot be opened or is not what its extension says; the message names the place at fault.
pub fn read_network(path: &Path, activation: Activation) -> Result<Loaded, ReadError> {
    read_network_as(path, &ReadOptions::default().with_activation(activation))
}

/// The same, with whatever else the file does not say.
///
/// # Errors
/// Those of [`read_network`]; and an activation that neither the file nor the options say.
pub fn read_network_as(path: &Path, options: &ReadOptions) -> Result<Loaded, ReadError> {
    parse(path, options, |file| file)
}

/// The same together with the sha256 of the file, in hexadecimal. The file is read once: what is hashed is what was
/// parsed, even if somebody writes to the file meanwhile; and of a matrix that is read as a stream, no copy is held.
///
/// # Errors
/// As [`read_network_as`].
pub fn read_network_hashed(path: &Path, options: &ReadOptions) -> Result<(Loaded, String), ReadError> {
    let mut hashed = None;
    let loaded = parse(path, options, |file| hashed.insert(Hashed::new(file)))?;
    let unreadable = |error| ReadError::Unreadable { path: path.to_owned(), error };
    let digest = hashed.map_or_else(|| Ok(sha256(&[])), Hashed::finish).map_err(unreadable)?;
    Ok((loaded, digest))
}

fn parse<R: Read>(
    path: &Path,
    options: &ReadOptions,
    through: impl FnOnce(Box<dyn Read>) -> R,
) -> Result<Loaded, ReadError> {
    let kind = kind_by_name(path);
    refuse_to_convert(path, &kind)?;
    let streamed = matches!(kind.as_str(), "mtx" | "csv" | "tsv" | "txt");
    if streamed && !is_piped(path) {
        let (mut file, bytes) = open(path)?;
        let head = head(&mut file).map_err(|error| ReadError::Unreadable { path: path.to_owned(), error })?;
        if is_hopeless(&kind, &head, bytes) {
            return refused(path, decode(path, &kind, Cursor::new(head), Some(bytes), options));
        }
        return decode(path, &kind, through(Box::new(Cursor::new(head).chain(file))), Some(bytes), options);
    }
    if !READABLE.split(", ").any(|known| known.strip_prefix('.') == Some(&kind)) && !matches!(kind.as_str(), "gz" | "")
    {
        return Err(ReadError::UnknownExtension { path: path.to_owned(), known: READABLE });
    }
    if kind.is_empty() && !is_piped(path) {
        return Err(ReadError::UnknownExtension { path: path.to_owned(), known: READABLE });
    }
    let (mut bytes, mut whole) = read_all_through(path, &kind, through)?;
    let mut kind = kind;
    if bytes.starts_with(b"\x1f\x8b") {
        kind = kind_by_name(&path.with_extension(""));
        (bytes, whole) = unpacked(path, &kind, &bytes)?;
        if bytes.is_empty() {
            return Err(ReadError::Empty { path: path.to_owned() });
        }
    }
    if kind.is_empty() || kind == "gz" {
        kind = kind_by_content(&bytes).to_owned();
    }
    let length = bytes.len() as u64;
    let decoded = if matches!(kind.as_str(), "safetensors" | "npy" | "npz" | "mat" | "graphml") {
        decode_whole(path, &kind, bytes, options)
    } else {
        decode(path, &kind, Cursor::new(bytes), Some(length), options)
    };
    if whole { decoded } else { refused(path, decoded) }
}

/// What the parser says of the head of a hopeless file; if it does not mind (a zero byte in a comment), that is said here.
fn refused(path: &Path, decoded: Result<Loaded, ReadError>) -> Result<Loaded, ReadError> {
    decoded.and_then(|_| Err(ReadError::ZeroByte { path: path.to_owned() }))
}

/// Bytes at the beginning of a file that are looked at before the rest is read.
const HEAD: u64 = 4096;

fn head(reader: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    reader.by_ref().take(HEAD).read_to_end(&mut head)?;
    Ok(head)
}

/// Whether the head of a file of so many bytes (if that is known) shows that it is not what it is taken for: its parser then
/// refuses the head alone, for the same reason, and gigabytes need not be read for that.
fn is_hopeless(kind: &str, head: &[u8], bytes: u64) -> bool {
    match kind {
        "npy" => !head.starts_with(b"\x93NUMPY"),
        "npz" => !head.starts_with(b"PK"),
        "mat" => !head.starts_with(b"MATLAB"),
        "safetensors" => {
            let announced = head.first_chunk().map_or(u64::MAX, |length| u64::from_le_bytes(*length));
            head.get(8) != Some(&b'{') || announced > safetensors::LARGEST_HEADER || announced > bytes.saturating_sub(8)
        }
        // No text has a zero byte in it.
        _ => head.contains(&0),
    }
}

/// The content of a packed file, and whether that is all of it; the head alone if the file is hopeless.
fn unpacked(path: &Path, kind: &str, bytes: &[u8]) -> Result<(Vec<u8>, bool), ReadError> {
    let limit = (bytes.len() as u64).saturating_mul(LARGEST_RATIO);
    let unreadable = |error| ReadError::Unreadable { path: path.to_owned(), error };
    let mut decoder = MultiGzDecoder::new(bytes);
    let mut content = head(&mut decoder).map_err(unreadable)?;
    let kind = if kind.is_empty() || kind == "gz" { kind_by_content(&content) } else { kind };
    if is_hopeless(kind, &content, u64::MAX) {
        return Ok((content, false));
    }
    decoder.take(limit + 1 - content.len() as u64).read_to_end(&mut content).map_err(unreadable)?;
    if content.len() as u64 > limit {
        return Err(ReadError::UnpacksTooLarge { path: path.to_owned(), limit });
    }
    Ok((content, true))
}

/// Formats that are read as a stream.
fn decode(
    path: &Path,
    kind: &str,
    reader: impl Read,
    bytes: Option<u64>,
    options: &ReadOptions,
) -> Result<Loaded, ReadError> {
    match kind {
        "mtx" => {
            Holds::Matrix.refuse_what_does_not_apply(path, options)?;
            let read = matrix_market::read_with_notices(reader, bytes.unwrap_or(u64::MAX));
            let (weights, notices) = read.map_err(|error| ReadError::MatrixMarket { path: path.to_owned(), error })?;
            recurrent(path, weights, notices, None, options)
        }
        "csv" | "tsv" | "txt" => {
            Holds::Table.refuse_what_does_not_apply(path, options)?;
            if let Some(columns) = &options.form.edges {
                let read = edges::read(reader, columns);
                let edges::NamedEdges { weights, names, notices } =
                    read.map_err(|error| ReadError::Edges { path: path.to_owned(), error })?;
                return recurrent(path, weights, notices, Some(names), options);
            }
            table(path, kind, reader, options)
        }
        _ => Err(ReadError::UnknownExtension { path: path.to_owned(), known: READABLE }),
    }
}

/// A table that is a matrix: of numbers alone, or with names of its rows and columns.
fn table(path: &Path, kind: &str, reader: impl Read, options: &ReadOptions) -> Result<Loaded, ReadError> {
    let mut reader = BufReader::new(reader);
    let start = labelled::Start::of(&mut reader, kind)
        .map_err(|error| ReadError::Unreadable { path: path.to_owned(), error })?;
    let (named, delimiter) = (start.names(options.form.matrix), start.delimiter);
    let has_remarks = !start.remarks.is_empty();
    let reader = Cursor::new(start.remarks).chain(Cursor::new(start.lines)).chain(reader);
    let (weights, mut notices, names) = if let Some(found) = named {
        let read = labelled::read(reader, delimiter, found);
        let edges::NamedEdges { weights, names, notices } =
            read.map_err(|error| ReadError::Labelled { path: path.to_owned(), error })?;
        (weights, notices, Some(names))
    } else {
        let failed = |error| ReadError::Csv { path: path.to_owned(), error };
        (csv::read_matrix(reader, delimiter, options.form.matrix).map_err(failed)?, Vec::new(), None)
    };
    if has_remarks {
        notices.push("lines of remarks (`#`) before the numbers are passed over".to_owned());
    }
    if kind == "txt" || delimiter == b';' {
        notices.push(format!("the delimiter is {}", edges::name_of_delimiter(delimiter)));
    }
    recurrent(path, weights, notices, names, options)
}

/// Formats that need all bytes at once.
fn decode_whole(path: &Path, kind: &str, bytes: Vec<u8>, options: &ReadOptions) -> Result<Loaded, ReadError> {
    let in_tensors = |error| ReadError::Tensors { path: path.to_owned(), error: Box::new(error) };
    match kind {
        "npy" => {
            Holds::Matrix.refuse_what_does_not_apply(path, options)?;
            let weights = npy::read_matrix(&bytes).map_err(|error| ReadError::Npy { path: path.to_owned(), error })?;
            recurrent(path, weights, Vec::new(), None, options)
        }
        "safetensors" => model(path, safetensors::parse(bytes).map_err(in_tensors)?, options),
        "npz" => {
            let file = npz::parse(&bytes).map_err(in_tensors)?;
            if let Some(weights) = npz::sparse_matrix(&file).map_err(in_tensors)? {
                Holds::Matrix.refuse_what_does_not_apply(path, options)?;
                return recurrent(path, weights, Vec::new(), None, options);
            }
            let name = options.form.variable.as_deref();
            if name.is_none() && (options.layout.file.is_some() || !npz::is_only_a_matrix(&file)) {
                return model(path, file, options);
            }
            Holds::NamedMatrices.refuse_what_does_not_apply(path, options)?;
            let (weights, notices) = npz::named_matrix(&file, name).map_err(in_tensors)?;
            recurrent(path, weights, notices, None, options)
        }
        "mat" => {
            Holds::NamedMatrices.refuse_what_does_not_apply(path, options)?;
            let read = matlab::read(&bytes, options.form.variable.as_deref());
            let (weights, notices) = read.map_err(|error| ReadError::Matlab { path: path.to_owned(), error })?;
            recurrent(path, weights, notices, None, options)
        }
        _ => {
            Holds::Graph.refuse_what_does_not_apply(path, options)?;
            let read = graphml::read(&bytes, options.form.variable.as_deref());
            let edges::NamedEdges { weights, names, notices } =
                read.map_err(|error| ReadError::GraphMl { path: path.to_owned(), error })?;
            recurrent(path, weights, notices, Some(names), options)
        }
    }
}

/// The network of a whole model.
fn model(path: &Path, file: TensorFile, options: &ReadOptions) -> Result<Loaded, ReadError> {
    Holds::Model.refuse_what_does_not_apply(path, options)?;
    ModelFile::load(file, options).map_err(|error| ReadError::Tensors { path: path.to_owned(), error: Box::new(error) })
}

/// A network of recurrent weights alone. Its activation is not in such files, and where it is not said either it is one of
/// degree one, on which balancing does not depend.
fn recurrent(
    path: &Path,
    weights: Weights,
    mut notices: Vec<String>,
    names: Option<Vec<String>>,
    options: &ReadOptions,
) -> Result<Loaded, ReadError> {
    let weights = if options.form.transpose {
        notices.push("transposed: rows were sources".to_owned());
        transposed(&weights)
    } else {
        weights
    };
    let activation = match &options.activation {
        None => Activation::Relu.into(),
        Some(given) => {
            let refused = |error| ReadError::Tensors { path: path.to_owned(), error: Box::new(error) };
            given.of(None, weights.neurons()).map_err(refused)?
        }
    };
    let network = Network::recurrent(weights, activation);
    Ok(Loaded { network, notices, names, model: None })
}

fn transposed(weights: &Weights) -> Weights {
    let triplets = weights.triplets().map(|(i, j, &value)| (j, i, value)).collect();
    // The transpose of a valid matrix is one.
    Weights::from_triplets(weights.neurons(), triplets).unwrap_or_else(|_| weights.clone())
}

fn refuse_to_convert(path: &Path, kind: &str) -> Result<(), ReadError> {
    let (what, recipe) = match kind {
        "pt" | "pth" | "ckpt" | "bin" => (
            "PyTorch's pickled",
            "    import torch, safetensors.torch\n    safetensors.torch.save_file(torch.load(\"model.pt\", map_location=\"cpu\"), \"model.safetensors\")  # a state_dict",
        ),
        "h5" | "hdf5" | "keras" => (
            "HDF5",
            "    import h5py, numpy\n    f = h5py.File(\"model.h5\"); d = {}; f.visititems(lambda n, x: d.update({n: x[()]}) if hasattr(x, \"dtype\") else None); numpy.savez(\"model.npz\", **d)",
        ),
        _ => return Ok(()),
    };
    Err(ReadError::Convert { path: path.to_owned(), what, recipe })
}

/// The extension in lower case, without `.gz`; empty if there is none.
fn kind_by_name(path: &Path) -> String {
    let kind = super::extension(path);
    if kind == "xml" { "graphml".to_owned() } else { kind }
}

fn kind_by_content(bytes: &[u8]) -> &'static str {
    if let Some((_, kind)) = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return kind;
    }
    // The length of a header, then the header.
    if bytes.get(8) == Some(&b'{') { "safetensors" } else { "csv" }
}

/// Whether a path means standard input or a pipe, which can be read once and have no name.
fn is_piped(path: &Path) -> bool {
    path == Path::new("-") || path == Path::new("/dev/stdin") || is_fifo(path)
}

#[cfg(unix)]
fn is_fifo(path: &Path) -> bool {
    use std::os::unix::fs::FileTypeExt;
    fs::metadata(path).is_ok_and(|metadata| metadata.file_type().is_fifo())
}

#[cfg(not(unix))]
fn is_fifo(_: &Path) -> bool {
    false
}

/// Opens a file that is not empty, with its length.
pub(super) fn open(path: &Path) -> Result<(File, u64), ReadError> {
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => ReadError::NotFound { path: path.to_owned() },
        _ => ReadError::Unreadable { path: path.to_owned(), error },
    };
    // Looked at before it is opened: a device may never end.
    let metadata = fs::metadata(path).map_err(failed)?;
    if metadata.is_dir() {
        return Err(ReadError::IsDirectory { path: path.to_owned() });
    }
    if !metadata.is_file() {
        return Err(ReadError::NotAFile { path: path.to_owned() });
    }
    if metadata.len() == 0 {
        return Err(ReadError::Empty { path: path.to_owned() });
    }
    Ok((File::open(path).map_err(failed)?, metadata.len()))
}

/// The bytes of a file that is not empty, or its head if that shows that it is not of its kind.
pub(super) fn read_all(path: &Path) -> Result<Vec<u8>, ReadError> {
    Ok(read_all_through(path, &kind_by_name(path), |file| file)?.0)
}

/// The bytes of a file that is not empty, and whether they are all of it.
fn read_all_through<R: Read>(
    path: &Path,
    kind: &str,
    through: impl FnOnce(Box<dyn Read>) -> R,
) -> Result<(Vec<u8>, bool), ReadError> {
    let unreadable = |error| ReadError::Unreadable { path: path.to_owned(), error };
    let (mut source, bytes): (Box<dyn Read>, Option<u64>) = if path == Path::new("-") || path == Path::new("/dev/stdin")
    {
        (Box::new(io::stdin()), None)
    } else if is_fifo(path) {
        (Box::new(File::open(path).map_err(unreadable)?), None)
    } else {
        let (file, bytes) = open(path)?;
        (Box::new(file), Some(bytes))
    };
    let mut content = head(&mut source).map_err(unreadable)?;
    if content.is_empty() {
        return Err(ReadError::Empty { path: path.to_owned() });
    }
    let packed = content.starts_with(b"\x1f\x8b");
    let kind = if kind.is_empty() || kind == "gz" { kind_by_content(&content) } else { kind };
    if !packed && is_hopeless(kind, &content, bytes.unwrap_or(u64::MAX)) {
        return Ok((content, false));
    }
    let head = std::mem::take(&mut content);
    if let Some(bytes) = bytes {
        content.try_reserve_exact(bytes as usize).map_err(|_| unreadable(io::ErrorKind::OutOfMemory.into()))?;
    }
    through(Box::new(Cursor::new(head).chain(source))).read_to_end(&mut content).map_err(unreadable)?;
    Ok((content, true))
}

impl Form {
    /// A matrix, whatever it looks like.
    pub fn matrix() -> Self {
        Form::default().with_matrix(true)
    }
}
