//! One module a claim: its property test, and the index that ties claims, tests, statements and theorems together.

#[path = "../support/common.rs"]
mod common;

mod any_degree;
mod architecture;
mod balanceable;
mod certified_balance;
mod claim_index;
mod closed_forms;
mod conserved_quantities;
mod contraction;
mod convex_cost;
mod cost_bounds;
mod global_convergence;
mod heterosynaptic;
mod lax_form;
mod monotone_cost;
mod noise_robustness;
mod osborne_descent;
mod persistence;
mod regularised_training;
mod task_preservation;
mod unique_balance;
