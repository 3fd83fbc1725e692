//! Newton's method to any number of digits, from the solution of `f64`.
//!
//! Every full step `L pδ = g` doubles the digits that are right, so the working precision doubles with them and the
//! last steps cost as much as all before. The linear system of a step is solved by iterative refinement: one
//! subtraction-free elimination in `f64` gives corrections of some 13 digits, residuals are taken in the working
//! precision, one pass over the synapses each. Where refinement does not contract, because `f64` cannot tell the costs
//! apart, the elimination itself runs in the working precision.
//!
//! Guard bits. A gradient computed with `b` bits is off by at most `2^{−b} t (r + c)`, `t` a few roundings and one for
//! each synapse of the node and for each unit of the exponent `p·h`. The inverse of the grounded Laplacian has no
//! negative entry, so the log-scales are then off by at most `2^{−b} t κ`, `κ = max L⁻¹(r + c)`: one solution with a
//! right-hand side ≥ 0, which the elimination gives almost exactly. The working precision is the digits wanted plus
//! `log2(t κ)` and [`SPARE_BITS`]. All of this is about `p·h`, which costs see; for p below one the log-scales themselves are off by
//! `1/p` as much, so `⌈−log2 p⌉` bits are needed on top.

use super::criteria::Criteria;
use super::descent::Newton;
use super::end::End;
use super::gauge::fix_gauge;
use super::memory::{STAR_MESH_MATRICES, numbers_on_the_way, room_for_dense, room_for_digits};
use super::outcome::Solver;
use super::precise_error::{MOST_DIGITS, PreciseError};
use crate::cost::CostGraph;
use crate::flow::{NodeCosts, laplacian_times, node_costs};
use crate::laplacian::{Eliminated, GroundedLaplacian};
use crate::scalar::{LEAST_BITS, Multi, Scalar, largest_or_nan};

/// Digits by which the last step is smaller than what is claimed.
const SPARE_DIGITS: usize = 2;

/// Bits beyond what the bound on rounding asks for.
const SPARE_BITS: u32 = 16;

/// Bits that log-scales of `f64` are taken to have right before anything is known.
const FIRST_BITS: u32 = 40;

/// Newton steps after which the method gives up: from a start near the solution 20 give a million digits.
const MAX_STEPS: usize = 200;

/// `max p|δ_j − δ_i|` up to which the step is taken in full; beyond, the fraction of the damped Newton method.
const FULL_STEP: f64 = 0.1;

/// And beyond which costs have changed so much (relative) that `f64` is eliminated again.
const STALE: f64 = 1e-9;

/// Bits that each correction must gain on the one before.
const LEAST_GAIN: i32 = 3;

/// Unknowns of a component beyond which an elimination is refused: in `f64` two matrices of half a gigabyte, and in
/// the working precision many times that and hours.
const LARGEST_DENSE: usize = 8192;
/// Matrices of that size: costs both ways, and the couplings made of them.
const MATRICES: usize = 2;
const LARGEST_STAR_MESH: usize = 1000;

/// How the linear system of a step was solved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinearSolver {
    /// Elimination in `f64`, residuals in the working precision.
    Refinement,
    /// Elimination in the working precision.
    StarMesh,
    /// Factorisation in the working precision: networks of other degrees than one, whose Hessian is no Laplacian.
    Factorisation,
}

/// One Newton step, or the last measurement.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PreciseStep {
    /// The working precision in bits.
    pub bits: u32,
    /// `log10 max_i |g_i|/(r_i + c_i)`; −∞ if every node is exactly balanced.
    pub log10_imbalance: f64,
    /// Digits after the point that the log-scales have right: `−log10` of the Newton step from here; ∞ for no step.
    pub digits: f64,
    /// Passes of refinement; 0 for the elimination in the working precision.
    pub corrections: usize,
    /// How the linear system was solved.
    pub linear_solver: LinearSolver,
}

