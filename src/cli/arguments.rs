//! What can be said on the command line.

use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use synbal::balance::{Criteria, Method, Scope};
use synbal::cost::CostSpec;
use synbal::experiments::{EXPERIMENTS, Experiment};
use synbal::io::edges::EdgeColumns;
use synbal::io::layouts::{LayoutFile, LayoutOptions};
use synbal::io::{Float, Form, Loaded, ReadOptions};
use synbal::network::Activation;

use super::CliError;

/// Balance a recurrent network, and verify every claim of the theory on it.
///
/// Synaptic balancing rescales the synapses of a network with homogeneous activations (linear, ReLU, ...) so that
/// every neuron's incoming and outgoing costs are equal. What the network computes does not change; its total cost
/// becomes the smallest possible.
#[derive(Debug, Parser)]
#[command(
    version = super::console::VERSION,
    after_help = "Exit status: 0 all held, balanced or proved; 1 a claim fell, not converged, or a certificate refused; 2 bad usage or input."
)]
pub struct Arguments {
    /// Say nothing on standard error but errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Say on standard error what is being done, too
    #[arg(short, long, global = true)]
    pub verbose: bool,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run every claim on every embedded network across all solvers, and write a report with plots
    Report(ReportOptions),
    /// Run one experiment of the report alone: trained networks under noise, the fly's visual system, ...
    Experiment(ExperimentOptions),
    /// Check every claim on your own network (for CI: the exit status is the verdict)
    Verify(VerifyOptions),
    /// Balance a network, and write the balanced network or its log-scales
    Balance(BalanceOptions),
    /// Show a network's size, components, cycles, dynamic range and degree of imbalance
    Inspect(InspectOptions),
    /// Prove how close a network is to balanced, and write the proof as integers
    Certify(CertifyOptions),
    /// Check a certificate against its network, in integers and without a solver
    Check(CheckOptions),
    /// Write a network to a file: trained on a task, of the fly's visual system, or a case of the report, by its name
    Generate(GenerateOptions),
    /// Train a network on a task by back-propagation through time, and write it with the history of its training
    Train(TrainOptions),
    /// Print a script that completes this program's options in a shell
    Completions {
        /// The shell
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },
    /// Print the manual page (for man -l -)
    Man,
    /// Compare the report.json of a report with a reference (for CI: differences are exit status 1)
    Compare(CompareOptions),
}

#[derive(Debug, Args)]
pub struct ReportOptions {
    /// Folder for index.html, report.json and figures/; made if it does not exist
    #[arg(long, value_name = "DIR", default_value = "synbal-report")]
    pub out: PathBuf,
    /// Seed of the generated networks and of all random choices
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Passes over the synapses after which a solver gives up
    #[arg(long, value_name = "N", default_value_t = 120_000)]
    pub max_passes: usize,
}

#[derive(Debug, Args)]
pub struct ExperimentOptions {
    /// Which
    #[arg(value_name = "NAME", value_parser = clap::builder::PossibleValuesParser::new(experiment_names()))]
    pub name: String,
    /// Seed of all random choices
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// A tenth of the trials where they take minutes: a first look
    #[arg(long)]
    pub quick: bool,
    /// Write index.html, report.json and figures/ into this folder
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Print the findings as one JSON object
    #[arg(long)]
    pub json: bool,
}

/// The solvers by name, each with what it does.
fn methods() -> impl TypedValueParser<Value = Method> {
    let named = |method: Method| PossibleValue::new(method.name()).help(method.summary());
    PossibleValuesParser::new(Method::NAMED.map(named)).try_map(|name: String| name.parse::<Method>())
}

fn experiment_names() -> Vec<clap::builder::PossibleValue> {
    let named = |experiment: &Experiment| clap::builder::PossibleValue::new(experiment.name).help(experiment.title);
    EXPERIMENTS.iter().map(named).collect()
}

