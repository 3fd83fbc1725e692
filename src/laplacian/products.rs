//! The hot loop: both products of a sparse matrix, `W y` and `Wᵀ z`, in one pass over its synapses.
//!
//! With `C_ij = w_ij d_j / d_i`, incoming costs are `r = (W d)/d` and outgoing ones `c = d·(Wᵀ d⁻¹)`; a product with the
//! Laplacian of `C + Cᵀ` is the same pass with other vectors. So nothing transcendental is computed for a synapse,
//! nothing is allocated, and no transpose is needed. The sums run in an order that depends on the graph alone, never
//! on the number of threads: the same bits come out on every machine.
//!
//! Rows of a dense matrix, whose sources are neighbours but for one that may be left out (the neuron itself), are read without
//! looking their sources up: the processor then works on several at a time. Their sums run in the same order.

use std::ops::Range;

use crate::network::Pattern;
use crate::parallel::{CHUNK, blocks_of_rows, each};
use crate::ranks::Spread;

/// A matrix entry as it is stored: `f32` where half the memory traffic is worth more than digits.
pub(crate) trait Stored: Copy + Send + Sync {
    fn widen(self) -> f64;
    fn narrow(x: f64) -> Self;
}

impl Stored for f32 {
    #[inline]
    fn widen(self) -> f64 {
        f64::from(self)
    }
    #[inline]
    fn narrow(x: f64) -> f32 {
        x as f32
    }
}

impl Stored for f64 {
    #[inline]
    fn widen(self) -> f64 {
        self
    }
    #[inline]
    fn narrow(x: f64) -> f64 {
        x
    }
}

/// What a pass reads and writes at the source of a synapse, side by side in one cache line.
#[derive(Clone, Copy, Debug, Default)]
struct Cell {
    /// `y_j`.
    read: f64,
    /// `(Wᵀ z)_j` so far.
    sum: f64,
}

/// The passes over one pattern.
#[derive(Debug)]
pub(crate) struct SparseProducts<'a> {
    pattern: &'a Pattern,
    blocks: Vec<Block>,
    /// Over several ranks, those and what they say to one another in a pass.
    between: Option<Between<'a>>,
}

/// Several ranks, each of which has some of the blocks.
#[derive(Debug)]
struct Between<'a> {
    spread: &'a Spread,
    /// What the blocks of this rank add to the nodes of each rank, block after block.
    to: Vec<Vec<f64>>,
    /// What the blocks of each rank add to the nodes of this one.
    from: Vec<Vec<f64>>,
}

#[derive(Debug)]
struct Block {
    rows: Range<usize>,
    sums: Sums,
}

/// The part of `Wᵀ z` that is due to the rows of a block.
#[derive(Debug)]
enum Sums {
    /// Beside what is read there.
    OfAny(Vec<Cell>),
    /// If all rows are dense.
    OfDense(Vec<f64>),
}

/// A row whose sources are `first`, `first + 1`, ..., but for one that may be left out after `split` of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Dense {
    first: usize,
    split: usize,
}

impl Dense {
    fn of(sources: &[u32]) -> Option<Self> {
        let (Some(&first), Some(&last)) = (sources.first(), sources.last()) else {
            return Some(Dense { first: 0, split: 0 });
        };
        let (count, span) = (sources.len(), (last - first) as usize + 1);
        let split = match span - count {
            0 => count,
            1 => {
                let (mut low, mut high) = (0, count);
                while low < high {
                    let middle = (low + high) / 2;
                    if (sources[middle] - first) as usize == middle { low = middle + 1 } else { high = middle }
                }
                low
            }
            _ => return None,
        };
        Some(Dense { first: first as usize, split })
    }
}

impl<'a> SparseProducts<'a> {
    /// Splits the rows into blocks of about equally many synapses.
    pub fn new(pattern: &'a Pattern) -> Self {
        Self::of_blocks(pattern, blocks_of_rows(pattern.row_starts()))
    }

    /// Of a pattern whose rows may be those of one rank only: that rank's blocks.
    pub fn of_part(pattern: &'a Pattern, spread: Option<&'a Spread>) -> Self {
        let Some(spread) = spread else { return Self::new(pattern) };
        let own = spread.own_rows().len();
        let of_blocks = |count: usize, nodes: usize| vec![0.0; count * nodes];
        let to = spread.rows().iter().map(|rows| of_blocks(spread.own_blocks().len(), rows.len())).collect();
        let blocks = (0..spread.ranks().count()).map(|rank| spread.blocks_of(rank));
        let from = blocks.map(|count| of_blocks(count, own)).collect();
        let between = Some(Between { spread, to, from });
        SparseProducts { between, ..Self::of_blocks(pattern, spread.own_blocks().to_vec()) }
    }

