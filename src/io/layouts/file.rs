//! Layout files: which axes the tensors of a model have, in TOML.
//!
//! Each tensor has a list of words, one an axis: `target NAME` and `source NAME` for the neurons of a population, which is
//! whatever name is used; `source NAME x 25` where 25 neighbouring entries belong to one neuron (flattened channels);
//! `outside` for inputs and outputs of the model; `neither` for the space of a kernel or the trials of a batch; `layers`
//! for an axis that says which of several populations is meant (`target a, b`).
//!
//! Two layers of a hand-written recurrent model:
//!
//! ```toml
//! activation = "relu"
//! [tensors]
//! "cell.U" = ["target cell", "source cell"]
//! "cell.V" = ["target cell", "outside"]
//! "cell.c" = ["target cell"]
//! "read.W" = ["outside", "source cell"]
//! ```
//!
//! Weights stored as input × output (Keras, Flax), with a table that touches nobody:
//!
//! ```toml
//! untouched = ["embedding"]
//! [tensors]
//! "dense/kernel" = ["outside", "target hidden"]
//! "dense/bias" = ["target hidden"]
//! "head/kernel" = ["source hidden", "outside"]
//! ```
//!
//! A convolution of 8 channels on images that are 5 × 5 when they are flattened, and a learned initial state:
//!
//! ```toml
//! [tensors]
//! "conv.weight" = ["target conv", "outside", "neither", "neither"]
//! "flat.weight" = ["target rnn", "source conv x 25"]
//! "rnn.weight" = ["target rnn", "source rnn"]
//! "out.weight" = ["outside", "source rnn"]
//! [initial_activities]
//! "start" = ["neither", "target rnn"]
//! ```
//!
//! `initial_states` are before the activation, `initial_activities` after it, as the `h0` of PyTorch's `nn.RNN` is; with
//! activations of degree one they are rescaled alike.

use toml::{Table, Value};

use super::{Layout, LayoutError};
use crate::io::activations::GivenActivations;
use crate::io::metadata::stored_activation;
use crate::io::tensors::{TensorError, TensorFile};
use crate::network::model::{Axis, Described, Model, Neurons, Population, Role, Storage};

/// A layout file, read but not yet held against tensors.
#[derive(Clone, Debug, PartialEq)]
pub struct LayoutFile {
    tensors: Vec<(String, Vec<Word>, Role)>,
    untouched: Vec<String>,
    activation: Option<GivenActivations>,
}

/// An axis as it is written.
#[derive(Clone, Debug, PartialEq)]
enum Word {
    Neurons { target: bool, populations: Vec<String>, repeat: usize },
    Outside,
    Neither,
    Layers,
}

const TABLES: [(&str, Role); 4] = [
    ("tensors", Role::Weights),
    ("initial_states", Role::InitialState),
    ("initial_activities", Role::InitialActivity),
    ("time_constants", Role::TimeConstants),
];

fn bad(reason: impl Into<String>) -> LayoutError {
    LayoutError::BadLayoutFile { reason: reason.into() }
}

impl LayoutFile {
    /// Reads a layout file.
    ///
    /// # Errors
    /// Text that is no TOML, or says something that has no meaning here.
    pub fn parse(text: &str) -> Result<Self, LayoutError> {
        let table: Table = text.parse().map_err(|error: toml::de::Error| bad(error.to_string().trim_end()))?;
        let mut layout = LayoutFile { tensors: Vec::new(), untouched: Vec::new(), activation: None };
        for (key, value) in &table {
            if let Some((_, role)) = TABLES.iter().find(|(name, _)| name == key) {
                let entries = value.as_table().ok_or_else(|| bad(format!("`{key}` is no table of tensors")))?;
                for (tensor, axes) in entries {
                    layout.tensors.push((tensor.clone(), words(tensor, axes)?, *role));
                }
            } else if key == "untouched" {
                layout.untouched = texts(value).ok_or_else(|| bad("`untouched` is no list of names"))?;
            } else if key == "activation" {
                layout.activation = Some(activations(value)?);
            } else {
                return Err(bad(format!(
                    "`{key}` is unknown; known are tensors, initial_states, initial_activities, time_constants, untouched and activation"
                )));
            }
        }
        if layout.tensors.is_empty() {
            return Err(bad("it describes no tensor; give a table [tensors]"));
        }
        Ok(layout)
    }

    pub(super) fn untouched(&self) -> &[String] {
        &self.untouched
    }

    pub(super) fn describe(&self, file: &TensorFile) -> Result<Layout, TensorError> {
        let mut populations: Vec<Population> = Vec::new();
        let mut described = Vec::new();
        for (name, words, role) in &self.tensors {
            let Some(tensor) = file.find(name) else {
                return Err(bad(format!("it describes `{name}`, which is not in the file")).into());
            };
            if words.len() != tensor.shape.len() {
                let (axes, dimensions) = (words.len(), tensor.shape.len());
                return Err(bad(format!("`{name}` has {dimensions} axes, but {axes} are described")).into());
            }
            let mut axes = Vec::new();
            for (word, &length) in words.iter().zip(&tensor.shape) {
                axes.push(match word {
                    Word::Outside => Axis::Outside,
                    Word::Neither => Axis::Neither,
                    Word::Layers => Axis::Layers,
                    Word::Neurons { target, populations: names, repeat } => {
                        let mut find = |name: &String| match populations.iter().position(|known| known.name == *name) {
                            Some(index) => index,
                            None => {
                                // The first axis of a population says how large it is; all others are held against it.
                                populations.push(Population { name: name.clone(), size: length / repeat });
                                populations.len() - 1
                            }
                        };
                        let neurons = Neurons { populations: names.iter().map(&mut find).collect(), repeat: *repeat };
                        if *target { Axis::Target(neurons) } else { Axis::Source(neurons) }
                    }
                });
            }
            let (name, shape) = (name.clone(), tensor.shape.clone());
            described.push(Described { name, shape, storage: Storage::Dense(axes), role: *role });
        }
        has_both_sides(&populations, &described)?;
        let feed_forward = is_acyclic(populations.len(), &described);
        let model = Model::new(populations, described)?;
        let neurons = model.neurons();
        let written = self.activation.as_ref().map(|given| given.of(Some(&model), neurons)).transpose()?;
        Ok(Layout {
            model,
            name: "that of the layout file".to_owned(),
            activation: stored_activation(&file.metadata, neurons)?.or(written),
            no_activation: "neither its metadata nor the layout file has an `activation`",
            feed_forward,
            notices: Vec::new(),
        })
    }
}

