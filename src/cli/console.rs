//! Standard output, notices and progress.

use std::io::Write;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;
use synbal::io::{read_network, read_network_hashed};
use synbal::network::Network;

use super::CliError;
use super::arguments::InputOptions;

/// Prints to standard output; a closed pipe is an error like any other, not a panic.
pub fn print(text: &str) -> Result<(), CliError> {
    let mut output = std::io::stdout().lock();
    output.write_all(text.as_bytes()).and_then(|()| output.flush()).map_err(CliError::Output)
}

/// Prints one JSON object.
pub fn print_json(value: &impl Serialize) -> Result<(), CliError> {
    print(&(serde_json::to_string_pretty(value)? + "\n"))
}

/// Reads the network of a command, and says on standard error what the reader wants known.
pub fn read(options: &InputOptions) -> Result<Network, CliError> {
    let loaded = read_network(&options.input, options.activation.activation())?;
    notify(&loaded.notices);
    Ok(loaded.network)
}

/// The same, with the sha256 of the very bytes that were read.
pub fn read_hashed(options: &InputOptions) -> Result<(Network, String), CliError> {
    let (loaded, sha256) = read_network_hashed(&options.input, options.activation.activation())?;
    notify(&loaded.notices);
    Ok((loaded.network, sha256))
}

/// Says things on standard error that are no errors.
pub fn notify(notices: &[String]) {
    for notice in notices {
        eprintln!("synbal: note: {notice}");
    }
}

/// A line on standard error that says what is being worked on: only on a terminal, and only after a second.
pub struct Progress {
    bar: ProgressBar,
}

const SILENT_FOR: Duration = Duration::from_secs(1);

/// Draws the bar from now on in a second, unless it is finished by then.
fn reveal_later(bar: &ProgressBar) {
    let revealed = bar.clone();
    // Not joined: it outlives a command that is done in less, and then finds the bar finished.
    std::thread::spawn(move || {
        std::thread::sleep(SILENT_FOR);
        if !revealed.is_finished() {
            // indicatif draws nothing where standard error is no terminal.
            revealed.set_draw_target(ProgressDrawTarget::stderr());
            revealed.enable_steady_tick(Duration::from_millis(100));
        }
    });
}

impl Progress {
    pub fn new() -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        reveal_later(&bar);
        Progress { bar }
    }

    /// A bar that fills up in `length` steps, with what is left of the time.
    pub fn of_length(length: usize) -> Self {
        let progress = Progress::new();
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
        self.bar.set_message(text.to_owned());
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
