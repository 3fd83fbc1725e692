//! Files that several processes read and write together, each its rows of a network.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;

use super::atomic::write_together;
use super::matrix_market::{self, Part};
use super::read::open;
use super::read_error::ReadError;
use super::write_error::WriteError;
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

#[cfg(test)]
mod tests {
    use rand::Rng;

    use super::*;
    use crate::network::random::stream;
    use crate::network::{Activation, NetworkError};
    use crate::ranks::threads::on_threads;

    /// The synapses that were read, or why none were.
    type Read = Result<Vec<(usize, usize, u64)>, String>;

    fn of(weights: &Weights) -> Vec<(usize, usize, u64)> {
        weights.triplets().map(|(i, j, value)| (i, j, value.to_bits())).collect()
    }

    fn by_one(path: &Path) -> Read {
        match super::super::read_network(path, Activation::Relu) {
            Ok(loaded) => Ok(of(&loaded.network.weights)),
            Err(error) => Err(error.to_string()),
        }
    }

    /// The rows of all, one after the other; or the fault, which must be told by one rank and known to all.
    fn by_ranks(path: &Path, count: usize) -> Read {
        let elsewhere = |error: &ReadError| {
            let inner =
                |error: &_| matches!(error, matrix_market::MatrixMarketError::Network(NetworkError::OnAnotherRank(_)));
            match error {
                ReadError::OnAnotherRank(_) => true,
                ReadError::MatrixMarket { error, .. } => inner(error),
                _ => false,
            }
        };
        let found = on_threads(count, |ranks| read_part(path, &ranks));
        if found.iter().all(Result::is_ok) {
            return Ok(found.iter().flatten().flat_map(|part| of(&part.weights)).collect());
        }
        let faults: Vec<ReadError> = found.into_iter().map(|part| part.expect_err("all ranks stop")).collect();
        let told: Vec<String> = faults.iter().filter(|&fault| !elsewhere(fault)).map(ReadError::to_string).collect();
        // What all see, as a wrong header, all say, and the program once.
        assert!(told.len() == 1 || told.len() == count && told.windows(2).all(|two| two[0] == two[1]), "{told:?}");
        Err(told[0].clone())
    }

    #[test]
    fn ranks_read_what_one_process_reads_and_refuse_what_it_refuses() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.mtx");
        let mut random = stream(20, 0);
        let (mut accepted, mut refused) = (0, std::collections::BTreeSet::new());
        for round in 0..600_usize {
            let mut pick = |of: &[&'static str]| of[random.random_range(0..of.len())];
            let symmetry = pick(&["general", "general", "symmetric", "skew-symmetric"]);
            let field = pick(&["real", "real", "real", "integer", "pattern"]);
            let lines = round % 40;
            let mut text = String::new();
            for line in 0..lines {
                // A place of its own for each, so that files without a fault occur.
                let (i, j) = (2 + line / 7, 1 + line % 7);
                let end = pick(&["\n", "\n", "\n", "\r\n", "\n\n", " \n"]);
                let (i, j) = if symmetry == "general" { (i, j) } else { (i.max(j) + 1, i.min(j)) };
                let wrong =
                    ["1 1 1", "0 1 2", "99 1 1", "1 2", "2 1 x", "3 3 1e999", "2 1 1 1", "7 7 0", "1 2 3\n1 2 3"];
                let odd = pick(&["", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "odd"]);
                text += &match (odd, field) {
                    ("odd", _) => pick(&wrong).to_owned(),
                    (_, "pattern") => format!("{i} {j}"),
                    _ => format!("{i} {j} {}", line as i64 - 5),
                };
                text += end;
            }
            // Some say more, some fewer than there are.
            let declared = match round % 13 {
                0 => lines + 1,
                5 => lines.saturating_sub(2),
                _ => lines,
            };
            let head = format!("%%MatrixMarket matrix coordinate {field} {symmetry}\n% so\n9 9 {declared}\n");
            std::fs::write(&path, head + &text).unwrap();
            let expected = by_one(&path);
            match &expected {
                Ok(_) => accepted += 1,
                Err(said) => {
                    let words = said.split(|c: char| c.is_ascii_digit() || c == '`').map(str::to_owned);
                    refused.insert(words.collect::<String>());
                }
            }
            for count in [1, 2, 3, 5] {
                assert_eq!(by_ranks(&path, count), expected, "round {round}, {count} ranks");
            }
        }
        assert!(accepted > 100 && refused.len() > 8, "{accepted} accepted, refused: {refused:#?}");
    }
}
