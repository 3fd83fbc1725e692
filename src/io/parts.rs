//! Files that several processes read and write together, each its rows of a network.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;

use super::atomic::{WriteError, write_together};
use super::matrix_market::{self, Part};
use super::read::open;
use super::read_error::ReadError;
use crate::network::Weights;
use crate::ranks::{Ranks, agree};

/// Bytes of a file that are looked at before the rest is read.
const HEAD: u64 = 4096;

/// Reads the rows of this rank from a `.mtx` file of coordinates; all ranks come here together.
///
/// # Errors
/// Those of [`super::read_network`], the same whatever the number of ranks, on the rank that met them; on the others, that there
/// is one. Files of other kinds.
pub fn read_part(path: &Path, ranks: &Arc<dyn Ranks>) -> Result<Part, ReadError> {
    let found = open(path);
    if super::extension(path) != "mtx" || path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("gz")) {
        return Err(ReadError::OnlyCoordinatesOnRanks { path: path.to_owned() });
    }
    let opened = found.and_then(|(mut file, bytes)| {
        let unreadable = |error| ReadError::Unreadable { path: path.to_owned(), error };
        let mut head = Vec::new();
        (&mut file).take(HEAD).read_to_end(&mut head).map_err(unreadable)?;
        if head.contains(&0) {
            return Err(ReadError::ZeroByte { path: path.to_owned() });
        }
        file.seek(SeekFrom::Start(0)).map_err(unreadable)?;
        Ok((file, bytes))
    });
    let (file, bytes) = agree(&**ranks, opened)?;
    matrix_market::read_part(file, bytes, ranks)
        .map_err(|error| ReadError::MatrixMarket { path: path.to_owned(), error })
}

/// Writes a `.mtx` file, the whole file or nothing: each rank its rows, in place. All ranks come here together; `synapses` are
/// those of all.
///
/// # Errors
/// Another extension, or a place that cannot be written to: on the rank that met the fault; on the others, that there is one.
pub fn write_part(path: &Path, weights: &Weights, synapses: usize, ranks: &Arc<dyn Ranks>) -> Result<(), WriteError> {
    if super::extension(path) != "mtx" {
        return Err(WriteError::UnknownExtension { path: path.to_owned(), known: ".mtx (over several processes)" });
    }
    let mut pieces = matrix_market::format_part(weights);
    if ranks.rank() == 0 {
        pieces.insert(0, matrix_market::head(weights.neurons(), synapses).into_bytes());
    }
    let length: usize = pieces.iter().map(Vec::len).sum();
    let lengths = ranks.gather(&[length as u64]).concat();
    let begin: u64 = lengths[..ranks.rank()].iter().sum();
    write_together(path, &**ranks, |temporary| {
        let mut file: File = OpenOptions::new().write(true).open(temporary)?;
        file.seek(SeekFrom::Start(begin))?;
        pieces.iter().try_for_each(|piece| file.write_all(piece))?;
        // Each process its own: on a file system of several machines one cannot do it for another.
        file.sync_all()
    })
}
