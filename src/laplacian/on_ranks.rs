//! The first level of multigrid where the synapses are spread over ranks; the levels above are the same on every rank.

use super::aggregates::{Aggregates, InUnits};
use super::coarser::Rows;
use super::products::Stored;
use super::scaled::ScaledLaplacian;
use super::strong::{Kept, counting, strongest, strongest_of};
use crate::cost::whole_pattern;
use crate::network::Pattern;
use crate::ranks::Spread;

/// The first aggregates and the graph between them, to the bits of one process.
///
/// Aggregates are made of strong couplings, a few a node, which every rank gets. Where all couplings count as strong, they are
/// made of all, for once in one piece on every rank.
pub(super) fn first_level<T: Stored>(
    pattern: &Pattern,
    matrix: &ScaledLaplacian<T>,
    spread: &Spread,
) -> (Aggregates, InUnits) {
    let nodes = pattern.nodes();
    let row = |i: usize| {
        let entries = pattern.sources(i).iter().zip(matrix.couplings_of(pattern.row(i)));
        entries.map(|(&j, coupling)| (j as usize, coupling as f32))
    };
    let strongest = strongest_of_all_ranks(&strongest(nodes, spread.own_rows(), &row), spread);
    let own = counting(spread.own_rows(), &row, &strongest);
    let words: Vec<u64> = own
        .into_iter()
        .flat_map(|(i, j, coupling)| [word(i as usize, j as usize), u64::from(coupling.to_bits())])
        .collect();
    let of_word = |entry: &[u64]| {
        let (i, j) = pair(entry[0]);
        (i as u32, j as u32, f32::from_bits(entry[1] as u32))
    };
    let parts = spread.ranks().gather(&words).into_iter();
    let kept = Kept::joined(nodes, parts.map(|words| words.chunks_exact(2).map(of_word).collect()).collect());
    let fine = Aggregates::of_strong(nodes, &|i| kept.row(i)).unwrap_or_else(|| {
        let (pattern, matrix) = (whole_pattern(pattern, spread), matrix.whole(spread));
        Aggregates::of_all(nodes, &|i| {
            let entries = pattern.sources(i).iter().zip(matrix.couplings_of(pattern.row(i)));
            entries.map(|(&j, coupling)| (j as usize, coupling as f32)).collect::<Vec<_>>().into_iter()
        })
    });
    let graph = InUnits::of(&fine, &matrix.root, |factor| quotient(&fine, |i| matrix.row(pattern, i, factor), spread));
    (fine, graph)
}

fn word(i: usize, j: usize) -> u64 {
    // Nodes fit into 32 bits.
    (i as u64) << 32 | j as u64
}

fn pair(word: u64) -> (usize, usize) {
    ((word >> 32) as usize, (word & u64::from(u32::MAX)) as usize)
}

/// The first of the strongest that ranks found for each node, in their order.
fn strongest_of_all_ranks(own: &[(f32, u32)], spread: &Spread) -> Vec<(f32, u32)> {
    let word = |&(coupling, node): &(f32, u32)| u64::from(coupling.to_bits()) << 32 | u64::from(node);
    let found = |word: u64| (f32::from_bits((word >> 32) as u32), word as u32);
    let to: Vec<Vec<u64>> = spread.rows().iter().map(|rows| own[rows.clone()].iter().map(word).collect()).collect();
    let of_words = |words: Vec<u64>| words.into_iter().map(found).collect();
    let best: Vec<u64> =
        strongest_of(spread.ranks().exchange(&to).into_iter().map(of_words)).iter().map(word).collect();
    spread.ranks().gather(&best).into_iter().flatten().map(found).collect()
}

/// The graph between the aggregates. Each rank sums the couplings of a range of them, in the order of their members.
fn quotient<I: Iterator<Item = (usize, f64)>>(
    fine: &Aggregates,
    row: impl Fn(usize) -> I,
    spread: &Spread,
) -> Rows<f32> {
    let (count, ranks) = (fine.len(), spread.ranks());
    let each = count.div_ceil(ranks.count()).max(1);
    let mut to = vec![Vec::new(); ranks.count()];
    for i in spread.own_rows() {
        let Some(k) = fine.aggregate(i) else { continue };
        for (other, coupling) in fine.between(i, row(i)) {
            to[k / each].extend([word(k, other), coupling.to_bits()]);
        }
    }
    let from = ranks.exchange(&to);
    drop(to);
    let own = (ranks.rank() * each).min(count)..((ranks.rank() + 1) * each).min(count);
    // The terms of each aggregate together, in the order in which they came.
    let terms =
        || from.iter().flat_map(|words| words.chunks_exact(2)).map(|term| (pair(term[0]), f64::from_bits(term[1])));
    let mut start = vec![0; own.len() + 1];
    for ((k, _), _) in terms() {
        start[k - own.start + 1] += 1;
    }
    for k in 0..own.len() {
        start[k + 1] += start[k];
    }
    let mut next = start.clone();
    let mut sorted = vec![(0_u32, 0.0); start[own.len()]];
    for ((k, other), coupling) in terms() {
        let place = &mut next[k - own.start];
        sorted[*place] = (other as u32, coupling);
        *place += 1;
    }
    let of = |k: usize| sorted[start[k - own.start]..start[k - own.start + 1]].iter();
    let terms = |k: usize| of(k).map(|&(other, coupling)| (other as usize, coupling));
    let sums = Rows::<f32>::of_sums(count, own.clone(), |k| of(k).len(), terms);
    let rows = own.clone().flat_map(|k| sums.row(k - own.start).map(move |(other, coupling)| (k, other, coupling)));
    let words: Vec<u64> = rows.flat_map(|(k, other, coupling)| [word(k, other), coupling.to_bits()]).collect();

    let all = ranks.gather(&words);
    let entry = |words: &[u64]| {
        let (k, other) = pair(words[0]);
        (k, other, f64::from_bits(words[1]))
    };
    Rows::of_entries(count, all.iter().flat_map(|words| words.chunks_exact(2)).map(entry))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ranks::threads::on_threads;

    #[test]
    fn the_strongest_coupling_is_that_of_all_ranks_and_of_equal_ones_the_first_ranks() {
        let none = (0.0, u32::MAX);
        let of_ranks = [
            [(1.0, 1), none, (2.0, 0), none],
            [(1.0, 2), (3.0, 0), (2.0, 1), none],
            [(0.5, 3), (3.0, 3), (4.0, 3), none],
        ];
        let found = on_threads(3, |ranks| {
            let own = of_ranks[ranks.rank()];
            strongest_of_all_ranks(&own, &Spread::over(ranks, &[0..1, 1..2, 2..4]))
        });
        assert!(found.iter().all(|found| found[..] == [(1.0, 1), (3.0, 0), (4.0, 3), none]), "{found:?}");
    }
}
