//! Claim `certified_balance`.

mod common;

use common::{assert_not_fallen, config, recipes};
use proptest::prelude::*;

proptest! {
    #![proptest_config(config(64, "tests/regressions/certified_balance.txt"))]

    #[test]
    fn certified_balance_holds_on_random_networks(recipe in recipes()) {
        assert_not_fallen("certified_balance", &recipe.subject());
    }
}
