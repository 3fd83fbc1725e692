//! The transform: `J' = e^{−H} J e^{kH}`, and with it everything else of the network (in the paper, the symmetry that
//! balancing moves along).

use std::f64::consts::LN_2;
use std::ops::Range;

use nalgebra::DMatrix;

use super::{Degrees, Network, NetworkError, Weights, times_power_of_two};
use crate::parallel::{each, parts_with};
use crate::scalar::{Scalar, scale_by_exp};

/// What to do with an activation that is not homogeneous.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Homogeneity {
    /// Refuse it: the transform would change what the network computes.
    Required,
    /// Transform it as if its degree were one, although that changes the network: the negative control.
    NegativeControl,
}

/// `J'_ij = J_ij e^{k h_j − h_i}` for log-scales `h` (n) and degree `k`.
///
/// # Errors
/// A wrong number of log-scales, one that is not finite, or a weight that would leave the range in which `S` has all its
/// digits: of `f64`, that of normal numbers.
pub fn rescale_weights<S: Scalar>(weights: &Weights<S>, h: &[S], degree: f64) -> Result<Weights<S>, NetworkError> {
    check_scales(weights.neurons(), h)?;
    weights_by(weights, h, &Degrees::Same(degree), scale_by_exp)
}

/// The whole network rescaled by log-scales `h` (n): the same input-to-output map, other weights.
///
/// `J' = e^{−H} J e^{kH}` (k the degree of the source: neurons may differ), `W_in' = e^{−H} W_in`, `b' = e^{−H} b`, `W_out' = W_out e^{kH}`, `x_0' = e^{−H} x_0`.
///
/// # Errors
/// An activation without a degree (unless as [`Homogeneity::NegativeControl`]), bad log-scales, or a number that
/// would leave the range of `S`.
pub fn rescale_network<S: Scalar>(
    network: &Network<S>,
    h: &[S],
    homogeneity: Homogeneity,
) -> Result<Network<S>, NetworkError> {
    let degrees = match homogeneity {
        Homogeneity::Required => network.activation.homogeneous_degrees()?,
        Homogeneity::NegativeControl => {
            let neurons = 0..network.weights.neurons();
            Degrees::of(neurons.map(|j| network.activation.at(j).degree().unwrap_or(1.0)).collect())
        }
    };
    network_by(network, h, &degrees, scale_by_exp)
}

/// The network rescaled by log-scales `exponents·ln 2`: powers of two, so that nothing is rounded, and a simulation of
/// degree one gives the same outputs to the last bit.
///
/// # Errors
/// As [`rescale_network`]; and an activation whose degree is not one, or numbers that are no longer normal.
pub fn rescale_by_powers_of_two(network: &Network, exponents: &[i32]) -> Result<Network, NetworkError> {
    let degrees = network.activation.homogeneous_degrees()?;
    if let Some((_, degree)) = degrees.first_not_one() {
        return Err(NetworkError::ExactOnlyForDegreeOne { degree });
    }
    let h: Vec<f64> = exponents.iter().map(|&k| f64::from(k)).collect();
    // Subnormal numbers would be rounded: they are refused like those that vanish.
    let rescaled = network_by(network, &h, &degrees, |value, &k| {
        let scaled = times_power_of_two(*value, k as i32);
        if scaled.is_normal() { scaled } else { 0.0 }
    });
    rescaled.map_err(|error| match error {
        // The transform says what it was given, exponents of two.
        NetworkError::RescaledOutOfRange { what, row, column, from, log_factor } => {
            NetworkError::RescaledOutOfRange { what, row, column, from, log_factor: log_factor * LN_2 }
        }
        other => other,
    })
}

fn weights_by<S: Scalar>(
    weights: &Weights<S>,
    h: &[S],
    degrees: &Degrees,
    scale: fn(&S, &S) -> S,
) -> Result<Weights<S>, NetworkError> {
    let pattern = weights.pattern();
    let mut values = weights.values().to_vec();
    let parts = parts_with(pattern.row_starts(), &mut values);
    let rescale = |(rows, values): (Range<usize>, &mut [S])| {
        let synapses = rows.flat_map(|i| pattern.sources(i).iter().map(move |&j| (i, j as usize)));
        for ((i, j), value) in synapses.zip(values) {
            *value = scaled("the weight", i, j, value, &pre_minus_post(h, i, j, degrees), scale)?;
        }
        Ok(())
    };
    each(parts.into_iter(), rescale).into_iter().collect::<Result<(), NetworkError>>()?;
    Ok(weights.with_values(values))
}

