//! Claim `osborne_descent`.

use crate::common::{assert_measured, assert_not_fallen, config, recipes, tame_recipes};
use proptest::prelude::*;

proptest! {
    #![proptest_config(config(64, "tests/regressions/osborne_descent.txt"))]

    #[test]
    fn osborne_descent_holds_on_random_networks(recipe in recipes()) {
        assert_not_fallen("osborne_descent", &recipe.subject());
    }

    /// On tame networks cyclic Osborne has no excuse for not finishing.
    #[test]
    fn osborne_descent_ends_balanced_on_tame_networks(recipe in tame_recipes()) {
        let evidence = assert_not_fallen("osborne_descent", &recipe.subject());
        assert_measured(&evidence, "imbalance where cyclic Osborne ends");
    }
}
