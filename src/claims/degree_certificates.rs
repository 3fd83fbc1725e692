//! Certificates of networks of any degrees, measured against each other: every one holds the one balanced point.

use num_bigint::BigUint;

use super::degree_subject::DegreeSubject;
use super::{ClaimError, Evidence, WorstRatio};
use crate::certify::as_f64;
use crate::certify::certificate::{Refine, sha256};
use crate::certify::degrees::{DegreeCertificate, certify_degrees};
use crate::check::check_degrees;
use crate::scalar::UNIT_ROUNDOFF;

/// The name of the input in certificates that are never written to a file.
const IN_MEMORY: &[u8] = b"synbal: a network in memory";

/// Log-scales that were certified, how far they are from what they stand for, and the balanced ones from that, at most.
struct Certified {
    h: Vec<f64>,
    rounding: f64,
    radius: f64,
}

/// Every solver's log-scales are certified as they are, and once refined beyond `f64`: the distance of any two is at most the sum of
/// their radii.
pub(super) fn measure(subject: &DegreeSubject) -> Result<Evidence, ClaimError> {
    let mut evidence = Evidence::default();
    if subject.costs.neurons() > super::LARGEST_DENSE {
        evidence.note(format!("not certified: more than {} neurons", super::LARGEST_DENSE));
        return Ok(evidence);
    }
    let problem = subject.problem()?;
    let hash = sha256(IN_MEMORY);
    let certified = |evidence: &mut Evidence, what: &str, h: &[f64], refine| {
        let certificate = match certify_degrees(&problem, h, refine) {
            Ok(certificate) => certificate,
            Err(reason) => {
                evidence.note(format!("{what}: no certificate: {reason}"));
                return None;
            }
        };
        match check_degrees(certificate.to_text(&hash).as_bytes(), &hash, &subject.network) {
            Ok(proved) => {
                let unit = (-f64::from(proved.radius_unit_bits)).exp2() / subject.spec.p;
                let given =
                    certificate.given_within_bits.map_or(0.0, |bits| (-f64::from(bits)).exp2() / subject.spec.p);
                // One rounding each of the integer, the unit, the product and the sum; upwards by more than that.
                let radius = (as_f64(&proved.radius) * unit + given) * (1.0 + 8.0 * f64::EPSILON);
                evidence.note(format!("{what}: certified in integers, radius {radius:.1e}"));
                let (h, rounding) = if refine == Refine::No { (h.to_vec(), 0.0) } else { log_scales(&certificate) };
                Some(Certified { h, rounding, radius })
            }
            Err(reason) => {
                evidence.undecided(format!("{what}: the checker refused the certificate: {reason}"));
                None
            }
        }
    };
    let reference = &subject.reference.outcome;
    let Some(refined) = certified(&mut evidence, "refined", &reference.h, Refine::Yes) else { return Ok(evidence) };
    let mut worst = WorstRatio::default();
    for outcome in subject.outcomes() {
        let Some(found) = certified(&mut evidence, outcome.method, &outcome.h, Refine::No) else { continue };
        for (a, b) in found.h.iter().zip(&refined.h) {
            worst.add(a - b, found.radius + refined.radius + refined.rounding);
        }
    }
    if worst.seen() > 0 {
        evidence.at_most(
            "distance of certified log-scales from those refined beyond f64, in units of the sum of their radii, worst solver and neuron",
            worst.worst(),
            1.0,
            "both certificates, accepted by the checker in integers, hold the one balanced point (certified_balance_degrees_integers)",
        );
    }
    Ok(evidence)
}

/// `D ln(G/2^u)/p`, and how far the worst is from it: two logarithms of at most `|h| p/D + 128` each, their difference, a product and a
/// quotient, each rounded.
fn log_scales(certificate: &DegreeCertificate) -> (Vec<f64>, f64) {
    let p = f64::from(certificate.power.a) / f64::from(certificate.power.b);
    let factor = f64::from(certificate.denominator) / p;
    let log = |scale: &BigUint| {
        let cut = scale.bits().saturating_sub(64);
        (as_f64(&(scale >> cut)).ln(), (cut as f64 - f64::from(certificate.scale_unit_bits)) * std::f64::consts::LN_2)
    };
    let logs: Vec<(f64, f64)> = certificate.scale.iter().map(log).collect();
    let largest = logs.iter().fold(0.0_f64, |most, (a, b)| most.max(a.abs() + b.abs()));
    (logs.iter().map(|(a, b)| factor * (a + b)).collect(), 8.0 * UNIT_ROUNDOFF * factor * largest)
}
