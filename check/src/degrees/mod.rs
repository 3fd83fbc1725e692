//! The checker of certificates for networks of any degrees, after `proofs/Definitions/DegreeChecker.v`.
//!
//! Neurons have the degrees `k_j = a_j/D`, and the log-scales are `h_j = D ln(G_j/U)/p`, U = 2^u: so the cost of the synapse from j
//! to i is `w (G_j/U)^{a_j}/(G_i/U)^D`, a fraction. The world, if it is a node, has `G = U` and does not move. Rounded down and up, the
//! scaled costs enclose `D incoming − a_i outgoing` at every neuron; with `D² (H v)_i ≥ lam > 0` and `0 < v_i ≤ vmax`, H made of the
//! rounded-down costs, and `M = D + max a`, the inequality
//!
//! > `4 G2 vmax² D⁴ Q⁴ < (D Q − M r)² lam² r²`
//!
//! shows that there is exactly one balanced point and that it is within `r/(Q p)` of `h`. Nothing is asked about cycles.

mod format;

use num_bigint::{BigInt, BigUint, Sign};
use num_integer::Integer;

use crate::format::Refused;
use crate::input::Input;
use crate::work::{allowed, words};
use crate::{Synapse, costs};
use format::DegreeClaims;

/// What a certificate about a network of any degrees proves, in integers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProvedDegrees {
    /// Nodes: the neurons, and the world if it is one.
    pub nodes: usize,
    /// Synapses; parallel synapses to or from the world count as one.
    pub synapses: usize,
    /// The exponent p, numerator and denominator.
    pub p: (u32, u32),
    /// D: neuron j has the degree `numerators[j]/D`. The degrees are the certificate's own.
    pub denominator: u32,
    /// See `denominator`.
    pub numerators: Vec<u32>,
    /// The factors of the costs, one for each source neuron, m·2^e as (m, e): the certificate's own. `None` where all are 1.
    pub alpha: Option<Vec<(u64, i64)>>,
    /// λ = m·2^e of the world node, as (m, e).
    pub world: Option<(u64, i64)>,
    /// The cost unit is 2 to this power: an integer W is the cost `W/2^s`.
    pub cost_unit_bits: u32,
    /// The cost at the computed log-scales is at most this.
    pub upper_cost: BigUint,
    /// The least cost is at least this.
    pub lower_cost: BigUint,
    /// The cost at the computed log-scales is at most this above the least.
    pub gap: BigUint,
    /// The sum of the squares of the largest possible `D incoming − a_i outgoing`.
    pub pull_sq: BigUint,
    /// The least `D² (H v)_i`.
    pub lam: BigUint,
    /// The largest `v_i`.
    pub vmax: BigUint,
    /// `p|h_i − balanced h_i| ≤ radius/2^radius_unit_bits`.
    pub radius: BigUint,
    /// See `radius`.
    pub radius_unit_bits: u32,
}

impl ProvedDegrees {
    /// The largest `1 + k_j`, times D: the weights hold to `e^{±(1 + k_j) radius/p}`.
    pub fn steepest(&self) -> u32 {
        self.denominator + self.numerators.iter().max().copied().unwrap_or(0)
    }
}

/// Whether the bytes call themselves a certificate about a network of any degrees; whether they are one, [`check_degrees`] decides.
pub fn is_of_degrees(certificate: &[u8]) -> bool {
    let value: Option<serde_json::Value> = serde_json::from_slice(certificate).ok();
    value.is_some_and(|value| value["format"] == format::FORMAT)
}

