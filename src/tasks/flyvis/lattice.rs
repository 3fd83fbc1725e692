//! Which neurons a network of a given extent has, and in which order.

use crate::io::embedded::CellType;

/// The columns (u, v) of a hexagonal eye with |u|, |v|, |u + v| ≤ extent that have a neuron of one type.
///
/// Neurons are numbered type after type, in each type by u and then by v.
#[derive(Clone, Debug)]
pub(super) struct TypeLattice {
    extent: i64,
    stride: (i64, i64),
    /// Number of the first neuron of line u, for u = −extent ..= extent, and of the next type's first.
    first: Vec<u64>,
    /// The smallest v on each of these lines that the stride allows.
    low: Vec<i64>,
}

impl TypeLattice {
    pub fn new(cell_type: &CellType, extent: u32, first_neuron: u64) -> Self {
        let (extent, stride) = (i64::from(extent), (i64::from(cell_type.stride.0), i64::from(cell_type.stride.1)));
        let mut lattice = TypeLattice { extent, stride, first: vec![first_neuron], low: Vec::new() };
        let mut next = first_neuron;
        for u in -extent..=extent {
            let (low, high) = lattice.line(u);
            if u % stride.0 == 0 && low <= high {
                next += ((high - low) / stride.1 + 1) as u64;
            }
            lattice.first.push(next);
            lattice.low.push(low);
        }
        lattice
    }

    /// The smallest and largest v on the line u that the stride allows; empty if the first is the larger.
    fn line(&self, u: i64) -> (i64, i64) {
        let (low, high) = ((-self.extent).max(-self.extent - u), self.extent.min(self.extent - u));
        let stride = self.stride.1;
        (low + (-low).rem_euclid(stride), high - high.rem_euclid(stride))
    }

    /// The number of the first neuron.
    pub fn start(&self) -> u64 {
        self.first[0]
    }

    /// The number after that of the last neuron.
    pub fn end(&self) -> u64 {
        self.first.last().copied().unwrap_or_default()
    }

    /// The columns with a neuron, in the order of the neurons.
    pub fn columns(&self) -> impl Iterator<Item = (i64, i64)> + '_ {
        (-self.extent..=self.extent).filter(|u| u % self.stride.0 == 0).flat_map(|u| {
            let (low, high) = self.line(u);
            (low..=high).step_by(self.stride.1 as usize).map(move |v| (u, v))
        })
    }

    /// The neuron in column (u, v), if there is one.
    #[inline]
    pub fn find(&self, u: i64, v: i64) -> Option<u64> {
        let outside = u.abs() > self.extent || v.abs() > self.extent || (u + v).abs() > self.extent;
        if outside {
            return None;
        }
        let line = (u + self.extent) as usize;
        let along = v - self.low[line];
        if self.stride == (1, 1) {
            return Some(self.first[line] + along as u64);
        }
        if u % self.stride.0 != 0 || v % self.stride.1 != 0 {
            return None;
        }
        Some(self.first[line] + (along / self.stride.1) as u64)
    }

    /// How many neurons here have one of `target` at the offset (du, dv) from them.
    pub fn overlap(&self, target: &TypeLattice, du: i64, dv: i64) -> u64 {
        if self.stride != (1, 1) || target.stride != (1, 1) {
            return self.columns().filter(|&(u, v)| target.find(u + du, v + dv).is_some()).count() as u64;
        }
        // Line by line the two are intervals; without it a size that is to be refused would be counted for hours.
        let on_line = |u: i64| {
            if (u + du).abs() > self.extent {
                return 0;
            }
            let ((low, high), (target_low, target_high)) = (self.line(u), target.line(u + du));
            (high.min(target_high - dv) - low.max(target_low - dv) + 1).max(0) as u64
        };
        (-self.extent..=self.extent).map(on_line).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STRIDES: [(i32, i32); 4] = [(1, 1), (2, 1), (1, 3), (2, 2)];

    fn lattice(stride: (i32, i32), extent: u32) -> TypeLattice {
        TypeLattice::new(&CellType { name: "T".to_owned(), stride }, extent, 7)
    }

    /// Every column of a hexagon, one by one.
    fn columns(stride: (i32, i32), extent: i64) -> Vec<(i64, i64)> {
        let line = -extent..=extent;
        let all = line.clone().flat_map(|u| line.clone().map(move |v| (u, v)));
        let (a, b) = (i64::from(stride.0), i64::from(stride.1));
        all.filter(|(u, v)| (u + v).abs() <= extent && u % a == 0 && v % b == 0).collect()
    }

    #[test]
    fn neurons_are_those_of_the_columns_and_numbered_in_their_order() {
        for stride in STRIDES {
            for extent in 0..5_u32 {
                let (lattice, expected) = (lattice(stride, extent), columns(stride, i64::from(extent)));
                assert_eq!(lattice.columns().collect::<Vec<_>>(), expected);
                assert_eq!((lattice.start(), lattice.end()), (7, 7 + expected.len() as u64));
                let beyond = i64::from(extent) + 2;
                for (u, v) in (-beyond..=beyond).flat_map(|u| (-beyond..=beyond).map(move |v| (u, v))) {
                    let number = expected.iter().position(|&column| column == (u, v));
                    assert_eq!(
                        lattice.find(u, v),
                        number.map(|number| 7 + number as u64),
                        "{stride:?} {extent} {u} {v}"
                    );
                }
            }
        }
    }

    #[test]
    fn what_overlaps_is_counted_one_by_one() {
        for (from, to) in STRIDES.into_iter().flat_map(|from| STRIDES.map(|to| (from, to))) {
            for extent in [2_u32, 3] {
                let there = columns(to, i64::from(extent));
                for (du, dv) in [(0, 0), (1, 0), (0, 1), (-1, 2), (2, -3), (0, -5), (7, 7)] {
                    let counted = columns(from, i64::from(extent))
                        .iter()
                        .filter(|(u, v)| there.contains(&(u + du, v + dv)))
                        .count();
                    let found = lattice(from, extent).overlap(&lattice(to, extent), du, dv);
                    assert_eq!(found, counted as u64, "{from:?} {to:?} {extent} {du} {dv}");
                }
            }
        }
    }
}
