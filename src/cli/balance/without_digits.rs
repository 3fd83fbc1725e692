//! What stands for the refinement in a program that was built without multiple precision: nothing can be refined.

use synbal::balance::{Scope, Solved};
use synbal::cost::CostSpec;
use synbal::io::ModelFile;
use synbal::network::{Degrees, Network};

use super::CliError;
use super::step::RefinementStep;

/// Log-scales in multiple precision, of which there are none.
pub enum Refined {}

/// Refuses every number of digits.
pub fn check_digits(digits: usize) -> Result<(), CliError> {
    Err(CliError::WithoutPrecision { digits })
}

/// Is never reached: [`check_digits`] has refused.
pub fn refine(_: &Solved, _: (&Network, &CostSpec, Scope), _: usize) -> Result<Refined, String> {
    Err("this program was built without multiple precision".to_owned())
}

impl Refined {
    pub fn digits(&self) -> usize {
        match *self {}
    }

    pub fn log_scales(&self) -> Vec<String> {
        match *self {}
    }

    pub fn cost(&self) -> String {
        match *self {}
    }

    pub fn imbalance(&self) -> String {
        match *self {}
    }

    pub fn trace(&self) -> Vec<RefinementStep> {
        match *self {}
    }

    pub fn rounded_log_scales(&self) -> Vec<f64> {
        match *self {}
    }

    pub fn network(&self, _: &Network) -> Result<Network, CliError> {
        match *self {}
    }

    pub fn numbers(&self, _: &ModelFile, _: &Degrees) -> Result<Vec<Vec<f64>>, CliError> {
        match *self {}
    }
}
