//! Integer certificates for networks of any degrees: that there is one balanced point, and how near it is.
//!
//! The maker of what [`crate::check::check_degrees`] checks; what the integers mean: `proofs/Definitions/DegreeChecker.v`. Degrees are
//! fractions `k_j = a_j/D` with D up to 16, and the log-scales are `h_j = D ln(G_j/U)/p`, so that `e^{p h_i} = (G_i/U)^D` and
//! `e^{p k_j h_j} = (G_j/U)^{a_j}` are fractions. The file is JSON, one field a line, integers in hexadecimal, sealed:
//!
//! | field | meaning |
//! |---|---|
//! | `format`, `version` | `"synbal-degree-certificate"`, 1 |
//! | `input_sha256` | of the bytes of the input file |
//! | `p` | `[a, b]`: the exponent a/b |
//! | `denominator`, `degrees` | D, and `a_j` for each neuron: its degree is `a_j/D` |
//! | `alpha` | `[m, e]` for each neuron: synapses from it cost `m·2^e` times as much; left out where all are 1 |
//! | `world` | null, or `[m, e]`: read-out weights cost `m·2^e` times as much, the world is one more node, with log-scale 0 |
//! | `cost_unit_bits` | s: the integer W is the cost `W/2^s` |
//! | `scale_unit_bits` | u: `U = 2^u` |
//! | `radius_unit_bits` | k: `Q = 2^k` |
//! | `lam`, `vmax` | `D² (H v)_i ≥ lam` in units of cost, `v_i ≤ vmax`; `p² H` is the Hessian, its costs rounded down |
//! | `radius` | `p\|h_i − balanced h_i\| ≤ radius/Q` |
//! | `scale` | `G_i`, one for each neuron |
//! | `ground` | `v_i > 0`, one for each neuron |
//! | `seal` | sha256 of all bytes before the line of the seal |

mod make;

pub use make::certify_degrees;

use num_bigint::BigUint;
use serde_json::{Value, json};

use super::certificate::{CertifyError, Power, sealed};
use crate::scalar::odd_dyadic;

/// A certificate of a network of any degrees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DegreeCertificate {
    /// The exponent p.
    pub power: Power,
    /// D: neuron j has the degree `numerators[j]/D`.
    pub denominator: u32,
    /// See `denominator` (n).
    pub numerators: Vec<u32>,
    /// The bits of the cost factor of each source neuron (n); `None` where all are 1.
    alpha_bits: Option<Vec<u64>>,
    /// The bits of λ of the world node.
    world_bits: Option<u64>,
    /// s: the integer W is the cost `W/2^s`.
    pub cost_unit_bits: u32,
    /// u: the scale G stands for `G/2^u`.
    pub scale_unit_bits: u32,
    /// k: the radius is in units of `2^-k/p`.
    pub radius_unit_bits: u32,
    /// The scales `G_i` (n).
    pub scale: Vec<BigUint>,
    /// The ground state `v_i` (n).
    pub ground: Vec<BigUint>,
    /// `D² (H v)_i ≥ lam`.
    pub lam: BigUint,
    /// `v_i ≤ vmax`.
    pub vmax: BigUint,
    /// `p|h_i − balanced h_i| ≤ radius/2^k`.
    pub radius: BigUint,
    /// The log-scales `D ln(G_i/2^u)/p` are within `2^-bits/p` of the given ones; `None` where they were improved on.
    pub given_within_bits: Option<u32>,
}

/// Why there is no certificate of a network of any degrees.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DegreeCertifyError {
    /// The degree of neuron `neuron` is `degree`: certificates need fractions of a denominator of at most 16 with a numerator from 1 to 256.
    #[error(
        "certificates need degrees a/b with b one of 1, 2, 4, 8, 16, and a from 1 to 256 over their common denominator, but neuron {neuron} (counted from 0) has the degree {degree}; choose the nearest such degree"
    )]
    Degree {
        /// The neuron, counted from 0.
        neuron: usize,
        /// Its degree.
        degree: f64,
    },
    /// The log-scale of neuron `neuron` is free: the cost does not depend on it, so there is no one balanced point.
    #[error(
        "the log-scale of neuron {neuron} (counted from 0) is free (the degrees around every cycle there multiply to one, and nothing else holds it), and certificates are about networks with one balanced point; include the world, or certify the rest of the network"
    )]
    Free {
        /// The neuron, counted from 0.
        neuron: usize,
    },
    /// The network has `neurons` neurons, more than the `limit` for which the Hessian is factored densely.
    #[error("the network has {neurons} neurons, more than the {limit} for which the Hessian is factored densely")]
    TooLarge {
        /// Number of neurons.
        neurons: usize,
        /// The most neurons for which it is.
        limit: usize,
    },
    /// Certificates of other degrees are about whole networks.
    #[error(
        "certificates of networks of other degrees are about whole networks, not about their strong components alone"
    )]
    Components,
    /// Certificates of other degrees have no Coq file.
    #[error(
        "there are no Coq files of certificates of networks of other degrees; what their checker decides is proved in proofs/Statements/certified_degrees.v"
    )]
    Coq,
    /// A fault that certificates of either kind can have: [`CertifyError`].
    #[error(transparent)]
    Certify(#[from] CertifyError),
}

impl DegreeCertifyError {
    /// True where the request is at fault, not the log-scales: nothing can be certified whatever they are.
    pub fn is_bad_request(&self) -> bool {
        match self {
            DegreeCertifyError::Certify(error) => error.is_bad_request(),
            _ => true,
        }
    }
}

impl DegreeCertificate {
    /// The text of the file, for an input with this sha256.
    pub fn to_text(&self, input_sha256: &str) -> String {
        let hexadecimal = |x: &BigUint| format!("{x:#x}");
        let list = |numbers: &[BigUint]| Value::from(numbers.iter().map(hexadecimal).collect::<Vec<_>>());
        // An odd number times a power of two; zero has one spelling too.
        let dyadic = |bits: u64| {
            let x = f64::from_bits(bits);
            let (m, e) = if x == 0.0 { (0, 0) } else { odd_dyadic(x) };
            json!([format!("{m:#x}"), e])
        };
        let head = [
            ("format", json!("synbal-degree-certificate")),
            ("version", json!(1)),
            ("input_sha256", json!(input_sha256)),
            ("p", json!([self.power.a, self.power.b])),
            ("denominator", json!(self.denominator)),
            ("degrees", json!(self.numerators)),
        ];
        let alpha = self.alpha_bits.as_ref().map(|alpha| alpha.iter().copied().map(dyadic).collect::<Vec<_>>());
        let alpha = alpha.map(|alpha| ("alpha", Value::from(alpha)));
        let rest = [
            ("world", json!(self.world_bits.map(dyadic))),
            ("cost_unit_bits", json!(self.cost_unit_bits)),
            ("scale_unit_bits", json!(self.scale_unit_bits)),
            ("radius_unit_bits", json!(self.radius_unit_bits)),
            ("lam", json!(hexadecimal(&self.lam))),
            ("vmax", json!(hexadecimal(&self.vmax))),
            ("radius", json!(hexadecimal(&self.radius))),
            ("scale", list(&self.scale)),
            ("ground", list(&self.ground)),
        ];
        let mut text = "{\n".to_owned();
        for (name, value) in head.into_iter().chain(alpha).chain(rest) {
            text += &format!("  \"{name}\": {value},\n");
        }
        sealed(text)
    }
}
