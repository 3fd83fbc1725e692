//! Ranks: the processes that one network is spread over, each of which holds the synapses into a range of neurons.
//!
//! Vectors with one entry a node are whole on every rank; lists with one entry a synapse are not. What the ranks say to one
//! another is put together in their order, and the ranges are whole blocks of rows, which depend on the network alone: so
//! that the same bits come out for any number of ranks, and those of one process.
//!
//! [`Ranks`] is all that is asked of a network between the processes. With the feature `mpi` there is one made of MPI.

#[cfg(feature = "mpi")]
pub mod mpi;
mod tasks;
#[cfg(test)]
pub(crate) mod threads;

use std::fmt::Debug;
use std::ops::Range;
use std::sync::Arc;

pub use tasks::{Carrier, Garbled, Parcel, Words};

use crate::parallel::blocks_of_rows;

/// The processes of one job. All of them call the same functions in the same order.
///
/// Nothing here fails: a rank that is lost ends the job.
pub trait Ranks: Debug + Send + Sync {
    /// How many there are, at least one.
    fn count(&self) -> usize;
    /// Which one this is, from 0.
    fn rank(&self) -> usize;
    /// What each rank has, in their order.
    fn gather(&self, mine: &[u64]) -> Vec<Vec<u64>>;
    /// Gives the r-th list to rank r, and returns what each rank gave this one, in their order.
    fn exchange(&self, to: &[Vec<u64>]) -> Vec<Vec<u64>>;
    /// Every rank has its part of `all`, in their order; afterwards every rank has all.
    fn complete(&self, parts: &[Range<usize>], all: &mut [f64]);
    /// Gives the r-th list to rank r; what rank r gives this one, is as long as the r-th list of `from` and replaces it. No list on
    /// any rank is longer than `longest`, which all ranks know.
    fn exchange_numbers(&self, to: &[Vec<f64>], from: &mut [Vec<f64>], longest: usize);
    /// What one rank has, replaces what the others have; as long everywhere.
    fn broadcast(&self, from: usize, values: &mut [f64]);
    /// Gives each of so many tasks to one rank, in their order, whichever is free next; comes back when all are done. In a task a
    /// rank says nothing to the others.
    fn hand_out(&self, tasks: usize, work: &mut dyn FnMut(usize));
    /// What this rank has heard so far.
    fn heard(&self) -> Heard;
}

/// What a rank has heard from the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Heard {
    /// Times that all ranks spoke.
    pub times: u64,
    /// Words of eight bytes from other ranks.
    pub words: u64,
}

/// Another rank met a fault, and says which.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("rank {rank} met a fault, and says which")]
pub struct OnAnotherRank {
    /// That rank, counted from 0.
    pub rank: usize,
}

/// Which rows, of a matrix with one row a node, this rank and the others have.
#[derive(Clone, Debug)]
pub struct Spread {
    ranks: Arc<dyn Ranks>,
    rows: Vec<Range<usize>>,
    blocks: Vec<Range<usize>>,
    /// The number of each rank's first block, and after the last of them that of all blocks.
    cuts: Vec<usize>,
}

impl Spread {
    /// Over blocks of rows that together are all of them: each rank has whole blocks, about equally many.
    pub fn over(ranks: Arc<dyn Ranks>, blocks: &[Range<usize>]) -> Self {
        let cuts: Vec<usize> = (0..=ranks.count()).map(|rank| (blocks.len() * rank).div_ceil(ranks.count())).collect();
        let all = blocks.last().map_or(0, |last| last.end);
        let start = |block: usize| blocks.get(block).map_or(all, |rows| rows.start);
        let rows = cuts.windows(2).map(|two| start(two[0])..start(two[1])).collect();
        let blocks = blocks[cuts[ranks.rank()]..cuts[ranks.rank() + 1]].to_vec();
        Spread { ranks, rows, blocks, cuts }
    }

    /// Over nodes that so many synapses from other nodes lead into.
    pub fn by_synapses(ranks: Arc<dyn Ranks>, into_each: &[u64]) -> Self {
        let mut starts = Vec::with_capacity(into_each.len() + 1);
        starts.push(0);
        starts.extend(into_each.iter().scan(0, |end, &count| {
            *end += count as usize;
            Some(*end)
        }));
        Self::over(ranks, &blocks_of_rows(&starts))
    }

