//! One polynomial piece of a trajectory, and how far its velocity is from the field.

use super::taylor::{flow_series, value_at};
use crate::cost::CostGraph;
use crate::flow::node_costs;
use crate::scalar::{Interval, Scalar, TaylorSeries, power};

/// The degree of a piece.
pub const DEGREE: usize = 24;

/// Radii that the estimate of the truncation is tried with, in lengths of a piece.
const RADII: [f64; 9] = [1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 12.0];

/// The graph in the number systems that pieces are made and judged in.
pub struct EnclosedFlow {
    nearest: CostGraph<TaylorSeries<f64>>,
    enclosed: CostGraph<TaylorSeries<Interval>>,
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

impl EnclosedFlow {
    pub fn new(graph: &CostGraph) -> Self {
        EnclosedFlow {
            nearest: graph.lifted(TaylorSeries::constant),
            enclosed: graph.lifted(|x| TaylorSeries::constant(Interval::point(x))),
        }
    }

    /// The piece from `start` that follows `x' = scale·g(x)` as closely as rounding and its degree allow.
    pub fn piece(&self, start: &[f64], scale: f64) -> Piece {
        let coefficients = flow_series(&self.nearest, start, &scale, DEGREE);
        Piece { coefficients: coefficients.into_iter().map(|c| c.into_iter().map(Interval::point).collect()).collect() }
    }

    /// Bounds the defect `d(σ) = x'(σ) − scale·g(x(σ))` of a piece, whose degree is K.
    ///
    /// The powers below K are enclosed one by one, and integrated term by term; `x'` has no others. What the rest of the
    /// field adds is bounded as `contraction_truncation` in `proofs/Statements/contraction.v` has it: for every radius `R`
    /// some polynomial of degree below K misses `g(x(σ))` by at most `M (σ/R)^K`, with
    /// `M = ‖Σ_j (C_ij + C_ji)(e^{p (m_i + m_j)} − 1)‖₂`, the costs `C` those at `x(0)`, and `m_i = Σ_{k>0} |c_ik| R^k`. As that error is of
    /// the order of `σ^K`, the polynomial is Taylor's. Over the piece it adds at most `M / (R^K (K + 1))`; any `R ≥ 1` will do, the
    /// best of a few is taken.
    pub fn judge(&self, piece: &Piece, scale: &Interval) -> Judged {
        let x: Vec<TaylorSeries<Interval>> =
            piece.coefficients.iter().map(|c| TaylorSeries::new(c[0], c[1..].iter().copied(), DEGREE - 1)).collect();
        let zero = TaylorSeries::constant(Interval::point(0.0));
        let costs = self.enclosed.costs_at(&x);
        let g = node_costs(self.enclosed.pattern(), &costs, &zero).gradient();
        let mut defect = Interval::point(0.0);
        for k in 0..DEGREE {
            let power = Interval::point((k + 1) as f64);
            let terms = piece.coefficients.iter().zip(&g).map(|(c, g)| c[k + 1] * &power - &(at(g, k) * scale));
            defect += &(norm(terms) / &power);
        }
        let initial: Vec<Interval> = costs.iter().map(|cost| at(cost, 0)).collect();
        let truncation = RADII
            .iter()
            .map(|&radius| self.truncation(piece, &initial, radius) * scale)
            .reduce(|best, other| if other.hi() < best.hi() { other } else { best })
            .unwrap_or(Interval::INVALID);
        defect += &truncation;
        let unit = Interval::point(0.0).hull(&Interval::point(1.0));
        let moved = piece.coefficients.iter().fold(Interval::point(0.0), |hull, c| {
            let change = c[1..].iter().fold(Interval::point(0.0), |sum, c| sum + &(*c * &unit));
            hull.hull(&change)
        });
        Judged { defect, truncation, moved }
    }

