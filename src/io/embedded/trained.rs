//! The trained networks of the report: made by `synbal train`, see `trained/README.md`.

use std::path::PathBuf;

use crate::io::{ReadError, safetensors};
use crate::network::{Activation, Network};

/// A network that was trained on context-dependent integration, the paper's main task: 256 neurons, ReLU.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trained {
    /// On the loss alone.
    Plain,
    /// With 0.1 times the sum of all squared recurrent weights on top.
    Regularised,
}

impl Trained {
    /// Both.
    pub const ALL: [Trained; 2] = [Trained::Plain, Trained::Regularised];

    /// Its name on the command line and of its file.
    pub fn name(self) -> &'static str {
        match self {
            Trained::Plain => "context-integration",
            Trained::Regularised => "context-integration-l2",
        }
    }

    /// The file, as `synbal train` wrote it.
    pub fn bytes(self) -> &'static [u8] {
        match self {
            Trained::Plain => include_bytes!("../../../data/trained/context-integration.safetensors"),
            Trained::Regularised => include_bytes!("../../../data/trained/context-integration-l2.safetensors"),
        }
    }

    /// The history of the training as CSV, likewise.
    pub fn history(self) -> &'static str {
        match self {
            Trained::Plain => include_str!("../../../data/trained/context-integration.safetensors.history.csv"),
            Trained::Regularised => {
                include_str!("../../../data/trained/context-integration-l2.safetensors.history.csv")
            }
        }
    }

    /// The network.
    ///
    /// # Errors
    /// None as built and tested; a typed error if the embedded file were damaged.
    pub fn network(self) -> Result<Network, ReadError> {
        let path = PathBuf::from("data/trained").join(self.name()).with_extension("safetensors");
        match safetensors::read(self.bytes(), Activation::Relu) {
            Ok(loaded) => Ok(loaded.network),
            Err(error) => Err(ReadError::Tensors { path, error }),
        }
    }
}
