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
    let (work, allowed) = work(input, claims)?;
    if work > allowed { Err(Refused::TooMuchWork { work, allowed }) } else { Ok(()) }
}

/// The products of words that a check takes, counted until they are too many, and how many it may.
fn work(input: &Input, claims: &Claims) -> Result<(u128, u128), Refused> {
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
            work += at_synapse(target, source, cost(weight, factor, claims.p, claims.cost_unit_bits));
            if work > allowed {
                break;
            }
        }
    }
    Ok((work, allowed))
}

/// The work of finding `floor(2^s λ|weight|^(a/b))`, and its size in words: of its b-th power, of which a root is taken.
pub(crate) fn cost(
    weight: f64,
    (factor, factor_exponent): (u64, i64),
    (a, b): (u32, u32),
    cost_unit_bits: u32,
) -> (u128, u128) {
    let (a, b) = (i64::from(a), i64::from(b));
    let (mantissa, exponent) = dyadic(weight);
    let bits_of = |x: u64| i64::from(64 - x.leading_zeros());
    let power = bits_of(mantissa) * a + bits_of(factor) * b;
    let shift = exponent * a + (factor_exponent + i64::from(cost_unit_bits)) * b;
    let in_words = |bits: i64| bits.max(0) as u128 / 64 + 1;
    let whole = in_words(power + shift);
    (if b == 1 { whole } else { whole * whole }, in_words((power + shift) / b))
}

