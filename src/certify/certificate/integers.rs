//! Exact costs and scales in integers, and the way from integers to `f64` and back.

use num_bigint::{BigInt, BigUint, Sign};
use num_integer::Integer;

use super::CertifyError;
use crate::network::Network;
use crate::scalar::{odd_dyadic, times_power_of_two};

/// An exponent p as a fraction a/b in lowest terms, b a power of two: then `|J|^p` is a b-th root of a dyadic number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Power {
    /// Numerator.
    pub a: u32,
    /// Denominator.
    pub b: u32,
}

/// Costs are b-th roots of a-th powers: beyond these they would only be slow.
const LARGEST_NUMERATOR: f64 = 64.0;
const DENOMINATORS: [u32; 5] = [1, 2, 4, 8, 16];

impl Power {
    /// The fraction that p is.
    ///
    /// # Errors
    /// A p that is no such fraction, or not between 1/16 and 64.
    pub fn of(p: f64) -> Result<Self, CertifyError> {
        let fits = |b: u32| {
            let a = p * f64::from(b);
            (a.fract() == 0.0 && (1.0..=LARGEST_NUMERATOR).contains(&a)).then_some(Power { a: a as u32, b })
        };
        DENOMINATORS.into_iter().find_map(fits).ok_or(CertifyError::Exponent { p })
    }
}

/// A synapse with its cost as given: `lo ≤ 2^s w ≤ lo + width`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertifiedSynapse {
    /// The node it leads to, counted from 0; the world is the last.
    pub target: usize,
    /// The node it comes from, counted from 0; the world is the last.
    pub source: usize,
    /// The cost in units, rounded down; parallel synapses to or from the world are added up.
    pub lo: BigUint,
    /// How many roundings are in `lo`.
    pub width: u32,
    /// What the circulation leaves of the scaled cost is less by this.
    pub deficit: BigUint,
}

/// What costs something between one ordered pair of nodes.
pub struct Bundle {
    /// The node that it leads to, counted from 0; the world is the last.
    pub target: usize,
    /// The node that it comes from, counted from 0; the world is the last.
    pub source: usize,
    /// The cost.
    pub given: Given,
}

/// How a cost is given.
pub enum Given {
    /// The costs `factor·|weight|^p` of some weights.
    Weights {
        /// The weights, none 0: input weights come before the bias.
        weights: Vec<f64>,
        /// It may be 0.
        factor: f64,
    },
    /// The cost `mantissa·2^exponent`, which is not 0.
    Exact {
        /// Mantissa.
        mantissa: BigUint,
        /// Exponent.
        exponent: i64,
    },
}

impl Bundle {
    /// Whether it costs anything.
    pub fn counts(&self) -> bool {
        match &self.given {
            Given::Weights { factor, .. } => *factor > 0.0,
            Given::Exact { .. } => true,
        }
    }
}

/// The pairs of nodes that synapses lead between, in the order of (target, source); recurrent synapses cost `alpha` of their
/// source (n; 1 without it) times as much, read-out weights the world's λ.
pub fn bundles(network: &Network, alpha: Option<&[f64]>, world: Option<f64>) -> Vec<Bundle> {
    let neurons = network.weights.neurons();
    let pattern = network.weights.pattern();
    let mut found = Vec::with_capacity(network.weights.synapses() + 2 * neurons);
    let mut add = |target, source, weights: Vec<f64>, factor| {
        let weights: Vec<f64> = weights.into_iter().filter(|&weight| weight != 0.0).collect();
        if !weights.is_empty() {
            found.push(Bundle { target, source, given: Given::Weights { weights, factor } });
        }
    };
    for target in 0..neurons {
        for e in pattern.row(target) {
            let source = pattern.source(e);
            add(target, source, vec![network.weights.values()[e]], alpha.map_or(1.0, |alpha| alpha[source]));
        }
        if world.is_some() {
            let input = network.w_in.iter().flat_map(|w_in| (0..w_in.ncols()).map(move |k| w_in[(target, k)]));
            add(target, neurons, input.chain(network.bias.iter().map(|bias| bias[target])).collect(), 1.0);
        }
    }
    if let (Some(lambda), Some(w_out)) = (world, &network.w_out) {
        for source in 0..neurons {
            add(neurons, source, (0..w_out.nrows()).map(|k| w_out[(k, source)]).collect(), lambda);
        }
    }
    found
}

