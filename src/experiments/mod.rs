//! One file for each experiment: networks that do something, and what became of a statement of the paper.

mod authors;
mod backwards;
mod balanced;
mod findings;
mod fly;
mod heterosynaptic;
mod noise_beyond;
mod noise_clouds;
mod noise_degrees;
mod noise_differences;
mod noise_limit;
mod noise_loss;
mod noise_score;
mod noise_steps;
mod online;
mod plot;
mod robustness_identity;
mod statistics;
mod training_imbalance;
mod two_neurons;

use balanced::balanced;

pub use backwards::{Backwards, run_backwards};
pub use findings::{Effort, Experiment, ExperimentError, Findings, Progress, Reproduction, Statement, Table};
pub use plot::{Axis, Mark, Plot, Series};
pub use statistics::MeanInterval;

/// All experiments, in the order of the report.
pub const EXPERIMENTS: &[Experiment] = &[
    robustness_identity::EXPERIMENT,
    noise_clouds::EXPERIMENT,
    two_neurons::EXPERIMENT,
    noise_loss::EXPERIMENT,
    noise_limit::EXPERIMENT,
    noise_differences::EXPERIMENT,
    noise_beyond::EXPERIMENT,
    noise_degrees::EXPERIMENT,
    noise_steps::EXPERIMENT,
    training_imbalance::EXPERIMENT,
    fly::RESPONSES,
    fly::NOISE,
    heterosynaptic::EXPERIMENT,
    online::EXPERIMENT,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn experiments_have_names_of_their_own_and_belong_to_claims() {
        for (number, experiment) in EXPERIMENTS.iter().enumerate() {
            let name = experiment.name;
            assert!(EXPERIMENTS[..number].iter().all(|other| other.name != name), "{name} is there twice");
            assert!(
                name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'),
                "{name}"
            );
            assert!(crate::claims::REGISTRY.iter().any(|claim| claim.id == experiment.claim), "{name}");
        }
    }
}
