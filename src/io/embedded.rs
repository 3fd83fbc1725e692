//! Real networks that come with the program. Where they are from, and their licences: `data/README.md`.

mod flyvis;
mod trained;

pub use flyvis::{CellType, FilterElement, FlyvisArrays, MODELS, flyvis};
pub use trained::Trained;

use std::path::PathBuf;

use super::{ReadError, matrix_market};
use crate::network::Weights;

/// The chemical synapses of C. elegans: 279 neurons, 2,194 synapses, weights are synapse counts (Varshney et al.
/// 2011). Not balanceable as a whole: 256 synapses lie on no directed cycle.
///
/// # Errors
/// None as built and tested; a typed error if the embedded file were damaged.
pub fn celegans() -> Result<Weights, ReadError> {
    read("celegans_varshney2011_chem.mtx", CELEGANS)
}

/// The names of the C. elegans neurons, in the order of [`celegans`].
pub fn celegans_neuron_names() -> Vec<&'static str> {
    CELEGANS_NAMES.lines().collect()
}

/// The trained network of the fly's visual system, summed up over its 65 cell types: signed weights, 573 synapses
/// (Lappalainen et al. 2024, model 0).
///
/// # Errors
/// None as built and tested; a typed error if the embedded file were damaged.
pub fn fly_types() -> Result<Weights, ReadError> {
    read("flyvis_types65_model000.mtx", FLY_TYPES)
}

const CELEGANS: &str = include_str!("../../data/celegans_varshney2011_chem.mtx");
const CELEGANS_NAMES: &str = include_str!("../../data/celegans_varshney2011_chem.names.txt");
const FLY_TYPES: &str = include_str!("../../data/flyvis_types65_model000.mtx");

fn read(name: &str, text: &str) -> Result<Weights, ReadError> {
    matrix_market::read(text.as_bytes(), text.len() as u64)
        .map_err(|error| ReadError::MatrixMarket { path: PathBuf::from("embedded").join(name), error })
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::*;

    /// The README's table of checksums is what holds, not a copy of it in this test.
    #[test]
    fn embedded_bytes_are_those_that_the_readme_vouches_for() {
        let readme = include_str!("../../data/README.md");
        let files = [
            ("celegans_varshney2011_chem.mtx", CELEGANS),
            ("celegans_varshney2011_chem.names.txt", CELEGANS_NAMES),
            ("flyvis_types65_model000.mtx", FLY_TYPES),
            ("LICENSE-flyvis.txt", include_str!("../../data/LICENSE-flyvis.txt")),
        ];
        let files = files.map(|(name, text)| (name.to_owned(), text.as_bytes()));
        let fly = flyvis::FILES.map(|(name, bytes)| (name.to_owned(), bytes));
        let trained = Trained::all().flat_map(|trained| {
            let name = format!("trained/{}.safetensors", trained.name);
            [(format!("{name}.history.csv"), trained.history.as_bytes()), (name, trained.bytes)]
        });
        for (name, bytes) in files.into_iter().chain(fly).chain(trained) {
            let sum: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
            assert!(readme.contains(&format!("{sum}  {name}")), "{name} has sha256 {sum}");
        }
    }
}
