//! Making a certificate of a network of any degrees: sizes of the integers, refinement, ground state, radius.
//!
//! Nothing here has to be right: a poor solution makes a poor certificate or none, never a wrong one.

use num_bigint::{BigInt, BigUint, Sign};
use num_integer::Integer;

use super::{DegreeCertificate, DegreeCertifyError};
use crate::balance::{DegreeProblem, Scope};
use crate::certify::certificate::integers::{Bundle, CertifiedSynapse, bundles, costs, exponential, scaled, to_f64};
use crate::certify::certificate::{CertifyError, Power, Refine, factors};
use crate::network::NetworkError;

/// Neurons up to which the Hessian is factored.
const LARGEST: usize = 1_000;

/// Bits that the smallest scale gets, and the smallest cost: rounding alone would allow a radius of some `2^-120/p`.
const SCALE_BITS: i64 = 128;
const COST_BITS: f64 = 128.0;

/// Bits of the radius.
const RADIUS_UNIT_BITS: u32 = 192;

/// Bits of units and log-scales beyond which there is no certificate: what the checker reads.
const LARGEST_BITS: i64 = 1 << 17;

/// Denominators of degrees, and the largest numerator: what the checker reads.
const DENOMINATORS: [u32; 5] = [1, 2, 4, 8, 16];
const LARGEST_NUMERATOR: f64 = 256.0;

/// Steps of refinement, each of which adds the dozen digits of an `f64` solution; and corrections of the ground state.
const MAX_NEWTON_STEPS: usize = 16;
const MAX_GROUND_STEPS: usize = 8;

/// `ln(G) − ln(U) − p h/D` is within `2^-GIVEN_BITS` for the scales of given log-scales: half of what
/// [`super::super::certificate::integers::SCALE_ERROR_BITS`] says of the difference of two.
const GIVEN_BITS: u32 = 51;

/// The least common denominator of the degrees, and their numerators.
///
/// # Errors
/// The first neuron whose degree is no such fraction.
fn fractions(degrees: &[f64]) -> Result<(u32, Vec<u32>), DegreeCertifyError> {
    let whole = |degree: f64, d: u32| {
        let a = degree * f64::from(d);
        (a.fract() == 0.0 && (1.0..=LARGEST_NUMERATOR).contains(&a)).then_some(a as u32)
    };
    let mut failed = 0;
    for d in DENOMINATORS {
        match degrees.iter().position(|&degree| whole(degree, d).is_none()) {
            None => return Ok((d, degrees.iter().filter_map(|&degree| whole(degree, d)).collect())),
            Some(neuron) => failed = neuron,
        }
    }
    Err(DegreeCertifyError::Degree { neuron: failed, degree: degrees[failed] })
}

