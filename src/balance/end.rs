//! Why a solver stopped, in its own account. It never says "balanced": that is for the judge ([`super::outcome`]).

use super::status::Status;

/// What ended a run.
#[cfg_attr(not(feature = "ode"), expect(dead_code, reason = "some endings are those of integrators"))]
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum End {
    /// The imbalance that the solver sees is within the target.
    AtTarget,
    /// The weights that the solver follows are within the target, but they are no longer a rescaling of the network.
    Drifted { similarity_defect: f64 },
    /// The time or the number of steps that was asked for is reached.
    AtHorizon,
    /// Steps at full length brought no progress any more: rounding has won.
    NoProgress,
    /// The solver's own bound on its iterations is reached.
    IterationLimit { limit: usize },
    /// The allowance of passes is used up.
    PassLimit { limit: usize },
    /// The observer had seen enough.
    Stopped,
    /// The gradient is as small as was asked for.
    GradientReached { largest: f64 },
    /// A cost or a scale is not finite.
    NotFinite { node: usize },
    /// The integrator gave up.
    IntegratorFailed { reason: String },
    /// The integrator returned at another time than it was asked for.
    WrongEndTime { wanted: f64, reached: f64 },
    /// A Laplacian could not be factored.
    NotPositiveDefinite { node: usize },
    /// A component is too large for a dense factorisation.
    TooLargeForDense { nodes: usize, limit: usize },
    /// There is no memory for a dense factorisation.
    OutOfMemory { megabytes: u64 },
}

impl End {
    /// True if the best log-scales on the way are the result, rather than the last ones.
    pub(super) fn is_worth_the_best(&self) -> bool {
        matches!(self, End::AtTarget | End::NoProgress | End::IterationLimit { .. })
    }

    /// The status of a run that ended so and is not balanced.
    pub(super) fn unbalanced(self) -> Status {
        match self {
            End::AtTarget => Status::LostToRounding,
            End::Drifted { similarity_defect } => Status::Drifted { similarity_defect },
            End::AtHorizon => Status::HorizonReached,
            End::NoProgress => Status::Stalled,
            End::IterationLimit { limit } => Status::IterationLimit { limit },
            End::PassLimit { limit } => Status::PassLimit { limit },
            End::Stopped => Status::Stopped,
            End::GradientReached { largest } => Status::GradientReached { largest },
            End::NotFinite { node } => Status::NotFinite { node },
            End::IntegratorFailed { reason } => Status::IntegratorFailed { reason },
            End::WrongEndTime { wanted, reached } => Status::WrongEndTime { wanted, reached },
            End::NotPositiveDefinite { node } => Status::NotPositiveDefinite { node },
            End::TooLargeForDense { nodes, limit } => Status::TooLargeForDense { nodes, limit },
            End::OutOfMemory { megabytes } => Status::OutOfMemory { megabytes },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_what_ends_at_a_point_of_its_choice_the_best_is_the_result() {
        for end in [End::AtTarget, End::NoProgress, End::IterationLimit { limit: 1 }] {
            assert!(end.is_worth_the_best(), "{end:?}");
        }
        // What was asked for, and what broke, ends where it is.
        for end in [End::AtHorizon, End::PassLimit { limit: 1 }, End::Stopped, End::NotFinite { node: 0 }] {
            assert!(!end.is_worth_the_best(), "{end:?}");
        }
    }
}
