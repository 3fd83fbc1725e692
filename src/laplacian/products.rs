//! The hot loop: both products of a sparse matrix, `W y` and `Wᵀ z`, in one pass over its synapses.
//!
//! With `C_ij = w_ij d_j / d_i`, incoming costs are `r = (W d)/d` and outgoing ones `c = d·(Wᵀ d⁻¹)`; a product with the
//! Laplacian of `C + Cᵀ` is the same pass with other vectors. So nothing transcendental is computed for a synapse,
//! nothing is allocated, and no transpose is needed. The sums run in an order that depends on the graph alone, never
//! on the number of threads: the same bits come out on every machine.

use std::ops::Range;

use crate::network::Pattern;
use crate::parallel::{CHUNK, each};

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

/// Synapses that a second thread is worth waking for.
const MIN_SYNAPSES_A_BLOCK: usize = 1 << 16;

/// Blocks of rows at most; each has cells of its own, which must stay few against the synapses.
const MAX_BLOCKS: usize = 16;
const MIN_SYNAPSES_A_CELL: usize = 8;

/// The passes over one pattern.
#[derive(Debug)]
pub(crate) struct SparseProducts<'a> {
    pattern: &'a Pattern,
    blocks: Vec<Block>,
}

#[derive(Debug)]
struct Block {
    rows: Range<usize>,
    cells: Vec<Cell>,
}

impl<'a> SparseProducts<'a> {
    /// Splits the rows into blocks of about equally many synapses.
    pub fn new(pattern: &'a Pattern) -> Self {
        let (nodes, synapses) = (pattern.nodes(), pattern.len());
        let by_cells = synapses / (MIN_SYNAPSES_A_CELL * nodes).max(1);
        let count = by_cells.min(synapses / MIN_SYNAPSES_A_BLOCK).clamp(1, MAX_BLOCKS);
        let mut blocks = Vec::with_capacity(count);
        let mut start = 0;
        for block in 1..=count {
            let mut end = start;
            while end < nodes && (block == count || pattern.row(end).start < synapses / count * block) {
                end += 1;
            }
            blocks.push(Block { rows: start..end, cells: vec![Cell::default(); nodes] });
            start = end;
        }
        SparseProducts { pattern, blocks }
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
        each(self.blocks.iter(), of_block).into_iter().fold(0.0, f64::max)
    }

    /// `a = W y` and `b = Wᵀ z`, for entries `w` in the order of the pattern. All vectors have one entry a node.
    pub fn products<T: Stored>(&mut self, w: &[T], (y, z): (&[f64], &[f64]), (a, b): (&mut [f64], &mut [f64])) {
        let pattern = self.pattern;
        let mut rest = a;
        let mut work = Vec::with_capacity(self.blocks.len());
        for block in &mut self.blocks {
            let (mine, others) = rest.split_at_mut(block.rows.len());
            rest = others;
            work.push((block, mine));
        }
        each(work.into_iter(), |(block, a)| {
            for (cell, &read) in block.cells.iter_mut().zip(y) {
                *cell = Cell { read, sum: 0.0 };
            }
            for (i, a) in block.rows.clone().zip(a.iter_mut()) {
                *a = row(&w[pattern.row(i)], pattern.sources(i), z[i], &mut block.cells);
            }
        });
        let blocks = &self.blocks;
        each(b.chunks_mut(CHUNK).enumerate(), |(chunk, b)| {
            let nodes = chunk * CHUNK..chunk * CHUNK + b.len();
            b.fill(0.0);
            for block in blocks {
                for (b, cell) in b.iter_mut().zip(&block.cells[nodes.clone()]) {
                    *b += cell.sum;
                }
            }
        });
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
