//! Models as `.safetensors` files.
//!
//! Our own layout: tensors `w_rec` (n × n, row = target), `w_in` (n × inputs), `w_out` (outputs × n), `b`, `x0` and `tau`
//! (n), of which only the first must be there, with the activation in the metadata. Others are in [`super::layouts`].
//!
//! A file is read whole, and the network made beside it: for a moment there is memory for both.
//!
//! A matrix of more than 2^24 entries is written in compressed rows instead: `w_rec.indptr`, `w_rec.indices` (both
//! I32, or I64 where that is too small), `w_rec.data`, and its shape in the metadata as `w_rec.shape`, like
//! `45669,45669`; `w_in` and `w_out` likewise. Either form is read at any size. In Python:
//!
//! ```text
//! with safetensors.safe_open("fly.safetensors", "pt") as f:
//!     shape = [int(k) for k in f.metadata()["w_rec.shape"].split(",")]
//!     indptr, indices, data = (f.get_tensor("w_rec." + part) for part in ("indptr", "indices", "data"))
//!     w_rec = torch.sparse_csr_tensor(indptr, indices, data, shape)
//! ```

mod write;

pub use write::{Precision, write};

use std::collections::BTreeMap;

use safetensors::tensor::{Dtype as Stored, SafeTensors};
use serde_json::json;

use super::Loaded;
use super::models::{ModelFile, ReadOptions};
use super::tensors::{Container, Dtype, Float, Tensor, TensorError, TensorFile};
use crate::network::Activation;

/// Numbers begin at a multiple of so many bytes.
pub(super) const ALIGNMENT: usize = 8;

/// Bytes of a header beyond which it is not looked into: names, shapes and places of a hundred thousand tensors.
pub(super) const LARGEST_HEADER: u64 = 16 << 20;

/// Reads a model from the bytes of a file, in a layout that is known. The activation is that of the metadata, else
/// `activation`.
///
/// # Errors
/// A damaged file, tensors that make no known model, are doubled, of the wrong shape or dtype, an unknown activation, or a
/// number that is not finite.
pub fn read(bytes: &[u8], activation: Activation) -> Result<Loaded, TensorError> {
    let options = ReadOptions::default().with_activation(activation);
    ModelFile::load(parse(bytes.to_vec())?, &options)
}

/// The tensors of a file.
///
/// # Errors
/// A damaged file.
pub fn parse(bytes: Vec<u8>) -> Result<TensorFile, TensorError> {
    if let Some(announced) = bytes.first_chunk().map(|length| u64::from_le_bytes(*length))
        && announced > LARGEST_HEADER
    {
        return Err(TensorError::HeaderTooLarge { announced, limit: LARGEST_HEADER });
    }
    SafeTensors::deserialize(&bytes).map_err(TensorError::Damaged)?;
    let (header, metadata) = SafeTensors::read_metadata(&bytes).map_err(TensorError::Damaged)?;
    const LENGTH: usize = 8;
    let data = LENGTH + header;
    let mut tensors: Vec<Tensor> = metadata
        .tensors()
        .into_iter()
        .map(|(name, info)| Tensor {
            name,
            dtype: match info.dtype {
                Stored::F64 => Dtype::Float(Float::F64),
                Stored::F32 => Dtype::Float(Float::F32),
                Stored::F16 => Dtype::Float(Float::F16),
                Stored::BF16 => Dtype::Float(Float::Bf16),
                Stored::I32 => Dtype::I32,
                Stored::I64 => Dtype::I64,
                other => Dtype::Other(format!("{other:?}")),
            },
            shape: info.shape.clone(),
            first_axis_fastest: false,
            range: data + info.data_offsets.0..data + info.data_offsets.1,
        })
        .collect();
    // The library hands them out by a hash table.
    tensors.sort_by(|a, b| (a.range.start, &a.name).cmp(&(b.range.start, &b.name)));
    let metadata = metadata.metadata().clone().unwrap_or_default().into_iter().collect();
    Ok(TensorFile { container: Container::Safetensors, bytes, tensors, metadata })
}

/// A new file of these tensors, each with the bytes of its numbers (its `range` is not looked at). The numbers of a tensor whose
/// first axis is the fastest are put in order.
///
/// # Errors
/// A dtype that this format does not have, or fewer or more bytes than a shape has numbers.
pub fn assembled(parts: &[(Tensor, Vec<u8>)], metadata: &BTreeMap<String, String>) -> Result<TensorFile, TensorError> {
    let mut header = json!({});
    if !metadata.is_empty() {
        header["__metadata__"] = json!(metadata);
    }
    // Wide numbers first, so that all are aligned.
    let width = |dtype: &Dtype| match dtype {
        Dtype::Float(float) => float.width(),
        Dtype::I32 => 4,
        Dtype::I64 => 8,
        Dtype::Other(_) => 1,
    };
    let mut order: Vec<&(Tensor, Vec<u8>)> = parts.iter().collect();
    order.sort_by_key(|(tensor, _)| std::cmp::Reverse(width(&tensor.dtype)));
    let mut data: Vec<u8> = Vec::new();
    for (tensor, bytes) in order {
        if let Dtype::Other(dtype) = &tensor.dtype
            && dtype.starts_with(['<', '>', '|', '='])
        {
            // NumPy's name of a dtype that this format does not have.
            return Err(TensorError::UnsupportedDtype { tensor: tensor.name.clone(), dtype: dtype.clone() });
        }
        let start = data.len();
        if tensor.first_axis_fastest {
            let width = width(&tensor.dtype);
            for place in super::tensors::file_order(&tensor.shape) {
                data.extend(&bytes[place * width..(place + 1) * width]);
            }
        } else {
            data.extend(bytes);
        }
        let offsets = [start, data.len()];
        header[&tensor.name] = json!({ "dtype": tensor.dtype.name(), "shape": tensor.shape, "data_offsets": offsets });
    }
    let mut header = header.to_string().into_bytes();
    header.resize(header.len().next_multiple_of(ALIGNMENT), b' ');
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend(header);
    bytes.extend(data);
    parse(bytes)
}
