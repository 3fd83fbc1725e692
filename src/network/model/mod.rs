//! A model: named tensors whose axes belong to populations of neurons.
//!
//! Every axis of every tensor is a population (as target or as source of synapses), the outside world, or neither (the
//! space of a convolution's kernel, a batch). From that one description follow the transform (factor `e^{−h_i}` on a
//! target axis, `e^{k h_j}` on a source axis, k the degree of homogeneity; an activity of neuron i goes with `e^{−k h_i}`),
//! the network whose cost is balanced, and what the tensors compute, to compare two files of the same model.

mod network;
mod outputs;
mod rescale;

pub use network::ModelNetwork;
pub use outputs::{OutputDifference, Precision, Reproduction, compare_outputs};
pub use rescale::PowerOfTwo;

/// Why a description does not fit its tensors, or a model cannot be made of them.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// `tensor` has `dimensions` dimensions, but `axes` axes are described.
    #[error("`{tensor}` has {dimensions} dimensions, but {axes} axes are described")]
    WrongDimensions {
        /// The tensor's name.
        tensor: String,
        /// Number of its dimensions.
        dimensions: usize,
        /// Number of axes described.
        axes: usize,
    },
    /// Axis `axis` of `tensor` has length `length`, but the population `population` has `expected` there.
    #[error(
        "axis {axis} (counted from 0) of `{tensor}` has length {length}, but the population `{population}` has {expected} there"
    )]
    WrongLength {
        /// The tensor's name.
        tensor: String,
        /// The axis, counted from 0.
        axis: usize,
        /// Its length.
        length: usize,
        /// The population's name.
        population: String,
        /// What was expected.
        expected: usize,
    },
    /// Axis `axis` of `tensor` names the populations `populations`, as many as `named`, for `layers` layers.
    #[error(
        "axis {axis} (counted from 0) of `{tensor}` has the populations {populations}, {named} for {layers} layers; name one for each layer, and one where there is no axis of layers"
    )]
    WrongNumberOfPopulations {
        /// The tensor's name.
        tensor: String,
        /// The axis, counted from 0.
        axis: usize,
        /// The names of the populations.
        populations: String,
        /// How many these are.
        named: usize,
        /// Length of the axis of layers; 1 without one.
        layers: usize,
    },
    /// The population `population` is in no tensor's target or source axis of its own size.
    #[error("the population `{population}` is in no tensor's target or source axis of its own size")]
    NoNeurons {
        /// The population's name.
        population: String,
    },
    /// `tensor` has more than one `kind` axis.
    #[error("`{tensor}` has more than one {kind} axis; a synapse has one target and one source")]
    DoubledAxis {
        /// The tensor's name.
        tensor: String,
        /// What it is.
        kind: &'static str,
    },
    /// `tensor` at `index` is `value`.
    #[error("`{tensor}`{index:?} (counted from 0) is {value}; it must be a finite number")]
    NotFinite {
        /// The tensor's name.
        tensor: String,
        /// The index, counted from 0.
        index: Vec<usize>,
        /// The value found.
        value: f64,
    },
    /// `tensor` has `found` numbers, but its shape has `expected`.
    #[error("`{tensor}` has {found} numbers, but its shape has {expected}")]
    WrongCount {
        /// The tensor's name.
        tensor: String,
        /// What was found.
        found: usize,
        /// What was expected.
        expected: usize,
    },
    /// Rescaled, `tensor` at `index` would be `from` x e^`log_factor`, outside the range of `f64`.
    #[error(
        "rescaled, `{tensor}`{index:?} (counted from 0) would be {from:?} x e^{log_factor}, outside the range in which f64 has all its digits (2e-308 to 2e308); choose another unit of weight, or log-scales of smaller spread"
    )]
    RescaledOutOfRange {
        /// The tensor's name.
        tensor: String,
        /// The index, counted from 0.
        index: Vec<usize>,
        /// The value before rescaling.
        from: f64,
        /// Natural logarithm of the factor that the log-scales give it.
        log_factor: f64,
    },
    /// The input or output weights would be a dense matrix of `rows` x `columns`, more than the `limit` numbers that
    /// are held.
    #[error(
        "the input or output weights would be a dense matrix of {rows} x {columns}, more than the {limit} numbers that are held"
    )]
    DenseTooLarge {
        /// Number of rows.
        rows: usize,
        /// Number of columns.
        columns: usize,
        /// The most numbers of such a matrix.
        limit: usize,
    },
    /// A fault found there: [`super::NetworkError`].
    #[error(transparent)]
    Network(#[from] super::NetworkError),
}

/// Some neurons that are rescaled together with nobody else: a layer, or the channels of a convolution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Population {
    /// Its name, for messages.
    pub name: String,
    /// Its number of neurons.
    pub size: usize,
}

/// The neurons along an axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Neurons {
    /// One population; or, in a tensor with an [`Axis::Layers`], one for each of its layers.
    pub populations: Vec<usize>,
    /// How many neighbouring entries belong to one neuron: more than one where a convolution's channels were flattened.
    pub repeat: usize,
}

