//! The checker of certificates: from the input network and the integers of a certificate alone, without a solver.
//!
//! It depends on nothing of the program that writes certificates: it reads the input by itself ([`read`]), or takes triplets
//! ([`Input`]), decides strong components by its own searches, and computes in integers only, after `proofs/Definitions/Checker.v`,
//! whose functions Coq proves sound. What it does share with the maker are crates of others: the arithmetic of
//! large integers (`num-bigint`), the sha256 (`sha2`) and JSON (`serde_json`); a fault of theirs could fool both.
//!
//! A certificate holds the scale `E_i` and the ground state `v_i` of every neuron; the synapses come from the input, which is
//! what binds a certificate to it:
//!
//! - `lo = floor(2^s α_j|J_ij|^p)`, α in the certificate (1 unless it says otherwise), `width` = 0 where that is exact (parallel synapses to or from the world: the sums);
//! - or `floor(2^s M_ij)`, M the matrix of the noise that is accumulated over the steps that the certificate names (a dyadic number too);
//! - scaled and rounded down, `floor(lo E_source/E_target)`: less the deficits, a circulation, so the least cost is
//!   at least its sum; rounded up, their sum is at least the cost at the log-scales `h_i = ln(E_i)/p`;
//! - `(L v)_i ≥ lam` and `v_i ≤ vmax` bound the curvature, the gradient is bounded from the same integers, and
//!   `4 G² vmax² Q⁴ < (Q − 2r)² lam² r²` shows that the balanced point is within `r/(Q p)` of `h`.
//!
//! Every claim must be the sharpest that its integers grant, so that no digit of a certificate is free.

#![warn(missing_docs)]

mod components;
mod decimal;
mod degrees;
mod format;
mod input;
mod noise;
mod proved;
pub mod read;
#[cfg(test)]
mod samples;
mod work;

pub use decimal::{scientific_down, scientific_up};
pub use degrees::{ProvedDegrees, check_degrees, is_of_degrees};
pub use format::Refused;
pub use input::{Input, Triplet};
pub use proved::Proved;

use num_bigint::{BigInt, BigUint, Sign};
use num_integer::Integer;

use components::check_components;
use format::{Claims, WORLD_MISSING};

/// A synapse with its unscaled cost: `lo ≤ S w ≤ lo + width`.
struct Synapse {
    target: usize,
    source: usize,
    lo: BigUint,
    width: u32,
}

/// Checks a certificate (the bytes of its file) against a network and the sha256 (in lower-case hexadecimal) of the file that
/// this was read from.
///
/// # Errors
/// [`Refused`], with the first thing found wrong.
pub fn check(certificate: &[u8], input_sha256: &str, input: &Input) -> Result<Proved, Refused> {
    let claims = Claims::read(certificate)?;
    if claims.input_sha256 != input_sha256 {
        return Err(Refused::OtherInput { expected: claims.input_sha256, found: input_sha256.to_owned() });
    }
    // The circulation, the ground state and the radius are those of degree one.
    input.check_degrees(|_| 1.0)?;
    let nodes = input.neurons + usize::from(claims.world.is_some());
    for (what, found) in
        [("scale", claims.scale.len()), ("ground", claims.ground.len()), ("component", claims.component.len())]
    {
        if found != nodes {
            return Err(Refused::WrongLength { what, found, expected: nodes });
        }
    }
    if let Some(found) = claims.alpha.as_ref().map(Vec::len).filter(|&found| found != input.neurons) {
        return Err(Refused::WrongLength { what: "alpha", found, expected: input.neurons });
    }
    if let Some(neuron) = claims.scale.iter().position(|scale| scale.bits() == 0) {
        return Err(Refused::ScaleZero { neuron });
    }
    work::check_work(input, &claims)?;
    let mut synapses = costs(input, &claims)?;
    let pairs = synapses.iter().map(|synapse| (synapse.target, synapse.source));
    let components = check_components(&claims.component, pairs)?;
    let all = synapses.len();
    synapses.retain(|synapse| claims.component[synapse.target] == claims.component[synapse.source]);
    if claims.whole && synapses.len() < all {
        return Err(Refused::OnNoCycle { synapses: all - synapses.len() });
    }
    let sums = Sums::of(&synapses, &claims)?;
    if let Some(neuron) = sums.net.iter().position(|net| net.sign() != Sign::NoSign) {
        return Err(Refused::NotConserved { neuron, surplus: sums.net[neuron].clone() });
    }
    if &sums.upper - &sums.lower != claims.gap {
        return Err(Refused::Gap { claimed: claims.gap, found: sums.upper - sums.lower });
    }
    check_ground_state(&claims, &sums)?;
    check_radius(&claims, &sums)?;
    Ok(Proved {
        nodes,
        left_out: all - synapses.len(),
        synapses: synapses.len(),
        components,
        p: claims.p,
        alpha: claims.alpha,
        accumulated: claims.accumulated.map(|noise| (noise.steps, noise.discount)),
        world: claims.world,
        cost_unit_bits: claims.cost_unit_bits,
        upper_cost: sums.upper,
        lower_cost: sums.lower,
        gap: claims.gap,
        grad_sq: sums.grad_sq,
        lam: claims.lam,
        vmax: claims.vmax,
        radius: claims.radius,
        radius_unit_bits: claims.radius_unit_bits,
    })
}

