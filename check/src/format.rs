//! Reading a certificate: strict, so that each number has one spelling, and the reasons for refusing one.

use num_bigint::{BigInt, BigUint};
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// Why a certificate is not accepted.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    /// Checking it would take `work` products of words, and `allowed` are: honest certificates need far less.
    #[error(
        "checking it would take {work} products of 64-bit words, and {allowed} are allowed for a network of this size; honest certificates need far less"
    )]
    TooMuchWork {
        /// How many, from the sizes of the integers.
        work: u128,
        /// How many are allowed.
        allowed: u128,
    },
    /// This is no certificate: `reason`.
    #[error("this is no certificate: {reason}; write one with `synbal certify`", reason = cut(reason))]
    Unreadable {
        /// What is wrong.
        reason: String,
    },
    /// The format is `format`, version `version`.
    #[error("the format is {format:?}, version {version}; this program checks \"synbal-certificate\" and \"synbal-degree-certificate\", version 1", format = cut(format))]
    Format {
        /// The format that the certificate names.
        format: String,
        /// The version that it names.
        version: u64,
    },
    /// The seal is broken: the file was changed after it was written (sha256 `found`, sealed as `sealed`).
    #[error("the seal is broken: the file was changed after it was written (sha256 {found}, sealed as {sealed})", sealed = cut(sealed))]
    Seal {
        /// The sha256 in the seal.
        sealed: String,
        /// What was found.
        found: String,
    },
    /// The certificate is about another input: it names sha256 `expected`, this file has `found`.
    #[error("the certificate is about another input: it names sha256 {expected}, this file has {found}", expected = cut(expected))]
    OtherInput {
        /// What was expected.
        expected: String,
        /// What was found.
        found: String,
    },
    /// The certificate is about another degree of neuron `neuron` than the network says that it has.
    #[error("the certificate is about a neuron {neuron} (counted from 0) of degree {certified}, but the network says that {found}; certify the network as it is", found = crate::input::stated(*found))]
    OtherDegree {
        /// The neuron, counted from 0.
        neuron: usize,
        /// The degree that the certificate is about.
        certified: f64,
        /// The degree that the network says; NaN if its activation has none.
        found: f64,
    },
    /// `what` is `value`, but expected `expected`.
    #[error("{what} is {value:?}, but expected {expected}", value = cut(value))]
    Field {
        /// What it is about.
        what: &'static str,
        /// The value found.
        value: String,
        /// What was expected.
        expected: &'static str,
    },
    /// `what` has `found` entries, but the network has `expected` nodes.
    #[error("{what} has {found} entries, but the network has {expected} nodes")]
    WrongLength {
        /// What it is about.
        what: &'static str,
        /// What was found.
        found: usize,
        /// What was expected.
        expected: usize,
    },
    /// The network has `neurons` neurons, too many for the dense matrix of accumulated noise.
    #[error("the network has {neurons} neurons, and the dense matrix of accumulated noise is for at most {limit}")]
    TooLargeForDense {
        /// Number of neurons.
        neurons: usize,
        /// The most neurons that the matrix is formed for.
        limit: usize,
    },
    /// The scale of neuron `neuron` is 0.
    #[error("the scale of node {neuron} (counted from 0, the world last) is 0; it must be positive")]
    ScaleZero {
        /// The node, counted from 0; the world is the last.
        neuron: usize,
    },
    /// The certificate has a world node, but the network has no `missing`.
    #[error("the certificate has a world node, but the network has no {missing}")]
    NoWorld {
        /// What is missing.
        missing: &'static str,
    },
    /// The weight of the synapse from `source_index` to `target` is `weight`, or one of them is no neuron.
    #[error(
        "the weight of the synapse from {source_index} to {target} (counted from 0, the world last) is {weight}, or one of them is no neuron"
    )]
    Input {
        /// The synapse's target, counted from 0; the world is the last.
        target: usize,
        /// The synapse's source, counted from 0; the world is the last.
        source_index: usize,
        /// The synapse's weight.
        weight: f64,
    },
    /// The synapse from `source_index` to `target` is there twice.
    #[error("the synapse from {source_index} to {target} (counted from 0) is there twice")]
    Duplicate {
        /// The synapse's target, counted from 0.
        target: usize,
        /// The synapse's source, counted from 0.
        source_index: usize,
    },
    /// Neuron `neuron` is put into the component of neuron `root`, which is not its strong component.
    #[error(
        "node {neuron} is put into the component of node {root} (counted from 0, the world last), which is not its strong component"
    )]
    Component {
        /// The node, counted from 0; the world is the last.
        neuron: usize,
        /// The root of that component, counted from 0; the world is the last.
        root: usize,
    },
    /// `synapses` synapses lie on no directed cycle, so the whole network has no balanced point.
    #[error("{synapses} synapses lie on no directed cycle, so the whole network has no balanced point")]
    OnNoCycle {
        /// Number of synapses.
        synapses: usize,
    },
    /// The deficit of the synapse from `source_index` to `target` is larger than its cost, out of order, or of no
    /// synapse.
    #[error(
        "the deficit of the synapse from {source_index} to {target} (counted from 0, the world last) is larger than its cost, out of order, or of no synapse"
    )]
    Deficit {
        /// The synapse's target, counted from 0; the world is the last.
        target: usize,
        /// The synapse's source, counted from 0; the world is the last.
        source_index: usize,
    },
    /// The flow is no circulation: `surplus` more comes into neuron `neuron` than goes out.
    #[error("the flow is no circulation: {surplus} more comes into node {neuron} (counted from 0, the world last) than goes out", surplus = Cut(surplus))]
    NotConserved {
        /// The node, counted from 0; the world is the last.
        neuron: usize,
        /// What comes in beyond what goes out.
        surplus: BigInt,
    },
    /// The cost gap is claimed to be `claimed`, but the integers give `found`.
    #[error("the cost gap is claimed to be {claimed}, but the integers give {found}", claimed = Cut(claimed), found = Cut(found))]
    Gap {
        /// What the certificate claims.
        claimed: BigUint,
        /// What was found.
        found: BigUint,
    },
    /// The ground state of neuron `neuron` must be 0 at the root of a component and positive elsewhere.
    #[error(
        "the ground state of node {neuron} (counted from 0, the world last) must be 0 at the root of a component and positive elsewhere"
    )]
    Ground {
        /// The node, counted from 0; the world is the last.
        neuron: usize,
    },
    /// The ground state of neuron `neuron` is 0, but every neuron's log-scale may move.
    #[error(
        "the ground state of neuron {neuron} (counted from 0) is 0; it must be positive, for every neuron's log-scale may move"
    )]
    GroundZero {
        /// The neuron, counted from 0.
        neuron: usize,
    },
    /// The least curvature is claimed to be `claimed`, but the integers give `found`.
    #[error("the least curvature is claimed to be {claimed}, but the integers give {found}", claimed = Cut(claimed), found = Cut(found))]
    Curvature {
        /// What the certificate claims.
        claimed: BigUint,
        /// What was found.
        found: BigInt,
    },
    /// The least value of the Laplacian is claimed to be `claimed`, but the integers give `found`.
    #[error("the least value of the Laplacian is claimed to be {claimed}, but the integers give {found}", claimed = Cut(claimed), found = Cut(found))]
    Lam {
        /// What the certificate claims.
        claimed: BigUint,
        /// What was found.
        found: BigInt,
    },
    /// The largest ground state is claimed to be `claimed`, but it is `found`.
    #[error("the largest ground state is claimed to be {claimed}, but it is {found}", claimed = Cut(claimed), found = Cut(found))]
    Vmax {
        /// What the certificate claims.
        claimed: BigUint,
        /// What was found.
        found: BigInt,
    },
    /// The radius `claimed` is not proved: the gradient is too large for the curvature.
    #[error("the radius {claimed} is not proved: the gradient is too large for the curvature", claimed = Cut(claimed))]
    Radius {
        /// What the certificate claims.
        claimed: BigUint,
    },
    /// The radius `claimed` is not the smallest that is proved.
    #[error("the radius {claimed} is not the smallest that is proved", claimed = Cut(claimed))]
    RadiusNotSharp {
        /// What the certificate claims.
        claimed: BigUint,
    },
}

