//! What the command line adds to a message of the library: which option to use next.

use synbal::balance::{BalanceError, Status};
use synbal::check::Refused;
use synbal::cost::CostError;

use super::CliError;

/// For an error that ends a command; with a separator in front, or empty.
pub fn on_error(error: &CliError) -> &'static str {
    match error {
        CliError::Balance(error) => on_problem(error),
        CliError::Cost(error) => on_cost(error),
        _ => "",
    }
}

fn on_problem(error: &BalanceError) -> &'static str {
    match error {
        BalanceError::NotBalanceable { .. } => {
            "; drop them, or balance inside the components with --within-components, or a whole network with --world 1"
        }
        BalanceError::LeftOut(_) => ", or use --method newton",
        BalanceError::Cost(error) => on_cost(error),
        _ => "",
    }
}

fn on_cost(error: &CostError) -> &'static str {
    match error {
        CostError::NoWorld { .. } => " (a whole network is a .safetensors file; the world is left out without --world)",
        CostError::IllPosed { .. } => " (--world LAMBDA)",
        _ => "",
    }
}

/// For a run that did not end balanced; with a separator in front, or empty.
pub fn on_status(status: &Status) -> &'static str {
    match status {
        Status::PassLimit { .. } => "; raise --max-passes or use --method newton",
        Status::IterationLimit { .. } => "; use --method osborne",
        Status::Stalled | Status::LostToRounding => {
            "; use a tolerance above the rounding error (--tol), or --digits for more than f64 has"
        }
        Status::NotFinite { .. } => "; use --method newton or osborne",
        Status::IntegratorFailed { .. } | Status::WrongEndTime { .. } => "; use --method newton",
        Status::Drifted { .. } => "; use a method on the log-scales",
        Status::NotPositiveDefinite { .. } | Status::TooLargeForDense { .. } => "; use --method osborne",
        _ => "",
    }
}

/// For a certificate that the checker refuses; with a separator in front, or empty.
pub fn on_refusal(refused: &Refused) -> &'static str {
    match refused {
        Refused::OnNoCycle { .. } => "; certify with --within-components",
        _ => "",
    }
}
