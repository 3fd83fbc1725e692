//! The page of an experiment: its statements, figures, tables, and what must hold whatever the outcome.

use maud::html;

use super::parts::{Depth, contents, evidence, figures, frame, margin, outcome, provenance, table};
use crate::report::{ExperimentReport, Report};

const DEPTH: Depth = Depth::Folder;

pub(super) fn page(report: &Report, experiment: &ExperimentReport) -> String {
    let body = html! {
        h1 { (experiment.title) }
        p {
            "Evidence for " a href=(DEPTH.to(&format!("claims/{}.html", experiment.claim))) { (experiment.claim.replace('_', " ")) }
            ". Alone: " code { "synbal experiment " (experiment.name) } " (" (format!("{:.1}", experiment.seconds)) " s)."
        }
        (contents(&[("statements", "statements"), ("figures", "figures"), ("tables", "tables"), ("bounds", "bounds")]))
        h2 id="statements" { "What was found" }
        @for statement in &experiment.statements {
            p { b { (outcome(statement.outcome)) } ": " (statement.text) }
        }
        h2 id="figures" { "Figures" }
        (figures(DEPTH, experiment.name, &experiment.figures))
        h2 id="tables" { "Tables" }
        @if experiment.tables.is_empty() { p { "None." } }
        @for one in &experiment.tables { (table(one)) }
        h2 id="bounds" { "What must hold whatever the outcome" }
        p { (margin(experiment.evidence.margin(), experiment.verdict)) }
        (evidence(&experiment.evidence))
        (provenance(report, DEPTH))
    };
    frame(DEPTH, &format!("{}: synaptic balancing", experiment.name), body)
}
