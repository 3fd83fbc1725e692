//! Where results may go, asked before the work.

use std::path::Path;

use synbal::io::{Content, check_outputs};

use super::CliError;
use super::console::notify;

/// Whether a path stands for standard output, or for standard input.
pub fn is_stream(path: &Path) -> bool {
    path == Path::new("-")
}

/// Refuses standard output where the command itself speaks.
pub fn refuse_stdout(path: Option<&Path>, option: &'static str) -> Result<(), CliError> {
    if path.is_some_and(is_stream) { Err(CliError::StdoutTaken { option }) } else { Ok(()) }
}

/// Refuses what `synbal::io::check_outputs` refuses, and says which files will be replaced.
pub fn check_files(files: &[(&Path, Content)], inputs: &[&Path]) -> Result<(), CliError> {
    check_outputs(files, inputs)?;
    say_what_is_replaced(files.iter().map(|(path, _)| *path));
    Ok(())
}

/// Says which files will be replaced.
pub fn say_what_is_replaced<'a>(files: impl Iterator<Item = &'a Path>) {
    for path in files.filter(|path| path.exists()) {
        notify(&[format!("{} exists; a result will replace it", path.display())]);
    }
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