/// `activation = "relu"`, or a table from populations to activations.
fn activations(value: &Value) -> Result<GivenActivations, LayoutError> {
    let one = |value: &Value| {
        let text = value.as_str().ok_or_else(|| bad(format!("`activation` is {value}, which is no name")))?;
        text.parse::<GivenActivations>().map_err(|error| bad(format!("`activation`: {error}")))
    };
    let Some(table) = value.as_table() else { return one(value) };
    let pair = |(population, value): (&String, &Value)| match one(value)? {
        GivenActivations::All(activation) => Ok((population.clone(), activation)),
        _ => Err(bad(format!("`activation`: the population `{population}` has one activation, not {value}"))),
    };
    Ok(GivenActivations::Populations(table.iter().map(pair).collect::<Result<_, _>>()?))
}

/// The populations on the target and on the source axis of a tensor.
fn ends(tensor: &Described) -> (Vec<usize>, Vec<usize>) {
    let Storage::Dense(axes) = &tensor.storage else { return (Vec::new(), Vec::new()) };
    let neurons = |wanted: fn(&Axis) -> Option<&Neurons>| -> Vec<usize> {
        axes.iter().filter_map(wanted).flat_map(|neurons| neurons.populations.clone()).collect()
    };
    let targets = neurons(|axis| if let Axis::Target(neurons) = axis { Some(neurons) } else { None });
    let sources = neurons(|axis| if let Axis::Source(neurons) = axis { Some(neurons) } else { None });
    (targets, sources)
}

/// Neurons that nothing feeds or nothing reads would be rescaled on one side only, which is another model.
fn has_both_sides(populations: &[Population], tensors: &[Described]) -> Result<(), LayoutError> {
    let ends: Vec<_> = tensors.iter().filter(|tensor| tensor.role == Role::Weights).map(ends).collect();
    for (index, Population { name, .. }) in populations.iter().enumerate() {
        let (kind, what) = match (
            ends.iter().any(|(targets, _)| targets.contains(&index)),
            ends.iter().any(|(_, sources)| sources.contains(&index)),
        ) {
            (true, true) => continue,
            (false, _) => ("target", "nothing feeds it (inputs of the model are `outside`)"),
            (true, false) => ("source", "nothing reads it (outputs of the model are `outside`)"),
        };
        return Err(bad(format!("no weights have an axis `{kind} {name}`: {what}; is its name the same everywhere?")));
    }
    Ok(())
}

/// Whether no population listens to itself, over whatever way.
fn is_acyclic(populations: usize, tensors: &[Described]) -> bool {
    let mut edges: Vec<(usize, usize)> = Vec::new();
    for tensor in tensors {
        let (targets, sources) = ends(tensor);
        edges.extend(sources.iter().flat_map(|&source| targets.iter().map(move |&target| (source, target))));
    }
    // Populations that nobody feeds go first; who is left over is on a cycle or behind one.
    let mut left: Vec<usize> = (0..populations).collect();
    loop {
        let fed = |node: &usize| edges.iter().any(|(source, target)| target == node && left.contains(source));
        let still: Vec<usize> = left.iter().copied().filter(fed).collect();
        if still.len() == left.len() {
            return left.is_empty();
        }
        left = still;
    }
}

fn texts(value: &Value) -> Option<Vec<String>> {
    value.as_array()?.iter().map(|item| item.as_str().map(str::to_owned)).collect()
}

fn words(tensor: &str, axes: &Value) -> Result<Vec<Word>, LayoutError> {
    let texts = texts(axes).ok_or_else(|| bad(format!("`{tensor}` needs a list of words, one for each axis")))?;
    texts.iter().map(|text| word(text).ok_or_else(|| {
        bad(format!(
            "`{tensor}` has an axis `{text}`; known are `target NAME`, `source NAME`, `source NAME x 25`, `outside`, `neither` and `layers`"
        ))
    })).collect()
}

fn word(text: &str) -> Option<Word> {
    match text.trim() {
        "outside" => return Some(Word::Outside),
        "neither" => return Some(Word::Neither),
        "layers" => return Some(Word::Layers),
        _ => {}
    }
    let (kind, names) = text.trim().split_once(' ')?;
    let target = match kind {
        "target" => true,
        "source" => false,
        _ => return None,
    };
    let (names, repeat) = match names.rsplit_once(" x ") {
        Some((names, repeat)) => (names, repeat.trim().parse().ok().filter(|&repeat| repeat > 0)?),
        None => (names, 1),
    };
    let populations: Vec<String> = names.split(',').map(|name| name.trim().to_owned()).collect();
    let named = populations.iter().all(|name| !name.is_empty());
    named.then_some(Word::Neurons { target, populations, repeat })
}
