//! Claim `lax_form`.

use crate::common::{assert_not_fallen, config, recipes};
use proptest::prelude::*;

proptest! {
    #![proptest_config(config(64, "tests/regressions/lax_form.txt"))]

    #[test]
    fn lax_form_holds_on_random_networks(recipe in recipes()) {
        assert_not_fallen("lax_form", &recipe.subject());
    }
}
