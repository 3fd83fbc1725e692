//! Claim `cost_bounds`.

use crate::common::{assert_not_fallen, config, recipes};
use proptest::prelude::*;
use synbal::balance::{Criteria, Scope};
use synbal::claims::{REGISTRY, Subject, Verdict};
use synbal::cost::CostSpec;
use synbal::network::{Activation, Network, Weights};

proptest! {
    #![proptest_config(config(64, "tests/regressions/cost_bounds.txt"))]

    #[test]
    fn cost_bounds_holds_on_random_networks(recipe in recipes()) {
        assert_not_fallen("cost_bounds", &recipe.subject());
    }
}

/// Of a solver that is ended before its time nothing is known of how far the cost can fall, so nothing falls.
#[test]
fn a_solver_that_is_ended_early_leaves_the_claim_open() {
    let triplets = vec![(0, 1, 1.0), (0, 2, 0.5), (1, 0, 2.0), (1, 2, 1.0), (2, 0, 0.3), (2, 1, 4.0)];
    let network = Network::recurrent(Weights::from_triplets(3, triplets).unwrap(), Activation::Relu);
    let verdict = |passes: usize| {
        let stop = Criteria::new(1e-10, passes);
        let subject = Subject::new(network.clone(), CostSpec::power(2.0), Scope::Whole, &[], stop, 1, &|_| ()).unwrap();
        let claim = REGISTRY.iter().find(|claim| claim.id == "cost_bounds").unwrap();
        (claim.check)(&subject).unwrap().verdict()
    };
    assert_eq!((verdict(1), verdict(10_000)), (Verdict::Open, Verdict::Held));
}
