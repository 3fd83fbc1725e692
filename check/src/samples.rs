//! What the tests of several files reckon with.

use num_bigint::{BigInt, BigUint};

use crate::format::Claims;
use crate::input::Input;

/// A certificate of two neurons whose integers have several words: scales 3 and 2, ground state 4, bound on the eigenvalue 5,
/// unit of the radius 3.
pub(crate) fn claims_of_words() -> Claims {
    let power = |bits: u32| BigUint::from(1_u32) << bits;
    Claims {
        input_sha256: String::new(),
        p: (2, 1),
        whole: true,
        alpha: None,
        accumulated: None,
        world: None,
        cost_unit_bits: 200,
        radius_unit_bits: 130,
        gap: power(0),
        lam: power(300),
        vmax: power(0),
        radius: power(0),
        scale: vec![power(128), power(64)],
        ground: vec![-BigInt::from(power(200)), BigInt::from(1)],
        component: Vec::new(),
        deficits: Vec::new(),
    }
}

/// Costs of 4 words each: 107 bits, and 98 or 94 of units. What is not there costs nothing.
pub(crate) fn two_neurons() -> Input {
    let recurrent = vec![(0, 1, 3.0), (1, 0, 0.75), (1, 1, 0.0), (0, 0, f64::INFINITY)];
    Input { neurons: 2, recurrent, ..Input::default() }
}

/// The same with the world: 1/2 comes in and has 4 words, 2 is read out and has, with λ = 2^64, 5.
pub(crate) fn with_world() -> Input {
    Input { from_world: Some(vec![(1, 0.5)]), to_world: Some(vec![(0, 2.0)]), ..two_neurons() }
}

pub(crate) const LAMBDA: (u64, i64) = (1, 64);
