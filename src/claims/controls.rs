//! Negative controls: every check again with its formula broken on purpose in one place, so that it can be seen to fall.

use super::Evidence;
use super::subject::{ClaimError, Subject};
use crate::balance::{Criteria, Method, Scope};
use crate::cost::CostSpec;
use crate::network::random::{random_network, stream};
use crate::network::{Activation, Network, Weights};

/// A claim's check with its formula, or a hypothesis that it needs, broken.
#[derive(Clone, Copy, Debug)]
pub struct Control {
    /// What is broken, in words.
    pub broken: &'static str,
    /// The check with that.
    pub check: fn(&Subject) -> Result<Evidence, ClaimError>,
}

/// Which formula a check uses: the two differ in the place that [`Control::broken`] names and nowhere else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Formula {
    /// As it is claimed.
    Claimed,
    /// As it must not be.
    Broken,
}

impl Formula {
    /// One of two.
    pub(super) fn choose<T>(self, claimed: T, broken: T) -> T {
        match self {
            Formula::Claimed => claimed,
            Formula::Broken => broken,
        }
    }

    /// The sign that a claim depends on, or the other one.
    pub(super) fn sign(self) -> f64 {
        self.choose(1.0, -1.0)
    }
}

/// Neurons of the network that controls are shown on: this many on cycles, and one more that nothing leads back from.
const NEURONS: usize = 8;
/// Its seed, also that of the checks on it.
const SEED: u64 = 1;

/// The network that negative controls are shown on, balanced: small, strongly connected but for one synapse, log-normal weights.
/// Every claim applies to it, and none is true of it only by chance.
///
/// # Errors
/// None is expected; a fault of the program would be one.
pub fn control_subject() -> Result<Subject, ClaimError> {
    let connected = random_network(&mut stream(SEED, 1_200), NEURONS, 0.5, 1.0)?;
    let mut triplets: Vec<(usize, usize, f64)> = connected.triplets().map(|(i, j, &value)| (i, j, value)).collect();
    triplets.push((NEURONS, 0, 1.0));
    let network = Network::recurrent(Weights::from_triplets(NEURONS + 1, triplets)?, Activation::Relu);
    let methods = [Method::Osborne, Method::Dopri5];
    Subject::new(network, CostSpec::power(2.0), Scope::WithinComponents, &methods, Criteria::default(), SEED, &|_| ())
}
