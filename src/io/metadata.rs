//! What the metadata of a file of tensors says of the network.
//!
//! `activation` names one for all neurons, with its `slope` or `degree` beside it; or one for each neuron, equal neighbours counted:
//! `relu x 10, rectified-power(2) x 6, leaky-relu(0.1)`.

use std::collections::BTreeMap;

use super::activations::GivenActivations;
use super::tensors::TensorError;
use crate::network::{Activation, Activations};

/// The name and the parameter of an activation, as the metadata has them.
fn parameter(activation: Activation) -> Option<(&'static str, f64)> {
    match activation {
        Activation::LeakyRelu { slope } => Some(("slope", slope)),
        Activation::RectifiedPower { degree } => Some(("degree", degree)),
        _ => None,
    }
}

/// What the metadata says of activations, in order: keys and values.
pub(super) fn entries(activations: &Activations) -> Vec<(&'static str, String)> {
    match activations {
        Activations::Same(activation) => {
            let mut entries = vec![("activation", activation.name().to_owned())];
            entries.extend(parameter(*activation).map(|(key, value)| (key, format!("{value:?}"))));
            entries
        }
        Activations::Each(each) => vec![("activation", runs(each))],
    }
}

/// The activation in words, for messages: of neurons that differ, how many have which.
pub(super) fn described(activations: &Activations) -> String {
    let one = |activation: Activation| match parameter(activation) {
        Some((key, value)) => format!("{} ({key} {value:?})", activation.name()),
        None => activation.name().to_owned(),
    };
    match activations {
        Activations::Same(activation) => one(*activation),
        Activations::Each(each) => {
            let mut kinds: Vec<(Activation, usize)> = Vec::new();
            for activation in each.iter() {
                match kinds.iter_mut().find(|(kind, _)| kind == activation) {
                    Some((_, count)) => *count += 1,
                    None => kinds.push((*activation, 1)),
                }
            }
            let counted = kinds.iter().map(|&(kind, count)| {
                format!("{} in {count} {}", one(kind), if count == 1 { "neuron" } else { "neurons" })
            });
            counted.collect::<Vec<_>>().join(", ")
        }
    }
}

/// Activations one after the other, equal neighbours counted: `relu x 10, rectified-power(2.0)`.
fn runs(each: &[Activation]) -> String {
    let one = |run: &[Activation]| {
        let parameter = parameter(run[0]).map_or(String::new(), |(_, value)| format!("({value:?})"));
        let times = if run.len() > 1 { format!(" x {}", run.len()) } else { String::new() };
        format!("{}{parameter}{times}", run[0].name())
    };
    each.chunk_by(|a, b| a == b).map(one).collect::<Vec<_>>().join(", ")
}

/// The activation that the metadata names.
///
/// # Errors
/// An unknown name, a parameter that is missing or no number, or not one activation for each of the `neurons`.
pub(super) fn stored_activation(
    metadata: &BTreeMap<String, String>,
    neurons: usize,
) -> Result<Option<Activations>, TensorError> {
    let Some(name) = metadata.get("activation") else { return Ok(None) };
    let number = |activation: &'static str, key: &'static str| match metadata.get(key) {
        None => Err(TensorError::BadParameter { activation, key, value: "absent".to_owned() }),
        Some(text) => super::text::number(text.trim().as_bytes()).map_err(|_| TensorError::BadParameter {
            activation,
            key,
            value: format!("`{}`", super::text::quoted(text.as_bytes())),
        }),
    };
    let same = match name.as_str() {
        "linear" => Activation::Linear,
        "relu" => Activation::Relu,
        "leaky-relu" => Activation::LeakyRelu { slope: number("leaky-relu", "slope")? },
        "rectified-power" => Activation::RectifiedPower { degree: number("rectified-power", "degree")? },
        "tanh" => Activation::Tanh,
        other => {
            return match other.parse::<GivenActivations>() {
                Ok(given) => given.of(None, neurons).map(Some),
                Err(_) => Err(TensorError::UnknownActivation { name: super::text::quoted(other.as_bytes()) }),
            };
        }
    };
    Ok(Some(same.into()))
}
