//! The library's errors as exceptions of `synbal.errors`, with their fields, and with what to do next in Python's terms.

use numpy::ndarray::Array2;
use numpy::{PyArray2, ToPyArray};
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use synbal::balance::{BalanceError, DegreeError, SolveError};
use synbal::certify::certificate::CertifyError;
use synbal::certify::degrees::DegreeCertifyError;
use synbal::check::Refused;
use synbal::cost::CostError;
use synbal::io::layouts::LayoutError;
use synbal::io::{ReadError, TensorError, WriteError};
use synbal::network::NetworkError;
use synbal::network::model::ModelError;
use synbal::report::ReportError;

/// An exception in the making.
pub struct Raised<'py> {
    class: &'static str,
    message: String,
    fields: Bound<'py, PyDict>,
}

impl<'py> Raised<'py> {
    /// An exception of the class of this name in `synbal.errors`.
    pub fn new(py: Python<'py>, class: &'static str, message: impl ToString) -> Self {
        Raised { class, message: message.to_string(), fields: PyDict::new(py) }
    }

    /// With one more field.
    pub fn with(self, name: &str, value: impl IntoPyObjectExt<'py>) -> Self {
        // What cannot be set is missing from the exception, which is raised all the same.
        let _ = value.into_bound_py_any(self.fields.py()).and_then(|value| self.fields.set_item(name, value));
        self
    }

    fn advised(mut self, advice: &str) -> Self {
        self.message += advice;
        self
    }
}

impl From<Raised<'_>> for PyErr {
    fn from(raised: Raised<'_>) -> PyErr {
        let made = raised
            .fields
            .py()
            .import("synbal.errors")
            .and_then(|module| module.getattr(raised.class))
            .and_then(|class| class.call((raised.message,), Some(&raised.fields)));
        made.map_or_else(|error| error, PyErr::from_value)
    }
}

/// A fault of ours.
pub fn internal(py: Python<'_>, what: &str) -> PyErr {
    Raised::new(py, "InternalError", format!("a fault in synbal itself: {what}; please report it")).into()
}

