//! A solver's answer against what is proved about it: its certificate, accepted by the independent checker, and its true
//! distance from the balanced point, from a solution of many more digits.

use num_bigint::BigUint;

use super::as_f64;
use super::certificate::{Certificate, CertifyError, Costs, DistanceToGiven, Refine, certify, sha256};
use crate::balance::{BalanceError, Precise, Problem, Run};
use crate::check::{Proved, Refused, check, scientific_up};
use crate::scalar::{Multi, Scalar};

/// What is proved about log-scales, and what is true of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CertifiedDistance {
    /// Proved: no log-scale is further from the balanced one, component by component, its root held.
    pub radius: f64,
    /// How far the worst really is: at least this, by as many digits as the reference has.
    pub distance: f64,
    /// Proved: the cost is above the least cost by no more than this part of it.
    pub relative_gap: f64,
    /// By how much it really is: at least this, likewise.
    pub relative_excess: f64,
}

/// Why nothing is proved.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum NotCertified {
    /// A fault found there: [`CertifyError`].
    #[error(transparent)]
    Certify(#[from] CertifyError),
    /// A fault found there: [`BalanceError`].
    #[error(transparent)]
    Problem(#[from] BalanceError),
    /// The checker refuses the certificate, a fault of the maker: see the message.
    #[error("the checker refuses the certificate, a fault of the maker: {0}")]
    Refused(#[from] Refused),
}

/// The name of the input in certificates that are never written to a file.
const IN_MEMORY: &[u8] = b"synbal: a network in memory";

/// Certifies the log-scales of a run as they are, has the certificate checked, and measures both claims against
/// `reference`: digits beyond those of `f64`, of the same graph.
///
/// # Errors
/// [`NotCertified`].
pub fn certified_distance(
    problem: &Problem,
    run: &Run,
    reference: &Precise,
) -> Result<CertifiedDistance, NotCertified> {
    let certificate = certify(problem, &run.log_scales, Refine::No, Costs::Rounded)?;
    let hash = sha256(IN_MEMORY);
    let proved = check(certificate.to_text(&hash).as_bytes(), &hash, problem.network())?;
    let distance = distance(&certificate, &run.log_scales, reference);
    let conversion = match certificate.distance_to_given {
        DistanceToGiven::Within { bits } => (-f64::from(bits)).exp2() / problem.spec().p,
        DistanceToGiven::Refined => 0.0,
    };
    let unit = (-f64::from(proved.radius_unit_bits)).exp2() / problem.spec().p;
    // One rounding each of the integer, the unit, the product and the sum; upwards by more than that.
    let up = 1.0 + 8.0 * f64::EPSILON;
    Ok(CertifiedDistance {
        radius: (as_f64(&proved.radius) * unit + conversion) * up,
        distance,
        relative_gap: relative(&proved) * up,
        relative_excess: excess(&proved, reference),
    })
}

/// `max |(h_i − h_root) − (k_i − k_root)|`, k the reference; the world, if it is a node, has both zero.
fn distance(certificate: &Certificate, h: &[f64], reference: &Precise) -> f64 {
    let k = &reference.log_scales;
    let error = |node: usize| {
        let given = h.get(node).copied().unwrap_or(0.0);
        k[node].lift(given) - &k[node]
    };
    let apart = |(node, &root): (usize, &usize)| (error(node) - &error(root)).abs().to_f64();
    let largest = certificate.component.iter().enumerate().map(apart).fold(0.0, f64::max);
    // Two log-scales of the reference, each within its digits.
    (largest - 2.0 * reference_error(reference)).max(0.0)
}

/// The certified gap as a part of the certified least cost, rounded up; no part of no cost, and infinite if a gap is proved
/// of a network whose cost may be nothing.
fn relative(proved: &Proved) -> f64 {
    match (proved.gap.bits(), proved.lower_cost.bits()) {
        (0, _) => 0.0,
        (_, 0) => f64::INFINITY,
        _ => scientific_up(&proved.gap, &proved.lower_cost, DIGITS_OF_F64).parse().unwrap_or(f64::NAN),
    }
}

/// Significant digits that give every `f64` back.
const DIGITS_OF_F64: u32 = 17;

/// The certified upper cost against the true least one: what is surely too much, the digits of the reference considered.
fn excess(proved: &Proved, reference: &Precise) -> f64 {
    if proved.upper_cost.bits() == 0 {
        return 0.0;
    }
    let parse = |value: &BigUint| Multi::from_decimal(reference.cost.bits(), &value.to_string());
    let Ok(upper) = parse(&proved.upper_cost) else { return f64::NAN };
    let least = reference.cost.clone();
    let upper = upper.times_power_of_two(-(proved.cost_unit_bits as i32));
    let excess = ((upper - &least) / &least).to_f64();
    // The cost of the reference holds to its digits, relative.
    (excess - reference_error(reference)).max(0.0)
}

/// Digits that hold, as a number: of log-scales absolute, of the cost relative.
fn reference_error(reference: &Precise) -> f64 {
    10.0_f64.powi(-(reference.digits as i32))
}
