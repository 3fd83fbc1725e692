//! Methods that follow the flow of the paper, `ḣ = g(h)`, or `J̇ = [J, diag g]` on the weights themselves.

#[cfg(any(feature = "ode", feature = "stiff"))]
mod driver;
mod euler;
#[cfg(feature = "ode")]
mod explicit;
#[cfg(feature = "stiff")]
mod implicit;
mod trajectory;

#[cfg(any(feature = "ode", feature = "stiff"))]
pub use driver::Coordinates;
pub use euler::Euler;
#[cfg(feature = "ode")]
pub use explicit::{OdeFlow, Stepper, WeightsReached};
#[cfg(feature = "stiff")]
pub use implicit::{Scheme, StiffFlow};
pub use trajectory::{Horizon, Trajectory};