/// Checks a certificate (the bytes of its file) about a network of any degrees against its weights and the sha256 (in lower-case
/// hexadecimal) of the file that they were read from.
///
/// # Errors
/// [`Refused`], with the first thing found wrong.
pub fn check_degrees(certificate: &[u8], input_sha256: &str, input: &Input) -> Result<ProvedDegrees, Refused> {
    let claims = DegreeClaims::read(certificate)?;
    let base = &claims.base;
    if base.input_sha256 != input_sha256 {
        return Err(Refused::OtherInput { expected: base.input_sha256.clone(), found: input_sha256.to_owned() });
    }
    let alpha = base.alpha.as_ref().map_or(input.neurons, Vec::len);
    for (what, found) in [
        ("scale", base.scale.len()),
        ("ground", base.ground.len()),
        ("degrees", claims.numerators.len()),
        ("alpha", alpha),
    ] {
        if found != input.neurons {
            return Err(Refused::WrongLength { what, found, expected: input.neurons });
        }
    }
    // Exact: the denominator is a power of two.
    input.check_degrees(|neuron| f64::from(claims.numerators[neuron]) / f64::from(claims.denominator))?;
    if let Some(neuron) = base.scale.iter().position(|scale| scale.bits() == 0) {
        return Err(Refused::ScaleZero { neuron });
    }
    if let Some(neuron) = base.ground.iter().position(|ground| ground.sign() == Sign::NoSign) {
        return Err(Refused::GroundZero { neuron });
    }
    check_work(input, &claims)?;
    let synapses = costs(input, base)?;
    let sums = Sums::of(&synapses, &claims);
    let none = BigInt::from(1);
    let lam = sums.curvature.iter().min().unwrap_or(&none);
    if lam.sign() != Sign::Plus || *lam.magnitude() != base.lam {
        return Err(Refused::Curvature { claimed: base.lam.clone(), found: lam.clone() });
    }
    let vmax = base.ground.iter().max().unwrap_or(&none);
    if *vmax.magnitude() != base.vmax {
        return Err(Refused::Vmax { claimed: base.vmax.clone(), found: vmax.clone() });
    }
    let gap = check_radius(&claims, &sums.pull_sq)?;
    Ok(ProvedDegrees {
        nodes: input.neurons + usize::from(base.world.is_some()),
        synapses: synapses.len(),
        p: base.p,
        denominator: claims.denominator,
        numerators: claims.numerators,
        alpha: claims.base.alpha,
        world: claims.base.world,
        cost_unit_bits: claims.base.cost_unit_bits,
        lower_cost: if gap < sums.lower { &sums.lower - &gap } else { BigUint::ZERO },
        upper_cost: sums.upper,
        gap,
        pull_sq: sums.pull_sq,
        lam: claims.base.lam,
        vmax: claims.base.vmax,
        radius: claims.base.radius,
        radius_unit_bits: claims.base.radius_unit_bits,
    })
}

/// The powers `G^a` and `G^D` of a node.
struct Powers {
    numerator: u32,
    as_source: BigUint,
    as_target: BigUint,
}

/// What one pass over the synapses adds up.
struct Sums {
    upper: BigUint,
    lower: BigUint,
    pull_sq: BigUint,
    /// `D² (H v)_i`, by neuron.
    curvature: Vec<BigInt>,
}

impl Sums {
    fn of(synapses: &[Synapse], claims: &DegreeClaims) -> Sums {
        let neurons = claims.numerators.len();
        let (unit, d) = (claims.scale_unit_bits, claims.denominator);
        let mut powers: Vec<Powers> = Vec::with_capacity(neurons + 1);
        for (scale, &numerator) in claims.base.scale.iter().zip(&claims.numerators) {
            powers.push(Powers { numerator, as_source: scale.pow(numerator), as_target: scale.pow(d) });
        }
        let outside = BigUint::from(1_u32) << (u64::from(unit) * u64::from(d));
        powers.push(Powers { numerator: d, as_source: outside.clone(), as_target: outside });
        let ground = |node: usize| claims.base.ground.get(node).cloned().unwrap_or(BigInt::ZERO);
        let zeros = || vec![BigInt::ZERO; neurons + 1];
        let (mut upper, mut lower) = (BigUint::ZERO, BigUint::ZERO);
        let (mut lowest, mut highest, mut curvature) = (zeros(), zeros(), zeros());
        for synapse in synapses {
            let (i, j) = (synapse.target, synapse.source);
            let (a, target) = (powers[j].numerator, &powers[i].as_target);
            let source = &powers[j].as_source;
            // lo (G_j^a U^D)/(G_i^D U^a) rounded down, and the same of lo + width rounded up.
            let (up, down) = (u64::from(d.saturating_sub(a)), u64::from(a.saturating_sub(d)));
            let bottom = target << (down * u64::from(unit));
            let top = |cost: BigUint| (cost * source) << (up * u64::from(unit));
            let lo = top(synapse.lo.clone()).div_floor(&bottom);
            let hi = top(&synapse.lo + synapse.width).div_ceil(&bottom);
            upper += &hi;
            lower += &lo;
            let (lo, hi) = (BigInt::from(lo), BigInt::from(hi));
            lowest[i] += &lo * d;
            highest[i] += &hi * d;
            lowest[j] -= &hi * a;
            highest[j] -= &lo * a;
            let stretch = lo * (ground(i) * d - ground(j) * a);
            curvature[j] -= &stretch * a;
            curvature[i] += stretch * d;
        }
        let mut pull_sq = BigUint::ZERO;
        for (lowest, highest) in lowest.iter().zip(&highest).take(neurons) {
            let size = lowest.magnitude().max(highest.magnitude());
            pull_sq += size * size;
        }
        curvature.truncate(neurons);
        Sums { upper, lower, pull_sq, curvature }
    }
}

