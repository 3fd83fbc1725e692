//! Claim `balanceable`.

use crate::common::{assert_measured, assert_not_fallen, config, recipes};
use proptest::prelude::*;
use synbal::balance::{BalanceError, Criteria, Method, Problem, Scope};
use synbal::claims::Subject;
use synbal::cost::CostSpec;
use synbal::network::random::{random_network, stream};
use synbal::network::{Activation, Network, Weights};

proptest! {
    #![proptest_config(config(64, "tests/regressions/balanceable.txt"))]

    #[test]
    fn balanceable_holds_on_random_networks(recipe in recipes()) {
        assert_not_fallen("balanceable", &recipe.subject());
    }

    /// Two groups with synapses from the first to the second only, and a neuron that only listens: which synapses lie
    /// on no cycle is known by construction.
    #[test]
    fn balanceable_names_the_synapses_between_groups(
        n in 2_usize..15,
        bridges in 1_usize..5,
        p in prop_oneof![Just(0.5), Just(1.0), Just(2.0), Just(3.0)],
        seed in any::<u64>(),
    ) {
        let mut random = stream(seed, 0);
        let mut triplets = Vec::new();
        for group in 0..2 {
            let weights = random_network(&mut random, n, 0.3, 1.0).unwrap();
            triplets.extend(weights.triplets().map(|(i, j, &value)| (i + group * n, j + group * n, value)));
        }
        let mut between: Vec<(usize, usize)> =
            (0..bridges).map(|k| (n + k % n, k / n)).chain([(2 * n, 0), (2 * n, 2 * n - 1)]).collect();
        triplets.extend(between.iter().map(|&(i, j)| (i, j, -1.5)));
        between.sort_unstable();
        let network = Network::recurrent(Weights::from_triplets(2 * n + 1, triplets).unwrap(), Activation::Relu);
        let (spec, stop) = (CostSpec::power(p), Criteria::new(1e-10, 20_000));
        let refused = Problem::new(&network, &spec, Scope::Whole).and_then(|problem| problem.solve(Method::Newton, &stop));
        let named = matches!(&refused, Err(BalanceError::NotBalanceable { count, on_no_cycle, .. })
            if *count == between.len() && *on_no_cycle == between);
        prop_assert!(named, "{refused:?}");

        let subject =
            Subject::new(network, spec, Scope::WithinComponents, &[Method::Osborne], stop, seed, &|_| ()).unwrap();
        prop_assert_eq!(&*subject.reference.on_no_cycle, &between[..]);
        prop_assert_eq!(subject.reference.components, 3);
        let evidence = assert_not_fallen("balanceable", &subject);
        assert_measured(&evidence, "refusals that do not name exactly the synapses on no cycle");
        assert_measured(&evidence, "along the escape direction");
    }
}