/// Log-scales and cost of a balanced network to many digits.
#[derive(Clone, Debug, PartialEq)]
pub struct Precise {
    /// Digits that hold: log-scales to as many places after the point, so that every weight has as many significant
    /// digits; the cost to as many significant digits; the imbalance is at most `10^-digits`.
    pub digits: usize,
    /// Log-scales of all nodes relative to the network as given; gauge as in [`fix_gauge`].
    pub log_scales: Vec<Multi>,
    /// Total cost of the network as given, rescaled by them.
    pub cost: Multi,
    /// `log10 max_i |g_i|/(r_i + c_i)`.
    pub log10_imbalance: f64,
    /// The way there.
    pub trace: Vec<PreciseStep>,
}

impl Precise {
    /// True if refinement failed somewhere and the elimination ran in the working precision.
    pub fn used_star_mesh(&self) -> bool {
        self.trace.iter().any(|step| step.linear_solver == LinearSolver::StarMesh)
    }

    /// The cost in [`Precise::digits`] significant digits.
    pub fn cost_decimal(&self) -> String {
        self.cost.to_decimal(self.digits)
    }

    /// The log-scales with [`Precise::digits`] places after the point.
    pub fn log_scales_decimal(&self) -> Vec<String> {
        // Within MOST_DIGITS.
        self.log_scales.iter().map(|value| value.to_fixed(self.digits as u32)).collect()
    }
}

/// Balances a graph to `digits` digits, from log-scales relative to its prescaling (an [`super::Outcome::h`]).
///
/// The graph counts as exact, and its costs are computed anew from the weights, those to and from the world one by one.
///
/// # Errors
/// Digits out of range, log-scales that do not fit, a graph that cannot be balanced or is too large, or Newton's
/// method not reaching the digits.
pub fn balance_to_digits(graph: &CostGraph, start: &[f64], digits: usize) -> Result<Precise, PreciseError> {
    balance_to_digits_by(graph, start, digits, LinearSolver::Refinement)
}

/// The balanced log-scales and cost of a graph to `digits` digits, from nothing: a reference for tests.
///
/// # Errors
/// As [`balance_to_digits`].
pub fn reference_to_digits(graph: &CostGraph, digits: usize) -> Result<Precise, PreciseError> {
    // Whatever Newton's method in f64 reached is a start; it is judged by what comes out here.
    balance_to_digits(graph, &Newton::default().solve(graph, &Criteria::default()).h, digits)
}

/// As [`balance_to_digits`], with the linear solver to start with.
///
/// # Errors
/// As [`balance_to_digits`].
pub fn balance_to_digits_by(
    graph: &CostGraph,
    start: &[f64],
    digits: usize,
    linear_solver: LinearSolver,
) -> Result<Precise, PreciseError> {
    if !(1..=MOST_DIGITS).contains(&digits) {
        return Err(PreciseError::DigitsOutOfRange { digits });
    }
    if start.len() != graph.nodes() {
        return Err(PreciseError::WrongNumberOfScales { nodes: graph.nodes(), given: start.len() });
    }
    if let Some(node) = start.iter().position(|value| !value.is_finite()) {
        return Err(PreciseError::ScaleNotFinite { node, value: start[node] });
    }
    if !graph.facts().is_balanceable() {
        return Err(PreciseError::NotBalanceable { count: graph.facts().on_no_cycle().len() });
    }
    let grounded = GroundedLaplacian::of(graph);
    let nodes = grounded.largest_component();
    if nodes > LARGEST_DENSE {
        return Err(PreciseError::TooLarge { nodes, limit: LARGEST_DENSE, by: "in f64" });
    }
    if let Err(End::OutOfMemory { megabytes }) = room_for_dense(MATRICES, nodes) {
        return Err(PreciseError::OutOfMemory { megabytes });
    }
    room_for_digits(numbers_on_the_way(graph.pattern().len(), graph.nodes()), bits_of_digits(digits))?;
    Search::new(graph, &grounded, digits, linear_solver).run(start)
}

