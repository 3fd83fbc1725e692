//! `synbal verify`: the claims on the user's own network.

use std::fmt::Write;

use synbal::claims::Verdict;
use synbal::report::{CaseReport, Report, case_report, claim_texts};
use synbal::tasks::Case;

use super::arguments::{VerifyOptions, scope, stop};
use super::console::{Progress, print, print_json, read};
use super::{CliError, Ending};

pub fn run(options: &VerifyOptions) -> Result<Ending, CliError> {
    let (loaded, _) = read(&options.input)?;
    let spec = options.input.spec(&loaded);
    let network = loaded.network;
    let title = options.input.input.display().to_string();
    let name =
        options.input.input.file_stem().map_or_else(|| title.clone(), |stem| stem.to_string_lossy().into_owned());
    let case = Case { name, title, network, spec, scope: scope(options.within_components) };
    let progress = Progress::new();
    let started = std::time::Instant::now();
    let stop = stop(options.tol, options.max_passes);
    let checked = case_report(&case, &options.methods, options.seed, stop, &|_, what| progress.say(what))?;
    drop(progress);
    let held = checked.claims.iter().all(|claim| !claim.verdict.is_failure());
    if options.json {
        print_json(&checked)?;
    } else {
        print(&text(&checked))?;
    }
    if let Some(folder) = &options.out {
        let report = Report {
            figures: Vec::new(),
            provenance: synbal::report::Provenance::collect(options.seed),
            claims: claim_texts(),
            cases: vec![checked],
            experiments: Vec::new(),
            seconds: started.elapsed().as_secs_f64(),
        };
        super::report::write(&report, folder)?;
    }
    Ok(if held { Ending::Good } else { Ending::Bad })
}

/// One line a claim; for claims that fell, every figure that did; for all, the notes.
fn text(case: &CaseReport) -> String {
    let mut text = String::new();
    for solver in &case.solvers {
        let _ = writeln!(
            text,
            "{:16} {} (imbalance {:.1e}, {:.4} s)",
            solver.method, solver.explanation, solver.imbalance, solver.seconds
        );
    }
    for claim in &case.claims {
        let _ =
            writeln!(text, "{:22} {:5} {} figures", claim.id, claim.verdict.word(), claim.evidence.measurements.len());
        for measurement in claim.evidence.measurements.iter().filter(|measurement| !measurement.holds()) {
            let _ = writeln!(
                text,
                "    {}: {:e}, bound {:e} ({})",
                measurement.what, measurement.value, measurement.bound, measurement.derivation
            );
        }
        if matches!(claim.verdict, Verdict::NotApplicable | Verdict::Undecided) {
            for note in &claim.evidence.notes {
                let _ = writeln!(text, "    {note}");
            }
        }
    }
    text
}
