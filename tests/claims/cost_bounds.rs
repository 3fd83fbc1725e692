//! Claim `cost_bounds`.

use crate::common::{assert_not_fallen, config, recipes};
use proptest::prelude::*;

proptest! {
    #![proptest_config(config(64, "tests/regressions/cost_bounds.txt"))]

    #[test]
    fn cost_bounds_holds_on_random_networks(recipe in recipes()) {
        assert_not_fallen("cost_bounds", &recipe.subject());
    }
}
