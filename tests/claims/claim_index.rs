//! The claim index: claims, their files, their tests, their statements and their theorems name each other, and
//! nothing is left over on either side.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use synbal::claims::{REGISTRY, SUPPORTING_THEOREMS};

fn crate_path(relative: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(relative)
}

/// The names of all theorems that the proofs export: `Theorem name : S_name.` in the last file.
fn exported_theorems() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for line in std::fs::read_to_string(crate_path("proofs/Theorems.v")).unwrap().lines() {
        if let Some((theorem, statement)) = line.strip_prefix("Theorem ").and_then(|rest| rest.split_once(" : ")) {
            assert_eq!(statement, format!("S_{theorem}."), "a theorem proves the statement of its own name");
            assert!(names.insert(theorem.to_owned()), "{theorem} is proved twice");
        }
    }
    names
}

#[test]
fn claims_name_exactly_the_theorems_that_the_proofs_export() {
    let mut named = BTreeSet::new();
    for theorem in REGISTRY.iter().flat_map(|claim| claim.theorems).chain(SUPPORTING_THEOREMS) {
        assert!(named.insert((*theorem).to_owned()), "{theorem} is named by two claims");
    }
    let exported = exported_theorems();
    assert!(!exported.is_empty(), "no theorem was found under proofs/");
    let missing: Vec<_> = named.difference(&exported).collect();
    let unnamed: Vec<_> = exported.difference(&named).collect();
    assert!(missing.is_empty(), "claims name theorems that the proofs do not export: {missing:?}");
    assert!(unnamed.is_empty(), "the proofs export theorems that no claim names: {unnamed:?}");
}

#[test]
fn every_claim_has_its_file_its_test_its_statements_and_a_theorem() {
    for claim in REGISTRY {
        for file in [
            format!("src/claims/{}.rs", claim.id),
            format!("tests/claims/{}.rs", claim.id),
            format!("proofs/Statements/{}.v", claim.id),
        ] {
            assert!(crate_path(&file).is_file(), "{} has no {file}", claim.id);
        }
        assert!(!claim.theorems.is_empty(), "{} names no theorem", claim.id);
        for theorem in claim.theorems {
            assert!(theorem.starts_with(claim.id), "{theorem} is not named after its claim {}", claim.id);
        }
    }
}

/// The table of docs/mathematics.md and the report say the same of every claim, word for word.
#[test]
fn documents_state_claims_as_the_report_does() {
    let table = std::fs::read_to_string(crate_path("docs/mathematics.md")).unwrap();
    let rows = table.lines().filter(|line| line.starts_with("| `"));
    let registered = REGISTRY.iter().map(|claim| {
        let statement = claim.statement.replace('|', "&#124;");
        format!("| `{}` | {statement} |", claim.id)
    });
    assert_eq!(rows.map(str::to_owned).collect::<Vec<_>>(), registered.collect::<Vec<_>>());
}

#[test]
fn every_claim_of_the_design_is_registered_once() {
    let ids: Vec<&str> = REGISTRY.iter().map(|claim| claim.id).collect();
    let expected = [
        "task_preservation",
        "conserved_quantities",
        "lax_form",
        "monotone_cost",
        "convex_cost",
        "unique_balance",
        "balanceable",
        "global_convergence",
        "contraction",
        "osborne_descent",
        "cost_bounds",
        "certified_balance",
        "noise_robustness",
        "heterosynaptic",
        "regularised_training",
        "closed_forms",
        "any_degree",
    ];
    assert_eq!(ids, expected);
}
