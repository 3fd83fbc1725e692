//! How a run ended, in the words of the judge.

/// How a solver ended.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Status {
    /// Every neuron's incoming and outgoing costs agree to the tolerance.
    Balanced,
    /// The allowance of passes ran out first.
    PassLimit {
        /// The passes that were allowed.
        limit: usize,
    },
    /// The solver's own bound on its iterations was reached first.
    IterationLimit {
        /// The most iterations that the solver makes.
        limit: usize,
    },
    /// Its observer stopped it first ([`super::Observer`]).
    Stopped,
    /// Steps at full length brought no progress any more: the tolerance is below what rounding allows this method.
    Stalled,
    /// The solver reached its target, but the rescaled network, as it is rounded, does not meet the tolerance.
    LostToRounding,
    /// The flow was followed as far as was asked for, and is not balanced there.
    HorizonReached,
    /// The gradient is as small as was asked for (`NewtonCg::stop_at_gradient`), but not every neuron is balanced.
    GradientReached {
        /// `max_i |g_i|`, of the costs as prescaled.
        largest: f64,
    },
    /// A cost or scale became infinite or NaN.
    NotFinite {
        /// The first node where it was seen, counted from 0; the world is the last.
        node: usize,
    },
    /// The integrator gave up, with its own reason.
    IntegratorFailed {
        /// What it said.
        reason: String,
    },
    /// The integrator returned at another time than it was asked for.
    WrongEndTime {
        /// The time asked for, from where the integrator was started.
        wanted: f64,
        /// The time it returned at, likewise.
        reached: f64,
    },
    /// The weights became balanced, but they are no longer a rescaling of the given network to the tolerance.
    Drifted {
        /// The largest disagreement of a log-weight with the best log-scales.
        similarity_defect: f64,
    },
    /// The Laplacian of a component could not be factored: its costs span too many orders of magnitude.
    NotPositiveDefinite {
        /// A node of that component, counted from 0; the world is the last.
        node: usize,
    },
    /// A component (for an implicit integrator: the network) is too large for a dense factorisation.
    TooLargeForDense {
        /// Its number of nodes.
        nodes: usize,
        /// The most nodes that are factored densely.
        limit: usize,
    },
    /// There is no memory for a dense factorisation.
    OutOfMemory {
        /// How many megabytes it wants.
        megabytes: u64,
    },
}

impl Status {
    /// True only for [`Status::Balanced`].
    pub fn is_balanced(&self) -> bool {
        *self == Status::Balanced
    }

    /// One word for tables and JSON.
    pub fn word(&self) -> &'static str {
        match self {
            Status::Balanced => "balanced",
            Status::PassLimit { .. } => "pass-limit",
            Status::IterationLimit { .. } => "iteration-limit",
            Status::Stopped => "stopped",
            Status::Stalled => "stalled",
            Status::LostToRounding => "lost-to-rounding",
            Status::HorizonReached => "horizon-reached",
            Status::GradientReached { .. } => "gradient-reached",
            Status::NotFinite { .. } => "not-finite",
            Status::IntegratorFailed { .. } => "integrator-failed",
            Status::WrongEndTime { .. } => "wrong-end-time",
            Status::Drifted { .. } => "drifted",
            Status::NotPositiveDefinite { .. } => "not-positive-definite",
            Status::TooLargeForDense { .. } => "too-large-for-dense",
            Status::OutOfMemory { .. } => "out-of-memory",
        }
    }
}

impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Status::Balanced => write!(f, "balanced"),
            Status::PassLimit { limit } => write!(f, "not balanced after {limit} passes over the synapses"),
            Status::IterationLimit { limit } => write!(f, "not balanced after {limit} iterations of the method"),
            Status::Stopped => write!(f, "not balanced when its observer stopped it"),
            Status::Stalled => write!(f, "no further progress at this precision"),
            Status::LostToRounding => {
                write!(
                    f,
                    "balanced before the last rounding, but not after it: the tolerance is below the rounding error"
                )
            }
            Status::HorizonReached => write!(f, "followed as far as was asked for, and not balanced there"),
            Status::GradientReached { largest } => write!(
                f,
                "stopped as asked at a gradient of {largest:.1e}, which says nothing of neurons with small costs: not balanced"
            ),
            Status::NotFinite { node } => {
                write!(f, "the costs of node {node} (counted from 0, the world last) became infinite or NaN")
            }
            Status::IntegratorFailed { reason } => write!(f, "the integrator stopped: {reason}"),
            Status::WrongEndTime { wanted, reached } => {
                write!(f, "the integrator was asked for time {wanted} and returned at {reached}")
            }
            Status::Drifted { similarity_defect } => write!(
                f,
                "the weights are balanced but have drifted by e^{similarity_defect:.1e} from a rescaling of the network"
            ),
            Status::NotPositiveDefinite { node } => write!(
                f,
                "the Laplacian of the component of node {node} (counted from 0, the world last) is numerically singular: its costs are too far apart"
            ),
            Status::TooLargeForDense { nodes, limit } => {
                write!(f, "{nodes} nodes are more than the {limit} of a dense factorisation")
            }
            Status::OutOfMemory { megabytes } => {
                write!(f, "a dense factorisation wants {megabytes} MB of memory, which cannot be had")
            }
        }
    }
}
