//! The program as a user meets it: exit statuses, streams, files, JSON.

mod balancing;
mod degrees;
mod digits;
mod documents;
mod edges;
#[cfg(feature = "precise")]
#[path = "../support/figures.rs"]
mod figures;
mod generating;
mod models;
mod refusing;
mod reliability;
mod verifying;
#[cfg(feature = "precise")]
mod words_as_committed;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use synbal::balance::{Method, Scope};
use synbal::io::{read_network, read_scales, write_network};
use synbal::network::{Activation, Network, Weights};
use synbal::scalar::UNIT_ROUNDOFF;
use synbal::tasks::embedded_cases;
use synbal::tasks::flyvis::{FlyvisNetwork, Inputs, Outputs};
use tempfile::TempDir;

const CELEGANS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/celegans_varshney2011_chem.mtx");
const FLY_TYPES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/flyvis_types65_model000.mtx");

/// Four neurons, strongly connected, with a self-synapse, both signs, zeros.
const SMALL: &str = "0.5,2,0,1\n-1,0,3,0\n0,0.25,0,4\n0.125,0,-2,0\n";

/// A command in a folder of its own, with standard input closed.
fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_synbal"));
    command.args(arguments).current_dir(folder).stdin(Stdio::null());
    command
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    command(folder, arguments).output().unwrap()
}

fn status(output: &Output) -> i32 {
    output.status.code().expect("ended by itself, not by a signal")
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

/// A folder with the small network in `small.csv`.
fn scratch() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("small.csv"), SMALL).unwrap();
    folder
}

fn weights(path: PathBuf) -> Weights {
    read_network(&path, Activation::Relu).unwrap().network.weights
}

/// Runs a command that must be refused: status 2, nothing on standard output, a sentence with all of `named`.
fn refused(folder: &Path, arguments: &[&str], named: &[&str]) {
    let output = run(folder, arguments);
    assert_eq!(status(&output), 2, "{arguments:?}: {}", stderr(&output));
    assert_eq!(stdout(&output), "", "{arguments:?}");
    for text in named {
        assert!(stderr(&output).contains(text), "{arguments:?} does not say `{text}`: {}", stderr(&output));
    }
}

fn json(output: &Output) -> Value {
    serde_json::from_str(stdout(output)).unwrap_or_else(|error| panic!("{error}: {}", stdout(output)))
}
