//! Claim `global_convergence`.

mod common;

use common::{assert_not_fallen, config, recipes};
use proptest::prelude::*;

proptest! {
    #![proptest_config(config(64, "tests/regressions/global_convergence.txt"))]

    #[test]
    fn global_convergence_holds_on_random_networks(recipe in recipes()) {
        assert_not_fallen("global_convergence", &recipe.subject());
    }
}
