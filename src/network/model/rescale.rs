//! The transform of a model's tensors: `e^{−h_i}` on a target axis, `e^{k h_j}` on a source axis.

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
            let Some(t) = log_factor(place, h, degrees) else { return (lifted, 0.0) };
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

/// `k_j h_j − h_i`, of which a tensor may have either part; `None` where it has neither.
fn log_factor<S: Scalar>(place: Place, h: &[S], degrees: &Degrees) -> Option<S> {
    let of_source = |j: usize| degrees.times(j, &h[j]);
    match (place.target, place.source) {
        (None, None) => None,
        (Some(i), None) => Some(-h[i].clone()),
        (None, Some(j)) => Some(of_source(j)),
        (Some(i), Some(j)) => Some(of_source(j) - &h[i]),
    }
}