/// `log2 10`.
pub(in crate::balance) fn bits_of_digits(digits: usize) -> u32 {
    // At most MOST_DIGITS and some: far inside u32.
    (digits as f64 * std::f64::consts::LOG2_10).ceil() as u32
}

/// Bits that an error of `p·h` gains when it becomes one of `h`, `⌈−log2 p⌉`; none for p of at least one.
pub(in crate::balance) fn lost_bits(p: f64) -> u32 {
    // At most 1074, for the smallest number above zero.
    (-p.log2()).max(0.0).ceil() as u32
}

/// The largest `log2` of the absolute values, rounded up; `i32::MIN` for all zeros.
///
/// # Errors
/// The node of the first that is not finite.
fn largest_log2(values: &[Multi]) -> Result<i32, PreciseError> {
    values.iter().enumerate().try_fold(i32::MIN, |largest, (node, value)| {
        value.log2_ceiling().map(|log2| largest.max(log2)).ok_or(PreciseError::Singular { node })
    })
}

struct Search<'a> {
    graph: &'a CostGraph,
    grounded: &'a GroundedLaplacian<'a>,
    digits: usize,
    linear_solver: LinearSolver,
    /// The elimination in `f64`, while it is fresh.
    eliminated: Option<Eliminated<'a>>,
    guard_bits: u32,
    /// Bits by which a log-scale is less right than `p` times it.
    lost_bits: u32,
}

/// Where a search stands: log-scales, and all that follows from them.
struct Place {
    costs: Vec<Multi>,
    sums: NodeCosts<Multi>,
    total: Multi,
}

impl<'a> Search<'a> {
    fn new(
        graph: &'a CostGraph,
        grounded: &'a GroundedLaplacian<'a>,
        digits: usize,
        linear_solver: LinearSolver,
    ) -> Self {
        let lost_bits = lost_bits(graph.p());
        let guard_bits = SPARE_BITS + lost_bits;
        Search { graph, grounded, digits, linear_solver, eliminated: None, guard_bits, lost_bits }
    }

    fn run(mut self, start: &[f64]) -> Result<Precise, PreciseError> {
        let target_bits = bits_of_digits(self.digits + SPARE_DIGITS);
        let allowed = Multi::from_decimal(64, &format!("1e-{}", self.digits))?;
        let mut h = start.iter().map(|&value| Multi::from_f64(LEAST_BITS, value)).collect::<Result<Vec<_>, _>>()?;
        let mut trace: Vec<PreciseStep> = Vec::new();
        let mut known_bits = FIRST_BITS;
        self.prepare(&self.place(&h, 2 * LEAST_BITS)?, &h)?;
        for _ in 0..MAX_STEPS {
            let full_bits = (target_bits + self.guard_bits).max(LEAST_BITS);
            let bits = (2 * known_bits + self.guard_bits).min(full_bits);
            let place = self.place(&h, bits)?;
            for value in &mut h {
                *value = value.at_bits(bits)?;
            }
            let (x, corrections) = self.step(&place, bits)?;
            let size = largest_log2(&x)?;
            // The step is of p·h.
            let right_bits = if size == i32::MIN { u32::MAX } else { size.saturating_neg().max(0).unsigned_abs() };
            let right_bits = right_bits.saturating_sub(self.lost_bits);
            let imbalance = place.sums.largest_relative_imbalance();
            let log10_step = largest_log10(&x) - self.graph.p().min(1.0).log10();
            trace.push(PreciseStep {
                bits,
                log10_imbalance: imbalance.log10(),
                digits: -log10_step,
                corrections,
                linear_solver: if corrections == 0 && !x.is_empty() {
                    self.linear_solver
                } else {
                    LinearSolver::Refinement
                },
            });
            if bits == full_bits && imbalance <= allowed && right_bits >= target_bits {
                return Ok(self.finished(h, place.total, imbalance.log10(), trace));
            }
            let rate = self.rate(&x);
            let p = h[0].lift(self.graph.p());
            let fraction = h[0].lift(if rate <= FULL_STEP { 1.0 } else { rate.ln_1p() / rate });
            for (value, step) in h.iter_mut().zip(x) {
                *value += &(step * &fraction / &p);
            }
            known_bits = if rate <= FULL_STEP {
                right_bits.saturating_mul(2).clamp(FIRST_BITS, target_bits.max(FIRST_BITS))
            } else {
                FIRST_BITS
            };
            if rate > STALE {
                self.prepare(&self.place(&h, 2 * LEAST_BITS)?, &h)?;
            }
        }
        let log10_imbalance = trace.last().map_or(f64::NAN, |step| step.log10_imbalance);
        Err(PreciseError::NotConverged { digits: self.digits, steps: trace.len(), log10_imbalance })
    }

