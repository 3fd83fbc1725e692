//! The page: one self-contained HTML file.

use std::fmt::Write;

use super::{CaseReport, ClaimReport, ExperimentReport, Figure, Report};
use crate::claims::{Evidence, Measurement, Relation, Verdict};
use crate::experiments::{Reproduction, Table};

const STYLE: &str = include_str!("style.css");

/// The report as one HTML file: no scripts, no links to anything outside.
pub fn page(report: &Report) -> String {
    let mut html = String::new();
    // Writing to a String cannot fail.
    let _ = write_page(&mut html, report);
    html
}

fn write_page(html: &mut String, report: &Report) -> std::fmt::Result {
    let held = if report.all_held() { "All claims held" } else { "Some claims fell" };
    let class = if report.all_held() { "held" } else { "fell" };
    writeln!(
        html,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\">\n<title>synbal report</title>\n<style>\n{STYLE}</style>\n\
         </head>\n<body>\n<h1>Synaptic balancing: verification report</h1>\n<p class=\"verdict {class}\">{held}</p>"
    )?;
    if let Some(counts) = report.reproduction() {
        writeln!(html, "<p class=\"verdict\">{counts}</p>")?;
    }
    write_provenance(html, report)?;
    write_matrix(html, report)?;
    write_figures(html, &report.figures)?;
    write_experiments(html, report)?;
    for case in &report.cases {
        write_case(html, case)?;
    }
    write_claims(html, report)?;
    writeln!(html, "</body>\n</html>")
}

fn write_provenance(html: &mut String, report: &Report) -> std::fmt::Result {
    let from = &report.provenance;
    write!(html, "<p class=\"provenance\">synbal {}", from.synbal)?;
    write!(html, ", commit {}", escape(from.commit.as_deref().unwrap_or("unknown")))?;
    write!(html, ", seed {}, {} build, {}", from.seed, from.build, escape(&from.platform))?;
    if let Some(processor) = &from.processor {
        write!(html, ", {}", escape(processor))?;
    }
    write!(html, ", {} processors", from.processors)?;
    if let Some(date) = &from.date {
        write!(html, ", {}", escape(date))?;
    }
    writeln!(html, ", {:.1} s. The numbers behind this page: <code>report.json</code> beside it.</p>", report.seconds)
}

fn write_matrix(html: &mut String, report: &Report) -> std::fmt::Result {
    if report.cases.is_empty() {
        return Ok(());
    }
    writeln!(html, "<h2>Verdicts</h2>\n<div class=\"wide\"><table class=\"matrix\">\n<tr><th>claim</th>")?;
    for case in &report.cases {
        writeln!(html, "<th><a href=\"#{0}\">{0}</a></th>", escape(&case.name))?;
    }
    if !report.experiments.is_empty() {
        writeln!(html, "<th>experiments</th>")?;
    }
    writeln!(html, "</tr>")?;
    for claim in &report.claims {
        writeln!(html, "<tr><th><a href=\"#{0}\">{0}</a></th>", claim.id)?;
        for case in &report.cases {
            match case.claims.iter().find(|found| found.id == claim.id) {
                Some(found) => writeln!(
                    html,
                    "<td class=\"{}\"><a href=\"#{}-{}\">{}</a></td>",
                    class(found.verdict),
                    escape(&case.name),
                    claim.id,
                    found.verdict.word()
                )?,
                None => writeln!(html, "<td>-</td>")?,
            }
        }
        if !report.experiments.is_empty() {
            let of_claim = report.experiments.iter().filter(|experiment| experiment.claim == claim.id);
            let link = |experiment: &ExperimentReport| {
                let (name, verdict) = (experiment.name, experiment.verdict);
                format!("<a class=\"{}\" href=\"#{name}\">{name}</a>", class(verdict))
            };
            writeln!(html, "<td>{}</td>", of_claim.map(link).collect::<Vec<_>>().join(", "))?;
        }
        writeln!(html, "</tr>")?;
    }
    writeln!(html, "</table></div>")
}

