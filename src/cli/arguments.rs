//! What can be said on the command line.

use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use synbal::balance::{Criteria, Method, Scope};
use synbal::cost::AccumulatedNoise;
use synbal::experiments::{EXPERIMENTS, Experiment};

use super::CliError;
use super::input_arguments::{ActivationName, DtypeName, FormOptions, InputOptions};

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

impl Command {
    /// Its name.
    pub fn name(&self) -> &'static str {
        match self {
            Command::Report(_) => "report",
            Command::Experiment(_) => "experiment",
            Command::Verify(_) => "verify",
            Command::Balance(_) => "balance",
            Command::Inspect(_) => "inspect",
            Command::Certify(_) => "certify",
            Command::Check(_) => "check",
            Command::Generate(_) => "generate",
            Command::Train(_) => "train",
            Command::Completions { .. } => "completions",
            Command::Man => "man",
            Command::Compare(_) => "compare",
        }
    }
}

#[derive(Debug, Args)]
pub struct ReportOptions {
    /// Folder for index.html, its pages, report.json and figures/; made if it does not exist
    #[arg(long, value_name = "DIR", default_value = "synbal-report")]
    pub out: PathBuf,
    /// Seed of the generated networks and of all random choices
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Passes over the synapses after which a solver gives up
    #[arg(long, value_name = "N", default_value_t = 120_000)]
    pub max_passes: usize,
    /// A tenth of the trials of experiments that take minutes, and ten of the fly's 50 networks: a first look, and no verdict to cite
    #[arg(long)]
    pub quick: bool,
}

#[derive(Debug, Args)]
pub struct ExperimentOptions {
    /// Which; several names for several
    #[arg(value_name = "NAME", required = true, value_parser = clap::builder::PossibleValuesParser::new(experiment_names()))]
    pub names: Vec<String>,
    /// Seed of all random choices
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// A tenth of the trials where they take minutes, and ten of the fly's 50 networks: a first look
    #[arg(long)]
    pub quick: bool,
    /// Write index.html, report.json and figures/ into this folder
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Print the findings as one JSON object; of several experiments, as a list of them
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
    /// Write a page that shows both side by side, with every margin that moved
    #[arg(long, value_name = "FILE")]
    pub page: Option<PathBuf>,
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

#[derive(Debug, Args)]
pub struct VerifyOptions {
    #[command(flatten)]
    pub input: InputOptions,
    /// Further networks, which the same options are for
    #[arg(value_name = "INPUT")]
    pub others: Vec<PathBuf>,
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
    /// Print the evidence as one JSON object; of several networks, as a list of them
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
    /// The format on standard output, as an ending (mtx, safetensors, ...); without it, that of the input's name
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
    /// The balanced network may replace the file that it was read from
    #[arg(long, requires = "output", conflicts_with = "no_clobber")]
    pub in_place: bool,
    #[command(flatten)]
    pub noise: NoiseOptions,
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
    /// Say on standard error how long each stage took, from the start of the process; in the JSON they are always
    #[arg(long)]
    pub timings: bool,
    /// Print the result as one JSON object
    #[arg(long)]
    pub json: bool,
}

/// The noise whose cost is balanced, instead of the weights' own.
#[derive(Debug, Args)]
pub struct NoiseOptions {
    /// What is balanced: the costs |J|^p of the weights, or the noise that a linear network accumulates over several steps, the
    /// squares of all powers of the weights up to --steps (dense: for some thousand neurons at most)
    #[arg(long, value_enum, default_value_t = CostName::Weights)]
    pub cost: CostName,
    /// accumulated: the number of steps, T; the first alone is the plain cost
    #[arg(long, value_name = "T", required_if_eq("cost", "accumulated"))]
    pub steps: Option<u32>,
    /// accumulated: what a step weighs relative to the one before; the first weighs GAMMA [default: 1]
    #[arg(long, value_name = "GAMMA", allow_negative_numbers = true)]
    pub discount: Option<f64>,
}

/// Costs by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CostName {
    Weights,
    Accumulated,
}

#[derive(Debug, Args)]
pub struct CertifyOptions {
    #[command(flatten)]
    pub input: InputOptions,
    #[command(flatten)]
    pub noise: NoiseOptions,
    /// Certify these log-scales, one a neuron (.csv or .npy), as they are; without them the network is balanced first
    #[arg(long, value_name = "FILE")]
    pub scales: Option<PathBuf>,
    /// Write the certificate (JSON), or - for standard output; what it proves is said on standard error then
    #[arg(short, long, value_name = "CERT")]
    pub output: PathBuf,
    /// Write a file that Coq checks with the theorems of proofs/, too
    #[arg(long, value_name = "FILE")]
    pub coq: Option<PathBuf>,
    /// Certify inside strongly connected components only, where some synapses lie on no cycle
    #[arg(long)]
    pub within_components: bool,
}

impl NoiseOptions {
    /// The steps that noise is accumulated over, if it is.
    ///
    /// # Errors
    /// No step, or a discount that is none; an option that means nothing for the costs of weights.
    pub fn accumulated(&self) -> Result<Option<AccumulatedNoise>, CliError> {
        let misplaced = |option| CliError::Misplaced { option, case: "--cost weights".to_owned() };
        match (self.cost, self.steps) {
            (CostName::Accumulated, Some(steps)) => {
                Ok(Some(AccumulatedNoise::new(steps, self.discount.unwrap_or(1.0))?))
            }
            (_, Some(_)) => Err(misplaced("--steps")),
            (_, None) if self.discount.is_some() => Err(misplaced("--discount")),
            (_, None) => Ok(None),
        }
    }
}

#[derive(Debug, Args)]
pub struct CheckOptions {
    /// The certificate, or - for standard input
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

/// The scope that a flag stands for.
pub fn scope(within_components: bool) -> Scope {
    if within_components { Scope::WithinComponents } else { Scope::Whole }
}

/// The stop rule that two options stand for.
pub fn stop(tol: f64, max_passes: usize) -> Criteria<'static> {
    Criteria::new(tol, max_passes)
}

fn positive(text: &str) -> Result<f64, String> {
    let value = text.parse::<f64>().map_err(|error| error.to_string())?;
    if value > 0.0 && value.is_finite() { Ok(value) } else { Err("it must be positive and finite".to_owned()) }
}
