//! Files of named tensors, whatever their format: what is in them, and the same file with some numbers replaced.
//!
//! The bytes of the file are kept. Where nothing but numbers changes, and not their format, they are the new file's bytes
//! too, but for the replaced numbers: names, order, shapes, metadata and all other tensors stay to the last byte.

use std::collections::BTreeMap;

use half::{bf16, f16};

use super::layouts::error::LayoutError;
use crate::network::NetworkError;
use crate::network::model::{ModelError, Precision};

/// What can be wrong with a file of named tensors.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TensorError {
    /// The header announces `announced` bytes, more than `limit`.
    #[error(
        "the header announces {announced} bytes, and none of more than {limit} is looked into; the file is damaged, or split it"
    )]
    HeaderTooLarge {
        /// What the header announces.
        announced: u64,
        /// The most bytes of a header that is looked into.
        limit: u64,
    },
    /// This is no safetensors file, or it is cut off or damaged: see the message.
    #[error("this is no safetensors file, or it is cut off or damaged: {0}")]
    Damaged(safetensors::SafeTensorError),
    /// This is no .npz file, or it is cut off or damaged: `reason`.
    #[error("this is no .npz file, or it is cut off or damaged: {reason}")]
    DamagedArchive {
        /// What is wrong.
        reason: String,
    },
    /// The array `tensor`: `error`.
    #[error("the array `{tensor}`: {error}")]
    DamagedArray {
        /// The array's name.
        tensor: String,
        /// What is wrong.
        error: super::npy::NpyError,
    },
    /// There is no array `name`; there are `found`.
    #[error("there is no array `{name}`; there are {found}")]
    NoSuchArray {
        /// The name, as it was given.
        name: String,
        /// The names of all arrays.
        found: String,
    },
    /// The numbers given for each tensor of a model, `given`, are not as many as it has, `expected`.
    #[error("the model's tensors have {expected:?} numbers, and {given:?} are given")]
    WrongCounts {
        /// How many are given for each tensor, in the model's order.
        given: Vec<usize>,
        /// How many each tensor has.
        expected: Vec<usize>,
    },
    /// `tensor` at `index` is to be `value`, which `format` cannot hold.
    #[error("`{tensor}`{index:?} (counted from 0) is to be {value:?}, which {format} cannot hold; write wider numbers")]
    NotHeld {
        /// The tensor's name.
        tensor: String,
        /// The index, counted from 0; of a tensor that the model does not describe, the place among its numbers.
        index: Vec<usize>,
        /// The value before it is rounded.
        value: f64,
        /// The number format.
        format: &'static str,
    },
    /// The model describes `tensor`, which its file does not have.
    #[error("the model describes `{tensor}`, which its file does not have; describe a file by its own tensors")]
    NotInFile {
        /// The name in the model.
        tensor: String,
    },
    /// `tensor` has dtype `dtype`, which is not supported.
    #[error("`{tensor}` has dtype {dtype}, which is not supported; convert it to F64, F32, F16 or BF16")]
    UnsupportedDtype {
        /// The tensor's name.
        tensor: String,
        /// Its dtype.
        dtype: String,
    },
    /// `tensor` has dtype `dtype`, which is not supported for indices.
    #[error("`{tensor}` has dtype {dtype}, which is not supported for indices; convert it to I32 or I64")]
    UnsupportedIndexDtype {
        /// The tensor's name.
        tensor: String,
        /// Its dtype.
        dtype: String,
    },
    /// `tensor` has shape `shape`, expected `expected`.
    #[error("`{tensor}` has shape {shape:?}, expected {expected}")]
    WrongShape {
        /// The tensor's name.
        tensor: String,
        /// Its shape.
        shape: Vec<usize>,
        /// What was expected.
        expected: String,
    },
    /// The activation `name` in the metadata is unknown.
    #[error(
        "the activation `{name}` in the metadata is unknown; known are linear, relu, leaky-relu, rectified-power and tanh, or one for each neuron, like `relu x 10, rectified-power(2) x 6`"
    )]
    UnknownActivation {
        /// The name in the metadata.
        name: String,
    },
    /// Activations are given by population, and `name` `fault`.
    #[error("activations are given by population, and `{name}` {fault}; the network has {known}")]
    PopulationActivation {
        /// The population's name, as it was given.
        name: String,
        /// What is wrong.
        fault: &'static str,
        /// The names of the network's populations.
        known: String,
    },
    /// The activation `activation` needs a finite number as `key` in the metadata.
    #[error("the activation {activation} needs a finite number as `{key}` in the metadata; it is {value}")]
    BadParameter {
        /// The activation's name.
        activation: &'static str,
        /// The parameter's key in the metadata.
        key: &'static str,
        /// The value found.
        value: String,
    },
    /// The file does not say what the activation of its neurons is (`reason`).
    #[error("the file does not say what the activation of its neurons is ({reason})")]
    NoActivation {
        /// Why it does not.
        reason: &'static str,
    },
    /// `tensor` is there both dense and in compressed rows, as `.indptr`.
    #[error("`{tensor}` is there both dense and as `{tensor}.indptr`; keep one of the two")]
    DenseAndSparse {
        /// The tensor's name.
        tensor: String,
    },
    /// `tensor` belongs to a matrix in compressed rows, of which `missing` is missing.
    #[error("`{tensor}` belongs to a matrix in compressed rows, of which `{missing}` is missing; write the file again")]
    SparsePartMissing {
        /// The tensor's name.
        tensor: String,
        /// What is missing.
        missing: String,
    },
    /// The metadata has `text` as `key`.
    #[error("the metadata has `{text}` as `{key}`; expected rows and columns, like 279,279")]
    BadSparseShape {
        /// The key in the metadata.
        key: String,
        /// What stands there.
        text: String,
    },
    /// `tensor`\[`position`] is `value`, expected `expected`.
    #[error("`{tensor}`[{position}] (counted from 0) is {value}, expected {expected}")]
    BadSparseIndex {
        /// The tensor's name.
        tensor: String,
        /// The place in the array, counted from 0.
        position: usize,
        /// The value found.
        value: i64,
        /// What was expected.
        expected: String,
    },
    /// `format` files cannot hold numbers of dtype `dtype`.
    #[error("{format} files cannot hold numbers of dtype {dtype}; choose another dtype or another format")]
    NoSuchDtypeThere {
        /// The format, as the ending of a file's name.
        format: &'static str,
        /// Its dtype.
        dtype: &'static str,
    },
    /// A fault found there: [`LayoutError`].
    #[error(transparent)]
    Layout(#[from] LayoutError),
    /// A fault found there: [`ModelError`].
    #[error(transparent)]
    Model(#[from] ModelError),
    /// A fault found there: [`NetworkError`].
    #[error(transparent)]
    Network(#[from] NetworkError),
}

/// The formats of numbers that are rescaled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Float {
    /// IEEE double precision.
    F64,
    /// IEEE single precision.
    F32,
    /// IEEE half precision.
    F16,
    /// The upper half of single precision.
    Bf16,
}

impl Float {
    /// Its name in `.safetensors` files.
    pub fn name(self) -> &'static str {
        match self {
            Float::F64 => "F64",
            Float::F32 => "F32",
            Float::F16 => "F16",
            Float::Bf16 => "BF16",
        }
    }

    /// Bytes of a number.
    pub fn width(self) -> usize {
        match self {
            Float::F64 => 8,
            Float::F32 => 4,
            Float::F16 | Float::Bf16 => 2,
        }
    }

    /// What rounding to this format does to a number.
    pub fn precision(self) -> Precision {
        // Digits of the significand, and the exponent of the smallest number.
        let (digits, lowest) = match self {
            Float::F64 => (53, -1074),
            Float::F32 => (24, -149),
            Float::F16 => (11, -24),
            Float::Bf16 => (8, -133),
        };
        // Half of the smallest double would be none.
        let smallest = 2.0_f64.powi(lowest) / if lowest == -1074 { 1.0 } else { 2.0 };
        Precision::Rounded { roundoff: 2.0_f64.powi(-digits), smallest }
    }

    /// The nearest number of this format; infinite where it has none.
    pub fn rounded(self, value: f64) -> f64 {
        match self {
            Float::F64 => value,
            Float::F32 => f64::from(value as f32),
            Float::F16 => f16::from_f64(value).to_f64(),
            Float::Bf16 => bf16::from_f64(value).to_f64(),
        }
    }

    fn decode(self, chunk: &[u8]) -> f64 {
        fn array<const N: usize>(chunk: &[u8]) -> [u8; N] {
            let mut bytes = [0; N];
            bytes.copy_from_slice(chunk);
            bytes
        }
        match self {
            Float::F64 => f64::from_le_bytes(array(chunk)),
            Float::F32 => f64::from(f32::from_le_bytes(array(chunk))),
            Float::F16 => f16::from_le_bytes(array(chunk)).to_f64(),
            Float::Bf16 => bf16::from_le_bytes(array(chunk)).to_f64(),
        }
    }

    pub(super) fn encode(self, value: f64, bytes: &mut Vec<u8>) {
        match self {
            Float::F64 => bytes.extend(value.to_le_bytes()),
            Float::F32 => bytes.extend((value as f32).to_le_bytes()),
            Float::F16 => bytes.extend(f16::from_f64(value).to_le_bytes()),
            Float::Bf16 => bytes.extend(bf16::from_f64(value).to_le_bytes()),
        }
    }
}

