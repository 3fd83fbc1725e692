//! Where results may go, asked before the work.

use std::path::Path;

use super::CliError;

/// Whether a path stands for standard output, or for standard input.
pub fn is_stream(path: &Path) -> bool {
    path == Path::new("-")
}

/// Refuses standard output where the command itself speaks.
pub fn refuse_stdout(path: Option<&Path>, option: &'static str) -> Result<(), CliError> {
    if path.is_some_and(is_stream) { Err(CliError::StdoutTaken { option }) } else { Ok(()) }
}

/// Refuses a folder in whose way a file stands. Nothing is made yet: a command that fails leaves no empty folder.
pub fn check_folder(folder: Option<&Path>) -> Result<(), CliError> {
    refuse_stdout(folder, "--out")?;
    let there = folder.and_then(|folder| folder.ancestors().find(|ancestor| ancestor.exists()));
    match (folder, there) {
        (Some(folder), Some(there)) if !there.is_dir() => {
            let reason = std::io::ErrorKind::NotADirectory.into();
            Err(CliError::Folder { path: folder.display().to_string(), reason })
        }
        _ => Ok(()),
    }
}