/// The transform, in its one place: `scale(x, t)` is x times whatever log-scale t stands for.
fn network_by<S: Scalar>(
    network: &Network<S>,
    h: &[S],
    degrees: &Degrees,
    scale: fn(&S, &S) -> S,
) -> Result<Network<S>, NetworkError> {
    check_scales(network.weights.neurons(), h)?;
    let rows = |what, matrix: &DMatrix<S>| rescale_entries(what, matrix, |i, _| -h[i].clone(), scale);
    let columns = |what, matrix: &DMatrix<S>| rescale_entries(what, matrix, |_, j| degrees.times(j, &h[j]), scale);
    let vector = |what, values: &Vec<S>| {
        let entries = values.iter().enumerate();
        entries.map(|(i, value)| scaled(what, i, 0, value, &-h[i].clone(), scale)).collect::<Result<_, _>>()
    };
    Ok(Network {
        weights: weights_by(&network.weights, h, degrees, scale)?,
        activation: network.activation.clone(),
        w_in: network.w_in.as_ref().map(|matrix| rows("w_in", matrix)).transpose()?,
        bias: network.bias.as_ref().map(|values| vector("b", values)).transpose()?,
        w_out: network.w_out.as_ref().map(|matrix| columns("w_out", matrix)).transpose()?,
        time_constants: network.time_constants.clone(),
        initial_state: network.initial_state.as_ref().map(|values| vector("the initial state", values)).transpose()?,
    })
}

/// The exponent by which the synapse from `j` to `i` is scaled: `k_j h_j − h_i`.
fn pre_minus_post<S: Scalar>(h: &[S], i: usize, j: usize, degrees: &Degrees) -> S {
    degrees.times(j, &h[j]) - &h[i]
}

fn rescale_entries<S: Scalar>(
    what: &'static str,
    matrix: &DMatrix<S>,
    exponent: impl Fn(usize, usize) -> S,
    scale: fn(&S, &S) -> S,
) -> Result<DMatrix<S>, NetworkError> {
    let (rows, columns) = matrix.shape();
    let mut entries = Vec::with_capacity(rows * columns);
    for j in 0..columns {
        for i in 0..rows {
            entries.push(scaled(what, i, j, &matrix[(i, j)], &exponent(i, j), scale)?);
        }
    }
    Ok(DMatrix::from_vec(rows, columns, entries))
}

/// `value` scaled by `t`, refused if it overflows, vanishes, or is so small that it would lose digits.
fn scaled<S: Scalar>(
    what: &'static str,
    row: usize,
    column: usize,
    value: &S,
    t: &S,
    scale: fn(&S, &S) -> S,
) -> Result<S, NetworkError> {
    let result = if value.is_subnormal() {
        // Lifted by an exact power of two, or the way to a normal number would lead over rounded ones; unless that is beyond
        // the range: then the way leads over normal numbers anyway.
        let (up, down) = (value.lift(LIFT), value.lift(LIFT.recip()));
        let lifted = scale(&(value.clone() * &up), t) * &down;
        if lifted.is_finite() { lifted } else { scale(value, t) }
    } else {
        scale(value, t)
    };
    let lost = result.is_zero() && !value.is_zero() || result.is_subnormal() && result != *value;
    if !result.is_finite() || lost {
        let (from, log_factor) = (value.to_f64(), t.to_f64());
        return Err(NetworkError::RescaledOutOfRange { what, row, column, from, log_factor });
    }
    Ok(result)
}

/// 2^60: the smallest subnormal number becomes a normal one.
const LIFT: f64 = (1_u64 << 60) as f64;

fn check_scales<S: Scalar>(neurons: usize, h: &[S]) -> Result<(), NetworkError> {
    if h.len() != neurons {
        return Err(NetworkError::WrongNumberOfScales { neurons, given: h.len() });
    }
    match h.iter().position(|value| !value.is_finite()) {
        Some(neuron) => Err(NetworkError::ScaleNotFinite { neuron, value: h[neuron].to_f64() }),
        None => Ok(()),
    }
}
