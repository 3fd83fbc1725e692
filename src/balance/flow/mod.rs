//! Methods that follow the flow of the paper, `ḣ = g(h)`, or `J̇ = [J, diag g]` on the weights themselves.

mod driver;
mod euler;
mod explicit;
#[cfg(feature = "stiff")]
mod implicit;
mod trajectory;

pub use driver::Coordinates;
pub use euler::Euler;
pub use explicit::{OdeFlow, Stepper, WeightsReached};
#[cfg(feature = "stiff")]
pub use implicit::{Scheme, StiffFlow};
pub use trajectory::{Horizon, Trajectory};
