//! The zero pattern of a square matrix: which synapses there are, in compressed rows.

/// The synapses of a network without their weights, sorted by target, then by source.
///
/// Row `i` lists the sources `j` of the synapses into neuron `i` (`J_ij` is the synapse **from j to i**).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    row_start: Vec<usize>,
    source: Vec<u32>,
}

impl Pattern {
    /// From `(target, source)` pairs that are sorted and free of duplicates; `None` if they are not, or if an
    /// index is out of range.
    pub fn from_sorted_pairs(nodes: usize, pairs: impl Iterator<Item = (usize, usize)>) -> Option<Self> {
        u32::try_from(nodes).ok()?;
        let mut row_start = vec![0; nodes + 1];
        let mut source = Vec::with_capacity(pairs.size_hint().0);
        let mut last = None;
        for (i, j) in pairs {
            if i >= nodes || j >= nodes || last.is_some_and(|previous| previous >= (i, j)) {
                return None;
            }
            last = Some((i, j));
            row_start[i + 1] += 1;
            source.push(j as u32);
        }
        for i in 0..nodes {
            row_start[i + 1] += row_start[i];
        }
        source.shrink_to_fit();
        Some(Pattern { row_start, source })
    }

    /// The pattern without some synapses, given by their numbers, ascending.
    pub(crate) fn without(mut self, numbers: &[usize]) -> Self {
        take_out(&mut self.source, numbers);
        let mut before = 0;
        for start in &mut self.row_start {
            while numbers.get(before).is_some_and(|number| number < start) {
                before += 1;
            }
            *start -= before;
        }
        self
    }

    /// From the parts of a compressed-row matrix that has been checked: the rows cover all sources, which ascend
    /// strictly in each row and are nodes.
    pub(crate) fn from_checked_rows(row_start: Vec<usize>, source: Vec<u32>) -> Self {
        Pattern { row_start, source }
    }

    /// Number of nodes.
    pub fn nodes(&self) -> usize {
        self.row_start.len() - 1
    }

    /// Number of synapses.
    pub fn len(&self) -> usize {
        self.source.len()
    }

    /// True if there is no synapse.
    pub fn is_empty(&self) -> bool {
        self.source.is_empty()
    }

    /// The synapses into node `i`: their positions in the order of the pattern.
    #[inline]
    pub fn row(&self, i: usize) -> std::ops::Range<usize> {
        self.row_start[i]..self.row_start[i + 1]
    }

    /// The sources of the synapses into node `i`, ascending.
    #[inline]
    pub fn sources(&self, i: usize) -> &[u32] {
        &self.source[self.row(i)]
    }

    /// The sources of all synapses, row after row.
    pub fn all_sources(&self) -> &[u32] {
        &self.source
    }

    /// Where each row begins, and after the last where it ends: one number more than there are nodes.
    pub fn row_starts(&self) -> &[usize] {
        &self.row_start
    }

    /// The source of synapse number `e`.
    #[inline]
    pub fn source(&self, e: usize) -> usize {
        self.source[e] as usize
    }

    /// All synapses as `(number, target, source)`.
    pub fn iter(&self) -> impl Iterator<Item = (usize, usize, usize)> + '_ {
        (0..self.nodes()).flat_map(move |i| self.row(i).map(move |e| (e, i, self.source(e))))
    }

    /// The number of the synapse from `j` to `i`, if there is one.
    pub fn find(&self, i: usize, j: usize) -> Option<usize> {
        let row = self.row(i);
        let start = row.start;
        self.source[row].binary_search(&(j as u32)).ok().map(|k| start + k)
    }

    /// The same synapses listed by source: for node `j`, the numbers and targets of the synapses out of it.
    pub fn transpose(&self) -> Transposed {
        let mut column_start = vec![0; self.nodes() + 1];
        for &j in &self.source {
            column_start[j as usize + 1] += 1;
        }
        for j in 0..self.nodes() {
            column_start[j + 1] += column_start[j];
        }
        let mut next = column_start.clone();
        let mut entries = vec![(0_u32, 0_u32); self.len()];
        for (e, i, j) in self.iter() {
            entries[next[j]] = (e as u32, i as u32);
            next[j] += 1;
        }
        Transposed { column_start, entries }
    }
}

/// Takes the entries of these numbers, ascending, out of a list.
pub(crate) fn take_out<T: Copy>(values: &mut Vec<T>, numbers: &[usize]) {
    let Some(&first) = numbers.first() else { return };
    let mut kept = first;
    for (k, number) in numbers.iter().enumerate() {
        let next = numbers.get(k + 1).copied().unwrap_or(values.len());
        values.copy_within(number + 1..next, kept);
        kept += next - number - 1;
    }
    values.truncate(kept);
}

/// A [`Pattern`] listed by source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transposed {
    column_start: Vec<usize>,
    entries: Vec<(u32, u32)>,
}

impl Transposed {
    /// The synapses out of node `j` as `(number, target)`, targets ascending.
    #[inline]
    pub fn column(&self, j: usize) -> impl Iterator<Item = (usize, usize)> + Clone + '_ {
        self.entries(j).iter().map(|&(e, i)| (e as usize, i as usize))
    }

    /// The same as stored.
    #[inline]
    pub(super) fn entries(&self, j: usize) -> &[(u32, u32)] {
        &self.entries[self.column_start[j]..self.column_start[j + 1]]
    }
}
