//! Solvers, certificates, number systems, simulations and experiments, against references of their own.

#[path = "../support/certificate.rs"]
mod certificate;
#[path = "../support/common.rs"]
mod common;
#[path = "../support/figures.rs"]
mod figures;
#[path = "../support/same_point.rs"]
mod same_point;
#[path = "../support/second_opinion.rs"]
mod second_opinion;
#[cfg(all(feature = "precise", not(feature = "stiff")))]
#[path = "../support/small_networks.rs"]
mod small_networks;

mod authors_faults;
mod bridges;
mod certificate_vectors;
mod certificates;
mod certified_noise;
mod certified_trajectories;
#[cfg(feature = "precise")]
mod certified_truth;
mod cross_check;
mod degree_certificates;
mod degrees;
mod double;
mod experiments;
mod extremes;
#[cfg(all(feature = "precise", not(feature = "stiff")))]
mod figures_as_committed;
mod fly_balance;
mod flyvis;
mod formulas;
#[cfg(feature = "precise")]
mod high_precision;
mod itf1788;
mod lapack_gebal;
mod large_graphs;
mod noise;
mod observers;
#[cfg(feature = "precise")]
mod scalars;
mod simulation;
mod tampering;
mod trained;
mod training;
