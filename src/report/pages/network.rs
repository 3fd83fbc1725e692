//! The page of a network: what it would gain, who is worst, what every solver did, and every claim on it.

use maud::{Markup, html};

use super::parts::{Depth, contents, evidence, figures, frame, margin, number, provenance, small};
use crate::report::{CaseReport, Report};

const DEPTH: Depth = Depth::Folder;

pub(super) fn page(report: &Report, case: &CaseReport) -> String {
    let body = html! {
        h1 { (case.name) }
        p { (case.title) "." }
        (contents(&[("gain", "gain"), ("neurons", "neurons"), ("solvers", "solvers"), ("figures", "figures"), ("claims", "claims")]))
        (gain(case))
        (neurons(case))
        (solvers(case))
        h2 id="figures" { "Figures" }
        (figures(DEPTH, &case.name, &case.figures))
        (claims(case))
        (provenance(report, DEPTH))
    };
    frame(DEPTH, &format!("{}: synaptic balancing", case.name), body)
}

fn gain(case: &CaseReport) -> Markup {
    let facts = &case.facts;
    let saved = 100.0 * (1.0 - facts.cost_final / facts.cost_initial);
    html! {
        h2 id="gain" { "What balancing brings" }
        p {
            "Cost (p = " (facts.p) @if let Some(lambda) = facts.world { ", with the world node, λ = " (lambda) } "): "
            (number(facts.cost_initial)) " to " (number(facts.cost_final))
            @if saved.is_finite() { ", " b { (format!("{saved:.1}")) " % less" } }
            ". Imbalance of the worst neuron as given: " (number(facts.imbalance_initial)) " (0 is balanced, 1 is all on one side)."
        }
        p {
            (facts.neurons) " neurons, " (facts.synapses) " synapses, " (facts.components)
            @if facts.components == 1 { " strong component, " } @else { " strong components, the largest " }
            "of " (facts.largest_component) "; " (facts.synapses_on_no_cycle) " synapses on no cycle"
            @if facts.synapses_on_no_cycle > 0 { ": no balance exists for them; they are left out of the cost, and scaled along" }
            @if let Some((before, after)) = facts.cost_left_out {
                ", and their own cost, which has no least, goes from " (number(before)) " to " (number(after))
            }
            "."
            @if facts.degrees != [1.0] {
                " Neurons of degrees " (facts.degrees.iter().map(f64::to_string).collect::<Vec<_>>().join(", "))
                ": balanced means that the incoming cost is the degree times the outgoing one, and outgoing costs below are that product."
            }
        }
        @if !case.notices.is_empty() {
            h3 { "Noticed" }
            ul { @for notice in &case.notices { li { (notice) } } }
        }
    }
}

fn neurons(case: &CaseReport) -> Markup {
    html! {
        h2 id="neurons" { "The neurons that are furthest from balance, as given" }
        @if case.worst_neurons.is_empty() { p { "None: no neuron has a cost to balance." } }
        @else {
            div class="wide" {
                table {
                    tr { th { "neuron" } th { "incoming cost" } th { "outgoing cost" } th { "imbalance" } th { "log-scale that balances it" } }
                    @for neuron in &case.worst_neurons {
                        tr {
                            td { (neuron.name.as_deref().unwrap_or(&neuron.neuron.to_string())) }
                            td class="number" { (number(neuron.incoming)) }
                            td class="number" { (number(neuron.outgoing)) }
                            td class="number" { (format!("{:.4}", neuron.imbalance)) }
                            td class="number" { (format!("{:+.4}", neuron.log_scale)) }
                        }
                    }
                }
            }
        }
    }
}

fn solvers(case: &CaseReport) -> Markup {
    html! {
        h2 id="solvers" { "Solvers" }
        div class="wide" {
            table {
                tr {
                    th { "solver" } th { "ended" } th { "iterations" } th { "passes" } th { "imbalance" }
                    th { "largest weight difference" } th { "true error" } th { "certified radius" } th { "seconds" }
                }
                @for solver in &case.solvers {
                    tr {
                        td { (solver.method) }
                        td class=(if solver.status == "balanced" { "good" } else { "open" }) title=(solver.explanation) { (solver.status) }
                        td class="number" { (solver.iterations) }
                        td class="number" { (solver.passes) }
                        td class="number" { (format!("{:.1e}", solver.imbalance)) }
                        td class="number" { (format!("{:.1e}", solver.weight_difference)) }
                        td class="number" { (small(solver.true_distance)) }
                        td class="number" { (small(solver.certified_radius)) }
                        td class="number" { (format!("{:.4}", solver.seconds)) }
                    }
                }
            }
        }
    }
}

fn claims(case: &CaseReport) -> Markup {
    html! {
        h2 id="claims" { "Claims" }
        @for claim in &case.claims {
            // What fell is shown open: nobody should have to look for it.
            details id=(claim.id) open[claim.verdict.is_failure()] {
                summary { (margin(claim.evidence.margin(), claim.verdict)) " " (claim.id.replace('_', " ")) }
                p { a href=(DEPTH.to(&format!("claims/{}.html", claim.id))) { "What it says, and its proof" } }
                (evidence(&claim.evidence))
            }
        }
    }
}