/// The costs of all synapses in units of `2^-bits`, each pair of nodes once, in the order of (target, source).
pub fn costs(bundles: &[Bundle], power: Power, bits: u32) -> Vec<CertifiedSynapse> {
    let mut synapses = Vec::with_capacity(bundles.len());
    for Bundle { target, source, given } in bundles {
        let (mut lo, mut width) = (BigUint::ZERO, 0);
        let mut add = |(whole, exact): (BigUint, bool)| {
            lo += whole;
            width += u32::from(!exact);
        };
        match given {
            Given::Weights { weights, factor } => {
                weights.iter().for_each(|&weight| add(cost(weight, *factor, power, bits)));
            }
            Given::Exact { mantissa, exponent } => {
                let shift = exponent + i64::from(bits);
                let whole = if shift >= 0 { mantissa << shift } else { mantissa >> -shift };
                let exact = shift >= 0 || &(&whole << -shift) == mantissa;
                add((whole, exact));
            }
        }
        synapses.push(CertifiedSynapse { target: *target, source: *source, lo, width, deficit: BigUint::ZERO });
    }
    synapses
}

/// `floor(2^bits factor |weight|^p)`, and whether that is exact.
fn cost(weight: f64, factor: f64, Power { a, b }: Power, bits: u32) -> (BigUint, bool) {
    let ((m, e), (l, f)) = (odd_dyadic(weight), odd_dyadic(factor));
    // The b-th power of what is wanted: an odd number times a power of two.
    let odd = BigUint::from(m).pow(a) * BigUint::from(l).pow(b);
    let shift = e * i64::from(a) + (f + i64::from(bits)) * i64::from(b);
    let whole = if shift >= 0 { odd << shift } else { odd >> -shift };
    let root = if b == 1 { whole.clone() } else { whole.nth_root(b) };
    let exact = shift >= 0 && root.pow(b) == whole;
    (root, exact)
}

/// The least number of bits with which all costs are integers, if p is one.
pub fn exact_bits(bundles: &[Bundle], power: Power) -> Option<u32> {
    if power.b != 1 {
        return None;
    }
    let mut bits = 0;
    for bundle in bundles {
        match &bundle.given {
            Given::Weights { weights, factor } => {
                let of_factor = odd_dyadic(*factor).1;
                for &weight in weights {
                    bits = bits.max(-(odd_dyadic(weight).1 * i64::from(power.a) + of_factor));
                }
            }
            Given::Exact { mantissa, exponent } => {
                bits = bits.max(-exponent - mantissa.trailing_zeros().unwrap_or(0) as i64);
            }
        }
    }
    u32::try_from(bits).ok()
}

/// `log2` of the smallest cost `factor·|weight|^p`, as given or times `e^{p(h_j − h_i)}`, roughly; `None` without any.
pub fn log2_smallest(bundles: &[Bundle], p: f64, h: &[f64]) -> Option<f64> {
    let mut smallest: Option<f64> = None;
    for bundle in bundles {
        let moved = p * (h[bundle.source] - h[bundle.target]) * std::f64::consts::LOG2_E;
        let mut add = |given: f64| {
            let log2 = given + moved.min(0.0);
            smallest = Some(smallest.map_or(log2, |least| least.min(log2)));
        };
        match &bundle.given {
            Given::Weights { weights, factor } => {
                weights.iter().for_each(|weight| add(p * weight.abs().log2() + factor.log2()));
            }
            Given::Exact { mantissa, exponent } => {
                let bits = mantissa.bits() as i64;
                add(to_f64(Sign::Plus, mantissa, bits).log2() + (bits + exponent) as f64);
            }
        }
    }
    smallest
}

/// `ln(E_i) − ln(E_j)` of [`scales`] is within `2^-SCALE_ERROR_BITS` of `p(h_i − h_j)` for nodes of one component.
///
/// With u = 2^-53, each `E_i` is a correctly rounded exponential (u) times `1 + t`, a product and a sum (u), of an
/// argument that is reduced exactly but for t (|t| < 2^-40, itself accurate to a few u t, and t² is left out) and one
/// rounding of a number below 1/2 (u/4 at most); rounded to an integer of at least 63 bits. That is less than 4u for
/// each of the two.
pub const SCALE_ERROR_BITS: u32 = 50;

