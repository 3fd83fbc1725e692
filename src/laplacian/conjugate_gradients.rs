//! Conjugate gradients on the scaled Laplacian of a graph.

use super::preconditioner::Preconditioner;
use super::products::{SparseProducts, Stored};
use super::scaled::ScaledLaplacian;
use super::vectors::{dot, dot_of_chunk};
use crate::parallel::{CHUNK, each};

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

/// Conjugate gradients from zero.
pub(crate) fn solve<T: Stored>(
    products: &mut SparseProducts,
    matrix: &ScaledLaplacian<T>,
    preconditioner: &mut dyn Preconditioner,
    g: &[f64],
    until: &Until,
    passes: &mut usize,
) -> Solved {
    let n = g.len();
    let unit = match until.of {
        Unit::Degree => &matrix.inverse_root,
        Unit::One => &matrix.root,
    };
    let mut residual: Vec<f64> = g.iter().zip(&matrix.inverse_root).map(|(g, r)| g * r).collect();
    let mut u = vec![0.0; n];
    let mut z = vec![0.0; n];
    let (mut a, mut b) = (vec![0.0; n], vec![0.0; n]);
    preconditioner.apply(&matrix.root, &residual, &mut z);
    let mut direction = z.clone();
    let mut residual_z = dot(&residual, &z);
    let start = dot(&residual, &residual).sqrt();
    let worst_at_start = worst(&residual, unit);
    let mut reached = start == 0.0;
    for _ in 0..until.products {
        if reached {
            break;
        }
        products.products(&matrix.coupling, (&direction, &direction), (&mut a, &mut b));
        *passes += 1;
        let parts = a.chunks_mut(CHUNK).zip(b.chunks(CHUNK));
        let parts = parts.zip(direction.chunks(CHUNK).zip(matrix.diagonal.chunks(CHUNK)));
        let curvature: f64 = each(parts, |((a, b), (direction, diagonal))| {
            for ((a, b), (direction, diagonal)) in a.iter_mut().zip(b).zip(direction.iter().zip(diagonal)) {
                *a = diagonal * direction - *a - b;
            }
            dot_of_chunk(direction, a)
        })
        .into_iter()
        .sum();
        // Rounding has won: what has been found so far is still a direction of descent.
        if curvature.is_nan() || curvature <= 0.0 || residual_z <= 0.0 {
            break;
        }
        let step = residual_z / curvature;
        let parts = u.chunks_mut(CHUNK).zip(residual.chunks_mut(CHUNK));
        let parts = parts.zip(direction.chunks(CHUNK).zip(a.chunks(CHUNK))).zip(unit.chunks(CHUNK));
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
        let every_node = sizes.iter().map(|(_, worst)| *worst).fold(0.0, f64::max);
        let relative = squared.sqrt() <= until.relative * start && every_node <= until.relative * worst_at_start;
        reached = relative || every_node <= until.every_node;
        preconditioner.apply(&matrix.root, &residual, &mut z);
        let next = dot(&residual, &z);
        let keep = next / residual_z;
        residual_z = next;
        each(direction.chunks_mut(CHUNK).zip(z.chunks(CHUNK)), |(direction, z)| {
            for (direction, z) in direction.iter_mut().zip(z) {
                *direction = z + keep * *direction;
            }
        });
    }
    let x = u.iter().zip(&matrix.inverse_root).map(|(u, r)| u * r).collect();
    Solved { x, reached }
}

/// `max |r_i| unit_i`.
fn worst(residual: &[f64], unit: &[f64]) -> f64 {
    residual.iter().zip(unit).fold(0.0, |worst, (value, unit)| worst.max((value * unit).abs()))
}
