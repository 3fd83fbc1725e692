//! The extension module `synbal._synbal`: what the Python package of the same name calls.
//!
//! Numbers come in as NumPy arrays that the package has looked at (floating point, the right number of axes), and everything
//! else is decided by the library. All work is done on threads of its own (`background`), without the GIL; what goes wrong
//! becomes an exception of `synbal.errors` with the fields of the library's error (`errors`).

mod background;
mod balance;
mod certificates;
mod errors;
mod facts;
mod files;
mod models;
mod network;
mod problem;

use pyo3::prelude::*;

/// What the package `synbal` is made of; see there.
#[pymodule]
mod _synbal {
    #[pymodule_export]
    use crate::balance::{Run, balance, methods};
    #[pymodule_export]
    use crate::certificates::{certify, check};
    #[pymodule_export]
    use crate::facts::{Sensitivity, gains, inspect, node_costs, noise_limit, verify};
    #[pymodule_export]
    use crate::files::{load, save};
    #[pymodule_export]
    use crate::models::{Rescaled, balance_state_dict};
    #[pymodule_export]
    use crate::network::Network;

    /// The version of the package: that of the library.
    #[pymodule_export]
    const VERSION: &str = env!("CARGO_PKG_VERSION");
}
