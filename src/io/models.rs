//! A file of tensors together with what they are: read, rescaled, written.

use std::collections::BTreeMap;

use super::Loaded;
use super::activations::GivenActivations;
use super::layouts::{LayoutOptions, describe};
use super::metadata::described;
use super::tensors::{Float, Tensor, TensorError, TensorFile};
use crate::network::Activations;
use crate::network::model::{Model, Precision, Reproduction, compare_outputs};

/// What a file does not say.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ReadOptions {
    /// The activation of files that do not name theirs; `None`: such a file is an error.
    pub activation: Option<GivenActivations>,
    /// The layout of files of tensors.
    pub layout: LayoutOptions,
    /// The exponent of the cost: parallel synapses are seen as one, by their p-norm.
    pub p: f64,
    /// How the file is to be understood where its format leaves that open.
    pub form: super::Form,
}

impl Default for ReadOptions {
    fn default() -> Self {
        ReadOptions { activation: None, layout: LayoutOptions::default(), p: 2.0, form: super::Form::default() }
    }
}

impl ReadOptions {
    /// The same for files that do not name their activation.
    #[must_use]
    pub fn with_activation(self, activation: impl Into<Option<GivenActivations>>) -> Self {
        ReadOptions { activation: activation.into(), ..self }
    }

    /// The same with what is said of the layout of a file of tensors.
    #[must_use]
    pub fn with_layout(self, layout: LayoutOptions) -> Self {
        ReadOptions { layout, ..self }
    }

    /// The same for a cost with this exponent.
    #[must_use]
    pub fn with_exponent(self, p: f64) -> Self {
        ReadOptions { p, ..self }
    }

    /// The same for a file to be understood in this form.
    #[must_use]
    pub fn with_form(self, form: super::Form) -> Self {
        ReadOptions { form, ..self }
    }
}

/// As often as the bytes of a file are held, in one form or another.
const FILES: usize = 3;

/// The tensors of a file, and which of their axes are populations.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelFile {
    /// The file.
    pub file: TensorFile,
    /// The description.
    pub model: Model,
    /// The layout, in words.
    pub layout: String,
    /// The activation.
    pub activation: Activations,
    /// Whether the file itself says it.
    pub says_activation: bool,
    /// Whether only the world closes its paths into cycles.
    pub feed_forward: bool,
}

impl ModelFile {
    /// Finds the layout of a file, and makes its network.
    ///
    /// # Errors
    /// Those of [`describe`]; an activation that is not known; numbers that are not finite.
    pub fn load(file: TensorFile, options: &ReadOptions) -> Result<Loaded, TensorError> {
        let layout = describe(&file, &options.layout)?;
        let mut notices = layout.notices;
        let neurons = layout.model.neurons();
        let given = options.activation.as_ref().map(|given| given.of(Some(&layout.model), neurons)).transpose()?;
        let says_activation = layout.activation.is_some();
        let activation = match (layout.activation, given) {
            (Some(stored), given) => {
                if given.as_ref() != Some(&stored) {
                    notices.push(format!("the activation is {}, as the file says", described(&stored)));
                }
                stored
            }
            (None, Some(given)) => given,
            (None, None) => return Err(TensorError::NoActivation { reason: layout.no_activation }),
        };
        let model = ModelFile {
            file,
            model: layout.model,
            layout: layout.name,
            activation: activation.clone(),
            says_activation,
            feed_forward: layout.feed_forward,
        };
        let made = model.model.network(&model.numbers()?, activation, options.p)?;
        if made.merged {
            notices.push("synapses that lie parallel (a kernel's space) count as one, of their p-norm".to_owned());
        }
        let names = model.model.neuron_names();
        Ok(Loaded { network: made.network, notices, names, model: Some(model) })
    }

    /// The described tensors as they are in the file, in the model's order. One that is not there is an error: what lies after it
    /// would be taken for another.
    fn described(&self) -> Result<Vec<&Tensor>, TensorError> {
        let found = self.model.tensors().iter().map(|described| {
            self.file.find(&described.name).ok_or_else(|| TensorError::NotInFile { tensor: described.name.clone() })
        });
        found.collect()
    }

