//! Two reports side by side: what changed, in margins.

use maud::{Markup, html};
use serde::Deserialize;
use serde_json::Value;

use super::parts::{Depth, frame};
use crate::claims::{Margin, Measurement};
use crate::report::COMPARED;

/// A page on what differs between a reference report and a new one. `differences` are those of
/// [`compare`](crate::report::compare), in words.
pub fn comparison(reference: &Value, new: &Value, differences: &[String]) -> String {
    let body = html! {
        h1 { "Two reports" }
        p { "Reference: " (made(reference)) "." br; "New: " (made(new)) "." }
        @if differences.is_empty() { p { b class="good" { "They agree in " (COMPARED) "." } } }
        @else {
            p { b class="bad" { (differences.len()) " differences that matter:" } }
            ul { @for difference in differences { li { (difference) } } }
        }
        h2 { "Margins that moved" }
        p class="note" {
            "Decades between the worst figure of a claim and its bound, before and now. Shown where they moved by a tenth or more."
        }
        (moved(reference, new))
    };
    frame(Depth::Root, "Two reports: synaptic balancing", body)
}

fn made(report: &Value) -> String {
    let from = &report["provenance"];
    let text = |key: &str| from[key].as_str().unwrap_or("unknown").to_owned();
    format!("synbal {}, commit {}, seed {}, {}", text("synbal"), text("commit"), from["seed"], text("date"))
}

fn moved(reference: &Value, new: &Value) -> Markup {
    let mut rows = Vec::new();
    for case in reference["cases"].as_array().into_iter().flatten() {
        let same = |other: &&Value| other["name"] == case["name"];
        let Some(now) = new["cases"].as_array().into_iter().flatten().find(same) else { continue };
        for claim in case["claims"].as_array().into_iter().flatten() {
            let same = |other: &&Value| other["id"] == claim["id"];
            let Some(other) = now["claims"].as_array().into_iter().flatten().find(same) else { continue };
            let (before, after) = (narrowest(claim), narrowest(other));
            if before.zip(after).is_none_or(|(before, after)| (before - after).abs() >= 0.1) && before != after {
                rows.push((case["name"].clone(), claim["id"].clone(), before, after));
            }
        }
    }
    let decades = |value: Option<f64>| value.map_or("none".to_owned(), |value| format!("{value:.1}"));
    html! {
        @if rows.is_empty() { p { "None." } }
        @else {
            div class="wide" {
                table {
                    tr { th { "network" } th { "claim" } th { "before" } th { "now" } }
                    @for (case, claim, before, after) in rows {
                        tr {
                            td { (case.as_str().unwrap_or_default()) }
                            td { (claim.as_str().unwrap_or_default().replace('_', " ")) }
                            td class="number" { (decades(before)) }
                            td class="number" { (decades(after)) }
                        }
                    }
                }
            }
        }
    }
}

/// The fewest decades of a claim's figures in a report in JSON; figures that are infinite there are null, and no margin.
fn narrowest(claim: &Value) -> Option<f64> {
    let figures = claim["measurements"].as_array().into_iter().flatten();
    let read = figures.filter_map(|figure| Measurement::deserialize(figure).ok());
    match read.map(|measurement| measurement.margin()).reduce(Margin::narrower) {
        Some(Margin::Decades(decades)) => Some(decades),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_margin_that_moved_is_shown_and_one_that_stayed_is_not() {
        let report = |value: f64| {
            let figure = json!({"what": "w", "value": value, "bound": 1.0, "relation": "at-most", "derivation": "d"});
            json!({"cases": [{"name": "net", "claims": [{"id": "some_claim", "measurements": [figure]}]}]})
        };
        let page = comparison(&report(0.01), &report(0.1), &[]);
        assert!(page.contains("some claim") && page.contains(">2.0<") && page.contains(">1.0<"), "{page}");
        assert!(comparison(&report(0.01), &report(0.0101), &[]).contains("None."));
        assert!(comparison(&report(0.01), &report(0.1), &["net: x".to_owned()]).contains("1 differences"));
    }
}
