//! The network that a model is, as far as its cost is concerned.

use nalgebra::DMatrix;

use super::{Described, Model, ModelError, Role};
use crate::network::{Activations, Network, Weights};
use crate::scalar::{Scalar, power};

/// The most entries of an input or output matrix that is put together densely: 1 GiB, whatever the few bytes of a file
/// may claim.
const LARGEST_DENSE: usize = 1 << 27;

/// The network of a model.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelNetwork {
    /// All populations one after the other. Synapses that lie parallel (the space of a kernel, several tensors between
    /// the same two populations) are one, of the p-norm of their weights: that has their cost. Biases of a neuron add up.
    pub network: Network,
    /// Whether some synapses of the network stand for several.
    pub merged: bool,
}

impl Model {
    /// The network of the model whose tensors are `numbers`, in the order of [`Model::tensors`]; `p` is the exponent of
    /// the cost.
    ///
    /// # Errors
    /// A number that is not finite, or a matrix of inputs or outputs that is too large to be held.
    pub fn network(
        &self,
        numbers: &[Vec<f64>],
        activation: impl Into<Activations>,
        p: f64,
    ) -> Result<ModelNetwork, ModelError> {
        let activation = activation.into();
        let neurons = self.neurons();
        let mut synapses: Vec<(usize, usize, f64)> = Vec::new();
        let (mut inputs, mut outputs) = (Columns::new(neurons), Columns::new(neurons));
        let mut bias: Option<Vec<f64>> = None;
        let mut state: Option<Vec<f64>> = None;
        let mut time_constants: Option<Vec<f64>> = None;
        for (tensor, values) in self.tensors.iter().zip(numbers) {
            check_finite(tensor, values)?;
            let (targets, sources) = (tensor.has_target(), tensor.has_source());
            match (tensor.role, targets, sources) {
                (Role::Weights, true, true) => {
                    synapses.reserve_exact(values.iter().filter(|&&value| value != 0.0).count());
                    self.for_each_place(tensor, |position, place| {
                        if let (Some(i), Some(j), true) = (place.target, place.source, values[position] != 0.0) {
                            synapses.push((i, j, values[position]));
                        }
                    });
                }
                (Role::Weights, true, false) if tensor.outside() == 1 && tensor.shape.len() == 1 => {
                    // The zero that leaves the sign of every other number, zero included, as it is.
                    let bias = bias.get_or_insert_with(|| vec![-0.0; neurons]);
                    self.for_each_place(tensor, |position, place| {
                        if let Some(i) = place.target {
                            bias[i] += values[position];
                        }
                    });
                }
                (Role::Weights, true, false) => inputs.add(self, tensor, values, p, |place| place.target)?,
                (Role::Weights, false, true) => outputs.add(self, tensor, values, p, |place| place.source)?,
                (Role::Weights, false, false) => {}
                (Role::InitialState | Role::InitialActivity | Role::TimeConstants, ..) => {
                    let (list, unset) = match tensor.role {
                        Role::TimeConstants => (&mut time_constants, 1.0),
                        _ => (&mut state, 0.0),
                    };
                    let list = list.get_or_insert_with(|| vec![unset; neurons]);
                    self.for_each_place(tensor, |position, place| {
                        if let (Some(i), 0) = (place.target, place.neither) {
                            list[i] = values[position];
                        }
                    });
                }
            }
        }
        let given = synapses.len();
        let synapses = merge_parallel(synapses, p);
        let merged = synapses.len() < given || inputs.merged || outputs.merged;
        let network = Network {
            weights: Weights::from_triplets(neurons, synapses)?,
            activation,
            w_in: inputs.matrix(),
            bias,
            w_out: outputs.matrix().map(|matrix| matrix.transpose()),
            initial_state: state,
            time_constants,
        };
        network.validate()?;
        Ok(ModelNetwork { network, merged })
    }
}

fn check_finite(tensor: &Described, values: &[f64]) -> Result<(), ModelError> {
    match values.iter().position(|value| !value.is_finite()) {
        None => Ok(()),
        Some(position) => Err(ModelError::NotFinite {
            tensor: tensor.name.clone(),
            index: tensor.index(position),
            value: values[position],
        }),
    }
}