impl Neurons {
    /// The axis has one entry for each neuron of one population.
    pub fn of(population: usize) -> Self {
        Neurons { populations: vec![population], repeat: 1 }
    }
}

/// What an axis of a tensor is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Axis {
    /// Neurons that receive.
    Target(Neurons),
    /// Neurons that send.
    Source(Neurons),
    /// Inputs or outputs of the whole model.
    Outside,
    /// None of these: the space of a kernel, the trials of a batch.
    Neither,
    /// Which of several populations a neuron axis of the same tensor means.
    Layers,
}

/// What the numbers of a tensor do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Weights and biases: they act, and they cost.
    Weights,
    /// The state that the model begins in, before the activation: the `x` of `φ(x)`.
    InitialState,
    /// The activity that the model begins in, after the activation: what the synapses pass on in the first step.
    InitialActivity,
    /// Time constants, which no rescaling changes.
    TimeConstants,
}

/// How the entries of a tensor lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Storage {
    /// All of them, the last axis fastest.
    Dense(Vec<Axis>),
    /// Those of a matrix in compressed rows, one after the other.
    CompressedRows {
        /// Where each row begins, and after the last where it ends.
        row_start: Vec<usize>,
        /// The column of each entry, counted from 0.
        column: Vec<u32>,
        /// Number of columns.
        columns: usize,
        /// What rows and columns are.
        axes: [Axis; 2],
    },
}

/// A tensor that the model describes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Described {
    /// Its name in the file.
    pub name: String,
    /// Its shape.
    pub shape: Vec<usize>,
    /// Its axes.
    pub storage: Storage,
    /// What it does.
    pub role: Role,
}

/// A description of all tensors of a file that have to do with populations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    populations: Vec<Population>,
    /// Where each population begins among all neurons, and after the last where it ends.
    first: Vec<usize>,
    tensors: Vec<Described>,
}

/// Where one entry of a tensor is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    /// The neuron among all of the model, and the position among the entries of that neuron.
    pub target: Option<usize>,
    pub source: Option<usize>,
    pub repeat: usize,
    /// The index along all outside axes together.
    pub outside: usize,
    /// The index along all axes that are neither.
    pub neither: usize,
}

impl Model {
    /// A model of these populations, checked against the shapes of the tensors.
    ///
    /// # Errors
    /// Axes that do not fit a tensor, two target or two source axes in one, a population without neurons.
    pub fn new(populations: Vec<Population>, tensors: Vec<Described>) -> Result<Self, ModelError> {
        let mut first = vec![0];
        for population in &populations {
            if population.size == 0 {
                return Err(ModelError::NoNeurons { population: population.name.clone() });
            }
            first.push(first[first.len() - 1] + population.size);
        }
        let model = Model { populations, first, tensors };
        for tensor in &model.tensors {
            model.check(tensor)?;
        }
        Ok(model)
    }

    fn check(&self, tensor: &Described) -> Result<(), ModelError> {
        let name = || tensor.name.clone();
        let (axes, lengths): (&[Axis], Vec<usize>) = match &tensor.storage {
            Storage::Dense(axes) => (axes, tensor.shape.clone()),
            Storage::CompressedRows { row_start, columns, axes, .. } => (axes, vec![row_start.len() - 1, *columns]),
        };
        if axes.len() != lengths.len() {
            return Err(ModelError::WrongDimensions { tensor: name(), dimensions: lengths.len(), axes: axes.len() });
        }
        let layers = axes.iter().position(|axis| *axis == Axis::Layers).map(|axis| lengths[axis]);
        let (mut targets, mut sources) = (0, 0);
        for (axis, (what, &length)) in axes.iter().zip(&lengths).enumerate() {
            let neurons = match what {
                Axis::Target(neurons) => {
                    targets += 1;
                    neurons
                }
                Axis::Source(neurons) => {
                    sources += 1;
                    neurons
                }
                _ => continue,
            };
            for &population in &neurons.populations {
                let Population { name: population, size } = &self.populations[population];
                // A layout file may say any number of places.
                let expected = size.saturating_mul(neurons.repeat);
                if length != expected {
                    let population = population.clone();
                    return Err(ModelError::WrongLength { tensor: name(), axis, length, population, expected });
                }
            }
            let (named, layers) = (neurons.populations.len(), layers.unwrap_or(1));
            if named != layers {
                let populations = neurons.populations.iter().map(|&p| format!("`{}`", self.populations[p].name));
                let populations = populations.collect::<Vec<_>>().join(", ");
                return Err(ModelError::WrongNumberOfPopulations { tensor: name(), axis, populations, named, layers });
            }
        }
        for (count, kind) in [(targets, "target"), (sources, "source")] {
            if count > 1 {
                return Err(ModelError::DoubledAxis { tensor: name(), kind });
            }
        }
        Ok(())
    }

    /// The populations, in the order of their neurons.
    pub fn populations(&self) -> &[Population] {
        &self.populations
    }

