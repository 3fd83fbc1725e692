//! `synbal check`.

use std::io::Read;
use std::path::Path;

use num_bigint::BigUint;
use synbal::check::read::read;
use synbal::check::{
    Input, Proved, ProvedDegrees, Refused, check_degrees_input, check_input, input_of, is_of_degrees, scientific_down,
    scientific_up,
};
use synbal::io::read_network_hashed;
use synbal::network::Activation;

use super::arguments::CheckOptions;
use super::console::{counted, print, say};
use super::outputs::is_stream;
use super::{CliError, Ending};

pub fn run(options: &CheckOptions) -> Result<Ending, CliError> {
    if options.input.extension().is_some_and(|ending| ending == "json") {
        return Err(CliError::CertificateFirst { path: options.input.display().to_string() });
    }
    if is_stream(&options.certificate) && is_stream(&options.input) {
        return Err(CliError::StdinTwice);
    }
    let certificate = bytes(&options.certificate)?;
    // The checker takes a table for a matrix anyway, and knows of nothing else that can be said of a file.
    let said = options.form.given().into_iter().find(|&(given, option)| given && option != "--matrix");
    let by_itself = match said {
        Some((_, option)) => Err(format!("{option} is nothing that the checker knows")),
        None => match read(&options.input) {
            Err(reason) if reason.is_unknown() => Err(reason.to_string()),
            read => {
                Ok(read.map_err(|reason| CliError::CheckerRead { path: options.input.display().to_string(), reason })?)
            }
        },
    };
    let verdict = match by_itself {
        Ok((input, input_sha256)) => decided(&certificate, &input_sha256, &input),
        Err(reason) => {
            say(&format!("note: {reason}; the input was read as for balancing, not by the checker itself"));
            // A file that says its activation is taken at its word; of another the certificate says what its degrees are.
            let read = options.form.read_options(Some(Activation::Linear.into()), exponent(&certificate))?;
            let (loaded, input_sha256) = read_network_hashed(&options.input, &read)?;
            let mut input = input_of(&loaded.network);
            if !loaded.model.is_some_and(|model| model.says_activation) {
                input.degrees = None;
            }
            decided(&certificate, &input_sha256, &input)
        }
    };
    match verdict {
        Ok(said) => {
            print(&said)?;
            Ok(Ending::Good)
        }
        Err(reason) => {
            print(&format!("REFUSED: {reason}{}\n", super::advice::on_refusal(&reason)))?;
            Ok(Ending::Bad)
        }
    }
}

/// What a certificate of either kind proves, in words.
fn decided(certificate: &[u8], input_sha256: &str, input: &Input) -> Result<String, Refused> {
    if is_of_degrees(certificate) {
        check_degrees_input(certificate, input_sha256, input).map(|proved| text_of_degrees(&proved))
    } else {
        check_input(certificate, input_sha256, input).map(|proved| text(&proved))
    }
}

/// The exponent that a certificate is about, for kernels, whose parallel synapses are seen by their p-norm; whether the
/// certificate is sound is not decided here.
fn exponent(certificate: &[u8]) -> f64 {
    let value: Option<serde_json::Value> = serde_json::from_slice(certificate).ok();
    let part = |index: usize| value.as_ref()?["p"][index].as_f64();
    match (part(0), part(1)) {
        (Some(a), Some(b)) if b > 0.0 => a / b,
        _ => 2.0,
    }
}

/// The bytes of a file, or of standard input.
fn bytes(path: &Path) -> Result<Vec<u8>, CliError> {
    if is_stream(path) {
        let mut bytes = Vec::new();
        let read = std::io::stdin().lock().read_to_end(&mut bytes);
        return read.map(|_| bytes).map_err(|reason| CliError::File { path: "standard input".to_owned(), reason });
    }
    std::fs::read(path).map_err(|reason| CliError::File { path: path.display().to_string(), reason })
}

/// Significant digits of the decimals, which are rounded to the safe side.
const DIGITS: u32 = 4;

/// Those of a cost.
const COST_DIGITS: u32 = 24;