/// Synapses between the same two neurons become one; a synapse that is alone keeps its sign and its last bit.
fn merge_parallel(mut synapses: Vec<(usize, usize, f64)>, p: f64) -> Vec<(usize, usize, f64)> {
    if !synapses.is_sorted_by_key(|&(i, j, _)| (i, j)) {
        synapses.sort_by_key(|&(i, j, _)| (i, j));
    }
    if synapses.windows(2).all(|pair| (pair[0].0, pair[0].1) != (pair[1].0, pair[1].1)) {
        return synapses;
    }
    let parallel = synapses.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1));
    parallel
        .map(|group| match group {
            [alone] => *alone,
            _ => (group[0].0, group[0].1, p_norm(group.iter().map(|&(_, _, value)| value), p)),
        })
        .collect()
}

/// `(Σ|x|^p)^{1/p}`, relative to the largest entry so that no power overflows.
fn p_norm(values: impl Iterator<Item = f64> + Clone, p: f64) -> f64 {
    let largest = values.clone().fold(0.0_f64, |largest, value| largest.max(value.abs()));
    if largest == 0.0 {
        return 0.0;
    }
    let sum: f64 = values.map(|value| power(&(value.abs() / largest), p)).sum();
    largest * sum.powf(p.recip())
}

/// A dense matrix of neurons × outside, grown tensor by tensor.
struct Columns {
    neurons: usize,
    columns: Vec<Vec<f64>>,
    merged: bool,
    /// Whether any tensor was added, be it one without columns.
    there: bool,
}

impl Columns {
    fn new(neurons: usize) -> Self {
        Columns { neurons, columns: Vec::new(), merged: false, there: false }
    }

    fn add(
        &mut self,
        model: &Model,
        tensor: &Described,
        values: &[f64],
        p: f64,
        neuron: impl Fn(super::Place) -> Option<usize>,
    ) -> Result<(), ModelError> {
        let (rows, columns) = (self.neurons, self.columns.len() + tensor.outside());
        if rows.checked_mul(columns).is_none_or(|entries| entries > LARGEST_DENSE) {
            return Err(ModelError::DenseTooLarge { rows, columns, limit: LARGEST_DENSE });
        }
        self.there = true;
        let first = self.columns.len();
        self.columns.resize(columns, vec![0.0; rows]);
        let own = &mut self.columns[first..];
        if tensor.neither() * tensor.repeat() == 1 {
            model.for_each_place(tensor, |position, place| {
                if let Some(i) = neuron(place) {
                    own[place.outside][i] = values[position];
                }
            });
            return Ok(());
        }
        self.merged = true;
        let mut entries = Vec::new();
        model.for_each_place(tensor, |position, place| {
            if let Some(i) = neuron(place) {
                entries.push((place.outside, i, values[position]));
            }
        });
        for (outside, i, value) in merge_parallel(entries, p) {
            own[outside][i] = value;
        }
        Ok(())
    }

    fn matrix(self) -> Option<DMatrix<f64>> {
        let count = self.columns.len();
        self.there.then(|| DMatrix::from_vec(self.neurons, count, self.columns.concat()))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Axis, Neurons, Population, dense_weights};
    use super::*;
    use crate::network::Activation;

    /// Two tensors between the same two neurons, an input, and a read-out.
    fn model() -> Model {
        let (target, source) = (Axis::Target(Neurons::of(0)), Axis::Source(Neurons::of(0)));
        let tensors = vec![
            dense_weights("w", &[2, 2], &[target.clone(), source.clone()]),
            dense_weights("w_again", &[2, 2], &[target.clone(), source.clone()]),
            dense_weights("w_in", &[2, 1], &[target, Axis::Outside]),
            dense_weights("w_out", &[1, 2], &[Axis::Outside, source]),
        ];
        Model::new(vec![Population { name: "a".to_owned(), size: 2 }], tensors).unwrap()
    }

