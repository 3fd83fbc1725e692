//! Failing cases of property tests are kept: the folder is there, the seed is really written, and it is replayed
//! first. (proptest misses a folder that it cannot find without an error.)

use std::cell::RefCell;
use std::path::Path;

use crate::common::{REGRESSIONS, config};
use proptest::prelude::*;
use proptest::test_runner::{TestError, TestRunner};
use synbal::claims::REGISTRY;

/// A path for [`config`], which wants one that lives as long as the program.
fn leaked(path: &Path) -> &'static str {
    Box::leak(path.to_str().unwrap().to_owned().into_boxed_str())
}

#[test]
fn the_folder_of_regressions_exists_and_can_be_written() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(REGRESSIONS);
    assert!(folder.is_dir(), "{}", folder.display());
    assert!(!folder.metadata().unwrap().permissions().readonly());
    // Tests run in the crate's folder, so the relative path leads to the same place.
    assert_eq!(Path::new(REGRESSIONS).canonicalize().unwrap(), folder.canonicalize().unwrap());
}

#[test]
fn a_failure_is_written_and_replayed_first() {
    let folder = tempfile::tempdir().unwrap();
    let file = leaked(&folder.path().join("seeds.txt"));
    let failing = |value: u64| prop_assert_ok(value < 1 << 40);
    let found = TestRunner::new(config(256, file)).run(&any::<u64>(), failing);
    assert!(matches!(found, Err(TestError::Fail(_, value)) if value >= 1 << 40), "{found:?}");
    let kept = std::fs::read_to_string(file).unwrap();
    assert_eq!(kept.lines().filter(|line| line.starts_with("cc ")).count(), 1, "{kept}");

    // Another runner replays the seed before any case of its own, and so meets a failing value at once.
    let seen = RefCell::new(Vec::new());
    let result = TestRunner::new(config(1, file)).run(&any::<u64>(), |value| {
        seen.borrow_mut().push(value);
        failing(value)
    });
    assert!(matches!(result, Err(TestError::Fail(..))));
    assert!(failing(seen.borrow()[0]).is_err(), "{}", seen.borrow()[0]);
    let replayed = seen.borrow()[0];
    let seen = RefCell::new(Vec::new());
    let _ = TestRunner::new(config(1, file)).run(&any::<u64>(), |value| {
        seen.borrow_mut().push(value);
        failing(value)
    });
    assert_eq!(seen.borrow()[0], replayed, "the same value each time: it comes from the file");
}

fn prop_assert_ok(holds: bool) -> Result<(), TestCaseError> {
    prop_assert!(holds);
    Ok(())
}

/// Every claim has a test file of its own name, and its seeds a file of that name: none is shared, none misspelt.
#[test]
fn every_claim_keeps_its_own_seeds() {
    for claim in REGISTRY {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/claims/{}.rs", claim.id));
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert!(text.contains(&format!("\"{REGRESSIONS}/{}.txt\"", claim.id)), "{}", path.display());
        assert!(text.contains(&format!("\"{}\"", claim.id)), "{} checks another claim", path.display());
    }
}
