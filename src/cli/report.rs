//! `synbal report`: the main job.

use std::path::Path;

use synbal::io::write_bytes;
use synbal::report::{Report, page, run_report, verdict_table};

use super::arguments::{ReportOptions, stop};
use super::console::{ProgressLine, print};
use super::{CliError, Ending};

pub fn run(options: &ReportOptions) -> Result<Ending, CliError> {
    // An output folder that cannot be made is better known before a minute of work than after.
    make_folder(&options.out)?;
    let progress = ProgressLine::new();
    let default = synbal::balance::Criteria::default();
    let stop = stop(default.tol, options.max_passes);
    let report = run_report(options.seed, stop, &|case, what| progress.say(&format!("{case}: {what}")))?;
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

/// Writes the page, the data, and every figure as a file of its own.
pub fn write(report: &Report, folder: &Path) -> Result<(), CliError> {
    make_folder(folder)?;
    write_bytes(&folder.join("index.html"), page(report).as_bytes())?;
    write_bytes(&folder.join("report.json"), (serde_json::to_string_pretty(report)? + "\n").as_bytes())?;
    let figures = folder.join("figures");
    make_folder(&figures)?;
    for figure in &report.figures {
        write_bytes(&figures.join(format!("{}.svg", figure.name)), figure.svg.as_bytes())?;
    }
    let of_cases = report.cases.iter().map(|case| (case.name.as_str(), &case.figures));
    let of_experiments = report.experiments.iter().map(|experiment| (experiment.name, &experiment.figures));
    for (name, list) in of_cases.chain(of_experiments) {
        for figure in list {
            write_bytes(&figures.join(format!("{name}-{}.svg", figure.name)), figure.svg.as_bytes())?;
        }
    }
    Ok(())
}

fn make_folder(folder: &Path) -> Result<(), CliError> {
    std::fs::create_dir_all(folder).map_err(|reason| CliError::Folder { path: folder.display().to_string(), reason })
}
