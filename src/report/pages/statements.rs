//! The theorems' statements, as their files have them.

/// The axioms that the proofs rest on.
pub(super) const AXIOMS: [&str; 4] = [
    "ClassicalDedekindReals.sig_forall_dec",
    "ClassicalDedekindReals.sig_not_dec",
    "FunctionalExtensionality.functional_extensionality_dep",
    "Classical_Prop.classic",
];

/// A statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Statement {
    /// Its file in `proofs/Statements/`.
    pub file: &'static str,
    /// The comment before it, without Coq's marks.
    pub words: String,
    /// Its definition.
    pub coq: &'static str,
}

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("../../../proofs/Statements/", $name)))),*]
    };
}

const FILES: [(&str, &str); 27] = files![
    "any_degree.v",
    "balanceable.v",
    "certified_accumulated.v",
    "certified_balance.v",
    "certified_degrees.v",
    "certified_file.v",
    "certified_pair.v",
    "closed_forms.v",
    "conserved_count.v",
    "conserved_flow.v",
    "conserved_quantities.v",
    "contraction.v",
    "convex_cost.v",
    "cost_bounds.v",
    "damped_newton.v",
    "float_gradient.v",
    "float_ieee.v",
    "global_convergence.v",
    "heterosynaptic.v",
    "lax_form.v",
    "monotone_cost.v",
    "noise_over_time.v",
    "noise_robustness.v",
    "osborne_descent.v",
    "regularised_training.v",
    "task_preservation.v",
    "unique_balance.v",
];

/// The statement of a theorem.
pub(super) fn statement(theorem: &str) -> Option<Statement> {
    let head = format!("Definition S_{theorem} ");
    FILES.iter().find_map(|&(file, text)| {
        let start = text.find(&head)?;
        let coq = &text[start..];
        // Coq ends a sentence with a full stop before white space.
        let end = coq.find(".\n").map_or(coq.len(), |end| end + 1);
        Some(Statement { file, words: comment_before(&text[..start]), coq: &coq[..end] })
    })
}

/// The last comment before a statement: a definition that belongs to it may stand between the two.
fn comment_before(text: &str) -> String {
    let inside = text.rfind("(**").and_then(|start| Some(&text[start + 3..start + text[start..].find("*)")?]));
    inside.unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claims::{REGISTRY, SUPPORTING_THEOREMS};

    #[test]
    fn every_theorem_has_its_statement_in_words_and_in_coq() {
        for name in REGISTRY.iter().flat_map(|claim| claim.theorems).chain(SUPPORTING_THEOREMS) {
            let found = statement(name).unwrap_or_else(|| panic!("no statement of {name}"));
            assert!(found.coq.ends_with('.'), "{name}: {}", found.coq);
            assert!(!found.words.is_empty(), "{name} has no comment");
        }
    }
}
