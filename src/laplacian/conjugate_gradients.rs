//! Conjugate gradients, over a product and a preconditioner: on the scaled Laplacian of a graph, and on whatever else gives the two.

use super::preconditioner::Preconditioner;
use super::products::{SparseProducts, Stored};
use super::scaled::ScaledLaplacian;
use super::vectors::{dot, dot_of_chunk};
use crate::parallel::{CHUNK, each};
use crate::scalar::largest_or_nan;

/// When the inner iteration stops.
pub(crate) struct Until {
    /// Residual relative to the right-hand side, both in the norm of the scaled system and at the worst node, in the
    /// units of `of`: where costs span many decades the norm sees the largest only.
    pub relative: f64,
    /// Or every node's residual of `L x = right`, in the units of `of`.
    pub every_node: f64,
    /// Those units.
    pub of: Unit,
    /// Or this many products.
    pub products: usize,
}

/// What a node's residual is measured in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    /// The node's degree: the imbalance that is left.
    Degree,
    /// One.
    One,
}

/// What came out.
pub(crate) struct Solved {
    /// `x` with `L x ≈ g`; for any number of products a direction of descent with `xᵀL x = xᵀg`.
    pub x: Vec<f64>,
    /// False if the allowance of products ran out first.
    pub reached: bool,
}

/// What conjugate gradients ask of a symmetric, positive semi-definite matrix: a product, and an approximate inverse.
pub(crate) trait System {
    /// Writes `A x`, and returns `xᵀA x`.
    fn times(&mut self, x: &[f64], product: &mut [f64]) -> f64;
    /// Writes `z ≈ A⁻¹ residual`, by a symmetric map that is positive definite up to what A does not see.
    fn precondition(&mut self, residual: &[f64], z: &mut [f64]);
}

/// The scaled Laplacian of a graph with a preconditioner.
struct Scaled<'a, 'b, T> {
    products: &'a mut SparseProducts<'b>,
    matrix: &'a ScaledLaplacian<T>,
    preconditioner: &'a mut dyn Preconditioner,
    passes: &'a mut usize,
    /// What comes against the synapses.
    against: Vec<f64>,
}

impl<T: Stored> System for Scaled<'_, '_, T> {
    fn times(&mut self, x: &[f64], product: &mut [f64]) -> f64 {
        self.products.own_products(&self.matrix.coupling, (x, x), (&mut *product, &mut self.against));
        *self.passes += 1;
        let subtract = |a: &mut [f64], b: &[f64], x: &[f64], diagonal: &[f64]| {
            for ((a, b), (x, diagonal)) in a.iter_mut().zip(b).zip(x.iter().zip(diagonal)) {
                *a = diagonal * x - *a - b;
            }
        };
        if let Some(spread) = self.products.spread() {
            let own = spread.own_rows();
            let (a, b) = (&mut product[own.clone()], &self.against[own.clone()]);
            subtract(a, b, &x[own.clone()], &self.matrix.diagonal[own]);
            spread.complete(product);
            return dot(x, product);
        }
        let parts = product.chunks_mut(CHUNK).zip(self.against.chunks(CHUNK));
        let parts = parts.zip(x.chunks(CHUNK).zip(self.matrix.diagonal.chunks(CHUNK)));
        each(parts, |((a, b), (x, diagonal))| {
            subtract(a, b, x, diagonal);
            dot_of_chunk(x, a)
        })
        .into_iter()
        .sum()
    }

    fn precondition(&mut self, residual: &[f64], z: &mut [f64]) {
        self.preconditioner.apply(&self.matrix.root, residual, z);
    }
}

/// Conjugate gradients from zero on the scaled Laplacian.
pub(crate) fn solve<T: Stored>(
    products: &mut SparseProducts,
    matrix: &ScaledLaplacian<T>,
    preconditioner: &mut dyn Preconditioner,
    g: &[f64],
    until: &Until,
    passes: &mut usize,
) -> Solved {
    let unit = match until.of {
        Unit::Degree => &matrix.inverse_root,
        Unit::One => &matrix.root,
    };
    let right = g.iter().zip(&matrix.inverse_root).map(|(g, r)| g * r).collect();
    let system = &mut Scaled { products, matrix, preconditioner, passes, against: vec![0.0; g.len()] };
    let Solved { x: u, reached } = iterate(system, right, unit, until);
    let x = u.iter().zip(&matrix.inverse_root).map(|(u, r)| u * r).collect();
    Solved { x, reached }
}

/// Conjugate gradients from zero: `x` with `A x ≈ right`; a node's residual counts times its `unit`.
pub(crate) fn iterate(system: &mut impl System, right: Vec<f64>, unit: &[f64], until: &Until) -> Solved {
    let n = right.len();
    let mut residual = right;
    let mut u = vec![0.0; n];
    let mut z = vec![0.0; n];
    let mut product = vec![0.0; n];
    system.precondition(&residual, &mut z);
    let mut direction = z.clone();
    let mut residual_z = dot(&residual, &z);
    let start = dot(&residual, &residual).sqrt();
    let worst_at_start = worst(&residual, unit);
    let mut reached = start == 0.0;
    for _ in 0..until.products {
        if reached {
            break;
        }
        let curvature = system.times(&direction, &mut product);
        // Rounding has won, or numbers have left the range: what has been found so far is still a direction of descent.
        if !(curvature > 0.0 && residual_z > 0.0) {
            break;
        }
        let step = residual_z / curvature;
        let parts = u.chunks_mut(CHUNK).zip(residual.chunks_mut(CHUNK));
        let parts = parts.zip(direction.chunks(CHUNK).zip(product.chunks(CHUNK))).zip(unit.chunks(CHUNK));
        let sizes = each(parts, |(((u, residual), (direction, product)), unit)| {
            for ((u, residual), (direction, product)) in
                u.iter_mut().zip(residual.iter_mut()).zip(direction.iter().zip(product))
            {
                *u += step * direction;
                *residual -= step * product;
            }
            (dot_of_chunk(residual, residual), worst(residual, unit))
        });
        let squared: f64 = sizes.iter().map(|(squared, _)| squared).sum();
        let every_node = largest_or_nan(sizes.iter().map(|(_, worst)| *worst));
        // A right-hand side whose squares are beyond the largest number is no measure: any residual would be within it.
        let relative = start.is_finite()
            && squared.sqrt() <= until.relative * start
            && every_node <= until.relative * worst_at_start;
        reached = relative || every_node <= until.every_node;
        system.precondition(&residual, &mut z);
        let next = dot(&residual, &z);
        let keep = next / residual_z;
        residual_z = next;
        each(direction.chunks_mut(CHUNK).zip(z.chunks(CHUNK)), |(direction, z)| {
            for (direction, z) in direction.iter_mut().zip(z) {
                *direction = z + keep * *direction;
            }
        });
    }
    Solved { x: u, reached }
}

/// `max |r_i| unit_i`, NaN if one of them is: that is within no bound.
fn worst(residual: &[f64], unit: &[f64]) -> f64 {
    largest_or_nan(residual.iter().zip(unit).map(|(value, unit)| (value * unit).abs()))
}
