//! Linear systems with the Laplacian of a graph of costs, one node of each component grounded.
//!
//! Two ways of elimination. Cholesky is fast, but subtracts, and where costs span too many orders of magnitude the
//! weak couplings drown in the rounding of the strong ones. The star-mesh elimination removes a node and joins its
//! neighbours directly, `c_ij += c_ki c_kj / Σ_j c_kj`: only sums, products and quotients of positive numbers, so
//! that every coupling stays accurate to a few roundings however far apart they are (the idea of Grassmann, Taksar &
//! Heyman for Markov chains; Alfa, Xue & Ye 2002 for M-matrices).

use nalgebra::{Cholesky, DMatrix, DVector};

use crate::cost::CostGraph;
use crate::flow::{NodeCosts, laplacian, node_costs};
use crate::scalar::Scalar;

/// How a linear system is solved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Elimination {
    /// Cholesky factorisation.
    Cholesky,
    /// Subtraction-free elimination of one node after the other; some times slower.
    StarMesh,
}

/// The weak components of a graph, each without the one node that is grounded.
#[derive(Clone, Debug)]
pub struct GroundedLaplacian<'a> {
    graph: &'a CostGraph,
    components: Vec<Component>,
    movable: Vec<bool>,
}

#[derive(Clone, Debug)]
struct Component {
    ground: usize,
    nodes: Vec<usize>,
}

impl<'a> GroundedLaplacian<'a> {
    /// Grounds the node of largest in- and outgoing costs in each component, which conditions the rest best.
    pub fn of(graph: &'a CostGraph) -> Self {
        Self::at(graph, graph.initial_costs())
    }

    /// The same for costs other than those at `h = 0`.
    pub fn at(graph: &'a CostGraph, costs: &[f64]) -> Self {
        let sums = node_costs(graph.pattern(), costs, &0.0);
        let degree = |node: usize| sums.incoming[node] + sums.outgoing[node];
        let mut members = vec![Vec::new(); graph.facts().weak_count()];
        for (node, &weak) in graph.facts().weak().iter().enumerate() {
            members[weak as usize].push(node);
        }
        let mut movable = vec![false; graph.nodes()];
        let mut components = Vec::new();
        for nodes in members.into_iter().filter(|nodes| nodes.len() > 1) {
            let ground = nodes.iter().copied().fold(nodes[0], |a, b| if degree(b) > degree(a) { b } else { a });
            let nodes: Vec<usize> = nodes.into_iter().filter(|&node| node != ground).collect();
            for &node in &nodes {
                movable[node] = true;
            }
            components.push(Component { ground, nodes });
        }
        GroundedLaplacian { graph, components, movable }
    }

    /// Unknowns of the largest component.
    pub fn largest_component(&self) -> usize {
        self.components.iter().map(|component| component.nodes.len()).max().unwrap_or(0)
    }

    /// `x` with `L x = right` (subtraction-free elimination) and `x = 0` at the grounded nodes, `L` the Laplacian of
    /// the given costs.
    ///
    /// # Errors
    /// A node of a component whose costs are too far apart even for that: the solution leaves the range of `S`.
    pub fn solve<S: Scalar>(&self, costs: &[S], right: &[S]) -> Result<Vec<S>, usize> {
        let Some(zero) = right.first().map(S::zero_like) else { return Ok(Vec::new()) };
        self.each_component(&zero, |component, position| {
            let couplings = symmetric(&self.between(component, costs, position, &zero));
            // A source at a node is a flow from the ground.
            let ground = component.nodes.len();
            let mut flows = DMatrix::from_element(ground + 1, ground + 1, zero.clone());
            for (place, &node) in component.nodes.iter().enumerate() {
                flows[(place, ground)] = right[node].clone();
                flows[(ground, place)] = -right[node].clone();
            }
            Some(star_mesh(couplings, flows))
        })
    }

    /// `x` with `L x = g`, the neural gradient of the given costs, by [`Elimination::StarMesh`] in any number system.
    ///
    /// # Errors
    /// A node of a component where the solution leaves the range of `S`.
    pub fn star_mesh_step<S: Scalar>(&self, costs: &[S]) -> Result<Vec<S>, usize> {
        let Some(zero) = costs.first().map(S::zero_like) else { return Ok(Vec::new()) };
        self.each_component(&zero, |component, position| {
            // The gradient as what flows over each pair of neurons: taken together only node by node, the weak
            // flows between groups of strongly coupled neurons would be lost in the rounding of the strong ones.
            let into = self.between(component, costs, position, &zero);
            let flows = DMatrix::from_fn(into.nrows(), into.ncols(), |i, j| into[(i, j)].clone() - &into[(j, i)]);
            Some(star_mesh(symmetric(&into), flows))
        })
    }

