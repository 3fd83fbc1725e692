//! `synbal generate`: the networks that come with the program, as files.

use std::fmt::Write;
use std::path::Path;

use synbal::balance::Scope;
use synbal::io::embedded::Trained;
use synbal::io::{Content, write_bytes, write_network};
use synbal::network::{Activation, GraphFacts, Network};
use synbal::tasks::flyvis::{FlyvisNetwork, Inputs, Outputs};
use synbal::tasks::{construct_xor, embedded_cases};

use super::arguments::{GenerateOptions, InputsName, OutputsName};
use super::console::{notify, print};
use super::outputs::check_files;
use super::{CliError, Ending};

/// The name of the trained fly networks.
const FLYVIS: &str = "flyvis";
/// The name of the network that is constructed to do XOR, and its neurons.
const XOR: &str = "xor-integration";
const XOR_NEURONS: usize = 64;

pub fn run(options: &GenerateOptions) -> Result<Ending, CliError> {
    let names = options.names.iter().map(|path| (path.as_path(), Content::Bytes));
    let files = [(options.output.as_path(), Content::Network)].into_iter().chain(names);
    check_files(&files.collect::<Vec<_>>(), &[])?;
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
    write(&options.output, &plan.build()?, &Balanced { world: None, within_components: true })?;
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
        write(&options.output, &network, &Balanced { world: None, within_components: false })?;
        return Ok(Ending::Good);
    }
    let cases = embedded_cases(options.seed.unwrap_or(1))?;
    let Some(case) = cases.iter().find(|case| case.name == options.case) else {
        let of_tasks = Trained::all().map(|trained| trained.name).chain([XOR, FLYVIS]);
        let known: Vec<&str> = of_tasks.chain(cases.iter().map(|case| case.name.as_str())).collect();
        return Err(CliError::NoSuchCase { name: options.case.clone(), known: known.join(", ") });
    };
    refuse(&options.case, &given)?;
    let how = Balanced { world: case.spec.world, within_components: case.scope == Scope::WithinComponents };
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

/// How the report balances a network.
struct Balanced {
    world: Option<f64>,
    within_components: bool,
}

impl Balanced {
    /// The options that balance what a file holds of the network, all of it or the recurrent weights only; `None` if none do.
    fn options(&self, network: &Network, whole: bool) -> Option<String> {
        let world = self.world.filter(|_| whole).map(|lambda| format!(" --world {lambda}"));
        let within = " --within-components".to_owned();
        match world {
            Some(world) if self.within_components => Some(within + &world),
            Some(world) => Some(world),
            None => {
                let (alone, count) = (on_no_cycle(network), network.weights.synapses());
                match alone {
                    0 if !self.within_components => Some(String::new()),
                    _ if alone == count && count > 0 => None,
                    _ if whole && !self.within_components => Some(" --world 1".to_owned()),
                    _ => Some(within),
                }
            }
        }
    }
}

/// Synapses that lie on no cycle of the recurrent weights.
fn on_no_cycle(network: &Network) -> usize {
    GraphFacts::of(network.weights.pattern()).on_no_cycle().len()
}

/// Writes the network, and says how to balance what the file holds.
fn write(path: &Path, network: &Network, how: &Balanced) -> Result<(), CliError> {
    let notices = write_network(path, network)?;
    notify(&notices);
    let (neurons, synapses) = (network.weights.neurons(), network.weights.synapses());
    let file = path.display();
    // What a format does not hold is in its notices.
    let how = match how.options(network, notices.is_empty()) {
        Some(options) => format!("balance it by: synbal balance {file}{options}"),
        None => "no synapse of this file lies on a cycle, so there is nothing to balance in it".to_owned(),
    };
    print(&format!("{file}: {neurons} neurons, {synapses} synapses; {how}\n"))
}
