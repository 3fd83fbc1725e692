//! Claim `task_preservation`.

use crate::common::{assert_not_fallen, config, recipes};
use nalgebra::DMatrix;
use proptest::prelude::*;
use synbal::balance::{Criteria, Method, Scope};
use synbal::claims::{Claim, DegreeSubject, REGISTRY, Subject, Verdict};
use synbal::cost::CostSpec;
use synbal::network::{Activation, Network, Weights};

proptest! {
    #![proptest_config(config(64, "tests/regressions/task_preservation.txt"))]

    #[test]
    fn task_preservation_holds_on_random_networks(recipe in recipes()) {
        assert_not_fallen("task_preservation", &recipe.subject());
    }
}

fn claim() -> &'static Claim {
    REGISTRY.iter().find(|claim| claim.id == "task_preservation").unwrap()
}

/// Costs near the end of `f64` leave no room for random log-scales, of which the simulated network, whose gains are its own, has no need:
/// with none at all the negative control would compare a network with itself.
#[test]
fn large_costs_do_not_make_the_control_vacuous() {
    for weight in [1.0, 2e140, 2e148] {
        let weights = Weights::from_triplets(2, vec![(0, 1, weight), (1, 0, weight)]).unwrap();
        let activations = vec![Activation::RectifiedPower { degree: 2.0 }, Activation::Relu];
        let network = Network {
            w_in: Some(DMatrix::from_element(2, 1, weight)),
            w_out: Some(DMatrix::from_element(1, 2, weight)),
            ..Network::recurrent(weights, activations)
        };
        let spec = CostSpec::power(2.0).with_world(1.0);
        let methods = [Method::NewtonCg];
        let subject =
            DegreeSubject::new(network, spec, Scope::Whole, &methods, Criteria::default(), 1, &|_| ()).unwrap();
        let evidence = claim().check_other_degrees(&subject).unwrap();
        assert_eq!(evidence.verdict(), Verdict::Held, "{weight:e}: {evidence:?}");
    }
}

/// Log-scales that no input or read-out weight survives in `f64` say nothing about the claim: it is open, and the others are checked.
#[test]
fn log_scales_out_of_range_leave_the_claim_open() {
    let (up, down) = (1e150, 1e-150);
    let triplets = (0..3).flat_map(|i| [(i + 1, i, up), (i, i + 1, down)]).collect();
    let network = Network::recurrent(Weights::from_triplets(4, triplets).unwrap(), Activation::Relu);
    let subject =
        Subject::new(network, CostSpec::power(1.0), Scope::Whole, &[], Criteria::default(), 1, &|_| ()).unwrap();
    let evidence = (claim().check)(&subject).unwrap();
    assert_eq!(evidence.verdict(), Verdict::Open, "{evidence:?}");
    assert!(evidence.open.iter().any(|reason| reason.starts_with("balancing h: rescaled, ")), "{:?}", evidence.open);
}
