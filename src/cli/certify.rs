//! `synbal certify`.

use synbal::balance::{Criteria, Method, Problem};
use synbal::certify::certificate::{CertifyError, Costs, DistanceToGiven, Refine, certify};
use synbal::check::{Refused, check};
use synbal::io::{Content, check_outputs, read_scales, write_bytes};
use synbal::network::Activation;

use super::advice::for_network;
use super::arguments::{CertifyOptions, scope};
use super::balance::ACCUMULATED_OF_LINEAR;
use super::check::text;
use super::console::{ProgressLine, notify, print, read, say};
use super::{CliError, Ending};

pub fn run(options: &CertifyOptions) -> Result<Ending, CliError> {
    let files = [Some(&options.output), options.coq.as_ref()].into_iter().flatten();
    let inputs = options.input.files().into_iter().chain(options.scales.as_deref());
    let outputs = files.map(|path| (path.as_path(), Content::Bytes));
    check_outputs(&outputs.collect::<Vec<_>>(), &inputs.collect::<Vec<_>>())?;
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
    let problem = Problem::new(network, &spec, scope).map_err(|error| for_network(error, &loaded))?;
    let progress = ProgressLine::new();
    let (h, refine) = match &options.scales {
        Some(path) => (read_scales(path)?, Refine::No),
        None => {
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
    write_bytes(&options.output, file.as_bytes())?;
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
    print(&said)?;
    Ok(Ending::Good)
}
