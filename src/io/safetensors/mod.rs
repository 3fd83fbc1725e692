//! Whole networks as `.safetensors` files.
//!
//! Tensors `w_rec` (n × n, row = target), `w_in` (n × inputs), `w_out` (outputs × n), `b`, `x0` and `tau` (n), of
//! which only the first must be there, with the activation in the metadata; or the one layer of a PyTorch
//! `nn.RNN`, whose two biases are added up. What is not understood is reported, never dropped in silence.
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

use nalgebra::DMatrix;
use safetensors::tensor::{Dtype, SafeTensorError, SafeTensors, TensorView};

use crate::io::Loaded;
use crate::io::sparse_tensors::{self as sparse, Csr};
use crate::network::{Activation, Network, NetworkError, Weights};

/// What can be wrong with a network file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SafetensorsError {
    #[error("this is no safetensors file, or it is cut off or damaged: {0}")]
    Damaged(SafeTensorError),
    #[error(
        "there are no recurrent weights among the tensors ({found}); name them `w_rec`, or `weight_hh_l0` as nn.RNN does"
    )]
    NoRecurrentWeights { found: String },
    #[error("both `{first}` and `{second}` could be the recurrent weights; keep one network a file")]
    Ambiguous { first: String, second: String },
    #[error("`{tensor}` belongs to a second layer, but the network must have one; save each layer to its own file")]
    SecondLayer { tensor: String },
    #[error("`{tensor}` belongs to the reverse direction of a bidirectional network, which has no single recurrence")]
    ReverseDirection { tensor: String },
    #[error(
        "`{tensor}` has shape {shape:?}, that of an LSTM or a GRU, whose gates rescaling would change; only nn.RNN can be read"
    )]
    Gated { tensor: String, shape: Vec<usize> },
    #[error("`{tensor}` has dtype {dtype}, which is not supported; convert it to F64 or F32")]
    UnsupportedDtype { tensor: String, dtype: String },
    #[error("`{tensor}` has dtype {dtype}, which is not supported for indices; convert it to I32 or I64")]
    UnsupportedIndexDtype { tensor: String, dtype: String },
    #[error("`{tensor}` has shape {shape:?}, expected {expected}")]
    WrongShape { tensor: String, shape: Vec<usize>, expected: String },
    #[error(
        "the activation `{name}` in the metadata is unknown; known are linear, relu, leaky-relu, rectified-power and tanh"
    )]
    UnknownActivation { name: String },
    #[error("the activation {activation} needs a finite number as `{key}` in the metadata; it is {value}")]
    BadParameter { activation: &'static str, key: &'static str, value: String },
    #[error("`{tensor}` is there both dense and as `{tensor}.indptr`; keep one of the two")]
    DenseAndSparse { tensor: String },
    #[error("`{tensor}` belongs to a matrix in compressed rows, of which `{missing}` is missing; write the file again")]
    SparsePartMissing { tensor: String, missing: String },
    #[error("the metadata has `{text}` as `{key}`; expected rows and columns, like 279,279")]
    BadSparseShape { key: String, text: String },
    #[error("`{tensor}`[{position}] is {value}, expected {expected}")]
    BadSparseIndex { tensor: String, position: usize, value: i64, expected: String },
    #[error(
        "`{tensor}` would be a dense matrix of {rows} x {columns}, more than the {limit} numbers that are held; keep fewer inputs or outputs"
    )]
    DenseTooLarge { tensor: String, rows: usize, columns: usize, limit: usize },
    #[error(transparent)]
    Network(#[from] NetworkError),
}

/// The names of one way to store a network.
struct Names {
    recurrent: String,
    input: String,
    /// Added up.
    biases: Vec<String>,
    output: Option<String>,
    initial_state: Option<String>,
    time_constants: Option<String>,
    from_pytorch: bool,
}

impl Names {
    fn own() -> Self {
        Names {
            recurrent: "w_rec".to_owned(),
            input: "w_in".to_owned(),
            biases: vec!["b".to_owned()],
            output: Some("w_out".to_owned()),
            initial_state: Some("x0".to_owned()),
            time_constants: Some("tau".to_owned()),
            from_pytorch: false,
        }
    }