    fn of_blocks(pattern: &'a Pattern, blocks: Vec<Range<usize>>) -> Self {
        let nodes = pattern.nodes();
        let block = |rows: Range<usize>| {
            let dense = rows.clone().all(|i| Dense::of(pattern.sources(i)).is_some());
            let sums = match dense {
                true => Sums::OfDense(vec![0.0; nodes]),
                false => Sums::OfAny(vec![Cell::default(); nodes]),
            };
            Block { rows, sums }
        };
        SparseProducts { pattern, blocks: blocks.into_iter().map(block).collect(), between: None }
    }

    /// The ranks that the rows are spread over, if they are.
    pub fn spread(&self) -> Option<&'a Spread> {
        self.between.as_ref().map(|between| between.spread)
    }

    /// The pattern.
    pub fn pattern(&self) -> &'a Pattern {
        self.pattern
    }

    /// The blocks of rows that are worth a thread, in their order.
    pub fn blocks(&self) -> impl Iterator<Item = Range<usize>> + '_ {
        self.blocks.iter().map(|block| block.rows.clone())
    }

    /// `max |x_j − x_i|` over the synapses.
    pub fn largest_difference(&self, x: &[f64]) -> f64 {
        let of_block = |block: &Block| {
            let mut largest = 0.0_f64;
            for i in block.rows.clone() {
                for &j in self.pattern.sources(i) {
                    largest = largest.max((x[j as usize] - x[i]).abs());
                }
            }
            largest
        };
        // A NaN is passed over.
        let largest = each(self.blocks.iter(), of_block).into_iter().fold(0.0, f64::max);
        self.spread().map_or(largest, |spread| spread.gather_number(largest).fold(0.0, f64::max))
    }

    /// `a = W y` and `b = Wᵀ z`, for entries `w` in the order of the pattern. All vectors have one entry a node.
    pub fn products<T: Stored>(&mut self, w: &[T], of: (&[f64], &[f64]), (a, b): (&mut [f64], &mut [f64])) {
        self.own_products(w, of, (a, b));
        if let Some(spread) = self.spread() {
            spread.complete(a);
            spread.complete(b);
        }
    }

    /// The same, but over several ranks the entries of this rank's rows alone.
    pub fn own_products<T: Stored>(&mut self, w: &[T], (y, z): (&[f64], &[f64]), (a, b): (&mut [f64], &mut [f64])) {
        let pattern = self.pattern;
        let mut rest = match self.spread() {
            None => &mut *a,
            Some(spread) => &mut a[spread.own_rows()],
        };
        let mut work = Vec::with_capacity(self.blocks.len());
        for block in &mut self.blocks {
            let (mine, others) = rest.split_at_mut(block.rows.len());
            rest = others;
            work.push((block, mine));
        }
        each(work.into_iter(), |(block, a)| {
            let rows = block.rows.clone().zip(a.iter_mut());
            match &mut block.sums {
                Sums::OfAny(cells) => {
                    for (cell, &read) in cells.iter_mut().zip(y) {
                        *cell = Cell { read, sum: 0.0 };
                    }
                    for (i, a) in rows {
                        *a = row(&w[pattern.row(i)], pattern.sources(i), z[i], cells);
                    }
                }
                Sums::OfDense(sums) => {
                    sums.fill(0.0);
                    for (i, a) in rows {
                        if let Some(dense) = Dense::of(pattern.sources(i)) {
                            *a = dense_row(&w[pattern.row(i)], dense, (y, z[i]), sums);
                        }
                    }
                }
            }
        });
        let blocks = &self.blocks;
        if let Some(between) = &mut self.between {
            return between.add_up(blocks, b);
        }
        each(b.chunks_mut(CHUNK).enumerate(), |(chunk, b)| {
            let nodes = chunk * CHUNK..chunk * CHUNK + b.len();
            b.fill(0.0);
            for block in blocks {
                match &block.sums {
                    Sums::OfAny(cells) => b.iter_mut().zip(&cells[nodes.clone()]).for_each(|(b, cell)| *b += cell.sum),
                    Sums::OfDense(sums) => b.iter_mut().zip(&sums[nodes.clone()]).for_each(|(b, sum)| *b += sum),
                }
            }
        });
    }
}

