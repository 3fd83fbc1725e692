//! Writing a whole file where none is yet, or nothing: of several processes that want the same name one gets it.

use std::io::{self, Write};
use std::path::Path;

use super::atomic::{Destination, destination, finish, temporary_in, unfinished};
use super::write_error::WriteError;

/// Writes bytes to a file that is not there yet, whole or not at all. That it is not there is asked in the same instant in which
/// the file gets its name: another that came in between is never replaced.
///
/// # Errors
/// [`WriteError::Exists`] where a file is there, whoever made it and whenever; a place that cannot be written.
pub fn write_new_bytes(path: &Path, bytes: &[u8]) -> Result<(), WriteError> {
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::AlreadyExists => WriteError::Exists { path: path.to_owned() },
        _ => WriteError::Unwritable { path: path.to_owned(), error },
    };
    let Destination { old, target, folder } = destination(path)?;
    if old.is_some() {
        return Err(WriteError::Exists { path: path.to_owned() });
    }
    let mut temporary = temporary_in(&folder).map_err(failed)?;
    let name = temporary.path().to_owned();
    let written = temporary
        .write_all(bytes)
        .and_then(|()| finish(temporary, None, (&target, &folder), |file, target| file.persist_noclobber(target)));
    unfinished().retain(|file| *file != name);
    written.map_err(failed)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn of_many_writers_of_a_new_file_one_succeeds() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new");
        let write = |number: u8| write_new_bytes(&path, &[number; 1000]).map(|()| number);
        let ended: Vec<_> = std::thread::scope(|scope| {
            let writers: Vec<_> = (0..16).map(|number| scope.spawn(move || write(number))).collect();
            writers.into_iter().map(|writer| writer.join().unwrap()).collect()
        });
        let written: Vec<u8> = ended.iter().filter_map(|ended| ended.as_ref().ok().copied()).collect();
        assert_eq!(written.len(), 1);
        assert_eq!(fs::read(&path).unwrap(), [written[0]; 1000]);
        assert!(ended.iter().all(|ended| matches!(ended, Ok(_) | Err(WriteError::Exists { .. }))), "{ended:?}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no litter");
    }
}
