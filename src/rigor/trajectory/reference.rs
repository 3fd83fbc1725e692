//! The flow to many digits: Taylor steps in multiple precision, without a proof.

use super::TrajectoryError;
use super::taylor::flow_series;
use crate::cost::CostGraph;
use crate::flow::node_costs;
use crate::scalar::{Multi, Scalar, Series};

/// The longest step: its length times `2p·max_i(r_i + c_i)`.
const LONGEST: f64 = 0.5;

/// States of the flow at given times.
pub struct Reference {
    /// One for each time.
    pub states: Vec<Vec<Multi>>,
}

/// The solution from `h = 0` at increasing inner times, by Taylor steps of the given order in arithmetic of `bits`.
///
/// Nothing is proved: to know how exact it is, compare with another order or precision.
///
/// # Errors
/// A precision out of range.
pub fn reference(
    graph: &CostGraph,
    rate: f64,
    times: &[f64],
    order: usize,
    bits: u32,
) -> Result<Reference, TrajectoryError> {
    let zero = Multi::from_f64(bits, 0.0)?;
    let exact = graph.lifted(|x| Series::constant(zero.lift(x)));
    let mut at = vec![zero.clone(); graph.nodes()];
    let mut now = 0.0;
    let mut states = Vec::with_capacity(times.len());
    for &end in times {
        while now < end {
            let nearest: Vec<f64> = at.iter().map(Multi::to_f64).collect();
            let degree = node_costs(graph.pattern(), &graph.costs_at(&nearest), &0.0).largest_degree() / rate;
            let next = end.min(now + LONGEST / (2.0 * graph.p() * degree));
            let scale = (zero.lift(next) - &zero.lift(now)) / &zero.lift(rate);
            let one = zero.lift(1.0);
            at = flow_series(&exact, &at, &scale, order).iter().map(|c| super::taylor::value_at(c, &one)).collect();
            now = next;
        }
        states.push(at.clone());
    }
    Ok(Reference { states })
}

impl Reference {
    /// `‖state − reference‖₂` at each time, rounded to `f64` at the end.
    pub fn errors(&self, states: &[Vec<f64>]) -> Vec<f64> {
        self.states
            .iter()
            .zip(states)
            .map(|(exact, state)| distance(exact, state.iter().map(|&x| exact[0].lift(x))))
            .collect()
    }

    /// The largest distance of the two at any time.
    pub fn largest_difference(&self, other: &Reference) -> f64 {
        let apart = |(a, b): (&Vec<Multi>, &Vec<Multi>)| distance(a, b.iter().cloned());
        self.states.iter().zip(&other.states).map(apart).fold(0.0, f64::max)
    }
}

fn distance(a: &[Multi], b: impl Iterator<Item = Multi>) -> f64 {
    let mut sum = a[0].zero_like();
    for (a, b) in a.iter().zip(b) {
        let apart = b - a;
        sum += &(apart.clone() * &apart);
    }
    sum.sqrt().to_f64()
}