/// Certifies log-scales `h` (n) of a problem's network.
///
/// # Errors
/// [`DegreeCertifyError`], with what stands in the way.
pub fn certify_degrees(
    problem: &DegreeProblem,
    h: &[f64],
    refine: Refine,
) -> Result<DegreeCertificate, DegreeCertifyError> {
    let (network, spec) = (problem.network(), problem.spec());
    let neurons = network.weights.neurons();
    let power = Power::of(spec.p)?;
    let alpha = factors(&spec.alpha, neurons)?;
    let (denominator, numerators) = fractions(problem.costs().degrees())?;
    if problem.scope() != Scope::Whole {
        return Err(DegreeCertifyError::Components);
    }
    if let Some(&(neuron, _)) = problem.free().first().and_then(|direction| direction.first()) {
        return Err(DegreeCertifyError::Free { neuron });
    }
    if neurons > LARGEST {
        return Err(DegreeCertifyError::TooLarge { neurons, limit: LARGEST });
    }
    let fault = |fault: NetworkError| DegreeCertifyError::Certify(fault.into());
    if h.len() != neurons {
        return Err(fault(NetworkError::WrongNumberOfScales { neurons, given: h.len() }));
    }
    if let Some(neuron) = h.iter().position(|value| !value.is_finite()) {
        return Err(fault(NetworkError::ScaleNotFinite { neuron, value: h[neuron] }));
    }
    let mut bundles = bundles(network, alpha.as_deref(), spec.world);
    bundles.retain(Bundle::counts);
    let pairs = problem.costs().synapses().iter().map(|synapse| (synapse.target, synapse.source));
    debug_assert!(pairs.eq(bundles.iter().map(|bundle| (bundle.target, bundle.source))), "the same order");
    let mut work = Work { problem, denominator, numerators, scale_unit_bits: 0, synapses: Vec::new() };
    let scale = work.scales(h)?;
    let cost_unit_bits = work.cost_unit(h)?;
    work.synapses = costs(&bundles, power, cost_unit_bits);
    let mut point = work.point(scale);
    if refine == Refine::Yes {
        point = work.refined(point)?;
    }
    let (ground, lam, vmax) = work.ground_state(&point)?;
    let radius = work.radius(&point, &lam, &vmax)?;
    let given_within_bits = (refine == Refine::No).then(|| GIVEN_BITS - denominator.ilog2());
    Ok(DegreeCertificate {
        power,
        denominator,
        numerators: work.numerators,
        alpha_bits: alpha.map(|alpha| alpha.iter().map(|factor| factor.to_bits()).collect()),
        world_bits: spec.world.map(f64::to_bits),
        cost_unit_bits,
        scale_unit_bits: work.scale_unit_bits,
        radius_unit_bits: RADIUS_UNIT_BITS,
        scale: point.scale,
        ground,
        lam,
        vmax,
        radius,
        given_within_bits,
    })
}

/// The scaled costs at some scales, rounded down and up, and the imbalances `D incoming − a_i outgoing`.
struct Point {
    scale: Vec<BigUint>,
    lo: Vec<BigUint>,
    pull: Vec<BigInt>,
    /// The sum of the squares of the largest that each imbalance can be.
    pull_sq: BigUint,
}

struct Work<'a> {
    problem: &'a DegreeProblem<'a>,
    denominator: u32,
    numerators: Vec<u32>,
    scale_unit_bits: u32,
    synapses: Vec<CertifiedSynapse>,
}

