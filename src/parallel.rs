//! Work in parts, on as many threads as there are: what comes out is put together in the order of the parts, and the parts
//! depend on the data alone, so that the same bits come out for any number of threads.

use std::ops::Range;

use rayon::prelude::*;

/// Entries of a chunk: enough to be worth a thread's while.
pub(crate) const CHUNK: usize = 1 << 13;

/// Does the work for all chunks, and returns what came out in their order.
pub(crate) fn each<Chunk: Send, Part: Send>(
    chunks: impl Iterator<Item = Chunk>,
    work: impl Fn(Chunk) -> Part + Send + Sync,
) -> Vec<Part> {
    let mut chunks: Vec<Chunk> = chunks.collect();
    match chunks.len() {
        // Waking the others would take longer.
        0 | 1 => chunks.pop().map(work).into_iter().collect(),
        _ => chunks.into_par_iter().map(work).collect(),
    }
}

/// Two things, at the same time where there is so much to do for each that another thread is worth waking: so many synapses to
/// be gone over, or as many multiplications.
pub(crate) fn both<A: Send, B: Send>(
    synapses: usize,
    one: impl FnOnce() -> A + Send,
    other: impl FnOnce() -> B + Send,
) -> (A, B) {
    if synapses < PART { (one(), other()) } else { rayon::join(one, other) }
}

/// Synapses of a part: enough to be worth waking another thread.
const PART: usize = 1 << 16;

/// The rows of compressed rows that start there (and end where the next starts) in parts of about equally many synapses; one
/// part where there are few.
pub(crate) fn parts_of_rows(starts: &[usize]) -> Vec<Range<usize>> {
    let nodes = starts.len() - 1;
    let mut parts = Vec::with_capacity(starts[nodes] / PART + 1);
    let mut start = 0;
    while start < nodes {
        let enough = starts[start] + PART;
        // At least one row, however long it is.
        let end = (start + 1).max(starts.partition_point(|&first| first <= enough) - 1);
        parts.push(start..end);
        start = end;
    }
    parts
}

/// Blocks of rows at most, unless there are very many synapses; each block has sums of its own for all nodes, which must stay few
/// against the synapses.
const MAX_BLOCKS: usize = 16;
const MIN_SYNAPSES_A_SUM: usize = 8;

/// Synapses of a block, of which there may be more than that many.
const LARGE: usize = 1 << 26;

/// The rows in the blocks of a pass over all synapses that also sums over columns: about equally many synapses each, and a
/// power of two of blocks, so that two, four, ... threads have equally many.
pub(crate) fn blocks_of_rows(starts: &[usize]) -> Vec<Range<usize>> {
    let nodes = starts.len() - 1;
    let synapses = starts[nodes];
    let by_sums = synapses / (MIN_SYNAPSES_A_SUM * nodes).max(1);
    let count = by_sums.min(synapses / PART).clamp(1, MAX_BLOCKS.max(synapses / LARGE)).next_power_of_two();
    let mut blocks = Vec::with_capacity(count);
    let mut start = 0;
    for block in 1..=count {
        let mut end = start;
        while end < nodes && (block == count || starts[end] < synapses / count * block) {
            end += 1;
        }
        blocks.push(start..end);
        start = end;
    }
    blocks
}

/// Rows of a share: enough, with what they have of synapses, to be worth waking another thread.
const SHARE: usize = 1 << 10;

/// Ranges of about equally many of so many rows: sixteen at most.
pub(crate) fn shares(count: usize) -> impl Iterator<Item = Range<usize>> {
    let share = count.div_ceil(MAX_BLOCKS).max(SHARE);
    (0..count.div_ceil(share)).map(move |k| k * share..((k + 1) * share).min(count))
}

/// Those parts, each with its own values of a list that has one for every synapse.
pub(crate) fn parts_with<'a, T>(starts: &[usize], values: &'a mut [T]) -> Vec<(Range<usize>, &'a mut [T])> {
    let mut rest = values;
    let with_theirs = |rows: Range<usize>| {
        let synapses = starts[rows.end] - starts[rows.start];
        (rows, split_off(&mut rest, synapses))
    };
    parts_of_rows(starts).into_iter().map(with_theirs).collect()
}