    /// The subtraction-free elimination of the given costs, kept to solve for many right-hand sides.
    #[cfg(feature = "precise")]
    pub fn eliminated(&self, costs: &[f64]) -> Eliminated<'_> {
        let mut position = vec![None; self.graph.nodes()];
        let meshes = self.components.iter().map(|component| {
            for (place, &node) in component.nodes.iter().enumerate() {
                position[node] = Some(place);
            }
            let mut couplings = symmetric(&self.between(component, costs, &position, &0.0));
            for &node in &component.nodes {
                position[node] = None;
            }
            let totals = eliminate(&mut couplings, |_, _, _| ());
            Mesh { couplings, totals }
        });
        Eliminated { meshes: meshes.collect(), components: &self.components }
    }

    /// `x` with `L x = g`, the neural gradient of the given costs: Newton's step, up to the exponent p.
    ///
    /// # Errors
    /// A node of a component whose Laplacian is singular to this elimination.
    pub fn newton_step(
        &self,
        elimination: Elimination,
        costs: &[f64],
        sums: &NodeCosts<f64>,
    ) -> Result<Vec<f64>, usize> {
        if elimination == Elimination::StarMesh {
            return self.star_mesh_step(costs);
        }
        let g = sums.gradient();
        self.each_component(&0.0, |component, position| {
            let matrix = laplacian(self.graph.pattern(), costs, sums, &component.nodes, position);
            let right = DVector::from_iterator(component.nodes.len(), component.nodes.iter().map(|&node| g[node]));
            Some(Cholesky::new(matrix)?.solve(&right).as_slice().to_vec())
        })
    }

    /// Solves component by component and puts the parts together.
    fn each_component<S: Scalar>(
        &self,
        zero: &S,
        solve: impl Fn(&Component, &[Option<usize>]) -> Option<Vec<S>>,
    ) -> Result<Vec<S>, usize> {
        let mut x = vec![zero.clone(); self.graph.nodes()];
        let mut position = vec![None; self.graph.nodes()];
        for component in &self.components {
            for (place, &node) in component.nodes.iter().enumerate() {
                position[node] = Some(place);
            }
            let solution = solve(component, &position).ok_or(component.ground)?;
            if solution.iter().any(|value| !value.is_finite()) {
                return Err(component.ground);
            }
            for (&node, value) in component.nodes.iter().zip(solution) {
                x[node] = value;
                position[node] = None;
            }
        }
        Ok(x)
    }

    /// The costs of a component as a dense matrix, row = target; the ground is the last node.
    fn between<S: Scalar>(
        &self,
        component: &Component,
        costs: &[S],
        position: &[Option<usize>],
        zero: &S,
    ) -> DMatrix<S> {
        let ground = component.nodes.len();
        let mut matrix = DMatrix::from_element(ground + 1, ground + 1, zero.clone());
        for (row, node) in component.nodes.iter().copied().chain([component.ground]).enumerate() {
            for e in self.graph.pattern().row(node) {
                let column = position[self.graph.pattern().source(e)].unwrap_or(ground);
                matrix[(row, column)] = costs[e].clone();
            }
        }
        matrix
    }

    /// `h` shifted so that it vanishes at the grounded node of each component.
    pub fn grounded(&self, h: &[f64]) -> Vec<f64> {
        let mut shifted = vec![0.0; h.len()];
        for component in &self.components {
            for &node in &component.nodes {
                shifted[node] = h[node] - h[component.ground];
            }
        }
        shifted
    }

    /// The given inflow at every free node, and what comes out again at the ground of its component.
    pub(super) fn drained(&self, inflow: &[f64]) -> Vec<f64> {
        let mut flow = vec![0.0; self.graph.nodes()];
        for component in &self.components {
            for &node in &component.nodes {
                flow[node] = inflow[node];
                flow[component.ground] -= inflow[node];
            }
        }
        flow
    }

    /// True for a node that is grounded or has no costs.
    pub fn is_fixed(&self, node: usize) -> bool {
        !self.movable[node]
    }
}

/// Eliminated components of a graph.
#[cfg(feature = "precise")]
#[derive(Clone, Debug)]
pub struct Eliminated<'a> {
    meshes: Vec<Mesh>,
    components: &'a [Component],
}

/// One component: below the diagonal the couplings of each node at its elimination, and their sums.
#[cfg(feature = "precise")]
#[derive(Clone, Debug)]
struct Mesh {
    couplings: DMatrix<f64>,
    totals: Vec<f64>,
}

#[cfg(feature = "precise")]
impl Eliminated<'_> {
    /// `x` with `L x = right` and `x = 0` at the grounded nodes. Where `right ≥ 0` nothing is subtracted.
    pub fn solve(&self, right: &[f64]) -> Vec<f64> {
        let mut x = vec![0.0; right.len()];
        for (mesh, component) in self.meshes.iter().zip(self.components) {
            let unknowns = component.nodes.len();
            let mut local: Vec<f64> = component.nodes.iter().map(|&node| right[node]).chain([0.0]).collect();
            for k in 0..unknowns {
                let sent = local[k] / mesh.totals[k];
                let couplings = mesh.couplings.view((k + 1, k), (unknowns - k, 1));
                for (value, coupling) in local[k + 1..].iter_mut().zip(couplings.iter()) {
                    *value += coupling * sent;
                }
            }
            // What has gathered at the ground is not its potential.
            local[unknowns] = 0.0;
            for k in (0..unknowns).rev() {
                let sum: f64 = (k + 1..=unknowns).map(|j| mesh.couplings[(j, k)] * local[j]).sum();
                local[k] = (local[k] + sum) / mesh.totals[k];
            }
            for (&node, value) in component.nodes.iter().zip(local) {
                x[node] = value;
            }
        }
        x
    }
}

