//! Why a layout was not found, or is refused.

/// Why a file's tensors are no model that can be rescaled.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum LayoutError {
    #[error(
        "no known layout has these tensors ({found}): neither `w_rec`, nor `weight_hh_l0` of nn.RNN, nor `*.weight` of layers"
    )]
    NoLayout { found: String },
    #[error(
        "both `{first}` and `{second}` could be the recurrent weights; only one recurrent module is found by its names"
    )]
    Ambiguous { first: String, second: String },
    #[error(
        "`{tensor}` of shape {shape:?} could touch the population `{population}` ({size} neurons) and is not described: rescaled without it, the file might be another model"
    )]
    Undescribed { tensor: String, shape: Vec<usize>, population: String, size: usize },
    #[error("`{tensor}` is said to be untouched, but the file has no such tensor")]
    NoSuchTensor { tensor: String },
    #[error("`{tensor}` is said to be untouched, but it is part of the layout: its axes belong to populations")]
    UntouchedIsDescribed { tensor: String },
    #[error(
        "`{tensor}` belongs to the reverse direction of a bidirectional network: both directions' states enter the next layer side by side, which no known layout describes"
    )]
    ReverseDirection { tensor: String },
    #[error(
        "`{tensor}` has shape {shape:?}, that of {kind}: its gates are sigmoids of the state, so no rescaling of the state keeps the function"
    )]
    Gated { tensor: String, shape: Vec<usize>, kind: &'static str },
    #[error(
        "`{tensor}` is a running statistic of batch normalisation, which undoes any rescaling of the layer before it; fold it into that layer's weights first (torch.nn.utils.fusion)"
    )]
    BatchNormalisation { tensor: String },
    #[error(
        "`{tensor}` of shape {shape:?} is a scale of each neuron, as in layer, group or batch normalisation; those divide by the size of their input, so that the scale of one neuron changes all others"
    )]
    Normalisation { tensor: String, shape: Vec<usize> },
    #[error("more than one Linear could read the last recurrent layer: {candidates}")]
    SeveralReadOuts { candidates: String },
    #[error("the layers {layers} fit each other in more than one order, and their names do not number them")]
    OrderUnknown { layers: String },
    #[error("`{second}` takes {inputs} inputs, but `{first}` before it gives {outputs}{hint}")]
    BrokenChain { first: String, outputs: usize, second: String, inputs: usize, hint: &'static str },
    #[error("`{layer}` is the only layer: a feed-forward network has neurons to balance between two layers")]
    SingleLayer { layer: String },
    #[error("the layout file: {reason}")]
    BadLayoutFile { reason: String },
    #[error("`{tensor}` has shape {shape:?}, expected {expected}")]
    WrongShape { tensor: String, shape: Vec<usize>, expected: String },
}
