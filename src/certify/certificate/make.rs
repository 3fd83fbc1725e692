//! Making a certificate: sizes of the integers, refinement, ground state, radius, circulation.

use num_bigint::{BigInt, BigUint, Sign};

use super::integers::{
    Bundle, CertifiedSynapse, Power, Rounded, bundles, costs, exact_bits, log2_smallest, rounded, scaled, scales,
    to_f64,
};
use super::noise::noise_bundles;
use super::solve::{Laplacian, roots};
use super::{Certificate, CertifyError, Costs, DistanceToGiven, LARGEST_EXACT_UNIT, Refine};
use crate::balance::Problem;
use crate::cost::{Alpha, CostGraph};
use crate::laplacian::GroundedLaplacian;
use crate::network::NetworkError;

/// The precision that costs and scales are chosen for: rounding alone would allow a radius of `2^-TARGET_BITS/p`, a
/// two-thousandth of the rounding of an `f64` near 1, and a relative cost gap as small.
const TARGET_BITS: f64 = 64.0;

/// Bits of units and scales beyond which there is no certificate: sixty times what the range of `f64` can ask for.
const LARGEST_BITS: u32 = 1 << 17;

/// Bits of the radius: half of them are below the target.
const RADIUS_UNIT_BITS: u32 = 128;

/// Each step adds the dozen digits of an `f64` solution, and where costs differ by 10^300, that many are wanted.
const MAX_NEWTON_STEPS: usize = 100;
const MAX_GROUND_STEPS: usize = 8;

/// A relative change of a scale beyond which the Laplacian is another, and is factored again; so many times at most.
const STALE: f64 = 1.0 / 64.0;
const MAX_FACTORISATIONS: usize = 50;

/// Certifies log-scales `h` (n) of a problem's network.
///
/// # Errors
/// [`CertifyError`], with what stands in the way.
pub fn certify(problem: &Problem, h: &[f64], refine: Refine, exactness: Costs) -> Result<Certificate, CertifyError> {
    let (network, spec, graph) = (problem.network(), problem.spec(), problem.graph());
    let power = Power::of(spec.p)?;
    let alpha = factors(&spec.alpha, network.weights.neurons())?;
    let neurons = network.weights.neurons();
    if h.len() != neurons {
        return Err(NetworkError::WrongNumberOfScales { neurons, given: h.len() }.into());
    }
    if let Some(neuron) = h.iter().position(|value| !value.is_finite()) {
        return Err(NetworkError::ScaleNotFinite { neuron, value: h[neuron] }.into());
    }
    // The world's log-scale is 0.
    let h: Vec<f64> = h.iter().copied().chain(spec.world.map(|_| 0.0)).collect();
    let grounded = GroundedLaplacian::at(graph, &graph.costs_at(&graph.prescaled(&h)));
    let root = roots(graph, &grounded);
    let mut bundles = match &spec.accumulated {
        Some(noise) => noise_bundles(&network.weights, noise),
        None => bundles(network, alpha.as_deref(), spec.world),
    };
    bundles.retain(|bundle| bundle.counts() && root[bundle.target] == root[bundle.source]);
    // The synapse that each edge of the graph is: the same order, without the self-synapses.
    let place: Vec<usize> = (0..bundles.len()).filter(|&k| bundles[k].target != bundles[k].source).collect();
    // Sums of products can vanish in one arithmetic and not in the other.
    let exact = place.iter().map(|&k| (bundles[k].target, bundles[k].source));
    let computed = graph.pattern().iter().map(|(_, target, source)| (target, source));
    if spec.accumulated.is_some() && !exact.eq(computed) {
        return Err(CertifyError::Cancelled);
    }

    let mut work = Work { graph, root: &root, place, power, alpha, bundles, h: &h };
    let sizes = work.sizes(&grounded, exactness)?;
    work.finish(&grounded, sizes, problem, refine)
}