/// The synapses of the input in the order of (target, source), each pair once, with their costs.
fn costs(input: &Input, claims: &Claims) -> Result<Vec<Synapse>, Refused> {
    if let Some(noise) = &claims.accumulated {
        let matrix = noise::Matrix::of(input, noise)?;
        let entries = (0..matrix.sum.len()).filter(|&place| matrix.sum[place].bits() > 0);
        let synapse = |place| {
            let (lo, width) = matrix.cost(place, claims);
            Synapse { target: place / input.neurons, source: place % input.neurons, lo, width }
        };
        return Ok(entries.map(synapse).collect());
    }
    let mut synapses = Vec::with_capacity(input.recurrent.len());
    for &(target, source, weight) in input.recurrent.iter().filter(|triplet| triplet.2 != 0.0) {
        if !weight.is_finite() || target >= input.neurons || source >= input.neurons {
            return Err(Refused::Input { target, source_index: source, weight });
        }
        let factor = claims.alpha(source);
        if factor.0 > 0 {
            let (lo, width) = cost(weight, factor, claims);
            synapses.push(Synapse { target, source, lo, width });
        }
    }
    if let Some(lambda) = claims.world {
        let world = input.neurons;
        let outgoing = input.to_world.as_ref().ok_or(Refused::NoWorld { missing: WORLD_MISSING[1] })?;
        let incoming = input.from_world.as_ref().ok_or(Refused::NoWorld { missing: WORLD_MISSING[0] })?;
        let incoming = incoming.iter().map(|&(neuron, weight)| ((neuron, world), neuron, weight, (1, 0)));
        let outgoing = outgoing.iter().map(|&(neuron, weight)| ((world, neuron), neuron, weight, lambda));
        for ((target, source), neuron, weight, factor) in incoming.chain(outgoing) {
            if !weight.is_finite() || neuron >= input.neurons {
                return Err(Refused::Input { target, source_index: source, weight });
            }
            if weight != 0.0 {
                let (lo, width) = cost(weight, factor, claims);
                synapses.push(Synapse { target, source, lo, width });
            }
        }
    }
    synapses.sort_by_key(|synapse| (synapse.target, synapse.source));
    // Parallel synapses to or from the world count as one; two between the same neurons are a fault of the input.
    let mut merged: Vec<Synapse> = Vec::with_capacity(synapses.len());
    for synapse in synapses {
        let Synapse { target, source, .. } = synapse;
        match merged.last_mut() {
            Some(last) if (last.target, last.source) == (target, source) => {
                if target < input.neurons && source < input.neurons {
                    return Err(Refused::Duplicate { target, source_index: source });
                }
                last.lo += synapse.lo;
                last.width += synapse.width;
            }
            _ => merged.push(synapse),
        }
    }
    Ok(merged)
}

/// `floor(2^s λ|weight|^(a/b))`, and 0 if that is exact, else 1. Its b-th power is a dyadic number, hence exact.
fn cost(weight: f64, (factor, factor_exponent): (u64, i64), claims: &Claims) -> (BigUint, u32) {
    let (a, b) = claims.p;
    let (mantissa, exponent) = dyadic(weight);
    let power = BigUint::from(mantissa).pow(a) * BigUint::from(factor).pow(b);
    let shift = exponent * i64::from(a) + (factor_exponent + i64::from(claims.cost_unit_bits)) * i64::from(b);
    let (whole, cut) = if shift >= 0 {
        (power << shift, false)
    } else {
        let odd = power.trailing_zeros().is_some_and(|zeros| zeros < shift.unsigned_abs());
        (power >> shift.unsigned_abs(), odd)
    };
    if b == 1 {
        return (whole, u32::from(cut));
    }
    let root = whole.nth_root(b);
    let exact = !cut && root.pow(b) == whole;
    (root, u32::from(!exact))
}

/// `|x| = m·2^e`, exactly, for finite x.
fn dyadic(x: f64) -> (u64, i64) {
    let bits = x.to_bits();
    let (fraction, biased) = (bits & ((1 << 52) - 1), ((bits >> 52) & 0x7ff) as i64);
    if biased == 0 { (fraction, -1074) } else { (fraction | 1 << 52, biased - 1075) }
}

