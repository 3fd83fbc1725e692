//! Aggregates: nodes that strong couplings hold together, as the nodes of a coarser graph.
//!
//! Vaněk's greedy rule: a node none of whose strong neighbours is taken yet becomes an aggregate with all of them; what
//! is left joins its strongest neighbour. (Vaněk, Mandel & Brezina 1996.)

use std::ops::Range;

use super::coarser::Rows;
use super::products::Stored;
use super::strong::{Kept, NONE, STRONG, is_strong, strongest};

/// Where strong couplings leave more than this part of the nodes, every coupling counts as strong.
const TOO_MANY: f64 = 0.6;

/// A partition of the nodes.
#[derive(Debug)]
pub(super) struct Aggregates {
    of: Vec<u32>,
    /// The members of the k-th aggregate are `member[start[k]..start[k + 1]]`, ascending.
    start: Vec<usize>,
    member: Vec<u32>,
}

impl Aggregates {
    /// Of a graph whose nodes are in these blocks of rows, `row(i)` its scaled couplings `(j, c_ij/√(deg_i deg_j))`; a pair may come
    /// in either row, or in both.
    pub fn of<I: Iterator<Item = (usize, f32)>>(blocks: &[Range<usize>], row: impl Fn(usize) -> I + Sync) -> Self {
        let nodes = blocks.last().map_or(0, |block| block.end);
        let kept = Kept::of(nodes, blocks, &row);
        Self::of_strong(nodes, &|i| kept.row(i)).unwrap_or_else(|| Self::of_all(nodes, &row))
    }

    /// By strong couplings; `None` if that leaves too many. Of the others only the first strongest of each node counts.
    pub fn of_strong<I: Iterator<Item = (usize, f32)>>(nodes: usize, row: &impl Fn(usize) -> I) -> Option<Self> {
        let found = Self::with(nodes, row, STRONG);
        let coupled = found.member.len();
        (found.len() as f64 <= TOO_MANY * coupled as f64).then_some(found)
    }

    /// By all couplings, none of which is too weak.
    pub fn of_all<I: Iterator<Item = (usize, f32)>>(nodes: usize, row: &impl Fn(usize) -> I) -> Self {
        Self::with(nodes, row, 0.0)
    }

    fn with<I: Iterator<Item = (usize, f32)>>(nodes: usize, row: &impl Fn(usize) -> I, strong: f32) -> Self {
        let mut start = vec![0_usize; nodes + 1];
        let strongest = strongest(nodes, 0..nodes, row);
        let strong = |i: usize, j: usize, coupling: f32| is_strong(coupling, strong, (strongest[i].0, strongest[j].0));
        for i in 0..nodes {
            for (j, coupling) in row(i) {
                if strong(i, j, coupling) {
                    start[i + 1] += 1;
                    start[j + 1] += 1;
                }
            }
        }
        for i in 0..nodes {
            start[i + 1] += start[i];
        }
        let mut next = start.clone();
        let mut neighbour = vec![(0_u32, 0.0_f32); start[nodes]];
        for i in 0..nodes {
            for (j, coupling) in row(i) {
                if strong(i, j, coupling) {
                    for (here, there) in [(i, j), (j, i)] {
                        neighbour[next[here]] = (there as u32, coupling);
                        next[here] += 1;
                    }
                }
            }
        }
        let mut of = vec![NONE; nodes];
        let mut count = 0;
        for i in 0..nodes {
            let neighbours = &neighbour[start[i]..start[i + 1]];
            if of[i] == NONE && !neighbours.is_empty() && neighbours.iter().all(|&(j, _)| of[j as usize] == NONE) {
                of[i] = count;
                for &(j, _) in neighbours {
                    of[j as usize] = count;
                }
                count += 1;
            }
        }
        // Those of before only, so that no chain grows.
        let first = of.clone();
        for i in (0..nodes).filter(|&i| first[i] == NONE) {
            let mut best = (0.0, NONE);
            for &(j, coupling) in &neighbour[start[i]..start[i + 1]] {
                if first[j as usize] != NONE && coupling > best.0 {
                    best = (coupling, first[j as usize]);
                }
            }
            of[i] = best.1;
        }
        // Without a strong neighbour: with the strongest one, taken or not.
        for i in 0..nodes {
            let friend = strongest[i].1;
            if of[i] == NONE && friend != NONE {
                if of[friend as usize] == NONE {
                    of[friend as usize] = count;
                    count += 1;
                }
                of[i] = of[friend as usize];
            }
        }
        let mut start = vec![0; count as usize + 1];
        for &aggregate in of.iter().filter(|&&aggregate| aggregate != NONE) {
            start[aggregate as usize + 1] += 1;
        }
        for k in 0..count as usize {
            start[k + 1] += start[k];
        }
        let mut next = start.clone();
        let mut member = vec![0; start[count as usize]];
        for (i, &aggregate) in of.iter().enumerate().filter(|(_, aggregate)| **aggregate != NONE) {
            member[next[aggregate as usize]] = i as u32;
            next[aggregate as usize] += 1;
        }
        Aggregates { of, start, member }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.start.len() - 1
    }

