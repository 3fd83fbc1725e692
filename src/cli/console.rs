//! Standard output, notices and progress.

use std::io::{IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;
use synbal::balance::{Method, working_memory};
use synbal::io::{Loaded, ModelFile, read_network_hashed};

use super::CliError;
use super::input_arguments::InputOptions;

/// Prints to standard output.
pub fn print(text: &str) -> Result<(), CliError> {
    print_bytes(text.as_bytes())
}

/// Prints bytes to standard output.
pub fn print_bytes(bytes: &[u8]) -> Result<(), CliError> {
    let mut output = std::io::stdout().lock();
    printed(output.write_all(bytes).and_then(|()| output.flush()))
}

/// Prints what was asked for in place of a command: help, or the version.
pub fn print_asked(asked: &clap::Error) -> Result<(), CliError> {
    printed(asked.print().and_then(|()| std::io::stdout().lock().flush()))
}

/// A closed pipe ends the printing and not the command: whoever closed it has seen enough, but files are still to be written, and
/// the exit status is that of the verdict.
fn printed(written: std::io::Result<()>) -> Result<(), CliError> {
    match written {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(CliError::Output),
    }
}

/// The program that wrote a result.
#[derive(Debug, Serialize)]
pub struct Program {
    name: &'static str,
    version: &'static str,
    /// The commit that it was built from; null in debug builds.
    commit: Option<&'static str>,
    features: Vec<&'static str>,
}

impl Program {
    /// This one.
    pub fn this() -> Self {
        let mut features = Vec::new();
        if cfg!(feature = "mpi") {
            features.push("mpi");
        }
        if cfg!(feature = "precise") {
            features.push("precise");
        }
        if cfg!(feature = "stiff") {
            features.push("stiff");
        }
        Program { name: "synbal", version: env!("CARGO_PKG_VERSION"), commit: option_env!("SYNBAL_COMMIT"), features }
    }
}

/// A number of things, in the plural where there is not just one.
pub fn counted(count: usize, thing: &str) -> String {
    if count == 1 { format!("1 {thing}") } else { format!("{count} {thing}s") }
}

/// A number in as few digits as give it back, with an exponent where it would have many zeros.
pub fn short(value: f64) -> String {
    if value == 0.0 || (1e-4..1e15).contains(&value.abs()) { value.to_string() } else { format!("{value:e}") }
}

/// A cost in as few digits as give it back, or as a power of ten where `f64` cannot hold it.
pub fn cost_text(cost: Option<f64>, log10: Option<f64>) -> String {
    match (cost, log10) {
        (Some(cost), _) => short(cost),
        (None, Some(log10)) => format!("10^{log10:.6}"),
        (None, None) => "unknown".to_owned(),
    }
}

/// Prints one JSON object.
pub fn print_json(value: &impl Serialize) -> Result<(), CliError> {
    print(&(serde_json::to_string_pretty(value)? + "\n"))
}

/// Reads the network of a command, with the sha256 of the very bytes that were read, and says on standard error what the
/// reader wants known.
pub fn read(options: &InputOptions) -> Result<(Loaded, String), CliError> {
    let (loaded, sha256, notices) = read_silently(options)?;
    notify(&notices);
    Ok((loaded, sha256))
}

/// The same, with what is to be said.
pub fn read_silently(options: &InputOptions) -> Result<(Loaded, String, Vec<String>), CliError> {
    let bytes = std::fs::metadata(&options.input).map_or(0, |file| if file.is_file() { file.len() } else { 0 });
    let rows_of_numbers = options.input.extension().is_some_and(|kind| kind == "csv" || kind == "tsv" || kind == "txt");
    let reading = bytes.saturating_mul(if rows_of_numbers { READING_ROWS } else { READING });
    ask_for_memory(reading.saturating_add(if reading > LITTLE { OF_ANOTHER_THREAD } else { 0 }))?;
    let (loaded, sha256) = read_network_hashed(&options.input, &options.read_options()?)?;
    ask_for_memory(memory_of(&loaded, Method::Auto))?;
    let mut notices = loaded.notices.clone();
    if let Some(model) = &loaded.model
        && model.feed_forward
        && options.world.is_none()
    {
        notices.push("a feed-forward model is balanced with the world, --world 1".to_owned());
    }
    Ok((loaded, sha256, notices))
}

/// Bytes of memory that balancing what was read takes, about, the model of a file included.
pub fn memory_of(loaded: &Loaded, method: Method) -> u64 {
    let model = loaded.model.as_ref().map_or(0, ModelFile::working_memory);
    working_memory(&loaded.network, method).saturating_add(model)
}

/// Bytes that reading takes for each byte of a file: it and its numbers are both held. Measured on lists of synapses, whose
/// lines have six bytes at least, and on arrays.
pub const READING: u64 = 4;
/// The same of rows of numbers, where two bytes can be a synapse.
const READING_ROWS: u64 = 10;
/// Bytes that are had wherever a program runs at all.
const LITTLE: u64 = 16 << 20;
/// Bytes of addresses that the C library reserves, for an instant, where another thread allocates for the first time: that may
/// be between the question and the use of what it was about.
const OF_ANOTHER_THREAD: u64 = 128 << 20;

/// [`synbal::balance::ask_for_memory`] before the work begins.
pub fn ask_for_memory(bytes: u64) -> Result<(), CliError> {
    synbal::balance::ask_for_memory(bytes).map_err(|megabytes| CliError::Memory { megabytes })
}

/// The version of this program, with its features and, in release builds, its commit.
pub const VERSION: &str = env!("SYNBAL_VERSION");

static QUIET: AtomicBool = AtomicBool::new(false);
static VERBOSE: AtomicBool = AtomicBool::new(false);

/// Says nothing from now on but errors; or more than usual.
pub fn set_loudness(quiet: bool, verbose: bool) {
    QUIET.store(quiet, Ordering::Relaxed);
    VERBOSE.store(verbose, Ordering::Relaxed);
}

/// Says something on standard error. Where that is full or closed there is nowhere to say it, and nothing else to do.
pub fn say(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "synbal: {text}");
}

