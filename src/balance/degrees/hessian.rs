//! The Hessian of the cost, `p² Σ C_ij b bᵀ` with `b = k_j e_j − e_i` of each synapse, and the Newton step `H pδ = g`.
//!
//! For degree one H is the Laplacian of `C + Cᵀ`. Where a direction is free H is singular along it, and g has no part in it;
//! one of its neurons is held ([`held`]), and what the solution has along the direction is taken out.
//!
//! Beside its diagonal no entry is positive, but its rows do not add up to zero, as those of a Laplacian do: so the elimination that
//! never subtracts (`crate::laplacian::GroundedLaplacian`) has no neighbours to hand couplings to here, and this one is `L D Lᵀ`.

use crate::cost::{DegreeCosts, DegreeSynapse};
use crate::laplacian::conjugate_gradients::{System, Unit, Until, iterate};
use crate::laplacian::vectors::dot;
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
pub(super) fn times<S: Scalar>(graph: &DegreeCosts<S>, costs: &[S], x: &[S]) -> Vec<S> {
    let mut product: Vec<S> = x.iter().map(S::zero_like).collect();
    for (synapse, cost) in graph.synapses().iter().zip(costs) {
        let along = cost.clone() * &graph.rate(synapse, x);
        for (node, entry) in row(synapse, graph.neurons()).into_iter().flatten() {
            product[node] += &(along.clone() * &along.lift(entry));
        }
    }
    product
}

/// `pδ` by a factorisation; the neuron whose pivot is not positive, if one is.
pub(super) fn dense_step<S: Scalar>(
    graph: &DegreeCosts<S>,
    costs: &[S],
    g: &[S],
    free: &Free,
    zero: &S,
) -> Result<Vec<S>, usize> {
    let mut step = Factored::of(graph, costs, free, zero)?.solve(g);
    without_free(&mut step, free);
    Ok(step)
}

/// `L D Lᵀ` of H scaled to a diagonal of ones, in which the neurons that are held have two: see [`held`].
pub(super) struct Factored<S: Scalar> {
    scale: Vec<S>,
    /// `L` below the diagonal, `D` on it, row by row.
    matrix: Vec<Vec<S>>,
}

/// One neuron of each free direction, the one that takes most part in it in units of the diagonal. With more on its diagonal H is
/// definite, and still without a positive entry beside it; and as no gradient has a part along the direction, the neuron itself does
/// not move.
pub(super) fn held<S: Scalar>(free: &Free, diagonal: &[S]) -> Vec<usize> {
    let part = |&(i, v): &(usize, f64)| (diagonal[i].clone() * &diagonal[i].lift(v * v), i);
    let most = |a: (S, usize), b: (S, usize)| if b.0 > a.0 { b } else { a };
    free.iter().filter_map(|direction| direction.iter().map(part).reduce(most)).map(|(_, i)| i).collect()
}

impl<S: Scalar> Factored<S> {
    /// The neuron whose pivot is not positive, if one is.
    pub(super) fn of(graph: &DegreeCosts<S>, costs: &[S], free: &Free, zero: &S) -> Result<Self, usize> {
        let n = graph.neurons();
        let one = zero.lift(1.0);
        let diagonal = diagonal(graph, costs, zero);
        let inverse_root = |entry: &S| if entry.is_zero() { one.clone() } else { one.clone() / &entry.sqrt() };
        let scale: Vec<S> = diagonal.iter().map(inverse_root).collect();
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
        held(free, &diagonal).into_iter().for_each(|i| add(i, i, &one));
        factor(&mut matrix)?;
        Ok(Factored { scale, matrix })
    }

