//! Following pieces while bounding the distance to the true solution.

use super::TrajectoryError;
use super::piece::{EnclosedFlow, Judged, Piece, norm};
use super::rate::Rate;
use crate::cost::CostGraph;
use crate::flow::node_costs;
use crate::scalar::{Interval, Scalar};

/// Length of the first piece, times the bound `2p·max_i(r_i + c_i)` on all rates of decay. Only speed depends on it.
const FIRST_LENGTH: f64 = 0.25;

/// By how much more the next piece is tried than the last one that went well.
const GROWTH: f64 = 1.2;

/// A piece is halved while the truncation of its series weighs more than its rounding by this factor, at most so often.
const TRUNCATION_PART: f64 = 0.5;
const MOST_HALVINGS: u32 = 20;

/// Whatever the rounding, truncation below this is no reason to halve: log-scales are numbers of order one.
const NEGLIGIBLE: f64 = f64::EPSILON * f64::EPSILON;

/// A curve of pieces, and a bound on its distance `e` to the true solution from `h = 0`.
///
/// On every weak component the true solution keeps the sum of its log-scales, so the mean part of `e` is read off the
/// curve itself. The rest shrinks: `d‖e‖/dt ≤ −p λ e^{−√2 pρ} ‖e‖ + ‖d‖` as long as `‖e‖ ≤ ρ`, since between the
/// curve and the solution no cost is below `e^{−√2 pρ}` of that on the curve; and `‖e‖` never grows by more than `∫‖d‖`.
pub struct Walk<'a> {
    graph: &'a CostGraph,
    field: EnclosedFlow,
    rate: Rate,
    /// Inner time is flow time times this.
    unit: f64,
    time: f64,
    at: Vec<f64>,
    /// Bound on the distance without its mean part.
    apart: Interval,
    /// Length that the next piece is tried with, as in [`FIRST_LENGTH`].
    length: f64,
}

/// A piece that was walked along.
pub struct Walked {
    pub piece: Piece,
    pub from: f64,
    pub to: f64,
    /// Bounds the distance to the true solution everywhere on the piece.
    pub distance: f64,
    end: Vec<Interval>,
}

impl<'a> Walk<'a> {
    /// Starts at `at` at time 0; whatever it differs from 0 by counts.
    pub fn new(graph: &'a CostGraph, unit: f64, at: Vec<f64>) -> Self {
        let apart = norm(at.iter().map(|&x| Interval::point(x)));
        Walk {
            graph,
            field: EnclosedFlow::new(graph),
            rate: Rate::new(graph),
            unit,
            time: 0.0,
            at,
            apart,
            length: FIRST_LENGTH,
        }
    }

    pub fn time(&self) -> f64 {
        self.time
    }

    /// Bounds the distance to the true solution here and now.
    pub fn distance(&self) -> Interval {
        norm([self.apart, self.mean_part()])
    }

    /// The norm of the mean part of the distance: on each component `|Σ e_i|/√n`, and there `Σ h_i = 0` for ever.
    fn mean_part(&self) -> Interval {
        let facts = self.graph.facts();
        let mut sums = vec![Interval::point(0.0); facts.weak_count()];
        let mut sizes = vec![0.0; facts.weak_count()];
        for (&x, &component) in self.at.iter().zip(facts.weak()) {
            sums[component as usize] += &Interval::point(x);
            sizes[component as usize] += 1.0;
        }
        norm(sums.into_iter().zip(sizes).map(|(sum, size)| sum / &Interval::point(size).sqrt()))
    }

    /// A first guess at where a good piece ends.
    pub fn reach(&self) -> f64 {
        let costs = self.graph.costs_at(&self.at);
        let degree = node_costs(self.graph.pattern(), &costs, &0.0).largest_degree() / self.unit;
        self.time + self.length / (2.0 * self.graph.p() * degree)
    }

    /// Goes along one piece, to `to` or, if the series does not reach so far, to a time before.
    ///
    /// # Errors
    /// [`TrajectoryError::NoBound`] if no piece is short enough.
    pub fn go(&mut self, mut to: f64) -> Result<Walked, TrajectoryError> {
        let from = self.time;
        for _ in 0..MOST_HALVINGS {
            if to <= from {
                break;
            }
            let scale = (Interval::point(to) - &Interval::point(from)) / &Interval::point(self.unit);
            let piece = self.field.piece(&self.at, scale.midpoint());
            let judged = self.field.judge(&piece, &scale);
            let rounding = judged.defect.hi() - judged.truncation.hi();
            if judged.defect.is_finite() && judged.truncation.hi() <= NEGLIGIBLE.max(TRUNCATION_PART * rounding) {
                self.length *= GROWTH;
                return Ok(self.take(piece, &judged, &scale, to));
            }
            to = from + 0.5 * (to - from);
            self.length *= 0.5;
        }
        Err(TrajectoryError::NoBound { time: from })
    }

    fn take(&mut self, piece: Piece, judged: &Judged, scale: &Interval, to: f64) -> Walked {
        let p = Interval::point(self.graph.p());
        let everywhere = self.distance() + &judged.defect;
        let costs_kept = (-(Interval::point(2.0).sqrt() * &p * &everywhere)).exp();
        let exponent = self.rate.around(&self.at, &judged.moved) * &costs_kept * &p * scale;
        self.apart = self.apart * &(-exponent).exp() + &judged.defect;
        let from = std::mem::replace(&mut self.time, to);
        let end = piece.state(&Interval::point(1.0));
        Walked { piece, from, to, distance: everywhere.hi(), end }
    }

    /// Continues from `at`: the jump counts.
    pub fn jump(&mut self, walked: &Walked, at: Vec<f64>) {
        self.apart += &norm(walked.end.iter().zip(&at).map(|(end, &at)| *end - &Interval::point(at)));
        self.at = at;
    }

    /// Continues from where the piece ends, rounded.
    pub fn go_on(&mut self, walked: &Walked) {
        let at = walked.end.iter().map(Interval::midpoint).collect();
        self.jump(walked, at);
    }
}