/// The decisive inequality holds for the radius, and for no smaller one (the right side rises up to `M r = D Q/2`); then the cost at the
/// log-scales is above the least by at most this: `G2 vmax D Q/(2 (D Q − M r) lam)`, rounded up.
fn check_radius(claims: &DegreeClaims, pull_sq: &BigUint) -> Result<BigUint, Refused> {
    let base = &claims.base;
    let square = |x: &BigUint| x * x;
    let unit = BigUint::from(claims.denominator) << base.radius_unit_bits;
    let steepest = claims.denominator + claims.numerators.iter().max().copied().unwrap_or(0);
    let left = (pull_sq * square(&base.vmax) * square(&square(&unit))) << 2;
    let shown = |r: &BigUint| left < square(&(&unit - r * steepest)) * square(&base.lam) * square(r);
    let r = &base.radius;
    if r.bits() == 0 || (r * steepest) << 1 > unit || !shown(r) {
        return Err(Refused::Radius { claimed: r.clone() });
    }
    if shown(&(r - 1_u32)) {
        return Err(Refused::RadiusNotSharp { claimed: r.clone() });
    }
    let bottom = ((&unit - r * steepest) * &base.lam) << 1;
    Ok((pull_sq * &base.vmax * unit).div_ceil(&bottom))
}

/// Refuses a certificate whose check would take more products of words than an honest one could.
fn check_work(input: &Input, claims: &DegreeClaims) -> Result<(), Refused> {
    let (work, allowed) = work(input, claims);
    if work > allowed { Err(Refused::TooMuchWork { work, allowed }) } else { Ok(()) }
}

