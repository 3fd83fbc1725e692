//! Taylor coefficients of the flow, in any number system.

use crate::cost::CostGraph;
use crate::flow::{laplacian_times, node_costs};
use crate::scalar::{Scalar, TaylorSeries};

/// The coefficients (node by node, powers 0 to `order`) of the solution of `x' = scale·g(x)` from `start`, in the
/// arithmetic of `S`: rounded, unless that is exact.
///
/// Newton's method in the ring of power series. With coefficients known up to the power m, the rest `δ` solves
/// `δ' = scale·(g(x) − p L(x) δ) − x'` up to the power 2m + 2, since what is neglected starts at `δ²`.
pub fn flow_series<S: Scalar>(graph: &CostGraph<TaylorSeries<S>>, start: &[S], scale: &S, order: usize) -> Vec<Vec<S>> {
    let mut x: Vec<Vec<S>> = start.iter().map(|value| vec![value.clone()]).collect();
    let Some(zero) = start.first().map(S::zero_like) else { return x };
    let pattern = graph.pattern();
    let p = zero.lift(graph.p());
    let at = |series: &TaylorSeries<S>, power: usize| series.coefficient(power).unwrap_or_else(|| zero.lift(f64::NAN));
    let mut known = 0;
    while known < order {
        let next = (2 * known + 2).min(order);
        let series: Vec<TaylorSeries<S>> =
            x.iter().map(|c| TaylorSeries::new(c[0].clone(), c[1..].iter().cloned(), next - 1)).collect();
        let costs = graph.costs_at(&series);
        let g = node_costs(pattern, &costs, &TaylorSeries::constant(zero.clone())).gradient();
        let cost_powers: Vec<Vec<S>> =
            (0..next - known).map(|power| costs.iter().map(|cost| at(cost, power)).collect()).collect();
        for k in known..next {
            let mut field: Vec<S> = g.iter().map(|g| at(g, k)).collect();
            for l in known + 1..=k {
                let delta: Vec<S> = x.iter().map(|c| c[l].clone()).collect();
                for (field, change) in field.iter_mut().zip(laplacian_times(pattern, &cost_powers[k - l], &delta)) {
                    *field -= &(change * &p);
                }
            }
            let divisor = zero.lift((k + 1) as f64);
            for (c, field) in x.iter_mut().zip(field) {
                c.push(field * scale / &divisor);
            }
        }
        known = next;
    }
    x
}

/// `Σ_k c_k t^k`.
pub fn value_at<S: Scalar>(coefficients: &[S], t: &S) -> S {
    let mut value = t.zero_like();
    for c in coefficients.iter().rev() {
        value = value * t + c;
    }
    value
}