/// An integer in a message: in full up to 256 bits, else its first digits and its size. (Certificates can hold integers of
/// a million digits.)
struct Cut<'a, T>(&'a T);

const LONGEST_IN_FULL: u64 = 256;

impl std::fmt::Display for Cut<'_, BigUint> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let bits = self.0.bits();
        if bits <= LONGEST_IN_FULL {
            return write!(f, "{}", self.0);
        }
        write!(f, "0x{:x}... ({bits} bits)", self.0 >> (bits - 64))
    }
}

impl std::fmt::Display for Cut<'_, BigInt> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}", if self.0.sign() == num_bigint::Sign::Minus { "-" } else { "" }, Cut(self.0.magnitude()))
    }
}

/// The beginning of a text of the certificate, which can be of any length too.
fn cut(text: &str) -> String {
    const LONGEST: usize = 200;
    match text.char_indices().nth(LONGEST) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}...", &text[..end]),
    }
}

pub(crate) const WORLD_MISSING: [&str; 2] = ["input weights (or a bias)", "read-out weights"];

/// The file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: String,
    version: u64,
    input_sha256: String,
    p: (u32, u32),
    scope: String,
    alpha: Option<Vec<(String, i64)>>,
    accumulated: Option<(u32, (String, i64))>,
    world: Option<(String, i64)>,
    cost_unit_bits: u32,
    radius_unit_bits: u32,
    gap: String,
    lam: String,
    vmax: String,
    radius: String,
    scale: Vec<String>,
    ground: Vec<String>,
    component: Vec<usize>,
    deficits: Vec<(usize, usize, String)>,
    seal: String,
}