/// The products of words that a check takes, counted until they are too many, and how many it may.
fn work(input: &Input, claims: &DegreeClaims) -> (u128, u128) {
    let base = &claims.base;
    let count = input.recurrent.len()
        + input.from_world.as_ref().map_or(0, Vec::len)
        + input.to_world.as_ref().map_or(0, Vec::len);
    let allowed = allowed(count as u128);
    let scale = base.scale.iter().map(words).max().unwrap_or(1);
    let ground = base.ground.iter().map(|v| words(v.magnitude())).max().unwrap_or(1);
    let numerator = claims.numerators.iter().max().copied().unwrap_or(1).max(claims.denominator);
    let unit = u128::from(claims.scale_unit_bits / 64 + 1);
    let power = (scale + unit) * u128::from(numerator);
    let radius = u128::from(base.radius_unit_bits / 64 + 1);
    let mut work = (2 * ground + 8 * radius + words(&base.lam)).saturating_pow(2);
    work += (base.scale.len() as u128 + 1) * power * power;
    let recurrent = input.recurrent.iter().map(|&(_, source, weight)| (weight, base.alpha(source)));
    let world = base.world.filter(|_| input.from_world.is_some() && input.to_world.is_some());
    let outside = world.into_iter().flat_map(|lambda| {
        let incoming = input.from_world.iter().flatten().map(|&(_, weight)| (weight, (1, 0)));
        incoming.chain(input.to_world.iter().flatten().map(move |&(_, weight)| (weight, lambda)))
    });
    for (weight, factor) in recurrent.chain(outside).filter(|(weight, _)| *weight != 0.0 && weight.is_finite()) {
        let (cost, root) = crate::work::cost(weight, factor, base.p, base.cost_unit_bits);
        // Times a power, over a power, twice; and times the ground state.
        work += cost + 2 * (root * power + (root + power) * power) + (root + power) * ground;
        if work > allowed {
            break;
        }
    }
    (work, allowed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::Claims;
    use crate::samples::{LAMBDA, claims_of_words, two_neurons, with_world};

    /// Powers of scales of `(3 + 3)·max(numerators, denominator)` words.
    fn claims(denominator: u32, world: Option<(u64, i64)>) -> DegreeClaims {
        DegreeClaims {
            base: Claims { world, ..claims_of_words() },
            denominator,
            numerators: vec![3, 1],
            scale_unit_bits: 130,
        }
    }

    #[test]
    fn the_work_of_a_check_is_reckoned_by_hand() {
        let for_radius = (2 * 4 + 8 * 3 + 5) * (2 * 4 + 8 * 3 + 5);
        // Of a cost of so many words: times a power, over a power, twice; and times the ground state.
        let synapse = |cost: u128, power: u128| cost + 2 * (cost * power + (cost + power) * power) + (cost + power) * 4;
        let plain = |power| for_radius + 3 * power * power + 2 * synapse(4, power);
        assert_eq!(work(&two_neurons(), &claims(2, None)), (plain(18), allowed(4)));
        assert_eq!(work(&two_neurons(), &claims(5, None)), (plain(30), allowed(4)));
        let expected = plain(18) + synapse(4, 18) + synapse(5, 18);
        assert_eq!(work(&with_world(), &claims(2, Some(LAMBDA))), (expected, allowed(6)));
        // Without the world, or half of it, what is outside costs nothing.
        assert_eq!(work(&with_world(), &claims(2, None)), (plain(18), allowed(6)));
        let half = Input { from_world: None, ..with_world() };
        assert_eq!(work(&half, &claims(2, Some(LAMBDA))), (plain(18), allowed(5)));
    }
    #[test]
    fn the_radius_and_the_gap_are_reckoned_by_hand() {
        let claims = |denominator: u32, bits: u32, lam: u32, radius: u32| {
            let base = Claims { radius_unit_bits: bits, lam: lam.into(), radius: radius.into(), ..claims_of_words() };
            DegreeClaims { base, ..self::claims(denominator, None) }
        };
        // One unit of the radius is 16, steps are 1 + 3 and 2 + 3, and 2·1000·16² is to be below (16 - step r) r lam.
        let pull_sq = BigUint::from(1_000_000_u32);
        let checked = |claims: &DegreeClaims| check_radius(claims, &pull_sq);
        let (one, two) = (|radius| claims(1, 4, 33_000, radius), |radius| claims(2, 3, 50_000, radius));
        // 12·33000 is too little, 8·2·33000 is enough; then the gap is 10^6·16/(2·8·33000) = 30.3, rounded up.
        assert!(matches!(checked(&one(1)), Err(Refused::Radius { claimed }) if claimed == 1_u32.into()));
        assert_eq!(checked(&one(2)).unwrap(), 31_u32.into());
        // 11·50000 is enough; the gap is 10^6·16/(2·11·50000) = 14.5, rounded up.
        assert_eq!(checked(&two(1)).unwrap(), 15_u32.into());
        assert!(matches!(checked(&two(0)), Err(Refused::Radius { .. })));
        // Beyond half a unit the right side falls again; and a radius is the smallest that will do.
        assert!(matches!(checked(&two(2)), Err(Refused::Radius { .. })));
        assert!(
            matches!(checked(&claims(1, 4, 43_000, 2)), Err(Refused::RadiusNotSharp { claimed }) if claimed == 2_u32.into())
        );
    }
}
