//! What can be said on the command line of the network that is read.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use synbal::cost::{Alpha, CostSpec};
use synbal::io::edges::EdgeColumns;
use synbal::io::layouts::{LayoutFile, LayoutOptions};
use synbal::io::{Float, Form, GivenActivations, Loaded, ReadOptions, read_gains};
use synbal::network::Activation;

use super::CliError;

/// The network and its cost.
#[derive(Clone, Debug, Args)]
pub struct InputOptions {
    /// A whole model (.safetensors, .npz); a matrix, row = target, column = source (.mtx, .npy, .csv, .tsv, .txt, .mat); a list
    /// of edges (.csv, .tsv, .txt with --edges, .graphml); each also as .gz; or - for standard input
    pub input: PathBuf,
    /// Exponent p of the cost |J|^p
    #[arg(long, default_value_t = 2.0, allow_negative_numbers = true)]
    pub p: f64,
    /// The neurons' activation, where the file does not say (nn.RNN is tanh unless it was built with nonlinearity='relu'):
    /// linear, relu, leaky-relu, leaky-relu(SLOPE) or rectified-power(DEGREE) for all of them; or one for each neuron, "relu x
    /// 10, rectified-power(2) x 6"; or one for each population of a model, "hidden = relu, out = linear"
    #[arg(long)]
    pub activation: Option<String>,
    /// Balance input and read-out weights too, the outside world being one more neuron: read-out weights cost
    /// LAMBDA |W_out|^p (needs a whole model; feed-forward models: 1 unless you say otherwise)
    #[arg(long, value_name = "LAMBDA", allow_negative_numbers = true)]
    pub world: Option<f64>,
    /// Balance the robustness cost: the mean squared gain r_j of each neuron, one number a line, with the neuron's name before it
    /// or without (.csv, .tsv, .txt), or an array (.npy); a synapse from neuron j then costs r_j |J|^p
    #[arg(long, value_name = "FILE")]
    pub gains: Option<PathBuf>,
    /// Let no gain count for less than FLOOR: a neuron that is almost never active has almost no cost, and balanced exactly
    /// it gets a huge read-out weight
    #[arg(long, value_name = "FLOOR", requires = "gains", allow_negative_numbers = true)]
    pub gain_floor: Option<f64>,
    #[command(flatten)]
    pub form: FormOptions,
}

/// How a file is to be understood.
#[derive(Clone, Debug, Args)]
pub struct FormOptions {
    /// The axes of a model's tensors, where names and shapes do not tell: a table from tensor to axes (see docs/formats.md)
    #[arg(long, value_name = "FILE.toml", help_heading = "What the file does not say")]
    pub layout: Option<PathBuf>,
    /// This tensor has nothing to do with any neuron that is balanced, whatever its shape; several times for several
    #[arg(long, value_name = "NAME", help_heading = "What the file does not say")]
    pub untouched: Vec<String>,
    /// The table is a list of edges: its columns of source, target and, if there is one, weight, by the names in its header,
    /// or by numbers from 1 if it has none
    #[arg(long, value_name = "SOURCE,TARGET[,WEIGHT]", conflicts_with_all = ["matrix", "transpose"], help_heading = "What the file does not say")]
    pub edges: Option<EdgeColumns>,
    /// The table is a matrix, even if it could be a list of edges; a first line of names has those of rows and columns
    #[arg(long, help_heading = "What the file does not say")]
    pub matrix: bool,
    /// Rows of the matrix are sources, columns are targets
    #[arg(long, help_heading = "What the file does not say")]
    pub transpose: bool,
    /// The variable (.mat), array (.npz) or edge attribute (.graphml) that holds the weights
    #[arg(long, value_name = "NAME", help_heading = "What the file does not say")]
    pub variable: Option<String>,
}

/// Activations by name; those with a parameter at its usual value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ActivationName {
    Linear,
    Relu,
    /// Slope 0.01 below zero; a .safetensors file can carry another
    LeakyRelu,
    /// Not homogeneous: refused by everything that rescales
    Tanh,
    /// Refused, like all below: no rescaling keeps what such a network computes
    Sigmoid,
    Gelu,
    Silu,
    Elu,
    Relu6,
}

impl ActivationName {
    pub fn activation(self) -> Result<Activation, CliError> {
        let refused = |reason| Err(CliError::NotHomogeneous { activation: self.name(), reason });
        match self {
            ActivationName::Linear => Ok(Activation::Linear),
            ActivationName::Relu => Ok(Activation::Relu),
            ActivationName::LeakyRelu => Ok(Activation::LeakyRelu { slope: 0.01 }),
            ActivationName::Tanh => Ok(Activation::Tanh),
            ActivationName::Sigmoid => refused("it saturates at 0 and 1 whatever the scale of its input"),
            ActivationName::Gelu | ActivationName::Silu => {
                refused("it is curved around zero on a scale of its own, so gelu(2x) is not 2 gelu(x)")
            }
            ActivationName::Elu => refused("it saturates at -1 whatever the scale of its input"),
            ActivationName::Relu6 => refused("it saturates at 6 whatever the scale of its input"),
        }
    }

    fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }
}

/// The activations of a network in words; those that no rescaling keeps are refused by name, with the reason.
fn given_activations(text: &str) -> Result<GivenActivations, CliError> {
    if let Ok(name) = ActivationName::from_str(text.trim(), false) {
        return Ok(name.activation()?.into());
    }
    Ok(text.parse::<GivenActivations>()?)
}

/// Formats of numbers by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DtypeName {
    F64,
    F32,
    F16,
    Bf16,
}

impl From<DtypeName> for Float {
    fn from(name: DtypeName) -> Self {
        match name {
            DtypeName::F64 => Float::F64,
            DtypeName::F32 => Float::F32,
            DtypeName::F16 => Float::F16,
            DtypeName::Bf16 => Float::Bf16,
        }
    }
}

impl InputOptions {
    /// The files that are read.
    pub fn files(&self) -> Vec<&Path> {
        let network = Some(&self.input).filter(|path| *path != Path::new("-"));
        [network, self.gains.as_ref(), self.form.layout.as_ref()].into_iter().flatten().map(PathBuf::as_path).collect()
    }

    /// The cost, and what is to be said of it. Nothing but the world closes the paths of a feed-forward model into cycles.
    pub fn spec(&self, loaded: &Loaded) -> Result<(CostSpec, Vec<String>), CliError> {
        let feed_forward = loaded.model.as_ref().is_some_and(|model| model.feed_forward);
        let (alpha, notices) = match &self.gains {
            None => (Alpha::Uniform(1.0), Vec::new()),
            Some(path) => {
                let gains = read_gains(path, loaded.network.weights.neurons(), loaded.names.as_deref())?;
                let alpha = Alpha::at_least(&gains, self.gain_floor.unwrap_or(0.0))?;
                (alpha, near_silent(&gains, self.gain_floor, loaded.names.as_deref()))
            }
        };
        Ok((CostSpec::power(self.p).with_alpha(alpha).with_world(self.world.or(feed_forward.then_some(1.0))), notices))
    }

    /// What the file does not say.
    pub fn read_options(&self) -> Result<ReadOptions, CliError> {
        let activation = self.activation.as_deref().map(given_activations).transpose()?;
        self.form.read_options(activation, self.p)
    }
}

/// A mean squared gain below which a neuron counts as near-silent: ReLU neurons have the fraction of time in which they are
/// active there.
const NEAR_SILENT: f64 = 0.01;

/// Neurons named in a note before it ends in "...".
const NAMED: usize = 8;

/// What is to be said of neurons that are almost never active, unless a floor takes care of them.
fn near_silent(gains: &[f64], floor: Option<f64>, names: Option<&[String]>) -> Vec<String> {
    let silent: Vec<usize> = (0..gains.len()).filter(|&neuron| gains[neuron] < NEAR_SILENT).collect();
    if silent.is_empty() || floor.is_some_and(|floor| floor >= NEAR_SILENT) {
        return Vec::new();
    }
    let name = |neuron: &usize| {
        names.and_then(|names| names.get(*neuron)).map_or_else(|| neuron.to_string(), |name| format!("`{name}`"))
    };
    let names: Vec<String> = silent.iter().take(NAMED).map(name).collect();
    let more = if silent.len() > NAMED { ", ..." } else { "" };
    vec![format!(
        "{} of {} neurons have a gain below {NEAR_SILENT} ({}{more}): almost no cost, so balanced exactly they get large \
         read-out weights; --gain-floor {NEAR_SILENT} keeps them where they are",
        silent.len(),
        gains.len(),
        names.join(", ")
    )]
}

impl FormOptions {
    /// Every option here, and whether it is given.
    pub fn given(&self) -> [(bool, &'static str); 6] {
        [
            (self.layout.is_some(), "--layout"),
            (!self.untouched.is_empty(), "--untouched"),
            (self.edges.is_some(), "--edges"),
            (self.matrix, "--matrix"),
            (self.transpose, "--transpose"),
            (self.variable.is_some(), "--variable"),
        ]
    }

    pub fn read_options(&self, activation: Option<GivenActivations>, p: f64) -> Result<ReadOptions, CliError> {
        let file = match &self.layout {
            None => None,
            Some(path) => {
                let name = || path.display().to_string();
                let text = std::fs::read_to_string(path).map_err(|reason| CliError::File { path: name(), reason })?;
                Some(LayoutFile::parse(&text).map_err(|error| CliError::Layout { path: name(), error })?)
            }
        };
        let form = Form::default()
            .with_edges(self.edges.clone())
            .with_matrix(self.matrix)
            .with_transpose(self.transpose)
            .with_variable(self.variable.clone());
        let layout = LayoutOptions::default().with_file(file).with_untouched(self.untouched.clone());
        Ok(ReadOptions::default().with_activation(activation).with_layout(layout).with_exponent(p).with_form(form))
    }
}
