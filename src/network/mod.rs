//! Networks: weights, graph facts, activations, and the transform that leaves the function unchanged.
//!
//! `τ_i ẋ_i = −x_i + Σ_j J_ij φ(x_j) + (W_in u + b)_i`, `y = W_out φ(x)`, or in discrete time
//! `x_{t+1} = φ(J x_t + W_in u_t + b)`, `y = W_out x`.

mod activation;
mod graph;
pub mod model;
mod pattern;
mod prescaling;
pub mod random;
mod similarity;
mod transform;
mod weights;

pub use crate::scalar::{exponent, times_power_of_two};
pub use activation::{Activation, Activations, Degrees};
pub use graph::GraphFacts;
pub(crate) use pattern::take_out;
pub use pattern::{Pattern, Transposed};
pub use prescaling::Prescaling;
pub use similarity::{Recovered, recover_log_scales};
pub use transform::{Homogeneity, rescale_by_powers_of_two, rescale_network, rescale_weights};
pub use weights::Weights;

use nalgebra::DMatrix;

use crate::ranks::OnAnotherRank;
use crate::scalar::Scalar;

/// What can be wrong with a network.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum NetworkError {
    /// The network has no neurons.
    #[error("the network has no neurons; give a matrix with at least one row")]
    NoNeurons,
    /// `neurons` neurons are more than the 4294967295 that an index holds.
    #[error("{neurons} neurons are more than the 4294967295 that an index holds; split the network")]
    TooManyNeurons {
        /// Number of neurons.
        neurons: usize,
    },
    /// There is no memory for `neurons` neurons with synapses between all pairs: it would take at least `megabytes` MB.
    #[error(
        "there is no memory for {neurons} neurons with synapses between all pairs, which take at least {megabytes} MB; use fewer neurons"
    )]
    NoRoomForAllPairs {
        /// Number of neurons.
        neurons: usize,
        /// How many megabytes they take.
        megabytes: u64,
    },
    /// The network has `what`, with which trials are not run side by side.
    #[error(
        "the network has {what}, and trials are run side by side with input and read-out weights, from state zero and with time constants of one only; run it with Simulator"
    )]
    NotSideBySide {
        /// What it has, in words.
        what: String,
    },
    /// The weight matrix is `rows` x `columns`, but recurrent weights are square: one row and one column a neuron.
    #[error(
        "the weight matrix is {rows} x {columns}, but recurrent weights are square: one row and one column a neuron"
    )]
    NotSquare {
        /// Number of rows.
        rows: usize,
        /// Number of columns.
        columns: usize,
    },
    /// The synapse from neuron `source_index` to neuron `target` is outside the `neurons` neurons (counted from 0).
    #[error(
        "the synapse from neuron {source_index} to neuron {target} is outside the {neurons} neurons (counted from 0)"
    )]
    IndexOutOfRange {
        /// The synapse's target, counted from 0.
        target: usize,
        /// The synapse's source, counted from 0.
        source_index: usize,
        /// Number of neurons.
        neurons: usize,
    },
    /// The weight from neuron `source_index` to neuron `target` is `value`.
    #[error(
        "the weight from neuron {source_index} to neuron {target} is {value}; replace it by a finite number (neurons count from 0)"
    )]
    WeightNotFinite {
        /// The synapse's target, counted from 0.
        target: usize,
        /// The synapse's source, counted from 0.
        source_index: usize,
        /// The value found.
        value: f64,
    },
    /// The synapse from neuron `source_index` to neuron `target` is given twice.
    #[error(
        "the synapse from neuron {source_index} to neuron {target} (counted from 0) is given twice; add the two weights or drop one"
    )]
    DuplicateSynapse {
        /// The synapse's target, counted from 0.
        target: usize,
        /// The synapse's source, counted from 0.
        source_index: usize,
    },
    /// There are `sources` sources but `values` weights.
    #[error("there are {sources} sources but {values} weights; give one of each for every synapse")]
    UnequalLengths {
        /// Number of sources.
        sources: usize,
        /// Number of weights.
        values: usize,
    },
    /// Row `row` begins at synapse `start` but the next row at `next`.
    #[error(
        "row {row} (counted from 0) begins at synapse {start} but the next row at {next}; row starts must not descend"
    )]
    BadRowStart {
        /// The row, counted from 0.
        row: usize,
        /// Where the row begins, counted in synapses from 0.
        start: usize,
        /// Where the next row begins, likewise.
        next: usize,
    },
    /// The rows go from synapse `first` to `last`, but there are `synapses`.
    #[error(
        "the rows go from synapse {first} to {last}, but there are {synapses}; they must go from 0 to the number of synapses"
    )]
    RowsDoNotCover {
        /// Where the first row begins, counted in synapses from 0.
        first: usize,
        /// Where the last row ends, likewise.
        last: usize,
        /// Number of synapses.
        synapses: usize,
    },
    /// Row `target` lists source `source_index` after a larger one.
    #[error(
        "row {target} lists source {source_index} after a larger one (both counted from 0); sort the sources of every row"
    )]
    UnsortedRow {
        /// The synapse's target, counted from 0.
        target: usize,
        /// The synapse's source, counted from 0.
        source_index: usize,
    },
    /// `what` has shape `rows` x `columns`, expected `expected`.
    #[error("{what} has shape {rows} x {columns}, expected {expected}")]
    WrongShape {
        /// What it is about.
        what: &'static str,
        /// Number of rows.
        rows: usize,
        /// Number of columns.
        columns: usize,
        /// What was expected.
        expected: String,
    },
    /// `what`\[`index`] is `value`.
    #[error("{what}{index:?} (counted from 0) is {value}; replace it by a finite number")]
    NotFinite {
        /// What it is about.
        what: &'static str,
        /// The place: row and column of a matrix, one number in a vector, counted from 0.
        index: Vec<usize>,
        /// The value found.
        value: f64,
    },
    /// `activation` is not positively homogeneous, so rescaling changes what the network computes.
    #[error(
        "{activation} is not positively homogeneous, so rescaling changes what the network computes; use linear, relu, leaky-relu or a rectified power"
    )]
    NotHomogeneous {
        /// The activation's name.
        activation: &'static str,
    },
    /// The activation of neuron `neuron`, `activation`, is not positively homogeneous.
    #[error(
        "the activation of neuron {neuron} (counted from 0), {activation}, is not positively homogeneous, so rescaling changes what the network computes; use linear, relu, leaky-relu or a rectified power"
    )]
    NeuronNotHomogeneous {
        /// The neuron, counted from 0.
        neuron: usize,
        /// The activation's name.
        activation: &'static str,
    },
    /// Expected one activation for all or one for each of the `neurons` neurons, got `given`.
    #[error("expected one activation for all or one for each of the {neurons} neurons, got {given}")]
    WrongNumberOfActivations {
        /// Number of neurons.
        neurons: usize,
        /// Number of activations given.
        given: usize,
    },
    /// The time constant of neuron `neuron` is `value`.
    #[error("the time constant of neuron {neuron} (counted from 0) is {value}; it must be greater than 0")]
    TimeConstantNotPositive {
        /// The neuron, counted from 0.
        neuron: usize,
        /// The value found.
        value: f64,
    },
    /// With degree `degree` a rescaling by powers of two is rounded where a neuron's activity is.
    #[error(
        "with degree {degree} a rescaling by powers of two is rounded where a neuron's activity is; use rescale_network, or an activation of degree one"
    )]
    ExactOnlyForDegreeOne {
        /// Its degree of homogeneity.
        degree: f64,
    },
    /// The degree of homogeneity is `degree`.
    #[error("the degree of homogeneity is {degree}; it must be a finite number ≥ 0")]
    BadDegree {
        /// Its degree of homogeneity.
        degree: f64,
    },
    /// Expected one log-scale for each of the `neurons` neurons, got `given`.
    #[error("expected one log-scale for each of the {neurons} neurons, got {given}")]
    WrongNumberOfScales {
        /// Number of neurons.
        neurons: usize,
        /// Number of log-scales given.
        given: usize,
    },
    /// The log-scale of neuron `neuron` is `value`.
    #[error("the log-scale of neuron {neuron} (counted from 0) is {value}; it must be finite")]
    ScaleNotFinite {
        /// The neuron, counted from 0.
        neuron: usize,
        /// The value found.
        value: f64,
    },
    /// Rescaled, `what` at (`row`, `column`) would be `from` x e^`log_factor`, outside the range in which f64 has all its
    /// digits.
    #[error(
        "rescaled, {what} at ({row}, {column}), counted from 0, would be {from:?} x e^{log_factor}, outside the range in which f64 has all its digits (2e-308 to 2e308); choose another unit of weight, or log-scales of smaller spread"
    )]
    RescaledOutOfRange {
        /// What it is about.
        what: &'static str,
        /// The row, counted from 0.
        row: usize,
        /// The column, counted from 0.
        column: usize,
        /// The value before rescaling.
        from: f64,
        /// Natural logarithm of the factor that the log-scales give it.
        log_factor: f64,
    },
    /// `what` at (`row`, `column`) would be rounded to `rounded`.
    #[error(
        "{what} at ({row}, {column}), counted from 0, would be rounded to {rounded:?}; the format that it is rounded to cannot hold it"
    )]
    RoundedOutOfRange {
        /// What it is about.
        what: &'static str,
        /// The row, counted from 0.
        row: usize,
        /// The column, counted from 0.
        column: usize,
        /// What it would be rounded to.
        rounded: f64,
    },
    /// A network that is spread over ranks met a fault on another one: [`OnAnotherRank`].
    #[error(transparent)]
    OnAnotherRank(#[from] OnAnotherRank),
}

