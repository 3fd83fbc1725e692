//! Linear systems with the Laplacian of a graph of costs, and what solves them.
//!
//! Dense, component by component: [`GroundedLaplacian`] (Cholesky, or the elimination that subtracts nothing). Sparse:
//! conjugate gradients on the Laplacian scaled to a unit diagonal, behind one preconditioner trait with three
//! implementations: the degrees, algebraic multigrid and approximate Cholesky. All of it is our own, since the same bits
//! must come out for any number of threads, and since these systems are what balancing spends its time on.

mod aggregates;
mod approximate_cholesky;
mod as_needed;
mod coarser;
pub(crate) mod conjugate_gradients;
mod grounded;
mod multigrid;
mod on_ranks;
mod preconditioner;
pub(crate) mod products;
pub(crate) mod scaled;
mod sparse;
mod strong;
pub(crate) mod vectors;

pub(crate) use as_needed::Preconditioners;
pub use as_needed::Preconditioning;
#[cfg(feature = "precise")]
pub use grounded::Eliminated;
pub use grounded::{Elimination, GroundedLaplacian};
pub use sparse::{NotSolved, SparseLaplacian};
