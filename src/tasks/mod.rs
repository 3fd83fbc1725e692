//! What networks are run on and trained for: generated cases, simulated trials, the paper's tasks.

mod adjoint;
mod context_integration;
pub mod flyvis;
mod generate;
mod portable;
mod products;
mod rounding;
mod simulate;
mod task;
mod teacher;
pub mod training;
mod xor_integration;

pub use adjoint::{Adjoint, Sensitivity};
pub use context_integration::{ContextIntegration, Drawn, FullIntegration};
pub use generate::{Beside, Case, CaseError, embedded_cases};
pub use portable::portable_normals;
pub use products::{LeftFactor, Real};
pub use rounding::{absolute_network, rounding_of_rescaling};
pub use simulate::{
    Dynamics, Gains, Noise, ReadOut, SideBySide, SimulationError, Simulator, StateNoise, Trials, Weighting,
    gains_define_a_cost, in_groups, mean_gains, robustness_alpha, simulate, simulate_adaptive,
};
pub use task::{Batch, Convention, Task};
pub use teacher::Teacher;
pub use xor_integration::{Constructed, ConstructionError, XorIntegration, construct_xor};