impl NetworkError {
    /// Whether numbers would leave the range of `f64`, which says nothing about the mathematics of the network.
    pub fn is_out_of_range(&self) -> bool {
        matches!(self, NetworkError::RescaledOutOfRange { .. })
    }
}

/// A whole network: recurrent weights, and whatever else of it is known.
#[derive(Clone, Debug, PartialEq)]
pub struct Network<S: Scalar = f64> {
    /// Recurrent weights, n × n, row = target.
    pub weights: Weights<S>,
    /// The activation of every neuron: one for all, or one each.
    pub activation: Activations,
    /// Input weights, n × inputs.
    pub w_in: Option<DMatrix<S>>,
    /// Bias, n.
    pub bias: Option<Vec<S>>,
    /// Read-out weights, outputs × n.
    pub w_out: Option<DMatrix<S>>,
    /// Initial state, n.
    pub initial_state: Option<Vec<S>>,
    /// Time constants τ, n; the transform leaves them alone.
    pub time_constants: Option<Vec<S>>,
}

impl Network<f64> {
    /// A network of recurrent weights alone.
    pub fn recurrent(weights: Weights, activation: impl Into<Activations>) -> Self {
        let activation = activation.into();
        Network { weights, activation, w_in: None, bias: None, w_out: None, initial_state: None, time_constants: None }
    }

