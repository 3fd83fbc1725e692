//! Claim `task_preservation`.

use crate::common::{assert_not_fallen, config, recipes};
use proptest::prelude::*;

proptest! {
    #![proptest_config(config(64, "tests/regressions/task_preservation.txt"))]

    #[test]
    fn task_preservation_holds_on_random_networks(recipe in recipes()) {
        assert_not_fallen("task_preservation", &recipe.subject());
    }
}
