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
}