    /// The same network in another number system; `lift` turns an `f64` into it exactly.
    pub fn lifted<S: Scalar>(&self, lift: impl Fn(f64) -> S + Copy) -> Network<S> {
        let matrix = |entries: &DMatrix<f64>| entries.map(lift);
        let vector = |values: &Vec<f64>| values.iter().map(|&value| lift(value)).collect();
        Network {
            weights: self.weights.lifted(lift),
            activation: self.activation.clone(),
            w_in: self.w_in.as_ref().map(matrix),
            bias: self.bias.as_ref().map(vector),
            w_out: self.w_out.as_ref().map(matrix),
            initial_state: self.initial_state.as_ref().map(vector),
            time_constants: self.time_constants.as_ref().map(vector),
        }
    }

    /// Checks that all parts fit together and are finite; call it on every network that comes from outside.
    ///
    /// # Errors
    /// The first part that does not fit, with its shape, or its first number that is not finite.
    pub fn validate(&self) -> Result<(), NetworkError> {
        let n = self.weights.neurons();
        if let Activations::Each(each) = &self.activation
            && each.len() != n
        {
            return Err(NetworkError::WrongNumberOfActivations { neurons: n, given: each.len() });
        }
        for neuron in 0..if self.activation.same().is_some() { 1 } else { n } {
            if let Some(degree) = self.activation.at(neuron).degree()
                && !(degree.is_finite() && degree >= 0.0)
            {
                return Err(NetworkError::BadDegree { degree });
            }
        }
        if let Some(w_in) = &self.w_in {
            if w_in.nrows() != n {
                let expected = format!("{n} rows, one a neuron");
                return Err(NetworkError::WrongShape {
                    what: "w_in",
                    rows: w_in.nrows(),
                    columns: w_in.ncols(),
                    expected,
                });
            }
            all_finite_in("w_in", w_in)?;
        }
        if let Some(w_out) = &self.w_out {
            if w_out.ncols() != n {
                let expected = format!("{n} columns, one a neuron");
                return Err(NetworkError::WrongShape {
                    what: "w_out",
                    rows: w_out.nrows(),
                    columns: w_out.ncols(),
                    expected,
                });
            }
            all_finite_in("w_out", w_out)?;
        }
        let vectors = [("b", &self.bias), ("x0", &self.initial_state), ("tau", &self.time_constants)];
        for (what, vector) in vectors {
            if let Some(vector) = vector {
                if vector.len() != n {
                    let expected = format!("{n}, one a neuron");
                    return Err(NetworkError::WrongShape { what, rows: vector.len(), columns: 1, expected });
                }
                all_finite(what, vector)?;
            }
        }
        if let Some(tau) = &self.time_constants
            && let Some(neuron) = tau.iter().position(|&value| value <= 0.0)
        {
            return Err(NetworkError::TimeConstantNotPositive { neuron, value: tau[neuron] });
        }
        Ok(())
    }
}