fn write_case(html: &mut String, case: &CaseReport) -> std::fmt::Result {
    let facts = &case.facts;
    writeln!(html, "<section id=\"{0}\">\n<h2>{0}</h2>\n<p>{1}.</p>", escape(&case.name), escape(&case.title))?;
    write!(
        html,
        "<p>{} neurons, {} synapses, {} strong components (largest {}), {} synapses on no cycle; p = {}",
        facts.neurons, facts.synapses, facts.components, facts.largest_component, facts.synapses_on_no_cycle, facts.p
    )?;
    if let Some(lambda) = facts.world {
        write!(html, ", with the world node, &lambda; = {lambda}")?;
    }
    writeln!(
        html,
        ". Cost {} &rarr; {}, imbalance of the worst neuron {:.2} at the start.</p>",
        number(facts.cost_initial),
        number(facts.cost_final),
        facts.imbalance_initial
    )?;
    writeln!(
        html,
        "<div class=\"wide\"><table>\n<tr><th>solver</th><th>status</th><th>iterations</th><th>passes</th><th>imbalance</th>\
         <th>largest weight difference</th><th>true error</th><th>certified radius</th><th>seconds</th></tr>"
    )?;
    for solver in &case.solvers {
        writeln!(
            html,
            "<tr><td>{}</td><td class=\"{}\" title=\"{}\">{}</td><td>{}</td><td>{}</td><td>{:.1e}</td><td>{:.1e}</td><td>{}</td><td>{}</td><td>{:.4}</td></tr>",
            escape(&solver.method),
            if solver.status == "balanced" { "held" } else { "open" },
            escape(&solver.explanation),
            escape(&solver.status),
            solver.iterations,
            solver.passes,
            solver.imbalance,
            solver.weight_difference,
            small(solver.true_distance),
            small(solver.certified_radius),
            solver.seconds
        )?;
    }
    writeln!(html, "</table></div>")?;
    write_figures(html, &case.figures)?;
    for claim in &case.claims {
        write_claim(html, case, claim)?;
    }
    writeln!(html, "</section>")
}

/// A small number, or a dash where there is none.
fn small(value: Option<f64>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{value:.1e}"))
}

fn write_figures(html: &mut String, figures: &[Figure]) -> std::fmt::Result {
    writeln!(html, "<div class=\"figures\">")?;
    for figure in figures {
        writeln!(html, "<figure>\n{}\n<figcaption>{}</figcaption>\n</figure>", figure.svg, escape(&figure.caption))?;
    }
    writeln!(html, "</div>")
}

fn write_experiments(html: &mut String, report: &Report) -> std::fmt::Result {
    if report.experiments.is_empty() {
        return Ok(());
    }
    writeln!(html, "<h2>What the paper shows with networks</h2>\n<ul class=\"statements\">")?;
    for experiment in &report.experiments {
        write!(html, "<li><a href=\"#{0}\">{0}</a>, {1}: ", experiment.name, escape(experiment.title))?;
        for (number, statement) in experiment.statements.iter().enumerate() {
            let between = if number > 0 { "; " } else { "" };
            write!(
                html,
                "{between}<span class=\"{}\" title=\"{}\">{}</span>",
                outcome_class(statement.outcome),
                escape(&statement.text),
                statement.outcome.words()
            )?;
        }
        writeln!(html, "</li>")?;
    }
    writeln!(html, "</ul>")?;
    for experiment in &report.experiments {
        write_experiment(html, experiment)?;
    }
    Ok(())
}

fn write_experiment(html: &mut String, experiment: &ExperimentReport) -> std::fmt::Result {
    writeln!(
        html,
        "<section id=\"{0}\">\n<h2>{0}</h2>\n<p>{1}. Evidence for <a href=\"#{2}\"><code>{2}</code></a>; alone: \
         <code>synbal experiment {0}</code> ({3:.1} s).</p>",
        experiment.name,
        escape(experiment.title),
        experiment.claim,
        experiment.seconds
    )?;
    for statement in &experiment.statements {
        writeln!(
            html,
            "<p><span class=\"{}\">{}</span>: {}</p>",
            outcome_class(statement.outcome),
            statement.outcome.words(),
            escape(&statement.text)
        )?;
    }
    write_figures(html, &experiment.figures)?;
    for table in &experiment.tables {
        write_table(html, table)?;
    }
    let open = if experiment.verdict.is_failure() { " open" } else { "" };
    writeln!(
        html,
        "<details{open}>\n<summary><span class=\"{}\">{}</span> what must hold whatever the outcome</summary>",
        class(experiment.verdict),
        experiment.verdict.word()
    )?;
    write_evidence(html, &experiment.evidence)?;
    writeln!(html, "</details>\n</section>")
}

