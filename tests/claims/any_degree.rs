//! Claim `any_degree`.

use nalgebra::DMatrix;
use proptest::prelude::*;
use rand::Rng;
use synbal::balance::{Criteria, Method, Scope, Status};
use synbal::claims::{Claim, DegreeSubject, Evidence, OtherDegrees, REGISTRY, Subject, Verdict};
use synbal::cost::CostSpec;
use synbal::network::random::{normals, random_network, stream};
use synbal::network::{Activation, Network, Weights};

use crate::common::{assert_measured, assert_not_fallen, config, recipes, tame_recipes};

fn claim(id: &str) -> &'static Claim {
    REGISTRY.iter().find(|claim| claim.id == id).unwrap()
}

/// The evidence of a claim on a network of other degrees, none of it on the wrong side of its bound.
fn held(id: &str, subject: &DegreeSubject) -> Evidence {
    let evidence = claim(id).check_other_degrees(subject).unwrap();
    let fallen: Vec<_> = evidence.measurements.iter().filter(|measurement| !measurement.holds()).collect();
    assert_eq!(evidence.verdict(), Verdict::Held, "{id}: {fallen:#?} {:#?}", evidence.notes);
    evidence
}

fn subject(network: Network, spec: CostSpec, scope: Scope, seed: u64) -> DegreeSubject {
    let methods = [Method::NewtonCg, Method::Osborne];
    DegreeSubject::new(network, spec, scope, &methods, Criteria::default(), seed, &|_| ()).unwrap()
}

/// A network of degrees from 0.5 to 3 with the world, which therefore has a balanced point.
fn mixed(seed: u64, n: usize, density: f64, p: f64) -> DegreeSubject {
    let mut random = stream(seed, 0);
    let weights = random_network(&mut random, n, density, 1.0).unwrap();
    let degrees = (0..n).map(|_| match random.random_range(0..3) {
        0 => Activation::Relu,
        1 => Activation::RectifiedPower { degree: 2.0 },
        // Sixteenths, for which there are certificates.
        _ => Activation::RectifiedPower { degree: f64::from(random.random_range(8..48)) / 16.0 },
    });
    let activations: Vec<Activation> = degrees.collect();
    let network = Network {
        w_in: Some(DMatrix::from_vec(n, 2, normals(&mut random, n * 2, 1.0))),
        bias: Some(normals(&mut random, n, 1.0)),
        w_out: Some(DMatrix::from_vec(2, n, normals(&mut random, n * 2, 1.0))),
        ..Network::recurrent(weights, activations)
    };
    subject(network, CostSpec::power(p).with_world(1.0), Scope::Whole, seed)
}

/// A ring of neurons of degrees 2 and 1/2 in turn without the world: around it the gain is one, so one direction is free.
fn free_ring(seed: u64, pairs: usize) -> Network {
    let n = 2 * pairs;
    let weights = normals(&mut stream(seed, 1), n, 1.0);
    let triplets = (0..n).map(|i| ((i + 1) % n, i, weights[i].exp())).collect();
    let degree = |i: usize| if i.is_multiple_of(2) { 2.0 } else { 0.5 };
    let activations: Vec<Activation> = (0..n).map(|i| Activation::RectifiedPower { degree: degree(i) }).collect();
    Network::recurrent(Weights::from_triplets(n, triplets).unwrap(), activations)
}

const DISTANCE: &str = "distance between the balanced log-scales";

proptest! {
    #![proptest_config(config(48, "tests/regressions/any_degree.txt"))]

    /// On the weights of networks of degree one, whatever they are.
    #[test]
    fn any_degree_holds_on_random_networks(recipe in recipes()) {
        assert_not_fallen("any_degree", &recipe.subject());
    }

    /// Where weights are within a few decades nothing is left open, and answers were compared.
    #[test]
    fn any_degree_leaves_nothing_open_on_tame_networks(recipe in tame_recipes()) {
        let evidence = assert_not_fallen("any_degree", &recipe.subject());
        prop_assert_eq!(evidence.verdict(), Verdict::Held, "{:#?}", evidence.notes);
        assert_measured(&evidence, DISTANCE);
    }

    /// On networks of other degrees as they are; and the task is preserved.
    #[test]
    fn any_degree_holds_on_networks_of_other_degrees(
        seed in any::<u64>(), n in 2_usize..=24, density in prop_oneof![Just(0.1), Just(0.5)],
        p in prop_oneof![Just(0.5), Just(1.0), Just(2.0), Just(3.0)],
    ) {
        let subject = mixed(seed, n, density, p);
        let evidence = held("any_degree", &subject);
        assert_measured(&evidence, DISTANCE);
        held("task_preservation", &subject);
    }

    /// Where a direction is free, answers are compared up to it.
    #[test]
    fn any_degree_compares_what_is_not_free(seed in any::<u64>(), pairs in 1_usize..=6) {
        let subject = subject(free_ring(seed, pairs), CostSpec::power(2.0), Scope::Whole, seed);
        prop_assert_eq!(subject.free.len(), 1);
        assert_measured(&held("any_degree", &subject), DISTANCE);
    }
}

