//! Writing a whole file or nothing: a new file beside the old one, forced to disk, then put in its place.

use std::collections::BTreeSet;
use std::fs::{self, File, Permissions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::write_error::WriteError;
use crate::ranks::{Ranks, agree};

/// Where a new file is to go.
pub(super) struct Destination {
    /// The file that is there, if there is one.
    pub(super) old: Option<fs::Metadata>,
    /// Links followed.
    pub(super) target: PathBuf,
    /// The folder of the target, which is there.
    pub(super) folder: PathBuf,
}

impl Destination {
    /// The file itself, by whatever path it was named; as given if the system cannot tell.
    pub fn identity(&self) -> PathBuf {
        let folder = self.folder.canonicalize().unwrap_or_else(|_| self.folder.clone());
        self.target.file_name().map_or_else(|| folder.clone(), |name| folder.join(name))
    }
}

/// Looks where a file of this path would go, and whether one can be put there, without touching anything.
pub(super) fn destination(path: &Path) -> Result<Destination, WriteError> {
    let unwritable = |error| WriteError::Unwritable { path: path.to_owned(), error };
    let old = match fs::metadata(path) {
        Ok(metadata) => Some(metadata),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => None,
        Err(error) => return Err(unwritable(error)),
    };
    if let Some(metadata) = &old {
        if metadata.is_dir() {
            return Err(WriteError::IsDirectory { path: path.to_owned() });
        }
        // Replacing a device or a pipe by a file would be a bad surprise, above all to an administrator.
        if !metadata.is_file() {
            return Err(WriteError::NotAFile { path: path.to_owned() });
        }
        if metadata.permissions().readonly() {
            return Err(WriteError::ReadOnly { path: path.to_owned() });
        }
    }
    let target = if old.is_some() { path.canonicalize().map_err(unwritable)? } else { end_of_links(path)? };
    let folder = match target.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    if !folder.exists() {
        // Of a path through a file, the file is what stands in the way.
        return Err(match folder.ancestors().find(|ancestor| ancestor.exists()) {
            Some(file) if !file.is_dir() => WriteError::NotAFolder { path: path.to_owned(), folder: file.to_owned() },
            _ => WriteError::NoSuchFolder { path: path.to_owned(), folder: folder.to_owned() },
        });
    }
    if !folder.is_dir() {
        return Err(WriteError::NotAFolder { path: path.to_owned(), folder: folder.to_owned() });
    }
    Ok(Destination { old, folder: folder.to_owned(), target })
}

/// Links that are followed.
const MOST_LINKS: usize = 40;

/// Where links lead that end at no file yet: there it will be, for whoever follows them.
fn end_of_links(path: &Path) -> Result<PathBuf, WriteError> {
    let mut target = path.to_owned();
    for _ in 0..MOST_LINKS {
        match fs::read_link(&target) {
            // A relative link counts from the folder that it is in.
            Ok(next) => target = target.parent().unwrap_or(Path::new("")).join(next),
            Err(_) => return Ok(target),
        }
    }
    Err(WriteError::LinksWithoutEnd { path: path.to_owned(), limit: MOST_LINKS })
}

/// The temporary files that are being written, for whoever ends the process before they are done.
static UNFINISHED: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

pub(super) fn unfinished() -> MutexGuard<'static, Vec<PathBuf>> {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Removes the temporary files that are being written, and holds up every file that would be begun or finished from now
/// on while `end` ends the process.
pub fn remove_unfinished_files(end: impl FnOnce()) {
    let mut files = unfinished();
    for file in files.drain(..) {
        // One that is gone already is as good.
        let _ = fs::remove_file(file);
    }
    end();
}

/// Writes a file through `fill`. A link is followed, permissions of an old file are kept.
pub(super) fn write_atomically(
    path: &Path,
    fill: impl FnOnce(&mut BufWriter<&File>) -> io::Result<()>,
) -> Result<(), WriteError> {
    let unwritable = |error| WriteError::Unwritable { path: path.to_owned(), error };
    let Destination { old, target, folder } = destination(path)?;
    let temporary = temporary_in(&folder).map_err(unwritable)?;
    let name = temporary.path().to_owned();
    let filled = |file: &File| {
        let mut writer = BufWriter::new(file);
        fill(&mut writer)?;
        writer.flush()
    };
    let written = filled(temporary.as_file()).and_then(|()| finish(temporary, old, (&target, &folder), replacing));
    unfinished().retain(|file| *file != name);
    written.map_err(unwritable)
}

/// Writes several files, each the whole file or nothing, and in a process that is told to end all of them or none: they are put
/// in their places together, when every one of them is on the disk.
pub(super) fn write_all_atomically(files: &[(PathBuf, Vec<u8>)]) -> Result<(), WriteError> {
    let mut filled = Vec::with_capacity(files.len());
    let written = fill_all(files, &mut filled).and_then(|()| put_all(&mut filled));
    let names: Vec<PathBuf> = filled.iter().map(|file| file.name.clone()).collect();
    // What is not in its place yet is removed.
    drop(filled);
    unfinished().retain(|file| !names.contains(file));
    written
}

/// A temporary file, and where it is to go.
struct Filled<'a> {
    path: &'a Path,
    name: PathBuf,
    /// Closed: there may be more of them than a process may have open.
    temporary: Option<tempfile::TempPath>,
    target: PathBuf,
    folder: PathBuf,
}

