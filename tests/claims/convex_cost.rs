//! Claim `convex_cost`.

use crate::common::{assert_not_fallen, config, recipes};
use proptest::prelude::*;

proptest! {
    #![proptest_config(config(64, "tests/regressions/convex_cost.txt"))]

    #[test]
    fn convex_cost_holds_on_random_networks(recipe in recipes()) {
        assert_not_fallen("convex_cost", &recipe.subject());
    }
}