    /// `x` with `H x = right`, H with what [`held`] adds.
    pub(super) fn solve(&self, right: &[S]) -> Vec<S> {
        let Factored { scale, matrix } = self;
        let mut x: Vec<S> = right.iter().zip(scale).map(|(right, scale)| right.clone() * scale).collect();
        for (i, row) in matrix.iter().enumerate() {
            let (solved, rest) = x.split_at_mut(i);
            for (entry, value) in row.iter().zip(solved) {
                rest[0] -= &(entry.clone() * value);
            }
        }
        for i in (0..x.len()).rev() {
            x[i] = x[i].clone() / &matrix[i][i];
            let (before, after) = x.split_at_mut(i + 1);
            for (row, value) in matrix[i + 1..].iter().zip(after.iter()) {
                before[i] -= &(row[i].clone() * value);
            }
        }
        x.into_iter().zip(scale).map(|(x, scale)| x * scale).collect()
    }
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

/// H scaled to a unit diagonal.
struct Scaled<'a> {
    graph: &'a DegreeCosts,
    costs: &'a [f64],
    inverse_root: &'a [f64],
    /// What the scaled H does not see.
    unseen: &'a Free,
    products: usize,
}

impl System for Scaled<'_> {
    fn times(&mut self, x: &[f64], product: &mut [f64]) -> f64 {
        let moved: Vec<f64> = x.iter().zip(self.inverse_root).map(|(x, r)| x * r).collect();
        let along = times(self.graph, self.costs, &moved);
        self.products += 1;
        product.iter_mut().zip(along.iter().zip(self.inverse_root)).for_each(|(p, (a, r))| *p = a * r);
        dot(x, product)
    }

    fn precondition(&mut self, residual: &[f64], z: &mut [f64]) {
        z.copy_from_slice(residual);
        without_free(z, self.unseen);
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
    let inverse_root: Vec<f64> = diagonal.iter().map(|d| if *d > 0.0 { d.sqrt().recip() } else { 0.0 }).collect();
    let scaled = |&(i, v): &(usize, f64)| (i, v * diagonal[i].sqrt());
    let unseen: Vec<Vec<(usize, f64)>> = free.iter().map(|direction| direction.iter().map(scaled).collect()).collect();
    let mut right: Vec<f64> = g.iter().zip(&inverse_root).map(|(g, r)| g * r).collect();
    // A rounded gradient has a part that no step can take away, and the residual would never get below it.
    without_free(&mut right, &unseen);
    let until = Until { relative: residual, every_node: 0.0, of: Unit::Degree, products: 20 * g.len() + 50 };
    let system = &mut Scaled { graph, costs, inverse_root: &inverse_root, unseen: &unseen, products: 0 };
    let solved = iterate(system, right, &inverse_root, &until);
    let mut x: Vec<f64> = solved.x.iter().zip(&inverse_root).map(|(u, r)| u * r).collect();
    without_free(&mut x, free);
    (x, system.products)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cost::CostSpec;
    use crate::network::{Activation, Network, Weights};

    /// Conjugate gradients take about as many products as a long ring has neurons.
    #[test]
    fn steps_of_conjugate_gradients_solve_the_system_also_where_it_takes_many_products() {
        let n = 300;
        let ring = (0..n).flat_map(|i| [((i + 1) % n, i, 1.0), (i, (i + 1) % n, 1.0 + (i % 7) as f64)]).collect();
        let activation: Vec<Activation> = (0..n)
            .map(|i| if i % 50 == 0 { Activation::RectifiedPower { degree: 2.0 } } else { Activation::Relu })
            .collect();
        let network = Network::recurrent(Weights::from_triplets(n, ring).unwrap(), activation);
        let graph = DegreeCosts::of_network(&network, &CostSpec::power(2.0)).unwrap();
        let costs = graph.costs_at(&vec![0.0; n]);
        let g: Vec<f64> = (0..n).map(|i| (i as f64).sin()).collect();
        let (x, products) = gradients_step(&graph, &costs, &g, &[], 1e-10);
        let reached = times(&graph, &costs, &x);
        let norm = |values: &mut dyn Iterator<Item = f64>| values.map(|x| x * x).sum::<f64>().sqrt();
        let rest = norm(&mut reached.iter().zip(&g).map(|(a, b)| a - b));
        // In units of the diagonal, whose entries are at most 100 apart: a factor of ten for the square root.
        assert!(rest <= 10.0 * 1e-10 * norm(&mut g.iter().copied()), "{rest}");
        assert!((100..20 * n).contains(&products), "{products}");
    }
}
