//! `synbal verify`: the claims on the user's own network.

use std::fmt::Write;

use synbal::claims::Verdict;
use synbal::io::{Content, check_outputs, write_bytes};
use synbal::report::{CaseReport, ClaimReport, Report, case_report, claim_texts};
use synbal::tasks::Case;

use super::advice::for_network;
use super::arguments::{VerifyOptions, scope, stop};
use super::console::{ProgressLine, notify, print, print_json, read};
use super::{CliError, Ending};

pub fn run(options: &VerifyOptions) -> Result<Ending, CliError> {
    if let Some(path) = &options.junit {
        check_outputs(&[(path, Content::Bytes)], &options.input.files())?;
    }
    let (loaded, _) = read(&options.input)?;
    let (spec, notices) = options.input.spec(&loaded)?;
    notify(&notices);
    let network = loaded.network.clone();
    let title = options.input.input.display().to_string();
    let name =
        options.input.input.file_stem().map_or_else(|| title.clone(), |stem| stem.to_string_lossy().into_owned());
    let case = Case { name, title, network, spec, scope: scope(options.within_components) };
    let progress = ProgressLine::new();
    let started = std::time::Instant::now();
    let stop = stop(options.tol, options.max_passes);
    let mut checked = case_report(&case, &options.methods, options.seed, stop, &|_, what| progress.say(what))
        .map_err(|error| for_network(error, &loaded))?;
    drop(progress);
    let of_the_case = checked.notices.clone();
    checked.notices = loaded.notices.iter().chain(&notices).chain(&of_the_case).cloned().collect();
    checked.name_neurons(loaded.names.as_deref().unwrap_or_default());
    let held = checked.claims.iter().all(|claim| !claim.verdict.is_failure());
    if let Some(path) = &options.junit {
        write_bytes(path, junit(&checked).as_bytes())?;
    }
    if options.json {
        print_json(&checked)?;
    } else {
        print(&text(&checked, &of_the_case))?;
    }
    if options.github {
        print(&annotations(&checked))?;
    }
    if let Some(folder) = &options.out {
        let report = Report {
            figures: Vec::new(),
            provenance: synbal::report::Provenance::collect(options.seed),
            effort: synbal::experiments::Effort::Full,
            claims: claim_texts()?,
            cases: vec![checked],
            experiments: Vec::new(),
            seconds: started.elapsed().as_secs_f64(),
        };
        super::report::write(&report, folder)?;
    }
    Ok(if held { Ending::Good } else { Ending::Bad })
}

/// What is to be known first; then one line a claim; for claims that fell, every figure that did, and the notes of those that do
/// not apply.
fn text(case: &CaseReport, notices: &[String]) -> String {
    let mut text = String::new();
    for notice in notices {
        let _ = writeln!(text, "{notice}");
    }
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
        if matches!(claim.verdict, Verdict::NotApplicable | Verdict::Open) {
            for note in &claim.evidence.notes {
                let _ = writeln!(text, "    {note}");
            }
        }
    }
    text
}

/// What fell of a claim, one sentence a figure.
fn fallen(claim: &ClaimReport) -> Vec<String> {
    let figures = claim.evidence.measurements.iter().filter(|measurement| !measurement.holds());
    let said = figures.map(|m| format!("{}: {:e}, bound {:e} ({})", m.what, m.value, m.bound, m.derivation));
    said.chain(claim.evidence.notes.iter().cloned()).collect()
}

/// One test case a claim, in the XML of JUnit: what fell is a failure, what does not apply is skipped.
fn junit(case: &CaseReport) -> String {
    let failures = case.claims.iter().filter(|claim| claim.verdict.is_failure()).count();
    let skipped = case.claims.iter().filter(|claim| claim.verdict == Verdict::NotApplicable).count();
    let name = xml(&case.name);
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"synbal verify {name}\" tests=\"{}\" failures=\"{failures}\" errors=\"0\" skipped=\"{skipped}\">\n",
        case.claims.len()
    );
    for claim in &case.claims {
        let _ = write!(text, "  <testcase classname=\"{name}\" name=\"{}\">", xml(&claim.id));
        if claim.verdict.is_failure() {
            let _ = write!(
                text,
                "<failure message=\"{}\">{}</failure>",
                xml(claim.verdict.word()),
                xml(&fallen(claim).join("\n"))
            );
        } else if claim.verdict == Verdict::NotApplicable {
            text += "<skipped/>";
        }
        text += "</testcase>\n";
    }
    text + "</testsuite>\n"
}

fn xml(text: &str) -> String {
    // Control characters cannot be in XML at all.
    let kept = text.chars().filter(|&letter| !letter.is_control() || letter == '\n');
    let mut escaped = String::new();
    for letter in kept {
        match letter {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '"' => escaped += "&quot;",
            other => escaped.push(other),
        }
    }
    escaped
}

/// Workflow commands of GitHub Actions, in which line ends and percent signs are escaped.
fn annotations(case: &CaseReport) -> String {
    let escaped = |text: String| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let failures = case.claims.iter().filter(|claim| claim.verdict.is_failure());
    let lines = failures.map(|claim| {
        let said = escaped(format!("{} of {}: {}", claim.verdict.word(), case.title, fallen(claim).join("; ")));
        format!("::error title={}::{said}\n", claim.id)
    });
    lines.collect()
}
