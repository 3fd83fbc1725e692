//! Claim `unique_balance`.

use crate::common::{assert_measured, assert_not_fallen, config, recipes, tame_recipes};
use proptest::prelude::*;

proptest! {
    #![proptest_config(config(64, "tests/regressions/unique_balance.txt"))]

    #[test]
    fn unique_balance_holds_on_random_networks(recipe in recipes()) {
        assert_not_fallen("unique_balance", &recipe.subject());
    }

    /// Where a bound on the distance can be had, it must have been: an answer too far away for the bound is a failure.
    #[test]
    fn unique_balance_compares_all_starts_of_tame_networks(recipe in tame_recipes()) {
        let evidence = assert_not_fallen("unique_balance", &recipe.subject());
        assert_measured(&evidence, "distance between the balanced log-scales of different starts");
        prop_assert!(!evidence.notes.iter().any(|note| note.starts_with("start ")), "{:#?}", evidence.notes);
    }
}