/// A long table is folded: it is there for whoever looks for a number.
fn write_table(html: &mut String, table: &Table) -> std::fmt::Result {
    const SHORT: usize = 16;
    let open = if table.rows.len() <= SHORT { " open" } else { "" };
    writeln!(html, "<details{open}>\n<summary>{}</summary>\n<div class=\"wide\"><table>\n<tr>", escape(&table.title))?;
    for column in &table.columns {
        write!(html, "<th>{}</th>", escape(column))?;
    }
    writeln!(html, "</tr>")?;
    for row in &table.rows {
        write!(html, "<tr>")?;
        for cell in row {
            write!(html, "<td>{}</td>", escape(cell))?;
        }
        writeln!(html, "</tr>")?;
    }
    writeln!(html, "</table></div>\n</details>")
}

fn outcome_class(outcome: Reproduction) -> &'static str {
    match outcome {
        Reproduction::Reproduced => "held",
        Reproduction::Conditional | Reproduction::Beyond => "open",
        Reproduction::NotReproduced => "fell",
    }
}

fn write_claim(html: &mut String, case: &CaseReport, claim: &ClaimReport) -> std::fmt::Result {
    // A claim that fell is shown open: nobody should have to look for it.
    let open = if claim.verdict.is_failure() { " open" } else { "" };
    writeln!(
        html,
        "<details id=\"{}-{}\"{open}>\n<summary><span class=\"{}\">{}</span> {}</summary>",
        escape(&case.name),
        claim.id,
        class(claim.verdict),
        claim.verdict.word(),
        claim.id
    )?;
    write_evidence(html, &claim.evidence)?;
    writeln!(html, "</details>")
}

fn write_evidence(html: &mut String, evidence: &Evidence) -> std::fmt::Result {
    if !evidence.measurements.is_empty() {
        writeln!(
            html,
            "<table>\n<tr><th>measured</th><th>value</th><th></th><th>bound</th><th>where the bound comes from</th></tr>"
        )?;
        for measurement in &evidence.measurements {
            write_measurement(html, measurement)?;
        }
        writeln!(html, "</table>")?;
    }
    for note in &evidence.notes {
        writeln!(html, "<p class=\"note\">{}</p>", escape(note))?;
    }
    Ok(())
}

fn write_measurement(html: &mut String, measurement: &Measurement) -> std::fmt::Result {
    let relation = match measurement.relation {
        Relation::AtMost => "&le;",
        Relation::AtLeast => "&ge;",
    };
    writeln!(
        html,
        "<tr class=\"{}\"><td>{}</td><td>{}</td><td>{relation}</td><td>{}</td><td>{}</td></tr>",
        if measurement.holds() { "ok" } else { "fell" },
        escape(&measurement.what),
        number(measurement.value),
        number(measurement.bound),
        escape(&measurement.derivation)
    )
}

fn write_claims(html: &mut String, report: &Report) -> std::fmt::Result {
    writeln!(html, "<h2>The claims</h2>\n<dl>")?;
    for claim in &report.claims {
        writeln!(
            html,
            "<dt id=\"{0}\"><code>{0}</code></dt>\n<dd>{1}<br><span class=\"note\">Source: {2}. Theorem: {3}.</span></dd>",
            claim.id,
            escape(claim.statement),
            escape(claim.source),
            claim.theorems.iter().map(|name| format!("<code>{name}</code>")).collect::<Vec<_>>().join(", ")
        )?;
    }
    writeln!(html, "</dl>")
}

fn class(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Held => "held",
        Verdict::Fell => "fell",
        Verdict::Undecided => "open",
        Verdict::NotApplicable => "none",
    }
}

/// Whole numbers and numbers of everyday size as they are, all others in scientific notation.
fn number(value: f64) -> String {
    if value == 0.0 || (value.fract() == 0.0 && value.abs() < 1e9) {
        format!("{value}")
    } else if (0.01..1e6).contains(&value.abs()) {
        format!("{value:.4}")
    } else {
        format!("{value:.2e}")
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