    fn pytorch(prefix: &str) -> Self {
        Names {
            recurrent: format!("{prefix}{PYTORCH_RECURRENT}"),
            input: format!("{prefix}weight_ih_l0"),
            biases: vec![format!("{prefix}bias_ih_l0"), format!("{prefix}bias_hh_l0")],
            output: None,
            initial_state: None,
            time_constants: None,
            from_pytorch: true,
        }
    }

    fn all(&self) -> impl Iterator<Item = &String> {
        let optional = [&self.output, &self.initial_state, &self.time_constants];
        [&self.recurrent, &self.input].into_iter().chain(&self.biases).chain(optional.into_iter().flatten())
    }
}

const PYTORCH_RECURRENT: &str = "weight_hh_l0";

/// Reads a network from the bytes of a file. The activation is that of the metadata, else `activation`.
///
/// # Errors
/// A damaged file, tensors that are missing, doubled, of the wrong shape or dtype, an unknown activation, or a
/// number that is not finite.
pub fn read(bytes: &[u8], activation: Activation) -> Result<Loaded, SafetensorsError> {
    let tensors = SafeTensors::deserialize(bytes).map_err(SafetensorsError::Damaged)?;
    let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(SafetensorsError::Damaged)?;
    // Sorted, so that messages do not depend on the order of a hash table.
    let tensors: BTreeMap<String, TensorView<'_>> = tensors.tensors().into_iter().collect();
    let names = find_names(&tensors)?;
    let mut notices = Vec::new();

    let shapes = metadata.metadata().as_ref();
    let weights = match sparse::find(&tensors, shapes, &names.recurrent)? {
        Some(csr) if csr.rows != csr.columns => {
            return Err(NetworkError::NotSquare { rows: csr.rows, columns: csr.columns }.into());
        }
        Some(Csr { row_start, column, values, .. }) => Weights::from_rows(row_start, column, values)?,
        None => dense_recurrent(&names, &tensors[&names.recurrent])?,
    };
    let n = weights.neurons();
    let stored_activation = read_activation(metadata.metadata().as_ref())?;
    let mut network = Network::recurrent(weights, stored_activation.unwrap_or(activation));
    match stored_activation {
        Some(stored) if stored != activation => {
            notices.push(format!("the activation is {}, as the file says", described(stored)));
        }
        None if names.from_pytorch => notices.push(format!(
            "nn.RNN does not store its nonlinearity (by default tanh); it is taken to be {}",
            described(activation)
        )),
        _ => {}
    }

    if let Some(csr) = sparse::find(&tensors, shapes, &names.input)? {
        let dense = csr.to_dense(&names.input)?;
        if dense.nrows() != n {
            return Err(SafetensorsError::WrongShape {
                tensor: names.input,
                shape: vec![dense.nrows(), dense.ncols()],
                expected: format!("[{n}, inputs]"),
            });
        }
        network.w_in = Some(dense);
    } else if let Some(tensor) = tensors.get(&names.input) {
        network.w_in = Some(matrix(&names.input, tensor, |rows, _| rows == n, || format!("[{n}, inputs]"))?);
    }
    let sparse_output = names.output.as_ref().map(|name| sparse::find(&tensors, shapes, name)).transpose()?.flatten();
    if let (Some(csr), Some(name)) = (sparse_output, &names.output) {
        let dense = csr.to_dense(name)?;
        if dense.ncols() != n {
            return Err(SafetensorsError::WrongShape {
                tensor: name.clone(),
                shape: vec![dense.nrows(), dense.ncols()],
                expected: format!("[outputs, {n}]"),
            });
        }
        network.w_out = Some(dense);
    } else if let Some((name, tensor)) = present(&tensors, names.output.as_ref()) {
        network.w_out = Some(matrix(name, tensor, |_, columns| columns == n, || format!("[outputs, {n}]"))?);
    }
    for name in &names.biases {
        let Some(tensor) = tensors.get(name) else { continue };
        let part = vector(name, tensor, n)?;
        network.bias = Some(match network.bias.take() {
            None => part,
            Some(sum) => sum.iter().zip(&part).map(|(a, b)| a + b).collect(),
        });
    }
    let missing_bias = names.biases.iter().find(|name| !tensors.contains_key(*name));
    if let (Some(_), Some(missing)) = (&network.bias, missing_bias) {
        notices.push(format!("`{missing}` is not there; the bias is that of its partner alone"));
    }
    if let Some((name, tensor)) = present(&tensors, names.initial_state.as_ref()) {
        network.initial_state = Some(vector(name, tensor, n)?);
    }
    if let Some((name, tensor)) = present(&tensors, names.time_constants.as_ref()) {
        network.time_constants = Some(vector(name, tensor, n)?);
    }
    network.validate()?;

    for (name, tensor) in &tensors {
        if !names.all().any(|known| known == name || sparse::is_part(name, known)) {
            notices
                .push(format!("ignored the tensor `{name}` of shape {:?}: not a part of the network", tensor.shape()));
        }
    }
    Ok(Loaded { network, notices })
}

