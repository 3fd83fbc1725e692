//! What a passed check has shown.

use num_bigint::BigUint;

/// What a certificate proves, in integers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proved {
    /// Nodes: the neurons, and the world if it is one.
    pub nodes: usize,
    /// Synapses that the proof is about; parallel synapses to or from the world count as one.
    pub synapses: usize,
    /// Synapses between strong components, which lie on no cycle and are left out. Zero for the whole network.
    pub left_out: usize,
    /// Strong components with more than one node.
    pub components: usize,
    /// The exponent p, numerator and denominator.
    pub p: (u32, u32),
    /// The factors of the costs, one for each source neuron, m·2^e as (m, e): the certificate's own. `None` where all are 1.
    pub alpha: Option<Vec<(u64, i64)>>,
    /// The steps that noise was accumulated over, and what each weighs relative to the one before, m·2^e as (m, e): the costs are
    /// then those of accumulated noise. `None` for the weights' own costs.
    pub accumulated: Option<(u32, (u64, i64))>,
    /// λ = m·2^e of the world node, as (m, e).
    pub world: Option<(u64, i64)>,
    /// The cost unit is 2 to this power: an integer W is the cost `W/2^s`.
    pub cost_unit_bits: u32,
    /// The cost at the computed log-scales is at most this.
    pub upper_cost: BigUint,
    /// The least cost is at least this.
    pub lower_cost: BigUint,
    /// The cost at the computed log-scales is at most this above the least.
    pub gap: BigUint,
    /// The sum of the squares of the largest possible gradients.
    pub grad_sq: BigUint,
    /// The least `(L v)_i`.
    pub lam: BigUint,
    /// The largest `v_i`.
    pub vmax: BigUint,
    /// `p|h_i − balanced h_i| ≤ radius/2^radius_unit_bits`.
    pub radius: BigUint,
    /// See `radius`.
    pub radius_unit_bits: u32,
}
