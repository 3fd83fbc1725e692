//! From two weight matrices back to the log-scales that lead from one to the other.

use super::Pattern;
use crate::scalar::Scalar;

/// Log-scales read off from weights, and how well they explain them.
#[derive(Clone, Debug, PartialEq)]
pub struct Recovered<S> {
    /// `h` with `J_ij ≈ J⁰_ij e^{h_j − h_i}`; the first node of each weak component has `h = 0`.
    pub h: Vec<S>,
    /// `max |ln(J_ij/J⁰_ij) − (h_j − h_i)|`: zero exactly if the two matrices are diagonally similar.
    pub defect: S,
}

/// Finds `h` with `after_ij = before_ij e^{h_j − h_i}` along a spanning forest, and the largest disagreement of the
/// synapses outside it. Weights are in the order of `pattern`, none of them zero; a change of sign is an infinite
/// (or NaN) defect, since no log-scales explain it.
pub fn recover_log_scales<S: Scalar>(pattern: &Pattern, before: &[S], after: &[S], zero: &S) -> Recovered<S> {
    let transposed = pattern.transpose();
    let ratio = |e: usize| (after[e].clone() / &before[e]).ln();
    let mut h = vec![zero.clone(); pattern.nodes()];
    let mut seen = vec![false; pattern.nodes()];
    let mut queue = std::collections::VecDeque::new();
    for root in 0..pattern.nodes() {
        if std::mem::replace(&mut seen[root], true) {
            continue;
        }
        queue.push_back(root);
        while let Some(node) = queue.pop_front() {
            for e in pattern.row(node) {
                let source = pattern.source(e);
                if !std::mem::replace(&mut seen[source], true) {
                    h[source] = h[node].clone() + &ratio(e);
                    queue.push_back(source);
                }
            }
            for (e, target) in transposed.column(node) {
                if !std::mem::replace(&mut seen[target], true) {
                    h[target] = h[node].clone() - &ratio(e);
                    queue.push_back(target);
                }
            }
        }
    }
    let mut defect = zero.clone();
    for (e, i, j) in pattern.iter() {
        let difference = (ratio(e) - &(h[j].clone() - &h[i])).abs();
        // Not `>` alone: a NaN must not be lost in the comparison, and once there it stays.
        if difference > defect || (!difference.is_finite() && defect.is_finite()) {
            defect = difference;
        }
    }
    Recovered { h, defect }
}
