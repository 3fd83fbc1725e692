//! Two machine-readable reports compared: for CI, against a committed reference.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// Costs may differ by this much, relative: they are sums of thousands of rounded numbers, reached by solvers that
/// stop at an imbalance of 1e-10, and mathematical libraries differ in the last bit.
const COST_TOLERANCE: f64 = 1e-9;

/// What [`compare`] looks at, for whoever is told that nothing differs.
pub const COMPARED: &str = "the facts of every network, the statuses of all solvers and the costs of those that balanced (numbers to \
                            within 1e-9), the verdicts of all claims, negative controls and experiments, and the outcomes and \
                            words of the experiments' statements; other numbers may differ";

/// What differs between a reference report and a new one, of what [`COMPARED`] says. Times, passes, imbalances, the costs at which
/// solvers stopped early, the figures of the claims and the numbers in statements may differ from machine to machine and are not
/// compared. Empty if nothing differs.
pub fn compare(reference: &Value, new: &Value) -> Vec<String> {
    let mut differences = Vec::new();
    // A first look is no reference for a whole report, nor the other way; older reports did not say which they are.
    if reference["effort"].is_string() && reference["effort"] != new["effort"] {
        differences.push(format!("the trials were {}, are {}", reference["effort"], new["effort"]));
    }
    if entries(reference, "cases").is_empty() && entries(reference, "experiments").is_empty() {
        differences.push("the reference has neither networks nor experiments".to_owned());
    }
    for (claim, old, new) in paired("", ("claims", "id"), reference, new, &mut differences) {
        let what = format!("{claim}: its negative control");
        compare_fields(&what, &VERDICT, &old["control"], &new["control"], &mut differences);
    }
    for (case, old, new) in paired("", ("cases", "name"), reference, new, &mut differences) {
        compare_facts(&case, &old["facts"], &new["facts"], &mut differences);
        for (solver, old, new) in paired(&case, ("solvers", "method"), old, new, &mut differences) {
            compare_fields(&solver, &["status"], old, new, &mut differences);
            // Where a solver stops that does not balance, rounding decides; its status is compared.
            if old["status"] == "balanced" && new["status"] == "balanced" {
                compare_fields(&solver, &["cost"], old, new, &mut differences);
            }
        }
        for (claim, old, new) in paired(&case, ("claims", "id"), old, new, &mut differences) {
            compare_fields(&claim, &VERDICT, old, new, &mut differences);
        }
    }
    for (experiment, old, new) in paired("", ("experiments", "name"), reference, new, &mut differences) {
        compare_fields(&experiment, &VERDICT, old, new, &mut differences);
        compare_statements(&experiment, old, new, &mut differences);
    }
    differences
}

/// A verdict, and whether it is one for want of a decision.
const VERDICT: [&str; 2] = ["verdict", "open"];

fn entries<'a>(report: &'a Value, list: &str) -> &'a [Value] {
    report[list].as_array().map_or(&[], Vec::as_slice)
}

/// The entries that a list has in both reports, by name. One that is in one report only is a difference, and so is one that is there
/// twice: nobody could say which of the two was meant.
fn paired<'a>(
    owner: &str,
    (list, key): (&str, &str),
    reference: &'a Value,
    new: &'a Value,
    differences: &mut Vec<String>,
) -> Vec<(String, &'a Value, &'a Value)> {
    let of = |report: &'a Value| {
        let mut named: BTreeMap<&'a str, Vec<&'a Value>> = BTreeMap::new();
        for entry in entries(report, list) {
            named.entry(entry[key].as_str().unwrap_or("(no name)")).or_default().push(entry);
        }
        named
    };
    let (old, new) = (of(reference), of(new));
    let names: BTreeSet<&str> = old.keys().chain(new.keys()).copied().collect();
    let mut pairs = Vec::new();
    for name in names {
        let whole = if owner.is_empty() { name.to_owned() } else { format!("{owner}: {name}") };
        match (old.get(name).map(Vec::as_slice), new.get(name).map(Vec::as_slice)) {
            (Some([old]), Some([new])) => pairs.push((whole, *old, *new)),
            (None, _) => differences.push(format!("{whole} is not in the reference; renew it")),
            (_, None) => differences.push(format!("{whole} is missing")),
            (Some(old), Some(new)) => {
                for (report, found) in [("reference", old.len()), ("new report", new.len())] {
                    if found > 1 {
                        differences.push(format!(
                            "{whole} is in the {report} {found} times; it can be compared only if it is there once"
                        ));
                    }
                }
            }
        }
    }
    pairs
}

