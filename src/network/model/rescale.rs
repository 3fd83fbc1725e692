//! The transform of a model's tensors: `e^{−h_i}` on a target axis, `e^{k h_j}` on a source axis; activities by `e^{−k h_i}`.

use super::{Described, Model, ModelError, Place, Role};
use crate::network::{Degrees, times_power_of_two};
use crate::scalar::{Scalar, scale_by_exp};

/// A log-scale that is a whole number of times ln 2: scaling by it rounds nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PowerOfTwo(pub i32);

impl Model {
    /// The numbers of a tensor after rescaling by the log-scales `h` of all neurons, for activations of these degrees.
    ///
    /// # Errors
    /// A number that would leave the range of `S`.
    pub fn rescale<S: Scalar>(
        &self,
        tensor: &Described,
        numbers: &[f64],
        h: &[S],
        degrees: &Degrees,
    ) -> Result<Vec<S>, ModelError> {
        let Some(like) = h.first() else { return Ok(Vec::new()) };
        self.rescale_by(tensor, numbers, |value, place| {
            let lifted = like.lift(value);
            let Some(t) = log_factor(tensor.role, place, h, degrees) else { return (lifted, 0.0) };
            let scaled = scale_by_exp(&lifted, &t);
            (scaled, t.to_f64())
        })
    }

    /// The same by powers of two, for activations of degree one.
    ///
    /// # Errors
    /// A number that is not normal any more: it would be rounded.
    pub fn rescale_exactly(
        &self,
        tensor: &Described,
        numbers: &[f64],
        exponents: &[PowerOfTwo],
    ) -> Result<Vec<f64>, ModelError> {
        self.rescale_by(tensor, numbers, |value, place| {
            let shift = place.source.map_or(0, |j| exponents[j].0) - place.target.map_or(0, |i| exponents[i].0);
            let scaled = times_power_of_two(value, shift);
            let exact = if shift == 0 || scaled.is_normal() { scaled } else { 0.0 };
            (exact, f64::from(shift) * std::f64::consts::LN_2)
        })
    }

    fn rescale_by<S: Scalar>(
        &self,
        tensor: &Described,
        numbers: &[f64],
        scale: impl Fn(f64, Place) -> (S, f64),
    ) -> Result<Vec<S>, ModelError> {
        let mut rescaled = Vec::with_capacity(numbers.len());
        let mut fault = None;
        let fixed = tensor.role == Role::TimeConstants;
        self.for_each_place(tensor, |position, place| {
            let from = numbers[position];
            let (value, log_factor) = scale(from, if fixed { Place::default() } else { place });
            let lost = value.is_zero() && from != 0.0 || value.is_subnormal() && value.to_f64() != from;
            if !value.is_finite() || lost {
                fault.get_or_insert_with(|| ModelError::RescaledOutOfRange {
                    tensor: tensor.name.clone(),
                    index: tensor.index(position),
                    from,
                    log_factor,
                });
            }
            rescaled.push(value);
        });
        fault.map_or(Ok(rescaled), Err)
    }
}

