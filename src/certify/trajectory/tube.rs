//! The true solution, enclosed.

use super::piece::norm;
use super::walk::{Walk, Walked};
use super::{TrajectoryError, check};
use crate::balance::Trajectory;
use crate::cost::CostGraph;
use crate::scalar::Interval;

/// A curve of Taylor polynomials with a bound on its distance to the true solution from `h = 0`.
pub struct Tube {
    pieces: Vec<Walked>,
    end: f64,
}

/// Where the error of a computed state lies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ErrorRange {
    /// The error is at least this,
    pub least: f64,
    /// and at most this.
    pub most: f64,
}

impl Tube {
    /// Encloses the solution from `h = 0` up to the inner time `end`; `rate` is the unit of time as in [`Trajectory`].
    ///
    /// # Errors
    /// [`TrajectoryError::NoBound`] where costs are too far apart; a unit or an end that is no time.
    pub fn new(graph: &CostGraph, rate: f64, end: f64) -> Result<Self, TrajectoryError> {
        if !(rate.is_finite() && rate > 0.0) {
            return Err(TrajectoryError::BadRate { rate });
        }
        if !(end.is_finite() && end >= 0.0) {
            return Err(TrajectoryError::BadTime { step: 0, time: end });
        }
        let mut walk = Walk::new(graph, rate, vec![0.0; graph.nodes()]);
        let mut pieces = Vec::new();
        while walk.time() < end {
            let walked = walk.go(end.min(walk.reach()))?;
            walk.go_on(&walked);
            pieces.push(walked);
        }
        Ok(Tube { pieces, end })
    }

    /// The largest distance of the curve to the true solution.
    pub fn radius(&self) -> f64 {
        self.pieces.iter().fold(0.0, |largest, piece| piece.distance.max(largest))
    }

    /// The 2-norm of the error of every state of a trajectory.
    ///
    /// # Errors
    /// A trajectory that does not fit, or that ends after the tube.
    pub fn errors_of(&self, graph: &CostGraph, trajectory: &Trajectory) -> Result<Vec<ErrorRange>, TrajectoryError> {
        check(graph, trajectory)?;
        trajectory.times.iter().zip(&trajectory.states).map(|(&time, state)| self.error(time, state)).collect()
    }

    fn error(&self, time: f64, state: &[f64]) -> Result<ErrorRange, TrajectoryError> {
        let state = state.iter().map(|&x| Interval::point(x));
        let next = self.pieces.partition_point(|piece| piece.to < time);
        let Some(piece) = self.pieces.get(next).filter(|_| time <= self.end) else {
            if time == 0.0 {
                let exact = norm(state);
                return Ok(ErrorRange { least: exact.lo(), most: exact.hi() });
            }
            return Err(TrajectoryError::BeyondTube { time, end: self.end });
        };
        let point = Interval::point;
        let sigma = (point(time) - &point(piece.from)) / &(point(piece.to) - &point(piece.from));
        let inside = sigma.intersect(&point(0.0).hull(&point(1.0))).unwrap_or(Interval::INVALID);
        let distance = norm(piece.piece.state(&inside).into_iter().zip(state).map(|(a, b)| a - &b));
        let thickness = point(piece.distance);
        Ok(ErrorRange { least: (distance - &thickness).lo().max(0.0), most: (distance + &thickness).hi() })
    }
}
