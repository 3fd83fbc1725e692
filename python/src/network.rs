//! Networks between NumPy's arrays and the library.

use std::sync::Arc;

use nalgebra::DMatrix;
use numpy::ndarray::{Array2, ArrayView2};
use numpy::{Element, PyArray1, PyReadonlyArray1, PyReadonlyArray2, PyReadwriteArray2, ToPyArray};
use pyo3::prelude::*;
use synbal::io::GivenActivations;
use synbal::network::{Activation, Activations, NetworkError, Weights};

use crate::errors::{OrRaise, Raised};

/// The formats of numbers that weights come in.
pub trait Number: Element + Copy {
    /// Exactly.
    fn double(self) -> f64;
    /// The nearest.
    fn nearest(value: f64) -> Self;
}

impl Number for f64 {
    fn double(self) -> f64 {
        self
    }

    fn nearest(value: f64) -> f64 {
        value
    }
}

impl Number for f32 {
    fn double(self) -> f64 {
        f64::from(self)
    }

    fn nearest(value: f64) -> f32 {
        value as f32
    }
}

/// The number rounded to `T`, if it is still one: neither infinite nor vanished.
fn rounded<T: Number>(what: &'static str, row: usize, column: usize, value: f64) -> Result<T, NetworkError> {
    let nearest = T::nearest(value);
    let rounded = nearest.double();
    if rounded.is_finite() && (rounded != 0.0 || value == 0.0) {
        Ok(nearest)
    } else {
        Err(NetworkError::RoundedOutOfRange { what, row, column, rounded })
    }
}

