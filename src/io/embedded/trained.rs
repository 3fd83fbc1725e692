//! The trained networks of the report: made by `synbal train`, see `data/trained/README.md`.

use std::path::PathBuf;

use crate::io::{ReadError, safetensors};
use crate::network::{Activation, Network};

/// A network that was trained on context-dependent integration, the paper's main task: 256 neurons, ReLU.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trained {
    /// Its name on the command line and of its file.
    pub name: &'static str,
    /// The factor λ of the sum of all squared recurrent weights in what it was trained on; 0 for the loss alone.
    pub l2: f64,
    /// Seed of its initial weights and trials.
    pub seed: u64,
    /// Steps of gradient descent.
    pub iterations: usize,
    /// Length of a step.
    pub rate: f64,
    /// The file, as `synbal train` wrote it.
    pub bytes: &'static [u8],
    /// The history of the training as CSV, likewise.
    pub history: &'static str,
}

macro_rules! trained {
    ($name:literal, $l2:literal, seed $seed:literal, $iterations:literal x $rate:literal) => {
        Trained {
            name: $name,
            l2: $l2,
            seed: $seed,
            iterations: $iterations,
            rate: $rate,
            bytes: include_bytes!(concat!("../../../data/trained/", $name, ".safetensors")),
            history: include_str!(concat!("../../../data/trained/", $name, ".safetensors.history.csv")),
        }
    };
}

impl Trained {
    /// The two of short trials (5 time constants), beyond the paper.
    pub const SHORT: [Trained; 2] = [
        trained!("context-integration", 0.0, seed 1, 3000 x 0.01),
        trained!("context-integration-l2", 0.1, seed 1, 3000 x 0.01),
    ];

    /// Those of the paper's figure, by the authors' recipe, trials of 50 time constants: λ = 0.3, from three seeds.
    pub const PAPER: [Trained; 3] = [
        trained!("full-integration-l0.3-s1", 0.3, seed 1, 6000 x 0.005),
        trained!("full-integration-l0.3-s2", 0.3, seed 2, 6000 x 0.005),
        trained!("full-integration-l0.3-s3", 0.3, seed 3, 6000 x 0.005),
    ];

    /// The other two λ of the authors' recipe, which the paper trains and does not balance.
    pub const LESS_REGULARISED: [Trained; 3] = [
        trained!("full-integration-l0.1-s1", 0.1, seed 1, 6000 x 0.005),
        trained!("full-integration-l0-s1", 0.0, seed 1, 6000 x 0.005),
        trained!("full-integration-l0-s2", 0.0, seed 2, 6000 x 0.005),
    ];

    /// The one of the older script of the authors: λ = 0.3, 3,000 steps at twice the rate.
    pub const OLDER: Trained = trained!("full-integration-older", 0.3, seed 1, 3000 x 0.01);

    /// All of them.
    pub fn all() -> impl Iterator<Item = Trained> {
        let full = Self::PAPER.into_iter().chain(Self::LESS_REGULARISED).chain([Self::OLDER]);
        Self::SHORT.into_iter().chain(full)
    }

    /// The network.
    ///
    /// # Errors
    /// None as built and tested; a typed error if the embedded file were damaged.
    pub fn network(&self) -> Result<Network, ReadError> {
        let path = PathBuf::from("data/trained").join(self.name).with_extension("safetensors");
        match safetensors::read(self.bytes, Activation::Relu) {
            Ok(loaded) => Ok(loaded.network),
            Err(error) => Err(ReadError::Tensors { path, error: Box::new(error) }),
        }
    }
}
