//! Whole command lines: made of the program's own commands, options and their values, on networks of up to four neurons. In a folder
//! of its own, and no word is a path out of it.
#![no_main]

#[path = "../../src/cli/mod.rs"]
#[expect(
    dead_code,
    reason = "a process of the fuzzer is not one of the program: its start and its signals are its own"
)]
mod cli;

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use clap::{CommandFactory, FromArgMatches};
use cli::arguments::{Arguments, Command};
use libfuzzer_sys::arbitrary::{Result, Unstructured};
use libfuzzer_sys::fuzz_target;
use tempfile::TempDir;

/// What stands where an option wants a value.
const VALUES: [&str; 26] = [
    "0",
    "1",
    "2",
    "3",
    "17",
    "50",
    "-1",
    "0.5",
    "1e-10",
    "1e300",
    "-1e-320",
    "nan",
    "inf",
    "",
    "x",
    "\u{e9}",
    "n.csv",
    "n.mtx",
    "out.csv",
    "out.mtx",
    "h.csv",
    "c.json",
    "out.npy",
    "out.safetensors",
    "1,2,3",
    "-",
];

/// Commands that a fuzzer has no time for: their options are parsed, and that is all.
fn is_long(command: &Command) -> bool {
    matches!(command, Command::Report(_) | Command::Experiment(_) | Command::Train(_) | Command::Generate(_))
}

/// To verify a network takes a hundred times as long as all else that is left: of so many such lines one is run, and the others are
/// parsed.
const VERIFIED: u64 = 64;

/// Whether a line is one of those that are only parsed; which they are is a matter of the line alone, so that a fault can be repeated.
fn is_left_out(command: &Command, line: &[String], rows: &str) -> bool {
    if !matches!(command, Command::Verify(_)) {
        return is_long(command);
    }
    let mut hasher = DefaultHasher::new();
    (line, rows).hash(&mut hasher);
    !hasher.finish().is_multiple_of(VERIFIED)
}

/// A flow across twenty decades goes on to the limit of passes, a million unless the line says another: some seconds, and no hang.
const FEW_PASSES: u32 = 10_000;

/// Every word that the program knows for one of its commands: its options, and the values that they can have.
fn words(program: &clap::Command, command: usize) -> (String, Vec<String>) {
    let commands: Vec<&clap::Command> = program.get_subcommands().collect();
    let command = commands[command % commands.len()];
    let mut words: Vec<String> = Vec::new();
    for argument in command.get_arguments().chain(program.get_arguments()) {
        words.extend(argument.get_long().map(|long| format!("--{long}")));
        words.extend(argument.get_short().map(|short| format!("-{short}")));
        words.extend(argument.get_possible_values().iter().map(|value| value.get_name().to_owned()));
    }
    (command.get_name().to_owned(), words)
}

/// A matrix of a few numbers, as rows; in half of all cases one on whose cycles everything lies.
fn network(bytes: &mut Unstructured) -> Result<String> {
    let n = bytes.int_in_range(1..=4_usize)?;
    let full = bytes.arbitrary::<bool>()?;
    let mut rows = String::new();
    for _ in 0..n {
        let row: Vec<String> = (0..n)
            .map(|_| {
                let weight = bytes.arbitrary::<i8>()?;
                let weight = if full && weight == 0 { 1 } else { weight };
                Ok(match bytes.int_in_range(0..=9)? {
                    0 => format!("{:e}", f64::from_bits(bytes.arbitrary()?)),
                    _ => format!("{}", f64::from(weight) / 8.0),
                })
            })
            .collect::<Result<_>>()?;
        rows += &(row.join(",") + "\n");
    }
    Ok(rows)
}

/// The program's commands and options, made once: to make them takes as long as to parse a line.
fn program() -> &'static clap::Command {
    static PROGRAM: OnceLock<clap::Command> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let mut program = Arguments::command();
        program.build();
        program
    })
}

fn command_line(bytes: &mut Unstructured) -> Result<(Vec<String>, String)> {
    let (command, own) = words(program(), usize::from(bytes.arbitrary::<u8>()?));
    let mut line = vec!["synbal".to_owned(), command];
    if bytes.ratio(9, 10)? {
        line.push("n.csv".to_owned());
    }
    for _ in 0..bytes.int_in_range(0..=7)? {
        line.push(if bytes.ratio(1, 2)? && !own.is_empty() {
            bytes.choose(&own)?.clone()
        } else {
            (*bytes.choose(&VALUES)?).to_owned()
        });
    }
    let passes = "--max-passes".to_owned();
    // Digits have no passes.
    if own.contains(&passes) && !line.iter().any(|word| *word == passes || word == "--digits") {
        line.extend([passes, FEW_PASSES.to_string()]);
    }
    Ok((line, network(bytes)?))
}

/// The folder that everything happens in.
fn enter_a_folder() {
    static FOLDER: OnceLock<TempDir> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder for temporary files");
        std::env::set_current_dir(folder.path()).expect("a folder that is there");
        folder
    });
}

fuzz_target!(|bytes: &[u8]| {
    let Ok((line, rows)) = command_line(&mut Unstructured::new(bytes)) else { return };
    let matches = program().clone().try_get_matches_from(&line);
    let parsed = match matches.and_then(|matches| Arguments::from_arg_matches(&matches)) {
        Ok(parsed) => parsed,
        // The words for whoever typed it are a part of the answer.
        Err(error) => return drop(std::hint::black_box(error.to_string())),
    };
    if is_left_out(&parsed.command, &line, &rows) {
        return;
    }
    enter_a_folder();
    let timed = || {
        for name in ["out.csv", "out.mtx", "h.csv", "c.json", "out.npy", "out.safetensors", "n.mtx"] {
            let _ = fs::remove_file(name);
        }
        fs::write("n.csv", &rows).expect("a folder that can be written to");
        let begun = Instant::now();
        // A refusal is an answer; it must have words.
        let ended = cli::command(&parsed.command).map_err(|error| error.to_string());
        std::hint::black_box(ended).ok();
        begun.elapsed()
    };
    // A busy machine is no hang.
    let too_long = (0..3).all(|_| timed() > Duration::from_secs(1));
    assert!(!too_long, "over a second: {line:?} on {rows:?}");
});
