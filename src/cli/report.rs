//! `synbal report`: the main job.

use std::path::{Path, PathBuf};

use synbal::experiments::Effort;
use synbal::io::write_files;
use synbal::ranks::Carrier;
use synbal::report::{Page, Report, pages, run_report, verdict_table};

use super::arguments::{ReportOptions, stop};
use super::console::{ProgressLine, print};
use super::outputs::refuse_stdout;
use super::{CliError, Ending};

pub fn run(options: &ReportOptions, carrier: Carrier) -> Result<Ending, CliError> {
    refuse_stdout(Some(&options.out), "--out")?;
    // An output folder that cannot be made is better known before a minute of work than after.
    carrier.agree(if carrier.is_first() { make_folder(&options.out) } else { Ok(()) })?;
    let effort = if options.quick { Effort::Quick } else { Effort::Full };
    let progress = ProgressLine::new();
    let default = synbal::balance::Criteria::default();
    let stop = stop(default.tol, options.max_passes);
    let say = |case: &str, what: &str| progress.say(&format!("{case}: {what}"));
    let Some(report) = run_report(options.seed, stop, effort, carrier, &say)? else { return Ok(Ending::Good) };
    drop(progress);
    write(&report, &options.out)?;
    print(&verdict_table(&report))?;
    for experiment in &report.experiments {
        let outcomes: Vec<&str> = experiment.statements.iter().map(|statement| statement.outcome.words()).collect();
        print(&format!("{} ({}): {}\n", experiment.name, experiment.verdict.word(), outcomes.join("; ")))?;
    }
    if let Some(counts) = report.reproduction() {
        print(&format!("{counts}\n"))?;
    }
    let ending = if report.all_held() { Ending::Good } else { Ending::Bad };
    let verdict = if ending == Ending::Good { "all claims held" } else { "SOME CLAIMS FELL" };
    print(&format!(
        "{verdict} in {:.1} s; the report is {}\n",
        report.seconds,
        options.out.join("index.html").display()
    ))?;
    Ok(ending)
}

/// Writes the pages, the data, and every figure with its numbers as files of their own: all of them or, unless the disk
/// fails in the last step, none.
pub fn write(report: &Report, folder: &Path) -> Result<(), CliError> {
    for inner in ["", "networks", "claims", "experiments", "figures"] {
        make_folder(&folder.join(inner))?;
    }
    let mut files: Vec<(PathBuf, Vec<u8>)> = Vec::new();
    for Page { path, html } in pages(report) {
        files.push((folder.join(path), html.into_bytes()));
    }
    for (name, figure) in report.named_figures() {
        files.push((folder.join(format!("figures/{name}.svg")), figure.svg.clone().into_bytes()));
        files.push((folder.join(format!("figures/{name}.csv")), figure.data.clone().into_bytes()));
    }
    files.push((folder.join("report.json"), (serde_json::to_string_pretty(report)? + "\n").into_bytes()));
    Ok(write_files(&files)?)
}

fn make_folder(folder: &Path) -> Result<(), CliError> {
    std::fs::create_dir_all(folder).map_err(|reason| CliError::Folder { path: folder.display().to_string(), reason })
}