/// What a synapse costs: with p = a/b, with or without factors of the source neurons, and with λ = m·2^e of the world.
fn cost_of_a_synapse((a, b): (u32, u32), has_factors: bool, world: Option<(u64, i64)>) -> String {
    let p = if b == 1 { a.to_string() } else { format!("({a}/{b})") };
    let (alpha, factors) = match has_factors {
        false => ("", ""),
        true => ("r_j ", ", r_j being the cost factor of the source neuron in the certificate"),
    };
    let world = match world {
        None => String::new(),
        Some((m, e)) => format!(", the world being the last node, read-out weights times {m}*2^{e}"),
    };
    format!("cost {alpha}|J|^{p}{factors}{world}")
}

/// What is proved, in words.
pub(super) fn text(proved: &Proved) -> String {
    let Proved { nodes, synapses, components, .. } = proved;
    let (a, b) = proved.p;
    let one = BigUint::from(1_u32);
    let unit = &one << proved.cost_unit_bits;
    let radius = &proved.radius * b;
    let radius_unit = BigUint::from(a) << proved.radius_unit_bits;
    let scope = match proved.left_out {
        0 => "all synapses".to_owned(),
        1 => "1 synapse between components lies on no cycle and is left out".to_owned(),
        left_out => format!("{left_out} synapses between components lie on no cycle and are left out"),
    };
    let cost = match proved.accumulated {
        None => cost_of_a_synapse(proved.p, proved.alpha.is_some(), proved.world),
        Some((steps, (m, e))) => {
            format!(
                "the synapses being the entries of the noise accumulated over {steps} steps, each weighing {m}*2^{e} times the one before"
            )
        }
    };
    format!(
        "PROVED about {} and {} in {}, {scope}; {cost}; for neurons of degree one:\n\
         balanced log-scales, with the roots held: exist, are unique, and each is within {} of the certificate's\n\
         balanced weights: each is within the factor e^(+-{}) of the computed one\n\
         cost at the log-scales: at most {}\n\
         least possible cost:    at least {}\n\
         difference: at most {}, relative to the least {}\n",
        counted(*nodes, "node"),
        counted(*synapses, "synapse"),
        counted(*components, "strong component"),
        scientific_up(&radius, &radius_unit, DIGITS),
        scientific_up(&(&radius << 1), &radius_unit, DIGITS),
        scientific_up(&proved.upper_cost, &unit, COST_DIGITS),
        scientific_down(&proved.lower_cost, &unit, COST_DIGITS),
        scientific_up(&proved.gap, &unit, DIGITS),
        scientific_up(&proved.gap, &proved.lower_cost, DIGITS),
    )
}

/// The same of a network of any degrees.
pub(super) fn text_of_degrees(proved: &ProvedDegrees) -> String {
    let ProvedDegrees { nodes, synapses, denominator, .. } = proved;
    let (a, b) = proved.p;
    let one = BigUint::from(1_u32);
    let unit = &one << proved.cost_unit_bits;
    let radius = &proved.radius * b;
    let radius_unit = BigUint::from(a) << proved.radius_unit_bits;
    let degree = |numerator: u32| format!("{}", f64::from(numerator) / f64::from(*denominator));
    let (least, most) = (proved.numerators.iter().min(), proved.numerators.iter().max());
    let degrees = match (least, most) {
        (Some(&least), Some(&most)) if least < most => format!("degrees from {} to {}", degree(least), degree(most)),
        (_, Some(&most)) => format!("degree {}", degree(most)),
        (_, None) => "no degrees".to_owned(),
    };
    let cost = cost_of_a_synapse(proved.p, proved.alpha.is_some(), proved.world);
    format!(
        "PROVED about {} and {}, with {degrees} as the certificate names them for each neuron; {cost}:\n\
         balanced log-scales (incoming = degree times outgoing): exist, are unique, and each is within {} of the certificate's\n\
         balanced weights: each is within the factor e^(+-{}) of the computed one\n\
         cost at the log-scales: at most {}\n\
         least possible cost:    at least {}\n\
         difference: at most {}, relative to the least {}\n",
        counted(*nodes, "node"),
        counted(*synapses, "synapse"),
        scientific_up(&radius, &radius_unit, DIGITS),
        scientific_up(&(&radius * proved.steepest()), &(&radius_unit * *denominator), DIGITS),
        scientific_up(&proved.upper_cost, &unit, COST_DIGITS),
        scientific_down(&proved.lower_cost, &unit, COST_DIGITS),
        scientific_up(&proved.gap, &unit, DIGITS),
        scientific_up(&proved.gap, &proved.lower_cost, DIGITS),
    )
}
