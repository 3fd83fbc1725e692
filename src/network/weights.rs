//! Recurrent weights, sparse, with dense views.

use std::sync::Arc;

use nalgebra::DMatrix;

use super::{NetworkError, Pattern};
use crate::scalar::Scalar;

/// A square matrix of recurrent weights; `J_ij` is the synapse **from j to i**. A weight of zero is no synapse
/// and is not stored. Copies share their synapses.
#[derive(Clone, Debug, PartialEq)]
pub struct Weights<S = f64> {
    pattern: Arc<Pattern>,
    values: Arc<Vec<S>>,
}

/// Vectors of a batch that are multiplied together.
const BLOCK: usize = 8;

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
        let mut values: Vec<f64> = triplets.into_iter().map(|(_, _, value)| value).collect();
        // Collected in the memory of the triplets, which is three times as much.
        values.shrink_to_fit();
        Ok(Weights { pattern: Arc::new(pattern), values: Arc::new(values) })
    }

    /// From compressed rows, which become the storage as they are, without a copy: the synapses into neuron `i` are
    /// numbers `row_start[i]..row_start[i + 1]` of `source` and `values`, their sources ascending.
    ///
    /// # Errors
    /// No neurons, row starts that are not those of so many synapses, an index out of range, sources that do not
    /// ascend, two weights for one synapse, or a weight that is not finite.
    pub fn from_rows(row_start: Vec<usize>, mut source: Vec<u32>, mut values: Vec<f64>) -> Result<Self, NetworkError> {
        let neurons = row_start.len().saturating_sub(1);
        if neurons == 0 {
            return Err(NetworkError::NoNeurons);
        }
        if u32::try_from(neurons).is_err() {
            return Err(NetworkError::TooManyNeurons { neurons });
        }
        if source.len() != values.len() {
            return Err(NetworkError::UnequalLengths { sources: source.len(), values: values.len() });
        }
        let mut row_start = row_start;
        if let Some(row) = (0..neurons).find(|&i| row_start[i] > row_start[i + 1]) {
            return Err(NetworkError::BadRowStart { row, start: row_start[row], next: row_start[row + 1] });
        }
        if row_start[0] != 0 || row_start[neurons] != source.len() {
            let (first, last) = (row_start[0], row_start[neurons]);
            return Err(NetworkError::RowsDoNotCover { first, last, synapses: source.len() });
        }
        for target in 0..neurons {
            let mut previous = None;
            for e in row_start[target]..row_start[target + 1] {
                let (from, value) = (source[e], values[e]);
                let source_index = from as usize;
                if source_index >= neurons {
                    return Err(NetworkError::IndexOutOfRange { target, source_index, neurons });
                }
                if previous == Some(from) {
                    return Err(NetworkError::DuplicateSynapse { target, source_index });
                }
                if previous > Some(from) {
                    return Err(NetworkError::UnsortedRow { target, source_index });
                }
                if !value.is_finite() {
                    return Err(NetworkError::WeightNotFinite { target, source_index, value });
                }
                previous = Some(from);
            }
        }
        if values.contains(&0.0) {
            drop_zeros(&mut row_start, &mut source, &mut values);
        }
        let pattern = Arc::new(Pattern::from_checked_rows(row_start, source));
        Ok(Weights { pattern, values: Arc::new(values) })
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
        let values = Arc::new(self.values.iter().map(|&value| lift(value)).collect());
        Weights { pattern: Arc::clone(&self.pattern), values }
    }
}

