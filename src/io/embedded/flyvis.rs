//! The arrays of the 50 trained networks of the fly's visual system (Lappalainen et al. 2024).

use std::io;
use std::path::PathBuf;

use serde::Deserialize;

use super::ReadError;

/// Trained models in the ensemble.
pub const MODELS: usize = 50;

/// A cell type and the columns of the hexagonal lattice that have a neuron of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellType {
    /// Its name in the literature, like `T4a`.
    pub name: String,
    /// A column (u, v) has a neuron of this type if u and v are multiples of these two.
    pub stride: (i32, i32),
}

/// One element of a spatial filter: every neuron of the source type at (u, v) drives that of the target type at
/// (u + du, v + dv), where there is one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FilterElement {
    /// Number of the source type, counted from 0.
    pub source: usize,
    /// Number of the target type, counted from 0.
    pub target: usize,
    /// Number of the pair of types, counted from 0; it has one strength in each model.
    pub pair: usize,
    /// Offset in columns.
    pub du: i32,
    /// Offset in columns.
    pub dv: i32,
    /// Sign × number of synapses, not a whole number: an average over columns.
    pub signed_synapses: f64,
}

/// Everything that the 50 networks are made from.
#[derive(Clone, Debug, PartialEq)]
pub struct FlyvisArrays {
    /// The cell types, in the order of the neurons.
    pub types: Vec<CellType>,
    /// The filter elements of all pairs.
    pub elements: Vec<FilterElement>,
    /// For each model, for each pair, the trained strength ≥ 0.
    pub strength: Vec<Vec<f64>>,
    /// For each model, for each type, the bias.
    pub bias: Vec<Vec<f64>>,
    /// For each model, for each type, the time constant in seconds.
    pub time_constant: Vec<Vec<f64>>,
}

/// Name within the folder of embedded data, and content.
type Embedded = (&'static str, &'static [u8]);

const BIAS: Embedded = ("flyvis/bias.bin", include_bytes!("../../../data/flyvis/bias.bin"));
const DU: Embedded = ("flyvis/group_du.bin", include_bytes!("../../../data/flyvis/group_du.bin"));
const DV: Embedded = ("flyvis/group_dv.bin", include_bytes!("../../../data/flyvis/group_dv.bin"));
const SYNAPSES: Embedded = ("flyvis/group_n_syn.bin", include_bytes!("../../../data/flyvis/group_n_syn.bin"));
const PAIR: Embedded = ("flyvis/group_pair.bin", include_bytes!("../../../data/flyvis/group_pair.bin"));
const SIGN: Embedded = ("flyvis/pair_sign.bin", include_bytes!("../../../data/flyvis/pair_sign.bin"));
const SOURCE: Embedded = ("flyvis/pair_source.bin", include_bytes!("../../../data/flyvis/pair_source.bin"));
const TARGET: Embedded = ("flyvis/pair_target.bin", include_bytes!("../../../data/flyvis/pair_target.bin"));
const STRENGTH: Embedded = ("flyvis/strength.bin", include_bytes!("../../../data/flyvis/strength.bin"));
const TIME_CONSTANT: Embedded = ("flyvis/time_const_s.bin", include_bytes!("../../../data/flyvis/time_const_s.bin"));
const PATTERNS: Embedded = ("flyvis/node_patterns.json", include_bytes!("../../../data/flyvis/node_patterns.json"));

/// All embedded files of the networks, for the test of their checksums. The manifest says what the arrays are.
#[cfg(test)]
pub(super) const FILES: [Embedded; 12] = [
    BIAS,
    DU,
    DV,
    SYNAPSES,
    PAIR,
    SIGN,
    SOURCE,
    TARGET,
    STRENGTH,
    TIME_CONSTANT,
    PATTERNS,
    ("flyvis/manifest.json", include_bytes!("../../../data/flyvis/manifest.json")),
];

/// `{"name": "R1", "pattern": ["stride", [1, 1]]}`.
#[derive(Deserialize)]
struct NodePattern {
    name: String,
    pattern: (String, (i32, i32)),
}

