//! Normal numbers that are the same, bit for bit, on every machine.
//!
//! The usual samplers call the logarithm of the system's C library, which is allowed to differ in the last bit from one
//! library or processor to the next; thousands of steps of training would turn that bit into another network. Here the
//! only functions are a correctly rounded logarithm and the square root of IEEE 754.

use rand::Rng;
use rand_chacha::ChaCha8Rng;

/// `count` standard normal numbers times `scale`, by Marsaglia's polar method (SIAM Review 6, 1964).
pub fn portable_normals(random: &mut ChaCha8Rng, count: usize, scale: f64) -> Vec<f64> {
    let mut values = Vec::with_capacity(count + 1);
    while values.len() < count {
        let (x, y) = (2.0 * random.random::<f64>() - 1.0, 2.0 * random.random::<f64>() - 1.0);
        let s = x * x + y * y;
        if s > 0.0 && s < 1.0 {
            let factor = scale * (-2.0 * core_math::log(s) / s).sqrt();
            values.extend([x * factor, y * factor]);
        }
    }
    values.truncate(count);
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::random::stream;

    #[test]
    fn the_moments_are_those_of_the_normal_distribution() {
        let count = 100_000;
        let values = portable_normals(&mut stream(1, 0), count, 1.0);
        assert_eq!(values.len(), count);
        let moment = |k: i32| values.iter().map(|x| x.powi(k)).sum::<f64>() / count as f64;
        // E x^k = 0, 1, 0, 3; the variance of x^k is E x^2k - (E x^k)^2 = 1, 2, 15, 96. Six standard errors.
        for (k, mean, variance) in [(1, 0.0, 1.0_f64), (2, 1.0, 2.0), (3, 0.0, 15.0), (4, 3.0, 96.0)] {
            let bound = 6.0 * (variance / count as f64).sqrt();
            assert!((moment(k) - mean).abs() <= bound, "moment {k} is {}", moment(k));
        }
        // The two numbers of a pair do not know each other.
        let product = values.chunks_exact(2).map(|pair| pair[0] * pair[1]).sum::<f64>() / (count / 2) as f64;
        assert!(product.abs() <= 6.0 / (count as f64 / 2.0).sqrt(), "{product}");
    }

    #[test]
    fn the_bits_are_what_they_have_always_been() {
        let bits: Vec<u64> = portable_normals(&mut stream(7, 3), 3, 0.5).iter().map(|x| x.to_bits()).collect();
        assert_eq!(bits, BITS, "{bits:#x?}");
    }

    const BITS: [u64; 3] = [0xbfe8_f9dd_21bc_03a1, 0xbfe3_6381_55d6_3add, 0x3fd2_ada7_5004_3e4d];
}
