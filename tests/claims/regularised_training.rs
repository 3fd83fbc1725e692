//! Claim `regularised_training`.

use crate::common::{assert_not_fallen, config, recipes};
use proptest::prelude::*;

proptest! {
    #![proptest_config(config(64, "tests/regressions/regularised_training.txt"))]

    #[test]
    fn regularised_training_holds_on_random_networks(recipe in recipes()) {
        assert_not_fallen("regularised_training", &recipe.subject());
    }
}
