//! # synbal
//!
//! Synaptic balancing (Stock, Harvey, Ocko & Ganguli, PLoS Comput Biol 18(9):e1010418, 2022): a local rule that
//! rescales the synapses of a recurrent network so that every neuron's incoming and outgoing costs are equal. The
//! network's input-to-output map does not change; its cost becomes the smallest possible. This crate balances
//! networks, and verifies every claim of the paper on them.
//!
//! `J_ij` is the synapse **from j to i**; `g_i = Σ_j C_ij − Σ_j C_ji` is incoming minus outgoing cost.
//!
//! The rooms, in the order in which data flows (imports run the other way, without circles):
//!
//! | room | what |
//! |---|---|
//! | [`scalar`] | one set of formulas, many number systems |
//! | [`network`] | weights, graph facts, activations, the transform |
//! | [`io`] | readers and writers, embedded networks |
//! | [`cost`] | the synaptic cost, on a graph with an optional world node |
//! | [`flow`] | neural gradient, Lax field, Laplacian |
//! | [`laplacian`] | the linear systems: dense and sparse, and their preconditioners |
//! | [`balance`] | problem, solvers, one typed outcome, one judge |
//! | [`certify`] | bounds that a result carries with it |
//! | [`check`] | the independent checker of certificates: integers only, shares no code with the rest |
//! | [`conserved`] | cycle products, traces, spectrum |
//! | [`tasks`] | cases, simulated trials, the paper's tasks and training |
//! | [`claims`] | every claim: statement, source, theorems, evidence |
//! | [`experiments`] | the data behind the figures |
//! | [`report`] | page, plots, tables |
//!
//! ```
//! use synbal::balance::{Criteria, Method, Problem, Scope};
//! use synbal::cost::CostSpec;
//! use synbal::network::{Activation, Network, Weights};
//!
//! // Two neurons: 3 from neuron 1 to neuron 0, and 1 back.
//! let weights = Weights::from_triplets(2, vec![(0, 1, 3.0), (1, 0, 1.0)])?;
//! let network = Network::recurrent(weights, Activation::Relu);
//! let balanced = Problem::new(&network, &CostSpec::power(2.0), Scope::Whole)?.solve(Method::Newton, &Criteria::default())?;
//!
//! assert!(balanced.outcome.status.is_balanced());
//! // In a ring all weights become their geometric mean, here √3. The tolerance of 1e-10 is on the costs, of which
//! // the weights are square roots.
//! for weight in balanced.network.weights.values() {
//!     assert!((weight / 3.0_f64.sqrt() - 1.0).abs() < 1e-10);
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod balance;
pub mod certify;
pub mod check;
#[cfg(feature = "report")]
pub mod claims;
pub mod conserved;
pub mod cost;
#[cfg(feature = "report")]
pub mod experiments;
pub mod flow;
#[cfg(feature = "io")]
pub mod io;
pub mod laplacian;
pub mod network;
mod parallel;
pub mod ranks;
#[cfg(feature = "report")]
pub mod report;
pub mod scalar;
pub mod sha256;
#[cfg(feature = "report")]
pub mod tasks;
