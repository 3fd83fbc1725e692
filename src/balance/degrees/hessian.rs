//! The Hessian of the cost, `p² Σ C_ij b bᵀ` with `b = k_j e_j − e_i` of each synapse, and the Newton step `H pδ = g`.
//!
//! For degree one H is the Laplacian of `C + Cᵀ`. Where a direction is free H is singular along it, and g has no part in it;
//! `v vᵀ` is added there, which makes the matrix positive definite and leaves the step, orthogonal to v, what it was.

use crate::cost::{DegreeCosts, DegreeSynapse};
use crate::scalar::Scalar;

/// Directions that leave every synapse as it is, entries by neuron.
pub(super) type Free = [Vec<(usize, f64)>];

/// The entries of `b = k_j e_j − e_i`: of neurons only, and of a self-synapse `k − 1` alone.
fn row(synapse: &DegreeSynapse, neurons: usize) -> [Option<(usize, f64)>; 2] {
    let DegreeSynapse { target, source, degree } = *synapse;
    if target == source {
        return [(degree != 1.0).then_some((target, degree - 1.0)), None];
    }
    [(target < neurons).then_some((target, -1.0)), (source < neurons && degree > 0.0).then_some((source, degree))]
}

/// `diag H`.
pub(super) fn diagonal<S: Scalar>(graph: &DegreeCosts<S>, costs: &[S], zero: &S) -> Vec<S> {
    let mut diagonal = vec![zero.clone(); graph.neurons()];
    for (synapse, cost) in graph.synapses().iter().zip(costs) {
        for (node, entry) in row(synapse, graph.neurons()).into_iter().flatten() {
            diagonal[node] += &(cost.clone() * &zero.lift(entry) * &zero.lift(entry));
        }
    }
    diagonal
}

/// `H x`, synapse by synapse.
pub(super) fn times(graph: &DegreeCosts, costs: &[f64], x: &[f64]) -> Vec<f64> {
    let mut product = vec![0.0; x.len()];
    for (synapse, cost) in graph.synapses().iter().zip(costs) {
        let along = cost * graph.rate(synapse, x);
        for (node, entry) in row(synapse, graph.neurons()).into_iter().flatten() {
            product[node] += along * entry;
        }
    }
    product
}

/// `pδ` by a factorisation `L D Lᵀ` of H scaled to a diagonal of ones; the neuron whose pivot is not positive, if one is.
pub(super) fn dense_step<S: Scalar>(
    graph: &DegreeCosts<S>,
    costs: &[S],
    g: &[S],
    free: &Free,
    zero: &S,
) -> Result<Vec<S>, usize> {
    let n = graph.neurons();
    let one = zero.lift(1.0);
    let scale: Vec<S> = diagonal(graph, costs, zero)
        .iter()
        .map(|entry| if entry.is_zero() { one.clone() } else { one.clone() / &entry.sqrt() })
        .collect();
    // The lower triangle, row by row.
    let mut matrix: Vec<Vec<S>> = (0..n).map(|i| vec![zero.clone(); i + 1]).collect();
    let mut add = |i: usize, j: usize, value: &S| matrix[i.max(j)][i.min(j)] += value;
    for (synapse, cost) in graph.synapses().iter().zip(costs) {
        let entries: Vec<(usize, f64)> = row(synapse, n).into_iter().flatten().collect();
        for (at, &(i, x)) in entries.iter().enumerate() {
            for &(j, y) in &entries[at..] {
                add(i, j, &(cost.clone() * &scale[i] * &scale[j] * &zero.lift(x) * &zero.lift(y)));
            }
        }
    }
    for direction in free {
        // Scaled like the matrix: scale⁻¹ v spans what the scaled H does not see.
        let seen: Vec<(usize, S)> = direction.iter().map(|&(i, v)| (i, zero.lift(v) / &scale[i])).collect();
        let mut length = zero.clone();
        seen.iter().for_each(|(_, v)| length += &(v.clone() * v));
        for (at, (i, x)) in seen.iter().enumerate() {
            for (j, y) in &seen[at..] {
                add(*i, *j, &(x.clone() * y / &length));
            }
        }
    }
    factor(&mut matrix)?;
    let mut x: Vec<S> = g.iter().zip(&scale).map(|(g, scale)| g.clone() * scale).collect();
    for (i, row) in matrix.iter().enumerate() {
        let (solved, rest) = x.split_at_mut(i);
        for (entry, value) in row.iter().zip(solved) {
            rest[0] -= &(entry.clone() * value);
        }
    }
    for i in (0..n).rev() {
        x[i] = x[i].clone() / &matrix[i][i];
        let (before, after) = x.split_at_mut(i + 1);
        for (row, value) in matrix[i + 1..].iter().zip(after.iter()) {
            before[i] -= &(row[i].clone() * value);
        }
    }
    let mut step: Vec<S> = x.iter().zip(&scale).map(|(x, scale)| x.clone() * scale).collect();
    without_free(&mut step, free);
    Ok(step)
}

