//! Claim `closed_forms`.

use crate::common::{assert_not_fallen, config, recipes};
use proptest::prelude::*;

proptest! {
    #![proptest_config(config(64, "tests/regressions/closed_forms.txt"))]

    #[test]
    fn closed_forms_holds_on_random_networks(recipe in recipes()) {
        assert_not_fallen("closed_forms", &recipe.subject());
    }
}