impl Between<'_> {
    /// The sums of all blocks in their order, each rank those of its own nodes.
    fn add_up(&mut self, blocks: &[Block], b: &mut [f64]) {
        let Between { spread, to, from } = self;
        each(to.iter_mut().zip(spread.rows()), |(to, nodes)| {
            for (to, block) in to.chunks_exact_mut(nodes.len().max(1)).zip(blocks) {
                match &block.sums {
                    Sums::OfAny(cells) => {
                        to.iter_mut().zip(&cells[nodes.clone()]).for_each(|(to, cell)| *to = cell.sum)
                    }
                    Sums::OfDense(sums) => to.copy_from_slice(&sums[nodes.clone()]),
                }
            }
        });
        spread.exchange_numbers(to, from);
        let own = spread.own_rows();
        let sums = &mut b[own.clone()];
        sums.fill(0.0);
        for part in from.iter().flat_map(|from| from.chunks_exact(own.len().max(1))) {
            sums.iter_mut().zip(part).for_each(|(sum, part)| *sum += part);
        }
    }
}

/// One row: returns `Σ w_j y_j`, and adds `w_j z` to the sum of every source j. Four partial sums hide the latency of an
/// addition.
#[inline]
fn row<T: Stored>(w: &[T], sources: &[u32], z: f64, cells: &mut [Cell]) -> f64 {
    let mut sums = [0.0; 4];
    let (mut fours, mut fours_of_sources) = (w.chunks_exact(4), sources.chunks_exact(4));
    for (w, sources) in (&mut fours).zip(&mut fours_of_sources) {
        for lane in 0..4 {
            let w = w[lane].widen();
            let cell = &mut cells[sources[lane] as usize];
            sums[lane] += w * cell.read;
            cell.sum += w * z;
        }
    }
    let mut sum = (sums[0] + sums[1]) + (sums[2] + sums[3]);
    for (w, &source) in fours.remainder().iter().zip(fours_of_sources.remainder()) {
        let w = w.widen();
        let cell = &mut cells[source as usize];
        sum += w * cell.read;
        cell.sum += w * z;
    }
    sum
}

