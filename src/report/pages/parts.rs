//! What all pages are made of.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::claims::{Evidence, Margin, Measurement, Relation, Verdict};
use crate::experiments::{Reproduction, Table};
use crate::report::figures::file_name;
use crate::report::{ControlReport, Figure, Report};

const STYLE: &str = include_str!("style.css");

/// How deep below the folder of the report a page lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Depth {
    /// In the folder itself.
    Root,
    /// In one of its folders.
    Folder,
}

impl Depth {
    /// A path of the report as seen from there.
    pub(super) fn to(self, path: &str) -> String {
        match self {
            Depth::Root => path.to_owned(),
            Depth::Folder => format!("../{path}"),
        }
    }
}

/// A whole page around its body.
pub(super) fn frame(depth: Depth, title: &str, body: Markup) -> String {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                @if depth == Depth::Folder {
                    nav { a href="../index.html" { "The whole report" } }
                }
                (body)
            }
        }
    }
    .into_string()
}

/// A table of contents.
pub(super) fn contents(entries: &[(&str, &str)]) -> Markup {
    html! {
        nav class="contents" aria-label="Contents" {
            @for (anchor, words) in entries { a href={ "#" (anchor) } { (words) } " " }
        }
    }
}

/// A figure with its data beside it. `file` is its name among the files of the report.
pub(super) fn figure(depth: Depth, file: &str, figure: &Figure) -> Markup {
    html! {
        figure id=(file) {
            h3 { (figure.title) }
            (PreEscaped(&figure.svg))
            figcaption {
                (figure.caption) " "
                a href=(depth.to(&format!("figures/{file}.csv"))) { "Data" } ", "
                a href=(depth.to(&format!("figures/{file}.svg"))) { "drawing" }
            }
        }
    }
}

/// Figures side by side.
pub(super) fn figures(depth: Depth, owner: &str, list: &[Figure]) -> Markup {
    html! {
        div class="figures" {
            @for one in list { (figure(depth, &format!("{}-{}", file_name(owner), one.name), one)) }
        }
    }
}

/// Fewer decades than this would be shown as none.
const TOUCHES: f64 = 0.05;
/// The longest bar stands for so many decades.
const FULL: f64 = 6.0;

/// How far a figure stayed from its bound: a bar, and the decades in numbers.
pub(super) fn margin(margin: Option<Margin>, verdict: Verdict) -> Markup {
    let word = |class: &str, word: &str| html! { span class=(class) { (word) } };
    match (verdict, margin) {
        (Verdict::NotApplicable, _) => word("quiet", "none here"),
        (Verdict::Open, _) => word("open", "open"),
        (Verdict::Fell, _) | (_, Some(Margin::Broken)) => word("bad", "OUTSIDE"),
        (_, None) => word("quiet", "none here"),
        (_, Some(Margin::Exact)) => html! { (bar(FULL)) span class="good" { "exact" } },
        (_, Some(Margin::Holds)) => word("good", "within"),
        (_, Some(Margin::Decades(decades))) if decades < TOUCHES => {
            html! { (bar(decades)) span class="good" { "touches" } }
        }
        (_, Some(Margin::Decades(decades))) => {
            html! { (bar(decades)) span class="good" { (format!("{decades:.1}")) } }
        }
    }
}

fn bar(decades: f64) -> Markup {
    bar_of("bar", decades)
}

fn bar_of(class: &str, decades: f64) -> Markup {
    let width = 100.0 * (decades / FULL).clamp(0.02, 1.0);
    html! { span class=(class) aria-hidden="true" { span style={ "width:" (format!("{width:.0}")) "%" } {} } }
}

/// What falling looks like: how far the figure of a negative control is outside its bound.
pub(super) fn outside(control: &ControlReport) -> Markup {
    let decades = control.evidence.furthest_outside().and_then(Measurement::decades_outside);
    match (control.verdict, decades) {
        (Verdict::Fell, Some(decades)) if decades.is_finite() => {
            html! { (bar_of("bar outside", decades)) span { (format!("{decades:.1} outside")) } }
        }
        (Verdict::Fell, _) => html! { span { "outside" } },
        _ => html! { span class="bad" { "DID NOT FALL" } },
    }
}