/// Recurrent weights that are stored dense.
fn dense_recurrent(names: &Names, recurrent: &TensorView<'_>) -> Result<Weights, SafetensorsError> {
    let n = match *recurrent.shape() {
        [rows, columns] if rows == columns => rows,
        // Three or four gates, one below the other.
        [rows, columns] if names.from_pytorch && (3..=4).any(|gates| columns.checked_mul(gates) == Some(rows)) => {
            return Err(SafetensorsError::Gated { tensor: names.recurrent.clone(), shape: vec![rows, columns] });
        }
        [rows, columns] => return Err(NetworkError::NotSquare { rows, columns }.into()),
        _ => return Err(wrong_shape(&names.recurrent, recurrent, "two dimensions".to_owned())),
    };
    let mut triplets = Vec::new();
    for (position, value) in numbers(&names.recurrent, recurrent)?.enumerate() {
        if value != 0.0 {
            triplets.push((position / n, position % n, value));
        }
    }
    Ok(Weights::from_triplets(n, triplets)?)
}

/// Decides which naming the file follows, and refuses what is more than one recurrent layer.
fn find_names(tensors: &BTreeMap<String, TensorView<'_>>) -> Result<Names, SafetensorsError> {
    let own = (tensors.contains_key("w_rec") || tensors.keys().any(|name| sparse::is_part(name, "w_rec")))
        .then(|| "w_rec".to_owned());
    let mut candidates = own.into_iter().chain(tensors.keys().filter(|name| pytorch_prefix(name).is_some()).cloned());
    let Some(first) = candidates.next() else {
        let found: Vec<&str> = tensors.keys().take(10).map(String::as_str).collect();
        let found = if found.is_empty() { "none at all".to_owned() } else { found.join(", ") };
        return Err(SafetensorsError::NoRecurrentWeights { found });
    };
    if let Some(second) = candidates.next() {
        return Err(SafetensorsError::Ambiguous { first, second });
    }
    let Some(prefix) = pytorch_prefix(&first) else { return Ok(Names::own()) };
    for name in tensors.keys() {
        let Some(parameter) = name.strip_prefix(prefix) else { continue };
        if !["weight_", "bias_"].iter().any(|kind| parameter.starts_with(kind)) {
            continue;
        }
        if parameter.ends_with("_reverse") {
            return Err(SafetensorsError::ReverseDirection { tensor: name.clone() });
        }
        if let Some((_, layer)) = parameter.rsplit_once("_l")
            && layer != "0"
            && !layer.is_empty()
            && layer.bytes().all(|byte| byte.is_ascii_digit())
        {
            return Err(SafetensorsError::SecondLayer { tensor: name.clone() });
        }
    }
    Ok(Names::pytorch(prefix))
}

/// The path of the module that the recurrent weights of an `nn.RNN` belong to, like `rnn.`; often empty.
fn pytorch_prefix(name: &str) -> Option<&str> {
    name.strip_suffix(PYTORCH_RECURRENT).filter(|prefix| prefix.is_empty() || prefix.ends_with('.'))
}