pub(crate) fn words(x: &BigUint) -> u128 {
    u128::from(x.bits()) / 64 + 1
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use num_bigint::BigInt;

    use super::*;
    use crate::format::Noise;
    use crate::read::read;
    use crate::samples::{LAMBDA, claims_of_words, two_neurons, with_world};

    /// See `work`: at a synapse its cost, the root times the scale of its source, that scaled times the scale of its target, and what
    /// is rounded of it times itself and the ground state.
    #[test]
    fn the_work_of_a_check_is_reckoned_by_hand() {
        let for_radius = (2 * 4 + 8 * 3 + 5) * (2 * 4 + 8 * 3 + 5);
        let forth = 4 + 4 * 2 + 6 * 3 + 4 * (4 + 4);
        let back = 4 + 4 * 3 + 7 * 2 + 6 * (4 + 6);
        let plain = for_radius + forth + back;
        assert_eq!(work(&two_neurons(), &claims_of_words()).unwrap(), (plain, allowed(2)));
        // A factor of 3·2^64 makes the cost of the synapse from the first neuron one word longer.
        let factors = Claims { alpha: Some(vec![(3, 64), (1, 0)]), ..claims_of_words() };
        let longer = 5 + 5 * 3 + 8 * 2 + 7 * (4 + 7);
        assert_eq!(work(&two_neurons(), &factors).unwrap(), (for_radius + forth + longer, allowed(2)));
        // The world's scale has 3 words.
        let mut world = Claims { world: Some(LAMBDA), ..claims_of_words() };
        world.scale.push(BigUint::from(1_u32) << 128);
        let (incoming, outgoing) = (4 + 4 * 3 + 7 * 2 + 6 * (4 + 6), 5 + 5 * 3 + 8 * 3 + 6 * (4 + 6));
        assert_eq!(work(&with_world(), &world).unwrap(), (plain + incoming + outgoing, allowed(4)));
        // A node that has no scale is refused later; and without the world what is outside costs nothing.
        world.scale.truncate(1);
        assert!(work(&with_world(), &world).is_ok());
        assert_eq!(work(&with_world(), &claims_of_words()).unwrap(), (plain, allowed(2)));
        let half = Input { to_world: None, ..with_world() };
        assert_eq!(work(&half, &Claims { world: Some(LAMBDA), ..claims_of_words() }).unwrap(), (plain, allowed(2)));
        // Of accumulated noise every pair may have a cost, of 200 + 9 bits.
        let noise = Noise { steps: 1, discount: (1, -1) };
        let at_themselves = (4 + 4 * 3 + 7 * 3 + 5 * (4 + 5)) + (4 + 4 * 2 + 6 * 2 + 5 * (4 + 5));
        let mut input = two_neurons();
        input.recurrent.truncate(2);
        let matrix = noise::work(&input, &noise, u128::MAX).unwrap();
        let accumulated = Claims { accumulated: Some(noise), ..claims_of_words() };
        assert_eq!(work(&input, &accumulated).unwrap(), (plain + matrix + at_themselves, allowed(4)));
        input.neurons = 3;
        assert_eq!(work(&input, &accumulated).unwrap().1, allowed(9));
    }

    #[test]
    fn what_takes_more_work_than_is_allowed_is_refused() {
        // Twice 16379 and 9 words are 2^15 less one, and its square is free.
        let ground = |words: u32| Claims {
            ground: vec![BigInt::from(1) << (64 * words - 1)],
            lam: BigUint::from(1_u32),
            radius_unit_bits: 0,
            ..claims_of_words()
        };
        let none = Input { neurons: 2, ..Input::default() };
        assert_eq!(work(&none, &ground(3)).unwrap(), ((2 * 4 + 8 + 1) * (2 * 4 + 8 + 1), FREE));
        assert!(check_work(&none, &ground((1 << 14) - 6)).is_ok());
        let refused = check_work(&none, &ground((1 << 14) - 5));
        assert!(matches!(refused, Err(Refused::TooMuchWork { allowed: FREE, .. })), "{refused:?}");
    }

    /// The bits of a cost are those of its mantissas and of its powers of two: 64 of them are counted as two words.
    #[test]
    fn words_of_costs_are_reckoned_by_hand() {
        // 9·2^58 and 9·2^59: a 3 has two bits, and a factor of one has one.
        assert_eq!(cost(3.0, (1, 0), (2, 1), 58), (1, 1));
        assert_eq!(cost(3.0, (1, 0), (2, 1), 59), (2, 2));
        // 3·2^5 as factor: 4 + 2 + 5 bits.
        assert_eq!(cost(3.0, (3, 5), (2, 1), 52), (1, 1));
        assert_eq!(cost(3.0, (3, 5), (2, 1), 53), (2, 2));
        // 0.75 is 3·2^-2.
        assert_eq!(cost(0.75, (1, 0), (2, 1), 62), (1, 1));
        assert_eq!(cost(0.75, (1, 0), (2, 1), 63), (2, 2));
        // Squared, for p = 3/2: 6 + 2 bits and twice 62: 132, of which the root has half.
        assert_eq!(cost(3.0, (1, 2), (3, 2), 60), (9, 2));
        // Smaller than one unit.
        assert_eq!(cost(0.5, (1, 0), (2, 1), 0), (1, 1));
    }

    /// Certificates as committed (tests/vectors): what their check takes, and what it may.
    #[test]
    fn the_work_of_certificates_is_what_it_was() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors");
        let found = [
            ("p1", "certificate_p1.csv"),
            ("p2", "certificate_p2.csv"),
            ("half", "certificate_half.csv"),
            ("gains", "certificate_p2.csv"),
            ("reducible", "certificate_reducible.csv"),
            ("world", "certificate_world.safetensors"),
        ]
        .map(|(name, input)| {
            let (input, _) = read(&folder.join(input)).unwrap();
            let text = std::fs::read(folder.join(format!("certificate_{name}.json"))).unwrap();
            let claims = Claims::read(&text).unwrap();
            let outside = [&input.from_world, &input.to_world].map(|weights| weights.as_ref().map_or(0, Vec::len));
            let outside = if claims.world.is_some() { outside.iter().sum() } else { 0 };
            let (work, allowed) = work(&input, &claims).unwrap();
            assert!(allowed <= FREE + FOR_EACH * (input.recurrent.len() + outside) as u128, "{name}");
            (work, (allowed - FREE) / FOR_EACH)
        });
        assert_eq!(found, [(929, 6), (1018, 9), (982, 6), (1018, 9), (1075, 9), (1153, 12)]);
    }
}
