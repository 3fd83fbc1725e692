//! The verdict table for the terminal.

use super::Report;

/// Claims down, cases across.
pub fn verdict_table(report: &Report) -> String {
    let width = report.claims.iter().map(|claim| claim.id.len()).max().unwrap_or(0);
    let mut text = format!("{:width$}", "claim");
    for case in &report.cases {
        text += &format!("  {}", case.name);
    }
    text.push('\n');
    for claim in &report.claims {
        text += &format!("{:width$}", claim.id);
        for case in &report.cases {
            let verdict =
                case.claims.iter().find(|found| found.id == claim.id).map_or("-", |found| found.verdict.word());
            text += &format!("  {verdict:<width$}", width = case.name.len());
        }
        text = text.trim_end().to_owned();
        text.push('\n');
    }
    text
}
