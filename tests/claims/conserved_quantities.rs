//! Claim `conserved_quantities`.

use crate::common::{assert_not_fallen, config, recipes};
use proptest::prelude::*;

proptest! {
    #![proptest_config(config(64, "tests/regressions/conserved_quantities.txt"))]

    #[test]
    fn conserved_quantities_holds_on_random_networks(recipe in recipes()) {
        assert_not_fallen("conserved_quantities", &recipe.subject());
    }
}
