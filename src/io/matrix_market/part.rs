//! A coordinate file that several processes share: each reads some of its lines, and gets the entries of some of its rows.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::sync::Arc;

use super::entries::{self, Place};
use super::rows::{Entry, Rows, mirrored};
use super::{Layout, MatrixMarketError, Rules, read_header, read_size};
use crate::io::text::Lines;
use crate::network::{GraphFacts, NetworkError, Weights};
use crate::ranks::{Ranks, Spread, agree, sum};

/// The rows of one rank.
#[derive(Clone, Debug)]
pub struct Part {
    /// The weights; the rows of other ranks are empty.
    pub weights: Weights,
    /// Which rows each rank has.
    pub spread: Arc<Spread>,
    /// The synapses of all ranks.
    pub synapses: usize,
    /// What of the file is not as the format has it and was read all the same, one sentence each.
    pub notices: Vec<String>,
}

impl Part {
    /// The same with rows that are shared out by the synapses inside strongly connected components alone.
    ///
    /// # Errors
    /// None that reading has not met.
    pub fn within_components(self) -> Result<Self, NetworkError> {
        let Part { weights, spread, .. } = &self;
        let pattern = weights.pattern();
        let facts = GraphFacts::of_part(pattern, spread);
        if spread.total(facts.on_no_cycle().len()) == 0 {
            return Ok(self);
        }
        let strong = facts.strong();
        let within =
            |i: usize| pattern.sources(i).iter().filter(move |&&j| j as usize != i && strong[j as usize] == strong[i]);
        let own: Vec<u64> = spread.own_rows().map(|i| within(i).count() as u64).collect();
        let anew = Spread::by_synapses(Arc::clone(spread.ranks()), &spread.ranks().gather(&own).concat());
        let entries = weights.triplets().map(|(i, j, &value)| (i as u32, j as u32, value));
        let weights = anew.agree(to_owners(entries, weights.neurons(), &anew).finish())?;
        Ok(Part { weights, spread: Arc::new(anew), ..self })
    }
}

/// Reads the rows of this rank from a Matrix Market file of `bytes` bytes, all ranks together.
///
/// # Errors
/// Those of [`super::read`], the same whatever the number of ranks, on the rank that met them; on the others, that there is one.
pub fn read_part(mut file: File, bytes: u64, ranks: &Arc<dyn Ranks>) -> Result<Part, MatrixMarketError> {
    let mut notices = Vec::new();
    let mut lines = Lines::new(&file);
    let header = read_header(&mut lines, &mut notices)?;
    if header.layout == Layout::Array {
        return Err(MatrixMarketError::ArrayOnRanks);
    }
    let (neurons, declared) = read_size(&mut lines, header.layout, bytes)?;
    let rules = Rules { header, neurons, declared };
    let body = Body { begin: lines.position(), end: bytes, line: lines.number() };

    let (rank, count) = (ranks.rank() as u64, ranks.count() as u64);
    let mut entries: Vec<Entry> = Vec::new();
    let own = body.part(&mut file, rank, count);
    let read = own.map(|own| {
        let mut place = Place::default();
        // What the other ranks find is not known yet.
        let rules = Rules { declared: u64::MAX, ..rules };
        let read = read_lines(&mut file, own, rules, &mut place, &mut |entry| {
            entries.push(entry);
            entries.extend(mirrored(header.symmetry, entry));
        });
        (own, place, read.err())
    });
    let read = read.map_err(MatrixMarketError::Read);
    let (own, place, fault) = agree(&**ranks, read)?;
    let found = check(&mut file, rules, body, (own, place, fault), &**ranks)?;
    rules.all_found(found)?;

    let mut into_each = vec![0; neurons as usize];
    for (i, _, _) in entries.iter().filter(|(i, j, value)| i != j && *value != 0.0) {
        into_each[*i as usize] += 1;
    }
    sum(&**ranks, &mut into_each);
    let spread = Spread::by_synapses(Arc::clone(ranks), &into_each);
    drop(into_each);
    let rows = to_owners(entries, neurons as usize, &spread);
    let weights = spread.agree(rows.finish().map_err(|error| rules.in_the_file(error)))?;
    let synapses = spread.total(weights.synapses());
    Ok(Part { weights, spread: Arc::new(spread), synapses, notices })
}

/// The entries of a file.
#[derive(Clone, Copy)]
struct Body {
    begin: u64,
    end: u64,
    /// Lines before it.
    line: u64,
}

impl Body {
    /// The bytes of a rank: whole lines, about as many for each.
    fn part(self, file: &mut File, rank: u64, ranks: u64) -> io::Result<(u64, u64)> {
        let mut cut = |rank: u64| {
            let length = u128::from(self.end.saturating_sub(self.begin));
            let near = self.begin + (length * u128::from(rank) / u128::from(ranks)) as u64;
            if rank == 0 || rank == ranks {
                return Ok(near);
            }
            // Behind the line that the byte before belongs to.
            file.seek(SeekFrom::Start(near - 1))?;
            let behind = BufReader::new(&mut *file).skip_until(b'\n')?;
            Ok::<_, io::Error>(near - 1 + behind as u64)
        };
        Ok((cut(rank)?, cut(rank + 1)?))
    }
}

fn read_lines(
    file: &mut File,
    (begin, end): (u64, u64),
    rules: Rules,
    place: &mut Place,
    take: &mut impl FnMut(Entry),
) -> Result<(), MatrixMarketError> {
    file.seek(SeekFrom::Start(begin))?;
    let mut lines = Lines::after(file.take(end.saturating_sub(begin)), place.line);
    entries::read_part(&mut lines, rules, place, take)
}

/// The number of entries of all ranks. The first rank with a fault reads its lines again, now that it is known how many lines and
/// entries come before them: so the fault is named as one process would.
fn check(
    file: &mut File,
    rules: Rules,
    body: Body,
    (own, Place { line, found }, fault): ((u64, u64), Place, Option<MatrixMarketError>),
    ranks: &dyn Ranks,
) -> Result<u64, MatrixMarketError> {
    let mut before = Place { line: body.line, found: 0 };
    for (rank, of_rank) in ranks.gather(&[line, found, u64::from(fault.is_some())]).into_iter().enumerate() {
        let (line, found, failed) = (of_rank[0], of_rank[1], of_rank[2] != 0);
        if failed || before.found.saturating_add(found) > rules.declared {
            if rank != ranks.rank() {
                return Err(crate::ranks::OnAnotherRank { rank }.into());
            }
            read_lines(file, own, rules, &mut before, &mut |_| {})?;
            // The file has changed meanwhile: what was met first stands.
            return Err(
                fault.unwrap_or(MatrixMarketError::TooManyEntries { line: before.line, declared: rules.declared })
            );
        }
        before.line += line;
        before.found += found;
    }
    Ok(before.found)
}

/// Gives every entry to the rank that has its row.
fn to_owners(entries: impl IntoIterator<Item = Entry>, neurons: usize, spread: &Spread) -> Rows {
    let mut to = vec![Vec::new(); spread.ranks().count()];
    for (i, j, value) in entries {
        to[spread.rank_of(i as usize)].extend([u64::from(i) << 32 | u64::from(j), value.to_bits()]);
    }
    let from = spread.ranks().exchange(&to);
    drop(to);
    let mut rows = Rows::new(neurons, from.iter().map(|words| words.len() / 2).sum());
    for words in from {
        for pair in words.chunks_exact(2) {
            rows.push((pair[0] >> 32) as u32, pair[0] as u32, f64::from_bits(pair[1]));
        }
    }
    rows
}