/// The format of a tensor's numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dtype {
    /// Numbers that can be rescaled.
    Float(Float),
    /// Whole numbers of 32 bits.
    I32,
    /// Whole numbers of 64 bits.
    I64,
    /// Anything else, by the name that the file has for it.
    Other(String),
}

impl Dtype {
    /// Its name in messages.
    pub fn name(&self) -> &str {
        match self {
            Dtype::Float(float) => float.name(),
            Dtype::I32 => "I32",
            Dtype::I64 => "I64",
            Dtype::Other(name) => name,
        }
    }
}

/// One tensor of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tensor {
    /// Its name.
    pub name: String,
    /// The format of its numbers.
    pub dtype: Dtype,
    /// Its shape.
    pub shape: Vec<usize>,
    /// Whether the first axis is the fastest in the file (NumPy's Fortran order).
    pub first_axis_fastest: bool,
    /// Where its numbers are among the bytes.
    pub range: std::ops::Range<usize>,
}

/// The format of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Container {
    /// Header, then numbers.
    Safetensors,
    /// A zip archive of `.npy` files: where each, header included, is among the bytes.
    Npz {
        /// Names and ranges of the members.
        members: Vec<(String, std::ops::Range<usize>)>,
    },
}

/// A file of named tensors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TensorFile {
    /// Its format.
    pub container: Container,
    /// Its bytes; of an archive, those of its members one after the other.
    pub bytes: Vec<u8>,
    /// Its tensors, in the order of the bytes.
    pub tensors: Vec<Tensor>,
    /// Texts by name.
    pub metadata: BTreeMap<String, String>,
}

