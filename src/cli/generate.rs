//! `synbal generate`: the networks that come with the program, as files.

use std::fmt::Write;
use std::path::Path;

use synbal::balance::Scope;
use synbal::io::{write_bytes, write_network};
use synbal::network::Network;
use synbal::tasks::embedded_cases;
use synbal::tasks::flyvis::{FlyvisNetwork, Inputs, Outputs};

use super::arguments::{GenerateOptions, InputsName, OutputsName};
use super::console::{notify, print};
use super::{CliError, Ending};

/// The name of the trained fly networks.
const FLYVIS: &str = "flyvis";

pub fn run(options: &GenerateOptions) -> Result<Ending, CliError> {
    if options.case == FLYVIS { fly(options) } else { case(options) }
}

fn fly(options: &GenerateOptions) -> Result<Ending, CliError> {
    refuse(&options.case, &[("--seed", options.seed.is_some())])?;
    let whole = options.output.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("safetensors"));
    let plan = FlyvisNetwork {
        extent: options.extent.unwrap_or(15),
        model: options.model.unwrap_or(0),
        inputs: match options.inputs {
            Some(InputsName::None) => Inputs::None,
            Some(InputsName::Uniform) => Inputs::Uniform,
            Some(InputsName::PerColumn) => Inputs::PerColumn,
            None if whole => Inputs::PerColumn,
            None => Inputs::None,
        },
        outputs: match options.outputs {
            Some(OutputsName::None) => Outputs::None,
            Some(OutputsName::PerType) => Outputs::PerType,
            Some(OutputsName::PerNeuron) => Outputs::PerNeuron,
            None if whole => Outputs::PerType,
            None => Outputs::None,
        },
    };
    write(&options.output, &plan.build()?, " --within-components")?;
    if let Some(path) = &options.names {
        let mut text = "type,u,v\n".to_owned();
        for neuron in plan.neurons()? {
            let _ = writeln!(text, "{},{},{}", neuron.cell_type, neuron.u, neuron.v);
        }
        write_bytes(path, text.as_bytes())?;
    }
    Ok(Ending::Good)
}

fn case(options: &GenerateOptions) -> Result<Ending, CliError> {
    let given = [
        ("--extent", options.extent.is_some()),
        ("--model", options.model.is_some()),
        ("--inputs", options.inputs.is_some()),
        ("--outputs", options.outputs.is_some()),
        ("--names", options.names.is_some()),
    ];
    let cases = embedded_cases(options.seed.unwrap_or(1))?;
    let Some(case) = cases.iter().find(|case| case.name == options.case) else {
        let known: Vec<&str> = std::iter::once(FLYVIS).chain(cases.iter().map(|case| case.name.as_str())).collect();
        return Err(CliError::NoSuchCase { name: options.case.clone(), known: known.join(", ") });
    };
    refuse(&options.case, &given)?;
    let mut how = String::new();
    if case.scope == Scope::WithinComponents {
        how.push_str(" --within-components");
    }
    if let Some(lambda) = case.spec.world {
        let _ = write!(how, " --world {lambda}");
    }
    write(&options.output, &case.network, &how)?;
    Ok(Ending::Good)
}

/// Refuses options that would be passed over in silence.
fn refuse(case: &str, options: &[(&'static str, bool)]) -> Result<(), CliError> {
    match options.iter().find(|(_, given)| *given) {
        Some(&(option, _)) => Err(CliError::Misplaced { option, case: case.to_owned() }),
        None => Ok(()),
    }
}

/// Writes the network, and says how the report balances it.
fn write(path: &Path, network: &Network, how: &str) -> Result<(), CliError> {
    notify(&write_network(path, network)?);
    let (neurons, synapses) = (network.weights.neurons(), network.weights.synapses());
    let file = path.display();
    print(&format!("{file}: {neurons} neurons, {synapses} synapses; balance it by: synbal balance {file}{how}\n"))
}