/// The factor of each source neuron (n), `None` where all are 1.
///
/// # Errors
/// Factors that do not depend on the source alone.
pub(crate) fn factors(alpha: &Alpha, neurons: usize) -> Result<Option<Vec<f64>>, CertifyError> {
    let factors = match alpha {
        Alpha::Uniform(factor) => vec![*factor; neurons],
        Alpha::PerSource(factors) => factors.clone(),
        Alpha::Dense(_) | Alpha::Sparse(_) => return Err(CertifyError::Alpha),
    };
    Ok(Some(factors).filter(|factors| factors.iter().any(|&factor| factor != 1.0)))
}

/// How many bits everything gets.
#[derive(Clone, Copy)]
struct Sizes {
    cost_unit: u32,
    scale: u32,
}

/// Synapses and their costs at some scales.
struct Point {
    scale: Vec<BigUint>,
    costs: Vec<Rounded>,
    gradient: Vec<BigInt>,
    /// The sum of the squares of the largest that each gradient can be.
    grad_sq: BigUint,
}

struct Work<'a> {
    graph: &'a CostGraph,
    root: &'a [usize],
    place: Vec<usize>,
    power: Power,
    alpha: Option<Vec<f64>>,
    bundles: Vec<Bundle>,
    h: &'a [f64],
}

