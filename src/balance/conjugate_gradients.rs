//! Conjugate gradients on the Laplacian of `C + Cᵀ`, scaled to a unit diagonal.
//!
//! With `deg_i = r_i + c_i` and `N_ij = C_ij/√(deg_i deg_j)`, the system `L x = g` becomes `(I − N − Nᵀ) u = g/√deg`,
//! `x = u/√deg`: what is left of the diagonal preconditioner is this change of variables. Couplings may be kept in `f32`,
//! which halves the memory to be read, and the diagonal is the sum of the couplings as kept: the matrix is then the
//! Laplacian of couplings within a relative 2⁻²⁴ of the right ones, hence within that of `L` in every quadratic form,
//! which costs Newton's method nothing that counts. (With a diagonal of exactly one, rounding would drown cuts
//! of weight 2⁻²⁴ and less.) The gradient itself is never rounded so.

use rayon::prelude::*;

use super::chunks::{CHUNK, dot, dot_of_chunk, each};
use super::engine::{Engine, Stored};
use super::multilevel::Multilevel;
use super::sampled_elimination::Factor;
use crate::flow::NodeCosts;

/// The scaled Laplacian, its couplings kept as `T`.
pub(super) struct Scaled<T> {
    /// `N_ij`, in the order of the pattern.
    coupling: Vec<T>,
    /// `Σ_j (N_ij + N_ji) √deg_j/√deg_i`: one, but for the rounding of the couplings.
    diagonal: Vec<f64>,
    /// `√deg_i`, and its inverse (0 for a node without costs).
    pub root: Vec<f64>,
    pub inverse_root: Vec<f64>,
}

impl<T: Stored> Scaled<T> {
    /// No couplings yet.
    pub fn new(synapses: usize) -> Self {
        let coupling = vec![T::narrow(0.0); synapses];
        Scaled { coupling, diagonal: Vec::new(), root: Vec::new(), inverse_root: Vec::new() }
    }

    /// Of costs `base_ij d_j/d_i` with their node sums; `scales` are d and 1/d. Two passes.
    pub fn renew(&mut self, engine: &mut Engine, base: &[f64], scales: (&[f64], &[f64]), nodes: &NodeCosts<f64>) {
        self.root = nodes.incoming.iter().zip(&nodes.outgoing).map(|(r, c)| (r + c).sqrt()).collect();
        self.inverse_root = self.root.iter().map(|root| if *root > 0.0 { root.recip() } else { 0.0 }).collect();
        let times = |scale: &[f64]| -> Vec<f64> { scale.iter().zip(&self.inverse_root).map(|(d, r)| d * r).collect() };
        let (of_source, of_target) = (times(scales.0), times(scales.1));
        let pattern = engine.pattern();
        let mut rest = self.coupling.as_mut_slice();
        let mut work = Vec::new();
        for rows in engine.blocks() {
            let synapses = pattern.row_starts()[rows.end] - pattern.row_starts()[rows.start];
            let (mine, others) = rest.split_at_mut(synapses);
            rest = others;
            work.push((rows, mine));
        }
        work.par_iter_mut().for_each(|(rows, couplings)| {
            let first = pattern.row_starts()[rows.start];
            for i in rows.clone() {
                let row = pattern.row(i);
                let entries = couplings[row.start - first..row.end - first].iter_mut().zip(&base[row]);
                for ((coupling, base), &j) in entries.zip(pattern.sources(i)) {
                    *coupling = T::narrow(base * of_source[j as usize] * of_target[i]);
                }
            }
        });
        let (mut a, mut b) = (vec![0.0; self.root.len()], vec![0.0; self.root.len()]);
        engine.products(&self.coupling, (&self.root, &self.root), (&mut a, &mut b));
        self.diagonal = a.iter().zip(&b).zip(&self.inverse_root).map(|((a, b), r)| (a + b) * r).collect();
    }

    /// The couplings, for a preconditioner.
    pub fn couplings(&self) -> impl Iterator<Item = f64> {
        self.couplings_of(0..self.coupling.len())
    }

    /// Those of a part of the synapses.
    pub fn couplings_of(&self, synapses: std::ops::Range<usize>) -> impl Iterator<Item = f64> {
        self.coupling[synapses].iter().map(|coupling| coupling.widen())
    }
}

/// When the inner iteration stops.
pub(super) struct Until {
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
pub(super) enum Unit {
    /// The node's degree: the imbalance that is left.
    Degree,
    /// One.
    One,
}

/// What came out.
pub(super) struct Solved {
    /// `x` with `L x ≈ g`; for any number of products a direction of descent with `xᵀL x = xᵀg`.
    pub x: Vec<f64>,
    /// False if the allowance of products ran out first.
    pub reached: bool,
}

/// Conjugate gradients from zero.
pub(super) fn solve<T: Stored>(
    engine: &mut Engine,
    matrix: &Scaled<T>,
    mut inverse: Inverse,
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
    inverse.apply(&matrix.root, &residual, &mut z);
    let mut direction = z.clone();
    let mut residual_z = dot(&residual, &z);
    let start = dot(&residual, &residual).sqrt();
    let worst_at_start = worst(&residual, unit);
    let mut reached = start == 0.0;
    for _ in 0..until.products {
        if reached {
            break;
        }
        engine.products(&matrix.coupling, (&direction, &direction), (&mut a, &mut b));
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
        inverse.apply(&matrix.root, &residual, &mut z);
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

/// An approximate inverse of the scaled Laplacian: the preconditioner.
pub(super) enum Inverse<'a> {
    /// The identity: the degrees alone.
    Degrees,
    /// The degrees and graphs of aggregates.
    Multilevel(&'a mut Multilevel),
    /// A sampled elimination.
    Elimination(&'a Factor),
}

impl Inverse<'_> {
    fn apply(&mut self, root: &[f64], residual: &[f64], z: &mut [f64]) {
        match self {
            Inverse::Degrees => z.copy_from_slice(residual),
            Inverse::Multilevel(levels) => levels.apply(root, residual, z),
            Inverse::Elimination(factor) => factor.apply(residual, z),
        }
    }
}

/// `max |r_i| unit_i`.
fn worst(residual: &[f64], unit: &[f64]) -> f64 {
    residual.iter().zip(unit).fold(0.0, |worst, (value, unit)| worst.max((value * unit).abs()))
}
