//! What conjugate gradients ask of a preconditioner.

/// An approximate inverse of the scaled Laplacian: linear, symmetric and positive definite up to what the Laplacian does not
/// see.
pub(crate) trait Preconditioner {
    /// `z ≈ (scaled Laplacian)⁻¹ residual`, `root` the roots of the degrees; one entry a node each.
    fn apply(&mut self, root: &[f64], residual: &[f64], z: &mut [f64]);
}

/// The identity: the scaling to a unit diagonal is what the degrees alone can do.
pub(crate) struct Degrees;

impl Preconditioner for Degrees {
    fn apply(&mut self, _root: &[f64], residual: &[f64], z: &mut [f64]) {
        z.copy_from_slice(residual);
    }
}
