//! One polynomial piece of a trajectory, and how far its velocity is from the field.

use super::taylor::{flow_series, value_at};
use crate::cost::CostGraph;
use crate::flow::node_costs;
use crate::scalar::{Interval, Scalar, Series};

/// The degree of a piece.
pub const DEGREE: usize = 18;

/// The graph in the number systems that pieces are made and judged in.
pub struct Field {
    nearest: CostGraph<Series<f64>>,
    enclosed: CostGraph<Series<Interval>>,
}

/// `x_i(σ) = Σ_k c_ik σ^k`, `σ` from 0 to 1.
#[derive(Clone, Debug)]
pub struct Piece {
    /// Node by node, as they are: no rounding is meant by them.
    coefficients: Vec<Vec<Interval>>,
}

/// What is known of a piece.
#[derive(Clone, Debug)]
pub struct Judged {
    /// At most this is `∫ ‖x'(σ) − scale·g(x(σ))‖₂ dσ` over the piece.
    pub defect: Interval,
    /// The part of it that the truncation of the series has.
    pub truncation: Interval,
    /// Holds `x_i(σ) − x_i(0)` for all nodes and times.
    pub moved: Interval,
}

impl Field {
    pub fn new(graph: &CostGraph) -> Self {
        Field {
            nearest: graph.lifted(Series::constant),
            enclosed: graph.lifted(|x| Series::constant(Interval::point(x))),
        }
    }

    /// The piece from `start` that follows `x' = scale·g(x)` as closely as rounding and its degree allow.
    pub fn piece(&self, start: &[f64], scale: f64) -> Piece {
        let coefficients = flow_series(&self.nearest, start, &scale, DEGREE);
        Piece { coefficients: coefficients.into_iter().map(|c| c.into_iter().map(Interval::point).collect()).collect() }
    }

    /// Bounds the defect `d(σ) = x'(σ) − scale·g(x(σ))` of a piece.
    ///
    /// Taylor's theorem, node by node: `d(σ) = Σ_{k<K} d_k σ^k + d_K(ξ) σ^K` with coefficients `d_k` at 0 and the last
    /// one at some `ξ` between 0 and 1, enclosed at all of them together. `x'` has no power K. Integrated term by term.
    pub fn judge(&self, piece: &Piece, scale: &Interval) -> Judged {
        let here: Vec<Series<Interval>> =
            piece.coefficients.iter().map(|c| Series::new(c[0], c[1..].iter().copied(), DEGREE - 1)).collect();
        let everywhere: Vec<Series<Interval>> = piece.coefficients.iter().map(|c| enclosed_everywhere(c)).collect();
        let g = self.gradient(&here);
        let mut defect = Interval::point(0.0);
        for k in 0..DEGREE {
            let power = Interval::point((k + 1) as f64);
            let terms = piece.coefficients.iter().zip(&g).map(|(c, g)| c[k + 1] * &power - &(at(g, k) * scale));
            defect += &(norm(terms) / &power);
        }
        let truncation = norm(self.gradient(&everywhere).iter().map(|g| at(g, DEGREE) * scale))
            / &Interval::point((DEGREE + 1) as f64);
        defect += &truncation;
        let moved = piece
            .coefficients
            .iter()
            .zip(&everywhere)
            .fold(Interval::point(0.0), |hull, (c, series)| hull.hull(&(at(series, 0) - &c[0])));
        Judged { defect, truncation, moved }
    }

    fn gradient(&self, x: &[Series<Interval>]) -> Vec<Series<Interval>> {
        let zero = Series::constant(Interval::point(0.0));
        node_costs(self.enclosed.pattern(), &self.enclosed.costs_at(x), &zero).gradient()
    }
}

impl Piece {
    /// Encloses the states at the times `sigma`, which lie within 0 and 1.
    pub fn state(&self, sigma: &Interval) -> Vec<Interval> {
        self.coefficients.iter().map(|c| value_at(c, sigma)).collect()
    }
}

/// The coefficients of a polynomial about every `ξ` between 0 and 1: `Σ_{l≥m} binom(l, m) c_l ξ^{l−m}`.
fn enclosed_everywhere(coefficients: &[Interval]) -> Series<Interval> {
    let unit = Interval::point(0.0).hull(&Interval::point(1.0));
    let mut shifted = coefficients.iter().enumerate().map(|(m, &own)| {
        let mut binomial = 1.0;
        let mut sum = own;
        for (l, c) in coefficients.iter().enumerate().skip(m + 1) {
            // Whole numbers far below 2⁵³: exact.
            binomial = binomial * l as f64 / (l - m) as f64;
            sum += &(*c * &Interval::point(binomial) * &unit);
        }
        sum
    });
    let first = shifted.next().unwrap_or(Interval::INVALID);
    Series::new(first, shifted, DEGREE)
}

/// A coefficient; invalid beyond the order.
fn at(series: &Series<Interval>, power: usize) -> Interval {
    series.coefficient(power).unwrap_or(Interval::INVALID)
}

/// `√Σ x²`: at most the upper end is the norm of any members.
pub fn norm(values: impl IntoIterator<Item = Interval>) -> Interval {
    let mut sum = Interval::point(0.0);
    for value in values {
        let size = value.abs();
        sum += &(size * &size);
    }
    sum.sqrt()
}
