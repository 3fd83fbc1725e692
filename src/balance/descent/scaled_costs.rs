//! The costs of a graph at scales that move: the one keeper of them for every method of descent.

use std::borrow::Cow;

use crate::cost::CostGraph;

/// Scales beyond which the costs are computed afresh at the log-scales reached, so that products stay in range.
const REBASE_BEYOND: f64 = 1e50;

/// Costs `C_ij = base_ij d_j / d_i`, which are never formed.
pub(super) struct ScaledCosts<'a> {
    pub graph: &'a CostGraph,
    /// The costs where `d = 1`, in the order of the pattern.
    pub base: Cow<'a, [f64]>,
    base_h: Vec<f64>,
    /// `d_i = e^{p h_i}` relative to the base, and `1/d_i`.
    pub d: Vec<f64>,
    pub inverse: Vec<f64>,
    /// Passes over the synapses so far.
    pub passes: usize,
}

impl<'a> ScaledCosts<'a> {
    /// At `h = 0`.
    pub fn new(graph: &'a CostGraph) -> Self {
        let n = graph.nodes();
        ScaledCosts {
            graph,
            base: Cow::Borrowed(graph.initial_costs()),
            base_h: vec![0.0; n],
            d: vec![1.0; n],
            inverse: vec![1.0; n],
            passes: 0,
        }
    }

    /// The log-scales of the scales reached.
    pub fn h(&self) -> Vec<f64> {
        let p = self.graph.p();
        self.base_h.iter().zip(&self.d).map(|(base, d)| base + d.ln() / p).collect()
    }

    /// Moves to log-scales `h`.
    pub fn move_to(&mut self, h: &[f64]) {
        let relative: Vec<f64> = h.iter().zip(&self.base_h).map(|(h, base)| h - base).collect();
        self.d = self.graph.scales(&relative);
        if !self.is_in_range() {
            self.rebase(h);
        }
        self.invert();
    }

    /// Renews `1/d`.
    pub fn invert(&mut self) {
        for (inverse, d) in self.inverse.iter_mut().zip(&self.d) {
            *inverse = d.recip();
        }
    }

    /// Balances the nodes once each, in the given order; one pass. A node without incoming or without outgoing costs stays
    /// where it is: no scale balances it.
    pub fn sweep(&mut self, order: impl Iterator<Item = usize>) {
        let (pattern, transposed) = (self.graph.pattern(), self.graph.transposed());
        for i in order {
            let incoming: f64 = pattern.row(i).map(|e| self.base[e] * self.d[pattern.source(e)]).sum();
            let outgoing: f64 = transposed.column(i).map(|(e, target)| self.base[e] * self.inverse[target]).sum();
            if incoming > 0.0 && outgoing > 0.0 {
                // r_i = incoming/d_i and c_i = outgoing·d_i agree at d_i = √(incoming/outgoing), the quotient of the
                // roots: that of the sums can leave the range of f64.
                self.d[i] = incoming.sqrt() / outgoing.sqrt();
                self.inverse[i] = self.d[i].recip();
                // At once, not after the sweep: the next neurons multiply by this one's scale.
                if is_out_of_range(self.d[i]) {
                    self.rebase(&self.h());
                }
            }
        }
        self.passes += 1;
    }

    /// Whether no scale has left its range.
    pub fn is_in_range(&self) -> bool {
        !self.d.iter().any(|&d| is_out_of_range(d))
    }

    /// Computes the costs afresh where scales have left their range; whether they had.
    pub fn keep_in_range(&mut self) -> bool {
        let left = !self.is_in_range();
        if left {
            self.rebase(&self.h());
        }
        left
    }

    fn rebase(&mut self, h: &[f64]) {
        self.base = Cow::Owned(self.graph.costs_at(h));
        self.base_h = h.to_vec();
        self.d.fill(1.0);
        self.inverse.fill(1.0);
        self.passes += 1;
    }
}

fn is_out_of_range(d: f64) -> bool {
    !(REBASE_BEYOND.recip()..=REBASE_BEYOND).contains(&d)
}
