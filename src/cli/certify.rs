//! `synbal certify`.

use std::sync::Arc;

use synbal::balance::{Criteria, DegreeProblem, Method, Problem, Scope};
use synbal::certify::certificate::{CertifyError, Costs, DistanceToGiven, Refine, certify};
use synbal::certify::degrees::{DegreeCertifyError, certify_degrees};
use synbal::check::{Refused, check, check_degrees};
use synbal::cost::CostSpec;
use synbal::io::{Content, Loaded, read_scales, write_bytes};
use synbal::network::Activation;
use synbal::ranks::{Ranks, agree};

use super::advice::for_network;
use super::arguments::{CertifyOptions, CostName, scope};
use super::balance::ACCUMULATED_OF_LINEAR;
use super::check::{text, text_of_degrees};
use super::console::{ProgressLine, notify, print, read, say};
use super::outputs::{self, is_stream, refuse_stdout};
use super::shared::{self, Shared};
use super::{CliError, Ending};

pub fn run(options: &CertifyOptions) -> Result<Ending, CliError> {
    check_files(options)?;
    certified(options, None)
}

/// The same by several processes: they balance together, and the first makes the certificate of the whole network.
///
/// Its making would spread by rows, but for the trees that the imbalance is evened out along; its check, which is to share
/// nothing with all this, would not. So one process needs the memory for a whole network anyhow.
pub fn run_together(options: &CertifyOptions, ranks: &Arc<dyn Ranks>) -> Result<Ending, CliError> {
    let accumulated = options.noise.cost != CostName::Weights || options.noise.steps.is_some();
    shared::refuse(&options.input, &[(accumulated, "--cost accumulated")])?;
    agree(&**ranks, check_files(options))?;
    let balanced = match &options.scales {
        Some(_) => None,
        None => {
            let Shared { loaded, spread, .. } = shared::read(&options.input, options.within_components, ranks)?;
            let (spec, scope) = (CostSpec::power(options.input.p), scope(options.within_components));
            let problem = Problem::spread(&loaded.network, &spec, scope, &spread);
            let problem = problem.map_err(|error| for_network(error, &loaded, options.input.world.is_some()))?;
            Some(problem.solve(Method::Auto, &Criteria::default())?.log_scales)
        }
    };
    if ranks.rank() == 0 { certified(options, balanced) } else { Ok(Ending::Good) }
}

/// Looks whether the files can be written, before any work.
fn check_files(options: &CertifyOptions) -> Result<(), CliError> {
    refuse_stdout(options.coq.as_deref(), "--coq")?;
    let output = Some(&options.output).filter(|path| !is_stream(path));
    let files = [output, options.coq.as_ref()].into_iter().flatten();
    let inputs = options.input.files().into_iter().chain(options.scales.as_deref());
    let outputs = files.map(|path| (path.as_path(), Content::Bytes));
    outputs::check_files(&outputs.collect::<Vec<_>>(), &inputs.collect::<Vec<_>>())
}

fn write(options: &CertifyOptions, certificate: &str) -> Result<(), CliError> {
    if is_stream(&options.output) {
        return print(certificate);
    }
    Ok(write_bytes(&options.output, certificate.as_bytes())?)
}

/// Says what is proved; on standard error, where the certificate itself goes to standard output.
fn tell(options: &CertifyOptions, said: &str) -> Result<(), CliError> {
    if is_stream(&options.output) {
        notify(&said.lines().map(str::to_owned).collect::<Vec<_>>());
        return Ok(());
    }
    print(said)
}

