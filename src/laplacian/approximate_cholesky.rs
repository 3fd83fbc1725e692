//! Approximate Cholesky factorisation, a preconditioner for graphs on which plain conjugate gradients crawl: star-mesh
//! elimination, sampled.
//!
//! Eliminating a node of degree m joins its neighbours to a mesh of m(m − 1)/2 couplings `c_i c_j / Σc`. Here only m − 1
//! of them are kept, drawn at random so that each has its right value on average: neighbour i, in ascending order of
//! coupling, is joined to one later neighbour j with probability `c_j/R_i`, by a coupling `c_i R_i/Σc`, `R_i` the sum of
//! the later ones. The factor therefore has no more entries than the graph, and as in the full elimination nothing is
//! ever subtracted. On trees and rings nothing is left to chance: a node of degree two has one choice. (Kyng & Sachdeva
//! 2016; Gao, Kyng & Spielman 2023.)

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use rand::Rng;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use super::preconditioner::Preconditioner;
use super::products::Stored;
use super::scaled::ScaledLaplacian;
use crate::network::Pattern;

/// An approximate factorisation of a Laplacian.
pub(super) struct ApproximateCholesky {
    /// The nodes in the order of their elimination.
    order: Vec<u32>,
    /// Where the neighbours of the k-th eliminated node start.
    start: Vec<usize>,
    neighbour: Vec<u32>,
    /// The share of the node's couplings that goes to the neighbour.
    share: Vec<f64>,
    /// The sum of the node's couplings when it was eliminated; 0 for the last node of a component.
    total: Vec<f64>,
    root: Vec<f64>,
}

/// One number for all runs: the same graph always has the same factor.
const SEED: u64 = 0x5a3b_1e57;

impl ApproximateCholesky {
    /// Eliminates the graph of `C + Cᵀ`, nodes of least degree first. O(synapses · log).
    pub fn of<T: Stored>(pattern: &Pattern, matrix: &ScaledLaplacian<T>) -> Self {
        let n = pattern.nodes();
        let mut couplings: Vec<Vec<(u32, f64)>> = vec![Vec::new(); n];
        for ((_, i, j), scaled) in pattern.iter().zip(matrix.couplings()) {
            let coupling = scaled * matrix.root[i] * matrix.root[j];
            if coupling > 0.0 {
                couplings[i].push((j as u32, coupling));
                couplings[j].push((i as u32, coupling));
            }
        }
        let mut random = ChaCha8Rng::seed_from_u64(SEED);
        // Entries of the queue may be out of date; the one with the current degree counts.
        let mut degree: Vec<usize> = couplings.iter().map(Vec::len).collect();
        let mut queue: BinaryHeap<Reverse<(usize, u32)>> =
            degree.iter().enumerate().map(|(node, &degree)| Reverse((degree, node as u32))).collect();
        let mut eliminated = vec![false; n];
        let mut factor = ApproximateCholesky {
            order: Vec::with_capacity(n),
            start: vec![0],
            neighbour: Vec::new(),
            share: Vec::new(),
            total: Vec::with_capacity(n),
            root: matrix.root.clone(),
        };
        let mut star: Vec<(u32, f64)> = Vec::new();
        while let Some(Reverse((queued, node))) = queue.pop() {
            let k = node as usize;
            if eliminated[k] || queued != degree[k] {
                continue;
            }
            eliminated[k] = true;
            let mut ends = std::mem::take(&mut couplings[k]);
            ends.retain(|&(other, _)| !eliminated[other as usize]);
            for &(other, _) in &ends {
                degree[other as usize] -= 1;
            }
            merge(ends, &mut star);
            let total: f64 = star.iter().map(|(_, coupling)| coupling).sum();
            factor.order.push(node);
            factor.total.push(total);
            for &(other, coupling) in &star {
                factor.neighbour.push(other);
                factor.share.push(coupling / total);
            }
            factor.start.push(factor.neighbour.len());
            star.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
            mesh(&star, total, &mut random, |a, b, coupling| {
                couplings[a as usize].push((b, coupling));
                couplings[b as usize].push((a, coupling));
                degree[a as usize] += 1;
                degree[b as usize] += 1;
            });
            for &(other, _) in &star {
                queue.push(Reverse((degree[other as usize], other)));
            }
        }
        factor
    }
}