fn fill_all<'a>(files: &'a [(PathBuf, Vec<u8>)], filled: &mut Vec<Filled<'a>>) -> Result<(), WriteError> {
    for (path, bytes) in files {
        let unwritable = |error| WriteError::Unwritable { path: path.to_owned(), error };
        let Destination { old, target, folder } = destination(path)?;
        let mut temporary = temporary_in(&folder).map_err(unwritable)?;
        let name = temporary.path().to_owned();
        let settled = temporary.write_all(bytes).and_then(|()| settle(&temporary, old));
        filled.push(Filled { path, name, temporary: Some(temporary.into_temp_path()), target, folder });
        settled.map_err(unwritable)?;
    }
    Ok(())
}

fn put_all(filled: &mut [Filled]) -> Result<(), WriteError> {
    // Whoever ends the process waits until all are in their places.
    let held = unfinished();
    for Filled { path, temporary, target, .. } in filled.iter_mut() {
        let put = temporary.take().map(|temporary| temporary.persist(target));
        let unwritable = |error| WriteError::Unwritable { path: path.to_owned(), error };
        put.transpose().map_err(|failure| unwritable(failure.error))?;
    }
    drop(held);
    let folders: BTreeSet<&Path> = filled.iter().map(|file| &*file.folder).collect();
    folders.into_iter().try_for_each(|folder| {
        sync_folder(folder).map_err(|error| WriteError::Unwritable { path: folder.to_owned(), error })
    })
}

/// The same of a file that several ranks fill together, each its part of the temporary file of this name. The first rank makes it
/// and puts it in its place when all are done; whichever rank is told to end removes it.
pub(super) fn write_together(
    path: &Path,
    ranks: &dyn Ranks,
    fill: impl FnOnce(&Path) -> io::Result<()>,
) -> Result<(), WriteError> {
    let unwritable = |error| WriteError::Unwritable { path: path.to_owned(), error };
    let is_first = ranks.rank() == 0;
    let made = is_first.then(|| {
        let destination = destination(path)?;
        let temporary = temporary_in(&destination.folder).map_err(unwritable)?;
        Ok::<_, WriteError>((destination, temporary))
    });
    let made = agree(ranks, made.transpose())?;
    let name = made.as_ref().map_or_else(Vec::new, |(_, temporary)| bytes_of(temporary.path()));
    let name: Vec<u8> = ranks.gather(&name)[0].iter().map(|&byte| byte as u8).collect();
    let name = PathBuf::from(String::from_utf8_lossy(&name).into_owned());
    if !is_first {
        unfinished().push(name.clone());
    }
    let filled = agree(ranks, fill(&name).map_err(unwritable));
    let written = filled.and_then(|()| {
        let put = made.map(|(Destination { old, target, folder }, temporary)| {
            finish(temporary, old, (&target, &folder), replacing)
        });
        agree(ranks, put.transpose().map_err(unwritable)).map(|_| ())
    });
    unfinished().retain(|file| *file != name);
    written
}

