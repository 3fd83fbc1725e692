//! Claim `closed_forms`.

use crate::common::{assert_measured, assert_not_fallen, config, recipes};
use proptest::prelude::*;
use synbal::balance::{Criteria, Method, Scope};
use synbal::claims::Subject;
use synbal::cost::CostSpec;
use synbal::network::{Activation, Network, Weights};

fn subject(triplets: Vec<(usize, usize, f64)>, p: f64) -> Subject {
    let network = Network::recurrent(Weights::from_triplets(3, triplets).unwrap(), Activation::Relu);
    Subject::new(network, CostSpec::power(p), Scope::Whole, &[Method::Newton], Criteria::default(), 1, &|_| ()).unwrap()
}

/// Half of the smallest number is zero, which is no synapse; the check of two neurons looked for its cost.
#[test]
fn a_pair_whose_second_weight_has_no_half_is_left_out() {
    let least = f64::from_bits(1);
    let subject = subject(vec![(0, 1, 1.0), (1, 0, least), (1, 2, 1.0), (2, 1, 2.0)], 0.05);
    let evidence = assert_not_fallen("closed_forms", &subject);
    assert!(evidence.notes.iter().any(|note| note.contains("is zero in f64")), "{:#?}", evidence.notes);
    // The other pairs are followed.
    assert_measured(&evidence, "two neurons");
}

/// Two weights whose sum is beyond every number have no symmetric network.
#[test]
fn sums_beyond_every_number_are_left_out() {
    let subject = subject(vec![(0, 1, 1.5e308), (1, 0, 1.5e308), (1, 2, 1.0), (2, 1, 2.0)], 0.05);
    let evidence = assert_not_fallen("closed_forms", &subject);
    assert!(evidence.notes.iter().any(|note| note.contains("the symmetric network")), "{:#?}", evidence.notes);
}

proptest! {
    #![proptest_config(config(64, "tests/regressions/closed_forms.txt"))]

    #[test]
    fn closed_forms_holds_on_random_networks(recipe in recipes()) {
        assert_not_fallen("closed_forms", &recipe.subject());
    }
}