impl Work<'_> {
    fn neurons(&self) -> usize {
        self.numerators.len()
    }

    /// The numerator of the degree of a source; the world's log-scale is zero, so any would do for it.
    fn numerator(&self, node: usize) -> u32 {
        self.numerators.get(node).copied().unwrap_or(self.denominator)
    }

    /// `G_i = round(2^u e^{p h_i/D})`, u such that the smallest has enough bits.
    fn scales(&mut self, h: &[f64]) -> Result<Vec<BigUint>, CertifyError> {
        let p = self.problem.spec().p / f64::from(self.denominator);
        let parts: Vec<(f64, i64)> = h.iter().map(|&value| exponential(p, value)).collect();
        if let Some(neuron) = parts.iter().position(|(_, k)| k.unsigned_abs() > LARGEST_BITS.unsigned_abs() / 2) {
            return Err(CertifyError::ScaleOutOfRange { neuron, value: h[neuron] });
        }
        let smallest = parts.iter().map(|&(_, k)| k).fold(0, i64::min);
        let unit = SCALE_BITS - smallest;
        self.scale_unit_bits = unit as u32;
        Ok(parts.iter().map(|&(mantissa, k)| scaled(mantissa, k + unit).magnitude().clone()).collect())
    }

    /// Bits of the unit of cost, such that the smallest cost, as given and scaled, has enough.
    fn cost_unit(&self, h: &[f64]) -> Result<u32, CertifyError> {
        let graph = self.problem.costs();
        let log2 = |(synapse, w): (&_, &f64)| {
            let moved = graph.p() * graph.rate(synapse, h) * std::f64::consts::LOG2_E;
            w.log2() + moved.min(0.0)
        };
        let smallest = graph.synapses().iter().zip(graph.initial_costs()).map(log2).fold(0.0, f64::min);
        let bits = COST_BITS - smallest;
        if bits.is_nan() || bits > LARGEST_BITS as f64 {
            return Err(CertifyError::TooManyBits { bits, limit: LARGEST_BITS as u32 });
        }
        Ok(bits.ceil() as u32)
    }

    fn point(&self, scale: Vec<BigUint>) -> Point {
        let (n, d, unit) = (self.neurons(), self.denominator, u64::from(self.scale_unit_bits));
        let outside = BigUint::from(1_u32) << unit;
        let at = |node: usize| scale.get(node).unwrap_or(&outside);
        let as_source: Vec<BigUint> = (0..=n).map(|node| at(node).pow(self.numerator(node))).collect();
        let as_target: Vec<BigUint> = (0..=n).map(|node| at(node).pow(d)).collect();
        let zeros = || vec![BigInt::ZERO; n + 1];
        let (mut lowest, mut highest) = (zeros(), zeros());
        let mut costs = Vec::with_capacity(self.synapses.len());
        for synapse in &self.synapses {
            let (i, j) = (synapse.target, synapse.source);
            let a = self.numerator(j);
            let bottom = &as_target[i] << (u64::from(a.saturating_sub(d)) * unit);
            let top = |cost: BigUint| (cost * &as_source[j]) << (u64::from(d.saturating_sub(a)) * unit);
            let (lo, hi) = (top(synapse.lo.clone()) / &bottom, top(&synapse.lo + synapse.width).div_ceil(&bottom));
            costs.push(lo.clone());
            let (lo, hi) = (BigInt::from(lo), BigInt::from(hi));
            lowest[i] += &lo * d;
            highest[i] += &hi * d;
            lowest[j] -= &hi * a;
            highest[j] -= &lo * a;
        }
        let largest = |(low, high): (&BigInt, &BigInt)| low.magnitude().max(high.magnitude()).pow(2);
        let pull_sq = lowest.iter().zip(&highest).take(n).map(largest).sum();
        let pull = lowest.iter().zip(&highest).take(n).map(|(low, high)| (low + high) / 2).collect();
        Point { scale, lo: costs, pull, pull_sq }
    }

    /// The scaled costs times `2^-shift`, the largest about `2^300`, in the order of the problem's synapses: parallel ones to and from
    /// the world are one in both.
    fn rounded(point: &Point) -> (Vec<f64>, i64) {
        let shift = point.lo.iter().map(BigUint::bits).max().unwrap_or(0) as i64 - 300;
        (point.lo.iter().map(|cost| to_f64(Sign::Plus, cost, shift)).collect(), shift)
    }

    /// `x` with `H x = right`, H of the costs at the point.
    fn solve(&self, costs: &[f64], right: &[f64]) -> Result<Vec<f64>, CertifyError> {
        self.problem.hessian_solution(costs, right).map_err(|node| CertifyError::Singular { node })
    }

    /// Newton steps in integers while the imbalance falls.
    fn refined(&self, mut point: Point) -> Result<Point, CertifyError> {
        let d = f64::from(self.denominator);
        let (costs, shift) = Self::rounded(&point);
        for _ in 0..MAX_NEWTON_STEPS {
            let right: Vec<f64> = point.pull.iter().map(|g| to_f64(g.sign(), g.magnitude(), shift) / d).collect();
            let step = self.solve(&costs, &right)?;
            // p h_i = D ln(G_i/U) moves by the step.
            let fine = SCALE_BITS + 64;
            let moved = |(scale, &x): (&BigUint, &f64)| {
                let change: BigInt = (BigInt::from(scale.clone()) * scaled(x / d, fine)) >> fine;
                (BigInt::from(scale.clone()) + change).to_biguint().filter(|scale| scale.bits() > 0)
            };
            // A step beyond −1 is no step of a point that is nearly balanced.
            let Some(scale) = point.scale.iter().zip(&step).map(moved).collect() else { break };
            let next = self.point(scale);
            let enough = &next.pull_sq << 4 > point.pull_sq;
            if next.pull_sq < point.pull_sq {
                point = next;
            }
            if enough {
                break;
            }
        }
        Ok(point)
    }

    /// `D² (H v)_i` for the rounded-down costs.
    fn product(&self, point: &Point, v: &[BigInt]) -> Vec<BigInt> {
        let n = self.neurons();
        let mut product = vec![BigInt::ZERO; n + 1];
        let at = |node: usize| v.get(node).cloned().unwrap_or(BigInt::ZERO);
        for (synapse, cost) in self.synapses.iter().zip(&point.lo) {
            let (i, j, a) = (synapse.target, synapse.source, self.numerator(synapse.source));
            let stretch = (at(i) * self.denominator - at(j) * a) * BigInt::from(cost.clone());
            product[j] -= &stretch * a;
            product[i] += stretch * self.denominator;
        }
        product.truncate(n);
        product
    }

    /// v with `D² H v ≥ lam > 0`, by solving `H v = 2^m` and putting right in integers what `f64` left wrong.
    fn ground_state(&self, point: &Point) -> Result<(Vec<BigUint>, BigUint, BigUint), CertifyError> {
        let (costs, shift) = Self::rounded(point);
        let square = self.denominator * self.denominator;
        // Rounding v by 1/2 moves D² (H v) by at most the largest row sum: 2^-40 of D² 2^m.
        let mut rows = vec![BigUint::ZERO; self.neurons() + 1];
        for (synapse, cost) in self.synapses.iter().zip(&point.lo) {
            let a = self.numerator(synapse.source);
            rows[synapse.target] += cost * (self.denominator * (self.denominator + a));
            rows[synapse.source] += cost * (a * (self.denominator + a));
        }
        let m = rows.iter().map(BigUint::bits).max().unwrap_or(0) as i64 + 40;
        let wanted = BigInt::from(square) << m;
        let mut v = vec![BigInt::ZERO; self.neurons()];
        // In units of 2^m.
        let mut right = vec![1.0; self.neurons()];
        for _ in 0..MAX_GROUND_STEPS {
            for (value, &x) in v.iter_mut().zip(&self.solve(&costs, &right)?) {
                *value += scaled(x, m - shift);
            }
            let product = self.product(point, &v);
            let lam = product.iter().min().cloned().unwrap_or(BigInt::from(1));
            // Within 1/16 of what is wanted: more would not show in the radius.
            if (&wanted - &lam) << 4 < wanted && v.iter().all(|value| value.sign() == Sign::Plus) {
                let v: Vec<BigUint> = v.into_iter().map(|value| value.into_parts().1).collect();
                let vmax = v.iter().max().cloned().unwrap_or(BigUint::from(1_u32));
                return Ok((v, lam.into_parts().1, vmax));
            }
            for (right, product) in right.iter_mut().zip(&product) {
                let left = &wanted - product;
                *right = to_f64(left.sign(), left.magnitude(), m) / f64::from(square);
            }
        }
        let product = self.product(point, &v);
        let node = (0..self.neurons()).min_by_key(|&node| product[node].clone()).unwrap_or(0);
        Err(CertifyError::NotPositive { node })
    }

    /// The smallest r with `4 G2 vmax² (D Q)⁴ < (D Q − M r)² lam² r²`, by bisection: the right side rises up to `M r = D Q/2`.
    fn radius(&self, point: &Point, lam: &BigUint, vmax: &BigUint) -> Result<BigUint, CertifyError> {
        let unit = BigUint::from(self.denominator) << RADIUS_UNIT_BITS;
        let steepest = self.denominator + self.numerators.iter().max().copied().unwrap_or(0);
        let left: BigUint = (&point.pull_sq * vmax.pow(2) * unit.pow(4)) << 2;
        let fits = |r: &BigUint| {
            let rest: BigUint = &unit - r * steepest;
            left < rest.pow(2) * lam.pow(2) * r.pow(2)
        };
        let (mut low, mut high) = (BigUint::ZERO, (&unit >> 1) / steepest);
        if !fits(&high) {
            let worst = (0..self.neurons()).max_by_key(|&node| point.pull[node].magnitude().clone());
            return Err(CertifyError::NotBalancedEnough { node: worst.unwrap_or(0) });
        }
        while &low + 1_u32 < high {
            let middle: BigUint = (&low + &high) >> 1;
            if fits(&middle) {
                high = middle;
            } else {
                low = middle;
            }
        }
        Ok(high)
    }
}
