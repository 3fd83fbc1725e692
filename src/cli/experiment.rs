//! `synbal experiment`: experiments of the report, by themselves.

use synbal::experiments::{EXPERIMENTS, Effort, Experiment};
use synbal::ranks::Carrier;
use synbal::report::{ExperimentReport, Provenance, Report, claim_texts, run_experiment, run_experiments};

use super::arguments::ExperimentOptions;
use super::console::{ProgressLine, print, print_json};
use super::outputs::check_folder;
use super::{CliError, Ending};

const PERCENT: usize = 100;

pub fn run(options: &ExperimentOptions, carrier: Carrier) -> Result<Ending, CliError> {
    let experiments = options.names.iter().map(|name| named(name)).collect::<Result<Vec<_>, _>>()?;
    // The same findings again, on the page of the first.
    let twice = options.names.iter().enumerate().find(|(number, name)| options.names[..*number].contains(name));
    if let Some((_, name)) = twice {
        return Err(CliError::ExperimentTwice { name: name.clone() });
    }
    // Before minutes of work rather than after.
    carrier.agree(if carrier.is_first() { check_folder(options.out.as_deref()) } else { Ok(()) })?;
    let started = std::time::Instant::now();
    let Some(found) = findings(options, &experiments, carrier)? else { return Ok(Ending::Good) };
    let seconds = started.elapsed().as_secs_f64();
    let ending = if found.iter().any(|found| found.verdict.is_failure()) { Ending::Bad } else { Ending::Good };
    match &found[..] {
        [one] if options.json => print_json(one)?,
        several if options.json => print_json(&several)?,
        several => print(&several.iter().map(ExperimentReport::text).collect::<Vec<_>>().join("\n"))?,
    }
    if let Some(folder) = &options.out {
        let report = Report {
            figures: Vec::new(),
            provenance: Provenance::collect(options.seed),
            effort: effort(options),
            claims: claim_texts()?,
            cases: Vec::new(),
            seconds,
            experiments: found,
        };
        super::report::write(&report, folder)?;
    }
    Ok(ending)
}

fn named(name: &str) -> Result<&'static Experiment, CliError> {
    // The names are those that the parser lets through.
    EXPERIMENTS.iter().find(|experiment| experiment.name == name).ok_or_else(|| {
        let known = EXPERIMENTS.iter().map(|experiment| experiment.name).collect::<Vec<_>>().join(", ");
        CliError::NoSuchExperiment { name: name.to_owned(), known }
    })
}

fn effort(options: &ExperimentOptions) -> Effort {
    if options.quick { Effort::Quick } else { Effort::Full }
}

fn findings(
    options: &ExperimentOptions,
    experiments: &[&Experiment],
    carrier: Carrier,
) -> Result<Option<Vec<ExperimentReport>>, CliError> {
    let (seed, effort) = (options.seed, effort(options));
    if let ([one], Carrier::Alone) = (experiments, carrier) {
        let bar = ProgressLine::of_length(PERCENT);
        let found = run_experiment(one, seed, effort, &|fraction, what| {
            bar.say(what);
            bar.reach((fraction * PERCENT as f64) as usize);
        })?;
        return Ok(Some(vec![found]));
    }
    let line = ProgressLine::new();
    Ok(run_experiments(experiments, seed, effort, carrier, &|name, what| line.say(&format!("{name}: {what}")))?)
}
