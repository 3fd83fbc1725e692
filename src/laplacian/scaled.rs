//! The Laplacian of `C + Cᵀ`, scaled to a unit diagonal.
//!
//! With `deg_i = r_i + c_i` and `N_ij = C_ij/√(deg_i deg_j)`, the system `L x = g` becomes `(I − N − Nᵀ) u = g/√deg`,
//! `x = u/√deg`: what is left of the diagonal preconditioner is this change of variables. Couplings may be kept in `f32`,
//! which halves the memory to be read, and the diagonal is the sum of the couplings as kept: the matrix is then the
//! Laplacian of couplings within a relative 2⁻²⁴ of the right ones, hence within that of `L` in every quadratic form,
//! which costs Newton's method nothing that counts. (With a diagonal of exactly one, rounding would drown cuts
//! of weight 2⁻²⁴ and less.) The gradient itself is never rounded so.

use super::products::{SparseProducts, Stored};
use crate::cost::of_all_ranks;
use crate::flow::NodeCosts;
use crate::network::Pattern;
use crate::parallel::each;
use crate::ranks::Spread;

/// The scaled Laplacian, its couplings kept as `T`.
pub(crate) struct ScaledLaplacian<T> {
    /// `N_ij`, in the order of the pattern.
    pub(super) coupling: Vec<T>,
    /// `Σ_j (N_ij + N_ji) √deg_j/√deg_i`: one, but for the rounding of the couplings.
    pub(super) diagonal: Vec<f64>,
    /// `√deg_i`, and its inverse (0 for a node without costs).
    pub root: Vec<f64>,
    pub inverse_root: Vec<f64>,
}

impl<T: Stored> ScaledLaplacian<T> {
    /// No couplings yet.
    pub fn new(synapses: usize) -> Self {
        let coupling = vec![T::narrow(0.0); synapses];
        ScaledLaplacian { coupling, diagonal: Vec::new(), root: Vec::new(), inverse_root: Vec::new() }
    }

    /// Of costs `base_ij d_j/d_i` with their node sums; `scales` are d and 1/d. Two passes.
    pub fn renew(
        &mut self,
        products: &mut SparseProducts,
        base: &[f64],
        scales: (&[f64], &[f64]),
        nodes: &NodeCosts<f64>,
    ) {
        self.root = nodes.incoming.iter().zip(&nodes.outgoing).map(|(r, c)| (r + c).sqrt()).collect();
        self.inverse_root = self.root.iter().map(|root| if *root > 0.0 { root.recip() } else { 0.0 }).collect();
        let times = |scale: &[f64]| -> Vec<f64> { scale.iter().zip(&self.inverse_root).map(|(d, r)| d * r).collect() };
        let (of_source, of_target) = (times(scales.0), times(scales.1));
        let pattern = products.pattern();
        let mut rest = self.coupling.as_mut_slice();
        let mut work = Vec::new();
        for rows in products.blocks() {
            let synapses = pattern.row_starts()[rows.end] - pattern.row_starts()[rows.start];
            let (mine, others) = rest.split_at_mut(synapses);
            rest = others;
            work.push((rows, mine));
        }
        each(work.into_iter(), |(rows, couplings)| {
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
        products.products(&self.coupling, (&self.root, &self.root), (&mut a, &mut b));
        self.diagonal = a.iter().zip(&b).zip(&self.inverse_root).map(|((a, b), r)| (a + b) * r).collect();
    }

    /// The same with the couplings of all ranks, for a preconditioner that needs them in one piece.
    pub fn whole(&self, spread: &Spread) -> ScaledLaplacian<T> {
        let couplings = of_all_ranks(spread, self.couplings());
        ScaledLaplacian {
            // From a borrowed list: narrower numbers would keep the memory of the wider ones otherwise.
            coupling: couplings.iter().map(|&coupling| T::narrow(coupling)).collect(),
            diagonal: self.diagonal.clone(),
            root: self.root.clone(),
            inverse_root: self.inverse_root.clone(),
        }
    }

    /// The couplings, for a preconditioner.
    pub fn couplings(&self) -> impl Iterator<Item = f64> {
        self.couplings_of(0..self.coupling.len())
    }

    /// Node and coupling of the synapses into a node, times a factor for each of their nodes.
    pub fn row<'a>(
        &'a self,
        pattern: &'a Pattern,
        i: usize,
        factor: &'a [f64],
    ) -> impl ExactSizeIterator<Item = (usize, f64)> + 'a {
        let entries = pattern.sources(i).iter().zip(self.couplings_of(pattern.row(i)));
        entries.map(move |(&j, coupling)| (j as usize, coupling * factor[i] * factor[j as usize]))
    }

    /// Those of a part of the synapses.
    pub fn couplings_of(&self, synapses: std::ops::Range<usize>) -> impl ExactSizeIterator<Item = f64> {
        self.coupling[synapses].iter().map(|coupling| coupling.widen())
    }
}
