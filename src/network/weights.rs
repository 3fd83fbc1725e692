//! Recurrent weights, sparse, with dense views.

use std::sync::Arc;

use nalgebra::DMatrix;

use super::{NetworkError, Pattern};
use crate::scalar::Scalar;

/// A square matrix of recurrent weights; `J_ij` is the synapse **from j to i**. A weight of zero is no synapse
/// and is not stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Weights<S = f64> {
    pattern: Arc<Pattern>,
    values: Vec<S>,
}

impl Weights<f64> {
    /// From `(target, source, weight)` triplets in any order.
    ///
    /// # Errors
    /// No neurons, an index out of range, a weight that is not finite, or two weights for one synapse.
    pub fn from_triplets(neurons: usize, mut triplets: Vec<(usize, usize, f64)>) -> Result<Self, NetworkError> {
        if neurons == 0 {
            return Err(NetworkError::NoNeurons);
        }
        if u32::try_from(neurons).is_err() {
            return Err(NetworkError::TooManyNeurons { neurons });
        }
        for &(target, source, value) in &triplets {
            if target >= neurons || source >= neurons {
                return Err(NetworkError::IndexOutOfRange { target, source_index: source, neurons });
            }
            if !value.is_finite() {
                return Err(NetworkError::WeightNotFinite { target, source_index: source, value });
            }
        }
        triplets.sort_unstable_by_key(|&(i, j, _)| (i, j));
        if let Some(pair) = triplets.windows(2).find(|pair| (pair[0].0, pair[0].1) == (pair[1].0, pair[1].1)) {
            return Err(NetworkError::DuplicateSynapse { target: pair[0].0, source_index: pair[0].1 });
        }
        triplets.retain(|&(_, _, value)| value != 0.0);
        let pattern = Pattern::from_sorted_pairs(neurons, triplets.iter().map(|&(i, j, _)| (i, j)))
            .ok_or(NetworkError::TooManyNeurons { neurons })?;
        Ok(Weights { pattern: Arc::new(pattern), values: triplets.into_iter().map(|(_, _, value)| value).collect() })
    }

    /// From a dense matrix, row = target.
    ///
    /// # Errors
    /// A matrix that is not square or is empty, or a weight that is not finite.
    pub fn from_dense(matrix: &DMatrix<f64>) -> Result<Self, NetworkError> {
        if matrix.nrows() != matrix.ncols() {
            return Err(NetworkError::NotSquare { rows: matrix.nrows(), columns: matrix.ncols() });
        }
        let mut triplets = Vec::new();
        for i in 0..matrix.nrows() {
            for j in 0..matrix.ncols() {
                if matrix[(i, j)] != 0.0 {
                    triplets.push((i, j, matrix[(i, j)]));
                }
            }
        }
        Self::from_triplets(matrix.nrows(), triplets)
    }

    /// The dense matrix, row = target. Memory: n² numbers.
    pub fn to_dense(&self) -> DMatrix<f64> {
        let n = self.neurons();
        let mut matrix = DMatrix::zeros(n, n);
        for (i, j, value) in self.triplets() {
            matrix[(i, j)] = *value;
        }
        matrix
    }

    /// The same weights in another number system; `lift` turns an `f64` into it exactly.
    pub fn lifted<S: Scalar>(&self, lift: impl Fn(f64) -> S) -> Weights<S> {
        Weights { pattern: Arc::clone(&self.pattern), values: self.values.iter().map(|&value| lift(value)).collect() }
    }
}

impl<S: Scalar> Weights<S> {
    /// The zero pattern.
    pub fn pattern(&self) -> &Arc<Pattern> {
        &self.pattern
    }

    /// The weights, in the order of the pattern.
    pub fn values(&self) -> &[S] {
        &self.values
    }

    /// Number of neurons.
    pub fn neurons(&self) -> usize {
        self.pattern.nodes()
    }

    /// Number of synapses (non-zero weights, self-synapses included).
    pub fn synapses(&self) -> usize {
        self.values.len()
    }

    /// The synapses as `(target, source, weight)`.
    pub fn triplets(&self) -> impl Iterator<Item = (usize, usize, &S)> {
        self.pattern.iter().map(|(e, i, j)| (i, j, &self.values[e]))
    }

    /// `J·x`.
    pub fn times(&self, x: &[S]) -> Vec<S> {
        (0..self.neurons())
            .map(|i| {
                let mut sum = x[i].zero_like();
                for e in self.pattern.row(i) {
                    sum += &(self.values[e].clone() * &x[self.pattern.source(e)]);
                }
                sum
            })
            .collect()
    }

    /// The same weights rounded to `f64`.
    pub(super) fn rounded(&self) -> Weights {
        Weights { pattern: Arc::clone(&self.pattern), values: self.values.iter().map(S::to_f64).collect() }
    }

    /// The same pattern with other values, one for each synapse (in the order of the pattern).
    ///
    /// # Panics
    /// If there is not exactly one value for each synapse: a fault of the caller's, not of the data.
    pub fn with_values(&self, values: Vec<S>) -> Self {
        assert_eq!(values.len(), self.values.len(), "one value for each synapse");
        Weights { pattern: Arc::clone(&self.pattern), values }
    }
}
