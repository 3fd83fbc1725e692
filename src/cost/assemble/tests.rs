//! Which prescaling costs are seen through, and which costs are refused.

use super::*;
use crate::network::{Activation, Weights};

/// With p = 1/4 and weights lifted by 2^900, a factor of 2^-100 leaves weights of 2^1000 at a 2^75th of the top.
#[test]
fn a_cost_reaches_as_far_as_its_weight_is_normal() {
    let weight = |cost: f64| (cost + 100.0) / 0.25 + 900.0;
    let (low, high) = reach(-100.0, 900.0, 0.25);
    assert_eq!((low, high, weight(low), weight(high)), (-575.0, -75.0, -1000.0, 1000.0));
}

/// Weights of 2^600 both ways have costs of 2^1200, which no rescaling changes: in their own unit they fit.
#[test]
fn a_window_reaches_as_far_as_the_costs_of_normal_weights() {
    let weights = Weights::from_triplets(2, vec![(0, 1, 600_f64.exp2()), (1, 0, 600_f64.exp2())]).unwrap();
    let network = Network::recurrent(weights, Activation::Linear);
    let spec = CostSpec::power(2.0);
    let found = Synapses::of(&network, &spec).unwrap().prescaling_into_a_window().unwrap().unwrap();
    for shift in [found.shift(0, 1), found.shift(1, 0)] {
        assert!(f64::from(2 * (600 + shift)).abs() <= WINDOWS[0], "{shift}");
    }
}

/// Costs of 2^±200 are no matter by themselves. The scales that even them out along a chain of neurons are: of four they span
/// 2^300, and to the power p 2^600, of five 2^800.
#[test]
fn scales_that_leave_the_range_when_raised_to_p_are_taken_out_beforehand() {
    let chain = |neurons: usize| {
        let pairs = (1..neurons).flat_map(|i| [(i, i - 1, 100_f64.exp2()), (i - 1, i, (-100_f64).exp2())]);
        let weights = Weights::from_triplets(neurons, pairs.collect()).unwrap();
        let network = Network::recurrent(weights, Activation::Linear);
        CostGraph::of_network(&network, &CostSpec::power(2.0)).unwrap()
    };
    assert!(chain(4).prescaling().is_identity());
    assert!(!chain(5).prescaling().is_identity());
}

/// Costs of 2^±400 are seen through a prescaling where weights stay normal: cubes of costs fit then. Costs of 2^±200 are not.
#[test]
fn wide_costs_are_seen_through_a_prescaling_where_one_fits() {
    let pair = |exponent: f64| {
        let weights = vec![(0, 1, exponent.exp2()), (1, 0, (-exponent).exp2()), (1, 2, 1.0), (2, 1, 1.0)];
        let network = Network::recurrent(Weights::from_triplets(3, weights).unwrap(), Activation::Linear);
        CostGraph::of_network(&network, &CostSpec::power(2.0)).unwrap()
    };
    for exponent in [1.0, 100.0, 150.0] {
        assert!(pair(exponent).prescaling().is_identity(), "{exponent}");
    }
    for exponent in [151.0, 200.0, 400.0] {
        let graph = pair(exponent);
        assert!(!graph.prescaling().is_identity(), "{exponent}");
        assert!(
            graph.initial_costs().iter().all(|cost| cost.log2().abs() <= 4.0),
            "{exponent}: {:?}",
            graph.initial_costs()
        );
    }
}

/// Evening out costs of 2^±320 lowers another synapse's cost by nearly as much: seen through it, one of 2^-690 would be lost, one of
/// 2^-670 is not.
#[test]
fn a_prescaling_that_would_lose_a_cost_is_not_used_where_it_is_only_welcome() {
    let seen_through = |low: f64| {
        let weights =
            vec![(0, 1, 160_f64.exp2()), (0, 2, 1.0), (1, 0, (-160_f64).exp2()), (2, 0, 1.0), (2, 1, low.exp2())];
        let network = Network::recurrent(Weights::from_triplets(3, weights).unwrap(), Activation::Linear);
        !CostGraph::of_network(&network, &CostSpec::power(2.0)).unwrap().prescaling().is_identity()
    };
    assert!(seen_through(-335.0));
    assert!(!seen_through(-345.0));
}

/// A cost below 2^-1000 of the unit is refused with its synapse; where two are as far apart, no rescaling helps.
#[test]
fn a_cost_that_is_lost_is_named() {
    let network = |low: f64| {
        let weights = vec![(0, 1, 1.0), (1, 0, 1.0), (1, 2, low.exp2()), (2, 1, low.exp2())];
        Network::recurrent(Weights::from_triplets(3, weights).unwrap(), Activation::Linear)
    };
    assert!(CostGraph::of_network(&network(-240.0), &CostSpec::power(4.0)).is_ok());
    match CostGraph::of_network(&network(-260.0), &CostSpec::power(4.0)) {
        Err(CostError::CostOutOfRange { target, source_index, log2_cost }) => {
            assert_eq!((target, source_index), (1, 2));
            assert!(log2_cost < SMALLEST_LOG2_COST, "{log2_cost}");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_cost_out_of_range_is_told_on_which_side_of_it() {
    for (log2_cost, side) in [
        (-1001.0, "too little for f64"),
        (-999.9, "too little for f64"),
        (-300.0, "with fewer digits"),
        (1024.0, "above the largest number"),
        (1852.0, "above the largest number"),
    ] {
        let said = CostError::CostOutOfRange { target: 0, source_index: 1, log2_cost }.to_string();
        assert!(said.contains(side), "{log2_cost}: {said}");
    }
}