impl TensorFile {
    /// The tensor of a name.
    pub fn find(&self, name: &str) -> Option<&Tensor> {
        self.tensors.iter().find(|tensor| tensor.name == name)
    }

    /// The numbers of a tensor, the last axis fastest.
    ///
    /// # Errors
    /// A dtype that is not one of [`Float`].
    pub fn numbers(&self, tensor: &Tensor) -> Result<Vec<f64>, TensorError> {
        let Dtype::Float(float) = tensor.dtype else {
            let (tensor, dtype) = (tensor.name.clone(), tensor.dtype.name().to_owned());
            return Err(TensorError::UnsupportedDtype { tensor, dtype });
        };
        let stored = self.bytes[tensor.range.clone()].chunks_exact(float.width()).map(|chunk| float.decode(chunk));
        if !tensor.first_axis_fastest {
            return Ok(stored.collect());
        }
        let stored: Vec<f64> = stored.collect();
        Ok(file_order(&tensor.shape).map(|position| stored[position]).collect())
    }

    /// The whole numbers of a tensor.
    ///
    /// # Errors
    /// Another dtype than I32 and I64.
    pub(super) fn integers(&self, tensor: &Tensor) -> Result<Vec<i64>, TensorError> {
        let bytes = &self.bytes[tensor.range.clone()];
        match tensor.dtype {
            Dtype::I64 => {
                Ok(bytes.chunks_exact(8).map(|chunk| chunk.try_into().map_or(0, i64::from_le_bytes)).collect())
            }
            Dtype::I32 => {
                let number = |chunk: &[u8]| chunk.try_into().map_or(0, |bytes| i64::from(i32::from_le_bytes(bytes)));
                Ok(bytes.chunks_exact(4).map(number).collect())
            }
            _ => {
                let (tensor, dtype) = (tensor.name.clone(), tensor.dtype.name().to_owned());
                Err(TensorError::UnsupportedIndexDtype { tensor, dtype })
            }
        }
    }
}