/// `k_j h_j − h_i`, of which a tensor may have either part, or `−k_i h_i` of an activity; `None` where no log-scale acts.
pub(super) fn log_factor<S: Scalar>(role: Role, place: Place, h: &[S], degrees: &Degrees) -> Option<S> {
    let of_activity = |neuron: usize| degrees.times(neuron, &h[neuron]);
    match (role, place.target, place.source) {
        (Role::TimeConstants, ..) | (_, None, None) => None,
        (Role::InitialActivity, Some(i), _) => Some(-of_activity(i)),
        (_, Some(i), None) => Some(-h[i].clone()),
        (_, None, Some(j)) => Some(of_activity(j)),
        (_, Some(i), Some(j)) => Some(of_activity(j) - &h[i]),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Axis, Neurons, Population, dense_weights};
    use super::*;

    /// Two neurons with an input, a read-out, a state and time constants.
    fn model() -> Model {
        let (target, source) = (Axis::Target(Neurons::of(0)), Axis::Source(Neurons::of(0)));
        let mut start = dense_weights("start", &[2], std::slice::from_ref(&target));
        start.role = Role::InitialState;
        let mut tau = dense_weights("tau", &[2], std::slice::from_ref(&target));
        tau.role = Role::TimeConstants;
        let mut active = dense_weights("active", &[2], std::slice::from_ref(&target));
        active.role = Role::InitialActivity;
        let tensors = vec![
            dense_weights("w", &[2, 2], &[target.clone(), source.clone()]),
            dense_weights("w_in", &[1, 2], &[Axis::Outside, target]),
            dense_weights("w_out", &[2, 1], &[source, Axis::Outside]),
            start,
            active,
            tau,
            dense_weights("shift", &[1], &[Axis::Outside]),
        ];
        Model::new(vec![Population { name: "a".to_owned(), size: 2 }], tensors).unwrap()
    }

    #[test]
    fn powers_of_two_are_exact_or_refused_with_their_place() {
        let model = model();
        let exponents = [PowerOfTwo(3), PowerOfTwo(-1)];
        let rescaled =
            |name: &str, numbers: &[f64]| model.rescale_exactly(model.tensor(name).unwrap(), numbers, &exponents);
        assert_eq!(rescaled("w", &[1.5, 3.0, -5.0, 7.0]).unwrap(), [1.5, 3.0 / 16.0, -5.0 * 16.0, 7.0]);
        assert_eq!(rescaled("w_in", &[1.0, 3.0]).unwrap(), [0.125, 6.0]);
        assert_eq!(rescaled("w_out", &[1.0, 3.0]).unwrap(), [8.0, 1.5]);
        assert_eq!(rescaled("start", &[1.0, 3.0]).unwrap(), [0.125, 6.0]);
        assert_eq!(rescaled("active", &[1.0, 3.0]).unwrap(), [0.125, 6.0]);
        assert_eq!(rescaled("tau", &[1.0, 3.0]).unwrap(), [1.0, 3.0]);
        assert_eq!(rescaled("shift", &[5.0]).unwrap(), [5.0]);
        // A number that is subnormal as given stays so; one that becomes so, or infinite, is named.
        assert_eq!(rescaled("w", &[1e-310, 0.0, 0.0, 1.0]).unwrap(), [1e-310, 0.0, 0.0, 1.0]);
        for (numbers, place) in [([1.0, 1e-307, 1.0, 1.0], [0, 1]), ([1.0, 1.0, 1e308, 1.0], [1, 0])] {
            let Err(ModelError::RescaledOutOfRange { tensor, index, from, log_factor }) = rescaled("w", &numbers)
            else {
                panic!("{numbers:?}")
            };
            let (value, shift) = if place == [0, 1] { (1e-307, -4.0) } else { (1e308, 4.0) };
            assert_eq!(
                (tensor.as_str(), index, from, log_factor),
                ("w", place.to_vec(), value, shift * std::f64::consts::LN_2)
            );
        }
    }

    #[test]
    fn targets_go_down_and_sources_up_by_their_degree() {
        let model = model();
        let (h, degrees) = ([0.5, -0.25], Degrees::Each(vec![2.0, 3.0]));
        let factors = |name: &str, count: usize| {
            model.rescale(model.tensor(name).unwrap(), &vec![1.0; count], &h, &degrees).unwrap()
        };
        let are = |found: Vec<f64>, logs: &[f64]| {
            let expected = logs.iter().map(|log: &f64| log.exp());
            assert!(found.iter().zip(expected).all(|(a, b)| (a / b - 1.0).abs() < 1e-15), "{found:?} {logs:?}");
            assert_eq!(found.len(), logs.len());
        };
        are(factors("w", 4), &[1.0 - 0.5, -0.75 - 0.5, 1.0 + 0.25, -0.75 + 0.25]);
        are(factors("w_in", 2), &[-0.5, 0.25]);
        are(factors("w_out", 2), &[1.0, -0.75]);
        are(factors("start", 2), &[-0.5, 0.25]);
        are(factors("active", 2), &[-1.0, 0.75]);
        are(factors("tau", 2), &[0.0, 0.0]);
        are(factors("shift", 1), &[0.0]);
        let lost = model.rescale(model.tensor("w").unwrap(), &[1.0; 4], &[400.0, -400.0], &Degrees::Same(1.0));
        let Err(ModelError::RescaledOutOfRange { index, from: 1.0, log_factor, .. }) = lost else { panic!("{lost:?}") };
        assert_eq!((index, log_factor), (vec![0, 1], -800.0));
    }
}
