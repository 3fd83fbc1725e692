//! `synbal generate`: the networks that come with the program, as files.

use std::fmt::Write;
use std::path::Path;

use synbal::balance::Scope;
use synbal::io::embedded::Trained;
use synbal::io::{Content, check_outputs, write_bytes, write_network};
use synbal::network::{Activation, Network};
use synbal::tasks::flyvis::{FlyvisNetwork, Inputs, Outputs};
use synbal::tasks::{construct_xor, embedded_cases};

use super::arguments::{GenerateOptions, InputsName, OutputsName};
use super::console::{notify, print};
use super::{CliError, Ending};

/// The name of the trained fly networks.
const FLYVIS: &str = "flyvis";
/// The name of the network that is constructed to do XOR, and its neurons.
const XOR: &str = "xor-integration";
const XOR_NEURONS: usize = 64;

pub fn run(options: &GenerateOptions) -> Result<Ending, CliError> {
    let names = options.names.iter().map(|path| (path.as_path(), Content::Bytes));
    let files = [(options.output.as_path(), Content::Network)].into_iter().chain(names);
    check_outputs(&files.collect::<Vec<_>>(), &[])?;
    if options.case == FLYVIS { fly(options) } else { case(options) }
}

/// A network that does one of the paper's tasks, if it has that name.
fn of_a_task(options: &GenerateOptions) -> Result<Option<Network>, CliError> {
    if options.case == XOR {
        return Ok(Some(construct_xor(XOR_NEURONS, Activation::Relu, options.seed.unwrap_or(1))?.network));
    }
    let Some(trained) = Trained::all().find(|trained| trained.name == options.case) else {
        return Ok(None);
    };
    // It is stored, not drawn.
    refuse(&options.case, &[("--seed", options.seed.is_some())])?;
    Ok(Some(trained.network()?))
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
    if let Some(network) = of_a_task(options)? {
        refuse(&options.case, &given)?;
        write(&options.output, &network, "")?;
        return Ok(Ending::Good);
    }
    let cases = embedded_cases(options.seed.unwrap_or(1))?;
    let Some(case) = cases.iter().find(|case| case.name == options.case) else {
        let of_tasks = Trained::all().map(|trained| trained.name).chain([XOR, FLYVIS]);
        let known: Vec<&str> = of_tasks.chain(cases.iter().map(|case| case.name.as_str())).collect();
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