    /// Bytes of memory that the model takes beside its network while that is balanced, about: the file and the one that is made of
    /// it, and both their numbers in `f64`. Measured with one to four million numbers in 32 and 64 bits, dense and in compressed rows.
    pub fn working_memory(&self) -> u64 {
        let described = self.file.tensors.iter().filter(|tensor| self.model.tensor(&tensor.name).is_some());
        let numbers: usize = described.map(|tensor| tensor.shape.iter().product::<usize>()).sum();
        (FILES * self.file.bytes.len() + 2 * size_of::<f64>() * numbers) as u64
    }

    /// The numbers of all described tensors.
    ///
    /// # Errors
    /// A dtype that is not one of [`Float`], or a described tensor that the file does not have.
    pub fn numbers(&self) -> Result<Vec<Vec<f64>>, TensorError> {
        self.described()?.into_iter().map(|tensor| self.file.numbers(tensor)).collect()
    }

    /// The same model with other numbers in its described tensors, for each as many as it has.
    ///
    /// # Errors
    /// More or fewer numbers; one that its tensor's dtype (or `dtype`) cannot hold; a described tensor that the file does not have.
    pub fn with_numbers(&self, numbers: Vec<Vec<f64>>, dtype: Option<Float>) -> Result<ModelFile, TensorError> {
        let expected: Vec<usize> = self.described()?.iter().map(|tensor| tensor.shape.iter().product()).collect();
        let given: Vec<usize> = numbers.iter().map(Vec::len).collect();
        if given != expected {
            return Err(TensorError::WrongCounts { given, expected });
        }
        let names = self.model.tensors().iter().map(|tensor| tensor.name.clone());
        let replaced: BTreeMap<String, Vec<f64>> = names.zip(numbers).collect();
        let file = self.file.with_numbers(&replaced, |name| self.model.tensor(name).cloned(), dtype)?;
        Ok(ModelFile { file, ..self.clone() })
    }

    /// The same model with every described tensor rescaled by the log-scales `h` of all neurons, each number rounded once to its
    /// tensor's dtype (or to `dtype`).
    ///
    /// # Errors
    /// An activation that is not homogeneous, a number that would leave the range of `f64`, or that the dtype cannot hold.
    pub fn rescaled(&self, h: &[f64], dtype: Option<Float>) -> Result<ModelFile, TensorError> {
        let degrees = self.activation.homogeneous_degrees()?;
        let numbers = self.numbers()?;
        let rescaled = self.model.tensors().iter().zip(&numbers);
        let rescaled = rescaled.map(|(tensor, numbers)| self.model.rescale(tensor, numbers, h, &degrees));
        self.with_numbers(rescaled.collect::<Result<_, _>>()?, dtype)
    }

    /// The formats of the described tensors' numbers, without repetition.
    ///
    /// # Errors
    /// A described tensor that the file does not have.
    pub fn formats(&self) -> Result<Vec<Float>, TensorError> {
        let mut formats = Vec::new();
        for tensor in self.described()? {
            if let super::tensors::Dtype::Float(float) = tensor.dtype
                && !formats.contains(&float)
            {
                formats.push(float);
            }
        }
        Ok(formats)
    }

    /// Runs this model and the one that it was rescaled to, by the log-scales `h`, on the same random input.
    ///
    /// # Errors
    /// A dtype that is not one of [`Float`], or a described tensor that a file does not have.
    pub fn compare_outputs(&self, rescaled: &ModelFile, h: &[f64], exact: bool) -> Result<Reproduction, TensorError> {
        let precision = |tensor: &Tensor| match tensor.dtype {
            super::tensors::Dtype::Float(float) if !exact => float.precision(),
            _ => Precision::Exact,
        };
        let precision: Vec<Precision> = rescaled.described()?.into_iter().map(precision).collect();
        let (given, after) = (self.numbers()?, rescaled.numbers()?);
        Ok(compare_outputs(&self.model, &self.activation, &given, &after, h, &precision))
    }
}
