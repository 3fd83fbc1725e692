//! Claim `unique_balance`.

mod common;

use common::{assert_not_fallen, config, recipes};
use proptest::prelude::*;

proptest! {
    #![proptest_config(config(64, "tests/regressions/unique_balance.txt"))]

    #[test]
    fn unique_balance_holds_on_random_networks(recipe in recipes()) {
        assert_not_fallen("unique_balance", &recipe.subject());
    }
}
