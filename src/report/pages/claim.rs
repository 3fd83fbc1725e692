//! The page of a claim: what it says, who says it, what proves it, and every network that it was measured on.

use maud::{Markup, html};

use super::parts::{Depth, contents, evidence, figure, frame, margin, outcomes, outside, provenance};
use super::statements::{AXIOMS, statement};
use crate::report::figures::file_name;
use crate::report::{ClaimText, ControlReport, Report};

const DEPTH: Depth = Depth::Folder;

/// The claim that the figures over all networks are about.
const OF_ALL_NETWORKS: &str = "certified_balance";

pub(super) fn page(report: &Report, claim: &ClaimText) -> String {
    let name = claim.id.replace('_', " ");
    let body = html! {
        h1 { (name) }
        p class="statement" { (claim.statement) }
        p class="note" { "Source: " (claim.source) "." }
        (contents(&[("networks", "networks"), ("control", "negative control"), ("experiments", "experiments"), ("theorems", "theorems")]))
        (networks(report, claim))
        (control(&claim.control))
        @if claim.id == OF_ALL_NETWORKS && !report.figures.is_empty() {
            div class="figures" { @for one in &report.figures { (figure(DEPTH, &one.name, one)) } }
        }
        (experiments(report, claim))
        (theorems(claim))
        (provenance(report, DEPTH))
    };
    frame(DEPTH, &format!("{name}: synaptic balancing"), body)
}

fn networks(report: &Report, claim: &ClaimText) -> Markup {
    let found = || {
        let of_case = |case| Some((case, case_claim(case, claim.id)?));
        report.cases.iter().filter_map(of_case)
    };
    html! {
        h2 id="networks" { "Measured" }
        div class="wide" {
            table {
                tr { th { "network" } th { "decades to spare" } th { "figures" } th { "the narrowest" } }
                @for (case, checked) in found() {
                    tr {
                        td { a href={ (DEPTH.to(&format!("networks/{}.html", file_name(&case.name)))) "#" (claim.id) } { (case.name) } }
                        td { (margin(checked.evidence.margin(), checked.verdict)) }
                        td class="number" { (checked.evidence.measurements.len()) }
                        td {
                            @if let Some(narrowest) = checked.evidence.narrowest() { (narrowest.what) }
                            @else { (checked.evidence.notes.first().map_or("", String::as_str)) }
                        }
                    }
                }
            }
        }
    }
}

/// What falling looks like, made by the program itself.
fn control(control: &ControlReport) -> Markup {
    html! {
        h2 id="control" { "Negative control: what falling looks like" }
        p { "The same check, made for this report on a small network, with one thing broken: " b { (control.broken) } "." }
        p { (outside(control)) }
        (evidence(&control.evidence))
    }
}

fn case_claim<'a>(case: &'a crate::report::CaseReport, id: &str) -> Option<&'a crate::report::ClaimReport> {
    case.claims.iter().find(|found| found.id == id)
}

fn experiments(report: &Report, claim: &ClaimText) -> Markup {
    let mut found = report.experiments.iter().filter(|experiment| experiment.claim == claim.id).peekable();
    html! {
        h2 id="experiments" { "Experiments" }
        @if found.peek().is_none() { p { "None of the experiments is about this claim." } }
        ul class="plain" {
            @for experiment in found {
                li {
                    a href=(DEPTH.to(&format!("experiments/{}.html", experiment.name))) { (experiment.title) } ": "
                    (outcomes(experiment.statements.iter().map(|statement| statement.outcome)))
                }
            }
        }
    }
}

fn theorems(claim: &ClaimText) -> Markup {
    html! {
        h2 id="theorems" { "Theorems" }
        p {
            "Proved in Coq. The words before each are the comment in its file; below stands the statement itself, as Coq reads it.
            All proofs rest on the axioms of the classical real numbers and on nothing else: "
            @for (number, axiom) in AXIOMS.iter().enumerate() { @if number > 0 { ", " } code { (axiom) } }
            "."
        }
        @for name in claim.theorems {
            section class="theorem" id=(name) {
                h3 { code { (name) } }
                @if let Some(found) = statement(name) {
                    p { (found.words) }
                    pre { (found.coq) }
                    p class="note" { code { "proofs/Statements/" (found.file) } }
                }
            }
        }
    }
}
