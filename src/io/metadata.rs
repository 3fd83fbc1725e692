//! What the metadata of a file of tensors says of the network.

use std::collections::BTreeMap;

use super::tensors::TensorError;
use crate::network::Activation;

/// The name and the parameter of an activation, as the metadata has them.
pub(super) fn parameter(activation: Activation) -> Option<(&'static str, f64)> {
    match activation {
        Activation::LeakyRelu { slope } => Some(("slope", slope)),
        Activation::RectifiedPower { degree } => Some(("degree", degree)),
        _ => None,
    }
}

/// The activation in words, for messages.
pub(super) fn described(activation: Activation) -> String {
    match parameter(activation) {
        Some((key, value)) => format!("{} ({key} {value:?})", activation.name()),
        None => activation.name().to_owned(),
    }
}

/// The activation that the metadata names.
///
/// # Errors
/// An unknown name, or a parameter that is missing or no number.
pub(super) fn stored_activation(metadata: &BTreeMap<String, String>) -> Result<Option<Activation>, TensorError> {
    let Some(name) = metadata.get("activation") else { return Ok(None) };
    let number = |activation: &'static str, key: &'static str| match metadata.get(key) {
        None => Err(TensorError::BadParameter { activation, key, value: "absent".to_owned() }),
        Some(text) => super::text::number(text.trim().as_bytes()).map_err(|_| TensorError::BadParameter {
            activation,
            key,
            value: format!("`{}`", super::text::quoted(text.as_bytes())),
        }),
    };
    match name.as_str() {
        "linear" => Ok(Some(Activation::Linear)),
        "relu" => Ok(Some(Activation::Relu)),
        "leaky-relu" => Ok(Some(Activation::LeakyRelu { slope: number("leaky-relu", "slope")? })),
        "rectified-power" => Ok(Some(Activation::RectifiedPower { degree: number("rectified-power", "degree")? })),
        "tanh" => Ok(Some(Activation::Tanh)),
        other => Err(TensorError::UnknownActivation { name: super::text::quoted(other.as_bytes()) }),
    }
}