/// Prints lines on standard error, as they are.
pub fn print_aside(text: &str) {
    let _ = write!(std::io::stderr().lock(), "{text}");
}

/// Says things on standard error that are no errors.
pub fn notify(notices: &[String]) {
    if QUIET.load(Ordering::Relaxed) {
        return;
    }
    for notice in notices {
        say(&format!("note: {notice}"));
    }
}

/// A line on standard error that says what is being worked on: only on a terminal, and only after a second.
pub struct ProgressLine {
    bar: ProgressBar,
}

const SILENT_FOR: Duration = Duration::from_secs(1);

/// Draws the bar from now on in a second, unless it is finished by then.
fn reveal_later(bar: &ProgressBar) {
    let revealed = bar.clone();
    // Not joined: it outlives a command that is done in less, and then finds the bar finished. Without the thread there is no
    // bar.
    let _ = std::thread::Builder::new().spawn(move || {
        std::thread::sleep(SILENT_FOR);
        if !revealed.is_finished() {
            revealed.set_draw_target(ProgressDrawTarget::stderr());
            revealed.enable_steady_tick(Duration::from_millis(100));
        }
    });
}

impl ProgressLine {
    pub fn new() -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        if !QUIET.load(Ordering::Relaxed) && std::io::stderr().is_terminal() {
            reveal_later(&bar);
        }
        ProgressLine { bar }
    }

    /// A bar that fills up in `length` steps, with what is left of the time.
    pub fn of_length(length: usize) -> Self {
        let progress = ProgressLine::new();
        progress.bar.set_length(length as u64);
        // A template that does not parse would be a fault of this line; the line without a bar then does.
        if let Ok(style) = ProgressStyle::with_template("{msg} [{bar:40}] {pos}/{len}, {eta} left") {
            progress.bar.set_style(style.progress_chars("=> "));
        }
        progress
    }

    /// Fills the bar up to a step.
    pub fn reach(&self, step: usize) {
        self.bar.set_position(step as u64);
    }

    /// Changes the text.
    pub fn say(&self, text: &str) {
        if VERBOSE.load(Ordering::Relaxed) {
            say(text);
        }
        self.bar.set_message(text.to_owned());
    }
}

impl Drop for ProgressLine {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
