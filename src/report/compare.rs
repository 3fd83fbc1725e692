//! Two machine-readable reports compared: for CI, against a committed reference.

use serde_json::Value;

/// Costs may differ by this much, relative: they are sums of thousands of rounded numbers, reached by solvers that
/// stop at an imbalance of 1e-10, and mathematical libraries differ in the last bit.
const COST_TOLERANCE: f64 = 1e-9;

/// What differs between a reference report and a new one: verdicts, statuses, costs, facts. Times, passes and the
/// figures of the claims may differ from machine to machine and are not compared. Empty if nothing differs.
pub fn compare(reference: &Value, new: &Value) -> Vec<String> {
    let mut differences = Vec::new();
    // A first look is no reference for a whole report, nor the other way; older reports did not say which they are.
    if reference["effort"].is_string() && reference["effort"] != new["effort"] {
        differences.push(format!("the trials were {}, are {}", reference["effort"], new["effort"]));
    }
    let cases = entries(reference, "cases");
    if cases.is_empty() {
        differences.push("the reference has no cases".to_owned());
    }
    let added = entries(new, "cases").iter().filter(|case| find(&cases, "name", case).is_none()).count();
    if added > 0 {
        differences.push(format!("{added} cases are not in the reference; renew it"));
    }
    for case in &cases {
        let name = case["name"].as_str().unwrap_or("(no name)");
        let Some(other) = find(&entries(new, "cases"), "name", case) else {
            differences.push(format!("{name}: the case is missing"));
            continue;
        };
        compare_facts(name, &case["facts"], &other["facts"], &mut differences);
        compare_lists(name, case, &other, "solvers", "method", "status", &mut differences);
        compare_lists(name, case, &other, "claims", "id", "verdict", &mut differences);
    }
    let (old, new) = (entries(reference, "experiments"), entries(new, "experiments"));
    for added in new.iter().filter(|experiment| find(&old, "name", experiment).is_none()) {
        differences.push(format!("{} is not in the reference; renew it", added["name"]));
    }
    for experiment in old {
        let name = experiment["name"].as_str().unwrap_or("(no name)");
        match find(&new, "name", &experiment) {
            None => differences.push(format!("{name}: the experiment is missing")),
            Some(other) => compare_experiments(name, &experiment, &other, &mut differences),
        }
    }
    differences
}

/// Its verdict, and what became of each of the paper's statements.
fn compare_experiments(name: &str, reference: &Value, new: &Value, differences: &mut Vec<String>) {
    if reference["verdict"] != new["verdict"] {
        differences.push(format!("{name}: the verdict was {}, is {}", reference["verdict"], new["verdict"]));
    }
    let outcomes = |report: &Value| -> Vec<Value> {
        entries(report, "statements").iter().map(|statement| statement["outcome"].clone()).collect()
    };
    let (old, new) = (outcomes(reference), outcomes(new));
    if old != new {
        differences.push(format!("{name}: the statements' outcomes were {old:?}, are {new:?}"));
    }
}

fn entries(report: &Value, key: &str) -> Vec<Value> {
    report[key].as_array().cloned().unwrap_or_default()
}

/// The entry with the same `key`.
fn find(entries: &[Value], key: &str, like: &Value) -> Option<Value> {
    entries.iter().find(|entry| entry[key] == like[key]).cloned()
}

fn compare_facts(name: &str, reference: &Value, new: &Value, differences: &mut Vec<String>) {
    for (key, value) in reference.as_object().into_iter().flatten() {
        let close = match (value.as_f64(), new[key].as_f64()) {
            (Some(a), Some(b)) => (a - b).abs() <= COST_TOLERANCE * a.abs(),
            _ => *value == new[key],
        };
        if !close {
            differences.push(format!("{name}: {key} was {value}, is {}", new[key]));
        }
    }
}

fn compare_lists(
    name: &str,
    reference: &Value,
    new: &Value,
    list: &str,
    key: &str,
    field: &str,
    differences: &mut Vec<String>,
) {
    let (old, new) = (entries(reference, list), entries(new, list));
    for entry in new.iter().filter(|entry| find(&old, key, entry).is_none()) {
        differences.push(format!("{name}: {} is not in the reference; renew it", entry[key]));
    }
    for entry in old {
        let what = entry[key].as_str().unwrap_or("(no name)");
        match find(&new, key, &entry) {
            None => differences.push(format!("{name}: {what} is missing")),
            Some(other) if other[field] != entry[field] => {
                differences.push(format!("{name}: {what} was {}, is {}", entry[field], other[field]));
            }
            Some(_) => {}
        }
    }
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
