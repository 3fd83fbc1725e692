//! Files of named tensors in their containers: with other numbers, in another format, as bytes.

use std::collections::BTreeMap;

use super::tensors::{Container, Dtype, Float, Tensor, TensorError, TensorFile, file_order};
use super::{npz, safetensors};
use crate::network::model::Described;

impl TensorFile {
    /// The names of its tensors in alphabetical order, for messages: of many the first ten.
    pub(super) fn some_names(&self) -> String {
        const SHOWN: usize = 10;
        let mut found: Vec<&str> = self.tensors.iter().map(|tensor| tensor.name.as_str()).collect();
        found.sort_unstable();
        let more = if found.len() > SHOWN { ", ..." } else { "" };
        let shown: Vec<String> = found.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
        if found.is_empty() { "none at all".to_owned() } else { shown.join(", ") + more }
    }

    /// The same file with other numbers in some tensors, each rounded once to its tensor's dtype, or to `dtype`: that one
    /// then is the dtype of every tensor of floating-point numbers.
    ///
    /// # Errors
    /// A number that the dtype cannot hold, or a dtype that the format does not have.
    pub fn with_numbers(
        &self,
        replaced: &BTreeMap<String, Vec<f64>>,
        described: impl Fn(&str) -> Option<Described>,
        dtype: Option<Float>,
    ) -> Result<TensorFile, TensorError> {
        let encode = |tensor: &Tensor, float: Float, values: &[f64]| -> Result<Vec<u8>, TensorError> {
            let mut bytes = Vec::with_capacity(values.len() * float.width());
            let mut fault = None;
            let mut put = |position: usize| {
                let value = values[position];
                let rounded = float.rounded(value);
                if !rounded.is_finite() && value.is_finite() || rounded == 0.0 && value != 0.0 {
                    fault.get_or_insert((position, value));
                }
                float.encode(value, &mut bytes);
            };
            if tensor.first_axis_fastest {
                let mut places = vec![0; values.len()];
                for (position, place) in file_order(&tensor.shape).enumerate() {
                    places[place] = position;
                }
                places.into_iter().for_each(&mut put);
            } else {
                (0..values.len()).for_each(&mut put);
            }
            match fault {
                None => Ok(bytes),
                Some((position, value)) => Err(TensorError::NotHeld {
                    tensor: tensor.name.clone(),
                    index: described(&tensor.name).map_or_else(|| vec![position], |tensor| tensor.index(position)),
                    value,
                    format: float.name(),
                }),
            }
        };
        let mut changed: Vec<(usize, Float, Vec<u8>)> = Vec::new();
        for (t, tensor) in self.tensors.iter().enumerate() {
            let Dtype::Float(own) = tensor.dtype else { continue };
            let float = dtype.unwrap_or(own);
            match replaced.get(&tensor.name) {
                Some(values) => changed.push((t, float, encode(tensor, float, values)?)),
                None if float != own => changed.push((t, float, encode(tensor, float, &self.numbers(tensor)?)?)),
                None => {}
            }
        }
        let kept = changed.iter().all(|(t, float, _)| self.tensors[*t].dtype == Dtype::Float(*float));
        if !kept {
            return self.rebuilt(&changed);
        }
        let mut file = self.clone();
        for (t, _, bytes) in changed {
            file.bytes[self.tensors[t].range.clone()].copy_from_slice(&bytes);
        }
        Ok(file)
    }

    fn rebuilt(&self, changed: &[(usize, Float, Vec<u8>)]) -> Result<TensorFile, TensorError> {
        let mut parts: Vec<(Tensor, Vec<u8>)> =
            self.tensors.iter().map(|tensor| (tensor.clone(), self.bytes[tensor.range.clone()].to_vec())).collect();
        for (t, float, bytes) in changed {
            parts[*t].0.dtype = Dtype::Float(*float);
            parts[*t].1.clone_from(bytes);
        }
        match &self.container {
            Container::Safetensors => safetensors::assembled(&parts, &self.metadata),
            Container::Npz { .. } => npz::assembled(&parts),
        }
    }

    /// The same tensors in another format.
    ///
    /// # Errors
    /// A dtype that the format does not have.
    pub fn converted(&self, extension: &str) -> Result<TensorFile, TensorError> {
        let parts: Vec<(Tensor, Vec<u8>)> =
            self.tensors.iter().map(|tensor| (tensor.clone(), self.bytes[tensor.range.clone()].to_vec())).collect();
        match (extension, &self.container) {
            ("npz", Container::Safetensors) => npz::assembled(&parts),
            ("safetensors", Container::Npz { .. }) => safetensors::assembled(&parts, &self.metadata),
            _ => Ok(self.clone()),
        }
    }

    /// The bytes of the file.
    ///
    /// # Errors
    /// An archive that could not be packed.
    pub fn to_bytes(&self) -> Result<Vec<u8>, TensorError> {
        match &self.container {
            Container::Safetensors => Ok(self.bytes.clone()),
            Container::Npz { members } => npz::packed(&self.bytes, members),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dtype_that_is_asked_for_is_that_of_every_tensor_whether_its_numbers_change_or_not() {
        let part = |name: &str, float: Float, values: [f64; 2]| {
            let mut bytes = Vec::new();
            values.iter().for_each(|&value| float.encode(value, &mut bytes));
            let (name, shape, range) = (name.to_owned(), vec![2], 0..0);
            (Tensor { name, dtype: Dtype::Float(float), shape, first_axis_fastest: false, range }, bytes)
        };
        let parts = [
            part("kept", Float::F64, [1.5, 2.5]),
            part("moved", Float::F64, [3.0, 4.0]),
            part("short", Float::F32, [5.0, 6.0]),
        ];
        let replaced = BTreeMap::from([("moved".to_owned(), vec![-7.0, 8.0])]);
        let files = [safetensors::assembled(&parts, &BTreeMap::new()).unwrap(), npz::assembled(&parts).unwrap()];
        for file in &files {
            for dtype in [None, Some(Float::F64), Some(Float::F32), Some(Float::F16)] {
                let found = file.with_numbers(&replaced, |_| None, dtype).unwrap();
                assert_eq!(found.tensors.len(), 3);
                for (name, own, numbers) in [
                    ("kept", Float::F64, [1.5, 2.5]),
                    ("moved", Float::F64, [-7.0, 8.0]),
                    ("short", Float::F32, [5.0, 6.0]),
                ] {
                    let tensor = found.find(name).unwrap();
                    assert_eq!(tensor.dtype, Dtype::Float(dtype.unwrap_or(own)), "{name} as {dtype:?}");
                    assert_eq!(found.numbers(tensor).unwrap(), numbers, "{name} as {dtype:?}");
                }
            }
        }
    }
}
