//! Claim `global_convergence`.

use crate::common::{assert_measured, assert_not_fallen, config, evidence, recipes, tame_recipes};
use proptest::prelude::*;
use synbal::balance::{Criteria, Method, Scope};
use synbal::claims::{Subject, Verdict};
use synbal::cost::CostSpec;
use synbal::network::random::{random_network, stream};
use synbal::network::{Activation, Network, Weights};

proptest! {
    #![proptest_config(config(64, "tests/regressions/global_convergence.txt"))]

    #[test]
    fn global_convergence_holds_on_random_networks(recipe in recipes()) {
        assert_not_fallen("global_convergence", &recipe.subject());
    }

    /// On tame networks Osborne's answer is there, and is compared with Newton's weight by weight.
    #[test]
    fn global_convergence_compares_osborne_on_tame_networks(recipe in tame_recipes()) {
        let evidence = assert_not_fallen("global_convergence", &recipe.subject());
        assert_measured(&evidence, "osborne: largest relative difference of a balanced weight");
    }
}

fn subject(weights: Weights, p: f64, methods: &[Method], tol: f64) -> Subject {
    let network = Network::recurrent(weights, Activation::Relu);
    let stop = Criteria::default().with_tol(tol).with_max_passes(100_000);
    Subject::new(network, CostSpec::power(p), Scope::WithinComponents, methods, stop, 1, &|_| ()).unwrap()
}

/// Where methods stop far from balanced their ends are far apart: they run again to compare where they lead.
#[test]
fn a_loose_tolerance_leaves_no_limit_open() {
    let ordinary = [7.0, 6.0, 5.0, 3.0, 3.0, 1.0, 1.0, 1.0, 2.0];
    let entries = ordinary.iter().enumerate().map(|(at, &weight)| (at / 3, at % 3, weight));
    let ordinary = Weights::from_triplets(3, entries.collect()).unwrap();
    let random = (0..8).map(|seed| random_network(&mut stream(seed, 0), 5, 1.0, 1.0).unwrap());
    for weights in random.chain([ordinary]) {
        for tol in [0.5, 1e-2, 1e-6] {
            let subject = subject(weights.clone(), 2.0, &[Method::Osborne, Method::NewtonCg], tol);
            for id in ["global_convergence", "unique_balance"] {
                let found = evidence(id, &subject);
                assert_eq!(found.verdict(), Verdict::Held, "{id} at {tol}: {found:#?}");
                let said = found.notes.iter().filter(|note| note.contains("looser than limits can be compared at"));
                assert_eq!(said.count(), 1, "{:?}", found.notes);
            }
            let found = evidence("global_convergence", &subject);
            assert_measured(&found, "osborne: largest relative difference of a balanced weight");
            // What is said of the solvers themselves stays at the tolerance asked for.
            assert_eq!(found.measurements[0].bound, tol);
        }
    }
}

/// Magnitudes from 1e-3 to 1e2, some synapses absent.
#[rustfmt::skip]
const SLOW: [[f64; 6]; 6] = [
    [0.0011534535495043654, 96.07829559057323, 0.0, -0.10226577779713644, 0.0, -35.21131318457852],
    [1.8525553246303437, 7.1373949047604, 0.0, 0.0015051768536599355, -0.0011839701027916542, 0.12617284539621887],
    [3.7623504207880476, -26.296637250800188, -2.646952895309667, -54.7215634404855, 7.897855135822606, 8.415006613219765],
    [0.04392320158874271, -0.00735651270600682, -0.24397437863940766, 0.0, 28.923933543825076, 4.385502834041513],
    [-0.051281856525241386, -0.2208665816437262, 0.11127906409329064, 5.392236180136864, 0.0, 0.0],
    [-0.3771007776268524, 0.1298382926688212, -0.015844157569023434, 0.5165025860294825, -0.0031136625953133196, 0.19763821380848753],
];

/// Costs are so far apart that Osborne's iteration, balanced to 1e-10, is 1e-7 away: the bound on that is not from near the reference.
#[test]
fn an_answer_that_is_farther_than_its_imbalance_is_compared_too() {
    let entries = (0..36).map(|at| (at / 6, at % 6, SLOW[at / 6][at % 6]));
    let weights = Weights::from_triplets(6, entries.filter(|entry| entry.2 != 0.0).collect()).unwrap();
    let subject = subject(weights, 4.0, &[Method::Osborne], 1e-10);
    let found = evidence("global_convergence", &subject);
    assert_eq!(found.verdict(), Verdict::Held, "{found:#?}");
    assert_measured(&found, "osborne: largest relative difference of a balanced weight");
}

/// A run that says that it is balanced and is not.
#[test]
fn a_limit_that_is_another_falls() {
    let falls = |id: &str, tamper: &dyn Fn(&mut Subject)| {
        let weights = random_network(&mut stream(3, 0), 5, 1.0, 1.0).unwrap();
        let mut subject = subject(weights, 2.0, &[Method::Osborne], 1e-10);
        tamper(&mut subject);
        evidence(id, &subject).verdict()
    };
    for id in ["global_convergence", "unique_balance"] {
        assert_eq!(falls(id, &|_| ()), Verdict::Held);
        assert_eq!(falls(id, &|subject| subject.reference.outcome.h[2] += 1e-3), Verdict::Fell);
        assert_eq!(falls(id, &|subject| subject.reference.imbalance_final = 1e-3), Verdict::Fell);
    }
    assert_eq!(falls("global_convergence", &|subject| subject.runs[0].outcome.h[0] -= 1e-6), Verdict::Fell);
    assert_eq!(falls("global_convergence", &|subject| subject.runs[0].imbalance_final = 1e-6), Verdict::Fell);
}
