//! What networks are run on: generated cases, and simulated trials.

pub mod flyvis;
mod generate;
mod simulate;

pub use generate::{Case, CaseError, embedded_cases, normals, random_network, stream};
pub use simulate::{
    Dynamics, Gains, ReadOut, SimulationError, Simulator, StateNoise, Trials, Weighting, in_groups, mean_gains,
    robustness_alpha, simulate, simulate_adaptive,
};
