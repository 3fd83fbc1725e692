//! Every claim of the paper: its statement, its source, its theorems, and a check that can fail.
//!
//! One file for each claim; the file name is the identifier, which is also the name of its test, of its theorem in
//! `proofs/` and of its anchor in the report.

mod accumulated_noise;
mod any_degree;
mod balanceable;
mod certified_balance;
mod closed_forms;
mod conserved_quantities;
mod contraction;
mod controls;
mod convex_cost;
mod cost_bounds;
mod degree_certificates;
mod degree_learner;
mod degree_subject;
pub(crate) mod distance;
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
pub use degree_subject::DegreeSubject;
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
    /// Measures it on a network of degree one.
    pub check: fn(&Subject) -> Result<Evidence, ClaimError>,
    /// The same on a network of other degrees.
    pub other_degrees: OtherDegrees,
    /// What falling looks like: the same with its formula broken.
    pub control: Control,
}

/// What a claim says about networks whose neurons have other degrees than one.
#[derive(Clone, Copy, Debug)]
pub enum OtherDegrees {
    /// That it holds for them too: this measures it.
    Checked(fn(&DegreeSubject) -> Result<Evidence, ClaimError>),
    /// Nothing, and this is why.
    NotClaimed(&'static str),
}

impl Claim {
    /// Measures it on a network of other degrees. What is about degree one only does not apply, and a note says why.
    ///
    /// # Errors
    /// As for [`Claim::check`].
    pub fn check_other_degrees(&self, subject: &DegreeSubject) -> Result<Evidence, ClaimError> {
        match self.other_degrees {
            OtherDegrees::Checked(check) => check(subject),
            OtherDegrees::NotClaimed(why) => {
                let mut evidence = Evidence::default();
                evidence.note(format!("about degree one only: {why}"));
                Ok(evidence)
            }
        }
    }
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
    any_degree::CLAIM,
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
