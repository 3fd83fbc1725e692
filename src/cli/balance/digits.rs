//! The refinement of `synbal balance --digits N`: Newton's method in multiple precision.

use synbal::balance::{DegreeProblem, LinearSolver, MOST_DIGITS, Precise, Scope, Solved, balance_to_digits};
use synbal::cost::CostSpec;
use synbal::io::ModelFile;
use synbal::network::{Degrees, Homogeneity, Network, rescale_network};
use synbal::scalar::{Multi, Scalar};

use super::CliError;
use super::step::RefinementStep;

/// As many digits an `f64` has already.
const LEAST_DIGITS: usize = 17;

/// Bits that a rescaled weight is computed with before it is rounded to the format of its file, at most.
const WEIGHT_BITS: u32 = 256;

/// Log-scales in multiple precision.
pub struct Refined {
    found: Precise,
    neurons: usize,
}

/// Refuses a number of digits that is not offered.
pub fn check_digits(digits: usize) -> Result<(), CliError> {
    if (LEAST_DIGITS..=MOST_DIGITS).contains(&digits) {
        return Ok(());
    }
    Err(CliError::DigitsOutOfRange { digits, least: LEAST_DIGITS, most: MOST_DIGITS })
}

/// Refines a start; the reason if that is not possible.
pub fn refine(balanced: &Solved, given: (&Network, &CostSpec, Scope), digits: usize) -> Result<Refined, String> {
    let found = match &balanced.graph {
        Some(graph) => balance_to_digits(graph, &balanced.outcome.h, digits),
        None => {
            let (network, spec, scope) = given;
            DegreeProblem::new(network, spec, scope).map_err(|reason| reason.to_string())?.to_digits(digits)
        }
    };
    let found = found.map_err(|reason| reason.to_string())?;
    Ok(Refined { found, neurons: balanced.log_scales.len() })
}

impl Refined {
    pub fn digits(&self) -> usize {
        self.found.digits
    }

    /// The log-scales of the neurons, as decimals.
    pub fn log_scales(&self) -> Vec<String> {
        let mut log_scales = self.found.log_scales_decimal();
        log_scales.truncate(self.neurons);
        log_scales
    }

    pub fn cost(&self) -> String {
        self.found.cost_decimal()
    }

    pub fn imbalance(&self) -> String {
        power_of_ten(self.found.log10_imbalance)
    }

    pub fn trace(&self) -> Vec<RefinementStep> {
        let step = |step: &synbal::balance::PreciseStep| RefinementStep {
            bits: step.bits,
            max_node_imbalance: power_of_ten(step.log10_imbalance),
            newton_step: power_of_ten(-step.digits),
            corrections: step.corrections,
            linear_solver: match step.linear_solver {
                LinearSolver::Refinement => "refinement",
                LinearSolver::StarMesh => "star-mesh",
                LinearSolver::Factorisation => "factorisation",
            },
        };
        self.found.trace.iter().map(step).collect()
    }

    fn h(&self) -> Result<Vec<Multi>, CliError> {
        let bits = self.found.cost.bits().min(WEIGHT_BITS);
        Ok(self.found.log_scales[..self.neurons].iter().map(|value| value.at_bits(bits)).collect::<Result<_, _>>()?)
    }

    /// The nearest `f64` to each log-scale.
    pub fn rounded_log_scales(&self) -> Vec<f64> {
        self.found.log_scales[..self.neurons].iter().map(Scalar::to_f64).collect()
    }

    /// The network rescaled, each number rounded once.
    pub fn network(&self, network: &Network) -> Result<Network, CliError> {
        let h = self.h()?;
        let Some(like) = h.first() else { return Ok(network.clone()) };
        let lifted = network.lifted(|value| like.lift(value));
        Ok(rescale_network(&lifted, &h, Homogeneity::Required)?.rounded()?)
    }

    /// The numbers of a model's tensors, rescaled and rounded to `f64`.
    pub fn numbers(&self, model: &ModelFile, degrees: &Degrees) -> Result<Vec<Vec<f64>>, CliError> {
        let h = self.h()?;
        super::rescaled_numbers(model, |tensor, numbers| {
            Ok(model.model.rescale(tensor, numbers, &h, degrees)?.iter().map(Scalar::to_f64).collect())
        })
    }
}

/// `10^log10` in three digits.
fn power_of_ten(log10: f64) -> String {
    if log10 == f64::NEG_INFINITY {
        return "0".to_owned();
    }
    let (mut mantissa, mut exponent) = (10.0_f64.powf(log10 - log10.floor()), log10.floor());
    // What would be printed as 10.00.
    if mantissa >= 9.995 {
        (mantissa, exponent) = (1.0, exponent + 1.0);
    }
    format!("{mantissa:.2}e{exponent}")
}