/// Takes the zeros out of compressed rows, in place.
fn drop_zeros(row_start: &mut [usize], source: &mut Vec<u32>, values: &mut Vec<f64>) {
    let (mut kept, mut begin) = (0, 0);
    for i in 0..row_start.len() - 1 {
        let end = row_start[i + 1];
        for e in begin..end {
            if values[e] != 0.0 {
                (source[kept], values[kept]) = (source[e], values[e]);
                kept += 1;
            }
        }
        begin = end;
        row_start[i + 1] = kept;
    }
    source.truncate(kept);
    values.truncate(kept);
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

    /// The number of synapses of a neuron onto itself.
    pub fn self_synapses(&self) -> usize {
        self.triplets().filter(|(target, source, _)| target == source).count()
    }

    /// The synapses as `(target, source, weight)`.
    pub fn triplets(&self) -> impl Iterator<Item = (usize, usize, &S)> {
        self.pattern.iter().map(|(e, i, j)| (i, j, &self.values[e]))
    }

    /// `J·x`.
    pub fn times(&self, x: &[S]) -> Vec<S> {
        self.times_batch(x, 1)
    }

    /// `J X` for a batch of vectors: `x` is `n × count`, all vectors' first entries first, and so is the product. Each
    /// sum runs in ascending order of the source, as for one vector.
    pub fn times_batch(&self, x: &[S], count: usize) -> Vec<S> {
        debug_assert_eq!(x.len(), self.neurons() * count, "one entry for each neuron and vector");
        let Some(zero) = x.first().map(S::zero_like) else { return Vec::new() };
        let mut product = vec![zero.clone(); x.len()];
        for (i, sums) in product.chunks_exact_mut(count).enumerate() {
            let row = self.pattern.row(i);
            let entries = || self.values[row.clone()].iter().zip(self.pattern.sources(i));
            // Sums of a fixed number of vectors stay in registers.
            let mut blocks = sums.chunks_exact_mut(BLOCK);
            for (k, block) in (&mut blocks).enumerate() {
                let mut sum: [S; BLOCK] = std::array::from_fn(|_| zero.clone());
                for (weight, &source) in entries() {
                    let start = source as usize * count + k * BLOCK;
                    for (sum, x) in sum.iter_mut().zip(&x[start..start + BLOCK]) {
                        *sum += &(weight.clone() * x);
                    }
                }
                block.clone_from_slice(&sum);
            }
            let rest = blocks.into_remainder();
            let done = count - rest.len();
            for (weight, &source) in entries() {
                let start = source as usize * count + done;
                for (sum, x) in rest.iter_mut().zip(&x[start..]) {
                    *sum += &(weight.clone() * x);
                }
            }
        }
        product
    }

    /// The same weights rounded.
    pub(super) fn rounded_by(&self, round: impl Fn(&S) -> f64) -> Weights {
        Weights { pattern: Arc::clone(&self.pattern), values: Arc::new(self.values.iter().map(round).collect()) }
    }

    /// The same pattern with other values, one for each synapse (in the order of the pattern).
    ///
    /// # Panics
    /// If there is not exactly one value for each synapse: a fault of the caller's, not of the data.
    pub fn with_values(&self, values: Vec<S>) -> Self {
        assert_eq!(values.len(), self.values.len(), "one value for each synapse");
        Weights { pattern: Arc::clone(&self.pattern), values: Arc::new(values) }
    }

    /// The weights of those synapses that `pattern` has, a part of their own, in its order.
    pub(crate) fn on<'a>(&'a self, pattern: &'a Pattern) -> impl Iterator<Item = &'a S> {
        (0..pattern.nodes()).flat_map(move |i| {
            let all = self.pattern.sources(i).iter().zip(&self.values[self.pattern.row(i)]);
            let mut wanted = pattern.sources(i).iter().peekable();
            all.filter_map(move |(source, weight)| wanted.next_if_eq(&source).map(|_| weight))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_give_what_triplets_give_and_zeros_are_no_synapses() {
        let rows = Weights::from_rows(vec![0, 2, 2, 5], vec![0, 2, 0, 1, 2], vec![1.0, 0.0, 0.0, -2.0, 3.0]);
        let triplets = vec![(2, 2, 3.0), (0, 0, 1.0), (2, 1, -2.0)];
        assert_eq!(rows, Weights::from_triplets(3, triplets));
    }

    #[test]
    fn a_batch_gives_what_its_vectors_give_one_by_one() {
        let weights = Weights::from_triplets(3, vec![(0, 1, 0.1), (0, 2, -0.7), (2, 0, 1.3), (2, 2, 0.3)]).unwrap();
        for count in [1, 2, 7, 8, 9, 16, 19] {
            let entry = |i: usize, b: usize| ((i * 31 + b * 17) as f64).sin();
            let batch: Vec<f64> = (0..3).flat_map(|i| (0..count).map(move |b| entry(i, b))).collect();
            let product = weights.times_batch(&batch, count);
            for b in 0..count {
                let one: Vec<f64> = (0..3).map(|i| entry(i, b)).collect();
                let alone = [0.1 * one[1] + -0.7 * one[2], 0.0, 1.3 * one[0] + 0.3 * one[2]];
                // To the last bit: the order of the sums is the same.
                assert_eq!([product[b], product[count + b], product[2 * count + b]], alone, "{b} of {count}");
            }
        }
    }

    #[test]
    fn rows_that_are_not_compressed_rows_are_refused() {
        let refused = |row_start: &[usize], source: &[u32], values: &[f64]| {
            Weights::from_rows(row_start.to_vec(), source.to_vec(), values.to_vec()).unwrap_err()
        };
        assert_eq!(refused(&[], &[], &[]), NetworkError::NoNeurons);
        assert_eq!(refused(&[0], &[], &[]), NetworkError::NoNeurons);
        assert_eq!(refused(&[0, 1], &[0], &[]), NetworkError::UnequalLengths { sources: 1, values: 0 });
        assert_eq!(refused(&[0, 2, 1], &[0], &[1.0]), NetworkError::BadRowStart { row: 1, start: 2, next: 1 });
        assert_eq!(refused(&[1, 1], &[0], &[1.0]), NetworkError::RowsDoNotCover { first: 1, last: 1, synapses: 1 });
        assert_eq!(refused(&[0, 2], &[0], &[1.0]), NetworkError::RowsDoNotCover { first: 0, last: 2, synapses: 1 });
        let outside = NetworkError::IndexOutOfRange { target: 0, source_index: 1, neurons: 1 };
        assert_eq!(refused(&[0, 1], &[1], &[1.0]), outside);
        let twice = NetworkError::DuplicateSynapse { target: 1, source_index: 1 };
        assert_eq!(refused(&[0, 0, 2], &[1, 1], &[1.0, 0.0]), twice);
        let unsorted = NetworkError::UnsortedRow { target: 1, source_index: 0 };
        assert_eq!(refused(&[0, 0, 2], &[1, 0], &[1.0, 2.0]), unsorted);
        let infinite = NetworkError::WeightNotFinite { target: 0, source_index: 0, value: f64::INFINITY };
        assert_eq!(refused(&[0, 1], &[0], &[f64::INFINITY]), infinite);
    }
}