/// Certifies a network, with the log-scales that it was balanced with elsewhere, if it was.
fn certified(options: &CertifyOptions, balanced: Option<Vec<f64>>) -> Result<Ending, CliError> {
    let (loaded, input_sha256) = read(&options.input)?;
    let (spec, mut notices) = options.input.spec(&loaded)?;
    let spec = spec.with_accumulated(options.noise.accumulated()?);
    if spec.accumulated.is_some() && loaded.network.activation != Activation::Linear {
        notices.push(ACCUMULATED_OF_LINEAR.to_owned());
    }
    if spec.accumulated.is_some() && options.coq.is_some() {
        return Err(CertifyError::CoqOfNoise.into());
    }
    notify(&notices);
    let scope = scope(options.within_components);
    let network = &loaded.network;
    if !network.activation.homogeneous_degrees()?.are_one() {
        return of_degrees(options, &loaded, &input_sha256, &spec, scope);
    }
    let problem = Problem::new(network, &spec, scope)
        .map_err(|error| for_network(error, &loaded, options.input.world.is_some()))?;
    let progress = ProgressLine::new();
    let (h, refine) = match (&options.scales, balanced) {
        (Some(path), _) => (read_scales(path)?, Refine::No),
        (None, Some(log_scales)) => (log_scales, Refine::Yes),
        (None, None) => {
            progress.say("balancing");
            let balanced = problem.solve(Method::Auto, &Criteria::default())?;
            // Whether it is balanced enough, the certificate shows.
            (balanced.log_scales, Refine::Yes)
        }
    };
    progress.say("certifying");
    let costs = if options.coq.is_some() { Costs::ExactIfPossible } else { Costs::Rounded };
    let certificate = match certify(&problem, &h, refine, costs) {
        Ok(certificate) => certificate,
        Err(reason) if reason.is_bad_request() => return Err(reason.into()),
        Err(reason) => {
            drop(progress);
            say(&format!("no certificate: {reason}; no file was written"));
            return Ok(Ending::Bad);
        }
    };
    let file = certificate.to_text(&input_sha256);
    let proved = match check(file.as_bytes(), &input_sha256, network) {
        Ok(proved) => proved,
        // True, but too long for anyone to check.
        Err(reason @ Refused::TooMuchWork { .. }) => {
            drop(progress);
            say(&format!("no certificate: {reason}; no file was written"));
            return Ok(Ending::Bad);
        }
        Err(reason) => return Err(CliError::SelfRefused(reason)),
    };
    drop(progress);
    write(options, &file)?;
    if let Some(path) = &options.coq {
        let name = options.input.input.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
        write_bytes(path, certificate.to_coq(&name, network)?.as_bytes())?;
    }
    let mut said = text(&proved);
    match certificate.distance_to_given {
        DistanceToGiven::Refined => {
            said += "The log-scales are those of the certificate, refined beyond the precision of f64.\n";
        }
        DistanceToGiven::Within { bits } => {
            said += &format!("The given log-scales are within 2^-{bits}/p of those of the certificate: add that.\n");
        }
    }
    tell(options, &said)?;
    Ok(Ending::Good)
}

/// Certifies a network whose neurons are not all of degree one.
fn of_degrees(
    options: &CertifyOptions,
    loaded: &Loaded,
    input_sha256: &str,
    spec: &CostSpec,
    scope: Scope,
) -> Result<Ending, CliError> {
    if options.coq.is_some() {
        return Err(DegreeCertifyError::Coq.into());
    }
    if scope == Scope::WithinComponents {
        return Err(DegreeCertifyError::Components.into());
    }
    let network = &loaded.network;
    let problem = DegreeProblem::new(network, spec, scope)?;
    let progress = ProgressLine::new();
    let (h, refine) = match &options.scales {
        Some(path) => (read_scales(path)?, Refine::No),
        None => {
            progress.say("balancing");
            (problem.solve(Method::Auto, &Criteria::default())?.log_scales, Refine::Yes)
        }
    };
    progress.say("certifying");
    let refused = |reason: &dyn std::fmt::Display| {
        say(&format!("no certificate: {reason}; no file was written"));
        Ok(Ending::Bad)
    };
    let certificate = match certify_degrees(&problem, &h, refine) {
        Ok(certificate) => certificate,
        Err(reason) if reason.is_bad_request() => return Err(reason.into()),
        Err(reason) => {
            drop(progress);
            return refused(&reason);
        }
    };
    let file = certificate.to_text(input_sha256);
    let verdict = check_degrees(file.as_bytes(), input_sha256, network);
    drop(progress);
    let proved = match verdict {
        Ok(proved) => proved,
        // True, but too long for anyone to check.
        Err(reason @ Refused::TooMuchWork { .. }) => return refused(&reason),
        Err(reason) => return Err(CliError::SelfRefused(reason)),
    };
    write(options, &file)?;
    let mut said = text_of_degrees(&proved);
    said += &match certificate.given_within_bits {
        None => "The log-scales are those of the certificate, refined beyond the precision of f64.\n".to_owned(),
        Some(bits) => {
            format!("The given log-scales are within 2^-{bits}/p of those of the certificate: add that.\n")
        }
    };
    tell(options, &said)?;
    Ok(Ending::Good)
}
