//! Every claim of the paper: its statement, its source, its theorems, and a check that can fail.
//!
//! One file for each claim; the file name is the identifier, which is also the name of its test, of its theorem in
//! `proofs/` and of its anchor in the report.

mod accumulated_noise;
mod balanceable;
mod certified_balance;
mod closed_forms;
mod conserved_quantities;
mod contraction;
mod controls;
mod convex_cost;
mod cost_bounds;
mod distance;
mod evidence;
mod global_convergence;
pub(crate) mod heterosynaptic;
mod lax_form;
mod monotone_cost;
mod noise_robustness;
mod osborne_descent;
mod regularised_training;
mod subject;
mod task_preservation;
mod unique_balance;

pub use controls::{Control, control_subject};
pub use evidence::{Evidence, Margin, Measurement, Relation, Verdict, WorstRatio};
pub use global_convergence::largest_weight_difference;
pub use subject::{ClaimError, LARGEST_DENSE, Subject};

/// A claim.
#[derive(Clone, Copy, Debug)]
pub struct Claim {
    /// Its identifier.
    pub id: &'static str,
    /// What it says, in words.
    pub statement: &'static str,
    /// Where it is stated.
    pub source: &'static str,
    /// The theorems of `proofs/` that prove it.
    pub theorems: &'static [&'static str],
    /// Measures it on a network.
    pub check: fn(&Subject) -> Result<Evidence, ClaimError>,
    /// What falling looks like: the same with its formula broken.
    pub control: Control,
}

/// All claims, in the order of the report.
pub const REGISTRY: &[Claim] = &[
    task_preservation::CLAIM,
    conserved_quantities::CLAIM,
    lax_form::CLAIM,
    monotone_cost::CLAIM,
    convex_cost::CLAIM,
    unique_balance::CLAIM,
    balanceable::CLAIM,
    global_convergence::CLAIM,
    contraction::CLAIM,
    osborne_descent::CLAIM,
    cost_bounds::CLAIM,
    certified_balance::CLAIM,
    noise_robustness::CLAIM,
    heterosynaptic::CLAIM,
    regularised_training::CLAIM,
    closed_forms::CLAIM,
];

/// Theorems that prove no claim of their own but what all checks rest on: that the default solver's steps lower the
/// cost and converge, and how exact the computed neural gradient is.
pub const SUPPORTING_THEOREMS: &[&str] = &[
    "damped_newton",
    "damped_newton_strict",
    "damped_newton_converges",
    "damped_newton_weights",
    "damped_newton_exact",
    "damped_newton_diagonal",
    "float_gradient",
    "float_gradient_all",
    "float_gradient_scaled",
    "float_gradient_exponentials",
    "float_gradient_cost",
    "float_gradient_zeros",
    "float_ieee_binary64",
    "float_ieee_gradient",
    "float_ieee_cost",
    "float_ieee_bound",
    "float_ieee_scaled",
];
