//! Claim `noise_robustness`.

use crate::common::{assert_not_fallen, config, recipes};
use proptest::prelude::*;

proptest! {
    #![proptest_config(config(64, "tests/regressions/noise_robustness.txt"))]

    #[test]
    fn noise_robustness_holds_on_random_networks(recipe in recipes()) {
        assert_not_fallen("noise_robustness", &recipe.subject());
    }
}