    /// The ranks.
    pub fn ranks(&self) -> &Arc<dyn Ranks> {
        &self.ranks
    }

    /// The rows of each rank.
    pub fn rows(&self) -> &[Range<usize>] {
        &self.rows
    }

    /// The rows of this rank.
    pub fn own_rows(&self) -> Range<usize> {
        self.rows[self.ranks.rank()].clone()
    }

    /// The rank that has each of some rows, which ascend.
    #[cfg(any(test, feature = "io"))]
    pub(crate) fn rank_of(&self, row: usize) -> usize {
        self.rows.partition_point(|rows| rows.end <= row)
    }

    /// How many blocks of rows a rank has.
    pub(crate) fn blocks_of(&self, rank: usize) -> usize {
        self.cuts[rank + 1] - self.cuts[rank]
    }

    /// The blocks of rows of this rank.
    pub(crate) fn own_blocks(&self) -> &[Range<usize>] {
        &self.blocks
    }

    /// Every rank has the entries of its own rows; afterwards every rank has all.
    pub(crate) fn complete(&self, values: &mut [f64]) {
        self.ranks.complete(&self.rows, values);
    }

    /// Gives each rank a number for each of this rank's blocks and each of that rank's nodes.
    pub(crate) fn exchange_numbers(&self, to: &[Vec<f64>], from: &mut [Vec<f64>]) {
        let blocks = (0..self.rows.len()).map(|rank| self.blocks_of(rank)).max().unwrap_or(0);
        let nodes = self.rows.iter().map(Range::len).max().unwrap_or(0);
        self.ranks.exchange_numbers(to, from, blocks * nodes);
    }

    /// Sums that run through the rows of all ranks in their order: each rank adds its own to those of the ranks before.
    pub(crate) fn add_in_order(&self, sums: &mut [f64], add: impl FnOnce(&mut [f64])) {
        let mut add = Some(add);
        for rank in 0..self.ranks.count() {
            if rank == self.ranks.rank()
                && let Some(add) = add.take()
            {
                add(sums);
            }
            self.ranks.broadcast(rank, sums);
        }
    }

    /// One number of each rank, in their order.
    pub(crate) fn gather_number(&self, mine: f64) -> impl Iterator<Item = f64> + use<> {
        self.ranks.gather(&[mine.to_bits()]).into_iter().flatten().map(f64::from_bits)
    }

    /// The largest that any rank has for each node.
    pub(crate) fn take_largest(&self, values: &mut [i32]) {
        let word = |value: &i32| u64::from(value.cast_unsigned());
        let number = |word: u64| (word as u32).cast_signed();
        let to: Vec<Vec<u64>> = self.rows.iter().map(|rows| values[rows.clone()].iter().map(word).collect()).collect();
        let own = &mut values[self.own_rows()];
        own.fill(i32::MIN);
        for from in self.ranks.exchange(&to) {
            own.iter_mut().zip(from).for_each(|(value, other)| *value = (*value).max(number(other)));
        }
        let largest: Vec<u64> = own.iter().map(word).collect();
        for (value, word) in values.iter_mut().zip(self.ranks.gather(&largest).into_iter().flatten()) {
            *value = number(word);
        }
    }

    /// What all ranks have of something.
    pub(crate) fn total(&self, mine: usize) -> usize {
        self.ranks.gather(&[mine as u64]).iter().flatten().map(|&count| count as usize).sum()
    }

    /// Whether all ranks have the same numbers, bit for bit, as they have where they compute alike.
    pub(crate) fn is_same(&self, values: &[f64]) -> bool {
        // FNV-1a, over words.
        let hash = |hash: u64, value: &f64| (hash ^ value.to_bits()).wrapping_mul(0x0000_0100_0000_01b3);
        let own = values.iter().fold(0xcbf2_9ce4_8422_2325, hash);
        self.ranks.gather(&[own]).iter().all(|other| other == &[own])
    }

    /// Goes on only if all ranks can.
    ///
    /// # Errors
    /// On the first rank that met a fault, that fault; on the others, that it did.
    pub(crate) fn agree<T, E: From<OnAnotherRank>>(&self, mine: Result<T, E>) -> Result<T, E> {
        agree(&*self.ranks, mine)
    }
}

