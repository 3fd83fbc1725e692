//! Generators of valid networks, and the frame that every claim's property test uses.
//!
//! Networks are strongly connected by construction, never filtered; they have signs, self-synapses, exact zeros,
//! dynamic ranges from none to twelve decades, 1 to 60 neurons, all exponents and kinds of alpha, with and without
//! the world node.

#![allow(dead_code, reason = "every test binary uses its own part of this module")]

use nalgebra::DMatrix;
use proptest::prelude::*;
use proptest::test_runner::{Config, FileFailurePersistence, RngSeed};
use rand::Rng;
use synbal::balance::{Criteria, Method, Scope};
use synbal::claims::{Evidence, REGISTRY, Subject, Verdict};
use synbal::cost::{Alpha, CostSpec};
use synbal::network::random::{normals, random_network, stream};
use synbal::network::{Activation, Network};

/// Where the seeds of failures are kept, relative to the crate.
pub const REGRESSIONS: &str = "tests/regressions";

/// What a random network is made from.
#[derive(Clone, Debug)]
pub struct Recipe {
    pub n: usize,
    pub density: f64,
    pub sigma: f64,
    pub p: f64,
    pub alpha: AlphaKind,
    pub world: Option<f64>,
    pub seed: u64,
}

#[derive(Clone, Copy, Debug)]
pub enum AlphaKind {
    One,
    PerSource,
    Dense,
    Sparse,
}

/// Any recipe.
pub fn recipes() -> impl Strategy<Value = Recipe> {
    (
        1_usize..=60,
        prop_oneof![Just(0.0), Just(0.05), Just(0.3), Just(1.0)],
        // e^{σ·normal}: σ = 5 spans about twelve decades in a thousand weights.
        prop_oneof![Just(0.0), Just(1.0), Just(3.0), Just(5.0)],
        prop_oneof![Just(0.5), Just(1.0), Just(2.0), Just(3.0)],
        prop_oneof![
            3 => Just(AlphaKind::One),
            1 => Just(AlphaKind::PerSource),
            1 => Just(AlphaKind::Dense),
            1 => Just(AlphaKind::Sparse),
        ],
        prop_oneof![2 => Just(None), 1 => Just(Some(0.1)), 1 => Just(Some(10.0))],
        any::<u64>(),
    )
        .prop_map(|(n, density, sigma, p, alpha, world, seed)| Recipe { n, density, sigma, p, alpha, world, seed })
}

/// Recipes that every method but a flow can finish, and whose answers can be compared: many synapses, weights within
/// a few decades.
pub fn tame_recipes() -> impl Strategy<Value = Recipe> {
    (recipes(), 2_usize..=30, prop_oneof![Just(0.3), Just(1.0)], prop_oneof![Just(0.0), Just(1.0)])
        .prop_map(|(recipe, n, density, sigma)| Recipe { n, density, sigma, ..recipe })
}

impl Recipe {
    /// The network: recurrent weights, and with a world node also input, bias and read-out.
    pub fn network(&self) -> Network {
        let mut random = stream(self.seed, 0);
        let weights = random_network(&mut random, self.n, self.density, self.sigma).unwrap();
        let mut network = Network::recurrent(weights, Activation::Relu);
        if self.world.is_some() {
            network.w_in = Some(DMatrix::from_vec(self.n, 2, normals(&mut random, self.n * 2, 1.0)));
            network.bias = Some(normals(&mut random, self.n, 1.0));
            network.w_out = Some(DMatrix::from_vec(2, self.n, normals(&mut random, self.n * 2, 1.0)));
        }
        // Every other network has time constants of its own for each neuron.
        if self.seed % 2 == 1 {
            let mut random = stream(self.seed, 2);
            network.time_constants = Some((0..self.n).map(|_| random.random_range(0.5..3.0)).collect());
        }
        network
    }

    /// The cost. Sparse factors keep every synapse, at different prices: which synapses cost something decides
    /// whether the network is balanceable.
    pub fn spec(&self) -> CostSpec {
        let mut random = stream(self.seed, 1);
        let mut price = move || random.random_range(0.1..10.0);
        let n = self.n;
        let alpha = match self.alpha {
            AlphaKind::One => Alpha::Uniform(1.0),
            AlphaKind::PerSource => Alpha::PerSource((0..n).map(|_| price()).collect()),
            AlphaKind::Dense => Alpha::Dense(DMatrix::from_fn(n, n, |_, _| price())),
            AlphaKind::Sparse => {
                let network = self.network();
                Alpha::Sparse(network.weights.triplets().map(|(i, j, _)| (i, j, price())).collect())
            }
        };
        CostSpec::power(self.p).with_alpha(alpha).with_world(self.world)
    }

    /// The subject that claims are checked on, with a sweep method and a flow method beside the reference.
    pub fn subject(&self) -> Subject {
        // Flows are stiff on wide ranges; what they have not reached by then is reported as such, not waited for.
        let stop = Criteria::new(1e-10, 20_000);
        let methods = [Method::Osborne, Method::Dopri5];
        Subject::new(self.network(), self.spec(), Scope::Whole, &methods, stop, self.seed, &|_| ()).unwrap()
    }
}

/// The configuration of a property test: its failures go to a file of its own in [`REGRESSIONS`]. The networks are the
/// same in every run, so that a red CI means a change; `PROPTEST_RNG_SEED` draws others.
pub fn config(cases: u32, file: &'static str) -> Config {
    let mut config = Config {
        cases,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(file))),
        ..Config::default()
    };
    if std::env::var_os("PROPTEST_RNG_SEED").is_none() {
        config.rng_seed = RngSeed::Fixed(2022);
    }
    config
}

/// The evidence of one claim.
pub fn evidence(id: &str, subject: &Subject) -> Evidence {
    let claim = REGISTRY.iter().find(|claim| claim.id == id).unwrap_or_else(|| panic!("no claim is called {id}"));
    (claim.check)(subject).unwrap()
}

/// Fails with every figure that is on the wrong side of its bound.
pub fn assert_not_fallen(id: &str, subject: &Subject) -> Evidence {
    let evidence = evidence(id, subject);
    let fallen: Vec<String> = evidence
        .measurements
        .iter()
        .filter(|measurement| !measurement.holds())
        .map(|measurement| format!("{}: {:e} against {:e}", measurement.what, measurement.value, measurement.bound))
        .collect();
    assert_ne!(evidence.verdict(), Verdict::Fell, "{id}: {fallen:#?}");
    evidence
}

/// Fails unless one of the figures is about `what`: a check that measured nothing has not held.
pub fn assert_measured(evidence: &Evidence, what: &str) {
    assert!(
        evidence.measurements.iter().any(|measurement| measurement.what.contains(what)),
        "nothing was measured about `{what}`; notes: {:#?}",
        evidence.notes
    );
}