/// The arrays of the 50 trained networks.
///
/// # Errors
/// None as built and tested; a typed error if the embedded files were damaged.
pub fn flyvis() -> Result<FlyvisArrays, ReadError> {
    let patterns: Vec<NodePattern> =
        serde_json::from_slice(PATTERNS.1).map_err(|error| damaged(PATTERNS, error.to_string()))?;
    let types: Vec<CellType> = patterns
        .into_iter()
        .map(|NodePattern { name, pattern: (kind, stride) }| match (kind.as_str(), stride) {
            ("stride", (u, v)) if u > 0 && v > 0 => Ok(CellType { name, stride }),
            _ => Err(damaged(PATTERNS, format!("the pattern of {name} is {kind} {stride:?}"))),
        })
        .collect::<Result<_, _>>()?;

    let (source, target) = (numbers(SOURCE, u16::from_le_bytes)?, numbers(TARGET, u16::from_le_bytes)?);
    let sign = numbers(SIGN, i8::from_le_bytes)?;
    let pair = numbers(PAIR, u16::from_le_bytes)?;
    let (du, dv) = (numbers(DU, i16::from_le_bytes)?, numbers(DV, i16::from_le_bytes)?);
    let synapses = numbers(SYNAPSES, f32::from_le_bytes)?;
    same_length(SOURCE, source.len(), &[(TARGET, target.len()), (SIGN, sign.len())])?;
    same_length(PAIR, pair.len(), &[(DU, du.len()), (DV, dv.len()), (SYNAPSES, synapses.len())])?;
    let mut elements = Vec::with_capacity(pair.len());
    for (g, &pair) in pair.iter().enumerate() {
        let pair = usize::from(pair);
        let ends = source.get(pair).zip(target.get(pair)).map(|(&from, &to)| (usize::from(from), usize::from(to)));
        let Some((source, target)) = ends.filter(|&(from, to)| from < types.len() && to < types.len()) else {
            return Err(damaged(PAIR, format!("element {g} is of pair {pair}, which there is not")));
        };
        let signed_synapses = f64::from(sign[pair]) * f64::from(synapses[g]);
        elements.push(FilterElement {
            source,
            target,
            pair,
            du: i32::from(du[g]),
            dv: i32::from(dv[g]),
            signed_synapses,
        });
    }
    Ok(FlyvisArrays {
        strength: per_model(STRENGTH, source.len())?,
        bias: per_model(BIAS, types.len())?,
        time_constant: per_model(TIME_CONSTANT, types.len())?,
        types,
        elements,
    })
}

fn damaged((name, _): Embedded, what: String) -> ReadError {
    let error = io::Error::new(io::ErrorKind::InvalidData, format!("{what}; build the program again"));
    ReadError::Unreadable { path: PathBuf::from("embedded").join(name), error }
}

/// The little-endian numbers of a file.
fn numbers<T, const SIZE: usize>(file: Embedded, decode: fn([u8; SIZE]) -> T) -> Result<Vec<T>, ReadError> {
    if !file.1.len().is_multiple_of(SIZE) {
        return Err(damaged(file, format!("{} bytes are no whole count of numbers of {SIZE}", file.1.len())));
    }
    let decode = |chunk: &[u8]| {
        let mut bytes = [0; SIZE];
        bytes.copy_from_slice(chunk);
        decode(bytes)
    };
    Ok(file.1.chunks_exact(SIZE).map(decode).collect())
}

/// One row of `width` single-precision numbers for each model.
fn per_model(file: Embedded, width: usize) -> Result<Vec<Vec<f64>>, ReadError> {
    let all = numbers(file, f32::from_le_bytes)?;
    same_length(file, all.len(), &[(PATTERNS, MODELS * width)])?;
    Ok(all.chunks_exact(width).map(|row| row.iter().map(|&value| f64::from(value)).collect()).collect())
}

fn same_length(file: Embedded, length: usize, others: &[(Embedded, usize)]) -> Result<(), ReadError> {
    match others.iter().find(|(_, other)| *other != length) {
        Some(((name, _), other)) => Err(damaged(file, format!("{length} numbers, but {other} go with {name}"))),
        None => Ok(()),
    }
}
