//! `synbal experiment`: one experiment of the report, alone.

use synbal::experiments::{EXPERIMENTS, Effort};
use synbal::report::{Provenance, Report, claim_texts, run_experiment};

use super::arguments::ExperimentOptions;
use super::console::{ProgressLine, print, print_json};
use super::{CliError, Ending};

const PERCENT: usize = 100;

pub fn run(options: &ExperimentOptions) -> Result<Ending, CliError> {
    // The names are those that the parser lets through.
    let Some(experiment) = EXPERIMENTS.iter().find(|experiment| experiment.name == options.name) else {
        let known = EXPERIMENTS.iter().map(|experiment| experiment.name).collect::<Vec<_>>().join(", ");
        return Err(CliError::NoSuchExperiment { name: options.name.clone(), known });
    };
    let bar = ProgressLine::of_length(PERCENT);
    let effort = if options.quick { Effort::Quick } else { Effort::Full };
    let found = run_experiment(experiment, options.seed, effort, &|fraction, what| {
        bar.say(what);
        bar.reach((fraction * PERCENT as f64) as usize);
    })?;
    drop(bar);
    let ending = if found.verdict.is_failure() { Ending::Bad } else { Ending::Good };
    if options.json {
        print_json(&found)?;
    } else {
        print(&found.text())?;
    }
    if let Some(folder) = &options.out {
        let report = Report {
            figures: Vec::new(),
            provenance: Provenance::collect(options.seed),
            effort,
            claims: claim_texts()?,
            cases: Vec::new(),
            seconds: found.seconds,
            experiments: vec![found],
        };
        super::report::write(&report, folder)?;
    }
    Ok(ending)
}
