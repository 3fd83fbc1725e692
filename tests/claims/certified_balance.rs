//! Claim `certified_balance`.

use crate::common::{assert_measured, assert_not_fallen, config, recipes, tame_recipes};
use proptest::prelude::*;

proptest! {
    #![proptest_config(config(64, "tests/regressions/certified_balance.txt"))]

    #[test]
    fn certified_balance_holds_on_random_networks(recipe in recipes()) {
        assert_not_fallen("certified_balance", &recipe.subject());
    }

    /// On tame networks there is a certificate, for Newton's answer and for Osborne's.
    #[test]
    fn certified_balance_is_had_on_tame_networks(recipe in tame_recipes()) {
        let evidence = assert_not_fallen("certified_balance", &recipe.subject());
        assert_measured(&evidence, "distance of two certified solvers' log-scales");
        assert_measured(&evidence, "osborne: difference of its cost");
    }
}
