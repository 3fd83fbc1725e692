//! A graph that is spread over ranks, in one piece on every rank: for methods that need it so, on graphs that are small enough.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use super::CostGraph;
use super::signed::Signed;
use crate::network::Pattern;
use crate::ranks::Spread;

impl CostGraph<f64> {
    /// The graph with the synapses of all ranks; itself, if it is in one piece.
    pub(crate) fn whole(&self) -> Cow<'_, CostGraph> {
        let Some(spread) = self.spread() else { return Cow::Borrowed(self) };
        Cow::Owned(CostGraph {
            pattern: Arc::new(whole_pattern(&self.pattern, spread)),
            transposed: OnceLock::new(),
            facts: self.facts.clone(),
            weight: Signed::Own(of_all_ranks(spread, self.weight().iter().copied())),
            factors: self.factors.clone(),
            bundles: self.bundles.clone(),
            w: of_all_ranks(spread, self.w.iter().copied()),
            self_cost: self.self_cost,
            self_synapses: self.self_synapses.clone(),
            p: self.p,
            neurons: self.neurons,
            prescaling: self.prescaling.clone(),
            given: self.given.clone(),
            spread: None,
        })
    }
}

/// The numbers of all ranks, in their order.
pub(crate) fn of_all_ranks(spread: &Spread, own: impl Iterator<Item = f64>) -> Vec<f64> {
    let words: Vec<u64> = own.map(f64::to_bits).collect();
    spread.ranks().gather(&words).into_iter().flatten().map(f64::from_bits).collect()
}

/// The synapses of all ranks.
pub(crate) fn whole_pattern(own: &Pattern, spread: &Spread) -> Pattern {
    let words = |numbers: &mut dyn Iterator<Item = u64>| numbers.collect::<Vec<u64>>();
    let lengths = words(&mut spread.own_rows().map(|i| own.row(i).len() as u64));
    let mut row_start = vec![0];
    for length in spread.ranks().gather(&lengths).into_iter().flatten() {
        row_start.push(row_start[row_start.len() - 1] + length as usize);
    }
    let sources = words(&mut own.all_sources().iter().map(|&j| u64::from(j)));
    let sources = spread.ranks().gather(&sources).into_iter().flatten().map(|j| j as u32).collect();
    Pattern::from_checked_rows(row_start, sources)
}