/// Every figure of a claim with its bound and margin, and the notes.
pub(super) fn evidence(evidence: &Evidence) -> Markup {
    html! {
        @if !evidence.measurements.is_empty() {
            div class="wide" {
                table {
                    tr { th { "measured" } th { "value" } th { "bound" } th { "decades to spare" } th { "where the bound comes from" } }
                    @for measurement in &evidence.measurements { (measured(measurement)) }
                }
            }
        }
        @for note in &evidence.notes { p class="note" { (note) } }
    }
}

fn measured(measurement: &Measurement) -> Markup {
    let relation = match measurement.relation {
        Relation::AtMost => "at most ",
        Relation::AtLeast => "at least ",
    };
    let verdict = if measurement.holds() { Verdict::Held } else { Verdict::Fell };
    html! {
        tr class=[(!measurement.holds()).then_some("outside")] {
            td { (measurement.what) }
            td class="number" { (number(measurement.value)) }
            td class="number" { (relation) (number(measurement.bound)) }
            td { (margin(Some(measurement.margin()), verdict)) }
            td { (measurement.derivation) }
        }
    }
}

/// A long table is folded: it is there for whoever looks for a number.
pub(super) fn table(table: &Table) -> Markup {
    const SHORT: usize = 16;
    html! {
        details open[table.rows.len() <= SHORT] {
            summary { (table.title) }
            div class="wide" {
                table {
                    tr { @for column in &table.columns { th { (column) } } }
                    @for row in &table.rows { tr { @for cell in row { td { (cell) } } } }
                }
            }
        }
    }
}

/// What became of several statements: each outcome once, in the order of appearance, and how often.
pub(super) fn outcomes(each: impl Iterator<Item = Reproduction>) -> Markup {
    let mut counted: Vec<(Reproduction, usize)> = Vec::new();
    for one in each {
        match counted.iter_mut().find(|(known, _)| *known == one) {
            Some((_, count)) => *count += 1,
            None => counted.push((one, 1)),
        }
    }
    html! { @for (one, many) in counted { (outcome(one)) @if many > 1 { " (" (many) ")" } " " } }
}

/// What became of a statement.
pub(super) fn outcome(outcome: Reproduction) -> Markup {
    let class = match outcome {
        Reproduction::Reproduced => "good",
        Reproduction::Conditional => "open",
        Reproduction::Beyond => "quiet",
        Reproduction::NotReproduced => "bad",
    };
    html! { span class=(class) { (outcome.words()) } }
}

/// Where the numbers come from.
pub(super) fn provenance(report: &Report, depth: Depth) -> Markup {
    let from = &report.provenance;
    html! {
        p class="note" {
            "synbal " (from.synbal) ", commit " (from.commit.as_deref().unwrap_or("unknown")) ", seed " (from.seed) ", "
            (from.build) " build, " (from.platform)
            @if let Some(processor) = &from.processor { ", " (processor) }
            ", " (from.processors) " processors"
            @if let Some(date) = &from.date { ", " (date) }
            ", " (format!("{:.1}", report.seconds)) " s. All numbers: " a href=(depth.to("report.json")) { "report.json" } "."
        }
    }
}

/// Whole numbers and numbers of everyday size as they are, all others in scientific notation.
pub(super) fn number(value: f64) -> String {
    if value == 0.0 || (value.fract() == 0.0 && value.abs() < 1e9) {
        format!("{value}")
    } else if (0.01..1e6).contains(&value.abs()) {
        format!("{value:.4}")
    } else {
        format!("{value:.2e}")
    }
}

/// A small number, or a dash where there is none.
pub(super) fn small(value: Option<f64>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{value:.1e}"))
}