/// What one pass over the synapses adds up.
struct Sums {
    upper: BigUint,
    lower: BigUint,
    net: Vec<BigInt>,
    grad_sq: BigUint,
    laplacian: Vec<BigInt>,
}

impl Sums {
    fn of(synapses: &[Synapse], claims: &Claims) -> Result<Sums, Refused> {
        let nodes = claims.scale.len();
        let zeros = || vec![BigInt::ZERO; nodes];
        let (mut upper, mut lower) = (BigUint::ZERO, BigUint::ZERO);
        // Gradients of the rounded-down costs; and by how much the rounding can lower and raise each.
        let (mut gradient, mut down, mut up) = (zeros(), zeros(), zeros());
        let (mut net, mut laplacian) = (zeros(), zeros());
        let mut deficits = claims.deficits.iter().peekable();
        for synapse in synapses {
            let (i, j) = (synapse.target, synapse.source);
            let (lo, width) = rounded(synapse, &claims.scale[j], &claims.scale[i]);
            upper += &lo;
            upper += &width;
            lower += &lo;
            if let Some((_, _, deficit)) = deficits.next_if(|&&(target, source, _)| (target, source) == (i, j)) {
                if *deficit > lo {
                    return Err(Refused::Deficit { target: i, source_index: j });
                }
                lower -= deficit;
                net[i] -= BigInt::from(deficit.clone());
                net[j] += BigInt::from(deficit.clone());
            }
            if i == j {
                continue;
            }
            let (lo, width) = (BigInt::from(lo), BigInt::from(width));
            down[j] += &width;
            up[i] += width;
            let flow = (&claims.ground[i] - &claims.ground[j]) * &lo;
            laplacian[i] += &flow;
            laplacian[j] -= flow;
            gradient[i] += &lo;
            gradient[j] -= lo;
        }
        if let Some(&(target, source_index, _)) = deficits.next() {
            return Err(Refused::Deficit { target, source_index });
        }
        let mut grad_sq = BigUint::ZERO;
        for node in 0..nodes {
            net[node] += &gradient[node];
            let lowest = &gradient[node] - &down[node];
            let highest = &gradient[node] + &up[node];
            let size = lowest.magnitude().max(highest.magnitude());
            grad_sq += size * size;
        }
        Ok(Sums { upper, lower, net, grad_sq, laplacian })
    }
}

/// `lo E_source/E_target` rounded down, and how far `hi E_source/E_target` rounded up is above it.
fn rounded(synapse: &Synapse, source: &BigUint, target: &BigUint) -> (BigUint, BigUint) {
    let (lo, rest) = (&synapse.lo * source).div_rem(target);
    (lo, (rest + source * synapse.width).div_ceil(target))
}

/// `lam` is the least `(L v)_i` and `vmax` the largest `v_i` over the nodes that are no root; 1 where there are none.
fn check_ground_state(claims: &Claims, sums: &Sums) -> Result<(), Refused> {
    let (mut lam, mut vmax) = (None, BigInt::from(1));
    for (neuron, (&root, v)) in claims.component.iter().zip(&claims.ground).enumerate() {
        if (root == neuron) != (v.sign() == Sign::NoSign) {
            return Err(Refused::Ground { neuron });
        }
        if root != neuron {
            let value = &sums.laplacian[neuron];
            lam = Some(lam.map_or(value, |least: &BigInt| least.min(value)));
            vmax = vmax.max(v.clone());
        }
    }
    let lam = lam.cloned().unwrap_or(BigInt::from(1));
    if lam.sign() != Sign::Plus || lam.magnitude() != &claims.lam {
        return Err(Refused::Lam { claimed: claims.lam.clone(), found: lam });
    }
    if vmax.magnitude() != &claims.vmax {
        return Err(Refused::Vmax { claimed: claims.vmax.clone(), found: vmax });
    }
    Ok(())
}

/// The decisive inequality holds for the radius, and for no smaller one. (The right side rises up to `r = Q/4`.)
fn check_radius(claims: &Claims, sums: &Sums) -> Result<(), Refused> {
    let one = BigUint::from(1_u32);
    let unit = &one << claims.radius_unit_bits;
    let square = |x: &BigUint| x * x;
    let left = (&sums.grad_sq * square(&claims.vmax) * square(&square(&unit))) << 2;
    let shown = |r: &BigUint| left < square(&(&unit - (r << 1))) * square(&claims.lam) * square(r);
    let r = &claims.radius;
    if r.bits() == 0 || r << 2 > unit || !shown(r) {
        return Err(Refused::Radius { claimed: r.clone() });
    }
    if shown(&(r - one)) {
        return Err(Refused::RadiusNotSharp { claimed: r.clone() });
    }
    Ok(())
}
