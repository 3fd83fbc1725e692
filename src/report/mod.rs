//! The report: every claim on every case across all solvers, as data, as a page, and as a table on the terminal.

mod chart;
mod compare;
mod degrees;
mod experiments;
mod facts;
mod figures;
mod names;
mod pages;
mod parcels;
mod provenance;
mod run;
mod table;
mod worst;

pub use chart::{ChartError, svg};
pub use compare::{COMPARED, compare};
pub use experiments::{ExperimentReport, run_experiment};
pub use facts::{Facts, facts};
pub use names::distinct_names;
pub use pages::{Page, comparison, pages};
pub use provenance::Provenance;
pub use run::{Listener, case_report, claim_texts, run_experiments, run_report};
pub use table::verdict_table;

use serde::Serialize;

use crate::claims::{ClaimError, Evidence, Verdict};
use crate::cost::{CostSpec, cost_of};
use crate::experiments::{Effort, ExperimentError, Reproduction};
use crate::network::Network;
use crate::ranks::{Garbled, OnAnotherRank};
use crate::tasks::CaseError;

/// Why a report could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// A fault found there: [`CaseError`].
    #[error(transparent)]
    Case(#[from] CaseError),
    /// Case `case`: `source`.
    #[error("case {case}: {source}")]
    Claim {
        /// The name of the case, or what stands for it.
        case: String,
        /// What is wrong.
        source: ClaimError,
    },
    /// Experiment `experiment`: `source`.
    #[error("experiment {experiment}: {source}")]
    Experiment {
        /// The experiment's name.
        experiment: &'static str,
        /// What is wrong.
        source: Box<ExperimentError>,
    },
    /// Another process of the job met a fault: [`OnAnotherRank`].
    #[error(transparent)]
    OnAnotherRank(#[from] OnAnotherRank),
    /// What another process of the job said cannot be read: [`Garbled`].
    #[error(transparent)]
    Garbled(#[from] Garbled),
    /// The plot "`title`" could not be drawn: `reason`.
    #[error("the plot \"{title}\" could not be drawn: {reason}")]
    Plot {
        /// The title of the plot.
        title: String,
        /// What is wrong.
        reason: String,
    },
}

/// The whole report.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Where the numbers come from.
    pub provenance: Provenance,
    /// How many trials the experiments took.
    pub effort: Effort,
    /// What every claim says.
    pub claims: Vec<ClaimText>,
    /// One entry for each network.
    pub cases: Vec<CaseReport>,
    /// One entry for each experiment.
    pub experiments: Vec<ExperimentReport>,
    /// Figures over all cases, as SVG; not part of the machine-readable report.
    #[serde(skip)]
    pub figures: Vec<Figure>,
    /// Wall-clock seconds for everything.
    pub seconds: f64,
}

/// A claim in words.
#[derive(Clone, Debug, Serialize)]
pub struct ClaimText {
    /// Identifier.
    pub id: &'static str,
    /// Statement.
    pub statement: &'static str,
    /// Where it is stated.
    pub source: &'static str,
    /// The theorems that prove it.
    pub theorems: &'static [&'static str],
    /// What falling looks like.
    pub control: ControlReport,
}

/// A negative control: a claim's check with its formula broken, run on the network of
/// [`control_subject`](crate::claims::control_subject).
#[derive(Clone, Debug, Serialize)]
pub struct ControlReport {
    /// What was broken.
    pub broken: &'static str,
    /// The verdict, which must be that the claim fell.
    pub verdict: Verdict,
    /// The figures.
    #[serde(flatten)]
    pub evidence: Evidence,
}

/// One network: facts, solvers, claims, figures.
#[derive(Clone, Debug, Serialize)]
pub struct CaseReport {
    /// Short name.
    pub name: String,
    /// What it is.
    pub title: String,
    /// Facts about the network and its graph.
    pub facts: NetworkFacts,
    /// What every solver did.
    pub solvers: Vec<SolverReport>,
    /// How every claim fared.
    pub claims: Vec<ClaimReport>,
    /// The neurons that are furthest from balance as given, the worst first.
    pub worst_neurons: Vec<WorstNeuron>,
    /// What was noticed while the network was read.
    pub notices: Vec<String>,
    /// The figures, as SVG; not part of the machine-readable report.
    #[serde(skip)]
    pub figures: Vec<Figure>,
}

/// Facts about a network and its graph.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NetworkFacts {
    /// Number of neurons.
    pub neurons: usize,
    /// Number of synapses.
    pub synapses: usize,
    /// Number of strongly connected components.
    pub components: usize,
    /// Neurons (and the world) in the largest of them.
    pub largest_component: usize,
    /// Synapses on no directed cycle.
    pub synapses_on_no_cycle: usize,
    /// Exponent of the cost.
    pub p: f64,
    /// Weight of the world node.
    pub world: Option<f64>,
    /// The degrees of homogeneity that its neurons have, each once, ascending.
    pub degrees: Vec<f64>,
    /// Cost of the balanced synapses at the start.
    pub cost_initial: f64,
    /// And at the end.
    pub cost_final: f64,
    /// `max |g_i|/(r_i + c_i)` at the start.
    pub imbalance_initial: f64,
    /// Cost of the synapses on no cycle, which is in neither of the two, at the start and rescaled along; none where there are no
    /// such synapses, or others than those of the weights (the world's).
    pub cost_left_out: Option<(f64, f64)>,
}

