//! Entries put into compressed rows as they come.

use super::Symmetry;
use crate::network::{NetworkError, Weights};

/// Row and column, counted from 0, and the number.
pub(super) type Entry = (u32, u32, f64);

/// Compressed rows in the making: 12 bytes an entry while entries come row after row with ascending columns, 16 from
/// the first that does not, and up to 32 while they are put in order.
#[derive(Debug)]
pub(super) struct Rows {
    /// Entries of row `i` so far, at `i + 1`.
    row_start: Vec<usize>,
    column: Vec<u32>,
    values: Vec<f64>,
    /// The row of every entry; `None` while they are in order, where the counts say it.
    row: Option<Vec<u32>>,
    /// The columns never went down, as in a file of columns: one sort is enough then.
    columns_ascend: bool,
    last: (u32, u32),
}

impl Rows {
    pub fn new(neurons: usize, entries: usize) -> Self {
        Rows {
            row_start: vec![0; neurons + 1],
            column: Vec::with_capacity(entries),
            values: Vec::with_capacity(entries),
            row: None,
            columns_ascend: true,
            last: (0, 0),
        }
    }

    /// Adds an entry; row and column count from 0 and are neurons.
    #[inline]
    pub fn push(&mut self, row: u32, column: u32, value: f64) {
        self.columns_ascend &= column >= self.last.1;
        if let Some(rows) = &mut self.row {
            rows.push(row);
        } else if (row, column) < self.last {
            self.list_rows(row);
        }
        self.last = (row, column);
        self.row_start[row as usize + 1] += 1;
        self.column.push(column);
        self.values.push(value);
    }

    /// From here on the row of every entry is kept.
    #[cold]
    fn list_rows(&mut self, next: u32) {
        let mut rows = Vec::with_capacity(self.column.capacity());
        for (row, &count) in self.row_start[1..].iter().enumerate() {
            rows.resize(rows.len() + count, row as u32);
        }
        rows.push(next);
        self.row = Some(rows);
    }

    /// The weights.
    ///
    /// # Errors
    /// Two entries at one place.
    pub fn finish(mut self) -> Result<Weights, NetworkError> {
        let neurons = self.row_start.len() - 1;
        for i in 0..neurons {
            self.row_start[i + 1] += self.row_start[i];
        }
        let Some(mut row) = self.row else { return Weights::from_rows(self.row_start, self.column, self.values) };
        // Two stable counting sorts, the second by row: linear time, and the columns of a row end up ascending.
        if !self.columns_ascend {
            let mut next = vec![0; neurons + 1];
            for &column in &self.column {
                next[column as usize + 1] += 1;
            }
            for j in 0..neurons {
                next[j + 1] += next[j];
            }
            let mut sorted = (vec![0; row.len()], vec![0; row.len()], vec![0.0; row.len()]);
            for ((&row, &column), &value) in row.iter().zip(&self.column).zip(&self.values) {
                let place = &mut next[column as usize];
                (sorted.0[*place], sorted.1[*place], sorted.2[*place]) = (row, column, value);
                *place += 1;
            }
            (row, self.column, self.values) = sorted;
        }
        let mut next = self.row_start.clone();
        let (mut columns, mut values) = (vec![0; row.len()], vec![0.0; row.len()]);
        for ((&row, &column), &value) in row.iter().zip(&self.column).zip(&self.values) {
            let place = &mut next[row as usize];
            (columns[*place], values[*place]) = (column, value);
            *place += 1;
        }
        drop((row, self.column, self.values));
        Weights::from_rows(self.row_start, columns, values)
    }
}

/// Adds an entry, and where the symmetry implies another one, that too.
#[inline]
pub(super) fn push(rows: &mut Rows, symmetry: Symmetry, entry: Entry) {
    let (i, j, value) = entry;
    rows.push(i, j, value);
    if let Some((i, j, value)) = mirrored(symmetry, entry) {
        rows.push(i, j, value);
    }
}

/// The entry that the symmetry implies.
#[inline]
pub(super) fn mirrored(symmetry: Symmetry, (i, j, value): Entry) -> Option<Entry> {
    match symmetry {
        Symmetry::Symmetric if i != j => Some((j, i, value)),
        Symmetry::SkewSymmetric => Some((j, i, -value)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(neurons: usize, entries: &[(u32, u32, f64)]) -> Result<Weights, NetworkError> {
        let mut rows = Rows::new(neurons, 0);
        entries.iter().for_each(|&(i, j, value)| rows.push(i, j, value));
        rows.finish()
    }

    fn entries() -> impl Strategy<Value = Vec<(u32, u32, f64)>> {
        let value = prop_oneof![9 => -1.0..1.0, 1 => Just(0.0)];
        proptest::collection::vec((0_u32..8, 0_u32..8, value), 0..40)
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// Rows, columns, rows with some entries behind, and any order; some with an entry twice.
        #[test]
        fn every_order_gives_what_triplets_give(mut entries in entries(), order in 0..4, once in any::<bool>()) {
            if once {
                entries.sort_by_key(|&(i, j, _)| (i, j));
                entries.dedup_by_key(|&mut (i, j, _)| (i, j));
            }
            match order {
                0 => entries.sort_by_key(|&(i, j, _)| (i, j)),
                1 => entries.sort_by_key(|&(i, j, _)| (j, i)),
                2 => entries.sort_by_key(|&(i, j, value)| (value < 0.8, i, j)),
                _ => entries.sort_by(|a, b| a.2.total_cmp(&b.2)),
            }
            let triplets = entries.iter().map(|&(i, j, value)| (i as usize, j as usize, value)).collect();
            prop_assert_eq!(of(8, &entries), Weights::from_triplets(8, triplets));
        }
    }

    #[test]
    fn rows_are_kept_only_for_entries_out_of_order() {
        let mut rows = Rows::new(3, 0);
        for (i, j) in [(0, 2), (1, 0), (1, 1)] {
            rows.push(i, j, 1.0);
        }
        assert!(rows.row.is_none());
        rows.push(1, 0, 1.0);
        assert_eq!(rows.row, Some(vec![0, 1, 1, 1]));
    }
}