/// Whether two entries of a report are the same, numbers to within rounding.
fn agree(old: &Value, new: &Value) -> bool {
    match (old.as_f64(), new.as_f64()) {
        (Some(a), Some(b)) => (a - b).abs() <= COST_TOLERANCE * a.abs(),
        _ => old == new,
    }
}

fn compare_fields(name: &str, fields: &[&str], old: &Value, new: &Value, differences: &mut Vec<String>) {
    for field in fields.iter().filter(|&&field| !agree(&old[field], &new[field])) {
        differences.push(format!("{name}: {field} was {}, is {}", old[field], new[field]));
    }
}

/// All facts, those that only one of the reports states too.
fn compare_facts(name: &str, old: &Value, new: &Value, differences: &mut Vec<String>) {
    let keys =
        |facts: &Value| facts.as_object().into_iter().flatten().map(|(key, _)| key.clone()).collect::<BTreeSet<_>>();
    for key in keys(old).union(&keys(new)) {
        match (old.get(key), new.get(key)) {
            (None, _) => differences.push(format!("{name}: {key} is not in the reference; renew it")),
            (_, None) => differences.push(format!("{name}: {key} is missing")),
            _ => compare_fields(name, &[key], old, new, differences),
        }
    }
}

/// What became of each of the paper's statements.
fn compare_statements(name: &str, old: &Value, new: &Value, differences: &mut Vec<String>) {
    let (old, new) = (entries(old, "statements"), entries(new, "statements"));
    if old.len() != new.len() {
        differences.push(format!("{name}: there were {} statements, are {}", old.len(), new.len()));
    }
    for (number, (old, new)) in (1..).zip(old.iter().zip(new)) {
        if old["outcome"] != new["outcome"] {
            let (old, new) = (&old["outcome"], &new["outcome"]);
            differences.push(format!("{name}: the outcome of statement {number} was {old}, is {new}"));
        }
        if words(&old["text"]) != words(&new["text"]) {
            let (old, new) = (&old["text"], &new["text"]);
            differences.push(format!("{name}: the words of statement {number} were {old}, are {new}"));
        }
    }
}

/// What a statement says, without its numbers, whose last digits differ from machine to machine.
fn words(text: &Value) -> Vec<&str> {
    let is_word = |word: &&str| !word.contains(|letter: char| letter.is_ascii_digit());
    text.as_str().unwrap_or_default().split_whitespace().filter(is_word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn report(cost: f64, verdict: &str) -> Value {
        json!({"cases": [{"name": "a", "facts": {"cost_final": cost},
            "solvers": [{"method": "newton", "status": "balanced"}], "claims": [{"id": "x", "verdict": verdict}]}]})
    }

    #[test]
    fn only_what_matters_counts_as_a_difference() {
        let reference = report(1.0, "held");
        assert!(compare(&reference, &report(1.0 + 1e-12, "held")).is_empty());
        assert_eq!(compare(&reference, &report(1.0 + 1e-6, "held")).len(), 1);
        assert_eq!(compare(&reference, &report(1.0, "fell")).len(), 1);
        assert_eq!(compare(&reference, &report(f64::NAN, "held")).len(), 1);
        assert_eq!(compare(&reference, &json!({"cases": []})).len(), 1);
        let mut with = report(1.0, "held");
        with["experiments"] = json!([{"name": "e", "verdict": "held", "statements": [{"outcome": "reproduced"}]}]);
        let mut other = with.clone();
        assert!(compare(&with, &other).is_empty());
        assert_eq!(compare(&with, &reference).len(), 1, "an experiment is missing");
        assert_eq!(compare(&reference, &with).len(), 1, "an experiment is new");
        other["experiments"][0]["statements"][0]["outcome"] = json!("not-reproduced");
        assert_eq!(compare(&with, &other).len(), 1);
        other["experiments"][0]["verdict"] = json!("fell");
        assert_eq!(compare(&with, &other).len(), 2);
        let (mut full, mut quick) = (report(1.0, "held"), report(1.0, "held"));
        (full["effort"], quick["effort"]) = (json!("full"), json!("quick"));
        assert_eq!(compare(&full, &quick).len(), 1);
        assert!(!compare(&json!({}), &reference).is_empty(), "an empty reference agrees with nothing");
    }
}