impl Preconditioner for ApproximateCholesky {
    fn apply(&mut self, _root: &[f64], r: &[f64], z: &mut [f64]) {
        for ((z, r), root) in z.iter_mut().zip(r).zip(&self.root) {
            *z = r * root;
        }
        for (k, &node) in self.order.iter().enumerate() {
            let value = z[node as usize];
            for e in self.start[k]..self.start[k + 1] {
                z[self.neighbour[e] as usize] += self.share[e] * value;
            }
            z[node as usize] = if self.total[k] > 0.0 { value / self.total[k] } else { 0.0 };
        }
        for (k, &node) in self.order.iter().enumerate().rev() {
            let mut value = z[node as usize];
            for e in self.start[k]..self.start[k + 1] {
                value += self.share[e] * z[self.neighbour[e] as usize];
            }
            z[node as usize] = value;
        }
        for (z, root) in z.iter_mut().zip(&self.root) {
            *z *= root;
        }
    }
}

/// Adds up parallel couplings.
fn merge(mut ends: Vec<(u32, f64)>, star: &mut Vec<(u32, f64)>) {
    ends.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    star.clear();
    for (other, coupling) in ends {
        match star.last_mut() {
            Some(last) if last.0 == other => last.1 += coupling,
            _ => star.push((other, coupling)),
        }
    }
}

/// The sampled mesh of a star whose couplings ascend.
fn mesh(star: &[(u32, f64)], total: f64, random: &mut ChaCha8Rng, mut join: impl FnMut(u32, u32, f64)) {
    // later[i]: the sum of the couplings after i, added from the small end of what is left.
    let mut later = vec![0.0; star.len()];
    for i in (0..star.len().saturating_sub(1)).rev() {
        later[i] = later[i + 1] + star[i + 1].1;
    }
    for i in 0..star.len().saturating_sub(1) {
        // The first j whose remaining sum is not above the draw: later is descending.
        let draw = later[i] * random.random::<f64>();
        let j = i + 1 + later[i + 1..].partition_point(|&rest| rest > draw);
        let j = j.min(star.len() - 1);
        join(star[i].0, star[j].0, star[i].1 * (later[i] / total));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn on_average_the_sampled_mesh_is_the_full_mesh() {
        let star = [(0, 1.0), (1, 2.0), (2, 3.0), (3, 6.0)];
        let total = 12.0;
        let mut random = ChaCha8Rng::seed_from_u64(1);
        let mut mean = [[0.0; 4]; 4];
        let draws = 100_000;
        for _ in 0..draws {
            mesh(&star, total, &mut random, |a, b, coupling| {
                mean[a as usize][b as usize] += coupling / f64::from(draws)
            });
        }
        for i in 0..4 {
            for j in i + 1..4 {
                let exact = star[i].1 * star[j].1 / total;
                // A coupling is c_i R_i/total with probability q = c_j/R_i: its mean over N draws has the standard
                // deviation c_i R_i/total·√(q(1 − q)/N). Five of them, and the rounding of a sum of N terms.
                let rest: f64 = star[i + 1..].iter().map(|(_, coupling)| coupling).sum();
                let q = star[j].1 / rest;
                let deviation = star[i].1 * rest / total * (q * (1.0 - q) / f64::from(draws)).sqrt();
                assert!(
                    (mean[i][j] - exact).abs() <= 5.0 * deviation + f64::from(draws) * f64::EPSILON * exact,
                    "{i} {j}: {} for {exact}",
                    mean[i][j]
                );
            }
        }
    }
}