fn present<'a, 'd>(
    tensors: &'a BTreeMap<String, TensorView<'d>>,
    name: Option<&'a String>,
) -> Option<(&'a String, &'a TensorView<'d>)> {
    name.and_then(|name| Some((name, tensors.get(name)?)))
}

pub(super) fn wrong_shape(name: &str, tensor: &TensorView<'_>, expected: String) -> SafetensorsError {
    SafetensorsError::WrongShape { tensor: name.to_owned(), shape: tensor.shape().to_vec(), expected }
}

/// The numbers of a tensor in the order of the file: rows one after the other.
pub(super) fn numbers<'d>(
    name: &str,
    tensor: &TensorView<'d>,
) -> Result<Box<dyn Iterator<Item = f64> + 'd>, SafetensorsError> {
    // `as_chunks` would say the same, but is younger than the oldest compiler that is supported.
    match tensor.dtype() {
        Dtype::F64 => Ok(Box::new(tensor.data().chunks_exact(8).map(|chunk| {
            let mut bytes = [0; 8];
            bytes.copy_from_slice(chunk);
            f64::from_le_bytes(bytes)
        }))),
        Dtype::F32 => Ok(Box::new(tensor.data().chunks_exact(4).map(|chunk| {
            let mut bytes = [0; 4];
            bytes.copy_from_slice(chunk);
            f64::from(f32::from_le_bytes(bytes))
        }))),
        other => Err(SafetensorsError::UnsupportedDtype { tensor: name.to_owned(), dtype: format!("{other:?}") }),
    }
}

fn matrix(
    name: &str,
    tensor: &TensorView<'_>,
    fits: impl Fn(usize, usize) -> bool,
    expected: impl Fn() -> String,
) -> Result<DMatrix<f64>, SafetensorsError> {
    match *tensor.shape() {
        [rows, columns] if fits(rows, columns) => Ok(DMatrix::from_row_iterator(rows, columns, numbers(name, tensor)?)),
        _ => Err(wrong_shape(name, tensor, expected())),
    }
}

fn vector(name: &str, tensor: &TensorView<'_>, neurons: usize) -> Result<Vec<f64>, SafetensorsError> {
    if *tensor.shape() != [neurons] {
        return Err(wrong_shape(name, tensor, format!("[{neurons}]")));
    }
    Ok(numbers(name, tensor)?.collect())
}

/// The name and the parameter of an activation, as the metadata has them.
fn parameter(activation: Activation) -> Option<(&'static str, f64)> {
    match activation {
        Activation::LeakyRelu { slope } => Some(("slope", slope)),
        Activation::RectifiedPower { degree } => Some(("degree", degree)),
        _ => None,
    }
}

fn described(activation: Activation) -> String {
    match parameter(activation) {
        Some((key, value)) => format!("{} ({key} {value:?})", activation.name()),
        None => activation.name().to_owned(),
    }
}

fn read_activation(
    metadata: Option<&std::collections::HashMap<String, String>>,
) -> Result<Option<Activation>, SafetensorsError> {
    let Some(metadata) = metadata else { return Ok(None) };
    let Some(name) = metadata.get("activation") else { return Ok(None) };
    let number = |activation: &'static str, key: &'static str| match metadata.get(key) {
        None => Err(SafetensorsError::BadParameter { activation, key, value: "absent".to_owned() }),
        Some(text) => crate::io::text::number(text.trim().as_bytes()).map_err(|_| SafetensorsError::BadParameter {
            activation,
            key,
            value: format!("`{}`", crate::io::text::quoted(text.as_bytes())),
        }),
    };
    match name.as_str() {
        "linear" => Ok(Some(Activation::Linear)),
        "relu" => Ok(Some(Activation::Relu)),
        "leaky-relu" => Ok(Some(Activation::LeakyRelu { slope: number("leaky-relu", "slope")? })),
        "rectified-power" => Ok(Some(Activation::RectifiedPower { degree: number("rectified-power", "degree")? })),
        "tanh" => Ok(Some(Activation::Tanh)),
        other => Err(SafetensorsError::UnknownActivation { name: crate::io::text::quoted(other.as_bytes()) }),
    }
}
