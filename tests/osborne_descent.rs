//! Claim `osborne_descent`.

mod common;

use common::{assert_not_fallen, config, recipes};
use proptest::prelude::*;

proptest! {
    #![proptest_config(config(64, "tests/regressions/osborne_descent.txt"))]

    #[test]
    fn osborne_descent_holds_on_random_networks(recipe in recipes()) {
        assert_not_fallen("osborne_descent", &recipe.subject());
    }
}
