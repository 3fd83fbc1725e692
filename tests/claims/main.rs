//! One module a claim: its property test, and the index that ties claims, tests, statements and theorems together.

#[path = "../support/common.rs"]
mod common;
#[cfg(all(feature = "precise", not(feature = "stiff")))]
#[path = "../support/figures.rs"]
mod figures;
#[cfg(all(feature = "precise", not(feature = "stiff")))]
#[path = "../support/small_networks.rs"]
mod small_networks;

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
#[cfg(all(feature = "precise", not(feature = "stiff")))]
mod figures_as_committed;
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