    /// `M / (R^K (K + 1))` for a radius, see [`EnclosedFlow::judge`]; `costs` are those where the piece starts.
    fn truncation(&self, piece: &Piece, costs: &[Interval], radius: f64) -> Interval {
        let (zero, one, radius) = (Interval::point(0.0), Interval::point(1.0), Interval::point(radius));
        let p = Interval::point(self.enclosed.p());
        let growth = piece.coefficients.iter().map(|c| {
            let sizes: Vec<Interval> = c.iter().map(Interval::abs).collect();
            let reach = value_at(&sizes, &radius) - &sizes[0];
            (reach * &p).exp()
        });
        let growth: Vec<Interval> = growth.collect();
        let pattern = self.enclosed.pattern();
        let mut changes = costs.to_vec();
        for i in 0..growth.len() {
            for e in pattern.row(i) {
                changes[e] = costs[e] * &(growth[i] * &growth[pattern.source(e)] - &one);
            }
        }
        let sums = node_costs(pattern, &changes, &zero);
        let field = norm(sums.incoming.iter().zip(&sums.outgoing).map(|(into, out)| *into + out));
        field / &(power(&radius, DEGREE as f64) * &Interval::point((DEGREE + 1) as f64))
    }
}

impl Piece {
    /// Encloses the states at the times `sigma`, which lie within 0 and 1.
    pub fn state(&self, sigma: &Interval) -> Vec<Interval> {
        self.coefficients.iter().map(|c| value_at(c, sigma)).collect()
    }
}

/// A coefficient; invalid beyond the order.
fn at(series: &TaylorSeries<Interval>, power: usize) -> Interval {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cost::CostSpec;
    use crate::network::{Activation, Network, Weights};

    #[test]
    fn the_truncation_is_that_of_the_theorem() {
        // contraction_truncation, spelled out in double precision; the three neurons move by different amounts.
        let triplets = vec![(0, 1, 3.0), (1, 0, 1.0), (2, 0, 0.5), (1, 2, 2.0), (2, 2, 7.0)];
        let network = Network::recurrent(Weights::from_triplets(3, triplets.clone()).unwrap(), Activation::Linear);
        let (p, start) = (1.5, [0.1, -0.2, 0.3]);
        let field = EnclosedFlow::new(&CostGraph::of_network(&network, &CostSpec::power(p)).unwrap());
        let coefficients = start.iter().zip([[0.5, -0.25], [-0.125, 0.0], [0.0, 0.0625]]);
        let coefficients = coefficients.map(|(&at, c)| [at, c[0], c[1]].map(Interval::point).to_vec()).collect();
        let piece = Piece { coefficients };
        let cost = |i: usize, j: usize, weight: f64| (i, j, weight.powf(p) * (p * (start[j] - start[i])).exp());
        let costs: Vec<_> = triplets.iter().filter(|e| e.0 != e.1).map(|&(i, j, w)| cost(i, j, w)).collect();
        let given: Vec<Interval> = {
            let pattern = field.enclosed.pattern();
            let edges = (0..3).flat_map(|i| pattern.row(i).map(move |e| (i, pattern.source(e))));
            // A self-synapse costs something and plays no part.
            let of = |(i, j)| costs.iter().find(|c| (c.0, c.1) == (i, j)).map_or(1e3, |c| c.2);
            edges.map(of).map(Interval::point).collect()
        };
        for radius in [1.0_f64, 1.5, 4.0] {
            let m = [0.5 * radius + 0.25 * radius.powi(2), 0.125 * radius, 0.0625 * radius.powi(2)];
            let mut changes = [0.0; 3];
            for &(i, j, cost) in &costs {
                let change = cost * ((p * (m[i] + m[j])).exp() - 1.0);
                changes[i] += change;
                changes[j] += change;
            }
            let degree = DEGREE as f64;
            let expected = changes.iter().map(|x| x * x).sum::<f64>().sqrt() / (radius.powf(degree) * (degree + 1.0));
            let found = field.truncation(&piece, &given, radius);
            // Two dozen roundings, among them exponentials of numbers up to 15.
            let slack = 24.0 * 15.0 * f64::EPSILON * expected;
            assert!(
                (found.hi() - expected).abs() <= slack && (found.lo() - expected).abs() <= slack,
                "{expected}: {found:?}"
            );
        }
    }

    #[test]
    fn the_defect_covers_the_error_of_a_piece_that_is_too_long_for_its_series() {
        // Costs 9 and 1, p = 2: h = (u, −u), e^{4u} = 3 tanh(12 t + artanh(1/3)).
        let weights = Weights::from_triplets(2, vec![(0, 1, 3.0), (1, 0, 1.0)]).unwrap();
        let network = Network::recurrent(weights, Activation::Linear);
        let field = EnclosedFlow::new(&CostGraph::of_network(&network, &CostSpec::power(2.0)).unwrap());
        for time in [0.014, 0.016, 0.018] {
            let piece = field.piece(&[0.0, 0.0], time);
            let judged = field.judge(&piece, &Interval::point(time));
            let u = (3.0 * (12.0 * time + (1.0_f64 / 3.0).atanh()).tanh()).ln() / 4.0;
            let end = piece.state(&Interval::point(1.0));
            let error = norm([end[0] - &Interval::point(u), end[1] + &Interval::point(u)]);
            // A dozen roundings of numbers below 1 in the closed form.
            let slack = 12.0 * f64::EPSILON;
            assert!(error.lo() > 10.0 * slack, "the series must fail for the test to mean something: {error:?}");
            assert!(error.lo() - slack <= judged.defect.hi(), "{time}: {error:?} {judged:?}");
            assert!(judged.moved.contains(u) && judged.moved.contains(-u));
        }
        let short = field.judge(&field.piece(&[0.0, 0.0], 1e-3), &Interval::point(1e-3));
        // In double precision: rounding of a field of size 10 over that time, some operations for each power.
        assert!(short.defect.hi() < 1e-3 * 10.0 * 100.0 * f64::EPSILON, "{short:?}");
    }
}