    /// The sums of a quantity over the aggregates.
    pub fn restrict(&self, fine: impl Iterator<Item = f64>, coarse: &mut [f64]) {
        coarse.fill(0.0);
        for (value, &aggregate) in fine.zip(&self.of) {
            if aggregate != NONE {
                coarse[aggregate as usize] += value;
            }
        }
    }

    /// The value of each node's aggregate; 0 without one.
    pub fn prolong<'a>(&'a self, coarse: &'a [f64]) -> impl Iterator<Item = f64> + 'a {
        self.of.iter().map(|&aggregate| if aggregate == NONE { 0.0 } else { coarse[aggregate as usize] })
    }

    /// The graph between the aggregates; `row(i)` gives couplings of node i to others, each pair in one direction or in
    /// both parts of it.
    pub fn quotient<T: Stored, I: ExactSizeIterator<Item = (usize, f64)>>(
        &self,
        row: impl Fn(usize) -> I + Sync,
    ) -> Rows<T> {
        let members = |k: usize| self.member[self.start[k]..self.start[k + 1]].iter().map(|&i| i as usize);
        let terms = |k: usize| members(k).flat_map(|i| self.between(i, row(i)));
        Rows::of_sums(self.len(), 0..self.len(), |k| members(k).map(|i| row(i).len()).sum(), terms)
    }

    /// Couplings of a node to others as couplings of its aggregate to other aggregates.
    pub fn between(&self, i: usize, row: impl Iterator<Item = (usize, f64)>) -> impl Iterator<Item = (usize, f64)> {
        let own = self.of[i];
        let ends = row.map(|(j, coupling)| (self.of[j], coupling));
        let between =
            ends.filter(move |&(other, coupling)| other != own && other != NONE && own != NONE && coupling > 0.0);
        between.map(|(other, coupling)| (other as usize, coupling))
    }

    /// The aggregate of a node, if it is in one.
    pub fn aggregate(&self, i: usize) -> Option<usize> {
        (self.of[i] != NONE).then_some(self.of[i] as usize)
    }
}

/// The graph between the first aggregates, the largest of all, in little memory: its couplings in `f32`, and in units of the
/// largest degrees, `c_kl/(u_k u_l)`, so that none that counts is outside the range of `f32`.
#[derive(Debug)]
pub(super) struct InUnits {
    pub rows: Rows<f32>,
    /// `u_k`, the largest `√deg_i` in the aggregate.
    unit: Vec<f64>,
}

impl InUnits {
    /// Made by `rows` of the factors that bring a coupling of two nodes, scaled by the roots of their degrees, into those units.
    pub fn of(aggregates: &Aggregates, root: &[f64], rows: impl FnOnce(&[f64]) -> Rows<f32>) -> Self {
        let mut unit = vec![0.0_f64; aggregates.len()];
        for (i, root) in root.iter().enumerate() {
            if let Some(k) = aggregates.aggregate(i) {
                unit[k] = unit[k].max(*root);
            }
        }
        let factor = |(i, root): (usize, &f64)| aggregates.aggregate(i).map_or(0.0, |k| root / unit[k]);
        let factors: Vec<f64> = root.iter().enumerate().map(factor).collect();
        InUnits { rows: rows(&factors), unit }
    }

    /// Node and coupling of the entries of row i.
    pub fn row(&self, i: usize) -> impl ExactSizeIterator<Item = (usize, f64)> + Clone {
        self.rows.row(i).map(move |(j, coupling)| (j, coupling * self.unit[i] * self.unit[j]))
    }
}

#[cfg(test)]
mod tests {
    use super::super::coarser::degrees;
    use super::*;
    use crate::network::random::{random_network, stream};

