//! Traces of powers, and the spectrum.

use nalgebra::linalg::{LU, Schur};
use nalgebra::{Complex, DMatrix, DVector};

use crate::network::Weights;
use crate::scalar::Scalar;

/// Why a spectrum could not be had.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SpectrumError {
    /// The eigenvalue iteration did not converge within `limit` steps.
    #[error("the eigenvalue iteration did not converge within {limit} steps; look at the traces of powers instead")]
    NotConverged {
        /// The most steps that the iteration makes.
        limit: usize,
    },
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
/// The QR iteration can stand still on matrices whose eigenvalues have equal moduli (a ring of equal weights is
/// one); then a multiple of the identity is added, which spreads the moduli, and taken off again.
///
/// # Errors
/// [`SpectrumError::NotConverged`] if that stands still too, after a number of steps that grows with the size.
pub fn eigenvalues(matrix: &DMatrix<f64>) -> Result<Vec<Complex<f64>>, SpectrumError> {
    let n = matrix.nrows();
    let limit = 1000 + 100 * n;
    let found_with = |shift: f64| {
        let shifted = matrix + DMatrix::from_diagonal_element(n, n, shift);
        let schur = Schur::try_new(shifted, f64::EPSILON, limit)?;
        Some(schur.complex_eigenvalues().iter().map(|value| value - shift).collect::<Vec<_>>())
    };
    let typical = matrix.norm() / (n as f64).sqrt();
    let mut found = found_with(0.0).or_else(|| found_with(typical)).ok_or(SpectrumError::NotConverged { limit })?;
    found.sort_by(|a, b| b.norm().total_cmp(&a.norm()));
    Ok(found)
}

/// `min ‖(A − λI)x‖₂` over the unit vectors that a few inverse iterations find: an upper bound on the smallest
/// singular value, so a proof that `λ` is an eigenvalue of a matrix that close to `A`.
pub fn nearest_eigenvector_residual(matrix: &DMatrix<f64>, eigenvalue: Complex<f64>) -> f64 {
    let n = matrix.nrows();
    let mut shifted = matrix.map(|value| Complex::new(value, 0.0));
    for i in 0..n {
        shifted[(i, i)] -= eigenvalue;
    }
    // The shifted matrix is singular to rounding by design: a perturbation of some rounding errors in every entry
    // keeps its factors invertible. Which one does depends on luck, so several are tried; any vector found is a proof.
    let scale = matrix.norm().max(f64::MIN_POSITIVE) * f64::EPSILON;
    [1.0, 16.0, 256.0]
        .iter()
        .map(|nudge| residual_by_inverse_iteration(&shifted, nudge * scale))
        .fold(f64::INFINITY, f64::min)
}

fn residual_by_inverse_iteration(shifted: &DMatrix<Complex<f64>>, nudge: f64) -> f64 {
    const ITERATIONS: usize = 3;
    let n = shifted.nrows();
    // Any entries without structure will do; these are the fractional parts of multiples of two square roots.
    let entry = |i: usize, j: usize| {
        let place = (i * n + j + 1) as f64;
        Complex::new((place * 2.0_f64.sqrt()).fract() - 0.5, (place * 3.0_f64.sqrt()).fract() - 0.5)
    };
    let nudged = shifted + DMatrix::from_fn(n, n, entry).scale(nudge);
    let (adjoint, factors) = (LU::new(nudged.adjoint()), LU::new(nudged));
    let mut x = DVector::from_fn(n, |i, _| Complex::new(1.0 + (i as f64).sin(), (i as f64).cos()));
    // Any vector proves something, the first one too: it is all that a matrix of zeros needs.
    let mut best = (shifted * &x).norm() / x.norm();
    for _ in 0..ITERATIONS {
        let Some(y) = adjoint.solve(&x).and_then(|y| factors.solve(&y)) else { break };
        let norm = y.norm();
        if !norm.is_finite() || norm == 0.0 {
            break;
        }
        x = y.unscale(norm);
        best = best.min((shifted * &x).norm());
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_of_equal_weights_does_not_hang_the_eigenvalues() {
        let n = 24;
        let ring = DMatrix::from_fn(n, n, |i, j| if i == (j + 1) % n { 2.0 } else { 0.0 });
        let found = eigenvalues(&ring).unwrap();
        // The eigenvalues are 2 times the 24th roots of unity; the matrix is normal, so they are as accurate as the
        // backward error n·ε·‖A‖_F (with a factor of ten for the constants of the iteration).
        let bound = 10.0 * n as f64 * f64::EPSILON * ring.norm();
        assert_eq!(found.len(), n);
        for value in found {
            assert!((value.norm() - 2.0).abs() < bound, "{value}");
        }
    }
}
