//! The flow to many digits: Taylor steps in multiple precision, without a proof.

use super::TrajectoryError;
use super::taylor::{flow_series, value_at};
use crate::cost::CostGraph;
use crate::flow::node_costs;
use crate::scalar::{Multi, Scalar, TaylorSeries};

/// The longest step: its length times `2p·max_i(r_i + c_i)`. The series converge up to about 1 in this unit, so each
/// power is worth a digit.
const LONGEST: f64 = 0.1;

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
    let exact = graph.lifted(|x| TaylorSeries::constant(zero.lift(x)));
    let mut at = vec![zero.clone(); graph.nodes()];
    let mut now = 0.0;
    let mut states = Vec::with_capacity(times.len());
    while states.len() < times.len() {
        let nearest: Vec<f64> = at.iter().map(Multi::to_f64).collect();
        let degree = node_costs(graph.pattern(), &graph.costs_at(&nearest), &0.0).largest_degree() / rate;
        let next = now + LONGEST / (2.0 * graph.p() * degree);
        let not_ahead = next <= now;
        if not_ahead || next.is_nan() {
            return Err(TrajectoryError::NoBound { time: now });
        }
        // A graph without costs stands still: its step is infinite.
        let next = next.min(f64::MAX);
        let length = zero.lift(next) - &zero.lift(now);
        let series = flow_series(&exact, &at, &(length.clone() / &zero.lift(rate)), order);
        let state = |time: f64| -> Vec<Multi> {
            let sigma = (zero.lift(time) - &zero.lift(now)) / &length;
            series.iter().map(|c| value_at(c, &sigma)).collect()
        };
        for &time in times[states.len()..].iter().take_while(|&&time| time <= next) {
            states.push(state(time));
        }
        at = state(next);
        now = next;
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

    /// The states at some of the times that it was made for; a time that is none of them is left out.
    pub fn at(&self, times: &[f64], wanted: &[f64]) -> Reference {
        let found = wanted.iter().filter_map(|time| times.iter().position(|other| other == time));
        Reference { states: found.map(|index| self.states[index].clone()).collect() }
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
