//! Networks whose parts hang together by synapses that hardly count.

use rand::Rng;
use synbal::balance::{BalanceError, Method, Status};
use synbal::cost::CostError;
use synbal::network::Network;
use synbal::network::random::{random_network, stream};

use crate::extremes::{EXPONENTS, NEWTONS, SWEEP_AND_NEWTON, assert_costs_agree, assert_honest, network, solve};

/// Two dense groups and a way between them of 1e-12 each direction, which the imbalance of a neuron hardly sees.
fn bridged(seed: u64, bridge: f64) -> Network {
    let mut random = stream(seed, 4);
    let mut triplets = Vec::new();
    for group in 0..2 {
        let weights = random_network(&mut random, 8, 0.5, 1.0).unwrap();
        triplets.extend(weights.triplets().map(|(i, j, &value)| (i + 8 * group, j + 8 * group, value)));
    }
    triplets.push((9, 2, bridge));
    triplets.push((3, 12, bridge));
    network(16, triplets)
}

#[test]
fn bridges_that_hardly_count() {
    for p in EXPONENTS {
        for bridge in [1e-3, 1e-12, 1e-60] {
            let given = bridged(7, bridge);
            let [newton, sparse, default, osborne] = SWEEP_AND_NEWTON.map(|method| solve(&given, p, method).unwrap());
            for found in [&newton, &sparse, &default, &osborne] {
                assert_honest(found, p);
            }
            for found in [&newton, &sparse, &default] {
                let method = found.outcome.method;
                assert_eq!(found.outcome.status, Status::Balanced, "p = {p}, bridge {bridge:e}, {method}");
                assert_costs_agree(&newton, found, p);
            }
            if osborne.outcome.status.is_balanced() {
                assert_costs_agree(&newton, &osborne, p);
            }
        }
    }
}

/// A chain of groups, each reached from the last and back through one synapse of 1e-12: every bridge is crossed by as
/// much as crosses back, whatever the groups do.
#[test]
fn a_chain_of_groups_with_bridges_of_1e_minus_12() {
    // Sixty nodes are beyond what the default solves densely, twelve are not.
    for (groups, size) in [(3, 4), (10, 6)] {
        let mut random = stream(groups as u64, 7);
        let mut triplets = Vec::new();
        for group in 0..groups {
            let weights = random_network(&mut random, size, 0.7, 1.0).unwrap();
            triplets.extend(weights.triplets().map(|(i, j, &value)| (i + size * group, j + size * group, value)));
            if group > 0 {
                triplets.push((size * group, size * group - 1, 1e-12));
                triplets.push((size * (group - 1), size * group + 1, 3e-12));
            }
        }
        let given = network(groups * size, triplets);
        for p in EXPONENTS {
            for method in NEWTONS {
                let found = solve(&given, p, method).unwrap();
                assert_eq!(found.outcome.status, Status::Balanced, "{groups} groups, p = {p}, {method:?}");
                assert_honest(&found, p);
            }
        }
    }
}

/// Strongly connected through return synapses of 1e-150 only.
#[test]
fn nearly_reducible_networks() {
    for p in EXPONENTS {
        let n = 12;
        let mut random = stream(11, 5);
        let mut triplets = vec![(0, n - 1, 1e-150)];
        for j in 0..n {
            for i in j + 1..n {
                if i == j + 1 || random.random_bool(0.4) {
                    triplets.push((i, j, random.random_range(-2.0..2.0)));
                }
            }
        }
        let given = network(n, triplets);
        for method in SWEEP_AND_NEWTON {
            match solve(&given, p, method) {
                Ok(found) => assert_honest(&found, p),
                Err(error) => {
                    assert!(matches!(error, BalanceError::Cost(CostError::CostOutOfRange { .. })), "{error:?}");
                }
            }
        }
        // The cube of 1e-150 is beyond the reach of any frame here, its square is not.
        if p <= 2.0 {
            for method in [Method::Newton, Method::Auto] {
                assert_eq!(solve(&given, p, method).unwrap().outcome.status, Status::Balanced, "p = {p}, {method:?}");
            }
        }
    }
}
