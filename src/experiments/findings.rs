//! What an experiment brings back: figures, tables, bounds that were checked, and what it says about the paper.

use serde::Serialize;

use super::{MeanInterval, Plot};
use crate::balance::{BalanceError, DegreeError, Status};
use crate::certify::NoCertificate;
use crate::claims::Evidence;
use crate::cost::CostError;
use crate::io::ReadError;
use crate::network::NetworkError;
use crate::tasks::flyvis::FlyvisError;
use crate::tasks::training::{HistoryError, TrainingError};
use crate::tasks::{CaseError, ConstructionError, SimulationError};

/// An experiment: a claim about networks, measured on networks that do something.
#[derive(Clone, Copy, Debug)]
pub struct Experiment {
    /// Its name on the command line, and its anchor in the report.
    pub name: &'static str,
    /// What is measured, in a line.
    pub title: &'static str,
    /// The claim of the registry that it is evidence for.
    pub claim: &'static str,
    /// Runs it. The same seed gives the same findings, bit for bit, on any number of threads.
    pub run: fn(u64, Effort, Progress) -> Result<Findings, ExperimentError>,
}

/// How many trials an experiment takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effort {
    /// As many as its statements rest on.
    #[default]
    Full,
    /// A tenth of them where they take minutes: a first look, with wider intervals.
    Quick,
}

/// Hears how far an experiment is (0 to 1), and what it works on.
pub type Progress<'a> = &'a (dyn Fn(f64, &str) + Sync);

/// What an experiment says about a statement of the paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reproduction {
    /// The statement is reproduced.
    Reproduced,
    /// It is reproduced under conditions, which the text names.
    Conditional,
    /// It is not.
    NotReproduced,
    /// Not a statement of the paper, or not on its protocol: a finding of its own, in its own words.
    Beyond,
}

impl Reproduction {
    /// Of a statement that something is lower, by the difference and its 95 % interval: reproduced where the whole interval is
    /// below zero, under conditions where only the estimate is.
    pub(super) fn of_lower(difference: MeanInterval) -> Self {
        if difference.high() < 0.0 {
            Reproduction::Reproduced
        } else if difference.mean < 0.0 {
            Reproduction::Conditional
        } else {
            Reproduction::NotReproduced
        }
    }

    /// Of a statement about several networks, by in how many of `all` it held.
    pub(super) fn of_networks(held: usize, all: usize) -> Self {
        if held == 0 {
            Reproduction::NotReproduced
        } else if held == all {
            Reproduction::Reproduced
        } else {
            Reproduction::Conditional
        }
    }

    /// The words in reports.
    pub fn words(self) -> &'static str {
        match self {
            Reproduction::Reproduced => "reproduced",
            Reproduction::Conditional => "reproduced under conditions",
            Reproduction::NotReproduced => "not reproduced",
            Reproduction::Beyond => "beyond the paper",
        }
    }
}

/// A statement, and what became of it here, with its numbers. Only a statement of the paper on the paper's own protocol is
/// called reproduced or not; whatever goes further is [`Reproduction::Beyond`].
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Statement {
    /// What was found, decided by the numbers and never by hand.
    pub outcome: Reproduction,
    /// The statement and the numbers.
    pub text: String,
}

/// A table.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Table {
    /// What it shows.
    pub title: String,
    /// The head of each column.
    pub columns: Vec<String>,
    /// The rows, as printed.
    pub rows: Vec<Vec<String>>,
}

/// The outcome of an experiment.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Findings {
    /// What can be said about the paper's statements.
    pub statements: Vec<Statement>,
    /// What must hold whatever the outcome, with derived bounds: a figure outside is a fault.
    pub evidence: Evidence,
    /// The figures.
    pub plots: Vec<Plot>,
    /// The tables.
    pub tables: Vec<Table>,
}

impl Findings {
    /// Adds a statement.
    pub fn state(&mut self, outcome: Reproduction, text: impl Into<String>) {
        self.statements.push(Statement { outcome, text: text.into() });
    }
}

/// Why an experiment could not be run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExperimentError {
    /// A fault found there: [`NetworkError`].
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// A fault found there: [`CostError`].
    #[error(transparent)]
    Cost(#[from] CostError),
    /// A fault found there: [`BalanceError`].
    #[error(transparent)]
    Balance(#[from] BalanceError),
    /// A fault found there: [`DegreeError`].
    #[error(transparent)]
    Degree(#[from] DegreeError),
    /// A fault found there: [`CaseError`].
    #[error(transparent)]
    Case(#[from] CaseError),
    /// A fault found there: [`FlyvisError`].
    #[error(transparent)]
    Flyvis(#[from] FlyvisError),
    /// A fault found there: [`SimulationError`].
    #[error(transparent)]
    Simulation(#[from] SimulationError),
    /// A fault found there: [`ReadError`].
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A fault found there: [`HistoryError`].
    #[error(transparent)]
    History(#[from] HistoryError),
    /// A fault found there: [`TrainingError`].
    #[error(transparent)]
    Training(#[from] TrainingError),
    /// A fault found there: [`ConstructionError`].
    #[error(transparent)]
    Construction(#[from] ConstructionError),
    /// `what`: the flow run backwards did not reach `factor` times the cost in `steps` steps.
    #[error("{what}: the flow run backwards did not reach {factor} times the cost in {steps} steps; is it balanced?")]
    NoWayBack {
        /// What it is about.
        what: String,
        /// How many times the cost was to grow.
        factor: f64,
        /// Steps taken.
        steps: usize,
    },
    /// No bound on a distance, and why.
    #[error("{reason}")]
    NoBound {
        /// Why.
        reason: String,
    },
    /// `what` could not be balanced: `status`.
    #[error("{what} could not be balanced: {status}")]
    NotBalanced {
        /// What it is about.
        what: String,
        /// How the run ended.
        status: Status,
    },
    /// `what` could not be certified: `source`.
    #[error("{what} could not be certified: {source}")]
    NotCertified {
        /// What it is about.
        what: String,
        /// Why there is no certificate.
        source: NoCertificate,
    },
    /// `what` became `value`.
    #[error("{what} became {value}; the experiment cannot go on from there")]
    NotFinite {
        /// What it is about.
        what: String,
        /// The value found.
        value: f64,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn something_is_lower_if_its_whole_interval_is() {
        for (mean, half_width, expected) in [
            (-1.0, 0.5, Reproduction::Reproduced),
            (-1.0, 1.0, Reproduction::Conditional),
            (-1.0, 2.0, Reproduction::Conditional),
            (0.0, 0.0, Reproduction::NotReproduced),
            (1.0, 0.5, Reproduction::NotReproduced),
            (1.0, 2.0, Reproduction::NotReproduced),
            (f64::NAN, f64::NAN, Reproduction::NotReproduced),
        ] {
            let difference = MeanInterval { mean, half_width, count: 3 };
            assert_eq!(Reproduction::of_lower(difference), expected, "{mean} +- {half_width}");
        }
    }

    #[test]
    fn a_statement_about_networks_holds_in_all_in_some_or_in_none() {
        assert_eq!(Reproduction::of_networks(0, 0), Reproduction::NotReproduced);
        assert_eq!(Reproduction::of_networks(0, 4), Reproduction::NotReproduced);
        assert_eq!(Reproduction::of_networks(3, 4), Reproduction::Conditional);
        assert_eq!(Reproduction::of_networks(4, 4), Reproduction::Reproduced);
    }
}
