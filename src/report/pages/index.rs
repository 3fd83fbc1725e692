//! The first page: what balancing is, what was found, and where to look further.

use maud::{Markup, html};

use super::parts::{Depth, figure, frame, margin, outcomes, outside, provenance};
use super::picture;
use crate::claims::{SUPPORTING_THEOREMS, Verdict};
use crate::experiments::{Effort, Reproduction};
use crate::report::figures::file_name;
use crate::report::{ClaimText, Figure, Report};

const DEPTH: Depth = Depth::Root;

/// The figures that carry the story: of which network or experiment, and how their names begin.
const LEADING: [(&str, &str); 3] = [
    ("celegans", "imbalance-against-work"),
    ("noise-loss", "figure-4b-as-a-ratio"),
    ("noise-limit", "noise-against-activity-full-integration-l0-3-s1"),
];

/// Those of a single network.
const OF_ONE: [&str; 2] = ["imbalance-against-work", "incoming-and-outgoing-cost"];

pub(super) fn page(report: &Report) -> String {
    let mut leading: Vec<(String, &Figure)> =
        LEADING.iter().filter_map(|&(owner, name)| find(report, owner, name)).collect();
    // Of one's own network: how it was balanced, and what its neurons gain.
    if let ([], [own]) = (&leading[..], &report.cases[..]) {
        leading.extend(OF_ONE.iter().filter_map(|name| find(report, &own.name, name)));
    }
    let body = html! {
        h1 { "Synaptic balancing, verified" }
        div class="lead" {
            div {
                p {
                    "A neuron whose activation is homogeneous (a ReLU, say) can take a factor from its incoming synapses and give
                    it to its outgoing ones: nothing that the network computes changes. "
                    b { "Synaptic balancing" }
                    " is a local rule that follows this freedom downhill, until every neuron's incoming and outgoing synapses
                    cost the same; the cost is then the least possible. Where noise inside the network then does less
                    harm is measured below."
                }
                p {
                    "The paper: Stock, Harvey, Ocko & Ganguli, "
                    a href="https://doi.org/10.1371/journal.pcbi.1010418" { "Synaptic balancing: a biologically plausible local
                    learning rule that provably increases neural network noise robustness without sacrificing task performance" }
                    ", PLoS Comput Biol 18(9), 2022."
                }
            }
            (picture::picture())
        }
        @if report.effort == Effort::Quick {
            p class="open" { "A first look: the experiments took a tenth of their trials. Their verdicts are not to be cited." }
        }
        (verdicts(report))
        @if !leading.is_empty() {
            div class="figures" { @for (file, one) in &leading { (figure(DEPTH, file, one)) } }
        }
        @if !report.experiments.is_empty() { (experiments(report)) }
        (matrix(report))
        (provenance(report, DEPTH))
    };
    frame(DEPTH, "Synaptic balancing, verified", body)
}

fn find<'a>(report: &'a Report, owner: &str, name: &str) -> Option<(String, &'a Figure)> {
    let of_cases = report.cases.iter().find(|case| case.name == owner).map(|case| &case.figures);
    let list = of_cases.or_else(|| report.experiments.iter().find(|e| e.name == owner).map(|e| &e.figures))?;
    let found = list.iter().find(|figure| figure.name.starts_with(name))?;
    Some((format!("{}-{}", file_name(owner), found.name), found))
}