/// The symmetric couplings `C_ij + C_ji`.
fn symmetric<S: Scalar>(into: &DMatrix<S>) -> DMatrix<S> {
    DMatrix::from_fn(into.nrows(), into.ncols(), |i, j| into[(i, j)].clone() + &into[(j, i)])
}

/// Eliminates all nodes but the last: with the shares `s_j = c_kj/Σ_j c_kj`, `c_ij += c_ik s_j`. Returns the sums.
///
/// Columns k below the diagonal keep the couplings of k for the way back. `joined` hears of every node, its couplings
/// to those that are left and its shares, before the next is eliminated.
fn eliminate<S: Scalar>(couplings: &mut DMatrix<S>, mut joined: impl FnMut(usize, &[S], &[S])) -> Vec<S> {
    let unknowns = couplings.nrows() - 1;
    let mut totals = Vec::with_capacity(unknowns);
    for k in 0..unknowns {
        let rest = unknowns - k;
        let star: Vec<S> = couplings.view((k + 1, k), (rest, 1)).iter().cloned().collect();
        let mut total = star[0].zero_like();
        for coupling in &star {
            total += coupling;
        }
        let shares: Vec<S> = star.iter().map(|coupling| coupling.clone() / &total).collect();
        for (column, share) in shares.iter().enumerate() {
            if share.is_zero() {
                continue;
            }
            let mut mesh = couplings.view_mut((k + 1, k + 1 + column), (rest, 1));
            for (entry, other) in mesh.iter_mut().zip(&star) {
                *entry += &(other.clone() * share);
            }
        }
        joined(k, &star, &shares);
        totals.push(total);
    }
    totals
}

/// Solves `Σ_j c_ij (x_i − x_j) = Σ_j f_ij` with `x = 0` at the last node, for symmetric couplings `c ≥ 0` and
/// antisymmetric flows `f`.
///
/// Eliminating node k joins its neighbours ([`eliminate`]), and what flowed through it: `f_ij += f_ik s_j − f_jk s_i`.
/// What a neighbour would send through k to itself cancels before it is computed.
fn star_mesh<S: Scalar>(mut couplings: DMatrix<S>, mut flows: DMatrix<S>) -> Vec<S> {
    let unknowns = couplings.nrows() - 1;
    let zero = couplings[(0, 0)].zero_like();
    let totals = eliminate(&mut couplings, |k, _, shares| {
        let rest = shares.len();
        // Columns k below the diagonal keep minus the flows of k, for the way back.
        let sent: Vec<S> = flows.view((k + 1, k), (rest, 1)).iter().cloned().collect();
        for (column, (share, sent_here)) in shares.iter().zip(&sent).enumerate() {
            if share.is_zero() && sent_here.is_zero() {
                continue;
            }
            let mut mesh = flows.view_mut((k + 1, k + 1 + column), (rest, 1));
            for (entry, (other_sent, other_share)) in mesh.iter_mut().zip(sent.iter().zip(shares)) {
                *entry += &(other_sent.clone() * share - &(sent_here.clone() * other_share));
            }
        }
    });
    let mut x = vec![zero.clone(); unknowns + 1];
    for k in (0..unknowns).rev() {
        let mut sum = zero.clone();
        for j in k + 1..=unknowns {
            sum += &(couplings[(j, k)].clone() * &x[j] - &flows[(j, k)]);
        }
        x[k] = sum / &totals[k];
    }
    x.truncate(unknowns);
    x
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn star_mesh_keeps_a_coupling_that_cholesky_loses() {
        // 0 and 1 joined by 1, 1 and the ground by 1e-20: pushing 1 into node 0 lifts both by 1e20, and node 0 by 1
        // more. In f64 the Laplacian has equal entries 1 and 1 + 1e-20, and is singular.
        let couplings = DMatrix::from_row_slice(3, 3, &[0.0, 1.0, 0.0, 1.0, 0.0, 1e-20, 0.0, 1e-20, 0.0]);
        let flows = DMatrix::from_row_slice(3, 3, &[0.0, 0.0, 1.0, 0.0, 0.0, 0.0, -1.0, 0.0, 0.0]);
        let x = star_mesh(couplings, flows);
        assert!((x[1] / 1e20 - 1.0).abs() < 4.0 * f64::EPSILON);
        assert!((x[0] / 1e20 - 1.0).abs() < 4.0 * f64::EPSILON);
        assert!(Cholesky::new(DMatrix::from_row_slice(2, 2, &[1.0, -1.0, -1.0, 1.0 + 1e-20])).is_none());
    }
}
