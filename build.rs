//! Tells the program which commit it is built from.

use std::process::Command;

/// What the program is made of: changes of anything else do not change it.
const SOURCES: [&str; 6] = ["src", "check", "data", "build.rs", "Cargo.toml", "Cargo.lock"];

fn main() {
    for source in SOURCES {
        println!("cargo::rerun-if-changed={source}");
    }
    let known = [("CARGO_FEATURE_MPI", "mpi"), ("CARGO_FEATURE_PRECISE", "precise"), ("CARGO_FEATURE_STIFF", "stiff")];
    let features: Vec<&str> =
        known.into_iter().filter(|(variable, _)| std::env::var_os(variable).is_some()).map(|(_, name)| name).collect();
    let features = if features.is_empty() { "none".to_owned() } else { features.join(", ") };
    let version = std::env::var("CARGO_PKG_VERSION").unwrap_or_default();
    let said = |commit: &str| println!("cargo::rustc-env=SYNBAL_VERSION={version} ({commit}; features: {features})");
    said("no commit known");
    // Reports are made by release builds. Debug builds would compile everything again after every commit.
    if std::env::var("PROFILE").as_deref() != Ok("release") {
        return;
    }
    // Only of a checkout of this very project, not of one that it was unpacked in.
    let here = std::env::var("CARGO_MANIFEST_DIR").ok().and_then(|path| std::fs::canonicalize(path).ok());
    let root = git(&["rev-parse", "--show-toplevel"]).and_then(|path| std::fs::canonicalize(path).ok());
    if here.is_none() || here != root {
        return;
    }
    let Some(commit) = git(&["rev-parse", "--short=12", "HEAD"]) else { return };
    for file in ["HEAD", "logs/HEAD"] {
        if let Some(path) = git(&["rev-parse", "--git-path", file]) {
            println!("cargo::rerun-if-changed={path}");
        }
    }
    let status = [&["status", "--porcelain", "--untracked-files=no", "--"], &SOURCES[..]].concat();
    let clean = git(&status).is_some_and(|changes| changes.is_empty());
    let commit = format!("{commit}{}", if clean { "" } else { "+" });
    println!("cargo::rustc-env=SYNBAL_COMMIT={commit}");
    said(&format!("commit {commit}"));
}

/// Trimmed standard output of a command that succeeds.
fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8(output.stdout).ok()?.trim().to_owned())
}