    /// Found by fuzzing layout files: `source a x 17421924958503465412`.
    #[test]
    fn places_beyond_all_counting_are_a_wrong_length() {
        for repeat in [usize::MAX, usize::MAX / 2 + 2] {
            let source = Axis::Source(Neurons { repeat, ..Neurons::of(0) });
            let populations = vec![Population { name: "a".to_owned(), size: 2 }];
            let refused = Model::new(populations, vec![dense_weights("w_out", &[1, 2], &[Axis::Outside, source])]);
            assert!(
                matches!(refused, Err(ModelError::WrongLength { length: 2, expected: usize::MAX, .. })),
                "{refused:?}"
            );
        }
    }

    #[test]
    fn of_the_states_that_a_batch_begins_in_the_first_is_the_networks() {
        let (given, axes) = (model(), [Axis::Neither, Axis::Target(Neurons::of(0))]);
        let start = Described { role: Role::InitialState, ..dense_weights("start", &[3, 2], &axes) };
        let tensors = given.tensors().iter().cloned().chain([start]).collect();
        let model = Model::new(given.populations().to_vec(), tensors).unwrap();
        let numbers =
            [vec![0.5, 1.0, 1.0, 0.0], vec![0.0; 4], vec![1.0; 2], vec![1.0; 2], vec![3.0, 4.0, 5.0, 6.0, 7.0, 8.0]];
        let network = model.network(&numbers, Activation::Relu, 2.0).unwrap().network;
        assert_eq!(network.initial_state, Some(vec![3.0, 4.0]));
    }

    #[test]
    fn places_beside_each_other_count_as_one_synapse_however_they_are_laid_out() {
        // Each neuron feeds two places, and each of those has two numbers of its own: four synapses that lie parallel.
        let source = Axis::Source(Neurons { repeat: 2, ..Neurons::of(0) });
        let tensors = vec![
            dense_weights("w", &[2, 2], &[Axis::Target(Neurons::of(0)), Axis::Source(Neurons::of(0))]),
            dense_weights("w_out", &[1, 4, 2], &[Axis::Outside, source, Axis::Neither]),
        ];
        let model = Model::new(vec![Population { name: "a".to_owned(), size: 2 }], tensors).unwrap();
        let numbers = [vec![0.0, 1.0, 1.0, 0.0], vec![1.0, 2.0, 4.0, -10.0, 2.0, 2.0, 2.0, 2.0]];
        let found = model.network(&numbers, Activation::Relu, 2.0).unwrap();
        assert!(found.merged);
        assert_eq!(found.network.w_out.unwrap().as_slice(), [11.0, 4.0]);
    }

    #[test]
    fn two_populations_without_layers_are_refused_by_name() {
        let populations = ["a", "b"].map(|name| Population { name: name.to_owned(), size: 2 }).to_vec();
        let both = Neurons { populations: vec![0, 1], ..Neurons::of(0) };
        let refused = Model::new(populations, vec![dense_weights("w", &[1, 2], &[Axis::Outside, Axis::Source(both)])]);
        let said = "axis 1 (counted from 0) of `w` has the populations `a`, `b`, 2 for 1 layers; name one for each layer, and one where there is no axis of layers";
        assert_eq!(refused.unwrap_err().to_string(), said);
    }

    #[test]
    fn parallel_synapses_are_one_that_costs_as_much_and_others_keep_their_sign_and_place() {
        // From neuron 1 to neuron 0 there are -3 and 4, whose 2-norm is 5 and whose 1-norm is 7; all others are alone.
        let numbers = [vec![0.5, -3.0, -2.0, 0.0], vec![0.0, 4.0, 0.0, 0.0], vec![1.0, -0.5], vec![0.6, 0.8]];
        for (p, merged) in [(2.0, 5.0), (1.0, 7.0)] {
            let found = model().network(&numbers, Activation::Relu, p).unwrap();
            let triplets = found.network.weights.triplets();
            let mut synapses: Vec<(usize, usize, f64)> = triplets.map(|(i, j, weight)| (i, j, *weight)).collect();
            synapses.retain(|&(_, _, weight)| weight != 0.0);
            assert_eq!(synapses, [(0, 0, 0.5), (0, 1, merged), (1, 0, -2.0)]);
            assert!(found.merged);
            assert_eq!(found.network.w_in.unwrap().as_slice(), [1.0, -0.5]);
            assert_eq!(found.network.w_out.unwrap().as_slice(), [0.6, 0.8]);
        }
    }
}
