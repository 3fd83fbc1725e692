//! Rigour: results that carry a bound on their own error.

pub mod certificate;
pub mod degrees;
#[cfg(feature = "precise")]
mod distance;
mod ground_state;
pub mod trajectory;

#[cfg(feature = "precise")]
pub use distance::{CertifiedDistance, NotCertified, certified_distance};

pub use ground_state::{GroundState, NoCertificate, ground_state};

/// To the nearest, or infinite.
#[cfg(any(feature = "precise", feature = "report"))]
pub(crate) fn as_f64(value: &num_bigint::BigUint) -> f64 {
    value.to_string().parse().unwrap_or(f64::NAN)
}
