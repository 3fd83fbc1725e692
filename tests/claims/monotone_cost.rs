//! Claim `monotone_cost`.

use crate::common::{assert_not_fallen, config, recipes};
use proptest::prelude::*;

proptest! {
    #![proptest_config(config(64, "tests/regressions/monotone_cost.txt"))]

    #[test]
    fn monotone_cost_holds_on_random_networks(recipe in recipes()) {
        assert_not_fallen("monotone_cost", &recipe.subject());
    }
}
