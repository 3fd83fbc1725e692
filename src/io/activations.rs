//! The neurons' activations in words: one for all, one for each neuron, or one for each population.

use super::tensors::TensorError;
use crate::network::model::Model;
use crate::network::{Activation, Activations, NetworkError};

/// What is said of the activations of a network before its neurons are known.
///
/// | words | meaning |
/// |---|---|
/// | `relu` | all neurons |
/// | `relu x 10, rectified-power(2) x 6` | the first ten neurons, and the six after them |
/// | `hidden = rectified-power(2), out = linear` | the populations of a layout, by name |
#[derive(Clone, Debug, PartialEq)]
pub enum GivenActivations {
    /// One for all neurons.
    All(Activation),
    /// One after the other, with the number of neurons that have it.
    Runs(Vec<(Activation, usize)>),
    /// By the names of populations.
    Populations(Vec<(String, Activation)>),
}

/// Words that name no activations.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` names no activation; known are linear, relu, leaky-relu, leaky-relu(SLOPE), rectified-power(DEGREE) and tanh, one for all, each with ` x NEURONS` behind it, or each with `POPULATION = ` before it, separated by commas"
)]
pub struct BadActivations {
    /// The word.
    pub text: String,
}

impl From<Activation> for GivenActivations {
    fn from(activation: Activation) -> Self {
        GivenActivations::All(activation)
    }
}

impl From<Activation> for Option<GivenActivations> {
    fn from(activation: Activation) -> Self {
        Some(activation.into())
    }
}

impl From<Activations> for GivenActivations {
    fn from(activations: Activations) -> Self {
        match activations {
            Activations::Same(activation) => GivenActivations::All(activation),
            Activations::Each(each) => {
                GivenActivations::Runs(each.into_iter().map(|activation| (activation, 1)).collect())
            }
        }
    }
}

/// One activation: `relu`, `leaky-relu(0.1)`, `rectified-power(2)`; a leaky ReLU without a slope has 0.01.
fn one(text: &str) -> Option<Activation> {
    let (name, parameter) = match text.trim().strip_suffix(')') {
        Some(text) => {
            let (name, parameter) = text.split_once('(')?;
            (name.trim(), Some(super::text::number(parameter.trim().as_bytes()).ok()?))
        }
        None => (text.trim(), None),
    };
    match (name, parameter) {
        ("linear", None) => Some(Activation::Linear),
        ("relu", None) => Some(Activation::Relu),
        ("tanh", None) => Some(Activation::Tanh),
        ("leaky-relu", slope) => Some(Activation::LeakyRelu { slope: slope.unwrap_or(0.01) }),
        ("rectified-power", Some(degree)) if degree >= 0.0 => Some(Activation::RectifiedPower { degree }),
        _ => None,
    }
}

impl std::str::FromStr for GivenActivations {
    type Err = BadActivations;

    fn from_str(text: &str) -> Result<Self, BadActivations> {
        let bad = |word: &str| BadActivations { text: super::text::quoted(word.trim().as_bytes()) };
        if let Some(activation) = one(text) {
            return Ok(GivenActivations::All(activation));
        }
        if text.contains('=') {
            let pair = |word: &str| {
                let (name, activation) = word.split_once('=')?;
                Some((name.trim().to_owned(), one(activation)?))
            };
            let pairs = text.split(',').map(|word| pair(word).ok_or_else(|| bad(word)));
            return Ok(GivenActivations::Populations(pairs.collect::<Result<_, _>>()?));
        }
        let run = |word: &str| match word.rsplit_once(" x ") {
            Some((activation, times)) => {
                Some((one(activation)?, times.trim().parse().ok().filter(|&times| times > 0)?))
            }
            None => Some((one(word)?, 1)),
        };
        let runs = text.split(',').map(|word| run(word).ok_or_else(|| bad(word)));
        Ok(GivenActivations::Runs(runs.collect::<Result<_, _>>()?))
    }
}

impl GivenActivations {
    /// The activations of a network of `neurons` neurons, or of those of a model.
    ///
    /// # Errors
    /// Not one for each neuron; a population that the model does not have, or that is not named, or named twice.
    pub fn of(&self, model: Option<&Model>, neurons: usize) -> Result<Activations, TensorError> {
        match self {
            GivenActivations::All(activation) => Ok(Activations::Same(*activation)),
            GivenActivations::Runs(runs) => {
                let given = runs.iter().fold(0_usize, |sum, (_, times)| sum.saturating_add(*times));
                if given != neurons {
                    return Err(NetworkError::WrongNumberOfActivations { neurons, given }.into());
                }
                let each = runs.iter().flat_map(|&(activation, times)| std::iter::repeat_n(activation, times));
                Ok(each.collect::<Vec<_>>().into())
            }
            GivenActivations::Populations(named) => {
                let populations = model.map(Model::populations).unwrap_or_default();
                let known = populations.iter().map(|population| format!("`{}`", population.name)).collect::<Vec<_>>();
                let refused = |name: &str, fault| TensorError::PopulationActivation {
                    name: name.to_owned(),
                    fault,
                    known: if known.is_empty() { "no populations".to_owned() } else { known.join(", ") },
                };
                for (at, (name, _)) in named.iter().enumerate() {
                    if !populations.iter().any(|population| population.name == *name) {
                        return Err(refused(name, "is no population"));
                    }
                    if named[..at].iter().any(|(earlier, _)| earlier == name) {
                        return Err(refused(name, "is named twice"));
                    }
                }
                let mut each = Vec::with_capacity(neurons);
                for population in populations {
                    let Some((_, activation)) = named.iter().find(|(name, _)| *name == population.name) else {
                        return Err(refused(&population.name, "has no activation"));
                    };
                    each.extend(std::iter::repeat_n(*activation, population.size));
                }
                Ok(each.into())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(text: &str, neurons: usize) -> Result<Activations, TensorError> {
        text.parse::<GivenActivations>().unwrap().of(None, neurons)
    }

    /// The count is of all runs together, and a sum beyond every number of neurons is no smaller one.
    #[test]
    fn runs_are_counted_and_must_be_one_for_each_neuron() {
        let square = Activation::RectifiedPower { degree: 2.0 };
        let expected: Activations = vec![Activation::Relu, Activation::Relu, square].into();
        assert_eq!(given("relu x 2, rectified-power(2)", 3).unwrap(), expected);
        let largest = usize::MAX;
        for (text, count) in [
            ("relu x 2, rectified-power(2)", 3),
            ("relu, relu x 4", 5),
            // Wrapping around, these would be three and four.
            (&*format!("relu x {largest}, relu x 4"), largest),
            (&*format!("relu x {largest}, relu x {largest}, linear x 6"), largest),
        ] {
            for neurons in [2, 4, 6] {
                let error = given(text, neurons).unwrap_err();
                let wrong = NetworkError::WrongNumberOfActivations { neurons, given: count };
                assert_eq!(error.to_string(), TensorError::from(wrong).to_string(), "{text}");
            }
        }
        assert!(given("tanh", 7).is_ok(), "one for all fits any number");
    }

    #[test]
    fn a_run_of_no_neurons_is_no_run() {
        for text in ["relu x 0", "relu x 2, linear x 0", "relu x -1", "relu x 1.5", "relu x", "relu x two"] {
            assert!(text.parse::<GivenActivations>().is_err(), "{text}");
        }
    }
}