/// Theorems and checks on the one side, the paper's experiments on the other: two things, in two sentences.
fn verdicts(report: &Report) -> Markup {
    let of_claims = report.claims.iter().map(|claim| claim.theorems.len()).sum::<usize>();
    let theorems = of_claims + SUPPORTING_THEOREMS.len();
    let checked = || report.cases.iter().flat_map(|case| &case.claims).map(|claim| &claim.evidence);
    let of_experiments = || report.experiments.iter().map(|experiment| &experiment.evidence);
    let measurements = checked().chain(of_experiments()).map(|evidence| evidence.measurements.len()).sum::<usize>();
    let outside =
        checked().chain(of_experiments()).flat_map(|evidence| &evidence.measurements).filter(|m| !m.holds()).count();
    let undecided = checked().chain(of_experiments()).filter(|evidence| !evidence.open.is_empty()).count();
    let stood = report.claims.iter().filter(|claim| claim.control.verdict != Verdict::Fell).count();
    let networks = if report.cases.len() == 1 { "network" } else { "networks" };
    let statements = || report.experiments.iter().flat_map(|experiment| &experiment.statements);
    let count = |wanted| statements().filter(|statement| statement.outcome == wanted).count();
    let of_paper = statements().count() - count(Reproduction::Beyond);
    html! {
        div class="verdicts" {
            section class=(if outside + undecided + stood == 0 { "good" } else { "bad" }) {
                h2 { "The mathematics" }
                p {
                    b {
                        @if outside + undecided == 0 { "No measured figure lies outside its bound." }
                        @else { (outside) " figures lie outside their bounds, " (undecided) " checks could not be decided." }
                    }
                    " " (theorems) " theorems are proved in Coq, " (of_claims) " of them of the " (report.claims.len()) " claims, the others of the solver and of floating point. The claims were measured on "
                    (report.cases.len()) " " (networks) ", the experiments on theirs, in " (measurements) " figures, each against a bound derived from data and precision."
                    " One figure outside would be a failure, and would be shown here. "
                    @if stood == 0 { "With its formula broken on purpose every claim's check falls: the negative controls of the table below." }
                    @else { b { (stood) " negative controls did not fall: those checks show nothing." } }
                }
            }
            @if of_paper > 0 {
                section class=(if count(Reproduction::NotReproduced) == 0 { "good" } else { "bad" }) {
                    h2 { "The paper's experiments" }
                    p {
                        b {
                            (count(Reproduction::Reproduced)) " of " (of_paper) " statements are reproduced"
                            @if count(Reproduction::Conditional) > 0 { ", " (count(Reproduction::Conditional)) " under conditions" }
                            "; " (count(Reproduction::NotReproduced)) " are not."
                        }
                        " Judged by rules fixed in the code: of trained networks on the authors' protocol, of any network (heterosynaptic plasticity, the identity behind the robustness cost) on those of this report. "
                        (count(Reproduction::Beyond)) " findings go beyond the paper and are called so."
                    }
                }
            }
        }
    }
}

fn experiments(report: &Report) -> Markup {
    html! {
        h2 id="experiments" { "Experiments" }
        ul class="plain" {
            @for experiment in &report.experiments {
                li {
                    a href=(format!("experiments/{}.html", experiment.name)) { (experiment.title) }
                    ": "
                    (outcomes(experiment.statements.iter().map(|statement| statement.outcome)))
                }
            }
        }
    }
}

/// Claims down, networks across: in each cell the decades between the worst figure and its bound.
fn matrix(report: &Report) -> Markup {
    let cell = |claim: &ClaimText, case: &crate::report::CaseReport| {
        let address = format!("networks/{}.html#{}", file_name(&case.name), claim.id);
        html! {
            td {
                @if let Some(found) = case.claims.iter().find(|found| found.id == claim.id) {
                    a href=(address) { (margin(found.evidence.margin(), found.verdict)) }
                }
            }
        }
    };
    html! {
        h2 id="claims" { "Claims, and how far the worst figure stayed from its bound" }
        p class="note" {
            "In powers of ten: 1 means ten times smaller than allowed. Touches: the bound is sharp, and something comes within a
            tenth of it, as bounds on truncation are meant to be. Within: inequalities only. Exact: nothing was off at all. None
            here: the claim says nothing about that network. Negative control: the same check on a small network with one thing
            broken on purpose, which the claim's page names, made for this report: what falling looks like."
        }
        div class="wide" {
            table class="matrix" {
                tr {
                    th { "claim" }
                    th class="control" { "negative control" }
                    @for case in &report.cases {
                        th { a href=(format!("networks/{}.html", file_name(&case.name))) { (case.name) } }
                    }
                }
                @for claim in &report.claims {
                    tr {
                        th { a href=(format!("claims/{}.html", claim.id)) title=(claim.statement) { (claim.id.replace('_', " ")) } }
                        td class="control" title=(claim.control.broken) {
                            a href=(format!("claims/{}.html#control", claim.id)) { (outside(&claim.control)) }
                        }
                        @for case in &report.cases { (cell(claim, case)) }
                    }
                }
            }
        }
    }
}