/// Takes the first so many entries of what is left of a slice; of one that is empty, because it is not wanted, none.
pub(crate) fn split_off<'a, T>(rest: &mut &'a mut [T], count: usize) -> &'a mut [T] {
    let count = count.min(rest.len());
    let (first, others) = std::mem::take(rest).split_at_mut(count);
    *rest = others;
    first
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_in_one_part_and_parts_are_about_as_large_as_asked() {
        // Rows of no, few and very many synapses.
        let length = |i: usize| [0, 3, 3 * PART, 700][i % 4];
        let mut starts = vec![0];
        for i in 0..400 {
            starts.push(starts[i] + length(i));
        }
        let parts = parts_of_rows(&starts);
        assert_eq!(parts[0].start, 0);
        assert_eq!(parts.last().unwrap().end, 400);
        assert!(parts.windows(2).all(|two| two[0].end == two[1].start));
        for part in parts {
            let synapses = starts[part.end] - starts[part.start];
            assert!(synapses <= PART || part.len() == 1, "{part:?} has {synapses}");
        }
    }

    fn starts(lengths: impl IntoIterator<Item = usize>) -> Vec<usize> {
        let mut starts = vec![0];
        starts.extend(lengths.into_iter().scan(0, |sum, length| {
            *sum += length;
            Some(*sum)
        }));
        starts
    }

    #[test]
    fn parts_are_as_large_as_they_may_be() {
        let quarter = PART / 4;
        assert_eq!(parts_of_rows(&starts([quarter; 10])), [0..4, 4..8, 8..10]);
        assert_eq!(parts_of_rows(&starts([quarter + 1; 7])), [0..3, 3..6, 6..7]);
        assert_eq!(parts_of_rows(&starts([0; 5])), vec![0..5]);
        assert_eq!(parts_of_rows(&starts([PART + 1, 1, 1])), [0..1, 1..3]);
        assert!(parts_of_rows(&starts([])).is_empty());
    }

    #[test]
    fn blocks_are_a_power_of_two_of_equal_work() {
        // So many synapses in rows of so many each.
        let blocks = |rows: usize, each: usize| blocks_of_rows(&starts(vec![each; rows]));
        assert_eq!(blocks(100, PART / 100), vec![0..100]);
        assert_eq!(blocks(8, PART / 4), [0..4, 4..8]);
        // Three parts of synapses are four blocks.
        assert_eq!(blocks(12, PART / 4), [0..3, 3..6, 6..9, 9..12]);
        assert_eq!(blocks(1024, PART).len(), MAX_BLOCKS);
        assert_eq!(blocks(1025, LARGE / 32).len(), 32);
        // Each block has sums for all nodes: with eight synapses a node there is one block, with sixteen two.
        assert_eq!(blocks(PART, 8).len(), 1);
        assert_eq!(blocks(PART, 15).len(), 1);
        assert_eq!(blocks(PART, 16).len(), 2);
        // Rows of which one has nearly all: the others are left over for the last.
        assert_eq!(blocks_of_rows(&starts([4 * PART, 1, 1, 1])), [0..1, 1..1, 1..1, 1..4]);
        assert_eq!(blocks_of_rows(&starts([1, 1, 1, 4 * PART])), [0..4, 4..4, 4..4, 4..4]);
        assert_eq!(blocks_of_rows(&starts([])), vec![0..0]);
    }

    #[test]
    fn shares_are_sixteen_or_of_a_thousand_rows() {
        assert_eq!(shares(0).count(), 0);
        assert_eq!(shares(1).collect::<Vec<_>>(), vec![0..1]);
        assert_eq!(shares(SHARE).collect::<Vec<_>>(), vec![0..SHARE]);
        assert_eq!(shares(SHARE + 1).collect::<Vec<_>>(), [0..SHARE, SHARE..SHARE + 1]);
        let many: Vec<Range<usize>> = shares(32 * SHARE + 1).collect();
        assert_eq!(
            (many.len(), many[0].clone(), many[15].clone()),
            (16, 0..2 * SHARE + 1, 15 * (2 * SHARE + 1)..32 * SHARE + 1)
        );
    }

    #[test]
    fn parts_have_their_own_values() {
        let starts = starts([PART / 2, PART / 2, 3, 0]);
        let mut values: Vec<usize> = (0..PART + 3).collect();
        let found: Vec<(Range<usize>, usize, Option<usize>)> = parts_with(&starts, &mut values)
            .into_iter()
            .map(|(rows, own)| (rows, own.len(), own.first().copied()))
            .collect();
        assert_eq!(found, [(0..2, PART, Some(0)), (2..4, 3, Some(PART))]);
        let mut few = [1, 2, 3];
        let mut rest = &mut few[..];
        assert_eq!(split_off(&mut rest, 2), [1, 2]);
        assert_eq!((split_off(&mut rest, 2).len(), rest.len()), (1, 0));
    }
}