/// The steps T that noise is accumulated over, and what each weighs relative to the one before, m·2^e as (m, e).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Noise {
    pub steps: u32,
    pub discount: (u64, i64),
}

/// The numbers of a certificate.
pub(crate) struct Claims {
    pub input_sha256: String,
    pub p: (u32, u32),
    pub whole: bool,
    pub alpha: Option<Vec<(u64, i64)>>,
    pub accumulated: Option<Noise>,
    pub world: Option<(u64, i64)>,
    pub cost_unit_bits: u32,
    pub radius_unit_bits: u32,
    pub gap: BigUint,
    pub lam: BigUint,
    pub vmax: BigUint,
    pub radius: BigUint,
    pub scale: Vec<BigUint>,
    pub ground: Vec<BigInt>,
    pub component: Vec<usize>,
    pub deficits: Vec<(usize, usize, BigUint)>,
}

/// The line that the seal stands on; the seal is the sha256 of everything before it.
const SEAL_LINE: &[u8] = b"  \"seal\": \"";

/// Bits of a unit beyond which no f64 gains anything: 16 powers of 2^±1074, and products of as much.
const LARGEST_UNIT_BITS: u32 = 1 << 17;
/// Bits of the radius: 32 times those that are written.
const LARGEST_RADIUS_UNIT_BITS: u32 = 1 << 12;
const LARGEST_POWER: u32 = 64;

impl Claims {
    /// The factor `m·2^e` of the costs of the synapses from a neuron, as (m, e); 0 for what is no neuron, which is refused
    /// elsewhere.
    pub fn alpha(&self, source: usize) -> (u64, i64) {
        self.alpha.as_ref().map_or((1, 0), |alpha| alpha.get(source).copied().unwrap_or((0, 0)))
    }

    pub fn read(bytes: &[u8]) -> Result<Claims, Refused> {
        let file: File =
            serde_json::from_slice(bytes).map_err(|reason| Refused::Unreadable { reason: reason.to_string() })?;
        if file.format != "synbal-certificate" || file.version != 1 {
            return Err(Refused::Format { format: file.format, version: file.version });
        }
        check_seal(bytes, file.seal)?;
        let field = |what, value: String, expected| Err(Refused::Field { what, value, expected });
        check_exponent(file.p)?;
        let whole = match file.scope.as_str() {
            "whole" => true,
            "components" => false,
            _ => return field("scope", file.scope, "\"whole\" or \"components\""),
        };
        let world = file.world.map(|(mantissa, exponent)| dyadic("world", &mantissa, exponent)).transpose()?;
        let alpha = file.alpha.map(factors).transpose()?;
        let accumulated = match file.accumulated {
            None => None,
            Some((steps, _)) if steps == 0 || file.p != (2, 1) || alpha.is_some() || world.is_some() => {
                let expected = "at least one step, with p = 2, without factors and world";
                return field("accumulated", format!("{steps} steps"), expected);
            }
            Some((steps, (mantissa, exponent))) => {
                Some(Noise { steps, discount: dyadic("accumulated", &mantissa, exponent)? })
            }
        };
        check_unit("cost_unit_bits", file.cost_unit_bits)?;
        check_radius_unit(file.radius_unit_bits)?;
        let mut deficits = Vec::with_capacity(file.deficits.len());
        for (target, source_index, text) in &file.deficits {
            let last: Option<&(usize, usize, BigUint)> = deficits.last();
            let deficit = hexadecimal("deficits", text)?;
            if deficit.bits() == 0 || last.is_some_and(|&(i, j, _)| (i, j) >= (*target, *source_index)) {
                return Err(Refused::Deficit { target: *target, source_index: *source_index });
            }
            deficits.push((*target, *source_index, deficit));
        }
        Ok(Claims {
            input_sha256: file.input_sha256,
            p: file.p,
            whole,
            alpha,
            accumulated,
            world,
            cost_unit_bits: file.cost_unit_bits,
            radius_unit_bits: file.radius_unit_bits,
            gap: hexadecimal("gap", &file.gap)?,
            lam: hexadecimal("lam", &file.lam)?,
            vmax: hexadecimal("vmax", &file.vmax)?,
            radius: hexadecimal("radius", &file.radius)?,
            scale: numbers("scale", &file.scale)?,
            ground: numbers("ground", &file.ground)?.into_iter().map(BigInt::from).collect(),
            component: file.component,
            deficits,
        })
    }
}

