//! Claim `global_convergence`.

use crate::common::{assert_measured, assert_not_fallen, config, recipes, tame_recipes};
use proptest::prelude::*;

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
