//! Parses the command line, runs a command, turns its outcome into an exit status.

mod advice;
pub mod arguments;
mod balance;
mod certify;
mod check;
mod compare;
mod console;
mod experiment;
mod generate;
mod input_arguments;
mod inspect;
mod job;
mod outputs;
mod process;
mod report;
mod shared;
mod timings;
mod train;
mod verify;

use std::process::ExitCode;
use std::sync::Arc;

use clap::{CommandFactory, Parser};
use synbal::ranks::{Carrier, Ranks};

use arguments::{Arguments, Command};

/// How a command ended, short of an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// All claims held, the network is balanced, or the certificate proves what it claims: exit status 0.
    Good,
    /// A claim fell, a solver did not converge, or a certificate was refused: exit status 1.
    Bad,
}

/// What can go wrong on the command line: exit status 2.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    #[error(transparent)]
    Read(#[from] synbal::io::ReadError),
    #[error(transparent)]
    Write(#[from] synbal::io::WriteError),
    #[error(transparent)]
    Network(#[from] synbal::network::NetworkError),
    #[error(transparent)]
    Cost(#[from] synbal::cost::CostError),
    #[error(transparent)]
    Balance(#[from] synbal::balance::BalanceError),
    #[error(transparent)]
    Degree(#[from] synbal::balance::DegreeError),
    #[error(transparent)]
    Report(#[from] synbal::report::ReportError),
    #[error(transparent)]
    Certify(#[from] synbal::certify::certificate::CertifyError),
    #[error(transparent)]
    CertifyDegrees(#[from] synbal::certify::degrees::DegreeCertifyError),
    #[cfg(feature = "precise")]
    #[error("{digits} digits were asked for; give --digits from {least} to {most}, or none for f64")]
    DigitsOutOfRange { digits: usize, least: usize, most: usize },
    #[cfg(not(feature = "precise"))]
    #[error(
        "this program was built without multiple precision, so there are no {digits} digits; build it with `cargo build --release --features precise`"
    )]
    WithoutPrecision { digits: usize },
    #[cfg(feature = "precise")]
    #[error(transparent)]
    Precision(#[from] synbal::scalar::PrecisionError),
    #[error(
        "this network takes some {megabytes} MB of memory, which cannot be had; free memory, or raise the limits of this session"
    )]
    Memory { megabytes: u64 },
    #[error("nothing was balanced: every synapse lies on no directed cycle; {advice}")]
    Nothing { advice: &'static str },
    #[error(
        "{count} of {synapses} synapses lie on no directed cycle, so no balanced point exists: {examples}; {advice}"
    )]
    NotBalanceable { count: usize, synapses: usize, examples: String, advice: &'static str },
    #[error("{activation} is not positively homogeneous: {reason}; no rescaling keeps what the network computes")]
    NotHomogeneous { activation: String, reason: &'static str },
    #[error(transparent)]
    Activations(#[from] synbal::io::BadActivations),
    #[error(transparent)]
    Tensors(#[from] synbal::io::TensorError),
    #[error(transparent)]
    Model(#[from] synbal::network::model::ModelError),
    #[error("{path}: {error}")]
    Layout { path: String, error: synbal::io::layouts::LayoutError },
    #[error("{path} exists, and --no-clobber forbids to replace it; choose another name")]
    Exists { path: String },
    #[error("--to {ending} is for standard output; give -o - with it, or the ending in the name of the file")]
    ToWithoutStdout { ending: String },
    #[error("{option} - would write to standard output, which is for what the command says; name a file")]
    StdoutTaken { option: &'static str },
    #[error("the certificate and the network would both be read from standard input; name a file for one of them")]
    StdinTwice,
    #[error(
        "the name of the input, {path}, does not say which format to write to standard output; give it with --to, as --to npy"
    )]
    StdoutFormat { path: String },
    #[error("the network and the JSON would both go to standard output; write one of them to a file")]
    StdoutTwice,
    #[error("{path}: an .npz file is written of models only; choose .npy, .mtx or .csv for a matrix")]
    NoTensors { path: String },
    #[error("--dtype is that of a model's tensors, and {path} holds a matrix, which is written in f64; leave it out")]
    DtypeOfMatrix { path: String },
    #[error("{path} cannot be read: {reason}; name a file that can be")]
    File { path: String, reason: std::io::Error },
    #[error("{path} is no network; give the certificate first, then the file of the network")]
    CertificateFirst { path: String },
    #[error("{path}: {reason}")]
    CheckerRead { path: String, reason: synbal::check::read::ReadError },
    #[error("the certificate made is refused by the checker, a fault of this program; nothing was written: {0}")]
    SelfRefused(synbal::check::Refused),
    #[error(transparent)]
    Case(#[from] synbal::tasks::CaseError),
    #[error(transparent)]
    History(#[from] synbal::tasks::training::HistoryError),
    #[error(transparent)]
    Flyvis(#[from] synbal::tasks::flyvis::FlyvisError),
    #[error(transparent)]
    Training(#[from] synbal::tasks::training::TrainingError),
    #[error("the checkpoint {path} cannot be gone on from: {source}; remove it, or write to another file with -o")]
    Checkpoint { path: String, source: synbal::tasks::training::recipe::CheckpointError },
    #[error("{option} means nothing for the task `{task}`; leave it out")]
    NotForTask { option: &'static str, task: &'static str },
    #[error(transparent)]
    Construction(#[from] synbal::tasks::ConstructionError),
    #[error("there is no case `{name}`; there are {known}")]
    NoSuchCase { name: String, known: String },
    #[error("there is no experiment `{name}`; there are {known}")]
    NoSuchExperiment { name: String, known: String },
    #[error("the experiment `{name}` is named twice, which would give the same findings twice; name it once")]
    ExperimentTwice { name: String },
    #[error("{option} is not there for --cost accumulated, whose matrix is computed in f64; leave it out")]
    NotAccumulated { option: &'static str },
    #[error("{option} means nothing for `{case}`; leave it out")]
    Misplaced { option: &'static str, case: String },
    #[error("no thread could be started: {0}; free memory, or raise the limits of this session")]
    Threads(rayon::ThreadPoolBuildError),
    #[cfg(not(feature = "mpi"))]
    #[error(
        "this is one of {processes} processes that were started together, and this program was built without MPI: each would do the whole; build it with `cargo build --release --features mpi`"
    )]
    WithoutMpi { processes: usize },
    #[error(
        "`synbal {command}` is done by one process, and {processes} were started together; several do balance, certify, verify, report and experiment"
    )]
    NotTogether { command: &'static str, processes: usize },
    #[error("{path}: {error}")]
    OfOneNetwork { path: String, error: Box<CliError> },
    #[error("{option} is not there where several processes share the work; leave it out, or use one process")]
    NotOnRanks { option: &'static str },
    #[error(transparent)]
    OnAnotherRank(#[from] synbal::ranks::OnAnotherRank),
    #[error(transparent)]
    Garbled(#[from] synbal::ranks::Garbled),
    #[cfg(feature = "mpi")]
    #[error(transparent)]
    CannotJoin(#[from] synbal::ranks::mpi::CannotJoin),
    #[error("standard output could not be written: {0}")]
    Output(std::io::Error),
    #[error("the folder {path} could not be made: {reason}; choose another with --out")]
    Folder { path: String, reason: std::io::Error },
    #[error("{path} cannot be read: {reason}; give the report.json of a report")]
    Unreadable { path: String, reason: std::io::Error },
    #[error("{path} is not JSON: {reason}; give the report.json of a report")]
    NotJson { path: String, reason: serde_json::Error },
    #[error("{path} is JSON, but no report: it has no list of `cases`; give the report.json of a report")]
    NotAReport { path: String },
    #[error("the result could not be put into JSON: {0}")]
    Json(#[from] serde_json::Error),
}

impl CliError {
    /// Whether another process of the job says what is wrong.
    fn is_elsewhere(&self) -> bool {
        use synbal::balance::BalanceError;
        use synbal::cost::CostError;
        use synbal::io::matrix_market::MatrixMarketError;
        use synbal::io::{ReadError, WriteError};
        use synbal::network::NetworkError;
        use synbal::report::ReportError;
        matches!(
            self,
            CliError::OnAnotherRank(_)
                | CliError::Read(ReadError::OnAnotherRank(_))
                | CliError::Read(ReadError::MatrixMarket {
                    error: MatrixMarketError::Network(NetworkError::OnAnotherRank(_)),
                    ..
                })
                | CliError::Write(WriteError::OnAnotherRank(_))
                | CliError::Report(ReportError::OnAnotherRank(_))
                | CliError::Balance(
                    BalanceError::Network(NetworkError::OnAnotherRank(_))
                        | BalanceError::Cost(CostError::Network(NetworkError::OnAnotherRank(_)))
                )
        )
    }
}

/// Runs the command line of this process.
pub fn run() -> ExitCode {
    timings::begin();
    let ended = match parsed() {
        Ok(arguments) => {
            console::set_loudness(arguments.quiet || job::is_silent(), arguments.verbose && !job::is_silent());
            process::prepare().and_then(|pool| pool.install(|| command(&arguments.command)))
        }
        // Of several processes with this command line one says so.
        Err(_) if job::is_silent() => return ExitCode::SUCCESS,
        Err(usage) if usage.use_stderr() => usage.exit(),
        Err(asked) => console::print_asked(&asked).map(|()| Ending::Good),
    };
    match ended {
        Ok(Ending::Good) => ExitCode::SUCCESS,
        Ok(Ending::Bad) => ExitCode::from(1),
        Err(error) if error.is_elsewhere() => ExitCode::SUCCESS,
        // Said by each, before they could speak to one another.
        Err(CliError::NotTogether { .. }) if job::is_silent() => ExitCode::SUCCESS,
        #[cfg(not(feature = "mpi"))]
        Err(CliError::WithoutMpi { .. }) if job::is_silent() => ExitCode::SUCCESS,
        Err(error) => {
            console::say(&format!("{error}{}", advice::on_error(&error)));
            ExitCode::from(2)
        }
    }
}

/// The command line of this process.
fn parsed() -> Result<Arguments, clap::Error> {
    let arguments = Arguments::try_parse()?;
    // The parser sees contradictions only where both options stand on one side of the command's name.
    if arguments.quiet && arguments.verbose {
        let said = "the argument '--quiet' cannot be used with '--verbose'";
        return Err(Arguments::command().error(clap::error::ErrorKind::ArgumentConflict, said));
    }
    Ok(arguments)
}

/// Runs one command.
pub fn command(command: &Command) -> Result<Ending, CliError> {
    job::run(command.name(), || alone(command), is_shared(command).then_some(|ranks: &_| together(command, ranks)))
}

fn alone(command: &Command) -> Result<Ending, CliError> {
    match command {
        Command::Report(options) => report::run(options, Carrier::Alone),
        Command::Experiment(options) => experiment::run(options, Carrier::Alone),
        Command::Verify(options) => verify::run(options, Carrier::Alone),
        Command::Balance(options) => balance::run(options),
        Command::Inspect(options) => inspect::run(options),
        Command::Certify(options) => certify::run(options),
        Command::Check(options) => check::run(options),
        Command::Generate(options) => generate::run(options),
        Command::Train(options) => train::run(options),
        Command::Compare(options) => compare::run(options),
        Command::Completions { shell } => completions(*shell),
        Command::Man => manual(),
    }
}

/// Whether several processes can share the work of a command.
fn is_shared(command: &Command) -> bool {
    matches!(
        command,
        Command::Balance(_) | Command::Certify(_) | Command::Report(_) | Command::Experiment(_) | Command::Verify(_)
    )
}

fn together(command: &Command, ranks: &Arc<dyn Ranks>) -> Result<Ending, CliError> {
    let carrier = Carrier::Ranks(&**ranks);
    match command {
        Command::Balance(options) => balance::run_together(options, ranks),
        Command::Certify(options) => certify::run_together(options, ranks),
        Command::Report(options) => report::run(options, carrier),
        Command::Experiment(options) => experiment::run(options, carrier),
        Command::Verify(options) => verify::run(options, carrier),
        other => Err(CliError::NotTogether { command: other.name(), processes: ranks.count() }),
    }
}

fn completions(shell: clap_complete::Shell) -> Result<Ending, CliError> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "synbal", &mut script);
    console::print_bytes(&script)?;
    Ok(Ending::Good)
}

/// The manual page of the program, and after it those of its commands.
fn manual() -> Result<Ending, CliError> {
    let mut program = Arguments::command();
    program.build();
    let mut page = Vec::new();
    clap_mangen::Man::new(program.clone()).render(&mut page).map_err(CliError::Output)?;
    for command in program.get_subcommands().filter(|command| !command.is_hide_set() && command.get_name() != "help") {
        let title = format!("synbal-{}", command.get_name());
        clap_mangen::Man::new(command.clone()).title(title).render(&mut page).map_err(CliError::Output)?;
    }
    console::print_bytes(&page)?;
    Ok(Ending::Good)
}