/// The name of a file as the first rank tells it to the others. One that is not UTF-8 they do not find, and say so.
fn bytes_of(path: &Path) -> Vec<u64> {
    path.to_string_lossy().bytes().map(u64::from).collect()
}

pub(super) fn temporary_in(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    if let Some(permissions) = new_file_permissions() {
        builder.permissions(permissions);
    }
    // Known from the moment when it is there.
    let mut files = unfinished();
    let temporary = builder.prefix(".synbal-").tempfile_in(folder)?;
    files.push(temporary.path().to_owned());
    Ok(temporary)
}

/// Forces a temporary file that is filled to disk, puts it in its place in the given way, and forces that to disk.
pub(super) fn finish(
    temporary: tempfile::NamedTempFile,
    old: Option<fs::Metadata>,
    (target, folder): (&Path, &Path),
    put: impl FnOnce(tempfile::NamedTempFile, &Path) -> Result<File, tempfile::PersistError>,
) -> io::Result<()> {
    settle(&temporary, old)?;
    let files = unfinished();
    put(temporary, target).map_err(|failure| failure.error)?;
    drop(files);
    sync_folder(folder)
}

fn replacing(temporary: tempfile::NamedTempFile, target: &Path) -> Result<File, tempfile::PersistError> {
    temporary.persist(target)
}

/// Gives a temporary file that is filled the permissions of the old one, and forces it to disk.
fn settle(temporary: &tempfile::NamedTempFile, old: Option<fs::Metadata>) -> io::Result<()> {
    if let Some(metadata) = old {
        temporary.as_file().set_permissions(metadata.permissions())?;
    }
    temporary.as_file().sync_all()
}

/// Forces the new name to disk: without it, a power cut can bring the old file back.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    match File::open(folder).and_then(|folder| folder.sync_all()) {
        // A folder that may be written to but not read, or a file system that cannot do it: the file is in its place.
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::PermissionDenied | io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported
            ) =>
        {
            Ok(())
        }
        done => done,
    }
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Temporary files are private by default; the result should be as open as any new file of the user's.
#[cfg(unix)]
fn new_file_permissions() -> Option<Permissions> {
    use std::os::unix::fs::PermissionsExt;
    // The system takes away what the user's mask forbids.
    Some(Permissions::from_mode(0o666))
}

#[cfg(not(unix))]
fn new_file_permissions() -> Option<Permissions> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_that_fails_half_way_leaves_the_old_file_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.mtx");
        fs::write(&path, "old").unwrap();
        let result = write_atomically(&path, |writer| {
            // Past the buffer, so that the bytes are really on their way.
            writer.write_all(&[b'x'; 1 << 20])?;
            Err(io::ErrorKind::StorageFull.into())
        });
        assert!(matches!(result, Err(WriteError::Unwritable { .. })));
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn of_several_files_one_that_cannot_be_written_leaves_all_old_ones() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("a"), "old").unwrap();
        fs::create_dir(path("b")).unwrap();
        let files = [(path("a"), b"new".to_vec()), (path("b"), Vec::new())];
        assert!(matches!(write_all_atomically(&files), Err(WriteError::IsDirectory { .. })));
        assert_eq!(fs::read_to_string(path("a")).unwrap(), "old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "no litter");
        fs::remove_dir(path("b")).unwrap();
        write_all_atomically(&files).unwrap();
        assert_eq!(fs::read_to_string(path("a")).unwrap(), "new");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "no litter");
        assert!(unfinished().iter().all(|file| !file.starts_with(folder.path())));
    }
}
