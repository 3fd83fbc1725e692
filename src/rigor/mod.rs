//! Rigour: results that carry a bound on their own error.

pub mod certificate;
mod ground_state;
pub mod trajectory;

pub use ground_state::{GroundState, NoCertificate, ground_state};
