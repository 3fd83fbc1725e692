//! Claim `heterosynaptic`.

use crate::common::{assert_not_fallen, config, recipes};
use proptest::prelude::*;

proptest! {
    #![proptest_config(config(64, "tests/regressions/heterosynaptic.txt"))]

    #[test]
    fn heterosynaptic_holds_on_random_networks(recipe in recipes()) {
        assert_not_fallen("heterosynaptic", &recipe.subject());
    }
}
