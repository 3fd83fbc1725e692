//! What came of one shard of a long run, kept in a file.

use std::fs;
use std::path::PathBuf;

use serde::Serialize;

/// Writes it where `RELIABILITY_OUT` says; whole or not at all, so that a run that was ended goes on from its files.
pub fn keep(what: &impl Serialize) {
    let Some(path) = std::env::var_os("RELIABILITY_OUT").map(PathBuf::from) else { return };
    let unfinished = path.with_extension("part");
    fs::write(&unfinished, serde_json::to_vec(what).unwrap()).unwrap();
    fs::rename(&unfinished, &path).unwrap();
}
