//! Strong couplings: those that hold nodes together in an aggregate, a few a node.

use std::ops::Range;

use crate::parallel::each;

/// A coupling to this part of the degrees of its nodes, `c_ij/√(deg_i deg_j)`, is strong. Measured on the fly's networks: with 0.03
/// the aggregates are too large to have one value each, with 0.3 there are too many of them.
pub(super) const STRONG: f32 = 0.15;

/// And so is one to this part of the strongest coupling of both its nodes.
const COMPARABLE: f32 = 0.5;

/// No node, and no aggregate.
pub(super) const NONE: u32 = u32::MAX;

/// The strongest coupling of each node that these rows have, the first of equal ones, and the node at its other end.
pub(super) fn strongest<I: Iterator<Item = (usize, f32)>>(
    nodes: usize,
    rows: Range<usize>,
    row: &impl Fn(usize) -> I,
) -> Vec<(f32, u32)> {
    let mut strongest = vec![(0.0_f32, NONE); nodes];
    for i in rows {
        for (j, coupling) in row(i) {
            for (here, there) in [(i, j), (j, i)] {
                if coupling > strongest[here].0 {
                    strongest[here] = (coupling, there as u32);
                }
            }
        }
    }
    strongest
}

/// The first of the strongest that several found for the same nodes, in their order.
pub(super) fn strongest_of(found: impl IntoIterator<Item = Vec<(f32, u32)>>) -> Vec<(f32, u32)> {
    let mut found = found.into_iter();
    let mut best = found.next().unwrap_or_default();
    for others in found {
        for (best, other) in best.iter_mut().zip(others) {
            if other.0 > best.0 {
                *best = other;
            }
        }
    }
    best
}

/// Where no coupling of two nodes is strong by itself, those that are among the strongest of both are.
pub(super) fn is_strong(coupling: f32, strong: f32, strongest: (f32, f32)) -> bool {
    coupling > 0.0 && (coupling >= strong || coupling >= COMPARABLE * strongest.0.max(strongest.1))
}

/// Whether a coupling of two nodes, whose strongest are given, counts where aggregates are made by strong couplings.
fn counts((i, j, coupling): (usize, usize, f32), strongest: &[(f32, u32)]) -> bool {
    is_strong(coupling, STRONG, (strongest[i].0, strongest[j].0))
        || strongest[i] == (coupling, j as u32)
        || strongest[j] == (coupling, i as u32)
}

/// Those of these rows that count: target, source and coupling.
pub(super) fn counting<I: Iterator<Item = (usize, f32)>>(
    rows: Range<usize>,
    row: &impl Fn(usize) -> I,
    strongest: &[(f32, u32)],
) -> Vec<(u32, u32, f32)> {
    let with_target = |i: usize| row(i).map(move |(j, coupling)| (i, j, coupling));
    let counting = rows.flat_map(with_target).filter(|&coupling| counts(coupling, strongest));
    counting.map(|(i, j, coupling)| (i as u32, j as u32, coupling)).collect()
}

/// The couplings that count, row after row.
pub(super) struct Kept {
    start: Vec<usize>,
    entries: Vec<(u32, f32)>,
}

impl Kept {
    /// Of a graph whose nodes are in these blocks of rows.
    pub fn of<I: Iterator<Item = (usize, f32)>>(
        nodes: usize,
        blocks: &[Range<usize>],
        row: &(impl Fn(usize) -> I + Sync),
    ) -> Self {
        let strongest = strongest_of(each(blocks.iter().cloned(), |rows| strongest(nodes, rows, row)));
        Self::joined(nodes, each(blocks.iter().cloned(), |rows| counting(rows, row, &strongest)))
    }

    /// From parts, the rows ascending.
    pub fn joined(nodes: usize, parts: Vec<Vec<(u32, u32, f32)>>) -> Self {
        let mut kept = Kept { start: vec![0; nodes + 1], entries: Vec::new() };
        for (i, j, coupling) in parts.into_iter().flatten() {
            kept.start[i as usize + 1] += 1;
            kept.entries.push((j, coupling));
        }
        for i in 0..nodes {
            kept.start[i + 1] += kept.start[i];
        }
        kept
    }

    /// Node and coupling of a row.
    pub fn row(&self, i: usize) -> impl Iterator<Item = (usize, f32)> {
        self.entries[self.start[i]..self.start[i + 1]].iter().map(|&(j, coupling)| (j as usize, coupling))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows with equal couplings, among which the first counts, in one part, two or three.
    #[test]
    fn parts_keep_what_the_whole_keeps() {
        let couplings: [&[(usize, f32)]; 5] =
            [&[(1, 0.01), (2, 0.01)], &[(0, 0.01), (3, 0.2)], &[(4, 0.003)], &[], &[(0, 0.01), (2, 0.004), (3, 0.0)]];
        let row = |i: usize| couplings[i].iter().copied();
        let rows_of = |kept: &Kept| (0..5).map(|i| kept.row(i).collect::<Vec<_>>()).collect::<Vec<_>>();
        let whole = rows_of(&Kept::of(5, &[0..5], &row));
        assert_eq!(whole, rows_of(&Kept::of(5, &[0..2, 2..5], &row)));
        assert_eq!(whole, rows_of(&Kept::of(5, &[0..1, 1..2, 2..5], &row)));
        // 0 and 1: for 0 the strongest; 0 and 2, 0 and 4 are comparable with it; 1 and 3 are strong; 2 and 4 are not the first of anybody,
        // and for 2 a coupling of 0.004 is not half of 0.01.
        let expected = [vec![(1, 0.01), (2, 0.01)], vec![(0, 0.01), (3, 0.2)], vec![], vec![], vec![(0, 0.01)]];
        assert_eq!(whole, expected);
    }
}
