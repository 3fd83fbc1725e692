//! Methods that lower the cost, step by step: Osborne's iteration and Newton's method.

mod auto;
mod greedy;
mod newton;
mod newton_cg;
mod node_sums;
mod osborne;
mod scaled_costs;

pub use auto::Automatic;
pub use newton::Newton;
pub(in crate::balance) use newton::damping;
pub use newton_cg::NewtonCg;
pub use node_sums::Pass;
pub use osborne::{Order, Osborne};
