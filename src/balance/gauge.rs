//! What balancing leaves free, and how it is fixed.

use crate::cost::CostGraph;
use crate::scalar::Scalar;

/// Fixes what balancing leaves free: in each weak component `Σh = 0` (as the flow from `h = 0` keeps it), and in
/// the component of the world node `h_world = 0`.
pub fn fix_gauge<S: Scalar>(graph: &CostGraph, h: &mut [S]) {
    let Some(zero) = h.first().map(S::zero_like) else { return };
    let weak = graph.facts().weak();
    let count = graph.facts().weak_count();
    let (mut sum, mut size) = (vec![zero.clone(); count], vec![0.0; count]);
    for (value, &component) in h.iter().zip(weak) {
        sum[component as usize] += value;
        size[component as usize] += 1.0;
    }
    let mut shift: Vec<S> = sum.into_iter().zip(size).map(|(sum, size)| sum / &zero.lift(size)).collect();
    if let Some(world) = graph.world() {
        shift[weak[world] as usize] = h[world].clone();
    }
    for (value, &component) in h.iter_mut().zip(weak) {
        *value -= &shift[component as usize];
    }
}
