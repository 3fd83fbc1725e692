//! The graph between aggregates: couplings that are sums of couplings.

use std::ops::Range;

use super::products::Stored;
use crate::parallel::{each, shares, split_off};

/// Couplings of nodes to others, row after row. Rows are written on several threads, each of which has places enough for the
/// case that no two terms belong together; those that are left over are between the rows of one thread and of the next.
#[derive(Debug, Default)]
pub(super) struct Rows<T = f64> {
    begin: Vec<usize>,
    end: Vec<usize>,
    node: Vec<u32>,
    coupling: Vec<T>,
}

/// Some of the rows, in the making.
struct Part<'a, T> {
    rows: Range<usize>,
    first: usize,
    begin: &'a mut [usize],
    end: &'a mut [usize],
    node: &'a mut [u32],
    coupling: &'a mut [T],
}

impl<T: Stored> Rows<T> {
    /// Of so many nodes, some of which have rows here: row k the sums of the terms of the k-th of those, of which there are at
    /// most `most(k)`.
    pub fn of_sums<I: Iterator<Item = (usize, f64)>>(
        nodes: usize,
        rows: Range<usize>,
        most: impl Fn(usize) -> usize,
        terms: impl Fn(usize) -> I + Sync,
    ) -> Self {
        let parts = shares(rows.len()).map(|part| rows.start + part.start..rows.start + part.end);
        let parts: Vec<(Range<usize>, usize)> = parts.map(|part| (part.clone(), part.map(&most).sum())).collect();
        let places: usize = parts.iter().map(|(_, places)| places).sum();
        let (mut begin, mut end) = (vec![0; rows.len()], vec![0; rows.len()]);
        let (mut node, mut coupling) = (vec![0; places], vec![T::narrow(0.0); places]);
        let mut rest = (&mut begin[..], &mut end[..], &mut node[..], &mut coupling[..]);
        let mut first = 0;
        let of_part = |(rows, places): (Range<usize>, usize)| {
            let part = Part {
                first,
                begin: split_off(&mut rest.0, rows.len()),
                end: split_off(&mut rest.1, rows.len()),
                node: split_off(&mut rest.2, places),
                coupling: split_off(&mut rest.3, places),
                rows,
            };
            first += places;
            part
        };
        each(parts.into_iter().map(of_part), |part| part.fill(nodes, &terms));
        Rows { begin, end, node, coupling }
    }

    /// Of rows that are given one after the other, as target, source and coupling.
    pub fn of_entries(nodes: usize, entries: impl Iterator<Item = (usize, usize, f64)>) -> Self {
        let mut rows = Rows { begin: Vec::new(), end: vec![0; nodes], node: Vec::new(), coupling: Vec::new() };
        for (target, source, coupling) in entries {
            rows.end[target] += 1;
            rows.node.push(source as u32);
            rows.coupling.push(T::narrow(coupling));
        }
        let mut begin = 0;
        for end in &mut rows.end {
            rows.begin.push(begin);
            *end += begin;
            begin = *end;
        }
        rows
    }

    /// Node and coupling of the entries of row i.
    pub fn row(&self, i: usize) -> impl ExactSizeIterator<Item = (usize, f64)> + Clone {
        let row = self.begin[i]..self.end[i];
        self.node[row.clone()].iter().zip(&self.coupling[row]).map(|(&j, coupling)| (j as usize, coupling.widen()))
    }

    /// How many rows there are.
    pub fn count(&self) -> usize {
        self.begin.len()
    }

    /// Whether no row has an entry.
    pub fn are_empty(&self) -> bool {
        self.begin == self.end
    }
}

impl Rows {
    /// Each pair once, its whole coupling in the row of the later node.
    pub fn pairs(&self) -> Rows {
        let count = self.count();
        // Those towards later nodes go to the other end.
        let mut later = vec![0_usize; count + 1];
        for k in 0..count {
            for (other, _) in self.row(k) {
                later[other + 1] += usize::from(other > k);
            }
        }
        for k in 0..count {
            later[k + 1] += later[k];
        }
        let mut next = later.clone();
        let (mut from, mut coupling_from) = (vec![0_u32; later[count]], vec![0.0; later[count]]);
        for k in 0..count {
            for (other, coupling) in self.row(k).filter(|&(other, _)| other > k) {
                (from[next[other]], coupling_from[next[other]]) = (k as u32, coupling);
                next[other] += 1;
            }
        }
        let others = |k: usize| later[k]..later[k + 1];
        let terms = |k: usize| {
            let from = others(k).map(|e| (from[e] as usize, coupling_from[e]));
            self.row(k).filter(move |&(other, _)| other < k).chain(from)
        };
        Rows::of_sums(count, 0..count, |k| self.row(k).len() + others(k).len(), terms)
    }

    /// `Σ_j c_ij x_j` over the entries of row i, in four partial sums.
    #[inline]
    pub fn product(&self, i: usize, x: &[f64]) -> f64 {
        let row = self.begin[i]..self.end[i];
        let (nodes, couplings) = (self.node[row.clone()].chunks_exact(4), self.coupling[row].chunks_exact(4));
        let (last_nodes, last_couplings) = (nodes.remainder(), couplings.remainder());
        let mut sums = [0.0; 4];
        for (nodes, couplings) in nodes.zip(couplings) {
            for lane in 0..4 {
                sums[lane] += couplings[lane] * x[nodes[lane] as usize];
            }
        }
        let rest: f64 = last_nodes.iter().zip(last_couplings).map(|(&j, coupling)| coupling * x[j as usize]).sum();
        (sums[0] + sums[1]) + (sums[2] + sums[3]) + rest
    }
}

impl<T: Stored> Part<'_, T> {
    fn fill<I: Iterator<Item = (usize, f64)>>(self, nodes: usize, terms: &impl Fn(usize) -> I) {
        // Where a node is in the row; a place of an earlier row is recognised by its being before this one.
        let mut place = vec![usize::MAX; nodes];
        let mut next = 0;
        for ((k, begin), end) in self.rows.zip(self.begin).zip(self.end) {
            let row = next;
            for (other, coupling) in terms(k) {
                let at = place[other];
                if at != usize::MAX && at >= row {
                    self.coupling[at] = T::narrow(self.coupling[at].widen() + coupling);
                } else {
                    place[other] = next;
                    (self.node[next], self.coupling[next]) = (other as u32, T::narrow(coupling));
                    next += 1;
                }
            }
            (*begin, *end) = (self.first + row, self.first + next);
        }
    }
}

/// The sum of the couplings of each of so many nodes; those of a pair may stand in one row or in both.
pub(super) fn degrees<I: Iterator<Item = (usize, f64)>>(nodes: usize, row: impl Fn(usize) -> I) -> Vec<f64> {
    let mut degrees = vec![0.0; nodes];
    for i in 0..nodes {
        for (j, coupling) in row(i) {
            degrees[i] += coupling;
            degrees[j] += coupling;
        }
    }
    degrees
}