    fn place(&self, h: &[Multi], bits: u32) -> Result<Place, PreciseError> {
        let zero = Multi::from_f64(bits, 0.0)?;
        let graph = self.graph.lifted(|value| zero.lift(value));
        let h = h.iter().map(|value| value.at_bits(bits)).collect::<Result<Vec<_>, _>>()?;
        let costs = graph.costs_at(&h);
        let sums = node_costs(graph.pattern(), &costs, &zero);
        Ok(Place { total: graph.total(&costs), costs, sums })
    }

    /// Eliminates in `f64`, and finds how many guard bits rounding asks for.
    fn prepare(&mut self, place: &Place, h: &[Multi]) -> Result<(), PreciseError> {
        let degrees: Vec<Multi> = place.sums.degrees().collect();
        let costs: Vec<f64> = place.costs.iter().map(Scalar::to_f64).collect();
        let in_range = costs.iter().all(|cost| cost.is_normal());
        self.eliminated = in_range.then(|| self.grounded.eliminated(&costs));
        let by_elimination = self.eliminated.as_ref().map(|eliminated| {
            let degrees: Vec<f64> = degrees.iter().map(Scalar::to_f64).collect();
            eliminated.solve(&degrees)
        });
        let condition_log2 = match by_elimination {
            Some(solution) if solution.iter().all(|value| value.is_finite()) => {
                solution.iter().fold(1.0_f64, |largest, &value| largest.max(value)).log2().ceil() as i32
            }
            _ => {
                self.eliminated = None;
                self.refuse_large(2 * LEAST_BITS)?;
                let solution = self.grounded.solve(&place.costs, &degrees);
                let solution = solution.map_err(|node| PreciseError::Singular { node })?;
                largest_log2(&solution)?.max(0)
            }
        };
        let terms = self.graph.most_synapses() as f64;
        let largest = h.iter().fold(0.0_f64, |largest, value| largest.max(value.to_f64().abs()));
        let roundings = terms + 16.0 + 8.0 * self.graph.p() * (largest + 1.0);
        self.guard_bits = condition_log2.unsigned_abs() + roundings.log2().ceil() as u32 + SPARE_BITS + self.lost_bits;
        Ok(())
    }

    fn refuse_large(&self, bits: u32) -> Result<(), PreciseError> {
        let nodes = self.grounded.largest_component();
        if nodes > LARGEST_STAR_MESH {
            return Err(PreciseError::TooLarge { nodes, limit: LARGEST_STAR_MESH, by: "in multiple precision" });
        }
        room_for_digits(STAR_MESH_MATRICES * nodes * nodes, bits)
    }