/// Bits that the scales of one component may differ by, and be away from one; a thousand times what the range of `f64` weights calls for.
/// Further away the exponential would be of an argument that is known too coarsely, and at last of none.
const LARGEST_SPREAD: i64 = 1 << 17;

/// The scales `E_i = round(2^k e^{p h_i})`, k for each component such that the smallest has `bits` bits.
///
/// # Errors
/// The first log-scale that is too far from zero or from those of its component.
pub fn scales(h: &[f64], p: f64, root: &[usize], bits: u32) -> Result<Vec<BigUint>, CertifyError> {
    let parts: Vec<(f64, i64)> = h.iter().map(|&value| exponential(p, value)).collect();
    let mut smallest = vec![i64::MAX; h.len()];
    for (&(_, k), &root) in parts.iter().zip(root) {
        smallest[root] = smallest[root].min(k);
    }
    let mut scale = Vec::with_capacity(h.len());
    for (node, &(mantissa, k)) in parts.iter().enumerate() {
        let above = k.saturating_sub(smallest[root[node]]);
        if above > LARGEST_SPREAD || k.unsigned_abs() > LARGEST_SPREAD.unsigned_abs() {
            return Err(CertifyError::ScaleOutOfRange { neuron: node, value: h[node] });
        }
        // The mantissa is at least 2^-1/2.
        scale.push(scaled(mantissa, above + i64::from(bits)).magnitude().clone());
    }
    Ok(scale)
}

/// `e^{p h} ≈ m·2^k` without overflow, to [`SCALE_ERROR_BITS`].
pub fn exponential(p: f64, h: f64) -> (f64, i64) {
    // ln 2 = HIGH + LOW; HIGH has 42 bits, so that k·HIGH is exact for the k of every f64 scale (|k| < 2^11).
    const HIGH: f64 = f64::from_bits(0x3fe6_2e42_fefa_3800);
    const LOW: f64 = f64::from_bits(0x3d2e_f357_93c7_6730);
    let product = p * h;
    let rest = p.mul_add(h, -product);
    let k = (product / std::f64::consts::LN_2).round();
    let reduced = k.mul_add(-HIGH, product);
    let correction = k.mul_add(-LOW, rest);
    let main = core_math::exp(reduced);
    (correction.mul_add(main, main), k as i64)
}

/// `round(x·2^shift)`.
pub fn scaled(x: f64, shift: i64) -> BigInt {
    if x == 0.0 {
        return BigInt::ZERO;
    }
    let (m, e) = odd_dyadic(x);
    let shift = e + shift;
    let size = match u64::try_from(shift) {
        Ok(left) => BigUint::from(m) << left,
        Err(_) => ((BigUint::from(m) >> (shift.unsigned_abs() - 1)) + 1_u32) >> 1_u32,
    };
    BigInt::from_biguint(if x < 0.0 { Sign::Minus } else { Sign::Plus }, size)
}

/// `x·2^-shift` to 64 bits, rounded down in size and then to nearest.
pub fn to_f64(sign: Sign, x: &BigUint, shift: i64) -> f64 {
    let cut = x.bits().saturating_sub(64);
    let top = (x >> cut).iter_u64_digits().next().unwrap_or(0) as f64;
    let by = (cut as i64 - shift).clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32;
    let value = times_power_of_two(top, by);
    if sign == Sign::Minus { -value } else { value }
}

/// Costs at the log-scales: `lo E_source/E_target` rounded down, and by how much rounded up is more.
pub struct Rounded {
    /// Rounded down.
    pub lo: BigUint,
    /// Rounded up is `lo + width`.
    pub width: BigUint,
}