/// The same of a dense row, bit for bit.
#[inline]
fn dense_row<T: Stored>(w: &[T], Dense { first, split }: Dense, (y, z): (&[f64], f64), sums: &mut [f64]) -> f64 {
    let mut lanes = [0.0; 4];
    let whole = w.len() / 4 * 4;
    // Four by four up to the one that is left out; those around it; and four by four again.
    let before = (split / 4 * 4).min(whole);
    let after = (split.div_ceil(4) * 4).min(whole);
    let at = |k: usize| first + k + usize::from(k >= split);
    fours(&w[..before], &y[first..], z, &mut sums[first..], &mut lanes);
    for k in before..after {
        let w = w[k].widen();
        lanes[k - before] += w * y[at(k)];
        sums[at(k)] += w * z;
    }
    if after < whole {
        fours(&w[after..whole], &y[at(after)..], z, &mut sums[at(after)..], &mut lanes);
    }
    let mut sum = (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
    for k in whole..w.len() {
        let w = w[k].widen();
        sum += w * y[at(k)];
        sums[at(k)] += w * z;
    }
    sum
}

/// `lanes += w y` and `sums += w z`, four at a time, as many as there are of `w`.
#[inline]
fn fours<T: Stored>(w: &[T], y: &[f64], z: f64, sums: &mut [f64], lanes: &mut [f64; 4]) {
    for ((w, y), sums) in w.chunks_exact(4).zip(y.chunks_exact(4)).zip(sums.chunks_exact_mut(4)) {
        for lane in 0..4 {
            let w = w[lane].widen();
            lanes[lane] += w * y[lane];
            sums[lane] += w * z;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::random::{normals, stream};
    use crate::scalar::UNIT_ROUNDOFF;

    /// A pattern large enough for several blocks, with some empty rows.
    fn large() -> (Pattern, Vec<f64>) {
        let nodes = 1000;
        let pairs = (0..nodes)
            .filter(|i| i % 7 != 3)
            .flat_map(|i| (0..nodes).filter(move |j| (i * 31 + j * 17) % 5 != 0).map(move |j| (i, j)));
        let pattern = Pattern::from_sorted_pairs(nodes, pairs).unwrap();
        let w = normals(&mut stream(1, 0), pattern.len(), 1.0);
        (pattern, w)
    }

    #[test]
    fn both_products_are_those_of_the_plain_sums() {
        let (pattern, w) = large();
        let n = pattern.nodes();
        let (y, z) = (normals(&mut stream(1, 1), n, 1.0), normals(&mut stream(1, 2), n, 1.0));
        let mut products = SparseProducts::new(&pattern);
        assert!(products.blocks.len() > 1);
        let (mut a, mut b) = (vec![f64::NAN; n], vec![f64::NAN; n]);
        products.products(&w, (&y, &z), (&mut a, &mut b));
        // Sum and sum of absolute values; a sum of m products is within (m + 1)u of the exact one, relative to the latter.
        let (mut rows, mut columns) = (vec![(0.0, 0.0_f64); n], vec![(0.0, 0.0_f64); n]);
        for (e, i, j) in pattern.iter() {
            rows[i] = (rows[i].0 + w[e] * y[j], rows[i].1 + (w[e] * y[j]).abs());
            columns[j] = (columns[j].0 + w[e] * z[i], columns[j].1 + (w[e] * z[i]).abs());
        }
        let bound = 2.0 * (n as f64 + 1.0) * UNIT_ROUNDOFF;
        for ((found, exact), size) in a.iter().zip(&rows).chain(b.iter().zip(&columns)).map(|(f, s)| ((f, s.0), s.1)) {
            assert!((found - exact).abs() <= bound * size, "{found} for {exact}");
        }
    }

    /// Rows of every length, with the one left out at every place or none, one after the other in one pattern; and the same
    /// read as rows of any kind.
    #[test]
    fn dense_rows_give_the_bits_of_any_rows() {
        let nodes = 23;
        let mut random = stream(2, 0);
        for length in 0..=nodes {
            for left_out in 0..=length {
                let pairs = (0..nodes).flat_map(|i| {
                    (0..length)
                        .filter(move |&j| j != left_out)
                        .map(move |j| (i, j + (i + length) % (nodes - length + 1)))
                });
                let pattern = Pattern::from_sorted_pairs(nodes, pairs).unwrap();
                let w = normals(&mut random, pattern.len(), 1.0);
                let w32: Vec<f32> = w.iter().map(|&w| w as f32).collect();
                let (y, z) = (normals(&mut random, nodes, 1.0), normals(&mut random, nodes, 1.0));
                let mut products = SparseProducts::new(&pattern);
                let of_dense = |products: &mut SparseProducts| {
                    let (mut a, mut b, mut c, mut d) =
                        (vec![0.0; nodes], vec![0.0; nodes], vec![0.0; nodes], vec![0.0; nodes]);
                    products.products(&w, (&y, &z), (&mut a, &mut b));
                    products.products(&w32, (&y, &z), (&mut c, &mut d));
                    [a, b, c, d]
                };
                assert!(
                    products.blocks.iter().all(|block| matches!(block.sums, Sums::OfDense(_))),
                    "{length} {left_out}"
                );
                let found = of_dense(&mut products);
                for block in &mut products.blocks {
                    block.sums = Sums::OfAny(vec![Cell::default(); nodes]);
                }
                assert_eq!(found, of_dense(&mut products), "{length} {left_out}");
            }
        }
        assert_eq!(Dense::of(&[3, 4, 6, 7]), Some(Dense { first: 3, split: 2 }));
        assert_eq!(Dense::of(&[3, 4, 7]), None);
        assert_eq!(Dense::of(&[3, 5, 7]), None);
    }

    #[test]
    fn the_bits_do_not_depend_on_the_number_of_threads() {
        let (pattern, w) = large();
        let n = pattern.nodes();
        let y = normals(&mut stream(1, 1), n, 1.0);
        let run = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                let (mut a, mut b) = (vec![0.0; n], vec![0.0; n]);
                SparseProducts::new(&pattern).products(&w, (&y, &y), (&mut a, &mut b));
                (a, b)
            })
        };
        assert_eq!(run(1), run(2));
        assert_eq!(run(1), run(5));
    }
}
