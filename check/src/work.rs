//! How much work a check would be, from sizes alone: a certificate can claim to need integers of any length, and four
//! synapses could then take hours.

use num_bigint::BigUint;

use crate::dyadic;
use crate::format::{Claims, Refused};
use crate::input::Input;
use crate::noise;

/// Products of two 64-bit words that any check may take, whatever its input: about a second.
const FREE: u128 = 1 << 30;

/// And for each weight of the input: integers of 8,192 bits multiplied. Honest ones have some hundred bits.
const FOR_EACH: u128 = 1 << 14;

/// The products of words that a check may take for an input of so many weights.
pub(crate) fn allowed(weights: u128) -> u128 {
    FREE + FOR_EACH * weights
}

/// Refuses a certificate whose check would take more products of words than `FREE + FOR_EACH · weights`.
pub(crate) fn check_work(input: &Input, claims: &Claims) -> Result<(), Refused> {
    let world = input.neurons;
    let recurrent =
        input.recurrent.iter().map(|&(target, source, weight)| (target, source, weight, claims.alpha(source)));
    let lambda = claims.world.filter(|_| input.from_world.is_some() && input.to_world.is_some());
    let incoming = input.from_world.iter().flatten().map(|&(neuron, weight)| (neuron, world, weight, (1, 0)));
    let outgoing = input.to_world.iter().flatten();
    let outgoing = outgoing.filter_map(|&(neuron, weight)| Some((world, neuron, weight, lambda?)));
    let weights = recurrent.chain(incoming.filter(|_| lambda.is_some())).chain(outgoing);
    let weights = weights.filter(|&(_, _, weight, _)| weight != 0.0 && weight.is_finite());

    let neurons = input.neurons as u128;
    let count = if claims.accumulated.is_some() { neurons * neurons } else { weights.clone().count() as u128 };
    let allowed = allowed(count);
    let ground = claims.ground.iter().map(|v| words(v.magnitude())).max().unwrap_or(1);
    // The square of the largest ground state in the inequality for the radius, and what it is multiplied by.
    let unit = u128::from(claims.radius_unit_bits / 64 + 1);
    let mut work = (2 * ground + 8 * unit + words(&claims.lam)).saturating_pow(2);
    let scale = |node: usize| claims.scale.get(node).map_or(1, words);
    let at_synapse = |target: usize, source: usize, (cost, root): (u128, u128)| {
        let scaled = root + scale(source);
        let rounded = scaled.saturating_sub(scale(target)) + 1;
        cost + root * scale(source) + scaled * scale(target) + rounded * (ground + rounded)
    };
    if let Some(noise) = &claims.accumulated {
        work += noise::work(input, noise, allowed)?;
        // Every pair of neurons may have an entry.
        let size = noise::largest_cost(input, noise, claims.cost_unit_bits) / 64 + 1;
        let pairs = (0..input.neurons).flat_map(|i| (0..input.neurons).map(move |j| (i, j)));
        for (target, source) in pairs {
            work += at_synapse(target, source, (size, size));
            if work > allowed {
                break;
            }
        }
    } else {
        for (target, source, weight, factor) in weights {
            work += at_synapse(target, source, cost(weight, factor, claims));
            if work > allowed {
                break;
            }
        }
    }
    if work > allowed { Err(Refused::TooMuchWork { work, allowed }) } else { Ok(()) }
}

/// The work of finding `floor(2^s λ|weight|^(a/b))`, and its size in words: of its b-th power, of which a root is taken.
pub(crate) fn cost(weight: f64, (factor, factor_exponent): (u64, i64), claims: &Claims) -> (u128, u128) {
    let (a, b) = (i64::from(claims.p.0), i64::from(claims.p.1));
    let (mantissa, exponent) = dyadic(weight);
    let bits_of = |x: u64| i64::from(64 - x.leading_zeros());
    let power = bits_of(mantissa) * a + bits_of(factor) * b;
    let shift = exponent * a + (factor_exponent + i64::from(claims.cost_unit_bits)) * b;
    let in_words = |bits: i64| bits.max(0) as u128 / 64 + 1;
    let whole = in_words(power + shift);
    (if b == 1 { whole } else { whole * whole }, in_words((power + shift) / b))
}

pub(crate) fn words(x: &BigUint) -> u128 {
    u128::from(x.bits()) / 64 + 1
}