    /// `x` with `L x = g`, and the passes of refinement it took.
    fn step(&mut self, place: &Place, bits: u32) -> Result<(Vec<Multi>, usize), PreciseError> {
        if self.linear_solver == LinearSolver::Refinement {
            if let Some(found) = self.refined(place, bits) {
                return Ok(found);
            }
            self.linear_solver = LinearSolver::StarMesh;
        }
        self.refuse_large(bits)?;
        let mut x = self.grounded.star_mesh_step(&place.costs).map_err(|node| PreciseError::Singular { node })?;
        // A graph without synapses has no costs to tell it the number of nodes.
        x.resize(self.graph.nodes(), Multi::from_f64(bits, 0.0)?);
        Ok((x, 0))
    }

    /// Iterative refinement; `None` if it does not contract.
    fn refined(&self, place: &Place, bits: u32) -> Option<(Vec<Multi>, usize)> {
        let eliminated = self.eliminated.as_ref()?;
        let g = place.sums.gradient();
        let mut x: Vec<Multi> = g.iter().map(Scalar::zero_like).collect();
        let mut residual = g.clone();
        // No better than rounding allows, nor than Newton's step is worth, whose error is its square.
        let rounding = i32::try_from(bits - self.guard_bits).ok()?.checked_neg()?;
        let mut last = i32::MAX;
        for corrections in 0.. {
            let unit = largest_log2(&residual).ok()?;
            if unit == i32::MIN {
                return Some((x, corrections));
            }
            let scaled: Vec<f64> =
                residual.iter().map(|value| value.clone().times_power_of_two(-unit).to_f64()).collect();
            // The inverse has no negative entry, so this is how far x is off, whatever cancels in the residual; what a correction
            // changes says nothing of a part that the residual's rounding to f64 has lost.
            let off = eliminated.solve(&scaled.iter().map(|value| value.abs()).collect::<Vec<f64>>());
            let off = largest_or_nan(off);
            if !off.is_finite() {
                return None;
            }
            let off = if off > 0.0 { unit.saturating_add(off.log2().ceil() as i32) } else { i32::MIN };
            let size = largest_log2(&x).ok()?.min(0);
            if corrections > 0 && off <= size.saturating_mul(2).max(rounding) - 8 {
                return Some((x, corrections));
            }
            if off > last.saturating_sub(LEAST_GAIN) {
                return None;
            }
            last = off;
            let solution = eliminated.solve(&scaled);
            if solution.iter().any(|value| !value.is_finite()) {
                return None;
            }
            for (value, (&change, g)) in x.iter_mut().zip(solution.iter().zip(&g)) {
                *value += &g.lift(change).times_power_of_two(unit);
            }
            let product = laplacian_times(self.graph.pattern(), &place.costs, &x);
            for (value, (g, product)) in residual.iter_mut().zip(g.iter().zip(product)) {
                *value = g.clone() - &product;
            }
        }
        None
    }

    /// `max |x_j − x_i|` over the synapses.
    fn rate(&self, x: &[Multi]) -> f64 {
        let pattern = self.graph.pattern();
        pattern.iter().map(|(_, i, j)| (x[j].clone() - &x[i]).abs().to_f64()).fold(0.0, f64::max)
    }

    /// From the prescaled network back to the network as given.
    fn finished(self, h: Vec<Multi>, total: Multi, log10_imbalance: f64, trace: Vec<PreciseStep>) -> Precise {
        let prescaling = self.graph.prescaling();
        let ln_2 = total.ln_2_like();
        let mut log_scales: Vec<Multi> = h
            .into_iter()
            .enumerate()
            .map(|(i, value)| value + &(ln_2.lift(f64::from(prescaling.power_of_two(i))) * &ln_2))
            .collect();
        fix_gauge(self.graph, &mut log_scales);
        let unit = ln_2.lift(f64::from(prescaling.unit())) * &ln_2.lift(self.graph.p()) * &ln_2;
        Precise { digits: self.digits, log_scales, cost: total * &unit.exp(), log10_imbalance, trace }
    }
}

/// `log10` of the largest absolute value; −∞ if all are zero.
fn largest_log10(values: &[Multi]) -> f64 {
    values.iter().map(Multi::log10).fold(f64::NEG_INFINITY, f64::max)
}
