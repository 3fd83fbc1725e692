//! `synbal verify`: the claims on the user's own network.

use std::fmt::Write;
use std::path::Path;

use synbal::claims::Verdict;
use synbal::io::{Content, check_outputs, write_bytes};
use synbal::ranks::{Carrier, Parcel, Words};
use synbal::report::{CaseReport, ClaimReport, Report, case_report, claim_texts, distinct_names};
use synbal::tasks::{Beside, Case};

use super::advice::for_network;
use super::arguments::{VerifyOptions, scope, stop};
use super::console::{ProgressLine, notify, print, print_json, read_silently};
use super::input_arguments::InputOptions;
use super::outputs::{check_folder, refuse_stdout};
use super::{CliError, Ending};

/// A network that was checked.
struct Checked {
    report: CaseReport,
    /// What is said on standard error before it is checked.
    beforehand: Vec<String>,
    /// What the check itself noticed.
    of_the_case: Vec<String>,
}

impl Parcel for Checked {
    fn put(&self, words: &mut Vec<u64>) {
        let Checked { report, beforehand, of_the_case } = self;
        report.put(words);
        beforehand.put(words);
        of_the_case.put(words);
    }
    fn take(words: &mut Words) -> Option<Self> {
        Some(Checked {
            report: Parcel::take(words)?,
            beforehand: Parcel::take(words)?,
            of_the_case: Parcel::take(words)?,
        })
    }
}

pub fn run(options: &VerifyOptions, carrier: Carrier) -> Result<Ending, CliError> {
    let inputs = inputs(options);
    let names = distinct_names(&inputs.iter().map(|input| input.input.as_path()).collect::<Vec<_>>());
    refuse_stdout(options.junit.as_deref(), "--junit")?;
    // Before a minute of work rather than after.
    carrier.agree(if carrier.is_first() { check_folder(options.out.as_deref()) } else { Ok(()) })?;
    if let Some(path) = &options.junit {
        let read: Vec<&Path> = inputs.iter().flat_map(InputOptions::files).collect();
        carrier.agree(check_outputs(&[(path, Content::Bytes)], &read).map_err(CliError::from))?;
    }
    if matches!(carrier, Carrier::Ranks(_)) && inputs.iter().any(|input| input.input == Path::new("-")) {
        // Which of them has it?
        return Err(CliError::NotOnRanks { option: "standard input" });
    }
    let progress = ProgressLine::new();
    let started = std::time::Instant::now();
    // A large network may want all memory and all threads for itself.
    let checked = carrier.one_by_one(inputs.len(), |number| {
        let input = &inputs[number];
        checked(options, (input, &names[number]), &progress, matches!(carrier, Carrier::Alone)).map_err(|error| {
            match error {
                // Readers name the file.
                CliError::Read(_) => error,
                _ if inputs.len() == 1 => error,
                _ => CliError::OfOneNetwork { path: input.input.display().to_string(), error: Box::new(error) },
            }
        })
    })?;
    drop(progress);
    let Some(checked) = checked else { return Ok(Ending::Good) };
    if matches!(carrier, Carrier::Ranks(_)) {
        checked.iter().for_each(|one| notify(&one.beforehand));
    }
    let seconds = started.elapsed().as_secs_f64();
    let said: Vec<String> = checked.iter().map(|one| text(&one.report, &one.of_the_case)).collect();
    let cases: Vec<CaseReport> = checked.into_iter().map(|one| one.report).collect();
    let held = cases.iter().flat_map(|case| &case.claims).all(|claim| !claim.verdict.is_failure());
    if let Some(path) = &options.junit {
        write_bytes(path, junit(&cases).as_bytes())?;
    }
    match (&cases[..], &said[..]) {
        ([one], _) if options.json => print_json(one)?,
        (several, _) if options.json => print_json(&several)?,
        (_, [one]) => print(one)?,
        (several, said) => {
            let named = several.iter().zip(said).map(|(case, said)| format!("{}:\n{said}", case.title));
            print(&named.collect::<Vec<_>>().join("\n"))?;
        }
    }
    if options.github {
        print(&cases.iter().map(annotations).collect::<String>())?;
    }
    if let Some(folder) = &options.out {
        let report = Report {
            figures: Vec::new(),
            provenance: synbal::report::Provenance::collect(options.seed),
            effort: synbal::experiments::Effort::Full,
            claims: claim_texts()?,
            cases,
            experiments: Vec::new(),
            seconds,
        };
        super::report::write(&report, folder)?;
    }
    Ok(if held { Ending::Good } else { Ending::Bad })
}

/// The networks, each with the options of all.
fn inputs(options: &VerifyOptions) -> Vec<InputOptions> {
    let others = options.others.iter().map(|path| InputOptions { input: path.clone(), ..options.input.clone() });
    std::iter::once(options.input.clone()).chain(others).collect()
}

fn checked(
    options: &VerifyOptions,
    (input, name): (&InputOptions, &str),
    progress: &ProgressLine,
    says: bool,
) -> Result<Checked, CliError> {
    let (loaded, _, mut beforehand) = read_silently(input)?;
    let said = beforehand.len();
    if says {
        notify(&beforehand);
    }
    let (spec, notices) = input.spec(&loaded)?;
    beforehand.extend(notices.iter().cloned());
    if says {
        notify(&beforehand[said..]);
    }
    let network = loaded.network.clone();
    let title = input.input.display().to_string();
    let scope = scope(options.within_components);
    let case = Case { name: name.to_owned(), title, network, spec, scope, beside: Beside::Nothing };
    let stop = stop(options.tol, options.max_passes);
    let mut report = case_report(&case, &options.methods, options.seed, stop, &|_, what| progress.say(what))
        .map_err(|error| for_network(error, &loaded, options.input.world.is_some()))?;
    let of_the_case = report.notices.clone();
    report.notices = loaded.notices.iter().chain(&notices).chain(&of_the_case).cloned().collect();
    report.name_neurons(loaded.names.as_deref().unwrap_or_default());
    Ok(Checked { report, beforehand, of_the_case })
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
fn junit(cases: &[CaseReport]) -> String {
    let head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    let suites: String = cases.iter().map(suite).collect();
    match cases {
        [_] => format!("{head}{suites}"),
        _ => format!("{head}<testsuites>\n{suites}</testsuites>\n"),
    }
}

fn suite(case: &CaseReport) -> String {
    let failures = case.claims.iter().filter(|claim| claim.verdict.is_failure()).count();
    let skipped = case.claims.iter().filter(|claim| claim.verdict == Verdict::NotApplicable).count();
    let name = xml(&case.name);
    let mut text = format!(
        "<testsuite name=\"synbal verify {name}\" tests=\"{}\" failures=\"{failures}\" errors=\"0\" skipped=\"{skipped}\">\n",
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