/// A square matrix, in either format.
#[derive(FromPyObject)]
pub enum Dense<'py> {
    Double(PyReadonlyArray2<'py, f64>),
    Single(PyReadonlyArray2<'py, f32>),
}

/// A square matrix to be written to.
#[derive(FromPyObject)]
pub enum DenseMut<'py> {
    Double(PyReadwriteArray2<'py, f64>),
    Single(PyReadwriteArray2<'py, f32>),
}

/// The numbers of a sparse matrix.
#[derive(FromPyObject)]
pub enum Numbers<'py> {
    Double(PyReadonlyArray1<'py, f64>),
    Single(PyReadonlyArray1<'py, f32>),
}

/// Indices of a sparse matrix, of either width that SciPy uses.
#[derive(FromPyObject)]
pub enum Indices<'py> {
    Narrow(PyReadonlyArray1<'py, i32>),
    Wide(PyReadonlyArray1<'py, i64>),
}

impl Indices<'_> {
    fn collect<T: TryFrom<i64> + TryFrom<i32>>(&self) -> Option<Vec<T>> {
        match self {
            Indices::Narrow(array) => array.as_array().iter().map(|&index| T::try_from(index).ok()).collect(),
            Indices::Wide(array) => array.as_array().iter().map(|&index| T::try_from(index).ok()).collect(),
        }
    }
}

/// Row starts, columns (ascending in each row, none twice) and numbers of a compressed matrix.
#[derive(FromPyObject)]
pub struct Rows<'py>(pub Indices<'py>, pub Indices<'py>, pub Numbers<'py>);

/// Where the weights of a network come from.
#[derive(FromPyObject)]
pub enum Given<'py> {
    Dense(Dense<'py>),
    Rows(Rows<'py>),
}

fn of_dense<T: Number>(matrix: ArrayView2<'_, T>) -> Result<Weights, NetworkError> {
    let (rows, columns) = matrix.dim();
    if rows != columns {
        return Err(NetworkError::NotSquare { rows, columns });
    }
    let (mut row_start, mut source, mut values) = (vec![0], Vec::new(), Vec::new());
    for row in matrix.rows() {
        for (j, value) in (0_u32..).zip(row) {
            let value = value.double();
            if value != 0.0 {
                source.push(j);
                values.push(value);
            }
        }
        row_start.push(source.len());
    }
    Weights::from_rows(row_start, source, values)
}

fn of_rows(py: Python<'_>, Rows(starts, columns, numbers): &Rows<'_>) -> PyResult<Weights> {
    let (Some(starts), Some(columns)) = (starts.collect::<usize>(), columns.collect::<u32>()) else {
        return Err(
            Raised::new(py, "NetworkError", "the matrix has negative indices, or some beyond 4294967295").into()
        );
    };
    let numbers = match numbers {
        Numbers::Double(array) => array.as_array().to_vec(),
        Numbers::Single(array) => array.as_array().iter().map(|&value| f64::from(value)).collect(),
    };
    Weights::from_rows(starts, columns, numbers).or_raise(py)
}

/// The activation of a name and its parameter.
pub fn activation(py: Python<'_>, name: &str, parameter: Option<f64>) -> PyResult<Activation> {
    let known = match (name, parameter) {
        ("linear", None) => Activation::Linear,
        ("relu", None) => Activation::Relu,
        ("leaky-relu", slope) => Activation::LeakyRelu { slope: slope.unwrap_or(0.01) },
        ("rectified-power", Some(degree)) => Activation::RectifiedPower { degree },
        ("tanh", None) => Activation::Tanh,
        _ => {
            let message = format!(
                "there is no activation {name:?} with the parameter {parameter:?}; known are \"linear\", \"relu\", (\"leaky-relu\", slope), (\"rectified-power\", degree) and \"tanh\""
            );
            return Err(Raised::new(py, "ArgumentError", message).with("part", "activation").into());
        }
    };
    Ok(known)
}

/// Activations as the package hands them over: name and parameter.
#[derive(FromPyObject)]
pub enum Named {
    /// One for all neurons.
    All((String, Option<f64>)),
    /// One each.
    Each(Vec<(String, Option<f64>)>),
    /// By the names of a model's populations.
    Populations(Vec<(String, (String, Option<f64>))>),
}

impl Named {
    /// As files are read with them.
    ///
    /// # Errors
    /// A name that is none.
    pub fn given(&self, py: Python<'_>) -> PyResult<GivenActivations> {
        Ok(match self {
            Named::All((name, parameter)) => GivenActivations::All(activation(py, name, *parameter)?),
            Named::Each(each) => {
                let one = |(name, parameter): &(String, Option<f64>)| Ok((activation(py, name, *parameter)?, 1));
                GivenActivations::Runs(each.iter().map(one).collect::<PyResult<_>>()?)
            }
            Named::Populations(named) => {
                let one = |(population, (name, parameter)): &(String, (String, Option<f64>))| {
                    Ok((population.clone(), activation(py, name, *parameter)?))
                };
                GivenActivations::Populations(named.iter().map(one).collect::<PyResult<_>>()?)
            }
        })
    }

    /// Those of a network of so many neurons, which has no populations.
    ///
    /// # Errors
    /// A name that is none, or not one for each neuron.
    pub fn of(&self, py: Python<'_>, neurons: usize) -> PyResult<Activations> {
        self.given(py)?.of(None, neurons).or_raise(py)
    }
}

/// The same the other way.
#[derive(IntoPyObject)]
pub enum Told {
    /// One for all neurons.
    All((&'static str, Option<f64>)),
    /// One each.
    Each(Vec<(&'static str, Option<f64>)>),
}

fn told(activation: Activation) -> (&'static str, Option<f64>) {
    let parameter = match activation {
        Activation::LeakyRelu { slope } => Some(slope),
        Activation::RectifiedPower { degree } => Some(degree),
        _ => None,
    };
    (activation.name(), parameter)
}

/// A network of the library. Its numbers are doubles; immutable, and shared between the threads that work on it.
#[pyclass(frozen, module = "synbal._synbal")]
pub struct Network {
    pub inner: Arc<synbal::network::Network>,
}

impl From<synbal::network::Network> for Network {
    fn from(network: synbal::network::Network) -> Self {
        Network { inner: Arc::new(network) }
    }
}

fn matrix(array: &PyReadonlyArray2<'_, f64>) -> DMatrix<f64> {
    let array = array.as_array();
    DMatrix::from_fn(array.nrows(), array.ncols(), |i, j| array[[i, j]])
}

fn vector(array: &PyReadonlyArray1<'_, f64>) -> Vec<f64> {
    array.as_array().to_vec()
}

#[pymethods]
impl Network {
    #[new]
    #[pyo3(signature = (weights, *, activation, w_in=None, w_out=None, b=None, x0=None, tau=None))]
    #[expect(clippy::too_many_arguments, reason = "one for each part of a network, all by keyword")]
    fn new(
        py: Python<'_>,
        weights: Given<'_>,
        activation: Named,
        w_in: Option<PyReadonlyArray2<'_, f64>>,
        w_out: Option<PyReadonlyArray2<'_, f64>>,
        b: Option<PyReadonlyArray1<'_, f64>>,
        x0: Option<PyReadonlyArray1<'_, f64>>,
        tau: Option<PyReadonlyArray1<'_, f64>>,
    ) -> PyResult<Self> {
        let weights = match &weights {
            Given::Dense(Dense::Double(array)) => of_dense(array.as_array()).or_raise(py)?,
            Given::Dense(Dense::Single(array)) => of_dense(array.as_array()).or_raise(py)?,
            Given::Rows(rows) => of_rows(py, rows)?,
        };
        let network = synbal::network::Network {
            activation: activation.of(py, weights.neurons())?,
            weights,
            w_in: w_in.as_ref().map(matrix),
            bias: b.as_ref().map(vector),
            w_out: w_out.as_ref().map(matrix),
            initial_state: x0.as_ref().map(vector),
            time_constants: tau.as_ref().map(vector),
        };
        network.validate().or_raise(py)?;
        Ok(network.into())
    }

    /// The sha256 of the `.safetensors` file that this network is saved as.
    fn sha256(&self, py: Python<'_>) -> PyResult<String> {
        crate::files::digest(py, &self.inner)
    }

    #[getter]
    fn neurons(&self) -> usize {
        self.inner.weights.neurons()
    }

    #[getter]
    fn synapses(&self) -> usize {
        self.inner.weights.synapses()
    }

    #[getter]
    fn activation(&self) -> Told {
        match &self.inner.activation {
            Activations::Same(activation) => Told::All(told(*activation)),
            Activations::Each(each) => Told::Each(each.iter().copied().map(told).collect()),
        }
    }

    /// Writes the weights to a matrix of zeros and weights of the same synapses, each number rounded once.
    fn fill(&self, py: Python<'_>, matrix: DenseMut<'_>) -> PyResult<()> {
        match matrix {
            DenseMut::Double(array) => self.fill_with(array),
            DenseMut::Single(array) => self.fill_with(array),
        }
        .or_raise(py)
    }

    /// The weights as numbers of a compressed matrix that has these synapses and perhaps zeros besides.
    fn numbers<'py>(&self, py: Python<'py>, rows: Rows<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(match &rows.2 {
            Numbers::Double(given) => {
                self.in_order_of(given.as_array().iter().copied()).or_raise(py)?.to_pyarray(py).into_any()
            }
            Numbers::Single(given) => {
                self.in_order_of(given.as_array().iter().copied()).or_raise(py)?.to_pyarray(py).into_any()
            }
        })
    }

    /// The weights as row starts, columns and numbers.
    #[expect(clippy::type_complexity, reason = "the three arrays of a compressed matrix")]
    fn rows<'py>(
        &self,
        py: Python<'py>,
    ) -> (Bound<'py, PyArray1<i64>>, Bound<'py, PyArray1<i64>>, Bound<'py, PyArray1<f64>>) {
        let pattern = self.inner.weights.pattern();
        let starts: Vec<i64> = pattern.row_starts().iter().map(|&start| start as i64).collect();
        let columns: Vec<i64> = pattern.all_sources().iter().map(|&source| i64::from(source)).collect();
        (starts.to_pyarray(py), columns.to_pyarray(py), self.inner.weights.values().to_pyarray(py))
    }

    /// `w_in`, `w_out`, `b`, `x0` or `tau`, each number rounded once; None where the network has none.
    fn part<'py>(&self, py: Python<'py>, name: &str, single: bool) -> PyResult<Option<Bound<'py, PyAny>>> {
        fn of_matrix<'py, T: Number>(
            py: Python<'py>,
            what: &'static str,
            matrix: &DMatrix<f64>,
        ) -> PyResult<Bound<'py, PyAny>> {
            let mut entries = Vec::with_capacity(matrix.len());
            for i in 0..matrix.nrows() {
                for j in 0..matrix.ncols() {
                    entries.push(rounded::<T>(what, i, j, matrix[(i, j)]).or_raise(py)?);
                }
            }
            let shaped = Array2::from_shape_vec((matrix.nrows(), matrix.ncols()), entries);
            Ok(shaped.map_err(|error| crate::errors::internal(py, &error.to_string()))?.to_pyarray(py).into_any())
        }
        fn of_vector<'py, T: Number>(
            py: Python<'py>,
            what: &'static str,
            values: &[f64],
        ) -> PyResult<Bound<'py, PyAny>> {
            let entries = values.iter().enumerate().map(|(i, &value)| rounded::<T>(what, i, 0, value));
            Ok(entries.collect::<Result<Vec<T>, _>>().or_raise(py)?.to_pyarray(py).into_any())
        }
        let network = &*self.inner;
        let (what, matrix, vector) = match name {
            "w_in" => ("w_in", network.w_in.as_ref(), None),
            "w_out" => ("w_out", network.w_out.as_ref(), None),
            "b" => ("b", None, network.bias.as_ref()),
            "x0" => ("x0", None, network.initial_state.as_ref()),
            _ => ("tau", None, network.time_constants.as_ref()),
        };
        match (matrix, vector, single) {
            (Some(matrix), _, false) => of_matrix::<f64>(py, what, matrix).map(Some),
            (Some(matrix), _, true) => of_matrix::<f32>(py, what, matrix).map(Some),
            (None, Some(vector), false) => of_vector::<f64>(py, what, vector).map(Some),
            (None, Some(vector), true) => of_vector::<f32>(py, what, vector).map(Some),
            (None, None, _) => Ok(None),
        }
    }
}

impl Network {
    fn fill_with<T: Number>(&self, mut array: PyReadwriteArray2<'_, T>) -> Result<(), NetworkError> {
        let mut entries = array.as_array_mut();
        for (i, j, &value) in self.inner.weights.triplets() {
            entries[[i, j]] = rounded("the weights", i, j, value)?;
        }
        Ok(())
    }

    fn in_order_of<T: Number>(&self, given: impl Iterator<Item = T>) -> Result<Vec<T>, NetworkError> {
        let mut weights = self.inner.weights.triplets();
        given
            .map(|given| match given.double() {
                0.0 => Ok(given),
                _ => weights.next().map_or(Ok(given), |(i, j, &value)| rounded("the weights", i, j, value)),
            })
            .collect()
    }
}