impl Network<f64> {
    /// The same network with every number rounded to single precision, for files of half the size.
    ///
    /// # Errors
    /// The first part with a number that single precision cannot hold.
    pub fn in_single_precision(&self) -> Result<Network, NetworkError> {
        self.rounded_by(|&value| f64::from(value as f32))
    }
}

impl<S: Scalar> Network<S> {
    /// The same network with every number rounded to `f64`.
    ///
    /// # Errors
    /// The first part with a number that `f64` cannot hold: it overflows, or vanishes although it is not zero.
    pub fn rounded(&self) -> Result<Network, NetworkError> {
        self.rounded_by(S::to_f64)
    }

    fn rounded_by(&self, round: impl Fn(&S) -> f64 + Copy) -> Result<Network, NetworkError> {
        let one = |what, row, column, value: &S| {
            let rounded = round(value);
            if rounded.is_finite() && (rounded != 0.0 || value.is_zero()) {
                return Ok(rounded);
            }
            Err(NetworkError::RoundedOutOfRange { what, row, column, rounded })
        };
        for (i, j, value) in self.weights.triplets() {
            one("the weights", i, j, value)?;
        }
        let matrix = |what, entries: &DMatrix<S>| {
            let rows = entries.nrows();
            let rounded = entries.iter().enumerate().map(|(k, value)| one(what, k % rows, k / rows, value));
            Ok::<_, NetworkError>(DMatrix::from_vec(rows, entries.ncols(), rounded.collect::<Result<_, _>>()?))
        };
        let vector = |what, values: &Vec<S>| {
            values.iter().enumerate().map(|(i, value)| one(what, i, 0, value)).collect::<Result<_, _>>()
        };
        Ok(Network {
            weights: self.weights.rounded_by(round),
            activation: self.activation.clone(),
            w_in: self.w_in.as_ref().map(|entries| matrix("w_in", entries)).transpose()?,
            bias: self.bias.as_ref().map(|values| vector("b", values)).transpose()?,
            w_out: self.w_out.as_ref().map(|entries| matrix("w_out", entries)).transpose()?,
            initial_state: self.initial_state.as_ref().map(|values| vector("the initial state", values)).transpose()?,
            time_constants: self.time_constants.as_ref().map(|values| vector("tau", values)).transpose()?,
        })
    }
}

fn all_finite(what: &'static str, values: &[f64]) -> Result<(), NetworkError> {
    match values.iter().position(|value| !value.is_finite()) {
        Some(index) => Err(NetworkError::NotFinite { what, index: vec![index], value: values[index] }),
        None => Ok(()),
    }
}

fn all_finite_in(what: &'static str, matrix: &DMatrix<f64>) -> Result<(), NetworkError> {
    match matrix.iter().position(|value| !value.is_finite()) {
        Some(place) => {
            let index = vec![place % matrix.nrows(), place / matrix.nrows()];
            Err(NetworkError::NotFinite { what, index, value: matrix[place] })
        }
        None => Ok(()),
    }
}
