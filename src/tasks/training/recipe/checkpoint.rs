//! A training that was interrupted, as text: everything that the rest of it depends on, as bits.

use serde::{Deserialize, Serialize};

use super::{Course, Parameters};
use crate::tasks::training::{Descent, Record, TrainingError};

/// Why a checkpoint cannot be gone on from.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// It is not the checkpoint of a training: `reason`.
    #[error("it is not the checkpoint of a training: {reason}")]
    NotReadable {
        /// What is wrong.
        reason: String,
    },
    /// It is the checkpoint of another training: `found`, but asked for is `wanted`.
    #[error("it is the checkpoint of another training: {found}, but asked for is {wanted}")]
    OtherTraining {
        /// What was found.
        found: String,
        /// What was asked for.
        wanted: String,
    },
    /// It has `found` weights.
    #[error("it has {found} weights; {wanted} were expected")]
    WrongSize {
        /// What was found.
        found: usize,
        /// What was asked for.
        wanted: usize,
    },
    /// A fault found there: [`TrainingError`].
    #[error(transparent)]
    Training(#[from] TrainingError),
}

#[derive(Serialize, Deserialize)]
struct Stored {
    /// The settings in words, to be compared.
    training: String,
    iteration: usize,
    /// The bits of every weight, part after part.
    weights: Vec<u32>,
    /// Iteration, and the bits of the three numbers.
    records: Vec<(usize, [u64; 3])>,
}

/// The settings that must be the same; the number of iterations may grow.
fn in_words(neurons: usize, descent: &Descent) -> String {
    let Descent { iterations: _, trials, rate, clip, l2, reach, seed, record_every } = descent;
    format!(
        "{neurons} neurons, {trials} trials, rate {rate:?}, clip {clip:?}, L2 {l2:?} over {reach:?}, seed {seed}, a record every {record_every}"
    )
}

impl Course {
    /// Where the training is, as text.
    pub fn to_checkpoint(&self) -> String {
        let stored = Stored {
            training: in_words(self.parameters.neurons, &self.descent),
            iteration: self.iteration,
            weights: self.parameters.parts().into_iter().flatten().map(|weight| weight.to_bits()).collect(),
            records: self
                .records
                .iter()
                .map(|r| (r.iteration, [r.loss, r.cost, r.neural_gradient].map(f64::to_bits)))
                .collect(),
        };
        serde_json::json!(stored).to_string()
    }

    /// Goes on from where a training with these settings was.
    ///
    /// # Errors
    /// Text that is no checkpoint, or that of a training with other settings.
    pub fn from_checkpoint(text: &str, neurons: usize, descent: &Descent) -> Result<Self, CheckpointError> {
        let stored: Stored =
            serde_json::from_str(text).map_err(|error| CheckpointError::NotReadable { reason: error.to_string() })?;
        let wanted = in_words(neurons, descent);
        if stored.training != wanted {
            return Err(CheckpointError::OtherTraining { found: stored.training, wanted });
        }
        let mut course = Course::start(neurons, descent)?;
        let expected = course.parameters.parts().into_iter().map(<[f32]>::len).sum();
        if stored.weights.len() != expected {
            return Err(CheckpointError::WrongSize { found: stored.weights.len(), wanted: expected });
        }
        let Parameters { recurrent, input, bias, output, .. } = &mut course.parameters;
        let mut weights = stored.weights.into_iter().map(f32::from_bits);
        for weight in recurrent.iter_mut().chain(input).chain(bias).chain(output) {
            *weight = weights.next().unwrap_or_default();
        }
        course.iteration = stored.iteration;
        course.records = stored
            .records
            .into_iter()
            .map(|(iteration, bits)| {
                let [loss, cost, neural_gradient] = bits.map(f64::from_bits);
                Record { iteration, loss, cost, neural_gradient }
            })
            .collect();
        Ok(course)
    }
}