/// For each entry in the order of the last axis fastest, its place in the order of the first axis fastest.
pub(super) fn file_order(shape: &[usize]) -> impl Iterator<Item = usize> + '_ {
    let count: usize = shape.iter().product();
    (0..count).map(move |position| {
        let (mut rest, mut place, mut stride) = (position, 0, count);
        for &length in shape.iter().rev() {
            stride /= length;
            place += (rest % length) * stride;
            rest /= length;
        }
        place
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_the_first_axis_fastest() {
        // Of [[a, b, c], [d, e, f]] the file has a d b e c f.
        assert_eq!(file_order(&[2, 3]).collect::<Vec<_>>(), [0, 2, 4, 1, 3, 5]);
    }

    #[test]
    fn half_precisions_round_to_nearest() {
        assert_eq!(Float::F16.rounded(1.0 + 2.0_f64.powi(-11)), 1.0);
        assert_eq!(Float::Bf16.rounded(1.0 + 3.0 * 2.0_f64.powi(-8)), 1.0 + 2.0_f64.powi(-6));
        assert_eq!(Float::F16.rounded(1e6), f64::INFINITY);
    }

    #[test]
    fn formats_round_as_they_say() {
        for (float, name, width, digits, smallest) in [
            (Float::F64, "F64", 8, 53, -1074),
            (Float::F32, "F32", 4, 24, -149),
            (Float::F16, "F16", 2, 11, -24),
            (Float::Bf16, "BF16", 2, 8, -133),
        ] {
            assert_eq!((float.name(), float.width()), (name, width));
            let two = |exponent: i32| 2.0_f64.powi(exponent);
            // Half of the smallest double is none.
            let lost = if smallest == -1074 { two(smallest) } else { two(smallest - 1) };
            assert_eq!(float.precision(), Precision::Rounded { roundoff: two(-digits), smallest: lost });
            let (tiny, next) = (two(smallest), 1.0 + two(1 - digits));
            assert_eq!((float.rounded(tiny), float.rounded(next)), (tiny, next), "{name}");
            assert_eq!((float.rounded(0.75 * tiny), float.rounded(1.0 + two(-digits))), (tiny, 1.0), "{name}");
            let mut bytes = Vec::new();
            float.encode(next, &mut bytes);
            assert_eq!((bytes.len(), float.decode(&bytes)), (width, next), "{name}");
        }
    }
}
