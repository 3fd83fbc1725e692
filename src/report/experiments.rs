//! Experiments run and put into words, for the page, for report.json and for the terminal.

use std::fmt::Write;
use std::time::Instant;

use serde::Serialize;

use super::{Figure, ReportError, figures};
use crate::claims::{Evidence, Verdict};
use crate::experiments::{Effort, Experiment, Findings, Statement, Table};

/// What an experiment brought back.
#[derive(Clone, Debug, Serialize)]
pub struct ExperimentReport {
    /// Its name.
    pub name: &'static str,
    /// What was measured.
    pub title: &'static str,
    /// The claim that it is evidence for.
    pub claim: &'static str,
    /// Whether everything held that must hold whatever the outcome.
    pub verdict: Verdict,
    /// What became of the paper's statements.
    pub statements: Vec<Statement>,
    /// The figures held against bounds.
    #[serde(flatten)]
    pub evidence: Evidence,
    /// The tables.
    pub tables: Vec<Table>,
    /// The figures, as SVG; not part of the machine-readable report.
    #[serde(skip)]
    pub figures: Vec<Figure>,
    /// Wall-clock seconds.
    pub seconds: f64,
}

/// Runs an experiment and draws its figures.
///
/// # Errors
/// An experiment that cannot be run, or a figure that cannot be drawn.
pub fn run_experiment(
    experiment: &Experiment,
    seed: u64,
    effort: Effort,
    progress: crate::experiments::Progress,
) -> Result<ExperimentReport, ReportError> {
    let started = Instant::now();
    let wrong = |source| ReportError::Experiment { experiment: experiment.name, source: Box::new(source) };
    let Findings { statements, evidence, plots, tables } = (experiment.run)(seed, effort, progress).map_err(wrong)?;
    Ok(ExperimentReport {
        name: experiment.name,
        title: experiment.title,
        claim: experiment.claim,
        verdict: evidence.verdict(),
        statements,
        evidence,
        tables,
        figures: figures::of_plots(&plots)?,
        seconds: started.elapsed().as_secs_f64(),
    })
}

impl ExperimentReport {
    /// Statements, tables and figures that fell, for the terminal.
    pub fn text(&self) -> String {
        let mut text = format!("{}: {}\n", self.name, self.title);
        for statement in &self.statements {
            let _ = writeln!(text, "{}: {}", statement.outcome.words().to_uppercase(), statement.text);
        }
        for table in &self.tables {
            let _ = writeln!(text, "\n{}", table.title);
            text += &aligned(table);
        }
        let fallen = self.evidence.measurements.iter().filter(|measurement| !measurement.holds());
        for measurement in fallen {
            let _ = writeln!(
                text,
                "FELL: {}: {:e}, bound {:e} ({})",
                measurement.what, measurement.value, measurement.bound, measurement.derivation
            );
        }
        for note in &self.evidence.notes {
            let _ = writeln!(text, "note: {note}");
        }
        text
    }
}

/// A table in columns of equal width, the first to the left and numbers to the right.
fn aligned(table: &Table) -> String {
    let lines = || std::iter::once(&table.columns).chain(&table.rows);
    let width =
        |column: usize| lines().filter_map(|line| line.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..table.columns.len()).map(width).collect();
    let mut text = String::new();
    for line in lines() {
        for (column, (cell, width)) in line.iter().zip(&widths).enumerate() {
            let _ = if column == 0 { write!(text, "{cell:width$}") } else { write!(text, "  {cell:>width$}") };
        }
        text = text.trim_end().to_owned();
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_lines_up() {
        let table = Table {
            title: "t".to_owned(),
            columns: vec!["a".to_owned(), "number".to_owned()],
            rows: vec![vec!["long".to_owned(), "1".to_owned()], vec!["µ".to_owned(), "12".to_owned()]],
        };
        assert_eq!(aligned(&table), "a     number\nlong       1\nµ         12\n");
    }
}
