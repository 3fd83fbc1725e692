//! What to do next about an error: which option of the command line helps.

use synbal::balance::{BalanceError, DegreeError, Status, named_synapses};
use synbal::check::Refused;
use synbal::claims::ClaimError;
use synbal::cost::CostError;
use synbal::io::csv::CsvError;
use synbal::io::graphml::GraphMlError;
use synbal::io::layouts::LayoutError;
use synbal::io::matlab::MatlabError;
use synbal::io::{Loaded, ReadError, TensorError, WriteError};
use synbal::report::ReportError;

use super::CliError;

/// A file of tensors with other names or axes.
const LAYOUT: &str = "; describe the tensors with --layout FILE.toml (docs/formats.md has examples)";

/// What helps where synapses of a network lie on no cycle; `world` says whether its inputs and outputs were balanced with it,
/// `some_cycles` whether other synapses lie on one.
pub fn reducible(loaded: &Loaded, world: bool, some_cycles: bool) -> &'static str {
    let network = &loaded.network;
    let whole = network.w_out.is_some() && (network.w_in.is_some() || network.bias.is_some());
    if world {
        return "some neuron is on no way from the inputs to the outputs; drop such synapses, or balance inside the components with --within-components";
    }
    match (whole, some_cycles) {
        (true, false) => "balance it with its inputs and outputs, which close its paths into cycles: --world 1",
        (true, true) => {
            "balance it with its inputs and outputs, --world 1, or inside its components only, --within-components"
        }
        (false, true) => "drop them, or balance inside the components with --within-components",
        (false, false) if network.weights.self_synapses() > 0 => {
            "the only cycles are self-synapses, which are balanced as they are; for the others give the whole model, with its inputs and outputs, and --world 1"
        }
        (false, false) => {
            "there is no cycle at all, so nothing can be balanced without inputs and outputs: give the whole model, and --world 1"
        }
    }
}

/// An error about a network with what its file knows: the names of its neurons, and whether inputs and outputs would close
/// its paths into cycles.
pub fn for_network(error: impl Into<CliError>, loaded: &Loaded, world: bool) -> CliError {
    let problem = match error.into() {
        CliError::Balance(problem)
        | CliError::Report(ReportError::Claim { source: ClaimError::Balance(problem), .. }) => problem,
        CliError::Report(ReportError::Claim { source: ClaimError::Degree(problem), .. }) => {
            return CliError::Degree(problem);
        }
        other => return other,
    };
    match problem {
        BalanceError::NotBalanceable { count, synapses, on_no_cycle, .. } => {
            let advice = reducible(loaded, world, count < synapses);
            CliError::NotBalanceable { count, synapses, examples: examples(&on_no_cycle, loaded), advice }
        }
        problem => CliError::Balance(problem),
    }
}

fn examples(pairs: &[(usize, usize)], loaded: &Loaded) -> String {
    let n = loaded.network.weights.neurons();
    let name = |node: usize| match &loaded.names {
        _ if node == n => "world".to_owned(),
        Some(names) => names.get(node).map_or_else(|| node.to_string(), |name| format!("`{name}`")),
        None => node.to_string(),
    };
    let counted = if loaded.names.is_some() { "" } else { ", neurons count from 0" };
    format!("{} (source -> target{counted})", named_synapses(pairs, name))
}

/// For an error that ends a command; with a separator in front, or empty.
pub fn on_error(error: &CliError) -> &'static str {
    match error {
        CliError::OfOneNetwork { error, .. } => on_error(error),
        CliError::Balance(error) => on_problem(error),
        CliError::Cost(error) => on_cost(error),
        CliError::Degree(DegreeError::NoMinimum { .. }) => {
            "; a whole network whose every neuron has a degree above zero and lies on a way from its inputs to its outputs has one with the world: --world 1"
        }
        CliError::Degree(DegreeError::Cost(error)) => on_cost(error),
        CliError::Write(WriteError::IsInput { .. }) => "; only `balance -o` may replace its input, with --in-place",
        CliError::Read(ReadError::Tensors { error, .. }) => on_tensors(error),
        CliError::Tensors(error) => on_tensors(error),
        CliError::Read(ReadError::Csv { error, .. }) => match error {
            CsvError::MatrixOrEdges => "; for a matrix give --matrix, for edges --edges 1,2,3",
            CsvError::LooksLikeEdges { .. } => {
                "; for edges give their columns, for example --edges source,target,weight, for a matrix --matrix"
            }
            CsvError::MaybeEdges { .. } => "; for edges give --edges 1,2,3",
            _ => "",
        },
        CliError::Read(ReadError::GraphMl { error: GraphMlError::NoSuchAttribute { found, .. }, .. })
            if found == "none" =>
        {
            "; give the edges an attribute with their weights"
        }
        CliError::Read(ReadError::Matlab {
            error: MatlabError::SeveralMatrices { .. } | MatlabError::NoSuchVariable { .. },
            ..
        })
        | CliError::Read(ReadError::GraphMl { error: GraphMlError::NoSuchAttribute { .. }, .. }) => {
            "; name it with --variable NAME"
        }
        _ => "",
    }
}