#[derive(Debug, Args)]
pub struct TrainOptions {
    /// The task
    #[arg(value_enum)]
    pub task: TaskName,
    /// The network in single precision; beside it, as FILE.history.csv, what training looked like
    #[arg(short, long, value_name = "FILE.safetensors")]
    pub output: PathBuf,
    /// Neurons
    #[arg(long, value_name = "N", default_value_t = 256)]
    pub neurons: usize,
    /// The neurons' activation
    #[arg(long, value_enum, default_value_t = ActivationName::Relu)]
    pub activation: ActivationName,
    /// Steps of gradient descent [default: 3000; full-integration: 6000]
    #[arg(long, value_name = "N")]
    pub iterations: Option<usize>,
    /// Trials in the batch of each step, a multiple of the task's conditions
    #[arg(long, value_name = "N", default_value_t = 8)]
    pub trials: usize,
    /// Length of a step [default: 0.01; full-integration: 0.005]
    #[arg(long, allow_negative_numbers = true)]
    pub rate: Option<f64>,
    /// Gradients longer than this are shortened to it
    #[arg(long, value_name = "NORM", default_value_t = 10.0, allow_negative_numbers = true)]
    pub clip: f64,
    /// Add L2 times the sum of all squared weights to the loss
    #[arg(long, value_name = "L2", default_value_t = 0.0, allow_negative_numbers = true)]
    pub l2: f64,
    /// Which weights those are
    #[arg(long, value_enum, default_value_t = ReachName::Recurrent)]
    pub l2_over: ReachName,
    /// Seed of the initial weights, of all trials, and of a teacher
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Iterations between two lines of the history
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub record_every: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TaskName {
    /// Integrate the noisy signals of one of two contexts (the paper's main task)
    ContextIntegration,
    /// The same as in the paper, 50 time constants long: the authors' recipe, in single precision, from checkpoint to checkpoint
    /// (an interrupted training goes on when it is started again)
    FullIntegration,
    /// Hold the exclusive or of two bits
    XorIntegration,
    /// Answer noise as a random recurrent network of 16 neurons does
    Teacher,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ReachName {
    /// Recurrent weights only
    Recurrent,
    /// Input weights, bias and read-out weights too
    Whole,
}

#[derive(Debug, Args)]
pub struct CompareOptions {
    /// The report.json to compare with
    pub reference: PathBuf,
    /// The new report.json
    pub new: PathBuf,
}

#[derive(Debug, Args)]
pub struct GenerateOptions {
    /// flyvis; a network that does one of the paper's tasks: context-integration, context-integration-l2 (trained),
    /// xor-integration (constructed); or a case of the report: celegans, fly-types, random-dense, ...
    #[arg(value_name = "CASE")]
    pub case: String,
    /// The file; the ending chooses the format (.mtx, .npy, .csv hold the recurrent weights, .safetensors all)
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
    /// Seed of a generated case, as of the report [default: 1]
    #[arg(long)]
    pub seed: Option<u64>,
    /// flyvis: columns from the centre of the eye to its edge [default: 15]
    #[arg(long, value_name = "E")]
    pub extent: Option<u32>,
    /// flyvis: which of the 50 trained models, 0 to 49 [default: 0]
    #[arg(long, value_name = "NUMBER")]
    pub model: Option<usize>,
    /// flyvis: inputs of R1 to R8 [default: per-column in a .safetensors file, else none]
    #[arg(long, value_enum)]
    pub inputs: Option<InputsName>,
    /// flyvis: outputs of T4a to T5d [default: per-type in a .safetensors file, else none]
    #[arg(long, value_enum)]
    pub outputs: Option<OutputsName>,
    /// flyvis: write cell type and column of every neuron, in their order
    #[arg(long, value_name = "FILE.csv")]
    pub names: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum InputsName {
    None,
    /// One for the whole eye
    Uniform,
    /// One a column
    PerColumn,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum OutputsName {
    None,
    /// The mean of each of the eight types
    PerType,
    /// One a neuron
    PerNeuron,
}

/// The network and its cost.
#[derive(Debug, Args)]
pub struct InputOptions {
    /// A whole model (.safetensors, .npz); a matrix, row = target, column = source (.mtx, .npy, .csv, .tsv, .mat); a list of
    /// edges (.csv, .tsv with --edges, .graphml); each also as .gz; or - for standard input
    pub input: PathBuf,
    /// Exponent p of the cost |J|^p
    #[arg(long, default_value_t = 2.0, allow_negative_numbers = true)]
    pub p: f64,
    /// The neurons' activation, where a model's file does not say: nn.RNN is tanh unless it was built with
    /// nonlinearity='relu'
    #[arg(long, value_enum)]
    pub activation: Option<ActivationName>,
    /// Balance input and read-out weights too, the outside world being one more neuron: read-out weights cost
    /// LAMBDA |W_out|^p (needs a whole model; feed-forward models: 1 unless you say otherwise)
    #[arg(long, value_name = "LAMBDA", allow_negative_numbers = true)]
    pub world: Option<f64>,
    #[command(flatten)]
    pub form: FormOptions,
}

/// How a file is to be understood.
#[derive(Debug, Args)]
pub struct FormOptions {
    /// The axes of a model's tensors, where names and shapes do not tell: a table from tensor to axes (see the README)
    #[arg(long, value_name = "FILE.toml", help_heading = "What the file does not say")]
    pub layout: Option<PathBuf>,
    /// This tensor has nothing to do with any neuron that is balanced, whatever its shape; several times for several
    #[arg(long, value_name = "NAME", help_heading = "What the file does not say")]
    pub untouched: Vec<String>,
    /// The table is a list of edges: its columns of source, target and, if there is one, weight, by the names in its header,
    /// or by numbers from 1 if it has none
    #[arg(long, value_name = "SOURCE,TARGET[,WEIGHT]", conflicts_with_all = ["matrix", "transpose"], help_heading = "What the file does not say")]
    pub edges: Option<EdgeColumns>,
    /// The table is a matrix, even if it could be a list of edges
    #[arg(long, help_heading = "What the file does not say")]
    pub matrix: bool,
    /// Rows of the matrix are sources, columns are targets
    #[arg(long, help_heading = "What the file does not say")]
    pub transpose: bool,
    /// The variable (.mat) or edge attribute (.graphml) that holds the weights
    #[arg(long, value_name = "NAME", help_heading = "What the file does not say")]
    pub variable: Option<String>,
}

#[derive(Debug, Args)]
pub struct VerifyOptions {
    #[command(flatten)]
    pub input: InputOptions,
    /// Check inside strongly connected components only
    #[arg(long)]
    pub within_components: bool,
    /// Solvers to run beside the reference; give it several times for several
    #[arg(long = "method", value_name = "NAME", value_parser = methods(), default_values = ["osborne", "dopri5"])]
    pub methods: Vec<Method>,
    /// Balanced means max |g_i|/(r_i + c_i) <= TOL
    #[arg(long, default_value_t = 1e-10, allow_negative_numbers = true)]
    pub tol: f64,
    /// Passes over the synapses after which a solver gives up
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    pub max_passes: usize,
    /// Seed of all random choices of the checks
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Write index.html and report.json with the plots into this folder
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Write the verdicts as JUnit XML, which most CI services show
    #[arg(long, value_name = "FILE.xml")]
    pub junit: Option<PathBuf>,
    /// Print what fell as annotations of GitHub Actions
    #[arg(long, conflicts_with = "json")]
    pub github: bool,
    /// Print the evidence as one JSON object
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct BalanceOptions {
    #[command(flatten)]
    pub input: InputOptions,
    /// Write the balanced network, or - for standard output. Of a model every tensor is written, under its name and in its
    /// dtype; the ending chooses the format (.safetensors, .npz; a matrix: .mtx, .npy, .csv, .tsv; each also as .gz)
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// The format on standard output, as an ending (mtx, safetensors, ...); without it, that of the input
    #[arg(long, value_name = "ENDING")]
    pub to: Option<String>,
    /// Write the log-scales h, one a neuron (.csv or .npy): J' = e^(h_source - h_target) J
    #[arg(long, value_name = "FILE")]
    pub scales: Option<PathBuf>,
    /// The dtype of the written model's numbers, if not that of the given one
    #[arg(long, value_enum)]
    pub dtype: Option<DtypeName>,
    /// Rescale by powers of two only: nothing is rounded, the function is the same bit for bit, and the imbalance that this
    /// leaves is reported
    #[arg(long, conflicts_with = "digits")]
    pub powers_of_two: bool,
    /// Do not run the given and the balanced model on random input to compare their outputs
    #[arg(long)]
    pub no_check: bool,
    /// Refuse to replace files that exist
    #[arg(long)]
    pub no_clobber: bool,
    /// How to balance
    #[arg(long, value_name = "NAME", value_parser = methods(), default_value = "auto")]
    pub method: Method,
    /// Balanced means max |g_i|/(r_i + c_i) <= TOL
    #[arg(long, default_value_t = 1e-10, allow_negative_numbers = true)]
    pub tol: f64,
    /// Passes over the synapses after which the solver gives up
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    pub max_passes: usize,
    /// Balance inside strongly connected components and scale the rest along, where some synapses lie on no cycle
    #[arg(long)]
    pub within_components: bool,
    /// Stop already at max |g_i| <= X C(0), by newton-cg: the criterion of other programs, for comparisons. Files are
    /// written then, but neurons with small costs may be far from balanced: the status is gradient-reached, the exit
    /// status 1, unless --tol holds too
    #[arg(long, value_name = "X", value_parser = positive, allow_negative_numbers = true, conflicts_with_all = ["method", "digits"])]
    pub stop_at_gradient: Option<f64>,
    /// Balance to N digits (17 to 100000) by Newton's method in multiple precision: the cost, and the log-scales in
    /// --scales FILE.csv or --json, with as many digits
    #[arg(long, value_name = "N", conflicts_with_all = ["method", "tol", "max_passes"])]
    pub digits: Option<usize>,
    /// Print the result as one JSON object
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct CertifyOptions {
    #[command(flatten)]
    pub input: InputOptions,
    /// Certify these log-scales, one a neuron (.csv or .npy), as they are; without them the network is balanced first
    #[arg(long, value_name = "FILE")]
    pub scales: Option<PathBuf>,
    /// Write the certificate (JSON)
    #[arg(short, long, value_name = "CERT")]
    pub output: PathBuf,
    /// Write a file that Coq checks with the theorems of proofs/, too
    #[arg(long, value_name = "FILE")]
    pub coq: Option<PathBuf>,
    /// Certify inside strongly connected components only, where some synapses lie on no cycle
    #[arg(long)]
    pub within_components: bool,
}

#[derive(Debug, Args)]
pub struct CheckOptions {
    /// The certificate
    pub certificate: PathBuf,
    /// The network that it is about, as `certify` was given it
    pub input: PathBuf,
    #[command(flatten)]
    pub form: FormOptions,
}

#[derive(Debug, Args)]
pub struct InspectOptions {
    #[command(flatten)]
    pub input: InputOptions,
    /// Print the facts as one JSON object
    #[arg(long)]
    pub json: bool,
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
    /// The cost. Nothing but the world closes the paths of a feed-forward model into cycles.
    pub fn spec(&self, loaded: &Loaded) -> CostSpec {
        let feed_forward = loaded.model.as_ref().is_some_and(|model| model.feed_forward);
        CostSpec { world: self.world.or(feed_forward.then_some(1.0)), ..CostSpec::power(self.p) }
    }

    /// What the file does not say.
    pub fn read_options(&self) -> Result<ReadOptions, CliError> {
        let activation = self.activation.map(ActivationName::activation).transpose()?;
        self.form.read_options(activation, self.p)
    }
}

impl FormOptions {
    pub fn read_options(&self, activation: Option<Activation>, p: f64) -> Result<ReadOptions, CliError> {
        let file = match &self.layout {
            None => None,
            Some(path) => {
                let name = || path.display().to_string();
                let text = std::fs::read_to_string(path).map_err(|reason| CliError::File { path: name(), reason })?;
                Some(LayoutFile::parse(&text).map_err(|error| CliError::Layout { path: name(), error })?)
            }
        };
        Ok(ReadOptions {
            activation,
            layout: LayoutOptions { file, untouched: self.untouched.clone() },
            p,
            form: Form {
                edges: self.edges.clone(),
                matrix: self.matrix,
                transpose: self.transpose,
                variable: self.variable.clone(),
            },
        })
    }
}

/// The scope that a flag stands for.
pub fn scope(within_components: bool) -> Scope {
    if within_components { Scope::WithinComponents } else { Scope::Whole }
}

/// The stop rule that two options stand for.
pub fn stop(tol: f64, max_passes: usize) -> Criteria {
    Criteria::new(tol, max_passes)
}

fn positive(text: &str) -> Result<f64, String> {
    let value = text.parse::<f64>().map_err(|error| error.to_string())?;
    if value > 0.0 && value.is_finite() { Ok(value) } else { Err("it must be positive and finite".to_owned()) }
}