/// The exception for an error of the library.
pub trait Raise {
    /// Makes it.
    fn raised(self, py: Python<'_>) -> Raised<'_>;
}

/// `?` for results of the library.
pub trait OrRaise<T> {
    /// The value, or the exception.
    fn or_raise(self, py: Python<'_>) -> PyResult<T>;
}

impl<T, E: Raise> OrRaise<T> for Result<T, E> {
    fn or_raise(self, py: Python<'_>) -> PyResult<T> {
        self.map_err(|error| error.raised(py).into())
    }
}

impl Raise for NetworkError {
    fn raised(self, py: Python<'_>) -> Raised<'_> {
        let class = if matches!(self, NetworkError::NotHomogeneous { .. } | NetworkError::NeuronNotHomogeneous { .. }) {
            "NotHomogeneous"
        } else {
            "NetworkError"
        };
        let raised = Raised::new(py, class, &self);
        match self {
            NetworkError::NotSquare { rows, columns } => raised.with("shape", (rows, columns)),
            NetworkError::IndexOutOfRange { target, source_index, .. }
            | NetworkError::DuplicateSynapse { target, source_index } => {
                raised.with("neuron", target).with("source", source_index)
            }
            NetworkError::WeightNotFinite { target, source_index, value } => {
                raised.with("part", "J").with("neuron", target).with("source", source_index).with("value", value)
            }
            NetworkError::WrongShape { what, rows, columns, .. } => {
                raised.with("part", what).with("shape", (rows, columns))
            }
            NetworkError::NotFinite { what, index, value } => {
                raised.with("part", what).with("index", index).with("value", value)
            }
            NetworkError::TimeConstantNotPositive { neuron, value }
            | NetworkError::ScaleNotFinite { neuron, value } => raised.with("neuron", neuron).with("value", value),
            NetworkError::RescaledOutOfRange { what, row, column, from, .. } => {
                raised.with("part", what).with("index", (row, column)).with("value", from)
            }
            NetworkError::RoundedOutOfRange { what, row, column, rounded } => {
                raised.with("part", what).with("index", (row, column)).with("value", rounded)
            }
            _ => raised,
        }
    }
}

impl Raise for CostError {
    fn raised(self, py: Python<'_>) -> Raised<'_> {
        if let CostError::Network(error) = self {
            return error.raised(py);
        }
        let raised = Raised::new(py, "CostError", &self);
        match self {
            CostError::BadExponent { value }
            | CostError::BadFloor { value }
            | CostError::BadWorldWeight { value }
            | CostError::BadDiscount { value } => raised.with("value", value),
            CostError::BadFactor { target, source_index, value } => {
                raised.with("part", "alpha").with("neuron", target).with("source", source_index).with("value", value)
            }
            CostError::DuplicateFactor { target, source_index }
            | CostError::CostOutOfRange { target, source_index, .. }
            | CostError::AccumulatedOverflow { target, source_index, .. } => {
                raised.with("neuron", target).with("source", source_index)
            }
            CostError::WeightOutOfRange { target, source_index, value, .. } => {
                raised.with("part", "J").with("neuron", target).with("source", source_index).with("value", value)
            }
            CostError::NoWorld { .. } => raised.advised(" (w_in or b, and w_out; or world=None)"),
            _ => raised,
        }
    }
}

impl Raise for BalanceError {
    fn raised(self, py: Python<'_>) -> Raised<'_> {
        let message = self.to_string();
        match self {
            BalanceError::Cost(error) => error.raised(py),
            BalanceError::Network(error) => error.raised(py),
            BalanceError::NotBalanceable { on_no_cycle, count, synapses, .. } => {
                let advice = if count < synapses {
                    "; drop them, or balance inside the components with within_components=True, or give w_in (or b), w_out and world=1.0"
                } else {
                    "; give w_in (or b), w_out and world=1.0, which close its paths into cycles"
                };
                Raised::new(py, "NotBalanceable", message).advised(advice).with("on_no_cycle", pairs(py, &on_no_cycle))
            }
            BalanceError::BadTolerance { value } => {
                Raised::new(py, "ArgumentError", message).with("part", "tol").with("value", value)
            }
            _ => Raised::new(py, "ArgumentError", message),
        }
    }
}

impl Raise for DegreeError {
    fn raised(self, py: Python<'_>) -> Raised<'_> {
        let message = self.to_string();
        match self {
            DegreeError::Cost(error) => error.raised(py),
            DegreeError::Network(error) => error.raised(py),
            DegreeError::Criteria(error) => error.raised(py),
            DegreeError::NoMinimum { direction } => Raised::new(py, "NotBalanceable", message)
                .advised("; a whole network whose every neuron lies on a way from its inputs to its outputs has one with world=1.0")
                .with("direction", direction.rates().to_pyarray(py)),
            DegreeError::Undecided { neuron } => Raised::new(py, "NotBalanceable", message).with("neuron", neuron),
            DegreeError::NoSuchMethod { .. } => Raised::new(py, "ArgumentError", message).with("part", "method"),
            _ => Raised::new(py, "SynbalError", message),
        }
    }
}

impl Raise for SolveError {
    fn raised(self, py: Python<'_>) -> Raised<'_> {
        let message = self.to_string();
        match self {
            SolveError::Balance(error) => error.raised(py),
            SolveError::Degree(error) => error.raised(py),
            SolveError::Network(error) => error.raised(py),
            _ => Raised::new(py, "SynbalError", message),
        }
    }
}

/// Synapses as an array of two columns, target and source.
pub fn pairs<'py>(py: Python<'py>, pairs: &[(usize, usize)]) -> Bound<'py, PyArray2<i64>> {
    let at = |(row, column): (usize, usize)| if column == 0 { pairs[row].0 as i64 } else { pairs[row].1 as i64 };
    Array2::from_shape_fn((pairs.len(), 2), at).to_pyarray(py)
}

impl Raise for LayoutError {
    fn raised(self, py: Python<'_>) -> Raised<'_> {
        let raised = Raised::new(py, "LayoutError", &self);
        match self {
            LayoutError::Undescribed { tensor, shape, population, .. } => raised
                .advised("; describe it in a layout, or, if it really has nothing to do with these neurons, name it in untouched")
                .with("tensor", tensor)
                .with("shape", shape)
                .with("population", population),
            LayoutError::NoLayout { .. }
            | LayoutError::Ambiguous { .. }
            | LayoutError::SeveralReadOuts { .. }
            | LayoutError::OrderUnknown { .. }
            | LayoutError::NoOrder { .. }
            | LayoutError::TooManyOrders { .. } => raised.advised("; describe the tensors in a layout"),
            LayoutError::BrokenChain { first, .. } | LayoutError::KernelAfterLinear { first, .. } => {
                raised.advised("; describe the tensors in a layout").with("tensor", first)
            }
            LayoutError::LooksRecurrent { tensor } => raised
                .advised("; describe the tensors in a layout, a Linear that takes inputs and states side by side in two parts")
                .with("tensor", tensor),
            LayoutError::MayReadOut { tensor, shape, population, .. } => raised
                .advised("; if it does not read them, name it in untouched, and if it does, store it in two parts and describe them in a layout")
                .with("tensor", tensor)
                .with("shape", shape)
                .with("population", population),
            LayoutError::Normalisation { tensor, shape } => raised
                .advised("; if it acts on the model's inputs alone, name it in untouched")
                .with("tensor", tensor)
                .with("shape", shape),
            LayoutError::Gated { tensor, shape, .. }
            | LayoutError::WrongShape { tensor, shape, .. } => raised.with("tensor", tensor).with("shape", shape),
            LayoutError::ReverseDirection { tensor }
            | LayoutError::BatchNormalisation { tensor }
            | LayoutError::NoSuchTensor { tensor }
            | LayoutError::UntouchedIsDescribed { tensor } => raised.with("tensor", tensor),
            _ => raised,
        }
    }
}

impl Raise for ModelError {
    fn raised(self, py: Python<'_>) -> Raised<'_> {
        let raised = Raised::new(py, "LayoutError", &self);
        match self {
            ModelError::Network(error) => error.raised(py),
            ModelError::NotFinite { ref tensor, ref index, value }
            | ModelError::RescaledOutOfRange { ref tensor, ref index, from: value, .. } => {
                Raised::new(py, "NetworkError", &self).with("tensor", tensor).with("index", index).with("value", value)
            }
            _ => raised,
        }
    }
}

impl Raise for TensorError {
    fn raised(self, py: Python<'_>) -> Raised<'_> {
        let raised = Raised::new(py, "LayoutError", &self);
        match self {
            TensorError::Layout(error) => error.raised(py),
            TensorError::Model(error) => error.raised(py),
            TensorError::Network(error) => error.raised(py),
            TensorError::NoActivation { .. } => raised.advised(
                "; say which the model was built with: activation=\"relu\", \"linear\" or (\"leaky-relu\", slope)",
            ),
            TensorError::NotHeld { ref tensor, ref index, value, .. } => {
                Raised::new(py, "NetworkError", &self).with("tensor", tensor).with("index", index).with("value", value)
            }
            TensorError::UnsupportedDtype { tensor, .. } => raised.with("tensor", tensor),
            TensorError::WrongShape { tensor, shape, .. } => raised.with("tensor", tensor).with("shape", shape),
            _ => raised,
        }
    }
}

impl Raise for CertifyError {
    fn raised(self, py: Python<'_>) -> Raised<'_> {
        match self {
            CertifyError::Cost(error) => error.raised(py),
            CertifyError::Network(error) => error.raised(py),
            _ => Raised::new(py, "NotCertified", &self),
        }
    }
}

impl Raise for DegreeCertifyError {
    fn raised(self, py: Python<'_>) -> Raised<'_> {
        match self {
            DegreeCertifyError::Certify(error) => error.raised(py),
            _ => Raised::new(py, "NotCertified", &self),
        }
    }
}

impl Raise for Refused {
    fn raised(self, py: Python<'_>) -> Raised<'_> {
        let on_no_cycle = matches!(self, Refused::OnNoCycle { .. });
        let advice = if on_no_cycle { "; certify with within_components=True" } else { "" };
        Raised::new(py, "CertificateRefused", &self).advised(advice)
    }
}

impl Raise for ReadError {
    fn raised(self, py: Python<'_>) -> Raised<'_> {
        let class = if matches!(self, ReadError::NotFound { .. }) { "NoSuchFile" } else { "FileError" };
        let message = self.to_string();
        match self {
            ReadError::Tensors { path, error } => error.raised(py).with("path", path),
            _ => Raised::new(py, class, message),
        }
    }
}

impl Raise for WriteError {
    fn raised(self, py: Python<'_>) -> Raised<'_> {
        Raised::new(py, "FileError", &self)
    }
}

impl Raise for ReportError {
    fn raised(self, py: Python<'_>) -> Raised<'_> {
        let message = self.to_string();
        match self {
            ReportError::Claim { source: synbal::claims::ClaimError::Balance(error), .. } => error.raised(py),
            ReportError::Claim { source: synbal::claims::ClaimError::Degree(error), .. } => error.raised(py),
            _ => Raised::new(py, "SynbalError", message),
        }
    }
}
