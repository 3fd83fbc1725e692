//! A solver's answer against what is proved about it: its certificate, accepted by the independent checker, and its true
//! distance from the balanced point, from a solution of many more digits.

use num_bigint::BigUint;

use super::certificate::{Certificate, CertifyError, Costs, DistanceToGiven, Refine, certify, sha256};
use crate::balance::{BalanceError, Precise, Problem, Run};
use crate::check::{Proved, Refused, check};
use crate::scalar::{Multi, Scalar};

/// What is proved about log-scales, and what is true of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CertifiedDistance {
    /// Proved: no log-scale is further from the balanced one, component by component, its root held.
    pub radius: f64,
    /// How far the worst really is.
    pub distance: f64,
    /// Proved: the cost is above the least cost by no more than this part of it.
    pub relative_gap: f64,
    /// By how much it really is.
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
    certificate.component.iter().enumerate().map(apart).fold(0.0, f64::max)
}

fn relative(proved: &Proved) -> f64 {
    as_f64(&proved.gap) / as_f64(&proved.lower_cost)
}

/// The certified upper cost against the true least one.
fn excess(proved: &Proved, reference: &Precise) -> f64 {
    let parse = |value: &BigUint| Multi::from_decimal(reference.cost.bits(), &value.to_string());
    let Ok(upper) = parse(&proved.upper_cost) else { return f64::NAN };
    let least = reference.cost.clone();
    let upper = upper.times_power_of_two(-(proved.cost_unit_bits as i32));
    ((upper - &least) / &least).to_f64()
}

/// To the nearest, or infinite.
fn as_f64(value: &BigUint) -> f64 {
    value.to_string().parse().unwrap_or(f64::NAN)
}