/// The last line names the sha256 of all bytes before it.
pub(crate) fn check_seal(bytes: &[u8], seal: String) -> Result<(), Refused> {
    let end = format!("{}{seal}\"\n}}\n", String::from_utf8_lossy(SEAL_LINE));
    let no_seal = || Refused::Unreadable { reason: "it does not end in the line of its seal".to_owned() };
    let sealed = bytes.strip_suffix(end.as_bytes()).ok_or_else(no_seal)?;
    let found: String = Sha256::digest(sealed).iter().map(|byte| format!("{byte:02x}")).collect();
    if found == seal { Ok(()) } else { Err(Refused::Seal { sealed: seal, found }) }
}

/// The exponent is one of those that costs are computed for exactly, in lowest terms.
pub(crate) fn check_exponent((a, b): (u32, u32)) -> Result<(), Refused> {
    let lowest_terms = b == 1 || a % 2 == 1;
    if (1..=LARGEST_POWER).contains(&a) && [1, 2, 4, 8, 16].contains(&b) && lowest_terms {
        return Ok(());
    }
    let expected = "a/b in lowest terms with a from 1 to 64 and b one of 1, 2, 4, 8, 16";
    Err(Refused::Field { what: "p", value: format!("{a}/{b}"), expected })
}

/// The bits of a unit of costs or scales.
pub(crate) fn check_unit(what: &'static str, bits: u32) -> Result<(), Refused> {
    if bits <= LARGEST_UNIT_BITS {
        return Ok(());
    }
    Err(Refused::Field { what, value: bits.to_string(), expected: "at most 131072" })
}

/// The bits of the unit of the radius.
pub(crate) fn check_radius_unit(bits: u32) -> Result<(), Refused> {
    if bits <= LARGEST_RADIUS_UNIT_BITS {
        return Ok(());
    }
    Err(Refused::Field { what: "radius_unit_bits", value: bits.to_string(), expected: "at most 4096" })
}

/// The factors of the costs: `f64` of at least 0, each in its one spelling.
pub(crate) fn factors(alpha: Vec<(String, i64)>) -> Result<Vec<(u64, i64)>, Refused> {
    let factor = |(mantissa, exponent): (String, i64)| match (mantissa.as_str(), exponent) {
        ("0x0", 0) => Ok((0, 0)),
        _ => dyadic("alpha", &mantissa, exponent),
    };
    alpha.into_iter().map(factor).collect()
}

/// Integers, each in its one spelling.
pub(crate) fn numbers(what: &'static str, texts: &[String]) -> Result<Vec<BigUint>, Refused> {
    texts.iter().map(|text| hexadecimal(what, text)).collect()
}

/// A finite `f64` greater than 0, in the one spelling that is accepted: an odd number times a power of two.
pub(crate) fn dyadic(what: &'static str, mantissa: &str, exponent: i64) -> Result<(u64, i64), Refused> {
    let expected = "[odd integer below 2^53, exponent from -1074 to 1023], a finite f64 greater than 0";
    let odd = u64::try_from(hexadecimal(what, mantissa)?).ok();
    match odd.filter(|m| m % 2 == 1 && *m < 1 << 53 && (-1074..=1023).contains(&exponent)) {
        Some(m) => Ok((m, exponent)),
        None => Err(Refused::Field { what, value: format!("{mantissa}, {exponent}"), expected }),
    }
}

/// An integer in the one spelling that is accepted: `0x`, then lower-case digits without leading zeros.
pub(crate) fn hexadecimal(what: &'static str, text: &str) -> Result<BigUint, Refused> {
    let expected = "a hexadecimal integer such as 0x1f, lower case, without leading zeros";
    let refused = || Refused::Field { what, value: text.chars().take(40).collect(), expected };
    let digits = text.strip_prefix("0x").ok_or_else(refused)?;
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    if !plain || (digits.len() > 1 && digits.starts_with('0')) {
        return Err(refused());
    }
    BigUint::parse_bytes(digits.as_bytes(), 16).ok_or_else(refused)
}

#[cfg(test)]
mod tests;
