//! Traces of powers, and the spectrum.

use nalgebra::linalg::{LU, Schur};
use nalgebra::{Complex, DMatrix, DVector};

use crate::network::Weights;
use crate::scalar::Scalar;

/// Why a spectrum could not be had.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SpectrumError {
    #[error("the eigenvalue iteration did not converge within {limit} steps; look at the traces of powers instead")]
    NotConverged { limit: usize },
}

/// `tr J, tr J², …, tr J^count`, in O(count · n · synapses): exact similarity invariants that, unlike eigenvalues,
/// are computed by sums and products alone.
pub fn traces_of_powers<S: Scalar>(weights: &Weights<S>, count: usize, zero: &S) -> Vec<S> {
    let n = weights.neurons();
    let mut traces = vec![zero.clone(); count];
    for start in 0..n {
        let mut x = vec![zero.clone(); n];
        x[start] = zero.lift(1.0);
        for trace in &mut traces {
            x = weights.times(&x);
            *trace += &x[start];
        }
    }
    traces
}

/// The eigenvalues, largest modulus first.
///
/// # Errors
/// [`SpectrumError::NotConverged`] after a number of steps that grows with the size.
pub fn eigenvalues(matrix: &DMatrix<f64>) -> Result<Vec<Complex<f64>>, SpectrumError> {
    let limit = 1000 + 100 * matrix.nrows();
    let schur = Schur::try_new(matrix.clone(), f64::EPSILON, limit).ok_or(SpectrumError::NotConverged { limit })?;
    let mut found: Vec<_> = schur.complex_eigenvalues().iter().copied().collect();
    found.sort_by(|a, b| b.norm().total_cmp(&a.norm()));
    Ok(found)
}

/// `min ‖(A − λI)x‖₂` over the unit vectors that a few inverse iterations find: an upper bound on the smallest
/// singular value, so a proof that `λ` is an eigenvalue of a matrix that close to `A`.
pub fn nearest_eigenvector_residual(matrix: &DMatrix<f64>, eigenvalue: Complex<f64>) -> f64 {
    const ITERATIONS: usize = 3;
    let n = matrix.nrows();
    let mut shifted = matrix.map(|value| Complex::new(value, 0.0));
    for i in 0..n {
        shifted[(i, i)] -= eigenvalue;
    }
    // The matrix is singular to rounding by design; a nudge of one rounding error keeps the factors finite.
    let mut nudged = shifted.clone();
    let nudge = matrix.norm().max(f64::MIN_POSITIVE) * f64::EPSILON;
    for i in 0..n {
        nudged[(i, i)] += Complex::new(nudge, 0.0);
    }
    let factors = LU::new(nudged);
    let adjoint = LU::new({
        let mut transposed = shifted.adjoint();
        for i in 0..n {
            transposed[(i, i)] += Complex::new(nudge, 0.0);
        }
        transposed
    });
    let mut x = DVector::from_fn(n, |i, _| Complex::new(1.0 + (i as f64).sin(), (i as f64).cos()));
    let mut best = f64::INFINITY;
    for _ in 0..ITERATIONS {
        let Some(y) = adjoint.solve(&x).and_then(|y| factors.solve(&y)) else { break };
        let norm = y.norm();
        if !norm.is_finite() || norm == 0.0 {
            break;
        }
        x = y.unscale(norm);
        best = best.min((&shifted * &x).norm());
    }
    best
}