fn on_tensors(error: &TensorError) -> &'static str {
    let TensorError::Layout(layout) = error else {
        return match error {
            TensorError::NoSuchArray { .. } => "; name the matrix of recurrent weights with --variable NAME",
            TensorError::NoActivation { .. } => {
                "; say which the model was built with: --activation relu (or linear, leaky-relu; tanh cannot be balanced)"
            }
            _ => "",
        };
    };
    match layout {
        LayoutError::Normalisation { .. } => "; if it acts on the model's inputs alone, say --untouched NAME",
        LayoutError::LooksRecurrent { .. } => {
            "; describe the tensors with --layout FILE.toml (docs/formats.md has examples), a Linear that takes inputs and states side by side in two parts"
        }
        LayoutError::MayReadOut { .. } => {
            "; if it does not read them, say --untouched NAME, and if it does, store it in two parts and describe them with --layout FILE.toml"
        }
        LayoutError::Undescribed { .. } => {
            "; describe it with --layout FILE.toml, or, if it really has nothing to do with these neurons, say --untouched NAME"
        }
        LayoutError::NoLayout { .. } => {
            "; describe the tensors with --layout FILE.toml (docs/formats.md has examples), or, in an .npz, name the matrix of recurrent weights with --variable NAME"
        }
        LayoutError::Ambiguous { .. }
        | LayoutError::SeveralReadOuts { .. }
        | LayoutError::OrderUnknown { .. }
        | LayoutError::NoOrder { .. }
        | LayoutError::TooManyOrders { .. }
        | LayoutError::KernelAfterLinear { .. }
        | LayoutError::SingleLayer { .. }
        | LayoutError::BrokenChain { .. } => LAYOUT,
        _ => "",
    }
}

fn on_problem(error: &BalanceError) -> &'static str {
    match error {
        BalanceError::NotBalanceable { count, synapses, .. } if count < synapses => {
            "; drop them, or leave them out with --within-components, or give a whole model and --world 1"
        }
        BalanceError::NotBalanceable { .. } => "; give the whole model with its inputs and outputs, and --world 1",
        BalanceError::LeftOut(_) => ", or use --method newton",
        BalanceError::Cost(error) => on_cost(error),
        _ => "",
    }
}

fn on_cost(error: &CostError) -> &'static str {
    match error {
        CostError::OtherDegree { .. } => "; `synbal balance` balances networks of any degrees",
        CostError::NoWorld { .. } => " (a whole network is a .safetensors file; the world is left out without --world)",
        _ => "",
    }
}

/// For a run by `method` that did not end balanced; with a separator in front, or empty.
pub fn on_status(status: &Status, method: &str) -> &'static str {
    match status {
        Status::PassLimit { .. } if method.starts_with("newton") => "; raise --max-passes",
        Status::PassLimit { .. } => "; raise --max-passes, or use --method newton",
        Status::IterationLimit { .. } => "; use --method osborne",
        Status::Stalled | Status::LostToRounding => {
            "; use a tolerance above the rounding error (--tol), or --digits for more than f64 has"
        }
        Status::NotFinite { .. } => "; use --method newton or osborne",
        Status::IntegratorFailed { .. } | Status::WrongEndTime { .. } => "; use --method newton",
        Status::Drifted { .. } => "; use a method on the log-scales",
        Status::NotPositiveDefinite { .. } | Status::TooLargeForDense { .. } => "; use --method osborne",
        Status::OutOfMemory { .. } => "; use --method newton-cg or osborne",
        _ => "",
    }
}

/// For a certificate that the checker refuses; with a separator in front, or empty.
pub fn on_refusal(refused: &Refused) -> &'static str {
    match refused {
        Refused::OnNoCycle { .. } => "; certify with --within-components",
        Refused::WrongLength { .. }
        | Refused::NoWorld { .. }
        | Refused::Component { .. }
        | Refused::Deficit { .. }
        | Refused::NotConserved { .. }
        | Refused::Gap { .. }
        | Refused::Curvature { .. }
        | Refused::Lam { .. }
        | Refused::Vmax { .. }
        | Refused::Radius { .. }
        | Refused::RadiusNotSharp { .. } => {
            "; the file is the one that was certified, byte for byte, but must be read in the same way too: give what `certify` was given of --transpose, --edges, --matrix and --variable"
        }
        _ => "",
    }
}