/// Synapses between components take no part where they are left out: a ring, and another that it leads to.
#[test]
fn any_degree_holds_inside_components() {
    let (ring, other) = (free_ring(1, 2), free_ring(2, 3));
    let mut triplets: Vec<(usize, usize, f64)> = ring.weights.triplets().map(|(i, j, &w)| (i, j, w)).collect();
    triplets.extend(other.weights.triplets().map(|(i, j, &w)| (i + 4, j + 4, w)));
    triplets.push((4, 0, 3.0));
    let activations: Vec<Activation> =
        (0..10).map(|i| if i < 4 { ring.activation.at(i) } else { other.activation.at(i - 4) }).collect();
    let network = Network::recurrent(Weights::from_triplets(10, triplets).unwrap(), activations);
    let spec = CostSpec::power(2.0);
    let stop = Criteria::default();
    assert!(DegreeSubject::new(network.clone(), spec.clone(), Scope::Whole, &[], stop, 1, &|_| ()).is_err());
    let within = subject(network, spec, Scope::WithinComponents, 1);
    assert_eq!((within.on_no_cycle.as_slice(), within.components, within.largest_component), (&[(4, 0)][..], 2, 6));
    assert_measured(&held("any_degree", &within), DISTANCE);
    // Each ring by itself has the same balanced weights.
    let alone = subject(ring.clone(), CostSpec::power(2.0), Scope::Whole, 1);
    for (i, j, weight) in alone.reference.network.weights.triplets() {
        let mut together = within.reference.network.weights.triplets();
        let (_, _, other) = together.find(|&(a, b, _)| (a, b) == (i, j)).unwrap();
        assert!((weight / other - 1.0).abs() < 1e-9, "{i} {j}");
    }
}

/// Osborne's iteration is slow on some networks, which says nothing against them: it is a note, and the others are compared.
#[test]
fn a_slow_solver_beside_the_reference_leaves_nothing_open() {
    let entries = [(0, 2, 4e-5), (1, 0, -4e-5), (1, 1, -3e-3), (1, 2, 0.5), (2, 0, 5e-3), (2, 1, 55.0), (2, 2, -2e-6)];
    let network = Network::recurrent(Weights::from_triplets(3, entries.to_vec()).unwrap(), Activation::Relu);
    let stop = Criteria::default().with_max_passes(100_000);
    let subject = Subject::new(network, CostSpec::power(2.0), Scope::Whole, &[], stop, 0, &|_| ()).unwrap();
    let evidence = assert_not_fallen("any_degree", &subject);
    assert_eq!(evidence.verdict(), Verdict::Held, "{:#?}", evidence.notes);
    assert_measured(&evidence, DISTANCE);
    let slow = |note: &&String| note.contains("osborne") && note.contains("not balanced after 100000 passes");
    assert_eq!(evidence.notes.iter().filter(slow).count(), 1, "{:#?}", evidence.notes);
    // What says that it is balanced and is not falls, beside the reference too; without the reference it is open.
    let mut subject = mixed(3, 8, 0.4, 2.0);
    let verdict = |subject: &DegreeSubject| claim("any_degree").check_other_degrees(subject).unwrap().verdict();
    subject.runs[1].imbalance_final = 1e-3;
    assert_eq!(verdict(&subject), Verdict::Fell);
    subject.runs[1].outcome.status = Status::Stalled;
    assert_eq!(verdict(&subject), Verdict::Held);
    subject.reference.outcome.status = Status::Stalled;
    assert_eq!(verdict(&subject), Verdict::Open);
}

/// Answers that a loose tolerance leaves far apart have a bound too.
#[test]
fn a_loose_tolerance_leaves_other_degrees_held() {
    let methods = [Method::NewtonCg, Method::Osborne, Method::Euler];
    for (seed, tol) in [(3, 0.3), (4, 1e-2), (5, 1e-6)] {
        let found = mixed(seed, 8, 0.4, 2.0);
        let stop = Criteria::default().with_tol(tol);
        let loose = DegreeSubject::new(found.network, found.spec, Scope::Whole, &methods, stop, seed, &|_| ()).unwrap();
        assert_measured(&held("any_degree", &loose), DISTANCE);
    }
}

/// A claim about degree one only says so where there are other degrees, and no claim is without an answer.
#[test]
fn every_claim_is_measured_on_other_degrees_or_says_why_not() {
    let subject = mixed(7, 8, 0.4, 2.0);
    let mut measured = Vec::new();
    for claim in REGISTRY {
        let evidence = claim.check_other_degrees(&subject).unwrap();
        match claim.other_degrees {
            OtherDegrees::Checked(_) => {
                assert_eq!(evidence.verdict(), Verdict::Held, "{}", claim.id);
                measured.push(claim.id);
            }
            OtherDegrees::NotClaimed(why) => {
                assert_eq!(evidence.verdict(), Verdict::NotApplicable, "{}", claim.id);
                assert_eq!(evidence.notes, [format!("about degree one only: {why}")]);
            }
        }
    }
    assert_eq!(measured, ["task_preservation", "certified_balance", "regularised_training", "any_degree"]);
}

/// Results tampered with after the solvers: the claim falls.
#[test]
fn any_degree_falls_where_the_answer_is_another() {
    let falls = |tamper: &dyn Fn(&mut DegreeSubject)| {
        let mut subject = mixed(3, 8, 0.4, 2.0);
        tamper(&mut subject);
        claim("any_degree").check_other_degrees(&subject).unwrap().verdict()
    };
    assert_eq!(falls(&|_| ()), Verdict::Held);
    assert_eq!(falls(&|subject| subject.reference.outcome.h[2] += 1e-3), Verdict::Fell);
    assert_eq!(falls(&|subject| subject.runs[1].outcome.h[0] -= 1e-6), Verdict::Fell);
    assert_eq!(falls(&|subject| subject.reference.imbalance_final = 1e-3), Verdict::Fell);
    // Another network under the same costs: other starts do not come back.
    assert_eq!(falls(&|subject| subject.network = mixed(4, 8, 0.4, 2.0).network), Verdict::Fell);
}