    /// The number of neurons of all populations.
    pub fn neurons(&self) -> usize {
        self.first[self.first.len() - 1]
    }

    /// The described tensors.
    pub fn tensors(&self) -> &[Described] {
        &self.tensors
    }

    /// The description of a tensor.
    pub fn tensor(&self, name: &str) -> Option<&Described> {
        self.tensors.iter().find(|tensor| tensor.name == name)
    }

    /// A name for every neuron: its population's and its number there, or the number alone where there is one population.
    pub fn neuron_names(&self) -> Option<Vec<String>> {
        (self.populations.len() > 1).then(|| {
            let names = self.populations.iter();
            names.flat_map(|population| (0..population.size).map(|i| format!("{}[{i}]", population.name))).collect()
        })
    }

    /// Hands out the place of every entry of a tensor, in the order of the file.
    pub(crate) fn for_each_place(&self, tensor: &Described, mut take: impl FnMut(usize, Place)) {
        match &tensor.storage {
            Storage::Dense(axes) => {
                let layers = axes.iter().position(|axis| *axis == Axis::Layers);
                let count = tensor.shape.iter().product::<usize>();
                let mut index = vec![0; axes.len()];
                for position in 0..count {
                    let layer = layers.map_or(0, |axis| index[axis]);
                    let mut place = Place::default();
                    for ((axis, &index), &length) in axes.iter().zip(&index).zip(&tensor.shape) {
                        self.locate(axis, index, length, layer, &mut place);
                    }
                    take(position, place);
                    for (index, &length) in index.iter_mut().zip(&tensor.shape).rev() {
                        *index += 1;
                        if *index < length {
                            break;
                        }
                        *index = 0;
                    }
                }
            }
            Storage::CompressedRows { row_start, column, columns, axes } => {
                let rows = row_start.len() - 1;
                for row in 0..rows {
                    let positions = row_start[row]..row_start[row + 1];
                    for (position, &column) in positions.clone().zip(&column[positions]) {
                        let mut place = Place::default();
                        self.locate(&axes[0], row, rows, 0, &mut place);
                        self.locate(&axes[1], column as usize, *columns, 0, &mut place);
                        take(position, place);
                    }
                }
            }
        }
    }

    fn locate(&self, axis: &Axis, index: usize, length: usize, layer: usize, place: &mut Place) {
        let neuron = |neurons: &Neurons| self.first[neurons.populations[layer]] + index / neurons.repeat;
        match axis {
            Axis::Target(neurons) => place.target = Some(neuron(neurons)),
            Axis::Source(neurons) => {
                place.source = Some(neuron(neurons));
                place.repeat = index % neurons.repeat;
            }
            Axis::Outside => place.outside = place.outside * length + index,
            Axis::Neither => place.neither = place.neither * length + index,
            Axis::Layers => {}
        }
    }
}

impl Described {
    /// The index of an entry, for messages: along every axis, or of a compressed matrix the position in the file.
    pub fn index(&self, position: usize) -> Vec<usize> {
        let mut rest = position;
        let mut index: Vec<usize> = self
            .shape
            .iter()
            .rev()
            .map(|&length| {
                let at = rest % length.max(1);
                rest /= length.max(1);
                at
            })
            .collect();
        index.reverse();
        index
    }

    fn axes(&self) -> &[Axis] {
        match &self.storage {
            Storage::Dense(axes) => axes,
            Storage::CompressedRows { axes, .. } => axes,
        }
    }

    pub(crate) fn has_target(&self) -> bool {
        self.axes().iter().any(|axis| matches!(axis, Axis::Target(_)))
    }

    pub(crate) fn has_source(&self) -> bool {
        self.axes().iter().any(|axis| matches!(axis, Axis::Source(_)))
    }

    /// The number of entries along all outside axes together, one without any.
    pub(crate) fn outside(&self) -> usize {
        self.extent(&Axis::Outside)
    }

    /// The number of entries along all axes that are neither, one without any.
    pub(crate) fn neither(&self) -> usize {
        self.extent(&Axis::Neither)
    }

    fn extent(&self, wanted: &Axis) -> usize {
        let lengths: Vec<usize> = match &self.storage {
            Storage::Dense(_) => self.shape.clone(),
            Storage::CompressedRows { row_start, columns, .. } => vec![row_start.len() - 1, *columns],
        };
        self.axes().iter().zip(lengths).filter(|(axis, _)| *axis == wanted).map(|(_, length)| length).product()
    }

    /// The number of neighbouring entries of one source neuron.
    pub(crate) fn repeat(&self) -> usize {
        let repeats = self.axes().iter().map(|axis| if let Axis::Source(neurons) = axis { neurons.repeat } else { 1 });
        repeats.product()
    }
}

/// A dense tensor of weights, for the tests of this room.
#[cfg(test)]
fn dense_weights(name: &str, shape: &[usize], axes: &[Axis]) -> Described {
    let storage = Storage::Dense(axes.to_vec());
    Described { name: name.to_owned(), shape: shape.to_vec(), storage, role: Role::Weights }
}
