//! Why a layout was not found, or is refused.

/// Why a file's tensors are no model that can be rescaled.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum LayoutError {
    /// No known layout has these tensors (`found`): neither `w_rec`, nor `weight_hh_l0` of nn.RNN, nor `*.weight` of
    /// layers.
    #[error(
        "no known layout has these tensors ({found}): neither `w_rec`, nor `weight_hh_l0` of nn.RNN, nor `*.weight` of layers"
    )]
    NoLayout {
        /// What was found.
        found: String,
    },
    /// Both `first` and `second` could be the recurrent weights.
    #[error(
        "both `{first}` and `{second}` could be the recurrent weights; only one recurrent module is found by its names"
    )]
    Ambiguous {
        /// The name of the one tensor.
        first: String,
        /// The name of the other.
        second: String,
    },
    /// `tensor` of shape `shape` could touch the population `population` (`size` neurons) and is not described:
    /// rescaled without it, the file might be another model.
    #[error(
        "`{tensor}` of shape {shape:?} could touch the population `{population}` ({size} neurons) and is not described: rescaled without it, the file might be another model"
    )]
    Undescribed {
        /// The tensor's name.
        tensor: String,
        /// Its shape.
        shape: Vec<usize>,
        /// The population's name.
        population: String,
        /// Its number of neurons.
        size: usize,
    },
    /// `tensor` is said to be untouched, but the file has no such tensor.
    #[error("`{tensor}` is said to be untouched, but the file has no such tensor")]
    NoSuchTensor {
        /// The tensor's name.
        tensor: String,
    },
    /// `tensor` is said to be untouched, but it is part of the layout: its axes belong to populations.
    #[error("`{tensor}` is said to be untouched, but it is part of the layout: its axes belong to populations")]
    UntouchedIsDescribed {
        /// The tensor's name.
        tensor: String,
    },
    /// `tensor` belongs to the reverse direction of a bidirectional network: both directions' states enter the next
    /// layer side by side, which no known layout describes.
    #[error(
        "`{tensor}` belongs to the reverse direction of a bidirectional network: both directions' states enter the next layer side by side, which no known layout describes"
    )]
    ReverseDirection {
        /// The tensor's name.
        tensor: String,
    },
    /// `tensor` has shape `shape`, that of `kind`: its gates are sigmoids of the state, so no rescaling of the state
    /// keeps the function.
    #[error(
        "`{tensor}` has shape {shape:?}, that of {kind}: its gates are sigmoids of the state, so no rescaling of the state keeps the function"
    )]
    Gated {
        /// The tensor's name.
        tensor: String,
        /// Its shape.
        shape: Vec<usize>,
        /// What it is.
        kind: &'static str,
    },
    /// `tensor` is a running statistic of batch normalisation, which undoes any rescaling of the layer before it.
    #[error(
        "`{tensor}` is a running statistic of batch normalisation, which undoes any rescaling of the layer before it; fold it into that layer's weights first (torch.nn.utils.fusion)"
    )]
    BatchNormalisation {
        /// The tensor's name.
        tensor: String,
    },
    /// `tensor` of shape `shape` is a scale, as in layer, group or batch normalisation.
    #[error(
        "`{tensor}` of shape {shape:?} is a scale, as in layer, group or batch normalisation; those divide by the size of their input, so that the scale of one neuron changes all others"
    )]
    Normalisation {
        /// The tensor's name.
        tensor: String,
        /// Its shape.
        shape: Vec<usize>,
    },
    /// More than one Linear could read the last recurrent layer: `candidates`.
    #[error(
        "more than one Linear could read the last recurrent layer: {candidates}; name those that do not as untouched"
    )]
    SeveralReadOuts {
        /// The names of all that could.
        candidates: String,
    },
    /// The layers `layers` fit each other in more than one order, and their names do not number them.
    #[error("the layers {layers} fit each other in more than one order, and their names do not number them")]
    OrderUnknown {
        /// The names of the layers.
        layers: String,
    },
    /// `second` takes `inputs` inputs, but `first` before it gives `outputs`.
    #[error("`{second}` takes {inputs} inputs, but `{first}` before it gives {outputs}{hint}")]
    BrokenChain {
        /// The name of the layer before.
        first: String,
        /// Number of outputs.
        outputs: usize,
        /// The name of the layer after it.
        second: String,
        /// Number of inputs.
        inputs: usize,
        /// What may help.
        hint: &'static str,
    },
    /// `second` has a kernel, but `first` before it is a Linear layer: how its outputs become channels is in no known layout.
    #[error(
        "`{second}` has a kernel, but `{first}` before it is a Linear layer: how its outputs become channels is in no known layout"
    )]
    KernelAfterLinear {
        /// The name of the Linear layer.
        first: String,
        /// The name of the convolution.
        second: String,
    },
    /// In no order does each of the layers `layers` take as many inputs as the one before it gives.
    #[error("in no order does each of the layers {layers} take as many inputs as the one before it gives{hint}")]
    NoOrder {
        /// The names of the layers.
        layers: String,
        /// What may be the cause.
        hint: &'static str,
    },
    /// `tensor` has the name of weights onto the states of a recurrent network: read as a chain of layers, it would be
    /// another model.
    #[error(
        "`{tensor}` has the name of weights onto the states of a recurrent network: read as a chain of layers, it would be another model"
    )]
    LooksRecurrent {
        /// The tensor's name.
        tensor: String,
    },
    /// The recurrent module has no Linear that reads its states, but `tensor` of shape `shape` may read them beside other
    /// numbers.
    #[error(
        "no Linear reads the states of `{population}` ({size} neurons) alone, but `{tensor}` of shape {shape:?} may read them beside other numbers: rescaled without it, the file might be another model"
    )]
    MayReadOut {
        /// The tensor's name.
        tensor: String,
        /// Its shape.
        shape: Vec<usize>,
        /// The last layer.
        population: String,
        /// Its number of neurons.
        size: usize,
    },
    /// The names of the layers `layers` do not number them, and more than `most` are not tried in all orders.
    #[error("the names of the layers {layers} do not number them, and more than {most} are not tried in all orders")]
    TooManyOrders {
        /// The names of the layers.
        layers: String,
        /// The most that are tried.
        most: usize,
    },
    /// `layer` is the only layer: a feed-forward network has neurons to balance between two layers.
    #[error("`{layer}` is the only layer: a feed-forward network has neurons to balance between two layers")]
    SingleLayer {
        /// The layer's name.
        layer: String,
    },
    /// The layout file: `reason`.
    #[error("the layout file: {reason}")]
    BadLayoutFile {
        /// What is wrong.
        reason: String,
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
}