    /// Couplings of a random graph, some nodes of which have none; scaled by nothing.
    fn couplings() -> Vec<Vec<(usize, f64)>> {
        let weights = random_network(&mut stream(4, 0), 200, 0.02, 2.0).unwrap();
        let mut rows = vec![Vec::new(); 210];
        for (i, j, weight) in weights.triplets().filter(|(i, j, _)| i != j) {
            rows[i].push((j, weight.abs()));
        }
        rows
    }

    #[test]
    fn every_coupled_node_is_in_one_aggregate_of_two_at_least() {
        let rows = couplings();
        let mut coupled = vec![false; rows.len()];
        for (i, row) in rows.iter().enumerate() {
            for &(j, _) in row {
                (coupled[i], coupled[j]) = (true, true);
            }
        }
        let found = Aggregates::of(&[0..50, 50..120, 120..rows.len()], |i| {
            rows[i].iter().map(|&(j, coupling)| (j, coupling as f32))
        });
        for (i, coupled) in coupled.iter().enumerate() {
            assert_eq!(*coupled, found.of[i] != NONE, "node {i}");
        }
        assert_eq!(found.member.len(), coupled.iter().filter(|coupled| **coupled).count());
        for k in 0..found.len() {
            let members = &found.member[found.start[k]..found.start[k + 1]];
            assert!(members.len() >= 2 && members.iter().all(|&i| found.of[i as usize] == k as u32));
        }
    }

    #[test]
    fn couplings_between_aggregates_are_the_sums_of_those_between_their_members() {
        let rows = couplings();
        let found = Aggregates::of(&[0..50, 50..120, 120..rows.len()], |i| {
            rows[i].iter().map(|&(j, coupling)| (j, coupling as f32))
        });
        let mut expected = std::collections::BTreeMap::new();
        for (i, row) in rows.iter().enumerate() {
            for &(j, coupling) in row {
                let (a, b) = (found.of[i], found.of[j]);
                if a != b {
                    *expected.entry((a.max(b) as usize, a.min(b) as usize)).or_insert(0.0) += coupling;
                }
            }
        }
        let graph = found.quotient::<f64, _>(|i| rows[i].iter().copied()).pairs();
        let mut pairs = 0;
        for k in 0..found.len() {
            for (other, coupling) in graph.row(k) {
                let exact: f64 = expected[&(k, other)];
                assert!((coupling - exact).abs() <= 1e-13 * exact, "{k} {other}: {coupling} for {exact}");
                pairs += 1;
            }
        }
        assert_eq!(pairs, expected.len());
        assert!(pairs > found.len());
    }

    /// Costs at nodes may be further apart than f32 reaches.
    #[test]
    fn units_keep_couplings_between_aggregates_of_any_size() {
        let rows = couplings();
        let nodes = rows.len();
        // Each node and all its couplings in a unit of its own: scaled by the roots of the degrees they are the same.
        let size = |i: usize| (if i.is_multiple_of(3) { 1e-70_f64 } else { 1e70 }) * (1.0 + i as f64);
        let degree = degrees(nodes, |i| rows[i].iter().copied());
        let root: Vec<f64> = (0..nodes).map(|i| degree[i].sqrt() * size(i)).collect();
        let scaled = |i: usize| rows[i].iter().map(move |&(j, coupling)| (j, coupling, i));
        let blocks = [0..nodes / 2, nodes / 2..nodes];
        let found = Aggregates::of(&blocks, |i| rows[i].iter().map(|&(j, coupling)| (j, coupling as f32)));
        let in_units = InUnits::of(&found, &root, |factor| {
            found.quotient(|i| {
                scaled(i).map(|(j, coupling, i)| (j, coupling / (degree[i] * degree[j]).sqrt() * factor[i] * factor[j]))
            })
        });
        let exact: Rows = found.quotient(|i| scaled(i).map(|(j, coupling, i)| (j, coupling * size(i) * size(j))));
        let (mut compared, mut beyond) = (0, 0);
        for k in 0..found.len() {
            for ((other, coupling), (as_exact, exact)) in in_units.row(k).zip(exact.row(k)) {
                assert_eq!(other, as_exact);
                // What is too small beside the largest of both aggregates may vanish.
                let unit = in_units.unit[k] * in_units.unit[other];
                let bound = 1e-6 * exact + f64::from(f32::MIN_POSITIVE) * unit;
                assert!((coupling - exact).abs() <= bound, "{k} {other}: {coupling} for {exact}");
                compared += 1;
                beyond += usize::from((exact as f32).is_infinite() || exact as f32 == 0.0);
            }
        }
        assert!(compared > found.len() && beyond > 0, "{compared}, {beyond} of them beyond f32");
    }
}
