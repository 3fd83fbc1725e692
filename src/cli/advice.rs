//! What to do next about an error: which option of the command line helps.

use synbal::io::csv::CsvError;
use synbal::io::graphml::GraphMlError;
use synbal::io::layouts::LayoutError;
use synbal::io::matlab::MatlabError;
use synbal::io::{Loaded, ReadError, TensorError};

use super::CliError;

/// A file of tensors with other names or axes.
const LAYOUT: &str = "describe the tensors with --layout FILE.toml (the README has examples)";

/// What helps where synapses of a network lie on no cycle; `some_cycles` says whether others do.
pub fn reducible(loaded: &Loaded, some_cycles: bool) -> &'static str {
    let network = &loaded.network;
    let whole = network.w_out.is_some() && (network.w_in.is_some() || network.bias.is_some());
    match (whole, some_cycles) {
        (true, false) => "balance it with its inputs and outputs, which close its paths into cycles: --world 1",
        (true, true) => {
            "balance it with its inputs and outputs, --world 1, or inside its components only, --within-components"
        }
        (false, true) => "drop them, or balance inside the components with --within-components",
        (false, false) => {
            "there is no cycle at all, so nothing can be balanced without inputs and outputs: give the whole model, and --world 1"
        }
    }
}

/// Half a sentence, for errors that do not say it themselves.
pub fn on(error: &CliError) -> Option<&'static str> {
    match error {
        CliError::Read(ReadError::Tensors { error, .. }) | CliError::Tensors(error) => on_tensors(error),
        CliError::Read(ReadError::Csv { error, .. }) => match error {
            CsvError::MatrixOrEdges => Some("for a matrix give --matrix, for edges --edges 1,2,3"),
            CsvError::LooksLikeEdges { .. } => Some("for example --edges source,target,weight"),
            CsvError::MaybeEdges { .. } => Some("for edges give --edges 1,2,3"),
            _ => None,
        },
        CliError::Read(ReadError::Matlab {
            error: MatlabError::SeveralMatrices { .. } | MatlabError::NoSuchVariable { .. },
            ..
        })
        | CliError::Read(ReadError::GraphMl { error: GraphMlError::NoSuchAttribute { .. }, .. }) => {
            Some("name it with --variable NAME")
        }
        _ => None,
    }
}

fn on_tensors(error: &TensorError) -> Option<&'static str> {
    let TensorError::Layout(layout) = error else {
        return match error {
            TensorError::NoActivation { .. } => {
                Some("say which the model was built with: --activation relu (or linear, leaky-relu; tanh cannot be balanced)")
            }
            _ => None,
        };
    };
    match layout {
        LayoutError::Undescribed { .. } => Some(
            "describe it with --layout FILE.toml, or, if it really has nothing to do with these neurons, say --untouched NAME",
        ),
        LayoutError::NoLayout { .. }
        | LayoutError::Ambiguous { .. }
        | LayoutError::SeveralReadOuts { .. }
        | LayoutError::OrderUnknown { .. }
        | LayoutError::BrokenChain { .. } => Some(LAYOUT),
        _ => None,
    }
}
