//! The network that a certificate is about, as its checker sees it: triplets.

/// A synapse weight by target and source, both counted from 0.
pub type Triplet = (usize, usize, f64);

/// Weights of a network. Zeros stand for no synapse and are passed over, wherever they are listed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Input {
    /// Number of neurons n.
    pub neurons: usize,
    /// Recurrent weights, each pair at most once, in any order.
    pub recurrent: Vec<Triplet>,
    /// What comes into the neurons from outside, as (target, weight): every input weight and every bias by itself. `None`
    /// if the network has neither.
    pub from_world: Option<Vec<(usize, f64)>>,
    /// What is read out of the neurons, as (source, weight). `None` if the network has no read-out.
    pub to_world: Option<Vec<(usize, f64)>>,
}