/// `L` below the diagonal, `D` on it.
fn factor<S: Scalar>(matrix: &mut [Vec<S>]) -> Result<(), usize> {
    for i in 0..matrix.len() {
        let (above, rest) = matrix.split_at_mut(i);
        let row = &mut rest[0];
        for (j, earlier) in above.iter().enumerate() {
            // First L_ij D_j, which the entries further right need.
            let (left, right) = row.split_at_mut(j);
            for (mine, theirs) in left.iter().zip(earlier) {
                right[0] -= &(mine.clone() * theirs);
            }
        }
        for (j, earlier) in above.iter().enumerate() {
            let scaled = row[j].clone() / &earlier[j];
            let part = scaled.clone() * &row[j];
            row[i] -= &part;
            row[j] = scaled;
        }
        let positive = row[i] > row[i].zero_like() && row[i].is_finite();
        if !positive {
            return Err(i);
        }
    }
    Ok(())
}

/// Takes the parts along the free directions out of `x`.
pub(super) fn without_free<S: Scalar>(x: &mut [S], free: &Free) {
    for direction in free {
        let Some(&(first, _)) = direction.first() else { continue };
        let mut part = x[first].zero_like();
        let mut length = part.clone();
        for &(i, v) in direction {
            let v = part.lift(v);
            part += &(x[i].clone() * &v);
            length += &(v.clone() * &v);
        }
        let part = part / &length;
        for &(i, v) in direction {
            x[i] -= &(part.clone() * &part.lift(v));
        }
    }
}

/// `pδ` by conjugate gradients, preconditioned by the diagonal, to a relative residual; and the products it took. Started at
/// zero, what it returns has `gᵀδ = δᵀHδ` however early it stops, which is all that the damping of the step builds on.
pub(super) fn gradients_step(
    graph: &DegreeCosts,
    costs: &[f64],
    g: &[f64],
    free: &Free,
    residual: f64,
) -> (Vec<f64>, usize) {
    let diagonal = diagonal(graph, costs, &0.0);
    let preconditioned = |r: &[f64]| -> Vec<f64> {
        let mut z: Vec<f64> = r.iter().zip(&diagonal).map(|(r, d)| if *d > 0.0 { r / d } else { 0.0 }).collect();
        without_free(&mut z, free);
        z
    };
    let dot = |a: &[f64], b: &[f64]| -> f64 { a.iter().zip(b).map(|(a, b)| a * b).sum() };
    let mut x = vec![0.0; g.len()];
    let mut r = g.to_vec();
    let mut z = preconditioned(&r);
    let mut d = z.clone();
    let mut rz = dot(&r, &z);
    let goal = residual * residual * rz;
    let mut products = 0;
    while rz > goal && products < 20 * g.len() + 50 {
        let product = times(graph, costs, &d);
        products += 1;
        let curvature = dot(&d, &product);
        if curvature.is_nan() || curvature <= 0.0 {
            break;
        }
        let step = rz / curvature;
        x.iter_mut().zip(&d).for_each(|(x, d)| *x += step * d);
        r.iter_mut().zip(&product).for_each(|(r, product)| *r -= step * product);
        z = preconditioned(&r);
        let next = dot(&r, &z);
        let share = next / rz;
        rz = next;
        d.iter_mut().zip(&z).for_each(|(d, z)| *d = z + share * *d);
    }
    without_free(&mut x, free);
    (x, products)
}
