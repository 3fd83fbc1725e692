//! Known layouts: which populations the axes of a file's tensors belong to, found by names and shapes.
//!
//! | layout | how it is known |
//! |---|---|
//! | our own | `w_rec`, `w_in`, `b`, `w_out`, `x0`, `tau` |
//! | `nn.RNN` | `weight_hh_l0` after any prefix, several layers, one or two biases; `h0`; one Linear that reads the last layer |
//! | `nn.RNNCell` | `weight_hh` after any prefix; the same |
//! | feed-forward | `*.weight` of two axes (Linear) or more (convolutions: channels are the neurons), each fed by the one before |
//! | anything else | a layout file ([`LayoutFile`]) |
//!
//! What could touch a population by its shape and is not described is refused: rescaled without it, the file would be
//! another model.

pub(super) mod error;
mod feed_forward;
mod file;
mod own;
mod recurrent;

pub use file::LayoutFile;

pub use error::LayoutError;

use super::tensors::{Tensor, TensorError, TensorFile};
use crate::network::Activations;
use crate::network::model::{Axis, Described, Model, Neurons, Population, Role, Storage};

/// What the user says of a file's layout.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct LayoutOptions {
    /// The axes of the tensors, where names and shapes do not tell.
    pub file: Option<LayoutFile>,
    /// Tensors that really touch no population, whatever their shape.
    pub untouched: Vec<String>,
}

impl LayoutOptions {
    /// The same with a layout file, or without one.
    #[must_use]
    pub fn with_file(self, file: impl Into<Option<LayoutFile>>) -> Self {
        LayoutOptions { file: file.into(), ..self }
    }

    /// The same with these tensors left as they are.
    #[must_use]
    pub fn with_untouched(self, untouched: Vec<String>) -> Self {
        LayoutOptions { untouched, ..self }
    }
}

/// The layout of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    /// The description.
    pub model: Model,
    /// Its name, in words.
    pub name: String,
    /// The activation, where the layout says it.
    pub activation: Option<Activations>,
    /// Why the activation is not known, where it is not.
    pub no_activation: &'static str,
    /// Whether the populations are a chain without recurrence, which only the world closes into cycles.
    pub feed_forward: bool,
    /// What was taken for granted.
    pub notices: Vec<String>,
}

/// Finds the layout of a file.
///
/// # Errors
/// Tensors of no known layout, of one that rescaling would change, or not described although they could touch a
/// population.
pub fn describe(file: &TensorFile, options: &LayoutOptions) -> Result<Layout, TensorError> {
    let mut layout = match &options.file {
        Some(written) => written.describe(file)?,
        None if own::is_own(file) => own::describe(file)?,
        None if recurrent::is_recurrent(file) => recurrent::describe(file, &options.untouched)?,
        None if feed_forward::is_feed_forward(file) => feed_forward::describe(file, &options.untouched)?,
        None => return Err(LayoutError::NoLayout { found: file.some_names() }.into()),
    };
    let untouched = options.untouched.iter().chain(options.file.iter().flat_map(|file| file.untouched()));
    let untouched: Vec<&String> = untouched.collect();
    for tensor in &untouched {
        if file.find(tensor).is_none() {
            return Err(LayoutError::NoSuchTensor { tensor: (*tensor).clone() }.into());
        }
        if layout.model.tensor(tensor).is_some() {
            return Err(LayoutError::UntouchedIsDescribed { tensor: (*tensor).clone() }.into());
        }
    }
    for tensor in &file.tensors {
        if layout.model.tensor(&tensor.name).is_some()
            || untouched.contains(&&tensor.name)
            || own::is_index(file, tensor)
        {
            continue;
        }
        if options.file.is_none() && layout.feed_forward && is_normalisation(file, tensor) {
            return Err(LayoutError::Normalisation { tensor: tensor.name.clone(), shape: tensor.shape.clone() }.into());
        }
        let touched = |population: &&Population| could_touch(tensor, population.size);
        match layout.model.populations().iter().find(touched) {
            Some(population) => {
                return Err(undescribed(file, tensor, population).into());
            }
            None => layout
                .notices
                .push(format!("`{}` of shape {:?} fits no population and is not rescaled", tensor.name, tensor.shape)),
        }
    }
    Ok(layout)
}

/// Whether the names of a file's tensors are those of a known layout. One layer alone is no chain.
pub(super) fn is_known(file: &TensorFile) -> bool {
    let is_chain = feed_forward::is_feed_forward(file) && file.tensors.len() > 1;
    own::is_own(file) || recurrent::is_recurrent(file) || is_chain
}

/// Whether the shape of a tensor has room for a population: an axis of its size, or of a multiple of it (channels that
/// were flattened, gates, two directions side by side).
fn could_touch(tensor: &Tensor, size: usize) -> bool {
    tensor.shape.iter().any(|&length| length > 0 && length.is_multiple_of(size))
}

fn undescribed(file: &TensorFile, tensor: &Tensor, population: &Population) -> LayoutError {
    let (name, shape) = (tensor.name.clone(), tensor.shape.clone());
    let (prefix, _) = split(&tensor.name);
    let sibling = |other: &str| file.find(&format!("{prefix}{other}"));
    if sibling("running_mean").is_some() {
        return LayoutError::BatchNormalisation { tensor: format!("{prefix}running_mean") };
    }
    if is_normalisation(file, tensor) {
        return LayoutError::Normalisation { tensor: name, shape };
    }
    LayoutError::Undescribed { tensor: name, shape, population: population.name.clone(), size: population.size }
}

/// Whether a tensor is one of the two of a normalisation: a scale and a shift, both lists of numbers.
fn is_normalisation(file: &TensorFile, tensor: &Tensor) -> bool {
    let (prefix, parameter) = split(&tensor.name);
    let is_list = |name: &str| file.find(&format!("{prefix}{name}")).is_some_and(|other| other.shape.len() == 1);
    matches!(parameter, "weight" | "bias") && is_list("weight") && is_list("bias")
}

/// The path of a module with its last dot, and the name of a parameter in it.
fn split(name: &str) -> (&str, &str) {
    name.split_at(name.rfind('.').map_or(0, |dot| dot + 1))
}

fn dense(tensor: &Tensor, axes: Vec<Axis>, role: Role) -> Described {
    Described { name: tensor.name.clone(), shape: tensor.shape.clone(), storage: Storage::Dense(axes), role }
}

fn target(population: usize) -> Axis {
    Axis::Target(Neurons::of(population))
}

fn source(population: usize) -> Axis {
    Axis::Source(Neurons::of(population))
}

/// Whether a tensor's name is that of a table of embeddings: rows that are looked up, not weights of synapses.
fn is_embedding(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let is_word =
        |word: &str| word.starts_with("emb") || word.contains("embed") || ["wte", "wpe", "vocab"].contains(&word);
    // What PyTorch's examples of language models call `encoder` is a table itself; modules within an encoder are none.
    name.split(['.', '_']).any(is_word) || split(&name).0.trim_end_matches('.').rsplit('.').next() == Some("encoder")
}
