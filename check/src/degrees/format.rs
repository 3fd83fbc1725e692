//! Reading a certificate of a network of any degrees, as strictly as the other kind.

use num_bigint::BigInt;
use serde::Deserialize;

use crate::format::{
    Claims, Refused, check_exponent, check_radius_unit, check_seal, check_unit, dyadic, factors, hexadecimal, numbers,
};

/// The name of the format.
pub(super) const FORMAT: &str = "synbal-degree-certificate";

/// Degrees beyond this times their denominator make powers that no honest certificate needs.
const LARGEST_NUMERATOR: u32 = 256;

/// The file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: String,
    version: u64,
    input_sha256: String,
    p: (u32, u32),
    denominator: u32,
    degrees: Vec<u32>,
    alpha: Option<Vec<(String, i64)>>,
    world: Option<(String, i64)>,
    cost_unit_bits: u32,
    scale_unit_bits: u32,
    radius_unit_bits: u32,
    lam: String,
    vmax: String,
    radius: String,
    scale: Vec<String>,
    ground: Vec<String>,
    seal: String,
}

/// The numbers of a certificate.
pub(super) struct DegreeClaims {
    /// Those that both kinds have; without components, gap and circulation.
    pub base: Claims,
    /// D: neuron j has the degree `numerators[j]/D`.
    pub denominator: u32,
    pub numerators: Vec<u32>,
    /// u: the scale `G_j` stands for `G_j/2^u`.
    pub scale_unit_bits: u32,
}

impl DegreeClaims {
    pub fn read(bytes: &[u8]) -> Result<DegreeClaims, Refused> {
        let file: File =
            serde_json::from_slice(bytes).map_err(|reason| Refused::Unreadable { reason: reason.to_string() })?;
        if file.format != FORMAT || file.version != 1 {
            return Err(Refused::Format { format: file.format, version: file.version });
        }
        check_seal(bytes, file.seal)?;
        check_exponent(file.p)?;
        check_unit("cost_unit_bits", file.cost_unit_bits)?;
        check_unit("scale_unit_bits", file.scale_unit_bits)?;
        check_radius_unit(file.radius_unit_bits)?;
        let lowest_terms = file.denominator == 1 || file.degrees.iter().any(|numerator| numerator % 2 == 1);
        if ![1, 2, 4, 8, 16].contains(&file.denominator) || !lowest_terms {
            let expected = "the least common denominator of the degrees, one of 1, 2, 4, 8, 16";
            return Err(Refused::Field { what: "denominator", value: file.denominator.to_string(), expected });
        }
        if let Some(numerator) = file.degrees.iter().find(|a| !(1..=LARGEST_NUMERATOR).contains(*a)) {
            let expected = "the degree times the denominator, from 1 to 256";
            return Err(Refused::Field { what: "degrees", value: numerator.to_string(), expected });
        }
        let base = Claims {
            input_sha256: file.input_sha256,
            p: file.p,
            whole: true,
            alpha: file.alpha.map(factors).transpose()?,
            accumulated: None,
            world: file.world.map(|(mantissa, exponent)| dyadic("world", &mantissa, exponent)).transpose()?,
            cost_unit_bits: file.cost_unit_bits,
            radius_unit_bits: file.radius_unit_bits,
            gap: num_bigint::BigUint::ZERO,
            lam: hexadecimal("lam", &file.lam)?,
            vmax: hexadecimal("vmax", &file.vmax)?,
            radius: hexadecimal("radius", &file.radius)?,
            scale: numbers("scale", &file.scale)?,
            ground: numbers("ground", &file.ground)?.into_iter().map(BigInt::from).collect(),
            component: Vec::new(),
            deficits: Vec::new(),
        };
        Ok(DegreeClaims {
            base,
            denominator: file.denominator,
            numerators: file.degrees,
            scale_unit_bits: file.scale_unit_bits,
        })
    }
}