impl Work<'_> {
    fn p(&self) -> f64 {
        f64::from(self.power.a) / f64::from(self.power.b)
    }

    /// Chooses the sizes from a first, rough ground state.
    ///
    /// Rounding moves the gradient at a node by the widths of its synapses in units of cost, and by `2^-bits` of its
    /// costs in units of scale; the radius is twice the norm of that times `max v`, for v of real costs.
    fn sizes(&self, grounded: &GroundedLaplacian, exactness: Costs) -> Result<Sizes, CertifyError> {
        let Some(smallest) = log2_smallest(&self.bundles, self.p(), self.h) else {
            return Ok(Sizes { cost_unit: 0, scale: TARGET_BITS as u32 });
        };
        let first = Sizes { cost_unit: bits(TARGET_BITS - smallest)?, scale: TARGET_BITS as u32 };
        let synapses = costs(&self.bundles, self.power, first.cost_unit);
        let point = self.point(&synapses, scales(self.h, self.p(), self.root, first.scale)?);
        let (laplacian, shift) = self.laplacian(grounded, &point);
        let largest_v = laplacian.solve(&vec![1.0; self.graph.nodes()])?.iter().fold(0.0_f64, |a, &b| a.max(b));
        let shift = shift as f64;
        // log2 of max v for costs in their own unit, and of max v · largest degree, which has none.
        let (log2_v, condition) = match largest_v > 0.0 {
            true => (
                largest_v.log2() - shift + f64::from(first.cost_unit),
                largest_v.log2() + laplacian.largest_degree().log2(),
            ),
            false => (f64::NEG_INFINITY, 0.0),
        };
        let total: BigUint = point.costs.iter().map(|cost| &cost.lo).sum();
        let log2_total = total.bits() as f64 - f64::from(first.cost_unit);
        let wanted = |synapses: &[CertifiedSynapse], costs: &[Rounded]| {
            let (at_nodes, in_all) = self.log2_roundings(synapses, costs);
            bits((TARGET_BITS + 1.0 + at_nodes + log2_v).max(TARGET_BITS + 1.0 + in_all - log2_total))
        };
        let mut cost_unit = wanted(&synapses, &point.costs)?;
        if cost_unit < first.cost_unit {
            // Costs that the first unit holds exactly may be rounded in a coarser one; those that this one holds, a finer one does too.
            let coarser = costs(&self.bundles, self.power, cost_unit);
            cost_unit = cost_unit.max(wanted(&coarser, &rounded(&coarser, &point.scale))?);
        }
        if exactness == Costs::ExactIfPossible
            && let Some(exact) = exact_bits(&self.bundles, self.power).filter(|&bits| bits <= LARGEST_EXACT_UNIT)
        {
            cost_unit = cost_unit.max(exact);
        }
        let scale = bits(TARGET_BITS + 1.0 + condition.max(0.0) + 0.5 * (self.h.len() as f64).log2())?;
        Ok(Sizes { cost_unit, scale })
    }

    /// log2 of the norm of the roundings at the nodes, and of all of them, in units of cost. That of an unscaled cost grows with
    /// E_source/E_target, beyond f64 even.
    fn log2_roundings(&self, synapses: &[CertifiedSynapse], costs: &[Rounded]) -> (f64, f64) {
        let widest = costs.iter().map(|cost| cost.width.bits()).max().unwrap_or(0) as i64;
        let (mut at_node, mut in_all) = (vec![0.0_f64; self.graph.nodes()], 0.0);
        for (synapse, cost) in synapses.iter().zip(costs) {
            let width = to_f64(Sign::Plus, &cost.width, widest);
            in_all += width;
            at_node[synapse.target] += width;
            at_node[synapse.source] += width;
        }
        let log2 = |x: f64| if x > 0.0 { x.log2() + widest as f64 } else { 0.0 };
        (log2(at_node.iter().map(|d| d * d).sum::<f64>().sqrt()), log2(in_all))
    }

    fn finish(
        &mut self,
        grounded: &GroundedLaplacian,
        sizes: Sizes,
        problem: &Problem,
        refine: Refine,
    ) -> Result<Certificate, CertifyError> {
        let mut synapses = costs(&self.bundles, self.power, sizes.cost_unit);
        let mut point = self.point(&synapses, scales(self.h, self.p(), self.root, sizes.scale)?);
        let (mut laplacian, mut shift) = self.laplacian(grounded, &point);
        if refine == Refine::Yes {
            // Weak couplings between strongly coupled groups can be far from balanced where f64 sees nothing of it.
            for _ in 0..MAX_FACTORISATIONS {
                let (better, largest_step) = self.refined(&synapses, point, &laplacian, shift, sizes.scale)?;
                point = better;
                if largest_step <= STALE {
                    break;
                }
                (laplacian, shift) = self.laplacian(grounded, &point);
            }
        }
        let (ground, lam, vmax) = match self.ground_state(&point, &laplacian, shift) {
            Err(_) if laplacian.use_star_mesh() => self.ground_state(&point, &laplacian, shift)?,
            other => other?,
        };
        let radius = self.radius(&point, &lam, &vmax)?;
        let deficits = super::circulation::deficits(self.graph, self.root, &self.place, &synapses, &point.costs)?;
        let mut gap = BigUint::ZERO;
        for ((synapse, deficit), cost) in synapses.iter_mut().zip(deficits).zip(&point.costs) {
            gap += &deficit;
            gap += &cost.width;
            synapse.deficit = deficit;
        }
        let distance_to_given = match refine {
            Refine::Yes => DistanceToGiven::Refined,
            Refine::No => DistanceToGiven::Within { bits: super::integers::SCALE_ERROR_BITS },
        };
        Ok(Certificate {
            power: self.power,
            scope: problem.scope(),
            alpha_bits: self.alpha.as_ref().map(|alpha| alpha.iter().map(|factor| factor.to_bits()).collect()),
            accumulated: problem.spec().accumulated.map(|noise| (noise.steps(), noise.discount().to_bits())),
            world_bits: problem.spec().world.map(f64::to_bits),
            cost_unit_bits: sizes.cost_unit,
            radius_unit_bits: RADIUS_UNIT_BITS,
            scale: point.scale,
            ground,
            component: self.root.to_vec(),
            synapses,
            gap,
            lam,
            vmax,
            radius,
            distance_to_given,
        })
    }

    fn point(&self, synapses: &[CertifiedSynapse], scale: Vec<BigUint>) -> Point {
        let costs = rounded(synapses, &scale);
        let zeros = || vec![BigInt::ZERO; scale.len()];
        let (mut gradient, mut down, mut up) = (zeros(), zeros(), zeros());
        for (e, i, j) in self.graph.pattern().iter() {
            let cost = &costs[self.place[e]];
            let (lo, width) = (BigInt::from(cost.lo.clone()), BigInt::from(cost.width.clone()));
            gradient[i] += &lo;
            gradient[j] -= lo;
            down[j] += &width;
            up[i] += width;
        }
        let size = |node: usize| {
            let (low, high) = (&gradient[node] - &down[node], &gradient[node] + &up[node]);
            low.magnitude().max(high.magnitude()).pow(2)
        };
        let grad_sq = (0..scale.len()).map(size).sum();
        Point { scale, costs, gradient, grad_sq }
    }

    /// The Laplacian of the costs times `2^-shift`, such that the largest is about 2^300: costs 10^300 times smaller
    /// are still in the range of `f64`.
    fn laplacian<'a>(&'a self, grounded: &'a GroundedLaplacian<'a>, point: &Point) -> (Laplacian<'a>, i64) {
        let largest = self.place.iter().map(|&k| point.costs[k].lo.bits()).max().unwrap_or(0);
        let shift = largest as i64 - 300;
        let costs = self.place.iter().map(|&k| to_f64(Sign::Plus, &point.costs[k].lo, shift)).collect();
        (Laplacian::of(self.graph, grounded, self.root, costs), shift)
    }

    /// Newton steps in integers, with one factorisation, while the gradient falls; and the largest of those taken.
    fn refined(
        &self,
        synapses: &[CertifiedSynapse],
        mut point: Point,
        laplacian: &Laplacian,
        shift: i64,
        bits: u32,
    ) -> Result<(Point, f64), CertifyError> {
        let mut largest = 0.0_f64;
        // Finer than one unit of the scales.
        let fine = i64::from(bits) + 16;
        for _ in 0..MAX_NEWTON_STEPS {
            let right: Vec<f64> = point.gradient.iter().map(|g| to_f64(g.sign(), g.magnitude(), shift)).collect();
            let step = laplacian.solve(&right)?;
            let moved = |(scale, &x): (&BigUint, &f64)| {
                let scale = BigInt::from(scale.clone());
                let change: BigInt = (&scale * scaled(x, fine)) >> fine;
                (scale + change).to_biguint().filter(|scale| scale.bits() > 0)
            };
            // A step beyond −1 is no step of a point that is nearly balanced.
            let Some(scale) = point.scale.iter().zip(&step).map(moved).collect() else { break };
            let next = self.point(synapses, scale);
            let enough = &next.grad_sq << 4 > point.grad_sq;
            if next.grad_sq < point.grad_sq {
                point = next;
                largest = step.iter().fold(largest, |largest, x| largest.max(x.abs()));
            }
            if enough {
                break;
            }
        }
        Ok((point, largest))
    }

    /// v with `L v ≥ lam > 0`, by solving `L v = 2^m` and putting right in integers what `f64` left wrong.
    fn ground_state(
        &self,
        point: &Point,
        laplacian: &Laplacian,
        shift: i64,
    ) -> Result<(Vec<BigUint>, BigUint, BigUint), CertifyError> {
        let nodes = self.graph.nodes();
        let movable: Vec<usize> = (0..nodes).filter(|&node| self.root[node] != node).collect();
        if movable.is_empty() {
            return Ok((vec![BigUint::ZERO; nodes], BigUint::from(1_u32), BigUint::from(1_u32)));
        }
        // Rounding v by 1/2 moves (L v) by at most the largest degree: 2^-40 of 2^m.
        let mut degree = vec![BigUint::ZERO; nodes];
        for (e, i, j) in self.graph.pattern().iter() {
            degree[i] += &point.costs[self.place[e]].lo;
            degree[j] += &point.costs[self.place[e]].lo;
        }
        let m = degree.iter().map(BigUint::bits).max().unwrap_or(0) as i64 + 40;
        let wanted = BigInt::from(1) << m;
        let mut v = vec![BigInt::ZERO; nodes];
        // In units of 2^m.
        let mut right = vec![1.0; nodes];
        for _ in 0..MAX_GROUND_STEPS {
            for (value, &x) in v.iter_mut().zip(&laplacian.solve(&right)?) {
                *value += scaled(x, m - shift);
            }
            let product = self.product(point, &v);
            let lam = movable.iter().map(|&node| &product[node]).min().cloned().unwrap_or_default();
            // Within 1/16 of what is wanted: more would not show in the radius.
            if (&wanted - &lam) << 4 < wanted && movable.iter().all(|&node| v[node].sign() == Sign::Plus) {
                let v: Vec<BigUint> = v.into_iter().map(|value| value.into_parts().1).collect();
                let vmax = v.iter().max().cloned().unwrap_or_default();
                return Ok((v, lam.into_parts().1, vmax));
            }
            for &node in &movable {
                let left = &wanted - &product[node];
                right[node] = to_f64(left.sign(), left.magnitude(), m);
            }
        }
        let product = self.product(point, &v);
        let node = movable.into_iter().min_by_key(|&node| product[node].clone()).unwrap_or(0);
        Err(CertifyError::NotPositive { node })
    }

    /// `L v` for the rounded-down costs.
    fn product(&self, point: &Point, v: &[BigInt]) -> Vec<BigInt> {
        let mut product = vec![BigInt::ZERO; v.len()];
        for (e, i, j) in self.graph.pattern().iter() {
            let flow = (&v[i] - &v[j]) * BigInt::from(point.costs[self.place[e]].lo.clone());
            product[i] += &flow;
            product[j] -= flow;
        }
        product
    }

    /// The smallest r with `4 G² vmax² Q⁴ < (Q − 2r)² lam² r²`, by bisection: the right side rises up to `Q/4`.
    fn radius(&self, point: &Point, lam: &BigUint, vmax: &BigUint) -> Result<BigUint, CertifyError> {
        let one = BigUint::from(1_u32);
        let unit: BigUint = &one << RADIUS_UNIT_BITS;
        let left: BigUint = (&point.grad_sq * vmax.pow(2) * unit.pow(4)) << 2;
        let fits = |r: &BigUint| {
            let rest: BigUint = &unit - (r << 1);
            left < rest.pow(2) * lam.pow(2) * r.pow(2)
        };
        let (mut low, mut high) = (BigUint::ZERO, &unit >> 2);
        if !fits(&high) {
            let worst = (0..self.graph.nodes()).max_by_key(|&node| point.gradient[node].magnitude().clone());
            return Err(CertifyError::NotBalancedEnough { node: worst.unwrap_or(0) });
        }
        while &low + &one < high {
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

/// A number of bits from a logarithm: not negative, not absurd.
fn bits(log2: f64) -> Result<u32, CertifyError> {
    if log2.is_nan() || log2 > f64::from(LARGEST_BITS) {
        return Err(CertifyError::TooManyBits { bits: log2, limit: LARGEST_BITS });
    }
    Ok(log2.ceil().max(0.0) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_bits_are_neither_negative_nor_absurd() {
        assert_eq!((bits(-3.5).unwrap(), bits(0.0).unwrap(), bits(7.25).unwrap()), (0, 0, 8));
        assert_eq!(bits(f64::from(LARGEST_BITS)).unwrap(), LARGEST_BITS);
        for absurd in [f64::from(LARGEST_BITS) + 1.0, f64::INFINITY, f64::NAN] {
            let refused = bits(absurd);
            assert!(matches!(refused, Err(CertifyError::TooManyBits { limit: LARGEST_BITS, .. })), "{absurd}");
        }
    }
}
