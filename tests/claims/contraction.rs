//! Claim `contraction`.

use crate::common::{assert_not_fallen, config, recipes};
use proptest::prelude::*;

proptest! {
    #![proptest_config(config(64, "tests/regressions/contraction.txt"))]

    #[test]
    fn contraction_holds_on_random_networks(recipe in recipes()) {
        assert_not_fallen("contraction", &recipe.subject());
    }
}