/// The sums over all ranks of some counts.
#[cfg(feature = "io")]
pub(crate) fn sum(ranks: &dyn Ranks, counts: &mut [u64]) {
    // Each rank sums its part of them.
    let part = counts.len().div_ceil(ranks.count()).max(1);
    let mut to: Vec<Vec<u64>> = counts.chunks(part).map(<[u64]>::to_vec).collect();
    to.resize(ranks.count(), Vec::new());
    let mut own = vec![0; to[ranks.rank()].len()];
    for from in ranks.exchange(&to) {
        own.iter_mut().zip(from).for_each(|(sum, count)| *sum += count);
    }
    counts.iter_mut().zip(ranks.gather(&own).into_iter().flatten()).for_each(|(count, sum)| *count = sum);
}

/// Goes on only if all ranks can.
///
/// # Errors
/// On the first rank that met a fault, that fault; on the others, that it did.
pub fn agree<T, E: From<OnAnotherRank>>(ranks: &dyn Ranks, mine: Result<T, E>) -> Result<T, E> {
    let failed = ranks.gather(&[u64::from(mine.is_err())]);
    match failed.iter().position(|failed| failed == &[1]) {
        Some(rank) if rank != ranks.rank() => Err(OnAnotherRank { rank }.into()),
        _ => mine,
    }
}

#[cfg(test)]
mod tests {
    use super::threads::on_threads;
    use super::*;

    #[test]
    fn every_row_is_on_one_rank_whatever_their_number() {
        let blocks = [0..3, 3..4, 4..9, 9..10, 10..10];
        for count in 1..8 {
            let spreads = on_threads(count, |ranks| Spread::over(ranks, &blocks));
            let mut rows = spreads.iter().flat_map(Spread::own_rows);
            assert!((&mut rows).eq(0..10), "{count}");
            let kept: Vec<_> = spreads.iter().flat_map(|spread| spread.own_blocks().to_vec()).collect();
            assert_eq!(kept, blocks);
            for row in 0..10 {
                assert!(spreads[0].rows()[spreads[0].rank_of(row)].contains(&row));
            }
        }
    }

    #[test]
    fn one_bit_is_not_the_same() {
        for other in [1.0, 1.0 + f64::EPSILON] {
            let same = on_threads(3, |ranks| {
                let second = if ranks.rank() == 1 { other } else { 1.0 };
                Spread::over(ranks, &[0..1, 1..2]).is_same(&[2.0, second, -0.5])
            });
            assert_eq!(same, [other == 1.0; 3]);
        }
    }

    #[test]
    fn the_first_fault_is_told_where_it_is_and_known_everywhere() {
        #[derive(Debug, PartialEq)]
        enum Fault {
            Own(usize),
            Other(usize),
        }
        impl From<OnAnotherRank> for Fault {
            fn from(fault: OnAnotherRank) -> Self {
                Fault::Other(fault.rank)
            }
        }
        let found = on_threads(4, |ranks| {
            let rank = ranks.rank();
            agree(&*ranks, if rank % 2 == 1 { Err(Fault::Own(rank)) } else { Ok(rank) })
        });
        assert_eq!(found, [Err(Fault::Other(1)), Err(Fault::Own(1)), Err(Fault::Other(1)), Err(Fault::Other(1))]);
    }

    #[test]
    fn sums_run_through_the_ranks_in_their_order() {
        // 1 + 1e16 - 1e16 is 0 or 1, by the order.
        let terms = [[1e16, -1e16], [1.0, 1.0], [-1e16, 1e16]];
        for sums in on_threads(3, |ranks| {
            let spread = Spread::over(Arc::clone(&ranks), &[0..1, 1..2, 2..3]);
            let mut sums = vec![0.0; 2];
            spread.add_in_order(&mut sums, |sums| {
                sums.iter_mut().zip(&terms[ranks.rank()]).for_each(|(sum, term)| *sum += term);
            });
            sums
        }) {
            assert_eq!(sums, [1e16 + 1.0 - 1e16, -1e16 + 1.0 + 1e16]);
        }
    }
}