impl NetworkFacts {
    /// What synapses that were left out cost in a network as given and rescaled.
    fn cost_left_out(on_no_cycle: &[(usize, usize)], networks: [&Network; 2], spec: &CostSpec) -> Option<(f64, f64)> {
        if on_no_cycle.is_empty() || spec.world.is_some() {
            return None;
        }
        let [given, rescaled] = networks.map(|network| cost_of(on_no_cycle, &network.weights, spec));
        Some((given?, rescaled?))
    }
}

/// A neuron that is far from balance.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WorstNeuron {
    /// The neuron, counted from 0.
    pub neuron: usize,
    /// Its name, where the network's file has names.
    pub name: Option<String>,
    /// Cost of its incoming synapses, as given.
    pub incoming: f64,
    /// Cost of its outgoing synapses, as given; for other degrees k times that, which is what balances the incoming one.
    pub outgoing: f64,
    /// `|g_i|/(r_i + c_i)`, as given.
    pub imbalance: f64,
    /// Its log-scale where all are balanced.
    pub log_scale: f64,
}

/// What a solver did.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SolverReport {
    /// Its name.
    pub method: String,
    /// One word.
    pub status: String,
    /// The status in words.
    pub explanation: String,
    /// Steps, sweeps or factorisations.
    pub iterations: usize,
    /// Passes over the synapses.
    pub passes: usize,
    /// Cost reached.
    pub cost: f64,
    /// Imbalance reached, measured on the rescaled network.
    pub imbalance: f64,
    /// Largest relative difference of a balanced weight from the reference's.
    pub weight_difference: f64,
    /// Proved: no log-scale is further from the balanced one. None without a certificate.
    pub certified_radius: Option<f64>,
    /// How far the worst log-scale is from a solution of 40 digits.
    pub true_distance: Option<f64>,
    /// Wall-clock seconds in the solver.
    pub seconds: f64,
}

/// How a claim fared on a network.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClaimReport {
    /// Identifier.
    pub id: String,
    /// Verdict.
    pub verdict: Verdict,
    /// Figures and notes.
    #[serde(flatten)]
    pub evidence: Evidence,
}

/// A figure.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// Its title as a file name without ending: lower case, words joined by hyphens.
    pub name: String,
    /// Its title.
    pub title: String,
    /// The SVG element.
    pub svg: String,
    /// What it shows, in a sentence.
    pub caption: String,
    /// What is seen, for those who do not see it.
    pub description: String,
    /// The numbers behind it, as CSV.
    pub data: String,
}

impl CaseReport {
    /// Calls the neurons by their names.
    pub fn name_neurons(&mut self, names: &[String]) {
        for worst in &mut self.worst_neurons {
            worst.name = names.get(worst.neuron).cloned();
        }
    }
}

impl Report {
    /// All figures, each with its name among the files of the report, without ending.
    pub fn named_figures(&self) -> impl Iterator<Item = (String, &Figure)> {
        let whole = self.figures.iter().map(|figure| (figure.name.clone(), figure));
        let of_cases = self.cases.iter().map(|case| (figures::file_name(&case.name), &case.figures));
        let of_experiments =
            self.experiments.iter().map(|experiment| (experiment.name.to_owned(), &experiment.figures));
        let named = of_cases.chain(of_experiments);
        whole.chain(named.flat_map(|(owner, figures)| {
            figures.iter().map(move |figure| (format!("{owner}-{}", figure.name), figure))
        }))
    }

    /// What became of the paper's statements about networks, counted; `None` without experiments.
    pub fn reproduction(&self) -> Option<String> {
        let outcomes: Vec<Reproduction> = self
            .experiments
            .iter()
            .flat_map(|experiment| &experiment.statements)
            .map(|statement| statement.outcome)
            .collect();
        let count = |wanted| outcomes.iter().filter(|&&outcome| outcome == wanted).count();
        (!outcomes.is_empty()).then(|| {
            format!(
                "statements about networks: {} reproduced, {} reproduced under conditions, {} not reproduced; {} findings beyond the paper",
                count(Reproduction::Reproduced),
                count(Reproduction::Conditional),
                count(Reproduction::NotReproduced),
                count(Reproduction::Beyond)
            )
        })
    }

    /// True if no claim fell, or was left open, on any case or in any experiment, and every negative control fell.
    pub fn all_held(&self) -> bool {
        let claims = self.cases.iter().flat_map(|case| &case.claims).map(|claim| claim.verdict);
        let controls_fell = self.claims.iter().all(|claim| claim.control.verdict == Verdict::Fell);
        let mut verdicts = claims.chain(self.experiments.iter().map(|experiment| experiment.verdict));
        controls_fell && verdicts.all(|verdict| !verdict.is_failure())
    }
}
