//! Where the numbers of a report come from: version, seed, commit, machine.

use std::process::Command;

use serde::Serialize;

/// What is needed to get the same numbers again, and the machine that the seconds were measured on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Provenance {
    /// Version of this crate.
    pub synbal: &'static str,
    /// Commit that the program was built from, with "+" where its sources had changes; `None` for a debug build, and
    /// where the sources were no git checkout.
    pub commit: Option<String>,
    /// Seed of all random choices.
    pub seed: u64,
    /// Operating system and architecture.
    pub platform: String,
    /// Processor, as the system names it.
    pub processor: Option<String>,
    /// Logical processors.
    pub processors: usize,
    /// Date of the run in UTC, if the system can tell.
    pub date: Option<String>,
    /// `release` or `debug`.
    pub build: &'static str,
}

impl Provenance {
    /// Looks around.
    pub fn collect(seed: u64) -> Self {
        let listed = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let processor = listed.lines().find(|line| line.starts_with("model name"));
        let processor = processor.and_then(|line| Some(line.split_once(':')?.1.trim().to_owned()));
        // Those of the machine: one of several processes may have been given a part of them.
        let processors = listed.lines().filter(|line| line.starts_with("processor")).count();
        Provenance {
            synbal: env!("CARGO_PKG_VERSION"),
            commit: option_env!("SYNBAL_COMMIT").map(str::to_owned),
            seed,
            platform: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
            processor,
            processors: match processors {
                0 => std::thread::available_parallelism().map_or(1, usize::from),
                processors => processors,
            },
            date: output("date", &["-u", "+%Y-%m-%d %H:%M UTC"]),
            build: if cfg!(debug_assertions) { "debug" } else { "release" },
        }
    }
}

/// Trimmed standard output of a command that succeeds and prints something.
fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok().filter(|output| output.status.success())?;
    let text = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (!text.is_empty()).then_some(text)
}