/// The costs of all synapses at scales `E`.
pub fn rounded(synapses: &[CertifiedSynapse], scale: &[BigUint]) -> Vec<Rounded> {
    let round = |synapse: &CertifiedSynapse| {
        let (source, target) = (&scale[synapse.source], &scale[synapse.target]);
        let (lo, rest) = (&synapse.lo * source).div_rem(target);
        Rounded { lo, width: (rest + source * synapse.width).div_ceil(target) }
    };
    synapses.iter().map(round).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_to_and_fro() {
        assert_eq!(scaled(-1.5, 1), BigInt::from(-3));
        assert_eq!(scaled(2.75, 0), BigInt::from(3));
        assert_eq!(scaled(2.25, 0), BigInt::from(2));
        assert_eq!(scaled(1e-300, 0), BigInt::ZERO);
        assert_eq!(scaled(0.0, 5), BigInt::ZERO);
        let large = BigUint::from(3_u32) << 5000_u32;
        assert_eq!(to_f64(Sign::Minus, &large, 5001), -1.5);
        assert_eq!(to_f64(Sign::Plus, &BigUint::ZERO, 7), 0.0);
    }

    /// Of one component they differ by at most [`LARGEST_SPREAD`] bits, and none is further from one.
    #[test]
    fn scales_too_far_apart_are_refused() {
        let most = LARGEST_SPREAD as f64 * std::f64::consts::LN_2;
        let refused = |h: [f64; 3], root: [usize; 3]| match scales(&h, 1.0, &root, 64) {
            Ok(scales) => {
                assert!(scales.iter().all(|scale| scale.bits() >= 63));
                None
            }
            Err(CertifyError::ScaleOutOfRange { neuron, value }) => Some((neuron, value)),
            Err(other) => panic!("{other:?}"),
        };
        assert_eq!(refused([0.0, most, 0.0], [0, 0, 0]), None);
        assert_eq!(refused([-most / 2.0, most / 2.0, 0.0], [0, 0, 0]), None);
        assert_eq!(refused([-most / 2.0, 0.6 * most, 0.0], [0, 0, 0]), Some((1, 0.6 * most)));
        // Of a component of its own, none further from one.
        assert_eq!(refused([-most, most, 0.0], [0, 1, 2]), None);
        for far in [most + 1.0, 1e17, 1e300, -1e300] {
            assert_eq!(refused([0.0, far, 0.0], [0, 1, 0]), Some((1, far)), "{far}");
        }
    }

    /// Against MPFR at 400 bits.
    #[cfg(feature = "precise")]
    #[test]
    fn scales_keep_their_distance_from_the_log_scales() {
        use rug::{Float, Integer};
        const BITS: u32 = 400;
        let mut random = crate::network::random::stream(1, 0);
        let mut worst = 0.0_f64;
        for p in [0.0625, 0.5, 1.0, 2.0, 3.0, 64.0] {
            for size in [1e-3, 1.0, 30.0, 700.0 / p] {
                let h = crate::network::random::normals(&mut random, 200, size);
                let e = scales(&h, p, &vec![0; h.len()], 64).unwrap();
                let log = |x: &BigUint| {
                    let digits = x.to_str_radix(16);
                    Float::with_val(BITS, Integer::from_str_radix(&digits, 16).unwrap()).ln()
                };
                for i in 1..h.len() {
                    let wanted = (Float::with_val(BITS, h[i]) - h[0]) * p;
                    let error = log(&e[i]) - log(&e[0]) - wanted;
                    worst = worst.max(error.to_f64().abs());
                }
            }
        }
        let bound = 2.0_f64.powi(-(SCALE_ERROR_BITS as i32));
        assert!(worst <= bound, "{worst:e} against {bound:e}");
        // And the bound is about what it has to be.
        assert!(worst >= bound / 16.0, "{worst:e} against {bound:e}");
    }

    #[test]
    fn exact_costs_are_cut_to_the_unit_and_say_so() {
        let found = |mantissa: u32, exponent: i64, bits: u32| {
            let given = Given::Exact { mantissa: BigUint::from(mantissa), exponent };
            let bundles = [Bundle { target: 1, source: 0, given }];
            let [CertifiedSynapse { lo, width, target: 1, source: 0, .. }] =
                &costs(&bundles, Power { a: 2, b: 1 }, bits)[..]
            else {
                panic!()
            };
            (lo.clone(), *width)
        };
        let is = |whole: u32, width: u32| (BigUint::from(whole), width);
        assert_eq!(found(5, 0, 0), is(5, 0));
        assert_eq!(found(5, 1, 2), is(40, 0));
        assert_eq!(found(5, -2, 2), is(5, 0));
        assert_eq!(found(12, -4, 2), is(3, 0));
        assert_eq!(found(13, -4, 2), is(3, 1));
        assert_eq!(found(1, -4, 2), is(0, 1));
    }
}
